// SPDX-License-Identifier: GPL-2.0-only
/* The list of shared disks, and its file. */
#include "share_file.h"

#include <sys/stat.h>

#include "json_lines.h"

void scst_shares_clear(struct scst_shares *shares)
{
	free(shares->list);
	*shares = (struct scst_shares){};
}

const struct scst_shared *scst_shares_find(const struct scst_shares *shares, const char *id)
{
	for (size_t i = 0; i < shares->nr; i++)
		if (streq(shares->list[i].id, id))
			return &shares->list[i];
	return NULL;
}

const struct scst_shared *scst_shares_of_device(const struct scst_shares *shares,
						const char *device)
{
	for (size_t i = 0; i < shares->nr; i++)
		if (*device && streq(shares->list[i].device, device))
			return &shares->list[i];
	return NULL;
}

static bool has_lun(const struct scst_shares *shares, unsigned int lun)
{
	for (size_t i = 0; i < shares->nr; i++)
		if (shares->list[i].lun == lun)
			return true;
	return false;
}

static int add(struct scst_shares *shares, const char *id, const char *device, unsigned int lun)
{
	struct scst_shared *bigger = realloc(shares->list, (shares->nr + 1) * sizeof(*bigger));

	if (!bigger)
		return -ENOMEM;
	shares->list = bigger;
	bigger += shares->nr++;
	bigger->lun = lun;
	return scst_format(bigger->id, sizeof(bigger->id), "%s", id) ?:
	       scst_format(bigger->device, sizeof(bigger->device), "%s", device);
}

int scst_shares_add(struct scst_shares *shares, const char *id, const char *device,
		    unsigned int wish)
{
	unsigned int lun = wish < SCST_SHARE_LUNS && !has_lun(shares, wish) ? wish : 0;

	while (has_lun(shares, lun))
		lun++;
	return lun < SCST_SHARE_LUNS ? add(shares, id, device, lun) : -ENOSPC;
}

void scst_shares_remove(struct scst_shares *shares, const char *id)
{
	for (size_t i = 0; i < shares->nr; i++)
		if (streq(shares->list[i].id, id)) {
			memmove(&shares->list[i], &shares->list[i + 1],
				(--shares->nr - i) * sizeof(*shares->list));
			return;
		}
}

/* ---- reading -------------------------------------------------------------------------------- */

/* What is in a path of sysfs or in a message shall be what we have written. */
static bool is_id(const char *id)
{
	return *id && strlen(id) < SCST_SCSI_ID_LEN &&
	       !id[strspn(id, "abcdefghijklmnopqrstuvwxyz0123456789.")];
}

static bool is_device(struct json_object *device)
{
	return json_object_is_type(device, json_type_string) &&
	       strlen(json_object_get_string(device)) < SCST_SCSI_ADDRESS_LEN &&
	       scst_scsi_is_address(json_object_get_string(device));
}

/* Why it is no entry of the list; NULL: it is one, and added. */
static const char *read_disk(struct json_object *disk, struct scst_shares *shares)
{
	struct json_object *id = NULL, *lun = NULL, *device = NULL;
	const char *name;

	if (!json_object_is_type(disk, json_type_object) ||
	    !json_object_object_get_ex(disk, "identity", &id) ||
	    !json_object_object_get_ex(disk, "lun", &lun) ||
	    json_object_object_length(disk) !=
		2 + json_object_object_get_ex(disk, "device", &device) ||
	    !json_object_is_type(id, json_type_string) || !is_id(json_object_get_string(id)))
		return "a disk has an identity and a lun";
	if (device && !is_device(device))
		return "a device is an address like 2:0:0:0";
	name = device ? json_object_get_string(device) : "";
	if (!json_object_is_type(lun, json_type_int) || json_object_get_int64(lun) < 0 ||
	    json_object_get_int64(lun) >= SCST_SHARE_LUNS)
		return "a lun is a number below 256";
	if (scst_shares_find(shares, json_object_get_string(id)) ||
	    scst_shares_of_device(shares, name) ||
	    has_lun(shares, json_object_get_int(lun)))
		return "a disk, a lun, or a device stands there twice";
	return add(shares, json_object_get_string(id), name, json_object_get_int(lun)) ?
	       "out of memory" : NULL;
}

static const char *read_disks(struct json_object *root, struct scst_shares *shares)
{
	struct json_object *disks = NULL;
	const char *fault = NULL;

	if (!json_object_is_type(root, json_type_object) ||
	    !json_object_object_get_ex(root, "disks", &disks) ||
	    !json_object_is_type(disks, json_type_array) || json_object_object_length(root) != 1)
		return "it has a list of disks, and nothing else";
	for (size_t i = 0; i < json_object_array_length(disks) && !fault; i++)
		fault = read_disk(json_object_array_get_idx(disks, i), shares);
	return fault;
}

int scst_shares_read(const char *path, struct scst_shares *shares, struct scst_error *err)
{
	_cleanup_(scst_shares_clear) struct scst_shares list = {};
	_cleanup_free_ char *text = NULL;
	struct json_object *root = NULL;
	const char *fault;
	int ret = scst_read_text(path, &text);

	if (ret == -ENOENT)
		return 0;
	if (ret)
		return scst_fail(err, ret, "%s: %s", path, scst_text_error(ret));
	ret = json_parse_strict(text, path, &root, err);
	if (ret)
		return ret;
	fault = read_disks(root, &list);
	json_object_put(root);
	if (fault)
		return scst_fail(err, -EINVAL, "%s: %s", path, fault);
	*shares = TAKE(list, (struct scst_shares){});
	return 0;
}

/* ---- writing -------------------------------------------------------------------------------- */

static struct json_object *to_json(const struct scst_shares *shares)
{
	struct json_object *root = json_object_new_object(), *disks = json_object_new_array();

	for (size_t i = 0; i < shares->nr; i++) {
		struct json_object *disk = json_object_new_object();

		json_object_object_add(disk, "identity",
				       json_object_new_string(shares->list[i].id));
		json_object_object_add(disk, "lun", json_object_new_int(shares->list[i].lun));
		if (*shares->list[i].device)
			json_object_object_add(disk, "device",
					       json_object_new_string(shares->list[i].device));
		json_object_array_add(disks, disk);
	}
	json_object_object_add(root, "disks", disks);
	return root;
}

int scst_shares_write(const char *path, const struct scst_shares *shares, struct scst_error *err)
{
	_cleanup_free_ char *text = NULL;
	struct json_object *root;
	int ret;

	if (!shares->nr) {
		ret = unlink(path) && errno != ENOENT ? -errno : 0;
		return ret ? scst_fail(err, ret, "%s: %s", path, strerror(-ret)) : 0;
	}
	root = to_json(shares);
	ret = asprintf(&text, "%s\n", json_object_to_json_string_ext(root,
		       JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_PRETTY_TAB |
		       JSON_C_TO_STRING_SPACED));
	json_object_put(root);
	if (ret < 0) {
		text = NULL;
		return scst_fail(err, -ENOMEM, "out of memory");
	}
	ret = scst_replace_file(path, text, strlen(text));
	return ret ? scst_fail(err, ret, "cannot write %s: %s", path, strerror(-ret)) : 0;
}

int scst_shares_forget(const char *path, const char *id, struct scst_error *err)
{
	_cleanup_(scst_shares_clear) struct scst_shares rest = {};
	int ret = scst_shares_read(path, &rest, err);

	scst_shares_remove(&rest, id);
	return ret ?: scst_shares_write(path, &rest, err);
}
