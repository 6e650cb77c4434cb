// SPDX-License-Identifier: GPL-2.0-only
/*
 * Parameter lists of MODE SELECT. What is accepted changes only what may change, can be sensed, and
 * is accepted again; what is refused changes nothing and points into the list.
 */
#include "fuzz_input.h"

static void must_keep_fixed(const struct scst_lu *lu, const struct scst_mode *values)
{
	const struct scst_mode now = scst_mode_current(lu);
	const u8 *was = (const u8 *)&now, *is = (const u8 *)values;
	const u8 *mask = (const u8 *)&lu->mode_changeable;
	unsigned int i;

	for (i = 0; i < sizeof(now); i++)
		must(!((was[i] ^ is[i]) & ~mask[i]));
}

/* What MODE SENSE says of (@page, @subpage), without PS. Return: its length, 0 if refused. */
static u32 sense_pages(struct scst_lu lu, u8 byte1, u8 page, u8 subpage, u8 *buf, u32 size)
{
	const u8 cdb[16] = { 0x5a, byte1, page, subpage, [7] = 0xff, 0xff };
	static const struct scst_port port;
	struct scst_view view = { .lu = &lu, .port = &port };
	struct scst_reply reply = { .buf = buf, .size = size };
	struct scst_sense sense;
	bool unknown_sa;

	lu.mode_can_save = false;
	if (!scst_respond(scst_op_find(cdb, &unknown_sa), &view, cdb, &reply, &sense))
		return 0;
	must(reply.len <= size);
	return reply.len;
}

/* Sense all pages of a unit set to @values, select them again. */
static void must_round_trip(struct scst_lu lu, const struct scst_mode *values)
{
	static const u8 cdb[16] = { 0x55, 0x10 };
	struct scst_sense sense;
	struct scst_mode again;
	u8 buf[512];
	u32 len;

	scst_mode_apply(&lu, values);
	len = sense_pages(lu, 0x10, 0x3f, 0xff, buf, sizeof(buf));
	must(len);
	must(scst_mode_select(&lu, cdb, buf, len, &again, &sense));
	must(!memcmp(&again, values, sizeof(again)));
}

static void mode_select(const u8 *list, u32 len, const struct scst_lu *lu, u8 flags)
{
	const u8 cdb[16] = { flags & 1 ? 0x15 : 0x55, 0x10 | (flags & 2 ? 1 : 0) };
	struct scst_sense sense = { 0 };
	struct scst_mode values;

	if (!scst_mode_select(lu, cdb, list, len, &values, &sense)) {
		must_point_inside(&sense, len);
		return;
	}
	must_keep_fixed(lu, &values);
	must_round_trip(*lu, &values);
}

struct bend {
	u8 page, subpage, byte1;
	struct {
		u8 at, by;
	} bit[2];
};

/*
 * A list which starts from what MODE SENSE says and is then bent in two places: random bytes alone
 * seldom get past the first page.
 */
static void bent_mode_select(const struct bend *bend, const struct scst_lu *lu, u8 flags)
{
	static const u8 pages[] = { 0x3f, 0x0a, 0x08, 0x1c };
	u8 buf[512];
	u32 i, len;
	u8 *list;

	len = sense_pages(*lu, bend->byte1 & 0x18, pages[bend->page % ARRAY_SIZE(pages)],
			  bend->subpage & 1 ? 0xff : 0, buf, sizeof(buf));
	if (!len)
		return;
	for (i = 0; i < ARRAY_SIZE(bend->bit); i++)
		buf[bend->bit[i].at % len] ^= bend->bit[i].by;

	list = malloc(len);
	must(list);
	memcpy(list, buf, len);
	mode_select(list, len, lu, flags & ~1);
	free(list);
}

/* QERR 2 and the like cannot be current values. */
static void legalize(struct scst_lu *lu)
{
	if (lu->qerr == 2)
		lu->qerr = 0;
}

static bool has_mode_pages(const struct scst_lu *lu)
{
	return BIT(lu->type) & SCST_T_BLOCK;
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size);

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	struct input in = { data, size };
	u8 flags = take_u8(&in);
	struct bend bend;
	struct scst_lu lu;
	u8 *list;

	/* First what the outcome hangs on: short inputs, which libFuzzer begins with, get far. */
	take_bytes(&in, &bend, sizeof(bend));
	take_lu(&in, &lu);
	legalize(&lu);
	if (!has_mode_pages(&lu))
		return 0;
	if (flags & 4) {
		bent_mode_select(&bend, &lu, flags);
		return 0;
	}
	list = take_rest(&in);
	mode_select(list, in.left, &lu, flags);
	free(list);
	return 0;
}
