// SPDX-License-Identifier: GPL-2.0
/*
 * VPD pages 83h, device identification (SPC-5 7.7.6), and 88h, SCSI ports. An identifier that
 * nobody configured is left out, but for one: with neither EUI-64 nor NAA the first characters of
 * t10_dev_id stand as an EUI-64. SCST does that, and it is what hosts know its disks by.
 */
#include <linux/kernel.h>
#include <linux/string.h>

#include "vpd.h"

enum {
	CODE_SET_BINARY		= 1,
	CODE_SET_ASCII		= 2,
	CODE_SET_UTF8		= 3,

	ASSOC_LU		= 0 << 4,
	ASSOC_PORT		= 1 << 4,
	ASSOC_TARGET		= 2 << 4,

	TYPE_T10_VENDOR_ID	= 1,
	TYPE_EUI64		= 2,
	TYPE_NAA		= 3,
	TYPE_RELATIVE_PORT	= 4,
	TYPE_SCSI_NAME		= 8,

	PIV			= 0x80,
	PROTOCOL_NONE		= 0x0f,

	SCSI_NAME_MAX		= 251,	/* with NUL and padding the length field can say it */
};

/* The protocol identifier means something for ports and targets only. */
static void reply_header(const struct scst_port *port, u8 code_set, u8 assoc, u8 type, u8 len,
			 struct scst_reply *reply)
{
	bool piv = assoc != ASSOC_LU && port->protocol < PROTOCOL_NONE;

	reply_u8(reply, code_set | (piv ? port->protocol << 4 : 0));
	reply_u8(reply, assoc | type | (piv ? PIV : 0));
	reply_u8(reply, 0);
	reply_u8(reply, len);
}

static const char *t10_id(const struct scst_lu *lu)
{
	if (lu->vend_specific_id[0])
		return lu->vend_specific_id;
	return lu->t10_dev_id[0] ? lu->t10_dev_id : lu->usn;
}

static void designate_t10_vendor_id(const struct scst_view *view, struct scst_reply *reply)
{
	const struct scst_lu *lu = view->lu;
	const char *id = t10_id(lu);
	unsigned int len = strlen(id);

	reply_header(view->port, CODE_SET_ASCII, ASSOC_LU, TYPE_T10_VENDOR_ID, 8 + len, reply);
	reply_ascii(reply, lu->vendor, 8);
	reply_ascii(reply, id, len);
}

static void designate_binary(const struct scst_view *view, u8 type, const u8 *id, u8 len,
			     struct scst_reply *reply)
{
	if (!len)
		return;
	reply_header(view->port, CODE_SET_BINARY, ASSOC_LU, type, len, reply);
	reply_bytes(reply, id, len);
}

static void designate_eui64(const struct scst_view *view, struct scst_reply *reply)
{
	const struct scst_lu *lu = view->lu;
	u8 id[8] = {};

	if (lu->eui64_id_len || lu->naa_id_len || !lu->t10_dev_id[0]) {
		designate_binary(view, TYPE_EUI64, lu->eui64_id, lu->eui64_id_len, reply);
		return;
	}
	memcpy(id, lu->t10_dev_id, strnlen(lu->t10_dev_id, sizeof(id)));
	designate_binary(view, TYPE_EUI64, id, sizeof(id), reply);
}

static void designate_port(const struct scst_view *view, struct scst_reply *reply)
{
	if (!view->port->rel_tgt_id)
		return;
	reply_header(view->port, CODE_SET_BINARY, ASSOC_PORT, TYPE_RELATIVE_PORT, 4, reply);
	reply_be16(reply, 0);
	reply_be16(reply, view->port->rel_tgt_id);
}

/* A SCSI name string says what kind it is of (SPC-5 7.7.6.11); some transports have other names. */
static bool is_scsi_name(const char *name)
{
	return !strncmp(name, "iqn.", 4) || !strncmp(name, "eui.", 4) || !strncmp(name, "naa.", 4);
}

/* A name string ends with a NUL and is filled up to a multiple of four (SPC-5 7.7.6.11). */
static void designate_name(const struct scst_view *view, u8 assoc, const char *name,
			   struct scst_reply *reply)
{
	unsigned int len = name ? strlen(name) : 0;
	unsigned int padded = (len + 4) & ~3u;

	if (!len || len > SCSI_NAME_MAX || !is_scsi_name(name))
		return;
	reply_header(view->port, CODE_SET_UTF8, assoc, TYPE_SCSI_NAME, padded, reply);
	reply_ascii(reply, name, len);
	reply_zeros(reply, padded - len);
}

void scst_vpd_port_identification(const struct scst_view *view, struct scst_reply *reply)
{
	const struct scst_lu *lu = view->lu;

	designate_port(view, reply);
	designate_name(view, ASSOC_PORT, view->port->port_name, reply);
	designate_name(view, ASSOC_TARGET, lu->scsi_device_name[0] ? lu->scsi_device_name :
		       view->port->target_name, reply);
}

void scst_vpd_identification(const struct scst_view *view, struct scst_reply *reply)
{
	const struct scst_lu *lu = view->lu;

	designate_t10_vendor_id(view, reply);
	designate_eui64(view, reply);
	designate_binary(view, TYPE_NAA, lu->naa_id, lu->naa_id_len, reply);
	scst_vpd_port_identification(view, reply);
}

/* Page 88h, SPC-5 7.7.16. A target of ours is a SCSI device with one port. */
void scst_vpd_scsi_ports(const struct scst_view *view, struct scst_reply *reply)
{
	u32 length_at;

	reply_be16(reply, 0);
	reply_be16(reply, view->port->rel_tgt_id);
	reply_be32(reply, 0);				/* it is no initiator port */
	reply_be16(reply, 0);
	length_at = reply->len;
	reply_be16(reply, 0);
	designate_name(view, ASSOC_PORT, view->port->port_name, reply);
	reply_set_be16(reply, length_at, reply->len - length_at - 2);
}
