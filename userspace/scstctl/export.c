// SPDX-License-Identifier: GPL-2.0-only
/*
 * scstctl export: from a file to a LUN that initiators can log in to. Nobody is let in who was not
 * named: a target that is open to anybody is what has to be asked for.
 */
#include <fcntl.h>
#include <sys/stat.h>

#include "change.h"

#define IQN_DATE	"2026-01"

/* ---- the file ------------------------------------------------------------------------------- */

static int make_file(struct cli *cli, const char *path)
{
	_cleanup_close_ int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

	if (fd < 0)
		return scst_fail(&cli->err, -errno, "%s: %s", path, strerror(errno));
	if (!ftruncate(fd, cli->size))
		return 0;
	scst_fail(&cli->err, -errno, "%s: cannot be so large: %s", path, strerror(errno));
	unlink(path);
	return -EFBIG;
}

/* One that is there stays as it is: then a size can only be the one that it has. */
static int check_file(struct cli *cli, const char *path, const struct stat *st, bool *block)
{
	*block = S_ISBLK(st->st_mode);
	if (!*block && !S_ISREG(st->st_mode))
		return scst_fail(&cli->err, -EINVAL, "%s is neither a file nor a block device",
				 path);
	if (!cli->size || (!*block && (uint64_t)st->st_size == cli->size))
		return 0;
	return scst_fail(&cli->err, -EEXIST, "%s is there already, with another size: leave "
			 "--size out to export it as it is", path);
}

/* Return: whether it has yet to be made, or -errno. */
static int look_at_file(struct cli *cli, const char *path, bool *block)
{
	struct stat st;

	if (*path != '/')
		return scst_fail(&cli->err, -EINVAL, "%s: the path has to be absolute", path);
	if (!stat(path, &st))
		return check_file(cli, path, &st, block);
	if (errno != ENOENT)
		return scst_fail(&cli->err, -errno, "%s: %s", path, strerror(errno));
	if (!cli->size)
		return scst_fail(&cli->err, -ENOENT, "%s is not there: --size makes it", path);
	*block = false;
	return 1;
}

/* ---- names ---------------------------------------------------------------------------------- */

/* Of /srv/disk.img: disk. What no name has becomes '-'. */
static char *name_of(const char *path)
{
	const char *slash = strrchr(path, '/');
	char *name = strndup(slash ? slash + 1 : path, 40), *dot = name ? strrchr(name, '.') : NULL;

	if (dot && dot != name)
		*dot = '\0';
	for (char *at = name; at && *at; at++) {
		*at |= *at >= 'A' && *at <= 'Z' ? 0x20 : 0;
		if (!strchr("abcdefghijklmnopqrstuvwxyz0123456789.-", *at))
			*at = '-';
	}
	return name;
}

/* "iqn.2026-01.org.example.host:disk": the host's name, from its end. */
static char *iqn_of(const char *device)
{
	char host[HOST_NAME_MAX + 1] = "localhost", *iqn = NULL, *dot;
	size_t len;
	FILE *out = open_memstream(&iqn, &len);

	if (!out)
		return NULL;
	gethostname(host, sizeof(host) - 1);
	scst_fold_case(host);
	fputs("iqn." IQN_DATE, out);
	while ((dot = strrchr(host, '.'))) {
		fprintf(out, ".%s", dot + 1);
		*dot = '\0';
	}
	fprintf(out, ".%s:%s", host, device);
	if (!fclose(out))
		return iqn;
	free(iqn);
	return NULL;
}

/* A device of that name has to be this file already. */
static int check_device(struct change *change, const char *path, const char *device)
{
	const struct scst_live live = scst_live_default();
	const struct scst_where at = { .device = device };
	_cleanup_free_ char *is = NULL;

	if (!scst_live_has(&live, SCST_CONF_DEVICE, &at))
		return 0;
	is = scst_live_line(&live, SCST_CONF_DEVICE, &at, "filename");
	return is && streq(is, path) ? 0 :
		scst_fail(&change->cli->err, -EEXIST, "there is already a device %s, of another "
			  "file: --device NAME", device);
}

static bool has_other_lun(const struct scst_conf *owner, const char *device)
{
	const struct scst_conf *lun = scst_conf_find(owner, SCST_CONF_LUN, "0");

	return lun && !scst_names_has(&lun->devices, device);
}

/* Who else would see it, or what else they would: of a group that is there; or NULL. */
static const char *find_other(const struct cli *cli, const struct scst_conf *group)
{
	struct scst_conf *child;

	scst_conf_for_each(child, group, SCST_CONF_INITIATOR)
		if (!scst_names_has(&cli->initiators, child->name))
			return child->name;
	scst_conf_for_each(child, group, SCST_CONF_LUN)
		if (!streq(child->name, "0"))
			return child->name;
	return NULL;
}

/* Whoever names initiators means nobody else: not those of an export before this one. */
static int check_others(struct cli *cli, const struct scst_conf *target)
{
	const struct scst_conf *group = scst_conf_find(target, SCST_CONF_GROUP, "allowed");
	const char *other = find_other(cli, group);

	if (!target || !cli->initiators.nr)
		return 0;
	if (scst_conf_has(target, SCST_CONF_LUN))
		return scst_fail(&cli->err, -EEXIST, "target %s has a LUN that all see who log in: "
				 "--target IQN for another one", target->name);
	return !other ? 0 : scst_fail(&cli->err, -EEXIST, "group allowed of target %s is there "
				      "already, with %s: --target IQN for another one",
				      target->name, other);
}

/* And LUN 0 of a target of that name this device. */
static int check_names(struct change *change, const char *path, const char *device,
		       const char *name)
{
	const struct scst_conf *target = scst_conf_find(change->have, SCST_CONF_DRIVER, "iscsi");
	int ret = check_device(change, path, device);

	target = scst_conf_find(target, SCST_CONF_TARGET, name);
	if (!ret && (has_other_lun(target, device) ||
		     has_other_lun(scst_conf_find(target, SCST_CONF_GROUP, "allowed"), device)))
		ret = scst_fail(&change->cli->err, -EEXIST, "there is already a target %s, with "
				"another LUN 0: --target IQN", name);
	return ret ?: check_others(change->cli, target);
}

/* ---- who gets in ---------------------------------------------------------------------------- */

static int check_access(struct cli *cli)
{
	if (cli->initiators.nr || cli->chap || cli->open)
		return 0;
	return scst_fail(&cli->err, -EINVAL, "who may log in? --initiator IQN, --chap FILE, or "
			 "--open for anybody");
}

/* NAME SECRET, of a file that only its owner reads. */
static int read_user(struct cli *cli, char **user)
{
	struct stat st;
	int ret = scst_read_text(cli->chap, user);

	if (ret)
		return scst_fail(&cli->err, ret, "%s: %s", cli->chap, scst_text_error(ret));
	if (!stat(cli->chap, &st) && st.st_mode & 077)
		return scst_fail(&cli->err, -EACCES, "%s: others can read it: chmod 600",
				 cli->chap);
	(*user)[strcspn(*user, "\r\n")] = '\0';
	return 0;
}

/* ---- what there is to be -------------------------------------------------------------------- */

static int add_device(struct change *change, const char *path, const char *name, bool block)
{
	struct scst_conf *conf = scst_conf_reach(change->want, SCST_CONF_HANDLER,
						 block ? "vdisk_blockio" : "vdisk_fileio");

	conf = scst_conf_reach(conf, SCST_CONF_DEVICE, name);
	return conf ? scst_conf_set(conf, "filename", path, 0) : -ENOMEM;
}

/* In a group that only these initiators are in; or, without any, for all who get in. */
static int add_lun(struct change *change, struct scst_conf *target, const char *device)
{
	const struct cli *cli = change->cli;
	struct scst_conf *owner = target, *lun;
	int err = 0;

	if (cli->initiators.nr)
		owner = scst_conf_reach(target, SCST_CONF_GROUP, "allowed");
	for (size_t i = 0; i < cli->initiators.nr; i++)
		if (!scst_conf_reach(owner, SCST_CONF_INITIATOR, cli->initiators.list[i]))
			return -ENOMEM;
	lun = scst_conf_reach(owner, SCST_CONF_LUN, "0");
	if (!lun || scst_names_add(&lun->devices, device))
		return -ENOMEM;
	if (cli->read_only)
		err = scst_conf_set(lun, "read_only", "1", 0);
	return err;
}

static int add_target(struct change *change, const char *name, const char *user,
		      const char *device)
{
	struct scst_conf *driver = scst_conf_reach(change->want, SCST_CONF_DRIVER, "iscsi");
	struct scst_conf *target = scst_conf_reach(driver, SCST_CONF_TARGET, name);
	int err = target ? scst_conf_set(target, "enabled", "1", 0) : -ENOMEM;

	err = err ?: scst_conf_set(driver, "enabled", "1", 0);
	if (user)
		err = err ?: scst_conf_set(target, "IncomingUser", user, 0);
	return err ?: add_lun(change, target, device);
}

/* ---- what comes with it --------------------------------------------------------------------- */

static bool systemd_runs(void)
{
	return !access("/run/systemd/system", F_OK);
}

/* Logins need iscsi-scstd; the next boot needs scst.service, and the file. */
static int keep(struct cli *cli)
{
	char *start[] = { "systemctl", "start", "iscsi-scst.service", NULL };
	char *enable[] = { "systemctl", "--quiet", "enable", "scst.service", NULL };

	if (!access(SCST_CONF_PATH, F_OK))
		fprintf(stderr, "it is gone after the next boot: that restores " SCST_CONF_PATH
			"; scstadmin -write_config " SCST_CONF_PATH "\n");
	else if (conf_save(cli, SCST_CONF_JSON_PATH, true))
		return -EIO;
	conf_unlock(cli);
	if (!systemd_runs()) {
		fprintf(stderr, "start iscsi-scstd(8), without which nobody can log in\n");
		return 0;
	}
	if (conf_run(start))
		return scst_fail(&cli->err, -EIO, "iscsi-scst.service does not start: nobody can "
				 "log in");
	return conf_run(enable) ? scst_fail(&cli->err, -EIO, "cannot enable scst.service") : 0;
}

static void print_result(struct cli *cli, const char *device, const char *target)
{
	struct json_object *obj;

	if (!cli->json) {
		printf("iscsiadm -m discovery -t sendtargets -p ADDRESS && "
		       "iscsiadm -m node -T %s -p ADDRESS --login\n", target);
		return;
	}
	obj = json_object_new_object();
	json_object_object_add(obj, "device", json_object_new_string(device));
	json_object_object_add(obj, "target", json_object_new_string(target));
	json_object_object_add(obj, "lun", json_object_new_int(0));
	cli_print_json(obj);
}

/* ---- the command ---------------------------------------------------------------------------- */

static int export(struct cli *cli, struct change *change, const char *path, const char *user)
{
	_cleanup_free_ char *device = cli->device ? strdup(cli->device) : name_of(path);
	_cleanup_free_ char *target = NULL;
	bool block = false;
	int made = look_at_file(cli, path, &block), ret;

	if (made < 0)
		return made;
	if (device)
		target = cli->target ? strdup(cli->target) : iqn_of(device);
	if (!target || add_device(change, path, device, block) ||
	    add_target(change, target, user, device))
		return scst_fail(&cli->err, -ENOMEM, "out of memory");
	ret = change_check(change) ?: check_names(change, path, device, target);
	if (!ret && made)
		ret = make_file(cli, path);
	cli->quiet = cli->json;		/* the steps are no part of the result */
	ret = ret ?: change_apply(change, path) ?: keep(cli);
	if (!ret)
		print_result(cli, device, target);
	return ret;
}

static int run(struct cli *cli, int argc _unused_, char **argv)
{
	_cleanup_free_ char *user = NULL;
	struct change change;
	int ret = check_access(cli);

	if (!ret && geteuid())
		ret = scst_fail(&cli->err, -EACCES, "run this as root");
	if (!ret && cli->chap)
		ret = read_user(cli, &user);
	if (ret)
		return ret;
	ret = change_begin(&change, cli, true) ?: export(cli, &change, argv[0], user);
	change_end(&change);
	scst_names_clear(&cli->initiators);
	return ret;
}

/* ---- options -------------------------------------------------------------------------------- */

/* 10G, 512M, 4096: what is no multiple of a block is no size of a disk. */
static int set_size(struct cli *cli, const char *value)
{
	static const char units[] = "KMGT";
	size_t len = strspn(value, "0123456789");
	const char *unit = memchr(units, value[len] & ~0x20, strlen(units));
	int shift = unit ? 10 * (unit - units + 1) : 0;
	char digits[24];
	uint64_t number;

	if (!scst_format(digits, sizeof(digits), "%.*s", (int)len, value) &&
	    (!value[len] || (unit && !value[len + 1])) &&
	    !scst_parse_u64(digits, 1, INT64_MAX >> shift, &number) &&
	    (number << shift) % 512 == 0) {
		cli->size = number << shift;
		return 0;
	}
	return scst_fail(&cli->err, -EINVAL, "--size: \"%s\" is no size of whole blocks, like 10G",
			 value);
}

static int add_initiator(struct cli *cli, const char *value)
{
	return scst_names_add(&cli->initiators, value);
}

#define SETTER(name, member)						\
	static int name(struct cli *cli, const char *value)		\
	{								\
		cli->member = value;					\
		return 0;						\
	}

SETTER(set_chap, chap)
SETTER(set_target, target)
SETTER(set_device, device)

static int set_open(struct cli *cli, const char *value _unused_)
{
	cli->open = true;
	return 0;
}

static int set_read_only(struct cli *cli, const char *value _unused_)
{
	cli->read_only = true;
	return 0;
}

static const struct cli_option options[] = {
	{ "size", "SIZE", "make FILE, as large as 10G", set_size },
	{ "initiator", "IQN", "who may log in and sees it; repeatable", add_initiator },
	{ "chap", "FILE", "by this user: a line NAME SECRET", set_chap },
	{ "open", NULL, "anybody may log in", set_open },
	{ "read-only", NULL, "nobody may write", set_read_only },
	{ "target", "IQN", "the target's name", set_target },
	{ "device", "NAME", "the device's name", set_device },
	{}
};

const struct cli_command cli_export = {
	.noun = "export",
	.args = "FILE",
	.min_args = 1,
	.max_args = 1,
	.summary = "a file or block device as an iSCSI LUN, in one step",
	.help = "Makes FILE if it is not there, a device of it and a target with it as LUN 0, and\n"
		"lets in those who are named and nobody else. Saves that for the next boot,\n"
		"starts iscsi-scst.service and enables scst.service. Doing it again is harmless.\n"
		"What others see already is refused if initiators are named.\n\n"
		"That serves a file. A disk is given to this machine and to initiators by\n"
		"`scstctl share`; what devices remember, as files for SCST, is made by\n"
		"`scstctl state export`; the configuration is kept by `scstctl save`, and made of\n"
		"another target's by `scstctl import`.",
	.options = options,
	.run = run,
};
