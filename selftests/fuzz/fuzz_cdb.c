// SPDX-License-Identifier: GPL-2.0-only
/*
 * Any CDB to any logical unit, with any room for the answer: find, check, parse, respond. A refusal
 * has sense data; an answer does not depend on the room there was; nothing is written past the
 * room.
 */
#include "fuzz_input.h"
#include "respond.h"
#include "../unit/standard_fields.h"

static void must_be_valid_sense(const struct scst_sense *sense)
{
	u8 buf[SCST_SENSE_ENCODED_MAX];

	must(sense->id && sense->id < SCST_SENSE_MAX);
	must(scst_sense_encode(sense, false, buf, sizeof(buf)) == 18);
	must(scst_sense_encode(sense, true, buf, sizeof(buf)) <= sizeof(buf));
}

/* The one field that is refused whole is ADDITIONAL CDB LENGTH. */
static void must_be_set_bit(const struct scst_op *op, const u8 *cdb, struct scst_field bad)
{
	if (op->flags & SCST_OP_LONG && bad.byte == 7 && bad.bit < 0)
		return;
	must(bad.byte < max_t(unsigned int, op->len, 16) && bad.bit >= 0 && bad.bit < 8);
	must(cdb[bad.byte] & BIT(bad.bit));
}

/* What there was room for is the beginning of the whole. */
static void must_be_prefix(const struct scst_op *op, const struct scst_view *view, const u8 *cdb,
			   const struct scst_reply *part)
{
	struct scst_reply whole = { .size = part->len };
	struct scst_sense sense = { 0 };

	whole.buf = malloc(whole.size);
	must(whole.buf);
	must(scst_respond(op, view, cdb, &whole, &sense));
	must(whole.len == part->len);
	must(!memcmp(whole.buf, part->buf, part->len < part->size ? part->len : part->size));
	free(whole.buf);
}

static void respond(const struct scst_op *op, const struct scst_view *view, const u8 *cdb, u32 size)
{
	struct scst_reply reply = { .size = size }, none = { 0 };
	struct scst_sense sense = { 0 };

	reply.buf = malloc(size ? size : 1);
	must(reply.buf);
	if (scst_respond(op, view, cdb, &reply, &sense)) {
		must(scst_respond(op, view, cdb, &none, &sense));
		must(none.len == reply.len && reply.len && reply.len <= scst_data_max(op));
		must_be_prefix(op, view, cdb, &reply);
	} else {
		must_be_valid_sense(&sense);
		must(!scst_respond(op, view, cdb, &none, &sense));
	}
	free(reply.buf);
}

/* What passes lies inside, wherever the additions overflow. */
static void check_range(const struct scst_op *op, const struct scst_lu *lu,
			const struct scst_cdb *params)
{
	struct scst_sense sense = { 0 };

	if (!lu || lu->nblocks > 1ull << 50)
		return;
	if (!scst_cdb_check_range(op, lu, lu->nblocks, params, &sense)) {
		must_be_valid_sense(&sense);
		return;
	}
	must(params->lba <= lu->nblocks && params->lba + params->nblocks <= lu->nblocks);
	must((u64)params->data_blocks << lu->block_shift <= 0xffffffff);
}

/* What the standard has at these bits, whatever the core thinks of them. */
static u64 value_of(const struct field *field, const u8 *cdb)
{
	u64 value = 0;

	for (unsigned int bit = field->first; bit <= field->last; bit++)
		value = value << 1 | get_bit(cdb, bit);
	return value;
}

/* A second decoder: LBA and lengths, by the tables that were typed from the standards. */
static void must_be_decoded(const struct standard_cdb *standard, const u8 *cdb,
			    const struct scst_cdb *out)
{
	const char *text = standard->fields;
	struct field field;

	while (next_field(&text, &field)) {
		u64 value = field.needed ? value_of(&field, cdb) : 0;

		if (!field.needed)
			continue;
		/* of READ(6) and WRITE(6): SBC-4, "a TRANSFER LENGTH field set to zero" */
		if (!is_lba(&field) && standard->len == 6 && standard->opcode & 0x08 &&
		    standard->opcode < 0x10 && !value)
			value = 256;
		must(is_lba(&field) ? out->lba == value : (u64)out->nblocks + out->len == value);
	}
}

static void check_decoding(const struct scst_op *op, const u8 *cdb, const struct scst_cdb *out)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(standard_cdbs); i++)
		if (standard_cdbs[i].opcode == op->opcode && standard_cdbs[i].sa == op->sa) {
			must_be_decoded(&standard_cdbs[i], cdb, out);
			return;
		}
	must(false);
}

static void run(const struct scst_view *view, const u8 *cdb, u32 size)
{
	struct scst_field bad;
	const struct scst_op *op;
	struct scst_cdb out;
	bool unknown_sa;

	op = scst_op_find(cdb, &unknown_sa);
	if (!op)
		return;
	must(!unknown_sa && op->opcode == cdb[0]);
	if (!scst_cdb_check(op, cdb, &bad)) {
		must_be_set_bit(op, cdb, bad);
		return;
	}
	scst_cdb_parse(op, cdb, &out);
	check_decoding(op, cdb, &out);
	must(!out.nblocks || !out.len);
	must(out.data_blocks <= 2 * (u64)out.nblocks + 1);
	check_range(op, view->lu, &out);
	if (op->exec && scst_op_supported(op, view->lu) && op->exec != SCST_EXEC_TEST_UNIT_READY)
		respond(op, view, cdb, size);
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size);

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	struct input in = { data, size };
	struct scst_port port = { 0 };
	struct scst_sense ua = { 0 };
	static struct scst_buffer buffer;
	struct scst_log log;
	u8 cdb[32] __attribute__((aligned(8)));
	u8 flags = take_u8(&in);
	char name[SCST_NAME_LEN];
	u16 luns[4] = { 0, 1, 256, 16383 };
	struct scst_lu lu;
	struct scst_view view = { .port = &port, .luns = luns };
	u32 room;

	take_cdb(&in, cdb);
	room = take_u8(&in) * 8;
	take_lu(&in, &lu);
	port.rel_tgt_id = take_u64(&in);
	port.protocol = take_u8(&in) % 16;
	port.max_bytes = take_u64(&in);
	take_string(&in, name, sizeof(name));
	port.target_name = flags & 0x10 ? name : NULL;
	port.port_name = flags & 0x80 ? name : NULL;

	view.lu = flags & 0x20 ? NULL : &lu;
	view.nr_luns = flags & 0x03;
	view.addr_method = (flags >> 2 & 0x03) % 3;
	if (flags & 0x40) {
		ua.id = take_u8(&in) % SCST_SENSE_MAX;
		view.ua = &ua;
	}
	take_bytes(&in, &log, sizeof(log));
	view.log = flags & 0x80 ? &log : NULL;
	buffer.echo_len = take_u64(&in) % (SCST_BUFFER_SIZE + 1);
	view.buffer = flags & 0x08 ? &buffer : NULL;
	view.timestamp = take_u64(&in);
	run(&view, cdb, room);
	return 0;
}
