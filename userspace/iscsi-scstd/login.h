/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The login phase, RFC 7143 clauses 6.3 and 11.12 f: a request in, a response out, until the
 * session is the kernel's, or a discovery session of ours, or refused.
 *
 *	             T, NSG 1                      T, NSG 3
 *	SECURITY ----------------> OPERATIONAL ----------------> FULL
 *	    \____________________________________________________/
 *	                            T, NSG 3
 *
 * The text of one or more requests (C bit) is a sequence. The first names initiator and target;
 * everything else waits until it is known who they are. What we answer may take more than one
 * response (C bit again), which the initiator collects with empty requests.
 */
#ifndef ISCSID_LOGIN_H
#define ISCSID_LOGIN_H

#include "chap.h"
#include "env.h"
#include "keys.h"
#include "wire.h"

/* Class and detail, RFC 7143 11.13.5. */
enum login_status {
	LOGIN_SUCCESS			= 0x0000,
	LOGIN_MOVED_TEMPORARILY		= 0x0101,
	LOGIN_MOVED_PERMANENTLY		= 0x0102,
	LOGIN_INITIATOR_ERROR		= 0x0200,
	LOGIN_AUTHENTICATION_FAILED	= 0x0201,
	LOGIN_NOT_AUTHORIZED		= 0x0202,
	LOGIN_NOT_FOUND			= 0x0203,
	LOGIN_UNSUPPORTED_VERSION	= 0x0205,
	LOGIN_TOO_MANY_CONNECTIONS	= 0x0206,
	LOGIN_MISSING_PARAMETER		= 0x0207,
	LOGIN_CANNOT_INCLUDE		= 0x0208,
	LOGIN_SESSION_TYPE		= 0x0209,
	LOGIN_NO_SESSION		= 0x020a,
	LOGIN_INVALID_REQUEST		= 0x020b,
	LOGIN_TARGET_ERROR		= 0x0300,
	LOGIN_UNAVAILABLE		= 0x0301,
	LOGIN_OUT_OF_RESOURCES		= 0x0302,
};

enum login_verdict {
	LOGIN_CONTINUE,		/* send the response; more requests will come */
	LOGIN_HAND_OVER,	/* the response is the last: for the kernel to send */
	LOGIN_DISCOVERY,	/* send it; from now on it is a discovery session */
	LOGIN_REFUSED,		/* send it, close; @why says why */
};

/* Of an answer: every key of a request refused, and what we declare ourselves. */
#define LOGIN_OUT_MAX	16384

enum login_auth {
	AUTH_UNDECIDED,
	AUTH_NONE,
	AUTH_CHAP,
};

struct login {
	const struct env *env;
	struct portal local;		/* that the initiator connected to */
	struct portal peer;		/* where it comes from; of whoever has accepted it */

	/* from the first request, and the same in all others */
	bool started;
	uint8_t isid[6];
	uint16_t tsih;
	uint16_t cid;
	uint32_t cmd_sn;
	uint32_t stat_sn;		/* of the next response */

	/* from the first sequence */
	bool identified;
	bool discovery;
	char initiator[SCST_ISCSI_NAME_LEN];
	char initiator_alias[256];
	struct scst_iscsi_target target;	/* tid 0 in a discovery session */

	enum iscsi_stage stage;
	int next_stage;			/* that we agreed to with the last sequence; -1: none */
	bool must_authenticate;
	enum login_auth auth;
	struct chap chap;
	struct keys keys;

	struct text_in in;
	struct text_out out;

	enum login_status status;
	char why[256];

	uint32_t pdu_len;
	union {
		struct iscsi_response response;
		uint8_t pdu[SCST_ISCSI_LOGIN_MAX];
	};
};

void login_init(struct login *login, const struct env *env, const struct portal *local);
void login_free(struct login *login);

/* The response is in @login->pdu. @data has the length that @request says. */
enum login_verdict login_receive(struct login *login, const struct iscsi_login_request *request,
				 const void *data);

/* What came is too long or no Login Request. */
enum login_verdict login_refuse_pdu(struct login *login, const struct iscsi_bhs *bhs,
				    const char *why);

/* LOGIN_HAND_OVER: what the kernel is told, all but the descriptor. */
void login_to_kernel(const struct login *login, struct scst_iscsi_conn *conn);

/* LOGIN_HAND_OVER, and the kernel said -@err. */
enum login_verdict login_kernel_refused(struct login *login, int err);

#endif
