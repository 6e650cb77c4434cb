// SPDX-License-Identifier: GPL-2.0-only
/* Handlers, devices, the attributes of the root; and what all parts of the differ use. */
#include "diff.h"

int scst_diff_step(struct scst_diff *d, enum scst_step_kind kind, const struct scst_where *at,
		   const struct scst_conf *params)
{
	const struct scst_step step = { .kind = kind, .at = *at, .params = params };

	return d->ops->step(d->arg, &step);
}

int scst_diff_note(struct scst_diff *d, enum scst_note note, const struct scst_where *at)
{
	const struct scst_step about = { .at = *at };

	return d->ops->note(d->arg, note, &about);
}

int scst_diff_read(struct scst_diff *d, struct scst_error *err)
{
	struct scst_conf *have;
	int ret = scst_live_read(d->live, SCST_LIVE_ALL, &have, err);

	if (ret)
		return ret;
	if (d->have)
		scst_conf_free(d->have);
	d->have = have;
	return 0;
}

/* LUNs go with a device that is closed. */
static int reread(struct scst_diff *d)
{
	struct scst_error ignored = {};

	return scst_diff_read(d, &ignored);
}

/* ---- devices -------------------------------------------------------------------------------- */

static int close_extra_devices(struct scst_diff *d)
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

			if (err || scst_conf_find(want, SCST_CONF_DEVICE, device->name))
				continue;
			err = d->force ? scst_diff_step(d, SCST_STEP_CLOSE_DEVICE, &at, NULL) :
					 scst_diff_note(d, SCST_NOTE_DEVICE_EXTRA, &at);
			closed |= d->force;
		}
	return err || !closed ? err : reread(d);
}

static int reopen_device(struct scst_diff *d, const struct scst_where *at,
			 const struct scst_conf *params)
{
	int err = scst_diff_note(d, SCST_NOTE_DEVICE_DIFFERS, at);

	if (!d->force)
		return err ?: scst_diff_note(d, SCST_NOTE_DEVICE_KEPT, at);
	err = err ?: scst_diff_note(d, SCST_NOTE_DEVICE_REOPENED, at);
	err = err ?: scst_diff_step(d, SCST_STEP_CLOSE_DEVICE, at, NULL);
	err = err ?: scst_diff_step(d, SCST_STEP_OPEN_DEVICE, at, params);
	err = err ?: reread(d);
	return err ?: scst_diff_note(d, SCST_NOTE_REREAD, at);
}

/* A device which another handler has is no device of this one: opening it will fail. */
static bool is_open(const struct scst_diff *d, const struct scst_where *at)
{
	return scst_conf_find(scst_conf_find(d->have, SCST_CONF_HANDLER, at->handler),
			      SCST_CONF_DEVICE, at->device);
}

static int check_device(struct scst_diff *d, const struct scst_where *at,
			const struct scst_conf *params, const struct scst_names *possible)
{
	_cleanup_live_attrs_ struct scst_live_attrs attrs = {};

	if (scst_live_attrs_named(d->live, SCST_CONF_DEVICE, at, possible, &attrs))
		return 0;
	return scst_diff_params(params, &attrs) ? reopen_device(d, at, params) : 0;
}

static int diff_device(struct scst_diff *d, const struct scst_conf *device,
		       const struct scst_where *at, const struct scst_names *possible)
{
	_cleanup_(scst_conf_freep) struct scst_conf *params =
		scst_diff_pick(device, possible, true);
	const struct scst_diff_attrs attrs = {
		.kind = SCST_CONF_DEVICE, .at = *at, .want = device, .without = possible,
		.enabled = true,
	};
	int err;

	if (!params)
		return -ENOMEM;
	err = is_open(d, at) ? check_device(d, at, params, possible) :
			       scst_diff_step(d, SCST_STEP_OPEN_DEVICE, at, params);
	return err ?: scst_diff_attrs(d, &attrs);
}

static int diff_handler(struct scst_diff *d, const struct scst_conf *handler)
{
	_cleanup_(scst_names_clear) struct scst_names possible = {};
	struct scst_where at = { .handler = handler->name };
	struct scst_conf *device;
	char path[PATH_MAX];
	int err = scst_format(path, sizeof(path), "handlers/%s/mgmt", handler->name);

	if (!err && scst_live_list(d->live, path, SCST_LIVE_PARAMS, &possible) == -ENOMEM)
		err = -ENOMEM;
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
	int err = close_extra_devices(d);

	scst_conf_for_each(handler, d->want, SCST_CONF_HANDLER)
		err = err ?: diff_handler(d, handler);
	return err;
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
