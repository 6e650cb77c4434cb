/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Names that others give us, of devices, targets, groups and initiators; and what may be said of
 * them. A name becomes a directory, is written to logs, terminals and metrics, and somebody puts it
 * into a shell's command: so it is letters, digits and few signs, all ASCII. (isalnum() and
 * isprint() of the kernel are those of Latin-1.)
 *
 * No locks, no allocation: it builds in user space too (selftests/unit/mgmt).
 */
#ifndef _SCST_NAME_H
#define _SCST_NAME_H

#include <linux/types.h>
#include <scst/scst.h>

/* What the transports' own names need: ':' of WWNs and IPv6, '%' of its scopes, '#' of portals. */
#define SCST_NAME_SIGNS		"-.:_,=+@%#"
#define SCST_PATTERN_SIGNS	SCST_NAME_SIGNS "*?[]!"

/*
 * 0 if @name, of a @what, is letters, digits and @signs, and with its 0 fits @size. Else -EINVAL or
 * -ENAMETOOLONG, and the log says what is wrong.
 */
int scst_name_check(const char *what, const char *name, size_t size, const char *signs);

struct scst_printable {
	char text[SCST_NAME_LEN];
};

/* For the log: what @text, of whoever it is, says; '?' for what is not printable ASCII. */
struct scst_printable scst_printable(const char *text);

#endif
