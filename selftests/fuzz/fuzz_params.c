// SPDX-License-Identifier: GPL-2.0-only
/*
 * Parameter lists of all commands but MODE SELECT and PERSISTENT RESERVE OUT, and the file which
 * some of them are kept in. What is accepted is within the limits that the commands announce; what
 * is refused points into the list.
 */
#include "fuzz_input.h"
#include "info.h"
#include "saved.h"

static void unmap(const u8 *list, u32 len, const struct scst_lu *lu)
{
	struct scst_sense sense = { 0 };
	unsigned int i, nr;

	if (!scst_unmap_check(lu, lu->nblocks, list, len, &nr, &sense)) {
		must_point_inside(&sense, len);
		return;
	}
	must(8 + nr * 16 <= len || !nr);
	for (i = 0; i < nr; i++) {
		struct scst_extent e = scst_unmap_extent(list, i);

		must(e.lba <= lu->nblocks && e.nblocks <= lu->nblocks - e.lba);
	}
}

static void must_be_valid_info(const struct scst_info info[SCST_INFO_NR])
{
	unsigned int i;

	for (i = 0; i < SCST_INFO_NR; i++)
		must(scst_info_valid(i, info[i].bytes, info[i].len));
}

static void set_info(const u8 *list, u32 len, const u8 *cdb)
{
	struct scst_info info[SCST_INFO_NR] = { 0 };
	struct scst_sense sense = { 0 };

	if (!scst_set_info(cdb, list, len, info, &sense))
		must_point_inside(&sense, len);
	must_be_valid_info(info);
}

static void set_timestamp(const u8 *list, u32 len)
{
	struct scst_sense sense = { 0 };
	u64 ms;

	if (scst_set_timestamp(list, len, &ms, &sense))
		must(ms < 1ull << 48);
	else
		must_point_inside(&sense, len);
}

/* What was written is read. */
static void write_buffer(const u8 *list, u32 len, const u8 *cdb)
{
	static struct scst_buffer buffer;
	struct scst_sense sense = { 0 };
	u32 offset = get_unaligned_be24(cdb + 3);

	if (!scst_write_buffer(cdb, list, len, &buffer, &sense))
		must_point_inside(&sense, len);
	else if (cdb[1] == 0x0a)
		must(buffer.echo_len == len && !memcmp(buffer.echo, list, len));
	else
		must(!memcmp(buffer.data + offset, list, len));
}

/* Its list is not looked at. */
static void send_diagnostic(const u8 *cdb)
{
	struct scst_sense sense = { 0 };
	bool self_test;

	if (!scst_send_diagnostic(cdb, &self_test, &sense))
		must(sense.in_cdb && sense.byte == 1);
}

static void format(const u8 *list, u32 len, const u8 *cdb, const struct scst_lu *lu)
{
	u32 how = SCST_HOW_LIST | (cdb[1] & 1 ? SCST_HOW_LONG_LIST : 0);
	struct scst_sense sense = { 0 };
	struct scst_format want;

	if (!scst_format_check(lu, how, list, len, &want, &sense)) {
		must_point_inside(&sense, len);
		return;
	}
	must(want.pattern_len <= 1u << lu->block_shift);
	must(!want.pattern_len || (want.pattern > list &&
				   want.pattern + want.pattern_len == list + len));
}

static void log_select(u32 len, const u8 *cdb, const struct scst_lu *lu)
{
	static const struct scst_log log;
	const struct scst_view view = { .lu = lu, .log = &log };
	struct scst_sense sense = { 0 };
	bool reset;

	if (scst_log_select(&view, cdb, len, &reset, &sense))
		must(!len);
	else
		must_point_inside(&sense, len);
}

/* What is read from a file can be written, and read again with nothing dropped. */
static void saved(const u8 *data, u32 len, const struct scst_lu *lu)
{
	u8 buf[SCST_SAVED_MAX];
	struct scst_reply out = { .buf = buf, .size = sizeof(buf) };
	struct scst_saved saved = { 0 }, again;
	unsigned int dropped;

	if (!scst_saved_decode(lu, data, len, &saved, &dropped))
		return;
	must_be_valid_info(saved.info);
	scst_saved_encode(lu, &saved, &out);
	must(out.len <= sizeof(buf));
	must(scst_saved_decode(lu, buf, out.len, &again, &dropped) && !dropped);
}


/* Defaults are values that MODE SELECT would take. */
static void legalize(struct scst_mode *mode)
{
	unsigned int i;

	for (i = 0; i < sizeof(*mode); i++)
		((u8 *)mode)[i] &= 1;
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size);

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	struct input in = { data, size };
	u8 what = take_u8(&in), flags = take_u8(&in);
	u8 cdb[16];
	struct scst_lu lu;
	u8 *list;

	/* First what the outcome hangs on: short inputs, which libFuzzer begins with, get far. */
	take_bytes(&in, cdb, sizeof(cdb));
	cdb[0] = 0x3b;		/* the one that is looked at: WRITE BUFFER */
	cdb[1] &= 0x1f;
	take_lu(&in, &lu);
	legalize(&lu.mode_default);
	if (flags & 1)
		lu.nblocks &= 0xff;
	list = take_rest(&in);
	switch (what % 7) {
	case 0: unmap(list, in.left, &lu); break;
	case 1: set_info(list, in.left, cdb); break;
	case 2: set_timestamp(list, in.left); break;
	case 3: write_buffer(list, in.left, cdb); break;
	case 4:
		send_diagnostic(cdb);
		format(list, in.left, cdb, &lu);
		break;
	case 5: log_select(in.left, cdb, &lu); break;
	case 6: saved(list, in.left, &lu); break;
	}
	free(list);
	return 0;
}
