// SPDX-License-Identifier: GPL-2.0
/*
 * scst_user.ko. An open file keeps it: so when it goes there is no program, only devices which wait
 * for one.
 */
#include <linux/module.h>

#include "user.h"

struct workqueue_struct *user_wq;
struct workqueue_struct *user_drop_wq;

static int __init user_init(void)
{
	int err;

	user_wq = alloc_workqueue("scst_user", WQ_MEM_RECLAIM | WQ_UNBOUND, WQ_MAX_ACTIVE);
	if (!user_wq)
		return -ENOMEM;
	err = -ENOMEM;
	user_drop_wq = alloc_workqueue("scst_user_drop", WQ_UNBOUND, WQ_MAX_ACTIVE);
	if (!user_drop_wq)
		goto out_wq;
	err = scst_handler_register(&user_ops);
	if (err)
		goto out_drop_wq;
	err = scst_handler_register(&user_cdb_ops);
	if (err)
		goto out_handler;
	err = user_file_init();
	if (err)
		goto out_cdb_handler;
	return 0;

out_cdb_handler:
	scst_handler_unregister(&user_cdb_ops);
out_handler:
	scst_handler_unregister(&user_ops);
out_drop_wq:
	destroy_workqueue(user_drop_wq);
out_wq:
	destroy_workqueue(user_wq);
	return err;
}

static void __exit user_exit(void)
{
	user_file_exit();
	scst_handler_unregister(&user_cdb_ops);
	scst_handler_unregister(&user_ops);
	destroy_workqueue(user_drop_wq);
	destroy_workqueue(user_wq);
}

module_init(user_init);
module_exit(user_exit);
MODULE_DESCRIPTION("SCSI target devices whose back end is a program");
MODULE_LICENSE("GPL");
