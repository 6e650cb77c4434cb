// SPDX-License-Identifier: GPL-2.0
/*
 * Dumps of persistent reservations that policies take: when something happened (enum
 * scst_pr_dump_reason), the hook pr_dump is offered the text of the state. A program hands it to
 * user space through a ring, which may be full: then it says so, and is offered the state again
 * RETRY_MS later, as it is then. After ATTEMPTS the dump is lost, which is counted and told.
 *
 * What happened is a bit for each reason, which waits for the work: several events are one dump.
 * Dumps are offered one at a time, so that their records do not mix in a ring.
 */
#include <linux/cleanup.h>
#include <linux/delay.h>
#include <linux/mm.h>

#include "policy/policy.h"
#include "reserve.h"

#define RETRY_MS		100
#define ATTEMPTS		50
#define ATTEMPTS_OF_DETACH	20	/* somebody waits for the device to go */

static DEFINE_MUTEX(offer_lock);
static u64 last_id;			/* offer_lock */
static atomic_long_t nr_lost;

unsigned long scst_pr_dumps_lost(void)
{
	return atomic_long_read(&nr_lost);
}

static void lose(const struct scst_device *dev)
{
	atomic_long_inc(&nr_lost);
	pr_warn_ratelimited("scst: %s: a dump of its reservations is lost: no policy took it\n",
			    dev->name);
}

/* The text with zeros behind it, so that a program can take whole chunks. */
static char *padded_text(struct scst_device *dev, size_t *len)
{
	const struct scst_pr *pr;
	size_t size;
	char *text;

	guard(mutex)(&dev->reserve->lock);
	pr = &scst_pr_now(dev)->pr;
	*len = scst_pr_print(pr, NULL, 0);
	size = round_up(*len, SCST_PR_DUMP_CHUNK);
	text = kvzalloc(size, GFP_KERNEL);
	if (text)
		scst_pr_print(pr, text, size);
	return text;
}

static enum scst_pr_dump_verdict offer(struct scst_device *dev, u32 reasons, u32 attempt)
{
	struct scst_pr_dump dump = { .reasons = reasons, .attempt = attempt };
	enum scst_pr_dump_verdict verdict;
	size_t len;

	dump.text = padded_text(dev, &len);
	if (!dump.text)
		return SCST_PR_DUMP_RETRY;
	dump.len = len;
	scoped_guard(mutex, &offer_lock) {
		dump.id = ++last_id;
		verdict = scst_policy_pr_dump(dev, &dump);
	}
	kvfree(dump.text);
	return verdict;
}

static void offer_work(struct work_struct *work)
{
	struct scst_reserve *reserve = container_of(work, struct scst_reserve, offer.work);
	u32 reasons = atomic_xchg(&reserve->reasons, 0);

	if (!reasons)
		return;
	if (offer(reserve->dev, reasons, reserve->attempts) != SCST_PR_DUMP_RETRY) {
		reserve->attempts = 0;
	} else if (++reserve->attempts < ATTEMPTS) {
		atomic_or(reasons, &reserve->reasons);
		queue_delayed_work(system_unbound_wq, &reserve->offer, msecs_to_jiffies(RETRY_MS));
	} else {
		reserve->attempts = 0;
		lose(reserve->dev);
	}
}

void scst_pr_offer_init(struct scst_device *dev)
{
	dev->reserve->dev = dev;
	INIT_DELAYED_WORK(&dev->reserve->offer, offer_work);
}

void scst_pr_offer_exit(struct scst_reserve *reserve)
{
	cancel_delayed_work_sync(&reserve->offer);
}

void scst_pr_offer(struct scst_device *dev, u32 reasons)
{
	if (!static_key_enabled(&scst_policy_keys[SCST_HOOK_PR_DUMP]))
		return;
	atomic_or(reasons, &dev->reserve->reasons);
	queue_delayed_work(system_unbound_wq, &dev->reserve->offer, 0);
}

void scst_pr_offer_last(struct scst_device *dev)
{
	u32 reasons, attempt;

	if (!static_key_enabled(&scst_policy_keys[SCST_HOOK_PR_DUMP]))
		return;
	cancel_delayed_work_sync(&dev->reserve->offer);
	reasons = atomic_xchg(&dev->reserve->reasons, 0) | SCST_PR_DUMP_DETACH;
	for (attempt = 0; attempt < ATTEMPTS_OF_DETACH; attempt++) {
		if (offer(dev, reasons, attempt) != SCST_PR_DUMP_RETRY)
			return;
		msleep(RETRY_MS);
	}
	lose(dev);
}
