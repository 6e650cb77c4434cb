// SPDX-License-Identifier: GPL-2.0-only
/* Reading a golden file, and setting the stage that it describes. */
#include "golden.h"

#include "unit.h"

void golden_read(const char *path, struct golden *golden)
{
	char *at, *end;

	assert_int_equal(scst_read_file(path, &golden->text), 0);
	at = strstr(golden->text, "\n=== ");
	while (at) {
		char *name = at + strlen("\n=== ");

		at[1] = '\0';		/* the part before ends with its newline */
		end = strchr(name, '\n');
		assert_non_null(end);
		*end++ = '\0';
		assert_true(golden->nr < PARTS_MAX);
		golden->parts[golden->nr].name = name;
		golden->parts[golden->nr++].text = end;
		at = startswith(end, "=== ") ? end - 1 : strstr(end, "\n=== ");
	}
}

void golden_free(struct golden *golden)
{
	free(golden->text);
}

const char *golden_part(const struct golden *golden, const char *name)
{
	for (size_t i = 0; i < golden->nr; i++)
		if (streq(golden->parts[i].name, name))
			return golden->parts[i].text;
	return NULL;
}

/* "PATH <- TEXT", or the name of something that the fake has. */
static void prepare(struct fake *fake, const char *lines)
{
	_cleanup_free_ char *copy = strdup(lines ?: "");
	char *at = NULL, a[64], b[64], c[64];

	for (char *line = strtok_r(copy, "\n", &at); line; line = strtok_r(NULL, "\n", &at)) {
		char *arrow = strstr(line, " <- ");

		if (arrow) {
			*arrow = '\0';
			fake_do(fake, line, arrow + 4);
		} else if (sscanf(line, "hardware %63s %63s", a, b) == 2) {
			fake_add_hardware(fake, a, b);
		} else if (sscanf(line, "session %63s %63s %63s", a, b, c) == 3) {
			fake_add_session(fake, a, b, c);
		} else {
			assert_string_equal(line, "copy_manager");
			fake_add_copy_manager(fake);
		}
	}
}

void stage_set(struct stage *stage, const struct golden *golden)
{
	FILE *file;

	stage->fake = fake_new();
	snprintf(stage->conf, sizeof(stage->conf), "%s.conf", stage->fake->root);
	prepare(stage->fake, golden_part(golden, "before"));
	file = fopen(stage->conf, "w");
	assert_non_null(file);
	fputs(golden_part(golden, "scst.conf") ?: "", file);
	fclose(file);
}

void stage_clear(struct stage *stage)
{
	unlink(stage->conf);
	fake_free(stage->fake);
}

char *exchanged(const char *text, const char *from, const char *to)
{
	char *out;
	size_t len;
	FILE *stream = open_memstream(&out, &len);
	const char *hit;

	for (; (hit = strstr(text, from)); text = hit + strlen(from))
		fprintf(stream, "%.*s%s", (int)(hit - text), text, to);
	fputs(text, stream);
	fclose(stream);
	return out;
}

char *stage_command(const struct stage *stage, const struct golden *golden, char **input)
{
	char *words = exchanged(golden_part(golden, "command"), "FILE", stage->conf);
	char *typed = strstr(words, " < ");

	words[strcspn(words, "\n")] = '\0';
	if (typed)
		*typed = '\0';
	*input = typed ? typed + 3 : "";
	return words;
}

char *stage_neutral(const struct stage *stage, char *text)
{
	char *out = exchanged(text, stage->conf, "FILE");

	free(text);
	return out;
}
