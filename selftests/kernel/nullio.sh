#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The test personality of vdisk_nullio: each Nth command fails as chosen or falls short, reads bring
# zeros. local_disk.sh has the rest.

. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/../lib/scst.sh"

handler=vdisk_nullio
attrs=$scst/devices/disk

setup_file()
{
	load_scst
	with_disk "size_mb=64"
}

teardown_file()
{
	unload_scst
}

teardown()
{
	write_attr "$attrs/test_every" 0
	write_attr "$attrs/test_sense" 0/0/0
	write_attr "$attrs/test_short" 0
}

read_block()
{
	sg_raw --request=512 "$sg" 28 00 00 00 00 00 00 00 01 00
}

test_each_third_command_fails()	# with the sense that was chosen
{
	write_attr "$attrs/test_sense" 3/11/0
	assert_eq "$(cat "$attrs/test_sense")" "3/11/00 unrecovered read error"
	write_attr "$attrs/test_every" 3
	for _ in 1 2; do
		read_block
		read_block
		assert_fails_with "Unrecovered read error" read_block
	done
	write_attr "$attrs/test_sense" 4/44/0
	write_attr "$attrs/test_every" 1
	assert_fails_with "Internal target failure" \
		sg_raw --send=512 --infile=/dev/zero "$sg" 2a 00 00 00 00 00 00 00 01 00
}

test_reads_fall_short()	# the transport tells how much is missing
{
	write_attr "$attrs/test_short" 100
	write_attr "$attrs/test_every" 1
	read_block 2>&1 | grep -q "Received 412 bytes"
	write_attr "$attrs/test_short" 1000
	read_block 2>&1 | grep -q "Received 0 bytes" || read_block 2>&1 | grep -qv "Received 512"
}

refused() # NAME VALUE
{
	assert_fails_with "Invalid argument" write_attr "$attrs/$1" "$2"
}

test_nonsense_is_refused()	# a sense that we do not know, text
{
	refused test_sense 3/99/9
	refused test_sense 3/11
	refused test_sense 3/11/0/0
	refused test_every often
	refused test_short -1
	refused delay_ms 600001
	assert_eq "$(cat "$attrs/test_every")" 0
}

run_tests "$@"
