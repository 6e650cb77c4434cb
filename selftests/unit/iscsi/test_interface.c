// SPDX-License-Identifier: GPL-2.0-only
/*
 * What iscsi-scst.ko and iscsi-scstd say to each other has a number, by which a daemon knows a
 * module of another time: a loaded one stays when packages are upgraded. No compiler checks one
 * against what the other was built with, so that what the number stands for is written down here.
 * Who has to change that raises SCST_ISCSI_ABI, has the daemon speak the number before as well, and
 * writes down both.
 */
#include "unit.h"

#include <scst/iscsi.h>
#include <stdio.h>
#include <stdlib.h>

#define MEMBER(type, member)								\
	{ #type "." #member, offsetof(struct scst_iscsi_##type, member),		\
	  sizeof(((struct scst_iscsi_##type *)NULL)->member) }
#define REQUEST(name)									\
	{ #name, _IOC_NR(SCST_ISCSI_IOC_##name), _IOC_SIZE(SCST_ISCSI_IOC_##name) }
#define VALUE(name)	{ #name, SCST_ISCSI_##name, 0 }

/* Where it is, or what it is; and of how many bytes. */
struct line {
	const char *name;
	unsigned long at, size;
};

static const struct line is[] = {
	VALUE(ABI),
	REQUEST(DRIVER), REQUEST(TARGET), REQUEST(ATTR), REQUEST(ACCESS), REQUEST(CONN),
	MEMBER(driver, abi), MEMBER(driver, enabled), MEMBER(driver, link_local),
	MEMBER(driver, isns_access_control), MEMBER(driver, generation),
	MEMBER(driver, isns_server), MEMBER(driver, isns_entity_name),
	MEMBER(driver, internal_portal),
	MEMBER(target, tid), MEMBER(target, enabled), MEMBER(target, per_portal_acl),
	MEMBER(target, key), MEMBER(target, setting), MEMBER(target, name), MEMBER(target, alias),
	MEMBER(target, redirect),
	MEMBER(attr_get, tid), MEMBER(attr_get, attr), MEMBER(attr_get, index),
	MEMBER(attr_get, text),
	MEMBER(access, tid), MEMBER(access, initiator),
	MEMBER(conn, fd), MEMBER(conn, tid), MEMBER(conn, isid), MEMBER(conn, tsih),
	MEMBER(conn, cid), MEMBER(conn, cmd_sn), MEMBER(conn, stat_sn), MEMBER(conn, key),
	MEMBER(conn, response_len), MEMBER(conn, response), MEMBER(conn, initiator),
	MEMBER(conn, initiator_alias), MEMBER(conn, user),
	VALUE(INCOMING_USER), VALUE(OUTGOING_USER), VALUE(ALLOWED_PORTAL),
#define KEY(name, ...)	VALUE(name),
	SCST_ISCSI_KEYS(KEY)
	SCST_ISCSI_SETTINGS(KEY)
#undef KEY
};

static char *written_down(void)
{
	char *text;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	for (size_t i = 0; i < sizeof(is) / sizeof(is[0]); i++) {
		fprintf(out, "%s %#lx", is[i].name, is[i].at);
		fprintf(out, is[i].size ? " %lu\n" : "\n", is[i].size);
	}
	fclose(out);
	return text;
}

static const char interface_1[] =
	"ABI 0x1\nDRIVER 0x80 1552\nTARGET 0x81 1080\nATTR 0x82 528\nACCESS 0x83 520\n"
	"CONN 0x84 1096\n"
	"driver.abi 0 4\ndriver.enabled 0x4 1\ndriver.link_local 0x5 1\n"
	"driver.isns_access_control 0x6 1\ndriver.generation 0x8 8\ndriver.isns_server 0x10 512\n"
	"driver.isns_entity_name 0x210 512\ndriver.internal_portal 0x410 512\n"
	"target.tid 0 4\ntarget.enabled 0x4 1\ntarget.per_portal_acl 0x5 1\ntarget.key 0x8 60\n"
	"target.setting 0x44 20\ntarget.name 0x58 224\ntarget.alias 0x138 256\n"
	"target.redirect 0x238 512\n"
	"attr_get.tid 0 4\nattr_get.attr 0x4 4\nattr_get.index 0x8 4\nattr_get.text 0x10 512\n"
	"access.tid 0 4\naccess.initiator 0x8 512\n"
	"conn.fd 0 4\nconn.tid 0x4 4\nconn.isid 0x8 6\nconn.tsih 0xe 2\nconn.cid 0x10 2\n"
	"conn.cmd_sn 0x18 4\nconn.stat_sn 0x1c 4\nconn.key 0x20 60\nconn.response_len 0x5c 4\n"
	"conn.response 0x60 8\nconn.initiator 0x68 224\nconn.initiator_alias 0x148 256\n"
	"conn.user 0x248 512\n"
	"INCOMING_USER 0\nOUTGOING_USER 0x1\nALLOWED_PORTAL 0x2\n"
	"InitialR2T 0\nImmediateData 0x1\nMaxConnections 0x2\nMaxRecvDataSegmentLength 0x3\n"
	"MaxXmitDataSegmentLength 0x4\nMaxBurstLength 0x5\nFirstBurstLength 0x6\n"
	"DefaultTime2Wait 0x7\nDefaultTime2Retain 0x8\nMaxOutstandingR2T 0x9\n"
	"DataPDUInOrder 0xa\nDataSequenceInOrder 0xb\nErrorRecoveryLevel 0xc\nHeaderDigest 0xd\n"
	"DataDigest 0xe\nQueuedCommands 0\nRspTimeout 0x1\nNopInInterval 0x2\nNopInTimeout 0x3\n"
	"MaxSessions 0x4\n";

static void the_number_stands_for_these_bytes(void **state)
{
	char *text = written_down();

	assert_string_equal(text, interface_1);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_number_stands_for_these_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
