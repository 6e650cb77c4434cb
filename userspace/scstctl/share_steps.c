// SPDX-License-Identifier: GPL-2.0-only
/*
 * The steps that share a disk, and undo it: what is written into sysfs.
 *
 * The target and the initiator port of this host are the same at each boot: reservations know an
 * initiator by them, also those that survive power loss.
 */
#include <fcntl.h>
#include <scst/scst.h>
#include <stdarg.h>
#include <sys/stat.h>
#include <time.h>

#include "share.h"
#include "sysfs.h"
#include "uses.h"

#define DRIVER		SCST_SYSFS_ROOT "/targets/" SCST_SHARE_DRIVER
#define TARGET_NAME	SCST_SHARE_TARGET
#define SESSION_NAME	"scst_share_host"
#define TARGET		DRIVER "/" TARGET_NAME
#define SESSION		TARGET "/sessions/" SESSION_NAME
#define HANDLER		SCST_SYSFS_ROOT "/handlers/dev_disk"
#define DEVICES		SCST_SYSFS_ROOT "/devices"

/* Others are numbered from 1 on, by the kernel or by a file: this is the last one. */
#define RELATIVE_PORT	"65535"
/* SAS, beside those that scst_local gives its sessions. */
#define TRANSPORT_ID	"060000005feede400fade051000000000000000000000000"

#define UDEV		"/run/udev/control"	/* it runs */
#define WAIT_TRIES	300		/* of a tenth of a second */

/* ---- sysfs ---------------------------------------------------------------------------------- */

static int put(const char *path, const char *fmt, ...) _printf_(2, 3);

static int put(const char *path, const char *fmt, ...)
{
	char text[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	return scst_sysfs_write(path, text);
}

/* The last part of what a link leads to. */
static bool link_name(const char *path, char *out, size_t size)
{
	char target[PATH_MAX];
	ssize_t len = readlink(path, target, sizeof(target) - 1);
	const char *slash;

	if (len <= 0)
		return false;
	target[len] = '\0';
	slash = strrchr(target, '/');
	return !scst_format(out, size, "%s", slash ? slash + 1 : target);
}

/* Only what differs is written: some of it is a loss of the nexus. */
static int set(const char *path, const char *value)
{
	_cleanup_free_ char *now = NULL;
	int ret = scst_sysfs_read(path, &now, NULL);

	return ret || streq(now, value) ? ret : put(path, "%s", value);
}

static void pause_a_moment(void)
{
	static const struct timespec moment = { .tv_nsec = 100 * 1000 * 1000 };

	nanosleep(&moment, NULL);
}

static int refuse(const struct share *s, int code, const char *what)
{
	return scst_fail(&s->cli->err, code, "%s: %s: %s: the kernel log may say more", s->address,
			 what, strerror(-code));
}

void share_settle(void)
{
	char *settle[] = { "udevadm", "settle", "--timeout=30", NULL };

	if (!access(UDEV, F_OK))
		conf_run(settle);
}

/* ---- what is there -------------------------------------------------------------------------- */

bool share_lun_address(const struct share *s, char address[SCST_SCSI_ADDRESS_LEN])
{
	char host[32];

	return link_name(SESSION "/host", host, sizeof(host)) && startswith(host, "host") &&
	       !scst_format(address, SCST_SCSI_ADDRESS_LEN, "%s:0:0:%u", host + strlen("host"),
			    s->lun);
}

/* The device behind the LUN, if there is one. */
static bool device_of_lun(const struct share *s, char device[SCST_SCSI_ADDRESS_LEN])
{
	char path[PATH_MAX];

	return !scst_format(path, sizeof(path), TARGET "/luns/%u/device", s->lun) &&
	       link_name(path, device, SCST_SCSI_ADDRESS_LEN);
}

/* That which serves the raw disk now: it may have been given its name when it was elsewhere. */
static bool device_of_disk(const struct share *s, char device[SCST_SCSI_ADDRESS_LEN])
{
	_cleanup_closedir_ DIR *dir = opendir(DEVICES);
	char path[PATH_MAX], at[SCST_SCSI_ADDRESS_LEN];
	struct dirent *entry;

	while (dir && (entry = readdir(dir)))
		if (!scst_format(path, sizeof(path), DEVICES "/%s/scsi_device", entry->d_name) &&
		    link_name(path, at, sizeof(at)) && streq(at, s->address))
			return !scst_format(device, SCST_SCSI_ADDRESS_LEN, "%s", entry->d_name);
	return false;
}

static bool has_disk(struct share *s)
{
	char lun[SCST_SCSI_ADDRESS_LEN], path[PATH_MAX];

	return share_lun_address(s, lun) && scst_scsi_node(SCST_SCSI_ROOT, lun, "block", s->disk) &&
	       !scst_format(path, sizeof(path), "/dev/%s", s->disk) && !access(path, F_OK);
}

/* Does the device serve that disk, by whichever of its paths? That one is its address then. */
static bool serves(struct share *s, const char *device)
{
	char path[PATH_MAX], at[SCST_SCSI_ADDRESS_LEN], id[SCST_SCSI_ID_LEN];

	return !scst_format(path, sizeof(path), DEVICES "/%s/scsi_device", device) &&
	       link_name(path, at, sizeof(at)) &&
	       !scst_scsi_identity(SCST_SCSI_ROOT, at, id) && streq(id, s->id) &&
	       !scst_format(s->address, sizeof(s->address), "%s", at);
}

bool share_look(struct share *s)
{
	char behind[SCST_SCSI_ADDRESS_LEN];
	bool mapped = device_of_lun(s, behind);

	if (mapped && serves(s, behind))
		strcpy(s->device, behind);
	else if (!*s->address || !device_of_disk(s, s->device))
		s->device[0] = '\0';
	if (!has_disk(s))
		s->disk[0] = '\0';
	return mapped && streq(s->device, behind);
}

static bool is_pass(const char *device)
{
	char path[PATH_MAX], handler[64];

	return !scst_format(path, sizeof(path), DEVICES "/%s/handler", device) &&
	       link_name(path, handler, sizeof(handler)) && streq(handler, "dev_disk");
}

bool share_look_gone(struct share *s, char behind[SCST_SCSI_ADDRESS_LEN])
{
	char path[PATH_MAX];

	if (!device_of_lun(s, behind))
		return false;
	if (!*s->device && is_pass(behind) &&
	    !scst_format(path, sizeof(path), DEVICES "/%s/scsi_device", behind) &&
	    access(path, F_OK))
		strcpy(s->device, behind);
	return true;
}

void share_clear(struct share *s)
{
	scst_disk_nodes_clear(&s->raw);
	if (s->held >= 0)
		close(TAKE_FD(s->held));
}

unsigned int share_other_lun(const struct share *s, unsigned int but)
{
	char device[SCST_SCSI_ADDRESS_LEN], behind[SCST_SCSI_ADDRESS_LEN];
	struct share at = {};

	if (!device_of_disk(s, device))
		return SCST_SHARE_LUNS;
	while (at.lun < SCST_SHARE_LUNS && (at.lun == but || !device_of_lun(&at, behind) ||
					    !streq(behind, device)))
		at.lun++;
	return at.lun;
}

bool share_is_elsewhere(const struct share *s, char where[PATH_MAX])
{
	_cleanup_closedir_ DIR *dir = NULL;
	char path[PATH_MAX], real[PATH_MAX], own[64];
	struct dirent *entry;

	scst_format(own, sizeof(own), TARGET "/luns/%u", s->lun);
	if (!scst_format(path, sizeof(path), DEVICES "/%s/exported", s->device))
		dir = opendir(path);
	while (dir && (entry = readdir(dir))) {
		if (!startswith(entry->d_name, "export") ||
		    scst_format(path, sizeof(path), DEVICES "/%s/exported/%s", s->device,
				entry->d_name) || !realpath(path, real) ||
		    streq(real, own))
			continue;
		return !scst_format(where, PATH_MAX, "%s", startswith(real, SCST_SYSFS_ROOT
								       "/targets/") ?: real);
	}
	return false;
}

/* ---- a device ------------------------------------------------------------------------------- */

/* One that was made by somebody else does if its driver is not bound either. */
static int take_device(const struct share *s)
{
	_cleanup_free_ char *local = NULL;
	char path[PATH_MAX];

	if (is_pass(s->device) &&
	    !scst_format(path, sizeof(path), DEVICES "/%s/local", s->device) &&
	    !scst_sysfs_read(path, &local, NULL) && streq(local, "hide"))
		return 0;
	return scst_fail(&s->cli->err, -EEXIST, "%s: it is a device of the target already, beside "
			 "its driver here: scstctl device del %s", s->address, s->device);
}

int share_open(struct share *s)
{
	int ret;

	if (*s->device)
		return take_device(s);
	ret = put(HANDLER "/mgmt", "add_device %s local=hide", s->address);
	if (ret == -EBUSY)
		return scst_fail(&s->cli->err, ret, "%s: somebody claims the disk, or a part of it",
				 s->address);
	if (ret)
		return refuse(s, ret, "cannot be made a device");
	strcpy(s->device, s->address);
	s->opened = true;
	return 0;
}

int share_close(struct share *s)
{
	int ret = put(HANDLER "/mgmt", "del_device %s", s->device);

	if (ret)
		return refuse(s, ret, "cannot be given back to its driver");
	s->opened = false;
	return 0;
}

/* ---- the target ----------------------------------------------------------------------------- */

/* Its session comes last: it is who it will be from the beginning, or has no LUN yet. */
static int make_target(void)
{
	int ret = 0;

	if (access(TARGET, F_OK))
		ret = put(DRIVER "/mgmt", "add_target " TARGET_NAME);
	ret = ret ?: set(TARGET "/rel_tgt_id", RELATIVE_PORT);
	if (!ret && access(SESSION, F_OK))
		ret = put(DRIVER "/mgmt", "add_session " TARGET_NAME " " SESSION_NAME);
	return ret ?: set(SESSION "/transport_id", TRANSPORT_ID);
}

int share_target(struct share *s)
{
	int ret;

	s->targeted = access(TARGET, F_OK);
	ret = make_target();
	if (!ret)
		return 0;
	if (s->targeted)
		share_untarget(s);
	return refuse(s, ret, "no target " TARGET_NAME);
}

static bool has_luns(void)
{
	_cleanup_closedir_ DIR *dir = opendir(TARGET "/luns");
	struct dirent *entry;

	while (dir && (entry = readdir(dir)))
		if (strspn(entry->d_name, "0123456789"))
			return true;
	return false;
}

void share_untarget(struct share *s)
{
	if (!access(TARGET, F_OK) && !has_luns())
		put(DRIVER "/mgmt", "del_target " TARGET_NAME);
	s->targeted = false;
}

/* ---- a LUN ---------------------------------------------------------------------------------- */

int share_map(struct share *s)
{
	char behind[SCST_SCSI_ADDRESS_LEN];
	int ret;

	if (device_of_lun(s, behind)) {
		if (streq(behind, s->device))
			return 0;
		return scst_fail(&s->cli->err, -EEXIST, "%s: LUN %u of " TARGET_NAME " is %s",
				 s->address, s->lun, behind);
	}
	ret = put(TARGET "/luns/mgmt", "add %s %u", s->device, s->lun);
	if (ret)
		return refuse(s, ret, "is no LUN");
	s->mapped = true;
	return 0;
}

/* The disk goes a moment later. */
int share_unmap(struct share *s)
{
	char lun[SCST_SCSI_ADDRESS_LEN], path[PATH_MAX];
	int ret = put(TARGET "/luns/mgmt", "del %u", s->lun);

	if (ret)
		return refuse(s, ret, "stays a LUN");
	s->mapped = false;
	if (!share_lun_address(s, lun) ||
	    scst_format(path, sizeof(path), SCST_SCSI_ROOT "/%s", lun))
		return 0;
	for (int i = 0; !access(path, F_OK); i++) {
		if (i >= WAIT_TRIES)
			return scst_fail(&s->cli->err, -ETIMEDOUT, "%s: /dev/%s does not go",
					 s->address, s->disk);
		pause_a_moment();
	}
	return 0;
}

int share_wait(struct share *s)
{
	char lun[SCST_SCSI_ADDRESS_LEN], id[SCST_SCSI_ID_LEN];

	for (int i = 0; !has_disk(s); i++) {
		if (i >= WAIT_TRIES)
			return scst_fail(&s->cli->err, -ETIMEDOUT, "%s: no disk comes of LUN %u of "
					 TARGET_NAME "; a policy may hide it", s->address, s->lun);
		pause_a_moment();
	}
	if (share_lun_address(s, lun) && !scst_scsi_identity(SCST_SCSI_ROOT, lun, id) &&
	    streq(id, s->id))
		return 0;
	return scst_fail(&s->cli->err, -EIO, "%s: /dev/%s does not say that it is the same disk",
			 s->address, s->disk);
}

/* ---- is it free? ---------------------------------------------------------------------------- */

int share_hold(struct share *s)
{
	char path[PATH_MAX], lun[SCST_SCSI_ADDRESS_LEN];
	struct scst_disk_nodes nodes = {};
	int ret;

	if (!*s->disk || !share_lun_address(s, lun))
		return 0;
	if (scst_disk_nodes(lun, &nodes))
		return scst_fail(&s->cli->err, -ENOMEM, "out of memory");
	ret = scst_disk_check_use(&nodes, &s->cli->err);
	if (!ret && !scst_format(path, sizeof(path), "/dev/%s", s->disk)) {
		s->held = open(path, O_RDONLY | O_EXCL | O_NONBLOCK | O_CLOEXEC);
		if (s->held < 0 && errno == EBUSY)
			ret = scst_fail(&s->cli->err, -EBUSY, "somebody claims %s", path);
		ret = ret ?: scst_disk_check_open(&nodes, &s->cli->err);
	}
	scst_disk_nodes_clear(&nodes);
	return ret;
}

/* ---- nodes ---------------------------------------------------------------------------------- */

static void set_mode(const char *name, unsigned int mode)
{
	char path[PATH_MAX];
	char *again[] = { "udevadm", "trigger", "--action=change", path, NULL };

	if (scst_format(path, sizeof(path), "/dev/%s", name) || chmod(path, mode))
		return;
	if (mode && !access(UDEV, F_OK))
		conf_run(again);	/* it knows better */
}

void share_modes(const struct share *s, unsigned int mode)
{
	struct scst_disk_nodes nodes = {};

	if (!scst_disk_nodes(s->address, &nodes))
		for (size_t i = 0; i < nodes.nr; i++)
			if (!nodes.list[i].block)
				set_mode(nodes.list[i].name, mode);
	scst_disk_nodes_clear(&nodes);
}
