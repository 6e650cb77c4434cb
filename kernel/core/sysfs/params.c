// SPDX-License-Identifier: GPL-2.0
/*
 * The grammar of mgmt files, as SCST has it: blanks separate words, ';' separates parameters, the
 * first '=' of a parameter ends its name. A value is one word: no blank, no ';'.
 */
#include <linux/ctype.h>
#include <linux/export.h>
#include <linux/kernel.h>
#include <linux/printk.h>
#include <linux/string.h>
#include <scst/mgmt.h>
#include <scst/name.h>

/* @also ends a word, too; 0: nothing does. */
static char *cut_word(char **text, char also)
{
	char *word = skip_spaces(*text);
	char *end = word;

	while (*end && !isspace(*end) && (!also || *end != also))
		end++;
	*text = end;
	if (*end)
		*(*text)++ = '\0';
	return end == word ? NULL : word;
}

char *scst_mgmt_word(char **text)
{
	return cut_word(text, 0);
}
EXPORT_SYMBOL_GPL(scst_mgmt_word);

char *scst_mgmt_key(char **text)
{
	char *key = cut_word(text, '=');
	char *value = skip_spaces(*text);

	if (key && *value == '=' && isspace(value[1]))
		*text = value + 1;
	return key;
}
EXPORT_SYMBOL_GPL(scst_mgmt_key);

int scst_mgmt_words(char *text, unsigned int nr, char **words)
{
	unsigned int i;
	char *more;

	for (i = 0; i < nr; i++) {
		words[i] = scst_mgmt_word(&text);
		if (!words[i]) {
			pr_warn_ratelimited("scst: %u word(s) expected, %u given\n", nr, i);
			return -EINVAL;
		}
	}
	more = scst_mgmt_word(&text);
	if (more) {
		pr_warn_ratelimited("scst: too many words, from \"%s\" on\n",
				    scst_printable(more).text);
		return -EINVAL;
	}
	return 0;
}
EXPORT_SYMBOL_GPL(scst_mgmt_words);

static bool is_word(const char *text)
{
	const char *c;

	for (c = text; *c; c++)
		if (isspace(*c))
			return false;
	return c != text;
}

/* The next parameter that is not empty, or NULL: a ';' too many does no harm. */
static char *next_item(struct scst_params *params)
{
	char *item;

	do {
		item = strsep(&params->rest, ";");
		if (!item)
			return NULL;
		item = strim(item);
	} while (!*item);
	return item;
}

int scst_params_next(struct scst_params *params, char **name, char **value)
{
	char *item = next_item(params);
	char *val;

	if (!item)
		return 0;
	val = strchr(item, '=');
	if (val)
		*val++ = '\0';
	item = strim(item);
	if (!val || !is_word(item)) {
		pr_warn_ratelimited("scst: parameter \"%s\" is not name=value\n",
				    scst_printable(item).text);
		return -EINVAL;
	}
	val = strim(val);
	if (!is_word(val)) {
		pr_warn_ratelimited("scst: the value of parameter \"%s\" is not one word\n",
				    scst_printable(item).text);
		return -EINVAL;
	}
	*name = item;
	*value = val;
	return 1;
}
EXPORT_SYMBOL_GPL(scst_params_next);

int scst_params_end(struct scst_params *params)
{
	const char *item = next_item(params);

	if (!item)
		return 0;
	pr_warn_ratelimited("scst: too many words, from \"%s\" on\n",
			    scst_printable(item).text);
	return -EINVAL;
}
EXPORT_SYMBOL_GPL(scst_params_end);

const struct scst_mgmt_verb *scst_mgmt_find(const struct scst_mgmt_verb *verbs, const char *word)
{
	for (; verbs->name; verbs++)
		if (!strcasecmp(verbs->name, word))
			return verbs;
	return NULL;
}
EXPORT_SYMBOL_GPL(scst_mgmt_find);

int scst_mgmt_run(const struct scst_mgmt_verb *verbs, void *obj, char *text)
{
	const char *word = scst_mgmt_word(&text);
	const struct scst_mgmt_verb *verb = word ? scst_mgmt_find(verbs, word) : NULL;

	if (!verb) {
		pr_warn_ratelimited("scst: unknown command \"%s\"\n",
				    scst_printable(word ?: "").text);
		return -EINVAL;
	}
	return verb->run(obj, text);
}
EXPORT_SYMBOL_GPL(scst_mgmt_run);

int scst_parse_bool(const char *text, bool *out)
{
	if ((text[0] != '0' && text[0] != '1') || text[1])
		return -EINVAL;
	*out = text[0] == '1';
	return 0;
}
EXPORT_SYMBOL_GPL(scst_parse_bool);

/* Not base 0 of kstrtou64(): 010 is ten. */
int scst_parse_u64(const char *text, u64 min, u64 max, u64 *out)
{
	unsigned int base = text[0] == '0' && tolower(text[1]) == 'x' ? 16 : 10;
	u64 value;

	if (!isxdigit(text[0]) || kstrtou64(text, base, &value) || value < min || value > max)
		return -EINVAL;
	*out = value;
	return 0;
}
EXPORT_SYMBOL_GPL(scst_parse_u64);

void scst_param_at_most(const char *name, unsigned int *value, unsigned int max)
{
	if (*value <= max)
		return;
	pr_warn("%s=%u: at most %u; it is as if it was not there\n", name, *value, max);
	*value = 0;
}
EXPORT_SYMBOL_GPL(scst_param_at_most);
