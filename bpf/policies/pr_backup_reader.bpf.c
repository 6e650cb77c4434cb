// SPDX-License-Identifier: GPL-2.0
/*
 * A backup host reads what a cluster has reserved for itself: initiators that a rule of the list
 * names may read under an exclusive access reservation, and nothing else. They are not registered,
 * so a cluster that preempts each other never meets them, and what they read is as consistent as
 * what a disk says that was pulled: take a snapshot on the host first, or be content with that.
 *
 * What was found for a nexus holds for a second.
 */
#include "match.bpf.h"
#include "policies/pr_backup_reader.h"

char _license[] SEC("license") = "GPL";

#define SECOND	1000000000ULL

RULE_LIST(pr_backup_reader_list, struct pr_backup_reader_rule);

/* Reads that a reservation forbids and that went on. */
u64 pr_backup_reader_reads = 0;

static bool is_reader(struct scst_cmd *cmd)
{
	struct scst_match *who = match_subject_of(cmd->sess, cmd->dev, cmd->lun);
	struct pr_backup_reader_rule *rule;
	u32 index;

	if (!who)
		return false;
	rule = match_find(pr_backup_reader_list, struct pr_backup_reader_rule, who, index, true);
	return rule != NULL;
}

/* Of the storage: [0] until when the answer holds, [1] the answer. */
static bool is_known_reader(struct scst_cmd *cmd)
{
	u64 *known = scst_bpf_cmd_lun_storage(cmd, 16);
	u64 now = bpf_ktime_get_ns();

	if (!known)
		return false;
	if (known[0] < now) {
		known[1] = is_reader(cmd);
		known[0] = now + SECOND;
	}
	return known[1];
}

SEC("struct_ops/pr_conflict")
int BPF_PROG(pr_backup_reader_conflict, struct scst_cmd *cmd, struct scst_device *dev, u32 type,
	     bool conflict)
{
	if (!conflict || cmd->op->pr != SCST_PR_READ || cmd->op->flags & SCST_OP_WRITES ||
	    !is_known_reader(cmd))
		return SCST_CONFLICT_DEFAULT;
	__sync_fetch_and_add(&pr_backup_reader_reads, 1);
	return SCST_CONFLICT_ALLOW;
}

SEC(".struct_ops.link")
struct scst_policy_ops pr_backup_reader = {
	.pr_conflict	= (void *)pr_backup_reader_conflict,
	.flags		= SCST_POLICY_F_ALLOW_READS,
	.name		= "pr_backup_reader",
};
