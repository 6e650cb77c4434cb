// SPDX-License-Identifier: GPL-2.0-only
/* Nodes of a disk, and where this host's tables mention them. */
#include "disk_use.h"

#include <ctype.h>
#include <mntent.h>
#include <scst/scst.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <time.h>

#include "printable.h"

#define OPEN_TRIES	30		/* of a tenth of a second */
#define WHO_LEN		(3 * NAME_MAX)

/* ---- nodes ---------------------------------------------------------------------------------- */

static int add_node(struct scst_disk_nodes *nodes, const char *name, dev_t dev, bool block)
{
	struct scst_disk_node *bigger = realloc(nodes->list, (nodes->nr + 1) * sizeof(*bigger));

	if (!bigger)
		return -ENOMEM;
	nodes->list = bigger;
	bigger += nodes->nr++;
	*bigger = (struct scst_disk_node){ .dev = dev, .block = block };
	return scst_format(bigger->name, sizeof(bigger->name), "%s", name);
}

/* @dir/dev says "MAJOR:MINOR"; without it there is no node. */
static int add_from(struct scst_disk_nodes *nodes, const char *dir, const char *name, bool block)
{
	_cleanup_free_ char *text = NULL;
	unsigned int major, minor;
	char path[PATH_MAX];

	if (scst_format(path, sizeof(path), "%s/dev", dir) || scst_read_file(path, &text) ||
	    sscanf(text, "%u:%u", &major, &minor) != 2)
		return 0;
	return add_node(nodes, name, makedev(major, minor), block);
}

static int add_block(struct scst_disk_nodes *nodes, const char *disk)
{
	char dir[PATH_MAX], path[PATH_MAX];
	_cleanup_closedir_ DIR *entries = NULL;
	struct dirent *entry;
	int ret = scst_format(dir, sizeof(dir), "/sys/class/block/%s", disk);

	ret = ret ?: add_from(nodes, dir, disk, true);
	entries = ret ? NULL : opendir(dir);
	while (entries && !ret && (entry = readdir(entries)))
		if (startswith(entry->d_name, disk) &&
		    !scst_format(path, sizeof(path), "%s/%s", dir, entry->d_name))
			ret = add_from(nodes, path, entry->d_name, true);
	return ret;
}

int scst_disk_nodes(const char *address, struct scst_disk_nodes *nodes)
{
	static const struct {
		const char *class, *prefix;
	} rows[] = { { "scsi_generic", "" }, { "bsg", "bsg/" } };
	char name[NAME_MAX + 1], node[NAME_MAX + 8], dir[PATH_MAX];
	int ret = 0;

	if (scst_scsi_node(SCST_SCSI_ROOT, address, "block", name))
		ret = add_block(nodes, name);
	for (size_t i = 0; i < ARRAY_SIZE(rows) && !ret; i++)
		if (scst_scsi_node(SCST_SCSI_ROOT, address, rows[i].class, name) &&
		    !scst_format(node, sizeof(node), "%s%s", rows[i].prefix, name) &&
		    !scst_format(dir, sizeof(dir), "/sys/class/%s/%s", rows[i].class, name))
			ret = add_from(nodes, dir, node, false);
	return ret;
}

void scst_disk_nodes_clear(struct scst_disk_nodes *nodes)
{
	free(nodes->list);
	*nodes = (struct scst_disk_nodes){};
}

static const struct scst_disk_node *find_dev(const struct scst_disk_nodes *nodes, dev_t dev,
					     bool block)
{
	for (size_t i = 0; i < nodes->nr; i++)
		if (nodes->list[i].dev == dev && nodes->list[i].block == block)
			return &nodes->list[i];
	return NULL;
}

static const struct scst_disk_node *find_path(const struct scst_disk_nodes *nodes,
					      const char *path, size_t len)
{
	for (size_t i = 0; i < nodes->nr; i++) {
		const char *name = nodes->list[i].name;

		if (len == strlen(name) + 5 && !strncmp(path, "/dev/", 5) &&
		    !strncmp(path + 5, name, len - 5))
			return &nodes->list[i];
	}
	return NULL;
}

/* What a path leads to now. */
static const struct scst_disk_node *find_file(const struct scst_disk_nodes *nodes,
					      const char *path)
{
	struct stat st;

	if (stat(path, &st) || (!S_ISBLK(st.st_mode) && !S_ISCHR(st.st_mode)))
		return NULL;
	return find_dev(nodes, st.st_rdev, S_ISBLK(st.st_mode));
}

/* ---- texts ---------------------------------------------------------------------------------- */

/*
 * "36 35 8:17 / /mnt rw,noatime - ext4 /dev/sdb1 rw": a file system over several disks, like btrfs,
 * has a number of its own, and one of them as its source.
 */
static const struct scst_disk_node *mounted_by(const struct scst_disk_nodes *nodes,
					       const char *line, char place[PATH_MAX])
{
	const char *source = strstr(line, " - "), *end = strchrnul(line, '\n');
	const struct scst_disk_node *node;
	unsigned int major, minor;

	if (sscanf(line, "%*u %*u %u:%u %*s %4095s", &major, &minor, place) != 3)
		return NULL;
	scst_make_printable(place, "");
	node = find_dev(nodes, makedev(major, minor), true);
	if (node || !source || source >= end)
		return node;
	source += 3;
	source += strcspn(source, " \n");
	source += *source == ' ';
	return find_path(nodes, source, strcspn(source, " \n"));
}

const struct scst_disk_node *scst_disk_mounted(const struct scst_disk_nodes *nodes,
					       const char *mountinfo, char place[PATH_MAX])
{
	for (const char *line = mountinfo; *line; line += *line == '\n') {
		const struct scst_disk_node *node = mounted_by(nodes, line, place);

		if (node)
			return node;
		line = strchrnul(line, '\n');
	}
	return NULL;
}

const struct scst_disk_node *scst_disk_swaps(const struct scst_disk_nodes *nodes,
					     const char *swaps)
{
	for (const char *line = swaps; *line; line += *line == '\n') {
		const struct scst_disk_node *node = find_path(nodes, line, strcspn(line, " \t\n"));

		if (node)
			return node;
		line = strchrnul(line, '\n');
	}
	return NULL;
}

/* ---- who claims it -------------------------------------------------------------------------- */

/* Of this process and of the first one: mounts of other name spaces the kernel refuses. */
static int check_mounts(const struct scst_disk_nodes *nodes, struct scst_error *err)
{
	static const char *const files[] = { "/proc/self/mountinfo", "/proc/1/mountinfo" };
	char place[PATH_MAX];

	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		_cleanup_free_ char *text = NULL;
		const struct scst_disk_node *node = NULL;

		if (!scst_read_file(files[i], &text))
			node = scst_disk_mounted(nodes, text, place);
		if (node)
			return scst_fail(err, -EBUSY, "/dev/%s is mounted at %s", node->name,
					 place);
	}
	return 0;
}

static int check_swaps(const struct scst_disk_nodes *nodes, struct scst_error *err)
{
	_cleanup_free_ char *text = NULL;
	const struct scst_disk_node *node = NULL;

	if (!scst_read_file("/proc/swaps", &text))
		node = scst_disk_swaps(nodes, text);
	return node ? scst_fail(err, -EBUSY, "this machine swaps to /dev/%s", node->name) : 0;
}

/* "dm-0" is nothing that a person knows. */
static void name_holder(const char *holder, char name[NAME_MAX + 1])
{
	_cleanup_free_ char *text = NULL;
	char path[PATH_MAX];

	if (!scst_format(path, sizeof(path), "/sys/class/block/%s/dm/name", holder) &&
	    !scst_read_file(path, &text) &&
	    !scst_format(name, NAME_MAX + 1, "%.*s", (int)strcspn(text, "\n"), text))
		return;
	scst_format(name, NAME_MAX + 1, "%s", holder);
}

static int check_holder(const struct scst_disk_node *node, struct scst_error *err)
{
	_cleanup_closedir_ DIR *dir = NULL;
	char path[PATH_MAX], name[NAME_MAX + 1];
	struct dirent *entry;

	if (node->block &&
	    !scst_format(path, sizeof(path), "/sys/class/block/%s/holders", node->name))
		dir = opendir(path);
	while (dir && (entry = readdir(dir))) {
		if (entry->d_name[0] == '.')
			continue;
		name_holder(entry->d_name, name);
		return scst_fail(err, -EBUSY, "/dev/%s is a part of %s", node->name, name);
	}
	return 0;
}

static int check_file(const struct scst_disk_nodes *nodes, const char *file, const char *user,
		      const char *said, struct scst_error *err)
{
	const struct scst_disk_node *node;
	_cleanup_free_ char *text = NULL;

	if (scst_read_file(file, &text))
		return 0;
	text[strcspn(text, "\n")] = '\0';
	node = find_file(nodes, text);
	return node ? scst_fail(err, -EBUSY, "/dev/%s is what %s%s is made of", node->name, said,
				user) : 0;
}

/* @dir/USER/@file has the path of what the user is made of. */
static int check_users(const struct scst_disk_nodes *nodes, const char *dir, const char *file,
		       const char *said, struct scst_error *err)
{
	_cleanup_closedir_ DIR *users = opendir(dir);
	struct dirent *entry;
	char path[PATH_MAX];
	int ret = 0;

	while (users && !ret && (entry = readdir(users)))
		if (entry->d_name[0] != '.' &&
		    !scst_format(path, sizeof(path), "%s/%s/%s", dir, entry->d_name, file))
			ret = check_file(nodes, path, entry->d_name, said, err);
	return ret;
}

static int check_lio(const struct scst_disk_nodes *nodes, struct scst_error *err)
{
	static const char core[] = "/sys/kernel/config/target/core";
	_cleanup_closedir_ DIR *hbas = opendir(core);
	struct dirent *entry;
	char path[PATH_MAX];
	int ret = 0;

	while (hbas && !ret && (entry = readdir(hbas)))
		if (entry->d_name[0] != '.' &&
		    !scst_format(path, sizeof(path), "%s/%s", core, entry->d_name))
			ret = check_users(nodes, path, "udev_path", "LIO's ", err);
	return ret;
}

/* The kernel itself has their files open, and not all of them claim the disk. */
static int check_kernel(const struct scst_disk_nodes *nodes, struct scst_error *err)
{
	return check_users(nodes, "/sys/class/block", "loop/backing_file", "/dev/", err) ?:
	       check_users(nodes, SCST_SYSFS_ROOT "/devices", "filename", "device ", err) ?:
	       check_lio(nodes, err);
}

int scst_disk_check_use(const struct scst_disk_nodes *nodes, struct scst_error *err)
{
	int ret = check_mounts(nodes, err) ?: check_swaps(nodes, err);

	for (size_t i = 0; i < nodes->nr && !ret; i++)
		ret = check_holder(&nodes->list[i], err);
	return ret ?: check_kernel(nodes, err) ?: scst_disk_check_open(nodes, err);
}

/* ---- who has it open ------------------------------------------------------------------------ */

static const struct scst_disk_node *opened_by(const struct scst_disk_nodes *nodes, const char *pid)
{
	const struct scst_disk_node *node = NULL;
	_cleanup_closedir_ DIR *dir = NULL;
	char path[PATH_MAX];
	struct dirent *entry;

	if (!scst_format(path, sizeof(path), "/proc/%s/fd", pid))
		dir = opendir(path);
	while (dir && !node && (entry = readdir(dir)))
		if (isdigit(entry->d_name[0]) &&
		    !scst_format(path, sizeof(path), "/proc/%s/fd/%s", pid, entry->d_name))
			node = find_file(nodes, path);
	return node;
}

/* Return: false: nobody. */
static bool find_opener(const struct scst_disk_nodes *nodes, char who[WHO_LEN])
{
	_cleanup_closedir_ DIR *dir = opendir("/proc");
	const struct scst_disk_node *node = NULL;
	struct dirent *entry;

	while (dir && (entry = readdir(dir))) {
		_cleanup_free_ char *comm = NULL;
		char path[PATH_MAX];

		if (!isdigit(entry->d_name[0]) || atol(entry->d_name) == getpid())
			continue;
		node = opened_by(nodes, entry->d_name);
		if (!node || scst_format(path, sizeof(path), "/proc/%s/comm", entry->d_name) ||
		    scst_read_file(path, &comm))
			continue;	/* or it has ended by now */
		comm[strcspn(comm, "\n")] = '\0';
		scst_make_printable(comm, "");
		return !scst_format(who, WHO_LEN, "/dev/%s is open by %s (%s)", node->name, comm,
				    entry->d_name);
	}
	return false;
}

int scst_disk_check_open(const struct scst_disk_nodes *nodes, struct scst_error *err)
{
	static const struct timespec moment = { .tv_nsec = 100 * 1000 * 1000 };
	char who[WHO_LEN];

	for (int i = 0; find_opener(nodes, who); i++) {
		if (i >= OPEN_TRIES)
			return scst_fail(err, -EBUSY, "%s", who);
		nanosleep(&moment, NULL);
	}
	return 0;
}

/* ---- what boots ----------------------------------------------------------------------------- */

static bool boots_from(const char *dir)
{
	static const char *const dirs[] = { "/", "/usr", "/boot", "/boot/efi", "/efi" };

	for (size_t i = 0; i < ARRAY_SIZE(dirs); i++)
		if (streq(dir, dirs[i]))
			return true;
	return false;
}

/* @len bytes of @name as udev calls a link: a blank is \x20. Return: 0, or -ENAMETOOLONG. */
static int link_of(const char *dir, const char *name, size_t len, char path[PATH_MAX])
{
	int used = snprintf(path, PATH_MAX, "/dev/disk/%s/", dir);

	for (; len; len--, name++) {
		unsigned char c = *name;
		bool kept = isalnum(c) || c >= 0x80 || strchr("#+-.:=@_", c);

		if (used > PATH_MAX - 5)
			return -ENAMETOOLONG;
		used += sprintf(path + used, kept ? "%c" : "\\x%02x", c);
	}
	return 0;
}

/* Where what fstab calls UUID=..., LABEL=... is. */
static int path_of(const char *source, char path[PATH_MAX])
{
	static const struct {
		const char *prefix, *dir;
	} rows[] = {
		{ "UUID=",	"by-uuid"	},
		{ "LABEL=",	"by-label"	},
		{ "PARTUUID=",	"by-partuuid"	},
		{ "PARTLABEL=",	"by-partlabel"	},
		{ "ID=",	"by-id"		},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const char *rest = startswith(source, rows[i].prefix);
		size_t quoted = rest && *rest == '"' && rest[1];

		if (rest)
			return link_of(rows[i].dir, rest + quoted, strlen(rest) - 2 * quoted, path);
	}
	return scst_format(path, PATH_MAX, "%s", source);
}

int scst_disk_check_boot(const struct scst_disk_nodes *nodes, struct scst_error *err)
{
	FILE *fstab = setmntent("/etc/fstab", "re");
	const struct scst_disk_node *node;
	const struct mntent *entry;
	char path[PATH_MAX];
	int ret = 0;

	while (fstab && !ret && (entry = getmntent(fstab))) {
		if (!boots_from(entry->mnt_dir) || path_of(entry->mnt_fsname, path))
			continue;
		node = find_file(nodes, path);
		if (node)
			ret = scst_fail(err, -EBUSY, "/dev/%s is %s, which this machine needs to "
					"boot", node->name, entry->mnt_dir);
	}
	if (fstab)
		endmntent(fstab);
	return ret;
}
