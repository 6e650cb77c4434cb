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

/* Behind the name of an option in milliseconds: a delay, refused if it is above the deadline. */
#define SCST_DELAY	__attribute__((btf_decl_tag("scst_delay_ms")))
/* Behind the name of an option: how many elements the map has, 1 at least. */
#define SCST_ENTRIES(map)	__attribute__((btf_decl_tag("scst_entries:" #map)))

/* in hooks */
int scst_bpf_error(const char *text, int code) __ksym;
/* in cmd_admit */
int scst_bpf_cmd_delay(struct scst_cmd *cmd, u64 ns) __ksym;
int scst_bpf_cmd_sense(struct scst_cmd *cmd, u32 id) __ksym;
const u8 *scst_bpf_cmd_cdb(struct scst_cmd *cmd, u32 offset, const size_t size) __ksym;
u64 *scst_bpf_cmd_lun_storage(struct scst_cmd *cmd, const size_t size) __ksym;
u64 *scst_bpf_cmd_session_storage(struct scst_cmd *cmd, const size_t size) __ksym;
/* in session_admit and lun_access; set_group only in session_admit */
u64 *scst_bpf_session_storage(struct scst_session *sess, const size_t size) __ksym;
int scst_bpf_session_set_group(struct scst_session *sess, const char *name, u32 size) __ksym;
/* in pr_dump */
const u8 *scst_bpf_pr_dump_text(struct scst_pr_dump *dump, u32 offset, const size_t size) __ksym;
/* for bpf_for_each(scst_registrant, reg, dev), in hooks that have a device */
int bpf_iter_scst_registrant_new(struct bpf_iter_scst_registrant *it,
				 struct scst_device *dev) __ksym __weak;
struct scst_pr_reg *
bpf_iter_scst_registrant_next(struct bpf_iter_scst_registrant *it) __ksym __weak;
void bpf_iter_scst_registrant_destroy(struct bpf_iter_scst_registrant *it) __ksym __weak;
void bpf_rcu_read_lock(void) __ksym __weak;
void bpf_rcu_read_unlock(void) __ksym __weak;
/* in callbacks of timers, and in SEC("syscall") */
int scst_bpf_revalidate(void) __ksym;
/* for bpf_for_each(scst_session, ...) and bpf_for_each(scst_lun, ...): hooks and SEC("syscall") */
int bpf_iter_scst_session_new(struct bpf_iter_scst_session *it) __ksym __weak;
struct scst_session *bpf_iter_scst_session_next(struct bpf_iter_scst_session *it) __ksym __weak;
void bpf_iter_scst_session_destroy(struct bpf_iter_scst_session *it) __ksym __weak;
int bpf_iter_scst_lun_new(struct bpf_iter_scst_lun *it, struct scst_session *sess) __ksym __weak;
struct scst_nexus *bpf_iter_scst_lun_next(struct bpf_iter_scst_lun *it) __ksym __weak;
void bpf_iter_scst_lun_destroy(struct bpf_iter_scst_lun *it) __ksym __weak;
/* in tracers */
u32 scst_bpf_cmd_codes(const struct scst_cmd *cmd) __ksym;

#endif
