// SPDX-License-Identifier: GPL-2.0-only
/* Opening, configuring and loading a policy's object file. */
#include "object.h"

#include <inttypes.h>
#include <stdarg.h>

#include "clock.h"
#include "field.h"
#include "options.h"
#include "sysfs.h"

#define OBJECT_MAX	(64 << 20)

static int print_to_stderr(enum libbpf_print_level level, const char *fmt, va_list ap)
{
	return level == LIBBPF_DEBUG ? 0 : vfprintf(stderr, fmt, ap);
}

void scst_bpf_verbose(bool verbose)
{
	libbpf_set_print(verbose ? print_to_stderr : NULL);
}

int scst_bpf_available(const struct scst_paths *paths, struct scst_error *err)
{
	_cleanup_free_ char *text = NULL;
	char path[PATH_MAX];
	const char *why;

	if (access(paths->sysfs, F_OK))
		return scst_fail(err, -EOPNOTSUPP, "scst.ko is not loaded: modprobe scst");
	if (scst_format(path, sizeof(path), "%s/policy_available", paths->sysfs) ||
	    scst_sysfs_read(path, &text, NULL))
		return scst_fail(err, -EOPNOTSUPP, "this scst.ko knows no policies");
	if (text[0] == '1')
		return 0;
	why = text + strspn(text, "0 \n\t");
	return scst_fail(err, -EOPNOTSUPP, "this kernel takes no policies: %s",
			 *why ? why : "no reason given");
}

/* Opening */

void scst_object_free(struct scst_object *object)
{
	if (!object)
		return;
	bpf_object__close(object->obj);
	free(object->file);
	free(object);
}

static int find_ops(struct scst_object *object, const char *name, struct scst_error *err)
{
	struct bpf_map *map;

	bpf_object__for_each_map(map, object->obj) {
		if (bpf_map__type(map) != BPF_MAP_TYPE_STRUCT_OPS)
			continue;
		if (object->ops)
			return scst_fail(err, -EINVAL, "object %s has more than one policy", name);
		object->ops = map;
	}
	return 0;
}

/*
 * FNV-1a: tells one build from another. Nobody need be kept from making two of the same hash, who
 * may write where objects are.
 */
static uint64_t hash_of(const uint8_t *bytes, size_t size)
{
	uint64_t hash = 0xcbf29ce484222325;

	for (size_t i = 0; i < size; i++)
		hash = (hash ^ bytes[i]) * 0x100000001b3;
	return hash;
}

/* Read once: what is loaded is what was hashed, though a package is being upgraded. */
static int read_object(struct scst_object *object, const char *path, size_t *size,
		       struct scst_error *err)
{
	int ret = scst_read_bytes(path, OBJECT_MAX, &object->file, size);

	if (ret)
		return scst_fail(err, ret, "cannot read the BPF object %s: %s", path,
				 strerror(-ret));
	return scst_format(object->code, sizeof(object->code), "%016" PRIx64,
			   hash_of(object->file, *size));
}

int scst_object_open_file(const struct scst_paths *paths, const char *name,
			  struct scst_object **object, struct scst_error *err)
{
	_cleanup_(scst_object_freep) struct scst_object *new = calloc(1, sizeof(*new));
	LIBBPF_OPTS(bpf_object_open_opts, opts, .object_name = name);
	char path[PATH_MAX];
	size_t size;
	int ret;

	if (!new)
		return scst_fail(err, -ENOMEM, "out of memory");
	ret = scst_object_path(paths, name, path);
	if (ret)
		return scst_fail(err, ret, "name %s is too long", name);
	ret = read_object(new, path, &size, err);
	if (ret)
		return ret;
	opts.kernel_log_buf = new->log;
	opts.kernel_log_size = sizeof(new->log);
	new->obj = bpf_object__open_mem(new->file, size, &opts);
	if (!new->obj)
		return scst_fail(err, -EIO, "%s is not a BPF object this libbpf understands: %s",
				 path, strerror(errno));
	ret = find_ops(new, name, err);
	if (ret)
		return ret;
	scst_clock_set(new->obj);
	*object = TAKE_PTR(new);
	return 0;
}

/* Data members */

static int find_member(const struct scst_object *object, const char *name, size_t size, void **at,
		       struct scst_error *err)
{
	const struct btf *btf = bpf_object__btf(object->obj);
	struct scst_field field;
	size_t len = 0;
	char *image = bpf_map__initial_value(object->ops, &len);

	if (!image || !scst_field_find(btf, bpf_map__btf_value_type_id(object->ops), name, &field))
		return scst_fail(err, -EINVAL, "the object's scst_policy_ops has no member %s",
				 name);
	if (field.size != size || field.offset + size > len)
		return scst_fail(err, -EINVAL, "member %s of scst_policy_ops has %u bytes, not %zu",
				 name, field.size, size);
	*at = image + field.offset;
	return 0;
}

static int set_u32(const struct scst_object *object, const char *name, uint32_t value,
		   struct scst_error *err)
{
	void *at;
	int ret = find_member(object, name, sizeof(value), &at, err);

	if (!ret)
		memcpy(at, &value, sizeof(value));
	return ret;
}

static int set_text(const struct scst_object *object, const char *name, const char *text,
		    size_t size, struct scst_error *err)
{
	void *at;
	int ret = find_member(object, name, size, &at, err);

	if (!ret)
		strncpy(at, text, size);	/* fills up with zeros; a spec's texts fit */
	return ret;
}

static int get_u32(const struct scst_object *object, const char *name, uint32_t *value,
		   struct scst_error *err)
{
	void *at;
	int ret = find_member(object, name, sizeof(*value), &at, err);

	if (!ret)
		memcpy(value, at, sizeof(*value));
	return ret;
}

/* Whatever the object's author, or flags=, say of it. */
static int set_on_eject(const struct scst_object *object, bool closed, struct scst_error *err)
{
	uint32_t flags = 0;
	int ret = get_u32(object, "flags", &flags, err);

	flags &= ~(SCST_POLICY_F_HIDE_ON_EJECT | SCST_POLICY_F_CLOSED_ON_EJECT);
	if (closed)
		flags |= SCST_POLICY_F_CLOSED_ON_EJECT;
	return ret ?: set_u32(object, "flags", flags, err);
}

static int apply_spec(const struct scst_object *object, const struct scst_spec *spec,
		      struct scst_error *err)
{
	int ret = set_text(object, "name", spec->name, sizeof(spec->name), err);

	if (!ret && spec->given & SCST_GIVEN_SCOPE)
		ret = set_u32(object, "scope", spec->scope, err) ?:
			      set_text(object, "scope_name", spec->scope_name,
				       sizeof(spec->scope_name), err);
	if (!ret && spec->given & SCST_GIVEN_PRIORITY)
		ret = set_u32(object, "priority", spec->priority, err);
	if (!ret && spec->given & SCST_GIVEN_FLAGS)
		ret = set_u32(object, "flags", spec->flags, err);
	if (!ret && spec->given & SCST_GIVEN_ON_EJECT)
		ret = set_on_eject(object, spec->closed, err);
	if (!ret && spec->given & SCST_GIVEN_DEADLINE)
		ret = set_u32(object, "deadline_ms", spec->deadline_ms, err);
	for (size_t i = 0; i < spec->nr_options && !ret; i++)
		ret = scst_options_set(object->obj, spec->options[i].name, spec->options[i].value,
				       err);
	return ret ?: scst_options_size_maps(object->obj, err);
}

int scst_object_open(const struct scst_paths *paths, const struct scst_spec *spec,
		     struct scst_object **object, struct scst_error *err)
{
	_cleanup_(scst_object_freep) struct scst_object *new = NULL;
	int ret;

	ret = scst_object_open_file(paths, spec->object, &new, err);
	if (ret)
		return ret;
	if (!new->ops)
		return scst_fail(err, -EINVAL, "object %s is no policy: it has no scst_policy_ops",
				 spec->object);
	ret = apply_spec(new, spec, err);
	if (ret)
		return ret;
	*object = TAKE_PTR(new);
	return 0;
}

int scst_object_data(const struct scst_object *object, struct scst_policy_data *data,
		     struct scst_error *err)
{
	struct scst_policy_data found;
	void *scope_name;
	int ret;

	ret = get_u32(object, "scope", &found.scope, err) ?:
	      get_u32(object, "priority", &found.priority, err) ?:
	      get_u32(object, "flags", &found.flags, err) ?:
	      get_u32(object, "deadline_ms", &found.deadline_ms, err) ?:
	      find_member(object, "scope_name", SCST_NAME_LEN, &scope_name, err);
	if (ret)
		return ret;
	found.scope_name = scope_name;
	*data = found;
	return 0;
}

/* Loading */

/* The verifier's reason: the last line before its statistics. */
static const char *verifier_says(char *log)
{
	char *stats = strstr(log, "\nprocessed ");
	char *line;

	if (stats)
		*stats = '\0';
	for (size_t len = strlen(log); len && log[len - 1] == '\n';)
		log[--len] = '\0';
	line = strrchr(log, '\n');
	return line ? line + 1 : log;
}

int scst_object_load(struct scst_object *object, struct scst_error *err)
{
	int ret = bpf_object__load(object->obj);
	const char *why;

	if (!ret)
		return 0;
	if (ret == -EPERM)
		return scst_fail(err, ret, "loading BPF programs needs root");
	why = verifier_says(object->log);
	return scst_fail(err, -EIO, "the kernel refuses object %s: %s%s%s",
			 bpf_object__name(object->obj), strerror(-ret),
			 *why ? ": " : " (--verbose tells more)", why);
}
