// SPDX-License-Identifier: GPL-2.0-only
/* The table: a new attribute of the kernel is a row here. */
#include "conf_keys.h"

#include <scst/iscsi.h>
#include <scst/scst.h>

#define SIGNS		"-.:_,=+@%#"
#define PATTERN_SIGNS	SIGNS "*?[]!"

/* clang-format off */
const struct scst_kind_row scst_kinds[] = {
	{ SCST_CONF_HANDLER,	  SCST_CONF_ROOT,	  "handlers",	   "handler",
	  SIGNS, SCST_DEV_NAME_LEN - 1, false, "what disks are made of: vdisk_fileio, ..." },
	{ SCST_CONF_DEVICE,	  SCST_CONF_HANDLER,	  "devices",	   "device",
	  SIGNS, SCST_DEV_NAME_LEN - 1, false, "a disk" },
	{ SCST_CONF_DRIVER,	  SCST_CONF_ROOT,	  "drivers",	   "driver",
	  SIGNS, SCST_DEV_NAME_LEN - 1, false, "a transport: iscsi, scst_local, ..." },
	{ SCST_CONF_TARGET,	  SCST_CONF_DRIVER,	  "targets",	   "target",
	  SIGNS, SCST_NAME_LEN - 1, false, "a port, with what initiators of no group see" },
	{ SCST_CONF_LUN,	  SCST_CONF_TARGET,	  "luns",	   "LUN",
	  "", 0, false, "a device, by a number" },
	{ SCST_CONF_GROUP,	  SCST_CONF_TARGET,	  "groups",	   "group",
	  SIGNS, SCST_DEV_NAME_LEN - 1, false,
	  "what its initiators see instead; the first that matches counts" },
	{ SCST_CONF_LUN,	  SCST_CONF_GROUP,	  "luns",	   "LUN",
	  "", 0, false, "a device, by a number" },
	{ SCST_CONF_INITIATOR,	  SCST_CONF_GROUP,	  "initiators",	   "initiator",
	  PATTERN_SIGNS, SCST_NAME_LEN - 1, true, "a name, or a pattern with * and ?; ! inverts" },
	{ SCST_CONF_DEVICE_GROUP, SCST_CONF_ROOT,	  "device_groups", "device group",
	  SIGNS, SCST_DEV_NAME_LEN - 1, false, "devices with the same paths (ALUA)" },
	{ SCST_CONF_GROUP_DEVICE, SCST_CONF_DEVICE_GROUP, "devices",	   "device",
	  SIGNS, SCST_DEV_NAME_LEN - 1, true, "one of them" },
	{ SCST_CONF_TARGET_GROUP, SCST_CONF_DEVICE_GROUP, "target_groups", "target group",
	  SIGNS, SCST_DEV_NAME_LEN - 1, false, "paths in the same state" },
	{ SCST_CONF_GROUP_TARGET, SCST_CONF_TARGET_GROUP, "targets",	   "target",
	  SIGNS, SCST_NAME_LEN - 1, true, "one of them, of this host or of another" },
	{ }
};

static const char *const owners[] = {
	"vdisk_blockio", "vdisk_fileio", "vdisk_nullio", "vcdrom", "iscsi", "scst_local",
	"copy_manager",
	/* Real devices: SCST_ON_PASS. */
	"dev_disk", "dev_disk_perf", "dev_tape", "dev_tape_perf", "dev_changer", "dev_cdrom",
	"dev_modisk", "dev_modisk_perf", "dev_processor", "dev_raid",
};

#define B	SCST_ON_BLOCKIO
#define F	SCST_ON_FILEIO
#define N	SCST_ON_NULLIO
#define C	SCST_ON_CDROM
#define V	(B | F | N | C)		/* all virtual ones */
#define P	SCST_ON_PASS
#define D	SCST_ON_DISK
#define PARAM	SCST_KEY_PARAM
#define LIVE	(SCST_KEY_PARAM | SCST_KEY_LIVE)
#define USERS	(SCST_KEY_LIST | SCST_KEY_SECRET)

#define BOOL(_kind, _name, _only, _flags, _help) \
	{ SCST_CONF_##_kind, _name, SCST_KEY_BOOL, _only, _flags, 0, 1, NULL, _help }
#define NUMBER(_kind, _name, _only, _flags, _min, _max, _help) \
	{ SCST_CONF_##_kind, _name, SCST_KEY_NUMBER, _only, _flags, _min, _max, NULL, _help }
#define TEXT(_kind, _name, _only, _flags, _max, _help) \
	{ SCST_CONF_##_kind, _name, SCST_KEY_TEXT, _only, _flags, 0, _max, NULL, _help }
/* So many digits as @_choices says. */
#define DIGITS(_name, _choices, _max, _help) \
	{ SCST_CONF_DEVICE, _name, SCST_KEY_DIGITS, V, 0, 0, _max, _choices, _help }
#define CHOICE(_kind, _name, _only, _flags, _choices, _help) \
	{ SCST_CONF_##_kind, _name, SCST_KEY_CHOICE, _only, _flags, 0, 0, _choices, _help }
#define OTHER(_kind, _name, _type, _only, _flags, _min, _max, _help) \
	{ SCST_CONF_##_kind, _name, SCST_KEY_##_type, _only, _flags, _min, _max, NULL, _help }

/* Keys that iSCSI negotiates, in the words of uapi/scst/iscsi.h. */
#define ISCSI_BOOL(_name, _min, _max) \
	OTHER(TARGET, _name, YES_NO, SCST_ON_ISCSI, 0, 0, 1, "of RFC 7143")
#define ISCSI_NUMBER(_name, _min, _max) \
	NUMBER(TARGET, _name, SCST_ON_ISCSI, 0, _min, _max, "of RFC 7143, for logins from now on")
#define ISCSI_DIGEST(_name, _min, _max) \
	CHOICE(TARGET, _name, SCST_ON_ISCSI, 0, "CRC32C|None|CRC32C,None", "of RFC 7143")
#define ISCSI_OR	ISCSI_BOOL
#define ISCSI_AND	ISCSI_BOOL
#define ISCSI_MIN	ISCSI_NUMBER
#define ISCSI_MAX	ISCSI_NUMBER
#define ISCSI_DECLARE	ISCSI_NUMBER
#define ISCSI_LOCAL	ISCSI_NUMBER
#define SEEN_0(row)
#define SEEN_1(row)	row,

const struct scst_key scst_keys[] = {
	NUMBER(ROOT, "threads", 0, 0, 1, 2048,
	       "commands that may be in threads at once, of all devices without threads_num"),
	BOOL(ROOT, "measure_latency", 0, 0, "sessions have latency/"),
	BOOL(ROOT, "async_lun_replace", 0, 0, "replacing a LUN does not wait for the old device"),
	BOOL(ROOT, "force_global_sgv_pool", 0, 0, "one cache of buffers for all CPUs"),
	OTHER(ROOT, "setup_id", HEX, 0, 0, 0, UINT32_MAX,
	      "generated device identifiers begin with it"),
	NUMBER(ROOT, "max_tasklet_cmd", 0, 0, 0, UINT32_MAX, "kept, without effect"),
	NUMBER(ROOT, "poll_us", 0, 0, 0, UINT32_MAX, "kept, without effect"),

	TEXT(HANDLER, "pr_dump_dir", 0, 0, PATH_MAX - 1,
	     "where a device that goes leaves its persistent reservations"),

	OTHER(DEVICE, "filename", PATH, B | F, PARAM | SCST_KEY_NEEDED, 1, PATH_MAX - 1,
	      "the file or block device"),
	OTHER(DEVICE, "filename", PATH, C, 0, 0, PATH_MAX - 1, "the image; \"\": an empty drive"),
	BOOL(DEVICE, "active", B | F, LIVE, "the back end is open"),
	BOOL(DEVICE, "async", F, LIVE, "no thread waits for the file system, if it can do without"),
	CHOICE(DEVICE, "blocksize", B | F | N, PARAM, "512|1024|2048|4096", "bytes of a block"),
	NUMBER(DEVICE, "size_mb", B | N, LIVE, 1, INT64_MAX >> 20, "size in MiB"),
	NUMBER(DEVICE, "size", B | N, LIVE, 512, INT64_MAX, "size in bytes"),
	BOOL(DEVICE, "read_only", B | F | N, PARAM, "nobody writes"),
	BOOL(DEVICE, "removable", B | F | N, PARAM, "initiators may eject it"),
	BOOL(DEVICE, "rotational", B | F | N, PARAM, "it says that it turns"),
	BOOL(DEVICE, "write_through", B | F, PARAM,
	     "every write is on the medium before it is answered"),
	BOOL(DEVICE, "nv_cache", B | F, PARAM,
	     "the cache outlives a power cut: flushes do nothing"),
	BOOL(DEVICE, "o_direct", F, PARAM, "past the page cache"),
	BOOL(DEVICE, "thin_provisioned", B | F, PARAM, "UNMAP gives space back"),
	NUMBER(DEVICE, "tp_soft_threshold", B | F, 0, 0, 99,
	       "percent of the pool above which initiators are told; 0: never"),
	BOOL(DEVICE, "shared", B, PARAM, "the block device may be open elsewhere as well"),
	BOOL(DEVICE, "read_zero", N, LIVE, "reads bring zeros"),
	BOOL(DEVICE, "dummy", N, PARAM, "a LUN without a disk"),
	BOOL(DEVICE, "lb_per_pb_exp", B | F, LIVE, "the size of physical blocks is told"),
	NUMBER(DEVICE, "tst", V, PARAM, 0, 1, "task set type of the control mode page"),
	NUMBER(DEVICE, "max_trans_len", V, 0, 65536, 67108864, "bytes that one command moves"),
	NUMBER(DEVICE, "opt_trans_len", B | F | N, 0, 0, UINT32_MAX, "bytes; 0: not told"),
	TEXT(DEVICE, "usn", V, 0, 20, "serial number"),
	TEXT(DEVICE, "t10_vend_id", V, 0, 8, "vendor"),
	TEXT(DEVICE, "prod_id", V, 0, 16, "product"),
	TEXT(DEVICE, "prod_rev_lvl", V, 0, 4, "revision"),
	TEXT(DEVICE, "t10_dev_id", V, LIVE, 25, "identifier of VPD page 83h"),
	TEXT(DEVICE, "vend_specific_id", V, 0, 128, "identifier of VPD page 83h"),
	TEXT(DEVICE, "scsi_device_name", V, 0, 251, "name of VPD page 83h"),
	DIGITS("naa_id", "0|16|32", 32, "identifier of VPD page 83h, NAA"),
	DIGITS("eui64_id", "0|16|24|32", 32, "identifier of VPD page 83h, EUI-64"),
	DIGITS("inq_vend_specific", NULL, 320, "vendor specific INQUIRY data"),
	NUMBER(DEVICE, "threads_num", 0, 0, 0, 1024, "threads of its own; 0: as many as it takes"),
	CHOICE(DEVICE, "threads_pool_type", 0, 0, "per_initiator|shared", "for whom so many"),
	NUMBER(DEVICE, "max_tgt_dev_commands", 0, 0, 1, UINT32_MAX,
	       "commands of one initiator at once"),
	NUMBER(DEVICE, "numa_node_id", 0, LIVE, -1, 1023, "where its threads run; -1: anywhere"),
	OTHER(DEVICE, "pr_file_name", PATH, 0, 0, 0, PATH_MAX - 1,
	      "where reservations survive power loss"),
	CHOICE(DEVICE, "local", P, PARAM, "keep|claim|hide",
	       "what this host's drivers may do with a real device"),
	NUMBER(DEVICE, "timeout_short", P, 0, 1, 14000, "seconds, of short commands"),
	NUMBER(DEVICE, "timeout_regular", P, 0, 1, 14000, "seconds, of most commands"),
	NUMBER(DEVICE, "timeout_long", P, 0, 1, 14000, "seconds, of long commands"),
	BOOL(DEVICE, "cluster_mode", B | F | N | D, PARAM, "not yet: only false"),
	BOOL(DEVICE, "bind_alua_state", B | F, LIVE,
	     "kept, without effect until paths have states"),
	BOOL(DEVICE, "expl_alua", B | F, 0, "not yet: only false"),

	BOOL(DRIVER, "enabled", 0, 0, "anybody can log in"),
	OTHER(DRIVER, "IncomingUser", USER, SCST_ON_ISCSI, USERS, 1, SCST_ISCSI_TEXT_LEN - 1,
	      "CHAP of discovery: who may"),
	OTHER(DRIVER, "OutgoingUser", USER, SCST_ON_ISCSI, USERS, 1, SCST_ISCSI_TEXT_LEN - 1,
	      "CHAP of discovery: as whom the target proves itself; one"),
	TEXT(DRIVER, "iSNSServer", SCST_ON_ISCSI, 0, 1023, "HOST [AccessControl [Yes/No]]"),
	TEXT(DRIVER, "isns_entity_name", SCST_ON_ISCSI, 0, 255, "how the server knows this host"),
	TEXT(DRIVER, "internal_portal", SCST_ON_ISCSI, 0, 255, "an address never told"),
	BOOL(DRIVER, "link_local", SCST_ON_ISCSI, 0, "discovery tells link-local addresses"),
	BOOL(DRIVER, "allow_not_connected_copy", SCST_ON_COPY, 0, "kept, without effect"),

	OTHER(TARGET, "HW_TARGET", FLAG, 0, 0, 0, 1,
	      "a port of an adapter: neither made nor removed"),
	BOOL(TARGET, "enabled", 0, 0, "anybody can log in"),
	OTHER(TARGET, "IncomingUser", USER, SCST_ON_ISCSI, USERS, 1, SCST_ISCSI_TEXT_LEN - 1,
	      "CHAP: who may log in, \"NAME SECRET\""),
	OTHER(TARGET, "OutgoingUser", USER, SCST_ON_ISCSI, USERS, 1, SCST_ISCSI_TEXT_LEN - 1,
	      "CHAP: as whom the target proves itself; one"),
	OTHER(TARGET, "allowed_portal", PORTAL, SCST_ON_ISCSI, SCST_KEY_LIST, 0, 48,
	      "an address through which it is reached"),
	BOOL(TARGET, "per_portal_acl", SCST_ON_ISCSI, 0,
	     "initiators are patterns of NAME#ADDRESS"),
	TEXT(TARGET, "alias", SCST_ON_ISCSI, 0, 255, "a name for people"),
	TEXT(TARGET, "redirect", SCST_ON_ISCSI, 0, 255, "ADDRESS[:PORT] temp|perm"),
#define KEY(_name, _type, _rfc, _def, _min, _max, _seen) \
	SEEN_##_seen(ISCSI_##_type(#_name, _min, _max))
	SCST_ISCSI_KEYS(KEY)
#undef KEY
#define SETTING(_name, _def, _min, _max) \
	NUMBER(TARGET, #_name, SCST_ON_ISCSI, 0, _min, _max, "of the sessions, from now on"),
	SCST_ISCSI_SETTINGS(SETTING)
#undef SETTING
	TEXT(TARGET, "session_name", SCST_ON_LOCAL, PARAM | SCST_KEY_LIST, 255, "an initiator"),
	OTHER(TARGET, "phys_transport_version", HEX, SCST_ON_LOCAL, 0, 0, UINT16_MAX,
	      "version descriptor"),
	OTHER(TARGET, "scsi_transport_version", HEX, SCST_ON_LOCAL, 0, 0, UINT16_MAX,
	      "version descriptor"),
	NUMBER(TARGET, "rel_tgt_id", 0, 0, 0, 65535, "relative target port; 0: any that is free"),
	CHOICE(TARGET, "addr_method", 0, 0, "PERIPHERAL|FLAT|LUN", "how LUNs are written"),
	TEXT(TARGET, "cpu_mask", 0, 0, 1023, "CPUs that run its commands, hexadecimal"),
	TEXT(TARGET, "io_grouping_type", 0, 0, 32, "kept, without effect"),
	NUMBER(TARGET, "black_hole", 0, 0, 0, 4, "test: what is lost"),
	BOOL(TARGET, "aen_disabled", 0, 0, "initiators learn of changes by unit attentions only"),
	TEXT(TARGET, "comment", 0, 0, 1023, "for people"),

	CHOICE(GROUP, "addr_method", 0, 0, "PERIPHERAL|FLAT|LUN", "how LUNs are written"),
	TEXT(GROUP, "cpu_mask", 0, 0, 1023, "CPUs that run its commands, hexadecimal"),
	TEXT(GROUP, "io_grouping_type", 0, 0, 32, "kept, without effect"),
	BOOL(GROUP, "per_sess_dedicated_tgt_threads", SCST_ON_ISCSI, 0, "kept, without effect"),
	NUMBER(GROUP, "black_hole", 0, 0, 0, 4, "test: what is lost"),

	BOOL(LUN, "read_only", 0, PARAM, "nobody writes by it"),

	NUMBER(TARGET_GROUP, "group_id", 0, 0, 0, 65535, "target port group"),
	BOOL(TARGET_GROUP, "preferred", 0, 0, "initiators should take it"),
	CHOICE(TARGET_GROUP, "state", 0, 0,
	       "active|nonoptimized|standby|unavailable|offline|transitioning", "of these paths"),
	NUMBER(GROUP_TARGET, "rel_tgt_id", 0, 0, 1, 65535, "of a target of another host"),
	{ }
};
/* clang-format on */

const char *scst_key_owner(unsigned int bit)
{
	for (size_t i = 0; i < ARRAY_SIZE(owners); i++)
		if (bit == 1U << i)
			return owners[i];
	return NULL;
}

static unsigned int bit_of(const char *owner)
{
	for (size_t i = 0; owner && i < ARRAY_SIZE(owners); i++)
		if (streq(owners[i], owner))
			return 1U << i;
	return 0;
}

bool scst_key_knows_owner(const char *owner)
{
	return bit_of(owner);
}

/* A configuration asks some times for each of ten thousand objects. */
const struct scst_key *scst_keys_of(enum scst_conf_kind kind)
{
	static const struct scst_key *first[SCST_CONF_KINDS];

	if (!first[SCST_CONF_ROOT])
		for (size_t i = 0; scst_keys[i].name; i++)
			if (!first[scst_keys[i].kind])
				first[scst_keys[i].kind] = &scst_keys[i];
	return first[kind];
}

const struct scst_key *scst_key_find(enum scst_conf_kind kind, const char *owner,
				     const char *name)
{
	unsigned int bit = bit_of(owner);
	const struct scst_key *key;

	scst_key_for_each(key, kind)
		if (*key->name == *name && streq(key->name, name) &&
		    (!key->only || !bit || key->only & bit))
			return key;
	return NULL;
}

const struct scst_kind_row *scst_kind_find(enum scst_conf_kind parent, enum scst_conf_kind kind)
{
	for (const struct scst_kind_row *row = scst_kinds; row->list; row++)
		if (row->parent == parent && row->kind == kind)
			return row;
	return NULL;
}

const struct scst_kind_row *scst_kind_of_list(enum scst_conf_kind parent, const char *list)
{
	for (const struct scst_kind_row *row = scst_kinds; row->list; row++)
		if (row->parent == parent && streq(row->list, list))
			return row;
	return NULL;
}
