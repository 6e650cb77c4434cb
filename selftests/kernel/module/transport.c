// SPDX-License-Identifier: GPL-2.0
/*
 * Transport: `add_target TARGET [max_bytes=N; max_sg=N; numa_node=N]`, with the limits of struct
 * scst_target_limits, and `add_session TARGET SESSION` in mgmt; then, in the session's directory,
 *
 *	run	"cmd TAG ATTR LUN DATA CDB..."	ATTR: s o h a u; DATA: n, rBYTES, wBYTES
 *		"tmf ID FUNCTION LUN [TAG]"	number of enum scst_tmf_fn
 *		"own ID FUNCTION LUN"		likewise, but the target asks for it
 *		"data TAG [fail]"		the data-out of TAG, which `slow_data` held back
 *		"send TAG"			the answer to TAG, which `slow_send` held back
 *	behind		TAG: commands with this one or a greater one were sent behind any function
 *	slow_data	1: data-out does not come by itself
 *	slow_send	1: answers do not leave by themselves; 0: they do, and those that were kept
 *	data_out	HEX: what data-out begins with
 *	lines	of 64 bytes of its slot that the last command changed which was answered at once
 *	entries		of the scatterlist of the last command that had data
 *	log	what was answered, in that order; writing clears it:
 *		"cmd TAG STATUS [KEY/ASC/ASCQ]", "gone TAG" (no answer), "tmf ID RESULT [INFO]"
 *
 * and beside the targets, since a session that is deleted has no directory,
 *
 *	lost	the log of the one that is being deleted, or was last, with "aborted" before it
 *		when its commands have been; takes "data" and "send" for it, as run does
 */
#include <linux/cleanup.h>
#include <linux/hex.h>
#include <linux/module.h>
#include <linux/slab.h>

#include "script.h"

#define LOG_SIZE	4000

struct script_session {
	struct list_head entry;		/* script_lock */
	struct scst_session *sess;
	struct scst_target *tgt;
	spinlock_t lock;
	bool slow_data, slow_send;
	unsigned int behind;
	unsigned int data_len;
	u8 data[32];			/* data-out begins with it; set while nothing runs */
	bool closing;			/* has force_close been written, or its like? */
	bool aborted;			/* some of its commands have been */
	DECLARE_BITMAP(wants_data, NR_SLOTS);
	DECLARE_BITMAP(unsent, NR_SLOTS);
	struct scst_cmd before;		/* the slot of the last command; script_lock: and lines */
	unsigned long lines;
	u32 entries;
	unsigned int log_len;		/* lock */
	char log[LOG_SIZE];
};

struct script_tmf {
	struct scst_tmf tmf;
	unsigned int id;
};

static DEFINE_MUTEX(script_lock);
static LIST_HEAD(sessions);

/* script_lock: the session that is being deleted, and the log of the one that was last. */
static struct script_session *lost;
static char lost_log[LOG_SIZE + 16];

static __printf(2, 3) void log_line(struct script_session *ss, const char *fmt, ...)
{
	va_list args;

	guard(spinlock_irqsave)(&ss->lock);
	va_start(args, fmt);
	ss->log_len += vscnprintf(ss->log + ss->log_len, LOG_SIZE - ss->log_len, fmt, args);
	va_end(args);
}

static void answer(struct scst_cmd *cmd)
{
	struct script_session *ss = scst_session_priv(cmd->sess);
	u8 sense[32] = {};

	if (cmd->xfer_len)
		WRITE_ONCE(ss->entries, cmd->sg_cnt);
	if (scst_cmd_unanswered(cmd)) {
		log_line(ss, "gone %llu\n", cmd->tag);
	} else if (cmd->status == SAM_STAT_CHECK_CONDITION) {
		scst_cmd_sense(cmd, sense, sizeof(sense));
		log_line(ss, "cmd %llu 02 %x/%02x/%02x\n", cmd->tag, sense[2] & 0xf, sense[12],
			 sense[13]);
	} else {
		log_line(ss, "cmd %llu %02x\n", cmd->tag, cmd->status);
	}
	scst_cmd_done(cmd);
}

static void script_send_response(struct scst_cmd *cmd)
{
	struct script_session *ss = scst_session_priv(cmd->sess);

	if (READ_ONCE(ss->slow_send))
		set_bit(cmd->index, ss->unsent);
	else
		answer(cmd);
}

static void data_came(struct scst_cmd *cmd, bool good)
{
	struct script_session *ss = scst_session_priv(cmd->sess);

	sg_copy_from_buffer(cmd->sg, cmd->sg_cnt, ss->data, min(ss->data_len, cmd->xfer_len));
	scst_cmd_data_received(cmd, good);
}

static void script_receive_data(struct scst_cmd *cmd)
{
	struct script_session *ss = scst_session_priv(cmd->sess);

	if (READ_ONCE(ss->slow_data))
		set_bit(cmd->index, ss->wants_data);
	else
		data_came(cmd, true);
}

/* Data-out comes when the script says so, also to what was aborted. */
static void script_cmds_aborted(struct scst_session *sess)
{
	struct script_session *ss = scst_session_priv(sess);

	WRITE_ONCE(ss->aborted, true);
}

static bool script_is_behind(const struct scst_cmd *cmd, const struct scst_tmf *tmf)
{
	const struct script_session *ss = scst_session_priv(cmd->sess);

	return cmd->tag >= READ_ONCE(ss->behind);
}

static void script_tmf_done(struct scst_tmf *tmf)
{
	struct script_tmf *st = container_of(tmf, struct script_tmf, tmf);

	log_line(scst_session_priv(tmf->sess), "tmf %u %u %*phN\n", st->id, tmf->result,
		 tmf->result == SCST_TMF_SUCCEEDED ? 3 : 0, tmf->info);
	kfree(st);
}

static int parse_attr(const char *word, u8 *attr)
{
	static const char letters[] = "sohau";	/* enum scst_task_attr */
	const char *at = word && word[0] ? strchr(letters, word[0]) : NULL;

	if (!at)
		return -EINVAL;
	*attr = at - letters;
	return 0;
}

static int parse_data(const char *word, struct scst_cmd *cmd)
{
	u64 len = 0;

	if (!word || (word[0] != 'n' && scst_parse_u64(word + 1, 0, SZ_16M, &len)))
		return -EINVAL;
	cmd->expected_len = len;
	cmd->expected_dir = word[0] == 'r' ? SCST_DIR_IN : word[0] == 'w' ? SCST_DIR_OUT :
							   SCST_DIR_NONE;
	return 0;
}

static int parse_cdb(char *text, struct scst_cmd *cmd)
{
	char *word;

	memset(cmd->cdb, 0, sizeof(cmd->cdb));
	for (cmd->cdb_len = 0; (word = scst_mgmt_word(&text)); cmd->cdb_len++)
		if (cmd->cdb_len == sizeof(cmd->cdb) || hex2bin(&cmd->cdb[cmd->cdb_len], word, 1))
			return -EINVAL;
	return cmd->cdb_len ? 0 : -EINVAL;
}

static void note_lines(struct script_session *ss, const struct scst_cmd *cmd)
{
	const u8 *is = (const u8 *)cmd, *was = (const u8 *)&ss->before;
	unsigned int i;

	ss->lines = 0;
	for (i = 0; i < sizeof(*cmd); i++)
		if (is[i] != was[i])
			ss->lines |= BIT(i / 64);
}

/* TAG names the slot, so a tag is used again only when it was answered. */
static int run_cmd(void *obj, char *text)
{
	struct script_session *ss = obj;
	struct scst_cmd *cmd;
	u64 tag, lun;

	if (word_u64(&text, NR_SLOTS - 1, &tag))
		return -EINVAL;
	guard(mutex)(&script_lock);
	cmd = scst_cmd_at(ss->sess, tag);
	memcpy(&ss->before, cmd, sizeof(*cmd));
	cmd->tag = tag;
	cmd->sg = NULL;
	cmd->sg_cnt = 0;
	cmd->may_sleep = false;
	if (parse_attr(scst_mgmt_word(&text), &cmd->attr) ||
	    word_u64(&text, SCST_MAX_LUN, &lun) || parse_data(scst_mgmt_word(&text), cmd) ||
	    parse_cdb(text, cmd))
		return -EINVAL;
	cmd->lun = lun;
	scst_cmd_submit(cmd);
	if (!scst_cmd_live(cmd))
		note_lines(ss, cmd);
	return 0;
}

/* Of a command that does not wait for it nothing is touched: its session may be gone. */
static int run_data(void *obj, char *text)
{
	struct script_session *ss = obj;
	u64 tag;

	if (word_u64(&text, NR_SLOTS - 1, &tag))
		return -EINVAL;
	if (!test_and_clear_bit(tag, ss->wants_data))
		return -ENOENT;
	data_came(scst_cmd_at(ss->sess, tag), !scst_mgmt_word(&text));
	return 0;
}

static int run_send(void *obj, char *text)
{
	struct script_session *ss = obj;
	u64 tag;

	if (word_u64(&text, NR_SLOTS - 1, &tag))
		return -EINVAL;
	if (!test_and_clear_bit(tag, ss->unsent))
		return -ENOENT;
	answer(scst_cmd_at(ss->sess, tag));
	return 0;
}

static int submit_tmf(struct script_session *ss, char *text, bool own)
{
	struct script_tmf *st;
	u64 id, fn, lun, tag = 0;

	if (word_u64(&text, U32_MAX, &id) || word_u64(&text, U8_MAX, &fn) ||
	    word_u64(&text, SCST_MAX_LUN, &lun))
		return -EINVAL;
	word_u64(&text, NR_SLOTS - 1, &tag);
	st = kzalloc(sizeof(*st), GFP_KERNEL);
	if (!st)
		return -ENOMEM;
	st->id = id;
	st->tmf.sess = ss->sess;
	st->tmf.fn = fn;
	st->tmf.lun = lun;
	st->tmf.tag = tag;
	st->tmf.own = own;
	scst_tmf_submit(&st->tmf);
	return 0;
}

static int run_tmf(void *obj, char *text)
{
	return submit_tmf(obj, text, false);
}

static int run_own(void *obj, char *text)
{
	return submit_tmf(obj, text, true);
}

static const struct scst_mgmt_verb run_verbs[] = {
	{ "cmd",  run_cmd  },
	{ "data", run_data },
	{ "send", run_send },
	{ "tmf",  run_tmf  },
	{ "own",  run_own  },
	{ }
};

static const struct scst_mgmt_verb lost_verbs[] = {
	{ "data", run_data },
	{ "send", run_send },
	{ }
};

static ssize_t run_store(void *obj, char *text)
{
	return scst_mgmt_run(run_verbs, scst_session_priv(obj), text);
}

static ssize_t log_show(void *obj, char *buf)
{
	struct script_session *ss = scst_session_priv(obj);

	guard(spinlock_irq)(&ss->lock);
	return sysfs_emit(buf, "%.*s", ss->log_len, ss->log);
}

static ssize_t log_store(void *obj, char *text)
{
	struct script_session *ss = scst_session_priv(obj);

	guard(spinlock_irq)(&ss->lock);
	ss->log_len = 0;
	return 0;
}

static ssize_t lines_show(void *obj, char *buf)
{
	struct script_session *ss = scst_session_priv(obj);

	guard(mutex)(&script_lock);
	return sysfs_emit(buf, "%*pbl\n", BITS_PER_LONG, &ss->lines);
}

static ssize_t behind_store(void *obj, char *text)
{
	struct script_session *ss = scst_session_priv(obj);
	u64 tag;
	int err = scst_parse_u64(text, 0, NR_SLOTS, &tag);

	if (!err)
		WRITE_ONCE(ss->behind, tag);
	return err;
}

static ssize_t slow_data_store(void *obj, char *text)
{
	struct script_session *ss = scst_session_priv(obj);

	return scst_parse_bool(text, &ss->slow_data);
}

/* What is kept goes now: a test that fails in between leaves nobody who waits for it. */
static ssize_t slow_send_store(void *obj, char *text)
{
	struct script_session *ss = scst_session_priv(obj);
	int err = scst_parse_bool(text, &ss->slow_send);
	unsigned int tag;

	if (err || ss->slow_send)
		return err;
	for_each_set_bit(tag, ss->unsent, NR_SLOTS)
		if (test_and_clear_bit(tag, ss->unsent))
			answer(scst_cmd_at(ss->sess, tag));
	return 0;
}

static ssize_t data_out_store(void *obj, char *text)
{
	struct script_session *ss = scst_session_priv(obj);
	char *word = scst_mgmt_word(&text);
	size_t len = word ? strlen(word) / 2 : 0;

	if (len > sizeof(ss->data) || (len && hex2bin(ss->data, word, len)))
		return -EINVAL;
	ss->data_len = len;
	return 0;
}

static ssize_t entries_show(void *obj, char *buf)
{
	const struct script_session *ss = scst_session_priv(obj);

	return sysfs_emit(buf, "%u\n", READ_ONCE(ss->entries));
}

static const struct scst_attr session_attrs[] = {
	SCST_ATTR_WO(behind, behind_store),
	SCST_ATTR_WO(data_out, data_out_store),
	SCST_ATTR_RO(lines, lines_show),
	SCST_ATTR_RO(entries, entries_show),
	SCST_ATTR_RW(log, log_show, log_store),
	SCST_ATTR_WO(run, run_store),
	SCST_ATTR_WO(slow_data, slow_data_store),
	SCST_ATTR_WO(slow_send, slow_send_store),
	SCST_ATTR_END
};

static void keep_log(struct script_session *ss)
{
	guard(spinlock_irq)(&ss->lock);
	scnprintf(lost_log, sizeof(lost_log), "%s%.*s", ss->aborted ? "aborted\n" : "",
		  ss->log_len, ss->log);
}

static ssize_t lost_show(void *obj, char *buf)
{
	guard(mutex)(&script_lock);
	if (lost)
		keep_log(lost);
	return sysfs_emit(buf, "%s", lost_log);
}

static ssize_t lost_store(void *obj, char *text)
{
	guard(mutex)(&script_lock);
	return lost ? scst_mgmt_run(lost_verbs, lost, text) : -ENOENT;
}

static const struct scst_attr driver_attrs[] = {
	SCST_ATTR_RW(lost, lost_show, lost_store),
	SCST_ATTR_END
};

static const struct scst_target_ops script_ops;

static int add_session(struct scst_target *tgt, const char *name)
{
	struct script_session *ss = kzalloc(sizeof(*ss), GFP_KERNEL);

	if (!ss)
		return -ENOMEM;
	spin_lock_init(&ss->lock);
	ss->behind = NR_SLOTS;
	ss->tgt = tgt;
	ss->sess = scst_session_register(tgt, name, NR_SLOTS, ss);
	if (IS_ERR(ss->sess)) {
		int err = PTR_ERR(ss->sess);

		kfree(ss);
		return err;
	}
	guard(mutex)(&script_lock);
	list_add_tail(&ss->entry, &sessions);
	return 0;
}

/* Of a list no more. */
static void end_session(struct script_session *ss)
{
	scst_session_unregister(ss->sess);
	scoped_guard(mutex, &script_lock) {
		keep_log(ss);
		lost = NULL;
	}
	kfree(ss);
}

/* NULL @name: any of @tgt. */
static int del_session(struct scst_target *tgt, const char *name)
{
	struct script_session *ss, *found = NULL;

	scoped_guard(mutex, &script_lock) {
		list_for_each_entry(ss, &sessions, entry)
			if (ss->tgt == tgt &&
			    (!name || !strcmp(scst_session_initiator(ss->sess), name)))
				found = ss;
		if (!found)
			return -ENOENT;
		list_del(&found->entry);
		lost = found;
	}
	end_session(found);
	return 0;
}

static struct script_session *take_closing(void)
{
	struct script_session *ss;

	guard(mutex)(&script_lock);
	list_for_each_entry(ss, &sessions, entry)
		if (ss->closing) {
			list_del(&ss->entry);
			lost = ss;
			return ss;
		}
	return NULL;
}

static void close_work_fn(struct work_struct *work)
{
	struct script_session *ss;

	while ((ss = take_closing()))
		end_session(ss);
}

static DECLARE_WORK(close_work, close_work_fn);

static void script_close_session(struct scst_session *sess)
{
	struct script_session *ss = scst_session_priv(sess);

	WRITE_ONCE(ss->closing, true);
	queue_work(system_unbound_wq, &close_work);
}

static int set_limit(struct scst_target_limits *limits, const char *key, u64 value)
{
	if (!strcmp(key, "max_bytes"))
		limits->max_bytes = value;
	else if (!strcmp(key, "max_sg"))
		limits->max_sg = value;
	else if (!strcmp(key, "numa_node") && value < U16_MAX)
		limits->numa_node = value + 1;
	else
		return -EINVAL;
	return 0;
}

static int script_add_target(const char *name, struct scst_params *params)
{
	struct scst_target_limits limits = {};
	char *key, *value;
	u64 number;
	int more;

	while ((more = scst_params_next(params, &key, &value)) > 0)
		if (scst_parse_u64(value, 0, U32_MAX, &number) || set_limit(&limits, key, number))
			return -EINVAL;
	return more < 0 ? more :
	       PTR_ERR_OR_ZERO(scst_target_register(&script_ops, name, &limits, NULL));
}

static int script_del_target(struct scst_target *tgt)
{
	while (!del_session(tgt, NULL))
		;
	scst_target_unregister(tgt);
	return 0;
}

static int script_mgmt(const char *verb, char *args)
{
	char *name = scst_mgmt_word(&args), *session = scst_mgmt_word(&args);
	struct scst_target *tgt = name ? scst_target_find(&script_ops, name) : NULL;

	if (!tgt || !session)
		return -EINVAL;
	if (!strcmp(verb, "add_session"))
		return add_session(tgt, session);
	return strcmp(verb, "del_session") ? -EINVAL : del_session(tgt, session);
}

static const struct scst_target_ops script_ops = {
	.name			= "scst_script",
	.owner			= THIS_MODULE,
	.no_enabled_attr	= true,
	.send_response		= script_send_response,
	.receive_data		= script_receive_data,
	.cmds_aborted		= script_cmds_aborted,
	.is_behind		= script_is_behind,
	.tmf_done		= script_tmf_done,
	.add_target		= script_add_target,
	.add_target_params	= "max_bytes, max_sg, numa_node",
	.del_target		= script_del_target,
	.mgmt			= script_mgmt,
	.close_session		= script_close_session,
	.driver_attrs		= driver_attrs,
	.session_attrs		= session_attrs,
};

static int __init script_init(void)
{
	int err = scst_handler_register(&script_handler_ops);

	if (err)
		return err;
	err = scst_target_driver_register(&script_ops);
	if (err)
		scst_handler_unregister(&script_handler_ops);
	return err;
}

static void __exit script_exit(void)
{
	scst_target_driver_unregister(&script_ops);
	cancel_work_sync(&close_work);
	scst_handler_unregister(&script_handler_ops);
}

module_init(script_init);
module_exit(script_exit);
MODULE_DESCRIPTION("Scripted transport and back end, for tests of the target core");
MODULE_LICENSE("GPL");
