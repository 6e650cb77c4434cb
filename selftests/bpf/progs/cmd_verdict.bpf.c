// SPDX-License-Identifier: GPL-2.0
/*
 * cmd_admit as the loader says: one verdict for the commands with @opcode to @lun, pass for all
 * others. Two policies, to be combined.
 */
#include "scst.bpf.h"

char _license[] SEC("license") = "GPL";

const volatile __s32 verdict = SCST_ADMIT_PASS;
const volatile __s32 second_verdict = SCST_ADMIT_PASS;
const volatile __u64 delay_ns = 0;
const volatile __s32 sense = -1;		/* -1: scst_bpf_cmd_sense() is not called */
const volatile __s32 opcode = -1;		/* -1: any */
const volatile __s32 lun = -1;
const volatile bool says_error = false;	/* scst_bpf_error() first */

__s32 delay_result = 99, sense_result = 99;
__u64 asked = 0, second_asked = 0, lun_count = 0, session_count = 0;
__u8 cdb_byte = 0;
bool beyond_is_null = false, too_much_is_null = false;

static bool is_meant(struct scst_cmd *cmd)
{
	const u8 *cdb = scst_bpf_cmd_cdb(cmd, 0, 1);

	if (!cdb)
		return false;
	return (opcode < 0 || *cdb == opcode) && (lun < 0 || cmd->lun == lun);
}

static void use_kfuncs(struct scst_cmd *cmd)
{
	const u8 *cdb = scst_bpf_cmd_cdb(cmd, 8, 8);
	u64 *words;

	if (cdb)
		cdb_byte = *cdb;
	beyond_is_null = !scst_bpf_cmd_cdb(cmd, 9, 8);
	words = scst_bpf_cmd_lun_storage(cmd, 16);
	if (words)
		lun_count = __sync_add_and_fetch(&words[1], 1);
	words = scst_bpf_cmd_session_storage(cmd, 8);
	if (words)
		session_count = __sync_add_and_fetch(&words[0], 1);
	too_much_is_null = !scst_bpf_cmd_lun_storage(cmd, 24);
}

SEC("struct_ops/cmd_admit")
int BPF_PROG(verdict_admit, struct scst_cmd *cmd)
{
	if (!is_meant(cmd))
		return SCST_ADMIT_PASS;
	__sync_fetch_and_add(&asked, 1);
	use_kfuncs(cmd);
	if (says_error)
		scst_bpf_error("as I was told", 7);
	if (delay_ns)
		delay_result = scst_bpf_cmd_delay(cmd, delay_ns);
	if (sense >= 0)
		sense_result = scst_bpf_cmd_sense(cmd, sense);
	return verdict;
}

SEC("struct_ops/cmd_admit")
int BPF_PROG(second_admit, struct scst_cmd *cmd)
{
	if (!is_meant(cmd))
		return SCST_ADMIT_PASS;
	__sync_fetch_and_add(&second_asked, 1);
	return second_verdict;
}

SEC(".struct_ops.link")
struct scst_policy_ops admit = {
	.cmd_admit	= (void *)verdict_admit,
	.name		= "admit",
};

SEC(".struct_ops.link")
struct scst_policy_ops second = {
	.cmd_admit	= (void *)second_admit,
	.name		= "second",
};
