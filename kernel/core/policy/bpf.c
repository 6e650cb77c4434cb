// SPDX-License-Identifier: GPL-2.0
/*
 * struct scst_policy_ops as a BPF struct_ops type. All that BPF knows of policies, with the kfuncs
 * in policy_kfuncs.c; what they mean is in policy*.c.
 *
 * The life of a policy here: load -> init_member() for each member, validate() -> link -> reg() ->
 * perhaps update() by another map -> unreg(). The map holds a reference on scst.ko all the time,
 * and BPF frees it some time after unreg(), without knowing whether a sleepable program still
 * runs: so unreg() and update() return only when nobody is inside (SRCU of the policy, RCU). BPF
 * keeps a lock over update(), and none over unreg(): so a policy that is stuck is not updated.
 *
 * BPF finds a stub by its name, in vmlinux first: stubs and the struct have names of their own.
 */
#include <linux/bpf.h>
#include <linux/bpf_verifier.h>
#include <linux/btf.h>
#include <linux/btf_ids.h>
#include <linux/module.h>

#include "policy.h"

/* scst.ko's own types, once BPF has accepted struct scst_policy_ops. NULL: it did not. */
static const struct btf *scst_btf;

/* Programs. */

static bool scst_policy_is_valid_access(int off, int size, enum bpf_access_type type,
					const struct bpf_prog *prog,
					struct bpf_insn_access_aux *info)
{
	return bpf_tracing_btf_ctx_access(off, size, type, prog, info);
}

/* What a hook gets is read only: there is no btf_struct_access(). */
static const struct bpf_verifier_ops scst_policy_verifier_ops = {
	.get_func_proto		= bpf_base_func_proto,
	.is_valid_access	= scst_policy_is_valid_access,
};

static u32 member_offset(const struct btf_type *t, const struct btf_member *member)
{
	return __btf_member_bit_offset(t, member) / 8;
}

static int scst_policy_check_member(const struct btf_type *t, const struct btf_member *member,
				    const struct bpf_prog *prog)
{
	unsigned int hook;

	if (!prog->sleepable)
		return 0;
	for (hook = 0; hook < SCST_HOOK_MAX; hook++)
		if (scst_policy_hooks[hook].offset == member_offset(t, member))
			return scst_policy_hooks[hook].may_sleep ? 0 : -EINVAL;
	return -EINVAL;
}

/* Policies. */

/*
 * BPF copies no data by itself: return 1 for "copied". Whether the values make sense is asked in
 * validate(), when all of them are there.
 */
static int scst_policy_init_member(const struct btf_type *t, const struct btf_member *member,
				   void *kdata, const void *udata)
{
	const struct scst_policy_ops *from = udata;
	struct scst_policy_ops *to = kdata;

	switch (member_offset(t, member)) {
	case offsetof(struct scst_policy_ops, scope):
		to->scope = from->scope;
		return 1;
	case offsetof(struct scst_policy_ops, priority):
		to->priority = from->priority;
		return 1;
	case offsetof(struct scst_policy_ops, flags):
		to->flags = from->flags;
		return 1;
	case offsetof(struct scst_policy_ops, deadline_ms):
		to->deadline_ms = from->deadline_ms;
		return 1;
	case offsetof(struct scst_policy_ops, scope_name):
		memcpy(to->scope_name, from->scope_name, sizeof(to->scope_name));
		return 1;
	case offsetof(struct scst_policy_ops, name):
		memcpy(to->name, from->name, sizeof(to->name));
		return 1;
	}
	return 0;
}

static int scst_policy_validate(void *kdata)
{
	return scst_policy_check(kdata);
}

static int scst_policy_reg(void *kdata, struct bpf_link *link)
{
	return scst_policy_attach(kdata);
}

static void scst_policy_unreg(void *kdata, struct bpf_link *link)
{
	scst_policy_detach(kdata);
}

static int scst_policy_bpf_update(void *kdata, void *old_kdata, struct bpf_link *link)
{
	return scst_policy_update(kdata, old_kdata);
}

/* BPF calls this when it has found and accepted the type in the module's BTF, and only then. */
static int scst_policy_btf_init(struct btf *btf)
{
	scst_btf = btf;
	return 0;
}

/* What hooks do without a program, and where BPF gets the names of their arguments from. */
static int scst_policy_ops__lun_access(struct scst_session *sess, struct scst_device *dev, u32 lun,
				       bool read_only)
{
	return SCST_ACCESS_DEFAULT;
}

static int scst_policy_ops__session_admit(struct scst_session *sess)
{
	return SCST_SESSION_DEFAULT;
}

static int scst_policy_ops__cmd_admit(struct scst_cmd *cmd)
{
	return SCST_ADMIT_PASS;
}

static void scst_policy_ops__tmf(struct scst_tmf *tmf)
{
}

static int scst_policy_ops__pr_conflict(struct scst_cmd *cmd, struct scst_device *dev, u32 type,
					bool conflict)
{
	return SCST_CONFLICT_DEFAULT;
}

static int scst_policy_ops__pr_out(struct scst_session *sess, struct scst_device *dev,
				   struct scst_pr_request *req)
{
	return SCST_PR_VERDICT_PASS;
}

static int scst_policy_ops__pr_dump(struct scst_device *dev, struct scst_pr_dump *dump)
{
	return SCST_PR_DUMP_SKIP;
}

static struct scst_policy_ops scst_policy_ops__stubs = {
	.lun_access	= scst_policy_ops__lun_access,
	.session_admit	= scst_policy_ops__session_admit,
	.cmd_admit	= scst_policy_ops__cmd_admit,
	.tmf		= scst_policy_ops__tmf,
	.pr_conflict	= scst_policy_ops__pr_conflict,
	.pr_out		= scst_policy_ops__pr_out,
	.pr_dump	= scst_policy_ops__pr_dump,
};

static struct bpf_struct_ops scst_policy_struct_ops = {
	.verifier_ops	= &scst_policy_verifier_ops,
	.init		= scst_policy_btf_init,
	.check_member	= scst_policy_check_member,
	.init_member	= scst_policy_init_member,
	.validate	= scst_policy_validate,
	.reg		= scst_policy_reg,
	.unreg		= scst_policy_unreg,
	.update		= scst_policy_bpf_update,
	.cfi_stubs	= &scst_policy_ops__stubs,
	.owner		= THIS_MODULE,
	.name		= "scst_policy_ops",
};

/*
 * Registration of a module without BTF succeeds and does nothing: so what counts is whether BPF
 * came back to scst_policy_btf_init(). There is no way to unregister, and none is needed.
 */
const char *scst_policy_bpf_init(void)
{
	if (register_bpf_struct_ops(&scst_policy_struct_ops, scst_policy_ops))
		return "BPF refused struct scst_policy_ops, the kernel log says why";
	if (!scst_btf)
		return "scst.ko has no BTF: built without a vmlinux beside the kernel headers";
	if (scst_policy_kfuncs_register(scst_btf))
		return "BPF refused the kfuncs of scst.ko, the kernel log says why";
	return NULL;
}
