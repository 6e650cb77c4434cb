// SPDX-License-Identifier: GPL-2.0-only
/* scstctl save, schema: the running configuration as a file, and what can stand in one. */
#include "conf_files.h"
#include "conf_json.h"
#include "conf_keys.h"

static int set_secrets(struct cli *cli, const char *value _unused_)
{
	cli->secrets = true;
	return 0;
}

/* What everybody may see of a terminal, or of a pipe, has no secrets. */
static int run_save(struct cli *cli, int argc, char **argv)
{
	const char *path = argc ? argv[0] : SCST_CONF_JSON_PATH;
	bool shown = streq(path, "-");
	int ret = conf_lock(cli) ?: conf_save(cli, path, !shown || cli->secrets);

	if (!ret && streq(path, SCST_CONF_JSON_PATH) && !access(SCST_CONF_PATH, F_OK))
		fprintf(stderr, "%s does not count while there is " SCST_CONF_PATH "\n", path);
	if (!ret && shown && !cli->secrets)
		fprintf(stderr, "secrets of CHAP are left out: --secrets\n");
	return ret;
}

static const struct cli_option save_options[] = {
	{ "secrets", NULL, "of CHAP, also to standard output", set_secrets },
	{}
};

const struct cli_command cli_save = {
	.noun = "save",
	.args = "[FILE]",
	.max_args = 1,
	.summary = "write the running configuration",
	.help = "As scst.json(5), to FILE (" SCST_CONF_JSON_PATH "), which is for root only\n"
		"and is whole, or what it was before; \"-\" is standard output.",
	.options = save_options,
	.run = run_save,
};

/* ---- schema --------------------------------------------------------------------------------- */

/* In mdoc a line must not begin with a dot or a quote, and a backslash is written so. */
static void put_mdoc(const char *text)
{
	for (; *text; text++) {
		if (*text == '\\')
			fputs("\\e", stdout);
		else
			putchar(*text);
	}
}

static void put_owners(const struct scst_key *key)
{
	const char *gap = "Of ";

	for (unsigned int bit = 1; key->only && scst_key_owner(bit); bit <<= 1)
		if (key->only & bit) {
			printf("%s%s", gap, scst_key_owner(bit));
			gap = ", ";
		}
	if (key->only)
		puts(".");
}

static void put_key(const struct scst_key *key)
{
	char wants[256];

	scst_key_wants(key, wants, sizeof(wants));
	printf(".It Cm %s\n\\&", key->name);
	put_mdoc(key->help);
	fputs(key->flags & SCST_KEY_LIST ? " (an array, each " : " (", stdout);
	put_mdoc(wants);
	puts(").");
	put_owners(key);
}

static void put_kind(enum scst_conf_kind kind, const char *title)
{
	bool any = false;

	for (const struct scst_key *key = scst_keys; key->name; key++) {
		if (key->kind != kind)
			continue;
		if (!any)
			printf(".Ss %s\n.Bl -tag -width Ds -compact\n", title);
		any = true;
		put_key(key);
	}
	if (any)
		puts(".El");
}

/* Each kind once, though LUNs stand in two places. */
static void print_mdoc(void)
{
	put_kind(SCST_CONF_ROOT, "Of everything");
	for (const struct scst_kind_row *row = scst_kinds; row->list; row++) {
		char title[64];

		snprintf(title, sizeof(title), "Of a %s%s", row->one,
			 row->parent == SCST_CONF_TARGET_GROUP ? " in a target group" : "");
		if (row->parent != SCST_CONF_GROUP || row->kind != SCST_CONF_LUN)
			put_kind(row->kind, title);
	}
}

static int set_mdoc(struct cli *cli, const char *value _unused_)
{
	cli->mdoc = true;
	return 0;
}

static int run_schema(struct cli *cli, int argc _unused_, char **argv _unused_)
{
	if (cli->mdoc)
		print_mdoc();
	else
		cli_print_json(scst_conf_schema());
	return 0;
}

static const struct cli_option schema_options[] = {
	{ "mdoc", NULL, "the part of scst.json(5) that has the keys", set_mdoc },
	{}
};

const struct cli_command cli_schema = {
	.noun = "schema",
	.summary = "what can stand in scst.json, as JSON schema",
	.help = "For editors, and for programs that write such files.",
	.options = schema_options,
	.run = run_schema,
};
