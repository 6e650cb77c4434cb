// SPDX-License-Identifier: GPL-2.0-only
/* A client of the control socket for requests with one answer. */
#include "request.h"

#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>

#define TIMEOUT_S	60

static int connect_to(const char *path, struct scst_error *err)
{
	_cleanup_close_ int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	const struct timeval timeout = { .tv_sec = TIMEOUT_S };
	struct sockaddr_un addr = { .sun_family = AF_UNIX };

	if (fd < 0 || scst_format(addr.sun_path, sizeof(addr.sun_path), "%s", path))
		return scst_fail(err, -EINVAL, "cannot use the socket %s", path);
	if (connect(fd, (struct sockaddr *)&addr, sizeof(addr)))
		return scst_fail(err, errno == EACCES ? -EACCES : -EOPNOTSUPP,
				 "scst-bpfd does not answer on %s: %s", path, strerror(errno));
	if (setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof(timeout)))
		return scst_fail(err, -errno, "cannot use the socket %s", path);
	return TAKE_FD(fd);
}

int scst_request(const char *socket, const char *cmd, struct json_object **answer,
		 struct scst_error *err)
{
	_cleanup_close_ int fd = connect_to(socket, err);
	char line[4096];
	size_t len;
	ssize_t got;

	if (fd < 0)
		return fd;
	len = snprintf(line, sizeof(line), "{\"cmd\":\"%s\"}\n", cmd);
	if (send(fd, line, len, MSG_NOSIGNAL) != (ssize_t)len)
		return scst_fail(err, -EIO, "scst-bpfd does not listen");
	for (len = 0; len < sizeof(line) - 1 && !memchr(line, '\n', len); len += got) {
		got = recv(fd, line + len, sizeof(line) - 1 - len, 0);
		if (got <= 0)
			return scst_fail(err, -EIO, "scst-bpfd does not answer");
	}
	line[len] = '\0';
	*answer = json_tokener_parse(line);
	return json_object_is_type(*answer, json_type_object) ?
		       0 :
		       scst_fail(err, -EIO, "scst-bpfd answers nonsense");
}
