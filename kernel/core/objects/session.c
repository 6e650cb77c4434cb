// SPDX-License-Identifier: GPL-2.0
/*
 * Sessions: I_T nexuses, their command slots and their counters.
 *
 * A session lives as long as it has users: its nexuses, and the target driver until it unregisters
 * it. A nexus in turn lives as long as it has commands. So unregistering is: no new nexus, kill
 * those there are, wait.
 */
#include <linux/export.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <scst/tags.h>

#include "command/command.h"
#include "command/scst_trace.h"
#include "policy/policy.h"
#include "sysfs/sysfs.h"
#include "tasks/tasks.h"
#include "objects.h"

static atomic64_t session_ids;
static DEFINE_SPINLOCK(scst_sessions_lock);

static int alloc_cmds(struct scst_session *sess, unsigned int nr)
{
	unsigned int i;

	sess->nr_cmds = nr;
	sess->cmd_size = ALIGN(sizeof(struct scst_cmd) + sess->tgt->ops->cmd_priv_size,
			       SMP_CACHE_BYTES);
	sess->cmds = kvcalloc_node(nr, sess->cmd_size, GFP_KERNEL, sess->tgt->limits.numa_node - 1);
	if (!sess->cmds)
		return -ENOMEM;
	for (i = 0; i < nr; i++)
		scst_cmd_init(sess->cmds + i * sess->cmd_size, sess, i);
	return 0;
}

/* Who finds a command by what a device below has of it (handlers/pass/abort.c) may read it yet. */
static void session_free(struct scst_session *sess)
{
	kvfree(rcu_dereference_protected(sess->luns, true));
	kvfree(sess->latency);
	if (sess->identity)
		scst_identity_put(sess->identity);
	if (sess->cmds)
		kvfree_rcu_mightsleep(sess->cmds);
	kfree(sess);
}

static struct scst_identity *identity_alloc(const struct scst_target *tgt)
{
	struct scst_identity *identity = kzalloc(sizeof(*identity), GFP_KERNEL);

	if (!identity)
		return NULL;
	refcount_set(&identity->users, 1);
	identity->port = READ_ONCE(tgt->port.rel_tgt_id);
	return identity;
}

static struct scst_session *session_alloc(struct scst_target *tgt, const char *initiator,
					  unsigned int nr_cmds, void *priv)
{
	struct scst_session *sess = NULL;

	if (!scst_tag_fails(session_alloc))
		sess = kzalloc(sizeof(*sess), GFP_KERNEL);
	if (!sess)
		return NULL;
	sess->tgt = tgt;
	sess->id = atomic64_inc_return(&session_ids);
	sess->priv = priv;
	INIT_LIST_HEAD(&sess->entry);
	INIT_LIST_HEAD(&sess->nexuses);
	refcount_set(&sess->users, 1);
	init_completion(&sess->users_gone);
	scst_stats_init(&sess->stats);
	sess->identity = identity_alloc(tgt);
	if (!sess->identity || alloc_cmds(sess, nr_cmds) ||
	    strscpy(sess->initiator, initiator, sizeof(sess->initiator)) <= 0) {
		session_free(sess);
		return NULL;
	}
	return sess;
}

/* A driver that says nothing sensible is told once, and its sessions go by their names. */
static void set_transport_id(struct scst_session *sess)
{
	const struct scst_target_ops *ops = sess->tgt->ops;
	struct scst_tid *tid = &sess->identity->tid;
	u8 buf[SCST_TID_MAX];

	might_sleep();
	if (ops->transport_id) {
		unsigned int len = min(ops->transport_id(sess, buf), SCST_TID_MAX);

		if (len && scst_tid_parse(buf, len, tid))
			return;
		WARN_ONCE(len, "%s: not a TransportID: %*ph\n", ops->name, len, buf);
	}
	scst_tid_make(ops->protocol, sess->initiator, tid);
}

void scst_session_put(struct scst_session *sess)
{
	if (refcount_dec_and_test(&sess->users))
		complete(&sess->users_gone);
}

/*
 * Takes the nexuses from the session. They are at their devices for a while yet, and the group may
 * go by then: nobody finds the session in it.
 */
static void kill_nexuses(struct scst_session *sess, struct list_head *dead)
{
	struct scst_nexus *nexus, *next;

	lockdep_assert_held(&sess->tgt->lock);
	list_for_each_entry_safe(nexus, next, &sess->nexuses, sess_entry)
		scst_nexus_kill(nexus, dead);
	if (sess->no_lun)
		scst_nexus_kill(sess->no_lun, dead);
	WRITE_ONCE(sess->group, &sess->tgt->default_group);
}

static int create_nexuses(struct scst_session *sess)
{
	struct scst_mapping *map;
	struct scst_nexus *nexus;
	unsigned long lun;

	sess->no_lun = scst_nexus_create_no_lun(sess);
	if (IS_ERR(sess->no_lun)) {
		int err = PTR_ERR(sess->no_lun);

		sess->no_lun = NULL;
		return err;
	}
	xa_for_each(&sess->group->mappings, lun, map) {
		nexus = scst_nexus_create(sess, map, SCST_SENSE_RESET);
		if (IS_ERR(nexus))
			return PTR_ERR(nexus);
		scst_nexus_judge(nexus);
	}
	return 0;
}

/*
 * The group that a policy chose, or else the one of the static configuration. Where there is no
 * such group there is no session: whom a policy sends to quarantine must not get what the patterns
 * give. tgt->lock held.
 */
static struct scst_group *find_group(const struct scst_session *sess, const char *chosen)
{
	struct scst_target *tgt = sess->tgt;
	struct scst_group *group = chosen[0] ? scst_group_find(tgt, chosen) :
					       scst_group_for(tgt, sess->initiator);

	if (!group)
		pr_warn_ratelimited("scst: session %s: refused: a policy chose group %s, which %s "
				    "does not have\n", sess->initiator, chosen, tgt->name);
	return group;
}

/*
 * What policies say counts if all that are required were in force meanwhile. Else @sess is to be
 * asked about later. Return: false: it was denied.
 */
static bool admit(struct scst_session *sess, struct scst_admission *admission)
{
	u32 since = scst_required_since();

	if (!scst_required_hold(since))
		return true;
	if (scst_policy_session_admit(sess, admission) == SCST_SESSION_DENY)
		return false;
	sess->admitted = scst_required_hold(since);
	return true;
}

/* Whom policies deny now stays, and sees no LUN. */
void scst_session_admit_late(struct scst_session *sess, struct list_head *dead)
{
	struct scst_admission admission = {};
	struct scst_group *group;

	lockdep_assert_held(&sess->tgt->lock);
	if (!admit(sess, &admission) || !sess->admitted)
		return;
	scst_policy_settle_storage(sess, &admission);
	group = find_group(sess, admission.group);
	if (!group || (group != sess->group && scst_group_take(group, sess, dead)))
		sess->admitted = false;
	else
		sess->group_chosen = admission.group[0];
}

/* Makes @sess a session of its target, or leaves what is to be destroyed in @dead. */
static int session_publish(struct scst_session *sess, const struct scst_admission *admission,
			   struct list_head *dead)
{
	struct scst_target *tgt = sess->tgt;
	int err;

	guard(mutex)(&tgt->lock);
	if (tgt->dying)
		return -ENODEV;
	sess->group = find_group(sess, admission->group);
	if (!sess->group)
		return -EACCES;
	sess->group_chosen = admission->group[0];
	scst_policy_settle_storage(sess, admission);
	err = create_nexuses(sess);
	if (!err)
		err = scst_sysfs_session_add(sess);
	if (err) {
		kill_nexuses(sess, dead);
		return err;
	}
	if (scst_sysfs_latency_add(sess))
		pr_warn("scst: target %s: no memory to measure session %s\n", tgt->name,
			sess->initiator);
	scst_threads_place(sess);
	refcount_inc(&tgt->users);
	list_add_tail(&sess->entry, &tgt->sessions);
	spin_lock(&scst_sessions_lock);
	list_add_tail_rcu(&sess->all_entry, &scst_sessions);
	spin_unlock(&scst_sessions_lock);
	return 0;
}

/* Its group may go meanwhile, and not every kernel runs tracepoints in an RCU section. */
static void trace_session(struct scst_session *sess, bool starts)
{
	guard(rcu)();
	if (starts)
		trace_scst_session_start(sess);
	else
		trace_scst_session_end(sess);
}

struct scst_session *scst_session_register(struct scst_target *tgt, const char *initiator,
					   unsigned int nr_cmds, void *priv)
{
	struct scst_session *sess;
	struct scst_admission admission = {};
	LIST_HEAD(dead);
	int err;

	err = scst_name_check("session", initiator, SCST_NAME_LEN, SCST_NAME_SIGNS);
	if (err)
		return ERR_PTR(err);
	sess = session_alloc(tgt, initiator, nr_cmds, priv);
	if (!sess)
		return ERR_PTR(-ENOMEM);
	might_sleep();
	set_transport_id(sess);
	if (tgt->ops->session_address)
		tgt->ops->session_address(priv, sess->address, sizeof(sess->address));
	if (!admit(sess, &admission)) {
		session_free(sess);
		return ERR_PTR(-EACCES);
	}
	err = session_publish(sess, &admission, &dead);
	if (err) {
		scst_nexuses_destroy(&dead);
		session_free(sess);
		return ERR_PTR(err);
	}
	trace_session(sess, true);
	return sess;
}
EXPORT_SYMBOL_GPL(scst_session_register);

void scst_session_unregister(struct scst_session *sess)
{
	struct scst_target *tgt = sess->tgt;
	LIST_HEAD(dead);

	trace_session(sess, false);
	/* Before the nexuses go: who finds its LUN gone while it is held would say so. */
	scst_tmf_abort_session(sess);
	scst_tag(session_kill);
	mutex_lock(&tgt->lock);
	/* Nexuses wait for a grace period when they are killed: iterators are past us by then. */
	spin_lock(&scst_sessions_lock);
	list_del_rcu(&sess->all_entry);
	spin_unlock(&scst_sessions_lock);
	kill_nexuses(sess, &dead);
	list_del(&sess->entry);
	mutex_unlock(&tgt->lock);
	/* Who walks the sessions adds files to their directories: not to this one's any more. */
	scst_sysfs_session_del(sess);
	scst_nexuses_destroy(&dead);
	scst_session_put(sess);
	wait_for_completion(&sess->users_gone);
	scst_tag(session_free);
	session_free(sess);
	scst_target_put(tgt);
}
EXPORT_SYMBOL_GPL(scst_session_unregister);

bool scst_sessions_allowed(void)
{
	might_sleep();
	return scst_required_hold(scst_required_since());
}
EXPORT_SYMBOL_GPL(scst_sessions_allowed);

void *scst_session_priv(const struct scst_session *sess)
{
	return sess->priv;
}
EXPORT_SYMBOL_GPL(scst_session_priv);

const char *scst_session_initiator(const struct scst_session *sess)
{
	return sess->initiator;
}
EXPORT_SYMBOL_GPL(scst_session_initiator);

struct scst_dir *scst_session_dir(struct scst_session *sess)
{
	return &sess->dir;
}
EXPORT_SYMBOL_GPL(scst_session_dir);

bool scst_session_has_lun(struct scst_session *sess, u16 lun)
{
	const struct scst_lun_table *luns;
	bool has;

	rcu_read_lock();
	luns = rcu_dereference(sess->luns);
	has = lun < luns->nr && rcu_access_pointer(luns->slot[lun]);
	rcu_read_unlock();
	return has;
}
EXPORT_SYMBOL_GPL(scst_session_has_lun);

/* Makes a nexus for each that the session has, with its new identity. On failure some exist. */
static int create_again(struct scst_session *sess, struct list_head *old)
{
	struct scst_nexus *nexus, *new;

	list_splice_init(&sess->nexuses, old);
	list_for_each_entry(nexus, old, sess_entry) {
		new = scst_nexus_create(sess, nexus->map, SCST_SENSE_NEXUS_LOSS);
		if (IS_ERR(new))
			return PTR_ERR(new);
		new->access = nexus->access;
	}
	return 0;
}

static void kill_all(struct list_head *nexuses, struct list_head *dead)
{
	struct scst_nexus *nexus, *next;

	list_for_each_entry_safe(nexus, next, nexuses, sess_entry)
		scst_nexus_kill(nexus, dead);
}

/* The session's nexuses end, and it goes on with others: for reservations it is another port. */
static int change_identity(struct scst_session *sess, struct scst_identity *identity,
			   struct list_head *dead)
{
	struct scst_nexus *nexus;
	LIST_HEAD(old);
	int err;

	lockdep_assert_held(&sess->tgt->lock);
	swap(sess->identity, identity);
	err = create_again(sess, &old);
	if (err) {
		kill_all(&sess->nexuses, dead);
		list_splice(&old, &sess->nexuses);
		swap(sess->identity, identity);
	} else {
		list_for_each_entry(nexus, &sess->nexuses, sess_entry)
			scst_nexus_judge(nexus);
		kill_all(&old, dead);
	}
	scst_identity_put(identity);
	return err;
}

int scst_session_set_tid(struct scst_session *sess, const struct scst_tid *tid)
{
	struct scst_identity *identity = identity_alloc(sess->tgt);
	LIST_HEAD(dead);
	int err;

	if (!identity)
		return -ENOMEM;
	identity->tid = *tid;
	scoped_guard(mutex, &sess->tgt->lock) {
		identity->port = sess->identity->port;
		err = change_identity(sess, identity, &dead);
	}
	scst_nexuses_destroy(&dead);
	return err;
}
EXPORT_SYMBOL_GPL(scst_session_set_tid);

void scst_session_get_tid(struct scst_session *sess, struct scst_tid *tid)
{
	guard(mutex)(&sess->tgt->lock);
	*tid = sess->identity->tid;
}
EXPORT_SYMBOL_GPL(scst_session_get_tid);

/* Commands under way, counted when somebody asks. */
u64 scst_session_active(const struct scst_session *sess)
{
	unsigned int i, active = 0;

	for (i = 0; i < sess->nr_cmds; i++) {
		const struct scst_cmd *cmd = sess->cmds + i * sess->cmd_size;

		active += !!(READ_ONCE(cmd->state) & SCST_CMD_LIVE);
	}
	return active;
}
