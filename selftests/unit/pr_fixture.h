/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Hosts that send PERSISTENT RESERVE OUT through ports to one logical unit: requests are made as
 * bytes, as an initiator does, and go through parser and state machine; the new state takes the
 * place of the old one, as the kernel does it.
 */
#ifndef _SCST_UNIT_PR_FIXTURE_H
#define _SCST_UNIT_PR_FIXTURE_H

#include "fixture.h"
#include "pr.h"

#define WORLD_REGS	64

enum host { A, B, C, D, HOSTS };

struct pr_storage {
	struct scst_pr pr;
	struct scst_pr_reg regs[WORLD_REGS];
};

struct world {
	struct pr_storage storage[2];
	struct scst_pr *pr;			/* one of them */
	struct scst_tid tid[HOSTS];
	u16 ports[4];
	unsigned int nr_ports;
	/* of the last request */
	struct scst_pr_effect list[WORLD_REGS];
	struct scst_pr_effects fx;
	struct scst_pr before;
	struct scst_pr_reg regs_before[WORLD_REGS];
};

enum { ALL_TG_PT = 0x04, SPEC_I_PT = 0x08, APTPL = 0x01 };

/* What an initiator says. */
struct say {
	u8 action, type, flags;
	u64 key, sa_key;
	unsigned int to_hosts;			/* SPEC_I_PT: BIT(enum host) */
	enum host to;				/* REGISTER AND MOVE ... */
	u16 to_port;
	bool unreg;
};

void world_init(struct world *w);

/* Return: bytes of the parameter list, at most 1024. */
u32 say_list(const struct world *w, const struct say *say, u8 *list);

enum scst_pr_result say_(struct world *w, enum host host, u16 port, const struct say *say);
#define SAY(w, host, port, ...) say_(w, host, port, &(struct say) { __VA_ARGS__ })

u64 key_of(const struct world *w, enum host host, u16 port);
bool holds(const struct world *w, enum host host, u16 port);

/* The unit attention that the last request raised for this nexus, or NONE. */
enum scst_sense_id told(const struct world *w, enum host host, u16 port);
bool aborted(const struct world *w, enum host host, u16 port);

#endif
