/* SPDX-License-Identifier: GPL-2.0-only */
/* What the commands that read, change and write configurations share. */
#ifndef SCSTCTL_CONF_FILES_H
#define SCSTCTL_CONF_FILES_H

#include <signal.h>

#include "cli.h"
#include "conf_read.h"
#include "plan.h"

/*
 * Reads @path, and tells on standard error what is wrong with it. If it is to be @strict, that is a
 * refusal, lines that scst.conf's grammar loses included: they might be those of a user. Of
 * scst.json it always is.
 */
int conf_file_read(struct cli *cli, const char *path, bool strict, struct scst_conf_file *file);

/* The file that scst.service restores; NULL and a message: there is none. */
const char *conf_file_default(struct cli *cli);

/*
 * Makes @want the running configuration, as declared: what it lists becomes as it says. Nothing is
 * done if something speaks against it. Steps are printed as they are done.
 */
int conf_apply(struct cli *cli, const struct scst_conf *want, const char *what);

/*
 * Does these steps, one after the other, if they take nothing away from who uses it, or are forced.
 */
int conf_do(struct cli *cli, const struct scst_step *steps, size_t nr);

/* What is there. */
int conf_live(struct cli *cli, struct scst_conf **have);

/*
 * Waits for whoever else changes the configuration, or has it already. So it is from before what is
 * there is read until the program ends, or says that it changes nothing more. Return: 0 or -errno.
 */
int conf_lock(struct cli *cli);
void conf_unlock(struct cli *cli);

/* The running configuration into @path, for root only; "-" is standard output. */
int conf_save(struct cli *cli, const char *path, bool secrets);
int conf_write(struct cli *cli, const struct scst_conf *conf, const char *path, bool secrets);

/* modprobe(8), which knows what the administrator wrote into modprobe.d. */
int conf_modprobe(const char *module);

/*
 * Who closes the terminal, or reads only the first lines of what is said, would have it end between
 * two steps, where a device may be away with all its LUNs: it ends behind the last one.
 */
void conf_hold_signals(sigset_t *before);

/* Runs a program and waits for it. Return: 0; -errno; or -ENOENT: it failed, and said why. */
int conf_run(char *const argv[]);

#endif
