#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What ends a task set, an ACA condition, and the commands that wait in them, other than their turn: the
# session or the LUN goes, the nexus is reset, nothing is ordered any more. With the scripted
# transport and back end (module/); task_set.sh has what goes on in them.

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

test_session_goes_while_its_commands_wait()	# nothing hangs
{
	read_cmd a 1 s
	read_cmd a 2 o
	read_cmd a 3 s
	write_attr "$script/mgmt" "del_session t a" &
	wait_for 5 [ ! -d "$ses_a" ]
	write_attr "$unit/release" all
	wait $!
	[ ! -d "$ses_a" ]
}

test_session_goes_while_a_target_reset_waits()	# which looks for the next LUN when all of them have gone
{
	read_cmd a 1 s
	assert_held "1"
	run a "tmf 1 $tmf_target_reset 0"
	wait_for 5 under_way 1 aborted
	write_attr "$script/mgmt" "del_session t a" &
	wait_for 5 [ ! -d "$ses_a" ]
	sleep "$PATIENCE"	# what has nothing to wait for is freed
	release 1
	wait $!
}

is_over() # PID
{
	! kill -0 "$1" 2>/dev/null
}

test_session_goes_while_its_lun_goes()	# its command waits behind one of another initiator, and need not
{
	local remover closer
	new_unit tst=0
	read_cmd b 1 o
	assert_held "1"
	read_cmd a 2 s
	assert_waits 2 order
	write_attr "$script_tgt/luns/mgmt" "del 0" &
	remover=$!
	wait_for 5 test ! -e "$script_tgt/luns/0"
	write_attr "$script/mgmt" "del_session t a" &
	closer=$!
	wait_for 10 is_over "$closer"
	assert_held "1"
	release 1
	wait_all "$remover" "$closer"
}

test_lun_goes_while_an_aca_holds_commands()	# nothing hangs
{
	read_cmd a 5 s
	read_cmd a 6 o
	naca_fails a 1
	release 5
	write_attr "$unit/hold" 0
	write_attr "$script_tgt/luns/mgmt" "del 0"
	wait_log a "cmd 6 00"
}

test_nexus_reset_ends_an_aca_condition()	# of whoever asks for it; others of the task set go on
{
	new_unit tst=0
	naca_fails a 1
	tur b 1
	wait_log b "cmd 1 08"
	run a "tmf 1 $tmf_nexus_reset 0"
	wait_log a "tmf 1 $tmf_complete"
	tur a 2
	wait_log a "cmd 2 02 6/29/07"
	tur a 3
	wait_log a "cmd 3 00"
	tur b 4
	wait_log b "cmd 4 00"
}

# A task set is off when for some seconds nothing was ordered. Those who come then know nothing of it, and an
# ORDERED command has to wait for them all the same.
test_task_set_is_there_again_when_something_is_ordered()	# long after the last time
{
	local i
	for i in 1 2; do
		read_cmd a 1 s
		assert_held "1"
		read_cmd a 2 o
		read_cmd a 3 s
		assert_waits 2 order
		assert_waits 3 order
		release 1
		assert_held "2"
		release 2
		assert_held "3"
		release 3
		wait_log a "cmd 3 00"
		echo >"$ses_a/log"
		[ "$i" = 2 ] || sleep 6		# RETIRE_AFTER, twice and more
	done
}

test_reserve_goes_with_its_nexus_whenever_the_last_command_ends()	# before, while or after it is looked at
{
	local late=/sys/kernel/debug/scst/tags/done status=0
	[ ! -e "$late" ] || echo 1 >"$late"
	"${0%/*}"/nexus_race.py "$ses_a" "$ses_b" "$unit" "$(amount 100)" || status=$?
	[ ! -e "$late" ] || echo 0 >"$late"
	assert_eq "$status" 0 "exit status"
}

run_tests "$@"
