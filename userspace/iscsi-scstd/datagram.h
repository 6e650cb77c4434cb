/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Messages to other programs of this host, systemd and syslog. sd_notify() and syslog() make a
 * socket when they need one; the sandbox could not tell that from a socket to anybody else. So
 * these are made before, and connected again when their other end was restarted.
 */
#ifndef ISCSID_DATAGRAM_H
#define ISCSID_DATAGRAM_H

#include <sys/socket.h>
#include <sys/un.h>

#include "util.h"

struct datagram {
	int fd;
	struct sockaddr_un addr;
	socklen_t addr_len;
};

#define DATAGRAM_NONE	{ .fd = -EBADF }

/* @path: of a socket; '@' instead of the first '/' for one without a file. Return: 0 or -errno. */
int datagram_open(struct datagram *datagram, const char *path);
void datagram_close(struct datagram *datagram);

/* Waits for nobody: whoever does not read misses it. Return: 0 or -errno. */
int datagram_send(const struct datagram *datagram, const char *text);

#endif
