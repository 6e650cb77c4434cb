#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What becomes of a disk while it is mapped: its back end is closed, opened, ejected, exchanged; it
# dies under load and comes back. Initiators are told, and nothing is served that is not there. Its
# names are in disk_names.sh. Much of it waits for a device that does not answer: 100 seconds.
#
# Disks are closed under load, and commands last too long:
# expects: disks that go
# expects: initiator: scsi_

. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/../lib/scst.sh"
. "$(dirname "$0")/../lib/pr.sh"

files=$tap_dir/files
attrs=$scst/devices/disk

setup_file()
{
	load_scst
	mkdir "$files"
	mount -t tmpfs -o size=40m tmpfs "$files"
}

teardown_file()
{
	unload_scst
	umount "$files"
}

setup()
{
	handler=vdisk_fileio
	truncate -s 4M "$files/one" "$files/two"
	printf one | dd of="$files/one" conv=notrunc
	printf two | dd of="$files/two" conv=notrunc
}

teardown()
{
	if dmsetup info slow 2>/dev/null; then
		dmsetup resume --noudevsync slow
	fi
	[ ! -e "$tgt/ini_groups/second" ] || drop_another_lun
	drop_second_host
	drop_disk_if_any
	rm -f "$files"/*
	rm -rf /var/lib/scst/vdev_mode_pages	# the host saves what it sets
	if dmsetup info slow 2>/dev/null; then
		dmsetup remove --noudevsync --retry slow
	fi
	[ ! -e /sys/kernel/config/nullb/nullb1 ] || rmdir /sys/kernel/config/nullb/nullb1
	[ ! -e /sys/kernel/config/nullb/nullb0 ] || drop_nullb
}

first_bytes()
{
	sg_raw --request=512 --outfile="$tap_dir/block" "$sg" 28 00 00 00 00 00 00 00 01 00 &&
		head -c 3 "$tap_dir/block"
}

test_what_is_not_there_can_only_be_off()	# a clear refusal, in parameters and files
{
	for param in cluster_mode=1 dif_type=1 dif_mode=tgt; do
		assert_fails_with "Operation not supported" add_disk "filename=$files/one; $param"
		[ ! -e "$attrs" ]
	done
	with_disk "filename=$files/one; cluster_mode=0; dif_type=0"
	assert_fails_with "Operation not supported" write_attr "$attrs/cluster_mode" 1
	assert_fails_with "Operation not supported" write_attr "$attrs/expl_alua" 1
	assert_fails_with "Operation not supported" \
		write_attr "$attrs/gen_tp_soft_threshold_reached_UA" 1
	write_attr "$attrs/expl_alua" 0
}

test_threads_have_a_node()	# numa_node_id: one there is
{
	assert_fails_with "Invalid argument" add_disk "filename=$files/one; numa_node_id=7"
	[ ! -e "$attrs" ]
	with_disk "filename=$files/one; numa_node_id=0"
	assert_eq "$(cat "$attrs/numa_node_id")" $'0\n[key]'
	sg_verify --count=8 "$disk"	# in a thread
	sg_sync "$disk"
}

test_limits_can_be_changed()	# optimal transfer length, physical blocks; told to initiators
{
	with_disk "filename=$files/one; thin_provisioned=1"
	write_attr "$attrs/opt_trans_len" 65536
	assert_fails_with "Inquiry data has changed" sg_raw "$sg" 00 00 00 00 00 00
	sg_vpd --page=bl "$sg" | has "Optimal transfer length: 0x80"
	write_attr "$attrs/gen_tp_soft_threshold_reached_UA" 1
	assert_fails_with "Thin provisioning soft threshold reached" sg_raw "$sg" 00 00 00 00 00 00
	write_attr "$attrs/sync" 1
}

test_longer_transfers_are_refused()	# 16 MiB if nobody chose, 8 that this host can send; as page B0h says
{
	truncate -s 40M "$files/one"
	with_disk "filename=$files/one"
	sg_vpd --page=bl "$sg" | has "Maximum transfer length: 0x4000"
	assert_fails_with "Invalid field in cdb" sg_raw "$sg" 28 00 00 00 00 00 00 80 01 00
	write_attr "$attrs/max_trans_len" 131072
	assert_eq "$(cat "$attrs/max_trans_len")" $'131072\n[key]'
	assert_fails_with "Inquiry data has changed" sg_raw "$sg" 00 00 00 00 00 00
	sg_vpd --page=bl "$sg" >"$tap_dir/bl"
	says bl "Maximum transfer length: 0x100"
	says bl "Optimal transfer length: 0x100"
	says bl "Maximum compare and write length: 0x80"
	sg_raw --request=131072 --outfile=/dev/null "$sg" 28 00 00 00 00 00 00 01 00 00
	assert_fails_with "Invalid field in cdb" \
		sg_raw --request=131584 --outfile=/dev/null "$sg" 28 00 00 00 00 00 00 01 01 00
}

test_inactive_disk_is_not_ready()	# closed and open again, by the administrator
{
	with_disk "filename=$files/one"
	assert_fails_with "busy" mount -o remount,ro "$files"
	write_attr "$attrs/active" 0
	sg_raw "$sg" 00 00 00 00 00 00		# who checks paths keeps this one, as with SCST
	assert_fails_with "Medium not present" first_bytes
	assert_fails_with "Medium not present" sg_raw --request=8 "$sg" 25 00 00 00 00 00 00 00 00 00
	sg_inq "$sg"
	assert_fails_with "No such device" write_attr "$attrs/resync_size" 1
	mount -o remount,ro "$files"	# nobody has it open
	mount -o remount,rw "$files"
	write_attr "$attrs/active" 1
	assert_fails_with "Not ready to ready change" first_bytes
	assert_eq "$(first_bytes)" one
	assert_eq "$(cat "$attrs/active")" 1
}

test_file_is_exchanged_while_inactive()	# and only then; initiators see the other one, and its size
{
	with_disk "filename=$files/one"
	truncate -s 8M "$files/two"
	assert_fails_with "Device or resource busy" write_attr "$attrs/filename" "$files/two"
	write_attr "$attrs/active" 0
	assert_fails_with "Invalid argument" write_attr "$attrs/filename" two
	write_attr "$attrs/filename" "$files/nothere"
	assert_fails_with "No such file" write_attr "$attrs/active" 1
	assert_eq "$(cat "$attrs/active")" "0
[key]"
	write_attr "$attrs/filename" "$files/two"
	write_attr "$attrs/active" 1
	clear_unit_attentions "$sg"
	assert_eq "$(first_bytes)" two
	assert_eq "$(disk_attr size)" $((8 << 20)) size
	wait_for 10 has_size "$disk" $((8 << 20))
}

test_disk_can_be_added_inactive()	# before its file is there
{
	add_disk "filename=$files/three; active=0"
	map_lun disk 0
	sg=$(sg_of 0)
	clear_unit_attentions "$sg"
	has_no_medium
	truncate -s 4M "$files/three"
	printf 333 | dd of="$files/three" conv=notrunc
	write_attr "$attrs/active" 1
	clear_unit_attentions "$sg"
	assert_eq "$(first_bytes)" 333
}

clear_then_ready()
{
	for i in 1 2 3; do
		sg_raw "$sg" 00 00 00 00 00 00 && return
	done
	return 1
}

has_no_medium()
{
	assert_fails_with "Medium not present" first_bytes
}

# Nobody writes to its file system, so it can be made read-only.
is_closed()
{
	mount -o remount,ro "$files" && mount -o remount,rw "$files"
}

test_closing_under_load_waits_for_commands()	# and nothing is served from a closed file
{
	with_disk "filename=$files/one; async=1"
	start_load "$disk" 20
	for i in 1 2 3 4; do
		write_attr "$attrs/active" 0
		wait_for 5 has_no_medium	# behind what is told of the time before
		is_closed || fail "it is still open"
		write_attr "$attrs/active" 1
	done
	load_ended	# by the first that found it closed
	clear_unit_attentions "$sg"
}

# A disk on a device that can be stopped, and so its flush.
with_slow_disk()
{
	local dm
	handler=vdisk_blockio
	make_nullb
	dmsetup create slow --noudevsync --table "0 131072 linear $nullb 0"
	dm=/dev/$(dmsetup info --columns --noheadings -o blkdevname slow)
	wait_for 5 test -b "$dm"
	with_disk "filename=$dm"
}

executes() # OPCODE
{
	grep -q "opcode=$1 step=execute" "$scst/trace_cmds"
}

settles() # PID
{
	grep -q scst_device_settle "/proc/$1/stack"
}

# The command flushes, and the back end, closed meanwhile, stays until that is over.
closing_waits_for() # OPCODE COMMAND...
{
	local opcode=$1 command closer
	shift
	dmsetup suspend --nolockfs --noflush slow
	"$@" &
	command=$!
	wait_for 10 executes "$opcode"
	write_attr "$attrs/active" 0 &
	closer=$!
	wait_for 10 settles "$closer"
	dmsetup resume --noudevsync slow
	wait "$command"
	wait "$closer"
	write_attr "$attrs/active" 1
	clear_unit_attentions "$sg"
}

write_through()
{
	echo "write through" >"$(echo "$(sdev_dir 0)"/scsi_disk/*/cache_type)"
}

test_closing_waits_for_whoever_flushes()	# the self-test, MODE SELECT, STOP: not only by name
{
	with_slow_disk
	closing_waits_for 0x35 sg_sync "$sg"
	closing_waits_for 0x1d sg_senddiag --test "$sg"
	closing_waits_for 0x1b sg_start --stop "$sg"
	closing_waits_for "0x[15]5" write_through
}

is_aborted() # OPCODE
{
	grep -q "opcode=$1 step=execute aborted" "$scst/trace_cmds"
}

# Somebody marks it while it is waited for, which must not pass for its end.
test_closing_waits_for_a_command_that_is_aborted()	# as long as the device below has it
{
	local reader closer resetter
	with_slow_disk
	with_second_host
	dmsetup suspend --nolockfs --noflush slow
	sg_raw --request=512 "$sg" 28 00 00 00 00 00 00 00 01 00 &
	reader=$!
	wait_for 10 executes 0x28
	write_attr "$attrs/active" 0 &
	closer=$!
	wait_for 10 settles "$closer"
	sg_reset --no-esc --device "$sg2" &
	resetter=$!
	wait_for 10 is_aborted 0x28
	sleep "$PATIENCE"
	wait_for 5 settles "$closer"	# it looks every few microseconds, and is not asleep then
	dmsetup resume --noudevsync slow
	wait_all "$closer" "$resetter"
	wait "$reader" || true
	drop_second_host
}

# Of block 0, zeros against zeros.
compare_and_write=(89 00 00 00 00 00 00 00 00 00 00 00 00 01 00 00)

test_abort_reaches_what_waits_for_a_series()	# though the series itself has no end
{
	local first second reader
	with_slow_disk
	dmsetup suspend --nolockfs --noflush slow
	sg_raw --timeout=600 --send=1024 --infile=/dev/zero "$sg" "${compare_and_write[@]}" &
	first=$!
	wait_for 10 executes 0x89
	sg_raw --timeout=2 --send=1024 --infile=/dev/zero "$sg" "${compare_and_write[@]}" &
	second=$!
	sg_raw --timeout=2 --request=512 "$sg" 28 00 00 00 00 00 00 00 01 00 &
	reader=$!
	wait_for 20 is_over "$second"
	wait_for 20 is_over "$reader"
	executes 0x89 || fail "the series is over"
	dmsetup resume --noudevsync slow
	wait "$first"
	! wait "$second" || fail "the second one was carried out"
	! wait "$reader" || fail "the read was carried out"
}

# The error handler comes when the LUN is gone already. Whoever sent the command keeps its memory.
test_lun_goes_while_its_disk_hangs()	# the host gives nothing up that the device below still has
{
	local reader remover
	with_slow_disk
	dmsetup suspend --nolockfs --noflush slow
	sg_raw --timeout=2 --request=512 "$sg" 28 00 00 00 00 00 00 00 01 00 &
	reader=$!
	wait_for 10 executes 0x28
	unmap_lun 0 &
	remover=$!
	wait_for 10 test ! -e "$tgt/luns/0"
	wait_for 30 is_aborted 0x28
	sleep "$PATIENCE"
	kill -0 "$reader" || fail "the host has given up a command that the device has"
	dmsetup resume --noudevsync slow
	wait "$remover"
	wait "$reader" || true
	wait_for 10 idle "$host_session"
	wait_for 10 no_sdev 0
}

# The second host has the null device "other" at LUN 0, as a group of its own says; the first at LUN 1.
with_another_lun()
{
	add_null other
	map_lun other 1
	write_attr "$tgt/ini_groups/mgmt" "create second"
	write_attr "$tgt/ini_groups/second/initiators/mgmt" "add second"
	write_attr "$tgt/ini_groups/second/luns/mgmt" "add other 0"
	with_second_host
}

drop_another_lun()
{
	drop_second_host
	write_attr "$tgt/ini_groups/mgmt" "del second"
	write_attr "$tgt/luns/mgmt" clear
	del_null other
}

reads() # SG
{
	sg_raw --request=512 "$1" 28 00 00 00 00 00 00 00 01 00
}

test_hung_lun_keeps_no_reservation_of_another()	# LUNs that go together go each when it can
{
	local reader remover
	with_slow_disk
	with_another_lun
	sg_raw "$(sg_of 1)" 16 00 00 00 00 00
	assert_fails_with "Reservation Conflict" reads "$sg2"
	dmsetup suspend --nolockfs --noflush slow
	reads "$sg" &
	reader=$!
	wait_for 10 executes 0x28
	write_attr "$tgt/luns/mgmt" clear &
	remover=$!
	wait_for 30 reads "$sg2"
	dmsetup resume --noudevsync slow
	wait "$reader"
	wait "$remover"
}

# What is aborted and has not left may still reach the medium, and nobody can take it back.
test_preempt_and_abort_waits_for_a_device_that_stands()	# with a write that cannot be aborted
{
	local preempt
	write_of_a_registrant_hangs
	pr "$sg" preempt-abort --param-rk=0xa --param-sark=0xb --prout-type=1 &
	preempt=$!
	wait_for 10 executes 0x5f
	sleep "$PATIENCE"
	kill -0 "$preempt" || fail "answered while the write was there"
	write_comes_to_its_end
	wait "$preempt"
}

# That of the second host: $writer. The first one is registered, too.
write_of_a_registrant_hangs()
{
	with_slow_disk
	with_second_host
	join "$sg" 0xa
	join "$sg2" 0xb
	dmsetup suspend --nolockfs --noflush slow
	sg_raw --send=512 --infile=/dev/zero "$sg2" 2a 00 00 00 00 00 00 00 01 00 &
	writer=$!
	wait_for 10 executes 0x2a
}

write_comes_to_its_end()
{
	dmsetup resume --noudevsync slow
	wait "$writer" || true
	drop_second_host
}

is_over() # PID
{
	! kill -0 "$1"
}

# Or two hosts that preempt each other would wait for each other.
test_preempt_and_abort_ends_when_it_is_aborted()	# though what it aborted is still there
{
	local preempt
	write_of_a_registrant_hangs
	printf '\0\0\0\0\0\0\0\012\0\0\0\0\0\0\0\013\0\0\0\0\0\0\0\0' >"$tap_dir/list"
	sg_raw --timeout=2 --send=24 --infile="$tap_dir/list" "$sg" 5f 05 01 00 00 00 00 00 18 00 &
	preempt=$!
	wait_for 30 is_over "$preempt"
	if wait "$preempt"; then fail "it ended well"; fi
	is_aborted 0x2a || fail "the write was not aborted, or has left: $(cat "$scst/trace_cmds")"
	assert_eq "$(keys "$sg")" 0xa "keys"
	write_comes_to_its_end
}

test_removable_disk_is_ejected_and_loaded()	# by the initiator
{
	with_disk "filename=$files/one; removable=1"
	sg_start --eject "$sg"
	assert_fails_with "Medium not present" first_bytes
	assert_eq "$(head -1 "$attrs/active")" 0
	write_attr "$attrs/filename" "$files/two"
	sg_start --load "$sg"
	clear_unit_attentions "$sg"
	assert_eq "$(first_bytes)" two
	sg_start --eject "$sg"
	rm "$files/two"
	assert_fails_with "Device not ready" sg_start --load "$sg"
}

# As the device below is asked for it: not with the cache, and then with it off.
writes_are_durable_without_a_cache()
{
	local handler=vdisk_blockio
	rm -rf /var/lib/scst/vdev_mode_pages
	make_nullb
	with_disk "filename=$nullb"
	assert_eq "$(requests_of sg_dd if=/dev/zero of="$sg" bs=512 count=1 oflag=sgio)" WS "with the cache"
	write_through
	assert_eq "$(requests_of sg_dd if=/dev/zero of="$sg" bs=512 count=1 oflag=sgio)" WFS "without"
	drop_disk
	drop_nullb
	rm -rf /var/lib/scst/vdev_mode_pages
}

test_cache_can_be_switched_off()	# WCE of the caching page: the host does it, writes are durable then
{
	local cache
	with_disk "filename=$files/one"
	cache=$(echo "$(sdev_dir 0)"/scsi_disk/*/cache_type)
	assert_eq "$(cat "$cache")" "write back"
	echo "write through" >"$cache"
	assert_eq "$(cat "$cache")" "write through"
	sg_vpd --page=ei "$sg" | has "V_SUP=0"
	drop_disk
	with_disk "filename=$files/one"
	assert_eq "$(cat "$(sdev_dir 0)"/scsi_disk/*/cache_type)" "write through" "saved"
	drop_disk
	writes_are_durable_without_a_cache
	with_disk "filename=$files/one; write_through=1"
	cache=$(echo "$(sdev_dir 0)"/scsi_disk/*/cache_type)
	echo "write back" >"$cache" || true
	assert_eq "$(cat "$cache")" "write through"
}

# The line of the trace where the last of the commands with this opcode was executed, or done.
last_line() # execute|done OPCODE
{
	lines_with --line-number "scst_cmd_$1: .* opcode=$2 " /sys/kernel/tracing/trace |
		tail -1 | cut -d: -f1
}

test_cache_is_off_when_writes_that_used_it_are_over()	# and then it is flushed
{
	local write change
	with_slow_disk
	mountpoint -q /sys/kernel/tracing || mount -t tracefs tracefs /sys/kernel/tracing
	echo >/sys/kernel/tracing/trace
	write_attr "$scst/trace_level" "set scsi"
	dmsetup suspend --nolockfs --noflush slow
	sg_raw --send=512 --infile=/dev/zero "$sg" 2a 00 00 00 00 00 00 00 01 00 &
	write=$!
	wait_for 10 executes 0x2a
	write_through &
	change=$!
	wait_for 10 executes "0x[15]5"
	sleep "$PATIENCE"
	dmsetup resume --noudevsync slow
	wait "$write"
	wait "$change"
	write_attr "$scst/trace_level" none
	[ "$(last_line execute "0x[15]5")" -gt "$(last_line "done" 0x2a)" ] ||
		fail "flushed before the write was over"
}

two_writes_wait()
{
	[ "$(nr_lines "opcode=0x2a step=execute" "$scst/trace_cmds")" = 2 ]
}

# A write of part of a page reads the rest first, in the only thread; the others wait for that thread.
test_cache_is_switched_off_in_the_only_thread()	# which a write needs that is waited for
{
	local first change second
	with_slow_disk
	drop_disk
	handler=vdisk_fileio
	with_disk "filename=/dev/$(dmsetup info --columns --noheadings -o blkdevname slow)"
	write_attr "$attrs/threads_num" 1
	printf '\0\0\0\0\x08\x12\0\0\xff\xff\0\0\xff\xff\xff\xff' >"$tap_dir/off"	# the caching page
	truncate -s 24 "$tap_dir/off"
	echo 3 >/proc/sys/vm/drop_caches
	dmsetup suspend --nolockfs --noflush slow
	sg_raw --send=512 --infile=/dev/zero "$sg" 2a 00 00 00 00 08 00 00 01 00 &
	first=$!
	wait_for 10 executes 0x2a
	sg_raw --send=24 --infile="$tap_dir/off" "$sg" 15 10 00 00 18 00 &
	change=$!
	wait_for 10 executes 0x15
	sg_raw --send=512 --infile=/dev/zero "$sg" 2a 00 00 00 00 18 00 00 01 00 &
	second=$!
	wait_for 10 two_writes_wait
	dmsetup resume --noudevsync slow
	wait_all "$first" "$change" "$second"
	sdparm --get=WCE "$sg" | has "WCE *0"
}

not_ready()
{
	assert_fails_with "Logical unit not ready" sg_raw "$sg" 00 00 00 00 00 00
}

test_device_that_died_comes_back()	# NOT READY meanwhile, the LUN stays; under load, with its data
{
	handler=vdisk_blockio
	make_nullb
	with_disk "filename=$nullb"
	start_load "$disk" 20
	rmdir /sys/kernel/config/nullb/nullb0
	wait_for 10 not_ready
	[ -e "$tgt/luns/0" ] || fail "the LUN is gone"
	wait "$load" || true
	assert_fails_with "Logical unit not ready" first_bytes
	sg_inq "$sg"
	make_nullb
	printf new | dd of="$nullb" conv=fsync
	wait_for 10 clear_then_ready
	assert_eq "$(first_bytes)" new
	assert_eq "$(head -1 "$attrs/active")" 1
	verify_fio --bs=4k
}

# It was lost later, so it is asked for later than the first one would have been.
another_comes_back()
{
	local sg
	make_nullb nullb1
	add_disk filename=/dev/nullb1 another
	map_lun another 1
	sg=$(sg_of 1)
	clear_unit_attentions "$sg"
	rmdir /sys/kernel/config/nullb/nullb1
	wait_for 10 not_ready
	make_nullb nullb1
	wait_for 10 clear_then_ready
	write_attr "$scst/handlers/$handler/mgmt" "del_device another"
	rmdir /sys/kernel/config/nullb/nullb1
}

test_lost_device_can_be_given_up()	# active=0 ends the waiting; the disk is deleted as ever
{
	handler=vdisk_blockio
	make_nullb
	with_disk "filename=$nullb"
	rmdir /sys/kernel/config/nullb/nullb0
	wait_for 10 not_ready
	write_attr "$attrs/active" 0
	has_no_medium
	make_nullb
	another_comes_back
	has_no_medium
	drop_disk
	with_disk "filename=$nullb"
	rmdir /sys/kernel/config/nullb/nullb0
	drop_disk
}

run_tests "$@"
