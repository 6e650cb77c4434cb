// SPDX-License-Identifier: GPL-2.0-only
/* The control socket of scst-bpfd, and clients that do it no good. */
#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "server.h"

#define QUEUE	(64 * 1024)

static char top[] = "/tmp/scst-server-XXXXXX", path[64];
static struct scst_names faults;
static struct event_base *base;
static struct bpfd_server *server;
static unsigned int reloads;

static int reload(void *arg, struct scst_error *err)
{
	reloads++;
	return 0;
}

static int begin(void **state)
{
	const struct bpfd_server_options options = {
		.queue = QUEUE, .reload = reload, .faults = &faults,
	};
	struct scst_error err = {};

	reloads = 0;
	base = event_base_new();
	server = base ? bpfd_server_new(base, &options) : NULL;
	return !server || bpfd_server_listen(server, path, NULL, &err);
}

static int end(void **state)
{
	bpfd_server_stop(server);
	event_base_free(base);
	scst_names_clear(&faults);
	return 0;
}

static int make_top(void **state)
{
	if (!mkdtemp(top))
		return -1;
	snprintf(path, sizeof(path), "%s/sock", top);
	return chmod(top, 0755);
}

static int remove_top(void **state)
{
	return rmdir(top);
}

static void run_server(void)
{
	for (int i = 0; i < 4; i++)
		event_base_loop(base, EVLOOP_NONBLOCK);
}

static int connect_client(void)
{
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	struct sockaddr_un addr = { .sun_family = AF_UNIX };

	strcpy(addr.sun_path, path);
	assert_int_equal(connect(fd, (struct sockaddr *)&addr, sizeof(addr)), 0);
	fcntl(fd, F_SETFL, O_NONBLOCK);
	run_server();
	return fd;
}

/* Appends what there is to read. Return: its length. */
static size_t hear(int fd, char *text, size_t size)
{
	size_t len = 0;
	ssize_t n;

	for (int i = 0; i < 16; i++) {
		run_server();
		while (len < size - 1 && (n = read(fd, text + len, size - 1 - len)) > 0)
			len += n;
	}
	text[len] = '\0';
	return len;
}

static void assert_says_line(int fd, const char *request, const char *answer)
{
	char text[4096];

	assert_int_equal(write(fd, request, strlen(request)), strlen(request));
	hear(fd, text, sizeof(text));
	if (!strstr(text, answer))
		fail_msg("%s brings %s", request, text);
}

static void requests_are_answered(void **state)
{
	int fd = connect_client();

	scst_names_add(&faults, "policy qos: \"x\"");
	assert_says_line(fd, "{\"cmd\":\"status\"}\n",
			 "\"subscribers\":0,\"faults\":[\"policy qos: \\\"x\\\"\"]}\n");
	assert_says_line(fd, "{\"cmd\":\"fly\"}\n", "no such request");
	assert_says_line(fd, "[1]\n", "no such request");
	assert_says_line(fd, "\n", "no such request");
	close(fd);
}

/* Whoever writes and never reads would have the daemon keep the answers. */
static void answers_that_nobody_reads_stop_the_requests(void **state)
{
	static const char request[] = "{\"cmd\":\"status\"}\n";
	static char text[16 << 20];
	size_t sent = 0, answers = 0, blocked = 0;
	int fd = connect_client();

	/* 64 MiB at most, until it is not listened to */
	while (sent < 64 << 20 && blocked < 16) {
		ssize_t n = write(fd, request + sent % (sizeof(request) - 1),
				  sizeof(request) - 1 - sent % (sizeof(request) - 1));

		if (n > 0)
			sent += n;
		blocked = n > 0 ? 0 : blocked + 1;
		run_server();
	}
	assert_true(sent < 8 << 20);
	hear(fd, text, sizeof(text));
	for (const char *at = text; (at = strstr(at, "\"event\":\"status\"")); at++)
		answers++;
	assert_int_equal(answers, sent / (sizeof(request) - 1));
	close(fd);
}

static void a_request_without_an_end_is_dropped(void **state)
{
	static const char part[1024];
	int fd = connect_client();
	ssize_t n = 0;
	char byte;

	for (int i = 0; i < 64 && n >= 0; i++) {
		n = send(fd, part, sizeof(part), MSG_NOSIGNAL);
		run_server();
	}
	assert_true(n < 0);
	assert_true(read(fd, &byte, 1) <= 0);
	close(fd);
}

static void only_root_may_have_it_reloaded(void **state)
{
	int fd, status;
	pid_t child;

	if (getuid())
		skip();
	fd = connect_client();
	assert_says_line(fd, "{\"cmd\":\"reload\"}\n", "\"ok\":true");
	assert_int_equal(reloads, 1);
	close(fd);
	assert_int_equal(chmod(path, 0666), 0);		/* as if of its group */
	child = fork();
	if (!child) {
		struct sockaddr_un addr = { .sun_family = AF_UNIX };
		char text[256] = "";

		strcpy(addr.sun_path, path);
		fd = socket(AF_UNIX, SOCK_STREAM, 0);
		if (setgid(65534) || setuid(65534) ||
		    connect(fd, (struct sockaddr *)&addr, sizeof(addr)) ||
		    write(fd, "{\"cmd\":\"reload\"}\n", 17) != 17)
			_exit(2);
		_exit(read(fd, text, sizeof(text) - 1) <= 0 || !strstr(text, "only root"));
	}
	while (waitpid(child, &status, WNOHANG) == 0) {
		run_server();
		usleep(1000);
	}
	assert_int_equal(status, 0);
	assert_int_equal(reloads, 1);
}

static void a_group_that_is_not_there_leaves_it_to_root(void **state)
{
	struct bpfd_server *other = bpfd_server_new(base, &(struct bpfd_server_options){});
	struct scst_error err = {};
	struct stat st;
	char second[80];

	snprintf(second, sizeof(second), "%s.2", path);
	assert_int_equal(bpfd_server_listen(other, second, "no-such-group", &err), -ENOENT);
	assert_says(err, "there is no group no-such-group");
	assert_true(bpfd_server_answers(second));
	assert_int_equal(stat(second, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0660);
	assert_int_equal(st.st_gid, getgid());
	bpfd_server_stop(other);
	assert_false(bpfd_server_answers(second));
}

#define SERVER_TEST(f) cmocka_unit_test_setup_teardown(f, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		SERVER_TEST(requests_are_answered),
		SERVER_TEST(answers_that_nobody_reads_stop_the_requests),
		SERVER_TEST(a_request_without_an_end_is_dropped),
		SERVER_TEST(only_root_may_have_it_reloaded),
		SERVER_TEST(a_group_that_is_not_there_leaves_it_to_root),
	};

	return cmocka_run_group_tests(tests, make_top, remove_top);
}
