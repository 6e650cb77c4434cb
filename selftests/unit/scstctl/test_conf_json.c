// SPDX-License-Identifier: GPL-2.0-only
/* scst.json: what is read of it, what is refused with its line, and that it comes back. */
#include "unit.h"

#include "conf_format.h"
#include "conf_json.h"
#include "conf_read.h"
#include "conf_keys.h"
#include "quotes.h"

static struct scst_conf_file file;
static struct scst_error err;

static int begin(void **state)
{
	err = (struct scst_error){};
	return 0;
}

static int end(void **state)
{
	scst_conf_file_clear(&file);
	return 0;
}

static int reads(const char *text)
{
	_cleanup_free_ char *json = quoted(text);

	scst_conf_file_clear(&file);
	return scst_conf_read_text(json, "f", &file, &err);
}

/* Each line is refused with these faults, and with no other. */
static void is_refused(const char *text, const char *const *faults, size_t nr)
{
	assert_int_equal(reads(text), 0);
	for (size_t i = 0; i < nr && i < file.faults.nr; i++) {
		_cleanup_free_ char *fault = quoted(faults[i]);

		assert_string_equal(file.faults.list[i], fault);
	}
	assert_int_equal(file.faults.nr, nr);
}

#define REFUSED(text, ...)						\
	do {								\
		static const char *const faults[] = { __VA_ARGS__ };	\
									\
		is_refused(text, faults, ARRAY_SIZE(faults));		\
	} while (0)

static const char whole[] =
	"{\n"
	"'threads': 4,\n"
	"'handlers': [ { 'name': 'vdisk_fileio', 'devices': [\n"
	"  { 'name': 'd', 'filename': '/x', 'nv_cache': true, 'usn': '77' } ] } ],\n"
	"'drivers': [ { 'name': 'iscsi', 'enabled': true, 'targets': [\n"
	"  { 'name': 'iqn.t', 'enabled': true, 'InitialR2T': false, 'MaxSessions': 3,\n"
	"    'IncomingUser': [ 'joe secret123456', 'ann secret654321' ],\n"
	"    'luns': [ { 'lun': 0, 'device': 'd' } ],\n"
	"    'groups': [ { 'name': 'z', 'initiators': [ 'iqn.a', 'iqn.b*' ],\n"
	"      'luns': [ { 'lun': 5, 'device': 'd', 'read_only': true } ] } ]\n"
	"  } ] } ]\n"
	"}\n";

static void it_is_the_tree_that_scst_conf_makes(void **state)
{
	_cleanup_(scst_names_clear) struct scst_names faults = {};
	_cleanup_free_ char *a = NULL, *b = NULL;

	assert_int_equal(reads(whole), 0);
	assert_int_equal(file.faults.nr, 0);
	assert_int_equal(scst_conf_format(file.conf, "X", &a, &faults), 0);
	assert_int_equal(reads("threads 4\nHANDLER vdisk_fileio {\nDEVICE d {\nfilename /x\n"
			       "nv_cache 1\nusn 77\n}\n}\nTARGET_DRIVER iscsi {\nenabled 1\n"
			       "TARGET iqn.t {\nenabled 1\nInitialR2T No\nMaxSessions 3\n"
			       "IncomingUser 'joe secret123456'\nIncomingUser 'ann secret654321'\n"
			       "LUN 0 d\nGROUP z {\nINITIATOR iqn.a\nINITIATOR iqn.b*\nLUN 5 d {\n"
			       "read_only 1\n}\n}\n}\n}\n"), 0);
	assert_false(file.json);
	assert_int_equal(file.faults.nr, 0);
	assert_int_equal(scst_conf_format(file.conf, "X", &b, &faults), 0);
	assert_string_equal(a, b);
}

static char *written(bool secrets)
{
	struct json_object *json = scst_conf_to_json(file.conf, secrets);
	char *text = strdup(json_object_to_json_string(json));

	json_object_put(json);
	return text;
}

static void it_comes_back_as_it_was(void **state)
{
	_cleanup_free_ char *once = NULL, *twice = NULL;

	assert_int_equal(reads(whole), 0);
	once = written(true);
	assert_int_equal(reads(once), 0);
	assert_int_equal(file.faults.nr, 0);
	twice = written(true);
	assert_string_equal(once, twice);
	assert_non_null(strstr(once, "\"nv_cache\": true"));
	assert_non_null(strstr(once, "\"InitialR2T\": false"));
}

/* And who applies such a file is told, instead of having a target that is open to all. */
static void secrets_are_left_out(void **state)
{
	_cleanup_free_ char *text = NULL;

	assert_int_equal(reads(whole), 0);
	text = written(false);
	assert_null(strstr(text, "secret"));
	assert_non_null(strstr(text, "MaxSessions"));
	assert_non_null(strstr(text, "\"IncomingUser\": [ \"joe\", \"ann\" ]"));
	assert_int_equal(reads(text), 0);
	assert_int_equal(file.faults.nr, 2);
}

static void what_the_table_has_not_is_text(void **state)
{
	_cleanup_free_ char *text = NULL;

	assert_int_equal(reads("{ 'attributes': { 'new_thing': 'a b' } }"), 0);
	assert_int_equal(file.faults.nr, 0);
	assert_string_equal(scst_conf_value(file.conf, "new_thing"), "a b");
	text = written(true);
	assert_string_equal(text, "{ \"attributes\": { \"new_thing\": \"a b\" } }");
	assert_int_equal(reads("{ 'attributes': { 'new_thing': [ 'a', 'b' ], 'other': 'c' } }"), 0);
	assert_int_equal(file.faults.nr, 0);
	assert_int_equal(scst_conf_attr(file.conf, "new_thing")->values.nr, 2);
	free(text);
	text = written(true);
	assert_string_equal(text, "{ \"attributes\": { \"new_thing\": [ \"a\", \"b\" ], "
			    "\"other\": \"c\" } }");
	REFUSED("{ 'attributes': { 'x': 4, 'y': [ ], 'z': [ 'a', { 'b': 'c' } ] } }",
		"f:1: x: must be a string, or an array of them",
		"f:1: y: must be a string, or an array of them",
		"f:1: z: must be a string, or an array of them");
	REFUSED("{ 'attributes': { 'threads': '4' } }",
		"f:1: threads: stands beside 'attributes', not in it");
	REFUSED("{ 'attributes': { '../x': '4' } }",
		"f:1: ../x: is no name of an attribute");
	REFUSED("{ 'attributes': { 'mgmt': 'x' } }", "f:1: mgmt: is no name of an attribute");
	REFUSED("{ 'attributes': { 'x': '4\\n5' } }", "f:1: x: must be one line");
}

static void all_that_is_wrong_is_told_at_once(void **state)
{
	REFUSED("{\n'threads': 0,\n'nonsense': { 'a': { 'b': 1 } },\n'poll_us': 'x',\n"
		"'handlers': [ { 'name': 'vdisk_nullio',\n'devices': [\n{ 'name': 'n',\n"
		"'filename': '/x',\n'blocksize': 513 } ] } ]\n}",
		"f:3: nonsense: unknown key",
		"f:4: poll_us: must be a number from 0 to 4294967295",
		"f:8: handler vdisk_nullio: device n: filename: vdisk_nullio has no such key",
		"f:2: threads: must be a number from 1 to 2048",
		"f:9: handler vdisk_nullio: device n: blocksize: must be one of "
		"512|1024|2048|4096");
}

static void values_have_their_types(void **state)
{
	REFUSED("{ 'measure_latency': 1 }", "f:1: measure_latency: must be true or false");
	REFUSED("{ 'threads': 1.5 }", "f:1: threads: must be a number from 1 to 2048");
	REFUSED("{ 'threads': 99999999999 }",
		"f:1: threads: must be a number from 1 to 2048");
	REFUSED("{ 'setup_id': '0x1g' }",
		"f:1: setup_id: must be '0x' and a hexadecimal number up to ffffffff");
	REFUSED("{ 'handlers': { } }", "f:1: handlers: must be an array");
	REFUSED("{ 'handlers': [ 1 ] }",
		"f:1: handlers: each must be an object with 'name': a string");
	REFUSED("{ 'drivers': [ { 'name': 'iscsi', 'IncomingUser': 'a b' } ] }",
		"f:1: driver iscsi: IncomingUser: must be an array of strings");
}

#define DEVICE(more)	"{ 'handlers': [ { 'name': 'vdisk_fileio', 'devices': [ { " \
			"'name': 'd'" more " } ] } ] }"
#define AT		"f:1: handler vdisk_fileio: device d: "

static void what_would_be_a_second_parameter_is_refused(void **state)
{
	REFUSED(DEVICE(", 'filename': '/x;read_only=0'"),
		AT "filename: has a blank or a semicolon, with which nothing can be made");
	REFUSED(DEVICE(", 'filename': '/x\\nadd_device'"),
		AT "filename: has a character that is none of a text");
	REFUSED(DEVICE(", 'filename': '/x\\u0000y'"), AT "filename: must be an absolute path",
		AT "filename: is missing");
	REFUSED(DEVICE(", 'filename': 'x'"), AT "filename: must be an absolute path");
	REFUSED(DEVICE(""), AT "filename: is missing");
}

#define TARGET(name, more)	"{ 'drivers': [ { 'name': 'iscsi', 'targets': [ { " \
				"'name': '" name "', " more " } ] } ] }"
#define AT_T			"f:1: driver iscsi: target t: "
#define PORTAL			AT_T "allowed_portal: must be an address, or a pattern of one " \
				"with * and ?; ! excludes"

static void refuses_portal(const char *portal)
{
	static const char *const fault[] = { PORTAL };
	_cleanup_free_ char *text = NULL;

	assert_true(asprintf(&text, TARGET("t", "'allowed_portal': [ '%s' ]"), portal) > 0);
	is_refused(text, fault, 1);
}

/* What the kernel would refuse when the old one is gone. */
static void a_portal_is_an_address(void **state)
{
	static const char *const wrong[] = {
		"10.0.0.0/8", "eth0", "fe80::1%eth0", "10.0.0.1:3260", "", "!", "[", "1.2.3",
		"::1*.", "1.2.3.4 5.6.7.8", "[1.2.3.4]:3260",
		"0123456789012345678901234567890123456789******",
	};

	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++)
		refuses_portal(wrong[i]);
	REFUSED(TARGET("t", "'allowed_portal': [ '10.0.0.1', '!10.*', '[fe80::1]', '::', '*:?', "
		       "'::ffff:1.2.3.4', '0.0.0.0' ]"));
}

static void a_user_has_a_name_that_the_kernel_reads(void **state)
{
	REFUSED(TARGET("t", "'IncomingUser': [ 'a=b secret123456' ]"),
		AT_T "IncomingUser: has a '=' in the name, which the kernel takes for its end");
	REFUSED(TARGET("t", "'OutgoingUser': [ 'a=longsecret12345 x23456789012' ]"),
		AT_T "OutgoingUser: has a '=' in the name, which the kernel takes for its end");
	REFUSED(TARGET("t", "'IncomingUser': [ 'joe secret=12345' ]"));
}

static void a_target_of_iscsi_has_a_name_of_iscsi(void **state)
{
	REFUSED(TARGET("iqn.x+y", "'enabled': true"),
		"f:1: driver iscsi: target iqn.x+y: a name is letters, digits and -.:_");
	REFUSED("{ 'drivers': [ { 'name': 'scst_local', 'targets': [ { 'name': 'x+y' } ] } ] }");
}

static void identifiers_have_their_lengths(void **state)
{
	REFUSED(DEVICE(", 'filename': '/x', 'eui64_id': '0x001122'"),
		AT "eui64_id: must be '0x' and 0|16|24|32 hexadecimal digits");
	REFUSED(DEVICE(", 'filename': '/x', 'naa_id': '0x60014058a1a4ad83'"),
		AT "naa_id: has to begin with 0x6 if it has 32 digits, else with 0x2, 0x3 or 0x5");
	REFUSED(DEVICE(", 'filename': '/x', 'naa_id': '0x60014058a1a4ad83d0c4e8c9cd20c0e1', "
		       "'eui64_id': '0x'"));
}

static void a_secret_is_never_told(void **state)
{
	REFUSED("{ 'drivers': [ { 'name': 'iscsi', 'targets': [ { 'name': 't',\n"
		"'IncomingUser': [ 'joe hidden' ] } ] } ] }",
		"f:2: driver iscsi: target t: IncomingUser: must be NAME SECRET, with at least 12 "
		"characters of the secret");
}

static void names_are_names(void **state)
{
	REFUSED("{ 'handlers': [ { 'name': 'a/b' }, { 'name': '' }, { 'name': '..' } ] }",
		"f:1: handler : is no name", "f:1: handler ..: is no name",
		"f:1: handler a/b: a name is letters, digits and -.:_,=+@%#");
	REFUSED("{ 'drivers': [ { 'name': 'i', 'targets': [ { 'name': 't', 'luns': [\n"
		"{ 'lun': 16384, 'device': 'd' },\n{ 'lun': 1 } ] } ] } ] }",
		"f:3: driver i: target t: LUN 1: has no device",
		"f:2: driver i: target t: LUN 16384: a LUN is a number from 0 to 16383");
}

static void nothing_stands_there_twice(void **state)
{
	assert_int_equal(reads("{ 'threads': 1,\n'threads': 2 }"), -EINVAL);
	assert_string_equal(err.text, "f:2: threads: stands there twice");
	REFUSED("{ 'handlers': [ { 'name': 'vdisk_nullio', 'devices': [\n"
		"{ 'name': 'd' },\n{ 'name': 'd' } ] },\n{ 'name': 'vcdrom', 'devices': [\n"
		"{ 'name': 'd' } ] } ] }",
		"f:5: handler vcdrom: device d: is a device of another handler as well",
		"f:3: handler vdisk_nullio: device d: stands there twice");
	REFUSED("{ 'drivers': [ { 'name': 'i', 'targets': [ { 'name': 't', 'groups': [\n"
		"{ 'name': 'a', 'initiators': [ 'x' ] },\n"
		"{ 'name': 'b',\n'initiators': [ { 'name': 'x' } ] } ] } ] } ] }",
		"f:4: driver i: target t: group b: initiator x: is in another group of this target "
		"as well");
}

/* Characters of any length are read, and come back; half of one is none. */
static void it_is_utf8(void **state)
{
	_cleanup_free_ char *text = NULL;

	assert_int_equal(reads("{ 'attributes': { 'x': 'B\xc3\xbcro \xe2\x82\xac "
			       "\xf0\x9f\x98\x80 \\u00fc' } }"), 0);
	assert_string_equal(scst_conf_value(file.conf, "x"),
			    "B\xc3\xbcro \xe2\x82\xac \xf0\x9f\x98\x80 \xc3\xbc");
	text = written(true);
	assert_int_equal(reads(text), 0);
	assert_int_equal(reads("{\n'attributes': { 'x': 'B\xfcro' } }"), -EINVAL);
	assert_string_equal(err.text, "f:2: no JSON: invalid utf-8 string");
}

static void no_json_is_refused_with_its_line(void **state)
{
	assert_int_equal(reads("{\n'threads': 1,\n}"), -EINVAL);
	assert_non_null(strstr(err.text, "f:3: no JSON"));
}

static void scst_conf_is_checked_the_same(void **state)
{
	REFUSED("HANDLER vdisk_nullio {\nDEVICE d {\n}\n}\nTARGET_DRIVER iscsi {\nTARGET t {\n"
		"LUN 0 d\nLUN 00 d\n}\n}\n",
		"f:8: driver iscsi: target t: LUN 0: stands there twice");
	REFUSED("threads 0\nHANDLER vdisk_fileio {\nDEVICE d {\nblocksize 7\n}\n}\n",
		"f:1: threads: must be a number from 1 to 2048",
		"f:4: handler vdisk_fileio: device d: blocksize: must be one of 512|1024|2048|4096",
		"f:3: handler vdisk_fileio: device d: filename: is missing");
}

/* Whoever edits the table: a row is reachable, and its words are there. */
static void the_table_is_sound(void **state)
{
	for (const struct scst_key *key = scst_keys; key->name; key++) {
		unsigned int bit = key->only & -key->only;

		assert_ptr_equal(scst_key_find(key->kind, bit ? scst_key_owner(bit) : NULL,
					       key->name), key);
		assert_true(key->help && *key->help);
		assert_true(key->min <= key->max);
		if (key->type != SCST_KEY_DIGITS)
			assert_int_equal(key->type == SCST_KEY_CHOICE, !!key->choices);
	}
	for (const struct scst_kind_row *row = scst_kinds; row->list; row++) {
		assert_ptr_equal(scst_kind_of_list(row->parent, row->list), row);
		assert_null(scst_key_find(row->parent, NULL, row->list));
	}
}

static void the_schema_has_every_key(void **state)
{
	struct json_object *schema = scst_conf_schema();
	const char *text = json_object_to_json_string(schema);

	for (const struct scst_key *key = scst_keys; key->name; key++) {
		char name[64];

		snprintf(name, sizeof(name), "\"%s\":", key->name);
		assert_non_null(strstr(text, name));
	}
	json_object_put(schema);
}

static void two_values_may_mean_the_same(void **state)
{
	const struct scst_key *id = scst_key_find(SCST_CONF_ROOT, NULL, "setup_id");
	const struct scst_key *user = scst_key_find(SCST_CONF_TARGET, "iscsi", "IncomingUser");
	const struct scst_key *t10 = scst_key_find(SCST_CONF_DEVICE, "vcdrom", "t10_dev_id");

	assert_true(scst_key_same(id, "0x10", "16"));
	assert_false(scst_key_same(id, "0x10", "10"));
	assert_true(scst_key_same(user, "joe  secret123456", "joe secret123456"));
	assert_false(scst_key_same(user, "joe secret123456", "joe secret12345"));
	assert_true(scst_key_same(t10, "abc   ", "abc"));
	assert_false(scst_key_same(t10, "abc", "ABC"));
}

#define T(test)	cmocka_unit_test_setup_teardown(test, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(it_is_the_tree_that_scst_conf_makes),
		T(it_comes_back_as_it_was),
		T(secrets_are_left_out),
		T(what_the_table_has_not_is_text),
		T(all_that_is_wrong_is_told_at_once),
		T(values_have_their_types),
		T(what_would_be_a_second_parameter_is_refused),
		T(a_portal_is_an_address),
		T(a_user_has_a_name_that_the_kernel_reads),
		T(a_target_of_iscsi_has_a_name_of_iscsi),
		T(identifiers_have_their_lengths),
		T(a_secret_is_never_told),
		T(names_are_names),
		T(nothing_stands_there_twice),
		T(it_is_utf8),
		T(no_json_is_refused_with_its_line),
		T(scst_conf_is_checked_the_same),
		T(the_table_is_sound),
		T(the_schema_has_every_key),
		T(two_values_may_mean_the_same),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
