/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which LUNs lead to a device, in a whole configuration. Those of the copy manager, which takes
 * each disk by itself, are no use of one.
 */
#ifndef SCST_LIB_USES_H
#define SCST_LIB_USES_H

#include "step.h"

struct scst_use {
	struct scst_where at;		/* the LUN, and the device behind it */
	const struct scst_conf *lun;
	size_t order;			/* in which they stand in the configuration */
};

/* Names and nodes are those of the configuration. */
struct scst_uses {
	struct scst_use *list;		/* by device */
	size_t nr;
};

/* Return: 0 or -ENOMEM. */
int scst_uses_read(const struct scst_conf *conf, struct scst_uses *uses);
void scst_uses_clear(struct scst_uses *uses);

/*
 * The target of scst_local by which this host uses disks that it shares with others: those are
 * looked after by `scstctl share`, and no configuration that does not list them takes them away.
 */
#define SCST_SHARE_DRIVER	"scst_local"
#define SCST_SHARE_TARGET	"scst_share_tgt"
bool scst_is_share(const struct scst_where *at);
/* Is @device such a disk? */
bool scst_uses_share(const struct scst_uses *uses, const char *device);

/* The first LUN of @device, of *@nr; they follow each other. NULL: there is none. */
const struct scst_use *scst_uses_of(const struct scst_uses *uses, const char *device, size_t *nr);

#endif
