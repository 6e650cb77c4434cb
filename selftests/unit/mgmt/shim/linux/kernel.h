/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _SHIM_MGMT_KERNEL_H
#define _SHIM_MGMT_KERNEL_H

#include <errno.h>
#include <stdlib.h>
#include_next <linux/kernel.h>

static inline int kstrtou64(const char *text, unsigned int base, u64 *out)
{
	char *end;

	errno = 0;
	*out = strtoull(text, &end, base);
	return errno ? -ERANGE : *end || end == text ? -EINVAL : 0;
}

#endif
