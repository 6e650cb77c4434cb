// SPDX-License-Identifier: GPL-2.0
/*
 * luns/ of a group: mgmt, and a directory for each mapping with links both ways.
 *
 *	targets/D/T/luns/0/device -> devices/X
 *	devices/X/exported/export0 -> targets/D/T/luns/0
 *
 * A mapping comes with the registry and the target locked, so that whatever can fail is done before
 * there is a file which somebody could be reading.
 */
#include "objects/objects.h"
#include "sysfs.h"

static int parse_lun(char *word, u16 *lun)
{
	u64 value;

	if (!word) {
		pr_warn_ratelimited("scst: a LUN is missing\n");
		return -EINVAL;
	}
	if (scst_parse_u64(word, 0, SCST_MAX_LUN, &value)) {
		pr_warn_ratelimited("scst: LUN \"%s\" is not a number from 0 to %u\n",
				    scst_printable(word).text, SCST_MAX_LUN);
		return -EINVAL;
	}
	*lun = value;
	return 0;
}

static int parse_lun_params(struct scst_params *params, struct scst_lun_args *out)
{
	char *name, *value;
	int more;

	while ((more = scst_params_next(params, &name, &value)) > 0) {
		if (strcasecmp(name, "read_only")) {
			pr_warn_ratelimited("scst: unknown parameter \"%s\"\n",
					    scst_printable(name).text);
			return -EINVAL;
		}
		if (scst_parse_bool(value, &out->read_only)) {
			pr_warn_ratelimited("scst: read_only is 0 or 1, not \"%s\"\n",
					    scst_printable(value).text);
			return -EINVAL;
		}
	}
	return more;
}

int scst_lun_args_parse(char *args, struct scst_lun_args *out)
{
	struct scst_params params;
	int err;

	*out = (struct scst_lun_args){ .device = scst_mgmt_word(&args) };
	if (!out->device) {
		pr_warn_ratelimited("scst: a device is missing\n");
		return -EINVAL;
	}
	err = parse_lun(scst_mgmt_word(&args), &out->lun);
	if (err)
		return err;
	params.rest = args;
	return parse_lun_params(&params, out);
}

static void warn_lun(const struct scst_group *group, const char *what, const char *device, u16 lun,
		     int err)
{
	pr_warn_ratelimited("scst: target %s: %s %s at LUN %u: %pe\n", group->tgt->name, what,
			    scst_printable(device).text, lun, ERR_PTR(err));
}

static int luns_add(void *obj, char *text)
{
	struct scst_group *group = obj;
	struct scst_lun_args args;
	int err = scst_lun_args_parse(text, &args);

	if (err)
		return err;
	err = scst_mapping_add(group, args.device, args.lun, args.read_only);
	if (err)
		warn_lun(group, "cannot add", args.device, args.lun, err);
	return err;
}

static int replace(struct scst_group *group, char *text, bool tell)
{
	struct scst_lun_args args;
	int err = scst_lun_args_parse(text, &args);

	if (err)
		return err;
	err = scst_mapping_replace(group, args.device, args.lun, args.read_only, tell);
	if (err)
		warn_lun(group, "cannot put", args.device, args.lun, err);
	return err;
}

static int luns_replace(void *obj, char *text)
{
	return replace(obj, text, true);
}

static int luns_replace_no_ua(void *obj, char *text)
{
	return replace(obj, text, false);
}

int scst_lun_parse(char *args, u16 *lun)
{
	char *word;

	return scst_mgmt_words(args, 1, &word) ?: parse_lun(word, lun);
}

static int luns_del(void *obj, char *text)
{
	struct scst_group *group = obj;
	u16 lun;
	int err = scst_lun_parse(text, &lun);

	if (err)
		return err;
	err = scst_mapping_del(group, lun);
	if (err)
		warn_lun(group, "cannot delete", "what is", lun, err);
	return err;
}

static int luns_clear(void *obj, char *text)
{
	return scst_mgmt_words(text, 0, NULL) ?: scst_mapping_clear(obj);
}

/* clang-format off */
static const struct scst_mgmt_verb verbs[] = {
	{ "add",		luns_add		},
	{ "clear",		luns_clear		},
	{ "del",		luns_del		},
	{ "replace",		luns_replace		},
	{ "replace_no_ua",	luns_replace_no_ua	},
	{ }
};
/* clang-format on */

ssize_t scst_luns_mgmt_show(void *obj, char *buf)
{
	ssize_t len = sysfs_emit(buf,
		"Usage: echo \"add device_name lun [parameters]\" >mgmt\n"
		"       echo \"replace device_name lun [parameters]\" >mgmt\n"
		"       echo \"replace_no_ua device_name lun [parameters]\" >mgmt\n"
		"       echo \"del lun\" >mgmt\n"
		"       echo \"clear\" >mgmt\n");

	return len + scst_mgmt_emit_params(buf, len, "read_only");
}

static ssize_t mgmt_store(void *obj, char *text)
{
	return scst_mgmt_run(verbs, obj, text);
}

/* clang-format off */
static const struct scst_attr luns_attrs[] = {
	SCST_ATTR_RW(mgmt, scst_luns_mgmt_show, mgmt_store),
	SCST_ATTR_END
};
/* clang-format on */

int scst_sysfs_luns_add(struct scst_group *group, struct scst_dir *parent)
{
	return scst_dir_add(&group->luns_dir, parent, group, luns_attrs, "luns");
}

void scst_sysfs_luns_del(struct scst_group *group)
{
	scst_dir_del(&group->luns_dir);
}

/* What holds for the initiators; [key] only for what was said in mgmt. */
static ssize_t read_only_show(void *obj, char *buf)
{
	struct scst_mapping *map = obj;
	ssize_t len;

	guard(mutex)(&map->group->tgt->lock);
	len = sysfs_emit(buf, "%d\n", map->read_only || map->dev->lu.read_only);
	return scst_attr_key(buf, len, map->read_only);
}

/* clang-format off */
static const struct scst_attr mapping_attrs[] = {
	SCST_ATTR_RO(read_only, read_only_show),
	SCST_ATTR_END
};
/* clang-format on */

/* exportN in devices/<dev>/exported. A number is not used twice: scripts remember it. */
static int add_export(struct scst_mapping *map, struct scst_device *dev, char *name, size_t size)
{
	lockdep_assert_held(&scst_registry_lock);
	snprintf(name, size, "export%u", dev->nr_exports++);
	return scst_dir_link(&dev->exported_dir, &map->dir, name);
}

int scst_sysfs_mapping_add(struct scst_mapping *map)
{
	char name[8];
	int err;

	snprintf(name, sizeof(name), "%u", map->lun);
	err = scst_dir_add(&map->dir, &map->group->luns_dir, map, NULL, name);
	if (err)
		return err;
	err = add_export(map, map->dev, map->export_name, sizeof(map->export_name));
	if (err)
		goto out_dir;
	err = scst_dir_link(&map->dir, &map->dev->dir, "device");
	if (!err)
		err = scst_dir_add_attrs(&map->dir, mapping_attrs);
	if (err)
		goto out_export;
	return 0;

out_export:
	scst_dir_unlink(&map->dev->exported_dir, map->export_name);
out_dir:
	scst_dir_del(&map->dir);
	return err;
}

void scst_sysfs_mapping_del(struct scst_mapping *map)
{
	if (!map->dir.kobj.state_in_sysfs)
		return;
	scst_dir_unlink(&map->dev->exported_dir, map->export_name);
	scst_dir_del(&map->dir);
}

static int relink_device(struct scst_mapping *map, struct scst_device *dev)
{
	int err;

	scst_dir_unlink(&map->dir, "device");
	err = scst_dir_link(&map->dir, &dev->dir, "device");
	if (err && scst_dir_link(&map->dir, &map->dev->dir, "device"))
		pr_warn("scst: target %s: LUN %u has lost its link to the device\n",
			map->group->tgt->name, map->lun);
	return err;
}

int scst_sysfs_mapping_relink(struct scst_mapping *map, const struct scst_mapping *new)
{
	char export_name[sizeof(map->export_name)];
	int err;

	if (new->dev == map->dev)
		return 0;
	err = add_export(map, new->dev, export_name, sizeof(export_name));
	if (err)
		return err;
	err = relink_device(map, new->dev);
	if (err) {
		scst_dir_unlink(&new->dev->exported_dir, export_name);
		return err;
	}
	scst_dir_unlink(&map->dev->exported_dir, map->export_name);
	strscpy(map->export_name, export_name, sizeof(map->export_name));
	return 0;
}
