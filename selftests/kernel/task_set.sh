#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Task sets as a scripted transport sees them (module/): task attributes, QErr, TAS, task management,
# each against a back end that answers when it is told to. The order in which commands are executed is
# the order in which the back end holds them. aca.sh has ACA, unit_attentions.sh unit attentions.

. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/../lib/script.sh"

setup_file()
{
	load_script
}

setup()
{
	new_unit
}

teardown()
{
	[ ! -d "$scst/devices/other" ] || echo all >"$scst/devices/other/release"
	drop_unit
	[ ! -d "$scst/devices/other" ] || write_attr "$scst/handlers/scst_script/mgmt" "del_device other"
}

teardown_file()
{
	unload_script
}

test_ordered_waits_for_the_older_and_holds_the_younger()	# SIMPLE 1 2, ORDERED 3, SIMPLE 4
{
	read_cmd a 1 s
	read_cmd a 2 s
	read_cmd a 3 o
	read_cmd a 4 s
	assert_held "1 2"
	release 1
	assert_held "2"
	release 2
	assert_held "3"
	release 3
	assert_held "4"
	release 4
	assert_answered a 1 2 3 4
}

test_simple_commands_overtake_each_other_before_ordered()	# only the ORDERED one is a barrier
{
	read_cmd a 1 o
	read_cmd a 2 s
	read_cmd a 3 s
	assert_held "1"
	release 1
	assert_held_set "2 3"
	release 3
	wait_log a "cmd 3 00"
	release 2
	assert_answered a 1 2
}

test_head_of_queue_overtakes()	# and what is SIMPLE waits for it
{
	read_cmd a 1 o
	assert_held "1"	# or it would wait for the head of queue, too
	read_cmd a 2 s
	read_cmd a 3 h
	assert_held "1 3"
	release 1
	wait_log a "cmd 1 00"
	assert_waits 2 order
	assert_held "3"
	release 3
	assert_held "2"
	release all
	assert_answered a 2 3
}

test_restricted_reordering_keeps_the_order()	# QUEUE ALGORITHM MODIFIER 0
{
	new_unit queue_alg=0
	read_cmd a 1 s
	read_cmd a 2 s
	assert_held "1"
	release 1
	assert_held "2"
	release 2
	assert_answered a 1 2
}

test_ordered_is_a_barrier_for_its_own_nexus_only_with_tst_1()	# each nexus has its task set
{
	read_cmd a 1 s
	read_cmd a 2 o
	read_cmd b 3 s
	assert_held "1 3"
	release 3
	release 1
	assert_held "2"
	release 2
	assert_answered a 1 2
	assert_answered b 3
}

test_ordered_is_a_barrier_for_all_with_tst_0()	# one task set
{
	new_unit tst=0
	read_cmd a 1 s
	read_cmd b 2 o
	read_cmd a 3 s
	assert_held "1"
	release 1
	assert_held "2"
	release 2
	assert_held "3"
	release 3
	assert_answered a 1 3
	assert_answered b 2
}

test_write_waits_for_its_turn_with_its_data()	# an ORDERED command came before its data
{
	echo 1 >"$ses_a/slow_data"
	run a "cmd 1 s 0 w512 2a 00 00 00 00 00 00 00 01 00"
	read_cmd a 2 o
	assert_held ""
	run a "data 1"
	assert_held "1"
	release 1
	assert_held "2"
	release 2
	assert_answered a 1 2
}

# A write at LBA 6 that has not got its data, and then what COMMAND... does to it: it ends with ANSWER.
changed_while_waiting() # ANSWER COMMAND...
{
	local answer=$1
	shift
	echo 1 >"$ses_a/slow_data"
	run a "cmd 1 s 0 w512 2a 00 00 00 00 06 00 00 01 00"
	"$@"
	run a "data 1"
	wait_log a "cmd 1 $answer"
	assert_held ""
}

reserve_by_b() # ATTRIBUTE
{
	run b "cmd 1 $1 0 n 16 00 00 00 00 00"
	wait_log b "cmd 1 00"
}

test_reservation_meets_a_write_that_waits_for_its_data()	# it conflicts when its turn comes
{
	changed_while_waiting 18 reserve_by_b s
}

test_write_protection_meets_a_write_that_waits_for_its_data()	# SWP of the control page
{
	changed_while_waiting "02 7/27/02" write_attr "$unit/mode" "swp 1"
}

test_shrinking_meets_a_write_that_waits_for_its_data()	# it ends behind the last block now
{
	changed_while_waiting "02 5/21/00" write_attr "$unit/mode" "nblocks 6"
}

test_reservation_meets_a_command_that_waits_for_its_turn()	# behind an ORDERED one
{
	read_cmd a 1 o
	assert_held "1"
	read_cmd a 2 s
	reserve_by_b h
	release 1
	wait_log a "cmd 1 00"
	wait_log a "cmd 2 18"
	assert_held ""
}

test_abort_of_a_waiting_command_lets_others_go()	# it leaves without having been executed
{
	read_cmd a 1 s
	read_cmd a 2 o
	read_cmd a 3 s
	run a "tmf 1 $tmf_abort_task 0 2"
	wait_log a "tmf 1 $tmf_complete"
	wait_log a "gone 2"
	assert_held "1 3"
	release all
	assert_answered a 1 3
}

test_abort_task_is_answered_after_the_command_left()	# and not before
{
	read_cmd a 1 s
	run a "tmf 1 $tmf_abort_task 0 1"
	wait_for 5 under_way 1 aborted
	assert_no_match "$(log_of a)" "tmf 1"
	release 1
	wait_log a "tmf 1 $tmf_complete"
	assert_eq "$(log_of a | sed 's/ *$//')" "gone 1
tmf 1 $tmf_complete" "what the initiator saw"
}

test_queries_tell_what_is_there()	# QUERY TASK, QUERY TASK SET
{
	read_cmd a 1 s
	run a "tmf 1 $tmf_query_task 0 1"
	wait_log a "tmf 1 $tmf_succeeded"
	run a "tmf 2 $tmf_query_task 0 2"
	wait_log a "tmf 2 $tmf_complete"
	run a "tmf 3 $tmf_query_task_set 0"
	wait_log a "tmf 3 $tmf_succeeded"
	release 1
	wait_log a "cmd 1 00"
	run a "tmf 4 $tmf_query_task_set 0"
	wait_log a "tmf 4 $tmf_complete"
}

test_clear_task_set_tells_others_by_unit_attention()	# TST 0, TAS 0: 2Fh/00h for whom it hit
{
	new_unit tst=0
	read_cmd a 1 s
	run b "tmf 1 $tmf_clear_task_set 0"
	release_when_aborted 1
	wait_log b "tmf 1 $tmf_complete"
	wait_log a "gone 1"
	tur a 2
	wait_log a "cmd 2 02 6/2f/00"
	tur b 2
	wait_log b "cmd 2 00"
}

test_clear_task_set_tells_nobody_who_had_no_command()	# no unit attention
{
	new_unit tst=0
	run b "tmf 1 $tmf_clear_task_set 0"
	wait_log b "tmf 1 $tmf_complete"
	tur a 2
	wait_log a "cmd 2 00"
}

test_clear_task_set_with_tas_answers_task_aborted()	# status 40h, and no unit attention
{
	new_unit tst=0 tas=1
	read_cmd a 1 s
	run b "tmf 1 $tmf_clear_task_set 0"
	release_when_aborted 1
	wait_log b "tmf 1 $tmf_complete"
	wait_log a "cmd 1 40"
	tur a 2
	wait_log a "cmd 2 00"
}

is_marked() # TAG
{
	under_way "$1" "step=send aborted"
}

# It has met a good end before, and its initiator is told of that; or nobody would answer it.
test_foreign_abort_spares_what_is_answered()	# with TAS: the answer that waits leaves
{
	new_unit tst=0 tas=1
	echo 0 >"$unit/hold"
	echo 1 >"$ses_a/slow_send"
	read_cmd a 1 s
	wait_for 5 under_way 1 step=send
	run b "tmf 1 $tmf_clear_task_set 0"
	wait_for 5 is_marked 1
	run a "send 1"
	wait_log b "tmf 1 $tmf_complete"
	assert_eq "$(log_of a)" "cmd 1 00" "a's log"
}

test_nexus_reset_aborts_own_commands()	# 29h/07h for the nexus itself, nothing for others
{
	read_cmd a 1 s
	read_cmd b 2 s
	run a "tmf 1 $tmf_nexus_reset 0"
	release_when_aborted 1
	wait_log a "tmf 1 $tmf_complete"
	assert_held "2"
	tur a 3
	wait_log a "cmd 3 02 6/29/07"
	release 2
	wait_log b "cmd 2 00"
}

is_ready() # SESSION LUN
{
	echo >"$script_tgt/sessions/$1/log"
	tur "$1" 62 "$2"
	has_line "$1" "cmd 62 00"
}

reads() # session b, now
{
	read_cmd b 61 s
	is_held 61
}

test_lost_nexus_keeps_reserve_until_its_commands_left()	# and no longer: others of the session do not matter
{
	write_attr "$scst/handlers/scst_script/mgmt" "add_device other"
	write_attr "$script_tgt/luns/mgmt" "add other 1"
	echo 1 >"$scst/devices/other/hold"
	wait_for 5 is_ready a 1
	wait_for 5 is_ready b 0
	run a "cmd 1 s 0 n 16 00 00 00 00 00"
	wait_log a "cmd 1 00"
	read_cmd a 2 s
	run a "cmd 3 s 1 r512 28 00 00 00 00 00 00 00 01 00"
	run a "tmf 1 $tmf_nexus_reset 0"
	wait_for 5 under_way 2 aborted
	read_cmd b 4 s
	wait_log b "cmd 4 18"
	release 2
	wait_for 5 reads
	release 61
	write_attr "$scst/devices/other/release" 3
	wait_log a "tmf 1 $tmf_complete"
}

reset_is_told()	# as session b is told
{
	tur b 62
	has_line b "cmd 62 02 6/29"
}

reset_of_lun_1_is_told()
{
	tur b 60 1
	has_line b "cmd 60 02 6/29"
}

lun_1_is_ready()	# session b has heard all its unit attentions
{
	tur b 61 1
	has_line b "cmd 61 00"
}

test_target_reset_leaves_a_lun_alone_that_came_later()	# its mode pages stay as they were set
{
	local other=$scst/devices/other
	read_cmd b 1 s
	assert_held "1"
	run a "tmf 1 $tmf_target_reset 0"
	wait_for 5 reset_is_told
	write_attr "$scst/handlers/scst_script/mgmt" "add_device other"
	write_attr "$script_tgt/luns/mgmt" "add other 1"
	echo "tas 1" >"$other/mode"
	echo 1 >"$other/hold"
	assert_no_match "$(log_of a)" "tmf 1"
	release 1
	wait_log a "tmf 1 $tmf_complete"
	wait_for 5 lun_1_is_ready
	run b "cmd 3 s 1 r512 28 00 00 00 00 00 00 00 01 00"
	wait_for 5 eval "[ \"\$(cat $other/held)\" = 3 ]"
	run a "tmf 2 $tmf_lun_reset 1"
	wait_for 5 reset_of_lun_1_is_told
	write_attr "$other/release" 3
	wait_log b "cmd 3 40"
	wait_log a "tmf 2 $tmf_complete"
	write_attr "$scst/handlers/scst_script/mgmt" "del_device other"
}

# A command that came before a function, and one behind it: that ends the one, and waits for no other.
spares_what_is_behind() # FUNCTION
{
	new_unit tst=0
	echo 50 >"$ses_a/behind"
	read_cmd a 1 s
	read_cmd a 50 s
	assert_held "1 50"
	run a "tmf 1 $1 0 1"
	release_when_aborted 1
	wait_log a "gone 1"
	wait_log a "tmf 1 $tmf_complete"
	assert_waits 50 execute
	release 50
	wait_log a "cmd 50 00"
}

test_cmds_behind_a_tmf_are_left_alone()	# of its own session, whatever the function
{
	local function
	for function in $tmf_abort_task $tmf_abort_task_set $tmf_clear_task_set $tmf_lun_reset $tmf_target_reset \
		$tmf_nexus_reset; do
		diag "function $function"
		spares_what_is_behind "$function"
	done
}

test_cmds_behind_a_tmf_are_left_alone_at_another_lun()	# that has the same device
{
	new_unit tst=0
	write_attr "$script_tgt/luns/mgmt" "add unit 1"
	wait_for 5 is_ready a 1
	wait_for 5 is_ready a 0
	echo 50 >"$ses_a/behind"
	run a "cmd 1 s 1 r512 28 00 00 00 00 00 00 00 01 00"
	run a "cmd 50 s 1 r512 28 00 00 00 00 00 00 00 01 00"
	assert_held "1 50"
	run a "tmf 1 $tmf_lun_reset 0"
	release_when_aborted 1
	wait_log a "gone 1"
	wait_log a "tmf 1 $tmf_complete"
	assert_waits 50 execute
	release 50
	wait_log a "cmd 50 00"
}

test_tmf_knows_nothing_of_cmds_behind_it()	# though they may be there when it begins
{
	echo 50 >"$ses_a/behind"
	read_cmd a 50 s
	assert_held "50"
	run a "tmf 1 $tmf_abort_task 0 50"
	wait_log a "tmf 1 $tmf_no_task"
	run a "tmf 2 $tmf_query_task 0 50"
	wait_log a "tmf 2 $tmf_complete"
	run a "tmf 3 $tmf_query_task_set 0"
	wait_log a "tmf 3 $tmf_complete"
	release 50
	wait_log a "cmd 50 00"
}

test_qerr_0_leaves_the_others()	# a failed command is one failed command
{
	new_unit qerr=0
	read_cmd a 1 s
	read_cmd a 2 s
	write_attr "$unit/release" "1 fail"
	wait_log a "cmd 1 02"
	assert_waits 2 execute
	release 2
	wait_log a "cmd 2 00"
}

# Of two commands of a, beside one of b; the other one of a is aborted.
one_fails() # MODE=VALUE...
{
	new_unit "$@"
	read_cmd a 1 s
	read_cmd a 2 s
	read_cmd b 3 s
	write_attr "$unit/release" "1 fail"
	wait_log a "cmd 1 02"
	release all
	wait_log a "gone 2"
}

test_qerr_1_aborts_the_task_set()	# of all initiators, who are told
{
	one_fails tst=0 qerr=1
	wait_log b "gone 3"
	tur b 4
	wait_log b "cmd 4 02 6/2f/00"
	tur a 5
	wait_log a "cmd 5 00"
}

test_qerr_1_spares_the_task_sets_of_others()	# TST 1: each nexus has one of its own
{
	one_fails tst=1 qerr=1
	wait_log b "cmd 3 00"
	tur b 4
	wait_log b "cmd 4 00"
}

# The back end still has a command of a that QErr aborted when b asks for something that ends commands.
waits_for_what_qerr_aborted() # START-OF-LINE, as b sees the end; and how b asks for it
{
	new_unit tst=0 qerr=3
	pr_out a 60 00 00 00 0a
	wait_log a "cmd 60 00"
	pr_out b 60 00 00 00 0b
	wait_log b "cmd 60 00"
	read_cmd a 1 s
	read_cmd a 2 s
	assert_held "1 2"
	write_attr "$unit/release" "1 fail"
	wait_log a "cmd 1 02"
	wait_for 5 under_way 2 aborted
	"${@:2}"
	sleep 0.5
	assert_no_match "$(log_of b)" "$1"
	release 2
	wait_log a "gone 2"
	wait_log b "$1"
}

test_reset_waits_for_what_qerr_aborted()	# which may still be about to write
{
	waits_for_what_qerr_aborted "tmf 1 $tmf_complete" run b "tmf 1 $tmf_lun_reset 0"
}

test_clear_task_set_waits_for_what_qerr_aborted()	# as a reset does
{
	waits_for_what_qerr_aborted "tmf 1 $tmf_complete" run b "tmf 1 $tmf_clear_task_set 0"
}

test_preempt_and_abort_waits_for_what_qerr_aborted()	# or who is fenced may still write
{
	waits_for_what_qerr_aborted "cmd 3 00" pr_out b 3 05 01 0b 0a
}

test_qerr_is_told_though_the_failure_is_not()	# aborted before its answer left: the others are told otherwise
{
	new_unit tst=0 qerr=3
	read_cmd a 1 s
	read_cmd a 2 s
	echo 1 >"$ses_a/slow_send"
	write_attr "$unit/release" "1 fail"
	wait_for 5 under_way 1 "step=send"
	run a "tmf 1 $tmf_abort_task 0 1"
	wait_for 5 is_marked 1
	run a "send 1"
	echo 0 >"$ses_a/slow_send"
	wait_log a "gone 1"
	wait_log a "tmf 1 $tmf_complete"
	release 2
	wait_log a "gone 2"
	tur a 9
	wait_log a "cmd 9 02 6/2f/02"
}

# Each aborts the other, unless one is first.
test_one_of_two_failures_is_told()	# at the same time, with QErr
{
	local i a b
	new_unit tst=0 qerr=3
	for i in $(seq 30); do	# as many tags as there are
		a=$((2 * i)) b=$((2 * i + 1))
		read_cmd a $a s
		read_cmd a $b s
		assert_held "$a $b"
		write_attr "$unit/release" "$a fail" &
		write_attr "$unit/release" "$b fail"
		wait "$!"
		wait_log a "\(cmd\|gone\) $a"
		wait_log a "\(cmd\|gone\) $b"
		has "cmd \($a\|$b\) 02" <<<"$(log_of a)" || fail "round $i: $(log_of a)"
	done
}

test_qerr_3_aborts_commands_of_that_nexus()	# and no others
{
	one_fails tst=0 qerr=3
	wait_log b "cmd 3 00"
}

run_tests "$@"
