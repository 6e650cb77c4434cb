// SPDX-License-Identifier: GPL-2.0-only
/*
 * The parameter list of UNMAP, and the answer to GET LBA STATUS.
 */
#include "fixture.h"

struct result {
	bool ok;
	unsigned int nr;
	struct scst_sense sense;
};

struct list {
	u8 data[8 + 3 * 16];
	u32 len;
};

/* Three extents: 10 blocks from 0, 0 blocks from 50, 10 blocks from 90. */
static struct list good_list(void)
{
	struct list l = { .len = sizeof(l.data) };

	put_unaligned_be16(sizeof(l.data) - 2, l.data);
	put_unaligned_be16(3 * 16, l.data + 2);
	put_unaligned_be32(10, l.data + 8 + 8);
	put_unaligned_be64(50, l.data + 24);
	put_unaligned_be64(90, l.data + 40);
	put_unaligned_be32(10, l.data + 40 + 8);
	return l;
}

static struct result check(const struct list *l)
{
	struct scst_lu lu = fixture_disk();
	struct result r = { .nr = 99 };
	u8 *data = malloc(l->len ? l->len : 1);

	assert_non_null(data);
	memcpy(data, l->data, l->len);
	lu.max_unmap_blocks = 20;
	lu.max_unmap_descs = 3;
	r.ok = scst_unmap_check(&lu, 100, data, l->len, &r.nr, &r.sense);
	if (!r.ok)
		assert_int_equal(r.nr, 0);
	free(data);
	return r;
}

static void assert_field(const struct list *l, unsigned int byte)
{
	struct result r = check(l);

	assert_false(r.ok);
	assert_int_equal(r.sense.id, SCST_SENSE_INVALID_FIELD_PARAM);
	assert_int_equal(r.sense.byte, byte);
}

static void extents_are_read(void **state)
{
	struct list l = good_list();
	struct scst_extent e;

	assert_true(check(&l).ok);
	assert_int_equal(check(&l).nr, 3);
	e = scst_unmap_extent(l.data, 0);
	assert_true(e.lba == 0 && e.nblocks == 10);
	e = scst_unmap_extent(l.data, 1);
	assert_true(e.lba == 50 && e.nblocks == 0);
	e = scst_unmap_extent(l.data, 2);
	assert_true(e.lba == 90 && e.nblocks == 10);
}

static void empty_list_unmaps_nothing(void **state)
{
	struct list l = { .len = 0 };

	assert_true(check(&l).ok);
	assert_int_equal(check(&l).nr, 0);
	l.len = 8;
	assert_true(check(&l).ok);
	assert_int_equal(check(&l).nr, 0);
}

static void short_lists_are_length_errors(void **state)
{
	for (u32 len = 1; len < sizeof(good_list().data); len++) {
		struct list l = good_list();
		struct result r;

		l.len = len;
		r = check(&l);
		assert_false(r.ok);
		assert_int_equal(r.sense.id, SCST_SENSE_PARAM_LIST_LENGTH);
	}
}

static void incomplete_last_descriptor_is_ignored(void **state)
{
	struct list l = good_list();

	put_unaligned_be16(2 * 16 + 15, l.data + 2);
	assert_true(check(&l).ok);
	assert_int_equal(check(&l).nr, 2);
}

static void limits_of_page_b0_hold(void **state)
{
	struct list l = good_list();

	put_unaligned_be32(11, l.data + 8 + 8);
	assert_field(&l, 8 + 2 * 16 + 8);
	l = good_list();
	put_unaligned_be32(21, l.data + 8 + 8);
	assert_field(&l, 8 + 8);
}

static void too_many_descriptors_are_refused(void **state)
{
	struct scst_lu lu = fixture_disk();
	struct list l = good_list();
	struct scst_sense sense;
	unsigned int nr;

	lu.max_unmap_descs = 2;
	assert_false(scst_unmap_check(&lu, 100, l.data, l.len, &nr, &sense));
	assert_int_equal(sense.byte, 2);
	lu.max_unmap_descs = lu.max_unmap_blocks = 0;
	assert_true(scst_unmap_check(&lu, 100, l.data, l.len, &nr, &sense));
}

static void extent_outside_is_refused_before_any_is_done(void **state)
{
	struct list l = good_list();
	struct result r;

	put_unaligned_be64(91, l.data + 40);
	r = check(&l);
	assert_false(r.ok);
	assert_int_equal(r.sense.id, SCST_SENSE_LBA_OUT_OF_RANGE);
	assert_true(r.sense.info == 100);
	put_unaligned_be64(~0ull, l.data + 40);
	r = check(&l);
	assert_int_equal(r.sense.id, SCST_SENSE_LBA_OUT_OF_RANGE);
	assert_true(r.sense.info == ~0ull);
}

static void lba_status_lists_extents(void **state)
{
	const struct scst_extent extents[] = {
		{ .lba = 16, .nblocks = 8, .status = SCST_LBA_MAPPED },
		{ .lba = 24, .nblocks = 100, .status = SCST_LBA_DEALLOCATED },
	};
	u8 buf[64];
	struct scst_reply reply = { .buf = buf, .size = sizeof(buf) };

	memset(buf, 0xaa, sizeof(buf));
	scst_reply_lba_status(&reply, extents, 2);
	assert_int_equal(reply.len, 8 + 2 * 16);
	assert_int_equal(get_unaligned_be32(buf), reply.len - 4);
	assert_true(get_unaligned_be64(buf + 24) == 24);
	assert_int_equal(get_unaligned_be32(buf + 32), 100);
	assert_int_equal(buf[36], 1);
	assert_int_equal(buf[37], 0);
	assert_int_equal(buf[40], 0xaa);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(extents_are_read),
		cmocka_unit_test(empty_list_unmaps_nothing),
		cmocka_unit_test(short_lists_are_length_errors),
		cmocka_unit_test(incomplete_last_descriptor_is_ignored),
		cmocka_unit_test(limits_of_page_b0_hold),
		cmocka_unit_test(too_many_descriptors_are_refused),
		cmocka_unit_test(extent_outside_is_refused_before_any_is_done),
		cmocka_unit_test(lba_status_lists_extents),
	};

	return cmocka_run_group_tests_name("unmap", tests, NULL, NULL);
}
