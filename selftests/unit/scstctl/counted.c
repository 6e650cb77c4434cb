// SPDX-License-Identifier: GPL-2.0-only
/* Each of these is called in the place of the real one (-Wl,--wrap), and calls it. */
#include "counted.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdarg.h>
#include <sys/stat.h>
#include <unistd.h>

struct counted counted;

#define COUNT(what, type, name, params, ...)		\
	type __real_##name params;			\
	type __wrap_##name params;			\
	type __wrap_##name params			\
	{						\
		counted.what++;				\
		return __real_##name(__VA_ARGS__);	\
	}

COUNT(lists, ssize_t, getdents64, (int fd, void *buf, size_t size), fd, buf, size)
COUNT(opens, DIR *, opendir, (const char *path), path)
COUNT(reads, ssize_t, read, (int fd, void *buf, size_t size), fd, buf, size)
COUNT(looks, ssize_t, readlink, (const char *path, char *buf, size_t size), path, buf, size)
COUNT(looks, ssize_t, readlinkat, (int at, const char *path, char *buf, size_t size), at, path, buf,
      size)
COUNT(looks, int, stat, (const char *path, struct stat *st), path, st)
COUNT(looks, int, fstatat, (int at, const char *path, struct stat *st, int flags), at, path, st,
      flags)
COUNT(looks, int, access, (const char *path, int mode), path, mode)
COUNT(compares, int, strcmp, (const char *a, const char *b), a, b)

/* Of a file that is made the mode. */
static mode_t mode_of(int flags, va_list ap)
{
	return flags & O_CREAT ? va_arg(ap, mode_t) : 0;
}

int __real_open(const char *path, int flags, ...);
int __wrap_open(const char *path, int flags, ...);
int __wrap_open(const char *path, int flags, ...)
{
	va_list ap;
	int fd;

	counted.opens++;
	va_start(ap, flags);
	fd = __real_open(path, flags, mode_of(flags, ap));
	va_end(ap);
	return fd;
}

int __real_openat(int at, const char *path, int flags, ...);
int __wrap_openat(int at, const char *path, int flags, ...);
int __wrap_openat(int at, const char *path, int flags, ...)
{
	va_list ap;
	int fd;

	counted.opens++;
	va_start(ap, flags);
	fd = __real_openat(at, path, flags, mode_of(flags, ap));
	va_end(ap);
	return fd;
}
