#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What is counted of commands, and where those run that need a thread: statistics, latency, pools,
# cpu_mask; with the scripted transport and back end (module/).

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
}

teardown()
{
	echo 0 >"$scst/measure_latency"
	[ ! -d "$other" ] || echo 0 >"$other/hold"
	write_attr "$scst/threads" :default:
	drop_unit
	drop_other_unit
}

teardown_file()
{
	unload_script
}

stat_of() # NAME
{
	cat "$ses_a/$1"
}

test_commands_are_counted_by_direction()	# and what is not whole 4 KiB apart; a write resets
{
	local name
	echo 0 >"$unit/hold"
	for name in read write none; do
		echo 0 >"$ses_a/${name}_cmd_count"
	done
	run a "cmd 1 s 0 r4096 28 00 00 00 00 08 00 00 08 00"
	run a "cmd 2 s 0 r4096 28 00 00 00 00 09 00 00 08 00"
	run a "cmd 3 s 0 r512 28 00 00 00 00 08 00 00 01 00"
	run a "cmd 4 s 0 w4096 2a 00 00 00 00 08 00 00 08 00"
	tur a 5
	wait_log a "cmd 5 00"
	assert_eq "$(stat_of read_cmd_count)" 3 reads
	assert_eq "$(stat_of read_unaligned_cmd_count)" 2 "unaligned reads"
	assert_eq "$(stat_of read_io_count_kb)" 8 "KiB read"
	assert_eq "$(stat_of write_cmd_count)" 1 writes
	assert_eq "$(stat_of write_unaligned_cmd_count)" 0 "unaligned writes"
	assert_eq "$(stat_of none_cmd_count)" 1 "commands without data"
	assert_eq "$(cat "$script_tgt/read_unaligned_cmd_count")" 2 "of the target"
	echo 0 >"$ses_a/read_io_count_kb"
	assert_eq "$(stat_of read_cmd_count)$(stat_of read_unaligned_cmd_count)" 00 "after the reset"
}

row_of() # FILE STATE
{
	grep "^$2 " "$ses_a/latency/$1"
}

test_latency_is_measured_by_direction_and_size()	# a read that lasts 300 ms, in r512 only
{
	local total begun lasted us
	[ ! -d "$ses_a/latency" ]
	echo 1 >"$scst/measure_latency"
	begun=$(date +%s%N)
	read_cmd a 1 s
	assert_held "1"
	sleep 0.3
	release 1
	wait_log a "cmd 1 00"
	lasted=$((($(date +%s%N) - begun) / 1000))
	read -r _ _ us _ <<<"$(row_of r512 exec_wait)"
	assert_eq "$(row_of r512 exec_wait)" "exec_wait 1 $us $us $us 0.0"
	[ "${us%.*}" -ge 300000 ] && [ "${us%.*}" -le "$lasted" ] ||
		fail "executed for $us µs of $lasted"
	total=$(row_of r512 total)
	assert_match "$total" "^total 1 "
	assert_eq "$(row_of r1024 total)" "total 0 0.0 0.0 0.0 0.0"
	assert_eq "$(row_of w512 total)" "total 0 0.0 0.0 0.0 0.0"
	echo 1 >"$ses_a/latency/w512"
	assert_eq "$(row_of r512 total)" "total 0 0.0 0.0 0.0 0.0" "cleared"
	echo 0 >"$scst/measure_latency"
	read_cmd a 2 s
	release 2
	wait_log a "cmd 2 00"
	assert_eq "$(row_of r512 total)" "total 0 0.0 0.0 0.0 0.0" "after measuring"
}

nr_in() # FILE STATE: how many were in it
{
	row_of "$1" "$2" | cut -d ' ' -f 2
}

test_states_have_names()	# in the order of a command's life; only those that it was in count
{
	local state
	echo 1 >"$scst/measure_latency"
	assert_eq "$(cut -d ' ' -f 1 "$ses_a/latency/n512" | paste -sd ' ')" \
		"state prepare unblock_wait policy_wait data_wait turn_wait thread_wait execute exec_wait xmit_wait total"
	tur a 1
	wait_log a "cmd 1 00"
	for state in prepare execute xmit_wait total; do
		assert_eq "$(nr_in n512 "$state")" 1 "$state"
	done
	for state in unblock_wait policy_wait data_wait turn_wait exec_wait; do
		assert_eq "$(nr_in n512 "$state")" 0 "$state"
	done
}

# MS of a wait that began no later than now, in the row of the file.
assert_waited() # FILE STATE MS
{
	local us
	read -r _ _ us _ <<<"$(row_of "$1" "$2")"
	[ "${us%.*}" -ge $(($3 * 1000)) ] || fail "$2 for $us µs, at least $3 ms expected"
}

test_waiting_is_told_by_what_for()	# data, a block, the way back
{
	echo 1 >"$scst/measure_latency"
	echo 0 >"$unit/hold"
	echo 1 >"$ses_a/slow_data"
	run a "cmd 1 s 0 w512 2a 00 00 00 00 00 00 00 01 00"
	wait_for 5 grep -q "step=receive" "$scst/trace_cmds"
	sleep 0.2
	run a "data 1"
	wait_log a "cmd 1 00"
	assert_waited w512 data_wait 200
	echo 0 >"$ses_a/slow_data"
	echo 1 >"$unit/block"
	tur a 2
	sleep 0.2
	echo 0 >"$unit/block"
	wait_log a "cmd 2 00"
	wait_for 5 idle "$ses_a"	# it is measured when it leaves, which is after it is answered
	assert_waited n512 unblock_wait 200
	echo 1 >"$ses_a/slow_send"
	read_cmd a 3 s
	sleep 0.2
	assert_eq "$(nr_in r512 total)" 0 "it has not left"
	run a "send 3"
	wait_log a "cmd 3 00"
	wait_for 5 idle "$ses_a"
	assert_waited r512 xmit_wait 200
	assert_waited r512 total 200
	echo 0 >"$ses_a/slow_send"
	echo 1 >"$unit/hold"
}

test_command_from_before_is_not_measured()	# nor one whose slot another one had that was
{
	read_cmd a 1 s
	assert_held "1"
	echo 1 >"$scst/measure_latency"
	release 1
	wait_log a "cmd 1 00"
	assert_eq "$(nr_in r512 total)" 0
	read_cmd a 1 s
	assert_held "1"
	echo 0 >"$scst/measure_latency"
	release 1
	wait_for 5 idle "$ses_a"
	read_cmd a 1 s
	assert_held "1"
	echo 1 >"$scst/measure_latency"
	release 1
	wait_for 5 idle "$ses_a"
	assert_eq "$(nr_in r512 total)" 0
}

test_new_session_is_measured_too()	# while measuring is on
{
	echo 1 >"$scst/measure_latency"
	write_attr "$script/mgmt" "add_session t c"
	[ -e "$script_tgt/sessions/c/latency/n512" ]
	[ ! -e "$script_tgt/sessions/c/latency/n513" ]
	write_attr "$script/mgmt" "del_session t c"
}

# The threads that stand by for a workqueue of ours: one for each pool.
nr_pools()
{
	cat /proc/[0-9]*/comm 2>/dev/null | nr_lines "^kworker/R-scst_" || true
}

# One that has been told to stop is in /proc a moment longer.
pools_are() # HOW MANY
{
	[ "$(nr_pools)" = "$1" ]
}

test_device_has_pools_of_its_own()	# one, or one for each initiator; new ones get one too
{
	local before
	before=$(nr_pools)
	assert_eq "$(cat "$unit/threads_num")" 0 threads_num
	assert_eq "$(cat "$unit/threads_pool_type")" per_initiator threads_pool_type
	echo 2 >"$unit/threads_num"
	wait_for 5 pools_are $((before + 2))	# two sessions
	write_attr "$script/mgmt" "add_session t c"
	wait_for 5 pools_are $((before + 3))	# three
	echo shared >"$unit/threads_pool_type"
	wait_for 5 pools_are $((before + 1))
	assert_eq "$(cat "$unit/threads_pool_type")" $'shared\n[key]' threads_pool_type
	assert_fails_with "Invalid argument" write_attr "$unit/threads_num" 1025
	assert_fails_with "Invalid argument" write_attr "$unit/threads_pool_type" other
	echo 0 >"$unit/threads_num"
	wait_for 5 pools_are "$before"
	write_attr "$script/mgmt" "del_session t c"
}

test_pools_change_under_commands()	# that go on in threads, and none is lost
{
	local i
	for i in 1 2 3 4 5 6 7 8 9 10; do
		read_cmd a "$i" s
		read_cmd b "$i" s
		echo $((i % 3)) >"$unit/threads_num"
		[ $((i % 4)) -ne 0 ] || echo shared >"$unit/threads_pool_type"
	done
	wait_for 5 all_are_held 20
	echo 0 >"$unit/threads_num"
	echo 0 >"$unit/hold"
	echo all >"$unit/release"
	for i in 1 2 3 4 5 6 7 8 9 10; do
		wait_log a "cmd $i 00"
		wait_log b "cmd $i 00"
	done
}

# A device at LUN 1; reads of both sleep in the threads that carry them out.
add_other_unit()
{
	local lun
	write_attr "$scst/handlers/scst_script/mgmt" "add_device other"
	write_attr "$script_tgt/luns/mgmt" "add other 1"
	for lun in 1 1 0 0; do	# unit attentions
		tur a 62 "$lun"
		wait_log a "cmd 62"
		echo >"$ses_a/log"
	done
	echo 1 >"$other/hold"
	echo 1 >"$other/sleeps"
	echo 1 >"$unit/sleeps"
}

drop_other_unit()
{
	[ ! -d "$other" ] || write_attr "$scst/handlers/scst_script/mgmt" "del_device other"
}

are_asleep() # HOW MANY
{
	[ $(($(cat "$unit/asleep") + $(cat "$other/asleep"))) = "$1" ]
}

# One of each unit.
read_both() # TAG TAG
{
	read_cmd a "$1" s
	run a "cmd $2 s 1 r512 28 00 00 00 00 00 00 00 01 00"
}

test_written_threads_are_for_all_devices()	# what sleeps for one lets the other's wait; unwritten, it does not
{
	add_other_unit
	read_both 1 2
	wait_for 5 are_asleep 2
	echo 0 >"$unit/hold"
	echo 0 >"$other/hold"
	assert_answered a 1 2
	echo 1 >"$unit/hold"
	echo 1 >"$other/hold"
	write_attr "$scst/threads" 1
	read_both 3 4
	wait_for 5 are_asleep 1
	sleep 0.3
	are_asleep 1 || fail "both are under way in one thread"
	assert_eq "$(cat "$unit/asleep")" 1 "who came first"
	write_attr "$scst/threads" :default:
	wait_for 5 are_asleep 2
	echo 0 >"$unit/hold"
	echo 0 >"$other/hold"
	assert_answered a 3 4
}

# The CPUs on which the command with this tag was executed.
cpus_of() # TAG
{
	sed -n "s/.*\[\([0-9]*\)\].*scst_cmd_execute:.* tag=$1 .*/\1/p" /sys/kernel/tracing/trace |
		sort -u | xargs
}

test_threads_are_on_a_node()	# numa_node_id: one there is, or -1
{
	local node
	assert_eq "$(cat "$unit/numa_node_id")" -1
	write_attr "$unit/numa_node_id" 0
	assert_eq "$(cat "$unit/numa_node_id")" $'0\n[key]'
	for node in -2 1 99999999999 x ""; do
		assert_fails_with "Invalid argument" write_attr "$unit/numa_node_id" "$node"
	done
	assert_eq "$(cat "$unit/numa_node_id")" $'0\n[key]' "after what was refused"
	read_cmd a 1 o
	assert_held "1"
	read_cmd a 2 s	# waits for its turn, and then for a thread of this node
	release 1
	assert_held "2"
	release 2
	wait_log a "cmd 2 00"
	write_attr "$unit/numa_node_id" -1
	assert_eq "$(cat "$unit/numa_node_id")" -1
}

test_cpu_mask_keeps_threads_to_its_cpus()	# an ORDERED command that had to wait runs in a thread
{
	local i
	[ "$(nproc)" -gt 1 ] || skip "one CPU"
	echo 2 >"$script_tgt/cpu_mask"
	assert_match "$(cat "$script_tgt/cpu_mask")" "^0*2"$'\n'"\[key\]" cpu_mask
	mountpoint -q /sys/kernel/tracing || mount -t tracefs tracefs /sys/kernel/tracing
	echo >/sys/kernel/tracing/trace
	echo "set scst_cmd_execute" >"$scst/trace_level"
	for i in 1 2 3 4 5; do
		echo >"$ses_a/log"
		read_cmd a 1 s
		read_cmd a 2 o
		release 1
		assert_held "2"
		release 2
		wait_log a "cmd 2 00"
	done
	echo none >"$scst/trace_level"
	assert_eq "$(cpus_of 2)" 001 "CPUs of the ordered commands"
	assert_fails_with "Invalid argument" write_attr "$script_tgt/cpu_mask" 0
	assert_fails_with "Invalid argument" write_attr "$script_tgt/cpu_mask" x
	echo 3 >"$script_tgt/cpu_mask"
	assert_eq "$(wc -l <"$script_tgt/cpu_mask")" 1 "lines of cpu_mask"
}

test_io_grouping_type_keeps_its_value()	# SCST's words and numbers
{
	assert_eq "$(cat "$script_tgt/io_grouping_type")" auto io_grouping_type
	echo never >"$script_tgt/io_grouping_type"
	assert_eq "$(cat "$script_tgt/io_grouping_type")" $'never\n[key]' io_grouping_type
	echo 5 >"$script_tgt/io_grouping_type"
	assert_eq "$(cat "$script_tgt/io_grouping_type")" $'5\n[key]' io_grouping_type
	assert_fails_with "Invalid argument" write_attr "$script_tgt/io_grouping_type" 0
}

run_tests "$@"
