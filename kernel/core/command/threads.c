// SPDX-License-Identifier: GPL-2.0
/*
 * Threads for commands that have to sleep: threads.h. A device has a pool of its own, so that one
 * whose back end hangs takes none that others need: of as many as it takes, or of threads_num, for
 * all or for each initiator. With `threads` written, those without threads_num share scst_wq, which
 * it limits. A device may have a node where they run (numa_node_id). A group of initiators may be
 * kept to some CPUs (cpu_mask): then that counts, and not the pool.
 *
 * A pool is a workqueue; it is replaced while commands are queued to it: unpublish, wait for a
 * grace period, and destroy it, which waits for those that run.
 */
#include <linux/cleanup.h>
#include <linux/cpumask.h>
#include <linux/export.h>
#include <linux/kstrtox.h>
#include <linux/nodemask.h>
#include <linux/slab.h>

#include "command.h"

static DEFINE_MUTEX(threads_lock);	/* inside tgt->lock: who has which pool */
static struct workqueue_struct *cpu_wq;	/* for groups with a cpu_mask */
static bool limited;			/* all devices together, by `threads` */

static struct workqueue_struct *pool_of(const struct scst_cmd *cmd)
{
	struct workqueue_struct *wq;

	if (!cmd->dev)
		return scst_wq;
	wq = rcu_dereference(cmd->nexus->wq) ?: rcu_dereference(cmd->dev->wq);
	if (wq)
		return wq;
	return READ_ONCE(limited) ? scst_wq : cmd->dev->threads;
}

void scst_threads_limit(unsigned int nr)
{
	might_sleep();
	workqueue_set_max_active(scst_wq, nr ?: WQ_DFL_ACTIVE);
	WRITE_ONCE(limited, nr);
}

/* nr_cpu_ids: no matter which. */
static unsigned int cpu_of(const struct scst_cmd *cmd)
{
	const struct cpumask *cpus = rcu_dereference(READ_ONCE(cmd->sess->group)->cpus);

	if (likely(!cpus))
		return nr_cpu_ids;
	guard(preempt)();	/* whose turn it is, is counted per CPU */
	return cpumask_any_and_distribute(cpus, cpu_online_mask);
}

int scst_device_set_node(struct scst_device *dev, const char *text)
{
	int node;

	if (kstrtoint(text, 10, &node) || node < NUMA_NO_NODE || node >= MAX_NUMNODES)
		return -EINVAL;
	if (node != NUMA_NO_NODE && !node_online(node))
		return -EINVAL;
	WRITE_ONCE(dev->numa_node, node + 1);
	return 0;
}
EXPORT_SYMBOL_GPL(scst_device_set_node);

int scst_device_node(const struct scst_device *dev)
{
	return READ_ONCE(dev->numa_node) - 1;
}

void scst_cmd_queue(struct scst_cmd *cmd)
{
	unsigned int cpu;

	guard(rcu)();
	cpu = cpu_of(cmd);
	if (unlikely(cpu < nr_cpu_ids))
		queue_work_on(cpu, cpu_wq, &cmd->work);
	else if (unlikely(cmd->dev && cmd->dev->numa_node))
		queue_work_node(scst_device_node(cmd->dev), pool_of(cmd), &cmd->work);
	else
		queue_work(pool_of(cmd), &cmd->work);
}

static struct workqueue_struct *pool_alloc(const struct scst_device *dev, unsigned int num)
{
	return alloc_workqueue("scst_%s", WQ_UNBOUND | WQ_MEM_RECLAIM, num, dev->name);
}

/* What a change takes away, and what it brings; by the nexuses of a device. */
struct pools {
	unsigned int nr;
	struct workqueue_struct *wq[];
};

static unsigned int count_nexuses(struct scst_device *dev)
{
	guard(spinlock_irq)(&dev->lock);
	return list_count_nodes(&dev->nexuses);
}

/* With room for @spare more; @num 0: only the room. */
static struct pools *pools_alloc(struct scst_device *dev, unsigned int nr, unsigned int num)
{
	struct pools *pools = kvzalloc(struct_size(pools, wq, nr), GFP_KERNEL);

	if (!pools)
		return NULL;
	for (pools->nr = 0; num && pools->nr < nr; pools->nr++) {
		pools->wq[pools->nr] = pool_alloc(dev, num);
		if (!pools->wq[pools->nr])
			break;
	}
	return pools;
}

static void pools_destroy(struct pools *pools)
{
	unsigned int i;

	for (i = 0; pools && i < pools->nr; i++)
		if (pools->wq[i])
			destroy_workqueue(pools->wq[i]);
	kvfree(pools);
}

/* Gives each nexus one of @pools, or takes its own if there are none: they change places. */
static bool swap_pools(struct scst_device *dev, struct pools *pools, unsigned int room, bool bring)
{
	struct scst_nexus *nexus;
	unsigned int i = 0;

	guard(spinlock_irq)(&dev->lock);
	if (list_count_nodes(&dev->nexuses) > room || (bring && pools->nr < room))
		return false;
	list_for_each_entry(nexus, &dev->nexuses, dev_entry) {
		pools->wq[i] = rcu_replace_pointer(nexus->wq, pools->wq[i],
						   lockdep_is_held(&dev->lock));
		i++;
	}
	pools->nr = room;
	return true;
}

void scst_threads_get(struct scst_device *dev, unsigned int *num, bool *shared)
{
	guard(mutex)(&threads_lock);
	*num = dev->threads_num;
	*shared = dev->threads_shared;
}

/* Return: what is to be destroyed, or ERR_PTR. */
static struct pools *replace_pools(struct scst_device *dev, unsigned int num, bool shared,
				   struct workqueue_struct **wq)
{
	bool each = num && !shared;
	struct pools *pools;
	unsigned int room;

	guard(mutex)(&threads_lock);
	do {
		room = count_nexuses(dev);
		pools = pools_alloc(dev, room, each ? num : 0);
		if (!pools || (each && pools->nr < room)) {
			pools_destroy(pools);
			return ERR_PTR(-ENOMEM);
		}
		if (swap_pools(dev, pools, room, each))
			break;
		pools_destroy(pools);	/* a nexus came: once more */
	} while (true);
	*wq = rcu_replace_pointer(dev->wq, *wq, lockdep_is_held(&threads_lock));
	dev->threads_num = num;
	dev->threads_shared = shared;
	return pools;
}

int scst_threads_set(struct scst_device *dev, unsigned int num, bool shared)
{
	struct workqueue_struct *wq = NULL;
	struct pools *old;

	if (num && shared) {
		wq = pool_alloc(dev, num);
		if (!wq)
			return -ENOMEM;
	}
	old = replace_pools(dev, num, shared, &wq);
	synchronize_rcu();
	if (wq)
		destroy_workqueue(wq);	/* the old one, or after an error the new one */
	if (IS_ERR(old))
		return PTR_ERR(old);
	pools_destroy(old);
	return 0;
}

int scst_threads_nexus_add(struct scst_nexus *nexus)
{
	const struct scst_device *dev = nexus->dev;
	struct workqueue_struct *wq;

	guard(mutex)(&threads_lock);
	if (!dev->threads_num || dev->threads_shared || rcu_access_pointer(nexus->wq))
		return 0;
	wq = pool_alloc(dev, dev->threads_num);
	rcu_assign_pointer(nexus->wq, wq);
	return wq ? 0 : -ENOMEM;
}

static void destroy(struct workqueue_struct __rcu *wq)
{
	struct workqueue_struct *pool = rcu_dereference_protected(wq, true);

	if (pool)
		destroy_workqueue(pool);
}

void scst_threads_nexus_del(struct scst_nexus *nexus)
{
	destroy(nexus->wq);
}

int scst_threads_device_add(struct scst_device *dev)
{
	dev->threads_num = dev->threads_default;
	dev->threads_shared = false;
	RCU_INIT_POINTER(dev->wq, NULL);
	dev->threads = pool_alloc(dev, WQ_DFL_ACTIVE);
	return dev->threads ? 0 : -ENOMEM;
}

void scst_threads_device_del(struct scst_device *dev)
{
	destroy(dev->wq);
	destroy_workqueue(dev->threads);
}

void scst_threads_place(struct scst_session *sess)
{
	struct scst_target *tgt = sess->tgt;
	const struct cpumask *cpus = rcu_dereference_protected(sess->group->cpus,
							       lockdep_is_held(&tgt->lock));

	might_sleep();
	if (tgt->ops->place_session)
		tgt->ops->place_session(sess, cpus);
}

void scst_threads_set_cpus(struct scst_group *group, struct cpumask *cpus)
{
	struct scst_target *tgt = group->tgt;
	struct scst_session *sess;

	lockdep_assert_held(&tgt->lock);
	cpus = rcu_replace_pointer(group->cpus, cpus, lockdep_is_held(&tgt->lock));
	list_for_each_entry(sess, &tgt->sessions, entry)
		if (sess->group == group)
			scst_threads_place(sess);
	synchronize_rcu();
	kfree(cpus);
}

int scst_threads_init(void)
{
	cpu_wq = alloc_workqueue("scst_cpu", WQ_MEM_RECLAIM | WQ_CPU_INTENSIVE | SCST_WQ_PERCPU,
				 0);
	return cpu_wq ? 0 : -ENOMEM;
}

void scst_threads_exit(void)
{
	destroy_workqueue(cpu_wq);
}
