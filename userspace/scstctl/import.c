// SPDX-License-Identifier: GPL-2.0-only
/* scstctl import: a file of SCST, or of targetcli, as scst.json. */
#include "conf_check.h"
#include "conf_files.h"
#include "lio.h"

static void tell(const struct scst_names *lines)
{
	for (size_t i = 0; i < lines->nr; i++)
		fprintf(stderr, "%s\n", lines->list[i]);
}

static int read_lio(struct cli *cli, const char *text, const char *path,
		    struct scst_conf_file *file)
{
	int ret = scst_lio_import(text, path, &file->conf, &file->losses, &cli->err);

	if (!ret && scst_conf_check(file->conf, path, &file->faults))
		ret = scst_fail(&cli->err, -ENOMEM, "out of memory");
	return ret;
}

static int read_file(struct cli *cli, const char *path, struct scst_conf_file *file)
{
	_cleanup_free_ char *text = NULL;
	size_t faults;
	int ret = scst_read_text(path, &text);

	if (ret)
		return scst_fail(&cli->err, ret, "%s: %s", path, scst_text_error(ret));
	if (scst_lio_is(text))
		ret = read_lio(cli, text, path, file);
	else
		ret = scst_conf_read_text(text, path, file, &cli->err);
	tell(&file->losses);
	tell(&file->faults);
	faults = file->faults.nr + (scst_lio_is(text) ? 0 : file->losses.nr);
	if (!ret && faults)
		ret = scst_fail(&cli->err, -EINVAL, "%s has %zu faults: nothing was written", path,
				faults);
	return ret;
}

static int run(struct cli *cli, int argc, char **argv)
{
	_cleanup_(scst_conf_file_clear) struct scst_conf_file file = {};
	const char *path = argc > 1 ? argv[1] : SCST_CONF_JSON_PATH;
	int ret = read_file(cli, argv[0], &file);

	if (!ret && streq(path, SCST_CONF_JSON_PATH))
		ret = conf_lock(cli);	/* who saves, or exports, writes that, too */
	if (ret)
		return ret;
	if (!cli->force && !streq(path, "-") && !access(path, F_OK))
		return scst_fail(&cli->err, -EEXIST, "%s is there already: --force", path);
	return conf_write(cli, file.conf, path, true);
}

static const struct cli_option options[] = {
	{ "force", NULL, "though OUTPUT is there already", cli_set_force },
	{}
};

const struct cli_command cli_import = {
	.noun = "import",
	.args = "FILE [OUTPUT]",
	.min_args = 1,
	.max_args = 2,
	.summary = "scst.conf or targetcli's saveconfig.json as scst.json",
	.help = "Writes OUTPUT (" SCST_CONF_JSON_PATH "; \"-\" is standard output) and changes\n"
		"nothing else: look at it, then plan and apply. What has no counterpart is told,\n"
		"and left out; a target that would be open to more than before is not enabled.\n\n"
		"This reads another target's configuration. A file is served by `scstctl export`,\n"
		"and a disk given to this machine and to initiators by `scstctl share`; what\n"
		"devices remember is moved by `scstctl state`.",
	.options = options,
	.run = run,
};
