// SPDX-License-Identifier: GPL-2.0
/*
 * /sys/kernel/scst_tgt: the directories that everything else is in, and what concerns all of it.
 */
#include <linux/module.h>
#include <linux/utsname.h>
#include <linux/workqueue.h>

#include "command/command.h"
#include "objects/objects.h"
#include "policy/policy.h"
#include "tasks/tasks.h"
#include "sysfs.h"

struct scst_dir scst_targets_dir;
struct scst_dir scst_devices_dir;
struct scst_dir scst_handlers_dir;

static struct scst_dir root_dir, device_groups_dir;

static DEFINE_MUTEX(threads_lock);
static unsigned int threads;			/* threads_lock; 0: nobody has limited them */
module_param_named(scst_threads, threads, uint, 0444);
MODULE_PARM_DESC(scst_threads, "what the file threads begins with");
static u32 setup_id;

/* For SCST's tasklets and polling threads, of which we have none: kept for saved files. */
#define TASKLET_CMDS	10
static u32 max_tasklet_cmd = TASKLET_CMDS, poll_us;

u32 scst_setup_id(void)
{
	return READ_ONCE(setup_id);
}
EXPORT_SYMBOL_GPL(scst_setup_id);

static ssize_t version_show(void *obj, char *buf)
{
	return sysfs_emit(buf, SCST_FACE_VERSION "\nmodule: %s\nkernel: %s %s\n", THIS_MODULE->name,
			  init_utsname()->release, init_utsname()->machine);
}

static ssize_t last_result_show(void *obj, char *buf)
{
	return sysfs_emit(buf, "%d\n", READ_ONCE(scst_last_store_result));
}

static ssize_t threads_show(void *obj, char *buf)
{
	unsigned int nr = READ_ONCE(threads);

	return scst_attr_key(buf, sysfs_emit(buf, "%u\n", nr ?: num_online_cpus()), nr);
}

static ssize_t threads_store(void *obj, char *text)
{
	u64 nr = 0;

	if (strcmp(text, ":default:") && scst_parse_u64(text, 1, WQ_MAX_ACTIVE, &nr))
		return -EINVAL;
	guard(mutex)(&threads_lock);
	scst_threads_limit(nr);
	WRITE_ONCE(threads, nr);
	return 0;
}

static ssize_t setup_id_show(void *obj, char *buf)
{
	u32 id = scst_setup_id();

	return scst_attr_key(buf, sysfs_emit(buf, "0x%x\n", id), id);
}

/* As in SCST: 10 is ten, 0x10 sixteen, 010 eight. */
static ssize_t setup_id_store(void *obj, char *text)
{
	u32 id;

	if (kstrtou32(text, 0, &id))
		return -EINVAL;
	WRITE_ONCE(setup_id, id);
	return 0;
}

/* No [key]: it is for the time of a failover. */
static ssize_t async_lun_replace_show(void *obj, char *buf)
{
	return sysfs_emit(buf, "%d\n", READ_ONCE(scst_async_lun_replace));
}

static ssize_t async_lun_replace_store(void *obj, char *text)
{
	bool async;
	int err = scst_parse_bool(text, &async);

	if (err)
		return err;
	WRITE_ONCE(scst_async_lun_replace, async);
	return async ? 0 : scst_mappings_settle();
}

/* @number: one of those that are kept. */
static ssize_t kept_store(void *number, char *text)
{
	u64 value;
	int err = scst_parse_u64(text, 0, INT_MAX, &value);

	if (!err)
		WRITE_ONCE(*(u32 *)number, value);
	return err;
}

#define KEPT(_name, _def)						\
	{ .attr = { .name = #_name, .mode = 0644 }, .type = SCST_ATTR_U32,	\
	  .obj = &_name, .key = true, .def = _def, .store = kept_store }

/* clang-format off */
static const struct scst_attr root_attrs[] = {
	SCST_ATTR_RW(async_lun_replace,	  async_lun_replace_show, async_lun_replace_store),
	SCST_ATTR_RW(force_global_sgv_pool, scst_sgv_global_show, scst_sgv_global_store),
	SCST_ATTR_RO(last_sysfs_mgmt_res, last_result_show),
	KEPT(max_tasklet_cmd,		  TASKLET_CMDS),
	SCST_ATTR_RW(measure_latency,	  scst_measure_latency_show, scst_measure_latency_store),
	SCST_ATTR_RO(policy_available,	  scst_policy_available_show),
	KEPT(poll_us,			  0),
	SCST_ATTR_RW(setup_id,		  setup_id_show, setup_id_store),
	SCST_ATTR_RW(suspend,		  scst_suspend_show, scst_suspend_store),
	SCST_ATTR_RW(threads,		  threads_show, threads_store),
	SCST_ATTR_RO(trace_cmds,	  scst_trace_cmds_show),
	SCST_ATTR_RO(trace_mcmds,	  scst_trace_mcmds_show),
	SCST_ATTR_RW(trace_level,	  scst_trace_level_show, scst_trace_level_store),
	SCST_ATTR_RO(version,		  version_show),
	SCST_ATTR_END
};
/* clang-format on */

/* clang-format off */
static const struct root_child {
	struct scst_dir *dir;
	const char *name;
} children[] = {
	{ &scst_devices_dir,	"devices"	},
	{ &device_groups_dir,	"device_groups"	},
	{ &scst_handlers_dir,	"handlers"	},
	{ &scst_targets_dir,	"targets"	},
};
/* clang-format on */

static int add_children(void)
{
	const struct root_child *child;
	int err = 0;

	for (child = children; child < children + ARRAY_SIZE(children) && !err; child++)
		err = scst_dir_add(child->dir, &root_dir, NULL, NULL, child->name);
	return err;
}

static void begin_threads(void)
{
	guard(mutex)(&threads_lock);
	scst_param_at_most("scst: scst_threads", &threads, WQ_MAX_ACTIVE);
	if (threads)
		scst_threads_limit(threads);
}

int scst_sysfs_init(void)
{
	int err = scst_dir_add(&root_dir, NULL, NULL, root_attrs, "scst_tgt");

	if (!err)
		err = add_children();
	if (!err)
		err = scst_copy_manager_init();
	if (!err)
		err = scst_sysfs_sgv_add(&root_dir);
	if (!err)
		err = scst_sysfs_policies_add(&root_dir);
	if (err)
		scst_sysfs_exit();
	else
		begin_threads();
	return err;
}

void scst_sysfs_exit(void)
{
	const struct root_child *child;

	scst_sysfs_latency_exit();
	scst_sysfs_policies_del();
	scst_sysfs_sgv_del();
	scst_copy_manager_exit();
	for (child = children; child < children + ARRAY_SIZE(children); child++)
		scst_dir_del(child->dir);
	scst_dir_del(&root_dir);
}
