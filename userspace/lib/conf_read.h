/* SPDX-License-Identifier: GPL-2.0-only */
/* A configuration file of either grammar, read and checked as a whole. */
#ifndef SCST_LIB_CONF_READ_H
#define SCST_LIB_CONF_READ_H

#include "conf.h"
#include "error.h"

struct scst_conf_file {
	struct scst_conf *conf;
	struct scst_names losses;	/* lines of scst.conf that its grammar loses */
	struct scst_names faults;	/* what is wrong: it is not to be applied */
	bool json;
};

void scst_conf_file_clear(struct scst_conf_file *file);

/*
 * What begins with a brace is JSON. Return: 0 with all faults there are; or -errno: it could not be
 * read at all.
 */
int scst_conf_read(const char *path, struct scst_conf_file *file, struct scst_error *err);
int scst_conf_read_text(const char *text, const char *path, struct scst_conf_file *file,
			struct scst_error *err);

/* The files that scst.service restores: the first, if it is there. */
#define SCST_CONF_PATH		"/etc/scst.conf"
#define SCST_CONF_JSON_PATH	"/etc/scst/scst.json"

#endif
