/* SPDX-License-Identifier: GPL-2.0-only */
/* What the files of the fake share. */
#ifndef FAKE_INSIDE_H
#define FAKE_INSIDE_H

#include "fake_scst.h"

#define MUST(x)						\
	do {						\
		if (!(x)) {				\
			perror(#x);			\
			abort();			\
		}					\
	} while (0)

/* A path below the root, from pieces. */
#define PATH(...)							\
	({								\
		char *_path = __builtin_alloca(PATH_MAX);		\
		MUST(!scst_format(_path, PATH_MAX, __VA_ARGS__));	\
		_path;							\
	})

/* Files. */
void fake_path(const struct fake *fake, const char *path, char out[PATH_MAX]);
void put_file(const struct fake *fake, const char *dir, const char *name, mode_t mode,
	      const char *fmt, ...);
void make_dir(const struct fake *fake, const char *path);
void make_link(const struct fake *fake, const char *path, const char *target);
void remove_tree(const struct fake *fake, const char *path);
const char *last_part(const char *path);

/* Attributes. */
struct fake_attr {
	const char *name;
	const char *value;		/* its default; "%" is the name of the object */
	mode_t mode;
};

extern const struct fake_attr root_attrs[], device_attrs[], iscsi_attrs[], target_attrs[],
	iscsi_target_attrs[], group_attrs[], tgroup_attrs[], gtarget_attrs[];

void put_attrs(const struct fake *fake, const char *dir, const struct fake_attr *attrs);
void set_attr(const struct fake *fake, const char *dir, const char *name, const char *value);
bool is_listed(const char *list, const char *name);

/* "a=b;c=d": each is looked for in @known, and set in @dir if @set. */
int params(const struct fake *fake, const char *dir, char *text, const char *known, bool set);

#define DEVICE_PARAMS	"active, blocksize, filename, nv_cache, read_only, size, " \
			"thin_provisioned, write_through"

/* What the kernel keeps of a user or portal: NAME SECRET, where NAME=SECRET may be; or NULL. */
const char *kept_value(const char *name, const char *value);

void add_handler(const struct fake *fake, const char *name, const char *known);
void make_target(const struct fake *fake, const char *driver, const char *name);

/* The verb of a mgmt file: @dirs are the parts of its path, @nr of them. */
int fake_verb(struct fake *fake, char **dirs, size_t nr, char *text);

#endif
