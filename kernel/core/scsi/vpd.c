// SPDX-License-Identifier: GPL-2.0
/*
 * Vital product data: one row for each page says for whom it exists and who writes it. The list of
 * supported pages (00h) is a walk over the same rows.
 */
#include <linux/kernel.h>
#include <linux/string.h>
#include <scst/scst.h>

#include "vpd.h"

enum {
	VPD_HEADER_LEN		= 4,

	/* page 86h */
	SIMPSUP			= 0x01,
	ORDSUP			= 0x02,
	HEADSUP			= 0x04,
	V_SUP			= 0x01,
	LUICLR			= 0x01,
};

struct vpd_page {
	u8 code;
	u32 types;					/* BIT(device type)	*/
	bool (*applies)(const struct scst_view *view);	/* NULL: always		*/
	scst_vpd_builder build;
};

static void build_supported_pages(const struct scst_view *view, struct scst_reply *reply);

/* SPC-5 7.7.19 */
static void build_serial(const struct scst_view *view, struct scst_reply *reply)
{
	reply_ascii(reply, view->lu->usn, strlen(view->lu->usn));
}

/* SPC-5 7.7.7 */
static void build_extended_inquiry(const struct scst_view *view, struct scst_reply *reply)
{
	reply_u8(reply, 0);				/* no protection information */
	reply_u8(reply, HEADSUP | ORDSUP | SIMPSUP);
	reply_u8(reply, view->lu->write_cache ? V_SUP : 0);
	/* REPORTED LUNS DATA HAS CHANGED, told once, is cleared on every LU of the nexus. */
	reply_u8(reply, LUICLR);
	reply_zeros(reply, 5);
	reply_u8(reply, SCST_SENSE_LEN);		/* maximum supported sense data length */
	reply_zeros(reply, 64 - 14);
}

/* SPC-5 7.7.12: every mode page is one for all nexuses of the logical unit. */
static void build_mode_page_policy(const struct scst_view *view, struct scst_reply *reply)
{
	reply_u8(reply, 0x3f);				/* all pages */
	reply_u8(reply, 0xff);				/* and subpages */
	reply_be16(reply, 0);				/* shared; not between units */
}

static bool is_thin(const struct scst_view *view)
{
	return view->lu->thin;
}

static bool has_port_id(const struct scst_view *view)
{
	return view->port->rel_tgt_id;
}

/* Ascending, as page 00h has to be. */
static const struct vpd_page pages[] = {
	{ 0x00, SCST_T_ALL,              NULL,        build_supported_pages },
	{ 0x80, SCST_T_ALL,              NULL,        build_serial },
	{ 0x83, SCST_T_ALL,              NULL,        scst_vpd_identification },
	{ 0x86, SCST_T_ALL,              NULL,        build_extended_inquiry },
	{ 0x87, SCST_T_BLOCK,            NULL,        build_mode_page_policy },
	{ 0x88, SCST_T_ALL,              has_port_id, scst_vpd_scsi_ports },
	{ 0xb0, SCST_T_DISK | SCST_T_MO, NULL,        scst_vpd_block_limits },
	{ 0xb1, SCST_T_DISK | SCST_T_MO, NULL,        scst_vpd_block_characteristics },
	{ 0xb2, SCST_T_DISK | SCST_T_MO, is_thin,     scst_vpd_provisioning },
};

/* An absent LUN, and a dummy, have no product to speak of: only page 00h, which says so. */
static bool page_applies(const struct vpd_page *page, const struct scst_view *view)
{
	const struct scst_lu *lu = view->lu;

	if (!page->code)
		return true;
	if (!lu || lu->dummy || lu->type > 31)
		return false;
	return page->types & BIT(lu->type) && (!page->applies || page->applies(view));
}

static void build_supported_pages(const struct scst_view *view, struct scst_reply *reply)
{
	const struct vpd_page *page;

	for (page = pages; page < pages + ARRAY_SIZE(pages); page++)
		if (page_applies(page, view))
			reply_u8(reply, page->code);
}

static const struct vpd_page *find_page(u8 code, const struct scst_view *view)
{
	const struct vpd_page *page;

	for (page = pages; page < pages + ARRAY_SIZE(pages); page++)
		if (page->code == code && page_applies(page, view))
			return page;
	return NULL;
}

bool scst_respond_vpd(const struct scst_view *view, const u8 *cdb,
		      struct scst_reply *reply, struct scst_sense *sense)
{
	const struct vpd_page *page = find_page(cdb[2], view);

	if (!page)
		return refuse_cdb(sense, 2, -1);

	reply_u8(reply, scst_peripheral(view->lu));
	reply_u8(reply, page->code);
	reply_be16(reply, 0);
	page->build(view, reply);
	reply_set_be16(reply, 2, reply->len - VPD_HEADER_LEN);
	return true;
}
