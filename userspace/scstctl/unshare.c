// SPDX-License-Identifier: GPL-2.0-only
/*
 * scstctl unshare: the way back. Nobody loses a disk that is in use, neither this host nor an
 * initiator.
 */
#include "share.h"
#include "uses.h"

#define UNIT	"scst-share.service"

/* ---- which disk ----------------------------------------------------------------------------- */

/* By its address; or by its identity, which `share --list` shows, if it is not there any more. */
static int find(struct share *s, const struct scst_shares *shares, const char *name)
{
	_cleanup_(scst_names_clear) struct scst_names found = {};
	const struct scst_shared *shared;

	if (!scst_scsi_is_address(name))
		scst_format(s->id, sizeof(s->id), "%s", name);
	else if (scst_scsi_identity(SCST_SCSI_ROOT, name, s->id))
		return scst_fail(&s->cli->err, -ENOENT, "there is no SCSI device %s: one that has "
				 "gone is called as `scstctl share --list` says", name);
	shared = scst_shares_find(shares, s->id);
	if (!shared)
		return scst_fail(&s->cli->err, -ENOENT, "%s is not shared", name);
	s->lun = shared->lun;
	if (scst_scsi_find(SCST_SCSI_ROOT, s->id, &found))
		return scst_fail(&s->cli->err, -ENOMEM, "out of memory");
	if (found.nr)
		scst_format(s->address, sizeof(s->address), "%s", found.list[0]);
	return 0;
}

/* ---- is it free? ---------------------------------------------------------------------------- */

static int check_others(struct share *s)
{
	char where[PATH_MAX];

	if (!*s->device || !share_is_elsewhere(s, where))
		return 0;
	return scst_fail(&s->cli->err, -EBUSY, "initiators have it as %s: remove that LUN first",
			 where);
}

/* ---- undoing -------------------------------------------------------------------------------- */

/* Of a disk that has gone there may be no more than the line in the file. */
static int take_back(struct share *s, bool mapped)
{
	int ret = mapped ? share_unmap(s) : 0;

	share_clear(s);
	if (!ret && *s->device)
		ret = share_close(s);
	if (!ret)
		share_untarget(s);
	return ret;
}

/* Before the disk is back: rules of udev leave what is in the file alone. */
static int forget(struct share *s, const struct scst_shares *shares, bool mapped)
{
	struct scst_error reason;
	int ret = scst_shares_forget(SCST_SHARE_PATH, s->id, &s->cli->err);

	ret = ret ?: take_back(s, mapped);
	if (!ret)
		return 0;
	reason = s->cli->err;
	s->cli->err = (struct scst_error){};
	if (scst_shares_write(SCST_SHARE_PATH, shares, &s->cli->err) ||
	    (mapped && *s->device && share_map(s)))
		fprintf(stderr, "scstctl: it could not be undone: %s\n", s->cli->err.text);
	s->cli->err = reason;
	return ret;
}

static void disable_unit(void)
{
	char *disable[] = { "systemctl", "--quiet", "disable", UNIT, NULL };

	if (access(SCST_SHARE_PATH, F_OK) && !access("/run/systemd/system", F_OK))
		conf_run(disable);
}

/* ---- the command ---------------------------------------------------------------------------- */

/* Or the line in the file would go, and the LUN of who knows what stay. */
static int look(struct share *s, bool *mapped)
{
	char behind[SCST_SCSI_ADDRESS_LEN];

	*mapped = share_look(s);
	if (*mapped || !share_look_gone(s, behind))
		return 0;
	*mapped = streq(s->device, behind);
	return *mapped ? 0 : scst_fail(&s->cli->err, -EBUSY, "LUN %u of " SCST_SHARE_TARGET
				       " is %s, which is another disk", s->lun, behind);
}

static int do_unshare(struct share *s, const struct scst_shares *shares)
{
	bool mapped = false;
	int ret = look(s, &mapped) ?: share_hold(s) ?: check_others(s);

	if (ret)
		return ret;
	ret = forget(s, shares, mapped);
	if (ret)
		return ret;
	share_modes(s, 0600);
	share_settle();
	disable_unit();
	return 0;
}

static int unshare_disk(struct share *s, const struct scst_shares *shares)
{
	sigset_t before;
	int ret;

	conf_hold_signals(&before);
	ret = do_unshare(s, shares);
	sigprocmask(SIG_SETMASK, &before, NULL);
	return ret;
}

static int run(struct cli *cli, int argc _unused_, char **argv)
{
	_cleanup_(scst_shares_clear) struct scst_shares shares = {};
	_cleanup_(share_clear) struct share s = { .cli = cli, .held = -EBADF };
	int ret = conf_lock(cli);

	ret = ret ?: scst_shares_read(SCST_SHARE_PATH, &shares, &cli->err);
	ret = ret ?: find(&s, &shares, argv[0]);
	if (ret)
		return ret;
	ret = unshare_disk(&s, &shares);
	if (ret)
		return scst_fail_in(&cli->err, ret, "%s", argv[0]);
	scst_shares_remove(&shares, s.id);
	share_guard(cli, &shares);
	return 0;
}

const struct cli_command cli_unshare = {
	.noun = "unshare",
	.args = "H:C:I:L|IDENTITY",
	.min_args = 1,
	.max_args = 1,
	.summary = "give a shared disk back to its driver",
	.help = "Undoes `scstctl share`: the LUN of this host goes, the device is deleted, and\n"
		"the disk's own driver is bound again. Not if this host uses it, or if a target\n"
		"has it as a LUN: that has to be removed first. A disk that has gone for good is\n"
		"called by its identity, as `scstctl share --list` shows it.",
	.run = run,
};
