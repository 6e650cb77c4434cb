// SPDX-License-Identifier: GPL-2.0-only
/* Names, values, and what contradicts itself. */
#include "conf_check.h"

#include <ctype.h>
#include <scst/iscsi.h>
#include <scst/scst.h>

#include "conf_keys.h"
#include "printable.h"

#define ISCSI_SIGNS	"-.:_"	/* of its names, besides letters and digits: the kernel's */
#define FAULTS_MAX	100	/* nobody reads more, and a file may have a million */

struct checking {
	const char *file;
	struct scst_names *faults;
};

/* ---- faults --------------------------------------------------------------------------------- */

static void put_place(const struct scst_conf_place *place, FILE *out)
{
	const struct scst_kind_row *row;

	if (!place || place->conf->kind == SCST_CONF_ROOT)
		return;
	put_place(place->in, out);
	row = place->in ? scst_kind_find(place->in->conf->kind, place->conf->kind) : NULL;
	fprintf(out, "%s %s: ", row ? row->one : "", place->conf->name);
}

int scst_conf_fault(struct scst_names *faults, const char *file, unsigned int line,
		    const struct scst_conf_place *place, const char *key, const char *why)
{
	_cleanup_free_ char *text = NULL;
	size_t len;
	FILE *out;

	if (faults->nr >= FAULTS_MAX)
		return 0;
	out = open_memstream(&text, &len);
	if (!out)
		return -ENOMEM;
	if (file)
		fprintf(out, "%s:%u: ", file, line);
	put_place(place, out);
	if (key)
		fprintf(out, "%s: ", key);
	fputs(why, out);
	if (fclose(out))
		return -ENOMEM;
	scst_make_printable(text, "");
	return scst_names_add(faults, text);
}

static int fault(const struct checking *c, const struct scst_conf_place *place, const char *why)
{
	return scst_conf_fault(c->faults, c->file, place->conf->line, place, NULL, why);
}

/* ---- attributes ----------------------------------------------------------------------------- */

/* What decides which keys there are: the handler or the driver above. */
static const char *owner_of(const struct scst_conf_place *place)
{
	for (; place; place = place->in)
		if (place->conf->kind == SCST_CONF_HANDLER ||
		    place->conf->kind == SCST_CONF_DRIVER)
			return place->conf->name;
	return NULL;
}

/* As scst_key_one_user() has it. Return: 0 or -ENOMEM. */
static int find_user_twice(const struct scst_names *values, bool *twice)
{
	_cleanup_(scst_set_clear) struct scst_set users = {};
	int err = 0;

	for (size_t i = 0; i < values->nr && !*twice && !err; i++) {
		const char *value = values->list[i];
		_cleanup_free_ char *user = strndup(value, strcspn(value, " \t"));

		*twice = user && scst_set_has(&users, user);
		err = user ? scst_set_add(&users, user) : -ENOMEM;
	}
	return err;
}

static int check_several(const struct checking *c, const struct scst_conf_place *place,
			 const struct scst_conf_attr *attr, const struct scst_key *key)
{
	const char *why = NULL;
	bool twice = false;

	if (attr->values.nr < 2)
		return 0;
	if (key->type == SCST_KEY_USER && find_user_twice(&attr->values, &twice))
		return -ENOMEM;
	if (!(key->flags & SCST_KEY_LIST) || streq(key->name, "OutgoingUser"))
		why = "has more than one value";
	else if (twice)
		why = "has one user twice";
	return why ? scst_conf_fault(c->faults, c->file, attr->line, place, attr->name, why) : 0;
}

static int check_attr(const struct checking *c, const struct scst_conf_place *place,
		      const struct scst_conf_attr *attr)
{
	const struct scst_key *key = scst_key_find(place->conf->kind, owner_of(place), attr->name);
	const char *why;
	int err;

	if (attr->deep)
		return scst_conf_fault(c->faults, c->file, attr->line, place, attr->name,
				       "has more than one word: put it between \"\"");
	if (!key)
		return 0;
	if (key->flags & SCST_KEY_LIST && !attr->values.nr && !attr->none)
		return scst_conf_fault(c->faults, c->file, attr->line, place, attr->name,
				       "has no value");
	err = check_several(c, place, attr, key);
	for (size_t i = 0; i < attr->values.nr && !err; i++) {
		why = scst_key_refuses(key, attr->values.list[i]);
		if (why)
			err = scst_conf_fault(c->faults, c->file, attr->line, place, attr->name,
					      why);
	}
	return err;
}

static int check_needed(const struct checking *c, const struct scst_conf_place *place)
{
	const char *owner = c->file ? owner_of(place) : NULL;
	const struct scst_key *key;
	int err = 0;

	scst_key_for_each(key, place->conf->kind) {
		if (!(key->flags & SCST_KEY_NEEDED) || !owner || !scst_key_knows_owner(owner) ||
		    scst_key_find(key->kind, owner, key->name) != key)
			continue;
		if (!err && !scst_conf_attr(place->conf, key->name))
			err = scst_conf_fault(c->faults, c->file, place->conf->line, place,
					      key->name, "is missing");
	}
	return err;
}

/* ---- names ---------------------------------------------------------------------------------- */

static bool has_sign(const char *signs, char sign)
{
	return isascii(sign) && (isalnum((unsigned char)sign) || strchr(signs, sign));
}

static const char *name_refused(const char *name, const char *signs, unsigned int max)
{
	static char why[128];
	const char *at = name;

	if (!*name || streq(name, ".") || streq(name, "..") || *name == '#')
		return "is no name";
	while (*at && has_sign(signs, *at))
		at++;
	if (*at)
		snprintf(why, sizeof(why), "a name is letters, digits and %s", signs);
	else if (strlen(name) > max)
		snprintf(why, sizeof(why), "a name has at most %u characters", max);
	else
		return NULL;
	return why;
}

static int check_lun(const struct checking *c, const struct scst_conf_place *place)
{
	const struct scst_conf *lun = place->conf;
	uint64_t number;

	if (scst_parse_u64(lun->name, 0, SCST_MAX_LUN, &number))
		return fault(c, place, "a LUN is a number from 0 to 16383");
	if (lun->devices.nr > 1)
		return fault(c, place, streq(lun->devices.list[0], lun->devices.list[1]) ?
			     "stands there twice" : "has two devices");
	return lun->devices.nr && *lun->devices.list[0] ? 0 : fault(c, place, "has no device");
}

static int check_name(const struct checking *c, const struct scst_conf_place *place)
{
	const struct scst_kind_row *row;
	const char *why;

	if (!place->in || place->conf->kind == SCST_CONF_ALUA)
		return 0;
	if (place->conf->kind == SCST_CONF_LUN)
		return check_lun(c, place);
	row = scst_kind_find(place->in->conf->kind, place->conf->kind);
	if (!row)
		why = "cannot stand there";
	else if (row->kind == SCST_CONF_TARGET && streq(owner_of(place), "iscsi"))
		why = name_refused(place->conf->name, ISCSI_SIGNS, SCST_ISCSI_NAME_LEN - 1);
	else
		why = name_refused(place->conf->name, row->signs, row->max);
	return why ? fault(c, place, why) : 0;
}

/* ---- twice ---------------------------------------------------------------------------------- */

struct one {
	const struct scst_conf *node, *parent;
};

static int by_kind_and_name(const void *a, const void *b)
{
	const struct one *x = a, *y = b;
	int order = x->node->kind < y->node->kind ? -1 : x->node->kind > y->node->kind;

	order = order ?: strcmp(x->node->name, y->node->name);
	return order ?: (x->node->line < y->node->line ? -1 : x->node->line > y->node->line);
}

static bool is_same(const struct one *a, const struct one *b)
{
	return a->node->kind == b->node->kind && streq(a->node->name, b->node->name);
}

/* @within: two of one parent are meant; else two of different parents, which are in @place. */
static int check_twice(const struct checking *c, struct one *list, size_t nr,
		       const struct scst_conf_place *place, bool within, const char *why)
{
	int err = 0;

	if (nr > 1)
		qsort(list, nr, sizeof(*list), by_kind_and_name);
	for (size_t i = 1; i < nr && !err; i++) {
		const struct scst_conf_place parent = { .in = place, .conf = list[i].parent };
		const struct scst_conf_place here = {
			.in = within ? place : &parent, .conf = list[i].node,
		};

		if (is_same(&list[i - 1], &list[i]) &&
		    (list[i - 1].parent == list[i].parent) == within)
			err = fault(c, &here, why);
	}
	return err;
}

static int check_children(const struct checking *c, const struct scst_conf_place *place)
{
	const struct scst_conf *conf = place->conf;
	_cleanup_free_ struct one *list = calloc(conf->nr_children ?: 1, sizeof(*list));

	if (!list)
		return -ENOMEM;
	for (size_t i = 0; i < conf->nr_children; i++)
		list[i] = (struct one){ conf->children[i], conf };
	return check_twice(c, list, conf->nr_children, place, true, "stands there twice");
}

/* What is unique in all of @place: a device over all handlers, an initiator over all groups. */
static int check_grandchildren(const struct checking *c, const struct scst_conf_place *place,
			       enum scst_conf_kind kind, enum scst_conf_kind below,
			       const char *why)
{
	_cleanup_free_ struct one *list = NULL;
	struct scst_conf *child, *grandchild;
	size_t nr = 0, room = 1;

	scst_conf_for_each(child, place->conf, kind)
		room += child->nr_children;
	list = calloc(room, sizeof(*list));
	if (!list)
		return -ENOMEM;
	scst_conf_for_each(child, place->conf, kind)
		for (size_t i = 0; i < child->nr_children; i++) {
			grandchild = child->children[i];
			if (grandchild->kind == below)
				list[nr++] = (struct one){ grandchild, child };
		}
	return check_twice(c, list, nr, place, false, why);
}

/* ---- all of it ------------------------------------------------------------------------------ */

static int check_node(const struct checking *c, const struct scst_conf_place *place)
{
	int err = check_name(c, place);

	for (size_t i = 0; i < place->conf->nr_attrs && !err; i++)
		err = check_attr(c, place, &place->conf->attrs[i]);
	err = err ?: check_needed(c, place);
	err = err ?: check_children(c, place);
	if (place->conf->kind == SCST_CONF_ROOT)
		err = err ?: check_grandchildren(c, place, SCST_CONF_HANDLER, SCST_CONF_DEVICE,
						 "is a device of another handler as well");
	if (place->conf->kind == SCST_CONF_TARGET)
		err = err ?: check_grandchildren(c, place, SCST_CONF_GROUP, SCST_CONF_INITIATOR,
						 "is in another group of this target as well");
	for (size_t i = 0; i < place->conf->nr_children && !err; i++) {
		const struct scst_conf_place below = {
			.in = place, .conf = place->conf->children[i],
		};

		err = check_node(c, &below);
	}
	return err;
}

int scst_conf_check(const struct scst_conf *conf, const char *file, struct scst_names *faults)
{
	const struct checking c = { .file = file, .faults = faults };

	return check_node(&c, &(struct scst_conf_place){ .conf = conf });
}
