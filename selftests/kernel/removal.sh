#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Taking things away while they are used. Each removal waits for the commands that are under way,
# refuses what comes after, and leaves nothing behind.
#
# Disks go under load:
# expects: disks that go
# boot: --parallel

. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/../lib/scst.sh"

setup()
{
	load_scst
	add_null disk0
	map_lun disk0 0
	disk=$(disk_of 0)
}

teardown()
{
	unload_scst
	[ ! -e "$scst" ] || fail "$scst is still there"
}

test_lun_is_unmapped_under_load()	# the disk goes, the device stays
{
	start_load "$disk" 20
	unmap_lun 0
	wait_for 10 no_sdev 0
	load_ended
	[ -d "$scst"/devices/disk0 ]
	[ ! -e "$tgt"/luns/0 ]
}

test_device_is_deleted_under_load()	# with its mapping
{
	start_load "$disk" 20
	del_null disk0
	[ ! -e "$scst"/devices/disk0 ]
	[ ! -e "$tgt"/luns/0 ]
	wait_for 10 no_sdev 0
	load_ended
}

# The host may be looking at its LUNs, so only READ counts.
is_read()
{
	grep -q "opcode=0x28 step=execute" "$scst/trace_cmds"
}

test_device_deletion_waits_for_slow_commands()	# it is not gone before they are
{
	local reader
	write_attr "$scst"/devices/disk0/delay_ms $((3000 * PATIENCE))
	dd if="$disk" of=/dev/null bs=4k count=1 iflag=direct &
	reader=$!
	wait_for 10 is_read
	del_null disk0
	! is_read || fail "deleted with a command under way"
	wait "$reader" || fail "the read that was under way failed"
}

test_session_is_deleted_under_load()	# the host goes, the other one does not notice
{
	local second=$tgt/sessions/second
	write_attr "$scst"/targets/scst_local/mgmt "add_session scst_local_tgt second"
	start_load "$(disk_of 0 "$second")" 20
	write_attr "$scst"/targets/scst_local/mgmt "del_session scst_local_tgt second"
	[ ! -e "$second" ]
	load_ended
	dd if="$disk" of=/dev/null bs=4k count=16 iflag=direct
}

test_target_is_deleted_under_load()	# sessions, mappings and all
{
	start_load "$disk" 20
	write_attr "$scst"/targets/scst_local/mgmt "del_target scst_local_tgt"
	[ ! -e "$tgt" ]
	[ -d "$scst"/devices/disk0 ]
	[ "$(ls "$scst"/devices/disk0/exported)" = "" ]
	load_ended
}

calls_itself() # DEVICE
{
	sg_inq "$(sg_of 0)" | has "Product identification: $1 *\$"
}

test_lun_is_replaced_under_load()	# again and again: no command fails, and the old device is free
{
	local i
	add_null disk1 "size_mb=64; read_zero=1"
	start_load "$disk" 20
	for i in $(seq 40); do
		write_attr "$tgt/luns/mgmt" "replace disk1 0"
		write_attr "$tgt/luns/mgmt" "replace_no_ua disk0 0"
	done
	write_attr "$tgt/luns/mgmt" "replace disk1 0"
	wait "$load" || fail "fio: $(cat "$tap_dir/fio.log")"
	wait_for 10 calls_itself disk1
	dd if="$disk" of="$tap_dir/zeros" bs=64k count=1 iflag=direct
	cmp -n 65536 "$tap_dir/zeros" /dev/zero
	[ "$(basename "$(readlink "$tgt"/luns/0/device)")" = disk1 ]
	[ "$(ls "$scst"/devices/disk0/exported)" = "" ]
	del_null disk0
}

test_session_changes_its_group_under_load()	# to another device at the LUN, and back
{
	local i group=$tgt/ini_groups/other
	add_null disk1
	write_attr "$tgt/ini_groups/mgmt" "create other"
	write_attr "$group/luns/mgmt" "add disk1 0"
	start_load "$disk" 20
	for i in $(seq 40); do
		write_attr "$group/initiators/mgmt" "add scst_local_host"
		write_attr "$group/initiators/mgmt" "del scst_local_host"
	done
	wait "$load" || fail "fio: $(cat "$tap_dir/fio.log")"
}

test_held_commands_follow_their_lun()	# block, replace: what waited is carried out by the new device
{
	add_null disk1
	write_attr "$scst/devices/disk0/block" 1
	dd if="$disk" of=/dev/null bs=4k count=1 iflag=direct &
	wait_for 10 grep -q step=lookup "$scst/trace_cmds"
	write_attr "$tgt/luns/mgmt" "replace_no_ua disk1 0"
	wait $! || fail "the read that was held failed"
	write_attr "$scst/devices/disk0/block" 0
}

test_modules_leave_after_load()	# rmmod, with devices and LUNs in place
{
	start_load "$disk" 3
	wait "$load" || fail "fio: $(cat "$tap_dir/fio.log")"
	unload_scst
	assert_no_match "$(cut -d" " -f1 /proc/modules)" "scst"
	load_scst
}

test_module_in_use_stays()	# rmmod of a module whose disk is open is refused
{
	exec 9<"$disk"
	assert_fails_with "in use" rmmod scst_local
	exec 9<&-
}

test_configuration_storm_under_load()	# map, unmap, add, delete beside running I/O
{
	local i
	start_load "$disk" 15
	for i in $(seq 25); do
		add_null storm "size_mb=16"
		map_lun storm 1
		map_lun storm 2
		unmap_lun 1
		del_null storm
	done
	wait "$load" || fail "fio: $(cat "$tap_dir/fio.log")"
	[ ! -e "$tgt"/luns/2 ]
}

run_tests "$@"
