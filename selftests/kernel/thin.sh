#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The soft threshold of thin disks through scst_local: who is told when their pool runs out, and how often;
# what LOG SENSE, MODE SENSE and page B2h say of it. The pool is a file system of 64 MiB which other files
# fill, and which is looked at each few seconds. Block devices are for thin_pool.sh.

. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/../lib/scst.sh"
. "$(dirname "$0")/../lib/thin.sh"

files=$tap_dir/files
attrs=$scst/devices/disk

setup_file()
{
	load_scst
	mkdir "$files"
}

setup()
{
	mount -t tmpfs -o size=64m tmpfs "$files"
	truncate -s 256M "$files/disk" "$files/other"
}

teardown()
{
	drop_disk_if_any
	drop_other_if_any
	umount "$files"
}

teardown_file()
{
	unload_scst
}

with_thin_file() # [PARAMETERS]
{
	handler=vdisk_fileio
	with_disk "filename=$files/disk; thin_provisioned=1${1:-}"
}

use_space() # MIB
{
	dd if=/dev/zero of="$files/ballast" bs=1M count="$1" 2>/dev/null
}

test_threshold_is_told_once_for_each_crossing()	# to each disk of the pool; 90 percent
{
	local other
	with_thin_file
	handler=vdisk_fileio add_disk "filename=$files/other; thin_provisioned=1" other
	map_lun other 1
	other=$(sg_of 1)
	clear_unit_attentions "$other"
	assert_eq "$(cat "$attrs/tp_soft_threshold")" 90
	use_space 56
	wait_for 30 has_left 8
	sg_raw "$sg" 00 00 00 00 00 00
	use_space 60
	wait_for 30 is_told "$sg"
	wait_for 30 is_told "$other"
	use_space 61
	wait_for 30 has_left 3
	sg_raw "$sg" 00 00 00 00 00 00
	use_space 10
	wait_for 30 has_left 54
	use_space 60
	wait_for 30 is_told "$sg"
}

test_writes_of_the_disk_count()	# through it, not beside it
{
	with_thin_file
	write_attr "$attrs/tp_soft_threshold" 50
	sg_raw "$sg" 00 00 00 00 00 00 2>/dev/null || true	# mode parameters changed
	dd if=/dev/zero of="$disk" bs=1M count=40 oflag=direct
	wait_for 30 is_told "$sg"
	assert_eq "$(log_word 20)" 40 "used"
}

test_pages_tell_of_the_pool()	# in MiB: what is left, what this disk has, and the threshold
{
	with_thin_file
	sg_raw --request=8 --outfile="$tap_dir/vpd" "$sg" 12 01 b2 00 08 00
	assert_eq "$(od -An -v -tx1 -j4 -N1 "$tap_dir/vpd")" " 0b" "THRESHOLD EXPONENT"
	assert_eq "$(available)" 64
	assert_eq "$(log_word 20)" 0
	sg_raw --request=64 --outfile="$tap_dir/mode" "$sg" 5a 08 1c 02 00 00 00 00 40 00
	assert_eq "$(od -An -v -tx1 -j24 -N8 "$tap_dir/mode")" " 80 01 00 00 00 00 00 06"
	write_attr "$attrs/tp_soft_threshold" 75
	assert_eq "$(cat "$attrs/tp_soft_threshold")" $'75\n[key]'
	assert_fails_with "Mode parameters changed" sg_raw "$sg" 00 00 00 00 00 00
	sg_raw --request=64 --outfile="$tap_dir/mode" "$sg" 5a 08 1c 02 00 00 00 00 40 00
	assert_eq "$(od -An -v -tx1 -j24 -N8 "$tap_dir/mode")" " 80 01 00 00 00 00 00 10"
	assert_fails_with "Invalid argument" write_attr "$attrs/tp_soft_threshold" 100
}

test_without_a_threshold_nobody_is_told()	# 0; and by hand all the same
{
	with_thin_file
	write_attr "$attrs/tp_soft_threshold" 0
	clear_unit_attentions "$sg"
	use_space 63
	wait_for 30 has_left 1
	sg_raw "$sg" 00 00 00 00 00 00
	write_attr "$attrs/gen_tp_soft_threshold_reached_UA" 1
	is_told "$sg"
}

test_full_pool_is_not_news()	# to a disk that is added then
{
	use_space 62
	with_thin_file
	wait_for 30 has_left 2
	sg_raw "$sg" 00 00 00 00 00 00
}

test_disk_that_is_not_thin_has_no_threshold()
{
	handler=vdisk_fileio
	with_disk "filename=$files/disk"
	use_space 62
	assert_fails_with "Invalid field in cdb" \
		sg_raw --request=64 "$sg" 4d 00 4c 00 00 00 00 00 40 00
	assert_fails_with "Invalid field in cdb" \
		sg_raw --request=64 "$sg" 5a 08 1c 02 00 00 00 00 40 00
}

test_pool_of_a_file_cannot_be_said()	# it is its file system; while it is not open nobody knows what it will be
{
	with_thin_file
	assert_eq "$(available)" 64
	assert_fails_with "Operation not supported" write_attr "$attrs/thin_pool" "1 2"
	write_attr "$attrs/active" 0
	assert_fails_with "Operation not supported" write_attr "$attrs/thin_pool" "1 2"
	assert_eq "$(cat "$attrs/thin_pool")" ""
}

run_tests "$@"
