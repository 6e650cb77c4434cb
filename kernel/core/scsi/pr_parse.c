// SPDX-License-Identifier: GPL-2.0
/*
 * The parameter list of PERSISTENT RESERVE OUT: SPC-5 6.17.3 and, for REGISTER AND MOVE, 6.17.4.
 * What is accepted here is well formed; whether it makes sense is for pr_machine.c, which knows the
 * state.
 */
#include <linux/kernel.h>
#include <linux/unaligned.h>

#include "pr.h"
#include "respond.h"

enum {
	/* CDB byte 2 */
	SCOPE			= 0xf0,
	TYPE			= 0x0f,

	AT_KEY			= 0,
	AT_SA_KEY		= 8,

	/* all actions but REGISTER AND MOVE */
	AT_FLAGS		= 20,
	SPEC_I_PT_BIT		= 3,
	SPEC_I_PT		= BIT(SPEC_I_PT_BIT),
	ALL_TG_PT		= 0x04,
	APTPL			= 0x01,
	LIST_LEN		= 24,
	AT_TIDS_LEN		= 24,	/* with SPEC_I_PT */
	AT_TIDS			= 28,

	/* REGISTER AND MOVE */
	AT_MOVE_FLAGS		= 17,
	MOVE_UNREG		= 0x02,
	MOVE_APTPL		= 0x01,
	AT_MOVE_PORT		= 18,
	AT_MOVE_TID_LEN		= 20,
	AT_MOVE_TID		= 24,
};

/* What each action takes from CDB and list, besides the keys: SPC-5 table 206. */
static const struct action_row {
	bool scope_type;
	bool all_tg_pt;
	bool aptpl;
	bool spec_i_pt;
} action_rows[SCST_PR_ACTIONS] = {
	/*				    scope,type all_tg_pt aptpl  spec_i_pt */
	[SCST_PR_REGISTER]		= { false, true,  true,  true  },
	[SCST_PR_RESERVE]		= { true,  false, false, false },
	[SCST_PR_RELEASE]		= { true,  false, false, false },
	[SCST_PR_CLEAR]			= { false, false, false, false },
	[SCST_PR_PREEMPT]		= { true,  false, false, false },
	[SCST_PR_PREEMPT_AND_ABORT]	= { true,  false, false, false },
	[SCST_PR_REGISTER_AND_IGNORE]	= { false, true,  true,  false },
	[SCST_PR_REPLACE_LOST]		= { true,  false, true,  false },
};

static bool refuse_list(struct scst_sense *sense, u32 byte, s8 bit)
{
	*sense = (struct scst_sense){
		.id = SCST_SENSE_INVALID_FIELD_PARAM,
		.has_field = 1,
		.byte = min_t(u32, byte, 0xffff),
		.bit = bit,
	};
	return false;
}

/* @at: where in the list they begin. */
static bool check_tids(const u8 *list, u32 at, u32 len, struct scst_sense *sense)
{
	struct scst_tid tid;
	unsigned int n;

	for (; len; at += n, len -= n) {
		n = scst_tid_parse(list + at, len, &tid);
		if (!n)
			return refuse_list(sense, at, -1);
	}
	return true;
}

static bool parse_spec_i_pt(const u8 *list, u32 len, struct scst_pr_request *req,
			    struct scst_sense *sense)
{
	if (len < AT_TIDS)
		return refuse(sense, SCST_SENSE_PARAM_LIST_LENGTH);
	req->tids = list + AT_TIDS;
	req->tids_len = get_unaligned_be32(list + AT_TIDS_LEN);
	if (req->tids_len != len - AT_TIDS)
		return refuse(sense, SCST_SENSE_PARAM_LIST_LENGTH);
	return check_tids(list, AT_TIDS, req->tids_len, sense);
}

static bool parse_move(const u8 *list, u32 len, struct scst_pr_request *req,
		       struct scst_sense *sense)
{
	struct scst_tid tid;

	req->unreg = list[AT_MOVE_FLAGS] & MOVE_UNREG;
	req->aptpl = list[AT_MOVE_FLAGS] & MOVE_APTPL;
	req->move_port = get_unaligned_be16(list + AT_MOVE_PORT);
	req->tids = list + AT_MOVE_TID;
	req->tids_len = get_unaligned_be32(list + AT_MOVE_TID_LEN);
	if (req->tids_len != len - AT_MOVE_TID)
		return refuse(sense, SCST_SENSE_PARAM_LIST_LENGTH);
	/* One, and nothing after it. */
	if (!req->tids_len || scst_tid_parse(req->tids, req->tids_len, &tid) != req->tids_len)
		return refuse_list(sense, AT_MOVE_TID, -1);
	return true;
}

static bool parse_others(const u8 *cdb, const u8 *list, u32 len, struct scst_pr_request *req,
			 struct scst_sense *sense)
{
	const struct action_row *row = &action_rows[req->action];
	u8 flags = list[AT_FLAGS];

	if (row->scope_type && cdb[2] & SCOPE)
		return refuse_cdb(sense, 2, 7);
	req->all_tg_pt = row->all_tg_pt && flags & ALL_TG_PT;
	req->aptpl = row->aptpl && flags & APTPL;
	req->spec_i_pt = flags & SPEC_I_PT;
	if (req->spec_i_pt)
		return row->spec_i_pt ? parse_spec_i_pt(list, len, req, sense) :
					refuse_list(sense, AT_FLAGS, SPEC_I_PT_BIT);
	return len == LIST_LEN || refuse(sense, SCST_SENSE_PARAM_LIST_LENGTH);
}

bool scst_pr_parse(const u8 *cdb, const u8 *list, u32 len, struct scst_pr_request *req,
		   struct scst_sense *sense)
{
	*req = (struct scst_pr_request){
		.action = cdb[1] & 0x1f,
		.type = cdb[2] & TYPE,
	};
	if (req->action >= SCST_PR_ACTIONS)
		return refuse_cdb(sense, 1, 4);
	if (len < LIST_LEN)
		return refuse(sense, SCST_SENSE_PARAM_LIST_LENGTH);
	req->key = get_unaligned_be64(list + AT_KEY);
	req->sa_key = get_unaligned_be64(list + AT_SA_KEY);
	if (req->action == SCST_PR_REGISTER_AND_MOVE)
		return parse_move(list, len, req, sense);
	return parse_others(cdb, list, len, req, sense);
}
