#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# sysfs while things come and go: open files, many writers at once, removal under their hands. What
# matters beside the assertions is that the kernel log stays clean (guest-run looks at it), and that
# the modules can be unloaded afterwards.
#
# Disks that go while the host looks at them:
# expects: disks that go
# boot: --parallel

. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/../lib/scst.sh"

drv=$scst/targets/scst_local
files=$tap_dir/files
storm_seconds=${storm_seconds:-8}

setup_file()
{
	load_scst
	add_null disk0
}

teardown()
{
	thaw_if_any "$files"
	if mountpoint -q "$files"; then
		write_attr "$scst/handlers/vdisk_nullio/pr_dump_dir" ""
		umount "$files"
	fi
}

teardown_file()
{
	unload_scst
}

# Writes that may well fail, as somebody else is at it; those that do not are counted.
try() # FILE TEXT
{
	! write_attr "$@" 2>/dev/null || echo "${2%% *}" >>"$tap_dir/done"
}

assert_done() # VERB...
{
	local verb
	for verb; do
		grep -q "^$verb" "$tap_dir/done" || fail "$verb has never succeeded"
	done
	rm "$tap_dir/done"
}

write_fd3()
{
	echo "$1" >&3
}

until_end()
{
	local end=$((SECONDS + storm_seconds))
	while [ "$SECONDS" -lt "$end" ]; do
		"$@"
	done
}

test_open_file_does_not_hold_its_target()	# and reading it afterwards says so
{
	write_attr "$drv"/mgmt "add_target held"
	exec 3<"$drv"/held/comment 4<"$drv"/held/luns/mgmt
	write_attr "$drv"/mgmt "del_target held"
	[ ! -e "$drv"/held ]
	assert_fails_with "No such device" cat <&3
	assert_fails_with "No such device" cat <&4
	exec 3<&- 4<&-
}

test_open_file_does_not_hold_its_device()	# nor writing to it
{
	add_null held
	exec 3>"$scst"/devices/held/read_zero
	del_null held
	assert_fails_with "No such device" write_fd3 1
	exec 3>&-
	add_null held
	assert_eq "$(cat "$scst"/devices/held/read_zero)" 0 "read_zero of the next one"
	del_null held
}

test_open_file_does_not_hold_its_lun()	# nor the device behind it
{
	add_null held
	map_lun held 3
	exec 3<"$tgt"/luns/3/read_only
	del_null held
	[ ! -e "$tgt"/luns/3 ]
	assert_fails_with "No such device" cat <&3
	exec 3<&-
}

test_deleting_a_device_removes_its_luns()	# links of neither side dangle
{
	add_null gone
	map_lun gone 4
	map_lun gone 5
	del_null gone
	[ ! -e "$tgt"/luns/4 ]
	[ ! -e "$tgt"/luns/5 ]
	[ ! -e "$scst"/handlers/vdisk_nullio/gone ]
	[ -z "$(find "$scst" -xtype l)" ]
}

is_gone() # FILE
{
	[ ! -e "$1" ]
}

test_name_is_free_when_its_device_is_gone()	# whoever adds one of that name waits until then
{
	local sg reader deleter
	add_null busy
	map_lun busy 6
	sg=$(sg_of 6)
	clear_unit_attentions "$sg"
	write_attr "$scst/devices/busy/delay_ms" 3000
	sg_raw --request=512 "$sg" 28 00 00 00 00 00 00 00 01 00 &
	reader=$!
	wait_for 5 grep -q "lun=6 .*step=execute" "$scst/trace_cmds"
	del_null busy &
	deleter=$!
	wait_for 5 is_gone "$tgt/luns/6"
	add_null busy
	assert_eq "$(head -1 "$scst/devices/busy/delay_ms")" 0 "delay of the new one"
	wait_all "$deleter" "$reader"
	del_null busy
	wait_for 10 no_sdev 6
}

# Where what writes to a file stands in the kernel.
stands_at() # PID FUNCTION
{
	grep -q "$2" "/proc/$1/stack"
}

# Its reservations are being dumped, which takes as long as a file system likes.
test_files_of_a_device_that_goes_are_its_last()	# writing to them does no harm until they are gone
{
	local deleter
	add_null going
	write_attr "$scst/devices/going/threads_pool_type" shared
	write_attr "$scst/devices/going/threads_num" 2
	mount_image "$files"
	fsfreeze --freeze "$files"
	write_attr "$scst/handlers/vdisk_nullio/pr_dump_dir" "$files"
	del_null going &
	deleter=$!
	wait_for 10 stands_at "$deleter" scst_pr_dump
	write_attr "$scst/devices/going/threads_num" 3
	write_attr "$scst/devices/going/block" "11 text"
	fsfreeze --unfreeze "$files"
	wait "$deleter"
	is_gone "$scst/devices/going"
	[ -n "$(find "$files" -type f -size +0)" ] || fail "no dump"
}

# One of two writers at a time adds or deletes the same device.
toggle_device()
{
	try "$null_mgmt" "add_device storm size_mb=64"
	try "$null_mgmt" "del_device storm"
}

toggle_lun()
{
	try "$tgt"/luns/mgmt "add storm 20"
	try "$tgt"/luns/mgmt "replace disk0 20"
	try "$tgt"/luns/mgmt "replace_no_ua storm 20"
	try "$tgt"/luns/mgmt "del 20"
}

read_everything()
{
	find "$scst" -type f -exec cat {} + >/dev/null 2>&1 || true
	find "$scst" -type l -exec readlink {} + >/dev/null 2>&1 || true
}

test_storm_of_devices_and_luns()	# adders, deleters and readers of the same names
{
	local i pids=()
	for i in 1 2; do
		until_end toggle_device & pids+=($!)
		until_end toggle_lun & pids+=($!)
	done
	until_end read_everything & pids+=($!)
	wait_all "${pids[@]}"
	assert_done add_device del_device add replace replace_no_ua del
	try "$tgt"/luns/mgmt clear
	try "$null_mgmt" "del_device storm"
	[ ! -e "$scst"/devices/storm ]
	assert_eq "$(ls "$tgt"/luns)" mgmt "LUNs"
	[ -z "$(ls "$scst"/devices/disk0/exported)" ]
	[ -z "$(find "$scst" -xtype l)" ]
}

toggle_target()
{
	try "$drv"/mgmt "add_target storm session_name=one"
	try "$drv"/mgmt "add_session storm two"
	try "$drv"/mgmt "del_session storm one"
	try "$drv"/mgmt "del_target storm"
}

poke_target()
{
	try "$drv"/storm/rel_tgt_id $((RANDOM % 100 + 1))
	try "$drv"/storm/comment "$RANDOM"
	try "$drv"/storm/luns/mgmt "add disk0 0"
	try "$drv"/storm/sessions/one/read_cmd_count 0
}

test_storm_of_targets_and_sessions()	# and writers to their files
{
	local pids=()
	until_end toggle_target & pids+=($!)
	until_end toggle_target & pids+=($!)
	until_end poke_target & pids+=($!)
	until_end read_everything & pids+=($!)
	wait_all "${pids[@]}"
	assert_done add_target add_session del_session del_target "[0-9]" add
	try "$drv"/mgmt "del_target storm"
	[ ! -e "$drv"/storm ]
	[ -z "$(ls "$scst"/devices/disk0/exported)" ]
}

test_unloading_waits_for_no_writer()	# mgmt of a module on its way out refuses, and it goes
{
	local i
	for i in 1 2 3; do
		(
			end=$((SECONDS + 3))
			while [ "$SECONDS" -lt "$end" ]; do
				try "$null_mgmt" "add_device late$RANDOM size_mb=64"
			done
		) &
		sleep 0.5
		wait_for 20 modprobe -r scst_vdisk
		[ -z "$(ls "$scst"/devices)" ]
		modprobe scst_vdisk
		wait $!
		modprobe -r scst_vdisk
		modprobe scst_vdisk
	done
	add_null disk0
}

# How many microseconds it takes to map so many LUNs.
map_luns() # FROM TO
{
	local i start
	start=$(date +%s%N)
	for ((i = $1; i <= $2; i++)); do
		write_attr "$drv"/many/luns/mgmt "add disk0 $i"
	done
	echo $((($(date +%s%N) - start) / 1000))
}

test_thousandth_lun_is_as_quick_as_the_first()	# configuration does not get slower with what is there
{
	local first last
	write_attr "$drv"/mgmt "add_target many"
	first=$(map_luns 1 100)
	map_luns 101 900
	last=$(map_luns 901 1000)
	write_attr "$drv"/mgmt "del_target many"
	diag "100 LUNs in $first us, behind 900 others in $last us"
	assert_at_most "$last" $((10 * first)) "microseconds for the last 100 of 1000 LUNs"
}

run_tests "$@"
