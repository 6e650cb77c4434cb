// SPDX-License-Identifier: GPL-2.0
/*
 * Handles for tests: what a tag does (scst/tags.h), which states were reached (scst/sometimes.h),
 * and the files of both in debugfs.
 *
 * Whether a tag is due depends on the seed and on how often this CPU has passed it. So there is no
 * lock, no word that CPUs share, and no barrier: any of these would hide the very races that are
 * looked for. And where the same seed gives the same run (selftests/vm/boot-exact), tags do too.
 */
#include <linux/debugfs.h>
#include <linux/delay.h>
#include <linux/export.h>
#include <linux/jhash.h>
#include <linux/percpu.h>
#include <linux/sched.h>
#include <linux/seq_file.h>
#include <scst/handles.h>

#include "handles.h"

#define DELAY_MAX_US	100
#define PREEMPT_MAX_MS	8

static const char *const kind_names[] = {
	[SCST_TAG_FAIL]		= "fail",
	[SCST_TAG_DELAY]	= "delay",
	[SCST_TAG_PREEMPT]	= "preempt",
};

static const struct tag_row {
	const char *name, *where;
	enum scst_tag_kind kind;
} tag_rows[SCST_TAG_MAX] = {
#define TAG(name, kind, where)	[SCST_TAG_AT_##name] = { #name, where, SCST_TAG_##kind },
	SCST_TAGS(TAG)
#undef TAG
};

u32 scst_tag_every[SCST_TAG_MAX];
EXPORT_SYMBOL_GPL(scst_tag_every);

struct tag_counts {
	u32 passed[SCST_TAG_MAX];	/* while it was not 0 */
	u32 acted[SCST_TAG_MAX];
};

static DEFINE_PER_CPU(struct tag_counts, tag_counts);
static u32 seed;

/* @dice: what is left to decide. */
static bool is_due(enum scst_tag tag, u32 *dice)
{
	u32 every = READ_ONCE(scst_tag_every[tag]);
	u32 passed = this_cpu_inc_return(tag_counts.passed[tag]);
	u32 hash = jhash_3words(passed, tag << 16 | raw_smp_processor_id(), READ_ONCE(seed), 0);

	if (!every || hash % every)
		return false;
	*dice = hash / every;
	return true;
}

bool scst_tag_pass(enum scst_tag tag)
{
	u32 dice;

	if (!is_due(tag, &dice))
		return false;
	this_cpu_inc(tag_counts.acted[tag]);
	switch (tag_rows[tag].kind) {
	case SCST_TAG_FAIL:
		return true;
	case SCST_TAG_DELAY:
		udelay(1 + dice % DELAY_MAX_US);
		return false;
	case SCST_TAG_PREEMPT:
		msleep(1 + dice % PREEMPT_MAX_MS);
		return false;
	}
	return false;
}
EXPORT_SYMBOL_GPL(scst_tag_pass);

static u32 sum_acted(unsigned long tag)
{
	u32 sum = 0;
	int cpu;

	for_each_possible_cpu(cpu)
		sum += READ_ONCE(per_cpu(tag_counts, cpu).acted[tag]);
	return sum;
}

static int tag_show(struct seq_file *file, void *unused)
{
	unsigned long tag = (unsigned long)file->private;

	seq_printf(file, "%u %s %u\t%s\n", READ_ONCE(scst_tag_every[tag]),
		   kind_names[tag_rows[tag].kind], sum_acted(tag), tag_rows[tag].where);
	return 0;
}

static ssize_t tag_write(struct file *file, const char __user *text, size_t len, loff_t *pos)
{
	unsigned long tag = (unsigned long)file_inode(file)->i_private;
	u32 every;
	int err = kstrtou32_from_user(text, len, 0, &every);

	if (err)
		return err;
	WRITE_ONCE(scst_tag_every[tag], every);
	return len;
}

DEFINE_SHOW_STORE_ATTRIBUTE(tag);

/*
 * States.
 */

DEFINE_PER_CPU(u64 [SCST_STATE_MAX], scst_sometimes);
EXPORT_PER_CPU_SYMBOL_GPL(scst_sometimes);

static const struct state_row {
	const char *name, *text;
} state_rows[SCST_STATE_MAX] = {
#define STATE(name, text)	[SCST_STATE_##name] = { #name, text },
	SCST_STATES(STATE)
#undef STATE
};

static u64 sum_reached(unsigned int state)
{
	u64 sum = 0;
	int cpu;

	for_each_possible_cpu(cpu)
		sum += READ_ONCE(per_cpu(scst_sometimes, cpu)[state]);
	return sum;
}

static int sometimes_show(struct seq_file *file, void *unused)
{
	unsigned int i;

	for (i = 0; i < SCST_STATE_MAX; i++)
		seq_printf(file, "%llu %s\t%s\n", sum_reached(i), state_rows[i].name,
			   state_rows[i].text);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(sometimes);

void scst_handles_init(struct dentry *dir)
{
	struct dentry *tags;
	unsigned long i;

	debugfs_create_file("sometimes", 0444, dir, NULL, &sometimes_fops);
	tags = debugfs_create_dir("tags", dir);
	debugfs_create_u32("seed", 0600, tags, &seed);
	for (i = 0; i < SCST_TAG_MAX; i++)
		debugfs_create_file(tag_rows[i].name, 0600, tags, (void *)i, &tag_fops);
}
