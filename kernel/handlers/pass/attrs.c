// SPDX-License-Identifier: GPL-2.0
/*
 * devices/<H:C:I:L>, what is the handlers' of it.
 */
#include "pass.h"

#define TIMEOUT_MAX	14000u		/* seconds */

static ssize_t state_show(void *obj, char *buf)
{
	return sysfs_emit(buf, "%s\n", READ_ONCE(to_pass(obj)->gone) ? "gone" : "running");
}

static ssize_t local_show(void *obj, char *buf)
{
	const struct pass_dev *pd = to_pass(obj);

	return scst_attr_key(buf, sysfs_emit(buf, "%s\n", pass_local_names[pd->local]),
			     pd->local != pd->kind->local);
}

static ssize_t timeout_show(struct pass_dev *pd, enum scst_opaque_time time, char *buf)
{
	u32 seconds = READ_ONCE(pd->timeouts[time]);

	return scst_attr_key(buf, sysfs_emit(buf, "%u\n", seconds),
			     seconds != pd->kind->timeouts[time]);
}

static ssize_t timeout_store(struct pass_dev *pd, enum scst_opaque_time time, const char *text)
{
	u64 seconds;

	if (scst_parse_u64(text, 1, TIMEOUT_MAX, &seconds))
		return -EINVAL;
	WRITE_ONCE(pd->timeouts[time], seconds);
	return 0;
}

#define TIMEOUT(name, time)							\
static ssize_t name##_show(void *obj, char *buf)				\
{										\
	return timeout_show(to_pass(obj), time, buf);				\
}										\
static ssize_t name##_store(void *obj, char *text)				\
{										\
	return timeout_store(to_pass(obj), time, text);				\
}
TIMEOUT(timeout_short, SCST_TIME_SHORT)
TIMEOUT(timeout_regular, SCST_TIME_REGULAR)
TIMEOUT(timeout_long, SCST_TIME_LONG)
#undef TIMEOUT

/* ASC/ASCQ in hexadecimal digits: a unit attention that the device told this host, and not us. */
static ssize_t unit_attention_store(void *obj, char *text)
{
	unsigned int asc, ascq;
	char rest;

	if (sscanf(text, "%x/%x%c", &asc, &ascq, &rest) != 2 || !asc || (asc | ascq) > 0xff)
		return -EINVAL;
	pass_tell_all(to_pass(obj), asc << 8 | ascq);
	return 0;
}

/* Reservations of several hosts: not before they share them (DLM). */
static ssize_t cluster_mode_show(void *obj, char *buf)
{
	return sysfs_emit(buf, "0\n");
}

static ssize_t cluster_mode_store(void *obj, char *text)
{
	bool on;

	if (scst_parse_bool(text, &on))
		return -EINVAL;
	if (!on)
		return 0;
	return to_pass(obj)->serial[0] ? -EOPNOTSUPP : -ENOENT;
}

/* clang-format off */
#define PASS_ATTRS								\
	SCST_ATTR_RO(local,		local_show),				\
	SCST_ATTR_RO(state,		state_show),				\
	SCST_ATTR_RW(timeout_long,	timeout_long_show, timeout_long_store),	\
	SCST_ATTR_RW(timeout_regular,	timeout_regular_show, timeout_regular_store), \
	SCST_ATTR_RW(timeout_short,	timeout_short_show, timeout_short_store), \
	SCST_ATTR_WO(unit_attention,	unit_attention_store)

const struct scst_attr pass_attrs[] = {
	PASS_ATTRS,
	SCST_ATTR_END
};

const struct scst_attr pass_disk_attrs[] = {
	PASS_ATTRS,
	SCST_ATTR_RW(cluster_mode,	cluster_mode_show, cluster_mode_store),
	SCST_ATTR_END
};
/* clang-format on */
