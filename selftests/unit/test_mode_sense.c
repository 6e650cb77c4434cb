// SPDX-License-Identifier: GPL-2.0-only
/*
 * MODE SENSE: headers, block descriptors, page selection, page control.
 */
#include "fixture.h"

static struct answer sense6(const struct scst_lu *lu, u8 byte1, u8 page, u8 subpage)
{
	struct scst_view view = fixture_view(lu);

	return ask(&view, CDB(0x1a, byte1, page, subpage, 0xff));
}

static struct answer sense10(const struct scst_lu *lu, u8 byte1, u8 page, u8 subpage)
{
	struct scst_view view = fixture_view(lu);

	return ask(&view, CDB(0x5a, byte1, page, subpage, [7] = 0xff, 0xff));
}

static unsigned int page_len(const u8 *page)
{
	return page[0] & 0x40 ? get_unaligned_be16(page + 2) + 4u : page[1] + 2u;
}

/* (page, subpage) in a MODE SENSE(10) answer, or NULL; fails if the pages do not add up. */
static const u8 *find_page(const struct answer *a, u8 page, u8 subpage)
{
	unsigned int at = 8 + get_unaligned_be16(a->data + 6);
	const u8 *found = NULL;

	assert_int_equal(get_unaligned_be16(a->data), a->len - 2);
	while (at < a->len) {
		const u8 *p = a->data + at;
		u8 sub = p[0] & 0x40 ? p[1] : 0;

		if ((p[0] & 0x3f) == page && sub == subpage)
			found = p;
		at += page_len(p);
	}
	assert_int_equal(at, a->len);
	return found;
}

static void six_byte_header_and_descriptor(void **state)
{
	struct scst_lu lu = fixture_disk();
	struct answer a = sense6(&lu, 0, 0x08, 0);

	assert_int_equal(a.len, 4 + 8 + 20);
	assert_int_equal(a.data[0], a.len - 1);
	assert_int_equal(a.data[2], 0x10);
	assert_int_equal(a.data[3], 8);
	assert_int_equal(get_unaligned_be32(a.data + 4), lu.nblocks);
	assert_int_equal(get_unaligned_be32(a.data + 8), 512);
}

static void ten_byte_header_and_long_descriptor(void **state)
{
	struct scst_lu lu = fixture_disk();
	struct answer a = sense10(&lu, 0x10, 0x08, 0);

	assert_int_equal(a.len, 8 + 16 + 20);
	assert_int_equal(get_unaligned_be16(a.data), a.len - 2);
	assert_int_equal(a.data[4], 0x01);
	assert_int_equal(get_unaligned_be16(a.data + 6), 16);
	assert_true(get_unaligned_be64(a.data + 8) == lu.nblocks);
	assert_int_equal(get_unaligned_be32(a.data + 20), 512);
	a = sense10(&lu, 0, 0x08, 0);
	assert_int_equal(a.len, 8 + 8 + 20);
	assert_int_equal(a.data[4], 0);
}

static void dbd_leaves_the_descriptor_out(void **state)
{
	struct scst_lu lu = fixture_disk();

	assert_int_equal(sense6(&lu, 0x08, 0x08, 0).data[3], 0);
	assert_int_equal(sense6(&lu, 0x08, 0x08, 0).len, 4 + 20);
	assert_int_equal(sense10(&lu, 0x18, 0x08, 0).len, 8 + 20);
	assert_int_equal(sense10(&lu, 0x18, 0x08, 0).data[4], 0);
}

static void too_many_blocks_are_all_ones_in_short_descriptor(void **state)
{
	struct scst_lu lu = fixture_disk();

	lu.nblocks = 1ull << 33;
	assert_int_equal(get_unaligned_be32(sense6(&lu, 0, 0x08, 0).data + 4), 0xffffffff);
	assert_true(get_unaligned_be64(sense10(&lu, 0x10, 0x08, 0).data + 8) == 1ull << 33);
}

static void write_protect_is_read_only_or_swp(void **state)
{
	struct scst_lu lu = fixture_disk();

	assert_int_equal(sense10(&lu, 0, 0x08, 0).data[3], 0x10);
	lu.read_only = true;
	assert_int_equal(sense10(&lu, 0, 0x08, 0).data[3], 0x90);
	lu.read_only = false;
	lu.swp = true;
	assert_int_equal(sense6(&lu, 0, 0x08, 0).data[2], 0x90);
}

static void write_protect_is_the_initiators(void **state)	/* whose mapping is read-only */
{
	const u8 cdb[16] = { 0x1a, 0, 0x08, 0, 0xff };
	struct scst_lu lu = fixture_disk();
	struct scst_view view = fixture_view(&lu);

	view.read_only = true;
	assert_int_equal(ask(&view, cdb).data[2], 0x90);
	lu = fixture_cdrom();
	assert_int_equal(ask(&view, cdb).data[2], 0);
}

static void all_pages_come_once_and_ascending(void **state)
{
	struct scst_lu lu = fixture_disk();
	struct answer a = sense10(&lu, 0x08, 0x3f, 0xff);
	const u8 pages[][2] = { { 1 }, { 2 }, { 3 }, { 4 }, { 8 }, { 0xa }, { 0xa, 1 }, { 0x1a },
				{ 0x1c }, { 0x1c, 2 } };
	const u8 *last = a.data;

	for (unsigned int i = 0; i < ARRAY_SIZE(pages); i++) {
		const u8 *p = find_page(&a, pages[i][0], pages[i][1]);

		assert_non_null(p);
		assert_true(p > last);
		last = p;
	}
	assert_ptr_equal(last + page_len(last), a.data + a.len);
}

/* SCST's: 255 heads, 56 sectors; of a disk of 2^21 blocks 146 whole cylinders. */
static void geometry_follows_from_the_size(void **state)
{
	struct scst_lu lu = fixture_disk();
	struct answer a;
	const u8 *p;

	lu.nblocks = 1 << 21;
	lu.rotational = true;
	a = sense10(&lu, 0x08, 0x3f, 0);
	p = find_page(&a, 3, 0);
	assert_int_equal(get_unaligned_be16(p + 10), 56);
	assert_int_equal(get_unaligned_be16(p + 12), 1u << lu.block_shift);
	p = find_page(&a, 4, 0);
	assert_int_equal(get_unaligned_be24(p + 2), 146);
	assert_int_equal(p[5], 255);
	assert_int_equal(get_unaligned_be16(p + 20), 15000);

	lu.nblocks = 8;
	lu.rotational = false;
	a = sense10(&lu, 0x08, 4, 0);
	p = find_page(&a, 4, 0);
	assert_int_equal(get_unaligned_be24(p + 2), 1);
	assert_int_equal(get_unaligned_be16(p + 20), 1);

	lu.nblocks = 1ull << 40;
	a = sense10(&lu, 0x08, 4, 0);
	assert_int_equal(get_unaligned_be24(find_page(&a, 4, 0) + 2), 0xffffffff / (255 * 56));

	a = sense10(&lu, 0x08, 0x40 | 4, 0);		/* nothing of it can be changed */
	p = find_page(&a, 4, 0);
	assert_int_equal(get_unaligned_be24(p + 2), 0);
	assert_int_equal(p[5], 0);
}

static void all_pages_without_subpages(void **state)
{
	struct scst_lu lu = fixture_disk();
	struct answer a = sense10(&lu, 0x08, 0x3f, 0);

	assert_non_null(find_page(&a, 0x0a, 0));
	assert_null(find_page(&a, 0x0a, 1));
}

static void one_page_with_all_its_subpages(void **state)
{
	struct scst_lu lu = fixture_disk();
	struct answer a = sense10(&lu, 0x08, 0x0a, 0xff);

	assert_non_null(find_page(&a, 0x0a, 0));
	assert_non_null(find_page(&a, 0x0a, 1));
	assert_null(find_page(&a, 0x08, 0));
}

/* MODE DATA LENGTH of the six-byte form is one byte. */
static void all_pages_fit_the_six_byte_form(void **state)
{
	struct scst_lu lu = fixture_disk();
	struct answer a = sense6(&lu, 0, 0x3f, 0xff);

	assert_in_range(a.len, 100, 256);
	assert_int_equal(a.data[0], a.len - 1);
}

static void unknown_page_and_subpage_are_told_apart(void **state)
{
	struct scst_lu lu = fixture_disk();
	struct answer a;

	a = sense10(&lu, 0, 0x07, 0);
	assert_refused_field(a, 2, 5);
	a = sense10(&lu, 0, 0x07, 1);
	assert_refused_field(a, 2, 5);
	a = sense10(&lu, 0, 0x0a, 0x77);
	assert_refused_field(a, 3, -1);
	a = sense10(&lu, 0, 0x3f, 0x01);
	assert_refused_field(a, 3, -1);
}

static void cdrom_has_its_own_pages(void **state)
{
	struct scst_lu lu = fixture_cdrom();
	struct answer a = sense10(&lu, 0, 0x3f, 0);

	assert_non_null(find_page(&a, 0x01, 0));
	assert_non_null(find_page(&a, 0x0a, 0));
	assert_null(find_page(&a, 0x08, 0));
	assert_int_equal(get_unaligned_be16(a.data + 6), 0);
	assert_int_equal(a.data[3], 0);
	a = sense10(&lu, 0, 0x08, 0);
	assert_refused_field(a, 2, 5);
}

static void current_values_follow_the_lu(void **state)
{
	struct scst_lu lu = fixture_disk();
	struct answer a;
	const u8 *p;

	lu.tst = 1;
	lu.d_sense = lu.swp = lu.tas = lu.tmf_only = lu.dpicz = true;
	lu.queue_alg = 1;
	lu.qerr = 3;
	lu.write_cache = false;
	a = sense10(&lu, 0x08, 0x3f, 0);
	p = find_page(&a, 0x0a, 0);
	assert_int_equal(p[2], 0x3e);
	assert_int_equal(p[3], 0x16);
	assert_int_equal(p[4], 0x08);
	assert_int_equal(p[5], 0x40);
	assert_int_equal(find_page(&a, 0x08, 0)[2] & 0x04, 0);
	lu.write_cache = true;
	a = sense10(&lu, 0x08, 0x08, 0);
	assert_int_equal(find_page(&a, 0x08, 0)[2] & 0x04, 0x04);
}

static void changeable_values_are_masks(void **state)
{
	struct scst_lu lu = fixture_disk();
	struct answer a = sense10(&lu, 0x08, 0x40 | 0x3f, 0xff);
	const u8 *p = find_page(&a, 0x0a, 0);

	assert_int_equal(p[2], 0x04);
	assert_int_equal(p[3], 0xf6);
	assert_int_equal(p[4], 0x08);
	assert_int_equal(p[5], 0x40);
	p = find_page(&a, 0x08, 0);
	assert_int_equal(p[2], 0x04);
	for (unsigned int i = 3; i < 20; i++)
		assert_int_equal(p[i], 0);
	p = find_page(&a, 0x1c, 0);
	for (unsigned int i = 2; i < 12; i++)
		assert_int_equal(p[i], 0);
}

static void default_and_saved_values_are_their_own(void **state)
{
	struct scst_lu lu = fixture_disk();
	struct answer a;

	lu.qerr = 0;
	lu.mode_default.qerr = 1;
	lu.mode_saved.qerr = 3;
	a = sense10(&lu, 0x08, 0x0a, 0);
	assert_int_equal(find_page(&a, 0x0a, 0)[3] & 0x06, 0x00);
	a = sense10(&lu, 0x08, 0x80 | 0x0a, 0);
	assert_int_equal(find_page(&a, 0x0a, 0)[3] & 0x06, 0x02);
	a = sense10(&lu, 0x08, 0xc0 | 0x0a, 0);
	assert_int_equal(find_page(&a, 0x0a, 0)[3] & 0x06, 0x06);
}

static void saved_tmf_only_is_the_saved_bit(void **state)
{
	struct scst_lu lu = fixture_disk();
	struct answer a;

	lu.mode_saved.tmf_only = 1;
	a = sense10(&lu, 0x08, 0xc0 | 0x0a, 0);
	assert_int_equal(find_page(&a, 0x0a, 0)[2] & 0x10, 0x10);
	a = sense10(&lu, 0x08, 0x80 | 0x0a, 0);
	assert_int_equal(find_page(&a, 0x0a, 0)[2] & 0x10, 0x00);
}

static void ps_marks_pages_that_can_be_saved(void **state)
{
	struct scst_lu lu = fixture_disk();
	struct answer a = sense10(&lu, 0x08, 0x3f, 0);

	assert_true(find_page(&a, 0x0a, 0)[0] & 0x80);
	assert_false(find_page(&a, 0x1c, 0)[0] & 0x80);
	lu.mode_can_save = false;
	a = sense10(&lu, 0x08, 0x3f, 0);
	assert_false(find_page(&a, 0x0a, 0)[0] & 0x80);
}

static void saved_values_without_saving_are_refused(void **state)
{
	struct scst_lu lu = fixture_disk();
	struct answer a;

	lu.mode_can_save = false;
	a = sense10(&lu, 0, 0xc0 | 0x0a, 0);
	assert_false(a.ok);
	assert_int_equal(a.sense.id, SCST_SENSE_SAVING_NOT_SUPPORTED);
}

/* One descriptor, of what is left. Only units that know their pool have the page. */
static void threshold_is_shown(void **state)
{
	struct scst_lu lu = fixture_disk();
	struct answer a = sense10(&lu, 0x08, 0x1c, 0x02);
	const u8 *p = find_page(&a, 0x1c, 0x02);

	assert_non_null(p);
	assert_int_equal(get_unaligned_be16(p + 2), 20);
	assert_int_equal(p[16], 0x80);
	assert_int_equal(p[17], 1);
	assert_int_equal(get_unaligned_be32(p + 20), 5);
	lu.lbp_threshold = 0;
	a = sense10(&lu, 0x08, 0x1c, 0x02);
	assert_int_equal(find_page(&a, 0x1c, 0x02)[16], 0);
	lu.lbp_set_exp = 0;
	a = sense10(&lu, 0x08, 0x1c, 0x02);
	assert_refused_field(a, 3, -1);
	lu.lbp_set_exp = 11;
	lu.thin = false;
	a = sense10(&lu, 0x08, 0x1c, 0x02);
	assert_refused_field(a, 3, -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(six_byte_header_and_descriptor),
		cmocka_unit_test(ten_byte_header_and_long_descriptor),
		cmocka_unit_test(dbd_leaves_the_descriptor_out),
		cmocka_unit_test(too_many_blocks_are_all_ones_in_short_descriptor),
		cmocka_unit_test(write_protect_is_read_only_or_swp),
		cmocka_unit_test(write_protect_is_the_initiators),
		cmocka_unit_test(all_pages_come_once_and_ascending),
		cmocka_unit_test(geometry_follows_from_the_size),
		cmocka_unit_test(all_pages_without_subpages),
		cmocka_unit_test(one_page_with_all_its_subpages),
		cmocka_unit_test(all_pages_fit_the_six_byte_form),
		cmocka_unit_test(unknown_page_and_subpage_are_told_apart),
		cmocka_unit_test(cdrom_has_its_own_pages),
		cmocka_unit_test(current_values_follow_the_lu),
		cmocka_unit_test(changeable_values_are_masks),
		cmocka_unit_test(default_and_saved_values_are_their_own),
		cmocka_unit_test(saved_tmf_only_is_the_saved_bit),
		cmocka_unit_test(ps_marks_pages_that_can_be_saved),
		cmocka_unit_test(saved_values_without_saving_are_refused),
		cmocka_unit_test(threshold_is_shown),
	};

	return cmocka_run_group_tests_name("mode_sense", tests, NULL, NULL);
}
