// SPDX-License-Identifier: GPL-2.0-only
/*
 * The token of a device in a file. Whoever has it may take the device over: nobody else reads it.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "inside.h"

int scst_user_token_load(const char *path, uint8_t *token)
{
	uint8_t bytes[SCST_USER_TOKEN_LEN + 1];
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t len;

	if (fd < 0)
		return -errno;
	len = read(fd, bytes, sizeof(bytes));
	close(fd);
	if (len != SCST_USER_TOKEN_LEN)
		return len < 0 ? -EIO : -EINVAL;
	for (len = 0; len < SCST_USER_TOKEN_LEN; len++)
		token[len] = bytes[len];
	return 0;
}

static int write_token(const char *path, const uint8_t *token)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	int err = 0;

	if (fd < 0)
		return -errno;
	if (write(fd, token, SCST_USER_TOKEN_LEN) != SCST_USER_TOKEN_LEN || fsync(fd))
		err = -EIO;
	close(fd);
	return err;
}

/* A whole one or the old one: a program that dies here must not leave half a token. */
int scst_user_token_save(const char *path, const uint8_t *token)
{
	char tmp[PATH_MAX];
	int err, len = snprintf(tmp, sizeof(tmp), "%s.new", path);

	if (len < 0 || (size_t)len >= sizeof(tmp))
		return -ENAMETOOLONG;
	unlink(tmp);
	err = write_token(tmp, token);
	if (!err && rename(tmp, path))
		err = -errno;
	if (err)
		unlink(tmp);
	return err;
}
