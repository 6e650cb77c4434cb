/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Parameters that an initiator had saved, as bytes in a file. A value is named by the standard's
 * own place for it (page, subpage, byte, bit), so that an older or newer module finds it, and
 * passes over what it does not have.
 *
 *	0	version: 1
 *	1	entries: kind, be16 length, so many bytes
 *
 *	kind 1	a mode parameter: page, subpage, byte, bit, value
 *	kind 2	identifying information: its type, then what it is
 */
#ifndef _SCST_SCSI_SAVED_H
#define _SCST_SCSI_SAVED_H

#include "answer.h"

struct scst_saved {
	struct scst_mode mode;
	struct scst_info info[SCST_INFO_NR];
};

/* No record is longer, and so long is what kind 1 has. */
#define SCST_SAVED_MAX		512
#define SCST_SAVED_MODE_LEN	5

void scst_saved_encode(const struct scst_lu *lu, const struct scst_saved *saved,
		       struct scst_reply *out);

/*
 * The @len bytes at @data on top of what @lu has. What the unit has not or does not take keeps its
 * default and is counted in *@dropped. Return: false, and @out untouched, if it is no such record.
 */
bool scst_saved_decode(const struct scst_lu *lu, const u8 *data, u32 len, struct scst_saved *out,
		       unsigned int *dropped);

/*
 * The same of SCST's file for the device @name (saved_scst.c): what is not from beginning to end
 * such a file is none.
 */
bool scst_saved_decode_scst(const struct scst_lu *lu, const char *name, const u8 *file, u32 len,
			    struct scst_saved *out, unsigned int *dropped);

/*
 * Takes what @entry, of kind 1, says into @mode, as MODE SELECT would: a legal value, and different
 * from the default only where that may be. Return: false: @mode is as before.
 */
bool scst_saved_take_mode(const struct scst_lu *lu, const u8 *entry, struct scst_mode *mode);

#endif
