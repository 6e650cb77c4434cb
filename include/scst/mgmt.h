/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The text that is written to mgmt files: "verb word word name=value; name=value". Words are cut
 * out of the text in place. What is refused is logged with the word that was wrong.
 *
 * No locks, no allocation: it builds in user space too (selftests/unit/mgmt).
 */
#ifndef _SCST_MGMT_H
#define _SCST_MGMT_H

#include <linux/types.h>

/* Parameters: name=value pairs with ';' in between. */
struct scst_params {
	char *rest;
};

/* A row of a table of verbs, which ends with an empty one. Case does not matter. */
struct scst_mgmt_verb {
	const char *name;
	int (*run)(void *obj, char *args);
};

/* The next blank separated word, or NULL. */
char *scst_mgmt_word(char **text);
/* The next word, which an '=' ends, too: of "key value", "key=value" and "key = value". */
char *scst_mgmt_key(char **text);
/* The @nr words which are all there is in @text: 0, or -EINVAL if there are fewer or more. */
int scst_mgmt_words(char *text, unsigned int nr, char **words);
/* The next parameter: 1 with *@name and *@value, 0 at the end, -EINVAL if it is not name=value. */
int scst_params_next(struct scst_params *params, char **name, char **value);
/* Nothing is left: 0, else -EINVAL. */
int scst_params_end(struct scst_params *params);

/* The row called @word, or NULL. */
const struct scst_mgmt_verb *scst_mgmt_find(const struct scst_mgmt_verb *verbs, const char *word);
/* Runs the verb which @text begins with; -EINVAL if there is no such verb. */
int scst_mgmt_run(const struct scst_mgmt_verb *verbs, void *obj, char *text);

/* 0 or 1; a decimal or 0x number within [@min, @max]: 0, or -EINVAL and *@out untouched. */
int scst_parse_bool(const char *text, bool *out);
int scst_parse_u64(const char *text, u64 min, u64 max, u64 *out);

/*
 * A parameter of a module, as a line of modprobe.d says: more than @max is as if it was not there.
 * A module that is not loaded for a number would be worse. @name for the log.
 */
void scst_param_at_most(const char *name, unsigned int *value, unsigned int max);

#endif
