#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The test personality of vdisk_nullio: each Nth command fails as chosen, falls short, or both, reads
# bring zeros. What a device says with a failure, and data that comes with it, reach an initiator of
# scst_local; selftests/iscsi/sense.sh is the same over iSCSI. local_disk.sh has the rest.

. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/../lib/scst.sh"

handler=vdisk_nullio
attrs=$scst/devices/disk

setup_file()
{
	load_scst
	write_attr "$scst"/targets/scst_local/mgmt "add_session scst_local_tgt second_host"
	with_disk "size_mb=64"
	sg2=$(sg_of 0 "$tgt/sessions/second_host")
	clear_unit_attentions "$sg2"
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

# Status and sense as the initiator's kernel has them.
answer_of() # SG LENGTH CDB-BYTE...
{
	python3 "$(dirname "$0")/sg_io.py" "$@" | sed -n 1p
}

read_answer()
{
	answer_of "$sg" 512 28 00 00 00 00 00 00 00 01 00
}

tur_answer() # SG
{
	answer_of "$1" 0 00 00 00 00 00 00
}

test_sense_of_a_device_is_told_as_it_is()	# deferred, of no format that is asked for, longer than ours
{
	local fixed=710060000000001800000009 desc=72045d1000000038 bytes
	fixed+=5d1001020304$(printf 'ab%.0s' {1..14})
	desc+=8036$(printf 'cd%.0s' {1..54})
	write_attr "$attrs/test_every" 1
	for bytes in "$fixed" "$desc"; do
		write_attr "$attrs/test_sense" "$bytes"
		assert_eq "$(cat "$attrs/test_sense")" "$bytes"
		assert_eq "$(read_answer)" "02 $bytes"
	done
	# The mid-layer takes 96 bytes.
	bytes=70000300000000f4$(printf '5a%.0s' {1..244})
	write_attr "$attrs/test_sense" "$bytes"
	assert_eq "$(read_answer)" "02 ${bytes:0:192}"
}

test_unit_attention_of_a_device_is_told_to_all()	# once to each initiator, what we do not know as well; a reset first
{
	local strange=700006000000000a000000005d1000000000
	local reset=700006000000000a00000000290400000000
	write_attr "$attrs/test_every" 1
	for bytes in "$strange" "$reset" "$reset"; do
		write_attr "$attrs/test_sense" "$bytes"
		assert_eq "$(read_answer)" "02 $bytes"
	done
	assert_eq "$(tur_answer "$sg2")" "02 $reset"
	assert_eq "$(tur_answer "$sg2")" "02 $strange"
	assert_eq "$(tur_answer "$sg2")" "00 -"
	assert_eq "$(tur_answer "$sg")" "00 -"
	# Ours is about one command.
	write_attr "$attrs/test_sense" 6/29/0
	assert_eq "$(read_answer)" "02 700006000000000a00000000290000000000"
	assert_eq "$(tur_answer "$sg2")" "00 -"
}

test_what_is_no_sense_is_an_internal_failure()	# a device that fails without a word, or lies
{
	write_attr "$attrs/test_every" 1
	for bytes in 00 70 7400 000000000000000000; do
		write_attr "$attrs/test_sense" "$bytes"
		assert_eq "$(read_answer)" "02 700004000000000a00000000440000000000"
	done
}

test_reads_fall_short()	# the transport tells how much is missing
{
	write_attr "$attrs/test_short" 100
	write_attr "$attrs/test_every" 1
	read_block 2>&1 | has "Received 412 bytes"
	write_attr "$attrs/test_short" 1000
	read_block 2>&1 | has "No data received"
}

test_failed_read_brings_what_was_read()	# then INFORMATION names the block, the residual what is missing
{
	local answer count=$host_session/read_io_count_kb
	write_attr "$attrs/test_sense" 3/11/0
	write_attr "$attrs/test_short" 1500
	write_attr "$attrs/test_every" 1
	write_attr "$count" 0
	answer=$(python3 "$(dirname "$0")/sg_io.py" "$sg" 4096 28 00 00 00 10 00 00 00 08 00)
	# 2596 bytes: 5 blocks and a part of the sixth, 0x1005.
	assert_eq "${answer%$'\n'*}" "02 f00003000010050a00000000110000000000"
	assert_match "${answer#*$'\n'}" "^1500 [0-9]{4}$" "residual, bytes brought"
	assert_eq "$(cat "$count")" 2 "KiB counted"
	# Nothing before it failed; and without test_short a failure brings nothing.
	write_attr "$attrs/test_short" 5000
	answer=$(python3 "$(dirname "$0")/sg_io.py" "$sg" 4096 28 00 00 00 10 00 00 00 08 00)
	assert_eq "${answer%$'\n'*}" "02 f00003000010000a00000000110000000000"
	assert_match "${answer#*$'\n'}" "^4096 "
	write_attr "$attrs/test_short" 0
	answer=$(python3 "$(dirname "$0")/sg_io.py" "$sg" 4096 28 00 00 00 10 00 00 00 08 00)
	assert_eq "${answer%$'\n'*}" "02 700003000000000a00000000110000000000"
	assert_match "${answer#*$'\n'}" "^4096 "
	assert_eq "$(cat "$count")" 2 "KiB counted"
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
	refused test_sense 3/111/0
	refused test_sense 70000
	refused test_sense 7000xx
	refused test_sense "$(printf '00%.0s' {1..253})"
	refused test_every often
	refused test_short -1
	refused delay_ms 600001
	assert_eq "$(cat "$attrs/test_every")" 0
}

run_tests "$@"
