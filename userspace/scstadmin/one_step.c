// SPDX-License-Identifier: GPL-2.0-only
/* Verbs that are one step: which one, and which part of it their own argument names. */
#include "admin.h"

/* clang-format off */
static const struct {
	enum option option;
	enum scst_step_kind step;
	enum scst_conf_kind subject;	/* what the verb's argument is the name of */
	bool takes_params;		/* -attributes are the object's */
} rows[] = {
	{ OPT_OPEN_DEV,	    SCST_STEP_OPEN_DEVICE,	   SCST_CONF_DEVICE,	   true	 },
	{ OPT_CLOSE_DEV,    SCST_STEP_CLOSE_DEVICE,	   SCST_CONF_DEVICE,	   false },
	{ OPT_ADD_DGRP,	    SCST_STEP_ADD_DEVICE_GROUP,	   SCST_CONF_DEVICE_GROUP, false },
	{ OPT_REM_DGRP,	    SCST_STEP_REMOVE_DEVICE_GROUP, SCST_CONF_DEVICE_GROUP, false },
	{ OPT_ADD_DGRP_DEV, SCST_STEP_ADD_GROUP_DEVICE,	   SCST_CONF_GROUP_DEVICE, false },
	{ OPT_REM_DGRP_DEV, SCST_STEP_REMOVE_GROUP_DEVICE, SCST_CONF_GROUP_DEVICE, false },
	{ OPT_ADD_TGRP,	    SCST_STEP_ADD_TARGET_GROUP,	   SCST_CONF_TARGET_GROUP, false },
	{ OPT_REM_TGRP,	    SCST_STEP_REMOVE_TARGET_GROUP, SCST_CONF_TARGET_GROUP, false },
	{ OPT_ADD_TGRP_TGT, SCST_STEP_ADD_GROUP_TARGET,	   SCST_CONF_GROUP_TARGET, false },
	{ OPT_REM_TGRP_TGT, SCST_STEP_REMOVE_GROUP_TARGET, SCST_CONF_GROUP_TARGET, false },
	{ OPT_ADD_TARGET,   SCST_STEP_ADD_TARGET,	   SCST_CONF_TARGET,	   true	 },
	{ OPT_REM_TARGET,   SCST_STEP_REMOVE_TARGET,	   SCST_CONF_TARGET,	   false },
	{ OPT_ADD_GROUP,    SCST_STEP_ADD_GROUP,	   SCST_CONF_GROUP,	   false },
	{ OPT_REM_GROUP,    SCST_STEP_REMOVE_GROUP,	   SCST_CONF_GROUP,	   false },
	{ OPT_ADD_INIT,	    SCST_STEP_ADD_INITIATOR,	   SCST_CONF_INITIATOR,	   false },
	{ OPT_REM_INIT,	    SCST_STEP_REMOVE_INITIATOR,	   SCST_CONF_INITIATOR,	   false },
	{ OPT_MOVE_INIT,    SCST_STEP_MOVE_INITIATOR,	   SCST_CONF_INITIATOR,	   false },
	{ OPT_CLEAR_INITS,  SCST_STEP_CLEAR_INITIATORS,	   SCST_CONF_ROOT,	   false },
	{ OPT_ADD_LUN,	    SCST_STEP_ADD_LUN,		   SCST_CONF_LUN,	   true	 },
	{ OPT_REM_LUN,	    SCST_STEP_REMOVE_LUN,	   SCST_CONF_LUN,	   false },
	{ OPT_REPLACE_LUN,  SCST_STEP_REPLACE_LUN,	   SCST_CONF_LUN,	   true	 },
	{ OPT_CLEAR_LUNS,   SCST_STEP_CLEAR_LUNS,	   SCST_CONF_ROOT,	   false },
};
/* clang-format on */

struct scst_where admin_where(const struct admin *admin, enum scst_conf_kind kind,
			      const char *subject)
{
	struct scst_where at = {
		.handler = admin_option(admin, OPT_HANDLER),
		.device = admin_option(admin, OPT_DEVICE),
		.driver = admin_option(admin, OPT_DRIVER),
		.target = admin_option(admin, OPT_TARGET),
		.group = admin_option(admin, OPT_GROUP),
		.device_group = admin_option(admin, OPT_DEV_GROUP),
		.target_group = admin_option(admin, OPT_TGT_GROUP),
	};

	switch (kind) {
	case SCST_CONF_ROOT:
	case SCST_CONF_ALUA:
	case SCST_CONF_KINDS:		break;
	case SCST_CONF_HANDLER:		at.handler = subject; break;
	case SCST_CONF_DEVICE:
	case SCST_CONF_GROUP_DEVICE:	at.device = subject; break;
	case SCST_CONF_DRIVER:		at.driver = subject; break;
	case SCST_CONF_TARGET:
	case SCST_CONF_GROUP_TARGET:	at.target = subject; break;
	case SCST_CONF_LUN:		at.lun = subject; break;
	case SCST_CONF_GROUP:		at.group = subject; break;
	case SCST_CONF_INITIATOR:	at.initiator = subject; break;
	case SCST_CONF_DEVICE_GROUP:	at.device_group = subject; break;
	case SCST_CONF_TARGET_GROUP:	at.target_group = subject; break;
	}
	return at;
}

/* An initiator is in one group of a target only; that it is there already is no error. */
static bool is_in_a_group(struct admin *admin, const struct scst_where *at)
{
	_cleanup_(scst_names_clear) struct scst_names groups = {};
	struct scst_where other = *at;
	char dir[PATH_MAX];

	if (scst_where_dir(SCST_CONF_TARGET, at, dir) ||
	    strlen(dir) + sizeof("/ini_groups") > sizeof(dir))
		return false;
	strcat(dir, "/ini_groups");
	(void)scst_live_names(&admin->live, dir, true, &groups);
	for (size_t i = 0; i < groups.nr; i++) {
		other.group = groups.list[i];
		if (!scst_live_has(&admin->live, SCST_CONF_INITIATOR, &other))
			continue;
		admin_say(admin, "\t-> Initiator '%s' already belongs to group '%s' for "
			  "driver/target '%s/%s', ignoring.\n", at->initiator, other.group,
			  at->driver, at->target);
		return true;
	}
	return false;
}

/* The copy manager has its LUNs before anybody adds them. */
static bool has_it_already(struct admin *admin, const struct scst_step *step)
{
	return step->kind == SCST_STEP_ADD_LUN && streq(step->at.driver, "copy_manager") &&
	       scst_live_has(&admin->live, SCST_CONF_LUN, &step->at);
}

static int run(struct admin *admin, size_t row, const char *subject)
{
	const struct scst_step step = {
		.kind = rows[row].step,
		.at = admin_where(admin, rows[row].subject, subject),
		.to = admin_option(admin, OPT_TO),
		.params = rows[row].takes_params ? admin->attributes : NULL,
	};
	int ret;

	if (step.kind == SCST_STEP_ADD_INITIATOR && is_in_a_group(admin, &step.at))
		return 0;
	if (has_it_already(admin, &step))
		return 0;
	ret = admin_has(admin, OPT_FORCE) ? 0 : admin_check_unused(admin, &step);
	if (ret)
		return ret;
	ret = admin_step(admin, &step);
	/* what -cont_on_err went on after is done with; of targets the code is the status */
	return ret > 0 && step.kind != SCST_STEP_ADD_TARGET &&
	       step.kind != SCST_STEP_REMOVE_TARGET ? 0 : ret;
}

int admin_one_step(struct admin *admin, const char *subject)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (admin_has(admin, rows[i].option))
			return run(admin, i, subject);
	return ADMIN_ERROR;
}
