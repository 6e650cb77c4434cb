// SPDX-License-Identifier: GPL-2.0-only
/*
 * MODE SELECT: what is accepted, what is refused and where the field pointer points. Not here:
 * saving, and the unit attention for the others (core).
 */
#include "fixture.h"

struct select {
	struct scst_lu lu;
	u8 cdb[16];
	u8 list[256];
	u32 len;
};

struct result {
	bool ok;
	struct scst_mode values;
	struct scst_sense sense;
};

/* From a heap block of just the size, so that ASan sees a read past the list. */
static struct result run(const struct select *s)
{
	struct result r = { .values.tst = 0xee };
	u8 *list = malloc(s->len ? s->len : 1);

	assert_non_null(list);
	memcpy(list, s->list, s->len);
	r.ok = scst_mode_select(&s->lu, s->cdb, list, s->len, &r.values, &r.sense);
	free(list);
	if (!r.ok)
		assert_int_equal(r.values.tst, 0xee);
	return r;
}

/* MODE SELECT(10) of what MODE SENSE(10) says of (@page, @subpage), ready to be changed. */
static struct select echo(u8 byte1, u8 page, u8 subpage)
{
	struct select s = { .lu = fixture_disk(), .cdb = { 0x55, 0x10 } };
	struct scst_view view = fixture_view(&s.lu);
	struct answer a;

	s.lu.mode_can_save = false;	/* no PS */
	a = ask(&view, CDB(0x5a, byte1, page, subpage, [7] = 0xff, 0xff));
	assert_true(a.ok && a.len <= sizeof(s.list));
	memcpy(s.list, a.data, a.len);
	s.len = a.len;
	return s;
}

/* Header without block descriptor, then control page at 8, or caching page. */
static struct select control_page(void)
{
	return echo(0x08, 0x0a, 0);
}

static void assert_field(const struct select *s, unsigned int byte, int bit)
{
	struct result r = run(s);

	assert_false(r.ok);
	assert_int_equal(r.sense.id, SCST_SENSE_INVALID_FIELD_PARAM);
	assert_true(r.sense.has_field);
	assert_false(r.sense.in_cdb);
	assert_int_equal(r.sense.byte, byte);
	assert_int_equal(r.sense.bit, bit);
}

static void what_was_sensed_can_be_selected(void **state)
{
	const u8 byte1[] = { 0x00, 0x08, 0x10 };

	for (unsigned int i = 0; i < ARRAY_SIZE(byte1); i++) {
		struct select s = echo(byte1[i], 0x3f, 0xff);
		struct scst_mode now = scst_mode_current(&s.lu);
		struct result r = run(&s);

		assert_true(r.ok);
		assert_memory_equal(&r.values, &now, sizeof(now));
	}
}

static void six_byte_form_is_accepted(void **state)
{
	struct select s = { .lu = fixture_disk(), .cdb = { 0x15, 0x10 } };
	struct scst_view view = fixture_view(&s.lu);
	struct answer a;

	s.lu.mode_can_save = false;
	a = ask(&view, CDB(0x1a, 0, 0x08, 0, 0xff));
	memcpy(s.list, a.data, a.len);
	s.len = a.len;
	s.list[4 + 8 + 2] &= ~0x04;
	assert_int_equal(run(&s).values.wce, 0);
	assert_true(run(&s).ok);
}

static void each_changeable_field_is_taken(void **state)
{
	struct select s = control_page();
	struct result r;

	s.list[8 + 2] |= 0x04;
	s.list[8 + 3] = 0x06;
	s.list[8 + 4] |= 0x08;
	s.list[8 + 5] |= 0x40;
	r = run(&s);
	assert_true(r.ok);
	assert_int_equal(r.values.d_sense, 1);
	assert_int_equal(r.values.queue_alg, 0);
	assert_int_equal(r.values.qerr, 3);
	assert_int_equal(r.values.swp, 1);
	assert_int_equal(r.values.tas, 1);
	assert_int_equal(r.values.tst, 1);
	assert_int_equal(r.values.wce, 1);
}

static void applied_values_are_sensed(void **state)
{
	struct select s = control_page();
	struct scst_mode now;
	struct result r;

	s.list[8 + 3] = 0x06;
	r = run(&s);
	scst_mode_apply(&s.lu, &r.values);
	now = scst_mode_current(&s.lu);
	assert_memory_equal(&now, &r.values, sizeof(now));
	assert_int_equal(s.lu.qerr, 3);
	assert_true(s.lu.write_cache);
}

/* The second page's header must not be taken for the first one's tail. */
static void two_pages_at_once(void **state)
{
	struct select s = echo(0x08, 0x08, 0);
	struct select control = control_page();
	struct result r;

	memcpy(s.list + s.len, control.list + 8, control.len - 8);
	s.list[8 + 2] &= ~0x04;
	s.list[s.len + 5] |= 0x40;
	s.len += control.len - 8;
	r = run(&s);
	assert_true(r.ok);
	assert_int_equal(r.values.wce, 0);
	assert_int_equal(r.values.tas, 1);
}

static void bad_second_page_leaves_the_first_without_effect(void **state)
{
	struct select s = echo(0x08, 0x08, 0);
	struct select control = control_page();
	u32 second = s.len;

	memcpy(s.list + second, control.list + 8, control.len - 8);
	s.list[8 + 2] &= ~0x04;
	s.list[second + 2] ^= 0x20;
	s.len += control.len - 8;
	assert_field(&s, second + 2, 5);
}

static void fixed_bits_are_refused_by_name(void **state)
{
	struct select s = control_page();

	s.list[8 + 2] ^= 0x02;
	assert_field(&s, 8 + 2, 1);
	s = control_page();
	s.list[8 + 8] = 0x30;
	assert_field(&s, 8 + 8, 5);
	s = echo(0x08, 0x1c, 0);
	s.list[8 + 2] = 0;
	assert_field(&s, 8 + 2, 3);
}

/* Every bit of every page, flipped: accepted only if MODE SENSE called it changeable. */
static void only_changeable_bits_change(void **state)
{
	struct select plain = echo(0x08, 0x3f, 0xff), mask = echo(0x08, 0x7f, 0xff);
	u32 at = 8;

	while (at < plain.len) {
		bool sub = plain.list[at] & 0x40;
		u32 len = sub ? get_unaligned_be16(plain.list + at + 2) + 4u
			      : plain.list[at + 1] + 2u;

		for (u32 bit = (sub ? 4 : 2) * 8; bit < len * 8; bit++) {
			struct select s = plain;
			bool changeable = mask.list[at + bit / 8] & BIT(bit % 8);
			struct result r;

			s.list[at + bit / 8] ^= BIT(bit % 8);
			r = run(&s);
			if (!changeable)
				assert_field(&s, at + bit / 8, bit % 8);
			else if (!r.ok)
				assert_int_equal(r.sense.byte, at + bit / 8);
		}
		at += len;
	}
	assert_int_equal(at, plain.len);
}

static void reserved_values_are_refused_at_their_leftmost_bit(void **state)
{
	struct select s = control_page();

	s.list[8 + 3] = 0x14;			/* QERR 10b */
	assert_field(&s, 8 + 3, 2);
	s.list[8 + 3] = 0x20;			/* QUEUE ALGORITHM MODIFIER 2 */
	assert_field(&s, 8 + 3, 7);
}

static void nothing_changeable_refuses_every_change(void **state)
{
	struct select s = control_page();

	s.lu.mode_changeable = (struct scst_mode) { 0 };
	assert_true(run(&s).ok);
	s.list[8 + 5] |= 0x40;
	assert_field(&s, 8 + 5, 6);
}

static void list_cut_anywhere_is_a_length_error(void **state)
{
	struct select whole = echo(0x00, 0x0a, 0xff);

	for (u32 len = 0; len < whole.len; len++) {
		struct select s = whole;
		struct result r;

		s.len = len;
		r = run(&s);
		/* Nothing, the header with descriptor, and whole pages are lists of their own. */
		if (!len || len == 16 || len == 16 + 12) {
			assert_true(r.ok);
			continue;
		}
		assert_false(r.ok);
		assert_int_equal(r.sense.id, SCST_SENSE_PARAM_LIST_LENGTH);
	}
}

static void unknown_pages_are_told_from_unknown_subpages(void **state)
{
	struct select s = control_page();

	s.list[8] = 0x07;
	assert_field(&s, 8, 5);
	s = echo(0x08, 0x0a, 0xff);
	s.list[8 + 12 + 1] = 0x77;
	assert_field(&s, 8 + 12 + 1, -1);
}

static void page_length_and_ps_are_checked(void **state)
{
	struct select s = control_page();

	s.list[8 + 1] = 9;
	assert_field(&s, 8 + 1, -1);
	s = control_page();
	s.list[8] |= 0x80;
	assert_field(&s, 8, 7);
}

static void block_descriptor_may_not_format(void **state)
{
	struct select s = echo(0x00, 0x0a, 0);

	put_unaligned_be32(0, s.list + 8);
	assert_true(run(&s).ok);
	put_unaligned_be32(0xffffffff, s.list + 8);
	assert_true(run(&s).ok);
	put_unaligned_be32(1000, s.list + 8);
	assert_field(&s, 8, -1);
	s = echo(0x00, 0x0a, 0);
	s.list[8 + 6] = 0x10;
	assert_field(&s, 8 + 5, -1);
	s = echo(0x10, 0x0a, 0);
	put_unaligned_be32(4096, s.list + 8 + 12);
	assert_field(&s, 8 + 12, -1);
}

static void header_is_checked(void **state)
{
	struct select s = control_page();

	s.list[2] = 1;
	assert_field(&s, 2, -1);
	s = control_page();
	s.list[7] = 4;
	assert_field(&s, 6, -1);
	s = control_page();
	s.list[4] = 1;
	s.list[7] = 8;
	assert_field(&s, 6, -1);
}

static void cdb_needs_pf_and_sp_needs_saving(void **state)
{
	struct select s = control_page();
	struct result r;

	s.cdb[1] = 0;
	r = run(&s);
	assert_int_equal(r.sense.id, SCST_SENSE_INVALID_FIELD_CDB);
	assert_int_equal(r.sense.bit, 4);
	s.cdb[1] = 0x11;
	r = run(&s);
	assert_false(r.ok);
	assert_int_equal(r.sense.byte, 1);
	assert_int_equal(r.sense.bit, 0);
	s.lu.mode_can_save = true;
	assert_true(run(&s).ok);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_sensed_can_be_selected),
		cmocka_unit_test(six_byte_form_is_accepted),
		cmocka_unit_test(each_changeable_field_is_taken),
		cmocka_unit_test(applied_values_are_sensed),
		cmocka_unit_test(two_pages_at_once),
		cmocka_unit_test(bad_second_page_leaves_the_first_without_effect),
		cmocka_unit_test(fixed_bits_are_refused_by_name),
		cmocka_unit_test(only_changeable_bits_change),
		cmocka_unit_test(reserved_values_are_refused_at_their_leftmost_bit),
		cmocka_unit_test(nothing_changeable_refuses_every_change),
		cmocka_unit_test(list_cut_anywhere_is_a_length_error),
		cmocka_unit_test(unknown_pages_are_told_from_unknown_subpages),
		cmocka_unit_test(page_length_and_ps_are_checked),
		cmocka_unit_test(block_descriptor_may_not_format),
		cmocka_unit_test(header_is_checked),
		cmocka_unit_test(cdb_needs_pf_and_sp_needs_saving),
	};

	return cmocka_run_group_tests_name("mode_select", tests, NULL, NULL);
}
