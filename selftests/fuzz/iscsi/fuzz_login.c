// SPDX-License-Identifier: GPL-2.0-only
/*
 * A connection from its first byte: Login Requests, and if it gets that far the requests of a
 * discovery session. Whatever they are, each response is well formed, nobody gets in without the
 * proof that the target wants, what the kernel is told is within its ranges, and no more memory is
 * kept than a stranger may have.
 */
#include <arpa/inet.h>
#include <sanitizer/allocator_interface.h>

#include "admission.h"
#include "discovery.h"
#include "fake_env.h"
#include "input.h"
#include "login.h"

static const struct {
	uint32_t least, most;
} ranges[] = {
#define KEY(name, type, rfc, ours, least, most, seen) { least, most },
	SCST_ISCSI_KEYS(KEY)
#undef KEY
};

enum bend {
	BEND_USERS	= 0x01,
	BEND_DISCOVERY_USERS = 0x02,
	BEND_REDIRECT	= 0x04,
	BEND_DIGEST	= 0x08,
	BEND_LIMITS	= 0x10,
	BEND_PORTALS	= 0x20,
	BEND_ACL	= 0x40,
	BEND_KERNEL	= 0x80,
};

static void bend_fake(struct fake *fake, uint8_t how)
{
	if (how & BEND_USERS)
		fake_add_attr(fake, 1, SCST_ISCSI_INCOMING_USER, "joe 12charsecret");
	if (how & BEND_DISCOVERY_USERS)
		fake_add_attr(fake, 0, SCST_ISCSI_INCOMING_USER, "joeD 12charsecret");
	if (how & BEND_REDIRECT)
		strcpy(fake->target[1].redirect, "[2001:db8::7]:3261 perm");
	if (how & BEND_DIGEST)
		fake->target[0].key[SCST_ISCSI_HeaderDigest] = SCST_ISCSI_DIGEST_CRC32C;
	if (how & BEND_LIMITS) {
		fake->target[0].key[SCST_ISCSI_MaxBurstLength] = 512;
		fake->target[0].key[SCST_ISCSI_ImmediateData] = 0;
	}
	if (how & BEND_PORTALS)
		fake_add_attr(fake, 2, SCST_ISCSI_ALLOWED_PORTAL, "!192.*");
	fake->target[1].per_portal_acl = !!(how & BEND_ACL);
}

/* The connection's own buffer, its events and what the allocator rounds up to. */
#define CONN_SIZE	(ISCSI_DATA_DEFAULT + 2048)

static size_t heap_before;

/* @size: of the structure, which is not on the heap here. */
static void must_be_modest(size_t size)
{
	size_t heap = __sanitizer_get_current_allocated_bytes() - heap_before;

	must(CONN_SIZE + size + heap <= STRANGER_MEMORY_MAX);
}

static void must_be_response(const struct iscsi_response *r, uint32_t pdu_len, uint32_t most)
{
	uint32_t len = iscsi_data_len((const struct iscsi_bhs *)r);

	must(len <= most);
	must(pdu_len == ISCSI_BHS_LEN + iscsi_padded(len));
	must(!r->ahs_len);
	must(!(r->flags & ISCSI_FINAL && r->flags & ISCSI_CONTINUE));
}

static void must_be_fit_for_the_kernel(const struct login *l)
{
	struct scst_iscsi_conn conn;

	login_to_kernel(l, &conn);
	must(!l->must_authenticate || l->chap.state == CHAP_DONE);
	must(conn.tid);
	must(conn.response_len <= SCST_ISCSI_LOGIN_MAX && conn.response_len % 4 == 0);
	for (int i = 0; i < SCST_ISCSI_KEY_MAX; i++)
		must(conn.key[i] >= ranges[i].least && conn.key[i] <= ranges[i].most);
	must(conn.key[SCST_ISCSI_FirstBurstLength] <= conn.key[SCST_ISCSI_MaxBurstLength]);
	must(conn.key[SCST_ISCSI_HeaderDigest] != 3 && conn.key[SCST_ISCSI_DataDigest] != 3);
	must(conn.initiator[0] && !strchr(conn.initiator, '/'));
}

static void discover(struct login *login, struct input *in)
{
	static struct discovery d;

	must(!login->must_authenticate || login->chap.state == CHAP_DONE);
	discovery_init(&d, login);
	login_free(login);	/* as the daemon does */
	while (in->left) {
		uint8_t how = take_u8(in);
		size_t len = take_u8(in) << (how & 3);
		struct iscsi_bhs bhs = { .opcode = how >> 2, .flags = take_u8(in),
					 .itt = take_u8(in) };
		enum discovery_verdict verdict;
		void *data = take_block(in, &len);

		bhs.data_len[1] = len >> 8;
		bhs.data_len[2] = len;
		bhs.ttt = bhs.itt & 1 ? d.response.ttt : htonl(ISCSI_NO_TAG);
		verdict = discovery_receive(&d, &bhs, data);
		free(data);
		while (verdict == DISCOVERY_BUSY)
			verdict = discovery_go_on(&d);
		must_be_modest(sizeof(d));
		if (verdict == DISCOVERY_REPLY || verdict == DISCOVERY_END)
			must_be_response(&d.response, d.pdu_len, d.data_max);
		if (verdict == DISCOVERY_END || verdict == DISCOVERY_BROKEN)
			break;
	}
	discovery_free(&d);
}

/* What every login begins with: the fuzzer need not find that out. */
static const struct {
	const char *text;
	size_t len;
} beginnings[] = {
#define BEGINNING(text) { text, sizeof(text) }
	{ "", 0 },
	BEGINNING("InitiatorName=" FAKE_INITIATOR "\0TargetName=" FAKE_TARGET),
	BEGINNING("InitiatorName=" FAKE_INITIATOR "\0TargetName=" FAKE_TARGET2),
	BEGINNING("InitiatorName=" FAKE_INITIATOR "\0SessionType=Discovery"),
};

/* One of the beginnings and @len bytes of the input, as many as there are: *@len in all. */
static void *take_text(struct input *in, uint8_t how, size_t *len)
{
	size_t begin = beginnings[how >> 3 & 3].len;
	void *rest = take_block(in, len);
	char *text = malloc(begin + *len ?: 1);

	must(text);
	memcpy(text, beginnings[how >> 3 & 3].text, begin);
	memcpy(text + begin, rest, *len);
	free(rest);
	*len += begin;
	return text;
}

/* Most headers are right: what is wrong about them is a coin that the input has to throw. */
static void take_request(struct input *in, uint8_t how, struct iscsi_login_request *req,
			 size_t *len)
{
	*req = (struct iscsi_login_request){
		.opcode = ISCSI_LOGIN | ISCSI_IMMEDIATE,
		.flags = take_u8(in),
		.isid = { 0x40, 0, 0, 0, 0, 1 },
		.itt = 1,
	};
	if (how >= 0xf8)
		req->opcode = take_u8(in);
	if (how & 0x40 && how & 0x20)
		req->tsih = take_u8(in);
	*len = take_u8(in) << (how & 7);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	must(!hash_init());
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct portal local = { FAKE_PORTAL, 3260 };
	struct input in = { data, size };
	enum login_verdict verdict = LOGIN_CONTINUE;
	uint8_t how = take_u8(&in);
	static struct login login;
	struct fake fake;

	heap_before = __sanitizer_get_current_allocated_bytes();
	fake_init(&fake);
	fake.crowd = 40;	/* more targets than one turn takes */
	bend_fake(&fake, how);
	login_init(&login, &fake.env, &local);
	while (verdict == LOGIN_CONTINUE && in.left) {
		struct iscsi_login_request req;
		uint8_t how_to_ask = take_u8(&in);
		size_t len;
		void *block;

		take_request(&in, how_to_ask, &req, &len);
		block = take_text(&in, how_to_ask, &len);
		req.data_len[1] = len >> 8;
		req.data_len[2] = len;
		verdict = login_receive(&login, &req, block);
		free(block);
		must_be_modest(sizeof(login));
		must_be_response(&login.response, login.pdu_len, ISCSI_DATA_DEFAULT);
		must((verdict == LOGIN_REFUSED) == (login.status != LOGIN_SUCCESS));
	}
	if (verdict == LOGIN_HAND_OVER) {
		must_be_fit_for_the_kernel(&login);
		if (how & BEND_KERNEL)
			must(login_kernel_refused(&login, how) == LOGIN_REFUSED);
	} else if (verdict == LOGIN_DISCOVERY) {
		discover(&login, &in);
	}
	login_free(&login);
	return 0;
}
