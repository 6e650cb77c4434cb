#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# This host frees memory by writing to a disk of scst_local on a block device: swap, and an ext4 with
# dirty pages. More is used than there is, by one who has the machine for himself and by others who
# have only a memory cgroup, and the disks are reset meanwhile. Nobody waits for memory that can only
# come from what he is to do: all go on, and read what they wrote. Some seconds in the check; what
# takes its time to meet is for make soak, which has an hour. Not tested: files below, since swap on
# them can wait for itself (docs/decisions.md).
#
# boot: --mem 512M --virtio-blk 1G,serial=swap --virtio-blk 1G,serial=data

. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/../lib/scst.sh"

here=$(dirname "$0")
seconds=$(amount 10 3600)
memory_group=/sys/fs/cgroup/reclaim
mnt=$tap_dir/mnt
both="swap data"
exec 3>&1	# figures are told of a test that passes, too

setup_file()
{
	load_scst
	echo +memory >/sys/fs/cgroup/cgroup.subtree_control
	mkdir $memory_group "$mnt"
	echo 64M >$memory_group/memory.max
}

teardown_file()
{
	rmdir $memory_group
	unload_scst
}

# Each at a LUN of its own, which its place in $both is.
add_disks()
{
	local name lun=0
	for name in $both; do
		write_attr "$scst/handlers/vdisk_blockio/mgmt" "add_device $name filename=$(disk_named "$name")"
		map_lun "$name" $lun
		lun=$((lun + 1))
	done
	swap=$(disk_of 0)
	data=$(disk_of 1)
}

use_disks()
{
	mkswap -q "$swap"
	swapon "$swap"
	mkfs.ext4 -q "$data"
	mount "$data" "$mnt"
}

teardown()
{
	local name
	! grep -q "^/dev/sd" /proc/swaps || swapoff -a
	! mountpoint -q "$mnt" || umount "$mnt"
	for name in $both; do
		[ ! -e "$scst/devices/$name" ] || write_attr "$scst/devices/$name/handler/mgmt" "del_device $name"
	done
	wait_for 10 no_sdev 0
}

# In the background: from here on this process has no more memory than the group.
in_group() # COMMAND...
{
	echo $BASHPID >$memory_group/cgroup.procs
	"$@"
}

write_and_verify()
{
	fio --name=dirty --directory="$mnt" --size=96m --rw=randwrite --bsrange=4k-64k --verify=crc32c \
		--verify_fatal=1 --time_based --runtime="$seconds" --output="$tap_dir/fio.log"
}

reset_disks_until() # PROCESS
{
	local lun=0
	while kill -0 "$1"; do
		sleep 1
		sg_reset --no-escalate --device "$(sg_of $lun)"
		lun=$((1 - lun))
		resets=$((resets + 1))
	done
}

swapped_out()
{
	awk '/^pswpout/ { print $2 }' /proc/vmstat
}

# One has more than all memory, one more than his group's, and one whose dirty pages are charged to it.
press()
{
	local resets=0 before users=()
	before=$(swapped_out)
	"$here/hog.py" 400 "$seconds" >"$tap_dir/all" &
	users+=($!)
	in_group "$here/hog.py" 128 "$seconds" >"$tap_dir/group" &
	users+=($!)
	in_group write_and_verify &
	users+=($!)
	reset_disks_until "${users[0]}"
	wait_all "${users[@]}"
	diag "$resets resets, $((($(swapped_out) - before) / 256)) MiB to swap," \
		"rounds: $(cat "$tap_dir/all") and $(cat "$tap_dir/group")" >&3
	[ $(($(swapped_out) - before)) -gt 10000 ] || fail "nobody swaps: this shows nothing"
}

test_memory_comes_from_block_devices()	# swap and write-back through blockio
{
	add_disks
	use_disks
	press
	swapoff "$swap"
	umount "$mnt"
	fsck.ext4 -fn "$data"
}

run_tests "$@"
