// SPDX-License-Identifier: GPL-2.0-only
/* What -config says of things that it leaves alone, or cannot do. The letters are step.c's. */
#include "admin.h"

#define USE_FORCE	"Use -force to "
#define DISRUPTS	"NOTE: This will disrupt all initiators using this device.\n"

/* Of LUNs and their like: the target's own, and those of a group. */
struct text {
	const char *text;
	const char *in_group;		/* NULL: the same */
};

/* clang-format off */
static const struct text notes[SCST_NOTES] = {
	[SCST_NOTE_DEVICE_EXTRA] = {
		"\t-> Device '%d' is not in configuration. " USE_FORCE "close it.\n" },
	[SCST_NOTE_TARGET_EXTRA] = {
		"\t-> Virtual target '%t' for driver '%D' is not in configuration. "
		USE_FORCE "remove it.\n" },
	[SCST_NOTE_LUN_EXTRA] = {
		"\t-> Device '%d' at LUN '%l' is not in configuration for driver/target '%D/%t'. "
		USE_FORCE "remove it.\n",
		"\t-> Device '%d' at LUN '%l' is not in configuration for "
		"driver/target/group '%D/%t/%g'. " USE_FORCE "remove it.\n" },
	[SCST_NOTE_GROUP_EXTRA] = {
		"\t-> Group '%g' is not in configuration. " USE_FORCE "remove.\n" },
	[SCST_NOTE_INITIATOR_EXTRA] = {
		"\t-> Initiator '%i' is not in configuration for driver/target/group '%D/%t/%g'. "
		USE_FORCE "remove it.\n" },
	[SCST_NOTE_DRIVER_ATTR_EXTRA] = {
		"\t-> Driver dynamic attribute '%n' with value '%v' is not in configuration. "
		USE_FORCE "remove it.\n" },
	[SCST_NOTE_TARGET_ATTR_EXTRA] = {
		"\t-> Target dynamic attribute '%n' with value '%v' is not in configuration. "
		USE_FORCE "remove it.\n" },
	[SCST_NOTE_DEVICE_GROUP_EXTRA] = {
		"\t-> Device Group '%G' is not in configuration. " USE_FORCE "remove.\n" },
	[SCST_NOTE_GROUP_DEVICE_EXTRA] = {
		"\t-> Device '%d' within device group '%G' is not in configuration. "
		USE_FORCE "remove.\n" },
	[SCST_NOTE_TARGET_GROUP_EXTRA] = {
		"\t-> Target Group '%G/%T' is not in configuration. " USE_FORCE "remove.\n" },
	[SCST_NOTE_GROUP_TARGET_EXTRA] = {
		"\t-> Target '%G/%T/%t' is not in configuration. " USE_FORCE "remove.\n" },
	[SCST_NOTE_ENABLED_EXTRA] = {
		"\t-> Target '%t' for driver '%D' is not enabled in configuration. "
		USE_FORCE "disable it.\n" },
	[SCST_NOTE_DEVICE_DIFFERS] = { "\t-> Device '%d' is configured differently.\n" },
	[SCST_NOTE_DEVICE_REOPENED] = { "\t  -> Closing and re-opening with new attributes.\n" },
	[SCST_NOTE_DEVICE_KEPT] = {
		"\t  -> " USE_FORCE "re-open device with new attributes. " DISRUPTS },
	[SCST_NOTE_LUN_DIFFERS] = {
		"\t-> Assigned device '%d' in target '%t' at LUN '%l' is configured "
		"differently.\n",
		"\t-> Assigned device '%d' in group '%g' at LUN '%l' is configured "
		"differently.\n" },
	[SCST_NOTE_LUN_REASSIGNED] = { "\t  -> Re-assigning device with new attributes.\n" },
	[SCST_NOTE_LUN_KEPT] = {
		"\t  -> " USE_FORCE "re-assign device with new attributes. " DISRUPTS },
	[SCST_NOTE_INITIATOR_MOVES] = {
		"\t-> Initiator '%i' is moving to group '%o' from group '%g'. "
		USE_FORCE "move it.\n" },
	[SCST_NOTE_ALREADY_SET] = {
		"\t-> Attribute '%n' already set to value '%v', ignoring.\n" },
	[SCST_NOTE_REREAD] = { "\nCollecting current configuration: done.\n\n" },
};

/* What cannot be, and is fatal. */
static const char *const faults[SCST_NOTES] = {
	[SCST_NOTE_NO_DRIVER]	= "Target driver '%D' is not loaded or available.",
	[SCST_NOTE_NO_TARGET]	= "Target '%t' for driver '%D' does not exist.",
	[SCST_NOTE_NO_HARDWARE]	= "Hardware target '%t' for driver '%D' does not exist.",
	[SCST_NOTE_TWO_DEVICES]	= "Invalid configuration encountered. Driver/target/group/lun "
				  "%D/%t/%g/%l has multiple devices assigned.",
};

#define LACKS	" lacks the settable attribute '%n', ignoring.\n\n"

static const struct text no_attr[SCST_STEP_KINDS] = {
	[SCST_STEP_SET_ROOT]	= { "\t-> WARNING: SCST" LACKS },
	[SCST_STEP_SET_HANDLER]	= { "\t-> WARNING: Handler '%h'" LACKS },
	[SCST_STEP_SET_DEVICE]	= { "\t-> WARNING: Device '%d'" LACKS },
	[SCST_STEP_SET_DRIVER]	= { "\t-> WARNING: Driver '%D'" LACKS },
	[SCST_STEP_SET_TARGET]	= { "\t-> WARNING: Driver/target '%D/%t'" LACKS },
	[SCST_STEP_SET_GROUP]	= { "\t-> WARNING: Driver/target/group '%D/%t/%g'" LACKS },
	[SCST_STEP_SET_LUN]	= { "\t-> WARNING: Driver/target/LUN '%D/%t/%l'" LACKS,
				    "\t-> WARNING: Driver/target/group/LUN '%D/%t/%g/%l'" LACKS },
	[SCST_STEP_SET_INITIATOR] = {
		"\t-> WARNING: Driver/target/group/initiator '%D/%t/%g/%i'" LACKS },
	[SCST_STEP_SET_ALUA]	= {
		"\t-> WARNING: no settable ALUA attribute '%n', ignoring.\n\n" },
	[SCST_STEP_SET_DEVICE_GROUP] = { "\t-> WARNING: Device Group '%G'" LACKS },
	[SCST_STEP_SET_TARGET_GROUP] = { "\t-> WARNING: Target Group '%G/%T'" LACKS },
	[SCST_STEP_SET_GROUP_TARGET] = { "\t-> WARNING: Target '%G/%T/%t'" LACKS },
};
/* clang-format on */

static int say_fault(struct admin *admin, enum scst_note note, const struct scst_step *about)
{
	_cleanup_free_ char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	if (!out)
		return -ENOMEM;
	scst_step_say(about, faults[note], out);
	if (fclose(out))
		return -ENOMEM;
	return note == SCST_NOTE_TWO_DEVICES ? admin_fatal(admin, "%s", text) :
					       admin_fatal_unless_told(admin, "%s", text);
}

/* Every file that SCST wrote has its copy manager: one who has none goes on without. */
static bool is_bearable(enum scst_note note, const struct scst_step *about)
{
	return note == SCST_NOTE_NO_DRIVER && streq(about->at.driver, "copy_manager");
}

static int note(void *arg, enum scst_note note, const struct scst_step *about)
{
	const struct text *text = note == SCST_NOTE_NO_ATTR ? &no_attr[about->kind] : &notes[note];
	struct admin *admin = arg;

	if (is_bearable(note, about))
		return 0;	/* the check has told */
	if (faults[note])
		return say_fault(admin, note, about);
	scst_step_say(about, about->at.group && text->in_group ? text->in_group : text->text,
		      admin->out);
	fflush(admin->out);
	return 0;
}

/* A target, or a driver. */
static void name_owner(const struct scst_where *at, char *out, size_t size)
{
	snprintf(out, size, "%s/%s", at->driver ?: "", at->target ?: "");
}

static bool is_adding(const struct scst_step *step)
{
	return step->kind == SCST_STEP_ADD_TARGET_ATTR || step->kind == SCST_STEP_ADD_DRIVER_ATTR;
}

static bool is_removing(const struct scst_step *step)
{
	return step->kind == SCST_STEP_REMOVE_TARGET_ATTR ||
	       step->kind == SCST_STEP_REMOVE_DRIVER_ATTR;
}

/*
 * Whoever goes on after errors does not mean that a target without its users lets everybody in, or
 * one without its allowed_portal from everywhere. One that is enabled already stays so, with all
 * that it has: what was to take the place of a user that goes may not be there.
 */
static int step(void *arg, const struct scst_step *step)
{
	struct admin *admin = arg;
	char owner[1024];
	int ret;

	name_owner(&step->at, owner, sizeof(owner));
	if ((scst_step_enables(step) || is_removing(step)) &&
	    scst_names_has(&admin->unguarded, owner)) {
		fprintf(admin->err, scst_step_enables(step) ?
			"%s is not enabled: what could not be added to it may be what keeps others "
			"out\n" : "%s keeps what it has: something could not be added to it\n",
			owner);
		return 0;
	}
	ret = admin_step(admin, step);
	if (ret > 0 && is_adding(step))
		ret = scst_names_add(&admin->unguarded, owner);
	return ret < 0 ? ret : 0;
}

const struct scst_diff_ops admin_diff_ops = { .step = step, .note = note };
