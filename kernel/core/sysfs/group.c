// SPDX-License-Identifier: GPL-2.0
/*
 * What a group of LUNs says about the sessions that use it. A target's directory has these for its
 * default group.
 */
#include <linux/cpumask.h>
#include <linux/slab.h>

#include "command/command.h"
#include "objects/objects.h"
#include "tasks/tasks.h"
#include "sysfs.h"

/* clang-format off */
static const char *const addr_methods[] = {
	[SCST_ADDR_PERIPHERAL]	= "PERIPHERAL",
	[SCST_ADDR_FLAT]	= "FLAT",
	[SCST_ADDR_LUN]		= "LUN",
};
/* clang-format on */

ssize_t scst_group_addr_method_show(void *obj, char *buf)
{
	const struct scst_group *group = obj;
	u8 method = READ_ONCE(group->addr_method);

	return scst_attr_key(buf, sysfs_emit(buf, "%s\n", addr_methods[method]),
			     method != SCST_ADDR_PERIPHERAL);
}

ssize_t scst_group_addr_method_store(void *obj, char *text)
{
	struct scst_group *group = obj;
	u8 method;

	for (method = 0; method < ARRAY_SIZE(addr_methods); method++) {
		if (strcasecmp(text, addr_methods[method]))
			continue;
		WRITE_ONCE(group->addr_method, method);
		return 0;
	}
	return -EINVAL;
}

ssize_t scst_group_black_hole_show(void *obj, char *buf)
{
	const struct scst_group *group = obj;

	return sysfs_emit(buf, "%u\n", READ_ONCE(group->black_hole));
}

static void set_black_hole(struct scst_session *sess, u8 hole)
{
	struct scst_nexus *nexus;

	list_for_each_entry(nexus, &sess->nexuses, sess_entry)
		scst_hold_set_black_hole(nexus, hole);
}

ssize_t scst_group_black_hole_store(void *obj, char *text)
{
	struct scst_group *group = obj;
	struct scst_session *sess;
	u64 hole;
	int err = scst_parse_u64(text, SCST_BLACK_HOLE_OFF, SCST_BLACK_HOLE_DATA_TMF, &hole);

	if (err)
		return err;
	guard(mutex)(&group->tgt->lock);
	WRITE_ONCE(group->black_hole, hole);
	list_for_each_entry(sess, &group->tgt->sessions, entry)
		if (sess->group == group)
			set_black_hole(sess, hole);
	return 0;
}

/* SCST's formats: all CPUs is the default. */
ssize_t scst_group_cpu_mask_show(void *obj, char *buf)
{
	struct scst_group *group = obj;
	const struct cpumask *cpus;
	ssize_t len;

	guard(mutex)(&group->tgt->lock);
	cpus = rcu_dereference_protected(group->cpus, lockdep_is_held(&group->tgt->lock));
	len = sysfs_emit(buf, "%*pb\n", cpumask_pr_args(cpus ?: cpu_possible_mask));
	return scst_attr_key(buf, len, cpus);
}

static int parse_cpus(const char *text, struct cpumask *cpus)
{
	int err = cpumask_parse(text, cpus);

	if (err)
		return err;
	return cpumask_intersects(cpus, cpu_online_mask) ? 0 : -EINVAL;
}

ssize_t scst_group_cpu_mask_store(void *obj, char *text)
{
	struct scst_group *group = obj;
	struct cpumask *cpus = kzalloc(cpumask_size(), GFP_KERNEL);
	int err = cpus ? parse_cpus(text, cpus) : -ENOMEM;

	if (err) {
		kfree(cpus);
		return err;
	}
	if (cpumask_subset(cpu_possible_mask, cpus)) {
		kfree(cpus);
		cpus = NULL;
	}
	guard(mutex)(&group->tgt->lock);
	scst_threads_set_cpus(group, cpus);
	return 0;
}

/*
 * Which initiators share an I/O context. The block layer keeps none for those who submit on behalf
 * of others since Linux 5.0: as in SCST the value is kept for the sake of saved configurations.
 */
static const char *const groupings[] = { "auto", "this_group_only", "never" };

ssize_t scst_group_io_grouping_type_show(void *obj, char *buf)
{
	struct scst_group *group = obj;
	u32 type = READ_ONCE(group->io_grouping);

	if (type < ARRAY_SIZE(groupings))
		return scst_attr_key(buf, sysfs_emit(buf, "%s\n", groupings[type]), type);
	return scst_attr_key(buf, sysfs_emit(buf, "%zu\n", type - ARRAY_SIZE(groupings) + 1), true);
}

ssize_t scst_group_io_grouping_type_store(void *obj, char *text)
{
	struct scst_group *group = obj;
	u64 number;
	u32 type;

	for (type = 0; type < ARRAY_SIZE(groupings); type++)
		if (!strcasecmp(text, groupings[type]))
			break;
	if (type == ARRAY_SIZE(groupings)) {
		if (scst_parse_u64(text, 1, S32_MAX, &number))
			return -EINVAL;
		type = number + ARRAY_SIZE(groupings) - 1;
	}
	WRITE_ONCE(group->io_grouping, type);
	return 0;
}

static ssize_t session_threads_store(void *obj, char *text)
{
	struct scst_group *group = obj;
	bool own;
	int err = scst_parse_bool(text, &own);

	if (!err)
		WRITE_ONCE(group->session_threads, own);
	return err;
}

/* clang-format off */
const struct scst_attr scst_group_threads_attrs[] = {
	{ .attr = { .name = "per_sess_dedicated_tgt_threads", .mode = 0644 },
	  .type = SCST_ATTR_BOOL, .offset = offsetof(struct scst_group, session_threads),
	  .key = true, .store = session_threads_store },
	SCST_ATTR_END
};
/* clang-format on */

/* Of ini_groups/<group>; the default group's are files of the target. */
/* clang-format off */
const struct scst_attr scst_group_attrs[] = {
	SCST_ATTR_RW(addr_method,	scst_group_addr_method_show, scst_group_addr_method_store),
	SCST_ATTR_RW(black_hole,	scst_group_black_hole_show, scst_group_black_hole_store),
	SCST_ATTR_RW(cpu_mask,		scst_group_cpu_mask_show, scst_group_cpu_mask_store),
	SCST_ATTR_RW(io_grouping_type,	scst_group_io_grouping_type_show,
		     scst_group_io_grouping_type_store),
	SCST_ATTR_END
};
/* clang-format on */
