#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The full feature phase, PDU by PDU, with an initiator that does what it is told (pdus.py has each
# test under the same name): data in all its ways, sequence numbers, digests, task management, and
# what broken, slow and hostile peers do. No daemon: the test hands sockets to the kernel itself.

. "$(dirname "$0")/lib.sh"

here=$(dirname "$0")

setup_file()
{
	load_iscsi
	truncate -s 64M /tmp/disk
	add_file_disk disk0 "/tmp/disk; tst=0"	# one task set: others can clear it
	iscsi_mgmt add_target "$iqn"
	write_attr "$itgt/luns/mgmt" "add disk0 0"
	write_attr "$itgt/enabled" 1
	write_attr "$iscsi/enabled" 1
}

teardown_file()
{
	unload_iscsi
	rm /tmp/disk
}

# Nothing of a test is left.
teardown()
{
	wait_for 10 no_sessions
	write_attr "$itgt/QueuedCommands" :default:
	write_attr "$itgt/RspTimeout" :default:
	write_attr "$itgt/NopInInterval" :default:
	write_attr "$itgt/NopInTimeout" :default:
	write_attr "$itgt/aen_disabled" 0
	write_attr /sys/module/iscsi_scst/parameters/thread_nice -10
	write_attr "$itgt/per_portal_acl" 0
	ip addr del fd00:1111:2222:3333:4444:5555:6666:7777/128 dev lo 2>/dev/null || true
}

pdus() # CASE
{
	python3 "$here/pdus.py" "$iqn" "$1"
}

test_data_arrives_without_digests()	# immediate, unsolicited, solicited
{
	pdus data_arrives_without_digests
}

test_data_arrives_with_digests()	# the same
{
	pdus data_arrives_with_digests
}

test_data_arrives_in_small_segments()	# of 512 bytes, in bursts of three
{
	pdus data_arrives_in_small_segments
}

test_odd_lengths_are_padded()	# and the digest covers the padding
{
	pdus odd_lengths_are_padded
}

test_residuals_are_told()	# underflow and overflow
{
	pdus residuals_are_told
}

test_sense_is_in_the_response()	# with its length, padded
{
	pdus sense_is_in_the_response
}

test_long_cdbs_come_in_an_ahs()	# READ(32); short ones are refused
{
	pdus long_cdbs_come_in_an_ahs
}

test_window_is_kept()	# commands outside of it are ignored
{
	pdus window_is_kept
}

test_gap_in_cmd_sn_closes()	# nothing can fill it
{
	pdus gap_in_cmd_sn_closes
}

test_window_opens_again()	# with every answer
{
	pdus window_opens_again
}

test_cmd_sn_wraps()	# at 2^32
{
	pdus cmd_sn_wraps
}

test_broken_pdus_close()	# with Reject and the right reason
{
	pdus broken_pdus_close
}

test_unagreed_data_closes()	# ImmediateData=No, InitialR2T=Yes
{
	pdus unagreed_data_closes
}

test_broken_data_out_closes()	# DataSN, offset, F bit
{
	pdus broken_data_out_closes
}

test_stray_data_out_is_dropped()	# of tags that are not, or no longer
{
	pdus stray_data_out_is_dropped
}

test_digest_errors_close()	# header: at once; data: with Reject
{
	pdus digest_errors_close
}

test_header_comes_byte_by_byte()	# each in a segment of its own
{
	pdus header_comes_byte_by_byte
}

test_text_tells_the_address()	# SendTargets, as a normal session has to answer it
{
	pdus text_tells_the_address
}

test_text_and_snack_are_rejected()	# and the session goes on
{
	pdus text_and_snack_are_rejected
}

test_logout_answers_and_closes()	# or says why not
{
	pdus logout_answers_and_closes
}

test_task_management_is_answered()	# every function
{
	pdus task_management_is_answered
}

test_abort_ends_the_wait_for_data()	# without an answer to the write
{
	pdus abort_ends_the_wait_for_data
}

test_abort_in_the_middle_of_a_segment()	# another initiator's reset
{
	pdus abort_in_the_middle_of_a_segment
}

test_told_abort_in_the_middle_of_a_segment()	# TASK ABORTED waits to be sent while the rest comes
{
	pdus told_abort_in_the_middle_of_a_segment
}

test_told_abort_of_what_is_answered()	# the answer that waits for unsolicited data is sent
{
	pdus told_abort_of_what_is_answered
}

test_told_aborts_race_with_unsolicited_data()	# no command is lost on the way
{
	write_attr "$itgt/QueuedCommands" 2048
	pdus told_aborts_race_with_unsolicited_data
}

test_immediate_commands_are_limited()	# beyond the spare slots they are rejected, and none blocks
{
	write_attr "$itgt/RspTimeout" $((3 * PATIENCE))
	pdus immediate_commands_are_limited
}

test_unread_bytes_do_not_reset()	# Reject is followed by an end
{
	pdus unread_bytes_do_not_reset
}

test_blocked_peer_is_not_pinged()	# over and over
{
	write_attr "$itgt/NopInInterval" 1
	pdus blocked_peer_is_not_pinged
}

test_names_are_patterns_of_nothing()	# no *, ?, # and the like in InitiatorName
{
	pdus names_are_patterns_of_nothing
}

test_names_are_not_cut_off()	# by the address that per_portal_acl adds
{
	write_attr "$itgt/per_portal_acl" 1
	ip addr add fd00:1111:2222:3333:4444:5555:6666:7777/128 dev lo
	pdus names_are_not_cut_off
}

test_threads_are_nice()	# -10, or what the module's parameter says
{
	pdus threads_are_nice
}

test_other_users_do_not_reinstate()	# a session belongs to the user who logged in
{
	pdus other_users_do_not_reinstate
}

test_sessions_of_a_name_are_limited()	# 64 of an InitiatorName
{
	pdus sessions_of_a_name_are_limited
}

test_stalled_write_is_given_up()	# after RspTimeout
{
	write_attr "$itgt/RspTimeout" 2
	pdus stalled_write_is_given_up
}

test_slow_reader_is_given_up()	# after RspTimeout, without memory for all that it asked for
{
	write_attr "$itgt/RspTimeout" 3
	pdus slow_reader_is_given_up
}

test_idle_peer_is_pinged()	# NopInInterval, NopInTimeout
{
	write_attr "$itgt/NopInInterval" 1
	write_attr "$itgt/NopInTimeout" 2
	pdus idle_peer_is_pinged
}

test_new_lun_is_told()	# by an Async Message, or by a unit attention
{
	pdus new_lun_is_told
}

test_session_is_reinstated()	# the old one is gone first; other ports do not notice
{
	pdus session_is_reinstated
}

test_connection_is_reinstated()	# by TSIH and CID
{
	pdus connection_is_reinstated
}

test_logins_race()	# a hundred of one port
{
	pdus logins_race
}

test_bad_ioctls_are_refused()	# and leave nothing behind
{
	pdus bad_ioctls_are_refused
}

run_tests "$@"
