// SPDX-License-Identifier: GPL-2.0-only
/* Loading, adopting, updating and unloading what a configuration names. */
#include "apply.h"

#include "log.h"
#include "policy.h"
#include "tracer.h"

/* Policies and tracers differ in what is done to them, not in when. */
struct kind_ops {
	enum scst_pin_kind kind;
	int (*load)(const struct scst_paths *paths, const struct scst_spec *spec,
		    struct scst_error *err);
	int (*unload)(const struct scst_paths *paths, const char *name, struct scst_error *err);
	int (*compare)(const struct scst_paths *paths, const struct scst_spec *spec,
		       unsigned int *diff, struct scst_error *err);
	int (*update)(const struct scst_paths *paths, const struct scst_spec *spec,
		      unsigned int diff, struct scst_error *err);
};

static int compare_tracer(const struct scst_paths *paths, const struct scst_spec *spec,
			  unsigned int *diff, struct scst_error *err)
{
	bool differs;
	int ret = scst_tracer_differs(paths, spec, &differs, err);

	if (!ret)
		*diff = differs;
	return ret;
}

/* It only observes: a moment without it does no harm. */
static int update_tracer(const struct scst_paths *paths, const struct scst_spec *spec,
			 unsigned int diff _unused_, struct scst_error *err)
{
	return scst_tracer_unload(paths, spec->name, err) ?: scst_tracer_load(paths, spec, err);
}

static const struct kind_ops policy_ops = {
	.kind = SCST_PIN_POLICY,
	.load = scst_policy_load,
	.unload = scst_policy_unload,
	.compare = scst_policy_compare,
	.update = scst_policy_update,
};

static const struct kind_ops tracer_ops = {
	.kind = SCST_PIN_TRACER,
	.load = scst_tracer_load,
	.unload = scst_tracer_unload,
	.compare = compare_tracer,
	.update = update_tracer,
};

static int load(const struct kind_ops *ops, const struct scst_paths *paths,
		const struct scst_spec *spec, struct scst_error *err)
{
	int ret = ops->load(paths, spec, err);

	if (!ret)
		log_info("loaded %s %s", scst_pin_kind_noun(ops->kind), spec->name);
	return ret;
}

/* Start */

static void adopt(const struct kind_ops *ops, const struct scst_paths *paths,
		  const struct scst_spec *spec)
{
	const char *noun = scst_pin_kind_noun(ops->kind);
	struct scst_error err = {};
	unsigned int diff = 0;

	if (ops->compare(paths, spec, &diff, &err))
		log_warn("adopted %s %s as it is; cannot compare it with the configuration: %s",
			 noun, spec->name, err.text);
	else if (diff)
		log_warn(
			"adopted %s %s, which is not as configured: reload to make it so",
			noun, spec->name);
	else
		log_info("adopted %s %s", noun, spec->name);
}

static int start_kind(const struct kind_ops *ops, const struct scst_paths *paths,
		      const struct bpfd_specs *specs, struct scst_error *err)
{
	int ret = 0;

	for (size_t i = 0; i < specs->nr && !ret; i++) {
		if (scst_pins_exist(paths, ops->kind, specs->list[i]->name))
			adopt(ops, paths, specs->list[i]);
		else
			ret = load(ops, paths, specs->list[i], err);
	}
	return ret;
}

int bpfd_apply_start(const struct scst_paths *paths, const struct bpfd_config *config,
		     struct scst_error *err)
{
	return start_kind(&policy_ops, paths, &config->policies, err) ?:
	       start_kind(&tracer_ops, paths, &config->tracers, err);
}

/* Reload */

static int update_if_different(const struct kind_ops *ops, const struct scst_paths *paths,
			       const struct scst_spec *spec, struct scst_error *err)
{
	unsigned int diff = 0;
	int ret = ops->compare(paths, spec, &diff, err);

	if (ret || !diff)
		return ret;
	ret = ops->update(paths, spec, diff, err);
	if (!ret)
		log_info("updated %s %s", scst_pin_kind_noun(ops->kind), spec->name);
	return ret;
}

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

static void note(int ret, const struct scst_error *err, int *first)
{
	if (!ret)
		return;
	log_error("%s", err->text);
	if (!*first)
		*first = ret;
}

static int reload_kind(const struct kind_ops *ops, const struct scst_paths *paths,
		       const struct bpfd_specs *old, const struct bpfd_specs *new)
{
	int first = 0;

	for (size_t i = 0; i < old->nr; i++) {
		struct scst_error err = {};

		note(unload_if_dropped(ops, paths, new, old->list[i]->name, &err), &err, &first);
	}
	for (size_t i = 0; i < new->nr; i++) {
		struct scst_error err = {};

		if (scst_pins_exist(paths, ops->kind, new->list[i]->name))
			note(update_if_different(ops, paths, new->list[i], &err), &err, &first);
		else
			note(load(ops, paths, new->list[i], &err), &err, &first);
	}
	return first;
}

int bpfd_apply_reload(const struct scst_paths *paths, const struct bpfd_config *old,
		      const struct bpfd_config *new)
{
	int policies = reload_kind(&policy_ops, paths, &old->policies, &new->policies);
	int tracers = reload_kind(&tracer_ops, paths, &old->tracers, &new->tracers);

	return policies ?: tracers;
}
