#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# How a policy is attached, and by what it stays: scopes, links and their pins, pins of maps, objects
# that were built for another version of the module. Not tested here: scopes of lun_access
# (lun_access.sh), update (lun_access.sh, cmd_admit.sh).
#
# Commands that are told BUSY for too long are given up:
# expects: timing out command
# expects: disks that go
. "$(dirname "$0")/lib.sh"

prog=$progs/cmd_verdict.bpf.o
mgmt=$scst/targets/scst_local/mgmt

read_capacity()
{
	sg_raw -t "${sg_timeout:-20}" -r 8 -o /dev/null "$sg1" 25 00 00 00 00 00 00 00 00 00
}

denied()
{
	assert_fails_with "Access denied" read_capacity
}

deny_in_scope() # SCOPE NAME
{
	load -m admit "$prog" opcode=0x25 verdict=4 admit.scope="$1" admit.scope_name="$2"
}

test_cmd_admit_acts_in_its_scope_only()	# driver, target, device; names of others
{
	for scope in "1 scst_local" "2 scst_local_tgt" "3 d1"; do
		deny_in_scope "${scope% *}" "${scope#* }"
		denied
		unload admit
	done
	for scope in "1 iscsi" "2 other" "3 d0" "4 other" "4 scst_local_tgt/other"; do
		deny_in_scope "${scope% *}" "${scope#* }"
		read_capacity
		assert_eq "$(cat "$policies/admit/calls")" 0 "calls with scope $scope"
		unload admit
	done
}

guest_joins_club()
{
	local club=$tgt/ini_groups/club
	write_attr "$tgt/ini_groups/mgmt" "create club"
	write_attr "$club/luns/mgmt" "add d0 0"
	write_attr "$club/luns/mgmt" "add d1 1"
	write_attr "$club/initiators/mgmt" "add guest"
	write_attr "$mgmt" "add_session scst_local_tgt guest"
	guest=$(sg_of 1 "$tgt/sessions/guest")
	clear_ua "$guest"
}

teardown()
{
	sg0=$(sg_of 0)
	unload_all
	[ ! -e "$tgt/sessions/guest" ] || write_attr "$mgmt" "del_session scst_local_tgt guest"
	[ ! -e "$tgt/ini_groups/club" ] || write_attr "$tgt/ini_groups/mgmt" "del club"
	wait_for_luns 0 1
}

test_cmd_admit_acts_in_its_group_only()	# named with and without its target
{
	guest_joins_club
	for name in club scst_local_tgt/club; do
		deny_in_scope 4 "$name"
		assert_fails_with "Access denied" \
			sg_raw -r 8 -o /dev/null "$guest" 25 00 00 00 00 00 00 00 00 00
		read_capacity
		unload admit
	done
}

test_several_scopes_add_up()	# the most restrictive verdict of those in scope
{
	load -m admit "$prog" opcode=0x25 verdict=4 admit.scope=3 admit.scope_name=d0
	load -m second "$prog" opcode=0x25 second_verdict=2 second.scope=2 \
		second.scope_name=scst_local_tgt
	sg_timeout=2 assert_fails_with Busy read_capacity
	unload second
	read_capacity
}

test_closed_link_detaches()	# a loader that is killed takes its unpinned policy along
{
	"$progs/load" -w -m admit "$prog" opcode=0x25 verdict=4 >"$tap_dir/loader" &
	loader=$!
	wait_for 10 grep -q attached "$tap_dir/loader"
	denied
	kill -9 "$loader"
	wait "$loader" || true
	wait_for 5 no_policies
	read_capacity
	assert_match "$(last_exit)" "^admit kind=unreg " "exit record"
}

test_link_can_be_detached()	# while it is pinned; the pin is an empty shell then
{
	load -m admit "$prog" opcode=0x25 verdict=4
	denied
	bpftool link detach pinned "$pins/admit"
	wait_for 5 no_policies
	read_capacity
	rm "$pins/admit"
}

test_unpinned_maps_change_nothing()	# the policy holds its maps
{
	load -m admit "$prog" opcode=0x25 verdict=4
	rm "$pins"/map_*
	denied
	assert_eq "$(cat "$policies/admit/state")" active state
}

test_older_object_loads()	# with fewer members than the module has
{
	load "$progs/older.bpf.o"
	denied
	assert_eq "$(cat "$policies/older/scope")" all scope
}

test_newer_object_loads_if_it_asks_for_nothing_new()	# unknown members are zero; otherwise refused
{
	load "$progs/newer.bpf.o"
	denied
	unload newer
	assert_fails_with member_to_come "$progs/load" "$progs/newer.bpf.o" newer.member_to_come=1
	no_policies
	read_capacity
}

test_minimal_and_maximal_change_nothing()	# every hook is asked, and nobody notices
{
	load "$bpf/minimal.bpf.o"
	load "$bpf/maximal.bpf.o"
	read_capacity
	write_attr "$mgmt" "add_session scst_local_tgt guest"
	sg_reset -d "$sg1"
	write_attr "$mgmt" "del_session scst_local_tgt guest"
	for hook in lun_access session_admit cmd_admit tmf; do
		grep -qE "^$hook [a-z]+=[1-9]" "$policies/maximal/verdicts" ||
			fail "$hook: $(cat "$policies/maximal/verdicts")"
	done
	assert_eq "$(cat "$policies/minimal/calls")" 0 "calls of a policy without hooks"
	luns_are 0 1
}

run_tests "$@"
