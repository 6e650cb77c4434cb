// SPDX-License-Identifier: GPL-2.0
/*
 * Readers of events: what they want, and what waits for them.
 *
 * Events are raised in any context, so everything here is a spinlock's. One that asks for an
 * answer belongs to whoever takes it off its list: the reader that answers or leaves, or its time.
 *
 *	events --taken--> asked --answer, leave--> answered()
 *	   |                |
 *	   +---- time, leave +
 */
#include <linux/cleanup.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "event.h"
#include "queue.h"

struct queued_event {
	struct list_head entry;		/* of a reader's events or asked; empty: somebody has it */
	struct scst_event_reader *reader;
	u64 serial;
	bool taken;			/* is it in asked? */
	void (*answered)(void *arg, int status);	/* NULL: no answer is wanted */
	void *arg;
	struct delayed_work timeout;
	size_t size;			/* of what follows, with the payload */
	struct scst_event msg;
};

static DEFINE_SPINLOCK(events_lock);
static LIST_HEAD(readers);		/* events_lock */
static u64 serials;			/* events_lock */
static u32 ids;				/* events_lock */
atomic_t scst_event_readers;

/* What a reader says it wants: 0, "*" and no payload are anything. */
static bool matches(const struct scst_event *pattern, u32 code, const char *issuer,
		    const void *payload, size_t len)
{
	if (pattern->event_code && pattern->event_code != code)
		return false;
	if (strcmp(pattern->issuer_name, "*") && strcmp(pattern->issuer_name, issuer))
		return false;
	return !pattern->payload_len ||
	       (pattern->payload_len == len && !memcmp(pattern->payload, payload, len));
}

static bool covers(const struct scst_event *pattern, const struct scst_event *other)
{
	return matches(pattern, other->event_code, other->issuer_name, other->payload,
		       other->payload_len);
}

static bool wants(const struct scst_event_reader *reader, u32 code, const void *payload, size_t len)
{
	const struct scst_event_want *want;

	lockdep_assert_held(&events_lock);
	list_for_each_entry(want, &reader->wanted, entry)
		if (matches(&want->pattern, code, SCST_EVENT_ISSUER, payload, len))
			return true;
	return false;
}

int scst_event_want(struct scst_event_reader *reader, struct scst_event_want *want)
{
	struct scst_event_want *other;

	guard(spinlock_irq)(&events_lock);
	list_for_each_entry(other, &reader->wanted, entry)
		if (covers(&want->pattern, &other->pattern))
			return -EEXIST;
	if (reader->nr_wanted >= SCST_EVENT_QUEUE_MAX)
		return -EMFILE;
	list_add_tail(&want->entry, &reader->wanted);
	reader->nr_wanted++;
	return 0;
}

int scst_event_unwant(struct scst_event_reader *reader, const struct scst_event *pattern)
{
	struct scst_event_want *want, *next;
	int err = -ENOENT;

	guard(spinlock_irq)(&events_lock);
	list_for_each_entry_safe(want, next, &reader->wanted, entry) {
		if (!covers(pattern, &want->pattern))
			continue;
		list_del(&want->entry);
		kfree(want);
		reader->nr_wanted--;
		err = 0;
	}
	return err;
}

static struct queued_event *event_alloc(u32 code, const void *payload, size_t len, gfp_t gfp)
{
	struct queued_event *event = kzalloc(sizeof(*event) + len, gfp | __GFP_NOWARN);

	if (!event)
		return NULL;
	INIT_LIST_HEAD(&event->entry);
	event->size = sizeof(event->msg) + len;
	event->msg.event_code = code;
	event->msg.payload_len = len;
	strscpy(event->msg.issuer_name, SCST_EVENT_ISSUER);
	if (len)
		memcpy(event->msg.payload, payload, len);
	return event;
}

static bool has_room(const struct scst_event_reader *reader, u32 code)
{
	if (reader->nr_events < SCST_EVENT_QUEUE_MAX)
		return true;
	pr_warn_ratelimited("scst: a reader of events takes none: one of code %u is lost\n", code);
	return false;
}

static void enqueue(struct scst_event_reader *reader, struct queued_event *event)
{
	lockdep_assert_held(&events_lock);
	event->reader = reader;
	event->serial = ++serials;
	list_add_tail(&event->entry, &reader->events);
	reader->nr_events++;
	wake_up_interruptible(&reader->wait);
}

void scst_event_raise(u32 code, const void *payload, size_t len)
{
	struct scst_event_reader *reader;
	struct queued_event *event;

	guard(spinlock_irqsave)(&events_lock);
	list_for_each_entry(reader, &readers, entry) {
		if (!wants(reader, code, payload, len) || !has_room(reader, code))
			continue;
		event = event_alloc(code, payload, len, GFP_ATOMIC);
		if (event)
			enqueue(reader, event);
		else
			pr_warn_ratelimited("scst: no memory for an event of code %u\n", code);
	}
}

/* Whoever calls this has it, unless it returns false. */
static bool take_off(struct queued_event *event)
{
	lockdep_assert_held(&events_lock);
	if (list_empty(&event->entry))
		return false;
	list_del_init(&event->entry);
	if (!event->taken)
		event->reader->nr_events--;
	return true;
}

static void timeout_work(struct work_struct *work)
{
	struct queued_event *event = container_of(to_delayed_work(work), struct queued_event,
						  timeout);

	scoped_guard(spinlock_irq, &events_lock)
		if (!take_off(event))
			return;
	event->answered(event->arg, -ETIMEDOUT);
	kfree(event);
}

static struct scst_event_reader *first_that_wants(u32 code)
{
	struct scst_event_reader *reader;

	list_for_each_entry(reader, &readers, entry)
		if (wants(reader, code, NULL, 0))
			return reader;
	return NULL;
}

/* On failure the event stays the caller's. */
static int enqueue_ask(struct queued_event *event, unsigned long wait)
{
	struct scst_event_reader *reader;

	guard(spinlock_irq)(&events_lock);
	reader = first_that_wants(event->msg.event_code);
	if (!reader)
		return -ENOENT;
	if (!has_room(reader, event->msg.event_code))
		return -EMFILE;
	event->msg.event_id = ++ids ?: ++ids;
	enqueue(reader, event);
	queue_delayed_work(scst_admin_wq, &event->timeout, wait);
	return 0;
}

int scst_event_ask(u32 code, unsigned long wait, void (*answered)(void *arg, int status),
		   void *arg)
{
	struct queued_event *event = event_alloc(code, NULL, 0, GFP_KERNEL);
	int err;

	if (!event)
		return -ENOMEM;
	event->answered = answered;
	event->arg = arg;
	INIT_DELAYED_WORK(&event->timeout, timeout_work);
	err = enqueue_ask(event, wait);
	if (err)
		kfree(event);
	return err;
}

/* The caller has taken it off. */
static void end(struct queued_event *event, int status)
{
	might_sleep();
	if (event->answered) {
		cancel_delayed_work_sync(&event->timeout);
		event->answered(event->arg, status);
	}
	kfree(event);
}

int scst_event_answer(struct scst_event_reader *reader, u32 id, int status)
{
	struct queued_event *event = NULL, *asked;

	scoped_guard(spinlock_irq, &events_lock)
		list_for_each_entry(asked, &reader->asked, entry)
			if (asked->msg.event_id == id) {
				event = asked;
				take_off(event);
				break;
			}
	if (!event)
		return -ENOENT;
	end(event, status);
	return 0;
}

bool scst_event_waits(struct scst_event_reader *reader)
{
	guard(spinlock_irq)(&events_lock);
	return reader->nr_events;
}

size_t scst_event_copy(struct scst_event_reader *reader, void *buf, size_t max, u64 *serial)
{
	struct queued_event *event;

	lockdep_assert_held(&reader->take_lock);
	guard(spinlock_irq)(&events_lock);
	event = list_first_entry_or_null(&reader->events, struct queued_event, entry);
	if (!event)
		return 0;
	memcpy(buf, &event->msg, min(event->size, max));
	*serial = event->serial;
	return event->size;
}

/* It is still the first, unless it asked for an answer and its time is over. */
void scst_event_taken(struct scst_event_reader *reader, u64 serial)
{
	struct queued_event *event;

	lockdep_assert_held(&reader->take_lock);
	guard(spinlock_irq)(&events_lock);
	event = list_first_entry_or_null(&reader->events, struct queued_event, entry);
	if (!event || event->serial != serial)
		return;
	take_off(event);
	if (event->answered) {
		event->taken = true;
		list_add_tail(&event->entry, &reader->asked);
	} else {
		kfree(event);
	}
}

void scst_event_join(struct scst_event_reader *reader)
{
	INIT_LIST_HEAD(&reader->wanted);
	INIT_LIST_HEAD(&reader->events);
	INIT_LIST_HEAD(&reader->asked);
	init_waitqueue_head(&reader->wait);
	mutex_init(&reader->take_lock);
	scoped_guard(spinlock_irq, &events_lock)
		list_add_tail(&reader->entry, &readers);
	atomic_inc(&scst_event_readers);
}

static struct queued_event *take_any(struct scst_event_reader *reader)
{
	struct queued_event *event;

	guard(spinlock_irq)(&events_lock);
	event = list_first_entry_or_null(&reader->events, struct queued_event, entry);
	if (!event)
		event = list_first_entry_or_null(&reader->asked, struct queued_event, entry);
	if (event)
		take_off(event);
	return event;
}

void scst_event_leave(struct scst_event_reader *reader)
{
	struct scst_event_want *want, *next;
	struct queued_event *event;

	atomic_dec(&scst_event_readers);
	scoped_guard(spinlock_irq, &events_lock)
		list_del(&reader->entry);
	while ((event = take_any(reader)))
		end(event, -EFAULT);
	list_for_each_entry_safe(want, next, &reader->wanted, entry)
		kfree(want);
}
