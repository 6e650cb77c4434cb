// SPDX-License-Identifier: GPL-2.0
/*
 * REPORT and SET IDENTIFYING INFORMATION, of SPC-5: the logical unit keeps it and does not look at
 * it.
 */
#include <linux/kernel.h>
#include <linux/string.h>

#include "info.h"
#include "respond.h"

enum {
	INFO_SUPPORTED	= 0x7f,		/* lists the types */
};

static const struct {
	u8 code;			/* INFORMATION TYPE */
	u16 max;
	bool text;			/* ends with a NUL */
} types[SCST_INFO_NR] = {
	[SCST_INFO_DEVICE]	= { .code = 0x00, .max = 64 },
	[SCST_INFO_TEXT]	= { .code = 0x02, .max = SCST_INFO_MAX, .text = true },
};

int scst_info_find(u8 code)
{
	int i;

	for (i = 0; i < SCST_INFO_NR; i++)
		if (types[i].code == code)
			return i;
	return -1;
}

u8 scst_info_code(enum scst_info_type type)
{
	return types[type].code;
}

bool scst_info_valid(enum scst_info_type type, const u8 *bytes, u32 len)
{
	return len <= types[type].max && (!len || !types[type].text || !bytes[len - 1]);
}

static void reply_types(struct scst_reply *reply)
{
	int i;

	for (i = 0; i < SCST_INFO_NR; i++) {
		reply_u8(reply, types[i].code << 1);
		reply_u8(reply, 0);
		reply_be16(reply, types[i].max);
	}
}

bool scst_respond_info(const struct scst_view *view, const u8 *cdb,
		       struct scst_reply *reply, struct scst_sense *sense)
{
	u8 code = cdb[10] >> 1;
	int type = scst_info_find(code);

	reply_be32(reply, 0);
	if (code == INFO_SUPPORTED)
		reply_types(reply);
	else if (type >= 0)
		reply_bytes(reply, view->lu->info[type].bytes, view->lu->info[type].len);
	else
		return refuse_cdb(sense, 10, 7);
	reply_set_be16(reply, 2, reply->len - 4);
	return true;
}

bool scst_set_info(const u8 *cdb, const u8 *list, u32 len, struct scst_info info[SCST_INFO_NR],
		   struct scst_sense *sense)
{
	int type = scst_info_find(cdb[10] >> 1);

	if (type < 0)
		return refuse_cdb(sense, 10, 7);
	if (len > types[type].max)
		return refuse_cdb(sense, 6, -1);
	if (!scst_info_valid(type, list, len))
		return refuse_param(sense, len - 1, -1);
	info[type].len = len;
	memcpy(info[type].bytes, list, len);
	return true;
}
