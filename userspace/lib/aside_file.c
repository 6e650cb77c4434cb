// SPDX-License-Identifier: GPL-2.0-only
/* A comment that says which life of scst.ko it was, and the configuration as scst.conf. */
#include "aside_file.h"

#include <inttypes.h>
#include <sys/stat.h>

#include "conf_format.h"
#include "conf_parse.h"

#define TITLE	"scstctl apply, of what it makes again"

/* No other directory of sysfs has had this number, nor will have it until the next boot. */
static int read_life(const struct scst_live *live, uint64_t *life)
{
	struct stat st;

	if (stat(live->root, &st))
		return -errno;
	*life = st.st_ino;
	return 0;
}

/* Was @file written in this life? */
static bool is_of(const char *file, uint64_t life)
{
	char first[32];

	snprintf(first, sizeof(first), "# %" PRIu64 "\n", life);
	return startswith(file, first);
}

/* What the grammar loses would be missing, or be something else. Return: 0 or -errno. */
static int read_tree(const char *path, const char *text, struct scst_conf **aside)
{
	_cleanup_(scst_names_clear) struct scst_names losses = {};
	_cleanup_(scst_conf_freep) struct scst_conf *conf = NULL;
	struct scst_error ignored = {};
	int ret = scst_conf_parse(text, path, &conf, &losses, &ignored);

	if (ret || losses.nr)
		return ret ?: -EINVAL;
	*aside = TAKE_PTR(conf);
	return 0;
}

int scst_aside_read(const char *path, const struct scst_live *live, struct scst_conf **aside)
{
	_cleanup_free_ char *file = NULL;
	uint64_t life;
	int ret = scst_read_file(path, &file);

	*aside = NULL;
	ret = ret ?: read_life(live, &life);
	if (ret)
		return ret == -ENOENT ? 0 : ret;	/* there is none, or no scst.ko */
	return is_of(file, life) ? read_tree(path, file, aside) : -ESTALE;
}

/* Return: 0 or -errno. */
static int write_text(const char *path, const struct scst_live *live, const char *text)
{
	_cleanup_free_ char *file = NULL;
	uint64_t life;
	int ret = read_life(live, &life);

	if (!ret && asprintf(&file, "# %" PRIu64 "\n%s", life, text) < 0) {
		file = NULL;
		ret = -ENOMEM;
	}
	return ret ?: scst_replace_file(path, file, strlen(file));
}

static int write_tree(const char *path, const struct scst_live *live,
		      const struct scst_conf *aside, FILE *log)
{
	_cleanup_(scst_names_clear) struct scst_names faults = {};
	_cleanup_free_ char *text = NULL;
	int ret = scst_conf_format(aside, TITLE, &text, &faults);

	for (size_t i = 0; i < faults.nr; i++)
		fprintf(log, "%s: nothing is put aside: %s\n", path, faults.list[i]);
	return ret || faults.nr ? ret : write_text(path, live, text);
}

int scst_aside_write(const char *path, const struct scst_live *live, const struct scst_conf *aside,
		     FILE *log)
{
	int ret;

	if (aside->nr_children)
		ret = write_tree(path, live, aside, log);
	else
		ret = unlink(path) && errno != ENOENT ? -errno : 0;
	if (ret)
		fprintf(log, "cannot put aside in %s what is made again: %s\n", path,
			strerror(-ret));
	return ret;
}
