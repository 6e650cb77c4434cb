#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Writers to every attribute of a device, a target, a session, a group, a LUN and a policy (sysfs_storm.py),
# while these are deleted and made again. What matters is that the kernel log stays clean, which is worth
# most on the debug kernel, and that everything can be unloaded afterwards. Single objects, and those that
# are opened and then deleted, are in sysfs_life.sh.
#
# `make soak` has ten minutes of it.
#
# Disks go while the host looks at them, or are held, and a policy is ejected by hand:
# expects: disks that go
# expects: scsi_|scsi host
# expects: policy .*: ejected
# boot: --parallel

. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/../lib/scst.sh"

here=$(dirname "$0")
drv=$scst/targets/scst_local
iscsi=$scst/targets/iscsi
iqn=iqn.2026-01.org.example:storm
pins=/sys/fs/bpf/scst-selftest
progs=${progs:-.build/selftests/bpf}
objects=("$scst/devices/storm" "$drv/storm" "$iscsi/$iqn" "$scst/policies/storm")
case_timeout=120

setup_file()
{
	mountpoint -q /sys/fs/bpf || mount -t bpf bpf /sys/fs/bpf
	load_scst
	modprobe iscsi-scst
	add_null disk0
}

teardown_file()
{
	rm -rf "$pins"
	modprobe -r iscsi-scst
	unload_scst
}

# Whatever of it can be done at this moment. What was, is counted.
try() # FILE TEXT
{
	! write_attr "$@" 2>/dev/null || echo "${2%% *}" >>"$tap_dir/done"
}

make_device()
{
	try "$null_mgmt" "add_device storm size_mb=64"
	try "$tgt/luns/mgmt" "add storm 20"
}

drop_device()
{
	try "$scst/devices/storm/block" 0
	try "$null_mgmt" "del_device storm"
}

make_target()
{
	try "$drv/mgmt" "add_target storm"
	try "$drv/storm/ini_groups/mgmt" "create group"
	try "$drv/storm/ini_groups/group/initiators/mgmt" "add two"
	try "$drv/storm/ini_groups/group/luns/mgmt" "add disk0 1"
	try "$drv/mgmt" "add_session storm one"
	try "$drv/mgmt" "add_session storm two"
}

drop_target()
{
	try "$drv/mgmt" "del_session storm one"
	try "$drv/mgmt" "del_target storm"
}

make_iscsi()
{
	try "$iscsi/mgmt" "add_target $iqn"
	try "$iscsi/mgmt" "add_target_attribute $iqn IncomingUser joe 12charsecret"
	try "$iscsi/mgmt" "add_target_attribute $iqn allowed_portal 10.*"
	try "$iscsi/$iqn/ini_groups/mgmt" "create group"
}

drop_iscsi()
{
	try "$iscsi/mgmt" "del_target_attribute $iqn IncomingUser joe"
	try "$iscsi/mgmt" "del_target $iqn"
}

# Of an opcode that nobody sends.
make_policy()
{
	mkdir -p "$pins"
	! "$progs/load" -p "$pins" -m admit "$progs/cmd_verdict.bpf.o" opcode=0xff admit.name=storm \
		2>/dev/null || echo load >>"$tap_dir/done"
}

drop_policy()
{
	rm -rf "$pins"
}

until_end() # WHAT
{
	while [ ! -e "$tap_dir/over" ]; do
		"make_$1"
		sleep "0.$((RANDOM % 3))"
		"drop_$1"
	done
}

all_do() # make | drop
{
	local what
	for what in device target iscsi policy; do
		"$1_$what"
	done
}

test_writers_meet_what_is_deleted()	# of every attribute that any of them has
{
	local what pids=() writers=() names seconds
	seconds=$(amount 15 600)
	all_do make
	names=$(python3 "$here/sysfs_storm.py" list "${objects[@]}")
	all_do drop
	for what in device target iscsi policy; do
		until_end "$what" & pids+=($!)
	done
	for what in 1 2; do
		python3 "$here/sysfs_storm.py" "$seconds" "${objects[@]}" <<<"$names" >"$tap_dir/written$what" &
		writers+=($!)
	done
	wait_all "${writers[@]}"
	touch "$tap_dir/over"
	wait_all "${pids[@]}"
	all_do make
	all_do drop
	cat "$tap_dir"/written*
	sort "$tap_dir/done" | uniq -c
	for what in add_device del_device add_target del_target add_session del_session create load; do
		[ "$(nr_lines -x "$what" "$tap_dir/done")" -gt 1 ] || fail "$what has hardly ever succeeded"
	done
	for what in "${objects[@]}"; do
		wait_for 10 test ! -e "$what"
	done
}

run_tests "$@"
