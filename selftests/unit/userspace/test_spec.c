// SPDX-License-Identifier: GPL-2.0-only
/* key=value of a policy, and mask rules. */
#include "unit.h"

#include "spec.h"

static struct scst_spec *spec;

static int new_spec(void **state)
{
	struct scst_error err = {};

	return scst_spec_new("lun_mask", &spec, &err);
}

static int free_spec(void **state)
{
	scst_spec_free(spec);
	return 0;
}

static void assert_takes(const char *arg)
{
	struct scst_error err = {};

	if (scst_spec_set_arg(spec, arg, &err))
		fail_msg("%s: %s", arg, err.text);
}

static void assert_refuses(const char *arg, const char *why)
{
	struct scst_error err = {};

	assert_int_not_equal(scst_spec_set_arg(spec, arg, &err), 0);
	assert_says(err, why);
}

static void new_spec_gives_nothing(void **state)
{
	assert_string_equal(spec->name, "lun_mask");
	assert_int_equal(spec->given, 0);
	assert_int_equal(spec->rules.nr, 0);
}

static void scope_names_its_object(void **state)
{
	assert_takes("scope=target:iqn.2026-01.org.example:a");
	assert_int_equal(spec->scope, SCST_SCOPE_TARGET);
	assert_string_equal(spec->scope_name, "iqn.2026-01.org.example:a");
	assert_true(spec->given & SCST_GIVEN_SCOPE);
	assert_takes("scope=all");
	assert_int_equal(spec->scope, SCST_SCOPE_ALL);
	assert_string_equal(spec->scope_name, "");
}

static void deadline_has_bounds(void **state)
{
	assert_takes("deadline_ms=10000");
	assert_int_equal(spec->deadline_ms, 10000);
	assert_true(spec->given & SCST_GIVEN_DEADLINE);
	assert_refuses("deadline_ms=0", "not a number from 1 to 10000");
	assert_refuses("deadline_ms=10001", "not a number from 1 to 10000");
}

static void rules_of_a_list_stay_in_order(void **state)
{
	assert_takes("rule=lun=1,iops=2");
	assert_takes("rules=lun=0");
	assert_int_equal(spec->nr_list, 2);
	assert_string_equal(spec->list[0], "lun=1,iops=2");
	assert_string_equal(spec->list[1], "lun=0");
}

static void bad_scope_is_refused(void **state)
{
	static const char *const bad[] = {
		"scope=",	 "scope=target",    "scope=target:", "scope=all:x",
		"scope=host:x", "scope=targets:x", "scope=all:",
	};

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		assert_refuses(bad[i], "none of all, driver:");
	assert_int_equal(spec->given, 0);
}

static void scope_name_that_does_not_fit_is_refused(void **state)
{
	char arg[400] = "scope=device:";

	memset(arg + strlen(arg), 'x', 256);
	assert_refuses(arg, "longer than 255");
}

static void priority_is_a_u32(void **state)
{
	assert_takes("priority=4294967295");
	assert_int_equal(spec->priority, UINT32_MAX);
	assert_refuses("priority=4294967296", "not a number from 0");
	assert_refuses("priority=-1", "priority");
	assert_refuses("priority=", "priority");
}

static void flags_are_names(void **state)
{
	assert_takes("flags=hide_on_eject");
	assert_int_equal(spec->flags, SCST_POLICY_F_HIDE_ON_EJECT);
	assert_takes("flags=");
	assert_int_equal(spec->flags, 0);
	assert_refuses("flags=hide_on_eject,what", "unknown flag \"what\"");
	assert_refuses("flags=hide", "unknown flag \"hide\"");
}

static void on_eject_is_open_or_closed(void **state)
{
	assert_takes("on_eject=closed");
	assert_true(spec->given & SCST_GIVEN_ON_EJECT && spec->closed);
	assert_takes("on_eject=open");
	assert_true(spec->given & SCST_GIVEN_ON_EJECT && !spec->closed);
	assert_int_equal(spec->nr_options, 0);
	assert_refuses("on_eject=close", "neither open nor closed");
	assert_refuses("on_eject=", "neither open nor closed");
}

static void what_is_no_pair_is_refused(void **state)
{
	assert_refuses("hide", "not key=value");
	assert_refuses("=hide", "not key=value");
}

static void other_keys_are_options_once(void **state)
{
	assert_takes("default_access=2");
	assert_takes("x=a=b");
	assert_int_equal(spec->nr_options, 2);
	assert_string_equal(spec->options[1].name, "x");
	assert_string_equal(spec->options[1].value, "a=b");
	assert_refuses("x=3", "given twice");
}

static void rule_takes_the_last_at_and_colon(void **state)
{
	struct scst_error err = {};
	struct scst_rule rule;

	assert_int_equal(
		scst_rule_parse("iqn.2026-01.org.example:host@7@16383:read_only", &rule, &err), 0);
	assert_string_equal(rule.initiator, "iqn.2026-01.org.example:host@7");
	assert_int_equal(rule.lun, 16383);
	assert_int_equal(rule.access, SCST_ACCESS_READ_ONLY);
}

static void rule_knows_any(void **state)
{
	struct scst_error err = {};
	struct scst_rule rule;
	char text[300];

	assert_int_equal(scst_rule_parse("*@*:hide", &rule, &err), 0);
	assert_string_equal(rule.initiator, LUN_MASK_ANY_INITIATOR);
	assert_int_equal(rule.lun, LUN_MASK_ANY_LUN);
	assert_int_equal(scst_rule_format(&rule, text, sizeof(text)), 0);
	assert_string_equal(text, "*@*:hide");
}

static void bad_rule_is_refused_with_its_reason(void **state)
{
	assert_refuses("mask=host@1", "no access after ':'");
	assert_refuses("mask=host:hide", "no LUN after '@'");
	assert_refuses("mask=@1:hide", "1 to 255 characters");
	assert_refuses("mask=host@16384:hide", "up to 16383");
	assert_refuses("mask=host@:hide", "up to 16383");
	assert_refuses("mask=host@1:deny", "unknown access");
	assert_refuses("mask=", "no access");
	/* would be names that nobody has */
	assert_refuses("mask=iqn.a*@1:hide", "rule=initiator=PATTERN");
	assert_refuses("mask=iqn.a?@1:hide", "rule=initiator=PATTERN");
	assert_refuses("mask=!iqn.a@1:hide", "rule=initiator=PATTERN");
	assert_int_equal(spec->rules.nr, 0);
}

static void second_rule_for_the_same_key_is_refused(void **state)
{
	assert_takes("mask=host@1:hide");
	assert_takes("mask=host@2:hide");
	assert_refuses("mask=host@1:read_only", "there is a rule");
	assert_int_equal(spec->rules.nr, 2);
}

/* As the groups compare, so that no initiator gets past a mask by another spelling of its name. */
static void case_of_an_initiator_does_not_matter(void **state)
{
	assert_takes("mask=IQN.2026-01.Org.Example:Host@1:hide");
	assert_string_equal(spec->rules.list[0].initiator, "iqn.2026-01.org.example:host");
	assert_refuses("mask=iqn.2026-01.org.example:HOST@1:default", "there is a rule");
}

static void rules_are_equal_in_any_order(void **state)
{
	struct scst_rule a = { "x", 1, SCST_ACCESS_HIDE }, b = { "y", 1, SCST_ACCESS_HIDE };
	struct scst_rules one = { (struct scst_rule[]){ a, b }, 2 };
	struct scst_rules two = { (struct scst_rule[]){ b, a }, 2 };

	assert_true(scst_rules_equal(&one, &two));
	two.list[0].access = SCST_ACCESS_READ_ONLY;
	assert_false(scst_rules_equal(&one, &two));
	two.nr = 1;
	assert_false(scst_rules_equal(&two, &one));
}

#define SPEC_TEST(f) cmocka_unit_test_setup_teardown(f, new_spec, free_spec)

int main(void)
{
	const struct CMUnitTest tests[] = {
		SPEC_TEST(new_spec_gives_nothing),
		SPEC_TEST(scope_names_its_object),
		SPEC_TEST(deadline_has_bounds),
		SPEC_TEST(rules_of_a_list_stay_in_order),
		SPEC_TEST(bad_scope_is_refused),
		SPEC_TEST(scope_name_that_does_not_fit_is_refused),
		SPEC_TEST(priority_is_a_u32),
		SPEC_TEST(flags_are_names),
		SPEC_TEST(on_eject_is_open_or_closed),
		SPEC_TEST(what_is_no_pair_is_refused),
		SPEC_TEST(other_keys_are_options_once),
		SPEC_TEST(rule_takes_the_last_at_and_colon),
		SPEC_TEST(rule_knows_any),
		SPEC_TEST(bad_rule_is_refused_with_its_reason),
		SPEC_TEST(second_rule_for_the_same_key_is_refused),
		SPEC_TEST(case_of_an_initiator_does_not_matter),
		SPEC_TEST(rules_are_equal_in_any_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
