// SPDX-License-Identifier: GPL-2.0
/*
 * The files of a program's device.
 */
#include "user.h"

/* What functions of rows see is the scst_device: offsets count from the same place. */
static_assert(offsetof(struct user_device, dev) == 0);

static const char *const states[] = {
	[USER_NEW]	= "new",
	[USER_SERVING]	= "serving",
	[USER_AWAY]	= "recovering",
	[USER_LOST]	= "lost",
	[USER_GONE]	= "gone",
};

static ssize_t state_show(void *obj, char *buf)
{
	return sysfs_emit(buf, "%s\n", states[READ_ONCE(to_user_device(obj)->state)]);
}

static ssize_t daemon_pid_show(void *obj, char *buf)
{
	struct user_device *ud = to_user_device(obj);

	guard(spinlock_irq)(&ud->lock);
	return sysfs_emit(buf, "%d\n", ud->conn ? ud->conn->pid : 0);
}

static ssize_t owner_show(void *obj, char *buf)
{
	return sysfs_emit(buf, "%u\n", from_kuid_munged(current_user_ns(),
							to_user_device(obj)->owner));
}

static ssize_t queues_show(void *obj, char *buf)
{
	struct user_device *ud = to_user_device(obj);

	guard(spinlock_irq)(&ud->lock);
	return sysfs_emit(buf, "%u\n", ud->conn ? ud->conn->nr_queues : 0);
}

/* Saved by whoever serves it, so there is no [key]. */
static ssize_t recover_s_store(void *obj, char *text)
{
	u64 seconds;
	int err = scst_parse_u64(text, 0, SCST_USER_RECOVER_MAX, &seconds);

	if (!err)
		WRITE_ONCE(to_user_device(obj)->recover_s, seconds);
	return err;
}

static ssize_t answer_s_store(void *obj, char *text)
{
	u64 seconds;
	int err = scst_parse_u64(text, 1, USER_ANSWER_MAX, &seconds);

	if (!err)
		WRITE_ONCE(to_user_device(obj)->answer_s, seconds);
	return err;
}

static ssize_t blocksize_show(void *obj, char *buf)
{
	const struct user_device *ud = to_user_device(obj);

	return sysfs_emit(buf, "%u\n", user_is_cdb_mode(ud) ? READ_ONCE(ud->dev.lu.block_size) :
							      1u << ud->dev.lu.block_shift);
}

static ssize_t size_show(void *obj, char *buf)
{
	const struct scst_lu *lu = &to_user_device(obj)->dev.lu;

	return sysfs_emit(buf, "%llu\n", READ_ONCE(lu->nblocks) << lu->block_shift);
}

static ssize_t read_only_show(void *obj, char *buf)
{
	return sysfs_emit(buf, "%d\n", to_user_device(obj)->dev.lu.read_only);
}

#define SECONDS(_name, _key, _def)							\
	{ .attr = { .name = #_name, .mode = 0644 }, .type = SCST_ATTR_U32,		\
	  .offset = offsetof(struct user_device, _name), .store = _name##_store,	\
	  .key = _key, .def = _def }

/* clang-format off */
#define OF_ALL										\
	SECONDS(answer_s, true, USER_ANSWER_S),						\
	SCST_ATTR_RO(blocksize, blocksize_show),					\
	SCST_ATTR_RO(daemon_pid, daemon_pid_show),					\
	SCST_ATTR_RO(owner, owner_show),						\
	SCST_ATTR_RO(queues, queues_show),						\
	SECONDS(recover_s, false, 0),							\
	SCST_ATTR_MEMBER(recoveries, SCST_ATTR_U64, struct user_device, recoveries),	\
	SCST_ATTR_RO(state, state_show)

const struct scst_attr user_attrs[] = {
	OF_ALL,
	SCST_ATTR_RO(read_only, read_only_show),
	SCST_ATTR_RO(size, size_show),
	SCST_ATTR_END
};

const struct scst_attr user_cdb_attrs[] = {
	OF_ALL,
	SCST_ATTR_END
};
/* clang-format on */
