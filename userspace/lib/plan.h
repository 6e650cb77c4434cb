/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a configuration that is declared (diff.h) would change, and why that must not even be begun:
 * it cannot be done, or it would take something away that initiators use.
 */
#ifndef SCST_LIB_PLAN_H
#define SCST_LIB_PLAN_H

#include <json-c/json.h>

#include "restore.h"

struct scst_plan {
	bool prune;
	bool force;			/* take away what is used */
	struct scst_names steps;	/* "+ device d of vdisk_fileio": '+', '-' or '~' */
	struct json_object *json;	/* the same, an array */
	struct scst_names refused;	/* why not */
	bool in_use;			/* that it is used is all that speaks against it */
	struct scst_names modules;	/* to be loaded first: what comes with them is not known */
	unsigned int extra;		/* is there and not listed, and stays */

	/* while it is made */
	const struct scst_live *live;
	const struct scst_conf *want;
	struct scst_conf *have;
	struct scst_uses uses;		/* of what is there */
	struct scst_set devices;	/* those there will be */
};

/* Reads, and changes nothing. Return: 0, whatever is refused; -errno. */
int scst_plan_make(struct scst_plan *plan, const struct scst_live *live,
		   const struct scst_conf *want, struct scst_error *err);
void scst_plan_clear(struct scst_plan *plan);

/* "+ device d of vdisk_fileio: filename=/x", without secrets. NULL without memory. */
char *scst_plan_line(const struct scst_step *step);

/*
 * Would it take away what a session uses? A line for each in @refused. @uses: those of @have.
 * Return: 0 or -ENOMEM.
 */
int scst_plan_check_use(const struct scst_live *live, const struct scst_conf *have,
			const struct scst_uses *uses, const struct scst_step *step,
			struct scst_names *refused);

#endif
