// SPDX-License-Identifier: GPL-2.0-only
/*
 * tape NAME MIB FILE: a tape in a file (tapefile.h), for mt(1) and tar(1): a device in CDB mode.
 * FILE.token has what the next program needs.
 *
 *	tape tape0 100 /var/tmp/tape &
 *	echo "add tape0 0" >/sys/kernel/scst_tgt/targets/scst_local/scst_local_tgt/luns/mgmt
 *	tar -cf /dev/nst0 /etc
 *
 * SIGTERM ends it and leaves the device for the next program, which begins with the tape rewound:
 * initiators are told. SIGINT deletes it.
 */
#include <scst-user.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#include "tapefile.h"

#define EARLY		(4 << 20)	/* the end is told when no more than this is left */

enum {
	NO_SENSE = 0, NOT_READY = 2, MEDIUM_ERROR = 3, ILLEGAL_REQUEST = 5, BLANK_CHECK = 8,
	VOLUME_OVERFLOW = 13,
	FILEMARK = 0x80, EOM = 0x40, ILI = 0x20,	/* in the byte of the key */

	FILEMARK_DETECTED = 0x0001, END_OF_MEDIUM = 0x0002, BEGINNING = 0x0004,
	END_OF_DATA = 0x0005, WRITE_ERROR = 0x0c00, UNREADABLE = 0x3000,
	INVALID_OPCODE = 0x2000, INVALID_FIELD = 0x2400, INVALID_PARAMETER = 0x2600,
	LIST_LENGTH = 0x1a00, NO_SAVING = 0x3900, NO_MEDIUM = 0x3a00, REMOVAL_PREVENTED = 0x5302,
};

static struct scst_user *user;
static const char *name;
static off_t capacity;
static bool is_loaded = true;
static uint32_t block_size;	/* of FIXED; 0: there is none */
static volatile sig_atomic_t is_to_go;

static void end(int sig)
{
	is_to_go = sig == SIGINT;
	scst_user_stop(user);
}

static uint32_t be(const uint8_t *bytes, int nr)
{
	uint32_t n = 0;

	while (nr--)
		n = n << 8 | *bytes++;
	return n;
}

static void put_be(uint8_t *bytes, int nr, uint64_t n)
{
	while (nr--) {
		bytes[nr] = n;
		n >>= 8;
	}
}

/* Sense data with INFORMATION: what is left of what was asked for. */
static int stop_short(struct scst_user_cmd *cmd, uint8_t key, uint16_t asc, int32_t left)
{
	int status = scst_user_check(cmd, key, asc);

	cmd->sense[0] |= 0x80;
	put_be(cmd->sense + 3, 4, (uint32_t)left);
	return status;
}

static int refuse(struct scst_user_cmd *cmd, uint16_t asc)
{
	cmd->moved = 0;
	return scst_user_check(cmd, ILLEGAL_REQUEST, asc);
}

/* An answer of @len bytes, of which the initiator takes what it likes. */
static int answer(struct scst_user_cmd *cmd, const void *bytes, uint32_t len)
{
	cmd->moved = len < cmd->len ? len : cmd->len;
	memcpy(cmd->data, bytes, cmd->moved);
	return 0;
}

/* What stops the head where it looks for a block: the end, or what is no tape. */
static int stopped(struct scst_user_cmd *cmd, int why, int32_t left)
{
	if (why == IS_END)
		return stop_short(cmd, BLANK_CHECK, END_OF_DATA, left);
	return stop_short(cmd, MEDIUM_ERROR, UNREADABLE, left);
}

static int rewind_tape(struct scst_user_cmd *cmd)
{
	(void)cmd;
	tape_rewind();
	return 0;
}

/* Byte 1 of READ: blocks of one size; and what is too short, or too long, is no error. */
enum { FIXED = 0x01, SILI = 0x02 };

static int read_one(struct scst_user_cmd *cmd, uint32_t count)
{
	int len = tape_read(cmd->data, count);
	int32_t left = (int32_t)count - len;

	if (len == IS_FILEMARK)
		return stop_short(cmd, FILEMARK | NO_SENSE, FILEMARK_DETECTED, count);
	if (len < 0)
		return stopped(cmd, len, count);
	cmd->moved = left < 0 ? count : (uint32_t)len;
	if (!left || (cmd->cdb[1] & SILI && (left > 0 || !block_size)))
		return 0;
	return stop_short(cmd, ILI | NO_SENSE, 0, left);
}

static int read_fixed(struct scst_user_cmd *cmd, uint32_t count)
{
	uint32_t left;

	for (left = count; left; left--) {
		int len = tape_read((char *)cmd->data + cmd->moved, block_size);

		if (len == IS_FILEMARK)
			return stop_short(cmd, FILEMARK | NO_SENSE, FILEMARK_DETECTED, left);
		if (len < 0)
			return stopped(cmd, len, left);
		if ((uint32_t)len != block_size)
			return stop_short(cmd, ILI | NO_SENSE, 0, left);
		cmd->moved += block_size;
	}
	return 0;
}

/* What both READ and WRITE ask for may be more than there is room for, if it is another size. */
static bool fits(const struct scst_user_cmd *cmd, uint32_t count)
{
	if (!(cmd->cdb[1] & FIXED))
		return count == cmd->len;
	return block_size && (uint64_t)count * block_size == cmd->len;
}

static int read_tape(struct scst_user_cmd *cmd)
{
	uint32_t count = be(cmd->cdb + 2, 3);

	if (!fits(cmd, count) || (cmd->cdb[1] & (FIXED | SILI)) == (FIXED | SILI))
		return refuse(cmd, INVALID_FIELD);
	if (!count)
		return 0;
	return cmd->cdb[1] & FIXED ? read_fixed(cmd, count) : read_one(cmd, count);
}

static int write_failed(struct scst_user_cmd *cmd, uint32_t left)
{
	return stop_short(cmd, MEDIUM_ERROR, WRITE_ERROR, left);
}

/* What was written is there; but soon no more will be. */
static int written(struct scst_user_cmd *cmd)
{
	return at + EARLY < capacity ? 0 : stop_short(cmd, EOM | NO_SENSE, END_OF_MEDIUM, 0);
}

static int write_tape(struct scst_user_cmd *cmd)
{
	uint32_t count = be(cmd->cdb + 2, 3), len = cmd->cdb[1] & FIXED ? block_size : count;
	uint32_t blocks = cmd->cdb[1] & FIXED ? count : 1, left;
	const char *data = cmd->data;

	if (!fits(cmd, count))
		return refuse(cmd, INVALID_FIELD);
	if (!count)
		return 0;
	cmd->moved = 0;
	for (left = blocks; left; left--, data += len, cmd->moved += len) {
		uint32_t units = cmd->cdb[1] & FIXED ? left : count;

		if (at + room_of(len) > capacity)
			return stop_short(cmd, EOM | VOLUME_OVERFLOW, END_OF_MEDIUM, units);
		if (!tape_put(data, len))
			return write_failed(cmd, units);
	}
	return written(cmd);
}

/* They come last of all that belongs together: then it is durable. IMMED: it need not be yet. */
static int write_filemarks(struct scst_user_cmd *cmd)
{
	uint32_t left;

	if (cmd->cdb[1] & 0x02)		/* setmarks */
		return refuse(cmd, INVALID_FIELD);
	for (left = be(cmd->cdb + 2, 3); left; left--) {
		if (at + room_of(0) > capacity)
			return stop_short(cmd, EOM | VOLUME_OVERFLOW, END_OF_MEDIUM, left);
		if (!tape_put(NULL, 0))
			return write_failed(cmd, left);
	}
	if (!(cmd->cdb[1] & 0x01) && fdatasync(fd))
		return write_failed(cmd, 0);
	return written(cmd);
}

static int space_forward(struct scst_user_cmd *cmd, bool files, int32_t count)
{
	while (count) {
		int len = tape_here();

		if (len < 0)
			return stopped(cmd, len, count);
		tape_pass(len, 1);
		if (len == IS_FILEMARK && !files)
			return stop_short(cmd, FILEMARK | NO_SENSE, FILEMARK_DETECTED, count);
		count -= !files || len == IS_FILEMARK;
	}
	return 0;
}

static int space_back(struct scst_user_cmd *cmd, bool files, int32_t count)
{
	while (count) {
		int len = tape_before();

		if (len == IS_END)
			return stop_short(cmd, EOM | NO_SENSE, BEGINNING, count);
		if (len < 0)
			return stopped(cmd, len, count);
		tape_pass(len, -1);
		if (len == IS_FILEMARK && !files)
			return stop_short(cmd, FILEMARK | NO_SENSE, FILEMARK_DETECTED, count);
		count -= !files || len == IS_FILEMARK;
	}
	return 0;
}

static int space_to_end(struct scst_user_cmd *cmd)
{
	int len;

	while ((len = tape_here()) >= 0)
		tape_pass(len, 1);
	return len == IS_END ? 0 : stopped(cmd, len, 0);
}

static int space(struct scst_user_cmd *cmd)
{
	int32_t count = (int32_t)(be(cmd->cdb + 2, 3) << 8) >> 8;
	uint8_t code = cmd->cdb[1] & 0x0f;

	if (code == 3)
		return space_to_end(cmd);
	if (code > 1)
		return refuse(cmd, INVALID_FIELD);
	return count < 0 ? space_back(cmd, code, -count) : space_forward(cmd, code, count);
}

static int locate(struct scst_user_cmd *cmd)
{
	uint32_t where = be(cmd->cdb + 3, 4);

	if (cmd->cdb[1] & 0x02)		/* another partition */
		return refuse(cmd, INVALID_FIELD);
	if (where < number)
		tape_rewind();
	while (number < where) {
		int len = tape_here();

		if (len < 0)
			return stopped(cmd, len, 0);
		tape_pass(len, 1);
	}
	return 0;
}

static int read_position(struct scst_user_cmd *cmd)
{
	uint8_t bytes[32] = { (at ? 0 : 0x80) | (at + EARLY < capacity ? 0 : 0x40) };

	switch (cmd->cdb[1] & 0x1f) {
	case 0:
		put_be(bytes + 4, 4, number);
		put_be(bytes + 8, 4, number);
		return answer(cmd, bytes, 20);
	case 6:
		put_be(bytes + 8, 8, number);
		put_be(bytes + 16, 8, file);
		return answer(cmd, bytes, 32);
	}
	return refuse(cmd, INVALID_FIELD);
}

static int read_block_limits(struct scst_user_cmd *cmd)
{
	uint8_t bytes[6] = { 0 };

	put_be(bytes + 1, 3, BLOCK_MAX);
	put_be(bytes + 4, 2, 1);
	return answer(cmd, bytes, sizeof(bytes));
}

enum { MODE_CONTROL = 0x0a, MODE_TAPE = 0x10, MODE_ALL = 0x3f };

/* Two pages, all zeros: nothing in them can be changed. */
static uint32_t put_pages(uint8_t *bytes, uint8_t page)
{
	uint32_t len = 0;

	if (page == MODE_CONTROL || page == MODE_ALL) {
		bytes[0] = MODE_CONTROL;
		bytes[1] = 10;
		len = 12;
	}
	if (page == MODE_TAPE || page == MODE_ALL) {
		bytes[len] = MODE_TAPE;
		bytes[len + 1] = 14;
		len += 16;
	}
	return len;
}

/* Header, descriptor of the blocks, pages. */
static int mode_sense(struct scst_user_cmd *cmd)
{
	bool is_10 = cmd->cdb[0] == 0x5a, has_desc = !(cmd->cdb[1] & 0x08);
	uint8_t bytes[8 + 8 + 12 + 16] = { 0 }, page = cmd->cdb[2] & 0x3f;
	uint32_t header = is_10 ? 8 : 4, len = header + 8 * has_desc;

	if (cmd->cdb[2] >> 6 == 3)
		return refuse(cmd, NO_SAVING);
	if (page && page != MODE_CONTROL && page != MODE_TAPE && page != MODE_ALL)
		return refuse(cmd, INVALID_FIELD);
	if (has_desc)
		put_be(bytes + header + 5, 3, block_size);
	len += put_pages(bytes + len, page);
	put_be(bytes, is_10 ? 2 : 1, len - (is_10 ? 2 : 1));
	bytes[is_10 ? 3 : 2] = 0x10;	/* buffered */
	bytes[is_10 ? 7 : 3] = 8 * has_desc;
	return answer(cmd, bytes, len);
}

static int mode_select(struct scst_user_cmd *cmd)
{
	uint32_t header = cmd->cdb[0] == 0x55 ? 8 : 4, len;
	const uint8_t *bytes = cmd->data;

	if (!cmd->len)
		return 0;
	if (cmd->len < header)
		return refuse(cmd, LIST_LENGTH);
	len = header == 8 ? be(bytes + 6, 2) : bytes[3];
	if (cmd->len < header + len)
		return refuse(cmd, LIST_LENGTH);
	if (cmd->len > header + len || (len && len != 8))
		return refuse(cmd, INVALID_PARAMETER);
	if (!len)
		return 0;
	len = be(bytes + header + 5, 3);
	if (len > BLOCK_MAX || scst_user_set_block_size(user, len))
		return refuse(cmd, INVALID_PARAMETER);
	block_size = len;
	return 0;
}

static int load_unload(struct scst_user_cmd *cmd)
{
	bool loads = cmd->cdb[4] & 0x01;

	if (!loads && cmd->flags & SCST_USER_LOCKED)
		return refuse(cmd, REMOVAL_PREVENTED);
	tape_rewind();
	is_loaded = loads;
	return fdatasync(fd) ? write_failed(cmd, 0) : 0;
}

static int inquiry(struct scst_user_cmd *cmd)
{
	static const uint8_t standard[36] = "\x01\x80\x05\x02\x1f\0\0\0"
					    "SCST_BPFTAPE IN A FILE  0001";
	static const uint8_t list[] = { 0x01, 0x00, 0, 3, 0x00, 0x80, 0x83 };
	uint8_t page[8 + 8 + SCST_USER_NAME_LEN] = { 0x01, cmd->cdb[2] };
	uint32_t len = strlen(name);

	if (!(cmd->cdb[1] & 0x01))
		return cmd->cdb[2] ? refuse(cmd, INVALID_FIELD) : answer(cmd, standard, 36);
	if (cmd->cdb[2] == 0x00)
		return answer(cmd, list, sizeof(list));
	if (cmd->cdb[2] == 0x80) {
		page[3] = len;
		memcpy(page + 4, name, len);
		return answer(cmd, page, 4 + len);
	}
	if (cmd->cdb[2] != 0x83)
		return refuse(cmd, INVALID_FIELD);
	page[3] = 4 + 8 + len;
	page[4] = 0x02;			/* ASCII */
	page[5] = 0x01;			/* of the unit: vendor, and what it likes */
	page[7] = 8 + len;
	memcpy(page + 8, "SCST_BPF", 8);
	memcpy(page + 16, name, len);
	return answer(cmd, page, 16 + len);
}

static int request_sense(struct scst_user_cmd *cmd)
{
	uint8_t bytes[18] = { 0x70, [7] = 10 };

	if (cmd->cdb[1] & 0x01)
		return refuse(cmd, INVALID_FIELD);
	if (!is_loaded) {
		bytes[2] = NOT_READY;
		put_be(bytes + 12, 2, NO_MEDIUM);
	}
	return answer(cmd, bytes, sizeof(bytes));
}

static int nothing(struct scst_user_cmd *cmd)
{
	(void)cmd;
	return 0;
}

static int erase(struct scst_user_cmd *cmd)
{
	return tape_cut() ? 0 : write_failed(cmd, 0);
}

/* A prevented removal the kernel knows: it says so by SCST_USER_LOCKED. */
static const struct {
	uint8_t opcode;
	bool needs_medium;
	int (*carry_out)(struct scst_user_cmd *cmd);
} rows[] = {
	{ 0x00, true,	nothing			},	/* TEST UNIT READY */
	{ 0x01, true,	rewind_tape		},
	{ 0x03, false,	request_sense		},
	{ 0x05, false,	read_block_limits	},
	{ 0x08, true,	read_tape		},
	{ 0x0a, true,	write_tape		},
	{ 0x10, true,	write_filemarks		},
	{ 0x11, true,	space			},
	{ 0x12, false,	inquiry			},
	{ 0x15, false,	mode_select		},
	{ 0x19, true,	erase			},
	{ 0x1a, false,	mode_sense		},
	{ 0x1b, false,	load_unload		},
	{ 0x1e, false,	nothing			},	/* PREVENT ALLOW MEDIUM REMOVAL */
	{ 0x2b, true,	locate			},
	{ 0x34, true,	read_position		},
	{ 0x55, false,	mode_select		},
	{ 0x5a, false,	mode_sense		},
};

static int io(void *arg, struct scst_user_cmd *cmd)
{
	size_t i;

	(void)arg;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (rows[i].opcode != cmd->cdb[0])
			continue;
		if (rows[i].needs_medium && !is_loaded) {
			cmd->moved = 0;
			return scst_user_check(cmd, NOT_READY, NO_MEDIUM);
		}
		return rows[i].carry_out(cmd);
	}
	return refuse(cmd, INVALID_OPCODE);
}

int main(int argc, char **argv)
{
	const struct scst_user_ops ops = { .io = io };
	struct scst_user_params params = {
		.flags = SCST_USER_CDB_MODE, .type = 0x01, .max_bytes = BLOCK_MAX, .depth = 4,
		.recover_s = 30,
	};
	char token[4096];
	int err;

	capacity = argc == 4 ? (off_t)strtoul(argv[2], NULL, 0) << 20 : 0;
	if (!capacity)
		return fprintf(stderr, "usage: tape NAME MIB FILE\n"), 2;
	params.name = name = argv[1];
	snprintf(token, sizeof(token), "%s.token", argv[3]);
	params.token_file = token;
	if (tape_open(argv[3]))
		return perror(argv[3]), 1;
	user = scst_user_open(&params, &ops, NULL, 10);
	if (!user)
		return perror(argv[1]), 1;
	block_size = scst_user_block_size(user);
	signal(SIGTERM, end), signal(SIGINT, end);
	err = scst_user_run(user);
	if (is_to_go)
		err = scst_user_delete(user);
	scst_user_close(user);
	if (err)
		fprintf(stderr, "%s: %s\n", argv[1], strerror(-err));
	return err ? 1 : 0;
}
