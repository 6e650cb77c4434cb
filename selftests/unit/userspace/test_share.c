// SPDX-License-Identifier: GPL-2.0-only
/* Shared disks: what a disk says of itself, who uses it, and the file. */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "disk_use.h"
#include "share_file.h"

static char top[] = "/tmp/scst-share-XXXXXX";
static char file[64];

static int run(const char *command)
{
	char line[1024];

	snprintf(line, sizeof(line), "cd %s && %s", top, command);
	return system(line);
}

static int make_top(void **state)
{
	if (!mkdtemp(top))
		return -1;
	snprintf(file, sizeof(file), "%s/share.json", top);
	return 0;
}

static int remove_top(void **state)
{
	return run("rm -rf ../${PWD##*/}");
}

/* ---- addresses ------------------------------------------------------------------------------ */

static void address_is_four_numbers(void **state)
{
	static const char *const wrong[] = {
		"", "0", "0:0:0", "0:0:0:", "0:0:0:0:0", "00:0:0:0", "0:0:0:01", "0:0:0:0 ",
		"-1:0:0:0", "a:0:0:0", "0:0::0", "0:0:0:0/", "host0", "0:0:0:123456789012345678901",
	};

	assert_true(scst_scsi_is_address("0:0:0:0"));
	assert_true(scst_scsi_is_address("12:3:45:18446744073709551615"));
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++)
		if (scst_scsi_is_address(wrong[i]))
			fail_msg("\"%s\" is an address", wrong[i]);
}

static void address_is_found_in_a_path(void **state)
{
	char address[SCST_SCSI_ADDRESS_LEN];

	assert_true(scst_scsi_address_in("/sys/devices/host2/target2:0:0/2:0:0:7/block/sdb/sdb1",
					 address));
	assert_string_equal(address, "2:0:0:7");
	assert_true(scst_scsi_address_in("2:0:0:7", address));
	assert_false(scst_scsi_address_in("/sys/devices/virtual/block/loop0", address));
	assert_false(scst_scsi_address_in("", address));
}

/* ---- identities ----------------------------------------------------------------------------- */

static const uint8_t inquiry[36] = "\0\0\5\2\37\0\0\2VENDOR  PRODUCT         1.0 ";

#define HEX_VENDOR_PRODUCT "56454e444f5220" "20" "50524f445543542020202020" "20202020"

static const char *identity(const void *page_83, size_t len_83, const void *page_80, size_t len_80)
{
	const struct scst_scsi_page inq = { inquiry, sizeof(inquiry) }, p83 = { page_83, len_83 },
				    p80 = { page_80, len_80 };
	static char id[SCST_SCSI_ID_LEN];

	scst_scsi_identify(&inq, &p83, &p80, id);
	return id;
}

static void unit_is_known_by_its_naa(void **state)
{
	static const uint8_t page[] = {
		0, 0x83, 0, 40,
		0x61, 0x93, 0, 8, 1, 1, 1, 1, 1, 1, 1, 1,		/* of the port */
		2, 1, 0, 4, 'T', '1', '0', ' ',
		1, 2, 0, 4, 2, 2, 2, 2,
		1, 3, 0, 8, 0x51, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef,
	};

	assert_string_equal(identity(page, sizeof(page), NULL, 0), "naa.5123456789abcdef");
}

static void page_that_is_cut_names_nobody_wrongly(void **state)
{
	static const uint8_t page[] = {
		0, 0x83, 0, 12, 1, 3, 0, 8, 0x51, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef,
	};

	for (size_t len = 0; len < sizeof(page); len++) {
		uint8_t *copy = malloc(len ?: 1);	/* ASan minds its end */

		memcpy(copy, page, len);
		assert_string_equal(identity(copy, len, NULL, 0), "");
		free(copy);
	}
}

static void longer_than_its_page_is_no_designator(void **state)
{
	static const uint8_t page[] = { 0, 0x83, 0, 4, 1, 3, 0, 8, 1, 2, 3, 4, 5, 6, 7, 8 };

	assert_string_equal(identity(page, sizeof(page), NULL, 0), "");
}

static void without_page_83_vendor_and_serial_count(void **state)
{
	static const uint8_t page[] = { 0, 0x80, 0, 6, ' ', 'S', 'N', '1', ' ', 0 };

	assert_string_equal(identity(NULL, 0, page, sizeof(page)),
			    "serial." HEX_VENDOR_PRODUCT "534e31");
}

static void blank_serial_is_none(void **state)
{
	static const uint8_t page[] = { 0, 0x80, 0, 3, ' ', ' ', 0 };

	assert_string_equal(identity(NULL, 0, page, sizeof(page)), "");
}

/* Two paths of one disk, a LUN of this target that says the same, a tape, and what is no device. */
static void raw_disks_are_found_by_identity(void **state)
{
	_cleanup_(scst_names_clear) struct scst_names found = {};

	assert_int_equal(run("mkdir -p host3/scsi_host/host3 target1:0:0 && "
			     "echo scst_local >host3/scsi_host/host3/proc_name && "
			     "for d in 1:0:0:0 1:0:0:1 2:0:0:0 3:0:0:0; do "
			     "mkdir $d && echo 0 >$d/type && printf "
			     "'\\0\\203\\0\\10\\1\\3\\0\\4\\1\\2\\3\\4' >$d/vpd_pg83; done && "
			     "echo 1 >1:0:0:1/type"), 0);
	assert_int_equal(scst_scsi_find(top, "naa.01020304", &found), 0);
	assert_int_equal(found.nr, 2);
	assert_true(scst_names_has(&found, "1:0:0:0") && scst_names_has(&found, "2:0:0:0"));
	assert_true(scst_scsi_is_ours(top, "3:0:0:0"));
	assert_false(scst_scsi_is_ours(top, "2:0:0:0"));
}

/* ---- who uses it ---------------------------------------------------------------------------- */

static struct scst_disk_node list[] = {
	{ .name = "sdb", .block = true }, { .name = "sdb1", .block = true }, { .name = "sg2" },
};
static const struct scst_disk_nodes nodes = { list, ARRAY_SIZE(list) };

static int number_nodes(void **state)
{
	list[0].dev = makedev(8, 16);
	list[1].dev = makedev(8, 17);
	list[2].dev = makedev(21, 2);
	return 0;
}

static void mount_of_a_partition_is_found(void **state)
{
	char place[PATH_MAX];

	assert_ptr_equal(scst_disk_mounted(&nodes,
		"22 1 8:1 / / rw - ext4 /dev/sda1 rw\n"
		"23 22 8:17 /sub /mnt/a\\040b rw,noatime shared:1 - ext4 /dev/disk/by-id/x rw\n",
					   place), &list[1]);
	assert_string_equal(place, "/mnt/a\\040b");
}

/* It has a number of its own, and one of its disks as the source. */
static void mount_of_several_disks_is_found_by_its_source(void **state)
{
	char place[PATH_MAX];

	assert_ptr_equal(scst_disk_mounted(&nodes, "23 22 0:40 / /b rw - btrfs /dev/sdb rw", place),
			 &list[0]);
}

static void other_mounts_are_others(void **state)
{
	char place[PATH_MAX];

	assert_null(scst_disk_mounted(&nodes,
		"23 22 21:2 / /c rw - x none rw\n"	/* the number of a character device */
		"24 22 0:41 / /d rw - btrfs /dev/sdb12 rw\n"
		"25 22 0:42 / /dev/sdb rw - tmpfs tmpfs rw\n"
		"26 22 0:43 / /e rw\n27 22 8:32 / /f rw - ext4 /dev/sdb0 rw\n", place));
	assert_null(scst_disk_mounted(&nodes, "", place));
}

static void swap_is_found(void **state)
{
	static const char head[] = "Filename\tType\tSize\tUsed\tPriority\n";
	char text[256];

	snprintf(text, sizeof(text), "%s/dev/sdb1  partition\t1\t0\t-2\n", head);
	assert_ptr_equal(scst_disk_swaps(&nodes, text), &list[1]);
	snprintf(text, sizeof(text), "%s/dev/sdb11 partition\t1\t0\t-2\n", head);
	assert_null(scst_disk_swaps(&nodes, text));
}

/* ---- the file ------------------------------------------------------------------------------- */

static void list_is_read_as_it_was_written(void **state)
{
	_cleanup_(scst_shares_clear) struct scst_shares shares = {}, again = {};
	struct scst_error err = {};

	assert_int_equal(scst_shares_read(file, &shares, &err), 0);
	assert_int_equal(shares.nr, 0);
	assert_int_equal(scst_shares_add(&shares, "naa.1", "2:0:0:0", SCST_SHARE_LUNS), 0);
	assert_int_equal(scst_shares_add(&shares, "serial.2", "", SCST_SHARE_LUNS), 0);
	assert_int_equal(scst_shares_write(file, &shares, &err), 0);
	assert_int_equal(scst_shares_read(file, &again, &err), 0);
	assert_int_equal(again.nr, 2);
	assert_int_equal(scst_shares_find(&again, "naa.1")->lun, 0);
	assert_int_equal(scst_shares_find(&again, "serial.2")->lun, 1);
	assert_null(scst_shares_find(&again, "naa.2"));
	assert_string_equal(scst_shares_of_device(&again, "2:0:0:0")->id, "naa.1");
	assert_null(scst_shares_of_device(&again, "3:0:0:0"));
	assert_null(scst_shares_of_device(&again, ""));
}

static void lun_that_is_free_again_is_the_next(void **state)
{
	_cleanup_(scst_shares_clear) struct scst_shares shares = {};

	assert_int_equal(scst_shares_add(&shares, "a", "", SCST_SHARE_LUNS), 0);
	assert_int_equal(scst_shares_add(&shares, "b", "", SCST_SHARE_LUNS), 0);
	scst_shares_remove(&shares, "a");
	scst_shares_remove(&shares, "never");
	assert_int_equal(shares.nr, 1);
	assert_int_equal(scst_shares_add(&shares, "c", "", SCST_SHARE_LUNS), 0);
	assert_int_equal(scst_shares_find(&shares, "c")->lun, 0);
}

static void lun_is_as_wished_if_it_is_free(void **state)
{
	_cleanup_(scst_shares_clear) struct scst_shares shares = {};

	assert_int_equal(scst_shares_add(&shares, "a", "", 3), 0);
	assert_int_equal(scst_shares_find(&shares, "a")->lun, 3);
	assert_int_equal(scst_shares_add(&shares, "b", "", 3), 0);
	assert_int_equal(scst_shares_find(&shares, "b")->lun, 0);
}

static void there_is_an_end_of_luns(void **state)
{
	_cleanup_(scst_shares_clear) struct scst_shares shares = {};
	char id[16];

	for (int i = 0; i < SCST_SHARE_LUNS; i++) {
		snprintf(id, sizeof(id), "naa.%d", i);
		assert_int_equal(scst_shares_add(&shares, id, "", SCST_SHARE_LUNS), 0);
	}
	assert_int_equal(scst_shares_add(&shares, "naa.x", "", SCST_SHARE_LUNS), -ENOSPC);
}

static void one_is_forgotten_and_no_other(void **state)
{
	_cleanup_(scst_shares_clear) struct scst_shares shares = {}, again = {};
	struct scst_error err = {};

	assert_int_equal(scst_shares_add(&shares, "a", "", SCST_SHARE_LUNS), 0);
	assert_int_equal(scst_shares_add(&shares, "b", "", SCST_SHARE_LUNS), 0);
	assert_int_equal(scst_shares_write(file, &shares, &err), 0);
	assert_int_equal(scst_shares_forget(file, "a", &err), 0);
	assert_int_equal(scst_shares_read(file, &again, &err), 0);
	assert_int_equal(again.nr, 1);
	assert_int_equal(scst_shares_find(&again, "b")->lun, 1);
	assert_int_equal(scst_shares_forget(file, "b", &err), 0);
	assert_int_equal(access(file, F_OK), -1);
}

static void nothing_is_shared_without_a_file(void **state)
{
	_cleanup_(scst_shares_clear) struct scst_shares shares = {};
	struct scst_error err = {};

	assert_int_equal(scst_shares_add(&shares, "a", "", SCST_SHARE_LUNS), 0);
	assert_int_equal(scst_shares_write(file, &shares, &err), 0);
	scst_shares_remove(&shares, "a");
	assert_int_equal(scst_shares_write(file, &shares, &err), 0);
	assert_int_equal(access(file, F_OK), -1);
	assert_int_equal(scst_shares_write(file, &shares, &err), 0);
}

/* Half of what it says would be a disk that is not shared, and used past the target. */
#define DISKS(list)	"{ \"disks\": [ " list " ] }"
#define DISK(id, lun)	"{ \"identity\": " id ", \"lun\": " lun " }"
#define CALLED(id, lun, device)	"{ \"identity\": " id ", \"lun\": " lun ", \"device\": " device " }"

static void wrong_file_is_refused_as_a_whole(void **state)
{
	static const struct {
		const char *text, *why;
	} rows[] = {
		{ "", "share.json" },
		{ "[]", "a list of disks" },
		{ "{}", "a list of disks" },
		{ "{ \"disks\": {} }", "a list of disks" },
		{ "{ \"disks\": [], \"more\": 1 }", "a list of disks" },
		{ DISKS("1"), "an identity and a lun" },
		{ DISKS("{ \"identity\": \"a\" }"), "an identity and a lun" },
		{ DISKS("{ \"identity\": \"a\", \"lun\": 0, \"x\": 1 }"), "an identity and a lun" },
		{ DISKS(DISK("1", "0")), "an identity and a lun" },
		{ DISKS(DISK("\"a/b\"", "0")), "an identity and a lun" },
		{ DISKS(DISK("\"\"", "0")), "an identity and a lun" },
		{ DISKS(DISK("\"a\"", "\"0\"")), "below 256" },
		{ DISKS(DISK("\"a\"", "-1")), "below 256" },
		{ DISKS(DISK("\"a\"", "256")), "below 256" },
		{ DISKS(DISK("\"a\"", "4294967296")), "below 256" },
		{ DISKS(DISK("\"a\"", "0") ", " DISK("\"b\"", "0")), "twice" },
		{ DISKS(DISK("\"a\"", "0") ", " DISK("\"a\"", "1")), "twice" },
		{ DISKS(CALLED("\"a\"", "0", "2")), "an address" },
		{ DISKS(CALLED("\"a\"", "0", "\"disk\"")), "an address" },
		{ DISKS(CALLED("\"a\"", "0", "\"2:0:0:0\"") ", "
			CALLED("\"b\"", "1", "\"2:0:0:0\"")), "twice" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct scst_shares shares = {};
		struct scst_error err = {};

		assert_int_equal(scst_replace_file(file, rows[i].text, strlen(rows[i].text)), 0);
		if (scst_shares_read(file, &shares, &err) != -EINVAL || shares.nr)
			fail_msg("%s: it is taken", rows[i].text);
		assert_says(err, rows[i].why);
	}
	unlink(file);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(address_is_four_numbers),
		cmocka_unit_test(address_is_found_in_a_path),
		cmocka_unit_test(unit_is_known_by_its_naa),
		cmocka_unit_test(page_that_is_cut_names_nobody_wrongly),
		cmocka_unit_test(longer_than_its_page_is_no_designator),
		cmocka_unit_test(without_page_83_vendor_and_serial_count),
		cmocka_unit_test(blank_serial_is_none),
		cmocka_unit_test(raw_disks_are_found_by_identity),
		cmocka_unit_test_setup(mount_of_a_partition_is_found, number_nodes),
		cmocka_unit_test_setup(mount_of_several_disks_is_found_by_its_source, number_nodes),
		cmocka_unit_test_setup(other_mounts_are_others, number_nodes),
		cmocka_unit_test_setup(swap_is_found, number_nodes),
		cmocka_unit_test(list_is_read_as_it_was_written),
		cmocka_unit_test(lun_that_is_free_again_is_the_next),
		cmocka_unit_test(lun_is_as_wished_if_it_is_free),
		cmocka_unit_test(there_is_an_end_of_luns),
		cmocka_unit_test(one_is_forgotten_and_no_other),
		cmocka_unit_test(nothing_is_shared_without_a_file),
		cmocka_unit_test(wrong_file_is_refused_as_a_whole),
	};

	return cmocka_run_group_tests(tests, make_top, remove_top);
}
