// SPDX-License-Identifier: GPL-2.0-only
/* Required policies: two files of sysfs, read and written. */
#include "required.h"

#include <scst/verdict.h>

#include "sysfs.h"

#define TEXT_MAX	4096		/* what sysfs takes at once, with the NUL */

static int attr_path(const struct scst_paths *paths, const char *attr, char path[PATH_MAX],
		     struct scst_error *err)
{
	if (!scst_format(path, PATH_MAX, "%s/policies/%s", paths->sysfs, attr))
		return 0;
	return scst_fail(err, -ENAMETOOLONG, "%s: the path is too long", paths->sysfs);
}

/* Splits @text at every one of @separators. */
static int split(char *text, const char *separators, struct scst_names *names)
{
	char *save = NULL;
	int ret = 0;

	for (char *name = strtok_r(text, separators, &save); name && !ret;
	     name = strtok_r(NULL, separators, &save))
		ret = scst_names_add(names, name);
	return ret;
}

static int read_list(const struct scst_paths *paths, const char *attr, const char *separators,
		     struct scst_names *names, bool *key, struct scst_error *err)
{
	_cleanup_free_ char *text = NULL;
	char path[PATH_MAX];
	int ret = attr_path(paths, attr, path, err);

	if (ret)
		return ret;
	ret = scst_sysfs_read(path, &text, key) ?: split(text, separators, names);
	if (ret == -ENOENT)
		return scst_fail(err, -EOPNOTSUPP, "scst.ko is not loaded: modprobe scst");
	return ret ? scst_fail(err, ret, "cannot read %s: %s", path, strerror(-ret)) : 0;
}

int scst_required_read(const struct scst_paths *paths, struct scst_names *names, bool *written,
		       struct scst_error *err)
{
	return read_list(paths, "required_policies", ",", names, written, err);
}

int scst_required_waiting(const struct scst_paths *paths, struct scst_names *lines,
			  struct scst_error *err)
{
	return read_list(paths, "waiting_for", "\n", lines, NULL, err);
}

bool scst_required_has(const struct scst_paths *paths, const char *name)
{
	_cleanup_(scst_names_clear) struct scst_names names = {};
	struct scst_error ignored = {};

	return !scst_required_read(paths, &names, NULL, &ignored) &&
	       scst_names_has(&names, name);
}

/* What stands beside them in policies/. */
static bool is_taken(const char *name)
{
	static const char *const taken[] = {
		"exits", "pr_dumps_lost", "required_policies", "waiting_for",
	};

	for (size_t i = 0; i < ARRAY_SIZE(taken); i++)
		if (streq(taken[i], name))
			return true;
	return false;
}

int scst_required_check_name(const char *name, struct scst_error *err)
{
	int ret = scst_check_attached_name(name, err);

	if (ret)
		return ret;
	if (!strchr("0123456789_-", name[0]) && strlen(name) < SCST_POLICY_NAME_LEN &&
	    !is_taken(name))
		return 0;
	return scst_fail(err, -EINVAL, "bad name \"%s\": no policy can be called so", name);
}

/* A line, since an empty text is none for sysfs. */
static int join(enum scst_require how, const struct scst_names *names, char text[TEXT_MAX],
		struct scst_error *err)
{
	static const char *const begins[] = {
		[SCST_REQUIRE_ALL] = "",
		[SCST_REQUIRE_MORE] = "+",
		[SCST_REQUIRE_LESS] = "-",
	};
	size_t len = snprintf(text, TEXT_MAX, "%s", begins[how]);

	for (size_t i = 0; i < names->nr && len < TEXT_MAX; i++) {
		int ret = scst_required_check_name(names->list[i], err);

		if (ret)
			return ret;
		len += snprintf(text + len, TEXT_MAX - len, "%s%s", i ? "," : "", names->list[i]);
	}
	if (len < TEXT_MAX)
		len += snprintf(text + len, TEXT_MAX - len, "\n");
	return len < TEXT_MAX ? 0 : scst_fail(err, -ENOSPC, "too many names");
}

static int write_error(const char *path, int code, struct scst_error *err)
{
	switch (code) {
	case -ENOENT:
		if (access(path, F_OK))
			return scst_fail(err, -EOPNOTSUPP, "scst.ko is not loaded: modprobe scst");
		return scst_fail(err, code, "not required: scstctl policy require");
	case -ENOSPC:
		return scst_fail(err, code, "more names than policies can be attached");
	case -EINVAL:
		return scst_fail(err, code, "no policy can have such a name: see the kernel log");
	case -EACCES:
		return scst_fail(err, code, "cannot write %s: run this as root", path);
	}
	return scst_fail(err, code, "cannot write %s: %s", path, strerror(-code));
}

int scst_required_write(const struct scst_paths *paths, enum scst_require how,
			const struct scst_names *names, struct scst_error *err)
{
	char path[PATH_MAX], text[TEXT_MAX];
	int ret;

	ret = attr_path(paths, "required_policies", path, err) ?: join(how, names, text, err);
	if (ret)
		return ret;
	ret = scst_sysfs_write(path, text);
	return ret ? write_error(path, ret, err) : 0;
}
