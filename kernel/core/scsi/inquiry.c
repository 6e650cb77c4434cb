// SPDX-License-Identifier: GPL-2.0
/*
 * Standard INQUIRY data: SPC-5 6.7.2. VPD pages are in vpd.c.
 */
#include <linux/kernel.h>
#include <linux/string.h>

#include "respond.h"

enum {
	QUALIFIER_NOT_CONNECTED	= 1 << 5,	/* could be supported, nothing behind it	*/
	QUALIFIER_NO_LUN	= 3 << 5,
	TYPE_UNKNOWN		= 0x1f,

	INQUIRY_EVPD		= 0x01,
	RMB			= 0x80,
	VERSION_SPC_5		= 0x07,
	/*
	 * Response data format 2; HISUP, as LUNs are in the formats of SAM-6 4.7; NORMACA: every
	 * CONTROL byte may have NACA.
	 */
	NORMACA_HISUP_FORMAT_2	= 0x32,
	MULTIP			= 0x10,
	CMDQUE			= 0x02,

	NR_VERSION_DESCRIPTORS	= 8,
	VENDOR_BYTES_AT_36	= 20,
};

/* Version descriptors, "no version claimed": SPC-5 table 149. */
enum {
	VERSION_SAM_6		= 0x00c0,
	VERSION_SPC_5_DESC	= 0x05c0,
	VERSION_SBC_4		= 0x0600,
	VERSION_MMC_6		= 0x04e0,
};

u8 scst_peripheral(const struct scst_lu *lu)
{
	if (!lu)
		return QUALIFIER_NO_LUN | TYPE_UNKNOWN;
	if (lu->dummy)
		return QUALIFIER_NOT_CONNECTED | TYPE_UNKNOWN;
	return lu->type;
}

/* The command set that a device type follows, or 0 if we claim none. */
static u16 command_set(const struct scst_lu *lu)
{
	if (lu->dummy || lu->type > 31)
		return 0;
	if (BIT(lu->type) & (SCST_T_DISK | SCST_T_MO))
		return VERSION_SBC_4;
	if (BIT(lu->type) & SCST_T_CDROM)
		return VERSION_MMC_6;
	return 0;
}

/* Most general first; unused places, at the end, are zero. */
static void reply_versions(const struct scst_view *view, struct scst_reply *reply)
{
	const u16 versions[] = {
		VERSION_SAM_6,
		READ_ONCE(view->port->phys_version),
		READ_ONCE(view->port->transport_version),
		VERSION_SPC_5_DESC,
		view->lu ? command_set(view->lu) : 0,
	};
	unsigned int i, left = NR_VERSION_DESCRIPTORS;

	for (i = 0; i < ARRAY_SIZE(versions); i++) {
		if (!versions[i])
			continue;
		reply_be16(reply, versions[i]);
		left--;
	}
	reply_zeros(reply, 2 * left);
}

/* Up to 20 bytes stand at 36; more of them all stand at 96. */
static void reply_vendor_bytes(const struct scst_lu *lu, unsigned int above, unsigned int room,
			       struct scst_reply *reply)
{
	unsigned int len = lu ? lu->inq_vendor_len : 0;

	if (len <= above || (room && len > room))
		len = 0;
	if (len)
		reply_bytes(reply, lu->inq_vendor, len);
	reply_zeros(reply, room > len ? room - len : 0);
}

static void standard_inquiry(const struct scst_view *view, struct scst_reply *reply)
{
	const struct scst_lu *lu = view->lu;

	reply_u8(reply, scst_peripheral(lu));
	reply_u8(reply, lu && lu->removable ? RMB : 0);
	reply_u8(reply, VERSION_SPC_5);
	reply_u8(reply, NORMACA_HISUP_FORMAT_2);
	reply_u8(reply, 0);				/* additional length, below */
	reply_u8(reply, 0);
	reply_u8(reply, lu ? MULTIP : 0);
	reply_u8(reply, CMDQUE);
	reply_ascii(reply, lu ? lu->vendor : "", 8);
	reply_ascii(reply, lu ? lu->product : "", 16);
	reply_ascii(reply, lu ? lu->revision : "", 4);
	reply_vendor_bytes(lu, 0, VENDOR_BYTES_AT_36, reply);
	reply_zeros(reply, 2);				/* reserved */
	reply_versions(view, reply);
	reply_zeros(reply, 96 - 74);
	reply_vendor_bytes(lu, VENDOR_BYTES_AT_36, 0, reply);
	reply_set_u8(reply, 4, reply->len - 5);
}

bool scst_respond_inquiry(const struct scst_view *view, const u8 *cdb,
			  struct scst_reply *reply, struct scst_sense *sense)
{
	if (cdb[1] & INQUIRY_EVPD)
		return scst_respond_vpd(view, cdb, reply, sense);
	if (cdb[2])		/* PAGE CODE without EVPD */
		return refuse_cdb(sense, 2, -1);

	standard_inquiry(view, reply);
	return true;
}
