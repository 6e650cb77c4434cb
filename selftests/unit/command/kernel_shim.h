/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Enough of the kernel for the contracts in include/scst to compile, and a memory pool whose memory
 * is the heap's, so that ASan sees what is left or used too long.
 */
#ifndef _KERNEL_SHIM_H
#define _KERNEL_SHIM_H

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#define __rcu
#define __aligned(n)		__attribute__((aligned(n)))
#define ____cacheline_aligned	__aligned(64)
#define EXPORT_SYMBOL_GPL(sym)	struct sym##_exported
#define offsetofend(type, member) \
	(offsetof(type, member) + sizeof(((type *)NULL)->member))

struct attribute { const char *name; unsigned int mode; };
struct completion { int x; };
struct hrtimer { int x; };
struct kobject { int x; };
struct hlist_node { int x; };
struct list_head { struct list_head *next, *prev; };
struct mutex { int x; };
struct percpu_counter { int x; };
struct scatterlist { int x; };
struct work_struct { int x; };
struct workqueue_struct;
typedef struct { int x; } refcount_t;
typedef struct { int x; } seqlock_t;
typedef struct { int x; } spinlock_t;

enum { SAM_STAT_GOOD = 0x00, SAM_STAT_CHECK_CONDITION = 0x02, SAM_STAT_BUSY = 0x08 };
enum { UNIT_ATTENTION = 0x06 };

typedef struct { size_t size; } mempool_t;
enum { GFP_NOWAIT = 1, __GFP_NOWARN = 2 };

/* Defined by the test. */
mempool_t *mempool_create_kmalloc_pool(int min_nr, size_t size);
void mempool_destroy(mempool_t *pool);
void *mempool_alloc(mempool_t *pool, int gfp);
void mempool_free(void *element, mempool_t *pool);

#endif
