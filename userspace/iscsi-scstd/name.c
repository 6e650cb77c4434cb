// SPDX-License-Identifier: GPL-2.0-only
#include "name.h"

#include <ctype.h>
#include <strings.h>

static bool is_name_char(unsigned char c)
{
	return isascii(c) && (isalnum(c) || c == '.' || c == '-' || c == ':');
}

/* It becomes the name of a directory. */
int name_fold(const char *name, char out[SCST_ISCSI_NAME_LEN])
{
	char folded[SCST_ISCSI_NAME_LEN];
	size_t len = 0;

	for (; name[len]; len++) {
		if (len == sizeof(folded) - 1 || !is_name_char(name[len]))
			return -EINVAL;
		folded[len] = tolower((unsigned char)name[len]);
	}
	folded[len] = '\0';
	if (!len || streq(folded, ".") || streq(folded, ".."))
		return -EINVAL;
	memcpy(out, folded, len + 1);
	return 0;
}

bool name_is_same(const char *a, const char *b)
{
	return !strcasecmp(a, b);
}

static int find(const struct env *env, struct scst_iscsi_target *target)
{
	return target->name[0] ? env->ops->target(env->arg, target) : -ENOENT;
}

/*
 * The kernel may have a target's name with capitals, as it was written, and with characters that
 * others would not take. So first it is what was said, and then what was meant.
 */
int name_find_target(const struct env *env, const char *name, struct scst_iscsi_target *target)
{
	int ret;

	*target = (struct scst_iscsi_target){};
	if (scst_format(target->name, sizeof(target->name), "%s", name))
		return -ENOENT;
	ret = find(env, target);
	if (ret != -ENOENT)
		return ret;
	*target = (struct scst_iscsi_target){};
	if (name_fold(name, target->name))
		return -ENOENT;
	return find(env, target);
}
