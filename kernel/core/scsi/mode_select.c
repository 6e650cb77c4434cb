// SPDX-License-Identifier: GPL-2.0
/*
 * MODE SELECT(6) and (10): SPC-5 6.12 and 6.13. The whole list is judged first; only a list that is
 * right from its first byte to its last gives new values, all of them together.
 *
 * What initiators echo from MODE SENSE and what says nothing here is ignored: MODE DATA LENGTH and
 * the device-specific parameter. PS is not: it is reserved, and sd clears it.
 */
#include <linux/kernel.h>
#include <linux/string.h>
#include <linux/unaligned.h>

#include "mode_pages.h"
#include "respond.h"

enum {
	OPCODE_MODE_SELECT_6	= 0x15,

	CDB_PF			= 0x10,
	CDB_SP			= 0x01,
	LONGLBA			= 0x01,
};

struct list {
	const struct scst_lu *lu;
	const u8 *data;
	u32 len;
	u32 at;			/* what is before was judged */
	bool long_lba;
	u32 descriptor_len;
	struct scst_sense *sense;
};

static bool refuse_list(struct list *list, u32 byte, s8 bit)
{
	return refuse_param(list->sense, byte, bit);
}

/* Are the next @n bytes there? A list that cuts something short is a list of the wrong length. */
static bool has_bytes(struct list *list, u32 n)
{
	if (n <= list->len - list->at)
		return true;
	return refuse(list->sense, SCST_SENSE_PARAM_LIST_LENGTH);
}

static bool check_cdb(const struct scst_lu *lu, const u8 *cdb, struct scst_sense *sense)
{
	if (!(cdb[1] & CDB_PF))
		return refuse_cdb(sense, 1, 4);
	if (cdb[1] & CDB_SP && !lu->mode_can_save)
		return refuse_cdb(sense, 1, 0);
	return true;
}

static bool take_header(struct list *list, bool six)
{
	const u8 *p = list->data;

	if (!has_bytes(list, six ? 4 : 8))
		return false;
	if (p[six ? 1 : 2])				/* medium type */
		return refuse_list(list, six ? 1 : 2, -1);

	list->long_lba = !six && p[4] & LONGLBA;
	list->descriptor_len = six ? p[3] : get_unaligned_be16(p + 6);
	if (list->descriptor_len && list->descriptor_len != (list->long_lba ? 16 : 8))
		return refuse_list(list, six ? 3 : 6, -1);
	list->at = six ? 4 : 8;
	return true;
}

/*
 * SBC-4 6.5.2: another number or size of blocks would ask for a format or a smaller unit. Zero
 * blocks means no change, all ones the most there is.
 */
static bool take_block_descriptor(struct list *list)
{
	const struct scst_lu *lu = list->lu;
	const u8 *p = list->data + list->at;
	u64 nblocks, all_ones;
	u32 block_len;

	if (!list->descriptor_len)
		return true;
	if (!has_bytes(list, list->descriptor_len))
		return false;

	nblocks = list->long_lba ? get_unaligned_be64(p) : get_unaligned_be32(p);
	all_ones = list->long_lba ? ~0ull : 0xffffffff;
	if (nblocks && nblocks != all_ones && nblocks != lu->nblocks)
		return refuse_list(list, list->at, -1);

	block_len = get_unaligned_be32(p + list->descriptor_len - 4);
	if (!list->long_lba)
		block_len &= 0xffffff;			/* a reserved byte before it */
	if (block_len != 1u << lu->block_shift)
		return refuse_list(list, list->at + list->descriptor_len - (list->long_lba ? 4 : 3),
				   -1);
	list->at += list->descriptor_len;
	return true;
}

/* The page that the list has next, or NULL with the sense filled. */
static const struct scst_mode_page *find_page(struct list *list)
{
	const u8 *p = list->data + list->at;
	bool known_code = false;
	unsigned int i;

	if (!has_bytes(list, p[0] & MODE_SPF ? 4 : 2))
		return NULL;
	if (p[0] & MODE_PS) {
		refuse_list(list, list->at, 7);
		return NULL;
	}
	for (i = 0; i < scst_mode_pages_nr; i++) {
		const struct scst_mode_page *page = &scst_mode_pages[i];
		u8 subpage = p[0] & MODE_SPF ? p[1] : 0;

		if (page->page != (p[0] & 0x3f) || !scst_mode_page_applies(page, list->lu))
			continue;
		known_code = true;
		if (page->subpage == subpage)
			return page;
	}
	refuse_list(list, list->at + known_code, known_code ? -1 : 5);
	return NULL;
}

static bool check_page_length(struct list *list, const struct scst_mode_page *page)
{
	const u8 *p = list->data + list->at;
	u32 len = page->subpage ? get_unaligned_be16(p + 2) + 4u : p[1] + 2u;

	if (len != page->len)
		return refuse_list(list, list->at + (page->subpage ? 2 : 1), -1);
	return has_bytes(list, len);
}

/* What may not change has to be as it is: the first bit that differs is the field in error. */
static bool check_fixed_bits(struct list *list, const struct scst_mode_page *page,
			     const struct scst_mode *values)
{
	u8 now[MODE_PAGE_MAX_LEN], mask[MODE_PAGE_MAX_LEN] = { 0 };
	const u8 *p = list->data + list->at;
	unsigned int i;

	scst_mode_page_constant(page, list->lu, now);
	scst_mode_page_fill(page, values, now);
	scst_mode_page_fill(page, &list->lu->mode_changeable, mask);

	for (i = page->subpage ? 4 : 2; i < page->len; i++) {
		u8 wrong = (p[i] ^ now[i]) & ~mask[i];

		if (wrong)
			return refuse_list(list, list->at + i, leftmost_bit(wrong));
	}
	return true;
}

static bool take_fields(struct list *list, const struct scst_mode_page *page,
			struct scst_mode *values)
{
	const u8 *p = list->data + list->at;
	const struct scst_mode_field *f;

	if (!page->fields)
		return true;
	for (f = page->fields; f->width; f++) {
		u8 value = p[f->byte] >> f->shift & ((1u << f->width) - 1);

		if (!(f->allowed & BIT(value)))
			return refuse_list(list, list->at + f->byte, f->shift + f->width - 1);
		((u8 *)values)[f->value] = value;
	}
	return true;
}

static bool take_page(struct list *list, struct scst_mode *values)
{
	const struct scst_mode_page *page = find_page(list);

	if (!page || !check_page_length(list, page))
		return false;
	if (!check_fixed_bits(list, page, values) || !take_fields(list, page, values))
		return false;
	list->at += page->len;
	return true;
}

bool scst_mode_select(const struct scst_lu *lu, const u8 *cdb, const u8 *data, u32 len,
		      struct scst_mode *out, struct scst_sense *sense)
{
	struct list list = { .lu = lu, .data = data, .len = len, .sense = sense };
	struct scst_mode values = scst_mode_current(lu);

	if (!check_cdb(lu, cdb, sense))
		return false;
	if (len && (!take_header(&list, cdb[0] == OPCODE_MODE_SELECT_6) ||
		    !take_block_descriptor(&list)))
		return false;
	while (list.at < list.len)
		if (!take_page(&list, &values))
			return false;
	*out = values;
	return true;
}

void scst_mode_apply(struct scst_lu *lu, const struct scst_mode *values)
{
	lu->tst = values->tst;
	lu->tmf_only = values->tmf_only;
	lu->dpicz = values->dpicz;
	lu->d_sense = values->d_sense;
	lu->queue_alg = values->queue_alg;
	lu->qerr = values->qerr;
	lu->swp = values->swp;
	lu->tas = values->tas;
	lu->write_cache = values->wce;
}
