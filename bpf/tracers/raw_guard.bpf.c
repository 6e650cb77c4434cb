// SPDX-License-Identifier: GPL-2.0
/*
 * Generic nodes of raw disks that are shared (scstctl share): nobody opens them, root neither. What
 * is sent by them passes by the target, and so by reservations, and the kernel has no way to take
 * them from a disk. It observes nothing, but is pinned and looked after like what does.
 *
 * It goes by device numbers, whatever a node is called and wherever it lies; scstctl keeps them up
 * to date. What is open already stays open: that is looked at before.
 */
#include "scst.bpf.h"

char _license[] SEC("license") = "GPL";

#define S_IFMT	0170000
#define S_IFCHR	0020000
#define EPERM	1

/* Key: number of a character device, MAJOR << 20 | MINOR. Value: 1. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1024);
	__type(key, u32);
	__type(value, u32);
} raw_guard_nodes SEC(".maps");

SEC("lsm/file_open")
int BPF_PROG(raw_guard_open, struct file *file)
{
	const struct inode *inode = file->f_inode;
	u32 number = inode->i_rdev;

	if ((inode->i_mode & S_IFMT) != S_IFCHR)
		return 0;
	return bpf_map_lookup_elem(&raw_guard_nodes, &number) ? -EPERM : 0;
}
