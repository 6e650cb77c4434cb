/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Handles for tests: named places where something can be made to fail, to be late, or to let others
 * run first. They are there in modules that were built with SCST_HANDLES: for kernels that look for
 * errors themselves (KASAN in software, KCSAN), or with `make HANDLES=1`. In all others a tag is
 * nothing: no branch, no byte.
 *
 *	.../debug/scst/tags/NAME	how often: one in N passes, 0: never; and what it did
 *	.../debug/scst/tags/seed	which of the passes
 *
 * A tag stands between two steps of which somebody may see the first without the second: at a wait,
 * where something is unpublished, before a last reference goes, where a command changes hands, and
 * at what may fail though nobody is to blame. No tag is for one defect: whoever writes code that
 * has such a place adds a row and a line there.
 */
#ifndef _SCST_TAGS_H
#define _SCST_TAGS_H

#include <linux/compiler.h>
#include <linux/kernel.h>
#include <linux/types.h>

enum scst_tag_kind {
	SCST_TAG_FAIL,		/* as if there were no memory, or no room: scst_tag_fails() */
	SCST_TAG_DELAY,		/* up to 100 us, the processor kept, whatever it does */
	SCST_TAG_PREEMPT,	/* some ms, in which others run: where it may sleep */
};

/* Its name, what it does, and where: between what and what. */
#define SCST_TAGS(TAG)										\
	TAG(enter_nexus,	DELAY,	 "a command has its nexus, and is not LIVE yet")	\
	TAG(mark,		DELAY,	 "a command is found, and not marked yet")		\
	TAG(mark_told,		DELAY,	 "commands are marked, and their transport is not told") \
	TAG(follow,		DELAY,	 "a command has a new nexus, and its old generation")	\
	TAG(in_thread,		PREEMPT, "a command goes on in a thread, later than others")	\
	TAG(execute,		DELAY,	 "a command is at its verb, which has not looked yet")	\
	TAG(exec_done,		DELAY,	 "a verb is over, and its command not told")		\
	TAG(send,		DELAY,	 "a command is finished, and not with its transport")	\
	TAG(done,		DELAY,	 "a command is done, and its slot still LIVE")		\
	TAG(watch_told,		DELAY,	 "a slot is idle, and who waits for it not told")	\
	TAG(watch_look,		PREEMPT, "who waits for commands is about to look at them")	\
	TAG(settle,		PREEMPT, "a nexus is looked at, whose commands are waited for")	\
	TAG(buffer_alloc,	FAIL,	 "memory for the data of a command")			\
	TAG(list_alloc,		FAIL,	 "memory for a parameter list")				\
	TAG(reply_alloc,	FAIL,	 "memory for what the core answers")			\
	TAG(nexus_alloc,	FAIL,	 "memory for a nexus")					\
	TAG(lun_table_alloc,	FAIL,	 "memory for more LUNs of a session")			\
	TAG(nexus_kill,		PREEMPT, "a nexus is unpublished, and its reference lives")	\
	TAG(nexus_destroy,	PREEMPT, "a nexus is drained, and still in the lists")		\
	TAG(mapping_alloc,	FAIL,	 "memory for a LUN")					\
	TAG(mapping_replace,	PREEMPT, "new nexuses are published, and old ones not killed")	\
	TAG(mapping_free,	PREEMPT, "a LUN is off the list, and its commands are not over") \
	TAG(group_take,		PREEMPT, "a session has a new group, and the nexuses of both")	\
	TAG(policy_scope,	DELAY,	 "a session's group is known, and its name not read")	\
	TAG(group_free,		PREEMPT, "a group is off the list, and not freed")		\
	TAG(session_alloc,	FAIL,	 "memory for a session")				\
	TAG(session_kill,	PREEMPT, "a session is told to go, and still in the lists")	\
	TAG(session_free,	PREEMPT, "the last of a session has left, and it is not freed")	\
	TAG(device_unmap,	PREEMPT, "a device is dying, and still at its LUNs")		\
	TAG(device_free,	PREEMPT, "nobody has a device any more, and it is not freed")	\
	TAG(target_free,	PREEMPT, "a target is dying, and still in the lists")		\
	TAG(tmf_begin,		PREEMPT, "task management has come, and not begun")		\
	TAG(tmf_end,		PREEMPT, "task management is over, and not answered")		\
	TAG(task_set_alloc,	FAIL,	 "memory for a task set")				\
	TAG(order_settle,	PREEMPT, "a task set is on, and not settled")			\
	TAG(hold_mark,		PREEMPT, "a device is blocked, and who came before not marked")	\
	TAG(hold_release,	PREEMPT, "a held command is released, and has not gone on")	\
	TAG(pr_alloc,		FAIL,	 "memory for PERSISTENT RESERVE OUT")			\
	TAG(pr_save,		FAIL,	 "a state of reservations is made durable")		\
	TAG(pr_commit,		PREEMPT, "a state of reservations is durable, and not in force") \
	TAG(file_write,		FAIL,	 "a file of ours is written")				\
	TAG(file_sync,		FAIL,	 "a file of ours is flushed")				\
	TAG(vdisk_gate,		DELAY,	 "a verb has passed the gate, and not used the disk")	\
	TAG(vdisk_series,	PREEMPT, "a series shut the gate, and has not read yet")	\
	TAG(vdisk_close,	PREEMPT, "nobody uses a back end any more, and it is open")	\
	TAG(vdisk_alloc,	FAIL,	 "memory for pieces of a file's data")			\
	TAG(vdisk_request,	FAIL,	 "a request of the device below")			\
	TAG(vdisk_async,	DELAY,	 "asynchronous I/O is over, and its file still used")	\
	TAG(local_respond,	DELAY,	 "a slot of the host is idle, and its command not done") \
	TAG(local_eh,		PREEMPT, "the error handler knows the result, and not the slot") \
	TAG(iscsi_event,	DELAY,	 "a connection has an event, and does not run")		\
	TAG(iscsi_burst,	FAIL,	 "memory for data that come unasked")			\
	TAG(iscsi_message,	FAIL,	 "memory for what is no answer to a command")		\
	TAG(iscsi_tmf,		FAIL,	 "memory for task management")				\
	TAG(iscsi_page,		FAIL,	 "memory for the headers of a connection")		\
	TAG(iscsi_start,	PREEMPT, "a session has logged in, and is not registered")	\
	TAG(iscsi_end,		PREEMPT, "a session is to end, and its connection runs")	\
	TAG(iscsi_finish,	PREEMPT, "the commands of a session are over, and it is not")

/* clang-format off */
enum scst_tag {
#define TAG(name, kind, where)	SCST_TAG_AT_##name,
	SCST_TAGS(TAG)
#undef TAG
	SCST_TAG_MAX
};

enum {
#define TAG(name, kind, where)	SCST_TAG_KIND_##name = SCST_TAG_##kind,
	SCST_TAGS(TAG)
#undef TAG
};
/* clang-format on */

#ifdef SCST_HANDLES

extern u32 scst_tag_every[SCST_TAG_MAX];	/* one in so many; 0: never */

/* Return: it is due, and fails. One that delays or preempts has done so. */
bool scst_tag_pass(enum scst_tag tag);

#define SCST_TAG_PASS(name)						\
	(unlikely(READ_ONCE(scst_tag_every[SCST_TAG_AT_##name])) &&	\
	 scst_tag_pass(SCST_TAG_AT_##name))

#define scst_tag(name)							\
do {									\
	BUILD_BUG_ON((int)SCST_TAG_KIND_##name == SCST_TAG_FAIL);	\
	might_sleep_if((int)SCST_TAG_KIND_##name == SCST_TAG_PREEMPT);	\
	(void)SCST_TAG_PASS(name);					\
} while (0)

#define scst_tag_fails(name)							\
	(BUILD_BUG_ON_ZERO((int)SCST_TAG_KIND_##name != SCST_TAG_FAIL) ||	\
	 SCST_TAG_PASS(name))

#else

/* A name that is not in the table is no name here either. */
#define scst_tag(name)		((void)SCST_TAG_AT_##name)
#define scst_tag_fails(name)	(SCST_TAG_AT_##name == SCST_TAG_MAX)

#endif

#endif
