// SPDX-License-Identifier: GPL-2.0-only
/* Exit records as events: each once, and what a page has no room for not at all. */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "exit_json.h"
#include "exits.h"

#define A "qos kind=stall code=1000 time=1767225600 calls=12 cmd_admit: pass=9 delay=3 " \
	  "text=a delay beyond\n"
#define B "acl kind=admin code=0 time=1767225601 calls=0 session_admit: default=0 text=\n"
#define C "acl kind=unreg code=0 time=1767225602 calls=7 session_admit: default=7 text=a=b text=c\n"

static char top[] = "/tmp/scst-exits-XXXXXX", path[64];
static struct bpfd_exits exits;
static char heard[4096];

static int make_top(void **state)
{
	if (!mkdtemp(top))
		return -1;
	snprintf(path, sizeof(path), "%s/policies", top);
	if (mkdir(path, 0700))
		return -1;
	strcat(path, "/exits");
	return 0;
}

static int remove_top(void **state)
{
	unlink(path);
	*strrchr(path, '/') = '\0';
	return rmdir(path) || rmdir(top);
}

static int begin(void **state)
{
	exits = (struct bpfd_exits){ .sysfs = top };
	return 0;
}

static int end(void **state)
{
	free(exits.seen);
	return 0;
}

static void hear(struct json_object *event, void *arg)
{
	struct json_object *policy = json_object_object_get(event, "policy");

	snprintf(heard + strlen(heard), sizeof(heard) - strlen(heard), "%s:%s ",
		 json_object_get_string(policy),
		 json_object_get_string(json_object_object_get(event, "kind")));
	assert_string_equal(json_object_get_string(json_object_object_get(event, "event")),
			    "policy_exit");
	json_object_put(event);
}

static void assert_heard(const char *records, const char *expected)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	fputs(records, file);
	fclose(file);
	heard[0] = '\0';
	bpfd_exits_tick(&exits, hear, NULL);
	assert_string_equal(heard, expected);
}

static void what_is_new_is_told_once(void **state)
{
	assert_heard(A, "");			/* older than we are */
	assert_heard(A, "");
	assert_heard(B A, "acl:admin ");	/* newest first */
	assert_heard(B A, "");
	assert_heard(C B, "acl:unreg ");	/* the oldest goes */
	assert_heard(C C B, "acl:unreg ");	/* twice the same, within a second */
	assert_heard("", "");
	assert_heard(C A, "qos:stall acl:unreg ");	/* told in the order of events */
}

static void what_somebody_else_tells_is_not_told(void **state)
{
	assert_heard("", "");
	assert_heard(A, "qos:stall ");
	assert_int_equal(truncate(path, 0), 0);
	bpfd_exits_tick(&exits, NULL, NULL);
	assert_heard("", "");
}

static void a_record_has_its_members(void **state)
{
	struct json_object *json = scst_json_exit(A B);

	assert_string_equal(json_object_to_json_string_ext(json, JSON_C_TO_STRING_PLAIN),
			    "{\"policy\":\"qos\",\"text\":\"a delay beyond\",\"kind\":\"stall\","
			    "\"code\":1000,\"time\":1767225600,\"calls\":12,"
			    "\"cmd_admit\":{\"pass\":9,\"delay\":3}}");
	json_object_put(json);
	json_object_put(scst_json_exit(""));
	json_object_put(scst_json_exit("x"));
	json_object_put(scst_json_exit("x y: =: a= =b c:d:\n"));
}

#define EXITS_TEST(f) cmocka_unit_test_setup_teardown(f, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		EXITS_TEST(what_is_new_is_told_once),
		EXITS_TEST(what_somebody_else_tells_is_not_told),
		EXITS_TEST(a_record_has_its_members),
	};

	return cmocka_run_group_tests(tests, make_top, remove_top);
}
