// SPDX-License-Identifier: GPL-2.0-only
#include "portal.h"

#include <arpa/inet.h>
#include <fnmatch.h>

void portal_format(const struct portal *portal, char out[PORTAL_TEXT_MAX])
{
	bool v6 = strchr(portal->addr, ':');

	scst_format(out, PORTAL_TEXT_MAX, "%s%s%s:%u", v6 ? "[" : "", portal->addr, v6 ? "]" : "",
		    portal->port);
}

static bool is_address(const char *text)
{
	struct in6_addr addr;

	return inet_pton(AF_INET, text, &addr) == 1 || inet_pton(AF_INET6, text, &addr) == 1;
}

/* Past the address, which is copied to @addr without its brackets; or NULL. */
static const char *split_address(const char *text, char *addr, size_t size)
{
	bool brackets = *text == '[';
	size_t len;

	if (brackets)
		len = strcspn(++text, "]");
	else if (is_address(text))
		len = strlen(text);	/* IPv6 without port */
	else
		len = strcspn(text, ":");
	if ((brackets && !text[len]) || scst_format(addr, size, "%.*s", (int)len, text) ||
	    !is_address(addr) || (brackets && !strchr(addr, ':')))
		return NULL;
	return text + len + brackets;
}

int portal_parse(const char *text, uint16_t default_port, struct portal *out)
{
	struct portal portal = { .port = default_port };
	uint64_t port;

	text = split_address(text, portal.addr, sizeof(portal.addr));
	if (!text || (*text && *text != ':'))
		return -EINVAL;
	if (*text) {
		if (scst_parse_u64(text + 1, 1, 65535, &port))
			return -EINVAL;
		portal.port = port;
	}
	*out = portal;
	return 0;
}

/* Brackets around an IPv6 pattern would be a set of characters: they are not needed. */
static bool fits(const char *pattern, const char *addr)
{
	char bare[SCST_ISCSI_TEXT_LEN];
	size_t len = strlen(pattern);

	if (len >= 2 && pattern[0] == '[' && pattern[len - 1] == ']') {
		pattern++;
		len -= 2;
	}
	if (scst_format(bare, sizeof(bare), "%.*s", (int)len, pattern) || strchr(bare, '['))
		return false;
	return !fnmatch(bare, addr, FNM_NOESCAPE);
}

int portal_is_allowed(const struct env *env, uint32_t tid, const struct portal *portal)
{
	struct scst_iscsi_attr_get attr = { .tid = tid, .attr = SCST_ISCSI_ALLOWED_PORTAL };
	bool any = false, fit = false;
	int err;

	while (!(err = env->ops->attr(env->arg, &attr))) {
		if (attr.text[0] == '!') {
			if (fits(attr.text + 1, portal->addr))
				return 0;
		} else {
			any = true;
			fit |= fits(attr.text, portal->addr);
		}
		attr.index++;
	}
	if (err != -ENOENT)
		return err;
	return !any || fit;
}

bool portal_is_listed(const char *list, const struct portal *portal)
{
	size_t len = strlen(portal->addr);

	for (const char *word = list; *word; word += strspn(word, " ")) {
		size_t word_len = strcspn(word, " ");

		if (word_len == len && !strncmp(word, portal->addr, len))
			return true;
		word += word_len;
	}
	return false;
}

int portal_initiator_name(const struct scst_iscsi_target *target, const struct portal *portal,
			  const char *initiator, char out[SCST_ISCSI_TEXT_LEN])
{
	return scst_format(out, SCST_ISCSI_TEXT_LEN, target->per_portal_acl ? "%s#%s" : "%s",
			   initiator, portal->addr);
}
