/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/*
 * Between iscsi-scst.ko and iscsi-scstd: the ioctls of /dev/iscsi-scst-ctl.
 *
 * The kernel holds the configuration, as sysfs shows it, and the sessions in full feature phase.
 * The daemon holds nothing that outlives a login: it asks for what it needs when it needs it, and
 * hands a connection over with the last Login Response that it would have sent. So it may be
 * restarted at any time. Whoever has the device open is the daemon (`open_state`); a second open
 * is EBUSY.
 *
 * poll() says readable when the configuration is newer than the generation that read() returned
 * last (8 bytes, native order): listen or stop listening, and tell iSNS.
 *
 * Strings are terminated, and zero behind their end. Fields called reserved are zero, or EINVAL.
 *
 * SCST_ISCSI_ABI is raised when one side would misunderstand the other. A module that is loaded
 * stays until the next boot when its package is upgraded. The daemon is started anew if it speaks,
 * as its --version says, all that the old one does; else the old one goes on, and if that ends
 * nobody logs in until then: so whoever raises the number has the daemon go on speaking the one
 * before.
 */
#ifndef _UAPI_SCST_ISCSI_H
#define _UAPI_SCST_ISCSI_H

#include <linux/ioctl.h>
#include <linux/types.h>

#define SCST_ISCSI_CTL_NAME	"iscsi-scst-ctl"
#define SCST_ISCSI_ABI		1
#define SCST_ISCSI_NAME_LEN	224	/* RFC 7143 4.2.7.1: 223 bytes, and the end */
#define SCST_ISCSI_TEXT_LEN	512
#define SCST_ISCSI_LOGIN_MAX	(48 + 8192)
#define SCST_ISCSI_PORT		3260
#define SCST_ISCSI_PORTAL_GROUP	1	/* all portals are in one */

/*
 * The keys, RFC 7143 clause 13, and what is negotiated about them:
 *
 *	KEY(name, type, default of the RFC, our default, least, most, seen in sysfs)
 *
 * MaxXmitDataSegmentLength is not on the wire: it is what the initiator declared as its
 * MaxRecvDataSegmentLength, with ours as the limit. A digest is a set of SCST_ISCSI_DIGEST_*;
 * negotiated, exactly one.
 */
#define SCST_ISCSI_KEYS(KEY)									\
	KEY(InitialR2T,		      OR,      1,      0,      0, 1,        1)			\
	KEY(ImmediateData,	      AND,     1,      1,      0, 1,        1)			\
	KEY(MaxConnections,	      MIN,     1,      1,      1, 1,        0)			\
	KEY(MaxRecvDataSegmentLength, DECLARE, 8192,   1048576, 512, 1048576, 1)		\
	KEY(MaxXmitDataSegmentLength, LOCAL,   8192,   1048576, 512, 1048576, 1)		\
	KEY(MaxBurstLength,	      MIN,     262144, 1048576, 512, 16777215, 1)		\
	KEY(FirstBurstLength,	      MIN,     65536,  65536,  512, 16777215, 1)		\
	KEY(DefaultTime2Wait,	      MAX,     2,      0,      0, 3600,     0)			\
	KEY(DefaultTime2Retain,	      MIN,     20,     0,      0, 3600,     0)			\
	KEY(MaxOutstandingR2T,	      MIN,     1,      32,     1, 65535,    1)			\
	KEY(DataPDUInOrder,	      OR,      1,      1,      1, 1,        0)			\
	KEY(DataSequenceInOrder,      OR,      1,      1,      1, 1,        0)			\
	KEY(ErrorRecoveryLevel,	      MIN,     0,      0,      0, 0,        0)			\
	KEY(HeaderDigest,	      DIGEST,  1,      1,      1, 3,        1)			\
	KEY(DataDigest,		      DIGEST,  1,      1,      1, 3,        1)

#define SCST_ISCSI_DIGEST_NONE		1
#define SCST_ISCSI_DIGEST_CRC32C	2

enum scst_iscsi_key {
#define KEY(name, ...) SCST_ISCSI_##name,
	SCST_ISCSI_KEYS(KEY)
#undef KEY
	SCST_ISCSI_KEY_MAX,
};

/* A target's own settings, live for its sessions: SETTING(name, default, least, most). */
#define SCST_ISCSI_SETTINGS(SETTING)								\
	SETTING(QueuedCommands, 32, 1, 2048)							\
	SETTING(RspTimeout,	90, 2, 65535)	/* seconds */					\
	SETTING(NopInInterval,	30, 0, 65535)	/* 0: no NOP-In */				\
	SETTING(NopInTimeout,	30, 2, 65535)							\
	SETTING(MaxSessions,	0,  0, 65535)	/* 0: no limit */

enum scst_iscsi_setting {
#define SETTING(name, ...) SCST_ISCSI_##name,
	SCST_ISCSI_SETTINGS(SETTING)
#undef SETTING
	SCST_ISCSI_SETTING_MAX,
};

/* SCST_ISCSI_IOC_DRIVER: what the driver's directory says. */
struct scst_iscsi_driver {
	__u32 abi;			/* in: SCST_ISCSI_ABI, or EPROTO; out: the kernel's */
	__u8 enabled;
	__u8 link_local;		/* accept link-local IPv6 addresses */
	__u8 isns_access_control;
	__u8 reserved;
	__u64 generation;		/* of the configuration */
	char isns_server[SCST_ISCSI_TEXT_LEN];	/* host; "": none */
	char isns_entity_name[SCST_ISCSI_TEXT_LEN];
	char internal_portal[SCST_ISCSI_TEXT_LEN];
};

/* SCST_ISCSI_IOC_TARGET: one target. ENOENT: there is none. */
struct scst_iscsi_target {
	__u32 tid;			/* in: without a name, the first whose tid is greater */
	__u8 enabled;			/* and so is the driver */
	__u8 per_portal_acl;		/* the initiator is called "name#portal address" */
	__u8 nr_reserved[2];
	__u32 key[SCST_ISCSI_KEY_MAX];	/* what we offer, or take at most */
	__u32 setting[SCST_ISCSI_SETTING_MAX];
	char name[SCST_ISCSI_NAME_LEN];	/* in: the target called so, or "" */
	char alias[256];
	char redirect[SCST_ISCSI_TEXT_LEN];	/* "address[:port] temp|perm", or "" */
};

enum scst_iscsi_attr_kind {
	SCST_ISCSI_INCOMING_USER,	/* "name secret"; the initiator proves that it knows it */
	SCST_ISCSI_OUTGOING_USER,	/* "name secret"; we do. At most one */
	SCST_ISCSI_ALLOWED_PORTAL,	/* pattern; "!pattern" excludes. Targets only */
};

/* SCST_ISCSI_IOC_ATTR: the @index-th attribute of a kind. ENOENT: there are no more. */
struct scst_iscsi_attr_get {
	__u32 tid;			/* 0: of the driver, for discovery sessions */
	__u32 attr;			/* enum scst_iscsi_attr_kind */
	__u32 index;
	__u32 reserved;
	char text[SCST_ISCSI_TEXT_LEN];
};

/*
 * SCST_ISCSI_IOC_ACCESS: would the initiator, by the name that masking sees, find a LUN at the
 * target? Returns 1 or 0; a target without would only confuse in discovery.
 */
struct scst_iscsi_access {
	__u32 tid;
	__u32 reserved;
	char initiator[SCST_ISCSI_TEXT_LEN];
};

/*
 * SCST_ISCSI_IOC_CONN: the connection enters full feature phase. On success the socket is the
 * kernel's: the daemon closes its descriptor and forgets the connection. The kernel sends the
 * Login Response @response once the session can take commands (which may mean that another one
 * had to end first), with TSIH filled in; if that turns out impossible it sends a Login Response
 * with the status that says why, and closes.
 *
 * Errors, nothing is sent and the daemon says so to the initiator:
 *	ENOENT	no such target					(status 0203h)
 *	ECONNREFUSED	it is disabled, or the driver is: later	(0301h)
 *	EACCES	the initiator may not log in			(0202h)
 *	EUSERS	MaxSessions is reached				(0206h)
 *	ESRCH	TSIH names no session of this initiator		(020Ah)
 *	E2BIG	the session takes no further connection		(0206h)
 *	EAGAIN	required policies are not in force: later	(0301h)
 *	ENOMEM	out of resources				(0302h)
 *	EINVAL	a value out of its range: a defect of the daemon	(0300h)
 */
struct scst_iscsi_conn {
	__s32 fd;			/* a connected TCP socket */
	__u32 tid;
	__u8 isid[6];
	__u16 tsih;			/* 0: a new session, or session reinstatement */
	__u16 cid;
	__u16 reserved[3];
	__u32 cmd_sn;			/* that the initiator's next command will have */
	__u32 stat_sn;			/* of @response */
	__u32 key[SCST_ISCSI_KEY_MAX];	/* as negotiated */
	__u32 response_len;		/* a multiple of 4, 48..SCST_ISCSI_LOGIN_MAX */
	__u64 response;			/* address of the PDU, padding included */
	char initiator[SCST_ISCSI_NAME_LEN];	/* InitiatorName */
	char initiator_alias[256];
	char user[SCST_ISCSI_TEXT_LEN];	/* that authenticated by CHAP, or "" */
};

#define SCST_ISCSI_IOC_DRIVER	_IOWR('I', 0x80, struct scst_iscsi_driver)
#define SCST_ISCSI_IOC_TARGET	_IOWR('I', 0x81, struct scst_iscsi_target)
#define SCST_ISCSI_IOC_ATTR	_IOWR('I', 0x82, struct scst_iscsi_attr_get)
#define SCST_ISCSI_IOC_ACCESS	_IOW('I', 0x83, struct scst_iscsi_access)
#define SCST_ISCSI_IOC_CONN	_IOW('I', 0x84, struct scst_iscsi_conn)

#endif
