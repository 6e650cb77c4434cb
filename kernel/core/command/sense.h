/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How commands fail: what is kept of sense data, besides what include/scst/cmd.h says.
 */
#ifndef _SCST_CORE_SENSE_H
#define _SCST_CORE_SENSE_H

#include <scst/cmd.h>

/* Return: 0 or -ENOMEM. */
int scst_sense_init(void);
void scst_sense_exit(void);

/*
 * What the command is to be answered with; zeros if there is no sense.
 * Context of all: any [sense_of_a_device_is_told_as_it_is].
 */
struct scst_sense_codes scst_cmd_codes(const struct scst_cmd *cmd);
/* The unit attention that it brings, or that its data tells: REQUEST SENSE. See scst_cmd_ua(). */
u16 scst_cmd_told_ua(const struct scst_cmd *cmd);
/* Of a command that is over and did not end well. */
void scst_cmd_forget_sense(struct scst_cmd *cmd);

#endif
