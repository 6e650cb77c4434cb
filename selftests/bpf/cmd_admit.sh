#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The hook cmd_admit: what each verdict does to a command, how verdicts of several policies combine,
# and that a held command goes on, whatever becomes of its policy, its LUN, its session or itself.
# The tests act on READ CAPACITY(10) and VERIFY(10), which the initiator does not send by itself.
#
# Commands that are told BUSY for too long are given up, and bad programs thrown out:
# expects: timing out command
# expects: policy .*: ejected
# expects: disks that go
. "$(dirname "$0")/lib.sh"

prog=$progs/cmd_verdict.bpf.o
capacity=0x25
sync_cache=0x35

read_capacity()
{
	sg_raw -t "${sg_timeout:-20}" -r 8 -o /dev/null "$sg1" 25 00 00 00 00 00 00 00 00 00
}

flush()
{
	sg_raw "$sg1" 35 00 00 00 00 00 00 00 00 00
}

var() # NAME: a variable of the program
{
	for map in data bss; do
		bpftool -j map dump pinned "$pins/map_cmd_verd_$map" | tr , '\n' |
			sed -n "s/.*\"$1\":\([-0-9a-z]*\).*/\1/p"
	done
}

now_ms()
{
	echo $(($(date +%s%N) / 1000000))
}

# Runs a command; it must succeed, in less than MS. What holds commands here lasts for nine seconds or
# minutes, and what must not wait for that has most of it: only whether it waits is asked.
within() # MS COMMAND...
{
	local limit=$1 start
	shift
	start=$(now_ms)
	"$@"
	took=$(($(now_ms) - start))
	[ "$took" -lt "$limit" ] || fail "$* took $took ms, more than $limit"
}

# A command that was held has ended, with a status of sg_raw and what it says.
ended() # PID STATUS TEXT
{
	local status=0
	wait "$1" || status=$?
	assert_eq "$status" "$2" "status of what was held: $(cat "$tap_dir/held.log")"
	grep -q "$3" "$tap_dir/held.log" || fail "no '$3' but: $(cat "$tap_dir/held.log")"
}

# A command in the background that is held: $held
start_held() # COMMAND...
{
	before=$(var asked)
	(tap_asking=1; "$@") >"$tap_dir/held.log" 2>&1 &
	held=$!
	wait_for 5 eval '[ "$(var asked)" -gt "$before" ]'
	kill -0 "$held" || fail "not held: $(cat "$tap_dir/held.log")"
}

test_pass_changes_nothing()	# and asks once for each command
{
	load -m admit "$prog" opcode="$capacity"
	read_capacity
	assert_eq "$(var asked)" 1 asked
	assert_match "$(cat "$policies/admit/verdicts")" \
		"^cmd_admit pass=[1-9][0-9]* delay=0 busy=0 task_set_full=0 deny=0$" verdicts
}

test_busy_and_task_set_full_are_statuses()	# SAM status 08h, 28h
{
	load -m admit "$prog" opcode="$capacity" verdict=2
	sg_timeout=2
	assert_fails_with "Busy" read_capacity
	unload admit
	load -m admit "$prog" opcode="$capacity" verdict=3
	assert_fails_with "Task Set Full" read_capacity
	assert_match "$(cat "$policies/admit/verdicts")" "task_set_full=[1-9]" verdicts
	flush
}

test_deny_says_access_denied()	# 5/20/02 unless the policy has another reason
{
	load -m admit "$prog" opcode="$capacity" verdict=4
	assert_fails_with "Access denied - no access rights" read_capacity
	flush
}

# Reading the module's types takes seconds in an emulated machine: once.
sense_id() # NAME
{
	[ -s "$tap_dir/senses" ] ||
		bpftool -B /sys/kernel/btf/vmlinux btf dump file /sys/kernel/btf/scst |
		grep -o "'SCST_SENSE_[A-Z_]*' val=[0-9]*" >"$tap_dir/senses"
	sed -n "s/^'SCST_SENSE_$1' val=//p" "$tap_dir/senses" | sed -n 1p
}

test_deny_with_a_sense()	# any error of a command, but not a unit attention
{
	load -m admit "$prog" opcode="$capacity" verdict=4 sense="$(sense_id WRITE_PROTECTED)"
	assert_fails_with "Write protected" read_capacity
	assert_eq "$(var sense_result)" 0 "scst_bpf_cmd_sense()"
	for bad in "$(sense_id RESET)" "$(sense_id NONE)" "$(sense_id MISCOMPARE)" 4000; do
		unload admit
		load -m admit "$prog" opcode="$capacity" verdict=4 sense="$bad"
		assert_fails_with "Access denied - no access rights" read_capacity
		assert_eq "$(var sense_result)" -22 "scst_bpf_cmd_sense($bad)"
	done
}

test_delay_takes_its_time()	# and not more
{
	load -m admit "$prog" opcode="$capacity" verdict=1 delay_ns=300000000
	within $((3000 * PATIENCE)) read_capacity
	[ "$took" -ge 300 ] || fail "only $took ms"
	assert_eq "$(cat "$policies/admit/state")" active state
	flush
}

test_delay_beyond_the_deadline_ejects()	# after the deadline; the command passes
{
	load -m admit "$prog" opcode="$capacity" verdict=1 delay_ns=120000000000 admit.deadline_ms=200
	sg_timeout=200 within 100000 read_capacity
	[ "$took" -ge 200 ] || fail "only $took ms"
	wait_for 5 state_is admit ejected
	assert_match "$(last_exit)" \
		"^admit kind=stall code=200 .* text=cmd_admit: a delay beyond the deadline$" "exit record"
	read_capacity
}

test_delay_needs_a_time()	# else it is no verdict
{
	load -m admit "$prog" opcode="$capacity" verdict=1
	read_capacity
	wait_for 5 state_is admit ejected
	assert_match "$(last_exit)" "^admit kind=bad_verdict code=1 " "exit record"
}

test_impossible_verdict_ejects()	# and the command passes
{
	for verdict in 5 -1 2147483647; do
		load -m admit "$prog" opcode="$capacity" verdict="$verdict"
		read_capacity
		wait_for 5 state_is admit ejected
		assert_match "$(last_exit)" \
		"^admit kind=bad_verdict code=$verdict .* text=cmd_admit$" "exit record"
		unload admit
	done
}

test_error_kfunc_ejects_in_cmd_admit()	# the verdict does not count
{
	load -m admit "$prog" opcode="$capacity" verdict=4 says_error=1
	read_capacity
	wait_for 5 state_is admit ejected
	assert_match "$(last_exit)" "^admit kind=error code=7 .* text=as I was told$" "exit record"
}

test_kfuncs_of_a_command()	# CDB and storage, within their bounds
{
	load -m admit "$prog" opcode="$capacity" lun=1
	read_capacity
	read_capacity
	assert_eq "$(var lun_count)" 2 "LUN storage"
	assert_eq "$(var session_count)" 2 "session storage"
	assert_match "$(var beyond_is_null)" "true|1" "CDB beyond its end"
	assert_match "$(var too_much_is_null)" "true|1" "too much storage"
	unload admit
	load -m admit "$prog" opcode="$capacity" lun=1
	read_capacity
	assert_eq "$(var lun_count)" 1 "storage of the next policy"
	"$progs/load" -u "$pins/admit" -m admit "$prog" opcode="$capacity" lun=1
	read_capacity
	assert_match "$(cat "$policies/admit/calls")" "^[1-9]" calls
}

test_a_refusal_ends_the_asking()	# by priority
{
	load -m admit "$prog" opcode="$capacity" verdict=4 admit.priority=1
	"$progs/load" -u "$pins/admit" -m admit "$prog" opcode="$capacity" verdict=4 admit.priority=1
	rm -f "$pins"/map_*
	load -m second "$prog" opcode="$capacity" second_verdict=2 second.priority=0
	sg_timeout=2 assert_fails_with Busy read_capacity
	assert_eq "$(grep -o 'deny=[0-9]*' "$policies/admit/verdicts")" deny=0 "asked all the same"
	unload second
	assert_fails_with "Access denied" read_capacity
}

# An initiator that takes events sees LUNs come.
map_d2()
{
	add_null d2
	echo 0 >"$tgt/aen_disabled"
	map_lun d2 2
	sg2=$(sg_of 2)
	echo 1 >"$tgt/aen_disabled"
	clear_ua "$sg2"
}

unmap_d2()
{
	[ ! -e "$scst/devices/d2" ] || del_null d2
	echo 1 >"$tgt/aen_disabled"
}

teardown()
{
	unload_all
	unmap_d2
	sg0=$(sg_of 0)
	wait_for_luns 0 1
	clear_ua "$sg0"
}

test_scope_of_commands()	# device, group; also for a LUN that comes later
{
	load -m admit "$prog" opcode="$capacity" verdict=4 admit.scope=3 admit.scope_name=d0
	read_capacity
	"$progs/load" -u "$pins/admit" -m admit "$prog" opcode="$capacity" verdict=4 \
		admit.scope=3 admit.scope_name=d1
	assert_fails_with "Access denied" read_capacity
	"$progs/load" -u "$pins/admit" -m admit "$prog" opcode="$capacity" verdict=4 \
		admit.scope=4 admit.scope_name=nobody
	read_capacity
	unload admit
	load -m admit "$prog" opcode="$capacity" verdict=4 admit.scope=3 admit.scope_name=d2
	map_d2
	assert_fails_with "Access denied" sg_raw -r 8 -o /dev/null "$sg2" 25 00 00 00 00 00 00 00 00 00
}

test_abort_releases_a_held_command()	# LOGICAL UNIT RESET does not wait for the delay
{
	load -m admit "$prog" opcode="$sync_cache" verdict=1 delay_ns=9000000000 \
		admit.deadline_ms=10000
	start_held flush
	within 8000 sg_reset -d "$sg1"
	assert_eq "$(cat "$policies/admit/state")" active state
	unload admit
	within 8000 ended "$held" 6 "Power on, reset"	# sent again by the mid-layer, and held again
	clear_ua "$sg0"
	clear_ua "$sg1"
}

test_abort_task_releases_a_held_command()	# of which its initiator hears nothing
{
	with_script
	load -m admit "$prog" opcode=0x28 verdict=1 delay_ns=9000000000 admit.deadline_ms=10000
	read_cmd a 1 s
	wait_for 5 grep -q "a lun=0 tag=1 .* step=admit" "$scst/trace_cmds"
	run a "tmf 1 $tmf_abort_task 0 1"
	within 8000 wait_log a "gone 1"
	wait_log a "tmf 1 $tmf_complete"
	assert_eq "$(cat "$policies/admit/state")" active state
	end_script
}

test_unload_and_ejection_release_held_commands()	# unload, eject, update to another scope
{
	load -m admit "$prog" opcode="$sync_cache" verdict=1 delay_ns=9000000000 \
		admit.deadline_ms=10000
	start_held flush
	within 8000 unload admit
	within 8000 wait "$held"
	load -m admit "$prog" opcode="$sync_cache" verdict=1 delay_ns=9000000000 \
		admit.deadline_ms=10000
	start_held flush
	echo enough >"$policies/admit/eject"
	within 8000 wait "$held"
}

test_overdue_hold_spares_the_next_policy()	# it was the old one that asked for too much
{
	load -m admit "$prog" opcode="$sync_cache" verdict=1 delay_ns=9500000000 \
		admit.deadline_ms=8000
	start_held flush
	records=$(cat "$policies/exits")
	"$progs/load" -u "$pins/admit" -m admit "$prog" opcode="$sync_cache"
	wait "$held"
	assert_eq "$(cat "$policies/admit/state")" active state
	assert_eq "$(cat "$policies/exits")" "$records" "exit records"
	flush
}

test_update_releases_what_it_held()	# whatever hooks the next policy has
{
	load -m admit "$prog" opcode="$sync_cache" verdict=1 delay_ns=9500000000 \
		admit.deadline_ms=10000
	start_held flush
	"$progs/load" -u "$pins/admit" -m fixed "$progs/fixed_verdict.bpf.o" fixed.name=admit
	within 4000 wait "$held"
	within 4000 unmap_lun 1
	unload admit
	map_lun d1 1
}

test_lun_removal_releases_held_commands()	# and does not wait for the delay
{
	load -m admit "$prog" opcode="$sync_cache" verdict=1 delay_ns=9000000000 \
		admit.deadline_ms=10000
	start_held flush
	within 8000 unmap_lun 1
	within 8000 ended "$held" 0 Good
	unload admit
	map_lun d1 1
}

test_logout_releases_held_commands()	# a session that goes
{
	write_attr "$scst/targets/scst_local/mgmt" "add_session scst_local_tgt guest"
	sg1=$(sg_of 1 "$tgt/sessions/guest")
	clear_ua "$sg1"
	load -m admit "$prog" opcode="$sync_cache" verdict=1 delay_ns=9000000000 \
		admit.deadline_ms=10000
	start_held flush
	within 8000 write_attr "$scst/targets/scst_local/mgmt" "del_session scst_local_tgt guest"
	within 8000 ended "$held" 0 Good
}

test_storm_of_policies_under_load()	# attach, update, eject, detach; every I/O completes
{
	start_load "$disk1" 60
	for i in $(seq 4); do
		load -m admit "$prog" verdict=1 delay_ns=2000000 lun=1
		"$progs/load" -u "$pins/admit" -m admit "$prog" verdict=0
		"$progs/load" -u "$pins/admit" -m admit "$prog" verdict=1 delay_ns=1000000 \
			admit.scope=3 admit.scope_name=d1
		[ $((i % 2)) = 0 ] && echo storm >"$policies/admit/eject"
		unload admit
	done
	end_load
}

run_tests "$@"
