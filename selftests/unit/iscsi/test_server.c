// SPDX-License-Identifier: GPL-2.0-only
/*
 * The server with real connections: who gets in when there is no room, and what the others make it
 * keep. One thread is everybody: what peers do and turns of the server's loop take turns.
 */
#include "unit.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <sys/resource.h>

#include "fake_ctl.h"
#include "fake_env.h"
#include "log.h"
#include "login.h"
#include "server_inside.h"

#define PEERS_MAX 512

/* Of ASan, which every test has; gcc comes without the header. */
size_t __sanitizer_get_current_allocated_bytes(void);

static struct config config;
static struct fake fake;
static struct event_base *base;
static struct server *server;
static int peers[PEERS_MAX];
static size_t nr_peers;

static int begin(void **state)
{
	const struct server_options options = { &config, &fake.env, -1 };
	struct scst_error err = {};

	assert_int_equal(hash_init(), 0);
	fake_init(&fake);
	fake_ctl = (struct fake_ctl){};
	config = config_default;
	config.max_logins = 64;
	config.max_logins_per_address = 16;
	config.max_discovery_sessions = 16;
	base = event_base_new();
	assert_int_equal(server_new(base, &options, &server, &err), 0);
	assert_int_equal(server_bind(server, &(struct portal){ "127.0.0.1", 0 }, &err), 0);
	server_listen(server, true);
	nr_peers = 0;
	return 0;
}

static int end(void **state)
{
	for (size_t i = 0; i < nr_peers; i++)
		close(peers[i]);
	server_free(server);
	event_base_free(base);
	return 0;
}

static void turns(int nr)
{
	while (nr--)
		event_base_loop(base, EVLOOP_ONCE | EVLOOP_NONBLOCK);
}

/* From 127.0.0.@host. Return: the descriptor. */
static int connect_from(unsigned int host)
{
	struct sockaddr_in addr = { .sin_family = AF_INET };
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	assert_true(nr_peers < PEERS_MAX);
	addr.sin_addr.s_addr = htonl(INADDR_LOOPBACK - 1 + host);
	assert_int_equal(bind(fd, (void *)&addr, sizeof(addr)), 0);
	assert_int_equal(connect(fd, &server->bound[0].any, sizeof(addr)), 0);
	fcntl(fd, F_SETFL, O_NONBLOCK);
	peers[nr_peers++] = fd;
	turns(2);
	return fd;
}

static bool is_open(int fd)
{
	char byte;

	return recv(fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) < 0 && errno == EAGAIN;
}

static unsigned int count_open(void)
{
	unsigned int nr = 0;

	for (size_t i = 0; i < nr_peers; i++)
		nr += is_open(peers[i]);
	return nr;
}

/* At once, or Nagle waits. @text: pairs, with a '\n' where the wire has a NUL. */
static void send_pdu(int fd, struct iscsi_bhs *bhs, const char *text)
{
	char pdu[ISCSI_BHS_LEN + ISCSI_DATA_DEFAULT] = "";
	size_t len = strlen(text), size = ISCSI_BHS_LEN + iscsi_padded(len);

	assert_true(size <= sizeof(pdu));
	bhs->data_len[1] = len >> 8;
	bhs->data_len[2] = len;
	memcpy(pdu, bhs, ISCSI_BHS_LEN);
	for (size_t i = 0; i < len; i++)
		pdu[ISCSI_BHS_LEN + i] = text[i] == '\n' ? '\0' : text[i];
	assert_int_equal(send(fd, pdu, size, 0), size);
	turns(2);
}

static void send_login(int fd, uint8_t flags, const char *text)
{
	struct iscsi_login_request request = {
		.opcode = ISCSI_LOGIN | ISCSI_IMMEDIATE,
		.flags = flags,
		.isid = { 0x80 },
	};

	send_pdu(fd, (void *)&request, text);
}

static void send_text(int fd, uint8_t flags, uint32_t ttt, const char *text)
{
	struct iscsi_bhs bhs = {
		.opcode = ISCSI_TEXT | ISCSI_IMMEDIATE,
		.flags = flags,
		.itt = 5,
		.ttt = htonl(ttt),
	};

	send_pdu(fd, &bhs, text);
}

/* The header of what was answered; its data are read, too. Return: false: nothing is there. */
static bool hear(int fd, struct iscsi_response *response)
{
	char data[ISCSI_DATA_DEFAULT];
	size_t len;

	if (recv(fd, response, sizeof(*response), MSG_DONTWAIT) != sizeof(*response))
		return false;
	len = iscsi_padded(iscsi_data_len((void *)response));
	if (len)
		assert_int_equal(recv(fd, data, len, MSG_DONTWAIT), len);
	return true;
}

#define OPERATIONAL_TO_FULL \
	(ISCSI_FINAL | ISCSI_STAGE_OPERATIONAL << 2 | ISCSI_STAGE_FULL)
#define NAMES	"InitiatorName=" FAKE_INITIATOR "\nTargetName=" FAKE_TARGET "\n"

static void assert_logs_in_from(unsigned int host)
{
	unsigned int before = fake_ctl.nr_conns;
	int fd = connect_from(host);

	send_login(fd, OPERATIONAL_TO_FULL, NAMES);
	turns(5);
	assert_int_equal(fake_ctl.nr_conns, before + 1);
}

static int discover_from(unsigned int host)
{
	struct iscsi_response response;
	int fd = connect_from(host);

	send_login(fd, OPERATIONAL_TO_FULL,
		   "InitiatorName=" FAKE_INITIATOR "\nSessionType=Discovery\n");
	assert_true(hear(fd, &response));
	assert_int_equal(response.status, 0);
	return fd;
}

static void login_goes_to_the_kernel(void **state)
{
	assert_logs_in_from(1);
	assert_string_equal(fake_ctl.last.initiator, FAKE_INITIATOR);
	assert_int_equal(admission_count(server->admission[VISIT_LOGIN]), 0);
}

static void refused_login_is_told_and_closed(void **state)
{
	struct iscsi_response response;
	int fd = connect_from(1);

	fake_ctl.ret = -EPERM;
	send_login(fd, OPERATIONAL_TO_FULL, NAMES);
	assert_true(hear(fd, &response));
	assert_int_equal(ntohs(response.status), LOGIN_NOT_AUTHORIZED);
	turns(2);
	assert_false(is_open(fd));
}

static void silent_connections_keep_nobody_out(void **state)
{
	for (unsigned int i = 0; i < 200; i++)
		connect_from(2 + i % 8);
	assert_int_equal(count_open(), config.max_logins);
	for (int i = 0; i < 3; i++)
		assert_logs_in_from(1);
}

static void half_a_login_keeps_nobody_out(void **state)
{
	for (unsigned int i = 0; i < 200; i++)
		send_login(connect_from(2 + i % 8), ISCSI_STAGE_OPERATIONAL << 2, NAMES);
	for (int i = 0; i < 3; i++)
		assert_logs_in_from(1);
}

static void host_displaces_itself(void **state)
{
	int other = connect_from(3), first = connect_from(2);

	for (int i = 0; i < 16; i++)
		connect_from(2);
	assert_true(is_open(other));
	assert_false(is_open(first));
	assert_int_equal(count_open(), 17);
}

static void discovery_sessions_take_no_places_of_logins(void **state)
{
	for (unsigned int i = 0; i < 100; i++)
		discover_from(2 + i % 8);
	assert_int_equal(count_open(), config.max_discovery_sessions);
	assert_int_equal(admission_count(server->admission[VISIT_LOGIN]), 0);
	assert_logs_in_from(1);
	assert_true(is_open(discover_from(1)));
}

/* Thousands of targets are looked at, and one is shown; somebody else does not wait for that. */
static void long_list_keeps_nobody_waiting(void **state)
{
	struct iscsi_response response;
	int fd = discover_from(2);

	fake.crowd = 5000;
	fake.target[1].enabled = 0;	/* and the crowd is like it */
	send_text(fd, ISCSI_FINAL, ISCSI_NO_TAG, "SendTargets=All\n");
	assert_logs_in_from(1);
	assert_false(hear(fd, &response));
	turns(1000);
	assert_true(hear(fd, &response));
	assert_int_equal(response.opcode, ISCSI_TEXT_RESPONSE);
}

/* Of everything that is ours; what the tests have is not on the heap. */
static void assert_kept_at_most(size_t before, size_t connections)
{
	size_t kept = __sanitizer_get_current_allocated_bytes() - before;

	if (kept > connections * STRANGER_MEMORY_MAX)
		fail_msg("%zu bytes for %zu connections", kept, connections);
}

static const char *unknown_keys(void)
{
	static char text[7000];

	for (size_t i = 0, len = 0; i < 100; i++)
		len += sprintf(text + len, "X-%061zu=1\n", i);
	return text;
}

static void greedy_logins_take_a_limited_amount(void **state)
{
	size_t before = __sanitizer_get_current_allocated_bytes();

	for (unsigned int i = 0; i < 64; i++) {
		int fd = connect_from(2 + i % 8);

		send_login(fd, ISCSI_STAGE_OPERATIONAL << 2, NAMES);
		send_login(fd, ISCSI_STAGE_OPERATIONAL << 2, unknown_keys());
		send_login(fd, ISCSI_STAGE_OPERATIONAL << 2 | ISCSI_CONTINUE, "");
	}
	assert_kept_at_most(before, 64);
}

static void endless_exchange_keeps_a_limited_amount(void **state)
{
	size_t before = __sanitizer_get_current_allocated_bytes();
	struct iscsi_response response = {};
	int fd = discover_from(2);

	response.ttt = htonl(ISCSI_NO_TAG);
	for (int i = 0; i < 300; i++) {
		bool asks = !(response.flags & ISCSI_CONTINUE);

		send_text(fd, 0, ntohl(response.ttt), asks ? unknown_keys() : "");
		assert_true(hear(fd, &response));
		assert_int_equal(response.opcode, ISCSI_TEXT_RESPONSE);
	}
	assert_kept_at_most(before, 1);
}

static void addresses_with_sessions_come_first(void **state)
{
	int known, first;

	config.max_logins = 8;
	server_remember(server, &(struct portal){ "127.0.0.9", 0 });
	known = connect_from(9);
	first = connect_from(10);
	for (unsigned int i = 0; i < 20; i++)
		connect_from(11 + i);
	assert_true(is_open(known));
	assert_false(is_open(first));
}

/* Without a descriptor the oldest makes room, as it does without a place. */
static void descriptors_run_out_for_the_oldest(void **state)
{
	int oldest = connect_from(2), newer = connect_from(2);
	struct sockaddr_in addr = server->bound[0].v4;
	int fds[1024], nr = 0, fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);

	connect(fd, (void *)&addr, sizeof(addr));
	while (nr < 1024 && (fds[nr] = dup(0)) >= 0)
		nr++;
	turns(10);
	while (nr)
		close(fds[--nr]);
	assert_false(is_open(oldest));
	assert_true(is_open(newer));
	close(fd);
}

int main(void)
{
#define TEST(name)	cmocka_unit_test_setup_teardown(name, begin, end)
	const struct CMUnitTest tests[] = {
		TEST(login_goes_to_the_kernel),
		TEST(refused_login_is_told_and_closed),
		TEST(silent_connections_keep_nobody_out),
		TEST(half_a_login_keeps_nobody_out),
		TEST(host_displaces_itself),
		TEST(discovery_sessions_take_no_places_of_logins),
		TEST(long_list_keeps_nobody_waiting),
		TEST(greedy_logins_take_a_limited_amount),
		TEST(endless_exchange_keeps_a_limited_amount),
		TEST(addresses_with_sessions_come_first),
		TEST(descriptors_run_out_for_the_oldest),
	};
	struct rlimit limit = { 1000, 1000 };

	setrlimit(RLIMIT_NOFILE, &limit);
	log_open(false, false);		/* to a syslog that is not there */
	return cmocka_run_group_tests_name("server", tests, NULL, NULL);
}
