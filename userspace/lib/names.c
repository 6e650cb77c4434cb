// SPDX-License-Identifier: GPL-2.0-only
/* Lists of strings. */
#include "names.h"

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
	char **bigger = reallocarray(names->list, names->nr + 1, sizeof(*bigger));
	char *copy = strdup(name);

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
