// SPDX-License-Identifier: GPL-2.0-only
/* The rules of what is saved, object by object. */
#include "saved.h"

struct saving {
	const struct scst_live *live;
	bool nonkey;
	struct scst_conf *root;
	struct scst_error *err;
};

/* It is there whatever it says; the others would be noise. */
static bool is_saved_without_key(const char *name)
{
	return streq(name, "enabled");
}

static bool is_never_saved(const char *name)
{
	return streq(name, "hw_target") || streq(name, "dif_checks_failed");
}

static bool can_be_set(const struct scst_live_attr *attr, const struct scst_names *params)
{
	return !attr->is_static || (params && scst_names_has(params, attr->name));
}

/* @params: what such objects are created with, or NULL. */
static int save_attr(const struct saving *s, struct scst_conf *conf,
		     const struct scst_live_attr *attr, const struct scst_names *params)
{
	bool wanted = attr->key || is_saved_without_key(attr->name);
	int err = 0;

	if (attr->has_levels || is_never_saved(attr->name) || !can_be_set(attr, params) ||
	    (!wanted && !s->nonkey))
		return 0;
	for (size_t i = 0; i < attr->nr_values && !err; i++)
		if (attr->values[i].text)
			err = scst_conf_set(conf, attr->name, attr->values[i].text, 0);
	if (!err && scst_conf_attr(conf, attr->name))
		scst_conf_attr(conf, attr->name)->nonkey = !wanted;
	return err;
}

static int save_attrs(const struct saving *s, struct scst_conf *conf, const struct scst_where *at,
		      const struct scst_names *params)
{
	_cleanup_live_attrs_ struct scst_live_attrs attrs = {};
	const char *hardware;
	int err = scst_live_attrs(s->live, conf->kind, at, &attrs, s->err);

	hardware = scst_live_value(&attrs, "hw_target");
	if (!err && hardware && streq(hardware, "1"))
		err = scst_conf_set(conf, "HW_TARGET", NULL, 0);
	for (size_t i = 0; i < attrs.nr && !err; i++)
		err = save_attr(s, conf, &attrs.list[i], params);
	return err;
}

/* Parameters of objects in the directory of an object, or below it in @sub. */
static int read_params(const struct saving *s, enum scst_conf_kind kind,
		       const struct scst_where *at, const char *sub, struct scst_names *params)
{
	char dir[PATH_MAX], path[PATH_MAX];
	int err = scst_where_dir(kind, at, dir);

	err = err ?: scst_format(path, sizeof(path), "%s/%s", dir, sub);
	err = err ?: scst_live_list(s->live, path, SCST_LIVE_PARAMS, params);
	return err == -ENOENT ? 0 : err;	/* no mgmt: nothing is created there */
}

static int save_handler(const struct saving *s, struct scst_conf *handler)
{
	_cleanup_(scst_names_clear) struct scst_names params = {};
	struct scst_where at = { .handler = handler->name };
	struct scst_conf *device;
	int err = save_attrs(s, handler, &at, NULL);

	err = err ?: read_params(s, SCST_CONF_HANDLER, &at, "mgmt", &params);
	scst_conf_for_each(device, handler, SCST_CONF_DEVICE) {
		at.device = device->name;
		err = err ?: save_attrs(s, device, &at, &params);
	}
	return err;
}

/* Devices that are not made here but found: their handler's manual says how they are called. */
static bool is_pass_through(const struct saving *s, const char *device)
{
	struct scst_conf *handler;

	scst_conf_for_each(handler, s->root, SCST_CONF_HANDLER) {
		_cleanup_free_ char *text = NULL;
		char path[PATH_MAX];

		if (scst_conf_find(handler, SCST_CONF_DEVICE, device) &&
		    !scst_format(path, sizeof(path), "%s/handlers/%s/mgmt", s->live->root,
				 handler->name) && !scst_read_file(path, &text))
			return strstr(text, "add_device H:C:I:L");
	}
	return false;
}

/* The copy manager takes pass-through devices by itself. */
static void drop_found_luns(const struct saving *s, struct scst_conf *target)
{
	for (size_t i = target->nr_children; i--; ) {
		struct scst_conf *lun = target->children[i];

		if (lun->kind == SCST_CONF_LUN &&
		    is_pass_through(s, scst_conf_device(lun) ?: ""))
			scst_conf_drop(target, lun);
	}
}

static int save_luns(const struct saving *s, struct scst_conf *parent, const struct scst_where *of)
{
	_cleanup_(scst_names_clear) struct scst_names params = {};
	struct scst_where at = *of;
	struct scst_conf *lun;
	int err = read_params(s, parent->kind, &at, "luns/mgmt", &params);

	scst_conf_for_each(lun, parent, SCST_CONF_LUN) {
		at.lun = lun->name;
		err = err ?: save_attrs(s, lun, &at, &params);
	}
	return err;
}

static int save_target(const struct saving *s, struct scst_conf *target,
		       const struct scst_names *params, struct scst_where *at)
{
	struct scst_conf *group;
	int err = save_attrs(s, target, at, params);

	if (streq(at->driver, "copy_manager"))
		drop_found_luns(s, target);
	err = err ?: save_luns(s, target, at);
	scst_conf_for_each(group, target, SCST_CONF_GROUP) {
		at->group = group->name;
		err = err ?: save_attrs(s, group, at, NULL);
		err = err ?: save_luns(s, group, at);
	}
	at->group = NULL;
	return err;
}

static int save_driver(const struct saving *s, struct scst_conf *driver)
{
	_cleanup_(scst_names_clear) struct scst_names params = {};
	struct scst_where at = { .driver = driver->name };
	struct scst_conf *target;
	int err = save_attrs(s, driver, &at, NULL);

	err = err ?: read_params(s, SCST_CONF_DRIVER, &at, "mgmt", &params);
	scst_conf_for_each(target, driver, SCST_CONF_TARGET) {
		at.target = target->name;
		err = err ?: save_target(s, target, &params, &at);
	}
	return err;
}

/* A target of this host is a link: its attributes are saved where it is. */
static int save_group_target(const struct saving *s, struct scst_conf *target,
			     const struct scst_where *at)
{
	char path[PATH_MAX], link[PATH_MAX];

	if (!scst_where_dir(SCST_CONF_GROUP_TARGET, at, path) &&
	    !scst_live_link(s->live, path, link))
		return 0;
	return save_attrs(s, target, at, NULL);
}

static int save_device_group(const struct saving *s, struct scst_conf *dgroup)
{
	struct scst_where at = { .device_group = dgroup->name };
	struct scst_conf *tgroup, *target;
	int err = save_attrs(s, dgroup, &at, NULL);

	scst_conf_for_each(tgroup, dgroup, SCST_CONF_TARGET_GROUP) {
		at.target_group = tgroup->name;
		err = err ?: save_attrs(s, tgroup, &at, NULL);
		scst_conf_for_each(target, tgroup, SCST_CONF_GROUP_TARGET) {
			at.target = target->name;
			err = err ?: save_group_target(s, target, &at);
		}
	}
	return err;
}

static int save_alua(const struct saving *s)
{
	struct scst_conf *alua = scst_conf_add(s->root, SCST_CONF_ALUA, "ALUA");

	return alua ? save_attrs(s, alua, &(struct scst_where){}, NULL) : -ENOMEM;
}

/* clang-format off */
static const struct {
	enum scst_conf_kind kind;
	int (*save)(const struct saving *s, struct scst_conf *conf);
} order[] = {
	{ SCST_CONF_HANDLER,		save_handler	  },
	{ SCST_CONF_DRIVER,		save_driver	  },
	{ SCST_CONF_DEVICE_GROUP,	save_device_group },
};
/* clang-format on */

int scst_saved_read(const struct scst_live *live, bool nonkey, struct scst_conf **conf,
		    struct scst_error *err)
{
	_cleanup_(scst_conf_freep) struct scst_conf *root = NULL;
	struct saving s = { .live = live, .nonkey = nonkey, .err = err };
	struct scst_conf *child;
	int ret = scst_live_read(live, SCST_LIVE_ALL, &root, err);

	if (ret)
		return ret;
	s.root = root;
	ret = save_attrs(&s, root, &(struct scst_where){}, NULL);
	for (size_t i = 0; i < ARRAY_SIZE(order) && !ret; i++)
		scst_conf_for_each(child, root, order[i].kind)
			ret = ret ?: order[i].save(&s, child);
	ret = ret ?: save_alua(&s);
	if (ret)
		return scst_fail(err, ret, "%s", strerror(-ret));
	*conf = TAKE_PTR(root);
	return 0;
}
