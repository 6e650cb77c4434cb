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
	_cleanup_fclose_ FILE *stream = NULL;
	_cleanup_free_ char *line = NULL;
	char request[128];
	size_t size = 0;

	if (fd < 0)
		return fd;
	if (scst_format(request, sizeof(request), "{\"cmd\":\"%s\"}\n", cmd))
		return scst_fail(err, -EINVAL, "no such request: %s", cmd);
	if (send(fd, request, strlen(request), MSG_NOSIGNAL) != (ssize_t)strlen(request))
		return scst_fail(err, -EIO, "scst-bpfd does not listen");
	stream = fdopen(fd, "r");
	if (!stream)
		return scst_fail(err, -errno, "cannot use the socket %s", socket);
	TAKE_FD(fd);
	if (getline(&line, &size, stream) <= 0)
		return scst_fail(err, -EIO, "scst-bpfd does not answer");
	*answer = json_tokener_parse(line);
	return json_object_is_type(*answer, json_type_object) ?
		       0 :
		       scst_fail(err, -EIO, "scst-bpfd answers nonsense");
}
