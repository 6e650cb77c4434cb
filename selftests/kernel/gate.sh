#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What stops commands on their arrival: blocking from outside, suspension, black holes, limits; with
# the scripted transport and back end (module/). And that it begins and ends while
# commands flow.

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
	[ ! -d "$script/small" ] || drop_small_target
	[ ! -d "$scst/devices/other" ] || echo all >"$scst/devices/other/release"
	while [ "$(cat "$scst/suspend")" != 0 ]; do
		echo -1 >"$scst/suspend"
	done
	drop_unit
	[ ! -d "$scst/devices/other" ] || write_attr "$scst/handlers/scst_script/mgmt" "del_device other"
}

teardown_file()
{
	unload_script
}

start_block() # VERB; its pid is $blocker
{
	write_attr "$unit/block" "$1" &
	blocker=$!
	wait_for 5 grep -q "^1 " "$unit/block"
}

test_block_waits_for_earlier_commands()	# and holds back later ones
{
	read_cmd a 1 s
	start_block 1
	read_cmd b 2 s
	assert_held "1"
	assert_eq "$(cat "$scst/trace_cmds")" "a lun=0 tag=1 opcode=0x28 step=execute
b lun=0 tag=2 opcode=0x28 step=lookup" trace_cmds
	kill -0 "$blocker" || fail "it did not wait"
	release 1
	wait "$blocker"
	assert_eq "$(cat "$unit/block")" "1 0" block
	assert_held ""
	echo 0 >"$unit/block"
	assert_held "2"
	release 2
	assert_eq "$(cat "$unit/block")" "0 0" block
}

test_blocked_commands_keep_their_order()	# an ORDERED one among them
{
	echo 1 >"$unit/block"
	read_cmd a 1 s
	read_cmd a 2 o
	read_cmd a 3 s
	echo 0 >"$unit/block"
	assert_held "1"
	release 1
	assert_held "2"
	release 2
	assert_held "3"
	release 3
}

test_blocks_add_up()	# two need two
{
	echo 1 >"$unit/block"
	echo 1 >"$unit/block"
	read_cmd a 1 s
	echo 0 >"$unit/block"
	assert_waits 1 lookup
	assert_held ""
	assert_eq "$(cat "$unit/block")" "1 0" block
	echo 0 >"$unit/block"
	assert_held "1"
	release 1
	assert_fails_with "Invalid argument" write_attr "$unit/block" 0
}

is_told_of_block() # TEXT
{
	log_since_mark | has "device unit is blocked: $1"
}

test_block_in_the_background()	# "11 TEXT" returns at once
{
	mark_log
	read_cmd a 1 s
	write_attr "$unit/block" "11 snapshot 7"
	assert_eq "$(cat "$unit/block")" "1 1" block
	assert_fails_with "Device or resource busy" write_attr "$unit/block" "11 other"
	release 1
	wait_for 5 grep -qx "1 0" "$unit/block"
	wait_for 5 is_told_of_block "snapshot 7"
	echo 0 >"$unit/block"
}

test_killed_block_leaves_nothing_blocked()	# whoever waits in it may be killed
{
	read_cmd a 1 s
	start_block 1
	kill -9 "$blocker"
	wait "$blocker" 2>/dev/null || true
	assert_eq "$(cat "$unit/block")" "0 0" block
	read_cmd b 2 s
	assert_held "1 2"
	release all
	wait_log b "cmd 2 00"
}

mcmds_are() # LINES
{
	[ "$(cat "$scst/trace_mcmds")" = "$1" ]
}

test_functions_that_wait_are_listed()	# in trace_mcmds, until they are answered
{
	assert_eq "$(cat "$scst/trace_mcmds")" ""
	read_cmd a 1 s
	read_cmd b 2 s
	assert_held "1 2"
	run a "tmf 1 $tmf_abort_task 0 1"
	wait_for 5 mcmds_are "a fn=ABORT_TASK lun=0 tag=1 state=waiting"
	run b "tmf 2 $tmf_abort_task_set 0"
	wait_for 5 mcmds_are "a fn=ABORT_TASK lun=0 tag=1 state=waiting
b fn=ABORT_TASK_SET lun=0 tag=0 state=waiting"
	release 1
	wait_log a "tmf 1 $tmf_complete"
	wait_for 5 mcmds_are "b fn=ABORT_TASK_SET lun=0 tag=0 state=waiting"
	release 2
	wait_log b "tmf 2 $tmf_complete"
	wait_for 5 mcmds_are ""
}

test_abort_reaches_a_blocked_command()	# it leaves without an answer
{
	echo 1 >"$unit/block"
	read_cmd a 1 s
	run a "tmf 1 $tmf_abort_task 0 1"
	wait_log a "tmf 1 $tmf_complete"
	wait_log a "gone 1"
	echo 0 >"$unit/block"
	assert_held ""
}

test_lun_goes_while_blocked()	# its commands are refused, not executed
{
	echo 1 >"$unit/block"
	read_cmd a 1 s
	write_attr "$script_tgt/luns/mgmt" "del 0"
	wait_log a "cmd 1 02 5/25/00"
	assert_held ""
	echo 0 >"$unit/block"
}

test_session_goes_while_blocked()	# nothing hangs
{
	echo 1 >"$unit/block"
	read_cmd a 1 s
	write_attr "$script/mgmt" "del_session t a"
	echo 0 >"$unit/block"
	assert_held ""
	read_cmd b 1 s
	assert_held "1"
	release 1
}

test_suspend_holds_all_devices()	# until it is resumed as often
{
	echo 5 >"$scst/suspend"
	echo 0 >"$scst/suspend"
	read_cmd a 1 s
	assert_eq "$(cat "$scst/suspend")" 2 suspend
	echo -1 >"$scst/suspend"
	assert_held ""
	echo -1 >"$scst/suspend"
	assert_held "1"
	release 1
	assert_fails_with "Invalid argument" write_attr "$scst/suspend" -1
}

test_suspend_gives_up()	# and leaves nothing suspended
{
	read_cmd a 1 s
	assert_fails_with "Device or resource busy" write_attr "$scst/suspend" 1
	assert_eq "$(cat "$scst/suspend")" 0 suspend
	read_cmd a 2 s
	assert_held "1 2"
	release all
}

test_killed_suspend_leaves_nothing_suspended()	# whoever waits in it may be killed
{
	local suspend
	read_cmd a 1 s
	write_attr "$scst/suspend" 1000 &
	suspend=$!
	wait_for 5 grep -qx 1 "$scst/suspend"
	kill -9 "$suspend"
	wait "$suspend" 2>/dev/null || true
	assert_eq "$(cat "$scst/suspend")" 0 suspend
	read_cmd a 2 s
	assert_held "1 2"
	release all
	wait_log a "cmd 2 00"
}

test_suspend_has_patience()	# for as many seconds as it is told, also if those are many jiffies
{
	local suspend
	read_cmd a 1 s
	write_attr "$scst/suspend" 17179870 &
	suspend=$!
	wait_for 5 grep -qx 1 "$scst/suspend"
	sleep "$((3 * PATIENCE))"
	kill -0 "$suspend" || fail "it gave up"
	release 1
	wait "$suspend"
	echo -1 >"$scst/suspend"
}

test_black_hole_swallows_commands()	# until they are aborted
{
	echo 1 >"$script_tgt/black_hole"
	read_cmd a 1 s
	tur a 2
	assert_waits 1 lookup
	assert_waits 2 lookup
	assert_eq "$(log_of a)" "" "what came back"
	run a "tmf 1 $tmf_abort_task_set 0"
	wait_log a "tmf 1 $tmf_complete"
	wait_log a "gone 1"
	wait_log a "gone 2"
	echo 0 >"$script_tgt/black_hole"
	tur a 3
	wait_log a "cmd 3 00"
}

test_what_a_black_hole_swallowed_is_lost()	# when it is closed, or another one
{
	echo 1 >"$script_tgt/black_hole"
	read_cmd a 1 s
	assert_waits 1 lookup
	echo 3 >"$script_tgt/black_hole"
	wait_log a "gone 1"
	read_cmd a 2 s
	tur a 3
	wait_log a "cmd 3 00"
	assert_waits 2 lookup
	echo 0 >"$script_tgt/black_hole"
	wait_log a "gone 2"
	assert_held ""
	read_cmd a 4 s
	assert_held "4"
	release 4
}

test_what_a_black_hole_swallowed_is_lost_with_its_lun()	# no answer, though there is no such LUN now
{
	echo 1 >"$script_tgt/black_hole"
	read_cmd a 1 s
	assert_waits 1 lookup
	write_attr "$script_tgt/luns/mgmt" "del 0"
	wait_log a "gone 1"
	tur a 2
	wait_log a "cmd 2 02 5/25/00"
}

# Into a group without one, where its LUN is another disk.
test_what_a_black_hole_swallowed_comes_out_nowhere()	# when the session moves
{
	echo 1 >"$script_tgt/black_hole"
	read_cmd a 1 s
	assert_waits 1 lookup
	write_attr "$scst/handlers/scst_script/mgmt" "add_device other"
	echo 1 >"$scst/devices/other/hold"
	write_attr "$script_tgt/ini_groups/mgmt" "create g"
	write_attr "$script_tgt/ini_groups/g/luns/mgmt" "add other 0"
	write_attr "$script_tgt/ini_groups/g/initiators/mgmt" "add a"
	wait_log a "gone 1"
	assert_eq "$(cat "$scst/devices/other/held")" "" "executed at the other disk"
	wait_for 5 is_answered a
}

is_answered() # SESSION
{
	tur "$1" 60
	has_line "$1" "cmd 60 00"
}

test_black_hole_of_data_commands()	# others are answered; with 4 task management is lost as well
{
	echo 4 >"$script_tgt/black_hole"
	tur a 1
	wait_log a "cmd 1 00"
	read_cmd a 2 s
	run a "tmf 1 $tmf_abort_task 0 2"
	wait_log a "tmf 1 $tmf_dropped"
	assert_held ""
	echo 0 >"$script_tgt/black_hole"
	wait_log a "gone 2"
	assert_fails_with "Invalid argument" write_attr "$script_tgt/black_hole" 5
}

test_black_hole_swallows_no_function_of_the_target()	# it ends what a session that goes has under way
{
	echo 2 >"$script_tgt/black_hole"
	read_cmd a 1 s
	assert_waits 1 lookup
	run a "tmf 1 $tmf_nexus_reset 0"
	wait_log a "tmf 1 $tmf_dropped"
	assert_waits 1 lookup
	run a "own 2 $tmf_nexus_reset 0"
	wait_log a "gone 1"
	wait_log a "tmf 2 $tmf_complete"
}

test_limit_answers_task_set_full()	# status 28h, per nexus
{
	echo 2 >"$unit/max_tgt_dev_commands"
	read_cmd a 1 s
	read_cmd a 2 s
	read_cmd a 3 s
	wait_log a "cmd 3 28"
	read_cmd b 4 s
	assert_held "1 2 4"
	release 1
	wait_log a "cmd 1 00"
	read_cmd a 5 s
	assert_held "2 4 5"
	echo 64 >"$unit/max_tgt_dev_commands"
	read_cmd a 6 s
	read_cmd a 7 s
	assert_held "2 4 5 6 7"
	release all
}

test_no_memory_for_data_answers_busy()	# or TASK SET FULL, if the initiator has another command
{
	local run="r8388608 88 00 00 00 00 00 00 00 00 00 00 00 40 00 00 00"
	unload_script
	modprobe scst scst_max_cmd_mem=4
	load_script
	new_unit
	run a "cmd 1 s 0 $run"
	wait_log a "cmd 1 08"
	read_cmd a 2 s
	assert_held "2"
	run a "cmd 3 s 0 $run"
	wait_log a "cmd 3 28"
	release 2
	grep -q "failures *0/[1-9]" "$scst/sgv/global_stats"
	# REPORT LUNS: an allocation length is not memory
	run a "cmd 4 s 0 r16777216 a0 00 00 00 00 00 01 00 00 00 00 00"
	wait_log a "cmd 4 00"
	# SET IDENTIFYING INFORMATION: nor is a list of 16 MiB received to be refused
	run a "cmd 5 s 0 w16777216 a4 06 00 00 00 00 01 00 00 00 00 00"
	wait_log a "cmd 5 02 5/1a/00"
	drop_unit
	unload_script
	load_script
}

# Session c of a target that takes less than others; run and log_of are about it.
small_target() # PARAMETERS
{
	echo 0 >"$unit/hold"
	write_attr "$script/mgmt" "add_target small $1"
	script_tgt=$script/small
	write_attr "$script_tgt/luns/mgmt" "add unit 0"
	write_attr "$script/mgmt" "add_session small c"
	tur c 63
	wait_log c "cmd 63 02 6/29/00"
	echo >"$script_tgt/sessions/c/log"
}

drop_small_target()
{
	write_attr "$script/mgmt" "del_target small"
}

# READ(10) or WRITE(10) of so many blocks.
move_blocks() # TAG r|w BLOCKS
{
	local opcode=28
	[ "$2" = r ] || opcode=2a
	run c "cmd $1 s 0 $2$(($3 * 512)) $opcode 00 00 00 00 00 00 $(printf '%02x %02x' \
		$(($3 >> 8)) $(($3 & 255))) 00"
}

test_target_that_takes_few_bytes()	# more is refused, whoever sends it and whichever way
{
	small_target "max_bytes=65536"
	move_blocks 1 r 128
	wait_log c "cmd 1 00"
	move_blocks 2 w 128
	wait_log c "cmd 2 00"
	move_blocks 3 r 129
	wait_log c "cmd 3 02 5/24/00"
	move_blocks 4 w 129
	wait_log c "cmd 4 02 5/24/00"
	run c "cmd 5 s 0 r255 12 00 00 00 ff 00"
	wait_log c "cmd 5 00"
}

test_target_that_takes_few_pieces()	# memory comes in no more; what might not fit is refused
{
	local blocks
	small_target "max_sg=2"
	assert_eq "$(cat "$script_tgt/sg_tablesize")" 2
	for blocks in 1 8 9 72 100 128; do
		move_blocks 1 r "$blocks"
		wait_log c "cmd 1 00"
		[ "$(cat "$script_tgt/sessions/c/entries")" -le 2 ] ||
			fail "$blocks blocks in $(cat "$script_tgt/sessions/c/entries") pieces"
		echo >"$script_tgt/sessions/c/log"
	done
	move_blocks 2 r 129
	wait_log c "cmd 2 02 5/24/00"
}

test_target_on_a_node()	# one there is
{
	small_target "numa_node=0; max_sg=1"
	move_blocks 1 w 64
	wait_log c "cmd 1 00"
	assert_eq "$(cat "$script_tgt/sessions/c/entries")" 1 entries
}

test_limits_that_are_none_are_refused()	# and there is no target then
{
	for limit in max_bytes=4095 numa_node=7 numa_node=65535 max_sg=few most=1; do
		assert_fails_with "Invalid argument" write_attr "$script/mgmt" "add_target small $limit"
		[ ! -e "$script/small" ] || fail "$limit: it is there"
	done
}

test_buffers_are_used_again()	# the second read of a size finds the first one's
{
	echo 0 >"$unit/hold"
	echo 1 >"$scst/force_global_sgv_pool"	# else another CPU's cache may have it
	assert_eq "$(cat "$scst/force_global_sgv_pool")" $'1\n[key]' force_global_sgv_pool
	echo >"$scst/sgv/sgv/stats"
	read_cmd a 1 s
	wait_log a "cmd 1 00"
	read_cmd a 2 s
	wait_log a "cmd 2 00"
	grep -qE "sgv-4K +1 +2 " "$scst/sgv/sgv/stats" ||
		grep -qE "sgv-4K +2 +2 " "$scst/sgv/sgv/stats" || fail "$(cat "$scst/sgv/sgv/stats")"
	echo 0 >"$scst/force_global_sgv_pool"
}

run_tests "$@"
