/* SPDX-License-Identifier: GPL-2.0-only */
/* Inside of steps.c: the tables of texts and of reasons. */
#ifndef SCSTADMIN_STEPS_H
#define SCSTADMIN_STEPS_H

#include "admin.h"

struct step_text {
	const char *text;
	const char *in_group;		/* of a LUN in a group; NULL: the same */
};

extern const struct step_text step_texts[SCST_STEP_KINDS];

/* Why a step cannot have worked: SCST.pm looks for a reason behind one that failed with -@errno. */
enum admin_code step_reason(struct admin *admin, const struct scst_step *step, int error);

/* Replacing a LUN is refused before it is tried. */
enum admin_code step_refusal(struct admin *admin, const struct scst_step *step);

#endif
