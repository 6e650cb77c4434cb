// SPDX-License-Identifier: GPL-2.0-only
/* Reading and writing one sysfs attribute; reading a directory. */
#include "sysfs.h"

#include <fcntl.h>

#include "printable.h"

#define KEY_MARK	"[key]"

static void trim_end(char *text)
{
	size_t len = strlen(text);

	while (len && strchr(" \t\r\n", text[len - 1]))
		text[--len] = '\0';
}

static bool cut_key_mark(char *text)
{
	char *line = strrchr(text, '\n');

	line = line ? line + 1 : text;
	if (!streq(line, KEY_MARK))
		return false;
	*line = '\0';
	trim_end(text);
	return true;
}

int scst_sysfs_read(const char *path, char **text, bool *key)
{
	_cleanup_free_ char *buf = NULL;
	bool marked;
	int err;

	err = scst_read_file(path, &buf);
	if (err)
		return err;
	trim_end(buf);
	marked = cut_key_mark(buf);
	scst_make_printable(buf, "\n\t");
	if (key)
		*key = marked;
	*text = TAKE_PTR(buf);
	return 0;
}

int scst_sysfs_write(const char *path, const char *text)
{
	_cleanup_close_ int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (!*text)
		text = "\n";		/* a write of no bytes never gets to the attribute */
	if (fd < 0 || write(fd, text, strlen(text)) < 0)
		return -errno;
	return 0;
}

int scst_sysfs_read_fd(int fd, char text[SCST_ATTR_ROOM])
{
	ssize_t len;

	do
		len = read(fd, text, SCST_ATTR_ROOM - 1);
	while (len < 0 && errno == EINTR);
	if (len < 0)
		return -errno;
	text[len] = '\0';
	return 0;
}

static bool is_dots(const char *name)
{
	return name[0] == '.' && (!name[1] || (name[1] == '.' && !name[2]));
}

int scst_sysfs_each(int fd, int (*each)(void *arg, const struct dirent64 *found), void *arg)
{
	_Alignas(struct dirent64) char room[16 * 1024];
	ssize_t len;
	int err = 0;

	while (!err && (len = getdents64(fd, room, sizeof(room))) > 0)
		for (ssize_t at = 0; at < len && !err; ) {
			const struct dirent64 *found = (const void *)(room + at);

			at += found->d_reclen;
			err = is_dots(found->d_name) ? 0 : each(arg, found);
		}
	return err ?: len < 0 ? -errno : 0;
}
