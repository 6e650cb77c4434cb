// SPDX-License-Identifier: GPL-2.0-only
/* CHAP and its binary values: who proves what, in which order, and what proves nothing. */
#include "unit.h"

#include "binval.h"
#include "chap.h"

#define SECRET		"12charsecret"
#define OUR_SECRET	"12charsecret1"

static const char *incoming[4], *outgoing;
static struct chap chap;
static struct text_in in, heard;
static struct text_out out = { .max = 4096 };

static int get(void *arg, enum scst_iscsi_attr_kind kind, uint32_t index,
	       char text[SCST_ISCSI_TEXT_LEN])
{
	const char *user = NULL;

	if (kind == SCST_ISCSI_INCOMING_USER && index < ARRAY_SIZE(incoming))
		user = incoming[index];
	else if (kind == SCST_ISCSI_OUTGOING_USER && !index)
		user = outgoing;
	return user ? scst_format(text, SCST_ISCSI_TEXT_LEN, "%s", user) : -ENOENT;
}

static int begin(void **state)
{
	memset(&chap, 0, sizeof(chap));
	memset(incoming, 0, sizeof(incoming));
	incoming[0] = "joe " SECRET;
	outgoing = NULL;
	return hash_init();
}

static int end(void **state)
{
	text_out_free(&out);
	return 0;
}

static const char *says_to(const struct chap_algorithms *algorithms, const char *text)
{
	const struct chap_users users = { get, NULL };
	const char *why;
	char *at;

	text_in_reset(&in);
	text_in_append(&in, text, strlen(text));
	for (at = in.buf; (at = strchr(at, '\n'));)
		*at++ = '\0';
	assert_int_equal(text_in_parse(&in), 0);
	text_out_reset(&out);
	why = chap_receive(&chap, algorithms, &users, &in, &out);
	text_in_reset(&heard);
	text_in_append(&heard, out.buf, out.len);
	assert_int_equal(text_in_parse(&heard), 0);
	return why;
}

static const char *says(const char *text)
{
	static const struct chap_algorithms all = CHAP_ALGORITHMS_DEFAULT;

	return says_to(&all, text);
}

static void respond(enum hash_id hash, uint8_t id, const char *secret, const uint8_t *challenge,
		    size_t len, char hex[BINVAL_HEX_LEN(HASH_MAX)])
{
	const struct hash_part parts[] = { { &id, 1 }, { secret, strlen(secret) },
					   { challenge, len } };
	uint8_t digest[HASH_MAX];

	assert_int_equal(hash_parts(hash, parts, 3, digest), 0);
	binval_encode(digest, hash_len(hash), hex);
}

/* What the initiator answers to the challenge that it heard. */
static const char *proof(const char *name, const char *secret, const char *more)
{
	static char text[4096];
	uint8_t challenge[CHAP_CHALLENGE_MAX];
	char hex[BINVAL_HEX_LEN(HASH_MAX)];
	ssize_t len = binval_decode(text_in_find(&heard, "CHAP_C"), challenge, sizeof(challenge));

	assert_true(len >= 16);
	respond(chap.hash, atoi(text_in_find(&heard, "CHAP_I")), secret, challenge, len, hex);
	snprintf(text, sizeof(text), "CHAP_N=%s\nCHAP_R=%s\n%s", name, hex, more);
	return text;
}

static void every_algorithm_works(void **state)
{
	static const struct {
		const char *offer;
		enum hash_id hash;
	} rows[] = {
		{ "CHAP_A=5", HASH_MD5 },
		{ "CHAP_A=6", HASH_SHA1 },
		{ "CHAP_A=7", HASH_SHA256 },
		{ "CHAP_A=8", HASH_SHA3_256 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		begin(state);
		assert_null(says(rows[i].offer));
		assert_int_equal(chap.hash, rows[i].hash);
		assert_string_equal(text_in_find(&heard, "CHAP_A"), rows[i].offer + 7);
		assert_null(says(proof("joe", SECRET, "")));
		assert_int_equal(chap.state, CHAP_DONE);
		assert_string_equal(chap.user, "joe");
		assert_int_equal(out.len, 0);
	}
}

/* RFC 1994's formula by somebody else's hand: printf '\x01secret\x02' | md5sum, sha1sum, ... */
static void digests_are_the_standards(void **state)
{
	static const struct {
		enum hash_id hash;
		const char *hex;
	} rows[] = {
		{ HASH_MD5, "0x26e2404abf0a021266913811ae589855" },
		{ HASH_SHA1, "0x04e6caa1dc13b98d655d7d1f79ea0da0d231469f" },
		{ HASH_SHA256,
		  "0x1f3e2835938e3e99b74b4c3f035673a2ac9df67272952f3efc2833ddd460227f" },
		{ HASH_SHA3_256,
		  "0x96b3949ed93a57bacb4351c4128b26056628a3760978115167f0d1d5097d25a1" },
	};
	char hex[BINVAL_HEX_LEN(HASH_MAX)];

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		respond(rows[i].hash, 1, "secret", (const uint8_t *)"\x02", 1, hex);
		assert_string_equal(hex, rows[i].hex);
	}
}

static void our_order_counts(void **state)
{
	struct chap_algorithms only;

	assert_null(says("CHAP_A=5,6,7,8"));
	assert_int_equal(chap.hash, HASH_SHA3_256);
	begin(state);
	assert_null(says("CHAP_A=5,7,99"));
	assert_int_equal(chap.hash, HASH_SHA256);
	begin(state);
	assert_int_equal(chap_algorithms_parse("SHA1,MD5", &only), 0);
	assert_null(says_to(&only, "CHAP_A=5,6,7,8"));
	assert_int_equal(chap.hash, HASH_SHA1);
}

static void md5_can_be_switched_off(void **state)
{
	struct chap_algorithms strong;

	assert_int_equal(chap_algorithms_parse("SHA3-256,SHA256,SHA1", &strong), 0);
	assert_non_null(says_to(&strong, "CHAP_A=5"));
	assert_int_equal(chap_algorithms_parse("SHA3-256,MD4", &strong), -EINVAL);
	assert_int_equal(chap_algorithms_parse("MD5,MD5", &strong), -EINVAL);
	assert_int_equal(chap_algorithms_parse("", &strong), -EINVAL);
	assert_int_equal(strong.nr, 3);
}

static void no_common_algorithm_fails(void **state)
{
	assert_non_null(says("CHAP_A=1,4,55"));
	assert_non_null(says("CHAP_A="));
	assert_non_null(says("CHAP_A=five"));
}

static void challenges_differ(void **state)
{
	uint8_t first[CHAP_CHALLENGE_LEN];

	assert_null(says("CHAP_A=7"));
	memcpy(first, chap.challenge, sizeof(first));
	begin(state);
	assert_null(says("CHAP_A=7"));
	assert_memory_not_equal(first, chap.challenge, sizeof(first));
}

static void any_of_several_users_may_come(void **state)
{
	incoming[1] = "joe2 12charsecret2";
	assert_null(says("CHAP_A=5"));
	assert_null(says(proof("joe2", "12charsecret2", "")));
	assert_string_equal(chap.user, "joe2");
	begin(state);
	incoming[1] = "joe2 12charsecret2";
	assert_null(says("CHAP_A=5"));
	assert_non_null(says(proof("joe2", SECRET, "")));	/* joe's */
}

static void wrong_proof_fails(void **state)
{
	static const char *const bad[] = {
		"CHAP_N=joe\nCHAP_R=0x00",
		"CHAP_N=joe\nCHAP_R=",
		"CHAP_N=joe\nCHAP_R=12345",
		"CHAP_N=joe\nCHAP_R=0xxyz",
		"CHAP_N=joe\n",
		"CHAP_R=0x00112233445566778899aabbccddeeff",
		"CHAP_N=nobody\nCHAP_R=0x00112233445566778899aabbccddeeff",
		"",
	};

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		begin(state);
		assert_null(says("CHAP_A=5"));
		assert_non_null(says(bad[i]));
		assert_int_not_equal(chap.state, CHAP_DONE);
	}
	begin(state);
	assert_null(says("CHAP_A=5"));
	assert_non_null(says(proof("joe", "another secret", "")));
	begin(state);
	assert_null(says("CHAP_A=5"));
	assert_non_null(says(proof("stranger", "nobody", "")));	/* the stand-in is no secret */
}

static void secret_may_not_come_first(void **state)
{
	assert_null(says("CHAP_N=joe\nCHAP_R=0x00112233445566778899aabbccddeeff"));
	assert_int_equal(chap.state, CHAP_WANT_A);
	assert_int_equal(out.len, 0);
}

static void mutual_authentication_answers_the_initiator(void **state)
{
	static const uint8_t theirs[] = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16 };
	char hex[BINVAL_HEX_LEN(HASH_MAX)];

	outgoing = "jack " OUR_SECRET;
	assert_null(says("CHAP_A=8"));
	assert_null(says(proof("joe", SECRET,
			       "CHAP_I=200\nCHAP_C=0x0102030405060708090a0b0c0d0e0f10\n")));
	respond(HASH_SHA3_256, 200, OUR_SECRET, theirs, sizeof(theirs), hex);
	assert_string_equal(text_in_find(&heard, "CHAP_N"), "jack");
	assert_string_equal(text_in_find(&heard, "CHAP_R"), hex);
	assert_int_equal(chap.state, CHAP_DONE);
}

static void mutual_authentication_fails_if_we_cannot(void **state)
{
	static const char *const bad[] = {
		"CHAP_I=1\n",
		"CHAP_C=0x00\n",
		"CHAP_I=256\nCHAP_C=0x00\n",
		"CHAP_I=1\nCHAP_C=zero\n",
	};

	assert_null(says("CHAP_A=5"));		/* nobody to be */
	assert_non_null(says(proof("joe", SECRET, "CHAP_I=1\nCHAP_C=0x00\n")));
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		begin(state);
		outgoing = "jack " OUR_SECRET;
		assert_null(says("CHAP_A=5"));
		assert_non_null(says(proof("joe", SECRET, bad[i])));
		assert_int_equal(out.len, 0);
	}
}

static void we_prove_nothing_before_the_initiator_has(void **state)
{
	outgoing = "jack " OUR_SECRET;
	assert_null(says("CHAP_A=5"));
	assert_non_null(says(proof("joe", "wrong secret", "CHAP_I=1\nCHAP_C=0x0102\n")));
	assert_int_equal(out.len, 0);
}

static void reflection_is_refused(void **state)
{
	char more[256];

	outgoing = "jack " OUR_SECRET;
	assert_null(says("CHAP_A=5"));
	snprintf(more, sizeof(more), "CHAP_I=9\nCHAP_C=%s\n", text_in_find(&heard, "CHAP_C"));
	assert_non_null(says(proof("joe", SECRET, more)));
	assert_int_equal(out.len, 0);
}

/* A valid user of one connection has us answer the challenge of another one. */
static void relay_between_connections_is_refused(void **state)
{
	static const char *const disguises[] = { "0x%s", "0x00%s", "0x6162636465666768%s" };

	for (size_t i = 0; i < ARRAY_SIZE(disguises); i++) {
		char more[512], theirs[128], challenge[256];

		begin(state);
		outgoing = "jack " OUR_SECRET;
		assert_null(says("CHAP_A=5"));
		strcpy(theirs, text_in_find(&heard, "CHAP_C") + 2);
		memset(&chap, 0, sizeof(chap));		/* another connection */
		assert_null(says("CHAP_A=5"));
		snprintf(challenge, sizeof(challenge), disguises[i], theirs);
		snprintf(more, sizeof(more), "CHAP_I=9\nCHAP_C=%s\n", challenge);
		assert_non_null(says(proof("joe", SECRET, more)));
		assert_int_equal(out.len, 0);
	}
}

static void secret_of_any_initiator_is_not_ours(void **state)
{
	incoming[1] = "jim " OUR_SECRET;
	outgoing = "jack\t" OUR_SECRET;
	assert_null(says("CHAP_A=5"));
	assert_non_null(says(proof("joe", SECRET, "CHAP_I=9\nCHAP_C=0x0102\n")));
	assert_int_equal(out.len, 0);
}

static void user_may_be_written_with_tabs(void **state)
{
	static const uint8_t theirs[] = { 1, 2 };
	char hex[BINVAL_HEX_LEN(HASH_MAX)];

	incoming[0] = "joe\t" SECRET;
	outgoing = "jack \t " OUR_SECRET;
	assert_null(says("CHAP_A=5"));
	assert_null(says(proof("joe", SECRET, "CHAP_I=9\nCHAP_C=0x0102\n")));
	respond(HASH_MD5, 9, OUR_SECRET, theirs, sizeof(theirs), hex);
	assert_string_equal(text_in_find(&heard, "CHAP_N"), "jack");
	assert_string_equal(text_in_find(&heard, "CHAP_R"), hex);
}

static void empty_secret_proves_nothing(void **state)
{
	static const char *const users[] = { "joe", "joe ", "joe\t" };

	for (size_t i = 0; i < ARRAY_SIZE(users); i++) {
		begin(state);
		incoming[0] = users[i];
		assert_null(says("CHAP_A=5"));
		assert_non_null(says(proof("joe", "", "")));
		begin(state);
		outgoing = users[i];
		assert_null(says("CHAP_A=5"));
		assert_non_null(says(proof("joe", SECRET, "CHAP_I=9\nCHAP_C=0x0102\n")));
		assert_int_equal(out.len, 0);
	}
}

/* Whatever is in them: RFC 7143 has UTF-8, and nothing here counts characters. */
static void names_and_secrets_may_have_any_bytes(void **state)
{
	incoming[0] = "jos\xc3\xa9\xff \x80\xfe" SECRET;
	assert_null(says("CHAP_A=8"));
	assert_null(says(proof("jos\xc3\xa9\xff", "\x80\xfe" SECRET, "")));
	assert_string_equal(chap.user, "jos\xc3\xa9\xff");
}

static void one_secret_for_both_directions_is_refused(void **state)
{
	outgoing = "jack " SECRET;
	assert_null(says("CHAP_A=5"));
	assert_non_null(says(proof("joe", SECRET, "CHAP_I=9\nCHAP_C=0x0102\n")));
	assert_int_equal(out.len, 0);
}

static void base64_is_as_good_as_hexadecimal(void **state)
{
	uint8_t out[8];

	assert_int_equal(binval_decode("0bAQIDBA==", out, sizeof(out)), 4);
	assert_memory_equal(out, "\1\2\3\4", 4);
	assert_int_equal(binval_decode("0b////", out, sizeof(out)), 3);
	assert_memory_equal(out, "\xff\xff\xff", 3);
	assert_int_equal(binval_decode("0BAQI=", out, sizeof(out)), 2);
	assert_int_equal(binval_decode("0x01020304", out, sizeof(out)), 4);
	assert_int_equal(binval_decode("0Xabc", out, sizeof(out)), 2);
	assert_memory_equal(out, "\x0a\xbc", 2);
}

static void bad_binary_values_are_refused(void **state)
{
	static const char *const bad[] = {
		"",	"0x",	"0b",	"12",	"0xg0",	    "0x 1",   "0bAQ",	"0bAQI",
		"0b=",	"0b====", "0bA===", "0bA=B=", "0bAQIDBA=", "0bAR==", "0bAQJ=", "0b*QI=",
		"0x010203040506070809", "0bAQIDBAUGBwgJ",
	};
	uint8_t out[8];

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		if (binval_decode(bad[i], out, sizeof(out)) != -EINVAL)
			fail_msg("%s is taken", bad[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(every_algorithm_works, begin),
		cmocka_unit_test_setup(digests_are_the_standards, begin),
		cmocka_unit_test_setup(our_order_counts, begin),
		cmocka_unit_test_setup(md5_can_be_switched_off, begin),
		cmocka_unit_test_setup(no_common_algorithm_fails, begin),
		cmocka_unit_test_setup(challenges_differ, begin),
		cmocka_unit_test_setup(any_of_several_users_may_come, begin),
		cmocka_unit_test_setup(wrong_proof_fails, begin),
		cmocka_unit_test_setup(secret_may_not_come_first, begin),
		cmocka_unit_test_setup(mutual_authentication_answers_the_initiator, begin),
		cmocka_unit_test_setup(mutual_authentication_fails_if_we_cannot, begin),
		cmocka_unit_test_setup(we_prove_nothing_before_the_initiator_has, begin),
		cmocka_unit_test_setup(reflection_is_refused, begin),
		cmocka_unit_test_setup(relay_between_connections_is_refused, begin),
		cmocka_unit_test_setup(secret_of_any_initiator_is_not_ours, begin),
		cmocka_unit_test_setup(user_may_be_written_with_tabs, begin),
		cmocka_unit_test_setup(empty_secret_proves_nothing, begin),
		cmocka_unit_test_setup(names_and_secrets_may_have_any_bytes, begin),
		cmocka_unit_test_setup(one_secret_for_both_directions_is_refused, begin),
		cmocka_unit_test(base64_is_as_good_as_hexadecimal),
		cmocka_unit_test(bad_binary_values_are_refused),
	};

	return cmocka_run_group_tests_name("chap", tests, NULL, end);
}
