/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A logical unit as INQUIRY, READ CAPACITY and the mode pages describe it, and what the lists of
 * UNMAP and GET LBA STATUS say.
 */
#ifndef _SCST_SCSI_LU_H
#define _SCST_SCSI_LU_H

#include <linux/types.h>
#include <scst/scsi/sense.h>

/* What mode pages say that is not fixed. All u8: mode pages find them by offset. */
struct scst_mode {
	u8 tst;
	u8 tmf_only;
	u8 dpicz;
	u8 d_sense;
	u8 queue_alg;
	u8 qerr;
	u8 swp;
	u8 tas;
	u8 wce;
};

/* What SET IDENTIFYING INFORMATION stores, for the initiators' own use. */
enum scst_info_type {
	SCST_INFO_DEVICE,
	SCST_INFO_TEXT,
	SCST_INFO_NR,
};

#define SCST_INFO_MAX	256

struct scst_info {
	u16 len;			/* 0: none */
	u8 bytes[SCST_INFO_MAX];
};

#define SCST_LBP_UNKNOWN	(~0ull)

#define SCST_MAX_TRANS_LEN	(16u << 20)	/* of a device whose handler says nothing */

struct scst_lu {
	u64 nblocks;
	u32 opt_trans_len;		/* bytes, 0: none				*/
	u32 max_trans_len;		/* bytes of data in one command, 0: no limit	*/
	u32 max_unmap_blocks;		/* in one UNMAP, 0: no limit			*/
	u32 max_unmap_descs;		/* 0: no limit					*/
	u32 unmap_gran;			/* blocks, 0: not said				*/
	u32 unmap_align;		/* first block of a granule; needs unmap_gran	*/
	u64 max_write_same;		/* blocks, 0: no limit				*/
	u32 atomic_max;			/* WRITE ATOMIC: blocks ...			*/
	u32 atomic_align;		/* ... a power of two both are multiples of; 0	*/
	u8 type;			/* peripheral device type			*/
	u8 block_shift;			/* log2 of the block size			*/
	u8 lb_per_pb_exp;
	u16 progress;			/* of a format under way, of 65536		*/
	u8 lbp_set_exp;			/* thin: thresholds count sets of 2^n blocks; 0: none */
	u32 lbp_threshold;		/* sets that are left when it is told; 0: never	*/
	u64 lbp_available;		/* blocks that the pool has left		*/
	u64 lbp_used;			/* ... that this unit has; SCST_LBP_UNKNOWN	*/
	bool removable;
	bool read_only;
	bool rotational;
	bool thin;
	bool unmap_zeroes;		/* unmapped blocks read as zeros		*/
	bool write_cache;
	bool dummy;			/* qualifier 1, type 1Fh			*/
	bool opaque;			/* its answers are its own: scst/scsi/opaque.h	*/
	u32 block_size;			/* opaque: bytes; 0: as long as each is		*/
	bool d_sense;			/* control mode page				*/
	bool swp;
	u8 tst;
	u8 queue_alg;
	u8 qerr;
	bool tas;
	bool tmf_only;
	bool dpicz;
	bool mode_can_save;
	struct scst_mode mode_default;
	struct scst_mode mode_saved;	/* with mode_can_save				*/
	struct scst_mode mode_changeable; /* all ones: MODE SELECT may set this value	*/
	char vendor[8 + 1];
	char product[16 + 1];
	char revision[4 + 1];
	char t10_dev_id[25 + 1];
	char usn[20 + 1];		/* unit serial number				*/
	char vend_specific_id[128 + 1];	/* page 83h: for t10_dev_id, if there is one	*/
	char scsi_device_name[251 + 1];	/* page 83h: for the target's, if there is one	*/
	u8 inq_vendor[160];		/* vendor specific bytes of INQUIRY data	*/
	u8 inq_vendor_len;
	u8 naa_id[16];
	u8 naa_id_len;			/* 0, 8 or 16					*/
	u8 eui64_id[16];
	u8 eui64_id_len;		/* 0, 8, 12 or 16				*/
	u32 verbs;			/* BIT(enum scst_verb) that the handler has	*/
	struct scst_info info[SCST_INFO_NR];
};

/* What the parameter list of FORMAT UNIT asks for. */
struct scst_format {
	bool immed;			/* answered when it begins			*/
	u16 pattern_len;		/* bytes that fill a block, repeated; 0: zeros	*/
	const u8 *pattern;		/* in the list					*/
};

/* Long header, descriptor and a pattern as long as the largest block. */
#define SCST_FORMAT_LIST_MAX	(8 + 4 + 4096)

/*
 * Judges the @len bytes at @list, which are there if @how (enum scst_cdb_how) says so. Return:
 * true, or false with @sense filled.
 */
bool scst_format_check(const struct scst_lu *lu, u32 how, const u8 *list, u32 len,
		       struct scst_format *out, struct scst_sense *sense);

/* The port through which an answer leaves. */
struct scst_port {
	u16 rel_tgt_id;			/* 0: none yet					*/
	u8 protocol;			/* protocol identifier, SPC-5 table 508		*/
	u16 phys_version;		/* version descriptors, 0: none			*/
	u16 transport_version;
	u32 max_bytes;			/* data of one command, 0: as the unit does	*/
	const char *target_name;	/* SCSI device name, or NULL			*/
	const char *port_name;		/* SCSI name of the port, or NULL		*/
};

/* A data-in buffer being filled: writes beyond @size are counted and dropped. */
struct scst_reply {
	u8 *buf;
	u32 size;
	u32 len;
};

enum scst_lba_status {
	SCST_LBA_MAPPED,
	SCST_LBA_DEALLOCATED,
	SCST_LBA_ANCHORED,
};

struct scst_extent {
	u64 lba;
	u32 nblocks;
	u8 status;		/* enum scst_lba_status, for GET LBA STATUS */
};

/*
 * Judges the parameter list of UNMAP against @nblocks and the limits of VPD page B0h.
 * Return: true and the number of extents, or false with @sense filled.
 */
bool scst_unmap_check(const struct scst_lu *lu, u64 nblocks, const u8 *list, u32 len,
		      unsigned int *nr, struct scst_sense *sense);

/* Extent @i of a list that passed scst_unmap_check(). It may be empty. */
struct scst_extent scst_unmap_extent(const u8 *list, unsigned int i);

/*
 * The answer to GET LBA STATUS: adjacent extents, the first with the LBA that was asked for. So
 * many in one: the initiator asks again from where they end.
 */
#define SCST_EXTENTS_MAX	32
#define SCST_LBA_STATUS_MAX	(8 + 16 * SCST_EXTENTS_MAX)
void scst_reply_lba_status(struct scst_reply *reply, const struct scst_extent *extents,
			   unsigned int nr);

#endif
