#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Programs that are a disk's back end and get next to no processor time, by whoever runs them: data are
# copied in that time. Nobody waits for more than one command of theirs.
#
# expects: disks that go
# expects: I/O error
# expects: initiator: scsi_
# expects: does not give back what was aborted

. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/../lib/scst.sh"
. "$(dirname "$0")/../lib/user.sh"

slow_group=/sys/fs/cgroup/slow

setup_file()
{
	load_user
	echo +cpu >/sys/fs/cgroup/cgroup.subtree_control
	mkdir $slow_group
}

teardown_file()
{
	rmdir $slow_group
	unload_user
}

teardown()
{
	echo max >$slow_group/cpu.max
	drop_user_disk
}

# Of a MiB each, all at once: $writers.
start_writes() # NUMBER
{
	local i
	writers=()
	head -c 1M /dev/zero >"$tap_dir/data"
	for ((i = 0; i < $1; i++)); do
		sg_raw --timeout=300 --send=1048576 --infile="$tap_dir/data" "$sg" 2a 00 00 00 00 00 00 08 00 00 \
			>/dev/null 2>&1 &
		writers+=($!)
	done
	wait_for 30 has_commands "$1"
}

has_commands() # NUMBER
{
	[ "$(cat "$host_session/active_commands")" -ge "$1" ]
}

end_writes()
{
	local writer
	for writer in "${writers[@]}"; do
		wait "$writer" || true
	done
}

test_lun_goes_while_the_program_copies()	# what it has not begun to copy is taken from it
{
	start_ramdisk
	map_user_disk
	kill -STOP "$program"
	start_writes 32
	echo "2000 1000000" >$slow_group/cpu.max
	echo "$program" >$slow_group/cgroup.procs
	kill -CONT "$program"
	[ "$(seconds_of unmap_lun 0)" -le $((20 * PATIENCE)) ] || fail "luns del took long"
	echo max >$slow_group/cpu.max
	end_writes
}

run_tests "$@"
