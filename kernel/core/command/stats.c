// SPDX-License-Identifier: GPL-2.0
/*
 * Counters. Each nexus has its own, per CPU, which is what a command counts in. What a session or a
 * device has is the sum over its nexuses, with what those counted that are gone, without what there
 * was when somebody began to count anew.
 */
#include <linux/cleanup.h>
#include <linux/percpu.h>
#include <linux/slab.h>

#include "command.h"

/* The nexuses of all sets, and what the sets have besides. Innermost; nobody waits inside. */
static DEFINE_MUTEX(stats_lock);

/* They are all u64. */
#define STATS_NR	(sizeof(struct scst_stats) / sizeof(u64))

static void add(struct scst_stats *sum, const struct scst_stats *more)
{
	unsigned int i;

	for (i = 0; i < STATS_NR; i++)
		((u64 *)sum)[i] += READ_ONCE(((const u64 *)more)[i]);
}

static void sum_nexus(struct scst_stats *sum, const struct scst_nexus *nexus)
{
	int cpu;

	for_each_possible_cpu(cpu)
		add(sum, per_cpu_ptr(nexus->stats, cpu));
}

int scst_stats_attach(struct scst_nexus *nexus)
{
	nexus->stats = alloc_percpu(struct scst_stats);
	if (!nexus->stats)
		return -ENOMEM;
	guard(mutex)(&stats_lock);
	list_add(&nexus->sess_stats_entry, &nexus->sess->stats.nexuses);
	if (nexus->dev)
		list_add(&nexus->dev_stats_entry, &nexus->dev->stats->nexuses);
	return 0;
}

void scst_stats_detach(struct scst_nexus *nexus)
{
	scoped_guard(mutex, &stats_lock) {
		list_del(&nexus->sess_stats_entry);
		sum_nexus(&nexus->sess->stats.gone, nexus);
		if (nexus->dev) {
			list_del(&nexus->dev_stats_entry);
			sum_nexus(&nexus->dev->stats->gone, nexus);
		}
	}
	free_percpu(nexus->stats);
}

void scst_stats_init(struct scst_stats_set *set)
{
	INIT_LIST_HEAD(&set->nexuses);
}

int scst_stats_device_init(struct scst_device *dev)
{
	dev->stats = kzalloc(sizeof(*dev->stats), GFP_KERNEL);
	if (!dev->stats)
		return -ENOMEM;
	scst_stats_init(dev->stats);
	return 0;
}

static struct scst_stats raw_session(struct scst_session *sess)
{
	struct scst_stats sum = sess->stats.gone;
	struct scst_nexus *nexus;

	list_for_each_entry(nexus, &sess->stats.nexuses, sess_stats_entry)
		sum_nexus(&sum, nexus);
	return sum;
}

static struct scst_stats raw_device(struct scst_device *dev)
{
	struct scst_stats sum = dev->stats->gone;
	struct scst_nexus *nexus;

	list_for_each_entry(nexus, &dev->stats->nexuses, dev_stats_entry)
		sum_nexus(&sum, nexus);
	return sum;
}

static struct scst_stats since(const struct scst_stats *now, const struct scst_stats *base)
{
	struct scst_stats diff;
	unsigned int i;

	for (i = 0; i < STATS_NR; i++)
		((u64 *)&diff)[i] = ((const u64 *)now)[i] - ((const u64 *)base)[i];
	return diff;
}

void scst_stats_of_session(struct scst_session *sess, struct scst_stats *sum)
{
	struct scst_stats now;

	guard(mutex)(&stats_lock);
	now = raw_session(sess);
	now = since(&now, &sess->stats.base);
	add(sum, &now);
}

void scst_stats_reset_session(struct scst_session *sess, enum scst_data_dir dir)
{
	struct scst_stats *base = &sess->stats.base, now;
	unsigned int medium = dir | SCST_STAT_MEDIUM;

	guard(mutex)(&stats_lock);
	now = raw_session(sess);
	base->cmds[dir] = now.cmds[dir];
	base->bytes[dir] = now.bytes[dir];
	base->cmds[medium] = now.cmds[medium];
	base->bytes[medium] = now.bytes[medium];
	base->unaligned[dir] = now.unaligned[dir];
}

void scst_stats_reset_unknown(struct scst_session *sess)
{
	guard(mutex)(&stats_lock);
	sess->stats.base.unknown = raw_session(sess).unknown;
}

/* Times are not measured, so they stay zero. */
void scst_stats_of_device(struct scst_device *dev, struct scst_log *log)
{
	const unsigned int in = SCST_DIR_IN | SCST_STAT_MEDIUM;
	const unsigned int out = SCST_DIR_OUT | SCST_STAT_MEDIUM;
	u8 block_shift = dev->lu.block_shift;
	struct scst_stats now;

	guard(mutex)(&stats_lock);
	now = raw_device(dev);
	now = since(&now, &dev->stats->base);
	*log = (struct scst_log){
		.reads		= now.cmds[in],
		.writes		= now.cmds[out],
		.blocks_read	= now.bytes[in] >> block_shift,
		.blocks_written	= now.bytes[out] >> block_shift,
	};
}

void scst_stats_reset_device(struct scst_device *dev)
{
	guard(mutex)(&stats_lock);
	dev->stats->base = raw_device(dev);
}
