// SPDX-License-Identifier: GPL-2.0
/*
 * Which commands conflict with a reservation: SPC-5 tables 66 to 68, by the class which each opcode
 * row names. The unit tests print the outcome for every opcode: selftests/golden/pr_conflicts.txt.
 */
#include <linux/kernel.h>

#include "pr.h"

#define R	BIT(SCST_PR_READ)
#define W	BIT(SCST_PR_WRITE)

/* clang-format off */
const u8 scst_pr_rules[SCST_PR_TYPES][SCST_WHO_MAX] = {
	/*				  holder registrant other: denied */
	[SCST_PR_WRITE_EXCLUSIVE]	= { 0,	 W,	W	},
	[SCST_PR_EXCLUSIVE_ACCESS]	= { 0,	 R | W,	R | W	},
	[SCST_PR_WRITE_EXCLUSIVE_RO]	= { 0,	 0,	W	},
	[SCST_PR_EXCLUSIVE_ACCESS_RO]	= { 0,	 0,	R | W	},
	[SCST_PR_WRITE_EXCLUSIVE_AR]	= { 0,	 0,	W	},
	[SCST_PR_EXCLUSIVE_ACCESS_AR]	= { 0,	 0,	R | W	},
};
/* clang-format on */

bool scst_pr_type_valid(u8 type)
{
	return type < SCST_PR_TYPES && scst_pr_rules[type][SCST_WHO_OTHER];
}

bool scst_pr_holds(const struct scst_pr *pr, unsigned int i)
{
	return scst_pr_all_registrants(pr->type) || pr->reg[i].holder;
}

bool scst_pr_possible(const struct scst_pr *pr)
{
	unsigned int i, holders = 0;

	for (i = 0; i < pr->nr; i++)
		holders += pr->reg[i].holder;
	if (scst_pr_all_registrants(pr->type))
		return pr->nr && !holders;
	return holders == (pr->type != SCST_PR_NONE);
}

static enum scst_pr_who who_is(const struct scst_pr *pr, const struct scst_pr_nexus *nexus)
{
	int i = scst_pr_find(pr, nexus);

	if (i < 0)
		return SCST_WHO_OTHER;
	return scst_pr_holds(pr, i) ? SCST_WHO_HOLDER : SCST_WHO_REGISTRANT;
}

/* Nobody passes while it is not known whose the reservation was. */
u8 scst_pr_denied(const struct scst_pr *pr, const struct scst_pr_nexus *nexus)
{
	if (pr->lost)
		return R | W;
	if (pr->type == SCST_PR_NONE)
		return 0;
	return scst_pr_rules[pr->type][who_is(pr, nexus)];
}

/*
 * SBC-4's table of commands under reservations has two lines for each of these. Whoever lost a
 * reservation must still be able to take back that the medium is not to be removed, and a unit that
 * is started keeps its data.
 */
bool scst_pr_is_harmless(const struct scst_op *op, const struct scst_cdb *params)
{
	if (op->verb == SCST_VERB_PREVENT)
		return !(params->how & SCST_HOW_PREVENT);
	return op->verb == SCST_VERB_START_STOP && params->how & SCST_HOW_START;
}

enum scst_pr_crh scst_pr_crh(const struct scst_pr *pr, const struct scst_pr_nexus *nexus)
{
	enum scst_pr_who who;

	if (!pr->nr && !pr->lost)
		return SCST_CRH_SPC2;
	if (pr->type == SCST_PR_NONE)
		return SCST_CRH_CONFLICT;
	who = who_is(pr, nexus);
	if (who == SCST_WHO_HOLDER)
		return SCST_CRH_NOTHING;
	return who == SCST_WHO_REGISTRANT && scst_pr_registrants_only(pr->type) ?
	       SCST_CRH_NOTHING : SCST_CRH_CONFLICT;
}
