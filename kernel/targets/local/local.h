/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _SCST_LOCAL_H
#define _SCST_LOCAL_H

#include <linux/list.h>
#include <scst/target.h>

#define LOCAL_MAX_SECTORS	16384	/* of one command */
#define LOCAL_LUN_DEPTH		64	/* commands of a disk at a time */

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
	int number;			/* of its SAS address; 0: it has none of ours */
	bool tid_set;			/* transport_id was written */
};

extern const struct scst_target_ops local_ops;
extern struct device *local_parent;	/* of every host */

/* attrs.c */
extern const struct scst_attr local_driver_attrs[];
extern const struct scst_attr local_target_attrs[];
extern const struct scst_attr local_session_attrs[];

/* host.c */
struct local_session *local_session_create(struct scst_target *tgt, const char *name);
void local_session_destroy(struct local_session *ls);
unsigned int local_transport_id(struct scst_session *sess, u8 *buf);
void local_send_response(struct scst_cmd *cmd);
void local_tmf_done(struct scst_tmf *tmf);
/* What the error handlers of all hosts did, for `stats`. */
extern atomic_t local_nr_aborts, local_nr_lun_resets, local_nr_target_resets;
bool local_report_aen(struct scst_session *sess, enum scst_aen event, u16 lun);

#endif
