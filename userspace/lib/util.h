/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Cleanup attributes and small helpers. Who owns a pointer or descriptor says so where it is
 * declared (_cleanup_free_, _cleanup_close_, ...), and gives it away with TAKE_PTR or TAKE_FD: so a
 * function can be judged for leaks without reading what it calls.
 */
#ifndef SCST_LIB_UTIL_H
#define SCST_LIB_UTIL_H

#include <dirent.h>
#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))
#define _printf_(f, a)	__attribute__((format(printf, f, a)))
#define _unused_	__attribute__((unused))
#define _cleanup_(f)	__attribute__((cleanup(f)))

#define TAKE(value, nothing)				\
	({						\
		__typeof__(value) *_ptr = &(value);	\
		__typeof__(value) _val = *_ptr;		\
		*_ptr = (nothing);			\
		_val;					\
	})
#define TAKE_PTR(ptr)	TAKE(ptr, NULL)
#define TAKE_FD(fd)	TAKE(fd, -EBADF)

/* Defines func##p(), for use with _cleanup_(), for a func() that must not see NULL. */
#define DEFINE_CLEANUP(type, func)			\
	static inline void func##p(type *ptr)		\
	{						\
		if (*ptr)				\
			func(*ptr);			\
	}

DEFINE_CLEANUP(FILE *, fclose)
DEFINE_CLEANUP(DIR *, closedir)

static inline void freep(void *ptr)
{
	free(*(void **)ptr);
}

static inline void closep(int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

#define _cleanup_free_	_cleanup_(freep)
#define _cleanup_close_	_cleanup_(closep)
#define _cleanup_fclose_ _cleanup_(fclosep)
#define _cleanup_closedir_ _cleanup_(closedirp)

static inline bool streq(const char *a, const char *b)
{
	return strcmp(a, b) == 0;
}

/* Past @prefix, or NULL if @text does not begin with it. */
static inline const char *startswith(const char *text, const char *prefix)
{
	size_t len = strlen(prefix);

	return strncmp(text, prefix, len) == 0 ? text + len : NULL;
}

/* Names of initiators are compared in lower case, ASCII's. */
void scst_fold_case(char *text);

/* snprintf() that refuses to truncate: 0 or -ENAMETOOLONG. */
int scst_format(char *buf, size_t size, const char *fmt, ...) _printf_(3, 4);

/* The same of "DIR/NAME"; of NAME, if @dir is "". */
int scst_join(char *buf, size_t size, const char *dir, const char *name);

/* A whole file of up to @max bytes, also one in sysfs, and a NUL behind it. Return: 0 or -errno. */
int scst_read_bytes(const char *path, size_t max, void **out, size_t *len);

#define SCST_TEXT_MAX	(16 << 20)	/* a configuration with all the rules of a mask */

/* The same of a text of up to SCST_TEXT_MAX. */
int scst_read_file(const char *path, char **out);

/* For what a person has written: -EILSEQ if a NUL in it would hide what follows. */
int scst_read_text(const char *path, char **out);

/* Why it could not be read, from what that returned. */
const char *scst_text_error(int code);

/* Return: 0 or -errno, with who knows how much written. */
int scst_write_all(int fd, const char *text, size_t len);

/*
 * The file at @path holds @text afterwards, durably and with mode 0600, or what it held before.
 * Return: 0 or -errno.
 */
int scst_replace_file(const char *path, const char *text, size_t len);

/* Decimal or 0x number within [@min, @max], nothing before or after it: 0, -EINVAL or -ERANGE. */
int scst_parse_u64(const char *text, uint64_t min, uint64_t max, uint64_t *out);
int scst_parse_s64(const char *text, int64_t min, int64_t max, int64_t *out);

#endif
