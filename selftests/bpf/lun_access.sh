#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The hook lun_access: what each verdict does to an initiator, how policies combine and are scoped, how
# they come, change and go. Not tested here: how they are thrown out (eject.sh).
#
# Disks go, or are hidden, while the host looks at them:
# expects: disks that go
# boot: --parallel
. "$(dirname "$0")/lib.sh"

told_of_new_luns()
{
	assert_fails_with "Reported luns data has changed" tur "$sg0"
}

test_lun_access_default_is_mapping()	# a policy without a hook, and one that always passes
{
	load "$bpf/minimal.bpf.o"
	load "$bpf/maximal.bpf.o"
	wait_for 5 called maximal 2
	luns_are 0 1
	write_block "$sg1"
	assert_eq "$(cat "$policies/minimal/calls")" 0 "calls of minimal"
	assert_eq "$(cat "$policies/minimal/hooks")" "" "hooks of minimal"
	assert_eq "$(xargs <"$policies/maximal/hooks")" "lun_access session_admit cmd_admit tmf pr_conflict pr_out pr_dump" \
		"hooks of maximal"
}

test_lun_access_sees_session_device_and_mapping()	# the arguments are what was configured
{
	load "$progs/arguments.bpf.o"
	wait_for 5 called arguments 2
	seen=$(bpftool map dump pinned "$pins/map_argument_bss")
	assert_match "$seen" '"initiator": "scst_local_host"' arguments
	assert_match "$seen" '"target": "scst_local_tgt"' arguments
	assert_match "$seen" '"device": "d1"' arguments
	assert_match "$seen" '"was_read_only": (false|0)' arguments
}

test_lun_access_hide_removes_lun_from_report_luns()	# and tells the initiator, and refuses access
{
	load -m fixed "$progs/fixed_verdict.bpf.o" verdict=2 \
		fixed.scope=3 fixed.scope_name=d1
	wait_for 5 told_of_new_luns
	luns_are 0
	assert_fails_with "Logical unit not supported" tur "$sg1"
	assert_match "$(cat "$policies/fixed/verdicts")" "^lun_access default=0 read_only=0 hide=[1-9]" verdicts
}

test_lun_access_hide_removes_the_disk_of_an_initiator_that_takes_events()	# AEN instead of UA
{
	echo 0 >"$tgt/aen_disabled"
	load -m fixed "$progs/fixed_verdict.bpf.o" verdict=2 fixed.scope=3 fixed.scope_name=d1
	wait_for 10 no_sdev 1
	unload fixed
	wait_for 10 has_disk 1
	echo 1 >"$tgt/aen_disabled"
}

test_lun_access_read_only_refuses_write()	# DATA PROTECT; reading works; over when unloaded
{
	load -m fixed "$progs/fixed_verdict.bpf.o" verdict=1
	wait_for 5 grep -q "read_only=[2-9]" "$policies/fixed/verdicts"
	writes_are_refused
	dd if="$disk1" of=/dev/null bs=4k count=1 iflag=direct
	luns_are 0 1
	unload fixed
	wait_for 5 write_block "$sg1"
}

test_most_restrictive_verdict_wins()	# whatever the priority
{
	load -m fixed "$progs/fixed_verdict.bpf.o" verdict=2 fixed.scope=3 fixed.scope_name=d1 \
		fixed.priority=1
	wait_for_luns 0
	load -m other "$progs/fixed_verdict.bpf.o" other_verdict=0 other.priority=0
	wait_for 5 called other 2
	luns_are 0
	unload other
	load -m other "$progs/fixed_verdict.bpf.o" other_verdict=1 other.priority=2
	wait_for 5 called other 2
	luns_are 0
	unload fixed
	wait_for_luns 0 1
	writes_are_refused
}

test_scope_limits_who_is_asked()	# driver, target, device; a name that does not exist
{
	for scope in "1 scst_local" "2 scst_local_tgt" "3 d1"; do
		read -r kind name <<<"$scope"
		load -m fixed "$progs/fixed_verdict.bpf.o" verdict=1 fixed.scope="$kind" \
			fixed.scope_name="$name"
		wait_for 5 grep -q "read_only=[1-9]" "$policies/fixed/verdicts"
		unload fixed
	done
	for kind in 1 2 3; do
		load -m fixed "$progs/fixed_verdict.bpf.o" verdict=2 fixed.scope="$kind" \
			fixed.scope_name=nobody
		load -m other "$progs/fixed_verdict.bpf.o" other_verdict=0
		judged_again other
		assert_eq "$(cat "$policies/fixed/calls")" 0 "calls with scope $kind nobody"
		unload other
		unload fixed
	done
}

test_scope_is_shown()	# as words
{
	load -m fixed "$progs/fixed_verdict.bpf.o" fixed.scope=3 fixed.scope_name=d1 fixed.priority=7
	assert_eq "$(cat "$policies/fixed/scope")" "device d1" scope
	assert_eq "$(cat "$policies/fixed/priority")" 7 priority
	assert_eq "$(cat "$policies/fixed/flags")" 0x0 flags
	assert_eq "$(cat "$policies/fixed/state")" active state
}

test_bad_data_is_refused_and_named()	# nothing is attached, the log says which member
{
	while read -r what assignments; do
		mark_log
		# shellcheck disable=SC2086
		assert_fails_with "Invalid argument" load -m fixed \
			"$progs/fixed_verdict.bpf.o" $assignments
		assert_match "$(log_since_mark)" "policy .*: $what: " "kernel log"
	done <<-END
		name fixed.name=
		name fixed.name=a/b
		name fixed.name=.
		name fixed.name=exits
		name fixed.name=0123456789012345678901234567890x
		scope fixed.scope=5
		flags fixed.flags=0x80
		deadline_ms fixed.deadline_ms=10001
		scope_name fixed.scope=1
		scope_name fixed.scope_name=d1
	END
	no_policies
}

test_second_policy_of_a_name_is_refused()	# -EEXIST; the first stays
{
	load -m fixed "$progs/fixed_verdict.bpf.o" verdict=2 fixed.scope=3 fixed.scope_name=d1
	assert_fails_with "File exists" load -m other "$progs/fixed_verdict.bpf.o" \
		other.name=fixed
	wait_for_luns 0
}

test_unreg_restores_the_mapping()	# and leaves a record
{
	load -m fixed "$progs/fixed_verdict.bpf.o" verdict=2 fixed.scope=3 fixed.scope_name=d1
	wait_for_luns 0
	unload fixed
	wait_for_luns 0 1
	assert_match "$(last_exit)" "^fixed kind=unreg code=0 .* hide=[1-9].* text=unloaded$" "exit record"
}

test_update_leaves_no_gap()	# the LUN stays hidden while policies of the same name take turns
{
	load -m fixed "$progs/fixed_verdict.bpf.o" verdict=2 fixed.scope=3 fixed.scope_name=d1
	wait_for_luns 0
	(while luns_are 0; do :; done; reported_luns >/tmp/gap) &
	watcher=$!
	for _ in $(seq 20); do
		"$progs/load" -u "$pins/fixed" -m other "$progs/fixed_verdict.bpf.o" other.name=fixed \
			other_verdict=2 other.scope=3 other.scope_name=d1
	done
	kill -0 "$watcher" || fail "saw $(cat /tmp/gap) during an update"
	kill "$watcher"
	wait "$watcher" || true
	luns_are 0
	"$progs/load" -u "$pins/fixed" -m fixed "$progs/fixed_verdict.bpf.o" verdict=0
	wait_for_luns 0 1
	assert_eq "$(cat "$policies/fixed/scope")" all "scope after the update"
}

test_update_to_another_name_is_refused()	# a policy is its name
{
	load "$progs/fixed_verdict.bpf.o"
	assert_fails_with "Invalid argument" "$progs/load" -u "$pins/fixed" -m other \
		"$progs/fixed_verdict.bpf.o"
	assert_eq "$(cat "$policies/other/state")" active "the other"
}

test_revalidate_asks_again()	# by sysfs, and by a program
{
	load "$progs/from_outside.bpf.o"
	wait_for 5 called outside 2
	calls=$(cat "$policies/outside/calls")
	echo 1 >"$policies/outside/revalidate"
	wait_for 5 called outside $((calls + 2))
	luns_are 0 1
	bpftool prog run pinned "$pins/toggle" repeat 0
	wait_for_luns 0
	bpftool prog run pinned "$pins/toggle" repeat 0
	wait_for_luns 0 1
}

test_new_lun_and_new_session_are_judged()	# a policy need not be younger than what it hides
{
	load -m fixed "$progs/fixed_verdict.bpf.o" verdict=2 fixed.scope=3 fixed.scope_name=d2
	add_null d2
	map_lun d2 2
	luns_are 0 1
	wait_for 5 grep -q "hide=[1-9]" "$policies/fixed/verdicts"
	unload fixed
	wait_for_luns 0 1 2
	unmap_lun 2
	del_null d2
}

test_module_stays_while_a_policy_is_loaded()	# so that no program outlives its types
{
	load "$bpf/minimal.bpf.o"
	assert_match "$(awk '$1 == "scst" {print $3}' /proc/modules)" "^[3-9]" "users of scst"
}

test_attach_update_and_detach_storm_under_load()	# reads go on, and nothing is left
{
	local end=$((SECONDS + 15))
	start_load "$disk0" 20
	while [ "$SECONDS" -lt "$end" ]; do
		load -m fixed "$progs/fixed_verdict.bpf.o" verdict=0
		"$progs/load" -u "$pins/fixed" -m other "$progs/fixed_verdict.bpf.o" other.name=fixed \
			other_verdict=2 other.scope=3 other.scope_name=d1
		unload fixed
	done
	wait "$load" || fail "$(cat "$tap_dir/fio.log")"
}

run_tests "$@"
