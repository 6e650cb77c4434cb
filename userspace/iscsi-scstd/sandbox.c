// SPDX-License-Identifier: GPL-2.0-only
#include "sandbox.h"

#include <fcntl.h>
#include <seccomp.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>

#include "util.h"

/* No argument counts. In alphabetical order; those of other architectures are skipped there. */
static const int calls[] = {
	SCMP_SYS(accept),	SCMP_SYS(accept4),	SCMP_SYS(bind),
	SCMP_SYS(brk),		SCMP_SYS(clock_gettime), SCMP_SYS(close),
	SCMP_SYS(connect),	SCMP_SYS(dup2),		SCMP_SYS(dup3),
	SCMP_SYS(epoll_ctl),	SCMP_SYS(epoll_pwait),	SCMP_SYS(epoll_pwait2),
	SCMP_SYS(epoll_wait),	SCMP_SYS(exit),		SCMP_SYS(exit_group),
	SCMP_SYS(fcntl),	SCMP_SYS(fstat),	SCMP_SYS(ftruncate),
	SCMP_SYS(futex),	SCMP_SYS(getpeername),	SCMP_SYS(getpid),
	SCMP_SYS(getrandom),	SCMP_SYS(getrusage),	SCMP_SYS(getsockname),
	SCMP_SYS(getsockopt),	SCMP_SYS(gettid),	SCMP_SYS(gettimeofday),
	SCMP_SYS(listen),	SCMP_SYS(lseek),	SCMP_SYS(madvise),
	SCMP_SYS(mremap),	SCMP_SYS(munmap),	SCMP_SYS(newfstatat),
	SCMP_SYS(poll),		SCMP_SYS(ppoll),	SCMP_SYS(pread64),
	SCMP_SYS(read),		SCMP_SYS(readv),	SCMP_SYS(recvfrom),
	SCMP_SYS(recvmsg),	SCMP_SYS(restart_syscall), SCMP_SYS(rt_sigaction),
	SCMP_SYS(rt_sigprocmask), SCMP_SYS(rt_sigreturn), SCMP_SYS(sendmmsg),
	SCMP_SYS(sendmsg),	SCMP_SYS(sendto),	SCMP_SYS(setsockopt),
	SCMP_SYS(shutdown),	SCMP_SYS(statx),	SCMP_SYS(uname),
	SCMP_SYS(write),	SCMP_SYS(writev),
};

/* One argument decides: its bits of @mask, 32 at most, have to be @value. */
static const struct {
	int call;
	unsigned int arg;
	uint32_t mask;
	uint32_t value;
} limited[] = {
	/* portals and the iSNS server; syslog and systemd; the list of our addresses */
	{ SCMP_SYS(socket),	0, UINT32_MAX,			AF_INET },
	{ SCMP_SYS(socket),	0, UINT32_MAX,			AF_INET6 },
	{ SCMP_SYS(socket),	0, UINT32_MAX,			AF_UNIX },
	{ SCMP_SYS(socket),	0, UINT32_MAX,			AF_NETLINK },
	/* the configuration, resolv.conf, hosts: nothing to be written or made */
	{ SCMP_SYS(openat),	2, O_ACCMODE | O_CREAT,		O_RDONLY },
	/* those of /dev/iscsi-scst-ctl, and libevent's before it reads */
	{ SCMP_SYS(ioctl),	1, 0xff00,			'I' << 8 },
	{ SCMP_SYS(ioctl),	1, UINT32_MAX,			FIONREAD },
	/* memory, but no code */
	{ SCMP_SYS(mmap),	2, PROT_EXEC,			0 },
	{ SCMP_SYS(mprotect),	2, PROT_EXEC,			0 },
};

static int add_rules(scmp_filter_ctx filter)
{
	int ret = 0;

	for (size_t i = 0; !ret && i < ARRAY_SIZE(calls); i++)
		ret = seccomp_rule_add(filter, SCMP_ACT_ALLOW, calls[i], 0);
	for (size_t i = 0; !ret && i < ARRAY_SIZE(limited); i++)
		ret = seccomp_rule_add(filter, SCMP_ACT_ALLOW, limited[i].call, 1,
				       SCMP_CMP(limited[i].arg, SCMP_CMP_MASKED_EQ,
						limited[i].mask, limited[i].value));
	return ret;
}

int sandbox_enter(struct scst_error *err)
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(EPERM));
	int ret;

	if (!filter)
		return scst_fail(err, -ENOMEM, "out of memory");
	/* what was refused is in the audit log */
	ret = seccomp_attr_set(filter, SCMP_FLTATR_CTL_LOG, 1) ?: add_rules(filter) ?:
	      seccomp_load(filter);
	seccomp_release(filter);
	if (ret)
		return scst_fail(err, ret, "cannot limit the system calls: %s", strerror(-ret));
	return 0;
}
