// SPDX-License-Identifier: GPL-2.0-only
/* flock(2): it goes with the process, whatever ends that. */
#include "lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>

static int try_lock(int fd, unsigned int seconds)
{
	static const struct timespec moment = { .tv_nsec = 100 * 1000 * 1000 };

	for (unsigned long i = 0; flock(fd, LOCK_EX | LOCK_NB); i++) {
		if (errno != EWOULDBLOCK && errno != EINTR)
			return -errno;
		if (i >= 10UL * seconds)
			return -EBUSY;
		nanosleep(&moment, NULL);
	}
	return 0;
}

/* In a directory where everybody may make files somebody may have been first. */
static int check_owner(int fd)
{
	struct stat st;

	if (fstat(fd, &st))
		return -errno;
	return st.st_uid == geteuid() ? 0 : -EACCES;
}

int scst_lock(const char *path, unsigned int seconds, struct scst_error *err)
{
	_cleanup_close_ int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	int ret = fd < 0 ? -errno : check_owner(fd);

	if (ret == -EACCES)
		return scst_fail(err, ret, "%s belongs to somebody else: remove it", path);
	ret = ret ?: try_lock(fd, seconds);
	if (ret == -EBUSY)
		return scst_fail(err, ret, "%s: another program has been changing the "
				 "configuration for %u seconds", path, seconds);
	if (ret)
		return scst_fail(err, ret, "cannot lock %s: %s", path, strerror(-ret));
	return TAKE_FD(fd);
}
