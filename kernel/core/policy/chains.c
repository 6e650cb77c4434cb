// SPDX-License-Identifier: GPL-2.0
/*
 * How the command path finds policies: for each of its hooks a chain, read under RCU, and for every
 * hook a static key that says whether there is anything to ask. Both follow the list of policies,
 * and are changed under scst_policy_attach_lock.
 *
 * While a required policy is not there (required.c), commands find the gate before all others: in
 * the same step in which they no longer find that policy. It is one that is ejected, and closed.
 */
#include "policy.h"

struct scst_policy_chain __rcu *scst_policy_chains[SCST_HOOK_MAX];

/* scst_policy_attach_lock: two of each hook, that nothing needs memory to leave. */
static struct scst_policy_chain chains[SCST_HOOK_MAX][2];

/* Does the policy have to be looked at when this hook is due? */
static bool has_a_say(const struct scst_policy *policy, enum scst_policy_hook hook)
{
	return scst_policy_has(policy->ops, hook) &&
	       (!scst_policy_ejected(policy) || scst_policy_fallback(policy, hook));
}

static const struct scst_policy_ops gate_ops = { .flags = SCST_POLICY_F_CLOSED_ON_EJECT };
static struct scst_policy gate = { .ops = &gate_ops, .exit.kind = SCST_EXIT_UNREG };
static bool gate_keyed;				/* scst_policy_attach_lock */

static void gate_key(bool on)
{
	lockdep_assert_held(&scst_policy_attach_lock);
	if (on == gate_keyed)
		return;
	gate_keyed = on;
	if (on)
		static_branch_inc(&scst_policy_keys[SCST_HOOK_CMD_ADMIT]);
	else
		static_branch_dec(&scst_policy_keys[SCST_HOOK_CMD_ADMIT]);
}

static void chain_build(struct scst_policy_chain *chain, enum scst_policy_hook hook)
{
	struct scst_policy_link *link = chain->links;
	struct scst_policy *policy;

	if (hook == SCST_HOOK_CMD_ADMIT && scst_required_absent())
		*link++ = (struct scst_policy_link){
			.policy = &gate,
			.ops = gate.ops,
			.slot = SCST_POLICY_GATE_SLOT,
		};
	list_for_each_entry(policy, &scst_policies, entry) {
		if (!has_a_say(policy, hook))
			continue;
		*link++ = (struct scst_policy_link){
			.policy = policy,
			.ops = policy->ops,
			.slot = policy->slot,
		};
	}
	link->policy = NULL;
}

void scst_policy_chains_sync(void)
{
	unsigned int hook;

	lockdep_assert_held(&scst_policy_attach_lock);
	if (scst_required_absent())
		gate_key(true);
	for (hook = 0; hook < SCST_HOOK_MAX; hook++) {
		struct scst_policy_chain *spare = &chains[hook][0];

		if (!scst_policy_hooks[hook].per_command)
			continue;
		if (rcu_access_pointer(scst_policy_chains[hook]) == spare)
			spare = &chains[hook][1];
		chain_build(spare, hook);
		rcu_assign_pointer(scst_policy_chains[hook], spare);
	}
	synchronize_rcu();
}

/* Keys. */

/*
 * Static keys follow what the list says, and never the other way round: they are flipped
 * afterwards, without scst_policy_lock, because patching code waits for locks of the whole
 * machine. That of the gate goes last: until then commands look into the chain, which has @policy.
 */
void scst_policy_keys_sync(struct scst_policy *policy)
{
	unsigned int hook;

	lockdep_assert_held(&scst_policy_attach_lock);
	for (hook = 0; hook < SCST_HOOK_MAX; hook++) {
		bool needs = !list_empty(&policy->entry) && has_a_say(policy, hook);

		if (needs == test_bit(hook, &policy->keys))
			continue;
		__change_bit(hook, &policy->keys);
		if (needs)
			static_branch_inc(&scst_policy_keys[hook]);
		else
			static_branch_dec(&scst_policy_keys[hook]);
	}
	gate_key(scst_required_absent());
}

void scst_policy_gate_sync(void)
{
	scst_policy_chains_sync();
	gate_key(scst_required_absent());
}
