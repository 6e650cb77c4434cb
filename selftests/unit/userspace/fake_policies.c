// SPDX-License-Identifier: GPL-2.0-only
/* What apply.c asks of pins.c, policy.c and tracer.c. */
#include "fake_policies.h"

#include "policy.h"
#include "tracer.h"

struct scst_names fake_in_force;
const char *fake_broken;

/* ---- pins ----------------------------------------------------------------------------------- */

int scst_pins_list(const struct scst_paths *paths, enum scst_pin_kind kind,
		   struct scst_names *names, struct scst_error *err)
{
	int ret = 0;

	for (size_t i = 0; kind == SCST_PIN_POLICY && i < fake_in_force.nr && !ret; i++)
		ret = scst_names_add(names, fake_in_force.list[i]);
	return ret;
}

bool scst_pins_exist(const struct scst_paths *paths, enum scst_pin_kind kind, const char *name)
{
	return kind == SCST_PIN_POLICY && scst_names_has(&fake_in_force, name);
}

int scst_pins_note(const struct scst_paths *paths, enum scst_pin_kind kind, const char *name,
		   const char *note, char *out, size_t size)
{
	return scst_format(out, size, "scst-bpfd");
}

int scst_pins_set_note(const struct scst_paths *paths, enum scst_pin_kind kind, const char *name,
		       const char *note, const char *text)
{
	return 0;
}

/* ---- policies ------------------------------------------------------------------------------- */

static int fail_if_broken(const struct scst_spec *spec, struct scst_error *err)
{
	if (!fake_broken || !streq(spec->name, fake_broken))
		return 0;
	return scst_fail(err, -EIO, "policy %s: broken", spec->name);
}

int scst_policy_check(const struct scst_paths *paths, const struct scst_spec *spec,
		      struct scst_error *err)
{
	return fail_if_broken(spec, err);
}

int scst_policy_load(const struct scst_paths *paths, const struct scst_spec *spec,
		     struct scst_error *err)
{
	return fail_if_broken(spec, err) ?: scst_names_add(&fake_in_force, spec->name);
}

int scst_policy_unload(const struct scst_paths *paths, const char *name, struct scst_error *err)
{
	struct scst_names left = {};

	for (size_t i = 0; i < fake_in_force.nr; i++)
		if (!streq(fake_in_force.list[i], name))
			scst_names_add(&left, fake_in_force.list[i]);
	scst_names_clear(&fake_in_force);
	fake_in_force = left;
	return 0;
}

int scst_policy_compare(const struct scst_paths *paths, const struct scst_spec *spec,
			unsigned int *diff, struct scst_error *err)
{
	*diff = 0;
	return fail_if_broken(spec, err);
}

int scst_policy_update(const struct scst_paths *paths, const struct scst_spec *spec, bool force,
		       unsigned int *diff, struct scst_error *err)
{
	return scst_policy_compare(paths, spec, diff, err);
}

/* ---- tracers: there are none ---------------------------------------------------------------- */

int scst_tracer_check_object(const struct scst_paths *paths, const struct scst_spec *spec,
			     struct scst_error *err)
{
	return 0;
}

int scst_tracer_load(const struct scst_paths *paths, const struct scst_spec *spec,
		     struct scst_error *err)
{
	return 0;
}

int scst_tracer_unload(const struct scst_paths *paths, const char *name, struct scst_error *err)
{
	return 0;
}

int scst_tracer_differs(const struct scst_paths *paths, const struct scst_spec *spec,
			bool *differs, struct scst_error *err)
{
	return 0;
}

int scst_tracer_update(const struct scst_paths *paths, const struct scst_spec *spec, bool *changed,
		       struct scst_error *err)
{
	return 0;
}
