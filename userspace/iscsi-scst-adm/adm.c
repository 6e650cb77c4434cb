// SPDX-License-Identifier: GPL-2.0-only
/* What is asked for: a target, a session, a user; each a row of one table. */
#include "adm.h"

#include <strings.h>

#define DRIVER	"iscsi"

/* In SCST's order, as far as sysfs has them. */
static const char *const target_keys[] = {
	"QueuedCommands", "RspTimeout", "NopInInterval", "NopInTimeout", "MaxSessions", NULL,
};
static const char *const session_keys[] = {
	"InitialR2T", "ImmediateData", "MaxRecvDataSegmentLength", "MaxXmitDataSegmentLength",
	"MaxBurstLength", "FirstBurstLength", "MaxOutstandingR2T", "HeaderDigest", "DataDigest",
	NULL,
};

/* ---- what there is -------------------------------------------------------------------------- */

static uint64_t tid_of(struct adm *adm, const char *target)
{
	const struct scst_where at = { .driver = DRIVER, .target = target };
	_cleanup_free_ char *text = scst_live_line(&adm->live, SCST_CONF_TARGET, &at, "tid");
	uint64_t tid;

	return text && !scst_parse_u64(text, 1, UINT32_MAX, &tid) ? tid : 0;
}

/* *@name: whoever gets it frees it. */
static int find_target(struct adm *adm, char **name)
{
	_cleanup_(scst_names_clear) struct scst_names names = {};
	int err = scst_live_names(&adm->live, "targets/" DRIVER, false, &names);

	if (err)
		return scst_fail(&adm->err, -EOPNOTSUPP, "iscsi-scst.ko is not loaded");
	for (size_t i = 0; i < names.nr; i++)
		if (tid_of(adm, names.list[i]) == adm->tid)
			return (*name = strdup(names.list[i])) ? 0 : -ENOMEM;
	return scst_fail(&adm->err, -ENOENT, "no target has tid %llu",
			 (unsigned long long)adm->tid);
}

static int sessions_of(struct adm *adm, const char *target, char dir[PATH_MAX],
		       struct scst_names *names)
{
	int err = scst_format(dir, PATH_MAX, "targets/" DRIVER "/%s/sessions", target);

	return err ?: scst_live_names(&adm->live, dir, false, names);
}

/* Its first line below the root of the tree; NULL if there is none. */
static char *line_of(struct adm *adm, const char *dir, const char *file)
{
	char path[PATH_MAX], *text;

	if (scst_format(path, sizeof(path), "%s/%s/%s", adm->live.root, dir, file) ||
	    scst_read_file(path, &text))
		return NULL;
	text[strcspn(text, "\n")] = '\0';
	return text;
}

static bool is_session(struct adm *adm, const char *dir)
{
	_cleanup_free_ char *text = line_of(adm, dir, "sid");
	char *end;

	return text && *text && strtoull(text, &end, 16) == adm->sid && !*end;
}

/* The directory of the session that is asked for. */
static int find_session(struct adm *adm, const char *target, char dir[PATH_MAX])
{
	_cleanup_(scst_names_clear) struct scst_names names = {};
	char sessions[PATH_MAX];
	int err = sessions_of(adm, target, sessions, &names);

	for (size_t i = 0; i < names.nr && !err; i++) {
		err = scst_format(dir, PATH_MAX, "%s/%s", sessions, names.list[i]);
		if (!err && is_session(adm, dir))
			return 0;
	}
	return scst_fail(&adm->err, -ENOENT, "%s has no session 0x%llx", target,
			 (unsigned long long)adm->sid);
}

static void show_keys(struct adm *adm, const char *dir, const char *const *keys)
{
	for (; *keys; keys++) {
		_cleanup_free_ char *value = line_of(adm, dir, *keys);

		if (value)
			fprintf(adm->out, "%s=%s\n", *keys, value);
	}
}

static int step(struct adm *adm, const struct scst_step *step)
{
	int err = scst_step_run(&adm->live, step);

	return !err ? 0 : scst_fail(&adm->err, err, "%s: %s; the kernel log may say more",
				    step->name ?: step->at.target, strerror(-err));
}

/* ---- parameters ----------------------------------------------------------------------------- */

#define BLANKS	" \t\n"

static bool has_one_of(const char *text, const char *chars)
{
	return text[strcspn(text, chars)];
}

/* The next "NAME=VALUE", without what does not look like that. Return: false: there is none. */
static bool next_param(char **params, char **name, char **value)
{
	while ((*name = strsep(params, ","))) {
		*value = strchr(*name, '=');
		if (!*value)
			continue;
		*(*value)++ = '\0';
		return true;
	}
	return false;
}

static const char *known_key(const char *name)
{
	const char *const *const lists[] = { target_keys, session_keys };

	for (size_t i = 0; i < ARRAY_SIZE(lists); i++)
		for (const char *const *key = lists[i]; *key; key++)
			if (!strcasecmp(*key, name))
				return *key;
	return NULL;
}

struct user {
	const char *kind;		/* IncomingUser or OutgoingUser */
	char *name, *password;
};

static int read_user(struct adm *adm, struct user *user)
{
	char *name, *value;

	while (next_param(&adm->params, &name, &value)) {
		bool incoming = !strcasecmp(name, "IncomingUser");

		value += *value == ' ';
		if (!strcasecmp(name, "Password")) {
			user->password = value;
		} else if (incoming || !strcasecmp(name, "OutgoingUser")) {
			user->kind = incoming ? "IncomingUser" : "OutgoingUser";
			user->name = value;
		} else {
			return scst_fail(&adm->err, -EINVAL, "unknown parameter \"%s\"", name);
		}
	}
	return 0;
}

/* ---- targets -------------------------------------------------------------------------------- */

/* The kernel numbers targets: a script that goes on with its own number would change another. */
static int check_tid(struct adm *adm, const struct scst_where *at)
{
	const struct scst_step undo = { .kind = SCST_STEP_REMOVE_TARGET, .at = *at };
	unsigned long long tid = tid_of(adm, at->target);

	if (adm->has_tid && adm->tid && adm->tid != tid) {
		(void)scst_step_run(&adm->live, &undo);
		return scst_fail(&adm->err, -EINVAL, "a new target has tid %llu or more, and "
				 "cannot get another one; without --tid it is told", tid + 1);
	}
	fprintf(adm->out, "tid=%llu\n", tid);
	return 0;
}

static int new_target(struct adm *adm)
{
	struct scst_step add = { .kind = SCST_STEP_ADD_TARGET, .at = { .driver = DRIVER } };
	char *name, *value;
	int err;

	if (!next_param(&adm->params, &name, &value) || strcasecmp(name, "Name") || !*value)
		return scst_fail(&adm->err, -EINVAL, "--params Name=NAME is missing");
	if (has_one_of(value, BLANKS))
		return scst_fail(&adm->err, -EINVAL, "a name has no blank");
	add.at.target = value;
	err = step(adm, &add);
	return err ?: check_tid(adm, &add.at);
}

static int delete_target(struct adm *adm)
{
	_cleanup_(scst_names_clear) struct scst_names sessions = {};
	_cleanup_free_ char *target = NULL;
	char dir[PATH_MAX];
	int err = find_target(adm, &target);

	err = err ?: sessions_of(adm, target, dir, &sessions);
	if (!err && sessions.nr)
		return scst_fail(&adm->err, -EBUSY, "%s has sessions", target);
	return err ?: step(adm, &(struct scst_step){ .kind = SCST_STEP_REMOVE_TARGET,
		.at = { .driver = DRIVER, .target = target } });
}

static int set_key(struct adm *adm, const char *target, const char *key, const char *value)
{
	return step(adm, &(struct scst_step){ .kind = SCST_STEP_SET_TARGET, .name = key,
		.value = value, .at = { .driver = DRIVER, .target = target } });
}

/* Nothing is set if one of them cannot be. */
static int check_keys(struct adm *adm)
{
	_cleanup_free_ char *copy = strdup(adm->params ?: "");
	char *rest = copy, *name, *value;
	unsigned int nr = 0;

	if (!copy)
		return -ENOMEM;
	for (; next_param(&rest, &name, &value); nr++)
		if (!known_key(name))
			return scst_fail(&adm->err, -EINVAL, "unknown parameter \"%s\"", name);
	return nr ? 0 : scst_fail(&adm->err, -EINVAL, "--params NAME=VALUE is missing");
}

static int update_target(struct adm *adm)
{
	_cleanup_free_ char *target = NULL;
	char *name, *value;
	int err = find_target(adm, &target) ?: check_keys(adm);

	while (!err && next_param(&adm->params, &name, &value))
		err = set_key(adm, target, known_key(name), value);
	return err;
}

static int show_target(struct adm *adm)
{
	_cleanup_free_ char *target = NULL;
	char dir[PATH_MAX];
	int err = find_target(adm, &target);

	err = err ?: scst_format(dir, sizeof(dir), "targets/" DRIVER "/%s", target);
	if (!err)
		show_keys(adm, dir, target_keys);
	return err;
}

/* ---- sessions ------------------------------------------------------------------------------- */

/* Of session 0 what is configured. */
static int show_session(struct adm *adm)
{
	_cleanup_free_ char *target = NULL;
	char dir[PATH_MAX];
	int err = find_target(adm, &target);

	if (!err)
		err = adm->sid ? find_session(adm, target, dir) :
				 scst_format(dir, sizeof(dir), "targets/" DRIVER "/%s", target);
	if (!err)
		show_keys(adm, dir, session_keys);
	return err;
}

static int check_connection(struct adm *adm, const char *dir)
{
	_cleanup_(scst_names_clear) struct scst_names names = {};
	int err = scst_live_names(&adm->live, dir, false, &names);

	for (size_t i = 0; i < names.nr && !err; i++) {
		char path[PATH_MAX];
		_cleanup_free_ char *cid = !scst_format(path, sizeof(path), "%s/%s", dir,
							names.list[i]) ?
			line_of(adm, path, "cid") : NULL;

		if (cid && strtoull(cid, NULL, 0) == adm->cid)
			return 0;
	}
	return scst_fail(&adm->err, -ENOENT, "the session has no connection %llu",
			 (unsigned long long)adm->cid);
}

/* A session has one connection, and goes with it. */
static int delete_session(struct adm *adm)
{
	_cleanup_free_ char *target = NULL;
	char dir[PATH_MAX], path[PATH_MAX];
	int err = find_target(adm, &target);

	err = err ?: find_session(adm, target, dir);
	if (!err && adm->has_cid)
		err = check_connection(adm, dir);
	err = err ?: scst_format(path, sizeof(path), "%s/force_close", dir);
	err = err ?: adm->live.write(&adm->live, path, "1");
	return !err ? 0 : scst_fail(&adm->err, err, "%s: %s", dir, strerror(-err));
}

/* ---- users ---------------------------------------------------------------------------------- */

/* Without --tid, or with 0: those of discovery. */
static int where_of(struct adm *adm, struct scst_where *at, char **target)
{
	int err = adm->tid ? find_target(adm, target) : 0;

	*at = (struct scst_where){ .driver = DRIVER, .target = *target };
	return err;
}

static int change_user(struct adm *adm, bool add, const char *kind, const char *value)
{
	_cleanup_free_ char *target = NULL;
	struct scst_step change = { .name = kind, .value = value };
	int err = where_of(adm, &change.at, &target);

	if (target)
		change.kind = add ? SCST_STEP_ADD_TARGET_ATTR : SCST_STEP_REMOVE_TARGET_ATTR;
	else
		change.kind = add ? SCST_STEP_ADD_DRIVER_ATTR : SCST_STEP_REMOVE_DRIVER_ATTR;
	return err ?: step(adm, &change);
}

static int new_user(struct adm *adm)
{
	_cleanup_free_ char *value = NULL;
	struct user user = {};
	int err = read_user(adm, &user);

	if (!err && (!user.name || !user.password))
		return scst_fail(&adm->err, -EINVAL, "--params IncomingUser=NAME,Password=SECRET "
				 "is missing, or OutgoingUser");
	if (!err && (has_one_of(user.name, BLANKS "=") || has_one_of(user.password, BLANKS)))
		return scst_fail(&adm->err, -EINVAL, "a name has no blank and no '=', and a "
				 "secret no blank");
	if (!err && asprintf(&value, "%s %s", user.name, user.password) < 0)
		return -ENOMEM;
	return err ?: change_user(adm, true, user.kind, value);
}

static int delete_user(struct adm *adm)
{
	struct user user = {};
	int err = read_user(adm, &user);

	if (!err && !user.name)
		return scst_fail(&adm->err, -EINVAL, "--params IncomingUser=NAME is missing, or "
				 "OutgoingUser");
	return err ?: change_user(adm, false, user.kind, user.name);
}

/* With its secret if it was asked for by name. */
static bool show_users(struct adm *adm, const struct scst_live_attrs *attrs, const char *kind,
		       const char *wanted)
{
	const struct scst_live_attr *attr = scst_live_attr(attrs, kind);
	bool found = false;

	for (size_t i = 0; attr && i < attr->nr_values; i++) {
		const char *text = attr->values[i].text ?: "";
		int len = strcspn(text, " ");

		if (wanted && ((size_t)len != strlen(wanted) || strncmp(text, wanted, len)))
			continue;
		found = true;
		fprintf(adm->out, "%s %.*s\n", kind, wanted ? (int)strlen(text) : len, text);
	}
	return found;
}

static int show_user(struct adm *adm)
{
	_cleanup_live_attrs_ struct scst_live_attrs attrs = {};
	_cleanup_free_ char *target = NULL;
	struct user user = {};
	struct scst_where at;
	int err = read_user(adm, &user) ?: where_of(adm, &at, &target);

	err = err ?: scst_live_attrs(&adm->live, target ? SCST_CONF_TARGET : SCST_CONF_DRIVER, &at,
				     &attrs, &adm->err);
	if (err)
		return err;
	if (user.name && !show_users(adm, &attrs, user.kind, user.name))
		return scst_fail(&adm->err, -ENOENT, "there is no %s %s", user.kind, user.name);
	if (user.name)
		return 0;
	show_users(adm, &attrs, "IncomingUser", NULL);
	show_users(adm, &attrs, "OutgoingUser", NULL);
	return 0;
}

/* ---- which of them -------------------------------------------------------------------------- */

enum subject { SUBJECT_TARGET, SUBJECT_SESSION, SUBJECT_USER };

static const struct {
	enum adm_op op;
	enum subject subject;
	bool needs_tid;
	int (*run)(struct adm *adm);
} rows[] = {
	{ ADM_NEW,    SUBJECT_TARGET,  false, new_target	},
	{ ADM_DELETE, SUBJECT_TARGET,  true,  delete_target	},
	{ ADM_UPDATE, SUBJECT_TARGET,  true,  update_target	},
	{ ADM_SHOW,   SUBJECT_TARGET,  true,  show_target	},
	{ ADM_DELETE, SUBJECT_SESSION, true,  delete_session	},
	{ ADM_SHOW,   SUBJECT_SESSION, true,  show_session	},
	{ ADM_NEW,    SUBJECT_USER,    false, new_user		},
	{ ADM_DELETE, SUBJECT_USER,    false, delete_user	},
	{ ADM_SHOW,   SUBJECT_USER,    false, show_user		},
};

int adm_run(struct adm *adm)
{
	enum subject subject = adm->user ? SUBJECT_USER : adm->has_sid ? SUBJECT_SESSION :
		SUBJECT_TARGET;

	if (adm->op == ADM_NONE)
		return scst_fail(&adm->err, -EINVAL, "--op is missing; see --help");
	if ((adm->has_cid && !adm->has_sid) || (adm->user && adm->has_sid))
		return scst_fail(&adm->err, -EINVAL, "these options do not go together; see "
				 "--help");
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		if (rows[i].op != adm->op || rows[i].subject != subject)
			continue;
		if (rows[i].needs_tid && !adm->tid)
			return scst_fail(&adm->err, -EINVAL, "--tid is missing");
		return rows[i].run(adm);
	}
	return scst_fail(&adm->err, -EINVAL, "that cannot be done with it; see --help");
}
