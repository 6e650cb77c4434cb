// SPDX-License-Identifier: GPL-2.0-only
/*
 * ramdisk NAME MIB FILE [QUEUES]: a disk in memory. The memory is a file on tmpfs, say, so the disk
 * is still there when this program is killed, and the next one goes on with it: its initiators see
 * no error. FILE.token has what the next one needs.
 *
 *	ramdisk ram 64 /dev/shm/ram &
 *	echo "add ram 0" >/sys/kernel/scst_tgt/targets/scst_local/scst_local_tgt/luns/mgmt
 *
 * SIGTERM ends it and leaves the disk for the next one; SIGINT deletes it.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <scst-user.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define BLOCK	512

static char *disk;
static struct scst_user *user;
static volatile sig_atomic_t is_to_go;
/* COMPARE AND WRITE is one step: it has this to write, other writers to read. */
static pthread_rwlock_t lock = PTHREAD_RWLOCK_INITIALIZER;

static void end(int sig)
{
	is_to_go = sig == SIGINT;
	scst_user_stop(user);
}

static void unmap(const struct scst_user_extent *extents, size_t nr)
{
	while (nr--)
		memset(disk + extents[nr].lba * BLOCK, 0, extents[nr].nblocks * BLOCK);
}

static void write_same(const struct scst_user_cmd *cmd, char *at)
{
	static const char zeros[BLOCK];
	uint32_t i;

	for (i = 0; i < cmd->nblocks; i++, at += BLOCK)
		memcpy(at, cmd->flags & SCST_USER_ZERO ? zeros : cmd->data, BLOCK);
}

/*
 * @step 0: each block is compared with the same data, of which there may be more than differs_at
 * can say.
 */
static int compare(struct scst_user_cmd *cmd, const char *at, size_t len, uint32_t step)
{
	const char *data = cmd->data;
	size_t i;

	for (i = 0; i < len; i++)
		if (at[i] != data[step ? i : i % BLOCK]) {
			cmd->differs_at = i;
			return i < UINT32_MAX ? -EILSEQ : -EIO;
		}
	return 0;
}

static int verify(struct scst_user_cmd *cmd, const char *at)
{
	size_t len = (size_t)cmd->nblocks * BLOCK;

	if (!(cmd->flags & SCST_USER_COMPARE))
		return 0;
	return compare(cmd, at, len, !(cmd->flags & SCST_USER_SAME));
}

static int compare_write(struct scst_user_cmd *cmd, char *at)
{
	uint32_t half = cmd->len / 2;
	int err;

	pthread_rwlock_wrlock(&lock);
	err = compare(cmd, at, half, 1);
	if (!err)
		memcpy(at, (char *)cmd->data + half, half);
	pthread_rwlock_unlock(&lock);
	return err;
}

static int change(struct scst_user_cmd *cmd, char *at)
{
	pthread_rwlock_rdlock(&lock);
	if (cmd->op == SCST_USER_UNMAP)
		unmap(cmd->data, cmd->len / sizeof(struct scst_user_extent));
	else if (cmd->op == SCST_USER_WRITE_SAME)
		write_same(cmd, at);
	else
		memcpy(at, cmd->data, cmd->len);
	pthread_rwlock_unlock(&lock);
	return 0;
}

/* The kernel asks for no block beyond the disk, which never becomes smaller. */
static int io(void *arg, struct scst_user_cmd *cmd)
{
	char *at = disk + cmd->lba * BLOCK;

	(void)arg;
	if (cmd->op == SCST_USER_READ)
		return memcpy(cmd->data, at, cmd->len), 0;
	if (cmd->op == SCST_USER_VERIFY)
		return verify(cmd, at);
	return cmd->op == SCST_USER_COMPARE_WRITE ? compare_write(cmd, at) : change(cmd, at);
}

static int open_disk(const char *path, size_t size)
{
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

	if (fd < 0 || ftruncate(fd, size))
		return -1;
	disk = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	close(fd);
	return disk == MAP_FAILED ? -1 : 0;
}

int main(int argc, char **argv)
{
	const struct scst_user_ops ops = { .io = io };
	struct scst_user_params params = {
		.recover_s = 30, .block_size = BLOCK, .flags = SCST_USER_UNMAP_ZEROES,
		.ops = 1 << SCST_USER_READ | 1 << SCST_USER_WRITE | 1 << SCST_USER_VERIFY |
		       1 << SCST_USER_UNMAP | 1 << SCST_USER_WRITE_SAME |
		       1 << SCST_USER_COMPARE_WRITE,
	};
	size_t size = argc > 2 ? strtoul(argv[2], NULL, 0) << 20 : 0;
	char token[4096];
	int err;

	if (argc < 4 || argc > 5 || !size)
		return fprintf(stderr, "usage: ramdisk NAME MIB FILE [QUEUES]\n"), 2;
	params.name = argv[1];
	params.nblocks = size / BLOCK;
	snprintf(token, sizeof(token), "%s.token", argv[3]);
	params.token_file = token;
	params.nr_queues = argc > 4 ? atoi(argv[4]) : 1;
	if (open_disk(argv[3], size))
		return perror(argv[3]), 1;
	user = scst_user_open(&params, &ops, NULL, 10);
	if (!user)
		return perror(argv[1]), 1;
	signal(SIGTERM, end), signal(SIGINT, end);
	err = scst_user_run(user);
	if (is_to_go)
		err = scst_user_delete(user);
	scst_user_close(user);
	if (err)
		fprintf(stderr, "%s: %s\n", argv[1], strerror(-err));
	return err ? 1 : 0;
}
