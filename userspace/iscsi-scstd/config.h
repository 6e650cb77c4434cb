/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * /etc/iscsi-scstd.conf: what is the daemon's own. One "Name value" a line, or several separated by
 * ';'. Targets, users and keys are not in it, they are in sysfs.
 */
#ifndef ISCSID_CONFIG_H
#define ISCSID_CONFIG_H

#include "chap.h"
#include "error.h"

#define CONFIG_PATH	"/etc/iscsi-scstd.conf"

struct config {
	uint64_t login_timeout;			/* seconds, from accept() to the session */
	uint64_t max_logins;			/* at a time; discovery sessions not counted */
	uint64_t max_logins_per_address;	/* of these; IPv6: of a /64 */
	uint64_t max_discovery_sessions;	/* a quarter of them from one address */
	struct chap_algorithms algorithms;
};

extern const struct config config_default;

/* Return: 0 or -EINVAL with the line in @err, @config untouched. @path is for the message. */
int config_parse(const char *text, const char *path, struct config *config, struct scst_error *err);

/* A file that is not there is empty, unless @must_exist. */
int config_read(const char *path, bool must_exist, struct config *config, struct scst_error *err);

#endif
