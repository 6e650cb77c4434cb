/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/*
 * /dev/scst_event: what happened that a program may want to know, by SCST's ABI, so that programs
 * which were built for that read it here. Numbers are of this machine's byte order.
 *
 * A reader says which events it wants (ALLOW; code 0: any, issuer "*": anybody, no payload: any)
 * and takes them one by one (NEXT), which waits unless the file is O_NONBLOCK; poll() tells when
 * there is one. An event that asks for an answer has an event_id that is not 0, goes to one reader,
 * and waits for DONE with that id; an answer that does not come in time is ETIMEDOUT.
 *
 *	EFAULT		memory that is not the caller's
 *	EINVAL		a payload below 0 or above SCST_EVENT_PAYLOAD_MAX; no ioctl of ours
 *	EEXIST, ENOENT	ALLOW of what is allowed; DISALLOW, DONE: there is no such thing
 *	EMFILE		ALLOW: SCST_EVENT_QUEUE_MAX are allowed
 *	EAGAIN, EINTR	NEXT: there is none; a signal came
 *	ENOSPC		NEXT: it needs max_event_size bytes, which is written there
 */
#ifndef _UAPI_SCST_EVENT_H
#define _UAPI_SCST_EVENT_H

#include <linux/ioctl.h>
#include <linux/types.h>

#define SCST_EVENT_DEVICE	"scst_event"
#define SCST_EVENT_ISSUER	"SCST core"
#define SCST_EVENT_QUEUE_MAX	2048	/* events that wait for a reader, and that it may allow */
#define SCST_EVENT_PAYLOAD_MAX	3072

enum scst_event_limits {
	SCST_EVENT_ISSUER_LEN	= 50,
	SCST_EVENT_NAME_LEN	= 256,
	SCST_EVENT_VDEV_LEN	= 60,
	SCST_EVENT_CDB_LEN	= 16,
};

enum scst_event_code {
	SCST_EVENT_ANY,
	SCST_EVENT_LUN_NOT_FOUND,	/* a command for a LUN that its initiator does not have */
	SCST_EVENT_NO_LUNS,		/* whoever asked sees none at a target */
	SCST_EVENT_BLOCKED,		/* "11 TEXT" in devices/DEVICE/block is done */
	SCST_EVENT_TMF,			/* a task management function came */
	SCST_EVENT_STPG,		/* for explicit ALUA, which there is none of yet */
	SCST_EVENT_DEVICE_ADDED,
	SCST_EVENT_TEST		= 0x12345,	/* /sys/kernel/event_wait_test was written */
};

/* The payload begins before the end of the structure, where bytes are to spare. */
struct scst_event {
	__s32 payload_len;
	__u32 event_code;
	__u32 event_id;			/* 0: no answer is wanted */
	char issuer_name[SCST_EVENT_ISSUER_LEN];
	__u8 payload[];
};

struct scst_event_next {
	__s32 max_event_size;		/* room for sizeof(struct scst_event) and a payload */
	struct scst_event event;
};

struct scst_event_done {
	__u32 event_id;
	__s32 status;
};

#define SCST_EVENT_ALLOW	_IOW('u', 1, struct scst_event)
#define SCST_EVENT_DISALLOW	_IOW('u', 2, struct scst_event)
#define SCST_EVENT_NEXT		_IOWR('u', 3, struct scst_event_next)
#define SCST_EVENT_DONE		_IOW('u', 4, struct scst_event_done)

/* Payloads. Names are terminated, and zero behind their end. */
struct scst_event_lun {
	__u64 lun;
	char initiator[SCST_EVENT_NAME_LEN];
	char target[SCST_EVENT_NAME_LEN];
};

struct scst_event_luns {
	char initiator[SCST_EVENT_NAME_LEN];
	char target[SCST_EVENT_NAME_LEN];
};

struct scst_event_blocked {
	char device[SCST_EVENT_NAME_LEN];
	__u32 text_len;
	char text[];			/* as it was written, not terminated */
};

struct scst_event_tmf {
	__u32 fn;			/* enum scst_tmf_fn, to I_T NEXUS RESET */
	__u32 reserved;
	__u64 lun;
	char device[SCST_EVENT_NAME_LEN];
	char initiator[SCST_EVENT_NAME_LEN];
	char target[SCST_EVENT_NAME_LEN];
	char session[SCST_EVENT_NAME_LEN];	/* its directory */
	__u64 tag;			/* of the command that ABORT TASK found */
	__u8 cdb[SCST_EVENT_CDB_LEN];
};

struct scst_event_vdev {
	char device[SCST_EVENT_VDEV_LEN];
};

#endif
