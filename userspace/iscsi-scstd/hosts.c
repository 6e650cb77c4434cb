// SPDX-License-Identifier: GPL-2.0-only
#include "hosts.h"

#include <arpa/inet.h>
#include <strings.h>

#include "log.h"

#define BLANKS		" \t\r"

struct network {
	sa_family_t family;
	uint8_t addr[16];
	unsigned int bits;		/* of it that count */
};

/* ---- one host ------------------------------------------------------------------------------- */

static bool read_address(const char *text, struct network *out)
{
	out->family = strchr(text, ':') ? AF_INET6 : AF_INET;
	out->bits = out->family == AF_INET6 ? 128 : 32;
	return inet_pton(out->family, text, out->addr) == 1;
}

static bool has_bits_behind(const struct network *network)
{
	unsigned int all = network->family == AF_INET6 ? 128 : 32;

	for (unsigned int i = network->bits; i < all; i++)
		if (network->addr[i / 8] & 0x80 >> i % 8)
			return true;
	return false;
}

/* "ADDRESS", "[ADDRESS]", "ADDRESS/BITS", "[ADDRESS]/BITS". Takes @text apart. */
static bool read_network(char *text, struct network *out)
{
	char *slash = strchr(text, '/');
	size_t len;
	uint64_t bits;

	if (slash)
		*slash++ = '\0';
	len = strlen(text);
	if (len && *text == '[' && text[len - 1] == ']') {
		text[len - 1] = '\0';
		text++;
	}
	if (!read_address(text, out))
		return false;
	if (slash && scst_parse_u64(slash, 0, out->bits, &bits))
		return false;
	out->bits = slash ? bits : out->bits;
	return !has_bits_behind(out);
}

static bool is_in(const struct network *peer, const struct network *network)
{
	uint8_t mask = 0xff00 >> network->bits % 8;
	unsigned int whole = network->bits / 8;

	return peer->family == network->family && !memcmp(peer->addr, network->addr, whole) &&
	       !(network->bits % 8 && (peer->addr[whole] ^ network->addr[whole]) & mask);
}

enum fit { FITS, FITS_NOT, IS_NONE };

/* Takes @word apart. */
static enum fit fits(char *word, const struct network *peer)
{
	struct network network = {};

	if (streq(word, "ALL"))
		return FITS;
	if (!read_network(word, &network))
		return IS_NONE;
	return is_in(peer, &network) ? FITS : FITS_NOT;
}

/* ---- a list --------------------------------------------------------------------------------- */

static bool deny(enum hosts_list list, unsigned int line)
{
	log_peer(LOG_WARNING, "%s:%u: there is what is no host: %s",
		 list == HOSTS_DENY ? HOSTS_DENY_PATH : HOSTS_ALLOW_PATH, line,
		 list == HOSTS_DENY ? "everybody is denied" : "nobody is allowed");
	return list == HOSTS_DENY;
}

static char *trim(char *word)
{
	size_t len;

	word += strspn(word, BLANKS);
	for (len = strlen(word); len && strchr(BLANKS, word[len - 1]); len--)
		word[len - 1] = '\0';
	return word;
}

static bool line_has(char *hosts, enum hosts_list list, unsigned int line,
		     const struct network *peer)
{
	for (char *word; (word = strsep(&hosts, ",")); ) {
		word = trim(word);
		switch (*word ? fits(word, peer) : FITS_NOT) {
		case FITS:
			return true;
		case FITS_NOT:
			break;
		case IS_NONE:
			return deny(list, line);
		}
	}
	return false;
}

static bool is_of(const char *name, size_t len, const char *target)
{
	return (len == strlen(target) && !strncasecmp(name, target, len)) ||
	       (len == 3 && !strncmp(name, "ALL", 3));
}

/* The hosts of a line about @target, or NULL; a line without hosts is about nobody. */
static char *hosts_of(char *line, const char *target)
{
	size_t name;
	char *hosts;

	line += strspn(line, BLANKS);
	name = strcspn(line, BLANKS);
	hosts = line + name + strspn(line + name, BLANKS);
	return *line != '#' && name && *hosts && is_of(line, name, target) ? hosts : NULL;
}

bool hosts_has(const char *text, enum hosts_list list, const char *target,
	       const struct portal *peer)
{
	_cleanup_free_ char *copy = strdup(text);
	char *rest = copy, *hosts = NULL;
	unsigned int line = 0;
	struct network from = {};

	if (!copy)
		return list == HOSTS_DENY;
	while (!hosts && rest) {
		line++;
		hosts = hosts_of(strsep(&rest, "\n"), target);
	}
	if (hosts && !read_address(peer->addr, &from))
		return list == HOSTS_DENY;
	return hosts && line_has(hosts, list, line, &from);
}

/* Return: 1 or 0: it is on the list, or -errno. */
static int file_has(const char *path, enum hosts_list list, const char *target,
		    const struct portal *peer)
{
	_cleanup_free_ char *text = NULL;
	int err = scst_read_text(path, &text);

	if (err)
		return err == -ENOENT ? 0 : err;
	return hosts_has(text, list, target, peer);
}

int hosts_allow(const char *deny_path, const char *allow_path, const char *target,
		const struct portal *peer)
{
	int denied = file_has(deny_path, HOSTS_DENY, target, peer);

	if (denied <= 0)
		return denied ?: 1;
	return file_has(allow_path, HOSTS_ALLOW, target, peer);
}
