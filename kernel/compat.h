/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The one place for differences between the kernels we build for: 6.12 (Debian 13) to 7.2.
 * Included before everything else, by the compiler's command line (kernel/Kbuild).
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

/*
 * Since 6.15 and with gcc 14, __percpu is an address space of the compiler, and pahole before 1.31 then
 * takes no type of ours that leads to one of the kernel's for the same in any two files: several
 * struct scst_session in the module's BTF, and BPF refuses struct scst_policy_ops. The address
 * space is for the compiler's checks only; the accessors of per-CPU data name it themselves.
 */
#ifdef __percpu_qual
#undef __percpu_qual
#define __percpu_qual
#endif

#endif
