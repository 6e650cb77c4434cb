/* SPDX-License-Identifier: GPL-2.0-only */
/* Addresses: between struct sockaddr and struct portal, and which ones this host has. */
#ifndef ISCSID_SOCKETS_H
#define ISCSID_SOCKETS_H

#include <sys/socket.h>

#include "env.h"
#include "error.h"

union sockets_addr {
	struct sockaddr any;
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;
	struct sockaddr_storage storage;
};

void sockets_to_portal(const union sockets_addr *addr, struct portal *portal);
socklen_t sockets_from_portal(const struct portal *portal, union sockets_addr *addr);

bool sockets_is_loopback(const union sockets_addr *addr);
bool sockets_is_link_local(const union sockets_addr *addr);
bool sockets_is_wildcard(const union sockets_addr *addr);

/* One host, as far as we can tell: an IPv4 address; an IPv6 host has a /64 to choose from. */
struct sockets_host {
	uint64_t address;
	sa_family_t family;
};

struct sockets_host sockets_host(const union sockets_addr *addr);
bool sockets_is_same_host(const union sockets_addr *a, const union sockets_addr *b);

/*
 * The kernel keeps what a peer sends faster than we read, and what it does not take, up to
 * megabytes each. As long as it is a stranger that has to be little. What it @was is for
 * sockets_set_free(), after which both grow by themselves again.
 */
struct sockets_buffers {
	int receive;
	int send;
};

void sockets_confine(int fd, struct sockets_buffers *was);
void sockets_set_free(int fd, const struct sockets_buffers *was);

/* A TCP socket that is bound and does not listen yet. Return: the descriptor or -errno. */
int sockets_bind(const struct portal *portal, struct scst_error *err);

/*
 * The portals behind @nr listening addresses, for somebody who is connected to @local (NULL: for
 * everybody). Addresses that lead nowhere from there are left out: loopback, link-local. Return:
 * how many.
 */
size_t sockets_portals(const union sockets_addr *listening, size_t nr, const struct portal *local,
		       struct portal out[PORTALS_MAX]);

#endif
