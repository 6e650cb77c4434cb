// SPDX-License-Identifier: GPL-2.0-only
/* Configuration files: applied, checked, written. */
#include <sys/stat.h>

#include "admin.h"
#include "conf_format.h"
#include "saved.h"

/* ---- -config, -check_config ----------------------------------------------------------------- */

int admin_check_config(struct admin *admin, const char *file)
{
	_cleanup_(scst_conf_freep) struct scst_conf *conf = NULL;

	return admin_check(admin, *file ? file : admin->config, &conf);
}

/* A word too many behind a value, somewhere: nothing of such a file is applied. */
static int refuse_deep(struct admin *admin, const struct scst_conf *conf)
{
	const struct scst_conf_attr *deep = scst_conf_deep(conf);

	return !deep ? 0 : admin_fatal(admin, "Invalid configuration encountered. Attribute '%s' "
				       "has an invalid value.", deep->name);
}

static int apply(struct admin *admin, const struct scst_conf *want)
{
	struct scst_diff diff = {
		.live = &admin->live, .want = want, .force = admin_has(admin, OPT_FORCE),
		.ops = &admin_diff_ops, .arg = admin,
	};
	struct scst_error err = {};
	int ret;

	admin_say(admin, "-> Applying configuration.\n");
	ret = scst_apply(&diff, &err);
	scst_diff_clear(&diff);
	if (ret == -ECANCELED)
		return ret;
	if (ret)
		return admin_fatal(admin, "%s", *err.text ? err.text : strerror(-ret));
	admin_say(admin, "\t-> Done, %u change(s) made.\n", admin->changes);
	return 0;
}

/* Whatever becomes of a file with errors, they are the exit status. */
int admin_apply_config(struct admin *admin, const char *file)
{
	_cleanup_(scst_conf_freep) struct scst_conf *want = NULL;
	int checked = admin_check(admin, *file ? file : admin->config, &want), err = checked;

	if (err == ADMIN_ERROR)
		err = admin_fatal_unless_told(admin, "Configuration has errors, aborting.");
	err = err ?: refuse_deep(admin, want);
	if (err)
		return err;
	if (admin_has(admin, OPT_FORCE) && !admin_prompt(admin))
		return checked;
	err = apply(admin, want);
	if (err || !admin->changes || !admin_has(admin, OPT_LIP))
		return err ?: checked;
	return admin_lip_all(admin);
}

/* ---- -write_config -------------------------------------------------------------------------- */

/* A file is replaced where it is, behind a symbolic link; what is no file is written to. */
static int write_text(const char *file, const char *text)
{
	_cleanup_free_ char *real = realpath(file, NULL);
	_cleanup_fclose_ FILE *out = NULL;
	struct stat st;

	if (!real || stat(real, &st) || S_ISREG(st.st_mode))
		return scst_replace_file(real ?: file, text, strlen(text));
	out = fopen(real, "we");
	if (!out || fputs(text, out) < 0 || fflush(out))
		return -errno;
	return 0;
}

int admin_write_config(struct admin *admin, const char *file)
{
	_cleanup_(scst_conf_freep) struct scst_conf *conf = NULL;
	_cleanup_(scst_names_clear) struct scst_names faults = {};
	_cleanup_free_ char *text = NULL;
	struct scst_error err = {};
	int ret;

	if (scst_saved_read(&admin->live, admin_has(admin, OPT_NONKEY), &conf, &err))
		return admin_fatal(admin, "%s", err.text);
	if (scst_conf_format(conf, ADMIN_TITLE, &text, &faults))
		return admin_fatal(admin, "out of memory");
	ret = write_text(file, text);
	if (ret) {
		admin_say(admin, "Failed to save configuration to file '%s': %s\n", file,
			  strerror(-ret));
		return ADMIN_ERROR;
	}
	admin_say(admin, "Writing current configuration to file '%s'.. ", file);
	for (size_t i = 0; i < faults.nr; i++)
		fprintf(admin->err, "%s: %s\n", file, faults.list[i]);
	return 0;
}
