/* SPDX-License-Identifier: GPL-2.0-only */
/* Policies and tracers that need no kernel: names that are in force, and one that cannot be. */
#ifndef FAKE_POLICIES_H
#define FAKE_POLICIES_H

#include "names.h"

extern struct scst_names fake_in_force;		/* policies; the daemon has loaded all of them */
extern const char *fake_broken;			/* cannot be loaded, or updated */

#endif
