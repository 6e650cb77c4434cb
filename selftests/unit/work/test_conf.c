// SPDX-License-Identifier: GPL-2.0-only
/*
 * A configuration is a text of up to 16 MiB, and reading eight times as much of it is eight times
 * the work and a little more, whatever it consists of: so none takes hours that one of a thousand
 * lines does not show.
 */
#include "unit.h"

#include <stdio.h>

#include "conf_format.h"
#include "conf_read.h"
#include "work.h"

#define FEW	500
#define MANY	(8 * FEW)
#define GROWS	16		/* by so much at most: of n log n there is some, of n * n 64 */

/* What stands before and behind the lines, and lines, which have their number once or twice. */
struct shape {
	const char *before, *line, *behind;
	bool refused;
};

#define TARGET	"TARGET_DRIVER iscsi {\nTARGET iqn.t {\n"

static const struct shape shapes[] = {
	/* attributes, and values of one */
	{ "", "a%u 1\n", "" },
	{ "", "a %u\n", "" },
	{ "", "a %u\na\n", "" },
	{ "", "a %u 1\n", "" },
	{ TARGET, "IncomingUser \"u%u secret%u\"\n", "}\n}\n" },
	{ TARGET, "allowed_portal %u\n", "}\n}\n" },
	/* sections, also such as are forgotten again */
	{ "HANDLER h {\n", "DEVICE d%u {\nx 1\n}\n", "}\n" },
	{ "HANDLER h {\n", "DEVICE d%u {\nx 1\n}\nDEVICE d%u {\ny 1\n}\n", "}\n" },
	{ "", "HANDLER h%u {\nDEVICE d%u\n}\n", "" },
	{ TARGET, "LUN %u d\n", "}\n}\n" },
	{ TARGET, "LUN 0 d%u\n", "}\n}\n" },
	{ TARGET, "LUN 0%u d\nLUN %u e {\nx 1\n}\n", "}\n}\n" },
	{ TARGET, "GROUP g%u {\nINITIATOR i%u\n}\n", "}\n}\n" },
	{ TARGET "GROUP g {\n", "INITIATOR i%u\n", "}\n}\n}\n" },
	{ "DEVICE_GROUP g {\n", "TARGET_GROUP t%u {\nTARGET u%u\n}\n", "}\n" },
	/* faults */
	{ "", "a%u 1 2 3\n", "" },
	{ "", "a%u x#\n", "" },
	{ "HANDLER h {\n", "a%u b }\n{\n", "}\n" },
	{ "b 1\n", "{\na%u 1\n}\n", "" },
	{ "", "\"a%u b", "\n" },
};

#define JSON_TARGET	"{\"drivers\":[{\"name\":\"iscsi\",\"targets\":[{\"name\":\"iqn.t\","

static const struct shape json_shapes[] = {
	{ "{\"attributes\":{", "\"a%u\":\"1\",\n", "\"z\":\"1\"}}" },
	{ "{\"attributes\":{\"a\":[", "\"%u\",\n", "\"z\"]}}" },
	{ JSON_TARGET "\"IncomingUser\":[", "\"u%u secretsecret%u\",\n",
	  "\"z secretsecret\"]}]}]}" },
	{ JSON_TARGET "\"luns\":[", "{\"lun\":%u,\"device\":\"d\"},\n",
	  "{\"lun\":16000,\"device\":\"d\"}]}]}]}" },
	{ "{\"attributes\":{", "\"a%u\":\"1\",\n", "\"z\":\"1\",\"z\":\"1\"}}", true },
	{ JSON_TARGET "\"luns\":[", "{\"lun\":%u,\"device\":\"d\"},\n",
	  "{\"device\":\"e\",\"lun\":16000,\"device\":\"d\"}]}]}]}", true },
};

/* @again: all of them once more, behind the last. */
static char *make(const struct shape *shape, unsigned int nr, bool again)
{
	char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	assert_non_null(out);
	fputs(shape->before, out);
	for (int turn = 0; turn <= again; turn++)
		for (unsigned int i = 0; i < nr; i++)
			fprintf(out, shape->line, i, i);
	fputs(shape->behind, out);
	assert_int_equal(fclose(out), 0);
	return text;
}

static void write_again(const struct scst_conf *conf)
{
	_cleanup_(scst_names_clear) struct scst_names faults = {};
	_cleanup_free_ char *text = NULL;

	assert_int_equal(scst_conf_format(conf, "X", &text, &faults), 0);
}

static unsigned long work_of(const char *text, bool refused)
{
	struct scst_conf_file file = {};
	struct scst_error err = {};
	unsigned long before = work_done();

	if (!scst_conf_read_text(text, "f", &file, &err) == refused)
		fail_msg("%s: %s", refused ? "is read" : "is not read", err.text);
	if (!refused)
		write_again(file.conf);
	scst_conf_file_clear(&file);
	return work_done() - before;
}

/* Return: how many grow faster. */
static int grows_faster(const struct shape *shape, bool again)
{
	_cleanup_free_ char *few = make(shape, FEW, again), *many = make(shape, MANY, again);
	unsigned long less = work_of(few, shape->refused), more = work_of(many, shape->refused);

	assert_true(less > FEW);
	if (more <= GROWS * less)
		return 0;
	print_message("# %u lines are %lu, %u are %lu: %s...%s\n", FEW, less, MANY, more,
		      shape->line, shape->behind);
	return 1;
}

static void reading_is_work_for_each_line_once(void **state)
{
	int faster = 0;

	for (size_t i = 0; i < ARRAY_SIZE(shapes); i++)
		faster += grows_faster(&shapes[i], false);
	assert_int_equal(faster, 0);
}

static void what_stands_there_again_is_no_more_work(void **state)
{
	int faster = 0;

	for (size_t i = 0; i < ARRAY_SIZE(shapes); i++)
		faster += grows_faster(&shapes[i], true);
	assert_int_equal(faster, 0);
}

static void so_is_json(void **state)
{
	int faster = 0;

	for (size_t i = 0; i < ARRAY_SIZE(json_shapes); i++)
		faster += grows_faster(&json_shapes[i], false);
	assert_int_equal(faster, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reading_is_work_for_each_line_once),
		cmocka_unit_test(what_stands_there_again_is_no_more_work),
		cmocka_unit_test(so_is_json),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
