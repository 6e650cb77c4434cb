// SPDX-License-Identifier: GPL-2.0-only
/* The fake: objects are directories, attributes files with a default; verbs are fake_verbs.c's. */
#include "fake_inside.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <ftw.h>
#include <stdarg.h>
#include <sys/stat.h>

/* ---- files ---------------------------------------------------------------------------------- */

void fake_path(const struct fake *fake, const char *path, char out[PATH_MAX])
{
	MUST(!scst_format(out, PATH_MAX, "%s/%s", fake->root, path));
}

void put_file(const struct fake *fake, const char *dir, const char *name, mode_t mode,
	      const char *fmt, ...)
{
	char path[PATH_MAX], full[PATH_MAX];
	va_list ap;
	FILE *file;

	MUST(!scst_format(path, sizeof(path), "%s/%s", dir, name));
	fake_path(fake, path, full);
	file = fopen(full, "w");
	MUST(file);
	va_start(ap, fmt);
	vfprintf(file, fmt, ap);
	va_end(ap);
	fclose(file);
	MUST(!chmod(full, mode));
}

void make_dir(const struct fake *fake, const char *path)
{
	char full[PATH_MAX];

	fake_path(fake, path, full);
	MUST(!mkdir(full, 0755));
}

void make_link(const struct fake *fake, const char *path, const char *target)
{
	char full[PATH_MAX];

	fake_path(fake, path, full);
	MUST(!symlink(target, full));
}

bool fake_has(struct fake *fake, const char *path)
{
	char full[PATH_MAX];
	struct stat st;

	fake_path(fake, path, full);
	return !lstat(full, &st);
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	return remove(path);
}

void remove_tree(const struct fake *fake, const char *path)
{
	char full[PATH_MAX];

	fake_path(fake, path, full);
	nftw(full, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

const char *fake_read(struct fake *fake, const char *path)
{
	static char line[4096];
	_cleanup_free_ char *text = NULL;
	char full[PATH_MAX];

	fake_path(fake, path, full);
	if (scst_read_file(full, &text))
		return NULL;
	text[strcspn(text, "\n")] = '\0';
	snprintf(line, sizeof(line), "%s", text);
	return line;
}

/* ---- attributes ----------------------------------------------------------------------------- */

/* clang-format off */
const struct fake_attr root_attrs[] = {
	{ "version",		 "3.11.0-bpf0.1.0", 0444 },
	{ "last_sysfs_mgmt_res", "0",	 0444 },
	{ "measure_latency",	 "0",	 0644 },
	{ "setup_id",		 "0x0",	 0644 },
	{ "suspend",		 "0",	 0644 },
	{ "threads",		 "2",	 0644 },
	{ }
};

const struct fake_attr device_attrs[] = {
	{ "active",		 "1",	 0644 },
	{ "blocksize",		 "512",	 0444 },
	{ "filename",		 "",	 0644 },
	{ "nv_cache",		 "0",	 0444 },
	{ "prod_id",		 "%",	 0644 },
	{ "read_only",		 "0",	 0444 },
	{ "resync_size",	 "",	 0200 },
	{ "size",		 "1048576", 0444 },
	{ "size_mb",		 "1",	 0444 },
	{ "t10_dev_id",		 "0-%",	 0644 },
	{ "t10_vend_id",	 "SCST_FIO", 0644 },
	{ "thin_provisioned",	 "0",	 0444 },
	{ "threads_num",	 "0",	 0644 },
	{ "usn",		 "0",	 0644 },
	{ "write_through",	 "0",	 0444 },
	{ }
};

const struct fake_attr iscsi_attrs[] = {
	{ "enabled",		 "0",	 0644 },
	{ "iSNSServer",		 "",	 0644 },
	{ "link_local",		 "1",	 0644 },
	{ "open_state",		 "open", 0444 },
	{ }
};

const struct fake_attr target_attrs[] = {
	{ "addr_method",	 "PERIPHERAL", 0644 },
	{ "comment",		 "",	 0644 },
	{ "cpu_mask",		 "3",	 0644 },
	{ "io_grouping_type",	 "auto", 0644 },
	{ "rel_tgt_id",		 "1",	 0644 },
	{ }
};

const struct fake_attr iscsi_target_attrs[] = {
	{ "MaxSessions",	 "0",	 0644 },
	{ "QueuedCommands",	 "32",	 0644 },
	{ "alias",		 "",	 0644 },
	{ "enabled",		 "0",	 0644 },
	{ "per_portal_acl",	 "0",	 0644 },
	{ "tid",		 "1",	 0444 },
	{ }
};

const struct fake_attr group_attrs[] = {
	{ "addr_method",	 "PERIPHERAL", 0644 },
	{ "cpu_mask",		 "3",	 0644 },
	{ "io_grouping_type",	 "auto", 0644 },
	{ }
};

const struct fake_attr tgroup_attrs[] = {
	{ "group_id",		 "0",	 0644 },
	{ "preferred",		 "0",	 0644 },
	{ "state",		 "active", 0644 },
	{ }
};

const struct fake_attr gtarget_attrs[] = {
	{ "rel_tgt_id",		 "0",	 0644 },
	{ }
};

static const struct fake_attr *const all_attrs[] = {
	root_attrs, device_attrs, iscsi_attrs, target_attrs, iscsi_target_attrs, group_attrs,
	tgroup_attrs, gtarget_attrs,
};
/* clang-format on */

static void put_value(const struct fake *fake, const char *dir, const struct fake_attr *attr,
		      const char *value, bool key)
{
	put_file(fake, dir, attr->name, attr->mode, "%s\n%s", value, key ? "[key]\n" : "");
}

const char *last_part(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

static const char *default_of(const struct fake_attr *attr, const char *dir)
{
	static char text[NAME_MAX + 8];
	const char *percent = strchr(attr->value, '%');

	if (!percent)
		return attr->value;
	snprintf(text, sizeof(text), "%.*s%s", (int)(percent - attr->value), attr->value,
		 last_part(dir));
	return text;
}

void put_attrs(const struct fake *fake, const char *dir, const struct fake_attr *attrs)
{
	for (; attrs->name; attrs++)
		put_value(fake, dir, attrs, default_of(attrs, dir), false);
}

static const struct fake_attr *find_attr(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(all_attrs); i++)
		for (const struct fake_attr *attr = all_attrs[i]; attr->name; attr++)
			if (streq(attr->name, name))
				return attr;
	return NULL;
}

/* In MiB it is no key: the kernel keeps bytes. */
static void set_size_mb(const struct fake *fake, const char *dir, const char *value)
{
	char bytes[24];

	snprintf(bytes, sizeof(bytes), "%llu", strtoull(value, NULL, 0) << 20);
	put_file(fake, dir, "size_mb", 0444, "%s\n", value);
	set_attr(fake, dir, "size", bytes);
}

/* `enabled` is never a key. */
void set_attr(const struct fake *fake, const char *dir, const char *name, const char *value)
{
	const struct fake_attr *attr = find_attr(name);

	MUST(attr);
	if (streq(name, "size_mb")) {
		set_size_mb(fake, dir, value);
		return;
	}
	put_value(fake, dir, attr, value,
		  !streq(name, "enabled") && !streq(value, default_of(attr, dir)));
}

/* ---- parameters ----------------------------------------------------------------------------- */

/* Is @name in the list "a, b, c"? */
bool is_listed(const char *list, const char *name)
{
	_cleanup_free_ char *copy = strdup(list);
	char *at = NULL;

	for (char *word = strtok_r(copy, ", ", &at); word; word = strtok_r(NULL, ", ", &at))
		if (streq(word, name))
			return true;
	return false;
}

/* "a=b;c=d": each is checked first, and then set in @dir. */
int params(const struct fake *fake, const char *dir, char *text, const char *known, bool set)
{
	_cleanup_free_ char *copy = strdup(text ?: "");
	char *at = NULL;

	for (char *pair = strtok_r(copy, ";", &at); pair; pair = strtok_r(NULL, ";", &at)) {
		char *value = strchr(pair, '=');

		pair += strspn(pair, " ");
		if (!value)
			return -EINVAL;
		*value++ = '\0';
		if (!is_listed(known, pair))
			return -EINVAL;
		if (set)
			set_attr(fake, dir, pair, value);
	}
	return 0;
}

/* ---- values of dynamic attributes ----------------------------------------------------------- */

static bool is_portal(const char *text)
{
	const char *pattern = text + (*text == '!');
	struct in6_addr addr;

	if (!*pattern || pattern[strspn(pattern, "0123456789abcdefABCDEF.:*?")])
		return false;
	return strpbrk(pattern, "*?") ||
	       inet_pton(strchr(pattern, ':') ? AF_INET6 : AF_INET, pattern, &addr) == 1;
}

const char *kept_value(const char *name, const char *value)
{
	static char text[1040];
	char user[512], secret[512];

	value += strspn(value, " ");
	if (streq(name, "allowed_portal"))
		return is_portal(value) ? value : NULL;
	if (sscanf(value, "%511[^ =]%*1[ =]%511s", user, secret) != 2 || strlen(secret) < 12)
		return NULL;
	snprintf(text, sizeof(text), "%s %s", user, secret);
	return text;
}

/* ---- writing -------------------------------------------------------------------------------- */

/* IncomingUser3 and its like, which mgmt made. */
static bool is_dynamic(const char *name)
{
	return startswith(name, "IncomingUser") || startswith(name, "OutgoingUser") ||
	       startswith(name, "allowed_portal");
}

static int write_attr(struct fake *fake, const char *path, const char *text)
{
	_cleanup_free_ char *dir = strndup(path, last_part(path) - path);
	char full[PATH_MAX];
	struct stat st;

	fake_path(fake, path, full);
	if (stat(full, &st))
		return -errno;
	if (!(st.st_mode & 0200))
		return -EACCES;
	if (*dir)
		dir[strlen(dir) - 1] = '\0';
	if (is_dynamic(last_part(path))) {
		put_file(fake, dir, last_part(path), 0644, "%s\n[key]\n", text);
		return 0;
	}
	if (!find_attr(last_part(path)))
		return -EINVAL;
	if (st.st_mode & 0400)
		set_attr(fake, *dir ? dir : ".", last_part(path), text);
	return 0;
}

/* targets/D/T/sessions/S/force_close */
static int close_session(struct fake *fake, const char *path)
{
	_cleanup_free_ char *dir = strndup(path, last_part(path) - path - 1);

	if (!fake_has(fake, path))
		return -ENOENT;
	if (!fake->sessions_stay)
		remove_tree(fake, dir);
	return 0;
}

static int write_mgmt(struct fake *fake, const char *path, const char *text)
{
	_cleanup_free_ char *copy = strdup(path), *line = strdup(text);
	char *dirs[9], *at = NULL;
	size_t nr = 0;

	if (!fake_has(fake, path))
		return -ENOENT;
	for (char *dir = strtok_r(copy, "/", &at); dir && nr < ARRAY_SIZE(dirs);
	     dir = strtok_r(NULL, "/", &at))
		dirs[nr++] = dir;
	return fake_verb(fake, dirs, nr, line);
}

static int fake_write(const struct scst_live *live, const char *path, const char *text)
{
	struct fake *fake = live->arg;

	MUST(!scst_names_add(&fake->log, PATH("%s <- %s", path, text)));
	if (fake->refuse && startswith(text, fake->refuse))
		return fake->refuse_with;
	if (streq(last_part(path), "mgmt"))
		return write_mgmt(fake, path, text);
	if (streq(last_part(path), "force_close"))
		return close_session(fake, path);
	return write_attr(fake, path, text);
}

void fake_do(struct fake *fake, const char *path, const char *text)
{
	int err = fake_write(&fake->live, path, text);

	if (err)
		fprintf(stderr, "%s <- %s: %s\n", path, text, strerror(-err));
	MUST(!err);
	scst_names_clear(&fake->log);
}

/* ---- the whole ------------------------------------------------------------------------------ */

static void add_iscsi(const struct fake *fake)
{
	make_dir(fake, "targets/iscsi");
	put_attrs(fake, "targets/iscsi", iscsi_attrs);
	put_file(fake, "targets/iscsi", "mgmt", 0644,
		 "Usage: echo \"add_target target_name [parameters]\" >mgmt\n\n"
		 "The following target driver attributes available: IncomingUser, OutgoingUser\n"
		 "The following target attributes available: IncomingUser, OutgoingUser, "
		 "allowed_portal\n");
}

static void add_local(const struct fake *fake)
{
	make_dir(fake, "targets/scst_local");
	put_file(fake, "targets/scst_local", "mgmt", 0644,
		 "Usage: echo \"add_target target_name [parameters]\" >mgmt\n\n"
		 "The following parameters available: session_name\n");
}

/* In memory if possible: there inode numbers ascend, as in sysfs. */
struct fake *fake_new(void)
{
	struct fake *fake = calloc(1, sizeof(*fake));

	MUST(fake);
	snprintf(fake->root, sizeof(fake->root), "%s/scst-fake-XXXXXX",
		 access("/dev/shm", W_OK) ? "/tmp" : "/dev/shm");
	MUST(mkdtemp(fake->root));
	fake->live = (struct scst_live){ .root = fake->root, .write = fake_write, .arg = fake };
	put_attrs(fake, ".", root_attrs);
	put_file(fake, ".", "trace_level", 0644, "mgmt | minor\n\n\nUsage:\n\techo \"add TOKEN\" "
		 ">trace_level\n\nwhere TOKEN is one of [debug, function, line,\n"
		 "pid, minor, mgmt]\n");
	make_dir(fake, "handlers");
	make_dir(fake, "devices");
	make_dir(fake, "targets");
	make_dir(fake, "device_groups");
	put_file(fake, "device_groups", "mgmt", 0644, "Usage\n");
	add_handler(fake, "vdisk_fileio", DEVICE_PARAMS);
	add_handler(fake, "vdisk_nullio", DEVICE_PARAMS);
	add_handler(fake, "vcdrom", "filename");
	add_iscsi(fake);
	add_local(fake);
	return fake;
}

void fake_free(struct fake *fake)
{
	remove_tree(fake, ".");
	rmdir(fake->root);
	scst_names_clear(&fake->log);
	scst_names_clear(&fake->groups);
	free(fake);
}

void fake_add_hardware(struct fake *fake, const char *driver, const char *target)
{
	make_dir(fake, PATH("targets/%s", driver));
	make_target(fake, driver, target);
	put_file(fake, PATH("targets/%s/%s", driver, target), "hw_target", 0444, "1\n");
	put_file(fake, PATH("targets/%s/%s", driver, target), "enabled", 0644, "0\n");
}

void fake_add_copy_manager(struct fake *fake)
{
	make_dir(fake, "targets/copy_manager");
	make_target(fake, "copy_manager", "copy_manager_tgt");
}

void fake_add_session(struct fake *fake, const char *driver, const char *target,
		      const char *session)
{
	const char *dir = PATH("targets/%s/%s/sessions/%s", driver, target, session);

	make_dir(fake, dir);
	put_file(fake, dir, "initiator_name", 0444, "%s\n", session);
	put_file(fake, dir, "active_commands", 0444, "0\n");
	put_file(fake, dir, "force_close", 0200, "");
}

void fake_add_session_of(struct fake *fake, const char *driver, const char *target,
			 const char *group, const char *session)
{
	const char *dir = PATH("targets/%s/%s/sessions/%s", driver, target, session);

	fake_add_session(fake, driver, target, session);
	make_link(fake, PATH("%s/luns", dir),
		  group ? PATH("../../ini_groups/%s/luns", group) : "../../luns");
}
