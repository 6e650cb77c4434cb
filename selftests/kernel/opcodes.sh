#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Every opcode and service action there can be, sent to a unit of each back end: what REPORT SUPPORTED
# OPERATION CODES says of them is what happens. opcodes.py sends, some thousands of commands a second.
# What the lists say is held against the standards by selftests/unit (test_tables_cdb.c). Not tested:
# commands with data in the parameter list, and what the 65536 service actions of 7Fh are, but for some.

. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/../lib/scst.sh"

files=$tap_dir/files

# LUNs in this order; "cd" has a medium in it.
setup_file()
{
	load_scst
	make_nullb
	mkdir "$files"
	mount -t tmpfs -o size=48m tmpfs "$files"
	truncate -s 32M "$files/disk"
	truncate -s 4M "$files/cd.iso"
	add_null op_null
	handler=vdisk_fileio add_disk "filename=$files/disk; thin_provisioned=1" op_file
	handler=vdisk_blockio add_disk "filename=$nullb" op_block
	handler=vcdrom add_disk "" op_cd
	write_attr "$scst/devices/op_cd/filename" "$files/cd.iso"
	units=()
	for name in null file block cd; do
		map_lun "op_$name" ${#units[@]}
		units+=("$name=$(sg_of ${#units[@]})")
	done
}

teardown_file()
{
	local handler
	for handler in nullio:null fileio:file blockio:block; do
		write_attr "$scst/handlers/vdisk_${handler%:*}/mgmt" "del_device op_${handler#*:}"
	done
	write_attr "$scst/handlers/vcdrom/mgmt" "del_device op_cd"
	umount "$files"
	unload_scst
	drop_nullb
}

ask_all() # PROPERTY
{
	"$(dirname "$0")/opcodes.py" "$1" "${units[@]}"
}

test_listed_commands_are_known()	# 20h/00h, or a wrong service action, never comes
{
	ask_all listed
}

test_unlisted_commands_are_refused()	# 20h/00h; a service action 24h/00h with a pointer
{
	ask_all unlisted
}

test_all_formats_say_the_same()	# the list, with time-outs or without, and each command by itself
{
	ask_all formats
}

test_each_reserved_bit_is_refused_and_named()	# what the usage data have as 0
{
	ask_all masks
}

test_allocation_length_cuts_the_answer()	# to a prefix; nothing in it changes
{
	ask_all prefixes
}

run_tests "$@"
