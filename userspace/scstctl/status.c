// SPDX-License-Identifier: GPL-2.0-only
/*
 * scstctl status: is everything in force that should be? Each thing that is not is a line, with
 * what to do about it; and the exit status says whether there are any.
 */
#include "cli.h"
#include "policy.h"
#include "request.h"
#include "required.h"
#include "sysfs.h"
#include "tree.h"

/* "ejected", and behind it the exit record. */
static int add_ejected(const struct scst_node *policy, struct scst_names *faults)
{
	const char *state = scst_node_attr(policy, "state") ?: "";
	const char *text = strstr(state, " text=");

	if (!startswith(state, "ejected"))
		return 0;
	return scst_names_addf(faults, "policy %s is ejected (%s): scstctl policy update, or "
			       "unload", policy->name,
			       text ? text + strlen(" text=") : "scstctl policy log");
}

/* Who may not look at the pins is not told of them. */
static int add_dead(const struct cli *cli, struct scst_names *faults)
{
	_cleanup_(scst_names_clear) struct scst_names names = {};
	struct scst_error ignored = {};
	int ret = 0;

	if (scst_pins_list(&cli->paths, SCST_PIN_POLICY, &names, &ignored))
		return 0;
	for (size_t i = 0; i < names.nr && !ret; i++)
		if (!scst_policy_is_attached(&cli->paths, names.list[i]))
			ret = scst_names_addf(faults, "policy %s is pinned and not attached: "
					      "scstctl policy load, or unload", names.list[i]);
	return ret;
}

static int add_policies(struct cli *cli, struct scst_names *faults)
{
	static const char *const attrs[] = { "state", NULL };
	static const struct scst_tree_part part = { 1 << SCST_NODE_POLICY, attrs };
	_cleanup_(scst_tree_freep) struct scst_node *root = NULL;
	const struct scst_node *policy;
	int ret = scst_tree_read_part(cli->paths.sysfs, &part, &root, &cli->err);

	if (ret)
		return ret;
	scst_node_for_each(policy, root, SCST_NODE_POLICY)
		ret = ret ?: add_ejected(policy, faults);
	return ret ?: add_dead(cli, faults);
}

/* "lun_mask not_loaded" */
static int add_required(struct cli *cli, struct scst_names *faults)
{
	_cleanup_(scst_names_clear) struct scst_names waiting = {};
	int ret = scst_required_waiting(&cli->paths, &waiting, &cli->err);

	for (size_t i = 0; i < waiting.nr && !ret; i++) {
		int len = strcspn(waiting.list[i], " ");
		bool ejected = streq(waiting.list[i] + len, " ejected");

		ret = scst_names_addf(faults, "nobody gets in: required policy %.*s is %s: "
				      "scstctl policy %s, or policy require --drop %.*s", len,
				      waiting.list[i], ejected ? "ejected" : "not loaded",
				      ejected ? "update" : "load", len, waiting.list[i]);
	}
	return ret;
}

static int add_lost_dumps(const struct cli *cli, struct scst_names *faults)
{
	_cleanup_free_ char *text = NULL;
	char path[PATH_MAX];

	if (scst_format(path, sizeof(path), "%s/policies/pr_dumps_lost", cli->paths.sysfs) ||
	    scst_sysfs_read(path, &text, NULL) || streq(text, "0"))
		return 0;
	return scst_names_addf(faults, "%s dumps of persistent reservations were lost: nobody took "
			       "them", text);
}

/* What the daemon says is not as configured. One that does not run is none of the faults. */
static int add_daemon(const struct cli *cli, struct scst_names *faults, bool *runs)
{
	_cleanup_(json_object_putp) struct json_object *answer = NULL;
	struct json_object *list = NULL;
	struct scst_error ignored = {};
	int ret = 0;

	*runs = !scst_request(cli->socket, "status", &answer, &ignored);
	if (*runs)
		json_object_object_get_ex(answer, "faults", &list);
	for (size_t i = 0; list && i < json_object_array_length(list) && !ret; i++)
		ret = scst_names_addf(faults, "scst-bpfd: %s",
				      json_object_get_string(json_object_array_get_idx(list, i)));
	return ret;
}

static void print(const struct cli *cli, const struct scst_names *faults, bool runs)
{
	struct json_object *json, *list;

	if (!cli->json) {
		for (size_t i = 0; i < faults->nr; i++)
			puts(faults->list[i]);
		if (!faults->nr)
			printf("policies are in force as they should be%s\n",
			       runs ? "" : "; scst-bpfd does not answer");
		return;
	}
	json = json_object_new_object();
	list = json_object_new_array();
	for (size_t i = 0; i < faults->nr; i++)
		json_object_array_add(list, json_object_new_string(faults->list[i]));
	json_object_object_add(json, "ok", json_object_new_boolean(!faults->nr));
	json_object_object_add(json, "daemon", json_object_new_boolean(runs));
	json_object_object_add(json, "faults", list);
	cli_print_json(json);
}

static int status(struct cli *cli, int argc _unused_, char **argv _unused_)
{
	_cleanup_(scst_names_clear) struct scst_names faults = {};
	bool runs = false;
	int ret;

	ret = add_required(cli, &faults) ?: add_policies(cli, &faults) ?:
	      add_lost_dumps(cli, &faults) ?: add_daemon(cli, &faults, &runs);
	if (ret)
		return ret;
	print(cli, &faults, runs);
	return faults.nr ? scst_fail(&cli->err, -EIO, "%zu things are not as they should be",
				     faults.nr) : 0;
}

static int set_socket(struct cli *cli, const char *value)
{
	cli->socket = value;
	return 0;
}

static const struct cli_option options[] = {
	{ "socket",	"PATH",	"of the daemon",	set_socket	},
	{}
};

const struct cli_command cli_status = {
	.noun = "status",
	.summary = "what is not in force that should be",
	.help = "Required policies that are not in force; policies that are ejected, or pinned\n"
		"and no longer attached; what scst-bpfd finds not as configured; lost dumps of\n"
		"reservations: a line for each, and exit status 1 if there is any. Root sees\n"
		"more than others.",
	.options = options,
	.run = status,
};
