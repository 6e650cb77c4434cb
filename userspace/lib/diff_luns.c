// SPDX-License-Identifier: GPL-2.0-only
/* LUNs of a target, or of one of its groups. */
#include "conf_keys.h"
#include "diff_inside.h"

/* The copy manager takes each disk by itself: what a file lists of that is as it was once. */
static bool has_luns_of_its_own(const struct scst_diff *d, const struct scst_where *at)
{
	return d->declared && streq(at->driver, "copy_manager");
}

/* ---- what is there too much, or otherwise --------------------------------------------------- */

static int lun_params(struct scst_diff *d, const struct scst_where *at, struct scst_names *possible)
{
	char dir[PATH_MAX], path[PATH_MAX];
	int err = scst_where_dir(at->group ? SCST_CONF_GROUP : SCST_CONF_TARGET, at, dir);

	err = err ?: scst_format(path, sizeof(path), "%s/luns/mgmt", dir);
	err = err ?: scst_live_list(d->live, path, SCST_LIVE_PARAMS, possible);
	return err == -ENOMEM ? err : 0;
}

struct scst_conf *scst_diff_keep_lun(struct scst_diff *d, const struct scst_use *use)
{
	_cleanup_(scst_names_clear) struct scst_names possible = {};

	if (lun_params(d, &use->at, &possible))
		return NULL;
	return scst_diff_keep(d, SCST_CONF_LUN, &use->at, use->lun, &possible);
}

static int reassign_lun(struct scst_diff *d, const struct scst_where *at,
			const struct scst_conf *params)
{
	int err = scst_diff_note(d, SCST_NOTE_LUN_DIFFERS, at);

	if (!d->force)
		return err ?: scst_diff_note(d, SCST_NOTE_LUN_KEPT, at);
	err = err ?: scst_diff_note(d, SCST_NOTE_LUN_REASSIGNED, at);
	err = err ?: scst_diff_step(d, SCST_STEP_REMOVE_LUN, at, NULL);
	return err ?: scst_diff_step(d, SCST_STEP_ADD_LUN, at, params);
}

/* A LUN with the device that it should have: with the same parameters? */
static int check_lun(struct scst_diff *d, const struct scst_where *at, const struct scst_conf *want,
		     const struct scst_names *possible)
{
	_cleanup_(scst_conf_freep) struct scst_conf *params = scst_diff_pick(want, possible, true);

	if (!params)
		return -ENOMEM;
	return scst_diff_is_otherwise(d, SCST_CONF_LUN, at, params, possible) ?
		reassign_lun(d, at, params) : 0;
}

/* SCST's copy manager has LUNs of its own. */
static int extra_lun(struct scst_diff *d, const struct scst_where *at)
{
	if (scst_is_share(at))
		return 0;
	if (scst_diff_removes(d))
		return scst_diff_step(d, SCST_STEP_REMOVE_LUN, at, NULL);
	return streq(at->driver, "copy_manager") ? 0 : scst_diff_note(d, SCST_NOTE_LUN_EXTRA, at);
}

/* One that is listed and declared is settled later on, when its device is there. */
static int check_listed_lun(struct scst_diff *d, const struct scst_where *at,
			    const struct scst_conf *want, const struct scst_names *possible)
{
	if (d->declared)
		return 0;
	return scst_names_has(&want->devices, at->device) ? check_lun(d, at, want, possible) :
							    extra_lun(d, at);
}

int scst_diff_check_luns(struct scst_diff *d, const struct scst_conf *have,
		      const struct scst_conf *want, const struct scst_where *of)
{
	_cleanup_(scst_names_clear) struct scst_names possible = {};
	struct scst_where at = *of;
	struct scst_conf *lun;
	int err;

	if (has_luns_of_its_own(d, of))
		return 0;
	err = want && !d->declared ? lun_params(d, of, &possible) : 0;

	scst_conf_for_each(lun, have, SCST_CONF_LUN) {
		const struct scst_conf *wanted = same(want, lun);

		at.lun = lun->name;
		at.device = scst_conf_device(lun) ?: "";
		if (err)
			break;
		err = wanted ? check_listed_lun(d, &at, wanted, &possible) : extra_lun(d, &at);
	}
	return err;
}

/* ---- what is missing, or declared otherwise ------------------------------------------------- */

/* How a declared LUN that is there has to be made instead; NULL: it is as it should be. */
static int new_params(struct scst_diff *d, const struct scst_where *at,
		      const struct scst_conf *want, const struct scst_conf *have,
		      const struct scst_names *possible, struct scst_conf **all)
{
	_cleanup_(scst_conf_freep) struct scst_conf *params = scst_diff_pick(want, possible, true);

	*all = NULL;
	if (!params)
		return -ENOMEM;
	if (scst_names_has(&have->devices, at->device) &&
	    !scst_diff_is_otherwise(d, SCST_CONF_LUN, at, params, possible))
		return 0;
	*all = scst_diff_keep(d, SCST_CONF_LUN, at, params, possible);
	return *all ? 0 : -ENOMEM;
}

static int settle_lun(struct scst_diff *d, const struct scst_where *at,
		      const struct scst_conf *want, const struct scst_conf *have,
		      const struct scst_names *possible)
{
	_cleanup_(scst_conf_freep) struct scst_conf *all = NULL;
	int err = new_params(d, at, want, have, possible, &all);

	return err || !all ? err : scst_diff_step(d, SCST_STEP_REPLACE_LUN, at, all);
}

/* ---- LUNs that go for a while --------------------------------------------------------------- */

/* @all is the differ's, by the LUN's directory, unless this fails. */
static int remember(struct scst_diff *d, const struct scst_where *at, struct scst_conf *all)
{
	char dir[PATH_MAX], *name;
	int err = scst_where_dir(SCST_CONF_LUN, at, dir);

	d->again = d->again ?: scst_conf_new(SCST_CONF_ROOT, "");
	name = err ? NULL : strdup(dir);
	if (!name || !d->again) {
		free(name);
		return err ?: -ENOMEM;
	}
	free(all->name);
	all->name = name;
	return scst_conf_adopt(d->again, all);
}

static const struct scst_conf *remembered(const struct scst_diff *d, const struct scst_where *at)
{
	char dir[PATH_MAX];

	return !d->again || scst_where_dir(SCST_CONF_LUN, at, dir) ? NULL :
		scst_conf_find(d->again, SCST_CONF_LUN, dir);
}

/* Is more set of it than is listed? Who is cut off before it comes back has lost that. */
static bool has_more(const struct scst_conf *all, const struct scst_conf *want)
{
	for (size_t i = 0; i < all->nr_attrs; i++)
		if (!scst_key_is_listed(want, all->attrs[i].name))
			return true;
	return false;
}

static int choose_lun(struct scst_diff *d, const struct scst_where *at,
		      const struct scst_conf *want, const struct scst_conf *have,
		      const struct scst_names *possible)
{
	_cleanup_(scst_conf_freep) struct scst_conf *all = NULL;
	int err = new_params(d, at, want, have, possible, &all);

	if (err || !all)
		return err;
	err = has_more(all, want) ? scst_diff_note(d, SCST_NOTE_LUN_UNLISTED, at) : 0;
	err = err ?: remember(d, at, all);
	if (!err)
		TAKE_PTR(all);
	return err;
}

int scst_diff_choose_luns(struct scst_diff *d, const struct scst_conf *want,
			  const struct scst_conf *have, const struct scst_where *of)
{
	_cleanup_(scst_names_clear) struct scst_names possible = {};
	struct scst_where at = *of;
	struct scst_conf *lun;
	int err;

	if (has_luns_of_its_own(d, of))
		return 0;
	err = lun_params(d, of, &possible);
	scst_conf_for_each(lun, want, SCST_CONF_LUN) {
		at.lun = lun->name;
		at.device = scst_conf_device(lun);
		if (!err && at.device && same(have, lun))
			err = choose_lun(d, &at, lun, same(have, lun), &possible);
	}
	return err;
}

int scst_diff_drop_luns(struct scst_diff *d, const struct scst_conf *want,
			const struct scst_conf *have, const struct scst_where *of)
{
	struct scst_where at = *of;
	struct scst_conf *lun;
	int err = 0;

	scst_conf_for_each(lun, have, SCST_CONF_LUN) {
		at.lun = lun->name;
		at.device = scst_conf_device(lun) ?: "";
		if (!err && same(want, lun) && remembered(d, &at))
			err = scst_diff_step(d, SCST_STEP_REMOVE_LUN, &at, NULL);
	}
	return err;
}

/* ---- all LUNs ------------------------------------------------------------------------------- */

/* With a device that was added since we looked. Every file that SCST wrote lists such LUNs. */
static bool was_taken(const struct scst_diff *d, const struct scst_where *at)
{
	return streq(at->driver, "copy_manager") && scst_live_has(d->live, SCST_CONF_LUN, at);
}

static int add_lun(struct scst_diff *d, const struct scst_where *at, const struct scst_conf *want)
{
	const struct scst_conf *params = remembered(d, at) ?: want;
	int err = 0;

	if (was_taken(d, at))
		return 0;
	if (want->devices.nr > 1)
		err = scst_diff_note(d, SCST_NOTE_TWO_DEVICES, at);
	return err ?: scst_diff_step(d, SCST_STEP_ADD_LUN, at, params);
}

/* It is there, and what is listed of it is its device. */
static bool is_as_listed(const struct scst_conf *want, const struct scst_conf *have)
{
	return !want->nr_attrs && scst_names_has(&have->devices, scst_conf_device(want));
}

int scst_diff_add_luns(struct scst_diff *d, const struct scst_conf *want,
		       const struct scst_conf *have, const struct scst_where *of)
{
	_cleanup_(scst_names_clear) struct scst_names possible = {};
	struct scst_where at = *of;
	struct scst_conf *lun;
	int err = 0;

	if (has_luns_of_its_own(d, of))
		return 0;
	scst_conf_for_each(lun, want, SCST_CONF_LUN) {
		const struct scst_conf *is = same(have, lun);

		if (err || (is && !d->declared) || !lun->devices.nr)
			continue;
		at.lun = lun->name;
		at.device = scst_conf_device(lun);
		if (is && !remembered(d, &at) && is_as_listed(lun, is))
			continue;
		if (is && !possible.nr)
			err = lun_params(d, of, &possible);
		if (!err)
			err = is && !remembered(d, &at) ?
				settle_lun(d, &at, lun, is, &possible) : add_lun(d, &at, lun);
	}
	return err;
}
