/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Tracepoints: a command enters, is executed, is answered. For perf and trace-cmd the fields below;
 * for BPF (tp_btf) the command itself, of which every member can be read:
 *
 *	scst_cmd_submit		as the target filled it: cdb, lun, tag, expected_len; no nexus yet
 *	scst_cmd_execute	parsed: op, params, data_len, dev and nexus are set
 *	scst_cmd_done		status and sense are final; dev is NULL if there is no such LUN
 *	scst_cmd_waited		of one that had to wait: for what, and that is over now
 *
 * submit_ns is 0 unless somebody listened to scst_cmd_done when the command came. What does not
 * happen for each command:
 *
 *	scst_session_start	the session is there, with its LUNs
 *	scst_session_end	it is about to go
 *	scst_ua			a unit attention, ASC << 8 | ASCQ, is queued for an initiator
 *	scst_tmf_start		a task management function came
 *	scst_tmf_done		it is about to be answered
 *	scst_policy_exit	a policy is ejected or unloaded
 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM scst

#if !defined(_SCST_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define _SCST_TRACE_H

#include <linux/timekeeping.h>
#include <linux/tracepoint.h>

#include "command.h"
#include "policy/policy.h"

TRACE_EVENT(scst_cmd_submit,
	TP_PROTO(struct scst_cmd *cmd),
	TP_ARGS(cmd),
	TP_STRUCT__entry(
		__string(initiator, cmd->sess->initiator)
		__string(target, cmd->sess->tgt->name)
		__field(u64, tag)
		__field(u32, expected_len)
		__field(u16, lun)
		__array(u8, cdb, 16)
	),
	TP_fast_assign(
		__assign_str(initiator);
		__assign_str(target);
		__entry->tag = cmd->tag;
		__entry->expected_len = cmd->expected_len;
		__entry->lun = cmd->lun;
		memcpy(__entry->cdb, cmd->cdb, sizeof(__entry->cdb));
	),
	TP_printk("initiator=%s target=%s lun=%u tag=%llu cdb=%s expected_len=%u",
		  __get_str(initiator), __get_str(target), __entry->lun, __entry->tag,
		  __print_hex(__entry->cdb, sizeof(__entry->cdb)), __entry->expected_len)
);

TRACE_EVENT(scst_cmd_execute,
	TP_PROTO(struct scst_cmd *cmd),
	TP_ARGS(cmd),
	TP_STRUCT__entry(
		__string(initiator, cmd->sess->initiator)
		__string(device, cmd->dev ? cmd->dev->name : "")
		__field(u64, tag)
		__field(u64, lba)
		__field(u32, data_len)
		__field(u16, lun)
		__field(u8, opcode)
	),
	TP_fast_assign(
		__assign_str(initiator);
		__assign_str(device);
		__entry->tag = cmd->tag;
		__entry->lba = cmd->params.lba;
		__entry->data_len = cmd->data_len;
		__entry->lun = cmd->lun;
		__entry->opcode = cmd->cdb[0];
	),
	TP_printk("initiator=%s device=%s lun=%u tag=%llu opcode=0x%02x lba=%llu len=%u",
		  __get_str(initiator), __get_str(device), __entry->lun, __entry->tag,
		  __entry->opcode, __entry->lba, __entry->data_len)
);

TRACE_EVENT(scst_cmd_done,
	TP_PROTO(struct scst_cmd *cmd),
	TP_ARGS(cmd),
	TP_STRUCT__entry(
		__string(initiator, cmd->sess->initiator)
		__string(device, cmd->dev ? cmd->dev->name : "")
		__field(u64, tag)
		__field(u64, lba)
		__field(u64, latency_ns)
		__field(u32, data_len)
		__field(u16, lun)
		__field(u8, opcode)
		__field(u8, status)
		__field(u8, key)
		__field(u8, asc)
		__field(u8, ascq)
	),
	TP_fast_assign(
		struct scst_sense_codes sense = scst_cmd_codes(cmd);

		__assign_str(initiator);
		__assign_str(device);
		__entry->tag = cmd->tag;
		__entry->lba = cmd->params.lba;
		__entry->latency_ns = cmd->submit_ns ? ktime_get_ns() - cmd->submit_ns : 0;
		__entry->data_len = cmd->data_len;
		__entry->lun = cmd->lun;
		__entry->opcode = cmd->cdb[0];
		__entry->status = cmd->status;
		__entry->key = sense.key;
		__entry->asc = sense.asc;
		__entry->ascq = sense.ascq;
	),
	TP_printk("initiator=%s device=%s lun=%u tag=%llu opcode=0x%02x lba=%llu len=%u "
		  "status=0x%02x sense=%x/%02x/%02x latency_ns=%llu",
		  __get_str(initiator), __get_str(device), __entry->lun, __entry->tag,
		  __entry->opcode, __entry->lba, __entry->data_len, __entry->status,
		  __entry->key, __entry->asc, __entry->ascq, __entry->latency_ns)
);

TRACE_EVENT(scst_cmd_waited,
	TP_PROTO(struct scst_cmd *cmd, enum scst_wait_for what),
	TP_ARGS(cmd, what),
	TP_STRUCT__entry(
		__string(initiator, cmd->sess->initiator)
		__field(u64, tag)
		__field(u16, lun)
		__field(u8, opcode)
		__field(u8, what)
	),
	TP_fast_assign(
		__assign_str(initiator);
		__entry->tag = cmd->tag;
		__entry->lun = cmd->lun;
		__entry->opcode = cmd->cdb[0];
		__entry->what = what;
	),
	TP_printk("initiator=%s lun=%u tag=%llu opcode=0x%02x for=%s", __get_str(initiator),
		  __entry->lun, __entry->tag, __entry->opcode, scst_wait_names[__entry->what])
);

DECLARE_EVENT_CLASS(scst_session,
	TP_PROTO(struct scst_session *sess),
	TP_ARGS(sess),
	TP_STRUCT__entry(
		__string(initiator, sess->initiator)
		__string(target, sess->tgt->name)
		__string(group, READ_ONCE(sess->group)->name)
	),
	TP_fast_assign(
		__assign_str(initiator);
		__assign_str(target);
		__assign_str(group);
	),
	TP_printk("initiator=%s target=%s group=%s",
		  __get_str(initiator), __get_str(target), __get_str(group))
);

DEFINE_EVENT(scst_session, scst_session_start,
	TP_PROTO(struct scst_session *sess), TP_ARGS(sess));
DEFINE_EVENT(scst_session, scst_session_end,
	TP_PROTO(struct scst_session *sess), TP_ARGS(sess));

TRACE_EVENT(scst_ua,
	TP_PROTO(struct scst_nexus *nexus, u16 ua),
	TP_ARGS(nexus, ua),
	TP_STRUCT__entry(
		__string(initiator, nexus->sess->initiator)
		__string(device, nexus->dev ? nexus->dev->name : "")
		__field(u16, lun)
		__field(u8, asc)
		__field(u8, ascq)
	),
	TP_fast_assign(
		__assign_str(initiator);
		__assign_str(device);
		__entry->lun = nexus->lun;
		__entry->asc = ua >> 8;
		__entry->ascq = ua & 0xff;
	),
	TP_printk("initiator=%s device=%s lun=%u sense=6/%02x/%02x", __get_str(initiator),
		  __get_str(device), __entry->lun, __entry->asc, __entry->ascq)
);

DECLARE_EVENT_CLASS(scst_tmf,
	TP_PROTO(struct scst_tmf *tmf),
	TP_ARGS(tmf),
	TP_STRUCT__entry(
		__string(initiator, tmf->sess->initiator)
		__field(u64, tag)
		__field(u16, lun)
		__field(u8, fn)
		__field(u8, result)
	),
	TP_fast_assign(
		__assign_str(initiator);
		__entry->tag = tmf->tag;
		__entry->lun = tmf->lun;
		__entry->fn = tmf->fn;
		__entry->result = tmf->result;
	),
	TP_printk("initiator=%s lun=%u fn=%u tag=%llu result=%u", __get_str(initiator),
		  __entry->lun, __entry->fn, __entry->tag, __entry->result)
);

DEFINE_EVENT(scst_tmf, scst_tmf_start, TP_PROTO(struct scst_tmf *tmf), TP_ARGS(tmf));
DEFINE_EVENT(scst_tmf, scst_tmf_done, TP_PROTO(struct scst_tmf *tmf), TP_ARGS(tmf));

TRACE_EVENT(scst_policy_exit,
	TP_PROTO(struct scst_policy_exit *exit),
	TP_ARGS(exit),
	TP_STRUCT__entry(
		__string(policy, exit->name)
		__string(text, exit->text)
		__field(int, kind)
		__field(int, code)
	),
	TP_fast_assign(
		__assign_str(policy);
		__assign_str(text);
		__entry->kind = exit->kind;
		__entry->code = exit->code;
	),
	TP_printk("policy=%s kind=%s code=%d text=%s", __get_str(policy),
		  scst_policy_exit_kinds[__entry->kind], __entry->code, __get_str(text))
);

#endif

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE scst_trace
#include <trace/define_trace.h>
