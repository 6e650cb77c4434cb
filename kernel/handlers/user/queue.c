// SPDX-License-Identifier: GPL-2.0
/*
 * A queue: commands go to a thread of the program and come back, a tag each.
 *
 * Whoever brings a command to an IDLE slot hands it over, and if nothing was handed over before,
 * sends the program's thread a task work, which takes all that is there by then. The data are
 * copied in that thread, and at COMMIT: it is the program's time.
 */
#include <linux/jiffies.h>
#include <linux/sched.h>
#include <linux/sched/mm.h>
#include <linux/sched/task.h>

#include "../../compat_uring.h"
#include "user.h"

/* What an io_uring command of ours remembers. */
struct user_pdu {
	struct user_slot *slot;
};

static struct user_slot **slot_of(struct io_uring_cmd *ucmd)
{
	return &io_uring_cmd_to_pdu(ucmd, struct user_pdu)->slot;
}

static u32 index_of(const struct user_slot *slot)
{
	return slot - slot->queue->prog->slots;
}

static struct scst_user_desc *desc_of(const struct user_slot *slot)
{
	return &slot->queue->prog->descs[index_of(slot)];
}

static u64 data_of(const struct user_slot *slot)
{
	return (u64)index_of(slot) * slot->queue->prog->shape.max_bytes;
}

static const void *sense_of(const struct user_slot *slot)
{
	const struct user_prog *prog = slot->queue->prog;

	return prog->arena + user_sense_at(&prog->shape) +
	       (size_t)index_of(slot) * SCST_USER_SENSE_ROOM;
}

void user_queue_init(struct user_queue *q)
{
	spin_lock_init(&q->lock);
	INIT_LIST_HEAD(&q->idle);
	INIT_LIST_HEAD(&q->handed);
	INIT_LIST_HEAD(&q->waiting);
}

/*
 * The command is the program's now, unless that has ended meanwhile: whoever ended it has seen this
 * slot OFFERED, and left it to us. Return: what the program is told.
 */
static int make_owned(struct user_slot *slot)
{
	struct user_queue *q = slot->queue;

	guard(spinlock_irq)(&q->lock);
	slot->ucmd = NULL;
	slot->state = q->dead ? USER_SLOT_EMPTY : USER_SLOT_OWNED;
	return q->dead ? -ENODEV : 0;
}

static void again(struct user_slot *slot, struct scst_cmd *cmd)
{
	LIST_HEAD(one);

	list_add(&user_note(cmd)->entry, &one);
	user_submit_again(slot->queue->prog->ud, &one);
}

/* It is said to have been seen before it can be: afterwards it may be somebody else's. */
static void offer(struct user_slot *slot, unsigned int issue_flags)
{
	struct io_uring_cmd *ucmd = slot->ucmd;
	struct scst_user_desc *desc = desc_of(slot);
	struct scst_cmd *cmd = slot->cmd;
	bool seen = user_note(cmd)->seen;
	int ret;

	user_cmd_describe(cmd, desc, slot->queue->prog->arena + data_of(slot));
	desc->seq = ++slot->seq;
	desc->data = data_of(slot);
	user_note(cmd)->seen = true;
	ret = make_owned(slot);
	scst_uring_done(ucmd, ret, issue_flags);
	if (likely(!ret))
		return;
	user_note(cmd)->seen = seen;
	again(slot, cmd);
}

static struct scst_cmd *first_waiting(struct user_queue *q)
{
	struct user_note *note = list_first_entry_or_null(&q->waiting, struct user_note, entry);

	if (!note)
		return NULL;
	list_del(&note->entry);
	return note->cmd;
}

/* Only this thread leaves EMPTY, so it still is. Return: 1, what has waited goes first. */
static int begin_fetch(struct user_slot *slot, struct io_uring_cmd *ucmd)
{
	struct user_queue *q = slot->queue;

	guard(spinlock_irq)(&q->lock);
	if (q->closed)
		return -ENODEV;
	slot->ucmd = ucmd;
	slot->cmd = first_waiting(q);
	slot->state = slot->cmd ? USER_SLOT_OFFERED : USER_SLOT_IDLE;
	slot->since = jiffies;
	if (slot->cmd)
		return 1;
	list_add(&slot->entry, &q->idle);
	return 0;
}

static void make_empty(struct user_slot *slot)
{
	guard(spinlock_irq)(&slot->queue->lock);
	slot->ucmd = NULL;
	slot->cmd = NULL;
	slot->state = USER_SLOT_EMPTY;
}

/*
 * The disk has become smaller while the command waited; or it was aborted, perhaps before the
 * program was there, which then must not see it (forget_last() in prog.c). Return: so it is over.
 */
static bool refuse(struct user_slot *slot)
{
	struct scst_cmd *cmd = slot->cmd;
	bool aborted = scst_cmd_aborted(cmd);

	if (likely(!aborted && user_cmd_is_on_disk(cmd)))
		return false;
	make_empty(slot);
	user_cmd_fail(cmd, aborted ? SCST_SENSE_ABORTED : SCST_SENSE_LBA_OUT_OF_RANGE);
	return true;
}

static void fetch(struct user_slot *slot, struct io_uring_cmd *ucmd, unsigned int issue_flags)
{
	int err;

	do
		err = begin_fetch(slot, ucmd);
	while (err > 0 && refuse(slot));
	if (err < 0)
		scst_uring_done(ucmd, err, issue_flags);
	else if (err > 0)
		offer(slot, issue_flags);
}

static void offer_or_fetch(struct user_slot *slot, unsigned int issue_flags)
{
	struct io_uring_cmd *ucmd = slot->ucmd;

	if (refuse(slot))
		fetch(slot, ucmd, issue_flags);
	else
		offer(slot, issue_flags);
}

/* Its command left before this thread came to see it; or no more come: begin_fetch() says so. */
static void fetch_again(struct user_slot *slot, unsigned int issue_flags)
{
	struct io_uring_cmd *ucmd = slot->ucmd;

	make_empty(slot);
	fetch(slot, ucmd, issue_flags);
}

/* Nobody is there to see it; or it is the answer to WATCH. */
static void take_back(struct user_slot *slot, unsigned int issue_flags)
{
	struct user_queue *q = slot->queue;
	struct io_uring_cmd *ucmd = slot->ucmd;
	struct scst_cmd *cmd = slot->cmd;
	int ret = -ENODEV;

	scoped_guard(spinlock_irq, &q->lock) {
		slot->ucmd = NULL;
		slot->cmd = NULL;
		slot->state = USER_SLOT_EMPTY;
		if (slot == &q->watch && !q->closed)
			ret = 0;
	}
	if (cmd)
		again(slot, cmd);
	scst_uring_done(ucmd, ret, issue_flags);
}

/*
 * io_uring lets a worker run what the thread of the program does not live to do; and the thread
 * what nobody will see, as the ring is being closed.
 */
static bool is_served(const struct user_queue *q)
{
	return current == q->task && !(current->flags & PF_EXITING) && !scst_uring_dies(q->ring);
}

/*
 * One after the other, since a program copies as slowly as it likes: those behind are taken from it
 * as soon as it is cut off. Return: NULL, there is none; then who brings one sends a task work
 * again.
 */
static struct user_slot *take_handed(struct user_queue *q, bool *served)
{
	struct user_slot *slot;

	guard(spinlock_irq)(&q->lock);
	slot = list_first_entry_or_null(&q->handed, struct user_slot, entry);
	if (!slot) {
		q->kicked = false;
		return NULL;
	}
	list_del_init(&slot->entry);
	slot->state = USER_SLOT_OFFERED;
	*served = is_served(q) && !q->dead;
	return slot;
}

/*
 * Here, at FETCH and COMMIT (file.c), and when one comes or goes (user_submit_again()) it is a
 * program that runs what transports do: what is written to make room for their memory may be for
 * its own disk, and wait for it. io_uring puts what we have done when this returns, and not before:
 * so the program is there.
 */
static void deliver(struct io_uring_cmd *ucmd, unsigned int issue_flags)
{
	struct user_queue *q = (*slot_of(ucmd))->queue;
	unsigned int noio = memalloc_noio_save();
	struct user_slot *slot;
	bool served;

	while ((slot = take_handed(q, &served))) {
		if (!served)
			user_prog_end_soon(q->prog);
		if (served && slot->cmd)
			offer_or_fetch(slot, issue_flags);
		else if (served && slot != &q->watch)
			fetch_again(slot, issue_flags);
		else
			take_back(slot, issue_flags);
	}
	memalloc_noio_restore(noio);
}

SCST_URING_TASK_WORK(deliver_work, deliver)

/* @cmd, or NULL: no more come. Return: whom to send the task work by, if that is needed. */
static struct io_uring_cmd *hand(struct user_queue *q, struct user_slot *slot,
				 struct scst_cmd *cmd)
{
	bool kicked = q->kicked;

	lockdep_assert_held(&q->lock);
	slot->state = USER_SLOT_HANDED;
	slot->cmd = cmd;
	slot->since = jiffies;
	list_move_tail(&slot->entry, &q->handed);
	q->kicked = true;
	return kicked ? NULL : slot->ucmd;
}

static void let_wait(struct user_queue *q, struct scst_cmd *cmd)
{
	struct user_note *note = user_note(cmd);

	lockdep_assert_held(&q->lock);
	note->since = jiffies;
	list_add_tail(&note->entry, &q->waiting);
}

bool user_queue_take(struct user_queue *q, struct scst_cmd *cmd)
{
	struct io_uring_cmd *kick = NULL;
	struct user_slot *slot;

	scoped_guard(spinlock_irqsave, &q->lock) {
		if (unlikely(q->closed))
			return false;
		slot = list_first_entry_or_null(&q->idle, struct user_slot, entry);
		if (likely(slot))
			kick = hand(q, slot, cmd);
		else
			let_wait(q, cmd);
	}
	if (kick)
		io_uring_cmd_complete_in_task(kick, deliver_work);
	return true;
}

/* Return: the first who comes. */
static struct task_struct *settle_task(struct user_queue *q, struct io_uring_cmd *ucmd)
{
	guard(spinlock_irq)(&q->lock);
	if (!q->task) {
		q->ring = scst_uring_ring(ucmd);
		q->exec_id = READ_ONCE(current->self_exec_id);
		WRITE_ONCE(q->task, get_task_struct(current));
	}
	return q->task;
}

static bool has_fetched(const struct user_queue *q)
{
	const struct user_slot *slot;

	for (slot = q->slots; slot < q->slots + q->prog->shape.depth; slot++)
		if (slot->ucmd)
			return true;
	return q->watch.ucmd;
}

/*
 * When it has all that it has fetched the program may come by another ring: perhaps the last one is
 * closed, of which nobody is told then. A deliver() that is under way, perhaps in a worker of that
 * ring, would take what is handed to the new one, and complete it without its lock.
 */
static bool settle_ring(struct user_queue *q, void *ring)
{
	guard(spinlock_irq)(&q->lock);
	if (q->kicked || has_fetched(q))
		return false;
	q->ring = ring;
	return true;
}

/* What a task work completes is all of the ring whose lock it has, and of no other. */
int user_queue_check(struct user_queue *q, struct io_uring_cmd *ucmd)
{
	struct task_struct *task = READ_ONCE(q->task);
	void *ring = scst_uring_ring(ucmd);

	if (unlikely(!task) && ucmd->cmd_op == SCST_USER_FETCH)
		task = settle_task(q, ucmd);
	if (likely(task == current && (q->ring == ring || settle_ring(q, ring))))
		return 0;
	return READ_ONCE(q->closed) ? -ENODEV : -EINVAL;
}

static int check_fetch(struct user_slot *slot)
{
	guard(spinlock_irq)(&slot->queue->lock);
	if (slot->queue->closed)
		return -ENODEV;
	return slot->state == USER_SLOT_EMPTY ? 0 : -EBUSY;
}

/*
 * It can be cancelled from the moment on that others find it in its slot; so it is marked before,
 * and from then on ends by io_uring_cmd_done() only.
 */
int user_queue_fetch(struct user_slot *slot, struct io_uring_cmd *ucmd, unsigned int issue_flags)
{
	int err = check_fetch(slot);

	if (err)
		return err;
	*slot_of(ucmd) = slot;
	io_uring_cmd_mark_cancelable(ucmd, issue_flags);
	fetch(slot, ucmd, issue_flags);
	return -EIOCBQUEUED;
}

/* Return: 1, it waits. */
static int begin_watch(struct user_queue *q, struct io_uring_cmd *ucmd)
{
	guard(spinlock_irq)(&q->lock);
	if (q->closed)
		return -ENODEV;
	if (q->news) {
		q->news = false;
		return 0;
	}
	q->watch.ucmd = ucmd;
	q->watch.state = USER_SLOT_IDLE;
	return 1;
}

int user_queue_watch(struct user_queue *q, struct io_uring_cmd *ucmd, unsigned int issue_flags)
{
	int err = check_fetch(&q->watch);

	if (err)
		return err;
	*slot_of(ucmd) = &q->watch;
	io_uring_cmd_mark_cancelable(ucmd, issue_flags);
	err = begin_watch(q, ucmd);
	if (err <= 0)
		scst_uring_done(ucmd, err, issue_flags);
	return -EIOCBQUEUED;
}

bool user_slot_aborted(struct user_slot *slot)
{
	struct scst_user_desc *desc = desc_of(slot);

	lockdep_assert_held(&slot->queue->lock);
	if (desc->flags & SCST_USER_ABORTED)
		return false;
	WRITE_ONCE(desc->flags, desc->flags | SCST_USER_ABORTED);
	return true;
}

void user_queue_tell(struct user_queue *q)
{
	struct io_uring_cmd *kick = NULL;

	scoped_guard(spinlock_irqsave, &q->lock) {
		if (q->watch.state == USER_SLOT_IDLE)
			kick = hand(q, &q->watch, NULL);
		else
			q->news = true;
	}
	if (kick)
		io_uring_cmd_complete_in_task(kick, deliver_work);
}

/* Return: the command, which is ours again; or an error. */
static struct scst_cmd *take_committed(struct user_slot *slot, const struct scst_user_io *io,
				       const u8 *sense)
{
	struct user_queue *q = slot->queue;
	struct scst_cmd *cmd;

	guard(spinlock_irq)(&q->lock);
	if (q->dead)
		return ERR_PTR(-ENODEV);
	if (slot->state != USER_SLOT_OWNED || !user_answer_fits(io, desc_of(slot), sense))
		return ERR_PTR(-EINVAL);
	cmd = slot->cmd;
	slot->cmd = NULL;
	slot->state = USER_SLOT_EMPTY;
	return cmd;
}

/* The program may write its sense data at any time: what is judged, and sent, is a copy. */
int user_queue_commit(struct user_slot *slot, const struct scst_user_io *io)
{
	u8 sense[SCST_USER_SENSE_MAX];
	struct scst_cmd *cmd;

	if (user_is_cdb_mode(slot->queue->prog->ud) && user_sense_len(io))
		memcpy(sense, sense_of(slot), sizeof(sense));
	cmd = take_committed(slot, io, sense);
	if (IS_ERR(cmd))
		return PTR_ERR(cmd);
	user_cmd_answer(cmd, desc_of(slot), io, sense, slot->queue->prog->arena + data_of(slot));
	return 0;
}

/* The thread or its ring goes, and takes what it fetched. What was handed over is on its way. */
void user_queue_cancel(struct io_uring_cmd *ucmd, unsigned int issue_flags)
{
	struct user_slot *slot = *slot_of(ucmd);
	struct user_queue *q = slot->queue;
	bool idle;

	scoped_guard(spinlock_irq, &q->lock) {
		idle = slot->state == USER_SLOT_IDLE && slot->ucmd == ucmd;
		if (idle) {
			list_del_init(&slot->entry);
			slot->ucmd = NULL;
			slot->state = USER_SLOT_EMPTY;
		}
	}
	user_prog_end_soon(q->prog);
	if (idle)
		scst_uring_done(ucmd, -ENODEV, issue_flags);
}

/* What the program has is taken from it, and what its thread has not come to see. */
static void take_commands(struct user_queue *q, struct list_head *cmds)
{
	struct user_slot *slot;

	lockdep_assert_held(&q->lock);
	for (slot = q->slots; slot < q->slots + q->prog->shape.depth; slot++) {
		if ((slot->state != USER_SLOT_OWNED && slot->state != USER_SLOT_HANDED) ||
		    !slot->cmd)
			continue;
		list_add_tail(&user_note(slot->cmd)->entry, cmds);
		slot->cmd = NULL;
		if (slot->state == USER_SLOT_OWNED)
			slot->state = USER_SLOT_EMPTY;
	}
}

/* Return: as hand() does. */
static struct io_uring_cmd *let_go(struct user_queue *q)
{
	struct io_uring_cmd *kick = NULL;
	struct user_slot *slot, *next;

	lockdep_assert_held(&q->lock);
	list_for_each_entry_safe(slot, next, &q->idle, entry)
		kick = hand(q, slot, NULL) ?: kick;
	if (q->watch.state == USER_SLOT_IDLE)
		kick = hand(q, &q->watch, NULL) ?: kick;
	return kick;
}

/*
 * The thread itself ends what it fetched: for anybody else the lock of its ring would have to be
 * waited for, which it may hold for long.
 */
void user_queue_close(struct user_queue *q, bool dead, struct list_head *cmds)
{
	struct io_uring_cmd *kick;

	scoped_guard(spinlock_irqsave, &q->lock) {
		q->closed = true;
		q->dead |= dead;
		if (dead)
			take_commands(q, cmds);
		list_splice_tail_init(&q->waiting, cmds);
		kick = let_go(q);
	}
	if (kick)
		io_uring_cmd_complete_in_task(kick, deliver_work);
}
