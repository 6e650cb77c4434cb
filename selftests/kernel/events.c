// SPDX-License-Identifier: GPL-2.0-only
/*
 * events [nonblock]: a reader of /dev/scst_event as one that was built for SCST is: it knows the
 * ioctls and structures by numbers, none of our headers. Takes commands from standard input, a line
 * each, and says what came of each in a line:
 *
 *	allow CODE ISSUER [HEX]		ok, or the name of the error; ISSUER: '+' is a blank
 *	disallow CODE ISSUER [HEX]
 *	next [MAX]			the event in words; ENOSPC with what it needs
 *	poll MILLISECONDS		ready, idle
 *	done ID STATUS
 *	raw IOCTL HEX			any ioctl with these bytes
 *	wild IOCTL			... with an address that nobody has
 *	many N				N times allow, each with another payload: how many passed
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define ALLOW		0x40407501ul
#define DISALLOW	0x40407502ul
#define NEXT		0xc0447503ul
#define DONE		0x40087504ul

/* struct scst_event; in what NEXT takes it begins 4 bytes later. */
#define CODE		4
#define ID		8
#define ISSUER		12
#define PAYLOAD		62
#define EVENT_SIZE	64
#define IN_NEXT		4

static int fd;
static unsigned char buf[8192];

static void say(int ret)
{
	puts(ret < 0 ? strerrorname_np(errno) : "ok");
}

static void put32(size_t at, uint32_t value)
{
	memcpy(buf + at, &value, sizeof(value));
}

static uint32_t get32(size_t at)
{
	uint32_t value;

	memcpy(&value, buf + at, sizeof(value));
	return value;
}

static unsigned long long get64(size_t at)
{
	uint64_t value;

	memcpy(&value, buf + at, sizeof(value));
	return value;
}

static size_t unhex(const char *hex, size_t at)
{
	size_t begin = at;
	unsigned int byte;

	for (; at < sizeof(buf) && sscanf(hex, "%2x", &byte) == 1; hex += 2) {
		buf[at++] = byte;
		if (!hex[1])
			break;
	}
	return at - begin;
}

static void pattern(unsigned long request, const char *code, char *issuer, const char *hex)
{
	char *c;

	memset(buf, 0, sizeof(buf));
	for (c = issuer; *c; c++)
		if (*c == '+')
			*c = ' ';
	put32(CODE, strtoul(code, NULL, 0));
	memcpy(buf + ISSUER, issuer, strlen(issuer));
	put32(0, unhex(hex, PAYLOAD));
	say(ioctl(fd, request, buf));
}

static const char *text(size_t at)
{
	return (const char *)buf + at;
}

static void say_event(void)
{
	uint32_t code = get32(IN_NEXT + CODE), len = get32(IN_NEXT);
	size_t p = IN_NEXT + PAYLOAD;

	printf("code=%u id=%u issuer=%s len=%u", code, get32(IN_NEXT + ID), text(IN_NEXT + ISSUER),
	       len);
	if (code == 1)
		printf(" lun=%llu initiator=%s target=%s", get64(p), text(p + 8), text(p + 264));
	if (code == 2)
		printf(" initiator=%s target=%s", text(p), text(p + 256));
	if (code == 3)
		printf(" device=%s text=%.*s", text(p), (int)get32(p + 256), text(p + 260));
	if (code == 4)
		printf(" fn=%u lun=%llu device=%s initiator=%s target=%s session=%s tag=%llu"
		       " cdb=%02x", get32(p), get64(p + 8), text(p + 16), text(p + 272),
		       text(p + 528), text(p + 784), get64(p + 1040), buf[p + 1048]);
	if (code == 6)
		printf(" device=%s", text(p));
	puts("");
}

static void next(const char *max)
{
	memset(buf, 0xee, sizeof(buf));
	put32(0, *max ? strtoul(max, NULL, 0) : sizeof(buf) - IN_NEXT);
	if (!ioctl(fd, NEXT, buf))
		say_event();
	else if (errno == ENOSPC)
		printf("ENOSPC %u\n", get32(0));
	else
		say(-1);
}

static void wait_ready(const char *ms)
{
	struct pollfd pfd = { .fd = fd, .events = POLLIN };

	puts(poll(&pfd, 1, atoi(ms)) == 1 ? "ready" : "idle");
}

static void done(const char *id, const char *status)
{
	put32(0, strtoul(id, NULL, 0));
	put32(4, strtol(status, NULL, 0));
	say(ioctl(fd, DONE, buf));
}

static void many(const char *nr)
{
	unsigned long i, taken = 0;

	memset(buf, 0, sizeof(buf));
	put32(CODE, 77);
	buf[ISSUER] = 'x';
	put32(0, 4);
	for (i = 0; i < strtoul(nr, NULL, 0); i++) {
		put32(PAYLOAD, i);
		taken += !ioctl(fd, ALLOW, buf);
	}
	printf("%lu\n", taken);
}

static void run(char word[4][4200])
{
	if (!strcmp(word[0], "allow"))
		pattern(ALLOW, word[1], word[2], word[3]);
	else if (!strcmp(word[0], "disallow"))
		pattern(DISALLOW, word[1], word[2], word[3]);
	else if (!strcmp(word[0], "next"))
		next(word[1]);
	else if (!strcmp(word[0], "poll"))
		wait_ready(word[1]);
	else if (!strcmp(word[0], "done"))
		done(word[1], word[2]);
	else if (!strcmp(word[0], "many"))
		many(word[1]);
	else if (!strcmp(word[0], "wild"))
		say(ioctl(fd, strtoul(word[1], NULL, 0), (void *)8ul));
	else if (!strcmp(word[0], "raw") && unhex(word[2], 0))
		say(ioctl(fd, strtoul(word[1], NULL, 0), buf));
	else
		puts("what?");
}

int main(int argc, char **argv)
{
	static char line[8400], word[4][4200];

	fd = open("/dev/scst_event", O_RDWR | (argc > 1 ? O_NONBLOCK : 0));
	if (fd < 0) {
		say(-1);
		return 1;
	}
	(void)argv;
	setvbuf(stdout, NULL, _IOLBF, 0);
	puts("open");
	while (fgets(line, sizeof(line), stdin)) {
		memset(word, 0, sizeof(word));
		sscanf(line, "%4199s %4199s %4199s %4199s", word[0], word[1], word[2], word[3]);
		run(word);
	}
	return 0;
}
