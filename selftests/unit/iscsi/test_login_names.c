// SPDX-License-Identifier: GPL-2.0-only
/* Who logs in, and to what: names and what they may be, targets that are not for all, redirects. */
#include "peer.h"

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

static void missing_names_are_refused(void **state)
{
	assert_refused(&peer, SECURITY, "TargetName=" FAKE_TARGET "\n", LOGIN_MISSING_PARAMETER);
	peer_reconnect(&peer);
	assert_refused(&peer, SECURITY, "InitiatorName=" FAKE_INITIATOR "\n",
		       LOGIN_MISSING_PARAMETER);
	peer_reconnect(&peer);
	assert_refused(&peer, SECURITY, "", LOGIN_MISSING_PARAMETER);
}

static void bad_initiator_names_are_refused(void **state)
{
	char text[512] = "TargetName=" FAKE_TARGET "\nInitiatorName=";
	size_t len = strlen(text);
	static const char *const bad[] = {
		"", "a b", "../x", "..", ".", "iqn.x#192.0.2.1", "iqn.*", "iqn.?", "iqn.x!",
		"iqn.$(x)",
		"iqn.a_b", "iqn.'x'", "iqn.\"x\"", "iqn.x\\", "iqn.`x`", "iqn.x,y", "iqn.{x}",
		"iqn.b\xc3\xa9", "iqn.\x9b", "iqn.x\xff",
	};

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		peer_reconnect(&peer);
		strcpy(text + len, bad[i]);
		assert_refused(&peer, SECURITY, text, LOGIN_INITIATOR_ERROR);
	}
	peer_reconnect(&peer);
	memset(text + len, 'n', SCST_ISCSI_NAME_LEN);
	text[len + SCST_ISCSI_NAME_LEN] = '\0';
	assert_refused(&peer, SECURITY, text, LOGIN_INITIATOR_ERROR);
	peer_reconnect(&peer);
	text[len + SCST_ISCSI_NAME_LEN - 1] = '\0';
	assert_int_equal(peer_says(&peer, SECURITY, text), LOGIN_CONTINUE);
}

/* RFC 3722: capitals mean the same, to us and to everybody who is told. */
static void names_are_folded(void **state)
{
	struct scst_iscsi_conn conn;

	assert_int_equal(peer_says(&peer, SECURITY | TO_OPERATIONAL,
				   "InitiatorName=IQN.2026-01.Org.Example:HOST\n"
				   "TargetName=iqn.2026-01.ORG.example:A\n"), LOGIN_CONTINUE);
	assert_int_equal(peer_says(&peer, OPERATIONAL | TO_FULL, NAMES), LOGIN_HAND_OVER);
	login_to_kernel(peer.login, &conn);
	assert_string_equal(conn.initiator, FAKE_INITIATOR);
	assert_string_equal(peer.login->target.name, FAKE_TARGET);
}

/* As the administrator wrote it, with what no initiator may have in its own name. */
static void target_keeps_its_name(void **state)
{
	strcpy(target()->name, "iqn.2026-01.org.example:Disk_1");
	assert_int_equal(peer_says(&peer, OPERATIONAL | TO_FULL, "InitiatorName=" FAKE_INITIATOR
				   "\nTargetName=iqn.2026-01.org.example:Disk_1\n"),
			 LOGIN_HAND_OVER);
	assert_string_equal(peer.login->target.name, "iqn.2026-01.org.example:Disk_1");
}

static void target_without_a_name_is_none(void **state)
{
	char text[512] = "InitiatorName=" FAKE_INITIATOR "\nTargetName=";

	assert_refused(&peer, SECURITY, text, LOGIN_NOT_FOUND);
	peer_reconnect(&peer);
	memset(text + strlen(text), 'n', 256);
	assert_refused(&peer, SECURITY, text, LOGIN_NOT_FOUND);
}

static void names_may_be_repeated_and_not_changed(void **state)
{
	assert_int_equal(peer_says(&peer, SECURITY | TO_OPERATIONAL, NAMES), LOGIN_CONTINUE);
	assert_int_equal(peer_says(&peer, OPERATIONAL, NAMES "SessionType=Normal\n"),
			 LOGIN_CONTINUE);
	assert_refused(&peer, OPERATIONAL, "TargetName=" FAKE_TARGET2 "\n", LOGIN_INITIATOR_ERROR);
}

static void unknown_target_is_not_found(void **state)
{
	assert_refused(&peer, SECURITY, "InitiatorName=x\nTargetName=y\n", LOGIN_NOT_FOUND);
}

/* After 02xx initiators give up, after 03xx they try again. Who may not see it learns nothing. */
static void disabled_target_is_unavailable(void **state)
{
	target()->enabled = 0;
	assert_refused(&peer, SECURITY, NAMES, LOGIN_UNAVAILABLE);
	peer_reconnect(&peer);
	peer.fake.isns_denies = true;
	assert_refused(&peer, SECURITY, NAMES, LOGIN_NOT_AUTHORIZED);
}

static void suspended_logins_are_to_come_later(void **state)
{
	peer.fake.env.suspended = true;
	assert_refused(&peer, SECURITY, NAMES, LOGIN_UNAVAILABLE);
	peer_reconnect(&peer);
	peer.fake.env.suspended = false;
	assert_int_equal(peer_says(&peer, SECURITY, NAMES), LOGIN_CONTINUE);
}

static void portal_that_is_not_allowed_has_no_target(void **state)
{
	fake_add_attr(&peer.fake, 1, SCST_ISCSI_ALLOWED_PORTAL, "198.51.100.*");
	assert_refused(&peer, SECURITY, NAMES, LOGIN_NOT_FOUND);
	peer_reconnect(&peer);
	fake_add_attr(&peer.fake, 1, SCST_ISCSI_ALLOWED_PORTAL, "192.0.2.?");
	assert_int_equal(peer_says(&peer, SECURITY, NAMES), LOGIN_CONTINUE);
}

static void isns_may_forbid(void **state)
{
	peer.fake.isns_denies = true;
	assert_refused(&peer, SECURITY, NAMES, LOGIN_NOT_AUTHORIZED);
}

static void unknown_session_type_is_refused(void **state)
{
	assert_refused(&peer, SECURITY, NAMES "SessionType=Boot\n", LOGIN_SESSION_TYPE);
}

static void kernel_that_fails_is_a_target_error(void **state)
{
	peer.fake.err = -EIO;
	assert_refused(&peer, SECURITY, NAMES, LOGIN_TARGET_ERROR);
	peer_reconnect(&peer);
	peer.fake.err = -ENOMEM;
	assert_refused(&peer, SECURITY, NAMES, LOGIN_OUT_OF_RESOURCES);
}

static void redirect_says_where_to(void **state)
{
	strcpy(target()->redirect, "198.51.100.7:3261 temp");
	assert_refused(&peer, SECURITY, NAMES, LOGIN_MOVED_TEMPORARILY);
	assert_heard(&peer, "TargetAddress", "198.51.100.7:3261");
	peer_reconnect(&peer);
	strcpy(target()->redirect, "[2001:db8::7] perm");
	assert_refused(&peer, SECURITY, NAMES, LOGIN_MOVED_PERMANENTLY);
	assert_heard(&peer, "TargetAddress", "[2001:db8::7]");
}

static void redirect_may_have_any_blanks(void **state)
{
	strcpy(target()->redirect, "198.51.100.7  perm");
	assert_refused(&peer, SECURITY, NAMES, LOGIN_MOVED_PERMANENTLY);
	assert_heard(&peer, "TargetAddress", "198.51.100.7");
	peer_reconnect(&peer);
	strcpy(target()->redirect, "198.51.100.7\tperm");
	assert_refused(&peer, SECURITY, NAMES, LOGIN_MOVED_PERMANENTLY);
	assert_heard(&peer, "TargetAddress", "198.51.100.7");
}

static void redirect_to_ipv6_has_brackets(void **state)
{
	strcpy(target()->redirect, "2001:DB8::7 temp");
	assert_refused(&peer, SECURITY, NAMES, LOGIN_MOVED_TEMPORARILY);
	assert_heard(&peer, "TargetAddress", "[2001:DB8::7]");
	peer_reconnect(&peer);
	strcpy(target()->redirect, "storage.example.org:3261 temp");
	assert_refused(&peer, SECURITY, NAMES, LOGIN_MOVED_TEMPORARILY);
	assert_heard(&peer, "TargetAddress", "storage.example.org:3261");
}

/* However it is written: else it would be sent back for ever. */
static void redirect_to_the_same_ipv6_address_lets_in(void **state)
{
	static const char *const ways[] = {
		"2001:db8::1 temp", "[2001:DB8::1] temp", "[2001:db8:0:0:0:0:0:1]:3260\tperm",
	};

	for (size_t i = 0; i < ARRAY_SIZE(ways); i++) {
		peer_reconnect(&peer);
		peer.login->local = (struct portal){ "2001:db8::1", 3260 };
		strcpy(target()->redirect, ways[i]);
		assert_int_equal(peer_says(&peer, SECURITY, NAMES), LOGIN_CONTINUE);
	}
}

static void redirect_to_where_one_is_lets_in(void **state)
{
	strcpy(target()->redirect, FAKE_PORTAL " temp");
	assert_int_equal(peer_says(&peer, SECURITY, NAMES), LOGIN_CONTINUE);
	peer_reconnect(&peer);
	strcpy(target()->redirect, FAKE_PORTAL ":3261 temp");
	assert_refused(&peer, SECURITY, NAMES, LOGIN_MOVED_TEMPORARILY);
}

static void alias_is_told(void **state)
{
	strcpy(target()->alias, "Backups,\t2nd floor");
	assert_int_equal(peer_says(&peer, SECURITY, NAMES), LOGIN_CONTINUE);
	assert_not_heard(&peer, "TargetAlias");
	peer_reconnect(&peer);
	strcpy(target()->alias, "Backups, 2nd floor");
	assert_int_equal(peer_says(&peer, SECURITY, NAMES), LOGIN_CONTINUE);
	assert_heard(&peer, "TargetAlias", "Backups, 2nd floor");
}

int main(void)
{
#define TEST(name)	cmocka_unit_test_setup_teardown(name, begin, end)
	const struct CMUnitTest tests[] = {
		TEST(missing_names_are_refused),
		TEST(bad_initiator_names_are_refused),
		TEST(names_are_folded),
		TEST(target_keeps_its_name),
		TEST(target_without_a_name_is_none),
		TEST(names_may_be_repeated_and_not_changed),
		TEST(unknown_target_is_not_found),
		TEST(disabled_target_is_unavailable),
		TEST(suspended_logins_are_to_come_later),
		TEST(portal_that_is_not_allowed_has_no_target),
		TEST(isns_may_forbid),
		TEST(unknown_session_type_is_refused),
		TEST(kernel_that_fails_is_a_target_error),
		TEST(redirect_says_where_to),
		TEST(redirect_may_have_any_blanks),
		TEST(redirect_to_ipv6_has_brackets),
		TEST(redirect_to_the_same_ipv6_address_lets_in),
		TEST(redirect_to_where_one_is_lets_in),
		TEST(alias_is_told),
	};

	return cmocka_run_group_tests_name("login_names", tests, NULL, NULL);
}
