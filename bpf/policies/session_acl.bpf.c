// SPDX-License-Identifier: GPL-2.0
/*
 * Who may log in, from which address, on which days and at which hours; and as a member of which
 * group. The first rule that matches decides; without one, the option default_deny does.
 *
 * The clock is that of the machine, in UTC, as the kernel has no other. It is read when somebody
 * logs in: a session that is there stays when its hours are over.
 */
#include "clock.bpf.h"
#include "match.bpf.h"
#include "policies/session_acl.h"

char _license[] SEC("license") = "GPL";

const volatile bool default_deny = false;

RULE_LIST(session_acl_list, struct session_acl_rule);

/* Key: number of the rule. Value: logins that it decided. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, SCST_MAX_RULES);
	__type(key, u32);
	__type(value, u64);
} session_acl_hits SEC(".maps");

#define MINUTES_A_DAY	1440

/* The first of January 1970 was a Thursday, day 4. */
static bool in_hours(const struct session_acl_rule *rule, u64 minute_of_epoch)
{
	u32 day = (minute_of_epoch / MINUTES_A_DAY + 4) % 7;
	u32 minute = minute_of_epoch % MINUTES_A_DAY;

	if (rule->days && !(rule->days & (1 << day)))
		return false;
	if (rule->from_minute == rule->to_minute)
		return true;
	if (rule->from_minute < rule->to_minute)
		return minute >= rule->from_minute && minute < rule->to_minute;
	return minute >= rule->from_minute || minute < rule->to_minute;
}

static void count_hit(u32 index)
{
	u64 *hits = bpf_map_lookup_elem(&session_acl_hits, &index);

	if (hits)
		__sync_fetch_and_add(hits, 1);
}

SEC("struct_ops/session_admit")
int BPF_PROG(session_acl_admit, struct scst_session *sess)
{
	u64 minute = clock_seconds() / 60;
	struct scst_match *who = match_subject_of(sess, NULL, SCST_ANY_LUN);
	struct session_acl_rule *rule;
	u32 index;

	if (!who)
		return SCST_SESSION_DENY;
	rule = match_find(session_acl_list, struct session_acl_rule, who, index,
			  in_hours(rule, minute));
	if (!rule)
		return default_deny ? SCST_SESSION_DENY : SCST_SESSION_DEFAULT;
	count_hit(index);
	switch (rule->action) {
	case SESSION_ACL_ALLOW:
		return SCST_SESSION_DEFAULT;
	case SESSION_ACL_GROUP:
		if (scst_bpf_session_set_group(sess, rule->to_group, sizeof(rule->to_group)))
			break;		/* no name: nobody said where it belongs */
		return SCST_SESSION_GROUP;
	case SESSION_ACL_DENY:
		break;
	}
	return SCST_SESSION_DENY;
}

SEC(".struct_ops.link")
struct scst_policy_ops session_acl = {
	.session_admit	= (void *)session_acl_admit,
	.name		= "session_acl",
};
