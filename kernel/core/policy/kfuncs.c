// SPDX-License-Identifier: GPL-2.0
/*
 * The kfuncs of policies and tracers; include/scst/policy.h is their manual. Which hook may call
 * which is decided when a program is loaded (kfunc_filter), and asked again when it runs.
 */
#include <linux/bpf.h>
#include <linux/btf.h>
#include <linux/btf_ids.h>
#include <linux/module.h>

#include "command/command.h"
#include "objects/objects.h"
#include "policy.h"

/* What a program has on its stack; opaque to it. */
struct bpf_iter_scst_session {
	u64 opaque[1];
};

struct bpf_iter_scst_lun {
	u64 opaque[2];
};

struct session_iter {
	struct scst_session *pos;
};

struct lun_iter {
	struct scst_session *sess;
	unsigned int next;
};

static_assert(sizeof(struct session_iter) <= sizeof(struct bpf_iter_scst_session));
static_assert(sizeof(struct lun_iter) <= sizeof(struct bpf_iter_scst_lun));

static const struct btf *scst_btf;	/* set once, by scst_policy_kfuncs_register() */

/* The running call of @hook about @subject, or NULL. */
static struct scst_policy_call *current_call(enum scst_policy_hook hook, const void *subject)
{
	struct scst_policy_call *call = scst_policy_current();

	return call && call->hook == hook && call->subject == subject ? call : NULL;
}

/* What a policy may refuse a command with: an error of this command, and nobody else's event. */
static bool sense_is_refusal(u32 id)
{
	if (id >= SCST_SENSE_MAX)
		return false;
	switch (scst_sense_row(id)->key) {
	case NOT_READY:
	case MEDIUM_ERROR:
	case HARDWARE_ERROR:
	case ILLEGAL_REQUEST:
	case DATA_PROTECT:
	case ABORTED_COMMAND:
		return true;
	}
	return false;
}

__bpf_kfunc_start_defs();

__bpf_kfunc int scst_bpf_error(const char *text__str, int code)
{
	struct scst_policy_call *call = scst_policy_current();

	if (!call)
		return -EINVAL;
	scst_policy_eject(call->policy, SCST_EXIT_ERROR, code, text__str);
	return 0;
}

__bpf_kfunc int scst_bpf_revalidate(void)
{
	if (scst_policy_current())
		return -EBUSY;
	scst_revalidate_all();
	return 0;
}

__bpf_kfunc int scst_bpf_cmd_delay(struct scst_cmd *cmd, u64 ns)
{
	struct scst_policy_call *call = current_call(SCST_HOOK_CMD_ADMIT, cmd);

	if (!call || !ns)
		return -EINVAL;
	call->delay_ns = ns;
	return 0;
}

__bpf_kfunc int scst_bpf_cmd_sense(struct scst_cmd *cmd, u32 id)
{
	struct scst_policy_call *call = current_call(SCST_HOOK_CMD_ADMIT, cmd);

	if (!call || !sense_is_refusal(id))
		return -EINVAL;
	call->sense = id;
	return 0;
}

__bpf_kfunc const u8 *scst_bpf_cmd_cdb(struct scst_cmd *cmd, u32 offset,
				       const size_t rdonly_buf_size)
{
	bool is_long = cmd->cdb_len > sizeof(cmd->cdb) && cmd->long_cdb;
	u32 len = is_long ? cmd->cdb_len : sizeof(cmd->cdb);

	if (offset >= len || rdonly_buf_size > len - offset)
		return NULL;
	return (is_long ? cmd->long_cdb : cmd->cdb) + offset;
}

__bpf_kfunc u64 *scst_bpf_cmd_lun_storage(struct scst_cmd *cmd, const size_t rdwr_buf_size)
{
	struct scst_policy_call *call = scst_policy_current();

	if (!call || call->subject != cmd || rdwr_buf_size > sizeof(cmd->nexus->storage[0]))
		return NULL;
	return cmd->nexus->storage[call->slot];
}

__bpf_kfunc u64 *scst_bpf_cmd_session_storage(struct scst_cmd *cmd, const size_t rdwr_buf_size)
{
	struct scst_policy_call *call = scst_policy_current();

	if (!call || call->subject != cmd || rdwr_buf_size > sizeof(cmd->sess->storage[0]))
		return NULL;
	return cmd->sess->storage[call->slot];
}

__bpf_kfunc u64 *scst_bpf_session_storage(struct scst_session *sess, const size_t rdwr_buf_size)
{
	struct scst_policy_call *call = scst_policy_current();

	if (!call || call->subject != sess || rdwr_buf_size > sizeof(sess->storage[0]))
		return NULL;
	return sess->storage[call->slot];
}

__bpf_kfunc int scst_bpf_session_set_group(struct scst_session *sess, const char *name,
					   u32 name__sz)
{
	struct scst_policy_call *call = current_call(SCST_HOOK_SESSION_ADMIT, sess);
	size_t len = strnlen(name, name__sz);

	if (!call || !len || len == name__sz || len >= SCST_DEV_NAME_LEN)
		return -EINVAL;
	strscpy(call->group, name, SCST_DEV_NAME_LEN);
	return 0;
}

__bpf_kfunc u32 scst_bpf_cmd_codes(const struct scst_cmd *cmd)
{
	struct scst_sense_codes codes = scst_cmd_codes(cmd);

	return codes.key << 16 | codes.asc << 8 | codes.ascq;
}

/* Iterators, within one RCU section each [verifier_refuses_iterating_without_rcu]. */

__bpf_kfunc int bpf_iter_scst_session_new(struct bpf_iter_scst_session *it)
{
	struct session_iter *iter = (void *)it;

	iter->pos = NULL;
	return 0;
}

__bpf_kfunc struct scst_session *bpf_iter_scst_session_next(struct bpf_iter_scst_session *it)
{
	struct session_iter *iter = (void *)it;
	struct list_head *from = iter->pos ? &iter->pos->all_entry : &scst_sessions;
	struct list_head *next = rcu_dereference(list_next_rcu(from));

	if (next == &scst_sessions)
		return NULL;
	iter->pos = list_entry(next, struct scst_session, all_entry);
	return iter->pos;
}

__bpf_kfunc void bpf_iter_scst_session_destroy(struct bpf_iter_scst_session *it)
{
}

__bpf_kfunc int bpf_iter_scst_lun_new(struct bpf_iter_scst_lun *it, struct scst_session *sess)
{
	struct lun_iter *iter = (void *)it;

	iter->sess = sess;
	iter->next = 0;
	return 0;
}

__bpf_kfunc struct scst_nexus *bpf_iter_scst_lun_next(struct bpf_iter_scst_lun *it)
{
	struct lun_iter *iter = (void *)it;
	const struct scst_lun_table *luns = rcu_dereference(iter->sess->luns);
	struct scst_nexus *nexus = NULL;

	while (luns && !nexus && iter->next < luns->nr)
		nexus = rcu_dereference(luns->slot[iter->next++]);
	return nexus;
}

__bpf_kfunc void bpf_iter_scst_lun_destroy(struct bpf_iter_scst_lun *it)
{
}

__bpf_kfunc_end_defs();

#define ITERATORS								\
	BTF_ID_FLAGS(func, bpf_iter_scst_session_new, KF_ITER_NEW | KF_RCU_PROTECTED)	\
	BTF_ID_FLAGS(func, bpf_iter_scst_session_next, KF_ITER_NEXT | KF_RET_NULL)	\
	BTF_ID_FLAGS(func, bpf_iter_scst_session_destroy, KF_ITER_DESTROY)		\
	BTF_ID_FLAGS(func, bpf_iter_scst_lun_new, KF_ITER_NEW | KF_RCU | KF_RCU_PROTECTED) \
	BTF_ID_FLAGS(func, bpf_iter_scst_lun_next, KF_ITER_NEXT | KF_RET_NULL)		\
	BTF_ID_FLAGS(func, bpf_iter_scst_lun_destroy, KF_ITER_DESTROY)

/* All that policies may call, since BPF wants one set; the others say what only some hooks may. */
BTF_KFUNCS_START(scst_policy_kfuncs)
BTF_ID_FLAGS(func, scst_bpf_error)
BTF_ID_FLAGS(func, scst_bpf_revalidate)
BTF_ID_FLAGS(func, scst_bpf_cmd_delay, KF_TRUSTED_ARGS)
BTF_ID_FLAGS(func, scst_bpf_cmd_sense, KF_TRUSTED_ARGS)
BTF_ID_FLAGS(func, scst_bpf_cmd_cdb, KF_TRUSTED_ARGS | KF_RET_NULL)
BTF_ID_FLAGS(func, scst_bpf_cmd_lun_storage, KF_TRUSTED_ARGS | KF_RET_NULL)
BTF_ID_FLAGS(func, scst_bpf_cmd_session_storage, KF_TRUSTED_ARGS | KF_RET_NULL)
BTF_ID_FLAGS(func, scst_bpf_session_storage, KF_TRUSTED_ARGS | KF_RET_NULL)
BTF_ID_FLAGS(func, scst_bpf_session_set_group, KF_TRUSTED_ARGS)
BTF_ID_FLAGS(func, scst_bpf_pr_dump_text, KF_TRUSTED_ARGS | KF_RET_NULL)
BTF_ID_FLAGS(func, bpf_iter_scst_registrant_new, KF_ITER_NEW | KF_TRUSTED_ARGS | KF_RCU_PROTECTED)
BTF_ID_FLAGS(func, bpf_iter_scst_registrant_next, KF_ITER_NEXT | KF_RET_NULL)
BTF_ID_FLAGS(func, bpf_iter_scst_registrant_destroy, KF_ITER_DESTROY)
ITERATORS
BTF_KFUNCS_END(scst_policy_kfuncs)

BTF_SET8_START(scst_cmd_admit_kfuncs)
BTF_ID_FLAGS(func, scst_bpf_cmd_delay)
BTF_ID_FLAGS(func, scst_bpf_cmd_sense)
BTF_SET8_END(scst_cmd_admit_kfuncs)

BTF_SET8_START(scst_session_admit_kfuncs)
BTF_ID_FLAGS(func, scst_bpf_session_set_group)
BTF_SET8_END(scst_session_admit_kfuncs)

BTF_SET8_START(scst_pr_dump_kfuncs)
BTF_ID_FLAGS(func, scst_bpf_pr_dump_text)
BTF_SET8_END(scst_pr_dump_kfuncs)

BTF_KFUNCS_START(scst_syscall_kfuncs)
BTF_ID_FLAGS(func, scst_bpf_revalidate)
ITERATORS
BTF_KFUNCS_END(scst_syscall_kfuncs)

BTF_KFUNCS_START(scst_tracing_kfuncs)
BTF_ID_FLAGS(func, scst_bpf_cmd_codes, KF_TRUSTED_ARGS)
BTF_KFUNCS_END(scst_tracing_kfuncs)

static const struct {
	const struct btf_id_set8 *set;
	enum scst_policy_hook hook;
} kfuncs_of_hook[] = {
	{ &scst_cmd_admit_kfuncs,	SCST_HOOK_CMD_ADMIT	},
	{ &scst_session_admit_kfuncs,	SCST_HOOK_SESSION_ADMIT	},
	{ &scst_pr_dump_kfuncs,		SCST_HOOK_PR_DUMP	},
};

BTF_ID_LIST_SINGLE(scst_policy_ops_id, struct, scst_policy_ops)

/*
 * Ids in our sets are those of the module's file. When BPF took the module in, it moved all of its
 * types behind the kernel's: by as much as the struct which it names us in attach_btf_id.
 */
static bool set_has(const struct btf_id_set8 *set, u32 id, u32 moved_by)
{
	unsigned int i;

	for (i = 0; i < set->cnt; i++)
		if (set->pairs[i].id + moved_by == id)
			return true;
	return false;
}

/* The hook that @prog is for. Members of the struct are in expected_attach_type. */
static enum scst_policy_hook hook_of(const struct bpf_prog *prog)
{
	const struct btf_type *ops = btf_type_by_id(scst_btf, prog->aux->attach_btf_id);
	const struct btf_member *member = btf_type_member(ops) + prog->expected_attach_type;
	unsigned int hook;

	if (prog->expected_attach_type >= btf_type_vlen(ops))
		return SCST_HOOK_MAX;
	for (hook = 0; hook < SCST_HOOK_MAX; hook++)
		if (scst_policy_hooks[hook].offset == __btf_member_bit_offset(ops, member) / 8)
			break;
	return hook;
}

static int kfunc_filter(const struct bpf_prog *prog, u32 kfunc_id)
{
	unsigned int i;
	u32 moved_by;

	if (prog->type != BPF_PROG_TYPE_STRUCT_OPS)
		return 0;
	if (prog->aux->attach_btf != scst_btf)
		return -EACCES;		/* the struct_ops of others have no business here */
	moved_by = prog->aux->attach_btf_id - scst_policy_ops_id[0];
	for (i = 0; i < ARRAY_SIZE(kfuncs_of_hook); i++)
		if (set_has(kfuncs_of_hook[i].set, kfunc_id, moved_by))
			return hook_of(prog) == kfuncs_of_hook[i].hook ? 0 : -EACCES;
	return 0;
}

static const struct btf_kfunc_id_set scst_policy_kfunc_set = {
	.owner	= THIS_MODULE,
	.set	= &scst_policy_kfuncs,
	.filter	= kfunc_filter,
};

static const struct btf_kfunc_id_set scst_syscall_kfunc_set = {
	.owner	= THIS_MODULE,
	.set	= &scst_syscall_kfuncs,
};

static const struct btf_kfunc_id_set scst_tracing_kfunc_set = {
	.owner	= THIS_MODULE,
	.set	= &scst_tracing_kfuncs,
};

int scst_policy_kfuncs_register(const struct btf *btf)
{
	scst_btf = btf;
	return register_btf_kfunc_id_set(BPF_PROG_TYPE_STRUCT_OPS, &scst_policy_kfunc_set) ?:
	       register_btf_kfunc_id_set(BPF_PROG_TYPE_SYSCALL, &scst_syscall_kfunc_set) ?:
	       register_btf_kfunc_id_set(BPF_PROG_TYPE_TRACING, &scst_tracing_kfunc_set);
}
