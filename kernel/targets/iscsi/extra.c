// SPDX-License-Identifier: GPL-2.0
/*
 * The attributes that mgmt adds and deletes: users for CHAP, and the portals through which a target
 * may be reached. Each is a file. It may be named with its number ("IncomingUser1"), else it gets
 * the lowest that is free; the first has none.
 *
 * extras->lock covers list and texts. A file is removed with no lock held, since that waits for its
 * readers and writers; its record leaves the list first.
 */
#include <linux/cleanup.h>
#include <linux/ctype.h>
#include <linux/inet.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "config.h"

#define MAX_PER_KIND	1000	/* files of a kind in a directory */
#define SECRET_MIN	12	/* RFC 7143 9.2.1: 96 bits */

struct iscsi_extra {
	struct list_head entry;
	struct iscsi_extras *extras;
	enum scst_iscsi_attr_kind kind;
	char file_name[24];
	struct scst_attr rows[2];
	char text[SCST_ISCSI_TEXT_LEN];
};

static int check_user(const char *text);
static int check_portal(const char *text);

/* clang-format off */
static const struct extra_kind {
	const char *name;
	unsigned int words, max;
	umode_t mode;
	bool targets_only;
	int (*check)(const char *text);
} kinds[] = {
	[SCST_ISCSI_INCOMING_USER]  = {
		"IncomingUser",		2, MAX_PER_KIND, 0600, false,	check_user
	},
	[SCST_ISCSI_OUTGOING_USER]  = {
		"OutgoingUser",		2, 1,		 0600, false,	check_user
	},
	[SCST_ISCSI_ALLOWED_PORTAL] = {
		"allowed_portal",	1, MAX_PER_KIND, 0644, true,	check_portal
	},
};
/* clang-format on */

/* Two words. What is wrong is told without what was written. */
static int check_user(const char *text)
{
	const char *blank = strpbrk(text, " \t");
	const char *secret = blank ? skip_spaces(blank) : "";

	if (strlen(secret) < SECRET_MIN || strpbrk(secret, " \t\n") || strchr(text, '\n')) {
		pr_warn_ratelimited("iscsi-scst: a user is NAME SECRET, at least %u characters\n",
				    SECRET_MIN);
		return -EINVAL;
	}
	return 0;
}

static bool is_address(const char *text, size_t len)
{
	const char *end = NULL;
	u8 bytes[16];

	/* That of IPv4 is content with a colon behind it. */
	return (in4_pton(text, len, bytes, -1, &end) || in6_pton(text, len, bytes, -1, &end)) &&
	       end == text + len;
}

/* What is wrong with the @len bytes of a pattern that no address could fit, or NULL. */
static const char *find_misfit(const char *pattern, size_t len)
{
	if (!len || len >= INET6_ADDRSTRLEN)
		return "that is no pattern of one address";
	if (memchr(pattern, '/', len))
		return "of a network the rest is an asterisk: 10.*, not 10.0.0.0/8";
	if (memchr(pattern, '[', len) || memchr(pattern, ']', len))
		return "brackets go around the whole, or nowhere";
	if (strspn(pattern, "0123456789abcdefABCDEF.:*?") < len)
		return "an address is digits, a to f, dots or colons; wildcards are * and ?";
	if (!memchr(pattern, '*', len) && !memchr(pattern, '?', len))
		return is_address(pattern, len) ? NULL : "that is no address";
	if (memchr(pattern, '.', len) && memchr(pattern, ':', len))
		return "an address has dots or colons";
	return NULL;
}

/* As the daemon reads it (pattern.c), which looks more closely at what wildcards can stand for. */
static int check_portal(const char *text)
{
	const char *pattern = text + (*text == '!');
	size_t len = strlen(pattern);
	const char *wrong;

	if (len >= 2 && pattern[0] == '[' && pattern[len - 1] == ']') {
		pattern++;
		len -= 2;
	}
	wrong = find_misfit(pattern, len);
	if (!wrong)
		return 0;
	pr_warn_ratelimited("iscsi-scst: allowed_portal \"%s\": %s\n", scst_printable(text).text,
			    wrong);
	return -EINVAL;
}

/*
 * As SCST takes it: NAME=SECRET is NAME SECRET, and a word behind is none of ours. Its scstadmin
 * adds such a word to what has no value of its own.
 */
static void keep_words(char *text, unsigned int nr)
{
	char *rest = text, *out = text, *word;
	unsigned int i;

	for (i = 0; i < nr; i++) {
		word = i ? scst_mgmt_word(&rest) : scst_mgmt_key(&rest);
		if (!word)
			break;
		if (i)
			*out++ = ' ';
		memmove(out, word, strlen(word));
		out += strlen(word);
	}
	*out = '\0';
	if (scst_mgmt_word(&rest))
		pr_warn_ratelimited("iscsi-scst: what follows the value is ignored\n");
}

static int set_text(enum scst_iscsi_attr_kind kind, char *out, const char *text)
{
	int err;

	if (strlen(text) >= SCST_ISCSI_TEXT_LEN)
		return -E2BIG;
	err = kinds[kind].check(text);
	if (err)
		return err;
	memzero_explicit(out, SCST_ISCSI_TEXT_LEN);
	strscpy(out, text, SCST_ISCSI_TEXT_LEN);
	return 0;
}

static size_t first_word_len(const char *text)
{
	return strcspn(text, " \t");
}

/* The one with the same user name, or the same pattern; @except aside. */
static struct iscsi_extra *find_value(struct iscsi_extras *extras, enum scst_iscsi_attr_kind kind,
				      const char *text, const struct iscsi_extra *except)
{
	size_t len = first_word_len(text);
	struct iscsi_extra *extra;

	lockdep_assert_held(&extras->lock);
	list_for_each_entry(extra, &extras->list, entry)
		if (extra != except && extra->kind == kind &&
		    first_word_len(extra->text) == len && !strncmp(extra->text, text, len))
			return extra;
	return NULL;
}

static ssize_t extra_show(void *obj, char *buf)
{
	struct iscsi_extra *extra = obj;

	guard(mutex)(&extra->extras->lock);
	return scst_attr_key(buf, sysfs_emit(buf, "%s\n", extra->text), true);
}

static ssize_t extra_store(void *obj, char *text)
{
	struct iscsi_extra *extra = obj;
	int err;

	keep_words(text, kinds[extra->kind].words);
	scoped_guard(mutex, &extra->extras->lock) {
		if (find_value(extra->extras, extra->kind, text, extra))
			return -EEXIST;
		err = set_text(extra->kind, extra->text, text);
	}
	if (!err)
		iscsi_config_changed();
	return err;
}

/* "IncomingUser" or "IncomingUser3": the kind, with *@number 3 or -1. */
static int find_kind(const struct iscsi_extras *extras, const char *name, int *number)
{
	int kind;

	for (kind = 0; kind < ARRAY_SIZE(kinds); kind++) {
		size_t len = strlen(kinds[kind].name);

		if (strncasecmp(name, kinds[kind].name, len))
			continue;
		if (kinds[kind].targets_only && !extras->of_target)
			continue;
		*number = -1;
		if (!name[len])
			return kind;
		if (isdigit(name[len]) && !kstrtoint(name + len, 10, number) && *number > 0 &&
		    *number < MAX_PER_KIND)
			return kind;
	}
	pr_warn_ratelimited("iscsi-scst: unknown attribute \"%s\"\n", scst_printable(name).text);
	return -EINVAL;
}

static void file_name(char *out, enum scst_iscsi_attr_kind kind, int number)
{
	if (number > 0)
		snprintf(out, sizeof_field(struct iscsi_extra, file_name), "%s%d",
			 kinds[kind].name, number);
	else
		strscpy(out, kinds[kind].name, sizeof_field(struct iscsi_extra, file_name));
}

static bool name_used(struct iscsi_extras *extras, const char *name)
{
	struct iscsi_extra *extra;

	list_for_each_entry(extra, &extras->list, entry)
		if (!strcmp(extra->file_name, name))
			return true;
	return false;
}

/* With @number if that was said, else the lowest that is free. */
static int choose_name(struct iscsi_extras *extras, struct iscsi_extra *extra, int number)
{
	int i;

	if (number > 0) {
		file_name(extra->file_name, extra->kind, number);
		return name_used(extras, extra->file_name) ? -EEXIST : 0;
	}
	for (i = 0; i < kinds[extra->kind].max; i++) {
		file_name(extra->file_name, extra->kind, i);
		if (!name_used(extras, extra->file_name))
			return 0;
	}
	return -EEXIST;
}

static unsigned int count(struct iscsi_extras *extras, enum scst_iscsi_attr_kind kind)
{
	struct iscsi_extra *extra;
	unsigned int nr = 0;

	list_for_each_entry(extra, &extras->list, entry)
		nr += extra->kind == kind;
	return nr;
}

/* Adding a file waits for nobody, so it may be done with the lock. */
static int publish(struct iscsi_extras *extras, struct scst_dir *dir, struct iscsi_extra *extra,
		   int number)
{
	int err;

	guard(mutex)(&extras->lock);
	if (find_value(extras, extra->kind, extra->text, NULL) ||
	    count(extras, extra->kind) >= kinds[extra->kind].max)
		return -EEXIST;
	err = choose_name(extras, extra, number);
	if (err)
		return err;
	sysfs_attr_init(&extra->rows[0].attr);
	extra->rows[0].attr.name = extra->file_name;
	extra->rows[0].attr.mode = kinds[extra->kind].mode;
	extra->rows[0].obj = extra;
	extra->rows[0].show = extra_show;
	extra->rows[0].store = extra_store;
	err = scst_dir_add_attrs(dir, extra->rows);
	if (!err)
		list_add_tail(&extra->entry, &extras->list);
	return err;
}

int iscsi_extra_add(struct iscsi_extras *extras, struct scst_dir *dir, char *args)
{
	const char *name = scst_mgmt_key(&args);
	struct iscsi_extra *extra;
	int kind, number, err;

	kind = find_kind(extras, name ?: "", &number);
	if (kind < 0)
		return kind;
	extra = kzalloc(sizeof(*extra), GFP_KERNEL);
	if (!extra)
		return -ENOMEM;
	extra->extras = extras;
	extra->kind = kind;
	keep_words(args, kinds[kind].words);
	err = set_text(kind, extra->text, args);
	if (!err)
		err = publish(extras, dir, extra, number);
	if (err)
		kfree_sensitive(extra);
	else
		iscsi_config_changed();
	return err;
}

/* By the value, of which the name of a user is enough. */
int iscsi_extra_del(struct iscsi_extras *extras, struct scst_dir *dir, char *args)
{
	const char *name = scst_mgmt_key(&args);
	struct iscsi_extra *extra;
	int kind, number;

	kind = find_kind(extras, name ?: "", &number);
	if (kind < 0)
		return kind;
	keep_words(args, kinds[kind].words);
	scoped_guard(mutex, &extras->lock) {
		extra = find_value(extras, kind, args, NULL);
		if (extra)
			list_del(&extra->entry);
	}
	if (!extra)
		return -EINVAL;
	scst_dir_del_attrs(dir, extra->rows);
	kfree_sensitive(extra);
	iscsi_config_changed();
	return 0;
}

int iscsi_extra_get(struct iscsi_extras *extras, enum scst_iscsi_attr_kind kind,
		    unsigned int index, char *text)
{
	struct iscsi_extra *extra;

	guard(mutex)(&extras->lock);
	list_for_each_entry(extra, &extras->list, entry) {
		if (extra->kind != kind || index--)
			continue;
		strscpy_pad(text, extra->text, SCST_ISCSI_TEXT_LEN);
		return 0;
	}
	return -ENOENT;
}

void iscsi_extras_init(struct iscsi_extras *extras)
{
	mutex_init(&extras->lock);
	INIT_LIST_HEAD(&extras->list);
}

void iscsi_extras_free(struct iscsi_extras *extras)
{
	struct iscsi_extra *extra, *next;

	list_for_each_entry_safe(extra, next, &extras->list, entry)
		kfree_sensitive(extra);
}
