// SPDX-License-Identifier: GPL-2.0
/*
 * What policies see of persistent reservations: the registrants of a device, one after the other,
 * and the text of a dump. A state is never changed but replaced (reserve.h), so that who walks it
 * under RCU sees one moment.
 */
#include <linux/btf.h>

#include "policy.h"

/* What a program has on its stack; opaque to it. */
struct bpf_iter_scst_registrant {
	u64 opaque[2];
};

struct registrant_iter {
	struct scst_pr *pr;
	unsigned int next;
};

static_assert(sizeof(struct registrant_iter) <= sizeof(struct bpf_iter_scst_registrant));

__bpf_kfunc_start_defs();

__bpf_kfunc int bpf_iter_scst_registrant_new(struct bpf_iter_scst_registrant *it,
					     struct scst_device *dev)
{
	struct registrant_iter *iter = (void *)it;

	iter->pr = &rcu_dereference(dev->reserve->now)->pr;
	iter->next = 0;
	return 0;
}

__bpf_kfunc struct scst_pr_reg *bpf_iter_scst_registrant_next(struct bpf_iter_scst_registrant *it)
{
	struct registrant_iter *iter = (void *)it;

	return iter->next < iter->pr->nr ? &iter->pr->reg[iter->next++] : NULL;
}

__bpf_kfunc void bpf_iter_scst_registrant_destroy(struct bpf_iter_scst_registrant *it)
{
}

__bpf_kfunc const u8 *scst_bpf_pr_dump_text(struct scst_pr_dump *dump, u32 offset,
					    const size_t rdonly_buf_size)
{
	size_t size = round_up(dump->len, SCST_PR_DUMP_CHUNK);

	if (offset >= size || rdonly_buf_size > size - offset)
		return NULL;
	return dump->text + offset;
}

__bpf_kfunc_end_defs();
