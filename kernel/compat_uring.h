/* SPDX-License-Identifier: GPL-2.0 */
/*
 * compat.h for who takes commands by io_uring: 6.12's calls are as 7.3's are here, but for their
 * names.
 */
#ifndef _SCST_COMPAT_URING_H
#define _SCST_COMPAT_URING_H

#include <linux/io_uring/cmd.h>
#include <linux/version.h>

#if LINUX_VERSION_CODE >= KERNEL_VERSION(7, 0, 0)

/* One command has one answer, which io_uring would not see to otherwise. */
#define scst_uring_is_plain(ucmd)	(!((ucmd)->flags & IORING_URING_CMD_MULTISHOT))
#define scst_uring_sqe_cmd(sqe, type)	io_uring_sqe_cmd(sqe, type)
#define scst_uring_done(ucmd, ret, flags) io_uring_cmd_done(ucmd, ret, flags)
#define scst_uring_ring(ucmd)		io_uring_cmd_ctx_handle(ucmd)
/* @name is what io_uring_cmd_complete_in_task() takes, to call @fn(ucmd, issue_flags). */
#define SCST_URING_TASK_WORK(name, fn)						\
static void name(struct io_tw_req req, io_tw_token_t token)			\
{										\
	fn(io_uring_cmd_from_tw(req), IO_URING_CMD_TASK_WORK_ISSUE_FLAGS);	\
}

#else

#define scst_uring_is_plain(ucmd)	true
#define scst_uring_sqe_cmd(sqe, type)	((const type *)io_uring_sqe_cmd(sqe))
#define scst_uring_done(ucmd, ret, flags) io_uring_cmd_done(ucmd, ret, 0, flags)
#define scst_uring_ring(ucmd)		((void *)cmd_to_io_kiocb(ucmd)->ctx)
#define SCST_URING_TASK_WORK(name, fn)						\
static void name(struct io_uring_cmd *ucmd, unsigned int issue_flags)		\
{										\
	fn(ucmd, issue_flags);							\
}

#endif

/* From its first closing on, while a command of it is there. */
static inline bool scst_uring_dies(void *ring)
{
	return percpu_ref_is_dying(&((struct io_ring_ctx *)ring)->refs);
}

#endif
