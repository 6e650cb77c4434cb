// SPDX-License-Identifier: GPL-2.0-only
/* OpenMetrics text out of sysfs and the maps of tracers, served by libevent's HTTP server. */
#include "metrics.h"

#include <event2/buffer.h>
#include <event2/http.h>
#include <inttypes.h>

#include "config.h"
#include "counts.h"
#include "log.h"
#include "tree.h"

#define MAX_ROWS	500
#define MAX_BODY	4096	/* of a request; we take none */
#define TIMEOUT_S	10

struct bpfd_metrics {
	const struct scst_paths *paths;
	const struct bpfd_server *server;
	struct evhttp *http;
	struct scst_counts *latency;
	struct scst_counts *errors;
	size_t left_out;
};

/* Text */

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

static void each_session(const struct scst_node *root, struct evbuffer *out,
			 void (*fn)(const struct scst_node *target,
				    const struct scst_node *session, struct evbuffer *out))
{
	const struct scst_node *driver, *target, *session;

	scst_node_for_each(driver, root, SCST_NODE_DRIVER)
		scst_node_for_each(target, driver, SCST_NODE_TARGET)
			scst_node_for_each(session, target, SCST_NODE_SESSION)
				fn(target, session, out);
}

static const struct {
	const char *direction, *commands, *kilobytes;
} session_attrs[] = {
	{ "none",	"none_cmd_count",	NULL			},
	{ "read",	"read_cmd_count",	"read_io_count_kb"	},
	{ "write",	"write_cmd_count",	"write_io_count_kb"	},
	{ "bidi",	"bidi_cmd_count",	"bidi_io_count_kb"	},
};

static void add_session_value(struct evbuffer *out, const char *name,
			      const struct scst_node *target, const struct scst_node *session,
			      const char *direction, const char *text, uint64_t factor)
{
	uint64_t value;

	if (!text || scst_parse_u64(text, 0, UINT64_MAX, &value))
		return;
	evbuffer_add_printf(out, "%s{", name);
	add_label(out, "target", target->name);
	evbuffer_add_printf(out, ",");
	add_label(out, "session", session->name);
	evbuffer_add_printf(out, ",direction=\"%s\"} %" PRIu64 "\n", direction, value * factor);
}

static void session_commands(const struct scst_node *target, const struct scst_node *session,
			     struct evbuffer *out)
{
	for (size_t i = 0; i < ARRAY_SIZE(session_attrs); i++)
		add_session_value(out, "scst_session_commands_total", target, session,
				  session_attrs[i].direction,
				  scst_node_attr(session, session_attrs[i].commands), 1);
}

static void session_bytes(const struct scst_node *target, const struct scst_node *session,
			  struct evbuffer *out)
{
	for (size_t i = 0; i < ARRAY_SIZE(session_attrs); i++)
		if (session_attrs[i].kilobytes)
			add_session_value(out, "scst_session_bytes_total", target, session,
					  session_attrs[i].direction,
					  scst_node_attr(session, session_attrs[i].kilobytes),
					  1024);
}

static void add_sessions(const struct scst_node *root, struct evbuffer *out)
{
	const struct scst_node *driver, *target, *session;

	add_family(out, "scst_sessions", "gauge", "Initiators that are logged in.");
	scst_node_for_each(driver, root, SCST_NODE_DRIVER) {
		scst_node_for_each(target, driver, SCST_NODE_TARGET) {
			unsigned int nr = 0;

			scst_node_for_each(session, target, SCST_NODE_SESSION)
				nr++;
			evbuffer_add_printf(out, "scst_sessions{");
			add_label(out, "target", target->name);
			evbuffer_add_printf(out, "} %u\n", nr);
		}
	}
	add_family(out, "scst_session_commands", "counter", "Commands answered.");
	each_session(root, out, session_commands);
	add_family(out, "scst_session_bytes", "counter", "Bytes moved.");
	each_session(root, out, session_bytes);
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
	add_label(out, "device", name->device);
	evbuffer_add_printf(out, ",lun=\"%u\"", name->lun);
}

static void add_histogram(struct evbuffer *out, const struct scst_count_row *row)
{
	static const char name[] = "scst_command_duration_seconds";
	const char *direction = scst_dir_name(NEXUS_KEY_DIR(row->key));
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

static void add_counts(struct bpfd_metrics *m, struct evbuffer *out, struct scst_counts *counts,
		       void (*add)(struct evbuffer *out, const struct scst_count_row *row))
{
	_cleanup_free_ struct scst_count_row *rows = NULL;
	size_t nr = 0, left_out = 0;

	if (!counts || scst_counts_read(counts, MAX_ROWS, &rows, &nr, &left_out))
		return;
	for (size_t i = 0; i < nr; i++)
		add(out, &rows[i]);
	m->left_out += left_out;
}

static void add_tracers(struct bpfd_metrics *m, struct evbuffer *out)
{
	add_family(out, "scst_command_duration_seconds", "histogram",
		   "Arrival to answer, from the tracer latency.");
	add_counts(m, out, m->latency, add_histogram);
	add_family(out, "scst_command_errors", "counter",
		   "Commands that were not GOOD, from the tracer errors.");
	add_counts(m, out, m->errors, add_error);
}

static void add_daemon(struct bpfd_metrics *m, struct evbuffer *out)
{
	struct bpfd_server_counts counts;

	bpfd_server_count(m->server, &counts);
	add_family(out, "scst_events_published", "counter", "Events given to subscribers.");
	evbuffer_add_printf(out, "scst_events_published_total %" PRIu64 "\n", counts.published);
	add_family(out, "scst_events_lost", "counter", "Events that were left out.");
	evbuffer_add_printf(out,
			    "scst_events_lost_total{where=\"subscriber\"} %" PRIu64 "\n"
			    "scst_events_lost_total{where=\"ring\"} %" PRIu64 "\n",
			    counts.left_out, counts.lost);
	add_family(out, "scst_metrics_left_out", "gauge",
		   "Rows of initiators and LUNs beyond the limit.");
	evbuffer_add_printf(out, "scst_metrics_left_out %zu\n", m->left_out);
}

static void on_get(struct evhttp_request *request, void *arg)
{
	_cleanup_(scst_tree_freep) struct scst_node *root = NULL;
	struct evbuffer *out = evbuffer_new();
	struct bpfd_metrics *m = arg;
	struct scst_error err = {};

	if (!out) {
		evhttp_send_error(request, HTTP_INTERNAL, NULL);
		return;
	}
	m->left_out = 0;
	if (!scst_tree_read(m->paths->sysfs, &root, &err)) {
		add_sessions(root, out);
		add_policies(root, out);
	}
	add_tracers(m, out);
	add_daemon(m, out);
	evbuffer_add_printf(out, "# EOF\n");
	evhttp_add_header(evhttp_request_get_output_headers(request), "Content-Type",
			  "application/openmetrics-text; version=1.0.0; charset=utf-8");
	evhttp_send_reply(request, HTTP_OK, "OK", out);
	evbuffer_free(out);
}

static void on_other(struct evhttp_request *request, void *arg _unused_)
{
	evhttp_send_error(request, HTTP_NOTFOUND, NULL);
}

/* Start and stop */

static struct scst_counts *open_quietly(const struct scst_paths *paths, enum scst_counter counter)
{
	struct scst_counts *counts = NULL;
	struct scst_error err = {};
	int ret = scst_counts_open(paths, counter, &counts, &err);

	if (ret && ret != -ENOENT)
		log_warn("metrics: %s", err.text);
	return counts;
}

void bpfd_metrics_open_tracers(struct bpfd_metrics *metrics)
{
	if (!metrics)
		return;
	scst_counts_close(metrics->latency);
	scst_counts_close(metrics->errors);
	metrics->latency = open_quietly(metrics->paths, SCST_COUNTER_LATENCY);
	metrics->errors = open_quietly(metrics->paths, SCST_COUNTER_ERRORS);
}

void bpfd_metrics_stop(struct bpfd_metrics *metrics)
{
	if (!metrics)
		return;
	if (metrics->http)
		evhttp_free(metrics->http);
	scst_counts_close(metrics->latency);
	scst_counts_close(metrics->errors);
	free(metrics);
}

int bpfd_metrics_start(struct event_base *base, const struct scst_paths *paths,
		       const struct bpfd_server *server, const char *listen,
		       struct bpfd_metrics **metrics, struct scst_error *err)
{
	_cleanup_(bpfd_metrics_stopp) struct bpfd_metrics *new = NULL;
	char address[64];
	uint16_t port;

	if (!listen)
		return 0;
	new = calloc(1, sizeof(*new));
	if (!new || bpfd_config_parse_listen(listen, address, sizeof(address), &port))
		return scst_fail(err, new ? -EINVAL : -ENOMEM, "metrics.listen: \"%s\"", listen);
	new->paths = paths;
	new->server = server;
	new->http = evhttp_new(base);
	if (!new->http)
		return scst_fail(err, -ENOMEM, "out of memory");
	evhttp_set_allowed_methods(new->http, EVHTTP_REQ_GET);
	evhttp_set_max_body_size(new->http, MAX_BODY);
	evhttp_set_max_headers_size(new->http, MAX_BODY);
	evhttp_set_timeout(new->http, TIMEOUT_S);
	evhttp_set_gencb(new->http, on_other, NULL);
	if (evhttp_set_cb(new->http, "/metrics", on_get, new) ||
	    evhttp_bind_socket(new->http, address, port))
		return scst_fail(err, -EADDRINUSE, "metrics: cannot listen on %s: %s", listen,
				 strerror(errno));
	*metrics = TAKE_PTR(new);
	return 0;
}
