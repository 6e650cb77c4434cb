#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Whom task management means when LUNs have moved: with the scripted transport and back end
# (module/), sessions a and b, and two units that answer when they are told to.
#
#	a, b --- LUN 0 --> unit, then (replace) other
#	     \-- LUN 1 --> unit
#
# That commands which wait follow their LUN is in removal.sh.
#
# Disks go, or are hidden, while the host looks at them:
# expects: disks that go

. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/../lib/script.sh"

other=$scst/devices/other

setup_file()
{
	load_script
}

setup()
{
	new_unit
	write_attr "$scst/handlers/scst_script/mgmt" "add_device other"
	write_attr "$script_tgt/luns/mgmt" "add unit 1"
	echo 1 >"$other/hold"
	tell_attentions
}

teardown()
{
	echo 0 >"$other/hold"
	echo all >"$other/release"
	drop_unit
	write_attr "$scst/handlers/scst_script/mgmt" "del_device other"
}

teardown_file()
{
	unload_script
}

# Whatever is pending is told, on both LUNs of both sessions.
tell_attentions()
{
	local session lun i
	for session in a b; do
		for lun in 0 1; do
			for i in 1 2 3; do
				tur "$session" 60 "$lun"
			done
		done
		echo >"$script_tgt/sessions/$session/log"
	done
}

answers_of() # SESSION: its log, without the blanks of a function that has no information to give
{
	log_of "$1" | sed 's/ *$//'
}

replace() # LUN 0 leads to the other unit, in the background: the old one has a command
{
	write_attr "$script_tgt/luns/mgmt" "replace_no_ua other 0" &
	replacing=$!
	wait_for 10 leads_to_other
}

leads_to_other()
{
	[ "$(basename "$(readlink "$script_tgt/luns/0/device")")" = other ]
}

test_reset_of_the_old_device_spares_the_new_one()	# whose commands have the same LUN and session
{
	read_cmd a 1 s
	replace
	read_cmd a 2 s
	wait_for 10 grep -qx 2 "$other/held"
	run b "tmf 7 $tmf_lun_reset 1"
	wait_for 10 sh -c "echo all >$unit/release; grep -q 'tmf 7' $ses_b/log"
	assert_eq "$(answers_of b)" "tmf 7 $tmf_complete" "b's log"
	echo 2 >"$other/release"
	wait_log a "cmd 2 00"
	wait "$replacing"
}

test_reset_waits_for_what_was_sent_before_a_replace()	# its sender's own commands at the old device
{
	read_cmd a 1 s
	replace
	run a "tmf 7 $tmf_lun_reset 0"
	wait_for 5 under_way 1 aborted
	assert_eq "$(log_of a)" "" "a's log while the old device has its command"
	echo 1 >"$unit/release"
	wait_log a "tmf 7 $tmf_complete"
	assert_eq "$(answers_of a)" "gone 1
tmf 7 $tmf_complete" "a's log"
	wait "$replacing"
}

test_commands_of_a_lun_that_is_gone_are_aborted()	# and answered when they have left
{
	read_cmd a 1 s
	write_attr "$script_tgt/luns/mgmt" "del 0" &
	wait_for 10 [ ! -e "$script_tgt/luns/0" ]
	run a "tmf 7 $tmf_abort_task 0 1"
	wait_for 5 under_way 1 aborted
	assert_eq "$(log_of a)" "" "a's log while the device has its command"
	echo 1 >"$unit/release"
	wait_log a "tmf 7 $tmf_complete"
	assert_match "$(log_of a)" "gone 1"
	wait $!
	write_attr "$script_tgt/luns/mgmt" "add unit 0"
}

test_functions_that_wait_keep_nothing_from_others()	# 300 for one unit; another answers at once
{
	local i
	replace
	read_cmd a 1 s
	wait_for 10 grep -qx 1 "$other/held"
	for i in $(seq 300); do
		run a "tmf $i $tmf_lun_reset 0"
	done
	run b "tmf 7 $tmf_lun_reset 1"
	wait_log b "tmf 7 $tmf_complete"
	assert_eq "$(nr_lines tmf "$ses_a/log")" 0 "functions that were answered"
	echo 1 >"$other/release"
	wait_log a "tmf 300 $tmf_complete"
	wait "$replacing"
}

run_tests "$@"
