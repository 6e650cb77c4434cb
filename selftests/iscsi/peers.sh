#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Peers that are slow, greedy or silent in the full feature phase, and what others do to their commands
# meanwhile; with an initiator that does what it is told (peers.py has each test under the same name).
# Two minutes: what is bounded by seconds is waited for.

. "$(dirname "$0")/cases.sh"

case_timeout=120

# For what is bounded by something else.
never_give_up()
{
	write_attr "$itgt/NopInInterval" 0
	write_attr "$itgt/RspTimeout" 1000
}

test_abort_ends_the_wait_for_data()	# without an answer to the write
{
	run_case abort_ends_the_wait_for_data
}

test_abort_in_the_middle_of_a_segment()	# another initiator's reset
{
	run_case abort_in_the_middle_of_a_segment
}

test_told_abort_in_the_middle_of_a_segment()	# TASK ABORTED waits to be sent while the rest comes
{
	run_case told_abort_in_the_middle_of_a_segment
}

test_told_abort_of_what_is_answered()	# the answer that waits for unsolicited data is sent
{
	run_case told_abort_of_what_is_answered
}

test_told_aborts_race_with_unsolicited_data()	# no command is lost on the way
{
	write_attr "$itgt/QueuedCommands" 2048
	write_attr "$scst/devices/disk0/max_tgt_dev_commands" 4096
	run_case told_aborts_race_with_unsolicited_data
}

# LUN 1: reads of it last for seconds.
add_slow_lun()
{
	write_attr "$scst/handlers/vdisk_nullio/mgmt" "add_device held size_mb=64"
	write_attr "$scst/devices/held/delay_ms" $((3000 * PATIENCE))
	write_attr "$itgt/luns/mgmt" "add held 1"
}

test_more_than_the_limit_are_told()	# TASK SET FULL, where the window lets more in than max_tgt_dev_commands
{
	add_slow_lun
	write_attr "$itgt/QueuedCommands" 128
	assert_eq "$(cat "$scst/devices/held/max_tgt_dev_commands")" 64
	run_case more_than_the_limit_are_told
}

test_window_keeps_to_the_limit()	# the usual one: nobody is told of a full task set
{
	add_slow_lun
	run_case window_keeps_to_the_limit
}

test_immediate_commands_are_limited()	# beyond the spare slots they are rejected, and none blocks
{
	write_attr "$itgt/RspTimeout" $((3 * PATIENCE))
	run_case immediate_commands_are_limited
}

test_unread_bytes_do_not_reset()	# Reject is followed by an end
{
	run_case unread_bytes_do_not_reset
}

test_late_answers_do_not_reset()	# of what was under way when a PDU broke a rule
{
	run_case late_answers_do_not_reset
}

test_blocked_peer_is_not_pinged()	# over and over
{
	write_attr "$itgt/NopInInterval" 1
	run_case blocked_peer_is_not_pinged
}

test_empty_data_is_no_progress()	# of a write, after RspTimeout
{
	write_attr "$itgt/RspTimeout" 20
	run_case empty_data_is_no_progress
}

test_stalled_write_is_given_up()	# after RspTimeout
{
	write_attr "$itgt/RspTimeout" 2
	run_case stalled_write_is_given_up
}

test_slow_reader_is_given_up()	# after RspTimeout; what memory it may have is in memory.sh
{
	write_attr "$itgt/RspTimeout" 3
	run_case slow_reader_is_given_up
}

test_silent_reader_costs_nothing()	# which does not answer a ping that it has not read
{
	write_attr "$itgt/RspTimeout" 1000
	write_attr "$itgt/NopInInterval" 1
	write_attr "$itgt/NopInTimeout" 2
	run_case given_up_reader_costs_nothing
}

test_given_up_reader_costs_nothing()	# the socket's memory goes with the connection
{
	write_attr "$itgt/RspTimeout" 3
	run_case given_up_reader_costs_nothing
}

test_reset_outlives_who_reads_nothing()	# it does not wait for RspTimeout
{
	never_give_up
	run_case reset_outlives_who_reads_nothing
}

test_preemption_outlives_who_reads_nothing()	# PREEMPT AND ABORT, that is
{
	never_give_up
	run_case preemption_outlives_who_reads_nothing
}

test_removal_outlives_who_reads_nothing()	# del of its LUN
{
	never_give_up
	run_case removal_outlives_who_reads_nothing
}

test_reset_outlives_who_reads_slowly()	# progress does not count
{
	never_give_up
	run_case reset_outlives_who_reads_slowly
}

test_slow_reader_is_not_waited_for_without_end()	# four times RspTimeout for a command
{
	write_attr "$itgt/RspTimeout" 2
	run_case slow_reader_is_not_waited_for_without_end
}

test_ordered_write_waits_for_its_own_reader()	# pages that were lent do not change
{
	cached_disk
	run_case ordered_write_waits_for_its_own_reader
}

test_ordered_write_waits_for_readers()	# of other connections
{
	cached_disk
	run_case ordered_write_waits_for_readers
}

test_ordered_write_outlives_who_reads_nothing()	# who is closed
{
	cached_disk
	never_give_up
	run_case ordered_write_outlives_who_reads_nothing
}

test_series_is_read_in_one_state()	# COMPARE AND WRITE while a READ is being taken
{
	cached_disk
	run_case series_is_read_in_one_state
}

test_idle_peer_is_pinged()	# NopInInterval, NopInTimeout
{
	write_attr "$itgt/NopInInterval" 1
	write_attr "$itgt/NopInTimeout" 2
	run_case idle_peer_is_pinged
}

test_session_goes_while_files_are_made()	# in the directories of all sessions, one after the other
{
	run_case session_goes_while_files_are_made
}

run_tests "$@"
