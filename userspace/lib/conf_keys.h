/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a configuration can say: the one table of objects and of their keys, with types and ranges.
 * The reader of scst.json, what checks a configuration of either grammar before anything is done,
 * the JSON schema, the manual and the completion are all made of it.
 *
 * A key is an attribute of sysfs, by its name there (docs/sysfs.md).
 */
#ifndef SCST_LIB_CONF_KEYS_H
#define SCST_LIB_CONF_KEYS_H

#include "conf.h"
#include "error.h"

/* A kind of objects, below a kind of others. */
struct scst_kind_row {
	enum scst_conf_kind kind, parent;
	const char *list;		/* the key of their list in the parent */
	const char *one;		/* what one of them is called */
	const char *signs;		/* besides letters and digits, in a name */
	unsigned int max;		/* characters of a name */
	bool by_name;			/* of which usually only a name is said: a string */
	const char *help;
};

/* Behind the last: .list is NULL. */
extern const struct scst_kind_row scst_kinds[];

/* NULL: no such objects stand there. */
const struct scst_kind_row *scst_kind_find(enum scst_conf_kind parent, enum scst_conf_kind kind);
const struct scst_kind_row *scst_kind_of_list(enum scst_conf_kind parent, const char *list);

enum scst_key_type {
	SCST_KEY_BOOL,			/* 0 and 1 in sysfs */
	SCST_KEY_YES_NO,		/* Yes and No in sysfs */
	SCST_KEY_FLAG,			/* no attribute: it is said, or it is not */
	SCST_KEY_NUMBER,		/* from min to max */
	SCST_KEY_HEX,			/* the same, as text with 0x */
	SCST_KEY_DIGITS,		/* 0x and hexadecimal digits; how many: max, or choices */
	SCST_KEY_TEXT,			/* of so many characters */
	SCST_KEY_CHOICE,		/* one of a few words */
	SCST_KEY_PATH,			/* that begins with / */
	SCST_KEY_USER,			/* NAME SECRET */
	SCST_KEY_PORTAL,		/* a pattern of an address */
};

enum scst_key_flags {
	SCST_KEY_LIST	= 1 << 0,	/* it can stand there several times */
	SCST_KEY_PARAM	= 1 << 1,	/* an object is made with it: one word, without ';' */
	SCST_KEY_LIVE	= 1 << 2,	/* of those: one that can be changed later on */
	SCST_KEY_NEEDED	= 1 << 3,
	SCST_KEY_SECRET	= 1 << 4,	/* its value is never shown */
};

/* Handlers and drivers that have a key; 0: all of them. */
enum scst_key_only {
	SCST_ON_BLOCKIO	= 1 << 0,
	SCST_ON_FILEIO	= 1 << 1,
	SCST_ON_NULLIO	= 1 << 2,
	SCST_ON_CDROM	= 1 << 3,
	SCST_ON_ISCSI	= 1 << 4,
	SCST_ON_LOCAL	= 1 << 5,
	SCST_ON_COPY	= 1 << 6,
	SCST_ON_PASS	= 0x3ff << 7,	/* ten handlers of real devices */
	SCST_ON_DISK	= 3 << 7,	/* those of disks: dev_disk, dev_disk_perf */
};

struct scst_key {
	enum scst_conf_kind kind;
	const char *name;
	enum scst_key_type type;
	unsigned int only, flags;
	int64_t min, max;
	const char *choices;		/* "a|b|c" */
	const char *help;
};

/* Those of one kind stand together. Behind the last: .name is NULL. */
extern const struct scst_key scst_keys[];

/* The first key of a kind, up to one of another kind; NULL: it has none. */
const struct scst_key *scst_keys_of(enum scst_conf_kind kind);

#define scst_key_for_each(key, _kind) \
	for (key = scst_keys_of(_kind); key && key->kind == (_kind) && key->name; key++)

/*
 * The key of an object of @kind, of that handler or driver; NULL: there is none of this name. One
 * that this table does not know has all keys of its kind.
 */
const struct scst_key *scst_key_find(enum scst_conf_kind kind, const char *owner,
				     const char *name);

/* "vdisk_fileio", or NULL; and which bits are handlers or drivers the table knows. */
const char *scst_key_owner(unsigned int bit);
bool scst_key_knows_owner(const char *owner);

/* What a value has to be, for a person: "a number from 1 to 3". */
void scst_key_wants(const struct scst_key *key, char *out, size_t size);

/* Can this be the value, as sysfs has it? NULL, or why not. Until the next call. */
const char *scst_key_refuses(const struct scst_key *key, const char *value);

/* Does @conf say what @name is? By another key that means the same it does. */
bool scst_key_is_listed(const struct scst_conf *conf, const char *name);

/* "NAME SECRET" of CHAP: are both of one name? */
bool scst_key_one_user(const char *a, const char *b);

/* Do both mean the same? 0x10 is 16, and what the kernel trims does not count. */
bool scst_key_same(const struct scst_key *key, const char *a, const char *b);

#endif
