// SPDX-License-Identifier: GPL-2.0-only
/* One call of scstadmin. */
#include "runner.h"

#include "admin.h"

#define WORDS_MAX	40

size_t split_words(char *words, char **argv, size_t max)
{
	size_t argc = 0;

	while (*(words += strspn(words, " ")) && argc < max - 1) {
		char end = *words == '\'' ? '\'' : ' ';

		words += end == '\'';
		argv[argc++] = words;
		words += strcspn(words, end == '\'' ? "'" : " ");
		if (*words)
			*words++ = '\0';
	}
	argv[argc] = NULL;
	return argc;
}

struct run run_admin(struct fake *fake, const char *words, const char *input)
{
	_cleanup_free_ char *copy = strdup(words);
	char lock[128], aside[128], *argv[WORDS_MAX] = { "scstadmin" };
	struct run run = {};
	size_t out_len, err_len, argc = 1 + split_words(copy, argv + 1, WORDS_MAX - 1);
	struct admin admin = {
		.live = fake->live, .lock_path = lock, .aside_path = aside,
		.config = "/nonexistent/scst.conf",
		.in = fmemopen((void *)(*input ? input : "\n"), strlen(input) ?: 1, "r"),
		.out = open_memstream(&run.out, &out_len),
		.err = open_memstream(&run.err, &err_len),
		.patience = 1,
	};

	snprintf(lock, sizeof(lock), "%s.lock", fake->root);
	snprintf(aside, sizeof(aside), "%s.aside", fake->root);
	run.status = admin_run(&admin, argc, argv);
	fclose(admin.in);
	fclose(admin.out);
	fclose(admin.err);
	unlink(lock);
	return run;
}

void run_clear(struct run *run)
{
	free(run->out);
	free(run->err);
}
