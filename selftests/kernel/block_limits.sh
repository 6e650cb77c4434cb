#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Limits of the disk below, which vdisk_blockio has to keep where it goes round the block layer: gaps
# that one buffer may not have (NVMe), how many segments, how large, across which boundaries, how
# memory is aligned, which blocks. Memory in pieces is written and read through scst_local, and
# compared with what the disk itself has; the kernel, which refuses a request that is too much, has
# nothing to refuse. Not tested: limits of disks that QEMU does not have; null_blk with blocks of 4096
# bytes, which itself reads something else where memory crosses a page.
#
# boot: --nvme 64M,serial=nvme --nvme 64M,serial=nvme4k,logical_block_size=4096,physical_block_size=4096
# boot: --nvme 64M,serial=nvmepi,ms=8,pi=1 --nvme 64M,serial=nvme520,ms=8,mset=1
# boot: --virtio-blk 64M,serial=blk,queue-size=128,opt_io_size=98304
# boot: --virtio-blk 64M,serial=blk4k,queue-size=16,logical_block_size=4096,physical_block_size=4096
# boot: --virtio-scsi 64M,serial=scsi,virtqueue_size=64,max_sectors=120,opt_io_size=49152
# boot: --virtio-scsi 64M,serial=scsi4k,virtqueue_size=64,logical_block_size=4096,physical_block_size=4096

. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/../lib/scst.sh"

here=$(dirname "$0")
handler=vdisk_blockio
nullbs=/sys/kernel/config/nullb

setup_file()
{
	load_scst
	modprobe -a nvme virtio_scsi dm-mod dm-multipath
	modprobe null_blk nr_devices=0
	mountpoint -q /sys/kernel/config || mount -t configfs configfs /sys/kernel/config
}

teardown_file()
{
	unload_scst
	modprobe -r null_blk
}

teardown()
{
	[ ! -e "$scst/devices/disk" ] || write_attr "$scst/devices/disk/handler/mgmt" "del_device disk"
	wait_for 10 no_sdev 0
	[ -z "$(dm_node)" ] || dmsetup remove --noudevsync --retry limits
	[ ! -d $nullbs/limits ] || rmdir $nullbs/limits
	[ ! -d /sys/module/scsi_debug ] || wait_for 10 rmmod scsi_debug
}

# ---- disks ----

queue_of() # DISK NAME
{
	cat "/sys/block/${1##*/}/queue/$2"
}

dm_node()
{
	dmsetup info --columns --noheadings -o blkdevname limits 2>/dev/null
}

# shellcheck disable=SC2119	# standard input
make_dm() # <TABLE
{
	dmsetup create limits --noudevsync
	below=/dev/$(dm_node)
	wait_for 5 test -b "$below"
}

make_null() # NAME=VALUE...
{
	local option
	mkdir $nullbs/limits
	for option in size=64 memory_backed=1 "$@" power=1; do
		echo "${option#*=}" >"$nullbs/limits/${option%%=*}"
	done
	below=/dev/limits
	wait_for 5 test -b "$below"
}

scsi_debug_disk()
{
	echo /sys/bus/pseudo/drivers/scsi_debug/adapter0/host*/target*/*/block/sd* | sed 's|.*/|/dev/|'
}

has_scsi_debug()
{
	[ -b "$(scsi_debug_disk)" ]
}

make_scsi_debug() # PARAMETERS
{
	modprobe scsi_debug dev_size_mb=64 delay=0 "$@"
	wait_for 10 has_scsi_debug
	below=$(scsi_debug_disk)
}

# ---- what is checked of each ----

# Page B0h has what the disk is best at, or what we say if it does not.
check_io_opt()
{
	local blocks want
	blocks=$(sg_vpd --page=bl "$sg" | sed -n 's/.*Optimal transfer length: *\([0-9a-fx]*\).*/\1/p')
	want=$(queue_of "$below" optimal_io_size)
	assert_eq $((blocks * $(queue_of "$disk" logical_block_size))) \
		$((want ? want : 512 << 10)) "optimal transfer length, in bytes"
}

# Less than a block in a piece, which only SG_IO passes on: WRITE, and WRITE AND VERIFY, which waits.
check_short_pieces()
{
	local opcode size sum
	while read -r opcode size; do
		sum=$("$here/sg_pieces.py" "$disk" 0 $((size / 512)) "$opcode")
		assert_eq "$(dd if="$below" bs="$size" count=1 iflag=direct status=none | sha256sum)" \
			"$sum  -" "$size bytes in pieces of 512, by command $opcode"
	done <<-END
		2a 4096
		2a 307200
		2e 131072
	END
}

# A scheduler keeps requests from going round the block layer.
check_limits()
{
	echo "$below: max_segments $(queue_of "$below" max_segments), virt_boundary_mask" \
		"$(queue_of "$below" virt_boundary_mask), max_sectors_kb $(queue_of "$below" max_sectors_kb)"
	[[ $below == /dev/dm-* ]] || echo none >"/sys/block/${below##*/}/queue/scheduler"
	mark_log
	with_disk "filename=$below"
	echo 4096 >"/sys/block/${disk##*/}/queue/max_sectors_kb"
	"$here/pieces.py" "$disk" "$below"
	[ "$(queue_of "$below" logical_block_size)" = 512 ] || check_short_pieces
	check_io_opt
	drop_disk
	assert_no_match "$(log_since_mark)" "over max|I/O error|[Uu]naligned"
}

# ---- real disks, as far as QEMU has them ----

test_nvme()	# a gap within what is one buffer moves other memory
{
	below=$(disk_named nvme)
	assert_eq "$(queue_of "$below" virt_boundary_mask)" 4095 "virt_boundary_mask"
	check_limits
}

test_nvme_of_4096()	# blocks of a page, memory at any sector of it
{
	below=$(disk_named nvme4k)
	check_limits
}

test_nvme_with_integrity_data()	# which the block layer makes on a bio's way
{
	below=$(disk_named nvmepi)
	dd if=/dev/zero of="$below" bs=1M oflag=direct || true	# or there are none to compare with
	check_limits
}

test_virtio_blk()	# 126 segments, and an optimal size of its own
{
	below=$(disk_named blk)
	assert_eq "$(queue_of "$below" max_segments)" 126 max_segments
	assert_eq "$(queue_of "$below" optimal_io_size)" 98304 optimal_io_size
	check_limits
}

test_virtio_blk_of_4096()	# 14 segments
{
	below=$(disk_named blk4k)
	assert_eq "$(queue_of "$below" max_segments)" 14 max_segments
	check_limits
}

test_virtio_scsi()	# 62 segments, 60 KiB
{
	below=$(disk_named scsi)
	assert_eq "$(queue_of "$below" max_hw_sectors_kb)" 60 max_hw_sectors_kb
	check_limits
}

test_virtio_scsi_of_4096()	# 62 segments
{
	below=$(disk_named scsi4k)
	check_limits
}

test_file_past_the_page_cache_of_4096()	# O_DIRECT takes no block that lies in pieces
{
	below=$(disk_named nvme4k)
	handler=vdisk_fileio
	with_disk "filename=$below; o_direct=1"
	check_short_pieces
	write_attr "$scst/devices/disk/async" 1
	check_short_pieces
	drop_disk
}

# ---- others ----

test_null_blk_with_odd_limits()	# 11 KiB at most, a virtual boundary
{
	make_null max_sectors=22 virt_boundary=1
	check_limits
}

test_segments_within_a_page()	# scsi_debug: none reaches into the next page
{
	make_scsi_debug clustering=0
	assert_eq "$(queue_of "$below" dma_alignment)" 3 dma_alignment
	check_limits
}

test_segments_within_a_page_of_4096()	# and blocks of that size
{
	make_scsi_debug clustering=0 sector_size=4096
	check_limits
}

test_linear_in_odd_pieces()	# dm-linear: extents of an odd number of blocks, of two disks
{
	local at=0 n=0 length leg
	for length in 7 121 1 2047 4099 333 16384 3 40000; do
		leg=$(disk_named "$([ $((n++ % 2)) = 0 ] && echo nvme || echo blk)")
		echo "$at $length linear $leg $((at + 5))"
		at=$((at + length))
	done >"$tap_dir/table"
	make_dm <"$tap_dir/table"
	check_limits
}

test_stripes_of_an_odd_size()	# dm-stripe: chunks of 3 blocks, which is its optimal size as well
{
	make_dm <<<"0 120000 striped 2 3 $(disk_named nvme) 0 $(disk_named blk) 0"
	assert_eq "$(queue_of "$below" optimal_io_size)" 3072 optimal_io_size
	check_limits
}

test_multipath()	# takes requests, and hands them on to NVMe
{
	make_dm <<<"0 131072 multipath 0 0 1 1 round-robin 0 1 1 $(disk_named nvme) 1000"
	check_limits
}

# ---- sizes that are none ----

# Linux has no block device with them (blk_validate_block_size()), so none can be below.
test_blocks_that_are_no_power_of_two_are_refused()	# by us, by drivers, and a disk with such has no size
{
	below=$(disk_named nvme)
	assert_fails_with "Invalid argument" add_disk "filename=$below; blocksize=520"
	assert_fails_with "Invalid argument" add_disk "filename=$below; blocksize=8192"
	handler=vdisk_fileio
	assert_fails_with "Invalid argument" add_disk "filename=$below; blocksize=520"
	handler=vdisk_blockio
	assert_fails_with "Invalid argument" modprobe scsi_debug sector_size=520
	below=$(disk_named nvme520)
	assert_eq "$(blockdev --getsize64 "$below")" 0 "size of a disk with 520 bytes in a block"
	assert_fails_with "Invalid argument" add_disk "filename=$below"
	[ ! -e "$scst"/devices/disk ]
}

run_tests "$@"
