#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Unit attentions as a scripted transport sees them (module/): which are told, to whom, in which order,
# and what becomes of one whose answer did not leave. task_set.sh has those of what task management ends.

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
	[ ! -d "$scst/devices/news" ] || drop_news
	drop_unit
}

teardown_file()
{
	unload_script
}

test_reset_says_it_for_lower_unit_attentions()	# nexus loss, then reset: one is told
{
	run a "tmf 1 $tmf_nexus_reset 0"
	wait_log a "tmf 1 $tmf_complete"
	run b "tmf 1 $tmf_lun_reset 0"
	wait_log b "tmf 1 $tmf_complete"
	run a "tmf 2 $tmf_nexus_reset 0"
	wait_log a "tmf 2 $tmf_complete"
	tur a 3
	wait_log a "cmd 3 02 6/29/00"
	tur a 4
	wait_log a "cmd 4 00"
}

test_reset_says_it_for_commands_that_were_cleared()	# by another initiator, before it
{
	new_unit tst=0
	read_cmd a 1 s
	run b "tmf 1 $tmf_clear_task_set 0"
	release_when_aborted 1
	wait_log b "tmf 1 $tmf_complete"
	run b "tmf 2 $tmf_lun_reset 0"
	wait_log b "tmf 2 $tmf_complete"
	tur a 2
	wait_log a "cmd 2 02 6/29/00"
	tur a 3
	wait_log a "cmd 3 00"
}

test_luns_changed_is_told_once_per_session()	# at one LUN for all of them
{
	write_attr "$script_tgt/luns/mgmt" "add unit 1"
	tur a 1 1
	wait_log a "cmd 1 02 6/29/00"
	tur a 2 1
	wait_log a "cmd 2 02 6/3f/0e"
	tur a 3 0
	wait_log a "cmd 3 00"
	tur a 4 1
	wait_log a "cmd 4 00"
}

test_replaced_lun_is_told()	# to each session, by two unit attentions; not by replace_no_ua
{
	local session
	write_attr "$scst/handlers/scst_script/mgmt" "add_device other"
	write_attr "$script_tgt/luns/mgmt" "replace other 0"
	for session in a b; do
		tur "$session" 1
		wait_log "$session" "cmd 1 02 6/3f/03"
		tur "$session" 2
		wait_log "$session" "cmd 2 02 6/3f/0e"
		tur "$session" 3
		wait_log "$session" "cmd 3 00"
	done
	write_attr "$script_tgt/luns/mgmt" "replace_no_ua unit 0"
	tur a 4
	wait_log a "cmd 4 00"
	write_attr "$scst/handlers/scst_script/mgmt" "del_device other"
}

test_query_async_event_peeks_at_unit_attentions()	# and leaves them pending
{
	run a "tmf 1 $tmf_query_event 0"
	wait_log a "tmf 1 $tmf_complete"
	run b "tmf 1 $tmf_lun_reset 0"
	wait_log b "tmf 1 $tmf_complete"
	run a "tmf 2 $tmf_query_event 0"
	wait_log a "tmf 2 $tmf_succeeded 162900"
	tur a 1
	wait_log a "cmd 1 02 6/29/00"
}

# What a brings is aborted when it is over, and not sent: the next command of a brings it.
untold_attention_is_kept() # COMMAND
{
	run b "tmf 7 $tmf_lun_reset 0"
	wait_log b "tmf 7 $tmf_complete"
	echo 1 >"$ses_a/slow_send"
	run a "cmd 1 s 0 $1"
	wait_for 5 under_way 1 "step=send"
	run a "tmf 8 $tmf_abort_task 0 1"
	wait_for 5 under_way 1 aborted
	run a "send 1"
	wait_log a "gone 1"
	wait_log a "tmf 8 $tmf_complete"
	echo 0 >"$ses_a/slow_send"
	tur a 2
	wait_log a "cmd 2 02 6/29"
}

test_aborted_answer_keeps_its_unit_attention()	# of a command that it is told with
{
	untold_attention_is_kept "n 00 00 00 00 00 00"
}

test_aborted_request_sense_keeps_its_unit_attention()	# whose data tell it
{
	untold_attention_is_kept "r18 03 00 00 00 12 00"
}

# LUN 1, a device whose reads tell what it is told to tell.
add_news()
{
	local session
	modprobe scst_vdisk
	write_attr "$scst/handlers/vdisk_nullio/mgmt" "add_device news size_mb=1"
	write_attr "$script_tgt/luns/mgmt" "add news 1"
	for session in a b; do
		wait_for 5 hears_no_more "$session"
		echo >"$script_tgt/sessions/$session/log"
	done
	echo 1 >"$scst/devices/news/test_every"
}

hears_no_more() # SESSION
{
	tur "$1" 60 1
	has_line "$1" "cmd 60 00"
}

drop_news()
{
	echo 0 >"$ses_a/slow_send"
	write_attr "$script_tgt/luns/mgmt" "del 1"
	write_attr "$scst/handlers/vdisk_nullio/mgmt" "del_device news"
	modprobe -r scst_vdisk
}

# A unit attention of the device, which others of its initiators hear as well.
b_reads_news() # NUMBER...
{
	local nr
	for nr; do
		write_attr "$scst/devices/news/test_sense" "700006000000000a000000005d0${nr}00000000"
		run b "cmd 1$nr s 1 r512 28 00 00 00 00 00 00 00 01 00"
		wait_log b "cmd 1$nr 02 6/5d/0$nr"
	done
}

a_hears() # TAG ASC/ASCQ
{
	tur a "$1" 1
	wait_log a "cmd $1 02 6/$2"
}

test_full_queue_of_unit_attentions_keeps_the_oldest()	# eight: the youngest makes room
{
	local nr
	add_news
	b_reads_news 1 2 3 4 5 6 7 8 9
	for nr in 1 2 3 4 5 6 7 9; do
		a_hears "$nr" "5d/0$nr"
	done
	tur a 10 1
	wait_log a "cmd 10 00"
}

test_untold_reset_comes_before_a_full_queue()	# it says more than any of them
{
	add_news
	run b "tmf 7 $tmf_lun_reset 1"
	wait_log b "tmf 7 $tmf_complete"
	tur b 1 1
	wait_log b "cmd 1 02 6/29/00"
	echo 1 >"$ses_a/slow_send"
	tur a 1 1
	wait_for 5 under_way 1 "step=send"
	b_reads_news 1 2 3 4 5 6 7 8
	run a "tmf 8 $tmf_abort_task 1 1"
	wait_for 5 under_way 1 aborted
	run a "send 1"
	wait_log a "tmf 8 $tmf_complete"
	echo 0 >"$ses_a/slow_send"
	a_hears 2 29/00
	a_hears 3 5d/01
}

run_tests "$@"
