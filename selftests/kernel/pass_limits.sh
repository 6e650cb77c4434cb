#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What one command may move at a real disk, dev_disk, whose controller takes 60 KiB and 62 pieces: the LUN
# says so; READ, WRITE and VERIFY that are longer are made several, of which the first that fails is the
# answer; any other command is one, or is refused. Not tested: what fails in the middle of a write, of
# which the controller of QEMU has no cause to give.
#
# boot: --virtio-scsi 64M,serial=limits,virtqueue_size=64,max_sectors=120
# boot: --virtio-scsi 2G,serial=big,max_sectors=120
# boot: --virtio-scsi 64M,serial=limits4k,max_sectors=120,logical_block_size=4096,physical_block_size=4096
# boot: --virtio-scsi 64M,serial=few4k,virtqueue_size=8,max_sectors=120,logical_block_size=4096,physical_block_size=4096
# expects: disks that go

. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/../lib/scst.sh"
. "$(dirname "$0")/../lib/pass.sh"

setup_file()
{
	modprobe virtio_scsi
	load_pass scst_disk
}

teardown_file()
{
	unload_pass
}

teardown()
{
	drop_passes
}

# The disk with that serial number, at LUN 0: $disk as well.
with_disk_of() # SERIAL
{
	local below
	below=$(disk_named "$1")
	hctl=$(basename "$(readlink -f "/sys/block/${below##*/}/device")")
	assert_eq "$(cat "/sys/block/${below##*/}/queue/max_hw_sectors_kb")" 60 max_hw_sectors_kb
	with_pass dev_disk
	disk=$(disk_of 0)
}

longest_is() # BLOCKS
{
	assert_match "$(sg_vpd --page=bl "$sg" | grep "Maximum transfer length")" ": $1( |\$)" "page B0h"
}

test_limits_are_told()	# MAXIMUM TRANSFER LENGTH of page B0h, in blocks; the host keeps to it
{
	with_disk_of limits
	longest_is 0x78
	assert_at_most "$(cat "/sys/block/${disk##*/}/queue/max_sectors_kb")" 60 "what the host sends"
	drop_passes
	with_disk_of limits4k
	longest_is 0xf
}

# NOISE is written by one command and read by another, each of so many bytes; the disk has it.
there_and_back() # BYTES WRITE-CDB READ-CDB
{
	noise "$2" "$1" >"$tap_dir/noise"
	# shellcheck disable=SC2086	# CDBs
	sg_raw --send="$1" --infile="$tap_dir/noise" "$sg" $2
	cmp "$tap_dir/noise" <(dd if="/dev/$(basename "$(echo "/sys/bus/scsi/devices/$hctl/block"/*)")" bs=4k \
		skip=256 count=$(($1 / 4096)) iflag=direct)
	# shellcheck disable=SC2086
	sg_raw --request="$1" --outfile="$tap_dir/data" "$sg" $3
	cmp "$tap_dir/noise" "$tap_dir/data"
}

test_longer_reads_and_writes_are_made_several()	# in all their forms; of 1 MiB, and of one block too many
{
	with_disk_of limits
	there_and_back 131072 "0a 00 08 00 00 00" "08 00 08 00 00 00"	# of 256 blocks
	there_and_back 1048576 "2a 00 00 00 08 00 00 08 00 00" "28 00 00 00 08 00 00 08 00 00"
	there_and_back 1048576 "aa 00 00 00 08 00 00 00 08 00 00 00" "a8 00 00 00 08 00 00 00 08 00 00 00"
	there_and_back 65536 "8a 00 00 00 00 00 00 00 08 00 00 00 00 80 00 00" \
		"88 00 00 00 00 00 00 00 08 00 00 00 00 80 00 00"
	there_and_back 131072 "2e 00 00 00 08 00 00 01 00 00" "28 00 00 00 08 00 00 01 00 00"
}

test_longer_reads_and_writes_of_blocks_of_4096()	# are cut where a block ends
{
	with_disk_of limits4k
	there_and_back 1048576 "2a 00 00 00 01 00 00 01 00 00" "28 00 00 00 01 00 00 01 00 00"
	there_and_back 65536 "8a 00 00 00 00 00 00 00 01 00 00 00 00 10 00 00" \
		"88 00 00 00 00 00 00 00 01 00 00 00 00 10 00 00"
}

test_no_piece_begins_anew_at_block_0()	# behind the last block that a CDB of 6 bytes can name, which is at 1 GiB
{
	with_disk_of big
	noise first 262144 >"$tap_dir/noise"
	sg_raw --send=262144 --infile="$tap_dir/noise" "$sg" 2a 00 00 00 00 00 00 02 00 00
	assert_match "$(told "$sg" -131072 0a 1f ff f0 00 00)" "^02 5/24/00" "WRITE(6)"
	assert_match "$(told "$sg" 131072 08 1f ff f0 00 00)" "^02 5/24/00" "READ(6)"
	content_of "$sg" 0 512 | cmp - "$tap_dir/noise"
	assert_eq "$(told "$sg" -131072 2a 00 00 1f ff f0 00 01 00 00)" "00 none" "WRITE(10), which has the room"
	assert_eq "$(told "$sg" -8192 0a 1f ff f0 10 00)" "00 none" "WRITE(6) up to there"
}

test_longer_verify_is_made_several()	# the disk is given pieces; it cannot compare, which is the answer
{
	with_disk_of limits
	watch_device "$hctl"
	assert_eq "$(told "$sg" -262144 2f 02 00 00 08 00 00 02 00 00)" "$(told "$raw" -512 2f 02 00 00 08 00 00 00 01 00)" \
		"answer"
	assert_eq "$(cdbs_seen | grep -c "^2f 02 00 00 08 00 00 00 78 00")" 1 "pieces that the disk saw"
}

# WRITEs from block 2048 on, one behind the other and with FUA: what is wrong with them.
check_pieces() # FILE
{
	python3 - "$1" <<-EOT
	import sys
	after, whole = 2048, 0
	for line in open(sys.argv[1]):
	    cdb = bytes.fromhex(line)
	    lba, blocks = int.from_bytes(cdb[2:6], "big"), int.from_bytes(cdb[7:9], "big")
	    if blocks > 120 or lba != after or cdb[1] != 8:
	        print(line, end="")
	    after, whole = lba + blocks, whole + blocks
	if whole != 2048:
	    print(whole, "blocks")
	EOT
}

test_pieces_fit()	# no command that the disk is given is longer than it takes
{
	with_disk_of limits
	head -c 1048576 /dev/zero >"$tap_dir/zeros"
	cdbs_of sg_raw --send=1048576 --infile="$tap_dir/zeros" "$sg" 2a 08 00 00 08 00 00 08 00 00 >"$tap_dir/cdbs"
	grep "^2a" "$tap_dir/cdbs" >"$tap_dir/writes"
	check_pieces "$tap_dir/writes" >"$tap_dir/wrong"
	assert_eq "$(cat "$tap_dir/wrong")" "" "pieces that are too long, that overlap, or of which FUA is gone"
}

test_memory_in_many_pieces()	# more than the controller takes at once, and they lie apart
{
	with_disk_of limits
	"$(dirname "$0")/sg_pieces.py" "$disk" 0 64
	"$(dirname "$0")/sg_pieces.py" "$disk" 0 512
	"$(dirname "$0")/sg_pieces.py" "$disk" 512 1023
}

test_blocks_in_more_pieces_than_one_request_takes()	# from the beginning, and behind some that are in one; of any length
{
	with_disk_of few4k
	"$(dirname "$0")/sg_pieces.py" "$disk" 0 16
	"$(dirname "$0")/sg_pieces.py" "$disk" 0 128
	"$(dirname "$0")/sg_pieces.py" "$disk" 3584 17
	"$(dirname "$0")/sg_pieces.py" "$disk" 3584 185
}

test_data_is_what_was_written()	# fio, with sizes around what the disk takes
{
	with_disk_of limits
	echo 1024 >"/sys/block/${disk##*/}/queue/max_sectors_kb" || true
	verify_fio --bsrange=32k-256k --blockalign=4k --size=16m
}

test_what_reaches_past_the_end_fails()	# as the disk says it, also where its first pieces would fit
{
	with_disk_of limits
	assert_match "$(told "$sg" 131072 28 00 00 01 ff 80 00 01 00 00)" "^02 5/21/00" "READ"
	assert_match "$(told "$sg" -131072 2a 00 00 01 ff 80 00 01 00 00)" "^02 5/21/00" "WRITE"
	assert_eq "$(told "$sg" 65536 28 00 00 01 ff 80 00 00 80 00)" "00 none" "READ up to the end"
}

test_other_commands_are_not_made_several()	# longer ones are refused, where their length stands if anywhere
{
	local said
	with_disk_of limits
	watch_device "$hctl"
	said=$(told "$sg" -131072 3b 02 00 00 00 00 02 00 00 00)
	assert_match "$said" "^02 5/24/00" "WRITE BUFFER"
	said=$(told "$sg" 131072 3c 02 00 00 00 00 02 00 00 00)
	assert_match "$said" "^02 5/24/00" "READ BUFFER"
	said=$(told "$sg" 131072 c1 00 00 00 00 00 00 00 00 00)
	assert_match "$said" "^02 5/24/00" "what is unknown"
	assert_eq "$(cdbs_seen | lines_with -E "^(3b|3c|c1)")" "" "what the disk saw"
	assert_match "$(told "$sg" 4096 c1 00 00 00 00 00 00 00 00 00)" "^02 5/20/00" "a shorter one"
}

run_tests "$@"
