// SPDX-License-Identifier: GPL-2.0-only
/*
 * What rows say beside how a CDB is read, held against lists that were typed from the standards. An
 * entry "MODE SENSE" stands for all its lengths and service actions. That rows agree with
 * themselves is test_op_check's.
 */
#include "fixture.h"

static bool is_entry(const char *name, const char *entry)
{
	size_t len = strlen(entry);

	return !strncmp(name, entry, len) && (!name[len] || strchr("(,", name[len]));
}

static bool is_listed(const char *name, const char *const *list)
{
	for (; *list; list++)
		if (is_entry(name, *list))
			return true;
	return false;
}

/* Each entry is a row, so that none is misspelt. */
static void assert_rows(const char *const *list)
{
	for (; *list; list++) {
		bool found = false;

		for (unsigned int i = 0; i < scst_ops_nr; i++)
			found |= is_entry(scst_ops_cold[i].name, *list);
		if (!found)
			fail_msg("no row is called %s", *list);
	}
}

/* @has of each row on @list, and of no other. */
static void assert_exactly(const char *const *list, bool (*has)(const struct scst_op *op))
{
	assert_rows(list);
	for (unsigned int i = 0; i < scst_ops_nr; i++)
		if (has(&scst_ops[i]) != is_listed(scst_ops_cold[i].name, list))
			fail_msg("%s", scst_ops_cold[i].name);
}

/*
 * SBC-4: the CDBs with RDPROTECT, VRPROTECT, WRPROTECT or ORPROTECT. No CDB of six
 * bytes has one.
 */
static const char *const protect[] = {
	"COMPARE AND WRITE", "ORWRITE", "READ(10)", "READ(12)", "READ(16)", "READ(32)", "VERIFY",
	"WRITE(10)", "WRITE(12)", "WRITE(16)", "WRITE(32)", "WRITE AND VERIFY", "WRITE ATOMIC",
	"WRITE SAME", NULL
};

static bool has_protect(const struct scst_op *op)
{
	return op->flags & SCST_OP_PROTECT;
}

static void protect_field_is_where_sbc_has_it(void **state)
{
	assert_exactly(protect, has_protect);
}

/* SPC-5, asymmetric access states: what an unavailable port carries out, and ... */
static const char *const unavailable[] = {
	"INQUIRY", "REPORT LUNS", "REQUEST SENSE", "READ BUFFER", "WRITE BUFFER",
	/* not in SPC-5: scsi/op.h says why */
	"READ CAPACITY", "REPORT SUPPORTED OPERATION CODES",
	"REPORT SUPPORTED TASK MANAGEMENT FUNCTIONS", NULL
};

/* ... what a standby port does besides. */
static const char *const standby[] = {
	"LOG SELECT", "LOG SENSE", "MODE SELECT", "MODE SENSE", "RECEIVE DIAGNOSTIC RESULTS",
	"SEND DIAGNOSTIC", "PERSISTENT RESERVE IN", "PERSISTENT RESERVE OUT",
	/* not in SPC-5, which knows neither */
	"RESERVE", "RELEASE", NULL
};

static void each_state_carries_out_what_spc_says(void **state)
{
	assert_rows(unavailable);
	assert_rows(standby);
	for (unsigned int i = 0; i < scst_ops_nr; i++) {
		const char *name = scst_ops_cold[i].name;
		u8 want = SCST_ALUA_ACTIVE;

		if (is_listed(name, unavailable))
			want = SCST_ALUA_ACTIVE | SCST_ALUA_STANDBY | SCST_ALUA_UNAVAILABLE |
			       SCST_ALUA_OFFLINE | SCST_ALUA_TRANSITION;
		else if (is_listed(name, standby))
			want = SCST_ALUA_ACTIVE | SCST_ALUA_STANDBY;
		if (scst_ops[i].alua != want)
			fail_msg("%s: %x", name, scst_ops[i].alua);
	}
}

/* dm-multipath's checker takes 04h/0Bh from TEST UNIT READY for a path in reserve. */
static void medium_is_reached_by_active_ports_alone(void **state)
{
	bool unknown_sa;

	assert_int_equal(scst_op_find(CDB(0x00), &unknown_sa)->alua, SCST_ALUA_ACTIVE);
	assert_int_equal(scst_op_find(CDB(0x28), &unknown_sa)->alua, SCST_ALUA_ACTIVE);
	assert_int_equal(scst_op_find(CDB(0x9e, 0x12), &unknown_sa)->alua, SCST_ALUA_ACTIVE);
}

/* What the core must answer as the device knows one nexus, and not the initiators behind it. */
static const char *const core[] = {
	"REPORT LUNS", "PERSISTENT RESERVE IN", "PERSISTENT RESERVE OUT", "RESERVE", "RELEASE",
	"REPORT SUPPORTED TASK MANAGEMENT FUNCTIONS", NULL
};

static bool is_core(const struct scst_op *op)
{
	return op->opaque == SCST_OPAQUE_CORE;
}

static bool is_refused(const struct scst_op *op)
{
	return op->opaque == SCST_OPAQUE_REFUSE;
}

static void opaque_device_gets_all_but_what_is_about_nexuses(void **state)
{
	static const char *const none[] = { NULL };

	assert_exactly(core, is_core);
	assert_exactly(none, is_refused);
}

/* SBC-4 6.5.6 and SPC-5 7.5.10 make MODE SELECT write the cache; the self-test is ours. */
static const char *const calls_verb[] = { "MODE SELECT", "SEND DIAGNOSTIC", NULL };

static bool does_call_verb(const struct scst_op *op)
{
	return op->flags & SCST_OP_CALLS_VERB;
}

static void two_commands_of_the_core_call_the_handler(void **state)
{
	assert_exactly(calls_verb, does_call_verb);
}

static bool calls(const u8 *cdb)
{
	bool unknown_sa;

	return scst_op_calls_verb(scst_op_find(cdb, &unknown_sa));
}

static void handler_is_reached_under_any_name(void **state)
{
	assert_true(calls(CDB(0x28)));			/* READ(10) */
	assert_true(calls(CDB(0x1b)));			/* START STOP UNIT */
	assert_true(calls(CDB(0x15)));			/* MODE SELECT(6) */
	assert_true(calls(CDB(0x55)));
	assert_true(calls(CDB(0x1d)));			/* SEND DIAGNOSTIC */
	assert_false(calls(CDB(0x12)));			/* INQUIRY */
	assert_false(calls(CDB(0x1a)));			/* MODE SENSE(6) */
	assert_false(calls(CDB(0x5f, 0x01)));		/* PERSISTENT RESERVE OUT */
}

/* The rest either has a first time only, or never leaves the core. */
static const char *const idempotent[] = {
	"TEST UNIT READY", "INQUIRY", "MODE SELECT", "MODE SENSE", "RECEIVE DIAGNOSTIC RESULTS",
	"PREVENT ALLOW MEDIUM REMOVAL", "READ CAPACITY", "GET LBA STATUS", "READ TOC/PMA/ATIP",
	"GET CONFIGURATION", "REPORT IDENTIFYING INFORMATION", "SET IDENTIFYING INFORMATION",
	"REPORT SUPPORTED OPERATION CODES", "REPORT TIMESTAMP",
	"READ", "VERIFY", "PRE-FETCH", "SYNCHRONIZE CACHE",
	"WRITE", "WRITE AND VERIFY", "WRITE ATOMIC", "WRITE SAME", "UNMAP",
	"ORWRITE",				/* a | b | b */
	NULL
};

static bool is_idempotent(const struct scst_op *op)
{
	return op->flags & SCST_OP_IDEMPOTENT;
}

static void given_again_is_what_may_happen_twice(void **state)
{
	assert_exactly(idempotent, is_idempotent);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(protect_field_is_where_sbc_has_it),
		cmocka_unit_test(each_state_carries_out_what_spc_says),
		cmocka_unit_test(medium_is_reached_by_active_ports_alone),
		cmocka_unit_test(opaque_device_gets_all_but_what_is_about_nexuses),
		cmocka_unit_test(two_commands_of_the_core_call_the_handler),
		cmocka_unit_test(handler_is_reached_under_any_name),
		cmocka_unit_test(given_again_is_what_may_happen_twice),
	};

	return cmocka_run_group_tests_name("op_columns", tests, NULL, NULL);
}
