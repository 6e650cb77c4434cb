// SPDX-License-Identifier: GPL-2.0-only
/*
 * The LUN field, and REPORT LUNS which is made of it.
 */
#include "fixture.h"

#define LUN(...)	((const u8[8]) { __VA_ARGS__ })

static void every_lun_survives_every_method(void **state)
{
	const enum scst_addr_method methods[] = {
		SCST_ADDR_PERIPHERAL, SCST_ADDR_FLAT, SCST_ADDR_LUN,
	};

	for (unsigned int m = 0; m < ARRAY_SIZE(methods); m++)
		for (unsigned int lun = 0; lun <= SCST_MAX_LUN; lun++) {
			u8 field[8];

			memset(field, 0xaa, sizeof(field));
			scst_lun_encode(lun, methods[m], field);
			assert_int_equal(scst_lun_decode(field), lun);
		}
}

static void assert_encoded(u16 lun, enum scst_addr_method method, const u8 *want)
{
	u8 field[8];

	scst_lun_encode(lun, method, field);
	assert_memory_equal(field, want, 8);
}

static void methods_look_as_sam_draws_them(void **state)
{
	assert_encoded(5, SCST_ADDR_PERIPHERAL, LUN(0x00, 5));
	assert_encoded(255, SCST_ADDR_PERIPHERAL, LUN(0x00, 255));
	assert_encoded(5, SCST_ADDR_FLAT, LUN(0x40, 5));
	assert_encoded(16383, SCST_ADDR_FLAT, LUN(0x7f, 0xff));
	assert_encoded(5, SCST_ADDR_LUN, LUN(0x80, 5));
}

static void peripheral_above_255_becomes_flat(void **state)
{
	assert_encoded(256, SCST_ADDR_PERIPHERAL, LUN(0x41, 0x00));
}

static void bus_identifier_is_not_ours(void **state)
{
	assert_int_equal(scst_lun_decode(LUN(0x01, 0x05)), -1);
	assert_int_equal(scst_lun_decode(LUN(0x3f, 0x00)), -1);
}

static void deeper_levels_are_not_ours(void **state)
{
	for (unsigned int i = 2; i < 8; i++) {
		u8 field[8] = { 0x00, 5 };

		field[i] = 1;
		assert_int_equal(scst_lun_decode(field), -1);
		field[0] = 0x40;
		assert_int_equal(scst_lun_decode(field), -1);
		field[0] = 0x80;
		assert_int_equal(scst_lun_decode(field), -1);
	}
}

static void extended_flat_names_the_same_units(void **state)
{
	assert_int_equal(scst_lun_decode(LUN(0xd2, 0, 0, 5)), 5);
	assert_int_equal(scst_lun_decode(LUN(0xd2, 0, 0x3f, 0xff)), 16383);
	assert_int_equal(scst_lun_decode(LUN(0xd2, 0, 0x40, 0)), -1);
	assert_int_equal(scst_lun_decode(LUN(0xd2, 0, 0, 5, 1)), -1);
	assert_int_equal(scst_lun_decode(LUN(0xe2, 0, 0, 0, 0, 5)), 5);
	assert_int_equal(scst_lun_decode(LUN(0xe2, 1, 0, 0, 0, 5)), -1);
	assert_int_equal(scst_lun_decode(LUN(0xe2, 0, 0, 0, 0, 5, 1)), -1);
}

static void well_known_units_are_unknown(void **state)
{
	assert_int_equal(scst_lun_decode(LUN(0xc1, 0x01)), -1);
	assert_int_equal(scst_lun_decode(LUN(0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff)), -1);
	assert_int_equal(scst_lun_decode(LUN(0xc2, 0x05)), -1);
}

static void report_luns_lists_ascending(void **state)
{
	struct scst_lu lu = fixture_disk();
	struct scst_view view = fixture_view(&lu);
	struct answer a = ask(&view, CDB(0xa0, [8] = 0x10));

	assert_true(a.ok);
	assert_int_equal(a.len, 8 + 3 * 8);
	assert_int_equal(get_unaligned_be32(a.data), 3 * 8);
	assert_memory_equal(a.data + 8, LUN(0, 0), 8);
	assert_memory_equal(a.data + 16, LUN(0, 5), 8);
	assert_memory_equal(a.data + 24, LUN(0x41, 0x2c), 8);
}

static void report_luns_uses_the_groups_method(void **state)
{
	struct scst_lu lu = fixture_disk();
	struct scst_view view = fixture_view(&lu);

	view.addr_method = SCST_ADDR_LUN;
	assert_memory_equal(ask(&view, CDB(0xa0, [8] = 0x10)).data + 16, LUN(0x80, 5), 8);
}

static void select_report_chooses_all_or_nothing(void **state)
{
	const struct { u8 select; u32 len; } rows[] = {
		{ 0x00, 24 }, { 0x01, 0 }, { 0x02, 24 }, { 0x10, 0 }, { 0x11, 24 }, { 0x12, 0 },
	};
	struct scst_lu lu = fixture_disk();
	struct scst_view view = fixture_view(&lu);

	for (unsigned int i = 0; i < ARRAY_SIZE(rows); i++) {
		struct answer a = ask(&view, CDB(0xa0, 0, rows[i].select, [8] = 0x10));

		assert_true(a.ok);
		assert_int_equal(a.len, 8 + rows[i].len);
		assert_int_equal(get_unaligned_be32(a.data), rows[i].len);
	}
}

static void other_select_report_values_are_refused(void **state)
{
	struct scst_lu lu = fixture_disk();
	struct scst_view view = fixture_view(&lu);

	for (unsigned int select = 0; select < 256; select++) {
		struct answer a;

		if (select <= 2 || (select >= 0x10 && select <= 0x12))
			continue;
		a = ask(&view, CDB(0xa0, 0, select, [8] = 0x10));
		assert_refused_field(a, 2, -1);
	}
}

/* SPC-4 turned "less than 16 is an error" into "should be at least 16". */
static void short_allocation_is_not_an_error(void **state)
{
	struct scst_lu lu = fixture_disk();
	struct scst_view view = fixture_view(&lu);

	assert_true(ask_sized(&view, CDB(0xa0, [9] = 4), 4).ok);
	assert_true(ask_sized(&view, CDB(0xa0), 0).ok);
}

static void empty_inventory_has_default_lun_only_on_select_2(void **state)
{
	struct scst_view view = fixture_view(NULL);

	view.nr_luns = 0;
	assert_int_equal(ask(&view, CDB(0xa0)).len, 8);
	assert_int_equal(ask(&view, CDB(0xa0, 0, 2)).len, 16);
}

static void absent_lun_reports_luns_too(void **state)
{
	struct scst_view view = fixture_view(NULL);

	assert_int_equal(ask(&view, CDB(0xa0, [8] = 0x10)).len, 32);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_lun_survives_every_method),
		cmocka_unit_test(methods_look_as_sam_draws_them),
		cmocka_unit_test(peripheral_above_255_becomes_flat),
		cmocka_unit_test(bus_identifier_is_not_ours),
		cmocka_unit_test(deeper_levels_are_not_ours),
		cmocka_unit_test(extended_flat_names_the_same_units),
		cmocka_unit_test(well_known_units_are_unknown),
		cmocka_unit_test(report_luns_lists_ascending),
		cmocka_unit_test(report_luns_uses_the_groups_method),
		cmocka_unit_test(select_report_chooses_all_or_nothing),
		cmocka_unit_test(other_select_report_values_are_refused),
		cmocka_unit_test(short_allocation_is_not_an_error),
		cmocka_unit_test(empty_inventory_has_default_lun_only_on_select_2),
		cmocka_unit_test(absent_lun_reports_luns_too),
	};

	return cmocka_run_group_tests_name("lun", tests, NULL, NULL);
}
