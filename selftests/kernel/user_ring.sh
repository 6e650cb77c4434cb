#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Disks whose back end is a program (docs/user-devices.md) through scst_local: data come back, verbs do
# what they say, errors are told, geometry is what the program said. The program is the example, or one
# that does as it is told. What happens when programs die is in user_recovery.sh, when they lie in
# user_bad.sh.
#
# expects: disks that go

. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/../lib/scst.sh"
. "$(dirname "$0")/../lib/user.sh"

teardown_file()
{
	unload_user
	[ ! -e /dev/scst_user ] || fail "the device is still there"
}

verify_disk() # FIO-OPTION...
{
	fio --name=v --filename="$disk" --direct=1 --ioengine=libaio --rw=randwrite --iodepth=16 --size=32m \
		--verify=crc32c --verify_fatal=1 --minimal "$@" >/dev/null
}

test_data_come_back()	# blocks of all sizes, also longer than a command may be
{
	start_ramdisk
	map_user_disk
	verify_disk --bsrange=512-256k
	verify_disk --bs=4m --iodepth=2
	assert_eq "$(cmp "$disk" "$memory" 2>&1)" "" "difference to the memory of the program"
}

test_queues_share_the_work()	# and each CPU has one
{
	start_ramdisk 64 4
	assert_eq "$(disk_attr queues)" 4 queues
	map_user_disk
	verify_disk --bsrange=512-64k --numjobs=2 --offset_increment=32m
}

test_longest_command_is_told()	# VPD page B0h: what fits into a tag's memory
{
	start_ramdisk
	map_user_disk
	assert_match "$(sg_vpd --page=bl "$sg")" "Maximum transfer length: 0x800"
	! sg_dd if="$sg" of=/dev/null bs=512 bpt=4096 count=4096 blk_sgio=1 2>/dev/null ||
		fail "a command of 2 MiB passed"
}

test_blocks_are_unmapped()	# and read as zeros
{
	start_ramdisk
	map_user_disk
	dd if=/dev/urandom of="$disk" bs=64k count=2 oflag=direct 2>/dev/null
	sg_unmap --lba=8 --num=16 "$sg"
	assert_eq "$(dd if="$disk" bs=512 skip=8 count=16 iflag=direct 2>/dev/null | tr -d '\0' | wc -c)" 0 "bytes left"
	assert_eq "$(cmp "$disk" "$memory" 2>&1)" ""
}

test_write_same_repeats_a_block()	# and makes zeros without one
{
	start_ramdisk
	map_user_disk
	head -c 512 /dev/urandom >"$tap_dir/block"
	sg_write_same --in="$tap_dir/block" --lba=100 --num=3 --xferlen=512 "$sg"
	for i in 100 101 102; do
		dd if="$memory" bs=512 skip=$i count=1 2>/dev/null | cmp - "$tap_dir/block"
	done
	sg_write_same --16 --ndob --lba=101 --num=1 "$sg"
	assert_eq "$(dd if="$memory" bs=512 skip=101 count=1 2>/dev/null | tr -d '\0' | wc -c)" 0 "bytes left"
}

test_compare_and_write_compares()	# and says where it differs
{
	start_ramdisk
	map_user_disk
	head -c 512 /dev/urandom >"$tap_dir/new"
	head -c 512 /dev/zero | cat - "$tap_dir/new" >"$tap_dir/both"
	sg_compare_and_write --in="$tap_dir/both" --lba=7 "$sg"
	dd if="$memory" bs=512 skip=7 count=1 2>/dev/null | cmp - "$tap_dir/new"
	assert_fails_with "iscompare" sg_compare_and_write --in="$tap_dir/both" --lba=7 "$sg"
	dd if="$memory" bs=512 skip=7 count=1 2>/dev/null | cmp - "$tap_dir/new"
}

test_verify_compares()	# with data, and without
{
	start_ramdisk
	map_user_disk
	sg_verify --lba=0 --count=16 "$sg"
	head -c 1024 /dev/zero >"$tap_dir/zeros"
	sg_verify --ndo=1024 --count=2 --in="$tap_dir/zeros" --lba=0 "$sg"
	printf x | dd of="$memory" conv=notrunc 2>/dev/null
	assert_fails_with "iscompare" sg_verify --ndo=1024 --count=2 --in="$tap_dir/zeros" --lba=0 "$sg"
}

test_disk_says_who_it_is()	# as one of vdisk_nullio of that name would, but for the vendor
{
	start_ramdisk
	map_user_disk
	assert_match "$(sg_inq "$sg")" "Vendor identification: SCST_USR.*Product identification: disk"
	assert_match "$(sg_vpd --page=sn "$sg")" "serial number: [0-9a-f]+"
}

test_answers_become_sense()	# what a program says of a read and a write
{
	start_client
	client_has_disk
	map_user_disk_of_client
	check_read -5 "Medium Error"
	check_read -28 "space allocation failed"
	check_read -19 "Not Ready"
	check_busy
}

# The host tries again by itself.
check_busy()
{
	sg_raw --request=512 "$sg" 28 00 00 00 00 08 00 00 01 00 >"$tap_dir/read" 2>&1 &
	tell "0 0 0" wait 5000
	tell 0 both 0 0 result=-11 moved=0
	tell "0 8 1 512 0" desc 0 0
	tell waits both 0 0
	wait $!
}

check_read() # RESULT TEXT
{
	local reader
	sg_raw --request=512 "$sg" 28 00 00 00 00 08 00 00 01 00 >"$tap_dir/read" 2>&1 &
	reader=$!
	tell "0 0 0" wait 5000
	tell "0 8 1 512 0" desc 0 0
	tell waits both 0 0 result="$1" moved=0
	! wait "$reader" || fail "the read passed"
	grep -qi "$2" "$tap_dir/read" || fail "no '$2' in $(cat "$tap_dir/read")"
}

has_size() # BYTES
{
	[ "$(blockdev --getsize64 "$(disk_of 0)")" = "$1" ]
}

test_size_changes()	# initiators are told
{
	start_client
	client_has_disk
	map_user_disk_of_client
	tell ok resize 4096
	assert_eq "$(disk_attr size)" $((4096 * 512)) size
	wait_for 10 has_size $((4096 * 512))
	tell EINVAL resize 0
	tell EINVAL resize 0xffffffffffffffff
	assert_eq "$(disk_attr size)" $((4096 * 512)) size
}

# In the background: of $waiters.
start_command() # SG_RAW-ARGUMENT...
{
	sg_raw --timeout=100 "$@" >"$tap_dir/command.${#waiters[@]}" 2>&1 &
	waiters+=($!)
}

has_commands() # NUMBER
{
	[ "$(cat "$host_session/active_commands")" -ge "$1" ]
}

test_blocks_that_are_gone_are_not_asked_for()	# by what waited when the disk became smaller
{
	local waiter
	waiters=()
	start_client
	client_has_disk
	map_user_disk_of_client
	head -c 512 /dev/zero >"$tap_dir/block"
	printf '%b' '\0\x16\0\x10\0\0\0\0\0\0\0\0\0\0\x03\xe8\0\0\0\x01\0\0\0\0' >"$tap_dir/extents"
	start_command --request=512 "$sg" 28 00 00 00 00 08 00 00 01 00
	tell "0 0 0" wait 5000
	start_command --send=512 --infile="$tap_dir/block" "$sg" 2a 00 00 00 03 e8 00 00 01 00
	wait_for 5 has_commands 2
	start_command --send=24 --infile="$tap_dir/extents" "$sg" 42 00 00 00 00 00 00 00 18 00
	wait_for 5 has_commands 3
	tell ok resize 10
	tell waits both 0 0
	wait "${waiters[0]}"
	for waiter in 1 2; do
		! wait "${waiters[$waiter]}" || fail "a command beyond the disk passed"
		grep -qi "out of range" "$tap_dir/command.$waiter" || fail "$(cat "$tap_dir/command.$waiter")"
	done
}

test_name_is_taken_once()	# by programs and by others
{
	start_client
	tell ok open
	tell ok add disk
	tell EBUSY add other
	tell ok open
	tell EEXIST add disk
	tell EINVAL add ""
	tell EINVAL add "a/b"
	add_null taken
	tell EEXIST add taken
	del_null taken
	[ "$(echo "$scst"/devices/*)" = "$scst/devices/disk" ] || fail "there is: $(echo "$scst"/devices/*)"
}

test_device_waits_for_its_program()	# before it has started: becoming ready
{
	start_client
	tell ok open
	tell ok add disk
	assert_eq "$(disk_attr state)" new
	map_lun disk 0
	wait_for 15 sdev_dir 0
	assert_fails_with "ecoming ready" sg_raw "$(sg_of 0)" 00 00 00 00 00 00
}

test_program_deletes_its_device()	# which is mapped
{
	start_ramdisk
	map_user_disk
	end_ramdisk INT
	[ ! -e "$scst/devices/disk" ] || fail "it is still there"
	wait_for 15 no_sdev 0
}

test_only_programs_add_devices()	# mgmt says so
{
	assert_fails_with "not supported" write_attr "$user_mgmt" "add_device disk"
	[ ! -e "$scst/devices/disk" ] || fail "there is a disk"
}

test_module_stays_while_a_program_has_it()	# rmmod is refused at once, also before there is a device
{
	start_client
	tell ok open
	assert_fails_with "in use" modprobe -r scst_user
	tell ok add disk
	assert_fails_with "in use" modprobe -r scst_user
}

run_tests "$@"
