/* SPDX-License-Identifier: GPL-2.0 */
/*
 * TransportIDs: by what name persistent reservations know an initiator port.
 */
#ifndef _SCST_SCSI_TID_H
#define _SCST_SCSI_TID_H

#include <linux/types.h>

/* iSCSI: 4 bytes, a name of 223, ",i,0x", an ISID of 12, the end, and up to 3 for alignment. */
#define SCST_TID_MAX		248

/* A TransportID (SPC-5 7.6.4), zero where nothing is said: equal ones are equal bytes. */
struct scst_tid {
	u8 len;
	u8 bytes[SCST_TID_MAX];
};

/*
 * Takes the TransportID that @bytes begin with. Return: its length, or 0: not well formed, of a
 * protocol that has none, or longer than @len.
 */
unsigned int scst_tid_parse(const u8 *bytes, u32 len, struct scst_tid *out);

/* The initiator port called @name on a transport that says no more about it. */
void scst_tid_make(u8 protocol, const char *name, struct scst_tid *out);

bool scst_tid_equal(const struct scst_tid *a, const struct scst_tid *b);

#endif
