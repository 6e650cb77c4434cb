// SPDX-License-Identifier: GPL-2.0-only
#include "declared.h"

#include <glob.h>

#include "aside_file.h"
#include "conf_read.h"
#include "quotes.h"
#include "recover.h"

struct fake *fake;
struct scst_plan plan;
struct scst_names done;
unsigned int stop_behind;
void (*behind_each)(void);
bool restored;
char aside_path[PATH_MAX];

int begin(void **state)
{
	fake = fake_new();
	snprintf(aside_path, sizeof(aside_path), "%s.aside", fake->root);
	stop_behind = 0;
	behind_each = NULL;
	restored = false;
	return 0;
}

static void unlink_all(const char *pattern)
{
	glob_t found;

	if (!glob(pattern, 0, NULL, &found))
		for (size_t i = 0; i < found.gl_pathc; i++)
			unlink(found.gl_pathv[i]);
	globfree(&found);
}

int end(void **state)
{
	char pattern[sizeof(aside_path) + 1];

	scst_plan_clear(&plan);
	scst_names_clear(&done);
	snprintf(pattern, sizeof(pattern), "%s*", aside_path);
	unlink_all(pattern);
	fake_free(fake);
	return 0;
}

static void read_conf(const char *text, struct scst_conf_file *file)
{
	_cleanup_free_ char *json = quoted(text);
	struct scst_error err = {};

	assert_int_equal(scst_conf_read_text(json, "f", file, &err), 0);
	if (file->faults.nr)
		fail_msg("%s", file->faults.list[0]);
}

void make_plan(const char *text, bool prune, bool force)
{
	_cleanup_(scst_conf_file_clear) struct scst_conf_file file = {};
	struct scst_error err = {};

	read_conf(text, &file);
	scst_plan_clear(&plan);
	scst_names_clear(&fake->log);
	plan.prune = prune;
	plan.force = force;
	assert_int_equal(scst_plan_make(&plan, &fake->live, file.conf, &err), 0);
	assert_int_equal(fake->log.nr, 0);
}

static int take_step(void *arg, const struct scst_step *step)
{
	_cleanup_free_ char *line = scst_plan_line(step);

	assert_int_equal(scst_names_add(&done, line), 0);
	if (behind_each)
		behind_each();
	return stop_behind && done.nr == stop_behind ? -ECANCELED : 0;
}

static int put_aside(void *arg, const struct scst_conf *aside)
{
	return scst_aside_write(aside_path, &fake->live, aside, stderr);
}

unsigned int apply(const char *text, bool prune)
{
	_cleanup_(scst_conf_file_clear) struct scst_conf_file file = {};
	_cleanup_fclose_ FILE *log = fopen("/dev/null", "w");
	struct scst_restore r = {
		.live = &fake->live, .log = log, .declared = !restored, .prune = prune,
		.each = take_step, .aside = put_aside,
	};
	struct scst_error err = {};
	int ret;

	read_conf(text, &file);
	scst_recover(&fake->live, aside_path, log);
	scst_names_clear(&done);
	scst_names_clear(&fake->log);
	ret = scst_restore(&r, file.conf, &err);
	assert_true(!ret || ret == -ECANCELED || (ret == -ENOENT && !done.nr));
	return r.failed;
}

void is_planned(const char *const *lines, size_t nr)
{
	for (size_t i = 0; i < nr && i < plan.steps.nr; i++)
		assert_string_equal(plan.steps.list[i], lines[i]);
	assert_int_equal(plan.steps.nr, nr);
}

void is_refused(const char *line)
{
	if (plan.refused.nr != 1)
		for (size_t i = 0; i < plan.refused.nr; i++)
			fprintf(stderr, "# %s\n", plan.refused.list[i]);
	assert_int_equal(plan.refused.nr, 1);
	assert_string_equal(plan.refused.list[0], line);
}

void is(const char *path, const char *value)
{
	const char *have = fake_read(fake, path);

	assert_non_null(have);
	assert_string_equal(have, value);
}

void is_as_planned(void)
{
	for (size_t i = 0; i < done.nr && i < plan.steps.nr; i++)
		assert_string_equal(done.list[i], plan.steps.list[i]);
	assert_int_equal(done.nr, plan.steps.nr);
}

void made_with(const char *handler, const char *params)
{
	char path[PATH_MAX];
	FILE *file;

	snprintf(path, sizeof(path), "%s/handlers/%s/mgmt", fake->root, handler);
	file = fopen(path, "w");
	assert_non_null(file);
	fprintf(file, "The following parameters available: %s\n", params);
	fclose(file);
}
