// SPDX-License-Identifier: GPL-2.0-only
/* Metrics out of sysfs and the maps of tracers. */
#include "metrics_text.h"

#include <inttypes.h>

#include "tree.h"

#define MAX_ROWS	500
#define MAX_AGE_MS	1000

static void add_label(struct evbuffer *out, const char *name, const char *value)
{
	evbuffer_add_printf(out, "%s=\"", name);
	for (; *value; value++) {
		if (*value == '"' || *value == '\\')
			evbuffer_add_printf(out, "\\%c", *value);
		else if (*value == '\n')
			evbuffer_add_printf(out, "\\n");
		else
			evbuffer_add(out, value, 1);
	}
	evbuffer_add_printf(out, "\"");
}

static void add_family(struct evbuffer *out, const char *name, const char *type, const char *help)
{
	evbuffer_add_printf(out, "# TYPE %s %s\n# HELP %s %s\n", name, type, name, help);
}

/* sysfs */

/* Where a session is: its labels. */
struct place {
	const struct scst_node *driver, *target, *session;
};

/* What was not fit to be printed may make one name of two, and two rows of one name are wrong. */
static bool is_repeated(const struct place *at)
{
	const struct scst_node *other;

	if (!strchr(at->session->name, '?'))
		return false;
	scst_node_for_each(other, at->target, SCST_NODE_SESSION)
		if (streq(other->name, at->session->name))
			return other != at->session;
	return false;
}

/* Of at most MAX_ROWS. Return: how many there are. */
static size_t each_session(const struct scst_node *root, struct evbuffer *out,
			   void (*fn)(const struct place *at, struct evbuffer *out))
{
	struct place at;
	size_t nr = 0;

	scst_node_for_each(at.driver, root, SCST_NODE_DRIVER)
		scst_node_for_each(at.target, at.driver, SCST_NODE_TARGET)
			scst_node_for_each(at.session, at.target, SCST_NODE_SESSION)
				if (!is_repeated(&at) && nr++ < MAX_ROWS)
					fn(&at, out);
	return nr;
}

static const struct {
	const char *direction, *commands, *kilobytes;
} session_attrs[] = {
	{ "none",	"none_cmd_count",	NULL			},
	{ "read",	"read_cmd_count",	"read_io_count_kb"	},
	{ "write",	"write_cmd_count",	"write_io_count_kb"	},
	{ "bidi",	"bidi_cmd_count",	"bidi_io_count_kb"	},
};

static void add_target(struct evbuffer *out, const struct place *at)
{
	add_label(out, "driver", at->driver->name);
	evbuffer_add_printf(out, ",");
	add_label(out, "target", at->target->name);
}

static void add_session_value(struct evbuffer *out, const char *name, const struct place *at,
			      const char *direction, const char *attr, uint64_t factor)
{
	const char *text = scst_node_attr(at->session, attr);
	uint64_t value;

	if (!text || scst_parse_u64(text, 0, UINT64_MAX, &value))
		return;
	evbuffer_add_printf(out, "%s{", name);
	add_target(out, at);
	evbuffer_add_printf(out, ",");
	add_label(out, "session", at->session->name);
	evbuffer_add_printf(out, ",direction=\"%s\"} %" PRIu64 "\n", direction, value * factor);
}

static void session_commands(const struct place *at, struct evbuffer *out)
{
	for (size_t i = 0; i < ARRAY_SIZE(session_attrs); i++)
		add_session_value(out, "scst_session_commands_total", at,
				  session_attrs[i].direction, session_attrs[i].commands, 1);
}

static void session_bytes(const struct place *at, struct evbuffer *out)
{
	for (size_t i = 0; i < ARRAY_SIZE(session_attrs); i++)
		if (session_attrs[i].kilobytes)
			add_session_value(out, "scst_session_bytes_total", at,
					  session_attrs[i].direction, session_attrs[i].kilobytes,
					  1024);
}

static void add_targets(const struct scst_node *root, struct evbuffer *out)
{
	struct place at;

	add_family(out, "scst_sessions", "gauge", "Initiators that are logged in.");
	scst_node_for_each(at.driver, root, SCST_NODE_DRIVER) {
		scst_node_for_each(at.target, at.driver, SCST_NODE_TARGET) {
			unsigned int nr = 0;

			scst_node_for_each(at.session, at.target, SCST_NODE_SESSION)
				nr++;
			evbuffer_add_printf(out, "scst_sessions{");
			add_target(out, &at);
			evbuffer_add_printf(out, "} %u\n", nr);
		}
	}
}

/* Return: how many sessions are left out. */
static size_t add_sessions(const struct scst_node *root, struct evbuffer *out)
{
	size_t nr;

	add_family(out, "scst_session_commands", "counter", "Commands answered.");
	nr = each_session(root, out, session_commands);
	add_family(out, "scst_session_bytes", "counter", "Bytes moved.");
	each_session(root, out, session_bytes);
	return nr > MAX_ROWS ? nr - MAX_ROWS : 0;
}

/* A line of `verdicts`: "cmd_admit pass=1 delay=2". */
static void add_verdicts(struct evbuffer *out, const char *policy, char *line)
{
	char *save = NULL, *hook = strtok_r(line, " ", &save), *word;

	while (hook && (word = strtok_r(NULL, " ", &save))) {
		char *count = strchr(word, '=');

		if (!count)
			continue;
		*count++ = '\0';
		evbuffer_add_printf(out, "scst_policy_verdicts_total{");
		add_label(out, "policy", policy);
		evbuffer_add_printf(out, ",hook=\"%s\",verdict=\"%s\"} %s\n", hook, word, count);
	}
}

/* Of those that ought to be in force. @root: NULL without scst.ko. */
static void add_configured(const struct scst_node *root, const struct bpfd_specs *policies,
			   struct evbuffer *out)
{
	const struct scst_node *policy;

	add_family(out, "scst_policy_in_force", "gauge", "0: it is configured, and is not.");
	for (size_t i = 0; i < policies->nr; i++) {
		bool active = false;

		if (root)
			scst_node_for_each(policy, root, SCST_NODE_POLICY)
				if (streq(policy->name, policies->list[i]->name))
					active = streq(scst_node_attr(policy, "state") ?: "",
						       "active");
		evbuffer_add_printf(out, "scst_policy_in_force{");
		add_label(out, "policy", policies->list[i]->name);
		evbuffer_add_printf(out, "} %d\n", active);
	}
}

static void add_policies(const struct scst_node *root, struct evbuffer *out)
{
	const struct scst_node *policy;

	add_family(out, "scst_policy_ejected", "gauge", "1: the policy is out of force.");
	scst_node_for_each(policy, root, SCST_NODE_POLICY) {
		const char *state = scst_node_attr(policy, "state");

		evbuffer_add_printf(out, "scst_policy_ejected{");
		add_label(out, "policy", policy->name);
		evbuffer_add_printf(out, "} %d\n", state && startswith(state, "ejected") != NULL);
	}
	add_family(out, "scst_policy_verdicts", "counter", "What policies said.");
	scst_node_for_each(policy, root, SCST_NODE_POLICY) {
		_cleanup_free_ char *copy = strdup(scst_node_attr(policy, "verdicts") ?: "");
		char *save = NULL;

		for (char *line = copy ? strtok_r(copy, "\n", &save) : NULL; line;
		     line = strtok_r(NULL, "\n", &save))
			add_verdicts(out, policy->name, line);
	}
}

/* Tracers */

static void add_name(struct evbuffer *out, const struct nexus_name *name)
{
	add_label(out, "initiator", name->initiator);
	evbuffer_add_printf(out, ",");
	add_label(out, "target", name->target);
	evbuffer_add_printf(out, ",");
	add_label(out, "device", name->device);
	evbuffer_add_printf(out, ",lun=\"%u\"", name->lun);
}

static void add_histogram(struct evbuffer *out, const struct scst_count_row *row)
{
	static const char name[] = "scst_command_duration_seconds";
	const char *direction = scst_dir_name(row->dir);
	uint64_t below = 0;

	for (unsigned int i = 0; i < LATENCY_BUCKETS; i++) {
		uint64_t ns = scst_latency_bucket_ns(i);

		below += row->latency.bucket[i];
		evbuffer_add_printf(out, "%s_bucket{", name);
		add_name(out, &row->name);
		evbuffer_add_printf(out, ",direction=\"%s\",le=\"", direction);
		if (ns == UINT64_MAX)
			evbuffer_add_printf(out, "+Inf");
		else
			evbuffer_add_printf(out, "%.9f", ns / 1e9);
		evbuffer_add_printf(out, "\"} %" PRIu64 "\n", below);
	}
	evbuffer_add_printf(out, "%s_count{", name);
	add_name(out, &row->name);
	evbuffer_add_printf(out, ",direction=\"%s\"} %" PRIu64 "\n%s_sum{", direction, below, name);
	add_name(out, &row->name);
	evbuffer_add_printf(out, ",direction=\"%s\"} %.9f\n", direction,
			    row->latency.sum_ns / 1e9);
}

static void add_error(struct evbuffer *out, const struct scst_count_row *row)
{
	const struct error_key *error = &row->error;

	evbuffer_add_printf(out, "scst_command_errors_total{");
	add_name(out, &row->name);
	evbuffer_add_printf(out,
			    ",opcode=\"0x%02x\",status=\"0x%02x\",sense=\"%x/%02x/%02x\","
			    "aborted=\"%u\"} %" PRIu64 "\n",
			    error->opcode, error->status, error->key, error->asc, error->ascq,
			    error->aborted, row->errors);
}

/* Return: how many rows are left out. */
static size_t add_counts(struct evbuffer *out, struct scst_counts *counts,
			 void (*add)(struct evbuffer *out, const struct scst_count_row *row))
{
	_cleanup_free_ struct scst_count_row *rows = NULL;
	size_t nr = 0, left_out = 0;

	if (!counts || scst_counts_read(counts, MAX_ROWS, &rows, &nr, &left_out))
		return 0;
	for (size_t i = 0; i < nr; i++)
		add(out, &rows[i]);
	return left_out;
}

static size_t add_tracers(const struct bpfd_readings *from, struct evbuffer *out)
{
	size_t left_out;

	add_family(out, "scst_command_duration_seconds", "histogram",
		   "Arrival to answer, from the tracer latency.");
	left_out = add_counts(out, from->latency, add_histogram);
	add_family(out, "scst_commands_uncounted", "counter",
		   "Commands that the tracer latency had no row for.");
	evbuffer_add_printf(out, "scst_commands_uncounted_total %" PRIu64 "\n",
			    from->latency ? scst_counts_uncounted(from->latency) : 0);
	add_family(out, "scst_command_errors", "counter",
		   "Commands that were not GOOD, from the tracer errors.");
	return left_out + add_counts(out, from->errors, add_error);
}

static void add_daemon(const struct bpfd_readings *from, size_t left_out, struct evbuffer *out)
{
	struct bpfd_server_counts counts;

	bpfd_server_count(from->server, &counts);
	add_family(out, "scst_events_published", "counter", "Events given to subscribers.");
	evbuffer_add_printf(out, "scst_events_published_total %" PRIu64 "\n", counts.published);
	add_family(out, "scst_events_lost", "counter", "Events that were left out.");
	evbuffer_add_printf(out,
			    "scst_events_lost_total{where=\"subscriber\"} %" PRIu64 "\n"
			    "scst_events_lost_total{where=\"ring\"} %" PRIu64 "\n",
			    counts.left_out, counts.lost);
	add_family(out, "scst_metrics_left_out", "gauge",
		   "Rows of initiators and LUNs beyond the limit.");
	evbuffer_add_printf(out, "scst_metrics_left_out %zu\n", left_out);
}

void bpfd_metrics_text(const struct bpfd_readings *from, struct evbuffer *out)
{
	static const char *const attrs[] = {
		"none_cmd_count", "read_cmd_count", "write_cmd_count", "bidi_cmd_count",
		"read_io_count_kb", "write_io_count_kb", "bidi_io_count_kb", "state", "verdicts",
		NULL
	};
	static const struct scst_tree_part part = {
		.kinds = 1 << SCST_NODE_SESSION | 1 << SCST_NODE_POLICY,
		.attrs = attrs,
	};
	_cleanup_(scst_tree_freep) struct scst_node *root = NULL;
	struct scst_error err = {};
	size_t left_out = 0;

	if (!scst_tree_read_part(from->sysfs, &part, &root, &err)) {
		add_targets(root, out);
		left_out += add_sessions(root, out);
		add_policies(root, out);
	}
	if (from->config)
		add_configured(root, &(*from->config)->policies, out);
	left_out += add_tracers(from, out);
	add_daemon(from, left_out, out);
	evbuffer_add_printf(out, "# EOF\n");
}

/* A text, and how many have it. */
struct bpfd_metrics_page {
	unsigned int refs;
	size_t len;
	char text[];
};

static void put_page(const void *text _unused_, size_t len _unused_, void *arg)
{
	struct bpfd_metrics_page *page = arg;

	if (!--page->refs)
		free(page);
}

static struct bpfd_metrics_page *make_page(const struct bpfd_readings *from)
{
	struct evbuffer *out = evbuffer_new();
	struct bpfd_metrics_page *page = NULL;
	size_t len;

	if (!out)
		return NULL;
	bpfd_metrics_text(from, out);
	len = evbuffer_get_length(out);
	page = malloc(sizeof(*page) + len);
	if (page) {
		*page = (struct bpfd_metrics_page){ .refs = 1, .len = len };
		evbuffer_remove(out, page->text, len);
	}
	evbuffer_free(out);
	return page;
}

void bpfd_metrics_cache_clear(struct bpfd_metrics_cache *cache)
{
	if (cache->page)
		put_page(NULL, 0, TAKE_PTR(cache->page));
}

int bpfd_metrics_add(struct bpfd_metrics_cache *cache, const struct bpfd_readings *from,
		     uint64_t now_ms, struct evbuffer *out)
{
	struct bpfd_metrics_page *page = cache->page;

	if (!page || now_ms - cache->made_ms >= MAX_AGE_MS) {
		page = make_page(from);
		if (!page)
			return -ENOMEM;
		bpfd_metrics_cache_clear(cache);
		*cache = (struct bpfd_metrics_cache){ page, now_ms };
	}
	if (evbuffer_add_reference(out, page->text, page->len, put_page, page))
		return -ENOMEM;
	page->refs++;
	return 0;
}
