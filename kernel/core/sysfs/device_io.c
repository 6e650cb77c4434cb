// SPDX-License-Identifier: GPL-2.0
/*
 * devices/<device>: how many commands, whether they are blocked; and `suspend`, which is the same
 * for all devices.
 */
#include "command/command.h"
#include "event/event.h"
#include "tasks/tasks.h"
#include "sysfs.h"

static ssize_t max_cmds_show(void *obj, char *buf)
{
	struct scst_device *dev = obj;
	u32 max = READ_ONCE(dev->max_cmds);

	return scst_attr_key(buf, sysfs_emit(buf, "%u\n", max), max != SCST_DEV_CMDS_DEFAULT);
}

static ssize_t max_cmds_store(void *obj, char *text)
{
	struct scst_device *dev = obj;
	u64 max;
	int err = scst_parse_u64(text, 1, U32_MAX, &max);

	if (err)
		return err;
	WRITE_ONCE(dev->max_cmds, max);
	scst_gate_update_device(dev);
	return 0;
}

static ssize_t block_show(void *obj, char *buf)
{
	bool pending;
	unsigned int nr = scst_device_blocks(obj, &pending);

	return sysfs_emit(buf, "%u %d\n", nr, pending);
}

/* For poll() on the file, whose directory may be gone by now, and for readers of events. */
static void announce_blocked(struct scst_device *dev, const char *text)
{
	pr_info("scst: device %s is blocked: %s\n", dev->name, scst_printable(text).text);
	sysfs_notify_dirent(dev->block_file);
	scst_event_blocked(dev, text);
}

static ssize_t block_store(void *obj, char *text)
{
	const char *verb = scst_mgmt_word(&text);

	if (!verb)
		return -EINVAL;
	if (!strcmp(verb, "11"))
		return scst_device_block_async(obj, text, announce_blocked);
	if (scst_mgmt_word(&text))
		return -EINVAL;
	if (!strcmp(verb, "1"))
		return scst_device_block(obj);
	return strcmp(verb, "0") ? -EINVAL : scst_device_unblock(obj);
}

static ssize_t numa_node_id_show(void *obj, char *buf)
{
	int node = scst_device_node(obj);

	return scst_attr_key(buf, sysfs_emit(buf, "%d\n", node), node != NUMA_NO_NODE);
}

static ssize_t numa_node_id_store(void *obj, char *text)
{
	return scst_device_set_node(obj, text);
}

static ssize_t threads_num_show(void *obj, char *buf)
{
	struct scst_device *dev = obj;
	unsigned int num;
	bool shared;

	scst_threads_get(dev, &num, &shared);
	return scst_attr_key(buf, sysfs_emit(buf, "%u\n", num), num != dev->threads_default);
}

static ssize_t threads_num_store(void *obj, char *text)
{
	unsigned int old;
	bool shared;
	u64 num;

	if (scst_parse_u64(text, 0, SCST_THREADS_MAX, &num))
		return -EINVAL;
	scst_threads_get(obj, &old, &shared);
	return scst_threads_set(obj, num, shared);
}

static ssize_t threads_pool_type_show(void *obj, char *buf)
{
	unsigned int num;
	bool shared;

	scst_threads_get(obj, &num, &shared);
	return scst_attr_key(buf, sysfs_emit(buf, "%s\n", shared ? "shared" : "per_initiator"),
			     shared);
}

static ssize_t threads_pool_type_store(void *obj, char *text)
{
	bool shared = !strcasecmp(text, "shared"), old;
	unsigned int num;

	if (!shared && strcasecmp(text, "per_initiator"))
		return -EINVAL;
	scst_threads_get(obj, &num, &old);
	return scst_threads_set(obj, num, shared);
}

/* clang-format off */
const struct scst_attr scst_device_io_attrs[] = {
	SCST_ATTR_RW(block,			block_show, block_store),
	SCST_ATTR_RW(max_tgt_dev_commands,	max_cmds_show, max_cmds_store),
	SCST_ATTR_RW(numa_node_id,		numa_node_id_show, numa_node_id_store),
	SCST_ATTR_RW(threads_num,		threads_num_show, threads_num_store),
	SCST_ATTR_RW(threads_pool_type,		threads_pool_type_show, threads_pool_type_store),
	SCST_ATTR_END
};
/* clang-format on */

ssize_t scst_suspend_show(void *obj, char *buf)
{
	return sysfs_emit(buf, "%u\n", scst_suspended());
}

/* Negative: resume. 0: wait as long as it takes. */
ssize_t scst_suspend_store(void *obj, char *text)
{
	int seconds;

	if (kstrtoint(text, 10, &seconds))
		return -EINVAL;
	return seconds < 0 ? scst_resume() : scst_suspend(seconds);
}
