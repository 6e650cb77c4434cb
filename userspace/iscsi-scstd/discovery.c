// SPDX-License-Identifier: GPL-2.0-only
#include "discovery.h"

#include <arpa/inet.h>

#include "login.h"
#include "name.h"
#include "portal.h"

#define TARGETS_PER_TURN	16	/* some system calls each */

enum reject_reason {
	REJECT_PROTOCOL_ERROR	= 0x04,
	REJECT_NOT_SUPPORTED	= 0x05,
};

/* Not a PDU full, and then a target with all its portals; or every key of a request refused. */
#define TARGET_OUT_MAX	(sizeof("TargetName=") + SCST_ISCSI_NAME_LEN + \
			 PORTALS_MAX * (sizeof("TargetAddress=,1") + PORTAL_TEXT_MAX))
#define REFUSAL_OUT_MAX	(TEXT_PAIRS_MAX * (TEXT_KEY_MAX + sizeof("=NotUnderstood")))

static_assert(DISCOVERY_OUT_MAX >= DISCOVERY_DATA_MAX + TARGET_OUT_MAX, "an answer");
static_assert(DISCOVERY_OUT_MAX >= REFUSAL_OUT_MAX, "an answer");

void discovery_init(struct discovery *d, const struct login *login)
{
	uint32_t most = login->keys.value[SCST_ISCSI_MaxXmitDataSegmentLength];

	memset(d, 0, sizeof(*d));
	d->env = login->env;
	d->local = login->local;
	d->peer = login->peer;
	strcpy(d->initiator, login->initiator);
	d->cid = login->cid;
	d->stat_sn = login->stat_sn;
	d->exp_cmd_sn = login->cmd_sn;
	d->data_max = most < DISCOVERY_DATA_MAX ? most : DISCOVERY_DATA_MAX;
	d->out.max = DISCOVERY_OUT_MAX;
}

void discovery_free(struct discovery *d)
{
	text_out_free(&d->out);
}

/* Responses */

static struct iscsi_response *begin(struct discovery *d, enum iscsi_opcode opcode, uint32_t itt)
{
	struct iscsi_response *r = &d->response;

	memset(r, 0, sizeof(*r));
	r->opcode = opcode;
	r->flags = ISCSI_FINAL;
	r->itt = itt;
	return r;
}

/* @len bytes of data are in place. StatSN moves on unless this acknowledges nothing. */
static enum discovery_verdict finish(struct discovery *d, uint32_t len)
{
	struct iscsi_response *r = &d->response;

	memset(d->pdu + sizeof(*r) + len, 0, iscsi_padded(len) - len);
	r->data_len[0] = len >> 16;
	r->data_len[1] = len >> 8;
	r->data_len[2] = len;
	r->stat_sn = htonl(d->stat_sn++);
	r->exp_cmd_sn = htonl(d->exp_cmd_sn);
	r->max_cmd_sn = htonl(d->exp_cmd_sn);	/* one at a time */
	d->pdu_len = sizeof(*r) + iscsi_padded(len);
	return DISCOVERY_REPLY;
}

/* The header that was wrong goes back with it. */
static enum discovery_verdict reject(struct discovery *d, const struct iscsi_bhs *bhs,
				     enum reject_reason reason)
{
	struct iscsi_response *r = begin(d, ISCSI_REJECT, htonl(ISCSI_NO_TAG));

	r->specific[0] = reason;
	memcpy(d->pdu + sizeof(*r), bhs, sizeof(*bhs));
	return finish(d, sizeof(*bhs));
}

/* SendTargets */

/* Does masking let the initiator find a LUN, by the name that it has at @portal? */
static bool finds_lun(struct discovery *d, const struct scst_iscsi_target *target,
		      const struct portal *portal)
{
	struct scst_iscsi_access access = { .tid = target->tid };

	return !portal_initiator_name(target, portal, d->initiator, access.initiator) &&
	       d->env->ops->access(d->env->arg, &access) > 0;
}

static void add_addresses(struct discovery *d, const struct scst_iscsi_target *target)
{
	bool asked = false, finds = false, named = false;
	uint64_t allowed;

	if (portal_allowed(d->env, target->tid, d->portal, d->nr_portals, &allowed))
		return;
	for (size_t i = 0; i < d->nr_portals; i++) {
		char text[PORTAL_TEXT_MAX];

		if (!(allowed & UINT64_C(1) << i))
			continue;
		if (!asked || target->per_portal_acl)
			finds = finds_lun(d, target, &d->portal[i]);
		asked = true;
		if (!finds)
			continue;
		if (!named)
			text_add(&d->out, "TargetName", "%s", target->name);
		named = true;
		portal_format(&d->portal[i], text);
		text_add(&d->out, "TargetAddress", "%s,%u", text, PORTAL_GROUP);
	}
}

/* What cannot be read hides all of them. */
static bool may_see(const struct discovery *d, const struct scst_iscsi_target *target)
{
	const struct env_ops *ops = d->env->ops;

	return target->enabled &&
	       (!ops->host_allowed || ops->host_allowed(d->env->arg, target->name, &d->peer) > 0) &&
	       ops->isns_allows(d->env->arg, target->name, d->initiator);
}

/* Return: false: it was the last. */
static bool send_target(struct discovery *d)
{
	struct scst_iscsi_target target = { .tid = d->tid };

	if (*d->wanted ? name_find_target(d->env, d->wanted, &target) :
			 d->env->ops->target(d->env->arg, &target))
		return false;
	d->tid = target.tid;
	if (may_see(d, &target))
		add_addresses(d, &target);
	return !*d->wanted;
}

/* What is not shown at any target is left out at once. */
static void find_portals(struct discovery *d, const char *internal)
{
	struct portal all[PORTALS_MAX];
	size_t nr = d->env->ops->portals(d->env->arg, &d->local, all);

	d->nr_portals = 0;
	for (size_t i = 0; i < nr; i++)
		if (!portal_is_listed(internal, &all[i]))
			d->portal[d->nr_portals++] = all[i];
}

/*
 * Of the targets that this initiator finds a LUN at, by an address that it may use; of all of them,
 * or of the one called @name.
 */
static void start_sending(struct discovery *d, const char *name)
{
	struct scst_iscsi_driver driver = { .abi = SCST_ISCSI_ABI };

	if (scst_format(d->wanted, sizeof(d->wanted), "%s", name) ||
	    d->env->ops->driver(d->env->arg, &driver) || !driver.enabled)
		return;
	find_portals(d, driver.internal_portal);
	d->tid = 0;
	d->sending = true;
}

/* Text */

static void take_key(struct discovery *d, const struct text_pair *pair)
{
	if (!streq(pair->key, "SendTargets"))
		text_add(&d->out, pair->key, "NotUnderstood");
	else if (!*pair->value)		/* "this one", which a discovery session has not */
		text_add(&d->out, pair->key, "Reject");
	else
		start_sending(d, streq(pair->value, "All") ? "" : pair->value);
}

static bool is_answering(const struct discovery *d)
{
	return d->sending || text_out_left(&d->out);
}

/* A part of the answer, and a tag to ask for the rest with. */
static enum discovery_verdict answer_text(struct discovery *d)
{
	struct iscsi_response *r = begin(d, ISCSI_TEXT_RESPONSE, d->request.itt);
	size_t len = text_out_take(&d->out, d->pdu + sizeof(*r), d->data_max);

	memcpy(r->lun, d->request.lun, sizeof(r->lun));
	r->ttt = htonl(ISCSI_NO_TAG);
	if (is_answering(d))
		r->flags = ISCSI_CONTINUE;
	else if (!(d->request.flags & ISCSI_FINAL))
		r->flags = 0;		/* the initiator has more to say */
	if (r->flags != ISCSI_FINAL)
		r->ttt = htonl(++d->ttt & ~(1u << 31));
	return finish(d, len);
}

/* Targets, until there is more than goes into one PDU. */
enum discovery_verdict discovery_go_on(struct discovery *d)
{
	for (int i = 0; d->sending && text_out_left(&d->out) <= d->data_max; i++) {
		if (i == TARGETS_PER_TURN)
			return DISCOVERY_BUSY;
		d->sending = send_target(d);
	}
	if (d->out.err) {
		d->why = "its answer does not fit";
		return DISCOVERY_BROKEN;
	}
	return answer_text(d);
}

static void forget_exchange(struct discovery *d)
{
	text_in_reset(&d->in);
	text_out_reset(&d->out);
	d->sending = false;
}

static enum discovery_verdict take_keys(struct discovery *d, const struct iscsi_bhs *bhs)
{
	int err = text_in_parse(&d->in);

	for (size_t i = 0; !err && i < d->in.nr_pairs; i++)
		take_key(d, &d->in.pair[i]);
	text_in_reset(&d->in);
	return err ? reject(d, bhs, REJECT_PROTOCOL_ERROR) : discovery_go_on(d);
}

static enum discovery_verdict receive_text(struct discovery *d, const struct iscsi_bhs *bhs,
					   const void *data)
{
	uint32_t len = iscsi_data_len(bhs);

	if (bhs->flags & ISCSI_FINAL && bhs->flags & ISCSI_CONTINUE)
		return reject(d, bhs, REJECT_PROTOCOL_ERROR);
	if (bhs->ttt == htonl(ISCSI_NO_TAG))	/* a new exchange ends the one before */
		forget_exchange(d);
	else if (bhs->ttt != htonl(d->ttt & ~(1u << 31)) || (is_answering(d) && len))
		return reject(d, bhs, REJECT_PROTOCOL_ERROR);
	d->request = *bhs;
	if (is_answering(d))
		return discovery_go_on(d);
	if (text_in_append(&d->in, data, len))
		return reject(d, bhs, REJECT_PROTOCOL_ERROR);
	if (bhs->flags & ISCSI_CONTINUE)
		return answer_text(d);
	return take_keys(d, bhs);
}

/* Others */

static enum discovery_verdict receive_nop(struct discovery *d, const struct iscsi_bhs *bhs,
					  const void *data)
{
	uint32_t len = iscsi_data_len(bhs);
	struct iscsi_response *r;

	if (bhs->itt == htonl(ISCSI_NO_TAG))
		return DISCOVERY_SILENCE;
	if (len > d->data_max)
		len = d->data_max;
	r = begin(d, ISCSI_NOP_IN, bhs->itt);
	r->ttt = htonl(ISCSI_NO_TAG);
	memcpy(r->lun, bhs->lun, sizeof(r->lun));
	if (len)
		memcpy(d->pdu + sizeof(*r), data, len);
	return finish(d, len);
}

static enum discovery_verdict receive_logout(struct discovery *d, const struct iscsi_bhs *bhs)
{
	enum { CLOSE_SESSION, CLOSE_CONNECTION };
	enum { SUCCESS, NO_CID, NO_RECOVERY };
	unsigned int reason = bhs->flags & 0x7f;
	uint16_t cid = ntohl(bhs->ttt) >> 16;	/* where a Logout Request has its CID */
	struct iscsi_response *r = begin(d, ISCSI_LOGOUT_RESPONSE, bhs->itt);

	if (reason > CLOSE_CONNECTION)
		r->specific[0] = NO_RECOVERY;
	else if (reason == CLOSE_CONNECTION && cid != d->cid)
		r->specific[0] = NO_CID;
	finish(d, 0);
	return r->specific[0] == SUCCESS ? DISCOVERY_END : DISCOVERY_REPLY;
}

/*
 * There is one command at a time, so that CmdSN has nothing to put in order; it is taken as the
 * initiator gives it.
 */
enum discovery_verdict discovery_receive(struct discovery *d, const struct iscsi_bhs *bhs,
					 const void *data)
{
	if (!(bhs->opcode & ISCSI_IMMEDIATE))
		d->exp_cmd_sn = ntohl(bhs->cmd_sn) + 1;
	if (bhs->ahs_len)
		return reject(d, bhs, REJECT_PROTOCOL_ERROR);
	switch (bhs->opcode & ISCSI_OPCODE_MASK) {
	case ISCSI_TEXT:
		return receive_text(d, bhs, data);
	case ISCSI_NOP_OUT:
		return receive_nop(d, bhs, data);
	case ISCSI_LOGOUT:
		return receive_logout(d, bhs);
	}
	return reject(d, bhs, REJECT_NOT_SUPPORTED);
}
