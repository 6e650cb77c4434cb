/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Writing a data-in buffer from its first byte to its last. What does not fit is counted and
 * dropped, so a builder needs no size checks, and reply->len is what the initiator would get if it
 * had asked for enough: the number that every length field wants.
 */
#ifndef _SCST_SCSI_REPLY_H
#define _SCST_SCSI_REPLY_H

#include <linux/types.h>

#include "answer.h"

static inline void reply_u8(struct scst_reply *r, u8 v)
{
	if (r->len < r->size)
		r->buf[r->len] = v;
	r->len++;
}

static inline void reply_be16(struct scst_reply *r, u16 v)
{
	reply_u8(r, v >> 8);
	reply_u8(r, v);
}

static inline void reply_be32(struct scst_reply *r, u32 v)
{
	reply_be16(r, v >> 16);
	reply_be16(r, v);
}

static inline void reply_be64(struct scst_reply *r, u64 v)
{
	reply_be32(r, v >> 32);
	reply_be32(r, v);
}

static inline void reply_zeros(struct scst_reply *r, unsigned int n)
{
	while (n--)
		reply_u8(r, 0);
}

static inline void reply_bytes(struct scst_reply *r, const u8 *bytes, unsigned int n)
{
	while (n--)
		reply_u8(r, *bytes++);
}

/* @s, left aligned and filled with spaces to @width: the ASCII fields of SPC-5 4.3.1. */
static inline void reply_ascii(struct scst_reply *r, const char *s, unsigned int width)
{
	for (; width; width--)
		reply_u8(r, *s ? (u8)*s++ : ' ');
}

/* Fill in, afterwards, a length field that stands at @at. */
static inline void reply_set_u8(struct scst_reply *r, u32 at, u8 v)
{
	if (at < r->size)
		r->buf[at] = v;
}

static inline void reply_set_be16(struct scst_reply *r, u32 at, u16 v)
{
	reply_set_u8(r, at, v >> 8);
	reply_set_u8(r, at + 1, v);
}

static inline void reply_set_be32(struct scst_reply *r, u32 at, u32 v)
{
	reply_set_be16(r, at, v >> 16);
	reply_set_be16(r, at + 2, v);
}

#endif
