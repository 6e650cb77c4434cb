// SPDX-License-Identifier: GPL-2.0
/*
 * Back end: handler scst_script, `add_device NAME`; then, in the device's directory,
 *
 *	hold	1: a read or write lasts until it is released
 *	held	tags of those that last, in the order in which they were executed
 *	release	TAG or "all"; "TAG fail": with a medium error
 *	sleeps	1: it lasts in a thread, which it keeps until `hold` is 0; no release ends it
 *	asleep	how many of those have a thread
 *	mode	"NAME VALUE" of the control mode page: tst, qerr, tas, queue_alg, tmf_only
 */
#include <linux/cleanup.h>
#include <linux/slab.h>
#include <linux/wait.h>

#include "script.h"

struct script_dev {
	struct scst_device dev;
	spinlock_t lock;
	bool hold;
	bool sleeps;
	atomic_t asleep;
	wait_queue_head_t waiting;	/* for the end of @hold */
	struct list_head held;		/* lock */
};

struct script_held {
	struct list_head entry;
	struct scst_cmd *cmd;
};

static struct script_dev *to_script(struct scst_device *dev)
{
	return container_of(dev, struct script_dev, dev);
}

static enum scst_exec_result script_sleep(struct scst_cmd *cmd)
{
	struct script_dev *sd = to_script(cmd->dev);

	if (!cmd->in_thread)
		return SCST_EXEC_THREAD;
	atomic_inc(&sd->asleep);
	wait_event(sd->waiting, !READ_ONCE(sd->hold));
	atomic_dec(&sd->asleep);
	return SCST_EXEC_DONE;
}

static enum scst_exec_result script_io(struct scst_cmd *cmd)
{
	struct script_dev *sd = to_script(cmd->dev);
	struct script_held *held;

	if (!READ_ONCE(sd->hold))
		return SCST_EXEC_DONE;
	if (READ_ONCE(sd->sleeps))
		return script_sleep(cmd);
	held = kmalloc(sizeof(*held), GFP_ATOMIC);
	if (!held)
		return SCST_EXEC_DONE;
	held->cmd = cmd;
	guard(spinlock_irqsave)(&sd->lock);
	list_add_tail(&held->entry, &sd->held);
	return SCST_EXEC_PENDING;
}

static ssize_t held_show(void *obj, char *buf)
{
	struct script_dev *sd = to_script(obj);
	struct script_held *held;
	ssize_t len = 0;

	guard(spinlock_irq)(&sd->lock);
	list_for_each_entry(held, &sd->held, entry)
		len += sysfs_emit_at(buf, len, "%s%llu", len ? " " : "", held->cmd->tag);
	return len + sysfs_emit_at(buf, len, "\n");
}

static struct script_held *take_held(struct script_dev *sd, u64 tag, bool all)
{
	struct script_held *held;

	guard(spinlock_irq)(&sd->lock);
	list_for_each_entry(held, &sd->held, entry) {
		if (!all && held->cmd->tag != tag)
			continue;
		list_del(&held->entry);
		return held;
	}
	return NULL;
}

static ssize_t release_store(void *obj, char *text)
{
	char *word = scst_mgmt_word(&text), *how = scst_mgmt_word(&text);
	bool all = word && !strcmp(word, "all"), found = all;
	struct script_held *held;
	u64 tag = 0;

	if (!word || (!all && scst_parse_u64(word, 0, NR_SLOTS, &tag)))
		return -EINVAL;
	while ((held = take_held(to_script(obj), tag, all))) {
		if (how)
			scst_cmd_fail(held->cmd, SCST_SENSE_READ_ERROR);
		scst_cmd_exec_done(held->cmd);
		kfree(held);
		found = true;
	}
	return found ? 0 : -ENOENT;
}

static ssize_t hold_store(void *obj, char *text)
{
	struct script_dev *sd = to_script(obj);
	int err = scst_parse_bool(text, &sd->hold);

	wake_up_all(&sd->waiting);
	return err;
}

static ssize_t asleep_show(void *obj, char *buf)
{
	return sysfs_emit(buf, "%d\n", atomic_read(&to_script(obj)->asleep));
}

static ssize_t sleeps_store(void *obj, char *text)
{
	return scst_parse_bool(text, &to_script(obj)->sleeps);
}

/* One byte each; and nblocks. Nobody is told. */
static const struct mode_name {
	const char *name;
	size_t offset;
} mode_names[] = {
	{ "qerr",	offsetof(struct scst_lu, qerr)	},
	{ "queue_alg",	offsetof(struct scst_lu, queue_alg)	},
	{ "tas",	offsetof(struct scst_lu, tas)		},
	{ "tmf_only",	offsetof(struct scst_lu, tmf_only)	},
	{ "swp",	offsetof(struct scst_lu, swp)		},
	{ "tst",	offsetof(struct scst_lu, tst)		},
};

static ssize_t mode_store(void *obj, char *text)
{
	char *name = scst_mgmt_word(&text);
	struct scst_device *dev = obj;
	const struct mode_name *row;
	u64 value;

	if (!name || word_u64(&text, 7, &value))
		return -EINVAL;
	if (!strcmp(name, "nblocks")) {
		WRITE_ONCE(dev->lu.nblocks, value);
		return 0;
	}
	for (row = mode_names; row < mode_names + ARRAY_SIZE(mode_names); row++) {
		if (strcmp(row->name, name))
			continue;
		WRITE_ONCE(((u8 *)&dev->lu)[row->offset], value);
		return 0;
	}
	return -EINVAL;
}

static const struct scst_attr device_attrs[] = {
	SCST_ATTR_RO(asleep, asleep_show),
	SCST_ATTR_RO(held, held_show),
	SCST_ATTR_WO(hold, hold_store),
	SCST_ATTR_WO(mode, mode_store),
	SCST_ATTR_WO(release, release_store),
	SCST_ATTR_WO(sleeps, sleeps_store),
	SCST_ATTR_END
};

static int script_add_device(const char *name, struct scst_params *params);
static int script_del_device(struct scst_device *dev);

const struct scst_handler_ops script_handler_ops = {
	.name			= "scst_script",
	.owner			= THIS_MODULE,
	.verb = {
		[SCST_VERB_READ]	= script_io,
		[SCST_VERB_WRITE]	= script_io,
	},
	.add_device		= script_add_device,
	.del_device		= script_del_device,
	.device_attrs		= device_attrs,
};

static int script_add_device(const char *name, struct scst_params *params)
{
	struct script_dev *sd = kzalloc(sizeof(*sd), GFP_KERNEL);
	int err;

	if (!sd)
		return -ENOMEM;
	spin_lock_init(&sd->lock);
	init_waitqueue_head(&sd->waiting);
	INIT_LIST_HEAD(&sd->held);
	sd->dev.lu.nblocks = 1 << 20;
	sd->dev.lu.block_shift = 9;
	sd->dev.lu.queue_alg = 1;
	sd->dev.lu.tst = 1;
	strscpy(sd->dev.name, name, sizeof(sd->dev.name));
	err = scst_device_register(&sd->dev, &script_handler_ops);
	if (err)
		kfree(sd);
	return err;
}

static int script_del_device(struct scst_device *dev)
{
	int err = scst_device_unregister(dev);

	if (!err)
		kfree(to_script(dev));
	return err;
}
