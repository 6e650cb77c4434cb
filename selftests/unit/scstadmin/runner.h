/* SPDX-License-Identifier: GPL-2.0-only */
/* scstadmin, called with a command line against a fake. */
#ifndef RUNNER_H
#define RUNNER_H

#include "fake_scst.h"

struct run {
	char *out, *err;
	int status;
};

/* Words between blanks; one between ' and ' may have blanks. @input: what is typed. */
struct run run_admin(struct fake *fake, const char *words, const char *input);
/* The same with SCST's own program, which is in @dir, with its SCST/SCST.pm. */
struct run run_perl(struct fake *fake, const char *dir, const char *words, const char *input);
void run_clear(struct run *run);
/* Cuts @words into at most @max - 1 words and a NULL; how many there are. */
size_t split_words(char *words, char **argv, size_t max);
#define _cleanup_run_ _cleanup_(run_clear)

#endif
