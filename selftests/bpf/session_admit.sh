#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The hooks of sessions: session_admit (who may log in) and tmf (task management, observed). A login is
# a session added to scst_local's target.
#
# Hidden disks cannot be read, and a program says what it may not:
# expects: policy .*: ejected
# expects: disks that go
. "$(dirname "$0")/../lib/pr.sh"
. "$(dirname "$0")/lib.sh"

prog=$progs/session_verdict.bpf.o
mgmt=$scst/targets/scst_local/mgmt

login()
{
	write_attr "$mgmt" "add_session scst_local_tgt guest"
}

logout()
{
	write_attr "$mgmt" "del_session scst_local_tgt guest"
}

teardown()
{
	[ ! -e "$tgt/sessions/guest" ] || logout
	unload_all
	[ -z "${old_preempt:-}" ] || write_attr "$preempt" "$old_preempt"
}

var() # NAME
{
	bpftool -j map dump pinned "$pins/map_session__data" | tr , '\n' | sed -n "s/.*\"$1\":\([-0-9a-z]*\).*/\1/p"
}

test_default_admits()	# and other initiators are not the policy's business
{
	load "$prog" initiator=guest
	login
	[ -d "$tgt/sessions/guest" ]
	assert_match "$(cat "$policies/logins/verdicts")" "session_admit default=1 group=0 deny=0" verdicts
	assert_eq "$(var words_before)" 0 "storage of a new session"
}

test_deny_refuses_the_login()	# nothing is left of it; others log in
{
	load "$prog" initiator=guest verdict=2
	assert_fails_with "Permission denied" login
	[ ! -e "$tgt/sessions/guest" ]
	write_attr "$mgmt" "add_session scst_local_tgt other"
	write_attr "$mgmt" "del_session scst_local_tgt other"
	unload logins
	login
}

test_sessions_outlive_a_later_denial()	# a policy decides about logins, not about sessions
{
	login
	load "$prog" initiator=guest verdict=2
	[ -d "$tgt/sessions/guest" ]
	assert_eq "$(cat "$policies/logins/calls")" 0 calls
}

# The static group may have more LUNs than the one that the policy means.
test_unknown_group_refuses_the_login()	# and the log says so; until there is the group
{
	load "$prog" initiator=guest verdict=1 group=quarantine
	mark_log
	assert_fails_with "Permission denied" login
	[ ! -e "$tgt/sessions/guest" ]
	assert_eq "$(var group_result)" 0 "scst_bpf_session_set_group()"
	assert_match "$(log_since_mark)" "session guest: refused: a policy chose group quarantine, which scst_local_tgt does not have" "kernel log"
	assert_eq "$(cat "$policies/logins/state")" active state
	write_attr "$tgt/ini_groups/mgmt" "create quarantine"
	login
	assert_match "$(readlink -f "$tgt/sessions/guest/luns")" "/ini_groups/quarantine/luns$" "its group"
	logout
	write_attr "$tgt/ini_groups/mgmt" "del quarantine"
}

test_group_without_a_name_ejects()	# it is no verdict
{
	load "$prog" initiator=guest verdict=1
	login
	wait_for 5 state_is logins ejected
	assert_match "$(last_exit)" "^logins kind=bad_verdict code=1 .* text=session_admit: a group, but not which$" "exit record"
}

test_impossible_verdict_admits_by_the_static_rules()	# and ejects
{
	load "$prog" initiator=guest verdict=3
	login
	wait_for 5 state_is logins ejected
	assert_match "$(last_exit)" "^logins kind=bad_verdict code=3 .* text=session_admit$" "exit record"
}

let_go() # of the program stall
{
	bpftool map update pinned "$pins/map__data_go" key hex 00 00 00 00 value hex 01 00 00 00 00 00 00 00
}

says_detached() # POLICY
{
	log_since_mark | has "policy $1: detached"
}

preempt=/sys/kernel/debug/sched/preempt

# A program cannot sleep, only spin. Where that is preempted, it is as if it slept: otherwise it keeps
# a processor, and with it what is bound to that one, as callbacks of RCU may be.
preempt_fully()
{
	[ -w "$preempt" ] || skip "this kernel cannot be told to preempt"
	old_preempt=$(sed 's/.*(\(.*\)).*/\1/' "$preempt")
	write_attr "$preempt" full
}

# It returns when all was done, or after 45 s: then somebody has waited for it.
test_stuck_hook_keeps_nobody_else_waiting()	# but its caller, and who unloads it
{
	local stuck
	preempt_fully
	load "$progs/stall.bpf.o" in_pr_out=1 spin_ms=45000 stall.deadline_ms=250
	mark_log
	join "$sg1" 0xa &
	stuck=$!
	wait_for 5 state_is stall ejected
	assert_fails_with "busy" "$progs/load" -u "$pins/stall" "$progs/stall.bpf.o"
	unload stall
	login
	logout
	map_lun d0 2
	unmap_lun 2
	clear_ua "$sg0"
	load -m fixed "$progs/fixed_verdict.bpf.o"
	state_is fixed active
	join "$sg0" 0xb
	pr "$sg0" clear --param-rk=0xb
	unload fixed
	kill -0 "$stuck" || fail "the hook has returned"
	if says_detached stall; then fail "unloaded while it runs"; fi
	let_go
	wait "$stuck"
	wait_for 5 says_detached stall
	pr "$sg1" clear --param-rk=0xa
	clear_ua "$sg0"
	clear_ua "$sg1"
}

# A policy that is gone before the login is over has written into the storage of its slot.
test_storage_is_empty_for_who_comes_during_a_login()	# the words of the manual: zeros at first
{
	local asker
	preempt_fully
	load "$prog" initiator=guest
	load "$progs/stall.bpf.o" in_session_admit=1 spin_ms=45000 stall.deadline_ms=10000 \
		stall.priority=1
	login &
	asker=$!
	wait_for 5 eval '[ "$(var words_before)" = 0 ]'
	mark_log
	unload logins
	wait_for 5 says_detached logins
	load "$prog" initiator=guest
	kill -0 "$asker" || fail "the login is over"
	let_go
	wait "$asker"
	assert_match "$(cat "$policies/logins/verdicts")" "session_admit default=1 " "asked"
	assert_eq "$(var words_before)" 0 "storage of the next policy"
}

test_sessions_and_luns_can_be_iterated()	# from outside, and at a login: at most two sessions
{
	load "$progs/iterate.bpf.o"
	bpftool prog run pinned "$pins/count_all" repeat 0 >/dev/null
	counts=$(bpftool -j map dump pinned "$pins/map_iterate_bss")
	assert_match "$counts" '"sessions":1[,}].*"luns":2[,}].*"lun_sum":1[,}]' "what was counted"
	login
	assert_fails_with "Permission denied" \
		write_attr "$mgmt" "add_session scst_local_tgt third"
}

test_tmf_is_seen()	# before it is carried out; in scope only
{
	load "$prog" logins.scope=3 logins.scope_name=d1
	sg_reset -d "$sg1"
	assert_match "$(cat "$policies/logins/verdicts")" "tmf seen=1" verdicts
	sg_reset -d "$sg0"
	assert_match "$(cat "$policies/logins/verdicts")" "tmf seen=1" verdicts
	clear_ua "$sg0"
	clear_ua "$sg1"
}

run_tests "$@"
