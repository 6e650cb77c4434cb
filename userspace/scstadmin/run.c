// SPDX-License-Identifier: GPL-2.0-only
/* From the command line to the exit status: the table of verbs, and what is said around each. */
#include "admin.h"
#include "lock.h"
#include "recover.h"
#include "usage.h"

#define LOCK_SECONDS	60

/* clang-format off */
#define CHANGES		(ADMIN_FRAMED | ADMIN_LOCKS)
#define RISKY		(CHANGES | ADMIN_PROMPTS)

/* In this order they are looked for. */
static const struct admin_verb verbs[] = {
	{ OPT_CONFIG,	      ADMIN_LOCKS,			admin_apply_config	 },
	{ OPT_CHECK_CONFIG,   0,				admin_check_config	 },
	{ OPT_WRITE_CONFIG,   ADMIN_LOCKS,			admin_write_config	 },
	{ OPT_CLEAR_CONFIG,   ADMIN_LOCKS | ADMIN_PROMPTS | ADMIN_LIPS, admin_clear_config },
	{ OPT_LIST_HANDLER,   ADMIN_LISTS,			admin_list_handlers	 },
	{ OPT_LIST_DEVICE,    ADMIN_LISTS,			admin_list_devices	 },
	{ OPT_LIST_DGRP,      ADMIN_LISTS,			admin_list_device_groups },
	{ OPT_LIST_TGRP,      ADMIN_LISTS,			admin_list_target_groups },
	{ OPT_LIST_DRIVER,    ADMIN_LISTS,			admin_list_drivers	 },
	{ OPT_LIST_TARGET,    ADMIN_LISTS,			admin_list_targets	 },
	{ OPT_LIST_GROUP,     ADMIN_LISTS,			admin_list_groups	 },
	{ OPT_LIST_SESSIONS,  ADMIN_LISTS,			admin_list_sessions	 },
	{ OPT_LIST_SCST_ATTR, ADMIN_LISTS,			admin_list_attrs	 },
	{ OPT_LIST_HND_ATTR,  ADMIN_LISTS,			admin_list_attrs	 },
	{ OPT_LIST_DEV_ATTR,  ADMIN_LISTS,			admin_list_attrs	 },
	{ OPT_LIST_DRV_ATTR,  ADMIN_LISTS,			admin_list_attrs	 },
	{ OPT_LIST_TGT_ATTR,  ADMIN_LISTS,			admin_list_attrs	 },
	{ OPT_LIST_GRP_ATTR,  ADMIN_LISTS,			admin_list_attrs	 },
	{ OPT_LIST_LUN_ATTR,  ADMIN_LISTS,			admin_list_attrs	 },
	{ OPT_LIST_INIT_ATTR, ADMIN_LISTS,			admin_list_attrs	 },
	{ OPT_LIST_DGRP_ATTR, ADMIN_LISTS,			admin_list_attrs	 },
	{ OPT_LIST_TGRP_ATTR, ADMIN_LISTS,			admin_list_attrs	 },
	{ OPT_LIST_TTGT_ATTR, ADMIN_LISTS,			admin_list_attrs	 },
	{ OPT_SET_SCST_ATTR,  RISKY | ADMIN_COUNTS,		admin_set		 },
	{ OPT_SET_HND_ATTR,   RISKY | ADMIN_COUNTS,		admin_set		 },
	{ OPT_SET_DEV_ATTR,   RISKY | ADMIN_COUNTS,		admin_set		 },
	{ OPT_SET_DRV_ATTR,   RISKY | ADMIN_COUNTS,		admin_set		 },
	{ OPT_SET_TGT_ATTR,   RISKY | ADMIN_COUNTS,		admin_set		 },
	{ OPT_SET_GRP_ATTR,   RISKY | ADMIN_COUNTS,		admin_set		 },
	{ OPT_SET_LUN_ATTR,   RISKY | ADMIN_COUNTS,		admin_set		 },
	{ OPT_SET_INIT_ATTR,  RISKY | ADMIN_COUNTS,		admin_set		 },
	{ OPT_SET_DGRP_ATTR,  RISKY | ADMIN_COUNTS,		admin_set		 },
	{ OPT_SET_TGRP_ATTR,  RISKY | ADMIN_COUNTS,		admin_set		 },
	{ OPT_SET_TTGT_ATTR,  RISKY | ADMIN_COUNTS,		admin_set		 },
	{ OPT_ADD_DRV_ATTR,   CHANGES | ADMIN_LIPS,		admin_add_driver_attr	 },
	{ OPT_ADD_TGT_ATTR,   CHANGES | ADMIN_LIPS,		admin_add_target_attr	 },
	{ OPT_REM_DRV_ATTR,   RISKY | ADMIN_LIPS,		admin_remove_driver_attr },
	{ OPT_REM_TGT_ATTR,   RISKY | ADMIN_LIPS,		admin_remove_target_attr },
	{ OPT_OPEN_DEV,	      CHANGES,				admin_one_step		 },
	{ OPT_CLOSE_DEV,      RISKY | ADMIN_LIPS,		admin_one_step		 },
	{ OPT_RESYNC_DEV,     CHANGES | ADMIN_LIPS,		admin_resync		 },
	{ OPT_ADD_DGRP,	      CHANGES,				admin_one_step		 },
	{ OPT_REM_DGRP,	      CHANGES,				admin_one_step		 },
	{ OPT_ADD_DGRP_DEV,   CHANGES,				admin_one_step		 },
	{ OPT_REM_DGRP_DEV,   CHANGES,				admin_one_step		 },
	{ OPT_ADD_TGRP,	      CHANGES,				admin_one_step		 },
	{ OPT_REM_TGRP,	      CHANGES,				admin_one_step		 },
	{ OPT_ADD_TGRP_TGT,   CHANGES,				admin_one_step		 },
	{ OPT_REM_TGRP_TGT,   CHANGES,				admin_one_step		 },
	{ OPT_ADD_TARGET,     CHANGES,				admin_one_step		 },
	{ OPT_REM_TARGET,     RISKY | ADMIN_LIPS,		admin_one_step		 },
	{ OPT_ADD_GROUP,      CHANGES,				admin_one_step		 },
	{ OPT_REM_GROUP,      RISKY,				admin_one_step		 },
	{ OPT_ADD_INIT,	      CHANGES | ADMIN_LIPS,		admin_one_step		 },
	{ OPT_REM_INIT,	      RISKY | ADMIN_LIPS,		admin_one_step		 },
	{ OPT_MOVE_INIT,      RISKY | ADMIN_LIPS,		admin_one_step		 },
	{ OPT_CLEAR_INITS,    RISKY | ADMIN_LIPS,		admin_one_step		 },
	{ OPT_ADD_LUN,	      CHANGES | ADMIN_LIPS,		admin_one_step		 },
	{ OPT_REM_LUN,	      RISKY | ADMIN_LIPS,		admin_one_step		 },
	{ OPT_REPLACE_LUN,    RISKY | ADMIN_LIPS,		admin_one_step		 },
	{ OPT_CLEAR_LUNS,     RISKY | ADMIN_LIPS,		admin_one_step		 },
	{ OPT_ENABLE_TARGET,  CHANGES,				admin_enable_target	 },
	{ OPT_DISABLE_TARGET, RISKY,				admin_disable_target	 },
	{ OPT_ISSUE_LIP,      CHANGES,				admin_issue_lip		 },
	{ OPT_DUMP_ATTRS,     0,				admin_dump_attrs	 },
};
/* clang-format on */

/* ---- one verb ------------------------------------------------------------------------------- */

static int lock(struct admin *admin)
{
	struct scst_error err = {};
	int fd;

	if (admin_has(admin, OPT_DEBUG))
		return 0;
	fd = scst_lock(admin->lock_path, LOCK_SECONDS, &err);
	if (fd < 0)
		return admin_fatal(admin, "%s", err.text);
	scst_recover(&admin->live, admin->aside_path, admin->err);
	return fd;
}

/* Return: as the verb itself. */
static int run_verb(struct admin *admin, const struct admin_verb *verb)
{
	_cleanup_close_ int fd = -EBADF;
	int ret;

	if (verb->flags & ADMIN_PROMPTS && !admin_prompt(admin))
		return 0;
	if (verb->flags & ADMIN_LOCKS) {
		fd = lock(admin);
		if (fd < 0)
			return fd;
	}
	if (verb->flags & ADMIN_FRAMED)
		admin_say(admin, "\n-> Making requested changes.\n");
	ret = verb->run(admin, admin_option(admin, verb->option));
	if (!ret && verb->flags & ADMIN_LIPS && admin_has(admin, OPT_LIP))
		ret = admin_lip_all(admin);
	if (ret < 0)
		return ret;
	if (verb->flags & ADMIN_COUNTS)
		admin_say(admin, "\t-> Done, %u change(s) made.\n", admin->changes);
	else if (verb->flags & ADMIN_FRAMED)
		admin_say(admin, "\t-> Done.\n");
	return ret;
}

/* Lists may be several; the first other verb is the last. Return: -ENOENT without any. */
static int run_verbs(struct admin *admin)
{
	int ret = -ENOENT;

	for (size_t i = 0; i < ARRAY_SIZE(verbs); i++) {
		if (!admin_has(admin, verbs[i].option))
			continue;
		ret = run_verb(admin, &verbs[i]);
		if (ret < 0 || !(verbs[i].flags & ADMIN_LISTS))
			break;
	}
	return ret;
}

/* ---- before --------------------------------------------------------------------------------- */

/*
 * "a=b,c": the second is set to 1. "IncomingUser joe secret" is a name and what it is set to, also
 * if a '=' is in the secret.
 */
static int add_attribute(struct admin *admin, char *text)
{
	size_t name = strcspn(text, " ="), len = name + strspn(text + name, " ");
	const char *value = text[len] ? text + len : "1";

	if (*value == '=') {
		name = len;
		value++;
	}
	text[name] = '\0';
	return scst_conf_set(admin->attributes, text, value, 0);
}

static int read_attributes(struct admin *admin)
{
	const char *list = admin_option(admin, OPT_ATTRIBUTES);
	_cleanup_free_ char *copy = strdup(list ?: "");
	char *at = copy, *text;
	int err = 0;

	admin->attributes = scst_conf_new(SCST_CONF_ROOT, "");
	if (!copy || !admin->attributes)
		return admin_fatal(admin, "out of memory");
	while (!err && (text = strsep(&at, ",")))
		if (*text)
			err = add_attribute(admin, text);
	return err ? admin_fatal(admin, "out of memory") : 0;
}

static int check_target(struct admin *admin, const char *driver, const struct scst_conf *target)
{
	struct scst_conf *group, *initiator;

	scst_conf_for_each(group, target, SCST_CONF_GROUP)
		scst_conf_for_each(initiator, group, SCST_CONF_INITIATOR) {
			if (!scst_conf_in_earlier_group(target, group, initiator->name))
				continue;
			admin_say(admin, "\t-> FATAL: Initiator '%s' belongs to more than one "
				  "groups for driver/target '%s/%s', aborting. "
				  "Use -force to override.\n", initiator->name, driver,
				  target->name);
			return -ECANCELED;
		}
	return 0;
}

/* Each call begins with a look at what is there. */
static int look_around(struct admin *admin)
{
	_cleanup_(scst_conf_freep) struct scst_conf *conf = NULL;
	struct scst_conf *driver, *target;
	int err;

	admin_say(admin, "\nCollecting current configuration: ");
	err = admin_read(admin, SCST_LIVE_TARGETS, &conf);
	if (err)
		return err;
	admin_say(admin, "done.\n\n");
	if (admin_has(admin, OPT_FORCE))
		return 0;
	scst_conf_for_each(driver, conf, SCST_CONF_DRIVER)
		scst_conf_for_each(target, driver, SCST_CONF_TARGET)
			err = err ?: check_target(admin, driver->name, target);
	return err;
}

/* ---- all of it ------------------------------------------------------------------------------ */

static int finish(struct admin *admin, int ret)
{
	if (ret == -ENOENT) {
		admin_say(admin, "No valid operations specified.\n");
		return 1;
	}
	if (ret < 0)
		return ret == -ENODATA ? 0 : 1;	/* a file without anything is no error */
	admin_warn_code(admin, ret);
	admin_say(admin, "\nAll done.\n");
	return ret;
}

static int run(struct admin *admin)
{
	int err = read_attributes(admin);

	err = err ?: look_around(admin);
	return err ? 1 : finish(admin, run_verbs(admin));
}

/* Answers that need no target. Return: -1: it is a question to one. */
static int answer_alone(struct admin *admin)
{
	const char *complaint;

	if (admin_has(admin, OPT_H) || admin_has(admin, OPT_HELP)) {
		usage_print(admin->out, ADMIN_TITLE);
		return 0;
	}
	if (admin_has(admin, OPT_VERSION)) {
		admin_say(admin, "%s\n", ADMIN_TITLE);
		return 0;
	}
	complaint = options_complaint(&admin->options);
	if (complaint) {
		admin_say(admin, "%s\n", complaint);
		return 1;
	}
	if (scst_live_has_file(&admin->live, "version"))
		return -1;
	fprintf(admin->err, "Failed to obtain SCST version information. Are the SCST modules "
		"loaded?\n");
	return ENOENT;
}

int admin_run(struct admin *admin, int argc, char **argv)
{
	int status;

	if (!options_read(&admin->options, argc, argv, admin->err))
		return 1;
	status = answer_alone(admin);
	if (status < 0)
		status = run(admin);
	if (admin->attributes)
		scst_conf_free(admin->attributes);
	scst_names_clear(&admin->unguarded);
	return status;
}
