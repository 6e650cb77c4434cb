// SPDX-License-Identifier: GPL-2.0-only
/* Loading, adopting, updating and unloading what a configuration names. */
#include "apply.h"

#include "log.h"
#include "policy.h"
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

static int load(const struct kind_ops *ops, const struct scst_paths *paths,
		const struct scst_spec *spec, struct scst_error *err)
{
	int ret = ops->load(paths, spec, err);

	if (!ret)
		log_info("loaded %s %s", scst_pin_kind_noun(ops->kind), spec->name);
	return ret;
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

	if (!ret && diff)
		log_info("updated %s %s", scst_pin_kind_noun(ops->kind), spec->name);
	return ret;
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
	log_info("adopted %s %s", noun, spec->name);
	if (ret)
		return scst_fail_in(err, ret, "cannot compare with the configuration");
	if (diff & SCST_DIFF_EJECTED)
		return fault(err, noun, spec->name, "is ejected");
	return diff ? fault(err, noun, spec->name, "is not as configured") : 0;
}

static void start_kind(const struct kind_ops *ops, const struct scst_paths *paths,
		       const struct bpfd_specs *specs, struct result *result)
{
	for (size_t i = 0; i < specs->nr; i++) {
		struct scst_error err = {};

		if (scst_pins_exist(paths, ops->kind, specs->list[i]->name))
			note(result, adopt(ops, paths, specs->list[i], &err), &err);
		else
			note(result, load(ops, paths, specs->list[i], &err), &err);
	}
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

static int unload_if_dropped(const struct kind_ops *ops, const struct scst_paths *paths,
			     const struct bpfd_specs *specs, const char *name,
			     struct scst_error *err)
{
	int ret;

	if (bpfd_specs_find(specs, name) || !scst_pins_exist(paths, ops->kind, name))
		return 0;
	ret = ops->unload(paths, name, err);
	if (!ret)
		log_info("unloaded %s %s: no longer configured", scst_pin_kind_noun(ops->kind),
			 name);
	return ret;
}

static void reload_kind(const struct kind_ops *ops, const struct scst_paths *paths,
			const struct bpfd_specs *old, const struct bpfd_specs *new,
			struct result *result)
{
	for (size_t i = 0; i < old->nr; i++) {
		struct scst_error err = {};

		note(result, unload_if_dropped(ops, paths, new, old->list[i]->name, &err), &err);
	}
	for (size_t i = 0; i < new->nr; i++) {
		struct scst_error err = {};

		if (scst_pins_exist(paths, ops->kind, new->list[i]->name))
			note(result, update_if_different(ops, paths, new->list[i], &err), &err);
		else
			note(result, load(ops, paths, new->list[i], &err), &err);
	}
}

int bpfd_apply_reload(const struct scst_paths *paths, const struct bpfd_config *old,
		      const struct bpfd_config *new, struct scst_names *faults)
{
	struct result result = { .faults = faults };

	reload_kind(&policy_ops, paths, &old->policies, &new->policies, &result);
	reload_kind(&tracer_ops, paths, &old->tracers, &new->tracers, &result);
	return result.first;
}
