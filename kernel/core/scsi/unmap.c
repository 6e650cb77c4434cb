// SPDX-License-Identifier: GPL-2.0
/*
 * The parameter list of UNMAP: SBC-4 5.35. All descriptors are judged before the first is carried
 * out; the blocks are then read one descriptor at a time, so nothing has to be allocated.
 */
#include <linux/kernel.h>
#include <linux/unaligned.h>

#include "respond.h"

enum {
	HEADER_LEN	= 8,
	DESCRIPTOR_LEN	= 16,
};

static bool check_extent(const struct scst_extent *extent, u64 nblocks, struct scst_sense *sense)
{
	if (extent->lba <= nblocks && extent->nblocks <= nblocks - extent->lba)
		return true;
	*sense = (struct scst_sense) {
		.id = SCST_SENSE_LBA_OUT_OF_RANGE,
		.has_info = 1,
		.info = extent->lba < nblocks ? nblocks : extent->lba,
	};
	return false;
}

struct scst_extent scst_unmap_extent(const u8 *list, unsigned int i)
{
	const u8 *desc = list + HEADER_LEN + i * DESCRIPTOR_LEN;

	return (struct scst_extent) {
		.lba		= get_unaligned_be64(desc),
		.nblocks	= get_unaligned_be32(desc + 8),
	};
}

static bool check_extents(const struct scst_lu *lu, u64 nblocks, const u8 *list, unsigned int nr,
			  struct scst_sense *sense)
{
	u64 sum = 0;
	unsigned int i;

	if (lu->max_unmap_descs && nr > lu->max_unmap_descs)
		return refuse_param(sense, 2, -1);
	for (i = 0; i < nr; i++) {
		struct scst_extent extent = scst_unmap_extent(list, i);

		if (!check_extent(&extent, nblocks, sense))
			return false;
		sum += extent.nblocks;
		if (lu->max_unmap_blocks && sum > lu->max_unmap_blocks)
			return refuse_param(sense, HEADER_LEN + i * DESCRIPTOR_LEN + 8, -1);
	}
	return true;
}

bool scst_unmap_check(const struct scst_lu *lu, u64 nblocks, const u8 *list, u32 len,
		      unsigned int *nr, struct scst_sense *sense)
{
	u32 descriptors_len;

	*nr = 0;
	if (!len)
		return true;
	if (len < HEADER_LEN)
		return refuse(sense, SCST_SENSE_PARAM_LIST_LENGTH);
	descriptors_len = get_unaligned_be16(list + 2);
	if (descriptors_len > len - HEADER_LEN)
		return refuse(sense, SCST_SENSE_PARAM_LIST_LENGTH);

	/* An incomplete last descriptor is ignored (SBC-4 5.35.2). */
	if (!check_extents(lu, nblocks, list, descriptors_len / DESCRIPTOR_LEN, sense))
		return false;
	*nr = descriptors_len / DESCRIPTOR_LEN;
	return true;
}
