// SPDX-License-Identifier: GPL-2.0
/*
 * scst.ko: a SCSI target. Module life, and the lists and locks that all rooms share;
 * docs/architecture.md says where everything else is.
 */
#include <linux/module.h>

#include "command/command.h"
#include "policy/policy.h"
#include "sysfs/sysfs.h"

DEFINE_MUTEX(scst_registry_lock);
LIST_HEAD(scst_drivers);
LIST_HEAD(scst_handlers);
LIST_HEAD(scst_devices);
LIST_HEAD(scst_sessions);
struct workqueue_struct *scst_wq;
struct workqueue_struct *scst_tmf_wq;

static int __init scst_init(void)
{
	const char *wrong = scst_ops_check();
	int err;

	if (wrong) {
		pr_err("scst: opcode table: %s\n", wrong);
		return -EINVAL;
	}
	scst_wq = alloc_workqueue("scst", WQ_UNBOUND | WQ_MEM_RECLAIM, 0);
	if (!scst_wq)
		return -ENOMEM;
	scst_tmf_wq = alloc_workqueue("scst_tmf", WQ_UNBOUND | WQ_MEM_RECLAIM, 0);
	err = scst_tmf_wq ? 0 : -ENOMEM;
	if (err)
		goto out_wq;
	err = scst_threads_init();
	if (err)
		goto out_tmf_wq;
	err = scst_sgv_init();
	if (err)
		goto out_threads;
	err = scst_policy_init(&scst_sysfs_policy_face);
	if (err)
		goto out_sgv;
	err = scst_sysfs_init();
	if (err)
		goto out_policy;
	return 0;

out_policy:
	scst_policy_exit();
out_sgv:
	scst_sgv_exit();
out_threads:
	scst_threads_exit();
out_tmf_wq:
	destroy_workqueue(scst_tmf_wq);
out_wq:
	destroy_workqueue(scst_wq);
	return err;
}

/* Drivers and handlers hold the module, loaded policies do too: nothing is left here. */
static void __exit scst_exit(void)
{
	scst_sysfs_exit();
	scst_policy_exit();
	scst_sgv_exit();
	scst_threads_exit();
	destroy_workqueue(scst_tmf_wq);
	destroy_workqueue(scst_wq);
	rcu_barrier();
}

module_init(scst_init);
module_exit(scst_exit);
MODULE_DESCRIPTION("SCSI target core with BPF policy hooks");
MODULE_LICENSE("GPL");
