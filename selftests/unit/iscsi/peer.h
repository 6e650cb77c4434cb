/* SPDX-License-Identifier: GPL-2.0-only */
/* An initiator for tests: says what it is told to say, and keeps what it heard. */
#ifndef PEER_H
#define PEER_H

#include "fake_env.h"
#include "login.h"
#include "unit.h"

#define SECURITY	(ISCSI_STAGE_SECURITY << 2)
#define OPERATIONAL	(ISCSI_STAGE_OPERATIONAL << 2)
#define TO_OPERATIONAL	(ISCSI_FINAL | ISCSI_STAGE_OPERATIONAL)
#define TO_FULL		(ISCSI_FINAL | ISCSI_STAGE_FULL)
#define MORE		ISCSI_CONTINUE

struct peer {
	struct fake fake;
	struct login *login;
	struct iscsi_login_request request;	/* the next one's header */
	enum login_verdict verdict;
	struct text_in heard;
	bool more;			/* of it will come */
};

void peer_init(struct peer *peer);
void peer_free(struct peer *peer);

/* Begin a new connection to the same fake. */
void peer_reconnect(struct peer *peer);

/* @text: pairs, with a '\n' where the wire has a NUL. */
enum login_verdict peer_says(struct peer *peer, uint8_t flags, const char *text);

/* As above; it must be turned away with this status. */
void assert_refused(struct peer *peer, uint8_t flags, const char *text, enum login_status status);

/* The value in the last response, or NULL. */
const char *peer_heard(const struct peer *peer, const char *key);

/* The names that a normal session begins with. */
#define NAMES	"InitiatorName=" FAKE_INITIATOR "\nTargetName=" FAKE_TARGET "\n"

#define assert_heard(peer, key, value)							\
	do {										\
		const char *_heard = peer_heard(peer, key);				\
		if (!_heard || strcmp(_heard, value))					\
			fail_msg("%s=%s, expected %s", key, _heard ?: "(nothing)", value); \
	} while (0)
#define assert_not_heard(peer, key)	assert_null(peer_heard(peer, key))
#define assert_status(peer, code)							\
	do {										\
		if ((peer)->login->status != (code))					\
			fail_msg("status %04x (%s), expected %04x", (peer)->login->status, \
				 (peer)->login->why, code);				\
	} while (0)

#endif
