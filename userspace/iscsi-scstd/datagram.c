// SPDX-License-Identifier: GPL-2.0-only
#include "datagram.h"

static int make_address(const char *path, struct sockaddr_un *addr, socklen_t *len)
{
	*addr = (struct sockaddr_un){ .sun_family = AF_UNIX };
	if ((*path != '/' && *path != '@') ||
	    scst_format(addr->sun_path, sizeof(addr->sun_path), "%s", path))
		return -EINVAL;
	if (*path == '@')
		addr->sun_path[0] = '\0';
	*len = offsetof(struct sockaddr_un, sun_path) + strlen(path) + (*path == '/');
	return 0;
}

static int reconnect(const struct datagram *datagram)
{
	const void *addr = &datagram->addr;

	return connect(datagram->fd, addr, datagram->addr_len) ? -errno : 0;
}

/* Nobody need be there yet. */
int datagram_open(struct datagram *datagram, const char *path)
{
	int err = make_address(path, &datagram->addr, &datagram->addr_len);

	if (err)
		return err;
	datagram->fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (datagram->fd < 0)
		return -errno;
	reconnect(datagram);
	return 0;
}

void datagram_close(struct datagram *datagram)
{
	if (datagram->fd >= 0)
		close(datagram->fd);
	datagram->fd = -EBADF;
}

static int send_once(const struct datagram *datagram, const char *text)
{
	return send(datagram->fd, text, strlen(text), MSG_DONTWAIT | MSG_NOSIGNAL) < 0 ? -errno : 0;
}

int datagram_send(const struct datagram *datagram, const char *text)
{
	int err = send_once(datagram, text);

	if (err != -ECONNREFUSED && err != -ENOTCONN && err != -ECONNRESET && err != -EPIPE)
		return err;
	return reconnect(datagram) ?: send_once(datagram, text);
}
