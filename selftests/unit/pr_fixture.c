// SPDX-License-Identifier: GPL-2.0-only
#include "pr_fixture.h"

void world_init(struct world *w)
{
	static const char *const names[HOSTS] = {
		"iqn.2026-01.example:a,i,0x1", "50:01:40:50:00:00:00:0b", "c",
		"iqn.2026-01.example:d,i,0x00023d000001",
	};
	static const u8 protocols[HOSTS] = { 5, 6, 0, 5 };
	int h;

	memset(w, 0, sizeof(*w));
	w->pr = &w->storage[0].pr;
	w->storage[0].pr.room = w->storage[1].pr.room = WORLD_REGS;
	for (h = 0; h < HOSTS; h++)
		scst_tid_make(protocols[h], names[h], &w->tid[h]);
	w->ports[0] = 1;
	w->ports[1] = 2;
	w->nr_ports = 2;
	w->fx.list = w->list;
}

static u32 put_tids(const struct world *w, unsigned int hosts, u8 *at)
{
	u32 len = 0;
	int h;

	for (h = 0; h < HOSTS; h++) {
		if (!(hosts & BIT(h)))
			continue;
		memcpy(at + len, w->tid[h].bytes, w->tid[h].len);
		len += w->tid[h].len;
	}
	return len;
}

u32 say_list(const struct world *w, const struct say *say, u8 *list)
{
	u32 len = 0;

	memset(list, 0, 24);
	put_unaligned_be64(say->key, list);
	put_unaligned_be64(say->sa_key, list + 8);
	if (say->action == SCST_PR_REGISTER_AND_MOVE) {
		list[17] = (say->flags & APTPL) | (say->unreg ? 2 : 0);
		put_unaligned_be16(say->to_port, list + 18);
		len = put_tids(w, BIT(say->to), list + 24);
		put_unaligned_be32(len, list + 20);
		return 24 + len;
	}
	list[20] = say->flags;
	if (!(say->flags & SPEC_I_PT))
		return 24;
	len = put_tids(w, say->to_hosts, list + 28);
	put_unaligned_be32(len, list + 24);
	return 28 + len;
}

enum scst_pr_result say_(struct world *w, enum host host, u16 port, const struct say *say)
{
	struct scst_pr *new = w->pr == &w->storage[0].pr ? &w->storage[1].pr : &w->storage[0].pr;
	u8 cdb[16] = { 0x5f, say->action, say->type };
	struct scst_pr_request req;
	enum scst_pr_result result;
	u8 list[1024];
	u32 len = say_list(w, say, list);

	w->fx.nr = 0;
	w->before = *w->pr;
	memcpy(w->regs_before, w->pr->reg, w->pr->nr * sizeof(w->pr->reg[0]));
	if (!scst_pr_parse(cdb, list, len, &req, &w->fx.sense))
		return SCST_PR_REFUSED;
	req.from = (struct scst_pr_nexus){ .tid = &w->tid[host], .port = port };
	req.ports = w->ports;
	req.nr_ports = w->nr_ports;
	new->room = scst_pr_room(w->pr, &req);
	assert_in_range(new->room, 0, WORLD_REGS);
	result = scst_pr_out(w->pr, &req, new, &w->fx);
	if (result == SCST_PR_GOOD) {
		assert_true(scst_pr_possible(new));
		w->pr = new;
	} else {
		w->fx.nr = 0;
	}
	return result;
}

static int find(const struct world *w, enum host host, u16 port)
{
	return scst_pr_find(w->pr, &(struct scst_pr_nexus){ .tid = &w->tid[host], .port = port });
}

u64 key_of(const struct world *w, enum host host, u16 port)
{
	int i = find(w, host, port);

	return i < 0 ? 0 : w->pr->reg[i].key;
}

bool holds(const struct world *w, enum host host, u16 port)
{
	int i = find(w, host, port);

	return i >= 0 && w->pr->type != SCST_PR_NONE && scst_pr_holds(w->pr, i);
}

static const struct scst_pr_effect *effect(const struct world *w, enum host host, u16 port)
{
	unsigned int i;

	for (i = 0; i < w->fx.nr; i++) {
		const struct scst_pr_reg *reg = &w->regs_before[w->list[i].reg];

		if (reg->port == port && scst_tid_equal(&reg->tid, &w->tid[host]))
			return &w->list[i];
	}
	return NULL;
}

enum scst_sense_id told(const struct world *w, enum host host, u16 port)
{
	const struct scst_pr_effect *e = effect(w, host, port);

	return e ? e->ua : SCST_SENSE_NONE;
}

bool aborted(const struct world *w, enum host host, u16 port)
{
	const struct scst_pr_effect *e = effect(w, host, port);

	return e && e->abort;
}
