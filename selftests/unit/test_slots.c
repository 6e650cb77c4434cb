// SPDX-License-Identifier: GPL-2.0-only
/*
 * State files with two slots: what is loaded after any interruption, and what is refused. The file
 * is an array here; reading and writing a real one is tested in the guest.
 */
#include "fixture.h"

#include "store/slots_format.h"

#define MAGIC		0x31525053u
#define FILE_MAX	(16 * SCST_SLOT_BLOCK)

struct file {
	u8 data[FILE_MAX];
	size_t size;
};

static u8 image[FILE_MAX];

/* As slots.c does it: into the slot that is not in force. Return: that slot. */
static unsigned int save(struct file *f, const void *data, u32 len)
{
	struct scst_slot slot = { 0 };
	int in_force = scst_slots_newest(f->data, f->size, MAGIC, image, &slot);
	unsigned int to = in_force < 0 ? 0 : !in_force;
	size_t end;

	memcpy(image + SCST_SLOT_HEADER, data, len);
	scst_slot_seal(image, MAGIC, slot.generation + 1, len);
	end = scst_slot_scatter(image, SCST_SLOT_HEADER + len, to, f->data);
	if (end > f->size)
		f->size = end;
	return to;
}

static void assert_has(const struct file *f, const void *data, u32 len)
{
	struct scst_slot slot;

	assert_in_range(scst_slots_newest(f->data, f->size, MAGIC, image, &slot), 0, 1);
	assert_int_equal(slot.len, len);
	assert_memory_equal(image + SCST_SLOT_HEADER, data, len);
}

static void assert_bad(const struct file *f)
{
	struct scst_slot slot;

	assert_int_equal(scst_slots_newest(f->data, f->size, MAGIC, image, &slot), -1);
}

static void slots_format_is_as_documented(void **state)
{
	static const u8 expect[] = {
		'S', 'C', 'S', 'T', 'S', 'L', 'O', 'T', 0x53, 0x50, 0x52, 0x31,
		0xbc, 0xdf, 0xf7, 0x1b, 1, 0, 0, 0, 0, 0, 0, 0, 5, 0, 0, 0, 1, 0, 0, 0,
		'h', 'e', 'l', 'l', 'o',
	};
	static struct file f;

	assert_int_equal(save(&f, "hello", 5), 0);
	assert_int_equal(f.size, sizeof(expect));
	assert_memory_equal(f.data, expect, sizeof(expect));
}

static void slots_newest_wins(void **state)
{
	static struct file f;

	assert_int_equal(save(&f, "one", 3), 0);
	assert_int_equal(save(&f, "two", 3), 1);
	assert_has(&f, "two", 3);
	assert_int_equal(save(&f, "three", 5), 0);
	assert_has(&f, "three", 5);
	assert_int_equal(save(&f, "", 0), 1);
	assert_has(&f, "", 0);
}

/* A slot of several blocks, cut off at every byte: what was there before is loaded. */
static void slots_torn_write_leaves_the_other(void **state)
{
	static u8 before[2 * SCST_SLOT_BLOCK], after[3 * SCST_SLOT_BLOCK];
	static struct file old, new, torn;
	size_t n, i;

	memset(before, 0xaa, sizeof(before));
	memset(after, 0x55, sizeof(after));
	save(&old, after, 100);
	save(&old, before, sizeof(before));
	new = old;
	assert_int_equal(save(&new, after, sizeof(after)), 0);
	for (n = 0; n < SCST_SLOT_HEADER + sizeof(after); n += n < 4100 ? 1 : 997) {
		torn = old;
		torn.size = new.size;
		for (i = 0; i < n; i++) {
			size_t at = scst_slot_offset(0, i / SCST_SLOT_BLOCK) + i % SCST_SLOT_BLOCK;

			torn.data[at] = new.data[at];
		}
		assert_has(&torn, before, sizeof(before));
	}
	assert_has(&new, after, sizeof(after));
}

/* Every bit of header and data, in both slots. */
static void slots_damage_is_noticed(void **state)
{
	static struct file f, hurt;
	unsigned int i;

	save(&f, "old", 3);
	save(&f, "new", 3);
	for (i = 0; i < 8 * (SCST_SLOT_HEADER + 3); i++) {
		hurt = f;
		hurt.data[SCST_SLOT_BLOCK + i / 8] ^= 1 << i % 8;
		assert_has(&hurt, "old", 3);
		hurt.data[i / 8] ^= 1 << i % 8;
		assert_bad(&hurt);
	}
}

static void slots_foreign_files_are_refused(void **state)
{
	static struct file f;
	struct scst_slot slot;
	size_t size;

	assert_bad(&f);
	strcpy((char *)f.data, "root:x:0:0:root:/root:/bin/bash\n");
	f.size = FILE_MAX;
	assert_bad(&f);
	memset(&f, 0, sizeof(f));
	f.size = FILE_MAX;
	assert_bad(&f);
	save(&f, "mine", 4);
	assert_int_equal(scst_slots_newest(f.data, f.size, MAGIC + 1, image, &slot), -1);
	for (size = 0; size < SCST_SLOT_HEADER + 4; size++) {
		f.size = size;
		assert_bad(&f);
	}
}

/* Lengths that a correct checksum does not excuse are never followed. */
static void slots_length_is_bounded(void **state)
{
	struct scst_slot slot;
	u8 small[SCST_SLOT_HEADER + 8] = { 0 };
	size_t size = SCST_SLOT_HEADER + SCST_SLOT_DATA_MAX;
	u8 *huge = calloc(1, size + 1);

	scst_slot_seal(small, MAGIC, 1, 8);
	assert_true(scst_slot_check(small, sizeof(small), MAGIC, &slot));
	assert_false(scst_slot_check(small, sizeof(small) - 1, MAGIC, &slot));
	assert_non_null(huge);
	scst_slot_seal(huge, MAGIC, 1, SCST_SLOT_DATA_MAX);
	assert_true(scst_slot_check(huge, size, MAGIC, &slot));
	scst_slot_seal(huge, MAGIC, 1, SCST_SLOT_DATA_MAX + 1);
	assert_false(scst_slot_check(huge, size + 1, MAGIC, &slot));
	free(huge);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(slots_format_is_as_documented),
		cmocka_unit_test(slots_newest_wins),
		cmocka_unit_test(slots_torn_write_leaves_the_other),
		cmocka_unit_test(slots_damage_is_noticed),
		cmocka_unit_test(slots_foreign_files_are_refused),
		cmocka_unit_test(slots_length_is_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
