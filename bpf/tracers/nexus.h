/* SPDX-License-Identifier: GPL-2.0 */
/* Who is behind the number by which tracers count: shared by them and by whoever reads them. */
#ifndef _SCST_TRACER_NEXUS_H
#define _SCST_TRACER_NEXUS_H

#ifndef __VMLINUX_H__
#include <linux/types.h>
#endif

/* Key of a count: id of the nexus and enum scst_data_dir. */
#define NEXUS_KEY(id, dir)	((__u64)(id) << 2 | (dir))
#define NEXUS_KEY_ID(key)	((key) >> 2)
#define NEXUS_KEY_DIR(key)	((key) & 3)

/*
 * Value of nexus_names, whose key is the id of the nexus. Names end with a NUL, and
 * zeros follow.
 */
struct nexus_name {
	char initiator[256];
	char target[256];
	char device[64];
	__u32 lun;
};

/* Key of totals: what nexuses of these names have counted that are gone. */
struct nexus_total {
	struct nexus_name name;
	__u32 dir;
};

/*
 * Value of nexus_folds: how often the counts of a nexus that went were added to the totals. Who
 * reads while one is under way, or one came meanwhile, reads again.
 */
struct nexus_folds {
	__u64 begun, ended;
	__u64 uncounted;		/* commands of nexuses for which there was no room */
};

#endif
