// SPDX-License-Identifier: GPL-2.0-only
/* -issue_lip: initiators on Fibre Channel look again, if the port is asked to reset its loop. */
#include "admin.h"

/* The directory of the port in Linux's fc_host class; both of its spellings. */
static bool find_port(struct admin *admin, const char *driver, const char *target,
		      const char *host, char out[PATH_MAX])
{
	static const char *const spellings[] = { "fc_host:%s", "fc_host/%s" };
	char name[NAME_MAX + 1];

	for (size_t i = 0; i < ARRAY_SIZE(spellings); i++)
		if (!scst_format(name, sizeof(name), spellings[i], host) &&
		    !scst_format(out, PATH_MAX, "targets/%s/%s/host/device/%s", driver, target,
				 name) && scst_live_has_file(&admin->live, out))
			return true;
	return false;
}

static int issue(struct admin *admin, const char *driver, const char *target, const char *host)
{
	char port[PATH_MAX], path[PATH_MAX];
	int err;

	if (!find_port(admin, driver, target, host, port)) {
		admin_say(admin, "\t-> Driver/target is not a fibre channel target, ignoring.\n");
		return 0;
	}
	if (scst_format(path, sizeof(path), "%s/issue_lip", port) ||
	    !scst_live_has_file(&admin->live, path)) {
		admin_say(admin, "Fibre channel driver/target '%s/%s' lacks the ability to issue "
			  "LIPs, ignoring.\n", driver, target);
		return 0;
	}
	admin_say(admin, "\t-> Issuing LIP on fibre channel driver/target '%s/%s' (%s): ", driver,
		  target, host);
	err = admin->live.write(&admin->live, path, "1");
	admin_say(admin, "done.\n");
	if (err)
		admin_say(admin, "WARNING: Failed to issue LIP on driver/target '%s/%s'.\n", driver,
			  target);
	return err ? ADMIN_ERROR : 0;
}

/* @tell: that it has no host is worth a word. */
static int lip(struct admin *admin, const char *driver, const char *target, bool tell)
{
	_cleanup_live_attrs_ struct scst_live_attrs attrs = {};
	struct scst_error why = {};
	const char *host;

	(void)admin_read_attrs(admin, SCST_CONF_TARGET, &(struct scst_where){
		.driver = driver, .target = target }, &attrs, &why);
	host = scst_live_value(&attrs, "host");
	if (host)
		return issue(admin, driver, target, host);
	if (tell)
		admin_say(admin, "\t-> Driver/target '%s/%s' has no 'host' attribute, ignoring.\n",
			  driver, target);
	else
		admin_say(admin, "\t-> Driver/target is not a fibre channel target, ignoring.\n");
	return 0;
}

static int lip_each(struct admin *admin, bool tell)
{
	_cleanup_(scst_conf_freep) struct scst_conf *conf = NULL;
	int err = admin_read(admin, SCST_LIVE_TARGETS, &conf);
	struct scst_conf *driver, *target;

	scst_conf_for_each(driver, conf, SCST_CONF_DRIVER)
		scst_conf_for_each(target, driver, SCST_CONF_TARGET)
			err = err ?: lip(admin, driver->name, target->name, tell);
	return err;
}

int admin_lip_all(struct admin *admin)
{
	return lip_each(admin, false);
}

int admin_issue_lip(struct admin *admin, const char *target)
{
	const char *driver = admin_option(admin, OPT_DRIVER);

	if (admin_has(admin, OPT_NO_LIP))
		return 0;
	return *target && driver ? lip(admin, driver, target, true) : lip_each(admin, true);
}
