/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Options that every tracer of commands has: whose commands, to which LUN. They are set before
 * loading, so that the verifier removes what nobody asked for.
 */
#ifndef _SCST_TRACER_FILTER_BPF_H
#define _SCST_TRACER_FILTER_BPF_H

#include "scst.bpf.h"

#define FILTER_NAME_LEN	256					/* SCST_NAME_LEN	*/

const volatile char filter_initiator[FILTER_NAME_LEN] = "";	/* empty: all		*/
const volatile __s32 filter_lun = -1;				/* -1: all		*/

static __noinline bool is_filter_initiator(struct scst_session *sess)
{
	char name[FILTER_NAME_LEN] = {};

	if (!sess)
		return false;
	bpf_probe_read_kernel_str(name, sizeof(name), sess->initiator);
	return !bpf_strncmp(name, sizeof(name), (const char *)filter_initiator);
}

static __always_inline bool is_wanted(struct scst_cmd *cmd)
{
	if (filter_lun >= 0 && cmd->lun != filter_lun)
		return false;
	return !filter_initiator[0] || is_filter_initiator(cmd->sess);
}

#endif
