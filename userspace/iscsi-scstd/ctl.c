// SPDX-License-Identifier: GPL-2.0-only
#include "ctl.h"

#include <fcntl.h>
#include <sys/ioctl.h>

#define PATH	"/dev/" SCST_ISCSI_CTL_NAME

int ctl_driver(int fd, struct scst_iscsi_driver *driver)
{
	*driver = (struct scst_iscsi_driver){ .abi = SCST_ISCSI_ABI };
	return ioctl(fd, SCST_ISCSI_IOC_DRIVER, driver) < 0 ? -errno : 0;
}

int ctl_target(int fd, struct scst_iscsi_target *target)
{
	return ioctl(fd, SCST_ISCSI_IOC_TARGET, target) < 0 ? -errno : 0;
}

int ctl_attr(int fd, struct scst_iscsi_attr_get *attr)
{
	return ioctl(fd, SCST_ISCSI_IOC_ATTR, attr) < 0 ? -errno : 0;
}

int ctl_access(int fd, const struct scst_iscsi_access *access)
{
	int ret = ioctl(fd, SCST_ISCSI_IOC_ACCESS, access);

	return ret < 0 ? -errno : ret;
}

int ctl_conn(int fd, const struct scst_iscsi_conn *conn)
{
	return ioctl(fd, SCST_ISCSI_IOC_CONN, conn) < 0 ? -errno : 0;
}

int ctl_generation(int fd, uint64_t *generation)
{
	ssize_t len = read(fd, generation, sizeof(*generation));

	if (len < 0)
		return -errno;
	return len == sizeof(*generation) ? 0 : -EIO;
}

static int open_failed(int error, struct scst_error *err)
{
	switch (error) {
	case ENOENT:
	case ENXIO:
		return scst_fail(err, -EOPNOTSUPP, PATH ": modprobe iscsi-scst first");
	case EBUSY:
		return scst_fail(err, -EBUSY, PATH ": another iscsi-scstd has it");
	default:
		return scst_fail(err, -error, PATH ": %s", strerror(error));
	}
}

int ctl_open(struct scst_error *err)
{
	_cleanup_close_ int fd = open(PATH, O_RDWR | O_CLOEXEC);
	struct scst_iscsi_driver driver;
	int ret;

	if (fd < 0)
		return open_failed(errno, err);
	ret = ctl_driver(fd, &driver);
	if (ret == -EPROTO)
		return scst_fail(err, -EOPNOTSUPP,
				 "iscsi-scst.ko speaks version %u of the interface, this is %u",
				 driver.abi, SCST_ISCSI_ABI);
	if (ret)
		return scst_fail(err, ret, PATH ": %s", strerror(-ret));
	return TAKE_FD(fd);
}
