// SPDX-License-Identifier: GPL-2.0-only
/* metrics_text.c's text, served by libevent's HTTP server. */
#include "metrics.h"

#include <event2/buffer.h>
#include <event2/http.h>

#include "config.h"
#include "log.h"
#include "metrics_text.h"

#define MAX_BODY	4096	/* of a request; we take none */
#define TIMEOUT_S	10

struct bpfd_metrics {
	const struct scst_paths *paths;
	struct bpfd_readings readings;
	struct evhttp *http;
};

static void on_get(struct evhttp_request *request, void *arg)
{
	struct evbuffer *out = evbuffer_new();
	struct bpfd_metrics *m = arg;

	if (!out) {
		evhttp_send_error(request, HTTP_INTERNAL, NULL);
		return;
	}
	bpfd_metrics_text(&m->readings, out);
	evhttp_add_header(evhttp_request_get_output_headers(request), "Content-Type",
			  "application/openmetrics-text; version=1.0.0; charset=utf-8");
	evhttp_send_reply(request, HTTP_OK, "OK", out);
	evbuffer_free(out);
}

static void on_other(struct evhttp_request *request, void *arg _unused_)
{
	evhttp_send_error(request, HTTP_NOTFOUND, NULL);
}

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
	scst_counts_close(metrics->readings.latency);
	scst_counts_close(metrics->readings.errors);
	metrics->readings.latency = open_quietly(metrics->paths, SCST_COUNTER_LATENCY);
	metrics->readings.errors = open_quietly(metrics->paths, SCST_COUNTER_ERRORS);
}

void bpfd_metrics_stop(struct bpfd_metrics *metrics)
{
	if (!metrics)
		return;
	if (metrics->http)
		evhttp_free(metrics->http);
	scst_counts_close(metrics->readings.latency);
	scst_counts_close(metrics->readings.errors);
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
	new->readings = (struct bpfd_readings){ .sysfs = paths->sysfs, .server = server };
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
