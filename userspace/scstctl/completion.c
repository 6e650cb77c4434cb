// SPDX-License-Identifier: GPL-2.0-only
/*
 * scstctl completion: for bash and for zsh, from the table of commands. What does not depend on it
 * stands in completion.bash and completion.zsh, where a line says where the table belongs.
 */
#include "cli.h"
#include "conf_keys.h"

/* SCSTCTL_DIR is the folder of this file; it is not in the program. */
__asm__(".pushsection .rodata\n"
	"completion_bash: .incbin \"" SCSTCTL_DIR "/completion.bash\"\n.byte 0\n"
	"completion_zsh: .incbin \"" SCSTCTL_DIR "/completion.zsh\"\n.byte 0\n"
	".popsection\n");

extern const char completion_bash[] __attribute__((visibility("hidden")));
extern const char completion_zsh[] __attribute__((visibility("hidden")));

#define MARK	"# @TABLE@\n"

enum words {
	ANY, FILES, DIRS, DEVICES, TARGETS, GROUPS, SESSIONS, HANDLERS, POLICIES, REQUIRED, OBJECTS,
	TRACER_OBJECTS, TRACERS, SHELLS, SCSI_DISKS,
	DEVICE_KEYS, TARGET_KEYS, GROUP_KEYS, LUN_KEYS, SPEC_KEYS,
	WORDS,
};

/* clang-format off */
static const struct {
	const char *bash, *zsh;
} kinds[WORDS] = {
	[ANY]		 = { "any",	 " " },
	[FILES]		 = { "file",	 "_files" },
	[DIRS]		 = { "dir",	 "_files -/" },
	[DEVICES]	 = { "device",	 "_scstctl_entries devices/*" },
	[TARGETS]	 = { "target",	 "_scstctl_entries targets/*/*(/)" },
	[GROUPS]	 = { "group",	 "_scstctl_entries targets/*/*/ini_groups/*(/)" },
	[SESSIONS]	 = { "session",	 "_scstctl_entries targets/*/*/sessions/*" },
	[HANDLERS]	 = { "handler",	 "_scstctl_entries handlers/*" },
	[POLICIES]	 = { "policy",	 "_scstctl_policies" },
	[REQUIRED]	 = { "required", "_scstctl_requirable" },
	[OBJECTS]	 = { "object",	 "_scstctl_objects" },
	[TRACER_OBJECTS] = { "cmdlog|latency|top|errors|slow|sessions",
			     "(cmdlog latency top errors slow sessions)" },
	[TRACERS]	 = { "tracer",	 "_scstctl_tracers" },
	[SHELLS]	 = { "bash|zsh", "(bash zsh)" },
	[SCSI_DISKS]	 = { "scsi",	 "_scstctl_scsi" },
	[DEVICE_KEYS]	 = { "device_key" },
	[TARGET_KEYS]	 = { "target_key" },
	[GROUP_KEYS]	 = { "group_key" },
	[LUN_KEYS]	 = { "lun_key" },
	[SPEC_KEYS]	 = { "spec_key" },
};

/* What a word of a usage line stands for; the first row that fits. */
static const struct {
	const char *noun, *verb, *word;	/* NULL: any */
	enum words words;
} meanings[] = {
	{ "policy",	"require", "NAME",	 REQUIRED	},
	{ "policy",	NULL,	"NAME",		 POLICIES	},
	{ "policy",	NULL,	"KEY=VALUE",	 SPEC_KEYS	},
	{ "tracer",	NULL,	"NAME",		 TRACERS	},
	{ "tracer",	NULL,	"OBJECT",	 TRACER_OBJECTS	},
	{ "device",	NULL,	"KEY=VALUE",	 DEVICE_KEYS	},
	{ "target",	NULL,	"KEY=VALUE",	 TARGET_KEYS	},
	{ "group",	NULL,	"KEY=VALUE",	 GROUP_KEYS	},
	{ "lun",	NULL,	"KEY=VALUE",	 LUN_KEYS	},
	{ "export",	NULL,	"NAME",		 ANY		},
	{ "completion",	NULL,	"bash|zsh",	 SHELLS		},
	{ "share",	NULL,	"H:C:I:L",	 SCSI_DISKS	},
	{ "unshare",	NULL,	"H:C:I:L|IDENTITY", SCSI_DISKS	},
	{ NULL,		NULL,	"OBJECT",	 OBJECTS	},
	{ NULL,		NULL,	"FILE",		 FILES		},
	{ NULL,		NULL,	"OUTPUT",	 FILES		},
	{ NULL,		NULL,	"PATH",		 FILES		},
	{ NULL,		NULL,	"DIR",		 DIRS		},
	{ NULL,		NULL,	"DEVICE",	 DEVICES	},
	{ NULL,		NULL,	"TARGET",	 TARGETS	},
	{ NULL,		NULL,	"GROUP",	 GROUPS		},
	{ NULL,		NULL,	"INITIATOR",	 SESSIONS	},
	{ NULL,		NULL,	"HANDLER",	 HANDLERS	},
};

static const struct {
	enum words words;
	enum scst_conf_kind kind;
} keys[] = {
	{ DEVICE_KEYS,	SCST_CONF_DEVICE },
	{ TARGET_KEYS,	SCST_CONF_TARGET },
	{ GROUP_KEYS,	SCST_CONF_GROUP },
	{ LUN_KEYS,	SCST_CONF_LUN },
};
/* clang-format on */

#define ARGS_MAX	6

/* "[DRIVER/]TARGET..." is a TARGET. */
static enum words meaning_of(const struct cli_command *command, const char *word, size_t len)
{
	for (size_t i = 0; i < ARRAY_SIZE(meanings); i++)
		if ((!meanings[i].noun || streq(meanings[i].noun, command->noun)) &&
		    (!meanings[i].verb ||
		     (command->verb && streq(meanings[i].verb, command->verb))) &&
		    strlen(meanings[i].word) == len && !strncmp(meanings[i].word, word, len))
			return meanings[i].words;
	return ANY;
}

/* Return: how many arguments something is known of. */
static size_t words_of(const struct cli_command *command, enum words words[ARGS_MAX])
{
	size_t nr = 0, known = 0;

	for (const char *at = command->args ?: ""; *at && nr < ARGS_MAX; ) {
		const char *word = startswith(at, "[DRIVER/]") ?: at + strspn(at, "[");

		words[nr] = meaning_of(command, word, strcspn(word, " ]."));
		if (words[nr++] != ANY)
			known = nr;
		at += strcspn(at, " ");
		at += strspn(at, " ");
	}
	return known;
}

#define SPEC_KEY_WORDS	"name= scope= priority= on_eject=open on_eject=closed " \
			"flags=hide_on_eject,allow_reads mask= rule= deadline_ms="

static bool is_first(const struct cli_command *const *at)
{
	for (const struct cli_command *const *p = cli_commands; p < at; p++)
		if (streq((*p)->noun, (*at)->noun))
			return false;
	return true;
}

/* Is there a command of this noun alone? */
static const struct cli_command *alone(const char *noun)
{
	for (const struct cli_command *const *p = cli_commands; *p; p++)
		if (streq((*p)->noun, noun) && !(*p)->verb)
			return *p;
	return NULL;
}

static void put_verbs(const char *noun)
{
	const char *gap = "";

	for (const struct cli_command *const *p = cli_commands; *p; p++)
		if (streq((*p)->noun, noun) && (*p)->verb) {
			printf("%s%s", gap, (*p)->verb);
			gap = " ";
		}
}

static bool has_verbs(const char *noun)
{
	for (const struct cli_command *const *p = cli_commands; *p; p++)
		if (streq((*p)->noun, noun) && (*p)->verb)
			return true;
	return false;
}

static void put_keys(enum words words)
{
	if (words == SPEC_KEYS)
		fputs(SPEC_KEY_WORDS " ", stdout);
	for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
		if (keys[i].words != words)
			continue;
		for (const struct scst_key *key = scst_keys; key->name; key++)
			if (key->kind == keys[i].kind && key->type != SCST_KEY_FLAG)
				printf("%s= ", key->name);
	}
}

/* ---- bash ----------------------------------------------------------------------------------- */

static enum words words_of_value(const struct cli_command *command,
				 const struct cli_option *option)
{
	return meaning_of(command, option->arg, strlen(option->arg));
}

static const char *bash_value(const struct cli_command *command, const struct cli_option *option)
{
	return strchr(option->arg, '|') ? option->arg :
					  kinds[words_of_value(command, option)].bash;
}

static void bash_command(const struct cli_command *command)
{
	enum words words[ARGS_MAX];
	size_t nr = words_of(command, words);

	printf("\t'%s%s%s') options=(", command->noun, command->verb ? " " : "",
	       command->verb ?: "");
	for (const struct cli_option *o = command->options; o && o->name; o++)
		printf("--%s ", o->name);
	for (const struct cli_option *o = cli_common_options; o->name; o++)
		printf("--%s ", o->name);
	fputs(") values=(", stdout);
	for (const struct cli_option *o = command->options; o && o->name; o++)
		if (o->arg)
			printf("--%s '%s' ", o->name, bash_value(command, o));
	fputs(") args=(", stdout);
	for (size_t i = 0; i < nr; i++)
		printf("'%s' ", kinds[words[i]].bash);
	puts(") ;;");
}

static void bash_keys(void)
{
	puts("_scstctl_keys() # KIND\n{\n\tcase $1 in");
	for (enum words words = DEVICE_KEYS; words < WORDS; words++) {
		printf("\t%s) _scstctl_say ", kinds[words].bash);
		put_keys(words);
		puts(";;");
	}
	puts("\tesac\n}\n");
}

static void bash_table(void)
{
	puts("_scstctl_nouns()\n{\n\t_scstctl_say \\");
	for (const struct cli_command *const *p = cli_commands; *p; p++)
		if (is_first(p))
			printf("\t\t%s%s\n", (*p)->noun, p[1] ? " \\" : "");
	puts("}\n\n_scstctl_verbs() # NOUN\n{\n\tcase $1 in");
	for (const struct cli_command *const *p = cli_commands; *p; p++)
		if (is_first(p) && has_verbs((*p)->noun)) {
			printf("\t%s) _scstctl_say ", (*p)->noun);
			put_verbs((*p)->noun);
			puts(" ;;");
		}
	puts("\tesac\n}\n");
	bash_keys();
	puts("# Of a command: $options, $values of those that take one, $args.\n"
	     "_scstctl_command() # NOUN | 'NOUN VERB'\n{\n\tcase $1 in");
	for (const struct cli_command *const *p = cli_commands; *p; p++)
		bash_command(*p);
	puts("\t*) return 1 ;;\n\tesac\n}");
}

/* ---- zsh ------------------------------------------------------------------------------------ */

/* What ends a description for _arguments stands behind a backslash. */
static void put_escaped(const char *text)
{
	for (; *text; text++) {
		if (strchr("[]:\\", *text))
			putchar('\\');
		putchar(*text == '\'' ? '"' : *text);
	}
}

static void zsh_action(enum words words)
{
	if (words < DEVICE_KEYS) {
		fputs(kinds[words].zsh, stdout);
		return;
	}
	fputs("_scstctl_keys ", stdout);
	put_keys(words);
}

static void zsh_option(const struct cli_command *command, const struct cli_option *option)
{
	printf(" \\\n\t\t'--%s[", option->name);
	put_escaped(option->help);
	putchar(']');
	if (!option->arg) {
		putchar('\'');
		return;
	}
	printf(":%s:", option->name);
	if (strchr(option->arg, '|')) {
		putchar('(');
		for (const char *at = option->arg; *at; at++)
			putchar(*at == '|' ? ' ' : *at);
		putchar(')');
	} else {
		zsh_action(words_of_value(command, option));
	}
	putchar('\'');
}

/* The last kind is that of all that follow. */
static void zsh_command(const struct cli_command *command)
{
	enum words words[ARGS_MAX];
	size_t nr = words_of(command, words), first = command->verb ? 2 : 1;

	printf("\t%s/%s) _arguments $common", command->noun, command->verb ?: "");
	for (const struct cli_option *o = command->options; o && o->name; o++)
		zsh_option(command, o);
	for (size_t i = 0; i < nr; i++) {
		if (i + 1 == nr && command->max_args != (int)nr)
			printf(" \\\n\t\t'*:argument:");
		else
			printf(" \\\n\t\t'%zu:argument:", first + i);
		zsh_action(words[i]);
		putchar('\'');
	}
	puts(" ;;");
}

static void zsh_nouns(void)
{
	puts("\tnouns=(");
	for (const struct cli_command *const *p = cli_commands; *p; p++) {
		const struct cli_command *command = alone((*p)->noun);

		if (!is_first(p))
			continue;
		printf("\t\t'%s:", (*p)->noun);
		if (command)
			put_escaped(command->summary);
		else
			put_verbs((*p)->noun);
		puts("'");
	}
	puts("\t)");
}

static void zsh_table(void)
{
	zsh_nouns();
	puts("\t_arguments -C '(- *)--help[show the overview]' \\\n"
	     "\t\t'(- *)--version[show the version]' \\\n"
	     "\t\t'1:command:->noun' '*::argument:->rest'\n"
	     "\t[[ $state != noun ]] || { _describe -t commands command nouns; return }\n"
	     "\tcase $line[1] in");
	for (const struct cli_command *const *p = cli_commands; *p; p++)
		if (is_first(p) && has_verbs((*p)->noun)) {
			printf("\t%s) verbs=(", (*p)->noun);
			put_verbs((*p)->noun);
			puts(") ;;");
		}
	puts("\tesac\n"
	     "\t(( $#verbs && CURRENT == 2 )) && compadd -a verbs\n"
	     "\tlocal verb=${${(M)verbs:#${(b)line[2]}}[1]}\n"
	     "\tcase $line[1]/$verb in");
	for (const struct cli_command *const *p = cli_commands; *p; p++)
		zsh_command(*p);
	puts("\tesac");
}

/* ---- the command ---------------------------------------------------------------------------- */

static void print_with(const char *text, void (*table)(void))
{
	const char *mark = strstr(text, MARK);

	printf("%.*s", (int)(mark - text), text);
	table();
	fputs(mark + strlen(MARK), stdout);
}

static int run(struct cli *cli, int argc _unused_, char **argv)
{
	if (streq(argv[0], "bash"))
		print_with(completion_bash, bash_table);
	else if (streq(argv[0], "zsh"))
		print_with(completion_zsh, zsh_table);
	else
		return scst_fail(&cli->err, -EINVAL, "%s: there is completion for bash and zsh",
				 argv[0]);
	return 0;
}

const struct cli_command cli_completion = {
	.noun = "completion",
	.args = "bash|zsh",
	.min_args = 1,
	.max_args = 1,
	.summary = "what completes the words of this program",
	.help = "Written for bash(1) or zsh(1); `make install` puts both in place.",
	.run = run,
};
