// SPDX-License-Identifier: GPL-2.0-only
/*
 * scst-thind: tells disks what is left of the pools of dm-thin that they are of. The
 * kernel says that of a file system to other parts of itself, and of such a pool to programs only.
 *
 *	each thin disk that is open -> its device -> pool.h -> its thin_pool
 *
 * every five seconds, as files are looked at (kernel/handlers/vdisk/thin.c). It keeps nothing: a
 * disk, a pool or the modules may come and go meanwhile.
 */
#include <fcntl.h>
#include <getopt.h>
#include <inttypes.h>
#include <scst/scst.h>
#include <stdarg.h>
#include <sys/stat.h>

#include "paths.h"
#include "pool.h"
#include "sysfs.h"

#define CONTROL		"/dev/mapper/control"
#define MAPPER		"/sys/class/misc/device-mapper"
#define LOOK_EVERY	5

struct thind {
	struct scst_paths paths;
	int control;
	char told[256];			/* what the last look complained of, if it did */
	bool complained;		/* this look did */
};

/* The first of a look, unless it is what the last look had. */
static _printf_(2, 3) void complain(struct thind *t, const char *fmt, ...)
{
	char text[sizeof(t->told)];
	va_list args;

	if (t->complained)
		return;
	t->complained = true;
	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	if (streq(text, t->told))
		return;
	memcpy(t->told, text, sizeof(text));
	fprintf(stderr, "scst-thind: %s\n", text);
}

/* ---- a disk --------------------------------------------------------------------------------- */

static int attr_path(const struct thind *t, const char *disk, const char *attr, char out[PATH_MAX])
{
	return scst_format(out, PATH_MAX, "%s/devices/%s/%s", t->paths.sysfs, disk, attr);
}

/* Or NULL: the disk may have gone. */
static char *read_attr(const struct thind *t, const char *disk, const char *attr)
{
	char path[PATH_MAX], *text;

	return attr_path(t, disk, attr, path) || scst_sysfs_read(path, &text, NULL) ? NULL : text;
}

static bool has_one(const struct thind *t, const char *disk, const char *attr)
{
	_cleanup_free_ char *text = read_attr(t, disk, attr);

	return text && streq(text, "1");
}

/*
 * Neither of these waits for a back end that is being opened and does not answer; `filename` and
 * `thin_pool` do, so only a disk that is thin can hold up others.
 */
static bool is_watched(const struct thind *t, const char *disk)
{
	return has_one(t, disk, "thin_provisioned") && has_one(t, disk, "active");
}

/* @pool: NULL: what was told is not so any more. */
static int tell(const struct thind *t, const char *disk, const struct pool *pool)
{
	char path[PATH_MAX], text[80] = "";
	int ret = attr_path(t, disk, "thin_pool", path);

	if (!pool)
		return ret ?: scst_sysfs_write(path, text);
	if (pool->used == POOL_UNKNOWN)
		ret = ret ?: scst_format(text, sizeof(text), "%" PRIu64 " %" PRIu64,
					 pool->available, pool->total);
	else
		ret = ret ?: scst_format(text, sizeof(text), "%" PRIu64 " %" PRIu64 " %" PRIu64,
					 pool->available, pool->total, pool->used);
	return ret ?: scst_sysfs_write(path, text);
}

static void look_at(struct thind *t, const char *disk)
{
	_cleanup_free_ char *filename = NULL;
	struct pool pool;
	struct stat st;
	int ret;

	if (!is_watched(t, disk))
		return;
	filename = read_attr(t, disk, "filename");
	if (!filename || stat(filename, &st) || !S_ISBLK(st.st_mode))
		return;
	ret = pool_read(t->control, st.st_rdev, &pool);
	if (!ret || ret == -ENODATA)
		ret = tell(t, disk, ret ? NULL : &pool);
	if (ret && !pool_is_none(ret))
		complain(t, "%s: %s", disk, strerror(-ret));
}

/* ---- all of them ---------------------------------------------------------------------------- */

/* Opening it loads device-mapper, which has no disks then. */
static bool open_control(struct thind *t)
{
	if (t->control >= 0)
		return true;
	if (access(MAPPER, F_OK))
		return false;
	t->control = open(CONTROL, O_RDWR | O_CLOEXEC);
	if (t->control < 0)
		complain(t, CONTROL ": %m");
	return t->control >= 0;
}

/* A handler that is not there has no disks. */
static void look_at_those_of(struct thind *t, const char *handler)
{
	_cleanup_closedir_ DIR *dir = NULL;
	struct dirent *entry;
	char path[PATH_MAX];

	if (scst_format(path, sizeof(path), "%s/handlers/%s", t->paths.sysfs, handler))
		return;
	dir = opendir(path);
	while (dir && (entry = readdir(dir)))
		if (entry->d_type == DT_LNK)
			look_at(t, entry->d_name);
}

static void look(struct thind *t)
{
	t->complained = false;
	if (open_control(t)) {
		look_at_those_of(t, "vdisk_blockio");
		look_at_those_of(t, "vdisk_fileio");
	}
	if (!t->complained)
		t->told[0] = '\0';
}

/* ---- options -------------------------------------------------------------------------------- */

static const char usage[] =
	"usage: scst-thind [--once]\n\n"
	"Tells SCST's disks what is left of the dm-thin pools that they are of, so that their\n"
	"soft thresholds (tp_soft_threshold) are told to initiators. Stays in the foreground,\n"
	"and looks every five seconds; with --once it looks once. scst-thind(8) tells more.";

static const struct option long_options[] = {
	{ "once",	no_argument,	NULL, 'o' },
	{ "help",	no_argument,	NULL, 'h' },
	{ "version",	no_argument,	NULL, 'V' },
	{}
};

static void print_and_exit(const char *text)
{
	puts(text);
	exit(SCST_EXIT_OK);
}

static bool read_options(int argc, char **argv)
{
	bool once = false;
	int key;

	while ((key = getopt_long(argc, argv, "", long_options, NULL)) != -1) {
		if (key == 'h')
			print_and_exit(usage);
		if (key == 'V')
			print_and_exit("scst-thind " SCST_VERSION);
		if (key != 'o')
			exit(SCST_EXIT_USAGE);
		once = true;
	}
	if (optind == argc)
		return once;
	fprintf(stderr, "scst-thind: takes no arguments; see --help\n");
	exit(SCST_EXIT_USAGE);
}

int main(int argc, char **argv)
{
	struct thind t = { .paths = scst_paths_default(), .control = -EBADF };
	bool once = read_options(argc, argv);

	if (geteuid()) {
		fprintf(stderr, "scst-thind: needs root\n");
		return SCST_EXIT_DENIED;
	}
	look(&t);
	while (!once) {
		sleep(LOOK_EVERY);
		look(&t);
	}
	return t.told[0] ? SCST_EXIT_FAILED : SCST_EXIT_OK;
}
