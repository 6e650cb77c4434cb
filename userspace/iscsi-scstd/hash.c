// SPDX-License-Identifier: GPL-2.0-only
#include "hash.h"

#include <gcrypt.h>

static const struct {
	int algo;
	size_t len;
} rows[HASH_IDS] = {
	[HASH_MD5]	= { GCRY_MD_MD5,	16 },
	[HASH_SHA1]	= { GCRY_MD_SHA1,	20 },
	[HASH_SHA256]	= { GCRY_MD_SHA256,	32 },
	[HASH_SHA3_256]	= { GCRY_MD_SHA3_256,	32 },
};

int hash_init(void)
{
	if (!gcry_check_version(GCRYPT_VERSION))
		return -ENOSYS;
	gcry_control(GCRYCTL_DISABLE_SECMEM, 0);	/* needs mlock() that the sandbox forbids */
	gcry_control(GCRYCTL_INITIALIZATION_FINISHED, 0);
	return 0;
}

bool hash_is_available(enum hash_id id)
{
	return !gcry_md_test_algo(rows[id].algo);
}

size_t hash_len(enum hash_id id)
{
	return rows[id].len;
}

int hash_parts(enum hash_id id, const struct hash_part *parts, size_t nr, uint8_t *out)
{
	gcry_buffer_t iov[HASH_PARTS_MAX] = {};

	if (nr > ARRAY_SIZE(iov))
		return -EINVAL;
	for (size_t i = 0; i < nr; i++)
		iov[i] = (gcry_buffer_t){ .len = parts[i].len, .data = (void *)parts[i].data };
	return gcry_md_hash_buffers(rows[id].algo, 0, out, iov, nr) ? -EIO : 0;
}

void random_bytes(void *out, size_t len)
{
	gcry_randomize(out, len, GCRY_STRONG_RANDOM);
}

bool is_equal_in_constant_time(const uint8_t *a, const uint8_t *b, size_t len)
{
	volatile uint8_t differ = 0;

	for (size_t i = 0; i < len; i++)
		differ |= a[i] ^ b[i];
	return !differ;
}
