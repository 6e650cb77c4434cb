// SPDX-License-Identifier: GPL-2.0
/*
 * The mode pages we have: SPC-5 7.5, SBC-4 6.5.
 */
#include <linux/compiler.h>
#include <linux/kernel.h>
#include <linux/stddef.h>
#include <linux/string.h>
#include <linux/unaligned.h>

#include "mode_pages.h"

#define FIELD(_value, _byte, _shift, _width, _allowed)						\
	{ .value = offsetof(struct scst_mode, _value), .byte = _byte, .shift = _shift,		\
	  .width = _width, .allowed = _allowed }

#define T_SBC	(SCST_T_DISK | SCST_T_MO)
#define T_ANY	SCST_T_BLOCK

static const struct scst_mode_field caching_fields[] = {
	FIELD(wce,		2, 2, 1, 0x3),
	{ }
};

/* QERR 10b and QUEUE ALGORITHM MODIFIER above 1 are reserved (SPC-5 tables 459 and 460). */
static const struct scst_mode_field control_fields[] = {
	FIELD(tst,		2, 5, 3, BIT(0) | BIT(1)),
	FIELD(tmf_only,		2, 4, 1, 0x3),
	FIELD(dpicz,		2, 3, 1, 0x3),
	FIELD(d_sense,		2, 2, 1, 0x3),
	FIELD(queue_alg,	3, 4, 4, BIT(0) | BIT(1)),
	FIELD(qerr,		3, 1, 2, BIT(0) | BIT(1) | BIT(3)),
	FIELD(swp,		4, 3, 1, 0x3),
	FIELD(tas,		5, 6, 1, 0x3),
	{ }
};

/*
 * A geometry, which old hosts want to have for their partitions. No disk has one, and SBC-3 dropped
 * both pages; the numbers are SCST's, so that a disk that comes from there keeps its partitions.
 */
enum {
	HEADS	= 255,
	SECTORS	= 56,
	RATE	= 15000,
};

static void describe_format(const struct scst_lu *lu, u8 *page)
{
	put_unaligned_be16(SECTORS, page + 10);
	put_unaligned_be16(1u << lu->block_shift, page + 12);
}

/* Up to 2^32 blocks: who still looks at this knows no larger disk. */
static void describe_geometry(const struct scst_lu *lu, u8 *page)
{
	u32 cylinders = (u32)min_t(u64, lu->nblocks, 0xffffffff) / (HEADS * SECTORS);

	put_unaligned_be24(cylinders ? cylinders : 1, page + 2);
	page[5] = HEADS;
	put_unaligned_be16(lu->rotational ? RATE : 1, page + 20);
}

/*
 * Logical block provisioning mode page of SBC-4: one threshold, a count of what is left of the
 * resource "available" (0001h), told when it goes below. It is the administrator's, who knows the
 * pool.
 */
enum {
	THRESHOLD_AT		= 16,
	THRESHOLD_ENABLED	= 0x80,
	RESOURCE_AVAILABLE	= 0x01,
};

static void describe_threshold(const struct scst_lu *lu, u8 *page)
{
	u32 count = READ_ONCE(lu->lbp_threshold);

	page[THRESHOLD_AT] = count ? THRESHOLD_ENABLED : 0;
	page[THRESHOLD_AT + 1] = RESOURCE_AVAILABLE;
	put_unaligned_be32(count, page + THRESHOLD_AT + 4);
}

/*
 * Ascending, as MODE SENSE with page code 3Fh returns them. Images are without their two or four
 * bytes of header, which follow from the row. Set bits: 01h AWRE, ARRE; 03h HSEC; 08h pre-fetch
 * limits "none"; 0Ah GLTSD; 0Ah/01h TCMOS, SCSIP (timestamp.c); 1Ch DEXCPT.
 */
const struct scst_mode_page scst_mode_pages[] = {
	{ 0x01, 0x00, 12, T_ANY,       NULL,	       NULL,		  { [2] = 0xc0 } },
	{ 0x02, 0x00, 16, T_SBC,       NULL,	       NULL,		  { 0 } },
	{ 0x03, 0x00, 24, SCST_T_DISK, NULL,	       describe_format,	  { [20] = 0x40 } },
	{ 0x04, 0x00, 24, SCST_T_DISK, NULL,	       describe_geometry, { 0 } },
	{ 0x08, 0x00, 20, T_SBC,       caching_fields, NULL,
	  { [4] = 255, 255, 0, 0, 255, 255, 255, 255 } },
	{ 0x0a, 0x00, 12, T_ANY,       control_fields, NULL,		  { [2] = 0x02 } },
	{ 0x0a, 0x01, 32, T_ANY,       NULL,	       NULL,		  { [4] = 0x06 } },
	{ 0x1a, 0x00, 40, T_ANY,       NULL,	       NULL,		  { 0 } },
	{ 0x1c, 0x00, 12, T_ANY,       NULL,	       NULL,		  { [2] = 0x08 } },
	{ 0x1c, 0x02, 24, T_SBC,       NULL,	       describe_threshold, { 0 } },
};

const unsigned int scst_mode_pages_nr = ARRAY_SIZE(scst_mode_pages);

bool scst_mode_page_applies(const struct scst_mode_page *page, const struct scst_lu *lu)
{
	if (page->describe == describe_threshold && !(lu->thin && lu->lbp_set_exp))
		return false;
	return lu->type < 32 && page->types & BIT(lu->type);
}

void scst_mode_page_constant(const struct scst_mode_page *page, const struct scst_lu *lu, u8 *buf)
{
	memcpy(buf, page->image, page->len);
	if (page->describe)
		page->describe(lu, buf);
}

void scst_mode_page_fill(const struct scst_mode_page *page, const struct scst_mode *values,
			 u8 *buf)
{
	const struct scst_mode_field *field;

	if (!page->fields)
		return;
	for (field = page->fields; field->width; field++) {
		u8 mask = (1u << field->width) - 1;
		u8 value = ((const u8 *)values)[field->value];

		buf[field->byte] |= (value & mask) << field->shift;
	}
}

struct scst_mode scst_mode_current(const struct scst_lu *lu)
{
	return (struct scst_mode) {
		.tst		= lu->tst,
		.tmf_only	= lu->tmf_only,
		.dpicz		= lu->dpicz,
		.d_sense	= lu->d_sense,
		.queue_alg	= lu->queue_alg,
		.qerr		= lu->qerr,
		.swp		= lu->swp,
		.tas		= lu->tas,
		.wce		= lu->write_cache,
	};
}
