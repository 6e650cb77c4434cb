// SPDX-License-Identifier: GPL-2.0
/*
 * What programs say, judged: judge.h.
 */
#ifdef __KERNEL__
#include <linux/kernel.h>
#include <linux/string.h>
#else
#include <stdio.h>
#include <string.h>
#endif
#include <linux/errno.h>

#include "judge.h"

#define BIT_OF(op)	(1u << (op))

enum {
	TYPE_LAST	= 0x1e,		/* peripheral device types; 1Fh: unknown, or none */

	STATUS_GOOD	= 0x00,
	STATUS_CHECK	= 0x02,
	STATUS_MET	= 0x04,
	STATUS_BUSY	= 0x08,
	STATUS_CONFLICT	= 0x18,
	STATUS_FULL	= 0x28,
};

static bool is_zero(const u8 *bytes, size_t len)
{
	while (len)
		if (bytes[--len])
			return false;
	return true;
}

static bool is_block_size(u32 size)
{
	return size >= 512 && size <= 4096 && !(size & (size - 1));
}

static bool is_max_bytes(u32 bytes)
{
	return bytes && bytes <= SCST_USER_BYTES_MAX && bytes % SCST_USER_BYTES_MIN == 0;
}

static bool tags_fit(const struct scst_user_add *add)
{
	u32 tags = user_tags(add);

	return tags <= SCST_USER_TAGS_MAX && (u64)tags * add->max_bytes <= SCST_USER_ARENA_MAX;
}

/* Who only reads is not asked to write; unmapping and the like are writing. */
static bool are_ops(const struct scst_user_add *add)
{
	const u32 reading = BIT_OF(SCST_USER_READ) | BIT_OF(SCST_USER_VERIFY);

	if (add->ops >= BIT_OF(SCST_USER_OP_MAX) || !(add->ops & BIT_OF(SCST_USER_READ)))
		return false;
	if (add->flags & SCST_USER_READ_ONLY)
		return !(add->ops & ~reading);
	if (!(add->ops & BIT_OF(SCST_USER_WRITE)))
		return false;
	return !(add->flags & SCST_USER_WRITE_CACHE) || add->ops & BIT_OF(SCST_USER_FLUSH);
}

bool user_size_fits(u64 nblocks, u32 block_size)
{
	return nblocks && nblocks <= (~0ull >> 1) / block_size;
}

/* What both say. */
static const char *shape_wrong(const struct scst_user_add *add)
{
	if (add->size != sizeof(*add))
		return "size";
	if (!is_zero(add->reserved, sizeof(add->reserved)))
		return "reserved";
	if (strnlen(add->name, sizeof(add->name)) == sizeof(add->name))
		return "name";
	if (!is_max_bytes(add->max_bytes))
		return "max_bytes";
	if (!add->nr_queues || add->nr_queues > SCST_USER_QUEUES_MAX)
		return "nr_queues";
	if (!add->depth || add->depth > SCST_USER_DEPTH_MAX || !tags_fit(add))
		return "depth";
	return NULL;
}

static const char *disk_wrong(const struct scst_user_add *add)
{
	if (add->flags & ~SCST_USER_ADD_FLAGS)
		return "flags";
	if (add->type)
		return "type";
	if (!is_block_size(add->block_size))
		return "block_size";
	if (!user_size_fits(add->nblocks, add->block_size))
		return "nblocks";
	return are_ops(add) ? NULL : "ops";
}

static const char *cdb_mode_wrong(const struct scst_user_add *add)
{
	if (add->flags & ~SCST_USER_CDB_FLAGS)
		return "flags";
	if (add->flags & SCST_USER_TAKES_AGAIN && !(add->flags & SCST_USER_KEEPS_STATE))
		return "flags";
	if (add->type > TYPE_LAST)
		return "type";
	if (add->block_size > SCST_USER_BYTES_MAX)
		return "block_size";
	if (add->nblocks)
		return "nblocks";
	return add->ops ? "ops" : NULL;
}

const char *user_add_wrong(const struct scst_user_add *add)
{
	const char *wrong = shape_wrong(add);

	if (wrong)
		return wrong;
	if (!is_zero(add->token, sizeof(add->token)))
		return "token";
	if (add->recover_s > SCST_USER_RECOVER_MAX)
		return "recover_s";
	return add->flags & SCST_USER_CDB_MODE ? cdb_mode_wrong(add) : disk_wrong(add);
}

const char *user_attach_wrong(const struct scst_user_add *add, const struct scst_user_add *first,
			      u64 nblocks)
{
	const char *wrong = shape_wrong(add);

	if (wrong)
		return wrong;
	if (add->flags != first->flags)
		return "flags";
	if (add->type != first->type)
		return "type";
	if (add->block_size != first->block_size && !(first->flags & SCST_USER_CDB_MODE))
		return "block_size";
	if (add->max_bytes < first->max_bytes)
		return "max_bytes";
	if (add->nblocks && add->nblocks != nblocks)
		return "nblocks";
	if (add->ops != first->ops)
		return "ops";
	if (add->recover_s != first->recover_s)
		return "recover_s";
	return NULL;
}

bool user_name_is_of(const char *name, u32 uid)
{
	char prefix[16];
	int len = snprintf(prefix, sizeof(prefix), "u%u.", uid);

	return !strncmp(name, prefix, len) && name[len];
}

/* Bytes that were compared, and therefore may differ. */
static u32 compared(const struct scst_user_desc *desc)
{
	if (desc->op == SCST_USER_COMPARE_WRITE)
		return desc->len / 2;
	if (desc->op != SCST_USER_VERIFY)
		return 0;
	if (desc->flags & SCST_USER_SAME)
		return ~0u;		/* any of all blocks */
	return desc->flags & SCST_USER_COMPARE ? desc->len : 0;
}

static bool moves_data(u8 status)
{
	return status == STATUS_GOOD || status == STATUS_CHECK;
}

static bool is_status(u8 status)
{
	return moves_data(status) || status == STATUS_MET || status == STATUS_BUSY ||
	       status == STATUS_CONFLICT || status == STATUS_FULL;
}

/* A failure without sense data would be one that nobody could tell from another. */
static bool cdb_answer_fits(const struct scst_user_io *io, const struct scst_user_desc *desc,
			    const u8 *sense)
{
	u8 status = user_status(io);
	struct scst_sense unused;

	if (io->result < 0)
		return !io->moved;
	if (!is_status(status) || io->moved > (moves_data(status) ? desc->len : 0))
		return false;
	if (status != STATUS_CHECK)
		return !user_sense_len(io);
	return user_sense_len(io) <= SCST_USER_SENSE_MAX &&
	       scst_sense_parse(sense, user_sense_len(io), &unused);
}

bool user_answer_fits(const struct scst_user_io *io, const struct scst_user_desc *desc,
		      const u8 *sense)
{
	if (io->seq != desc->seq || io->result < -4095)
		return false;
	if (desc->op == SCST_USER_CDB)
		return cdb_answer_fits(io, desc, sense);
	if (io->result > 0)
		return false;
	if (io->result == -EILSEQ)
		return io->moved < compared(desc);
	if (io->result)
		return !io->moved;
	return io->moved == (desc->op == SCST_USER_READ ? desc->len : 0);
}

static const struct {
	u16 err;
	u8 id;			/* enum scst_sense_id; NONE: BUSY */
} rows[] = {
	{ EAGAIN,	SCST_SENSE_NONE			},
	{ ENOMEM,	SCST_SENSE_NONE			},
	{ EBUSY,	SCST_SENSE_NONE			},
	{ EILSEQ,	SCST_SENSE_MISCOMPARE		},
	{ ENOSPC,	SCST_SENSE_SPACE_ALLOCATION	},
	{ EDQUOT,	SCST_SENSE_SPACE_ALLOCATION	},
	{ EROFS,	SCST_SENSE_WRITE_PROTECTED	},
	{ ENODEV,	SCST_SENSE_LU_NOT_READY		},
	{ ENXIO,	SCST_SENSE_LU_NOT_READY		},
	{ ENOTCONN,	SCST_SENSE_LU_NOT_READY		},
	{ ENOMEDIUM,	SCST_SENSE_NO_MEDIUM		},
	{ EOPNOTSUPP,	SCST_SENSE_INTERNAL_FAILURE	},
	{ EINVAL,	SCST_SENSE_INTERNAL_FAILURE	},
};

enum scst_sense_id user_sense_of(s32 result, enum scst_user_op op)
{
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (rows[i].err == -result)
			return rows[i].id;
	if (op == SCST_USER_CDB)
		return SCST_SENSE_INTERNAL_FAILURE;
	return op == SCST_USER_READ || op == SCST_USER_VERIFY ? SCST_SENSE_READ_ERROR :
								SCST_SENSE_WRITE_FAULT;
}

static bool fits(u32 has, u32 more, u32 limit)
{
	return has <= limit && more <= limit - has;
}

/* What is not asked for may be above its limit, which was another one before. */
bool user_amount_add(struct user_amount *has, const struct user_amount *more,
		     const struct user_amount *limit)
{
	if ((more->devices && !fits(has->devices, more->devices, limit->devices)) ||
	    (more->mib && !fits(has->mib, more->mib, limit->mib)) ||
	    (more->tags && !fits(has->tags, more->tags, limit->tags)))
		return false;
	has->devices += more->devices;
	has->mib += more->mib;
	has->tags += more->tags;
	return true;
}

void user_amount_sub(struct user_amount *has, const struct user_amount *less)
{
	has->devices -= less->devices;
	has->mib -= less->mib;
	has->tags -= less->tags;
}

bool user_amount_is_zero(const struct user_amount *has)
{
	return !has->devices && !has->mib && !has->tags;
}
