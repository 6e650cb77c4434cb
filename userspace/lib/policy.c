// SPDX-License-Identifier: GPL-2.0-only
/*
 * Loading, unloading, comparing and updating policies. The order of every change: the lock, then
 * everything that can fail, then the one step that puts it in force, then the rename of its pins.
 */
#include "policy.h"

#include <bpf/bpf.h>

#include "list.h"
#include "object.h"
#include "options.h"
#include "required.h"
#include "rules.h"
#include "sysfs.h"

DEFINE_CLEANUP(struct bpf_link *, bpf_link__destroy)

/* The map of mask rules; NULL: it takes none. */
static const struct bpf_map *find_rules_map(const struct scst_object *object)
{
	const struct btf *btf = bpf_object__btf(object->obj);
	struct bpf_map *map;

	bpf_object__for_each_map(map, object->obj)
		if (bpf_map__type(map) == BPF_MAP_TYPE_HASH &&
		    scst_rules_fit_types(btf, bpf_map__btf_key_type_id(map),
					 bpf_map__btf_value_type_id(map)))
			return map;
	return NULL;
}

/* The list of rules, if these are good; NULL and why not. */
static const struct bpf_map *find_list(const struct scst_object *object,
				       const struct scst_spec *spec, int *ret,
				       struct scst_error *err)
{
	const struct btf *btf = bpf_object__btf(object->obj);
	struct bpf_map *map;

	bpf_object__for_each_map(map, object->obj) {
		if (bpf_map__type(map) != BPF_MAP_TYPE_ARRAY)
			continue;
		*ret = scst_list_check(btf, bpf_map__btf_value_type_id(map),
				       bpf_map__max_entries(map), spec->list, spec->nr_list, err);
		if (*ret != -ENOENT)
			return *ret ? NULL : map;
	}
	*ret = scst_fail(err, -EINVAL, "object %s takes no list of rules", spec->object);
	return NULL;
}

/* What can be said of rules before the object is loaded. */
static int check_rules(const struct scst_object *object, const struct scst_spec *spec,
		       struct scst_error *err)
{
	int ret = 0;

	if (spec->rules.nr && !find_rules_map(object))
		return scst_fail(err, -EINVAL, "object %s takes no mask rules", spec->object);
	if (spec->nr_list)
		find_list(object, spec, &ret, err);
	return ret;
}

/* A delay beyond the deadline would eject the policy when it is needed most. */
static int check_delays(const struct scst_object *object, struct scst_error *err)
{
	struct scst_policy_data data;

	return scst_object_data(object, &data, err) ?:
	       scst_options_check_delays(object->obj, data.deadline_ms ?: SCST_POLICY_DEADLINE_MS,
					 err);
}

/* Opens the object, with everything that @spec says found to be right. */
static int open_checked(const struct scst_paths *paths, const struct scst_spec *spec,
			struct scst_object **object, struct scst_error *err)
{
	_cleanup_(scst_object_freep) struct scst_object *new = NULL;
	int ret = scst_object_open(paths, spec, &new, err) ?: check_rules(new, spec, err) ?:
		  check_delays(new, err);

	if (!ret)
		*object = TAKE_PTR(new);
	return ret;
}

int scst_policy_check(const struct scst_paths *paths, const struct scst_spec *spec,
		      struct scst_error *err)
{
	_cleanup_(scst_object_freep) struct scst_object *object = NULL;
	int ret = open_checked(paths, spec, &object, err);

	return ret ? scst_fail_in(err, ret, "policy %s", spec->name) : 0;
}

static int fill_rules(const struct scst_object *object, const struct scst_spec *spec,
		      struct scst_error *err)
{
	if (!spec->rules.nr)
		return 0;
	return scst_rules_write(bpf_map__fd(find_rules_map(object)), &spec->rules, err);
}

static int fill_list(const struct scst_object *object, const struct scst_spec *spec,
		     struct scst_error *err)
{
	const struct bpf_map *map;
	int ret;

	if (!spec->nr_list)
		return 0;
	map = find_list(object, spec, &ret, err);
	return map ? scst_list_write(bpf_map__fd(map), spec->list, spec->nr_list, err) : ret;
}

/* From the file to a policy that lacks nothing but to be attached. */
static int prepare(const struct scst_paths *paths, const struct scst_spec *spec,
		   struct scst_object **object, struct scst_error *err)
{
	_cleanup_(scst_object_freep) struct scst_object *new = NULL;
	int ret;

	ret = open_checked(paths, spec, &new, err) ?:
	      scst_object_load(new, err) ?:
	      fill_rules(new, spec, err) ?:
	      fill_list(new, spec, err);
	if (ret)
		return ret;
	*object = TAKE_PTR(new);
	return 0;
}

static int attach_error(const struct scst_spec *spec, int code, struct scst_error *err)
{
	if (code == -EEXIST)
		return scst_fail(err, code, "somebody else has attached a policy of that name");
	if (code == -EINVAL)
		return scst_fail(err, -EIO,
				 "scst.ko refuses it; the kernel log says why: dmesg | tail");
	return scst_fail(err, code, "cannot attach object %s: %s", spec->object, strerror(-code));
}

static int pin_all(const struct scst_pins_stage *stage, const struct scst_object *object,
		   int link_fd, struct scst_error *err)
{
	return scst_pins_add_maps(stage, object->obj, err) ?:
	       scst_pins_add_note(stage, SCST_PIN_CODE, object->code, err) ?:
	       scst_pins_add(stage, SCST_PIN_OPS, bpf_map__fd(object->ops), err) ?:
	       scst_pins_add(stage, SCST_PIN_LINK, link_fd, err);
}

/* Is what is pinned attached no more? Somebody has detached it, or unloading it was cut short. */
static bool is_dead(const struct scst_paths *paths, const char *name)
{
	_cleanup_close_ int link = scst_pins_open(paths, SCST_PIN_POLICY, name, SCST_PIN_LINK);
	struct bpf_link_info info = {};
	__u32 len = sizeof(info);

	if (link < 0)
		return link == -ENOENT;
	return !bpf_link_get_info_by_fd(link, &info, &len) && !info.struct_ops.map_id;
}

bool scst_policy_is_attached(const struct scst_paths *paths, const char *name)
{
	return !is_dead(paths, name);
}

/* What is pinned and not attached is in the way of what shall be. */
static int clear_dead(const struct scst_paths *paths, const char *name, struct scst_error *err)
{
	if (!scst_pins_exist(paths, SCST_PIN_POLICY, name) || !is_dead(paths, name))
		return 0;
	return scst_pins_remove(paths, SCST_PIN_POLICY, name, err);
}

static int load_locked(const struct scst_paths *paths, const struct scst_spec *spec,
		       struct scst_error *err)
{
	_cleanup_(scst_pins_discard) struct scst_pins_stage stage = {};
	_cleanup_(scst_object_freep) struct scst_object *object = NULL;
	_cleanup_(bpf_link__destroyp) struct bpf_link *link = NULL;
	int ret;

	ret = clear_dead(paths, spec->name, err);
	if (ret)
		return ret;
	if (scst_pins_exist(paths, SCST_PIN_POLICY, spec->name))
		return scst_fail(err, -EEXIST, "already loaded: scstctl policy unload %s",
				 spec->name);
	ret = prepare(paths, spec, &object, err) ?:
	      scst_pins_stage(paths, SCST_PIN_POLICY, spec->name, &stage, err);
	if (ret)
		return ret;
	link = bpf_map__attach_struct_ops(object->ops);
	if (!link)
		return attach_error(spec, -errno, err);
	return pin_all(&stage, object, bpf_link__fd(link), err) ?:
		       scst_pins_commit(paths, &stage, err);
}

int scst_policy_load(const struct scst_paths *paths, const struct scst_spec *spec,
		     struct scst_error *err)
{
	_cleanup_close_ int lock = -EBADF;
	int ret;

	ret = scst_bpf_available(paths, err) ?: scst_pins_lock(paths, &lock, err) ?:
	      load_locked(paths, spec, err);
	return ret ? scst_fail_in(err, ret, "policy %s", spec->name) : 0;
}

/*
 * Reading needs root as well: who may not look into the pins is told so, and not that there is no
 * such policy.
 */
static int check_loaded(const struct scst_paths *paths, const char *name, struct scst_error *err)
{
	char path[PATH_MAX];

	if (scst_pin_path(paths, SCST_PIN_POLICY, name, NULL, path))
		return scst_fail(err, -ENAMETOOLONG, "the name is too long");
	if (!access(path, F_OK))
		return 0;
	if (errno == ENOENT)
		return scst_fail(err, -ENOENT, "not loaded: scstctl policy list");
	return scst_fail(err, -errno, "cannot look at %s: %s%s", path, strerror(errno),
			 errno == EACCES ? ": run this as root" : "");
}

/* What is left of one that is detached may go: that opens and closes nothing. */
static int check_not_required(const struct scst_paths *paths, const char *name,
			      struct scst_error *err)
{
	if (!scst_required_has(paths, name) || is_dead(paths, name))
		return 0;
	return scst_fail(err, -EBUSY, "required: scstctl policy require --drop %s, or --force",
			 name);
}

static int unload(const struct scst_paths *paths, const char *name, bool anyway,
		  struct scst_error *err)
{
	_cleanup_close_ int lock = -EBADF;
	int ret;

	ret = scst_check_name(name, err);
	if (ret)
		return ret;
	ret = scst_pins_lock(paths, &lock, err) ?: check_loaded(paths, name, err) ?:
	      (anyway ? 0 : check_not_required(paths, name, err)) ?:
	      scst_pins_remove(paths, SCST_PIN_POLICY, name, err);
	return ret ? scst_fail_in(err, ret, "policy %s", name) : 0;
}

int scst_policy_unload(const struct scst_paths *paths, const char *name, struct scst_error *err)
{
	return unload(paths, name, false, err);
}

int scst_policy_unload_anyway(const struct scst_paths *paths, const char *name,
			      struct scst_error *err)
{
	return unload(paths, name, true, err);
}

/* Pinned maps */

/* The first pinned map that @fits. Return: its descriptor, or -ENOENT. */
static int open_pin(const struct scst_paths *paths, const char *name, bool (*fits)(int map_fd))
{
	_cleanup_(scst_names_clear) struct scst_names files = {};
	struct scst_error ignored = {};

	if (scst_pins_files(paths, SCST_PIN_POLICY, name, &files, &ignored))
		return -ENOENT;
	for (size_t i = 0; i < files.nr; i++) {
		_cleanup_close_ int fd =
			scst_pins_open(paths, SCST_PIN_POLICY, name, files.list[i]);

		if (fd >= 0 && fits(fd))
			return TAKE_FD(fd);
	}
	return -ENOENT;
}

int scst_policy_rules(const struct scst_paths *paths, const char *name, struct scst_rules *rules,
		      struct scst_error *err)
{
	_cleanup_close_ int fd = -EBADF;
	int ret;

	ret = check_loaded(paths, name, err);
	if (ret)
		return ret;
	fd = open_pin(paths, name, scst_rules_fit);
	if (fd < 0) {
		*rules = (struct scst_rules){};
		return 0;
	}
	return scst_rules_read(fd, rules, err);
}

int scst_policy_each_rule(const struct scst_paths *paths, const char *name,
			  int (*each)(const char *rule, void *arg), void *arg,
			  struct scst_error *err)
{
	_cleanup_close_ int fd = open_pin(paths, name, scst_list_fits);

	return fd < 0 ? 0 : scst_list_each(fd, each, arg, err);
}

/* Comparison */

static int compare_list(const struct scst_paths *paths, const struct scst_spec *spec, bool *same,
			struct scst_error *err)
{
	_cleanup_close_ int fd = open_pin(paths, spec->name, scst_list_fits);

	*same = !spec->nr_list;
	return fd < 0 ? 0 : scst_list_compare(fd, spec->list, spec->nr_list, same, err);
}

static int read_attr(const struct scst_paths *paths, const char *name, const char *attr,
		     char **text)
{
	char path[PATH_MAX];

	return scst_format(path, sizeof(path), "%s/policies/%s/%s", paths->sysfs, name, attr) ?:
	       scst_sysfs_read(path, text, NULL);
}

static int read_number(const struct scst_paths *paths, const char *name, const char *attr,
		       uint32_t *number)
{
	_cleanup_free_ char *text = NULL;
	uint64_t value;
	int ret;

	ret = read_attr(paths, name, attr, &text) ?: scst_parse_u64(text, 0, UINT32_MAX, &value);
	if (!ret)
		*number = value;
	return ret;
}

/* As the kernel writes it: "all", "target iqn...". */
static int scope_text(const struct scst_policy_data *data, char *out, size_t size)
{
	const char *scope = scst_scope_name(data->scope);

	if (!scope)
		return -EINVAL;
	if (data->scope == SCST_SCOPE_ALL)
		return scst_format(out, size, "%s", scope);
	return scst_format(out, size, "%s %s", scope, data->scope_name);
}

static int compare_data(const struct scst_paths *paths, const struct scst_object *object,
			const char *name, bool *differs, struct scst_error *err)
{
	_cleanup_free_ char *scope = NULL;
	struct scst_policy_data wanted;
	uint32_t priority, flags, deadline_ms;
	char wanted_scope[512];
	int ret;

	ret = scst_object_data(object, &wanted, err);
	if (ret)
		return ret;
	ret = read_attr(paths, name, "scope", &scope) ?:
	      read_number(paths, name, "priority", &priority) ?:
	      read_number(paths, name, "flags", &flags) ?:
	      read_number(paths, name, "deadline_ms", &deadline_ms) ?:
	      scope_text(&wanted, wanted_scope, sizeof(wanted_scope));
	if (ret)
		return scst_fail(err, ret, "cannot read %s/policies/%s: %s", paths->sysfs, name,
				 strerror(-ret));
	*differs = !streq(scope, wanted_scope) || priority != wanted.priority ||
		   flags != wanted.flags ||
		   deadline_ms != (wanted.deadline_ms ?: SCST_POLICY_DEADLINE_MS);
	return 0;
}

/* Pins of a version that kept no hash differ: nobody knows. */
static bool is_other_code(const struct scst_paths *paths, const struct scst_object *object,
			  const char *name)
{
	char code[sizeof(object->code)];

	return scst_pins_note(paths, SCST_PIN_POLICY, name, SCST_PIN_CODE, code, sizeof(code)) ||
	       !streq(code, object->code);
}

static bool is_ejected(const struct scst_paths *paths, const char *name)
{
	_cleanup_free_ char *state = NULL;

	return !read_attr(paths, name, "state", &state) && startswith(state, "ejected");
}

static int compare_all(const struct scst_paths *paths, const struct scst_spec *spec,
		       unsigned int *diff, struct scst_error *err)
{
	_cleanup_(scst_rules_clear) struct scst_rules rules = {};
	_cleanup_(scst_object_freep) struct scst_object *object = NULL;
	bool data, options, same_list;
	int ret;

	ret = scst_policy_rules(paths, spec->name, &rules, err) ?:
	      scst_object_open(paths, spec, &object, err) ?:
	      compare_data(paths, object, spec->name, &data, err) ?:
	      compare_list(paths, spec, &same_list, err) ?:
	      scst_options_differ(paths, SCST_PIN_POLICY, spec->name, object->obj, &options, err);
	if (ret)
		return ret;
	*diff = (data ? SCST_DIFF_DATA : 0) | (options ? SCST_DIFF_OPTIONS : 0) |
		(same_list ? 0 : SCST_DIFF_LIST) |
		(scst_rules_equal(&rules, &spec->rules) ? 0 : SCST_DIFF_RULES) |
		(is_other_code(paths, object, spec->name) ? SCST_DIFF_CODE : 0) |
		(is_ejected(paths, spec->name) ? SCST_DIFF_EJECTED : 0);
	return 0;
}

static int compare(const struct scst_paths *paths, const struct scst_spec *spec,
		   unsigned int *diff, struct scst_error *err)
{
	int ret = check_loaded(paths, spec->name, err);

	if (ret || !is_dead(paths, spec->name))
		return ret ?: compare_all(paths, spec, diff, err);
	*diff = SCST_DIFF_DEAD;
	return 0;
}

int scst_policy_compare(const struct scst_paths *paths, const struct scst_spec *spec,
			unsigned int *diff, struct scst_error *err)
{
	int ret = compare(paths, spec, diff, err);

	return ret ? scst_fail_in(err, ret, "policy %s", spec->name) : 0;
}

/* Updates */

static int revalidate(const struct scst_paths *paths, const char *name, struct scst_error *err)
{
	char path[PATH_MAX];
	int ret;

	ret = scst_format(path, sizeof(path), "%s/policies/%s/revalidate", paths->sysfs, name) ?:
	      scst_sysfs_write(path, "1");
	return ret ? scst_fail(err, ret, "cannot write %s: %s", path, strerror(-ret)) : 0;
}

static int update_rules(const struct scst_paths *paths, const struct scst_spec *spec,
			struct scst_error *err)
{
	_cleanup_close_ int fd = open_pin(paths, spec->name, scst_rules_fit);

	if (fd < 0)
		return scst_fail(err, -EINVAL, "object %s takes no mask rules", spec->object);
	return scst_rules_write(fd, &spec->rules, err) ?: revalidate(paths, spec->name, err);
}

/*
 * Writes the policy's data into its struct_ops map, without which the kernel does not take the map
 * for an update. libbpf does that as the first half of attaching; the second half must fail here,
 * since the policy of that name is attached.
 */
static int publish_data(const struct scst_object *object, struct scst_error *err)
{
	_cleanup_(bpf_link__destroyp) struct bpf_link *link =
		bpf_map__attach_struct_ops(object->ops);

	if (link)
		return scst_fail(err, -ESTALE,
				 "it is pinned but not attached: unload it and load it again");
	return errno == EEXIST ? 0 :
				 scst_fail(err, -errno, "cannot publish it: %s", strerror(errno));
}

static int replace_object(const struct scst_paths *paths, const struct scst_spec *spec,
			  struct scst_error *err)
{
	_cleanup_(scst_pins_discard) struct scst_pins_stage stage = {};
	_cleanup_(scst_object_freep) struct scst_object *object = NULL;
	_cleanup_close_ int link = scst_pins_open(paths, SCST_PIN_POLICY, spec->name,
						  SCST_PIN_LINK);
	int ret;

	if (link < 0)
		return scst_fail(err, link, "cannot open its link: %s", strerror(-link));
	ret = prepare(paths, spec, &object, err) ?: publish_data(object, err) ?:
	      scst_pins_stage(paths, SCST_PIN_POLICY, spec->name, &stage, err) ?:
	      pin_all(&stage, object, link, err);
	if (ret)
		return ret;
	if (bpf_link_update(link, bpf_map__fd(object->ops), NULL))
		return scst_fail(err, -errno, "cannot update it: %s", strerror(errno));
	return scst_pins_commit_over(paths, &stage, err);
}

static int update_locked(const struct scst_paths *paths, const struct scst_spec *spec, bool force,
			 unsigned int *diff, struct scst_error *err)
{
	int ret = compare(paths, spec, diff, err);

	if (ret || (!*diff && !force))
		return ret;
	if (*diff & SCST_DIFF_DEAD)
		return load_locked(paths, spec, err);
	if (*diff == SCST_DIFF_RULES && !force)
		return update_rules(paths, spec, err);
	return replace_object(paths, spec, err);
}

int scst_policy_update(const struct scst_paths *paths, const struct scst_spec *spec, bool force,
		       unsigned int *diff, struct scst_error *err)
{
	_cleanup_close_ int lock = -EBADF;
	int ret;

	ret = scst_pins_lock(paths, &lock, err) ?: update_locked(paths, spec, force, diff, err);
	return ret ? scst_fail_in(err, ret, "policy %s", spec->name) : 0;
}
