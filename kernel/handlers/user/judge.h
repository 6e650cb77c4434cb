/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What programs say, judged: no locks, no allocation, so that it builds in user space too
 * (selftests/unit/user). What is judged here is a copy which the program cannot change any more.
 */
#ifndef _SCST_USER_JUDGE_H
#define _SCST_USER_JUDGE_H

#include <linux/types.h>
#include <scst/scsi/sense.h>
#include <scst/user.h>

/* Everything of @add but its name. Return: the field that is wrong, or NULL. */
const char *user_add_wrong(const struct scst_user_add *add);
/* ... and of what the next program says, against what the first one said; it has @nblocks now. */
const char *user_attach_wrong(const struct scst_user_add *add, const struct scst_user_add *first,
			      u64 nblocks);
/* May a device have so many blocks? */
bool user_size_fits(u64 nblocks, u32 block_size);

/* May @name be taken by user @uid, who is no administrator? */
bool user_name_is_of(const char *name, u32 uid);

/*
 * Is @io an answer to @desc? In CDB mode with @sense, SCST_USER_SENSE_MAX bytes, of which so many
 * count as it says itself.
 */
bool user_answer_fits(const struct scst_user_io *io, const struct scst_user_desc *desc,
		      const u8 *sense);
/* ... then, in CDB mode and not below 0, it says: */
static inline u8 user_status(const struct scst_user_io *io)
{
	return io->result;
}

static inline u32 user_sense_len(const struct scst_user_io *io)
{
	return (u32)io->result >> 8;
}

/* What the initiator is told of -@result; NONE: BUSY. */
enum scst_sense_id user_sense_of(s32 result, enum scst_user_op op);

/* What a user has, wants, or may have. */
struct user_amount {
	u32 devices;
	u32 mib;
	u32 tags;
};

/* @has becomes more by @more, unless it is above @limit then, or more than can be counted. */
bool user_amount_add(struct user_amount *has, const struct user_amount *more,
		     const struct user_amount *limit);
void user_amount_sub(struct user_amount *has, const struct user_amount *less);
bool user_amount_is_zero(const struct user_amount *has);

static inline u32 user_tags(const struct scst_user_add *add)
{
	return (u32)add->nr_queues * add->depth;
}

/* Bytes of memory. The program maps both as whole pages. */
static inline size_t user_descs_size(const struct scst_user_add *add)
{
	return (size_t)user_tags(add) * sizeof(struct scst_user_desc);
}

static inline size_t user_sense_at(const struct scst_user_add *add)
{
	return (size_t)user_tags(add) * add->max_bytes;
}

/* Whole pages of @page bytes: what is mapped is nobody else's to its end. */
static inline size_t user_arena_size(const struct scst_user_add *add, size_t page)
{
	size_t size = user_sense_at(add);

	if (add->flags & SCST_USER_CDB_MODE)
		size += (size_t)user_tags(add) * SCST_USER_SENSE_ROOM;
	return (size + page - 1) / page * page;
}

#endif
