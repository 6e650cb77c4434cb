// SPDX-License-Identifier: GPL-2.0-only
/*
 * saveconfig.json of targetcli: whatever it says, no target is enabled without its driver, each
 * line that is told has its place; and what passes the check is a file that is read back.
 */
#include "conf_check.h"
#include "conf_json.h"
#include "conf_read.h"
#include "input.h"
#include "lio.h"

static void must_be_enabled_together(const struct scst_conf *conf)
{
	struct scst_conf *driver, *target;

	scst_conf_for_each(driver, conf, SCST_CONF_DRIVER)
		scst_conf_for_each(target, driver, SCST_CONF_TARGET) {
			const char *enabled = scst_conf_value(target, "enabled");

			must(!enabled || streq(enabled, "1"));
			must(!enabled || streq(scst_conf_value(driver, "enabled") ?: "", "1"));
		}
}

static void must_be_readable(const struct scst_conf *conf)
{
	_cleanup_(scst_conf_file_clear) struct scst_conf_file file = {};
	struct json_object *json = scst_conf_to_json(conf, true);
	struct scst_error err = {};

	must(json);
	must(!scst_conf_read_text(json_object_to_json_string(json), "f", &file, &err));
	must(!file.faults.nr);
	json_object_put(json);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_(scst_conf_freep) struct scst_conf *conf = NULL;
	_cleanup_(scst_names_clear) struct scst_names told = {}, faults = {};
	_cleanup_free_ char *text = strndup((const char *)data, size);
	struct scst_error err = {};
	int ret;

	must(text);
	ret = scst_lio_import(text, "f", &conf, &told, &err);
	must(!ret == !!conf && !ret == !err.text[0]);
	for (size_t i = 0; i < told.nr; i++)
		must(startswith(told.list[i], "f: "));
	if (ret)
		return 0;
	must_be_enabled_together(conf);
	must(!scst_conf_check(conf, "f", &faults));
	if (!faults.nr)
		must_be_readable(conf);
	return 0;
}
