/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Inside command/: what the steps have done elsewhere.
 */
#ifndef _SCST_COMMAND_EXECUTE_H
#define _SCST_COMMAND_EXECUTE_H

#include "command.h"

struct scst_saved;

/* execute.c: what the core does itself. Like a verb: see enum scst_exec_result. */
enum scst_exec_result scst_execute(struct scst_cmd *cmd);

/* opaque.c. Return: false, it failed. */
bool scst_parse_opaque(struct scst_cmd *cmd);

/* select.c: the part of it that takes parameters from the initiator. */
enum scst_exec_result scst_execute_select(struct scst_cmd *cmd);

/* buffer.c. Return: false without memory; with cmd->may_sleep it is BUSY then. */
bool scst_buffer_alloc(struct scst_cmd *cmd);
/* cmd->sg_ours: gives it back. */
void scst_buffer_free(struct scst_cmd *cmd);
/*
 * Prepared data (cmd->prepared) are there: they wait for the device from now on, and no longer for
 * the initiator. Return: false, the device has its share, and the command is BUSY.
 */
bool scst_buffer_charge(struct scst_cmd *cmd);
/* What it was charged is the device's to which it goes. */
void scst_buffer_follow(struct scst_cmd *cmd, struct scst_device *to);

/* saved.c */
/* dev->param_lock held. Return: 0 once @saved is durable, and what @dev has; -errno. */
int scst_saved_store(struct scst_device *dev, const struct scst_saved *saved);
/* What is saved of @dev now. dev->param_lock held. */
void scst_saved_now(const struct scst_device *dev, struct scst_saved *saved);

#endif
