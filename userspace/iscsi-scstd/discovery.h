/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A discovery session, RFC 7143 4.2.7 and appendix C: SendTargets, NOP-Out, Logout, and nothing
 * else. One request in, one response out, except that an answer may have to be collected.
 */
#ifndef ISCSID_DISCOVERY_H
#define ISCSID_DISCOVERY_H

#include "env.h"
#include "text.h"
#include "wire.h"

struct login;

/* What we send in a PDU at most, whatever the initiator would take. */
#define DISCOVERY_DATA_MAX	65536

enum discovery_verdict {
	DISCOVERY_REPLY,	/* send the response */
	DISCOVERY_SILENCE,	/* nothing to send */
	DISCOVERY_END,		/* send it, close */
	DISCOVERY_BROKEN,	/* close; @why says why */
};

struct discovery {
	const struct env *env;
	struct portal local;
	char initiator[SCST_ISCSI_NAME_LEN];
	uint16_t cid;
	uint32_t stat_sn;
	uint32_t exp_cmd_sn;
	uint32_t data_max;	/* that the initiator takes in a PDU */
	uint32_t ttt;		/* of the answer that is being collected */
	struct text_in in;
	struct text_out out;
	const char *why;

	uint32_t pdu_len;
	union {
		struct iscsi_response response;
		uint8_t pdu[ISCSI_BHS_LEN + DISCOVERY_DATA_MAX];
	};
};

/* After LOGIN_DISCOVERY. */
void discovery_init(struct discovery *d, const struct login *login);
void discovery_free(struct discovery *d);

/* The response is in @d->pdu. @data has the length that @bhs says. */
enum discovery_verdict discovery_receive(struct discovery *d, const struct iscsi_bhs *bhs,
					 const void *data);

#endif
