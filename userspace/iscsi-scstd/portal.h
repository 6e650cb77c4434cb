/* SPDX-License-Identifier: GPL-2.0-only */
/* Which of our addresses a target is to be reached at. */
#ifndef ISCSID_PORTAL_H
#define ISCSID_PORTAL_H

#include "env.h"

#define PORTAL_GROUP		SCST_ISCSI_PORTAL_GROUP
#define PORTAL_TEXT_MAX		(INET6_ADDRSTRLEN + 10)

/* "192.0.2.1:3260", "[2001:db8::1]:3260". */
void portal_format(const struct portal *portal, char out[PORTAL_TEXT_MAX]);

/*
 * "address", "[address]", with port or without: 0, or -EINVAL. @default_port for the latter. The
 * address may be written in any way and is then as inet_ntop() has it, so that text is compared.
 */
int portal_parse(const char *text, uint16_t default_port, struct portal *out);

/*
 * allowed_portal: at which of @nr portals target @tid may be reached, a bit each. A portal is
 * allowed if a pattern fits it, or there are none, and if no pattern behind a '!' fits it. A
 * pattern that cannot fit any address allows nothing; behind a '!' it forbids all, because whoever
 * wrote it wanted something kept away. Return: 0 or -errno.
 */
int portal_allowed(const struct env *env, uint32_t tid, const struct portal *portal, size_t nr,
		   uint64_t *allowed);

/* Is it one of @list (internal_portal), addresses with port or without? */
bool portal_is_listed(const char *list, const struct portal *portal);

/* The name that masking knows @initiator by, at this portal. */
int portal_initiator_name(const struct scst_iscsi_target *target, const struct portal *portal,
			  const char *initiator, char out[SCST_ISCSI_TEXT_LEN]);

#endif
