/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * CHAP, RFC 7143 12.1.3, from the target's side:
 *
 *	initiator			target
 *	CHAP_A=<list>		->			CHAP_WANT_A
 *				<-	CHAP_A CHAP_I CHAP_C
 *	CHAP_N CHAP_R		->			CHAP_WANT_N
 *	[CHAP_I CHAP_C]
 *				<-	[CHAP_N CHAP_R]	CHAP_DONE
 */
#ifndef ISCSID_CHAP_H
#define ISCSID_CHAP_H

#include <scst/iscsi.h>

#include "hash.h"
#include "text.h"

#define CHAP_CHALLENGE_LEN	32
#define CHAP_CHALLENGE_MAX	1024	/* that an initiator may send */

/* The algorithms that may be used, the one that we like best first. */
struct chap_algorithms {
	size_t nr;
	enum hash_id id[HASH_IDS];
};

#define CHAP_ALGORITHMS_DEFAULT { 4, { HASH_SHA3_256, HASH_SHA256, HASH_SHA1, HASH_MD5 } }

/* A list of the names MD5, SHA1, SHA256, SHA3-256. Return: 0 or -EINVAL, @out untouched. */
int chap_algorithms_parse(const char *list, struct chap_algorithms *out);

/*
 * The users that the kernel knows: @get as SCST_ISCSI_IOC_ATTR.
 * Return: 0, -ENOENT behind the last, or another -errno.
 */
struct chap_users {
	int (*get)(void *arg, enum scst_iscsi_attr_kind kind, uint32_t index,
		   char text[SCST_ISCSI_TEXT_LEN]);
	void *arg;
};

enum chap_state {
	CHAP_WANT_A,
	CHAP_WANT_N,
	CHAP_DONE,
};

struct chap {
	enum chap_state state;
	enum hash_id hash;
	uint8_t id;
	uint8_t challenge[CHAP_CHALLENGE_LEN];
	char user[SCST_ISCSI_TEXT_LEN];	/* CHAP_DONE: who it is */
};

/*
 * What a sequence of PDUs said. Return: NULL, @chap->state is the next one; or why the peer has not
 * proved anything: the login fails.
 */
const char *chap_receive(struct chap *chap, const struct chap_algorithms *algorithms,
			 const struct chap_users *users, const struct text_in *in,
			 struct text_out *answer);

bool chap_knows_key(const char *key);

#endif
