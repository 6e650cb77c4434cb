// SPDX-License-Identifier: GPL-2.0-only
/*
 * Persistent reservations as scenarios with two or three hosts and two ports:
 *
 *	host A ---+--- port 1 ---+
 *	host B ---+              +--- logical unit
 *	host C ---+--- port 2 ---+
 *
 * Whatever order requests come in is for test_pr_model.c.
 */
#include "pr_fixture.h"

#define assert_good(x)		assert_int_equal(x, SCST_PR_GOOD)
#define assert_conflict(x)	assert_int_equal(x, SCST_PR_CONFLICT)
#define assert_refused(w, x, what)				\
	do {							\
		assert_int_equal(x, SCST_PR_REFUSED);		\
		assert_int_equal((w)->fx.sense.id, what);	\
	} while (0)

static void join(struct world *w, enum host host, u16 port, u64 key)
{
	assert_good(SAY(w, host, port, .action = SCST_PR_REGISTER, .sa_key = key));
}

static void hold(struct world *w, enum host host, u16 port, u64 key, u8 type)
{
	assert_good(SAY(w, host, port, .action = SCST_PR_RESERVE, .key = key, .type = type));
}

static u8 denied_to(struct world *w, enum host host, u16 port)
{
	return scst_pr_denied(w->pr, &(struct scst_pr_nexus){ &w->tid[host], port });
}

static struct world *two_hosts(struct world *w, u8 type)
{
	world_init(w);
	join(w, A, 1, 0xa);
	join(w, B, 1, 0xb);
	if (type)
		hold(w, A, 1, 0xa, type);
	return w;
}

static void pr_register_needs_the_key_it_has(void **state)
{
	struct world w[1];

	world_init(w);
	assert_conflict(SAY(w, A, 1, .action = SCST_PR_REGISTER, .key = 1, .sa_key = 2));
	join(w, A, 1, 0xa);
	assert_conflict(SAY(w, A, 1, .action = SCST_PR_REGISTER, .sa_key = 2));
	assert_int_equal(w->pr->generation, 1);
	assert_good(SAY(w, A, 1, .action = SCST_PR_REGISTER, .key = 0xa, .sa_key = 2));
	assert_int_equal(key_of(w, A, 1), 2);
	assert_int_equal(w->pr->generation, 2);
	/* the same host through the other port is another nexus */
	assert_int_equal(key_of(w, A, 2), 0);
}

static void pr_register_nothing_is_nothing(void **state)
{
	struct world w[1];

	world_init(w);
	assert_good(SAY(w, A, 1, .action = SCST_PR_REGISTER, .flags = APTPL));
	assert_false(w->fx.changed);
	assert_int_equal(w->pr->generation, 0);
	assert_false(w->pr->aptpl);
}

static void pr_ignore_existing_key_overwrites(void **state)
{
	struct world w[1];

	two_hosts(w, 0);
	assert_good(SAY(w, A, 1, .action = SCST_PR_REGISTER_AND_IGNORE, .key = 77, .sa_key = 5));
	assert_int_equal(key_of(w, A, 1), 5);
	assert_good(SAY(w, A, 1, .action = SCST_PR_REGISTER_AND_IGNORE));
	assert_int_equal(key_of(w, A, 1), 0);
}

static void pr_holder_keeps_reservation_with_a_new_key(void **state)
{
	struct world w[1];

	two_hosts(w, SCST_PR_WRITE_EXCLUSIVE);
	assert_good(SAY(w, A, 1, .action = SCST_PR_REGISTER, .key = 0xa, .sa_key = 0xa2));
	assert_true(holds(w, A, 1));
	assert_int_equal(w->fx.nr, 0);
}

/* A and B are registered; A leaves with what it holds. Only registrants-only types tell B. */
static void pr_holder_that_leaves_releases(void **state)
{
	struct world w[1];
	u8 type;

	for (type = 1; type < SCST_PR_TYPES; type++) {
		if (!scst_pr_type_valid(type))
			continue;
		two_hosts(w, type);
		assert_good(SAY(w, A, 1, .action = SCST_PR_REGISTER, .key = 0xa));
		if (scst_pr_all_registrants(type)) {
			assert_true(holds(w, B, 1));
			assert_good(SAY(w, B, 1, .action = SCST_PR_REGISTER, .key = 0xb));
			assert_int_equal(w->pr->type, SCST_PR_NONE);
			continue;
		}
		assert_int_equal(w->pr->type, SCST_PR_NONE);
		assert_int_equal(told(w, B, 1), scst_pr_registrants_only(type) ?
				 SCST_SENSE_RES_RELEASED : SCST_SENSE_NONE);
	}
}

static void pr_reserve_conflicts_unless_it_changes_nothing(void **state)
{
	struct world w[1];

	two_hosts(w, SCST_PR_EXCLUSIVE_ACCESS);
	assert_conflict(SAY(w, B, 1, .action = SCST_PR_RESERVE, .key = 0xb, .type = 3));
	assert_conflict(SAY(w, A, 1, .action = SCST_PR_RESERVE, .key = 0xa, .type = 1));
	assert_conflict(SAY(w, C, 1, .action = SCST_PR_RESERVE, .key = 0xc, .type = 3));
	assert_conflict(SAY(w, A, 1, .action = SCST_PR_RESERVE, .key = 0xb, .type = 3));
	assert_good(SAY(w, A, 1, .action = SCST_PR_RESERVE, .key = 0xa, .type = 3));
	assert_false(w->fx.changed);
	assert_int_equal(w->pr->generation, 2);
}

static void pr_reserve_takes_six_types(void **state)
{
	struct world w[1];
	u8 type;

	for (type = 0; type < 16; type++) {
		two_hosts(w, 0);
		if (0x1ea >> type & 1) {
			hold(w, A, 1, 0xa, type);
			assert_int_equal(holds(w, B, 1), scst_pr_all_registrants(type));
			continue;
		}
		assert_refused(w, SAY(w, A, 1, .action = SCST_PR_RESERVE, .key = 0xa, .type = type),
			       SCST_SENSE_INVALID_FIELD_CDB);
		assert_int_equal(w->fx.sense.byte, 2);
		assert_int_equal(w->fx.sense.bit, 3);
	}
}

static void pr_release_is_good_for_those_who_hold_nothing(void **state)
{
	struct world w[1];

	two_hosts(w, SCST_PR_WRITE_EXCLUSIVE_RO);
	assert_good(SAY(w, B, 1, .action = SCST_PR_RELEASE, .key = 0xb, .type = 5));
	assert_true(holds(w, A, 1));
	assert_refused(w, SAY(w, A, 1, .action = SCST_PR_RELEASE, .key = 0xa, .type = 6),
		       SCST_SENSE_INVALID_RELEASE);
	assert_true(holds(w, A, 1));
	assert_good(SAY(w, A, 1, .action = SCST_PR_RELEASE, .key = 0xa, .type = 5));
	assert_int_equal(w->pr->type, SCST_PR_NONE);
	assert_int_equal(told(w, B, 1), SCST_SENSE_RES_RELEASED);
	assert_int_equal(told(w, A, 1), SCST_SENSE_NONE);
	assert_good(SAY(w, A, 1, .action = SCST_PR_RELEASE, .key = 0xa, .type = 5));
	assert_int_equal(w->pr->generation, 2);
}

static void pr_release_of_one_holder_is_silent(void **state)
{
	struct world w[1];

	two_hosts(w, SCST_PR_WRITE_EXCLUSIVE);
	assert_good(SAY(w, A, 1, .action = SCST_PR_RELEASE, .key = 0xa, .type = 1));
	assert_int_equal(w->fx.nr, 0);
}

static void pr_any_of_all_registrants_releases(void **state)
{
	struct world w[1];

	two_hosts(w, SCST_PR_EXCLUSIVE_ACCESS_AR);
	assert_good(SAY(w, B, 1, .action = SCST_PR_RELEASE, .key = 0xb, .type = 8));
	assert_int_equal(w->pr->type, SCST_PR_NONE);
	assert_int_equal(told(w, A, 1), SCST_SENSE_RES_RELEASED);
}

static void pr_clear_forgets_everybody(void **state)
{
	struct world w[1];

	two_hosts(w, SCST_PR_EXCLUSIVE_ACCESS);
	join(w, C, 2, 0xc);
	assert_conflict(SAY(w, D, 1, .action = SCST_PR_CLEAR));
	assert_good(SAY(w, B, 1, .action = SCST_PR_CLEAR, .key = 0xb));
	assert_int_equal(w->pr->nr, 0);
	assert_int_equal(w->pr->type, SCST_PR_NONE);
	assert_int_equal(w->pr->generation, 4);
	assert_int_equal(told(w, A, 1), SCST_SENSE_RES_PREEMPTED);
	assert_int_equal(told(w, C, 2), SCST_SENSE_RES_PREEMPTED);
	assert_int_equal(told(w, B, 1), SCST_SENSE_NONE);
}

/* B takes the reservation of A and another type; C looks on. */
static void pr_preempt_takes_the_reservation(void **state)
{
	struct world w[1];

	two_hosts(w, SCST_PR_WRITE_EXCLUSIVE);
	join(w, C, 2, 0xc);
	assert_good(SAY(w, B, 1, .action = SCST_PR_PREEMPT, .key = 0xb, .sa_key = 0xa, .type = 5));
	assert_int_equal(key_of(w, A, 1), 0);
	assert_true(holds(w, B, 1));
	assert_int_equal(w->pr->type, SCST_PR_WRITE_EXCLUSIVE_RO);
	assert_int_equal(told(w, A, 1), SCST_SENSE_REG_PREEMPTED);
	assert_int_equal(told(w, C, 2), SCST_SENSE_RES_RELEASED);
	assert_int_equal(told(w, B, 1), SCST_SENSE_NONE);
	assert_false(aborted(w, A, 1));
}

static void pr_preempt_with_the_same_type_tells_only_the_victim(void **state)
{
	struct world w[1];

	two_hosts(w, SCST_PR_WRITE_EXCLUSIVE);
	join(w, C, 2, 0xc);
	assert_good(SAY(w, B, 1, .action = SCST_PR_PREEMPT, .key = 0xb, .sa_key = 0xa, .type = 1));
	assert_int_equal(told(w, C, 2), SCST_SENSE_NONE);
}

/* All with the key go, through every port; the holder has another key and stays. */
static void pr_preempt_removes_registrations_by_key(void **state)
{
	struct world w[1];

	two_hosts(w, SCST_PR_WRITE_EXCLUSIVE);
	join(w, C, 1, 0xc);
	join(w, C, 2, 0xc);
	join(w, D, 2, 0xc);
	assert_good(SAY(w, B, 1, .action = SCST_PR_PREEMPT, .key = 0xb, .sa_key = 0xc));
	assert_int_equal(w->pr->nr, 2);
	assert_true(holds(w, A, 1));
	assert_int_equal(told(w, C, 1), SCST_SENSE_REG_PREEMPTED);
	assert_int_equal(told(w, C, 2), SCST_SENSE_REG_PREEMPTED);
	assert_int_equal(told(w, D, 2), SCST_SENSE_REG_PREEMPTED);
	assert_int_equal(told(w, A, 1), SCST_SENSE_NONE);
}

static void pr_preempt_needs_a_key_that_is_registered(void **state)
{
	struct world w[1];

	two_hosts(w, SCST_PR_WRITE_EXCLUSIVE);
	assert_conflict(SAY(w, B, 1, .action = SCST_PR_PREEMPT, .key = 0xb, .sa_key = 0xd));
	assert_refused(w, SAY(w, B, 1, .action = SCST_PR_PREEMPT, .key = 0xb),
		       SCST_SENSE_INVALID_FIELD_PARAM);
	assert_int_equal(w->fx.sense.byte, 8);
	assert_conflict(SAY(w, C, 1, .action = SCST_PR_PREEMPT, .sa_key = 0xa));
	assert_refused(w, SAY(w, B, 1, .action = SCST_PR_PREEMPT, .key = 0xb, .sa_key = 0xa,
			      .type = 2), SCST_SENSE_INVALID_FIELD_CDB);
	assert_true(holds(w, A, 1));
}

static void pr_preempt_with_zero_takes_from_all_registrants(void **state)
{
	struct world w[1];

	two_hosts(w, SCST_PR_WRITE_EXCLUSIVE_AR);
	join(w, C, 1, 0xc);
	assert_good(SAY(w, B, 1, .action = SCST_PR_PREEMPT, .key = 0xb, .type = 3));
	assert_int_equal(w->pr->nr, 1);
	assert_true(holds(w, B, 1));
	assert_int_equal(w->pr->type, SCST_PR_EXCLUSIVE_ACCESS);
	assert_int_equal(told(w, A, 1), SCST_SENSE_REG_PREEMPTED);
	assert_int_equal(told(w, C, 1), SCST_SENSE_REG_PREEMPTED);
}

static void pr_preempt_by_key_leaves_all_registrants_theirs(void **state)
{
	struct world w[1];

	two_hosts(w, SCST_PR_WRITE_EXCLUSIVE_AR);
	assert_good(SAY(w, B, 1, .action = SCST_PR_PREEMPT, .key = 0xb, .sa_key = 0xa, .type = 3));
	assert_int_equal(w->pr->type, SCST_PR_WRITE_EXCLUSIVE_AR);
	assert_int_equal(key_of(w, A, 1), 0);
	/* the last one takes the reservation away with itself */
	assert_good(SAY(w, B, 1, .action = SCST_PR_PREEMPT, .key = 0xb, .sa_key = 0xb));
	assert_int_equal(w->pr->nr, 0);
	assert_int_equal(w->pr->type, SCST_PR_NONE);
}

static void pr_preempt_of_oneself_keeps_the_registration(void **state)
{
	struct world w[1];

	two_hosts(w, SCST_PR_WRITE_EXCLUSIVE);
	assert_good(SAY(w, A, 1, .action = SCST_PR_PREEMPT, .key = 0xa, .sa_key = 0xa, .type = 3));
	assert_true(holds(w, A, 1));
	assert_int_equal(w->pr->type, SCST_PR_EXCLUSIVE_ACCESS);
	assert_int_equal(told(w, B, 1), SCST_SENSE_RES_RELEASED);
}

static void pr_preempt_and_abort_names_whose_commands_go(void **state)
{
	struct world w[1];

	two_hosts(w, SCST_PR_WRITE_EXCLUSIVE);
	join(w, C, 2, 0xa);
	assert_good(SAY(w, B, 1, .action = SCST_PR_PREEMPT_AND_ABORT, .key = 0xb, .sa_key = 0xa,
			.type = 1));
	assert_true(aborted(w, A, 1));
	assert_true(aborted(w, C, 2));
	assert_false(aborted(w, B, 1));
	assert_int_equal(told(w, C, 2), SCST_SENSE_REG_PREEMPTED);
}

static void pr_all_tg_pt_registers_through_every_port(void **state)
{
	struct world w[1];

	world_init(w);
	assert_good(SAY(w, A, 1, .action = SCST_PR_REGISTER, .sa_key = 0xa, .flags = ALL_TG_PT));
	assert_int_equal(key_of(w, A, 1), 0xa);
	assert_int_equal(key_of(w, A, 2), 0xa);
	assert_int_equal(w->pr->generation, 1);
	assert_good(SAY(w, A, 1, .action = SCST_PR_REGISTER, .key = 0xa, .sa_key = 0xa2,
			.flags = ALL_TG_PT));
	assert_int_equal(key_of(w, A, 2), 0xa2);
	assert_good(SAY(w, A, 2, .action = SCST_PR_REGISTER, .key = 0xa2, .flags = ALL_TG_PT));
	assert_int_equal(w->pr->nr, 0);
}

static void pr_all_tg_pt_is_all_or_nothing(void **state)
{
	struct world w[1];

	world_init(w);
	join(w, A, 2, 0x77);
	assert_conflict(SAY(w, A, 1, .action = SCST_PR_REGISTER, .sa_key = 0xa,
			    .flags = ALL_TG_PT));
	assert_int_equal(key_of(w, A, 1), 0);
	assert_int_equal(key_of(w, A, 2), 0x77);
}

static void pr_spec_i_pt_registers_others(void **state)
{
	struct world w[1];

	world_init(w);
	assert_good(SAY(w, A, 1, .action = SCST_PR_REGISTER, .sa_key = 0xa,
			.flags = SPEC_I_PT | ALL_TG_PT, .to_hosts = BIT(A) | BIT(B) | BIT(D)));
	assert_int_equal(w->pr->nr, 6);
	assert_int_equal(key_of(w, D, 2), 0xa);
	assert_int_equal(w->pr->generation, 1);
}

static void pr_spec_i_pt_is_all_or_nothing(void **state)
{
	struct world w[1];

	world_init(w);
	join(w, B, 1, 0xb);
	assert_conflict(SAY(w, A, 1, .action = SCST_PR_REGISTER, .sa_key = 0xa,
			    .flags = SPEC_I_PT, .to_hosts = BIT(C) | BIT(B)));
	assert_int_equal(w->pr->nr, 1);
	assert_refused(w, SAY(w, B, 1, .action = SCST_PR_REGISTER, .key = 0xb, .sa_key = 1,
			      .flags = SPEC_I_PT, .to_hosts = BIT(C)),
		       SCST_SENSE_INVALID_FIELD_PARAM);
	assert_refused(w, SAY(w, A, 1, .action = SCST_PR_REGISTER_AND_IGNORE, .sa_key = 1,
			      .flags = SPEC_I_PT, .to_hosts = BIT(C)),
		       SCST_SENSE_INVALID_FIELD_PARAM);
	assert_int_equal(w->fx.sense.byte, 20);
	assert_int_equal(w->fx.sense.bit, 3);
}

static void pr_registrations_are_limited(void **state)
{
	struct { struct scst_pr pr; struct scst_pr_reg regs[2]; } old = { .pr.room = 2 }, new = old;
	struct scst_pr_effect list[2];
	struct scst_pr_effects fx = { .list = list };
	struct scst_pr_request req = { .action = SCST_PR_REGISTER, .sa_key = 1 };
	struct world w[1];

	world_init(w);
	old.pr.nr = 2;
	old.regs[0] = (struct scst_pr_reg){ .key = 1, .port = 1, .tid = w->tid[A] };
	old.regs[1] = (struct scst_pr_reg){ .key = 1, .port = 2, .tid = w->tid[A] };
	req.from = (struct scst_pr_nexus){ .tid = &w->tid[B], .port = 1 };
	assert_int_equal(scst_pr_out(&old.pr, &req, &new.pr, &fx), SCST_PR_REFUSED);
	assert_int_equal(fx.sense.id, SCST_SENSE_NO_REGISTRATION_RESOURCES);
	old.pr.nr = SCST_PR_REGS_MAX;
	assert_int_equal(scst_pr_room(&old.pr, &req), SCST_PR_REGS_MAX);
}

/* A hands its reservation to B, through a port that B need not have used yet. */
static void pr_move_hands_the_reservation_over(void **state)
{
	struct world w[1];

	two_hosts(w, SCST_PR_WRITE_EXCLUSIVE_RO);
	assert_good(SAY(w, A, 1, .action = SCST_PR_REGISTER_AND_MOVE, .key = 0xa, .sa_key = 0xbb,
			.to = B, .to_port = 2, .flags = APTPL));
	assert_true(holds(w, B, 2));
	assert_false(holds(w, A, 1));
	assert_int_equal(key_of(w, A, 1), 0xa);
	assert_int_equal(key_of(w, B, 2), 0xbb);
	assert_int_equal(key_of(w, B, 1), 0xb);
	assert_int_equal(w->pr->type, SCST_PR_WRITE_EXCLUSIVE_RO);
	assert_true(w->pr->aptpl);
	assert_int_equal(w->pr->generation, 3);
	assert_int_equal(w->fx.nr, 0);
}

static void pr_move_may_unregister(void **state)
{
	struct world w[1];

	two_hosts(w, SCST_PR_EXCLUSIVE_ACCESS);
	assert_good(SAY(w, A, 1, .action = SCST_PR_REGISTER_AND_MOVE, .key = 0xa, .sa_key = 0xbb,
			.to = B, .to_port = 1, .unreg = true));
	assert_true(holds(w, B, 1));
	assert_int_equal(key_of(w, A, 1), 0);
	assert_int_equal(key_of(w, B, 1), 0xbb);
}

/* To itself through another port is another nexus, which SCST refuses. */
static void pr_move_to_the_other_port_of_oneself(void **state)
{
	struct world w[1];

	two_hosts(w, SCST_PR_EXCLUSIVE_ACCESS);
	assert_refused(w, SAY(w, A, 1, .action = SCST_PR_REGISTER_AND_MOVE, .key = 0xa, .sa_key = 1,
			      .to = A, .to_port = 1), SCST_SENSE_INVALID_FIELD_PARAM);
	assert_good(SAY(w, A, 1, .action = SCST_PR_REGISTER_AND_MOVE, .key = 0xa, .sa_key = 1,
			.to = A, .to_port = 2));
	assert_true(holds(w, A, 2));
}

static void pr_move_is_for_the_one_holder(void **state)
{
	struct world w[1];

	two_hosts(w, 0);
	assert_conflict(SAY(w, A, 1, .action = SCST_PR_REGISTER_AND_MOVE, .key = 0xa, .sa_key = 1,
			    .to = B, .to_port = 1));
	two_hosts(w, SCST_PR_WRITE_EXCLUSIVE);
	assert_conflict(SAY(w, B, 1, .action = SCST_PR_REGISTER_AND_MOVE, .key = 0xb, .sa_key = 1,
			    .to = C, .to_port = 1));
	assert_refused(w, SAY(w, A, 1, .action = SCST_PR_REGISTER_AND_MOVE, .key = 0xa,
			      .to = B, .to_port = 1), SCST_SENSE_INVALID_FIELD_PARAM);
	two_hosts(w, SCST_PR_WRITE_EXCLUSIVE_AR);
	assert_conflict(SAY(w, A, 1, .action = SCST_PR_REGISTER_AND_MOVE, .key = 0xa, .sa_key = 1,
			    .to = B, .to_port = 1));
}

static void pr_lost_state_denies_all_until_replaced(void **state)
{
	struct world w[1];

	world_init(w);
	assert_refused(w, SAY(w, A, 1, .action = SCST_PR_REPLACE_LOST, .sa_key = 1, .type = 1),
		       SCST_SENSE_INVALID_FIELD_CDB);
	w->pr->lost = true;
	assert_refused(w, SAY(w, A, 1, .action = SCST_PR_REGISTER, .sa_key = 1),
		       SCST_SENSE_RESERVATION_LOST);
	assert_int_equal(denied_to(w, A, 1), BIT(SCST_PR_READ) | BIT(SCST_PR_WRITE));
	assert_refused(w, SAY(w, A, 1, .action = SCST_PR_REPLACE_LOST, .type = 1),
		       SCST_SENSE_INVALID_FIELD_PARAM);
	assert_refused(w, SAY(w, A, 1, .action = SCST_PR_REPLACE_LOST, .sa_key = 1, .type = 2),
		       SCST_SENSE_INVALID_FIELD_CDB);
	assert_good(SAY(w, A, 1, .action = SCST_PR_REPLACE_LOST, .sa_key = 1, .type = 3,
			.flags = APTPL));
	assert_true(holds(w, A, 1));
	assert_true(w->pr->aptpl);
	assert_false(w->pr->lost);
	assert_int_equal(w->pr->generation, 0);
}

static void pr_aptpl_follows_the_last_registration(void **state)
{
	struct world w[1];

	world_init(w);
	assert_good(SAY(w, A, 1, .action = SCST_PR_REGISTER, .sa_key = 0xa, .flags = APTPL));
	assert_true(w->pr->aptpl);
	hold(w, A, 1, 0xa, 1);
	assert_true(w->pr->aptpl);
	join(w, B, 1, 0xb);
	assert_false(w->pr->aptpl);
}

/* selftests/golden/pr_conflicts.txt is drawn from the rules: its columns, as nexuses get them. */
static void pr_nexuses_get_what_the_picture_shows(void **state)
{
	struct world w[1];
	u8 type;

	for (type = 1; type < SCST_PR_TYPES; type++) {
		if (!scst_pr_type_valid(type))
			continue;
		two_hosts(w, type);
		assert_int_equal(denied_to(w, A, 1), scst_pr_rules[type][SCST_WHO_HOLDER]);
		assert_int_equal(denied_to(w, B, 1), scst_pr_rules[type]
				 [scst_pr_all_registrants(type) ? SCST_WHO_HOLDER :
								  SCST_WHO_REGISTRANT]);
		assert_int_equal(denied_to(w, C, 1), scst_pr_rules[type][SCST_WHO_OTHER]);
		/* the holder through another port is nobody */
		assert_int_equal(denied_to(w, A, 2), scst_pr_rules[type][SCST_WHO_OTHER]);
		assert_good(SAY(w, A, 1, .action = SCST_PR_RELEASE, .key = 0xa, .type = type));
		assert_int_equal(denied_to(w, A, 1) | denied_to(w, B, 1) | denied_to(w, C, 2), 0);
	}
}

/* SPC-5 5.14.3: RESERVE and RELEASE by those who hold, or share, a persistent reservation. */
static void pr_crh_is_for_those_who_may_write(void **state)
{
	struct world w[1];
	u8 type;

	world_init(w);
	assert_int_equal(scst_pr_crh(w->pr, &(struct scst_pr_nexus){ &w->tid[A], 1 }),
			 SCST_CRH_SPC2);
	two_hosts(w, 0);
	assert_int_equal(scst_pr_crh(w->pr, &(struct scst_pr_nexus){ &w->tid[A], 1 }),
			 SCST_CRH_CONFLICT);
	for (type = 1; type < SCST_PR_TYPES; type++) {
		if (!scst_pr_type_valid(type))
			continue;
		two_hosts(w, type);
		assert_int_equal(scst_pr_crh(w->pr, &(struct scst_pr_nexus){ &w->tid[A], 1 }),
				 SCST_CRH_NOTHING);
		assert_int_equal(scst_pr_crh(w->pr, &(struct scst_pr_nexus){ &w->tid[B], 1 }),
				 type > 3 ? SCST_CRH_NOTHING : SCST_CRH_CONFLICT);
		assert_int_equal(scst_pr_crh(w->pr, &(struct scst_pr_nexus){ &w->tid[C], 1 }),
				 SCST_CRH_CONFLICT);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pr_register_needs_the_key_it_has),
		cmocka_unit_test(pr_register_nothing_is_nothing),
		cmocka_unit_test(pr_ignore_existing_key_overwrites),
		cmocka_unit_test(pr_holder_keeps_reservation_with_a_new_key),
		cmocka_unit_test(pr_holder_that_leaves_releases),
		cmocka_unit_test(pr_reserve_conflicts_unless_it_changes_nothing),
		cmocka_unit_test(pr_reserve_takes_six_types),
		cmocka_unit_test(pr_release_is_good_for_those_who_hold_nothing),
		cmocka_unit_test(pr_release_of_one_holder_is_silent),
		cmocka_unit_test(pr_any_of_all_registrants_releases),
		cmocka_unit_test(pr_clear_forgets_everybody),
		cmocka_unit_test(pr_preempt_takes_the_reservation),
		cmocka_unit_test(pr_preempt_with_the_same_type_tells_only_the_victim),
		cmocka_unit_test(pr_preempt_removes_registrations_by_key),
		cmocka_unit_test(pr_preempt_needs_a_key_that_is_registered),
		cmocka_unit_test(pr_preempt_with_zero_takes_from_all_registrants),
		cmocka_unit_test(pr_preempt_by_key_leaves_all_registrants_theirs),
		cmocka_unit_test(pr_preempt_of_oneself_keeps_the_registration),
		cmocka_unit_test(pr_preempt_and_abort_names_whose_commands_go),
		cmocka_unit_test(pr_all_tg_pt_registers_through_every_port),
		cmocka_unit_test(pr_all_tg_pt_is_all_or_nothing),
		cmocka_unit_test(pr_spec_i_pt_registers_others),
		cmocka_unit_test(pr_spec_i_pt_is_all_or_nothing),
		cmocka_unit_test(pr_registrations_are_limited),
		cmocka_unit_test(pr_move_hands_the_reservation_over),
		cmocka_unit_test(pr_move_may_unregister),
		cmocka_unit_test(pr_move_to_the_other_port_of_oneself),
		cmocka_unit_test(pr_move_is_for_the_one_holder),
		cmocka_unit_test(pr_lost_state_denies_all_until_replaced),
		cmocka_unit_test(pr_aptpl_follows_the_last_registration),
		cmocka_unit_test(pr_nexuses_get_what_the_picture_shows),
		cmocka_unit_test(pr_crh_is_for_those_who_may_write),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
