// SPDX-License-Identifier: GPL-2.0
/*
 * Commands without a program, and programs without an answer.
 *
 * A command that comes while the program is away is parked until the next one starts, or recover_s
 * are over. What nobody waits for any more (aborted, its session or LUN going) leaves as soon as
 * that is seen; while a program has it, the program may say first what became of it, or the next
 * write could be overtaken by this one. If it does not for ABANDONED_S, it hangs, as it does if it
 * takes longer than answer_s for anything.
 *
 * A LUN that leads to another device now, by a replace or a change of groups, is no reason to
 * hurry: a program that is there does what it was asked for. What is parked goes there: BUSY.
 */
#include <linux/jiffies.h>
#include <linux/sched.h>
#include <linux/sched/mm.h>
#include <linux/smp.h>

#include "user.h"

#define TICK		(HZ / 10)	/* what was abandoned stays no longer */
#define ABANDONED_S	10

/* Where this CPU's commands go. */
static struct user_queue *queue_of(struct user_prog *prog)
{
	return &prog->queues[raw_smp_processor_id() % prog->nr_queues];
}

static bool program_takes(struct user_device *ud, struct scst_cmd *cmd)
{
	struct user_prog *prog = rcu_dereference(ud->prog);

	return likely(prog) && user_queue_take(queue_of(prog), cmd);
}

enum parking {
	PARKED,
	NO_PLACE,	/* refused */
	PROGRAM_CAME,
};

static enum parking park(struct user_device *ud, struct scst_cmd *cmd)
{
	guard(spinlock_irqsave)(&ud->lock);
	if (rcu_access_pointer(ud->prog))
		return PROGRAM_CAME;
	if (ud->state != USER_AWAY)
		return NO_PLACE;
	list_add_tail(&user_note(cmd)->entry, &ud->parked);
	return PARKED;
}

static enum scst_sense_id refusal(const struct user_device *ud)
{
	return READ_ONCE(ud->state) == USER_NEW ? SCST_SENSE_BECOMING_READY :
						  SCST_SENSE_LU_NOT_READY;
}

/*
 * A program that stops taking commands was made unknown before (unpublish() in prog.c), so this
 * ends when the list or the next program has the command. That may be over then, and with it the
 * device: hence RCU [program_dies_while_devices_go].
 */
bool user_submit(struct user_device *ud, struct scst_cmd *cmd)
{
	enum parking parking = PARKED;

	guard(rcu)();
	while (unlikely(!program_takes(ud, cmd))) {
		parking = park(ud, cmd);
		if (parking != PROGRAM_CAME)
			break;
	}
	if (unlikely(parking == NO_PLACE)) {
		scst_cmd_fail(cmd, refusal(ud));
		return false;
	}
	if (unlikely(!READ_ONCE(ud->ticking)))
		user_tick_soon(ud);
	return true;
}

/* A program had it, and whether it was done nobody knows. */
static bool is_lost(struct scst_cmd *cmd)
{
	const struct user_device *ud = to_user_device(cmd->dev);

	if (!user_note(cmd)->seen)
		return false;
	if (user_is_cdb_mode(ud))
		return !(ud->first.flags & SCST_USER_TAKES_AGAIN);
	return !(cmd->op->flags & SCST_OP_IDEMPOTENT);
}

/*
 * It was not done, and may be where the LUN leads now. Not so what a program in CDB mode had, and
 * the next one would have taken again (is_lost()): by BUSY it would come as a new one.
 */
static void turn_away(struct scst_cmd *cmd)
{
	if (user_note(cmd)->seen && user_is_cdb_mode(to_user_device(cmd->dev))) {
		user_cmd_fail(cmd, SCST_SENSE_ABORTED);
		return;
	}
	cmd->status = SAM_STAT_BUSY;
	user_cmd_end(cmd);
}

/* What nobody waits for must not be done any more: newer ones may be by now. */
static void submit_again(struct user_device *ud, struct scst_cmd *cmd)
{
	user_note(cmd)->abandoned = 0;
	if (is_lost(cmd))
		user_cmd_fail(cmd, SCST_SENSE_ABORTED);
	else if (scst_cmd_abandoned(cmd))
		turn_away(cmd);
	else if (!user_submit(ud, cmd))
		user_cmd_end(cmd);
}

static struct scst_cmd *take_first(struct list_head *cmds)
{
	struct user_note *note = list_first_entry_or_null(cmds, struct user_note, entry);

	if (!note)
		return NULL;
	list_del(&note->entry);
	return note->cmd;
}

/* Why no I/O: deliver() in queue.c. */
void user_submit_again(struct user_device *ud, struct list_head *cmds)
{
	unsigned int noio = memalloc_noio_save();
	struct scst_cmd *cmd;

	while ((cmd = take_first(cmds)))
		submit_again(ud, cmd);
	memalloc_noio_restore(noio);
}

static void refuse_all(struct list_head *cmds)
{
	struct scst_cmd *cmd;

	while ((cmd = take_first(cmds)))
		user_cmd_fail(cmd, SCST_SENSE_LU_NOT_READY);
}

static void turn_all_away(struct list_head *cmds)
{
	struct scst_cmd *cmd;

	while ((cmd = take_first(cmds)))
		turn_away(cmd);
}

static void lose_work(struct work_struct *work)
{
	struct user_device *ud = container_of(to_delayed_work(work), struct user_device, lose);
	LIST_HEAD(cmds);

	scoped_guard(spinlock_irq, &ud->lock) {
		if (ud->state != USER_AWAY)
			return;
		ud->state = USER_LOST;
		scst_device_set_ready(&ud->dev, SCST_SENSE_LU_NOT_READY);
		list_splice_init(&ud->parked, &cmds);
	}
	pr_warn_ratelimited("scst_user: %s: no program came within %u s: not ready\n",
			    ud->dev.name, ud->recover_s);
	refuse_all(&cmds);
}

/* Return: some are left in @list. */
static bool take_if(bool (*is_over)(const struct scst_cmd *cmd), struct list_head *list,
		    struct list_head *abandoned)
{
	struct user_note *note, *next;

	list_for_each_entry_safe(note, next, list, entry)
		if (is_over(note->cmd))
			list_move_tail(&note->entry, abandoned);
	return !list_empty(list);
}

/* What a look at a device brings. */
struct look {
	struct list_head abandoned;
	bool more;			/* there is something to look at again */
	bool news;			/* ... of this queue: the program is to be told */
	const char *hangs;		/* the program does, and how */
};

/*
 * Its thread, busy, has not come to see it. The task work that is on its way finds a slot without a
 * command. Return: the command leaves.
 */
static bool take_unseen(struct user_slot *slot, struct look *look)
{
	if (slot->state != USER_SLOT_HANDED || !scst_cmd_unwanted(slot->cmd))
		return false;
	list_add_tail(&user_note(slot->cmd)->entry, &look->abandoned);
	slot->cmd = NULL;
	return true;
}

static void look_at_command(struct user_slot *slot, unsigned long patience, struct look *look)
{
	struct user_note *note = user_note(slot->cmd);

	if (take_unseen(slot, look))
		return;
	if (time_after(jiffies, slot->since + patience))
		look->hangs = "does not answer";
	if (!scst_cmd_unwanted(slot->cmd))
		return;
	if (user_slot_aborted(slot))
		look->news = true;
	if (!note->abandoned)
		note->abandoned = jiffies | 1;
	else if (time_after(jiffies, note->abandoned + ABANDONED_S * HZ))
		look->hangs = "does not give back what was aborted";
}

static bool is_the_programs(const struct user_slot *slot)
{
	return slot->state == USER_SLOT_HANDED || slot->state == USER_SLOT_OWNED;
}

/*
 * A disk takes answer_s. In CDB mode there are commands that last, as on a real device; and those
 * that come meanwhile wait for the thread that has one.
 */
static unsigned long patience_of(struct user_queue *q, u32 answer_s)
{
	static const u16 factors[SCST_TIME_MAX] = {
		[SCST_TIME_SHORT] = 1, [SCST_TIME_REGULAR] = 15, [SCST_TIME_LONG] = 240,
	};
	struct user_slot *slot;
	u32 factor = 1;

	if (!user_is_cdb_mode(q->prog->ud))
		return answer_s * HZ;
	for (slot = q->slots; slot < q->slots + q->prog->shape.depth; slot++)
		if (is_the_programs(slot) && slot->cmd)
			factor = max_t(u32, factor, factors[scst_opaque_time(slot->cmd->op)]);
	return min_t(u32, answer_s * factor, USER_ANSWER_MAX) * HZ;
}

/* Return: the program has something of this queue. */
static bool look_at_slots(struct user_queue *q, u32 answer_s, struct look *look)
{
	unsigned long patience = patience_of(q, answer_s);
	struct user_slot *slot;
	bool any = false;

	for (slot = q->slots; slot < q->slots + q->prog->shape.depth; slot++) {
		bool has_it = is_the_programs(slot);

		any |= has_it || slot->state == USER_SLOT_OFFERED;
		if (has_it && slot->cmd)
			look_at_command(slot, patience, look);
	}
	return any;
}

/* It has nothing to do, and asks for nothing. */
static bool is_asleep(struct user_queue *q, u32 answer_s)
{
	struct user_note *note = list_first_entry_or_null(&q->waiting, struct user_note, entry);

	return note && time_after(jiffies, note->since + answer_s * HZ);
}

static void look_at_queue(struct user_queue *q, u32 answer_s, struct look *look)
{
	look->news = false;
	scoped_guard(spinlock_irq, &q->lock) {
		look->more |= take_if(scst_cmd_unwanted, &q->waiting, &look->abandoned);
		if (look_at_slots(q, answer_s, look))
			look->more = true;
		else if (is_asleep(q, answer_s))
			look->hangs = "does not fetch";
	}
	if (look->news)
		user_queue_tell(q);
}

/* Somebody else, a child, has its file and its ring open: so neither is closed. */
static bool is_dead(const struct user_queue *q)
{
	const struct task_struct *task = READ_ONCE(q->task);

	return task && READ_ONCE(task->exit_state);
}

/* A thread that stands still without a command of ours is no matter. */
static void look_at_program(struct user_prog *prog, struct look *look)
{
	bool dead = false;
	unsigned int nr;

	for (nr = 0; nr < prog->nr_queues; nr++) {
		look_at_queue(&prog->queues[nr], READ_ONCE(prog->ud->answer_s), look);
		dead |= is_dead(&prog->queues[nr]);
	}
	if (dead)
		user_prog_end(prog);
	else if (look->hangs)
		user_prog_kill(prog, look->hangs);
}

static struct user_prog *look_at_parked(struct user_device *ud, struct look *look)
{
	guard(spinlock_irq)(&ud->lock);
	look->more = take_if(scst_cmd_abandoned, &ud->parked, &look->abandoned);
	if (ud->conn)
		kref_get(&ud->conn->ref);
	return ud->conn;
}

/*
 * A command that comes now sees that nobody looks (and sees to it), or is seen: it is in its list
 * before it reads `ticking`, and that is written before the lists are looked at.
 */
static void tick_work(struct work_struct *work)
{
	struct user_device *ud = container_of(to_delayed_work(work), struct user_device, tick);
	struct look look = { .abandoned = LIST_HEAD_INIT(look.abandoned) };
	struct user_prog *prog;

	WRITE_ONCE(ud->ticking, false);
	prog = look_at_parked(ud, &look);
	if (prog) {
		look_at_program(prog, &look);
		user_prog_put(prog);
	}
	turn_all_away(&look.abandoned);
	if (look.more)
		user_tick_soon(ud);
}

void user_tick_soon(struct user_device *ud)
{
	WRITE_ONCE(ud->ticking, true);
	queue_delayed_work(user_wq, &ud->tick, TICK);
}

void user_cmds_aborted(struct scst_device *dev)
{
	struct user_device *ud = to_user_device(dev);

	WRITE_ONCE(ud->ticking, true);
	mod_delayed_work(user_wq, &ud->tick, 0);
}

void user_wait_init(struct user_device *ud)
{
	INIT_DELAYED_WORK(&ud->tick, tick_work);
	INIT_DELAYED_WORK(&ud->lose, lose_work);
}

void user_wait_exit(struct user_device *ud)
{
	cancel_delayed_work_sync(&ud->lose);
	cancel_delayed_work_sync(&ud->tick);
}
