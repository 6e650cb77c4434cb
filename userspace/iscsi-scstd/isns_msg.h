/* SPDX-License-Identifier: GPL-2.0-only */
/* Messages of iSNSP, RFC 4171 clauses 5 and 6: built and read, nothing sent. */
#ifndef ISCSID_ISNS_MSG_H
#define ISCSID_ISNS_MSG_H

#include "env.h"

#define ISNS_PORT	3205
#define ISNS_HEADER_LEN	12
#define ISNS_BODY_MAX	65532	/* a 16 bit length, whole words */

enum isns_function {
	ISNS_REGISTER		= 0x0001,
	ISNS_QUERY		= 0x0002,
	ISNS_DEREGISTER		= 0x0004,
	ISNS_SCN_REGISTER	= 0x0005,
	ISNS_SCN		= 0x0008,
	ISNS_ESI		= 0x000d,
	ISNS_RESPONSE		= 0x8000,
};

enum isns_flag {
	ISNS_FROM_CLIENT	= 0x8000,
	ISNS_FROM_SERVER	= 0x4000,
	ISNS_AUTHENTICATED	= 0x2000,
	ISNS_REPLACE		= 0x1000,
	ISNS_LAST		= 0x0800,
	ISNS_FIRST		= 0x0400,
};

enum isns_tag {
	ISNS_DELIMITER		= 0,
	ISNS_ENTITY		= 1,
	ISNS_ENTITY_PROTOCOL	= 2,
	ISNS_TIMESTAMP		= 4,
	ISNS_PERIOD		= 6,
	ISNS_PORTAL_IP		= 16,
	ISNS_PORTAL_PORT	= 17,
	ISNS_ESI_INTERVAL	= 19,
	ISNS_ESI_PORT		= 20,
	ISNS_SCN_PORT		= 23,
	ISNS_NAME		= 32,
	ISNS_NODE_TYPE		= 33,
	ISNS_ALIAS		= 34,
	ISNS_SCN_BITMAP		= 35,
	ISNS_GROUP_NAME		= 48,
	ISNS_GROUP_IP		= 49,
	ISNS_GROUP_PORT		= 50,
	ISNS_GROUP_TAG		= 51,
};

#define ISNS_PROTOCOL_ISCSI	2
#define ISNS_NODE_TARGET	1
#define ISNS_NODE_INITIATOR	2

/* SCN bitmap, RFC 4171 6.4.4: about initiators; that come, go and change */
#define ISNS_SCN_WANTED		(0x80 | 0x10 | 0x08 | 0x04)

struct isns_out {
	size_t len;
	bool overflow;
	uint8_t pdu[ISNS_HEADER_LEN + ISNS_BODY_MAX];
};

void isns_begin(struct isns_out *out, uint16_t function, uint16_t flags, uint16_t xid);
void isns_add(struct isns_out *out, enum isns_tag tag, const void *value, size_t len);
void isns_add_u32(struct isns_out *out, enum isns_tag tag, uint32_t value);
void isns_add_string(struct isns_out *out, enum isns_tag tag, const char *value);
void isns_add_status(struct isns_out *out, uint32_t status);	/* a response begins with it */
void isns_add_portal(struct isns_out *out, enum isns_tag ip, enum isns_tag port,
		     const struct portal *portal);

/* Return: 0, or -EMSGSIZE: it did not fit. */
int isns_finish(struct isns_out *out);

struct isns_header {
	uint16_t function;
	uint16_t flags;
	uint16_t xid;
	uint16_t sequence;
	uint16_t body_len;
};

/* Return: 0; -EPROTO: no iSNSP version 1, or not in whole words; -EOPNOTSUPP: authenticated. */
int isns_parse_header(const uint8_t pdu[ISNS_HEADER_LEN], struct isns_header *header);

/* Is the PDU a whole message? */
bool isns_is_whole(const struct isns_header *header);

/*
 * A message that comes in PDUs (RFC 4171 5.1): a query's answer for more than some hundred
 * initiators does. The bodies are one text, cut anywhere.
 */
#define ISNS_MESSAGE_MAX	(4u << 20)

struct isns_gather {
	uint8_t *body;
	size_t len;
	unsigned int sequence;		/* that is expected; 0: the first */
};

/*
 * Return: 1: @gather has all of it; 0: not yet; -EPROTO: this PDU does not come here; -E2BIG;
 * -ENOMEM.
 */
int isns_gather(struct isns_gather *gather, const struct isns_header *header, const uint8_t *body);
void isns_gather_free(struct isns_gather *gather);

struct isns_attr {
	uint32_t tag;
	uint32_t len;
	const uint8_t *value;
};

/* Attribute by attribute. Return: 1; 0 at the end; -EPROTO: one is cut off. */
int isns_next(const uint8_t **at, size_t *left, struct isns_attr *attr);

bool isns_attr_u32(const struct isns_attr *attr, uint32_t *out);

/* As text without its terminating NULs: 0, or -EPROTO if it does not fit or is no text. */
int isns_attr_string(const struct isns_attr *attr, char *out, size_t size);

/* Past the status of a response. Return: the status, or -EPROTO. */
int isns_take_status(const uint8_t **at, size_t *left);

/*
 * Calls @each for each initiator in the body of a query's response, status already taken. One whose
 * name is too long or no text is left out: it cannot log in anyway, and anybody may have registered
 * it. Return: 0, -EPROTO, or what @each returned.
 */
int isns_each_initiator(const uint8_t *body, size_t len, int (*each)(const char *name, void *arg),
			void *arg);

/* The registration period in the response to a registration, in seconds; 0: none. */
uint32_t isns_find_period(const uint8_t *body, size_t len);

/* Our answer to a server's SCN or ESI. Return: 0 or -errno: it deserves none. */
int isns_answer(const struct isns_header *header, const uint8_t *body, struct isns_out *out);

#endif
