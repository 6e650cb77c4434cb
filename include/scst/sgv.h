/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Buffers for the data of commands: scatterlists of whole pages, from per-CPU caches.
 *
 * A transport that brings its own memory (scst_local: the initiator's) needs none of this. One that
 * has none leaves cmd->sg NULL: the core allocates in the buffer step, when it knows how much will
 * move, and frees when the command is done. Or it allocates here, for whatever else it moves.
 */
#ifndef _SCST_SGV_H
#define _SCST_SGV_H

#include <linux/gfp_types.h>
#include <linux/scatterlist.h>
#include <linux/sizes.h>

/*
 * @len bytes (> 0) in *@cnt entries, each starting at offset 0 of a page; every entry but the last
 * is a whole number of pages, and one entry may be several pages, physically contiguous and
 * compound (so MSG_SPLICE_PAGES takes them). The contents are undefined: they may be another
 * initiator's, so what is not written must not be sent. Entries may be mapped for DMA, but lengths,
 * pages and offsets stay as they are.
 *
 * @gfp: GFP_KERNEL, GFP_NOIO or GFP_ATOMIC; no flags beside.
 * Return: NULL without memory, or with scst_max_cmd_mem used up: the command is BUSY.
 * Context: any that @gfp allows [unchecked: no transport asks in an interrupt].
 */
struct scatterlist *scst_sg_alloc(u32 len, u32 *cnt, gfp_t gfp);

/*
 * An empty list, for @len bytes in up to SCST_SG_LENT_MAX pieces of pages that stay somebody
 * else's: those of a page cache, say. The list takes over the reference of each page that is added;
 * scst_sg_free() drops them. Return and context: as above.
 */
#define SCST_SG_LENT_MAX	((PAGE_SIZE - 64) / sizeof(struct scatterlist))
#define SCST_SG_LENT_FREE	SZ_64K	/* holding so much of a page cache is no matter */
struct scatterlist *scst_sg_lent(u32 len, gfp_t gfp);
/* The next piece; none after @last. Return: how many there are. */
u32 scst_sg_lend(struct scatterlist *sg, struct page *page, u32 offset, u32 len, bool last);

/*
 * Gives back all of it; NULL is no-op. Pages that somebody else still has a reference to (a socket
 * that may have to send them again) are not used for another command. Context: any
 * [unchecked: no allocation is made to come from vmalloc()].
 */
void scst_sg_free(struct scatterlist *sg);

#endif
