// SPDX-License-Identifier: GPL-2.0-only
/* Parsing of mask rules. */
#include "rule.h"

static const char *const access_names[SCST_ACCESS_MAX] = {
	[SCST_ACCESS_DEFAULT]	= "default",
	[SCST_ACCESS_READ_ONLY]	= "read_only",
	[SCST_ACCESS_HIDE]	= "hide",
};

static int parse_access(const char *name, enum scst_access *access)
{
	for (unsigned int i = 0; i < SCST_ACCESS_MAX; i++) {
		if (streq(access_names[i], name)) {
			*access = i;
			return 0;
		}
	}
	return -EINVAL;
}

static int refuse(const char *text, const char *why, struct scst_error *err)
{
	return scst_fail(err, -EINVAL, "mask \"%s\": %s (INITIATOR@LUN:hide|read_only|default)",
			 text, why);
}

static int parse_lun(const char *text, uint32_t *lun)
{
	uint64_t number;

	if (streq(text, "*")) {
		*lun = LUN_MASK_ANY_LUN;
		return 0;
	}
	if (scst_parse_u64(text, 0, SCST_MAX_LUN, &number))
		return -EINVAL;
	*lun = number;
	return 0;
}

int scst_rule_parse(const char *text, struct scst_rule *rule, struct scst_error *err)
{
	_cleanup_free_ char *copy = strdup(text);
	struct scst_rule parsed = {};
	char *access, *lun;

	if (!copy)
		return scst_fail(err, -ENOMEM, "out of memory");
	access = strrchr(copy, ':');
	if (!access)
		return refuse(text, "no access after ':'", err);
	*access++ = '\0';
	lun = strrchr(copy, '@');
	if (!lun)
		return refuse(text, "no LUN after '@'", err);
	*lun++ = '\0';
	if (!*copy || strlen(copy) >= sizeof(parsed.initiator))
		return refuse(text, "the initiator name must have 1 to 255 characters", err);
	if (!streq(copy, LUN_MASK_ANY_INITIATOR) && (*copy == '!' || strpbrk(copy, "*?")))
		return refuse(text, "no pattern but * stands here; rule=initiator=PATTERN,"
			      "access=... takes them", err);
	if (parse_lun(lun, &parsed.lun))
		return refuse(text, "the LUN must be a number up to 16383, or *", err);
	if (parse_access(access, &parsed.access))
		return refuse(text, "unknown access", err);
	scst_fold_case(copy);
	memcpy(parsed.initiator, copy, strlen(copy));
	*rule = parsed;
	return 0;
}

int scst_rule_format(const struct scst_rule *rule, char *out, size_t size)
{
	const char *access = access_names[rule->access];

	if (rule->lun == LUN_MASK_ANY_LUN)
		return scst_format(out, size, "%s@*:%s", rule->initiator, access);
	return scst_format(out, size, "%s@%u:%s", rule->initiator, rule->lun, access);
}

void scst_rules_clear(struct scst_rules *rules)
{
	free(rules->list);
	*rules = (struct scst_rules){};
}

int scst_rules_add(struct scst_rules *rules, const struct scst_rule *rule)
{
	struct scst_rule *bigger = reallocarray(rules->list, rules->nr + 1, sizeof(*bigger));

	if (!bigger)
		return -ENOMEM;
	rules->list = bigger;
	rules->list[rules->nr++] = *rule;
	return 0;
}

const struct scst_rule *scst_rules_find(const struct scst_rules *rules,
					const struct scst_rule *like)
{
	for (size_t i = 0; i < rules->nr; i++)
		if (rules->list[i].lun == like->lun &&
		    streq(rules->list[i].initiator, like->initiator))
			return &rules->list[i];
	return NULL;
}

bool scst_rules_equal(const struct scst_rules *a, const struct scst_rules *b)
{
	for (size_t i = 0; i < a->nr; i++) {
		const struct scst_rule *twin = scst_rules_find(b, &a->list[i]);

		if (!twin || twin->access != a->list[i].access)
			return false;
	}
	return a->nr == b->nr;
}
