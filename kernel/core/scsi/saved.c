// SPDX-License-Identifier: GPL-2.0
/*
 * The record of saved parameters: saved.h has its format.
 */
#include <linux/kernel.h>
#include <linux/string.h>
#include <linux/unaligned.h>

#include "info.h"
#include "mode_pages.h"
#include "reply.h"
#include "saved.h"

enum {
	VERSION		= 1,

	KIND_MODE	= 1,
	KIND_INFO	= 2,
};

static u8 *value_of(struct scst_mode *mode, const struct scst_mode_field *field)
{
	return (u8 *)mode + field->value;
}

static void put_entry(struct scst_reply *out, u8 kind, u16 len)
{
	reply_u8(out, kind);
	reply_be16(out, len);
}

static void put_page(const struct scst_mode_page *page, struct scst_mode mode,
		     struct scst_reply *out)
{
	const struct scst_mode_field *field;

	for (field = page->fields; field && field->width; field++) {
		put_entry(out, KIND_MODE, SCST_SAVED_MODE_LEN);
		reply_u8(out, page->page);
		reply_u8(out, page->subpage);
		reply_u8(out, field->byte);
		reply_u8(out, field->shift);
		reply_u8(out, *value_of(&mode, field));
	}
}

static void put_info(const struct scst_info *info, u8 code, struct scst_reply *out)
{
	if (!info->len)
		return;
	put_entry(out, KIND_INFO, 1 + info->len);
	reply_u8(out, code);
	reply_bytes(out, info->bytes, info->len);
}

void scst_saved_encode(const struct scst_lu *lu, const struct scst_saved *saved,
		       struct scst_reply *out)
{
	unsigned int i;

	reply_u8(out, VERSION);
	for (i = 0; i < scst_mode_pages_nr; i++)
		if (scst_mode_page_applies(&scst_mode_pages[i], lu))
			put_page(&scst_mode_pages[i], saved->mode, out);
	for (i = 0; i < SCST_INFO_NR; i++)
		put_info(&saved->info[i], scst_info_code(i), out);
}

static const struct scst_mode_field *find_field(const struct scst_lu *lu, const u8 *entry)
{
	const struct scst_mode_field *field;
	unsigned int i;

	for (i = 0; i < scst_mode_pages_nr; i++) {
		const struct scst_mode_page *page = &scst_mode_pages[i];

		if (page->page != entry[0] || page->subpage != entry[1] ||
		    !scst_mode_page_applies(page, lu))
			continue;
		for (field = page->fields; field && field->width; field++)
			if (field->byte == entry[2] && field->shift == entry[3])
				return field;
	}
	return NULL;
}

bool scst_saved_take_mode(const struct scst_lu *lu, const u8 *entry, struct scst_mode *mode)
{
	const struct scst_mode_field *field = find_field(lu, entry);
	struct scst_mode changeable = lu->mode_changeable, now = lu->mode_default;
	u8 value = entry[4];

	if (!field || value >= 1u << field->width || !(field->allowed & BIT(value)))
		return false;
	if ((value ^ *value_of(&now, field)) & ~*value_of(&changeable, field))
		return false;
	*value_of(mode, field) = value;
	return true;
}

static bool take_info(const u8 *entry, u16 len, struct scst_info *info)
{
	int type = scst_info_find(entry[0]);

	if (type < 0 || !scst_info_valid(type, entry + 1, len - 1))
		return false;
	info[type].len = len - 1;
	memcpy(info[type].bytes, entry + 1, len - 1);
	return true;
}

static bool take_entry(const struct scst_lu *lu, u8 kind, const u8 *data, u16 len,
		       struct scst_saved *out)
{
	if (kind == KIND_MODE)
		return len == SCST_SAVED_MODE_LEN &&
		       scst_saved_take_mode(lu, data, &out->mode);
	if (kind == KIND_INFO)
		return len && take_info(data, len, out->info);
	return false;
}

bool scst_saved_decode(const struct scst_lu *lu, const u8 *data, u32 len, struct scst_saved *out,
		       unsigned int *dropped)
{
	struct scst_saved saved = { .mode = lu->mode_default };
	unsigned int nr_dropped = 0;
	u32 at;

	if (!len || data[0] != VERSION)
		return false;
	for (at = 1; at < len; at += 3 + get_unaligned_be16(data + at + 1)) {
		if (len - at < 3 || get_unaligned_be16(data + at + 1) > len - at - 3)
			return false;
		nr_dropped += !take_entry(lu, data[at], data + at + 3,
					  get_unaligned_be16(data + at + 1), &saved);
	}
	*out = saved;
	*dropped = nr_dropped;
	return true;
}
