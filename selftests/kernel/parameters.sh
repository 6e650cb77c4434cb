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

test_disks_begin_with_num_threads()	# which is their default then
{
	modprobe scst
	modprobe scst_vdisk num_threads=5
	add_null one
	assert_eq "$(cat "$scst/devices/one/threads_num")" 5
	write_attr "$scst/devices/one/threads_num" 0
	assert_eq "$(cat "$scst/devices/one/threads_num")" $'0\n[key]'
	del_null one
}

test_numbers_that_are_too_large_are_told()	# and are as if they were not there
{
	mark_log
	modprobe scst scst_threads=1000000
	modprobe scst_vdisk num_threads=1025
	log_since_mark | has "scst_threads=1000000: at most"
	log_since_mark | has "num_threads=1025: at most 1024"
	assert_eq "$(cat "$scst/threads")" "$(nproc)"
	add_null one
	assert_eq "$(cat "$scst/devices/one/threads_num")" 0
	del_null one
}

run_tests "$@"
