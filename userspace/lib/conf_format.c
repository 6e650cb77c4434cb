// SPDX-License-Identifier: GPL-2.0-only
/*
 * The file is put together from the inside out, as SCST's program does it: each piece ends with as
 * many newlines as its own rule wants, and whoever takes it in may cut some off again.
 */
#include "conf_format.h"

#include <stdarg.h>

#include "conf_parse.h"

#define NONKEY	"# Non-key attributes\n"
#define LINE	80			/* most are not longer */

struct piece {
	char *text;
	size_t len, size;
};

struct writer {
	struct scst_names *faults;
	bool failed;			/* out of memory somewhere */
};

static void free_piece(struct piece *piece)
{
	free(piece->text);
}

#define _cleanup_piece_	_cleanup_(free_piece)

static bool is_empty(const struct piece *piece)
{
	return !piece->len;
}

/* For @len characters and a NUL. */
static bool make_room(struct writer *w, struct piece *piece, size_t len)
{
	size_t size = 2 * piece->size + len + 1;
	char *bigger;

	if (piece->len + len < piece->size)
		return true;
	bigger = realloc(piece->text, size);
	if (!bigger) {
		w->failed = true;
		return false;
	}
	piece->text = bigger;
	piece->size = size;
	return true;
}

static void put(struct writer *w, struct piece *piece, const char *text)
{
	size_t len = strlen(text);

	if (!make_room(w, piece, len))
		return;
	memcpy(piece->text + piece->len, text, len + 1);
	piece->len += len;
}

static void put_piece(struct writer *w, struct piece *piece, const struct piece *more)
{
	if (more->len)
		put(w, piece, more->text);
}

static void _printf_(3, 4) put_line(struct writer *w, struct piece *piece, const char *fmt, ...)
{
	size_t len = LINE, room;

	do {
		va_list ap;

		if (!make_room(w, piece, len))
			return;
		room = piece->size - piece->len;
		va_start(ap, fmt);
		len = vsnprintf(piece->text + piece->len, room, fmt, ap);
		va_end(ap);
	} while (len >= room);
	piece->len += len;
}

static void put_quoted(struct writer *w, struct piece *piece, const char *value)
{
	if (make_room(w, piece, SCST_CONF_QUOTED(strlen(value))))
		piece->len += scst_conf_quote(value, piece->text + piece->len);
}

static void end_with(struct writer *w, struct piece *piece, const char *newlines)
{
	if (!piece->len || piece->text[piece->len - 1] != '\n')
		return;
	while (piece->len && piece->text[piece->len - 1] == '\n')
		piece->text[--piece->len] = '\0';
	put(w, piece, newlines);
}

/* Of two newlines at the end one goes; of three, too. */
static void cut_blank_line(struct piece *piece)
{
	if (piece->len >= 2 && !strcmp(piece->text + piece->len - 2, "\n\n"))
		piece->text[--piece->len] = '\0';
}

/* ---- what will be lost ---------------------------------------------------------------------- */

/* A value may be a secret, and is not told. */
static void tell_lost(struct writer *w, const char *what, const char *name)
{
	_cleanup_free_ char *fault = NULL;

	if (asprintf(&fault, "the grammar has no way to write %s \"%s\": it will not be read back "
		     "as it is", what, name) < 0) {
		fault = NULL;
		w->failed = true;
	} else if (scst_names_add(w->faults, fault)) {
		w->failed = true;
	}
}

#define NAME_CANNOT	" \t\r\f\v\n#\\{}\""

/* Names stand there as they are; only those of initiators are quoted. */
static void check_name(struct writer *w, const char *name, const char *cannot)
{
	if (!*name || name[strcspn(name, cannot)])
		tell_lost(w, "the name", name);
}

static void check_names(struct writer *w, const struct scst_conf *conf)
{
	for (size_t i = 0; i < conf->nr_attrs; i++)
		check_name(w, conf->attrs[i].name, NAME_CANNOT "[");
	if (conf->kind == SCST_CONF_LUN)
		check_name(w, scst_conf_device(conf) ?: "", NAME_CANNOT);
	if (conf->kind == SCST_CONF_INITIATOR &&
	    (!*conf->name || !scst_conf_reads_back(conf->name)))
		tell_lost(w, "the name", conf->name);
	else if (conf->kind != SCST_CONF_INITIATOR && conf->kind != SCST_CONF_ROOT)
		check_name(w, conf->name, conf->kind == SCST_CONF_LUN ? NAME_CANNOT "[" :
			   NAME_CANNOT);
	for (size_t i = 0; i < conf->nr_children; i++)
		check_names(w, conf->children[i]);
}

/* ---- attributes ----------------------------------------------------------------------------- */

static int by_attr_name(const void *a, const void *b)
{
	const struct scst_conf_attr *const *x = a, *const *y = b;

	return strcmp((*x)->name, (*y)->name);
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* @alone: it is the only value of its attribute. */
static void put_value(struct writer *w, struct piece *piece, const char *indent, const char *name,
		      const char *value, bool alone)
{
	put(w, piece, indent);
	put(w, piece, name);
	put(w, piece, " ");
	put_quoted(w, piece, value);
	put(w, piece, "\n");
	if (!scst_conf_reads_back(value) || (!*value && !alone))
		tell_lost(w, "the value of", name);
}

static void put_values(struct writer *w, struct piece *piece, const char *indent,
		       const struct scst_conf_attr *attr)
{
	size_t nr = attr->values.nr;
	_cleanup_free_ const char **values = calloc(nr, sizeof(*values));

	if (!values) {
		w->failed = true;
		return;
	}
	memcpy(values, attr->values.list, nr * sizeof(*values));
	qsort(values, nr, sizeof(*values), by_text);
	for (size_t i = 0; i < nr; i++)
		put_value(w, piece, indent, attr->name, values[i], false);
}

static void put_attr(struct writer *w, struct piece *piece, const char *indent,
		     const struct scst_conf_attr *attr)
{
	if (!attr->values.nr)
		put_line(w, piece, "%s%s \n", indent, attr->name);
	else if (attr->values.nr == 1)
		put_value(w, piece, indent, attr->name, attr->values.list[0], true);
	else
		put_values(w, piece, indent, attr);
}

/* Those with their default, or the others. HW_TARGET is no attribute: it says what a target is. */
static void put_attrs(struct writer *w, struct piece *piece, const char *indent,
		      const struct scst_conf *conf, bool nonkey)
{
	_cleanup_free_ const struct scst_conf_attr **list = calloc(conf->nr_attrs, sizeof(*list));
	size_t nr = 0;

	if (!conf->nr_attrs)
		return;
	if (!list) {
		w->failed = true;
		return;
	}
	for (size_t i = 0; i < conf->nr_attrs; i++)
		if (conf->attrs[i].nonkey == nonkey && !streq(conf->attrs[i].name, "HW_TARGET"))
			list[nr++] = &conf->attrs[i];
	qsort(list, nr, sizeof(*list), by_attr_name);
	for (size_t i = 0; i < nr; i++)
		put_attr(w, piece, indent, list[i]);
}

/* Key attributes, then the others below their comment. @blank: a blank line behind each part. */
static void put_both(struct writer *w, struct piece *piece, const char *indent,
		     const struct scst_conf *conf, bool blank)
{
	_cleanup_piece_ struct piece nonkey = {};

	put_attrs(w, piece, indent, conf, false);
	if (blank && !is_empty(piece))
		put(w, piece, "\n");
	put_attrs(w, &nonkey, indent, conf, true);
	if (is_empty(&nonkey))
		return;
	put_line(w, piece, "%s%s", indent, NONKEY);
	put_piece(w, piece, &nonkey);
	if (blank)
		put(w, piece, "\n");
}

/* "HEAD {", what is inside and "}", or the head alone. */
static void put_block(struct writer *w, struct piece *piece, const char *indent,
		      const struct piece *inside, const char *end)
{
	if (is_empty(inside)) {
		put(w, piece, "\n");
		return;
	}
	put(w, piece, " {\n");
	put_piece(w, piece, inside);
	put_line(w, piece, "%s}%s", indent, end);
}

/* ---- handlers ------------------------------------------------------------------------------- */

static void put_device(struct writer *w, struct piece *piece, const struct scst_conf *device)
{
	_cleanup_piece_ struct piece attrs = {};

	put_both(w, &attrs, "\t\t", device, true);
	end_with(w, &attrs, "\n");
	put_line(w, piece, "\tDEVICE %s", device->name);
	put_block(w, piece, "\t", &attrs, "\n\n");
}

static void put_handler(struct writer *w, struct piece *piece, const struct scst_conf *handler)
{
	_cleanup_piece_ struct piece inside = {}, devices = {}, nonkey = {};
	struct scst_conf *device;

	put_attrs(w, &inside, "\t", handler, false);
	scst_conf_for_each(device, handler, SCST_CONF_DEVICE)
		put_device(w, &devices, device);
	end_with(w, &devices, "\n");
	put_piece(w, &inside, &devices);
	put_attrs(w, &nonkey, "\t", handler, true);
	if (!is_empty(&nonkey))
		put(w, &inside, "\t" NONKEY);
	put_piece(w, &inside, &nonkey);
	if (!is_empty(&inside))
		put_line(w, piece, "HANDLER %s {\n%s}\n\n", handler->name, inside.text);
}

/* ---- targets -------------------------------------------------------------------------------- */

/* @end is what comes behind the brace of a LUN with attributes. */
static void put_luns(struct writer *w, struct piece *piece, const char *indent,
		     const struct scst_conf *parent, const char *end)
{
	struct scst_conf *lun;

	scst_conf_for_each(lun, parent, SCST_CONF_LUN) {
		_cleanup_piece_ struct piece attrs = {};
		char deeper[8];

		snprintf(deeper, sizeof(deeper), "%s\t", indent);
		put_both(w, &attrs, deeper, lun, false);
		put_line(w, piece, "%sLUN %s %s", indent, lun->name, scst_conf_device(lun) ?: "");
		put_block(w, piece, indent, &attrs, end);
	}
}

static void put_initiators(struct writer *w, struct piece *piece, const struct scst_conf *group)
{
	struct scst_conf *initiator;

	scst_conf_for_each(initiator, group, SCST_CONF_INITIATOR) {
		put(w, piece, "\n\t\t\tINITIATOR ");
		put_quoted(w, piece, initiator->name);
		put(w, piece, "\n");
	}
}

static void put_group_attrs(struct writer *w, struct piece *piece, const struct scst_conf *group)
{
	_cleanup_piece_ struct piece attrs = {}, nonkey = {};

	put_attrs(w, &attrs, "\t\t\t", group, false);
	put_attrs(w, &nonkey, "\t\t\t", group, true);
	if (!is_empty(&nonkey)) {
		if (!is_empty(&attrs))
			put(w, &attrs, "\n");
		put(w, &attrs, "\t\t\t" NONKEY);
		put_piece(w, &attrs, &nonkey);
	}
	if (!is_empty(&attrs))
		put(w, piece, "\n");
	put_piece(w, piece, &attrs);
}

/* An empty group has no blank line behind it. */
static void put_group(struct writer *w, struct piece *piece, const struct scst_conf *group)
{
	_cleanup_piece_ struct piece inside = {};

	put_luns(w, &inside, "\t\t\t", group, "\n");
	put_initiators(w, &inside, group);
	put_group_attrs(w, &inside, group);
	put_line(w, piece, "\t\tGROUP %s", group->name);
	put_block(w, piece, "\t\t", &inside, "\n\n");
}

static void put_target(struct writer *w, struct piece *piece, const struct scst_conf *target)
{
	_cleanup_piece_ struct piece inside = {}, luns = {};
	struct scst_conf *group;

	if (scst_conf_attr(target, "HW_TARGET"))
		put(w, &inside, "\t\tHW_TARGET\n\n");
	put_both(w, &inside, "\t\t", target, true);
	put_luns(w, &luns, "\t\t", target, "\n\n");
	end_with(w, &luns, "\n\n");
	put_piece(w, &inside, &luns);
	scst_conf_for_each(group, target, SCST_CONF_GROUP)
		put_group(w, &inside, group);
	cut_blank_line(&inside);
	put_line(w, piece, "\tTARGET %s", target->name);
	put_block(w, piece, "\t", &inside, "\n\n");
}

static void put_driver(struct writer *w, struct piece *piece, const struct scst_conf *driver)
{
	_cleanup_piece_ struct piece inside = {};
	struct scst_conf *target;

	put_both(w, &inside, "\t", driver, true);
	scst_conf_for_each(target, driver, SCST_CONF_TARGET)
		put_target(w, &inside, target);
	cut_blank_line(&inside);
	if (!is_empty(&inside))
		put_line(w, piece, "TARGET_DRIVER %s {\n%s}\n\n", driver->name, inside.text);
}

/* ---- ALUA ----------------------------------------------------------------------------------- */

static void put_alua(struct writer *w, struct piece *piece, const struct scst_conf *alua)
{
	_cleanup_piece_ struct piece attrs = {};

	put_both(w, &attrs, "\t", alua, false);
	if (!is_empty(&attrs))
		put_line(w, piece, "ALUA {\n%s}\n\n", attrs.text);
}

static void put_group_targets(struct writer *w, struct piece *piece, const struct scst_conf *tgroup)
{
	struct scst_conf *target;

	scst_conf_for_each(target, tgroup, SCST_CONF_GROUP_TARGET) {
		_cleanup_piece_ struct piece attrs = {};

		put_both(w, &attrs, "\t\t\t", target, false);
		put_line(w, piece, "\t\tTARGET %s", target->name);
		put_block(w, piece, "\t\t", &attrs, "\n");
	}
}

static void put_target_group(struct writer *w, struct piece *piece, const struct scst_conf *tgroup)
{
	_cleanup_piece_ struct piece inside = {};

	put_both(w, &inside, "\t\t", tgroup, true);
	put_group_targets(w, &inside, tgroup);
	cut_blank_line(&inside);
	put_line(w, piece, "\tTARGET_GROUP %s", tgroup->name);
	put_block(w, piece, "\t", &inside, "\n\n");
}

static void put_device_group(struct writer *w, struct piece *piece, const struct scst_conf *dgroup)
{
	_cleanup_piece_ struct piece inside = {}, devices = {};
	struct scst_conf *child;

	put_both(w, &inside, "\t", dgroup, true);
	scst_conf_for_each(child, dgroup, SCST_CONF_GROUP_DEVICE)
		put_line(w, &devices, "\tDEVICE %s\n", child->name);
	if (!is_empty(&devices))
		put(w, &devices, "\n");
	put_piece(w, &inside, &devices);
	scst_conf_for_each(child, dgroup, SCST_CONF_TARGET_GROUP)
		put_target_group(w, &inside, child);
	cut_blank_line(&inside);
	if (!is_empty(&inside))
		put_line(w, piece, "DEVICE_GROUP %s {\n%s}\n\n", dgroup->name, inside.text);
}

/* ---- all of it ------------------------------------------------------------------------------ */

/* clang-format off */
static const struct {
	enum scst_conf_kind kind;
	void (*put)(struct writer *w, struct piece *piece, const struct scst_conf *conf);
} order[] = {
	{ SCST_CONF_HANDLER,		put_handler	 },
	{ SCST_CONF_DRIVER,		put_driver	 },
	{ SCST_CONF_ALUA,		put_alua	 },
	{ SCST_CONF_DEVICE_GROUP,	put_device_group },
};
/* clang-format on */

int scst_conf_format(const struct scst_conf *conf, const char *title, char **text,
		     struct scst_names *faults)
{
	_cleanup_piece_ struct piece all = {};
	struct writer w = { .faults = faults };

	check_names(&w, conf);
	put_line(&w, &all, "# Automatically generated by %s.\n\n", title);
	put_both(&w, &all, "", conf, false);
	put(&w, &all, "\n");
	for (size_t i = 0; i < ARRAY_SIZE(order); i++) {
		struct scst_conf *child;

		scst_conf_for_each(child, conf, order[i].kind)
			order[i].put(&w, &all, child);
	}
	if (w.failed)
		return -ENOMEM;
	*text = TAKE_PTR(all.text);
	return 0;
}
