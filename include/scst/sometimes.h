/* SPDX-License-Identifier: GPL-2.0 */
/*
 * States that a good run of tests reaches at some time, since something is decided in them: a line
 * SCST_SOMETIMES(name) stands where each is. A hunt that never meets one of them cannot see what is
 * wrong there, and says so (selftests/torture). They are counted in modules built with SCST_HANDLES
 * (scst/tags.h); in all others nothing is left of them.
 *
 *	.../debug/scst/sometimes	how often each was reached
 */
#ifndef _SCST_SOMETIMES_H
#define _SCST_SOMETIMES_H

#include <linux/percpu.h>

#define SCST_STATES(STATE)									\
	/* command/ */										\
	STATE(got_again,		"a nexus is found dying, and then the one in its place") \
	STATE(got_nothing,		"a nexus is found dying, and nothing in its place")	\
	STATE(followed,			"a waiting command follows its LUN to another device")	\
	STATE(followed_watched,		"... for which somebody waited where it was")		\
	STATE(follows_nowhere,		"a waiting command stays, as its LUN leads nowhere")	\
	STATE(buffer_in_thread,		"memory for data has to be waited for")			\
	STATE(buffer_refused,		"there is no memory for data: BUSY")			\
	STATE(session_has_its_share,	"a session has all of its share of memory")		\
	STATE(device_has_its_share,	"a device has all of its share of memory")		\
	STATE(mark_lost,		"a command changes while it is being marked")		\
	STATE(ua_told,			"a unit attention is told")				\
	STATE(ua_untold,		"a unit attention was taken, and its command aborted")	\
	STATE(ua_outranked,		"a unit attention is pending that says more")		\
	STATE(ua_too_many,		"a nexus has all the unit attentions that it can have")	\
	STATE(watch_waits,		"who waits for commands finds some")			\
	STATE(watch_given_up,		"... and is aborted itself")				\
	STATE(settle_waits,		"a verb is found that began before a change")		\
	/* tasks/ */										\
	STATE(held,			"a command is held on its arrival")			\
	STATE(held_aborted,		"a held command is aborted")				\
	STATE(held_where_nothing_stays,	"a command is to be held at a LUN on its way out")	\
	STATE(blocked,			"a device is blocked, and all who came before have left") \
	STATE(task_set_full,		"an initiator has all the commands it may have")	\
	STATE(turn_waits,		"a command waits for its turn")				\
	STATE(turn_aborted,		"... and is aborted meanwhile")				\
	STATE(set_settles,		"a task set is turned on")				\
	STATE(set_retires,		"... and off again")					\
	STATE(set_drains,		"an ORDERED command waits for lent pages")		\
	STATE(aca,			"a command fails, and makes an ACA condition")		\
	STATE(aca_keeps_out,		"... which keeps others out")				\
	STATE(aca_cleared,		"... and is cleared")					\
	STATE(qerr_aborts,		"a command fails, and takes others along (QErr)")	\
	STATE(qerr_untold,		"... and is aborted before its initiator heard of it")	\
	STATE(tmf_waits,		"task management waits for commands")			\
	STATE(tmf_finds_nothing,	"what is to be aborted is not there")			\
	STATE(tmf_of_gone_lun,		"commands at a LUN that is gone are aborted")		\
	STATE(tmf_tells_nobody,		"commands of others are aborted, who are not told (TAS)") \
	STATE(tmf_lun_reset,		"a LUN is reset")					\
	STATE(tmf_target_reset,		"a target with several LUNs is reset")			\
	STATE(tmf_nexus_lost,		"a session goes, and its commands with it")		\
	/* objects/ */										\
	STATE(nexus_is_kept,		"a nexus goes, and its commands take a second or more")	\
	STATE(replaced,			"a LUN leads to another device")			\
	STATE(replaced_behind,		"... and the old one's commands are waited for by nobody") \
	STATE(moved,			"a session moves to another group")			\
	STATE(moved_with_lun,		"... and a LUN goes along, as it has the same device")	\
	STATE(session_aborts,		"a session is unregistered with commands under way")	\
	STATE(device_unmapped,		"a device is deleted that LUNs lead to")		\
	/* policy/ */										\
	STATE(policy_scope_group,	"it is asked whether a policy is of a session's group")	\
	STATE(policy_scope_group_goes,	"... which is being deleted")				\
	/* reserve/ */										\
	STATE(pr_refused,		"PERSISTENT RESERVE OUT meets a conflict")		\
	STATE(pr_saved,			"a state of reservations is made durable")		\
	STATE(pr_not_saved,		"... and that fails")					\
	STATE(pr_aborted,		"PERSISTENT RESERVE OUT is aborted before its turn")	\
	STATE(pr_aborts,		"PREEMPT AND ABORT waits for those that it aborts")	\
	STATE(spc2_conflict,		"RESERVE by another one than the holder")		\
	STATE(spc2_busy,		"RESERVE while PERSISTENT RESERVE OUT is being saved")	\
	STATE(spc2_lost,		"who did RESERVE goes, and nobody has it any more")	\
	/* vdisk */										\
	STATE(gate_refuses,		"a verb finds the disk closed")				\
	STATE(gate_holds,		"a write waits for a series of another command")	\
	STATE(series_aborted,		"a series is aborted before its turn")			\
	STATE(series_left,		"one that waits for a series is aborted")		\
	STATE(series_miscompares,	"COMPARE AND WRITE finds something else")		\
	STATE(back_end_closed,		"a back end is closed, and was in use")			\
	STATE(back_end_fails,		"a back end answers with an error")			\
	STATE(back_end_full,		"a back end has no space left")				\
	STATE(nowait_waits,		"a device has no room, and a thread waits for it")	\
	STATE(request_refused,		"a device takes no request now")			\
	STATE(cache_hit,		"a read is answered from the page cache")		\
	STATE(cache_lent,		"pages of the cache are lent to an answer")		\
	STATE(file_not_cached,		"a read has to wait for the file system")		\
	/* local */										\
	STATE(local_reset,		"a command of the host was aborted by others")		\
	STATE(local_eh_too_late,	"the error handler aborts what is over by then")	\
	/* iscsi */										\
	STATE(iscsi_data_of_the_past,	"Data-Out come for a command that is gone")		\
	STATE(iscsi_burst_dropped,	"data came unasked, and there was no room for them")	\
	STATE(iscsi_data_given_up,	"a command is aborted that waits for data")		\
	STATE(iscsi_half_a_pdu,		"... in the middle of a PDU of them")			\
	STATE(iscsi_answer_dropped,	"an answer that waits to leave is not wanted any more")	\
	STATE(iscsi_no_slot,		"there is no slot for a command: nothing is read")	\
	STATE(iscsi_many_events,	"a connection finds several events at once")		\
	STATE(iscsi_reinstated,		"a session takes the place of another one")		\
	STATE(iscsi_ends_with_tmf,	"a session ends, and its task management is not over")	\
	STATE(iscsi_given_up,		"a peer takes nothing, and is given up")		\
	STATE(iscsi_logout,		"a peer logs out, and is told when all is over")

enum scst_state {
#define STATE(name, text)	SCST_STATE_##name,
	SCST_STATES(STATE)
#undef STATE
	SCST_STATE_MAX
};

#ifdef SCST_HANDLES

DECLARE_PER_CPU(u64 [SCST_STATE_MAX], scst_sometimes);

#define SCST_SOMETIMES(name)	this_cpu_inc(scst_sometimes[SCST_STATE_##name])

/* ... if @condition is true, which is not looked at without handles. */
#define SCST_SOMETIMES_IF(condition, name)	\
do {						\
	if (condition)				\
		SCST_SOMETIMES(name);		\
} while (0)

#else

#define SCST_SOMETIMES(name)	((void)SCST_STATE_##name)
#define SCST_SOMETIMES_IF(condition, name)	((void)sizeof(!(condition)), SCST_SOMETIMES(name))

#endif

#endif
