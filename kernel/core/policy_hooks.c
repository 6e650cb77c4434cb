// SPDX-License-Identifier: GPL-2.0
/*
 * The hooks: for each a row that says what it is called, and a function that asks the policies
 * which have it and combines what they answer. A new hook is a member and its manual in
 * scst/policy.h, an enumerator, a row and a function here, a stub in policy_bpf.c, and a line in
 * maximal.bpf.c.
 *
 * Whatever is asked rarely walks the list of policies under scst_policy_lock, which waits, and
 * compares names. A hook of the command path (per_command) takes its policies from a chain, under
 * RCU, and a nexus knows by a bit for each policy whether it is in scope.
 */
#include "policy.h"

DEFINE_STATIC_KEY_ARRAY_FALSE(scst_policy_keys, SCST_HOOK_MAX);

const struct scst_policy_hook_desc scst_policy_hooks[SCST_HOOK_MAX] = {
	[SCST_HOOK_LUN_ACCESS] = {
		.name		= "lun_access",
		.offset		= offsetof(struct scst_policy_ops, lun_access),
		.may_sleep	= true,
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
};

static bool anybody(enum scst_policy_hook hook)
{
	return static_key_enabled(&scst_policy_keys[hook]);
}

/* Asks @policy: a verdict of the hook, or -1 for one that does not count. */
#define ask(policy, call, member, ...)						\
({										\
	int __verdict;								\
										\
	scst_policy_enter(call, policy);					\
	__verdict = (policy)->ops->member(__VA_ARGS__);				\
	scst_policy_leave(call);						\
	scst_policy_accept(policy, (call)->hook, __verdict);			\
})

/* The same for a link of a chain. */
#define ask_atomic(link, call, member, ...)					\
({										\
	int __verdict;								\
										\
	scst_policy_enter_atomic(call, (link)->policy, (link)->slot);		\
	__verdict = (link)->ops->member(__VA_ARGS__);				\
	scst_policy_leave_atomic(call);						\
	scst_policy_accept((link)->policy, (call)->hook, __verdict);		\
})

/* lun_access */

static enum scst_access policy_lun_access(struct scst_policy *policy, struct scst_session *sess,
					  struct scst_device *dev, u16 lun, bool read_only)
{
	struct scst_policy_call call = { .hook = SCST_HOOK_LUN_ACCESS, .subject = sess };
	int verdict = -1;

	if (!policy->ops->lun_access ||
	    !scst_policy_in_scope(policy->ops, sess->tgt, sess->group, dev))
		return SCST_ACCESS_DEFAULT;
	if (!scst_policy_ejected(policy))
		verdict = ask(policy, &call, lun_access, sess, dev, lun, read_only);
	if (verdict >= 0)
		return verdict;
	return scst_policy_hides(policy->ops) ? SCST_ACCESS_HIDE : SCST_ACCESS_DEFAULT;
}

enum scst_access scst_policy_lun_access(struct scst_session *sess, struct scst_device *dev, u16 lun,
					bool read_only)
{
	enum scst_access access = SCST_ACCESS_DEFAULT;
	struct scst_policy *policy;

	if (!anybody(SCST_HOOK_LUN_ACCESS))
		return SCST_ACCESS_DEFAULT;
	guard(rwsem_read)(&scst_policy_lock);
	list_for_each_entry(policy, &scst_policies, entry)
		access = max(access, policy_lun_access(policy, sess, dev, lun, read_only));
	return access;
}

/* session_admit */

/* A policy that chooses a group must have said which; what it said goes to @group. */
static enum scst_session_admit policy_session_admit(struct scst_policy *policy,
						    struct scst_session *sess,
						    char group[SCST_DEV_NAME_LEN])
{
	char chosen[SCST_DEV_NAME_LEN] = "";
	struct scst_policy_call call = {
		.hook = SCST_HOOK_SESSION_ADMIT,
		.subject = sess,
		.group = chosen,
	};
	int verdict;

	if (!policy->ops->session_admit || scst_policy_ejected(policy) ||
	    !scst_policy_in_scope(policy->ops, sess->tgt, NULL, NULL))
		return SCST_SESSION_DEFAULT;
	verdict = ask(policy, &call, session_admit, sess);
	if (verdict < 0)
		return SCST_SESSION_DEFAULT;
	if (verdict == SCST_SESSION_GROUP && !chosen[0]) {
		scst_policy_eject(policy, SCST_EXIT_BAD_VERDICT, verdict,
				  "session_admit: a group, but not which");
		return SCST_SESSION_DEFAULT;
	}
	if (verdict == SCST_SESSION_GROUP && !group[0])
		strscpy(group, chosen, SCST_DEV_NAME_LEN);
	return verdict;
}

enum scst_session_admit scst_policy_session_admit(struct scst_session *sess,
						  char group[SCST_DEV_NAME_LEN])
{
	enum scst_session_admit admit = SCST_SESSION_DEFAULT;
	struct scst_policy *policy;

	group[0] = 0;
	if (!anybody(SCST_HOOK_SESSION_ADMIT))
		return SCST_SESSION_DEFAULT;
	guard(rwsem_read)(&scst_policy_lock);
	list_for_each_entry(policy, &scst_policies, entry) {
		admit = max(admit, policy_session_admit(policy, sess, group));
		if (admit == SCST_SESSION_DENY)
			break;
	}
	return admit;
}

/* cmd_admit */

static void weigh_delay(const struct scst_policy_link *link, const struct scst_policy_call *call,
			struct scst_admission *adm)
{
	u64 deadline_ns = link->policy->deadline_ms * NSEC_PER_MSEC;

	if (!call->delay_ns) {
		scst_policy_eject(link->policy, SCST_EXIT_BAD_VERDICT, SCST_ADMIT_DELAY,
				  "cmd_admit: a delay, but not how long");
		return;
	}
	if (adm->delay_ns >= min(call->delay_ns, deadline_ns))
		return;
	adm->verdict = SCST_ADMIT_DELAY;
	adm->delay_ns = min(call->delay_ns, deadline_ns);
	adm->overdue = call->delay_ns > deadline_ns;
	adm->slot = link->slot;
}

/* RCU: until the caller leaves it, no policy that delays the command goes. */
void scst_policy_cmd_admit(struct scst_cmd *cmd, unsigned long scope, struct scst_admission *adm)
{
	const struct scst_policy_chain *chain;
	const struct scst_policy_link *link;
	int verdict;

	adm->verdict = SCST_ADMIT_PASS;
	adm->delay_ns = 0;
	chain = rcu_dereference(scst_policy_chains[SCST_HOOK_CMD_ADMIT]);
	if (!chain)
		return;
	for (link = chain->links; link < &chain->links[chain->nr]; link++) {
		struct scst_policy_call call;

		if (!(scope & BIT(link->slot)) || scst_policy_ejected(link->policy))
			continue;
		call.hook = SCST_HOOK_CMD_ADMIT;
		call.subject = cmd;
		call.delay_ns = 0;
		call.sense = SCST_SENSE_ACCESS_DENIED;
		verdict = ask_atomic(link, &call, cmd_admit, cmd);
		if (verdict == SCST_ADMIT_DELAY) {
			weigh_delay(link, &call, adm);
		} else if (verdict > SCST_ADMIT_DELAY) {
			adm->verdict = verdict;
			adm->sense = call.sense;
			return;
		}
	}
}

/* tmf */

static void policy_tmf(struct scst_policy *policy, struct scst_tmf *tmf,
		       const struct scst_nexus *nexus)
{
	struct scst_policy_call call = { .hook = SCST_HOOK_TMF, .subject = tmf };

	if (!policy->ops->tmf || scst_policy_ejected(policy) ||
	    !scst_policy_in_scope(policy->ops, tmf->sess->tgt, tmf->sess->group, nexus->dev))
		return;
	scst_policy_enter(&call, policy);
	policy->ops->tmf(tmf);
	scst_policy_leave(&call);
	scst_policy_accept(policy, call.hook, 0);
}

void scst_policy_tmf(struct scst_tmf *tmf, const struct scst_nexus *nexus)
{
	struct scst_policy *policy;

	if (!anybody(SCST_HOOK_TMF))
		return;
	guard(rwsem_read)(&scst_policy_lock);
	list_for_each_entry(policy, &scst_policies, entry)
		policy_tmf(policy, tmf, nexus);
}
