// SPDX-License-Identifier: GPL-2.0-only
/* Lists and sets of strings. */
#include "names.h"

#include <search.h>

void scst_names_clear(struct scst_names *names)
{
	for (size_t i = 0; i < names->nr; i++)
		free(names->list[i]);
	free(names->list);
	*names = (struct scst_names){};
}

bool scst_names_has(const struct scst_names *names, const char *name)
{
	for (size_t i = 0; i < names->nr; i++)
		if (streq(names->list[i], name))
			return true;
	return false;
}

int scst_names_add(struct scst_names *names, const char *name)
{
	size_t nr = names->nr;
	char **bigger = names->list, *copy = strdup(name);

	if (!(nr & (nr - 1)))	/* a power of two: it is full */
		bigger = reallocarray(bigger, nr ? 2 * nr : 1, sizeof(*bigger));
	if (bigger)
		names->list = bigger;
	if (!bigger || !copy) {
		free(copy);
		return -ENOMEM;
	}
	names->list[names->nr++] = copy;
	return 0;
}

int scst_names_vaddf(struct scst_names *names, const char *fmt, va_list ap)
{
	char *text;
	int err;

	if (vasprintf(&text, fmt, ap) < 0)
		return -ENOMEM;
	err = scst_names_add(names, text);
	free(text);
	return err;
}

int scst_names_addf(struct scst_names *names, const char *fmt, ...)
{
	va_list ap;
	int err;

	va_start(ap, fmt);
	err = scst_names_vaddf(names, fmt, ap);
	va_end(ap);
	return err;
}

/* ---- sets ----------------------------------------------------------------------------------- */

static int by_text(const void *a, const void *b)
{
	return strcmp(a, b);
}

void scst_set_clear(struct scst_set *set)
{
	tdestroy(set->root, free);
	set->root = NULL;
}

bool scst_set_has(const struct scst_set *set, const char *name)
{
	return tfind(name, &set->root, by_text);
}

int scst_set_add(struct scst_set *set, const char *name)
{
	char *copy = strdup(name), **found;

	found = copy ? tsearch(copy, &set->root, by_text) : NULL;
	if (!found || *found != copy)
		free(copy);
	return found ? 0 : -ENOMEM;
}
