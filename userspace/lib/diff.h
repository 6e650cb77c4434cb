/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What has to change for the running target to be as a configuration wants it, step by step, in an
 * order of which every beginning is safe: what is disabled comes first, nothing is enabled before
 * it is all there, CHAP is set before anybody can log in, and what keeps others out goes last.
 * Whoever asks decides what a step is: done (apply.h), or shown.
 *
 * Nothing is ever removed or replaced unless `force` says so; what would have been is a note. That
 * is how SCST's scstadmin means it. A configuration that is `declared` is meant otherwise: what it
 * lists becomes as it says, whatever it takes, and what it does not list goes only with `prune`. A
 * LUN gets another device by a replace then, and a user another secret by a write, without a gap;
 * and values are compared by what they mean (conf_keys.h).
 */
#ifndef SCST_LIB_DIFF_H
#define SCST_LIB_DIFF_H

#include "live_attrs.h"
#include "uses.h"

enum scst_note {
	/* it is there, and the configuration has it not */
	SCST_NOTE_DEVICE_EXTRA,
	SCST_NOTE_TARGET_EXTRA,
	SCST_NOTE_LUN_EXTRA,
	SCST_NOTE_GROUP_EXTRA,
	SCST_NOTE_INITIATOR_EXTRA,
	SCST_NOTE_DRIVER_ATTR_EXTRA,
	SCST_NOTE_TARGET_ATTR_EXTRA,
	SCST_NOTE_DEVICE_GROUP_EXTRA,
	SCST_NOTE_GROUP_DEVICE_EXTRA,
	SCST_NOTE_TARGET_GROUP_EXTRA,
	SCST_NOTE_GROUP_TARGET_EXTRA,
	SCST_NOTE_ENABLED_EXTRA,	/* a target is enabled, of which the file does not say so:
					 * the last of these
					 */
	/* it is there, and otherwise */
	SCST_NOTE_DEVICE_DIFFERS,
	SCST_NOTE_DEVICE_REOPENED,
	SCST_NOTE_DEVICE_KEPT,
	SCST_NOTE_LUN_DIFFERS,
	SCST_NOTE_LUN_REASSIGNED,
	SCST_NOTE_LUN_KEPT,
	SCST_NOTE_INITIATOR_MOVES,
	/* it cannot be done */
	SCST_NOTE_NO_DRIVER,
	SCST_NOTE_NO_TARGET,		/* and its driver makes none */
	SCST_NOTE_NO_HARDWARE,		/* HW_TARGET */
	SCST_NOTE_TWO_DEVICES,		/* at one LUN */
	SCST_NOTE_NO_ATTR,
	SCST_NOTE_LUN_UNLISTED,		/* one that goes for a while: something of it is not */
	SCST_NOTE_GROUP_ORDER,		/* `to` before a group that is there; native only */
	/* nothing to be done */
	SCST_NOTE_ALREADY_SET,
	SCST_NOTE_REREAD,		/* LUNs went with a device: what is there was read again */
	SCST_NOTES,
};

/* Each: return 0 to go on, anything else to end with it. */
struct scst_diff_ops {
	int (*step)(void *arg, const struct scst_step *step);
	/* @about names the object; of an initiator that moves, `to` is the group wanted. */
	int (*note)(void *arg, enum scst_note note, const struct scst_step *about);
	/*
	 * What goes for a while (aside.h), before it goes; and once more at the end, which is of
	 * nothing if all is there again. NULL: it is kept nowhere.
	 */
	int (*aside)(void *arg, const struct scst_conf *aside);
};

struct scst_diff {
	const struct scst_live *live;
	const struct scst_conf *want;
	struct scst_conf *have;		/* it is read again where steps change it */
	bool lent;			/* ... and is not the differ's until then */
	bool stale;			/* that is: one has */
	struct scst_uses uses;		/* of the devices in it */
	bool force;
	bool declared, prune;
	/*
	 * Not as SCST's program has it: setup_id comes before the devices that get identifiers by
	 * it, and what is disabled is so first.
	 */
	bool native;
	bool tell_set;			/* ALREADY_SET is worth a note */
	/*
	 * The steps are not done. What they would remove is gone in the differ's eyes: its
	 * directory is one of these, or below one.
	 */
	bool shown;
	struct scst_set gone;
	/* Dynamic attributes of a driver, or of its targets: who was asked for last. */
	struct {
		char *driver;
		bool of_targets;
		struct scst_names names;
	} dynamic;
	struct scst_conf *again;	/* LUNs that went for a while: as they are to be then */
	struct scst_conf *aside;	/* what went for a while and is not back yet; or NULL */
	const struct scst_diff_ops *ops;
	void *arg;
};

void scst_diff_clear(struct scst_diff *d);

/* Of what is declared LUNs of the copy manager do not count: it takes each device by itself. */
#define SCST_DIFF_PARTS_DECLARED	(SCST_LIVE_ALL | SCST_LIVE_NOT_TAKEN)

/* Reads what is there. Return: 0 or -errno. */
int scst_diff_read(struct scst_diff *d, struct scst_error *err);

/* In this order; removals only with force, and what is there is to be read again behind them. */
int scst_diff_removals(struct scst_diff *d);
int scst_diff_devices(struct scst_diff *d);
/* Those that are not listed and whose LUNs had to get their new devices first: behind targets. */
int scst_diff_last_devices(struct scst_diff *d);
int scst_diff_targets(struct scst_diff *d);
int scst_diff_alua(struct scst_diff *d);
int scst_diff_device_groups(struct scst_diff *d);
int scst_diff_enabled(struct scst_diff *d);
int scst_diff_root(struct scst_diff *d);
/* Of what is native, before all these: the other half of scst_diff_enabled(). */
int scst_diff_disabled(struct scst_diff *d);

/*
 * The attributes of one object that is there. Those which @without has are left out, and `enabled`
 * unless @enabled. Of what cannot be read everything is set.
 */
struct scst_diff_attrs {
	enum scst_conf_kind kind;
	struct scst_where at;
	const struct scst_conf *want;
	const struct scst_names *without;	/* or NULL */
	bool enabled;
	bool alone;		/* nothing is said, or done, of what else is there ... */
	bool others;		/* ... until that is all, later on */
	struct scst_live_attrs *kept;	/* what the one of them has read, for the other; or NULL */
};

int scst_diff_attrs(struct scst_diff *d, const struct scst_diff_attrs *attrs);

/*
 * Inside the differ: a device that goes for a while is put aside, with @luns, which are those of
 * its uses in their order. And then it is there again, perhaps.
 */
int scst_diff_aside_device(struct scst_diff *d, const struct scst_where *at,
			   const struct scst_conf *device, const struct scst_conf *luns);
void scst_diff_aside_back(struct scst_diff *d);

/* At the end: what is not back stays aside, unless nothing failed: then it never will be. */
int scst_diff_aside_end(struct scst_diff *d, bool nothing_failed);

/* Inside the differ: a step or a note about an object. */
int scst_diff_step(struct scst_diff *d, enum scst_step_kind kind, const struct scst_where *at,
		   const struct scst_conf *params);
int scst_diff_note(struct scst_diff *d, enum scst_note note, const struct scst_where *at);

/* The attributes of @conf that @names has, or has not, as a node of their own. NULL: no memory. */
struct scst_conf *scst_diff_pick(const struct scst_conf *conf, const struct scst_names *names,
				 bool having);

/* Does what is there and not in the configuration go? Does what is otherwise become as it says? */
static inline bool scst_diff_removes(const struct scst_diff *d)
{
	return d->force || d->prune;
}

static inline bool scst_diff_changes(const struct scst_diff *d)
{
	return d->force || d->declared;
}

/* Has a shown step taken it away, or what it was in? */
bool scst_diff_is_gone(const struct scst_diff *d, enum scst_conf_kind kind,
		       const struct scst_where *at);

/*
 * @want, and what was set of the object that is there and is not listed: one that is made anew
 * keeps that. @possible: what it can be made with. NULL without memory.
 */
struct scst_conf *scst_diff_keep(struct scst_diff *d, enum scst_conf_kind kind,
				 const struct scst_where *at, const struct scst_conf *want,
				 const struct scst_names *possible);

/* A LUN that is there, with what was set of it. NULL without memory. */
struct scst_conf *scst_diff_keep_lun(struct scst_diff *d, const struct scst_use *use);

/*
 * Was the device or LUN created with other parameters than @want, of those in @possible? Of what is
 * declared only what @want lists counts. One that cannot be read was not.
 */
bool scst_diff_is_otherwise(const struct scst_diff *d, enum scst_conf_kind kind,
			    const struct scst_where *at, const struct scst_conf *want,
			    const struct scst_names *possible);

#endif
