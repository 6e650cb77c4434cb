// SPDX-License-Identifier: GPL-2.0-only
/*
 * scstctl events: what scst-bpfd serves, a JSON object in each line. `{"cmd":"subscribe"}` goes out
 * first; see scst-bpfd(8).
 */
#include <sys/socket.h>
#include <sys/un.h>

#include "cli.h"

#define SUBSCRIBE "{\"cmd\":\"subscribe\"}\n"

static int set_socket(struct cli *cli, const char *value)
{
	cli->socket = value;
	return 0;
}

static const struct cli_option options[] = {
	{ "count",	"N",	"end after N events",			cli_set_count	},
	{ "socket",	"PATH",	"instead of /run/scst/bpfd.sock",	set_socket	},
	{}
};

static int refused(struct cli *cli, int code)
{
	if (code == -ENOENT || code == -ECONNREFUSED)
		return scst_fail(&cli->err, -ECONNREFUSED,
				 "nobody listens on %s: systemctl start scst-bpfd", cli->socket);
	if (code == -EACCES)
		return scst_fail(&cli->err, code,
				 "no right to connect to %s: be root or in its group", cli->socket);
	return scst_fail(&cli->err, code, "cannot connect to %s: %s", cli->socket, strerror(-code));
}

static int connect_daemon(struct cli *cli, FILE **stream)
{
	_cleanup_close_ int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct sockaddr_un addr = { .sun_family = AF_UNIX };

	if (fd < 0)
		return scst_fail(&cli->err, -errno, "socket: %s", strerror(errno));
	if (scst_format(addr.sun_path, sizeof(addr.sun_path), "%s", cli->socket))
		return scst_fail(&cli->err, -ENAMETOOLONG, "--socket: the path is too long");
	if (connect(fd, (struct sockaddr *)&addr, sizeof(addr)))
		return refused(cli, -errno);
	if (send(fd, SUBSCRIBE, strlen(SUBSCRIBE), MSG_NOSIGNAL) != (ssize_t)strlen(SUBSCRIBE))
		return refused(cli, -errno);
	*stream = fdopen(fd, "r");
	if (!*stream)
		return scst_fail(&cli->err, -errno, "fdopen: %s", strerror(errno));
	TAKE_FD(fd);
	return 0;
}

static const char *text_of(struct json_object *obj, const char *key)
{
	struct json_object *value;

	return json_object_object_get_ex(obj, key, &value) ? json_object_get_string(value) ?: "-" :
							     "-";
}

static void print_cmd(struct json_object *obj)
{
	printf("%s %s lun=%s cdb=%s lba=%s bytes=%s status=%s sense=%s latency_ns=%s %s\n",
	       text_of(obj, "time"), text_of(obj, "initiator"), text_of(obj, "lun"),
	       text_of(obj, "cdb"), text_of(obj, "lba"), text_of(obj, "bytes"),
	       text_of(obj, "status"), text_of(obj, "sense"), text_of(obj, "latency_ns"),
	       text_of(obj, "device"));
}

static void print_other(struct json_object *obj)
{
	printf("%s", text_of(obj, "event"));
	json_object_object_foreach(obj, key, value)
		if (!streq(key, "event"))
			printf(" %s=%s", key, json_object_get_string(value) ?: "-");
	putchar('\n');
}

static int print_line(struct cli *cli, const char *line)
{
	_cleanup_(json_object_putp) struct json_object *obj = json_tokener_parse(line);

	if (!json_object_is_type(obj, json_type_object))
		return scst_fail(&cli->err, -EPROTO, "the daemon sent what is no JSON object");
	if (cli->json)
		fputs(line, stdout);
	else if (streq(text_of(obj, "event"), "cmd"))
		print_cmd(obj);
	else
		print_other(obj);
	fflush(stdout);
	return 0;
}

static int events(struct cli *cli, int argc _unused_, char **argv _unused_)
{
	_cleanup_fclose_ FILE *stream = NULL;
	_cleanup_free_ char *line = NULL;
	uint64_t seen = 0;
	size_t size = 0;
	int ret;

	ret = connect_daemon(cli, &stream);
	while (!ret && getline(&line, &size, stream) > 0) {
		ret = print_line(cli, line);
		if (!ret && ++seen == cli->count)
			return 0;
	}
	return ret ?: scst_fail(&cli->err, -ECONNRESET, "the daemon closed the connection");
}

const struct cli_command cli_events = {
	.noun = "events",
	.summary = "what scst-bpfd serves",
	.help = "Subscribes to scst-bpfd and prints its events until --count, a signal or its\n"
		"end. Who reads too slowly is told how many events were left out.",
	.options = options,
	.run = events,
};
