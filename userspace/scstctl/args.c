// SPDX-License-Identifier: GPL-2.0-only
/* Arguments that policy and tracer take alike: what to load, and names. */
#include "cli.h"
#include "spec.h"

int cli_spec_of(struct cli *cli, int argc, char **argv, struct scst_spec **out)
{
	_cleanup_(scst_spec_freep) struct scst_spec *spec = NULL;
	int ret = scst_spec_new(argv[0], &spec, &cli->err);

	for (int i = 1; i < argc && !ret; i++)
		ret = scst_spec_set_arg(spec, argv[i], &cli->err);
	if (!ret && cli->on_eject)
		ret = scst_spec_set(spec, "on_eject", cli->on_eject, &cli->err);
	if (!ret)
		*out = TAKE_PTR(spec);
	return ret;
}

int cli_set_on_eject(struct cli *cli, const char *value)
{
	cli->on_eject = value;
	return 0;
}

int cli_for_each_name(struct cli *cli, int argc, char **argv,
		      int (*fn)(const struct scst_paths *paths, const char *name,
				struct scst_error *err))
{
	int ret = 0;

	for (int i = 0; i < argc && !ret; i++)
		ret = fn(&cli->paths, argv[i], &cli->err);
	return ret;
}

int cli_set_force(struct cli *cli, const char *value _unused_)
{
	cli->force = true;
	return 0;
}

int cli_set_wait(struct cli *cli, const char *value)
{
	uint64_t seconds;

	if (scst_parse_u64(value, 0, 3600, &seconds))
		return scst_fail(&cli->err, -EINVAL, "--wait: \"%s\" is not a number up to 3600",
				 value);
	cli->wait = seconds;
	return 0;
}
