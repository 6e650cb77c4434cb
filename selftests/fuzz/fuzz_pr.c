// SPDX-License-Identifier: GPL-2.0-only
/*
 * PERSISTENT RESERVE OUT with any parameter list, in a state that requests before it made: what is
 * accepted leaves a possible state, whose text reads back as it, and of which PERSISTENT RESERVE IN
 * tells what a second reader finds there. The rest of the input is then read as pr_state, as the
 * file of SCST and as a TransportID.
 */
#include "fuzz_input.h"

#include "pr.h"
#include "respond.h"

#define REGS	16

static struct scst_pr *new_state(void)
{
	struct scst_pr *pr = calloc(1, sizeof(*pr) + REGS * sizeof(pr->reg[0]));

	must(pr);
	pr->room = REGS;
	return pr;
}

static void check_text(const struct scst_pr *pr)
{
	static char text[REGS * 600];
	struct scst_pr *back = new_state();
	size_t len = scst_pr_print(pr, text, sizeof(text));

	must(len <= sizeof(text));
	must(scst_pr_scan(text, len, back) == 0);
	must(back->nr == pr->nr && back->type == pr->type);
	must(!memcmp(back->reg, pr->reg, pr->nr * sizeof(pr->reg[0])));
	free(back);
}

/* An answer in a block of just @size bytes; how long it would be with more is in @len. */
static u8 *ask(const struct scst_pr *pr, u8 action, u32 size, u32 *len)
{
	const struct scst_view view = { .pr = pr };
	const u8 cdb[16] = { 0x5e, action };
	struct scst_reply reply = { .buf = malloc(size ? size : 1), .size = size };
	struct scst_sense sense;

	must(reply.buf);
	must(scst_respond_pr_in(&view, cdb, &reply, &sense) != pr->lost);
	*len = reply.len;
	return reply.buf;
}

/* READ FULL STATUS as SPC-5 has it: descriptors of 24 bytes, each with a TransportID behind it. */
static void check_full_status(const struct scst_pr *pr, const u8 *bytes, u32 len)
{
	bool all = pr->type >= 7;
	u32 at = 8;

	for (unsigned int i = 0; i < pr->nr; i++) {
		const struct scst_pr_reg *reg = &pr->reg[i];
		u32 tid_len = get_unaligned_be32(bytes + at + 20);
		bool holds = pr->type && (all || reg->holder);

		must(get_unaligned_be64(bytes + at) == reg->key);
		must(bytes[at + 12] == (holds ? 1 : 0) && bytes[at + 13] == (holds ? pr->type : 0));
		must(get_unaligned_be16(bytes + at + 18) == reg->port);
		must(tid_len == reg->tid.len && at + 24 + tid_len <= len);
		must(!memcmp(bytes + at + 24, reg->tid.bytes, tid_len));
		at += 24 + tid_len;
	}
	must(at == len);
}

static void check_answers(const struct scst_pr *pr, u32 size)
{
	static const u8 actions[] = { 0, 1, 3 };
	u32 len, cut_len;

	for (unsigned int i = 0; i < ARRAY_SIZE(actions) && !pr->lost; i++) {
		u8 *bytes = ask(pr, actions[i], 1 << 16, &len);
		u8 *cut = ask(pr, actions[i], size, &cut_len);

		must(get_unaligned_be32(bytes) == pr->generation);
		must(get_unaligned_be32(bytes + 4) == len - 8 && cut_len == len);
		must(!memcmp(cut, bytes, min(size, len)));
		must(actions[i] != 0 || len == 8 + 8u * pr->nr);
		must(actions[i] != 1 || len == (pr->type ? 24 : 8));
		must(actions[i] != 1 || !pr->type || (bytes[21] == pr->type &&
		     (pr->type < 7 || !get_unaligned_be64(bytes + 8))));
		if (actions[i] == 3)
			check_full_status(pr, bytes, len);
		free(bytes);
		free(cut);
	}
}

/* Return: has @to taken the place of @from? */
static bool request(struct input *in, const struct scst_pr *from, struct scst_pr *to)
{
	static const u16 ports[] = { 1, 2, 3 };
	struct scst_pr_effect list[REGS];
	struct scst_pr_effects fx = { .list = list };
	u8 cdb[16] = { 0x5f, take_u8(in), take_u8(in) };
	struct scst_pr_request req;
	struct scst_sense sense;
	struct scst_tid tid;
	u32 len = take_u8(in);
	u8 *bytes = malloc(len ? len : 1);
	bool done = false;

	must(bytes);
	take_bytes(in, bytes, len);
	scst_tid_make(take_u8(in) % 8, take_u8(in) % 2 ? "a" : "b", &tid);
	if (scst_pr_parse(cdb, bytes, len, &req, &sense)) {
		req.from = (struct scst_pr_nexus){ .tid = &tid, .port = 1 + take_u8(in) % 3 };
		req.ports = ports;
		req.nr_ports = ARRAY_SIZE(ports);
		to->room = min(scst_pr_room(from, &req), REGS);
		done = scst_pr_out(from, &req, to, &fx) == SCST_PR_GOOD;
		must(!done || (scst_pr_possible(to) && fx.nr <= from->nr && to->nr <= to->room));
	}
	free(bytes);
	return done;
}

/* A printable name of an iSCSI port, made a TransportID, is one. */
static void check_name(const u8 *data, size_t len)
{
	struct scst_tid made, back;
	char name[300];
	size_t i;

	for (i = 0; i < len && i < sizeof(name) - 1 && data[i] > ' ' && data[i] < 0x7f; i++)
		name[i] = data[i];
	name[i] = 0;
	if (!i)
		return;
	scst_tid_make(5, name, &made);
	must(scst_tid_parse(made.bytes, made.len, &back) == made.len);
	must(scst_tid_equal(&made, &back));
}

static void check_readers(const u8 *data, size_t len)
{
	struct scst_pr *back = new_state();
	u8 *exact = malloc(len ? len : 1);
	struct scst_tid tid;
	unsigned int n;

	must(exact);
	memcpy(exact, data, len);
	if (scst_pr_scan((char *)exact, len, back) == 0)
		check_text(back);
	if (scst_pr_read_scst_file(exact, len, back))
		check_text(back);
	n = scst_tid_parse(exact, len, &tid);
	must(n <= len);
	must(!n || scst_tid_parse(tid.bytes, tid.len, &tid) == tid.len);
	check_name(exact, len);
	must(scst_pr_scan_room((char *)exact, len) <= SCST_PR_REGS_MAX);
	free(exact);
	free(back);
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size);
int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	struct input in = { .data = data, .left = size };
	struct scst_pr *pr = new_state(), *other = new_state();

	check_readers(data, size);
	pr->lost = take_u8(&in) == 0xff;
	while (in.left)
		if (request(&in, pr, other)) {
			struct scst_pr *old = pr;

			pr = other;
			other = old;
			check_text(pr);
			check_answers(pr, take_u8(&in));
		}
	free(pr);
	free(other);
	return 0;
}
