/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * scstadmin: SCST's program of this name, on the library. Its words on standard output are those of
 * SCST's, since agents and scripts read them; what is new goes to standard error.
 */
#ifndef SCSTADMIN_ADMIN_H
#define SCSTADMIN_ADMIN_H

#include <scst/scst.h>

#include "apply.h"
#include "codes.h"
#include "options.h"

#define ADMIN_CONFIG	"/etc/scst.conf"
#define ADMIN_TITLE	"SCST Configurator v3.11.0-bpf" SCST_VERSION

struct admin {
	/* given: where things are, whom to talk to */
	struct scst_live live;
	const char *lock_path, *aside_path;
	const char *config;		/* of -config without a name */
	FILE *in, *out, *err;
	unsigned int patience;		/* seconds, for sessions that end and for the lock */

	/* the command line */
	struct options options;
	struct scst_conf *attributes;	/* -attributes */

	/* while it runs */
	unsigned int changes;		/* made so far */
	struct scst_names unguarded;	/* "DRIVER/TARGET", "DRIVER/": an attribute was not added */
};

/* Return: the exit status. */
int admin_run(struct admin *admin, int argc, char **argv);

static inline const char *admin_option(const struct admin *admin, enum option option)
{
	return admin->options.value[option];
}

static inline bool admin_has(const struct admin *admin, enum option option)
{
	return admin->options.value[option];
}

/* ---- say.c: how it is said ------------------------------------------------------------------ */

void admin_say(struct admin *admin, const char *fmt, ...) _printf_(2, 3);

/* The frame of an error after which nothing more is done. Return: -ECANCELED. */
int admin_fatal(struct admin *admin, const char *fmt, ...) _printf_(2, 3);

/* The same, unless -cont_on_err: then it is only said, and 0 returned. */
int admin_fatal_unless_told(struct admin *admin, const char *fmt, ...) _printf_(2, 3);

void admin_warn(struct admin *admin, const char *fmt, ...) _printf_(2, 3);
void admin_warn_code(struct admin *admin, enum admin_code code);	/* nothing for 0 */

/* Does the administrator want it? */
bool admin_prompt(struct admin *admin);

/* "-----" below a headline. */
void admin_dashes(struct admin *admin, size_t nr);

/* ---- steps.c, notes.c: changes, and what is said of them ------------------------------------ */

/*
 * One step, with its line "-> doing this: done.". A failure is fatal, except of attributes: those
 * are warned of, as of targets, which return their code. Return: 0 or an enum admin_code; or
 * -ECANCELED.
 */
int admin_step(struct admin *admin, const struct scst_step *step);

extern const struct scst_diff_ops admin_diff_ops;	/* .arg is the struct admin */

/* ---- verbs: each returns the exit status, 0 or an enum admin_code; or -ECANCELED ------------ */

struct admin_verb {
	enum option option;
	enum {
		ADMIN_PROMPTS	= 1 << 0,
		ADMIN_FRAMED	= 1 << 1,	/* "Making requested changes", "Done." */
		ADMIN_COUNTS	= 1 << 2,	/* "Done, 2 change(s) made." */
		ADMIN_LOCKS	= 1 << 3,
		ADMIN_LISTS	= 1 << 4,	/* others may follow in the same call */
		ADMIN_LIPS	= 1 << 5,	/* with -lip: initiators look again */
	} flags;
	int (*run)(struct admin *admin, const char *arg);
};

int admin_apply_config(struct admin *admin, const char *file);		/* config.c */
int admin_check_config(struct admin *admin, const char *file);
int admin_write_config(struct admin *admin, const char *file);
int admin_clear_config(struct admin *admin, const char *arg);		/* clear.c */

int admin_one_step(struct admin *admin, const char *subject);		/* one_step.c */
int admin_set(struct admin *admin, const char *subject);		/* set.c */
int admin_add_driver_attr(struct admin *admin, const char *driver);
int admin_add_target_attr(struct admin *admin, const char *target);
int admin_remove_driver_attr(struct admin *admin, const char *driver);
int admin_remove_target_attr(struct admin *admin, const char *target);
int admin_resync(struct admin *admin, const char *device);
int admin_enable_target(struct admin *admin, const char *target);
int admin_disable_target(struct admin *admin, const char *target);

int admin_list_handlers(struct admin *admin, const char *handler);	/* list.c */
int admin_list_devices(struct admin *admin, const char *device);
int admin_list_drivers(struct admin *admin, const char *driver);
int admin_list_targets(struct admin *admin, const char *target);
int admin_list_groups(struct admin *admin, const char *group);		/* list_groups.c */
int admin_list_device_groups(struct admin *admin, const char *group);
int admin_list_target_groups(struct admin *admin, const char *group);
int admin_list_sessions(struct admin *admin, const char *arg);		/* list_sessions.c */
int admin_list_attrs(struct admin *admin, const char *subject);	/* list_attrs.c */
int admin_dump_attrs(struct admin *admin, const char *arg);

int admin_issue_lip(struct admin *admin, const char *target);		/* lip.c */
int admin_lip_all(struct admin *admin);

/* ---- parts that verbs share ----------------------------------------------------------------- */

/* Is anything of this device, group, ... in use, so that it goes only with -force? */
int admin_check_unused(struct admin *admin, const struct scst_step *step);	/* in_use.c */

/*
 * Attributes of an object: 0, -ECANCELED, or -ENOENT and *@why says what SCST.pm says:
 * "deviceAttributes(): Device 'x' is not open".
 */
int admin_read_attrs(struct admin *admin, enum scst_conf_kind kind, const struct scst_where *at,
		     struct scst_live_attrs *attrs, struct scst_error *why);

/* The table of attributes. */
void admin_print_attrs(struct admin *admin, const struct scst_live_attrs *attrs, bool nonkey);

/* The tables that listing shares with telling what is in use. */
void admin_print_group(struct admin *admin, const struct scst_conf *node, const char *driver,
		       const char *target, const char *group);
void admin_print_device_group(struct admin *admin, const struct scst_conf *dgroup);
void admin_print_target_group(struct admin *admin, const struct scst_conf *tgroup);

/* What is there; -ECANCELED if it cannot be read. Whoever gets it frees it. */
int admin_read(struct admin *admin, unsigned int parts, struct scst_conf **conf);

/* The object that a verb names, with the options beside it. */
struct scst_where admin_where(const struct admin *admin, enum scst_conf_kind kind,
			      const char *subject);

/* check.c: reads @file and tells what is wrong in it; LUNs without a device are taken out. */
int admin_check(struct admin *admin, const char *file, struct scst_conf **conf);

#endif
