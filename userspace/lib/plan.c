// SPDX-License-Identifier: GPL-2.0-only
/* The differ's steps are written down, each one, and looked at. */
#include "plan.h"

#include <stdarg.h>

#include "conf_keys.h"
#include "modules.h"
#include "printable.h"

/* ---- a step as a line ----------------------------------------------------------------------- */

static char sign_of(enum scst_step_kind kind)
{
	switch ((int)kind) {
	case SCST_STEP_OPEN_DEVICE:
	case SCST_STEP_ADD_TARGET:
	case SCST_STEP_ADD_GROUP:
	case SCST_STEP_ADD_INITIATOR:
	case SCST_STEP_ADD_LUN:
	case SCST_STEP_ADD_DEVICE_GROUP:
	case SCST_STEP_ADD_GROUP_DEVICE:
	case SCST_STEP_ADD_TARGET_GROUP:
	case SCST_STEP_ADD_GROUP_TARGET:
	case SCST_STEP_ADD_DRIVER_ATTR:
	case SCST_STEP_ADD_TARGET_ATTR:
	case SCST_STEP_ADD_SESSION:
		return '+';
	case SCST_STEP_MOVE_INITIATOR:
	case SCST_STEP_REPLACE_LUN:
		return '~';
	}
	return kind >= SCST_STEP_SET_ROOT ? '~' : '-';
}

/* Of a file "IncomingUser3" the key is IncomingUser. */
static bool is_secret(const char *name)
{
	size_t len = strcspn(name, "0123456789");

	for (const struct scst_key *key = scst_keys; key->name; key++)
		if (key->flags & SCST_KEY_SECRET && strlen(key->name) == len &&
		    !strncmp(key->name, name, len))
			return true;
	return false;
}

/* Of a user the name. */
static void put_value(const struct scst_step *step, FILE *out)
{
	const char *value = step->value ?: "";

	fprintf(out, ": %.*s", is_secret(step->name) ? (int)strcspn(value, " \t") : INT_MAX, value);
}

char *scst_plan_line(const struct scst_step *step)
{
	char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	if (!out)
		return NULL;
	fprintf(out, "%c ", sign_of(step->kind));
	scst_restore_say(step, out);
	if (step->name)
		put_value(step, out);
	if (step->params && step->params->nr_attrs)
		scst_step_say(step, ":%p", out);
	if (fclose(out)) {
		free(text);
		return NULL;
	}
	scst_make_printable(text, "");
	return text;
}

/* ---- a step as JSON ------------------------------------------------------------------------- */

static void put(struct json_object *obj, const char *key, const char *text)
{
	_cleanup_free_ char *copy = text ? strdup(text) : NULL;

	if (!copy)
		return;
	scst_make_printable(copy, "");
	json_object_object_add(obj, key, json_object_new_string(copy));
}

static const char *action_of(enum scst_step_kind kind)
{
	if (kind == SCST_STEP_MOVE_INITIATOR)
		return "move";
	if (kind == SCST_STEP_REPLACE_LUN)
		return "replace";
	return sign_of(kind) == '+' ? "add" : sign_of(kind) == '-' ? "remove" : "set";
}

static void put_params(struct json_object *obj, const struct scst_conf *params)
{
	struct json_object *list = json_object_new_object();

	for (size_t i = 0; i < params->nr_attrs; i++)
		put(list, params->attrs[i].name,
		    scst_conf_value(params, params->attrs[i].name));
	json_object_object_add(obj, "parameters", list);
}

static struct json_object *step_json(const struct scst_step *step, const char *line)
{
	struct json_object *obj = json_object_new_object();
	const struct scst_where *at = &step->at;

	put(obj, "action", action_of(step->kind));
	put(obj, "what", line + 2);
	put(obj, "handler", at->handler);
	put(obj, "device", at->device);
	put(obj, "driver", at->driver);
	put(obj, "target", at->target);
	put(obj, "group", at->group);
	put(obj, "initiator", at->initiator);
	put(obj, "lun", at->lun);
	put(obj, "device_group", at->device_group);
	put(obj, "target_group", at->target_group);
	put(obj, "to", step->to);
	put(obj, "attribute", step->name);
	if (step->name && !is_secret(step->name))
		put(obj, "value", step->value);
	if (step->params && step->params->nr_attrs)
		put_params(obj, step->params);
	return obj;
}

/* ---- what speaks against it ----------------------------------------------------------------- */

static int _printf_(2, 3) refuse(struct scst_plan *plan, const char *fmt, ...)
{
	va_list ap;
	int err;

	plan->in_use = false;
	va_start(ap, fmt);
	err = scst_names_vaddf(&plan->refused, fmt, ap);
	va_end(ap);
	return err;
}

static int check_use(struct scst_plan *plan, const struct scst_step *step)
{
	size_t before = plan->refused.nr;
	int err = plan->force ? 0 :
		scst_plan_check_use(plan->live, plan->have, &plan->uses, step, &plan->refused);

	if (!before && plan->refused.nr)
		plan->in_use = true;
	return err;
}

/* What is to be opened has to be there. */
static int check_file(struct scst_plan *plan, const struct scst_step *step)
{
	char disk[PATH_MAX];
	const char *path = NULL;

	if (step->kind == SCST_STEP_OPEN_DEVICE &&
	    scst_restore_disk(step->at.handler, step->params, disk))
		path = disk;
	else if (step->kind == SCST_STEP_SET_DEVICE && streq(step->name, "filename"))
		path = step->value;
	if (!path || !*path || !access(path, F_OK))
		return 0;
	return refuse(plan, "device %s: %s%s: %s", step->at.device,
		      startswith(path, "/sys/") ? "" : "filename: ", path, strerror(errno));
}

static int take_step(void *arg, const struct scst_step *step)
{
	struct scst_plan *plan = arg;
	_cleanup_free_ char *line = scst_plan_line(step);

	if (!line || scst_names_add(&plan->steps, line) ||
	    json_object_array_add(plan->json, step_json(step, line)))
		return -ENOMEM;
	return check_use(plan, step) ?: check_file(plan, step);
}

/* ---- what is named and not there ------------------------------------------------------------ */

static int check_part(struct scst_plan *plan, const struct scst_conf *part)
{
	const char *module = scst_module_of(part->kind, part->name);
	const char *what = part->kind == SCST_CONF_HANDLER ? "handler" : "driver";

	if (scst_conf_find(plan->have, part->kind, part->name) ||
	    streq(part->name, "copy_manager"))
		return 0;
	if (!module)
		return refuse(plan, "there is no %s %s", what, part->name);
	return scst_names_has(&plan->modules, module) ? 0 :
							scst_names_add(&plan->modules, module);
}

static int add_devices(struct scst_set *names, const struct scst_conf *conf)
{
	struct scst_conf *handler, *device;
	int err = 0;

	scst_conf_for_each(handler, conf, SCST_CONF_HANDLER)
		scst_conf_for_each(device, handler, SCST_CONF_DEVICE)
			err = err ?: scst_set_add(names, device->name);
	return err;
}

static int check_luns(struct scst_plan *plan, const struct scst_conf *conf,
		      const struct scst_conf *target)
{
	int err = 0;

	for (size_t i = 0; i < conf->nr_children && !err; i++) {
		const struct scst_conf *child = conf->children[i];
		const char *device = scst_conf_device(child);

		if (child->kind == SCST_CONF_TARGET)
			err = check_luns(plan, child, child);
		else if (child->kind != SCST_CONF_LUN)
			err = check_luns(plan, child, target);
		else if (device && !scst_set_has(&plan->devices, device))
			err = refuse(plan, "LUN %s of %s: there is no device %s", child->name,
				     target ? target->name : "?", device);
	}
	return err;
}

/* The devices that there will be: those listed and, unless they go, those that are there. */
static int check_names(struct scst_plan *plan)
{
	int err = add_devices(&plan->devices, plan->want);

	err = err ?: (plan->prune ? 0 : add_devices(&plan->devices, plan->have));
	for (size_t i = 0; i < plan->want->nr_children && !err; i++) {
		const struct scst_conf *part = plan->want->children[i];

		if (part->kind == SCST_CONF_HANDLER || part->kind == SCST_CONF_DRIVER)
			err = check_part(plan, part);
	}
	return err ?: check_luns(plan, plan->want, NULL);
}

/* ---- all of it ------------------------------------------------------------------------------ */

/* What the differ notes, a line each, is as good a reason. */
static int take_log(struct scst_plan *plan, char *log)
{
	char *rest = NULL;
	int err = 0;

	for (char *line = strtok_r(log, "\n", &rest); line && !err;
	     line = strtok_r(NULL, "\n", &rest))
		err = refuse(plan, "%s", line);
	return err;
}

static int run_differ(struct scst_plan *plan, struct scst_error *err)
{
	struct scst_restore r = {
		.live = plan->live, .declared = true, .prune = plan->prune, .shown = true,
		.each = take_step, .arg = plan, .have = plan->have,
	};
	_cleanup_free_ char *log = NULL;
	size_t len;
	int ret;

	r.log = open_memstream(&log, &len);
	if (!r.log)
		return -ENOMEM;
	ret = scst_restore(&r, plan->want, err);
	if (fclose(r.log))
		return -ENOMEM;
	plan->extra = r.extra;
	return ret ?: take_log(plan, log);
}

int scst_plan_make(struct scst_plan *plan, const struct scst_live *live,
		   const struct scst_conf *want, struct scst_error *err)
{
	int ret;

	plan->live = live;
	plan->want = want;
	plan->json = json_object_new_array();
	if (!plan->json)
		return scst_fail(err, -ENOMEM, "out of memory");
	ret = scst_live_read(live, SCST_DIFF_PARTS_DECLARED, &plan->have, err);
	ret = ret ?: scst_uses_read(plan->have, &plan->uses);
	ret = ret ?: check_names(plan);
	ret = ret ?: run_differ(plan, err);
	return ret == -ENOMEM ? scst_fail(err, ret, "out of memory") : ret;
}

void scst_plan_clear(struct scst_plan *plan)
{
	if (plan->have)
		scst_conf_free(plan->have);
	scst_names_clear(&plan->steps);
	scst_names_clear(&plan->refused);
	scst_names_clear(&plan->modules);
	scst_set_clear(&plan->devices);
	scst_uses_clear(&plan->uses);
	json_object_put(plan->json);
	*plan = (struct scst_plan){};
}
