// SPDX-License-Identifier: GPL-2.0-only
/* Rules as text, in and out of a BPF array. */
#include "list.h"

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <match.h>
#include <time.h>

#include "clock.h"
#include "field.h"

#define MAX_TEXT 2048

/* Members that mean "any" by all ones, which is written "*". Others do so by being zero. */
static const char *const any_is_ones[] = { "lun", "opcode", "service_action" };

/* Members that are compared in lower case; the policy folds what it compares them with. */
static const char *const folded[] = { "initiator", "address" };

struct list_map {
	int fd;				/* the caller's */
	struct btf *own;		/* the map's, freed with it */
	const struct btf *btf;
	uint32_t nr;
	uint32_t value_size;
	uint32_t value_id;
	struct scst_field used;
};

static void close_list(struct list_map *map)
{
	btf__free(map->own);
}

static int find_used(struct list_map *map)
{
	if (!map->btf || !btf_is_struct(btf__type_by_id(map->btf, map->value_id)) ||
	    !scst_field_find(map->btf, map->value_id, "used", &map->used))
		return -EINVAL;
	return 0;
}

static int open_list(int fd, struct list_map *map)
{
	struct bpf_map_info info = {};
	__u32 len = sizeof(info);

	*map = (struct list_map){ .fd = fd };
	if (bpf_map_get_info_by_fd(fd, &info, &len) || info.type != BPF_MAP_TYPE_ARRAY)
		return -EINVAL;
	map->nr = info.max_entries;
	map->value_size = info.value_size;
	map->value_id = info.btf_value_type_id;
	map->own = info.btf_id ? btf__load_from_kernel_by_id(info.btf_id) : NULL;
	map->btf = map->own;
	return find_used(map);
}

bool scst_list_fits(int map_fd)
{
	_cleanup_(close_list) struct list_map map = {};

	return !open_list(map_fd, &map);
}

static bool is_one_of(const char *member, const char *const *members, size_t nr)
{
	for (size_t i = 0; i < nr; i++)
		if (streq(members[i], member))
			return true;
	return false;
}

static bool means_any_by_ones(const char *member)
{
	return is_one_of(member, any_is_ones, ARRAY_SIZE(any_is_ones));
}

static void set_default(const struct list_map *map, void *value)
{
	struct scst_field field;

	memset(value, 0, map->value_size);
	scst_field_set_number(&map->used, value, 1);
	for (size_t i = 0; i < ARRAY_SIZE(any_is_ones); i++)
		if (scst_field_find(map->btf, map->value_id, any_is_ones[i], &field))
			scst_field_set_number(&field, value, UINT32_MAX);
}

static int set_moment(const struct scst_field *field, void *value, const char *text,
		      struct scst_error *err)
{
	uint64_t seconds;

	if (scst_clock_parse(text, time(NULL), &seconds))
		return scst_fail(err, -EINVAL,
				 "until: \"%s\" is neither seconds since 1970 nor like +30s, +5m, "
				 "+2h", text);
	return scst_field_set_number(field, value, seconds);
}

static int set_member(const struct list_map *map, void *value, char *assignment,
		      struct scst_error *err)
{
	char *text = strchr(assignment, '=');
	struct scst_field field;

	if (!text)
		return scst_fail(err, -EINVAL, "\"%s\" is not member=value", assignment);
	*text++ = '\0';
	if (streq(assignment, "used") || streq(assignment, "pad") ||
	    !scst_field_find(map->btf, map->value_id, assignment, &field))
		return scst_fail(err, -EINVAL, "a rule has no \"%s\"", assignment);
	if (means_any_by_ones(assignment) && streq(text, "*"))
		return scst_field_set_number(&field, value, UINT32_MAX);
	if (streq(assignment, "until"))
		return set_moment(&field, value, text, err);
	if (is_one_of(assignment, folded, ARRAY_SIZE(folded)))
		scst_fold_case(text);
	return scst_field_store(&field, value, text, err);
}

/*
 * Members that go together: of an enumerator that ends so, and nothing else, the other one tells
 * more.
 */
static const struct {
	const char *member, *enumerator, *with;
} pairs[] = {
	{ "action", "group", "to_group" },
};

static int check_pairs(const struct list_map *map, const void *value, struct scst_error *err)
{
	struct scst_field member, with;
	char text[64], name[512];

	for (size_t i = 0; i < ARRAY_SIZE(pairs); i++) {
		bool said, wanted;

		if (!scst_field_find(map->btf, map->value_id, pairs[i].member, &member) ||
		    !scst_field_find(map->btf, map->value_id, pairs[i].with, &with) ||
		    scst_field_format(&member, value, text, sizeof(text)) ||
		    scst_field_format(&with, value, name, sizeof(name)))
			continue;
		wanted = scst_field_names(text, pairs[i].enumerator);
		said = *name;
		if (wanted != said)
			return scst_fail(err, -EINVAL, "%s=%s and %s=NAME go together",
					 pairs[i].member, pairs[i].enumerator, pairs[i].with);
	}
	return 0;
}

static int encode(const struct list_map *map, const char *text, void *value,
		  struct scst_error *err)
{
	_cleanup_free_ char *copy = strdup(text);
	char *rest = copy, *word;
	int ret = 0;

	if (!copy)
		return scst_fail(err, -ENOMEM, "out of memory");
	set_default(map, value);
	while (!ret && (word = strsep(&rest, ",")))
		if (*word)
			ret = set_member(map, value, word, err);
	ret = ret ?: check_pairs(map, value, err);
	return ret ? scst_fail_in(err, ret, "rule \"%s\"", text) : 0;
}

/* Return: 0 or -ENOENT, no type of a list. */
static int of_type(const struct btf *btf, uint32_t value_id, struct list_map *map)
{
	int64_t size = btf__resolve_size(btf, value_id);

	*map = (struct list_map){ .btf = btf, .value_id = value_id, .value_size = size };
	return size <= 0 || find_used(map) ? -ENOENT : 0;
}

int scst_list_encode(const struct btf *btf, uint32_t value_id, const char *rule, void *value,
		     struct scst_error *err)
{
	struct list_map map;

	return of_type(btf, value_id, &map) ?: encode(&map, rule, value, err);
}

int scst_list_check(const struct btf *btf, uint32_t value_id, uint32_t max, char *const *rules,
		    size_t nr, struct scst_error *err)
{
	_cleanup_free_ void *value = NULL;
	struct list_map map;
	int ret = of_type(btf, value_id, &map);

	if (ret)
		return ret;
	value = malloc(map.value_size);
	if (!value)
		return scst_fail(err, -ENOMEM, "out of memory");
	for (size_t i = 0; i < nr && !ret; i++)
		ret = encode(&map, rules[i], value, err);
	if (!ret && nr > max)
		ret = scst_fail(err, -E2BIG, "more than %u rules", max);
	return ret;
}

int scst_list_write(int map_fd, char *const *rules, size_t nr, struct scst_error *err)
{
	_cleanup_(close_list) struct list_map map = {};
	_cleanup_free_ char *value = NULL;
	int ret = open_list(map_fd, &map);

	if (ret)
		return scst_fail(err, ret, "cannot use the list of rules");
	if (nr > map.nr)
		return scst_fail(err, -E2BIG, "more than %u rules", map.nr);
	value = malloc(map.value_size);
	if (!value)
		return scst_fail(err, -ENOMEM, "out of memory");
	for (uint32_t i = 0; i < map.nr && !ret; i++) {
		memset(value, 0, map.value_size);
		if (i < nr)
			ret = encode(&map, rules[i], value, err);
		if (!ret && bpf_map_update_elem(map_fd, &i, value, BPF_ANY))
			ret = scst_fail(err, -errno, "cannot write a rule: %s", strerror(errno));
	}
	return ret;
}

static bool is_used(const struct list_map *map, uint32_t i, void *value)
{
	uint64_t used = 0;

	return i < map->nr && !bpf_map_lookup_elem(map->fd, &i, value) &&
	       !scst_field_number(&map->used, value, &used) && used;
}

int scst_list_compare(int map_fd, char *const *rules, size_t nr, bool *same,
		      struct scst_error *err)
{
	_cleanup_free_ char *wanted = NULL, *found = NULL;
	_cleanup_(close_list) struct list_map map = {};
	int ret = open_list(map_fd, &map);

	if (ret)
		return scst_fail(err, ret, "cannot use the list of rules");
	wanted = malloc(map.value_size);
	found = malloc(map.value_size);
	if (!wanted || !found)
		return scst_fail(err, -ENOMEM, "out of memory");
	*same = true;
	for (size_t i = 0; i < nr && *same && !ret; i++) {
		ret = encode(&map, rules[i], wanted, err);
		*same = !ret && is_used(&map, i, found) && !memcmp(wanted, found, map.value_size);
	}
	*same = *same && !is_used(&map, nr, found);
	return ret;
}

/* What a reader expects to see: members that say something. */
static int format(const struct list_map *map, const void *value, char *out, size_t size)
{
	char text[512];
	struct scst_field field;
	size_t len = 0;

	out[0] = '\0';
	for (uint32_t i = 0; scst_field_at(map->btf, map->value_id, i, &field); i++) {
		if (streq(field.name, "used") || streq(field.name, "pad") ||
		    scst_field_format(&field, value, text, sizeof(text)) || !text[0])
			continue;
		if (streq(text, "0") && !means_any_by_ones(field.name))
			continue;
		if (means_any_by_ones(field.name) && streq(text, "4294967295"))
			continue;
		len += snprintf(out + len, size - len, "%s%s=%s", len ? "," : "", field.name, text);
		if (len >= size)
			return -ENAMETOOLONG;
	}
	return 0;
}

int scst_list_each(int map_fd, int (*each)(const char *rule, void *arg), void *arg,
		   struct scst_error *err)
{
	_cleanup_(close_list) struct list_map map = {};
	_cleanup_free_ char *value = NULL;
	char text[MAX_TEXT];
	int ret = open_list(map_fd, &map);

	value = ret ? NULL : malloc(map.value_size);
	if (!value)
		return scst_fail(err, ret ?: -ENOMEM, "cannot read the list of rules");
	for (uint32_t i = 0; !ret && is_used(&map, i, value); i++)
		ret = format(&map, value, text, sizeof(text)) ?: each(text, arg);
	return ret;
}
