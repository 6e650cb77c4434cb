// SPDX-License-Identifier: GPL-2.0-only
/*
 * The file in which SCST keeps mode parameters: what it wrote is what a unit gets, and what is no
 * such file, or one of another device, changes nothing. Not here: which file that is, and its
 * backup (selftests/kernel/spc.sh).
 */
#include "fixture.h"
#include "saved.h"

/* From a heap block of just the size. Return: how many values were dropped, -1 if refused. */
static int decode(const struct scst_lu *lu, const char *file, size_t len, struct scst_saved *out)
{
	u8 *data = malloc(len ? len : 1);
	unsigned int dropped = 0;
	bool ok;

	assert_non_null(data);
	memcpy(data, file, len);
	ok = scst_saved_decode_scst(lu, "disk1", data, len, out, &dropped);
	free(data);
	return ok ? (int)dropped : -1;
}

static void every_parameter_is_taken(void **state)
{
	static const char file[] = "disk1\nTAS=1\nQERR=3\nTMF_ONLY=1\nSWP=1\nD_SENSE=1\nDPICZ=1\n"
				   "QUEUE_ALG=0\nWRITE_THROUGH=1\n";
	static const struct scst_mode expected = {
		.tst = 1, .tas = 1, .qerr = 3, .tmf_only = 1, .swp = 1, .d_sense = 1, .dpicz = 1,
		.queue_alg = 0, .wce = 0,
	};
	struct scst_lu lu = fixture_disk();
	struct scst_saved saved;

	lu.mode_changeable.tmf_only = 0xff;
	lu.mode_changeable.dpicz = 0xff;
	assert_int_equal(decode(&lu, file, sizeof(file) - 1, &saved), 0);
	assert_memory_equal(&saved.mode, &expected, sizeof(expected));
	assert_int_equal(saved.info[SCST_INFO_DEVICE].len, 0);
}

static void what_is_not_there_has_its_default(void **state)
{
	struct scst_lu lu = fixture_disk();
	struct scst_mode expected = lu.mode_default;
	struct scst_saved saved;

	expected.swp = 1;
	assert_int_equal(decode(&lu, "disk1\nSWP=1\n", 12, &saved), 0);
	assert_memory_equal(&saved.mode, &expected, sizeof(expected));
	assert_int_equal(decode(&lu, "disk1\n", 6, &saved), 0);
	assert_memory_equal(&saved.mode, &lu.mode_default, sizeof(expected));
}

/* A value that the unit does not take, a parameter that nobody has, a cache that cannot be. */
static void what_does_not_fit_keeps_its_default(void **state)
{
	static const char file[] = "disk1\nQERR=2\nTAS=2\nCOLOUR=1\nTAS =1\nSWP=1\n"
				   "WRITE_THROUGH=0\nWRITE_THROUGH=2\n";
	struct scst_lu lu = fixture_disk();
	struct scst_mode expected;
	struct scst_saved saved;

	lu.mode_default.wce = 0;
	lu.mode_changeable.wce = 0;
	expected = lu.mode_default;
	expected.swp = 1;
	assert_int_equal(decode(&lu, file, sizeof(file) - 1, &saved), 6);
	assert_memory_equal(&saved.mode, &expected, sizeof(expected));
}

static void what_is_no_such_file_changes_nothing(void **state)
{
	static const struct {
		const char *file;
		size_t len;
	} bad[] = {
		{ "", 0 }, { "disk1", 5 }, { "disk", 4 }, { "disk\nTAS=1\n", 11 },
		{ "disk10\nTAS=1\n", 13 }, { "disk1\0TAS=1\n", 12 }, { "\0\0\0\0\0\0TAS=1\n", 12 },
		{ "disk1\nTAS=1", 11 }, { "disk1\nTAS=\n", 11 }, { "disk1\nTAS\n", 10 },
		{ "disk1\nTAS=10\n", 13 }, { "disk1\nTAS=-1\n", 13 }, { "disk1\n=1\n", 9 },
		{ "disk1\n\nTAS=1\n", 13 }, { "disk1\nTAS=1 \n", 13 }, { "disk1\nTAS=\0\n", 12 },
	};
	struct scst_lu lu = fixture_disk();

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		struct scst_saved saved = { .mode.tst = 0xee };

		if (decode(&lu, bad[i].file, bad[i].len, &saved) != -1)
			fail_msg("%zu: \"%s\" is taken", i, bad[i].file);
		assert_int_equal(saved.mode.tst, 0xee);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_parameter_is_taken),
		cmocka_unit_test(what_is_not_there_has_its_default),
		cmocka_unit_test(what_does_not_fit_keeps_its_default),
		cmocka_unit_test(what_is_no_such_file_changes_nothing),
	};

	return cmocka_run_group_tests_name("saved_scst", tests, NULL, NULL);
}
