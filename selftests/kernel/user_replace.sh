#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# A LUN of a disk whose back end is a program leads to another device, while commands wait for the
# program, or it has them (docs/user-devices.md). Nobody notices, not even a program that takes its time.
#
# One command lasts too long for its host:
# expects: disks that go
# expects: initiator: scsi_

. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/../lib/scst.sh"
. "$(dirname "$0")/../lib/user.sh"

setup_file()
{
	load_user
	add_null other
}

teardown_file()
{
	del_null other
	unload_user
}

teardown()
{
	[ ! -e "$tgt/luns/0" ] || unmap_lun 0
	drop_user_disk
}

# Readers of one block each: $readers.
start_readers() # NUMBER
{
	local i
	readers=()
	for ((i = 0; i < $1; i++)); do
		sg_raw --timeout=100 --request=512 "$sg" 28 00 00 00 00 08 00 00 01 00 >"$tap_dir/read.$i" 2>&1 &
		readers+=($!)
	done
}

readers_pass()
{
	local reader
	for reader in "${readers[@]}"; do
		wait "$reader" || fail "a read failed: $(cat "$tap_dir"/read.*)"
	done
}

has_commands() # NUMBER
{
	[ "$(cat "$host_session/active_commands")" -ge "$1" ]
}

start_replace()
{
	write_attr "$tgt/luns/mgmt" "replace_no_ua other 0" &
	replace=$!
	wait_for 5 leads_elsewhere
}

leads_elsewhere()
{
	[ "$(basename "$(readlink "$tgt/luns/0/device")")" = other ]
}

# The client has one command, and as many wait for it as there are readers left.
client_is_busy() # NUMBER
{
	start_client
	client_has_disk
	map_user_disk_of_client
	start_readers "$1"
	tell "0 0 0" wait 5000
	wait_for 5 has_commands "$1"
}

answer_all_that_wait()
{
	while [ "$(told both 0 0)" != waits ]; do
		:
	done
}

test_what_waits_for_its_turn_is_carried_out()	# by the program, which is there
{
	client_is_busy 8
	start_replace
	sleep 1			# some looks at what waits
	answer_all_that_wait
	readers_pass
	wait "$replace"
}

test_program_has_its_time()	# nothing was aborted
{
	client_is_busy 1
	start_replace
	sleep 12		# more than it has for what was
	answer_all_that_wait
	readers_pass
	wait "$replace"
	assert_eq "$(disk_attr state)" serving
}

test_what_is_parked_goes_to_the_other_device()	# at once, and without an error
{
	start_client
	client_has_disk recover_s=60
	map_user_disk_of_client
	stop_client
	wait_for 5 has_no_program
	start_readers 3
	wait_for 5 has_commands 3
	start_replace
	readers_pass
	wait "$replace"
}

test_what_was_perhaps_done_does_not_come_again()	# it was to be the next program's; with BUSY it is done twice
{
	local asker
	start_client
	client_has_processor recover_s=60 flags=0x70
	sg_raw --timeout=100 "$sg" e0 00 00 00 00 00 >"$tap_dir/answer" 2>&1 &
	asker=$!
	tell "0 0 0" wait 5000
	stop_client
	wait_for 5 has_no_program
	start_replace
	! wait "$asker" || fail "it passed"
	grep -q "Aborted Command" "$tap_dir/answer" || fail "no ABORTED COMMAND in $(cat "$tap_dir/answer")"
	wait "$replace"
}

read_in_vain()
{
	! sg_raw --timeout=2 --request=512 "$sg" 28 00 00 00 00 10 00 00 01 00
}

test_unseen_command_leaves_at_once()	# when it is aborted; it is not the program that hangs
{
	start_client
	client_has_disk
	map_user_disk_of_client
	tell waits fetch 0 1
	start_readers 1
	tell "0 1 0" wait 5000
	kill -STOP "$client_pid"		# its thread cannot come to see the next one
	read_in_vain
	sleep 11
	kill -CONT "$client_pid"
	tell EBUSY fetch 0 0		# it still is
	tell waits both 0 1
	readers_pass
	assert_eq "$(disk_attr state)" serving
}

run_tests "$@"
