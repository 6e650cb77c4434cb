// SPDX-License-Identifier: GPL-2.0-only
/* What the compiler and the linker have called instead (Makefile). */
#include "work.h"

#include <stdlib.h>
#include <string.h>

#define NOT_COUNTED	__attribute__((no_sanitize_coverage))

static unsigned long work;

void __sanitizer_cov_trace_pc(void);
void *__real_realloc(void *old, size_t size);
void *__real_reallocarray(void *old, size_t nr, size_t size);
void *__real_memmove(void *to, const void *from, size_t len);
void *__wrap_realloc(void *old, size_t size);
void *__wrap_reallocarray(void *old, size_t nr, size_t size);
void *__wrap_memmove(void *to, const void *from, size_t len);

NOT_COUNTED void __sanitizer_cov_trace_pc(void)
{
	work++;
}

NOT_COUNTED unsigned long work_done(void)
{
	return work;
}

NOT_COUNTED void *__wrap_realloc(void *old, size_t size)
{
	work += size;
	return __real_realloc(old, size);
}

NOT_COUNTED void *__wrap_reallocarray(void *old, size_t nr, size_t size)
{
	work += nr * size;
	return __real_reallocarray(old, nr, size);
}

NOT_COUNTED void *__wrap_memmove(void *to, const void *from, size_t len)
{
	work += len;
	return __real_memmove(to, from, len);
}
