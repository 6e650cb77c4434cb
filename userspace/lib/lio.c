// SPDX-License-Identifier: GPL-2.0-only
/* Storage objects become devices, target portal groups targets, ACLs groups with one initiator. */
#include "lio.h"

#include <ctype.h>
#include <stdarg.h>
#include <sys/stat.h>

#include "json_lines.h"
#include "lio_inside.h"

/* ---- what all of it uses -------------------------------------------------------------------- */

int lio_tell(struct lio *lio, const char *fmt, ...)
{
	_cleanup_free_ char *what = NULL, *line = NULL;
	va_list ap;
	int len;

	va_start(ap, fmt);
	len = vasprintf(&what, fmt, ap);
	va_end(ap);
	if (len < 0) {
		what = NULL;
		return -ENOMEM;
	}
	if (asprintf(&line, "%s: %s", lio->file, what) < 0) {
		line = NULL;
		return -ENOMEM;
	}
	scst_make_printable(line, "");
	return scst_names_add(lio->told, line);
}

struct json_object *lio_get(struct json_object *obj, const char *key, enum json_type type)
{
	struct json_object *value;

	if (!json_object_is_type(obj, json_type_object) ||
	    !json_object_object_get_ex(obj, key, &value) || !json_object_is_type(value, type))
		return NULL;
	return value;
}

const char *lio_text(struct json_object *obj, const char *key)
{
	struct json_object *value = lio_get(obj, key, json_type_string);
	const char *text = value ? json_object_get_string(value) : "";

	return value && strlen(text) == (size_t)json_object_get_string_len(value) ? text : "";
}

/* Numbers stand there as numbers, as text, or as true and false. */
int64_t lio_number(struct json_object *obj, const char *key, int64_t otherwise)
{
	struct json_object *value;
	int64_t number;

	if (!json_object_is_type(obj, json_type_object) ||
	    !json_object_object_get_ex(obj, key, &value))
		return otherwise;
	if (json_object_is_type(value, json_type_boolean))
		return json_object_get_boolean(value);
	if (json_object_is_type(value, json_type_int))
		return json_object_get_int64(value);
	if (json_object_is_type(value, json_type_string) &&
	    !scst_parse_s64(json_object_get_string(value), INT64_MIN, INT64_MAX, &number))
		return number;
	return otherwise;
}

int lio_each(struct lio *lio, struct json_object *obj, const char *key,
	     int (*each)(struct lio *lio, struct json_object *element, void *arg), void *arg)
{
	struct json_object *list = lio_get(obj, key, json_type_array);
	int err = 0;

	for (size_t i = 0; list && i < json_object_array_length(list) && !err; i++)
		err = each(lio, json_object_array_get_idx(list, i), arg);
	return err;
}

/* ---- storage objects ------------------------------------------------------------------------ */

/* LIO's NAA identifier: 6, the OUI 001405 and 25 digits of the serial number. */
static void naa_of(const char *serial, char out[36])
{
	size_t nr = 0;

	strcpy(out, "0x6001405");
	for (; *serial && nr < 25; serial++)
		if (isxdigit((unsigned char)*serial))
			out[9 + nr++] = tolower((unsigned char)*serial);
	while (nr < 25)
		out[9 + nr++] = '0';
	out[9 + 25] = '\0';
}

/* A name for a device, which nobody else has. */
static char *name_of(struct lio *lio, const char *plugin, const char *name)
{
	char *copy = NULL;

	if (scst_set_has(&lio->devices, name) ? asprintf(&copy, "%s_%s", plugin, name) < 0 :
						asprintf(&copy, "%s", name) < 0)
		return NULL;
	for (char *at = copy; *at; at++)
		if (!isascii(*at) || (!isalnum((unsigned char)*at) && !strchr("-.:_", *at)))
			*at = '_';
	return copy;
}

static int set_identity(struct scst_conf *device, struct json_object *so, const char *model)
{
	struct json_object *attrs = lio_get(so, "attributes", json_type_object);
	const char *serial = lio_text(so, "wwn");
	char naa[36], product[17];
	int err = 0;

	if (lio_number(attrs, "emulate_model_alias", 1))
		model = lio_text(so, "name");
	snprintf(product, sizeof(product), "%s", model);
	for (char *at = product; *at; at++)	/* in INQUIRY it is ASCII, and not half a letter */
		*at = isascii(*at) && isprint((unsigned char)*at) ? *at : '_';
	naa_of(serial, naa);
	if (*serial)
		err = scst_conf_set(device, "naa_id", naa, 0);
	err = err ?: scst_conf_set(device, "t10_vend_id", "LIO-ORG", 0);
	err = err ?: scst_conf_set(device, "prod_id", product, 0);
	return err ?: scst_conf_set(device, "prod_rev_lvl", "4.0", 0);
}

/* Said of a disk of 512 it is LIO's own: initiators know the disk by such blocks. */
static int set_blocksize(struct scst_conf *device, struct json_object *so)
{
	struct json_object *attrs = lio_get(so, "attributes", json_type_object);
	char size[24];

	snprintf(size, sizeof(size), "%" PRId64, lio_number(attrs, "block_size", 512));
	return streq(size, "512") ? 0 : scst_conf_set(device, "blocksize", size, 0);
}

static int set_block(struct lio *lio _unused_, struct scst_conf *device, struct json_object *so)
{
	int err = scst_conf_set(device, "filename", lio_text(so, "dev"), 0);

	err = err ?: set_blocksize(device, so);
	if (lio_number(so, "readonly", 0))
		err = err ?: scst_conf_set(device, "read_only", "1", 0);
	return err;
}

/* A disk of LIO may be smaller than its file, which is not here. */
static int compare_size(struct lio *lio, struct json_object *so)
{
	int64_t size = lio_number(so, "size", 0);
	struct stat st;

	if (size <= 0 || stat(lio_text(so, "dev"), &st) || !S_ISREG(st.st_mode) ||
	    st.st_size == size)
		return 0;
	return lio_tell(lio, "storage object %s: the disk had %" PRId64 " bytes, and will have "
			"the %" PRId64 " of %s", lio_text(so, "name"), size, (int64_t)st.st_size,
			lio_text(so, "dev"));
}

/* Without write_back LIO opens the file with O_DSYNC. */
static int set_file(struct lio *lio, struct scst_conf *device, struct json_object *so)
{
	int err = scst_conf_set(device, "filename", lio_text(so, "dev"), 0);

	err = err ?: set_blocksize(device, so);
	if (!lio_number(so, "write_back", 1))
		err = err ?: scst_conf_set(device, "write_through", "1", 0);
	return err ?: compare_size(lio, so);
}

static int set_null(struct lio *lio _unused_, struct scst_conf *device, struct json_object *so)
{
	char size[24];

	snprintf(size, sizeof(size), "%" PRId64, lio_number(so, "size", 0));
	return scst_conf_set(device, "size", size, 0);
}

/* clang-format off */
static const struct {
	const char *plugin, *handler, *model;
	int (*set)(struct lio *lio, struct scst_conf *device, struct json_object *so);
} plugins[] = {
	{ "block",	"vdisk_blockio", "IBLOCK",	set_block },
	{ "fileio",	"vdisk_fileio",	 "FILEIO",	set_file  },
	{ "ramdisk",	"vdisk_nullio",	 "RAMDISK-MCP",	set_null  },
};
/* clang-format on */

/* Where LUNs find it: /backstores/PLUGIN/NAME. */
static int remember(struct lio *lio, const char *plugin, const char *name, const char *device)
{
	_cleanup_free_ char *path = NULL;
	struct scst_conf *conf;

	if (asprintf(&path, "/backstores/%s/%s", plugin, name) < 0) {
		path = NULL;
		return -ENOMEM;
	}
	conf = scst_conf_add(lio->paths, SCST_CONF_LUN, path);
	if (!conf || scst_names_add(&conf->devices, device))
		return -ENOMEM;
	return scst_set_add(&lio->devices, device);
}

static int add_device(struct lio *lio, struct json_object *so, size_t plugin)
{
	struct json_object *attrs = lio_get(so, "attributes", json_type_object);
	const char *name = lio_text(so, "name");
	_cleanup_free_ char *device = name_of(lio, plugins[plugin].plugin, name);
	struct scst_conf *handler = scst_conf_reach(lio->root, SCST_CONF_HANDLER,
						    plugins[plugin].handler), *conf;
	int err;

	conf = device && handler ? scst_conf_add(handler, SCST_CONF_DEVICE, device) : NULL;
	if (!conf)
		return -ENOMEM;
	err = plugins[plugin].set(lio, conf, so);
	if (lio_number(attrs, "emulate_tpu", 0) && plugins[plugin].set != set_null)
		err = err ?: scst_conf_set(conf, "thin_provisioned", "1", 0);
	err = err ?: set_identity(conf, so, plugins[plugin].model);
	return err ?: remember(lio, plugins[plugin].plugin, name, device);
}

static int add_storage(struct lio *lio, struct json_object *so, void *arg _unused_)
{
	const char *plugin = lio_text(so, "plugin"), *name = lio_text(so, "name");

	if (!*name)
		return lio_tell(lio, "a storage object without a name is left out");
	if (streq(plugin, "ramdisk") && !lio_number(so, "nullio", 0))
		return lio_tell(lio, "storage object %s: what is in memory does not move", name);
	for (size_t i = 0; i < ARRAY_SIZE(plugins); i++)
		if (streq(plugins[i].plugin, plugin))
			return add_device(lio, so, i);
	return lio_tell(lio, "storage object %s: there is nothing like %s here", name,
			*plugin ? plugin : "it");
}

const char *lio_device(const struct lio *lio, const char *path)
{
	return scst_conf_device(scst_conf_find(lio->paths, SCST_CONF_LUN, path));
}

/* ---- the whole ------------------------------------------------------------------------------ */

bool scst_lio_is(const char *text)
{
	return text[strspn(text, " \t\r\n")] == '{' && strstr(text, "\"storage_objects\"");
}

static int import(struct lio *lio, struct json_object *json)
{
	int err = lio_each(lio, json, "storage_objects", add_storage, NULL);

	err = err ?: lio_each(lio, json, "fabric_modules", lio_discovery, NULL);
	err = err ?: lio_each(lio, json, "targets", lio_target, NULL);
	if (!err && lio->open) {
		struct scst_conf *driver = scst_conf_reach(lio->root, SCST_CONF_DRIVER, "iscsi");

		err = driver ? scst_conf_set(driver, "enabled", "1", 0) : -ENOMEM;
	}
	if (!err)
		scst_conf_sort(lio->root, scst_conf_by_number);
	return err;
}

int scst_lio_import(const char *text, const char *file, struct scst_conf **conf,
		    struct scst_names *told, struct scst_error *err)
{
	struct lio lio = { .file = file, .told = told };
	struct json_object *json = NULL;
	int ret = json_parse_strict(text, file, &json, err);

	if (ret)
		return ret;
	if (!lio_get(json, "storage_objects", json_type_array))
		ret = scst_fail(err, -EINVAL, "%s: no list \"storage_objects\": that is no file of "
				"targetcli", file);
	lio.root = ret ? NULL : scst_conf_new(SCST_CONF_ROOT, "");
	lio.paths = ret ? NULL : scst_conf_new(SCST_CONF_ROOT, "");
	if (!ret)
		ret = lio.root && lio.paths ? import(&lio, json) : -ENOMEM;
	json_object_put(json);
	if (lio.paths)
		scst_conf_free(lio.paths);
	scst_set_clear(&lio.devices);
	if (!ret)
		*conf = TAKE_PTR(lio.root);
	if (lio.root)
		scst_conf_free(lio.root);
	return ret == -ENOMEM ? scst_fail(err, ret, "out of memory") : ret;
}
