// SPDX-License-Identifier: GPL-2.0
/*
 * targets/copy_manager: SCST's copy manager is a target driver by itself, with a target, a session
 * and every disk at a LUN, and every configuration that was saved there has it.
 *
 * Here it is a shell. No command comes this way: who copies does so at the LUNs and with the rights
 * of the initiator that asks. So a LUN of it is a name in a list and no use of the device: it is
 * not in `exported`, and no mapping for what wants a device that nobody has mapped.
 *
 * All of it is scst_registry_lock's. Directories of LUNs come and go under it, too: what can be
 * read there takes no lock.
 */
#include <linux/module.h>
#include <linux/slab.h>
#include <scsi/scsi_proto.h>

#include "command/command.h"
#include "objects/objects.h"
#include "sysfs.h"

static bool auto_cm_assignment = true;
module_param(auto_cm_assignment, bool, 0444);
MODULE_PARM_DESC(auto_cm_assignment, "every new disk gets a LUN of the copy manager");

struct copy_lun {
	struct list_head dev_entry;	/* dev->copy_luns */
	struct scst_device *dev;
	u32 lun;
	bool read_only;			/* as dev, which may go while somebody reads it */
	struct scst_dir dir;		/* luns/<n> */
};

static struct scst_dir driver_dir;
static struct scst_target target;	/* what its files show; in no list of targets */
static struct scst_session session;	/* likewise */
static DEFINE_XARRAY_ALLOC(luns);	/* scst_registry_lock; struct copy_lun, by LUN */
static bool allow_not_connected;	/* kept for saved files: nobody copies yet */

static const struct scst_target_ops copy_manager_ops = {
	.name	= "copy_manager",
	.owner	= THIS_MODULE,
};

/* clang-format off */
static const struct scst_attr lun_attrs[] = {
	SCST_ATTR_MEMBER(read_only, SCST_ATTR_BOOL, struct copy_lun, read_only),
	SCST_ATTR_END
};
/* clang-format on */

static struct copy_lun *find_lun(u16 number)
{
	lockdep_assert_held(&scst_registry_lock);
	return xa_load(&luns, number);
}

static int add_files(struct copy_lun *lun)
{
	char name[8];
	int err;

	snprintf(name, sizeof(name), "%u", lun->lun);
	err = scst_dir_add(&lun->dir, &target.default_group.luns_dir, lun, NULL, name);
	if (err)
		return err;
	err = scst_dir_link(&lun->dir, &lun->dev->dir, "device");
	if (!err)
		err = scst_dir_add_attrs(&lun->dir, lun_attrs);
	if (err)
		scst_dir_del(&lun->dir);
	return err;
}

static int number_lun(struct copy_lun *lun, struct xa_limit limit)
{
	int err = xa_alloc(&luns, &lun->lun, lun, limit, GFP_KERNEL);

	if (err)
		return err;
	err = add_files(lun);
	if (err)
		xa_erase(&luns, lun->lun);
	return err;
}

/* At the lowest LUN within @limit that is free; -EBUSY: there is none. */
static int add_lun(struct scst_device *dev, struct xa_limit limit)
{
	struct copy_lun *lun = kzalloc(sizeof(*lun), GFP_KERNEL);
	int err;

	lockdep_assert_held(&scst_registry_lock);
	if (!lun)
		return -ENOMEM;
	lun->dev = dev;
	lun->read_only = dev->lu.read_only;
	err = number_lun(lun, limit);
	if (err)
		kfree(lun);
	else
		list_add(&lun->dev_entry, &dev->copy_luns);
	return err;
}

static void del_lun(struct copy_lun *lun)
{
	scst_dir_del(&lun->dir);
	xa_erase(&luns, lun->lun);
	list_del(&lun->dev_entry);
	kfree(lun);
}

/* As in SCST; with every LUN taken it has none. */
int scst_copy_manager_add(struct scst_device *dev)
{
	int err;

	if (!auto_cm_assignment || dev->lu.type != TYPE_DISK)
		return 0;
	err = add_lun(dev, XA_LIMIT(0, SCST_MAX_LUN));
	return err == -EBUSY ? 0 : err;
}

void scst_copy_manager_del(const struct scst_device *dev)
{
	struct copy_lun *lun, *next;

	lockdep_assert_held(&scst_registry_lock);
	list_for_each_entry_safe(lun, next, &dev->copy_luns, dev_entry)
		del_lun(lun);
}

/*
 * luns/mgmt: SCST's verbs. There is no one to be told of a change.
 */

static struct scst_device *find_device(const struct scst_lun_args *args)
{
	struct scst_device *dev = scst_registry_find_device(args->device);

	if (!dev || dev->dying)
		return NULL;
	if (args->read_only || dev->lu.read_only) {
		pr_warn_ratelimited("scst: the copy manager takes no read-only device\n");
		return NULL;
	}
	return dev;
}

static int relink(struct copy_lun *lun, struct scst_device *dev)
{
	int err;

	scst_dir_unlink(&lun->dir, "device");
	err = scst_dir_link(&lun->dir, &dev->dir, "device");
	if (!err) {
		lun->dev = dev;
		WRITE_ONCE(lun->read_only, dev->lu.read_only);
		list_move(&lun->dev_entry, &dev->copy_luns);
	} else if (scst_dir_link(&lun->dir, &lun->dev->dir, "device")) {
		pr_warn("scst: copy manager: LUN %u has lost its link to the device\n", lun->lun);
	}
	return err;
}

static int map(char *text, bool replaces)
{
	struct scst_lun_args args;
	struct scst_device *dev;
	struct copy_lun *lun;
	int err = scst_lun_args_parse(text, &args);

	if (err)
		return err;
	guard(mutex)(&scst_registry_lock);
	dev = find_device(&args);
	if (!dev)
		return -EINVAL;
	lun = find_lun(args.lun);
	if (!lun)
		return add_lun(dev, XA_LIMIT(args.lun, args.lun));
	return replaces ? relink(lun, dev) : -EEXIST;
}

static int luns_add(void *obj, char *text)
{
	return map(text, false);
}

static int luns_replace(void *obj, char *text)
{
	return map(text, true);
}

static int luns_del(void *obj, char *text)
{
	struct copy_lun *lun;
	u16 number;
	int err = scst_lun_parse(text, &number);

	if (err)
		return err;
	guard(mutex)(&scst_registry_lock);
	lun = find_lun(number);
	if (!lun)
		return -EINVAL;
	del_lun(lun);
	return 0;
}

static int luns_clear(void *obj, char *text)
{
	struct copy_lun *lun;
	unsigned long number;
	int err = scst_mgmt_words(text, 0, NULL);

	if (err)
		return err;
	guard(mutex)(&scst_registry_lock);
	xa_for_each(&luns, number, lun)
		del_lun(lun);
	return 0;
}

/* clang-format off */
static const struct scst_mgmt_verb luns_verbs[] = {
	{ "add",		luns_add	},
	{ "clear",		luns_clear	},
	{ "del",		luns_del	},
	{ "replace",		luns_replace	},
	{ "replace_no_ua",	luns_replace	},
	{ }
};
/* clang-format on */

static ssize_t luns_mgmt_store(void *obj, char *text)
{
	return scst_mgmt_run(luns_verbs, NULL, text);
}

/* No security groups: whoever may copy is asked at the LUNs of the initiators. */
static ssize_t groups_mgmt_store(void *obj, char *text)
{
	pr_warn_ratelimited("scst: the copy manager has no groups of initiators\n");
	return -EINVAL;
}

static ssize_t allow_not_connected_copy_store(void *obj, char *text)
{
	bool allow;
	int err = scst_parse_bool(text, &allow);

	if (!err)
		WRITE_ONCE(allow_not_connected, allow);
	return err;
}

/* clang-format off */
static const struct scst_attr luns_attrs[] = {
	SCST_ATTR_RW(mgmt, scst_luns_mgmt_show, luns_mgmt_store),
	SCST_ATTR_END
};

static const struct scst_attr groups_attrs[] = {
	SCST_ATTR_RW(mgmt, scst_groups_mgmt_show, groups_mgmt_store),
	SCST_ATTR_END
};

static const struct scst_attr driver_attrs[] = {
	{ .attr = { .name = "allow_not_connected_copy", .mode = 0644 }, .type = SCST_ATTR_BOOL,
	  .obj = &allow_not_connected, .key = true, .store = allow_not_connected_copy_store },
	SCST_ATTR_END
};
/* clang-format on */

/* So much of a target and a session as their files look at. */
static void objects_init(void)
{
	mutex_init(&target.lock);
	scst_group_init(&target.default_group, &target);
	INIT_LIST_HEAD(&target.groups);
	INIT_LIST_HEAD(&target.sessions);
	target.ops = &copy_manager_ops;
	strscpy(target.name, "copy_manager_tgt");
	session.tgt = &target;
	session.group = &target.default_group;
	INIT_LIST_HEAD(&session.nexuses);
	scst_stats_init(&session.stats);
	strscpy(session.initiator, "copy_manager_sess");
}

static int add_target(void)
{
	int err = scst_dir_add(&target.dir, &driver_dir, &target, scst_target_attrs, target.name);

	if (!err)
		err = scst_dir_add(&target.sessions_dir, &target.dir, &target, NULL, "sessions");
	if (!err)
		err = scst_dir_add(&target.ini_groups_dir, &target.dir, &target, groups_attrs,
				   "ini_groups");
	if (!err)
		err = scst_dir_add(&target.default_group.luns_dir, &target.dir, &target, luns_attrs,
				   "luns");
	guard(mutex)(&target.lock);
	return err ?: scst_sysfs_session_add(&session);
}

/* On failure scst_copy_manager_exit() is called as well. */
int scst_copy_manager_init(void)
{
	int err;

	objects_init();
	err = scst_dir_add(&driver_dir, &scst_targets_dir, NULL, driver_attrs,
			   copy_manager_ops.name);
	if (!err)
		err = scst_dir_add_attrs(&driver_dir, scst_trace_attrs);
	return err ?: add_target();
}

/* Every device has gone, and its LUNs with it. */
void scst_copy_manager_exit(void)
{
	scst_sysfs_session_del(&session);
	scst_dir_del(&target.default_group.luns_dir);
	scst_dir_del(&target.ini_groups_dir);
	scst_dir_del(&target.sessions_dir);
	scst_dir_del(&target.dir);
	scst_dir_del(&driver_dir);
	kfree(rcu_dereference_protected(target.default_group.cpus, true));
	kfree(target.comment);
}
