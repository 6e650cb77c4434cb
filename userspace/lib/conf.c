// SPDX-License-Identifier: GPL-2.0-only
/*
 * The tree of a configuration: made, searched, ordered. Whoever compares two of them looks each
 * child up in the other: a parent of ten thousand has an index of its children.
 */
#include "conf.h"

#include <inttypes.h>
#include <search.h>

/* ---- the index of a parent ------------------------------------------------------------------ */

static int by_kind_and_name(const void *a, const void *b)
{
	const struct scst_conf *x = a, *y = b;

	return x->kind != y->kind ? (x->kind < y->kind ? -1 : 1) : strcmp(x->name, y->name);
}

struct scst_conf *scst_conf_find(const struct scst_conf *parent, enum scst_conf_kind kind,
				 const char *name)
{
	const struct scst_conf key = { .kind = kind, .name = (char *)name };
	struct scst_conf **found = parent ? tfind(&key, &parent->index, by_kind_and_name) : NULL;

	return found ? *found : NULL;
}

/* Whatever is there of that name stays, which is then the first. Return: 0 or -ENOMEM. */
static int index_child(struct scst_conf *parent, struct scst_conf *child)
{
	struct scst_conf **found = tsearch(child, &parent->index, by_kind_and_name);

	if (!found)
		return -ENOMEM;
	parent->twins |= *found != child;
	return 0;
}

/* If it was the first, another of that name may be it from now on. */
static void unindex_child(struct scst_conf *parent, const struct scst_conf *child)
{
	if (scst_conf_find(parent, child->kind, child->name) != child)
		return;
	tdelete(child, &parent->index, by_kind_and_name);
	for (size_t i = 0; i < parent->nr_children && parent->twins; i++)
		if (parent->children[i] != child &&
		    !by_kind_and_name(parent->children[i], child)) {
			(void)index_child(parent, parent->children[i]);
			return;
		}
}

static void free_nothing(void *child _unused_)
{
}

/* ---- made ----------------------------------------------------------------------------------- */

struct scst_conf *scst_conf_new(enum scst_conf_kind kind, const char *name)
{
	struct scst_conf *conf = calloc(1, sizeof(*conf));

	if (!conf)
		return NULL;
	conf->kind = kind;
	conf->name = strdup(name);
	if (!conf->name) {
		free(conf);
		return NULL;
	}
	return conf;
}

void scst_conf_free(struct scst_conf *conf)
{
	for (size_t i = 0; i < conf->nr_attrs; i++) {
		free(conf->attrs[i].name);
		scst_names_clear(&conf->attrs[i].values);
	}
	for (size_t i = 0; i < conf->nr_children; i++)
		scst_conf_free(conf->children[i]);
	tdestroy(conf->index, free_nothing);
	scst_names_clear(&conf->devices);
	free(conf->attrs);
	free(conf->children);
	free(conf->name);
	free(conf);
}

int scst_conf_adopt(struct scst_conf *parent, struct scst_conf *child)
{
	size_t nr = parent->nr_children;
	struct scst_conf **bigger = parent->children;

	if (!(nr & (nr - 1)))	/* @nr is a power of two: it is full */
		bigger = reallocarray(bigger, nr ? 2 * nr : 1, sizeof(*bigger));
	if (!bigger)
		return -ENOMEM;
	parent->children = bigger;
	if (index_child(parent, child))
		return -ENOMEM;
	parent->children[parent->nr_children++] = child;
	return 0;
}

struct scst_conf *scst_conf_add(struct scst_conf *parent, enum scst_conf_kind kind,
				const char *name)
{
	char number[24];
	_cleanup_(scst_conf_freep) struct scst_conf *child = scst_conf_new(kind,
		kind == SCST_CONF_LUN ? scst_conf_lun_name(name, number) : name);

	if (!child || scst_conf_adopt(parent, child))
		return NULL;
	return TAKE_PTR(child);
}

/* Who drops all of them begins with the last. */
void scst_conf_drop(struct scst_conf *parent, struct scst_conf *child)
{
	size_t i = parent->nr_children - 1;

	while (parent->children[i] != child)
		i--;
	memmove(&parent->children[i], &parent->children[i + 1],
		(parent->nr_children - i - 1) * sizeof(child));
	parent->nr_children--;
	unindex_child(parent, child);
	scst_conf_free(child);
}

int scst_conf_rename(struct scst_conf *parent, struct scst_conf *child, const char *name)
{
	char *copy = strdup(name);

	if (!copy)
		return -ENOMEM;
	unindex_child(parent, child);
	free(child->name);
	child->name = copy;
	return index_child(parent, child);
}

struct scst_conf_attr *scst_conf_add_attr(struct scst_conf *conf, const char *name,
					  unsigned int line)
{
	size_t nr = conf->nr_attrs;
	struct scst_conf_attr *bigger = conf->attrs;
	char *copy = strdup(name);

	if (!(nr & (nr - 1)))	/* full, as above */
		bigger = reallocarray(bigger, nr ? 2 * nr : 1, sizeof(*bigger));
	if (bigger)
		conf->attrs = bigger;
	if (!bigger || !copy) {
		free(copy);
		return NULL;
	}
	bigger[nr] = (struct scst_conf_attr){ .name = copy, .line = line };
	conf->nr_attrs++;
	return &bigger[nr];
}

int scst_conf_set(struct scst_conf *conf, const char *name, const char *value, unsigned int line)
{
	struct scst_conf_attr *attr = scst_conf_attr(conf, name) ?:
				      scst_conf_add_attr(conf, name, line);

	if (!attr)
		return -ENOMEM;
	if (!value || scst_names_has(&attr->values, value))
		return 0;
	return scst_names_add(&attr->values, value);
}

int scst_conf_set_none(struct scst_conf *conf, const char *name, unsigned int line)
{
	int err = scst_conf_set(conf, name, NULL, line);

	if (!err)
		scst_conf_attr(conf, name)->none = true;
	return err;
}

/* Return: 0 or -ENOMEM. */
static int copy_attr(struct scst_conf *to, const struct scst_conf_attr *attr)
{
	struct scst_conf_attr *copy = scst_conf_add_attr(to, attr->name, attr->line);
	int err = copy ? 0 : -ENOMEM;

	for (size_t i = 0; i < attr->values.nr && !err; i++)
		err = scst_names_add(&copy->values, attr->values.list[i]);
	if (err)
		return err;
	copy->none = attr->none;
	copy->nonkey = attr->nonkey;
	copy->deep = attr->deep;
	return 0;
}

static int copy_child(struct scst_conf *to, const struct scst_conf *child)
{
	_cleanup_(scst_conf_freep) struct scst_conf *copy = scst_conf_copy(child);

	if (!copy || scst_conf_adopt(to, copy))
		return -ENOMEM;
	TAKE_PTR(copy);
	return 0;
}

struct scst_conf *scst_conf_copy(const struct scst_conf *conf)
{
	_cleanup_(scst_conf_freep) struct scst_conf *copy = scst_conf_new(conf->kind, conf->name);
	int err = copy ? 0 : -ENOMEM;

	for (size_t i = 0; i < conf->devices.nr && !err; i++)
		err = scst_names_add(&copy->devices, conf->devices.list[i]);
	for (size_t i = 0; i < conf->nr_attrs && !err; i++)
		err = copy_attr(copy, &conf->attrs[i]);
	for (size_t i = 0; i < conf->nr_children && !err; i++)
		err = copy_child(copy, conf->children[i]);
	if (err)
		return NULL;
	copy->line = conf->line;
	copy->lost = conf->lost;
	return TAKE_PTR(copy);
}

/* ---- searched ------------------------------------------------------------------------------- */

struct scst_conf *scst_conf_reach(struct scst_conf *parent, enum scst_conf_kind kind,
				  const char *name)
{
	if (!parent)
		return NULL;
	return scst_conf_find(parent, kind, name) ?: scst_conf_add(parent, kind, name);
}

bool scst_conf_has(const struct scst_conf *parent, enum scst_conf_kind kind)
{
	size_t at = 0;

	return scst_conf_each(parent, kind, &at);
}

bool scst_conf_in_earlier_group(const struct scst_conf *target, const struct scst_conf *upto,
				const char *initiator)
{
	struct scst_conf *group;

	scst_conf_for_each(group, target, SCST_CONF_GROUP) {
		if (group == upto)
			return false;
		if (scst_conf_find(group, SCST_CONF_INITIATOR, initiator))
			return true;
	}
	return false;
}

struct scst_conf_attr *scst_conf_attr(const struct scst_conf *conf, const char *name)
{
	for (size_t i = 0; conf && i < conf->nr_attrs; i++)
		if (streq(conf->attrs[i].name, name))
			return &conf->attrs[i];
	return NULL;
}

const struct scst_conf_attr *scst_conf_deep(const struct scst_conf *conf)
{
	const struct scst_conf_attr *deep = NULL;

	for (size_t i = 0; i < conf->nr_attrs; i++)
		if (conf->attrs[i].deep)
			return &conf->attrs[i];
	for (size_t i = 0; i < conf->nr_children && !deep; i++)
		deep = scst_conf_deep(conf->children[i]);
	return deep;
}

bool scst_conf_has_lost(const struct scst_conf *conf)
{
	bool lost = conf->lost;

	for (size_t i = 0; i < conf->nr_children && !lost; i++)
		lost = scst_conf_has_lost(conf->children[i]);
	return lost;
}

const char *scst_conf_value(const struct scst_conf *conf, const char *name)
{
	const struct scst_conf_attr *attr = scst_conf_attr(conf, name);

	if (!attr)
		return NULL;
	return attr->values.nr ? attr->values.list[0] : "";
}

const char *scst_conf_lun_name(const char *text, char number[24])
{
	uint64_t lun;

	if (scst_parse_u64(text, 0, UINT32_MAX, &lun))
		return text;
	snprintf(number, 24, "%" PRIu64, lun);
	return number;
}

const char *scst_conf_device(const struct scst_conf *lun)
{
	return lun && lun->devices.nr ? lun->devices.list[0] : NULL;
}

int scst_conf_by_name(const struct scst_conf *a, const struct scst_conf *b)
{
	return a->kind == SCST_CONF_GROUP ? 0 : strcmp(a->name, b->name);
}

static int compare_numbers(const char *a, const char *b)
{
	unsigned long long x = strtoull(a, NULL, 0), y = strtoull(b, NULL, 0);

	return x < y ? -1 : x > y;
}

int scst_conf_by_number(const struct scst_conf *a, const struct scst_conf *b)
{
	int order = a->kind == SCST_CONF_LUN ? compare_numbers(a->name, b->name) : 0;

	return order ?: scst_conf_by_name(a, b);
}

/* Or they may stand in this order: they compare as equal. */
static bool comes_first(const struct scst_conf *a, const struct scst_conf *b,
			int (*compare)(const struct scst_conf *a, const struct scst_conf *b))
{
	return a->kind != b->kind ? a->kind < b->kind : compare(a, b) <= 0;
}

/* Stable, which qsort() is not: those that compare as equal stay as they were written. */
static void merge_sort(struct scst_conf **list, struct scst_conf **room, size_t nr,
		       int (*compare)(const struct scst_conf *a, const struct scst_conf *b))
{
	size_t half = nr / 2, left = 0, right = half;

	if (nr < 2)
		return;
	merge_sort(list, room, half, compare);
	merge_sort(list + half, room, nr - half, compare);
	if (comes_first(list[half - 1], list[half], compare))
		return;		/* what somebody wrote is sorted, mostly */
	for (size_t i = 0; i < nr; i++) {
		bool take_left = left < half &&
			(right == nr || comes_first(list[left], list[right], compare));

		room[i] = list[take_left ? left++ : right++];
	}
	memcpy(list, room, nr * sizeof(*list));
}

void scst_conf_sort(struct scst_conf *conf,
		    int (*compare)(const struct scst_conf *a, const struct scst_conf *b))
{
	_cleanup_free_ struct scst_conf **room = calloc(conf->nr_children ?: 1, sizeof(*room));

	if (room)	/* else: an order that is not as nice */
		merge_sort(conf->children, room, conf->nr_children, compare);
	for (size_t i = 0; i < conf->nr_children; i++)
		scst_conf_sort(conf->children[i], compare);
}

struct scst_conf *scst_conf_each(const struct scst_conf *parent, enum scst_conf_kind kind,
				 size_t *at)
{
	while (parent && *at < parent->nr_children) {
		struct scst_conf *child = parent->children[(*at)++];

		if (child->kind == kind)
			return child;
	}
	return NULL;
}
