/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What tests can take hold of (scst/tags.h, scst/sometimes.h), if it is in this module at all.
 */
#ifndef _SCST_CORE_HANDLES_H
#define _SCST_CORE_HANDLES_H

struct dentry;

#ifdef SCST_HANDLES
/* Their files in @dir of debugfs, with which they go. */
void scst_handles_init(struct dentry *dir);
#else
static inline void scst_handles_init(struct dentry *dir)
{
}
#endif

#endif
