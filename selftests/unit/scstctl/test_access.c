// SPDX-License-Identifier: GPL-2.0-only
/*
 * Who sees what of a target while it changes. Behind each step of an apply each of three
 * initiators is looked at, as the kernel would: the first group that matches, its LUNs, and whether
 * anybody may log in by that name. Nobody may see what neither the old nor the new configuration
 * shows him, and nobody loses for a moment what both show. A crash behind any step leaves that.
 */
#include "declared.h"

#include <fnmatch.h>

static const char *const initiators[] = { "iqn.a", "iqn.b", "iqn.s" };
static const char *target = "targets/iscsi/t";
static struct scst_names before, after;

static bool has_user(void)
{
	char path[64];

	for (int i = 0; i < 8; i++) {
		snprintf(path, sizeof(path), i ? "%s/IncomingUser%d" : "%s/IncomingUser", target,
			 i);
		if (fake_has(fake, path))
			return true;
	}
	return false;
}

static bool is_in(const char *group, const char *initiator)
{
	_cleanup_(scst_names_clear) struct scst_names patterns = {};
	char path[PATH_MAX];

	assert_false(scst_format(path, sizeof(path), "%s/initiators", group));
	assert_int_equal(scst_live_names(&fake->live, path, false, &patterns), 0);
	for (size_t i = 0; i < patterns.nr; i++)
		if (!fnmatch(patterns.list[i], initiator, 0))
			return true;
	return false;
}

/* The directory of the LUNs that it sees. */
static void luns_of(const char *initiator, char path[PATH_MAX])
{
	for (size_t i = 0; i < fake->groups.nr; i++)
		if (startswith(fake->groups.list[i], target) &&
		    is_in(fake->groups.list[i], initiator)) {
			assert_false(scst_format(path, PATH_MAX, "%s/luns",
						 fake->groups.list[i]));
			return;
		}
	assert_false(scst_format(path, PATH_MAX, "%s/luns", target));
}

/* "iqn.a LUN 0 d 1", and once more with "open " if anybody can be iqn.a. */
static void look_at(const char *initiator, struct scst_names *seen)
{
	_cleanup_(scst_names_clear) struct scst_names luns = {};
	char dir[PATH_MAX], path[PATH_MAX], device[PATH_MAX];

	luns_of(initiator, dir);
	assert_int_equal(scst_live_names(&fake->live, dir, false, &luns), 0);
	for (size_t i = 0; i < luns.nr; i++) {
		assert_false(scst_format(path, sizeof(path), "%s/%s/device", dir, luns.list[i]));
		assert_int_equal(scst_live_link(&fake->live, path, device), 0);
		assert_false(scst_format(path, sizeof(path), "%s/%s/read_only", dir,
					 luns.list[i]));
		for (int open = 0; open <= !has_user(); open++)
			assert_int_equal(scst_names_addf(seen, "%s%s LUN %s %s %s",
							 open ? "open " : "", initiator,
							 luns.list[i], strrchr(device, '/') + 1,
							 fake_read(fake, path)), 0);
	}
}

/* One of scst_local has no such file: it does as soon as it is there. */
static bool serves(void)
{
	char path[64];

	snprintf(path, sizeof(path), "%s/enabled", target);
	return fake_has(fake, path) ? streq(fake_read(fake, path), "1") : fake_has(fake, target);
}

static void look(struct scst_names *seen)
{
	scst_names_clear(seen);
	for (size_t i = 0; serves() && i < ARRAY_SIZE(initiators); i++)
		look_at(initiators[i], seen);
}

static void nobody_sees_more_or_less(void)
{
	_cleanup_(scst_names_clear) struct scst_names now = {};
	const char *step = done.list[done.nr - 1];

	look(&now);
	for (size_t i = 0; i < now.nr; i++)
		if (!scst_names_has(&before, now.list[i]) && !scst_names_has(&after, now.list[i]))
			fail_msg("behind '%s': %s", step, now.list[i]);
	for (size_t i = 0; i < before.nr; i++)
		if (scst_names_has(&after, before.list[i]) && !scst_names_has(&now, before.list[i]))
			fail_msg("behind '%s' there is no %s", step, before.list[i]);
}

static void begin_with(const char *text)
{
	end(NULL);
	begin(NULL);
	assert_int_equal(apply(text, false), 0);
	look(&before);
}

/* From the one to the other, once to know the end, and once to see the way. */
static void is_safe(const char *from, const char *to, bool prune)
{
	begin_with(from);
	make_plan(to, prune, true);
	assert_int_equal(plan.refused.nr, 0);
	assert_int_equal(apply(to, prune), 0);
	is_as_planned();
	look(&after);
	make_plan(to, prune, false);
	PLANNED();
	begin_with(from);
	behind_each = nobody_sees_more_or_less;
	assert_int_equal(apply(to, prune), 0);
	scst_names_clear(&before);
	scst_names_clear(&after);
}

#define DEVS		NULLIO(DEV("public") ", " DEV("secret") ", " DEV("third") ", " \
			       DEV("fourth"))
#define AT(target)	"{ " DEVS ", " ISCSI("{ 'name': 't', " target " }") " }"
#define ON		"'enabled': true, "
#define USERS(list)	"'IncomingUser': [ " list " ], "
#define JOE		"'joe secret123456'"
#define LUNS(list)	"'luns': [ " list " ]"
#define GROUPS(list)	"'groups': [ " list " ]"
#define GROUP(name, who, luns) \
	"{ 'name': '" name "', 'initiators': [ " who " ], 'luns': [ " luns " ] }"

static const char secret_by_chap[] = AT(ON USERS(JOE) LUNS(LUN(0, "secret")));
static const char public_to_all[] = AT(ON USERS("") LUNS(LUN(0, "public")));

static void what_keeps_others_out_goes_last(void **state)
{
	is_safe(secret_by_chap, public_to_all, false);
	is_safe(public_to_all, secret_by_chap, false);
	is_safe(secret_by_chap, AT(ON USERS("'ann secret123456'") LUNS(LUN(0, "secret"))), false);
}

/* Or all could log in where the LUN could not be replaced. */
static void what_keeps_others_out_stays_if_something_fails(void **state)
{
	begin_with(secret_by_chap);
	fake->refuse = "replace public";
	fake->refuse_with = -EIO;
	assert_int_equal(apply(public_to_all, false), 1);
	assert_true(has_user());
	begin_with("{ " NULLIO(DEV("secret")) ", " ISCSI("{ 'name': 't', " ON USERS(JOE)
		   LUNS(LUN(0, "secret")) " }") " }");
	fake->refuse = "add_device public";
	fake->refuse_with = -EINVAL;
	assert_int_equal(apply(public_to_all, false), 1);
	assert_true(has_user());
	fake->refuse = NULL;
	assert_int_equal(apply(public_to_all, false), 0);
	assert_false(has_user());
}

/* It would be enabled with a LUN that all see who log in. */
static void a_lun_that_stays_keeps_its_target_closed(void **state)
{
	static const char off[] = AT(LUNS(LUN(0, "secret")));

	begin_with(off);
	fake->refuse = "replace public";
	fake->refuse_with = -EIO;
	assert_int_equal(apply(AT(ON LUNS(LUN(0, "public"))), false), 1);
	is("targets/iscsi/t/enabled", "0");
	begin_with(off);
	fake->refuse = "del 0";
	fake->refuse_with = -EIO;
	assert_int_not_equal(apply(AT(ON LUNS("")), true), 0);
	is("targets/iscsi/t/enabled", "0");
}

static void what_is_disabled_is_so_first(void **state)
{
	static const char off[] = AT("'enabled': false, " USERS("") LUNS(LUN(0, "secret")));

	is_safe(secret_by_chap, off, false);
	begin_with(secret_by_chap);
	assert_int_equal(apply(off, false), 0);
	assert_string_equal(done.list[0], "~ enabled of iscsi/t: 0");
	is_safe(secret_by_chap, AT(USERS("") LUNS(LUN(0, "secret"))), true);
	begin_with(secret_by_chap);
	make_plan(AT("'enabled': false"), false, false);
	PLANNED("~ enabled of iscsi/t: 0");
}

static const char together[] =
	AT(ON LUNS("") ", " GROUPS(GROUP("g", "'iqn.a', 'iqn.b'", LUN(0, "public"))));
static const char apart[] =
	AT(ON LUNS("") ", "
	   GROUPS(GROUP("g", "'iqn.a'", LUN(0, "public") ", " LUN(1, "secret")) ", "
		  GROUP("h", "'iqn.b'", LUN(0, "public"))));

static void who_leaves_a_group_does_not_see_what_comes(void **state)
{
	is_safe(together, apart, false);
	is_safe(apart, together, true);
	is_safe(together, AT(ON LUNS("") ", " GROUPS(GROUP("g", "'iqn.a'", LUN(0, "secret")))),
		true);
}

static void who_cannot_leave_gets_nothing_new(void **state)
{
	begin_with(together);
	fake->refuse = "move iqn.b";
	fake->refuse_with = -ENOMEM;
	assert_int_equal(apply(apart, false), 1);
	assert_false(fake_has(fake, "targets/iscsi/t/ini_groups/g/luns/1"));
	fake->refuse = NULL;
	assert_int_equal(apply(apart, false), 0);
	assert_true(fake_has(fake, "targets/iscsi/t/ini_groups/g/luns/1"));
}

/* "These hosts, and everybody else": who is meant by a pattern between sees no LUN of that. */
static void nobody_falls_to_a_group_between(void **state)
{
#define BETWEEN(c, g, d)	AT(ON LUNS(LUN(0, "fourth")) ", "				\
	GROUPS(GROUP("c", c, LUN(0, "public")) ", " GROUP("g", g, LUN(0, "secret")) ", "	\
	       GROUP("d", d, LUN(0, "third"))))
	static const char apart[] = BETWEEN("'iqn.s'", "'iqn.a'", "'iqn.b'");
	static const char others[] = BETWEEN("'iqn.s', 'iqn.b'", "'iqn.*'", "");

	is_safe(apart, others, true);
	is_safe(others, apart, true);
	is_safe(BETWEEN("'iqn.b'", "'iqn.*'", ""), BETWEEN("", "'iqn.a'", ""), true);
	is_safe(apart, AT(ON LUNS(LUN(0, "fourth")) ", "
			  GROUPS(GROUP("c", "'iqn.s', 'iqn.b'", LUN(0, "public")) ", "
				 GROUP("g", "'iqn.*'", LUN(0, "secret")))), true);
}

/* Or it would see what neither configuration shows it. */
static void nobody_comes_where_a_lun_could_not_go(void **state)
{
	static const char from[] = AT(ON GROUPS(GROUP("g", "'iqn.a'", LUN(0, "third")) ", "
						GROUP("h", "'iqn.b'", LUN(0, "secret"))));
	static const char to[] = AT(ON GROUPS(GROUP("g", "", LUN(0, "third")) ", "
					      GROUP("h", "'iqn.a', 'iqn.b'", LUN(0, "fourth"))));

	begin_with(from);
	assert_int_equal(apply(to, false), 0);
	look(&after);
	begin_with(from);
	fake->refuse = "del 0";
	fake->refuse_with = -EIO;
	behind_each = nobody_sees_more_or_less;
	assert_int_equal(apply(to, false), 1);
	assert_true(fake_has(fake, "targets/iscsi/t/ini_groups/g/initiators/iqn.a"));
	fake->refuse = NULL;
	assert_int_equal(apply(to, false), 0);
	assert_true(fake_has(fake, "targets/iscsi/t/ini_groups/h/initiators/iqn.a"));
	scst_names_clear(&before);
	scst_names_clear(&after);
}

/* Between two names of its group an initiator would see what all others do. */
static void a_group_gets_another_name_without_a_gap(void **state)
{
	is_safe(AT(ON LUNS(LUN(7, "third")) ", " GROUPS(GROUP("old", "'iqn.a'", LUN(0, "secret")))),
		AT(ON LUNS(LUN(7, "third")) ", " GROUPS(GROUP("new", "'iqn.a'", LUN(0, "secret")))),
		true);
}

/* Neither order of moving and replacing is safe here: the LUNs go for a while. */
static void initiators_change_places(void **state)
{
	static const char from[] = AT(ON LUNS(LUN(7, "third")) ", "
		GROUPS(GROUP("g", "'iqn.a'", LUN(0, "public")) ", "
		       GROUP("h", "'iqn.b'", LUN(0, "secret") ", " LUN(1, "third"))));
	static const char to[] = AT(ON LUNS(LUN(7, "fourth")) ", "
		GROUPS(GROUP("g", "'iqn.b'", LUN(0, "third")) ", "
		       GROUP("h", "'iqn.a'", LUN(0, "fourth") ", " LUN(1, "third"))));

	is_safe(from, to, false);
	is_safe(to, from, false);
	is_safe(from, AT(ON LUNS(LUN(7, "fourth") ", " LUN(8, "secret")) ", "
			 GROUPS(GROUP("g", "'iqn.a', 'iqn.s'", LUN(0, "third")))), true);
}

/* What is set of a LUN that goes for a while has to be listed: who is killed then would lose it. */
static void a_lun_that_goes_has_to_be_listed(void **state)
{
	static const char from[] = AT(ON LUNS("{ 'lun': 0, 'device': 'public', 'read_only': true }")
				      ", " GROUPS(GROUP("g", "", "")));
	static const char to[] = AT(ON LUNS("{ 'lun': 0, 'device': 'third', 'read_only': true }")
				    ", " GROUPS(GROUP("g", "'iqn.a'", "")));

	begin_with(from);
	make_plan(AT(ON LUNS(LUN(0, "third")) ", " GROUPS(GROUP("g", "'iqn.a'", ""))), false,
		  false);
	is_refused("LUN 0 of iscsi/t has to go until initiators have changed groups, and has more "
		   "set than is listed: list it");
	make_plan(to, false, false);
	PLANNED("- LUN 0 (public) of iscsi/t",
		"+ initiator iqn.a in group g of iscsi/t",
		"+ LUN 0 (third) of iscsi/t: read_only=1;");
	is_safe(from, to, false);
}

/* ---- sessions that are there before the groups ---------------------------------------------- */

#define LOCAL(luns)	"{ " DEVS ", 'drivers': [ { 'name': 'scst_local', 'targets': [ { "	\
	"'name': 't', 'session_name': [ 'iqn.a', 'iqn.b' ], " luns " } ] } ] }"

static const char local[] = LOCAL(LUNS(LUN(0, "public")) ", "
	GROUPS(GROUP("g", "'iqn.a'", LUN(0, "secret")) ", "
	       GROUP("h", "'iqn.b'", LUN(0, "third"))));

/* iqn.a would see what is for everybody else, and then something else. */
static void a_session_of_a_new_target_sees_only_its_group(void **state)
{
	target = "targets/scst_local/t";
	is_safe("{ " DEVS " }", local, false);
	target = "targets/iscsi/t";
}

/* So it is where nothing is removed: at boot. */
static void nor_does_it_when_all_is_restored(void **state)
{
	static const char *const from[] = { "{ " DEVS " }", LOCAL(LUNS("")) };

	target = "targets/scst_local/t";
	begin_with(local);
	look(&after);
	for (size_t i = 0; i < ARRAY_SIZE(from); i++) {
		begin_with(from[i]);
		behind_each = nobody_sees_more_or_less;
		restored = true;
		assert_int_equal(apply(local, false), 0);
		restored = false;
		behind_each = NULL;
		assert_true(fake_has(fake, "targets/scst_local/t/luns/0"));
	}
	scst_names_clear(&before);
	scst_names_clear(&after);
	target = "targets/iscsi/t";
}

/* ---- patterns ------------------------------------------------------------------------------- */

/* A pattern takes initiators from groups behind it, and gives them back. */
static void patterns_come_and_go(void **state)
{
	static const char from[] = AT(ON LUNS(LUN(7, "third")) ", "
		GROUPS(GROUP("g", "'iqn.a'", LUN(0, "public")) ", "
		       GROUP("h", "'iqn.*'", LUN(0, "secret"))));
	static const char to[] = AT(ON LUNS(LUN(7, "third")) ", "
		GROUPS(GROUP("g", "'iqn.a', 'iqn.b'", LUN(0, "public")) ", "
		       GROUP("h", "'iqn.?'", LUN(0, "secret") ", " LUN(1, "fourth"))));

	is_safe(from, to, true);
	is_safe(to, from, true);
}

/* ---- the order of groups -------------------------------------------------------------------- */

#define ALL	GROUP("all", "'*'", LUN(0, "public"))

/* The kernel makes a group behind all that are there: it would never match. */
static void a_group_cannot_come_before_one_that_is_there(void **state)
{
	begin_with(AT(ON GROUPS(ALL)));
	make_plan(AT(ON GROUPS(GROUP("blocked", "'iqn.b'", "") ", " ALL)), false, true);
	is_refused("group blocked of iscsi/t cannot come before group all, which is there, and the "
		   "first that matches counts: remove that one first");
	assert_false(plan.in_use);
	make_plan(AT(ON GROUPS(ALL ", " GROUP("late", "'iqn.b'", ""))), false, false);
	assert_int_equal(plan.refused.nr, 0);
}

static void groups_that_are_there_in_another_order_are_refused(void **state)
{
	begin_with(AT(ON GROUPS(ALL ", " GROUP("late", "'iqn.b'", ""))));
	make_plan(AT(ON GROUPS(GROUP("late", "'iqn.b'", "") ", " ALL)), false, false);
	is_refused("group late of iscsi/t cannot come before group all, which is there, and the "
		   "first that matches counts: remove that one first");
}

/* No initiator is in two of them. */
static void groups_without_patterns_have_no_order(void **state)
{
	begin_with(AT(ON GROUPS(GROUP("b", "'iqn.b'", "") ", " GROUP("z", "'iqn.s'", ""))));
	make_plan(AT(ON GROUPS(GROUP("a", "'iqn.a'", "") ", " GROUP("z", "'iqn.s'", "") ", "
			       GROUP("b", "'iqn.b'", ""))), false, false);
	assert_int_equal(plan.refused.nr, 0);
	PLANNED("+ group a of iscsi/t", "+ initiator iqn.a in group a of iscsi/t");
}

/* Nor is one where patterns stand for others. */
static void patterns_of_others_have_no_order(void **state)
{
	static const char *const apart[] = { "'iqn.a*'", "'iqn.s'", "'IQN.A*', 'iqn.x?*'" };
	static const char *const meeting[] = { "'iqn.*'", "'IQN.B1'", "'!iqn.a'", "'iqn.?*'" };
	_cleanup_free_ char *text = NULL;

	for (size_t i = 0; i < ARRAY_SIZE(apart) + ARRAY_SIZE(meeting); i++) {
		bool meets = i >= ARRAY_SIZE(apart);

		free(text);
		assert_true(asprintf(&text, AT(ON GROUPS(GROUP("new", "%s", "") ", "
							 GROUP("b", "'iqn.b*'", ""))),
				     meets ? meeting[i - ARRAY_SIZE(apart)] : apart[i]) > 0);
		begin_with(AT(ON GROUPS(GROUP("b", "'iqn.b*'", ""))));
		make_plan(text, false, false);
		assert_int_equal(plan.refused.nr, meets);
	}
}

/* One text in two groups is nothing that a file could say: the first of them counts. */
static void an_initiator_in_two_groups_is_too_much_in_one(void **state)
{
	static const char text[] = AT(GROUPS(GROUP("g", "", "") ", " GROUP("h", "'iqn.a'", "")));

	begin_with(text);
	fake_do(fake, "targets/iscsi/t/ini_groups/g/initiators/mgmt", "add iqn.a");
	make_plan(text, false, false);
	PLANNED();
	assert_int_equal(plan.extra, 1);
	make_plan(text, true, false);
	PLANNED("- initiator iqn.a in group g of iscsi/t");
	assert_int_equal(apply(text, true), 0);
	make_plan(text, true, false);
	PLANNED();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(what_keeps_others_out_goes_last),
		T(what_keeps_others_out_stays_if_something_fails),
		T(a_lun_that_stays_keeps_its_target_closed),
		T(what_is_disabled_is_so_first),
		T(who_leaves_a_group_does_not_see_what_comes),
		T(who_cannot_leave_gets_nothing_new),
		T(nobody_falls_to_a_group_between),
		T(nobody_comes_where_a_lun_could_not_go),
		T(a_group_gets_another_name_without_a_gap),
		T(initiators_change_places),
		T(a_lun_that_goes_has_to_be_listed),
		T(a_session_of_a_new_target_sees_only_its_group),
		T(nor_does_it_when_all_is_restored),
		T(patterns_come_and_go),
		T(a_group_cannot_come_before_one_that_is_there),
		T(groups_that_are_there_in_another_order_are_refused),
		T(groups_without_patterns_have_no_order),
		T(patterns_of_others_have_no_order),
		T(an_initiator_in_two_groups_is_too_much_in_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
