/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The command line: `scstctl NOUN [VERB] [OPTION]... [ARGUMENT]...`. A command is a row with its
 * options and its manual; main.c has the table, each noun its own file.
 */
#ifndef SCSTCTL_CLI_H
#define SCSTCTL_CLI_H

#include <json-c/json.h>

#include "cmdlog.h"
#include "names.h"
#include "paths.h"

/* What options set. */
struct cli {
	struct scst_paths paths;
	struct scst_error err;
	bool json;
	bool verbose;
	/* though nothing is different; though it is required, or in use; though it is there */
	bool force;
	bool prune;			/* what is not listed */
	bool secrets;			/* are written, too */
	bool mdoc;			/* a part of a manual instead */
	struct scst_names initiators;	/* who gets in; and, or, by which users */
	const char *chap;		/* a file */
	bool quiet;			/* steps are not told */
	bool open;			/* to anybody */
	bool read_only;
	uint64_t size;			/* of a file that is made, bytes; 0: none is */
	const char *target, *device;	/* names, if they are not to be made up */
	const char *columns;		/* of a table, with commas */
	bool noheadings;
	const char *group;		/* of LUNs; NULL: the target's own */
	bool differs;			/* found: an exit status of its own */
	bool locked;			/* by @lock, a descriptor: nobody else changes anything */
	int lock;
	bool drop;			/* of what is required */
	const char *on_eject;		/* of a policy, or NULL */
	unsigned int wait;		/* seconds, for disks that come late */
	uint64_t count;			/* 0: without end */
	const char *match;		/* a path in sysfs */
	bool list, restore, guard;	/* instead of what it does to one */
	const char *socket;
	unsigned int top_sort, top_by;	/* enum top_sort, top_by */
	struct scst_cmdlog_filter filter;
};

struct cli_option {
	const char *name;
	const char *arg;		/* NULL: takes none */
	const char *help;
	int (*set)(struct cli *cli, const char *value);
};

struct cli_command {
	const char *noun;
	const char *verb;		/* NULL: the noun alone */
	const char *args;		/* completion goes by these words (completion.c) */
	int min_args, max_args;		/* -1: any number */
	const char *summary;
	const char *help;
	const struct cli_option
		*options; /* until .name is NULL; --json, --verbose, --help are everybody's */
	/* Return: 0 or -errno with cli->err filled. */
	int (*run)(struct cli *cli, int argc, char **argv);
};

extern const struct cli_command cli_show, cli_status;
extern const struct cli_command cli_device, cli_target, cli_group, cli_lun, cli_session;
extern const struct cli_command cli_device_add, cli_device_set, cli_device_del;
extern const struct cli_command cli_target_add, cli_target_set, cli_target_del;
extern const struct cli_command cli_group_add, cli_group_set, cli_group_del;
extern const struct cli_command cli_lun_add, cli_lun_replace, cli_lun_del;
extern const struct cli_command cli_session_close;
extern const struct cli_command cli_policy_list, cli_policy_load, cli_policy_unload,
	cli_policy_show;
extern const struct cli_command cli_policy_update, cli_policy_eject, cli_policy_log,
	cli_policy_apply, cli_policy_require;
extern const struct cli_command cli_tracer_list, cli_tracer_load, cli_tracer_unload;
extern const struct cli_command cli_latency, cli_errors, cli_top, cli_slow;
extern const struct cli_command cli_restore, cli_state_export;
extern const struct cli_command cli_export, cli_share, cli_unshare, cli_completion;
extern const struct cli_command cli_plan, cli_diff, cli_apply, cli_save, cli_import, cli_schema;
extern const struct cli_command cli_pr_show, cli_pr_save, cli_pr_load;
extern const struct cli_command cli_inject_add, cli_inject_del, cli_inject_list;
extern const struct cli_command cli_trace;
extern const struct cli_command cli_events;

/* All of them, in the order of the help; NULL at the end. */
extern const struct cli_command *const cli_commands[];
extern const struct cli_option cli_common_options[];

/* inject.c: how many rules there are; 0 also if nobody can say. */
unsigned int cli_injected(struct cli *cli);

/* Ends *@obj. Pretty for people's eyes, one line for streams. */
void cli_print_json(struct json_object *obj);
void cli_print_json_line(struct json_object *obj);

static inline void json_object_putp(struct json_object **obj)
{
	json_object_put(*obj);
}

/* OBJECT KEY=VALUE... */
struct scst_spec;
int cli_spec_of(struct cli *cli, int argc, char **argv, struct scst_spec **spec);
/* Until the first that fails. */
int cli_for_each_name(struct cli *cli, int argc, char **argv,
		      int (*fn)(const struct scst_paths *paths, const char *name,
				struct scst_error *err));

/* Options used by more than one command. */
int cli_set_force(struct cli *cli, const char *value);
int cli_set_wait(struct cli *cli, const char *value);
int cli_set_count(struct cli *cli, const char *value);
int cli_set_on_eject(struct cli *cli, const char *value);
#define CLI_ON_EJECT							\
	{ "on-eject", "open|closed", "what holds once it is ejected", cli_set_on_eject }

#endif
