#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The pools of block devices, which those cannot tell: of dm-thin, which scst-thind watches and looks at every
# few seconds, and what is written into `thin_pool`. Files are for thin.sh.
#
# Linux looks at a disk anew when it hears that INQUIRY data have changed, and takes what else is to be told: so a
# threshold is asked for only when that was a while before.
#
# expects: disks that go

. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/../lib/scst.sh"
. "$(dirname "$0")/../lib/thin.sh"

PATH=$PATH:/usr/local/sbin
attrs=$scst/devices/disk

setup_file()
{
	load_scst
	make_nullb
}

teardown()
{
	stop_watching
	! mountpoint -q "$scst/devices" || umount "$scst/devices"
	drop_disk_if_any
	drop_other_if_any
	dm_remove_any one two pool data meta
}

teardown_file()
{
	unload_scst
	drop_nullb
}

start_watching()
{
	scst-thind 2>"$tap_dir/thind" &
	echo $! >"$tap_dir/thind.pid"
}

stop_watching()
{
	[ -e "$tap_dir/thind.pid" ] || return 0
	kill "$(cat "$tap_dir/thind.pid")"
	rm "$tap_dir/thind.pid"
}

# Two disks of 48 MiB, of a pool of 60: 54 are 90 percent.
with_thin_disks() # HANDLER [PARAMETERS]
{
	make_thin_pool "$nullb" $((60 * 2048)) 128
	make_thin_disk one 0 $((48 * 2048))
	make_thin_disk two 1 $((48 * 2048))
	handler=$1
	with_disk "filename=$(mapped_node one)${2:-}"
	add_disk "filename=$(mapped_node two)${2:-}" other
	map_lun other 1
	other=$(sg_of 1)
}

write_mib() # DISK MIB FROM-MIB
{
	dd if=/dev/zero of="$1" bs=1M count="$2" seek="$3" oflag=direct conv=fsync 2>/dev/null
}

test_pool_of_dm_thin_is_watched()	# crossings are told as those of a file system, to each disk of the pool
{
	local other second
	with_thin_disks vdisk_blockio
	second=$(disk_of 1)
	start_watching
	wait_for 30 has_left 60
	clear_unit_attentions "$sg"
	clear_unit_attentions "$other"
	write_mib "$disk" 40 0
	wait_for 30 has_left 20
	sg_raw "$sg" 00 00 00 00 00 00
	assert_eq "$(log_word 20)" 40 "used by this disk"
	write_mib "$second" 15 0
	wait_for 30 is_told "$sg"
	wait_for 30 is_told "$other"
	assert_eq "$(available)" 5
	assert_eq "$(log_word 20)" 40 "used by this disk"
	write_mib "$second" 1 15
	wait_for 30 has_left 4
	sg_raw "$sg" 00 00 00 00 00 00
	blkdiscard "$second"
	wait_for 30 has_left 20
	write_mib "$second" 15 0
	wait_for 30 is_told "$sg"
	assert_eq "$(cat "$tap_dir/thind")" "" "complaints"
}

test_pool_of_dm_thin_below_the_page_cache_is_watched()	# vdisk_fileio of a block device
{
	local other
	with_thin_disks vdisk_fileio "; thin_provisioned=1"
	assert_eq "$(cat "$attrs/thin_pool")" ""
	write_mib "$(disk_of 1)" 40 0
	scst-thind --once
	assert_eq "$(cat "$attrs/thin_pool")" "$((20 << 20)) $((60 << 20)) 0"
	clear_unit_attentions "$sg"
	assert_eq "$(available)" 20
	write_mib "$disk" 15 0
	scst-thind --once
	is_told "$sg"
	assert_eq "$(log_word 20)" 15 "used by this disk"
	assert_eq "$(available)" 5
}

test_what_is_no_thin_disk_is_left_alone()	# other block devices, of device-mapper too; one that is not open
{
	with_thin_disks vdisk_blockio
	scst-thind --once
	assert_eq "$(cat "$scst/devices/other/thin_pool")" "$((60 << 20)) $((60 << 20)) 0"
	write_attr "$scst/devices/other/active" 0
	write_mib "$disk" 8 0
	scst-thind --once
	assert_eq "$(cat "$scst/devices/other/thin_pool")" "$((60 << 20)) $((60 << 20)) 0" "of a disk that is not open"
	assert_eq "$(cat "$attrs/thin_pool")" "$((52 << 20)) $((60 << 20)) $((8 << 20))"
	drop_disk
	add_disk "filename=$nullb; shared=1; thin_provisioned=1"
	write_attr "$attrs/thin_pool" "1048576 2097152"
	scst-thind --once
	assert_eq "$(cat "$attrs/thin_pool")" "1048576 2097152" "of a disk that is no thin one"
}

# Its metadata cannot be read or written any more. Who writes then learns of it.
break_pool()
{
	dmsetup suspend --noudevsync meta
	dmsetup reload meta --table "0 8192 error"
	dmsetup resume --noudevsync meta
	write_mib "$disk" 1 8 || true
}

pool_has_failed()
{
	[[ $(dmsetup status --noflush pool) == *" Fail"* ]]
}

test_numbers_of_a_pool_that_failed_are_taken_back()	# nobody knows how much it has left
{
	with_thin_disks vdisk_blockio
	write_mib "$disk" 8 0
	scst-thind --once
	assert_eq "$(cat "$attrs/thin_pool")" "$((52 << 20)) $((60 << 20)) $((8 << 20))"
	break_pool
	wait_for 20 pool_has_failed
	scst-thind --once
	assert_eq "$(cat "$attrs/thin_pool")$(cat "$scst/devices/other/thin_pool")" ""
}

complaints() # NUMBER
{
	[ "$(wc -l <"$tap_dir/thind")" = "$1" ]
}

are_pools_told()
{
	[ -n "$(cat "$attrs/thin_pool")" ] && [ -n "$(cat "$scst/devices/other/thin_pool")" ]
}

devices_are() # ro|rw
{
	mount -o "remount,bind,$1" "$scst/devices"
}

test_watcher_complains_once()	# of what lasts, of two disks as of one; and again of what comes back
{
	with_thin_disks vdisk_blockio
	mount --bind "$scst/devices" "$scst/devices"
	devices_are ro
	start_watching
	wait_for 30 complaints 1
	has "Read-only file system" <"$tap_dir/thind"
	sleep 6		# a look more
	complaints 1 || fail "it complains at each look: $(cat "$tap_dir/thind")"
	devices_are rw
	wait_for 30 are_pools_told
	devices_are ro
	wait_for 30 complaints 2
}

test_watcher_is_for_root()	# who would be told of no disk
{
	local status=0
	setpriv --reuid=65534 --clear-groups scst-thind --once 2>"$tap_dir/thind" || status=$?
	assert_eq "$status" 5 status
	has "needs root" <"$tap_dir/thind"
	assert_fails_with "takes no arguments" scst-thind --once more
}

test_pool_of_a_block_device_is_said()	# by whoever watches it
{
	handler=vdisk_blockio
	with_disk "filename=$nullb; thin_provisioned=1"
	assert_eq "$(cat "$attrs/thin_pool")" ""
	for bad in 1 "1 0" "2 1" "1 2 3 4" "1 2 x" "-1 2"; do
		assert_fails_with "Invalid argument" write_attr "$attrs/thin_pool" "$bad"
	done
	write_attr "$attrs/thin_pool" "$((50 << 20)) $((100 << 20))"
	assert_fails_with "Inquiry data has changed" sg_raw "$sg" 00 00 00 00 00 00
	assert_eq "$(available)" 50
	write_attr "$attrs/thin_pool" "$((9 << 20)) $((100 << 20)) $((7 << 20))"
	is_told "$sg"
	assert_eq "$(log_word 20)" 7
	write_attr "$attrs/thin_pool" "$((8 << 20)) $((100 << 20))"
	sg_raw "$sg" 00 00 00 00 00 00
	assert_eq "$(cat "$attrs/thin_pool")" "$((8 << 20)) $((100 << 20))"
}

test_pool_is_said_while_the_device_is_away()	# and counts when it is back
{
	handler=vdisk_blockio
	with_disk "filename=$nullb; thin_provisioned=1"
	write_attr "$attrs/thin_pool" "$((50 << 20)) $((100 << 20))"
	clear_unit_attentions "$sg"
	rmdir /sys/kernel/config/nullb/nullb0
	wait_for 10 says "Logical unit not ready"
	write_attr "$attrs/thin_pool" "$((9 << 20)) $((100 << 20))"
	make_nullb
	wait_for 10 says "$threshold"
	wait_for 10 has_left 9	# behind what else it has to say
}

has_no_pool()	# as before anybody said one
{
	assert_eq "$(cat "$attrs/thin_pool")" ""
	assert_fails_with "Invalid field in cdb" \
		sg_raw --request=64 "$sg" 4d 00 4c 00 00 00 00 00 40 00
	sg_raw --request=8 --outfile="$tap_dir/vpd" "$sg" 12 01 b2 00 08 00
	assert_eq "$(od -An -v -tx1 -j4 -N1 "$tap_dir/vpd")" " 00" "THRESHOLD EXPONENT"
}

crossings()	# so many, as the log has them
{
	dmesg | grep -c "scst_vdisk: disk: its pool has 1 MiB left of 100,"
}

say_it_is_full()
{
	write_attr "$attrs/thin_pool" "$((1 << 20)) $((100 << 20))"
	clear_unit_attentions "$sg"
}

test_pool_is_forgotten_with_the_device()	# another one has another; the same one again has the same
{
	handler=vdisk_blockio
	with_disk "filename=$nullb; thin_provisioned=1"
	say_it_is_full
	write_attr "$attrs/active" 0
	write_attr "$attrs/filename" "$nullb"
	write_attr "$attrs/active" 1
	clear_unit_attentions "$sg"
	assert_eq "$(available)" 1
	write_attr "$attrs/active" 0
	write_attr "$attrs/filename" "/dev/./nullb0"
	write_attr "$attrs/active" 1
	clear_unit_attentions "$sg"
	has_no_pool
	write_attr "$attrs/tp_soft_threshold" 50
	sg_raw "$sg" 00 00 00 00 00 00
}

test_pool_can_be_taken_back()	# by an empty write; the next one is told as if it was the first
{
	local told
	handler=vdisk_blockio
	with_disk "filename=$nullb; thin_provisioned=1"
	say_it_is_full
	told=$(crossings)
	write_attr "$attrs/thin_pool" ""
	assert_fails_with "Inquiry data has changed" sg_raw "$sg" 00 00 00 00 00 00
	has_no_pool
	write_attr "$attrs/thin_pool" ""
	sg_raw "$sg" 00 00 00 00 00 00
	write_attr "$attrs/thin_pool" "$((1 << 20)) $((100 << 20))"
	wait_for 10 has_left 1
	assert_eq "$(crossings)" $((told + 1))
}

run_tests "$@"
