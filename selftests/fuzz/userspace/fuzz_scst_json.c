// SPDX-License-Identifier: GPL-2.0-only
/*
 * scst.json: whatever it says, each fault names its place, lines are within the text, and what is
 * left is a tree of kinds where they may stand; without faults it is written and read back as it
 * was.
 */
#include "conf_json.h"
#include "conf_read.h"
#include "input.h"
#include "conf_keys.h"

static unsigned int lines_of(const char *text)
{
	unsigned int nr = 1;

	for (; *text; text++)
		nr += *text == '\n';
	return nr;
}

static void must_be_sound(const struct scst_conf *conf, const char *owner, unsigned int lines)
{
	must(conf->line <= lines);
	if (conf->kind == SCST_CONF_HANDLER || conf->kind == SCST_CONF_DRIVER)
		owner = conf->name;
	for (size_t i = 0; i < conf->nr_attrs; i++) {
		const struct scst_conf_attr *attr = &conf->attrs[i];
		const struct scst_key *key = scst_key_find(conf->kind, owner, attr->name);

		must(scst_conf_attr(conf, attr->name) == attr);
		must(attr->line && attr->line <= lines);
		for (size_t j = 0; j < attr->values.nr; j++)
			must(!strpbrk(attr->values.list[j], "\n\r") || key);
	}
	for (size_t i = 0; i < conf->nr_children; i++) {
		const struct scst_conf *child = conf->children[i];

		must(child->kind == SCST_CONF_ALUA || scst_kind_find(conf->kind, child->kind));
		must_be_sound(child, owner, lines);
	}
}

static char *written(const struct scst_conf *conf)
{
	struct json_object *json = scst_conf_to_json(conf, true);
	char *text;

	must(json);
	text = strdup(json_object_to_json_string(json));
	json_object_put(json);
	must(text);
	return text;
}

static void must_come_back(const struct scst_conf *conf)
{
	_cleanup_(scst_conf_file_clear) struct scst_conf_file again = {};
	_cleanup_free_ char *once = written(conf), *twice = NULL;
	struct scst_error err = {};

	must(!scst_conf_read_text(once, "f", &again, &err));
	must(!again.faults.nr);
	twice = written(again.conf);
	must(streq(once, twice));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_(scst_conf_file_clear) struct scst_conf_file file = {};
	_cleanup_free_ char *text = strndup((const char *)data, size);
	struct scst_error err = {};
	int ret;

	must(text);
	if (text[strspn(text, " \t\r\n")] != '{')
		return 0;	/* fuzz_scst_conf's */
	ret = scst_conf_read_text(text, "f", &file, &err);
	must(!ret == !err.text[0]);
	for (size_t i = 0; i < file.faults.nr; i++)
		must(startswith(file.faults.list[i], "f:"));
	if (ret)
		return 0;
	must_be_sound(file.conf, NULL, lines_of(text));
	if (!file.faults.nr)
		must_come_back(file.conf);
	return 0;
}
