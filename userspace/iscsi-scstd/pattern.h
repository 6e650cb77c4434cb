/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Patterns of addresses, with '*' and '?': what allowed_portal says. They are compared with an
 * address as inet_ntop() writes it, and an IPv6 one also with all of its groups ("2001:db8:0:*" is
 * meant to fit 2001:db8::1). Capitals, and brackets around the whole, make no difference; an
 * address without wildcards may be written in any way. "0.0.0.0" is any IPv4 address, and "::" any
 * IPv6 one.
 */
#ifndef ISCSID_PATTERN_H
#define ISCSID_PATTERN_H

#include "env.h"

#define PATTERN_MAX	(INET6_ADDRSTRLEN + 2)

struct pattern {
	char text[PATTERN_MAX];
};

/* Return: 0, or -EINVAL: there is no address that @text could fit. */
int pattern_parse(const char *text, struct pattern *out);

bool pattern_fits(const struct pattern *pattern, const struct portal *portal);

#endif
