#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What a command costs its slot: the cache lines that it writes. How many instructions it takes is for
# `make bench`, which does not see lines.

. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/../lib/script.sh"

setup_file()
{
	load_script
	modprobe scst_vdisk
	new_unit
	write_attr "$scst/handlers/vdisk_nullio/mgmt" "add_device disk size_mb=16"
	write_attr "$script_tgt/luns/mgmt" "add disk 1"
	tur a 1 1
	tur a 1 1
	tur a 1 1
	wait_log a "cmd 1 00"	# the unit attentions are told
}

teardown_file()
{
	write_attr "$scst/handlers/vdisk_nullio/mgmt" "del_device disk"
	drop_unit
	modprobe -r scst_vdisk
	unload_script
}

setup()
{
	echo >"$ses_a/log"
}

test_null_read_writes_two_lines()	# the first two, and those of 8 blocks at another address too
{
	run a "cmd 2 s 1 r512 28 00 00 00 00 00 00 00 01 00"
	run a "cmd 2 s 1 r4096 28 00 00 00 00 50 00 00 08 00"
	wait_log a "cmd 2 00"
	assert_eq "$(cat "$ses_a/lines")" "0-1" "changed lines"
}

test_failed_command_writes_its_sense()	# elsewhere: the two lines have no room for it
{
	run a "cmd 3 s 1 r512 28 00 ff ff ff 00 00 00 01 00"
	wait_log a "cmd 3 02 5/21/00"
	assert_match "$(cat "$ses_a/lines")" "^0-[2-9]" "changed lines"
}

run_tests "$@"
