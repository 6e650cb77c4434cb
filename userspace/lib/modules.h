/* SPDX-License-Identifier: GPL-2.0-only */
/* Which kernel module a HANDLER or a TARGET_DRIVER of a configuration comes with. */
#ifndef SCST_LIB_MODULES_H
#define SCST_LIB_MODULES_H

#include "conf.h"

/*
 * The module of this name that is ours: never one of the distribution that is called like a driver.
 * NULL: it comes with scst.ko, or nobody here knows it.
 */
const char *scst_module_of(enum scst_conf_kind kind, const char *name);

/* Those of all handlers and drivers of @conf, each once. Return: 0 or -ENOMEM. */
int scst_modules_of(const struct scst_conf *conf, struct scst_names *modules);

#endif
