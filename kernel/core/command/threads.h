/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Where commands run that have to sleep.
 */
#ifndef _SCST_CORE_THREADS_H
#define _SCST_CORE_THREADS_H

#include "core.h"

/* Has cmd->work run. Context: any. */
void scst_cmd_queue(struct scst_cmd *cmd);

/* `threads`: of all devices that have no number of their own; 0: no limit. Context: may sleep. */
void scst_threads_limit(unsigned int nr);
/* @num 0: as many as it takes. Return: 0, -ENOMEM and nothing has changed. Context: may sleep. */
int scst_threads_set(struct scst_device *dev, unsigned int num, bool shared);
void scst_threads_get(struct scst_device *dev, unsigned int *num, bool *shared);
/* NUMA_NO_NODE: any. */
int scst_device_node(const struct scst_device *dev);
/* For a new nexus, which is on the list of its device. */
int scst_threads_nexus_add(struct scst_nexus *nexus);
/* The nexus is off that list and has no command. */
void scst_threads_nexus_del(struct scst_nexus *nexus);
/* Return: 0, -ENOMEM. */
int scst_threads_device_add(struct scst_device *dev);
/* It has no command. */
void scst_threads_device_del(struct scst_device *dev);

/* Tells the transport where the threads of the session belong. tgt->lock held. */
void scst_threads_place(struct scst_session *sess);
/* NULL: all. @cpus is the callee's from now on. */
void scst_threads_set_cpus(struct scst_group *group, struct cpumask *cpus);

int scst_threads_init(void);
void scst_threads_exit(void);

#endif
