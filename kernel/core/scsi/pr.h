/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Persistent reservations (SPC-5 5.14) of one logical unit, as a state machine: from a state and a
 * request come a new state and a list of effects. Nothing here sleeps, locks or allocates: the
 * caller gives room, and throws the new state away if it cannot be made durable.
 *
 *	pr_tid.c	TransportIDs (scst/scsi/tid.h)
 *	pr_parse.c	CDB and parameter list -> request
 *	pr_machine.c	(state, request) -> (state, effects)
 *	pr_in.c		answers to PERSISTENT RESERVE IN
 *	pr_rules.c	which class of command conflicts with what
 *	pr_text.c	the text of pr_state, of dumps and of the state file
 *	pr_scst.c	the state file of SCST
 */
#ifndef _SCST_SCSI_PR_H
#define _SCST_SCSI_PR_H

#include <linux/types.h>
#include <scst/scsi/op.h>
#include <scst/scsi/sense.h>
#include <scst/scsi/tid.h>

enum scst_pr_type {
	SCST_PR_NONE			= 0,	/* there is no reservation */
	SCST_PR_WRITE_EXCLUSIVE		= 1,
	SCST_PR_EXCLUSIVE_ACCESS	= 3,
	SCST_PR_WRITE_EXCLUSIVE_RO	= 5,	/* registrants only */
	SCST_PR_EXCLUSIVE_ACCESS_RO	= 6,
	SCST_PR_WRITE_EXCLUSIVE_AR	= 7,	/* all registrants hold it */
	SCST_PR_EXCLUSIVE_ACCESS_AR	= 8,
	SCST_PR_TYPES,
};

/* A registered I_T nexus. */
struct scst_pr_reg {
	u64 key;			/* never 0 */
	u16 port;			/* relative target port identifier */
	bool holder;			/* of a reservation that one registrant holds */
	struct scst_tid tid;		/* the initiator port */
};

#define SCST_PR_REGS_MAX	1024
#define SCST_PR_LIST_MAX	(64u << 10)	/* bytes of a parameter list that we take */

struct scst_pr {
	u32 generation;
	u8 type;			/* enum scst_pr_type */
	bool aptpl;			/* survives power loss */
	bool lost;			/* what survived could not be read: SPC-5 5.14.5.4 */
	u16 room;			/* entries that reg[] can take */
	u16 nr;
	struct scst_pr_reg reg[];
};

/* An I_T nexus, registered or not. */
struct scst_pr_nexus {
	const struct scst_tid *tid;
	u16 port;
};

enum scst_pr_action {
	SCST_PR_REGISTER		= 0x00,
	SCST_PR_RESERVE			= 0x01,
	SCST_PR_RELEASE			= 0x02,
	SCST_PR_CLEAR			= 0x03,
	SCST_PR_PREEMPT			= 0x04,
	SCST_PR_PREEMPT_AND_ABORT	= 0x05,
	SCST_PR_REGISTER_AND_IGNORE	= 0x06,
	SCST_PR_REGISTER_AND_MOVE	= 0x07,
	SCST_PR_REPLACE_LOST		= 0x08,
	SCST_PR_ACTIONS,
};

enum scst_pr_in_action {
	SCST_PR_READ_KEYS,
	SCST_PR_READ_RESERVATION,
	SCST_PR_REPORT_CAPABILITIES,
	SCST_PR_READ_FULL_STATUS,
};

struct scst_pr_request {
	/* by scst_pr_parse() */
	u8 action;			/* enum scst_pr_action */
	u8 type;			/* as sent: any 4 bits */
	bool aptpl, all_tg_pt, spec_i_pt, unreg;
	u16 move_port;			/* REGISTER AND MOVE: where to */
	u64 key, sa_key;
	const u8 *tids;			/* all well formed; SPEC_I_PT, REGISTER AND MOVE */
	u32 tids_len;
	/* by the caller */
	struct scst_pr_nexus from;
	const u16 *ports;		/* ALL_TG_PT: every port of the logical unit, */
	unsigned int nr_ports;		/* ... each once */
};

/* What becomes of entry @reg of the old state, other than losing or keeping its place. */
struct scst_pr_effect {
	u16 reg;
	u8 ua;				/* enum scst_sense_id, or NONE */
	bool abort;			/* all its commands, but for the one that asks */
};

struct scst_pr_effects {
	struct scst_pr_effect *list;	/* room for as many as the old state has entries */
	unsigned int nr;
	bool changed;			/* else the new state is the old one */
	struct scst_sense sense;	/* with SCST_PR_REFUSED */
};

enum scst_pr_result {
	SCST_PR_GOOD,
	SCST_PR_CONFLICT,		/* RESERVATION CONFLICT */
	SCST_PR_REFUSED,		/* CHECK CONDITION */
};

/*
 * Judges the CDB and the @len bytes of its parameter list at @list, which has to stay as long as
 * @req is used [pr_spec_i_pt_registers_others]. Return: true, or false with @sense filled.
 */
bool scst_pr_parse(const u8 *cdb, const u8 *list, u32 len, struct scst_pr_request *req,
		   struct scst_sense *sense);

/*
 * Room that the state after @req needs; at most SCST_PR_REGS_MAX, the rest will be refused
 * [pr_registrations_are_limited].
 */
unsigned int scst_pr_room(const struct scst_pr *old, const struct scst_pr_request *req);

/*
 * @new has room, and is void unless this returns GOOD. The state has to be made durable before the
 * answer if scst_pr_durable().
 */
enum scst_pr_result scst_pr_out(const struct scst_pr *old, const struct scst_pr_request *req,
				struct scst_pr *new, struct scst_pr_effects *fx);

/* Does @new, or that it need not survive any more, belong on stable storage? */
static inline bool scst_pr_durable(const struct scst_pr *old, const struct scst_pr *new)
{
	return old->aptpl || new->aptpl;
}

/* Can this be? A reservation has one holder, or is everybody's and there is somebody. */
bool scst_pr_possible(const struct scst_pr *pr);

/* The registration of @nexus: its index, or -1. */
int scst_pr_find(const struct scst_pr *pr, const struct scst_pr_nexus *nexus);

/* Does registrant @i hold the reservation? */
bool scst_pr_holds(const struct scst_pr *pr, unsigned int i);

static inline bool scst_pr_all_registrants(u8 type)
{
	return type == SCST_PR_WRITE_EXCLUSIVE_AR || type == SCST_PR_EXCLUSIVE_ACCESS_AR;
}

static inline bool scst_pr_registrants_only(u8 type)
{
	return type == SCST_PR_WRITE_EXCLUSIVE_RO || type == SCST_PR_EXCLUSIVE_ACCESS_RO;
}

bool scst_pr_type_valid(u8 type);

/* BIT(enum scst_pr_class) of the commands from @nexus that conflict with the reservation. */
u8 scst_pr_denied(const struct scst_pr *pr, const struct scst_pr_nexus *nexus);

/* ... that conflict with an SPC-2 reservation of somebody else. */
#define SCST_PR_DENIED_BY_RESERVE	(BIT(SCST_PR_READ) | BIT(SCST_PR_WRITE))

/* Is this what everybody may ask for, though its opcode conflicts? */
bool scst_pr_is_harmless(const struct scst_op *op, const struct scst_cdb *params);

/* Does a command conflict, where @denied are the classes that do? */
static inline bool scst_pr_conflicts(u8 denied, const struct scst_op *op,
				     const struct scst_cdb *params)
{
	return denied & BIT(op->pr) && !scst_pr_is_harmless(op, params);
}

/* How RESERVE and RELEASE of SPC-2 meet persistent reservations: CRH, SPC-5 5.14.3. */
enum scst_pr_crh {
	SCST_CRH_SPC2,			/* nobody is registered: they do what SPC-2 says */
	SCST_CRH_NOTHING,		/* GOOD, and nothing else */
	SCST_CRH_CONFLICT,
};

enum scst_pr_crh scst_pr_crh(const struct scst_pr *pr, const struct scst_pr_nexus *nexus);

/* Who, for the rules. */
enum scst_pr_who {
	SCST_WHO_HOLDER,
	SCST_WHO_REGISTRANT,
	SCST_WHO_OTHER,
	SCST_WHO_MAX,
};

/* The rules themselves; indices that do not exist have no bits. */
extern const u8 scst_pr_rules[SCST_PR_TYPES][SCST_WHO_MAX];

/*
 * Text, in lines that end with a newline:
 *
 *	version 1
 *	generation <n>
 *	reservation <type, 2 hex> <scope, 2 hex>	only if there is one
 *	registrant <port> <key, 16 hex> <holder, 0|1> <bytes> <TransportID in hex>
 */

/* Return: bytes of the text, which is cut at @size and not terminated. */
size_t scst_pr_print(const struct scst_pr *pr, char *text, size_t size);

/*
 * Room that scst_pr_scan() needs: at most SCST_PR_REGS_MAX, or -1: more than that
 * [text_room_is_counted].
 */
int scst_pr_scan_room(const char *text, size_t len);

/* APTPL is not in the text. Return: 0, or the number of the wrong line; @pr is void then. */
unsigned int scst_pr_scan(const char *text, size_t len, struct scst_pr *pr);

/*
 * scst_tid_parse() of what SCST calls an initiator port, on a host of that byte order
 * [iscsi_port_of_scst_is_ours].
 */
unsigned int scst_tid_parse_scst(const u8 *bytes, u32 len, bool little, struct scst_tid *out);

/* Is this the state file of SCST, in either byte order? */
bool scst_pr_is_scst_file(const u8 *file, size_t len);
/* Entries that reading it needs room for, at most [scst_file_is_read_in_both_byte_orders]. */
unsigned int scst_pr_scst_room(size_t len);
/* Return: false if it is damaged; @pr is void then. */
bool scst_pr_read_scst_file(const u8 *file, size_t len, struct scst_pr *pr);

#endif
