/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Virtual disks. A kind (blockio, fileio, nullio) is a handler: it opens a back end, moves data,
 * and has the verbs READ, WRITE and FLUSH of its own. All others are made from its struct
 * vdisk_kind by the file that is called like them.
 */
#ifndef _SCST_VDISK_H
#define _SCST_VDISK_H

#include <linux/bits.h>
#include <linux/blk_types.h>
#include <linux/mutex.h>
#include <linux/sizes.h>
#include <linux/uio.h>
#include <linux/workqueue.h>
#include <scst/handler.h>

#include "regions.h"

struct file;
struct vdisk_kind;
struct vdisk_test_sense;

/* What add_device said where the default depends on the back end. */
struct vdisk_args {
	u64 size;			/* bytes; 0: not said */
	u32 blocksize;			/* bytes; 0: not said */
	s8 rotational;			/* 0, 1; -1: not said */
	s8 thin;			/* likewise */
	bool read_only;
	bool inactive;
};

/* Why a verb may not just begin: gate.c. */
#define VDISK_CLOSED	BIT(0)		/* the back end is not open; dev.not_ready says why */
#define VDISK_HOLD	BIT(1)		/* whoever reads or writes the blocks of vd->hold waits */
#define VDISK_FORMATS	BIT(2)		/* a format is under way */
#define VDISK_CORRUPT	BIT(3)		/* ... or ended too early, and there was no other since */
#define VDISK_REFUSES	(VDISK_CLOSED | VDISK_FORMATS | VDISK_CORRUPT)

struct vdisk_range {
	u64 lba;
	u64 nblocks;
};

/* A format that was asked for. */
struct vdisk_format {
	struct work_struct work;
	struct scst_cmd *cmd;		/* who waits for its end; NULL: nobody */
	struct page *page;		/* what is written; NULL: zeros */
	bool stop;			/* the back end is about to be closed */
};

/* Where the blocks of a thin disk come from, in bytes. */
struct vdisk_pool {
	u64 available;
	u64 total;			/* 0: nobody knows */
	u64 used;			/* by this disk; SCST_LBP_UNKNOWN */
};

/* A virtual device: what all kinds have, then what one kind has. */
struct vdisk {
	struct scst_device dev;
	/* read by every verb */
	u8 gate;			/* gate_lock [disk_can_be_added_inactive] */
	bool nv_cache;			/* the cache survives a power cut: no flush is needed */
	bool write_through;
	bool o_direct;			/* fileio */
	bool shared;			/* blockio: others may have the device open, too */
	bool async;			/* fileio: the file system finishes I/O by itself */
	bool in_memory;			/* fileio: there is no medium to wait for */
	bool takes_requests;		/* blockio, as far as that never changes */
	bool read_zero;			/* nullio */
	bool odd;			/* nullio: one of these is set */
	u32 whole;			/* so many bytes do not lie apart in memory; 0: they may */
	unsigned long boundary;		/* ... and what makes two pieces lie apart: move.c */
	u32 delay_ms;			/* how long a read or write takes */
	u32 test_every;			/* each Nth read or write ... */
	struct vdisk_test_sense __rcu *test_sense;	/* ... fails with this, unless NULL, and */
	u32 test_short;			/* ... brings so many bytes less */
	atomic_t test_count;
	/* blockio: stays while a verb runs that passed [closing_under_load_waits_for_commands] */
	struct block_device *bdev;
	struct file *file;		/* blockio, fileio: likewise */
	/* slow */
	const struct vdisk_kind *kind;
	spinlock_t gate_lock;
	struct vdisk_range hold;	/* gate_lock */
	struct list_head waiting;	/* gate_lock: gate.c */
	struct list_head series;	/* likewise: compare_write.c */
	struct work_struct series_work;
	struct vdisk_regions series_at;
	struct list_head loads;		/* likewise: start_stop.c */
	struct work_struct load_work;
	struct vdisk_format format;	/* likewise, until it begins: format.c */
	struct mutex lock;		/* opening, closing, and what follows */
	bool is_open;
	bool active;			/* the administrator wants it open */
	bool lost;			/* it is not, though: the device died */
	bool died;			/* since it was last opened; no lock */
	bool published;			/* initiators may know its block size and read_only */
	struct delayed_work look;	/* for what was lost */
	char *filename;
	u64 size_limit;			/* blockio: of the back end, bytes; 0: all */
	struct vdisk_args args;
	u32 wb_err;			/* fileio: errors of write-back before we came */
	u32 ids_set;			/* identity.c */
	u8 threshold;			/* percent of the pool; 0: none. lock: these; thin.c */
	bool beyond_threshold;		/* ... and it was told */
	struct vdisk_pool pool;		/* of a block device: as whoever watches it says */
	struct delayed_work look_at_pool;
	bool bind_alua_state;		/* kept for saved files: props.c */
	bool opt_trans_len_set;
	bool hide_physical;		/* the exponent below is not told */
	u8 physical_exp;
};

static inline struct vdisk *to_vdisk(struct scst_device *dev)
{
	return container_of(dev, struct vdisk, dev);
}

#define VDISK_BLOCKIO	BIT(0)
#define VDISK_FILEIO	BIT(1)
#define VDISK_NULLIO	BIT(2)
#define VDISK_CDROM	BIT(3)

#define VDISK_MAX_PROPS	64
#define VDISK_OPT_TRANS_LEN	(512 * 1024)

struct vdisk_kind {
	struct scst_handler_ops ops;
	const char *vendor;		/* of INQUIRY data */
	u8 bit;				/* in the rows of props.c */

	/* @init: What all disks of the kind are, before parameters are parsed. May be NULL. */
	void (*init)(struct vdisk *vd);

	/*
	 * @open: Opens the back end and completes dev.lu: block_shift, nblocks, rotational,
	 * and what the back end says of itself. Return: 0, or -errno and nothing is open.
	 * @close: Undoes @open. NULL: there is nothing to undo.
	 * @capacity: Size of the back end now, in bytes. NULL: dev.lu.nblocks is all there is.
	 * Context of all: may sleep; one at a time, by vd->lock or before anybody knows @vd.
	 */
	int (*open)(struct vdisk *vd);
	void (*close)(struct vdisk *vd);
	u64 (*capacity)(const struct vdisk *vd);

	/*
	 * For the verbs that the kinds share, in bytes. Return: 0 or -errno. Context: may sleep.
	 * @move: Moves @len bytes, all of them, between @pos and memory. @durable: they are on the
	 * medium then.
	 * @unmap: Gives the space back; reads bring zeros then if lu.unmap_zeroes. NULL: not thin.
	 * @sync: What was written is on the medium then. NULL: it always is.
	 * @forget: Next time, read from the medium. NULL: that is what @move does.
	 * @zero: Reads bring zeros then. @unmap: without space for them, if that can be; else with.
	 * -EOPNOTSUPP: it has to be written. NULL: likewise.
	 * @prefetch: Reads of it will be quick. NULL: no cache to be quick from.
	 * @pool: Where unmapped blocks come from. It gets vd->pool. NULL: somebody has to say
	 * it there.
	 * @extent: Return: where the extent with @pos ends, or @end, and if it is mapped.
	 * NULL: everything is mapped.
	 */
	int (*move)(struct vdisk *vd, unsigned int dir, struct bio_vec *bvecs, unsigned int nr,
		    u64 pos, u32 len, bool durable);
	int (*unmap)(struct vdisk *vd, u64 pos, u64 len);
	int (*sync)(struct vdisk *vd, u64 pos, u64 len);
	void (*forget)(struct vdisk *vd, u64 pos, u64 len);
	int (*zero)(struct vdisk *vd, u64 pos, u64 len, bool unmap);
	void (*prefetch)(struct vdisk *vd, u64 pos, u64 len);
	int (*pool)(struct vdisk *vd, struct vdisk_pool *pool);
	u64 (*extent)(struct vdisk *vd, u64 pos, u64 end, bool *mapped);

	/* vdisk_kind_init() */
	char params[512];
	struct scst_attr attrs[VDISK_MAX_PROPS + 1];
};

extern struct workqueue_struct *vdisk_wq;
extern struct workqueue_struct *vdisk_load_wq;		/* waits for vdisk_wq */
extern struct workqueue_struct *vdisk_format_wq;	/* for hours; vdisk_wq waits for it */

/* thin.c */
#define VDISK_THRESHOLD	90		/* percent, unless the administrator says another one */

/* For @open, when it is known whether the disk is thin: nobody is told anything yet. */
void vdisk_describe_pool(struct vdisk *vd);
/* What was said of it is of another one: nobody has a threshold until its pool is known. */
void vdisk_forget_pool(struct vdisk *vd);
/* From now on initiators are told; until cancel_delayed_work_sync(). */
void vdisk_watch_pool(struct vdisk *vd);
void vdisk_pool_work(struct work_struct *work);
ssize_t vdisk_thin_pool_show(void *obj, char *buf);
ssize_t vdisk_thin_pool_store(void *obj, char *text);
ssize_t vdisk_tp_soft_threshold_store(void *obj, char *text);

/* identity.c */
int vdisk_set_t10_dev_id(struct vdisk *vd, const char *text);

#define VDISK_ID_FILE(_name)					\
	ssize_t vdisk_##_name##_show(void *obj, char *buf);	\
	ssize_t vdisk_##_name##_store(void *obj, char *text)

VDISK_ID_FILE(eui64_id);
VDISK_ID_FILE(inq_vend_specific);
VDISK_ID_FILE(naa_id);
VDISK_ID_FILE(prod_id);
VDISK_ID_FILE(prod_rev_lvl);
VDISK_ID_FILE(scsi_device_name);
VDISK_ID_FILE(t10_dev_id);
VDISK_ID_FILE(t10_vend_id);
VDISK_ID_FILE(usn);
VDISK_ID_FILE(vend_specific_id);

/* nullio.c */
ssize_t vdisk_delay_ms_store(void *obj, char *text);
ssize_t vdisk_test_every_store(void *obj, char *text);
ssize_t vdisk_test_sense_show(void *obj, char *buf);
ssize_t vdisk_test_sense_store(void *obj, char *text);
ssize_t vdisk_test_short_store(void *obj, char *text);

/* props.c */
/* Gives @kind its files and the names of its parameters. */
void vdisk_kind_init(struct vdisk_kind *kind);
/* name=value pairs of add_device. -EINVAL names the culprit in the log. */
int vdisk_parse_params(struct vdisk *vd, struct scst_params *params);

/* vdisk.c */
int vdisk_add(const struct vdisk_kind *kind, const char *name, struct scst_params *params);
int vdisk_del(struct scst_device *dev);

/* Of each handler here: in SCST they have one list. */
#define VDISK_DEL_DEVICE	.del_device = vdisk_del, .siblings = true

/*
 * Block size and number of blocks, for @open: @blocksize unless add_device said another one.
 * -EINVAL if initiators know another block size.
 */
int vdisk_set_geometry(struct vdisk *vd, u32 blocksize, u64 bytes);
/* The cache that initiators see, for @open. MODE SELECT may turn it off, and on again. */
void vdisk_set_cache(struct vdisk *vd, bool volatile_cache);
/* For @open: it was to be thin, and is not. */
void vdisk_warn_not_thin(const struct vdisk *vd);

/* backend.c. Context of all: may sleep; not a verb in a thread of the core. */
int vdisk_open(struct vdisk *vd);
/* It is registered: the gate, which has been shut until now, opens if the back end is open. */
void vdisk_serve(struct vdisk *vd);
void vdisk_close(struct vdisk *vd);
int vdisk_activate(struct vdisk *vd);
void vdisk_deactivate(struct vdisk *vd);
/*
 * The same, with what was in the cache on the medium. Return: 0; -EINPROGRESS: a format is under
 * way, and nothing has changed; -errno: closed, but what was in the cache is not there.
 */
int vdisk_eject(struct vdisk *vd);
int vdisk_set_filename(struct vdisk *vd, const char *path);	/* NULL: none */
int vdisk_resync_size(struct vdisk *vd);
int vdisk_limit_size(struct vdisk *vd, u64 bytes);
int vdisk_sync(struct vdisk *vd);
void vdisk_look_work(struct work_struct *work);

/* The device died: commands are refused from now on. Context: any. */
void vdisk_lose(struct vdisk *vd);

/* The gate, and what is said of it; gate_lock held. */
void vdisk_set_gate(struct vdisk *vd, u8 gate);

/* format.c: a format that is under way ends now. Context: may sleep; no new one can begin. */
void vdisk_stop_format(struct vdisk *vd);

/* Why the back end is closed. It may just have come back: then the next try will do. */
static inline enum scst_sense_id vdisk_not_ready(const struct scst_cmd *cmd)
{
	return READ_ONCE(cmd->dev->not_ready) ?: SCST_SENSE_BECOMING_READY;
}

/*
 * gate.c: every verb begins here. Return: false, and the verb returns *@result. Later on the back
 * end is there until the command is over [closing_under_load_waits_for_commands].
 */
bool vdisk_gate(struct scst_cmd *cmd, enum scst_exec_result *result);

static inline bool vdisk_begin(struct scst_cmd *cmd, enum scst_exec_result *result)
{
	return likely(!READ_ONCE(to_vdisk(cmd->dev)->gate)) || vdisk_gate(cmd, result);
}

/* ... or here, if it is one that waits for the medium. */
static inline bool vdisk_begin_in_thread(struct scst_cmd *cmd, enum scst_exec_result *result)
{
	*result = SCST_EXEC_THREAD;
	return cmd->in_thread && vdisk_begin(cmd, result);
}

/*
 * gate.c: lists of commands that a work of the disk carries out, one after the other. Return:
 * false, it was aborted, and the verb is over.
 */
bool vdisk_add_last(struct vdisk *vd, struct list_head *list, struct scst_cmd *cmd);
/* @fn for each, but for those that were aborted; then it is over. */
void vdisk_carry_out(struct vdisk *vd, struct list_head *list, void (*fn)(struct scst_cmd *cmd));

/* ops->aborted */
void vdisk_end_aborted(struct scst_device *dev);

/* What is given to a back end at once: an abort is seen in between. Granules of 2^n end there. */
static inline u64 vdisk_at_once(u64 pos, u64 len)
{
	return min(len, SZ_256M - (pos & (SZ_256M - 1)));
}

/* cmd->params.how */
#define VDISK_HOW_HELD	 BIT(31)	/* it is on vd->waiting */
#define VDISK_HOW_WAITED BIT(30)	/* ... and was: the gate holds it no more */

void vdisk_hold(struct vdisk *vd, struct vdisk_range range);
void vdisk_release(struct vdisk *vd);

/*
 * error.c: how a failed access to the back end is told.
 * Context: any [errors_of_the_device_become_sense].
 */
void vdisk_fail(struct scst_cmd *cmd, blk_status_t status);
void vdisk_fail_errno(struct scst_cmd *cmd, int err);
/* ... when the part of the command that failed was to read. */
void vdisk_fail_read(struct scst_cmd *cmd, int err);

/* move.c: data between the back end and memory, for the verbs below. */
struct vdisk_span {
	u64 pos;
	u64 len;
};

static inline struct vdisk_span vdisk_cmd_span(const struct scst_cmd *cmd)
{
	u8 shift = cmd->dev->lu.block_shift;

	return (struct vdisk_span){ cmd->params.lba << shift, (u64)cmd->params.nblocks << shift };
}

#define VDISK_CHUNK	(64u << 10)	/* what is read or written at once */

int vdisk_read(struct vdisk *vd, u64 pos, void *buf, u32 len);
int vdisk_write(struct vdisk *vd, u64 pos, void *buf, u32 len, bool durable);
/* Writes @len bytes of the command's data, from its byte @skip on. */
int vdisk_write_data(struct scst_cmd *cmd, u32 skip, u64 pos, u32 len, bool durable);
/*
 * Reads or writes by way of memory of ours: where there is room for part of the last block, of
 * which a device moves all or nothing; or a block lies in memory as it does not take it.
 */
enum scst_exec_result vdisk_move_copied(struct scst_cmd *cmd, unsigned int dir, bool durable);
/*
 * A device with blocks of more than a sector cannot be given parts of one, so where it takes no gap
 * (the virtual boundary of NVMe) the block layer cannot help it by a split: it lets the gap pass,
 * and the device moves other memory. O_DIRECT takes no block in pieces at all.
 */
bool vdisk_has_gaps(const struct scst_cmd *cmd);

static inline bool vdisk_tears_blocks(const struct scst_cmd *cmd)
{
	return unlikely(to_vdisk(cmd->dev)->whole) && vdisk_has_gaps(cmd);
}

/* Writes one page again and again, until @cmd (or NULL) is aborted. */
int vdisk_write_page(struct vdisk *vd, const struct scst_cmd *cmd, struct page *page, u64 pos,
		     u64 len);

/* The verbs that are the same for all kinds; each in its file. */
enum scst_exec_result vdisk_unmap(struct scst_cmd *cmd);
enum scst_exec_result vdisk_verify(struct scst_cmd *cmd);
enum scst_exec_result vdisk_write_verify(struct scst_cmd *cmd);
enum scst_exec_result vdisk_write_same(struct scst_cmd *cmd);
enum scst_exec_result vdisk_series(struct scst_cmd *cmd);	/* COMPARE AND WRITE, ORWRITE */
void vdisk_series_work(struct work_struct *work);
/* Was there a series at some of these blocks, or was it at others that count as them? */
bool vdisk_had_series(const struct vdisk *vd, struct vdisk_span span);
void vdisk_load_work(struct work_struct *work);
enum scst_exec_result vdisk_format(struct scst_cmd *cmd);
void vdisk_format_work(struct work_struct *work);
enum scst_exec_result vdisk_lba_status(struct scst_cmd *cmd);
enum scst_exec_result vdisk_prefetch(struct scst_cmd *cmd);
enum scst_exec_result vdisk_start_stop(struct scst_cmd *cmd);
enum scst_exec_result vdisk_prevent(struct scst_cmd *cmd);

#define VDISK_SHARED_VERBS				\
	[SCST_VERB_VERIFY]	  = vdisk_verify,	\
	[SCST_VERB_WRITE_VERIFY]  = vdisk_write_verify,	\
	[SCST_VERB_WRITE_SAME]	  = vdisk_write_same,	\
	[SCST_VERB_COMPARE_WRITE] = vdisk_series,	\
	[SCST_VERB_OR_WRITE]	  = vdisk_series,	\
	[SCST_VERB_LBA_STATUS]	  = vdisk_lba_status,	\
	[SCST_VERB_FORMAT]	  = vdisk_format,	\
	[SCST_VERB_PREFETCH]	  = vdisk_prefetch,	\
	[SCST_VERB_START_STOP]	  = vdisk_start_stop,	\
	[SCST_VERB_PREVENT]	  = vdisk_prevent

/* verify.c: *@at is the offset of the first byte that differs. */
bool vdisk_differs(struct scst_cmd *cmd, u32 skip, const void *buf, u32 len, u32 *at);

/*
 * page_cache.c: false: not all of it is there, and nothing was read.
 * Context: any [data_are_right, cached_reads_are_sent_as_they_are].
 */
bool vdisk_read_cached(struct scst_cmd *cmd);
bool vdisk_lend_cached(struct scst_cmd *cmd);

/* blockio.c, fileio.c, nullio.c */
/* blockio.c: memory that its commands can count on. */
int vdisk_bios_init(void);
void vdisk_bios_exit(void);

extern struct vdisk_kind vdisk_blockio, vdisk_fileio, vdisk_nullio, vdisk_cdrom;

/* fileio.c, for vcdrom.c */
enum scst_exec_result vdisk_file_read(struct scst_cmd *cmd);
int vdisk_file_open(struct vdisk *vd);
void vdisk_file_close(struct vdisk *vd);
u64 vdisk_file_capacity(const struct vdisk *vd);

/* vcdrom.c: takes the medium out, and puts the file @path in if any. Context: may sleep. */
int vdisk_change_medium(struct vdisk *vd, const char *path);

#endif
