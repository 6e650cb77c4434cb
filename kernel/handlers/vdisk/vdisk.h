/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Virtual disks. A kind (blockio, fileio, nullio) is a handler; what all kinds share is in vdisk.c
 * and props.c.
 */
#ifndef _SCST_VDISK_H
#define _SCST_VDISK_H

#include <linux/bits.h>
#include <linux/blk_types.h>
#include <scst/handler.h>

struct file;
struct workqueue_struct;
struct vdisk_kind;

/* A virtual device: what all kinds have, then what one kind has. */
struct vdisk {
	struct scst_device dev;
	const struct vdisk_kind *kind;
	/* blockio, fileio: set by add_device */
	char *filename;
	struct file *file;
	bool nv_cache;			/* the cache survives a power cut: no flush is needed */
	bool write_through;
	bool o_direct;			/* fileio */
	/* blockio */
	struct block_device *bdev;
	bool takes_requests;		/* as far as that never changes */
	/* nullio */
	bool read_zero;
	u32 delay_ms;			/* test: how long a read or write takes */
};

static inline struct vdisk *to_vdisk(struct scst_device *dev)
{
	return container_of(dev, struct vdisk, dev);
}

/* What add_device said where the default depends on the back end. */
struct vdisk_args {
	u64 size;			/* bytes; 0: not said */
	u32 blocksize;			/* bytes; 0: not said */
	s8 rotational;			/* 0, 1; -1: not said */
	s8 thin;			/* likewise */
};

#define VDISK_BLOCKIO	BIT(0)
#define VDISK_FILEIO	BIT(1)
#define VDISK_NULLIO	BIT(2)

#define VDISK_MAX_PROPS	48

struct vdisk_kind {
	struct scst_handler_ops ops;
	u8 bit;				/* in the rows of props.c */

	/*
	 * @open: Opens the back end and completes dev.lu: block_shift, nblocks, rotational,
	 * and what the back end says of itself. Return: 0, or -errno and nothing is open.
	 * @close: Undoes @open. NULL: there is nothing to undo.
	 * @capacity: Size of the back end now, in bytes. NULL: dev.lu.nblocks is all there is.
	 * Context of all: may sleep; no lock held.
	 */
	int (*open)(struct vdisk *vd, const struct vdisk_args *args);
	void (*close)(struct vdisk *vd);
	u64 (*capacity)(const struct vdisk *vd);

	/* vdisk_kind_init() */
	char params[256];
	struct scst_attr attrs[VDISK_MAX_PROPS + 1];
};

extern struct workqueue_struct *vdisk_wq;

/* props.c */
/* Gives @kind its files and the names of its parameters. */
void vdisk_kind_init(struct vdisk_kind *kind);
/* name=value pairs of add_device. -EINVAL names the culprit in the log. */
int vdisk_parse_params(struct vdisk *vd, struct vdisk_args *args, struct scst_params *params);

/* vdisk.c */
int vdisk_add(const struct vdisk_kind *kind, const char *name, struct scst_params *params);
int vdisk_del(struct scst_device *dev);
/* Block size and number of blocks, for @open: @blocksize unless add_device said another one. */
int vdisk_set_geometry(struct vdisk *vd, const struct vdisk_args *args, u32 blocksize, u64 bytes);

/* error.c: how a failed access to the back end is told. Context: any. */
void vdisk_fail(struct scst_cmd *cmd, blk_status_t status);
void vdisk_fail_errno(struct scst_cmd *cmd, int err);

/* unmap.c: UNMAP, extent by extent. Context: may sleep. */
enum scst_exec_result vdisk_unmap(struct scst_cmd *cmd,
				  int (*unmap)(struct vdisk *vd, u64 pos, u64 len));

/* blockio.c, fileio.c, nullio.c */
extern struct vdisk_kind vdisk_blockio, vdisk_fileio, vdisk_nullio;

#endif
