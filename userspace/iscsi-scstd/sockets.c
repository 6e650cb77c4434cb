// SPDX-License-Identifier: GPL-2.0-only
#include "sockets.h"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <net/if.h>

#include "portal.h"

void sockets_to_portal(const union sockets_addr *addr, struct portal *portal)
{
	const bool v6 = addr->any.sa_family == AF_INET6;
	const void *bytes = v6 ? (const void *)&addr->v6.sin6_addr : &addr->v4.sin_addr;

	*portal = (struct portal){ .port = ntohs(v6 ? addr->v6.sin6_port : addr->v4.sin_port) };
	inet_ntop(addr->any.sa_family, bytes, portal->addr, sizeof(portal->addr));
}

socklen_t sockets_from_portal(const struct portal *portal, union sockets_addr *addr)
{
	memset(addr, 0, sizeof(*addr));
	if (inet_pton(AF_INET, portal->addr, &addr->v4.sin_addr) == 1) {
		addr->v4.sin_family = AF_INET;
		addr->v4.sin_port = htons(portal->port);
		return sizeof(addr->v4);
	}
	inet_pton(AF_INET6, portal->addr, &addr->v6.sin6_addr);
	addr->v6.sin6_family = AF_INET6;
	addr->v6.sin6_port = htons(portal->port);
	return sizeof(addr->v6);
}

bool sockets_is_loopback(const union sockets_addr *addr)
{
	if (addr->any.sa_family == AF_INET6)
		return IN6_IS_ADDR_LOOPBACK(&addr->v6.sin6_addr);
	return ntohl(addr->v4.sin_addr.s_addr) >> 24 == IN_LOOPBACKNET;
}

bool sockets_is_link_local(const union sockets_addr *addr)
{
	return addr->any.sa_family == AF_INET6 && IN6_IS_ADDR_LINKLOCAL(&addr->v6.sin6_addr);
}

bool sockets_is_wildcard(const union sockets_addr *addr)
{
	if (addr->any.sa_family == AF_INET6)
		return IN6_IS_ADDR_UNSPECIFIED(&addr->v6.sin6_addr);
	return addr->v4.sin_addr.s_addr == htonl(INADDR_ANY);
}

struct sockets_host sockets_host(const union sockets_addr *addr)
{
	struct sockets_host host = { .family = addr->any.sa_family };

	if (host.family == AF_INET6)
		memcpy(&host.address, &addr->v6.sin6_addr, sizeof(host.address));
	else
		host.address = addr->v4.sin_addr.s_addr;
	return host;
}

bool sockets_is_same_host(const union sockets_addr *a, const union sockets_addr *b)
{
	struct sockets_host host_a = sockets_host(a), host_b = sockets_host(b);

	return host_a.family == host_b.family && host_a.address == host_b.address;
}

/* One PDU of the largest size. The kernel doubles it, for what it needs itself. */
#define STRANGERS_BUFFER	8192

static void set_buffers(int fd, int receive, int send)
{
	setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &receive, sizeof(receive));
	setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &send, sizeof(send));
}

void sockets_confine(int fd, struct sockets_buffers *was)
{
	socklen_t len = sizeof(int);

	*was = (struct sockets_buffers){};
	getsockopt(fd, SOL_SOCKET, SO_RCVBUF, &was->receive, &len);
	getsockopt(fd, SOL_SOCKET, SO_SNDBUF, &was->send, &len);
	set_buffers(fd, STRANGERS_BUFFER, STRANGERS_BUFFER);
}

/* A size that was set stays, unless one unlocks it. */
void sockets_set_free(int fd, const struct sockets_buffers *was)
{
	const int nothing = 0;

	set_buffers(fd, was->receive / 2, was->send / 2);
	setsockopt(fd, SOL_SOCKET, SO_BUF_LOCK, &nothing, sizeof(nothing));
}

/* IPv4 has a socket of its own, so that nobody comes by a mapped address. */
int sockets_bind(const struct portal *portal, struct scst_error *err)
{
	char text[PORTAL_TEXT_MAX];
	union sockets_addr addr;
	socklen_t len = sockets_from_portal(portal, &addr);
	_cleanup_close_ int fd = socket(addr.any.sa_family,
					SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	const int on = 1;

	portal_format(portal, text);
	if (fd < 0)
		return scst_fail(err, -errno, "cannot make a socket for %s: %s", text,
				 strerror(errno));
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (addr.any.sa_family == AF_INET6)
		setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on));
	if (bind(fd, &addr.any, len))
		return scst_fail(err, -errno, "cannot bind %s: %s", text, strerror(errno));
	return TAKE_FD(fd);
}

struct list {
	struct portal *portal;
	size_t nr;
};

static void add(struct list *list, const struct portal *portal)
{
	for (size_t i = 0; i < list->nr; i++)
		if (streq(list->portal[i].addr, portal->addr) &&
		    list->portal[i].port == portal->port)
			return;
	if (list->nr < PORTALS_MAX)
		list->portal[list->nr++] = *portal;
}

/* The interfaces' addresses of one family, at @port. */
static void add_interfaces(struct list *list, const struct ifaddrs *all, sa_family_t family,
			   uint16_t port)
{
	for (const struct ifaddrs *i = all; i; i = i->ifa_next) {
		const union sockets_addr *addr = (const void *)i->ifa_addr;
		struct portal portal;

		if (!addr || addr->any.sa_family != family || !(i->ifa_flags & IFF_UP) ||
		    sockets_is_loopback(addr) || sockets_is_link_local(addr))
			continue;
		sockets_to_portal(addr, &portal);
		portal.port = port;
		add(list, &portal);
	}
}

static bool is_loopback_portal(const struct portal *portal)
{
	union sockets_addr addr;

	sockets_from_portal(portal, &addr);
	return sockets_is_loopback(&addr);
}

size_t sockets_portals(const union sockets_addr *listening, size_t nr, const struct portal *local,
		       struct portal out[PORTALS_MAX])
{
	struct list list = { out, 0 };
	struct ifaddrs *all = NULL;

	if (local)
		add(&list, local);	/* that one works */
	if (local && is_loopback_portal(local))
		return list.nr;
	if (getifaddrs(&all))
		return list.nr;
	for (size_t i = 0; i < nr; i++) {
		struct portal portal;

		sockets_to_portal(&listening[i], &portal);
		if (sockets_is_wildcard(&listening[i]))
			add_interfaces(&list, all, listening[i].any.sa_family, portal.port);
		else if (!sockets_is_loopback(&listening[i]))
			add(&list, &portal);
	}
	freeifaddrs(all);
	return list.nr;
}
