// SPDX-License-Identifier: GPL-2.0-only
/*
 * Attributes wanted against attributes there. Some of drivers and of targets are dynamic: sets of
 * values to which mgmt adds and from which it removes, like the users of CHAP. Adding comes first:
 * removing first would leave a target without CHAP for a moment. Where the new value and the old
 * one cannot be there together, as two secrets of one user, the file of the old one is written.
 */
#include "diff.h"
#include "conf_keys.h"

struct settling {
	struct scst_diff *d;
	const struct scst_diff_attrs *attrs;
	struct scst_live_attrs have;
	bool unreadable;		/* it is not there, or not yet */
	const struct scst_names *dynamic;
};

static int step(const struct settling *s, enum scst_step_kind kind, const char *name,
		const char *value)
{
	const struct scst_step step = {
		.kind = kind, .at = s->attrs->at, .name = name, .value = value,
	};

	return s->d->ops->step(s->d->arg, &step);
}

static int note(const struct settling *s, enum scst_note note, const char *name, const char *value)
{
	const struct scst_step about = {
		.kind = scst_step_set(s->attrs->kind), .at = s->attrs->at, .name = name,
		.value = value,
	};

	return s->d->ops->note(s->d->arg, note, &about);
}

static bool is_target(const struct settling *s)
{
	return s->attrs->kind == SCST_CONF_TARGET;
}

/* Who has no mgmt has no dynamic attributes. */
static int ask_driver(struct scst_diff *d, const char *driver, bool of_targets)
{
	char path[PATH_MAX];
	int err = scst_format(path, sizeof(path), "targets/%s/mgmt", driver);

	free(d->dynamic.driver);
	scst_names_clear(&d->dynamic.names);
	d->dynamic.driver = strdup(driver);
	d->dynamic.of_targets = of_targets;
	if (!d->dynamic.driver)
		return -ENOMEM;
	err = err ?: scst_live_list(d->live, path, of_targets ? SCST_LIVE_TARGET_ATTRS :
				    SCST_LIVE_DRIVER_ATTRS, &d->dynamic.names);
	return err == -ENOENT ? 0 : err;
}

/* A driver has thousands of targets, and is asked once. */
static int read_dynamic(struct settling *s)
{
	static const struct scst_names none;
	const char *driver = s->attrs->at.driver;
	struct scst_diff *d = s->d;

	s->dynamic = &none;
	if (s->attrs->kind != SCST_CONF_DRIVER && !is_target(s))
		return 0;
	s->dynamic = &d->dynamic.names;
	if (d->dynamic.driver && streq(d->dynamic.driver, driver) &&
	    d->dynamic.of_targets == is_target(s))
		return 0;
	return ask_driver(d, driver, is_target(s));
}

/* Whose keys it has. */
static const char *owner_of(const struct scst_where *at)
{
	return at->handler ?: at->driver;
}

static const struct scst_key *key_of(const struct settling *s, const char *name)
{
	return scst_key_find(s->attrs->kind, owner_of(&s->attrs->at), name);
}

static bool has_value(const struct settling *s, const struct scst_live_attr *have,
		      const char *value)
{
	const struct scst_key *key = key_of(s, have->name);

	if (!s->d->declared)
		return scst_live_attr_has(have, value);
	for (size_t i = 0; i < have->nr_values; i++)
		if (have->values[i].text && scst_key_same(key, have->values[i].text, value))
			return true;
	return false;
}

static bool is_wanted(const struct settling *s, const char *name, const char *value)
{
	const struct scst_conf_attr *want = scst_conf_attr(s->attrs->want, name);
	const struct scst_key *key = key_of(s, name);

	if (!want || !s->d->declared)
		return want && scst_names_has(&want->values, value);
	for (size_t i = 0; i < want->values.nr; i++)
		if (scst_key_same(key, want->values.list[i], value))
			return true;
	return false;
}

/* ---- users of CHAP -------------------------------------------------------------------------- */

/* What has to be overwritten for @value: that user's secret, or the only one there can be. */
static struct scst_live_value *find_user(const struct settling *s,
					 const struct scst_live_attr *have, const char *value)
{
	for (size_t i = 0; scst_diff_changes(s->d) && have && i < have->nr_values; i++) {
		const char *text = have->values[i].text ?: "";

		if ((streq(have->name, "OutgoingUser") || scst_key_one_user(text, value)) &&
		    !is_wanted(s, have->name, text))
			return &have->values[i];
	}
	return NULL;
}

/* By the file that has it: IncomingUser, IncomingUser1, ... So there is no moment without it. */
static int change_user(const struct settling *s, const char *name, struct scst_live_value *user,
		       const char *value)
{
	char file[NAME_MAX + 1], *now = strdup(value);
	int err = now ? scst_format(file, sizeof(file), "%s%s", name,
				    streq(user->number, "0") ? "" : user->number) : -ENOMEM;

	if (err) {
		free(now);
		return err;
	}
	free(user->text);
	user->text = now;		/* the next value finds another one */
	return step(s, scst_step_set(s->attrs->kind), file, value);
}

/* Was it overwritten for another value, or should it have been? Then nothing of it is left. */
static bool is_overwritten(const struct settling *s, const char *name, const char *value)
{
	const struct scst_conf_attr *want = scst_conf_attr(s->attrs->want, name);

	for (size_t i = 0; scst_diff_changes(s->d) && want && i < want->values.nr; i++)
		if (streq(name, "OutgoingUser") || scst_key_one_user(want->values.list[i], value))
			return true;
	return false;
}

/* ---- one value ------------------------------------------------------------------------------ */

static int set_value(const struct settling *s, const char *name, const char *value)
{
	const struct scst_live_attr *have = scst_live_attr(&s->have, name);
	struct scst_live_value *user;

	if (have && have->is_static)
		have = NULL;
	if (have && has_value(s, have, value))
		return s->d->tell_set ? note(s, SCST_NOTE_ALREADY_SET, name, value) : 0;
	user = scst_names_has(s->dynamic, name) ? find_user(s, have, value) : NULL;
	if (user)
		return change_user(s, name, user, value);
	if (scst_names_has(s->dynamic, name))
		return step(s, is_target(s) ? SCST_STEP_ADD_TARGET_ATTR : SCST_STEP_ADD_DRIVER_ATTR,
			    name, value);
	if (!have && !s->unreadable)
		return note(s, SCST_NOTE_NO_ATTR, name, value);
	return step(s, scst_step_set(s->attrs->kind), name, value);
}

static bool is_left_out(const struct scst_diff_attrs *attrs, const char *name)
{
	return streq(name, "HW_TARGET") || (streq(name, "enabled") && !attrs->enabled) ||
	       (attrs->without && scst_names_has(attrs->without, name));
}

/*
 * SCST's -write_config -nonkey takes what is no attribute for one without a value: the links to a
 * handler's devices, and device groups, beside the attributes of ALUA.
 */
static bool is_no_attribute(const struct settling *s, const struct scst_conf_attr *attr)
{
	if (attr->values.nr)
		return false;
	if (s->attrs->kind == SCST_CONF_HANDLER)
		return scst_conf_find(s->attrs->want, SCST_CONF_DEVICE, attr->name);
	return s->attrs->kind == SCST_CONF_ALUA &&
	       scst_conf_find(s->d->want, SCST_CONF_DEVICE_GROUP, attr->name);
}

static int set_wanted(const struct settling *s)
{
	const struct scst_conf *want = s->attrs->want;
	int err = 0;

	for (size_t i = 0; i < want->nr_attrs && !err; i++) {
		const struct scst_conf_attr *attr = &want->attrs[i];

		if (is_left_out(s->attrs, attr->name) || is_no_attribute(s, attr) || attr->none)
			continue;
		for (size_t j = 0; j < attr->values.nr && !err; j++)
			err = set_value(s, attr->name, attr->values.list[j]);
		if (!attr->values.nr)
			err = set_value(s, attr->name, "");
	}
	return err;
}

/* Of what is declared the values of a listed key are all that there should be. */
static int remove_value(const struct settling *s, const char *name, const char *value)
{
	bool listed = s->d->declared && scst_conf_attr(s->attrs->want, name);

	if (!scst_diff_removes(s->d) && !listed)
		return note(s, is_target(s) ? SCST_NOTE_TARGET_ATTR_EXTRA :
			    SCST_NOTE_DRIVER_ATTR_EXTRA, name, value);
	return step(s, is_target(s) ? SCST_STEP_REMOVE_TARGET_ATTR : SCST_STEP_REMOVE_DRIVER_ATTR,
		    name, value);
}

static int remove_extra(const struct settling *s)
{
	int err = 0;

	for (size_t i = 0; i < s->have.nr && !err; i++) {
		const struct scst_live_attr *attr = &s->have.list[i];

		if (attr->is_static || !scst_names_has(s->dynamic, attr->name))
			continue;
		for (size_t j = 0; j < attr->nr_values && !err; j++) {
			const char *value = attr->values[j].text ?: "";

			if (!is_wanted(s, attr->name, value) &&
			    !is_overwritten(s, attr->name, value))
				err = remove_value(s, attr->name, value);
		}
	}
	return err;
}

/* The names, which are somebody else's, of those that are wanted and those that may be too much. */
static int list_names(const struct settling *s, struct scst_names *names)
{
	const struct scst_conf *want = s->attrs->want;

	names->list = calloc(want->nr_attrs + s->dynamic->nr ?: 1, sizeof(*names->list));
	if (!names->list)
		return -ENOMEM;
	for (size_t i = 0; i < want->nr_attrs; i++)
		if (!is_left_out(s->attrs, want->attrs[i].name))
			names->list[names->nr++] = want->attrs[i].name;
	for (size_t i = 0; i < s->dynamic->nr; i++)
		names->list[names->nr++] = s->dynamic->list[i];
	return 0;
}

/*
 * What is there of those. Only dynamic ones have files whose names nobody can know: without any the
 * directory, of fifty files, is not read. Return: 0 or -errno.
 */
static int read_have(struct settling *s)
{
	const struct scst_live *live = s->d->live;
	const struct scst_diff_attrs *of = s->attrs;
	struct scst_names names = {};
	int err;

	if (scst_diff_is_gone(s->d, of->kind, &of->at))
		return -ENOENT;
	err = list_names(s, &names);
	if (!err && !is_target(s) && !s->dynamic->nr)
		err = scst_live_attrs_named(live, of->kind, &of->at, &names, &s->have);
	else
		err = err ?: scst_live_attrs_some(live, of->kind, &of->at, &names, &s->have);
	free(names.list);
	return err;
}

static int settle(struct settling *s)
{
	bool known = s->attrs->others && s->attrs->kept && s->attrs->kept->nr;
	int err = 0;

	if (known)
		s->have = TAKE(*s->attrs->kept, (struct scst_live_attrs){});
	else
		err = read_have(s);
	s->unreadable = err;
	if (err != -ENOMEM)
		err = s->attrs->others ? 0 : set_wanted(s);
	return err || s->attrs->alone ? err : remove_extra(s);
}

/* An object that wants none, and has no dynamic ones that count, need not be read. */
static bool wants_any(const struct scst_diff_attrs *attrs)
{
	for (size_t i = 0; i < attrs->want->nr_attrs; i++)
		if (!is_left_out(attrs, attrs->want->attrs[i].name))
			return true;
	return false;
}

int scst_diff_attrs(struct scst_diff *d, const struct scst_diff_attrs *attrs)
{
	struct settling s = { .d = d, .attrs = attrs };
	int err = read_dynamic(&s);

	if (!err && ((s.dynamic->nr && !attrs->alone) || wants_any(attrs)))
		err = settle(&s);
	if (attrs->alone && attrs->kept && !s.unreadable)
		*attrs->kept = TAKE(s.have, (struct scst_live_attrs){});
	scst_live_attrs_clear(&s.have);
	return err;
}

/* ---- parameters of objects ------------------------------------------------------------------ */

struct scst_conf *scst_diff_pick(const struct scst_conf *conf, const struct scst_names *names,
				 bool having)
{
	_cleanup_(scst_conf_freep) struct scst_conf *picked = scst_conf_new(conf->kind, conf->name);
	int err = picked ? 0 : -ENOMEM;

	for (size_t i = 0; i < conf->nr_attrs && !err; i++) {
		const struct scst_conf_attr *attr = &conf->attrs[i];

		if (scst_names_has(names, attr->name) != having)
			continue;
		err = scst_conf_set(picked, attr->name, NULL, attr->line);
		for (size_t j = 0; j < attr->values.nr && !err; j++)
			err = scst_conf_set(picked, attr->name, attr->values.list[j], attr->line);
	}
	return err ? NULL : TAKE_PTR(picked);
}

/* It was set, and can be again. */
static bool is_worth_keeping(const struct scst_live_attr *attr, const struct scst_conf *want,
			     const struct scst_names *possible)
{
	return attr->key && attr->nr_values && attr->values[0].text &&
	       !scst_key_is_listed(want, attr->name) &&
	       (!attr->is_static || scst_names_has(possible, attr->name));
}

struct scst_conf *scst_diff_keep(struct scst_diff *d, enum scst_conf_kind kind,
				 const struct scst_where *at, const struct scst_conf *want,
				 const struct scst_names *possible)
{
	_cleanup_(scst_conf_freep) struct scst_conf *all =
		scst_diff_pick(want, &(struct scst_names){}, false);
	_cleanup_live_attrs_ struct scst_live_attrs attrs = {};
	struct scst_error ignored = {};
	int err = all ? scst_live_attrs(d->live, kind, at, &attrs, &ignored) : -ENOMEM;

	for (size_t i = 0; i < attrs.nr && !err; i++)
		if (is_worth_keeping(&attrs.list[i], want, possible))
			err = scst_conf_set(all, attrs.list[i].name,
					    attrs.list[i].values[0].text, 0);
	return err == -ENOMEM ? NULL : TAKE_PTR(all);
}

/* Of LUNs what is shown may be the device's; the mark says that it is the LUN's own. */
static const char *own_value(enum scst_conf_kind kind, const struct scst_live_attr *attr)
{
	if (!attr || !attr->nr_values || (kind == SCST_CONF_LUN && !attr->key))
		return "0";
	return attr->values[0].text ?: "0";
}

static bool listed_differ(enum scst_conf_kind kind, const char *owner,
			  const struct scst_conf *want, const struct scst_live_attrs *have)
{
	for (size_t i = 0; i < want->nr_attrs; i++) {
		const char *name = want->attrs[i].name;
		const char *is = own_value(kind, scst_live_attr(have, name));

		if (!scst_key_same(scst_key_find(kind, owner, name), is,
				   scst_conf_value(want, name)))
			return true;
	}
	return false;
}

/* What cannot be read counts as 0, and so does, to Perl, any text that is no number. */
static bool is_zero(const char *value)
{
	return strtod(value, NULL) == 0;
}

static bool any_differ(const struct scst_conf *want, const struct scst_live_attrs *have)
{
	for (size_t i = 0; i < want->nr_attrs; i++) {
		const char *name = want->attrs[i].name, *is = scst_live_value(have, name);
		const char *wanted = scst_conf_value(want, name);

		if (is ? !streq(is, wanted) : !is_zero(wanted))
			return true;
	}
	for (size_t i = 0; i < have->nr; i++)
		if (have->list[i].key && !scst_conf_attr(want, have->list[i].name))
			return true;
	return false;
}

/* Of what is declared no file has to be read that is not listed. */
static bool is_declared_otherwise(const struct scst_diff *d, enum scst_conf_kind kind,
				  const struct scst_where *at, const struct scst_conf *want)
{
	_cleanup_live_attrs_ struct scst_live_attrs attrs = {};
	_cleanup_(scst_names_clear) struct scst_names names = {};
	int err = 0;

	for (size_t i = 0; i < want->nr_attrs && !err; i++)
		err = scst_names_add(&names, want->attrs[i].name);
	return want->nr_attrs && !err &&
	       !scst_live_attrs_named(d->live, kind, at, &names, &attrs) &&
	       listed_differ(kind, owner_of(at), want, &attrs);
}

bool scst_diff_is_otherwise(const struct scst_diff *d, enum scst_conf_kind kind,
			    const struct scst_where *at, const struct scst_conf *want,
			    const struct scst_names *possible)
{
	_cleanup_live_attrs_ struct scst_live_attrs attrs = {};

	if (d->declared)
		return is_declared_otherwise(d, kind, at, want);
	if (scst_live_attrs_named(d->live, kind, at, possible, &attrs))
		return false;
	return any_differ(want, &attrs);
}
