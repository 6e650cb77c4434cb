// SPDX-License-Identifier: GPL-2.0-only
/* Negotiation: each type of key, what is out of range, what we offer ourselves. */
#include "unit.h"

#include "keys.h"

static uint32_t ours[SCST_ISCSI_KEY_MAX];
static struct keys keys;
static struct text_out out = { .max = 4096 };

static int begin(void **state)
{
	static const uint32_t defaults[] = {
#define KEY(name, type, rfc, ours, least, most, seen) ours,
		SCST_ISCSI_KEYS(KEY)
#undef KEY
	};

	memcpy(ours, defaults, sizeof(ours));
	keys_init(&keys, ours);
	text_out_reset(&out);
	return 0;
}

static int end(void **state)
{
	text_out_free(&out);
	return 0;
}

static void assert_answer(const char *key, const char *value, const char *answer)
{
	char expected[128];

	text_out_reset(&out);
	if (keys_receive(&keys, key, value, &out) != KEYS_DONE)
		fail_msg("%s=%s is refused", key, value);
	snprintf(expected, sizeof(expected), "%s=%s", key, answer);
	if (out.len != strlen(expected) + 1 || strcmp(out.buf, expected))
		fail_msg("%s=%s: answer %.*s, expected %s", key, value, (int)out.len, out.buf,
			 expected);
}

#define assert_value(key, number)	assert_int_equal(keys.value[SCST_ISCSI_##key], number)

static void what_is_not_mentioned_has_the_rfcs_default(void **state)
{
	assert_true(keys_finish(&keys));
	assert_value(InitialR2T, 1);
	assert_value(ImmediateData, 1);
	assert_value(MaxBurstLength, 262144);
	assert_value(FirstBurstLength, 65536);
	assert_value(MaxOutstandingR2T, 1);
	assert_value(MaxRecvDataSegmentLength, 8192);
	assert_value(MaxXmitDataSegmentLength, 8192);
	assert_value(HeaderDigest, SCST_ISCSI_DIGEST_NONE);
}

static void booleans_are_or_and(void **state)
{
	assert_answer("InitialR2T", "No", "No");
	assert_answer("ImmediateData", "Yes", "Yes");
	begin(state);
	keys.ours[SCST_ISCSI_InitialR2T] = 1;
	keys.ours[SCST_ISCSI_ImmediateData] = 0;
	assert_answer("InitialR2T", "No", "Yes");
	assert_answer("ImmediateData", "Yes", "No");
	assert_value(InitialR2T, 1);
	assert_value(ImmediateData, 0);
}

static void numbers_are_the_smaller_or_the_greater(void **state)
{
	assert_answer("MaxBurstLength", "16776192", "1048576");
	assert_answer("FirstBurstLength", "512", "512");
	assert_answer("MaxConnections", "8", "1");
	assert_answer("ErrorRecoveryLevel", "2", "0");
	assert_answer("DefaultTime2Wait", "5", "5");
	assert_answer("DefaultTime2Retain", "20", "0");
	assert_answer("MaxOutstandingR2T", "0x10", "16");
	assert_value(MaxBurstLength, 1048576);
	assert_value(MaxOutstandingR2T, 16);
}

static void nonsense_is_rejected_and_the_default_stands(void **state)
{
	assert_answer("MaxBurstLength", "511", "Reject");
	assert_answer("FirstBurstLength", "many", "Reject");
	assert_answer("MaxOutstandingR2T", "0", "Reject");
	assert_answer("DefaultTime2Wait", "3601", "Reject");
	assert_answer("InitialR2T", "yes", "Reject");
	assert_answer("HeaderDigest", "MD5", "Reject");
	assert_value(MaxBurstLength, 262144);
	assert_value(FirstBurstLength, 65536);
	assert_value(InitialR2T, 1);
}

static void digest_is_the_first_that_both_know(void **state)
{
	keys.ours[SCST_ISCSI_HeaderDigest] = 3;
	keys.ours[SCST_ISCSI_DataDigest] = 3;
	assert_answer("HeaderDigest", "CRC32C,None", "CRC32C");
	assert_answer("DataDigest", "X-foo,None,CRC32C", "None");
	assert_value(HeaderDigest, SCST_ISCSI_DIGEST_CRC32C);
	assert_value(DataDigest, SCST_ISCSI_DIGEST_NONE);
}

static void key_is_negotiated_once(void **state)
{
	assert_answer("MaxBurstLength", "65536", "65536");
	assert_int_equal(keys_receive(&keys, "MaxBurstLength", "65536", &out), KEYS_ERROR);
}

static void declared_length_limits_what_we_send(void **state)
{
	assert_int_equal(keys_receive(&keys, "MaxRecvDataSegmentLength", "262144", &out),
			 KEYS_DONE);
	assert_int_equal(out.len, 0);
	assert_value(MaxXmitDataSegmentLength, 262144);
	begin(state);
	keys.ours[SCST_ISCSI_MaxXmitDataSegmentLength] = 65536;
	keys_receive(&keys, "MaxRecvDataSegmentLength", "16777215", &out);
	assert_value(MaxXmitDataSegmentLength, 65536);
}

static void impossible_declaration_is_an_error(void **state)
{
	static const char *const bad[] = { "511", "16777216", "-1", "", "1e6" };

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		begin(state);
		assert_int_equal(keys_receive(&keys, "MaxRecvDataSegmentLength", bad[i], &out),
				 KEYS_ERROR);
	}
}

static void we_declare_once(void **state)
{
	keys_declare(&keys, &out);
	assert_string_equal(out.buf, "MaxRecvDataSegmentLength=1048576");
	text_out_reset(&out);
	keys_declare(&keys, &out);
	assert_int_equal(out.len, 0);
	assert_value(MaxRecvDataSegmentLength, 1048576);
}

static void only_visible_limits_are_offered(void **state)
{
	keys.ours[SCST_ISCSI_MaxBurstLength] = 131072;
	keys.ours[SCST_ISCSI_HeaderDigest] = SCST_ISCSI_DIGEST_CRC32C;
	assert_true(keys_offer(&keys, &out));
	assert_int_equal(out.len, sizeof("MaxBurstLength=131072") + sizeof("HeaderDigest=CRC32C"));
	assert_memory_equal(out.buf, "MaxBurstLength=131072\0HeaderDigest=CRC32C", out.len);
	text_out_reset(&out);
	assert_false(keys_offer(&keys, &out));	/* once */
	assert_int_equal(out.len, 0);
}

static void answer_to_an_offer_is_taken_silently(void **state)
{
	keys.ours[SCST_ISCSI_MaxBurstLength] = 131072;
	keys.ours[SCST_ISCSI_HeaderDigest] = SCST_ISCSI_DIGEST_CRC32C;
	keys_offer(&keys, &out);
	text_out_reset(&out);
	assert_int_equal(keys_receive(&keys, "MaxBurstLength", "65536", &out), KEYS_DONE);
	assert_int_equal(keys_receive(&keys, "HeaderDigest", "CRC32C", &out), KEYS_DONE);
	assert_int_equal(out.len, 0);
	assert_true(keys_finish(&keys));
	assert_value(MaxBurstLength, 65536);
	assert_value(FirstBurstLength, 65536);
	assert_value(HeaderDigest, SCST_ISCSI_DIGEST_CRC32C);
}

static void refused_number_stays_and_refused_digest_ends_it(void **state)
{
	keys.ours[SCST_ISCSI_MaxBurstLength] = 131072;
	keys_offer(&keys, &out);
	assert_int_equal(keys_receive(&keys, "MaxBurstLength", "Reject", &out), KEYS_DONE);
	assert_true(keys_finish(&keys));
	assert_value(MaxBurstLength, 262144);
	begin(state);
	keys.ours[SCST_ISCSI_DataDigest] = SCST_ISCSI_DIGEST_CRC32C;
	keys_offer(&keys, &out);
	assert_int_equal(keys_receive(&keys, "DataDigest", "NotUnderstood", &out), KEYS_DONE);
	assert_false(keys_finish(&keys));
}

static void first_burst_fits_into_max_burst(void **state)
{
	assert_answer("MaxBurstLength", "4096", "4096");
	assert_answer("FirstBurstLength", "65536", "65536");
	assert_true(keys_finish(&keys));
	assert_value(FirstBurstLength, 4096);
}

static void session_keys_are_irrelevant_in_discovery(void **state)
{
	keys_init(&keys, NULL);
	assert_answer("InitialR2T", "No", "Irrelevant");
	assert_answer("MaxBurstLength", "16776192", "Irrelevant");
	assert_answer("HeaderDigest", "CRC32C,None", "None");
	assert_answer("ErrorRecoveryLevel", "0", "0");
	assert_false(keys_offer(&keys, &out));
	assert_true(keys_finish(&keys));
}

static void obsolete_and_foreign_keys_have_fixed_answers(void **state)
{
	assert_answer("IFMarker", "Yes", "No");
	assert_answer("OFMarkInt", "2048~65535", "Reject");
	assert_answer("RDMAExtensions", "Yes", "No");
	assert_answer("iSCSIProtocolLevel", "2", "1");
	assert_answer("iSCSIProtocolLevel", "32", "Reject");
	assert_answer("TaskReporting", "FastAbort,RFC3720", "RFC3720");
	assert_answer("TaskReporting", "FastAbort,RFC37200", "Reject");
	text_out_reset(&out);
	assert_int_equal(keys_receive(&keys, "X#NodeArchitecture", "pdp11", &out), KEYS_DONE);
	assert_int_equal(out.len, 0);
	assert_int_equal(keys_receive(&keys, "MaxXmitDataSegmentLength", "512", &out),
			 KEYS_UNKNOWN);
	assert_int_equal(keys_receive(&keys, "X-com.example.k", "1", &out), KEYS_UNKNOWN);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(what_is_not_mentioned_has_the_rfcs_default, begin),
		cmocka_unit_test_setup(booleans_are_or_and, begin),
		cmocka_unit_test_setup(numbers_are_the_smaller_or_the_greater, begin),
		cmocka_unit_test_setup(nonsense_is_rejected_and_the_default_stands, begin),
		cmocka_unit_test_setup(digest_is_the_first_that_both_know, begin),
		cmocka_unit_test_setup(key_is_negotiated_once, begin),
		cmocka_unit_test_setup(declared_length_limits_what_we_send, begin),
		cmocka_unit_test_setup(impossible_declaration_is_an_error, begin),
		cmocka_unit_test_setup(we_declare_once, begin),
		cmocka_unit_test_setup(only_visible_limits_are_offered, begin),
		cmocka_unit_test_setup(answer_to_an_offer_is_taken_silently, begin),
		cmocka_unit_test_setup(refused_number_stays_and_refused_digest_ends_it, begin),
		cmocka_unit_test_setup(first_burst_fits_into_max_burst, begin),
		cmocka_unit_test_setup(session_keys_are_irrelevant_in_discovery, begin),
		cmocka_unit_test_setup(obsolete_and_foreign_keys_have_fixed_answers, begin),
	};

	return cmocka_run_group_tests_name("keys", tests, NULL, end);
}
