// SPDX-License-Identifier: GPL-2.0-only
/* initiators.deny and initiators.allow: which hosts a line means, and which line counts. */
#include "unit.h"

#include "hosts.h"
#include "peer.h"

#define TARGET	"iqn.2026-01.org.example:t"

static const struct portal v4 = { "192.0.2.7", 0 }, v6 = { "2001:db8:1::7", 0 };

static void assert_has(const char *text, const struct portal *peer, bool expected)
{
	if (hosts_has(text, HOSTS_ALLOW, TARGET, peer) != expected ||
	    hosts_has(text, HOSTS_DENY, TARGET, peer) != expected)
		fail_msg("%s with %s", peer->addr, text);
}

static void hosts_are_addresses_and_networks(void **state)
{
	assert_has(TARGET " 192.0.2.7\n", &v4, true);
	assert_has(TARGET " 192.0.2.8\n", &v4, false);
	assert_has(TARGET "\t192.0.2.1, 192.0.2.7\n", &v4, true);
	assert_has(TARGET " 192.0.2.0/24\n", &v4, true);
	assert_has(TARGET " 192.0.2.0/29\n", &v4, true);
	assert_has(TARGET " 192.0.2.8/29\n", &v4, false);
	assert_has(TARGET " 192.0.2.7/32\n", &v4, true);
	assert_has(TARGET " 0.0.0.0/0\n", &v4, true);
	assert_has(TARGET " 0.0.0.0/0\n", &v6, false);
	assert_has(TARGET " [2001:db8:1::7]\n", &v6, true);
	assert_has(TARGET " 2001:DB8:1:0::7\n", &v6, true);
	assert_has(TARGET " [2001:db8::]/32\n", &v6, true);
	assert_has(TARGET " 2001:db8::/47\n", &v6, true);
	assert_has(TARGET " [2001:db8:1::]/48\n", &v6, true);
	assert_has(TARGET " [2001:db8:2::]/48\n", &v6, false);
	assert_has(TARGET " ALL\n", &v6, true);
	assert_has(TARGET " 10.0.0.0/8,ALL", &v4, true);
}

static void first_line_about_the_target_counts(void **state)
{
	assert_has("", &v4, false);
	assert_has("ALL ALL\n", &v4, true);
	assert_has("all ALL\n", &v4, false);
	assert_has("iqn.2026-01.org.example:other ALL\n", &v4, false);
	assert_has("IQN.2026-01.org.example:T ALL\n", &v4, true);
	assert_has(TARGET " 192.0.2.8\nALL ALL\n", &v4, false);
	assert_has("# " TARGET " ALL\n", &v4, false);
	assert_has("#ALL ALL\n\n" TARGET " ALL\n", &v4, true);
	assert_has(TARGET "\n" TARGET " ALL\n", &v4, true);
	assert_has(TARGET " ALL", &v4, true);
	assert_has(TARGET " ALL\r\n", &v4, true);
	assert_has("\t " TARGET " ALL\n", &v4, true);
	assert_has("  # " TARGET " ALL\n", &v4, false);
}

/* Whoever wrote it wanted somebody kept away. */
static void what_is_no_host_keeps_away(void **state)
{
	static const char *const bad[] = {
		"192.0.2.256", "192.0.2.*", "192.0.2.0/33", "192.0.2.1/24", "/24", "host", "[::1",
		"192.0.2.8 192.0.2.9", "192.0.2.0/", "192.0.2.0/-1", "[192.0.2.7]x", "all",
		"2001:db8:1::/47", "2001:db8::/129",
	};
	char text[256];

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		snprintf(text, sizeof(text), "ALL %s\n", bad[i]);
		if (hosts_has(text, HOSTS_ALLOW, TARGET, &v4))
			fail_msg("%s allows", bad[i]);
		if (!hosts_has(text, HOSTS_DENY, TARGET, &v4))
			fail_msg("%s does not deny", bad[i]);
	}
}

static void put(char path[], const char *text)
{
	FILE *file;
	int fd;

	strcpy(path, "/tmp/hosts.XXXXXX");
	fd = mkstemp(path);
	file = fdopen(fd, "w");
	assert_non_null(file);
	fputs(text, file);
	fclose(file);
}

static void put_bytes(const char *path, const char *bytes, size_t len)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	assert_int_equal(fwrite(bytes, 1, len, file), len);
	fclose(file);
}

static void denied_is_who_is_not_allowed(void **state)
{
	char deny[32], allow[32];

	put(deny, "ALL ALL\n");
	put(allow, TARGET " 192.0.2.0/24\n");
	assert_int_equal(hosts_allow(deny, allow, TARGET, &v4), 1);
	assert_int_equal(hosts_allow(deny, allow, TARGET, &v6), 0);
	assert_int_equal(hosts_allow(deny, "/nonexistent", TARGET, &v4), 0);
	assert_int_equal(hosts_allow("/nonexistent", allow, TARGET, &v6), 1);
	assert_int_equal(hosts_allow("/nonexistent", "/nonexistent", TARGET, &v6), 1);
	assert_int_equal(hosts_allow("/", allow, TARGET, &v4), -EISDIR);
	assert_int_equal(hosts_allow(deny, "/", TARGET, &v4), -EISDIR);
	put_bytes(deny, "other ALL\n\0\nALL ALL\n", 20);
	assert_int_equal(hosts_allow(deny, allow, TARGET, &v6), -EILSEQ);
	unlink(deny);
	unlink(allow);
}

/* ---- at a login ----------------------------------------------------------------------------- */

static int host_says;

static int host_allowed(void *arg, const char *target, const struct portal *peer)
{
	assert_string_equal(target, FAKE_TARGET);
	assert_string_equal(peer->addr, v4.addr);
	return host_says;
}

static void login_is_refused_to_a_host_that_may_not(void **state)
{
	struct env_ops ops;
	struct peer peer;

	peer_init(&peer);
	ops = *peer.fake.env.ops;
	ops.host_allowed = host_allowed;
	peer.fake.env.ops = &ops;
	peer.login->peer = v4;
	host_says = 0;
	assert_refused(&peer, SECURITY, NAMES, LOGIN_NOT_FOUND);
	peer_reconnect(&peer);
	peer.login->peer = v4;
	host_says = -EACCES;
	assert_refused(&peer, SECURITY, NAMES, LOGIN_TARGET_ERROR);
	peer_reconnect(&peer);
	peer.login->peer = v4;
	host_says = 1;
	assert_int_equal(peer_says(&peer, SECURITY, NAMES), LOGIN_CONTINUE);
	peer_free(&peer);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hosts_are_addresses_and_networks),
		cmocka_unit_test(first_line_about_the_target_counts),
		cmocka_unit_test(what_is_no_host_keeps_away),
		cmocka_unit_test(denied_is_who_is_not_allowed),
		cmocka_unit_test(login_is_refused_to_a_host_that_may_not),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
