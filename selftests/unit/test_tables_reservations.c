// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which commands pass a reservation that another I_T nexus holds, typed from the tables "commands
 * that are allowed in the presence of various reservations" of SPC-5 (persistent reservations) and
 * SBC-4 (direct access block devices), and of SPC-2 with its annex for RESERVE. Each command is
 * parsed, and judged in a state that PERSISTENT RESERVE OUT made.
 */
#include "pr_fixture.h"

/*
 * Columns as in SPC-5: Write Exclusive and Exclusive Access, from any I_T nexus; the registrants
 * only and all registrants types from a registered one; these types' Write Exclusive and Exclusive
 * Access from one that is not registered. After the space: RESERVE of SPC-2. A: allowed, C:
 * conflict. PERSISTENT RESERVE IN and OUT, RESERVE and RELEASE have tables and tests of their own.
 */
#define ALLOWED		"AAAAA A"
#define READS		"ACAAC C"
#define CHANGES		"CCACC C"

/*
 * RESERVE lets TEST UNIT READY pass, as in SCST, and READ TOC passes everything: docs/decisions.md.
 * No table here has the three commands of MMC; GET CONFIGURATION and GET EVENT STATUS NOTIFICATION
 * are never in conflict, as they tell of the drive.
 */
static const struct row {
	u8 cdb[32];
	const char *name, *allowed;
} rows[] = {
	{ { 0x00 }, "TEST UNIT READY", ALLOWED },
	{ { 0x03 }, "REQUEST SENSE", ALLOWED },
	{ { 0x04 }, "FORMAT UNIT", CHANGES },
	{ { 0x08 }, "READ(6)", READS },
	{ { 0x0a }, "WRITE(6)", CHANGES },
	{ { 0x12 }, "INQUIRY", ALLOWED },
	{ { 0x15 }, "MODE SELECT(6)", CHANGES },
	{ { 0x1a }, "MODE SENSE(6)", READS },
	{ { 0x1b, [4] = 0x01 }, "START STOP UNIT, START 1", ALLOWED },
	{ { 0x1b, [4] = 0x03 }, "START STOP UNIT, START 1 and LOEJ 1", ALLOWED },
	{ { 0x1b, [4] = 0x00 }, "START STOP UNIT, START 0", CHANGES },
	{ { 0x1b, [4] = 0x02 }, "START STOP UNIT, START 0 and LOEJ 1", CHANGES },
	{ { 0x1c }, "RECEIVE DIAGNOSTIC RESULTS", READS },
	{ { 0x1d }, "SEND DIAGNOSTIC", CHANGES },
	{ { 0x1e, [4] = 0x00 }, "PREVENT ALLOW MEDIUM REMOVAL, PREVENT 0", ALLOWED },
	{ { 0x1e, [4] = 0x01 }, "PREVENT ALLOW MEDIUM REMOVAL, PREVENT 1", CHANGES },
	{ { 0x25 }, "READ CAPACITY(10)", ALLOWED },
	{ { 0x28 }, "READ(10)", READS },
	{ { 0x2a }, "WRITE(10)", CHANGES },
	{ { 0x2e }, "WRITE AND VERIFY(10)", CHANGES },
	{ { 0x2f }, "VERIFY(10)", READS },
	{ { 0x34 }, "PRE-FETCH(10)", READS },
	{ { 0x35 }, "SYNCHRONIZE CACHE(10)", CHANGES },
	{ { 0x3b }, "WRITE BUFFER", CHANGES },
	{ { 0x3c }, "READ BUFFER(10)", READS },
	{ { 0x41 }, "WRITE SAME(10)", CHANGES },
	{ { 0x42 }, "UNMAP", CHANGES },
	{ { 0x43 }, "READ TOC/PMA/ATIP", ALLOWED },
	{ { 0x46 }, "GET CONFIGURATION", ALLOWED },
	{ { 0x4a }, "GET EVENT STATUS NOTIFICATION", ALLOWED },
	{ { 0x4c }, "LOG SELECT", CHANGES },
	{ { 0x4d }, "LOG SENSE", ALLOWED },
	{ { 0x55 }, "MODE SELECT(10)", CHANGES },
	{ { 0x5a }, "MODE SENSE(10)", READS },
	{ { 0x7f, [7] = 0x18, 0, 0x09 }, "READ(32)", READS },
	{ { 0x7f, [7] = 0x18, 0, 0x0a }, "VERIFY(32)", READS },
	{ { 0x7f, [7] = 0x18, 0, 0x0b }, "WRITE(32)", CHANGES },
	{ { 0x7f, [7] = 0x18, 0, 0x0c }, "WRITE AND VERIFY(32)", CHANGES },
	{ { 0x7f, [7] = 0x18, 0, 0x0d }, "WRITE SAME(32)", CHANGES },
	{ { 0x7f, [7] = 0x18, 0, 0x0e }, "ORWRITE(32)", CHANGES },
	{ { 0x7f, [7] = 0x18, 0, 0x0f }, "WRITE ATOMIC(32)", CHANGES },
	{ { 0x7f, [7] = 0x18, 0, 0x12 }, "GET LBA STATUS(32)", READS },
	{ { 0x88 }, "READ(16)", READS },
	{ { 0x89 }, "COMPARE AND WRITE", CHANGES },
	{ { 0x8a }, "WRITE(16)", CHANGES },
	{ { 0x8b }, "ORWRITE(16)", CHANGES },
	{ { 0x8e }, "WRITE AND VERIFY(16)", CHANGES },
	{ { 0x8f }, "VERIFY(16)", READS },
	{ { 0x90 }, "PRE-FETCH(16)", READS },
	{ { 0x91 }, "SYNCHRONIZE CACHE(16)", CHANGES },
	{ { 0x93 }, "WRITE SAME(16)", CHANGES },
	{ { 0x9b }, "READ BUFFER(16)", READS },
	{ { 0x9c }, "WRITE ATOMIC(16)", CHANGES },
	{ { 0x9e, 0x10 }, "READ CAPACITY(16)", ALLOWED },
	{ { 0x9e, 0x12 }, "GET LBA STATUS(16)", READS },
	{ { 0xa0 }, "REPORT LUNS", ALLOWED },
	{ { 0xa3, 0x05 }, "REPORT IDENTIFYING INFORMATION", ALLOWED },
	{ { 0xa3, 0x0c }, "REPORT SUPPORTED OPERATION CODES", READS },
	{ { 0xa3, 0x0d }, "REPORT SUPPORTED TASK MANAGEMENT FUNCTIONS", READS },
	{ { 0xa3, 0x0f }, "REPORT TIMESTAMP", ALLOWED },
	{ { 0xa4, 0x06 }, "SET IDENTIFYING INFORMATION", CHANGES },
	{ { 0xa4, 0x0f }, "SET TIMESTAMP", CHANGES },
	{ { 0xa8 }, "READ(12)", READS },
	{ { 0xaa }, "WRITE(12)", CHANGES },
	{ { 0xae }, "WRITE AND VERIFY(12)", CHANGES },
	{ { 0xaf }, "VERIFY(12)", READS },
};

/* Is this for the tables of the reservations' own commands? */
static bool is_about_reservations(u8 opcode)
{
	return opcode == 0x16 || opcode == 0x17 || opcode == 0x56 || opcode == 0x57 ||
	       opcode == 0x5e || opcode == 0x5f;
}

static const struct scst_op *op_of(const struct row *row)
{
	const struct scst_op *op;
	struct scst_field bad;
	bool unknown_sa;

	op = scst_op_find(row->cdb, &unknown_sa);
	if (!op || !scst_cdb_check(op, row->cdb, &bad))
		fail_msg("%s is not a command", row->name);
	return op;
}

static void every_command_is_in_the_table(void **state)
{
	for (unsigned int i = 0; i < scst_ops_nr; i++) {
		bool found = is_about_reservations(scst_ops[i].opcode);

		assert_int_equal(scst_ops[i].pr == SCST_PR_SELF, found);
		for (unsigned int r = 0; r < ARRAY_SIZE(rows); r++)
			found |= op_of(&rows[r]) == &scst_ops[i];
		if (!found)
			fail_msg("%s is not in the table", scst_ops_cold[i].name);
	}
}

static char judge(const struct row *row, u8 denied)
{
	const struct scst_op *op = op_of(row);
	struct scst_cdb params;

	scst_cdb_parse(op, row->cdb, &params);
	return scst_pr_conflicts(denied, op, &params) ? 'C' : 'A';
}

static void must_be(const struct row *row, char want, u8 denied, const char *when)
{
	if (judge(row, denied) != want)
		fail_msg("%s, %s: %s", row->name, when,
			 want == 'A' ? "it is to be allowed" : "it is to conflict");
}

/* A holds a reservation of @type, B is registered, C is not. */
static void three_hosts(struct world *w, u8 type)
{
	world_init(w);
	assert_int_equal(SAY(w, A, 1, .action = SCST_PR_REGISTER, .sa_key = 0xa), SCST_PR_GOOD);
	assert_int_equal(SAY(w, B, 1, .action = SCST_PR_REGISTER, .sa_key = 0xb), SCST_PR_GOOD);
	assert_int_equal(SAY(w, A, 1, .action = SCST_PR_RESERVE, .key = 0xa, .type = type),
			 SCST_PR_GOOD);
}

static u8 denied_to(const struct world *w, enum host host)
{
	return scst_pr_denied(w->pr, &(struct scst_pr_nexus){ .tid = &w->tid[host], .port = 1 });
}

/* Types as SPC-5 numbers them. */
static const struct {
	u8 type;
	int registered, other;		/* columns */
	const char *name;
} types[] = {
	{ 1, 0, 0, "Write Exclusive" },
	{ 3, 1, 1, "Exclusive Access" },
	{ 5, 2, 3, "Write Exclusive, Registrants Only" },
	{ 6, 2, 4, "Exclusive Access, Registrants Only" },
	{ 7, 2, 3, "Write Exclusive, All Registrants" },
	{ 8, 2, 4, "Exclusive Access, All Registrants" },
};

static void persistent_reservations_allow_what_the_tables_say(void **state)
{
	for (unsigned int t = 0; t < ARRAY_SIZE(types); t++) {
		struct world w[1];

		three_hosts(w, types[t].type);
		for (const struct row *row = rows; row < rows + ARRAY_SIZE(rows); row++) {
			must_be(row, 'A', denied_to(w, A), types[t].name);
			must_be(row, row->allowed[types[t].registered], denied_to(w, B),
				types[t].name);
			must_be(row, row->allowed[types[t].other], denied_to(w, C), types[t].name);
		}
	}
}

static void reserve_of_spc2_allows_what_its_tables_say(void **state)
{
	for (const struct row *row = rows; row < rows + ARRAY_SIZE(rows); row++)
		must_be(row, row->allowed[6], SCST_PR_DENIED_BY_RESERVE, "RESERVE");
}

static void nobody_conflicts_where_nothing_is_reserved(void **state)
{
	struct world w[1];

	world_init(w);
	for (const struct row *row = rows; row < rows + ARRAY_SIZE(rows); row++)
		must_be(row, 'A', denied_to(w, C), "no reservation");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_command_is_in_the_table),
		cmocka_unit_test(persistent_reservations_allow_what_the_tables_say),
		cmocka_unit_test(reserve_of_spc2_allows_what_its_tables_say),
		cmocka_unit_test(nobody_conflicts_where_nothing_is_reserved),
	};

	return cmocka_run_group_tests_name("tables_reservations", tests, NULL, NULL);
}
