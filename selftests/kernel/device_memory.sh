#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What the commands of one device may have of the memory for data: 4 MiB of 32 here. With the scripted
# transport, which brings none, and a back end that keeps it. What a session may have is share.sh's.

. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/../lib/script.sh"

params=/sys/module/scst/parameters

setup_file()
{
	modprobe scst scst_max_cmd_mem=32 scst_max_dev_cmd_mem=4
	load_script
	modprobe scst_vdisk
	new_unit
	add_null other
	write_attr "$script_tgt/luns/mgmt" "add other 1"
	tell_attentions a 0
	tell_attentions b 0
	tell_attentions a 1
}

tell_attentions() # SESSION LUN
{
	tur "$1" 61 "$2"
	tur "$1" 62 "$2"
	tur "$1" 63 "$2"
	wait_log "$1" "cmd 63 00"
	echo >"$script_tgt/sessions/$1/log"
}

teardown_file()
{
	[ ! -d "$unit" ] || drop_units
	modprobe -r scst_vdisk
	unload_script
}

drop_units()
{
	drop_unit
	del_null other
}

setup()
{
	echo >"$ses_a/log"
	echo >"$ses_b/log"
}

read_mib() # SESSION TAG [LUN]
{
	run "$1" "cmd $2 s ${3:-0} r1048576 28 00 00 00 00 00 00 08 00 00"
}

fill_device() # with tags 1 to 4 of session a
{
	local tag
	for tag in 1 2 3 4; do
		read_mib a "$tag"
	done
	assert_held_set "1 2 3 4"
}

test_device_has_no_more_than_its_limit()	# TASK SET FULL, or BUSY if the initiator has no other command
{
	fill_device
	read_mib a 5
	wait_log a "cmd 5 28"
	read_mib b 6
	wait_log b "cmd 6 08"
	grep -q "failures *0/[1-9]" "$scst/sgv/global_stats"
	release all
	wait_for 5 idle "$ses_a"
	read_mib b 7
	assert_held_set "7"
	release all
	wait_for 5 idle "$ses_b"
}

test_longer_than_the_limit_is_served_alone()	# or it would be BUSY for ever
{
	run a "cmd 16 s 0 r8388608 28 00 00 00 00 00 00 40 00 00"
	assert_held_set "16"
	read_mib b 17
	wait_log b "cmd 17 08"
	release all
	wait_for 5 idle "$ses_a"
	read_mib b 17
	assert_held_set "17"
	run a "cmd 16 s 0 r8388608 28 00 00 00 00 00 00 40 00 00"
	wait_log a "cmd 16 08"
	release all
	wait_for 5 idle "$ses_b"
}

test_other_devices_have_theirs()	# while this one's back end keeps all
{
	fill_device
	read_mib a 8 1
	wait_log a "cmd 8 00"
	run b "cmd 9 s 0 r512 28 00 00 00 00 00 00 00 01 00"
	wait_log b "cmd 9 08"
	run b "cmd 10 s 0 n 00 00 00 00 00 00"
	wait_log b "cmd 10 00"		# needs none
	release all
	wait_for 5 idle "$ses_a"
}

test_charge_follows_a_lun()	# with a write that waits for its data: the devices end with nothing
{
	local tag
	write_attr "$ses_a/slow_data" 1
	run a "cmd 11 s 1 w1048576 2a 00 00 00 00 00 00 08 00 00"
	wait_for 5 under_way 11 "step=receive"
	write_attr "$script_tgt/luns/mgmt" "replace_no_ua unit 1" &
	wait_for 5 eval '[ "$(readlink -f "$script_tgt/luns/1/device")" = "$unit" ]'
	run a "data 11"
	wait $!
	assert_held_set "11"
	for tag in 12 13 14; do
		read_mib b "$tag"
	done
	assert_held_set "11 12 13 14"
	read_mib b 15
	wait_log b "cmd 15 28"
	release all
	wait_for 5 idle "$ses_a"
	wait_for 5 idle "$ses_b"
	write_attr "$ses_a/slow_data" 0
	fill_device
	release all
	wait_for 5 idle "$ses_a"
	write_attr "$script_tgt/luns/mgmt" "replace_no_ua other 1"
}

again_with() # PARAMETERS of scst.ko
{
	drop_units
	modprobe -r scst_vdisk
	unload_script
	# shellcheck disable=SC2086
	modprobe scst $1
}

limits()
{
	echo "$(cat "$params/scst_max_cmd_mem") $(cat "$params/scst_max_dev_cmd_mem")"
}

test_limit_is_two_fifths_of_all()	# unless it is said; more than all is as much
{
	again_with scst_max_cmd_mem=20
	assert_eq "$(limits)" "20 8"
	modprobe -r scst
	modprobe scst scst_max_cmd_mem=20 scst_max_dev_cmd_mem=5
	assert_eq "$(limits)" "20 5"
	modprobe -r scst
	modprobe scst scst_max_cmd_mem=20 scst_max_dev_cmd_mem=21
	assert_eq "$(limits)" "20 20"
	modprobe -r scst
	setup_file
}

run_tests "$@"
