// SPDX-License-Identifier: GPL-2.0
/*
 * LUN masking: which initiator sees which LUN, and may write to it.
 *
 * A hash map has a rule per (initiator, LUN): hide, read-only, or explicitly leave it to the
 * mapping. Either half can be "any", and the most specific rule decides:
 *
 *	(iqn.host-a, 3)		this initiator, this LUN
 *	(iqn.host-a, ANY_LUN)	this initiator
 *	("*", 3)		this LUN
 *	("*", ANY_LUN)		everything
 *	lun_mask_list		the first pattern that matches: "iqn.web*", an address, a group
 *	no rule			default_access
 *
 * Names of initiators are compared in lower case, in which the daemon writes the rules.
 *
 * So a deny list is a few rules and default_access = 0; an allow list is default_access = 2 (hide)
 * and rules with the value 0. On which targets or devices the mask acts is the attachment's scope.
 *
 * A mask keeps people away from what is not theirs. So if it is ejected it hides everything in its
 * scope, until it is unloaded or updated, unless it was loaded with flags= (none).
 *
 * Rules are changed while it runs: write the map, then write to policies/lun_mask/revalidate. Only
 * the LUNs whose verdict differs are affected, and only their initiators are told.
 */
#include "match.bpf.h"
#include "policies/lun_mask.h"

char _license[] SEC("license") = "GPL";

const volatile __u32 default_access = SCST_ACCESS_DEFAULT;

/* Key: who and where. Value: enum scst_access. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 16384);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, struct lun_mask_key);
	__type(value, u32);
} lun_mask_rules SEC(".maps");

/* Key: enum lun_mask_rule. Value: how often it decided. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, LUN_MASK_NR_RULES);
	__type(key, u32);
	__type(value, u64);
} lun_mask_hits SEC(".maps");

RULE_LIST(lun_mask_list, struct lun_mask_pattern);

static int decided_by(enum lun_mask_rule rule, u32 access)
{
	u32 key = rule;
	u64 *hits = bpf_map_lookup_elem(&lun_mask_hits, &key);

	if (hits)
		(*hits)++;
	return access;
}

/* The rule for this very LUN, else the one for any LUN; NULL if there is neither. */
static u32 *find_rule(struct lun_mask_key *key, u32 lun, bool *any_lun)
{
	u32 *access;

	key->lun = lun;
	access = bpf_map_lookup_elem(&lun_mask_rules, key);
	*any_lun = !access;
	if (access)
		return access;
	key->lun = LUN_MASK_ANY_LUN;
	return bpf_map_lookup_elem(&lun_mask_rules, key);
}

/* Rules by name and number. Return: false if there is none; @verdict otherwise. */
static bool decide_exactly(const struct scst_match *who, int *verdict)
{
	struct lun_mask_key key = {};
	bool any_lun;
	u32 *access;

	__builtin_memcpy(key.initiator, who->initiator, sizeof(key.initiator));
	access = find_rule(&key, who->lun, &any_lun);
	if (access) {
		*verdict = decided_by(any_lun ? LUN_MASK_INITIATOR : LUN_MASK_EXACT, *access);
		return true;
	}
	__builtin_memset(&key, 0, sizeof(key));
	__builtin_memcpy(key.initiator, LUN_MASK_ANY_INITIATOR, sizeof(LUN_MASK_ANY_INITIATOR));
	access = find_rule(&key, who->lun, &any_lun);
	if (access)
		*verdict = decided_by(any_lun ? LUN_MASK_ANY : LUN_MASK_LUN, *access);
	return access;
}

SEC("struct_ops/lun_access")
int BPF_PROG(lun_mask_access, struct scst_session *sess, struct scst_device *dev, u32 lun,
	     bool read_only)
{
	struct scst_match *who = match_subject_of(sess, dev, lun);
	struct lun_mask_pattern *pattern;
	int verdict;
	u32 index;

	if (!who)
		return SCST_ACCESS_HIDE;
	if (decide_exactly(who, &verdict)) {
		match_give_back(who);
		return verdict;
	}
	pattern = match_find(lun_mask_list, struct lun_mask_pattern, who, index, true);
	if (pattern)
		return decided_by(LUN_MASK_PATTERN, pattern->access);
	return decided_by(LUN_MASK_NONE, default_access);
}

SEC(".struct_ops.link")
struct scst_policy_ops lun_mask = {
	.lun_access	= (void *)lun_mask_access,
	.flags		= SCST_POLICY_F_HIDE_ON_EJECT,
	.name		= "lun_mask",
};
