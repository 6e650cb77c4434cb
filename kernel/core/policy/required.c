// SPDX-License-Identifier: GPL-2.0
/*
 * Required policies: those without which nobody gets in. A list of names, from the module parameter
 * and from policies/required_policies. By each of them a policy is attached and not ejected, or:
 *
 *	who is new	a login is refused where its transport can say "later"; a session sees no
 *			LUN, and is admitted (session_admit) once they hold; a LUN that is mapped is
 *			hidden
 *	who is in	no LUN shows up, none is writable that was not: verdicts of lun_access only
 *			get stricter. One is ejected: else as its on_eject says. One is not there:
 *			BUSY, which its peer repeats, as with an ejected one that is closed
 *
 * So whoever brings a policy back in time costs initiators a delay. A command pays nothing: BUSY is
 * the first link of the chain of cmd_admit (attach.c), and hidden is hidden. The scope of a policy
 * is what it says; one that acts nowhere is in force.
 *
 * Verdicts take time, in which policies may come and go. Who asks notes scst_required_since()
 * before, and what it gets counts if scst_required_hold() afterwards: all the time nobody was
 * asked instead of one that should have been. Every change is followed by scst_revalidate_all().
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/module.h>
#include <linux/slab.h>

#include "objects/objects.h"
#include "policy.h"

static char *required_policies = "";
module_param(required_policies, charp, 0444);
MODULE_PARM_DESC(required_policies, "names: until these policies are in force nobody gets in");

/* Written under scst_policy_attach_lock and scst_policy_lock. */
static struct scst_required_list required;
static u32 generation;				/* what is required, or holds of it, is other */
static bool written;				/* since the module was loaded */

static enum scst_required_state state_of(const char *name)
{
	const struct scst_policy *policy = scst_policy_named(name);

	if (!policy)
		return SCST_REQUIRED_ABSENT;
	return scst_policy_ejected(policy) ? SCST_REQUIRED_EJECTED : SCST_REQUIRED_IN_FORCE;
}

bool scst_required_absent(void)
{
	unsigned int i;

	for (i = 0; i < required.nr; i++)
		if (!scst_policy_named(required.names[i].text))
			return true;
	return false;
}

static bool is_in_force(const char *name)
{
	const struct scst_policy *policy = scst_policy_named(name);

	return policy && policy->in_force && !scst_policy_ejected(policy);
}

u32 scst_required_since(void)
{
	guard(rwsem_read)(&scst_policy_lock);
	return generation;
}

bool scst_required_hold(u32 since)
{
	unsigned int i;

	guard(rwsem_read)(&scst_policy_lock);
	for (i = 0; i < required.nr; i++)
		if (!is_in_force(required.names[i].text))
			return false;
	return !required.nr || since == generation;
}

void scst_required_came(const char *name)
{
	lockdep_assert_held_write(&scst_policy_lock);
	if (scst_required_find(&required, name))
		generation++;
}

struct scst_required_list *scst_required_copy(bool *was_written)
{
	struct scst_required_list *copy = kmalloc(sizeof(*copy), GFP_KERNEL);
	unsigned int i;

	if (!copy)
		return NULL;
	guard(rwsem_read)(&scst_policy_lock);
	*copy = required;
	*was_written = written;
	for (i = 0; i < copy->nr; i++)
		copy->names[i].state = state_of(copy->names[i].text);
	return copy;
}

/* The log */

static void tell_one(const struct scst_required_name *name)
{
	switch ((enum scst_required_state)name->state) {
	case SCST_REQUIRED_NEW:
		return;
	case SCST_REQUIRED_IN_FORCE:
		pr_info("required policy %s: in force\n", name->text);
		return;
	case SCST_REQUIRED_EJECTED:
		pr_warn("required policy %s: ejected: nobody gets in\n",
			name->text);
		return;
	case SCST_REQUIRED_ABSENT:
		pr_warn("required policy %s: not loaded: nobody gets in, commands are BUSY\n",
			name->text);
		return;
	}
}

/* Once for each change: logins that are refused are silent. */
void scst_required_tell(void)
{
	struct scst_required_name *name;

	lockdep_assert_held(&scst_policy_attach_lock);
	for (name = required.names; name < required.names + required.nr; name++) {
		enum scst_required_state state = state_of(name->text);

		if (state == name->state)
			continue;
		scoped_guard(rwsem_write, &scst_policy_lock)
			name->state = state;
		tell_one(name);
	}
}

/* Changing the list */

static void take(const struct scst_required_list *new, bool by_hand)
{
	lockdep_assert_held(&scst_policy_attach_lock);
	scoped_guard(rwsem_write, &scst_policy_lock) {
		required = *new;
		generation++;
		written |= by_hand;
	}
	scst_policy_gate_sync();
	scst_required_tell();
}

static int edit(char *text, bool by_hand)
{
	struct scst_required_list *new = kmalloc(sizeof(*new), GFP_KERNEL);
	int err;

	if (!new)
		return -ENOMEM;
	scoped_guard(mutex, &scst_policy_attach_lock) {
		*new = required;
		err = scst_required_edit(new, text);
		if (!err)
			take(new, by_hand);
	}
	kfree(new);
	return err;
}

int scst_required_write(char *text)
{
	int err = edit(text, true);

	if (!err)
		scst_revalidate_all();
	return err;
}

/* A parameter that cannot be understood is no reason to go without. */
int scst_required_init(void)
{
	char *text = kstrdup(required_policies, GFP_KERNEL);
	int err;

	if (!text)
		return -ENOMEM;
	err = edit(strim(text), false);
	kfree(text);
	return err;
}
