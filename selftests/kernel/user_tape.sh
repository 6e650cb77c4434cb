#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The tape of the examples, a program that is a device in CDB mode (docs/user-devices.md), through
# scst_local: with mt and tar, and command by command. What CDB mode is besides that is in user_cdb.sh.

. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/../lib/scst.sh"
. "$(dirname "$0")/../lib/pass.sh"
. "$(dirname "$0")/../lib/user.sh"

sg_io=$(dirname "$0")/sg_io.py

setup_file()
{
	load_user
	modprobe st
}

teardown_file()
{
	unload_user
	modprobe -r st
}

teardown()
{
	drop_second_host
	drop_user_disk
}

with_tape() # [MIB]
{
	start_tape "${1:-64}"
	map_tape
}

# A command of LENGTH bytes, out if that is below 0: "STATUS SENSE RESIDUAL".
answer_to() # LENGTH CDB...
{
	python3 "$sg_io" "$sg" "$@" | paste -sd ' ' | cut -d ' ' -f 1-3
}

asks() # ANSWER LENGTH CDB...
{
	local answer=$1
	shift
	assert_eq "$(answer_to "$@")" "$answer" "answer to $*"
}

# 18 bytes of sense data: key and what is in its byte, ASC and ASCQ, and INFORMATION.
sense() # KEY ASC [INFORMATION]
{
	if [ -n "${3:-}" ]; then
		printf 'f000%s%s0a00000000%s00000000' "$1" "$3" "$2"
	else
		printf '7000%s000000000a00000000%s00000000' "$1" "$2"
	fi
}

# What data-in has, in hexadecimal digits.
bytes_of() # LENGTH CDB...
{
	local len=$1
	shift
	sg_raw --binary --request="$len" "$sg" "$@" 2>/dev/null | od -An -v -tx1 | tr -d ' \n'
}

rewind()
{
	asks "00 - 0" 0 01 00 00 00 00 00
}

set_block() # BYTES, by st
{
	python3 -c 'import fcntl, os, struct, sys
fd = os.open(sys.argv[1], os.O_RDONLY)
fcntl.ioctl(fd, 0x40086d01, struct.pack("hi", 20, int(sys.argv[2])))' "$node" "$1"
}

test_archives_come_back()	# of tar, one behind the other, with mt between them
{
	with_tape
	tar -cf "$node" -C docs .
	tar -cf "$node" -C include .
	mt -f "$node" rewind
	mkdir "$tap_dir/docs" "$tap_dir/include"
	tar -xf "$node" -C "$tap_dir/docs"
	diff -r docs "$tap_dir/docs"
	mt -f "$node" rewind
	mt -f "$node" fsf 1
	tar -xf "$node" -C "$tap_dir/include"
	diff -r include "$tap_dir/include"
}

test_blocks_of_one_size_come_back()	# the size that st sets is that of the blocks in the file
{
	with_tape
	set_block 1024
	assert_eq "$(cat "$scst/devices/tape/blocksize")" 1024
	assert_eq "$(bytes_of 12 1a 00 00 00 0c 00)" 0b0010080000000000000400 "MODE SENSE(6)"
	head -c 256k /dev/urandom >"$tap_dir/data"
	dd if="$tap_dir/data" of="$node" bs=64k 2>/dev/null
	mt -f "$node" rewind
	dd if="$node" of="$tap_dir/back" bs=64k 2>/dev/null
	cmp "$tap_dir/data" "$tap_dir/back"
	assert_eq "$(od -An -tu4 -N4 "$memory" | tr -d ' ')" 1024 "first length"
	assert_eq "$(stat -c %s "$memory")" $((256 * (1024 + 8) + 4)) "size of the file"
}

test_lengths_are_told()	# shorter, longer, filemark, end of data; and SILI
{
	with_tape
	asks "00 - 0" -1024 0a 00 00 04 00 00
	asks "00 - 0" -512 0a 00 00 02 00 00
	asks "00 - 0" 0 10 00 00 00 01 00
	rewind
	asks "02 $(sense 20 0000 00000400) 1024" 2048 08 00 00 08 00 00
	asks "02 $(sense 20 0000 ffffff00) 0" 256 08 00 00 01 00 00
	asks "02 $(sense 80 0001 00000200) 512" 512 08 00 00 02 00 00
	asks "02 $(sense 08 0005 00000200) 512" 512 08 00 00 02 00 00
	rewind
	asks "00 - 1024" 2048 08 02 00 08 00 00
	asks "00 - 0" 256 08 02 00 01 00 00
}

test_blocks_of_one_size_stop_at_what_is_none()	# a filemark, a block of another size
{
	with_tape
	set_block 512
	asks "00 - 0" -2048 0a 01 00 00 04 00
	asks "00 - 0" 0 10 00 00 00 01 00
	asks "00 - 0" -1024 0a 00 00 04 00 00
	rewind
	asks "02 $(sense 80 0001 00000002) 1024" 3072 08 01 00 00 06 00
	asks "02 $(sense 20 0000 00000001) 512" 512 08 01 00 00 01 00
	set_block 0
	rewind
	asks "02 $(sense 05 2400) 512" 512 08 01 00 00 01 00
}

test_head_goes_where_it_is_sent()	# SPACE, LOCATE, READ POSITION
{
	with_tape
	local i
	for i in 1 2 3; do
		asks "00 - 0" -512 0a 00 00 02 00 00
		asks "00 - 0" 0 10 00 00 00 01 00
	done
	assert_eq "$(bytes_of 20 34 00 00 00 00 00 00 00 00 00)" 0000000000000006000000060000000000000000
	asks "00 - 0" 0 11 01 ff ff fe 00
	assert_eq "$(bytes_of 32 34 06 00 00 00 00 00 00 00 00)" \
		0000000000000000000000000000000300000000000000010000000000000000 "long form"
	asks "02 $(sense 80 0001 00000001) 0" 0 11 00 00 00 01 00
	asks "00 - 0" 0 11 03 00 00 00 00
	asks "02 $(sense 08 0005 00000001) 0" 0 11 01 00 00 01 00
	asks "02 $(sense 40 0004 00000002) 0" 0 11 01 ff ff fb 00
	assert_match "$(bytes_of 20 34 00 00 00 00 00 00 00 00 00)" ^80
	asks "00 - 0" 0 2b 00 00 00 00 00 04 00 00 00
	asks "00 - 0" 512 08 00 00 02 00 00
	asks "02 $(sense 08 0005 00000000) 0" 0 2b 00 00 00 00 00 07 00 00 00
	mt -f "$node" rewind
	mt -f "$node" fsf 2
	mt -f "$node" bsf 1
	assert_eq "$(bytes_of 20 34 00 00 00 00 00 00 00 00 00 | cut -c 9-16)" 00000003 "block after bsf"
}

test_what_is_behind_a_write_is_gone()	# and with ERASE what is behind the head
{
	with_tape
	local i
	for i in 1 2 3; do
		asks "00 - 0" -512 0a 00 00 02 00 00
	done
	asks "00 - 0" 0 2b 00 00 00 00 00 01 00 00 00
	asks "00 - 0" -256 0a 00 00 01 00 00
	asks "02 $(sense 08 0005 00000200) 512" 512 08 00 00 02 00 00
	rewind
	mt -f "$node" erase
	assert_eq "$(stat -c %s "$memory")" 0 "size of the file"
}

test_end_of_the_tape_is_told()	# early, and when it is full; what was written is there
{
	local i answer
	with_tape 8
	assert_fails_with "No space left" dd if=/dev/zero of="$node" bs=64k
	for ((i = 0; i < 40; i++)); do
		answer=$(answer_to -262144 0a 00 04 00 00 00)
		[ "$answer" = "02 $(sense 40 0002 00000000) 0" ] || break
	done
	assert_eq "$answer" "02 $(sense 4d 0002 00040000) 262144" "when it is full"
	[ "$i" -ge 8 ] || fail "full after $i blocks"
	[ "$(stat -c %s "$memory")" -le $((8 << 20)) ] || fail "it is longer than it may be"
	rewind
	asks "00 - 0" 65536 08 00 01 00 00 00
}

test_limits_and_modes_are_told()	# READ BLOCK LIMITS, MODE SENSE and SELECT of both lengths
{
	with_tape
	assert_eq "$(bytes_of 6 05 00 00 00 00 00)" 001000000001
	assert_eq "$(bytes_of 16 5a 00 00 00 00 00 00 00 10 00)" 000e0010000000080000000000000000
	assert_eq "$(bytes_of 64 1a 08 3f 00 40 00)" \
		1f0010000a0a00000000000000000000100e0000000000000000000000000000 "all pages"
	assert_fails_with "not supported" sg_raw --request=64 "$sg" 1a 00 c0 00 40 00
	printf '\0\0\0\0\0\0\0\010\0\0\0\0\0\0\002\0' >"$tap_dir/select"
	sg_raw --send=16 --infile="$tap_dir/select" "$sg" 55 10 00 00 00 00 00 00 10 00 2>/dev/null
	assert_eq "$(cat "$scst/devices/tape/blocksize")" 512
	printf '\0\0\0\010\0\0\0\0\0\377\377\377' >"$tap_dir/select"
	assert_fails_with "parameter list" sg_raw --send=12 --infile="$tap_dir/select" "$sg" 15 10 00 00 0c 00
	assert_eq "$(cat "$scst/devices/tape/blocksize")" 512
	asks "02 $(sense 05 2000) 0" 0 0b 00 00 00 00 00
}

test_medium_goes_and_comes()	# unless somebody wants it to stay, whoever that is
{
	with_tape
	with_second_host
	asks "00 - 0" 0 1b 00 00 00 00 00
	assert_eq "$(python3 "$sg_io" "$sg2" 0 00 00 00 00 00 00 | head -n 1)" "02 $(sense 06 2800)" "what the other hears"
	asks "02 $(sense 02 3a00) 0" 0 00 00 00 00 00 00
	asks "02 $(sense 02 3a00) 512" 512 08 00 00 02 00 00
	asks "00 - 0" 0 1b 00 00 00 01 00
	asks "00 - 0" 0 00 00 00 00 00 00
	clear_unit_attentions "$sg2"
	sg_raw "$sg2" 1e 00 00 00 01 00
	asks "02 $(sense 05 5302) 0" 0 1b 00 00 00 00 00
	sg_raw "$sg2" 1e 00 00 00 00 00
	asks "00 - 0" 0 1b 00 00 00 00 00
	asks "02 $(sense 02 3a00) 0" 0 10 00 00 00 01 00
}

test_others_hear_of_a_mode_select()	# a program knows one initiator
{
	with_tape
	with_second_host
	set_block 512
	assert_eq "$(python3 "$sg_io" "$sg2" 0 00 00 00 00 00 00 | head -n 1)" "02 $(sense 06 2a01)"
	asks "00 - 0" 0 00 00 00 00 00 00
}

test_read_only_lun_is_not_written()	# WRITE, WRITE FILEMARKS, ERASE; MODE SENSE says so
{
	start_tape
	map_tape read_only=1
	assert_fails_with "rite protected" sg_raw --send=512 --infile=/dev/zero "$sg" 0a 00 00 02 00 00
	assert_fails_with "rite protected" sg_raw "$sg" 10 00 00 00 01 00
	assert_fails_with "rite protected" sg_raw "$sg" 19 00 00 00 00 00
	assert_match "$(bytes_of 12 1a 00 00 00 0c 00)" ^0b009008
	assert_eq "$(stat -c %s "$memory")" 0 "size of the file"
}

test_paths_are_ours_to_tell()	# and identity is the program's
{
	with_tape
	assert_match "$(sg_inq "$sg")" "MultiP=1.*CmdQue=1.*SCST_BPF.*TAPE IN A FILE"
	assert_match "$(sg_vpd --page=di "$sg")" "SCST_BPF.*tape.*elative target port"
	assert_match "$(sg_vpd --page=sn "$sg")" "serial number: tape"
	assert_fails_with "" sg_vpd --page=0x88 "$sg"
	assert_match "$(cat "$scst/devices/tape/type")" ^1
	assert_eq "$(basename "$(readlink "$scst/devices/tape/handler")")" scst_user_cdb
}

test_next_program_rewinds_the_tape()	# and initiators are told; what is written is there
{
	with_tape
	asks "00 - 0" -512 0a 00 00 02 00 00
	asks "00 - 0" -512 0a 00 00 02 00 00
	end_ramdisk KILL
	start_tape
	asks "02 $(sense 06 2904) 0" 0 00 00 00 00 00 00
	assert_match "$(bytes_of 20 34 00 00 00 00 00 00 00 00 00)" ^80
	asks "00 - 0" 512 08 00 00 02 00 00
	set_block 512
	end_ramdisk TERM
	start_tape
	clear_unit_attentions "$sg"
	assert_eq "$(bytes_of 12 1a 00 00 00 0c 00)" 0b0010080000000000000200 "the size that was set"
}

test_next_program_does_not_do_what_waited()	# it is at the beginning: a WRITE would cut off what is there
{
	local writer
	with_tape
	asks "00 - 0" -512 0a 00 00 02 00 00
	asks "00 - 0" -512 0a 00 00 02 00 00
	end_ramdisk KILL
	answer_to -512 0a 00 00 02 00 00 >"$tap_dir/answer" &
	writer=$!
	wait_for 5 is_asked
	assert_eq "$(cat "$scst/devices/tape/daemon_pid")" 0 "the program"
	start_tape
	wait "$writer"
	assert_match "$(cat "$tap_dir/answer")" "^40"
	assert_eq "$(stat -c %s "$memory")" 1040 "size of the file"
	asks "02 $(sense 06 2904) 0" 0 00 00 00 00 00 00
	asks "00 - 0" 512 08 00 00 02 00 00
}

is_asked()
{
	! idle "$host_session"
}

run_tests "$@"
