// SPDX-License-Identifier: GPL-2.0-only
/* scstctl: finds the command, reads its options, runs it; what it returns is the exit status. */
#include <getopt.h>
#include <scst/scst.h>

#include "cli.h"
#include "object.h"

const struct cli_command *const cli_commands[] = {
	&cli_show,
	&cli_status,
	&cli_device_add,
	&cli_device_set,
	&cli_device_del,
	&cli_device,
	&cli_target_add,
	&cli_target_set,
	&cli_target_del,
	&cli_target,
	&cli_group_add,
	&cli_group_set,
	&cli_group_del,
	&cli_group,
	&cli_lun_add,
	&cli_lun_replace,
	&cli_lun_del,
	&cli_lun,
	&cli_session_close,
	&cli_session,
	&cli_policy_list,
	&cli_policy_load,
	&cli_policy_unload,
	&cli_policy_show,
	&cli_policy_update,
	&cli_policy_eject,
	&cli_policy_log,
	&cli_policy_apply,
	&cli_policy_require,
	&cli_tracer_list,
	&cli_tracer_load,
	&cli_tracer_unload,
	&cli_latency,
	&cli_errors,
	&cli_top,
	&cli_slow,
	&cli_export,
	&cli_share,
	&cli_unshare,
	&cli_plan,
	&cli_diff,
	&cli_apply,
	&cli_save,
	&cli_import,
	&cli_restore,
	&cli_schema,
	&cli_state_export,
	&cli_pr_show,
	&cli_pr_save,
	&cli_pr_load,
	&cli_inject_add,
	&cli_inject_del,
	&cli_inject_list,
	&cli_trace,
	&cli_events,
	&cli_completion,
	NULL
};

#define NR_COMMANDS	(ARRAY_SIZE(cli_commands) - 1)

static int set_json(struct cli *cli, const char *value _unused_)
{
	cli->json = true;
	return 0;
}

static int set_verbose(struct cli *cli, const char *value _unused_)
{
	cli->verbose = true;
	return 0;
}

const struct cli_option cli_common_options[] = {
	{ "json",	NULL, "print JSON",			set_json	},
	{ "verbose",	NULL, "show what libbpf says",		set_verbose	},
	{ "help",	NULL, "show this",			NULL		},
	{}
};

#define MAX_OPTIONS	16
#define OPTION_BASE	256	/* above every character that getopt returns */

int cli_set_count(struct cli *cli, const char *value)
{
	if (scst_parse_u64(value, 1, UINT64_MAX, &cli->count))
		return scst_fail(&cli->err, -EINVAL, "--count: \"%s\" is not a positive number",
				 value);
	return 0;
}

void cli_print_json(struct json_object *obj)
{
	puts(json_object_to_json_string_ext(obj, JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_SPACED |
					    JSON_C_TO_STRING_NOSLASHESCAPE));
	json_object_put(obj);
}

void cli_print_json_line(struct json_object *obj)
{
	puts(json_object_to_json_string_ext(obj, JSON_C_TO_STRING_PLAIN |
							 JSON_C_TO_STRING_NOSLASHESCAPE));
	json_object_put(obj);
}

/* Options that are called by a letter elsewhere as well. */
static char letter_of(const struct cli_option *option)
{
	return streq(option->name, "output") ? 'o' : '\0';
}

/* Help */

static void print_options(const struct cli_option *options)
{
	for (; options && options->name; options++) {
		char usage[64];

		if (letter_of(options))
			snprintf(usage, sizeof(usage), "%s, -%c %s", options->name,
				 letter_of(options), options->arg ?: "");
		else
			snprintf(usage, sizeof(usage), "%s %s", options->name,
				 options->arg ?: "");
		printf("  --%-20s %s\n", usage, options->help);
	}
}

static void print_usage_line(const struct cli_command *command)
{
	printf("scstctl %s%s%s%s%s", command->noun, command->verb ? " " : "", command->verb ?: "",
	       command->args ? " " : "", command->args ?: "");
}

static void print_help(const struct cli_command *command)
{
	printf("usage: ");
	print_usage_line(command);
	printf(" [OPTION]...\n\n%s\n\nOptions:\n", command->help);
	print_options(command->options);
	print_options(cli_common_options);
}

static void print_overview(void)
{
	puts("usage: scstctl NOUN [VERB] [ARGUMENT]... [OPTION]...\n\nCommands:");
	for (size_t i = 0; i < NR_COMMANDS; i++) {
		char name[64];

		snprintf(name, sizeof(name), "%s %s", cli_commands[i]->noun,
			 cli_commands[i]->verb ?: "");
		printf("  %-18s %s\n", name, cli_commands[i]->summary);
	}
	puts("\n`scstctl NOUN VERB --help` tells more of one, scstctl(8) of all.\n"
	     "Exit status: 0 done, 1 failed, 2 usage, 3 not found, 4 module, BTF or daemon not\n"
	     "available, 5 not permitted, 6 exists or is busy, 7 differs (plan, diff). Version "
	     SCST_VERSION);
}

/* Options */

static size_t add_options(const struct cli_option *from, const struct cli_option **rows,
			  struct option *longs, size_t nr)
{
	for (; from && from->name && nr < MAX_OPTIONS - 1; from++, nr++) {
		rows[nr] = from;
		longs[nr] = (struct option){
			.name = from->name,
			.has_arg = from->arg ? required_argument : no_argument,
			.val = OPTION_BASE + nr,
		};
	}
	return nr;
}

/* getopt's list of letters: ":o:" of an option that takes a value. */
static void list_letters(const struct cli_option *const *rows, char *out)
{
	*out++ = ':';
	for (; *rows; rows++)
		if (letter_of(*rows)) {
			*out++ = letter_of(*rows);
			if ((*rows)->arg)
				*out++ = ':';
		}
	*out = '\0';
}

/* What getopt returned, as a row; NULL: it is none. */
static const struct cli_option *find_row(const struct cli_option *const *rows, int key)
{
	if (key >= OPTION_BASE)
		return rows[key - OPTION_BASE];
	for (; *rows; rows++)
		if (letter_of(*rows) == key)
			return *rows;
	return NULL;
}

/* Return: 0 with optind at the arguments; 1: help was asked for and given; or -EINVAL. */
static int read_options(struct cli *cli, const struct cli_command *command, int argc, char **argv)
{
	const struct cli_option *rows[MAX_OPTIONS] = {}, *row;
	struct option longs[MAX_OPTIONS] = {};
	char letters[2 * MAX_OPTIONS + 2];
	int key, ret;

	add_options(cli_common_options, rows, longs,
		    add_options(command->options, rows, longs, 0));
	list_letters(rows, letters);
	opterr = 0;
	while ((key = getopt_long(argc, argv, letters, longs, NULL)) != -1) {
		row = find_row(rows, key);
		if (!row)
			return scst_fail(&cli->err, -EINVAL, "%s: %s", argv[optind - 1],
					 key == ':' ? "needs a value" :
						      "no such option; see --help");
		if (!row->set) {
			print_help(command);
			return 1;
		}
		ret = row->set(cli, optarg);
		if (ret)
			return ret;
	}
	return 0;
}

static int check_args(struct cli *cli, const struct cli_command *command, int argc)
{
	if (argc >= command->min_args && (command->max_args < 0 || argc <= command->max_args))
		return 0;
	return scst_fail(&cli->err, -EINVAL, "usage: scstctl %s%s%s %s", command->noun,
			 command->verb ? " " : "", command->verb ?: "", command->args ?: "");
}

static int run(struct cli *cli, const struct cli_command *command, int argc, char **argv)
{
	int ret = read_options(cli, command, argc, argv);

	if (ret)
		return ret < 0 ? ret : 0;
	argc -= optind;
	argv += optind;
	ret = check_args(cli, command, argc);
	if (ret)
		return ret;
	scst_bpf_verbose(cli->verbose);
	return command->run(cli, argc, argv);
}

/* The command */

/* Return: the command and, in *@words, how many words named it; NULL if there is none. */
static const struct cli_command *find_command(int argc, char **argv, int *words)
{
	for (size_t i = 0; i < NR_COMMANDS; i++) {
		const struct cli_command *command = cli_commands[i];

		*words = command->verb ? 2 : 1;
		if (argc > *words && streq(argv[1], command->noun) &&
		    (!command->verb || streq(argv[2], command->verb)))
			return command;
	}
	return NULL;
}

static int no_command(struct cli *cli, int argc, char **argv)
{
	char verbs[256] = "";
	size_t len = 0;

	for (size_t i = 0; argc > 1 && i < NR_COMMANDS; i++)
		if (streq(cli_commands[i]->noun, argv[1]) && cli_commands[i]->verb &&
		    len < sizeof(verbs))
			len += snprintf(verbs + len, sizeof(verbs) - len, "%s%s", len ? "|" : "",
					cli_commands[i]->verb);
	if (len)
		return scst_fail(&cli->err, -EINVAL, "usage: scstctl %s %s", argv[1], verbs);
	return scst_fail(&cli->err, -EINVAL, "unknown command %s; see scstctl --help",
			 argc > 1 ? argv[1] : "\"\"");
}

static bool asks_for(int argc, char **argv, const char *option)
{
	return argc == 2 && streq(argv[1], option);
}

int main(int argc, char **argv)
{
	struct cli cli = {
		.paths = scst_paths_default(),
		.socket = "/run/scst/bpfd.sock",
		.filter = { .lun = -1, .opcode = -1 },
	};
	const struct cli_command *command;
	int words, ret;

	if (argc < 2 || asks_for(argc, argv, "--help")) {
		print_overview();
		return argc < 2 ? SCST_EXIT_USAGE : SCST_EXIT_OK;
	}
	if (asks_for(argc, argv, "--version")) {
		puts("scstctl " SCST_VERSION);
		return SCST_EXIT_OK;
	}
	command = find_command(argc, argv, &words);
	ret = command ? run(&cli, command, argc - words, argv + words) :
			no_command(&cli, argc, argv);
	if (!ret && (fflush(stdout) || ferror(stdout)))
		ret = scst_fail(&cli.err, -EIO, "cannot write the output");
	if (ret)
		fprintf(stderr, "scstctl: %s\n", cli.err.text[0] ? cli.err.text : strerror(-ret));
	return !ret && cli.differs ? SCST_EXIT_DIFFERS : scst_exit_status(ret);
}
