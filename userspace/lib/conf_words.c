// SPDX-License-Identifier: GPL-2.0-only
/* A file may have a million words in one: beyond a few they are found by an index. */
#include "conf_words.h"

#include <search.h>

#define FEW	8

/* ---- the index ------------------------------------------------------------------------------ */

static int by_text(const void *a, const void *b)
{
	const struct scst_word *x = a, *y = b;

	return strcmp(x->text, y->text);
}

static int index_word(struct scst_word *in, const struct scst_word *word)
{
	return tsearch(word, &in->index, by_text) ? 0 : -ENOMEM;
}

static int index_all(struct scst_word *in)
{
	int err = 0;

	for (struct scst_word *word = in->first; word && !err; word = word->next)
		err = index_word(in, word);
	return err;
}

static void free_nothing(void *word _unused_)
{
}

struct scst_word *scst_word_find(const struct scst_word *in, const char *text)
{
	const struct scst_word key = { .text = text };
	struct scst_word *word, **found;

	if (in->index) {
		found = tfind(&key, &in->index, by_text);
		return found ? *found : NULL;
	}
	for (word = in->first; word && !streq(word->text, text); )
		word = word->next;
	return word;
}

/* ---- made, and gone ------------------------------------------------------------------------- */

struct scst_word_chunk {
	struct scst_word_chunk *next;
	size_t nr;
	struct scst_word words[16];
};

struct scst_word *scst_word_new(struct scst_words *words, const char *text, unsigned int line)
{
	struct scst_word_chunk *chunk = words->chunks;
	struct scst_word *word;

	if (!chunk || chunk->nr == ARRAY_SIZE(chunk->words)) {
		chunk = malloc(sizeof(*chunk));
		if (!chunk)
			return NULL;
		chunk->next = words->chunks;
		chunk->nr = 0;
		words->chunks = chunk;
	}
	word = &chunk->words[chunk->nr++];
	*word = (struct scst_word){ .text = text, .line = line };
	return word;
}

void scst_words_clear(struct scst_words *words)
{
	struct scst_word_chunk *chunk;

	while ((chunk = words->chunks)) {
		for (size_t i = 0; i < chunk->nr; i++)
			tdestroy(chunk->words[i].index, free_nothing);
		words->chunks = chunk->next;
		free(chunk);
	}
}

int scst_word_append(struct scst_word *in, struct scst_word *word)
{
	if (in->nr == FEW && !in->index && index_all(in))
		return -ENOMEM;
	if (in->index && index_word(in, word))
		return -ENOMEM;
	word->prev = in->last;
	*(in->last ? &in->last->next : &in->first) = word;
	in->last = word;
	in->nr++;
	return 0;
}

void scst_word_remove(struct scst_word *in, struct scst_word *word)
{
	if (in->index)
		tdelete(word, &in->index, by_text);
	*(word->prev ? &word->prev->next : &in->first) = word->next;
	*(word->next ? &word->next->prev : &in->last) = word->prev;
	in->nr--;
}
