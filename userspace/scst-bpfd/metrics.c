// SPDX-License-Identifier: GPL-2.0-only
/* metrics_text.c's text, served by libevent's HTTP server. */
#include "metrics.h"

#include <event2/buffer.h>
#include <event2/http.h>
#include <time.h>

#include "config.h"
#include "log.h"

#define MAX_BODY	4096	/* of a request; we take none */
#define TIMEOUT_S	10
#define TRY_EVERY_S	5

struct bpfd_metrics {
	const struct scst_paths *paths;
	struct bpfd_readings readings;
	struct bpfd_metrics_cache cache;
	struct evhttp *http;
	char *listen;
	struct event *retry;
	bool told;			/* that it cannot listen */
};

static void on_get(struct evhttp_request *request, void *arg)
{
	struct evbuffer *out = evbuffer_new();
	struct bpfd_metrics *m = arg;
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	if (!out || bpfd_metrics_add(&m->cache, &m->readings,
				     now.tv_sec * 1000 + now.tv_nsec / 1000000, out)) {
		evhttp_send_error(request, HTTP_INTERNAL, NULL);
		if (out)
			evbuffer_free(out);
		return;
	}
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
	if (metrics->retry)
		event_free(metrics->retry);
	if (metrics->http)
		evhttp_free(metrics->http);
	scst_counts_close(metrics->readings.latency);
	scst_counts_close(metrics->readings.errors);
	bpfd_metrics_cache_clear(&metrics->cache);
	free(metrics->listen);
	free(metrics);
}

static void try_to_listen(evutil_socket_t fd _unused_, short what _unused_, void *arg)
{
	struct bpfd_metrics *m = arg;
	char address[64];
	uint16_t port;

	if (bpfd_config_parse_listen(m->listen, address, sizeof(address), &port))
		return;
	if (!evhttp_bind_socket(m->http, address, port)) {
		log_info("serving metrics on http://%s/metrics", m->listen);
		return;
	}
	if (!m->told)
		log_warn("metrics: cannot listen on %s: %s; trying on", m->listen, strerror(errno));
	m->told = true;
	event_add(m->retry, &(struct timeval){ .tv_sec = TRY_EVERY_S });
}

struct bpfd_metrics *bpfd_metrics_start(struct event_base *base, const struct bpfd_readings *from,
					const struct scst_paths *paths, const char *listen)
{
	_cleanup_(bpfd_metrics_stopp) struct bpfd_metrics *new = calloc(1, sizeof(*new));

	if (!new)
		return NULL;
	new->paths = paths;
	new->readings = *from;
	new->listen = strdup(listen);
	new->http = evhttp_new(base);
	new->retry = event_new(base, -1, 0, try_to_listen, new);
	if (!new->listen || !new->http || !new->retry ||
	    evhttp_set_cb(new->http, "/metrics", on_get, new))
		return NULL;
	evhttp_set_allowed_methods(new->http, EVHTTP_REQ_GET);
	evhttp_set_max_body_size(new->http, MAX_BODY);
	evhttp_set_max_headers_size(new->http, MAX_BODY);
	evhttp_set_timeout(new->http, TIMEOUT_S);
	evhttp_set_gencb(new->http, on_other, NULL);
	try_to_listen(-1, 0, new);
	return TAKE_PTR(new);
}
