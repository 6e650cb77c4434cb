#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# FORMAT UNIT through scst_local: what is on the medium afterwards, progress and who is refused meanwhile,
# and what becomes of one whose LUN, initiator or back end goes. The slow disk writes its first third at
# once and takes its time for the second, so that a format stands at just one third. Not tested: which
# parameter lists are refused, which selftests/unit has.
#
# The host looks at disks while they are formatted, and at some that have no format:
# expects: disks that go

. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/../lib/scst.sh"

files=$tap_dir/files
list=$tap_dir/list
immed='\0\2\0\0'
third=65536			# blocks, of the slow disk: what is written between two looks
last=1023			# 64 KiB that a disk ends with
ones=$tap_dir/ones		# 64 KiB of FFh

setup_file()
{
	load_scst
	make_nullb
	mkdir "$files"
	mount -t tmpfs -o size=80m tmpfs "$files"
	modprobe brd rd_nr=1 rd_size=98304
	head -c 64K /dev/zero | tr '\0' '\377' >"$ones"
}

teardown()
{
	local name
	for name in blk file null slow; do
		[ ! -e "$scst/devices/$name" ] || drop "$name"
	done
	wait_for 10 no_sdev 0	# or the next test finds these
	wait_for 10 no_sdev 1
	dm_remove_any slow pool data meta
}

teardown_file()
{
	unload_scst
	modprobe -r brd
	drop_nullb
	umount "$files"
}

drop() # NAME
{
	write_attr "$scst/devices/$1/handler/mgmt" "del_device $1"
}

use() # NAME STORE
{
	store=$2
	map_lun "$1" 0
	sg=$(sg_of 0) disk=$(disk_of 0)
	clear_unit_attentions "$sg"
}

# A third is written in no time, the next one not before SECONDS are over.
use_slow() # SECONDS
{
	local ms=$((1000 * $1)) dm
	dmsetup create slow --noudevsync <<END
0 $third linear /dev/ram0 0
$third $third delay /dev/ram0 $third 0 /dev/ram0 $third $ms
$((2 * third)) $third linear /dev/ram0 $((2 * third))
END
	last=1535
	dm=/dev/$(dmsetup info --columns --noheadings -o blkdevname slow)
	wait_for 5 test -b "$dm"
	fill_ends /dev/ram0
	handler=vdisk_blockio add_disk "filename=$dm; thin_provisioned=0" slow
	use slow /dev/ram0
}

# A thin disk of 80 MiB, with blocks of 192 KiB of its pool: neither 32 MiB nor the disk end with one.
use_thin_pool()
{
	make_thin_pool /dev/ram0 188160 384
	make_thin_disk slow 0 163840
	last=1279
	handler=vdisk_blockio add_disk "filename=$(mapped_node slow)" slow
	use slow "$(mapped_node slow)"
}

format() # [LIST AS OF printf]
{
	[ $# -ne 0 ] || { sg_raw --timeout=600 "$sg" 04 00 00 00 00 00; return; }
	printf '%b' "$1" >"$list"
	sg_raw --timeout=600 --send="$(stat -c %s "$list")" --infile="$list" "$sg" 04 10 00 00 00 00
}

# Sense data as REQUEST SENSE has them: key, codes and progress.
asked()
{
	sg_raw --request=18 --outfile="$tap_dir/sense" "${1:-$sg}" 03 00 00 00 12 00 2>/dev/null
	od -An -v -tx1 "$tap_dir/sense" | tr -d '\n' | awk '{ print $3, $13 "/" $14, $16 $17 $18 }'
}

has_a_third()
{
	[ "$(asked "$@")" = "02 04/04 805555" ]
}

is_ready()
{
	sg_raw "$sg" 00 00 00 00 00 00 2>/dev/null
}

# What the medium begins, and ends, with.
ends_of()
{
	blockdev --flushbufs "$store" 2>/dev/null || true
	{ dd if="$store" bs=64k count=1; dd if="$store" bs=64k skip=$last count=1; } 2>/dev/null |
		od -An -v -tx1 -w1 | uniq -c | awk '{ printf "%s%s*%s", sep, $2, $1; sep = " " }'
}

both=131072			# bytes of both

fill_ends() # DISK
{
	dd if="$ones" of="$1" bs=64k count=1 conv=fsync
	dd if="$ones" of="$1" bs=64k seek=$last count=1 conv=fsync
}

test_format_makes_zeros()	# of a block device, of a file and of a thin one, which gives its space back
{
	local thin
	handler=vdisk_blockio add_disk "filename=$nullb" blk
	use blk "$nullb"
	check_zeros
	drop blk
	wait_for 10 no_sdev 0
	for thin in 0 1; do
		truncate -s 64M "$files/disk"
		handler=vdisk_fileio add_disk "filename=$files/disk; thin_provisioned=$thin" file
		use file "$files/disk"
		check_zeros
		[ $thin -eq 0 ] || assert_eq "$(stat -c %b "$files/disk")" 0 "blocks in the file"
		drop file
		wait_for 10 no_sdev 0
		rm "$files/disk"
	done
}

check_zeros()
{
	fill_ends "$disk"
	assert_eq "$(ends_of)" "ff*$both" "before"
	format
	assert_eq "$(ends_of)" "00*$both" "after"
	sg_raw --request=512 "$sg" 28 00 00 00 00 00 00 00 01 00
}

test_granules_that_are_no_part_of_a_step_are_zeros()	# of dm-thin, which knows no zeros, and discards its blocks
{
	use_thin_pool
	fill_ends "$disk"
	cat "$ones" "$ones" | dd of="$disk" bs=64k seek=511 conv=fsync	# around 32 MiB
	format
	blockdev --flushbufs "$store"
	cmp -n 131072 /dev/zero <(dd if="$store" bs=64k skip=511 count=2 2>/dev/null)
	assert_eq "$(ends_of)" "00*$both"
	assert_match "$(dmsetup status pool)" "thin-pool [0-9]* [0-9/]* 1/490 " "blocks of the pool"
}

test_format_repeats_a_pattern()	# in each block anew
{
	truncate -s 64M "$files/disk"
	handler=vdisk_fileio add_disk "filename=$files/disk" file
	use file "$files/disk"
	format '\0\210\0\0\0\1\0\3abc'
	head -c 512 < <(yes abc | tr -d '\n') >"$tap_dir/block"
	cmp "$tap_dir/block" <(dd if="$disk" bs=512 count=1 iflag=direct)
	cmp "$tap_dir/block" <(dd if="$disk" bs=512 skip=$((2048 * 64 - 1)) count=1 iflag=direct)
	format '\0\210\0\0\0\1\0\1\0'		# zeros need not be written
	assert_eq "$(ends_of)" "00*$both"
}

test_null_disk_is_formatted()	# in no time
{
	add_null null "size_mb=1000000"
	use null -
	format
	is_ready
}

test_progress_is_told()	# by REQUEST SENSE, and with NOT READY: to the one that asked and to another
{
	local other
	use_slow $((3 * PATIENCE))
	write_attr "$scst/targets/scst_local/mgmt" "add_session scst_local_tgt other"
	other=$(sg_of 0 "$tgt/sessions/other")
	clear_unit_attentions "$other"
	assert_eq "$(asked)" "00 00/00 000000" "sense"
	format "$immed"
	wait_for 10 has_a_third
	has_a_third "$other"
	for who in "$sg" "$other"; do
		check_is_refused "$who"
	done
	sg_inq "$other" >/dev/null
	wait_for 60 is_ready
	assert_eq "$(asked)" "00 00/00 000000" "sense"
	assert_eq "$(ends_of)" "00*$both"
	write_attr "$scst/targets/scst_local/mgmt" "del_session scst_local_tgt other"
}

check_is_refused() # SG
{
	local cdb said
	for cdb in "00 00 00 00 00 00" "28 00 00 00 00 00 00 00 01 00" "25 00 00 00 00 00 00 00 00 00" \
		"04 00 00 00 00 00" "35 00 00 00 00 00 00 00 00 00" "1d 04 00 00 00 00"; do
		# shellcheck disable=SC2086 # a CDB is many words
		said=$(sg_raw --request=512 "$1" $cdb 2>&1) && fail "$cdb was carried out"
		assert_match "${said,,}" "format in progress" "$cdb"
		assert_match "${said,,}" "progress indication: 33" "$cdb"
	done
}

test_medium_is_corrupted_when_a_format_is_aborted()	# by a reset; until another one ends well
{
	use_slow $((2 * PATIENCE))
	corrupt_it
	check_corrupt
	format
	is_ready
	assert_eq "$(ends_of)" "00*$both"
}

corrupt_it()
{
	assert_fails_with "" format &
	wait_for 10 has_a_third
	sg_reset --device "$sg"
	wait $!
}

# One is stopped before it has written anything, if the reset comes in time.
test_medium_stays_corrupted_when_another_format_is_aborted()	# that has not begun
{
	use_slow "$PATIENCE"
	corrupt_it
	wait_for 10 is_corrupt
	assert_eq "$("$(dirname "$0")/format_reset.py" "$sg" 60)" "3/31/00"
}

test_format_ends_with_its_lun()	# and does not keep it for hours
{
	use_slow $((2 * PATIENCE))
	assert_fails_with "" format &
	wait_for 10 has_a_third
	unmap_lun 0
	wait $!
	wait_for 10 no_sdev 0
	map_lun slow 0
	sg=$(sg_of 0)
	check_corrupt
}

check_corrupt()
{
	wait_for 10 is_corrupt		# behind unit attentions
	assert_fails_with "Medium format corrupted" \
		sg_raw --request=512 "$sg" 28 00 00 00 00 00 00 00 01 00
	sg_raw --request=8 "$sg" 25 00 00 00 00 00 00 00 00 00
}

is_corrupt()
{
	local said
	said=$(sg_raw "$sg" 00 00 00 00 00 00 2>&1) && return 1
	[[ ${said,,} == *"medium format corrupted"* ]]
}

test_format_goes_on_without_its_initiator()	# IMMED, and the LUN is replaced by another disk
{
	use_slow "$PATIENCE"
	add_null null
	format "$immed"
	wait_for 10 has_a_third
	write_attr "$tgt/luns/mgmt" "replace null 0"
	wait_for 60 is_zero_below
	map_lun slow 1
	sg=$(sg_of 1)
	wait_for 60 is_ready
}

is_zero_below()
{
	[ "$(ends_of)" = "00*$both" ]
}

test_format_ends_when_the_back_end_is_closed()	# and what is opened then is taken for good
{
	use_slow $((2 * PATIENCE))
	format "$immed"
	wait_for 10 has_a_third
	write_attr "$scst/devices/slow/active" 0
	assert_fails_with "Medium not present" \
		sg_raw --request=512 "$sg" 28 00 00 00 00 00 00 00 01 00
	write_attr "$scst/devices/slow/active" 1
	clear_unit_attentions "$sg"
	sg_raw --request=512 "$sg" 28 00 00 00 00 00 00 00 01 00
}

test_device_is_deleted_while_it_is_formatted()
{
	use_slow $((2 * PATIENCE))
	format "$immed"
	wait_for 10 has_a_third
	drop slow
	wait_for 10 no_sdev 0
}

test_failure_is_told()	# of the medium; and the list that is too long, or is none, changes nothing
{
	dmsetup create slow --noudevsync <<END
0 $third linear /dev/ram0 0
$third $third error
END
	wait_for 5 test -b "/dev/$(dmsetup info --columns --noheadings -o blkdevname slow)"
	handler=vdisk_blockio add_disk \
		"filename=/dev/$(dmsetup info --columns --noheadings -o blkdevname slow); thin_provisioned=0" slow
	use slow /dev/ram0
	fill_ends /dev/ram0
	assert_fails_with "Parameter list length error" format '\0\0\0\0\0'
	assert_fails_with "Parameter list length error" sg_raw "$sg" 04 10 00 00 00 00
	assert_fails_with "Invalid field in parameter list" format '\0\0\0\10'
	sg_raw --request=512 --outfile="$tap_dir/block" "$sg" 28 00 00 00 00 00 00 00 01 00
	assert_eq "$(od -An -tx1 -N1 "$tap_dir/block")" " ff" "first byte"
	assert_fails_with "Format command failed" format
	assert_fails_with "Medium format corrupted" sg_raw "$sg" 00 00 00 00 00 00
}

test_sg_format_formats()
{
	add_null null
	use null -
	sg_format --format --quick --early "$sg"
	wait_for 10 is_ready
}

run_tests "$@"
