/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Groups of initiators: group.c, and their directories in sysfs_ini_groups.c.
 */
#ifndef _SCST_GROUP_H
#define _SCST_GROUP_H

#include "core.h"

/* Of the names of initiators that belong to a group; a file in its directory. */
struct scst_pattern {
	struct list_head entry;			/* group->patterns, tgt->lock */
	struct scst_attr rows[2];
	char text[SCST_NAME_LEN];
};

bool scst_initiator_matches(const char *pattern, const char *name);
void scst_group_init(struct scst_group *group, struct scst_target *tgt);

/* tgt->lock held. For an initiator: never NULL; by name: the default group has none. */
struct scst_group *scst_group_for(struct scst_target *tgt, const char *initiator);
struct scst_group *scst_group_find(struct scst_target *tgt, const char *name);

/* No lock held. */
int scst_group_create(struct scst_target *tgt, const char *name);
int scst_group_del(struct scst_target *tgt, const char *name);
void scst_groups_destroy(struct scst_target *tgt);
int scst_group_add_pattern(struct scst_group *group, const char *text);
int scst_group_del_pattern(struct scst_group *group, const char *text);
int scst_group_move_pattern(struct scst_group *group, const char *text, const char *dest);
int scst_group_clear_patterns(struct scst_group *group);

/* sysfs_ini_groups.c */
int scst_sysfs_ini_groups_add(struct scst_target *tgt);
/* mgmt goes: no group comes or goes by hand any more. Then the directory. */
void scst_sysfs_ini_groups_close(struct scst_target *tgt);
void scst_sysfs_ini_groups_del(struct scst_target *tgt);
int scst_sysfs_group_add(struct scst_group *group);
void scst_sysfs_group_del(struct scst_group *group);
int scst_sysfs_pattern_add(struct scst_group *group, struct scst_pattern *pattern);
void scst_sysfs_pattern_del(struct scst_group *group, struct scst_pattern *pattern);

#endif
