/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Builders of VPD pages, called with the four-byte header already written. view->lu is never NULL.
 */
#ifndef _SCST_SCSI_VPD_H
#define _SCST_SCSI_VPD_H

#include "respond.h"

typedef void (*scst_vpd_builder)(const struct scst_view *view, struct scst_reply *reply);

void scst_vpd_identification(const struct scst_view *view, struct scst_reply *reply);
/* ... the part of it that is about the port and its target. */
void scst_vpd_port_identification(const struct scst_view *view, struct scst_reply *reply);
void scst_vpd_scsi_ports(const struct scst_view *view, struct scst_reply *reply);
void scst_vpd_block_limits(const struct scst_view *view, struct scst_reply *reply);
void scst_vpd_block_characteristics(const struct scst_view *view, struct scst_reply *reply);
void scst_vpd_provisioning(const struct scst_view *view, struct scst_reply *reply);

#endif
