#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Required policies: scstctl policy require, unload and status; required_policies of bpfd.json, at a
# start, a restart and a reload. What initiators meet is in bpf/required.sh.
#
# Policies are ejected, and commands are BUSY for a while:
# expects: policy .*: ejected
# expects: disks that go
. "$(dirname "$0")/lib.sh"

required=$policies/required_policies
waiting=$policies/waiting_for

teardown()
{
	stop_daemon KILL
	write_attr "$required" ""
	sg0=$(sg_of 0)
	unload_all
	wait_for_luns 0 1
}

list()
{
	head -n 1 "$required"
}

# Nobody has written the list since the module was loaded; no disk is there.
load_afresh() # [OPTION OF scst]
{
	teardown_file
	modprobe scst "$@"
	assert_no_match "$(cat "$required")" key "$required"
}

config_with() # REQUIRED POLICIES
{
	jq -n "{ required_policies: $1, policies: $2 }" >"$config"
}

test_require_shows_adds_and_drops()	# as text and as JSON
{
	assert_eq "$(scstctl policy require)" "NAME                     STATE" "what is required"
	assert_eq "$(scstctl policy require --json)" "[]" "what is required"
	scstctl policy load minimal
	scstctl policy load minimal name=other
	scstctl policy require minimal other
	scstctl policy eject other
	assert_eq "$(scstctl policy require | tail -n +2 | tr -s ' ')" $'minimal active\nother ejected' "what is required"
	scstctl policy require --drop other
	scstctl policy require gone 2>"$tap_dir/said"
	assert_eq "$(cat "$tap_dir/said")" "scstctl: policy gone: not loaded: nobody gets in until it is in force" "what it says"
	assert_eq "$(scstctl policy require --json | jq -c '.[] | [.name, .state]')" \
		$'["minimal","active"]\n["gone","not_loaded"]' "what is required"
	scstctl policy require --drop gone minimal
	assert_eq "$(list)" "" "what is required"
}

test_require_says_what_is_wrong()	# and changes nothing
{
	scstctl policy load minimal
	scstctl policy require minimal
	assert_status 2 "--drop: which?" scstctl policy require --drop
	assert_status 2 'bad name "a/b"' scstctl policy require a/b
	assert_status 2 'bad name "9"' scstctl policy require minimal 9
	assert_status 2 'bad name "exits"' scstctl policy require exits
	assert_status 3 "not required" scstctl policy require --drop minimal gone
	assert_status 1 "more names than" scstctl policy require p{1..32}
	assert_status 5 "run this as root" setpriv --reuid=65534 --clear-groups scstctl policy require gone
	assert_eq "$(list)" minimal "what is required"
}

test_unload_spares_what_is_required()	# until it is told twice, or it is required no longer
{
	scstctl policy load minimal
	scstctl policy load minimal name=other
	scstctl policy require minimal other
	assert_status 6 "policy minimal: required: scstctl policy require --drop minimal, or --force" \
		scstctl policy unload minimal
	[ -e "$policies/minimal" ]
	scstctl policy require --drop minimal
	scstctl policy unload minimal
	scstctl policy unload --force other
	assert_eq "$(cat "$waiting")" "other not_loaded" "what is waited for"
}

test_status_tells_who_is_waited_for()	# and the way out
{
	scstctl policy load minimal
	scstctl policy require minimal
	scstctl status
	scstctl policy require gone 2>/dev/null
	scstctl policy eject minimal "for a test"
	scstctl status >"$tap_dir/status" 2>/dev/null && fail "all is well: $(cat "$tap_dir/status")"
	grep -q "^nobody gets in: required policy gone is not loaded: scstctl policy load, or policy require --drop gone$" "$tap_dir/status"
	grep -q "^nobody gets in: required policy minimal is ejected: scstctl policy update, or policy require --drop minimal$" "$tap_dir/status"
	assert_eq "$({ scstctl status --json 2>/dev/null || true; } | jq -c '[.ok, (.faults | length)]')" "[false,3]" "status"
}

test_update_of_a_required_policy_is_silent()	# options, code and rules: it is in force all the time
{
	scstctl policy load lun_mask mask=scst_local_host@0:default
	scstctl policy require lun_mask
	mark_log
	scstctl policy update lun_mask mask=scst_local_host@1:default
	scstctl policy update lun_mask priority=7 mask=scst_local_host@1:default
	scstctl policy update --force lun_mask priority=7 mask=scst_local_host@1:default
	assert_no_match "$(log_since_mark)" "required policy" "kernel log"
	assert_eq "$(cat "$waiting")" "" "what is waited for"
}

test_a_dead_link_is_not_in_force()	# and an update puts it in force again
{
	scstctl policy load minimal
	scstctl policy require minimal
	bpftool link detach pinned "$pins/policies/minimal/link"
	assert_eq "$(cat "$waiting")" "minimal not_loaded" "what is waited for"
	scstctl policy update minimal
	assert_eq "$(cat "$waiting")" "" "what is waited for"
}

# At the first start what is configured comes on top of what the module was told.
test_configured_names_are_required_from_the_start()	# an entry that is wrong takes no other along; nor what cannot be loaded
{
	load_afresh required_policies=minimal
	config_with '["lun_mask", "9", "nonesuch", 7]' \
		'[{ object: "nonesuch" }, { object: "minimal" }, { object: "lun_mask" }]'
	start_daemon
	assert_eq "$(list)" minimal,lun_mask,nonesuch "what is required"
	assert_eq "$(cat "$waiting")" "nonesuch not_loaded" "what is waited for"
	daemon_says 'required_policies[1]: bad name "9"'
	daemon_says "required_policies[3]: must be a string"
	daemon_says "required policies are not as configured"	# minimal is not
	config_with '["lun_mask"]' '[{ object: "lun_mask" }]'
	scstctl policy apply
	assert_eq "$(list)" lun_mask "what is required"
	[ ! -e "$policies/minimal" ]
	scstctl status
	setup_file
	setup
}

test_a_restart_requires_nothing_anew()	# what was dropped stays so, and is told; a reload brings it back
{
	load_afresh
	setup_file
	setup
	config_with '["minimal"]' '[{ object: "minimal" }]'
	start_daemon
	assert_eq "$(list)" minimal "what is required"
	start_load "$disk0" 25
	stop_daemon KILL
	assert_eq "$(cat "$waiting")" "" "what is waited for"
	scstctl policy require --drop minimal
	start_daemon
	assert_eq "$(list)" "" "what is required"
	daemon_says "required policies are not as configured: reload"
	scstctl policy apply
	assert_eq "$(list)" minimal "what is required"
	wait "$load"
	scstctl status
}

test_reload_waits_for_nobody()	# one takes the place of another, and the old one is unloaded after that
{
	config_with '["minimal"]' '[{ object: "minimal" }]'
	start_daemon
	scstctl policy apply
	mark_log
	config_with '["other"]' '[{ object: "minimal", name: "other" }]'
	scstctl policy apply
	assert_eq "$(list)" other "what is required"
	[ ! -e "$policies/minimal" ]
	assert_no_match "$(log_since_mark)" "required policy .*: not loaded" "kernel log"
	jq -n '{ policies: [] }' >"$config"
	assert_status 1 "parts of" scstctl policy apply
	daemon_says "policy other: required: scstctl policy require --drop other"
	assert_eq "$(list)" other "what is required without the key"
	[ -e "$policies/other" ]
}

run_tests "$@"
