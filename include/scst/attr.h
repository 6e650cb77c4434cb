/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sysfs as rows: a directory is a struct scst_dir, an attribute is a row of its table. What is
 * written to mgmt files is taken apart by mgmt.h.
 */
#ifndef _SCST_ATTR_H
#define _SCST_ATTR_H

#include <linux/completion.h>
#include <linux/kobject.h>
#include <linux/sysfs.h>

#include "mgmt.h"
#include "name.h"

enum scst_attr_type {
	SCST_ATTR_FN,		/* only functions			*/
	SCST_ATTR_BOOL,		/* bool at @offset: 0 or 1		*/
	SCST_ATTR_U8,
	SCST_ATTR_U16,
	SCST_ATTR_U32,
	SCST_ATTR_U64,
	SCST_ATTR_STR,		/* char[] at @offset			*/
};

/*
 * A row. Without @show the member at @offset is shown by its type; @store is always a function,
 * since a change has an effect. With @key a value other than @def (a string that is not empty) gets
 * the [key] line, which says that scstadmin must save it; a @show does that by scst_attr_key().
 *
 * Context of both: may sleep; no lock held. @store gets a copy of what was written, without blanks
 * around it, without binary zeros and shorter than a page, and may cut it up.
 */
struct scst_attr {
	struct attribute attr;
	enum scst_attr_type type;
	unsigned int offset;
	void *obj;		/* for @show and @store; NULL: the directory's */
	bool key;
	u64 def;
	ssize_t (*show)(void *obj, char *buf);
	ssize_t (*store)(void *obj, char *text);	/* text: trimmed copy, 0 or -errno */
};

#define SCST_ATTR_END { .attr = { .name = NULL } }
#define SCST_ATTR_RO(_name, _show) \
	{ .attr = { .name = #_name, .mode = 0444 }, .show = _show }
#define SCST_ATTR_WO(_name, _store) \
	{ .attr = { .name = #_name, .mode = 0200 }, .store = _store }
#define SCST_ATTR_RW(_name, _show, _store) \
	{ .attr = { .name = #_name, .mode = 0644 }, .show = _show, .store = _store }
#define SCST_ATTR_MEMBER(_name, _type, _struct, _member) \
	{ .attr = { .name = #_name, .mode = 0444 }, .type = _type, \
	  .offset = offsetof(_struct, _member) }

/* Ends what a @show printed (@len bytes) with the [key] line if @save. Return: the new length. */
ssize_t scst_attr_key(char *buf, ssize_t len, bool save);

/*
 * A directory belongs to the object that embeds it. After scst_dir_del() no show or store of it
 * runs and none will: so the object may go. Never call scst_dir_del() with a lock that a store
 * takes, or from a store of the same directory [storm_of_targets_and_sessions]. sysfs shows a
 * directory before its files: what says that an object is complete, mgmt or enabled, is added last.
 */
struct scst_dir {
	struct kobject kobj;
	void *obj;			/* for the rows' functions */
	struct completion released;
};

/* @parent NULL: /sys/kernel. @attrs may be NULL. 0, -EEXIST, -ENOMEM: nothing is left. */
int scst_dir_add(struct scst_dir *dir, struct scst_dir *parent, void *obj,
		 const struct scst_attr *attrs, const char *name);
/* No-op if @dir is zeroed, was never added, or is deleted already. */
void scst_dir_del(struct scst_dir *dir);
bool scst_dir_has(const struct scst_dir *dir, const char *name);
int scst_dir_add_attrs(struct scst_dir *dir, const struct scst_attr *attrs);
/* Like scst_dir_del() it waits until no show or store of @attrs runs. */
void scst_dir_del_attrs(struct scst_dir *dir, const struct scst_attr *attrs);
/* A symbolic link @name -> @to in @dir. Return: 0, -EEXIST, -ENOMEM. */
int scst_dir_link(struct scst_dir *dir, struct scst_dir *to, const char *name);
void scst_dir_unlink(struct scst_dir *dir, const char *name);

#endif
