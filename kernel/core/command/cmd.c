// SPDX-License-Identifier: GPL-2.0
/*
 * The way of a command through its steps (steps.h), in the caller's context as far as it goes.
 *
 * A step either goes on, fails, or waits. A command that waits is parked: cmd->step says where, and
 * only the matching resume takes it on, so that a second or late completion shows at once. Whoever
 * runs a command owns it; task management only ever sets SCST_CMD_ABORTED.
 */
#include <linux/export.h>
#include <linux/ktime.h>
#include <linux/sched/mm.h>
#include <scst/sgv.h>
#include <scst/tags.h>

#include "event/event.h"
#include "policy/policy.h"
#include "reserve/reserve.h"
#include "tasks/inject.h"
#include "tasks/tasks.h"
#include "execute.h"
#include "marks.h"
#include "scst_trace.h"
#include "threads.h"

/*
 * The same for a command, which becomes LIVE here; gate.h says why in one RCU section. Task
 * management that sees LIVE sees the nexus, the tag and the LUN: pairs with mark_slot().
 * Return: not 0, it has to pass the gate.
 */
static u32 enter_nexus(struct scst_cmd *cmd)
{
	struct scst_nexus *nexus;
	u32 gate, state;

	guard(rcu)();
	nexus = __scst_nexus_get(cmd->sess, cmd->lun);
	cmd->nexus = nexus;
	scst_tag(enter_nexus);
	gate = READ_ONCE(nexus->gate) | cmd->attr;
	state = cmd->state | SCST_CMD_LIVE;
	if (unlikely(gate))
		state |= scst_gate_flags(nexus, gate);
	smp_store_release(&cmd->state, state);
	return gate;
}

static enum scst_step_result step_lookup(struct scst_cmd *cmd)
{
	u32 gate = enter_nexus(cmd);

	cmd->dev = cmd->nexus->dev;
	return likely(!gate) ? SCST_NEXT : scst_gate_arrive(cmd);
}

static enum scst_step_result refuse(struct scst_cmd *cmd, enum scst_sense_id id)
{
	scst_cmd_fail(cmd, id);
	return SCST_FAIL;
}

static enum scst_step_result refuse_cdb(struct scst_cmd *cmd, struct scst_field field)
{
	scst_cmd_fail_cdb(cmd, field);
	return SCST_FAIL;
}

/* SPC-5: it is the service action that is wrong where others of that opcode are carried out. */
static enum scst_step_result refuse_unknown(struct scst_cmd *cmd)
{
	u8 opcode = cmd->cdb[0];

	if (scst_op_find_supported(&cmd->dev->lu, opcode, SCST_SA_NONE))
		return refuse_cdb(cmd, scst_op_sa_field(opcode));
	return refuse(cmd, SCST_SENSE_INVALID_OPCODE);
}

/* LBA and length against the LU; lengths in blocks become bytes. */
static enum scst_step_result parse_range(struct scst_cmd *cmd)
{
	const struct scst_lu *lu = &cmd->dev->lu;
	struct scst_sense sense;

	if (unlikely(!scst_cdb_check_range(cmd->op, lu, READ_ONCE(lu->nblocks), &cmd->params,
					   &sense))) {
		u8 not_ready = READ_ONCE(cmd->dev->not_ready);

		if (not_ready)		/* without a medium there are no blocks */
			return refuse(cmd, not_ready);
		scst_cmd_fail_with(cmd, &sense);
		return SCST_FAIL;
	}
	cmd->data_len = cmd->params.data_blocks << lu->block_shift;
	return SCST_NEXT;
}

/* The length of a list, or of what there is room for. */
static enum scst_step_result parse_length(struct scst_cmd *cmd)
{
	struct scst_sense sense;

	if (cmd->params.how & SCST_HOW_LIST)	/* FORMAT UNIT, and no other */
		cmd->params.len = cmd->expected_len;
	if (likely(scst_cdb_data_len(cmd->op, &cmd->params, &cmd->data_len, &sense)))
		return SCST_NEXT;
	scst_cmd_fail_with(cmd, &sense);
	return SCST_FAIL;
}

/* There is no such LUN: programs are told. Return: the command may be answered all the same. */
static bool needs_no_lun(const struct scst_cmd *cmd)
{
	scst_event_lun_not_found(cmd);
	return cmd->op && cmd->op->flags & SCST_OP_NO_LUN;
}

static enum scst_step_result step_parse(struct scst_cmd *cmd)
{
	const u8 *cdb = cmd->cdb;
	struct scst_field bad;
	bool unknown_sa;

	if (unlikely(cmd->dev && cmd->dev->lu.opaque))
		return scst_parse_opaque(cmd) ? SCST_NEXT : SCST_FAIL;
	cmd->op = scst_op_find(cdb, &unknown_sa);
	if (unlikely(!cmd->dev) && !needs_no_lun(cmd))
		return refuse(cmd, SCST_SENSE_LUN_NOT_SUPPORTED);
	if (unlikely(!cmd->op))
		return refuse_unknown(cmd);
	if (cmd->dev && unlikely(!scst_op_supported(cmd->op, &cmd->dev->lu)))
		return refuse_unknown(cmd);
	if (unlikely(cmd->cdb_len < cmd->op->len))
		return refuse_cdb(cmd, (struct scst_field){ .byte = cmd->cdb_len, .bit = -1 });
	if (unlikely(cmd->op->flags & SCST_OP_LONG))
		cdb = cmd->long_cdb;
	if (unlikely(!scst_cdb_check(cmd->op, cdb, &bad)))
		return refuse_cdb(cmd, bad);
	scst_cdb_parse(cmd->op, cdb, &cmd->params);
	if (cmd->op->flags & (SCST_OP_RANGE | SCST_OP_MEDIUM_DATA))
		return parse_range(cmd);
	return parse_length(cmd);
}

static enum scst_step_result step_admit(struct scst_cmd *cmd)
{
	if (static_branch_unlikely(&scst_policy_keys[SCST_HOOK_CMD_ADMIT]))
		return scst_admit(cmd);
	return SCST_NEXT;
}

static enum scst_step_result check_reservation(struct scst_cmd *cmd)
{
	u8 denied = READ_ONCE(cmd->nexus->denied);
	bool conflict = scst_pr_conflicts(denied, cmd->op, &cmd->params);

	if (static_branch_unlikely(&scst_policy_keys[SCST_HOOK_PR_CONFLICT]) &&
	    denied & SCST_RESERVED && cmd->op->pr != SCST_PR_ALWAYS && cmd->op->pr != SCST_PR_SELF)
		conflict = scst_policy_pr_conflict(cmd, conflict);
	if (!conflict)
		return SCST_NEXT;
	if (denied & SCST_DENIED_AS_LOST)
		return refuse(cmd, SCST_SENSE_RESERVATION_LOST);
	cmd->status = SAM_STAT_RESERVATION_CONFLICT;
	return SCST_FAIL;
}

/* Returns the sense to refuse the command with, or NONE. */
static enum scst_sense_id check_write_protect(const struct scst_cmd *cmd)
{
	if (!(cmd->op->flags & SCST_OP_WRITES))
		return SCST_SENSE_NONE;
	if (unlikely(READ_ONCE(cmd->nexus->read_only)))
		return SCST_SENSE_WRITE_PROTECTED;
	if (unlikely(READ_ONCE(cmd->dev->lu.swp)))
		return SCST_SENSE_SOFT_WRITE_PROTECTED;
	return SCST_SENSE_NONE;
}

/*
 * A unit attention is told before a conflict, which the command would only meet again. What is
 * injected comes where a disk would be the one to fail: behind all that refuses.
 */
static enum scst_step_result attend(struct scst_cmd *cmd)
{
	enum scst_step_result result;

	if (scst_ua_refuses(cmd))
		return SCST_FAIL;
	result = check_reservation(cmd);
	if (result != SCST_NEXT || !READ_ONCE(cmd->nexus->injected) ||
	    check_write_protect(cmd) != SCST_SENSE_NONE)
		return result;
	return scst_inject(cmd);
}

static enum scst_step_result step_state(struct scst_cmd *cmd)
{
	enum scst_step_result result;
	enum scst_sense_id id;

	if (unlikely(READ_ONCE(cmd->nexus->attention))) {
		result = attend(cmd);
		if (result != SCST_NEXT)
			return result;
	}
	id = check_write_protect(cmd);
	return likely(id == SCST_SENSE_NONE) ? SCST_NEXT : refuse(cmd, id);
}

static enum scst_step_result get_buffer(struct scst_cmd *cmd)
{
	bool lends = cmd->takes_lent && cmd->op->verb == SCST_VERB_READ && cmd->dev->ops->lends &&
		     !(READ_ONCE(cmd->state) & SCST_CMD_ORDERLY);
	u32 max_bytes = cmd->sess->tgt->port.max_bytes;

	if (unlikely(max_bytes && cmd->xfer_len > max_bytes))
		return refuse_cdb(cmd, scst_op_length_field(cmd->op));
	if (lends || scst_buffer_alloc(cmd))
		return SCST_NEXT;
	return cmd->may_sleep ? SCST_FAIL : SCST_THREAD;
}

/*
 * The initiator's idea of the data against the command's. A write which brings less than it says it
 * will is refused before it is half done.
 */
static enum scst_step_result step_buffer(struct scst_cmd *cmd)
{
	u32 len = min(cmd->data_len, cmd->expected_len);

	if (unlikely(cmd->has_data) && len != cmd->xfer_len) {
		scst_cmd_set_busy(cmd);	/* it has followed its LUN to blocks of another size */
		return SCST_FAIL;
	}
	cmd->xfer_len = len;
	if (cmd->xfer_len && unlikely(cmd->expected_dir != cmd->op->dir))
		return refuse(cmd, SCST_SENSE_INVALID_FIELD_IU);
	if (cmd->op->dir == SCST_DIR_OUT && unlikely(cmd->xfer_len < cmd->data_len))
		return refuse(cmd, SCST_SENSE_INVALID_FIELD_IU);
	if (cmd->xfer_len && unlikely(!cmd->sg))
		return get_buffer(cmd);
	return SCST_NEXT;
}

static enum scst_step_result step_receive(struct scst_cmd *cmd)
{
	void (*receive_data)(struct scst_cmd *cmd) = cmd->sess->tgt->ops->receive_data;

	if (cmd->op->dir != SCST_DIR_OUT || !receive_data || !cmd->xfer_len || cmd->has_data)
		return SCST_NEXT;
	WRITE_ONCE(cmd->step, SCST_STEP_receive);
	receive_data(cmd);
	return SCST_WAIT;
}

static enum scst_step_result step_order(struct scst_cmd *cmd)
{
	u32 state = READ_ONCE(cmd->state);

	if (likely(!(state & (SCST_CMD_ABORTED | SCST_CMD_ORDERLY))))
		return SCST_NEXT;
	if (state & SCST_CMD_ABORTED)
		return SCST_FAIL;
	cmd->waited |= SCST_WAITED;
	return scst_order_wait(cmd);
}

/* Its LUN leads elsewhere since it waits: it has not begun, so it goes there. */
static enum scst_step_result restart(struct scst_cmd *cmd, u32 gate)
{
	enum scst_step_result result;

	if (cmd->sg_ours && !cmd->has_data)	/* blocks may have another size there */
		scst_buffer_free(cmd);
	result = gate ? scst_gate_arrive(cmd) : SCST_NEXT;
	return result == SCST_NEXT ? SCST_AGAIN : result;
}

/*
 * What "parse" and "state" found may no longer be so. SPC-5 5.14.1 wants reservations to hold for a
 * command whose turn comes now, and a device that shrank ends earlier.
 */
static enum scst_step_result recheck(struct scst_cmd *cmd)
{
	enum scst_step_result result;
	enum scst_sense_id id;
	u32 gate;

	if (unlikely(scst_cmd_follow(cmd, &gate)))
		return restart(cmd, gate);
	result = check_reservation(cmd);
	if (result != SCST_NEXT)
		return result;
	id = check_write_protect(cmd);
	if (id != SCST_SENSE_NONE)
		return refuse(cmd, id);
	if (!(cmd->op->flags & (SCST_OP_RANGE | SCST_OP_MEDIUM_DATA)) || cmd->dev->lu.opaque)
		return SCST_NEXT;
	return parse_range(cmd);
}

static enum scst_step_result step_recheck(struct scst_cmd *cmd)
{
	return likely(!cmd->waited) ? SCST_NEXT : recheck(cmd);
}

static enum scst_step_result step_execute(struct scst_cmd *cmd)
{
	enum scst_exec_result result;

	trace_scst_cmd_execute(cmd);
	WRITE_ONCE(cmd->step, SCST_STEP_execute);
	scst_tag(execute);
	result = likely(cmd->op->verb) ? cmd->dev->ops->verb[cmd->op->verb](cmd) :
					 scst_execute(cmd);
	switch (result) {
	case SCST_EXEC_DONE:
		return SCST_NEXT;
	case SCST_EXEC_PENDING:
		return SCST_WAIT;
	case SCST_EXEC_THREAD:
		return SCST_THREAD;
	}
	WARN_ONCE(1, "%s: verb answered %d\n", cmd->dev->name, result);
	return refuse(cmd, SCST_SENSE_INTERNAL_FAILURE);
}

/*
 * Its initiator gets no answer, or TASK ABORTED: then it is an answer like any other from here on,
 * unless that initiator aborts it now.
 */
static void finish_aborted(struct scst_cmd *cmd)
{
	u32 state = READ_ONCE(cmd->state);

	scst_ua_untold(cmd);
	cmd->status = SAM_STAT_TASK_ABORTED;
	while (state & SCST_CMD_TELL)
		if (scst_cmd_mark(cmd, &state, 0, SCST_CMD_ABORTED | SCST_CMD_TELL))
			break;
}

static void finish_failed(struct scst_cmd *cmd)
{
	if (!cmd->keeps_data || cmd->status != SAM_STAT_CHECK_CONDITION)
		cmd->xfer_len = 0;
	if (cmd->status == SAM_STAT_CHECK_CONDITION && cmd->op && cmd->dev)
		scst_order_failed(cmd);
}

/* As SCST counts them: what a medium with sectors of 4 KiB has to read first. */
static bool is_unaligned(const struct scst_cmd *cmd)
{
	return cmd->dev && (cmd->params.lba << cmd->dev->lu.block_shift | cmd->xfer_len) & 4095;
}

static enum scst_step_result step_finish(struct scst_cmd *cmd)
{
	struct scst_stats __percpu *stats = cmd->nexus->stats;
	unsigned int kind;

	if (unlikely(scst_cmd_aborted(cmd)))
		finish_aborted(cmd);
	if (unlikely(cmd->status != SAM_STAT_GOOD))
		finish_failed(cmd);
	if (unlikely(!cmd->op)) {
		this_cpu_inc(stats->unknown);
		return SCST_NEXT;
	}
	BUILD_BUG_ON(SCST_OP_MEDIUM_DATA != SCST_STAT_MEDIUM << 3);
	kind = cmd->op->dir | (cmd->op->flags & SCST_OP_MEDIUM_DATA) >> 3;
	this_cpu_inc(stats->cmds[kind]);
	this_cpu_add(stats->bytes[kind], cmd->xfer_len);
	if (kind & SCST_STAT_MEDIUM && unlikely(is_unaligned(cmd)))
		this_cpu_inc(stats->unaligned[cmd->op->dir]);
	return SCST_NEXT;
}

static enum scst_step_result step_send(struct scst_cmd *cmd)
{
	trace_scst_cmd_done(cmd);
	WRITE_ONCE(cmd->step, SCST_STEP_send);
	scst_tag(send);
	cmd->sess->tgt->ops->send_response(cmd);
	return SCST_WAIT;
}

/* Runs @cmd from @step until it waits or has been sent. */
static void run(struct scst_cmd *cmd, enum scst_step step)
{
	enum scst_step_result result;

again:
	switch (step) {
#define STEP(name)						\
	case SCST_STEP_##name:					\
		result = step_##name(cmd);			\
		if (unlikely(result != SCST_NEXT)) {		\
			step = SCST_STEP_##name;		\
			break;					\
		}						\
		fallthrough;
	SCST_STEPS(STEP)
#undef STEP
	case SCST_STEP_MAX:
	case SCST_STEP_RUNNING:
		return;
	}

	switch (result) {
	case SCST_NEXT:
	case SCST_WAIT:
		return;
	case SCST_FAIL:
		step = SCST_STEP_finish;
		goto again;
	case SCST_AGAIN:
		step = SCST_STEP_parse;
		goto again;
	case SCST_THREAD:
		WRITE_ONCE(cmd->step, step);
		scst_cmd_queue(cmd);
		return;
	}
}

/* What a command that is parked at a step waits for. */
static const enum scst_wait_for waits_for[SCST_STEP_MAX] = {
	[SCST_STEP_lookup]	= SCST_WAIT_FOR_unblock,
	[SCST_STEP_admit]	= SCST_WAIT_FOR_policy,
	[SCST_STEP_receive]	= SCST_WAIT_FOR_data,
	[SCST_STEP_order]	= SCST_WAIT_FOR_turn,
	[SCST_STEP_execute]	= SCST_WAIT_FOR_execution,
};

/* The one way on for a parked command: @from must be where it is. Inlined: @from is constant. */
static __always_inline bool unpark(struct scst_cmd *cmd, enum scst_step from)
{
	if (WARN_ONCE(cmd->step != from, "command %u completed at %s but it is at %s\n",
		      cmd->index, scst_step_name(from), scst_step_name(cmd->step)))
		return false;
	trace_scst_cmd_waited(cmd, waits_for[from]);
	WRITE_ONCE(cmd->step, SCST_STEP_RUNNING);
	return true;
}

/*
 * Memory is allocated without I/O: what would be written to make room may be for this very disk,
 * and wait for this command. The same goes for all that commands of a disk wait for.
 */
static void run_in_thread(struct work_struct *work)
{
	struct scst_cmd *cmd = container_of(work, struct scst_cmd, work);
	unsigned int noio = memalloc_noio_save();
	enum scst_step step = cmd->step;

	cmd->may_sleep = true;
	cmd->in_thread = true;
	scst_tag(in_thread);
	trace_scst_cmd_waited(cmd, SCST_WAIT_FOR_thread);
	WRITE_ONCE(cmd->step, SCST_STEP_RUNNING);
	run(cmd, step);
	memalloc_noio_restore(noio);
}

/* An aborted command has no business with unit attentions any more. */
void scst_cmd_admitted(struct scst_cmd *cmd)
{
	if (!unpark(cmd, SCST_STEP_admit))
		return;
	cmd->waited |= SCST_WAITED;
	WRITE_ONCE(cmd->step, scst_cmd_aborted(cmd) ? SCST_STEP_finish : SCST_STEP_state);
	scst_cmd_queue(cmd);
}

void scst_cmd_data_received(struct scst_cmd *cmd, bool ok)
{
	if (!unpark(cmd, SCST_STEP_receive))
		return;
	if (!ok)
		scst_cmd_fail(cmd, SCST_SENSE_DATA_PHASE_ERROR);
	else if (cmd->prepared)
		ok = scst_buffer_charge(cmd);
	cmd->waited |= SCST_WAITED;
	cmd->has_data = true;
	cmd->in_thread = false;		/* it was, if it had to wait before it came to "receive" */
	run(cmd, ok ? SCST_STEP_order : SCST_STEP_finish);
}
EXPORT_SYMBOL_GPL(scst_cmd_data_received);

void scst_cmd_resume(struct scst_cmd *cmd, enum scst_step from, enum scst_step to)
{
	if (!unpark(cmd, from))
		return;
	WRITE_ONCE(cmd->step, to);
	scst_cmd_queue(cmd);
}

void scst_cmd_exec_done(struct scst_cmd *cmd)
{
	scst_tag(exec_done);
	if (unpark(cmd, SCST_STEP_execute))
		run(cmd, SCST_STEP_finish);
}
EXPORT_SYMBOL_GPL(scst_cmd_exec_done);

void scst_cmd_exec_done_in_thread(struct scst_cmd *cmd)
{
	if (!unpark(cmd, SCST_STEP_execute))
		return;
	WRITE_ONCE(cmd->step, SCST_STEP_finish);
	queue_work(scst_tmf_wq, &cmd->work);
}
EXPORT_SYMBOL_GPL(scst_cmd_exec_done_in_thread);

void scst_cmd_exec_again(struct scst_cmd *cmd)
{
	if (WARN_ON_ONCE(cmd->step != SCST_STEP_execute))
		return;
	trace_scst_cmd_waited(cmd, SCST_WAIT_FOR_execution);
	scst_cmd_queue(cmd);
}
EXPORT_SYMBOL_GPL(scst_cmd_exec_again);

void scst_cmd_init(struct scst_cmd *cmd, struct scst_session *sess, u32 index)
{
	cmd->sess = sess;
	cmd->index = index;
	INIT_WORK(&cmd->work, run_in_thread);
	scst_admit_init(cmd);
}

struct scst_cmd *scst_cmd_at(struct scst_session *sess, u32 index)
{
	if (WARN_ON_ONCE(index >= sess->nr_cmds))
		return NULL;
	return sess->cmds + index * sess->cmd_size;
}
EXPORT_SYMBOL_GPL(scst_cmd_at);

void scst_cmd_submit(struct scst_cmd *cmd)
{
	cmd->step = SCST_STEP_RUNNING;
	cmd->in_thread = false;
	cmd->waited = 0;
	cmd->has_data = false;
	cmd->status = SAM_STAT_GOOD;
	cmd->op = NULL;
	cmd->params.lba = 0;
	cmd->params.nblocks = 0;
	cmd->data_len = 0;
	cmd->xfer_len = 0;
	cmd->sg_ours = false;
	cmd->keeps_data = false;
	cmd->submit_ns = trace_scst_cmd_done_enabled() ? ktime_get_ns() : 0;
	trace_scst_cmd_submit(cmd);
	run(cmd, SCST_STEP_lookup);
}
EXPORT_SYMBOL_GPL(scst_cmd_submit);

static void leave(struct scst_cmd *cmd, u32 state)
{
	if (state & SCST_CMD_TIMED)
		scst_latency_end(cmd);
	if (state & (SCST_CMD_ORDERLY | SCST_CMD_LIMITED))
		scst_gate_leave(cmd, state);
}

/*
 * Whoever sets WATCHED then waits for a grace period: a command that did not see the flag here is
 * idle by then, one that did wakes the waiter.
 */
void scst_cmd_done(struct scst_cmd *cmd)
{
	struct scst_nexus *nexus = cmd->nexus;
	u32 state;

	if (unlikely(cmd->sg_ours))
		scst_buffer_free(cmd);
	else if (unlikely(cmd->charged))
		scst_cmd_uncharge(cmd);
	if (unlikely(scst_cmd_unanswered(cmd)))	/* aborted when it was over, and not sent */
		scst_cmd_untold(cmd);
	if (unlikely(cmd->status != SAM_STAT_GOOD))
		scst_cmd_forget_sense(cmd);
	rcu_read_lock();
	state = READ_ONCE(cmd->state);
	if (unlikely(state & (SCST_CMD_ORDERLY | SCST_CMD_LIMITED | SCST_CMD_TIMED)))
		leave(cmd, state);
	scst_tag(done);
	smp_store_release(&cmd->state, (state | (SCST_CMD_GENERATION - 1)) + 1);
	scst_tag(watch_told);
	if (unlikely(state & SCST_CMD_WATCHED)) {
		scst_nexus_left(nexus);
		scst_watch_look();
	}
	rcu_read_unlock();
	scst_nexus_put(nexus);
}
EXPORT_SYMBOL_GPL(scst_cmd_done);
