#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# `scstctl inject`, and the file in debugfs below it: commands that fail, are late or hang on purpose,
# where it is said and nowhere else; with the scripted transport and back end (module/). What hosts
# make of it is theirs, and not tested here.

. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/../lib/script.sh"

inject=/sys/kernel/debug/scst/inject

setup_file()
{
	load_script
}

setup()
{
	new_unit
	echo 0 >"$unit/hold"
}

teardown()
{
	echo clear >"$inject"
	echo 0 >"$script_tgt/black_hole"
	[ "$(cat "$unit/block")" = "0 0" ] || echo 0 >"$unit/block"
	drop_unit
	assert_eq "$(cat "$inject")" "" rules
}

teardown_file()
{
	unload_script
}

read_at() # SESSION TAG LBA
{
	run "$1" "cmd $2 s 0 r512 28 00 00 00 00 $3 00 00 01 00"
}

write_at() # SESSION TAG LBA
{
	run "$1" "cmd $2 s 0 w512 2a 00 00 00 00 $3 00 00 01 00"
}

# Late, or hanging, by a rule: by which.
is_under_way() # TAG
{
	grep -q " tag=$1 .*step=admit inject=[0-9]*$" "$scst/trace_cmds"
}

id_of_rule() # of the only one
{
	sed -n 's/ .*//p' "$inject"
}

done_of() # ID
{
	sed -n "s/^$1 .* done=//p" "$inject"
}

test_medium_error_is_where_it_is_said()	# of the range, and of what reads or writes
{
	scstctl inject add medium lun=0 lba=8 blocks=4
	read_at a 1 08
	wait_log a "cmd 1 02 3/11/00"
	write_at a 2 0b
	wait_log a "cmd 2 02 3/03/00"
	read_at a 3 07
	wait_log a "cmd 3 00"
	read_at a 4 0c
	wait_log a "cmd 4 00"
	tur a 5
	wait_log a "cmd 5 00"
	assert_eq "$(scstctl inject list)" "$(id_of_rule) medium lun=0 lba=8 blocks=4 done=2" list
}

test_lba_alone_is_one_block()	# also the first of the disk
{
	local lba
	for lba in 0 8; do
		scstctl inject add medium lun=0 lba=$lba
		assert_match "$(scstctl inject list)" " lba=$lba blocks=1 " list
		read_at a 1 "0$lba"
		wait_log a "cmd 1 02 3/11/00"
		read_at a 2 "0$((lba + 1))"
		wait_log a "cmd 2 00"
		scstctl inject del all
		echo >"$ses_a/log"
	done
}

test_once_is_once()	# and the rule is still there, to be seen
{
	scstctl inject add medium times=1
	read_at a 1 00
	wait_log a "cmd 1 02 3/11/00"
	read_at a 2 00
	wait_log a "cmd 2 00"
	grep -q " medium times=0 done=1$" "$inject" || fail "$(cat "$inject")"
}

test_unit_attention_is_told_first()	# by a command that would have failed, and spares no other
{
	scstctl inject add hang
	run b "tmf 1 $tmf_lun_reset 0"
	wait_log b "tmf 1 $tmf_complete"
	run a "cmd 1 s 0 r36 12 00 00 00 24 00"	# INQUIRY tells none
	is_under_way 1 || fail "a unit attention lets INQUIRY pass: $(log_of a)"
	read_at a 2 00
	wait_log a "cmd 2 02 6/29/00"
	read_at a 3 00
	is_under_way 3 || fail "it does not hang: $(log_of a)"
}

test_what_is_refused_is_refused_first()	# a reservation, the end of the disk, what there is not; and a block
{
	scstctl inject add medium
	pr_out b 1 00 00 00 0b
	wait_log b "cmd 1 00"
	pr_out b 2 01 03 0b 00
	wait_log b "cmd 2 00"
	read_at a 3 00
	wait_log a "cmd 3 18"
	pr_out b 4 02 03 0b 00
	wait_log b "cmd 4 00"
	run a "cmd 5 s 0 r512 28 00 ff ff ff ff 00 00 01 00"
	wait_log a "cmd 5 02 5/21/00"
	run a "cmd 6 s 0 n ff 00 00 00 00 00"
	wait_log a "cmd 6 02 5/20/00"
	echo 1 >"$unit/block"
	read_at a 7 00
	grep -q " tag=7 .*step=lookup" "$scst/trace_cmds" || fail "a block did not hold it: $(log_of a)"
	echo 0 >"$unit/block"
	wait_log a "cmd 7 02 3/11/00"
	assert_eq "$(done_of "$(id_of_rule)")" 1 "how often"
}

test_black_hole_answers_nothing()	# not even with an error
{
	scstctl inject add medium
	echo 1 >"$script_tgt/black_hole"
	read_at a 1 00
	grep -q " tag=1 .*step=lookup" "$scst/trace_cmds" || fail "it is answered: $(log_of a)"
	echo 0 >"$script_tgt/black_hole"
	wait_log a "gone 1"
}

test_delay_is_late_and_no_more()	# others go by meanwhile
{
	scstctl inject add delay ms=5000 lba=0 blocks=1
	read_at a 1 00
	read_at b 1 01
	wait_log b "cmd 1 00"
	is_under_way 1 || fail "it was not late: $(log_of a)"
	wait_log a "cmd 1 00"
}

test_hang_lasts_until_it_is_deleted()	# and then the command goes on
{
	local id
	scstctl inject add hang lun=0
	tur a 1
	sleep 1
	is_under_way 1 || fail "it went on: $(log_of a)"
	id=$(scstctl inject list --json | sed -n 's/.*"id": *\([0-9]*\).*/\1/p')
	scstctl inject del "$id"
	wait_log a "cmd 1 00"
	tur a 2
	wait_log a "cmd 2 00"
}

test_what_hangs_can_be_aborted()	# and hangs nobody who comes later, if it is once
{
	scstctl inject add hang times=1
	read_at a 1 00
	read_at a 2 00
	wait_log a "cmd 2 00"
	is_under_way 1 || fail "it does not hang: $(log_of a)"
	run a "tmf 7 $tmf_abort_task 0 1"
	wait_log a "gone 1"
	wait_log a "tmf 7 $tmf_complete"
}

# A read of the one that hangs, and one at the back end, with which it shares a task set.
one_hangs_and_one_fails() # QERR
{
	new_unit tst=0 qerr="$1"
	scstctl inject add hang lun=0 lba=8
	read_at a 1 08
	read_at b 2 08
	is_under_way 1 || fail "it does not hang: $(log_of a)"
	is_under_way 2 || fail "it does not hang: $(log_of b)"
	read_cmd a 3 s
	assert_held "3"
	write_attr "$unit/release" "3 fail"
	wait_log a "cmd 3 02 3/11/00"
	wait_log a "gone 1"
}

test_hang_ends_with_its_task_set()	# a command that fails aborts it like any other (QErr)
{
	one_hangs_and_one_fails 1
	wait_log b "gone 2"
	tur b 4
	wait_log b "cmd 4 02 6/2f/00"
}

test_hang_ends_with_the_commands_of_its_nexus()	# and no others (QErr 11b)
{
	one_hangs_and_one_fails 3
	sleep 1
	is_under_way 2 || fail "it was let go: $(log_of b)"
}

test_reset_lets_go_at_once()	# whatever it waits for that is its sender's own
{
	new_unit tst=0 tas=1
	scstctl inject add hang lun=0 lba=8
	read_at a 1 08
	is_under_way 1 || fail "it does not hang: $(log_of a)"
	read_cmd b 2 s
	assert_held "2"
	run b "tmf 1 $tmf_lun_reset 0"
	wait_log a "cmd 1 40"
	assert_no_match "$(log_of b)" "tmf 1"
	release 2
	wait_log b "tmf 1 $tmf_complete"
}

test_who_is_late_slows_nobody()	# the other path to the same disk waits for nothing, ever
{
	local trace=/sys/kernel/tracing tag
	group_of_b
	scstctl inject add delay target=t group=g ms=3000
	read_at b 1 00
	is_under_way 1 || fail "it is not late: $(log_of b)"
	mountpoint -q "$trace" || mount -t tracefs tracefs "$trace"
	echo >"$trace/trace"
	echo 1 >"$trace/events/scst/scst_cmd_waited/enable"
	for tag in {1..60}; do
		tur a "$tag"
		wait_log a "cmd $tag 00"
	done
	wait_log b "cmd 1 00"
	echo 0 >"$trace/events/scst/scst_cmd_waited/enable"
	assert_eq "$(nr_lines "initiator=a " "$trace/trace")" 0 "commands of the other path that waited"
}

test_command_is_judged_once()	# it goes on where its LUN leads, also if the rule is about that
{
	scstctl inject add hang lun=0
	read_at a 1 00
	is_under_way 1 || fail "it does not hang: $(log_of a)"
	write_attr "$scst/handlers/scst_script/mgmt" "add_device other"
	echo 0 >"$scst/devices/other/hold"
	write_attr "$script_tgt/luns/mgmt" "replace_no_ua other 0"
	wait_log a "cmd 1 00"
	assert_eq "$(done_of "$(id_of_rule)")" 1 "how often"
	echo clear >"$inject"
	write_attr "$script_tgt/luns/mgmt" "replace_no_ua unit 0"
	write_attr "$scst/handlers/scst_script/mgmt" "del_device other"
}

test_hang_ends_with_its_session()	# or nobody could close it
{
	scstctl inject add hang
	read_at b 1 00
	is_under_way 1 || fail "it does not hang: $(log_of b)"
	write_attr "$script/mgmt" "del_session t b"
}

test_what_is_injected_is_told()	# in the log, and by scstctl show, for whoever wonders
{
	mark_log
	scstctl inject add hang target=t lun=0
	scstctl show | has "errors on purpose: 1 "
	scstctl inject del "$(id_of_rule)"
	log_since_mark | has "inject: rule [0-9]* from now on: hang target=t lun=0"
	log_since_mark | has "inject: rule [0-9]* is gone"
	assert_eq "$(scstctl show | nr_lines "on purpose")" 0 "lines of show"
	scstctl inject add hang
	scstctl inject del all
	log_since_mark | has "inject: no rules any more"
}

test_locked_kernel_is_named()	# and not only that it is not permitted
{
	local locked=$tap_dir/locked
	mkdir "$locked"
	mount -t tmpfs tmpfs "$locked"
	echo >"$locked/inject"
	chattr +i "$locked/inject"
	mount --bind "$locked/inject" "$inject"
	assert_fails_with "locked down" scstctl inject add hang
	umount "$inject"
	umount "$locked"
}

test_hang_ends_with_its_lun()	# whoever takes the LUN away does not wait for an administrator
{
	scstctl inject add hang
	read_at a 1 00
	is_under_way 1 || fail "it does not hang"
	write_attr "$script_tgt/luns/mgmt" "del 0"
	wait_log a "cmd 1 00"
}

# b moves to a group with the same disk, and has heard of it.
group_of_b()
{
	write_attr "$script_tgt/ini_groups/mgmt" "create g"
	write_attr "$script_tgt/ini_groups/g/luns/mgmt" "add unit 0"
	write_attr "$script_tgt/ini_groups/g/initiators/mgmt" "add b"
	wait_for 5 is_calm b
}

is_calm() # SESSION
{
	echo >"$script_tgt/sessions/$1/log"
	tur "$1" 62
	wait_log "$1" "cmd 62"
	has_line "$1" "cmd 62 00"
}

test_rule_is_of_its_group()	# as one path of several; also of who comes to it, and goes
{
	scstctl inject add medium target=t group=g lun=0
	group_of_b
	read_at a 1 00
	wait_log a "cmd 1 00"
	read_at b 1 00
	wait_log b "cmd 1 02 3/11/00"
	write_attr "$script_tgt/ini_groups/g/initiators/mgmt" "del b"
	wait_for 5 is_calm b
	read_at b 2 00
	wait_log b "cmd 2 00"
}

test_bad_words_are_refused()	# and leave nothing
{
	local words
	for words in "" "medium now" "smoke" "medium lun=16384" "medium lun=x" "medium blocks=3" "medium blocks=0" \
		"medium lba=0 blocks=0" "medium lba=3 blocks=0" "delay" "hang ms=5" \
		"delay ms=0" "delay ms=600001" "medium times=0" "medium target=" "medium disk=3"; do
		# shellcheck disable=SC2086	# words
		! scstctl inject add $words 2>/dev/null || fail "\"$words\" was taken"
		! echo "add $words" >"$inject" 2>/dev/null || fail "\"$words\" was taken by the file"
	done
	for words in "" "0" "nothing" "77"; do
		! scstctl inject del "$words" 2>/dev/null || fail "del \"$words\" was taken"
	done
	! echo "explode" >"$inject" 2>/dev/null || fail "explode"
	assert_eq "$(cat "$inject")" "" rules
	read_at a 1 00
	wait_log a "cmd 1 00"
}

test_who_is_not_meant_pays_nothing()	# its gate is open: it is not in the list of the held, ever
{
	scstctl inject add hang target=somebody_else
	read_at a 1 00
	wait_log a "cmd 1 00"
	assert_eq "$(done_of "$(id_of_rule)")" 0 "how often"
}

run_tests "$@"
