// SPDX-License-Identifier: GPL-2.0-only
/*
 * Saved parameters, as our record and as SCST's file, of any bytes: what is taken is legal, differs
 * from the defaults only where MODE SELECT may, and comes back from a record that is made of it;
 * what is refused changes nothing.
 */
#include <stdio.h>

#include "fuzz_input.h"

#include "info.h"
#include "reply.h"
#include "saved.h"

static void must_be_legal(const struct scst_lu *lu, const struct scst_saved *saved)
{
	const u8 *was = (const u8 *)&lu->mode_default, *is = (const u8 *)&saved->mode;
	const u8 *mask = (const u8 *)&lu->mode_changeable;

	for (size_t i = 0; i < sizeof(saved->mode); i++)
		must(!((was[i] ^ is[i]) & ~mask[i]));
	for (int i = 0; i < SCST_INFO_NR; i++)
		must(!saved->info[i].len ||
		     scst_info_valid(i, saved->info[i].bytes, saved->info[i].len));
}

/* What no page of the unit shows is not written down. */
static void must_come_back(const struct scst_lu *lu, const struct scst_saved *saved)
{
	u8 bytes[SCST_SAVED_MAX];
	struct scst_reply record = { .buf = bytes, .size = sizeof(bytes) };
	struct scst_saved again;
	unsigned int dropped;

	scst_saved_encode(lu, saved, &record);
	must(record.len <= sizeof(bytes));
	must(scst_saved_decode(lu, bytes, record.len, &again, &dropped) && !dropped);
	for (int i = 0; i < SCST_INFO_NR; i++)
		must(again.info[i].len == saved->info[i].len);
	must(!(BIT(lu->type) & SCST_T_DISK) ||
	     !memcmp(&again.mode, &saved->mode, sizeof(again.mode)));
}

static void read_one(const struct scst_lu *lu, bool scst, const u8 *bytes, u32 len)
{
	struct scst_saved saved, before;
	unsigned int dropped = 77;
	bool taken;

	memset(&saved, 0x5a, sizeof(saved));
	before = saved;
	taken = scst ? scst_saved_decode_scst(lu, "d1", bytes, len, &saved, &dropped) :
		       scst_saved_decode(lu, bytes, len, &saved, &dropped);
	if (!taken) {
		must(!memcmp(&saved, &before, sizeof(saved)) && dropped == 77);
		return;
	}
	must(dropped <= len);
	must_be_legal(lu, &saved);
	must_come_back(lu, &saved);
}

/* A file that SCST may have written, then bent in one place. */
static void bent_file(const struct scst_lu *lu, struct input *in)
{
	static const char *const names[] = {
		"TAS", "QERR", "TMF_ONLY", "SWP", "D_SENSE", "DPICZ", "QUEUE_ALG", "WRITE_THROUGH",
	};
	char text[SCST_SAVED_MAX] = "d1\n";
	u8 at = take_u8(in), by = take_u8(in), lines = take_u8(in) % 12;
	size_t len = strlen(text);
	u8 *file;

	while (lines--)
		len += sprintf(text + len, "%s=%u\n", names[take_u8(in) % ARRAY_SIZE(names)],
			       take_u8(in) % 4u);
	text[at % len] ^= by;
	file = malloc(len);
	must(file);
	memcpy(file, text, len);
	read_one(lu, true, file, len);
	free(file);
}

/* The defaults of a unit are legal. */
static void legalize(struct scst_mode *mode)
{
	for (size_t i = 0; i < sizeof(*mode); i++)
		((u8 *)mode)[i] &= 1;
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size);

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	struct input in = { data, size };
	u8 how = take_u8(&in);
	struct scst_lu lu = { .type = how & 1 ? 0x05 : 0x00 };
	u8 *bytes;

	take_mode(&in, &lu.mode_default);
	take_mask(&in, &lu.mode_changeable);
	legalize(&lu.mode_default);
	if (how & 2) {
		bent_file(&lu, &in);
		return 0;
	}
	bytes = take_rest(&in);
	read_one(&lu, how & 4, bytes, in.left);
	free(bytes);
	return 0;
}
