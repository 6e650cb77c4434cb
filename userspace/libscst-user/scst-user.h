/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * libscst-user: a program as the back end of a disk of scst-bpf or, in CDB mode, a device of any
 * type. libscst-user(3) is the manual.
 *
 * A device has queues; each is served by a thread of the library, which calls the program's io()
 * for every command. io() answers at once (0 or -errno), or says SCST_USER_LATER and calls
 * scst_user_done() later, from the same thread: in complete(), say, when what it has begun on the
 * thread's own ring is done.
 */
#ifndef SCST_USER_H
#define SCST_USER_H

#include <liburing.h>
#include <scst/user.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct scst_user;
struct scst_user_queue;

/* A command. The library's from scst_user_done(), or an answer of io(), on. */
struct scst_user_cmd {
	enum scst_user_op op;
	uint16_t flags;			/* SCST_USER_FUA and the like */
	uint16_t tag;
	uint32_t nblocks;
	uint64_t lba;
	void *data;			/* of the arena; page aligned: good for O_DIRECT */
	uint32_t len;			/* bytes at data: to be written, or to be brought */
	uint32_t differs_at;		/* by the program, with -EILSEQ */
	/* CDB mode; op is SCST_USER_CDB */
	const uint8_t *cdb;		/* zeros follow, up to SCST_USER_CDB_MAX */
	uint8_t cdb_len;
	uint32_t expected;		/* bytes that the initiator takes, or has sent */
	uint32_t moved;			/* by the program: of len; SCST_USER_OUT: all, until then */
	uint8_t *sense;			/* room for SCST_USER_SENSE_MAX bytes: scst_user_check() */
	struct scst_user_queue *queue;
	void *priv;			/* the program's; stays from command to command of a tag */
};

#define SCST_USER_LATER	1

struct scst_user_ops {
	/* Return: 0: done; -errno: not; SCST_USER_LATER; CDB mode: or SCST_USER_STATUS(). */
	int (*io)(void *arg, struct scst_user_cmd *cmd);
	/* Nobody waits any more for @cmd, to which io() has said LATER: scst_user_done() soon, or
	 * the program is killed. From the queue's thread, once. NULL: it is soon anyway. */
	void (*aborted)(void *arg, struct scst_user_cmd *cmd);
	/* Of what the program has put on scst_user_ring(). NULL: it puts nothing there. */
	void (*complete)(void *arg, struct scst_user_queue *queue, struct io_uring_cqe *cqe);
	/* In each queue's thread, before its first command; and after its last. May be NULL. */
	int (*start)(void *arg, struct scst_user_queue *queue);
	void (*stop)(void *arg, struct scst_user_queue *queue);
};

struct scst_user_params {
	const char *name;
	uint64_t nblocks;
	uint32_t block_size;		/* 0: 512; CDB mode: 0 is one */
	uint32_t max_bytes;		/* of data in one command; 0: 1 MiB */
	uint16_t nr_queues;		/* 0: 1 */
	uint16_t depth;			/* commands of a queue at a time; 0: 32 */
	uint32_t recover_s;		/* how long commands wait for the program that comes next */
	uint32_t flags;			/* SCST_USER_WRITE_CACHE, SCST_USER_CDB_MODE and the like */
	uint8_t type;			/* CDB mode: peripheral device type */
	uint32_t ops;			/* 1 << enum scst_user_op; 0: READ and WRITE */
	/*
	 * Where the token of the device is kept, by which the next program takes it over; a file
	 * that only its owner reads. NULL: no other program will.
	 */
	const char *token_file;
	uint32_t ring_entries;		/* of each ring, besides those for commands */
};

/*
 * Makes the device or, if it is there and token_file has its token, takes it over; waits up to
 * wait_s seconds for the last program to go. Return: NULL with errno.
 */
struct scst_user *scst_user_open(const struct scst_user_params *params,
				 const struct scst_user_ops *ops, void *arg, unsigned int wait_s);
/* Was it taken over? Then commands may come that the last program has done. */
bool scst_user_taken_over(const struct scst_user *user);
/* Serves it until scst_user_stop(), or until it is gone. Return: 0, or -errno. */
int scst_user_run(struct scst_user *user);
/* scst_user_run() is to return when what has begun is done. A signal's handler may call it. */
void scst_user_stop(struct scst_user *user);
/* The device goes, or is there for the next program. */
int scst_user_delete(struct scst_user *user);
void scst_user_close(struct scst_user *user);

int scst_user_resize(struct scst_user *user, uint64_t nblocks);
/* CDB mode: before the answer to what sets it; and what it was when the device was taken over. */
int scst_user_set_block_size(struct scst_user *user, uint32_t size);
uint32_t scst_user_block_size(const struct scst_user *user);
/*
 * CDB mode: sense data of the fixed format, 18 bytes at cmd->sense, which the program may change.
 * @key: with what else is in its byte, as EOM; @asc: ASC << 8 | ASCQ. Return: for io().
 */
int scst_user_check(struct scst_user_cmd *cmd, uint8_t key, uint16_t asc);

/* The command is done: result as io() says. From the thread of its queue. */
void scst_user_done(struct scst_user_cmd *cmd, int result);
/*
 * The ring of a queue, for its thread. user_data of what the program puts there: below
 * SCST_USER_DATA_MAX. The library submits it.
 */
#define SCST_USER_DATA_MAX	(1ULL << 63)
struct io_uring *scst_user_ring(struct scst_user_queue *queue);
/*
 * For any other ring by which the disk is written: when the program dies the next one does not come
 * before what is under way there is over. It is registered file 0 of that ring from then on, as it
 * is of those of queues. Return: 0 or -errno.
 */
int scst_user_hold(struct scst_user *user, struct io_uring *ring);
unsigned int scst_user_queue_nr(const struct scst_user_queue *queue);
/* All data of the device, for io_uring_register_buffers() and the like. */
void *scst_user_arena(const struct scst_user *user, size_t *size);

#ifdef __cplusplus
}
#endif

#endif
