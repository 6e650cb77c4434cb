#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Required policies: what those who are new and those who are in meet while one of them is not in
# force, and how that ends. The policies are the programs of the other tests. iSCSI's answer to a
# login is in iscsi/policies.sh, the tools are in userspace/required.sh. More than a minute: policies
# come and go some sixty times, most of them while somebody logs in, and modules are loaded anew.
#
# That is what it is about, and BUSY without end is what commands get:
# expects: policy .*: ejected
# expects: timing out command, waited
# expects: disks that go
. "$(dirname "$0")/lib.sh"

required=$policies/required_policies
waiting=$policies/waiting_for
mgmt=$scst/targets/scst_local/mgmt
guest=$tgt/sessions/guest
logins=$progs/session_verdict.bpf.o
closed=4	# SCST_POLICY_F_CLOSED_ON_EJECT

teardown()
{
	write_attr "$required" ""
	[ ! -e "$guest" ] || logout
	[ ! -e "$tgt/luns/2" ] || unmap_lun 2
	[ ! -e "$scst/devices/d2" ] || del_null d2
	write_attr "$tgt/aen_disabled" 1
	sg0=$(sg_of 0)
	unload_all
	wait_for_luns 0 1
}

login()
{
	write_attr "$mgmt" "add_session scst_local_tgt guest"
}

logout()
{
	write_attr "$mgmt" "del_session scst_local_tgt guest"
}

# A new session hears at once of LUNs that it has not: by events.
login_with_events()
{
	write_attr "$tgt/aen_disabled" 0
	login
}

load_fixed() # [ASSIGNMENT]...: what hides nothing, unless it is told to
{
	load -m fixed "$progs/fixed_verdict.bpf.o" "$@"
}

update_fixed() # [ASSIGNMENT]...
{
	"$progs/load" -u "$pins/fixed" -m fixed "$progs/fixed_verdict.bpf.o" "$@"
}

eject() # POLICY
{
	echo "as the test says" >"$policies/$1/eject"
	wait_for 5 grep -q "^$1 ejected$" "$waiting"
}

told_of_new_luns()
{
	assert_fails_with "Reported luns data has changed" tur "$sg0"
}

test_a_login_sees_no_lun_until_they_are_in_force()	# then all, and the log told what it waited for
{
	mark_log
	write_attr "$required" "fixed,logins"
	login_with_events
	[ -d "$guest" ]
	no_sdev 0 "$guest"
	assert_eq "$(cat "$waiting")" $'fixed not_loaded\nlogins not_loaded' "what is waited for"
	load_fixed
	wait_for 5 called fixed 2
	assert_eq "$(cat "$waiting")" "logins not_loaded" "what is waited for"
	no_sdev 0 "$guest"
	load "$logins"
	assert_eq "$(cat "$waiting")" "" "what is waited for"
	wait_for 20 has_disk 1 "$guest"
	assert_eq "$(log_since_mark | sed -n 's/.*\(required policy [^:]*: [^:]*\).*/\1/p')" \
		$'required policy fixed: not loaded\nrequired policy logins: not loaded\nrequired policy fixed: in force\nrequired policy logins: in force' \
		"kernel log"
}

test_who_is_in_meets_busy_while_one_is_unloaded()	# from the moment it is, and no longer than until it is back
{
	load_fixed
	write_attr "$required" fixed
	read_block "$sg1"
	unload fixed
	for sg in "$sg0" "$sg1"; do
		sg_timeout=1 assert_fails_with Busy sg_raw -t 1 -r 36 "$sg" 12 00 00 00 24 00
	done
	load_fixed
	read_block "$sg1"
	luns_are 0 1
}

requests()	# of the host to LUN 1, those again that were BUSY
{
	cat "$(sdev_dir 1)/iorequest_cnt"
}

more_requests() # BEFORE
{
	[ "$(requests)" != "$1" ]
}

test_a_write_waits_for_it_and_is_done()	# the initiator repeats what is BUSY
{
	local writer before
	load_fixed
	write_attr "$required" fixed
	unload fixed
	before=$(requests)
	dd if=/dev/zero of="$disk1" bs=4k count=1 oflag=direct 2>"$tap_dir/dd" &
	writer=$!
	wait_for 5 more_requests "$before"
	kill -0 "$writer"
	load_fixed
	wait "$writer" || fail "the write failed: $(cat "$tap_dir/dd")"
}

test_a_lun_that_is_mapped_meanwhile_shows_up_later()	# and that is told
{
	load_fixed
	write_attr "$required" fixed
	eject fixed
	add_null d2
	map_lun d2 2
	luns_are 0 1
	clear_ua "$sg0"
	update_fixed
	wait_for 5 told_of_new_luns
	luns_are 0 1 2
}

test_verdicts_get_no_looser_while_one_is_ejected()	# what it hid stays hidden: no longer if it is not required
{
	load_fixed verdict=2 fixed.scope=3 fixed.scope_name=d1
	wait_for_luns 0
	write_attr "$required" fixed
	eject fixed
	load -m other "$progs/fixed_verdict.bpf.o"
	judged_again other
	luns_are 0
	write_attr "$required" "-fixed"
	wait_for_luns 0 1
}

test_verdicts_may_get_stricter_meanwhile()
{
	load_fixed
	write_attr "$required" fixed
	eject fixed
	load -m other "$progs/fixed_verdict.bpf.o" other_verdict=2 other.scope=3 other.scope_name=d1
	wait_for_luns 0
}

test_an_ejected_one_is_as_its_on_eject_says()	# to who is in; nobody else gets in
{
	load -m admit "$progs/cmd_verdict.bpf.o" admit.flags=$closed admit.scope=3 admit.scope_name=d1
	write_attr "$required" admit
	eject admit
	sg_timeout=1 assert_fails_with Busy sg_raw -t 1 -r 8 "$sg1" 25 00 00 00 00 00 00 00 00 00
	read_block "$sg0"
	login
	no_sdev 0 "$guest"
}

test_a_session_that_began_before_is_admitted_late()	# denied: it never sees a LUN; into the group that is chosen
{
	write_attr "$required" logins
	login_with_events
	load "$logins" initiator=guest verdict=2
	wait_for 5 called logins 1
	wait_for 5 grep -q "deny=[1-9]" "$policies/logins/verdicts"
	no_sdev 0 "$guest"
	unload logins
	write_attr "$tgt/ini_groups/mgmt" "create quarantine"
	write_attr "$tgt/ini_groups/quarantine/luns/mgmt" "add d1 5"
	load "$logins" initiator=guest verdict=1 group=quarantine
	wait_for 20 has_disk 5 "$guest"
	no_sdev 0 "$guest"
	assert_match "$(readlink -f "$guest/luns")" "/ini_groups/quarantine/luns$" "its group"
	logout
	write_attr "$tgt/ini_groups/mgmt" "del quarantine"
}

nobody_waits()
{
	[ -z "$(cat "$waiting")" ]
}

# Looks for LUNs when they would answer: BUSY hides them as well.
guest_scans()
{
	wait_for 5 nobody_waits
	echo "- - -" >"$guest/host/scan"
}

test_a_login_never_gets_past_one_that_comes_and_goes()	# it denies guest; by the next reading guest is gone, or has no LUN
{
	local storm i refused=0 let_in=0
	write_attr "$required" logins
	touch "$tap_dir/go"
	while [ -e "$tap_dir/go" ]; do
		load "$logins" initiator=guest verdict=2
		unload logins
	done &
	storm=$!
	for i in {1..25}; do
		if login 2>/dev/null; then
			guest_scans
			no_sdev 0 "$guest" || fail "guest sees a LUN at login $i"
			logout
			let_in=$((let_in + 1))
		else
			refused=$((refused + 1))
		fi
	done
	rm "$tap_dir/go"
	wait "$storm"
	diag "$refused logins refused, $let_in without a LUN"
}

test_an_update_opens_and_closes_nothing()	# commands pass all the time, and nobody is told of anything
{
	local i reader
	load_fixed
	write_attr "$required" fixed
	mark_log
	while [ ! -e "$tap_dir/stop" ]; do
		sg_raw -t 1 "$sg1" 00 00 00 00 00 00 2>"$tap_dir/tur" || touch "$tap_dir/refused"
		[ -z "$(cat "$waiting")" ] || touch "$tap_dir/waited"
	done &
	reader=$!
	for i in {1..10}; do
		update_fixed fixed.priority="$i"
	done
	touch "$tap_dir/stop"
	wait "$reader"
	[ ! -e "$tap_dir/refused" ] || fail "a command was refused: $(cat "$tap_dir/tur")"
	[ ! -e "$tap_dir/waited" ] || fail "it was not in force meanwhile"
	assert_no_match "$(log_since_mark)" "required policy" "kernel log"
}

test_the_scope_of_a_required_policy_is_its_own()	# one that acts nowhere is in force
{
	load_fixed fixed.scope=2 fixed.scope_name=nobody
	write_attr "$required" fixed
	assert_eq "$(cat "$waiting")" "" "what is waited for"
	read_block "$sg1"
	login
	has_disk 0 "$guest" || wait_for 15 has_disk 0 "$guest"
}

test_the_list_is_changed_by_one_write()	# replaced, added to, taken from; [key] once somebody wrote
{
	assert_eq "$(tail -n 1 "$required")" "[key]" "mark, since a test has written it"
	load_fixed
	write_attr "$required" "fixed  fixed,"
	assert_eq "$(head -n 1 "$required")" fixed "the list"
	load "$logins"
	write_attr "$required" "+logins"
	assert_eq "$(head -n 1 "$required")" fixed,logins "the list"
	write_attr "$required" "-fixed"
	assert_eq "$(head -n 1 "$required")" logins "the list"
	write_attr "$required" ""
	assert_eq "$(head -n 1 "$required")" "" "the list"
}

test_bad_lists_change_nothing()	# and are named in the log
{
	local text
	load_fixed
	write_attr "$required" fixed
	while read -r text; do
		mark_log
		assert_fails_with "Invalid argument" write_attr "$required" "$text"
		assert_match "$(log_since_mark)" 'required_policies: ".*" is no name of a policy' "kernel log"
	done <<-END
		9
		fixed,a/b
		+logins,exits
		-fixed,waiting_for
		required_policies
		+-fixed
		01234567890123456789012345678901
		abcdefghijklmnopqrstuvwxyz012345
	END
	assert_fails_with "No such file" write_attr "$required" "-fixed,logins"
	assert_fails_with "No space left" write_attr "$required" "+$(printf 'p%d,' {1..32})"
	assert_fails_with "Argument list too long" write_attr "$required" "$(printf 'p%d,' {1..1000})"
	assert_eq "$(head -n 1 "$required")" fixed "the list"
	read_block "$sg1"
}

add_and_drop() # NAME
{
	local i
	for i in {1..100}; do
		write_attr "$required" "+$1" || touch "$tap_dir/lost"
		write_attr "$required" "-$1" || touch "$tap_dir/lost"
	done
}

test_two_writers_lose_nothing()	# what one adds the other does not take away
{
	local first second
	load_fixed
	load "$logins"
	load "$bpf/minimal.bpf.o"
	write_attr "$required" minimal
	add_and_drop fixed & first=$!
	add_and_drop logins & second=$!
	wait "$first"
	wait "$second"
	[ ! -e "$tap_dir/lost" ] || fail "a name was gone before it was taken away"
	assert_eq "$(head -n 1 "$required")" minimal "the list"
}

test_a_policy_cannot_be_called_like_a_file()	# beside it
{
	local name
	for name in waiting_for required_policies pr_dumps_lost exits; do
		assert_fails_with "Invalid argument" load_fixed fixed.name="$name"
	done
}

not_loaded()
{
	[ ! -d /sys/module/scst ]
}

# Last: the modules are loaded anew.
test_zz_a_module_parameter_is_there_before_anybody()	# rubbish loads no module; unloading does not mind the gate
{
	teardown_file
	mark_log
	assert_fails_with "Invalid argument" modprobe scst required_policies=fixed,9
	assert_match "$(log_since_mark)" 'required_policies: "9" is no name of a policy' "kernel log"
	not_loaded
	modprobe scst required_policies=fixed
	assert_eq "$(cat "$required")" fixed "the list, without a mark"
	assert_eq "$(cat "$waiting")" "fixed not_loaded" "what is waited for"
	modprobe -r scst
	modprobe scst required_policies=fixed
	load_scst
	add_null d0
	map_lun d0 0
	no_sdev 0
	load_fixed
	wait_for 20 has_disk 0
	unload_all
	unload_scst
	setup_file
	setup
}

run_tests "$@"
