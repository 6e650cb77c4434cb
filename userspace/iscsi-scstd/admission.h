/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Who may be here before he has proved who he is. Everybody may come; when there is no room for
 * another one, somebody goes: the one who is here longest, of the host that has most. So a host
 * that brings more and more displaces itself first, and a login from elsewhere gets through.
 *
 * A host is an IPv4 address or an IPv6 /64. Those that have had a session are known: a few of their
 * guests do not count, and do not go for somebody unknown. So initiators come back after a
 * disturbance, whatever strangers do meanwhile.
 */
#ifndef ISCSID_ADMISSION_H
#define ISCSID_ADMISSION_H

#include <sys/queue.h>

#include "sockets.h"

/* What one of them makes us keep at most: the compiler checks conn.c, the fuzzer what it does. */
#define STRANGER_MEMORY_MAX	65536

#define ADMISSION_FREE	8	/* guests of a known host that do not count */

struct host;
struct admission;

/* In the structure of whoever is let in. */
struct guest {
	TAILQ_ENTRY(guest) entry;
	struct host *host;
	uint64_t number;	/* later ones have greater ones */
};

#define KNOWN_SETS	1024
#define KNOWN_WAYS	8

/* The hosts that had a session last; each hash has room for a few. */
struct known_hosts {
	uint64_t seed;
	struct sockets_host set[KNOWN_SETS][KNOWN_WAYS];	/* the last one first */
};

void known_hosts_init(struct known_hosts *known);
void known_hosts_add(struct known_hosts *known, const union sockets_addr *peer);

/* Return: NULL if there is no memory. */
struct admission *admission_new(const struct known_hosts *known);
void admission_free(struct admission *admission);	/* all guests have left */

struct admission_limits {
	uint64_t all;
	uint64_t per_host;
};

enum admission_answer {
	ADMISSION_COME,
	ADMISSION_HOST_FULL,	/* after *@instead has left */
	ADMISSION_FULL,		/* after *@instead has left */
	ADMISSION_NEVER,	/* all are known, and @peer is not */
};

/* May another one from @peer come? */
enum admission_answer admission_ask(const struct admission *admission,
				    const struct admission_limits *limits,
				    const union sockets_addr *peer, struct guest **instead);

/* Return: 0 or -ENOMEM. */
int admission_enter(struct admission *admission, struct guest *guest,
		    const union sockets_addr *peer);
void admission_leave(struct admission *admission, struct guest *guest);

/* A host that may have guests became a known one. */
void admission_know(struct admission *admission, const union sockets_addr *peer);

/* Whoever goes if somebody has to, or NULL. */
struct guest *admission_first(const struct admission *admission);

unsigned int admission_count(const struct admission *admission);

#endif
