/* SPDX-License-Identifier: GPL-2.0-only */
/* A fuzzer's bytes, piece by piece, in blocks of just the size: ASan sees a read past one. */
#ifndef FUZZ_ISCSI_INPUT_H
#define FUZZ_ISCSI_INPUT_H

#include "util.h"

/* assert() is compiled out by NDEBUG; a fuzzer must never be. */
#define must(condition)		\
	do {			\
		if (!(condition)) \
			abort(); \
	} while (0)

struct input {
	const uint8_t *data;
	size_t left;
};

static inline uint8_t take_u8(struct input *in)
{
	if (!in->left)
		return 0;
	in->left--;
	return *in->data++;
}

/* A copy of the next @len bytes, or as many as there are: *@len. */
static inline void *take_block(struct input *in, size_t *len)
{
	void *block;

	if (*len > in->left)
		*len = in->left;
	block = malloc(*len ?: 1);
	must(block);
	memcpy(block, in->data, *len);
	in->data += *len;
	in->left -= *len;
	return block;
}

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif
