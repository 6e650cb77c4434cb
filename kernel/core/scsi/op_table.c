// SPDX-License-Identifier: GPL-2.0
/*
 * The tables that op_rows.h turns into: what every command reads, what is read seldom, and the
 * first row of each opcode.
 */
#include <linux/kernel.h>
#include <linux/stddef.h>

#include <scst/scst.h>

#include "op_table.h"

enum row_id {
#define OP(id, name, time, opcode, ...)			ROW_##id,
#define OP_SA(id, name, time, opcode, action, ...)	ROW_##id,
#define ALSO_SA(id, name, time, opcode, action, ...)	ROW_##id,
#include "op_rows.h"
#undef OP
#undef OP_SA
#undef ALSO_SA
	NR_ROWS,
};

const struct scst_op scst_ops[NR_ROWS] = {
#define OP(id, name, time, code, ...)							\
	[ROW_##id] = { .opcode = code, .sa = SCST_SA_NONE, __VA_ARGS__ },
#define OP_SA(id, name, time, code, action, ...)					\
	[ROW_##id] = { .opcode = code, .sa = action, __VA_ARGS__ },
#define ALSO_SA OP_SA
#include "op_rows.h"
#undef OP
#undef OP_SA
#undef ALSO_SA
};

/* Command timeouts descriptors, in seconds. */
#define TIME_SHORT	.nominal_s = 1,	 .recommended_s = 10
#define TIME_REGULAR	.nominal_s = 1,	 .recommended_s = 60
#define TIME_LONG	.nominal_s = 10, .recommended_s = 3600

const struct scst_op_cold scst_ops_cold[NR_ROWS] = {
#define OP(id, cmd, time, ...)		[ROW_##id] = { .name = cmd, TIME_##time },
#define OP_SA OP
#define ALSO_SA OP
#include "op_rows.h"
#undef OP
#undef OP_SA
#undef ALSO_SA
};

const unsigned int scst_ops_nr = NR_ROWS;

/* One more than the row where the service actions of an opcode begin; 0: no such opcode. */
const u8 scst_ops_first[256] = {
#define OP(id, name, time, opcode, ...)		[opcode] = ROW_##id + 1,
#define OP_SA OP
#define ALSO_SA(...)
#include "op_rows.h"
#undef OP
#undef OP_SA
#undef ALSO_SA
};

static_assert(NR_ROWS < 256, "scst_ops_first is u8");
static_assert(sizeof(struct scst_op) == 32, "two rows to a cache line");
