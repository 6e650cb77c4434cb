#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What becomes of commands when the program that is a disk's back end dies, stops or hangs, and when
# another one takes over (docs/user-devices.md). Through scst_local; the program is the example, whose
# memory is a file on tmpfs, or one that does as it is told.
#
# What the host says of disks that are not ready, and the kernel of programs that hang or do not come:
# expects: disks that go
# expects: I/O error
# expects: initiator: scsi_
# expects: it is cut off and killed
# expects: no program came within

. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/../lib/scst.sh"
. "$(dirname "$0")/../lib/user.sh"

# Writes that are verified, again and again in the background: $fio.
start_fio()
{
	rm -f "$tap_dir/enough"
	while [ ! -e "$tap_dir/enough" ]; do
		verify_fio --size=16m --bsrange=4k-64k --output="$tap_dir/fio"
	done &
	fio=$!
}

end_fio()
{
	touch "$tap_dir/enough"
	wait "$fio"
}

io_flows_again()
{
	wait_for 15 io_flows "$disk" "$(cat "/sys/block/${disk##*/}/stat")"
}

errors_of_the_host()
{
	log_since_mark | lines_with -E "${disk##*/}.*(error|FAILED)" || true
}

test_killed_program_is_not_noticed()	# kill -9 again and again under load: no error, no lost write
{
	local i nr
	nr=$(amount 10)
	mark_log
	start_ramdisk 64 2
	map_user_disk
	start_fio
	for ((i = 0; i < nr; i++)); do
		io_flows_again
		end_ramdisk KILL
		start_ramdisk 64 2
	done
	io_flows_again
	end_fio
	assert_eq "$(disk_attr recoveries)" "$nr" recoveries
	assert_eq "$(errors_of_the_host)" "" "errors"
}

test_stopped_program_leaves_in_good_order()	# SIGTERM: what it has it finishes, the rest waits
{
	local i nr
	nr=$(amount 5)
	mark_log
	start_ramdisk 64 2
	map_user_disk
	start_fio
	for ((i = 0; i < nr; i++)); do
		io_flows_again
		kill -TERM "$program"
		wait "$program"
		wait_for 5 has_no_program	# its ring goes in the background
		start_ramdisk 64 2
	done
	end_fio
	assert_eq "$(errors_of_the_host)" "" "errors"
}

test_none_comes_in_time()	# NOT READY, until one does
{
	start_ramdisk
	map_user_disk
	echo 1 >"$scst/devices/disk/recover_s"
	end_ramdisk KILL
	assert_eq "$(disk_attr state)" recovering
	assert_fails_with "Not Ready" sg_raw --request=512 "$sg" 28 00 00 00 00 00 00 00 01 00
	assert_eq "$(disk_attr state)" lost
	assert_fails_with "unit not ready" sg_raw "$sg" 00 00 00 00 00 00
	assert_fails_with "Not Ready" sg_raw "$sg" 35 00 00 00 00 00 00 00 00 00
	assert_fails_with "Not Ready" sg_raw "$sg" 28 00 00 00 00 00 00 00 00 00
	assert_fails_with "Not Ready" sg_raw "$sg" 42 00 00 00 00 00 00 00 00 00
	start_ramdisk
	sg_raw "$sg" 00 00 00 00 00 00
	verify_fio
}

test_nobody_is_waited_for()	# recover_s 0
{
	start_ramdisk
	map_user_disk
	echo 0 >"$scst/devices/disk/recover_s"
	end_ramdisk KILL
	wait_for 5 is_in_state lost
	assert_fails_with "Not Ready" sg_raw --request=512 "$sg" 28 00 00 00 00 00 00 00 01 00
}

# A read that waits, in the background: $reader.
start_read()
{
	sg_raw --timeout=100 --request=512 "$sg" 28 00 00 00 00 00 00 00 01 00 >"$tap_dir/read" 2>&1 &
	reader=$!
	wait_for 10 has_command
}

has_command()
{
	[ "$(cat "$host_session/active_commands")" != 0 ]
}

end_read()
{
	wait "$reader" || true
}

test_parked_commands_are_aborted_at_once()	# no program has them
{
	start_ramdisk
	map_user_disk
	end_ramdisk KILL
	start_read
	[ "$(seconds_of sg_reset --no-escalate --device "$sg")" -le $((3 * PATIENCE)) ] || fail "the reset took long"
	end_read
	assert_eq "$(disk_attr state)" recovering
}

# It has a read of $sg, and stands still: $token.
hang_with_a_read()
{
	start_client
	client_has_disk recover_s=30
	token=$(told token)
	map_user_disk_of_client
	start_read
	tell "0 0 0" wait 5000
	kill -STOP "$client_pid"
}

hung_client_was_killed()
{
	wait "$client_pid" || assert_eq $? 137 "status of the program"
}

test_reset_does_not_wait_for_a_program_that_hangs()	# it is killed, and the next one goes on
{
	hang_with_a_read
	[ "$(seconds_of sg_reset --no-escalate --device "$sg")" -le $((15 * PATIENCE)) ] || fail "the reset took long"
	end_read
	hung_client_was_killed
	wait_for 5 has_no_program
	take_over "$token"
	answer_all_until sg_raw "$sg" 00 00 00 00 00 00
	start_read
	tell "0 0 0" wait 5000
	tell waits both 0 0
	wait "$reader"
}

test_lun_goes_while_the_program_hangs()	# and the device
{
	hang_with_a_read
	[ "$(seconds_of unmap_lun 0)" -le $((15 * PATIENCE)) ] || fail "luns del took long"
	end_read
	hung_client_was_killed
	write_attr "$user_mgmt" "del_device disk"
}

test_device_goes_while_the_program_hangs()	# with the program
{
	hang_with_a_read
	[ "$(seconds_of write_attr "$user_mgmt" "del_device disk")" -le $((15 * PATIENCE)) ] || fail "del_device took long"
	end_read
	hung_client_was_killed
}

test_what_a_stopped_program_has_not_seen_leaves()	# it goes on when it can
{
	start_ramdisk
	map_user_disk
	kill -STOP "$program"
	start_read
	sg_reset --no-escalate --device "$sg"
	end_read
	clear_unit_attentions "$sg"
	start_read
	unmap_lun 0
	end_read
	kill -CONT "$program"
	map_user_disk
	verify_fio
}

test_program_that_does_not_answer_is_killed()	# after answer_s, and its commands are the next one's
{
	start_ramdisk
	map_user_disk
	echo 2 >"$scst/devices/disk/answer_s"
	kill -STOP "$program"
	start_read
	wait "$program" || assert_eq $? 137 "status of the program"
	start_ramdisk
	wait "$reader"
}

test_module_goes_with_what_waits()	# no program is there to be waited for
{
	start_ramdisk
	map_user_disk
	end_ramdisk KILL
	wait_for 5 has_no_program
	start_read
	modprobe -r scst_user
	end_read
	[ ! -e "$scst/devices/disk" ] || fail "it is still there"
	modprobe scst_user
}

test_next_program_needs_the_token()	# and the same user, and the last one gone
{
	local token
	start_client
	client_has_disk
	token=$(told token)
	tell ok open
	tell EBUSY attach disk token="$token"
	tell EACCES attach disk token="${token/[0-9a-f][0-9a-f]/zz}"
	tell EACCES attach disk
	tell ENOENT attach other token="$token"
	stop_client
	wait_for 5 has_no_program
	start_client
	tell ok open
	tell EINVAL attach disk token="$token" block_size=4096
	tell EINVAL attach disk token="$token" nblocks=4096
	tell EINVAL attach disk token="$token" ops=3
	tell ok attach disk token="$token" depth=8 nr_queues=2
	tell EINVAL start
	tell ok ring
	tell waits fetch 0 0
	tell EINVAL start
	tell waits fetch 1 0
	tell ok start
	tell EINVAL start
	assert_eq "$(disk_attr state)" serving
}

test_what_was_done_is_said_to_be_offered_again()	# and what may not be done twice ends
{
	local token
	start_client
	client_has_disk recover_s=30
	token=$(told token)
	map_user_disk_of_client
	start_write
	tell "0 0 0" wait 5000
	tell "1 5 1 512 0" desc 0 0
	stop_client
	wait_for 5 has_no_program
	take_over "$token"
	tell "0 0 0" wait 5000
	tell "1 5 1 512 32" desc 0 0
	tell waits both 0 0
	wait "$writer"
	start_compare_and_write
	tell "0 0 0" wait 5000
	tell "5 5 1 1024 0" desc 0 0
	stop_client
	wait_for 5 has_no_program
	! wait "$writer" || fail "COMPARE AND WRITE passed"
	grep -q "Aborted Command" "$tap_dir/write" || fail "no ABORTED COMMAND in $(cat "$tap_dir/write")"
}

take_over() # TOKEN
{
	start_client
	tell ok open
	tell ok attach disk token="$1" recover_s=30
	tell ok map descs
	tell ok map arena rw
	tell ok ring
	tell waits fetch 0 0
	tell ok start
}

start_write()
{
	clear_unit_attentions "$sg"
	head -c 512 /dev/urandom >"$tap_dir/block"
	sg_raw --timeout=100 --send=512 --infile="$tap_dir/block" "$sg" 2a 00 00 00 00 05 00 00 01 00 >"$tap_dir/write" 2>&1 &
	writer=$!
}

start_compare_and_write()
{
	head -c 1024 /dev/zero >"$tap_dir/both"
	sg_raw --timeout=100 --send=1024 --infile="$tap_dir/both" "$sg" \
		89 00 00 00 00 00 00 00 00 05 00 00 00 01 00 00 >"$tap_dir/write" 2>&1 &
	writer=$!
}

test_program_dies_while_devices_go()	# all at once, again and again
{
	local i nr
	nr=$(amount 8)
	for ((i = 0; i < nr; i++)); do
		start_ramdisk 64 2
		map_user_disk
		start_load "$disk" 60
		kill -KILL "$program" &
		write_attr "$user_mgmt" "del_device disk"
		wait "$program" || true
		load_ended
		wait_for 15 no_sdev 0
		rm -f "$memory.token"
	done
}

run_tests "$@"
