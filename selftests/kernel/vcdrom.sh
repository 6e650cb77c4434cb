#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# A CD-ROM drive: empty, loaded, exchanged and ejected, by the administrator and by the initiator; what
# it says of itself and its medium. Not tested: images of more than a CD.
#
# Disks go, or are hidden, while the host looks at them:
# expects: disks that go

. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/../lib/script.sh"
. "$(dirname "$0")/../lib/pr.sh"

handler=vcdrom
attrs=$scst/devices/disk

setup_file()
{
	load_scst
	head -c 4M /dev/urandom >"$tap_dir/one.iso"
	head -c 2M /dev/urandom >"$tap_dir/two.iso"
}

teardown_file()
{
	unload_scst
}

setup()
{
	add_disk ""
	map_lun disk 0
	sg=$(sg_of 0)
	# or the host, told of the new size, takes the unit attention before we look
	write_attr "$tgt/aen_disabled" 1
	for i in 1 2 3; do
		sg_raw "$sg" 00 00 00 00 00 00 || true
	done
}

teardown()
{
	write_attr "$tgt/aen_disabled" 0
	[ ! -e "$scst/devices/other" ] || write_attr "$scst/devices/other/block" 0 || true
	drop_second_host
	if [ -e "$script" ]; then
		drop_unit
		modprobe -r scst_script
	fi
	[ ! -e "$scst/devices/other" ] || del_null other
	drop_disk_if_any
}

load() # IMAGE
{
	write_attr "$attrs/filename" "$1"
	clear_unit_attentions "$sg"
}

same_as() # IMAGE
{
	sg_raw --request=65536 --outfile="$tap_dir/data" "$sg" 28 00 00 00 00 10 00 00 20 00
	cmp "$tap_dir/data" <(dd if="$1" bs=2048 skip=16 count=32)
}

bytes() # LENGTH CDB...
{
	local len=$1
	shift
	sg_raw --request="$len" --outfile="$tap_dir/answer" "$sg" "$@" 2>/dev/null
	od -An -v -tx1 "$tap_dir/answer" | tr -d '\n'
}

test_empty_drive_has_no_medium()	# and says so, each in its way
{
	assert_eq "$(cat "$attrs/type")" "5 - CD/DVD device"
	assert_eq "$(cat "$attrs/filename")" ""
	assert_fails_with "Medium not present" sg_raw "$sg" 00 00 00 00 00 00
	assert_fails_with "Medium not present" sg_raw --request=8 "$sg" 25 00 00 00 00 00 00 00 00 00
	assert_fails_with "Medium not present" sg_raw --request=12 "$sg" 43 00 00 00 00 00 00 00 0c 00
	assert_eq "$(bytes 8 4a 01 00 00 10 00 00 00 08 00)" " 00 06 04 10 00 00 00 00"
	assert_eq "$(bytes 8 46 02 00 00 00 00 00 00 08 00)" " 00 00 00 10 00 00 00 00" profile
}

test_medium_is_loaded()	# UNIT ATTENTION, then it is read; nothing is written
{
	write_attr "$attrs/filename" "$tap_dir/one.iso"
	assert_fails_with "Not ready to ready change" sg_raw "$sg" 00 00 00 00 00 00
	clear_unit_attentions "$sg"
	assert_eq "$(cat "$attrs/filename")" "$tap_dir/one.iso
[key]"
	same_as "$tap_dir/one.iso"
	assert_eq "$(bytes 8 25 00 00 00 00 00 00 00 00 00)" " 00 00 07 ff 00 00 08 00" capacity
	assert_eq "$(bytes 8 4a 01 00 00 10 00 00 00 08 00)" " 00 06 04 10 00 02 00 00" events
	assert_eq "$(bytes 8 46 02 00 10 00 00 00 00 08 00)" " 00 00 00 10 00 00 00 08" profile
	assert_eq "$(bytes 20 43 00 00 00 00 00 00 00 14 00)" \
		" 00 12 01 01 00 14 01 00 00 00 00 00 00 14 aa 00 00 00 08 00" toc
	assert_eq "$(bytes 12 43 02 00 00 00 00 aa 00 0c 00)" " 00 0a 01 01 00 14 aa 00 00 00 1d 17" msf
	assert_fails_with "Invalid command operation code" \
		sg_raw --send=2048 --infile=/dev/zero "$sg" 2a 00 00 00 00 00 00 00 01 00
	assert_fails_with "Invalid field in cdb" sg_raw --request=8 "$sg" 4a 00 00 00 10 00 00 00 08 00
	assert_fails_with "Invalid field in cdb" sg_raw --request=8 "$sg" 43 00 02 00 00 00 00 00 08 00
}

has_sr()
{
	[ -b "/dev/$(basename "$(echo "$(sdev_dir 0)"/block/sr*)")" ]
}

test_host_reads_it()	# Linux's own driver
{
	modprobe sr_mod
	load "$tap_dir/one.iso"
	wait_for 10 has_sr
	cmp "/dev/$(basename "$(echo "$(sdev_dir 0)"/block/sr*)")" "$tap_dir/one.iso"
}

test_medium_is_exchanged()	# the other data, the other size; a medium taken out is gone
{
	load "$tap_dir/one.iso"
	write_attr "$attrs/filename" "$tap_dir/two.iso"
	assert_fails_with "Not ready to ready change" sg_raw "$sg" 00 00 00 00 00 00
	clear_unit_attentions "$sg"
	same_as "$tap_dir/two.iso"
	assert_eq "$(bytes 8 25 00 00 00 00 00 00 00 00 00)" " 00 00 03 ff 00 00 08 00" capacity
	write_attr "$attrs/filename" ""
	assert_fails_with "Medium not present" sg_raw "$sg" 00 00 00 00 00 00
}

test_bad_image_leaves_the_drive_empty()	# and says why
{
	load "$tap_dir/one.iso"
	assert_fails_with "Invalid argument" write_attr "$attrs/filename" one.iso
	same_as "$tap_dir/one.iso"
	assert_fails_with "No such file" write_attr "$attrs/filename" "$tap_dir/none.iso"
	assert_eq "$(cat "$attrs/filename")" ""
	assert_fails_with "Medium not present" sg_raw "$sg" 00 00 00 00 00 00
}

test_removal_is_prevented()	# until the initiator allows it, or is reset
{
	load "$tap_dir/one.iso"
	sg_raw "$sg" 1e 00 00 00 01 00
	assert_fails_with "Device or resource busy" write_attr "$attrs/filename" ""
	assert_fails_with "Medium removal prevented" sg_raw "$sg" 1b 00 00 00 02 00
	same_as "$tap_dir/one.iso"
	sg_reset --device "$sg"
	clear_unit_attentions "$sg"
	sg_raw "$sg" 1e 00 00 00 01 00
	sg_raw "$sg" 1e 00 00 00 00 00
	sg_raw "$sg" 1b 00 00 00 02 00
	assert_fails_with "Medium not present" sg_raw "$sg" 00 00 00 00 00 00
	sg_raw "$sg" 1b 00 00 00 03 00
	clear_unit_attentions "$sg"
	same_as "$tap_dir/one.iso"
}

# Of the medium, by a session of the scripted transport.
prevent() # SESSION
{
	run "$1" "cmd 1 s 1 n 1e 00 00 00 01 00"
	wait_log "$1" "cmd 1 00"
	assert_fails_with "Medium removal prevented" sg_raw "$sg" 1b 00 00 00 02 00
}

eject_and_load()
{
	sg_raw "$sg" 1b 00 00 00 02 00 && sg_raw "$sg" 1b 00 00 00 03 00 &&
		clear_unit_attentions "$sg"
}

settle() # SESSION: nothing is left to tell it
{
	local i
	for i in 1 2 3; do
		tur "$1" 1 1
	done
	wait_log "$1" "cmd 1 00"
	echo >"$script_tgt/sessions/$1/log"
}

test_who_is_lost_prevents_no_removal()	# after a reset; nor while a command has not left
{
	local deleter
	load "$tap_dir/one.iso"
	modprobe scst_script
	new_unit
	write_attr "$script_tgt/luns/mgmt" "add disk 1"
	settle a
	settle b
	prevent a
	run a "tmf 1 $tmf_nexus_reset 0"
	wait_log a "tmf 1 $tmf_complete"
	eject_and_load
	settle b
	prevent b
	read_cmd b 2 s		# at the other LUN
	assert_held 2
	write_attr "$script/mgmt" "del_session t b" &
	deleter=$!
	wait_for 5 has -x aborted "$script/lost"
	wait_for 5 eject_and_load
	kill -0 "$deleter" || fail "the session has not waited for its command"
	release 2
	wait "$deleter"
}

is_held_at_lun_1()
{
	grep -q "second lun=1 .* opcode=0x28 step=lookup" "$scst/trace_cmds"
}

test_host_that_goes_prevents_no_removal()	# while it waits for its command at another LUN
{
	local second sg2 deleter
	add_null other
	map_lun other 1
	load "$tap_dir/one.iso"
	with_second_host
	sg_raw "$sg2" 1e 00 00 00 01 00
	assert_fails_with "Medium removal prevented" sg_raw "$sg" 1b 00 00 00 02 00
	sg2=$(sg_of 1 "$second")
	clear_unit_attentions "$sg2"
	write_attr "$scst/devices/other/block" 1
	(tap_asking=1; read_block "$sg2" || true) &
	wait_for 5 is_held_at_lun_1
	drop_second_host &
	deleter=$!
	wait_for 5 eject_and_load
	kill -0 "$deleter" || fail "the session has not waited for its command"
	write_attr "$scst/devices/other/block" 0
	wait "$deleter"
	del_null other
}

test_preempt_and_abort_allows_removal()	# as whoever is preempted may hang, and cannot do it
{
	local second sg2
	load "$tap_dir/one.iso"
	with_second_host
	join "$sg" 0xa
	join "$sg2" 0xb
	sg_raw "$sg2" 1e 00 00 00 01 00
	assert_fails_with "Medium removal prevented" sg_raw "$sg" 1b 00 00 00 02 00
	pr "$sg" preempt-abort --param-rk=0xa --param-sark=0xb --prout-type=1
	eject_and_load
}

run_tests "$@"
