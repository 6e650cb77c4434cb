#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Task management as the error handler of the local host drives it: commands that last too long are
# aborted, resets end all commands of a LUN, and nothing is lost or answered twice. Commands are made
# to last by the null disk's delay_ms.
#
# Commands that are lost, and resets:
# expects: initiator: scsi_

. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/../lib/scst.sh"

case_timeout=90

setup_file()
{
	load_scst
	add_null slow
	add_null slow1
	map_lun slow 0
	map_lun slow1 1
	write_attr "$scst"/targets/scst_local/mgmt "add_session scst_local_tgt second_host"
	second=$tgt/sessions/second_host
	disk=$(disk_of 0)
	disk2=$(disk_of 0 "$second")
	sg=$(sg_of 0)
	sg2=$(sg_of 0 "$second")
	delay=$scst/devices/slow/delay_ms
	delay1=$scst/devices/slow1/delay_ms
}

teardown()
{
	write_attr "$delay" 0
	write_attr "$delay1" 0
}

teardown_file()
{
	unload_scst
}

# One read past the block layer, in the background; its pid is $reader.
start_slow_read() # SG SECONDS
{
	sg_raw --timeout="$2" --request=512 "$1" 28 00 00 00 00 00 00 00 01 00 &
	reader=$!
}

test_timed_out_command_is_aborted()	# long before it would have ended by itself
{
	local start=$SECONDS
	write_attr "$delay" 60000
	start_slow_read "$sg" 2
	wait_for 5 busy "$host_session"
	if wait "$reader"; then fail "it ended well"; fi
	wait_for 10 idle "$host_session"
	[ $((SECONDS - start)) -lt 40 ] || fail "took $((SECONDS - start)) s"
	write_attr "$delay" 0
	clear_unit_attentions "$sg"
	dd if="$disk" of=/dev/null bs=4k count=1 iflag=direct
}

test_lun_reset_ends_commands_of_both_initiators()	# each is told by a unit attention
{
	clear_unit_attentions "$sg2"
	write_attr "$delay" 60000
	dd if="$disk2" of=/dev/null bs=4k count=1 iflag=direct &
	wait_for 5 busy "$second"
	write_attr "$delay" 0
	sg_reset --no-esc --device "$sg"
	wait_for 5 idle "$second"	# at once, not when the mid-layer has lost its patience
	wait $!				# it sends the read again
}

test_lun_reset_tells_every_initiator()	# 29h, once; whoever sent it too
{
	clear_unit_attentions "$sg"
	clear_unit_attentions "$sg2"
	sg_reset --device "$sg"
	local i
	for i in "$sg" "$sg2"; do
		assert_fails_with "Power on, reset" sg_raw "$i" 00 00 00 00 00 00
		sg_raw "$i" 00 00 00 00 00 00
	done
}

two_are_under_way() # SESSION DIRECTORY
{
	[ "$(cat "$1/active_commands")" = 2 ]
}

test_target_reset_ends_commands()	# of every LUN of the target, which tells so at each
{
	local dev readers=()
	for dev in "$sg" "$(sg_of 1)" "$sg2" "$(sg_of 1 "$second")"; do
		clear_unit_attentions "$dev"
	done
	write_attr "$delay" 60000
	write_attr "$delay1" 60000
	for dev in "$disk2" "$(disk_of 1 "$second")"; do
		dd if="$dev" of=/dev/null bs=4k count=1 iflag=direct & readers+=($!)
	done
	wait_for 5 two_are_under_way "$second"
	write_attr "$delay" 0
	write_attr "$delay1" 0
	sg_reset --no-esc --target "$sg"
	wait_for 5 idle "$second"
	for dev in "$sg" "$(sg_of 1)"; do
		assert_fails_with "Power on, reset" sg_raw "$dev" 00 00 00 00 00 00
	done
	wait_all "${readers[@]}"
}

test_reset_storm_under_load_loses_no_command()	# fio sees no error, nothing hangs
{
	local i
	start_load "$disk" 8
	for i in $(seq 40); do
		sg_reset --device "$sg2" || fail "reset $i"
	done
	wait "$load" || fail "fio: $(cat "$tap_dir/fio.log")"
	wait_for 10 idle "$host_session"
}

test_abort_storm_under_load()	# short time-outs against a disk slower than them
{
	local i pids=()
	write_attr "$delay" 60000
	for i in $(seq 16); do
		start_slow_read "$sg" 1
		pids+=("$reader")
	done
	for i in "${pids[@]}"; do
		! wait "$i" || fail "a read of a minute ended well with a time-out of 1 s"
	done
	wait_for 20 idle "$host_session"
	write_attr "$delay" 0
	clear_unit_attentions "$sg"
	dd if="$disk" of=/dev/null bs=4k count=16 iflag=direct
}

run_tests "$@"
