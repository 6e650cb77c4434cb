// SPDX-License-Identifier: GPL-2.0-only
/* Loading, adopting, updating and unloading what a configuration names. */
#include "apply.h"

#include "log.h"
#include "policy.h"
#include "required.h"
#include "tracer.h"

/* Policies and tracers differ in what is done to them, not in when. */
struct kind_ops {
	enum scst_pin_kind kind;
	int (*check)(const struct scst_paths *paths, const struct scst_spec *spec,
		     struct scst_error *err);
	int (*load)(const struct scst_paths *paths, const struct scst_spec *spec,
		    struct scst_error *err);
	int (*unload)(const struct scst_paths *paths, const char *name, struct scst_error *err);
	/* *@diff: 0, or what is different: SCST_DIFF_EJECTED and SCST_DIFF_DEAD are of interest */
	int (*compare)(const struct scst_paths *paths, const struct scst_spec *spec,
		       unsigned int *diff, struct scst_error *err);
	int (*update)(const struct scst_paths *paths, const struct scst_spec *spec,
		      unsigned int *diff, struct scst_error *err);
};

static int update_policy(const struct scst_paths *paths, const struct scst_spec *spec,
			 unsigned int *diff, struct scst_error *err)
{
	return scst_policy_update(paths, spec, false, diff, err);
}

static int compare_tracer(const struct scst_paths *paths, const struct scst_spec *spec,
			  unsigned int *diff, struct scst_error *err)
{
	bool differs = false;
	int ret = scst_tracer_differs(paths, spec, &differs, err);

	*diff = differs;
	return ret;
}

static int update_tracer(const struct scst_paths *paths, const struct scst_spec *spec,
			 unsigned int *diff, struct scst_error *err)
{
	bool changed = false;
	int ret = scst_tracer_update(paths, spec, &changed, err);

	*diff = changed;
	return ret;
}

static const struct kind_ops policy_ops = {
	.kind = SCST_PIN_POLICY,
	.check = scst_policy_check,
	.load = scst_policy_load,
	.unload = scst_policy_unload,
	.compare = scst_policy_compare,
	.update = update_policy,
};

static const struct kind_ops tracer_ops = {
	.kind = SCST_PIN_TRACER,
	.check = scst_tracer_check_object,
	.load = scst_tracer_load,
	.unload = scst_tracer_unload,
	.compare = compare_tracer,
	.update = update_tracer,
};

/* What became of a whole configuration. */
struct result {
	struct scst_names *faults;
	int first;
};

static void note(struct result *result, int ret, const struct scst_error *err)
{
	if (!ret)
		return;
	log_error("%s", err->text);
	scst_names_add(result->faults, err->text);
	if (!result->first)
		result->first = ret;
}

#define OWNER	"scst-bpfd"

/* Each object takes its time: a start, a reload and the watchdog wait for that. */
static void still_alive(void)
{
	sd_notify(0, "WATCHDOG=1\nEXTEND_TIMEOUT_USEC=60000000");
}

static void own(const struct kind_ops *ops, const struct scst_paths *paths, const char *name)
{
	scst_pins_set_note(paths, ops->kind, name, SCST_PIN_OWNER, OWNER);
}

static bool is_own(const struct kind_ops *ops, const struct scst_paths *paths, const char *name)
{
	char owner[sizeof(OWNER) + 1];

	return !scst_pins_note(paths, ops->kind, name, SCST_PIN_OWNER, owner, sizeof(owner)) &&
	       streq(owner, OWNER);
}

/* Calls @fn for each that a daemon has loaded and that is not in @specs. */
static void each_orphan(const struct kind_ops *ops, const struct scst_paths *paths,
			const struct bpfd_specs *specs, struct result *result,
			int (*fn)(const struct kind_ops *ops, const struct scst_paths *paths,
				  const char *name, struct scst_error *err))
{
	_cleanup_(scst_names_clear) struct scst_names names = {};
	struct scst_error err = {};

	note(result, scst_pins_list(paths, ops->kind, &names, &err), &err);
	for (size_t i = 0; i < names.nr; i++) {
		if (bpfd_specs_find(specs, names.list[i]) || !is_own(ops, paths, names.list[i]))
			continue;
		err = (struct scst_error){};
		note(result, fn(ops, paths, names.list[i], &err), &err);
	}
}

static int load(const struct kind_ops *ops, const struct scst_paths *paths,
		const struct scst_spec *spec, struct scst_error *err)
{
	int ret = ops->load(paths, spec, err);

	if (ret)
		return ret;
	own(ops, paths, spec->name);
	log_info("loaded %s %s", scst_pin_kind_noun(ops->kind), spec->name);
	return 0;
}

/* Check */

static void check_kind(const struct kind_ops *ops, const struct scst_paths *paths,
		       const struct bpfd_specs *specs, struct result *result)
{
	for (size_t i = 0; i < specs->nr; i++) {
		struct scst_error err = {};

		note(result, ops->check(paths, specs->list[i], &err), &err);
	}
}

int bpfd_apply_check(const struct scst_paths *paths, const struct bpfd_config *config,
		     struct scst_names *faults)
{
	struct result result = { .faults = faults };

	check_kind(&policy_ops, paths, &config->policies, &result);
	check_kind(&tracer_ops, paths, &config->tracers, &result);
	return result.first;
}

static int update_if_different(const struct kind_ops *ops, const struct scst_paths *paths,
			       const struct scst_spec *spec, struct scst_error *err)
{
	unsigned int diff = 0;
	int ret = ops->update(paths, spec, &diff, err);

	if (ret)
		return ret;
	own(ops, paths, spec->name);
	if (diff)
		log_info("updated %s %s", scst_pin_kind_noun(ops->kind), spec->name);
	return 0;
}

/* What is required */

static bool same_names(const struct scst_names *a, const struct scst_names *b)
{
	for (size_t i = 0; i < a->nr; i++)
		if (!scst_names_has(b, a->list[i]))
			return false;
	for (size_t i = 0; i < b->nr; i++)
		if (!scst_names_has(a, b->list[i]))
			return false;
	return true;
}

static int require_first(const struct scst_paths *paths, const struct bpfd_config *config,
			 struct scst_error *err)
{
	_cleanup_(scst_names_clear) struct scst_names now = {};
	bool written = false;
	int ret = scst_required_read(paths, &now, &written, err);

	if (!ret && !written)
		ret = scst_required_write(paths, SCST_REQUIRE_MORE, &config->required, err);
	if (ret)
		return ret;
	scst_names_clear(&now);
	ret = scst_required_read(paths, &now, NULL, err);
	if (ret || same_names(&now, &config->required))
		return ret;
	return scst_fail(err, -ESTALE, "required policies are not as configured: reload to make "
			 "them so");
}

int bpfd_apply_required(const struct scst_paths *paths, const struct bpfd_config *config,
			struct scst_names *faults)
{
	struct result result = { .faults = faults };
	struct scst_error err = {};

	if (config->requires)
		note(&result, require_first(paths, config, &err), &err);
	return result.first;
}

static void require_as_configured(const struct scst_paths *paths, const struct bpfd_config *config,
				  struct result *result)
{
	struct scst_error err = {};

	if (config->requires)
		note(result, scst_required_write(paths, SCST_REQUIRE_ALL, &config->required, &err),
		     &err);
}

/* Start */

static int fault(struct scst_error *err, const char *noun, const char *name, const char *what)
{
	return scst_fail(err, -ESTALE, "%s %s %s: reload to make it as configured", noun, name,
			 what);
}

/* What is in force stays as it is. What is pinned and not attached is not. */
static int adopt(const struct kind_ops *ops, const struct scst_paths *paths,
		 const struct scst_spec *spec, struct scst_error *err)
{
	const char *noun = scst_pin_kind_noun(ops->kind);
	unsigned int diff = 0;
	int ret = ops->compare(paths, spec, &diff, err);

	if (!ret && diff & SCST_DIFF_DEAD)
		return update_if_different(ops, paths, spec, err);
	own(ops, paths, spec->name);
	log_info("adopted %s %s", noun, spec->name);
	if (ret)
		return scst_fail_in(err, ret, "cannot compare with the configuration");
	if (diff & SCST_DIFF_EJECTED)
		return fault(err, noun, spec->name, "is ejected");
	return diff ? fault(err, noun, spec->name, "is not as configured") : 0;
}

static int say_orphan(const struct kind_ops *ops, const struct scst_paths *paths _unused_,
		      const char *name, struct scst_error *err)
{
	return fault(err, scst_pin_kind_noun(ops->kind), name, "is in force and not configured");
}

static void start_kind(const struct kind_ops *ops, const struct scst_paths *paths,
		       const struct bpfd_specs *specs, struct result *result)
{
	for (size_t i = 0; i < specs->nr; i++) {
		struct scst_error err = {};

		still_alive();
		if (scst_pins_exist(paths, ops->kind, specs->list[i]->name))
			note(result, adopt(ops, paths, specs->list[i], &err), &err);
		else
			note(result, load(ops, paths, specs->list[i], &err), &err);
	}
	each_orphan(ops, paths, specs, result, say_orphan);
}

int bpfd_apply_start(const struct scst_paths *paths, const struct bpfd_config *config,
		     struct scst_names *faults)
{
	struct result result = { .faults = faults };

	start_kind(&policy_ops, paths, &config->policies, &result);
	start_kind(&tracer_ops, paths, &config->tracers, &result);
	return result.first;
}

/* Reload */

static int unload_orphan(const struct kind_ops *ops, const struct scst_paths *paths,
			 const char *name, struct scst_error *err)
{
	int ret = ops->unload(paths, name, err);

	if (!ret)
		log_info("unloaded %s %s: not configured", scst_pin_kind_noun(ops->kind), name);
	return ret;
}

/* It may be what keeps people out whom the one that is to take its place would keep out. */
static int keep_orphan(const struct kind_ops *ops, const struct scst_paths *paths _unused_,
		       const char *name, struct scst_error *err)
{
	return fault(err, scst_pin_kind_noun(ops->kind), name, "is not configured, and stays, "
		     "since not all that is configured is in force");
}

static void reload_kind(const struct kind_ops *ops, const struct scst_paths *paths,
			const struct bpfd_specs *specs, struct result *result)
{
	for (size_t i = 0; i < specs->nr; i++) {
		struct scst_error err = {};

		still_alive();
		if (scst_pins_exist(paths, ops->kind, specs->list[i]->name))
			note(result, update_if_different(ops, paths, specs->list[i], &err), &err);
		else
			note(result, load(ops, paths, specs->list[i], &err), &err);
	}
}

int bpfd_apply_reload(const struct scst_paths *paths, const struct bpfd_config *config,
		      struct scst_names *faults)
{
	struct result result = { .faults = faults };

	reload_kind(&policy_ops, paths, &config->policies, &result);
	require_as_configured(paths, config, &result);
	each_orphan(&policy_ops, paths, &config->policies, &result,
		    result.first ? keep_orphan : unload_orphan);
	each_orphan(&tracer_ops, paths, &config->tracers, &result, unload_orphan);
	reload_kind(&tracer_ops, paths, &config->tracers, &result);
	return result.first;
}
