// SPDX-License-Identifier: GPL-2.0
/*
 * targets/<driver>/<target>/sessions/<initiator>
 */
#include "command/command.h"
#include "objects/objects.h"
#include "sysfs.h"

static ssize_t active_show(void *obj, char *buf)
{
	return sysfs_emit(buf, "%llu\n", scst_session_active(obj));
}

static void sum_stats(void *obj, struct scst_stats *stats)
{
	scst_stats_of_session(obj, stats);
}

SCST_STAT_SHOWS(sum_stats)

/* clang-format off */
/* Any value resets, and all counters of that direction at once: as in SCST. */
#define STAT_RESET(_name, _dir)						\
static ssize_t _name##_reset(void *obj, char *text)			\
{									\
	scst_stats_reset_session(obj, _dir);				\
	return 0;							\
}

STAT_RESET(none,  SCST_DIR_NONE)
STAT_RESET(read,  SCST_DIR_IN)
STAT_RESET(write, SCST_DIR_OUT)
STAT_RESET(bidi,  SCST_DIR_BIDI)
/* clang-format on */

static ssize_t unknown_reset(void *obj, char *text)
{
	scst_stats_reset_unknown(obj);
	return 0;
}

/* clang-format off */
static const struct scst_attr session_attrs[] = {
	SCST_ATTR_MEMBER(initiator_name, SCST_ATTR_STR, struct scst_session, initiator),
	SCST_ATTR_RO(active_commands,	active_show),
	SCST_ATTR_RO(commands,		active_show),
	SCST_ATTR_RW(bidi_cmd_count,	bidi_cmd_count_show,	bidi_reset),
	SCST_ATTR_RW(bidi_io_count_kb,	bidi_io_count_kb_show,	bidi_reset),
	SCST_ATTR_RW(bidi_unaligned_cmd_count, bidi_unaligned_cmd_count_show, bidi_reset),
	SCST_ATTR_RW(read_unaligned_cmd_count, read_unaligned_cmd_count_show, read_reset),
	SCST_ATTR_RW(write_unaligned_cmd_count, write_unaligned_cmd_count_show, write_reset),
	SCST_ATTR_RW(none_cmd_count,	none_cmd_count_show,	none_reset),
	SCST_ATTR_RW(read_cmd_count,	read_cmd_count_show,	read_reset),
	SCST_ATTR_RW(read_io_count_kb,	read_io_count_kb_show,	read_reset),
	SCST_ATTR_RW(unknown_cmd_count,	unknown_cmd_count_show,	unknown_reset),
	SCST_ATTR_RW(write_cmd_count,	write_cmd_count_show,	write_reset),
	SCST_ATTR_RW(write_io_count_kb,	write_io_count_kb_show,	write_reset),
	SCST_ATTR_END
};
/* clang-format on */

/* The callback only starts it: this file goes with the session, and that waits for this store. */
static ssize_t force_close_store(void *obj, char *text)
{
	struct scst_session *sess = obj;

	if (strcmp(text, "1"))
		return -EINVAL;
	pr_info("scst: target %s: session %s is closed by the administrator\n", sess->tgt->name,
		sess->initiator);
	scst_assert_unlocked();
	sess->tgt->ops->close_session(sess);
	return 0;
}

/* clang-format off */
static const struct scst_attr force_close_attrs[] = {
	SCST_ATTR_WO(force_close, force_close_store),
	SCST_ATTR_END
};
/* clang-format on */

/* INITIATOR, or with _1, _2... if it has a session here already. @name has NAME_MAX + 1 bytes. */
static void unique_name(const struct scst_session *sess, char *name)
{
	const struct scst_dir *sessions = &sess->tgt->sessions_dir;
	char suffix[12];
	unsigned int i;

	strscpy(name, sess->initiator, NAME_MAX + 1);
	for (i = 1; scst_dir_has(sessions, name); i++) {
		int len = snprintf(suffix, sizeof(suffix), "_%u", i);

		snprintf(name, NAME_MAX + 1, "%.*s%s", NAME_MAX - len, sess->initiator, suffix);
	}
}

static int add_files(struct scst_session *sess)
{
	const struct scst_target_ops *ops = sess->tgt->ops;
	int err;

	err = scst_dir_link(&sess->dir, &sess->group->luns_dir, "luns");
	if (!err && ops->session_attrs)
		err = scst_dir_add_attrs(&sess->dir, ops->session_attrs);
	if (!err && ops->close_session)
		err = scst_dir_add_attrs(&sess->dir, force_close_attrs);
	return err;
}

int scst_sysfs_session_add(struct scst_session *sess)
{
	char *name;
	int err;

	lockdep_assert_held(&sess->tgt->lock);	/* the name stays unique until it is taken */
	name = kmalloc(NAME_MAX + 1, GFP_KERNEL);
	if (!name)
		return -ENOMEM;
	unique_name(sess, name);
	err = scst_dir_add(&sess->dir, &sess->tgt->sessions_dir, sess, session_attrs, name);
	kfree(name);
	if (err)
		return err;
	err = add_files(sess);
	if (err)
		scst_dir_del(&sess->dir);
	return err;
}

void scst_sysfs_session_relink(struct scst_session *sess)
{
	lockdep_assert_held(&sess->tgt->lock);
	scst_dir_unlink(&sess->dir, "luns");
	if (scst_dir_link(&sess->dir, &sess->group->luns_dir, "luns"))
		pr_warn("scst: target %s: session %s has lost its link to the LUNs\n",
			sess->tgt->name, sess->initiator);
}

void scst_sysfs_session_del(struct scst_session *sess)
{
	scst_sysfs_latency_del(sess);
	scst_dir_del(&sess->dir);
}
