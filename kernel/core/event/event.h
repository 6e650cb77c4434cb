/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What other rooms may call of event/: telling programs what happened (include/uapi/scst/event.h).
 *
 *	queue.c		readers, what they want, what waits for them
 *	device.c	/dev/scst_event		raise.c		what each event says
 */
#ifndef _SCST_CORE_EVENT_H
#define _SCST_CORE_EVENT_H

#include "core.h"

extern atomic_t scst_event_readers;

/* Does anybody listen? Without a lock: it is for those who would look something up for an event. */
static inline bool scst_event_wanted(void)
{
	return unlikely(atomic_read(&scst_event_readers));
}

/* Each returns at once, and what no reader has room for is lost. Context of the first: any
 * [lun_not_found_is_told]; others may sleep. */
void scst_event_lun_not_found(const struct scst_cmd *cmd);
void scst_event_no_luns(const struct scst_target *tgt, const char *initiator);
void scst_event_blocked(const struct scst_device *dev, const char *text);
void scst_event_device_added(const struct scst_device *dev);
/* @aborted: the slot of the command that ABORT TASK is about, or NULL. Before it begins. */
void scst_event_tmf(const struct scst_tmf *tmf, const struct scst_cmd *aborted);

/*
 * Asks the first reader that wants @code, and gives it @wait jiffies. Return: 0, and @answered will
 * be called once with what it said, -ETIMEDOUT, or -EFAULT: it went without an answer; else
 * -ENOENT: nobody wants it, -EMFILE, -ENOMEM. Context: may sleep.
 */
int scst_event_ask(u32 code, unsigned long wait, void (*answered)(void *arg, int status),
		   void *arg);

int scst_event_init(void);
void scst_event_exit(void);	/* no reader is there */

#endif
