#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What lines of modprobe.d that were written for SCST do. Parameters that a subject of its own has are
# tested with it: memory (device_memory.sh), the copy manager, replacing LUNs, groups.

. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/../lib/scst.sh"

teardown()
{
	unload_scst
}

test_no_default_target_if_it_is_not_wanted()	# and others can be made
{
	modprobe scst_local add_default_tgt=0
	assert_eq "$(find "$scst/targets/scst_local" -mindepth 1 -maxdepth 1 -type d)" "" targets
	write_attr "$scst/targets/scst_local/mgmt" "add_target own session_name=host"
	[ -d "$scst/targets/scst_local/own/sessions/host" ] || fail "no session"
	write_attr "$scst/targets/scst_local/mgmt" "del_target own"
	modprobe -r scst_local
	modprobe scst_local
	[ -d "$host_session" ] || fail "no default target"
}

test_threads_begin_with_scst_threads()	# as if somebody had written it
{
	modprobe scst scst_threads=3
	assert_eq "$(cat "$scst/threads")" $'3\n[key]'
	write_attr "$scst/threads" :default:
	assert_eq "$(cat "$scst/threads")" "$(nproc)"
}

add_file() # NAME
{
	truncate -s 1M "$tap_dir/$1"
	write_attr "$scst/handlers/vdisk_fileio/mgmt" "add_device $1 filename=$tap_dir/$1"
}

del_file() # NAME
{
	write_attr "$scst/handlers/vdisk_fileio/mgmt" "del_device $1"
}

test_disks_begin_with_num_threads()	# those of files, as in SCST; it is their default then
{
	modprobe scst
	modprobe scst_vdisk num_threads=5
	add_file one
	assert_eq "$(cat "$scst/devices/one/threads_num")" 5
	write_attr "$scst/devices/one/threads_num" 0
	assert_eq "$(cat "$scst/devices/one/threads_num")" $'0\n[key]'
	add_null two
	assert_eq "$(cat "$scst/devices/two/threads_num")" 0
	write_attr "$scst/handlers/vcdrom/mgmt" "add_device three"
	assert_eq "$(cat "$scst/devices/three/threads_num")" 5
	write_attr "$scst/handlers/vcdrom/mgmt" "del_device three"
	del_null two
	del_file one
}

test_numbers_that_are_too_large_are_told()	# and are as if they were not there
{
	mark_log
	modprobe scst scst_threads=1000000
	modprobe scst_vdisk num_threads=1025
	log_since_mark | has "scst_threads=1000000: at most"
	log_since_mark | has "num_threads=1025: at most 1024"
	assert_eq "$(cat "$scst/threads")" "$(nproc)"
	add_file one
	assert_eq "$(cat "$scst/devices/one/threads_num")" 0
	del_file one
}

run_tests "$@"
