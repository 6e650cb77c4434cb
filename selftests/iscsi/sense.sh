#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Sense over iSCSI: Data-In before it, its length, its residual, StatSN and ExpDataSN. The initiator
# does what it is told (sense.py has each test under the same name), a vdisk_nullio fails as it is
# told. No daemon. 40 seconds, since a device of one test is slow.

. "$(dirname "$0")/lib.sh"

here=$(dirname "$0")

setup_file()
{
	load_iscsi
	add_null disk0
	iscsi_mgmt add_target "$iqn"
	write_attr "$itgt/luns/mgmt" "add disk0 0"
	write_attr "$itgt/enabled" 1
	write_attr "$iscsi/enabled" 1
}

teardown_file()
{
	unload_iscsi
}

teardown()
{
	wait_for 10 no_sessions
	write_attr "$scst/devices/disk0/test_every" 0
	write_attr "$scst/devices/disk0/test_sense" 0/0/0
	write_attr "$scst/devices/disk0/test_short" 0
}

sense() # CASE
{
	python3 "$here/sense.py" "$iqn" "$1"
}

# LUN 1 is a device that has one command at a time.
with_one_tag() # HANDLER PARAMETERS NANOSECONDS CASE
{
	local dir=/sys/kernel/config/nullb/one_tag mgmt=$scst/handlers/$1/mgmt
	modprobe null_blk nr_devices=0
	mountpoint -q /sys/kernel/config || mount -t configfs configfs /sys/kernel/config
	mkdir "$dir"
	echo 64 >"$dir/size"
	echo 1 >"$dir/hw_queue_depth"
	echo 2 >"$dir/irqmode"
	echo "$3" >"$dir/completion_nsec"
	echo 1 >"$dir/power"
	echo none >/sys/block/one_tag/queue/scheduler	# which has tags of its own
	write_attr "$mgmt" "add_device one filename=/dev/one_tag; $2"
	write_attr "$itgt/luns/mgmt" "add one 1"
	sense "$4"
	write_attr "$mgmt" "del_device one"
	rmdir "$dir"
	modprobe -r null_blk
}

test_device_without_a_tag_is_waited_for()	# not BUSY; O_DIRECT, asynchronously, and by bios
{
	with_one_tag vdisk_fileio "o_direct=1; async=1" 10000000 device_without_a_tag_is_waited_for
	with_one_tag vdisk_blockio "" 10000000 device_without_a_tag_is_waited_for
}

test_device_without_a_tag_keeps_nobody_else()	# whose commands come by the same connection
{
	with_one_tag vdisk_fileio "o_direct=1; async=1" 5000000000 device_without_a_tag_keeps_nobody_else
	with_one_tag vdisk_blockio "" 5000000000 device_without_a_tag_keeps_nobody_else
}

test_data_comes_before_sense()	# in Data-In without status; then the response says what is missing
{
	sense data_comes_before_sense
}

test_data_comes_before_sense_with_digests()	# the same, in small segments and bursts
{
	sense data_comes_before_sense_with_digests
}

test_overflow_is_told_beside_sense()	# the device read more than there was room for before it failed
{
	sense overflow_is_told_beside_sense
}

test_failure_without_data_has_no_data_in()	# and its residual is everything
{
	sense failure_without_data_has_no_data_in
}

test_longest_sense_of_a_device_comes_whole()	# 252 bytes, and each length near it
{
	sense longest_sense_of_a_device_comes_whole
}

run_tests "$@"
