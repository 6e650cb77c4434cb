#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What one initiator may have of the memory for data, in the ways that are iSCSI's own: 16 MiB for all, so
# that above 8 MiB no session gets more than 4; in `make soak` eight times as much. Each test has one that takes what it can get, and another
# one that is served all the same (memory.py has it under the same name).

. "$(dirname "$0")/hung_lib.sh"

setup_file()
{
	scale=$(amount 1 8)
	modprobe scst scst_max_cmd_mem=$((16 * scale)) scst_max_dev_cmd_mem=$((16 * scale))
	make_target
}

teardown()
{
	! dmsetup info hung >/dev/null 2>&1 || dmsetup resume --noudevsync hung
	wait_for 10 no_sessions
	write_attr "$itgt/QueuedCommands" :default:
}

teardown_file()
{
	if dmsetup info hung >/dev/null 2>&1; then
		remove_hung_lun
		return
	fi
	unload_iscsi
	rm /tmp/disk
	! mountpoint -q "$cached" || umount "$cached"
}

test_writes_without_data_leave_memory()	# room for it is made before it comes
{
	write_attr "$itgt/QueuedCommands" $((64 * scale))
	run_case writes_without_data_leave_memory
}

test_pings_leave_memory()	# whose data is to go back, and does not leave
{
	run_case pings_leave_memory
}

test_unread_answers_leave_memory()	# pages of the cache are lent, and they are charged as well
{
	cached_disk
	write_attr "$itgt/QueuedCommands" $((64 * scale))
	run_case unread_answers_leave_memory
}

test_unread_gigabytes_leave_memory()	# of reads that are larger than what is lent
{
	write_attr "$itgt/QueuedCommands" 2048
	run_case unread_gigabytes_leave_memory
}

test_memory_is_given_back()	# by what has left, and by what was aborted
{
	run_case memory_is_given_back
}

test_first_bursts_are_their_device_s()	# when they are there: of one that hangs, which may have 4 MiB of 16
{
	teardown_file
	modprobe scst scst_max_cmd_mem=16 scst_max_dev_cmd_mem=4
	make_target
	add_hung_lun
	run_case first_bursts_are_their_device_s
}

run_tests "$@"
