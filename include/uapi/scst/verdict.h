/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/*
 * Hooks, verdicts, scopes and exit kinds of policies. include/scst/policy.h is the manual of the
 * hooks themselves. A name that sysfs shows is the enumerator's last words in lower case.
 */
#ifndef _UAPI_SCST_VERDICT_H
#define _UAPI_SCST_VERDICT_H

#include <linux/types.h>

enum scst_policy_limits {
	SCST_POLICY_NAME_LEN	= 32,		/* with the NUL				*/
	SCST_POLICY_TEXT_LEN	= 128,		/* of an exit record, with the NUL	*/
	SCST_POLICY_EXITS	= 16,		/* exit records that are kept		*/
	SCST_POLICY_MAX		= 32,		/* attached at the same time		*/
	SCST_POLICY_WORDS	= 2,		/* u64 of storage, per policy and object */
	SCST_POLICY_DEADLINE_MS	= 1000,		/* scst_policy_ops.deadline_ms, default	*/
	SCST_POLICY_DEADLINE_MAX_MS = 10000,
};

/* The hooks of struct scst_policy_ops, in its order. */
enum scst_policy_hook {
	SCST_HOOK_LUN_ACCESS	= 0,
	SCST_HOOK_SESSION_ADMIT	= 1,
	SCST_HOOK_CMD_ADMIT	= 2,
	SCST_HOOK_TMF		= 3,
	SCST_HOOK_PR_CONFLICT	= 4,
	SCST_HOOK_PR_OUT	= 5,
	SCST_HOOK_PR_DUMP	= 6,
	SCST_HOOK_MAX,
};

/* Where a policy is attached. With any scope but ALL, scst_policy_ops.scope_name says which. */
enum scst_policy_scope {
	SCST_SCOPE_ALL		= 0,
	SCST_SCOPE_DRIVER	= 1,	/* "iscsi"			*/
	SCST_SCOPE_TARGET	= 2,	/* "iqn.2026-01.org.example:a"	*/
	SCST_SCOPE_DEVICE	= 3,	/* "disk1"			*/
	SCST_SCOPE_GROUP	= 4,	/* "hosts", or of one target "iqn.2026-01.org:a/hosts" */
	SCST_SCOPE_MAX,
};

/* What an initiator may do with a LUN. Ordered: the larger value is the more restrictive. */
enum scst_access {
	SCST_ACCESS_DEFAULT	= 0,	/* what the mapping says		*/
	SCST_ACCESS_READ_ONLY	= 1,
	SCST_ACCESS_HIDE	= 2,	/* the LUN does not exist for it	*/
	SCST_ACCESS_MAX,
};

/*
 * What becomes of an initiator that logs in. The larger value counts, which does not make GROUP the
 * more restrictive: the group may have more LUNs than the one that the patterns give.
 */
enum scst_session_admit {
	SCST_SESSION_DEFAULT	= 0,	/* the name patterns of the groups	*/
	SCST_SESSION_GROUP	= 1,	/* the one of scst_bpf_session_set_group() */
	SCST_SESSION_DENY	= 2,
	SCST_SESSION_MAX,
};

/* What becomes of a command. Ordered: the larger value is the more restrictive. */
enum scst_admit {
	SCST_ADMIT_PASS		= 0,
	SCST_ADMIT_DELAY	= 1,	/* for the time of scst_bpf_cmd_delay(), then pass */
	SCST_ADMIT_BUSY		= 2,	/* status BUSY				*/
	SCST_ADMIT_TASK_SET_FULL = 3,	/* status TASK SET FULL			*/
	SCST_ADMIT_DENY		= 4,	/* CHECK CONDITION, scst_bpf_cmd_sense() */
	SCST_ADMIT_MAX,
};

/* How a command meets a persistent reservation. The larger value counts. */
enum scst_conflict {
	SCST_CONFLICT_DEFAULT	= 0,	/* what SPC says			*/
	SCST_CONFLICT_ALLOW	= 1,	/* it may run; SCST_POLICY_F_ALLOW_READS only */
	SCST_CONFLICT_REFUSE	= 2,	/* status RESERVATION CONFLICT		*/
	SCST_CONFLICT_MAX,
};

/* What becomes of a PERSISTENT RESERVE OUT. Ordered: the larger value is the more restrictive. */
enum scst_pr_verdict {
	SCST_PR_VERDICT_PASS	= 0,	/* what SPC says			*/
	SCST_PR_VERDICT_REFUSE	= 1,	/* status RESERVATION CONFLICT		*/
	SCST_PR_VERDICT_MAX,
};

/* Why a dump of persistent reservations is offered: bits. */
enum scst_pr_dump_reason {
	SCST_PR_DUMP_DETACH	= 1 << 0,	/* the device goes		*/
	SCST_PR_DUMP_CHANGE	= 1 << 1,	/* registrations or the reservation changed */
	SCST_PR_DUMP_PREEMPT	= 1 << 2,	/* ... by PREEMPT, PREEMPT AND ABORT, CLEAR */
	SCST_PR_DUMP_RESET	= 1 << 3,	/* the logical unit was reset	*/
	SCST_PR_DUMP_SESSION	= 1 << 4,	/* a registrant's session or LUN went	*/
	SCST_PR_DUMP_REQUEST	= 1 << 5,	/* dump_prs was written		*/
};

/* What a policy did with the dump it was offered. The larger value counts. */
enum scst_pr_dump_verdict {
	SCST_PR_DUMP_SKIP	= 0,	/* it does not want it			*/
	SCST_PR_DUMP_DONE	= 1,	/* it is on its way			*/
	SCST_PR_DUMP_RETRY	= 2,	/* no room: offer it again soon		*/
	SCST_PR_DUMP_MAX,
};

enum scst_pr_dump_limits {
	SCST_PR_DUMP_CHUNK	= 4096,	/* the text is padded to a multiple of it */
	SCST_PR_DUMP_CHUNKS	= 160,	/* at most				*/
};

/* scst_policy_ops.flags */
enum scst_policy_flags {
	/* lun_access fails closed: once ejected, the policy hides every LUN in its scope, until it
	 * is unloaded or updated */
	SCST_POLICY_F_HIDE_ON_EJECT	= 1 << 0,
	/* pr_conflict may let an initiator read what somebody else reserved: without this flag,
	 * SCST_CONFLICT_ALLOW is no verdict */
	SCST_POLICY_F_ALLOW_READS	= 1 << 1,
	/* every hook fails closed, as its line "Ejected" says, until the policy is unloaded or
	 * updated */
	SCST_POLICY_F_CLOSED_ON_EJECT	= 1 << 2,
	SCST_POLICY_F_ALL		= SCST_POLICY_F_HIDE_ON_EJECT | SCST_POLICY_F_ALLOW_READS |
					  SCST_POLICY_F_CLOSED_ON_EJECT,
};

/* Why a policy left. */
enum scst_policy_exit_kind {
	SCST_EXIT_NONE		= 0,	/* it did not				*/
	SCST_EXIT_UNREG		= 1,	/* user space closed the last link	*/
	SCST_EXIT_BAD_VERDICT	= 2,	/* a hook answered outside its enum	*/
	SCST_EXIT_ERROR		= 3,	/* the program called scst_bpf_error()	*/
	SCST_EXIT_ADMIN		= 4,	/* ejected through sysfs		*/
	SCST_EXIT_STALL		= 5,	/* beyond its deadline: a hook, or a command it delayed */
	SCST_EXIT_MAX,
};

#endif
