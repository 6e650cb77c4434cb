// SPDX-License-Identifier: GPL-2.0
/*
 * The parameter list of FORMAT UNIT: SBC-4 5.4. There are no defects to be listed, and nothing to
 * certify, so of the options only the pattern and IMMED mean anything; the others are taken where
 * what they ask for is so, and refused where it cannot be. A list that is longer than it says is
 * refused as well: which header was meant is not to be guessed when all data go.
 */
#include <linux/kernel.h>
#include <linux/unaligned.h>

#include "respond.h"

enum {
	SHORT_HEADER_LEN	= 4,
	LONG_HEADER_LEN		= 8,
	PATTERN_HEADER_LEN	= 4,

	PROTECTION		= 0x07,		/* byte 0: PROTECTION FIELD USAGE */

	FOV			= 0x80,		/* byte 1: the next four are valid */
	DPRY			= 0x40,		/* not even the defects of the factory */
	DCRT			= 0x20,		/* no certification */
	STPF			= 0x10,		/* stop if a defect list is not found */
	IP			= 0x08,		/* there is a pattern */
	IMMED			= 0x02,
	OPTIONS			= DPRY | DCRT | STPF | IP,

	PATTERN_DEFAULT		= 0x00,
	PATTERN_REPEAT		= 0x01,
};

static bool check_options(const u8 *list, struct scst_sense *sense)
{
	u8 unknown = list[1] & ~(FOV | OPTIONS | IMMED);

	if (list[0])
		return refuse_param(sense, 0, list[0] & ~PROTECTION ? leftmost_bit(list[0]) : 2);
	if (unknown)
		return refuse_param(sense, 1, leftmost_bit(unknown));
	if (list[1] & OPTIONS && !(list[1] & FOV))
		return refuse_param(sense, 1, leftmost_bit(list[1] & OPTIONS));
	return true;
}

/* No protection information, and no defects: byte 2, or 4, has the length of their list. */
static bool check_header(const u8 *list, bool is_long, struct scst_sense *sense)
{
	if (!check_options(list, sense))
		return false;
	if (!is_long)
		return !get_unaligned_be16(list + 2) || refuse_param(sense, 2, -1);
	if (list[2])
		return refuse_param(sense, 2, -1);
	if (list[3])
		return refuse_param(sense, 3, list[3] & 0xf0 ? 7 : 3);
	return !get_unaligned_be32(list + 4) || refuse_param(sense, 4, -1);
}

/* @at: where the descriptor of the pattern begins. */
static bool check_pattern(const struct scst_lu *lu, const u8 *list, u32 len, u32 at,
			  struct scst_format *out, struct scst_sense *sense)
{
	const u8 *desc = list + at;
	u16 pattern_len;

	if (len < at + PATTERN_HEADER_LEN)
		return refuse(sense, SCST_SENSE_PARAM_LIST_LENGTH);
	pattern_len = get_unaligned_be16(desc + 2);
	if (desc[0])		/* a header in each block; blocks that were replaced */
		return refuse_param(sense, at, leftmost_bit(desc[0]));
	if (desc[1] > PATTERN_REPEAT)
		return refuse_param(sense, at + 1, -1);
	if (!pattern_len != (desc[1] == PATTERN_DEFAULT) || pattern_len > 1u << lu->block_shift)
		return refuse_param(sense, at + 2, -1);
	out->pattern_len = pattern_len;
	out->pattern = desc + PATTERN_HEADER_LEN;
	if (len != at + PATTERN_HEADER_LEN + pattern_len)
		return refuse(sense, SCST_SENSE_PARAM_LIST_LENGTH);
	return true;
}

bool scst_format_check(const struct scst_lu *lu, u32 how, const u8 *list, u32 len,
		       struct scst_format *out, struct scst_sense *sense)
{
	bool is_long = how & SCST_HOW_LONG_LIST;
	u32 header_len = is_long ? LONG_HEADER_LEN : SHORT_HEADER_LEN;

	*out = (struct scst_format){ };
	if (!(how & SCST_HOW_LIST))
		return true;
	if (len < header_len)
		return refuse(sense, SCST_SENSE_PARAM_LIST_LENGTH);
	if (!check_header(list, is_long, sense))
		return false;
	out->immed = list[1] & IMMED;
	if (list[1] & IP)
		return check_pattern(lu, list, len, header_len, out, sense);
	return len == header_len || refuse(sense, SCST_SENSE_PARAM_LIST_LENGTH);
}
