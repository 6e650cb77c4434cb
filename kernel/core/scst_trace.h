/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Tracepoints: a command enters, is executed, is answered. For perf and trace-cmd the fields below;
 * for BPF (tp_btf) the command itself, of which every member can be read:
 *
 *	scst_cmd_submit		as the target filled it: cdb, lun, tag, expected_len; no nexus yet
 *	scst_cmd_execute	parsed: op, params, data_len, dev and nexus are set
 *	scst_cmd_done		status and sense are final; dev is NULL if there is no such LUN
 *
 * submit_ns is 0 unless somebody listened to scst_cmd_done when the command came.
 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM scst

#if !defined(_SCST_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define _SCST_TRACE_H

#include <linux/timekeeping.h>
#include <linux/tracepoint.h>

#include "core.h"

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
		const struct scst_sense_row *sense = scst_sense_row(cmd->sense.id);

		__assign_str(initiator);
		__assign_str(device);
		__entry->tag = cmd->tag;
		__entry->lba = cmd->params.lba;
		__entry->latency_ns = cmd->submit_ns ? ktime_get_ns() - cmd->submit_ns : 0;
		__entry->data_len = cmd->data_len;
		__entry->lun = cmd->lun;
		__entry->opcode = cmd->cdb[0];
		__entry->status = cmd->status;
		__entry->key = sense->key;
		__entry->asc = sense->asc;
		__entry->ascq = sense->ascq;
	),
	TP_printk("initiator=%s device=%s lun=%u tag=%llu opcode=0x%02x lba=%llu len=%u "
		  "status=0x%02x sense=%x/%02x/%02x latency_ns=%llu",
		  __get_str(initiator), __get_str(device), __entry->lun, __entry->tag,
		  __entry->opcode, __entry->lba, __entry->data_len, __entry->status,
		  __entry->key, __entry->asc, __entry->ascq, __entry->latency_ns)
);

#endif

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE scst_trace
#include <trace/define_trace.h>
