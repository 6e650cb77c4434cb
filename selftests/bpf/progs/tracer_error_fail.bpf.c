// SPDX-License-Identifier: GPL-2.0
/*
 * Refused: a tracer has no policy to eject.
 * Says: is not allowed
 */
#include "scst.bpf.h"

char _license[] SEC("license") = "GPL";

SEC("tp_btf/scst_cmd_done")
int BPF_PROG(tracer_error, struct scst_cmd *cmd)
{
	return scst_bpf_error("not mine", 1);
}
