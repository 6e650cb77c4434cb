#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Auto contingent allegiance (SAM-6 5.9), as a scripted transport sees it (module/): who is refused,
# what waits, and what ends it.

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
	drop_unit
}

teardown_file()
{
	unload_script
}

test_failure_with_naca_establishes_aca()	# others of the nexus: ACA ACTIVE, until it is cleared
{
	naca_fails a 1
	read_cmd a 2 s
	wait_log a "cmd 2 30"
	read_cmd a 3 a
	assert_held "3"
	release 3
	wait_log a "cmd 3 00"
	run a "tmf 1 $tmf_clear_aca 0"
	wait_log a "tmf 1 $tmf_complete"
	tur a 4
	wait_log a "cmd 4 00"
}

test_aca_holds_back_what_was_waiting()	# and CLEAR ACA lets it go
{
	read_cmd a 5 s
	read_cmd a 6 o
	naca_fails a 1
	release 5
	assert_answered a 5
	assert_waits 6 order
	assert_held ""
	run a "tmf 1 $tmf_clear_aca 0"
	wait_log a "tmf 1 $tmf_complete"
	assert_held "6"
	release 6
	assert_answered a 6
}

test_aca_of_a_shared_task_set_refuses_others()	# BUSY, or ACA ACTIVE with NACA; not their CLEAR ACA
{
	new_unit tst=0
	naca_fails a 1
	tur b 1
	wait_log b "cmd 1 08"
	run b "cmd 2 s 0 n 00 00 00 00 00 04"
	wait_log b "cmd 2 30"
	run b "tmf 1 $tmf_clear_aca 0"
	wait_log b "tmf 1 $tmf_rejected"
	run b "tmf 2 $tmf_lun_reset 0"
	wait_log b "tmf 2 $tmf_complete"
	tur b 3
	wait_log b "cmd 3 02 6/29/00"
	tur b 4
	wait_log b "cmd 4 00"
}

# Writes whose data come during the condition. The ORDERED command has the task set on before them.
test_reset_ends_what_an_aca_held_back()	# it does not reach the medium any more
{
	local tag
	echo 1 >"$ses_a/slow_data"
	read_cmd a 9 o
	assert_held "9"
	for tag in {10..40}; do
		run a "cmd $tag s 0 w512 2a 00 00 00 00 00 00 00 01 00"
	done
	release 9
	assert_answered a 9
	naca_fails a 1
	for tag in {10..40}; do
		run a "data $tag"
	done
	assert_waits 40 order
	run a "tmf 1 $tmf_lun_reset 0"
	wait_log a "tmf 1 $tmf_complete"
	for tag in {10..40}; do
		wait_log a "gone $tag"
	done
	assert_held ""
}

test_clear_aca_aborts_the_commands_of_the_condition()	# those with the ACA attribute, as ABORT TASK would
{
	naca_fails a 1
	read_cmd a 2 a
	assert_held "2"
	run a "tmf 1 $tmf_clear_aca 0"
	wait_for 5 under_way 2 aborted
	assert_no_match "$(log_of a)" "tmf 1"
	release 2
	wait_log a "gone 2"
	wait_log a "tmf 1 $tmf_complete"
	tur a 3
	wait_log a "cmd 3 00"
}

test_clear_aca_tells_the_transport()	# that it need not wait for data of a command that it aborts
{
	naca_fails a 1
	echo 1 >"$ses_a/slow_data"
	run a "cmd 2 a 0 w512 2a 00 00 00 00 00 00 00 01 00"
	assert_waits 2 receive
	run a "tmf 1 $tmf_clear_aca 0"
	wait_for 5 under_way 2 aborted
	run a "data 2 fail"
	wait_log a "gone 2"
	wait_log a "tmf 1 $tmf_complete"
	write_attr "$script/mgmt" "del_session t a"
	assert_match "$(cat "$script/lost")" "aborted" "what the transport was told"
}

test_clear_aca_leaves_a_command_behind_it_alone()	# as any function does
{
	echo 50 >"$ses_a/behind"
	naca_fails a 1
	read_cmd a 50 a
	assert_held "50"
	run a "tmf 1 $tmf_clear_aca 0"
	wait_log a "tmf 1 $tmf_complete"
	assert_waits 50 execute
	release 50
	wait_log a "cmd 50 00"
}

# The only way out for others when whoever has failed is dead.
test_preempt_and_abort_ends_an_aca_condition()	# of whom it preempts
{
	new_unit tst=0
	pr_out a 1 00 00 00 0a
	wait_log a "cmd 1 00"
	pr_out b 1 00 00 00 0b
	wait_log b "cmd 1 00"
	naca_fails a 2
	tur b 2
	wait_log b "cmd 2 08"
	pr_out b 3 05 01 0b 0a
	wait_log b "cmd 3 00"
	tur b 4
	wait_log b "cmd 4 00"
	tur a 5
	wait_log a "cmd 5 02 6/2a/05"
}

aca_is_over()	# of a, as b sees it
{
	tur b 60
	has_line b "cmd 60 00"
}

# It waits for a command that hangs, and has not the ACA attribute.
test_preempt_and_abort_outlives_an_aca_of_its_own_nexus()	# nor does it keep commands out of that
{
	new_unit tst=0
	pr_out a 1 00 00 00 0a
	wait_log a "cmd 1 00"
	pr_out b 1 00 00 00 0b
	wait_log b "cmd 1 00"
	read_cmd a 9 s
	assert_held "9"
	naca_fails a 2
	pr_out b 3 05 01 0b 0a
	wait_for 5 aca_is_over
	naca_fails b 4
	read_cmd b 5 a
	assert_held "9 5"
	release 5
	wait_log b "cmd 5 00"
	run b "tmf 1 $tmf_clear_aca 0"
	wait_log b "tmf 1 $tmf_complete"
	assert_held "9"
	release 9
	wait_log b "cmd 3 00"
}

test_aca_attribute_without_aca_is_refused()	# INVALID MESSAGE ERROR
{
	read_cmd a 1 a
	wait_log a "cmd 1 02 5/49/00"
}

test_tmf_only_refuses_aca_commands()	# ACA ACTIVE
{
	new_unit tmf_only=1
	naca_fails a 1
	read_cmd a 2 a
	wait_log a "cmd 2 30"
	run a "tmf 1 $tmf_clear_aca 0"
	wait_log a "tmf 1 $tmf_complete"
}

# Of a, while b has the same disk by way of the target's own LUNs.
test_lun_that_goes_has_no_aca()	# with one task set it would keep all others out until it has gone
{
	local remover
	new_unit tst=0
	write_attr "$script_tgt/ini_groups/mgmt" "create g"
	write_attr "$script_tgt/ini_groups/g/luns/mgmt" "add unit 0"
	write_attr "$script_tgt/ini_groups/g/initiators/mgmt" "add a"
	tur a 61
	wait_log a "cmd 61 02 6/3f/0e"
	read_cmd a 1 s
	run a "cmd 2 h 0 r512 28 00 00 00 00 00 00 00 01 04"
	assert_held "1 2"
	write_attr "$script_tgt/ini_groups/g/luns/mgmt" "del 0" &
	remover=$!
	wait_for 5 test ! -e "$script_tgt/ini_groups/g/luns/0"
	write_attr "$unit/release" "2 fail"
	wait_log a "cmd 2 02 3/11/00"
	tur b 3
	wait_log b "cmd 3 00"
	release 1
	wait "$remover"
}

run_tests "$@"
