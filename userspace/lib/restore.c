// SPDX-License-Identifier: GPL-2.0-only
/* The differ's steps are tried, each one, and its notes told. */
#include "restore.h"

#include <strings.h>
#include <time.h>

#include "conf_keys.h"
#include "modules.h"

/* clang-format off */
/* What a step is about, in step.c's letters. */
static const char *const abouts[SCST_STEP_KINDS] = {
	[SCST_STEP_OPEN_DEVICE]		= "device %d of %h",
	[SCST_STEP_CLOSE_DEVICE]	= "device %d of %h",
	[SCST_STEP_REMOVE_TARGET]	= "target %D/%t",
	[SCST_STEP_REMOVE_GROUP]	= "group %g of %D/%t",
	[SCST_STEP_REMOVE_INITIATOR]	= "initiator %i in group %g of %D/%t",
	[SCST_STEP_CLEAR_INITIATORS]	= "all initiators in group %g of %D/%t",
	[SCST_STEP_REMOVE_LUN]		= "LUN %l (%d) of %D/%t",
	[SCST_STEP_REMOVE_DEVICE_GROUP]	= "device group %G",
	[SCST_STEP_REMOVE_GROUP_DEVICE]	= "device %d in device group %G",
	[SCST_STEP_REMOVE_TARGET_GROUP]	= "target group %T of device group %G",
	[SCST_STEP_REMOVE_GROUP_TARGET]	= "target %t in target group %G/%T",
	[SCST_STEP_REMOVE_DRIVER_ATTR]	= "%n of driver %D",
	[SCST_STEP_REMOVE_TARGET_ATTR]	= "%n of %D/%t",
	[SCST_STEP_ADD_TARGET]		= "target %D/%t",
	[SCST_STEP_ADD_GROUP]		= "group %g of %D/%t",
	[SCST_STEP_ADD_INITIATOR]	= "initiator %i in group %g of %D/%t",
	[SCST_STEP_MOVE_INITIATOR]	= "initiator %i from group %g to %o of %D/%t",
	[SCST_STEP_ADD_LUN]		= "LUN %l (%d) of %D/%t",
	[SCST_STEP_REPLACE_LUN]		= "LUN %l (%d) of %D/%t",
	[SCST_STEP_ADD_DEVICE_GROUP]	= "device group %G",
	[SCST_STEP_ADD_GROUP_DEVICE]	= "device %d in device group %G",
	[SCST_STEP_ADD_TARGET_GROUP]	= "target group %T of device group %G",
	[SCST_STEP_ADD_GROUP_TARGET]	= "target %t in target group %G/%T",
	[SCST_STEP_ADD_DRIVER_ATTR]	= "%n of driver %D",
	[SCST_STEP_ADD_TARGET_ATTR]	= "%n of %D/%t",
	[SCST_STEP_ADD_SESSION]		= "session %v of %D/%t",
	[SCST_STEP_REMOVE_SESSION]	= "session %v of %D/%t",
	[SCST_STEP_SET_ROOT]		= "%n",
	[SCST_STEP_SET_HANDLER]		= "%n of handler %h",
	[SCST_STEP_SET_DEVICE]		= "%n of device %d",
	[SCST_STEP_SET_DRIVER]		= "%n of driver %D",
	[SCST_STEP_SET_TARGET]		= "%n of %D/%t",
	[SCST_STEP_SET_GROUP]		= "%n of group %g of %D/%t",
	[SCST_STEP_SET_LUN]		= "%n of LUN %l of %D/%t",
	[SCST_STEP_SET_INITIATOR]	= "%n of initiator %i of %D/%t",
	[SCST_STEP_SET_ALUA]		= "%n of ALUA",
	[SCST_STEP_SET_DEVICE_GROUP]	= "%n of device group %G",
	[SCST_STEP_SET_TARGET_GROUP]	= "%n of target group %G/%T",
	[SCST_STEP_SET_GROUP_TARGET]	= "%n of target %t in %G/%T",
};

static const struct {
	const char *text;		/* NULL: nothing to say */
	bool failed;
} notes[SCST_NOTES] = {
	[SCST_NOTE_DEVICE_EXTRA]	= { "device %d is not in the file: it stays" },
	[SCST_NOTE_TARGET_EXTRA]	= { "target %D/%t is not in the file: it stays" },
	[SCST_NOTE_LUN_EXTRA]		= { "LUN %l (%d) of %D/%t is not in the file: it stays" },
	[SCST_NOTE_GROUP_EXTRA]		= { "group %g of %D/%t is not in the file: it stays" },
	[SCST_NOTE_INITIATOR_EXTRA]	= {
		"initiator %i in group %g of %D/%t is not in the file: it stays" },
	[SCST_NOTE_DRIVER_ATTR_EXTRA]	= { "an %n of driver %D is not in the file: it stays" },
	[SCST_NOTE_TARGET_ATTR_EXTRA]	= { "an %n of %D/%t is not in the file: it stays" },
	[SCST_NOTE_DEVICE_GROUP_EXTRA]	= { "device group %G is not in the file: it stays" },
	[SCST_NOTE_GROUP_DEVICE_EXTRA]	= {
		"device %d in device group %G is not in the file: it stays" },
	[SCST_NOTE_TARGET_GROUP_EXTRA]	= {
		"target group %G/%T is not in the file: it stays" },
	[SCST_NOTE_GROUP_TARGET_EXTRA]	= {
		"target %t in target group %G/%T is not in the file: it stays" },
	[SCST_NOTE_ENABLED_EXTRA]	= {
		"target %D/%t is not enabled in the file: it stays enabled" },
	[SCST_NOTE_DEVICE_KEPT]		= {
		"device %d was opened otherwise than the file says: it stays so", true },
	[SCST_NOTE_LUN_KEPT]		= {
		"LUN %l of %D/%t is otherwise than the file says: it stays so", true },
	[SCST_NOTE_INITIATOR_MOVES]	= {
		"initiator %i is in group %g of %D/%t, in the file in %o: it stays there", true },
	[SCST_NOTE_NO_DRIVER]		= { "there is no driver %D", true },
	[SCST_NOTE_NO_TARGET]		= { "driver %D has no target %t, and makes none", true },
	[SCST_NOTE_NO_HARDWARE]		= { "there is no hardware target %D/%t", true },
	[SCST_NOTE_TWO_DEVICES]		= {
		"two devices at LUN %l of %D/%t: none of them is taken", true },
	[SCST_NOTE_NO_ATTR]		= { "there is no %n to set", true },
	[SCST_NOTE_LUN_UNLISTED]	= {
		"LUN %l of %D/%t has to go until initiators have changed groups, and has more set "
		"than is listed: list it", true },
	[SCST_NOTE_GROUP_ORDER]		= {
		"group %o of %D/%t cannot come before group %g, which is there, and the first that "
		"matches counts: remove that one first", true },
};
/* clang-format on */

/* The LUN's own group, if it is in one, is no part of the patterns. */
void scst_restore_say(const struct scst_step *step, FILE *out)
{
	scst_step_say(step, abouts[step->kind] ?: "%n", out);
	if (step->at.lun && step->at.group)
		fprintf(out, ", group %s", step->at.group);
}

static void tell(struct scst_restore *r, const struct scst_step *about, const char *pattern,
		 const char *why)
{
	scst_step_say(about, pattern, r->log);
	fprintf(r->log, "%s%s\n", why ? ": " : "", why ?: "");
}

static void fail(struct scst_restore *r, const struct scst_step *step, const char *why)
{
	scst_restore_say(step, r->log);
	fprintf(r->log, ": %s\n", why);
	r->failed++;
}

/* ---- what hangs on something that is missing ------------------------------------------------ */

/* Of a target in a target group only the name is said: that may be one of another host. */
static int target_name(const struct scst_step *step, char out[PATH_MAX])
{
	if (!step->at.driver)
		return -ENOENT;
	return scst_format(out, PATH_MAX, "%s/%s", step->at.driver, step->at.target ?: "");
}

static bool is_about(const struct scst_set *targets, const struct scst_step *step)
{
	char name[PATH_MAX];

	return !target_name(step, name) && scst_set_has(targets, name);
}

/* Return: 0 or -ENOMEM. */
static int add_target(struct scst_set *targets, const struct scst_step *step)
{
	char name[PATH_MAX];

	return target_name(step, name) ? 0 : scst_set_add(targets, name);
}

/* Its own failure has been told. */
static bool hangs_on_missing(const struct scst_restore *r, const struct scst_step *step)
{
	return is_about(&r->targets, step) ||
	       (step->at.device && scst_set_has(&r->devices, step->at.device));
}

/* ---- who may get in ------------------------------------------------------------------------- */

/* Meant, perhaps, if not written so: "IncomingUser1", "incominguser". */
static bool is_name_of_access(const char *name)
{
	static const char *const names[] = { "IncomingUser", "allowed_portal", "per_portal_acl" };

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (!strncasecmp(name, names[i], strlen(names[i])))
			return true;
	return false;
}

static bool places_initiators(const struct scst_step *step)
{
	switch ((int)step->kind) {
	case SCST_STEP_ADD_GROUP:
	case SCST_STEP_REMOVE_GROUP:
	case SCST_STEP_ADD_INITIATOR:
	case SCST_STEP_REMOVE_INITIATOR:
	case SCST_STEP_MOVE_INITIATOR:
	case SCST_STEP_CLEAR_INITIATORS:
		return true;
	}
	return false;
}

/* Who gets in, or sees what is there now. */
static bool says_who_gets_in(const struct scst_step *step)
{
	switch ((int)step->kind) {
	case SCST_STEP_REMOVE_LUN:
	case SCST_STEP_REPLACE_LUN:
	case SCST_STEP_ADD_DRIVER_ATTR:
	case SCST_STEP_ADD_TARGET_ATTR:
	case SCST_STEP_REMOVE_TARGET_ATTR:
		return true;
	case SCST_STEP_SET_TARGET:
		return is_name_of_access(step->name);
	}
	return places_initiators(step);
}

/* Return: 0 or -ENOMEM. */
static int keep_closed(struct scst_restore *r, const struct scst_step *about)
{
	return add_target(&r->closed, about) ?: add_target(&r->unfinished, about);
}

/* What was lost of a target's lines may have been its users. */
static int close_lost(struct scst_restore *r, const struct scst_conf *want)
{
	struct scst_conf *driver, *target;
	int err = 0;

	scst_conf_for_each(driver, want, SCST_CONF_DRIVER)
		scst_conf_for_each(target, driver, SCST_CONF_TARGET) {
			const struct scst_step about = {
				.at = { .driver = driver->name, .target = target->name },
			};

			if (want->lost || driver->lost || scst_conf_has_lost(target))
				err = err ?: keep_closed(r, &about);
		}
	return err;
}

/* ---- the differ's calls --------------------------------------------------------------------- */

/* What was not done. Return: 0 or -ENOMEM. */
static int remember(struct scst_restore *r, const struct scst_step *step)
{
	int err = add_target(&r->unfinished, step);

	if (places_initiators(step))
		err = err ?: add_target(&r->misplaced, step);
	if (step->kind == SCST_STEP_REMOVE_LUN || step->kind == SCST_STEP_REPLACE_LUN)
		err = err ?: add_target(&r->leftovers, step);
	return err || !says_who_gets_in(step) ? err : keep_closed(r, step);
}

/* Return: 0 or -ENOMEM. */
static int remember_failed(struct scst_restore *r, const struct scst_step *step)
{
	if (step->kind == SCST_STEP_OPEN_DEVICE)
		return scst_set_add(&r->devices, step->at.device);
	if (step->kind == SCST_STEP_ADD_TARGET)
		return add_target(&r->targets, step);
	return remember(r, step);
}

/* Why a target is spared this step, since something of it was not done; NULL: it is not. */
static const char *spared(const struct scst_restore *r, const struct scst_step *step)
{
	if (scst_step_enables(step) && is_about(&r->closed, step))
		return "target %D/%t is not enabled: more might get in than the file says";
	switch ((int)step->kind) {
	case SCST_STEP_REMOVE_DRIVER_ATTR:
	case SCST_STEP_REMOVE_TARGET_ATTR:
		return is_about(&r->unfinished, step) ?
			"an %n of %D/%t stays until all else of it is as the file says" : NULL;
	case SCST_STEP_ADD_LUN:
	case SCST_STEP_REPLACE_LUN:
		return is_about(&r->misplaced, step) ?
			"LUN %l of %D/%t waits until all initiators are where the file says" : NULL;
	case SCST_STEP_REMOVE_GROUP:
		return is_about(&r->misplaced, step) ?
			"group %g of %D/%t stays until all initiators are where the file says" :
			NULL;
	case SCST_STEP_ADD_INITIATOR:
	case SCST_STEP_MOVE_INITIATOR:
	case SCST_STEP_REMOVE_INITIATOR:
	case SCST_STEP_CLEAR_INITIATORS:
		return is_about(&r->leftovers, step) ?
			"initiators of %D/%t stay until the LUNs have gone that are to go" :
			NULL;
	}
	return NULL;
}

static int do_step(void *arg, const struct scst_step *step)
{
	struct scst_restore *r = arg;
	bool ambiguous = TAKE(r->ambiguous, false);
	const char *why = spared(r, step);
	int err;

	if (ambiguous || hangs_on_missing(r, step))
		return remember(r, step);
	if (why) {
		tell(r, step, why, NULL);
		return places_initiators(step) ? add_target(&r->misplaced, step) : 0;
	}
	err = r->shown ? 0 : scst_apply_step(r->live, step, r->patience);
	if (!err)
		return r->each ? r->each(r->arg, step) : 0;
	fail(r, step, strerror(-err));
	return step->otherwise ? do_step(r, step->otherwise) : remember_failed(r, step);
}

/* Who shows looks for drivers himself: they may come with a module. */
static bool is_for_others(const struct scst_restore *r, enum scst_note note)
{
	return r->shown && note == SCST_NOTE_NO_DRIVER;
}

static bool is_extra(enum scst_note note)
{
	return note <= SCST_NOTE_ENABLED_EXTRA;
}

/* Every file that SCST wrote has its copy manager, which does without what the file says of it. */
static bool is_bearable(enum scst_note note, const struct scst_step *about)
{
	return note == SCST_NOTE_NO_DRIVER && streq(about->at.driver, "copy_manager");
}

static int take_note(void *arg, enum scst_note note, const struct scst_step *about)
{
	struct scst_restore *r = arg;

	if (r->declared && is_extra(note)) {
		r->extra++;
		return 0;
	}
	if (!notes[note].text || is_bearable(note, about) || is_for_others(r, note) ||
	    hangs_on_missing(r, about))
		return 0;
	if (note == SCST_NOTE_NO_ATTR)
		tell(r, about, abouts[about->kind] ?: "%n", "there is no such attribute");
	else
		tell(r, about, notes[note].text, NULL);
	r->failed += notes[note].failed;
	r->ambiguous = note == SCST_NOTE_TWO_DEVICES;
	if (note == SCST_NOTE_INITIATOR_MOVES || note == SCST_NOTE_GROUP_ORDER)
		return add_target(&r->misplaced, about) ?: keep_closed(r, about);
	return note == SCST_NOTE_NO_ATTR && says_who_gets_in(about) ? keep_closed(r, about) : 0;
}

static int put_aside(void *arg, const struct scst_conf *aside)
{
	const struct scst_restore *r = arg;

	return r->aside(r->arg, aside);
}

int scst_restore(struct scst_restore *r, const struct scst_conf *want, struct scst_error *err)
{
	const struct scst_diff_ops ops = {
		.step = do_step, .note = take_note,
		.aside = r->aside && !r->shown ? put_aside : NULL,
	};
	struct scst_diff diff = {
		.live = r->live, .want = want, .ops = &ops, .arg = r, .native = true,
		.declared = r->declared, .prune = r->prune, .shown = r->shown,
		.have = r->have, .lent = r->have,
	};
	int ret = close_lost(r, want) ? scst_fail(err, -ENOMEM, "out of memory") :
					scst_apply(&diff, err);

	ret = ret ?: scst_diff_aside_end(&diff, !r->failed);
	scst_diff_clear(&diff);
	scst_set_clear(&r->devices);
	scst_set_clear(&r->leftovers);
	scst_set_clear(&r->targets);
	scst_set_clear(&r->closed);
	scst_set_clear(&r->unfinished);
	scst_set_clear(&r->misplaced);
	return ret;
}

/* ---- before --------------------------------------------------------------------------------- */

int scst_restore_modules(struct scst_restore *r, const struct scst_conf *conf,
			 int (*modprobe)(const char *module), struct scst_error *err)
{
	_cleanup_(scst_names_clear) struct scst_names modules = {};
	int ret = modprobe("scst");

	if (ret)
		return scst_fail(err, -EOPNOTSUPP, "cannot load scst.ko: %s", strerror(-ret));
	if (scst_modules_of(conf, &modules))
		return scst_fail(err, -ENOMEM, "out of memory");
	for (size_t i = 0; i < modules.nr; i++) {
		ret = modprobe(modules.list[i]);
		if (!ret)
			continue;
		fprintf(r->log, "cannot load module %s: %s\n", modules.list[i], strerror(-ret));
		r->failed++;
	}
	return 0;
}

static bool is_real(const char *handler)
{
	const struct scst_key *key = scst_key_find(SCST_CONF_DEVICE, handler, "local");

	return key && scst_key_knows_owner(handler);
}

bool scst_restore_disk(const char *handler, const struct scst_conf *device, char path[PATH_MAX])
{
	const char *file = scst_conf_value(device, "filename");

	if (is_real(handler))
		return !scst_format(path, PATH_MAX, "/sys/class/scsi_device/%s", device->name);
	return file && *file && !scst_format(path, PATH_MAX, "%s", file);
}

/* A file that is missing now will not come. */
static bool comes(const char *path)
{
	return startswith(path, "/dev/") || startswith(path, "/sys/");
}

static bool has_disks(const struct scst_conf *conf)
{
	struct scst_conf *handler, *device;
	char path[PATH_MAX];

	scst_conf_for_each(handler, conf, SCST_CONF_HANDLER)
		scst_conf_for_each(device, handler, SCST_CONF_DEVICE)
			if (scst_restore_disk(handler->name, device, path) && comes(path) &&
			    access(path, F_OK))
				return false;
	return true;
}

void scst_restore_wait(const struct scst_conf *conf, unsigned int seconds)
{
	static const struct timespec moment = { .tv_nsec = 100 * 1000 * 1000 };

	for (unsigned long i = 0; i < 10UL * seconds && !has_disks(conf); i++)
		nanosleep(&moment, NULL);
}
