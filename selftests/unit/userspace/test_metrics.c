// SPDX-License-Identifier: GPL-2.0-only
/* Metrics when there are many initiators. Their form is judged in a guest, by openmetrics.py. */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>

#include "fake_maps.h"
#include "metrics_text.h"
#include "printable.h"

static char top[] = "/tmp/scst-metrics-XXXXXX";

static int make_top(void **state)
{
	return mkdtemp(top) ? 0 : -1;
}

static int remove_top(void **state)
{
	char line[64];

	snprintf(line, sizeof(line), "rm -rf %s", top);
	return system(line);
}

/* A target with so many sessions. */
static void make_sessions(unsigned int nr)
{
	char line[256];

	snprintf(line, sizeof(line),
		 "cd %s && rm -rf targets && mkdir -p targets/drv/t/sessions &&"
		 " cd targets/drv/t/sessions && for i in $(seq %u);"
		 " do mkdir s$i; echo 7 >s$i/read_cmd_count; done",
		 top, nr);
	assert_int_equal(system(line), 0);
}

static struct bpfd_config *config;	/* NULL: none */

/* The text, NUL-terminated; freed by the caller. */
static char *text_of(size_t latency_rows, size_t error_rows)
{
	static const struct bpfd_server_options options;
	struct bpfd_server *server = bpfd_server_new(NULL, &options);
	const struct scst_paths paths = {};
	struct bpfd_readings readings = {
		.sysfs = top,
		.server = server,
		.config = config ? &config : NULL,
	};
	struct evbuffer *out = evbuffer_new();
	struct scst_error err = {};
	char *text;

	fake_latency.rows = latency_rows;
	fake_errors.rows = error_rows;
	assert_int_equal(scst_counts_open(&paths, SCST_COUNTER_LATENCY, &readings.latency, &err),
			 0);
	assert_int_equal(scst_counts_open(&paths, SCST_COUNTER_ERRORS, &readings.errors, &err), 0);
	bpfd_metrics_text(&readings, out);
	evbuffer_add(out, "", 1);
	text = strdup((char *)evbuffer_pullup(out, -1));
	assert_non_null(text);
	evbuffer_free(out);
	scst_counts_close(readings.latency);
	scst_counts_close(readings.errors);
	bpfd_server_stop(server);
	return text;
}

static unsigned int samples(const char *text, const char *name)
{
	unsigned int nr = 0;

	while ((text = strstr(text, name))) {
		nr += text[-1] == '\n' && text[strlen(name)] == '{';
		text++;
	}
	return nr;
}

static void assert_rows(const char *text, unsigned int sessions, unsigned int latency,
			unsigned int errors)
{
	assert_int_equal(samples(text, "scst_session_commands_total"), sessions);
	assert_int_equal(samples(text, "scst_command_duration_seconds_count"), latency);
	assert_int_equal(samples(text, "scst_command_errors_total"), errors);
}

static void every_row_is_there_up_to_the_limit(void **state)
{
	char *text;

	make_sessions(500);
	text = text_of(500, 3);
	assert_rows(text, 500, 500, 3);
	assert_non_null(strstr(text, "\nscst_metrics_left_out 0\n"));
	assert_non_null(strstr(text, "{initiator=\"initiator500\",target=\"\","
				     "device=\"\",lun=\"500\","));
	free(text);
}

static void what_is_beyond_the_limit_is_counted(void **state)
{
	char *text;

	make_sessions(503);
	text = text_of(600, 501);
	make_sessions(500);
	assert_rows(text, 500, 500, 500);
	assert_non_null(strstr(text, "\nscst_sessions{driver=\"drv\",target=\"t\"} 503\n"));
	assert_non_null(strstr(text, "\nscst_metrics_left_out 104\n"));
	assert_non_null(strstr(text, "\n# EOF\n"));
	free(text);
}

static unsigned int times(const char *text, const char *line)
{
	unsigned int nr = 0;

	while ((text = strstr(text, line))) {
		nr++;
		text++;
	}
	return nr;
}

/* Whoever scrapes would keep one of them, now this, now that. */
static void one_initiator_is_one_row_however_often_it_logs_in(void **state)
{
	static const char count[] =
		"scst_command_duration_seconds_count{initiator=\"initiator1\",target=\"\","
		"device=\"\",lun=\"1\",direction=\"read\"} ";
	char *text, line[256];

	fake_logins = 3;
	fake_totals.rows = 6;		/* who was there before */
	fake_folds = 2;
	text = text_of(6, 3);
	fake_logins = 1;
	fake_totals.rows = 0;
	assert_int_equal(fake_folds, 0);
	assert_rows(text, 500, 2, 1);
	assert_int_equal(times(text, count), 1);
	/* six nexuses, each with a command in each of its 26 buckets, and as many gone */
	snprintf(line, sizeof(line), "%s%d\n", count, 2 * 3 * 26);
	assert_non_null(strstr(text, line));
	assert_non_null(strstr(text, "\nscst_commands_uncounted_total 7\n"));
	free(text);
}

static void a_bucket_that_is_larger_than_a_batch_is_read(void **state)
{
	char *text;

	fake_bucket = 700;
	text = text_of(500, 1);
	fake_bucket = 1;
	assert_rows(text, 500, 500, 1);
	free(text);
}

/* No byte that Prometheus would refuse the whole scrape for. */
static void assert_is_utf8(const char *text)
{
	_cleanup_free_ char *copy = strdup(text);

	scst_make_printable(copy, "\n");
	assert_string_equal(copy, text);
}

static void names_of_strangers_do_not_spoil_a_scrape(void **state)
{
	char line[512], *text;

	make_sessions(1);
	snprintf(line, sizeof(line),
		 "cd %s/targets/drv/t/sessions && "
		 "for i in $(printf 'a\\240') $(printf 'a\\241') 'b\"\\c';"
		 " do mkdir \"$i\"; echo 7 >\"$i\"/read_cmd_count; done",
		 top);
	assert_int_equal(system(line), 0);
	fake_name = "\xff\"\\\xc3\xa4\xc2\x9b";
	text = text_of(1, 1);
	fake_name = NULL;
	assert_is_utf8(text);
	/* what were two names is one row */
	assert_int_equal(times(text, "session=\"a?\",direction=\"read\"} 7\n"), 1);
	assert_non_null(strstr(text, "session=\"b\\\"\\\\c\",direction=\"read\"} 7\n"));
	assert_non_null(strstr(text, "{initiator=\"?\\\"\\\\\xc3\xa4??\",target="));
	free(text);
}

/* However many ask, and however slowly they read. */
static void a_scrape_is_made_once_a_second(void **state)
{
	static const struct bpfd_server_options options;
	struct bpfd_server *server = bpfd_server_new(NULL, &options);
	struct bpfd_readings readings = { .sysfs = top, .server = server };
	struct evbuffer *first = evbuffer_new(), *second = evbuffer_new(), *third = evbuffer_new();
	struct bpfd_metrics_cache cache = {};

	make_sessions(1);
	assert_int_equal(bpfd_metrics_add(&cache, &readings, 5000, first), 0);
	make_sessions(2);
	assert_int_equal(bpfd_metrics_add(&cache, &readings, 5999, second), 0);
	assert_int_equal(bpfd_metrics_add(&cache, &readings, 6000, third), 0);
	assert_int_equal(evbuffer_get_length(first), evbuffer_get_length(second));
	/* one text for both of them */
	assert_ptr_equal(evbuffer_pullup(first, 16), evbuffer_pullup(second, 16));
	assert_true(evbuffer_get_length(third) > evbuffer_get_length(second));
	bpfd_metrics_cache_clear(&cache);
	evbuffer_free(first);
	evbuffer_free(second);
	evbuffer_free(third);
	bpfd_server_stop(server);
}

static void a_policy_that_is_ejected_shows(void **state)
{
	static const char *const lines[] = {
		"\nscst_policy_ejected{policy=\"bad\"} 1\n",
		"\nscst_policy_ejected{policy=\"good\"} 0\n",
		"{policy=\"good\",hook=\"cmd_admit\",verdict=\"delay\"} 2\n",
		"{policy=\"good\",hook=\"tmf\",verdict=\"seen\"} 5\n",
	};
	char line[512], *text;

	snprintf(line, sizeof(line),
		 "cd %s && mkdir -p policies/good policies/bad && cd policies &&"
		 " echo active >good/state && echo ejected >bad/state &&"
		 " printf 'cmd_admit pass=1 delay=2\\ntmf seen=5\\n' >good/verdicts", top);
	assert_int_equal(system(line), 0);
	text = text_of(0, 0);
	for (size_t i = 0; i < ARRAY_SIZE(lines); i++)
		assert_non_null(strstr(text, lines[i]));
	free(text);
}

static void a_configured_policy_that_is_not_in_force_shows(void **state)
{
	static const char *const lines[] = {
		"\nscst_policy_in_force{policy=\"good\"} 1\n",
		"\nscst_policy_in_force{policy=\"bad\"} 0\n",
		"\nscst_policy_in_force{policy=\"gone\"} 0\n",
	};
	struct scst_error err = {};
	char line[512], *text;

	snprintf(line, sizeof(line),
		 "cd %s && mkdir -p policies/good policies/bad &&"
		 " echo active >policies/good/state && echo ejected >policies/bad/state", top);
	assert_int_equal(system(line), 0);
	assert_int_equal(bpfd_config_parse("{ \"policies\": [ { \"object\": \"good\" },"
					   " { \"object\": \"bad\" }, { \"object\": \"gone\" } ] }",
					   "f", &config, &err), 0);
	text = text_of(0, 0);
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		assert_non_null(strstr(text, lines[i]));
	free(text);
	bpfd_config_free(config);
	config = NULL;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_row_is_there_up_to_the_limit),
		cmocka_unit_test(what_is_beyond_the_limit_is_counted),
		cmocka_unit_test(one_initiator_is_one_row_however_often_it_logs_in),
		cmocka_unit_test(a_bucket_that_is_larger_than_a_batch_is_read),
		cmocka_unit_test(names_of_strangers_do_not_spoil_a_scrape),
		cmocka_unit_test(a_scrape_is_made_once_a_second),
		cmocka_unit_test(a_policy_that_is_ejected_shows),
		cmocka_unit_test(a_configured_policy_that_is_not_in_force_shows),
	};

	return cmocka_run_group_tests(tests, make_top, remove_top);
}
