// SPDX-License-Identifier: GPL-2.0
/*
 * The mode pages we have: SPC-5 7.5, SBC-4 6.5.
 */
#include <linux/kernel.h>
#include <linux/stddef.h>
#include <linux/string.h>

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
 * Ascending, as MODE SENSE with page code 3Fh returns them. Images are without their two or four
 * bytes of header, which follow from the row. Set bits: 01h AWRE, ARRE; 08h pre-fetch limits
 * "none"; 0Ah GLTSD; 0Ah/01h TCMOS, SCSIP (timestamp.c); 1Ch DEXCPT.
 */
const struct scst_mode_page scst_mode_pages[] = {
	{ 0x01, 0x00, 12, T_ANY, NULL,           { [2] = 0xc0 } },
	{ 0x02, 0x00, 16, T_SBC, NULL,           { 0 } },
	{ 0x08, 0x00, 20, T_SBC, caching_fields, { [4] = 255, 255, 0, 0, 255, 255, 255, 255 } },
	{ 0x0a, 0x00, 12, T_ANY, control_fields, { [2] = 0x02 } },
	{ 0x0a, 0x01, 32, T_ANY, NULL,           { [4] = 0x06 } },
	{ 0x1a, 0x00, 40, T_ANY, NULL,           { 0 } },
	{ 0x1c, 0x00, 12, T_ANY, NULL,           { [2] = 0x08 } },
};

const unsigned int scst_mode_pages_nr = ARRAY_SIZE(scst_mode_pages);

bool scst_mode_page_applies(const struct scst_mode_page *page, const struct scst_lu *lu)
{
	return lu->type < 32 && page->types & BIT(lu->type);
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
