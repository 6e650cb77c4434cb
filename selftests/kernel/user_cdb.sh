#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# CDB mode: a device of any type whose back end is a program (docs/user-devices.md), through scst_local.
# The program does as it is told; it is a processor device, of which hosts want nothing. A tape is in
# user_tape.sh, what programs may not say in user_bad.sh.
#
# expects: initiator: scsi_

. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/../lib/scst.sh"
. "$(dirname "$0")/../lib/user.sh"

sg_io=$(dirname "$0")/sg_io.py

# In the background: $asker.
start_asking_it() # SG_RAW-ARGUMENT...
{
	sg_raw --timeout=100 "$@" >"$tap_dir/answer" 2>&1 &
	asker=$!
}

test_whole_cdbs_come()	# of whatever kind, with what the initiator moves
{
	start_client
	client_has_processor
	start_asking_it --request=1000 "$sg" d0 11 22 33 44 55 66 77 88 99
	tell "0 0 0" wait 5000
	tell d0112233445566778899 cdb 0 0
	tell "128 0 1000 1000 128" desc 0 0
	tell answer data 0 0 answer
	tell waits both 0 0 moved=600
	wait "$asker"
	grep -q "answer" "$tap_dir/answer" || fail "no data in $(cat "$tap_dir/answer")"
	printf question >"$tap_dir/question"
	start_asking_it --send=8 --infile="$tap_dir/question" "$sg" 0a 00 00 00 08 00
	tell "0 0 0" wait 5000
	tell "128 0 8 8 256" desc 0 0
	tell question see 0 0 8
	tell waits both 0 0 moved=8
	wait "$asker"
	start_asking_it "$sg" e0 00 00 00 00 00 00 00 00 00 00 00
	tell "0 0 0" wait 5000
	tell "128 0 0 0 0" desc 0 0
	tell waits both 0 0
	wait "$asker"
}

test_sense_comes_as_it_is()	# with as many bytes as were moved
{
	local text
	start_client
	client_has_processor
	python3 "$sg_io" "$sg" 1000 d0 00 00 00 00 00 00 00 00 00 >"$tap_dir/answer" &
	asker=$!
	tell "0 0 0" wait 5000
	tell ok bytes 0 0 "$(printf '11%.0s' {1..100})"
	text=72030c001122334c$(printf '80%.0s4a' {1..1})$(printf 'ab%.0s' {1..74})
	tell ok sense 0 0 "$text"
	tell waits both 0 0 result=$((84 << 8 | 2)) moved=100
	wait "$asker"
	assert_eq "$(paste -sd ' ' "$tap_dir/answer" | cut -d ' ' -f 1-3)" "02 $text 900"
}

test_statuses_come_as_they_are()	# those of a device
{
	local status
	start_client
	client_has_processor
	for status in 04 18; do
		python3 "$sg_io" "$sg" 0 e0 00 00 00 00 00 >"$tap_dir/answer" &
		asker=$!
		tell "0 0 0" wait 5000
		tell waits both 0 0 result=0x$status
		wait "$asker"
		assert_match "$(cat "$tap_dir/answer")" "^$status -"
	done
}

test_program_is_told_of_aborts()	# at once, and the reset waits for its answer
{
	local resetter
	start_client
	client_has_processor
	tell waits watch 0
	start_asking_it "$sg" e0 00 00 00 00 00
	tell "0 0 0" wait 5000
	tell none wait 500
	sg_reset --no-escalate --device "$sg" &
	resetter=$!
	tell "0 65535 0" wait 5000
	tell "128 0 0 0 64" desc 0 0
	tell waits watch 0
	kill -0 "$resetter" || fail "the reset did not wait"
	tell waits both 0 0
	wait "$resetter"
	wait "$asker" || true
}

# A command that the client hears of. Whether the attention of a reset is still there depends on whether the host
# has sent again what the reset ended: who meets it ends by it, and the next one comes.
ask_behind_a_reset()
{
	start_asking_it "$sg" e0 00 00 00 00 00
	[ "$(told wait 2000)" = none ] || return 0
	wait "$asker" || true
	start_asking_it "$sg" e0 00 00 00 00 00
	tell "0 0 0" wait 5000
}

test_prevention_that_was_aborted_does_not_count()	# a reset has made an end of it
{
	local resetter
	start_client
	client_has_processor
	tell waits watch 0
	start_asking_it "$sg" 1e 00 00 00 01 00
	tell "0 0 0" wait 5000
	sg_reset --no-escalate --device "$sg" &
	resetter=$!
	tell "0 65535 0" wait 5000
	tell waits both 0 0
	wait "$resetter"
	wait "$asker" || true
	ask_behind_a_reset
	tell e00000000000 cdb 0 0
	tell "128 0 0 0 0" desc 0 0
	tell waits both 0 0
	wait "$asker"
}

# By the core: the client hears nothing of it.
clear_unit_attention_of_it()
{
	start_asking_it "$sg" 00 00 00 00 00 00
	! wait "$asker" || fail "no unit attention"
	grep -qi "Unit Attention" "$tap_dir/answer" || fail "no unit attention in $(cat "$tap_dir/answer")"
}

test_disks_are_told_of_aborts_too()	# and what was aborted before WATCH is told by the next one
{
	local reader resetter
	start_client
	client_has_disk
	map_user_disk_of_client
	sg_raw --timeout=100 --request=512 "$sg" 28 00 00 00 00 08 00 00 01 00 >/dev/null 2>&1 &
	reader=$!
	tell "0 0 0" wait 5000
	sg_reset --no-escalate --device "$sg" &
	resetter=$!
	wait_for 10 is_flagged
	tell 0 watch 0
	tell waits watch 0
	tell waits both 0 0
	wait "$resetter"
	wait "$reader" || true
}

is_flagged()
{
	[ "$(told desc 0 0)" = "0 8 1 512 64" ]
}

test_what_a_dead_program_had_ends()	# with ABORTED COMMAND; what it had not seen with TASK ABORTED
{
	local token
	start_client
	client_has_processor recover_s=30
	token=$(told token)
	start_asking_it "$sg" e0 00 00 00 00 00
	tell "0 0 0" wait 5000
	stop_client
	! wait "$asker" || fail "it passed"
	grep -q "Aborted Command" "$tap_dir/answer" || fail "no ABORTED COMMAND in $(cat "$tap_dir/answer")"
	start_asking_it "$sg" e1 00 00 00 00 00
	wait_for 5 has_no_program
	wait_for 5 is_asking
	processor_goes_on "$token" 0x10
	! wait "$asker" || fail "what waited passed"
	grep -qi "Task Aborted" "$tap_dir/answer" || fail "no TASK ABORTED in $(cat "$tap_dir/answer")"
	clear_unit_attention_of_it
	start_asking_it "$sg" e2 00 00 00 00 00
	tell "0 0 0" wait 5000
	tell e20000000000 cdb 0 0
	tell "128 0 0 0 0" desc 0 0
	tell waits both 0 0
	wait "$asker"
}

processor_goes_on() # TOKEN FLAGS
{
	start_client
	tell ok open
	tell ok attach disk token="$1" flags="$2" type=3 ops=0 nblocks=0 block_size=0 recover_s=30
	tell ok map descs
	tell ok map arena rw
	tell ok ring
	tell waits fetch 0 0
	tell ok start
}

test_programs_may_take_what_the_last_one_had()	# if they say so; and keep what they know
{
	local token
	start_client
	client_has_processor recover_s=30 flags=0x70
	token=$(told token)
	start_asking_it "$sg" e0 00 00 00 00 00
	tell "0 0 0" wait 5000
	stop_client
	wait_for 5 has_no_program
	processor_goes_on "$token" 0x70
	tell "0 0 0" wait 5000
	tell "128 0 0 0 32" desc 0 0
	tell waits both 0 0
	wait "$asker"
	start_asking_it "$sg" 00 00 00 00 00 00
	tell "0 0 0" wait 5000
	tell waits both 0 0
	wait "$asker"
}

run_tests "$@"
