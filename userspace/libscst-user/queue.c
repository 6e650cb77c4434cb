// SPDX-License-Identifier: GPL-2.0-only
/*
 * A queue: a thread that fetches commands by its ring, has the program carry them out, and commits
 * them. One FETCH for each tag is under way, or the program has the command.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>

#include "inside.h"

/* user_data of ours: bit 63, and a tag; or this, of WATCH. */
#define OURS	SCST_USER_DATA_MAX
#define WATCH	(OURS | 0x10000)

/* Of the registered files of a ring. */
#define OUR_FILE	0

static uint32_t index_of(const struct scst_user_queue *queue, uint16_t tag)
{
	return (uint32_t)queue->nr * queue->user->add.depth + tag;
}

/* There is room: what is in it is submitted if there is not. */
static struct io_uring_sqe *get_sqe(struct scst_user_queue *queue)
{
	struct io_uring_sqe *sqe;

	while (!(sqe = io_uring_get_sqe(&queue->ring)))
		io_uring_submit(&queue->ring);
	return sqe;
}

static void ask(struct scst_user_queue *queue, uint32_t op, const struct scst_user_io *io)
{
	struct io_uring_sqe *sqe = get_sqe(queue);

	io_uring_prep_rw(IORING_OP_URING_CMD, sqe, OUR_FILE, NULL, 0, 0);
	sqe->flags |= IOSQE_FIXED_FILE;
	sqe->cmd_op = op;
	memcpy(sqe->cmd, io, sizeof(*io));
	sqe->user_data = op == SCST_USER_WATCH ? WATCH : OURS | io->tag;
	queue->fetched++;
}

static void watch(struct scst_user_queue *queue)
{
	ask(queue, SCST_USER_WATCH, &(struct scst_user_io){ .queue = queue->nr });
}

void scst_user_done(struct scst_user_cmd *cmd, int result)
{
	struct scst_user_queue *queue = cmd->queue;
	const struct scst_user_desc *desc = &queue->user->descs[index_of(queue, cmd->tag)];
	struct scst_user_io io = {
		.queue = queue->nr, .tag = cmd->tag, .seq = desc->seq,
	};

	io.result = scst_user_sound(cmd, result);
	io.moved = scst_user_moved(cmd, io.result);
	queue->busy--;
	queue->late[cmd->tag] = SCST_USER_NOT_LATE;
	ask(queue, SCST_USER_COMMIT_AND_FETCH, &io);
}

int scst_user_check(struct scst_user_cmd *cmd, uint8_t key, uint16_t asc)
{
	uint8_t sense[18] = {
		[0] = 0x70, [2] = key, [7] = sizeof(sense) - 8, [12] = asc >> 8, [13] = asc,
	};

	memcpy(cmd->sense, sense, sizeof(sense));
	return SCST_USER_STATUS(0x02, sizeof(sense));
}

static void carry_out(struct scst_user_queue *queue, uint16_t tag)
{
	const struct scst_user_desc *desc = &queue->user->descs[index_of(queue, tag)];
	struct scst_user_cmd *cmd = &queue->cmds[tag];
	int result;

	cmd->op = desc->op;
	cmd->flags = desc->flags;
	cmd->lba = desc->lba;
	cmd->nblocks = desc->nblocks;
	cmd->len = desc->len;
	cmd->data = queue->user->arena + desc->data;
	cmd->differs_at = 0;
	cmd->cdb = desc->cdb;
	cmd->cdb_len = desc->cdb_len;
	cmd->expected = desc->expected;
	cmd->moved = cmd->flags & SCST_USER_OUT ? cmd->len : 0;
	queue->busy++;
	queue->late[tag] = SCST_USER_IS_LATE;
	result = queue->user->ops.io(queue->user->arg, cmd);
	if (result != SCST_USER_LATER)
		scst_user_done(cmd, result);
}

/* Of those which the program has some were aborted. */
static void look_for_aborted(struct scst_user_queue *queue)
{
	const struct scst_user *user = queue->user;
	uint16_t tag;

	for (tag = 0; tag < user->add.depth; tag++) {
		const struct scst_user_desc *desc = &user->descs[index_of(queue, tag)];
		uint16_t flags = *(const volatile uint16_t *)&desc->flags;

		if (queue->late[tag] != SCST_USER_IS_LATE || !(flags & SCST_USER_ABORTED))
			continue;
		queue->late[tag] = SCST_USER_TOLD;
		user->ops.aborted(user->arg, &queue->cmds[tag]);
	}
}

/* -EINVAL: the program has answered what it was not asked; that is the end of it, see serve(). */
static void answer_came(struct scst_user_queue *queue, const struct io_uring_cqe *cqe)
{
	queue->fetched--;
	if (!cqe->res && cqe->user_data == WATCH) {
		look_for_aborted(queue);
		watch(queue);
		return;
	}
	if (!cqe->res) {
		carry_out(queue, cqe->user_data & 0xffff);
		return;
	}
	queue->ends = true;	/* with WATCH, too: serve() looks */
	if (cqe->res != -ENODEV && !queue->result)
		queue->result = cqe->res;
}

static void came(struct scst_user_queue *queue, struct io_uring_cqe *cqe)
{
	if (cqe->user_data >= SCST_USER_DATA_MAX)
		answer_came(queue, cqe);
	else if (queue->user->ops.complete)
		queue->user->ops.complete(queue->user->arg, queue, cqe);
}

static void all_that_came(struct scst_user_queue *queue)
{
	struct io_uring_cqe *cqe;
	unsigned int head, nr = 0;

	io_uring_for_each_cqe(&queue->ring, head, cqe) {
		came(queue, cqe);
		nr++;
	}
	io_uring_cq_advance(&queue->ring, nr);
}

/* WATCH has ended by STOP; but the program still has commands, which are still aborted. */
static int wait_at_the_end(struct scst_user_queue *queue)
{
	struct __kernel_timespec second = { .tv_sec = 1 };
	struct io_uring_cqe *cqe;
	int err = io_uring_submit_and_wait_timeout(&queue->ring, &cqe, 1, &second, NULL);

	look_for_aborted(queue);
	return err == -ETIME ? 0 : err;
}

static int wait_for_some(struct scst_user_queue *queue)
{
	if (queue->ends && queue->busy && queue->user->ops.aborted)
		return wait_at_the_end(queue);
	return io_uring_submit_and_wait(&queue->ring, 1);
}

/*
 * When no more come, what has begun is done first. The kernel ends what was fetched. Not so if an
 * answer is refused: that command would stay as it is until the program is killed for it.
 */
static int serve(struct scst_user_queue *queue)
{
	while (!queue->result && (!queue->ends || queue->busy || queue->fetched)) {
		int err = wait_for_some(queue);

		if (err < 0 && err != -EINTR && err != -EAGAIN && err != -EBUSY)
			return err;
		all_that_came(queue);
	}
	return queue->result;
}

static uint8_t *sense_of(const struct scst_user_queue *queue, uint16_t tag)
{
	const struct scst_user_add *add = &queue->user->add;
	size_t tags = (size_t)add->nr_queues * add->depth;

	return (uint8_t *)queue->user->arena + tags * add->max_bytes +
	       (size_t)index_of(queue, tag) * SCST_USER_SENSE_ROOM;
}

static void fetch_all(struct scst_user_queue *queue)
{
	uint16_t tag;

	for (tag = 0; tag < queue->user->add.depth; tag++) {
		queue->cmds[tag].queue = queue;
		queue->cmds[tag].tag = tag;
		if (queue->user->add.flags & SCST_USER_CDB_MODE)
			queue->cmds[tag].sense = sense_of(queue, tag);
		ask(queue, SCST_USER_FETCH,
		    &(struct scst_user_io){ .queue = queue->nr, .tag = tag });
	}
	if (queue->user->ops.aborted)
		watch(queue);
}

/* The ring belongs to the thread that makes it: so the kernel need not ask who comes. */
static int make_ring(struct scst_user_queue *queue)
{
	unsigned int entries = queue->user->add.depth + 2 + queue->user->ring_entries;
	struct io_uring_params params = {
		.flags = IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_COOP_TASKRUN |
			 IORING_SETUP_CQSIZE,
		.cq_entries = 2 * entries,
	};

	int err = io_uring_queue_init_params(entries, &queue->ring, &params);

	if (err)
		return err;
	err = scst_user_hold(queue->user, &queue->ring);
	if (err)
		io_uring_queue_exit(&queue->ring);
	return err;
}

static int begin(struct scst_user_queue *queue)
{
	const struct scst_user *user = queue->user;
	int err = user->ops.start ? user->ops.start(user->arg, queue) : 0;

	if (err)
		return err;
	fetch_all(queue);
	err = io_uring_submit(&queue->ring);
	return err < 0 ? err : 0;
}

static void run(struct scst_user_queue *queue)
{
	struct scst_user *user = queue->user;

	queue->result = begin(queue);
	scst_user_queue_ready(user, queue->result);
	if (!queue->result)
		queue->result = serve(queue);
	if (queue->result)
		ioctl(user->fd, SCST_USER_STOP);	/* the others would go on without it */
	if (user->ops.stop)
		user->ops.stop(user->arg, queue);
}

/* Memory must not be made by writing to our own disk. It needs a right; without, it may be. */
static void *thread(void *arg)
{
	struct scst_user_queue *queue = arg;
	int err = make_ring(queue);

	prctl(PR_SET_IO_FLUSHER, 1, 0, 0, 0);
	if (err) {
		queue->result = err;
		scst_user_queue_ready(queue->user, true);
	} else {
		run(queue);
		io_uring_queue_exit(&queue->ring);
	}
	return NULL;
}

int scst_user_queue_begin(struct scst_user_queue *queue)
{
	int err;

	queue->cmds = calloc(queue->user->add.depth, sizeof(*queue->cmds));
	queue->late = calloc(queue->user->add.depth, sizeof(*queue->late));
	if (!queue->cmds || !queue->late)
		return -ENOMEM;
	err = pthread_create(&queue->thread, NULL, thread, queue);
	queue->has_thread = !err;
	return -err;
}

void scst_user_queue_join(struct scst_user_queue *queue)
{
	if (queue->has_thread)
		pthread_join(queue->thread, NULL);
	queue->has_thread = false;
	free(queue->cmds);
	free(queue->late);
	queue->cmds = NULL;
	queue->late = NULL;
}

/* A ring lets go of its registered files when the last of its requests is over. */
int scst_user_hold(struct scst_user *user, struct io_uring *ring)
{
	return io_uring_register_files(ring, &user->fd, 1);
}

struct io_uring *scst_user_ring(struct scst_user_queue *queue)
{
	return &queue->ring;
}

unsigned int scst_user_queue_nr(const struct scst_user_queue *queue)
{
	return queue->nr;
}
