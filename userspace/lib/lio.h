/* SPDX-License-Identifier: GPL-2.0-only */
/* saveconfig.json of targetcli, Linux's other target (LIO), as a configuration of ours. */
#ifndef SCST_LIB_LIO_H
#define SCST_LIB_LIO_H

#include "conf.h"
#include "error.h"

/*
 * What has no counterpart here is a line of @told, "FILE: what: why", and left out; a target that
 * would be open to more than before is not enabled. Initiators find their disks by the same NAA
 * identifiers. Return: 0; -EINVAL: that is no such file; -ENOMEM.
 */
int scst_lio_import(const char *text, const char *file, struct scst_conf **conf,
		    struct scst_names *told, struct scst_error *err);

/* Does a text that is JSON look like one? */
bool scst_lio_is(const char *text);

#endif
