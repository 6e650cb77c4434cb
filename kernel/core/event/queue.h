/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the files of event/ share.
 */
#ifndef _SCST_CORE_EVENT_QUEUE_H
#define _SCST_CORE_EVENT_QUEUE_H

#include <linux/list.h>
#include <linux/wait.h>
#include <scst/event.h>

/* Who has the device open. */
struct scst_event_reader {
	struct list_head entry;		/* this and the rest: events_lock */
	struct list_head wanted;
	unsigned int nr_wanted;
	struct list_head events;	/* to be taken, */
	unsigned int nr_events;
	struct list_head asked;		/* ... and taken, to be answered */
	wait_queue_head_t wait;
	struct mutex take_lock;		/* one takes at a time */
};

/* What a reader wants, with what it says of the payload. */
struct scst_event_want {
	struct list_head entry;
	struct scst_event pattern;
};

void scst_event_join(struct scst_event_reader *reader);
/* Whoever waits for an answer of it gets -EFAULT. */
void scst_event_leave(struct scst_event_reader *reader);

/* Return: 0, and @want is the reader's; -EEXIST, -EMFILE. */
int scst_event_want(struct scst_event_reader *reader, struct scst_event_want *want);
/* Return: 0, or -ENOENT: none of what it wants is one of @pattern. */
int scst_event_unwant(struct scst_event_reader *reader, const struct scst_event *pattern);

bool scst_event_waits(struct scst_event_reader *reader);
/*
 * The next event. take_lock held. Copy: its first @max bytes to @buf; 0 if there is none, else how
 * many it has. Taken: the one with that @serial is the reader's, if it did not end meanwhile.
 */
size_t scst_event_copy(struct scst_event_reader *reader, void *buf, size_t max, u64 *serial);
void scst_event_taken(struct scst_event_reader *reader, u64 serial);
/* Return: 0, -ENOENT. */
int scst_event_answer(struct scst_event_reader *reader, u32 id, int status);

/* To everybody who wants it. Context: any [lun_not_found_is_told]. */
void scst_event_raise(u32 code, const void *payload, size_t len);

#endif
