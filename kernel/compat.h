/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The one place for differences between the kernels we build for: 6.12 (Debian 13) to 7.3.
 * Included before everything else, by the compiler's command line (kernel/Kbuild). What needs the
 * VFS is in compat_vfs.h.
 */
#ifndef _SCST_COMPAT_H
#define _SCST_COMPAT_H

#include <linux/version.h>

/* hrtimer_setup() came with 6.13, and hrtimer_init() went with 6.15. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 13, 0)
#define hrtimer_setup(timer, fn, clock, mode)		\
do {							\
	hrtimer_init(timer, clock, mode);		\
	(timer)->function = (fn);			\
} while (0)
#endif

/* What a kfunc gets is trusted by default since 7.0. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(7, 0, 0)
#define KF_TRUSTED_ARGS	0
#endif

/* queuecommand answers with an enum since 7.0. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(7, 0, 0)
typedef enum scsi_qc_status scst_queuecommand_t;
#else
typedef int scst_queuecommand_t;
#endif

/* What a request's end is told, since 7.0 also of the batch that it ends with. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(7, 0, 0)
#define PASS_END_IO_ARGS	struct request *rq, blk_status_t status, \
				const struct io_comp_batch *batch
#else
#define PASS_END_IO_ARGS	struct request *rq, blk_status_t status
#endif

/* It knows the queue of a request since 6.16. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 16, 0)
#define scst_rq_map_kern(rq, buf, len, gfp)	blk_rq_map_kern(rq, buf, len, gfp)
#else
#define scst_rq_map_kern(rq, buf, len, gfp)	blk_rq_map_kern((rq)->q, rq, buf, len, gfp)
#endif

/* Constant since 6.16. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 16, 0)
#define scst_bin_attribute	const struct bin_attribute
#else
#define scst_bin_attribute	struct bin_attribute
#endif

/* Declared in linux/crc32.h since 6.14; and a worker that is made did not run by then. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 14, 0)
#include <linux/crc32c.h>
#define kthread_run_worker	kthread_create_worker
#endif

/* A workqueue that is not WQ_UNBOUND says so since 6.18. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 18, 0)
#define SCST_WQ_PERCPU	WQ_PERCPU
#else
#define SCST_WQ_PERCPU	0
#endif

/*
 * Since 6.15, gcc 14 and later have __percpu as an address space in the type, and pahole before
 * 1.31 then takes no type of ours that leads to one of the kernel's for the same in any two files:
 * several struct scst_session in the module's BTF, and BPF refuses struct scst_policy_ops. So do as
 * the kernel does for gcc 13, where the type is plain and the accessors (asm/percpu.h, not
 * included yet) name the address space: both follow USE_TYPEOF_UNQUAL.
 */
#ifndef __CHECKER__
#ifdef _ASM_X86_PERCPU_H
#error "too late: types and accessors of per-CPU data would not agree"
#endif
#undef USE_TYPEOF_UNQUAL
#undef __percpu_qual
#define __percpu_qual
#endif

#endif
