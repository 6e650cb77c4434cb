/* SPDX-License-Identifier: GPL-2.0-only */
/* Files of selftests/golden/scstadmin, for the tests that run them. */
#ifndef GOLDEN_H
#define GOLDEN_H

#include "runner.h"

#define PARTS_MAX	12

/* A file in parts; what stands before the first is for readers. */
struct golden {
	char *text;
	struct {
		const char *name, *text;
	} parts[PARTS_MAX];
	size_t nr;
};

/* A fake in which the part "before" was done, and the configuration file beside it. */
struct stage {
	struct fake *fake;
	char conf[128];
};

void golden_read(const char *path, struct golden *golden);
void golden_free(struct golden *golden);

/* NULL if there is no such part. */
const char *golden_part(const struct golden *golden, const char *name);

void stage_set(struct stage *stage, const struct golden *golden);
void stage_clear(struct stage *stage);

/* The command of @golden as its words, with FILE replaced; and what is typed ("": nothing). */
char *stage_command(const struct stage *stage, const struct golden *golden, char **input);

/* @text with @to for each @from. */
char *exchanged(const char *text, const char *from, const char *to);

/* @text with FILE for the name of the configuration file. Takes @text over. */
char *stage_neutral(const struct stage *stage, char *text);

#endif
