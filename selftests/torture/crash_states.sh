#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Every sequence of two of the commands that write (of three in `make soak`), at two ranges that overlap, and what
# a power cut leaves behind each answer (crash_states.py): in the check 300 of them, drawn anew each
# time, for each cache. kernel/powercut.sh has single ones, with file systems, reservations and saved mode parameters
# in between, for which there are no sequences here; nor is a disk made smaller or larger in one.

. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/../lib/scst.sh"

here=$(dirname "$0")
mb=64				# of the disk below
case_timeout=$(amount 300 7200)

setup_file()
{
	load_scst
	modprobe brd rd_nr=1 rd_size=262144
	make_nullb
}

teardown_file()
{
	unload_scst
	drop_nullb
	modprobe -r brd
}

setup()
{
	local below
	dd if=/dev/zero of=/dev/ram0 bs=4k count=1 oflag=direct	# the log of the last one
	dmsetup create cut --noudevsync --table "0 $((mb * 2048)) log-writes $nullb /dev/ram0"
	below=/dev/$(dmsetup info --columns --noheadings -o blkdevname cut)
	wait_for 5 test -b "$below"
	filename=$below
}

teardown()
{
	drop_disk_if_any
	wait_for 10 no_sdev 0
	dmsetup remove --noudevsync --retry cut
	dd if=/dev/zero of="$nullb" bs=1M count=$mb oflag=direct
}

# All, or as many as the check has time for.
all_sequences() # PARAMETERS OF THE DISK
{
	local seed=${SEED:-$RANDOM}
	# shellcheck disable=SC2034	# for with_disk
	handler=vdisk_blockio
	with_disk "filename=$filename$1"
	if [ -n "${SOAK:-}" ]; then
		"$here/crash_states.py" "$sg" cut /dev/ram0 3
	else
		echo "SEED=$seed"
		"$here/crash_states.py" "$sg" cut /dev/ram0 2 "$seed" 150
	fi
}

test_with_a_cache()	# that is switched off and on in between, as well
{
	all_sequences ""
}

test_without_a_cache()	# write_through: each answer is for good
{
	all_sequences "; write_through=1"
}

test_oracle_sees_what_is_lost()	# a disk that takes flushes for nothing: nv_cache, on one whose cache is not
{
	local said
	# shellcheck disable=SC2034	# for with_disk
	handler=vdisk_blockio
	with_disk "filename=$filename; nv_cache=1"
	! said=$("$here/crash_states.py" "$sg" cut /dev/ram0 2 1 60 2>&1) || fail "nothing was lost: $said"
	has "must be there when" <<<"$said"
}

run_tests "$@"
