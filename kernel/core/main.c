// SPDX-License-Identifier: GPL-2.0
/*
 * scst.ko: a SCSI target. Module life, and the lists and locks that all rooms share;
 * docs/architecture.md says where everything else is.
 */
#include <linux/debugfs.h>
#include <linux/module.h>

#include "command/command.h"
#include "event/event.h"
#include "policy/policy.h"
#include "sysfs/sysfs.h"
#include "tasks/inject.h"
#include "handles.h"

DEFINE_MUTEX(scst_registry_lock);
DECLARE_BITMAP(scst_port_ids, U16_MAX + 1);
LIST_HEAD(scst_drivers);
LIST_HEAD(scst_handlers);
LIST_HEAD(scst_devices);
LIST_HEAD(scst_sessions);
struct workqueue_struct *scst_wq;
struct workqueue_struct *scst_file_wq;
struct workqueue_struct *scst_tmf_wq;
struct workqueue_struct *scst_admin_wq;
static struct dentry *debug_dir;

static const struct queue {
	struct workqueue_struct **wq;
	const char *name;
	unsigned int flags;
} queues[] = {
	{ &scst_wq,		"scst",		WQ_MEM_RECLAIM },
	{ &scst_file_wq,	"scst_file",	WQ_MEM_RECLAIM },
	{ &scst_tmf_wq,		"scst_tmf",	WQ_MEM_RECLAIM },
	{ &scst_admin_wq,	"scst_admin",	0 },
};

static void destroy_queues(void)
{
	unsigned int i;

	for (i = ARRAY_SIZE(queues); i-- > 0;)
		if (*queues[i].wq)
			destroy_workqueue(*queues[i].wq);
}

static int __init alloc_queues(void)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(queues); i++) {
		const struct queue *q = &queues[i];

		*q->wq = alloc_workqueue("%s", WQ_UNBOUND | q->flags, 0, q->name);
		if (!*q->wq) {
			destroy_queues();
			return -ENOMEM;
		}
	}
	return 0;
}

static int __init scst_init(void)
{
	const char *wrong = scst_ops_check();
	int err;

	if (wrong) {
		pr_err("scst: opcode table: %s\n", wrong);
		return -EINVAL;
	}
	err = alloc_queues();
	if (err)
		return err;
	err = scst_threads_init();
	if (err)
		goto out_queues;
	err = scst_sgv_init();
	if (err)
		goto out_threads;
	err = scst_sense_init();
	if (err)
		goto out_sgv;
	err = scst_policy_init(&scst_sysfs_policy_face);
	if (err)
		goto out_sense;
	err = scst_sysfs_init();
	if (err)
		goto out_policy;
	err = scst_event_init();
	if (err)
		goto out_sysfs;
	debug_dir = debugfs_create_dir("scst", NULL);	/* a failure there is nobody's */
	scst_sysfs_inject_add(debug_dir);
	scst_handles_init(debug_dir);
	return 0;

out_sysfs:
	scst_sysfs_exit();
out_policy:
	scst_policy_exit();
out_sense:
	scst_sense_exit();
out_sgv:
	scst_sgv_exit();
out_threads:
	scst_threads_exit();
out_queues:
	destroy_queues();
	return err;
}

/* Drivers and handlers hold the module, loaded policies do too: nothing is left here. */
static void __exit scst_exit(void)
{
	debugfs_remove(debug_dir);
	scst_event_exit();
	scst_sysfs_exit();
	scst_policy_exit();
	scst_sense_exit();
	scst_sgv_exit();
	scst_threads_exit();
	scst_watch_exit();
	scst_inject_exit();
	destroy_queues();
	rcu_barrier();
}

module_init(scst_init);
module_exit(scst_exit);
MODULE_DESCRIPTION("SCSI target core with BPF policy hooks");
MODULE_LICENSE("GPL");
