/* SPDX-License-Identifier: GPL-2.0-only */
/* What is logged is part of what is tested: the last line, and how many there were. */
#ifndef _SHIM_LINUX_PRINTK_H
#define _SHIM_LINUX_PRINTK_H

#include <stdio.h>

extern char last_warning[512];
extern unsigned int warnings;

#define pr_warn(...) pr_warn_ratelimited(__VA_ARGS__)
#define pr_warn_ratelimited(...) \
	(warnings++, snprintf(last_warning, sizeof(last_warning), __VA_ARGS__))

#endif
