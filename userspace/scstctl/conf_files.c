// SPDX-License-Identifier: GPL-2.0-only
/* Configuration files: read, written; and the programs that are run for them. */
#include "conf_files.h"

#include <spawn.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "aside_file.h"
#include "conf_json.h"
#include "lock.h"
#include "recover.h"
#include "saved.h"
#include "uses.h"

#define LOCK_SECONDS	60

extern char **environ;

void conf_hold_signals(sigset_t *before)
{
	static const int signals[] = { SIGHUP, SIGINT, SIGPIPE, SIGTERM };
	sigset_t set;

	sigemptyset(&set);
	for (size_t i = 0; i < ARRAY_SIZE(signals); i++)
		sigaddset(&set, signals[i]);
	sigprocmask(SIG_BLOCK, &set, before);
}

/* What this program holds back is nothing to that one. */
static int spawn(char *const argv[], pid_t *pid)
{
	posix_spawnattr_t attr;
	sigset_t none;
	int err = posix_spawnattr_init(&attr);

	if (err)
		return err;
	sigemptyset(&none);
	posix_spawnattr_setsigmask(&attr, &none);
	posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSIGMASK);
	err = posix_spawnp(pid, argv[0], NULL, &attr, argv, environ);
	posix_spawnattr_destroy(&attr);
	return err;
}

int conf_run(char *const argv[])
{
	int status, err;
	pid_t pid;

	err = spawn(argv, &pid);
	if (err)
		return -err;
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return -errno;
	return WIFEXITED(status) && !WEXITSTATUS(status) ? 0 : -ENOENT;
}

int conf_modprobe(const char *module)
{
	char *argv[] = { "modprobe", "--", (char *)module, NULL };

	return conf_run(argv);
}

int conf_lock(struct cli *cli)
{
	const struct scst_live live = scst_live_default();
	int fd;

	if (cli->locked)
		return 0;
	if (geteuid())
		return scst_fail(&cli->err, -EACCES, "run this as root");
	fd = scst_lock(SCST_LOCK_PATH, LOCK_SECONDS, &cli->err);
	if (fd < 0)
		return fd;
	cli->lock = fd;
	cli->locked = true;
	scst_recover(&live, SCST_ASIDE_PATH, stderr);
	return 0;
}

void conf_unlock(struct cli *cli)
{
	if (cli->locked)
		close(cli->lock);
	cli->locked = false;
}

/* ---- reading -------------------------------------------------------------------------------- */

static void tell(const struct scst_names *lines)
{
	for (size_t i = 0; i < lines->nr; i++)
		fprintf(stderr, "%s\n", lines->list[i]);
}

int conf_file_read(struct cli *cli, const char *path, bool strict, struct scst_conf_file *file)
{
	const struct scst_conf_attr *deep;
	size_t faults;
	int ret = scst_conf_read(path, file, &cli->err);

	tell(&file->losses);
	tell(&file->faults);
	if (ret)
		return ret;
	deep = scst_conf_deep(file->conf);
	if (deep)
		return scst_fail(&cli->err, -EINVAL, "%s:%u: more than one value of %s: a value "
				 "with blanks stands between \"\"", path, deep->line, deep->name);
	faults = file->faults.nr + (strict ? file->losses.nr : 0);
	if (faults && (strict || file->json))
		return scst_fail(&cli->err, -EINVAL, "%s has %zu faults: nothing was done", path,
				 faults);
	return 0;
}

const char *conf_file_default(struct cli *cli)
{
	bool conf = !access(SCST_CONF_PATH, F_OK), json = !access(SCST_CONF_JSON_PATH, F_OK);

	if (conf && json)
		fprintf(stderr, SCST_CONF_JSON_PATH " does not count while there is "
			SCST_CONF_PATH "\n");
	if (conf || json)
		return conf ? SCST_CONF_PATH : SCST_CONF_JSON_PATH;
	scst_fail(&cli->err, -ENOENT, "there is neither " SCST_CONF_PATH " nor "
		  SCST_CONF_JSON_PATH);
	return NULL;
}

/* ---- writing -------------------------------------------------------------------------------- */

/* Behind a symbolic link the file that it leads to. */
static int write_file(struct cli *cli, const char *path, const char *text)
{
	_cleanup_free_ char *real = realpath(path, NULL);
	struct stat st;
	int ret;

	if (real && !stat(real, &st) && !S_ISREG(st.st_mode))
		return scst_fail(&cli->err, -EINVAL, "%s is no file", path);
	if (streq(path, SCST_CONF_JSON_PATH))
		mkdir("/etc/scst", 0755);	/* or it is there */
	ret = scst_replace_file(real ?: path, text, strlen(text));
	return ret ? scst_fail(&cli->err, ret, "cannot write %s: %s", path, strerror(-ret)) : 0;
}

/* Or the next boot would find a file of which nothing is done, in the place of a good one. */
static int check_text(struct cli *cli, const char *text, const char *path)
{
	_cleanup_(scst_conf_file_clear) struct scst_conf_file file = {};
	int ret = scst_conf_read_text(text, path, &file, &cli->err);

	if (ret)
		fprintf(stderr, "%s\n", cli->err.text);
	tell(&file.faults);
	if (!ret && !file.faults.nr)
		return 0;
	return scst_fail(&cli->err, -EINVAL, "%s: it could not be read again: nothing was written",
			 path);
}

int conf_write(struct cli *cli, const struct scst_conf *conf, const char *path, bool secrets)
{
	struct json_object *json = scst_conf_to_json(conf, secrets);
	_cleanup_free_ char *text = NULL;
	int ret;

	if (!json)
		return scst_fail(&cli->err, -ENOMEM, "out of memory");
	ret = asprintf(&text, "%s\n", json_object_to_json_string_ext(json,
		       JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_PRETTY_TAB |
		       JSON_C_TO_STRING_SPACED | JSON_C_TO_STRING_NOSLASHESCAPE));
	json_object_put(json);
	if (ret < 0) {
		text = NULL;
		return scst_fail(&cli->err, -ENOMEM, "out of memory");
	}
	ret = secrets ? check_text(cli, text, path) : 0;
	if (ret || !streq(path, "-"))
		return ret ?: write_file(cli, path, text);
	fputs(text, stdout);
	return 0;
}

/* What the copy manager took by itself it takes again; without more it is not worth a word. */
static void drop_taken_luns(struct scst_conf *root)
{
	struct scst_conf *driver = scst_conf_find(root, SCST_CONF_DRIVER, "copy_manager");
	struct scst_conf *target = driver && driver->nr_children ? driver->children[0] : NULL;

	for (size_t i = target ? target->nr_children : 0; i--; )
		if (target->children[i]->kind == SCST_CONF_LUN)
			scst_conf_drop(target, target->children[i]);
	if (target && !target->nr_attrs && !target->nr_children)
		scst_conf_drop(driver, target);
	if (driver && !driver->nr_attrs && !driver->nr_children)
		scst_conf_drop(root, driver);
}

/* Shared disks have a file of their own, where they stand by what they are and not by address. */
static void drop_shared(struct scst_conf *root)
{
	struct scst_conf *driver = scst_conf_find(root, SCST_CONF_DRIVER, SCST_SHARE_DRIVER);
	struct scst_conf *target = scst_conf_find(driver, SCST_CONF_TARGET, SCST_SHARE_TARGET);
	struct scst_conf *handler = scst_conf_find(root, SCST_CONF_HANDLER, "dev_disk");
	struct scst_conf *lun, *device;

	scst_conf_for_each(lun, target, SCST_CONF_LUN) {
		device = scst_conf_find(handler, SCST_CONF_DEVICE, scst_conf_device(lun) ?: "");
		if (device)
			scst_conf_drop(handler, device);
	}
	if (target)
		scst_conf_drop(driver, target);
}

int conf_save(struct cli *cli, const char *path, bool secrets)
{
	_cleanup_(scst_conf_freep) struct scst_conf *conf = NULL;
	const struct scst_live live = scst_live_default();
	int ret = scst_saved_read(&live, false, &conf, &cli->err);

	if (ret)
		return ret;
	drop_taken_luns(conf);
	drop_shared(conf);
	return conf_write(cli, conf, path, secrets);
}
