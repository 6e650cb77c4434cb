// SPDX-License-Identifier: GPL-2.0-only
/*
 * user_disk NAME MIB PATH TOKEN [RESULT]: a disk on PATH, a block device or a file, which is read
 * and written past the cache on the ring of the queue. With RESULT all reads end with that;
 * "twice": once more than they are asked for; "aborted": when they are.
 */
#include <errno.h>
#include <fcntl.h>
#include <scst-user.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BLOCK	512

static struct scst_user *user;
static int fd, read_result;
static bool twice, waits;

static void end(int sig)
{
	(void)sig;
	scst_user_stop(user);
}

static int io(void *arg, struct scst_user_cmd *cmd)
{
	struct io_uring_sqe *sqe;

	(void)arg;
	if (cmd->op == SCST_USER_READ && twice)
		scst_user_done(cmd, 0);
	if (cmd->op == SCST_USER_READ && waits)
		return SCST_USER_LATER;
	if (cmd->op == SCST_USER_READ && (read_result || twice))
		return read_result;
	sqe = io_uring_get_sqe(scst_user_ring(cmd->queue));
	if (!sqe)
		return -EAGAIN;
	if (cmd->op == SCST_USER_READ)
		io_uring_prep_read(sqe, fd, cmd->data, cmd->len, cmd->lba * BLOCK);
	else
		io_uring_prep_write(sqe, fd, cmd->data, cmd->len, cmd->lba * BLOCK);
	sqe->user_data = (uintptr_t)cmd;
	return SCST_USER_LATER;
}

static void complete(void *arg, struct scst_user_queue *queue, struct io_uring_cqe *cqe)
{
	struct scst_user_cmd *cmd = (void *)(uintptr_t)cqe->user_data;
	bool whole = cqe->res == (int)cmd->len;

	(void)arg;
	(void)queue;
	scst_user_done(cmd, whole ? 0 : cqe->res < 0 ? cqe->res : -EIO);
}

static void aborted(void *arg, struct scst_user_cmd *cmd)
{
	(void)arg;
	if (cmd->op == SCST_USER_READ && waits)
		scst_user_done(cmd, -EIO);
}

int main(int argc, char **argv)
{
	const struct scst_user_ops ops = { .io = io, .complete = complete, .aborted = aborted };
	struct scst_user_params params = { .recover_s = 60, .depth = 4, .ring_entries = 4 };
	int err;

	if (argc < 5 || argc > 6)
		return fprintf(stderr, "usage: user_disk NAME MIB PATH TOKEN [RESULT]\n"), 2;
	params.name = argv[1];
	params.nblocks = strtoull(argv[2], NULL, 0) << 11;
	params.token_file = argv[4];
	read_result = argc > 5 ? atoi(argv[5]) : 0;
	twice = argc > 5 && !strcmp(argv[5], "twice");
	waits = argc > 5 && !strcmp(argv[5], "aborted");
	fd = open(argv[3], O_RDWR | O_DIRECT | O_CLOEXEC);
	if (fd < 0)
		return perror(argv[3]), 1;
	user = scst_user_open(&params, &ops, NULL, 30);
	if (!user)
		return perror(argv[1]), 1;
	signal(SIGTERM, end);
	err = scst_user_run(user);
	scst_user_close(user);
	if (err)
		fprintf(stderr, "%s: %s\n", argv[1], strerror(-err));
	return err ? 1 : 0;
}
