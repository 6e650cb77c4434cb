/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One line for the person who asked: the object, what is wrong with it and, where that is not
 * obvious, what to do. The library never prints: it fills a struct scst_error and returns -errno,
 * in one statement:
 *
 *	return scst_fail(err, -EINVAL, "policy %s: unknown option %s", name, key);
 *
 * The errno decides the exit status: enum scst_exit is what scripts may rely on.
 */
#ifndef SCST_LIB_ERROR_H
#define SCST_LIB_ERROR_H

#include "util.h"

struct scst_error {
	char text[1024];
};

/* Return: @code. The first message stands: what failed first is what has to be mended. */
int scst_fail(struct scst_error *err, int code, const char *fmt, ...) _printf_(3, 4);

/* Put "<text>: " before the message there is. Return: @code. */
int scst_fail_in(struct scst_error *err, int code, const char *fmt, ...) _printf_(3, 4);

enum scst_exit {
	SCST_EXIT_OK		= 0,
	SCST_EXIT_FAILED	= 1,
	SCST_EXIT_USAGE		= 2,	/* a wrong argument, option or configuration		*/
	SCST_EXIT_NOT_FOUND	= 3,
	SCST_EXIT_UNAVAILABLE	= 4,	/* scst.ko, BTF or BPF is missing, or no daemon listens	*/
	SCST_EXIT_DENIED	= 5,	/* needs root						*/
	SCST_EXIT_CONFLICT	= 6,	/* exists already, or is in use				*/
	SCST_EXIT_DIFFERS	= 7,	/* of plan and diff: there is something to do		*/
};

/* @code: 0 or -errno. */
enum scst_exit scst_exit_status(int code);

#endif
