// SPDX-License-Identifier: GPL-2.0-only
#include "isns_msg.h"

#include <arpa/inet.h>

/* Words are not aligned to anything. */
static void put_u16(uint8_t *to, uint16_t value)
{
	value = htons(value);
	memcpy(to, &value, sizeof(value));
}

static void put_u32(uint8_t *to, uint32_t value)
{
	value = htonl(value);
	memcpy(to, &value, sizeof(value));
}

static uint16_t get_u16(const uint8_t *from)
{
	return from[0] << 8 | from[1];
}

static uint32_t get_u32(const uint8_t *from)
{
	return (uint32_t)get_u16(from) << 16 | get_u16(from + 2);
}

static size_t padded(size_t len)
{
	return (len + 3) & ~(size_t)3;
}

/* Building */

void isns_begin(struct isns_out *out, uint16_t function, uint16_t flags, uint16_t xid)
{
	memset(out->pdu, 0, ISNS_HEADER_LEN);
	out->len = ISNS_HEADER_LEN;
	out->overflow = false;
	put_u16(out->pdu, 1);	/* version */
	put_u16(out->pdu + 2, function);
	put_u16(out->pdu + 6, flags | ISNS_FIRST | ISNS_LAST);
	put_u16(out->pdu + 8, xid);
}

static uint8_t *extend(struct isns_out *out, size_t len)
{
	uint8_t *at = out->pdu + out->len;

	if (len > sizeof(out->pdu) - out->len) {
		out->overflow = true;
		return NULL;
	}
	memset(at, 0, len);
	out->len += len;
	return at;
}

void isns_add(struct isns_out *out, enum isns_tag tag, const void *value, size_t len)
{
	uint8_t *at = extend(out, 8 + padded(len));

	if (!at)
		return;
	put_u32(at, tag);
	put_u32(at + 4, padded(len));
	if (len)
		memcpy(at + 8, value, len);
}

void isns_add_u32(struct isns_out *out, enum isns_tag tag, uint32_t value)
{
	value = htonl(value);
	isns_add(out, tag, &value, sizeof(value));
}

/* RFC 4171 5.6.1: with its NUL, padded by more of them; the length counts all. */
void isns_add_string(struct isns_out *out, enum isns_tag tag, const char *value)
{
	isns_add(out, tag, value, strlen(value) + 1);
}

void isns_add_status(struct isns_out *out, uint32_t status)
{
	uint8_t *at = extend(out, 4);

	if (at)
		put_u32(at, status);
}

/* IPv4 addresses are mapped into IPv6 ones. */
void isns_add_portal(struct isns_out *out, enum isns_tag ip, enum isns_tag port,
		     const struct portal *portal)
{
	uint8_t addr[16] = { [10] = 0xff, [11] = 0xff };

	if (inet_pton(AF_INET, portal->addr, addr + 12) != 1)
		inet_pton(AF_INET6, portal->addr, addr);
	isns_add(out, ip, addr, sizeof(addr));
	isns_add_u32(out, port, portal->port);
}

int isns_finish(struct isns_out *out)
{
	put_u16(out->pdu + 4, out->len - ISNS_HEADER_LEN);
	return out->overflow ? -EMSGSIZE : 0;
}

/* Reading */

int isns_parse_header(const uint8_t pdu[ISNS_HEADER_LEN], struct isns_header *header)
{
	*header = (struct isns_header){
		.function = get_u16(pdu + 2),
		.body_len = get_u16(pdu + 4),
		.flags = get_u16(pdu + 6),
		.xid = get_u16(pdu + 8),
		.sequence = get_u16(pdu + 10),
	};
	if (get_u16(pdu) != 1 || header->body_len % 4)
		return -EPROTO;
	return header->flags & ISNS_AUTHENTICATED ? -EOPNOTSUPP : 0;
}

bool isns_is_whole(const struct isns_header *header)
{
	return header->flags & ISNS_FIRST && header->flags & ISNS_LAST && !header->sequence;
}

static int append(struct isns_gather *gather, const uint8_t *body, size_t len)
{
	uint8_t *bigger;

	if (len > ISNS_MESSAGE_MAX - gather->len)
		return -E2BIG;
	bigger = realloc(gather->body, gather->len + len ?: 1);
	if (!bigger)
		return -ENOMEM;
	gather->body = bigger;
	if (len)
		memcpy(bigger + gather->len, body, len);
	gather->len += len;
	return 0;
}

int isns_gather(struct isns_gather *gather, const struct isns_header *header, const uint8_t *body)
{
	int err;

	if (header->flags & ISNS_FIRST)
		isns_gather_free(gather);
	else if (!gather->sequence)
		return -EPROTO;
	if (header->sequence != gather->sequence)
		return -EPROTO;
	err = append(gather, body, header->body_len);
	if (err)
		return err;
	gather->sequence++;
	if (!(header->flags & ISNS_LAST))
		return 0;
	gather->sequence = 0;
	return 1;
}

void isns_gather_free(struct isns_gather *gather)
{
	free(gather->body);
	*gather = (struct isns_gather){};
}

int isns_next(const uint8_t **at, size_t *left, struct isns_attr *attr)
{
	if (!*left)
		return 0;
	if (*left < 8)
		return -EPROTO;
	attr->tag = get_u32(*at);
	attr->len = get_u32(*at + 4);
	attr->value = *at + 8;
	if (attr->len % 4 || attr->len > *left - 8)
		return -EPROTO;
	*at += 8 + attr->len;
	*left -= 8 + attr->len;
	return 1;
}

bool isns_attr_u32(const struct isns_attr *attr, uint32_t *out)
{
	if (attr->len != 4)
		return false;
	*out = get_u32(attr->value);
	return true;
}

int isns_attr_string(const struct isns_attr *attr, char *out, size_t size)
{
	size_t len = strnlen((const char *)attr->value, attr->len);

	if (len >= size)
		return -EPROTO;
	for (size_t i = 0; i < len; i++)
		if (attr->value[i] < ' ')
			return -EPROTO;
	memcpy(out, attr->value, len);
	out[len] = '\0';
	return 0;
}

int isns_take_status(const uint8_t **at, size_t *left)
{
	uint32_t status;

	if (*left < 4)
		return -EPROTO;
	status = get_u32(*at);
	*at += 4;
	*left -= 4;
	return status > INT16_MAX ? -EPROTO : (int)status;
}

/* Key, delimiter, then for each node its name and its type, as they were asked for. */
int isns_each_initiator(const uint8_t *body, size_t len, int (*each)(const char *name, void *arg),
			void *arg)
{
	char name[SCST_ISCSI_NAME_LEN] = "";
	bool behind_key = false;
	struct isns_attr attr;
	uint32_t type;
	int ret;

	while ((ret = isns_next(&body, &len, &attr)) > 0) {
		if (attr.tag == ISNS_DELIMITER)
			behind_key = true;
		if (!behind_key)
			continue;
		if (attr.tag == ISNS_NAME && isns_attr_string(&attr, name, sizeof(name)))
			*name = '\0';
		if (attr.tag != ISNS_NODE_TYPE || !*name)
			continue;
		ret = isns_attr_u32(&attr, &type) && type & ISNS_NODE_INITIATOR ? each(name, arg) :
										  0;
		if (ret)
			return ret;
		*name = '\0';
	}
	return ret;
}

uint32_t isns_find_period(const uint8_t *body, size_t len)
{
	struct isns_attr attr;
	uint32_t period = 0;

	while (isns_next(&body, &len, &attr) > 0)
		if (attr.tag == ISNS_PERIOD)
			isns_attr_u32(&attr, &period);
	return period;
}

/*
 * RFC 4171 5.7.5.9: an SCN is answered with whom it was for, its first attribute; 5.7.5.14: an ESI
 * with all that it said.
 */
int isns_answer(const struct isns_header *header, const uint8_t *body, struct isns_out *out)
{
	size_t left = header->body_len;
	struct isns_attr attr;
	bool first = true;
	int ret;

	if (header->function != ISNS_SCN && header->function != ISNS_ESI)
		return -EOPNOTSUPP;
	isns_begin(out, header->function | ISNS_RESPONSE, ISNS_FROM_CLIENT, header->xid);
	isns_add_status(out, 0);
	while ((ret = isns_next(&body, &left, &attr)) > 0) {
		if (first || header->function == ISNS_ESI)
			isns_add(out, attr.tag, attr.value, attr.len);
		first = false;
	}
	return ret ?: isns_finish(out);
}
