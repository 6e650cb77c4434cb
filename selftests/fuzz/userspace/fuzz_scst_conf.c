// SPDX-License-Identifier: GPL-2.0-only
/*
 * scst.conf: whatever it says, the tree is sound and each fault names its line; and what is written
 * of it without a fault is read back, and written the same once more.
 */
#include "conf_format.h"
#include "conf_parse.h"
#include "input.h"

static int by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Attributes are found by their names, so no two of them have one. */
static void names_must_differ(const struct scst_conf *conf)
{
	_cleanup_free_ const char **names = NULL;

	if (conf->nr_attrs < 2)
		return;
	names = calloc(conf->nr_attrs, sizeof(*names));
	must(names);
	for (size_t i = 0; i < conf->nr_attrs; i++)
		names[i] = conf->attrs[i].name;
	qsort(names, conf->nr_attrs, sizeof(*names), by_text);
	for (size_t i = 1; i < conf->nr_attrs; i++)
		must(!streq(names[i - 1], names[i]));
}

/* A name is a word of one line. */
static void must_be_sound(const struct scst_conf *conf, enum scst_conf_kind parent)
{
	must(conf->kind == SCST_CONF_ROOT || !strchr(conf->name, '\n'));
	must((conf->kind == SCST_CONF_LUN) || !conf->devices.nr);
	names_must_differ(conf);
	for (size_t i = 0; i < conf->nr_attrs; i++) {
		const struct scst_conf_attr *attr = &conf->attrs[i];

		for (size_t j = 0; j < attr->values.nr; j++)
			must(!strchr(attr->values.list[j], '\n'));
	}
	for (size_t i = 0; i < conf->nr_children; i++) {
		struct scst_conf *child = conf->children[i];

		must(scst_conf_find(conf, child->kind, child->name) == child);
		must(i == 0 || child->kind >= conf->children[i - 1]->kind);
		must_be_sound(child, conf->kind);
	}
}

/* NULL: something in it cannot be written. */
static char *format(const struct scst_conf *conf)
{
	_cleanup_(scst_names_clear) struct scst_names faults = {};
	char *text = NULL;

	must(!scst_conf_format(conf, "X", &text, &faults));
	if (faults.nr) {
		free(text);
		return NULL;
	}
	return text;
}

static void must_come_back(const char *text)
{
	_cleanup_(scst_conf_freep) struct scst_conf *conf = NULL;
	_cleanup_(scst_names_clear) struct scst_names faults = {};
	_cleanup_free_ char *again = NULL;
	struct scst_error err = {};

	must(!scst_conf_parse(text, "f", &conf, &faults, &err));
	must(!faults.nr);
	again = format(conf);
	must(again && streq(again, text));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_(scst_conf_freep) struct scst_conf *conf = NULL;
	_cleanup_(scst_names_clear) struct scst_names faults = {};
	_cleanup_free_ char *text = strndup((const char *)data, size), *written = NULL;
	struct scst_error err = {};
	int ret;

	must(text);
	ret = scst_conf_parse(text, "f", &conf, &faults, &err);
	must(!ret == !!conf && !ret == !err.text[0]);
	for (size_t i = 0; i < faults.nr; i++)
		must(startswith(faults.list[i], "f:"));
	if (ret)
		return 0;
	must_be_sound(conf, SCST_CONF_ROOT);
	written = format(conf);
	if (written)
		must_come_back(written);
	return 0;
}
