// SPDX-License-Identifier: GPL-2.0-only
/*
 * user_fuzz SEED STEPS: a program of /dev/scst_user that does anything, in any order, with fields
 * that are right, nearly right or random: files, devices, mappings, rings, answers; it writes into
 * the arena at any time. What comes of it does not matter, but for the kernel. Says how many steps
 * were carried out, and how many of them passed.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <liburing.h>
#include <scst/user.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define FILES	3
#define RINGS	2

/* A file of the program, with what it may have become. */
struct side {
	int fd;
	struct scst_user_add add;
	struct scst_user_desc *descs;
	char *arena;
	size_t descs_size, arena_size;
};

static struct side sides[FILES];
static struct io_uring rings[RINGS];
static bool has_ring[RINGS];
static uint8_t token[SCST_USER_TOKEN_LEN];	/* of the last ADD */
static uint64_t state;

static uint32_t dice(uint32_t faces)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (state >> 16) % faces;
}

static uint64_t any_number(void)
{
	static const uint64_t edges[] = { 0, 1, 511, 512, 4096, 65535, 65536, 0x7fffffff,
		0x80000000, 0xffffffff, 0x7fffffffffffffff, ~0ull };

	return dice(2) ? edges[dice(12)] : state;
}

static void unmap_all(struct side *side)
{
	if (side->descs)
		munmap(side->descs, side->descs_size);
	if (side->arena)
		munmap(side->arena, side->arena_size);
	side->descs = NULL;
	side->arena = NULL;
}

static bool reopen(struct side *side)
{
	if (dice(2))
		unmap_all(side);
	if (side->fd > 0)
		close(side->fd);
	side->fd = open("/dev/" SCST_USER_DEVICE, O_RDWR | O_CLOEXEC);
	return side->fd > 0;
}

/* Mostly one that is right. */
static bool join(struct side *side)
{
	struct scst_user_add add = {
		.size = sizeof(add), .block_size = 512, .max_bytes = SCST_USER_BYTES_MIN,
		.nblocks = 8192, .ops = (1 << SCST_USER_OP_MAX) - 1, .nr_queues = 1 + dice(2),
		.depth = 1 + dice(4), .recover_s = dice(3),
	};
	unsigned long request = dice(2) ? SCST_USER_ADD : SCST_USER_ATTACH;

	if (dice(2)) {
		add.flags = SCST_USER_CDB_MODE | dice(2) * SCST_USER_TAKES_AGAIN;
		add.type = dice(4) ? 0 : dice(32);	/* the host asks disks most */
		add.block_size = dice(2) * 512;
		add.nblocks = add.ops = 0;
	}
	if (!dice(4))
		memcpy((char *)&add + dice(sizeof(add)), &state, 1);
	snprintf(add.name, sizeof(add.name), "fuzz%u", dice(2));
	if (request == SCST_USER_ATTACH)
		memcpy(add.token, token, sizeof(token));
	if (ioctl(side->fd, request, &add))
		return false;
	memcpy(token, add.token, sizeof(token));
	side->add = add;
	return true;
}

static bool map(struct side *side)
{
	size_t tags = (size_t)side->add.nr_queues * side->add.depth;
	int prot = dice(8) ? PROT_READ : PROT_READ | PROT_WRITE;
	void *mem;

	unmap_all(side);
	side->descs_size = (tags * sizeof(*side->descs) + 4095) & ~4095ul;
	side->arena_size = tags * side->add.max_bytes;
	if (side->add.flags & SCST_USER_CDB_MODE)
		side->arena_size += (tags * SCST_USER_SENSE_ROOM + 4095) & ~4095ul;
	mem = mmap(NULL, side->descs_size, prot, MAP_SHARED, side->fd, SCST_USER_DESCS_AT);
	side->descs = mem == MAP_FAILED ? NULL : mem;
	mem = mmap(NULL, side->arena_size, PROT_READ | PROT_WRITE, MAP_SHARED, side->fd,
		   SCST_USER_ARENA_AT);
	side->arena = mem == MAP_FAILED ? NULL : mem;
	return side->descs && side->arena;
}

static bool control(struct side *side)
{
	static const unsigned long requests[] = { SCST_USER_START, SCST_USER_START, SCST_USER_START,
		SCST_USER_STOP, SCST_USER_DEL };
	uint64_t nblocks = any_number();

	if (!dice(4))
		return !ioctl(side->fd, dice(2) ? SCST_USER_RESIZE : SCST_USER_BLOCK_SIZE,
			      &nblocks);
	return !ioctl(side->fd, requests[dice(5)], &nblocks);
}

/*
 * Without DEFER_TASKRUN: a worker ends what is left of such a ring when it is closed, and 6.12 with
 * lockdep complains of itself that only the ring's thread may.
 */
static bool remake_ring(unsigned int nr)
{
	static const unsigned int flags[] = { 0, 0, IORING_SETUP_SQE128, IORING_SETUP_CQE32,
		IORING_SETUP_SINGLE_ISSUER, IORING_SETUP_IOPOLL };

	if (has_ring[nr])
		io_uring_queue_exit(&rings[nr]);
	has_ring[nr] = !io_uring_queue_init(8, &rings[nr], flags[dice(6)]);
	return has_ring[nr];
}

/* Status, sense data and bytes that often fit together. */
static void answer_cdb(struct side *side, const struct scst_user_desc *desc,
		       struct scst_user_io *io)
{
	static const uint8_t statuses[] = { 0, 0, 0, 2, 2, 4, 8, 0x18, 0x28, 0x30, 0x40, 0xff };
	size_t tags = (size_t)side->add.nr_queues * side->add.depth;
	uint8_t status = statuses[dice(12)], *sense;
	uint32_t len = status == 2 ? dice(260) : !dice(16);

	io->result = SCST_USER_STATUS(status, len);
	io->moved = dice(4) ? desc->len : dice(desc->len + 2);
	if (!side->arena)
		return;
	sense = (uint8_t *)side->arena + tags * side->add.max_bytes +
		(io->queue * side->add.depth + io->tag) * SCST_USER_SENSE_ROOM;
	memset(sense, dice(256), SCST_USER_SENSE_ROOM);
	sense[0] = dice(4) ? 0x70 + dice(4) : dice(256);
	sense[2] = dice(256);
}

static void fill(struct side *side, struct scst_user_io *io)
{
	const struct scst_user_desc *desc;

	io->queue = dice(16) ? dice(2) : any_number();
	io->tag = dice(16) ? dice(4) : any_number();
	if (!side->descs || io->queue >= side->add.nr_queues || io->tag >= side->add.depth)
		return;
	desc = &side->descs[io->queue * side->add.depth + io->tag];
	io->seq = dice(8) ? desc->seq : any_number();
	if (desc->op == SCST_USER_CDB && dice(8)) {
		answer_cdb(side, desc, io);
		return;
	}
	io->result = dice(8) ? 0 : -(int)dice(100);
	io->moved = dice(8) ? (desc->op == SCST_USER_READ && !io->result ? desc->len : 0) :
			      any_number();
}

/* Answers are taken as they come. */
static bool ask(struct side *side)
{
	static const uint32_t ops[] = { SCST_USER_FETCH, SCST_USER_FETCH, SCST_USER_COMMIT,
		SCST_USER_COMMIT_AND_FETCH, SCST_USER_COMMIT_AND_FETCH, SCST_USER_WATCH };
	struct io_uring *ring = &rings[dice(8) ? 0 : 1];
	struct scst_user_io io = { 0 };
	struct io_uring_sqe *sqe;
	struct io_uring_cqe *cqe;
	bool passed = false;

	if (!has_ring[ring - rings] || !(sqe = io_uring_get_sqe(ring)))
		return false;
	fill(side, &io);
	io_uring_prep_rw(IORING_OP_URING_CMD, sqe, side->fd, NULL, 0, 0);
	sqe->cmd_op = dice(16) ? ops[dice(6)] : any_number();
	memcpy(sqe->cmd, &io, sizeof(io));
	sqe->flags = dice(16) ? 0 : dice(256) & ~(IOSQE_FIXED_FILE | IOSQE_BUFFER_SELECT);
	io_uring_submit_and_get_events(ring);
	while (!io_uring_peek_cqe(ring, &cqe)) {
		passed |= cqe->res >= 0;
		io_uring_cqe_seen(ring, cqe);
	}
	return passed;
}

static bool fetch(struct side *side, uint16_t queue, uint16_t tag)
{
	struct scst_user_io io = { .queue = queue, .tag = tag };
	struct io_uring_sqe *sqe = io_uring_get_sqe(&rings[0]);

	if (!sqe)
		return false;
	io_uring_prep_rw(IORING_OP_URING_CMD, sqe, side->fd, NULL, 0, 0);
	sqe->cmd_op = SCST_USER_FETCH;
	memcpy(sqe->cmd, &io, sizeof(io));
	return io_uring_submit(&rings[0]) == 1;
}

/* As a good program begins. */
static bool bring_up(struct side *side)
{
	uint16_t queue, tag;

	if (!join(side) || !map(side) || !has_ring[0])
		return false;
	for (queue = 0; queue < side->add.nr_queues; queue++)
		for (tag = 0; tag < side->add.depth; tag++)
			fetch(side, queue, tag);
	return !ioctl(side->fd, SCST_USER_START);
}

static bool scribble(struct side *side)
{
	if (!side->arena)
		return false;
	memset(side->arena + dice(side->arena_size - 4096), dice(256), 4096);
	return true;
}

static bool fork_off(void)
{
	pid_t pid = fork();

	if (!pid)
		_exit(0);
	return waitpid(pid, NULL, 0) == pid;
}

static bool step(void)
{
	struct side *side = &sides[dice(FILES)];
	uint32_t what = dice(1000);

	if (what < 10)
		return reopen(side);
	if (what < 11)
		return remake_ring(dice(RINGS));
	if (what < 13)
		return fork_off();
	if (what < 20)
		return join(side);
	if (what < 100)
		return bring_up(side);
	if (what < 110)
		return map(side);
	if (what < 120)
		return control(side);
	if (what < 150)
		return scribble(side);
	return ask(side);
}

int main(int argc, char **argv)
{
	unsigned long steps = argc > 2 ? strtoul(argv[2], NULL, 0) : 1000, i, passed = 0;

	state = (argc > 1 ? strtoull(argv[1], NULL, 0) : 0) * 2654435761u + 88172645463325252ull;
	for (i = 0; i < FILES; i++)
		reopen(&sides[i]);
	for (i = 0; i < RINGS; i++)
		remake_ring(i);
	for (i = 0; i < steps; i++)
		passed += step();
	printf("%lu %lu\n", steps, passed);
	return 0;
}
