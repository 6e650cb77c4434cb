/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What every policy and tracer includes first: the types of the kernel and of scst.ko (vmlinux.h,
 * made when scst.ko is built), libbpf's macros, and the kfuncs. The manual of hooks and kfuncs is
 * include/scst/policy.h, a beginner's page docs/policy-hooks.md.
 */
#ifndef _SCST_BPF_H
#define _SCST_BPF_H

#include "vmlinux.h"

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

/* in hooks */
int scst_bpf_error(const char *text, int code) __ksym;
/* in callbacks of timers, and in SEC("syscall") */
int scst_bpf_revalidate(void) __ksym;
/* in tracers */
u32 scst_bpf_sense(u32 id) __ksym;

#endif
