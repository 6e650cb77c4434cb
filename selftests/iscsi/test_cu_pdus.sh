#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What libiscsi's suite asks and is content with more than one answer, or with none of ours (see
# test_cu.expected): what becomes of data that are not what a command is about, and of ABORT TASK for a
# command that is there, is over, or has not come. test_cu_pdus.py has each test under the same name.

. "$(dirname "$0")/cases.sh"

setup_file()
{
	make_target
	truncate -s 1M "$tap_dir/disk.removable"
	add_file_disk removable "$tap_dir/disk.removable; removable=1"
	write_attr "$itgt/luns/mgmt" "add removable 1"
}

test_data_of_the_other_direction_is_refused()	# iSCSIResiduals.Read10Invalid wants GOOD
{
	run_case data_of_the_other_direction_is_refused
}

test_writes_take_what_they_need()	# every opcode: an underflow, and no block is written that is not meant
{
	run_case writes_take_what_they_need
}

test_half_of_a_write_is_none()	# every opcode: refused, and what is there stays
{
	run_case half_of_a_write_is_none
}

test_task_that_is_there_is_aborted()	# iSCSITMF.AbortTaskSimpleAsync: one of its outcomes
{
	run_case task_that_is_there_is_aborted
}

test_task_that_is_over_does_not_exist()	# and the other one
{
	run_case task_that_is_over_does_not_exist
}

test_task_that_has_not_come_counts_as_received()	# RFC 7143 11.6.1, by RefCmdSN
{
	run_case task_that_has_not_come_counts_as_received
}

test_prevention_is_of_all_sessions()	# PreventAllow.ITNexusLoss asks in the middle of the session's end
{
	run_case prevention_is_of_all_sessions
}

run_tests "$@"
