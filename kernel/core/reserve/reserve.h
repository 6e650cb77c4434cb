/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Reservations of a device: the persistent ones (core/scsi/pr.h), and RESERVE of SPC-2.
 *
 * A state is never changed: PERSISTENT RESERVE OUT makes a new one, saves it if it has to survive,
 * and puts it in the place of the old one. Readers find it by RCU. No command looks at it, though:
 * each nexus has in nexus->denied what it may not do, computed anew whenever anything changes.
 *
 *	state.c		the state in force, what follows from it for each nexus, RESERVE and RELEASE
 *	out.c		PERSISTENT RESERVE OUT
 *	ports.c		target ports that a request may name
 *	claim.c		whose a file is
 *	store.c	the file of states that survive power loss
 *	dump.c	what a device leaves behind when it goes
 *	offer.c	dumps that policies take
 *	sysfs/pr.c	pr_state, pr_file_name, dump_prs, pr_dump_dir
 */
#ifndef _SCST_CORE_RESERVE_H
#define _SCST_CORE_RESERVE_H

#include "core.h"
#include "scsi/pr.h"

/* Beside BIT(enum scst_pr_class) in nexus->denied: */
#define SCST_RESERVED		BIT(6)	/* there is a persistent reservation, of whomever */
#define SCST_DENIED_AS_LOST	BIT(7)	/* and not for a reservation, but as it is lost */

#define SCST_PR_TEXT_MAX	(1u << 20)	/* bytes of a state's text */

/* state.c. Init reads the file; exit is the last. May sleep. */
int scst_reserve_init(struct scst_device *dev);
void scst_reserve_exit(struct scst_device *dev);
struct scst_pr_version *scst_pr_version_alloc(unsigned int room);

/* The state in force, for who holds the lock. */
static inline struct scst_pr_version *scst_pr_now(const struct scst_device *dev)
{
	return rcu_dereference_protected(dev->reserve->now,
					 lockdep_is_held(&dev->reserve->lock));
}

/* reserve->lock held: @new takes the place of what was, which is returned. @fx may be NULL. */
struct scst_pr_version *scst_reserve_commit(struct scst_device *dev, struct scst_pr_version *new,
					    const struct scst_pr_effects *fx);

static inline struct scst_pr_nexus scst_pr_nexus_id(const struct scst_nexus *nexus)
{
	const struct scst_identity *identity = nexus->identity;

	return (struct scst_pr_nexus){ .tid = &identity->tid, .port = identity->port };
}

/* Is @nexus the one that registered as @reg? */
bool scst_pr_reg_is(const struct scst_pr_reg *reg, const struct scst_nexus *nexus);

/* dev->lock held: @nexus has just joined dev->nexuses; is about to leave it. */
void scst_reserve_join(struct scst_nexus *nexus);
void scst_reserve_leave(struct scst_nexus *nexus);
/* dev->lock held: @nexus is lost. Was it the last with the rights of RESERVE? That is over then. */
void scst_reserve_lose(struct scst_nexus *nexus);
/* Is the RESERVE of SPC-2 its own? With dev->lock. */
bool scst_reserve_has(const struct scst_nexus *nexus);
/* Logical unit reset: RESERVE is over. */
void scst_reserve_reset(struct scst_device *dev);
/* Is there a RESERVE of anybody? Then persistent reservations are not to be had. */
bool scst_reserve_is_spc2(struct scst_device *dev);
/* In between no RESERVE is granted. Return: false, there is one. reserve->lock held. */
bool scst_reserve_begin_change(struct scst_device *dev);
void scst_reserve_end_change(struct scst_device *dev);

/* RESERVE(6), (10), RELEASE(6), (10). Context: any. */
void scst_execute_reserve(struct scst_cmd *cmd);
void scst_execute_release(struct scst_cmd *cmd);

/* out.c	 */
void scst_pr_requests_init(struct scst_reserve *reserve);
enum scst_exec_result scst_execute_pr_out(struct scst_cmd *cmd);
/* pr_state: @text takes the place of the state. -EINVAL, -EBUSY: a LUN exports it; -errno. */
int scst_reserve_set_text(struct scst_device *dev, const char *text, size_t len);

/* ports.c. Takes the registry lock. */
bool scst_pr_port_exists(u16 rel_tgt_id);
/* The identifiers of the ports that map @dev; kfree() *@ports. Return: how many, -ENOMEM. */
int scst_pr_ports(const struct scst_device *dev, u16 **ports);

/* claim.c */
struct scst_pr_claim {
	struct hlist_node node;
	char path[];
};

/* Return: @path is one device's own; ERR_PTR(-EEXIST): another one's, -ENOMEM. May sleep. */
struct scst_pr_claim *scst_pr_claim(const char *path);
void scst_pr_unclaim(struct scst_pr_claim *claim);

/*
 * store.c. The state that survived, or an empty one, or one that says it is lost. NULL: no memory.
 * May sleep.
 */
struct scst_pr_version *scst_pr_load(const struct scst_device *dev, const char *path);
/* Return: 0 when it is durable, -errno. @was_lost: what is in the file is moved out of the way. */
int scst_pr_save(const char *path, const struct scst_pr *pr, bool was_lost);
/* Where it is, if nobody says otherwise. kfree() it; NULL: no memory. */
char *scst_pr_default_path(const struct scst_device *dev);
/* kvmalloc()ed text of @pr. */
char *scst_pr_text(const struct scst_pr *pr, size_t *len);

/*
 * offer.c: policies hear of it, soon. Context: any, also under dev->lock
 * [pr_dump_writes_what_happens].
 */
void scst_pr_offer(struct scst_device *dev, u32 reasons);
/* @dev goes, and has no commands any more: now. May sleep. */
void scst_pr_offer_last(struct scst_device *dev);
void scst_pr_offer_init(struct scst_device *dev);
void scst_pr_offer_exit(struct scst_reserve *reserve);
unsigned long scst_pr_dumps_lost(void);

/* dump.c. kfree() it; NULL: none. */
char *scst_pr_dump_dir_default(void);
/* @dev still has its state. May sleep. */
void scst_pr_dump(struct scst_device *dev);

#endif
