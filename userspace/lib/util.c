// SPDX-License-Identifier: GPL-2.0-only
/* What of util.h is not inline: strict formatting and strict numbers. */
#include "util.h"

#include <ctype.h>
#include <fcntl.h>
#include <stdarg.h>

int scst_format(char *buf, size_t size, const char *fmt, ...)
{
	va_list ap;
	int len;

	va_start(ap, fmt);
	len = vsnprintf(buf, size, fmt, ap);
	va_end(ap);
	return len >= 0 && (size_t)len < size ? 0 : -ENAMETOOLONG;
}

int scst_join(char *buf, size_t size, const char *dir, const char *name)
{
	size_t len = strlen(dir), rest = strlen(name) + 1;

	if (len + 1 + rest > size)
		return -ENAMETOOLONG;
	memcpy(buf, dir, len);
	if (len)
		buf[len++] = '/';
	memcpy(buf + len, name, rest);
	return 0;
}

void scst_fold_case(char *text)
{
	for (; *text; text++)
		if (*text >= 'A' && *text <= 'Z')
			*text += 'a' - 'A';
}

/* strtoull() takes blanks, signs and octal: none of them is a number here. */
static int number_base(const char *digits)
{
	if (digits[0] == '0' && (digits[1] == 'x' || digits[1] == 'X'))
		return isxdigit((unsigned char)digits[2]) ? 16 : -EINVAL;
	return isdigit((unsigned char)digits[0]) ? 10 : -EINVAL;
}

int scst_parse_u64(const char *text, uint64_t min, uint64_t max, uint64_t *out)
{
	int base = number_base(text);
	unsigned long long value;
	char *end;

	if (base < 0)
		return base;
	errno = 0;
	value = strtoull(text, &end, base);
	if (*end)
		return -EINVAL;
	if (errno || value < min || value > max)
		return -ERANGE;
	*out = value;
	return 0;
}

int scst_parse_s64(const char *text, int64_t min, int64_t max, int64_t *out)
{
	bool negative = text[0] == '-';
	uint64_t magnitude;
	int64_t value;
	int err;

	err = scst_parse_u64(text + negative, 0, (uint64_t)INT64_MAX + negative, &magnitude);
	if (err)
		return err;
	value = negative ? (int64_t)(0 - magnitude) : (int64_t)magnitude;
	if (value < min || value > max)
		return -ERANGE;
	*out = value;
	return 0;
}

/* Reads on behind @len bytes. Return: how many, 0 at the end, or -errno. */
static ssize_t read_more(int fd, char **buf, size_t *size, size_t len, size_t max)
{
	ssize_t n;

	if (len + 1 >= *size) {
		char *bigger = *size < max ? realloc(*buf, 2 * *size) : NULL;

		if (!bigger)
			return *size < max ? -ENOMEM : -EFBIG;
		*buf = bigger;
		*size *= 2;
	}
	do
		n = read(fd, *buf + len, *size - len - 1);
	while (n < 0 && errno == EINTR);
	return n < 0 ? -errno : n;
}

int scst_read_bytes(const char *path, size_t max, void **out, size_t *out_len)
{
	_cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC);
	size_t len = 0, size = 4096;
	_cleanup_free_ char *buf = NULL;
	ssize_t n;

	if (fd < 0)
		return -errno;
	buf = malloc(size);
	if (!buf)
		return -ENOMEM;
	while ((n = read_more(fd, &buf, &size, len, max)) > 0)
		len += n;
	if (n < 0)
		return n;
	buf[len] = '\0';
	*out = realloc(buf, len + 1) ?: buf;
	*out_len = len;
	TAKE_PTR(buf);
	return 0;
}

int scst_read_file(const char *path, char **out)
{
	void *text;
	size_t len;
	int ret = scst_read_bytes(path, SCST_TEXT_MAX, &text, &len);

	if (!ret)
		*out = text;
	return ret;
}

int scst_read_text(const char *path, char **out)
{
	void *text;
	size_t len;
	int ret = scst_read_bytes(path, SCST_TEXT_MAX, &text, &len);

	if (!ret && memchr(text, '\0', len)) {
		free(text);
		ret = -EILSEQ;
	}
	if (!ret)
		*out = text;
	return ret;
}

const char *scst_text_error(int code)
{
	return code == -EILSEQ ? "there is a NUL byte in it: that is no text" : strerror(-code);
}

int scst_write_all(int fd, const char *text, size_t len)
{
	while (len) {
		ssize_t n = write(fd, text, len);

		if (n < 0)
			return -errno;
		text += n;
		len -= n;
	}
	return 0;
}

/*
 * A file of ours alone: what lies there was left by one that was killed, or laid by somebody who
 * would read along, or have us write into another file.
 */
static int open_new(int dir, const char *name)
{
	unlinkat(dir, name, 0);
	return openat(dir, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
}

static int write_new(int dir, const char *name, const char *text, size_t len)
{
	_cleanup_close_ int fd = open_new(dir, name);
	int ret;

	if (fd < 0)
		return -errno;
	ret = scst_write_all(fd, text, len);
	return ret ?: fsync(fd) ? -errno : 0;
}

int scst_replace_file(const char *path, const char *text, size_t len)
{
	const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
	char temp[NAME_MAX + 1], folder[PATH_MAX];
	_cleanup_close_ int dir = -EBADF;
	int ret;

	if (scst_format(temp, sizeof(temp), ".%s.new", name) ||
	    scst_format(folder, sizeof(folder), "%.*s", slash ? (int)(slash - path) + 1 : 1,
			slash ? path : "."))
		return -ENAMETOOLONG;
	dir = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir < 0)
		return -errno;
	ret = write_new(dir, temp, text, len);
	if (!ret && renameat(dir, temp, dir, name))
		ret = -errno;
	if (ret) {
		unlinkat(dir, temp, 0);
		return ret;
	}
	return fsync(dir) ? -errno : 0;
}
