/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The manual of the policy hooks. A policy is a BPF struct_ops object of this type; each member is a
 * hook, and a policy fills those it cares for. What holds for all of them:
 *
 *  - A hook that no policy has behaves as its line "Default" says, and costs a patched-out jump.
 *  - The core checks every verdict. One outside its enum ejects the policy, and so does
 *    scst_bpf_error(): the policy is not called again, its exit record says why, and the hook's
 *    "Ejected" line holds until another policy comes.
 *  - Several policies may have a say: they are called in order of @priority (low first), and the most
 *    restrictive verdict wins. No policy can grant what the static configuration does not.
 *
 * scope, scope_name, priority, flags and name are data, set before the object is loaded.
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
	 * Asked when a session starts, when a LUN is mapped and when scst_bpf_revalidate() or a
	 * change of policies has it asked again: the answer is kept with the I_T_L nexus, so a
	 * command pays nothing. An initiator whose view changes is told: REPORTED LUNS DATA HAS
	 * CHANGED.
	 * @read_only: the mapping or the device is already so.
	 *
	 * Return: enum scst_access.
	 * Context: may sleep (SEC("struct_ops.s/...") or not, as the program needs).
	 * Default: SCST_ACCESS_DEFAULT, the mapping.
	 * Ejected: the mapping; with SCST_POLICY_F_HIDE_ON_EJECT the LUN is hidden until the policy
	 * is unloaded.
	 */
	int (*lun_access)(struct scst_session *sess, struct scst_device *dev, u32 lun,
			  bool read_only);

	u32 scope;			/* enum scst_policy_scope			*/
	u32 priority;
	u32 flags;			/* enum scst_policy_flags			*/
	char scope_name[SCST_NAME_LEN];
	char name[SCST_POLICY_NAME_LEN];	/* unique; the directory in policies/	*/
};

#endif
