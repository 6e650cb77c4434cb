// SPDX-License-Identifier: GPL-2.0-only
/*
 * The kernel says one errno for many reasons; SCST.pm finds the words for it by looking afterwards
 * what is there and what is not. A row lists for a step what is looked at, in this order, and what
 * it means if that is not as it should be; the last is what remains.
 */
#include "steps.h"

#include <sys/stat.h>

enum question {
	OTHERWISE,
	HANDLER, DEVICE, OWN_DEVICE, NO_OWN_DEVICE, DRIVER, TARGET, NO_TARGET, GROUP, GROUP_IF_ANY,
	GROUP_TO, INITIATOR, NO_INITIATOR, NO_INITIATOR_THERE, LUN, NO_LUN, DGROUP, NO_DGROUP,
	TGROUP, NO_TGROUP, GDEVICE, NO_GDEVICE, NOT_ELSEWHERE, GTARGET, NO_GTARGET,
	VIRTUAL, DEVICE_PARAMS, TARGET_PARAMS, LUN_PARAMS, DRIVER_ATTR, TARGET_ATTR,
	FILE_THERE, FILE_WRITABLE, ERRNO_NOT_EINVAL, SESSIONS_GONE,
};

#define ROW_MAX	7

/* clang-format off */
static const struct {
	enum question question;
	enum admin_code code;		/* of a LUN in no group */
	enum admin_code in_group;	/* 0: the same */
} rows[SCST_STEP_KINDS][ROW_MAX] = {
	[SCST_STEP_OPEN_DEVICE] = {
		{ HANDLER, ADMIN_NO_HANDLER }, { DEVICE_PARAMS, ADMIN_DEVICE_BAD_ATTR },
		{ NO_OWN_DEVICE, ADMIN_DEVICE_EXISTS }, { ERRNO_NOT_EINVAL, ADMIN_OPEN_FAILED },
		{ OTHERWISE, ADMIN_FATAL } },
	[SCST_STEP_CLOSE_DEVICE] = {
		{ HANDLER, ADMIN_NO_HANDLER }, { OWN_DEVICE, ADMIN_NO_DEVICE },
		{ OTHERWISE, ADMIN_FATAL } },
	[SCST_STEP_ADD_TARGET] = {
		{ DRIVER, ADMIN_NO_DRIVER }, { NO_TARGET, ADMIN_TARGET_EXISTS },
		{ VIRTUAL, ADMIN_NOT_VIRTUAL }, { TARGET_PARAMS, ADMIN_TARGET_BAD_ATTR },
		{ OTHERWISE, ADMIN_TARGET_ADD_FAILED } },
	[SCST_STEP_REMOVE_TARGET] = {
		{ SESSIONS_GONE, ADMIN_TARGET_BUSY }, { DRIVER, ADMIN_NO_DRIVER },
		{ TARGET, ADMIN_NO_TARGET }, { VIRTUAL, ADMIN_NOT_VIRTUAL },
		{ OTHERWISE, ADMIN_TARGET_REMOVE_FAILED } },
	[SCST_STEP_ADD_GROUP] = {
		{ DRIVER, ADMIN_NO_DRIVER }, { TARGET, ADMIN_NO_TARGET },
		{ GROUP, ADMIN_GROUP_ADD_FAILED }, { OTHERWISE, ADMIN_GROUP_EXISTS } },
	[SCST_STEP_REMOVE_GROUP] = {
		{ DRIVER, ADMIN_NO_DRIVER }, { TARGET, ADMIN_NO_TARGET },
		{ GROUP, ADMIN_NO_GROUP }, { OTHERWISE, ADMIN_GROUP_REMOVE_FAILED } },
	[SCST_STEP_ADD_INITIATOR] = {
		{ DRIVER, ADMIN_NO_DRIVER }, { TARGET, ADMIN_NO_TARGET },
		{ GROUP, ADMIN_NO_GROUP }, { NO_INITIATOR, ADMIN_INITIATOR_EXISTS },
		{ OTHERWISE, ADMIN_INITIATOR_ADD_FAILED } },
	[SCST_STEP_REMOVE_INITIATOR] = {
		{ DRIVER, ADMIN_NO_DRIVER }, { TARGET, ADMIN_NO_TARGET },
		{ GROUP, ADMIN_NO_GROUP }, { INITIATOR, ADMIN_NO_INITIATOR },
		{ OTHERWISE, ADMIN_INITIATOR_REMOVE_FAILED } },
	[SCST_STEP_MOVE_INITIATOR] = {
		{ DRIVER, ADMIN_NO_DRIVER }, { TARGET, ADMIN_NO_TARGET },
		{ GROUP, ADMIN_NO_GROUP }, { GROUP_TO, ADMIN_NO_GROUP },
		{ INITIATOR, ADMIN_NO_INITIATOR }, { NO_INITIATOR_THERE, ADMIN_INITIATOR_EXISTS },
		{ OTHERWISE, ADMIN_INITIATOR_MOVE_FAILED } },
	[SCST_STEP_CLEAR_INITIATORS] = {
		{ DRIVER, ADMIN_NO_DRIVER }, { TARGET, ADMIN_NO_TARGET },
		{ GROUP, ADMIN_NO_GROUP }, { OTHERWISE, ADMIN_INITIATOR_CLEAR_FAILED } },
	[SCST_STEP_ADD_LUN] = {
		{ GROUP_IF_ANY, ADMIN_NO_GROUP }, { DRIVER, ADMIN_NO_DRIVER },
		{ TARGET, ADMIN_NO_TARGET },
		{ NO_LUN, ADMIN_TARGET_LUN_EXISTS, ADMIN_GROUP_LUN_EXISTS },
		{ DEVICE, ADMIN_NO_DEVICE }, { LUN_PARAMS, ADMIN_LUN_BAD_ATTR },
		{ OTHERWISE, ADMIN_TARGET_LUN_FAILED, ADMIN_GROUP_LUN_ADD_FAILED } },
	[SCST_STEP_REMOVE_LUN] = {
		{ DRIVER, ADMIN_NO_DRIVER }, { TARGET, ADMIN_NO_TARGET },
		{ GROUP_IF_ANY, ADMIN_NO_GROUP }, { LUN, ADMIN_TARGET_NO_LUN, ADMIN_GROUP_NO_LUN },
		{ OTHERWISE, ADMIN_TARGET_LUN_FAILED, ADMIN_GROUP_LUN_REMOVE_FAILED } },
	[SCST_STEP_REPLACE_LUN] = { { OTHERWISE, ADMIN_LUN_REPLACE_FAILED } },
	[SCST_STEP_CLEAR_LUNS] = {
		{ DRIVER, ADMIN_NO_DRIVER }, { TARGET, ADMIN_NO_TARGET },
		{ GROUP_IF_ANY, ADMIN_NO_GROUP },
		{ OTHERWISE, ADMIN_TARGET_CLEAR_FAILED, ADMIN_GROUP_CLEAR_FAILED } },
	[SCST_STEP_ADD_DEVICE_GROUP] = {
		{ NO_DGROUP, ADMIN_DGROUP_EXISTS }, { OTHERWISE, ADMIN_DGROUP_ADD_FAILED } },
	[SCST_STEP_REMOVE_DEVICE_GROUP] = {
		{ DGROUP, ADMIN_NO_DGROUP }, { OTHERWISE, ADMIN_DGROUP_REMOVE_FAILED } },
	[SCST_STEP_ADD_GROUP_DEVICE] = {
		{ DGROUP, ADMIN_NO_DGROUP }, { DEVICE, ADMIN_NO_DEVICE },
		{ NO_GDEVICE, ADMIN_DGROUP_DEVICE_EXISTS },
		{ NOT_ELSEWHERE, ADMIN_DGROUP_DEVICE_ELSEWHERE },
		{ OTHERWISE, ADMIN_DGROUP_DEVICE_ADD_FAILED } },
	[SCST_STEP_REMOVE_GROUP_DEVICE] = {
		{ DGROUP, ADMIN_NO_DGROUP }, { DEVICE, ADMIN_NO_DEVICE },
		{ GDEVICE, ADMIN_DGROUP_NO_DEVICE },
		{ OTHERWISE, ADMIN_DGROUP_DEVICE_REMOVE_FAILED } },
	[SCST_STEP_ADD_TARGET_GROUP] = {
		{ DGROUP, ADMIN_NO_DGROUP }, { NO_TGROUP, ADMIN_TGROUP_EXISTS },
		{ OTHERWISE, ADMIN_TGROUP_ADD_FAILED } },
	[SCST_STEP_REMOVE_TARGET_GROUP] = {
		{ DGROUP, ADMIN_NO_DGROUP }, { TGROUP, ADMIN_NO_TGROUP },
		{ OTHERWISE, ADMIN_TGROUP_REMOVE_FAILED } },
	[SCST_STEP_ADD_GROUP_TARGET] = {
		{ DGROUP, ADMIN_NO_DGROUP }, { TGROUP, ADMIN_NO_TGROUP },
		{ NO_GTARGET, ADMIN_GTARGET_EXISTS }, { OTHERWISE, ADMIN_GTARGET_ADD_FAILED } },
	[SCST_STEP_REMOVE_GROUP_TARGET] = {
		{ DGROUP, ADMIN_NO_DGROUP }, { TGROUP, ADMIN_NO_TGROUP },
		{ GTARGET, ADMIN_NO_GTARGET }, { OTHERWISE, ADMIN_GTARGET_REMOVE_FAILED } },
	[SCST_STEP_ADD_DRIVER_ATTR] = {
		{ DRIVER, ADMIN_NO_DRIVER }, { VIRTUAL, ADMIN_NOT_VIRTUAL },
		{ DRIVER_ATTR, ADMIN_DRIVER_BAD_ATTR }, { OTHERWISE, ADMIN_DRIVER_ADD_FAILED } },
	[SCST_STEP_REMOVE_DRIVER_ATTR] = {
		{ DRIVER, ADMIN_NO_DRIVER }, { VIRTUAL, ADMIN_NOT_VIRTUAL },
		{ DRIVER_ATTR, ADMIN_DRIVER_BAD_ATTR },
		{ OTHERWISE, ADMIN_DRIVER_REMOVE_FAILED } },
	[SCST_STEP_ADD_TARGET_ATTR] = {
		{ DRIVER, ADMIN_NO_DRIVER }, { TARGET, ADMIN_NO_TARGET },
		{ VIRTUAL, ADMIN_NOT_VIRTUAL }, { TARGET_ATTR, ADMIN_TARGET_BAD_ATTR },
		{ OTHERWISE, ADMIN_TARGET_ADDATTR_FAILED } },
	[SCST_STEP_REMOVE_TARGET_ATTR] = {
		{ DRIVER, ADMIN_NO_DRIVER }, { TARGET, ADMIN_NO_TARGET },
		{ VIRTUAL, ADMIN_NOT_VIRTUAL }, { TARGET_ATTR, ADMIN_TARGET_BAD_ATTR },
		{ OTHERWISE, ADMIN_TARGET_REMATTR_FAILED } },
	[SCST_STEP_SET_ROOT] = {
		{ FILE_THERE, ADMIN_ROOT_BAD_ATTR }, { OTHERWISE, ADMIN_ROOT_STATIC } },
	[SCST_STEP_SET_HANDLER] = {
		{ HANDLER, ADMIN_NO_HANDLER }, { FILE_THERE, ADMIN_HANDLER_BAD_ATTR },
		{ OTHERWISE, ADMIN_HANDLER_STATIC } },
	[SCST_STEP_SET_DEVICE] = {
		{ DEVICE, ADMIN_NO_DEVICE }, { FILE_THERE, ADMIN_DEVICE_BAD_ATTR },
		{ OTHERWISE, ADMIN_DEVICE_STATIC } },
	[SCST_STEP_SET_DRIVER] = {
		{ DRIVER, ADMIN_NO_DRIVER }, { FILE_THERE, ADMIN_DRIVER_BAD_ATTR },
		{ OTHERWISE, ADMIN_DRIVER_STATIC } },
	[SCST_STEP_SET_TARGET] = {
		{ DRIVER, ADMIN_NO_DRIVER }, { TARGET, ADMIN_NO_TARGET },
		{ FILE_THERE, ADMIN_TARGET_BAD_ATTR }, { OTHERWISE, ADMIN_TARGET_STATIC } },
	[SCST_STEP_SET_GROUP] = {
		{ DRIVER, ADMIN_NO_DRIVER }, { TARGET, ADMIN_NO_TARGET },
		{ GROUP, ADMIN_NO_GROUP }, { FILE_THERE, ADMIN_GROUP_BAD_ATTR },
		{ OTHERWISE, ADMIN_GROUP_STATIC } },
	[SCST_STEP_SET_LUN] = {
		{ DRIVER, ADMIN_NO_DRIVER }, { TARGET, ADMIN_NO_TARGET },
		{ GROUP_IF_ANY, ADMIN_NO_GROUP }, { LUN, ADMIN_TARGET_NO_LUN, ADMIN_GROUP_NO_LUN },
		{ FILE_THERE, ADMIN_LUN_BAD_ATTR }, { FILE_WRITABLE, ADMIN_LUN_STATIC },
		{ OTHERWISE, ADMIN_LUN_SET_FAILED } },
	[SCST_STEP_SET_INITIATOR] = {
		{ DRIVER, ADMIN_NO_DRIVER }, { TARGET, ADMIN_NO_TARGET },
		{ GROUP, ADMIN_NO_GROUP }, { INITIATOR, ADMIN_NO_INITIATOR },
		{ OTHERWISE, ADMIN_INITIATOR_SET_FAILED } },
	[SCST_STEP_SET_ALUA] = {
		{ FILE_THERE, ADMIN_ALUA_BAD_ATTR }, { OTHERWISE, ADMIN_ALUA_STATIC } },
	[SCST_STEP_SET_DEVICE_GROUP] = {
		{ DGROUP, ADMIN_NO_DGROUP }, { FILE_THERE, ADMIN_DGROUP_BAD_ATTR },
		{ OTHERWISE, ADMIN_DGROUP_STATIC } },
	[SCST_STEP_SET_TARGET_GROUP] = {
		{ DGROUP, ADMIN_NO_DGROUP }, { TGROUP, ADMIN_NO_TGROUP },
		{ FILE_THERE, ADMIN_TGROUP_BAD_ATTR }, { OTHERWISE, ADMIN_TGROUP_STATIC } },
	[SCST_STEP_SET_GROUP_TARGET] = {
		{ DGROUP, ADMIN_NO_DGROUP }, { TGROUP, ADMIN_NO_TGROUP },
		{ GTARGET, ADMIN_NO_GTARGET }, { FILE_THERE, ADMIN_GTARGET_BAD_ATTR },
		{ OTHERWISE, ADMIN_GTARGET_STATIC } },
};
/* clang-format on */

/* ---- looking -------------------------------------------------------------------------------- */

struct look {
	struct admin *admin;
	const struct scst_step *step;
	int error;
};

static bool is_there(const struct look *l, enum scst_conf_kind kind)
{
	return scst_live_has(&l->admin->live, kind, &l->step->at);
}

/* The device, below this handler. */
static bool is_own_device(const struct look *l)
{
	char path[PATH_MAX];

	return is_there(l, SCST_CONF_HANDLER) &&
	       !scst_format(path, sizeof(path), "handlers/%s/%s", l->step->at.handler,
			    l->step->at.device) && scst_live_has_file(&l->admin->live, path);
}

static bool is_group_there(const struct look *l, const char *group, enum scst_conf_kind kind)
{
	struct scst_where at = l->step->at;

	at.group = group;
	return scst_live_has(&l->admin->live, kind, &at);
}

/* No other device group has this device. */
static bool is_not_elsewhere(const struct look *l)
{
	_cleanup_(scst_names_clear) struct scst_names names = {};
	struct scst_where at = l->step->at;

	(void)scst_live_names(&l->admin->live, "device_groups", false, &names);
	for (size_t i = 0; i < names.nr; i++) {
		at.device_group = names.list[i];
		if (scst_live_has(&l->admin->live, SCST_CONF_GROUP_DEVICE, &at))
			return false;
	}
	return true;
}

/* Does the mgmt file of an object list all of the names in @conf, or the one called @name? */
static bool are_listed(const struct look *l, enum scst_conf_kind kind, const char *sub,
		       enum scst_live_list list, const struct scst_conf *conf, const char *name)
{
	_cleanup_(scst_names_clear) struct scst_names names = {};
	char dir[PATH_MAX], path[PATH_MAX];

	if (scst_where_dir(kind, &l->step->at, dir) ||
	    scst_format(path, sizeof(path), "%s/%s", dir, sub) ||
	    scst_live_list(&l->admin->live, path, list, &names))
		return false;
	for (size_t i = 0; conf && i < conf->nr_attrs; i++)
		if (!scst_names_has(&names, conf->attrs[i].name))
			return false;
	return !name || scst_names_has(&names, name);
}

static bool is_file(const struct look *l, mode_t mode)
{
	char path[PATH_MAX], full[PATH_MAX];
	struct stat st;

	return !scst_step_path(l->step, path) &&
	       !scst_format(full, sizeof(full), "%s/%s", l->admin->live.root, path) &&
	       !stat(full, &st) && S_ISREG(st.st_mode) && (st.st_mode & mode);
}

/* Is it as it should be? */
static bool is_fine(const struct look *l, enum question question)
{
	const struct scst_step *step = l->step;
	enum scst_conf_kind lun_parent = step->at.group ? SCST_CONF_GROUP : SCST_CONF_TARGET;

	switch (question) {
	case OTHERWISE:		return false;
	case HANDLER:		return is_there(l, SCST_CONF_HANDLER);
	case DEVICE:		return is_there(l, SCST_CONF_DEVICE);
	case OWN_DEVICE:	return is_own_device(l);
	case NO_OWN_DEVICE:	return !is_own_device(l);
	case DRIVER:		return is_there(l, SCST_CONF_DRIVER);
	case TARGET:		return is_there(l, SCST_CONF_TARGET);
	case NO_TARGET:		return !is_there(l, SCST_CONF_TARGET);
	case GROUP:		return is_there(l, SCST_CONF_GROUP);
	case GROUP_IF_ANY:	return !step->at.group || is_there(l, SCST_CONF_GROUP);
	case GROUP_TO:		return is_group_there(l, step->to, SCST_CONF_GROUP);
	case INITIATOR:		return is_there(l, SCST_CONF_INITIATOR);
	case NO_INITIATOR:	return !is_there(l, SCST_CONF_INITIATOR);
	case NO_INITIATOR_THERE: return !is_group_there(l, step->to, SCST_CONF_INITIATOR);
	case LUN:		return is_there(l, SCST_CONF_LUN);
	case NO_LUN:		return !is_there(l, SCST_CONF_LUN);
	case DGROUP:		return is_there(l, SCST_CONF_DEVICE_GROUP);
	case NO_DGROUP:		return !is_there(l, SCST_CONF_DEVICE_GROUP);
	case TGROUP:		return is_there(l, SCST_CONF_TARGET_GROUP);
	case NO_TGROUP:		return !is_there(l, SCST_CONF_TARGET_GROUP);
	case GDEVICE:		return is_there(l, SCST_CONF_GROUP_DEVICE);
	case NO_GDEVICE:	return !is_there(l, SCST_CONF_GROUP_DEVICE);
	case NOT_ELSEWHERE:	return is_not_elsewhere(l);
	case GTARGET:		return is_there(l, SCST_CONF_GROUP_TARGET);
	case NO_GTARGET:	return !is_there(l, SCST_CONF_GROUP_TARGET);
	case VIRTUAL:		return scst_live_takes_targets(&l->admin->live, step->at.driver);
	case DEVICE_PARAMS:	return are_listed(l, SCST_CONF_HANDLER, "mgmt", SCST_LIVE_PARAMS,
						  step->params, NULL);
	case TARGET_PARAMS:	return are_listed(l, SCST_CONF_DRIVER, "mgmt", SCST_LIVE_PARAMS,
						  step->params, NULL);
	case LUN_PARAMS:	return are_listed(l, lun_parent, "luns/mgmt", SCST_LIVE_PARAMS,
						  step->params, NULL);
	case DRIVER_ATTR:	return are_listed(l, SCST_CONF_DRIVER, "mgmt",
						  SCST_LIVE_DRIVER_ATTRS, NULL, step->name);
	case TARGET_ATTR:	return are_listed(l, SCST_CONF_DRIVER, "mgmt",
						  SCST_LIVE_TARGET_ATTRS, NULL, step->name);
	case FILE_THERE:	return is_file(l, S_IRUSR);
	case FILE_WRITABLE:	return is_file(l, S_IWUSR);
	case ERRNO_NOT_EINVAL:	return l->error != -EINVAL;
	case SESSIONS_GONE:	return l->error != -ETIMEDOUT;
	}
	return false;
}

enum admin_code step_reason(struct admin *admin, const struct scst_step *step, int error)
{
	const struct look look = { admin, step, error };

	for (size_t i = 0; i < ROW_MAX; i++) {
		if (is_fine(&look, rows[step->kind][i].question))
			continue;
		if (step->at.group && rows[step->kind][i].in_group)
			return rows[step->kind][i].in_group;
		return rows[step->kind][i].code;
	}
	return ADMIN_ERROR;
}

/* ---- replacing ------------------------------------------------------------------------------ */

static bool has_this_device(const struct look *l)
{
	char dir[PATH_MAX], path[PATH_MAX], target[PATH_MAX];
	const char *slash;

	if (scst_where_dir(SCST_CONF_LUN, &l->step->at, dir) ||
	    scst_format(path, sizeof(path), "%s/device", dir) ||
	    scst_live_link(&l->admin->live, path, target))
		return false;
	slash = strrchr(target, '/');
	return streq(slash ? slash + 1 : target, l->step->at.device);
}

enum admin_code step_refusal(struct admin *admin, const struct scst_step *step)
{
	const struct look look = { admin, step, 0 };
	const struct {
		enum question question;
		enum admin_code code;
	} order[] = {
		{ DRIVER, ADMIN_NO_DRIVER }, { TARGET, ADMIN_NO_TARGET },
		{ GROUP_IF_ANY, ADMIN_NO_GROUP },
		{ LUN, step->at.group ? ADMIN_GROUP_NO_LUN : ADMIN_TARGET_NO_LUN },
		{ DEVICE, ADMIN_NO_DEVICE }, { LUN_PARAMS, ADMIN_LUN_BAD_ATTR },
	};

	if (step->kind != SCST_STEP_REPLACE_LUN)
		return ADMIN_OK;
	for (size_t i = 0; i < ARRAY_SIZE(order); i++)
		if (!is_fine(&look, order[i].question))
			return order[i].code;
	return has_this_device(&look) ? ADMIN_LUN_SAME_DEVICE : ADMIN_OK;
}
