// SPDX-License-Identifier: GPL-2.0
/*
 * A program that serves a device: its memory, and how it begins and ends.
 *
 * It ends when its file is closed, when a thread of it or a ring goes (user_queue_cancel()), or
 * when it hangs. A program that stops is the same but for what it has: that it may still commit.
 * Nothing ever waits for it.
 */
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>

#include "user.h"

static void end_work(struct work_struct *work)
{
	struct user_prog *prog = container_of(work, struct user_prog, end_work);

	user_prog_end(prog);
	user_prog_put(prog);
}

static void init_queue(struct user_prog *prog, unsigned int nr)
{
	struct user_queue *q = &prog->queues[nr];
	unsigned int tag;

	user_queue_init(q);
	q->prog = prog;
	q->watch.queue = q;
	INIT_LIST_HEAD(&q->watch.entry);
	q->slots = &prog->slots[nr * prog->shape.depth];
	for (tag = 0; tag < prog->shape.depth; tag++) {
		q->slots[tag].queue = q;
		INIT_LIST_HEAD(&q->slots[tag].entry);
	}
}

/* Descriptors are small beside it. */
static struct user_amount amount_of(const struct scst_user_add *shape)
{
	return (struct user_amount) {
		.mib = DIV_ROUND_UP(user_arena_size(shape, PAGE_SIZE), SZ_1M),
		.tags = user_tags(shape),
	};
}

static void prog_free(struct user_prog *prog)
{
	struct user_amount amount = amount_of(&prog->shape);
	unsigned int nr;

	for (nr = 0; nr < prog->nr_queues; nr++)
		if (prog->queues[nr].task)
			put_task_struct(prog->queues[nr].task);
	vfree(prog->arena);
	vfree(prog->descs);
	kvfree(prog->slots);
	if (prog->limited)
		user_share_give(prog->uid, &amount);
	kvfree(prog);
}

/* All of it is the memory of whoever asks. Zeros: there is nothing of anybody to be seen in it. */
static bool alloc_memory(struct user_prog *prog)
{
	const gfp_t gfp = GFP_KERNEL_ACCOUNT | __GFP_ZERO;

	prog->slots = kvcalloc(user_tags(&prog->shape), sizeof(*prog->slots), GFP_KERNEL_ACCOUNT);
	prog->descs = __vmalloc(user_descs_size(&prog->shape), gfp);
	prog->arena = __vmalloc(user_arena_size(&prog->shape, PAGE_SIZE), gfp);
	return prog->slots && prog->descs && prog->arena;
}

static struct user_prog *alloc(const struct scst_user_add *shape, const struct cred *cred)
{
	struct user_prog *prog = kvzalloc(struct_size(prog, queues, shape->nr_queues),
					  GFP_KERNEL_ACCOUNT);

	if (!prog)
		return NULL;
	prog->shape = *shape;
	prog->nr_queues = shape->nr_queues;
	prog->pid = task_tgid_nr(current);
	prog->uid = cred->euid;
	kref_init(&prog->ref);
	INIT_WORK(&prog->end_work, end_work);
	return prog;
}

static int charge(struct user_prog *prog, const struct cred *cred)
{
	struct user_amount amount = amount_of(&prog->shape);
	int err;

	if (user_is_admin(cred))
		return 0;
	err = user_share_take(prog->uid, &amount);
	prog->limited = !err;
	return err;
}

struct user_prog *user_prog_alloc(struct user_device *ud, const struct scst_user_add *shape,
				  const struct cred *cred)
{
	struct user_prog *prog = alloc(shape, cred);
	unsigned int nr;
	int err;

	if (!prog)
		return ERR_PTR(-ENOMEM);
	err = charge(prog, cred);
	if (!err && !alloc_memory(prog))
		err = -ENOMEM;
	if (err) {
		prog_free(prog);
		return ERR_PTR(err);
	}
	for (nr = 0; nr < prog->nr_queues; nr++)
		init_queue(prog, nr);
	kref_get(&ud->ref);
	prog->ud = ud;
	return prog;
}

/* A command may just have read that it is the program. */
static void release(struct kref *ref)
{
	struct user_prog *prog = container_of(ref, struct user_prog, ref);

	synchronize_rcu();
	user_device_put(prog->ud);
	prog_free(prog);
}

void user_prog_put(struct user_prog *prog)
{
	might_sleep();
	kref_put(&prog->ref, release);
}

static bool is_served(struct user_prog *prog)
{
	unsigned int nr;

	for (nr = 0; nr < prog->nr_queues; nr++)
		if (!READ_ONCE(prog->queues[nr].task))
			return false;
	return true;
}

static int may_begin(struct user_prog *prog)
{
	const struct user_device *ud = prog->ud;

	lockdep_assert_held(&ud->lock);
	if (prog->ended || ud->conn != prog || ud->state == USER_GONE)
		return -ENODEV;
	return ud->state == USER_SERVING || !is_served(prog) ? -EINVAL : 0;
}

#define DEVICE_INTERNAL_RESET	0x2904

/*
 * The last program's position, say, is gone with it. So nothing of its time may come to this one:
 * what waited would be carried out before its initiator knows. With KEEPS_STATE it is as if there
 * had been no other one. Return: 0, or as may_begin().
 */
static int forget_last(struct user_prog *prog)
{
	struct user_device *ud = prog->ud;
	int err;

	lockdep_assert_held(&ud->start_lock);
	scoped_guard(spinlock_irq, &ud->lock)
		err = may_begin(prog);
	if (err || !user_is_cdb_mode(ud) || READ_ONCE(ud->state) == USER_NEW || ud->going ||
	    ud->first.flags & SCST_USER_KEEPS_STATE)
		return err;
	scst_device_power_on(&ud->dev, DEVICE_INTERNAL_RESET);
	return 0;
}

/* Return: 0, and @cmds is what waited for it. */
static int begin(struct user_prog *prog, struct list_head *cmds)
{
	struct user_device *ud = prog->ud;
	int err;

	guard(spinlock_irq)(&ud->lock);
	err = may_begin(prog);
	if (err)
		return err;
	if (ud->state != USER_NEW)
		ud->recoveries++;
	ud->state = USER_SERVING;
	rcu_assign_pointer(ud->prog, prog);
	scst_device_set_ready(&ud->dev, SCST_SENSE_NONE);
	list_splice_init(&ud->parked, cmds);
	return 0;
}

int user_prog_start(struct user_prog *prog)
{
	LIST_HEAD(cmds);
	int err;

	scoped_guard(mutex, &prog->ud->start_lock)
		err = forget_last(prog) ?: begin(prog, &cmds);
	user_submit_again(prog->ud, &cmds);
	return err;
}

/* From now on commands wait for the next one. Whoever has just seen it finds its queues closed. */
static void unpublish(struct user_prog *prog)
{
	struct user_device *ud = prog->ud;

	guard(spinlock_irq)(&ud->lock);
	prog->ended = true;
	if (rcu_access_pointer(ud->prog) != prog)
		return;
	RCU_INIT_POINTER(ud->prog, NULL);
	if (ud->state != USER_SERVING)
		return;
	ud->state = USER_AWAY;
	mod_delayed_work(user_wq, &ud->lose, ud->recover_s * HZ);
}

static void leave(struct user_prog *prog, bool dead)
{
	LIST_HEAD(cmds);
	unsigned int nr;

	unpublish(prog);
	for (nr = 0; nr < prog->nr_queues; nr++)
		user_queue_close(&prog->queues[nr], dead, &cmds);
	user_submit_again(prog->ud, &cmds);
}

void user_prog_stop(struct user_prog *prog)
{
	leave(prog, false);
}

void user_prog_end(struct user_prog *prog)
{
	leave(prog, true);
}

void user_prog_end_soon(struct user_prog *prog)
{
	kref_get(&prog->ref);
	if (!queue_work(user_wq, &prog->end_work))
		kref_put(&prog->ref, release);	/* not the last: the work has one */
}

/*
 * Not what it has executed since, which may be another user's and none of the owner's business; but
 * also if it is another user now. Return: it is killed.
 */
static bool kill_thread(const struct user_queue *q)
{
	struct task_struct *task = READ_ONCE(q->task);

	return task && READ_ONCE(task->self_exec_id) == q->exec_id && !send_sig(SIGKILL, task, 0);
}

/*
 * Stopped or not: it would go on with old writes when the next program has done newer ones. Its
 * file is closed when it is dead and its rings have nothing under way, if it has registered the
 * file there; and only then somebody else may attach.
 */
void user_prog_kill(struct user_prog *prog, const char *why)
{
	bool killed = false;
	unsigned int nr;

	user_prog_end(prog);
	for (nr = 0; nr < prog->nr_queues; nr++)
		killed |= kill_thread(&prog->queues[nr]);
	pr_warn_ratelimited("scst_user: %s: process %d %s: it is cut off%s\n", prog->ud->dev.name,
			    prog->pid, why, killed ? " and killed" : "");
}
