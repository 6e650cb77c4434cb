// SPDX-License-Identifier: GPL-2.0-only
/* Pieces of dumps into files. */
#include "dumps.h"

#include <ctype.h>
#include <scst/verdict.h>
#include <sys/stat.h>

#include "log.h"

struct bpfd_dumps {
	char *directory;
	uint64_t id;			/* of the dump that is coming */
	char *text;
	size_t len, have;
};

struct bpfd_dumps *bpfd_dumps_new(const char *directory)
{
	struct bpfd_dumps *dumps = calloc(1, sizeof(*dumps));

	if (dumps)
		dumps->directory = strdup(directory);
	if (dumps && dumps->directory)
		return dumps;
	free(dumps);
	return NULL;
}

static void forget(struct bpfd_dumps *dumps)
{
	free(TAKE_PTR(dumps->text));
	dumps->have = dumps->len = 0;
}

void bpfd_dumps_free(struct bpfd_dumps *dumps)
{
	if (!dumps)
		return;
	forget(dumps);
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

/* Return: is it complete? */
static bool append(struct bpfd_dumps *dumps, struct json_object *piece)
{
	size_t size = json_object_get_string_len(member(piece, "text"));

	if (!number(piece, "offset"))
		begin(dumps, piece);
	if (!dumps->text || number(piece, "id") != dumps->id ||
	    number(piece, "offset") != dumps->have || size > dumps->len - dumps->have)
		return false;
	memcpy(dumps->text + dumps->have, json_object_get_string(member(piece, "text")), size);
	dumps->have += size;
	return dumps->have == dumps->len;
}

/* As the kernel names its dumps: a serial number may come from a device, and is no path. */
static int file_name(const struct bpfd_dumps *dumps, struct json_object *piece, char *path,
		     size_t size)
{
	const char *serial = json_object_get_string(member(piece, "serial"));
	const char *device = json_object_get_string(member(piece, "device"));
	char *name;
	int ret;

	ret = scst_format(path, size, "%s/%s", dumps->directory, *serial ? serial : device);
	if (ret)
		return ret;
	name = path + strlen(dumps->directory) + 1;
	for (char *c = name; *c; c++)
		if ((!isalnum((unsigned char)*c) && !strchr("-_.+@", *c)) ||
		    (*c == '.' && c == name))
			*c = '_';
	return 0;
}

static int write_dump(const struct bpfd_dumps *dumps, const char *path)
{
	int ret = scst_replace_file(path, dumps->text, dumps->len);

	if (ret == -ENOENT && !mkdir(dumps->directory, 0700))
		ret = scst_replace_file(path, dumps->text, dumps->len);
	return ret;
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
	char path[PATH_MAX];
	int ret;

	if (!append(dumps, piece)) {
		json_object_put(piece);
		return NULL;
	}
	ret = file_name(dumps, piece, path, sizeof(path));
	if (!ret)
		ret = write_dump(dumps, path);
	if (ret)
		log_error("persistent reservations of %s are not in %s: %s",
			  json_object_get_string(member(piece, "device")), path, strerror(-ret));
	forget(dumps);
	tell(piece, path, ret);
	return piece;
}
