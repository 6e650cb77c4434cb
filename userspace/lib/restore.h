/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A configuration at boot, and when it is to be applied again: as much of it as can be done is
 * done, and what cannot is told. A disk that is missing keeps no other LUN from its initiators.
 *
 * So is a configuration that is declared (diff.h), which may change and remove things as well.
 *
 * With one exception: a target of which something failed that says who may get in, or sees what -
 * a user, a portal, a group, an initiator, a LUN that was to go - is not enabled, nor one of which
 * the parser lost something. It would be open to more than the file says. So would one that is
 * enabled already, or never needs to be: whatever failed of it, its users and portals stay; if an
 * initiator is in the wrong group, LUNs are not added; and if a LUN could not go, initiators stay
 * where they are.
 */
#ifndef SCST_LIB_RESTORE_H
#define SCST_LIB_RESTORE_H

#include "apply.h"

struct scst_restore {
	const struct scst_live *live;
	FILE *log;			/* a line for each thing that is not as the file says */
	unsigned int failed;		/* how many of them are failures; of the file's, too */
	bool declared, prune;		/* as the differ's */
	bool shown;			/* steps are not done */
	/* What is there, if it has been read just now, or NULL. What is read of it is added. */
	struct scst_conf *have;
	unsigned int patience;		/* seconds for sessions of targets that go */
	/* Keeps what goes for a while (aside.h), or NULL. */
	int (*aside)(void *arg, const struct scst_conf *aside);
	/* Of each step that is done, or only shown. Return: 0 or -ENOMEM. */
	int (*each)(void *arg, const struct scst_step *step);
	void *arg;
	unsigned int extra;		/* declared: what is there and not listed, and stays */

	/* while it runs; "DRIVER/TARGET", or "DRIVER/" */
	struct scst_set devices;	/* could not be opened */
	struct scst_set targets;	/* could not be made */
	struct scst_set closed;		/* may not be enabled */
	struct scst_set unfinished;	/* something was not done: what keeps others out stays */
	struct scst_set misplaced;	/* an initiator is where it should not be */
	struct scst_set leftovers;	/* a LUN is there that was to go */
	bool ambiguous;			/* the LUN that comes next */
};

/*
 * Applies @want; what is not declared removes nothing. Return: 0, whatever has failed; or -errno:
 * it could not even be begun.
 */
int scst_restore(struct scst_restore *r, const struct scst_conf *want, struct scst_error *err);

/* What a step is about: "LUN 0 (disk1) of iscsi/iqn.x". */
void scst_restore_say(const struct scst_step *step, FILE *out);

/*
 * Loads the modules that @conf needs, those that are there already, too, by @modprobe, which is
 * given one name and returns 0 or -errno. A module that cannot be loaded is a failure, except of
 * scst itself. Return: 0; -EOPNOTSUPP: no scst; or -ENOMEM.
 */
int scst_restore_modules(struct scst_restore *r, const struct scst_conf *conf,
			 int (*modprobe)(const char *module), struct scst_error *err);

/*
 * The path that has to be there for a device to be opened: its file, or of a real device what the
 * kernel has of it in /sys. Return: false: it needs none.
 */
bool scst_restore_disk(const char *handler, const struct scst_conf *device, char path[PATH_MAX]);

/*
 * Waits until each disk in /dev that @conf has as the file of a device, and each real device, is
 * there, up to @seconds: those of LVM and of multipath come when udev has seen what they are made
 * of, and a host adapter looks for its disks while others boot.
 */
void scst_restore_wait(const struct scst_conf *conf, unsigned int seconds);

#endif
