// SPDX-License-Identifier: GPL-2.0-only
/* Pieces of dumps into files. */
#include "dumps.h"

#include <ctype.h>
#include <scst/verdict.h>
#include <sys/stat.h>

#include "log.h"
#include "sysfs.h"

#define RETRY_EVERY	5	/* seconds */
#define MAX_KEPT	64	/* dumps that could not be written, one for each device */

/* A dump that could not be written. */
struct kept {
	char *name, *text;
	size_t len;
};

struct bpfd_dumps {
	const char *sysfs;
	char *directory;
	uint64_t id;			/* of the dump that is coming */
	char *text;
	size_t len, have;
	uint64_t asked;			/* id of the last dump that was asked for again */
	struct kept kept[MAX_KEPT];
	size_t nr_kept;
	unsigned int ticks;
};

struct bpfd_dumps *bpfd_dumps_new(const char *sysfs, const char *directory)
{
	struct bpfd_dumps *dumps = calloc(1, sizeof(*dumps));

	if (dumps) {
		dumps->sysfs = sysfs;
		dumps->directory = strdup(directory);
	}
	if (dumps && dumps->directory)
		return dumps;
	free(dumps);
	return NULL;
}

int bpfd_dumps_set_directory(struct bpfd_dumps *dumps, const char *directory)
{
	char *copy = strdup(directory);

	if (!copy)
		return -ENOMEM;
	free(dumps->directory);
	dumps->directory = copy;
	return 0;
}

static void forget(struct bpfd_dumps *dumps)
{
	free(TAKE_PTR(dumps->text));
	dumps->have = dumps->len = 0;
}

/* The last one takes its place. */
static void drop_kept(struct bpfd_dumps *dumps, size_t i)
{
	free(dumps->kept[i].name);
	free(dumps->kept[i].text);
	dumps->kept[i] = dumps->kept[--dumps->nr_kept];
}

static void forget_kept(struct bpfd_dumps *dumps, const char *name)
{
	for (size_t i = dumps->nr_kept; i-- > 0;)
		if (streq(dumps->kept[i].name, name))
			drop_kept(dumps, i);
}

void bpfd_dumps_free(struct bpfd_dumps *dumps)
{
	if (!dumps)
		return;
	forget(dumps);
	while (dumps->nr_kept)
		drop_kept(dumps, 0);
	free(dumps->directory);
	free(dumps);
}

static struct json_object *member(struct json_object *obj, const char *key)
{
	return json_object_object_get(obj, key);
}

static uint64_t number(struct json_object *obj, const char *key)
{
	return json_object_get_uint64(member(obj, key));
}

/* The first piece of a dump is the end of one that was not complete: the core offers that again. */
static void begin(struct bpfd_dumps *dumps, struct json_object *piece)
{
	size_t len = number(piece, "bytes");

	forget(dumps);
	if (len > SCST_PR_DUMP_CHUNK * SCST_PR_DUMP_CHUNKS)
		return;
	dumps->text = malloc(len + 1);
	if (!dumps->text)
		return;
	dumps->id = number(piece, "id");
	dumps->len = len;
}

/* Has the kernel offer the reservations of the device of @piece, once for each dump. */
static void ask_again(struct bpfd_dumps *dumps, struct json_object *piece)
{
	const char *device = json_object_get_string(member(piece, "device"));
	char path[PATH_MAX];

	if (dumps->asked == number(piece, "id"))
		return;
	dumps->asked = number(piece, "id");
	log_warn("a dump of the persistent reservations of %s has lost its beginning: asking again",
		 device);
	if (!strchr(device, '/') &&
	    !scst_format(path, sizeof(path), "%s/devices/%s/dump_prs", dumps->sysfs, device))
		scst_sysfs_write(path, "1");
}

/* Return: is it complete? */
static bool append(struct bpfd_dumps *dumps, struct json_object *piece)
{
	size_t size = json_object_get_string_len(member(piece, "text"));

	if (!number(piece, "offset"))
		begin(dumps, piece);
	if (!dumps->text || number(piece, "id") != dumps->id ||
	    number(piece, "offset") != dumps->have || size > dumps->len - dumps->have) {
		ask_again(dumps, piece);
		return false;
	}
	memcpy(dumps->text + dumps->have, json_object_get_string(member(piece, "text")), size);
	dumps->have += size;
	return dumps->have == dumps->len;
}

/* As the kernel names its dumps: a serial number may come from a device, and is no path. */
static int file_name(struct json_object *piece, char *name, size_t size)
{
	const char *serial = json_object_get_string(member(piece, "serial"));
	const char *device = json_object_get_string(member(piece, "device"));
	int ret = scst_format(name, size, "%s", *serial ? serial : device);

	if (ret)
		return ret;
	for (char *c = name; *c; c++)
		if (!strchr("-_.+@", *c) && !isalnum((unsigned char)*c))
			*c = '_';
	if (*name == '.')
		*name = '_';
	return 0;
}

static int write_file(const struct bpfd_dumps *dumps, const char *name, const char *text,
		      size_t len)
{
	char path[PATH_MAX];
	int ret = scst_format(path, sizeof(path), "%s/%s", dumps->directory, name);

	if (ret)
		return ret;
	ret = scst_replace_file(path, text, len);
	if (ret == -ENOENT && !mkdir(dumps->directory, 0700))
		ret = scst_replace_file(path, text, len);
	return ret;
}

/* The text of the dump is kept; with too many of them it is gone, which the event has told. */
static void keep(struct bpfd_dumps *dumps, const char *name)
{
	char *copy = strdup(name);

	if (!copy || dumps->nr_kept == MAX_KEPT) {
		free(copy);
		return;
	}
	dumps->kept[dumps->nr_kept++] = (struct kept){ copy, TAKE_PTR(dumps->text), dumps->len };
}

void bpfd_dumps_tick(struct bpfd_dumps *dumps)
{
	if (++dumps->ticks % RETRY_EVERY)
		return;
	for (size_t i = dumps->nr_kept; i-- > 0;) {
		const struct kept *kept = &dumps->kept[i];

		if (write_file(dumps, kept->name, kept->text, kept->len))
			continue;
		log_info("persistent reservations are in %s/%s now", dumps->directory, kept->name);
		drop_kept(dumps, i);
	}
}

static const struct {
	uint32_t bit;
	const char *name;
} reasons[] = {
	{ SCST_PR_DUMP_DETACH,	"detach"	},
	{ SCST_PR_DUMP_CHANGE,	"change"	},
	{ SCST_PR_DUMP_PREEMPT,	"preempt"	},
	{ SCST_PR_DUMP_RESET,	"reset"		},
	{ SCST_PR_DUMP_SESSION,	"session"	},
	{ SCST_PR_DUMP_REQUEST,	"request"	},
};

/* @piece becomes the event: what it is about stays, what it carries goes. */
static void tell(struct json_object *piece, const char *path, int ret)
{
	struct json_object *why = json_object_new_array();
	uint32_t bits = number(piece, "reasons");

	for (size_t i = 0; i < ARRAY_SIZE(reasons); i++)
		if (bits & reasons[i].bit)
			json_object_array_add(why, json_object_new_string(reasons[i].name));
	json_object_object_add(piece, "reasons", why);
	json_object_object_del(piece, "id");
	json_object_object_del(piece, "offset");
	json_object_object_del(piece, "text");
	json_object_object_add(piece, "file", json_object_new_string(path));
	if (ret)
		json_object_object_add(piece, "error", json_object_new_string(strerror(-ret)));
}

struct json_object *bpfd_dumps_take(struct bpfd_dumps *dumps, struct json_object *piece)
{
	char name[NAME_MAX - 8], path[PATH_MAX];
	int ret;

	if (!append(dumps, piece)) {
		json_object_put(piece);
		return NULL;
	}
	ret = file_name(piece, name, sizeof(name));
	if (!ret) {
		forget_kept(dumps, name);
		ret = write_file(dumps, name, dumps->text, dumps->len);
		if (ret)
			keep(dumps, name);
	}
	snprintf(path, sizeof(path), "%s/%s", dumps->directory, name);
	if (ret)
		log_error("persistent reservations of %s are not in %s: %s; trying on",
			  json_object_get_string(member(piece, "device")), path, strerror(-ret));
	forget(dumps);
	tell(piece, path, ret);
	return piece;
}
