// SPDX-License-Identifier: GPL-2.0-only
#include "pool.h"

#include <inttypes.h>
#include <linux/dm-ioctl.h>
#include <sys/ioctl.h>
#include <sys/sysmacros.h>

#define SECTOR	512

/* ---- lines ---------------------------------------------------------------------------------- */

/* "253:2 1", and an origin behind it if there is one. */
int pool_parse_thin_table(const char *line, dev_t *pool)
{
	unsigned int major, minor;

	if (sscanf(line, "%u:%u ", &major, &minor) != 2)
		return -ENOENT;
	*pool = makedev(major, minor);
	return 0;
}

/* "1536 1535": sectors that are mapped, and the last of them; "Fail" or "-". */
uint64_t pool_parse_thin_status(const char *line)
{
	uint64_t sectors;

	return sscanf(line, "%" SCNu64, &sectors) == 1 ? sectors * SECTOR : POOL_UNKNOWN;
}

/* "253:0 253:1 384 0 ...": metadata, data, sectors of a block. */
int pool_parse_table(const char *line, uint64_t *block_size)
{
	uint64_t sectors;

	if (sscanf(line, "%*s %*s %" SCNu64, &sectors) != 1 || !sectors ||
	    sectors > UINT32_MAX)
		return -ENOENT;
	*block_size = sectors * SECTOR;
	return 0;
}

/* "1 25/1024 8/490 - rw ...": a number, metadata, blocks of data; "Fail", "Error". */
int pool_parse_status(const char *line, uint64_t block_size, struct pool *out)
{
	uint64_t used, total;

	if (sscanf(line, "%*u %*u/%*u %" SCNu64 "/%" SCNu64, &used, &total) != 2 ||
	    !total || used > total || total > INT64_MAX / block_size)
		return -ENOENT;
	out->total = total * block_size;
	out->available = (total - used) * block_size;
	return 0;
}

bool pool_is_none(int err)
{
	return err == -ENOENT || err == -ENODEV || err == -EOPNOTSUPP;
}

/* ---- device-mapper -------------------------------------------------------------------------- */

struct answer {
	struct dm_ioctl head;
	char data[16384];
};

/* The one target of @dev, if it is of @type. Return: its line in @answer, or NULL with *@err. */
static const char *ask(int control, dev_t dev, const char *type, unsigned int flags,
		       struct answer *answer, int *err)
{
	const struct dm_target_spec *spec = (void *)answer->data;

	*answer = (struct answer){ .head = {
		.version = { DM_VERSION_MAJOR, 0, 0 },
		.data_size = sizeof(*answer),
		.data_start = offsetof(struct answer, data),
		.flags = DM_NOFLUSH_FLAG | flags,
		.dev = dev,	/* the kernel's huge_encode_dev(), which glibc's is */
	} };
	*err = -ENOENT;
	if (ioctl(control, DM_TABLE_STATUS, answer)) {
		if (errno != ENXIO)	/* no device of ours */
			*err = -errno;
		return NULL;
	}
	answer->data[sizeof(answer->data) - 1] = '\0';
	if (answer->head.flags & DM_BUFFER_FULL_FLAG || answer->head.target_count != 1 ||
	    answer->head.data_start != offsetof(struct answer, data) ||
	    strncmp(spec->target_type, type, sizeof(spec->target_type)))
		return NULL;
	return answer->data + sizeof(*spec);
}

/* @out->used is left alone. */
static int read_pool(int control, dev_t dev, struct pool *out)
{
	uint64_t block_size;
	struct answer answer;
	int err;
	const char *line = ask(control, dev, "thin-pool", DM_STATUS_TABLE_FLAG, &answer, &err);

	if (!line)
		return err;
	err = pool_parse_table(line, &block_size);
	if (err)
		return err;
	line = ask(control, dev, "thin-pool", 0, &answer, &err);
	return line ? pool_parse_status(line, block_size, out) : err;
}

int pool_read(int control, dev_t dev, struct pool *out)
{
	struct answer answer;
	struct pool pool;
	dev_t of;
	int err;
	const char *line = ask(control, dev, "thin", DM_STATUS_TABLE_FLAG, &answer, &err);

	if (!line)
		return err;
	if (pool_parse_thin_table(line, &of))	/* "Fail", here too */
		return -ENODATA;
	line = ask(control, dev, "thin", 0, &answer, &err);
	if (!line)
		return err;
	pool.used = pool_parse_thin_status(line);
	err = read_pool(control, of, &pool);
	if (!err)
		*out = pool;
	return err == -ENOENT ? -ENODATA : err;
}
