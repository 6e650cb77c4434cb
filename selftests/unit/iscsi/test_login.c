// SPDX-License-Identifier: GPL-2.0-only
/* The login phase: its stages, what each refusal is called, what the kernel is told at the end. */
#include "peer.h"

#include <arpa/inet.h>

#include "binval.h"

static struct peer peer;

static int begin(void **state)
{
	peer_init(&peer);
	return 0;
}

static int end(void **state)
{
	peer_free(&peer);
	return 0;
}

static struct scst_iscsi_target *target(void)
{
	return &peer.fake.target[0];
}

/* Stages */

static void security_then_operational(void **state)
{
	assert_int_equal(peer_says(&peer, SECURITY | TO_OPERATIONAL,
				   NAMES "SessionType=Normal\nAuthMethod=CHAP,None\n"),
			 LOGIN_CONTINUE);
	assert_int_equal(peer.login->response.flags, SECURITY | TO_OPERATIONAL);
	assert_heard(&peer, "AuthMethod", "None");
	assert_heard(&peer, "TargetPortalGroupTag", "1");
	assert_not_heard(&peer, "MaxRecvDataSegmentLength");
	assert_int_equal(peer_says(&peer, OPERATIONAL | TO_FULL,
				   "InitialR2T=No\nMaxRecvDataSegmentLength=262144\n"),
			 LOGIN_HAND_OVER);
	assert_int_equal(peer.login->response.flags, OPERATIONAL | TO_FULL);
	assert_heard(&peer, "InitialR2T", "No");
	assert_heard(&peer, "MaxRecvDataSegmentLength", "1048576");
	assert_not_heard(&peer, "TargetPortalGroupTag");
	assert_status(&peer, LOGIN_SUCCESS);
}

static void operational_at_once(void **state)
{
	assert_int_equal(peer_says(&peer, OPERATIONAL | TO_FULL, NAMES), LOGIN_HAND_OVER);
	assert_heard(&peer, "TargetPortalGroupTag", "1");
}

static void security_to_full_skips_the_keys(void **state)
{
	assert_int_equal(peer_says(&peer, SECURITY | TO_FULL, NAMES "AuthMethod=None\n"),
			 LOGIN_HAND_OVER);
	assert_int_equal(peer.login->keys.value[SCST_ISCSI_MaxRecvDataSegmentLength], 8192);
}

static void stage_without_transit_is_left_when_asked(void **state)
{
	assert_int_equal(peer_says(&peer, SECURITY, NAMES), LOGIN_CONTINUE);
	assert_int_equal(peer.login->response.flags, SECURITY);
	assert_int_equal(peer_says(&peer, SECURITY | TO_OPERATIONAL, ""), LOGIN_CONTINUE);
	assert_int_equal(peer_says(&peer, OPERATIONAL, "InitialR2T=Yes\n"), LOGIN_CONTINUE);
	assert_int_equal(peer.login->response.flags, OPERATIONAL);
	assert_int_equal(peer_says(&peer, OPERATIONAL | TO_FULL, ""), LOGIN_HAND_OVER);
}

static void impossible_flags_are_refused(void **state)
{
	static const uint8_t bad[] = {
		2 << 2, 3 << 2, SECURITY | ISCSI_FINAL, SECURITY | ISCSI_FINAL | 2,
		OPERATIONAL | TO_OPERATIONAL, OPERATIONAL | ISCSI_FINAL,
		SECURITY | TO_OPERATIONAL | MORE,
	};

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		peer_reconnect(&peer);
		assert_refused(&peer, bad[i], NAMES, LOGIN_INITIATOR_ERROR);
	}
}

static void stage_may_not_change_by_itself(void **state)
{
	assert_int_equal(peer_says(&peer, SECURITY, NAMES), LOGIN_CONTINUE);
	assert_refused(&peer, OPERATIONAL, "", LOGIN_INITIATOR_ERROR);
	peer_reconnect(&peer);
	assert_int_equal(peer_says(&peer, OPERATIONAL, NAMES), LOGIN_CONTINUE);
	assert_refused(&peer, SECURITY, "", LOGIN_INITIATOR_ERROR);
}

static void version_0_or_none(void **state)
{
	peer.request.version_max = 3;
	assert_int_equal(peer_says(&peer, SECURITY, NAMES), LOGIN_CONTINUE);
	assert_int_equal(peer.login->response.specific[0], 0);
	peer_reconnect(&peer);
	peer.request.version_max = peer.request.version_min = 1;
	assert_refused(&peer, SECURITY, NAMES, LOGIN_UNSUPPORTED_VERSION);
}

static void identity_stays_the_same(void **state)
{
	for (int what = 0; what < 4; what++) {
		peer_reconnect(&peer);
		assert_int_equal(peer_says(&peer, SECURITY, NAMES), LOGIN_CONTINUE);
		peer.request.isid[5] += what == 0;
		peer.request.tsih += what == 1;
		peer.request.cid += what == 2;
		peer.request.cmd_sn += what == 3;
		/* the responses carry what the first request said: look at the status only */
		assert_int_equal(login_receive(peer.login, &peer.request, ""), LOGIN_REFUSED);
		assert_status(&peer, LOGIN_INITIATOR_ERROR);
	}
}

static void other_pdus_are_refused(void **state)
{
	static const uint8_t bad[] = { ISCSI_LOGIN, 0x01, 0x41, ISCSI_TEXT | ISCSI_IMMEDIATE };

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		peer_reconnect(&peer);
		peer.request.opcode = bad[i];
		assert_refused(&peer, SECURITY, NAMES, LOGIN_INVALID_REQUEST);
	}
	peer_reconnect(&peer);
	peer.request.ahs_len = 1;
	assert_refused(&peer, SECURITY, NAMES, LOGIN_INITIATOR_ERROR);
}

/* Text over several PDUs */

static void text_goes_on_in_the_next_request(void **state)
{
	assert_int_equal(peer_says(&peer, SECURITY | MORE, "Initia"), LOGIN_CONTINUE);
	assert_int_equal(peer.login->pdu_len, ISCSI_BHS_LEN);
	assert_int_equal(peer.login->response.flags, SECURITY);
	assert_int_equal(peer_says(&peer, SECURITY | MORE, "torName=" FAKE_INITIATOR "\nTarg"),
			 LOGIN_CONTINUE);
	assert_int_equal(peer_says(&peer, SECURITY | TO_FULL, "etName=" FAKE_TARGET "\n"),
			 LOGIN_HAND_OVER);
	assert_string_equal(peer.login->initiator, FAKE_INITIATOR);
}

static void endless_text_is_refused(void **state)
{
	char part[4097];

	memset(part, 'x', sizeof(part) - 1);
	part[sizeof(part) - 1] = '\0';
	for (int i = 0; i < TEXT_IN_MAX / 4096; i++)
		assert_int_equal(peer_says(&peer, SECURITY | MORE, part), LOGIN_CONTINUE);
	assert_refused(&peer, SECURITY | MORE, "x", LOGIN_INITIATOR_ERROR);
}

static void long_answer_is_collected(void **state)
{
	char text[16384] = NAMES;
	unsigned int fragments = 0;

	for (int i = 0; i < 120; i++)
		sprintf(text + strlen(text), "X-%055d-%d=\n", 0, i);
	assert_int_equal(peer_says(&peer, OPERATIONAL | TO_FULL, text), LOGIN_CONTINUE);
	while (peer.login->response.flags & ISCSI_CONTINUE) {
		assert_int_equal(peer.login->response.flags & ISCSI_FINAL, 0);
		fragments++;
		peer_says(&peer, OPERATIONAL | TO_FULL, "");
	}
	assert_int_equal(fragments, 1);
	assert_int_equal(peer.heard.nr_pairs, 122);
	assert_int_equal(peer.verdict, LOGIN_HAND_OVER);
}

static void speaking_while_we_do_is_refused(void **state)
{
	char text[16384] = NAMES;

	for (int i = 0; i < 120; i++)
		sprintf(text + strlen(text), "X-%055d-%d=\n", 0, i);
	assert_int_equal(peer_says(&peer, OPERATIONAL | TO_FULL, text), LOGIN_CONTINUE);
	assert_refused(&peer, OPERATIONAL | TO_FULL, "InitialR2T=No\n", LOGIN_INITIATOR_ERROR);
}

static void malformed_text_is_refused(void **state)
{
	assert_refused(&peer, SECURITY, NAMES "nonsense\n", LOGIN_INITIATOR_ERROR);
}

/* Keys in their places */

static void unknown_keys_are_not_understood(void **state)
{
	assert_int_equal(peer_says(&peer, SECURITY | TO_OPERATIONAL, NAMES "X-a=1\n"),
			 LOGIN_CONTINUE);
	assert_heard(&peer, "X-a", "NotUnderstood");
	assert_int_equal(peer_says(&peer, OPERATIONAL, "X-b=1\n"), LOGIN_CONTINUE);
	assert_heard(&peer, "X-b", "NotUnderstood");
}

static void operational_keys_are_rejected_in_the_security_stage(void **state)
{
	assert_int_equal(peer_says(&peer, SECURITY, NAMES "InitialR2T=No\n"), LOGIN_CONTINUE);
	assert_heard(&peer, "InitialR2T", "Reject");
	assert_int_equal(peer.login->keys.value[SCST_ISCSI_InitialR2T], 1);
}

static void security_keys_are_refused_later(void **state)
{
	assert_refused(&peer, OPERATIONAL, NAMES "AuthMethod=None\n", LOGIN_INITIATOR_ERROR);
	peer_reconnect(&peer);
	assert_refused(&peer, OPERATIONAL, NAMES "CHAP_A=5\n", LOGIN_INITIATOR_ERROR);
}

static void keys_of_targets_are_refused(void **state)
{
	assert_refused(&peer, SECURITY, NAMES "TargetPortalGroupTag=1\n", LOGIN_INITIATOR_ERROR);
}

static void key_twice_is_refused(void **state)
{
	assert_int_equal(peer_says(&peer, OPERATIONAL, NAMES "InitialR2T=No\n"), LOGIN_CONTINUE);
	assert_refused(&peer, OPERATIONAL, "InitialR2T=No\n", LOGIN_INITIATOR_ERROR);
}

static void our_limit_is_offered_before_we_go_on(void **state)
{
	target()->key[SCST_ISCSI_MaxBurstLength] = 131072;
	assert_int_equal(peer_says(&peer, OPERATIONAL | TO_FULL, NAMES), LOGIN_CONTINUE);
	assert_int_equal(peer.login->response.flags, OPERATIONAL);
	assert_heard(&peer, "MaxBurstLength", "131072");
	assert_int_equal(peer_says(&peer, OPERATIONAL | TO_FULL, "MaxBurstLength=131072\n"),
			 LOGIN_HAND_OVER);
	assert_int_equal(peer.login->keys.value[SCST_ISCSI_MaxBurstLength], 131072);
}

static void required_digest_is_required(void **state)
{
	target()->key[SCST_ISCSI_HeaderDigest] = SCST_ISCSI_DIGEST_CRC32C;
	assert_int_equal(peer_says(&peer, OPERATIONAL | TO_FULL, NAMES "HeaderDigest=None\n"),
			 LOGIN_REFUSED);
	assert_status(&peer, LOGIN_INITIATOR_ERROR);
	peer_reconnect(&peer);
	assert_int_equal(peer_says(&peer, OPERATIONAL | TO_FULL, NAMES "HeaderDigest=CRC32C\n"),
			 LOGIN_HAND_OVER);
}

/* CHAP */

static const char *proof(const char *name, const char *secret)
{
	static char text[256];
	uint8_t challenge[CHAP_CHALLENGE_MAX], digest[HASH_MAX];
	ssize_t len = binval_decode(peer_heard(&peer, "CHAP_C"), challenge, sizeof(challenge));
	uint8_t id = atoi(peer_heard(&peer, "CHAP_I"));
	const struct hash_part parts[] = { { &id, 1 }, { secret, strlen(secret) },
					   { challenge, len } };
	char hex[BINVAL_HEX_LEN(HASH_MAX)];

	assert_int_equal(hash_parts(HASH_SHA256, parts, 3, digest), 0);
	binval_encode(digest, hash_len(HASH_SHA256), hex);
	snprintf(text, sizeof(text), "CHAP_N=%s\nCHAP_R=%s\n", name, hex);
	return text;
}

static void challenge_me(void)
{
	fake_add_attr(&peer.fake, 1, SCST_ISCSI_INCOMING_USER, "joe 12charsecret");
	assert_int_equal(peer_says(&peer, SECURITY | TO_OPERATIONAL,
				   NAMES "AuthMethod=CHAP,None\n"),
			 LOGIN_CONTINUE);
	assert_int_equal(peer.login->response.flags, SECURITY);
	assert_heard(&peer, "AuthMethod", "CHAP");
	assert_int_equal(peer_says(&peer, SECURITY, "CHAP_A=5,7\n"), LOGIN_CONTINUE);
	assert_heard(&peer, "CHAP_A", "7");
}

static void chap_lets_in_who_knows_the_secret(void **state)
{
	struct scst_iscsi_conn conn;

	challenge_me();
	assert_int_equal(peer_says(&peer, SECURITY | TO_OPERATIONAL, proof("joe", "12charsecret")),
			 LOGIN_CONTINUE);
	assert_int_equal(peer.login->response.flags, SECURITY | TO_OPERATIONAL);
	assert_int_equal(peer_says(&peer, OPERATIONAL | TO_FULL, ""), LOGIN_HAND_OVER);
	login_to_kernel(peer.login, &conn);
	assert_string_equal(conn.user, "joe");
}

static void chap_keeps_out_who_does_not(void **state)
{
	challenge_me();
	assert_refused(&peer, SECURITY | TO_FULL, proof("joe", "12charsecret1"),
		       LOGIN_AUTHENTICATION_FAILED);
}

static void chap_cannot_be_passed_by(void **state)
{
	fake_add_attr(&peer.fake, 1, SCST_ISCSI_INCOMING_USER, "joe 12charsecret");
	assert_refused(&peer, OPERATIONAL | TO_FULL, NAMES, LOGIN_AUTHENTICATION_FAILED);
	peer_reconnect(&peer);
	assert_refused(&peer, SECURITY | TO_FULL, NAMES, LOGIN_AUTHENTICATION_FAILED);
	peer_reconnect(&peer);
	assert_refused(&peer, SECURITY | TO_FULL, NAMES "AuthMethod=None\n",
		       LOGIN_AUTHENTICATION_FAILED);
	peer_reconnect(&peer);
	assert_refused(&peer, SECURITY, NAMES "CHAP_A=5\n", LOGIN_INITIATOR_ERROR);
	peer_reconnect(&peer);
	assert_int_equal(peer_says(&peer, SECURITY | TO_FULL, NAMES "AuthMethod=CHAP\n"),
			 LOGIN_CONTINUE);
	for (int i = 0; i < 3; i++) {	/* asking again does not help */
		assert_int_equal(peer_says(&peer, SECURITY | TO_FULL, ""), LOGIN_CONTINUE);
		assert_int_equal(peer.login->response.flags, SECURITY);
	}
	assert_refused(&peer, SECURITY, "AuthMethod=None\n", LOGIN_INITIATOR_ERROR);
}

static void nobody_to_authenticate_against_is_told(void **state)
{
	assert_refused(&peer, SECURITY, NAMES "AuthMethod=CHAP\n", LOGIN_AUTHENTICATION_FAILED);
}

/* The end */

static void kernel_is_told_what_was_agreed(void **state)
{
	struct scst_iscsi_conn conn;

	peer.request.tsih = htons(5);
	peer_says(&peer, SECURITY | TO_OPERATIONAL, NAMES "InitiatorAlias=me\nAuthMethod=None\n");
	assert_int_equal(peer_says(&peer, OPERATIONAL | TO_FULL, "MaxBurstLength=65536\n"),
			 LOGIN_HAND_OVER);
	login_to_kernel(peer.login, &conn);
	assert_int_equal(conn.tid, 1);
	assert_int_equal(conn.tsih, 5);
	assert_int_equal(conn.cid, 1);
	assert_int_equal(conn.cmd_sn, 100);
	assert_int_equal(conn.stat_sn, 501);
	assert_int_equal(conn.key[SCST_ISCSI_MaxBurstLength], 65536);
	assert_int_equal(conn.key[SCST_ISCSI_FirstBurstLength], 65536);
	assert_memory_equal(conn.isid, peer.request.isid, 6);
	assert_string_equal(conn.initiator, FAKE_INITIATOR);
	assert_string_equal(conn.initiator_alias, "me");
	assert_string_equal(conn.user, "");
	assert_int_equal(conn.response_len, peer.login->pdu_len);
	assert_int_equal(ntohl(peer.login->response.max_cmd_sn), 131);
}

static void kernels_refusal_becomes_a_status(void **state)
{
	static const struct {
		int err;
		enum login_status status;
	} rows[] = {
		{ ENOENT, LOGIN_NOT_FOUND },
		{ EACCES, LOGIN_NOT_AUTHORIZED },
		{ EPERM, LOGIN_NOT_AUTHORIZED },
		{ EUSERS, LOGIN_TOO_MANY_CONNECTIONS },
		{ ESRCH, LOGIN_NO_SESSION },
		{ E2BIG, LOGIN_TOO_MANY_CONNECTIONS },
		{ ENOMEM, LOGIN_OUT_OF_RESOURCES },
		{ EINVAL, LOGIN_TARGET_ERROR },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		peer_reconnect(&peer);
		peer_says(&peer, OPERATIONAL | TO_FULL, NAMES);
		assert_int_equal(login_kernel_refused(peer.login, rows[i].err), LOGIN_REFUSED);
		assert_status(&peer, rows[i].status);
		assert_int_equal(ntohs(peer.login->response.status), rows[i].status);
		assert_int_equal(ntohl(peer.login->response.stat_sn), 500);
		assert_int_equal(peer.login->response.itt, peer.request.itt);
		assert_int_equal(peer.login->pdu_len, ISCSI_BHS_LEN);
	}
}

static void discovery_needs_no_target(void **state)
{
	assert_int_equal(peer_says(&peer, OPERATIONAL | TO_FULL,
				   "InitiatorName=x\nSessionType=Discovery\n"
				   "InitialR2T=No\nHeaderDigest=CRC32C,None\n"),
			 LOGIN_DISCOVERY);
	assert_heard(&peer, "InitialR2T", "Irrelevant");
	assert_heard(&peer, "HeaderDigest", "None");
	assert_not_heard(&peer, "TargetPortalGroupTag");
	assert_int_not_equal(peer.login->response.tsih, 0);
	peer_reconnect(&peer);
	peer.request.tsih = htons(1);
	assert_refused(&peer, OPERATIONAL | TO_FULL, "InitiatorName=x\nSessionType=Discovery\n",
		       LOGIN_NO_SESSION);
}

static void discovery_has_users_of_its_own(void **state)
{
	fake_add_attr(&peer.fake, 0, SCST_ISCSI_INCOMING_USER, "joeD 12charsecret");
	assert_refused(&peer, OPERATIONAL | TO_FULL, "InitiatorName=x\nSessionType=Discovery\n",
		       LOGIN_AUTHENTICATION_FAILED);
	peer_reconnect(&peer);
	assert_int_equal(peer_says(&peer, OPERATIONAL | TO_FULL, NAMES), LOGIN_HAND_OVER);
}

int main(void)
{
#define TEST(name)	cmocka_unit_test_setup_teardown(name, begin, end)
	const struct CMUnitTest tests[] = {
		TEST(security_then_operational),
		TEST(operational_at_once),
		TEST(security_to_full_skips_the_keys),
		TEST(stage_without_transit_is_left_when_asked),
		TEST(impossible_flags_are_refused),
		TEST(stage_may_not_change_by_itself),
		TEST(version_0_or_none),
		TEST(identity_stays_the_same),
		TEST(other_pdus_are_refused),
		TEST(text_goes_on_in_the_next_request),
		TEST(endless_text_is_refused),
		TEST(long_answer_is_collected),
		TEST(speaking_while_we_do_is_refused),
		TEST(malformed_text_is_refused),
		TEST(unknown_keys_are_not_understood),
		TEST(operational_keys_are_rejected_in_the_security_stage),
		TEST(security_keys_are_refused_later),
		TEST(keys_of_targets_are_refused),
		TEST(key_twice_is_refused),
		TEST(our_limit_is_offered_before_we_go_on),
		TEST(required_digest_is_required),
		TEST(chap_lets_in_who_knows_the_secret),
		TEST(chap_keeps_out_who_does_not),
		TEST(chap_cannot_be_passed_by),
		TEST(nobody_to_authenticate_against_is_told),
		TEST(kernel_is_told_what_was_agreed),
		TEST(kernels_refusal_becomes_a_status),
		TEST(discovery_needs_no_target),
		TEST(discovery_has_users_of_its_own),
	};

	return cmocka_run_group_tests_name("login", tests, NULL, NULL);
}
