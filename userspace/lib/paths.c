// SPDX-License-Identifier: GPL-2.0-only
/* Names become paths here and nowhere else. */
#include "paths.h"

#include <scst/scst.h>
#include <scst/verdict.h>

static const struct {
	const char *noun;
	const char *dir;
} pin_kinds[SCST_PIN_KINDS] = {
	[SCST_PIN_POLICY] = { "policy", "policies" },
	[SCST_PIN_TRACER] = { "tracer", "tracers"  },
};

struct scst_paths scst_paths_default(void)
{
	const char *objects = getenv("SCST_BPF_DIR");

	return (struct scst_paths){
		.sysfs = SCST_SYSFS_ROOT,
		.pins = "/sys/fs/bpf/scst",
		.objects = objects && *objects ? objects : SCST_BPF_INSTALL_DIR,
		.inject = "/sys/kernel/debug/scst/inject",
	};
}

const char *scst_pin_kind_noun(enum scst_pin_kind kind)
{
	return pin_kinds[kind].noun;
}

const char *scst_pin_kind_dir(enum scst_pin_kind kind)
{
	return pin_kinds[kind].dir;
}

#define NAME_CHARACTERS	"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-"

int scst_check_attached_name(const char *name, struct scst_error *err)
{
	if (!*name || *name == '.' || name[strspn(name, NAME_CHARACTERS ".")])
		return scst_fail(err, -EINVAL, "bad name \"%s\"", name);
	return 0;
}

int scst_check_name(const char *name, struct scst_error *err)
{
	static const char allowed[] = NAME_CHARACTERS;
	size_t len = strlen(name);

	if (!len || strspn(name, allowed) != len)
		return scst_fail(err, -EINVAL, "bad name \"%s\": use letters, digits, '_' and '-'",
				 name);
	if (len >= SCST_POLICY_NAME_LEN)
		return scst_fail(err, -EINVAL, "name \"%s\" is longer than %d characters", name,
				 SCST_POLICY_NAME_LEN - 1);
	return 0;
}

int scst_pin_path(const struct scst_paths *paths, enum scst_pin_kind kind, const char *name,
		  const char *file, char out[PATH_MAX])
{
	return scst_format(out, PATH_MAX, "%s/%s/%s%s%s", paths->pins, pin_kinds[kind].dir, name,
			   file ? "/" : "", file ?: "");
}

int scst_map_pin_name(const char *map_name, char *out, size_t size)
{
	const char *dot = strchr(map_name, '.');
	int err;

	err = scst_format(out, size, "%s", dot ? dot + 1 : map_name);
	if (err)
		return err;
	for (char *c = out; *c; c++)
		if (*c == '.')
			*c = '_';
	return 0;
}

int scst_object_path(const struct scst_paths *paths, const char *object, char out[PATH_MAX])
{
	return scst_format(out, PATH_MAX, "%s/%s.bpf.o", paths->objects, object);
}
