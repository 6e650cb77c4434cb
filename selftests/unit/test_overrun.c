// SPDX-License-Identifier: GPL-2.0-only
/*
 * Whatever is asked, and however little room there is: nothing is written past the room, the answer
 * is a prefix of the whole one, its length does not depend on the room and is no longer than
 * scst_data_max() says.
 */
#include "fixture.h"

static void assert_prefix_at_every_size(const struct scst_view *view, const u8 *cdb)
{
	struct answer whole = ask_sized(view, cdb, sizeof(whole.data));
	bool unknown_sa;

	if (!whole.ok)
		return;
	assert_in_range(whole.len, 1, scst_data_max(scst_op_find(cdb, &unknown_sa)));
	assert_in_range(whole.len, 1, sizeof(whole.data));
	for (u32 size = 0; size <= whole.len + 1; size++) {
		struct answer a = ask_sized(view, cdb, size);
		u32 n = size < whole.len ? size : whole.len;

		assert_true(a.ok);
		assert_int_equal(a.len, whole.len);
		assert_memory_equal(a.data, whole.data, n);
	}
}

static void ask_everything(const struct scst_lu *lu)
{
	struct scst_view view = fixture_view(lu);

	assert_prefix_at_every_size(&view, CDB(0x12));
	for (unsigned int page = 0; page < 256; page++)
		assert_prefix_at_every_size(&view, CDB(0x12, 1, page));
	assert_prefix_at_every_size(&view, CDB(0x03));
	assert_prefix_at_every_size(&view, CDB(0x03, 1));
	assert_prefix_at_every_size(&view, CDB(0xa0));
	if (!lu)
		return;
	for (unsigned int page = 0; page < 256; page++) {
		assert_prefix_at_every_size(&view, CDB(0x1a, 0, page));
		assert_prefix_at_every_size(&view, CDB(0x1a, 8, page, 0xff));
		assert_prefix_at_every_size(&view, CDB(0x5a, 0x10, page));
		assert_prefix_at_every_size(&view, CDB(0x5a, 0, page, 0xff));
	}
	assert_prefix_at_every_size(&view, CDB(0x25));
	if (!lu->type)
		assert_prefix_at_every_size(&view, CDB(0x9e, 0x10));
	assert_prefix_at_every_size(&view, CDB(0xa3, 0x0c));
	assert_prefix_at_every_size(&view, CDB(0xa3, 0x0c, 0x80));
	assert_prefix_at_every_size(&view, CDB(0xa3, 0x0c, 0x83, 0x9e, 0, 0x10));
	assert_prefix_at_every_size(&view, CDB(0xa3, 0x0d, 0x80));
}

static void disk_never_overruns(void **state)
{
	struct scst_lu lu = fixture_disk();

	ask_everything(&lu);
}

static void cdrom_never_overruns(void **state)
{
	struct scst_lu lu = fixture_cdrom();

	ask_everything(&lu);
}

static void absent_lun_never_overruns(void **state)
{
	ask_everything(NULL);
}

/* Every string full, every identifier at its longest. */
static void longest_identity_never_overruns(void **state)
{
	struct scst_lu lu = fixture_disk();

	memset(lu.vendor, 'v', sizeof(lu.vendor) - 1);
	memset(lu.product, 'p', sizeof(lu.product) - 1);
	memset(lu.revision, 'r', sizeof(lu.revision) - 1);
	memset(lu.t10_dev_id, 't', sizeof(lu.t10_dev_id) - 1);
	memset(lu.usn, 'u', sizeof(lu.usn) - 1);
	lu.eui64_id_len = lu.naa_id_len = 16;
	ask_everything(&lu);
}

/* What the core allots for an answer is enough for all that is configured at its longest. */
static void longest_identification_fits_reply_max(void **state)
{
	struct scst_lu lu = fixture_disk();
	char name[252];
	const struct scst_port port = { .rel_tgt_id = 1, .target_name = name, .port_name = name };
	struct scst_view view = fixture_view(&lu);

	memset(name, 'x', 251);
	memcpy(name, "iqn.", 4);
	name[251] = 0;
	memset(lu.t10_dev_id, 't', sizeof(lu.t10_dev_id) - 1);
	lu.eui64_id_len = lu.naa_id_len = 16;
	view.port = &port;
	assert_in_range(ask(&view, CDB(0x12, 1, 0x83)).len, 512, SCST_REPLY_MAX);
}

/* An exec id without responder, or a row for another LUN, is refused and not called. */
static void impossible_requests_are_refused(void **state)
{
	struct scst_op op = { .exec = SCST_EXEC_MAX };
	struct scst_lu lu = fixture_disk();
	struct scst_view view = fixture_view(&lu);
	struct scst_reply reply = { 0 };
	struct scst_sense sense;

	assert_false(scst_respond(&op, &view, CDB(0), &reply, &sense));
	assert_int_equal(sense.id, SCST_SENSE_INTERNAL_FAILURE);
	op.exec = SCST_EXEC_TEST_UNIT_READY;
	assert_false(scst_respond(&op, &view, CDB(0), &reply, &sense));
	op.exec = SCST_EXEC_MODE_SENSE;
	view.lu = NULL;
	assert_false(scst_respond(&op, &view, CDB(0x1a), &reply, &sense));
	assert_int_equal(sense.id, SCST_SENSE_LUN_NOT_SUPPORTED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(disk_never_overruns),
		cmocka_unit_test(cdrom_never_overruns),
		cmocka_unit_test(absent_lun_never_overruns),
		cmocka_unit_test(longest_identity_never_overruns),
		cmocka_unit_test(longest_identification_fits_reply_max),
		cmocka_unit_test(impossible_requests_are_refused),
	};

	return cmocka_run_group_tests_name("overrun", tests, NULL, NULL);
}
