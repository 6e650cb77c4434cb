// SPDX-License-Identifier: GPL-2.0-only
/* bpfd.json: whatever it says, what is left of it is sound, and each fault names its place. */
#include "config.h"
#include "input.h"
#include "paths.h"

static void must_be_sound(const struct bpfd_specs *specs)
{
	for (size_t i = 0; i < specs->nr; i++) {
		const struct scst_spec *spec = specs->list[i];
		struct scst_error err = {};

		must(!scst_check_name(spec->object, &err) && !scst_check_name(spec->name, &err));
		must(bpfd_specs_find(specs, spec->name) == spec);
		must(spec->scope < SCST_SCOPE_MAX);
		must((spec->scope == SCST_SCOPE_ALL) == !*spec->scope_name);
		for (size_t j = 0; j < spec->rules.nr; j++) {
			char text[512];
			struct scst_rule again;

			must(!scst_rule_format(&spec->rules.list[j], text, sizeof(text)));
			must(!scst_rule_parse(text, &again, &err));
			must(!memcmp(&again, &spec->rules.list[j], sizeof(again)));
		}
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_(bpfd_config_freep) struct bpfd_config *config = NULL;
	_cleanup_free_ char *text = strndup((const char *)data, size);
	struct scst_error err = {};
	char address[64];
	uint16_t port;
	int ret;

	must(text);
	ret = bpfd_config_parse(text, "f", &config, &err);
	must(!ret == !!config && !ret == !err.text[0]);
	if (ret)
		return 0;
	must_be_sound(&config->policies);
	must_be_sound(&config->tracers);
	must(config->socket[0] == '/' && strlen(config->socket) <= 100);
	must(config->dumps[0] == '/' && config->queue_kb >= BPFD_QUEUE_KB_MIN);
	must(!config->listen ||
	     !bpfd_config_parse_listen(config->listen, address, sizeof(address), &port));
	for (size_t i = 0; i < config->faults.nr; i++)
		must(startswith(config->faults.list[i], "f:"));
	return 0;
}
