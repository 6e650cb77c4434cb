// SPDX-License-Identifier: GPL-2.0-only
/* scstctl plan, diff, apply: a file that says what there is to be, against what there is. */

#include "aside_file.h"
#include "conf_files.h"

/* ---- what would be done --------------------------------------------------------------------- */

/* What is asked of them all. */
static int read_plan(struct cli *cli, const struct scst_conf *want, struct scst_plan *plan)
{
	static struct scst_live live;

	live = scst_live_default();
	if (geteuid())
		return scst_fail(&cli->err, -EACCES, "run this as root: users of CHAP are secret");
	if (!scst_live_has_file(&live, "version"))
		return scst_fail(&cli->err, -EOPNOTSUPP, "scst.ko is not loaded: modprobe scst");
	return scst_plan_make(plan, &live, want, &cli->err);
}

/* ---- what is said --------------------------------------------------------------------------- */

static struct json_object *list_of(const struct scst_names *names)
{
	struct json_object *list = json_object_new_array();

	for (size_t i = 0; i < names->nr; i++)
		json_object_array_add(list, json_object_new_string(names->list[i]));
	return list;
}

/* What cannot be had is not there either. */
static bool differs(const struct scst_plan *plan)
{
	return plan->steps.nr || plan->modules.nr || plan->refused.nr;
}

static struct json_object *plan_json(const struct scst_plan *plan, bool any)
{
	struct json_object *obj = json_object_new_object();

	json_object_object_add(obj, "differs", json_object_new_boolean(any));
	json_object_object_add(obj, "steps", json_object_get(plan->json));
	json_object_object_add(obj, "modules", list_of(&plan->modules));
	json_object_object_add(obj, "unlisted", json_object_new_uint64(plan->extra));
	json_object_object_add(obj, "refused", list_of(&plan->refused));
	return obj;
}

static void print_plan(const struct scst_plan *plan)
{
	for (size_t i = 0; i < plan->modules.nr; i++)
		printf("+ module %s\n", plan->modules.list[i]);
	for (size_t i = 0; i < plan->steps.nr; i++)
		puts(plan->steps.list[i]);
}

static void tell_unlisted(const struct scst_plan *plan)
{
	if (plan->extra)
		fprintf(stderr, "%u things are not in the file and stay: scstctl diff shows them, "
			"--prune removes them\n", plan->extra);
}

static void print_refused(const struct scst_plan *plan, const char *what)
{
	for (size_t i = 0; i < plan->refused.nr; i++)
		fprintf(stderr, "%s: %s\n", what, plan->refused.list[i]);
}

static int tell_refused(struct cli *cli, const struct scst_plan *plan, const char *what)
{
	if (!plan->refused.nr)
		return 0;
	print_refused(plan, what);
	if (plan->in_use)
		return scst_fail(&cli->err, -EBUSY, "%s: it would be taken away from who uses it: "
				 "nothing was done (--force)", what);
	return scst_fail(&cli->err, -EINVAL, "%s: it cannot be done: nothing was", what);
}

/* ---- single steps --------------------------------------------------------------------------- */

int conf_live(struct cli *cli, struct scst_conf **have)
{
	const struct scst_live live = scst_live_default();

	if (!scst_live_has_file(&live, "version"))
		return scst_fail(&cli->err, -EOPNOTSUPP, "scst.ko is not loaded: modprobe scst");
	return scst_live_read(&live, SCST_LIVE_ALL, have, &cli->err);
}

static int check_steps(struct cli *cli, const struct scst_conf *have,
		       const struct scst_step *steps, size_t nr)
{
	_cleanup_(scst_names_clear) struct scst_names refused = {};
	_cleanup_(scst_uses_clear) struct scst_uses uses = {};
	const struct scst_live live = scst_live_default();
	int err = scst_uses_read(have, &uses);

	for (size_t i = 0; i < nr && !err && !cli->force; i++)
		err = scst_plan_check_use(&live, have, &uses, &steps[i], &refused);
	if (err)
		return scst_fail(&cli->err, err, "out of memory");
	for (size_t i = 1; i < refused.nr; i++)
		fprintf(stderr, "%s\n", refused.list[i]);
	return refused.nr ? scst_fail(&cli->err, -EBUSY, "%s (--force)", refused.list[0]) : 0;
}

static int do_step(struct cli *cli, const struct scst_step *step, struct json_object *done)
{
	const struct scst_live live = scst_live_default();
	_cleanup_free_ char *line = scst_plan_line(step);
	int err = line ? scst_apply_step(&live, step, 60) : -ENOMEM;

	if (err)
		return scst_fail(&cli->err, err, "%s: %s", line ? line + 2 : "", strerror(-err));
	if (!cli->json)
		puts(line);
	json_object_array_add(done, json_object_new_string(line));
	return 0;
}

int conf_do(struct cli *cli, const struct scst_step *steps, size_t nr)
{
	_cleanup_(scst_conf_freep) struct scst_conf *have = NULL;
	_cleanup_(json_object_putp) struct json_object *done = json_object_new_array();
	int ret = conf_lock(cli) ?: conf_live(cli, &have);

	ret = ret ?: check_steps(cli, have, steps, nr);
	for (size_t i = 0; i < nr && !ret; i++)
		ret = do_step(cli, &steps[i], done);
	if (cli->json)
		cli_print_json(json_object_get(done));
	return ret;
}

/* ---- plan, diff ----------------------------------------------------------------------------- */

/* Without the lock nobody can say whether it still goes on. Return: there is something. */
static bool tell_aside(void)
{
	_cleanup_(scst_conf_freep) struct scst_conf *aside = NULL;
	const struct scst_live live = scst_live_default();
	int ret = scst_aside_read(SCST_ASIDE_PATH, &live, &aside);

	if (ret == -ESTALE || (!ret && !aside))
		return false;
	fprintf(stderr, SCST_ASIDE_PATH ": an apply is under way, or was cut off and is finished "
		"before anything else is done: what it has taken away counts as missing here\n");
	return true;
}

static int show_plan(struct cli *cli, struct scst_plan *plan, const struct scst_conf *want)
{
	int ret = read_plan(cli, want, plan);

	if (ret)
		return ret;
	cli->differs = tell_aside() || differs(plan);
	if (cli->json)
		cli_print_json(plan_json(plan, cli->differs));
	else
		print_plan(plan);
	return 0;
}

/* Return: the file's name in *@path. */
static int read_wanted(struct cli *cli, int argc, char **argv, const char **path,
		       struct scst_conf_file *file)
{
	*path = argc ? argv[0] : conf_file_default(cli);
	return *path ? conf_file_read(cli, *path, true, file) : -ENOENT;
}

static int run_plan(struct cli *cli, int argc, char **argv)
{
	_cleanup_(scst_conf_file_clear) struct scst_conf_file file = {};
	_cleanup_(scst_plan_clear) struct scst_plan plan = {
		.prune = cli->prune, .force = cli->force,
	};
	const char *path;
	int ret = read_wanted(cli, argc, argv, &path, &file) ?: show_plan(cli, &plan, file.conf);

	if (ret)
		return ret;
	if (!cli->json)
		tell_unlisted(&plan);
	return tell_refused(cli, &plan, path);
}

/* Both ways, and what of the file cannot be had. */
static int run_diff(struct cli *cli, int argc, char **argv)
{
	_cleanup_(scst_conf_file_clear) struct scst_conf_file file = {};
	_cleanup_(scst_plan_clear) struct scst_plan plan = { .prune = true, .force = true };
	const char *path;
	int ret = read_wanted(cli, argc, argv, &path, &file);

	ret = ret ?: show_plan(cli, &plan, file.conf);
	if (!ret && !cli->json)
		print_refused(&plan, path);
	return ret;
}

/* ---- apply ---------------------------------------------------------------------------------- */

static int print_step(void *arg, const struct scst_step *step)
{
	struct cli *cli = arg;
	_cleanup_free_ char *line = NULL;

	if (cli->json || cli->quiet)
		return 0;
	line = scst_plan_line(step);
	if (line)
		puts(line);
	return line ? 0 : -ENOMEM;
}

static int put_aside(void *arg _unused_, const struct scst_conf *aside)
{
	const struct scst_live live = scst_live_default();

	return scst_aside_write(SCST_ASIDE_PATH, &live, aside, stderr);
}

/* Each step is told as it is done, also where one behind it fails. */
static int do_plan(struct cli *cli, const struct scst_conf *want, unsigned int *failed)
{
	const struct scst_live live = scst_live_default();
	struct scst_restore r = {
		.live = &live, .log = stderr, .declared = true, .prune = cli->prune,
		.patience = 60, .each = print_step, .arg = cli, .aside = put_aside,
	};
	sigset_t before;
	int ret;

	conf_hold_signals(&before);
	ret = scst_restore(&r, want, &cli->err);
	sigprocmask(SIG_SETMASK, &before, NULL);
	*failed = r.failed;
	return ret;
}

static int print_result(struct cli *cli, const struct scst_plan *plan, unsigned int failed)
{
	struct json_object *obj;

	if (!cli->json || cli->quiet)
		return 0;
	obj = plan_json(plan, differs(plan));
	json_object_object_add(obj, "failed", json_object_new_uint64(failed));
	cli_print_json(obj);
	return 0;
}

static int load_modules(struct cli *cli, const struct scst_conf *want)
{
	struct scst_restore r = { .log = stderr };

	return scst_restore_modules(&r, want, conf_modprobe, &cli->err);
}

int conf_apply(struct cli *cli, const struct scst_conf *want, const char *what)
{
	_cleanup_(scst_plan_clear) struct scst_plan plan = {
		.prune = cli->prune, .force = cli->force,
	};
	unsigned int failed = 0;
	int ret = conf_lock(cli) ?: load_modules(cli, want) ?: read_plan(cli, want, &plan);

	if (ret)
		return ret;
	ret = tell_refused(cli, &plan, what) ?: do_plan(cli, want, &failed);
	print_result(cli, &plan, failed);
	if (!ret && failed)
		ret = scst_fail(&cli->err, -EIO, "%s: %u of what it says could not be done", what,
				failed);
	return ret;
}

static int run_apply(struct cli *cli, int argc, char **argv)
{
	_cleanup_(scst_conf_file_clear) struct scst_conf_file file = {};
	const char *path;
	int ret = read_wanted(cli, argc, argv, &path, &file);

	if (ret)
		return ret;
	scst_restore_wait(file.conf, cli->wait);
	return conf_apply(cli, file.conf, path);
}

/* ---- commands ------------------------------------------------------------------------------- */

static int set_prune(struct cli *cli, const char *value _unused_)
{
	cli->prune = true;
	return 0;
}

#define PRUNE	{ "prune", NULL, "remove what the file does not list", set_prune }
#define FORCE	{ "force", NULL, "also what initiators use", cli_set_force }

static const struct cli_option plan_options[] = { PRUNE, FORCE, {} };

static const struct cli_option apply_options[] = {
	PRUNE,
	FORCE,
	{ "wait", "SECONDS", "wait so long for disks in /dev that the file names", cli_set_wait },
	{}
};

const struct cli_command cli_plan = {
	.noun = "plan",
	.args = "[FILE]",
	.max_args = 1,
	.summary = "what apply would do",
	.help = "A line for each step: + what is added, ~ what is changed, - what goes. FILE is\n"
		"scst.json(5) or scst.conf(5); " SCST_CONF_PATH ", or else\n"
		SCST_CONF_JSON_PATH ".\n"
		"Nothing is done. Exit status 0: nothing to do; 7: something.",
	.options = plan_options,
	.run = run_plan,
};

const struct cli_command cli_diff = {
	.noun = "diff",
	.args = "[FILE]",
	.max_args = 1,
	.summary = "what is otherwise than a file says, both ways",
	.help = "As plan --prune --force shows it: - is what FILE does not list. What of FILE\n"
		"cannot be had is told. Exit status 0: the same; 7: not.",
	.run = run_diff,
};

const struct cli_command cli_apply = {
	.noun = "apply",
	.args = "[FILE]",
	.max_args = 1,
	.summary = "make what a file lists as it says",
	.help = "Checks all of FILE, loads modules, and then does what plan shows, in an order in\n"
		"which nobody gets in before everything is there. What FILE does not list is not\n"
		"touched without --prune; what initiators use is not taken away without --force:\n"
		"nothing is done then. Doing it again is harmless, also behind a crash.",
	.options = apply_options,
	.run = run_apply,
};
