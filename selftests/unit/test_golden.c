// SPDX-License-Identifier: GPL-2.0-only
/*
 * Whole answers, byte for byte, against the files in ../golden: what changes for initiators shows
 * as a diff there. `make golden` rewrites the files.
 */
#include "fixture.h"
#include "pr.h"

struct question {
	const char *what;
	u8 cdb[32];
};

static const struct question inquiry[] = {
	{ "standard INQUIRY data",	{ 0x12, 0, 0, 0xff, 0xff } },
};

static const struct question vpd[] = {
	{ "supported pages",		{ 0x12, 1, 0x00, 0xff, 0xff } },
	{ "unit serial number",		{ 0x12, 1, 0x80, 0xff, 0xff } },
	{ "device identification",	{ 0x12, 1, 0x83, 0xff, 0xff } },
	{ "extended INQUIRY data",	{ 0x12, 1, 0x86, 0xff, 0xff } },
	{ "mode page policy",		{ 0x12, 1, 0x87, 0xff, 0xff } },
	{ "SCSI ports",			{ 0x12, 1, 0x88, 0xff, 0xff } },
	{ "block limits",		{ 0x12, 1, 0xb0, 0xff, 0xff } },
	{ "block device characteristics", { 0x12, 1, 0xb1, 0xff, 0xff } },
	{ "provisioning",		{ 0x12, 1, 0xb2, 0xff, 0xff } },
};

static const struct question mode[] = {
	{ "all pages, current, six bytes", { 0x1a, 0x00, 0x3f, 0xff, 0xff } },
	{ "all pages, current",		{ 0x5a, 0x10, 0x3f, 0xff, [7] = 0xff, 0xff } },
	{ "all pages, changeable",	{ 0x5a, 0x08, 0x7f, 0xff, [7] = 0xff, 0xff } },
	{ "all pages, default",		{ 0x5a, 0x08, 0xbf, 0xff, [7] = 0xff, 0xff } },
	{ "all pages, saved",		{ 0x5a, 0x08, 0xff, 0xff, [7] = 0xff, 0xff } },
};

static const struct question opcodes[] = {
	{ "all commands",		{ 0xa3, 0x0c, 0x00, [8] = 0xff, 0xff } },
	{ "all commands with time-outs", { 0xa3, 0x0c, 0x80, [8] = 0xff, 0xff } },
	{ "READ(10)",			{ 0xa3, 0x0c, 0x01, 0x28, [8] = 0xff, 0xff } },
	{ "READ(32)",			{ 0xa3, 0x0c, 0x02, 0x7f, 0, 0x09, [8] = 0xff, 0xff } },
	{ "READ CAPACITY(16)",		{ 0xa3, 0x0c, 0x02, 0x9e, 0, 0x10, [8] = 0xff, 0xff } },
	{ "task management functions",	{ 0xa3, 0x0d, 0x80, [8] = 0xff, 0xff } },
};

static const struct question capacity[] = {
	{ "READ CAPACITY(10)",		{ 0x25 } },
	{ "READ CAPACITY(16)",		{ 0x9e, 0x10, [13] = 32 } },
	{ "REPORT LUNS",		{ 0xa0, [8] = 0x10 } },
};

static void print_hex(FILE *out, const u8 *data, u32 len)
{
	for (u32 i = 0; i < len; i++) {
		if (i % 16 == 0)
			fprintf(out, "  %04x ", i);
		fprintf(out, " %02x%s", data[i], i % 16 == 15 || i == len - 1 ? "\n" : "");
	}
}

/* The list of all commands: the length of a descriptor. 0: no list. */
static u8 record_len(const u8 *cdb)
{
	if (cdb[0] != 0xa3 || cdb[1] != 0x0c || cdb[2] & 0x07)
		return 0;
	return cdb[2] & 0x80 ? 20 : 8;
}

/* Without offsets and the length, so that one record more is one line more in the diff. */
static void print_records(FILE *out, const u8 *data, u32 len, u8 record)
{
	for (u32 i = 4; i < len; i++)
		fprintf(out, "%s%02x%s", (i - 4) % record ? " " : "  ", data[i],
			(i - 4) % record == record - 1u || i == len - 1 ? "\n" : "");
}

static void print_answer(FILE *out, const char *who, const struct scst_lu *lu,
			 const struct question *q)
{
	struct scst_view view = fixture_view(lu);
	struct answer a = ask(&view, q->cdb);

	fprintf(out, "%s: %s\n", who, q->what);
	if (a.ok && record_len(q->cdb))
		print_records(out, a.data, a.len, record_len(q->cdb));
	else if (a.ok)
		print_hex(out, a.data, a.len);
	else
		fprintf(out, "  refused: %s\n", scst_sense_row(a.sense.id)->name);
	fputc('\n', out);
}

static char *read_file(const char *path)
{
	FILE *f = fopen(path, "r");
	char *text = calloc(1, 1 << 20);

	assert_non_null(text);
	if (f) {
		text[fread(text, 1, (1 << 20) - 1, f)] = 0;
		fclose(f);
	}
	return text;
}

static void compare(const char *name, const char *got)
{
	char path[512];
	char *want;

	snprintf(path, sizeof(path), "%s/%s.txt", GOLDEN_DIR, name);
	if (getenv("SCST_GOLDEN_UPDATE")) {
		FILE *f = fopen(path, "w");

		assert_non_null(f);
		assert_true(fputs(got, f) >= 0);
		assert_int_equal(fclose(f), 0);
		return;
	}
	want = read_file(path);
	if (strcmp(got, want))
		fail_msg("%s differs; make golden, then look at git diff", path);
	free(want);
}

static void check_golden(const char *name, const struct question *questions, unsigned int nr,
			 bool with_absent)
{
	struct scst_lu disk = fixture_disk(), cd = fixture_cdrom();
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	assert_non_null(out);
	for (unsigned int i = 0; i < nr; i++)
		print_answer(out, "disk", &disk, &questions[i]);
	for (unsigned int i = 0; i < nr; i++)
		print_answer(out, "cdrom", &cd, &questions[i]);
	if (with_absent)
		print_answer(out, "absent", NULL, &questions[0]);
	fclose(out);
	compare(name, text);
	free(text);
}

static void inquiry_is_golden(void **state)
{
	check_golden("inquiry", inquiry, ARRAY_SIZE(inquiry), true);
}

static void vpd_is_golden(void **state)
{
	check_golden("vpd", vpd, ARRAY_SIZE(vpd), true);
}

static void mode_pages_are_golden(void **state)
{
	check_golden("mode", mode, ARRAY_SIZE(mode), false);
}

static void capacity_is_golden(void **state)
{
	check_golden("capacity", capacity, ARRAY_SIZE(capacity), false);
}

static void opcode_list_is_golden(void **state)
{
	check_golden("opcodes", opcodes, ARRAY_SIZE(opcodes), false);
}

/*
 * Every command against every reservation: rows are opcodes, columns are a holder (h), a registrant
 * (r) and another nexus (o) under each type, and another nexus under RESERVE of SPC-2. X conflicts,
 * a point does not, s is a command that judges for itself. Of START STOP UNIT and PREVENT ALLOW
 * MEDIUM REMOVAL it shows what stops and what prevents: test_tables_reservations.c.
 */
static void print_conflicts(FILE *out, const struct scst_op *op, const char *name)
{
	static const u8 types[] = { 1, 3, 5, 6, 7, 8 };

	fprintf(out, "%-56s", name);
	for (unsigned int t = 0; t < ARRAY_SIZE(types); t++) {
		fputc(' ', out);
		for (int who = 0; who < SCST_WHO_MAX; who++)
			fputc(op->pr == SCST_PR_SELF ? 's' :
			      scst_pr_rules[types[t]][who] & BIT(op->pr) ? 'X' : '.', out);
	}
	fprintf(out, "  %c\n", op->pr == SCST_PR_SELF ? 's' :
		SCST_PR_DENIED_BY_RESERVE & BIT(op->pr) ? 'X' : '.');
}

static void pr_conflicts_are_golden(void **state)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	assert_non_null(out);
	fprintf(out, "%-56s  WE  EA  WER EAR WEA EAA SPC-2\n", "");
	fprintf(out, "%-56s hro hro hro hro hro hro  o\n", "");
	for (unsigned int i = 0; i < scst_ops_nr; i++)
		print_conflicts(out, &scst_ops[i], scst_ops_cold[i].name);
	fclose(out);
	compare("pr_conflicts", text);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(inquiry_is_golden),
		cmocka_unit_test(vpd_is_golden),
		cmocka_unit_test(mode_pages_are_golden),
		cmocka_unit_test(capacity_is_golden),
		cmocka_unit_test(opcode_list_is_golden),
		cmocka_unit_test(pr_conflicts_are_golden),
	};

	return cmocka_run_group_tests_name("golden", tests, NULL, NULL);
}
