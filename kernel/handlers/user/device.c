// SPDX-License-Identifier: GPL-2.0
/*
 * Devices of programs: how they are made, taken over by the next program, and how they go.
 */
#include <linux/crc32.h>
#include <linux/jiffies.h>
#include <linux/log2.h>
#include <linux/module.h>
#include <linux/random.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/unaligned.h>

#include "user.h"

#define OPT_TRANS_LEN	SZ_512K
#define MAX_UNMAP	SZ_512M		/* bytes in one command */
#define MAX_UNMAP_DESCS	256

/* Who finds a device by name has a reference before the last one goes. */
static DEFINE_MUTEX(user_going);

static void set_block_size(struct scst_lu *lu, u32 size)
{
	WRITE_ONCE(lu->block_size, size);
	WRITE_ONCE(lu->block_shift, is_power_of_2(size) ? ilog2(size) : ilog2(SZ_512));
}

/* What has no blocks that could be told apart by number is given one command after the other. */
static void describe_opaque(struct scst_lu *lu, const struct scst_user_add *add)
{
	lu->type = add->type;
	lu->max_trans_len = add->max_bytes;
	lu->queue_alg = !!(BIT(add->type) & (SCST_T_BLOCK | SCST_T_RAID));
	set_block_size(lu, add->block_size);
}

static void describe_disk(struct scst_lu *lu, const struct scst_user_add *add)
{
	lu->block_shift = ilog2(add->block_size);
	lu->nblocks = add->nblocks;
	lu->max_trans_len = add->max_bytes;
	lu->opt_trans_len = min_t(u32, add->max_bytes, OPT_TRANS_LEN);
	lu->read_only = add->flags & SCST_USER_READ_ONLY;
	lu->rotational = add->flags & SCST_USER_ROTATIONAL;
	lu->write_cache = add->flags & SCST_USER_WRITE_CACHE;
	lu->thin = add->ops & BIT(SCST_USER_UNMAP);
	lu->unmap_zeroes = lu->thin && add->flags & SCST_USER_UNMAP_ZEROES;
	lu->max_unmap_blocks = MAX_UNMAP >> lu->block_shift;
	lu->max_unmap_descs = MAX_UNMAP_DESCS;
	lu->max_write_same = MAX_UNMAP >> lu->block_shift;
	lu->lbp_used = SCST_LBP_UNKNOWN;
	lu->tst = 1;
	lu->queue_alg = 1;
	lu->mode_changeable = (struct scst_mode) {
		.d_sense = 0xff, .dpicz = 0xff, .qerr = 0xff, .queue_alg = 0xff, .swp = 0xff,
		.tas = 0xff, .tmf_only = 0xff,
	};
}

static const struct user_amount one_device = { .devices = 1 };

static void drop_work(struct work_struct *work)
{
	struct user_device *ud = container_of(work, struct user_device, drop);

	scst_device_delete(&ud->dev);
	user_device_put(ud);
	module_put(THIS_MODULE);	/* whose exit waits for all of this function */
}

static struct user_device *device_alloc(const struct scst_user_add *add, const struct cred *cred)
{
	struct user_device *ud = kzalloc(sizeof(*ud), GFP_KERNEL_ACCOUNT);

	if (!ud)
		return NULL;
	ud->first = *add;
	ud->owner = cred->euid;
	ud->recover_s = add->recover_s;
	ud->answer_s = USER_ANSWER_S;
	kref_init(&ud->ref);
	spin_lock_init(&ud->lock);
	mutex_init(&ud->start_lock);
	INIT_LIST_HEAD(&ud->parked);
	INIT_WORK(&ud->drop, drop_work);
	user_wait_init(ud);
	strscpy(ud->dev.name, add->name, sizeof(ud->dev.name));
	if (user_is_cdb_mode(ud)) {
		describe_opaque(&ud->dev.lu, add);
	} else {
		describe_disk(&ud->dev.lu, add);
		ud->dev.lacks = user_verb_lacks(add->ops);
	}
	ud->dev.not_ready = SCST_SENSE_BECOMING_READY;
	scst_device_identify(&ud->dev, "SCST_USR");
	get_random_bytes(ud->first.token, sizeof(ud->first.token));
	return ud;
}

static void release(struct kref *ref)
{
	struct user_device *ud = container_of(ref, struct user_device, ref);

	if (ud->limited)
		user_share_give(ud->owner, &one_device);
	memzero_explicit(ud->first.token, sizeof(ud->first.token));
	kfree(ud);
}

void user_device_put(struct user_device *ud)
{
	kref_put(&ud->ref, release);
}

static void complain(const char *wrong)
{
	pr_warn_ratelimited("scst_user: process %d: %s is wrong\n", task_tgid_nr(current), wrong);
}

#define NAA_LOCALLY_ASSIGNED	(3ULL << 60)

/*
 * Names can be chosen so that their checksum, which is all that scst_device_identify() goes by, is
 * that of any other: so these have the user's number in what initiators know a disk by.
 */
static void identify_as_of_user(struct user_device *ud, u32 uid)
{
	struct scst_lu *lu = &ud->dev.lu;
	u32 sum = crc32c(scst_setup_id(), ud->dev.name, strlen(ud->dev.name));

	snprintf(lu->usn, sizeof(lu->usn), "%x.%08x", uid, sum);
	put_unaligned_be64(NAA_LOCALLY_ASSIGNED | (u64)uid << 28 | sum >> 4, lu->naa_id);
	lu->naa_id_len = sizeof(u64);
}

/* Who is no administrator has a part of all names, and of memory. */
static int check_user(struct user_device *ud, const struct cred *cred)
{
	u32 uid = from_kuid(&init_user_ns, cred->euid);
	int err;

	if (user_is_admin(cred))
		return 0;
	if (!user_name_is_of(ud->dev.name, uid))
		return -EPERM;
	identify_as_of_user(ud, uid);
	err = user_share_take(ud->owner, &one_device);
	ud->limited = !err;
	return err;
}

/* A second reference is the file's; the device's is given back when that is closed. */
struct user_prog *user_device_add(struct scst_user_add *add, const struct cred *cred)
{
	const char *wrong = user_add_wrong(add);
	struct user_prog *prog;
	struct user_device *ud;
	int err;

	if (wrong) {
		complain(wrong);
		return ERR_PTR(-EINVAL);
	}
	ud = device_alloc(add, cred);
	if (!ud)
		return ERR_PTR(-ENOMEM);
	err = check_user(ud, cred);
	prog = err ? ERR_PTR(err) : user_prog_alloc(ud, add, cred);
	if (IS_ERR(prog)) {
		user_device_put(ud);
		return prog;
	}
	kref_get(&prog->ref);
	ud->conn = prog;
	memcpy(add->token, ud->first.token, sizeof(add->token));
	err = scst_device_register(&ud->dev, user_is_cdb_mode(ud) ? &user_cdb_ops : &user_ops);
	if (!err)
		return prog;
	user_prog_put(prog);
	user_prog_put(prog);
	user_device_put(ud);
	return ERR_PTR(err);
}

/* Return: to be put, or NULL. */
static struct user_device *find(const char *name)
{
	struct scst_device *dev;
	struct user_device *ud;

	guard(mutex)(&user_going);
	dev = scst_device_find(&user_ops, name) ?: scst_device_find(&user_cdb_ops, name);
	if (!dev)
		return NULL;
	ud = to_user_device(dev);
	kref_get(&ud->ref);
	return ud;
}

static bool is_entitled(const struct user_device *ud, const struct scst_user_add *add,
			const struct cred *cred)
{
	return (uid_eq(ud->owner, cred->euid) || user_is_admin(cred)) &&
	       !memcmp(ud->first.token, add->token, sizeof(add->token));
}

/* The one that was there has closed its file, and so have its rings when all they had was over. */
static int take_over(struct user_device *ud, struct user_prog *prog)
{
	guard(spinlock_irq)(&ud->lock);
	if (ud->state == USER_GONE)
		return -ENODEV;
	if (ud->conn)
		return -EBUSY;
	kref_get(&prog->ref);
	ud->conn = prog;
	return 0;
}

static struct user_prog *attach(struct user_device *ud, struct scst_user_add *add,
				const struct cred *cred)
{
	const char *wrong = user_attach_wrong(add, &ud->first, READ_ONCE(ud->dev.lu.nblocks));
	struct user_prog *prog;
	int err;

	if (wrong) {
		complain(wrong);
		return ERR_PTR(-EINVAL);
	}
	if (READ_ONCE(ud->conn))
		return ERR_PTR(-EBUSY);		/* before so much memory is allocated */
	prog = user_prog_alloc(ud, add, cred);
	if (IS_ERR(prog))
		return prog;
	err = take_over(ud, prog);
	if (!err) {
		add->nblocks = READ_ONCE(ud->dev.lu.nblocks);
		if (user_is_cdb_mode(ud))
			add->block_size = READ_ONCE(ud->dev.lu.block_size);
		return prog;
	}
	user_prog_put(prog);
	return ERR_PTR(err);
}

struct user_prog *user_device_attach(struct scst_user_add *add, const struct cred *cred)
{
	struct user_device *ud;
	struct user_prog *prog;

	if (strnlen(add->name, sizeof(add->name)) == sizeof(add->name))
		return ERR_PTR(-EINVAL);
	ud = find(add->name);
	if (!ud)
		return ERR_PTR(-ENOENT);
	prog = is_entitled(ud, add, cred) ? attach(ud, add, cred) : ERR_PTR(-EACCES);
	user_device_put(ud);
	return prog;
}

static bool is_serving(struct user_prog *prog)
{
	return READ_ONCE(prog->ud->state) != USER_GONE && READ_ONCE(prog->ud->conn) == prog;
}

int user_device_resize(struct user_prog *prog, u64 nblocks)
{
	struct user_device *ud = prog->ud;

	if (!is_serving(prog))
		return -ENODEV;
	if (user_is_cdb_mode(ud) || !user_size_fits(nblocks, ud->first.block_size))
		return -EINVAL;
	scst_device_set_capacity(&ud->dev, nblocks);
	return 0;
}

int user_device_set_block_size(struct user_prog *prog, u32 size)
{
	if (!is_serving(prog))
		return -ENODEV;
	if (!user_is_cdb_mode(prog->ud) || size > SCST_USER_BYTES_MAX)
		return -EINVAL;
	set_block_size(&prog->ud->dev.lu, size);
	return 0;
}

int user_device_delete(struct user_prog *prog)
{
	return scst_device_delete(&prog->ud->dev);
}

/* The module stays with its handler, by which the device is deleted. */
void user_device_drop(struct user_device *ud)
{
	kref_get(&ud->ref);
	__module_get(THIS_MODULE);
	queue_work(user_drop_wq, &ud->drop);
}

/* Return: who is to be told, and to be put; or NULL. */
static struct user_prog *take_conn(struct user_device *ud)
{
	guard(spinlock_irq)(&ud->lock);
	ud->state = USER_GONE;
	if (ud->conn)
		kref_get(&ud->conn->ref);
	return ud->conn;
}

/*
 * A program that is there is told; it has the device's memory until it closes its file. One that
 * does not answer is seen by the tick, since the LUNs go: the wait is not for it.
 */
static int device_del(struct scst_device *dev)
{
	struct user_device *ud = to_user_device(dev);
	struct user_prog *prog;
	int err;

	scoped_guard(mutex, &ud->start_lock)
		ud->going = true;
	err = scst_device_unregister(dev);
	if (err)
		return err;
	prog = take_conn(ud);
	if (prog) {
		user_prog_end(prog);
		user_prog_put(prog);
	}
	synchronize_rcu();
	user_wait_exit(ud);
	scoped_guard(mutex, &user_going)
		user_device_put(ud);
	return 0;
}

/* Programs add them. */
static int device_add(const char *name, struct scst_params *params)
{
	pr_warn_ratelimited("scst_user: %s: a program adds it (docs/user-devices.md)\n",
			    scst_printable(name).text);
	return -EOPNOTSUPP;
}

const struct scst_handler_ops user_ops = {
	.name		= "scst_user",
	.owner		= THIS_MODULE,
	.type		= 0x00,
	.verb		= { USER_VERBS },
	.add_device	= device_add,
	.del_device	= device_del,
	.aborted	= user_cmds_aborted,
	.device_attrs	= user_attrs,
};

/* Of any type: 1Fh is none in particular. */
const struct scst_handler_ops user_cdb_ops = {
	.name		= "scst_user_cdb",
	.owner		= THIS_MODULE,
	.type		= 0x1f,
	.verb		= { [SCST_VERB_NONE + 1 ... SCST_VERB_MAX - 1] = user_cdb },
	.add_device	= device_add,
	.del_device	= device_del,
	.aborted	= user_cmds_aborted,
	.device_attrs	= user_cdb_attrs,
};
