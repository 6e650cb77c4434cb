#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Task management as the error handler of the local host drives it: commands that last too long are
# aborted, resets end all commands of a LUN, and nothing is lost or answered twice. Commands are made
# to last by the null disk's delay_ms.
#
# Commands that are lost, and resets:
# expects: initiator: scsi_
# boot: --parallel

. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/../lib/scst.sh"

case_timeout=90

setup_file()
{
	load_scst
	add_null slow
	add_null other
	map_lun slow 0
	map_lun other 1
	write_attr "$scst"/targets/scst_local/mgmt "add_session scst_local_tgt second_host"
	second=$tgt/sessions/second_host
	disk=$(disk_of 0)
	disk2=$(disk_of 0 "$second")
	other2=$(disk_of 1 "$second")
	sg=$(sg_of 0)
	sg2=$(sg_of 0 "$second")
	delay=$scst/devices/slow/delay_ms
	other_delay=$scst/devices/other/delay_ms
}

teardown()
{
	write_attr "$tgt/black_hole" 0
	write_attr "$delay" 0
	write_attr "$other_delay" 0
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
	wait_for 5 reads_are_under_way 1
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
	wait_for 5 reads_are_under_way 1
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

reads_are_under_way() # HOW MANY
{
	[ "$(nr_lines "opcode=0x28 step=execute" "$scst/trace_cmds")" = "$1" ]
}

test_target_reset_ends_commands()	# of every LUN of the target, which tells so at each
{
	local dev reads=()
	for dev in "$sg" "$(sg_of 1)" "$sg2" "$(sg_of 1 "$second")"; do
		clear_unit_attentions "$dev"
	done
	write_attr "$delay" 60000
	write_attr "$other_delay" 60000
	dd if="$disk2" of=/dev/null bs=4k count=1 iflag=direct &
	reads+=($!)
	dd if="$other2" of=/dev/null bs=4k count=1 iflag=direct &
	reads+=($!)
	wait_for 5 reads_are_under_way 2
	write_attr "$delay" 0
	write_attr "$other_delay" 0
	sg_reset --no-esc --target "$sg"
	wait_for 5 idle "$second"
	for dev in "$sg" "$(sg_of 1)"; do
		assert_fails_with "Power on, reset" sg_raw "$dev" 00 00 00 00 00 00
	done
	wait_all "${reads[@]}"
}

# By the device's "block".
is_held() # OPCODE
{
	grep -q "opcode=$1 step=lookup" "$scst/trace_cmds"
}

test_write_that_a_foreign_reset_ends_is_not_good()	# its host is told, to send it again
{
	local writer
	write_attr "$scst/devices/slow/block" 1
	sg_raw --send=512 --infile=/dev/zero "$sg" 2a 00 00 00 00 00 00 00 01 00 &
	writer=$!
	wait_for 5 is_held 0x2a
	sg_reset --no-esc --device "$sg2"
	write_attr "$scst/devices/slow/block" 0
	if wait "$writer"; then fail "told as done"; fi
	clear_unit_attentions "$sg"
	clear_unit_attentions "$sg2"
}

# Else the host gives memory to others which the back end may still write to.
test_error_handler_waits_though_task_management_is_lost()	# until the command has left
{
	write_attr "$tgt/black_hole" 2
	start_slow_read "$sg" 1
	sleep $((3 * PATIENCE))
	kill -0 "$reader" || fail "given up, and the command is still there"
	busy "$host_session"
	write_attr "$tgt/black_hole" 0
	wait "$reader" || true
	wait_for 10 idle "$host_session"
	clear_unit_attentions "$sg"
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
