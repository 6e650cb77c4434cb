/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Capabilities. The daemon starts as root and gives up for good, before it loads anything, all but
 *
 *	CAP_BPF		maps, programs, links
 *	CAP_PERFMON	programs of tracers and policies: they read kernel memory
 *	CAP_SYS_ADMIN	finding the BTF of scst.ko by its id; only where the kernel asks for it
 *
 * and of these none is in force except while a configuration is applied: events and subscribers are
 * served without any. CAP_CHOWN stays until the socket has its group, which comes after the
 * policies. Files need no capability: they belong to root, which the daemon still is.
 */
#ifndef BPFD_CAPS_H
#define BPFD_CAPS_H

#include "error.h"

/* Also no_new_privs, an empty ambient set and a bounding set like the permitted one. */
int bpfd_caps_limit(struct scst_error *err);

/* Put what is left in force, or out of force. Both end CAP_CHOWN. */
int bpfd_caps_raise(struct scst_error *err);
int bpfd_caps_lower(struct scst_error *err);

#endif
