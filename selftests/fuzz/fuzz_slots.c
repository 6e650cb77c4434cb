// SPDX-License-Identifier: GPL-2.0-only
/*
 * A state file with any content: nothing outside it is read, what is accepted lies inside it. The
 * fuzzer cannot guess a checksum, so half of the files get one that is right.
 */
#include "fuzz_input.h"

#include "store/slots_format.h"

#define MAGIC 7

/* Gives slot 0 the signature, magic, version and checksum it needs, whatever its length says. */
static void make_plausible(u8 *file, size_t size)
{
	u64 generation;
	u32 len;

	if (size < SCST_SLOT_HEADER)
		return;
	memcpy(&generation, file + 16, sizeof(generation));
	memcpy(&len, file + 24, sizeof(len));
	if (len <= size - SCST_SLOT_HEADER && size <= SCST_SLOT_BLOCK)
		scst_slot_seal(file, MAGIC, generation, len);
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size);
int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	struct scst_slot slot;
	u8 *file, *image;
	int in_force;

	if (!size)
		return 0;
	size--;
	file = malloc(size ? size : 1);
	image = malloc(size ? size : 1);
	must(file && image);
	memcpy(file, data + 1, size);
	if (data[0] & 1)
		make_plausible(file, size);
	in_force = scst_slots_newest(file, size, MAGIC, image, &slot);
	must(in_force >= -1 && in_force <= 1);
	must(in_force < 0 || slot.len <= size - SCST_SLOT_HEADER);
	free(image);
	free(file);
	return 0;
}
