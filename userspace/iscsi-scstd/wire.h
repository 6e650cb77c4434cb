/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Basic header segments of the PDUs that a login and a discovery session need, RFC 7143 clause 11.
 * Fields are as on the wire, big endian.
 */
#ifndef ISCSID_WIRE_H
#define ISCSID_WIRE_H

#include <assert.h>
#include <linux/types.h>
#include <stdint.h>

#define ISCSI_BHS_LEN		48
#define ISCSI_NO_TAG		0xffffffffu
#define ISCSI_DATA_DEFAULT	8192	/* MaxRecvDataSegmentLength until declared otherwise */

enum iscsi_opcode {
	ISCSI_NOP_OUT		= 0x00,
	ISCSI_LOGIN		= 0x03,
	ISCSI_TEXT		= 0x04,
	ISCSI_LOGOUT		= 0x06,
	ISCSI_NOP_IN		= 0x20,
	ISCSI_LOGIN_RESPONSE	= 0x23,
	ISCSI_TEXT_RESPONSE	= 0x24,
	ISCSI_LOGOUT_RESPONSE	= 0x26,
	ISCSI_REJECT		= 0x3f,
};

#define ISCSI_OPCODE_MASK	0x3f
#define ISCSI_IMMEDIATE		0x40
#define ISCSI_FINAL		0x80	/* F; in a login T, transit */
#define ISCSI_CONTINUE		0x40	/* C: the key=value text goes on in the next PDU */

enum iscsi_stage {
	ISCSI_STAGE_SECURITY	= 0,
	ISCSI_STAGE_OPERATIONAL	= 1,
	ISCSI_STAGE_FULL	= 3,
};

#define ISCSI_CSG(flags)	((enum iscsi_stage)((flags) >> 2 & 3))
#define ISCSI_NSG(flags)	((enum iscsi_stage)((flags) & 3))

/* What all of them have in common. */
struct iscsi_bhs {
	__u8 opcode;
	__u8 flags;
	__u8 specific[2];
	__u8 ahs_len;		/* in words */
	__u8 data_len[3];
	__u8 lun[8];
	__be32 itt;
	__be32 ttt;
	__be32 cmd_sn;
	__be32 exp_stat_sn;
	__u8 rest[16];
};

struct iscsi_login_request {
	__u8 opcode;
	__u8 flags;
	__u8 version_max;
	__u8 version_min;
	__u8 ahs_len;
	__u8 data_len[3];
	__u8 isid[6];
	__be16 tsih;
	__be32 itt;
	__be16 cid;
	__be16 reserved;
	__be32 cmd_sn;
	__be32 exp_stat_sn;
	__u8 reserved2[16];
};

/* Login, Text, Logout and NOP-In responses, and Reject, agree on where the numbers are. */
struct iscsi_response {
	__u8 opcode;
	__u8 flags;
	__u8 specific[2];	/* login: versions; logout: response; reject: reason */
	__u8 ahs_len;
	__u8 data_len[3];
	union {
		__u8 lun[8];
		struct {
			__u8 isid[6];
			__be16 tsih;
		};
	};
	__be32 itt;
	__be32 ttt;
	__be32 stat_sn;
	__be32 exp_cmd_sn;
	__be32 max_cmd_sn;
	__be16 status;		/* login: class and detail */
	__u8 rest[10];
};

static_assert(sizeof(struct iscsi_bhs) == ISCSI_BHS_LEN, "BHS");
static_assert(sizeof(struct iscsi_login_request) == ISCSI_BHS_LEN, "Login Request");
static_assert(sizeof(struct iscsi_response) == ISCSI_BHS_LEN, "responses");

static inline uint32_t iscsi_data_len(const struct iscsi_bhs *bhs)
{
	return bhs->data_len[0] << 16 | bhs->data_len[1] << 8 | bhs->data_len[2];
}

/* On the wire segments are padded to words. */
static inline uint32_t iscsi_padded(uint32_t len)
{
	return (len + 3) & ~3u;
}

#endif
