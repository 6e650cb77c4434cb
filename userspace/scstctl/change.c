// SPDX-License-Identifier: GPL-2.0-only
/*
 * One object is changed as a file is applied that has nothing else: by the same checks, the same
 * differ and the same order.
 */
#include "change.h"

#include "conf_check.h"
#include "conf_keys.h"

int change_begin(struct change *change, struct cli *cli, bool made)
{
	const struct scst_live live = scst_live_default();
	int ret = conf_lock(cli);

	*change = (struct change){ .cli = cli };
	if (ret)
		return ret;
	change->want = scst_conf_new(SCST_CONF_ROOT, "");
	if (!change->want)
		return scst_fail(&cli->err, -ENOMEM, "out of memory");
	if (made && !scst_live_has_file(&live, "version")) {
		change->have = scst_conf_new(SCST_CONF_ROOT, "");
		return change->have ? 0 : scst_fail(&cli->err, -ENOMEM, "out of memory");
	}
	return conf_live(cli, &change->have);
}

void change_end(struct change *change)
{
	if (change->have)
		scst_conf_free(change->have);
	if (change->want)
		scst_conf_free(change->want);
}

/* ---- keys ----------------------------------------------------------------------------------- */

static bool is_word_of(const char *words, const char *value)
{
	size_t len = strlen(value);
	const char *at = strcasestr(words, value);

	return len && at && (at == words || at[-1] == ' ') && (!at[len] || at[len] == ' ');
}

/* true and false as sysfs has them. */
static const char *text_of(const struct scst_key *key, const char *value)
{
	bool yes = is_word_of("true yes on 1", value), no = is_word_of("false no off 0", value);

	if (!key || (!yes && !no))
		return value;
	if (key->type == SCST_KEY_BOOL)
		return yes ? "1" : "0";
	if (key->type == SCST_KEY_YES_NO)
		return yes ? "Yes" : "No";
	return value;
}

/* The first line of a file: a secret that nobody sees in the list of processes. */
static int read_value(struct change *change, const char *path, char **value)
{
	int ret = scst_read_text(path, value);

	if (ret)
		return scst_fail(&change->cli->err, ret, "%s: %s", path, scst_text_error(ret));
	(*value)[strcspn(*value, "\r\n")] = '\0';
	return 0;
}

static int set_key(struct change *change, const char *owner, const char *name, const char *value)
{
	const struct scst_key *key = scst_key_find(change->object->kind, owner, name);
	_cleanup_free_ char *secret = NULL;
	int ret = 0;

	if (key && key->flags & SCST_KEY_SECRET && *value == '@')
		ret = read_value(change, value + 1, &secret);
	if (ret)
		return ret;
	if (!key && scst_key_find(change->object->kind, NULL, name))
		return scst_fail(&change->cli->err, -EINVAL, "%s has no %s", owner, name);
	if (!key || key->type == SCST_KEY_FLAG)
		return scst_fail(&change->cli->err, -EINVAL, "there is no key %s: scst.json(5) has "
				 "them", name);
	if (key->flags & SCST_KEY_LIST && !*value)
		return scst_conf_set_none(change->object, name, 0);
	return scst_conf_set(change->object, name, secret ?: text_of(key, value), 0);
}

int change_keys(struct change *change, const char *owner, int argc, char **argv)
{
	int ret = 0;

	for (int i = 0; i < argc && !ret; i++) {
		char *value = strchr(argv[i], '=');

		if (!value || value == argv[i])
			return scst_fail(&change->cli->err, -EINVAL, "\"%s\" is not KEY=VALUE",
					 argv[i]);
		*value = '\0';
		ret = set_key(change, owner, argv[i], value + 1);
		*value = '=';
	}
	return ret == -ENOMEM ? scst_fail(&change->cli->err, ret, "out of memory") : ret;
}

int change_check(struct change *change)
{
	_cleanup_(scst_names_clear) struct scst_names faults = {};
	int ret = scst_conf_check(change->want, NULL, &faults);

	if (ret)
		return scst_fail(&change->cli->err, ret, "out of memory");
	for (size_t i = 1; i < faults.nr; i++)
		fprintf(stderr, "%s\n", faults.list[i]);
	if (faults.nr)
		return scst_fail(&change->cli->err, -EINVAL, "%s", faults.list[0]);
	return 0;
}

int change_apply(struct change *change, const char *what)
{
	return change_check(change) ?: conf_apply(change->cli, change->want, what);
}

/* ---- what is there -------------------------------------------------------------------------- */

const char *change_handler(struct change *change, const char *device)
{
	struct scst_conf *handler;

	scst_conf_for_each(handler, change->have, SCST_CONF_HANDLER)
		if (scst_conf_find(handler, SCST_CONF_DEVICE, device))
			return handler->name;
	scst_fail(&change->cli->err, -ENOENT, "there is no device %s", device);
	return NULL;
}

/* The only driver with a target of this name. */
static int find_driver(struct change *change, const char *target, const char **found)
{
	struct scst_conf *driver;

	*found = NULL;
	scst_conf_for_each(driver, change->have, SCST_CONF_DRIVER) {
		if (!scst_conf_find(driver, SCST_CONF_TARGET, target))
			continue;
		if (*found)
			return scst_fail(&change->cli->err, -EINVAL, "target %s: there are %s/%s "
					 "and %s/%s", target, *found, target, driver->name, target);
		*found = driver->name;
	}
	return *found ? 0 : scst_fail(&change->cli->err, -ENOENT, "there is no target %s", target);
}

/* Names of iSCSI say what they are. */
static int guess_driver(struct change *change, const char *target, const char **driver)
{
	*driver = "iscsi";
	if (startswith(target, "iqn.") || startswith(target, "eui.") || startswith(target, "naa."))
		return 0;
	return scst_fail(&change->cli->err, -EINVAL, "of which driver? DRIVER/%s", target);
}

/* The part before the slash, which is kept in @want. */
static int said_driver(struct change *change, const char *name, const char *slash,
		       const char **driver)
{
	_cleanup_free_ char *copy = strndup(name, slash - name);
	struct scst_conf *conf = copy ? scst_conf_reach(change->want, SCST_CONF_DRIVER, copy) :
					NULL;

	*driver = conf ? conf->name : NULL;
	return conf ? 0 : scst_fail(&change->cli->err, -ENOMEM, "out of memory");
}

static int choose_driver(struct change *change, const char *name, bool made, const char **driver)
{
	const char *slash = strchr(name, '/');

	if (slash)
		return said_driver(change, name, slash, driver);
	return made ? guess_driver(change, name, driver) : find_driver(change, name, driver);
}

int change_target(struct change *change, const char *name, bool made, struct scst_where *at,
		  struct scst_conf **target)
{
	const char *slash = strchr(name, '/');
	const struct scst_conf *have;
	int ret = choose_driver(change, name, made, &at->driver);

	if (ret)
		return ret;
	at->target = slash ? slash + 1 : name;
	have = scst_conf_find(scst_conf_find(change->have, SCST_CONF_DRIVER, at->driver),
			      SCST_CONF_TARGET, at->target);
	if (made == !!have)
		return scst_fail(&change->cli->err, made ? -EEXIST : -ENOENT,
				 "there is %s target %s/%s", made ? "already a" : "no", at->driver,
				 at->target);
	*target = scst_conf_reach(scst_conf_reach(change->want, SCST_CONF_DRIVER, at->driver),
				  SCST_CONF_TARGET, at->target);
	return *target ? 0 : scst_fail(&change->cli->err, -ENOMEM, "out of memory");
}
