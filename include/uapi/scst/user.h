/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/*
 * /dev/scst_user: a program as the back end of a disk or, in CDB mode, a device of any type.
 * docs/user-devices.md has the whole story, libscst-user the calls.
 *
 * A file has one device at most: ADD makes one, ATTACH takes over one whose program has gone. One
 * that never was served (START) goes with the file that made it. Then the program maps descriptors
 * (to read) and the arena (the data, shared), and each of its threads asks for commands by
 * io_uring: IORING_OP_URING_CMD with a struct scst_user_io in sqe->cmd.
 *
 *	FETCH              an answer when there is a command in the descriptor of this queue and tag
 *	COMMIT             the command is done: the answer comes at once
 *	COMMIT_AND_FETCH   both
 *	WATCH              an answer when commands that the queue's program has are aborted, or were
 *	                   since the last one: their descriptors have SCST_USER_ABORTED then. STOP
 *	                   ends it: who still has commands looks at descriptors now and then
 *
 * FETCH ends with 0 (a command), -ENODEV (no more come: stopped, deleted, cut off) or, at once,
 * -EINVAL (no such queue or tag; another thread's or ring's queue), -EBUSY (fetched already, or
 * the command is not committed). COMMIT: 0, -EINVAL (not this command, or no answer to it; it is
 * still to be committed), -ENODEV. WATCH, with tag 0: 0, -ENODEV, and the errors of FETCH; there
 * is one of a queue at a time, and none is needed. A queue belongs to the thread and the ring that
 * fetch first; and, while nothing is fetched from it, to any ring by which that thread comes next.
 *
 * When a program dies, what it has under way on a ring goes on. A program that writes so registers
 * this file in that ring (IORING_REGISTER_FILES), or the next one may come before that is over.
 *
 * ioctls: 0, or
 *
 *	EINVAL		a structure of another size, bits and fields that must be 0, values outside
 *			their bounds, another geometry; START: nothing was fetched from a queue, or
 *			it serves already
 *	EACCES		ATTACH: the token or the user is not the one of ADD
 *	EDQUOT		it is more than a user may have who is no administrator
 *	EPERM		ADD: the name is not one of such a user
 *	EEXIST		ADD: there is a device of this name
 *	EBUSY		this file has a device; ATTACH: the last program has not gone yet
 *	ENOENT		ATTACH: there is no such device
 *	ENODEV		the device is gone, or another program has it
 *	ENOTCONN	neither ADD nor ATTACH was called
 */
#ifndef _UAPI_SCST_USER_H
#define _UAPI_SCST_USER_H

#include <linux/ioctl.h>
#include <linux/types.h>

#define SCST_USER_DEVICE	"scst_user"

enum scst_user_limits {
	SCST_USER_NAME_LEN	= 64,	/* of a device, with the 0 */
	SCST_USER_TOKEN_LEN	= 16,
	SCST_USER_QUEUES_MAX	= 64,
	SCST_USER_DEPTH_MAX	= 1024,
	SCST_USER_TAGS_MAX	= 4096,	/* of all queues */
	SCST_USER_BYTES_MIN	= 64 << 10,	/* of data in one command: a multiple of this */
	SCST_USER_BYTES_MAX	= 16 << 20,
	SCST_USER_ARENA_MAX	= 256 << 20,	/* max_bytes * depth * nr_queues */
	SCST_USER_RECOVER_MAX	= 600,
};

/* What the program is asked for. */
enum scst_user_op {
	SCST_USER_READ,		/* nblocks at lba, into data					*/
	SCST_USER_WRITE,	/* out of data							*/
	SCST_USER_FLUSH,	/* what was written before is durable then			*/
	SCST_USER_UNMAP,	/* data: len bytes of struct scst_user_extent, disjoint or not	*/
	SCST_USER_WRITE_SAME,	/* one block in data, or with ZERO none, to each of nblocks	*/
	SCST_USER_COMPARE_WRITE, /* the first half of data is there: then the second, as one step.
				  * Else -EILSEQ, and moved is the offset of the first difference */
	SCST_USER_VERIFY,	/* the blocks can be read; with COMPARE they are data, with SAME
				 * each is the block in data: else -EILSEQ as above		*/
	SCST_USER_OP_MAX,
	SCST_USER_CDB = 128,	/* CDB mode: this only. What the CDB says			*/
};

/* struct scst_user_desc.flags */
#define SCST_USER_FUA		(1 << 0)	/* durable when it is committed			*/
#define SCST_USER_MAY_UNMAP	(1 << 1)	/* WRITE_SAME: space may be given back		*/
#define SCST_USER_ZERO		(1 << 2)
#define SCST_USER_COMPARE	(1 << 3)
#define SCST_USER_SAME		(1 << 4)
#define SCST_USER_AGAIN		(1 << 5)	/* the last program had it, and may have done it */
#define SCST_USER_ABORTED	(1 << 6)	/* nobody waits for it any more; it is still to be
						 * committed, soon. It may come at any time	*/
/* ... in CDB mode */
#define SCST_USER_IN		(1 << 7)	/* the program brings up to len bytes		*/
#define SCST_USER_OUT		(1 << 8)	/* len bytes are there				*/
#define SCST_USER_LOCKED	(1 << 9)	/* an initiator wants the medium to stay	*/

/* struct scst_user_add.flags */
#define SCST_USER_WRITE_CACHE	(1 << 0)	/* what is written is lost with power until FLUSH,
						 * but never with the program, once committed	*/
#define SCST_USER_READ_ONLY	(1 << 1)
#define SCST_USER_ROTATIONAL	(1 << 2)
#define SCST_USER_UNMAP_ZEROES	(1 << 3)	/* unmapped blocks read as zeros		*/
#define SCST_USER_ADD_FLAGS	((1 << 4) - 1)
/*
 * CDB mode: whole CDBs come, and are answered with status, sense data and as many bytes as were
 * moved. Then none of the above, ops and nblocks are 0, and block_size is whatever a block has now;
 * 0: each as many as it has.
 */
#define SCST_USER_CDB_MODE	(1 << 4)
#define SCST_USER_TAKES_AGAIN	(1 << 5)	/* what the last program had comes again, with
						 * SCST_USER_AGAIN; else it is aborted. Only
						 * with KEEPS_STATE				*/
#define SCST_USER_KEEPS_STATE	(1 << 6)	/* the next program goes on where the last one was;
						 * else it is as after a reset: initiators are
						 * told (29/04), and what waited is aborted	*/
#define SCST_USER_CDB_FLAGS	(SCST_USER_CDB_MODE | SCST_USER_TAKES_AGAIN | SCST_USER_KEEPS_STATE)

/*
 * ADD, ATTACH. ATTACH chooses queues, depth and, not below what ADD said, max_bytes. nblocks may be
 * 0: whatever it is; what it is is told. So is block_size in CDB mode. All else has to be as ADD
 * said it.
 */
struct scst_user_add {
	__u32 size;			/* sizeof(struct scst_user_add) */
	__u32 flags;
	char name[SCST_USER_NAME_LEN];	/* of users without CAP_SYS_ADMIN: uUID.WHATEVER */
	__u8 token[SCST_USER_TOKEN_LEN];	/* ADD: out; ATTACH: in */
	__u32 block_size;		/* 512 to 4096, a power of two; CDB mode: see there */
	__u32 max_bytes;		/* of data in one command */
	__u64 nblocks;
	__u32 ops;			/* 1 << enum scst_user_op: READ at least */
	__u16 nr_queues;
	__u16 depth;			/* tags of each */
	__u32 recover_s;		/* how long commands wait for the next program */
	__u8 type;			/* CDB mode: peripheral device type; else 0 */
	__u8 reserved[3];
};

#define SCST_USER_ADD		_IOWR('u', 0x20, struct scst_user_add)
#define SCST_USER_ATTACH	_IOWR('u', 0x21, struct scst_user_add)
/* All queues are being served: commands come. */
#define SCST_USER_START		_IO('u', 0x22)
/*
 * No more come: they wait for the next program. What was fetched can be committed; then the file is
 * closed.
 */
#define SCST_USER_STOP		_IO('u', 0x23)
/* The device is unmapped from all targets and goes. */
#define SCST_USER_DEL		_IO('u', 0x24)
/* Its size, in blocks: initiators are told. What comes from then on is within it. */
#define SCST_USER_RESIZE	_IOW('u', 0x25, __u64)
/*
 * CDB mode: bytes of a block from now on, 0: as many as each has. By that the kernel counts how
 * long the data of a READ are; so before the answer to the MODE SELECT that says so.
 */
#define SCST_USER_BLOCK_SIZE	_IOW('u', 0x26, __u32)

/*
 * mmap: shared. Descriptors only to be read; [queue * depth + tag]. The arena has max_bytes for
 * each tag and, behind all of them, in CDB mode SCST_USER_SENSE_ROOM; whole pages in all.
 */
#define SCST_USER_DESCS_AT	0ULL
#define SCST_USER_ARENA_AT	(1ULL << 32)
#define SCST_USER_SENSE_ROOM	256
#define SCST_USER_SENSE_MAX	252	/* bytes of sense data */
#define SCST_USER_CDB_MAX	32

struct scst_user_desc {
	__u32 seq;			/* to be given back by COMMIT */
	__u8 op;			/* enum scst_user_op */
	__u8 cdb_len;
	__u16 flags;
	__u64 lba;
	union {
		__u32 nblocks;
		__u32 expected;		/* CDB mode: bytes that the initiator moves, or takes */
	};
	__u32 len;			/* bytes at data: what is there, or what READ brings */
	__u64 data;			/* offset in the arena */
	__u8 cdb[SCST_USER_CDB_MAX];	/* CDB mode; zeros follow */
};

struct scst_user_extent {
	__u64 lba;
	__u64 nblocks;
};

struct scst_user_io {
	__u16 queue;
	__u16 tag;
	__u32 seq;			/* COMMIT */
	__s32 result;			/* COMMIT: 0 or -errno; CDB mode: or SCST_USER_STATUS() */
	__u32 moved;			/* COMMIT: bytes that READ brought, all of them; CDB mode:
					 * bytes that came, or were taken: at most len		*/
};

/*
 * CDB mode: a SAM status, and how many bytes of sense data are in the tag's room: with CHECK
 * CONDITION (02h) so many that they are sense data, else 0. Data count with that and with GOOD. ACA
 * ACTIVE and TASK ABORTED are not the program's to say.
 */
#define SCST_USER_STATUS(status, sense_len)	((status) | (sense_len) << 8)

/* sqe->cmd_op */
#define SCST_USER_FETCH			_IOWR('u', 0x30, struct scst_user_io)
#define SCST_USER_COMMIT		_IOWR('u', 0x31, struct scst_user_io)
#define SCST_USER_COMMIT_AND_FETCH	_IOWR('u', 0x32, struct scst_user_io)
#define SCST_USER_WATCH			_IOWR('u', 0x33, struct scst_user_io)

#ifdef __cplusplus
#define SCST_USER_SIZE(type, size)	static_assert(sizeof(type) == size, #type)
#else
#define SCST_USER_SIZE(type, size)	_Static_assert(sizeof(type) == size, #type)
#endif
SCST_USER_SIZE(struct scst_user_add, 120);
SCST_USER_SIZE(struct scst_user_desc, 64);
SCST_USER_SIZE(struct scst_user_extent, 16);
SCST_USER_SIZE(struct scst_user_io, 16);
#undef SCST_USER_SIZE

#endif
