/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The one place for differences between the kernels we build for: 6.12 (Debian 13) to 7.2.
 */
#ifndef _SCST_COMPAT_H
#define _SCST_COMPAT_H

#include <linux/version.h>

/* queuecommand answers with an enum since 7.0. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(7, 0, 0)
typedef enum scsi_qc_status scst_queuecommand_t;
#else
typedef int scst_queuecommand_t;
#endif

#endif
