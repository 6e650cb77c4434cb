/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Mode pages as data: a page is a constant image plus a few fields whose values come from a struct
 * scst_mode. MODE SENSE lays values over the image; MODE SELECT takes them out again.
 */
#ifndef _SCST_SCSI_MODE_PAGES_H
#define _SCST_SCSI_MODE_PAGES_H

#include "answer.h"

enum {
	MODE_PAGE_MAX_LEN	= 40,
	MODE_SPF		= 0x40,
	MODE_PS			= 0x80,
	MODE_PAGE_ALL		= 0x3f,
	MODE_SUBPAGE_ALL	= 0xff,
};

struct scst_mode_field {
	u8 value;		/* offset in struct scst_mode			*/
	u8 byte;		/* in the page, its header included		*/
	u8 shift;
	u8 width;		/* bits; 0 ends the list			*/
	u16 allowed;		/* BIT(v): MODE SELECT accepts v		*/
};

struct scst_mode_page {
	u8 page;
	u8 subpage;		/* not 0: sub_page format, four bytes of header	*/
	u8 len;			/* with the header				*/
	u32 types;		/* BIT(device type)				*/
	const struct scst_mode_field *fields;	/* or NULL: nothing varies	*/
	/* What follows from the unit, and nobody can change; or NULL. */
	void (*describe)(const struct scst_lu *lu, u8 *page);
	u8 image[MODE_PAGE_MAX_LEN];
};

extern const struct scst_mode_page scst_mode_pages[];
extern const unsigned int scst_mode_pages_nr;

bool scst_mode_page_applies(const struct scst_mode_page *page, const struct scst_lu *lu);

/* What nobody can change, into @buf: page->len bytes. */
void scst_mode_page_constant(const struct scst_mode_page *page, const struct scst_lu *lu, u8 *buf);

/* Lays @values over @buf, page->len bytes. */
void scst_mode_page_fill(const struct scst_mode_page *page, const struct scst_mode *values,
			 u8 *buf);

#endif
