// SPDX-License-Identifier: GPL-2.0-only
/* scstctl policy show: all there is to know of one policy. */
#include "cli.h"
#include "exit_json.h"
#include "options.h"
#include "policy.h"
#include "tree.h"

/* Gathered first, then printed one way or the other. */
struct policy_info {
	const char *name;
	struct scst_node *root;
	const struct scst_node *node;	/* in root */
	char *exits;			/* all records, a line each */
	struct scst_names pins;
	struct scst_rules rules;
	struct json_object *options;
	struct json_object *list;	/* rules of a list, as text */
	bool pinned;
};

static void clear_info(struct policy_info *info)
{
	scst_tree_free(info->root);
	free(info->exits);
	scst_names_clear(&info->pins);
	scst_rules_clear(&info->rules);
	json_object_put(info->options);
	json_object_put(info->list);
}

static const struct scst_node *find_policy(const struct scst_node *root, const char *name)
{
	const struct scst_node *node;

	scst_node_for_each(node, root, SCST_NODE_POLICY)
		if (streq(node->name, name))
			return node;
	return NULL;
}

/* Lines of exits that begin with the policy's name, one by one. */
static const char *next_exit(const char *at, const char *name)
{
	while (at && *at) {
		const char *rest = startswith(at, name);

		if (rest && *rest == ' ')
			return at;
		at = strchr(at, '\n');
		at = at ? at + 1 : NULL;
	}
	return NULL;
}

/* The newest of them, or NULL. */
static const char *last_exit(const char *exits, const char *name)
{
	const char *last = NULL;

	for (const char *at = exits; (at = next_exit(at, name)); at += strcspn(at, "\n"))
		last = at;
	return last;
}

static int add_option(const char *option, const char *value, void *arg)
{
	return json_object_object_add(arg, option, json_object_new_string(value)) ? -ENOMEM : 0;
}

static int add_list_rule(const char *rule, void *arg)
{
	return json_object_array_add(arg, json_object_new_string(rule)) ? -ENOMEM : 0;
}

/* Only for root, and only if it is pinned and not held by some other process. */
static int read_pins(struct cli *cli, struct policy_info *info)
{
	info->pinned = scst_pins_exist(&cli->paths, SCST_PIN_POLICY, info->name);
	if (!info->pinned)
		return 0;
	return scst_pins_files(&cli->paths, SCST_PIN_POLICY, info->name, &info->pins, &cli->err) ?:
		       scst_policy_rules(&cli->paths, info->name, &info->rules, &cli->err)	 ?:
		       scst_policy_each_rule(&cli->paths, info->name, add_list_rule, info->list,
					     &cli->err)						 ?:
		       scst_options_each(&cli->paths, SCST_PIN_POLICY, info->name, add_option,
					 info->options, &cli->err);
}

static int read_info(struct cli *cli, struct policy_info *info)
{
	static const struct scst_tree_part policies = { .kinds = 1 << SCST_NODE_POLICY };
	const char *last = NULL;
	int ret;

	ret = scst_tree_read_part(cli->paths.sysfs, &policies, &info->root, &cli->err);
	if (ret)
		return ret;
	info->options = json_object_new_object();
	info->list = json_object_new_array();
	info->node = find_policy(info->root, info->name);
	if (!scst_read_exits(cli->paths.sysfs, &info->exits))
		last = last_exit(info->exits, info->name);
	if (info->node)
		return read_pins(cli, info);
	if (last)
		return scst_fail(&cli->err, -ENOENT, "policy %s: not loaded; it left: %.*s",
				 info->name, (int)strcspn(last, "\n"), last);
	return scst_fail(&cli->err, -ENOENT, "policy %s: not loaded: scstctl policy list",
			 info->name);
}

/* Of an ejected policy the exit record follows, which is shown with the other records. */
static int state_len(const char *state)
{
	return strcspn(state ?: "?", "\n");
}

/* As text */

/* Further lines under the first. */
static void print_field(const char *name, const char *value)
{
	for (const char *line = value; line && *line; name = "") {
		size_t len = strcspn(line, "\n");

		printf("%-10s %.*s\n", name, (int)len, line);
		line += len + (line[len] == '\n');
	}
}

static void print_pins(const struct cli *cli, const struct policy_info *info)
{
	char path[PATH_MAX];

	for (size_t i = 0; i < info->pins.nr; i++)
		if (!scst_pin_path(&cli->paths, SCST_PIN_POLICY, info->name, info->pins.list[i],
				   path))
			print_field(i ? "" : "pins", path);
}

static void print_rules(const struct policy_info *info)
{
	char text[512];

	for (size_t i = 0; i < info->rules.nr; i++)
		if (!scst_rule_format(&info->rules.list[i], text, sizeof(text)))
			print_field(i ? "" : "mask", text);
}

static void print_list(const struct policy_info *info)
{
	for (size_t i = 0; i < json_object_array_length(info->list); i++)
		print_field(i ? "" : "rule",
			    json_object_get_string(json_object_array_get_idx(info->list, i)));
}

static void print_options(const struct policy_info *info)
{
	json_object_object_foreach(info->options, option, value) {
		char text[1024];

		snprintf(text, sizeof(text), "%s=%s", option, json_object_get_string(value));
		print_field("option", text);
	}
}

static void print_exits(const struct policy_info *info)
{
	const char *at = info->exits;

	while ((at = next_exit(at, info->name))) {
		printf("%-10s %.*s\n", "exit", (int)strcspn(at, "\n"), at);
		at += strcspn(at, "\n");
		at += *at == '\n';
	}
}

static void print_info(const struct cli *cli, const struct policy_info *info)
{
	print_field("name", info->name);
	for (size_t i = 0; i < info->node->nr_attrs; i++) {
		const struct scst_node_attr *attr = &info->node->attrs[i];

		if (streq(attr->name, "state"))
			printf("%-10s %.*s\n", "state", state_len(attr->value), attr->value ?: "?");
		else
			print_field(attr->name, attr->value);
	}
	print_options(info);
	print_rules(info);
	print_list(info);
	print_pins(cli, info);
	print_exits(info);
}

/* As JSON */

static struct json_object *json_exits(const struct policy_info *info)
{
	struct json_object *list = json_object_new_array();
	const char *at = info->exits;

	while ((at = next_exit(at, info->name))) {
		json_object_array_add(list, scst_json_exit(at));
		at += strcspn(at, "\n");
		at += *at == '\n';
	}
	return list;
}

/* A line for each hook: "lun_access default=2 hide=1". */
static struct json_object *json_verdicts(const struct policy_info *info)
{
	_cleanup_free_ char *copy = strdup(scst_node_attr(info->node, "verdicts") ?: "");
	struct json_object *obj = json_object_new_object();
	char *save = NULL;

	for (char *line = copy ? strtok_r(copy, "\n", &save) : NULL; line;
	     line = strtok_r(NULL, "\n", &save)) {
		struct json_object *hook = json_object_new_object();
		char *pairs = line + strcspn(line, " ");

		if (*pairs)
			*pairs++ = '\0';
		scst_json_pairs(hook, pairs);
		json_object_object_add(obj, line, hook);
	}
	return obj;
}

static struct json_object *json_lines(const char *text)
{
	struct json_object *list = json_object_new_array();

	while (text && *text) {
		size_t len = strcspn(text, "\n");

		json_object_array_add(list, json_object_new_string_len(text, len));
		text += len + (text[len] == '\n');
	}
	return list;
}

static struct json_object *json_rules(const struct policy_info *info)
{
	struct json_object *list = json_object_new_array();
	char text[512];

	for (size_t i = 0; i < info->rules.nr; i++)
		if (!scst_rule_format(&info->rules.list[i], text, sizeof(text)))
			json_object_array_add(list, json_object_new_string(text));
	return list;
}

static struct json_object *json_pins(const struct cli *cli, const struct policy_info *info)
{
	struct json_object *obj = json_object_new_object();
	char path[PATH_MAX];

	for (size_t i = 0; i < info->pins.nr; i++)
		if (!scst_pin_path(&cli->paths, SCST_PIN_POLICY, info->name, info->pins.list[i],
				   path))
			json_object_object_add(obj, info->pins.list[i],
					       json_object_new_string(path));
	return obj;
}

/* Attributes that are not just a number or a word. */
static struct json_object *json_attr(const struct policy_info *info,
				     const struct scst_node_attr *attr)
{
	if (streq(attr->name, "verdicts"))
		return json_verdicts(info);
	if (streq(attr->name, "hooks"))
		return json_lines(attr->value);
	if (streq(attr->name, "state") && attr->value)
		return json_object_new_string_len(attr->value, state_len(attr->value));
	return attr->value ? scst_json_value(attr->value) : NULL;
}

static struct json_object *json_info(const struct cli *cli, const struct policy_info *info)
{
	struct json_object *obj = json_object_new_object();

	json_object_object_add(obj, "name", json_object_new_string(info->name));
	for (size_t i = 0; i < info->node->nr_attrs; i++)
		json_object_object_add(obj, info->node->attrs[i].name,
				       json_attr(info, &info->node->attrs[i]));
	json_object_object_add(obj, "options", json_object_get(info->options));
	json_object_object_add(obj, "mask", json_rules(info));
	json_object_object_add(obj, "rules", json_object_get(info->list));
	json_object_object_add(obj, "pins", json_pins(cli, info));
	json_object_object_add(obj, "exits", json_exits(info));
	return obj;
}

static int show(struct cli *cli, int argc _unused_, char **argv)
{
	_cleanup_(clear_info) struct policy_info info = { .name = argv[0] };
	int ret;

	ret = scst_check_attached_name(argv[0], &cli->err) ?: read_info(cli, &info);
	if (ret)
		return ret;
	if (cli->json)
		cli_print_json(json_info(cli, &info));
	else
		print_info(cli, &info);
	return 0;
}

const struct cli_command cli_policy_show = {
	.noun = "policy",
	.verb = "show",
	.args = "NAME",
	.min_args = 1,
	.max_args = 1,
	.summary = "scope, state, counters, options, pins of one policy",
	.help = "Shows one policy: where it holds, its counters and its exit records; to root\n"
		"also its options, its rules and the paths of its maps, for `bpftool map dump\n"
		"pinned PATH`.",
	.run = show,
};
