#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Groups of initiators: which LUNs a session sees by the name of its initiator, and how sessions
# move when patterns come and go. Sessions of scst_local may have any name.
#
# A black hole:
# expects: initiator: scsi_
# expects: disks that go

. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/../lib/script.sh"

groups=$tgt/ini_groups
progs=${progs:-.build/selftests/bpf}
pins=/sys/fs/bpf/scst-selftest

setup_file()
{
	load_scst
	add_null disk0
	add_null disk1
	add_null disk2
	map_lun disk0 0
}

teardown_file()
{
	unload_scst
	[ ! -e "$scst" ] || fail "$scst is still there"
}

teardown()
{
	local dir
	rm -rf "$pins"
	close_sessions 0
	if [ -e "$script" ]; then
		[ ! -e "$unit" ] || [ "$(cut -c1 "$unit/block")" = 0 ] || write_attr "$unit/block" 0
		drop_unit
		wait_for 10 modprobe -r scst_script
	fi
	for dir in "$tgt"/sessions/ini*; do
		[ ! -e "$dir" ] || del_session "${dir##*/}"
	done
	for dir in "$groups"/*/; do
		[ ! -d "$dir" ] || write_attr "$dir/initiators/mgmt" clear
	done
	for dir in "$groups"/*/; do
		[ ! -d "$dir" ] || write_attr "$groups/mgmt" "del $(basename "$dir")"
	done
}

add_session()
{
	write_attr "$scst/targets/scst_local/mgmt" "add_session scst_local_tgt $1"
}

del_session()
{
	write_attr "$scst/targets/scst_local/mgmt" "del_session scst_local_tgt $1"
}

# make_group NAME DEVICE: with the device at LUN 0.
make_group()
{
	write_attr "$groups/mgmt" "create $1"
	write_attr "$groups/$1/luns/mgmt" "add $2 0"
}

add_pattern() # GROUP PATTERN
{
	write_attr "$groups/$1/initiators/mgmt" "add $2"
}

# The product that the session's LUN 0 calls itself.
model()
{
	local dir
	dir=$(sdev_dir 0 "$tgt/sessions/$1") || return 1
	sg_inq --only "/dev/$(ls "$dir/scsi_generic")" | sed -n 's/ *Product identification: *\([^ ]*\).*/\1/p'
}

sees() # SESSION DEVICE
{
	[ "$(model "$1")" = "$2" ]
}

# What else a host says to its LUNs comes and goes; a disk that is slow keeps reads.
reads() # SESSION
{
	grep -q "^$1 lun=0 .* opcode=0x28 step=execute" "$scst/trace_cmds"
}

# assert_group SESSION GROUP: by its link; "": the default one.
assert_group()
{
	assert_eq "$(readlink "$tgt/sessions/$1/luns")" "../../${2:+ini_groups/$2/}luns" "luns of $1"
}

test_session_joins_the_group_of_its_name()	# others have the default LUNs
{
	make_group special disk1
	add_pattern special ini1
	add_session ini1
	add_session ini2
	assert_group ini1 special
	assert_group ini2 ""
	wait_for 10 sees ini1 disk1
	wait_for 10 sees ini2 disk0
	[ -e "$groups/special/initiators/ini1" ]
}

test_patterns_match()	# * ? and !, case aside, the first group in order of creation
{
	make_group any disk1
	make_group second disk2
	add_pattern any 'INI?.*:x*z'
	add_pattern second '!ini1*'
	add_session ini1.a.b:x.y.z
	add_session ini2
	add_session ini1
	add_session ini2.a:xz		# matches both
	assert_group ini1.a.b:x.y.z any
	assert_group ini2 second
	assert_group ini1 ""
	assert_group ini2.a:xz any
}

test_session_moves_with_its_pattern()	# add, move, del, clear: each at once
{
	make_group one disk1
	make_group two disk2
	add_session ini1
	wait_for 10 sees ini1 disk0
	add_pattern one 'ini*'
	assert_group ini1 one
	wait_for 10 sees ini1 disk1
	write_attr "$groups/one/initiators/mgmt" "move ini* two"
	assert_group ini1 two
	[ ! -e "$groups/one/initiators/ini*" ]
	[ -e "$groups/two/initiators/ini*" ]
	wait_for 10 sees ini1 disk2
	write_attr "$groups/two/initiators/mgmt" "clear"
	assert_group ini1 ""
	wait_for 10 sees ini1 disk0
}

test_group_has_settings_of_its_own()	# addressing, CPUs, black hole; not the default group's
{
	make_group one disk1
	add_pattern one 'ini*'
	add_session ini1
	wait_for 10 sees ini1 disk1
	write_attr "$groups/one/addr_method" FLAT
	sg_luns --hex "$(sg_of 0 "$tgt/sessions/ini1")" | has "40 00"
	assert_no_match "$(sg_luns --hex "$(sg_of 0)")" "40 00"
	write_attr "$groups/one/cpu_mask" 1
	assert_eq "$(head -n1 "$groups/one/cpu_mask")" 1 "cpu_mask"
	assert_fails_with "Invalid argument" write_attr "$groups/one/cpu_mask" 0
	write_attr "$groups/one/io_grouping_type" never
	assert_eq "$(cat "$groups/one/io_grouping_type")" $'never\n[key]' "io_grouping_type"
	assert_eq "$(cat "$tgt/io_grouping_type")" auto "io_grouping_type of the target"
	write_attr "$groups/one/black_hole" 1
	sg=$(sg_of 0 "$tgt/sessions/ini1")
	assert_fails_with "transport error: Host_status=0x03" sg_raw --timeout=2 "$sg" 00 00 00 00 00 00
	sg_raw "$(sg_of 0)" 00 00 00 00 00 00
	write_attr "$groups/one/black_hole" 0
}

test_black_hole_is_that_of_the_group()	# for LUNs, too, that a session takes along into another one
{
	local sg
	make_group hole disk0
	write_attr "$groups/hole/black_hole" 1
	add_session ini1
	sg=$(sg_of 0 "$tgt/sessions/ini1")
	clear_unit_attentions "$sg"
	add_pattern hole ini1
	assert_group ini1 hole
	assert_fails_with "transport error: Host_status=0x03" sg_raw --timeout=2 "$sg" 00 00 00 00 00 00
	write_attr "$groups/hole/initiators/mgmt" clear
	assert_group ini1 ""
	clear_unit_attentions "$sg"
}

test_unchanged_luns_keep_their_commands()	# a slow read on a device that both groups have
{
	write_attr "$groups/mgmt" "create same"
	write_attr "$groups/same/luns/mgmt" "add disk0 0"
	add_session ini1
	disk=$(disk_of 0 "$tgt/sessions/ini1")
	write_attr "$scst/devices/disk0/delay_ms" $((3000 * PATIENCE))
	dd if="$disk" of=/dev/null bs=4k count=1 iflag=direct &
	wait_for 10 reads ini1
	add_pattern same ini1
	assert_group ini1 same
	reads ini1 || fail "the move waited for the read"
	wait $! || fail "the read that was under way failed"
	write_attr "$scst/devices/disk0/delay_ms" 0
	dd if="$disk" of=/dev/null bs=4k count=1 iflag=direct
}

# The group of session a of the scripted transport.
with_script_group()
{
	modprobe scst_script
	new_unit
	write_attr "$script_tgt/ini_groups/mgmt" "create g"
	write_attr "$script_tgt/ini_groups/g/luns/mgmt" "add unit 0"
	write_attr "$script_tgt/ini_groups/g/initiators/mgmt" "add a"
	assert_eq "$(readlink "$ses_a/luns")" "../../ini_groups/g/luns" "luns of a"
}

# Commands take their time to leave, and ask for the CPUs of the session's group then.
test_group_goes_while_a_session_of_it_ends()	# nobody asks a group that is gone
{
	local deleter i
	with_script_group
	write_attr "$unit/block" 1
	for i in $(seq 30); do
		read_cmd a "$i" s
	done
	mountpoint -q /sys/fs/bpf || mount -t bpf bpf /sys/fs/bpf
	mkdir "$pins"
	"$progs/load" -p "$pins" "$progs/slow_resume.bpf.o"
	write_attr "$script/mgmt" "del_session t a" &
	deleter=$!
	wait_for 10 test ! -e "$ses_a"
	write_attr "$script_tgt/ini_groups/mgmt" "del g"
	kill -0 "$deleter" || fail "all commands have left before the group went"
	rm -r "$pins"
	wait "$deleter"
	assert_eq "$(nr_lines "^gone " "$script/lost")" 30 "commands that have left"
}

test_group_in_use_is_not_deleted()	# nor are patterns taken twice
{
	make_group busy disk1
	add_pattern busy ini1
	add_session ini1
	assert_fails_with "busy" write_attr "$groups/mgmt" "del busy"
	assert_fails_with "File exists" add_pattern busy ini1
	assert_fails_with "File exists" write_attr "$groups/mgmt" "create busy"
	assert_fails_with "Invalid argument" write_attr "$groups/mgmt" "del nobody"
	assert_fails_with "Invalid argument" write_attr "$groups/busy/initiators/mgmt" "del ini2"
	assert_fails_with "Invalid argument" write_attr "$groups/busy/initiators/mgmt" "move ini1 nobody"
	assert_fails_with "Invalid argument" add_pattern busy "a/b"
	assert_fails_with "Invalid argument" write_attr "$groups/mgmt" "create a b"
	assert_group ini1 busy
}

# Group g of target t, with a's name in it, and both sessions there.
close_setup()
{
	modprobe scst_script
	new_unit
	write_attr "$script_tgt/ini_groups/mgmt" "create g"
	write_attr "$script_tgt/ini_groups/g/initiators/mgmt" "add a"
	assert_eq "$(readlink "$ses_a/luns")" ../../ini_groups/g/luns
}

close_sessions() # 0|1
{
	echo "$1" >/sys/module/scst/parameters/forcibly_close_sessions
}

test_group_may_close_its_sessions()	# forcibly_close_sessions: those of the group, if the transport can
{
	close_setup
	assert_fails_with "busy" write_attr "$script_tgt/ini_groups/mgmt" "del g"
	close_sessions 1
	write_attr "$script_tgt/ini_groups/mgmt" "del g"
	[ ! -e "$script_tgt/ini_groups/g" ]
	wait_for 5 eval '[ ! -e "$ses_a" ]'
	[ -e "$ses_b" ]
	make_group busy disk1		# scst_local closes none
	add_pattern busy ini1
	add_session ini1
	assert_fails_with "busy" write_attr "$groups/mgmt" "del busy"
	assert_group ini1 busy
	close_sessions 0
}

test_session_that_comes_back_is_in_no_dead_group()	# it has the default LUNs
{
	close_setup
	close_sessions 1
	echo 1 >"$unit/hold"
	write_attr "$script_tgt/ini_groups/g/luns/mgmt" "add unit 0"
	tur a 61			# its unit attentions
	tur a 62
	tur a 63
	wait_log a "cmd 63 00"
	read_cmd a 2 s
	assert_held "2"
	write_attr "$script_tgt/ini_groups/mgmt" "del g" &
	wait_for 5 eval '[ ! -e "$ses_a" ]'
	release all
	wait $!
	write_attr "$script/mgmt" "add_session t a"
	assert_eq "$(readlink "$ses_a/luns")" ../../luns
	close_sessions 0
}

test_device_deletion_unmaps_in_groups()	# and the links go
{
	add_null victim
	make_group g victim
	add_pattern g ini1
	add_session ini1
	wait_for 10 sees ini1 victim
	del_null victim
	[ ! -e "$groups/g/luns/0" ]
	assert_group ini1 g
}

test_target_deletion_takes_its_groups()	# patterns, LUNs and all
{
	write_attr "$scst/targets/scst_local/mgmt" "add_target second"
	write_attr "$scst/targets/scst_local/second/ini_groups/mgmt" "create g"
	write_attr "$scst/targets/scst_local/second/ini_groups/g/luns/mgmt" "add disk2 3"
	write_attr "$scst/targets/scst_local/second/ini_groups/g/initiators/mgmt" "add x"
	write_attr "$scst/targets/scst_local/mgmt" "del_target second"
	[ ! -e "$scst/targets/scst_local/second" ]
	assert_eq "$(ls "$scst/devices/disk2/exported")" ""
}

test_replace_returns_before_the_old_device_is_done()	# with async_lun_replace; without it waits
{
	local mgmt=$tgt/luns/mgmt host=scst_local_host disk
	disk=$(disk_of 0)
	write_attr "$scst/devices/disk0/delay_ms" $((3000 * PATIENCE))
	dd if="$disk" of=/dev/null bs=4k count=1 iflag=direct &
	wait_for 10 reads "$host"
	write_attr "$scst/async_lun_replace" 1
	assert_eq "$(cat "$scst/async_lun_replace")" 1
	write_attr "$mgmt" "replace_no_ua disk1 0"
	reads "$host" || fail "waited"
	assert_eq "$(basename "$(readlink "$tgt/luns/0/device")")" disk1
	write_attr "$scst/async_lun_replace" 0
	! reads "$host" || fail "0 did not wait for what was in the background"
	wait $! || fail "the read that was under way failed"
	write_attr "$scst/devices/disk1/delay_ms" $((2000 * PATIENCE))
	dd if="$disk" of=/dev/null bs=4k count=1 iflag=direct &
	wait_for 10 reads "$host"
	write_attr "$mgmt" "replace_no_ua disk0 0"
	! reads "$host" || fail "did not wait"
	wait $! || fail "the second read failed"
	write_attr "$scst/devices/disk0/delay_ms" 0
	write_attr "$scst/devices/disk1/delay_ms" 0
}

run_tests "$@"
