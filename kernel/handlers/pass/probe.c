// SPDX-License-Identifier: GPL-2.0
/*
 * What a device says of itself: who it is, once; and what may change, whenever it, or a command,
 * says so. Each question has an end; what is not answered is left as it was.
 */
#include <linux/blkdev.h>
#include <linux/log2.h>
#include <linux/slab.h>
#include <linux/unaligned.h>

#include "pass.h"

#define ASK_SECONDS	10
#define UA_TRIES	5
#define TRANSFER_MAX	(8u << 20)	/* what is told; longer ones are cut */

static u64 most_bytes(const struct pass_dev *pd)
{
	return (u64)queue_max_hw_sectors(pd->sdev->request_queue) << SECTOR_SHIFT;
}

struct probing {
	struct pass_dev *pd;
	u32 seconds;			/* that an answer may take */
	int result;			/* of struct scsi_cmnd */
	u8 sense[SCSI_SENSE_BUFFERSIZE];
	u8 buf[252];
	u32 len;			/* of the answer */
	bool is_ours;			/* nobody else is let in; what it tells, initiators do not
					 * hear otherwise */
};

static bool is_attention(const struct probing *p, struct scsi_sense_hdr *sshdr)
{
	return p->result == SAM_STAT_CHECK_CONDITION &&
	       scsi_normalize_sense(p->sense, sizeof(p->sense), sshdr) &&
	       sshdr->sense_key == UNIT_ATTENTION;
}

/*
 * A unit attention that the device tells us now, it tells nobody else. But some tell who did it,
 * too, of a MODE SELECT; and we have told the others.
 */
static void tell(const struct probing *p)
{
	struct scsi_sense_hdr sshdr;
	u16 ua;

	if (p->is_ours || !is_attention(p, &sshdr))
		return;
	ua = sshdr.asc << 8 | sshdr.ascq;
	if (ua != xchg(&p->pd->own_ua, 0))
		scst_device_tell_of(&p->pd->dev, ua);
}

/* pd->sdev stays meanwhile. */
static void ask(struct probing *p, const u8 *cdb, u32 size)
{
	u32 fits = min_t(u64, size, most_bytes(p->pd));
	int resid = 0;
	const struct scsi_exec_args args = {
		.sense = p->sense, .sense_len = SCSI_SENSE_BUFFERSIZE, .resid = &resid,
	};

	p->result = scsi_execute_cmd(p->pd->sdev, cdb, REQ_OP_DRV_IN | REQ_FAILFAST_MASK,
				     fits ? p->buf : NULL, fits, p->seconds * HZ, 0, &args);
	p->len = fits - clamp_t(int, resid, 0, fits);
}

/* Return: GOOD, with p->len bytes of answer. */
static bool probe(struct probing *p, const u8 *cdb, u32 size)
{
	bool entered = !p->is_ours && pass_enter(p->pd);

	memset(p->buf, 0, sizeof(p->buf));
	memset(p->sense, 0, sizeof(p->sense));
	p->result = -ENODEV;
	p->len = 0;
	if (p->is_ours || entered)
		ask(p, cdb, size);
	if (entered)
		pass_leave(p->pd);
	if (p->result)
		tell(p);
	return !p->result;
}

/* What it would tell our initiators of the time before it was theirs. */
static void clear_attention(struct probing *p)
{
	static const u8 test_unit_ready[16];
	struct scsi_sense_hdr sshdr;
	unsigned int i;

	for (i = 0; i < UA_TRIES; i++) {
		if (probe(p, test_unit_ready, 0) || !is_attention(p, &sshdr))
			return;
	}
}

static void set_block_size(struct pass_dev *pd, u32 size)
{
	struct scst_lu *lu = &pd->dev.lu;

	if (!size || size > SCST_OPAQUE_MAX)
		return;
	WRITE_ONCE(lu->block_size, size);
	lu->block_shift = is_power_of_2(size) ? ilog2(size) : SECTOR_SHIFT;
}

static void probe_capacity(struct probing *p)
{
	static const u8 read_capacity_16[16] = { 0x9e, 0x10, [13] = 32 };
	static const u8 read_capacity_10[16] = { 0x25 };
	struct scst_lu *lu = &p->pd->dev.lu;
	u64 nblocks = 0;
	u32 size = 0;

	if (probe(p, read_capacity_10, 8))
		size = pass_capacity(p->buf, p->len, false, &nblocks);
	if (size && nblocks <= U32_MAX) {
		WRITE_ONCE(lu->nblocks, nblocks);
		set_block_size(p->pd, size);
		return;
	}
	if (probe(p, read_capacity_16, 32))
		size = pass_capacity(p->buf, p->len, true, &nblocks);
	if (size)
		WRITE_ONCE(lu->nblocks, nblocks);
	set_block_size(p->pd, size);
}

static bool has_blocks(const struct pass_dev *pd)
{
	return BIT(pd->dev.lu.type & 0x1f) & SCST_T_BLOCK;
}

/* Its queueing is its own business; but tapes and the like are given one command at a time. */
static void apply_mode(struct pass_dev *pd, const struct scst_mode *mode)
{
	struct scst_lu *lu = &pd->dev.lu;

	WRITE_ONCE(lu->qerr, mode->qerr);
	lu->tas = mode->tas;
	lu->d_sense = mode->d_sense;
	lu->tmf_only = mode->tmf_only;
}

static void probe_mode(struct probing *p)
{
	static const u8 sense_10[16] = { 0x5a, 0, 0x0a, [8] = 252 };
	static const u8 sense_6[16] = { 0x1a, 0, 0x0a, [4] = 252 };
	struct scst_mode mode = { };
	bool has_page;
	u32 size = 0;

	if (probe(p, sense_10, 252))
		has_page = pass_mode(p->buf, p->len, true, &size, &mode);
	else if (probe(p, sense_6, 252))
		has_page = pass_mode(p->buf, p->len, false, &size, &mode);
	else
		return;
	if (has_page)
		apply_mode(p->pd, &mode);
	if (p->pd->dev.lu.type == TYPE_TAPE) {
		WRITE_ONCE(p->pd->dev.lu.block_size, size);
		p->pd->dev.lu.block_shift = SECTOR_SHIFT;
	}
}

static struct probing *alloc_probing(struct pass_dev *pd, u32 seconds)
{
	struct probing *p = kzalloc(sizeof(*p), GFP_NOIO);

	if (p) {
		p->pd = pd;
		p->seconds = seconds;
	}
	return p;
}

bool pass_order(struct pass_dev *pd, const u8 *cdb)
{
	struct probing *p = alloc_probing(pd, pd->timeouts[SCST_TIME_SHORT]);
	struct scsi_sense_hdr sshdr;
	unsigned int tries = 0;
	bool good;

	if (!p)
		return false;
	do
		good = probe(p, cdb, 0);
	while (!good && is_attention(p, &sshdr) && ++tries < UA_TRIES);
	if (tries)
		queue_work(pass_slow_wq, &pd->refresh);
	kfree(p);
	return good;
}

void pass_probe(struct pass_dev *pd)
{
	struct probing *p = alloc_probing(pd, ASK_SECONDS);

	lockdep_assert_held(&pd->attach_lock);
	if (!p)
		return;
	p->is_ours = true;
	clear_attention(p);
	if (has_blocks(pd))
		probe_capacity(p);
	probe_mode(p);
	WRITE_ONCE(pd->dev.lu.max_trans_len, min_t(u64, TRANSFER_MAX, most_bytes(pd)));
	kfree(p);
}

void pass_refresh_work(struct work_struct *work)
{
	struct pass_dev *pd = container_of(work, struct pass_dev, refresh);
	u16 own_ua;
	struct probing *p = alloc_probing(pd, ASK_SECONDS);

	if (!p)
		return;
	own_ua = READ_ONCE(pd->own_ua);
	if (has_blocks(pd))
		probe_capacity(p);
	probe_mode(p);
	cmpxchg(&pd->own_ua, own_ua, 0);	/* a later one is another host's doing */
	kfree(p);
}

/* The pages that the mid-layer has read when it found the device. Return: kfree(); NULL: none. */
static u8 *copy_vpd(struct scsi_vpd __rcu **at, u32 *len)
{
	const struct scsi_vpd *vpd;
	u8 *copy = NULL;

	*len = 0;
	guard(rcu)();
	vpd = rcu_dereference(*at);
	if (vpd && vpd->len > 0)
		copy = kmemdup(vpd->data, vpd->len, GFP_ATOMIC);
	if (copy)
		*len = vpd->len;
	return copy;
}

void pass_identify(struct scsi_device *sdev, char identity[PASS_IDENTITY_LEN])
{
	u32 len_83, len_80;
	u8 *page_83 = copy_vpd(&sdev->vpd_pg83, &len_83);
	u8 *page_80 = copy_vpd(&sdev->vpd_pg80, &len_80);

	pass_identity(sdev->inquiry, sdev->inquiry_len, page_83, len_83, page_80, len_80, identity);
	kfree(page_83);
	kfree(page_80);
}

void pass_probe_identity(struct pass_dev *pd)
{
	struct scsi_device *sdev = pd->sdev;
	u32 len;
	u8 *page_80 = copy_vpd(&sdev->vpd_pg80, &len);

	if (page_80)
		pass_serial(page_80, len, pd->serial);
	kfree(page_80);
	pd->page_83 = copy_vpd(&sdev->vpd_pg83, &pd->page_83_len);
	memcpy(pd->inquiry, sdev->inquiry, min_t(u32, sdev->inquiry_len, sizeof(pd->inquiry)));
	pass_identify(sdev, pd->identity);
}
