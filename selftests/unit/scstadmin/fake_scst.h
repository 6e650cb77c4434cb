/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A kernel of files: a directory with the layout of /sys/kernel/scst_tgt, in which writing to mgmt
 * and to attributes does what SCST documents. What it does not know it refuses, as the kernel does.
 */
#ifndef FAKE_SCST_H
#define FAKE_SCST_H

#include "step.h"

struct fake {
	struct scst_live live;		/* what is tested writes through this */
	char root[64];
	struct scst_names log;		/* "PATH <- TEXT" of each write */
	struct scst_names groups;	/* paths of initiator groups, in the order of their birth */
	const char *refuse;		/* a write whose text begins so fails ... */
	int refuse_with;		/* ... with this -errno */
	bool sessions_stay;		/* force_close does not help */
	unsigned int tids;		/* given to targets of iscsi so far */
};

/* Handlers vdisk_fileio, vdisk_nullio and vcdrom; drivers iscsi and scst_local; nothing else. */
struct fake *fake_new(void);
void fake_free(struct fake *fake);

/* The write of fake->live, for tests that prepare something. */
void fake_do(struct fake *fake, const char *path, const char *text);

/* Adds a driver whose targets are there by themselves. */
void fake_add_hardware(struct fake *fake, const char *driver, const char *target);
void fake_add_copy_manager(struct fake *fake);
void fake_add_session(struct fake *fake, const char *driver, const char *target,
		      const char *session);

/* One that says which LUNs it sees: those of @group, or of the target if that is NULL. */
void fake_add_session_of(struct fake *fake, const char *driver, const char *target,
			 const char *group, const char *session);

/* The first line of an attribute; NULL if there is none. Until the next call. */
const char *fake_read(struct fake *fake, const char *path);
bool fake_has(struct fake *fake, const char *path);

/*
 * The tree as text, for eyes: objects, links, key attributes and `enabled`, a line each. Groups are
 * in the order of their birth.
 */
char *fake_dump(struct fake *fake);


#endif
