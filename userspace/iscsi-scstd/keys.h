/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The operational keys: a row each (SCST_ISCSI_KEYS), and how each type is negotiated (RFC 7143
 * clause 6.2). The initiator usually offers and we answer; what it does not mention stays at the
 * RFC's default, and where the administrator does not allow that, we offer.
 */
#ifndef ISCSID_KEYS_H
#define ISCSID_KEYS_H

#include <scst/iscsi.h>

#include "text.h"

struct keys {
	uint32_t ours[SCST_ISCSI_KEY_MAX];	/* what we offer, or take at most */
	uint32_t value[SCST_ISCSI_KEY_MAX];	/* as it stands */
	uint32_t settled;			/* bits by key: the initiator spoke of it */
	uint32_t offered;			/* we did, and it has to answer */
	bool discovery;				/* most keys are Irrelevant */
	bool declared;				/* our MaxRecvDataSegmentLength is out */
};

enum keys_result {
	KEYS_UNKNOWN,	/* no operational key */
	KEYS_DONE,	/* the answer, if it takes one, is in @answer */
	KEYS_ERROR,	/* no sane initiator says so: the login fails */
};

/* @ours: NULL for a discovery session. */
void keys_init(struct keys *keys, const uint32_t *ours);

enum keys_result keys_receive(struct keys *keys, const char *key, const char *value,
			      struct text_out *answer);

/* Is @key one of them? For keys that come in the wrong stage. */
bool keys_know(const char *key);

/* What we have to say unasked: once. */
void keys_declare(struct keys *keys, struct text_out *answer);

/*
 * The initiator wants to go on. Offers, once, what should not stay at its default. Return: true if
 * something was offered now.
 */
bool keys_offer(struct keys *keys, struct text_out *answer);

/*
 * All is said: make the values agree with each other, for the kernel. Return: false if one of them
 * is what the administrator does not allow.
 */
bool keys_finish(struct keys *keys);

#endif
