// SPDX-License-Identifier: GPL-2.0
/*
 * Refused: a tracer only looks.
 * Says: only read is supported
 */
#include "scst.bpf.h"

char _license[] SEC("license") = "GPL";

SEC("tp_btf/scst_cmd_done")
int BPF_PROG(tracer_write, struct scst_cmd *cmd)
{
	if (cmd)
		cmd->status = 0;
	return 0;
}
