// SPDX-License-Identifier: GPL-2.0-only
/* What was put aside is applied as a small file is, without what must stay as it is. */
#include "recover.h"

#include "aside.h"
#include "aside_file.h"
#include "restore.h"

/* ---- what is left out ----------------------------------------------------------------------- */

/* A LUN or a place that is there; a handler, target or group that is not, with what was in it. */
static void leave_out(struct scst_conf *conf, const struct scst_live *live, struct scst_where at)
{
	for (size_t i = conf->nr_children; i--; ) {
		struct scst_conf *child = conf->children[i];
		struct scst_where here = at;

		scst_where_enter(&here, child);
		leave_out(child, live, here);
		if (child->kind != SCST_CONF_DEVICE &&
		    scst_live_has(live, child->kind, &here) == !!scst_aside_leads_to(child))
			scst_conf_drop(conf, child);
	}
}

static void leave_out_device(struct scst_conf *todo, const char *name)
{
	struct scst_conf *handler, *device;

	scst_conf_for_each(handler, todo, SCST_CONF_HANDLER) {
		device = scst_conf_find(handler, SCST_CONF_DEVICE, name);
		if (device)
			scst_conf_drop(handler, device);
	}
}

static bool has_device(const struct scst_conf *todo, const char *name)
{
	struct scst_conf *handler;

	scst_conf_for_each(handler, todo, SCST_CONF_HANDLER)
		if (scst_conf_find(handler, SCST_CONF_DEVICE, name))
			return true;
	return false;
}

/* What leads to devices that are left out. */
static void leave_out_uses(struct scst_conf *conf, const struct scst_conf *todo)
{
	for (size_t i = conf->nr_children; i--; ) {
		const char *device = scst_aside_leads_to(conf->children[i]);

		if (device && !has_device(todo, device))
			scst_conf_drop(conf, conf->children[i]);
		else
			leave_out_uses(conf->children[i], todo);
	}
}

static int take_closed(void *arg, const struct scst_step *step)
{
	return step->kind == SCST_STEP_CLOSE_DEVICE ? scst_names_add(arg, step->at.device) : 0;
}

/* The differ says which devices it would close. Return: 0 or -errno. */
static int leave_out_others(struct scst_conf *todo, const struct scst_live *live)
{
	_cleanup_(scst_names_clear) struct scst_names closed = {};
	_cleanup_fclose_ FILE *nowhere = fopen("/dev/null", "we");
	struct scst_restore r = {
		.live = live, .log = nowhere, .declared = true, .shown = true,
		.each = take_closed, .arg = &closed,
	};
	struct scst_error ignored = {};
	int ret = nowhere ? scst_restore(&r, todo, &ignored) : -errno;

	for (size_t i = 0; i < closed.nr; i++)
		leave_out_device(todo, closed.list[i]);
	leave_out_uses(todo, todo);
	return ret;
}

/* ---- what comes back ------------------------------------------------------------------------ */

static int tell_step(void *arg, const struct scst_step *step)
{
	FILE *log = arg;

	fputs("it comes back: ", log);
	scst_restore_say(step, log);
	fputs("\n", log);
	return 0;
}

/* What fails is told; so is what is not even tried, by who looks what is there then. */
static void put_back(const struct scst_live *live, const struct scst_conf *aside, FILE *log)
{
	_cleanup_(scst_conf_freep) struct scst_conf *todo = scst_conf_copy(aside);
	struct scst_restore r = {
		.live = live, .log = log, .declared = true, .each = tell_step, .arg = log,
	};
	struct scst_error err = {};
	int ret = todo ? 0 : -ENOMEM;

	if (!ret)
		leave_out(todo, live, (struct scst_where){});
	ret = ret ?: leave_out_others(todo, live);
	ret = ret ?: scst_restore(&r, todo, &err);
	if (ret)
		fprintf(log, "%s\n", *err.text ? err.text : strerror(-ret));
}

/* Under a name that nothing has yet. */
static void keep(const char *path, FILE *log)
{
	char lost[PATH_MAX];
	unsigned int nr = 1;
	int err;

	do
		err = scst_format(lost, sizeof(lost), "%s.lost.%u", path, nr++);
	while (!err && !access(lost, F_OK));
	if (err || rename(path, lost))
		fprintf(log, "%s: %s\n", path, strerror(err ? -err : errno));
	else
		fprintf(log, "%s: this could not come back, and will not by itself\n", lost);
}

/* What is not there again stays in the file. Return: that is so. */
static bool try(const struct scst_live *live, const char *path, struct scst_conf *aside, FILE *log)
{
	fprintf(log, "%s: an apply was cut off, and is finished first\n", path);
	put_back(live, aside, log);
	scst_aside_settle(aside, live);
	(void)scst_aside_write(path, live, aside, log);	/* or all of it is kept */
	return aside->nr_children;
}

void scst_recover(const struct scst_live *live, const char *path, FILE *log)
{
	_cleanup_(scst_conf_freep) struct scst_conf *aside = NULL;
	int ret = scst_aside_read(path, live, &aside);

	if (ret == -ESTALE)
		unlink(path);
	else if (ret)
		fprintf(log, "%s: what an apply that was cut off put aside: %s\n", path,
			strerror(-ret));
	if (aside ? try(live, path, aside, log) : ret && ret != -ESTALE)
		keep(path, log);
}
