// SPDX-License-Identifier: GPL-2.0-only
/* Verbs of the fake's mgmt files. @dirs are the parts of the path that was written to. */
#include "fake_inside.h"

#include <dirent.h>

/* ---- handlers ------------------------------------------------------------------------------- */

void add_handler(const struct fake *fake, const char *name, const char *known)
{
	const char *dir = PATH("handlers/%s", name);

	make_dir(fake, dir);
	put_file(fake, dir, "type", 0444, "0 - disk\n");
	put_file(fake, dir, "mgmt", 0644,
		 "Usage: echo \"add_device device_name [parameters]\" >mgmt\n"
		 "       echo \"del_device device_name\" >mgmt\n\n"
		 "Parameters are name=value pairs separated by ';'.\n\n"
		 "The following parameters available: %s\n", known);
}

static int add_device(struct fake *fake, char **dirs, char *name, char *rest)
{
	const char *dir = PATH("devices/%s", name);

	if (fake_has(fake, dir))
		return -EEXIST;
	if (params(fake, dir, rest, DEVICE_PARAMS ", size_mb", false))
		return -EINVAL;
	make_dir(fake, dir);
	put_attrs(fake, dir, device_attrs);
	put_file(fake, dir, "type", 0444, "0 - disk\n");
	params(fake, dir, rest, DEVICE_PARAMS ", size_mb", true);
	make_dir(fake, PATH("%s/exported", dir));
	make_link(fake, PATH("%s/handler", dir), PATH("../../handlers/%s", dirs[1]));
	make_link(fake, PATH("handlers/%s/%s", dirs[1], name), PATH("../../devices/%s", name));
	return 0;
}

/* "../../../targets/iscsi/t/luns/0" as a path below the root. */
static const char *below_root(const char *link)
{
	while (startswith(link, "../"))
		link += 3;
	return link;
}

static void remove_lun(struct fake *fake, const char *path);

/* From the device groups, too. */
static void leave_groups(struct fake *fake, const char *name)
{
	struct dirent *entry;
	char full[PATH_MAX];
	DIR *stream;

	fake_path(fake, "device_groups", full);
	stream = opendir(full);
	MUST(stream);
	while ((entry = readdir(stream)))
		if (fake_has(fake, PATH("device_groups/%s/devices/%s", entry->d_name, name)))
			remove_tree(fake, PATH("device_groups/%s/devices/%s", entry->d_name, name));
	closedir(stream);
}

static int del_device(struct fake *fake, char **dirs, char *name, char *rest)
{
	char target[PATH_MAX];

	if (!fake_has(fake, PATH("handlers/%s/%s", dirs[1], name)))
		return -ENOENT;
	for (int i = 0; i < 256; i++) {
		const char *link = PATH("%s/devices/%s/exported/export%d", fake->root, name, i);
		ssize_t len = readlink(link, target, sizeof(target) - 1);

		if (len < 0)
			continue;
		target[len] = '\0';
		remove_lun(fake, below_root(target));
	}
	leave_groups(fake, name);
	remove_tree(fake, PATH("devices/%s", name));
	remove_tree(fake, PATH("handlers/%s/%s", dirs[1], name));
	return 0;
}

/* ---- targets -------------------------------------------------------------------------------- */

static void put_luns_mgmt(const struct fake *fake, const char *dir)
{
	make_dir(fake, dir);
	put_file(fake, dir, "mgmt", 0644, "Usage: echo \"add device_name lun [parameters]\" >mgmt\n"
		 "\nThe following parameters available: read_only\n");
}

void make_target(const struct fake *fake, const char *driver, const char *name)
{
	const char *dir = PATH("targets/%s/%s", driver, name);

	make_dir(fake, dir);
	put_attrs(fake, dir, target_attrs);
	put_luns_mgmt(fake, PATH("%s/luns", dir));
	make_dir(fake, PATH("%s/ini_groups", dir));
	put_file(fake, PATH("%s/ini_groups", dir), "mgmt", 0644, "Usage\n");
	make_dir(fake, PATH("%s/sessions", dir));
}

static int add_target(struct fake *fake, char **dirs, char *name, char *rest)
{
	const char *dir = PATH("targets/%s/%s", dirs[1], name);
	bool iscsi = streq(dirs[1], "iscsi");
	char *at = NULL;

	if (fake_has(fake, dir))
		return -EEXIST;
	if (params(fake, dir, rest, iscsi ? "" : "session_name", false))
		return -EINVAL;
	make_target(fake, dirs[1], name);
	if (iscsi) {
		put_attrs(fake, dir, iscsi_target_attrs);
		put_file(fake, dir, "tid", 0444, "%u\n", ++fake->tids);
	}
	for (char *pair = rest ? strtok_r(rest, ";", &at) : NULL; pair;
	     pair = strtok_r(NULL, ";", &at))
		make_dir(fake, PATH("%s/sessions/%s", dir, strchr(pair, '=') + 1));
	return 0;
}

static void remove_group_at(struct fake *fake, size_t i);
static int clear_dir(struct fake *fake, const char *dir, bool luns);

static int del_target(struct fake *fake, char **dirs, char *name, char *rest)
{
	const char *dir = PATH("targets/%s/%s", dirs[1], name);

	if (!fake_has(fake, dir))
		return -ENOENT;
	for (size_t i = 0; i < fake->groups.nr; i++)
		if (startswith(fake->groups.list[i], PATH("%s/ini_groups/", dir)))
			remove_group_at(fake, i);
	clear_dir(fake, PATH("%s/luns", dir), true);
	remove_tree(fake, dir);
	return 0;
}

static bool has_same_user(const char *value, const char *other)
{
	size_t len = strcspn(value, " ");

	return len == strcspn(other, " ") && !strncmp(value, other, len);
}

/* IncomingUser, IncomingUser1, ...: the lowest that is free; a user once, and one OutgoingUser. */
static int add_dynamic(struct fake *fake, const char *dir, char *name, const char *value)
{
	char file[NAME_MAX + 1];

	if (!value || !is_listed("IncomingUser, OutgoingUser, allowed_portal", name))
		return -EINVAL;
	value = kept_value(name, value);
	if (!value)
		return -EINVAL;
	snprintf(file, sizeof(file), "%s", name);
	for (int i = 1; fake_has(fake, PATH("%s/%s", dir, file)); i++) {
		if (streq(name, "OutgoingUser") ||
		    has_same_user(fake_read(fake, PATH("%s/%s", dir, file)), value))
			return -EEXIST;
		snprintf(file, sizeof(file), "%.200s%d", name, i);
	}
	put_file(fake, dir, file, 0644, "%s\n[key]\n", value);
	return 0;
}

static int del_dynamic(struct fake *fake, const char *dir, const char *name, const char *value)
{
	for (int i = 0; i < 16; i++) {
		const char *path = i ? PATH("%s/%s%d", dir, name, i) : PATH("%s/%s", dir, name);
		const char *is = fake_read(fake, path);

		if (!is || !has_same_user(is, value))
			continue;
		remove_tree(fake, path);
		return 0;
	}
	return -ENOENT;
}

/* Of scst_local: "add_session TARGET SESSION". */
static int add_session(struct fake *fake, char **dirs, char *name, char *rest)
{
	const char *dir = PATH("targets/%s/%s/sessions/%s", dirs[1], name, rest ?: "");

	if (!rest || streq(dirs[1], "iscsi"))
		return -EINVAL;
	if (fake_has(fake, dir))
		return -EEXIST;
	make_dir(fake, dir);
	return 0;
}

static int del_session(struct fake *fake, char **dirs, char *name, char *rest)
{
	const char *dir = PATH("targets/%s/%s/sessions/%s", dirs[1], name, rest ?: "");

	if (!rest || !fake_has(fake, dir))
		return -EINVAL;
	remove_tree(fake, dir);
	return 0;
}

static int add_attribute(struct fake *fake, char **dirs, char *name, char *rest)
{
	return add_dynamic(fake, PATH("targets/%s", dirs[1]), name, rest);
}

static int del_attribute(struct fake *fake, char **dirs, char *name, char *rest)
{
	return del_dynamic(fake, PATH("targets/%s", dirs[1]), name, rest);
}

static int add_target_attribute(struct fake *fake, char **dirs, char *name, char *rest)
{
	char *attr = strsep(&rest, " ");

	if (!attr || !fake_has(fake, PATH("targets/%s/%s", dirs[1], name)))
		return -ENOENT;
	return add_dynamic(fake, PATH("targets/%s/%s", dirs[1], name), attr, rest);
}

static int del_target_attribute(struct fake *fake, char **dirs, char *name, char *rest)
{
	char *attr = strsep(&rest, " ");

	return attr && rest ? del_dynamic(fake, PATH("targets/%s/%s", dirs[1], name), attr, rest) :
			      -EINVAL;
}

/* ---- groups and initiators ------------------------------------------------------------------ */

static int create_group(struct fake *fake, char **dirs, char *name, char *rest)
{
	const char *dir = PATH("targets/%s/%s/ini_groups/%s", dirs[1], dirs[2], name);

	if (fake_has(fake, dir))
		return -EEXIST;
	make_dir(fake, dir);
	put_attrs(fake, dir, group_attrs);
	put_luns_mgmt(fake, PATH("%s/luns", dir));
	make_dir(fake, PATH("%s/initiators", dir));
	put_file(fake, PATH("%s/initiators", dir), "mgmt", 0644, "Usage\n");
	return scst_names_add(&fake->groups, dir);
}

/* Its devices are exported by its LUNs no more. */
static void remove_group_at(struct fake *fake, size_t i)
{
	clear_dir(fake, PATH("%s/luns", fake->groups.list[i]), true);
	remove_tree(fake, fake->groups.list[i]);
	fake->groups.list[i][0] = '\0';
}

static int del_group(struct fake *fake, char **dirs, char *name, char *rest)
{
	const char *dir = PATH("targets/%s/%s/ini_groups/%s", dirs[1], dirs[2], name);

	if (!fake_has(fake, dir))
		return -ENOENT;
	for (size_t i = 0; i < fake->groups.nr; i++)
		if (streq(fake->groups.list[i], dir))
			remove_group_at(fake, i);
	return 0;
}

#define INITIATOR(group, name) \
	PATH("targets/%s/%s/ini_groups/%s/initiators/%s", dirs[1], dirs[2], group, name)

static int add_initiator(struct fake *fake, char **dirs, char *name, char *rest)
{
	const char *path = INITIATOR(dirs[4], name);

	if (fake_has(fake, path))
		return -EEXIST;
	put_file(fake, INITIATOR(dirs[4], ""), name, 0444, "%s\n", name);
	return 0;
}

static int del_initiator(struct fake *fake, char **dirs, char *name, char *rest)
{
	if (!fake_has(fake, INITIATOR(dirs[4], name)))
		return -ENOENT;
	remove_tree(fake, INITIATOR(dirs[4], name));
	return 0;
}

static int move_initiator(struct fake *fake, char **dirs, char *name, char *rest)
{
	if (!rest || !fake_has(fake, INITIATOR(dirs[4], name)) ||
	    !fake_has(fake, INITIATOR(rest, "mgmt")))
		return -ENOENT;
	remove_tree(fake, INITIATOR(dirs[4], name));
	put_file(fake, INITIATOR(rest, ""), name, 0444, "%s\n", name);
	return 0;
}

/* Removes all of a directory but mgmt. */
static int clear_dir(struct fake *fake, const char *dir, bool luns)
{
	char full[PATH_MAX];
	struct dirent *entry;
	DIR *stream;

	fake_path(fake, dir, full);
	stream = opendir(full);
	MUST(stream);
	while ((entry = readdir(stream))) {
		const char *path = PATH("%s/%s", dir, entry->d_name);

		if (*entry->d_name == '.' || streq(entry->d_name, "mgmt"))
			continue;
		if (luns)
			remove_lun(fake, path);
		else
			remove_tree(fake, path);
	}
	closedir(stream);
	return 0;
}

static int clear_initiators(struct fake *fake, char **dirs, char *name, char *rest)
{
	return clear_dir(fake, PATH("targets/%s/%s/ini_groups/%s/initiators", dirs[1], dirs[2],
				    dirs[4]), false);
}

/* ---- LUNs ----------------------------------------------------------------------------------- */

/* The directory of the mgmt file that was written. */
static const char *luns_dir(char **dirs, char out[PATH_MAX])
{
	if (streq(dirs[3], "luns"))
		MUST(!scst_format(out, PATH_MAX, "targets/%s/%s/luns", dirs[1], dirs[2]));
	else
		MUST(!scst_format(out, PATH_MAX, "targets/%s/%s/ini_groups/%s/luns", dirs[1],
				  dirs[2], dirs[4]));
	return out;
}

static void export(struct fake *fake, const char *device, const char *lun)
{
	int i = 0;

	while (fake_has(fake, PATH("devices/%s/exported/export%d", device, i)))
		i++;
	make_link(fake, PATH("devices/%s/exported/export%d", device, i), PATH("../../../%s", lun));
}

static void unexport(struct fake *fake, const char *device, const char *lun)
{
	char target[PATH_MAX];

	for (int i = 0; i < 256; i++) {
		const char *path = PATH("devices/%s/exported/export%d", device, i);
		ssize_t len = readlink(PATH("%s/%s", fake->root, path), target, sizeof(target) - 1);

		if (len > 0 && (target[len] = '\0', streq(below_root(target), lun)))
			remove_tree(fake, path);
	}
}

static void remove_lun(struct fake *fake, const char *path)
{
	char target[PATH_MAX];
	ssize_t len = readlink(PATH("%s/%s/device", fake->root, path), target, sizeof(target) - 1);

	MUST(len > 0);
	target[len] = '\0';
	unexport(fake, last_part(target), path);
	remove_tree(fake, path);
}

static int add_lun(struct fake *fake, char **dirs, char *device, char *rest)
{
	char buf[PATH_MAX], *lun = strsep(&rest, " ");
	const char *dir = luns_dir(dirs, buf), *path = PATH("%s/%s", dir, lun ?: "");
	bool group = streq(dirs[3], "ini_groups");

	if (!lun || !*lun || !fake_has(fake, PATH("devices/%s", device)) ||
	    params(fake, path, rest, "read_only", false))
		return -EINVAL;
	if (fake_has(fake, path))
		return -EEXIST;
	make_dir(fake, path);
	put_file(fake, path, "read_only", 0444, "0\n");
	if (rest && strstr(rest, "read_only=1"))
		put_file(fake, path, "read_only", 0444, "1\n[key]\n");
	make_link(fake, PATH("%s/device", path), PATH("../../../../%sdevices/%s",
						      group ? "../../../" : "../", device));
	export(fake, device, path);
	return 0;
}

static int del_lun(struct fake *fake, char **dirs, char *lun, char *rest)
{
	char buf[PATH_MAX];
	const char *path = PATH("%s/%s", luns_dir(dirs, buf), lun);

	if (!fake_has(fake, path))
		return -EINVAL;
	remove_lun(fake, path);
	return 0;
}

static int replace_lun(struct fake *fake, char **dirs, char *device, char *rest)
{
	char buf[PATH_MAX];
	_cleanup_free_ char *lun = strndup(rest ?: "", strcspn(rest ?: "", " "));
	const char *path = PATH("%s/%s", luns_dir(dirs, buf), lun);

	if (!fake_has(fake, PATH("devices/%s", device)))
		return -EINVAL;
	if (*lun && fake_has(fake, path))
		remove_lun(fake, path);
	return add_lun(fake, dirs, device, rest);
}

static int clear_luns(struct fake *fake, char **dirs, char *name, char *rest)
{
	char buf[PATH_MAX];

	return clear_dir(fake, luns_dir(dirs, buf), true);
}

/* ---- device groups -------------------------------------------------------------------------- */

static int make_group(struct fake *fake, const char *dir, const char *const *subs)
{
	if (fake_has(fake, dir))
		return -EEXIST;
	make_dir(fake, dir);
	for (; *subs; subs++) {
		make_dir(fake, PATH("%s/%s", dir, *subs));
		put_file(fake, PATH("%s/%s", dir, *subs), "mgmt", 0644, "Usage\n");
	}
	return 0;
}

static int remove_group(struct fake *fake, const char *dir)
{
	if (!fake_has(fake, dir))
		return -ENOENT;
	remove_tree(fake, dir);
	return 0;
}

static int create_dgroup(struct fake *fake, char **dirs, char *name, char *rest)
{
	static const char *const subs[] = { "devices", "target_groups", NULL };

	return make_group(fake, PATH("device_groups/%s", name), subs);
}

static int del_dgroup(struct fake *fake, char **dirs, char *name, char *rest)
{
	return remove_group(fake, PATH("device_groups/%s", name));
}

static int add_gdevice(struct fake *fake, char **dirs, char *name, char *rest)
{
	const char *path = PATH("device_groups/%s/devices/%s", dirs[1], name);

	if (fake_has(fake, path))
		return -EEXIST;
	if (!fake_has(fake, PATH("devices/%s", name)))
		return -EINVAL;
	make_link(fake, path, PATH("../../../devices/%s", name));
	return 0;
}

static int del_gdevice(struct fake *fake, char **dirs, char *name, char *rest)
{
	return remove_group(fake, PATH("device_groups/%s/devices/%s", dirs[1], name));
}

static int add_tgroup(struct fake *fake, char **dirs, char *name, char *rest)
{
	static const char *const subs[] = { NULL };
	const char *dir = PATH("device_groups/%s/target_groups/%s", dirs[1], name);
	int err = make_group(fake, dir, subs);

	if (err)
		return err;
	put_attrs(fake, dir, tgroup_attrs);
	put_file(fake, dir, "mgmt", 0644, "Usage\n");
	return 0;
}

static int del_tgroup(struct fake *fake, char **dirs, char *name, char *rest)
{
	return remove_group(fake, PATH("device_groups/%s/target_groups/%s", dirs[1], name));
}

/* A target of this host is a link, another a directory. */
static int add_gtarget(struct fake *fake, char **dirs, char *name, char *rest)
{
	const char *path = PATH("device_groups/%s/target_groups/%s/%s", dirs[1], dirs[3], name);
	static const char *const drivers[] = { "iscsi", "scst_local" };

	if (fake_has(fake, path))
		return -EEXIST;
	for (size_t i = 0; i < ARRAY_SIZE(drivers); i++)
		if (fake_has(fake, PATH("targets/%s/%s", drivers[i], name))) {
			make_link(fake, path, PATH("../../../../targets/%s/%s", drivers[i], name));
			return 0;
		}
	make_dir(fake, path);
	put_attrs(fake, path, gtarget_attrs);
	return 0;
}

static int del_gtarget(struct fake *fake, char **dirs, char *name, char *rest)
{
	return remove_group(fake, PATH("device_groups/%s/target_groups/%s/%s", dirs[1], dirs[3],
				       name));
}

/* ---- which verb ----------------------------------------------------------------------------- */

/* clang-format off */
static const struct {
	const char *pattern;		/* of the path; '*' is any part */
	const char *verb;
	int (*run)(struct fake *fake, char **dirs, char *name, char *rest);
} verbs[] = {
	{ "handlers/*/mgmt",				"add_device",		add_device	},
	{ "handlers/*/mgmt",				"del_device",		del_device	},
	{ "targets/*/mgmt",				"add_target",		add_target	},
	{ "targets/*/mgmt",				"del_target",		del_target	},
	{ "targets/*/mgmt",				"add_session",		add_session	},
	{ "targets/*/mgmt",				"del_session",		del_session	},
	{ "targets/*/mgmt",				"add_attribute",	add_attribute	},
	{ "targets/*/mgmt",				"del_attribute",	del_attribute	},
	{ "targets/*/mgmt", "add_target_attribute", add_target_attribute },
	{ "targets/*/mgmt", "del_target_attribute", del_target_attribute },
	{ "targets/*/*/ini_groups/mgmt",		"create",		create_group	},
	{ "targets/*/*/ini_groups/mgmt",		"del",			del_group	},
	{ "targets/*/*/ini_groups/*/initiators/mgmt",	"add",			add_initiator	},
	{ "targets/*/*/ini_groups/*/initiators/mgmt",	"del",			del_initiator	},
	{ "targets/*/*/ini_groups/*/initiators/mgmt",	"move",			move_initiator	},
	{ "targets/*/*/ini_groups/*/initiators/mgmt",	"clear",		clear_initiators },
	{ "targets/*/*/luns/mgmt",			"add",			add_lun		},
	{ "targets/*/*/luns/mgmt",			"del",			del_lun		},
	{ "targets/*/*/luns/mgmt",			"replace",		replace_lun	},
	{ "targets/*/*/luns/mgmt",			"clear",		clear_luns	},
	{ "targets/*/*/ini_groups/*/luns/mgmt",		"add",			add_lun		},
	{ "targets/*/*/ini_groups/*/luns/mgmt",		"del",			del_lun		},
	{ "targets/*/*/ini_groups/*/luns/mgmt",		"replace",		replace_lun	},
	{ "targets/*/*/ini_groups/*/luns/mgmt",		"clear",		clear_luns	},
	{ "device_groups/mgmt",				"create",		create_dgroup	},
	{ "device_groups/mgmt",				"del",			del_dgroup	},
	{ "device_groups/*/devices/mgmt",		"add",			add_gdevice	},
	{ "device_groups/*/devices/mgmt",		"del",			del_gdevice	},
	{ "device_groups/*/target_groups/mgmt",		"add",			add_tgroup	},
	{ "device_groups/*/target_groups/mgmt",		"del",			del_tgroup	},
	{ "device_groups/*/target_groups/*/mgmt",	"add",			add_gtarget	},
	{ "device_groups/*/target_groups/*/mgmt",	"del",			del_gtarget	},
};
/* clang-format on */

static bool fits(const char *pattern, char **dirs, size_t nr)
{
	_cleanup_free_ char *copy = strdup(pattern);
	char *at = NULL, *part = strtok_r(copy, "/", &at);
	size_t i = 0;

	for (; part && i < nr; i++, part = strtok_r(NULL, "/", &at))
		if (!streq(part, "*") && !streq(part, dirs[i]))
			return false;
	return !part && i == nr;
}

int fake_verb(struct fake *fake, char **dirs, size_t nr, char *text)
{
	char *verb = strsep(&text, " "), *name = strsep(&text, " ");

	for (size_t i = 0; i < ARRAY_SIZE(verbs); i++)
		if (streq(verbs[i].verb, verb) && fits(verbs[i].pattern, dirs, nr))
			return name || streq(verb, "clear") ?
				verbs[i].run(fake, dirs, name, text) : -EINVAL;
	return -EINVAL;
}
