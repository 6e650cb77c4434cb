/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Words in words, as Perl has a hash of hashes: what scst.conf is before anybody knows which of
 * them are sections (conf_parse.h). Those in one word are of different texts, in the order in which
 * they came.
 */
#ifndef SCST_LIB_CONF_WORDS_H
#define SCST_LIB_CONF_WORDS_H

#include "util.h"

struct scst_word {
	const char *text;		/* somebody else's */
	unsigned int line;
	bool lost;			/* of what stood in it */
	struct scst_word *first, *last;	/* of those inside; next and prev: beside it */
	struct scst_word *next, *prev;
	size_t nr;			/* inside */
	void *index;			/* of those inside by text, if they are many: tsearch(3) */
};

/* Whose all words are: they go together. */
struct scst_words {
	struct scst_word_chunk *chunks;
};

void scst_words_clear(struct scst_words *words);

/* NULL without memory. */
struct scst_word *scst_word_new(struct scst_words *words, const char *text, unsigned int line);

struct scst_word *scst_word_find(const struct scst_word *in, const char *text);

/* One of a text that is not there yet, at the end. Return: 0 or -ENOMEM. */
int scst_word_append(struct scst_word *in, struct scst_word *word);

void scst_word_remove(struct scst_word *in, struct scst_word *word);

#endif
