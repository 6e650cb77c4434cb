// SPDX-License-Identifier: GPL-2.0
/*
 * Answers of opaque logical units, as those are to see them who reach the unit through us: what
 * they say of ports, paths and of the copy manager is about ours; what nobody can have through us
 * is not promised. Everything else stays as it is. The device's lengths may lie: nothing is read,
 * or written, beyond what there is.
 */
#include <linux/kernel.h>
#include <linux/string.h>
#include <linux/unaligned.h>
#include <scst/scsi/opaque.h>
#include <scst/scst.h>

#include "op_table.h"
#include "respond.h"
#include "vpd.h"

enum {
	EVPD			= 0x01,
	VPD_HEADER_LEN		= 4,

	NORMACA			= 0x20,		/* standard INQUIRY data, byte 3 */
	SCCS			= 0x80,		/* byte 5: of TPGS, 3PC, PROTECT nothing is left */
	MULTIP			= 0x10,		/* byte 6 */
	CMDQUE			= 0x02,		/* byte 7 */

	VPD_PAGES		= 0x00,
	VPD_ID			= 0x83,
	VPD_EXTENDED		= 0x86,
	VPD_PORTS		= 0x88,
	VPD_COPY		= 0x8f,
	VPD_LIMITS		= 0xb0,

	ASSOCIATION		= 0x30,		/* byte 1 of a designation descriptor */
	PI_CHECKS		= 0x3f,		/* byte 4 of VPD_EXTENDED: SPT, what is checked */
	LUICLR			= 0x01,		/* its byte 7 */
	LIMITS_MAX_AT		= 8,
	LIMITS_OPT_AT		= 12,

	MODE_WP			= 0x80,
	CAPACITY_PI		= 0x0f,		/* byte 12 of READ CAPACITY(16): P_TYPE, PROT_EN */

	RSOC_OPTIONS		= 0x07,
	RSOC_SA_VALID		= 0x01,		/* a descriptor's byte 5 */
	RSOC_TIMEOUTS		= 0x02,
	RSOC_LEN		= 8,
	RSOC_TIMED_LEN		= 20,
	RSOC_NOT_SUPPORTED	= 0x01,		/* of one command, byte 1 */
};

enum scst_opaque_answer scst_opaque_answer(const struct scst_op *op, const u8 *cdb)
{
	switch ((enum scst_exec)op->exec) {
	case SCST_EXEC_REQUEST_SENSE:
		return SCST_ANSWER_SENSE;
	case SCST_EXEC_INQUIRY:
		return cdb[1] & EVPD ? SCST_ANSWER_VPD : SCST_ANSWER_INQUIRY;
	case SCST_EXEC_RSOC:
		return cdb[2] & RSOC_OPTIONS ? SCST_ANSWER_RSOC_ONE : SCST_ANSWER_RSOC_ALL;
	case SCST_EXEC_READ_CAPACITY:
		return cdb[0] == 0x9e ? SCST_ANSWER_CAPACITY_16 : SCST_ANSWER_AS_IT_IS;
	default:
		break;
	}
	/* Rows for MODE SENSE are of two tables. */
	if (cdb[0] == 0x1a)
		return SCST_ANSWER_MODE_6;
	return cdb[0] == 0x5a ? SCST_ANSWER_MODE_10 : SCST_ANSWER_AS_IT_IS;
}

u32 scst_opaque_ask_whole(enum scst_opaque_answer answer, u8 *cdb, u32 size)
{
	switch (answer) {
	case SCST_ANSWER_VPD:
		size = min_t(u32, size, 0xfffc);
		put_unaligned_be16(size, cdb + 3);
		return size;
	case SCST_ANSWER_RSOC_ALL:
		put_unaligned_be32(size, cdb + 6);
		return size;
	default:
		return 0;
	}
}

u32 scst_opaque_whole(enum scst_opaque_answer answer, const u8 *buf, u32 len)
{
	u64 whole = len;

	if (len < VPD_HEADER_LEN)
		return len;
	if (answer == SCST_ANSWER_VPD)
		whole = VPD_HEADER_LEN + get_unaligned_be16(buf + 2);
	else if (answer == SCST_ANSWER_RSOC_ALL)
		whole = 4ull + get_unaligned_be32(buf);
	return min_t(u64, whole, SCST_OPAQUE_ANSWER);
}

static_assert(SCST_OPAQUE_MORE >= SCST_REPLY_MAX + 20 * 30, "a port, and the rows of the core");

static void patch_byte(u8 *buf, u32 len, u32 at, u8 clear, u8 set)
{
	if (at < len)
		buf[at] = (buf[at] & ~clear) | set;
}

/* Bits of version descriptors, vendor and product are the device's. */
static void patch_inquiry(u8 *buf, u32 len)
{
	patch_byte(buf, len, 3, 0, NORMACA);
	patch_byte(buf, len, 5, 0xff ^ SCCS, 0);
	patch_byte(buf, len, 6, 0, MULTIP);
	patch_byte(buf, len, 7, 0, CMDQUE);
}

/* The list of pages, without those that are ours to have and which we have not. */
static u32 patch_pages(u8 *buf, u32 len)
{
	u32 from, to = VPD_HEADER_LEN;

	for (from = VPD_HEADER_LEN; from < len; from++)
		if (buf[from] != VPD_PORTS && buf[from] != VPD_COPY)
			buf[to++] = buf[from];
	return to;
}

/* What identifies the unit stays, to the bit: by that hosts find their disks again. */
static u32 patch_id(const struct scst_view *view, u8 *buf, u32 len)
{
	struct scst_reply reply = { .buf = buf, .size = SCST_OPAQUE_ANSWER + SCST_OPAQUE_MORE };
	u32 from = VPD_HEADER_LEN, to = VPD_HEADER_LEN, n;

	for (; from + 4 <= len; from += n) {
		n = 4 + buf[from + 3];
		if (from + n > len)
			break;
		if (buf[from + 1] & ASSOCIATION)
			continue;
		memmove(buf + to, buf + from, n);
		to += n;
	}
	reply.len = to;
	scst_vpd_port_identification(view, &reply);
	return reply.len;
}

/* 0: the device has no limit. */
static void patch_limit(u8 *field, u32 max)
{
	u32 limit = get_unaligned_be32(field);

	if (max && (!limit || limit > max))
		put_unaligned_be32(max, field);
}

static void patch_limits(const struct scst_view *view, u8 *buf, u32 len)
{
	u32 bytes = READ_ONCE(view->lu->max_trans_len), size = READ_ONCE(view->lu->block_size);
	u32 port = view->port->max_bytes;

	if (port && port < bytes)
		bytes = port;
	if (!size || len < LIMITS_OPT_AT + 4)
		return;
	patch_limit(buf + LIMITS_MAX_AT, bytes / size);
	if (get_unaligned_be32(buf + LIMITS_OPT_AT))
		patch_limit(buf + LIMITS_OPT_AT, bytes / size);
}

static u32 patch_vpd(const struct scst_view *view, u8 *buf, u32 len)
{
	if (len < VPD_HEADER_LEN)
		return len;
	len = min_t(u32, len, VPD_HEADER_LEN + get_unaligned_be16(buf + 2));
	switch (buf[1]) {
	case VPD_PAGES:
		len = patch_pages(buf, len);
		break;
	case VPD_ID:
		len = patch_id(view, buf, len);
		break;
	case VPD_EXTENDED:
		patch_byte(buf, len, 4, PI_CHECKS, 0);
		patch_byte(buf, len, 7, 0, LUICLR);
		break;
	case VPD_LIMITS:
		patch_limits(view, buf, len);
		break;
	}
	len = min_t(u32, len, VPD_HEADER_LEN + 0xffff);
	put_unaligned_be16(len - VPD_HEADER_LEN, buf + 2);
	return len;
}

/* Only of these types the bit means that the medium is protected: SPC-5 7.5.6. */
static void patch_mode(const struct scst_view *view, u8 *buf, u32 len, u32 at)
{
	const u32 types = SCST_T_BLOCK | SCST_T_TAPE | BIT(0x04);

	if (view->read_only && types & BIT(view->lu->type & 0x1f))
		patch_byte(buf, len, at, 0, MODE_WP);
}

/* Who answers a command of which a list has @opcode and, or SCST_SA_NONE, @sa. */
static const struct scst_op *op_of(const struct scst_view *view, u8 opcode, u16 sa)
{
	u8 cdb[16] = { opcode, sa == SCST_SA_NONE ? 0 : sa & 0x1f };

	if (opcode == 0x7f)
		put_unaligned_be16(sa, cdb + 8);
	return scst_opaque_find(cdb, view->lu->type, SCST_DIR_NONE);
}

static u32 add_ours(const struct scst_view *view, u8 *buf, u32 to, bool timed)
{
	struct scst_reply reply = {
		.buf = buf, .size = SCST_OPAQUE_ANSWER + SCST_OPAQUE_MORE, .len = to,
	};
	unsigned int i;

	for (i = 0; i < scst_ops_nr; i++)
		if (scst_ops[i].opaque == SCST_OPAQUE_CORE &&
		    scst_op_supported(&scst_ops[i], view->lu))
			scst_reply_op(&scst_ops[i], timed, &reply);
	return min(reply.len, reply.size);
}

/* The device's list, without what never reaches it; and with what the core does instead. */
static u32 patch_rsoc_all(const struct scst_view *view, const u8 *cdb, u8 *buf, u32 len)
{
	u32 from = 4, to = 4, n;

	if (len < 4)
		return len;
	len = min_t(u64, len, 4ull + get_unaligned_be32(buf));
	for (; from + RSOC_LEN <= len; from += n) {
		const u8 *desc = buf + from;
		u16 sa = desc[5] & RSOC_SA_VALID ? get_unaligned_be16(desc + 2) : SCST_SA_NONE;

		n = desc[5] & RSOC_TIMEOUTS ? RSOC_TIMED_LEN : RSOC_LEN;
		if (from + n > len)
			break;
		if (op_of(view, desc[0], sa)->opaque != SCST_OPAQUE_PASS)
			continue;
		memmove(buf + to, desc, n);
		to += n;
	}
	to = add_ours(view, buf, to, cdb[2] & 0x80);
	put_unaligned_be32(to - 4, buf);
	return to;
}

static u32 patch_rsoc_one(const struct scst_view *view, const u8 *cdb, u8 *buf, u32 len)
{
	const struct scst_op *op = op_of(view, cdb[3], get_unaligned_be16(cdb + 4));
	struct scst_reply reply = { .buf = buf, .size = SCST_REPLY_MAX };
	struct scst_sense unused;

	if (op->opaque == SCST_OPAQUE_CORE) {
		if (scst_respond_rsoc(view, cdb, &reply, &unused))
			return min(reply.len, reply.size);
	} else if (op->opaque == SCST_OPAQUE_PASS || len < 4) {
		return len;
	}
	memset(buf, 0, 4);
	buf[1] = RSOC_NOT_SUPPORTED;
	return 4;
}

/* What is no business of whoever asks is no sense at all, in the format that was asked for. */
static u32 patch_sense(const u8 *cdb, u8 *buf, u32 len)
{
	static const struct scst_sense nothing = { .id = SCST_SENSE_NONE };

	if (scst_opaque_sense_is_of_unit(buf, len))
		return len;
	return scst_sense_encode(&nothing, cdb[1] & 0x01, buf, SCST_SENSE_LEN);
}

u32 scst_opaque_patch(enum scst_opaque_answer answer, const struct scst_view *view, const u8 *cdb,
		      u8 *buf, u32 len)
{
	switch (answer) {
	case SCST_ANSWER_AS_IT_IS:
		break;
	case SCST_ANSWER_SENSE:
		return patch_sense(cdb, buf, len);
	case SCST_ANSWER_INQUIRY:
		patch_inquiry(buf, len);
		break;
	case SCST_ANSWER_VPD:
		return patch_vpd(view, buf, len);
	case SCST_ANSWER_MODE_6:
		patch_mode(view, buf, len, 2);
		break;
	case SCST_ANSWER_MODE_10:
		patch_mode(view, buf, len, 3);
		break;
	case SCST_ANSWER_CAPACITY_16:
		patch_byte(buf, len, 12, CAPACITY_PI, 0);
		break;
	case SCST_ANSWER_RSOC_ALL:
		return patch_rsoc_all(view, cdb, buf, len);
	case SCST_ANSWER_RSOC_ONE:
		return patch_rsoc_one(view, cdb, buf, len);
	}
	return len;
}
