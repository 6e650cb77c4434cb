// SPDX-License-Identifier: GPL-2.0-only
/*
 * scstctl share: this host uses a raw disk like any initiator, through the target. A disk that is
 * in use is not touched; a step that fails has those before it undone; what is done already stays.
 */
#include <sys/stat.h>

#include "share.h"
#include "table.h"
#include "uses.h"

#define UNIT	"scst-share.service"

static bool systemd_runs(void)
{
	return !access("/run/systemd/system", F_OK);
}

/* ---- what it needs -------------------------------------------------------------------------- */

/*
 * Without the target that scst_local makes by itself: it would take a number at boot that the
 * configuration, which comes later, has for another one.
 */
static int load_modules(struct cli *cli)
{
	char *local[] = { "modprobe", "--", "scst_local", "add_default_tgt=0", NULL };

	if (conf_modprobe("scst") || conf_modprobe("scst_disk") || conf_run(local))
		return scst_fail(&cli->err, -EOPNOTSUPP, "scst, scst_disk and scst_local cannot be "
				 "loaded");
	return 0;
}

static int begin(struct cli *cli, struct scst_shares *shares)
{
	int ret;

	mkdir("/run/lock", 0755);	/* early at boot; or it is there */
	ret = conf_lock(cli);
	return ret ?: scst_shares_read(SCST_SHARE_PATH, shares, &cli->err);
}

/* ---- which disk ----------------------------------------------------------------------------- */

/* One of several that say the same could not be told from the others at the next boot. */
static int check_unique(struct share *s)
{
	_cleanup_(scst_names_clear) struct scst_names found = {};

	if (scst_scsi_find(SCST_SCSI_ROOT, s->id, &found))
		return scst_fail(&s->cli->err, -ENOMEM, "out of memory");
	if (found.nr < 2)
		return 0;
	return scst_fail(&s->cli->err, -EINVAL, "%s and %s say that they are the same disk: one "
			 "with several paths is not shared", found.list[0], found.list[1]);
}

static int identify(struct share *s, const char *address)
{
	char type[8];

	if (!scst_scsi_is_address(address))
		return scst_fail(&s->cli->err, -EINVAL, "\"%s\" is no address like 2:0:0:0: lsscsi "
				 "shows them", address);
	if (scst_scsi_attr(SCST_SCSI_ROOT, address, "type", type, sizeof(type)))
		return scst_fail(&s->cli->err, -ENOENT, "there is no SCSI device %s", address);
	if (!streq(type, "0"))
		return scst_fail(&s->cli->err, -EINVAL, "%s is no disk", address);
	if (scst_scsi_is_ours(SCST_SCSI_ROOT, address))
		return scst_fail(&s->cli->err, -EINVAL, "%s is a LUN of this target, no raw disk",
				 address);
	scst_format(s->address, sizeof(s->address), "%s", address);
	if (scst_scsi_identity(SCST_SCSI_ROOT, address, s->id) || !*s->id)
		return scst_fail(&s->cli->err, -EINVAL, "%s says nothing of itself by which it "
				 "could be known again (VPD pages 83h, 80h)", address);
	return check_unique(s);
}

/* ---- sharing -------------------------------------------------------------------------------- */

/*
 * What is open through nodes that have gone, or stay, would pass by the target. They are closed to
 * others before that is looked at.
 */
static int check_left(struct share *s)
{
	share_modes(s, 0);
	share_guard(s->cli, s->shares);
	return scst_disk_check_open(&s->raw, &s->cli->err);
}

static int check_free(struct share *s)
{
	if (scst_disk_nodes(s->address, &s->raw))
		return scst_fail(&s->cli->err, -ENOMEM, "out of memory");
	if (*s->device)
		return 0;
	return scst_disk_check_boot(&s->raw, &s->cli->err) ?:
	       scst_disk_check_use(&s->raw, &s->cli->err);
}

/* Left by somebody who was killed, or made by hand. */
static int check_lun(struct share *s)
{
	unsigned int other = share_other_lun(s, s->lun);

	return other == SCST_SHARE_LUNS ? 0 :
	       scst_fail(&s->cli->err, -EEXIST, "it is LUN %u of " SCST_SHARE_TARGET " already, "
			 "and is to be LUN %u: remove that one first", other, s->lun);
}

/* What the device is called, or will be. */
static const char *name_of(const struct share *s)
{
	return *s->device ? s->device : s->address;
}

/* LUNs of other targets go by what a disk was called when it was shared: this one is another. */
static int check_name(struct share *s)
{
	const struct scst_shared *other = scst_shares_of_device(s->shares, name_of(s));

	if (!other || streq(other->id, s->id))
		return 0;
	return scst_fail(&s->cli->err, -EEXIST, "initiators know another shared disk, %s, by that "
			 "address, and would get this one: scstctl unshare both, and share them "
			 "again",
			 other->id);
}

/*
 * Before it is there: what is killed on the way is finished at the next boot, and nobody has begun
 * to use a disk that has to go since this fails.
 */
static int remember(struct share *s)
{
	mkdir("/etc/scst", 0755);	/* or it is there */
	return scst_shares_write(SCST_SHARE_PATH, s->shares, &s->cli->err);
}

/* Or not, if it stands in the file. */
static int open_nodes(struct share *s)
{
	_cleanup_(scst_shares_clear) struct scst_shares shares = {};
	int ret = scst_shares_read(SCST_SHARE_PATH, &shares, &s->cli->err);

	if (ret || scst_shares_find(&shares, s->id))
		return ret;
	share_modes(s, 0600);
	share_guard(s->cli, &shares);
	return 0;
}

/* The line in the file first: rules of udev leave what is there alone. */
static int take_back(struct share *s, bool remembered)
{
	struct scst_error *err = &s->cli->err;
	int ret = s->mapped ? share_hold(s) : 0;

	if (ret)
		return scst_fail_in(err, ret, "it stays shared");
	ret = remembered ? scst_shares_forget(SCST_SHARE_PATH, s->id, err) : 0;
	if (s->mapped)
		ret = share_unmap(s) ?: ret;
	share_clear(s);
	if (s->opened)
		ret = share_close(s) ?: ret;
	if (s->targeted)
		share_untarget(s);
	return ret ?: open_nodes(s);
}

/* Of what this program has done; what fails now is told beside the reason. */
static void undo(struct share *s, bool remembered)
{
	struct scst_error reason = s->cli->err;

	s->cli->err = (struct scst_error){};
	if (take_back(s, remembered))
		fprintf(stderr, "scstctl: it could not be undone: %s\n", s->cli->err.text);
	s->cli->err = reason;
}

/* @new: not in the file yet. */
static int do_share(struct share *s, bool new)
{
	int ret;

	share_look(s);
	ret = check_lun(s) ?: check_name(s) ?: check_free(s);
	if (ret)
		return scst_fail_in(&s->cli->err, ret, "%s", s->address);
	ret = new ? remember(s) : 0;
	if (ret)
		return ret;
	ret = share_open(s) ?: check_left(s) ?: share_target(s) ?: share_map(s) ?: share_wait(s);
	if (ret) {
		undo(s, new);
		return ret;
	}
	share_settle();
	return 0;
}

/* Return: 0, or -errno with a message, and all is as it was. */
static int share(struct share *s, bool new)
{
	sigset_t before;
	int ret;

	conf_hold_signals(&before);
	ret = do_share(s, new);
	sigprocmask(SIG_SETMASK, &before, NULL);
	return ret;
}

/* The disk is there, and stays. */
static void enable_unit(void)
{
	char *enable[] = { "systemctl", "--quiet", "enable", UNIT, NULL };

	if (!systemd_runs())
		fprintf(stderr, "no systemd: run `scstctl share --restore` at boot, before file "
			"systems are mounted\n");
	else if (conf_run(enable))
		fprintf(stderr, UNIT " could not be enabled: without it the disk is not there "
			"after the next boot\n");
}

static void print_disk(const struct share *s)
{
	struct json_object *obj;

	if (!s->cli->json) {
		printf("%s is /dev/%s\n", s->address, s->disk);
		return;
	}
	obj = json_object_new_object();
	json_object_object_add(obj, "device", json_object_new_string(s->address));
	json_object_object_add(obj, "disk", json_object_new_string(s->disk));
	json_object_object_add(obj, "identity", json_object_new_string(s->id));
	cli_print_json(obj);
}

static int share_one(struct cli *cli, const char *address)
{
	_cleanup_(scst_shares_clear) struct scst_shares shares = {};
	_cleanup_(share_clear) struct share s = { .cli = cli, .shares = &shares, .held = -EBADF };
	int ret = begin(cli, &shares) ?: identify(&s, address);
	sigset_t before;
	bool known;

	if (ret)
		return ret;
	conf_hold_signals(&before);
	known = scst_shares_find(&shares, s.id);
	share_look(&s);
	if (!known && scst_shares_add(&shares, s.id, name_of(&s),
				      share_other_lun(&s, SCST_SHARE_LUNS)))
		return scst_fail(&cli->err, -ENOSPC, "%u disks are shared already",
				 SCST_SHARE_LUNS);
	s.lun = scst_shares_find(&shares, s.id)->lun;
	ret = load_modules(cli) ?: share(&s, !known);
	if (ret)
		return ret;
	enable_unit();
	print_disk(&s);
	return 0;
}

/* ---- at boot -------------------------------------------------------------------------------- */

/* It may be somewhere else by now. */
static int find_raw(struct share *s)
{
	_cleanup_(scst_names_clear) struct scst_names found = {};
	int ret = scst_scsi_find(SCST_SCSI_ROOT, s->id, &found);

	if (!ret && found.nr)
		scst_format(s->address, sizeof(s->address), "%s", found.list[0]);
	return ret;
}

static int wait_for_raw(struct share *s, unsigned int *seconds)
{
	int ret;

	while (!(ret = find_raw(s)) && !*s->address && *seconds) {
		sleep(1);
		--*seconds;
	}
	if (ret)
		return scst_fail(&s->cli->err, ret, "out of memory");
	return *s->address ? check_unique(s) :
		scst_fail(&s->cli->err, -ENOENT, "disk %s is not there", s->id);
}

/* Mounts that wait for the disk do so by what systemd has seen of it. */
static void tell_systemd(const struct share *s)
{
	char unit[NAME_MAX + 16];
	char *start[] = { "systemctl", "start", unit, NULL };

	if (systemd_runs() && !scst_format(unit, sizeof(unit), "dev-%s.device", s->disk))
		conf_run(start);
}

static int restore_one(struct cli *cli, const struct scst_shares *shares, size_t i,
		       unsigned int *seconds)
{
	_cleanup_(share_clear) struct share s = {
		.cli = cli, .shares = shares, .lun = shares->list[i].lun, .held = -EBADF,
	};
	int ret;

	strcpy(s.id, shares->list[i].id);
	ret = wait_for_raw(&s, seconds) ?: share(&s, false);
	if (!ret)
		tell_systemd(&s);
	return ret;
}

/* What cannot be shared keeps no other from it. */
static int restore(struct cli *cli)
{
	_cleanup_(scst_shares_clear) struct scst_shares shares = {};
	unsigned int seconds = cli->wait;
	size_t failed = 0;
	int ret = begin(cli, &shares);

	if (!ret && shares.nr)
		ret = load_modules(cli);
	if (ret)
		return ret;
	for (size_t i = 0; i < shares.nr; i++) {
		if (!restore_one(cli, &shares, i, &seconds))
			continue;
		fprintf(stderr, "scstctl: %s\n", cli->err.text);
		cli->err = (struct scst_error){};
		failed++;
	}
	if (shares.nr)
		share_guard(cli, &shares);
	return failed ? scst_fail(&cli->err, -EIO, "%zu of %zu disks are not shared", failed,
				  shares.nr) : 0;
}

/* ---- for udev ------------------------------------------------------------------------------- */

static int match(struct cli *cli)
{
	_cleanup_(scst_shares_clear) struct scst_shares shares = {};
	char address[SCST_SCSI_ADDRESS_LEN], id[SCST_SCSI_ID_LEN];
	int ret = scst_shares_read(SCST_SHARE_PATH, &shares, &cli->err);

	if (ret)
		return ret;
	if (scst_scsi_address_in(cli->match, address) &&
	    !scst_scsi_is_ours(SCST_SCSI_ROOT, address) &&
	    !scst_scsi_identity(SCST_SCSI_ROOT, address, id) && scst_shares_find(&shares, id))
		return 0;
	return scst_fail(&cli->err, -ENOENT, "%s: no raw disk that is shared", cli->match);
}

/* ---- the list ------------------------------------------------------------------------------- */

struct row {
	struct share s;
	const char *state;
};

static const char *device_of(const void *row)
{
	const struct row *r = row;

	return *r->s.address ? r->s.address : "-";
}

static const char *disk_of(const void *row)
{
	const struct row *r = row;

	return *r->s.disk ? r->s.disk : "-";
}

static const char *state_of(const void *row)
{
	return ((const struct row *)row)->state;
}

static const char *identity_of(const void *row)
{
	return ((const struct row *)row)->s.id;
}

static const struct cli_column columns[] = {
	{ "DEVICE",   device_of,   false },
	{ "DISK",     disk_of,	   false },
	{ "STATE",    state_of,	   false },
	{ "IDENTITY", identity_of, false },
	{}
};

static const char *judge(struct row *r)
{
	bool mapped = share_look(&r->s);

	if (!*r->s.address)
		return "missing";
	return mapped && *r->s.disk ? "shared" : "not shared";
}

static int list(struct cli *cli)
{
	_cleanup_(scst_shares_clear) struct scst_shares shares = {};
	struct cli_table table = {};
	int ret = scst_shares_read(SCST_SHARE_PATH, &shares, &cli->err);

	ret = ret ?: cli_table_new(cli, "shared", columns, &table);
	for (size_t i = 0; i < shares.nr && !ret; i++) {
		struct row r = { .s = { .cli = cli, .lun = shares.list[i].lun, .held = -EBADF } };

		strcpy(r.s.id, shares.list[i].id);
		ret = find_raw(&r.s);
		r.state = judge(&r);
		ret = ret ?: cli_table_add(&table, &r);
		if (ret)
			scst_fail(&cli->err, ret, "out of memory");
	}
	if (!ret)
		cli_table_print(&table);
	cli_table_clear(&table);
	return ret;
}

/* ---- the command ---------------------------------------------------------------------------- */

static int run(struct cli *cli, int argc, char **argv)
{
	if (!argc == !(cli->list || cli->restore || cli->match || cli->guard))
		return scst_fail(&cli->err, -EINVAL, "usage: scstctl share H:C:I:L, or --list, or "
				 "--restore");
	if (cli->list)
		return list(cli);
	if (cli->match)
		return match(cli);
	if (cli->guard)
		return share_guard_again(cli);
	return cli->restore ? restore(cli) : share_one(cli, argv[0]);
}

static int set_list(struct cli *cli, const char *value _unused_)
{
	cli->list = true;
	return 0;
}

static int set_restore(struct cli *cli, const char *value _unused_)
{
	cli->restore = true;
	return 0;
}

static int set_guard(struct cli *cli, const char *value _unused_)
{
	cli->guard = true;
	return 0;
}

static int set_match(struct cli *cli, const char *value)
{
	cli->match = value;
	return 0;
}

static const struct cli_option options[] = {
	{ "list", NULL, "the disks that are to be shared, and whether they are", set_list },
	{ "restore", NULL, "share all of these, as " UNIT " does at boot", set_restore },
	{ "wait", "SECONDS", "of --restore: wait so long for disks, together", cli_set_wait },
	{ "match", "PATH", "for udev: is this path of sysfs of one of these, raw?", set_match },
	{ "guard", NULL, "for udev: generic nodes have come or gone", set_guard },
	CLI_TABLE_OPTIONS,
	{}
};

const struct cli_command cli_share = {
	.noun = "share",
	.args = "[H:C:I:L]",
	.max_args = 1,
	.summary = "a raw disk for this host and for initiators",
	.help = "The SCSI disk at that address is taken from its driver, made a device of the\n"
		"target (dev_disk), and given back to this host as a disk of scst_local that says\n"
		"it is the same: /dev/disk/by-id, by-uuid, fstab and LVM find it again. From then\n"
		"on this host is an initiator like others: reservations, unit attentions and\n"
		"policies hold for it, too. Nothing of this host may use the disk meanwhile: no\n"
		"mount, swap, volume, or program that has it open; and this machine must not boot\n"
		"from it. If something fails, all is as it was before. Doing it again is\n"
		"harmless. At the next boot " UNIT " does it before file systems are mounted.\n"
		"`scstctl unshare` undoes it.\n\n"
		"Others see the disk as soon as a target of theirs has a LUN of it: scstctl lun\n"
		"add. A file, or a block device, is given to initiators by `scstctl export`; the\n"
		"configuration of another target is read by `scstctl import`; what devices\n"
		"remember is moved by `scstctl state export`.",
	.options = options,
	.run = run,
};
