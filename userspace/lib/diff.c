// SPDX-License-Identifier: GPL-2.0-only
/* The attributes of the root; and what all parts of the differ use. */
#include "diff.h"

/* ---- what shown steps take away ------------------------------------------------------------- */

static enum scst_conf_kind removed_kind(enum scst_step_kind kind)
{
	switch ((int)kind) {
	case SCST_STEP_CLOSE_DEVICE:
		return SCST_CONF_DEVICE;
	case SCST_STEP_REMOVE_TARGET:
		return SCST_CONF_TARGET;
	case SCST_STEP_REMOVE_GROUP:
		return SCST_CONF_GROUP;
	case SCST_STEP_REMOVE_LUN:
		return SCST_CONF_LUN;
	}
	return SCST_CONF_ROOT;
}

/* Return: 0 or -ENOMEM. */
static int take_away(struct scst_diff *d, enum scst_step_kind step, const struct scst_where *at)
{
	enum scst_conf_kind kind = removed_kind(step);
	char dir[PATH_MAX];

	if (!d->shown || kind == SCST_CONF_ROOT || scst_where_dir(kind, at, dir))
		return 0;
	return scst_set_add(&d->gone, dir);
}

bool scst_diff_is_gone(const struct scst_diff *d, enum scst_conf_kind kind,
		       const struct scst_where *at)
{
	char dir[PATH_MAX], *slash = dir;

	if (!d->gone.root || scst_where_dir(kind, at, dir))
		return false;
	while (slash && !scst_set_has(&d->gone, dir)) {
		slash = strrchr(dir, '/');
		if (slash)
			*slash = '\0';
	}
	return slash;
}

/* A LUN goes with its device. */
static bool went(const struct scst_diff *d, const struct scst_conf *conf,
		 const struct scst_where *at)
{
	const struct scst_where device = { .device = scst_conf_device(conf) };

	return scst_diff_is_gone(d, conf->kind, at) ||
	       (device.device && scst_diff_is_gone(d, SCST_CONF_DEVICE, &device));
}

static void forget_children(struct scst_diff *d, struct scst_conf *conf, struct scst_where at)
{
	for (size_t i = conf->nr_children; i--; ) {
		struct scst_conf *child = conf->children[i];
		struct scst_where here = at;

		scst_where_enter(&here, child);
		if (child->kind != SCST_CONF_HANDLER && went(d, child, &here))
			scst_conf_drop(conf, child);
		else
			forget_children(d, child, here);
	}
}

/* ---- steps and notes ------------------------------------------------------------------------ */

int scst_diff_step(struct scst_diff *d, enum scst_step_kind kind, const struct scst_where *at,
		   const struct scst_conf *params)
{
	const struct scst_step step = { .kind = kind, .at = *at, .params = params };

	d->stale = true;
	return d->ops->step(d->arg, &step) ?: take_away(d, kind, at);
}

int scst_diff_note(struct scst_diff *d, enum scst_note note, const struct scst_where *at)
{
	const struct scst_step about = { .at = *at };

	return d->ops->note(d->arg, note, &about);
}

static void drop_have(struct scst_diff *d)
{
	if (d->have && !d->lent)
		scst_conf_free(d->have);
	d->have = NULL;
	d->lent = false;
}

void scst_diff_clear(struct scst_diff *d)
{
	drop_have(d);
	if (d->again)
		scst_conf_free(d->again);
	if (d->aside)
		scst_conf_free(d->aside);
	d->again = d->aside = NULL;
	scst_uses_clear(&d->uses);
	scst_set_clear(&d->gone);
	free(d->dynamic.driver);
	scst_names_clear(&d->dynamic.names);
	d->dynamic.driver = NULL;
}

int scst_diff_read(struct scst_diff *d, struct scst_error *err)
{
	struct scst_conf *have;
	int ret = scst_live_read(d->live, d->declared ? SCST_DIFF_PARTS_DECLARED : SCST_LIVE_ALL,
				 &have, err);

	if (ret)
		return ret;
	if (d->gone.root)
		forget_children(d, have, (struct scst_where){});
	drop_have(d);
	d->have = have;
	d->stale = false;
	return scst_uses_read(have, &d->uses);
}

/* ---- the root ------------------------------------------------------------------------------- */

int scst_diff_root(struct scst_diff *d)
{
	return scst_diff_attrs(d, &(struct scst_diff_attrs){
		.kind = SCST_CONF_ROOT, .want = d->want, .enabled = true });
}

int scst_diff_alua(struct scst_diff *d)
{
	const struct scst_conf *alua = scst_conf_find(d->want, SCST_CONF_ALUA, "ALUA");

	return !alua ? 0 : scst_diff_attrs(d, &(struct scst_diff_attrs){
		.kind = SCST_CONF_ALUA, .want = alua, .enabled = true });
}
