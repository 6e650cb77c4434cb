#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The full feature phase, PDU by PDU, with an initiator that does what it is told (pdus.py has each
# test under the same name): data in all its ways, sequence numbers, digests, task management, who may
# have which session, and what broken PDUs do. No daemon: the test hands sockets to the kernel itself.

. "$(dirname "$0")/cases.sh"

test_data_arrives_without_digests()	# immediate, unsolicited, solicited
{
	run_case data_arrives_without_digests
}

test_data_arrives_with_digests()	# the same
{
	run_case data_arrives_with_digests
}

test_data_arrives_in_small_segments()	# of 512 bytes, in bursts of three
{
	run_case data_arrives_in_small_segments
}

test_odd_lengths_are_padded()	# and the digest covers the padding
{
	run_case odd_lengths_are_padded
}

test_residuals_are_told()	# underflow and overflow
{
	run_case residuals_are_told
}

test_sense_is_in_the_response()	# with its length, padded
{
	run_case sense_is_in_the_response
}

test_long_cdbs_come_in_an_ahs()	# READ(32); short ones are refused
{
	run_case long_cdbs_come_in_an_ahs
}

test_window_is_kept()	# commands outside of it are ignored
{
	run_case window_is_kept
}

test_gap_in_cmd_sn_closes()	# nothing can fill it
{
	run_case gap_in_cmd_sn_closes
}

test_window_opens_again()	# with every answer
{
	run_case window_opens_again
}

test_cmd_sn_wraps()	# at 2^32
{
	run_case cmd_sn_wraps
}

test_broken_pdus_close()	# with Reject and the right reason
{
	run_case broken_pdus_close
}

test_unagreed_data_closes()	# ImmediateData=No, InitialR2T=Yes
{
	run_case unagreed_data_closes
}

test_broken_data_out_closes()	# DataSN, offset, F bit
{
	run_case broken_data_out_closes
}

test_stray_data_out_is_dropped()	# of tags that are not, or no longer
{
	run_case stray_data_out_is_dropped
}

test_digest_errors_close()	# header: at once; data: with Reject
{
	run_case digest_errors_close
}

test_header_comes_byte_by_byte()	# each in a segment of its own
{
	run_case header_comes_byte_by_byte
}

test_text_tells_the_address()	# SendTargets, as a normal session has to answer it
{
	run_case text_tells_the_address
}

test_text_and_snack_are_rejected()	# and the session goes on
{
	run_case text_and_snack_are_rejected
}

test_logout_answers_and_closes()	# or says why not
{
	run_case logout_answers_and_closes
}

test_task_management_is_answered()	# every function
{
	run_case task_management_is_answered
}

test_cold_reset_closes_all()	# connections of the target, and answers before that
{
	run_case cold_reset_closes_all
}

test_clear_task_set_clears_all()	# and tells the initiator that did not ask for it
{
	run_case clear_task_set_clears_all
}

test_clear_aca_ends_the_condition()	# of the initiator that has it
{
	run_case clear_aca_ends_the_condition
}

test_names_are_patterns_of_nothing()	# no *, ?, # and the like in InitiatorName
{
	run_case names_are_patterns_of_nothing
}

test_names_are_not_cut_off()	# by the address that per_portal_acl adds
{
	write_attr "$itgt/per_portal_acl" 1
	ip addr add fd00:1111:2222:3333:4444:5555:6666:7777/128 dev lo
	run_case names_are_not_cut_off
}

test_threads_are_nice()	# -10, or what the module's parameter says
{
	run_case threads_are_nice
}

test_other_users_do_not_reinstate()	# a session belongs to the user who logged in
{
	run_case other_users_do_not_reinstate
}

test_sessions_of_a_name_are_limited()	# 64 of an InitiatorName
{
	run_case sessions_of_a_name_are_limited
}

test_new_lun_is_told()	# by an Async Message, or by a unit attention
{
	run_case new_lun_is_told
}

test_session_is_reinstated()	# the old one is gone first; other ports do not notice
{
	run_case session_is_reinstated
}

test_connection_is_reinstated()	# by TSIH and CID
{
	run_case connection_is_reinstated
}

test_logins_race()	# a hundred of one port, from as many threads: one stays
{
	run_case logins_race
}

test_bad_ioctls_are_refused()	# and leave nothing behind
{
	run_case bad_ioctls_are_refused
}

test_lost_connections_are_refused()	# reset by the peer between its login and the kernel's
{
	run_case lost_connections_are_refused
}

test_null_disk_has_no_data_of_others()	# buffers that held some are used again
{
	add_null nothing
	write_attr "$itgt/luns/mgmt" "add nothing 1"
	run_case null_disk_has_no_data_of_others
	write_attr "$itgt/luns/mgmt" "del 1"
	del_null nothing
}

test_reservation_of_scst_is_its_holders()	# who is known to SCST by another number
{
	run_case reservation_of_scst_is_its_holders
}

run_tests "$@"
