// SPDX-License-Identifier: GPL-2.0
/*
 * READ BUFFER and WRITE BUFFER, of SPC-5: a data buffer (number 0) and an echo buffer, which
 * exercise the path to the logical unit. No microcode, no error history.
 */
#include <linux/kernel.h>
#include <linux/string.h>
#include <linux/unaligned.h>

#include "respond.h"

enum buffer_mode {
	MODE_DATA		= 0x02,
	MODE_DESCRIPTOR		= 0x03,
	MODE_ECHO		= 0x0a,
	MODE_ECHO_DESCRIPTOR	= 0x0b,
};

enum {
	OPCODE_READ_BUFFER_16	= 0x9b,
	MODE_MASK		= 0x1f,
	EBOS			= 0x01,		/* one nexus does not overwrite another's */
};

struct request {
	u8 mode;
	u8 id;
	u64 offset;
	u8 id_at, offset_at;
};

static struct request parse_request(const u8 *cdb)
{
	if (cdb[0] == OPCODE_READ_BUFFER_16)
		return (struct request) {
			.mode = cdb[1] & MODE_MASK, .id = cdb[14], .id_at = 14,
			.offset = get_unaligned_be64(cdb + 2), .offset_at = 2,
		};
	return (struct request) {
		.mode = cdb[1] & MODE_MASK, .id = cdb[2], .id_at = 2,
		.offset = get_unaligned_be24(cdb + 3), .offset_at = 3,
	};
}

static bool check_data(const struct request *req, struct scst_sense *sense)
{
	if (req->id)
		return refuse_cdb(sense, req->id_at, -1);
	if (req->offset >= SCST_BUFFER_SIZE)
		return refuse_cdb(sense, req->offset_at, -1);
	return true;
}

/* A buffer that is not there has no size; ours takes any offset. */
static void reply_descriptor(const struct request *req, struct scst_reply *reply)
{
	reply_be32(reply, req->id ? 0 : SCST_BUFFER_SIZE);
}

static void reply_data(const struct scst_buffer *buffer, u32 offset, struct scst_reply *reply)
{
	if (buffer)
		reply_bytes(reply, buffer->data + offset, SCST_BUFFER_SIZE - offset);
	else
		reply_zeros(reply, SCST_BUFFER_SIZE - offset);
}

bool scst_respond_read_buffer(const struct scst_view *view, const u8 *cdb,
			      struct scst_reply *reply, struct scst_sense *sense)
{
	struct request req = parse_request(cdb);

	switch (req.mode) {
	case MODE_DATA:
		if (!check_data(&req, sense))
			return false;
		reply_data(view->buffer, req.offset, reply);
		return true;
	case MODE_DESCRIPTOR:
		reply_descriptor(&req, reply);
		return true;
	case MODE_ECHO:
		if (!view->buffer || !view->buffer->echo_len)
			return refuse(sense, SCST_SENSE_COMMAND_SEQUENCE);
		reply_bytes(reply, view->buffer->echo, view->buffer->echo_len);
		return true;
	case MODE_ECHO_DESCRIPTOR:
		reply_be32(reply, EBOS << 24 | SCST_BUFFER_SIZE);
		return true;
	}
	return refuse_cdb(sense, 1, 4);
}

bool scst_write_buffer(const u8 *cdb, const u8 *list, u32 len, struct scst_buffer *buffer,
		       struct scst_sense *sense)
{
	struct request req = parse_request(cdb);

	switch (req.mode) {
	case MODE_DATA:
		if (!check_data(&req, sense))
			return false;
		if (len > SCST_BUFFER_SIZE - req.offset)
			return refuse_cdb(sense, 6, -1);
		memcpy(buffer->data + req.offset, list, len);
		return true;
	case MODE_ECHO:
		if (len > SCST_BUFFER_SIZE)
			return refuse_cdb(sense, 6, -1);
		memcpy(buffer->echo, list, len);
		buffer->echo_len = len;
		return true;
	}
	return refuse_cdb(sense, 1, 4);
}
