// SPDX-License-Identifier: GPL-2.0-only
/*
 * Is what we print, do and write what SCST's own scstadmin, which is written in Perl, prints, does
 * and writes? SCST_PERL names the directory that has it (scstadmin and SCST/SCST.pm, or
 * scstadmin/scstadmin.sysfs of a checkout); without that the tests are skipped. Both programs get a
 * fake of their own, prepared in the same way. Standard error is not compared: there Perl tells of
 * its variables. SCST 3.9 and 3.10 disable targets of which the file does not say that they are
 * enabled, and count that; then most of the golden files are not what they do.
 *
 * What Perl's hashes order at random is not compared for its order: lines of an output that are
 * indented and follow each other, and the groups of a written file.
 *
 * Where SCST's program differs and is not followed, a golden file has a part "perl WHAT", WHAT
 * being output, status, tree or written: its lines with a '-' are ours only, those with a '+' only
 * Perl's, those with a blank are behind which to look for the next, as in a patch, and those with a
 * '#' say why. All other lines have to be equal. A part "perl none" says why nothing of a file is
 * compared.
 */
#include <glob.h>
#include <stdlib.h>

#include "unit.h"

#include "golden.h"

static const char *perl_dir;

/* What one of the two did. */
struct result {
	char *output, *status, *tree, *written;
};

/* ---- order ---------------------------------------------------------------------------------- */

#define LINES_MAX	512

static int by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static char *joined(char **lines, size_t nr)
{
	char *out;
	size_t len;
	FILE *stream = open_memstream(&out, &len);

	for (size_t i = 0; i < nr; i++)
		fprintf(stream, "%s\n", lines[i]);
	fclose(stream);
	return out;
}

static size_t cut(char *text, char **lines)
{
	size_t nr = 0;
	char *line;

	while ((line = strsep(&text, "\n"))) {
		assert_true(nr < LINES_MAX);
		lines[nr++] = line;
	}
	return nr;
}

/* Sorts each run of lines for which @in says yes. Takes @text over. */
static char *sorted(char *text, bool (*in)(const char *line))
{
	char *lines[LINES_MAX], *out;
	size_t nr = cut(text, lines), from = 0;

	for (size_t i = 0; i <= nr; i++) {
		if (i < nr && in(lines[i]))
			continue;
		qsort(lines + from, i - from, sizeof(*lines), by_text);
		from = i + 1;
	}
	out = joined(lines, nr);
	free(text);
	return out;
}

static bool is_indented(const char *line)
{
	return *line == '\t';
}

static bool is_any(const char *line)
{
	return true;
}

static bool is_group(const char *line)
{
	return startswith(line, "\t\tGROUP ");
}

/* A group and what is in it become one line, with '\1' for a newline. */
static void fold_groups(char *text)
{
	bool inside = false;

	for (char *line = text, *end; (end = strchr(line, '\n')); line = end + 1) {
		if (is_group(line))
			inside = end > line && end[-1] == '{';
		else if (startswith(line, "\t\t}"))
			inside = false;
		if (inside)
			*end = '\1';
	}
}

/* The groups of each target change places among themselves. */
static char *groups_sorted(char *text)
{
	char *lines[LINES_MAX], *groups[16], *out;
	size_t places[ARRAY_SIZE(groups)], nr, nr_groups = 0;

	fold_groups(text);
	nr = cut(text, lines);
	for (size_t i = 0; i < nr; i++) {
		if (is_group(lines[i])) {
			assert_true(nr_groups < ARRAY_SIZE(groups));
			places[nr_groups] = i;
			groups[nr_groups++] = lines[i];
		} else if (startswith(lines[i], "\t}")) {
			qsort(groups, nr_groups, sizeof(*groups), by_text);
			while (nr_groups--)
				lines[places[nr_groups]] = groups[nr_groups];
			nr_groups = 0;
		}
	}
	out = joined(lines, nr);
	free(text);
	for (char *at = out; (at = strchr(at, '\1')); at++)
		*at = '\n';
	return out;
}

/* ---- the two -------------------------------------------------------------------------------- */

/* An option of TrueNAS's program only, which changes nothing here. */
static void drop_foreign(char *words)
{
	static const char option[] = "-preserve_cluster_mode";
	char *at = strstr(words, option);

	if (at)
		memset(at, ' ', strlen(option));
}

static struct run run_one(struct stage *stage, bool perl, const char *words, const char *input)
{
	return perl ? run_perl(stage->fake, perl_dir, words, input) :
		      run_admin(stage->fake, words, input);
}

static char *status_text(int status)
{
	char *text;

	assert_true(asprintf(&text, "%d\n", status) > 0);
	return text;
}

/* What stands behind the name of the part "written"; NULL if there is none. */
static const char *write_options(const struct golden *golden)
{
	const char *options = NULL;

	for (size_t i = 0; i < golden->nr && !options; i++)
		options = startswith(golden->parts[i].name, "written");
	return options;
}

/* The file without its first line, which names the program. */
static char *written(struct stage *stage, bool perl, const char *options)
{
	_cleanup_free_ char *words = NULL, *text = NULL;
	_cleanup_run_ struct run run = {};

	if (!options)
		return strdup("");
	assert_true(asprintf(&words, "-write_config %s %s", stage->conf, options) > 0);
	run = run_one(stage, perl, words, "");
	assert_int_equal(run.status, 0);
	assert_int_equal(scst_read_file(stage->conf, &text), 0);
	return strdup(strchr(text, '\n'));
}

static struct result do_one(const struct golden *golden, bool perl)
{
	struct stage stage;
	struct result result;
	char *input;

	stage_set(&stage, golden);
	{
		_cleanup_free_ char *words = stage_command(&stage, golden, &input);
		struct run run;

		drop_foreign(words);
		run = run_one(&stage, perl, words, input);
		result.output = stage_neutral(&stage, run.out);
		result.status = status_text(run.status);
		free(run.err);
	}
	result.tree = fake_dump(stage.fake);
	result.written = written(&stage, perl, write_options(golden));
	stage_clear(&stage);
	return result;
}

/* ---- what is compared ----------------------------------------------------------------------- */

/* The next line of *@at that is @line; *@at goes behind it, or to where it was if it is cut out. */
static bool pass(char **at, const char *line, size_t len, bool cut_out)
{
	for (; **at; *at = strchr(*at, '\n') + 1) {
		if (strncmp(*at, line, len) || (*at)[len] != '\n')
			continue;
		if (cut_out)
			memmove(*at, *at + len + 1, strlen(*at + len + 1) + 1);
		else
			*at += len + 1;
		return true;
	}
	return false;
}

/* Takes out of both what @known says that they have for themselves. */
static void forget_known(const char *path, const char *known, char *ours, char *perls)
{
	for (size_t len; *known; known += len + 1) {
		bool cut_out = *known != ' ', found = true;

		len = strcspn(known, "\n");
		if (strchr("- ", *known))
			found = pass(&ours, known + 1, len - 1, cut_out);
		if (strchr("+ ", *known))
			found = pass(&perls, known + 1, len - 1, cut_out) && found;
		if (!found)
			fail_msg("%s: there is no line any more as in %.*s", path, (int)len, known);
	}
}

static char *lines_sorted(char *text)
{
	return sorted(text, is_indented);
}

static char *all_sorted(char *text)
{
	return sorted(text, is_any);
}

static char *as_it_is(char *text)
{
	return text;
}

/* Takes @ours and @perls over. */
static void compare_texts(const char *where, const char *what, const char *known, char *ours,
			  char *perls, char *(*ordered)(char *text))
{
	_cleanup_free_ char *a = NULL, *b = NULL;

	forget_known(where, known, ours, perls);
	a = ordered(ours);
	b = ordered(perls);
	if (!streq(a, b))
		fail_msg("%s: %s\n--- ours\n%s--- SCST's\n%s", where, what, a, b);
}

static void compare(const char *path, const struct golden *golden, const char *what, char *ours,
		    char *perls, char *(*ordered)(char *text))
{
	char part[32];

	snprintf(part, sizeof(part), "perl %s", what);
	compare_texts(path, what, golden_part(golden, part) ?: "", ours, perls, ordered);
}

static void check(const char *path, const struct golden *golden)
{
	struct result ours = do_one(golden, false), perls = do_one(golden, true);

	compare(path, golden, "output", ours.output, perls.output, lines_sorted);
	compare(path, golden, "status", ours.status, perls.status, as_it_is);
	compare(path, golden, "tree", ours.tree, perls.tree, all_sorted);
	compare(path, golden, "written", ours.written, perls.written, groups_sorted);
}

static void golden_files_are_what_scsts_program_does(void **state)
{
	glob_t found;

	if (!perl_dir)
		skip();
	assert_int_equal(glob(GOLDEN "/*.txt", 0, NULL, &found), 0);
	for (size_t i = 0; i < found.gl_pathc; i++) {
		struct golden golden = {};

		golden_read(found.gl_pathv[i], &golden);
		if (!golden_part(&golden, "perl none"))
			check(found.gl_pathv[i], &golden);
		golden_free(&golden);
	}
	globfree(&found);
}

/* ---- verbs ---------------------------------------------------------------------------------- */

/* What is printed, the exit status, and the tree. */
static char *do_verb(const struct golden *golden, bool perl, const char *words, const char *input)
{
	_cleanup_free_ char *tree = NULL, *text = NULL;
	_cleanup_run_ struct run run = {};
	struct stage stage;
	char *neutral;

	stage_set(&stage, golden);
	run = run_one(&stage, perl, words, input);
	tree = fake_dump(stage.fake);
	assert_true(asprintf(&text, "%sexit %d\n%s", run.out, run.status, tree) > 0);
	neutral = exchanged(text, stage.fake->root, "ROOT");
	stage_clear(&stage);
	return neutral;
}

/* "$ WORDS < INPUT", and lines that differ up to the next '$'. */
static const char *check_verb(const struct golden *golden, const char *line)
{
	const char *known = strchr(line, '\n') + 1, *next = strstr(known - 1, "\n$ ");
	_cleanup_free_ char *words = strndup(line + 2, known - line - 3);
	_cleanup_free_ char *differs = next ? strndup(known, next + 1 - known) : strdup(known);
	char *input = strstr(words, " < ");

	if (input)
		*input = '\0';
	input = input ? input + 3 : "";
	compare_texts(words, "", differs, do_verb(golden, false, words, input),
		      do_verb(golden, true, words, input), lines_sorted);
	return next ? next + 1 : NULL;
}

static void verbs_do_what_those_of_scsts_program_do(void **state)
{
	struct golden golden = {};

	if (!perl_dir)
		skip();
	golden_read(GOLDEN "/verbs", &golden);
	for (const char *line = golden_part(&golden, "verbs"); line;)
		line = check_verb(&golden, line);
	golden_free(&golden);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(golden_files_are_what_scsts_program_does),
		cmocka_unit_test(verbs_do_what_those_of_scsts_program_do),
	};

	if (strlen(getenv("SCST_PERL") ?: ""))
		perl_dir = getenv("SCST_PERL");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
