/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * /etc/initiators.deny and /etc/initiators.allow, which SCST has: which hosts may not log in to a
 * target, and which may all the same. A line is
 *
 *	TARGET|ALL  HOST[, HOST]...
 *
 * and HOST is ALL, an address, or a network ("192.0.2.0/24", "[2001:db8::]/32"). The first line of
 * a file that names the target decides; lines that begin with a '#' say nothing. What is no host
 * allows nobody, and denies everybody: whoever wrote it wanted somebody kept away.
 */
#ifndef ISCSID_HOSTS_H
#define ISCSID_HOSTS_H

#include "env.h"

#define HOSTS_DENY_PATH		"/etc/initiators.deny"
#define HOSTS_ALLOW_PATH	"/etc/initiators.allow"

enum hosts_list { HOSTS_ALLOW, HOSTS_DENY };

/* Is @peer on the list that @text is, for @target? */
bool hosts_has(const char *text, enum hosts_list list, const char *target,
	       const struct portal *peer);

/*
 * May @peer log in to @target? The files are read each time; one that is not there has no line.
 * Return: 1, 0, or -errno: one of them cannot be read.
 */
int hosts_allow(const char *deny_path, const char *allow_path, const char *target,
		const struct portal *peer);

#endif
