// SPDX-License-Identifier: GPL-2.0
/*
 * trace_level. SCST printed to the log what its tokens asked for. Here `scsi` turns all tracepoints
 * on, which ftrace and perf read, and the name of a tracepoint that one; SCST's other tokens are
 * kept and shown, since saved configurations and scripts set them, and have no effect. A tracepoint
 * is on as well while a BPF program listens to it, and that no token turns off. All tracepoints are
 * the core's, so each trace_level is the same.
 */
#include <linux/cleanup.h>
#include <linux/trace_events.h>

#include "command/scst_trace.h"
#include "sysfs.h"

#define TOKEN_SCSI	0x1000

/* With the numbers of SCST's verb `value`; those of its iSCSI driver overlap, and come behind. */
/* clang-format off */
static const struct token {
	const char *name;
	u64 bit;
} tokens[] = {
	{ "out_of_mem",		0x100			},
	{ "minor",		0x200			},
	{ "sg",			0x80			},
	{ "mem",		0x40			},
	{ "buff",		0x20			},
	{ "entryexit",		0x10			},
	{ "pid",		0x8			},
	{ "line",		0x4			},
	{ "function",		0x2			},
	{ "debug",		0x1			},
	{ "special",		0x2000			},
	{ "scsi",		TOKEN_SCSI		},
	{ "mgmt",		0x400			},
	{ "mgmt_dbg",		0x800			},
	{ "flow_control",	0x4000			},
	{ "pr",			0x8000			},
	{ "block",		0x10000			},
	{ "retry",		0x80000000		},
	{ "scsi_serializing",	0x40000000		},
	{ "data_send",		0x20000000		},
	{ "data_received",	0x01000000		},
	{ "d_write",		BIT_ULL(32)		},
	{ "conn",		BIT_ULL(33)		},
	{ "conn_dbg",		BIT_ULL(34)		},
	{ "iov",		BIT_ULL(35)		},
	{ "pdu",		BIT_ULL(36)		},
	{ "net_page",		BIT_ULL(37)		},
};
/* clang-format on */

static DEFINE_MUTEX(trace_lock);
static u64 kept;	/* trace_lock: tokens that are set */

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

/* clang-format off */
static const struct event {
	const char *name;
	bool (*is_on)(void);
} events[] = {
	{ "scst_cmd_submit",	submit_is_on	},
	{ "scst_cmd_execute",	execute_is_on	},
	{ "scst_cmd_done",	done_is_on	},
	{ "scst_cmd_waited",	waited_is_on	},
};
/* clang-format on */

static const struct token *find_token(const char *name)
{
	const struct token *token;

	for (token = tokens; token < tokens + ARRAY_SIZE(tokens); token++)
		if (!strcasecmp(name, token->name))
			return token;
	return NULL;
}

static const struct event *find_event(const char *name)
{
	const struct event *event;

	for (event = events; event < events + ARRAY_SIZE(events); event++)
		if (!strcasecmp(name, event->name))
			return event;
	return NULL;
}

static ssize_t emit_item(char *buf, ssize_t len, const char *between, const char *item)
{
	return len + sysfs_emit_at(buf, len, "%s%s", len ? between : "", item);
}

/* Somebody else may have turned the tracepoints off. */
static ssize_t emit_level(char *buf)
{
	ssize_t len = 0;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(tokens); i++)
		if (READ_ONCE(kept) & tokens[i].bit)
			len = emit_item(buf, len, " | ", tokens[i].name);
	for (i = 0; i < ARRAY_SIZE(events); i++)
		if (events[i].is_on())
			len = emit_item(buf, len, " | ", events[i].name);
	return len;
}

/* scstadmin reads the list in brackets; the lines before it have none. */
ssize_t scst_trace_level_show(void *obj, char *buf)
{
	ssize_t len = emit_level(buf);
	size_t i;

	len += sysfs_emit_at(buf, len, "\n\n\nUsage:\n"
			     "	echo \"all|none|default\" >trace_level\n"
			     "	echo \"value DEC|0xHEX\" >trace_level\n"
			     "	echo \"set|add|del TOKEN\" >trace_level\n"
			     "\nwhere TOKEN is one of [");
	for (i = 0; i < ARRAY_SIZE(tokens); i++)
		len += sysfs_emit_at(buf, len, "%s, ", tokens[i].name);
	for (i = 0; i < ARRAY_SIZE(events); i++)
		len += sysfs_emit_at(buf, len, "%s%s", i ? ", " : "\n\t", events[i].name);
	return len + sysfs_emit_at(buf, len, "]\n\n"
				   "Tracepoints are read from /sys/kernel/tracing/trace.\n");
}

/* NULL: all of them. */
static int switch_event(const char *event, bool on)
{
	if (!IS_ENABLED(CONFIG_EVENT_TRACING))
		return -EOPNOTSUPP;
	return trace_set_clr_event("scst", event, on);
}

/* All there is, tracepoints that were turned on by name as well. */
static int set_level(u64 wanted)
{
	int err = switch_event(NULL, wanted & TOKEN_SCSI);

	lockdep_assert_held(&trace_lock);
	if (!err)
		WRITE_ONCE(kept, wanted);
	return err;
}

static int flip_token(u64 bit, bool on)
{
	int err = bit == TOKEN_SCSI ? switch_event(NULL, on) : 0;

	lockdep_assert_held(&trace_lock);
	if (!err)
		WRITE_ONCE(kept, on ? kept | bit : kept & ~bit);
	return err;
}

static int switch_token(char *args, bool only, bool on)
{
	const struct token *token;
	const struct event *event;
	char *name;
	int err = scst_mgmt_words(args, 1, &name);

	if (err)
		return err;
	token = find_token(name);
	event = find_event(name);
	if (!token && !event) {
		pr_warn_ratelimited("scst: trace_level: unknown token \"%s\"\n",
				    scst_printable(name).text);
		return -EINVAL;
	}
	guard(mutex)(&trace_lock);
	err = only ? set_level(0) : 0;
	if (err)
		return err;
	return token ? flip_token(token->bit, on) : switch_event(event->name, on);
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

static u64 all_tokens(void)
{
	u64 all = 0;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(tokens); i++)
		all |= tokens[i].bit;
	return all;
}

static int trace_all(void *obj, char *args)
{
	int err = scst_mgmt_words(args, 0, NULL);

	if (err)
		return err;
	guard(mutex)(&trace_lock);
	return set_level(all_tokens());
}

static int trace_none(void *obj, char *args)
{
	int err = scst_mgmt_words(args, 0, NULL);

	if (err)
		return err;
	guard(mutex)(&trace_lock);
	return set_level(0);
}

/* What has no token is dropped, as SCST does. */
static int trace_value(void *obj, char *args)
{
	char *word;
	u64 value;
	int err = scst_mgmt_words(args, 1, &word);

	if (err || scst_parse_u64(word, 0, U32_MAX, &value))
		return -EINVAL;
	guard(mutex)(&trace_lock);
	return set_level(value & all_tokens());
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
	{ "value",	trace_value	},
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
