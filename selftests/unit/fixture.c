// SPDX-License-Identifier: GPL-2.0-only
#include "fixture.h"

const struct scst_port fixture_port = {
	.rel_tgt_id		= 0x1234,
	.protocol		= 5,
	.transport_version	= 0x0960,
	.target_name		= "iqn.2026-01.example:disk",
	.port_name		= "iqn.2026-01.example:disk,t,0x0001",
};

static const struct scst_mode defaults = { .tst = 1, .queue_alg = 1, .wce = 1 };

struct scst_lu fixture_disk(void)
{
	return (struct scst_lu) {
		.nblocks = 2097152,
		.opt_trans_len = 524288,
		.max_trans_len = 8 << 20,
		.max_unmap_blocks = 0x10000,
		.max_unmap_descs = 64,
		.unmap_gran = 8,
		.max_write_same = 0x8000,
		.atomic_max = 128,
		.atomic_align = 8,
		.type = 0x00,
		.block_shift = 9,
		.lb_per_pb_exp = 3,
		.lbp_set_exp = 11,
		.lbp_threshold = 5,
		.lbp_available = 8 << 11,
		.lbp_used = 9 << 11,
		.thin = true,
		.unmap_zeroes = true,
		.write_cache = true,
		.tst = 1,
		.queue_alg = 1,
		.mode_default = defaults,
		.mode_saved = defaults,
		.mode_changeable = { .d_sense = 0xff, .queue_alg = 0xff, .qerr = 0xff,
				     .swp = 0xff, .tas = 0xff, .wce = 0xff },
		.mode_can_save = true,
		.vendor = "SCST_FIO",
		.product = "disk1",
		.revision = "001",
		.t10_dev_id = "0123abcd-disk1",
		.usn = "0123abcd",
		.naa_id = { 0x60, 0x01, 0x40, 0x52, 0x53, 0x54, 0x55, 0x56,
			    0x57, 0x58, 0x59, 0x5a, 0x5b, 0x5c, 0x5d, 0x5e },
		.naa_id_len = 16,
		.eui64_id = { 0x00, 0x14, 0x05, 0x01, 0x02, 0x03, 0x04, 0x05 },
		.eui64_id_len = 8,
		.verbs = ALL_VERBS,
	};
}

struct scst_lu fixture_cdrom(void)
{
	return (struct scst_lu) {
		.nblocks = 332800,
		.type = 0x05,
		.block_shift = 11,
		.removable = true,
		.read_only = true,
		.tst = 1,
		.queue_alg = 1,
		.vendor = "SCST_FIO",
		.product = "cd",
		.revision = "001",
		.usn = "cd0",
		.verbs = BIT(SCST_VERB_READ),
	};
}

struct scst_view fixture_view(const struct scst_lu *lu)
{
	static const u16 luns[] = { 0, 5, 300 };

	return (struct scst_view) {
		.lu = lu,
		.port = &fixture_port,
		.luns = luns,
		.nr_luns = ARRAY_SIZE(luns),
	};
}

static const struct scst_op *find(const u8 *cdb)
{
	struct scst_field bad = { 0 };
	const struct scst_op *op;
	bool unknown_sa;

	op = scst_op_find(cdb, &unknown_sa);
	assert_non_null(op);
	if (!scst_cdb_check(op, cdb, &bad))
		fail_msg("opcode %02xh: bit %d of byte %u is reserved", cdb[0], bad.bit, bad.byte);
	return op;
}

struct answer ask(const struct scst_view *view, const u8 *cdb)
{
	struct answer a = { 0 };
	struct scst_reply reply = { .buf = a.data, .size = sizeof(a.data) };

	a.ok = scst_respond(find(cdb), view, cdb, &reply, &a.sense);
	a.len = reply.len;
	if (a.ok)
		assert_in_range(a.len, 1, sizeof(a.data));
	return a;
}

struct answer ask_sized(const struct scst_view *view, const u8 *cdb, u32 size)
{
	struct answer a = { 0 };
	struct scst_reply reply = { .size = size };

	assert_in_range(size, 0, sizeof(a.data));
	reply.buf = malloc(size ? size : 1);
	assert_non_null(reply.buf);
	a.ok = scst_respond(find(cdb), view, cdb, &reply, &a.sense);
	a.len = reply.len;
	memcpy(a.data, reply.buf, size < reply.len ? size : reply.len);
	free(reply.buf);
	return a;
}
