// SPDX-License-Identifier: GPL-2.0
/*
 * Devices are unplugged, and come back: with their LUNs, under the name they were given, whatever
 * their address is by then. By that alone no device is known: what sits at the old address may be
 * another disk.
 *
 * The mid-layer calls with locks of its own held, and goes on only when we return: nothing is
 * waited for there. A work does what is left to do.
 *
 * pass_lock is inside the mid-layer's locks: with it held nothing is called that takes those.
 */
#include <linux/hashtable.h>
#include <linux/slab.h>
#include <linux/xarray.h>
#include <scsi/scsi_driver.h>
#include <scst/hash.h>

#include "pass.h"

#define LOOK_AGAIN	(HZ / 20)
#define LOCAL_AGAIN	(HZ / 5)
#define LOCAL_TRIES	50
#define DRIVER_AGAIN	max(HZ / 50, 1)

static DEFINE_MUTEX(pass_lock);
static DEFINE_XARRAY(claims);		/* struct scsi_device -> struct pass_dev */
static DEFINE_HASHTABLE(by_identity, SCST_HASH_BITS);	/* pass_lock */

static unsigned long key_of(const struct scsi_device *sdev)
{
	return (unsigned long)sdev;
}

static bool is_going(const struct scsi_device *sdev)
{
	return sdev->sdev_state == SDEV_CANCEL || sdev->sdev_state == SDEV_DEL;
}

static int pass_claim(struct pass_dev *pd, struct scsi_device *sdev)
{
	int err;

	guard(mutex)(&pass_lock);
	err = xa_insert(&claims, key_of(sdev), pd, GFP_KERNEL);
	if (!err && is_going(sdev)) {	/* remove_dev() may have been here before us */
		xa_erase(&claims, key_of(sdev));
		err = -ENODEV;
	}
	return err == -EBUSY ? -EEXIST : err;
}

static void pass_unclaim(struct scsi_device *sdev)
{
	guard(mutex)(&pass_lock);
	xa_erase(&claims, key_of(sdev));
}

static struct pass_dev *find(const char *identity)
{
	struct pass_dev *pd;

	lockdep_assert_held(&pass_lock);
	hash_for_each_possible(by_identity, pd, identity_node, scst_name_hash(identity))
		if (!strcmp(pd->identity, identity))
			return pd;
	return NULL;
}

bool pass_identity_add(struct pass_dev *pd)
{
	guard(mutex)(&pass_lock);
	if (!pd->identity[0] || find(pd->identity))
		return false;
	hash_add(by_identity, &pd->identity_node, scst_name_hash(pd->identity));
	return true;
}

void pass_identity_del(struct pass_dev *pd)
{
	struct scsi_device *coming;

	scoped_guard(mutex, &pass_lock) {
		if (hash_hashed(&pd->identity_node))
			hash_del(&pd->identity_node);
		coming = pd->coming;
		pd->coming = NULL;
	}
	if (coming)
		scsi_device_put(coming);
}

/* The device's own directory, as in SCST. */
void pass_link(struct pass_dev *pd)
{
	lockdep_assert_held(&pd->attach_lock);
	if (READ_ONCE(pd->gone) || pd->ending)
		return;
	pd->linked = !sysfs_create_link(&pd->dev.dir.kobj, &pd->sdev->sdev_dev.kobj,
					"scsi_device");
}

void pass_unlink(struct pass_dev *pd)
{
	lockdep_assert_held(&pd->attach_lock);
	if (pd->linked)
		sysfs_remove_link(&pd->dev.dir.kobj, "scsi_device");
	pd->linked = false;
}

static struct scsi_device *take_coming(struct pass_dev *pd)
{
	struct scsi_device *sdev;

	guard(mutex)(&pass_lock);
	sdev = pd->coming;
	pd->coming = NULL;
	return sdev;
}

int pass_take_device(struct pass_dev *pd, struct scsi_device *sdev)
{
	int err;

	lockdep_assert_held(&pd->attach_lock);
	pd->sdev = sdev;		/* if it goes from here on, it will be let go */
	err = pass_claim(pd, sdev);
	if (err)
		goto out;
	err = scsi_autopm_get_device(sdev);
	if (err)
		goto out_claim;
	err = pass_local_begin(pd, sdev);
	if (!err)
		return 0;

	scsi_autopm_put_device(sdev);
out_claim:
	pass_unclaim(sdev);
out:
	pd->sdev = NULL;
	scsi_device_put(sdev);
	return err;
}

void pass_drop_device(struct pass_dev *pd)
{
	struct scsi_device *sdev = pd->sdev;

	lockdep_assert_held(&pd->attach_lock);
	if (!sdev)
		return;
	pass_unlink(pd);
	pass_local_end(pd, sdev);
	pd->sdev = NULL;
	pass_unclaim(sdev);
	scsi_autopm_put_device(sdev);
	pd->last = sdev;		/* its driver stays, as long as it may come back */
}

void pass_forget_last(struct pass_dev *pd)
{
	lockdep_assert_held(&pd->attach_lock);
	if (pd->last)
		scsi_device_put(pd->last);
	pd->last = NULL;
}

void pass_local_later(struct pass_dev *pd)
{
	lockdep_assert_held(&pd->attach_lock);
	pd->local_tries = LOCAL_TRIES;
	mod_delayed_work(pass_slow_wq, &pd->change, 0);
}

/* Return: false, it is about to go again: remove_dev() may have been here, and found it gone. */
static bool let_in(struct pass_dev *pd)
{
	guard(mutex)(&pass_lock);
	if (is_going(pd->sdev))
		return false;
	smp_store_release(&pd->gone, false);	/* pairs with pass_enter() */
	return true;
}

/*
 * Until the initiators have been told, it is gone to all but us, who read its own attentions away.
 */
static void attach(struct pass_dev *pd, struct scsi_device *sdev)
{
	int err = pass_take_device(pd, sdev);

	if (err) {
		pr_err("scst_pass: %s: the device is back, and not to be had: %pe\n", pd->dev.name,
		       ERR_PTR(err));
		return;
	}
	pass_forget_last(pd);
	WRITE_ONCE(pd->prevented, false);
	pass_probe(pd);
	scst_device_power_on(&pd->dev, 0);
	if (!let_in(pd))
		return;
	pass_link(pd);
	pr_info("scst_pass: %s: the device is back, as %s\n", pd->dev.name,
		dev_name(&sdev->sdev_gendev));
	queue_work(pass_slow_wq, &pd->prevent);
	pass_local_later(pd);
}

/*
 * To be claimed before somebody of this host is faster, or before it is served, it has to have its
 * driver, which is bound when it likes, if there is one at all. Return: true, it is looked for
 * again.
 */
static bool waits_for_driver(struct pass_dev *pd, struct scsi_device *sdev)
{
	if (!pass_local_is_early(pd, sdev) ||
	    time_after(jiffies, READ_ONCE(pd->coming_since) + LOCAL_TRIES * LOCAL_AGAIN))
		return false;
	scoped_guard(mutex, &pass_lock) {
		if (!pd->coming)
			swap(pd->coming, sdev);
	}
	if (sdev)
		scsi_device_put(sdev);
	queue_delayed_work(pass_slow_wq, &pd->change, DRIVER_AGAIN);
	return true;
}

/* This host has it by now: both would write it. So it is gone, until it is added again. */
static void let_go(struct pass_dev *pd)
{
	pd->local_tries = 0;
	WRITE_ONCE(pd->gone, true);
	mod_delayed_work(pass_wq, &pd->kick, 0);
	mod_delayed_work(pass_slow_wq, &pd->change, 0);
}

/* Its driver may have been bound by now. */
static void local_again(struct pass_dev *pd)
{
	if (!pd->local_tries || pass_local_is_done(pd))
		return;
	pd->local_tries--;
	if (pass_local_begin(pd, pd->sdev) == -EBUSY)
		let_go(pd);
	else
		queue_delayed_work(pass_slow_wq, &pd->change, LOCAL_AGAIN);
}

/* Pairs with pass_enter(): who is in flight has seen that it is not gone, or leaves now. */
void pass_change_work(struct work_struct *work)
{
	struct pass_dev *pd = container_of(to_delayed_work(work), struct pass_dev, change);
	struct scsi_device *sdev;

	guard(mutex)(&pd->attach_lock);
	smp_mb();
	if (!pd->registered || pd->ending)	/* who holds it drops the device */
		return;
	if (pd->gone && pd->sdev) {
		if (atomic_read(&pd->in_flight)) {
			queue_delayed_work(pass_slow_wq, &pd->change, LOOK_AGAIN);
			return;
		}
		pr_warn("scst_pass: %s: the device is gone; its LUNs stay, for when it is back\n",
			pd->dev.name);
		pass_drop_device(pd);
		scst_device_dump_prs(&pd->dev);
	}
	sdev = pd->sdev ? NULL : take_coming(pd);
	if (sdev && is_going(sdev))
		scsi_device_put(sdev);
	else if (sdev && !waits_for_driver(pd, sdev))
		attach(pd, sdev);
	if (pd->sdev && !pd->gone)
		local_again(pd);
}

static void device_removed(struct device *dev)
{
	struct scsi_device *sdev = class_to_sdev(dev);
	struct pass_dev *pd;

	guard(mutex)(&pass_lock);
	pd = xa_load(&claims, key_of(sdev));
	if (!pd || !is_going(sdev))	/* the interface is unregistered: it stays */
		return;
	WRITE_ONCE(pd->gone, true);
	mod_delayed_work(pass_wq, &pd->kick, 0);
	mod_delayed_work(pass_slow_wq, &pd->change, 0);
}

/* Another one of that identity, while the first is there, is another path to it. */
static int device_added(struct device *dev)
{
	struct scsi_device *sdev = class_to_sdev(dev);
	char identity[PASS_IDENTITY_LEN];
	struct pass_dev *pd;

	pass_identify(sdev, identity);
	if (!identity[0])
		return 0;
	guard(mutex)(&pass_lock);
	pd = find(identity);
	if (!pd || !READ_ONCE(pd->gone) || (pd->coming && !is_going(pd->coming)) ||
	    pd->dev.lu.type != sdev->type || scsi_device_get(sdev))
		return 0;
	if (pd->coming)
		scsi_device_put(pd->coming);
	pd->coming = sdev;
	WRITE_ONCE(pd->coming_since, jiffies);
	mod_delayed_work(pass_slow_wq, &pd->change, 0);
	return 0;
}

static struct class_interface arrivals = {
	.add_dev = device_added,
	.remove_dev = device_removed,
};

int pass_arrival_init(void)
{
	return scsi_register_interface(&arrivals);
}

void pass_arrival_exit(void)
{
	class_interface_unregister(&arrivals);
	WARN_ON(!xa_empty(&claims));
}
