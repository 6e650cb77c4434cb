// SPDX-License-Identifier: GPL-2.0
/*
 * /sys/kernel/debug/scst/inject: what fails, is late or hangs because an administrator wants to see
 * how his hosts take it (tasks/inject.c). Not in /sys/kernel/scst_tgt, whose files other programs
 * compare and save.
 *
 *	add KIND [target=NAME] [group=NAME] [lun=N] [lba=N [blocks=N]] [ms=N] [times=N]
 *	del ID
 *	clear
 *
 * KIND: medium, delay (with ms), hang. An lba alone is that one block. Reading: a line for each
 * rule, in the same words, behind its id, and how often it has happened. SCST's names may have no
 * blanks, so these are words.
 */
#include <linux/debugfs.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <scst/mgmt.h>

#include "tasks/inject.h"
#include "sysfs.h"

#define TEXT_MAX	1024

static const char *const kinds[] = {
	[SCST_INJECT_MEDIUM]	= "medium",
	[SCST_INJECT_DELAY]	= "delay",
	[SCST_INJECT_HANG]	= "hang",
};

static void show_rule(const struct scst_inject *rule, void *arg)
{
	struct seq_file *file = arg;

	seq_printf(file, "%u %s", rule->id, kinds[rule->kind]);
	if (rule->target[0])
		seq_printf(file, " target=%s", rule->target);
	if (rule->group[0])
		seq_printf(file, " group=%s", rule->group);
	if (rule->lun != SCST_ANY_LUN)
		seq_printf(file, " lun=%u", rule->lun);
	if (rule->nblocks)
		seq_printf(file, " lba=%llu blocks=%llu", rule->lba, rule->nblocks);
	if (rule->ms)
		seq_printf(file, " ms=%u", rule->ms);
	if (rule->left != SCST_INJECT_ALWAYS)
		seq_printf(file, " times=%u", rule->left);
	seq_printf(file, " done=%llu\n", rule->done);
}

static int inject_show(struct seq_file *file, void *unused)
{
	scst_inject_walk(show_rule, file);
	return 0;
}

static int refuse(const char *what, const char *word)
{
	pr_warn_ratelimited("scst: inject: %s: \"%s\"\n", what, scst_printable(word).text);
	return -EINVAL;
}

static int parse_kind(const char *word, enum scst_inject_kind *kind)
{
	int i = word ? match_string(kinds, ARRAY_SIZE(kinds), word) : -1;

	if (i < 0)
		return refuse("medium, delay or hang, not", word ?: "");
	*kind = i;
	return 0;
}

static int set_name(const char *value, char *name, size_t size)
{
	return *value && strscpy(name, value, size) > 0 ? 0 : refuse("no such name", value);
}

static int set_number(const char *value, u64 max, u64 *number)
{
	return scst_parse_u64(value, 0, max, number) ? refuse("not a number, or too large", value) :
						       0;
}

#define NOT_SAID	U64_MAX

/* Numbers, by name; NOT_SAID is larger than each of them may be. */
struct numbers {
	u64 lun, lba, blocks, ms, times;
};

static int set_word(struct scst_inject *rule, struct numbers *nr, const char *key,
		    const char *value)
{
	if (!strcmp(key, "target"))
		return set_name(value, rule->target, sizeof(rule->target));
	if (!strcmp(key, "group"))
		return set_name(value, rule->group, sizeof(rule->group));
	if (!strcmp(key, "lun"))
		return set_number(value, SCST_MAX_LUN, &nr->lun);
	if (!strcmp(key, "lba"))
		return set_number(value, S64_MAX, &nr->lba);
	if (!strcmp(key, "blocks"))
		return set_number(value, S64_MAX, &nr->blocks);
	if (!strcmp(key, "ms"))
		return set_number(value, SCST_INJECT_MAX_MS, &nr->ms);
	if (!strcmp(key, "times"))
		return set_number(value, SCST_INJECT_ALWAYS - 1, &nr->times);
	return refuse("no such word", key);
}

static int check(const struct scst_inject *rule, const struct numbers *nr)
{
	if (nr->blocks != NOT_SAID && nr->lba == NOT_SAID)
		return refuse("blocks needs lba", "blocks");
	if (!nr->blocks)
		return refuse("blocks is at least 1", "0");
	if ((rule->kind == SCST_INJECT_DELAY) != (nr->ms != 0))
		return refuse("ms is for delay, and delay needs it", kinds[rule->kind]);
	if (!nr->times)
		return refuse("times is at least 1", "0");
	return 0;
}

static int parse_rule(char *text, struct scst_inject *rule)
{
	struct numbers nr = {
		.lun = SCST_ANY_LUN, .lba = NOT_SAID, .blocks = NOT_SAID,
		.times = SCST_INJECT_ALWAYS,
	};
	int err = parse_kind(scst_mgmt_word(&text), &rule->kind);
	char *word;

	while (!err && (word = scst_mgmt_word(&text))) {
		char *value = strchr(word, '=');

		if (!value)
			return refuse("not NAME=VALUE", word);
		*value++ = '\0';
		err = set_word(rule, &nr, word, value);
	}
	err = err ?: check(rule, &nr);
	rule->lun = nr.lun;
	if (nr.lba != NOT_SAID) {
		rule->lba = nr.lba;
		rule->nblocks = nr.blocks == NOT_SAID ? 1 : nr.blocks;
	}
	rule->ms = nr.ms;
	rule->left = nr.times;
	return err;
}

/* What is broken on purpose is in the log, for whoever wonders later. */
static int add(void *unused, char *text)
{
	struct scst_inject *rule __free(kfree) = kzalloc(sizeof(*rule), GFP_KERNEL);
	char *words __free(kfree) = kstrdup(text, GFP_KERNEL);
	int err = rule && words ? parse_rule(text, rule) : -ENOMEM;
	u32 id;

	if (err)
		return err;
	id = scst_inject_add(rule);
	if (!id)
		return -ENOMEM;
	pr_notice("scst: inject: rule %u from now on: %s\n", id, scst_printable(words).text);
	return 0;
}

static int del(void *unused, char *text)
{
	char *word;
	u64 id;
	int err = scst_mgmt_words(text, 1, &word);

	if (err || scst_parse_u64(word, 1, U32_MAX, &id))
		return refuse("del needs an id", text);
	if (!scst_inject_del(id))
		return -ENOENT;
	pr_notice("scst: inject: rule %u is gone\n", (u32)id);
	return 0;
}

static int clear(void *unused, char *text)
{
	int err = scst_mgmt_words(text, 0, NULL);

	if (!err && scst_inject_del(0))
		pr_notice("scst: inject: no rules any more\n");
	return err;
}

static const struct scst_mgmt_verb verbs[] = {
	{ "add",	add	},
	{ "clear",	clear	},
	{ "del",	del	},
	{ }
};

static ssize_t inject_write(struct file *file, const char __user *from, size_t len, loff_t *pos)
{
	char *text;
	int err;

	if (len >= TEXT_MAX)
		return -E2BIG;
	text = memdup_user_nul(from, len);
	if (IS_ERR(text))
		return PTR_ERR(text);
	err = scst_mgmt_run(verbs, NULL, strim(text));
	kfree(text);
	return err ?: len;
}

DEFINE_SHOW_STORE_ATTRIBUTE(inject);

void scst_sysfs_inject_add(struct dentry *dir)
{
	debugfs_create_file("inject", 0600, dir, NULL, &inject_fops);
}
