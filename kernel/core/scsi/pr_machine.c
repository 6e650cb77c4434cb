// SPDX-License-Identifier: GPL-2.0
/*
 * PERSISTENT RESERVE OUT: (state, request) -> (state, effects), SPC-5 5.14.
 *
 * The new state begins as a copy of the old one, entry for entry, so that an index means the same
 * registrant in both until the end: one that loses its registration gets key 0, new ones are
 * appended, and the gaps are closed last.
 */
#include <linux/kernel.h>
#include <linux/string.h>

#include "pr.h"

enum {
	/* the parameter list's fields, for sense data */
	AT_SA_KEY		= 8,
	AT_MOVE_PORT		= 18,
	AT_FLAGS		= 20,
	SPEC_I_PT_BIT		= 3,
	AT_MOVE_TID		= 24,
};

struct machine {
	const struct scst_pr *old;
	const struct scst_pr_request *req;
	struct scst_pr *pr;			/* the new state */
	struct scst_pr_effects *fx;
	int self;				/* the requester's entry, or -1 */
};

int scst_pr_find(const struct scst_pr *pr, const struct scst_pr_nexus *nexus)
{
	unsigned int i;

	for (i = 0; i < pr->nr; i++)
		if (pr->reg[i].key && pr->reg[i].port == nexus->port &&
		    scst_tid_equal(&pr->reg[i].tid, nexus->tid))
			return i;
	return -1;
}

static enum scst_pr_result refuse(struct machine *m, struct scst_sense sense)
{
	m->fx->sense = sense;
	return SCST_PR_REFUSED;
}

static enum scst_pr_result refuse_list(struct machine *m, u16 byte, s8 bit)
{
	return refuse(m, (struct scst_sense){
		.id = SCST_SENSE_INVALID_FIELD_PARAM, .has_field = 1, .byte = byte, .bit = bit,
	});
}

static enum scst_pr_result refuse_type(struct machine *m)
{
	return refuse(m, (struct scst_sense){
		.id = SCST_SENSE_INVALID_FIELD_CDB, .has_field = 1, .in_cdb = 1,
		.byte = 2, .bit = 3,
	});
}

static void affect(struct machine *m, unsigned int i, enum scst_sense_id ua, bool abort)
{
	m->fx->list[m->fx->nr++] = (struct scst_pr_effect){ .reg = i, .ua = ua, .abort = abort };
}

/* Everybody who was registered before and still is, but for the requester. */
static void tell_others(struct machine *m, enum scst_sense_id ua)
{
	int i;

	for (i = 0; i < m->old->nr; i++)
		if (i != m->self && m->pr->reg[i].key)
			affect(m, i, ua, false);
}

static void changed(struct machine *m)
{
	m->fx->changed = true;
	m->pr->generation = m->old->generation + 1;
}

static void release(struct machine *m)
{
	unsigned int i;

	m->pr->type = SCST_PR_NONE;
	for (i = 0; i < m->pr->nr; i++)
		m->pr->reg[i].holder = false;
}

static void reserve(struct machine *m, int holder, u8 type)
{
	m->pr->type = type;
	m->pr->reg[holder].holder = !scst_pr_all_registrants(type);
}

static bool is_anybody_registered(const struct scst_pr *pr)
{
	unsigned int i;

	for (i = 0; i < pr->nr; i++)
		if (pr->reg[i].key)
			return true;
	return false;
}

/* SPC-5 5.14.11.3: a holder takes its reservation with it; all registrants hold it together. */
static void unregister(struct machine *m, unsigned int i)
{
	bool held = m->pr->reg[i].holder;
	u8 type = m->pr->type;

	m->pr->reg[i].key = 0;
	if (scst_pr_all_registrants(type) && !is_anybody_registered(m->pr))
		release(m);
	if (!held)
		return;
	release(m);
	if (scst_pr_registrants_only(type))
		tell_others(m, SCST_SENSE_RES_RELEASED);
}

static enum scst_pr_result append(struct machine *m, const struct scst_pr_nexus *nexus, u64 key)
{
	if (m->pr->nr == m->pr->room)
		return refuse(m, (struct scst_sense){ .id = SCST_SENSE_NO_REGISTRATION_RESOURCES });
	m->pr->reg[m->pr->nr++] = (struct scst_pr_reg){
		.key = key, .port = nexus->port, .tid = *nexus->tid,
	};
	return SCST_PR_GOOD;
}

/*
 * What REGISTER would do if @nexus had sent it. A key that does not match is a conflict for all. A
 * port which the host is not registered through is left alone when it changes or withdraws its key:
 * a port that came later would otherwise keep it from doing so.
 */
static enum scst_pr_result register_one(struct machine *m, const struct scst_pr_nexus *nexus)
{
	const struct scst_pr_request *req = m->req;
	bool ignore = req->action == SCST_PR_REGISTER_AND_IGNORE;
	int i = scst_pr_find(m->pr, nexus);

	if (i >= m->old->nr)
		return SCST_PR_GOOD;	/* named twice */
	if (i >= 0 && !ignore && m->pr->reg[i].key != req->key)
		return SCST_PR_CONFLICT;
	if (i < 0 && (!req->sa_key || (!ignore && req->key)))
		return SCST_PR_GOOD;
	changed(m);
	if (i < 0)
		return append(m, nexus, req->sa_key);
	if (req->sa_key)
		m->pr->reg[i].key = req->sa_key;
	else
		unregister(m, i);
	return SCST_PR_GOOD;
}

static enum scst_pr_result register_ports(struct machine *m, const struct scst_tid *tid)
{
	struct scst_pr_nexus nexus = { .tid = tid, .port = m->req->from.port };
	enum scst_pr_result result = register_one(m, &nexus);
	unsigned int i;

	for (i = 0; m->req->all_tg_pt && i < m->req->nr_ports && result == SCST_PR_GOOD; i++) {
		nexus.port = m->req->ports[i];
		if (nexus.port != m->req->from.port)
			result = register_one(m, &nexus);
	}
	return result;
}

static enum scst_pr_result register_listed(struct machine *m)
{
	enum scst_pr_result result = SCST_PR_GOOD;
	struct scst_tid tid;
	u32 at;

	for (at = 0; at < m->req->tids_len && result == SCST_PR_GOOD;) {
		at += scst_tid_parse(m->req->tids + at, m->req->tids_len - at, &tid);
		result = register_ports(m, &tid);
	}
	return result;
}

/* SPC-5 tables 61 and 62. */
static enum scst_pr_result do_register(struct machine *m)
{
	const struct scst_pr_request *req = m->req;
	enum scst_pr_result result;

	if (req->action == SCST_PR_REGISTER &&
	    req->key != (m->self >= 0 ? m->old->reg[m->self].key : 0))
		return SCST_PR_CONFLICT;
	if (req->spec_i_pt && m->self >= 0)
		return refuse_list(m, AT_FLAGS, SPEC_I_PT_BIT);
	result = register_ports(m, req->from.tid);
	if (result == SCST_PR_GOOD && req->sa_key && req->spec_i_pt)
		result = register_listed(m);
	if (m->fx->changed)
		m->pr->aptpl = req->aptpl;
	return result;
}

static enum scst_pr_result do_reserve(struct machine *m)
{
	u8 type = m->req->type;

	if (!scst_pr_type_valid(type))
		return refuse_type(m);
	if (m->old->type == SCST_PR_NONE) {
		reserve(m, m->self, type);
		m->fx->changed = true;
		return SCST_PR_GOOD;
	}
	return m->old->type == type && scst_pr_holds(m->old, m->self) ? SCST_PR_GOOD :
									SCST_PR_CONFLICT;
}

static enum scst_pr_result do_release(struct machine *m)
{
	u8 type = m->old->type;

	if (type == SCST_PR_NONE || !scst_pr_holds(m->old, m->self))
		return SCST_PR_GOOD;
	if (m->req->type != type)
		return refuse(m, (struct scst_sense){ .id = SCST_SENSE_INVALID_RELEASE });
	release(m);
	m->fx->changed = true;
	if (scst_pr_all_registrants(type) || scst_pr_registrants_only(type))
		tell_others(m, SCST_SENSE_RES_RELEASED);
	return SCST_PR_GOOD;
}

static enum scst_pr_result do_clear(struct machine *m)
{
	tell_others(m, SCST_SENSE_RES_PREEMPTED);
	release(m);
	m->pr->nr = 0;
	changed(m);
	return SCST_PR_GOOD;
}

/* Those registered with @key, or all if it is 0, but for @keep. Return: how many there were. */
static unsigned int preempt_registrations(struct machine *m, u64 key, int keep)
{
	bool abort = m->req->action == SCST_PR_PREEMPT_AND_ABORT;
	unsigned int found = 0;
	int i;

	for (i = 0; i < m->old->nr; i++) {
		if (key && m->old->reg[i].key != key)
			continue;
		found++;
		if (i == keep)
			continue;
		m->pr->reg[i].key = 0;
		if (i != m->self)
			affect(m, i, SCST_SENSE_REG_PREEMPTED, abort);
		else if (abort)
			affect(m, i, SCST_SENSE_NONE, true);
	}
	return found;
}

static int find_holder(const struct scst_pr *pr)
{
	int i;

	for (i = 0; i < pr->nr; i++)
		if (pr->reg[i].holder)
			return i;
	return -1;
}

/* SPC-5 5.14.11.2.4: the requester becomes the holder, in one step. */
static enum scst_pr_result preempt_reservation(struct machine *m)
{
	if (!scst_pr_type_valid(m->req->type))
		return refuse_type(m);
	preempt_registrations(m, m->req->sa_key, m->self);
	release(m);
	reserve(m, m->self, m->req->type);
	if (m->req->type != m->old->type)
		tell_others(m, SCST_SENSE_RES_RELEASED);
	changed(m);
	return SCST_PR_GOOD;
}

static enum scst_pr_result do_preempt(struct machine *m)
{
	bool all_registrants = scst_pr_all_registrants(m->old->type);
	int holder = find_holder(m->old);
	u64 key = m->req->sa_key;

	if (all_registrants ? !key : holder >= 0 && m->old->reg[holder].key == key)
		return preempt_reservation(m);
	if (!key)
		return refuse_list(m, AT_SA_KEY, -1);
	if (!preempt_registrations(m, key, -1))
		return SCST_PR_CONFLICT;
	if (all_registrants && !is_anybody_registered(m->pr))
		release(m);
	changed(m);
	return SCST_PR_GOOD;
}

static enum scst_pr_result do_move(struct machine *m)
{
	const struct scst_pr_request *req = m->req;
	enum scst_pr_result result = SCST_PR_GOOD;
	struct scst_pr_nexus nexus;
	struct scst_tid tid;
	int to;

	if (m->old->type == SCST_PR_NONE || !m->old->reg[m->self].holder)
		return SCST_PR_CONFLICT;
	if (!req->sa_key)
		return refuse_list(m, AT_SA_KEY, -1);
	scst_tid_parse(req->tids, req->tids_len, &tid);
	nexus = (struct scst_pr_nexus){ .tid = &tid, .port = req->move_port };
	to = scst_pr_find(m->old, &nexus);
	if (to == m->self)
		return refuse_list(m, AT_MOVE_TID, -1);

	changed(m);
	release(m);
	if (req->unreg)
		m->pr->reg[m->self].key = 0;
	if (to < 0) {
		to = m->pr->nr;
		result = append(m, &nexus, req->sa_key);
		if (result != SCST_PR_GOOD)
			return result;
	}
	m->pr->reg[to].key = req->sa_key;
	reserve(m, to, m->old->type);
	m->pr->aptpl = req->aptpl;
	return SCST_PR_GOOD;
}

/* SPC-5 5.14.11.5: everything begins anew, the generation too. */
static enum scst_pr_result do_replace_lost(struct machine *m)
{
	enum scst_pr_result result;

	if (!m->old->lost)
		return refuse(m, (struct scst_sense){
			.id = SCST_SENSE_INVALID_FIELD_CDB, .has_field = 1, .in_cdb = 1,
			.byte = 1, .bit = 4,
		});
	if (!m->req->sa_key)
		return refuse_list(m, AT_SA_KEY, -1);
	if (!scst_pr_type_valid(m->req->type))
		return refuse_type(m);
	release(m);
	m->pr->nr = 0;
	result = append(m, &m->req->from, m->req->sa_key);
	if (result != SCST_PR_GOOD)
		return result;
	reserve(m, 0, m->req->type);
	m->pr->lost = false;
	m->pr->aptpl = m->req->aptpl;
	m->pr->generation = 0;
	m->fx->changed = true;
	return SCST_PR_GOOD;
}

static const struct action_row {
	enum scst_pr_result (*act)(struct machine *m);
	bool anybody;			/* else only registrants, with their key */
} action_rows[SCST_PR_ACTIONS] = {
	[SCST_PR_REGISTER]		= { do_register,	true  },
	[SCST_PR_RESERVE]		= { do_reserve,		false },
	[SCST_PR_RELEASE]		= { do_release,		false },
	[SCST_PR_CLEAR]			= { do_clear,		false },
	[SCST_PR_PREEMPT]		= { do_preempt,		false },
	[SCST_PR_PREEMPT_AND_ABORT]	= { do_preempt,		false },
	[SCST_PR_REGISTER_AND_IGNORE]	= { do_register,	true  },
	[SCST_PR_REGISTER_AND_MOVE]	= { do_move,		false },
	[SCST_PR_REPLACE_LOST]		= { do_replace_lost,	true  },
};

static enum scst_pr_result act(struct machine *m)
{
	const struct action_row *row = &action_rows[m->req->action];

	if (m->old->lost && m->req->action != SCST_PR_REPLACE_LOST)
		return refuse(m, (struct scst_sense){ .id = SCST_SENSE_RESERVATION_LOST });
	if (!row->anybody && (m->self < 0 || m->old->reg[m->self].key != m->req->key))
		return SCST_PR_CONFLICT;
	return row->act(m);
}

static void close_gaps(struct scst_pr *pr)
{
	unsigned int i, nr = 0;

	for (i = 0; i < pr->nr; i++) {
		if (!pr->reg[i].key)
			continue;
		if (nr != i)
			pr->reg[nr] = pr->reg[i];
		nr++;
	}
	pr->nr = nr;
}

static void copy(const struct scst_pr *old, struct scst_pr *new)
{
	u16 room = new->room;

	*new = *old;
	new->room = room;
	memcpy(new->reg, old->reg, old->nr * sizeof(old->reg[0]));
}

unsigned int scst_pr_room(const struct scst_pr *old, const struct scst_pr_request *req)
{
	/* A list of TransportIDs has none shorter than 24 bytes. */
	unsigned int initiators = 1 + req->tids_len / 24;
	unsigned int ports = req->all_tg_pt ? 1 + req->nr_ports : 1;
	unsigned int room = old->nr + min_t(unsigned int, initiators, SCST_PR_REGS_MAX) * ports;

	return min_t(unsigned int, room, SCST_PR_REGS_MAX);
}

enum scst_pr_result scst_pr_out(const struct scst_pr *old, const struct scst_pr_request *req,
				struct scst_pr *new, struct scst_pr_effects *fx)
{
	struct machine m = {
		.old = old, .req = req, .pr = new, .fx = fx,
		.self = scst_pr_find(old, &req->from),
	};
	enum scst_pr_result result;

	fx->nr = 0;
	fx->changed = false;
	copy(old, new);
	result = act(&m);
	close_gaps(new);
	return result;
}
