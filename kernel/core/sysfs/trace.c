// SPDX-License-Identifier: GPL-2.0
/*
 * trace_level. SCST printed to the log what its tokens asked for; here they turn tracepoints on and
 * off, which ftrace and perf read. A tracepoint is on as well while a BPF program listens to it,
 * and that no token turns off. All tracepoints are the core's, so each trace_level is the same.
 */
#include <linux/trace_events.h>

#include "command/scst_trace.h"
#include "sysfs.h"

static bool submit_is_on(void)
{
	return trace_scst_cmd_submit_enabled();
}

static bool execute_is_on(void)
{
	return trace_scst_cmd_execute_enabled();
}

static bool done_is_on(void)
{
	return trace_scst_cmd_done_enabled();
}

static bool waited_is_on(void)
{
	return trace_scst_cmd_waited_enabled();
}

/* A token names one event or, as in SCST, all that have to do with a subject. */
/* clang-format off */
static const struct trace_row {
	const char *event;
	const char *subject;
	bool (*is_on)(void);
} rows[] = {
	{ "scst_cmd_submit",	"scsi",	submit_is_on	},
	{ "scst_cmd_execute",	"scsi",	execute_is_on	},
	{ "scst_cmd_done",	"scsi",	done_is_on	},
	{ "scst_cmd_waited",	"scsi",	waited_is_on	},
};
/* clang-format on */

ssize_t scst_trace_level_show(void *obj, char *buf)
{
	ssize_t len = 0;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rows); i++)
		if (rows[i].is_on())
			len += sysfs_emit_at(buf, len, "%s%s", len ? " | " : "", rows[i].event);
	len += sysfs_emit_at(buf, len, "%s\n\nUsage:\n"
			     "	echo \"all|none|default\" >trace_level\n"
			     "	echo \"set|add|del TOKEN\" >trace_level\n\n"
			     "where TOKEN is scsi, or one of:\n", len ? "" : "none");
	for (i = 0; i < ARRAY_SIZE(rows); i++)
		len += sysfs_emit_at(buf, len, "	%s\n", rows[i].event);
	len += sysfs_emit_at(buf, len, "\nThey are read from /sys/kernel/tracing/trace.\n");
	return len;
}

/* NULL: all of them. */
static int switch_event(const char *event, bool on)
{
	if (!IS_ENABLED(CONFIG_EVENT_TRACING))
		return -EOPNOTSUPP;
	return trace_set_clr_event("scst", event, on);
}

static bool row_has(const struct trace_row *row, const char *token)
{
	return !strcasecmp(token, row->event) || !strcasecmp(token, row->subject);
}

static bool token_known(const char *token)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rows); i++)
		if (row_has(&rows[i], token))
			return true;
	return false;
}

static int switch_token(char *args, bool only, bool on)
{
	char *token;
	size_t i;
	int err;

	err = scst_mgmt_words(args, 1, &token);
	if (err)
		return err;
	if (!token_known(token)) {
		pr_warn_ratelimited("scst: trace_level: unknown token \"%s\"\n", token);
		return -EINVAL;
	}
	err = only ? switch_event(NULL, false) : 0;
	for (i = 0; i < ARRAY_SIZE(rows) && !err; i++)
		if (row_has(&rows[i], token))
			err = switch_event(rows[i].event, on);
	return err;
}

static int trace_add(void *obj, char *args)
{
	return switch_token(args, false, true);
}

static int trace_del(void *obj, char *args)
{
	return switch_token(args, false, false);
}

static int trace_set(void *obj, char *args)
{
	return switch_token(args, true, true);
}

static int trace_all(void *obj, char *args)
{
	return scst_mgmt_words(args, 0, NULL) ?: switch_event(NULL, true);
}

static int trace_none(void *obj, char *args)
{
	return scst_mgmt_words(args, 0, NULL) ?: switch_event(NULL, false);
}

/* clang-format off */
static const struct scst_mgmt_verb verbs[] = {
	{ "add",	trace_add	},
	{ "all",	trace_all	},
	{ "default",	trace_none	},
	{ "del",	trace_del	},
	{ "none",	trace_none	},
	{ "null",	trace_none	},
	{ "set",	trace_set	},
	{ }
};
/* clang-format on */

ssize_t scst_trace_level_store(void *obj, char *text)
{
	return scst_mgmt_run(verbs, obj, text);
}

/* clang-format off */
const struct scst_attr scst_trace_attrs[] = {
	SCST_ATTR_RW(trace_level, scst_trace_level_show, scst_trace_level_store),
	SCST_ATTR_END
};
/* clang-format on */
