#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# targets/copy_manager, which saved configurations of SCST have: what is there by itself, and what may
# be written. Not that anything is copied: nothing is yet.
#
# What is refused is told:
# expects: scst: the copy manager (takes no read-only device|has no groups of initiators)

. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/../lib/scst.sh"

copy=$scst/targets/copy_manager
copy_tgt=$copy/copy_manager_tgt

setup_file()
{
	modprobe scst
	modprobe scst_vdisk
}

teardown_file()
{
	unload_vdisk
	[ ! -e "$scst" ] || fail "$scst is still there"
}

teardown()
{
	local dir
	for dir in "$scst"/handlers/vdisk_nullio/disk*; do
		[ ! -e "$dir" ] || del_null "${dir##*/}"
	done
}

unload_vdisk()
{
	modprobe -r scst_vdisk
	wait_for 10 modprobe -r scst
}

luns() # of the copy manager: "0=disk0 1=disk1"
{
	local dir list=
	for dir in $(find "$copy_tgt"/luns -mindepth 1 -maxdepth 1 -type d | sort -V); do
		list+="${list:+ }${dir##*/}=$(basename "$(readlink "$dir"/device)")"
	done
	echo "$list"
}

assert_luns() # LIST
{
	assert_eq "$(luns)" "$1" "LUNs of the copy manager"
}

luns_mgmt()
{
	write_attr "$copy_tgt/luns/mgmt" "$1"
}

test_driver_target_and_session_are_there()	# before any device, and without the files of those that serve
{
	assert_eq "$(cat "$copy"/allow_not_connected_copy)" 0
	[ -w "$copy"/trace_level ]
	[ ! -e "$copy"/mgmt ]
	[ ! -e "$copy_tgt"/enabled ]
	assert_eq "$(cat "$copy_tgt"/rel_tgt_id)" 0 "it has no port"
	assert_eq "$(cat "$copy_tgt"/sessions/copy_manager_sess/initiator_name)" copy_manager_sess
	assert_eq "$(readlink "$copy_tgt"/sessions/copy_manager_sess/luns)" ../../luns
	assert_eq "$(cat "$copy_tgt"/sessions/copy_manager_sess/active_commands)" 0
	assert_luns ""
}

test_disks_have_luns_by_themselves()	# the lowest that is free; a CD-ROM has none
{
	add_null disk0
	add_null disk1
	add_null disk2
	write_attr "$scst/handlers/vcdrom/mgmt" "add_device cd"
	assert_luns "0=disk0 1=disk1 2=disk2"
	del_null disk1
	assert_luns "0=disk0 2=disk2"
	add_null disk3
	assert_luns "0=disk0 1=disk3 2=disk2"
	assert_eq "$(cat "$copy_tgt"/luns/0/read_only)" 0
	write_attr "$scst/handlers/vcdrom/mgmt" "del_device cd"
}

test_lun_is_no_use_of_the_disk()	# its exports, and what wants a disk that nobody has mapped
{
	add_null disk0
	assert_eq "$(ls "$scst"/devices/disk0/exported)" ""
	printf 'version 1\ngeneration 7\nreservation 05 00\nregistrant 1 %016x 1 24 06000000%016x%024x\n' \
		1 1 0 >"$tap_dir/state"
	cat "$tap_dir/state" >"$scst"/devices/disk0/pr_state
	cmp "$tap_dir/state" "$scst"/devices/disk0/pr_state
}

test_read_only_disk_has_one_too()	# as in SCST, but for one that is added by hand
{
	add_null disk0 "read_only=1"
	assert_luns "0=disk0"
	assert_eq "$(cat "$copy_tgt"/luns/0/read_only)" 1
	luns_mgmt "del 0"
	assert_fails_with "Invalid argument" luns_mgmt "add disk0 0"
	add_null disk1
	luns_mgmt clear
	assert_fails_with "Invalid argument" luns_mgmt "add disk1 0 read_only=1"
	assert_luns ""
}

test_luns_are_written_as_elsewhere()	# add, del, replace, clear; what is wrong changes nothing
{
	add_null disk0
	add_null disk1
	luns_mgmt "del 1"
	luns_mgmt "add disk1 7"
	assert_luns "0=disk0 7=disk1"
	assert_fails_with "File exists" luns_mgmt "add disk1 0"
	assert_fails_with "Invalid argument" luns_mgmt "add nobody 1"
	assert_fails_with "Invalid argument" luns_mgmt "del 1"
	assert_fails_with "Invalid argument" luns_mgmt "add disk1 16384"
	assert_fails_with "Invalid argument" luns_mgmt "swap disk1 0"
	assert_luns "0=disk0 7=disk1"
	luns_mgmt "replace disk1 0"
	luns_mgmt "replace_no_ua disk0 3"
	assert_luns "0=disk1 3=disk0 7=disk1"
	del_null disk1
	assert_luns "3=disk0"
	luns_mgmt clear
	assert_luns ""
}

test_settings_are_kept()	# what saved files may have; no groups
{
	write_attr "$copy"/allow_not_connected_copy 1
	assert_eq "$(cat "$copy"/allow_not_connected_copy)" $'1\n[key]'
	write_attr "$copy"/allow_not_connected_copy 0
	assert_fails_with "Invalid argument" write_attr "$copy"/allow_not_connected_copy 2
	write_attr "$copy_tgt"/addr_method LUN
	assert_eq "$(cat "$copy_tgt"/addr_method)" $'LUN\n[key]'
	write_attr "$copy_tgt"/addr_method PERIPHERAL
	write_attr "$copy_tgt"/rel_tgt_id 1
	modprobe scst_local
	assert_eq "$(head -n 1 "$tgt"/rel_tgt_id)" 1 "the first target's, whatever is written here"
	wait_for 10 modprobe -r scst_local
	write_attr "$copy_tgt"/rel_tgt_id 0
	assert_fails_with "Invalid argument" write_attr "$copy_tgt"/ini_groups/mgmt "create g"
	assert_match "$(cat "$copy_tgt"/luns/mgmt)" "The following parameters available: read_only"
}

admin() # OPTION...
{
	said=$(scstadmin "$@" 2>&1) || fail "scstadmin $* ended with $?: $said"
}

test_scstadmin_knows_it()	# lists and writes it; a file of SCST is applied, and is the same again
{
	PATH=$PATH:/usr/local/sbin
	command -v scstadmin || skip "no scstadmin here"
	add_null disk0
	admin -list_target -driver copy_manager
	assert_match "$said" copy_manager_tgt
	admin -write_config "$tap_dir/conf"
	assert_match "$(tr -s '[:space:]' ' ' <"$tap_dir/conf")" \
		"TARGET_DRIVER copy_manager \{ TARGET copy_manager_tgt \{ LUN 0 disk0 \}"
	admin -config "$tap_dir/conf"
	assert_match "$said" "Done, 0 change\(s\) made"
	sed -i 's/LUN 0 disk0/LUN 5 disk0/' "$tap_dir/conf"
	admin -config "$tap_dir/conf" -force -noprompt
	assert_luns "5=disk0"
}

test_nothing_comes_by_itself_if_so_said()	# auto_cm_assignment=0: by hand only
{
	unload_vdisk
	modprobe scst auto_cm_assignment=0
	modprobe scst_vdisk
	add_null disk0
	assert_luns ""
	luns_mgmt "add disk0 5"
	assert_luns "5=disk0"
	del_null disk0
	unload_vdisk
	setup_file
}

run_tests "$@"
