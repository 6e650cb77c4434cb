// SPDX-License-Identifier: GPL-2.0-only
#include "portal.h"

#include <arpa/inet.h>

#include "pattern.h"

void portal_format(const struct portal *portal, char out[PORTAL_TEXT_MAX])
{
	bool v6 = strchr(portal->addr, ':');

	scst_format(out, PORTAL_TEXT_MAX, "%s%s%s:%u", v6 ? "[" : "", portal->addr, v6 ? "]" : "",
		    portal->port);
}

/* Makes @addr canonical. */
static bool read_address(char addr[INET6_ADDRSTRLEN])
{
	const int family = strchr(addr, ':') ? AF_INET6 : AF_INET;
	struct in6_addr bytes;

	return inet_pton(family, addr, &bytes) == 1 &&
	       inet_ntop(family, &bytes, addr, INET6_ADDRSTRLEN);
}

static bool is_bare_ipv6(const char *text)
{
	const char *colon = strchr(text, ':');

	return colon && strchr(colon + 1, ':');
}

/* Past the address, which goes to @addr without its brackets; or NULL. */
static const char *split_address(const char *text, char addr[INET6_ADDRSTRLEN])
{
	bool brackets = *text == '[';
	size_t len;

	if (brackets)
		len = strcspn(++text, "]");
	else if (is_bare_ipv6(text))
		len = strlen(text);
	else
		len = strcspn(text, ":");
	if ((brackets && !text[len]) ||
	    scst_format(addr, INET6_ADDRSTRLEN, "%.*s", (int)len, text) || !read_address(addr) ||
	    (brackets && !strchr(addr, ':')))
		return NULL;
	return text + len + brackets;
}

int portal_parse(const char *text, uint16_t default_port, struct portal *out)
{
	struct portal portal = { .port = default_port };
	uint64_t port;

	text = split_address(text, portal.addr);
	if (!text || (*text && *text != ':'))
		return -EINVAL;
	if (*text) {
		text++;			/* decimal, in an address */
		if (text[strspn(text, "0123456789")] || scst_parse_u64(text, 1, 65535, &port))
			return -EINVAL;
		portal.port = port;
	}
	*out = portal;
	return 0;
}

static uint64_t fitting(const struct pattern *pattern, const struct portal *portal, size_t nr)
{
	uint64_t bits = 0;

	for (size_t i = 0; i < nr; i++)
		if (pattern_fits(pattern, &portal[i]))
			bits |= UINT64_C(1) << i;
	return bits;
}

int portal_allowed(const struct env *env, uint32_t tid, const struct portal *portal, size_t nr,
		   uint64_t *allowed)
{
	struct scst_iscsi_attr_get attr = { .tid = tid, .attr = SCST_ISCSI_ALLOWED_PORTAL };
	uint64_t all = nr < 64 ? (UINT64_C(1) << nr) - 1 : UINT64_MAX, fit = 0, forbidden = 0;
	bool any = false;
	int err;

	for (; !(err = env->ops->attr(env->arg, &attr)); attr.index++) {
		const bool forbids = attr.text[0] == '!';
		struct pattern pattern;
		bool valid = !pattern_parse(attr.text + forbids, &pattern);

		if (forbids)
			forbidden |= valid ? fitting(&pattern, portal, nr) : all;
		else if (valid)
			fit |= fitting(&pattern, portal, nr);
		any |= !forbids;
	}
	if (err != -ENOENT)
		return err;
	*allowed = (any ? fit : all) & ~forbidden;
	return 0;
}

static bool is_portal(const char *word, size_t len, const struct portal *portal)
{
	char text[PORTAL_TEXT_MAX];
	struct portal listed;

	return !scst_format(text, sizeof(text), "%.*s", (int)len, word) &&
	       !portal_parse(text, portal->port, &listed) && listed.port == portal->port &&
	       streq(listed.addr, portal->addr);
}

bool portal_is_listed(const char *list, const struct portal *portal)
{
	for (const char *word = list; *word; word += strspn(word, " \t")) {
		size_t len = strcspn(word, " \t");

		if (is_portal(word, len, portal))
			return true;
		word += len;
	}
	return false;
}

int portal_initiator_name(const struct scst_iscsi_target *target, const struct portal *portal,
			  const char *initiator, char out[SCST_ISCSI_TEXT_LEN])
{
	return scst_format(out, SCST_ISCSI_TEXT_LEN, target->per_portal_acl ? "%s#%s" : "%s",
			   initiator, portal->addr);
}
