// SPDX-License-Identifier: GPL-2.0-only
/* scstctl tracer: what scst-bpfd keeps pinned, listed and, should the daemon be gone, unloaded. */
#include "tracer.h"

#include "cli.h"

static int list(struct cli *cli, int argc _unused_, char **argv _unused_)
{
	_cleanup_(scst_names_clear) struct scst_names names = {};
	struct json_object *rows;
	int ret;

	ret = scst_pins_list(&cli->paths, SCST_PIN_TRACER, &names, &cli->err);
	if (ret)
		return ret;
	rows = json_object_new_array();
	for (size_t i = 0; i < names.nr; i++) {
		if (cli->json)
			json_object_array_add(rows, json_object_new_string(names.list[i]));
		else
			puts(names.list[i]);
	}
	if (cli->json)
		cli_print_json(rows);
	else
		json_object_put(rows);
	return 0;
}

const struct cli_command cli_tracer_list = {
	.noun = "tracer", .verb = "list",
	.summary = "tracers that are pinned",
	.help = "Lists the tracers which scst-bpfd has loaded. They go on while it is away.",
	.run = list,
};

static int load(struct cli *cli, int argc, char **argv)
{
	_cleanup_(scst_spec_freep) struct scst_spec *spec = NULL;

	return cli_spec_of(cli, argc, argv, &spec) ?: scst_tracer_check(spec, &cli->err) ?:
	       scst_tracer_load(&cli->paths, spec, &cli->err);
}

const struct cli_command cli_tracer_load = {
	.noun = "tracer",
	.verb = "load",
	.args = "OBJECT [OPTION=VALUE]...",
	.min_args = 1,
	.max_args = -1,
	.summary = "load, attach and pin a tracer",
	.help = "Loads OBJECT.bpf.o from $SCST_BPF_DIR or PREFIX/lib/scst/bpf: cmdlog, latency,\n"
		"top, errors, slow, sessions. It counts until it is unloaded.",
	.run = load,
};

static int unload(struct cli *cli, int argc, char **argv)
{
	return cli_for_each_name(cli, argc, argv, scst_tracer_unload);
}

const struct cli_command cli_tracer_unload = {
	.noun = "tracer",
	.verb = "unload",
	.args = "NAME...",
	.min_args = 1,
	.max_args = -1,
	.summary = "detach and forget a tracer",
	.help = "For a machine without the daemon: before scst.ko can be removed, its tracers\n"
		"must be unloaded.",
	.run = unload,
};
