// SPDX-License-Identifier: GPL-2.0-only
/* The fake's tree as text. It is read here by hand, and not with what is tested. */
#include <dirent.h>
#include <sys/stat.h>

#include "fake_inside.h"

static int no_dots(const struct dirent *entry)
{
	return *entry->d_name != '.' && !streq(entry->d_name, "mgmt");
}

static int by_version(const struct dirent **a, const struct dirent **b)
{
	return strverscmp((*a)->d_name, (*b)->d_name);
}

/* Key attributes, `enabled`, and the links to devices. */
static void dump_entry(const struct fake *fake, const char *path, FILE *out)
{
	_cleanup_free_ char *text = NULL;
	char full[PATH_MAX], target[PATH_MAX];
	struct stat st;
	ssize_t len;

	fake_path(fake, path, full);
	len = readlink(full, target, sizeof(target) - 1);
	if (len > 0) {
		target[len] = '\0';
		if (streq(last_part(path), "handler") || streq(last_part(path), "device") ||
		    startswith(path, "device_groups/"))
			fprintf(out, "%s -> %s\n", path, last_part(target));
		return;
	}
	if (stat(full, &st) || !S_ISREG(st.st_mode) || !(st.st_mode & 0400) ||
	    scst_read_file(full, &text))
		return;
	if (!strstr(text, "\n[key]") && !streq(last_part(path), "enabled"))
		return;
	fprintf(out, "%s = %.*s\n", path, (int)strcspn(text, "\n"), text);
}

/* The order of birth, which the fake remembers. */
static void dump_groups(const struct fake *fake, const char *dir, FILE *out);

static size_t depth(const char *path)
{
	size_t nr = 1;

	for (; *path; path++)
		nr += *path == '/';
	return nr;
}

/* Targets, sessions and what device groups consist of are lines of their own. */
static bool is_object(const char *dir)
{
	if (startswith(dir, "targets/"))
		return depth(dir) == 3 || (depth(dir) == 5 && strstr(dir, "/sessions/"));
	return startswith(dir, "device_groups/") && depth(dir) != 3;
}

static void dump_dir(const struct fake *fake, const char *dir, FILE *out)
{
	struct dirent **list;
	char full[PATH_MAX];
	int nr;

	if (is_object(dir))
		fprintf(out, "%s\n", dir);
	fake_path(fake, dir, full);
	nr = scandir(full, &list, no_dots, by_version);
	for (int i = 0; i < nr; i++) {
		const char *path = PATH("%s%s%s", streq(dir, ".") ? "" : dir,
					streq(dir, ".") ? "" : "/", list[i]->d_name);

		if (streq(list[i]->d_name, "ini_groups"))
			dump_groups(fake, path, out);
		else if (list[i]->d_type == DT_DIR && !streq(list[i]->d_name, "exported"))
			dump_dir(fake, path, out);
		else if (strstr(path, "/initiators/"))
			fprintf(out, "%s\n", path);
		else
			dump_entry(fake, path, out);
		free(list[i]);
	}
	free(list);
}

static void dump_groups(const struct fake *fake, const char *dir, FILE *out)
{
	for (size_t i = 0; i < fake->groups.nr; i++) {
		const char *rest = startswith(fake->groups.list[i], dir);

		if (!rest || *rest != '/')
			continue;
		fprintf(out, "%s\n", fake->groups.list[i]);
		dump_dir(fake, fake->groups.list[i], out);
	}
}

char *fake_dump(struct fake *fake)
{
	char *text;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	MUST(out);
	dump_dir(fake, ".", out);
	fclose(out);
	return text;
}
