#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# A back end that does not answer, and initiators that make of that what they can: others, at LUNs with
# another one, are served all the same (hung.py has each test under the same name).
#
# The disk is one that hangs, or the file system where the core keeps what has to survive.
#
# After half a minute the core says what it waits for, and one test takes that long. 100 seconds.
# expects: LUN [12] is waited for without end, at execute
# What is torn down below a disk:
# expects: I/O error, dev dm-
# boot: --parallel

. "$(dirname "$0")/hung_lib.sh"

case_timeout=240
kept=/var/lib/scst

setup_file()
{
	make_target
	add_hung_lun
	write_attr "$scst/handlers/vdisk_fileio/mgmt" \
		"add_device hungfile filename=$(head -1 "$scst/devices/hung/filename"); o_direct=1"
	write_attr "$itgt/luns/mgmt" "add hungfile 2"
	truncate -s 1M /tmp/removable
	add_file_disk removable "/tmp/removable; removable=1"
	write_attr "$itgt/luns/mgmt" "add removable 3"
}

teardown_file()
{
	rm /tmp/removable
	remove_hung_lun
}

teardown()
{
	answer_and_end
	write_attr "$itgt/MaxSessions" 0
	thaw_if_any "$kept"
	! mountpoint -q "$kept" || umount "$kept"
}

test_logins_and_ends_go_on()	# of others, when 300 sessions end and are logged in again, and cannot
{
	run_case logins_and_ends_go_on
}

test_sessions_that_cannot_end_are_limited()	# 128 of an InitiatorName, so that memory is
{
	run_case sessions_that_cannot_end_are_limited
}

test_those_of_many_names_are_limited()	# by MaxSessions, which may not count them either
{
	run_case sessions_of_many_names_that_cannot_end_are_limited
}

test_threads_of_others_go_on()	# when 1320 commands sleep in a back end
{
	run_case threads_of_others_go_on
}

test_task_management_goes_on()	# at other LUNs, when 16 initiators wait for 16 functions each
{
	run_case task_management_goes_on
}

test_held_write_keeps_nobody_else()	# of its connection, when it goes on and its disk has hung meanwhile
{
	run_case held_write_keeps_nobody_else
}

test_login_waits_for_its_predecessor()	# until the back end answers, and no longer
{
	run_case login_waits_for_its_predecessor
}

test_whoever_waits_for_a_hung_disk_says_so()	# after half a minute
{
	run_case whoever_waits_for_a_hung_disk_says_so
}

test_dead_session_prevents_no_removal()	# of a medium that is well: its command is elsewhere
{
	run_case dead_session_prevents_no_removal
}

test_dead_session_keeps_no_reservation()	# of a LUN that is well: its command is elsewhere
{
	run_case dead_session_keeps_no_reservation
}

test_logout_is_answered_when_it_is_true()	# with a command at a disk that hangs, and a reservation elsewhere
{
	run_case logout_is_answered_when_it_is_true
}

test_what_is_being_saved_keeps_nobody_else()	# whoever asks for it is answered at other LUNs
{
	mount_image "$kept"
	run_case what_is_being_saved_keeps_nobody_else
}

test_others_keep_their_rate()	# and their functions and reservations, whatever is done to the hung one
{
	run_case others_keep_their_rate
}

test_removals_end_when_the_disk_is_torn_down()	# and so do the commands
{
	run_case removals_end_when_the_disk_is_torn_down
}

run_tests "$@"
