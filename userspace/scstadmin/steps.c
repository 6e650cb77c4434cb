// SPDX-License-Identifier: GPL-2.0-only
/* A step is announced, done, and what became of it is told. */
#include "steps.h"

static bool is_enabling(const struct scst_step *step)
{
	return (step->kind == SCST_STEP_SET_TARGET || step->kind == SCST_STEP_SET_DRIVER) &&
	       streq(step->name, "enabled");
}

static void announce(struct admin *admin, const struct scst_step *step)
{
	const struct step_text *text = &step_texts[step->kind];
	const char *pattern = step->at.group && text->in_group ? text->in_group : text->text;

	if (is_enabling(step)) {
		admin_say(admin, "\t-> %s ", strtol(step->value, NULL, 0) ? "Enabling" :
			  "Disabling");
		pattern = step->kind == SCST_STEP_SET_TARGET ? "driver/target '%D/%t': " :
							       "driver '%D': ";
	}
	scst_step_say(step, pattern, admin->out);
	fflush(admin->out);
}

/* With -debug it is only told. */
static int write_or_tell(const struct scst_live *live, const char *path, const char *text)
{
	struct admin *admin = live->arg;

	if (!admin_has(admin, OPT_DEBUG))
		return admin->live.write(&admin->live, path, text);
	admin_say(admin, "DBG(%d): %s/%s -> %s\n", getpid(), live->root, path, text);
	return 0;
}

/* SCST's words leave out what the kernel said; no text, since that may hold a secret. */
static void tell_errno(struct admin *admin, const struct scst_step *step, int err)
{
	char path[PATH_MAX];

	if (!scst_step_path(step, path))
		fprintf(admin->err, "%s/%s: %s\n", admin->live.root, path, strerror(-err));
}

static enum admin_code run(struct admin *admin, const struct scst_step *step)
{
	const struct scst_live live = {
		.root = admin->live.root, .write = write_or_tell, .arg = admin,
		.only_told = admin_has(admin, OPT_DEBUG),
	};
	enum admin_code refusal = step_refusal(admin, step);
	int err;

	if (refusal)
		return refusal;
	err = scst_apply_step(&live, step, admin->patience);
	if (!err)
		return ADMIN_OK;
	tell_errno(admin, step, err);
	return step_reason(admin, step, err);
}

static bool is_attribute(enum scst_step_kind kind)
{
	return kind >= SCST_STEP_SET_ROOT && kind != SCST_STEP_SET_TARGET;
}

static bool is_target(enum scst_step_kind kind)
{
	return kind == SCST_STEP_ADD_TARGET || kind == SCST_STEP_REMOVE_TARGET;
}

int admin_step(struct admin *admin, const struct scst_step *step)
{
	enum admin_code code;
	const char *text;

	announce(admin, step);
	code = run(admin, step);
	admin_say(admin, "done.\n");
	text = admin_code_text(code);
	if (!code)
		admin->changes++;
	else if (is_attribute(step->kind))
		admin_warn_code(admin, code);
	else if (!is_target(step->kind) && text && admin_fatal_unless_told(admin, "%s", text))
		return -ECANCELED;
	return code;
}
