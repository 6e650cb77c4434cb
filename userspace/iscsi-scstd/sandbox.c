// SPDX-License-Identifier: GPL-2.0-only
#include "sandbox.h"

#include <fcntl.h>
#include <linux/netlink.h>
#include <netinet/in.h>
#include <scst/iscsi.h>
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

/* Bits of an argument, 32 at most. */
#define BITS(nr, mask, value)	{ nr, SCMP_CMP_MASKED_EQ, mask, value }
#define IS(nr, value)		BITS(nr, UINT32_MAX, value)
#define TYPE_IS(value)		BITS(1, (uint32_t)~(SOCK_CLOEXEC | SOCK_NONBLOCK), value)
#define SOCKET(family, type, protocol)								\
	{ SCMP_SYS(socket), 3, { IS(0, family), TYPE_IS(type), IS(2, protocol) } }
#define IOCTL(request)		{ SCMP_SYS(ioctl), 1, { IS(1, request) } }

/* All of these arguments have to be so. */
static const struct {
	int call;
	unsigned int nr_args;
	struct scmp_arg_cmp arg[3];
} limited[] = {
	/* portals, the iSNS server, name servers */
	SOCKET(AF_INET,  SOCK_STREAM, 0),
	SOCKET(AF_INET,  SOCK_STREAM, IPPROTO_TCP),
	SOCKET(AF_INET,  SOCK_DGRAM,  0),
	SOCKET(AF_INET,  SOCK_DGRAM,  IPPROTO_UDP),
	SOCKET(AF_INET6, SOCK_STREAM, 0),
	SOCKET(AF_INET6, SOCK_STREAM, IPPROTO_TCP),
	SOCKET(AF_INET6, SOCK_DGRAM,  0),
	SOCKET(AF_INET6, SOCK_DGRAM,  IPPROTO_UDP),
	/* the list of our addresses */
	SOCKET(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE),
	/* the configuration, resolv.conf, hosts: nothing to be written, made or emptied */
	{ SCMP_SYS(openat), 1, { BITS(2, O_ACCMODE | O_CREAT | O_TRUNC, O_RDONLY) } },
	/* those of /dev/iscsi-scst-ctl, and libevent's before it reads */
	IOCTL(SCST_ISCSI_IOC_DRIVER),
	IOCTL(SCST_ISCSI_IOC_TARGET),
	IOCTL(SCST_ISCSI_IOC_ATTR),
	IOCTL(SCST_ISCSI_IOC_ACCESS),
	IOCTL(SCST_ISCSI_IOC_CONN),
	IOCTL(FIONREAD),
	/* memory, but no code */
	{ SCMP_SYS(mmap),     1, { BITS(2, PROT_EXEC, 0) } },
	{ SCMP_SYS(mprotect), 1, { BITS(2, PROT_EXEC, 0) } },
};

static int add_rules(scmp_filter_ctx filter)
{
	int ret = 0;

	for (size_t i = 0; !ret && i < ARRAY_SIZE(calls); i++)
		ret = seccomp_rule_add(filter, SCMP_ACT_ALLOW, calls[i], 0);
	for (size_t i = 0; !ret && i < ARRAY_SIZE(limited); i++)
		ret = seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, limited[i].call,
					     limited[i].nr_args, limited[i].arg);
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
