/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Sense data as data: an id names (key, ASC, ASCQ); struct scst_sense adds what a command may say
 * besides. It becomes bytes only when a response is sent, in the format that D_SENSE asks for. What
 * devices and programs say is bytes already, and is parsed into the same struct.
 */
#ifndef _SCST_SCSI_SENSE_H
#define _SCST_SCSI_SENSE_H

#include <linux/build_bug.h>
#include <linux/types.h>

/* SENSE(id, key, asc, ascq, name): SPC-5 table 56 ff. Unit attentions are marked by their key. */
#define SCST_SENSES(SENSE)									\
	SENSE(NONE,			0x0, 0x00, 0x00, "no additional sense information")	\
	SENSE(BECOMING_READY,		0x2, 0x04, 0x01, "becoming ready")			\
	SENSE(INIT_CMD_REQUIRED,	0x2, 0x04, 0x02, "initializing command required")	\
	SENSE(FORMAT_IN_PROGRESS,	0x2, 0x04, 0x04, "format in progress")			\
	SENSE(LU_NOT_READY,		0x2, 0x04, 0x00, "logical unit not ready")		\
	SENSE(ALUA_TRANSITION,		0x2, 0x04, 0x0a, "asymmetric access state transition")	\
	SENSE(ALUA_STANDBY,		0x2, 0x04, 0x0b, "target port in standby state")	\
	SENSE(ALUA_UNAVAILABLE,		0x2, 0x04, 0x0c, "target port in unavailable state")	\
	SENSE(NO_MEDIUM,		0x2, 0x3a, 0x00, "medium not present")			\
	SENSE(WRITE_FAULT,		0x3, 0x03, 0x00, "peripheral device write fault")	\
	SENSE(READ_ERROR,		0x3, 0x11, 0x00, "unrecovered read error")		\
	SENSE(FORMAT_CORRUPTED,		0x3, 0x31, 0x00, "medium format corrupted")		\
	SENSE(FORMAT_FAILED,		0x3, 0x31, 0x01, "format command failed")		\
	SENSE(INTERNAL_FAILURE,		0x4, 0x44, 0x00, "internal target failure")		\
	SENSE(RESERVATION_LOST,		0x4, 0x44, 0x01, "reservation information lost")	\
	SENSE(SET_TPG_FAILED,		0x4, 0x67, 0x0a, "set target port groups failed")	\
	SENSE(INVALID_FIELD_IU,		0x5, 0x0e, 0x03, "invalid field in command iu")		\
	SENSE(PARAM_LIST_LENGTH,	0x5, 0x1a, 0x00, "parameter list length error")		\
	SENSE(INVALID_OPCODE,		0x5, 0x20, 0x00, "invalid command operation code")	\
	SENSE(ACCESS_DENIED,		0x5, 0x20, 0x02, "access denied - no access rights")	\
	SENSE(LBA_OUT_OF_RANGE,		0x5, 0x21, 0x00, "logical block address out of range")	\
	SENSE(INVALID_FIELD_CDB,	0x5, 0x24, 0x00, "invalid field in cdb")		\
	SENSE(LUN_NOT_SUPPORTED,	0x5, 0x25, 0x00, "logical unit not supported")		\
	SENSE(INVALID_MESSAGE,		0x5, 0x49, 0x00, "invalid message error")		\
	SENSE(INVALID_FIELD_PARAM,	0x5, 0x26, 0x00, "invalid field in parameter list")	\
	SENSE(INVALID_RELEASE,		0x5, 0x26, 0x04, "invalid release of reservation") \
	SENSE(COMMAND_SEQUENCE,		0x5, 0x2c, 0x00, "command sequence error")		\
	SENSE(SAVING_NOT_SUPPORTED,	0x5, 0x39, 0x00, "saving parameters not supported")	\
	SENSE(NO_REGISTRATION_RESOURCES, 0x5, 0x55, 0x04, "insufficient registration resources")\
	SENSE(REMOVAL_PREVENTED,	0x5, 0x53, 0x02, "medium removal prevented")		\
	SENSE(MEDIUM_CHANGED,		0x6, 0x28, 0x00, "medium may have changed")		\
	SENSE(RESET,			0x6, 0x29, 0x00, "power on, reset or bus device reset")	\
	SENSE(NEXUS_LOSS,		0x6, 0x29, 0x07, "I_T nexus loss occurred")		\
	SENSE(MODE_CHANGED,		0x6, 0x2a, 0x01, "mode parameters changed")		\
	SENSE(LOG_CHANGED,		0x6, 0x2a, 0x02, "log parameters changed")		\
	SENSE(RES_PREEMPTED,		0x6, 0x2a, 0x03, "reservations preempted")		\
	SENSE(RES_RELEASED,		0x6, 0x2a, 0x04, "reservations released")		\
	SENSE(REG_PREEMPTED,		0x6, 0x2a, 0x05, "registrations preempted")		\
	SENSE(ALUA_CHANGED,		0x6, 0x2a, 0x06, "asymmetric access state changed")	\
	SENSE(CAPACITY_CHANGED,		0x6, 0x2a, 0x09, "capacity data has changed")		\
	SENSE(TIMESTAMP_CHANGED,	0x6, 0x2a, 0x10, "timestamp changed")			\
	SENSE(CLEARED_BY_OTHER,		0x6, 0x2f, 0x00, "commands cleared by another initiator")\
	SENSE(CLEARED_BY_DEVICE,	0x6, 0x2f, 0x02, "commands cleared by device server")	\
	SENSE(THIN_THRESHOLD,		0x6, 0x38, 0x07, "thin provisioning soft threshold")	\
	SENSE(INQUIRY_CHANGED,		0x6, 0x3f, 0x03, "inquiry data has changed")		\
	SENSE(INFO_CHANGED,		0x6, 0x3f, 0x05, "device identifier changed")		\
	SENSE(LUNS_CHANGED,		0x6, 0x3f, 0x0e, "reported luns data has changed")	\
	SENSE(WRITE_PROTECTED,		0x7, 0x27, 0x00, "write protected")			\
	SENSE(SOFT_WRITE_PROTECTED,	0x7, 0x27, 0x02, "logical unit software write protected") \
	SENSE(SPACE_ALLOCATION,		0x7, 0x27, 0x07, "space allocation failed write protect") \
	SENSE(COPY_DEVICE_FAILED,	0xa, 0x0d, 0x01, "third party device failure")		\
	SENSE(ABORTED,			0xb, 0x00, 0x00, "command aborted")			\
	SENSE(DATA_PHASE_ERROR,		0xb, 0x4b, 0x00, "data phase error")			\
	SENSE(MISCOMPARE,		0xe, 0x1d, 0x00, "miscompare during verify operation")

enum scst_sense_id {
#define SENSE(id, key, asc, ascq, name) SCST_SENSE_##id,
	SCST_SENSES(SENSE)
#undef SENSE
	SCST_SENSE_MAX,
	SCST_SENSE_OTHER = 255,	/* what only devices and programs say: scst_sense.other */
};

struct scst_sense_codes {
	u8 key, asc, ascq;
};

/* A field of a CDB or a parameter list: bit < 0 names the whole byte. */
struct scst_field {
	u16 byte;
	s8 bit;
};

struct scst_sense {
	u8 id;			/* enum scst_sense_id; NONE: there is no sense		*/
	u8 has_field : 1;	/* SENSE-KEY SPECIFIC: field pointer			*/
	u8 in_cdb : 1;		/* ... C/D: the field is in the CDB			*/
	u8 in_segment : 1;	/* ... SD of COPY ABORTED: in the segment descriptor	*/
	u8 has_info : 1;
	u8 has_cmd_info : 1;
	u8 deferred : 1;	/* of a command before this one				*/
	u8 has_progress : 1;	/* SENSE-KEY SPECIFIC: PROGRESS INDICATION, in byte	*/
	s8 bit;
	struct scst_sense_codes other;	/* only with id OTHER				*/
	u16 byte;
	u64 info;		/* INFORMATION: LBA or miscompare offset		*/
	u64 cmd_info;		/* COMMAND-SPECIFIC INFORMATION				*/
};

static_assert(sizeof(struct scst_sense) == 24, "every command slot has one");

/* What the device at one end of a copy answered: SPC-5 4.4.2.7. */
struct scst_sense_forward {
	u8 source;		/* SENSE DATA SOURCE */
	u8 status;
	u8 len;
	const u8 *bytes;
};

#define SCST_FORWARD_FROM_SOURCE	1	/* of the copy */
#define SCST_FORWARD_FROM_DESTINATION	2

struct scst_sense_row {
	u8 key, asc, ascq;
	const char *name;
};

const struct scst_sense_row *scst_sense_row(enum scst_sense_id id);
/* OTHER: we never say it. */
enum scst_sense_id scst_sense_find(struct scst_sense_codes codes);
struct scst_sense_codes scst_sense_codes(const struct scst_sense *sense);

/*
 * What the core needs of sense data that a device or a program gave: codes, deferred, INFORMATION.
 * Bytes that are missing count as zeros. Return: false, it is not sense data; @sense is what it
 * was.
 */
bool scst_sense_parse(const u8 *bytes, unsigned int len, struct scst_sense *sense);

/* The longest that scst_sense_encode() makes: descriptor format with three descriptors. */
#define SCST_SENSE_ENCODED_MAX	40

/*
 * Returns the number of bytes put into @buf: never more than @size
 * [every_buffer_size_gets_a_prefix_and_no_more].
 */
unsigned int scst_sense_encode(const struct scst_sense *sense, bool descriptor_format,
			       u8 *buf, unsigned int size);

/* The same with what a device said behind it, as much as there is room for in SCST_SENSE_LEN. */
unsigned int scst_sense_encode_forward(const struct scst_sense *sense,
				       const struct scst_sense_forward *forward,
				       bool descriptor_format, u8 *buf, unsigned int size);

#endif
