/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The tape of tape.c, in a file: the blocks as they were written, each between two copies of its
 * length (32 bits, little endian) and filled up to an even number of bytes; a length of 0 is a
 * filemark, and the tape ends with the file. That is the format which SIMH calls .tap.
 */
#ifndef TAPEFILE_H
#define TAPEFILE_H

#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define BLOCK_MAX	(1 << 20)

/* The head stands before byte `at`, before block or filemark `number`, in file `file`. */
static int fd;
static off_t at, size;
static uint64_t number, file;

/* What there is on the tape at @pos: more than 0: a block of so many bytes. */
enum { IS_FILEMARK = 0, IS_END = -1, IS_BROKEN = -2 };

static off_t room_of(uint32_t len)
{
	return len ? 8 + (off_t)len + len % 2 : 4;
}

static int read_length(off_t pos)
{
	uint8_t bytes[4];
	uint32_t len;

	if (pread(fd, bytes, 4, pos) != 4)
		return IS_BROKEN;
	len = bytes[0] | bytes[1] << 8 | bytes[2] << 16 | (uint32_t)bytes[3] << 24;
	return len > BLOCK_MAX ? IS_BROKEN : (int)len;
}

/* What a program left half written when it was killed is no more than the end. */
static int tape_here(void)
{
	int len = at + 4 > size ? IS_END : read_length(at);

	return len > 0 && at + room_of(len) > size ? IS_END : len;
}

/* ... of what is before the head, whose last bytes are its length too. */
static int tape_before(void)
{
	int len = at ? read_length(at - 4) : IS_END;

	if (len < 0)
		return len;
	return room_of(len) > at || read_length(at - room_of(len)) != len ? IS_BROKEN : len;
}

static void tape_pass(int len, int step)
{
	at += step * room_of(len);
	number += step;
	if (len == IS_FILEMARK)
		file += step;
}

static void tape_rewind(void)
{
	at = 0;
	number = file = 0;
}

/* One block, of which there is room for @room bytes. Return: its length, or what else there is. */
static int tape_read(void *data, uint32_t room)
{
	int len = tape_here();
	uint32_t part = len < 0 || (uint32_t)len > room ? room : (uint32_t)len;

	if (len > 0 && pread(fd, data, part, at + 4) != (ssize_t)part)
		return IS_BROKEN;
	if (len >= 0)
		tape_pass(len, 1);
	return len;
}

/* What was behind the head is no more. Return: false, it cannot be written. */
static bool tape_cut(void)
{
	if (at == size)
		return true;
	if (ftruncate(fd, at))
		return false;
	size = at;
	return true;
}

static bool write_at_end(const void *data, uint32_t len)
{
	if (pwrite(fd, data, len, size) != (ssize_t)len)
		return false;
	size += len;
	return true;
}

/* A block or, with @len 0, a filemark. All of it, or it is as if nothing had been written. */
static bool tape_put(const void *data, uint32_t len)
{
	uint8_t length[4] = { len, len >> 8, len >> 16, len >> 24 };

	if (!tape_cut())
		return false;
	if (write_at_end(length, 4) &&
	    (!len || (write_at_end(data, len) && (len % 2 == 0 || write_at_end("", 1)) &&
		      write_at_end(length, 4)))) {
		tape_pass(len, 1);
		return true;
	}
	if (!ftruncate(fd, at))
		size = at;
	return false;
}

static int tape_open(const char *path)
{
	struct stat st;

	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0 || fstat(fd, &st))
		return -1;
	size = st.st_size;
	return 0;
}

#endif
