// SPDX-License-Identifier: GPL-2.0
/*
 * measure_latency, and sessions/<initiator>/latency: a file for each direction and size, with a
 * line for each state that a command can be in.
 *
 * A session gets its table when measuring is switched on or when it comes later, and keeps it until
 * it ends: a command may be adding to it. So the last figures can be read after measuring too.
 */
#include <linux/cleanup.h>
#include <linux/math.h>
#include <linux/mm.h>
#include <linux/slab.h>

#include "command/command.h"
#include "sysfs.h"

static const char *const states[] = {
#define STATE(name) #name,
	SCST_LATENCY_STATES(STATE)
#undef STATE
};

static u64 deviation(const struct scst_latency_row *row)
{
	u64 mean = div64_u64(row->sum, row->count);
	u64 mean_square = div64_u64(row->squares, row->count);

	return mean_square > mean * mean ? int_sqrt64(mean_square - mean * mean) : 0;
}

static ssize_t emit_tenths(char *buf, ssize_t at, u64 tenths)
{
	u64 whole = div_u64(tenths, 10);

	return sysfs_emit_at(buf, at, " %llu.%llu", whole, tenths - whole * 10);
}

static ssize_t show(struct scst_latency *latency, unsigned int dir, unsigned int size, char *buf)
{
	struct scst_latency_row row[SCST_LATENCY_MAX];
	ssize_t len = sysfs_emit(buf, "state count min max avg stddev\n");
	unsigned int i;

	scoped_guard(spinlock_irq, &latency->lock)
		memcpy(row, latency->row[dir][size], sizeof(row));
	for (i = 0; i < SCST_LATENCY_MAX; i++) {
		len += sysfs_emit_at(buf, len, "%s %llu", states[i], row[i].count);
		len += emit_tenths(buf, len, row[i].min);
		len += emit_tenths(buf, len, row[i].max);
		len += emit_tenths(buf, len, row[i].count ? div64_u64(row[i].sum, row[i].count) :
							    0);
		len += emit_tenths(buf, len, row[i].count ? deviation(&row[i]) : 0);
		len += sysfs_emit_at(buf, len, "\n");
	}
	return len;
}

/* As in SCST: any write to any of them clears all. */
static ssize_t clear(void *obj, char *text)
{
	scst_latency_clear(obj);
	return 0;
}

/* clang-format off */
#define FOR_EACH_SIZE(WHAT, letter, dir)						\
	WHAT(letter, dir,  0, 512)	WHAT(letter, dir,  1, 1024)			\
	WHAT(letter, dir,  2, 2048)	WHAT(letter, dir,  3, 4096)			\
	WHAT(letter, dir,  4, 8192)	WHAT(letter, dir,  5, 16384)			\
	WHAT(letter, dir,  6, 32768)	WHAT(letter, dir,  7, 65536)			\
	WHAT(letter, dir,  8, 131072)	WHAT(letter, dir,  9, 262144)			\
	WHAT(letter, dir, 10, 524288)

#define FOR_EACH_FILE(WHAT)								\
	FOR_EACH_SIZE(WHAT, n, SCST_DIR_NONE)						\
	FOR_EACH_SIZE(WHAT, r, SCST_DIR_IN)						\
	FOR_EACH_SIZE(WHAT, w, SCST_DIR_OUT)						\
	FOR_EACH_SIZE(WHAT, b, SCST_DIR_BIDI)

#define SHOW(letter, dir, index, size)							\
static ssize_t letter##size##_show(void *obj, char *buf)				\
{											\
	return show(obj, dir, index, buf);						\
}
FOR_EACH_FILE(SHOW)

#define ROW(letter, dir, index, size)							\
	SCST_ATTR_RW(letter##size, letter##size##_show, clear),

static const struct scst_attr latency_attrs[] = {
	FOR_EACH_FILE(ROW)
	SCST_ATTR_END
};
/* clang-format on */

static bool measured;		/* scst_registry_lock */

static int add_dir(struct scst_session *sess, struct scst_latency *latency)
{
	return scst_dir_add(&sess->latency_dir, &sess->dir, latency, latency_attrs, "latency");
}

static int session_add(struct scst_session *sess)
{
	struct scst_latency *latency;
	int err;

	if (sess->latency) {
		scst_latency_forget(sess->latency);
		scst_latency_clear(sess->latency);
		return 0;
	}
	latency = kvzalloc(struct_size(latency, cmd, sess->nr_cmds), GFP_KERNEL);
	if (!latency)
		return -ENOMEM;
	spin_lock_init(&latency->lock);
	latency->nr_cmds = sess->nr_cmds;
	err = add_dir(sess, latency);
	if (err) {
		kvfree(latency);
		return err;
	}
	smp_store_release(&sess->latency, latency);
	return 0;
}

int scst_sysfs_latency_add(struct scst_session *sess)
{
	lockdep_assert_held(&sess->tgt->lock);
	return READ_ONCE(measured) ? session_add(sess) : 0;
}

void scst_sysfs_latency_del(struct scst_session *sess)
{
	scst_dir_del(&sess->latency_dir);
}

static int target_add(struct scst_target *tgt)
{
	struct scst_session *sess;
	int err = 0;

	guard(mutex)(&tgt->lock);
	list_for_each_entry(sess, &tgt->sessions, entry) {
		err = session_add(sess);
		if (err)
			break;
	}
	return err;
}

static int add_all(void)
{
	struct scst_driver *drv;
	struct scst_target *tgt;
	int err;

	list_for_each_entry(drv, &scst_drivers, entry) {
		list_for_each_entry(tgt, &drv->targets, entry) {
			err = target_add(tgt);
			if (err)
				return err;
		}
	}
	return 0;
}

/* The flag goes first: a session that comes now brings its table itself. */
static int measure(bool on)
{
	int err;

	guard(mutex)(&scst_registry_lock);
	if (on == measured)
		return 0;
	WRITE_ONCE(measured, on);
	if (!on) {
		scst_latency_stop();
		return 0;
	}
	err = add_all() ?: scst_latency_listen();
	if (err)
		WRITE_ONCE(measured, false);
	return err;
}

ssize_t scst_measure_latency_show(void *obj, char *buf)
{
	return sysfs_emit(buf, "%d\n", READ_ONCE(measured));
}

ssize_t scst_measure_latency_store(void *obj, char *text)
{
	bool on;

	return scst_parse_bool(text, &on) ?: measure(on);
}

void scst_sysfs_latency_exit(void)
{
	if (measured)
		scst_latency_stop();
}
