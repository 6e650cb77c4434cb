// SPDX-License-Identifier: GPL-2.0-only
/*
 * A state file with any content: two slots that were sealed as the kernel does it, then bent, torn
 * and cut off, or just bytes. Which slot is in force, and what is in it, has to be what a second
 * implementation finds, which reads the file as the head of slots_format.h describes it.
 */
#include "fuzz_input.h"

#include "store/slots_format.h"

#define MAGIC		7
#define BLOCK		4096
#define FILE_MAX	(6 * BLOCK)

/*
 * The second implementation: a slot is what its bytes are, one by one. How often it looks at one
 * tells the fuzzer nothing, and would be most of the work.
 */
#define UNSEEN	__attribute__((no_sanitize("coverage")))

struct found {
	bool good;
	u64 generation;
	u32 len;
};

UNSEEN static bool has_byte(size_t size, unsigned int slot, size_t n)
{
	return (2 * (n / BLOCK) + slot) * BLOCK + n % BLOCK < size;
}

UNSEEN static u8 byte_of(const u8 *file, unsigned int slot, size_t n)
{
	return file[(2 * (n / BLOCK) + slot) * BLOCK + n % BLOCK];
}

UNSEEN static u64 number_at(const u8 *file, unsigned int slot, size_t n, unsigned int bytes)
{
	u64 value = 0;

	while (bytes--)
		value = value << 8 | byte_of(file, slot, n + bytes);
	return value;
}

/* CRC-32C, four bits at a time; RFC 7143 has its polynomial. */
UNSEEN static u32 crc_of(const u8 *file, unsigned int slot, size_t from, size_t to)
{
	u32 table[16], crc = 0xffffffff;

	for (u32 i = 0; i < 16; i++) {
		table[i] = i;
		for (int bit = 0; bit < 4; bit++)
			table[i] = table[i] >> 1 ^ (table[i] & 1 ? 0x82f63b78 : 0);
	}
	for (; from < to; from++) {
		crc ^= byte_of(file, slot, from);
		crc = crc >> 4 ^ table[crc & 15];
		crc = crc >> 4 ^ table[crc & 15];
	}
	return ~crc;
}

static struct found find(const u8 *file, size_t size, unsigned int slot)
{
	static const char signature[] = "SCSTSLOT";
	struct found found = { 0 };

	if (!has_byte(size, slot, 31))
		return found;
	for (int i = 0; i < 8; i++)
		if (byte_of(file, slot, i) != signature[i])
			return found;
	found.generation = number_at(file, slot, 16, 8);
	found.len = number_at(file, slot, 24, 4);
	found.good = number_at(file, slot, 8, 4) == MAGIC && number_at(file, slot, 28, 4) == 1 &&
		     found.len <= 1 << 20 && has_byte(size, slot, 31 + found.len) &&
		     number_at(file, slot, 12, 4) == crc_of(file, slot, 16, 32 + found.len);
	return found;
}

/* The newest good one; of two that are of one generation, either. */
UNSEEN static void must_be_newest(const u8 *file, size_t size, int in_force, const u8 *image,
			   const struct scst_slot *slot)
{
	const struct found found[2] = { find(file, size, 0), find(file, size, 1) };

	must(in_force >= -1 && in_force <= 1);
	if (in_force < 0) {
		must(!found[0].good && !found[1].good);
		return;
	}
	must(found[in_force].good);
	must(!found[!in_force].good || found[!in_force].generation <= found[in_force].generation);
	must(slot->generation == found[in_force].generation && slot->len == found[in_force].len);
	for (size_t i = 0; i < 32 + slot->len; i++)
		must(image[i] == byte_of(file, in_force, i));
}

/* Lays one slot out in @file, sealed. Return: where it ends. */
static size_t write_slot(struct input *in, u8 *file, unsigned int slot)
{
	static u8 image[FILE_MAX];
	u8 how = take_u8(in), fill = take_u8(in);
	u64 generation = how & 1 ? take_u8(in) & 3 : take_u64(in);
	u32 len = how & 2 ? 4000 + take_u8(in) : how & 4 ? 8100 + take_u8(in) : take_u8(in);

	for (u32 i = 0; i < len; i++)
		image[32 + i] = fill * i;
	scst_slot_seal(image, MAGIC, generation, len);
	return scst_slot_scatter(image, 32 + len, slot, file);
}

/* Return: the size of the file. */
static size_t make_file(struct input *in, u8 *file)
{
	u8 how = take_u8(in);
	size_t size = 0, end;

	memset(file, 0, FILE_MAX);
	for (unsigned int slot = 0; slot < 2; slot++) {
		if (how & 1 << slot)
			continue;
		end = write_slot(in, file, slot);
		size = end > size ? end : size;
	}
	if (how & 4)
		size = (take_u8(in) << 8 | take_u8(in)) % (FILE_MAX + 1);
	for (unsigned int i = how >> 3 & 3; i && size; i--) {
		size_t at = (take_u8(in) << 8 | take_u8(in)) % size;

		/* half of them in a header, where there is more to be hurt */
		if (how & 0x20)
			at = at % 64 + (at & 64 && size > BLOCK + 64 ? BLOCK : 0);
		file[at < size ? at : 0] ^= take_u8(in);
	}
	return size;
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size);
int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	static u8 made[FILE_MAX];
	struct input in = { data, size };
	struct scst_slot slot = { 0 };
	u8 *file, *image;
	int in_force;

	if (take_u8(&in) & 0x0f) {
		size = make_file(&in, made);
		data = made;
	}
	file = malloc(size ? size : 1);
	image = malloc(size ? size : 1);
	must(file && image);
	memcpy(file, data, size);
	in_force = scst_slots_newest(file, size, MAGIC, image, &slot);
	must_be_newest(file, size, in_force, image, &slot);
	free(image);
	free(file);
	return 0;
}
