/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The manual of the policy hooks. A policy is a BPF struct_ops object of this type; each member is
 * a hook, and a policy fills those it cares for. What holds for all of them:
 *
 *  - A hook that no policy has behaves as its line "Default" says, and costs a patched-out jump.
 *  - The core checks every verdict. One outside its enum ejects the policy, and so do
 *    scst_bpf_error() and a hook that does not return within @deadline_ms: the policy is not called
 *    again, its exit record says why, and the hook's "Ejected" line holds until the policy is
 *    unloaded or updated. It begins with the very call that ejects. "Closed" there is a policy with
 *    SCST_POLICY_F_CLOSED_ON_EJECT, and is about what is in its scope.
 *  - Several policies may have a say: they are called in order of @priority (low first, then oldest
 *    first), and the most restrictive verdict wins. A hook that stops asking before the last one
 *    says so.
 *  - A policy restricts: it cannot grant what the static configuration does not. Two hooks can, and
 *    say so: session_admit gives an initiator the LUNs of whatever group it names, and pr_conflict
 *    lets read what is reserved.
 *  - A pointer that a hook gets is valid, and so is what it points to, until the hook returns.
 *
 * Members are only ever appended: an older object loads into a newer module.
 */
#ifndef _SCST_POLICY_H
#define _SCST_POLICY_H

#include <scst/verdict.h>
#include <scst/scst.h>

struct scst_cmd;
struct scst_device;
struct scst_pr_dump;
struct scst_pr_request;
struct scst_session;
struct scst_tmf;

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
	 * Ejected: the mapping. Closed, or with SCST_POLICY_F_HIDE_ON_EJECT: every LUN is hidden
	 * [closed_lun_access_hides].
	 */
	int (*lun_access)(struct scst_session *sess, struct scst_device *dev, u32 lun,
			  bool read_only);

	/**
	 * @session_admit: May the initiator of @sess log in, and to which group does it belong?
	 *
	 * Asked once, before the session has a group, LUNs or commands: sess->initiator,
	 * sess->address and sess->tgt are set. A policy that comes later ends no session. One that
	 * began while required policies were not in force has no LUN until it was asked about, when
	 * they are, under a lock of its target; a denial then leaves it without
	 * [a_session_that_began_before_is_admitted_late]. Scopes
	 * device and group say nothing here: such a policy is not asked. After a denial nobody
	 * else is asked; of several groups the first counts, not the one with the fewest LUNs.
	 *
	 * A group may have more LUNs than the one whose patterns match: whoever loads a policy with
	 * this hook trusts it with that choice. A group that the target does not have
	 * is a denial, too, and a line in the kernel log [unknown_group_refuses_the_login].
	 *
	 * Return: enum scst_session_admit; GROUP after scst_bpf_session_set_group() only
	 * [group_without_a_name_ejects].
	 * Context: process; may sleep.
	 * Default: SCST_SESSION_DEFAULT, the name patterns of the groups.
	 * Ejected: the name patterns. Closed: nobody gets in [closed_session_admit_denies].
	 */
	int (*session_admit)(struct scst_session *sess);

	/**
	 * @cmd_admit: May @cmd go on?
	 *
	 * Asked for each command to a LUN that the initiator sees, after its CDB was found to be
	 * valid and before unit attentions and reservations: @cmd's op, params, data_len, dev and
	 * nexus are set. A refusal (BUSY and beyond) ends the asking, so that policies behind it
	 * do not account for a command that never runs. Of several delays the longest counts.
	 *
	 * A delayed command goes on when its time is over, or earlier if it is aborted, its LUN or
	 * session goes, or the policy is unloaded or ejected. One that should wait for longer than
	 * @deadline_ms waits that long, and then the policy is ejected.
	 *
	 * Return: enum scst_admit; DELAY after scst_bpf_cmd_delay() only [delay_needs_a_time].
	 * Context: any, also interrupts; may not sleep.
	 * Default: SCST_ADMIT_PASS.
	 * Ejected: pass. Closed: BUSY [closed_cmd_admit_is_busy]. The commands that the policy
	 * delayed are released.
	 */
	int (*cmd_admit)(struct scst_cmd *cmd);

	/**
	 * @tmf: A task management function came, and is about to be carried out.
	 *
	 * @tmf: sess, lun and fn (enum scst_tmf_fn) are set, for ABORT TASK the tag as well. Scopes
	 * device and group mean what is mapped at tmf->lun, and for TARGET RESET are not asked.
	 *
	 * Context: process; may not sleep [unchecked: no test has a program that would].
	 * Default, ejected: nothing. Closed: nothing, since it decides nothing.
	 */
	void (*tmf)(struct scst_tmf *tmf);

	/**
	 * @pr_conflict: May @cmd run while there is a persistent reservation of @dev?
	 *
	 * Asked for each command that some reservation could refuse (cmd->op->pr is SCST_PR_READ or
	 * SCST_PR_WRITE), when there is a persistent one, after unit attentions. Not asked while
	 * the reservation is lost, and not about RESERVE of SPC-2.
	 * @type: enum scst_pr_type. @conflict: what SPC says.
	 *
	 * SCST_CONFLICT_ALLOW is the one verdict that grants what the rules forbid. So it is a
	 * verdict only of a policy with SCST_POLICY_F_ALLOW_READS, and only about commands that
	 * read (SCST_PR_READ, and not SCST_OP_WRITES): anywhere else it ejects the policy.
	 * SCST_CONFLICT_REFUSE of another policy goes first.
	 *
	 * Return: enum scst_conflict.
	 * Context: any, also interrupts; may not sleep.
	 * Default, ejected: SCST_CONFLICT_DEFAULT. Closed: RESERVATION CONFLICT, for reads too, and
	 * for the holder [closed_pr_hooks_refuse].
	 */
	int (*pr_conflict)(struct scst_cmd *cmd, struct scst_device *dev, u32 type, bool conflict);

	/**
	 * @pr_out: May the initiator of @sess carry out this PERSISTENT RESERVE OUT on @dev?
	 *
	 * Asked when its parameter list was found to be well formed and before the state of the
	 * reservations is looked at. After a refusal nobody else is asked.
	 * @req: action (enum scst_pr_action), type, key, sa_key, aptpl, all_tg_pt, spec_i_pt, unreg
	 * and move_port are set.
	 *
	 * Return: enum scst_pr_verdict.
	 * Context: process; may sleep.
	 * Default, ejected: SCST_PR_VERDICT_PASS. Closed: SCST_PR_VERDICT_REFUSE
	 * [closed_pr_hooks_refuse].
	 */
	int (*pr_out)(struct scst_session *sess, struct scst_device *dev,
		      struct scst_pr_request *req);

	/**
	 * @pr_dump: Something happened to the persistent reservations of @dev. Wanted?
	 *
	 * @dump: reasons (bits of enum scst_pr_dump_reason), id (never given twice), attempt (0 at
	 * first) and len are set; scst_bpf_pr_dump_text() is the state as pr_state shows it. It is
	 * that of now: several events may be one dump. One dump is offered at a time. Of scopes,
	 * only everything and device are asked. What pr_dump_dir brings about does not depend on
	 * this.
	 *
	 * Return: enum scst_pr_dump_verdict. After SCST_PR_DUMP_RETRY it is offered again 100 ms
	 * later, for 5 s, or for 2 s when the device goes; then it counts as lost, in
	 * policies/pr_dumps_lost.
	 * Context: process; may sleep.
	 * Default, ejected, closed: SCST_PR_DUMP_SKIP.
	 */
	int (*pr_dump)(struct scst_device *dev, struct scst_pr_dump *dump);

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
	/** @scope_name: The driver, target, group or device of @scope. Need not exist yet. */
	char scope_name[SCST_NAME_LEN];
	/**
	 * @name: Unique among the attached policies, and the name of the directory in policies/.
	 * Letters, digits, "_", "-" and "."; the first is a letter. An update keeps the name.
	 */
	char name[SCST_POLICY_NAME_LEN];
	/** @deadline_ms: No hook runs and no command is delayed for longer. 0: 1000; to 10000. */
	u32 deadline_ms;
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
 *	Return: 0, -EBUSY within a hook: lun_access would be asked for ever.
 *
 * int scst_bpf_cmd_delay(struct scst_cmd *cmd, u64 ns)
 *	For SCST_ADMIT_DELAY: how long, from now. In cmd_admit. Return: 0, -EINVAL for 0.
 *
 * int scst_bpf_cmd_sense(struct scst_cmd *cmd, u32 id)
 *	For SCST_ADMIT_DENY: an enum scst_sense_id that says why, instead of
 *	SCST_SENSE_ACCESS_DENIED. In cmd_admit. Return: 0, -EINVAL if that is no error of a command.
 *
 * const u8 *scst_bpf_cmd_cdb(struct scst_cmd *cmd, u32 offset, const size_t size)
 *	@size bytes of the CDB from @offset, NULL beyond it. Zeros follow a CDB of less than 16.
 *
 * u64 *scst_bpf_cmd_lun_storage(struct scst_cmd *cmd, const size_t size)
 * u64 *scst_bpf_cmd_session_storage(struct scst_cmd *cmd, const size_t size)
 * u64 *scst_bpf_session_storage(struct scst_session *sess, const size_t size)
 *	SCST_POLICY_WORDS u64 of the calling policy's own, for the I_T_L nexus of the command or for
 *	the session: zeros at first, and gone with it. Several CPUs share them: use atomics. An
 *	update that keeps the scope keeps them. In cmd_admit and pr_conflict; in lun_access,
 *	session_admit and pr_out.
 *	@size: a constant, up to 16. Return: NULL if that is too much.
 *
 * int scst_bpf_session_set_group(struct scst_session *sess, const char *name, u32 size)
 *	For SCST_SESSION_GROUP: which. Whether the target has it is seen after the hook: without it
 *	nobody gets in. In session_admit.
 *	Return: 0, -EINVAL for a name that is empty, too long, or has no NUL within @size.
 *
 * bpf_for_each(scst_registrant, reg, dev)
 *	The registrations of @dev, an argument of the hook (struct scst_pr_reg: key, port, holder,
 *	tid). They are those of one moment. Where sleeping is possible, between bpf_rcu_read_lock()
 *	and its unlock.
 *
 * const u8 *scst_bpf_pr_dump_text(struct scst_pr_dump *dump, u32 offset, const size_t size)
 *	@size bytes of the text from @offset, NULL beyond its last chunk: zeros follow dump->len up
 *	to a multiple of SCST_PR_DUMP_CHUNK. In pr_dump.
 *
 * bpf_for_each(scst_session, sess), bpf_for_each(scst_lun, nexus, sess)
 *	Every session there is, and the LUNs that one of them sees (struct scst_nexus: lun, dev,
 *	read_only, id). Where sleeping is possible, between bpf_rcu_read_lock() and its unlock. Also
 *	for programs of type syscall.
 *
 * u32 scst_bpf_cmd_codes(const struct scst_cmd *cmd)
 *	For tracing programs at scst_cmd_done. Return: key << 16 | ASC << 8 | ASCQ, 0 if the command
 *	has no sense.
 */

#endif
