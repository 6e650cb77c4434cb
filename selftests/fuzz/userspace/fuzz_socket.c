// SPDX-License-Identifier: GPL-2.0-only
/*
 * The control socket: two clients write what the fuzzer says, in pieces, and read or do not. Every
 * line they hear is JSON, and the daemon hears who does behave afterwards.
 */
#include <event2/event.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "json.h"
#include "server.h"

#define QUEUE		4096
#define CLIENTS		2

static char path[64];

static int reload(void *arg, struct scst_error *err)
{
	return scst_fail(err, -EINVAL, "not \"now\"");
}

static int connect_client(void)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	strcpy(addr.sun_path, path);
	must(fd >= 0 && !connect(fd, (struct sockaddr *)&addr, sizeof(addr)));
	must(!fcntl(fd, F_SETFL, O_NONBLOCK));
	return fd;
}

/* The same answers come again and again: one look at each is enough. */
static bool is_known(const char *line, size_t len)
{
	static struct {
		char text[256];
		size_t len;
	} known[8];
	static unsigned int nr;

	for (size_t i = 0; i < ARRAY_SIZE(known); i++)
		if (known[i].len == len && len && !memcmp(known[i].text, line, len))
			return true;
	if (len > sizeof(known->text))
		return false;
	nr = (nr + 1) % ARRAY_SIZE(known);
	memcpy(known[nr].text, line, len);
	known[nr].len = len;
	return false;
}

/* What was heard, up to its last line's end. Return: how many lines. */
static unsigned int hear(int fd)
{
	static char text[1 << 20];
	ssize_t len = read(fd, text, sizeof(text));
	unsigned int lines = 0;

	for (char *line = text, *end; len > 0 && (end = memchr(line, '\n', text + len - line));
	     line = end + 1, lines++)
		if (!is_known(line, end - line))
			must_be_json(line, end - line);
	return lines;
}

static void run(struct event_base *base)
{
	for (int i = 0; i < 3; i++)
		event_base_loop(base, EVLOOP_NONBLOCK);
}

static void say(struct input *input, struct event_base *base, const int fds[CLIENTS])
{
	while (input->left) {
		uint8_t how = take_u8(input);
		size_t len = how >> 1 & 0x3f;
		char *block = take_block(input, &len);

		if (send(fds[how & 1], block, len, MSG_NOSIGNAL) == (ssize_t)len && how & 0x80)
			(void)!send(fds[how & 1], "\n", 1, MSG_NOSIGNAL);
		free(block);
		event_base_loop(base, EVLOOP_NONBLOCK);
		if (how & 1)
			hear(fds[1]);
	}
}

static void must_still_answer(struct event_base *base)
{
	int fd = connect_client();
	unsigned int lines = 0;

	must(write(fd, "{\"cmd\":\"status\"}\n", 17) == 17);
	for (int i = 0; i < 16 && !lines; i++) {
		run(base);
		lines = hear(fd);
	}
	must(lines == 1);
	close(fd);
	run(base);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	signal(SIGPIPE, SIG_IGN);	/* as the daemon does */
	snprintf(path, sizeof(path), "/tmp/fuzz-socket-%d", getpid());
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct scst_names faults;
	const struct bpfd_server_options options = {
		.queue = QUEUE, .reload = reload, .faults = &faults,
	};
	struct event_base *base = event_base_new();
	struct bpfd_server *server = base ? bpfd_server_new(base, &options) : NULL;
	struct input input = { data, size };
	struct scst_error err = {};
	int fds[CLIENTS];

	must(server && !bpfd_server_listen(server, path, NULL, &err));
	for (size_t i = 0; i < CLIENTS; i++)
		fds[i] = connect_client();
	say(&input, base, fds);
	bpfd_server_publish(server, "{\"event\":\"x\"}");
	run(base);
	must_still_answer(base);
	for (size_t i = 0; i < CLIENTS; i++)
		close(fds[i]);
	run(base);
	bpfd_server_stop(server);
	event_base_free(base);
	return 0;
}
