/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the administrator should know, to stderr: with priorities where systemd puts stderr into the
 * journal, plain elsewhere. Events are no log; they go to the subscribers (server.h).
 */
#ifndef BPFD_LOG_H
#define BPFD_LOG_H

#include <stdio.h>
#include <stdlib.h>
#include <systemd/sd-daemon.h>

#define bpfd_log(level, fmt, ...)      \
	fprintf(stderr, "%s" fmt "\n", \
		getenv("JOURNAL_STREAM") ? (level) : "scst-bpfd: ", ##__VA_ARGS__)

#define log_error(...)	bpfd_log(SD_ERR, __VA_ARGS__)
#define log_warn(...)	bpfd_log(SD_WARNING, __VA_ARGS__)
#define log_info(...)	bpfd_log(SD_INFO, __VA_ARGS__)

#endif
