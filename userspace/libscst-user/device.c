// SPDX-License-Identifier: GPL-2.0-only
/*
 * A device: made or taken over, mapped, served by its queues, and left.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "inside.h"

#define NODE		"/dev/" SCST_USER_DEVICE
#define RETRY_MS	50

static int describe(struct scst_user_add *add, const struct scst_user_params *params)
{
	size_t len = strlen(params->name);

	if (len >= sizeof(add->name))
		return -ENAMETOOLONG;
	*add = (struct scst_user_add) {
		.size		= sizeof(*add),
		.flags		= params->flags,
		.block_size	= params->block_size,
		.max_bytes	= params->max_bytes ?: 1 << 20,
		.nblocks	= params->nblocks,
		.ops		= params->ops,
		.nr_queues	= params->nr_queues ?: 1,
		.depth		= params->depth ?: 32,
		.recover_s	= params->recover_s,
		.type		= params->type,
	};
	if (!(params->flags & SCST_USER_CDB_MODE)) {
		add->block_size = params->block_size ?: 512;
		add->ops = params->ops ?: 1 << SCST_USER_READ | 1 << SCST_USER_WRITE;
	}
	memcpy(add->name, params->name, len);
	return 0;
}

/*
 * The last program may be on its way out: it has gone when the kernel has closed its file. And so
 * may the device be, if that program never served it.
 */
static int attach(struct scst_user *user, unsigned int wait_s)
{
	const struct timespec pause = { .tv_nsec = RETRY_MS * 1000000l };
	unsigned int left = wait_s * (1000 / RETRY_MS);

	while (ioctl(user->fd, SCST_USER_ATTACH, &user->add)) {
		if ((errno != EBUSY && errno != ENODEV) || !left--)
			return -errno;
		nanosleep(&pause, NULL);
	}
	user->taken_over = true;
	return 0;
}

static int make(struct scst_user *user, const char *token_file)
{
	int err;

	memset(user->add.token, 0, sizeof(user->add.token));
	if (ioctl(user->fd, SCST_USER_ADD, &user->add))
		return -errno;
	err = token_file ? scst_user_token_save(token_file, user->add.token) : 0;
	if (err)
		ioctl(user->fd, SCST_USER_DEL);
	return err;
}

/* A token of a device that is not there is of one that was there before a reboot, say. */
static int join(struct scst_user *user, const struct scst_user_params *params, unsigned int wait_s)
{
	int err = -ENOENT;

	if (params->token_file && !scst_user_token_load(params->token_file, user->add.token))
		err = attach(user, wait_s);
	return err == -ENOENT ? make(user, params->token_file) : err;
}

static void *map(const struct scst_user *user, size_t size, int prot, unsigned long long at)
{
	void *mem = mmap(NULL, size, prot, MAP_SHARED, user->fd, (off_t)at);

	return mem == MAP_FAILED ? NULL : mem;
}

static int map_all(struct scst_user *user)
{
	size_t tags = (size_t)user->add.nr_queues * user->add.depth;
	size_t page = sysconf(_SC_PAGESIZE);

	user->descs_size = (tags * sizeof(struct scst_user_desc) + page - 1) / page * page;
	user->arena_size = tags * user->add.max_bytes;
	if (user->add.flags & SCST_USER_CDB_MODE)
		user->arena_size += (tags * SCST_USER_SENSE_ROOM + page - 1) / page * page;
	user->descs = map(user, user->descs_size, PROT_READ, SCST_USER_DESCS_AT);
	user->arena = map(user, user->arena_size, PROT_READ | PROT_WRITE, SCST_USER_ARENA_AT);
	return user->descs && user->arena ? 0 : -errno;
}

static int make_queues(struct scst_user *user)
{
	uint16_t nr;

	user->queues = calloc(user->add.nr_queues, sizeof(*user->queues));
	if (!user->queues)
		return -ENOMEM;
	for (nr = 0; nr < user->add.nr_queues; nr++) {
		user->queues[nr].user = user;
		user->queues[nr].nr = nr;
	}
	return 0;
}

static int begin(struct scst_user *user, const struct scst_user_params *params, unsigned int wait_s)
{
	int err = describe(&user->add, params);

	if (err)
		return err;
	user->fd = open(NODE, O_RDWR | O_CLOEXEC);
	if (user->fd < 0)
		return -errno;
	return join(user, params, wait_s) ?: map_all(user) ?: make_queues(user);
}

struct scst_user *scst_user_open(const struct scst_user_params *params,
				 const struct scst_user_ops *ops, void *arg, unsigned int wait_s)
{
	struct scst_user *user = calloc(1, sizeof(*user));
	int err;

	if (!user)
		return NULL;
	user->fd = -1;
	user->ops = *ops;
	user->arg = arg;
	user->ring_entries = params->ring_entries;
	pthread_mutex_init(&user->lock, NULL);
	pthread_cond_init(&user->changed, NULL);
	err = begin(user, params, wait_s);
	if (!err)
		return user;
	scst_user_close(user);
	errno = -err;
	return NULL;
}

void scst_user_close(struct scst_user *user)
{
	if (user->arena)
		munmap(user->arena, user->arena_size);
	if (user->descs)
		munmap((void *)user->descs, user->descs_size);
	if (user->fd >= 0)
		close(user->fd);
	free(user->queues);
	pthread_cond_destroy(&user->changed);
	pthread_mutex_destroy(&user->lock);
	free(user);
}

bool scst_user_taken_over(const struct scst_user *user)
{
	return user->taken_over;
}

void scst_user_queue_ready(struct scst_user *user, bool failed)
{
	pthread_mutex_lock(&user->lock);
	user->ready++;
	user->failed |= failed;
	pthread_cond_signal(&user->changed);
	pthread_mutex_unlock(&user->lock);
}

static bool all_ready(struct scst_user *user, unsigned int begun)
{
	bool ok;

	pthread_mutex_lock(&user->lock);
	while (user->ready < begun)
		pthread_cond_wait(&user->changed, &user->lock);
	ok = !user->failed && begun == user->add.nr_queues;
	pthread_mutex_unlock(&user->lock);
	return ok;
}

static int result_of(struct scst_user *user)
{
	int result = 0;
	uint16_t nr;

	for (nr = 0; nr < user->add.nr_queues; nr++) {
		scst_user_queue_join(&user->queues[nr]);
		if (user->queues[nr].result && !result)
			result = user->queues[nr].result;
	}
	return result;
}

int scst_user_run(struct scst_user *user)
{
	int err = 0, result;
	uint16_t begun = 0;

	while (begun < user->add.nr_queues && !err) {
		err = scst_user_queue_begin(&user->queues[begun]);
		begun += !err;
	}
	if (!all_ready(user, begun))
		ioctl(user->fd, SCST_USER_STOP);
	else if (ioctl(user->fd, SCST_USER_START)) {
		err = -errno;
		ioctl(user->fd, SCST_USER_STOP);
	}
	result = result_of(user);
	if (user->stopped)
		return 0;
	return result ?: err ?: -ENODEV;
}

void scst_user_stop(struct scst_user *user)
{
	int err = errno;

	user->stopped = 1;
	ioctl(user->fd, SCST_USER_STOP);
	errno = err;
}

int scst_user_delete(struct scst_user *user)
{
	return ioctl(user->fd, SCST_USER_DEL) ? -errno : 0;
}

int scst_user_resize(struct scst_user *user, uint64_t nblocks)
{
	return ioctl(user->fd, SCST_USER_RESIZE, &nblocks) ? -errno : 0;
}

int scst_user_set_block_size(struct scst_user *user, uint32_t size)
{
	if (ioctl(user->fd, SCST_USER_BLOCK_SIZE, &size))
		return -errno;
	user->add.block_size = size;
	return 0;
}

uint32_t scst_user_block_size(const struct scst_user *user)
{
	return user->add.block_size;
}

void *scst_user_arena(const struct scst_user *user, size_t *size)
{
	*size = user->arena_size;
	return user->arena;
}
