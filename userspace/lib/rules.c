// SPDX-License-Identifier: GPL-2.0-only
/* Mask rules in and out of a BPF map. */
#include "rules.h"

#include <bpf/bpf.h>
#include <bpf/btf.h>

#include "field.h"

/* A map of rules, as its BTF describes it. */
struct rules_map {
	int fd;				/* the caller's */
	struct btf *own;		/* the map's, freed with it */
	const struct btf *btf;
	uint32_t key_size;
	uint32_t value_size;
	struct scst_field initiator;
	struct scst_field lun;
	struct scst_field access;
};

static void close_rules_map(struct rules_map *map)
{
	btf__free(map->own);
}

static bool is_number(const struct scst_field *field)
{
	return field->type == SCST_FIELD_UNSIGNED || field->type == SCST_FIELD_ENUM ||
	       field->type == SCST_FIELD_SIGNED;
}

static bool find_fields(struct rules_map *map, uint32_t key_id, uint32_t value_id)
{
	if (!scst_field_find(map->btf, key_id, "initiator", &map->initiator) ||
	    !scst_field_find(map->btf, key_id, "lun", &map->lun))
		return false;
	if (!scst_field_find(map->btf, value_id, "access", &map->access))
		scst_field_of(map->btf, value_id, &map->access);
	return map->initiator.type == SCST_FIELD_STRING && is_number(&map->lun) &&
	       is_number(&map->access);
}

/* Return: 0, or -EINVAL: not a map of rules. */
static int open_rules_map(int fd, struct rules_map *map)
{
	struct bpf_map_info info = {};
	__u32 len = sizeof(info);

	*map = (struct rules_map){ .fd = fd };
	if (bpf_map_get_info_by_fd(fd, &info, &len) || info.type != BPF_MAP_TYPE_HASH)
		return -EINVAL;
	map->key_size = info.key_size;
	map->value_size = info.value_size;
	map->own = info.btf_id ? btf__load_from_kernel_by_id(info.btf_id) : NULL;
	map->btf = map->own;
	if (!map->btf || !find_fields(map, info.btf_key_type_id, info.btf_value_type_id))
		return -EINVAL;
	return 0;
}

bool scst_rules_fit(int map_fd)
{
	_cleanup_(close_rules_map) struct rules_map map = {};

	return !open_rules_map(map_fd, &map);
}

bool scst_rules_fit_types(const struct btf *btf, uint32_t key_id, uint32_t value_id)
{
	struct rules_map map = { .btf = btf };

	return find_fields(&map, key_id, value_id);
}

/* Reading */

static int decode(const struct rules_map *map, const void *key, const void *value,
		  struct scst_rule *rule)
{
	struct scst_rule found = {};
	uint64_t lun, access;

	if (scst_field_format(&map->initiator, key, found.initiator, sizeof(found.initiator)) ||
	    scst_field_number(&map->lun, key, &lun) ||
	    scst_field_number(&map->access, value, &access) || access >= SCST_ACCESS_MAX)
		return -EINVAL;
	found.lun = lun;
	found.access = access;
	*rule = found;
	return 0;
}

static int read_all(const struct rules_map *map, struct scst_rules *rules)
{
	_cleanup_free_ char *key = calloc(1, map->key_size), *value = calloc(1, map->value_size);
	struct scst_rule rule;
	void *from = NULL;
	int ret = 0;

	if (!key || !value)
		return -ENOMEM;
	while (!ret && !bpf_map_get_next_key(map->fd, from, key)) {
		from = key;
		if (bpf_map_lookup_elem(map->fd, key, value))
			continue;	/* gone meanwhile */
		ret = decode(map, key, value, &rule) ?: scst_rules_add(rules, &rule);
	}
	return ret;
}

int scst_rules_read(int map_fd, struct scst_rules *rules, struct scst_error *err)
{
	_cleanup_(scst_rules_clear) struct scst_rules found = {};
	_cleanup_(close_rules_map) struct rules_map map = {};
	int ret;

	ret = open_rules_map(map_fd, &map) ?: read_all(&map, &found);
	if (ret)
		return scst_fail(err, ret, "cannot read mask rules: %s", strerror(-ret));
	*rules = found;
	found = (struct scst_rules){};
	return 0;
}

/* Writing */

static int encode_key(const struct rules_map *map, const struct scst_rule *rule, void *key,
		      struct scst_error *err)
{
	memset(key, 0, map->key_size);
	return scst_field_store(&map->initiator, key, rule->initiator, err) ?:
	       scst_field_set_number(&map->lun, key, rule->lun);
}

static int put(const struct rules_map *map, const struct scst_rule *rule, void *key, void *value,
	       struct scst_error *err)
{
	int ret = encode_key(map, rule, key, err);

	if (ret)
		return ret;
	memset(value, 0, map->value_size);
	scst_field_set_number(&map->access, value, rule->access);
	if (bpf_map_update_elem(map->fd, key, value, BPF_ANY))
		return scst_fail(err, -errno, "cannot add a mask rule for %s: %s", rule->initiator,
				 errno == E2BIG ? "the map is full" : strerror(errno));
	return 0;
}

int scst_rules_write(int map_fd, const struct scst_rules *rules, struct scst_error *err)
{
	_cleanup_(scst_rules_clear) struct scst_rules old = {};
	_cleanup_(close_rules_map) struct rules_map map = {};
	_cleanup_free_ char *key = NULL, *value = NULL;
	int ret;

	ret = open_rules_map(map_fd, &map) ?: read_all(&map, &old);
	if (ret)
		return scst_fail(err, ret, "cannot use the map of mask rules: %s", strerror(-ret));
	key = malloc(map.key_size);
	value = malloc(map.value_size);
	if (!key || !value)
		return scst_fail(err, -ENOMEM, "out of memory");
	for (size_t i = 0; i < rules->nr && !ret; i++)
		ret = put(&map, &rules->list[i], key, value, err);
	for (size_t i = 0; i < old.nr && !ret; i++) {
		if (scst_rules_find(rules, &old.list[i]))
			continue;
		ret = encode_key(&map, &old.list[i], key, err);
		if (!ret)
			bpf_map_delete_elem(map_fd, key);
	}
	return ret;
}
