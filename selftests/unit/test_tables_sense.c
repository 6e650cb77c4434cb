// SPDX-License-Identifier: GPL-2.0-only
/*
 * What each id of sense data says, typed from T10's list of additional sense codes (asc-num.txt,
 * and the annex of SPC-5) by its text; the key is the one that the clause which asks for it names.
 * Both lists are walked: an id without an entry fails, as does an entry without an id.
 */
#include "fixture.h"

#define NO_SENSE	0x0
#define NOT_READY	0x2
#define MEDIUM_ERROR	0x3
#define HARDWARE_ERROR	0x4
#define ILLEGAL_REQUEST	0x5
#define UNIT_ATTENTION	0x6
#define DATA_PROTECT	0x7
#define COPY_ABORTED	0xa
#define ABORTED_COMMAND	0xb
#define MISCOMPARE	0xe

static const struct {
	enum scst_sense_id id;
	u8 key, asc, ascq;
	const char *text;
} assigned[] = {
	{ SCST_SENSE_NONE, NO_SENSE, 0x00, 0x00, "NO ADDITIONAL SENSE INFORMATION" },
	{ SCST_SENSE_LU_NOT_READY, NOT_READY, 0x04, 0x00,
	  "LOGICAL UNIT NOT READY, CAUSE NOT REPORTABLE" },
	{ SCST_SENSE_BECOMING_READY, NOT_READY, 0x04, 0x01,
	  "LOGICAL UNIT IS IN PROCESS OF BECOMING READY" },
	{ SCST_SENSE_INIT_CMD_REQUIRED, NOT_READY, 0x04, 0x02,
	  "LOGICAL UNIT NOT READY, INITIALIZING COMMAND REQUIRED" },
	{ SCST_SENSE_FORMAT_IN_PROGRESS, NOT_READY, 0x04, 0x04,
	  "LOGICAL UNIT NOT READY, FORMAT IN PROGRESS" },
	{ SCST_SENSE_ALUA_TRANSITION, NOT_READY, 0x04, 0x0a,
	  "LOGICAL UNIT NOT ACCESSIBLE, ASYMMETRIC ACCESS STATE TRANSITION" },
	{ SCST_SENSE_ALUA_STANDBY, NOT_READY, 0x04, 0x0b,
	  "LOGICAL UNIT NOT ACCESSIBLE, TARGET PORT IN STANDBY STATE" },
	{ SCST_SENSE_ALUA_UNAVAILABLE, NOT_READY, 0x04, 0x0c,
	  "LOGICAL UNIT NOT ACCESSIBLE, TARGET PORT IN UNAVAILABLE STATE" },
	{ SCST_SENSE_NO_MEDIUM, NOT_READY, 0x3a, 0x00, "MEDIUM NOT PRESENT" },
	{ SCST_SENSE_WRITE_FAULT, MEDIUM_ERROR, 0x03, 0x00, "PERIPHERAL DEVICE WRITE FAULT" },
	{ SCST_SENSE_READ_ERROR, MEDIUM_ERROR, 0x11, 0x00, "UNRECOVERED READ ERROR" },
	{ SCST_SENSE_FORMAT_CORRUPTED, MEDIUM_ERROR, 0x31, 0x00, "MEDIUM FORMAT CORRUPTED" },
	{ SCST_SENSE_FORMAT_FAILED, MEDIUM_ERROR, 0x31, 0x01, "FORMAT COMMAND FAILED" },
	{ SCST_SENSE_INTERNAL_FAILURE, HARDWARE_ERROR, 0x44, 0x00, "INTERNAL TARGET FAILURE" },
	{ SCST_SENSE_RESERVATION_LOST, HARDWARE_ERROR, 0x44, 0x01,
	  "PERSISTENT RESERVATION INFORMATION LOST" },
	{ SCST_SENSE_SET_TPG_FAILED, HARDWARE_ERROR, 0x67, 0x0a,
	  "SET TARGET PORT GROUPS COMMAND FAILED" },
	{ SCST_SENSE_INVALID_FIELD_IU, ILLEGAL_REQUEST, 0x0e, 0x03,
	  "INVALID FIELD IN COMMAND INFORMATION UNIT" },
	{ SCST_SENSE_PARAM_LIST_LENGTH, ILLEGAL_REQUEST, 0x1a, 0x00,
	  "PARAMETER LIST LENGTH ERROR" },
	{ SCST_SENSE_INVALID_OPCODE, ILLEGAL_REQUEST, 0x20, 0x00,
	  "INVALID COMMAND OPERATION CODE" },
	{ SCST_SENSE_ACCESS_DENIED, ILLEGAL_REQUEST, 0x20, 0x02,
	  "ACCESS DENIED - NO ACCESS RIGHTS" },
	{ SCST_SENSE_LBA_OUT_OF_RANGE, ILLEGAL_REQUEST, 0x21, 0x00,
	  "LOGICAL BLOCK ADDRESS OUT OF RANGE" },
	{ SCST_SENSE_INVALID_FIELD_CDB, ILLEGAL_REQUEST, 0x24, 0x00, "INVALID FIELD IN CDB" },
	{ SCST_SENSE_LUN_NOT_SUPPORTED, ILLEGAL_REQUEST, 0x25, 0x00,
	  "LOGICAL UNIT NOT SUPPORTED" },
	{ SCST_SENSE_INVALID_FIELD_PARAM, ILLEGAL_REQUEST, 0x26, 0x00,
	  "INVALID FIELD IN PARAMETER LIST" },
	{ SCST_SENSE_INVALID_RELEASE, ILLEGAL_REQUEST, 0x26, 0x04,
	  "INVALID RELEASE OF PERSISTENT RESERVATION" },
	{ SCST_SENSE_COMMAND_SEQUENCE, ILLEGAL_REQUEST, 0x2c, 0x00, "COMMAND SEQUENCE ERROR" },
	{ SCST_SENSE_SAVING_NOT_SUPPORTED, ILLEGAL_REQUEST, 0x39, 0x00,
	  "SAVING PARAMETERS NOT SUPPORTED" },
	{ SCST_SENSE_INVALID_MESSAGE, ILLEGAL_REQUEST, 0x49, 0x00, "INVALID MESSAGE ERROR" },
	{ SCST_SENSE_REMOVAL_PREVENTED, ILLEGAL_REQUEST, 0x53, 0x02,
	  "MEDIUM REMOVAL PREVENTED" },
	{ SCST_SENSE_NO_REGISTRATION_RESOURCES, ILLEGAL_REQUEST, 0x55, 0x04,
	  "INSUFFICIENT REGISTRATION RESOURCES" },
	{ SCST_SENSE_MEDIUM_CHANGED, UNIT_ATTENTION, 0x28, 0x00,
	  "NOT READY TO READY CHANGE, MEDIUM MAY HAVE CHANGED" },
	{ SCST_SENSE_RESET, UNIT_ATTENTION, 0x29, 0x00,
	  "POWER ON, RESET, OR BUS DEVICE RESET OCCURRED" },
	{ SCST_SENSE_NEXUS_LOSS, UNIT_ATTENTION, 0x29, 0x07, "I_T NEXUS LOSS OCCURRED" },
	{ SCST_SENSE_MODE_CHANGED, UNIT_ATTENTION, 0x2a, 0x01, "MODE PARAMETERS CHANGED" },
	{ SCST_SENSE_LOG_CHANGED, UNIT_ATTENTION, 0x2a, 0x02, "LOG PARAMETERS CHANGED" },
	{ SCST_SENSE_RES_PREEMPTED, UNIT_ATTENTION, 0x2a, 0x03, "RESERVATIONS PREEMPTED" },
	{ SCST_SENSE_RES_RELEASED, UNIT_ATTENTION, 0x2a, 0x04, "RESERVATIONS RELEASED" },
	{ SCST_SENSE_REG_PREEMPTED, UNIT_ATTENTION, 0x2a, 0x05, "REGISTRATIONS PREEMPTED" },
	{ SCST_SENSE_ALUA_CHANGED, UNIT_ATTENTION, 0x2a, 0x06,
	  "ASYMMETRIC ACCESS STATE CHANGED" },
	{ SCST_SENSE_CAPACITY_CHANGED, UNIT_ATTENTION, 0x2a, 0x09, "CAPACITY DATA HAS CHANGED" },
	{ SCST_SENSE_TIMESTAMP_CHANGED, UNIT_ATTENTION, 0x2a, 0x10, "TIMESTAMP CHANGED" },
	{ SCST_SENSE_CLEARED_BY_OTHER, UNIT_ATTENTION, 0x2f, 0x00,
	  "COMMANDS CLEARED BY ANOTHER INITIATOR" },
	{ SCST_SENSE_CLEARED_BY_DEVICE, UNIT_ATTENTION, 0x2f, 0x02,
	  "COMMANDS CLEARED BY DEVICE SERVER" },
	{ SCST_SENSE_THIN_THRESHOLD, UNIT_ATTENTION, 0x38, 0x07,
	  "THIN PROVISIONING SOFT THRESHOLD REACHED" },
	{ SCST_SENSE_INQUIRY_CHANGED, UNIT_ATTENTION, 0x3f, 0x03, "INQUIRY DATA HAS CHANGED" },
	{ SCST_SENSE_INFO_CHANGED, UNIT_ATTENTION, 0x3f, 0x05, "DEVICE IDENTIFIER CHANGED" },
	{ SCST_SENSE_LUNS_CHANGED, UNIT_ATTENTION, 0x3f, 0x0e,
	  "REPORTED LUNS DATA HAS CHANGED" },
	{ SCST_SENSE_WRITE_PROTECTED, DATA_PROTECT, 0x27, 0x00, "WRITE PROTECTED" },
	{ SCST_SENSE_SOFT_WRITE_PROTECTED, DATA_PROTECT, 0x27, 0x02,
	  "LOGICAL UNIT SOFTWARE WRITE PROTECTED" },
	{ SCST_SENSE_SPACE_ALLOCATION, DATA_PROTECT, 0x27, 0x07,
	  "SPACE ALLOCATION FAILED WRITE PROTECT" },
	{ SCST_SENSE_COPY_DEVICE_FAILED, COPY_ABORTED, 0x0d, 0x01, "THIRD PARTY DEVICE FAILURE" },
	/* A command that task management or a policy ended; the list has no text for that. */
	{ SCST_SENSE_ABORTED, ABORTED_COMMAND, 0x00, 0x00, "NO ADDITIONAL SENSE INFORMATION" },
	{ SCST_SENSE_DATA_PHASE_ERROR, ABORTED_COMMAND, 0x4b, 0x00, "DATA PHASE ERROR" },
	{ SCST_SENSE_MISCOMPARE, MISCOMPARE, 0x1d, 0x00, "MISCOMPARE DURING VERIFY OPERATION" },
};

static void every_id_says_what_t10_assigned(void **state)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(assigned); i++) {
		const struct scst_sense sense = { .id = assigned[i].id };
		struct scst_sense_codes codes = scst_sense_codes(&sense);

		if (codes.key != assigned[i].key || codes.asc != assigned[i].asc ||
		    codes.ascq != assigned[i].ascq)
			fail_msg("%s: we say %x/%02x/%02x", assigned[i].text, codes.key, codes.asc,
				 codes.ascq);
	}
}

static void every_id_is_in_the_list_once(void **state)
{
	unsigned int seen[SCST_SENSE_MAX] = { 0 };

	for (unsigned int i = 0; i < ARRAY_SIZE(assigned); i++)
		seen[assigned[i].id]++;
	for (unsigned int id = 0; id < SCST_SENSE_MAX; id++)
		if (seen[id] != 1)
			fail_msg("%s: in the list %u times", scst_sense_row(id)->name, seen[id]);
}

/* The bytes on the wire, in both formats. */
static void every_id_reaches_the_wire_as_it_is(void **state)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(assigned); i++) {
		const struct scst_sense sense = { .id = assigned[i].id };
		u8 fixed[18], desc[8];

		assert_int_equal(scst_sense_encode(&sense, false, fixed, sizeof(fixed)), 18);
		assert_int_equal(fixed[0], 0x70);
		assert_int_equal(fixed[2], assigned[i].key);
		assert_int_equal(fixed[12], assigned[i].asc);
		assert_int_equal(fixed[13], assigned[i].ascq);
		assert_int_equal(scst_sense_encode(&sense, true, desc, sizeof(desc)), 8);
		assert_int_equal(desc[0], 0x72);
		assert_int_equal(desc[1], assigned[i].key);
		assert_int_equal(desc[2], assigned[i].asc);
		assert_int_equal(desc[3], assigned[i].ascq);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_id_says_what_t10_assigned),
		cmocka_unit_test(every_id_is_in_the_list_once),
		cmocka_unit_test(every_id_reaches_the_wire_as_it_is),
	};

	return cmocka_run_group_tests_name("tables_sense", tests, NULL, NULL);
}
