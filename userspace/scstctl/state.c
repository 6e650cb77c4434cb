// SPDX-License-Identifier: GPL-2.0-only
/* scstctl state: what devices remember over a restart, for another target. */
#include <sys/stat.h>

#include "cli.h"
#include "scst_files.h"
#include "slots.h"

#define STATE_DIR	"/var/lib/scst"
#define SCST_FILE_MAX	(15 << 20)	/* SCST's own limit */

/* Return: 0 with nothing in @out if there is nothing to be kept. */
typedef int convert_fn(struct cli *cli, const char *device, const char *path,
		       struct scst_bytes *out);

/* *@data: what is in force of the file at @path. */
static int read_slots(struct cli *cli, const char *path, uint32_t magic, void **data, size_t *len)
{
	_cleanup_free_ void *file = NULL;
	size_t size;
	int ret = scst_read_bytes(path, SCST_SLOTS_FILE_MAX, &file, &size);

	if (ret)
		return scst_fail(&cli->err, ret, "%s: %s", path, strerror(-ret));
	ret = scst_slots_read(file, size, magic, data, len);
	return !ret ? 0 : scst_fail(&cli->err, ret, "%s: not a whole file of this target", path);
}

static int convert_pr(struct cli *cli, const char *device _unused_, const char *path,
		      struct scst_bytes *out)
{
	_cleanup_free_ void *text = NULL;
	size_t len;
	int ret = read_slots(cli, path, SCST_SLOTS_PR, &text, &len);

	ret = ret ?: scst_files_pr(text, out, &cli->err);
	return !ret ? 0 : scst_fail_in(&cli->err, ret, "%s", path);
}

/* A null disk, a CD-ROM, a disk whose cache outlives a power cut; of one that is not there, no. */
static bool has_no_cache(struct cli *cli, const char *device)
{
	_cleanup_free_ char *text = NULL;
	char path[PATH_MAX];

	if (scst_format(path, sizeof(path), "%s/devices/%s/nv_cache", cli->paths.sysfs, device))
		return false;
	if (!scst_read_file(path, &text))
		return *text == '1';
	*strrchr(path, '/') = '\0';
	return !access(path, F_OK);
}

static int convert_mode(struct cli *cli, const char *device, const char *path,
			struct scst_bytes *out)
{
	const struct scst_files_device of = { device, has_no_cache(cli, device) };
	_cleanup_free_ void *record = NULL;
	unsigned int left_out;
	size_t len;
	int ret = read_slots(cli, path, SCST_SLOTS_MODE, &record, &len);

	ret = ret ?: scst_files_mode(&of, record, len, out, &left_out, &cli->err);
	if (ret)
		return scst_fail_in(&cli->err, ret, "%s", path);
	if (left_out)
		fprintf(stderr, "scstctl: %s: SCST has no place for %u of what is in it\n", path,
			left_out);
	return 0;
}

/* SCST's own files, of devices that were not added since it was replaced. */
static bool is_scst_pr(const char *device _unused_, const uint8_t *file, size_t size)
{
	static const uint8_t little[] = { 0x77, 0xdd, 0xbb, 0xee, 0xaa, 0xee, 0xee, 0xbb },
			     big[] = { 0xbb, 0xee, 0xee, 0xaa, 0xee, 0xbb, 0xdd, 0x77 };

	return size >= sizeof(big) && (!memcmp(file, little, sizeof(little)) ||
				       !memcmp(file, big, sizeof(big)));
}

static bool is_scst_mode(const char *device, const uint8_t *file, size_t size)
{
	size_t len = strlen(device);

	return size > len && !memcmp(file, device, len) && file[len] == '\n';
}

static const struct {
	const char *dir;
	convert_fn *convert;
	bool (*is_scst)(const char *device, const uint8_t *file, size_t size);
} kinds[] = {
	{ "pr",			convert_pr,	is_scst_pr	},
	{ "vdev_mode_pages",	convert_mode,	is_scst_mode	},
};

/* SCST's copy of a file. A device may be called so as well: its file is whole. */
static bool may_be_copy(const char *path)
{
	const char *dot = strrchr(path, '.');

	return dot && streq(dot, ".1");
}

/* What SCST's files became when they were taken over, what was damaged, what is being written. */
static bool is_no_device(const char *name)
{
	return *name == '.' || strpbrk(name, "~ ");
}

/* As it is, if it is SCST's already. */
static int convert(struct cli *cli, size_t kind, const char *device, const char *path,
		   struct scst_bytes *out)
{
	_cleanup_free_ void *file = NULL;
	size_t size;

	if (may_be_copy(path) || scst_read_bytes(path, SCST_FILE_MAX, &file, &size) ||
	    !kinds[kind].is_scst(device, file, size))
		return kinds[kind].convert(cli, device, path, out);
	*out = (struct scst_bytes){ .bytes = TAKE_PTR(file), .len = size };
	return 0;
}

static int export_file(struct cli *cli, size_t kind, const char *device, const char *path,
		       const char *to)
{
	_cleanup_bytes_ struct scst_bytes bytes = {};
	char out[PATH_MAX];
	int ret = convert(cli, kind, device, path, &bytes);

	ret = ret ?: scst_format(out, sizeof(out), "%s/%s/%s", to, kinds[kind].dir, device);
	if (ret || !bytes.len)
		return ret;
	ret = scst_replace_file(out, (const char *)bytes.bytes, bytes.len);
	if (ret)
		return scst_fail(&cli->err, ret, "%s: %s", out, strerror(-ret));
	puts(out);
	return 0;
}

/* What cannot be exported is told, and stops nothing else. */
static void try_export(struct cli *cli, size_t kind, const char *device, const char *path,
		       const char *to, unsigned int *failed)
{
	int ret = export_file(cli, kind, device, path, to);

	if (ret && !(ret == -EBADMSG && may_be_copy(path))) {
		fprintf(stderr, "scstctl: %s\n", cli->err.text);
		(*failed)++;
	}
	cli->err = (struct scst_error){};
}

/* Has the device of this name its reservations in another file? It is the caller's to free. */
static bool is_elsewhere(struct cli *cli, const char *device, char **file)
{
	char path[PATH_MAX], usual[PATH_MAX];

	if (scst_format(path, sizeof(path), "%s/devices/%s/pr_file_name", cli->paths.sysfs,
			device) ||
	    scst_format(usual, sizeof(usual), "%s/%s/%s", STATE_DIR, kinds[0].dir, device) ||
	    scst_read_file(path, file))
		return false;
	(*file)[strcspn(*file, "\n")] = '\0';
	return **file && !streq(*file, usual);
}

/* A directory that is not there has nothing in it. */
static int open_dir(struct cli *cli, const char *path, DIR **dir)
{
	*dir = opendir(path);
	return *dir || errno == ENOENT ? 0 : scst_fail(&cli->err, -errno, "%s: %s", path,
						       strerror(errno));
}

/*
 * SCST's copy <device>1 of saved parameters, from which they were taken over: its first line names
 * another device than the file does.
 */
static bool is_backup(const char *path, const char *name)
{
	_cleanup_free_ char *device = strdup(name);
	_cleanup_free_ void *file = NULL;
	size_t size, last = strlen(name) - 1;

	if (!device || name[last] != '1' || scst_read_bytes(path, SCST_FILE_MAX, &file, &size))
		return false;
	device[last] = '\0';
	return is_scst_mode(device, file, size);
}

static int export_kind(struct cli *cli, size_t kind, const char *to, unsigned int *failed)
{
	_cleanup_closedir_ DIR *dir = NULL;
	char from[PATH_MAX], path[PATH_MAX];
	struct dirent *entry;
	int ret;

	if (scst_format(from, sizeof(from), "%s/%s", STATE_DIR, kinds[kind].dir) ||
	    scst_format(path, sizeof(path), "%s/%s", to, kinds[kind].dir))
		return scst_fail(&cli->err, -ENAMETOOLONG, "%s: too long", to);
	if (mkdir(path, 0700))
		return scst_fail(&cli->err, -errno, "%s: %s", path, strerror(errno));
	ret = open_dir(cli, from, &dir);
	while (dir && (entry = readdir(dir))) {
		_cleanup_free_ char *file = NULL;

		if (is_no_device(entry->d_name) ||
		    (!kind && is_elsewhere(cli, entry->d_name, &file)) ||
		    scst_format(path, sizeof(path), "%s/%s", from, entry->d_name) ||
		    is_backup(path, entry->d_name))
			continue;
		try_export(cli, kind, entry->d_name, path, to, failed);
	}
	return ret;
}

/* Where an administrator has put the reservations of a device that is there. */
static int export_elsewhere(struct cli *cli, const char *to, unsigned int *failed)
{
	_cleanup_closedir_ DIR *dir = NULL;
	char path[PATH_MAX];
	struct dirent *entry;
	int ret;

	if (scst_format(path, sizeof(path), "%s/devices", cli->paths.sysfs))
		return -ENAMETOOLONG;
	ret = open_dir(cli, path, &dir);
	while (dir && (entry = readdir(dir))) {
		_cleanup_free_ char *file = NULL;

		if (entry->d_name[0] != '.' && is_elsewhere(cli, entry->d_name, &file) &&
		    !access(file, F_OK))
			try_export(cli, 0, entry->d_name, file, to, failed);
	}
	return ret;
}

static int export_state(struct cli *cli, int argc _unused_, char **argv)
{
	unsigned int failed = 0;
	int ret = 0;

	if (mkdir(argv[0], 0700))
		return scst_fail(&cli->err, -errno, "%s: %s", argv[0], strerror(errno));
	for (size_t i = 0; i < ARRAY_SIZE(kinds) && !ret; i++)
		ret = export_kind(cli, i, argv[0], &failed);
	ret = ret ?: export_elsewhere(cli, argv[0], &failed);
	if (!ret && failed)
		ret = scst_fail(&cli->err, -EIO, "%u of the files could not be exported", failed);
	return ret;
}

const struct cli_command cli_state_export = {
	.noun = "state",
	.verb = "export",
	.args = "DIR",
	.min_args = 1,
	.max_args = 1,
	.summary = "files of what devices remember, for a way back to SCST",
	.help = "Makes DIR, and in it the files that SCST would have in " STATE_DIR ":\n"
		"pr/DEVICE, the persistent reservations that survive a power cut, and\n"
		"vdev_mode_pages/DEVICE, the mode parameters that initiators had saved. They are\n"
		"made of the files of this target, so its modules need not be loaded; what\n"
		"devices that are there have at another pr_file_name is made as well. Nothing is\n"
		"changed. To go back, stop this target, and put these in the place of those in\n"
		STATE_DIR ": SCST would take what it left there itself for what was last.\n"
		"Names of what was written go to standard output.\n\n"
		"This is for a way back to SCST, and serves nothing. A file is served by\n"
		"`scstctl export`, and a disk given to this machine and to initiators by\n"
		"`scstctl share`; the configuration is kept by `scstctl save`, and made of a file\n"
		"of SCST or of targetcli by `scstctl import`. `scstctl pr save` keeps the\n"
		"reservations of a device that is there, as text.",
	.run = export_state,
};
