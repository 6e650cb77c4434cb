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
#define OP(id, ...)	ROW_##id,
#define OP_SA OP
#define ALSO_SA OP
#include "op_rows.h"
#undef OP
#undef OP_SA
#undef ALSO_SA
	NR_ROWS,
};

/* Target port group states. */
#define STATES_ACTIVE	SCST_ALUA_ACTIVE
#define STATES_STANDBY	(SCST_ALUA_ACTIVE | SCST_ALUA_STANDBY)
#define STATES_ANY	SCST_ALUA_ALL

const struct scst_op scst_ops[NR_ROWS] = {
#define OP_SA(id, name, time, opq, states, code, action, ...)				\
	[ROW_##id] = { .opcode = code, .sa = action, .opaque = SCST_OPAQUE_##opq,	\
		       .alua = STATES_##states, __VA_ARGS__ },
#define OP(id, name, time, opq, states, code, ...)					\
	OP_SA(id, name, time, opq, states, code, SCST_SA_NONE, __VA_ARGS__)
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
#define OP(id, name, time, opaque, states, opcode, ...)	[opcode] = ROW_##id + 1,
#define OP_SA OP
#define ALSO_SA(...)
#include "op_rows.h"
#undef OP
#undef OP_SA
#undef ALSO_SA
};

static_assert(NR_ROWS <= SCST_OPS_MAX, "rows are counted in a byte");
static_assert(offsetof(struct scst_op, usage) <= 24, "what is not the mask is to stay small");
