// SPDX-License-Identifier: GPL-2.0
/*
 * VPD pages of block devices: limits (B0h), characteristics (B1h), provisioning (B2h): SBC-4 6.6.
 * A limit of an operation which the handler does not have is zero, as SBC-4 asks.
 */
#include <linux/compiler.h>
#include <linux/kernel.h>

#include "vpd.h"

enum {
	WSNZ			= 0x01,
	COMPARE_WRITE_MAX	= 255,		/* blocks: the field is one byte */
	NO_LIMIT		= 0xffffffff,
	GRANULARITY		= 4096,		/* bytes */
	UNMAP_DESCS_MAX		= 4095,		/* what fits a list; some take NO_LIMIT for -1 */
	UGAVALID		= 0x80000000,

	/* Initiators take any rate above 0400h for a disk with arms; this is the one SCST gives. */
	RATE_ROTATIONAL		= 15000,
	RATE_SOLID_STATE	= 1,

	LBPU			= 0x80,
	LBPWS			= 0x40,
	LBPWS10			= 0x20,
	LBPRZ			= 0x04,		/* 001b in bits 4-2 */
	PROVISIONING_THIN	= 2,
};

static bool has_verb(const struct scst_lu *lu, enum scst_verb verb)
{
	return lu->verbs & BIT(verb);
}

/* The unit has a limit, the port through which it is asked may have another one. 0: none. */
static u32 max_trans_len(const struct scst_view *view)
{
	u32 unit = READ_ONCE(view->lu->max_trans_len), port = view->port->max_bytes;

	return unit && (!port || unit < port) ? unit : port;
}

/*
 * MAXIMUM COMPARE AND WRITE LENGTH: a field of one byte, and two buffers have to keep to the limit
 * of what moves.
 */
static u8 compare_write_max(const struct scst_lu *lu, u32 max_blocks)
{
	if (!has_verb(lu, SCST_VERB_COMPARE_WRITE))
		return 0;
	return max_blocks ? min_t(u32, max_blocks / 2, COMPARE_WRITE_MAX) : COMPARE_WRITE_MAX;
}

/* Hosts do not believe in an optimum beyond the maximum. */
static u32 opt_blocks(const struct scst_lu *lu, u32 max_blocks)
{
	u32 opt = lu->opt_trans_len >> lu->block_shift;

	return max_blocks ? min(opt, max_blocks) : opt;
}

/*
 * OPTIMAL TRANSFER LENGTH GRANULARITY: a page, as SCST has it and as it is for the cache below, or
 * a physical block if that is more. Hosts ignore an optimum that is no multiple of it.
 */
static u16 granularity(const struct scst_lu *lu, u32 opt)
{
	u32 physical = 1u << lu->lb_per_pb_exp, page = max(GRANULARITY >> lu->block_shift, 1);

	if (page > physical && opt % page == 0)
		return page;
	return min_t(u32, physical, 0xffff);
}

static u32 limit_or(u32 limit, u32 no_limit)
{
	return limit ? limit : no_limit;
}

static void reply_unmap_limits(const struct scst_lu *lu, struct scst_reply *reply)
{
	if (!has_verb(lu, SCST_VERB_UNMAP)) {
		reply_zeros(reply, 16);
		return;
	}
	reply_be32(reply, limit_or(lu->max_unmap_blocks, NO_LIMIT));
	reply_be32(reply, limit_or(lu->max_unmap_descs, UNMAP_DESCS_MAX));
	reply_be32(reply, lu->unmap_gran);
	reply_be32(reply, lu->unmap_gran ? UGAVALID | lu->unmap_align : 0);
}

/* No ATOMIC BOUNDARY: the last two fields. */
static void reply_atomic_limits(const struct scst_lu *lu, struct scst_reply *reply)
{
	bool atomic = has_verb(lu, SCST_VERB_WRITE_ATOMIC);

	reply_be32(reply, atomic ? lu->atomic_max : 0);
	reply_be32(reply, atomic ? lu->atomic_align : 0);
	reply_be32(reply, atomic ? lu->atomic_align : 0);
	reply_zeros(reply, 64 - 56);
}

void scst_vpd_block_limits(const struct scst_view *view, struct scst_reply *reply)
{
	const struct scst_lu *lu = view->lu;
	bool write_same = has_verb(lu, SCST_VERB_WRITE_SAME);
	u32 max_blocks = max_trans_len(view) >> lu->block_shift;
	u32 opt = opt_blocks(lu, max_blocks);

	reply_u8(reply, write_same ? WSNZ : 0);
	reply_u8(reply, compare_write_max(lu, max_blocks));
	reply_be16(reply, granularity(lu, opt));
	reply_be32(reply, max_blocks);
	reply_be32(reply, opt);
	reply_be32(reply, 0);				/* pre-fetch */
	reply_unmap_limits(lu, reply);
	reply_be64(reply, write_same ? lu->max_write_same : 0);
	reply_atomic_limits(lu, reply);
}

void scst_vpd_block_characteristics(const struct scst_view *view, struct scst_reply *reply)
{
	reply_be16(reply, view->lu->rotational ? RATE_ROTATIONAL : RATE_SOLID_STATE);
	reply_zeros(reply, 64 - 6);
}

void scst_vpd_provisioning(const struct scst_view *view, struct scst_reply *reply)
{
	const struct scst_lu *lu = view->lu;
	u8 how = 0;

	if (has_verb(lu, SCST_VERB_UNMAP))
		how |= LBPU;
	if (has_verb(lu, SCST_VERB_WRITE_SAME))
		how |= LBPWS | LBPWS10;
	if (lu->unmap_zeroes)
		how |= LBPRZ;

	reply_u8(reply, lu->lbp_set_exp);
	reply_u8(reply, how);
	reply_u8(reply, PROVISIONING_THIN);
	reply_u8(reply, 0);
}
