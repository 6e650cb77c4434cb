// SPDX-License-Identifier: GPL-2.0
/*
 * targets/<driver>/<target>/ini_groups
 */
#include "objects/objects.h"
#include "sysfs.h"

static void warn(const struct scst_target *tgt, const char *what, const char *name, int err)
{
	pr_warn_ratelimited("scst: target %s: cannot %s %s: %pe\n", tgt->name, what,
			    scst_printable(name).text, ERR_PTR(err));
}

static ssize_t pattern_show(void *obj, char *buf)
{
	const struct scst_pattern *pattern = obj;

	return scst_attr_key(buf, sysfs_emit(buf, "%s\n", pattern->text), true);
}

int scst_sysfs_pattern_add(struct scst_group *group, struct scst_pattern *pattern)
{
	struct scst_attr *row = &pattern->rows[0];

	sysfs_attr_init(&row->attr);
	row->attr.name = pattern->text;
	row->attr.mode = 0444;
	row->obj = pattern;
	row->show = pattern_show;
	return scst_dir_add_attrs(&group->initiators_dir, pattern->rows);
}

void scst_sysfs_pattern_del(struct scst_group *group, struct scst_pattern *pattern)
{
	scst_dir_del_attrs(&group->initiators_dir, pattern->rows);
}

/* One word, for @fn. */
static int with_pattern(struct scst_group *group, char *args, const char *what,
			int (*fn)(struct scst_group *group, const char *text))
{
	char *word;
	int err = scst_mgmt_words(args, 1, &word);

	if (err)
		return err;
	err = fn(group, word);
	if (err)
		warn(group->tgt, what, word, err);
	return err;
}

static int initiators_add(void *obj, char *args)
{
	return with_pattern(obj, args, "add initiator", scst_group_add_pattern);
}

static int initiators_del(void *obj, char *args)
{
	return with_pattern(obj, args, "delete initiator", scst_group_del_pattern);
}

static int initiators_move(void *obj, char *args)
{
	struct scst_group *group = obj;
	char *words[2];
	int err = scst_mgmt_words(args, 2, words);

	if (err)
		return err;
	err = scst_group_move_pattern(group, words[0], words[1]);
	if (err)
		warn(group->tgt, "move initiator", words[0], err);
	return err;
}

static int initiators_clear(void *obj, char *args)
{
	return scst_mgmt_words(args, 0, NULL) ?: scst_group_clear_patterns(obj);
}

/* clang-format off */
static const struct scst_mgmt_verb initiators_verbs[] = {
	{ "add",	initiators_add		},
	{ "clear",	initiators_clear	},
	{ "del",	initiators_del		},
	{ "move",	initiators_move		},
	{ }
};
/* clang-format on */

static ssize_t initiators_mgmt_show(void *obj, char *buf)
{
	return sysfs_emit(buf,
		"Usage: echo \"add INITIATOR_NAME\" >mgmt\n"
		"       echo \"del INITIATOR_NAME\" >mgmt\n"
		"       echo \"move INITIATOR_NAME DEST_GROUP_NAME\" >mgmt\n"
		"       echo \"clear\" >mgmt\n");
}

static ssize_t initiators_mgmt_store(void *obj, char *text)
{
	return scst_mgmt_run(initiators_verbs, obj, text);
}

/* clang-format off */
static const struct scst_attr initiators_attrs[] = {
	SCST_ATTR_RW(mgmt, initiators_mgmt_show, initiators_mgmt_store),
	SCST_ATTR_END
};
/* clang-format on */

int scst_sysfs_group_add(struct scst_group *group)
{
	int err = scst_dir_add(&group->dir, &group->tgt->ini_groups_dir, group,
			       scst_group_attrs, group->name);

	if (!err && group->tgt->ops->keeps_session_threads)
		err = scst_dir_add_attrs(&group->dir, scst_group_threads_attrs);
	if (!err)
		err = scst_sysfs_luns_add(group, &group->dir);
	if (!err)
		err = scst_dir_add(&group->initiators_dir, &group->dir, group, initiators_attrs,
				   "initiators");
	if (err)
		scst_sysfs_group_del(group);
	return err;
}

void scst_sysfs_group_del(struct scst_group *group)
{
	scst_dir_del(&group->initiators_dir);
	scst_sysfs_luns_del(group);
	scst_dir_del(&group->dir);
}

static int create(void *owner, const char *name, struct scst_params *params)
{
	int err = scst_params_end(params) ?: scst_group_create(owner, name);

	if (err)
		warn(owner, "create group", name, err);
	return err;
}

static int del(void *owner, const char *name, struct scst_params *params)
{
	int err = scst_params_end(params) ?: scst_group_del(owner, name);

	if (err)
		warn(owner, "delete group", name, err);
	return err;
}

static int mgmt_create(void *obj, char *args)
{
	struct scst_target *tgt = obj;

	return scst_mgmt_run_named(tgt->ops->owner, tgt, args, create);
}

static int mgmt_del(void *obj, char *args)
{
	struct scst_target *tgt = obj;

	return scst_mgmt_run_named(tgt->ops->owner, tgt, args, del);
}

/* clang-format off */
static const struct scst_mgmt_verb verbs[] = {
	{ "create",	mgmt_create	},
	{ "del",	mgmt_del	},
	{ }
};
/* clang-format on */

ssize_t scst_groups_mgmt_show(void *obj, char *buf)
{
	return sysfs_emit(buf,
		"Usage: echo \"create GROUP_NAME\" >mgmt\n"
		"       echo \"del GROUP_NAME\" >mgmt\n");
}

static ssize_t mgmt_store(void *obj, char *text)
{
	return scst_mgmt_run(verbs, obj, text);
}

/* clang-format off */
static const struct scst_attr ini_groups_attrs[] = {
	SCST_ATTR_RW(mgmt, scst_groups_mgmt_show, mgmt_store),
	SCST_ATTR_END
};
/* clang-format on */

int scst_sysfs_ini_groups_add(struct scst_target *tgt)
{
	return scst_dir_add(&tgt->ini_groups_dir, &tgt->dir, tgt, ini_groups_attrs, "ini_groups");
}

void scst_sysfs_ini_groups_close(struct scst_target *tgt)
{
	scst_dir_del_attrs(&tgt->ini_groups_dir, ini_groups_attrs);
}

void scst_sysfs_ini_groups_del(struct scst_target *tgt)
{
	scst_dir_del(&tgt->ini_groups_dir);
}
