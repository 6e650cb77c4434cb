// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a diff costs that finds nothing: how often it asks the kernel, for each device with a
 * target and a LUN; and that one of many things costs no more than one of few. Time is what becomes
 * of that; here calls are counted, so that the figures are the same everywhere.
 */
#include "declared.h"

#include <sys/stat.h>

#include "counted.h"

/* A list of @nr objects; @each has one number, or two, in it. */
static void put_list(FILE *out, const char *each, unsigned int nr)
{
	for (unsigned int i = 1; i <= nr; i++) {
		fputs(i == 1 ? "" : ", ", out);
		fprintf(out, each, i, i);
	}
}

/* @target: the keys of each. */
static char *conf_of(unsigned int nr, const char *target)
{
	char *text, each[512];
	size_t len;
	FILE *out = open_memstream(&text, &len);

	fputs("{ 'handlers': [ { 'name': 'vdisk_nullio', 'devices': [ ", out);
	put_list(out, "{ 'name': 'd%u', 'usn': '7' }", nr);
	fputs(" ] } ], 'drivers': [ { 'name': 'iscsi', 'targets': [ ", out);
	snprintf(each, sizeof(each),
		 "{ 'name': 't%%u', %s 'luns': [ { 'lun': 0, 'device': 'd%%u' } ] }", target);
	put_list(out, each, nr);
	fputs(" ] } ] }", out);
	fclose(out);
	return text;
}

/* All of it is there, and asked for; nothing is found. */
static struct counted count_diff(unsigned int nr, const char *target)
{
	_cleanup_free_ char *text = conf_of(nr, target);
	struct counted before;

	assert_int_equal(apply(text, false), 0);
	before = counted;
	make_plan(text, true, true);
	PLANNED();
	assert_int_equal(plan.refused.nr, 0);
	return (struct counted){
		.opens = counted.opens - before.opens, .lists = counted.lists - before.lists,
		.reads = counted.reads - before.reads, .looks = counted.looks - before.looks,
	};
}

/* Of one, from what ten and thirty of them cost; as much as from thirty and fifty. */
static struct counted cost_of_one(const char *target)
{
	const struct counted few = count_diff(10, target), more = count_diff(30, target);
	const struct counted many = count_diff(50, target);

	assert_int_equal(more.opens - few.opens, many.opens - more.opens);
	assert_int_equal(more.lists - few.lists, many.lists - more.lists);
	assert_int_equal(more.reads - few.reads, many.reads - more.reads);
	assert_int_equal(more.looks - few.looks, many.looks - more.looks);
	return (struct counted){
		.opens = (more.opens - few.opens) / 20, .lists = (more.lists - few.lists) / 20,
		.reads = (more.reads - few.reads) / 20, .looks = (more.looks - few.looks) / 20,
	};
}

/* Some file systems do not count the directories in a directory: then each is read. */
static unsigned int uncounted_groups(void)
{
	char path[PATH_MAX];
	struct stat st;

	snprintf(path, sizeof(path), "%s/targets/iscsi/t1/ini_groups", fake->root);
	assert_int_equal(stat(path, &st), 0);
	return st.st_nlink != 2;
}

/* usn; the target, for users and portals; its LUNs; enabled. Looks: where the LUN leads; groups. */
static void a_diff_opens_four_files_of_each(void **state)
{
	const struct counted one = cost_of_one("");

	assert_int_equal(one.opens, 4 + uncounted_groups());
	assert_int_equal(one.lists, 4 + 2 * uncounted_groups());
	assert_int_equal(one.reads, 2);
	assert_int_equal(one.looks, 2);
}

/* Once, though what is enabled is looked at first and last, and users in between and once more. */
static void what_is_listed_is_what_is_read(void **state)
{
	const struct counted one = cost_of_one(
		"'enabled': true, 'alias': 'x', 'IncomingUser': [ 'joe secret123456' ], ");

	assert_int_equal(one.opens, 4 + 2 + uncounted_groups());
	assert_int_equal(one.reads, 2 + 2);
}

/* Makes so many children, and drops them, the last one first as whoever drops many does. */
static unsigned int compares_of(unsigned int nr)
{
	_cleanup_(scst_conf_freep) struct scst_conf *conf = scst_conf_new(SCST_CONF_HANDLER, "h");
	unsigned int before = counted.compares;
	char name[16];

	for (unsigned int i = 0; i < nr; i++) {
		snprintf(name, sizeof(name), "d%u", i);
		assert_non_null(scst_conf_add(conf, SCST_CONF_DEVICE, name));
	}
	while (conf->nr_children)
		scst_conf_drop(conf, conf->children[conf->nr_children - 1]);
	return counted.compares - before;
}

/* With the depth of the index it grows, by a tenth from one thousand to two. */
static void a_child_that_goes_is_found_without_a_look_at_all(void **state)
{
	unsigned int few = compares_of(1000), many = compares_of(2000);

	assert_true(few > 1000);
	assert_true(many < 5 * few / 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(a_diff_opens_four_files_of_each),
		T(what_is_listed_is_what_is_read),
		T(a_child_that_goes_is_found_without_a_look_at_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
