#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Every task management function of iSCSI against a task in every state that one can be in, by PDU, with
# RefCmdSN inside and outside of the window (tmfs.py has each test under the same name). What the
# functions do to other initiators is in pdus.sh.
#
# On a slow machine a back end is away for long enough that the core says what it waits for:
# expects: LUN 1 is waited for without end, at execute

. "$(dirname "$0")/hung_lib.sh"

case_timeout=120	# 50 sessions each

test_task_is_unknown()	# ABORT TASK finds nothing, all the others do what they do
{
	run_case task_is_unknown
}

test_task_waits_for_data()	# it ends, and its data is dropped; or it lives, and that is taken
{
	run_case task_waits_for_data
}

test_task_executes()	# what ends it is answered when the back end has let go of it
{
	run_case task_executes
}

test_task_is_answered_and_not_sent()	# the answer comes first, or not at all
{
	run_case task_is_answered_and_not_sent
}

test_answer_of_task_is_under_way()	# and ends as it began: by then the task is none any more
{
	run_case answer_of_task_is_under_way
}

test_task_was_answered()	# and the initiator has not said that it knows
{
	run_case task_was_answered
}

test_task_was_acknowledged()	# by ExpStatSN
{
	run_case task_was_acknowledged
}

test_functions_that_wait_are_limited()	# to what a session may have of them
{
	run_case functions_that_wait_are_limited
}

test_other_lun_is_left_alone()	# by functions that are for one
{
	run_case other_lun_is_left_alone
}

test_commands_behind_are_left_alone()	# by whatever ends tasks: they are answered, and not waited for
{
	run_case commands_behind_are_left_alone
}

test_immediate_command_before_is_ended()	# though its CmdSN is that of what comes behind the function
{
	run_case immediate_command_before_is_ended
}

run_tests "$@"
