// SPDX-License-Identifier: GPL-2.0-only
/*
 * Whether a pattern can fit anything is the question whether it has a text in common with a
 * grammar, of IPv4 or of IPv6 addresses. So there is an automaton for each, which takes the text
 * character by character, and can_fit() lets the pattern drive it through all that it allows.
 */
#include "pattern.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <fnmatch.h>

static const char alphabet[] = "0123456789abcdef.:";

enum before {
	BEFORE_NOTHING,
	BEFORE_ONE_COLON,	/* that the text began with: another has to follow */
	BEFORE_COLON,		/* behind a group */
	BEFORE_TWO_COLONS,
};

/* How far a text has come. */
struct progress {
	unsigned int groups;	/* that have begun */
	unsigned int value;	/* IPv4: of the group */
	unsigned int digits;	/* of the group; 0: it has not begun */
	bool zero;		/* the group, or the one that has just ended, is 0 */
	bool compressed;	/* there was a "::" */
	enum before before;	/* the group */
};

static unsigned int number_ipv4(const struct progress *p)
{
	return (p->groups * 256 + p->value) * 2 + !!p->digits;
}

static unsigned int number_ipv6(const struct progress *p)
{
	return (p->groups * 5 + p->digits) * 16 + p->before * 4 + p->compressed * 2 + p->zero;
}

#define NUMBERS		(5 * 256 * 2)	/* of IPv4; IPv6 has fewer */

static bool is_octet(struct progress *p, char c)
{
	if (!isdigit((unsigned char)c) || (p->digits && !p->value))
		return false;
	if (!p->digits++)
		p->groups++;
	p->value = p->value * 10 + c - '0';
	return p->value < 256 && p->groups <= 4;
}

static bool step_ipv4(struct progress *p, char c)
{
	if (c != '.')
		return is_octet(p, c);
	if (!p->digits || p->groups == 4)
		return false;
	p->digits = 0;
	p->value = 0;
	return true;
}

static bool is_whole_ipv4(const struct progress *p)
{
	return p->groups == 4 && p->digits;
}

/* What "::" stands for is two groups at least, and all the zeros there are. */
static bool step_colon(struct progress *p)
{
	if (p->digits) {
		p->digits = 0;
		p->before = BEFORE_COLON;
		return p->groups < 8;
	}
	if (p->before == BEFORE_NOTHING) {
		p->before = BEFORE_ONE_COLON;
		return true;
	}
	if (p->compressed || p->groups > 6 || (p->before == BEFORE_COLON && p->zero))
		return false;
	p->compressed = true;
	p->before = BEFORE_TWO_COLONS;
	return true;
}

static bool step_ipv6(struct progress *p, char c)
{
	if (c == ':')
		return step_colon(p);
	if (!isxdigit((unsigned char)c) || p->before == BEFORE_ONE_COLON)
		return false;
	if (p->digits++)
		return !p->zero && p->digits <= 4;
	p->groups++;
	p->zero = c == '0';
	return p->groups <= (p->compressed ? 6 : 8) &&
	       !(p->zero && p->before == BEFORE_TWO_COLONS);
}

static bool is_whole_ipv6(const struct progress *p)
{
	if (p->compressed)
		return p->digits || p->before == BEFORE_TWO_COLONS;
	return p->groups == 8 && p->digits;
}

struct grammar {
	unsigned int (*number)(const struct progress *p);
	bool (*step)(struct progress *p, char c);
	bool (*is_whole)(const struct progress *p);
};

/* @tried: positions in the pattern and progress that led nowhere, a bit each. */
static bool can_fit(const struct grammar *grammar, const char *pattern, struct progress p,
		    uint8_t (*tried)[NUMBERS / 8])
{
	unsigned int nr = grammar->number(&p);

	if (!*pattern)
		return grammar->is_whole(&p);
	if ((*tried)[nr / 8] & 1 << nr % 8)
		return false;
	(*tried)[nr / 8] |= 1 << nr % 8;
	if (*pattern == '*' && can_fit(grammar, pattern + 1, p, tried + 1))
		return true;
	for (const char *c = alphabet; *c; c++) {
		struct progress next = p;

		if ((*c == *pattern || strchr("*?", *pattern)) && grammar->step(&next, *c) &&
		    can_fit(grammar, pattern + (*pattern != '*'), next, tried + (*pattern != '*')))
			return true;
	}
	return false;
}

static bool can_fit_any(const struct pattern *pattern)
{
	static const struct grammar grammars[] = {
		{ number_ipv4, step_ipv4, is_whole_ipv4 },
		{ number_ipv6, step_ipv6, is_whole_ipv6 },
	};
	static uint8_t tried[PATTERN_MAX][NUMBERS / 8];

	for (size_t i = 0; i < ARRAY_SIZE(grammars); i++) {
		memset(tried, 0, sizeof(tried));
		if (can_fit(&grammars[i], pattern->text, (struct progress){}, tried))
			return true;
	}
	return false;
}

/* An address in any form gets the form that it is compared in. */
static int make_canonical(struct pattern *pattern)
{
	struct in6_addr addr;
	const int family = strchr(pattern->text, ':') ? AF_INET6 : AF_INET;

	if (inet_pton(family, pattern->text, &addr) != 1)
		return -EINVAL;
	inet_ntop(family, &addr, pattern->text, sizeof(pattern->text));
	return 0;
}

int pattern_parse(const char *text, struct pattern *out)
{
	struct pattern pattern;
	size_t len = strlen(text);

	if (len >= 2 && text[0] == '[' && text[len - 1] == ']') {
		text++;
		len -= 2;
	}
	if (scst_format(pattern.text, sizeof(pattern.text), "%.*s", (int)len, text))
		return -EINVAL;
	for (char *c = pattern.text; *c; c++)
		*c = tolower((unsigned char)*c);
	if (!strpbrk(pattern.text, "*?") ? make_canonical(&pattern) : !can_fit_any(&pattern))
		return -EINVAL;
	*out = pattern;
	return 0;
}

/* What sockets listen at who take connections at any address: agents of clusters write that. */
static bool is_any(const struct pattern *pattern, bool v6)
{
	return streq(pattern->text, v6 ? "::" : "0.0.0.0");
}

bool pattern_fits(const struct pattern *pattern, const struct portal *portal)
{
	char all[INET6_ADDRSTRLEN];
	struct in6_addr addr;
	size_t len = 0;

	if (is_any(pattern, strchr(portal->addr, ':')))
		return true;
	if (!fnmatch(pattern->text, portal->addr, FNM_NOESCAPE))
		return true;
	if (inet_pton(AF_INET6, portal->addr, &addr) != 1)
		return false;
	for (int i = 0; i < 8; i++)
		len += sprintf(all + len, "%s%x", i ? ":" : "", ntohs(addr.s6_addr16[i]));
	return !fnmatch(pattern->text, all, FNM_NOESCAPE);
}
