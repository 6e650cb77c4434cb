// SPDX-License-Identifier: GPL-2.0-only
/* iscsi-scst-adm: what it writes, prints and refuses. */
#include <sys/stat.h>

#include "unit.h"

#include "adm.h"
#include "fake_scst.h"

static struct fake *fake;
static char *out, err[1024];

/* Targets "a", which has number 1, and "b"; a session of "a". */
static int begin(void **state)
{
	fake = fake_new();
	fake_do(fake, "targets/iscsi/mgmt", "add_target a");
	fake_do(fake, "targets/iscsi/mgmt", "add_target b");
	scst_names_clear(&fake->log);
	return 0;
}

static int end(void **state)
{
	free(out);
	out = NULL;
	fake_free(fake);
	return 0;
}

static void put(const char *path, const char *text)
{
	char full[PATH_MAX];
	FILE *file;

	snprintf(full, sizeof(full), "%s/%s", fake->root, path);
	file = fopen(full, "w");
	assert_non_null(file);
	fprintf(file, "%s\n", text);
	fclose(file);
}

static void put_session(void)
{
	char dir[PATH_MAX];

	fake_add_session(fake, "iscsi", "a", "iqn.x");
	put("targets/iscsi/a/sessions/iqn.x/sid", "23d0000100200");
	put("targets/iscsi/a/sessions/iqn.x/InitialR2T", "No");
	put("targets/iscsi/a/sessions/iqn.x/HeaderDigest", "CRC32C");
	snprintf(dir, sizeof(dir), "%s/targets/iscsi/a/sessions/iqn.x/192.0.2.1", fake->root);
	assert_int_equal(mkdir(dir, 0755), 0);
	put("targets/iscsi/a/sessions/iqn.x/192.0.2.1/cid", "3");
}

/* Words between blanks. */
static int run(const char *words)
{
	char copy[512], *argv[16] = { "iscsi-scst-adm" }, *save = NULL;
	struct adm adm = { .live = fake->live };
	size_t len;
	int argc = 1, ret;

	snprintf(copy, sizeof(copy), "%s", words);
	for (char *word = strtok_r(copy, " ", &save); word; word = strtok_r(NULL, " ", &save))
		argv[argc++] = word;
	free(out);
	adm.out = open_memstream(&out, &len);
	ret = adm_options(&adm, argc, argv);
	ret = ret ?: adm_run(&adm);
	fclose(adm.out);
	strcpy(err, adm.err.text);
	return ret;
}

static void does(const char *words, const char *says)
{
	if (run(words))
		fail_msg("%s: %s", words, err);
	assert_string_equal(out, says);
}

static void refuses(const char *words, int code, const char *why)
{
	assert_int_equal(run(words), code);
	if (!strstr(err, why))
		fail_msg("%s: '%s', expected '%s'", words, err, why);
	assert_int_equal(fake->log.nr, 0);
}

static void wrote(const char *line)
{
	assert_true(fake->log.nr > 0);
	assert_string_equal(fake->log.list[fake->log.nr - 1], line);
}

static void a_target_is_made_and_its_number_told(void **state)
{
	does("--op new --params Name=c", "tid=3\n");
	wrote("targets/iscsi/mgmt <- add_target c");
	does("-o new -t 4 -p Name=d", "tid=4\n");
	does("--op=new --tid=0 --params=Name=e", "tid=5\n");
}

static void a_number_that_cannot_be_had_leaves_no_target(void **state)
{
	assert_int_equal(run("--op new --tid 77 --params Name=c"), -EINVAL);
	assert_string_equal(out, "");
	assert_false(fake_has(fake, "targets/iscsi/c"));
}

static void a_target_is_deleted_by_its_number(void **state)
{
	does("--op delete --tid 2", "");
	wrote("targets/iscsi/mgmt <- del_target b");
	assert_int_equal(run("--op delete --tid 2"), -ENOENT);
	assert_true(fake_has(fake, "targets/iscsi/a"));
}

static void a_target_with_sessions_stays(void **state)
{
	put_session();
	refuses("--op delete --tid 1", -EBUSY, "a has sessions");
}

static void settings_are_changed_and_shown(void **state)
{
	does("--op update --tid 1 --params QueuedCommands=64,maxsessions=2", "");
	wrote("targets/iscsi/a/MaxSessions <- 2");
	does("--op show --tid 1", "QueuedCommands=64\nMaxSessions=2\n");
	does("--op show --tid 2", "QueuedCommands=32\nMaxSessions=0\n");
}

static void sessions_are_shown_and_closed(void **state)
{
	put_session();
	does("--op show --tid 1 --sid 0x23d0000100200", "InitialR2T=No\nHeaderDigest=CRC32C\n");
	does("--op show --tid 1 --sid 0", "");
	refuses("--op delete --tid 1 --sid 0x23d0000100201", -ENOENT, "a has no session");
	refuses("--op delete --tid 1 --sid 0x23d0000100200 --cid 1", -ENOENT, "no connection 1");
	does("--op delete --tid 1 --sid 0x23d0000100200 --cid 3", "");
	wrote("targets/iscsi/a/sessions/iqn.x/force_close <- 1");
}

static void users_are_of_a_target_or_of_discovery(void **state)
{
	does("--op new --tid 1 --user --params IncomingUser=joe,Password=secret123456", "");
	wrote("targets/iscsi/mgmt <- add_target_attribute a IncomingUser joe secret123456");
	does("--op new --user --params OutgoingUser=me,Password=secret654321", "");
	wrote("targets/iscsi/mgmt <- add_attribute OutgoingUser me secret654321");
	does("--op new --tid 0 --user --params incominguser=jim,Password=secret111111", "");
	wrote("targets/iscsi/mgmt <- add_attribute IncomingUser jim secret111111");
	does("--op show --tid 1 --user", "IncomingUser joe\n");
	does("--op show --user", "IncomingUser jim\nOutgoingUser me\n");
	does("--op show --tid 1 --user --params IncomingUser=joe",
	     "IncomingUser joe secret123456\n");
	does("--op delete --tid 1 --user --params IncomingUser=joe", "");
	wrote("targets/iscsi/mgmt <- del_target_attribute a IncomingUser joe");
	assert_int_equal(run("--op show --tid 1 --user --params IncomingUser=joe"), -ENOENT);
}

static void what_is_wrong_changes_nothing(void **state)
{
	refuses("--tid 1", -EINVAL, "--op is missing");
	refuses("--op frob --tid 1", -EINVAL, "new, delete, update or show");
	refuses("--op delete", -EINVAL, "--tid is missing");
	refuses("--op delete --tid x", -EINVAL, "no number");
	refuses("--op show --tid 9", -ENOENT, "no target has tid 9");
	refuses("--op new", -EINVAL, "Name=NAME is missing");
	refuses("--op new --params Title=x", -EINVAL, "Name=NAME is missing");
	refuses("--op update --tid 1", -EINVAL, "NAME=VALUE is missing");
	refuses("--op update --tid 1 --params QueuedCommands", -EINVAL, "NAME=VALUE is missing");
	refuses("--op update --tid 1 --params QueuedCommands=64,colour=red", -EINVAL,
		"unknown parameter \"colour\"");
	refuses("--op update --tid 1 --sid 1", -EINVAL, "cannot be done");
	refuses("--op update --user", -EINVAL, "cannot be done");
	refuses("--op new --user --params IncomingUser=joe", -EINVAL, "Password=SECRET is missing");
	refuses("--op new --user --params user=joe", -EINVAL, "unknown parameter \"user\"");
	refuses("--op delete --user", -EINVAL, "IncomingUser=NAME is missing");
	refuses("--op delete --tid 1 --cid 1", -EINVAL, "do not go together");
	refuses("--op delete --tid 1 user", -EINVAL, "\"user\" is no option");
	refuses("--op show --colour", -EINVAL, "no such option");
	refuses("--op", -EINVAL, "needs a value");
}

/* The kernel would take the words up to the blank. */
static void words_in_names_and_secrets_are_refused(void **state)
{
	static char secret[] = "IncomingUser=joe,Password=correct horse battery";
	static char name[] = "IncomingUser=joe=ann,Password=secret123456";
	static char target[] = "Name=c enabled=1";
	static char *const params[] = { secret, name, target };

	for (size_t i = 0; i < ARRAY_SIZE(params); i++) {
		struct adm adm = {
			.live = fake->live, .out = stdout, .op = ADM_NEW, .user = i < 2,
			.params = params[i],
		};

		assert_int_equal(adm_run(&adm), -EINVAL);
		assert_non_null(strstr(adm.err.text, "no blank"));
	}
	assert_int_equal(fake->log.nr, 0);
}

#define T(test)	cmocka_unit_test_setup_teardown(test, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(words_in_names_and_secrets_are_refused),
		T(a_target_is_made_and_its_number_told),
		T(a_number_that_cannot_be_had_leaves_no_target),
		T(a_target_is_deleted_by_its_number),
		T(a_target_with_sessions_stays),
		T(settings_are_changed_and_shown),
		T(sessions_are_shown_and_closed),
		T(users_are_of_a_target_or_of_discovery),
		T(what_is_wrong_changes_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
