// SPDX-License-Identifier: GPL-2.0-only
/* Options by name: set in an open object, read back from what is pinned, compared. */
#include "options.h"

#include <bpf/bpf.h>
#include <inttypes.h>

#include "field.h"
#include "pins.h"

static int no_such_option(const struct btf *btf, uint32_t type_id, const char *name,
			  struct scst_error *err)
{
	struct scst_field field;
	char known[512] = "";
	size_t len = 0;

	for (uint32_t i = 0; scst_field_at(btf, type_id, i, &field); i++)
		if (field.type != SCST_FIELD_OTHER && len < sizeof(known))
			len += snprintf(known + len, sizeof(known) - len, "%s%s", len ? ", " : "",
					field.name);
	return scst_fail(err, -EINVAL, "unknown option %s (%s%s)", name,
			 len ? "there are: " : "there are none", known);
}

int scst_options_set(struct bpf_object *obj, const char *name, const char *value,
		     struct scst_error *err)
{
	struct bpf_map *map = bpf_object__find_map_by_name(obj, ".rodata");
	uint32_t type_id = map ? bpf_map__btf_value_type_id(map) : 0;
	struct scst_field field;
	size_t size = 0;
	void *image;

	if (!map || !scst_field_find(bpf_object__btf(obj), type_id, name, &field))
		return no_such_option(bpf_object__btf(obj), type_id, name, err);
	image = bpf_map__initial_value(map, &size);
	if (!image || (size_t)field.offset + field.size > size)
		return scst_fail(err, -EINVAL, "option %s lies outside the object's data", name);
	return scst_field_store(&field, image, value, err);
}

/* Calls @each with the number of each option that has a tag which begins so, until it fails. */
static int each_tagged(const struct bpf_object *obj, const char *tag,
		       int (*each)(const char *name, uint64_t value, const char *rest, void *arg,
				   struct scst_error *err),
		       void *arg, struct scst_error *err)
{
	const struct bpf_map *map = bpf_object__find_map_by_name(obj, ".rodata");
	uint32_t type_id = map ? bpf_map__btf_value_type_id(map) : 0;
	const struct btf *btf = bpf_object__btf(obj);
	struct scst_field field;
	size_t size = 0;
	const void *image = map ? bpf_map__initial_value(map, &size) : NULL;
	uint64_t value;
	int ret = 0;

	for (uint32_t i = 0; image && !ret && scst_field_at(btf, type_id, i, &field); i++) {
		const char *rest = scst_field_tag(btf, field.name, tag);

		if (rest && !scst_field_number(&field, image, &value))
			ret = each(field.name, value, rest, arg, err);
	}
	return ret;
}

static int size_map(const char *name, uint64_t value, const char *map_name, void *obj,
		    struct scst_error *err)
{
	struct bpf_map *map = bpf_object__find_map_by_name(obj, map_name);

	if (!map)
		return scst_fail(err, -EINVAL, "option %s: the object has no map %s", name,
				 map_name);
	if (!value || value > UINT32_MAX || bpf_map__set_max_entries(map, value))
		return scst_fail(err, -EINVAL, "option %s: map %s cannot have %" PRIu64 " elements",
				 name, map_name, value);
	return 0;
}

int scst_options_size_maps(struct bpf_object *obj, struct scst_error *err)
{
	return each_tagged(obj, "scst_entries:", size_map, obj, err);
}

static int check_delay(const char *name, uint64_t value, const char *rest _unused_, void *arg,
		       struct scst_error *err)
{
	uint32_t deadline_ms = *(uint32_t *)arg;

	if (value <= deadline_ms)
		return 0;
	return scst_fail(err, -EINVAL,
			 "option %s: %" PRIu64 " is above deadline_ms (%u), beyond which no "
			 "command may be delayed", name, value, deadline_ms);
}

int scst_options_check_delays(const struct bpf_object *obj, uint32_t deadline_ms,
			      struct scst_error *err)
{
	return each_tagged(obj, "scst_delay_ms", check_delay, &deadline_ms, err);
}

/* A pinned map with one element, as a whole, and its BTF. */
struct image {
	void *data;
	size_t size;
	struct btf *btf;
	uint32_t type_id;
};

static void free_image(struct image *image)
{
	free(image->data);
	btf__free(image->btf);
}

/* Return: 0; -ENOENT if the object has no options; or another -errno. */
static int read_image(const struct scst_paths *paths, enum scst_pin_kind kind, const char *name,
		      struct image *image)
{
	_cleanup_close_ int fd = scst_pins_open(paths, kind, name, SCST_OPTIONS_PIN);
	_cleanup_free_ void *data = NULL;
	struct bpf_map_info info = {};
	__u32 len = sizeof(info), key = 0;

	if (fd < 0)
		return fd;
	if (bpf_map_get_info_by_fd(fd, &info, &len))
		return -errno;
	data = calloc(1, info.value_size);
	if (!data)
		return -ENOMEM;
	if (bpf_map_lookup_elem(fd, &key, data))
		return -errno;
	*image = (struct image){
		.data = TAKE_PTR(data),
		.size = info.value_size,
		.btf = info.btf_id ? btf__load_from_kernel_by_id(info.btf_id) : NULL,
		.type_id = info.btf_value_type_id,
	};
	return 0;
}

int scst_options_each(const struct scst_paths *paths, enum scst_pin_kind kind, const char *name,
		      int (*each)(const char *option, const char *value, void *arg), void *arg,
		      struct scst_error *err)
{
	_cleanup_(free_image) struct image image = {};
	struct scst_field field;
	char value[512];
	int ret;

	ret = read_image(paths, kind, name, &image);
	if (ret == -ENOENT || (!ret && !image.btf))
		return 0;
	if (ret)
		return scst_fail(err, ret, "cannot read the options of %s: %s", name,
				 strerror(-ret));
	for (uint32_t i = 0; !ret && scst_field_at(image.btf, image.type_id, i, &field); i++)
		if (field.offset + field.size <= image.size &&
		    !scst_field_format(&field, image.data, value, sizeof(value)))
			ret = each(field.name, value, arg);
	return ret;
}

int scst_options_differ(const struct scst_paths *paths, enum scst_pin_kind kind, const char *name,
			const struct bpf_object *obj, bool *differ, struct scst_error *err)
{
	const struct bpf_map *map = bpf_object__find_map_by_name(obj, ".rodata");
	_cleanup_(free_image) struct image image = {};
	const void *wanted = NULL;
	size_t size = 0;
	int ret;

	ret = read_image(paths, kind, name, &image);
	if (ret && ret != -ENOENT)
		return scst_fail(err, ret, "cannot read the options of %s: %s", name,
				 strerror(-ret));
	if (map)
		wanted = bpf_map__initial_value(map, &size);
	*differ = size != image.size || (size && memcmp(wanted, image.data, size));
	return 0;
}
