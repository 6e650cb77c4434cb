/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Finding the rule for an initiator and a LUN in a list of rules: match.h says what they look like.
 *
 * A subject's names are copied once and compared with every rule, which takes some microseconds:
 * policies of the command path keep what they found for a nexus, and look again every second. So a
 * change of the list holds within that time, whoever made it.
 */
#ifndef _SCST_MATCH_BPF_H
#define _SCST_MATCH_BPF_H

#include "scst.bpf.h"
#include "glob.h"
#include "match.h"

#define MATCH_SUBJECTS	8

struct scst_match {
	SCST_MATCH_MEMBERS;
	u32 taken;
	struct glob_at at;
};

/*
 * Whom rules are compared with: too large for the stack. A CPU has several, since there its calls
 * nest: an interrupt brings commands of its own, and who logs in may be preempted by who does, too.
 */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, MATCH_SUBJECTS);
	__type(key, u32);
	__type(value, struct scst_match);
} match_subject SEC(".maps");

static __always_inline struct scst_match *match_take(void)
{
	struct scst_match *who;
	u32 i;

	bpf_for(i, 0, MATCH_SUBJECTS) {
		who = bpf_map_lookup_elem(&match_subject, &i);
		if (who && !__sync_lock_test_and_set(&who->taken, 1))
			return who;
	}
	return NULL;
}

static __always_inline void match_give_back(struct scst_match *who)
{
	barrier();
	*(volatile u32 *)&who->taken = 0;
}

/* As groups compare names of initiators: case does not matter. Rules are in lower case. */
static __noinline int match_fold(char *text, u32 size)
{
	u32 i;

	bpf_for(i, 0, size) {
		char c = text[i];

		if (!c)
			break;
		if (c >= 'A' && c <= 'Z')
			text[i] = c + ('a' - 'A');
	}
	return 0;
}

/* Taken until match_find(). @dev may be NULL: then no rule for a device matches. */
static __always_inline struct scst_match *match_subject_of(struct scst_session *sess,
							   struct scst_device *dev, u32 lun)
{
	struct scst_match *who = match_take();

	if (!who)
		return NULL;
	__builtin_memset(who, 0, offsetof(struct scst_match, taken));
	who->lun = lun;
	bpf_probe_read_kernel_str(who->initiator, sizeof(who->initiator), sess->initiator);
	bpf_probe_read_kernel_str(who->address, sizeof(who->address), sess->address);
	match_fold(who->initiator, sizeof(who->initiator));
	match_fold(who->address, sizeof(who->address));
	if (sess->group)
		bpf_probe_read_kernel_str(who->group, sizeof(who->group), sess->group->name);
	if (dev)
		bpf_probe_read_kernel_str(who->device, sizeof(who->device), dev->name);
	return who;
}

/* From character @from of @pattern on. */
static __noinline bool match_glob(const char *pattern, const char *text, u32 size, u32 from,
				  struct glob_at *at)
{
	int i, done;

	if (!at)
		return false;
	glob_begin(at, from, size);
	bpf_for(i, 0, GLOB_STEPS) {
		done = glob_step(pattern, text, size, at);
		if (done >= 0)
			return done;
	}
	return false;
}

static __always_inline bool match_text(const char *pattern, const char *text, u32 size,
				       struct glob_at *at)
{
	bool inverted = pattern[0] == '!';

	return !pattern[0] || match_glob(pattern, text, size, inverted, at) != inverted;
}

static __noinline bool match_rule(const struct scst_match *rule, struct scst_match *who)
{
	struct glob_at *at;

	if (!rule || !who)
		return false;
	at = &who->at;
	return (rule->lun == SCST_ANY_LUN || rule->lun == who->lun) &&
	       match_text(rule->initiator, who->initiator, sizeof(rule->initiator), at) &&
	       match_text(rule->address, who->address, sizeof(rule->address), at) &&
	       match_text(rule->group, who->group, sizeof(rule->group), at) &&
	       match_text(rule->device, who->device, sizeof(rule->device), at);
}

/*
 * The first rule of @list for @who, of which @also is true, as struct @type *; or NULL. The number
 * of the rule goes to @index, a u32. @who is given back.
 */
#define match_find(list, type, who, index, also)						\
({												\
	type *__found = NULL;									\
												\
	bpf_for(index, 0, SCST_MAX_RULES) {							\
		type *rule = bpf_map_lookup_elem(&(list), &(index));				\
												\
		if (!rule || !rule->used)							\
			break;									\
		if (match_rule((const struct scst_match *)rule, who) && (also)) {		\
			__found = rule;								\
			break;									\
		}										\
	}											\
	match_give_back(who);									\
	__found;										\
})

/* A list of rules of @rule_type, which the daemon fills; bpftool can as well. */
#define RULE_LIST(list, rule_type)								\
struct {											\
	__uint(type, BPF_MAP_TYPE_ARRAY);							\
	__uint(max_entries, SCST_MAX_RULES);							\
	__type(key, u32);									\
	__type(value, rule_type);								\
} list SEC(".maps")

#endif
