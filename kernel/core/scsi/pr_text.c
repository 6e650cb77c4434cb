// SPDX-License-Identifier: GPL-2.0
/*
 * Persistent reservations as text: pr_state, dumps, and what the state file holds. The format is
 * SCST's; but SCST writes the ISID in the TransportID of an iSCSI port in its host's byte order
 * (pr_scst.c), which its text does not tell: between the two a state moves as SCST's file.
 *
 * Reading is strict: a line that is not understood, or a state that cannot be, is refused with the
 * number of the line.
 */
#include <linux/kernel.h>
#include <linux/string.h>

#include "pr.h"

/* ---- writing ---- */

struct writer {
	char *text;
	size_t size, len;
};

static void put_char(struct writer *w, char c)
{
	if (w->len < w->size)
		w->text[w->len] = c;
	w->len++;
}

static void put_string(struct writer *w, const char *s)
{
	while (*s)
		put_char(w, *s++);
}

static void put_hex(struct writer *w, u64 v, unsigned int digits)
{
	while (digits--)
		put_char(w, "0123456789abcdef"[v >> (4 * digits) & 0xf]);
}

static void put_decimal(struct writer *w, u32 v)
{
	if (v >= 10)
		put_decimal(w, v / 10);
	put_char(w, '0' + v % 10);
}

static void put_registrant(struct writer *w, const struct scst_pr *pr, unsigned int i)
{
	const struct scst_pr_reg *reg = &pr->reg[i];
	bool holds = pr->type != SCST_PR_NONE && scst_pr_holds(pr, i);
	unsigned int n;

	put_string(w, "registrant ");
	put_decimal(w, reg->port);
	put_char(w, ' ');
	put_hex(w, reg->key, 16);
	put_string(w, holds ? " 1 " : " 0 ");
	put_decimal(w, reg->tid.len);
	put_char(w, ' ');
	for (n = 0; n < reg->tid.len; n++)
		put_hex(w, reg->tid.bytes[n], 2);
	put_char(w, '\n');
}

size_t scst_pr_print(const struct scst_pr *pr, char *text, size_t size)
{
	struct writer w = { .text = text, .size = size };
	unsigned int i;

	put_string(&w, "version 1\ngeneration ");
	put_decimal(&w, pr->generation);
	put_char(&w, '\n');
	if (pr->type != SCST_PR_NONE) {
		put_string(&w, "reservation ");
		put_hex(&w, pr->type, 2);
		put_string(&w, " 00\n");
	}
	for (i = 0; i < pr->nr; i++)
		put_registrant(&w, pr, i);
	return w.len;
}

/* ---- reading ---- */

struct reader {
	const char *at, *end;
};

static bool take_char(struct reader *r, char c)
{
	if (r->at == r->end || *r->at != c)
		return false;
	r->at++;
	return true;
}

static bool take_word(struct reader *r, const char *word)
{
	size_t n = strlen(word);

	if ((size_t)(r->end - r->at) < n || memcmp(r->at, word, n))
		return false;
	r->at += n;
	return true;
}

static int digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* Exactly @digits. */
static bool take_hex(struct reader *r, unsigned int digits, u64 *v)
{
	for (*v = 0; digits; digits--, r->at++) {
		int d = r->at < r->end ? digit(*r->at) : -1;

		if (d < 0)
			return false;
		*v = *v << 4 | d;
	}
	return true;
}

static bool take_decimal(struct reader *r, u64 max, u64 *v)
{
	const char *begin = r->at;

	for (*v = 0; r->at < r->end && *r->at >= '0' && *r->at <= '9'; r->at++) {
		*v = *v * 10 + (*r->at - '0');
		if (*v > max)
			return false;
	}
	return r->at > begin;
}

static bool take_tid(struct reader *r, struct scst_tid *tid)
{
	u8 bytes[SCST_TID_MAX];
	u64 len, v;
	unsigned int i;

	if (!take_decimal(r, sizeof(bytes), &len) || !take_char(r, ' '))
		return false;
	for (i = 0; i < len; i++) {
		if (!take_hex(r, 2, &v))
			return false;
		bytes[i] = v;
	}
	return len && scst_tid_parse(bytes, len, tid) == len;
}

static bool scan_reservation(struct reader *r, struct scst_pr *pr)
{
	u64 type, scope;

	if (pr->type != SCST_PR_NONE || pr->nr || !take_hex(r, 2, &type) || !take_char(r, ' ') ||
	    !take_hex(r, 2, &scope) || scope || !scst_pr_type_valid(type))
		return false;
	pr->type = type;
	return true;
}

static bool scan_registrant(struct reader *r, struct scst_pr *pr)
{
	struct scst_pr_reg *reg = &pr->reg[pr->nr];
	struct scst_pr_nexus nexus;
	u64 port, key, holder;

	if (pr->nr == pr->room || !take_decimal(r, 0xffff, &port) || !take_char(r, ' ') ||
	    !take_hex(r, 16, &key) || !key || !take_char(r, ' ') ||
	    !take_decimal(r, 1, &holder) || !take_char(r, ' ') || !take_tid(r, &reg->tid))
		return false;
	nexus = (struct scst_pr_nexus){ .tid = &reg->tid, .port = port };
	if (scst_pr_find(pr, &nexus) >= 0 || (holder && pr->type == SCST_PR_NONE))
		return false;
	reg->key = key;
	reg->port = port;
	reg->holder = holder && !scst_pr_all_registrants(pr->type);
	pr->nr++;
	return true;
}

static bool scan_line(struct reader *r, struct scst_pr *pr, unsigned int line)
{
	u64 v;

	if (line == 1)
		return take_word(r, "version 1");
	if (line == 2) {
		if (!take_word(r, "generation ") || !take_decimal(r, 0xffffffff, &v))
			return false;
		pr->generation = v;
		return true;
	}
	if (take_word(r, "reservation "))
		return scan_reservation(r, pr);
	return take_word(r, "registrant ") && scan_registrant(r, pr);
}

unsigned int scst_pr_scan(const char *text, size_t len, struct scst_pr *pr)
{
	struct reader r = { .at = text, .end = text + len };
	unsigned int line;

	pr->generation = 0;
	pr->type = SCST_PR_NONE;
	pr->aptpl = false;
	pr->lost = false;
	pr->nr = 0;
	for (line = 1; r.at < r.end || line <= 2; line++)
		if (!scan_line(&r, pr, line) || !take_char(&r, '\n'))
			return line;
	return scst_pr_possible(pr) ? 0 : line - 1;
}

int scst_pr_scan_room(const char *text, size_t len)
{
	unsigned int lines = 0;
	size_t i;

	for (i = 0; i < len; i++)
		lines += text[i] == '\n';
	lines = lines > 2 ? lines - 2 : 0;
	return lines <= SCST_PR_REGS_MAX + 1 ? min_t(int, lines, SCST_PR_REGS_MAX) : -1;
}
