// SPDX-License-Identifier: GPL-2.0
/*
 * A LUN stands still for a snapshot: while a rule of the list matches, commands that write are
 * answered BUSY, and the initiator sends them again until the window is over. With deny set they
 * fail (DATA PROTECT, write protected) instead. Reading goes on.
 *
 * A rule with a time in `until` ends by itself, so that a window which nobody closes is closed. The
 * list is read for every write, and a change holds at once: commands that were admitted before may
 * still be executing, which `active_commands` of the sessions shows.
 */
#include "clock.bpf.h"
#include "match.bpf.h"
#include "policies/read_only_window.h"

char _license[] SEC("license") = "GPL";

const volatile bool deny = false;

RULE_LIST(read_only_window_list, struct read_only_window_rule);

static bool any_rule(void)
{
	u32 first = 0;
	struct read_only_window_rule *rule = bpf_map_lookup_elem(&read_only_window_list, &first);

	return rule && rule->used;
}

SEC("struct_ops/cmd_admit")
int BPF_PROG(read_only_window_admit, struct scst_cmd *cmd)
{
	u64 now = clock_seconds();
	struct read_only_window_rule *rule;
	struct scst_match *who;
	u32 index;

	if (!(cmd->op->flags & SCST_OP_WRITES) || !any_rule())
		return SCST_ADMIT_PASS;
	who = match_subject_of(cmd->sess, cmd->dev, cmd->lun);
	if (!who)
		return SCST_ADMIT_BUSY;		/* nobody can say now; it comes again */
	rule = match_find(read_only_window_list, struct read_only_window_rule, who, index,
			  !rule->until || now < rule->until);
	if (!rule)
		return SCST_ADMIT_PASS;
	if (!deny)
		return SCST_ADMIT_BUSY;
	scst_bpf_cmd_sense(cmd, SCST_SENSE_WRITE_PROTECTED);
	return SCST_ADMIT_DENY;
}

SEC(".struct_ops.link")
struct scst_policy_ops read_only_window = {
	.cmd_admit	= (void *)read_only_window_admit,
	.name		= "read_only_window",
};
