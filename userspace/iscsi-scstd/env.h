/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the protocol asks of the world: the kernel's configuration, iSNS. The daemon answers from
 * /dev/iscsi-scst-ctl, tests and fuzzers from tables. Nothing here blocks.
 */
#ifndef ISCSID_ENV_H
#define ISCSID_ENV_H

#include <netinet/in.h>
#include <scst/iscsi.h>

#include "chap.h"

struct portal {
	char addr[INET6_ADDRSTRLEN];	/* numeric, without brackets */
	uint16_t port;
};

#define PORTALS_MAX	64

struct env_ops {
	/* The ioctls of the same names. Return: 0 or -errno; access: 1, 0 or -errno. */
	int (*driver)(void *arg, struct scst_iscsi_driver *driver);
	int (*target)(void *arg, struct scst_iscsi_target *target);
	int (*attr)(void *arg, struct scst_iscsi_attr_get *attr);
	int (*access)(void *arg, const struct scst_iscsi_access *access);

	/* Does the iSNS server's access control let them see each other? */
	bool (*isns_allows)(void *arg, const char *target, const char *initiator);

	/* May the host of @peer log in to @target? Return: 1, 0 or -errno. NULL: whoever comes. */
	int (*host_allowed)(void *arg, const char *target, const struct portal *peer);

	/* Where we listen, for somebody who is connected to @local. Return: how many. */
	size_t (*portals)(void *arg, const struct portal *local, struct portal out[PORTALS_MAX]);
};

struct env {
	const struct env_ops *ops;
	void *arg;
	const struct chap_algorithms *algorithms;
	bool suspended;		/* whoever logs in is told to come later */
};

#endif
