// SPDX-License-Identifier: GPL-2.0
/*
 * targets/<driver> and targets/<driver>/<target>
 */
#include <linux/ctype.h>
#include <linux/slab.h>

#include "command/command.h"
#include "objects/objects.h"
#include "sysfs.h"

#define COMMENT_MAX	1023

/* Never [key]: whoever saves a configuration writes it down by itself. */
static ssize_t enabled_show(void *obj, char *buf)
{
	struct scst_target *tgt = obj;

	return sysfs_emit(buf, "%d\n", READ_ONCE(tgt->enabled));
}

static ssize_t enabled_store(void *obj, char *text)
{
	bool enable;

	return scst_parse_bool(text, &enable) ?: scst_target_enable(obj, enable);
}

static ssize_t rel_tgt_id_show(void *obj, char *buf)
{
	struct scst_target *tgt = obj;
	u16 id = READ_ONCE(tgt->port.rel_tgt_id);

	return scst_attr_key(buf, sysfs_emit(buf, "%u\n", id), id);
}

static ssize_t rel_tgt_id_store(void *obj, char *text)
{
	u64 id;

	return scst_parse_u64(text, 0, U16_MAX, &id) ?: scst_target_set_rel_tgt_id(obj, id);
}

static ssize_t aen_disabled_show(void *obj, char *buf)
{
	struct scst_target *tgt = obj;
	bool disabled = READ_ONCE(tgt->aen_disabled);

	return scst_attr_key(buf, sysfs_emit(buf, "%d\n", disabled), disabled);
}

static ssize_t aen_disabled_store(void *obj, char *text)
{
	struct scst_target *tgt = obj;
	bool disabled;
	int err = scst_parse_bool(text, &disabled);

	if (!err)
		WRITE_ONCE(tgt->aen_disabled, disabled);
	return err;
}

/* clang-format off */
#define DEFAULT_GROUP_ATTR(_name)					\
static ssize_t _name##_show(void *obj, char *buf)			\
{									\
	struct scst_target *tgt = obj;					\
									\
	return scst_group_##_name##_show(&tgt->default_group, buf);	\
}									\
									\
static ssize_t _name##_store(void *obj, char *text)			\
{									\
	struct scst_target *tgt = obj;					\
									\
	return scst_group_##_name##_store(&tgt->default_group, text);	\
}

DEFAULT_GROUP_ATTR(addr_method)
DEFAULT_GROUP_ATTR(black_hole)
DEFAULT_GROUP_ATTR(cpu_mask)
DEFAULT_GROUP_ATTR(io_grouping_type)
/* clang-format on */

#define SG_ANY	0xffff		/* what SCST's targets say that take whatever comes */

static ssize_t sg_tablesize_show(void *obj, char *buf)
{
	const struct scst_target *tgt = obj;

	return sysfs_emit(buf, "%u\n", tgt->limits.max_sg ?: SG_ANY);
}

static ssize_t comment_show(void *obj, char *buf)
{
	struct scst_target *tgt = obj;

	guard(mutex)(&tgt->lock);
	return scst_attr_key(buf, sysfs_emit(buf, "%s\n", tgt->comment ?: ""), tgt->comment);
}

/* One line: a second one could pass for the [key] line. */
static bool is_one_line(const char *text)
{
	for (; *text; text++)
		if (iscntrl(*text))
			return false;
	return true;
}

static ssize_t comment_store(void *obj, char *text)
{
	struct scst_target *tgt = obj;
	char *comment = NULL;

	if (strlen(text) > COMMENT_MAX || !is_one_line(text))
		return -EINVAL;
	if (*text) {
		comment = kstrdup(text, GFP_KERNEL);
		if (!comment)
			return -ENOMEM;
	}
	scoped_guard(mutex, &tgt->lock)
		swap(tgt->comment, comment);
	kfree(comment);
	return 0;
}

/* Of the sessions there are now: what a session counted goes with it. */
static void sum_stats(void *obj, struct scst_stats *stats)
{
	struct scst_target *tgt = obj;
	struct scst_session *sess;

	guard(mutex)(&tgt->lock);
	list_for_each_entry(sess, &tgt->sessions, entry)
		scst_stats_of_session(sess, stats);
}

SCST_STAT_SHOWS(sum_stats)

/* clang-format off */
const struct scst_attr scst_target_attrs[] = {
	SCST_ATTR_RW(addr_method,	addr_method_show, addr_method_store),
	SCST_ATTR_RW(black_hole,	black_hole_show, black_hole_store),
	SCST_ATTR_RW(cpu_mask,		cpu_mask_show, cpu_mask_store),
	SCST_ATTR_RW(io_grouping_type,	io_grouping_type_show, io_grouping_type_store),
	SCST_ATTR_RW(aen_disabled,	aen_disabled_show, aen_disabled_store),
	SCST_ATTR_RW(comment,		comment_show, comment_store),
	SCST_ATTR_RO(bidi_cmd_count,	bidi_cmd_count_show),
	SCST_ATTR_RO(bidi_io_count_kb,	bidi_io_count_kb_show),
	SCST_ATTR_RO(bidi_unaligned_cmd_count, bidi_unaligned_cmd_count_show),
	SCST_ATTR_RO(read_unaligned_cmd_count, read_unaligned_cmd_count_show),
	SCST_ATTR_RO(write_unaligned_cmd_count, write_unaligned_cmd_count_show),
	SCST_ATTR_RO(none_cmd_count,	none_cmd_count_show),
	SCST_ATTR_RO(read_cmd_count,	read_cmd_count_show),
	SCST_ATTR_RO(read_io_count_kb,	read_io_count_kb_show),
	SCST_ATTR_RO(unknown_cmd_count,	unknown_cmd_count_show),
	SCST_ATTR_RO(write_cmd_count,	write_cmd_count_show),
	SCST_ATTR_RO(write_io_count_kb,	write_io_count_kb_show),
	SCST_ATTR_RW(rel_tgt_id,	rel_tgt_id_show, rel_tgt_id_store),
	SCST_ATTR_RO(sg_tablesize,	sg_tablesize_show),
	SCST_ATTR_END
};
/* clang-format on */

/* clang-format off */
static const struct scst_attr enabled_attrs[] = {
	SCST_ATTR_RW(enabled, enabled_show, enabled_store),
	SCST_ATTR_END
};
/* clang-format on */

static int add_target_files(struct scst_target *tgt)
{
	const struct scst_target_ops *ops = tgt->ops;
	int err = scst_dir_add_attrs(&tgt->dir, scst_target_attrs);

	if (!err && ops->target_attrs)
		err = scst_dir_add_attrs(&tgt->dir, ops->target_attrs);
	if (!err && !ops->no_enabled_attr)
		err = scst_dir_add_attrs(&tgt->dir, enabled_attrs);
	return err;
}

/*
 * luns/mgmt and some files take the registry lock, which is held here. So after a failure it is
 * scst_sysfs_target_del() that cleans up, without the lock; the target is dying by then, and who
 * waited for the lock finds that.
 */
int scst_sysfs_target_add(struct scst_target *tgt)
{
	int err;

	lockdep_assert_held(&scst_registry_lock);
	err = scst_dir_add(&tgt->dir, &tgt->driver->dir, tgt, NULL, tgt->name);
	if (!err)
		err = scst_dir_add(&tgt->sessions_dir, &tgt->dir, tgt, NULL, "sessions");
	if (!err)
		err = scst_sysfs_ini_groups_add(tgt);
	if (!err)
		err = scst_sysfs_luns_add(&tgt->default_group, &tgt->dir);
	if (!err)
		err = add_target_files(tgt);
	return err;
}

void scst_sysfs_target_del(struct scst_target *tgt)
{
	scst_sysfs_luns_del(&tgt->default_group);
	scst_sysfs_ini_groups_del(tgt);
	scst_dir_del(&tgt->sessions_dir);
	scst_dir_del(&tgt->dir);
}

static int add_target(void *owner, const char *name, struct scst_params *params)
{
	const struct scst_target_ops *ops = owner;
	int err;

	scst_assert_unlocked();
	err = ops->add_target(name, params);
	if (err)
		pr_warn_ratelimited("scst: driver %s: cannot add target %s: %pe\n", ops->name,
				    scst_printable(name).text, ERR_PTR(err));
	return err;
}

static int del_target(void *owner, const char *name, struct scst_params *params)
{
	const struct scst_target_ops *ops = owner;
	struct scst_target *tgt;
	int err = scst_params_end(params);

	if (err)
		return err;
	scst_assert_unlocked();
	tgt = scst_target_find(ops, name);
	err = tgt ? ops->del_target(tgt) : -EINVAL;
	if (err)
		pr_warn_ratelimited("scst: driver %s: cannot delete target %s: %pe\n", ops->name,
				    scst_printable(name).text, ERR_PTR(err));
	return err;
}

/* The driver's directory has the ops as its object, for the sake of the driver's own rows. */
static int mgmt_add_target(void *obj, char *args)
{
	const struct scst_target_ops *ops = obj;

	return scst_mgmt_run_named(ops->owner, obj, args, add_target);
}

static int mgmt_del_target(void *obj, char *args)
{
	const struct scst_target_ops *ops = obj;

	return scst_mgmt_run_named(ops->owner, obj, args, del_target);
}

/* clang-format off */
static const struct scst_mgmt_verb target_verbs[] = {
	{ "add_target",	mgmt_add_target	},
	{ "del_target",	mgmt_del_target	},
	{ }
};
/* clang-format on */

static int run_driver_verb(const struct scst_target_ops *ops, const char *verb, char *args,
			   const char *name)
{
	struct scst_claim claim;
	int err = scst_claim_wait(&claim, ops->owner, ops, name);

	if (err)
		return err;
	scst_assert_unlocked();
	err = ops->mgmt(verb, args);
	scst_claim_drop(&claim);
	if (err)
		pr_warn_ratelimited("scst: driver %s: %s failed: %pe\n", ops->name,
				    scst_printable(verb).text, ERR_PTR(err));
	return err;
}

/* What it does is up to the driver, but it does that to what its first word says. */
static int driver_verb(const struct scst_target_ops *ops, const char *verb, char *args)
{
	char *copy, *rest;
	int err;

	if (!ops->mgmt) {
		pr_warn_ratelimited("scst: driver %s: unknown command \"%s\"\n", ops->name,
				    scst_printable(verb).text);
		return -EINVAL;
	}
	copy = kstrdup(args, GFP_KERNEL);
	if (!copy)
		return -ENOMEM;
	rest = copy;
	err = run_driver_verb(ops, verb, args, scst_mgmt_word(&rest) ?: "");
	kfree_sensitive(copy);
	return err;
}

static ssize_t mgmt_store(void *obj, char *text)
{
	const struct scst_target_ops *ops = obj;
	const struct scst_mgmt_verb *row;
	const char *verb = scst_mgmt_word(&text);

	if (!verb)
		return -EINVAL;
	row = ops->add_target ? scst_mgmt_find(target_verbs, verb) : NULL;
	return row ? row->run(obj, text) : driver_verb(ops, verb, text);
}

static ssize_t mgmt_show(void *obj, char *buf)
{
	const struct scst_target_ops *ops = obj;
	ssize_t len = 0;

	if (ops->add_target)
		len += sysfs_emit_at(buf, len,
			"Usage: echo \"add_target target_name [parameters]\" >mgmt\n"
			"       echo \"del_target target_name\" >mgmt\n");
	if (ops->mgmt_help)
		len += sysfs_emit_at(buf, len, "%s", ops->mgmt_help);
	return len + scst_mgmt_emit_params(buf, len, ops->add_target_params);
}

/* clang-format off */
static const struct scst_attr driver_mgmt[] = {
	SCST_ATTR_RW(mgmt, mgmt_show, mgmt_store),
	SCST_ATTR_END
};
/* clang-format on */

static bool has_mgmt(const struct scst_target_ops *ops)
{
	return ops->add_target || ops->mgmt;
}

/*
 * On failure nothing is left. mgmt is the last, since a store of it waits for the registry lock
 * that is held here; those of the driver's own files must not take it.
 */
int scst_sysfs_driver_add(struct scst_driver *drv)
{
	const struct scst_target_ops *ops = drv->ops;
	int err;

	lockdep_assert_held(&scst_registry_lock);
	err = scst_dir_add(&drv->dir, &scst_targets_dir, (void *)ops, ops->driver_attrs, ops->name);
	if (err)
		return err;
	err = scst_dir_add_attrs(&drv->dir, scst_trace_attrs);
	if (!err && has_mgmt(ops))
		err = scst_dir_add_attrs(&drv->dir, driver_mgmt);
	if (err)
		scst_dir_del(&drv->dir);
	return err;
}

void scst_sysfs_driver_close(struct scst_driver *drv)
{
	if (has_mgmt(drv->ops))
		scst_dir_del_attrs(&drv->dir, driver_mgmt);
}

void scst_sysfs_driver_del(struct scst_driver *drv)
{
	scst_dir_del(&drv->dir);
}
