/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The functions behind scst_respond(), one for each exec id, and how they refuse.
 */
#ifndef _SCST_SCSI_RESPOND_H
#define _SCST_SCSI_RESPOND_H

#include "answer.h"
#include "reply.h"

/* Return, of all: true; or false with @sense filled, and what @reply holds is void. */
typedef bool (*scst_responder)(const struct scst_view *view, const u8 *cdb,
			       struct scst_reply *reply, struct scst_sense *sense);

bool scst_respond_request_sense(const struct scst_view *view, const u8 *cdb,
				struct scst_reply *reply, struct scst_sense *sense);
bool scst_respond_inquiry(const struct scst_view *view, const u8 *cdb,
			  struct scst_reply *reply, struct scst_sense *sense);
bool scst_respond_mode_sense(const struct scst_view *view, const u8 *cdb,
			     struct scst_reply *reply, struct scst_sense *sense);
bool scst_respond_log_sense(const struct scst_view *view, const u8 *cdb,
			    struct scst_reply *reply, struct scst_sense *sense);
bool scst_respond_read_capacity(const struct scst_view *view, const u8 *cdb,
				struct scst_reply *reply, struct scst_sense *sense);
bool scst_respond_report_luns(const struct scst_view *view, const u8 *cdb,
			      struct scst_reply *reply, struct scst_sense *sense);
bool scst_respond_rsoc(const struct scst_view *view, const u8 *cdb,
		       struct scst_reply *reply, struct scst_sense *sense);
bool scst_respond_rstmf(const struct scst_view *view, const u8 *cdb,
			struct scst_reply *reply, struct scst_sense *sense);
bool scst_respond_pr_in(const struct scst_view *view, const u8 *cdb,
			struct scst_reply *reply, struct scst_sense *sense);
bool scst_respond_info(const struct scst_view *view, const u8 *cdb,
		       struct scst_reply *reply, struct scst_sense *sense);
bool scst_respond_timestamp(const struct scst_view *view, const u8 *cdb,
			    struct scst_reply *reply, struct scst_sense *sense);
bool scst_respond_read_buffer(const struct scst_view *view, const u8 *cdb,
			      struct scst_reply *reply, struct scst_sense *sense);
bool scst_respond_diagnostic(const struct scst_view *view, const u8 *cdb,
			     struct scst_reply *reply, struct scst_sense *sense);

bool scst_respond_read_toc(const struct scst_view *view, const u8 *cdb,
			   struct scst_reply *reply, struct scst_sense *sense);
bool scst_respond_get_configuration(const struct scst_view *view, const u8 *cdb,
				    struct scst_reply *reply, struct scst_sense *sense);
bool scst_respond_event_status(const struct scst_view *view, const u8 *cdb,
			       struct scst_reply *reply, struct scst_sense *sense);

/* VPD pages, for scst_respond_inquiry(). */
bool scst_respond_vpd(const struct scst_view *view, const u8 *cdb,
		      struct scst_reply *reply, struct scst_sense *sense);

/* Its command descriptor, as in the list of all that are supported. */
void scst_reply_op(const struct scst_op *op, bool timeouts, struct scst_reply *reply);

/* Byte 0 of INQUIRY data: peripheral qualifier and device type (SPC-5 table 146 ff.). */
u8 scst_peripheral(const struct scst_lu *lu);

/* BIT POINTER names the leftmost bit of a field (SPC-5 4.4.2.4.2). @bits is not 0. */
static inline s8 leftmost_bit(u8 bits)
{
	s8 bit = 7;

	while (!(bits & BIT(bit)))
		bit--;
	return bit;
}

/* INVALID FIELD IN PARAMETER LIST: likewise. */
static inline bool refuse_param(struct scst_sense *sense, u16 byte, s8 bit)
{
	*sense = (struct scst_sense) {
		.id = SCST_SENSE_INVALID_FIELD_PARAM,
		.has_field = 1,
		.byte = byte,
		.bit = bit,
	};
	return false;
}

static inline bool refuse(struct scst_sense *sense, enum scst_sense_id id)
{
	*sense = (struct scst_sense) { .id = id };
	return false;
}

/* INVALID FIELD IN CDB: @bit is the leftmost bit of the field, or -1 for a whole byte. */
static inline bool refuse_cdb(struct scst_sense *sense, u16 byte, s8 bit)
{
	*sense = (struct scst_sense) {
		.id = SCST_SENSE_INVALID_FIELD_CDB,
		.has_field = 1,
		.in_cdb = 1,
		.byte = byte,
		.bit = bit,
	};
	return false;
}

#endif
