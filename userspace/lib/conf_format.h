/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A configuration as scst.conf, byte for byte as SCST's scstadmin writes it: its blank lines
 * included, which its users compare and tools cut by.
 */
#ifndef SCST_LIB_CONF_FORMAT_H
#define SCST_LIB_CONF_FORMAT_H

#include "conf.h"

/*
 * @title is what the comment in the first line says of the writer. Attributes of equal kind come by
 * name, all else as it is in @conf. Each value that will not be read back as it is adds a line to
 * @faults. Return: 0 or -ENOMEM.
 */
int scst_conf_format(const struct scst_conf *conf, const char *title, char **text,
		     struct scst_names *faults);

#endif
