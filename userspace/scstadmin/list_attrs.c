// SPDX-License-Identifier: GPL-2.0-only
/* -list_*_attr: the table, and behind it what objects can be created with. */
#include "admin.h"
#include "printable.h"

/* ---- the table ------------------------------------------------------------------------------ */

struct widths {
	size_t name, value;
};

static void widen(size_t *width, size_t len)
{
	if (len > *width)
		*width = len;
}

static bool is_shown(const struct scst_live_attr *attr, bool nonkey)
{
	return attr->key || nonkey;
}

/* "a | b" of trace_level: a row each. */
#define LEVELS	"|"

static bool has_rows_of_levels(const struct scst_live_attr *attr)
{
	return attr->has_levels && attr->nr_values && attr->values[0].text && *attr->values[0].text;
}

static char *trim(char *text)
{
	size_t len;

	text += strspn(text, " \t");
	for (len = strlen(text); len && strchr(" \t", text[len - 1]); )
		text[--len] = '\0';
	return text;
}

static void measure(const struct scst_live_attr *attr, struct widths *w)
{
	widen(&w->name, strlen(attr->name));
	for (size_t i = 0; i < attr->nr_values; i++) {
		_cleanup_free_ char *copy = strdup(attr->values[i].text ?: "");
		char *at = NULL;

		if (!copy)
			continue;
		if (!has_rows_of_levels(attr)) {
			widen(&w->value, strlen(copy));
			continue;
		}
		for (char *level = strtok_r(copy, LEVELS, &at); level;
		     level = strtok_r(NULL, LEVELS, &at))
			widen(&w->value, strlen(trim(level)));
	}
}

static void print_row(struct admin *admin, const struct widths *w, const char *name,
		      const char *value, const char *writable, const char *key)
{
	_cleanup_free_ char *printable = strdup(value);

	if (printable)
		scst_make_printable(printable, "\t");
	admin_say(admin, "\t%-*s     %-*s     %-9s     %-3s\n", (int)w->name, name, (int)w->value,
		  printable ?: "", writable, key);
}

static void print_levels(struct admin *admin, const struct widths *w,
			 const struct scst_live_attr *attr)
{
	_cleanup_free_ char *copy = strdup(attr->values[0].text);
	const char *name = attr->name;
	char *at = NULL;

	for (char *level = copy ? strtok_r(copy, LEVELS, &at) : NULL; level;
	     level = strtok_r(NULL, LEVELS, &at)) {
		print_row(admin, w, name, trim(level), attr->is_static ? "No" : "Yes", "No");
		name = "";
	}
}

static void print_attr(struct admin *admin, const struct widths *w,
		       const struct scst_live_attr *attr)
{
	const char *name = attr->name;

	if (has_rows_of_levels(attr)) {
		print_levels(admin, w, attr);
		return;
	}
	for (size_t i = 0; i < attr->nr_values; i++) {
		const char *value = attr->values[i].text ?: "<n/a>";

		print_row(admin, w, name, *value ? value : "<not set>",
			  attr->is_static ? "No" : "Yes", attr->key ? "Yes" : "No");
		name = "";
	}
}

/* Five in a line. */
static void print_possible_levels(struct admin *admin, const struct scst_names *levels)
{
	admin_say(admin, "\n\tPossible trace levels:\n\t  (use trace_level=\"add <level>\", none, "
		  "all or default to set):\n");
	for (size_t i = 0; i < levels->nr; i++)
		admin_say(admin, "%s%s, %s", i % 5 ? "" : "\t\t", levels->list[i],
			  i % 5 == 4 ? "\n" : "");
	admin_say(admin, "\n");
}

void admin_print_attrs(struct admin *admin, const struct scst_live_attrs *attrs, bool nonkey)
{
	struct widths w = { 9, 5 };
	bool any = false;

	for (size_t i = 0; i < attrs->nr; i++)
		if (is_shown(&attrs->list[i], nonkey))
			measure(&attrs->list[i], &w);
	print_row(admin, &w, "Attribute", "Value", "Writable", "KEY");
	admin_say(admin, "\t");
	admin_dashes(admin, w.name + w.value + 27);
	admin_say(admin, "\n");
	for (size_t i = 0; i < attrs->nr; i++) {
		if (!is_shown(&attrs->list[i], nonkey))
			continue;
		print_attr(admin, &w, &attrs->list[i]);
		any = true;
	}
	if (!any)
		admin_say(admin, "\t(none)\n");
	for (size_t i = 0; i < attrs->nr && nonkey; i++)
		if (attrs->list[i].has_levels)
			print_possible_levels(admin, &attrs->list[i].levels);
}

/* ---- what comes behind it ------------------------------------------------------------------- */

static int by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Return: were there any? */
static bool print_list(struct admin *admin, enum scst_conf_kind kind, const struct scst_where *at,
		       const char *sub, enum scst_live_list list, const char *head)
{
	_cleanup_(scst_names_clear) struct scst_names names = {};
	char dir[PATH_MAX], path[PATH_MAX];

	if (scst_where_dir(kind, at, dir) || scst_format(path, sizeof(path), "%s/%s", dir, sub) ||
	    scst_live_list(&admin->live, path, list, &names) || !names.nr)
		return false;
	qsort(names.list, names.nr, sizeof(*names.list), by_text);
	admin_say(admin, "\n\t%s\n\t", head);
	admin_dashes(admin, strlen(head));
	admin_say(admin, "\n");
	for (size_t i = 0; i < names.nr; i++)
		admin_say(admin, "\t%s\n", names.list[i]);
	return true;
}

#define DYNAMIC		"Dynamic attributes available"

/* Without a list of parameters these three end with status 1: SCST's program does. */
static int behind_handler(struct admin *admin, const struct scst_where *at)
{
	return !print_list(admin, SCST_CONF_HANDLER, at, "mgmt", SCST_LIVE_PARAMS,
			   "Device CREATE attributes available");
}

static int behind_driver(struct admin *admin, const struct scst_where *at)
{
	if (!scst_live_takes_targets(&admin->live, at->driver))
		return 0;
	print_list(admin, SCST_CONF_DRIVER, at, "mgmt", SCST_LIVE_DRIVER_ATTRS, DYNAMIC);
	return !print_list(admin, SCST_CONF_DRIVER, at, "mgmt", SCST_LIVE_PARAMS,
			   "Target CREATE attributes available:");
}

static int behind_target(struct admin *admin, const struct scst_where *at)
{
	if (scst_live_takes_targets(&admin->live, at->driver))
		print_list(admin, SCST_CONF_DRIVER, at, "mgmt", SCST_LIVE_TARGET_ATTRS, DYNAMIC);
	return !print_list(admin, SCST_CONF_TARGET, at, "luns/mgmt", SCST_LIVE_PARAMS,
			   "LUN CREATE attributes available");
}

static int behind_group(struct admin *admin, const struct scst_where *at)
{
	return !print_list(admin, SCST_CONF_GROUP, at, "luns/mgmt", SCST_LIVE_PARAMS,
			   "LUN CREATE attributes available") ||
	       !print_list(admin, SCST_CONF_GROUP, at, "initiators/mgmt", SCST_LIVE_PARAMS,
			   "Initiator CREATE attributes available");
}

/* clang-format off */
static const struct {
	enum option option;
	enum scst_conf_kind kind;
	int (*behind)(struct admin *admin, const struct scst_where *at);
} rows[] = {
	{ OPT_LIST_SCST_ATTR, SCST_CONF_ROOT,	      NULL		},
	{ OPT_LIST_HND_ATTR,  SCST_CONF_HANDLER,      behind_handler	},
	{ OPT_LIST_DEV_ATTR,  SCST_CONF_DEVICE,	      NULL		},
	{ OPT_LIST_DRV_ATTR,  SCST_CONF_DRIVER,	      behind_driver	},
	{ OPT_LIST_TGT_ATTR,  SCST_CONF_TARGET,	      behind_target	},
	{ OPT_LIST_GRP_ATTR,  SCST_CONF_GROUP,	      behind_group	},
	{ OPT_LIST_LUN_ATTR,  SCST_CONF_LUN,	      NULL		},
	{ OPT_LIST_INIT_ATTR, SCST_CONF_INITIATOR,    NULL		},
	{ OPT_LIST_DGRP_ATTR, SCST_CONF_DEVICE_GROUP, NULL		},
	{ OPT_LIST_TGRP_ATTR, SCST_CONF_TARGET_GROUP, NULL		},
	{ OPT_LIST_TTGT_ATTR, SCST_CONF_GROUP_TARGET, NULL		},
};
/* clang-format on */

static int list(struct admin *admin, size_t row, const struct scst_where *at)
{
	_cleanup_live_attrs_ struct scst_live_attrs attrs = {};
	struct scst_error why = {};
	int err = admin_read_attrs(admin, rows[row].kind, at, &attrs, &why);

	if (err == -ENOTDIR && rows[row].kind == SCST_CONF_INITIATOR) {
		admin_say(admin, "Initiators do not (yet) have attributes.\n");
		return 0;
	}
	if (err) {
		admin_warn(admin, "%s", why.text);
		return ADMIN_ERROR;
	}
	if (!attrs.nr && rows[row].kind == SCST_CONF_DEVICE_GROUP) {
		admin_say(admin, "No such device group '%s' found or device group as no "
			  "attributes.\n", at->device_group);
		return 0;
	}
	admin_print_attrs(admin, &attrs, admin_has(admin, OPT_NONKEY));
	return rows[row].behind ? rows[row].behind(admin, at) : 0;
}

/* Several may be in one call: which one this is, its argument tells. */
int admin_list_attrs(struct admin *admin, const char *subject)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct scst_where at = admin_where(admin, rows[i].kind, subject);

		if (admin_option(admin, rows[i].option) == subject)
			return list(admin, i, &at);
	}
	return ADMIN_ERROR;
}

int admin_dump_attrs(struct admin *admin, const char *arg _unused_)
{
	_cleanup_(scst_conf_freep) struct scst_conf *conf = NULL;
	_cleanup_live_attrs_ struct scst_live_attrs root = {};
	struct scst_conf *handler, *device;
	struct scst_error why = {};
	int err = admin_read(admin, SCST_LIVE_DEVICES, &conf);

	admin_say(admin, "SCST attributes:\n");
	(void)admin_read_attrs(admin, SCST_CONF_ROOT, &(struct scst_where){}, &root, &why);
	admin_print_attrs(admin, &root, true);
	scst_conf_for_each(handler, conf, SCST_CONF_HANDLER)
		scst_conf_for_each(device, handler, SCST_CONF_DEVICE) {
			_cleanup_live_attrs_ struct scst_live_attrs attrs = {};

			admin_say(admin, "Device %s attributes:\n", device->name);
			(void)admin_read_attrs(admin, SCST_CONF_DEVICE, &(struct scst_where){
				.device = device->name }, &attrs, &why);
			admin_print_attrs(admin, &attrs, true);
		}
	return err;
}
