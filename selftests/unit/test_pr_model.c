// SPDX-License-Identifier: GPL-2.0-only
/*
 * Persistent reservations against a second, simple model: a table of keys, by host and port, and
 * what the standard's tables say about it, written with nothing of the code under test. Random
 * requests from four hosts through three ports; after each the two states, who was told what and
 * whose commands were aborted have to be the same, and the text of the state reads back as it.
 *
 * PR_MODEL_OPS and PR_MODEL_SEED change how many requests, and which.
 */
#include "pr_fixture.h"

#define PORTS	3
#define KEYS	4

/* ---- the model ---- */

enum { GOOD, CONFLICT, REFUSED };
enum { UA_NONE, UA_RES_PREEMPTED, UA_RES_RELEASED, UA_REG_PREEMPTED };

struct model {
	u64 key[HOSTS][PORTS];			/* 0: not registered */
	int holder_host, holder_port;		/* -1: none, or all registrants */
	int type;				/* 0: no reservation */
	bool aptpl, lost;
	u32 generation;
	/* of the last request */
	int ua[HOSTS][PORTS];
	bool abort[HOSTS][PORTS];
};

#define EACH(h, p) for (int h = 0; h < HOSTS; h++) for (int p = 0; p < PORTS; p++)

static bool m_is_type(int t)
{
	return t == 1 || t == 3 || t == 5 || t == 6 || t == 7 || t == 8;
}

static int m_registered(const struct model *m)
{
	int n = 0;

	EACH(h, p)
		n += m->key[h][p] != 0;
	return n;
}

static bool m_holds(const struct model *m, int h, int p)
{
	if (!m->type || !m->key[h][p])
		return false;
	return m->type >= 7 || (m->holder_host == h && m->holder_port == p);
}

static void m_no_reservation(struct model *m)
{
	m->type = 0;
	m->holder_host = m->holder_port = -1;
}

static void m_hold(struct model *m, int h, int p, int type)
{
	m->type = type;
	m->holder_host = type >= 7 ? -1 : h;
	m->holder_port = type >= 7 ? -1 : p;
}

/* What a registration that goes does to the reservation. */
static void m_unregister(struct model *m, const struct model *before, int h, int p, int by_h,
			 int by_p)
{
	bool held = m_holds(m, h, p);
	int type = m->type;

	m->key[h][p] = 0;
	if (!held)
		return;
	if (type >= 7) {
		if (!m_registered(m))
			m_no_reservation(m);
		return;
	}
	m_no_reservation(m);
	if (type == 5 || type == 6)
		EACH(i, j)
			if (before->key[i][j] && m->key[i][j] && (i != by_h || j != by_p))
				m->ua[i][j] = UA_RES_RELEASED;
}

static int m_register(struct model *m, const struct model *before, int h, int p,
		      const struct say *say)
{
	bool ignore = say->action == SCST_PR_REGISTER_AND_IGNORE;
	bool spec = say->flags & SPEC_I_PT, all = say->flags & ALL_TG_PT;
	bool was = before->key[h][p], any = false;

	if (ignore && spec)
		return REFUSED;
	if (!ignore && say->key != before->key[h][p])
		return CONFLICT;
	if (spec && was)
		return REFUSED;
	/* the port of the request first, as its unregistering may release */
	for (int n = 0; n < PORTS + 1; n++) {
		int q = n ? n - 1 : p;

		if (n && (!all || q == p))
			continue;
		for (int i = 0; i < HOSTS; i++) {
			if (i != h && !(spec && say->sa_key && say->to_hosts & BIT(i)))
				continue;
			if (before->key[i][q]) {
				if (!ignore && before->key[i][q] != say->key)
					return CONFLICT;
				if (say->sa_key)
					m->key[i][q] = say->sa_key;
				else
					m_unregister(m, before, i, q, h, p);
				any = true;
			} else if (say->sa_key && (ignore || !say->key)) {
				m->key[i][q] = say->sa_key;
				any = true;
			}
		}
	}
	if (any) {
		m->generation++;
		m->aptpl = say->flags & APTPL;
	}
	return GOOD;
}

/* Everybody else who is registered is told. */
static void m_tell_others(struct model *m, int h, int p, int ua)
{
	EACH(i, j)
		if (m->key[i][j] && (i != h || j != p))
			m->ua[i][j] = ua;
}

static int m_preempt(struct model *m, const struct model *before, int h, int p,
		     const struct say *say)
{
	bool abort = say->action == SCST_PR_PREEMPT_AND_ABORT;
	bool takes = false, found = false;
	u64 holder_key = before->holder_host < 0 ? 0 :
			 before->key[before->holder_host][before->holder_port];

	if (before->type >= 7)
		takes = !say->sa_key;
	else if (before->type)
		takes = say->sa_key == holder_key;
	if (!takes && !say->sa_key)
		return REFUSED;
	if (takes && !m_is_type(say->type))
		return REFUSED;
	EACH(i, j) {
		bool me = i == h && j == p;

		if (!before->key[i][j] || (say->sa_key && before->key[i][j] != say->sa_key))
			continue;
		found = true;
		if (me && takes)
			continue;
		m->key[i][j] = 0;
		m->ua[i][j] = me ? UA_NONE : UA_REG_PREEMPTED;
		m->abort[i][j] = abort;
	}
	if (!found)
		return CONFLICT;
	if (takes) {
		m_hold(m, h, p, say->type);
		if (say->type != before->type)
			m_tell_others(m, h, p, UA_RES_RELEASED);
	} else if (m->type >= 7 && !m_registered(m)) {
		m_no_reservation(m);
	}
	m->generation++;
	return GOOD;
}

static int m_move(struct model *m, const struct model *before, int h, int p, const struct say *say)
{
	int q = say->to_port - 1;

	if (!before->type || before->type >= 7 || before->holder_host != h ||
	    before->holder_port != p)
		return CONFLICT;
	if (!say->sa_key || ((int)say->to == h && q == p))
		return REFUSED;
	if (say->unreg)
		m->key[h][p] = 0;
	m->key[say->to][q] = say->sa_key;
	m_hold(m, say->to, q, before->type);
	m->aptpl = say->flags & APTPL;
	m->generation++;
	return GOOD;
}

static int m_reserve(struct model *m, const struct model *before, int h, int p,
		     const struct say *say)
{
	if (!m_is_type(say->type))
		return REFUSED;
	if (!before->type)
		m_hold(m, h, p, say->type);
	else if (before->type != say->type || !m_holds(before, h, p))
		return CONFLICT;
	return GOOD;
}

static int m_release(struct model *m, const struct model *before, int h, int p,
		     const struct say *say)
{
	if (!m_holds(before, h, p))
		return GOOD;
	if (before->type != say->type)
		return REFUSED;
	m_no_reservation(m);
	if (before->type >= 5)
		m_tell_others(m, h, p, UA_RES_RELEASED);
	return GOOD;
}

static int m_clear(struct model *m, const struct model *before, int h, int p,
		   const struct say *say)
{
	m_tell_others(m, h, p, UA_RES_PREEMPTED);
	memset(m->key, 0, sizeof(m->key));
	m_no_reservation(m);
	m->generation++;
	return GOOD;
}

static int m_replace(struct model *m, const struct model *before, int h, int p,
		     const struct say *say)
{
	if (!say->sa_key || !m_is_type(say->type))
		return REFUSED;
	memset(m->key, 0, sizeof(m->key));
	m->key[h][p] = say->sa_key;
	m_hold(m, h, p, say->type);
	m->lost = false;
	m->aptpl = say->flags & APTPL;
	m->generation = 0;
	return GOOD;
}

/* By service action. */
static int (*const m_actions[SCST_PR_ACTIONS])(struct model *m, const struct model *before, int h,
					       int p, const struct say *say) = {
	[SCST_PR_REGISTER]		= m_register,
	[SCST_PR_RESERVE]		= m_reserve,
	[SCST_PR_RELEASE]		= m_release,
	[SCST_PR_CLEAR]			= m_clear,
	[SCST_PR_PREEMPT]		= m_preempt,
	[SCST_PR_PREEMPT_AND_ABORT]	= m_preempt,
	[SCST_PR_REGISTER_AND_IGNORE]	= m_register,
	[SCST_PR_REGISTER_AND_MOVE]	= m_move,
	[SCST_PR_REPLACE_LOST]		= m_replace,
};

static int m_apply(struct model *m, const struct model *before, int h, int p,
		   const struct say *say)
{
	bool is_register = say->action == SCST_PR_REGISTER ||
			   say->action == SCST_PR_REGISTER_AND_IGNORE;

	if (say->action != SCST_PR_REGISTER && say->action != SCST_PR_REGISTER_AND_MOVE &&
	    say->flags & SPEC_I_PT)
		return REFUSED;
	if (before->lost != (say->action == SCST_PR_REPLACE_LOST))
		return REFUSED;
	if (!is_register && !before->lost &&
	    (!before->key[h][p] || before->key[h][p] != say->key))
		return CONFLICT;
	return m_actions[say->action](m, before, h, p, say);
}

static int m_say(struct model *m, int h, int p, const struct say *say)
{
	struct model before, after;
	int result;

	memset(m->ua, 0, sizeof(m->ua));
	memset(m->abort, 0, sizeof(m->abort));
	before = after = *m;
	result = m_apply(&after, &before, h, p, say);
	if (result == GOOD)
		*m = after;
	return result;
}

/* What a nexus may not do, as a letter for each of read and write. */
static const char *m_denied(const struct model *m, int h, int p)
{
	bool exclusive_access = m->type == 3 || m->type == 6 || m->type == 8;

	if (m->lost)
		return "rw";
	if (!m->type || m_holds(m, h, p) || (m->type >= 5 && m->key[h][p]))
		return "";
	return exclusive_access ? "rw" : "w";
}

/* ---- both together ---- */

static u64 rng;

static int rnd(int below)
{
	rng ^= rng << 13;
	rng ^= rng >> 7;
	rng ^= rng << 17;
	return (rng >> 11) % (u64)below;
}

static void random_request(const struct model *m, int h, int p, struct say *say)
{
	static const u8 types[] = { 1, 3, 5, 6, 7, 8 };

	*say = (struct say){
		.action = m->lost ? rnd(12) ? SCST_PR_REPLACE_LOST : rnd(9) :
			  rnd(50) ? rnd(8) : SCST_PR_REPLACE_LOST,
		/* mostly the right key, the type there is, somebody's key */
		.key = rnd(8) ? m->key[h][p] : (u64)rnd(KEYS),
		.sa_key = rnd(KEYS),
		.type = m->type && rnd(3) ? m->type : rnd(10) ? types[rnd(6)] : rnd(16),
		.flags = (rnd(2) ? APTPL : 0) | (rnd(4) ? 0 : ALL_TG_PT),
		.to = rnd(HOSTS),
		.to_port = 1 + rnd(PORTS),
		.to_hosts = rnd(BIT(HOSTS)),
		.unreg = rnd(2),
	};
	if (!rnd(say->action == SCST_PR_REGISTER ? 3 : 30))
		say->flags |= SPEC_I_PT;
}

static void compare(const struct model *m, const struct world *w)
{
	static const int uas[] = {
		[UA_RES_PREEMPTED] = SCST_SENSE_RES_PREEMPTED,
		[UA_RES_RELEASED] = SCST_SENSE_RES_RELEASED,
		[UA_REG_PREEMPTED] = SCST_SENSE_REG_PREEMPTED,
	};

	assert_int_equal(w->pr->generation, m->generation);
	assert_int_equal(w->pr->type, m->type);
	assert_int_equal(w->pr->aptpl, m->aptpl);
	assert_int_equal(w->pr->lost, m->lost);
	assert_int_equal(w->pr->nr, m_registered(m));
	EACH(h, p) {
		struct scst_pr_nexus nexus = { .tid = &w->tid[h], .port = p + 1 };
		u8 denied = scst_pr_denied(w->pr, &nexus);

		assert_int_equal(key_of(w, h, p + 1), m->key[h][p]);
		assert_int_equal(holds(w, h, p + 1), m_holds(m, h, p));
		assert_int_equal(told(w, h, p + 1), uas[m->ua[h][p]]);
		assert_int_equal(aborted(w, h, p + 1), m->abort[h][p]);
		assert_int_equal(!!(denied & BIT(SCST_PR_READ)), *m_denied(m, h, p) == 'r');
		assert_int_equal(!!(denied & BIT(SCST_PR_WRITE)), *m_denied(m, h, p) != 0);
	}
}

static void compare_text(const struct scst_pr *pr)
{
	struct pr_storage back = { .pr.room = WORLD_REGS };
	static char text[WORLD_REGS * 600];
	size_t len = scst_pr_print(pr, text, sizeof(text));

	assert_in_range(len, 1, sizeof(text));
	assert_int_equal(scst_pr_scan(text, len, &back.pr), 0);
	assert_int_equal(back.pr.generation, pr->generation);
	assert_int_equal(back.pr.type, pr->type);
	assert_int_equal(back.pr.nr, pr->nr);
	assert_memory_equal(back.pr.reg, pr->reg, pr->nr * sizeof(pr->reg[0]));
}

static u64 from_env(const char *name, u64 otherwise)
{
	const char *s = getenv(name);

	return s ? strtoull(s, NULL, 0) : otherwise;
}

static void pr_model_agrees(void **state)
{
	u64 ops = from_env("PR_MODEL_OPS", 1000000), i;
	struct model m = { .holder_host = -1, .holder_port = -1 };
	static struct world w;

	rng = from_env("PR_MODEL_SEED", 20260101);
	world_init(&w);
	w.ports[2] = 3;
	w.nr_ports = PORTS;
	for (i = 0; i < ops; i++) {
		int h = rnd(HOSTS), p = rnd(PORTS), want, got;
		struct say say;

		if (!rnd(2000))
			m.lost = w.pr->lost = true;
		random_request(&m, h, p, &say);
		want = m_say(&m, h, p, &say);
		got = say_(&w, h, p + 1, &say);
		if (want != got)
			fail_msg("request %llu, action %u: model %d, machine %d",
				 (unsigned long long)i, say.action, want, got);
		compare(&m, &w);
		if (i % 64 == 0 && !m.lost)
			compare_text(w.pr);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pr_model_agrees),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
