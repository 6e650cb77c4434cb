// SPDX-License-Identifier: GPL-2.0-only
/*
 * INQUIRY: standard data and VPD pages. What each byte is, ../golden/inquiry.txt shows; here is
 * what follows from what.
 */
#include "fixture.h"

static struct answer inquiry(const struct scst_lu *lu)
{
	struct scst_view view = fixture_view(lu);

	return ask(&view, CDB(0x12, 0, 0, 0xff, 0xff));
}

static struct answer vpd(const struct scst_lu *lu, u8 page)
{
	struct scst_view view = fixture_view(lu);

	return ask(&view, CDB(0x12, 1, page, 0xff, 0xff));
}

static bool has_version(const struct answer *a, u16 version)
{
	for (unsigned int at = 58; at < 74; at += 2)
		if (get_unaligned_be16(a->data + at) == version)
			return true;
	return false;
}

static void disk_says_what_it_is(void **state)
{
	struct scst_lu lu = fixture_disk();
	struct answer a = inquiry(&lu);

	assert_true(a.ok);
	assert_int_equal(a.len, 96);
	assert_int_equal(a.data[0], 0x00);
	assert_int_equal(a.data[1], 0x00);
	assert_int_equal(a.data[2], 0x07);
	assert_int_equal(a.data[3] & 0x0f, 2);
	assert_int_equal(a.data[4], a.len - 5);
	assert_true(a.data[7] & 0x02);
	assert_memory_equal(a.data + 8, "SCST_FIOdisk1           001 ", 28);
}

static void version_descriptors_name_the_standards(void **state)
{
	struct scst_lu disk = fixture_disk(), cd = fixture_cdrom();
	struct answer a = inquiry(&disk);

	assert_true(has_version(&a, 0x00c0));
	assert_true(has_version(&a, 0x0960));
	assert_true(has_version(&a, 0x05c0));
	assert_true(has_version(&a, 0x0600));
	assert_false(has_version(&a, 0x04e0));
	a = inquiry(&cd);
	assert_true(has_version(&a, 0x04e0));
	assert_false(has_version(&a, 0x0600));
}

static void cdrom_is_removable(void **state)
{
	struct scst_lu lu = fixture_cdrom();
	struct answer a = inquiry(&lu);

	assert_int_equal(a.data[0], 0x05);
	assert_int_equal(a.data[1], 0x80);
}

static void absent_lun_has_qualifier_3(void **state)
{
	assert_int_equal(inquiry(NULL).data[0], 0x7f);
	assert_int_equal(vpd(NULL, 0).data[0], 0x7f);
	assert_int_equal(vpd(NULL, 0).len, 5);
}

static void dummy_has_qualifier_1(void **state)
{
	struct scst_lu lu = fixture_disk();
	struct answer a;

	lu.dummy = true;
	assert_int_equal(inquiry(&lu).data[0], 0x3f);
	assert_int_equal(vpd(&lu, 0).data[0], 0x3f);
	a = vpd(&lu, 0x83);
	assert_refused_field(a, 2, -1);
}

static void page_code_without_evpd_is_refused(void **state)
{
	struct scst_lu lu = fixture_disk();
	struct scst_view view = fixture_view(&lu);
	struct answer a = ask(&view, CDB(0x12, 0, 0x80, 0, 0xff));

	assert_refused_field(a, 2, -1);
}

/* Pages: exactly those of page 00h answer, each with its own code and a length that is right. */
static void assert_pages_as_listed(const struct scst_lu *lu)
{
	struct answer list = vpd(lu, 0);

	assert_int_equal(get_unaligned_be16(list.data + 2), list.len - 4);
	for (unsigned int page = 0; page < 256; page++) {
		bool listed = memchr(list.data + 4, page, list.len - 4);
		struct answer a = vpd(lu, page);

		assert_int_equal(a.ok, listed);
		if (!listed) {
			assert_refused_field(a, 2, -1);
			continue;
		}
		assert_int_equal(a.data[1], page);
		assert_int_equal(get_unaligned_be16(a.data + 2), a.len - 4);
	}
	for (unsigned int i = 5; i < list.len; i++)
		assert_true(list.data[i] > list.data[i - 1]);
}

static void listed_pages_are_the_pages_that_answer(void **state)
{
	struct scst_lu disk = fixture_disk(), cd = fixture_cdrom();

	assert_pages_as_listed(&disk);
	assert_pages_as_listed(&cd);
	disk.thin = false;
	assert_pages_as_listed(&disk);
	assert_pages_as_listed(NULL);
}

static void provisioning_page_only_when_thin(void **state)
{
	struct scst_lu lu = fixture_disk();

	assert_true(vpd(&lu, 0xb2).ok);
	lu.thin = false;
	assert_false(vpd(&lu, 0xb2).ok);
}

static void cdrom_has_no_block_pages(void **state)
{
	struct scst_lu lu = fixture_cdrom();

	assert_false(vpd(&lu, 0xb0).ok);
	assert_false(vpd(&lu, 0xb1).ok);
	assert_true(vpd(&lu, 0x83).ok);
}

static void serial_is_the_usn(void **state)
{
	struct scst_lu lu = fixture_disk();
	struct answer a = vpd(&lu, 0x80);

	assert_int_equal(a.len, 4 + 8);
	assert_memory_equal(a.data + 4, "0123abcd", 8);
}

/* The designator of @type and @assoc in page 83h, or NULL. Fails if the list does not add up. */
static const u8 *designator(const struct answer *a, u8 assoc, u8 type)
{
	const u8 *found = NULL;
	unsigned int at = 4;

	while (at < a->len) {
		assert_true(at + 4 + a->data[at + 3] <= a->len);
		if ((a->data[at + 1] & 0x3f) == (assoc << 4 | type))
			found = a->data + at;
		at += 4 + a->data[at + 3];
	}
	assert_int_equal(at, a->len);
	return found;
}

static void designators_say_all_that_is_configured(void **state)
{
	struct scst_lu lu = fixture_disk();
	struct answer a = vpd(&lu, 0x83);
	const u8 *d;

	d = designator(&a, 0, 1);
	assert_non_null(d);
	assert_int_equal(d[0], 0x02);
	assert_int_equal(d[3], 8 + 14);
	assert_memory_equal(d + 4, "SCST_FIO0123abcd-disk1", 22);

	d = designator(&a, 0, 2);
	assert_non_null(d);
	assert_int_equal(d[3], 8);
	assert_memory_equal(d + 4, lu.eui64_id, 8);

	d = designator(&a, 0, 3);
	assert_non_null(d);
	assert_int_equal(d[3], 16);
	assert_memory_equal(d + 4, lu.naa_id, 16);

	d = designator(&a, 1, 4);
	assert_non_null(d);
	assert_int_equal(d[0], 0x51);
	assert_int_equal(d[1], 0x94);
	assert_int_equal(get_unaligned_be32(d + 4), 0x1234);

	d = designator(&a, 1, 8);
	assert_non_null(d);
	assert_string_equal((const char *)d + 4, "iqn.2026-01.example:disk,t,0x0001");

	d = designator(&a, 2, 8);
	assert_non_null(d);
	assert_int_equal(d[0], 0x53);
	assert_int_equal(d[3] % 4, 0);
	assert_string_equal((const char *)d + 4, "iqn.2026-01.example:disk");
}

/* As SCST's; no other identifier of the unit, and none of the port, is made up. */
static void eui64_is_made_of_t10_dev_id_if_there_is_no_other(void **state)
{
	const struct scst_port bare = { .protocol = 0x0f };
	struct scst_lu lu = fixture_disk();
	struct scst_view view = fixture_view(&lu);
	struct answer a;
	const u8 *d;

	lu.eui64_id_len = 0;
	view.port = &bare;
	a = ask(&view, CDB(0x12, 1, 0x83, 0xff, 0xff));
	assert_null(designator(&a, 0, 2));
	assert_non_null(designator(&a, 0, 3));

	lu.naa_id_len = 0;
	a = ask(&view, CDB(0x12, 1, 0x83, 0xff, 0xff));
	d = designator(&a, 0, 2);
	assert_non_null(d);
	assert_memory_equal(d, "\x01\x02\0\x08" "0123abcd", 12);
	assert_null(designator(&a, 0, 3));
	assert_null(designator(&a, 1, 4));
	assert_null(designator(&a, 1, 8));
	assert_null(designator(&a, 2, 8));
	assert_non_null(designator(&a, 0, 1));

	strcpy(lu.t10_dev_id, "abc");
	a = ask(&view, CDB(0x12, 1, 0x83, 0xff, 0xff));
	assert_memory_equal(designator(&a, 0, 2) + 4, "abc\0\0\0\0\0", 8);
}

static void t10_designator_falls_back_to_usn(void **state)
{
	struct scst_lu lu = fixture_disk();
	struct answer a;
	const u8 *d;

	lu.t10_dev_id[0] = 0;
	a = vpd(&lu, 0x83);
	d = designator(&a, 0, 1);
	assert_int_equal(d[3], 16);
	assert_memory_equal(d + 4, "SCST_FIO0123abcd", 16);
}

static void port_of_unknown_protocol_has_no_piv(void **state)
{
	const struct scst_port port = { .protocol = 0x0f, .rel_tgt_id = 1 };
	struct scst_lu lu = fixture_disk();
	struct scst_view view = fixture_view(&lu);
	struct answer a;
	const u8 *d;

	view.port = &port;
	a = ask(&view, CDB(0x12, 1, 0x83, 0xff, 0xff));
	d = designator(&a, 1, 4);
	assert_non_null(d);
	assert_int_equal(d[0], 0x01);
	assert_int_equal(d[1] & 0x80, 0);
}

static void target_name_of_any_length_is_padded_or_left_out(void **state)
{
	struct scst_lu lu = fixture_disk();
	struct scst_view view = fixture_view(&lu);
	char name[SCST_NAME_LEN];
	struct scst_port port = { .protocol = 5, .target_name = name };

	view.port = &port;
	for (unsigned int len = 4; len < sizeof(name); len++) {
		struct answer a;
		const u8 *d;

		memset(name, 'x', len);
		memcpy(name, "iqn.", 4);
		name[len] = 0;
		a = ask(&view, CDB(0x12, 1, 0x83, 0xff, 0xff));
		d = designator(&a, 2, 8);
		if (len > 251) {
			assert_null(d);
			continue;
		}
		assert_non_null(d);
		assert_int_equal(d[3], (len / 4 + 1) * 4);
		assert_string_equal((const char *)d + 4, name);
	}
}

/* Else an initiator takes the name of a host adapter for one that is unique in the world. */
static void target_name_that_is_no_scsi_name_is_left_out(void **state)
{
	static const char *const names[] = { "iqn.x", "eui.x", "naa.x", "host", "iqn", "" };
	struct scst_lu lu = fixture_disk();
	struct scst_view view = fixture_view(&lu);

	for (unsigned int i = 0; i < ARRAY_SIZE(names); i++) {
		struct scst_port port = { .protocol = 5, .target_name = names[i] };
		struct answer a;

		view.port = &port;
		a = ask(&view, CDB(0x12, 1, 0x83, 0xff, 0xff));
		assert_int_equal(!!designator(&a, 2, 8), i < 3);
	}
}

/* Of a device or a program: ours is shorter. */
static void extended_page_gives_the_longest_sense_data(void **state)
{
	struct scst_lu lu = fixture_disk();

	assert_int_equal(vpd(&lu, 0x86).data[13], 252);
	assert_true(SCST_SENSE_ENCODED_MAX <= 252);
}

static void ports_page_names_the_port(void **state)
{
	struct scst_lu lu = fixture_disk();
	struct answer a = vpd(&lu, 0x88);
	unsigned int len = get_unaligned_be16(a.data + 14);

	assert_int_equal(get_unaligned_be16(a.data + 6), 0x1234);
	assert_int_equal(get_unaligned_be16(a.data + 10), 0);
	assert_int_equal(16 + len, a.len);
	assert_int_equal(a.data[16 + 3] + 4u, len);
	assert_string_equal((const char *)a.data + 20, "iqn.2026-01.example:disk,t,0x0001");
}

static void ports_page_needs_a_port_identifier(void **state)
{
	const struct scst_port port = { .protocol = 5, .port_name = "x" };
	struct scst_lu lu = fixture_disk();
	struct scst_view view = fixture_view(&lu);
	struct answer a;

	view.port = &port;
	a = ask(&view, CDB(0x12, 1, 0x88, 0xff, 0xff));
	assert_refused_field(a, 2, -1);
}

static void mode_pages_are_shared(void **state)
{
	struct scst_lu lu = fixture_disk();
	struct answer a = vpd(&lu, 0x87);

	assert_int_equal(a.len, 8);
	assert_memory_equal(a.data + 4, "\x3f\xff\0\0", 4);
}

static void limits_of_missing_verbs_are_zero(void **state)
{
	struct scst_lu lu = fixture_disk();
	struct answer a = vpd(&lu, 0xb0);

	assert_int_equal(a.data[4], 0x01);
	assert_int_equal(a.data[5], 255);
	assert_int_equal(get_unaligned_be32(a.data + 20), 0x10000);
	assert_int_equal(get_unaligned_be32(a.data + 24), 64);
	assert_int_equal(get_unaligned_be32(a.data + 28), 8);
	assert_true(get_unaligned_be64(a.data + 36) == 0x8000);

	lu.verbs = BIT(SCST_VERB_READ) | BIT(SCST_VERB_WRITE);
	a = vpd(&lu, 0xb0);
	assert_int_equal(a.len, 64);
	assert_int_equal(a.data[4], 0);
	assert_int_equal(a.data[5], 0);
	for (unsigned int i = 20; i < 44; i++)
		assert_int_equal(a.data[i], 0);
}

static void limit_that_is_not_set_is_no_limit(void **state)
{
	struct scst_lu lu = fixture_disk();
	struct answer a;

	lu.max_unmap_blocks = lu.max_unmap_descs = 0;
	lu.unmap_gran = 0;
	lu.unmap_align = 4;
	a = vpd(&lu, 0xb0);
	assert_int_equal(get_unaligned_be32(a.data + 20), 0xffffffff);
	assert_int_equal(get_unaligned_be32(a.data + 24), 4095);
	assert_int_equal(get_unaligned_be32(a.data + 28), 0);
	assert_int_equal(get_unaligned_be32(a.data + 32), 0);
}

static void transfer_limits_are_in_blocks(void **state)
{
	struct scst_lu lu = fixture_disk();
	struct answer a = vpd(&lu, 0xb0);

	assert_int_equal(get_unaligned_be16(a.data + 6), 8);
	assert_int_equal(get_unaligned_be32(a.data + 8), (8 << 20) / 512);
	assert_int_equal(get_unaligned_be32(a.data + 12), 524288 / 512);
	lu.block_shift = 12;
	a = vpd(&lu, 0xb0);
	assert_int_equal(get_unaligned_be32(a.data + 8), (8 << 20) / 4096);
}

/* 4 KiB, as SCST tells, unless physical blocks are larger or the optimum is no multiple of that. */
static void granularity_is_a_page(void **state)
{
	struct scst_lu lu = fixture_disk();
	struct answer a;

	lu.lb_per_pb_exp = 0;
	a = vpd(&lu, 0xb0);
	assert_int_equal(get_unaligned_be16(a.data + 6), 8);
	lu.opt_trans_len = 65536 + 512;
	a = vpd(&lu, 0xb0);
	assert_int_equal(get_unaligned_be16(a.data + 6), 1);
	lu.lb_per_pb_exp = 7;
	a = vpd(&lu, 0xb0);
	assert_int_equal(get_unaligned_be16(a.data + 6), 128);
	lu.lb_per_pb_exp = 17;
	a = vpd(&lu, 0xb0);
	assert_int_equal(get_unaligned_be16(a.data + 6), 0xffff);
	lu.block_shift = 12;
	lu.lb_per_pb_exp = 0;
	a = vpd(&lu, 0xb0);
	assert_int_equal(get_unaligned_be16(a.data + 6), 1);
}

/* What counts two buffers, and what is only an advice, agree with the limit of what moves. */
static void transfer_limits_agree(void **state)
{
	struct scst_lu lu = fixture_disk();
	struct answer a;

	lu.max_trans_len = 64 << 10;
	a = vpd(&lu, 0xb0);
	assert_int_equal(a.data[5], 64);
	assert_int_equal(get_unaligned_be32(a.data + 8), 128);
	assert_int_equal(get_unaligned_be32(a.data + 12), 128);
	lu.max_trans_len = 0;
	a = vpd(&lu, 0xb0);
	assert_int_equal(a.data[5], 255);
	assert_int_equal(get_unaligned_be32(a.data + 8), 0);
	assert_int_equal(get_unaligned_be32(a.data + 12), 524288 / 512);
}

/* The port may take less than the unit, and what is told is the lesser of both. */
static void transfer_limit_may_be_the_ports(void **state)
{
	struct scst_port port = fixture_port;
	struct scst_lu lu = fixture_disk();
	struct scst_view view = fixture_view(&lu);

	view.port = &port;
	port.max_bytes = 1 << 20;
	assert_int_equal(get_unaligned_be32(ask(&view, CDB(0x12, 1, 0xb0)).data + 8), 2048);
	port.max_bytes = 64 << 20;
	assert_int_equal(get_unaligned_be32(ask(&view, CDB(0x12, 1, 0xb0)).data + 8), 16384);
	lu.max_trans_len = 0;
	assert_int_equal(get_unaligned_be32(ask(&view, CDB(0x12, 1, 0xb0)).data + 8), 131072);
}

static void rotation_tells_flash_from_arms(void **state)
{
	struct scst_lu lu = fixture_disk();

	assert_int_equal(get_unaligned_be16(vpd(&lu, 0xb1).data + 4), 1);
	lu.rotational = true;
	assert_true(get_unaligned_be16(vpd(&lu, 0xb1).data + 4) > 0x0400);
}

static void provisioning_follows_verbs(void **state)
{
	struct scst_lu lu = fixture_disk();
	struct answer a = vpd(&lu, 0xb2);

	assert_int_equal(a.data[4], 11);
	assert_int_equal(a.data[5], 0xe4);
	assert_int_equal(a.data[6], 2);
	lu.verbs &= ~BIT(SCST_VERB_WRITE_SAME);
	assert_int_equal(vpd(&lu, 0xb2).data[5], 0x84);
	lu.unmap_zeroes = false;
	assert_int_equal(vpd(&lu, 0xb2).data[5], 0x80);
}

static void volatile_cache_is_told(void **state)
{
	struct scst_lu lu = fixture_disk();

	assert_int_equal(vpd(&lu, 0x86).data[6], 0x01);
	lu.write_cache = false;
	assert_int_equal(vpd(&lu, 0x86).data[6], 0x00);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(disk_says_what_it_is),
		cmocka_unit_test(version_descriptors_name_the_standards),
		cmocka_unit_test(cdrom_is_removable),
		cmocka_unit_test(absent_lun_has_qualifier_3),
		cmocka_unit_test(dummy_has_qualifier_1),
		cmocka_unit_test(page_code_without_evpd_is_refused),
		cmocka_unit_test(listed_pages_are_the_pages_that_answer),
		cmocka_unit_test(provisioning_page_only_when_thin),
		cmocka_unit_test(cdrom_has_no_block_pages),
		cmocka_unit_test(serial_is_the_usn),
		cmocka_unit_test(designators_say_all_that_is_configured),
		cmocka_unit_test(eui64_is_made_of_t10_dev_id_if_there_is_no_other),
		cmocka_unit_test(t10_designator_falls_back_to_usn),
		cmocka_unit_test(port_of_unknown_protocol_has_no_piv),
		cmocka_unit_test(target_name_of_any_length_is_padded_or_left_out),
		cmocka_unit_test(target_name_that_is_no_scsi_name_is_left_out),
		cmocka_unit_test(extended_page_gives_the_longest_sense_data),
		cmocka_unit_test(ports_page_names_the_port),
		cmocka_unit_test(ports_page_needs_a_port_identifier),
		cmocka_unit_test(mode_pages_are_shared),
		cmocka_unit_test(limits_of_missing_verbs_are_zero),
		cmocka_unit_test(limit_that_is_not_set_is_no_limit),
		cmocka_unit_test(transfer_limits_are_in_blocks),
		cmocka_unit_test(granularity_is_a_page),
		cmocka_unit_test(transfer_limits_agree),
		cmocka_unit_test(transfer_limit_may_be_the_ports),
		cmocka_unit_test(rotation_tells_flash_from_arms),
		cmocka_unit_test(provisioning_follows_verbs),
		cmocka_unit_test(volatile_cache_is_told),
	};

	return cmocka_run_group_tests_name("inquiry", tests, NULL, NULL);
}
