// SPDX-License-Identifier: GPL-2.0-only
/*
 * user_client: a program of /dev/scst_user that does what it is told, right or wrong. It takes
 * commands from standard input, a line each, and says what came of each in a line: ok, the name of
 * an error, or what is asked for.
 *
 *	open				a new file, which is the one from then on
 *	add|attach NAME [FIELD=VALUE]...	all of struct scst_user_add; token=HEX
 *	token				of the last add, in hexadecimal digits
 *	start, stop, del, resize N, block N, ioctl NR
 *	map descs|arena [rw] [private] [size=N]
 *	protect				makes the descriptors writable
 *	ring [FLAGS]			a new ring, which is the one from then on
 *	noring				it is closed
 *	fetch|commit|both Q TAG [seq=N] [result=N] [moved=N] [async] [thread] [op=N] [flags=N]
 *					what is not said is as it has to be; "waits" if it does;
 *					flags of uring commands: with a buffer to be selected
 *	watch Q [TAG]			its answer has tag 65535
 *	wait MILLISECONDS		the next answer: Q TAG RESULT; or none
 *	desc Q TAG			OP LBA NBLOCKS LEN FLAGS
 *	cdb Q TAG			in hexadecimal digits
 *	sense Q TAG HEX			puts sense data there
 *	data Q TAG TEXT			puts TEXT there; bytes Q TAG HEX likewise
 *	see Q TAG N			N bytes of what is there
 *	child				forks; the child sleeps with all that is open
 *	setuid N			of all of the process, for good
 *	come N				takes over what it has added, serves it and goes, N times
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <liburing.h>
#include <pthread.h>
#include <scst/user.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

static int fd = -1;
static struct scst_user_add add;
static struct io_uring ring;
static struct scst_user_desc *descs;
static size_t descs_size;
static char *arena;

static char *words;

static char *next_word(void)
{
	return strtok_r(NULL, " ", &words);
}

static uint64_t next_number(void)
{
	char *word = next_word();

	return word ? strtoull(word, NULL, 0) : 0;
}

/* -1 and errno, or another value: ok. */
static void say(int ret)
{
	puts(ret < 0 ? strerrorname_np(errno) : "ok");
}

static void say_result(int res)
{
	puts(res < 0 ? strerrorname_np(-res) : "0");
}

static const struct {
	const char *name;
	size_t at, size;
} fields[] = {
#define FIELD(field)	{ #field, offsetof(struct scst_user_add, field), sizeof(add.field) }
	FIELD(size), FIELD(flags), FIELD(block_size), FIELD(max_bytes), FIELD(nblocks),
	FIELD(ops), FIELD(nr_queues), FIELD(depth), FIELD(recover_s), FIELD(type), FIELD(reserved),
};

static void set_token(const char *hex)
{
	unsigned int i, byte;

	for (i = 0; i < SCST_USER_TOKEN_LEN && sscanf(hex + 2 * i, "%2x", &byte) == 1; i++)
		add.token[i] = byte;
}

static void set_field(char *word)
{
	char *value = strchr(word, '=');
	uint64_t number;
	size_t i;

	if (!value)
		return;
	*value++ = '\0';
	if (!strcmp(word, "token"))
		set_token(value);
	number = strtoull(value, NULL, 0);
	for (i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
		if (!strcmp(word, fields[i].name))
			memcpy((char *)&add + fields[i].at, &number, fields[i].size);
}

static void join(unsigned long request)
{
	char *word = next_word();

	memset(&add, 0, sizeof(add));
	add.size = sizeof(add);
	add.block_size = 512;
	add.max_bytes = SCST_USER_BYTES_MIN;
	add.nblocks = 2048;
	add.ops = (1 << SCST_USER_OP_MAX) - 1;
	add.nr_queues = 1;
	add.depth = 4;
	add.recover_s = 5;
	strncpy(add.name, word ?: "", sizeof(add.name));
	while ((word = next_word()))
		set_field(word);
	say(ioctl(fd, request, &add));
}

static void print_token(void)
{
	size_t i;

	for (i = 0; i < sizeof(add.token); i++)
		printf("%02x", add.token[i]);
	puts("");
}

static void map(void)
{
	size_t tags = (size_t)add.nr_queues * add.depth, size;
	int prot = PROT_READ, flags = MAP_SHARED;
	bool is_descs = !strcmp(next_word() ?: "", "descs");
	char *word, *mem;

	size = is_descs ? (tags * sizeof(*descs) + 4095) & ~4095ul : tags * add.max_bytes;
	if (!is_descs && add.flags & SCST_USER_CDB_MODE)
		size += (tags * SCST_USER_SENSE_ROOM + 4095) & ~4095ul;
	while ((word = next_word())) {
		if (!strcmp(word, "rw"))
			prot |= PROT_WRITE;
		else if (!strcmp(word, "private"))
			flags = MAP_PRIVATE;
		else if (!strncmp(word, "size=", 5))
			size = strtoull(word + 5, NULL, 0);
	}
	mem = mmap(NULL, size, prot, flags, fd, is_descs ? SCST_USER_DESCS_AT : SCST_USER_ARENA_AT);
	say(mem == MAP_FAILED ? -1 : 0);
	if (mem == MAP_FAILED)
		return;
	if (is_descs) {
		descs = (void *)mem;
		descs_size = size;
	} else {
		arena = mem;
	}
}

static struct scst_user_desc *desc_of(uint16_t queue, uint16_t tag)
{
	return &descs[queue * add.depth + tag];
}

static int take_answer(struct io_uring *from, int ms)
{
	struct __kernel_timespec ts = { ms / 1000, ms % 1000 * 1000000ll };
	struct io_uring_cqe *cqe;
	int res;

	if (io_uring_wait_cqe_timeout(from, &cqe, &ts))
		return 1;
	res = cqe->res;
	if (ms > 100)
		printf("%u %u ", (unsigned int)(cqe->user_data >> 16),
		       (unsigned int)(cqe->user_data & 0xffff));
	io_uring_cqe_seen(from, cqe);
	return res;
}

struct request {
	struct scst_user_io io;
	uint32_t op;
	uint32_t flags;
	bool async;
	struct io_uring *ring;
};

static void submit(const struct request *request)
{
	struct io_uring_sqe *sqe = io_uring_get_sqe(request->ring);
	int res;

	io_uring_prep_rw(IORING_OP_URING_CMD, sqe, fd, NULL, 0, 0);
	sqe->cmd_op = request->op;
	memcpy(sqe->cmd, &request->io, sizeof(request->io));
	sqe->user_data = (uint64_t)request->io.queue << 16 |
			 (request->op == SCST_USER_WATCH ? 0xffff : request->io.tag);
	if (request->async)
		sqe->flags |= IOSQE_ASYNC;
	if (request->flags) {
		sqe->uring_cmd_flags = request->flags;
		sqe->flags |= IOSQE_BUFFER_SELECT;
	}
	io_uring_submit(request->ring);
	res = take_answer(request->ring, 100);
	if (res > 0)
		puts("waits");
	else
		say_result(res);
}

/* A thread and a ring of its own. */
static void *submit_elsewhere(void *arg)
{
	struct request *request = arg;
	struct io_uring own;

	if (io_uring_queue_init(4, &own, 0))
		exit(1);
	request->ring = &own;
	submit(request);
	io_uring_queue_exit(&own);
	return NULL;
}

static void ask(uint32_t op)
{
	struct request request = { .op = op, .ring = &ring };
	struct scst_user_io *io = &request.io;
	bool elsewhere = false;
	pthread_t thread;
	char *word;

	io->queue = next_number();
	io->tag = next_number();
	if (descs && op != SCST_USER_FETCH && io->queue < add.nr_queues && io->tag < add.depth) {
		const struct scst_user_desc *desc = desc_of(io->queue, io->tag);

		io->seq = desc->seq;
		io->moved = desc->op == SCST_USER_READ ? desc->len : 0;
	}
	while ((word = next_word())) {
		if (!strncmp(word, "seq=", 4))
			io->seq = strtoul(word + 4, NULL, 0);
		else if (!strncmp(word, "result=", 7))
			io->result = strtol(word + 7, NULL, 0);
		else if (!strncmp(word, "moved=", 6))
			io->moved = strtoul(word + 6, NULL, 0);
		else if (!strncmp(word, "op=", 3))
			request.op = strtoul(word + 3, NULL, 0);
		else if (!strncmp(word, "flags=", 6))
			request.flags = strtoul(word + 6, NULL, 0);
		request.async |= !strcmp(word, "async");
		elsewhere |= !strcmp(word, "thread");
	}
	if (!elsewhere) {
		submit(&request);
		return;
	}
	if (pthread_create(&thread, NULL, submit_elsewhere, &request))
		exit(1);
	pthread_join(thread, NULL);
}

static void wait_for_answer(void)
{
	int res = take_answer(&ring, next_number() ?: 101);

	if (res > 0)
		puts("none");
	else
		say_result(res);
}

static void print_desc(void)
{
	uint16_t queue = next_number(), tag = next_number();
	const struct scst_user_desc *desc = desc_of(queue, tag);

	printf("%u %llu %u %u %u\n", desc->op, (unsigned long long)desc->lba, desc->nblocks,
	       desc->len, desc->flags);
}

static void print_cdb(void)
{
	uint16_t queue = next_number(), tag = next_number();
	const struct scst_user_desc *desc = desc_of(queue, tag);
	unsigned int i;

	for (i = 0; i < desc->cdb_len; i++)
		printf("%02x", desc->cdb[i]);
	puts("");
}

static void put_bytes(char *at)
{
	const char *hex = next_word() ?: "";
	unsigned int byte;

	for (; sscanf(hex, "%2x", &byte) == 1; hex += 2)
		*at++ = byte;
	say(0);
}

static char *sense_of(void)
{
	uint16_t queue = next_number(), tag = next_number();
	size_t tags = (size_t)add.nr_queues * add.depth;

	return arena + tags * add.max_bytes + (queue * add.depth + tag) * SCST_USER_SENSE_ROOM;
}

static char *data_of(void)
{
	uint16_t queue = next_number(), tag = next_number();

	return arena + desc_of(queue, tag)->data;
}

static void make_child(void)
{
	pid_t pid = fork();

	if (!pid) {
		close(0);
		close(1);
		while (true)
			pause();
	}
	printf("%d\n", pid);
}

/* What is fetched ends when it stops; until then it has the file. */
static int come_once(void)
{
	struct io_uring_sqe *sqe = io_uring_get_sqe(&ring);
	struct io_uring_cqe *cqe;

	fd = open("/dev/" SCST_USER_DEVICE, O_RDWR | O_CLOEXEC);
	while (ioctl(fd, SCST_USER_ATTACH, &add))
		if (errno != EBUSY)
			return -1;
	io_uring_prep_rw(IORING_OP_URING_CMD, sqe, fd, NULL, 0, 0);
	sqe->cmd_op = SCST_USER_FETCH;
	memset(sqe->cmd, 0, sizeof(struct scst_user_io));
	io_uring_submit(&ring);
	if (ioctl(fd, SCST_USER_START) || ioctl(fd, SCST_USER_STOP) ||
	    io_uring_wait_cqe(&ring, &cqe))
		return -1;
	io_uring_cqe_seen(&ring, cqe);
	return close(fd);
}

static void come(void)
{
	uint64_t nr = next_number();
	int ret = close(fd);

	while (!ret && nr--)
		ret = come_once();
	say(ret);
}

static const struct {
	const char *verb;
	uint32_t op;
} requests[] = {
	{ "fetch",	SCST_USER_FETCH },
	{ "commit",	SCST_USER_COMMIT },
	{ "both",	SCST_USER_COMMIT_AND_FETCH },
	{ "watch",	SCST_USER_WATCH },
};

/* Return: it is one. */
static bool is_asked(const char *verb)
{
	size_t i;

	for (i = 0; i < sizeof(requests) / sizeof(requests[0]); i++) {
		if (strcmp(verb, requests[i].verb))
			continue;
		ask(requests[i].op);
		return true;
	}
	return false;
}

static void carry_out(const char *verb)
{
	char *data;

	if (is_asked(verb))
		return;
	if (!strcmp(verb, "open"))
		say(fd = open("/dev/" SCST_USER_DEVICE, O_RDWR | O_CLOEXEC));
	else if (!strcmp(verb, "add"))
		join(SCST_USER_ADD);
	else if (!strcmp(verb, "attach"))
		join(SCST_USER_ATTACH);
	else if (!strcmp(verb, "token"))
		print_token();
	else if (!strcmp(verb, "start"))
		say(ioctl(fd, SCST_USER_START));
	else if (!strcmp(verb, "stop"))
		say(ioctl(fd, SCST_USER_STOP));
	else if (!strcmp(verb, "del"))
		say(ioctl(fd, SCST_USER_DEL));
	else if (!strcmp(verb, "resize"))
		say(ioctl(fd, SCST_USER_RESIZE, &(uint64_t){ next_number() }));
	else if (!strcmp(verb, "block"))
		say(ioctl(fd, SCST_USER_BLOCK_SIZE, &(uint32_t){ next_number() }));
	else if (!strcmp(verb, "ioctl"))
		say(ioctl(fd, next_number(), 1));
	else if (!strcmp(verb, "map"))
		map();
	else if (!strcmp(verb, "protect"))
		say(mprotect(descs, descs_size, PROT_READ | PROT_WRITE));
	else if (!strcmp(verb, "ring"))
		say((errno = -io_uring_queue_init(16, &ring, next_number())) ? -1 : 0);
	else if (!strcmp(verb, "noring")) {
		io_uring_queue_exit(&ring);
		say(0);
	} else if (!strcmp(verb, "cdb"))
		print_cdb();
	else if (!strcmp(verb, "sense"))
		put_bytes(sense_of());
	else if (!strcmp(verb, "bytes"))
		put_bytes(data_of());
	else if (!strcmp(verb, "wait"))
		wait_for_answer();
	else if (!strcmp(verb, "desc"))
		print_desc();
	else if (!strcmp(verb, "child"))
		make_child();
	else if (!strcmp(verb, "come"))
		come();
	else if (!strcmp(verb, "setuid"))
		say(setuid(next_number()));
	else if (!strcmp(verb, "data")) {
		data = data_of();
		puts(strcpy(data, next_word() ?: ""));
	} else if (!strcmp(verb, "see")) {
		data = data_of();
		printf("%.*s\n", (int)next_number(), data);
	} else {
		puts("what?");
	}
}

int main(void)
{
	char line[1024];

	setvbuf(stdout, NULL, _IOLBF, 0);
	while (fgets(line, sizeof(line), stdin)) {
		char *verb;

		line[strcspn(line, "\n")] = '\0';
		verb = strtok_r(line, " ", &words);
		if (verb)
			carry_out(verb);
	}
	return 0;
}
