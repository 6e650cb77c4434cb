// SPDX-License-Identifier: GPL-2.0-only
#include "peer.h"

#include <arpa/inet.h>

#include "portal.h"

void peer_reconnect(struct peer *peer)
{
	struct portal local = { FAKE_PORTAL, 3260 };

	if (peer->login)
		login_free(peer->login);
	else
		peer->login = malloc(sizeof(*peer->login));
	assert_non_null(peer->login);
	login_init(peer->login, &peer->fake.env, &local);
	peer->more = false;
	peer->request = (struct iscsi_login_request){
		.opcode = ISCSI_LOGIN | ISCSI_IMMEDIATE,
		.isid = { 0x40, 0, 1, 2, 3, 4 },
		.itt = htonl(7),
		.cid = htons(1),
		.cmd_sn = htonl(100),
		.exp_stat_sn = htonl(500),
	};
}

void peer_init(struct peer *peer)
{
	memset(peer, 0, sizeof(*peer));
	assert_int_equal(hash_init(), 0);
	fake_init(&peer->fake);
	peer_reconnect(peer);
}

void peer_free(struct peer *peer)
{
	login_free(peer->login);
	free(peer->login);
}

/* What holds of every response. */
static void check_response(const struct peer *peer, uint32_t stat_sn)
{
	const struct iscsi_response *r = &peer->login->response;
	uint32_t len = iscsi_data_len((const struct iscsi_bhs *)r);

	assert_int_equal(r->opcode, ISCSI_LOGIN_RESPONSE);
	assert_int_equal(r->itt, peer->request.itt);
	assert_int_equal(ntohl(r->stat_sn), stat_sn);
	assert_int_equal(ntohl(r->exp_cmd_sn), 100);
	assert_memory_equal(r->isid, peer->request.isid, 6);
	assert_int_equal(peer->login->pdu_len, ISCSI_BHS_LEN + iscsi_padded(len));
	assert_true(len <= ISCSI_DATA_DEFAULT);
	assert_int_equal(ntohs(r->status), peer->login->status);
}

enum login_verdict peer_says(struct peer *peer, uint8_t flags, const char *text)
{
	uint32_t len = strlen(text), stat_sn = peer->login->started ? peer->login->stat_sn : 500;
	char *data = strdup(text);	/* of its size, for the sanitizer */

	for (char *at = data; (at = strchr(at, '\n'));)
		*at++ = '\0';
	peer->request.flags = flags;
	peer->request.data_len[1] = len >> 8;
	peer->request.data_len[2] = len;
	peer->verdict = login_receive(peer->login, &peer->request, data);
	free(data);
	check_response(peer, stat_sn);
	if (!peer->more)
		text_in_reset(&peer->heard);
	peer->more = peer->login->response.flags & ISCSI_CONTINUE;
	text_in_append(&peer->heard, peer->login->pdu + ISCSI_BHS_LEN,
		       iscsi_data_len((struct iscsi_bhs *)&peer->login->response));
	if (!peer->more)
		assert_int_equal(text_in_parse(&peer->heard), 0);
	return peer->verdict;
}

const char *peer_heard(const struct peer *peer, const char *key)
{
	return text_in_find(&peer->heard, key);
}

void assert_refused(struct peer *peer, uint8_t flags, const char *text, enum login_status status)
{
	assert_int_equal(peer_says(peer, flags, text), LOGIN_REFUSED);
	assert_status(peer, status);
	assert_int_equal(peer->login->response.flags & (ISCSI_FINAL | ISCSI_CONTINUE), 0);
	assert_true(peer->login->why[0]);
}
