/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A discovery session, RFC 7143 4.2.7 and appendix C: SendTargets, NOP-Out, Logout, and nothing
 * else. One request in, one response out, except that an answer may have to be collected.
 *
 * The list of targets is made as it is collected, target by target: so a session takes no more
 * memory for ten thousand targets than for ten, and since few targets are looked at in one turn
 * (DISCOVERY_BUSY) it does not keep others waiting.
 */
#ifndef ISCSID_DISCOVERY_H
#define ISCSID_DISCOVERY_H

#include "env.h"
#include "text.h"
#include "wire.h"

struct login;

/* What we send in a PDU at most, whatever the initiator would take. */
#define DISCOVERY_DATA_MAX	ISCSI_DATA_DEFAULT

/* Of an answer: less than a PDU, and the next target; or one key after the other refused. */
#define DISCOVERY_OUT_MAX	16384

enum discovery_verdict {
	DISCOVERY_REPLY,	/* send the response */
	DISCOVERY_SILENCE,	/* nothing to send */
	DISCOVERY_BUSY,		/* let others do something, then discovery_go_on() */
	DISCOVERY_END,		/* send it, close */
	DISCOVERY_BROKEN,	/* close; @why says why */
};

struct discovery {
	const struct env *env;
	struct portal local;
	struct portal peer;
	char initiator[SCST_ISCSI_NAME_LEN];
	uint16_t cid;
	uint32_t stat_sn;
	uint32_t exp_cmd_sn;
	uint32_t data_max;	/* that the initiator takes in a PDU */
	struct iscsi_bhs request;	/* Text, that is being answered */
	uint32_t ttt;		/* of the answer that is being collected */
	struct text_in in;
	struct text_out out;
	const char *why;

	/* SendTargets, while there are more */
	bool sending;
	char wanted[SCST_ISCSI_NAME_LEN];	/* "": all of them */
	uint32_t tid;		/* of the last one looked at */
	size_t nr_portals;
	struct portal portal[PORTALS_MAX];

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
enum discovery_verdict discovery_go_on(struct discovery *d);

#endif
