#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Policies and tracers come, change and go, as fast as scstctl can, while somebody writes to a disk and
# reads back what he wrote. Beside the assertions the kernel log has to stay clean.
#
# Hidden disks cannot be read:
# expects: disks that go
# boot: --parallel
. "$(dirname "$0")/lib.sh"

mgmt=$scst/targets/scst_local/mgmt
storm_seconds=${storm_seconds:-8}

# LUN 2 keeps what is written to it: $disk.
setup()
{
	truncate -s 16M "$tap_dir/store"
	write_attr "$scst/handlers/vdisk_fileio/mgmt" "add_device store filename=$tap_dir/store"
	write_attr "$tgt/aen_disabled" 0
	map_lun store 2
	disk=$(disk_of 2)
	write_attr "$tgt/aen_disabled" 1
}

teardown()
{
	unload_all
	[ ! -e "$tgt/sessions/guest" ] || write_attr "$mgmt" "del_session scst_local_tgt guest"
	write_attr "$scst/handlers/vdisk_fileio/mgmt" "del_device store"
}

# Status 6: somebody else is at it for long.
insist() # ARGUMENT...: of scstctl
{
	local said status=6
	while [ "$status" = 6 ]; do
		status=0
		said=$(scstctl "$@" 2>&1 >/dev/null) || status=$?
	done
	[ "$status" = 0 ] || fail "scstctl $* ends with $status: $said"
}

# Holds commands of the load, and lets go of them by an update, in the end by going.
toggle_limits()
{
	insist policy load qos rule=lun=2,iops=200
	insist policy update qos rule=lun=2,iops=2000,burst_ms=100
	insist policy update qos rule=device=store,shared_iops=400 rule=lun=0,bps=100000
	insist policy unload qos
}

toggle_refusals()
{
	insist policy load cmd_filter rule=lun=1,opcode=0x25,action=deny
	insist policy update cmd_filter scope=device:d1 rule=opcode=0x25,action=deny
	insist policy unload cmd_filter
}

toggle_masks()
{
	insist policy load lun_mask mask=scst_local_host@1:hide
	insist policy update lun_mask mask=scst_local_host@1:read_only mask=guest@2:hide
	insist policy unload lun_mask
}

toggle_logins()
{
	insist policy load session_acl rule='initiator=gu*,action=deny'
	insist policy update session_acl rule='initiator=gu*,action=allow'
	insist policy unload session_acl
}

toggle_tracers()
{
	insist tracer load latency
	insist tracer load slow min_latency_us=1000
	insist tracer unload latency
	insist tracer load cmdlog
	insist tracer unload slow cmdlog
}

log_in_and_out()
{
	write_attr "$mgmt" "add_session scst_local_tgt guest" 2>/dev/null || return 0	# denied
	write_attr "$mgmt" "del_session scst_local_tgt guest"
}

look_around()
{
	scstctl show --json >/dev/null
	cat "$policies"/*/* "$scst/trace_cmds" >/dev/null 2>&1 || true
}

# No two of these load the same policy.
until_end() # FUNCTION...
{
	local end=$((SECONDS + storm_seconds)) round
	for ((round = 0; round == 0 || SECONDS < end; round++)); do
		for fn; do
			"$fn"
		done
	done
	echo "$*: $round rounds"
}

# How many of the exit records that are kept are of something else than unloading.
ejections()
{
	grep -vc ' kind=unreg ' "$policies/exits" || true
}

test_storm_of_policies_and_tracers()	# no I/O fails, no data are wrong, nothing is left behind
{
	local pid pids=()
	fio --name=verify --filename="$disk" --direct=1 --ioengine=libaio --iodepth=16 --size=16m \
		--rw=randwrite --bsrange=4k-32k --verify=crc32c --verify_backlog=64 --verify_fatal=1 \
		--time_based --runtime="$storm_seconds" >"$tap_dir/fio.log" 2>&1 &
	load=$!
	until_end toggle_limits toggle_masks &
	pids+=($!)
	until_end toggle_refusals toggle_logins toggle_tracers &
	pids+=($!)
	until_end log_in_and_out look_around &
	pids+=($!)
	for pid in "${pids[@]}"; do
		wait "$pid"
	done
	wait "$load" || fail "$(cat "$tap_dir/fio.log")"
	assert_match "$(cat "$tap_dir/fio.log")" "err= 0" "fio"
	assert_eq "$(ejections)" 0 "ejected policies"
	grep -q "^qos kind=unreg .* delay=[1-9]" "$policies/exits" || fail "nothing was ever held"
	assert_eq "$(cat "$scst/trace_cmds")" "" "commands under way"
	wait_for 5 no_policies
	nothing_is_left
}

run_tests "$@"
