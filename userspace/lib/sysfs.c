// SPDX-License-Identifier: GPL-2.0-only
/* Reading and writing one sysfs attribute. */
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
