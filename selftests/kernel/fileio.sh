#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# vdisk_fileio over files on tmpfs and ext4 and over a block device: the data are right and outlive the
# device, flush and FUA reach the disk below, holes are punched, a full or broken file system becomes
# sense. What a power cut leaves is right.
#
# A file system that is cut off:
# expects: disks that go

. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/../lib/scst.sh"

handler=vdisk_fileio
files=$tap_dir/files		# a tmpfs of 48 MiB
ext4=$tap_dir/ext4		# on null_blk

# Nothing is written back unless somebody asks, or what is dirty because nobody did would not show.
write_back=/proc/sys/vm/dirty_writeback_centisecs

setup_file()
{
	write_back_was=$(cat $write_back)
	echo 360000 >$write_back	# 0 would have it begin at once
	load_scst
	modprobe brd rd_nr=3 rd_size=65536
	make_nullb
	mkdir "$files" "$ext4"
	mount -t tmpfs -o size=48m tmpfs "$files"
	mkfs.ext4 -q "$nullb"
	mount "$nullb" "$ext4"
}

teardown_file()
{
	umount "$files" "$ext4"
	echo "$write_back_was" >$write_back
	unload_scst
	drop_nullb
	modprobe -r brd
}

setup()
{
	truncate -s 32M "$files/disk" "$ext4/disk"
}

teardown()
{
	drop_disk_if_any
	if dmsetup info logged 2>/dev/null; then
		umount "$tap_dir/logged"
		dmsetup remove --noudevsync --retry logged
	fi
	! mountpoint -q "$tap_dir/found" || umount "$tap_dir/found"
	rm -f "$files"/* "$ext4/disk"
}

test_data_are_right()	# mixed sizes, two jobs
{
	with_disk "filename=$files/disk"
	verify_fio --bsrange=512-256k --numjobs=2 --offset_increment=16m
}

test_data_are_right_past_the_page_cache()	# O_DIRECT on ext4
{
	with_disk "filename=$ext4/disk; o_direct=1"
	assert_eq "$(disk_attr o_direct)" 1 o_direct
	verify_fio --bsrange=4k-1m
}

test_data_are_right_on_a_block_device()	# through its page cache
{
	with_disk "filename=/dev/ram0"
	assert_eq "$(blockdev --getsize64 "$disk")" $((64 << 20)) size
	verify_fio --bsrange=4k-64k
}

test_data_are_right_asynchronously()	# O_DIRECT that the file system finishes by itself
{
	with_disk "filename=$ext4/disk; o_direct=1; async=1"
	verify_fio --bsrange=4k-256k
	write_attr "$scst"/devices/disk/async 0
	verify_fio --bs=4k --size=1m
}

test_data_outlive_the_device()	# what was written is in the file, and there after delete and add
{
	with_disk "filename=$ext4/disk"
	dd if=/dev/urandom of="$tap_dir/data" bs=1M count=4
	dd if="$tap_dir/data" of="$disk" bs=1M oflag=direct
	drop_disk
	cmp --bytes=$((4 << 20)) "$tap_dir/data" "$ext4/disk"
	with_disk "filename=$ext4/disk"
	cmp --bytes=$((4 << 20)) "$tap_dir/data" "$disk"
}

# Sectors that were written to the disk below ext4.
written()
{
	awk '{ print $7 }' /sys/block/nullb0/stat
}

dirty_pages_are_below()
{
	[ "$(written)" -ge $(($1 + 2048)) ]
}

test_flush_reaches_the_medium()	# 1 MiB stays in the page cache until SYNCHRONIZE CACHE
{
	local before
	with_disk "filename=$ext4/disk"
	sync
	before=$(written)
	dd if=/dev/urandom of="$disk" bs=1M count=1 oflag=direct
	! dirty_pages_are_below "$before" || fail "the page cache was passed by"
	sg_sync "$sg"
	dirty_pages_are_below "$before" || fail "SYNCHRONIZE CACHE left data in the page cache"
}

test_fua_reaches_the_medium()	# only when it is asked for
{
	local before
	with_disk "filename=$ext4/disk"
	sync
	before=$(written)
	sg_dd if=/dev/urandom of="$sg" bs=512 bpt=2048 count=2048 oflag=sgio
	! dirty_pages_are_below "$before" || fail "without FUA the page cache was passed by"
	sg_dd if=/dev/urandom of="$sg" bs=512 bpt=2048 count=2048 oflag=fua,sgio
	dirty_pages_are_below "$before" || fail "FUA left data in the page cache"
}

test_write_through_has_no_cache()	# every write is on the medium
{
	local before
	with_disk "filename=$ext4/disk; write_through=1"
	assert_eq "$(cat "/sys/block/${disk##*/}/queue/write_cache")" "write through" cache
	sync
	before=$(written)
	dd if=/dev/urandom of="$disk" bs=1M count=1 oflag=direct
	dirty_pages_are_below "$before" || fail "write_through left data in the page cache"
}

# A file on an ext4 over dm-log-writes, which keeps what is durable, and when; /dev/ram2 is as it was
# before that.
with_logged_disk()
{
	local dm
	mkfs.ext4 -q /dev/ram0
	dd if=/dev/ram0 of=/dev/ram2 bs=1M
	dmsetup create logged --noudevsync --table "0 131072 log-writes /dev/ram0 /dev/ram1"
	dm=/dev/$(dmsetup info --columns --noheadings -o blkdevname logged)
	wait_for 5 test -b "$dm"
	mkdir -p "$tap_dir/logged" "$tap_dir/found"
	mount "$dm" "$tap_dir/logged"
	head -c 8M /dev/zero >"$tap_dir/logged/disk"
	sync
	with_disk "filename=$tap_dir/logged/disk"
}

drop_logged_disk()
{
	drop_disk
	umount "$tap_dir/logged"
	dmsetup remove --noudevsync --retry logged
}

# All is in the log when the device that logs has gone; what came behind the mark has not happened.
replay_until_cut()
{
	local replay nr
	replay=$(dirname "$0")/replay.py
	nr=$("$replay" /dev/ram1 | sed -n 's/ mark cut$//p')
	"$replay" /dev/ram1 /dev/ram2 0 "$nr"
}

# What of the file is FILE, at that many blocks of its size.
found() # FILE SKIP
{
	cmp "$1" <(dd if="$tap_dir/found/disk" bs="$(stat -c %s "$1")" skip="$2" count=1)
}

# What was not flushed is lost indeed, or this would show nothing.
test_power_cut_loses_nothing_acknowledged()	# after SYNCHRONIZE CACHE, and with FUA
{
	local data=$tap_dir/data
	head -c 64k /dev/urandom >"$data"
	with_logged_disk
	dd if="$data" of="$disk" bs=64k seek=1 oflag=direct
	sg_sync "$sg"
	dd if="$data" of="$disk" bs=64k seek=32 oflag=direct
	sg_dd if="$data" of="$sg" bs=512 bpt=128 count=128 seek=8192 oflag=fua,sgio
	dmsetup message logged 0 mark cut
	drop_logged_disk
	replay_until_cut
	mount /dev/ram2 "$tap_dir/found"
	found "$data" 1
	found "$data" 64
	head -c 64k /dev/zero >"$tap_dir/zeros"
	found "$tap_dir/zeros" 32
	umount "$tap_dir/found"
}

test_xfs_lives_on_it()	# made, filled, trimmed, clean
{
	command -v mkfs.xfs >/dev/null || skip "no mkfs.xfs"
	mount -o remount,size=200m "$files"
	truncate -s 320M "$files/disk"
	with_disk "filename=$files/disk; thin_provisioned=1"
	live_on_disk "mkfs.xfs -q" "xfs_repair -n"
	drop_disk
	rm "$files/disk"
	mount -o remount,size=48m "$files"
}

kib_of() # FILE
{
	du -k "$1" | cut -f1
}

test_unmap_punches_holes()	# the file shrinks, the blocks read as zeros
{
	with_disk "filename=$files/disk; thin_provisioned=1"
	sg_readcap --16 "$sg" | has "lbpme=1, lbprz=1"
	dd if=/dev/urandom of="$disk" bs=1M count=8 oflag=direct
	[ "$(kib_of "$files/disk")" -ge 8192 ]
	sg_unmap --force --lba=0 --num=8192 "$sg"
	assert_at_most "$(kib_of "$files/disk")" 4096 "KiB in the file"
	cmp --bytes=$((4 << 20)) "$disk" /dev/zero
}

test_data_are_right_with_trims()	# four jobs
{
	with_disk "filename=$files/disk; thin_provisioned=1"
	verify_fio_trims
}

test_unmap_is_unknown_without_provisioning()	# the default
{
	with_disk "filename=$files/disk"
	assert_fails_with "Invalid command operation code" \
		sg_raw --send=24 --infile=/dev/zero "$sg" 42 00 00 00 00 00 00 00 18 00
}

# Data that md5sum names, MiB by MiB, until the disk says no: how many it took.
fill_disk()
{
	local mb
	for ((mb = 0; mb < 32; mb++)); do
		dd if="$tap_dir/mb" of="$disk" bs=64k seek=$((mb * 16)) oflag=direct || break
	done 2>>"$tap_dir/fill.log"
	echo "$mb"
}

test_full_file_system_refuses_and_loses_nothing()	# DATA PROTECT; what was answered stays
{
	local taken mb
	with_disk "filename=$files/disk"
	dd if=/dev/zero of="$files/ballast" bs=1M count=40
	dd if=/dev/urandom of="$tap_dir/mb" bs=1M count=1
	taken=$(fill_disk)
	[ "$taken" -ge 4 ] && [ "$taken" -lt 32 ] || fail "$taken MiB were taken"
	for ((mb = 0; mb < taken; mb++)); do
		cmp --bytes=$((1 << 20)) "$tap_dir/mb" <(dd if="$disk" bs=1M skip="$mb" count=1 iflag=direct)
	done
	assert_fails_with "Space allocation failed write protect" \
		sg_raw --send=512 --infile=/dev/zero "$sg" 2a 00 00 00 f8 00 00 00 01 00
}

# What is written below fails: to a block device, by way of its page cache, so it is found out late.
break_dm()
{
	dmsetup suspend --nolockfs --noflush broken
	dmsetup load broken --table "0 16384 error"
	dmsetup resume --noudevsync broken
}

test_lost_write_back_is_told_to_every_initiator()	# once: the next flush of each fails
{
	local sg2 second=$tgt/sessions/second dm
	dmsetup create broken --noudevsync --table "0 16384 linear /dev/ram0 0"
	dm=/dev/$(dmsetup info --columns --noheadings -o blkdevname broken)
	wait_for 5 test -b "$dm"
	write_attr "$scst/targets/scst_local/mgmt" "add_session scst_local_tgt second"
	with_disk "filename=$dm"
	sg2=$(sg_of 0 "$second")
	clear_unit_attentions "$sg2"
	sg_raw --send=4096 --infile=/dev/zero "$sg" 2a 00 00 00 00 00 00 00 08 00
	break_dm
	assert_fails_with "Peripheral device write fault" sg_raw "$sg" 35 00 00 00 00 00 00 00 00 00
	assert_fails_with "Peripheral device write fault" sg_raw "$sg2" 35 00 00 00 00 00 00 00 00 00
	sg_raw "$sg" 35 00 00 00 00 00 00 00 00 00
	sg_raw "$sg2" 35 00 00 00 00 00 00 00 00 00
	drop_disk
	write_attr "$scst/targets/scst_local/mgmt" "del_session scst_local_tgt second"
	dmsetup remove --noudevsync --retry broken
}

test_truncated_file_is_a_read_error()	# not zeros, and not silence
{
	with_disk "filename=$files/disk"
	truncate -s 1M "$files/disk"
	assert_fails_with "Unrecovered read error" \
		sg_raw --request=512 "$sg" 28 00 00 00 f8 00 00 00 01 00
	drop_disk
	with_disk "filename=$ext4/disk; o_direct=1; async=1"
	truncate -s 1M "$ext4/disk"
	sg_raw --request=4096 "$sg" 28 00 00 00 07 f8 00 00 08 00
	assert_fails_with "Unrecovered read error" \
		sg_raw --request=8192 "$sg" 28 00 00 00 07 f8 00 00 10 00	# half of it is there
}

test_resize_is_seen()	# resync_size after the file grew
{
	with_disk "filename=$files/disk"
	truncate -s 40M "$files/disk"
	write_attr "$scst"/devices/disk/resync_size 1
	wait_for 10 has_size "$disk" $((40 << 20))
}

test_read_only_is_a_read_only_disk()	# told, and found out
{
	with_disk "filename=$files/disk; read_only=1"
	assert_eq "$(blockdev --getro "$disk")" 1 "read-only flag"
	drop_disk
	mount -o remount,ro "$ext4"
	with_disk "filename=$ext4/disk"
	mount -o remount,rw "$ext4" || true
	assert_eq "$(disk_attr read_only)" 1 read_only
}

test_file_without_write_is_a_read_only_disk()	# immutable, or run by somebody; [key] only if it was said
{
	local file=$ext4/immutable
	head -c 1M /dev/zero >"$file"
	chattr +i "$file"
	with_disk "filename=$file"
	assert_eq "$(cat "$scst/devices/disk/read_only")" 1 read_only
	drop_disk
	chattr -i "$file"
	with_disk "filename=$file; read_only=1"
	assert_eq "$(cat "$scst/devices/disk/read_only")" $'1\n[key]' read_only
	drop_disk
	rm "$file"
}

test_what_scst_ignores_is_taken()	# size and dummy of a file, lb_per_pb_exp; the usage text has none
{
	with_disk "filename=$files/disk; size=4096; size_mb=1; dummy=1; lb_per_pb_exp=0"
	assert_eq "$(disk_attr size)" $((32 << 20)) size
	assert_no_match "$(grep "^The following parameters" "$scst/handlers/$handler/mgmt")" \
		" (size|size_mb|dummy|lb_per_pb_exp)(,|$)"
}

test_bind_alua_state_keeps_its_value()	# 0, unless it is said: as SCST saves it
{
	local state=$scst/devices/disk/bind_alua_state
	with_disk "filename=$files/disk"
	assert_eq "$(cat "$state")" 0
	write_attr "$state" 1
	assert_eq "$(cat "$state")" $'1\n[key]'
	assert_fails_with "Invalid argument" write_attr "$state" 2
	drop_disk
	with_disk "filename=$files/disk; bind_alua_state=1"
	assert_eq "$(cat "$state")" $'1\n[key]' "as a parameter"
}

test_thin_without_holes_is_there_all_the_same()	# as in SCST: not thin, and a line in the log
{
	mkdir -p "$tap_dir/ramfs"
	mount -t ramfs ramfs "$tap_dir/ramfs"
	head -c 1M /dev/zero >"$tap_dir/ramfs/disk"
	with_disk "filename=$tap_dir/ramfs/disk; thin_provisioned=1"
	assert_eq "$(disk_attr thin_provisioned)" 0 thin_provisioned
	drop_disk
	umount "$tap_dir/ramfs"
}

test_bad_files_are_refused()	# with an errno that says why, and nothing is left
{
	: >"$files/empty"
	assert_fails_with "No such file" add_disk "filename=$files/nothere"
	assert_fails_with "Invalid argument" add_disk "write_through=1"
	assert_fails_with "Invalid argument" add_disk "filename=$files/empty"
	assert_fails_with "Is a directory" add_disk "filename=$files"
	assert_fails_with "Invalid argument" add_disk "filename=/dev/null"
	[ ! -e "$scst"/devices/disk ]
	umount "$files"
	mount -t tmpfs -o size=48m tmpfs "$files"
}

test_file_system_lives_on_it()	# ext4: made, filled, trimmed, clean
{
	with_disk "filename=$files/disk; thin_provisioned=1"
	live_on_disk "mkfs.ext4 -q" "fsck.ext4 -fn"
}

test_device_is_deleted_under_load()	# what is under way ends, nothing is left
{
	with_disk "filename=$files/disk"
	start_load "$disk" 20
	drop_disk
	load_ended
}

run_tests "$@"
