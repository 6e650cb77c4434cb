// SPDX-License-Identifier: GPL-2.0-only
/* bpfd.json: what it takes, and that refusals name line and key. */
#include "unit.h"

#include <stdio.h>
#include <scst/verdict.h>

#include "config.h"

static void assert_refuses(const char *text, const char *why)
{
	_cleanup_(bpfd_config_freep) struct bpfd_config *config = NULL;
	struct scst_error err = {};
	int ret = bpfd_config_parse(text, "f", &config, &err);

	assert_int_equal(!ret, config != NULL);
	if (config)
		ret = bpfd_config_check(config, &err);
	assert_int_equal(ret, -EINVAL);
	assert_says(err, why);
}

static void empty_object_is_the_default(void **state)
{
	_cleanup_(bpfd_config_freep) struct bpfd_config *config = NULL;
	struct scst_error err = {};

	assert_int_equal(bpfd_config_parse("{}", "f", &config, &err), 0);
	assert_int_equal(config->policies.nr, 0);
	assert_string_equal(config->socket, BPFD_SOCKET);
	assert_false(config->print);
}

static const char full[] =
	"{\n"
	"  \"policies\": [\n"
	"    { \"object\": \"lun_mask\", \"name\": \"gold\",\n"
	"      \"scope\": \"target:t\", \"priority\": 7,\n"
	"      \"flags\": [\"hide_on_eject\"], \"on_eject\": \"closed\",\n"
	"      \"options\": { \"default_access\": 2, \"scope\": true },\n"
	"      \"mask\": [\"a@*:default\", \"b@1:hide\"] }\n"
	"  ],\n"
	"  \"tracers\": [ { \"object\": \"cmdlog\", \"options\": { \"min_latency_ns\": 5 } } ],\n"
	"  \"events\": { \"socket\": \"/s\", \"group\": \"disk\",\n"
	"                \"queue_kb\": 64, \"print\": true }\n"
	"}\n";

static void every_key_arrives(void **state)
{
	_cleanup_(bpfd_config_freep) struct bpfd_config *config = NULL;
	const struct scst_spec *gold;
	struct scst_error err = {};

	assert_int_equal(bpfd_config_parse(full, "f", &config, &err), 0);
	gold = bpfd_specs_find(&config->policies, "gold");
	assert_non_null(gold);
	assert_string_equal(gold->object, "lun_mask");
	assert_string_equal(gold->scope_name, "t");
	assert_int_equal(gold->priority, 7);
	assert_int_equal(gold->flags, SCST_POLICY_F_HIDE_ON_EJECT);
	assert_true(gold->closed);
	assert_int_equal(gold->rules.nr, 2);
	/* an option may be called like a key */
	assert_int_equal(gold->nr_options, 2);
	assert_string_equal(gold->options[1].name, "scope");
	assert_string_equal(gold->options[1].value, "true");
	assert_string_equal(config->tracers.list[0]->options[0].value, "5");
	assert_string_equal(config->socket, "/s");
	assert_string_equal(config->group, "disk");
	assert_int_equal(config->queue_kb, 64);
	assert_true(config->print);
}

static void broken_json_names_the_line(void **state)
{
	assert_refuses("{\n  \"policies\": [\n    nonsense\n  ]\n}", "f:3: no JSON");
	assert_refuses("{\n", "f:2: no JSON: unexpected end");
	assert_refuses("", "f:1: no JSON: unexpected end");
	assert_refuses("{} {}", "no JSON");
	assert_refuses("{ \"events\": {}, }", "no JSON");
	assert_refuses("[]", "f:1: must be a JSON object");
	assert_refuses("null", "f:1: must be a JSON object");
}

static void unknown_key_is_refused(void **state)
{
	assert_refuses("{\n\"policy\": [] }", "f:2: policy: unknown key");
	assert_refuses("{ \"policies\": [\n{ \"object\": \"a\",\n \"color\": 1 } ] }",
		       "f:3: policies[0].color: unknown key");
	assert_refuses("{ \"tracers\": [ { \"object\": \"a\", \"scope\": \"all\" } ] }",
		       "tracers[0].scope: unknown key");
}

static void wrong_type_is_refused(void **state)
{
	assert_refuses("{ \"policies\": {} }", "must be of type array");
	assert_refuses("{ \"policies\": [ 1 ] }", "policies[0]: must be an object");
	assert_refuses("{ \"policies\": [ { \"object\": null } ] }", "\"object\" is missing");
	assert_refuses("{ \"policies\": [ { \"object\": \"a\", \"mask\": [ null ] } ] }",
		       "array of strings");
	assert_refuses("{ \"policies\": [ { \"object\": \"a\", \"flags\": [ [] ] } ] }",
		       "array of strings");
	assert_refuses("{ \"policies\": [ { \"object\": \"a\", \"options\": { \"x\": 1.5 } } ] }",
		       "policies[0].options.x: must be a number");
	assert_refuses("{ \"events\": { \"queue_kb\": 63 } }", "64 to 1048576");
	assert_refuses("{ \"events\": { \"socket\": \"s\" } }", "absolute");
}

static void line_is_that_of_the_right_entry(void **state)
{
	assert_refuses(
		"{\n"
		"  \"policies\": [\n"
		"    { \"object\": \"a\", \"priority\": 1 },\n"
		"    { \"object\": \"b\",\n"
		"      \"options\": { \"text\": \"\\\"priority\\\": 1\", \"priority\": 3 },\n"
		"      \"priority\"\n"
		"        : -1 }\n"
		"  ]\n"
		"}\n",
		"f:6: policies[1].priority: priority: \"-1\"");
}

/* json-c takes the last: with the first list went what kept people out, and nothing was said. */
static void what_stands_there_twice_is_a_fault(void **state)
{
	assert_refuses(
		"{ \"policies\": [ { \"object\": \"a\" } ],\n"
		"\"tracers\": [],\n"
		"\"policies\": [] }",
		"f:3: policies: stands there twice; the last one is taken");
	assert_refuses(
		"{ \"required_policies\": [ \"a\" ], \"required_policies\": [] }",
		"required_policies: stands there twice");
	assert_refuses(
		"{ \"policies\": [\n"
		"{ \"object\": \"a\", \"priority\": 1,\n"
		"\"priority\": 2 } ] }",
		"f:3: priority: stands there twice");
	assert_refuses(
		"{ \"policies\": [ { \"object\": \"a\", \"options\": { \"x\": 1, \"x\": 2 } } ] }",
		"x: stands there twice");
	assert_refuses("{ \"polic\\u0069es\": [], \"policies\": [] }",
		       "a key: stands there twice");
}

/* In two objects, or in a string, a key is no repetition. */
static void what_stands_there_once_is_none(void **state)
{
	static const char text[] =
		"{ \"policies\": [ { \"object\": \"a\" , \"options\": {\n"
		"\"object\" : \"\\\"object\\\": 1\", \"\": \"\\\\\" } },\n"
		"{ \"object\":\"b\" } ], \"tracers\": [ {\"object\": \"c\"} ] }";
	_cleanup_(bpfd_config_freep) struct bpfd_config *config = NULL;
	struct scst_error err = {};

	assert_int_equal(bpfd_config_parse(text, "f", &config, &err), 0);
	assert_int_equal(config->faults.nr, 0);
}

static void bad_values_are_refused_as_on_the_command_line(void **state)
{
	assert_refuses("{ \"policies\": [ { \"object\": \"a/b\" } ] }",
		       "f:1: policies[0]: bad name");
	assert_refuses("{ \"policies\": [ { \"object\": \"a\", \"scope\": \"x\" } ] }",
		       "none of all");
	assert_refuses(
		"{ \"policies\": [ { \"object\": \"a\",\n \"mask\": [ \"x@1:hide\", \"x\" ] } ] }",
		"f:2: policies[0].mask: mask \"x\"");
	assert_refuses("{ \"policies\": [ { \"object\": \"a\", \"flags\": [ \"x\" ] } ] }",
		       "unknown flag");
}

static void metrics_listen_somewhere(void **state)
{
	char address[64];
	uint16_t port;

	assert_int_equal(bpfd_config_parse_listen("127.0.0.1:9478", address, 64, &port), 0);
	assert_string_equal(address, "127.0.0.1");
	assert_int_equal(port, 9478);
	assert_int_equal(bpfd_config_parse_listen("[::1]:1", address, 64, &port), 0);
	assert_string_equal(address, "::1");
	assert_refuses("{ \"metrics\": { \"listen\": \"::1:9478\" } }", "must be ADDRESS:PORT");
	assert_refuses("{ \"metrics\": { \"listen\": \":9478\" } }", "must be ADDRESS:PORT");
	assert_refuses("{\n\"metrics\": { \"listen\": \"a:0\" } }", "f:2: metrics.listen");
	assert_refuses("{ \"metrics\": { \"port\": 1 } }", "metrics.port: unknown key");
}

/* All the rules that the map of lun_mask takes. */
static void a_file_may_hold_every_rule_of_a_mask(void **state)
{
	_cleanup_(bpfd_config_freep) struct bpfd_config *config = NULL;
	char path[] = "/tmp/scst-config-XXXXXX";
	struct scst_error err = {};
	int fd = mkstemp(path);
	FILE *file = fdopen(fd, "w");

	assert_non_null(file);
	fputs("{ \"policies\": [ { \"object\": \"lun_mask\", \"mask\": [ \"a@0:hide\"", file);
	for (int i = 1; i < 16384; i++)
		fprintf(file, ", \"iqn.2026-01.org.example:a-host-with-a-long-name-of-which-"
			"there-are-many.%05d.department.example.org@%d:read_only\"", i, i);
	fputs(" ] } ] }", file);
	assert_true(ftell(file) > 1 << 20);
	fclose(file);
	if (bpfd_config_read(path, &config, &err) || bpfd_config_check(config, &err))
		fail_msg("%s", err.text);
	unlink(path);
	assert_int_equal(config->policies.list[0]->rules.nr, 16384);
}

static void two_entries_of_one_name_are_refused(void **state)
{
	assert_refuses(
		"{ \"policies\": [ { \"object\": \"a\" },"
		"                { \"object\": \"b\", \"name\": \"a\" } ] }",
		"policies[1]: there is an entry of this name");
}

/* So a boot with one bad entry has the other policies, and a socket. */
static void what_is_wrong_takes_nothing_else_along(void **state)
{
	static const char text[] =
		"{\n\"policies\": [ { \"object\": \"a\" },\n"
		"{ \"object\": \"b\", \"priority\": -1 },\n"
		"{ \"object\": \"c\" }, 7 ],\n"
		"\"events\": { \"queue_kb\": 1, \"socket\": \"/s\" },\n"
		"\"color\": 1, \"metrics\": { \"listen\": \"[::1]:1\" } }";
	_cleanup_(bpfd_config_freep) struct bpfd_config *config = NULL;
	struct scst_error err = {};

	assert_int_equal(bpfd_config_parse(text, "f", &config, &err), 0);
	assert_string_equal(err.text, "");
	assert_int_equal(config->policies.nr, 2);
	assert_non_null(bpfd_specs_find(&config->policies, "a"));
	assert_non_null(bpfd_specs_find(&config->policies, "c"));
	assert_string_equal(config->socket, "/s");
	assert_int_equal(config->queue_kb, 1024);
	assert_string_equal(config->listen, "[::1]:1");
	assert_int_equal(config->faults.nr, 4);
	assert_string_equal(config->faults.list[0],
			    "f:3: policies[1].priority: priority: \"-1\" is not a number from 0 to "
			    "4294967295");
	assert_string_equal(config->faults.list[1], "f:2: policies[3]: must be an object");
	assert_string_equal(config->faults.list[2],
			    "f:5: events.queue_kb: must be from 64 to 1048576");
	assert_string_equal(config->faults.list[3], "f:6: color: unknown key");
}

static void required_policies_are_names(void **state)
{
	static const char text[] =
		"{ \"required_policies\":\n"
		"[ \"lun_mask\", \"9\", 7, \"exits\", \"my.policy\", \"a/b\" ] }";
	_cleanup_(bpfd_config_freep) struct bpfd_config *config = NULL;
	struct scst_error err = {};

	assert_int_equal(bpfd_config_parse(text, "f", &config, &err), 0);
	assert_true(config->requires);
	assert_int_equal(config->required.nr, 2);
	assert_true(scst_names_has(&config->required, "lun_mask"));
	assert_true(scst_names_has(&config->required, "my.policy"));
	assert_int_equal(config->faults.nr, 4);
	assert_string_equal(config->faults.list[0],
			    "f:1: required_policies[1]: bad name \"9\": no policy can be called "
			    "so");
	assert_string_equal(config->faults.list[1], "f:1: required_policies[2]: must be a string");
	assert_refuses("{ \"required_policies\": \"lun_mask\" }", "must be of type array");
}

/* What the kernel would refuse as a whole does not get as far. */
static void required_policies_are_not_too_many(void **state)
{
	_cleanup_(bpfd_config_freep) struct bpfd_config *config = NULL;
	struct scst_error err = {};
	char text[1024];
	int len = snprintf(text, sizeof(text), "{ \"required_policies\": [ \"p0\"");

	for (int i = 1; i <= SCST_POLICY_MAX; i++)
		len += snprintf(text + len, sizeof(text) - len, ", \"p%d\"", i);
	snprintf(text + len, sizeof(text) - len, " ] }");
	assert_int_equal(bpfd_config_parse(text, "f", &config, &err), 0);
	assert_int_equal(config->required.nr, SCST_POLICY_MAX);
	assert_string_equal(config->faults.list[0],
			    "f:1: required_policies[32]: more than 32 names");
}

static void no_key_requires_nothing(void **state)
{
	_cleanup_(bpfd_config_freep) struct bpfd_config *config = NULL;
	_cleanup_(bpfd_config_freep) struct bpfd_config *empty = NULL;
	struct scst_error err = {};

	assert_int_equal(bpfd_config_parse("{}", "f", &config, &err), 0);
	assert_false(config->requires);
	assert_int_equal(bpfd_config_parse("{ \"required_policies\": [] }", "f", &empty, &err), 0);
	assert_true(empty->requires);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(empty_object_is_the_default),
		cmocka_unit_test(every_key_arrives),
		cmocka_unit_test(broken_json_names_the_line),
		cmocka_unit_test(unknown_key_is_refused),
		cmocka_unit_test(wrong_type_is_refused),
		cmocka_unit_test(line_is_that_of_the_right_entry),
		cmocka_unit_test(what_stands_there_twice_is_a_fault),
		cmocka_unit_test(what_stands_there_once_is_none),
		cmocka_unit_test(bad_values_are_refused_as_on_the_command_line),
		cmocka_unit_test(two_entries_of_one_name_are_refused),
		cmocka_unit_test(metrics_listen_somewhere),
		cmocka_unit_test(a_file_may_hold_every_rule_of_a_mask),
		cmocka_unit_test(what_is_wrong_takes_nothing_else_along),
		cmocka_unit_test(required_policies_are_names),
		cmocka_unit_test(required_policies_are_not_too_many),
		cmocka_unit_test(no_key_requires_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
