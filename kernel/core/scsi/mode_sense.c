// SPDX-License-Identifier: GPL-2.0
/*
 * MODE SENSE(6) and (10): SPC-5 6.14 and 6.15. Header, block descriptor, pages.
 */
#include <linux/kernel.h>
#include <linux/string.h>
#include <linux/unaligned.h>

#include "mode_pages.h"
#include "respond.h"

enum {
	OPCODE_MODE_SENSE_6	= 0x1a,

	DBD			= 0x08,
	LLBAA			= 0x10,

	/* device-specific parameter of block devices, SBC-4 6.5.1 */
	WP			= 0x80,
	DPOFUA			= 0x10,
	LONGLBA			= 0x01,
};

enum page_control {
	PC_CURRENT,
	PC_CHANGEABLE,
	PC_DEFAULT,
	PC_SAVED,
};

struct mode_request {
	const struct scst_lu *lu;
	bool read_only;
	bool six;
	bool block_descriptor;
	bool long_lba;
	enum page_control pc;
	u8 page;
	u8 subpage;
	struct scst_mode values;
};

static void parse_request(const struct scst_view *view, const u8 *cdb, struct mode_request *req)
{
	const struct scst_lu *lu = view->lu;
	bool has_blocks = lu->type < 32 && BIT(lu->type) & (SCST_T_DISK | SCST_T_MO);

	*req = (struct mode_request) {
		.lu			= lu,
		.read_only		= view->read_only || lu->read_only || lu->swp,
		.six			= cdb[0] == OPCODE_MODE_SENSE_6,
		.block_descriptor	= has_blocks && !(cdb[1] & DBD),
		.pc			= cdb[2] >> 6,
		.page			= cdb[2] & 0x3f,
		.subpage		= cdb[3],
	};
	req->long_lba = !req->six && cdb[1] & LLBAA;

	switch (req->pc) {
	case PC_CURRENT:
		req->values = scst_mode_current(lu);
		return;
	case PC_CHANGEABLE:
		req->values = lu->mode_changeable;
		return;
	case PC_DEFAULT:
		req->values = lu->mode_default;
		return;
	case PC_SAVED:
		req->values = lu->mode_saved;
		return;
	}
}

static u8 device_specific(const struct mode_request *req)
{
	u8 wp = req->read_only ? WP : 0;

	/* Every WRITE row takes DPO and FUA. MMC reserves both bits. */
	return BIT(req->lu->type) & SCST_T_CDROM ? 0 : wp | DPOFUA;
}

/* Lengths are filled in at the end. */
static void reply_header(const struct mode_request *req, struct scst_reply *reply)
{
	if (req->six) {
		reply_be16(reply, 0);
		reply_u8(reply, device_specific(req));
		reply_u8(reply, 0);
		return;
	}
	reply_be16(reply, 0);
	reply_u8(reply, 0);
	reply_u8(reply, device_specific(req));
	reply_u8(reply, req->block_descriptor && req->long_lba ? LONGLBA : 0);
	reply_zeros(reply, 3);
}

/* SBC-4 6.5.2: all ones in the short one when the number of blocks does not fit. */
static void reply_block_descriptor(const struct mode_request *req, struct scst_reply *reply)
{
	const struct scst_lu *lu = req->lu;

	if (!req->block_descriptor)
		return;
	if (req->long_lba) {
		reply_be64(reply, lu->nblocks);
		reply_be32(reply, 0);
	} else {
		reply_be32(reply, min_t(u64, lu->nblocks, 0xffffffff));
	}
	reply_be32(reply, 1u << lu->block_shift);
}

static void set_lengths(const struct mode_request *req, u32 descriptor_len,
			struct scst_reply *reply)
{
	if (req->six) {
		reply_set_u8(reply, 0, reply->len - 1);
		reply_set_u8(reply, 3, descriptor_len);
	} else {
		reply_set_be16(reply, 0, reply->len - 2);
		reply_set_be16(reply, 6, descriptor_len);
	}
}

static void reply_page(const struct mode_request *req, const struct scst_mode_page *page,
		       struct scst_reply *reply)
{
	u8 buf[MODE_PAGE_MAX_LEN] = { 0 };

	if (req->pc != PC_CHANGEABLE)
		scst_mode_page_constant(page, req->lu, buf);
	scst_mode_page_fill(page, &req->values, buf);

	buf[0] = page->page;
	if (page->fields && req->lu->mode_can_save)
		buf[0] |= MODE_PS;
	if (page->subpage) {
		buf[0] |= MODE_SPF;
		buf[1] = page->subpage;
		put_unaligned_be16(page->len - 4, buf + 2);
	} else {
		buf[1] = page->len - 2;
	}
	reply_bytes(reply, buf, page->len);
}

static bool is_requested(const struct mode_request *req, const struct scst_mode_page *page)
{
	if (!scst_mode_page_applies(page, req->lu))
		return false;
	if (req->page != MODE_PAGE_ALL && req->page != page->page)
		return false;
	return req->subpage == MODE_SUBPAGE_ALL || req->subpage == page->subpage;
}

static unsigned int reply_pages(const struct mode_request *req, struct scst_reply *reply)
{
	unsigned int i, nr = 0;

	for (i = 0; i < scst_mode_pages_nr; i++) {
		if (!is_requested(req, &scst_mode_pages[i]))
			continue;
		reply_page(req, &scst_mode_pages[i], reply);
		nr++;
	}
	return nr;
}

/* No page answers to (page, subpage): is it the page code or the subpage code that is wrong? */
static bool refuse_page(const struct mode_request *req, struct scst_sense *sense)
{
	unsigned int i;

	if (req->page == MODE_PAGE_ALL)
		return refuse_cdb(sense, 3, -1);
	for (i = 0; i < scst_mode_pages_nr; i++)
		if (scst_mode_pages[i].page == req->page &&
		    scst_mode_page_applies(&scst_mode_pages[i], req->lu))
			return refuse_cdb(sense, 3, -1);
	return refuse_cdb(sense, 2, 5);
}

bool scst_respond_mode_sense(const struct scst_view *view, const u8 *cdb,
			     struct scst_reply *reply, struct scst_sense *sense)
{
	struct mode_request req;
	u32 header_len;
	u32 descriptor_len;

	parse_request(view, cdb, &req);
	if (req.pc == PC_SAVED && !view->lu->mode_can_save)
		return refuse(sense, SCST_SENSE_SAVING_NOT_SUPPORTED);
	/* 3Fh means all pages only with subpage 00h or FFh (SPC-5 table 213). */
	if (req.page == MODE_PAGE_ALL && req.subpage && req.subpage != MODE_SUBPAGE_ALL)
		return refuse_cdb(sense, 3, -1);

	reply_header(&req, reply);
	header_len = reply->len;
	reply_block_descriptor(&req, reply);
	descriptor_len = reply->len - header_len;
	if (!reply_pages(&req, reply))
		return refuse_page(&req, sense);
	set_lengths(&req, descriptor_len, reply);
	return true;
}
