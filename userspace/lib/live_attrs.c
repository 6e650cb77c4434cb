// SPDX-License-Identifier: GPL-2.0-only
/*
 * Attributes are files; what differs between objects is a table: links that count as attributes,
 * and files that are written by another way than their mode says.
 */
#include "live_attrs.h"

#include <ctype.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "sysfs.h"

#define LINKS_MAX	3

/* clang-format off */
static const struct about {
	const char *what;		/* for messages */
	const char *links[LINKS_MAX];	/* the last part of where they lead is the value */
	const char *writable[5];	/* whatever their mode: SCST had verbs for them once */
} abouts[SCST_CONF_KINDS] = {
	[SCST_CONF_ROOT]	 = { "SCST" },
	[SCST_CONF_HANDLER]	 = { "handler" },
	[SCST_CONF_DEVICE]	 = { "device", { "handler", "scsi_device" },
				     { "cpu_mask", "filename", "threads_num",
				       "threads_pool_type" } },
	[SCST_CONF_DRIVER]	 = { "driver" },
	[SCST_CONF_TARGET]	 = { "target", { "host" }, { "enabled", "cpu_mask" } },
	[SCST_CONF_LUN]		 = { "LUN", { "device" } },
	[SCST_CONF_GROUP]	 = { "group", { }, { "cpu_mask" } },
	[SCST_CONF_INITIATOR]	 = { "initiator" },
	[SCST_CONF_ALUA]	 = { "ALUA" },
	[SCST_CONF_DEVICE_GROUP] = { "device group" },
	[SCST_CONF_TARGET_GROUP] = { "target group" },
	[SCST_CONF_GROUP_TARGET] = { "target group target" },
};
/* clang-format on */

static bool is_one_of(const char *const *list, size_t nr, const char *name)
{
	for (size_t i = 0; i < nr && list[i]; i++)
		if (streq(list[i], name))
			return true;
	return false;
}

void scst_live_attrs_clear(struct scst_live_attrs *attrs)
{
	for (size_t i = 0; i < attrs->nr; i++) {
		struct scst_live_attr *attr = &attrs->list[i];

		for (size_t j = 0; j < attr->nr_values; j++) {
			free(attr->values[j].number);
			free(attr->values[j].text);
		}
		free(attr->values);
		free(attr->name);
		scst_names_clear(&attr->levels);
	}
	free(attrs->list);
	*attrs = (struct scst_live_attrs){};
}

static struct scst_live_attr *find_attr(const struct scst_live_attrs *attrs, const char *name)
{
	for (size_t i = 0; i < attrs->nr; i++)
		if (streq(attrs->list[i].name, name))
			return &attrs->list[i];
	return NULL;
}

const struct scst_live_attr *scst_live_attr(const struct scst_live_attrs *attrs,
					    const char *name)
{
	return find_attr(attrs, name);
}

const char *scst_live_value(const struct scst_live_attrs *attrs, const char *name)
{
	const struct scst_live_attr *attr = find_attr(attrs, name);

	return attr && attr->nr_values ? attr->values[0].text : NULL;
}

bool scst_live_attr_has(const struct scst_live_attr *attr, const char *value)
{
	for (size_t i = 0; i < attr->nr_values; i++)
		if (streq(attr->values[i].text ?: "", value))
			return true;
	return false;
}

/* ---- building the list ---------------------------------------------------------------------- */

static struct scst_live_attr *reach_attr(struct scst_live_attrs *attrs, const char *name)
{
	struct scst_live_attr *attr = find_attr(attrs, name), *bigger;
	char *copy;

	if (attr)
		return attr;
	bigger = reallocarray(attrs->list, attrs->nr + 1, sizeof(*bigger));
	copy = strdup(name);
	if (bigger)
		attrs->list = bigger;
	if (!bigger || !copy) {
		free(copy);
		return NULL;
	}
	bigger[attrs->nr] = (struct scst_live_attr){ .name = copy };
	return &bigger[attrs->nr++];
}

/* @text is the attribute's from here on, or NULL. */
static int add_value(struct scst_live_attr *attr, const char *number, char *text)
{
	_cleanup_free_ char *mine = text, *copy = strdup(number);
	struct scst_live_value *bigger = reallocarray(attr->values, attr->nr_values + 1,
						      sizeof(*bigger));

	if (bigger)
		attr->values = bigger;
	if (!bigger || !copy)
		return -ENOMEM;
	bigger[attr->nr_values++] = (struct scst_live_value){ TAKE_PTR(copy), TAKE_PTR(mine) };
	return 0;
}

/* Adds an attribute with one value that is not a file's. */
static int add_fixed(struct scst_live_attrs *attrs, const char *name, const char *text)
{
	struct scst_live_attr *attr = reach_attr(attrs, name);
	char *copy = strdup(text);

	if (!attr || !copy) {
		free(copy);
		return -ENOMEM;
	}
	attr->is_static = true;
	return add_value(attr, "0", copy);
}

/* ---- one file ------------------------------------------------------------------------------- */

/* IncomingUser1 is number 1 of IncomingUser: a name without digits, then nothing else. */
static const char *number_of(const char *name)
{
	size_t len = strcspn(name, "0123456789");

	if (!len || !name[len] || name[len + strspn(name + len, "0123456789")])
		return NULL;
	return name + len;
}

/* The second line. */
static bool has_key_mark(const char *text)
{
	const char *line = strchr(text, '\n');
	size_t len = line ? strcspn(line + 1, "\n") : 0;

	return line && memmem(line + 1, len, "[key]", 5);
}

/* The whole of the third line and on, between the first '[' and the last ']'. */
static int take_levels(struct scst_live_attr *attr, char *text)
{
	char *open = strchr(text, '\n'), *close, *rest;
	int err = 0;

	open = open ? strchr(open + 1, '\n') : NULL;
	open = open ? strchr(open, '[') : NULL;
	close = open ? strrchr(open, ']') : NULL;
	attr->has_levels = true;
	if (!close)
		return 0;
	*close = '\0';
	for (char *level = strtok_r(open + 1, ",|\n", &rest); level && !err;
	     level = strtok_r(NULL, ",|\n", &rest)) {
		while (isspace((unsigned char)*level))
			level++;
		for (size_t len = strlen(level); len && isspace((unsigned char)level[len - 1]); )
			level[--len] = '\0';
		if (*level)
			err = scst_names_add(&attr->levels, level);
	}
	return err;
}

/* "0 - disk" is a number and a text. */
static int split_type(struct scst_live_attrs *attrs, const char *line)
{
	_cleanup_free_ char *type = strdup(line);
	char *dash = type ? strstr(type, " - ") : NULL;
	int err = type ? 0 : -ENOMEM;

	if (dash)
		*dash = '\0';
	err = err ?: add_fixed(attrs, "type", type);
	return err ?: add_fixed(attrs, "type_string", dash ? dash + 3 : "");
}

static int add_file(struct scst_live_attrs *attrs, const char *name, char *text, bool is_static)
{
	bool trace = streq(name, "trace_level"), key = has_key_mark(text) && !trace;
	const char *number = key ? number_of(name) : NULL;
	_cleanup_free_ char *base = strndup(name, number ? (size_t)(number - name) : strlen(name));
	struct scst_live_attr *attr = base ? reach_attr(attrs, base) : NULL;
	char *line = strndup(text, strcspn(text, "\n"));
	int err;

	if (!attr || !line) {
		free(line);
		return -ENOMEM;
	}
	attr->key |= key;
	attr->is_static = is_static;
	err = add_value(attr, number ?: "0", line);
	return err || !trace ? err : take_levels(attr, text);
}

/* A file that is open, or -errno; what may only be written has no value. */
static int read_attr_file(int fd, const char *name, mode_t mode, bool is_static, bool types,
			  struct scst_live_attrs *attrs)
{
	char text[SCST_ATTR_ROOM];
	struct scst_live_attr *attr;
	int err = !(mode & S_IRUSR) ? -EACCES : fd < 0 ? fd : scst_sysfs_read_fd(fd, text);

	if (err == -ENOENT)
		return 0;
	if (!err && types && streq(name, "type"))
		return split_type(attrs, strtok(text, "\n") ?: "");
	if (!err)
		return add_file(attrs, name, text, is_static);
	attr = reach_attr(attrs, name);
	if (!attr)
		return -ENOMEM;
	attr->is_static = mode & S_IRUSR ? is_static : false;
	return add_value(attr, "0", NULL);
}

/* ---- one directory -------------------------------------------------------------------------- */

/* scst_local's sessions are made with its targets, by attributes that are no files. */
static int add_session_names(const struct scst_live *live, const char *dir,
			     struct scst_live_attrs *attrs)
{
	_cleanup_(scst_names_clear) struct scst_names names = {};
	char path[PATH_MAX], number[24];
	struct scst_live_attr *attr;
	int err = scst_format(path, sizeof(path), "%s/sessions", dir);

	err = err ?: scst_live_names(live, path, false, &names);
	if (err || !names.nr)
		return err == -ENOENT ? 0 : err;
	attr = reach_attr(attrs, "session_name");
	if (!attr)
		return -ENOMEM;
	attr->key = true;
	for (size_t i = 0; i < names.nr && !err; i++) {
		snprintf(number, sizeof(number), "%zu", i);
		err = add_value(attr, number, TAKE_PTR(names.list[i]));
	}
	return err;
}

static int add_link(int at, const char *path, const char *name, struct scst_live_attrs *attrs)
{
	char target[PATH_MAX], *slash;
	ssize_t len = readlinkat(at, path, target, sizeof(target) - 1);

	if (len < 0)
		return errno == ENOENT || errno == EINVAL ? 0 : -errno;
	target[len] = '\0';
	slash = strrchr(target, '/');
	return add_fixed(attrs, name, slash ? slash + 1 : target);
}

/* Which files and links of an object there are, and where. */
struct looking {
	const struct about *about;	/* or NULL: no links count */
	int at;
	struct scst_live_attrs *attrs;
};

/* The file is opened first: only one that cannot be is looked at by its name as well. */
static int add_file_at(const struct looking *l, const char *path, const char *name)
{
	_cleanup_close_ int fd = openat(l->at, path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	int failed = fd < 0 ? -errno : 0;
	struct stat st;
	bool is_static;

	if (fd < 0 ? fstatat(l->at, path, &st, 0) : fstat(fd, &st))
		return 0;
	if (S_ISDIR(st.st_mode))
		return 0;
	is_static = !(st.st_mode & S_IWUSR) &&
		    !(l->about && is_one_of(l->about->writable, ARRAY_SIZE(l->about->writable),
					    name));
	return read_attr_file(failed ?: fd, name, st.st_mode, is_static, l->about, l->attrs);
}

static int add_entry(const struct looking *l, const char *path, const char *name)
{
	if (l->about && is_one_of(l->about->links, ARRAY_SIZE(l->about->links), name))
		return add_link(l->at, path, name, l->attrs);
	return streq(name, "uevent") ? 0 : add_file_at(l, path, name);
}

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct scst_live_attr *)a)->name,
		      ((const struct scst_live_attr *)b)->name);
}

static int by_number(const void *a, const void *b)
{
	return strcmp(((const struct scst_live_value *)a)->number,
		      ((const struct scst_live_value *)b)->number);
}

static void sort(struct scst_live_attrs *attrs)
{
	for (size_t i = 0; i < attrs->nr; i++)
		if (attrs->list[i].nr_values > 1)
			qsort(attrs->list[i].values, attrs->list[i].nr_values,
			      sizeof(struct scst_live_value), by_number);
	if (attrs->nr > 1)
		qsort(attrs->list, attrs->nr, sizeof(*attrs->list), by_name);
}

/* Those that are looked for: NULL is all. */
struct wanted {
	const struct scst_names *some;
	struct scst_names found;
};

/* "IncomingUser3" is one of those with "IncomingUser", too. */
static bool is_wanted(const struct scst_names *some, const char *name)
{
	if (!some)
		return true;
	for (size_t i = 0; i < some->nr; i++) {
		const char *rest = *some->list[i] == *name ? startswith(name, some->list[i]) : NULL;

		if (rest && !rest[strspn(rest, "0123456789")])
			return true;
	}
	return false;
}

static int take_name(void *arg, const struct dirent64 *found)
{
	struct wanted *wanted = arg;

	if (streq(found->d_name, "mgmt") || !is_wanted(wanted->some, found->d_name))
		return 0;
	return scst_names_add(&wanted->found, found->d_name);
}

static int read_dir(const struct scst_live *live, const struct about *about, const char *dir,
		    const struct scst_names *some, struct scst_live_attrs *attrs)
{
	_cleanup_close_ int fd = scst_live_open(live, dir);
	const struct looking l = { .about = about, .at = fd, .attrs = attrs };
	struct wanted wanted = { .some = some };
	int err = fd < 0 ? fd : scst_sysfs_each(fd, take_name, &wanted);

	for (size_t i = 0; i < wanted.found.nr && !err; i++)
		err = add_entry(&l, wanted.found.list[i], wanted.found.list[i]);
	scst_names_clear(&wanted.found);
	return err;
}

int scst_live_attrs_in(const struct scst_live *live, const char *dir,
		       struct scst_live_attrs *attrs)
{
	int err = read_dir(live, NULL, dir, NULL, attrs);

	sort(attrs);
	return err;
}

int scst_live_attrs_some(const struct scst_live *live, enum scst_conf_kind kind,
			 const struct scst_where *at, const struct scst_names *names,
			 struct scst_live_attrs *attrs)
{
	char dir[PATH_MAX];
	int err = scst_where_dir(kind, at, dir) ?:
		  read_dir(live, &abouts[kind], dir, names, attrs);

	if (!err && kind == SCST_CONF_TARGET && streq(at->driver, "scst_local"))
		err = add_session_names(live, dir, attrs);
	sort(attrs);
	return err;
}

int scst_live_attrs(const struct scst_live *live, enum scst_conf_kind kind,
		    const struct scst_where *at, struct scst_live_attrs *attrs,
		    struct scst_error *err)
{
	int ret = scst_live_attrs_some(live, kind, at, NULL, attrs);
	char dir[PATH_MAX];

	if (!ret)
		return 0;
	return scst_fail(err, ret, "Unable to read directory '%s/%s': %s", live->root,
			 scst_where_dir(kind, at, dir) ? "" : dir, strerror(-ret));
}

/* One that has none of them may not be there at all. A name that leads elsewhere is no file's. */
int scst_live_attrs_named(const struct scst_live *live, enum scst_conf_kind kind,
			  const struct scst_where *at, const struct scst_names *names,
			  struct scst_live_attrs *attrs)
{
	const struct looking l = { .about = &abouts[kind], .at = AT_FDCWD, .attrs = attrs };
	char below[PATH_MAX], dir[PATH_MAX], path[PATH_MAX];
	int err = scst_where_dir(kind, at, below);
	size_t before = attrs->nr;

	err = err ?: scst_format(dir, sizeof(dir), "%s/%s", live->root, below);
	for (size_t i = 0; i < names->nr && !err; i++)
		if (!strchr(names->list[i], '/'))
			err = scst_join(path, sizeof(path), dir, names->list[i]) ?:
			      add_entry(&l, path, names->list[i]);
	if (!err && attrs->nr == before && access(dir, F_OK))
		err = -ENOENT;
	sort(attrs);
	return err;
}

static int line_path(const struct scst_live *live, enum scst_conf_kind kind,
		     const struct scst_where *at, const char *name, char out[PATH_MAX])
{
	char dir[PATH_MAX], path[PATH_MAX];
	int err = scst_where_dir(kind, at, dir) ?: scst_join(path, sizeof(path), dir, name);

	return err ?: scst_join(out, PATH_MAX, live->root, path);
}

char *scst_live_line(const struct scst_live *live, enum scst_conf_kind kind,
		     const struct scst_where *at, const char *name)
{
	char path[PATH_MAX], text[SCST_ATTR_ROOM];
	_cleanup_close_ int fd = line_path(live, kind, at, name, path) ? -EINVAL :
				 open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0 || scst_sysfs_read_fd(fd, text))
		return NULL;
	return strndup(text, strcspn(text, "\n"));
}
