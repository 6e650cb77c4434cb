/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What other rooms may call of objects/: the objects of core.h come, find each other, and go.
 *
 *	registry.c, target.c, target_enable.c, port_id.c, device.c
 *	group.c, mapping.c, session.c, nexus.c	which initiator sees which device where
 *	aen.c					telling initiators what changed for them
 */
#ifndef _SCST_OBJECTS_H
#define _SCST_OBJECTS_H

#include <scst/hash.h>

#include "core.h"

struct scst_pattern;

/* registry.c. scst_registry_lock held. */
struct scst_device *scst_registry_find_device(const char *name);
struct scst_driver *scst_registry_find_driver(const struct scst_target_ops *ops);
struct scst_handler *scst_registry_find_handler(const struct scst_handler_ops *ops);

/* device.c */
void scst_device_put(struct scst_device *dev);

/* target.c */
void scst_target_put(struct scst_target *tgt);

/* port_id.c: relative target port identifiers. scst_registry_lock held. */
void scst_port_id_add(struct scst_target *tgt);
void scst_port_id_del(struct scst_target *tgt);
/* The copy manager's target, which was not added, takes none from others. */
void scst_port_id_set(struct scst_target *tgt, u16 id);
/* Does another target serve under it? */
bool scst_port_id_serves(u16 id, const struct scst_target *except);
/* The lowest that no target has, or 0. */
u16 scst_port_id_free(void);

/* target_enable.c: no lock held. -EBADSLT: another target that serves has this identifier. */
int scst_target_enable(struct scst_target *tgt, bool enable);
int scst_target_set_rel_tgt_id(struct scst_target *tgt, u16 id);

/* session.c */
void scst_session_put(struct scst_session *sess);
/*
 * Asks session_admit about one that began when required policies were not in force. tgt->lock held;
 * nexuses that it had go to @dead.
 */
void scst_session_admit_late(struct scst_session *sess, struct list_head *dead);
u64 scst_session_active(const struct scst_session *sess);

/* group.c */
/* Of the names of initiators that belong to a group; a file in its directory. */
struct scst_pattern {
	struct list_head entry;			/* tgt->lock; group->patterns */
	struct scst_attr rows[2];
	char text[SCST_NAME_LEN];
};

bool scst_initiator_matches(const char *pattern, const char *name);
void scst_group_init(struct scst_group *group, struct scst_target *tgt);

/* tgt->lock held. For an initiator: never NULL; by name: the default group has none. */
struct scst_group *scst_group_for(struct scst_target *tgt, const char *initiator);
struct scst_group *scst_group_find(struct scst_target *tgt, const char *name);

/*
 * @sess becomes one of @to, whole or not at all; what it had goes to @dead. tgt->lock held. Return:
 * 0, -ENOMEM.
 */
int scst_group_take(struct scst_group *to, struct scst_session *sess, struct list_head *dead);

/* No lock held. */
int scst_group_create(struct scst_target *tgt, const char *name);
int scst_group_del(struct scst_target *tgt, const char *name);
void scst_groups_destroy(struct scst_target *tgt);
int scst_group_add_pattern(struct scst_group *group, const char *text);
int scst_group_del_pattern(struct scst_group *group, const char *text);
int scst_group_move_pattern(struct scst_group *group, const char *text, const char *dest);
int scst_group_clear_patterns(struct scst_group *group);

/* mapping.c: luns/mgmt. All take and drop their locks and wait for what they remove. */
struct scst_mapping *scst_mapping_find(struct scst_group *group, u16 lun);	/* tgt->lock */
int scst_mapping_add(struct scst_group *group, const char *dev_name, u16 lun, bool read_only);
int scst_mapping_del(struct scst_group *group, u16 lun);
int scst_mapping_replace(struct scst_group *group, const char *dev_name, u16 lun, bool read_only,
			 bool tell);
int scst_mapping_clear(struct scst_group *group);
void scst_device_unmap_all(struct scst_device *dev);
extern bool scst_async_lun_replace;
/* Waits for what replace has left to the background. Return: 0, -EINTR (killed). */
int scst_mappings_settle(void);

/* nexus.c: I_T_L nexuses, what an initiator sees, and draining. */
/*
 * A new one is hidden until it is judged. @ua: what its first command is told, or NONE. tgt->lock
 * held.
 */
struct scst_nexus *scst_nexus_create(struct scst_session *sess, struct scst_mapping *map,
				     enum scst_sense_id ua);
/*
 * Unpublish, stop new commands, have those go on that are parked and need not wait any more, and
 * move to @dead (tgt->lock held) ...
 */
void scst_nexus_kill(struct scst_nexus *nexus, struct list_head *dead);
/* ... then, with no lock held, wait for the commands and free. */
void scst_nexuses_destroy(struct list_head *dead);
/* Would destroying them not wait? Has held commands go on to their end. */
bool scst_nexuses_drained(struct list_head *dead);
struct scst_nexus *scst_nexus_create_no_lun(struct scst_session *sess);
/* Asks the policies again; tgt->lock held. Return: true if the view of the initiator changed. */
bool scst_nexus_judge(struct scst_nexus *nexus);
/* Has every nexus there is judged again, in the background, and initiators told what changed. */
void scst_revalidate_all(void);
/* Calls @fn for every session there is, and takes tgt->lock for it. */
void scst_sessions_walk(void (*fn)(struct scst_session *sess, void *arg), void *arg);

/* aen.c */
/* By AEN if the transport can, else as a unit attention. tgt->lock held. */
void scst_session_luns_changed(struct scst_session *sess);
void scst_nexus_capacity_changed(struct scst_nexus *nexus);

#endif
