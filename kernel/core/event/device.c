// SPDX-License-Identifier: GPL-2.0
/*
 * /dev/scst_event, by the ABI of include/uapi/scst/event.h, for root; and the file that raises an
 * event for tests of its readers, /sys/kernel/event_wait_test.
 */
#include <linux/cleanup.h>
#include <linux/fs.h>
#include <linux/kobject.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/poll.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "event.h"
#include "queue.h"

#define EVENT_MAX	(sizeof(struct scst_event) + SCST_EVENT_PAYLOAD_MAX)

static int event_open(struct inode *inode, struct file *file)
{
	struct scst_event_reader *reader = kzalloc(sizeof(*reader), GFP_KERNEL_ACCOUNT);

	if (!reader)
		return -ENOMEM;
	scst_event_join(reader);
	file->private_data = reader;
	return nonseekable_open(inode, file);
}

static int event_release(struct inode *inode, struct file *file)
{
	scst_event_leave(file->private_data);
	kfree(file->private_data);
	return 0;
}

static __poll_t event_poll(struct file *file, poll_table *wait)
{
	struct scst_event_reader *reader = file->private_data;

	poll_wait(file, &reader->wait, wait);
	return scst_event_waits(reader) ? EPOLLIN | EPOLLRDNORM : 0;
}

/* What a reader says of events, its length looked at once. */
static struct scst_event_want *want_from_user(const void __user *arg)
{
	const size_t head = offsetof(struct scst_event, payload);
	struct scst_event_want *want;
	s32 len;

	if (copy_from_user(&len, arg, sizeof(len)))
		return ERR_PTR(-EFAULT);
	if (len < 0 || len > SCST_EVENT_PAYLOAD_MAX)
		return ERR_PTR(-EINVAL);
	want = kzalloc(sizeof(*want) + len, GFP_KERNEL_ACCOUNT);
	if (!want)
		return ERR_PTR(-ENOMEM);
	if (copy_from_user(&want->pattern, arg, head + len)) {
		kfree(want);
		return ERR_PTR(-EFAULT);
	}
	want->pattern.payload_len = len;
	want->pattern.issuer_name[SCST_EVENT_ISSUER_LEN - 1] = '\0';
	return want;
}

static long allow(struct scst_event_reader *reader, void __user *arg)
{
	struct scst_event_want *want = want_from_user(arg);
	int err;

	if (IS_ERR(want))
		return PTR_ERR(want);
	err = scst_event_want(reader, want);
	if (err)
		kfree(want);
	return err;
}

static long disallow(struct scst_event_reader *reader, void __user *arg)
{
	struct scst_event_want *want = want_from_user(arg);
	int err;

	if (IS_ERR(want))
		return PTR_ERR(want);
	err = scst_event_unwant(reader, &want->pattern);
	kfree(want);
	return err;
}

/* The first event to @to, if that has room for it; it is gone once it is there. */
static long take(struct scst_event_reader *reader, struct scst_event_next __user *to, void *buf)
{
	u64 serial;
	size_t size;
	s32 max;

	guard(mutex)(&reader->take_lock);
	if (get_user(max, &to->max_event_size))
		return -EFAULT;
	size = scst_event_copy(reader, buf, EVENT_MAX, &serial);
	if (!size)
		return -EAGAIN;
	if (max < 0 || size > max)
		return put_user((s32)size, &to->max_event_size) ? -EFAULT : -ENOSPC;
	if (copy_to_user(&to->event, buf, size))
		return -EFAULT;
	scst_event_taken(reader, serial);
	return 0;
}

static long next(struct file *file, void __user *arg)
{
	struct scst_event_reader *reader = file->private_data;
	void *buf = kmalloc(EVENT_MAX, GFP_KERNEL);
	long ret;

	if (!buf)
		return -ENOMEM;
	while ((ret = take(reader, arg, buf)) == -EAGAIN && !(file->f_flags & O_NONBLOCK))
		if (wait_event_interruptible(reader->wait, scst_event_waits(reader))) {
			ret = -EINTR;
			break;
		}
	kfree(buf);
	return ret;
}

static long done(struct scst_event_reader *reader, const void __user *arg)
{
	struct scst_event_done answer;

	if (copy_from_user(&answer, arg, sizeof(answer)))
		return -EFAULT;
	return scst_event_answer(reader, answer.event_id, answer.status);
}

static long event_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct scst_event_reader *reader = file->private_data;
	void __user *user = (void __user *)arg;

	if (cmd == SCST_EVENT_ALLOW)
		return allow(reader, user);
	if (cmd == SCST_EVENT_DISALLOW)
		return disallow(reader, user);
	if (cmd == SCST_EVENT_NEXT)
		return next(file, user);
	if (cmd == SCST_EVENT_DONE)
		return done(reader, user);
	return -EINVAL;			/* as in SCST */
}

static const struct file_operations event_fops = {
	.owner		= THIS_MODULE,
	.open		= event_open,
	.release	= event_release,
	.poll		= event_poll,
	.unlocked_ioctl	= event_ioctl,
	.compat_ioctl	= compat_ptr_ioctl,
};

static struct miscdevice event_device = {
	.minor	= MISC_DYNAMIC_MINOR,
	.name	= SCST_EVENT_DEVICE,
	.mode	= 0600,
	.fops	= &event_fops,
};

#define TEST_WAIT	(10 * HZ)

static void test_answered(void *arg, int status)
{
	pr_info("scst: the test event was answered with %d\n", status);
}

static ssize_t event_wait_test_store(struct kobject *kobj, struct kobj_attribute *attr,
				     const char *buf, size_t count)
{
	return scst_event_ask(SCST_EVENT_TEST, TEST_WAIT, test_answered, NULL) ?: count;
}

static struct kobj_attribute event_wait_test = __ATTR(event_wait_test, 0200, NULL,
						      event_wait_test_store);

/* The device is the last that may fail: who has it open keeps the module. */
int scst_event_init(void)
{
	int err = sysfs_create_file(kernel_kobj, &event_wait_test.attr);

	if (err)
		return err;
	err = misc_register(&event_device);
	if (err)
		sysfs_remove_file(kernel_kobj, &event_wait_test.attr);
	return err;
}

void scst_event_exit(void)
{
	misc_deregister(&event_device);
	sysfs_remove_file(kernel_kobj, &event_wait_test.attr);
}
