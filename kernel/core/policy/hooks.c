// SPDX-License-Identifier: GPL-2.0
/*
 * The hooks: for each a row that says what it is called, and a function that asks the policies
 * which have it and combines what they answer. A new hook is a member and its manual in
 * scst/policy.h, an enumerator, a row and a function here, a stub in policy_bpf.c, and a line in
 * maximal.bpf.c.
 *
 * Whatever is asked rarely walks the list of policies, is a reader of the SRCU of the one that it
 * calls, and compares names. A hook of the command path (per_command, admit.c) takes its policies
 * from a chain, under RCU, and a nexus knows by a bit for each policy whether it is in scope.
 */
#include "policy.h"

DEFINE_STATIC_KEY_ARRAY_FALSE(scst_policy_keys, SCST_HOOK_MAX);

const struct scst_policy_hook_desc scst_policy_hooks[SCST_HOOK_MAX] = {
	[SCST_HOOK_LUN_ACCESS] = {
		.name		= "lun_access",
		.offset		= offsetof(struct scst_policy_ops, lun_access),
		.may_sleep	= true,
		.closed		= SCST_ACCESS_HIDE,
		.verdicts	= {
			[SCST_ACCESS_DEFAULT]	= "default",
			[SCST_ACCESS_READ_ONLY]	= "read_only",
			[SCST_ACCESS_HIDE]	= "hide",
		},
	},
	[SCST_HOOK_SESSION_ADMIT] = {
		.name		= "session_admit",
		.offset		= offsetof(struct scst_policy_ops, session_admit),
		.may_sleep	= true,
		.closed		= SCST_SESSION_DENY,
		.verdicts	= {
			[SCST_SESSION_DEFAULT]	= "default",
			[SCST_SESSION_GROUP]	= "group",
			[SCST_SESSION_DENY]	= "deny",
		},
	},
	[SCST_HOOK_CMD_ADMIT] = {
		.name		= "cmd_admit",
		.offset		= offsetof(struct scst_policy_ops, cmd_admit),
		.per_command	= true,
		.closed		= SCST_ADMIT_BUSY,
		.verdicts	= {
			[SCST_ADMIT_PASS]		= "pass",
			[SCST_ADMIT_DELAY]		= "delay",
			[SCST_ADMIT_BUSY]		= "busy",
			[SCST_ADMIT_TASK_SET_FULL]	= "task_set_full",
			[SCST_ADMIT_DENY]		= "deny",
		},
	},
	[SCST_HOOK_TMF] = {
		.name		= "tmf",
		.offset		= offsetof(struct scst_policy_ops, tmf),
		.verdicts	= { "seen" },
	},
	[SCST_HOOK_PR_CONFLICT] = {
		.name		= "pr_conflict",
		.offset		= offsetof(struct scst_policy_ops, pr_conflict),
		.per_command	= true,
		.closed		= SCST_CONFLICT_REFUSE,
		.verdicts	= {
			[SCST_CONFLICT_DEFAULT]	= "default",
			[SCST_CONFLICT_ALLOW]	= "allow",
			[SCST_CONFLICT_REFUSE]	= "conflict",
		},
	},
	[SCST_HOOK_PR_OUT] = {
		.name		= "pr_out",
		.offset		= offsetof(struct scst_policy_ops, pr_out),
		.may_sleep	= true,
		.closed		= SCST_PR_VERDICT_REFUSE,
		.verdicts	= {
			[SCST_PR_VERDICT_PASS]	 = "pass",
			[SCST_PR_VERDICT_REFUSE] = "refuse",
		},
	},
	[SCST_HOOK_PR_DUMP] = {
		.name		= "pr_dump",
		.offset		= offsetof(struct scst_policy_ops, pr_dump),
		.may_sleep	= true,
		.verdicts	= {
			[SCST_PR_DUMP_SKIP]	= "skip",
			[SCST_PR_DUMP_DONE]	= "done",
			[SCST_PR_DUMP_RETRY]	= "retry",
		},
	},
};

static bool anybody(enum scst_policy_hook hook)
{
	return static_key_enabled(&scst_policy_keys[hook]);
}

/* Asks @policy: a verdict of the hook, or what counts instead. */
#define ask(policy, call, max, member, ...)					\
({										\
	int __verdict;								\
										\
	scst_policy_enter(call, policy);					\
	__verdict = (policy)->ops->member(__VA_ARGS__);				\
	scst_policy_leave(call);						\
	scst_policy_accept(policy, (call)->hook, __verdict, max);		\
})

/* lun_access */

static enum scst_access policy_lun_access(struct scst_policy *policy, struct scst_session *sess,
					  struct scst_device *dev, u16 lun, bool read_only)
{
	struct scst_policy_call call = { .hook = SCST_HOOK_LUN_ACCESS, .subject = sess };

	if (!scst_policy_in_scope(policy->ops, sess->tgt, sess->group, dev))
		return SCST_ACCESS_DEFAULT;
	if (scst_policy_ejected(policy))
		return scst_policy_fallback(policy, call.hook);
	return ask(policy, &call, SCST_ACCESS_MAX, lun_access, sess, dev, lun, read_only);
}

enum scst_access scst_policy_lun_access(struct scst_session *sess, struct scst_device *dev, u16 lun,
					bool read_only)
{
	struct scst_policy_round round = { .hook = SCST_HOOK_LUN_ACCESS };
	enum scst_access access = SCST_ACCESS_DEFAULT;
	struct scst_policy *policy;

	if (!anybody(round.hook))
		return SCST_ACCESS_DEFAULT;
	while ((policy = scst_policy_next(&round)))
		access = max(access, policy_lun_access(policy, sess, dev, lun, read_only));
	return access;
}

/* session_admit */

/* @policy is asked. Another one that had its slot may have been, too, and be gone. */
static void take_storage(struct scst_session *sess, const struct scst_policy *policy,
			 struct scst_admission *admission)
{
	if (admission->tenancy[policy->slot] != policy->tenancy)
		memset(sess->storage[policy->slot], 0, sizeof(sess->storage[0]));
	admission->tenancy[policy->slot] = policy->tenancy;
}

/* A policy that chooses a group must have said which; what it said goes to @admission. */
static enum scst_session_admit policy_session_admit(struct scst_policy *policy,
						    struct scst_session *sess,
						    struct scst_admission *admission)
{
	char chosen[SCST_DEV_NAME_LEN] = "";
	struct scst_policy_call call = {
		.hook = SCST_HOOK_SESSION_ADMIT,
		.subject = sess,
		.group = chosen,
	};
	int verdict;

	if (!scst_policy_in_scope(policy->ops, sess->tgt, NULL, NULL))
		return SCST_SESSION_DEFAULT;
	if (scst_policy_ejected(policy))
		return scst_policy_fallback(policy, call.hook);
	take_storage(sess, policy, admission);
	verdict = ask(policy, &call, SCST_SESSION_MAX, session_admit, sess);
	if (verdict == SCST_SESSION_GROUP && !chosen[0])
		return scst_policy_no_verdict(policy, call.hook, verdict,
					      "session_admit: a group, but not which");
	if (verdict == SCST_SESSION_GROUP && !admission->group[0])
		strscpy(admission->group, chosen);
	return verdict;
}

enum scst_session_admit scst_policy_session_admit(struct scst_session *sess,
						  struct scst_admission *admission)
{
	struct scst_policy_round round = { .hook = SCST_HOOK_SESSION_ADMIT };
	enum scst_session_admit admit = SCST_SESSION_DEFAULT;
	struct scst_policy *policy;

	if (!anybody(round.hook))
		return SCST_SESSION_DEFAULT;
	while (admit != SCST_SESSION_DENY && (policy = scst_policy_next(&round)))
		admit = max(admit, policy_session_admit(policy, sess, admission));
	scst_policy_round_end(&round);
	return admit;
}

/* The session may move to another group meanwhile, and its old one go. */
static bool is_about(const struct scst_policy *policy, const struct scst_session *sess,
		     const struct scst_device *dev)
{
	guard(rcu)();
	return scst_policy_in_scope(policy->ops, sess->tgt, READ_ONCE(sess->group), dev);
}

/* tmf */

static void policy_tmf(struct scst_policy *policy, struct scst_tmf *tmf,
		       const struct scst_nexus *nexus)
{
	struct scst_policy_call call = { .hook = SCST_HOOK_TMF, .subject = tmf };

	if (scst_policy_ejected(policy) || !is_about(policy, tmf->sess, nexus->dev))
		return;
	scst_policy_enter(&call, policy);
	policy->ops->tmf(tmf);
	scst_policy_leave(&call);
	scst_policy_accept(policy, call.hook, 0, 1);
}

void scst_policy_tmf(struct scst_tmf *tmf, const struct scst_nexus *nexus)
{
	struct scst_policy_round round = { .hook = SCST_HOOK_TMF };
	struct scst_policy *policy;

	if (!anybody(round.hook))
		return;
	while ((policy = scst_policy_next(&round)))
		policy_tmf(policy, tmf, nexus);
}

/* pr_conflict */

/* The one verdict that grants something: see scst/policy.h. */
static bool may_allow(const struct scst_policy_link *link, const struct scst_cmd *cmd)
{
	return link->ops->flags & SCST_POLICY_F_ALLOW_READS && cmd->op->pr == SCST_PR_READ &&
	       !(cmd->op->flags & SCST_OP_WRITES);
}

static enum scst_conflict policy_pr_conflict(const struct scst_policy_link *link,
					     struct scst_cmd *cmd, u8 type, bool conflict)
{
	struct scst_policy_call call;
	int verdict;

	call.hook = SCST_HOOK_PR_CONFLICT;
	call.subject = cmd;
	if (scst_policy_ejected(link->policy))
		return scst_policy_fallback(link->policy, call.hook);
	scst_policy_enter_atomic(&call, link);
	verdict = link->ops->pr_conflict(cmd, cmd->dev, type, conflict);
	scst_policy_leave_atomic(&call);
	verdict = scst_policy_accept(link->policy, call.hook, verdict, SCST_CONFLICT_MAX);
	if (verdict == SCST_CONFLICT_ALLOW && !may_allow(link, cmd))
		return scst_policy_no_verdict(link->policy, call.hook, verdict,
					      "pr_conflict: may not allow this");
	return verdict;
}

bool scst_policy_pr_conflict(struct scst_cmd *cmd, bool conflict)
{
	enum scst_conflict most = SCST_CONFLICT_DEFAULT;
	const struct scst_policy_chain *chain;
	const struct scst_policy_link *link;
	unsigned long scope = READ_ONCE(cmd->nexus->policies);
	u8 type;

	guard(rcu)();
	type = rcu_dereference(cmd->dev->reserve->now)->pr.type;
	chain = rcu_dereference(scst_policy_chains[SCST_HOOK_PR_CONFLICT]);
	if (!chain)
		return conflict;
	guard(preempt)();
	for (link = chain->links; link->policy; link++)
		if (scope & BIT(link->slot))
			most = max(most, policy_pr_conflict(link, cmd, type, conflict));
	return most == SCST_CONFLICT_DEFAULT ? conflict : most == SCST_CONFLICT_REFUSE;
}

/* pr_out */

static enum scst_pr_verdict policy_pr_out(struct scst_policy *policy,
					  const struct scst_nexus *nexus,
					  struct scst_pr_request *req)
{
	struct scst_session *sess = nexus->sess;
	struct scst_policy_call call = { .hook = SCST_HOOK_PR_OUT, .subject = sess };

	if (!is_about(policy, sess, nexus->dev))
		return SCST_PR_VERDICT_PASS;
	if (scst_policy_ejected(policy))
		return scst_policy_fallback(policy, call.hook);
	return ask(policy, &call, SCST_PR_VERDICT_MAX, pr_out, sess, nexus->dev, req);
}

enum scst_pr_verdict scst_policy_pr_out(const struct scst_nexus *nexus,
					struct scst_pr_request *req)
{
	struct scst_policy_round round = { .hook = SCST_HOOK_PR_OUT };
	enum scst_pr_verdict verdict = SCST_PR_VERDICT_PASS;
	struct scst_policy *policy;

	if (!anybody(round.hook))
		return SCST_PR_VERDICT_PASS;
	while (verdict == SCST_PR_VERDICT_PASS && (policy = scst_policy_next(&round)))
		verdict = policy_pr_out(policy, nexus, req);
	scst_policy_round_end(&round);
	return verdict;
}

/* pr_dump */

/* Who caused it may be nobody, or long gone: no scope that names a session's place applies. */
static bool is_about_device(const struct scst_policy_ops *ops, const struct scst_device *dev)
{
	return ops->scope == SCST_SCOPE_ALL ||
	       (ops->scope == SCST_SCOPE_DEVICE && !strcmp(ops->scope_name, dev->name));
}

enum scst_pr_dump_verdict scst_policy_pr_dump(struct scst_device *dev, struct scst_pr_dump *dump)
{
	struct scst_policy_round round = { .hook = SCST_HOOK_PR_DUMP };
	int most = SCST_PR_DUMP_SKIP;
	struct scst_policy *policy;

	while ((policy = scst_policy_next(&round))) {
		struct scst_policy_call call = { .hook = SCST_HOOK_PR_DUMP, .subject = dump };

		if (!scst_policy_ejected(policy) && is_about_device(policy->ops, dev))
			most = max(most, ask(policy, &call, SCST_PR_DUMP_MAX, pr_dump, dev,
					     dump));
	}
	return most;
}
