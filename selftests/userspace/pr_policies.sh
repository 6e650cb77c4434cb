#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The policies about persistent reservations, as an administrator uses them: pr_guard,
# pr_backup_reader, and pr_dump with scst-bpfd, which writes the files. d0 is what is reserved; the
# host is $sg0, a second initiator, guest, is $guest.
#
# Disks go, or are hidden, while the host looks at them:
# expects: disks that go
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/../lib/pr.sh"

mgmt=$scst/targets/scst_local/mgmt
dumps=$tap_dir/dumps
device=$scst/devices/d0

setup_file()
{
	mountpoint -q /sys/fs/bpf || mount -t bpf bpf /sys/fs/bpf
	load_scst
	plug
	write_attr "$mgmt" "add_session scst_local_tgt guest"
}

plug()
{
	add_null d0
	write_attr "$device/usn" SN:1
	map_lun d0 0
}

setup()
{
	sg0=$(sg_of 0)
	guest=$(sg_of 0 "$tgt/sessions/guest")
	clear_ua "$sg0"
	clear_ua "$guest"
}

teardown()
{
	unload_all
	[ -e "$device" ] || plug
	[ -e "$tgt/luns/0" ] || map_lun d0 0
	sg0=$(sg_of 0)
	clear_ua "$sg0"
	pr "$sg0" register-ignore --param-sark=0xdead
	pr "$sg0" clear --param-rk=0xdead
	rm -rf "$dumps"
}

test_pr_guard_lets_only_the_cluster_take_away()	# under load: the host is none of it, guest is
{
	start_load "$(disk_of 0)" 60
	scstctl policy load pr_guard rule='initiator=gu*,action=allow'
	join "$sg0" 0xa
	join "$guest" 0xb
	assert_conflict pr "$sg0" preempt --param-rk=0xa --param-sark=0xb
	assert_conflict pr "$sg0" preempt-abort --param-rk=0xa --param-sark=0xb
	assert_conflict pr "$sg0" clear --param-rk=0xa
	assert_eq "$(keys "$guest")" "0xa 0xb"
	pr "$sg0" reserve --param-rk=0xa --prout-type=1
	pr "$sg0" release --param-rk=0xa --prout-type=1
	pr "$guest" preempt-abort --param-rk=0xb --param-sark=0xa --prout-type=1
	assert_eq "$(keys "$guest")" "0xb"
	assert_match "$(cat "$policies/pr_guard/verdicts")" "refuse=3$" verdicts
	end_load
}

test_pr_guard_refuses_by_rule()	# the first that matches; everybody else may
{
	scstctl policy load pr_guard default_allow=true rule='initiator=guest,device=d0,action=refuse'
	join "$guest" 0xb
	assert_conflict pr "$guest" clear --param-rk=0xb
	join "$sg0" 0xa
	pr "$sg0" clear --param-rk=0xa
	assert_eq "$(keys "$sg0")" ""
	clear_ua "$guest"
}

test_pr_backup_reader_reads_and_nothing_else()	# under exclusive access of the host, which is at work
{
	join "$sg0" 0xa
	pr "$sg0" reserve --param-rk=0xa --prout-type=3
	start_load "$(disk_of 0)" 60
	assert_conflict read_block "$guest"
	scstctl policy load pr_backup_reader rule=initiator=guest
	read_block "$guest" >/dev/null
	assert_conflict write_block "$guest"
	assert_conflict pr "$guest" reserve --param-rk=0 --prout-type=3
	assert_match "$(cat "$policies/pr_backup_reader/state")" "^active"
	scstctl policy update pr_backup_reader rule=initiator=other
	wait_for 10 assert_conflict read_block "$guest"
	end_load
}

config_with_dumps()
{
	jq -n "{ policies: [{ object: \"pr_dump\" }], pr_dumps: { directory: \"$dumps\" } }" >"$config"
}

dump_is_state()
{
	cmp "$dumps/SN_1" "$device/pr_state"
}

# What the last event about a dump says of why it was made.
reasons()
{
	grep '"event":"pr_dump"' "$daemon_log.out" | tail -1 | jq -r '.reasons | join(" ")'
}

told_of() # REASONS
{
	[ "$(reasons)" = "$1" ]
}

test_pr_dump_writes_what_happens()	# under load: registration, preempt, reset, lost session, request
{
	start_load "$(disk_of 0)" 60
	config_with_dumps
	start_daemon --print-events
	join "$sg0" 0xa
	wait_for 10 told_of change
	dump_is_state
	assert_match "$(cat "$dumps/SN_1")" "registrant 1 000000000000000a 0"
	join "$guest" 0xb
	wait_for 10 dump_is_state
	pr "$sg0" preempt --param-rk=0xa --param-sark=0xb
	wait_for 10 told_of "change preempt"
	dump_is_state
	sg_reset --device "$sg0"
	wait_for 10 told_of reset
	clear_ua "$sg0"
	clear_ua "$guest"
	write_attr "$device/dump_prs" 1
	wait_for 10 told_of request
	join "$guest" 0xb
	wait_for 10 told_of change
	write_attr "$mgmt" "del_session scst_local_tgt guest"
	wait_for 10 told_of session
	write_attr "$mgmt" "add_session scst_local_tgt guest"
	assert_eq "$(ls -A "$dumps")" SN_1
	end_load
}

test_pr_dump_follows_an_update()	# of the policy, by scstctl: its new ring is read
{
	local lost
	lost=$(cat "$policies/pr_dumps_lost")
	config_with_dumps
	start_daemon --print-events
	join "$sg0" 0xa
	wait_for 10 told_of change
	scstctl policy update --force pr_dump
	join "$guest" 0xb
	wait_for 10 dump_is_state
	assert_match "$(cat "$dumps/SN_1")" "registrant 1 000000000000000b"
	assert_eq "$(cat "$policies/pr_dumps_lost")" "$lost" "lost dumps"
}

test_pr_dump_that_cannot_be_written_is_tried_again()
{
	config_with_dumps
	: >"$dumps"		# no directory
	start_daemon --print-events
	join "$sg0" 0xa
	wait_for 10 grep -q '"event":"pr_dump".*"error"' "$daemon_log.out"
	rm "$dumps"
	wait_for 20 dump_is_state
}

test_pr_dump_of_a_device_that_goes()	# it has its state still
{
	local before
	config_with_dumps
	start_daemon --print-events
	join "$sg0" 0xa
	before=$(cat "$device/pr_state")
	del_null d0
	wait_for 10 grep -q '"detach"' "$daemon_log.out"
	assert_eq "$(cat "$dumps/SN_1")" "$before"
}

# 1000 registrants: about 80 kB of text.
large_state()
{
	local i
	printf 'version 1\ngeneration 7\n'
	for i in $(seq 1000); do
		printf 'registrant 1 %016x 0 24 06000000%016x%024x\n' "$i" "$i" 0
	done
}

offered() # VERDICT TIMES
{
	[ "$(grep -o "$1=[0-9]*" "$policies/pr_dump/verdicts" | cut -d= -f2)" -ge "$2" ]
}

lost_more_than() # NUMBER
{
	[ "$(cat "$policies/pr_dumps_lost")" -gt "$1" ]
}

test_pr_dump_for_chosen_reasons()	# on request only
{
	scstctl policy load pr_dump reasons=32
	join "$sg0" 0xa
	wait_for 5 offered skip 1
	assert_match "$(cat "$policies/pr_dump/verdicts")" "done=0 " verdicts
	write_attr "$device/dump_prs" 1
	wait_for 5 offered "done" 1
}

test_pr_dump_waits_for_room_in_the_ring()	# offered again; lost is counted; the newest state comes
{
	local lost taken
	unmap_lun 0
	wait_for 10 no_sdev 0
	large_state >"$tap_dir/state"
	cat "$tap_dir/state" >"$device/pr_state"
	lost=$(cat "$policies/pr_dumps_lost")
	scstctl policy load pr_dump
	until offered retry 1; do
		write_attr "$device/dump_prs" 1
		sleep 0.1
	done
	taken=$(grep -o 'done=[0-9]*' "$policies/pr_dump/verdicts" | cut -d= -f2)
	[ "$taken" -gt 5 ] || fail "the ring was full after $taken dumps"
	wait_for 20 lost_more_than "$lost"
	write_attr "$device/dump_prs" 1
	config_with_dumps
	start_daemon --print-events
	write_attr "$device/dump_prs" 1		# should the daemon have taken too long
	wait_for 10 offered "done" $((taken + 1))
	wait_for 10 dump_is_state
	map_lun d0 0
	wait_for 10 sdev_dir 0
}

test_pr_dump_that_cannot_be_written_is_told()	# in the journal and as an event
{
	config_with_dumps
	: >"$dumps"
	start_daemon --print-events
	join "$sg0" 0xa
	wait_for 10 daemon_says "persistent reservations of d0 are not in $dumps/SN_1: Not a directory"
	grep -q '"error":"Not a directory"' "$daemon_log.out"
}

run_tests "$@"
