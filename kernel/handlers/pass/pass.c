// SPDX-License-Identifier: GPL-2.0
/*
 * scst_pass: real devices as they are, which the modules for their types (scst_disk.ko and so on)
 * share: a device is added and deleted.
 */
#include <linux/slab.h>

#include "pass.h"

struct workqueue_struct *pass_wq, *pass_slow_wq;

static struct scsi_device *look_up(const char *name)
{
	struct pass_address at;
	struct scsi_device *sdev;
	struct Scsi_Host *shost;

	if (!pass_parse_address(name, &at))
		return NULL;
	shost = scsi_host_lookup(at.host);
	if (!shost)
		return NULL;
	sdev = scsi_device_lookup(shost, at.channel, at.id, at.lun);
	scsi_host_put(shost);
	return sdev;
}

/* What cannot be exported, and why; or NULL. A LUN of ours would lead in a circle. */
static const char *find_fault(const struct pass_kind *kind, struct scsi_device *sdev)
{
	const char *proc_name = sdev->host->hostt->proc_name;

	if (sdev->type != kind->ops.type)
		return "its type is another handler's";
	if (proc_name && !strcmp(proc_name, "scst_local"))
		return "it is a LUN of this target";
	if (sdev->inq_periph_qual)
		return "nothing is connected there";
	if (!scsi_device_online(sdev))
		return "it is offline";
	return NULL;
}

/*
 * Return: with a reference [unchecked: the mid-layer counts]; -ENODEV: there is none of this name;
 * -EINVAL: it is not one to take.
 */
static struct scsi_device *get_sdev(const struct pass_kind *kind, const char *name)
{
	struct scsi_device *sdev = look_up(name);
	const char *fault = sdev ? find_fault(kind, sdev) : "there is no such device";

	if (!fault)
		return sdev;
	pr_warn_ratelimited("scst_pass: %s: %s: %s\n", kind->ops.name, scst_printable(name).text,
			    fault);
	if (!sdev)
		return ERR_PTR(-ENODEV);
	scsi_device_put(sdev);
	return ERR_PTR(-EINVAL);
}

static int parse_params(struct pass_dev *pd, struct scst_params *params)
{
	char *name, *value;
	int more;

	while ((more = scst_params_next(params, &name, &value)) > 0) {
		int local = strcmp(name, "local") ? -1 :
			    match_string(pass_local_names, PASS_LOCAL_MAX, value);

		if (local < 0) {
			pr_warn_ratelimited("scst_pass: %s: %s=%s is no parameter\n", pd->dev.name,
					    scst_printable(name).text, scst_printable(value).text);
			return -EINVAL;
		}
		pd->local = local;
	}
	return more;
}

static struct pass_dev *alloc_dev(struct pass_kind *kind, const char *name)
{
	struct pass_dev *pd = kzalloc(sizeof(*pd), GFP_KERNEL);

	if (!pd)
		return NULL;
	pd->kind = kind;
	pd->dev.lu.type = kind->ops.type;
	pd->local = kind->local;
	strscpy(pd->dev.name, name, sizeof(pd->dev.name));
	memcpy(pd->timeouts, kind->timeouts, sizeof(pd->timeouts));
	spin_lock_init(&pd->lock);
	INIT_LIST_HEAD(&pd->parked);
	INIT_HLIST_NODE(&pd->identity_node);
	mutex_init(&pd->attach_lock);
	INIT_DELAYED_WORK(&pd->kick, pass_kick_work);
	INIT_DELAYED_WORK(&pd->abort, pass_abort_work);
	INIT_DELAYED_WORK(&pd->change, pass_change_work);
	INIT_WORK(&pd->refresh, pass_refresh_work);
	INIT_WORK(&pd->prevent, pass_prevent_work);
	return pd;
}

/* Before anybody sees it. */
static void describe(struct pass_dev *pd)
{
	struct scst_lu *lu = &pd->dev.lu;

	lu->block_size = pd->kind->block_size;
	lu->block_shift = SECTOR_SHIFT;
	lu->removable = pd->sdev->removable;
	lu->queue_alg = !pd->kind->in_order;
	pass_probe_identity(pd);
	pass_probe(pd);
	if (pd->serial[0])
		pd->dev.dump_name = pd->serial;
	if (pass_identity_add(pd))
		pd->dev.state_name = pd->identity;
	else
		pd->dev.no_aptpl = true;
}

/* No command is there any more, and none will come. */
static void stop_works(struct pass_dev *pd)
{
	cancel_work_sync(&pd->prevent);
	cancel_work_sync(&pd->refresh);
	cancel_delayed_work_sync(&pd->abort);
	cancel_delayed_work_sync(&pd->kick);
}

static void release(struct pass_dev *pd)
{
	pass_identity_del(pd);
	cancel_delayed_work_sync(&pd->change);
	stop_works(pd);
	scoped_guard(mutex, &pd->attach_lock) {
		pass_drop_device(pd);
		pass_forget_last(pd);
	}
	cancel_delayed_work_sync(&pd->change);	/* of a device that went until now */
}

static void free_dev(struct pass_dev *pd)
{
	kfree(pd->page_83);
	kfree(pd);
}

static int add(struct pass_dev *pd, struct scsi_device *sdev)
{
	int err;

	guard(mutex)(&pd->attach_lock);
	err = pass_take_device(pd, sdev);
	if (err)
		return err;
	describe(pd);
	err = scst_device_register(&pd->dev, &pd->kind->ops);
	if (err)
		return err;
	__module_get(pd->kind->ops.owner);	/* as long as it has a device: mgmt holds it now */
	pd->registered = true;
	pass_link(pd);
	pass_local_later(pd);
	return 0;
}

int pass_add(struct pass_kind *kind, const char *name, struct scst_params *params)
{
	struct scsi_device *sdev;
	struct pass_dev *pd;
	int err;

	pd = alloc_dev(kind, name);
	if (!pd)
		return -ENOMEM;
	err = parse_params(pd, params);
	sdev = err ? ERR_PTR(err) : get_sdev(kind, name);
	err = IS_ERR(sdev) ? PTR_ERR(sdev) : add(pd, sdev);
	if (err) {
		release(pd);
		free_dev(pd);
	}
	return err;
}
EXPORT_SYMBOL_GPL(pass_add);

/* The last initiator has left, and with it whoever wanted the medium to stay. */
int pass_del(struct scst_device *dev)
{
	struct pass_dev *pd = to_pass(dev);
	int err;

	scoped_guard(mutex, &pd->attach_lock) {
		pd->ending = true;
		pass_unlink(pd);
	}
	err = scst_device_unregister(dev);
	if (err)
		return err;
	flush_work(&pd->prevent);
	module_put(pd->kind->ops.owner);	/* mgmt, which calls us, holds it */
	release(pd);
	free_dev(pd);
	return 0;
}

static void fill_ops(struct scst_handler_ops *ops)
{
	unsigned int verb;

	for (verb = SCST_VERB_NONE + 1; verb < SCST_VERB_MAX; verb++)
		ops->verb[verb] = pass_cdb;
	ops->aborted = pass_cmds_aborted;
	ops->removal_allowed = pass_removal_allowed;
	ops->del_device = pass_del;
	ops->add_device_params = "local";
	ops->name_hint = "H:C:I:L";
	ops->device_attrs = ops->type == TYPE_DISK ? pass_disk_attrs : pass_attrs;
}

void pass_unregister(struct pass_kind *const kinds[], unsigned int nr)
{
	while (nr--)
		scst_handler_unregister(&kinds[nr]->ops);
}
EXPORT_SYMBOL_GPL(pass_unregister);

int pass_register(struct pass_kind *const kinds[], unsigned int nr)
{
	unsigned int i;
	int err;

	for (i = 0; i < nr; i++) {
		fill_ops(&kinds[i]->ops);
		err = scst_handler_register(&kinds[i]->ops);
		if (err) {
			pass_unregister(kinds, i);
			return err;
		}
	}
	return 0;
}
EXPORT_SYMBOL_GPL(pass_register);

static void free_queues(void)
{
	if (pass_slow_wq)
		destroy_workqueue(pass_slow_wq);
	if (pass_wq)
		destroy_workqueue(pass_wq);
}

static int __init alloc_queues(void)
{
	const unsigned int flags = WQ_MEM_RECLAIM | WQ_UNBOUND;

	pass_wq = alloc_workqueue("scst_pass", flags, WQ_MAX_ACTIVE);
	pass_slow_wq = alloc_workqueue("scst_pass_slow", flags, WQ_MAX_ACTIVE);
	if (pass_wq && pass_slow_wq)
		return 0;
	free_queues();
	return -ENOMEM;
}

static int __init pass_init(void)
{
	int err = alloc_queues();

	if (err)
		return err;
	err = pass_bios_init();
	if (err)
		goto out_queues;
	err = pass_arrival_init();
	if (err)
		goto out_bios;
	return 0;

out_bios:
	pass_bios_exit();
out_queues:
	free_queues();
	return err;
}

static void __exit pass_exit(void)
{
	pass_arrival_exit();
	free_queues();
	pass_bios_exit();
}

module_init(pass_init);
module_exit(pass_exit);
MODULE_DESCRIPTION("SCSI target pass-through");
MODULE_LICENSE("GPL");
