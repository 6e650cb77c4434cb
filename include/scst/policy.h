/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The manual of the policy hooks. A policy is a BPF struct_ops object of this type; each member is
 * a hook, and a policy fills those it cares for. What holds for all of them:
 *
 *  - A hook that no policy has behaves as its line "Default" says, and costs a patched-out jump.
 *  - The core checks every verdict. One outside its enum ejects the policy, and so does
 *    scst_bpf_error(): the policy is not called again, its exit record says why, and the hook's
 *    "Ejected" line holds until the policy is unloaded or updated.
 *  - Several policies may have a say: they are called in order of @priority (low first, then oldest
 *    first), and the most restrictive verdict wins. No policy can grant what the static
 *    configuration does not.
 *  - A pointer that a hook gets is valid, and so is what it points to, until the hook returns.
 *
 * Members are only ever appended: an older object loads into a newer module.
 */
#ifndef _SCST_POLICY_H
#define _SCST_POLICY_H

#include <scst/verdict.h>
#include <scst/scst.h>

struct scst_session;
struct scst_device;

struct scst_policy_ops {
	/**
	 * @lun_access: What may the initiator of @sess do with @dev, mapped at @lun?
	 *
	 * Asked when a session starts, when a LUN is mapped, when a policy comes, goes or is
	 * ejected, and on scst_bpf_revalidate(): the answer is kept with the I_T_L nexus, so a
	 * command pays nothing, and an answer that should change needs scst_bpf_revalidate(). An
	 * initiator whose view changes is told: REPORTED LUNS DATA HAS CHANGED.
	 * @read_only: the mapping or the device is already so.
	 *
	 * Return: enum scst_access.
	 * Context: process; may sleep: SEC("struct_ops.s/...") is as good as SEC("struct_ops/...").
	 * Default: SCST_ACCESS_DEFAULT, the mapping.
	 * Ejected: the mapping; with SCST_POLICY_F_HIDE_ON_EJECT every LUN in scope is hidden.
	 */
	int (*lun_access)(struct scst_session *sess, struct scst_device *dev, u32 lun,
			  bool read_only);

	/*
	 * Data: set before the object is loaded, constant afterwards. A value that is refused is
	 * named in the kernel log.
	 */

	/** @scope: enum scst_policy_scope. Default: everything. */
	u32 scope;
	/** @priority: Order of calls, low first. */
	u32 priority;
	/** @flags: enum scst_policy_flags. */
	u32 flags;
	/** @scope_name: The driver, target or device that @scope means. Need not exist yet. */
	char scope_name[SCST_NAME_LEN];
	/**
	 * @name: Unique among the attached policies, and the name of the directory in policies/.
	 * Letters, digits, "_", "-" and "."; the first is a letter. An update keeps the name.
	 */
	char name[SCST_POLICY_NAME_LEN];
};

/*
 * kfuncs. From a hook, unless said otherwise.
 *
 * int scst_bpf_error(const char *text, int code)
 *	Ejects the calling policy; @text, a string constant, and @code go to its exit record. What
 *	the hook returns afterwards is ignored.
 *	Return: 0, -EINVAL where no hook is running, as in the callback of a timer.
 *
 * int scst_bpf_revalidate(void)
 *	Has lun_access asked again for every nexus, in the background: the data that the verdicts
 *	came from has changed. Also for programs of type syscall (bpf_prog_test_run), and for timer
 *	and work callbacks of a policy.
 *	Return: 0, -EBUSY within lun_access, which would be asked for ever.
 *
 * u32 scst_bpf_sense(u32 id)
 *	For tracing programs. Return: key << 16 | ASC << 8 | ASCQ of an enum scst_sense_id.
 */

#endif
