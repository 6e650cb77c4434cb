// SPDX-License-Identifier: GPL-2.0-only
/* Options and what they need, as tables; and Getopt::Long's way to read them. */
#include "options.h"

#include <ctype.h>

enum arg { NONE, OPTIONAL, MANDATORY };

/* Only one of these at a time. Queries count as one, however many there are. */
enum counts { NOTHING, QUERY, CHANGE };

/* clang-format off */
static const struct {
	const char *name;
	enum arg arg;
	enum counts counts;
} table[OPT_NR] = {
	[OPT_CONFIG]		= { "config",		OPTIONAL	   },
	[OPT_CHECK_CONFIG]	= { "check_config",	OPTIONAL,  CHANGE  },
	[OPT_WRITE_CONFIG]	= { "write_config",	MANDATORY, CHANGE  },
	[OPT_CLEAR_CONFIG]	= { "clear_config",	NONE,	   CHANGE  },
	[OPT_LIST_HANDLER]	= { "list_handler",	OPTIONAL,  QUERY   },
	[OPT_LIST_DEVICE]	= { "list_device",	OPTIONAL,  QUERY   },
	[OPT_LIST_DGRP]		= { "list_dgrp",	OPTIONAL,  QUERY   },
	[OPT_LIST_TGRP]		= { "list_tgrp",	OPTIONAL,  QUERY   },
	[OPT_LIST_DRIVER]	= { "list_driver",	OPTIONAL,  QUERY   },
	[OPT_LIST_TARGET]	= { "list_target",	OPTIONAL,  QUERY   },
	[OPT_LIST_GROUP]	= { "list_group",	OPTIONAL,  QUERY   },
	[OPT_LIST_SESSIONS]	= { "list_sessions",	NONE,	   QUERY   },
	[OPT_LIST_SCST_ATTR]	= { "list_scst_attr",	NONE,	   QUERY   },
	[OPT_LIST_HND_ATTR]	= { "list_hnd_attr",	MANDATORY, QUERY   },
	[OPT_LIST_DEV_ATTR]	= { "list_dev_attr",	MANDATORY, QUERY   },
	[OPT_LIST_DRV_ATTR]	= { "list_drv_attr",	MANDATORY, QUERY   },
	[OPT_LIST_TGT_ATTR]	= { "list_tgt_attr",	MANDATORY, QUERY   },
	[OPT_LIST_GRP_ATTR]	= { "list_grp_attr",	MANDATORY, QUERY   },
	[OPT_LIST_LUN_ATTR]	= { "list_lun_attr",	MANDATORY, QUERY   },
	[OPT_LIST_INIT_ATTR]	= { "list_init_attr",	MANDATORY, QUERY   },
	[OPT_LIST_DGRP_ATTR]	= { "list_dgrp_attr",	MANDATORY, QUERY   },
	[OPT_LIST_TGRP_ATTR]	= { "list_tgrp_attr",	MANDATORY, QUERY   },
	[OPT_LIST_TTGT_ATTR]	= { "list_ttgt_attr",	MANDATORY, QUERY   },
	[OPT_SET_SCST_ATTR]	= { "set_scst_attr",	NONE,	   CHANGE  },
	[OPT_SET_HND_ATTR]	= { "set_hnd_attr",	MANDATORY, CHANGE  },
	[OPT_SET_DEV_ATTR]	= { "set_dev_attr",	MANDATORY, CHANGE  },
	[OPT_SET_DRV_ATTR]	= { "set_drv_attr",	MANDATORY, CHANGE  },
	[OPT_SET_TGT_ATTR]	= { "set_tgt_attr",	MANDATORY, CHANGE  },
	[OPT_SET_GRP_ATTR]	= { "set_grp_attr",	MANDATORY, CHANGE  },
	[OPT_SET_LUN_ATTR]	= { "set_lun_attr",	MANDATORY, CHANGE  },
	[OPT_SET_INIT_ATTR]	= { "set_init_attr",	MANDATORY, CHANGE  },
	[OPT_SET_DGRP_ATTR]	= { "set_dgrp_attr",	MANDATORY, CHANGE  },
	[OPT_SET_TGRP_ATTR]	= { "set_tgrp_attr",	MANDATORY, CHANGE  },
	[OPT_SET_TTGT_ATTR]	= { "set_ttgt_attr",	MANDATORY, CHANGE  },
	[OPT_ADD_DRV_ATTR]	= { "add_drv_attr",	MANDATORY, CHANGE  },
	[OPT_ADD_TGT_ATTR]	= { "add_tgt_attr",	MANDATORY, CHANGE  },
	[OPT_REM_DRV_ATTR]	= { "rem_drv_attr",	MANDATORY, CHANGE  },
	[OPT_REM_TGT_ATTR]	= { "rem_tgt_attr",	MANDATORY, CHANGE  },
	[OPT_OPEN_DEV]		= { "open_dev",		MANDATORY, CHANGE  },
	[OPT_CLOSE_DEV]		= { "close_dev",	MANDATORY, CHANGE  },
	[OPT_RESYNC_DEV]	= { "resync_dev",	MANDATORY	   },
	[OPT_ADD_DGRP]		= { "add_dgrp",		MANDATORY, CHANGE  },
	[OPT_REM_DGRP]		= { "rem_dgrp",		MANDATORY, CHANGE  },
	[OPT_ADD_DGRP_DEV]	= { "add_dgrp_dev",	MANDATORY, CHANGE  },
	[OPT_REM_DGRP_DEV]	= { "rem_dgrp_dev",	MANDATORY, CHANGE  },
	[OPT_ADD_TGRP]		= { "add_tgrp",		MANDATORY, CHANGE  },
	[OPT_REM_TGRP]		= { "rem_tgrp",		MANDATORY, CHANGE  },
	[OPT_ADD_TGRP_TGT]	= { "add_tgrp_tgt",	MANDATORY, CHANGE  },
	[OPT_REM_TGRP_TGT]	= { "rem_tgrp_tgt",	MANDATORY, CHANGE  },
	[OPT_ADD_TARGET]	= { "add_target",	MANDATORY, CHANGE  },
	[OPT_REM_TARGET]	= { "rem_target",	MANDATORY, CHANGE  },
	[OPT_ADD_GROUP]		= { "add_group",	MANDATORY, CHANGE  },
	[OPT_REM_GROUP]		= { "rem_group",	MANDATORY, CHANGE  },
	[OPT_ADD_INIT]		= { "add_init",		MANDATORY, CHANGE  },
	[OPT_REM_INIT]		= { "rem_init",		MANDATORY, CHANGE  },
	[OPT_MOVE_INIT]		= { "move_init",	MANDATORY	   },
	[OPT_CLEAR_INITS]	= { "clear_inits",	NONE,	   CHANGE  },
	[OPT_ADD_LUN]		= { "add_lun",		MANDATORY, CHANGE  },
	[OPT_REM_LUN]		= { "rem_lun",		MANDATORY, CHANGE  },
	[OPT_REPLACE_LUN]	= { "replace_lun",	MANDATORY, CHANGE  },
	[OPT_CLEAR_LUNS]	= { "clear_luns",	NONE,	   CHANGE  },
	[OPT_ENABLE_TARGET]	= { "enable_target",	MANDATORY, CHANGE  },
	[OPT_DISABLE_TARGET]	= { "disable_target",	MANDATORY, CHANGE  },
	[OPT_ISSUE_LIP]		= { "issue_lip",	OPTIONAL,  CHANGE  },
	[OPT_DUMP_ATTRS]	= { "dumpAttrs",	NONE		   },
	[OPT_HANDLER]		= { "handler",		MANDATORY	   },
	[OPT_ATTRIBUTES]	= { "attributes",	MANDATORY	   },
	[OPT_DRIVER]		= { "driver",		MANDATORY	   },
	[OPT_TARGET]		= { "target",		MANDATORY	   },
	[OPT_GROUP]		= { "group",		MANDATORY	   },
	[OPT_TO]		= { "to",		MANDATORY	   },
	[OPT_DEVICE]		= { "device",		MANDATORY	   },
	[OPT_DEV_GROUP]		= { "dev_group",	MANDATORY	   },
	[OPT_TGT_GROUP]		= { "tgt_group",	MANDATORY	   },
	[OPT_LIP]		= { "lip",		NONE		   },
	[OPT_NO_LIP]		= { "no_lip",		NONE		   },
	[OPT_NONKEY]		= { "nonkey",		NONE		   },
	[OPT_NOPROMPT]		= { "noprompt",		NONE		   },
	[OPT_CONT_ON_ERR]	= { "cont_on_err",	NONE		   },
	[OPT_FORCE]		= { "force",		NONE		   },
	[OPT_DEBUG]		= { "debug",		NONE		   },
	[OPT_H]			= { "h",		NONE		   },
	[OPT_HELP]		= { "help",		NONE		   },
	[OPT_PRESERVE_CLUSTER_MODE] = { "preserve_cluster_mode", NONE	   },
	[OPT_SUSPEND]		= { "suspend",		MANDATORY	   },
	[OPT_TIMEOUT]		= { "timeout",		MANDATORY	   },
	[OPT_LOG_LEVEL]		= { "log_level",	MANDATORY	   },
	[OPT_VERSION]		= { "version",		NONE		   },
};

#define VERBS_MAX	3
#define NEEDS_MAX	5

#define VERBS(...)	{ __VA_ARGS__, OPT_NR }
#define NEEDS(...)	{ __VA_ARGS__, OPT_NR }

/* One of the verbs without one of what they need: that is said. In the order in which it is. */
static const struct {
	enum option verbs[VERBS_MAX + 1];
	enum option needs[NEEDS_MAX + 1];
	const char *text;
} needs[] = {
	{ VERBS(OPT_CLEAR_CONFIG), NEEDS(OPT_FORCE), "-force with -clear_config" },
	{ VERBS(OPT_LIST_TGRP), NEEDS(OPT_DEV_GROUP), "-dev_group with -list_tgrp" },
	{ VERBS(OPT_LIST_TGT_ATTR), NEEDS(OPT_DRIVER), "-driver with -list_tgt_attr" },
	{ VERBS(OPT_LIST_GRP_ATTR), NEEDS(OPT_DRIVER, OPT_TARGET),
	  "-driver, -target and group with -list_grp_attr" },
	{ VERBS(OPT_LIST_LUN_ATTR), NEEDS(OPT_DRIVER, OPT_TARGET),
	  "-driver and -target with -list_lun_attr" },
	{ VERBS(OPT_LIST_INIT_ATTR), NEEDS(OPT_DRIVER, OPT_TARGET, OPT_GROUP),
	  "-driver, -target and -group with -list_init_attr" },
	{ VERBS(OPT_LIST_TGRP_ATTR), NEEDS(OPT_DEV_GROUP), "-dev_group with -list_tgrp_attr" },
	{ VERBS(OPT_LIST_TTGT_ATTR), NEEDS(OPT_DEV_GROUP, OPT_TGT_GROUP),
	  "-dev_group and -tgt_group with -list_ttgt_attr" },
	{ VERBS(OPT_SET_SCST_ATTR), NEEDS(OPT_ATTRIBUTES), "-attributes with -set_scst_attr" },
	{ VERBS(OPT_SET_HND_ATTR), NEEDS(OPT_ATTRIBUTES), "-attributes with -set_hnd_attr" },
	{ VERBS(OPT_SET_DEV_ATTR), NEEDS(OPT_ATTRIBUTES), "-attributes with -set_dev_attr" },
	{ VERBS(OPT_SET_DGRP_ATTR), NEEDS(OPT_ATTRIBUTES), "-attributes with -set_dgrp_attr" },
	{ VERBS(OPT_SET_TGRP_ATTR), NEEDS(OPT_DEV_GROUP, OPT_ATTRIBUTES),
	  "-dev_group and -attributes with -set_tgrp_attr" },
	{ VERBS(OPT_SET_TTGT_ATTR), NEEDS(OPT_DEV_GROUP, OPT_TGT_GROUP, OPT_ATTRIBUTES),
	  "-dev_group -tgt_group and -attributes with -set_ttgt_attr" },
	{ VERBS(OPT_SET_DRV_ATTR), NEEDS(OPT_ATTRIBUTES), "-attributes with -set_drv_attr" },
	{ VERBS(OPT_SET_TGT_ATTR), NEEDS(OPT_DRIVER, OPT_ATTRIBUTES),
	  "-driver and -attributes with -set_tgt_attr" },
	{ VERBS(OPT_SET_GRP_ATTR), NEEDS(OPT_DRIVER, OPT_TARGET, OPT_ATTRIBUTES),
	  "-driver -target and -attributes with -set_grp_attr" },
	{ VERBS(OPT_SET_LUN_ATTR), NEEDS(OPT_DRIVER, OPT_TARGET, OPT_ATTRIBUTES),
	  "-driver -target -group and -attributes with -set_lun_attr" },
	{ VERBS(OPT_SET_INIT_ATTR), NEEDS(OPT_DRIVER, OPT_TARGET, OPT_GROUP, OPT_ATTRIBUTES),
	  "-driver -target -group and -attributes with -set_init_attr" },
	{ VERBS(OPT_ADD_DRV_ATTR), NEEDS(OPT_ATTRIBUTES), "-attributes with -add_drv_attr" },
	{ VERBS(OPT_ADD_TGT_ATTR), NEEDS(OPT_DRIVER, OPT_ATTRIBUTES),
	  "-driver and -attributes with -add_tgt_attr" },
	{ VERBS(OPT_REM_DRV_ATTR), NEEDS(OPT_ATTRIBUTES), "-attributes with -rem_drv_attr" },
	{ VERBS(OPT_REM_TGT_ATTR), NEEDS(OPT_DRIVER, OPT_ATTRIBUTES),
	  "-driver and -attributes with -rem_tgt_attr" },
	{ VERBS(OPT_OPEN_DEV, OPT_CLOSE_DEV), NEEDS(OPT_HANDLER),
	  "-handler with -open_dev/-close_dev" },
	{ VERBS(OPT_ADD_TARGET), NEEDS(OPT_DRIVER), "-driver with -add_target" },
	{ VERBS(OPT_REM_TARGET), NEEDS(OPT_DRIVER), "-driver with -rem_target" },
	{ VERBS(OPT_ADD_GROUP, OPT_REM_GROUP), NEEDS(OPT_DRIVER, OPT_TARGET),
	  "-driver and -target with -add_group/-rem_group" },
	{ VERBS(OPT_ADD_INIT, OPT_REM_INIT, OPT_CLEAR_INITS),
	  NEEDS(OPT_TARGET, OPT_DRIVER, OPT_GROUP),
	  "-driver -target and -group with -add_init/-rem_init/-clear_inits" },
	{ VERBS(OPT_MOVE_INIT), NEEDS(OPT_DRIVER, OPT_TARGET, OPT_GROUP, OPT_TO),
	  "-driver -target -group and -to with -move_init" },
	{ VERBS(OPT_ADD_LUN, OPT_REPLACE_LUN), NEEDS(OPT_DRIVER, OPT_TARGET, OPT_DEVICE),
	  "-driver -target and -device with -add_lun/-replace_lun" },
	{ VERBS(OPT_CLEAR_LUNS, OPT_REM_LUN), NEEDS(OPT_DRIVER, OPT_TARGET),
	  "-driver and -target with -rem_lun/-clear_luns" },
	{ VERBS(OPT_ADD_DGRP_DEV, OPT_REM_DGRP_DEV), NEEDS(OPT_DEV_GROUP),
	  "-dev_group with -add_dgrp_dev/-rem_dgrp_dev" },
	{ VERBS(OPT_ADD_TGRP, OPT_REM_TGRP), NEEDS(OPT_DEV_GROUP),
	  "-dev_group with -add_tgrp/-rem_tgrp" },
	{ VERBS(OPT_ADD_TGRP_TGT, OPT_REM_TGRP_TGT), NEEDS(OPT_DEV_GROUP, OPT_TGT_GROUP),
	  "-dev_group and -tgt_group with -add_tgrp_tgt/-rem_tgrp_tgt" },
	/* not asked for by SCST's program, which goes on without and fails later */
	{ VERBS(OPT_ENABLE_TARGET, OPT_DISABLE_TARGET), NEEDS(OPT_DRIVER),
	  "-driver with -enable_target/-disable_target" },
};
/* clang-format on */

const char *options_name(enum option option)
{
	return table[option].name;
}

/* ---- what goes together --------------------------------------------------------------------- */

static bool has_one(const struct options *options, const enum option *list)
{
	for (; *list != OPT_NR; list++)
		if (options->value[*list])
			return true;
	return false;
}

static bool has_all(const struct options *options, const enum option *list)
{
	for (; *list != OPT_NR; list++)
		if (!options->value[*list])
			return false;
	return true;
}

static bool is_more_than_one(const struct options *options)
{
	bool query = false;
	int changes = 0;

	for (int i = 0; i < OPT_NR; i++) {
		query |= options->value[i] && table[i].counts == QUERY;
		changes += options->value[i] && table[i].counts == CHANGE;
	}
	return query + changes > 1;
}

const char *options_complaint(const struct options *options)
{
	static char text[128];

	if (is_more_than_one(options))
		return "Please specify only one non-query operation at a time.";
	for (size_t i = 0; i < ARRAY_SIZE(needs); i++) {
		if (!has_one(options, needs[i].verbs) || has_all(options, needs[i].needs))
			continue;
		snprintf(text, sizeof(text), "Please specify %s.", needs[i].text);
		return text;
	}
	return NULL;
}

/* ---- reading -------------------------------------------------------------------------------- */

/* How long the dashes before an option are; 0: it is none. A dash alone is a value. */
static size_t prefix_length(const char *word)
{
	size_t len = startswith(word, "--") ? 2 : *word == '-' || *word == '+' ? 1 : 0;

	return word[len] ? len : 0;
}

/* Names that begin with @name: how many, and the last of them. */
static int count_hits(const char *name, enum option *hit)
{
	size_t len = strlen(name);
	int hits = 0;

	for (int i = 0; i < OPT_NR; i++) {
		if (strncasecmp(table[i].name, name, len))
			continue;
		*hit = i;
		if (!table[i].name[len])
			return 1;	/* in full */
		hits++;
	}
	return hits;
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void tell_ambiguous(const char *name, FILE *err)
{
	const char *hits[OPT_NR];
	size_t nr = 0;

	for (int i = 0; i < OPT_NR; i++)
		if (!strncasecmp(table[i].name, name, strlen(name)))
			hits[nr++] = table[i].name;
	qsort(hits, nr, sizeof(*hits), by_text);
	fprintf(err, "Option %s is ambiguous (", name);
	for (size_t i = 0; i < nr; i++)
		fprintf(err, "%s%s", i ? ", " : "", hits[i]);
	fprintf(err, ")\n");
}

/* @name is cut at its '='. Return: 0 and *@option, or -EINVAL and it was said why. */
static int find_option(char *name, enum option *option, FILE *err)
{
	int hits;

	scst_fold_case(name);
	hits = count_hits(name, option);
	if (hits == 1)
		return 0;
	if (hits)
		tell_ambiguous(name, err);
	else
		fprintf(err, "Unknown option: %s\n", name);
	return -EINVAL;
}

/* A word that a value which need not be there is taken from. */
static bool can_be_value(const char *word)
{
	return word && !streq(word, "--") && !prefix_length(word);
}

/* Return: how many words behind the option were taken, or -EINVAL. */
static int take_value(struct options *options, enum option option, const char *name,
		      const char *given, char **next, FILE *err)
{
	enum arg arg = table[option].arg;

	if (arg == NONE && given) {
		fprintf(err, "Option %s does not take an argument\n", name);
		return -EINVAL;
	}
	if (arg == MANDATORY && (given ? !*given : !*next)) {
		fprintf(err, "Option %s requires an argument\n", name);
		return -EINVAL;
	}
	if (given || arg == NONE) {
		options->value[option] = given ?: "";
		return 0;
	}
	if (arg == MANDATORY || can_be_value(*next)) {
		options->value[option] = *next;
		return 1;
	}
	options->value[option] = "";
	return 0;
}

bool options_read(struct options *options, int argc, char **argv, FILE *err)
{
	bool ok = true;

	for (int i = 1; i < argc && !streq(argv[i], "--"); i++) {
		size_t len = prefix_length(argv[i]);
		_cleanup_free_ char *name = strdup(argv[i] + len);
		char *equals = name ? strchr(name, '=') : NULL;
		enum option option;
		int taken = -EINVAL;

		if (!len)
			continue;
		if (!name)
			return false;
		if (equals)
			*equals = '\0';
		if (!find_option(name, &option, err))
			taken = take_value(options, option, name,
					   equals ? strchr(argv[i], '=') + 1 : NULL, &argv[i + 1],
					   err);
		if (taken < 0)
			ok = false;
		else
			i += taken;
	}
	return ok;
}
