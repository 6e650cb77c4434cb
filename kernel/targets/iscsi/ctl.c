// SPDX-License-Identifier: GPL-2.0
/*
 * /dev/iscsi-scst-ctl: what the daemon asks, and the connections that it brings. One opener at a
 * time. Nothing here outlives the device file being closed.
 */
#include <linux/cleanup.h>
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/poll.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "config.h"
#include "ctl.h"
#include "session.h"

static u64 seen_generation;		/* what read() returned last; of the one opener */

static int ctl_open(struct inode *inode, struct file *file)
{
	if (!iscsi_daemon_open())
		return -EBUSY;
	WRITE_ONCE(seen_generation, 0);
	return 0;
}

static int ctl_release(struct inode *inode, struct file *file)
{
	iscsi_daemon_close();
	return 0;
}

static ssize_t ctl_read(struct file *file, char __user *buf, size_t size, loff_t *pos)
{
	u64 generation = iscsi_config_generation();

	if (size < sizeof(generation))
		return -EINVAL;
	if (copy_to_user(buf, &generation, sizeof(generation)))
		return -EFAULT;
	WRITE_ONCE(seen_generation, generation);
	return sizeof(generation);
}

static __poll_t ctl_poll(struct file *file, poll_table *wait)
{
	poll_wait(file, &iscsi_daemon_wait, wait);
	if (iscsi_config_generation() != READ_ONCE(seen_generation))
		return EPOLLIN | EPOLLRDNORM;
	return 0;
}

static bool is_terminated(const char *text, size_t size)
{
	return strnlen(text, size) < size;
}

static long ctl_driver(void *arg)
{
	struct scst_iscsi_driver *driver = arg;
	bool same = driver->abi == SCST_ISCSI_ABI;

	memset(driver, 0, sizeof(*driver));
	driver->abi = SCST_ISCSI_ABI;
	driver->generation = iscsi_config_generation();
	iscsi_driver_get(driver);
	return same ? 0 : -EPROTO;
}

static void fill_target(struct scst_iscsi_target *out, struct iscsi_target *target)
{
	unsigned int i;

	memset(out, 0, sizeof(*out));
	out->tid = target->tid;
	out->enabled = iscsi_target_serves(target);
	out->per_portal_acl = READ_ONCE(target->per_portal_acl);
	for (i = 0; i < SCST_ISCSI_KEY_MAX; i++)
		out->key[i] = READ_ONCE(target->key[i]);
	for (i = 0; i < SCST_ISCSI_SETTING_MAX; i++)
		out->setting[i] = READ_ONCE(target->setting[i]);
	strscpy(out->name, scst_target_name(target->tgt));
	guard(mutex)(&target->extras.lock);
	strscpy(out->alias, target->alias);
	strscpy(out->redirect, target->redirect);
}

static long ctl_target(void *arg)
{
	struct scst_iscsi_target *out = arg;
	struct iscsi_target *target;

	if (!is_terminated(out->name, sizeof(out->name)))
		return -EINVAL;
	guard(mutex)(&iscsi_targets_lock);
	target = iscsi_target_lookup(out->name, out->tid);
	if (!target)
		return -ENOENT;
	fill_target(out, target);
	return 0;
}

static long ctl_attr(void *arg)
{
	struct scst_iscsi_attr_get *get = arg;
	struct iscsi_target *target;

	if (get->reserved || get->attr > SCST_ISCSI_ALLOWED_PORTAL)
		return -EINVAL;
	if (!get->tid)
		return iscsi_extra_get(&iscsi_driver_extras, get->attr, get->index, get->text);
	guard(mutex)(&iscsi_targets_lock);
	target = iscsi_target_by_tid(get->tid);
	if (!target)
		return -ENOENT;
	return iscsi_extra_get(&target->extras, get->attr, get->index, get->text);
}

static long ctl_access(void *arg)
{
	struct scst_iscsi_access *access = arg;
	struct iscsi_target *target;

	if (access->reserved || !is_terminated(access->initiator, sizeof(access->initiator)))
		return -EINVAL;
	guard(mutex)(&iscsi_targets_lock);
	target = iscsi_target_by_tid(access->tid);
	if (!target)
		return -ENOENT;
	return scst_target_has_luns(target->tgt, access->initiator);
}

static long ctl_conn(void *arg)
{
	return iscsi_login(arg);
}

/* clang-format off */
static const struct ctl_row {
	unsigned int cmd;
	long (*run)(void *arg);
} rows[] = {
	{ SCST_ISCSI_IOC_DRIVER, ctl_driver },
	{ SCST_ISCSI_IOC_TARGET, ctl_target },
	{ SCST_ISCSI_IOC_ATTR,	 ctl_attr   },
	{ SCST_ISCSI_IOC_ACCESS, ctl_access },
	{ SCST_ISCSI_IOC_CONN,	 ctl_conn   },
};
/* clang-format on */

/* What goes back on success goes back on EPROTO too: the daemon says whose ABI it is. */
static long run_row(const struct ctl_row *row, void __user *user)
{
	size_t size = _IOC_SIZE(row->cmd);
	void *arg = memdup_user(user, size);
	long ret;

	if (IS_ERR(arg))
		return PTR_ERR(arg);
	ret = row->run(arg);
	if (_IOC_DIR(row->cmd) & _IOC_READ && (ret >= 0 || ret == -EPROTO) &&
	    copy_to_user(user, arg, size))
		ret = -EFAULT;
	kfree_sensitive(arg);		/* secrets */
	return ret;
}

static long ctl_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	const struct ctl_row *row;

	for (row = rows; row < rows + ARRAY_SIZE(rows); row++)
		if (row->cmd == cmd)
			return run_row(row, (void __user *)arg);
	return -ENOTTY;
}

static const struct file_operations ctl_fops = {
	.owner		= THIS_MODULE,
	.open		= ctl_open,
	.release	= ctl_release,
	.read		= ctl_read,
	.poll		= ctl_poll,
	.unlocked_ioctl	= ctl_ioctl,
	.compat_ioctl	= compat_ptr_ioctl,
};

static struct miscdevice ctl_device = {
	.minor	= MISC_DYNAMIC_MINOR,
	.name	= SCST_ISCSI_CTL_NAME,
	.mode	= 0600,
	.fops	= &ctl_fops,
};

int iscsi_ctl_init(void)
{
	return misc_register(&ctl_device);
}

void iscsi_ctl_exit(void)
{
	misc_deregister(&ctl_device);
}
