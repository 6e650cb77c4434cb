// SPDX-License-Identifier: GPL-2.0
/*
 * /dev/scst_user, by include/uapi/scst/user.h.
 */
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/nospec.h>
#include <linux/sched/mm.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <linux/vmalloc.h>

#include "../../compat_uring.h"
#include "user.h"

struct user_file {
	struct mutex lock;		/* ADD, ATTACH */
	struct user_prog *prog;		/* with a reference; once it is there it stays */
};

static struct user_prog *prog_of(const struct file *file)
{
	struct user_file *uf = file->private_data;

	return smp_load_acquire(&uf->prog);
}

static int user_open(struct inode *inode, struct file *file)
{
	struct user_file *uf = kzalloc(sizeof(*uf), GFP_KERNEL_ACCOUNT);

	if (!uf)
		return -ENOMEM;
	mutex_init(&uf->lock);
	file->private_data = uf;
	return nonseekable_open(inode, file);
}

enum parting {
	WAS_NOT_THERE,
	WAS_THERE,
	NEVER_SERVED,
};

/* The program does nothing any more: another may come. If it was there, we have its reference. */
static enum parting disconnect(struct user_prog *prog)
{
	struct user_device *ud = prog->ud;

	guard(spinlock_irq)(&ud->lock);
	if (ud->conn != prog)
		return WAS_NOT_THERE;
	ud->conn = NULL;
	if (ud->state != USER_NEW)
		return WAS_THERE;
	ud->state = USER_GONE;
	return NEVER_SERVED;
}

/* What was not served has nothing to be lost; and its token, perhaps, was lost with the program. */
static void leave(struct user_prog *prog)
{
	enum parting parting;

	user_prog_end(prog);
	parting = disconnect(prog);
	if (parting == NEVER_SERVED)
		user_device_drop(prog->ud);
	if (parting != WAS_NOT_THERE)
		user_prog_put(prog);
	user_prog_put(prog);
}

static int user_release(struct inode *inode, struct file *file)
{
	struct user_file *uf = file->private_data;

	if (uf->prog)
		leave(uf->prog);
	mutex_destroy(&uf->lock);
	kfree(uf);
	return 0;
}

static int add_from_user(struct scst_user_add *add, const void __user *arg)
{
	u32 size;

	if (get_user(size, (const u32 __user *)arg))
		return -EFAULT;
	if (size != sizeof(*add))
		return -EINVAL;
	if (copy_from_user(add, arg, sizeof(*add)))
		return -EFAULT;
	return add->size == size ? 0 : -EINVAL;
}

typedef struct user_prog *(*join_fn)(struct scst_user_add *add, const struct cred *cred);

/* Who cannot be told the token has no device. */
static int join(struct file *file, void __user *arg, join_fn fn)
{
	struct user_file *uf = file->private_data;
	struct scst_user_add add;
	struct user_prog *prog;
	int err = add_from_user(&add, arg);

	if (err)
		return err;
	guard(mutex)(&uf->lock);
	if (uf->prog)
		return -EBUSY;
	prog = fn(&add, file->f_cred);
	if (IS_ERR(prog))
		return PTR_ERR(prog);
	if (!copy_to_user(arg, &add, sizeof(add))) {
		smp_store_release(&uf->prog, prog);
		return 0;
	}
	if (fn == user_device_add)
		user_device_delete(prog);
	leave(prog);
	return -EFAULT;
}

static int resize(struct user_prog *prog, const void __user *arg)
{
	u64 nblocks;

	if (copy_from_user(&nblocks, arg, sizeof(nblocks)))
		return -EFAULT;
	return user_device_resize(prog, nblocks);
}

static int set_block_size(struct user_prog *prog, const void __user *arg)
{
	u32 size;

	if (copy_from_user(&size, arg, sizeof(size)))
		return -EFAULT;
	return user_device_set_block_size(prog, size);
}

static int stop(struct user_prog *prog)
{
	user_prog_stop(prog);
	return 0;
}

static long user_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct user_prog *prog = prog_of(file);
	void __user *user = (void __user *)arg;

	if (cmd == SCST_USER_ADD)
		return join(file, user, user_device_add);
	if (cmd == SCST_USER_ATTACH)
		return join(file, user, user_device_attach);
	if (!prog)
		return -ENOTCONN;
	if (cmd == SCST_USER_START)
		return user_prog_start(prog);
	if (cmd == SCST_USER_STOP)
		return stop(prog);
	if (cmd == SCST_USER_DEL)
		return user_device_delete(prog);
	if (cmd == SCST_USER_RESIZE)
		return resize(prog, user);
	if (cmd == SCST_USER_BLOCK_SIZE)
		return set_block_size(prog, user);
	return -EINVAL;
}

/* Page by page, as ordinary memory: the program may give it to any system call, and pin it. */
static int map_pages(struct vm_area_struct *vma, void *mem, size_t size)
{
	unsigned long at;
	int err = 0;

	if (vma->vm_end - vma->vm_start != size)
		return -EINVAL;
	vm_flags_set(vma, VM_DONTEXPAND | VM_DONTDUMP | VM_DONTCOPY);
	for (at = 0; !err && at < size; at += PAGE_SIZE)
		err = vm_insert_page(vma, vma->vm_start + at, vmalloc_to_page(mem + at));
	return err;
}

static int map_descs(struct vm_area_struct *vma, struct user_prog *prog)
{
	if (vma->vm_flags & VM_WRITE)
		return -EPERM;
	vm_flags_clear(vma, VM_MAYWRITE);
	return map_pages(vma, prog->descs, PAGE_ALIGN(user_descs_size(&prog->shape)));
}

static int user_mmap(struct file *file, struct vm_area_struct *vma)
{
	struct user_prog *prog = prog_of(file);
	u64 at = (u64)vma->vm_pgoff << PAGE_SHIFT;

	if (!prog)
		return -ENOTCONN;
	if (!(vma->vm_flags & VM_SHARED))
		return -EINVAL;
	if (at == SCST_USER_DESCS_AT)
		return map_descs(vma, prog);
	if (at == SCST_USER_ARENA_AT)
		return map_pages(vma, prog->arena, user_arena_size(&prog->shape, PAGE_SIZE));
	return -EINVAL;
}

/* Its queue and tag, if it is from who may use these. */
static struct user_slot *slot_of(struct user_prog *prog, const struct scst_user_io *io,
				 struct io_uring_cmd *ucmd)
{
	u16 nr = io->queue, tag = io->tag;
	int err;

	if (nr >= prog->nr_queues || tag >= prog->shape.depth)
		return ERR_PTR(-EINVAL);
	nr = array_index_nospec(nr, prog->nr_queues);
	tag = array_index_nospec(tag, prog->shape.depth);
	err = user_queue_check(&prog->queues[nr], ucmd);
	return err ? ERR_PTR(err) : &prog->queues[nr].slots[tag];
}

static int commit_or_fetch(struct user_slot *slot, const struct scst_user_io *io,
			   struct io_uring_cmd *ucmd, unsigned int issue_flags)
{
	u32 op = ucmd->cmd_op;
	int err = 0;

	if (op == SCST_USER_WATCH)
		return io->tag ? -EINVAL : user_queue_watch(slot->queue, ucmd, issue_flags);
	if (op != SCST_USER_FETCH && op != SCST_USER_COMMIT && op != SCST_USER_COMMIT_AND_FETCH)
		return -EINVAL;
	if (op != SCST_USER_FETCH)
		err = user_queue_commit(slot, io);
	if (err || op == SCST_USER_COMMIT)
		return err;
	return user_queue_fetch(slot, ucmd, issue_flags);
}

/* Why no I/O: deliver() in queue.c. */
static int carry_out(struct user_slot *slot, const struct scst_user_io *io,
		     struct io_uring_cmd *ucmd, unsigned int issue_flags)
{
	unsigned int noio = memalloc_noio_save();
	int ret = commit_or_fetch(slot, io, ucmd, issue_flags);

	memalloc_noio_restore(noio);
	return ret;
}

/*
 * The ring may be in memory that the program writes: each field is read once. Without the lock of
 * the ring (a worker of io_uring) nothing can be completed in a batch: refused.
 */
static int user_uring_cmd(struct io_uring_cmd *ucmd, unsigned int issue_flags)
{
	struct user_prog *prog = prog_of(ucmd->file);
	const struct scst_user_io *sqe;
	struct user_slot *slot;
	struct scst_user_io io;

	if (unlikely(issue_flags & IO_URING_F_CANCEL)) {
		user_queue_cancel(ucmd, issue_flags);
		return 0;
	}
	if (!prog)
		return -ENOTCONN;
	if (issue_flags & IO_URING_F_UNLOCKED || !scst_uring_is_plain(ucmd))
		return -EINVAL;
	sqe = scst_uring_sqe_cmd(ucmd->sqe, struct scst_user_io);
	io = (struct scst_user_io) {
		.queue	= READ_ONCE(sqe->queue),
		.tag	= READ_ONCE(sqe->tag),
		.seq	= READ_ONCE(sqe->seq),
		.result	= READ_ONCE(sqe->result),
		.moved	= READ_ONCE(sqe->moved),
	};
	slot = slot_of(prog, &io, ucmd);
	return IS_ERR(slot) ? PTR_ERR(slot) : carry_out(slot, &io, ucmd, issue_flags);
}

static const struct file_operations user_fops = {
	.owner		= THIS_MODULE,
	.open		= user_open,
	.release	= user_release,
	.unlocked_ioctl	= user_ioctl,
	.compat_ioctl	= compat_ptr_ioctl,
	.mmap		= user_mmap,
	.uring_cmd	= user_uring_cmd,
};

static struct miscdevice user_device = {
	.minor	= MISC_DYNAMIC_MINOR,
	.name	= SCST_USER_DEVICE,
	.mode	= 0600,
	.fops	= &user_fops,
};

int user_file_init(void)
{
	return misc_register(&user_device);
}

void user_file_exit(void)
{
	misc_deregister(&user_device);
}
