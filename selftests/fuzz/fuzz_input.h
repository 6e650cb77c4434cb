/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Turning a fuzzer's bytes into what the core would hand over: a CDB that is often well formed, and
 * a logical unit that keeps the promises a handler makes (strings end, lengths are legal), not
 * more.
 */
#ifndef _SCST_FUZZ_INPUT_H
#define _SCST_FUZZ_INPUT_H

#include <stdlib.h>
#include <string.h>

#include <linux/kernel.h>
#include <linux/types.h>
#include <linux/unaligned.h>

#include <scst/scst.h>

#include "answer.h"
#include "cdb.h"

struct input {
	const u8 *data;
	size_t left;
};

static inline u8 take_u8(struct input *in)
{
	if (!in->left)
		return 0;
	in->left--;
	return *in->data++;
}

static inline void take_bytes(struct input *in, void *to, size_t n)
{
	u8 *out = to;

	while (n--)
		*out++ = take_u8(in);
}

static inline u64 take_u64(struct input *in)
{
	u64 v;

	take_bytes(in, &v, sizeof(v));
	return v;
}

static inline void take_string(struct input *in, char *s, size_t size)
{
	take_bytes(in, s, size - 1);
	s[size - 1] = 0;
}

/* Three CDBs in four use only bits that the row allows. */
static inline void take_cdb(struct input *in, u8 *cdb)
{
	const struct scst_op *op = &scst_ops[take_u8(in) % scst_ops_nr];
	bool wild = take_u8(in) % 4 == 0;
	unsigned int i;

	take_bytes(in, cdb, 32);
	if (wild)
		return;
	for (i = 0; i < 32; i++)
		cdb[i] &= i < op->len || i < 16 ? scst_op_usage(op, i) : 0;
	cdb[0] = op->opcode;
	if (op->flags & SCST_OP_LONG) {
		cdb[7] = op->len - 8;
		put_unaligned_be16(op->sa, cdb + 8);
	} else if (op->sa != SCST_SA_NONE) {
		cdb[1] = (cdb[1] & ~0x1f) | op->sa;
	}
}

static inline void take_mode(struct input *in, struct scst_mode *mode)
{
	take_bytes(in, mode, sizeof(*mode));
}

/* All changeable where the fuzzer says nothing. */
static inline void take_mask(struct input *in, struct scst_mode *mask)
{
	unsigned int i;

	for (i = 0; i < sizeof(*mask); i++)
		((u8 *)mask)[i] = ~take_u8(in);
}

static inline void take_lu(struct input *in, struct scst_lu *lu)
{
	static const u8 types[] = { 0x00, 0x00, 0x00, 0x05, 0x07, 0x01, 0x08, 0x0c, 0x1f };
	static const u8 id_lens[] = { 0, 8, 16 };
	u8 flags = take_u8(in), more = take_u8(in);

	memset(lu, 0, sizeof(*lu));
	lu->nblocks = take_u64(in);
	lu->type = types[take_u8(in) % ARRAY_SIZE(types)];
	lu->block_shift = 9 + take_u8(in) % 8;
	lu->lb_per_pb_exp = take_u8(in) % 16;
	lu->removable = flags & 0x01;
	lu->read_only = flags & 0x02;
	lu->rotational = flags & 0x04;
	lu->thin = flags & 0x08;
	lu->write_cache = flags & 0x10;
	lu->dummy = flags & 0x20;
	lu->d_sense = flags & 0x40;
	lu->swp = flags & 0x80;
	lu->tas = more & 0x01;
	lu->unmap_zeroes = more & 0x02;
	lu->mode_can_save = more & 0x04;
	lu->tmf_only = more & 0x08;
	lu->dpicz = more & 0x10;
	lu->tst = take_u8(in) % 2;
	lu->queue_alg = take_u8(in) % 2;
	lu->qerr = take_u8(in) % 4;
	lu->lbp_set_exp = take_u8(in) % 64;
	lu->verbs = take_u64(in);
	lu->opt_trans_len = take_u64(in);
	lu->max_trans_len = take_u64(in);
	lu->max_unmap_blocks = take_u64(in);
	lu->max_unmap_descs = take_u64(in);
	lu->unmap_gran = take_u64(in);
	lu->max_write_same = take_u64(in);
	take_mode(in, &lu->mode_default);
	take_mode(in, &lu->mode_saved);
	take_mask(in, &lu->mode_changeable);
	take_string(in, lu->vendor, sizeof(lu->vendor));
	take_string(in, lu->product, sizeof(lu->product));
	take_string(in, lu->revision, sizeof(lu->revision));
	take_string(in, lu->t10_dev_id, sizeof(lu->t10_dev_id));
	take_string(in, lu->usn, sizeof(lu->usn));
	lu->naa_id_len = id_lens[take_u8(in) % ARRAY_SIZE(id_lens)];
	lu->eui64_id_len = id_lens[take_u8(in) % ARRAY_SIZE(id_lens)];
	take_bytes(in, lu->naa_id, sizeof(lu->naa_id));
	take_bytes(in, lu->eui64_id, sizeof(lu->eui64_id));
}

/* assert() is compiled out by NDEBUG; a fuzzer must never be. */
#define must(condition)		\
	do {			\
		if (!(condition)) \
			abort(); \
	} while (0)

static inline void must_point_inside(const struct scst_sense *sense, u32 len)
{
	must(sense->id && sense->id < SCST_SENSE_MAX);
	if (sense->id == SCST_SENSE_INVALID_FIELD_PARAM)
		must(sense->byte < len);
}

/* A heap block of just the size: ASan sees a read past the list. */
static inline u8 *take_rest(struct input *in)
{
	u8 *list = malloc(in->left ? in->left : 1);

	must(list);
	memcpy(list, in->data, in->left);
	return list;
}

#endif
