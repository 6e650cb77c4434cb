// SPDX-License-Identifier: GPL-2.0
/*
 * LOG SENSE and LOG SELECT: SPC-5 6.8, 6.9 and 7.3, SBC-4 6.4. A page is a row: for whom it exists,
 * who writes its parameters. The supported pages (00h) are a walk over the rows.
 *
 * All parameters are lists without thresholds, for which PAGE CONTROL is to be ignored (7.3.2.1).
 */
#include <linux/compiler.h>
#include <linux/kernel.h>
#include <linux/unaligned.h>

#include "respond.h"

enum {
	LOG_SPF			= 0x40,
	LOG_DS			= 0x80,		/* nothing of the page is saved */
	SUBPAGE_ALL		= 0xff,
	LOG_HEADER_LEN		= 4,
	PAGE_STATISTICS		= 0x19,

	LOG_PCR			= 0x02,
	PC_DEFAULT_CUMULATIVE	= 3,

	/* parameter control byte: FORMAT AND LINKING */
	ASCII_LIST		= 0x01,
	BINARY_LIST		= 0x03,

	TEMPERATURE_UNKNOWN	= 0xff,
	RESOURCE_AVAILABLE	= 0x0001,
	RESOURCE_USED		= 0x0002,
	SCOPE_THIS_LU		= 0x01,
	SCOPE_POOL		= 0x02,
};

/* A page being written: parameters below PARAMETER POINTER are left out. */
struct log_reply {
	struct scst_reply *reply;
	u16 pointer;
	u16 last;		/* the highest parameter code there is */
};

typedef void (*log_builder)(const struct scst_view *view, struct log_reply *out);

struct log_page {
	u8 page;
	u8 subpage;
	u32 types;
	bool (*applies)(const struct scst_view *view);	/* NULL: always */
	log_builder build;				/* NULL: a list of pages */
};

/* Return: the buffer to put @len bytes into, or NULL if the initiator does not want this one. */
static struct scst_reply *begin_parameter(struct log_reply *out, u16 code, u8 format, u8 len)
{
	out->last = code;
	if (code < out->pointer)
		return NULL;
	reply_be16(out->reply, code);
	reply_u8(out->reply, format);
	reply_u8(out->reply, len);
	return out->reply;
}

static void put_u16_parameter(struct log_reply *out, u16 code, u16 value)
{
	struct scst_reply *reply = begin_parameter(out, code, BINARY_LIST, 2);

	if (reply)
		reply_be16(reply, value);
}

static void put_u32_parameter(struct log_reply *out, u16 code, u32 value)
{
	struct scst_reply *reply = begin_parameter(out, code, BINARY_LIST, 4);

	if (reply)
		reply_be32(reply, value);
}

/* SBC-4 6.4.5: in threshold sets, whose size page B2h gives. */
static void put_resource(struct log_reply *out, u16 code, u64 blocks, u8 set_exp, u8 scope)
{
	struct scst_reply *reply = begin_parameter(out, code, BINARY_LIST, 8);

	if (!reply)
		return;
	reply_be32(reply, min_t(u64, blocks >> set_exp, 0xffffffff));
	reply_be32(reply, scope << 24);
}

/* What is left is the pool's, for whoever writes first. */
static void build_provisioning(const struct scst_view *view, struct log_reply *out)
{
	u64 used = READ_ONCE(view->lu->lbp_used);
	u8 set_exp = view->lu->lbp_set_exp;

	put_resource(out, RESOURCE_AVAILABLE, READ_ONCE(view->lu->lbp_available), set_exp,
		     SCOPE_POOL);
	if (used != SCST_LBP_UNKNOWN)
		put_resource(out, RESOURCE_USED, used, set_exp, SCOPE_THIS_LU);
}

/* SPC-5 7.3.22: this temperature, and the highest for working on and on. We know neither. */
static void build_temperature(const struct scst_view *view, struct log_reply *out)
{
	put_u16_parameter(out, 0x0000, TEMPERATURE_UNKNOWN);
	put_u16_parameter(out, 0x0001, TEMPERATURE_UNKNOWN);
}

/* SPC-5 7.3.20. Dates nobody set are spaces; no cycle is specified, as nothing wears. */
static void build_start_stop(const struct scst_view *view, struct log_reply *out)
{
	struct scst_reply *reply;
	u16 date;

	for (date = 0x0001; date <= 0x0002; date++) {
		reply = begin_parameter(out, date, ASCII_LIST, 6);
		if (reply)
			reply_ascii(reply, "", 6);
	}
	put_u32_parameter(out, 0x0003, 0);
	put_u32_parameter(out, 0x0004, view->log->starts);
	put_u32_parameter(out, 0x0005, 0);
	put_u32_parameter(out, 0x0006, 0);
}

/* SPC-5 7.3.9. Times are in units of the time interval parameter: 1 * 10^-9 s. */
static void build_general_statistics(const struct scst_view *view, struct log_reply *out)
{
	struct scst_reply *reply = begin_parameter(out, 0x0001, BINARY_LIST, 64);
	const struct scst_log *log = view->log;

	if (reply) {
		reply_be64(reply, log->reads);
		reply_be64(reply, log->writes);
		reply_be64(reply, log->blocks_written);
		reply_be64(reply, log->blocks_read);
		reply_be64(reply, log->read_ns);
		reply_be64(reply, log->write_ns);
		reply_zeros(reply, 16);			/* weighted: not kept */
	}
	reply = begin_parameter(out, 0x0003, BINARY_LIST, 8);
	if (reply) {
		reply_be32(reply, 9);
		reply_be32(reply, 1);
	}
}

/* SPC-5 7.3.11: no exception to tell, as DEXCPT of mode page 1Ch promises. */
static void build_informational_exceptions(const struct scst_view *view, struct log_reply *out)
{
	struct scst_reply *reply = begin_parameter(out, 0x0000, BINARY_LIST, 4);

	if (!reply)
		return;
	reply_be16(reply, 0);
	reply_u8(reply, TEMPERATURE_UNKNOWN);
	reply_u8(reply, 0);
}

static bool knows_provisioning(const struct scst_view *view)
{
	return view->lu->thin && view->lu->lbp_set_exp;
}

static bool has_statistics(const struct scst_view *view)
{
	return view->log;
}

#define T_SBC	(SCST_T_DISK | SCST_T_MO)

/* Ascending, as the list of supported pages has to be. */
static const struct log_page pages[] = {
	{ 0x00, 0x00, SCST_T_BLOCK, NULL,               NULL },
	{ 0x00, 0xff, SCST_T_BLOCK, NULL,               NULL },
	{ 0x0c, 0x00, T_SBC,        knows_provisioning, build_provisioning },
	{ 0x0d, 0x00, SCST_T_BLOCK, NULL,               build_temperature },
	{ 0x0e, 0x00, SCST_T_BLOCK, has_statistics,     build_start_stop },
	{ PAGE_STATISTICS, 0x00, SCST_T_BLOCK, has_statistics,     build_general_statistics },
	{ 0x2f, 0x00, SCST_T_BLOCK, NULL,               build_informational_exceptions },
};

static bool page_applies(const struct log_page *page, const struct scst_view *view)
{
	u8 type = view->lu->type & 0x1f;

	return page->types & BIT(type) && (!page->applies || page->applies(view));
}

static void build_page_list(const struct scst_view *view, bool subpages, struct scst_reply *reply)
{
	const struct log_page *page;

	for (page = pages; page < pages + ARRAY_SIZE(pages); page++) {
		if (!page_applies(page, view) || (page->subpage && !subpages))
			continue;
		reply_u8(reply, page->page);
		if (subpages)
			reply_u8(reply, page->subpage);
	}
}

/* The page, or NULL with the sense filled: is it the page or only the subpage that is unknown? */
static const struct log_page *find_page(const struct scst_view *view, const u8 *cdb,
					struct scst_sense *sense)
{
	const struct log_page *page;
	bool known = false;

	for (page = pages; page < pages + ARRAY_SIZE(pages); page++) {
		if (page->page != (cdb[2] & 0x3f) || !page_applies(page, view))
			continue;
		if (page->subpage == cdb[3])
			return page;
		known = true;
	}
	if (known)
		refuse_cdb(sense, 3, -1);
	else
		refuse_cdb(sense, 2, 5);
	return NULL;
}

bool scst_respond_log_sense(const struct scst_view *view, const u8 *cdb,
			    struct scst_reply *reply, struct scst_sense *sense)
{
	const struct log_page *page = find_page(view, cdb, sense);
	struct log_reply out = { .reply = reply, .pointer = get_unaligned_be16(cdb + 5) };

	if (!page)
		return false;
	reply_u8(reply, LOG_DS | (page->subpage ? LOG_SPF : 0) | page->page);
	reply_u8(reply, page->subpage);
	reply_be16(reply, 0);
	if (page->build)
		page->build(view, &out);
	else
		build_page_list(view, page->subpage == SUBPAGE_ALL, reply);

	/* PARAMETER POINTER beyond the last parameter (SPC-5 6.9.2). */
	if (out.pointer > out.last)
		return refuse_cdb(sense, 5, -1);
	reply_set_be16(reply, 2, reply->len - 4);
	return true;
}

/*
 * PCR, or the default cumulative values, set counters to zero; without a page
 * code those of all pages, of which only the statistics have any that may be reset. Nothing can be
 * set to a value, so a parameter list is refused where it begins.
 */
bool scst_log_select(const struct scst_view *view, const u8 *cdb, u32 len, bool *reset,
		     struct scst_sense *sense)
{
	bool begin_anew = cdb[1] & LOG_PCR || cdb[2] >> 6 == PC_DEFAULT_CUMULATIVE;
	const struct log_page *page = find_page(view, cdb, sense);

	if (!page)
		return false;
	if (len && cdb[1] & LOG_PCR)
		return refuse_cdb(sense, 1, 1);
	if (len && len < LOG_HEADER_LEN)
		return refuse(sense, SCST_SENSE_PARAM_LIST_LENGTH);
	if (len)
		return refuse_param(sense, 0, 5);
	*reset = begin_anew && (!page->page || page->page == PAGE_STATISTICS);
	return true;
}
