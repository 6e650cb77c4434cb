/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * libscst-user inside: a device (device.c) and its queues (queue.c), each a thread and a ring.
 */
#ifndef SCST_USER_INSIDE_H
#define SCST_USER_INSIDE_H

#include <pthread.h>
#include <signal.h>

#include "scst-user.h"

enum scst_user_late {
	SCST_USER_NOT_LATE,
	SCST_USER_IS_LATE,
	SCST_USER_TOLD,			/* that it was aborted */
};

struct scst_user_queue {
	struct scst_user *user;
	uint16_t nr;
	bool has_thread;
	pthread_t thread;
	struct io_uring ring;
	struct scst_user_cmd *cmds;	/* by tag */
	uint8_t *late;			/* by tag: what the program has; see below */
	unsigned int fetched;		/* FETCHes that are under way */
	unsigned int busy;		/* commands that the program has */
	bool ends;			/* no more come */
	int result;			/* of the thread */
};

struct scst_user {
	int fd;
	volatile sig_atomic_t stopped;	/* somebody wants it to end */
	struct scst_user_ops ops;
	void *arg;
	struct scst_user_add add;
	unsigned int ring_entries;
	const struct scst_user_desc *descs;
	char *arena;
	size_t descs_size, arena_size;
	bool taken_over;
	struct scst_user_queue *queues;

	pthread_mutex_t lock;
	pthread_cond_t changed;
	unsigned int ready;		/* lock: threads that fetch, or could not begin */
	bool failed;			/* lock: some could not */
};

/* queue.c */
int scst_user_queue_begin(struct scst_user_queue *queue);
void scst_user_queue_join(struct scst_user_queue *queue);
/* device.c: a thread says how it stands. */
void scst_user_queue_ready(struct scst_user *user, bool failed);

/* answer.c */
/* Of what file systems, say, return, -EIO if it is no answer to @cmd. */
int scst_user_sound(const struct scst_user_cmd *cmd, int result);
/* ... and then so many bytes were moved, or are before the first that differs. */
uint32_t scst_user_moved(const struct scst_user_cmd *cmd, int result);

/* token.c. Return: 0 or -errno. */
int scst_user_token_load(const char *path, uint8_t *token);
int scst_user_token_save(const char *path, const uint8_t *token);

#endif
