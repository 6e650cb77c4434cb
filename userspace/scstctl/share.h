/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A raw disk of this host that is shared: its own driver is not bound, it is a device of the
 * target, and a LUN of a target that is only this host's. What the steps have found and done is
 * here; one that is done already does nothing, and is not marked as ours to undo.
 */
#ifndef SCSTCTL_SHARE_H
#define SCSTCTL_SHARE_H

#include "conf_files.h"
#include "disk_use.h"
#include "share_file.h"

struct share {
	struct cli *cli;
	const struct scst_shares *shares;	/* the list that it is in */
	char address[SCST_SCSI_ADDRESS_LEN];	/* of the raw disk; "": it is not there */
	char id[SCST_SCSI_ID_LEN];
	unsigned int lun;
	char device[SCST_SCSI_ADDRESS_LEN];	/* at the target: an address as it once was */
	struct scst_disk_nodes raw;		/* from before it was hidden, if it was not */
	char disk[NAME_MAX + 1];		/* the LUN's, below /dev */
	bool opened, targeted, mapped;		/* by this program: to be undone */
	int held;				/* the LUN's disk, against mounts; or -EBADF */
};

/* What is there of it: .address by which it is served, .device, .disk. Return: is the LUN there? */
bool share_look(struct share *s);
/* ... behind that: of a device that has lost its disk? Return: there is a LUN, of @behind. */
bool share_look_gone(struct share *s, char behind[SCST_SCSI_ADDRESS_LEN]);
void share_clear(struct share *s);

/* The steps of sharing, in this order. Return: 0, or -errno with a message. */
int share_open(struct share *s);		/* a device, without its own driver */
int share_target(struct share *s);
int share_map(struct share *s);
int share_wait(struct share *s);		/* until the disk is there, and is that one */

/* Nobody uses the LUN's disk, and from here on nobody mounts it: .held. Return: 0, or -EBUSY. */
int share_hold(struct share *s);

/* The steps undone, in the other order. */
int share_unmap(struct share *s);
void share_untarget(struct share *s);		/* unless somebody else is there */
int share_close(struct share *s);

/* Raw generic nodes, which the kernel leaves: only for root, or for nobody. */
void share_modes(const struct share *s, unsigned int mode);

/*
 * ... not for root either, by a BPF program that stays; what keeps that from being so is told,
 * once. With no disk left it is unloaded.
 */
void share_guard(struct cli *cli, const struct scst_shares *shares);
/* Of one that is loaded: nodes have come, or gone. Return: 0, or -errno with a message. */
int share_guard_again(struct cli *cli);

/* Until udev has seen what is new. */
void share_settle(void);

/*
 * A LUN of the host's own target that is the disk, but for @but: it would be two disks of this
 * host, which know nothing of each other. SCST_SHARE_LUNS: there is none.
 */
unsigned int share_other_lun(const struct share *s, unsigned int but);

/* Other LUNs that lead to the device: one of them in @where. Return: there is one. */
bool share_is_elsewhere(const struct share *s, char where[PATH_MAX]);

/* The address of the LUN at this host. Return: false: there is no host yet. */
bool share_lun_address(const struct share *s, char address[SCST_SCSI_ADDRESS_LEN]);

#endif
