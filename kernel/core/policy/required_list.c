// SPDX-License-Identifier: GPL-2.0
/* Names of required policies: required_list.h. */
#include <linux/ctype.h>
#include <linux/kernel.h>
#include <linux/printk.h>
#include <linux/string.h>

#include "required_list.h"

/* What else there is in policies/. */
static const char *const taken[] = {
	"exits", "pr_dumps_lost", "required_policies", "waiting_for",
};

/* isalpha() of the kernel knows the letters of Latin-1 as well. */
static bool is_letter(char c)
{
	return isascii(c) && isalpha(c);
}

bool scst_policy_name_valid(const char *name)
{
	size_t len = strnlen(name, SCST_POLICY_NAME_LEN);
	size_t i;

	if (len == SCST_POLICY_NAME_LEN || !is_letter(name[0]))
		return false;
	for (i = 0; i < ARRAY_SIZE(taken); i++)
		if (!strcmp(name, taken[i]))
			return false;
	for (i = 0; i < len; i++)
		if (!is_letter(name[i]) && !strchr("0123456789_-.", name[i]))
			return false;
	return true;
}

struct scst_required_name *scst_required_find(struct scst_required_list *list, const char *name)
{
	unsigned int i;

	for (i = 0; i < list->nr; i++)
		if (!strcmp(list->names[i].text, name))
			return &list->names[i];
	return NULL;
}

/* One that is there already goes on as it is. */
static int add(struct scst_required_list *list, const char *name)
{
	struct scst_required_name *new = &list->names[list->nr];

	if (scst_required_find(list, name))
		return 0;
	if (list->nr == SCST_POLICY_MAX) {
		pr_warn_ratelimited("scst: required_policies: more than %u names\n",
				    SCST_POLICY_MAX);
		return -ENOSPC;
	}
	memset(new, 0, sizeof(*new));
	strcpy(new->text, name);	/* its length was checked */
	list->nr++;
	return 0;
}

static int del(struct scst_required_list *list, const char *name)
{
	struct scst_required_name *old = scst_required_find(list, name);

	if (!old) {
		pr_warn_ratelimited("scst: required_policies: %s is not required\n", name);
		return -ENOENT;
	}
	list->nr--;
	memmove(old, old + 1, (&list->names[list->nr] - old) * sizeof(*old));
	return 0;
}

/* The next name: commas and white space separate them. NULL: there is none. */
static char *next_name(char **text)
{
	char *name = *text;
	char *end;

	while (*name && (*name == ',' || isspace(*name)))
		name++;
	for (end = name; *end && *end != ',' && !isspace(*end); end++)
		;
	*text = end;
	if (*end)
		*(*text)++ = '\0';
	return end == name ? NULL : name;
}

static int edit_each(struct scst_required_list *list, char *text,
		     int (*edit)(struct scst_required_list *list, const char *name))
{
	char *name;
	int err = 0;

	while (!err && (name = next_name(&text))) {
		if (!scst_policy_name_valid(name)) {
			pr_warn_ratelimited(
				"scst: required_policies: \"%.40s\" is no name of a policy\n",
				name);
			return -EINVAL;
		}
		err = edit(list, name);
	}
	return err;
}

/* Takes from @old what is told of a name, so that it is not told again. */
static void keep_states(struct scst_required_list *list, struct scst_required_list *old)
{
	struct scst_required_name *name, *known;

	for (name = list->names; name < list->names + list->nr; name++) {
		known = scst_required_find(old, name->text);
		if (known)
			name->state = known->state;
	}
}

int scst_required_edit(struct scst_required_list *list, char *text)
{
	struct scst_required_list old = *list;
	int err;

	if (*text == '+')
		return edit_each(list, text + 1, add);
	if (*text == '-')
		return edit_each(list, text + 1, del);
	list->nr = 0;
	err = edit_each(list, text, add);
	keep_states(list, &old);
	return err;
}
