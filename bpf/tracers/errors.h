/* SPDX-License-Identifier: GPL-2.0 */
/* The counters of bpf/tracers/errors.bpf.c, for the program and for whoever reads them. */
#ifndef _SCST_ERRORS_H
#define _SCST_ERRORS_H

#include "tracers/nexus.h"

/* Key of error_counts; the value is how often. */
struct error_key {
	struct nexus_name name;
	__u8 status;			/* SAM status: 28h is a full task set		*/
	__u8 key, asc, ascq;		/* sense, zeros if there is none		*/
	__u8 aborted;			/* nothing was answered: task management	*/
	__u8 opcode;
	__u8 pad[2];
};

#endif
