/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _SCST_LOCAL_H
#define _SCST_LOCAL_H

#include <linux/list.h>
#include <scst/target.h>

#define LOCAL_MAX_SECTORS	16384	/* of one command */

struct Scsi_Host;

/* A target of ours. The default one and those of add_target are alike. */
struct local_target {
	struct scst_target *tgt;
	struct list_head sessions;	/* local_lock */
	bool dying;			/* local_lock: no new session */
};

/* An I_T nexus: the initiator is a SCSI host of this kernel. */
struct local_session {
	struct list_head entry;		/* target->sessions */
	struct scst_session *sess;
	struct Scsi_Host *shost;
	struct work_struct rescan;
	bool tid_set;			/* transport_id was written */
};

extern const struct scst_target_ops local_ops;
extern struct device *local_parent;	/* of every host */

/* attrs.c */
extern const struct scst_attr local_session_attrs[];

/* host.c */
struct local_session *local_session_create(struct scst_target *tgt, const char *name);
void local_session_destroy(struct local_session *ls);
void local_send_response(struct scst_cmd *cmd);
void local_tmf_done(struct scst_tmf *tmf);
bool local_report_aen(struct scst_session *sess, enum scst_aen event, u16 lun);

#endif
