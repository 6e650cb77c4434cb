/* SPDX-License-Identifier: GPL-2.0-only */
/* cmocka and what it must be preceded by. */
#ifndef UNIT_H
#define UNIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/* The message must contain @text. */
#define assert_says(err, part)						\
	do {								\
		if (!strstr((err).text, (part)))			\
			fail_msg("\"%s\" lacks \"%s\"", (err).text, (part)); \
	} while (0)

#endif
