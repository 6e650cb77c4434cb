/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sysfs as rows: a directory is a struct scst_dir, an attribute is a row of its table. Also the
 * parser of what is written to mgmt files.
 */
#ifndef _SCST_ATTR_H
#define _SCST_ATTR_H

#include <linux/completion.h>
#include <linux/kobject.h>
#include <linux/sysfs.h>

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
 * since a change has an effect. A value other than @def gets the [key] line if @key is set.
 */
struct scst_attr {
	struct attribute attr;
	enum scst_attr_type type;
	unsigned int offset;
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

/*
 * A directory belongs to the object that embeds it. After scst_dir_del() no show or store of it runs
 * and none will: so the object may go. Never call scst_dir_del() with a lock that a store takes.
 */
struct scst_dir {
	struct kobject kobj;
	void *obj;
	struct completion released;
};

int scst_dir_add(struct scst_dir *dir, struct scst_dir *parent, void *obj,
		 const struct scst_attr *attrs, const char *name);
int scst_dir_add_attrs(struct scst_dir *dir, const struct scst_attr *attrs);
void scst_dir_del(struct scst_dir *dir);

/*
 * The text of a mgmt file: "verb word word name=value; name=value". Words are cut out of the text in
 * place.
 */
struct scst_params {
	char *rest;
};

/* The next blank separated word, or NULL. */
char *scst_mgmt_word(char **text);
/* The next parameter: 1 with *@name and *@value, 0 at the end, -EINVAL if it is not name=value. */
int scst_params_next(struct scst_params *params, char **name, char **value);

/* 0/1, decimal or 0x numbers within [@min, @max], power of two: 0 or -EINVAL, *@out untouched. */
int scst_parse_bool(const char *text, bool *out);
int scst_parse_u64(const char *text, u64 min, u64 max, u64 *out);

#endif
