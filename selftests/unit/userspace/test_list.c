// SPDX-License-Identifier: GPL-2.0-only
/* A rule of a list, from text to the value of a map that BTF describes. */
#include "unit.h"

#include <match.h>
#include <time.h>

#include "clock.h"
#include "list.h"

struct rule {
	SCST_MATCH_MEMBERS;
	uint64_t until;
	uint32_t action;
	char to_group[64];
};

static struct btf *btf;
static uint32_t rule_id;

static int make_btf(void **state)
{
	static const struct {
		const char *name;
		size_t offset, size;
	} texts[] = {
		{ "initiator", offsetof(struct rule, initiator), 256 },
		{ "address", offsetof(struct rule, address), 64 },
		{ "group", offsetof(struct rule, group), 64 },
		{ "device", offsetof(struct rule, device), 64 },
	};
	uint32_t number, character, wide, action, arrays[4];

	btf = btf__new_empty();
	number = btf__add_int(btf, "unsigned int", 4, 0);
	character = btf__add_int(btf, "char", 1, BTF_INT_SIGNED);
	wide = btf__add_int(btf, "unsigned long long", 8, 0);
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		arrays[i] = btf__add_array(btf, number, character, texts[i].size);
	action = btf__add_enum(btf, "session_acl_action", 4);
	btf__add_enum_value(btf, "SESSION_ACL_ALLOW", 0);
	btf__add_enum_value(btf, "SESSION_ACL_DENY", 1);
	btf__add_enum_value(btf, "SESSION_ACL_GROUP", 2);
	rule_id = btf__add_struct(btf, "rule", sizeof(struct rule));
	btf__add_field(btf, "used", number, 0, 0);
	btf__add_field(btf, "lun", number, 32, 0);
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		btf__add_field(btf, texts[i].name, arrays[i], texts[i].offset * 8, 0);
	btf__add_field(btf, "until", wide, offsetof(struct rule, until) * 8, 0);
	btf__add_field(btf, "action", action, offsetof(struct rule, action) * 8, 0);
	btf__add_field(btf, "to_group", arrays[1], offsetof(struct rule, to_group) * 8, 0);
	return 0;
}

static int free_btf(void **state)
{
	btf__free(btf);
	return 0;
}

static void assert_takes(const char *text, struct rule *rule)
{
	struct scst_error err = {};

	memset(rule, 0xff, sizeof(*rule));
	if (scst_list_encode(btf, rule_id, text, rule, &err))
		fail_msg("%s: %s", text, err.text);
}

static void assert_refuses(const char *text, const char *why)
{
	struct scst_error err = {};
	struct rule rule;

	assert_int_equal(scst_list_encode(btf, rule_id, text, &rule, &err), -EINVAL);
	assert_says(err, why);
}

static void what_is_not_said_is_any(void **state)
{
	struct rule rule;

	assert_takes("device=d1", &rule);
	assert_int_equal(rule.used, 1);
	assert_int_equal(rule.lun, SCST_ANY_LUN);
	assert_string_equal(rule.initiator, "");
	assert_string_equal(rule.device, "d1");
	assert_takes("lun=*,initiator=a", &rule);
	assert_int_equal(rule.lun, SCST_ANY_LUN);
	assert_takes("lun=7", &rule);
	assert_int_equal(rule.lun, 7);
}

/* As the policies make it of what they compare; names of groups and devices are other names in
 * another case.
 */
static void case_of_initiators_does_not_matter(void **state)
{
	struct rule rule;

	assert_takes("initiator=IQN.2026-01.Org.Example:A*,address=FE80::1,group=Gold,device=Disk",
		     &rule);
	assert_string_equal(rule.initiator, "iqn.2026-01.org.example:a*");
	assert_string_equal(rule.address, "fe80::1");
	assert_string_equal(rule.group, "Gold");
	assert_string_equal(rule.device, "Disk");
}

static void a_moment_may_be_some_time_from_now(void **state)
{
	uint64_t seconds;
	struct rule rule;

	assert_takes("until=1767225600", &rule);
	assert_int_equal(rule.until, 1767225600);
	assert_takes("until=+1h", &rule);
	assert_in_range(rule.until, time(NULL) + 3590, time(NULL) + 3600);
	assert_int_equal(scst_clock_parse("+30s", 1000, &seconds), 0);
	assert_int_equal(seconds, 1030);
	assert_int_equal(scst_clock_parse("+5m", 1000, &seconds), 0);
	assert_int_equal(seconds, 1300);
	assert_refuses("until=+30", "like +30s");
	assert_refuses("until=+s", "like +30s");
	assert_refuses("until=+30d", "like +30s");
	assert_refuses("until=soon", "like +30s");
	assert_refuses("until=-1", "like +30s");
	assert_refuses("until=+99999999999h", "like +30s");
}

/* session_acl: a rule that does not say which group would decide nothing when it is needed. */
static void a_group_is_chosen_by_name(void **state)
{
	struct rule rule;

	assert_takes("initiator=x*,action=group,to_group=club", &rule);
	assert_int_equal(rule.action, 2);
	assert_string_equal(rule.to_group, "club");
	assert_takes("to_group=club,action=SESSION_ACL_GROUP", &rule);
	assert_refuses("initiator=x*,action=group", "action=group and to_group=NAME go together");
	assert_refuses("action=group,to_group=", "go together");
	assert_refuses("action=deny,to_group=club", "go together");
	assert_refuses("to_group=club", "go together");
}

static void what_is_wrong_is_named(void **state)
{
	assert_refuses("colour=red", "rule \"colour=red\": a rule has no \"colour\"");
	assert_refuses("used=1", "a rule has no \"used\"");
	assert_refuses("lun", "is not member=value");
	assert_refuses("lun=x", "lun: \"x\" is not a number");
}

static void only_a_struct_with_used_is_a_rule(void **state)
{
	struct scst_error err = {};
	uint32_t value;

	assert_int_equal(scst_list_encode(btf, 1, "lun=1", &value, &err), -ENOENT);
	assert_int_equal(scst_list_check(btf, rule_id, 0, NULL, 0, &err), 0);
	assert_int_equal(scst_list_check(btf, rule_id, 0, (char *[]){ "lun=1" }, 1, &err), -E2BIG);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_not_said_is_any),
		cmocka_unit_test(case_of_initiators_does_not_matter),
		cmocka_unit_test(a_moment_may_be_some_time_from_now),
		cmocka_unit_test(a_group_is_chosen_by_name),
		cmocka_unit_test(what_is_wrong_is_named),
		cmocka_unit_test(only_a_struct_with_used_is_a_rule),
	};

	return cmocka_run_group_tests(tests, make_btf, free_btf);
}
