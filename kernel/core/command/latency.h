/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How long commands of a session take, by direction, size and state: `measure_latency`.
 */
#ifndef _SCST_CORE_LATENCY_H
#define _SCST_CORE_LATENCY_H

#include "core.h"

/* Where a command is between two of its tracepoints, in the order of its life. */
#define SCST_LATENCY_STATES(STATE)							\
	STATE(prepare)		/* nothing is waited for, and it is not executed yet */	\
	STATE(unblock_wait)	/* on its arrival: blocked, suspended		*/	\
	STATE(policy_wait)	/* delayed by cmd_admit, or an inject rule	*/	\
	STATE(data_wait)	/* for data-out, since it came or last waited	*/	\
	STATE(turn_wait)	/* in its task set				*/	\
	STATE(thread_wait)	/* for a thread of the core's			*/	\
	STATE(execute)		/* the verb, or what follows on its end		*/	\
	STATE(exec_wait)	/* a back end that answers later		*/	\
	STATE(xmit_wait)	/* the response, until it has left		*/	\
	STATE(total)

enum scst_latency_state {
#define STATE(name) SCST_LATENCY_##name,
	SCST_LATENCY_STATES(STATE)
#undef STATE
	SCST_LATENCY_MAX,
};

#define SCST_LATENCY_SIZES	11	/* up to 512 bytes, 1024, ... 256 KiB, more */

/* In tenths of a microsecond. */
struct scst_latency_row {
	u64 count, min, max, sum, squares;
};

/* Of the command in a slot: its owner's, until it is added up. */
struct scst_latency_cmd {
	u64 submit_ns;			/* 0: it came when nobody listened */
	u64 since_ns;			/* the last tracepoint */
	u64 ns[SCST_LATENCY_MAX];
	u16 seen;			/* BIT(enum scst_latency_state) */
	bool executed;
};

struct scst_latency {
	spinlock_t lock;		/* row */
	struct scst_latency_row row[SCST_DIR_BIDI + 1][SCST_LATENCY_SIZES][SCST_LATENCY_MAX];
	unsigned int nr_cmds;
	struct scst_latency_cmd cmd[];	/* by index of the slot */
};

/* From here on commands of sessions that have a table count in it. Return: 0 or -errno. */
int scst_latency_listen(void);
/* Nothing new is measured when this returns. */
void scst_latency_stop(void);
/* Commands from before somebody listened again are not taken for what was in their slots. */
void scst_latency_forget(struct scst_latency *latency);
void scst_latency_clear(struct scst_latency *latency);
/* The response of a command with SCST_CMD_TIMED has left. */
void scst_latency_end(struct scst_cmd *cmd);

#endif
