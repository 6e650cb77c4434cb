/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The commands, ascending by opcode, then by service action. op_table.c includes this file several
 * times, each time with another meaning of
 *
 *	OP(id, name, time-out, opaque, states, opcode, row...)		no service actions
 *	OP_SA(id, name, time-out, opaque, states, opcode, action, row...)	the first one
 *	ALSO_SA(id, name, time-out, opaque, states, opcode, action, row...)	each further one
 *
 * so a command is added here and nowhere else. What every row has to say of itself is not
 * designated, so that none can leave it out: "opaque" is of enum scst_opaque; "states" is ACTIVE,
 * STANDBY (and active) or ANY, of enum scst_alua.
 *
 * The usage mask starts with the opcode and has the service action in its field, as REPORT
 * SUPPORTED OPERATION CODES returns it. Zero in all masks, and so refused when set:
 *  - CONTROL byte: the obsolete LINK and FLAG, vendor bits (NACA: scst_op_usage() adds it);
 *  - RDPROTECT, WRPROTECT: no protection information here (SBC-4 tables 60 and 137);
 *  - GROUP NUMBER: GROUP_SUP is 0; DLD: no duration limits; RARC: no rebuild assist;
 *  - the obsolete LUN in bits 7-5 of byte 1, except for INQUIRY: SCST_OP_OLD_LUN says why.
 */

OP(TEST_UNIT_READY, "TEST UNIT READY", SHORT, PASS, ACTIVE, 0x00,
   .len =  6, .dir = SCST_DIR_NONE, .fmt = SCST_FMT_NONE,        .types = SCST_T_ALL,
   .pr = SCST_PR_ALWAYS, .exec = SCST_EXEC_TEST_UNIT_READY,
   .flags = SCST_OP_HEAD_OF_QUEUE | SCST_OP_IDEMPOTENT,
   .usage = { 0x00, })

OP(REQUEST_SENSE, "REQUEST SENSE", SHORT, PASS, ANY, 0x03,
   .len =  6, .dir = SCST_DIR_IN,   .fmt = SCST_FMT_ALLOC1_AT4,  .types = SCST_T_ALL,
   .pr = SCST_PR_ALWAYS, .exec = SCST_EXEC_REQUEST_SENSE,
   .flags = SCST_OP_SKIP_UA | SCST_OP_NO_LUN | SCST_OP_NO_MEDIUM,
   .usage = { 0x03, 0x01, 0x00, 0x00, 0xff, })

/*
 * FMTPINFO: no protection information. DEFECT LIST FORMAT: the first, which is also for no list;
 * there are no defects. FFMT: all of it is initialized.
 */
OP(FORMAT_UNIT, "FORMAT UNIT", LONG, PASS, ACTIVE, 0x04,
   .len =  6, .dir = SCST_DIR_OUT,  .fmt = SCST_FMT_NONE,        .types = SCST_T_DISK | SCST_T_MO,
   .pr = SCST_PR_WRITE,  .verb = SCST_VERB_FORMAT,
   .flags = SCST_OP_WRITES | SCST_OP_LIST_AS_SENT,
   .usage = { 0x04, 0x38, })

OP(READ_6, "READ(6)", REGULAR, PASS, ACTIVE, 0x08,
   .len =  6, .dir = SCST_DIR_IN,   .fmt = SCST_FMT_LBA3_LEN1,   .types = SCST_T_DISK | SCST_T_MO,
   .pr = SCST_PR_READ,   .verb = SCST_VERB_READ,
   .flags = SCST_OP_RANGE | SCST_OP_MEDIUM_DATA | SCST_OP_IDEMPOTENT,
   .usage = { 0x08, 0x1f, 0xff, 0xff, 0xff, })

OP(WRITE_6, "WRITE(6)", REGULAR, PASS, ACTIVE, 0x0a,
   .len =  6, .dir = SCST_DIR_OUT,  .fmt = SCST_FMT_LBA3_LEN1,   .types = SCST_T_DISK | SCST_T_MO,
   .pr = SCST_PR_WRITE,  .verb = SCST_VERB_WRITE,
   .flags = SCST_OP_WRITES | SCST_OP_RANGE | SCST_OP_MEDIUM_DATA | SCST_OP_IDEMPOTENT,
   .usage = { 0x0a, 0x1f, 0xff, 0xff, 0xff, })

OP(INQUIRY, "INQUIRY", SHORT, PASS, ANY, 0x12,
   .len =  6, .dir = SCST_DIR_IN,   .fmt = SCST_FMT_ALLOC2_AT3,  .types = SCST_T_ALL,
   .pr = SCST_PR_ALWAYS, .exec = SCST_EXEC_INQUIRY,
   .flags = SCST_OP_SKIP_UA | SCST_OP_NO_LUN | SCST_OP_NO_MEDIUM | SCST_OP_HEAD_OF_QUEUE |
	    SCST_OP_OLD_LUN | SCST_OP_IDEMPOTENT,
   .usage = { 0x12, 0x01, 0xff, 0xff, 0xff, })

/* PF 0 is refused by mode_select.c, which also knows whether SP can be. */
OP(MODE_SELECT_6, "MODE SELECT(6)", REGULAR, PASS, STANDBY, 0x15,
   .len =  6, .dir = SCST_DIR_OUT,  .fmt = SCST_FMT_ALLOC1_AT4,  .types = SCST_T_BLOCK,
   .pr = SCST_PR_WRITE,  .exec = SCST_EXEC_MODE_SELECT,
   .flags = SCST_OP_NO_MEDIUM | SCST_OP_CALLS_VERB | SCST_OP_IDEMPOTENT,
   .usage = { 0x15, 0x11, 0x00, 0x00, 0xff, })

/* The logical unit as a whole; extents and third parties are obsolete. */
OP(RESERVE_6, "RESERVE(6)", SHORT, CORE, STANDBY, 0x16,
   .len =  6, .dir = SCST_DIR_NONE, .fmt = SCST_FMT_NONE,        .types = SCST_T_ALL,
   .pr = SCST_PR_SELF,   .exec = SCST_EXEC_RESERVE, .flags = SCST_OP_NO_MEDIUM,
   .usage = { 0x16, })

OP(RELEASE_6, "RELEASE(6)", SHORT, CORE, STANDBY, 0x17,
   .len =  6, .dir = SCST_DIR_NONE, .fmt = SCST_FMT_NONE,        .types = SCST_T_ALL,
   .pr = SCST_PR_SELF,   .exec = SCST_EXEC_RELEASE, .flags = SCST_OP_NO_MEDIUM,
   .usage = { 0x17, })

OP(MODE_SENSE_6, "MODE SENSE(6)", SHORT, PASS, STANDBY, 0x1a,
   .len =  6, .dir = SCST_DIR_IN,   .fmt = SCST_FMT_ALLOC1_AT4,  .types = SCST_T_BLOCK,
   .pr = SCST_PR_READ,   .exec = SCST_EXEC_MODE_SENSE,
   .flags = SCST_OP_NO_MEDIUM | SCST_OP_IDEMPOTENT,
   .usage = { 0x1a, 0x08, 0xff, 0xff, 0xff, })

/* No power conditions; NO_FLUSH is refused, as stopping flushes. */
OP(START_STOP_UNIT, "START STOP UNIT", LONG, PASS, ACTIVE, 0x1b,
   .len =  6, .dir = SCST_DIR_NONE, .fmt = SCST_FMT_NONE,        .types = SCST_T_BLOCK,
   .pr = SCST_PR_WRITE,  .verb = SCST_VERB_START_STOP,
   .flags = SCST_OP_NO_MEDIUM,
   .usage = { 0x1b, 0x01, 0x00, 0x00, 0x03, })

/* SEND takes whatever page there is; only page 00h is told. */
OP(RECEIVE_DIAGNOSTIC, "RECEIVE DIAGNOSTIC RESULTS", SHORT, PASS, STANDBY, 0x1c,
   .len =  6, .dir = SCST_DIR_IN,   .fmt = SCST_FMT_ALLOC2_AT3,  .types = SCST_T_ALL,
   .pr = SCST_PR_READ,   .exec = SCST_EXEC_RECEIVE_DIAGNOSTIC,
   .flags = SCST_OP_NO_MEDIUM | SCST_OP_IDEMPOTENT,
   .usage = { 0x1c, 0x01, 0xff, 0xff, 0xff, })

OP(SEND_DIAGNOSTIC, "SEND DIAGNOSTIC", LONG, PASS, STANDBY, 0x1d,
   .len =  6, .dir = SCST_DIR_OUT,  .fmt = SCST_FMT_ALLOC2_AT3,  .types = SCST_T_ALL,
   .pr = SCST_PR_WRITE,  .exec = SCST_EXEC_SEND_DIAGNOSTIC,
   .flags = SCST_OP_NO_MEDIUM | SCST_OP_CALLS_VERB,
   .usage = { 0x1d, 0xf7, 0x00, 0xff, 0xff, })

/* The second bit of PREVENT, for the changer's door, is obsolete. */
OP(PREVENT_ALLOW, "PREVENT ALLOW MEDIUM REMOVAL", SHORT, PASS, ACTIVE, 0x1e,
   .len =  6, .dir = SCST_DIR_NONE, .fmt = SCST_FMT_NONE,        .types = SCST_T_BLOCK,
   .pr = SCST_PR_WRITE,  .verb = SCST_VERB_PREVENT, .flags = SCST_OP_NO_MEDIUM | SCST_OP_IDEMPOTENT,
   .usage = { 0x1e, 0x00, 0x00, 0x00, 0x01, })

/* PMI, and an LBA, are obsolete since SBC-3. */
OP(READ_CAPACITY_10, "READ CAPACITY(10)", SHORT, PASS, ANY, 0x25,
   .len = 10, .dir = SCST_DIR_IN,   .fmt = SCST_FMT_FIXED8,      .types = SCST_T_BLOCK,
   .pr = SCST_PR_ALWAYS, .exec = SCST_EXEC_READ_CAPACITY,
   .flags = SCST_OP_HEAD_OF_QUEUE | SCST_OP_IDEMPOTENT,
   .usage = { 0x25, })

OP(READ_10, "READ(10)", REGULAR, PASS, ACTIVE, 0x28,
   .len = 10, .dir = SCST_DIR_IN,   .fmt = SCST_FMT_LBA4_LEN2,   .types = SCST_T_BLOCK,
   .pr = SCST_PR_READ,   .verb = SCST_VERB_READ,
   .flags = SCST_OP_RANGE | SCST_OP_MEDIUM_DATA | SCST_OP_FUA | SCST_OP_PROTECT |
	    SCST_OP_IDEMPOTENT,
   .usage = { 0x28, 0x18, 0xff, 0xff, 0xff, 0xff, 0x00, 0xff, 0xff, })

OP(WRITE_10, "WRITE(10)", REGULAR, PASS, ACTIVE, 0x2a,
   .len = 10, .dir = SCST_DIR_OUT,  .fmt = SCST_FMT_LBA4_LEN2,   .types = SCST_T_DISK | SCST_T_MO,
   .pr = SCST_PR_WRITE,  .verb = SCST_VERB_WRITE,
   .flags = SCST_OP_WRITES | SCST_OP_RANGE | SCST_OP_MEDIUM_DATA | SCST_OP_FUA | SCST_OP_PROTECT |
	    SCST_OP_IDEMPOTENT,
   .usage = { 0x2a, 0x18, 0xff, 0xff, 0xff, 0xff, 0x00, 0xff, 0xff, })

/* BYTCHK 01b compares what was written; the other two values are VERIFY's alone. */
OP(WRITE_AND_VERIFY_10, "WRITE AND VERIFY(10)", REGULAR, PASS, ACTIVE, 0x2e,
   .len = 10, .dir = SCST_DIR_OUT,  .fmt = SCST_FMT_LBA4_LEN2,   .types = SCST_T_DISK | SCST_T_MO,
   .pr = SCST_PR_WRITE,  .verb = SCST_VERB_WRITE_VERIFY,
   .flags = SCST_OP_WRITES | SCST_OP_RANGE | SCST_OP_MEDIUM_DATA | SCST_OP_BYTCHK |
	    SCST_OP_PROTECT | SCST_OP_IDEMPOTENT,
   .usage = { 0x2e, 0x12, 0xff, 0xff, 0xff, 0xff, 0x00, 0xff, 0xff, })

OP(VERIFY_10, "VERIFY(10)", REGULAR, PASS, ACTIVE, 0x2f,
   .len = 10, .dir = SCST_DIR_OUT,  .fmt = SCST_FMT_LBA4_LEN2,   .types = SCST_T_DISK | SCST_T_MO,
   .pr = SCST_PR_READ,   .verb = SCST_VERB_VERIFY,
   .flags = SCST_OP_RANGE | SCST_OP_BYTCHK | SCST_OP_PROTECT | SCST_OP_IDEMPOTENT,
   .usage = { 0x2f, 0x16, 0xff, 0xff, 0xff, 0xff, 0x00, 0xff, 0xff, })

/* An advice, so a GROUP NUMBER may be given, to collect what nobody does (SBC-4 4.22). */
OP(PRE_FETCH_10, "PRE-FETCH(10)", REGULAR, PASS, ACTIVE, 0x34,
   .len = 10, .dir = SCST_DIR_NONE, .fmt = SCST_FMT_LBA4_LEN2,   .types = SCST_T_DISK | SCST_T_MO,
   .pr = SCST_PR_READ,   .verb = SCST_VERB_PREFETCH,
   .flags = SCST_OP_RANGE | SCST_OP_IDEMPOTENT,
   .usage = { 0x34, 0x02, 0xff, 0xff, 0xff, 0xff, 0x3f, 0xff, 0xff, })

/*
 * IMMED allows to answer early, SYNC_NV (until SBC-3) to stop at a cache that lasts: answering once
 * the data is on the medium is right too.
 */
OP(SYNCHRONIZE_CACHE_10, "SYNCHRONIZE CACHE(10)", LONG, PASS, ACTIVE, 0x35,
   .len = 10, .dir = SCST_DIR_NONE, .fmt = SCST_FMT_LBA4_LEN2,   .types = SCST_T_DISK | SCST_T_MO,
   .pr = SCST_PR_WRITE,  .verb = SCST_VERB_FLUSH,
   .flags = SCST_OP_RANGE | SCST_OP_FLUSH_ONLY | SCST_OP_IDEMPOTENT,
   .usage = { 0x35, 0x06, 0xff, 0xff, 0xff, 0xff, 0x00, 0xff, 0xff, })

/* Which modes there are, buffer.c knows. */
OP(WRITE_BUFFER, "WRITE BUFFER", REGULAR, PASS, ANY, 0x3b,
   .len = 10, .dir = SCST_DIR_OUT,  .fmt = SCST_FMT_ALLOC3_AT6,  .types = SCST_T_ALL,
   .pr = SCST_PR_WRITE,  .exec = SCST_EXEC_WRITE_BUFFER, .flags = SCST_OP_NO_MEDIUM,
   .usage = { 0x3b, 0x1f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, })

OP(READ_BUFFER_10, "READ BUFFER(10)", REGULAR, PASS, ANY, 0x3c,
   .len = 10, .dir = SCST_DIR_IN,   .fmt = SCST_FMT_ALLOC3_AT6,  .types = SCST_T_ALL,
   .pr = SCST_PR_READ,   .exec = SCST_EXEC_READ_BUFFER, .flags = SCST_OP_NO_MEDIUM,
   .usage = { 0x3c, 0x1f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, })

/* ANCHOR: no anchored blocks here (ANC_SUP is 0). LBDATA and PBDATA are obsolete. */
OP(WRITE_SAME_10, "WRITE SAME(10)", LONG, PASS, ACTIVE, 0x41,
   .len = 10, .dir = SCST_DIR_OUT,  .fmt = SCST_FMT_LBA4_LEN2,   .types = SCST_T_DISK | SCST_T_MO,
   .pr = SCST_PR_WRITE,  .verb = SCST_VERB_WRITE_SAME,
   .flags = SCST_OP_WRITES | SCST_OP_RANGE | SCST_OP_ONE_BLOCK | SCST_OP_UNMAP_BIT |
	    SCST_OP_PROTECT | SCST_OP_IDEMPOTENT,
   .usage = { 0x41, 0x08, 0xff, 0xff, 0xff, 0xff, 0x00, 0xff, 0xff, })

OP(UNMAP, "UNMAP", LONG, PASS, ACTIVE, 0x42,
   .len = 10, .dir = SCST_DIR_OUT,  .fmt = SCST_FMT_ALLOC2_AT7,  .types = SCST_T_DISK | SCST_T_MO,
   .pr = SCST_PR_WRITE,  .verb = SCST_VERB_UNMAP,
   .flags = SCST_OP_WRITES | SCST_OP_IDEMPOTENT,
   .usage = { 0x42, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0xff, 0xff, })

/* Formats 0000b and 0001b; the obsolete one in CONTROL is refused. */
OP(READ_TOC, "READ TOC/PMA/ATIP", SHORT, PASS, ACTIVE, 0x43,
   .len = 10, .dir = SCST_DIR_IN,   .fmt = SCST_FMT_ALLOC2_AT7,  .types = SCST_T_CDROM,
   .pr = SCST_PR_ALWAYS, .exec = SCST_EXEC_READ_TOC,
   .flags = SCST_OP_IDEMPOTENT,
   .usage = { 0x43, 0x02, 0x0f, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff, })

OP(GET_CONFIGURATION, "GET CONFIGURATION", SHORT, PASS, ACTIVE, 0x46,
   .len = 10, .dir = SCST_DIR_IN,   .fmt = SCST_FMT_ALLOC2_AT7,  .types = SCST_T_CDROM,
   .pr = SCST_PR_ALWAYS, .exec = SCST_EXEC_GET_CONFIGURATION,
   .flags = SCST_OP_SKIP_UA | SCST_OP_NO_MEDIUM | SCST_OP_IDEMPOTENT,
   .usage = { 0x46, 0x03, 0xff, 0xff, 0x00, 0x00, 0x00, 0xff, 0xff, })

OP(EVENT_STATUS, "GET EVENT STATUS NOTIFICATION", SHORT, PASS, ACTIVE, 0x4a,
   .len = 10, .dir = SCST_DIR_IN,   .fmt = SCST_FMT_ALLOC2_AT7,  .types = SCST_T_CDROM,
   .pr = SCST_PR_ALWAYS, .exec = SCST_EXEC_EVENT_STATUS,
   .flags = SCST_OP_SKIP_UA | SCST_OP_NO_MEDIUM,
   .usage = { 0x4a, 0x01, 0x00, 0x00, 0xff, 0x00, 0x00, 0xff, 0xff, })

/* No page is saved: SP is refused. */
OP(LOG_SELECT, "LOG SELECT", SHORT, PASS, STANDBY, 0x4c,
   .len = 10, .dir = SCST_DIR_OUT,  .fmt = SCST_FMT_ALLOC2_AT7,  .types = SCST_T_BLOCK,
   .pr = SCST_PR_WRITE,  .exec = SCST_EXEC_LOG_SELECT, .flags = SCST_OP_NO_MEDIUM,
   .usage = { 0x4c, 0x02, 0xff, 0xff, 0x00, 0x00, 0x00, 0xff, 0xff, })

OP(LOG_SENSE, "LOG SENSE", SHORT, PASS, STANDBY, 0x4d,
   .len = 10, .dir = SCST_DIR_IN,   .fmt = SCST_FMT_ALLOC2_AT7,  .types = SCST_T_BLOCK,
   .pr = SCST_PR_ALWAYS, .exec = SCST_EXEC_LOG_SENSE, .flags = SCST_OP_NO_MEDIUM,
   .usage = { 0x4d, 0x00, 0xff, 0xff, 0x00, 0xff, 0xff, 0xff, 0xff, })

OP(MODE_SELECT_10, "MODE SELECT(10)", REGULAR, PASS, STANDBY, 0x55,
   .len = 10, .dir = SCST_DIR_OUT,  .fmt = SCST_FMT_ALLOC2_AT7,  .types = SCST_T_BLOCK,
   .pr = SCST_PR_WRITE,  .exec = SCST_EXEC_MODE_SELECT,
   .flags = SCST_OP_NO_MEDIUM | SCST_OP_CALLS_VERB | SCST_OP_IDEMPOTENT,
   .usage = { 0x55, 0x11, 0x00, 0x00, 0x00, 0x00, 0x00, 0xff, 0xff, })

OP(RESERVE_10, "RESERVE(10)", SHORT, CORE, STANDBY, 0x56,
   .len = 10, .dir = SCST_DIR_NONE, .fmt = SCST_FMT_NONE,        .types = SCST_T_ALL,
   .pr = SCST_PR_SELF,   .exec = SCST_EXEC_RESERVE, .flags = SCST_OP_NO_MEDIUM,
   .usage = { 0x56, })

OP(RELEASE_10, "RELEASE(10)", SHORT, CORE, STANDBY, 0x57,
   .len = 10, .dir = SCST_DIR_NONE, .fmt = SCST_FMT_NONE,        .types = SCST_T_ALL,
   .pr = SCST_PR_SELF,   .exec = SCST_EXEC_RELEASE, .flags = SCST_OP_NO_MEDIUM,
   .usage = { 0x57, })

OP(MODE_SENSE_10, "MODE SENSE(10)", SHORT, PASS, STANDBY, 0x5a,
   .len = 10, .dir = SCST_DIR_IN,   .fmt = SCST_FMT_ALLOC2_AT7,  .types = SCST_T_BLOCK,
   .pr = SCST_PR_READ,   .exec = SCST_EXEC_MODE_SENSE,
   .flags = SCST_OP_NO_MEDIUM | SCST_OP_IDEMPOTENT,
   .usage = { 0x5a, 0x18, 0xff, 0xff, 0x00, 0x00, 0x00, 0xff, 0xff, })

OP_SA(PR_READ_KEYS, "PERSISTENT RESERVE IN, READ KEYS", SHORT, CORE, STANDBY, 0x5e, 0x00,
   .len = 10, .dir = SCST_DIR_IN,   .fmt = SCST_FMT_ALLOC2_AT7,  .types = SCST_T_ALL,
   .pr = SCST_PR_SELF,   .exec = SCST_EXEC_PR_IN, .flags = SCST_OP_NO_MEDIUM,
   .usage = { 0x5e, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0xff, 0xff, })

ALSO_SA(PR_READ_RESERVATION, "PERSISTENT RESERVE IN, READ RESERVATION",
   SHORT, CORE, STANDBY, 0x5e, 0x01,
   .len = 10, .dir = SCST_DIR_IN,   .fmt = SCST_FMT_ALLOC2_AT7,  .types = SCST_T_ALL,
   .pr = SCST_PR_SELF,   .exec = SCST_EXEC_PR_IN, .flags = SCST_OP_NO_MEDIUM,
   .usage = { 0x5e, 0x01, 0x00, 0x00, 0x00, 0x00, 0x00, 0xff, 0xff, })

ALSO_SA(PR_REPORT_CAPABILITIES, "PERSISTENT RESERVE IN, REPORT CAPABILITIES",
   SHORT, CORE, STANDBY, 0x5e, 0x02,
   .len = 10, .dir = SCST_DIR_IN,   .fmt = SCST_FMT_ALLOC2_AT7,  .types = SCST_T_ALL,
   .pr = SCST_PR_SELF,   .exec = SCST_EXEC_PR_IN, .flags = SCST_OP_NO_MEDIUM,
   .usage = { 0x5e, 0x02, 0x00, 0x00, 0x00, 0x00, 0x00, 0xff, 0xff, })

ALSO_SA(PR_READ_FULL_STATUS, "PERSISTENT RESERVE IN, READ FULL STATUS",
   SHORT, CORE, STANDBY, 0x5e, 0x03,
   .len = 10, .dir = SCST_DIR_IN,   .fmt = SCST_FMT_ALLOC2_AT7,  .types = SCST_T_ALL,
   .pr = SCST_PR_SELF,   .exec = SCST_EXEC_PR_IN, .flags = SCST_OP_NO_MEDIUM,
   .usage = { 0x5e, 0x03, 0x00, 0x00, 0x00, 0x00, 0x00, 0xff, 0xff, })

/* Scope and type are ignored where they mean nothing, so they may be anything. */
OP_SA(PR_REGISTER, "PERSISTENT RESERVE OUT, REGISTER", REGULAR, CORE, STANDBY, 0x5f, 0x00,
   .len = 10, .dir = SCST_DIR_OUT,  .fmt = SCST_FMT_ALLOC4_AT5,  .types = SCST_T_ALL,
   .pr = SCST_PR_SELF,   .exec = SCST_EXEC_PR_OUT, .flags = SCST_OP_NO_MEDIUM,
   .usage = { 0x5f, 0x00, 0xff, 0x00, 0x00, 0xff, 0xff, 0xff, 0xff, })

ALSO_SA(PR_RESERVE, "PERSISTENT RESERVE OUT, RESERVE", REGULAR, CORE, STANDBY, 0x5f, 0x01,
   .len = 10, .dir = SCST_DIR_OUT,  .fmt = SCST_FMT_ALLOC4_AT5,  .types = SCST_T_ALL,
   .pr = SCST_PR_SELF,   .exec = SCST_EXEC_PR_OUT, .flags = SCST_OP_NO_MEDIUM,
   .usage = { 0x5f, 0x01, 0xff, 0x00, 0x00, 0xff, 0xff, 0xff, 0xff, })

ALSO_SA(PR_RELEASE, "PERSISTENT RESERVE OUT, RELEASE", REGULAR, CORE, STANDBY, 0x5f, 0x02,
   .len = 10, .dir = SCST_DIR_OUT,  .fmt = SCST_FMT_ALLOC4_AT5,  .types = SCST_T_ALL,
   .pr = SCST_PR_SELF,   .exec = SCST_EXEC_PR_OUT, .flags = SCST_OP_NO_MEDIUM,
   .usage = { 0x5f, 0x02, 0xff, 0x00, 0x00, 0xff, 0xff, 0xff, 0xff, })

ALSO_SA(PR_CLEAR, "PERSISTENT RESERVE OUT, CLEAR", REGULAR, CORE, STANDBY, 0x5f, 0x03,
   .len = 10, .dir = SCST_DIR_OUT,  .fmt = SCST_FMT_ALLOC4_AT5,  .types = SCST_T_ALL,
   .pr = SCST_PR_SELF,   .exec = SCST_EXEC_PR_OUT, .flags = SCST_OP_NO_MEDIUM,
   .usage = { 0x5f, 0x03, 0xff, 0x00, 0x00, 0xff, 0xff, 0xff, 0xff, })

ALSO_SA(PR_PREEMPT, "PERSISTENT RESERVE OUT, PREEMPT", REGULAR, CORE, STANDBY, 0x5f, 0x04,
   .len = 10, .dir = SCST_DIR_OUT,  .fmt = SCST_FMT_ALLOC4_AT5,  .types = SCST_T_ALL,
   .pr = SCST_PR_SELF,   .exec = SCST_EXEC_PR_OUT, .flags = SCST_OP_NO_MEDIUM,
   .usage = { 0x5f, 0x04, 0xff, 0x00, 0x00, 0xff, 0xff, 0xff, 0xff, })

ALSO_SA(PR_PREEMPT_AND_ABORT, "PERSISTENT RESERVE OUT, PREEMPT AND ABORT",
   REGULAR, CORE, STANDBY, 0x5f, 0x05,
   .len = 10, .dir = SCST_DIR_OUT,  .fmt = SCST_FMT_ALLOC4_AT5,  .types = SCST_T_ALL,
   .pr = SCST_PR_SELF,   .exec = SCST_EXEC_PR_OUT, .flags = SCST_OP_NO_MEDIUM,
   .usage = { 0x5f, 0x05, 0xff, 0x00, 0x00, 0xff, 0xff, 0xff, 0xff, })

ALSO_SA(PR_REGISTER_AND_IGNORE, "PERSISTENT RESERVE OUT, REGISTER AND IGNORE EXISTING KEY",
   REGULAR, CORE, STANDBY, 0x5f, 0x06,
   .len = 10, .dir = SCST_DIR_OUT,  .fmt = SCST_FMT_ALLOC4_AT5,  .types = SCST_T_ALL,
   .pr = SCST_PR_SELF,   .exec = SCST_EXEC_PR_OUT, .flags = SCST_OP_NO_MEDIUM,
   .usage = { 0x5f, 0x06, 0xff, 0x00, 0x00, 0xff, 0xff, 0xff, 0xff, })

ALSO_SA(PR_REGISTER_AND_MOVE, "PERSISTENT RESERVE OUT, REGISTER AND MOVE",
   REGULAR, CORE, STANDBY, 0x5f, 0x07,
   .len = 10, .dir = SCST_DIR_OUT,  .fmt = SCST_FMT_ALLOC4_AT5,  .types = SCST_T_ALL,
   .pr = SCST_PR_SELF,   .exec = SCST_EXEC_PR_OUT, .flags = SCST_OP_NO_MEDIUM,
   .usage = { 0x5f, 0x07, 0xff, 0x00, 0x00, 0xff, 0xff, 0xff, 0xff, })

ALSO_SA(PR_REPLACE_LOST, "PERSISTENT RESERVE OUT, REPLACE LOST RESERVATION",
   REGULAR, CORE, STANDBY, 0x5f, 0x08,
   .len = 10, .dir = SCST_DIR_OUT,  .fmt = SCST_FMT_ALLOC4_AT5,  .types = SCST_T_ALL,
   .pr = SCST_PR_SELF,   .exec = SCST_EXEC_PR_OUT, .flags = SCST_OP_NO_MEDIUM,
   .usage = { 0x5f, 0x08, 0xff, 0x00, 0x00, 0xff, 0xff, 0xff, 0xff, })

/*
 * The 32-byte commands that SBC-4 has for type 2 protection, without its tags: as nobody formats
 * this medium with it, they are accepted anyway. CONTROL is byte 1, GROUP NUMBER byte 6; byte 10
 * has what the shorter ones have in byte 1.
 */
OP_SA(READ_32, "READ(32)", REGULAR, PASS, ACTIVE, 0x7f, 0x0009,
   .len = 32, .dir = SCST_DIR_IN,   .fmt = SCST_FMT_LONG,        .types = SCST_T_DISK | SCST_T_MO,
   .pr = SCST_PR_READ,  .verb = SCST_VERB_READ,
   .flags = SCST_OP_LONG | SCST_OP_RANGE | SCST_OP_MEDIUM_DATA | SCST_OP_FUA | SCST_OP_PROTECT |
	    SCST_OP_IDEMPOTENT,
   .usage = { 0x7f, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x18, 0x00, 0x09, 0x18, 0x00,
	      0xff, 0xff, 0xff, 0xff, })

ALSO_SA(VERIFY_32, "VERIFY(32)", REGULAR, PASS, ACTIVE, 0x7f, 0x000a,
   .len = 32, .dir = SCST_DIR_OUT,  .fmt = SCST_FMT_LONG,        .types = SCST_T_DISK | SCST_T_MO,
   .pr = SCST_PR_READ,  .verb = SCST_VERB_VERIFY,
   .flags = SCST_OP_LONG | SCST_OP_RANGE | SCST_OP_BYTCHK | SCST_OP_PROTECT | SCST_OP_IDEMPOTENT,
   .usage = { 0x7f, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x18, 0x00, 0x0a, 0x16, 0x00,
	      0xff, 0xff, 0xff, 0xff, })

ALSO_SA(WRITE_32, "WRITE(32)", REGULAR, PASS, ACTIVE, 0x7f, 0x000b,
   .len = 32, .dir = SCST_DIR_OUT,  .fmt = SCST_FMT_LONG,        .types = SCST_T_DISK | SCST_T_MO,
   .pr = SCST_PR_WRITE, .verb = SCST_VERB_WRITE,
   .flags = SCST_OP_LONG | SCST_OP_WRITES | SCST_OP_RANGE | SCST_OP_MEDIUM_DATA | SCST_OP_FUA |
	    SCST_OP_PROTECT | SCST_OP_IDEMPOTENT,
   .usage = { 0x7f, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x18, 0x00, 0x0b, 0x18, 0x00,
	      0xff, 0xff, 0xff, 0xff, })

ALSO_SA(WRITE_AND_VERIFY_32, "WRITE AND VERIFY(32)", REGULAR, PASS, ACTIVE, 0x7f, 0x000c,
   .len = 32, .dir = SCST_DIR_OUT,  .fmt = SCST_FMT_LONG,        .types = SCST_T_DISK | SCST_T_MO,
   .pr = SCST_PR_WRITE, .verb = SCST_VERB_WRITE_VERIFY,
   .flags = SCST_OP_LONG | SCST_OP_WRITES | SCST_OP_RANGE | SCST_OP_MEDIUM_DATA | SCST_OP_BYTCHK |
	    SCST_OP_PROTECT | SCST_OP_IDEMPOTENT,
   .usage = { 0x7f, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x18, 0x00, 0x0c, 0x12, 0x00,
	      0xff, 0xff, 0xff, 0xff, })

ALSO_SA(WRITE_SAME_32, "WRITE SAME(32)", LONG, PASS, ACTIVE, 0x7f, 0x000d,
   .len = 32, .dir = SCST_DIR_OUT,  .fmt = SCST_FMT_LONG,        .types = SCST_T_DISK | SCST_T_MO,
   .pr = SCST_PR_WRITE, .verb = SCST_VERB_WRITE_SAME,
   .flags = SCST_OP_LONG | SCST_OP_WRITES | SCST_OP_RANGE | SCST_OP_ONE_BLOCK | SCST_OP_UNMAP_BIT |
	    SCST_OP_PROTECT | SCST_OP_IDEMPOTENT,
   .usage = { 0x7f, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x18, 0x00, 0x0d, 0x09, 0x00,
	      0xff, 0xff, 0xff, 0xff, })

/* The ORWGENERATION is always 0: bytes 2-3 and 20-27, about it, are refused. */
ALSO_SA(OR_WRITE_32, "ORWRITE(32)", REGULAR, PASS, ACTIVE, 0x7f, 0x000e,
   .len = 32, .dir = SCST_DIR_OUT,  .fmt = SCST_FMT_LONG,        .types = SCST_T_DISK | SCST_T_MO,
   .pr = SCST_PR_WRITE, .verb = SCST_VERB_OR_WRITE,
   .flags = SCST_OP_LONG | SCST_OP_WRITES | SCST_OP_RANGE | SCST_OP_MEDIUM_DATA | SCST_OP_FUA |
	    SCST_OP_PROTECT | SCST_OP_IDEMPOTENT,
   .usage = { 0x7f, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x18, 0x00, 0x0e, 0x18, 0x00,
	      0xff, 0xff, 0xff, 0xff, })

ALSO_SA(WRITE_ATOMIC_32, "WRITE ATOMIC(32)", REGULAR, PASS, ACTIVE, 0x7f, 0x000f,
   .len = 32, .dir = SCST_DIR_OUT,  .fmt = SCST_FMT_LONG,        .types = SCST_T_DISK | SCST_T_MO,
   .pr = SCST_PR_WRITE, .verb = SCST_VERB_WRITE_ATOMIC,
   .flags = SCST_OP_LONG | SCST_OP_WRITES | SCST_OP_RANGE | SCST_OP_MEDIUM_DATA | SCST_OP_FUA |
	    SCST_OP_ATOMIC | SCST_OP_PROTECT | SCST_OP_IDEMPOTENT,
   .usage = { 0x7f, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x18, 0x00, 0x0f, 0x18, 0x00,
	      0xff, 0xff, 0xff, 0xff, })

/* REPORT TYPE, SCAN LENGTH and ELEMENT IDENTIFIER: no limits, no elements. */
ALSO_SA(GET_LBA_STATUS_32, "GET LBA STATUS(32)", REGULAR, PASS, ACTIVE, 0x7f, 0x0012,
   .len = 32, .dir = SCST_DIR_IN,   .fmt = SCST_FMT_LONG,        .types = SCST_T_DISK | SCST_T_MO,
   .pr = SCST_PR_READ,  .verb = SCST_VERB_LBA_STATUS,
   .flags = SCST_OP_LONG | SCST_OP_IDEMPOTENT,
   .usage = { 0x7f, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x18, 0x00, 0x12, 0x00, 0x00,
	      0xff, 0xff, 0xff, 0xff, })

OP(READ_16, "READ(16)", REGULAR, PASS, ACTIVE, 0x88,
   .len = 16, .dir = SCST_DIR_IN,   .fmt = SCST_FMT_LBA8_LEN4,   .types = SCST_T_DISK | SCST_T_MO,
   .pr = SCST_PR_READ,   .verb = SCST_VERB_READ,
   .flags = SCST_OP_RANGE | SCST_OP_MEDIUM_DATA | SCST_OP_FUA | SCST_OP_PROTECT |
	    SCST_OP_IDEMPOTENT,
   .usage = { 0x88, 0x18, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, })

OP(COMPARE_AND_WRITE, "COMPARE AND WRITE", REGULAR, PASS, ACTIVE, 0x89,
   .len = 16, .dir = SCST_DIR_OUT,  .fmt = SCST_FMT_LBA8_LEN1,   .types = SCST_T_DISK | SCST_T_MO,
   .pr = SCST_PR_WRITE,  .verb = SCST_VERB_COMPARE_WRITE,
   .flags = SCST_OP_WRITES | SCST_OP_RANGE | SCST_OP_TWO_BUFFERS | SCST_OP_FUA | SCST_OP_PROTECT,
   .usage = { 0x89, 0x18, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0xff, })

OP(WRITE_16, "WRITE(16)", REGULAR, PASS, ACTIVE, 0x8a,
   .len = 16, .dir = SCST_DIR_OUT,  .fmt = SCST_FMT_LBA8_LEN4,   .types = SCST_T_DISK | SCST_T_MO,
   .pr = SCST_PR_WRITE,  .verb = SCST_VERB_WRITE,
   .flags = SCST_OP_WRITES | SCST_OP_RANGE | SCST_OP_MEDIUM_DATA | SCST_OP_FUA | SCST_OP_PROTECT |
	    SCST_OP_IDEMPOTENT,
   .usage = { 0x8a, 0x18, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, })

OP(OR_WRITE_16, "ORWRITE(16)", REGULAR, PASS, ACTIVE, 0x8b,
   .len = 16, .dir = SCST_DIR_OUT,  .fmt = SCST_FMT_LBA8_LEN4,   .types = SCST_T_DISK | SCST_T_MO,
   .pr = SCST_PR_WRITE,  .verb = SCST_VERB_OR_WRITE,
   .flags = SCST_OP_WRITES | SCST_OP_RANGE | SCST_OP_MEDIUM_DATA | SCST_OP_FUA | SCST_OP_PROTECT |
	    SCST_OP_IDEMPOTENT,
   .usage = { 0x8b, 0x18, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, })

OP(WRITE_AND_VERIFY_16, "WRITE AND VERIFY(16)", REGULAR, PASS, ACTIVE, 0x8e,
   .len = 16, .dir = SCST_DIR_OUT,  .fmt = SCST_FMT_LBA8_LEN4,   .types = SCST_T_DISK | SCST_T_MO,
   .pr = SCST_PR_WRITE,  .verb = SCST_VERB_WRITE_VERIFY,
   .flags = SCST_OP_WRITES | SCST_OP_RANGE | SCST_OP_MEDIUM_DATA | SCST_OP_BYTCHK |
	    SCST_OP_PROTECT | SCST_OP_IDEMPOTENT,
   .usage = { 0x8e, 0x12, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, })

OP(VERIFY_16, "VERIFY(16)", REGULAR, PASS, ACTIVE, 0x8f,
   .len = 16, .dir = SCST_DIR_OUT,  .fmt = SCST_FMT_LBA8_LEN4,   .types = SCST_T_DISK | SCST_T_MO,
   .pr = SCST_PR_READ,   .verb = SCST_VERB_VERIFY,
   .flags = SCST_OP_RANGE | SCST_OP_BYTCHK | SCST_OP_PROTECT | SCST_OP_IDEMPOTENT,
   .usage = { 0x8f, 0x16, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, })

OP(PRE_FETCH_16, "PRE-FETCH(16)", REGULAR, PASS, ACTIVE, 0x90,
   .len = 16, .dir = SCST_DIR_NONE, .fmt = SCST_FMT_LBA8_LEN4,   .types = SCST_T_DISK | SCST_T_MO,
   .pr = SCST_PR_READ,   .verb = SCST_VERB_PREFETCH,
   .flags = SCST_OP_RANGE | SCST_OP_IDEMPOTENT,
   .usage = { 0x90, 0x02, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
	      0x3f, })

OP(SYNCHRONIZE_CACHE_16, "SYNCHRONIZE CACHE(16)", LONG, PASS, ACTIVE, 0x91,
   .len = 16, .dir = SCST_DIR_NONE, .fmt = SCST_FMT_LBA8_LEN4,   .types = SCST_T_DISK | SCST_T_MO,
   .pr = SCST_PR_WRITE,  .verb = SCST_VERB_FLUSH,
   .flags = SCST_OP_RANGE | SCST_OP_FLUSH_ONLY | SCST_OP_IDEMPOTENT,
   .usage = { 0x91, 0x06, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, })

OP(WRITE_SAME_16, "WRITE SAME(16)", LONG, PASS, ACTIVE, 0x93,
   .len = 16, .dir = SCST_DIR_OUT,  .fmt = SCST_FMT_LBA8_LEN4,   .types = SCST_T_DISK | SCST_T_MO,
   .pr = SCST_PR_WRITE,  .verb = SCST_VERB_WRITE_SAME,
   .flags = SCST_OP_WRITES | SCST_OP_RANGE | SCST_OP_ONE_BLOCK | SCST_OP_UNMAP_BIT |
	    SCST_OP_PROTECT | SCST_OP_IDEMPOTENT,
   .usage = { 0x93, 0x09, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, })

OP(READ_BUFFER_16, "READ BUFFER(16)", REGULAR, PASS, ANY, 0x9b,
   .len = 16, .dir = SCST_DIR_IN,   .fmt = SCST_FMT_ALLOC4_AT10, .types = SCST_T_ALL,
   .pr = SCST_PR_READ,   .exec = SCST_EXEC_READ_BUFFER, .flags = SCST_OP_NO_MEDIUM,
   .usage = { 0x9b, 0x1f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
	      0xff, })

/* ATOMIC BOUNDARY (bytes 10-11) is refused: page B0h gives no limit for it. */
OP(WRITE_ATOMIC_16, "WRITE ATOMIC(16)", REGULAR, PASS, ACTIVE, 0x9c,
   .len = 16, .dir = SCST_DIR_OUT,  .fmt = SCST_FMT_LBA8_LEN2,   .types = SCST_T_DISK | SCST_T_MO,
   .pr = SCST_PR_WRITE,  .verb = SCST_VERB_WRITE_ATOMIC,
   .flags = SCST_OP_WRITES | SCST_OP_RANGE | SCST_OP_MEDIUM_DATA | SCST_OP_FUA | SCST_OP_ATOMIC |
	    SCST_OP_PROTECT | SCST_OP_IDEMPOTENT,
   .usage = { 0x9c, 0x18, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0xff, 0xff, })

OP_SA(READ_CAPACITY_16, "READ CAPACITY(16)", SHORT, PASS, ANY, 0x9e, 0x10,
   .len = 16, .dir = SCST_DIR_IN,   .fmt = SCST_FMT_ALLOC4_AT10, .types = SCST_T_DISK | SCST_T_MO,
   .pr = SCST_PR_ALWAYS, .exec = SCST_EXEC_READ_CAPACITY, .flags = SCST_OP_IDEMPOTENT,
   .usage = { 0x9e, 0x10, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff, 0xff, })

ALSO_SA(GET_LBA_STATUS_16, "GET LBA STATUS(16)", REGULAR, PASS, ACTIVE, 0x9e, 0x12,
   .len = 16, .dir = SCST_DIR_IN,   .fmt = SCST_FMT_LBA8_ALLOC4, .types = SCST_T_DISK | SCST_T_MO,
   .pr = SCST_PR_READ,   .verb = SCST_VERB_LBA_STATUS,
   .flags = SCST_OP_IDEMPOTENT,
   .usage = { 0x9e, 0x12, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, })

OP(REPORT_LUNS, "REPORT LUNS", SHORT, CORE, ANY, 0xa0,
   .len = 12, .dir = SCST_DIR_IN,   .fmt = SCST_FMT_ALLOC4_AT6,  .types = SCST_T_ALL,
   .pr = SCST_PR_ALWAYS, .exec = SCST_EXEC_REPORT_LUNS,
   .flags = SCST_OP_SKIP_UA | SCST_OP_NO_LUN | SCST_OP_NO_MEDIUM | SCST_OP_HEAD_OF_QUEUE,
   .usage = { 0xa0, 0x00, 0xff, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff, 0xff, })

OP_SA(REPORT_INFO, "REPORT IDENTIFYING INFORMATION", SHORT, PASS, ACTIVE, 0xa3, 0x05,
   .len = 12, .dir = SCST_DIR_IN,   .fmt = SCST_FMT_ALLOC4_AT6,  .types = SCST_T_ALL,
   .pr = SCST_PR_ALWAYS, .exec = SCST_EXEC_REPORT_INFO,
   .flags = SCST_OP_NO_MEDIUM | SCST_OP_IDEMPOTENT,
   .usage = { 0xa3, 0x05, 0x00, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff, 0xff, 0xfe, })

ALSO_SA(RSOC, "REPORT SUPPORTED OPERATION CODES", SHORT, PASS, ANY, 0xa3, 0x0c,
   .len = 12, .dir = SCST_DIR_IN,   .fmt = SCST_FMT_ALLOC4_AT6,  .types = SCST_T_ALL,
   .pr = SCST_PR_READ,   .exec = SCST_EXEC_RSOC, .flags = SCST_OP_NO_MEDIUM | SCST_OP_IDEMPOTENT,
   .usage = { 0xa3, 0x0c, 0x87, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, })

ALSO_SA(RSTMF, "REPORT SUPPORTED TASK MANAGEMENT FUNCTIONS", SHORT, CORE, ANY, 0xa3, 0x0d,
   .len = 12, .dir = SCST_DIR_IN,   .fmt = SCST_FMT_ALLOC4_AT6,  .types = SCST_T_ALL,
   .pr = SCST_PR_READ,   .exec = SCST_EXEC_RSTMF, .flags = SCST_OP_NO_MEDIUM,
   .usage = { 0xa3, 0x0d, 0x80, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff, 0xff, })

ALSO_SA(REPORT_TIMESTAMP, "REPORT TIMESTAMP", SHORT, PASS, ACTIVE, 0xa3, 0x0f,
   .len = 12, .dir = SCST_DIR_IN,   .fmt = SCST_FMT_ALLOC4_AT6,  .types = SCST_T_ALL,
   .pr = SCST_PR_ALWAYS, .exec = SCST_EXEC_REPORT_TIMESTAMP,
   .flags = SCST_OP_NO_MEDIUM | SCST_OP_IDEMPOTENT,
   .usage = { 0xa3, 0x0f, 0x00, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff, 0xff, })

OP_SA(SET_INFO, "SET IDENTIFYING INFORMATION", REGULAR, PASS, ACTIVE, 0xa4, 0x06,
   .len = 12, .dir = SCST_DIR_OUT,  .fmt = SCST_FMT_ALLOC4_AT6,  .types = SCST_T_ALL,
   .pr = SCST_PR_WRITE,  .exec = SCST_EXEC_SET_INFO,
   .flags = SCST_OP_NO_MEDIUM | SCST_OP_IDEMPOTENT,
   .usage = { 0xa4, 0x06, 0x00, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff, 0xff, 0xfe, })

ALSO_SA(SET_TIMESTAMP, "SET TIMESTAMP", SHORT, PASS, ACTIVE, 0xa4, 0x0f,
   .len = 12, .dir = SCST_DIR_OUT,  .fmt = SCST_FMT_ALLOC4_AT6,  .types = SCST_T_ALL,
   .pr = SCST_PR_WRITE,  .exec = SCST_EXEC_SET_TIMESTAMP, .flags = SCST_OP_NO_MEDIUM,
   .usage = { 0xa4, 0x0f, 0x00, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff, 0xff, })

OP(READ_12, "READ(12)", REGULAR, PASS, ACTIVE, 0xa8,
   .len = 12, .dir = SCST_DIR_IN,   .fmt = SCST_FMT_LBA4_LEN4,   .types = SCST_T_BLOCK,
   .pr = SCST_PR_READ,   .verb = SCST_VERB_READ,
   .flags = SCST_OP_RANGE | SCST_OP_MEDIUM_DATA | SCST_OP_FUA | SCST_OP_PROTECT |
	    SCST_OP_IDEMPOTENT,
   .usage = { 0xa8, 0x18, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, })

OP(WRITE_12, "WRITE(12)", REGULAR, PASS, ACTIVE, 0xaa,
   .len = 12, .dir = SCST_DIR_OUT,  .fmt = SCST_FMT_LBA4_LEN4,   .types = SCST_T_DISK | SCST_T_MO,
   .pr = SCST_PR_WRITE,  .verb = SCST_VERB_WRITE,
   .flags = SCST_OP_WRITES | SCST_OP_RANGE | SCST_OP_MEDIUM_DATA | SCST_OP_FUA | SCST_OP_PROTECT |
	    SCST_OP_IDEMPOTENT,
   .usage = { 0xaa, 0x18, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, })

OP(WRITE_AND_VERIFY_12, "WRITE AND VERIFY(12)", REGULAR, PASS, ACTIVE, 0xae,
   .len = 12, .dir = SCST_DIR_OUT,  .fmt = SCST_FMT_LBA4_LEN4,   .types = SCST_T_DISK | SCST_T_MO,
   .pr = SCST_PR_WRITE,  .verb = SCST_VERB_WRITE_VERIFY,
   .flags = SCST_OP_WRITES | SCST_OP_RANGE | SCST_OP_MEDIUM_DATA | SCST_OP_BYTCHK |
	    SCST_OP_PROTECT | SCST_OP_IDEMPOTENT,
   .usage = { 0xae, 0x12, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, })

OP(VERIFY_12, "VERIFY(12)", REGULAR, PASS, ACTIVE, 0xaf,
   .len = 12, .dir = SCST_DIR_OUT,  .fmt = SCST_FMT_LBA4_LEN4,   .types = SCST_T_DISK | SCST_T_MO,
   .pr = SCST_PR_READ,   .verb = SCST_VERB_VERIFY,
   .flags = SCST_OP_RANGE | SCST_OP_BYTCHK | SCST_OP_PROTECT | SCST_OP_IDEMPOTENT,
   .usage = { 0xaf, 0x16, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, })
