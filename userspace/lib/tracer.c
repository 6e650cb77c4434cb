// SPDX-License-Identifier: GPL-2.0-only
/* Loading and unloading pinned tracers. */
#include "tracer.h"

#include "missed.h"
#include "object.h"
#include "options.h"

DEFINE_CLEANUP(struct bpf_link *, bpf_link__destroy)

int scst_tracer_check(const struct scst_spec *spec, struct scst_error *err)
{
	if (spec->given || spec->rules.nr || spec->nr_list || !streq(spec->name, spec->object))
		return scst_fail(err, -EINVAL, "tracer %s: a tracer takes nothing but options",
				 spec->object);
	return 0;
}

static int open_spec(const struct scst_paths *paths, const struct scst_spec *spec,
		     struct scst_object **object, struct scst_error *err)
{
	_cleanup_(scst_object_freep) struct scst_object *new = NULL;
	int ret;

	ret = scst_object_open_file(paths, spec->name, &new, err);
	if (ret)
		return ret;
	if (new->ops)
		return scst_fail(err, -EINVAL,
				 "object %s is a policy: it would decide, not observe", spec->name);
	for (size_t i = 0; i < spec->nr_options && !ret; i++)
		ret = scst_options_set(new->obj, spec->options[i].name, spec->options[i].value,
				       err);
	if (ret)
		return ret;
	*object = TAKE_PTR(new);
	return 0;
}

int scst_tracer_check_object(const struct scst_paths *paths, const struct scst_spec *spec,
			     struct scst_error *err)
{
	_cleanup_(scst_object_freep) struct scst_object *object = NULL;
	int ret = scst_tracer_check(spec, err) ?: open_spec(paths, spec, &object, err);

	return ret ? scst_fail_in(err, ret, "tracer %s", spec->name) : 0;
}

static int link_file(const struct bpf_program *prog, char file[NAME_MAX])
{
	return scst_format(file, NAME_MAX, "link_%s", bpf_program__name(prog));
}

static int attach_program(const struct bpf_program *prog, const struct scst_pins_stage *stage,
			  struct scst_error *err)
{
	_cleanup_(bpf_link__destroyp) struct bpf_link *link = bpf_program__attach(prog);
	char file[NAME_MAX], pin[NAME_MAX];

	if (!link)
		return scst_fail(err, -errno, "cannot attach program %s: %s",
				 bpf_program__name(prog), strerror(errno));
	if (link_file(prog, file) ||
	    scst_format(pin, sizeof(pin), SCST_PIN_PROG "%s", bpf_program__name(prog)))
		return scst_fail(err, -ENAMETOOLONG, "program name too long");
	return scst_pins_add(stage, file, bpf_link__fd(link), err) ?:
	       scst_pins_add(stage, pin, bpf_program__fd(prog), err);
}

static int attach_programs(struct bpf_object *obj, const struct scst_pins_stage *stage,
			   struct scst_error *err)
{
	struct bpf_program *prog;
	int ret = 0;

	bpf_object__for_each_program(prog, obj) {
		ret = attach_program(prog, stage, err);
		if (ret)
			break;
	}
	return ret;
}

static int load_locked(const struct scst_paths *paths, const struct scst_spec *spec,
		       struct scst_error *err)
{
	_cleanup_(scst_pins_discard) struct scst_pins_stage stage = {};
	_cleanup_(scst_object_freep) struct scst_object *object = NULL;
	int ret;

	if (scst_pins_exist(paths, SCST_PIN_TRACER, spec->name))
		return scst_fail(err, -EEXIST, "already loaded");
	ret = open_spec(paths, spec, &object, err) ?: scst_object_load(object, err) ?:
	      scst_pins_stage(paths, SCST_PIN_TRACER, spec->name, &stage, err) ?:
	      scst_pins_add_note(&stage, SCST_PIN_CODE, object->code, err) ?:
	      scst_pins_add_maps(&stage, object->obj, err);
	if (!ret)
		ret = attach_programs(object->obj, &stage, err) ?:
		      scst_pins_commit(paths, &stage, err);
	return ret;
}

int scst_tracer_load(const struct scst_paths *paths, const struct scst_spec *spec,
		     struct scst_error *err)
{
	_cleanup_close_ int lock = -EBADF;
	int ret;

	ret = scst_tracer_check(spec, err) ?: scst_bpf_available(paths, err) ?:
	      scst_pins_lock(paths, &lock, err) ?: load_locked(paths, spec, err);
	return ret ? scst_fail_in(err, ret, "tracer %s", spec->name) : 0;
}

static int unload_locked(const struct scst_paths *paths, const char *name, struct scst_error *err)
{
	if (!scst_pins_exist(paths, SCST_PIN_TRACER, name))
		return scst_fail(err, -ENOENT, "not loaded: scstctl tracer list");
	return scst_pins_remove(paths, SCST_PIN_TRACER, name, err);
}

int scst_tracer_unload(const struct scst_paths *paths, const char *name, struct scst_error *err)
{
	_cleanup_close_ int lock = -EBADF;
	int ret;

	ret = scst_check_name(name, err) ?: scst_pins_lock(paths, &lock, err) ?:
	      unload_locked(paths, name, err);
	return ret ? scst_fail_in(err, ret, "tracer %s", name) : 0;
}

/* A program whose link is gone observes no more. */
static bool is_attached(const struct scst_paths *paths, const char *name, struct bpf_object *obj)
{
	struct bpf_program *prog;

	bpf_object__for_each_program(prog, obj) {
		_cleanup_close_ int fd = -EBADF;
		char file[NAME_MAX];

		if (link_file(prog, file))
			return false;
		fd = scst_pins_open(paths, SCST_PIN_TRACER, name, file);
		if (fd < 0)
			return false;
	}
	return true;
}

static int compare(const struct scst_paths *paths, const struct scst_spec *spec, bool *differs,
		   struct scst_error *err)
{
	_cleanup_(scst_object_freep) struct scst_object *object = NULL;
	char code[sizeof(object->code)];
	int ret;

	ret = open_spec(paths, spec, &object, err) ?:
	      scst_options_differ(paths, SCST_PIN_TRACER, spec->name, object->obj, differs, err);
	if (ret)
		return ret;
	*differs = *differs || !is_attached(paths, spec->name, object->obj) ||
		   scst_pins_note(paths, SCST_PIN_TRACER, spec->name, SCST_PIN_CODE, code,
				  sizeof(code)) ||
		   !streq(code, object->code);
	return 0;
}

int scst_tracer_differs(const struct scst_paths *paths, const struct scst_spec *spec,
			bool *differs, struct scst_error *err)
{
	int ret = compare(paths, spec, differs, err);

	return ret ? scst_fail_in(err, ret, "tracer %s", spec->name) : 0;
}

/* It only observes: a moment without it does no harm. */
static int update_locked(const struct scst_paths *paths, const struct scst_spec *spec,
			 bool *changed, struct scst_error *err)
{
	int ret = compare(paths, spec, changed, err);

	if (ret || !*changed)
		return ret;
	return unload_locked(paths, spec->name, err) ?: load_locked(paths, spec, err);
}

int scst_tracer_update(const struct scst_paths *paths, const struct scst_spec *spec, bool *changed,
		       struct scst_error *err)
{
	_cleanup_close_ int lock = -EBADF;
	int ret;

	ret = scst_tracer_check_object(paths, spec, err) ?: scst_pins_lock(paths, &lock, err) ?:
	      update_locked(paths, spec, changed, err);
	return ret ? scst_fail_in(err, ret, "tracer %s", spec->name) : 0;
}
