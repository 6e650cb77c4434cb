/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Inside tasks/: what the gate asks, and whom it lets go on.
 */
#ifndef _SCST_TASKS_GATE_H
#define _SCST_TASKS_GATE_H

#include "command/command.h"
#include "tasks.h"

/* hold.c */
bool scst_hold_wanted(const struct scst_nexus *nexus);
bool scst_hold_park(struct scst_cmd *cmd);
/* Whoever is held looks again whether it still has to be. */
void scst_hold_kick(struct scst_device *dev);

/* limits.c */
bool scst_limit_wanted(const struct scst_nexus *nexus);
bool scst_limit_enter(struct scst_cmd *cmd);
void scst_limit_leave(struct scst_cmd *cmd);

/* order.c */
bool scst_order_wanted(const struct scst_nexus *nexus);
enum scst_step_result scst_order_arrive(struct scst_cmd *cmd);
void scst_order_leave(struct scst_cmd *cmd);
void scst_order_kick(struct scst_task_set *set);	/* NULL is no-op */
/* Return: false, another nexus is the faulted one. Of those with the ACA attribute @pick end. */
bool scst_order_clear_aca(struct scst_nexus *nexus, const struct scst_pick *pick);

#endif
