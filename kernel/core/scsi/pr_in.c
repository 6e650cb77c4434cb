// SPDX-License-Identifier: GPL-2.0
/*
 * PERSISTENT RESERVE IN: SPC-5 6.16.
 */
#include <linux/kernel.h>

#include "pr.h"
#include "respond.h"

enum {
	/* REPORT CAPABILITIES, byte 2 */
	RLR_C			= 0x80,		/* REPLACE LOST RESERVATION */
	CRH			= 0x10,		/* RESERVE and RELEASE by registrants */
	SIP_C			= 0x08,		/* SPEC_I_PT */
	ATP_C			= 0x04,		/* ALL_TG_PT */
	PTPL_C			= 0x01,		/* APTPL */
	/* byte 3 */
	TMV			= 0x80,
	ALLOW_THROUGH_WE	= 3 << 4,	/* what MODE SENSE's class does: pr_rules.c */
	PTPL_A			= 0x01,

	TYPE_MASK		= 0xea01,

	R_HOLDER		= 0x01,
};

static const struct scst_pr nothing;

static void reply_header(const struct scst_pr *pr, struct scst_reply *reply)
{
	reply_be32(reply, pr->generation);
	reply_be32(reply, 0);
}

static void end_header(struct scst_reply *reply)
{
	reply_set_be32(reply, 4, reply->len - 8);
}

static void read_keys(const struct scst_pr *pr, struct scst_reply *reply)
{
	unsigned int i;

	reply_header(pr, reply);
	for (i = 0; i < pr->nr; i++)
		reply_be64(reply, pr->reg[i].key);
	end_header(reply);
}

/* The key of a reservation that all registrants hold is 0. */
static u64 reservation_key(const struct scst_pr *pr)
{
	unsigned int i;

	for (i = 0; i < pr->nr; i++)
		if (pr->reg[i].holder)
			return pr->reg[i].key;
	return 0;
}

static void read_reservation(const struct scst_pr *pr, struct scst_reply *reply)
{
	reply_header(pr, reply);
	if (pr->type != SCST_PR_NONE) {
		reply_be64(reply, reservation_key(pr));
		reply_zeros(reply, 5);
		reply_u8(reply, pr->type);
		reply_zeros(reply, 2);
	}
	end_header(reply);
}

static void report_capabilities(const struct scst_view *view, const struct scst_pr *pr,
				struct scst_reply *reply)
{
	reply_be16(reply, 8);
	reply_u8(reply, RLR_C | CRH | SIP_C | ATP_C | (view->no_aptpl ? 0 : PTPL_C));
	reply_u8(reply, TMV | ALLOW_THROUGH_WE | (pr->aptpl ? PTPL_A : 0));
	reply_be16(reply, TYPE_MASK);
	reply_be16(reply, 0);
}

/* One descriptor for each I_T nexus, so ALL_TG_PT is 0 and the port is named. */
static void read_full_status(const struct scst_pr *pr, struct scst_reply *reply)
{
	unsigned int i;

	reply_header(pr, reply);
	for (i = 0; i < pr->nr; i++) {
		const struct scst_pr_reg *reg = &pr->reg[i];
		bool holds = pr->type != SCST_PR_NONE && scst_pr_holds(pr, i);

		reply_be64(reply, reg->key);
		reply_be32(reply, 0);
		reply_u8(reply, holds ? R_HOLDER : 0);
		reply_u8(reply, holds ? pr->type : 0);
		reply_be32(reply, 0);
		reply_be16(reply, reg->port);
		reply_be32(reply, reg->tid.len);
		reply_bytes(reply, reg->tid.bytes, reg->tid.len);
	}
	end_header(reply);
}

bool scst_respond_pr_in(const struct scst_view *view, const u8 *cdb, struct scst_reply *reply,
			struct scst_sense *sense)
{
	const struct scst_pr *pr = view->pr ? view->pr : &nothing;
	enum scst_pr_in_action action = cdb[1] & 0x1f;

	if (pr->lost && action != SCST_PR_REPORT_CAPABILITIES)
		return refuse(sense, SCST_SENSE_RESERVATION_LOST);
	switch (action) {
	case SCST_PR_READ_KEYS:
		read_keys(pr, reply);
		return true;
	case SCST_PR_READ_RESERVATION:
		read_reservation(pr, reply);
		return true;
	case SCST_PR_REPORT_CAPABILITIES:
		report_capabilities(view, pr, reply);
		return true;
	case SCST_PR_READ_FULL_STATUS:
		read_full_status(pr, reply);
		return true;
	}
	return refuse_cdb(sense, 1, 4);
}
