// SPDX-License-Identifier: GPL-2.0
/*
 * Commands that an initiator may not send: by operation code and service action. The first rule of
 * the list that matches counts; a command without one passes.
 *
 * Only rules for the command's own operation code are compared with names. So READ and WRITE pay a
 * look at a bitmap, unless there is a rule for them: it is made from the list every second.
 *
 * INQUIRY, REPORT LUNS, REQUEST SENSE and TEST UNIT READY are never refused: without them an
 * initiator does not see the LUN, which is what lun_mask is for.
 */
#include "match.bpf.h"
#include "policies/cmd_filter.h"

char _license[] SEC("license") = "GPL";

#define SECOND	1000000000ULL

RULE_LIST(cmd_filter_list, struct cmd_filter_rule);

/* A bit for each operation code that some rule has; when that was looked up. */
u64 opcodes[4] = {};
u64 looked_at = 0;

static __noinline int look_at_list(u64 now)
{
	u64 found[4] = {};
	u32 i;

	bpf_for(i, 0, SCST_MAX_RULES) {
		struct cmd_filter_rule *rule = bpf_map_lookup_elem(&cmd_filter_list, &i);

		if (!rule || !rule->used)
			break;
		if (rule->opcode == CMD_FILTER_ANY)
			found[0] = found[1] = found[2] = found[3] = ~0ULL;
		else
			found[rule->opcode >> 6 & 3] |= 1ULL << (rule->opcode & 63);
	}
	for (i = 0; i < 4; i++)
		opcodes[i] = found[i];
	looked_at = now;
	return 0;
}

static bool is_needed(u8 opcode)
{
	return opcode == 0x00 || opcode == 0x03 || opcode == 0x12 || opcode == 0xa0;
}

/* Where the service action is, SPC-5 4.2: byte 1, or bytes 8 and 9 of a variable length CDB. */
static u32 service_action(const u8 *cdb)
{
	return cdb[0] == 0x7f ? cdb[8] << 8 | cdb[9] : cdb[1] & 0x1f;
}

static bool is_command(const struct cmd_filter_rule *rule, u8 opcode, u32 sa)
{
	return (rule->opcode == CMD_FILTER_ANY || rule->opcode == opcode) &&
	       (rule->service_action == CMD_FILTER_ANY || rule->service_action == sa);
}

SEC("struct_ops/cmd_admit")
int BPF_PROG(cmd_filter_admit, struct scst_cmd *cmd)
{
	const u8 *cdb = scst_bpf_cmd_cdb(cmd, 0, 16);
	u64 now = bpf_ktime_get_ns();
	struct cmd_filter_rule *rule;
	struct scst_match *who;
	u32 index, sa;
	u8 opcode;

	if (!cdb)
		return SCST_ADMIT_PASS;
	opcode = cdb[0];
	if (!looked_at || now - looked_at > SECOND)
		look_at_list(now);
	if (!(opcodes[opcode >> 6] & 1ULL << (opcode & 63)) || is_needed(opcode))
		return SCST_ADMIT_PASS;
	sa = service_action(cdb);
	who = match_subject_of(cmd->sess, cmd->dev, cmd->lun);
	if (!who)
		return SCST_ADMIT_BUSY;		/* nobody can say now; it comes again */
	rule = match_find(cmd_filter_list, struct cmd_filter_rule, who, index,
			  is_command(rule, opcode, sa));
	if (!rule || rule->action == CMD_FILTER_ALLOW)
		return SCST_ADMIT_PASS;
	if (rule->action == CMD_FILTER_DENY)
		scst_bpf_cmd_sense(cmd, SCST_SENSE_INVALID_OPCODE);
	return SCST_ADMIT_DENY;
}

SEC(".struct_ops.link")
struct scst_policy_ops cmd_filter = {
	.cmd_admit	= (void *)cmd_filter_admit,
	.name		= "cmd_filter",
};
