// SPDX-License-Identifier: GPL-2.0-only
/* The grammar of scst.conf: what is read, what is lost and told, and what is written. */
#include "unit.h"

#include "conf_format.h"
#include "conf_parse.h"
#include "modules.h"

static struct scst_conf *conf;
static struct scst_names faults;
static struct scst_error err;

static int parse(const char *text)
{
	if (conf)
		scst_conf_free(conf);
	conf = NULL;
	scst_names_clear(&faults);
	err = (struct scst_error){};
	return scst_conf_parse(text, "f", &conf, &faults, &err);
}

static int end(void **state)
{
	if (conf)
		scst_conf_free(conf);
	conf = NULL;
	scst_names_clear(&faults);
	return 0;
}

static void reads(const char *text)
{
	assert_int_equal(parse(text), 0);
	if (faults.nr)
		fail_msg("%s", faults.list[0]);
}

/* It is read, with one fault, that begins so. */
static void loses(const char *text, const char *fault)
{
	assert_int_equal(parse(text), 0);
	assert_int_equal(faults.nr, 1);
	if (!startswith(faults.list[0], fault))
		fail_msg("\"%s\" does not begin with \"%s\"", faults.list[0], fault);
}

static const struct scst_conf *find(enum scst_conf_kind kind, const char *name,
				    enum scst_conf_kind child, const char *child_name)
{
	return scst_conf_find(scst_conf_find(conf, kind, name), child, child_name);
}

static void sections_and_attributes_are_told_apart(void **state)
{
	reads("threads 4\nHANDLER h {\n\tDEVICE d {\n\t\tfilename /x\n\t}\n\tverbose 1\n}\n");
	assert_string_equal(scst_conf_value(conf, "threads"), "4");
	assert_string_equal(scst_conf_value(scst_conf_find(conf, SCST_CONF_HANDLER, "h"),
					    "verbose"), "1");
	assert_string_equal(scst_conf_value(find(SCST_CONF_HANDLER, "h", SCST_CONF_DEVICE, "d"),
					    "filename"), "/x");
}

static void a_lun_is_a_number_and_a_device(void **state)
{
	const struct scst_conf *target, *lun;

	reads("TARGET_DRIVER iscsi {\n\tTARGET t {\n\t\tLUN 0 d {\n\t\t\tread_only 1\n\t\t}\n"
	      "\t\tLUN 1 e\n\t}\n}\n");
	target = find(SCST_CONF_DRIVER, "iscsi", SCST_CONF_TARGET, "t");
	lun = scst_conf_find(target, SCST_CONF_LUN, "0");
	assert_string_equal(scst_conf_device(lun), "d");
	assert_string_equal(scst_conf_value(lun, "read_only"), "1");
	assert_string_equal(scst_conf_device(scst_conf_find(target, SCST_CONF_LUN, "1")), "e");
}

static void two_devices_at_a_lun_stay_two(void **state)
{
	reads("TARGET_DRIVER d {\nTARGET t {\nLUN 0 a\nLUN 0 b\n}\n}\n");
	assert_int_equal(scst_conf_find(find(SCST_CONF_DRIVER, "d", SCST_CONF_TARGET, "t"),
					SCST_CONF_LUN, "0")->devices.nr, 2);
}

static void a_lun_of_two_spellings_is_one(void **state)
{
	const struct scst_conf *target, *lun;

	reads("TARGET_DRIVER d {\nTARGET t {\nLUN 02 a\nLUN 0x2 a\nLUN 2 b\n}\n}\n");
	target = find(SCST_CONF_DRIVER, "d", SCST_CONF_TARGET, "t");
	assert_int_equal(target->nr_children, 1);
	assert_int_equal(scst_conf_find(target, SCST_CONF_LUN, "2")->devices.nr, 3);
	loses("TARGET_DRIVER d {\nTARGET t {\nLUN 2 a {\nx 1\n}\nLUN 02 a {\ny 1\n}\n}\n}\n",
	      "f:6: LUN 02 is that of line 3: what stands inside is lost");
	lun = find(SCST_CONF_DRIVER, "d", SCST_CONF_TARGET, "t")->children[0];
	assert_int_equal(lun->nr_attrs, 1);
	assert_true(lun->lost);
}

static void of_many_faults_some_are_told(void **state)
{
	_cleanup_free_ char *text = malloc(200 * strlen("a 1 2\n") + 1);

	for (int i = 0; i < 200; i++)
		sprintf(text + i * strlen("a 1 2\n"), "%c %c 2\n", 'a' + i % 26, 'a' + i / 26);
	assert_int_equal(parse(text), 0);
	assert_int_equal(faults.nr, 101);
	assert_string_equal(faults.list[100] + strcspn(faults.list[100], " "),
			    " there is more to say, once this is mended");
}

static void groups_keep_their_order_and_others_do_not(void **state)
{
	const struct scst_conf *target;

	reads("HANDLER h {\nDEVICE b\nDEVICE a\n}\nTARGET_DRIVER d {\nTARGET t {\n"
	      "GROUP z {\nINITIATOR y\nINITIATOR x\n}\nGROUP a {\nINITIATOR *\n}\n}\n}\n");
	assert_string_equal(scst_conf_find(conf, SCST_CONF_HANDLER, "h")->children[0]->name, "a");
	target = find(SCST_CONF_DRIVER, "d", SCST_CONF_TARGET, "t");
	assert_string_equal(target->children[0]->name, "z");
	assert_string_equal(target->children[0]->children[0]->name, "x");
}

static void an_attribute_is_a_set_of_values(void **state)
{
	const struct scst_conf_attr *attr;

	reads("TARGET_DRIVER iscsi {\n\tIncomingUser \"joe secret\"\n\tIncomingUser \"ann  x\"\n"
	      "\tIncomingUser \"joe secret\"\n\tHW_TARGET\n}\n");
	attr = scst_conf_attr(scst_conf_find(conf, SCST_CONF_DRIVER, "iscsi"), "IncomingUser");
	assert_int_equal(attr->values.nr, 2);
	assert_string_equal(attr->values.list[0], "ann  x");
	assert_string_equal(scst_conf_value(scst_conf_find(conf, SCST_CONF_DRIVER, "iscsi"),
					    "HW_TARGET"), "");
}

static void comments_and_backslashes(void **state)
{
	reads("# all of it\nusn a\\#b   # the rest\nid \"x  y\"\t\nre a\\\\b\n\t \n");
	assert_string_equal(scst_conf_value(conf, "usn"), "a#b");
	assert_string_equal(scst_conf_value(conf, "id"), "x  y");
	assert_string_equal(scst_conf_value(conf, "re"), "a\\b");
}

static void each_loss_of_perl_is_told_with_its_line(void **state)
{
	loses("a 1\nb 2#3\n", "f:2: the comment takes the '2' before it along");
	assert_string_equal(scst_conf_value(conf, "b"), "");
	loses("HANDLER x\n{\n\tDEVICE d\n}\n", "f:2: a { without a name on its line");
	assert_int_equal(scst_conf_find(conf, SCST_CONF_HANDLER, "x")->nr_children, 0);
	loses("HANDLER x { verbose 1 }\n",
	      "f:1: the statement that begins with \"verbose\" is lost");
	loses("TARGET_DRIVER d {\nTARGET t {\nLUN 0 \"a\" b c\n}\n}\n",
	      "f:3: \"LUN\" and more than two words behind it");
	loses("}\nthreads 4\n", "f:1: a } too many");
	assert_int_equal(conf->nr_attrs, 0);
	loses("HANDLER x {\n\tDEVICE d\n", "f:1: the { of this line has no }");
	loses("threads 4",
	      "f:1: the statement that begins with \"threads\" is lost");
	loses("HANDLER x {\n\tDEVICE d\n}\nHANDLER x {\n\tDEVICE e\n}\n", "f:4: \"x\" once more");
	assert_null(find(SCST_CONF_HANDLER, "x", SCST_CONF_DEVICE, "d"));
	loses("a 1\na 2\na\n", "f:3: \"a\" once more");
	loses("HANDLER\n", "f:1: HANDLER without a name");
	loses("TARGET_DRIVER d {\nTARGET t {\nLUN 0\n}\n}\n", "f:3: LUN 0 without a device");
	loses("TARGET_DRIVER d {\nTARGET t {\nGROUP g {\nINITIATOR i {\nx 1\n}\n}\n}\n}\n",
	      "f:4: \"i\" has no attributes");
	loses("a 1 2\n",
	      "f:1: a has more than one value behind it, which -config refuses");
	assert_true(scst_conf_attr(conf, "a")->deep);
	assert_int_equal(parse("a 1 2\na 3\n"), 0);
	assert_false(scst_conf_attr(conf, "a")->deep);
}

static void a_file_of_scst_1_is_refused(void **state)
{
	assert_int_equal(parse("threads 2\n[HANDLER vdisk]\nDEVICE d,/x\n"), -EINVAL);
	assert_says(err, "f:2: a configuration of SCST 1.x");
	assert_int_equal(parse("[ASSIGNMENT Default]\n"), -EINVAL);
	reads("# [GROUP x]\nid [other\n");
}

static void a_tower_of_braces_ends(void **state)
{
	_cleanup_free_ char *text = malloc(100001);

	for (int i = 0; i < 50000; i++)
		memcpy(text + 2 * i, "a{", 2);
	text[100000] = '\0';
	assert_int_equal(parse(text), -EINVAL);
	assert_says(err, "nested more than");
}

static void half_a_million_statements_are_enough(void **state)
{
	size_t len = 2 * 500000;
	_cleanup_free_ char *text = malloc(len + sizeof("a\n"));

	for (size_t i = 0; i <= len; i += 2)
		memcpy(text + i, "a\n", 2);
	text[len] = '\0';
	reads(text);
	text[len] = 'a';
	text[len + 2] = '\0';
	assert_int_equal(parse(text), -EINVAL);
	assert_says(err, "f:500001: more than 500000 statements");
}

static void format(char **text)
{
	scst_names_clear(&faults);
	assert_int_equal(scst_conf_format(conf, "X", text, &faults), 0);
}

static void what_is_written_is_read_back(void **state)
{
	static const char file[] =
		"# Automatically generated by X.\n\nthreads 4\n\nHANDLER h {\n\tDEVICE d\n}\n\n"
		"TARGET_DRIVER iscsi {\n\tenabled 1\n\n\tTARGET t {\n\t\tHW_TARGET\n\n\n"
		"\t\tLUN 0 d {\n\t\t\tread_only 1\n\t\t}\n\n\t\tGROUP g {\n\t\t\tLUN 0 d\n\n"
		"\t\t\tINITIATOR iqn\\#\\*\n\t\t}\n\n\t\tGROUP h\n\t}\n\n\tTARGET u\n}\n\n"
		"ALUA {\n\talua_check 1\n}\n\nDEVICE_GROUP dg {\n\tDEVICE d\n\n"
		"\tTARGET_GROUP tg {\n"
		"\t\tgroup_id 1\n\n\t\tTARGET t\n\t\tTARGET u {\n\t\t\trel_tgt_id 2\n\t\t}\n\t}\n"
		"}\n\n";
	_cleanup_free_ char *text = NULL, *expected = strdup(file);
	char *star;

	reads(file);
	format(&text);
	star = strstr(expected, "\\*");
	memmove(star, star + 1, strlen(star));	/* a star needs no backslash */
	assert_string_equal(text, expected);
	assert_int_equal(faults.nr, 0);
}

static void luns_are_written_by_number(void **state)
{
	_cleanup_free_ char *text = NULL;

	reads("TARGET_DRIVER d {\nTARGET t {\nLUN 10 a\nLUN 9 b\n}\n}\n");
	scst_conf_sort(conf, scst_conf_by_number);
	format(&text);
	assert_non_null(strstr(text, "\t\tLUN 9 b\n\t\tLUN 10 a\n"));
}

static void what_cannot_be_written_is_told(void **state)
{
	static const char *const bad[] = { "a{b", "x\ny", "a\tb", "say \"x y\"", "[GROUP x]" };
	static const char *const good[] = { "", "a b", "a#b", "a\\b", "x\"y", " a" };

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		assert_false(scst_conf_reads_back(bad[i]));
	for (size_t i = 0; i < ARRAY_SIZE(good); i++)
		assert_true(scst_conf_reads_back(good[i]));
	reads("a \"b\"\n");
	free(conf->attrs[0].values.list[0]);
	conf->attrs[0].values.list[0] = strdup("x}y");
	{
		_cleanup_free_ char *text = NULL;

		format(&text);
	}
	assert_int_equal(faults.nr, 1);
	assert_non_null(strstr(faults.list[0], "will not be read back"));
}

static void a_name_that_cannot_be_written_is_told(void **state)
{
	static const char *const files[] = {
		"HANDLER h {\n\tDEVICE \"a b\"\n}\n",
		"HANDLER h {\n\tDEVICE a\\#b\n}\n",
		"TARGET_DRIVER d {\n\tTARGET t {\n\t\tLUN 0 \"x y\"\n\t}\n}\n",
		"a \"\"\na b\n",
	};

	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		_cleanup_free_ char *text = NULL;

		assert_int_equal(parse(files[i]), 0);
		format(&text);
		assert_int_equal(faults.nr, 1);
	}
}

static void modules_are_ours(void **state)
{
	_cleanup_(scst_names_clear) struct scst_names modules = {};

	reads("HANDLER vdisk_fileio\nHANDLER vdisk_nullio\nTARGET_DRIVER ib_srpt {\n}\n"
	      "TARGET_DRIVER iscsi\nHANDLER dev_user\n");
	assert_int_equal(scst_modules_of(conf, &modules), 0);
	assert_int_equal(modules.nr, 3);
	assert_true(scst_names_has(&modules, "scst_vdisk"));
	assert_true(scst_names_has(&modules, "iscsi_scst"));
	assert_true(scst_names_has(&modules, "scst_srpt"));
	assert_null(scst_module_of(SCST_CONF_HANDLER, "dev_user"));
}

#define T(test)	cmocka_unit_test_teardown(test, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(sections_and_attributes_are_told_apart),
		T(a_lun_is_a_number_and_a_device),
		T(two_devices_at_a_lun_stay_two),
		T(a_lun_of_two_spellings_is_one),
		T(of_many_faults_some_are_told),
		T(groups_keep_their_order_and_others_do_not),
		T(an_attribute_is_a_set_of_values),
		T(comments_and_backslashes),
		T(each_loss_of_perl_is_told_with_its_line),
		T(a_file_of_scst_1_is_refused),
		T(a_tower_of_braces_ends),
		T(half_a_million_statements_are_enough),
		T(what_is_written_is_read_back),
		T(luns_are_written_by_number),
		T(what_cannot_be_written_is_told),
		T(a_name_that_cannot_be_written_is_told),
		T(modules_are_ours),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
