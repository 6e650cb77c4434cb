// SPDX-License-Identifier: GPL-2.0-only
/* Handlers and devices. */
#include "diff.h"
#include "conf_keys.h"

/* LUNs go with a device that is closed. */
static int reread(struct scst_diff *d)
{
	struct scst_error ignored = {};

	return scst_diff_read(d, &ignored);
}

/* What a listed LUN still leads to goes when that has its new device. */
static bool has_to_wait(const struct scst_diff *d, const char *device)
{
	size_t nr;

	scst_uses_of(&d->uses, device, &nr);
	return d->declared && d->prune && nr;
}

static int close_extra_devices(struct scst_diff *d, bool last)
{
	struct scst_conf *handler, *device;
	bool closed = false;
	int err = 0;

	scst_conf_for_each(handler, d->have, SCST_CONF_HANDLER)
		scst_conf_for_each(device, handler, SCST_CONF_DEVICE) {
			const struct scst_where at = {
				.handler = handler->name, .device = device->name,
			};
			const struct scst_conf *want = scst_conf_find(d->want, SCST_CONF_HANDLER,
								      handler->name);

			if (err || scst_conf_find(want, SCST_CONF_DEVICE, device->name) ||
			    scst_uses_share(&d->uses, device->name) ||
			    (!last && has_to_wait(d, device->name)))
				continue;
			err = scst_diff_removes(d) ?
				scst_diff_step(d, SCST_STEP_CLOSE_DEVICE, &at, NULL) :
				scst_diff_note(d, SCST_NOTE_DEVICE_EXTRA, &at);
			closed |= scst_diff_removes(d);
		}
	return err || !closed ? err : reread(d);
}

int scst_diff_last_devices(struct scst_diff *d)
{
	struct scst_error ignored = {};

	if (!d->declared || !d->prune)
		return 0;
	return (d->stale ? scst_diff_read(d, &ignored) : 0) ?: close_extra_devices(d, true);
}

/* What a handler makes devices with. Return: 0 or -ENOMEM. */
static int device_params(const struct scst_diff *d, const char *handler,
			 struct scst_names *possible)
{
	char path[PATH_MAX];
	int err = scst_format(path, sizeof(path), "handlers/%s/mgmt", handler);

	err = err ?: scst_live_list(d->live, path, SCST_LIVE_PARAMS, possible);
	return err == -ENOMEM ? err : 0;
}

/* A device which another handler has is no device of this one: opening it will fail. */
static bool is_open(const struct scst_diff *d, const struct scst_where *at)
{
	return scst_conf_find(scst_conf_find(d->have, SCST_CONF_HANDLER, at->handler),
			      SCST_CONF_DEVICE, at->device);
}

/* The handler that has it, if that is another one. */
static const char *other_handler(const struct scst_diff *d, const struct scst_where *at)
{
	struct scst_conf *handler;

	scst_conf_for_each(handler, d->have, SCST_CONF_HANDLER)
		if (!streq(handler->name, at->handler) &&
		    scst_conf_find(handler, SCST_CONF_DEVICE, at->device))
			return handler->name;
	return NULL;
}

/*
 * Of the parameters that are @possible those that the device is made with. A declared one is not
 * made again for what can be written to a file as well; nor can what is no word be a parameter.
 */
static int choose_params(const struct scst_diff *d, const struct scst_conf *device,
			 const char *handler, const struct scst_names *possible, bool open,
			 struct scst_names *chosen)
{
	int err = 0;

	for (size_t i = 0; i < possible->nr && !err; i++) {
		const char *name = possible->list[i], *value = scst_conf_value(device, name);
		const struct scst_key *key = scst_key_find(SCST_CONF_DEVICE, handler, name);

		if (d->declared && key && key->flags & SCST_KEY_LIVE &&
		    (open || (value && strpbrk(value, "; \t"))))
			continue;
		err = scst_names_add(chosen, name);
	}
	return err;
}

/* ---- a device that is made again ------------------------------------------------------------ */

/* What it has been made with, or NULL without memory. */
static struct scst_conf *params_now(struct scst_diff *d, const struct scst_where *is)
{
	_cleanup_(scst_conf_freep) struct scst_conf *nothing =
		scst_conf_new(SCST_CONF_DEVICE, is->device);
	_cleanup_(scst_conf_freep) struct scst_conf *all = NULL;
	_cleanup_(scst_names_clear) struct scst_names possible = {}, chosen = {};

	if (!nothing || device_params(d, is->handler, &possible))
		return NULL;
	all = scst_diff_keep(d, SCST_CONF_DEVICE, is, nothing, &possible);
	if (!all || choose_params(d, all, is->handler, &possible, false, &chosen))
		return NULL;
	return scst_diff_pick(all, &chosen, true);
}

/* Its LUNs, as they are, in the order of their uses. Return: 0 or -ENOMEM. */
static int read_luns(struct scst_diff *d, const char *device, struct scst_conf *luns)
{
	size_t nr;
	const struct scst_use *uses = scst_uses_of(&d->uses, device, &nr);

	for (size_t i = 0; i < nr; i++) {
		_cleanup_(scst_conf_freep) struct scst_conf *lun = scst_diff_keep_lun(d, &uses[i]);

		if (!lun || scst_conf_adopt(luns, lun))
			return -ENOMEM;
		TAKE_PTR(lun);
	}
	return 0;
}

/* They went with it, and so did its places in device groups: what is there is what was there. */
static int map_again(struct scst_diff *d, const char *device, const struct scst_conf *luns)
{
	size_t nr;
	const struct scst_use *uses = scst_uses_of(&d->uses, device, &nr);
	struct scst_conf *dgroup;
	int err = 0;

	for (size_t i = 0; i < nr && !err; i++)
		err = scst_diff_step(d, SCST_STEP_ADD_LUN, &uses[i].at, luns->children[i]);
	scst_conf_for_each(dgroup, d->have, SCST_CONF_DEVICE_GROUP)
		if (!err && scst_conf_find(dgroup, SCST_CONF_GROUP_DEVICE, device))
			err = scst_diff_step(d, SCST_STEP_ADD_GROUP_DEVICE, &(struct scst_where){
				.device_group = dgroup->name, .device = device }, NULL);
	return err;
}

/* One that cannot be made so is as it was, or all would be lost that is listed nowhere. */
static int open_or_go_back(struct scst_diff *d, const struct scst_where *is,
			   const struct scst_where *as, const struct scst_conf *params,
			   const struct scst_conf *now)
{
	const struct scst_step back = {
		.kind = SCST_STEP_OPEN_DEVICE, .at = *is, .params = now,
	};
	const struct scst_step open = {
		.kind = SCST_STEP_OPEN_DEVICE, .at = *as, .params = params,
		.otherwise = now ? &back : NULL,
	};

	return d->ops->step(d->arg, &open);
}

/* @is: how it is open, which may be as a device of another handler than @as. */
static int reopen_device(struct scst_diff *d, const struct scst_where *is,
			 const struct scst_where *as, const struct scst_conf *params)
{
	_cleanup_(scst_conf_freep) struct scst_conf *now = NULL;
	int err = scst_diff_note(d, SCST_NOTE_DEVICE_DIFFERS, is);

	if (!scst_diff_changes(d))
		return err ?: scst_diff_note(d, SCST_NOTE_DEVICE_KEPT, is);
	now = d->declared ? params_now(d, is) : NULL;
	if (d->declared && !now)
		return -ENOMEM;
	err = err ?: scst_diff_note(d, SCST_NOTE_DEVICE_REOPENED, is);
	err = err ?: scst_diff_step(d, SCST_STEP_CLOSE_DEVICE, is, NULL);
	err = err ?: open_or_go_back(d, is, as, params, now);
	if (err || d->declared)
		return err;
	return reread(d) ?: scst_diff_note(d, SCST_NOTE_REREAD, is);
}

/* Is it to be made, and is it there already, as @is? */
static int make_device(struct scst_diff *d, const struct scst_conf *device,
		       const struct scst_where *at, const struct scst_where *is,
		       const struct scst_names *chosen)
{
	_cleanup_(scst_conf_freep) struct scst_conf *params =
		scst_diff_pick(device, chosen, true);

	if (!params)
		return -ENOMEM;
	return is ? reopen_device(d, is, at, params) :
		    scst_diff_step(d, SCST_STEP_OPEN_DEVICE, at, params);
}

static int settle_device(struct scst_diff *d, const struct scst_conf *device,
			 const struct scst_where *at, const struct scst_names *made_with)
{
	return scst_diff_attrs(d, &(struct scst_diff_attrs){
		.kind = SCST_CONF_DEVICE, .at = *at, .want = device, .without = made_with,
		.enabled = true });
}

/* It is not there, or, as @is, otherwise. */
static int make_and_settle(struct scst_diff *d, const struct scst_conf *device,
			   const struct scst_where *at, const struct scst_where *is,
			   const struct scst_names *possible)
{
	_cleanup_(scst_conf_freep) struct scst_conf *luns = scst_conf_new(SCST_CONF_ROOT, "");
	_cleanup_(scst_names_clear) struct scst_names chosen = {};
	bool stays = is && !scst_diff_changes(d), again = is && d->declared;
	int err = luns ? choose_params(d, device, at->handler, possible, stays, &chosen) : -ENOMEM;

	if (again)
		err = err ?: read_luns(d, at->device, luns) ?:
			     scst_diff_aside_device(d, at, device, luns);
	err = err ?: make_device(d, device, at, is, &chosen);
	err = err ?: settle_device(d, device, at, &chosen);
	if (again) {
		err = err ?: map_again(d, at->device, luns);
		scst_diff_aside_back(d);
	}
	return err;
}

static int make_again(struct scst_diff *d, const struct scst_conf *device,
		      const struct scst_where *at, const struct scst_names *possible)
{
	_cleanup_(scst_conf_freep) struct scst_conf *all = NULL;

	if (!d->declared)
		return make_and_settle(d, device, at, at, possible);
	all = scst_diff_keep(d, SCST_CONF_DEVICE, at, device, possible);
	return all ? make_and_settle(d, all, at, at, possible) : -ENOMEM;
}

static int check_device(struct scst_diff *d, const struct scst_conf *device,
			const struct scst_where *at, const struct scst_names *possible)
{
	_cleanup_(scst_names_clear) struct scst_names chosen = {};
	_cleanup_(scst_conf_freep) struct scst_conf *params = NULL;
	int err = choose_params(d, device, at->handler, possible, true, &chosen);

	params = err ? NULL : scst_diff_pick(device, &chosen, true);
	if (!params)
		return -ENOMEM;
	return scst_diff_is_otherwise(d, SCST_CONF_DEVICE, at, params, &chosen) ?
		make_again(d, device, at, possible) : settle_device(d, device, at, &chosen);
}

static int diff_device(struct scst_diff *d, const struct scst_conf *device,
		       const struct scst_where *at, const struct scst_names *possible)
{
	const char *other = d->declared ? other_handler(d, at) : NULL;
	const struct scst_where is = { .handler = other, .device = at->device };

	if (is_open(d, at))
		return check_device(d, device, at, possible);
	return make_and_settle(d, device, at, other ? &is : NULL, possible);
}

static int diff_handler(struct scst_diff *d, const struct scst_conf *handler)
{
	_cleanup_(scst_names_clear) struct scst_names possible = {};
	struct scst_where at = { .handler = handler->name };
	struct scst_conf *device;
	int err = device_params(d, handler->name, &possible);

	scst_conf_for_each(device, handler, SCST_CONF_DEVICE) {
		at.device = device->name;
		err = err ?: diff_device(d, device, &at, &possible);
	}
	at.device = NULL;
	return err ?: scst_diff_attrs(d, &(struct scst_diff_attrs){
		.kind = SCST_CONF_HANDLER, .at = at, .want = handler, .enabled = true });
}

int scst_diff_devices(struct scst_diff *d)
{
	struct scst_conf *handler;
	int err = close_extra_devices(d, false);

	scst_conf_for_each(handler, d->want, SCST_CONF_HANDLER)
		err = err ?: diff_handler(d, handler);
	return err;
}
