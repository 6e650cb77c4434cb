// SPDX-License-Identifier: GPL-2.0-only
/* The order of an apply, and the one step that is several. */
#include "apply.h"

#include <signal.h>
#include <time.h>

int scst_apply(struct scst_diff *d, struct scst_error *err)
{
	static int (*const phases[])(struct scst_diff *d) = {
		scst_diff_devices, scst_diff_targets, scst_diff_last_devices, scst_diff_alua,
		scst_diff_device_groups, scst_diff_enabled,
	};
	int ret = d->have ? scst_uses_read(d->have, &d->uses) : scst_diff_read(d, err);

	if (!ret && d->native)
		ret = scst_diff_disabled(d) ?: scst_diff_root(d);
	if (!ret && scst_diff_removes(d)) {
		ret = scst_diff_removals(d);
		ret = ret || !d->stale ? ret : scst_diff_read(d, err);
		ret = ret ?: scst_diff_note(d, SCST_NOTE_REREAD, &(struct scst_where){});
	}
	for (size_t i = 0; i < ARRAY_SIZE(phases) && !ret; i++)
		ret = phases[i](d);
	return ret || d->native ? ret : scst_diff_root(d);
}

/* ---- a target goes -------------------------------------------------------------------------- */

/* Without sessions/, or without force_close in it, there is nothing that could be closed. */
static int closable_sessions(const struct scst_live *live, const char *dir,
			     struct scst_names *sessions)
{
	_cleanup_(scst_names_clear) struct scst_names all = {};
	char path[PATH_MAX];
	int err = scst_live_names(live, dir, false, &all);

	for (size_t i = 0; i < all.nr && !err; i++) {
		err = scst_format(path, sizeof(path), "%s/%s/force_close", dir, all.list[i]);
		if (!err && scst_live_has_file(live, path))
			err = scst_names_add(sessions, all.list[i]);
	}
	return err == -ENOENT ? 0 : err;
}

static int close_sessions(const struct scst_live *live, const char *dir,
			  const struct scst_names *sessions)
{
	char path[PATH_MAX];
	int err = 0;

	for (size_t i = 0; i < sessions->nr && !err; i++) {
		err = scst_format(path, sizeof(path), "%s/%s/force_close", dir, sessions->list[i]);
		if (!err)
			err = live->write(live, path, "1");
		if (err && !scst_live_has_file(live, path))
			err = 0;	/* it went by itself */
	}
	return err;
}

static bool are_there(const struct scst_live *live, const char *dir,
		      const struct scst_names *sessions)
{
	char path[PATH_MAX];

	for (size_t i = 0; i < sessions->nr; i++)
		if (!scst_format(path, sizeof(path), "%s/%s", dir, sessions->list[i]) &&
		    scst_live_has_file(live, path))
			return true;
	return false;
}

/* Whoever holds signals back does not mean for so long. */
static bool is_to_end(void)
{
	sigset_t pending;

	return !sigpending(&pending) &&
	       (sigismember(&pending, SIGHUP) || sigismember(&pending, SIGINT) ||
		sigismember(&pending, SIGTERM));
}

static int wait_until_gone(const struct scst_live *live, const char *dir,
			   const struct scst_names *sessions, unsigned int patience)
{
	static const struct timespec moment = { .tv_nsec = 100 * 1000 * 1000 };

	for (unsigned long i = 0; !live->only_told && are_there(live, dir, sessions); i++) {
		if (i >= 10UL * patience || is_to_end())
			return -ETIMEDOUT;
		nanosleep(&moment, NULL);
	}
	return 0;
}

static int remove_target(const struct scst_live *live, const struct scst_step *step,
			 unsigned int patience)
{
	_cleanup_(scst_names_clear) struct scst_names sessions = {};
	const struct scst_step disable = {
		.kind = SCST_STEP_SET_TARGET, .at = step->at, .name = "enabled", .value = "0",
	};
	char dir[PATH_MAX], path[PATH_MAX];
	int err = scst_where_dir(SCST_CONF_TARGET, &step->at, dir);

	err = err ?: scst_format(path, sizeof(path), "%s/sessions", dir);
	if (err)
		return err;
	(void)scst_step_run(live, &disable);	/* scst_local's targets have no such file */
	err = closable_sessions(live, path, &sessions);
	err = err ?: close_sessions(live, path, &sessions);
	err = err ?: wait_until_gone(live, path, &sessions, patience);
	return err ?: scst_step_run(live, step);
}

int scst_apply_step(const struct scst_live *live, const struct scst_step *step,
		    unsigned int patience)
{
	if (step->kind == SCST_STEP_REMOVE_TARGET)
		return remove_target(live, step, patience);
	return scst_step_run(live, step);
}
