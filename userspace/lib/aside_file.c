// SPDX-License-Identifier: GPL-2.0-only
/* A line that says which life of scst.ko it was, and the configuration as JSON. */
#include "aside_file.h"

#include <inttypes.h>
#include <sys/stat.h>

#include "conf_json.h"

/* No other directory of sysfs has had this number, nor will have it until the next boot. */
static int read_life(const struct scst_live *live, uint64_t *life)
{
	struct stat st;

	if (stat(live->root, &st))
		return -errno;
	*life = st.st_ino;
	return 0;
}

/* Behind the first line, or NULL: it is of another life. */
static const char *text_of(const char *file, uint64_t life)
{
	char first[32];

	snprintf(first, sizeof(first), "%" PRIu64 "\n", life);
	return startswith(file, first);
}

static int read_tree(const char *path, const char *text, struct scst_conf **aside,
		     struct scst_error *err)
{
	_cleanup_(scst_names_clear) struct scst_names faults = {};
	_cleanup_(scst_conf_freep) struct scst_conf *conf = NULL;
	struct scst_error why = {};
	int ret = scst_conf_from_json(text, path, &conf, &faults, &why);

	if (ret || faults.nr)
		return scst_fail(err, ret ?: -EINVAL, "%s: what an apply that was cut off put "
				 "aside cannot be made out: %s: remove it", path,
				 ret ? why.text : faults.list[0]);
	*aside = TAKE_PTR(conf);
	return 0;
}

int scst_aside_read(const char *path, const struct scst_live *live, struct scst_conf **aside,
		    struct scst_error *err)
{
	_cleanup_free_ char *file = NULL;
	const char *text = NULL;
	uint64_t life;
	int ret = scst_read_file(path, &file);

	*aside = NULL;
	ret = ret ?: read_life(live, &life);
	if (ret == -ENOENT)
		return 0;		/* or scst.ko is not loaded */
	if (ret)
		return scst_fail(err, ret, "%s: %s", path, strerror(-ret));
	text = text_of(file, life);
	return text ? read_tree(path, text, aside, err) : 0;
}

/* Return: 0 or -errno. */
static int write_tree(const char *path, const struct scst_live *live,
		      const struct scst_conf *aside)
{
	struct json_object *json = scst_conf_to_json(aside, true);
	_cleanup_free_ char *text = NULL;
	uint64_t life;
	int ret = json ? read_life(live, &life) : -ENOMEM;

	if (!ret && asprintf(&text, "%" PRIu64 "\n%s\n", life,
			     json_object_to_json_string(json)) < 0) {
		text = NULL;
		ret = -ENOMEM;
	}
	json_object_put(json);
	return ret ?: scst_replace_file(path, text, strlen(text));
}

int scst_aside_write(const char *path, const struct scst_live *live, const struct scst_conf *aside,
		     struct scst_error *err)
{
	int ret;

	if (aside->nr_children)
		ret = write_tree(path, live, aside);
	else
		ret = unlink(path) && errno != ENOENT ? -errno : 0;
	return ret ? scst_fail(err, ret, "cannot put aside in %s what is made again: %s", path,
			       strerror(-ret)) : 0;
}
