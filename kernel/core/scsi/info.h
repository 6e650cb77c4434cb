/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Identifying information: what info.c tells those who keep it in a file.
 */
#ifndef _SCST_SCSI_INFO_H
#define _SCST_SCSI_INFO_H

#include "answer.h"

/* INFORMATION TYPE <-> enum scst_info_type; -1: no such type. */
int scst_info_find(u8 code);
u8 scst_info_code(enum scst_info_type type);

bool scst_info_valid(enum scst_info_type type, const u8 *bytes, u32 len);

#endif
