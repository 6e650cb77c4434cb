// SPDX-License-Identifier: GPL-2.0-only
/*
 * scstctl inject: errors, delays and hangs on purpose, to see how hosts and their multipath take
 * it. The words are the kernel's own (kernel/core/sysfs/inject.c), which judges them, too.
 */
#include <fcntl.h>

#include "cli.h"

#define TEXT_MAX	1024

static int fail(struct cli *cli, int err)
{
	if (err == -ENOENT)
		return scst_fail(&cli->err, -ENOTSUP, "%s: not there: is the module loaded, and "
				 "debugfs mounted?", cli->paths.inject);
	if (err == -EINVAL)
		return scst_fail(&cli->err, err, "not taken; the kernel log says which word");
	if (err == -EPERM)
		return scst_fail(&cli->err, err, "%s: the kernel is locked down, as it is with "
				 "Secure Boot, and lets nobody break disks", cli->paths.inject);
	return scst_fail(&cli->err, err, "%s: %s", cli->paths.inject, strerror(-err));
}

static int write_text(struct cli *cli, const char *text)
{
	_cleanup_close_ int fd = open(cli->paths.inject, O_WRONLY | O_CLOEXEC);
	int ret = fd < 0 ? -errno : scst_write_all(fd, text, strlen(text));

	return ret ? fail(cli, ret) : 0;
}

/* A word of several would be several in the file. */
static int add_word(struct cli *cli, const char *word, char *text, size_t size)
{
	size_t len = strlen(text);

	if (!*word || word[strcspn(word, " \t\n")])
		return scst_fail(&cli->err, -EINVAL, "\"%s\": not a word", word);
	if (scst_format(text + len, size - len, " %s", word))
		return scst_fail(&cli->err, -EINVAL, "too many words");
	return 0;
}

static int add(struct cli *cli, int argc, char **argv)
{
	char text[TEXT_MAX] = "add";

	for (int i = 0; i < argc; i++) {
		int ret = add_word(cli, argv[i], text, sizeof(text));

		if (ret)
			return ret;
	}
	return write_text(cli, text);
}

const struct cli_command cli_inject_add = {
	.noun = "inject",
	.verb = "add",
	.args = "medium|delay|hang [KEY=VALUE]...",
	.min_args = 1,
	.max_args = 9,
	.summary = "errors, delays, hangs on purpose",
	.help = "Commands that match fail with a medium error, are late by ms=, or hang until the\n"
		"rule is deleted. KEY: target group (names), lun, lba (and blocks, or it is\n"
		"one), ms, times; without one: any target, any group, all LUNs, all blocks,\n"
		"always. What moves no blocks, like TEST UNIT READY, is late or hangs as well\n"
		"if no range is given.\n"
		"A kernel that is locked down (Secure Boot) refuses it.",
	.run = add,
};

static int del(struct cli *cli, int argc _unused_, char **argv)
{
	char text[TEXT_MAX];
	uint64_t id;
	int ret;

	if (streq(argv[0], "all"))
		return write_text(cli, "clear");
	if (scst_parse_u64(argv[0], 1, UINT32_MAX, &id))
		return scst_fail(&cli->err, -EINVAL, "\"%s\" is neither \"all\" nor an id of "
				 "scstctl inject list", argv[0]);
	scst_format(text, sizeof(text), "del %s", argv[0]);
	ret = write_text(cli, text);
	if (ret == -ENOTSUP && !access(cli->paths.inject, F_OK))
		return scst_fail(&cli->err, -ENOENT, "there is no %s", argv[0]);
	return ret;
}

const struct cli_command cli_inject_del = {
	.noun = "inject",
	.verb = "del",
	.args = "ID|all",
	.min_args = 1,
	.max_args = 1,
	.summary = "no more of that",
	.help = "Deletes a rule, or all. What hangs by it goes on.",
	.run = del,
};

/* "3 hang lun=0 done=1": an id, a kind, and words. */
static struct json_object *rule_json(char *line)
{
	struct json_object *rule = json_object_new_object();
	char *rest = line, *word = strsep(&rest, " "), *value;

	json_object_object_add(rule, "id", json_object_new_int64(strtoll(word, NULL, 10)));
	word = strsep(&rest, " ");
	json_object_object_add(rule, "kind", json_object_new_string(word ?: ""));
	while ((word = strsep(&rest, " "))) {
		value = strchr(word, '=');
		if (!value)
			continue;
		*value++ = '\0';
		json_object_object_add(rule, word, value[strspn(value, "0123456789")] ?
					json_object_new_string(value) :
					json_object_new_int64(strtoll(value, NULL, 10)));
	}
	return rule;
}

static int list(struct cli *cli, int argc _unused_, char **argv _unused_)
{
	_cleanup_free_ char *text = NULL;
	struct json_object *rules;
	char *rest, *line;
	int ret = scst_read_file(cli->paths.inject, &text);

	if (ret)
		return fail(cli, ret);
	if (!cli->json) {
		fputs(text, stdout);
		return 0;
	}
	rules = json_object_new_array();
	for (rest = text; (line = strsep(&rest, "\n")) && *line;)
		json_object_array_add(rules, rule_json(line));
	cli_print_json(rules);
	return 0;
}

unsigned int cli_injected(struct cli *cli)
{
	_cleanup_free_ char *text = NULL;
	unsigned int nr = 0;

	if (scst_read_file(cli->paths.inject, &text))
		return 0;
	for (const char *at = text; (at = strchr(at, '\n')); at++)
		nr++;
	return nr;
}

const struct cli_command cli_inject_list = {
	.noun = "inject",
	.verb = "list",
	.max_args = 0,
	.summary = "what is injected",
	.help = "A line for each: its id, what it does and where, and how often it has.",
	.run = list,
};
