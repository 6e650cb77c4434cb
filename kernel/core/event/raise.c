// SPDX-License-Identifier: GPL-2.0
/*
 * What each event says.
 */
#include <linux/slab.h>
#include <linux/string.h>

#include "event.h"
#include "queue.h"

static_assert(offsetof(struct scst_event, payload) == 62 && sizeof(struct scst_event) == 64);
static_assert(sizeof(struct scst_event_next) == 68 && sizeof(struct scst_event_done) == 8);
static_assert(sizeof(struct scst_event_lun) == 520 && sizeof(struct scst_event_luns) == 512);
static_assert(offsetof(struct scst_event_blocked, text) == 260);
static_assert(offsetof(struct scst_event_tmf, tag) == 1040 &&
	      sizeof(struct scst_event_tmf) == 1064);
static_assert(sizeof(struct scst_event_vdev) == 60);

void scst_event_lun_not_found(const struct scst_cmd *cmd)
{
	struct scst_event_lun lun;

	if (!scst_event_wanted())
		return;
	lun.lun = cmd->lun;
	strscpy_pad(lun.initiator, cmd->sess->initiator);
	strscpy_pad(lun.target, cmd->sess->tgt->name);
	scst_event_raise(SCST_EVENT_LUN_NOT_FOUND, &lun, sizeof(lun));
}

void scst_event_no_luns(const struct scst_target *tgt, const char *initiator)
{
	struct scst_event_luns luns;

	if (!scst_event_wanted())
		return;
	strscpy_pad(luns.initiator, initiator);
	strscpy_pad(luns.target, tgt->name);
	scst_event_raise(SCST_EVENT_NO_LUNS, &luns, sizeof(luns));
}

/* What is longer than an event can be is cut. */
void scst_event_blocked(const struct scst_device *dev, const char *text)
{
	size_t len = min(strlen(text), SCST_EVENT_PAYLOAD_MAX - sizeof(struct scst_event_blocked));
	struct scst_event_blocked *blocked;

	if (!scst_event_wanted())
		return;
	blocked = kmalloc(sizeof(*blocked) + len, GFP_NOIO);
	if (!blocked) {
		pr_warn("scst: device %s: no memory to tell that it is blocked\n", dev->name);
		return;
	}
	strscpy_pad(blocked->device, dev->name);
	blocked->text_len = len;
	memcpy(blocked->text, text, len);
	scst_event_raise(SCST_EVENT_BLOCKED, blocked, sizeof(*blocked) + len);
	kfree(blocked);
}

void scst_event_device_added(const struct scst_device *dev)
{
	struct scst_event_vdev vdev;

	if (!scst_event_wanted())
		return;
	strscpy_pad(vdev.device, dev->name);
	scst_event_raise(SCST_EVENT_DEVICE_ADDED, &vdev, sizeof(vdev));
}

static void fill(struct scst_event_tmf *to, const struct scst_tmf *tmf,
		 const struct scst_cmd *aborted)
{
	const struct scst_device *dev = tmf->nexus->dev;

	to->fn = tmf->fn;
	to->lun = tmf->lun;
	strscpy(to->device, dev ? dev->name : "");
	strscpy(to->initiator, tmf->sess->initiator);
	strscpy(to->target, tmf->sess->tgt->name);
	strscpy(to->session, kobject_name(&tmf->sess->dir.kobj) ?: "");
	if (!aborted)
		return;
	to->tag = tmf->tag;
	memcpy(to->cdb, aborted->cdb, sizeof(to->cdb));
}

/* SCST's codes are ours up to I_T NEXUS RESET, and it has no queries. */
void scst_event_tmf(const struct scst_tmf *tmf, const struct scst_cmd *aborted)
{
	struct scst_event_tmf *event;

	if (tmf->fn > SCST_TMF_I_T_NEXUS_RESET)
		return;
	event = kzalloc(sizeof(*event), GFP_NOIO);
	if (!event) {
		pr_warn("scst: target %s: no memory to tell of task management by %s\n",
			tmf->sess->tgt->name, tmf->sess->initiator);
		return;
	}
	fill(event, tmf, aborted);
	scst_event_raise(SCST_EVENT_TMF, event, sizeof(*event));
	kfree(event);
}
