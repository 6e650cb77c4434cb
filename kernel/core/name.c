// SPDX-License-Identifier: GPL-2.0
/*
 * What a plain name is, and how one that is not gets into the log.
 */
#include <linux/ctype.h>
#include <linux/errno.h>
#include <linux/export.h>
#include <linux/kernel.h>
#include <linux/printk.h>
#include <linux/string.h>
#include <scst/name.h>

static bool is_plain(char c, const char *signs)
{
	return isascii(c) && (isalnum(c) || strchr(signs, c));
}

/* The first character that is wrong, or NULL. Behind a blank '#' begins a comment. */
static const char *find_wrong(const char *name, const char *signs)
{
	const char *c = name;

	if (*c == '#' || !strcmp(name, ".") || !strcmp(name, ".."))
		return c;
	while (*c && is_plain(*c, signs))
		c++;
	return *c ? c : NULL;
}

int scst_name_check(const char *what, const char *name, size_t size, const char *signs)
{
	const char *wrong;

	if (!*name) {
		pr_warn_ratelimited("scst: the name of a %s is missing\n", what);
		return -EINVAL;
	}
	if (strnlen(name, size) == size) {
		pr_warn_ratelimited("scst: the name of a %s has at most %zu characters: %s\n", what,
				    size - 1, scst_printable(name).text);
		return -ENAMETOOLONG;
	}
	wrong = find_wrong(name, signs);
	if (!wrong)
		return 0;
	pr_warn_ratelimited("scst: a %s has no 0x%02x there, only letters, digits and %s: %s\n",
			    what, (unsigned char)*wrong, signs, scst_printable(name).text);
	return -EINVAL;
}
EXPORT_SYMBOL_GPL(scst_name_check);

struct scst_printable scst_printable(const char *text)
{
	struct scst_printable printable;
	size_t i;

	for (i = 0; i < sizeof(printable.text) - 1 && text[i]; i++)
		printable.text[i] = text[i] >= ' ' && text[i] <= '~' ? text[i] : '?';
	printable.text[i] = '\0';
	return printable;
}
EXPORT_SYMBOL_GPL(scst_printable);
