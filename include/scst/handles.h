/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What tests can take hold of: tags, where something can be made to happen, and states that are
 * counted.
 */
#ifndef _SCST_HANDLES_H
#define _SCST_HANDLES_H

#include <scst/sometimes.h>
#include <scst/tags.h>

#endif
