// SPDX-License-Identifier: GPL-2.0-only
/* Discovery sessions: what SendTargets shows to whom, and what else may be asked. */
#include "peer.h"

#include <arpa/inet.h>

#include "discovery.h"

static struct peer peer;
static struct discovery *d;
static struct iscsi_bhs bhs;
static char answer[1 << 20];	/* '\n' for NUL */

static int begin(void **state)
{
	peer_init(&peer);
	peer_says(&peer, OPERATIONAL | TO_FULL,
		  "InitiatorName=" FAKE_INITIATOR "\nSessionType=Discovery\n"
		  "MaxRecvDataSegmentLength=512\n");
	assert_int_equal(peer.verdict, LOGIN_DISCOVERY);
	d = malloc(sizeof(*d));
	assert_non_null(d);
	discovery_init(d, peer.login);
	return 0;
}

static int end(void **state)
{
	discovery_free(d);
	free(d);
	peer_free(&peer);
	return 0;
}

/* What it does in one turn is bounded. */
static enum discovery_verdict turn(enum discovery_verdict (*what)(const void *data),
				   const void *data)
{
	enum discovery_verdict verdict;
	unsigned int before = peer.fake.calls;

	verdict = what(data);
	assert_true(peer.fake.calls - before <= 100);
	assert_true(d->out.size <= DISCOVERY_OUT_MAX);
	return verdict;
}

static enum discovery_verdict receive(const void *data)
{
	return discovery_receive(d, &bhs, data);
}

static enum discovery_verdict go_on(const void *data)
{
	return discovery_go_on(d);
}

static enum discovery_verdict say(uint8_t opcode, uint8_t flags, uint32_t ttt, const char *text)
{
	size_t len = strlen(text);
	enum discovery_verdict verdict;
	char *data = strdup(text);

	for (char *at = data; (at = strchr(at, '\n'));)
		*at++ = '\0';
	bhs.opcode = opcode;
	bhs.flags = flags;
	bhs.data_len[1] = len >> 8;
	bhs.data_len[2] = len;
	bhs.itt = htonl(3);
	bhs.ttt = htonl(ttt);
	bhs.cmd_sn = htonl(d->exp_cmd_sn);
	verdict = turn(receive, data);
	free(data);
	while (verdict == DISCOVERY_BUSY)
		verdict = turn(go_on, NULL);
	return verdict;
}

static size_t hear(size_t at)
{
	size_t len = iscsi_data_len((struct iscsi_bhs *)&d->response);

	assert_true(len <= d->data_max);
	assert_int_equal(d->pdu_len, ISCSI_BHS_LEN + iscsi_padded(len));
	memcpy(answer + at, d->pdu + ISCSI_BHS_LEN, len);
	for (size_t i = at; i < at + len; i++)
		if (!answer[i])
			answer[i] = '\n';
	answer[at + len] = '\0';
	return at + len;
}

/* Ask, and collect all that is answered. */
static const char *ask(const char *text)
{
	size_t len;

	assert_int_equal(say(ISCSI_TEXT, ISCSI_FINAL, ISCSI_NO_TAG, text), DISCOVERY_REPLY);
	assert_int_equal(d->response.opcode, ISCSI_TEXT_RESPONSE);
	len = hear(0);
	while (d->response.flags & ISCSI_CONTINUE) {
		assert_int_equal(d->response.flags, ISCSI_CONTINUE);
		assert_int_not_equal(d->response.ttt, htonl(ISCSI_NO_TAG));
		assert_int_equal(say(ISCSI_TEXT, ISCSI_FINAL, ntohl(d->response.ttt), ""),
				 DISCOVERY_REPLY);
		len = hear(len);
	}
	assert_int_equal(d->response.flags, ISCSI_FINAL);
	assert_int_equal(d->response.ttt, htonl(ISCSI_NO_TAG));
	return answer;
}

#define ADDRESSES	"TargetAddress=192.0.2.1:3260,1\nTargetAddress=[2001:db8::1]:3260,1\n"
#define SECOND		"TargetName=" FAKE_TARGET2 "\n" ADDRESSES
#define BOTH		"TargetName=" FAKE_TARGET "\n" ADDRESSES SECOND

static void all_targets_with_their_addresses(void **state)
{
	assert_string_equal(ask("SendTargets=All\n"), BOTH);
}

static void one_target_by_name(void **state)
{
	char name[1024];

	assert_string_equal(ask("SendTargets=" FAKE_TARGET2 "\n"), SECOND);
	assert_string_equal(ask("SendTargets=IQN.2026-01.org.example:B\n"), SECOND);
	assert_string_equal(ask("SendTargets=iqn.nobody\n"), "");
	snprintf(name, sizeof(name), "SendTargets=%.1000d\n", 0);
	assert_string_equal(ask(name), "");
}

static void what_may_not_be_reached_is_not_shown(void **state)
{
	peer.fake.target[0].enabled = 0;
	peer.fake.masked = FAKE_INITIATOR;
	assert_string_equal(ask("SendTargets=All\n"), "");
	peer.fake.masked = NULL;
	fake_add_attr(&peer.fake, 2, SCST_ISCSI_ALLOWED_PORTAL, "!2001:*");
	assert_string_equal(ask("SendTargets=All\n"),
			    "TargetName=" FAKE_TARGET2 "\nTargetAddress=192.0.2.1:3260,1\n");
	strcpy(peer.fake.driver.internal_portal, "192.0.2.1");
	assert_string_equal(ask("SendTargets=All\n"), "");
	peer.fake.nr_attrs = 0;
	peer.fake.isns_denies = true;
	assert_string_equal(ask("SendTargets=All\n"), "");
}

static void portal_decides_if_masking_knows_it(void **state)
{
	peer.fake.target[1].per_portal_acl = 1;
	peer.fake.masked = FAKE_INITIATOR "#192.0.2.1";
	assert_string_equal(ask("SendTargets=" FAKE_TARGET2 "\n"),
			    "TargetName=" FAKE_TARGET2 "\nTargetAddress=[2001:db8::1]:3260,1\n");
}

static void disabled_driver_shows_nothing(void **state)
{
	peer.fake.driver.enabled = 0;
	assert_string_equal(ask("SendTargets=All\n"), "");
}

static void long_answer_is_collected(void **state)
{
	for (int i = 0; i < 2; i++)
		memset(peer.fake.target[i].name + 20, 'n', 203);
	d->data_max = 64;
	ask("SendTargets=All\n");
	assert_int_equal(strlen(answer), 2 * (11 + 223 + 1) + 2 * (sizeof(ADDRESSES) - 1));
}

static size_t count(const char *text, const char *what)
{
	size_t nr = 0;

	for (; (text = strstr(text, what)); text++)
		nr++;
	return nr;
}

static void thousands_of_targets_are_sent_piece_by_piece(void **state)
{
	peer.fake.crowd = 3000;
	d->data_max = 8192;
	ask("SendTargets=All\n");
	assert_int_equal(count(answer, "TargetName="), 3002);
	assert_int_equal(count(answer, ADDRESSES), 3002);
}

static void targets_with_all_portals_and_long_names_fit(void **state)
{
	for (int i = 0; i < 2; i++)
		memset(peer.fake.target[i].name + 20, 'n', 203);
	for (int i = 0; i < PORTALS_MAX; i++) {
		struct portal *portal = &peer.fake.portal[i];

		sprintf(portal->addr, "2001:db8:1111:2222:3333:4444:5555:%x", 0xff00 + i);
		portal->port = 65535;
	}
	peer.fake.nr_portals = PORTALS_MAX;
	peer.fake.crowd = 100;
	d->data_max = 8192;
	ask("SendTargets=All\n");
	assert_int_equal(count(answer, "TargetAddress="), 102 * PORTALS_MAX);
}

/* None of it is shown, and still it takes its time. */
static void hidden_targets_are_passed_over_in_turns(void **state)
{
	peer.fake.crowd = 3000;
	peer.fake.isns_denies = true;
	assert_string_equal(ask("SendTargets=All\n"), "");
}

static void portals_are_not_asked_about_one_by_one(void **state)
{
	unsigned int with_two, with_all;

	peer.fake.calls = 0;
	ask("SendTargets=All\n");
	with_two = peer.fake.calls;
	for (size_t i = 0; i < PORTALS_MAX; i++)
		sprintf(peer.fake.portal[i].addr, "192.0.2.%zu", i);
	peer.fake.nr_portals = PORTALS_MAX;
	peer.fake.calls = 0;
	ask("SendTargets=All\n");
	with_all = peer.fake.calls;
	assert_int_equal(with_two, with_all);
}

/* F=0: the initiator always has more to say, and hears the answer to each request at once. */
static void endless_exchange_keeps_no_answers(void **state)
{
	char text[8000] = "";
	uint32_t ttt = ISCSI_NO_TAG;

	for (int i = 0; i < 126; i++)
		sprintf(text + strlen(text), "X-%d-%.50d=1\n", i, 0);
	strcat(text, "SendTargets=All\n");
	for (int i = 0; i < 100; i++) {
		size_t len = 0;

		d->data_max = 8192;
		assert_int_equal(say(ISCSI_TEXT, 0, ttt, text), DISCOVERY_REPLY);
		len = hear(0);
		while (d->response.flags & ISCSI_CONTINUE) {
			say(ISCSI_TEXT, 0, ntohl(d->response.ttt), "");
			len = hear(len);
		}
		assert_int_equal(d->response.flags, 0);
		assert_int_equal(count(answer, "=NotUnderstood\n"), 126);
		assert_int_equal(count(answer, BOTH), 1);
		ttt = ntohl(d->response.ttt);
	}
}

static void new_exchange_ends_a_list_that_goes_on(void **state)
{
	peer.fake.crowd = 1000;
	assert_int_equal(say(ISCSI_TEXT, ISCSI_FINAL, ISCSI_NO_TAG, "SendTargets=All\n"),
			 DISCOVERY_REPLY);
	assert_int_equal(d->response.flags, ISCSI_CONTINUE);
	assert_string_equal(ask("SendTargets=" FAKE_TARGET2 "\n"), SECOND);
}

static void stale_tag_is_rejected(void **state)
{
	d->data_max = 64;
	assert_int_equal(say(ISCSI_TEXT, ISCSI_FINAL, ISCSI_NO_TAG, "SendTargets=All\n"),
			 DISCOVERY_REPLY);
	assert_int_equal(say(ISCSI_TEXT, ISCSI_FINAL, 0x55, ""), DISCOVERY_REPLY);
	assert_int_equal(d->response.opcode, ISCSI_REJECT);
	d->data_max = 512;
	assert_string_equal(ask("SendTargets=All\n"), BOTH);	/* no harm done */
}

static void request_may_come_in_parts(void **state)
{
	assert_int_equal(say(ISCSI_TEXT, ISCSI_CONTINUE, ISCSI_NO_TAG, "Send"), DISCOVERY_REPLY);
	assert_int_equal(d->response.flags, 0);
	assert_int_equal(hear(0), 0);
	assert_int_equal(say(ISCSI_TEXT, ISCSI_FINAL, ntohl(d->response.ttt), "Targets=All\n"),
			 DISCOVERY_REPLY);
	hear(0);
	assert_string_equal(answer, BOTH);
}

static void other_keys_are_answered(void **state)
{
	assert_string_equal(ask("X-a=1\nSendTargets=\n"),
			    "X-a=NotUnderstood\nSendTargets=Reject\n");
}

static void malformed_text_is_rejected_with_its_header(void **state)
{
	assert_int_equal(say(ISCSI_TEXT, ISCSI_FINAL, ISCSI_NO_TAG, "SendTargets\n"),
			 DISCOVERY_REPLY);
	assert_int_equal(d->response.opcode, ISCSI_REJECT);
	assert_int_equal(d->response.itt, htonl(ISCSI_NO_TAG));
	assert_memory_equal(d->pdu + ISCSI_BHS_LEN, &bhs, sizeof(bhs));
}

static void commands_are_rejected(void **state)
{
	assert_int_equal(say(0x01, ISCSI_FINAL, 0, ""), DISCOVERY_REPLY);
	assert_int_equal(d->response.opcode, ISCSI_REJECT);
	assert_int_equal(d->response.specific[0], 0x05);
}

static void nop_comes_back(void **state)
{
	assert_int_equal(say(ISCSI_NOP_OUT | ISCSI_IMMEDIATE, ISCSI_FINAL, ISCSI_NO_TAG, "ping"),
			 DISCOVERY_REPLY);
	assert_int_equal(d->response.opcode, ISCSI_NOP_IN);
	hear(0);
	assert_string_equal(answer, "ping");
	bhs.itt = htonl(ISCSI_NO_TAG);
	assert_int_equal(discovery_receive(d, &bhs, "ping"), DISCOVERY_SILENCE);
}

static void logout_ends_it(void **state)
{
	assert_int_equal(say(ISCSI_LOGOUT | ISCSI_IMMEDIATE, ISCSI_FINAL | 1, 9 << 16, ""),
			 DISCOVERY_REPLY);
	assert_int_equal(d->response.specific[0], 1);	/* there is no CID 9 */
	assert_int_equal(say(ISCSI_LOGOUT | ISCSI_IMMEDIATE, ISCSI_FINAL | 2, 0, ""),
			 DISCOVERY_REPLY);
	assert_int_equal(d->response.specific[0], 2);	/* no recovery */
	assert_int_equal(say(ISCSI_LOGOUT | ISCSI_IMMEDIATE, ISCSI_FINAL, 0, ""), DISCOVERY_END);
	assert_int_equal(d->response.opcode, ISCSI_LOGOUT_RESPONSE);
	assert_int_equal(d->response.specific[0], 0);
}

static void numbers_go_on(void **state)
{
	uint32_t stat_sn = d->stat_sn, cmd_sn = d->exp_cmd_sn;

	ask("SendTargets=All\n");
	assert_int_equal(ntohl(d->response.stat_sn), stat_sn);
	assert_int_equal(ntohl(d->response.exp_cmd_sn), cmd_sn + 1);
	say(ISCSI_NOP_OUT | ISCSI_IMMEDIATE, ISCSI_FINAL, ISCSI_NO_TAG, "");
	assert_int_equal(ntohl(d->response.stat_sn), stat_sn + 1);
	assert_int_equal(ntohl(d->response.exp_cmd_sn), cmd_sn + 1);
}

int main(void)
{
#define TEST(name)	cmocka_unit_test_setup_teardown(name, begin, end)
	const struct CMUnitTest tests[] = {
		TEST(all_targets_with_their_addresses),
		TEST(one_target_by_name),
		TEST(what_may_not_be_reached_is_not_shown),
		TEST(portal_decides_if_masking_knows_it),
		TEST(disabled_driver_shows_nothing),
		TEST(long_answer_is_collected),
		TEST(thousands_of_targets_are_sent_piece_by_piece),
		TEST(targets_with_all_portals_and_long_names_fit),
		TEST(hidden_targets_are_passed_over_in_turns),
		TEST(portals_are_not_asked_about_one_by_one),
		TEST(endless_exchange_keeps_no_answers),
		TEST(new_exchange_ends_a_list_that_goes_on),
		TEST(stale_tag_is_rejected),
		TEST(request_may_come_in_parts),
		TEST(other_keys_are_answered),
		TEST(malformed_text_is_rejected_with_its_header),
		TEST(commands_are_rejected),
		TEST(nop_comes_back),
		TEST(logout_ends_it),
		TEST(numbers_go_on),
	};

	return cmocka_run_group_tests_name("discovery", tests, NULL, NULL);
}
