#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Programs that read and write a block device on the rings of libscst-user (user_disk.c): what a dead one
# has under way, and what the library makes of answers that are none.
#
# expects: disks that go
# expects: I/O error
# expects: initiator: scsi_

. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/../lib/scst.sh"
. "$(dirname "$0")/../lib/user.sh"

lower=/dev/ram0

setup_file()
{
	load_user
	modprobe brd rd_nr=1 rd_size=16384
}

teardown_file()
{
	unload_user
	modprobe -r brd
}

teardown()
{
	echo 1 >/sys/bus/scsi/drivers_autoprobe
	drop_user_disk
	[ -z "$(slow_disk)" ] || dmsetup remove --noudevsync --retry slow
}

slow_disk()
{
	dmsetup info --columns --noheadings -o blkdevname slow 2>/dev/null
}

# Over $lower: a write takes so long, a read does not.
make_slow() # MILLISECONDS
{
	dmsetup create slow --noudevsync --table "0 32768 delay $lower 0 0 $lower 0 $1"
	wait_for 5 test -b "/dev/$(slow_disk)"
}

start_user_disk() # PATH [RESULT]
{
	"$user_disk" disk 16 "$1" "$memory.token" ${2:+"$2"} &
	program=$!
	wait_for 30 is_serving
}

# A block of that letter to LBA 8.
write_block() # LETTER
{
	head -c 512 /dev/zero | tr '\0' "$1" >"$tap_dir/$1"
	sg_raw --timeout=100 --send=512 --infile="$tap_dir/$1" "$sg" 2a 00 00 00 00 08 00 00 01 00 >"$tap_dir/write" 2>&1
}

# It tells reads, writes and flushes that are being delayed.
has_write()
{
	[ "$(dmsetup status slow | awk '{ print $5 }')" != 0 ]
}

has_no_write()
{
	! has_write
}

test_dead_program_does_not_overwrite_what_the_next_one_wrote()	# what it has under way is waited for
{
	local writer
	make_slow 8000
	start_user_disk "/dev/$(slow_disk)"
	map_user_disk
	write_block A &
	writer=$!
	wait_for 5 has_write
	kill -KILL "$program"
	wait "$program" || true
	start_user_disk $lower
	wait "$writer"
	write_block B
	wait_for 15 has_no_write
	dd if=$lower bs=512 skip=8 count=1 iflag=direct 2>/dev/null | cmp - "$tap_dir/B"
}

# With no disk of the host, which would read by itself.
map_for_sg()
{
	echo 0 >/sys/bus/scsi/drivers_autoprobe
	map_lun disk 0
	wait_for 15 sdev_dir 0
	sg=$(sg_of 0)
	clear_unit_attentions "$sg"
}

read_block()
{
	sg_raw --timeout=20 --request=512 "$sg" 28 00 00 00 00 08 00 00 01 00
}

test_error_that_is_no_answer_is_an_error()	# EILSEQ of what does not compare; no error number at all
{
	local result
	for result in -84 1000 -5000; do
		start_user_disk $lower "$result"
		map_for_sg
		assert_fails_with "Medium Error" read_block
		assert_eq "$(disk_attr state)" serving
		drop_user_disk
	done
}

is_over() # PROCESS
{
	! kill -0 "$1" 2>/dev/null
}

is_stopping()
{
	[ "$(disk_attr state)" != serving ]
}

test_program_that_is_to_stop_is_told_of_aborts()	# of what it still has; or it would be killed for that
{
	local reader
	start_user_disk $lower aborted
	map_for_sg
	{ read_block || true; } >/dev/null 2>&1 &
	reader=$!
	wait_for 5 is_asking
	sleep 1
	kill -TERM "$program"
	wait_for 5 is_stopping
	sg_reset --no-escalate --device "$sg"
	wait_for 5 is_over "$program"
	wait "$program" || fail "it ended with $?"
	wait "$reader"
}

test_second_answer_ends_the_program()	# at once, and the next one goes on
{
	start_user_disk $lower twice
	map_for_sg
	read_block >/dev/null
	wait_for 10 is_over "$program"
	wait "$program" || assert_eq $? 1 "status of the program"
	start_user_disk $lower
	read_block >/dev/null
}

run_tests "$@"
