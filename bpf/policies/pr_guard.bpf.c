// SPDX-License-Identifier: GPL-2.0
/*
 * Who may take reservations away from others: PREEMPT, PREEMPT AND ABORT and CLEAR are only for the
 * initiators that a rule of the list allows; the first that matches counts. Everybody else gets
 * RESERVATION CONFLICT for these, and may do the rest: register, reserve what is free, release what
 * is theirs. So a host that is not of the cluster, with a tool that was pointed at the wrong disk,
 * cannot fence those that are.
 *
 * Without a rule nobody may, unless default_allow.
 */
#include "match.bpf.h"
#include "policies/pr_guard.h"

char _license[] SEC("license") = "GPL";

const volatile bool default_allow = false;

RULE_LIST(pr_guard_list, struct pr_guard_rule);

/* How often it refused. */
u64 pr_guard_refused = 0;

static bool takes_away(const struct scst_pr_request *req)
{
	return req->action == SCST_PR_CLEAR || req->action == SCST_PR_PREEMPT ||
	       req->action == SCST_PR_PREEMPT_AND_ABORT;
}

static bool is_allowed(struct scst_session *sess, struct scst_device *dev)
{
	struct scst_match *who = match_subject_of(sess, dev, SCST_ANY_LUN);
	struct pr_guard_rule *rule;
	u32 index;

	if (!who)
		return false;
	rule = match_find(pr_guard_list, struct pr_guard_rule, who, index, true);
	return rule ? rule->action == PR_GUARD_ALLOW : default_allow;
}

SEC("struct_ops/pr_out")
int BPF_PROG(pr_guard_out, struct scst_session *sess, struct scst_device *dev,
	     struct scst_pr_request *req)
{
	if (!takes_away(req) || is_allowed(sess, dev))
		return SCST_PR_VERDICT_PASS;
	__sync_fetch_and_add(&pr_guard_refused, 1);
	return SCST_PR_VERDICT_REFUSE;
}

SEC(".struct_ops.link")
struct scst_policy_ops pr_guard = {
	.pr_out		= (void *)pr_guard_out,
	.name		= "pr_guard",
};
