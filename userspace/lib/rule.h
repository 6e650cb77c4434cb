/* SPDX-License-Identifier: GPL-2.0-only */
/* Rules of the policy lun_mask as text: INITIATOR@LUN:hide|read_only|default, * for any. */
#ifndef SCST_LIB_RULE_H
#define SCST_LIB_RULE_H

#include <policies/lun_mask.h>
#include <scst/scst.h>
#include <scst/verdict.h>

#include "error.h"

struct scst_rule {
	char initiator[SCST_NAME_LEN];	/* in lower case: case does not matter */
	uint32_t lun;			/* or LUN_MASK_ANY_LUN */
	enum scst_access access;
};

struct scst_rules {
	struct scst_rule *list;
	size_t nr;
};

void scst_rules_clear(struct scst_rules *rules);
int scst_rules_add(struct scst_rules *rules, const struct scst_rule *rule);	/* 0 or -ENOMEM */

/* The rule for the same initiator and LUN, or NULL. */
const struct scst_rule *scst_rules_find(const struct scst_rules *rules,
					const struct scst_rule *like);

/* The same rules, in any order? */
bool scst_rules_equal(const struct scst_rules *a, const struct scst_rules *b);

/*
 * Initiator names contain ':' and may contain '@': the last of each counts. Return: 0 or -EINVAL,
 * *@rule untouched.
 */
int scst_rule_parse(const char *text, struct scst_rule *rule, struct scst_error *err);

/* The text again. */
int scst_rule_format(const struct scst_rule *rule, char *out, size_t size);

#endif
