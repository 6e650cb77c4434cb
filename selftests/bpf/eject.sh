#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Policies that are thrown out: for each reason, that it takes effect, what the initiator sees
# afterwards, and the record.
#
# That is what it is about:
# expects: policy .*: ejected
# BUSY without end is what a closed policy has for commands:
# expects: timing out command, waited
# expects: disks that go
. "$(dirname "$0")/../lib/pr.sh"
. "$(dirname "$0")/lib.sh"

mgmt=$scst/targets/scst_local/mgmt

test_bad_verdict_ejects_and_restores_mapping()	# above and below the enum
{
	for verdict in 3 -1 2147483647; do
		load -m fixed "$progs/fixed_verdict.bpf.o" verdict="$verdict"
		wait_for 5 state_is fixed ejected
		wait_for_luns 0 1
		assert_eq "$(cat "$policies/fixed/calls")" 1 "calls"
		assert_match "$(last_exit)" "^fixed kind=bad_verdict code=$verdict time=[0-9]+ calls=1 .* text=lun_access$" "exit record"
		unload fixed
	done
}

test_ejected_policy_leaves_one_record()	# unloading it adds none
{
	load -m fixed "$progs/fixed_verdict.bpf.o" verdict=3
	wait_for 5 state_is fixed ejected
	before=$(cat "$policies/exits")
	unload fixed
	assert_eq "$(cat "$policies/exits")" "$before" "records"
}

test_error_kfunc_ejects()	# its verdict does not count; text and code are kept, printable
{
	load "$progs/error.bpf.o"
	wait_for 5 state_is error ejected
	wait_for_luns 0 1
	assert_match "$(last_exit)" "^error kind=error code=-42 .* text=cannot tell\?who this is$" "exit record"
	assert_match "$(tail -n 1 "$policies/error/state")" "kind=error code=-42" state
	results=$(bpftool map dump pinned "$pins/map_error_data")
	assert_match "$results" '"error_result": 0' "what scst_bpf_error() returned"
	assert_match "$results" '"revalidate_result": -16' "what scst_bpf_revalidate() returned"
}

test_stall_in_cmd_admit_ejects()	# while the program runs; what it says then does not count
{
	load "$progs/stall.bpf.o" opcode=0x25 spin_ms=3000 stall.deadline_ms=250
	sg_raw -r 8 -o /dev/null "$sg1" 25 00 00 00 00 00 00 00 00 00
	wait_for 5 state_is stall ejected
	assert_match "$(last_exit)" "^stall kind=stall code=250 .* text=a hook does not return$" \
		"exit record"
	assert_match "$(grep cmd_admit "$policies/stall/verdicts")" " deny=0$" verdicts
}

# When it is told to, every CPU belongs to somebody else for that long.
take_all_cpus() # SECONDS FIFO
{
	python3 - "$1" "$2" <<-'END'
		import os, sys, time
		cpus = sorted(os.sched_getaffinity(0))
		go = open(sys.argv[2])
		for cpu in cpus[1:]:
		    if not os.fork():
		        break
		else:
		    cpu = cpus[0]
		os.sched_setaffinity(0, {cpu})
		os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(50))
		go.readline()
		end = time.monotonic() + float(sys.argv[1])
		while time.monotonic() < end:
		    pass
	END
}

# What the scheduler keeps for others of each second, whoever is in a hurry.
reserve_for_others() # NANOSECONDS
{
	local file
	for file in /sys/kernel/debug/sched/fair_server/cpu*/runtime; do
		[ ! -e "$file" ] || echo "$1" >"$file"
	done
}

# Tasks may be preempted in the kernel: full, or what it was before.
preemption() # MODE
{
	local file=/sys/kernel/debug/sched/preempt
	[ ! -e "$file" ] || echo "$1" >"$file"
}

# It spins for less than the deadline, by the clock; meanwhile it gets no CPU for longer than that, and
# is over as soon as it has one. Counted were the ticks of the watchdog, whoever had run.
test_hook_that_gets_no_cpu_is_not_stalled()	# it is not to blame for a busy machine
{
	local registering taking mode
	mode=$(sed 's/.*(\(.*\)).*/\1/' /sys/kernel/debug/sched/preempt || echo full)
	preemption full
	mkfifo "$tap_dir/go"
	reserve_for_others 0
	take_all_cpus 9 "$tap_dir/go" & taking=$!
	exec 3>"$tap_dir/go"
	load "$progs/stall.bpf.o" in_pr_out=1 spin_ms=2500 stall.deadline_ms=6000
	(join "$sg1" 0x1) 3>&- & registering=$!
	wait_for 5 grep -q "tag=.*opcode=0x5f" "$scst/trace_cmds"
	exec 3>&-	# all of them read the end
	wait_all "$taking" "$registering"
	reserve_for_others 50000000
	preemption "$mode"
	state_is stall active
}

test_stall_in_lun_access_ejects()	# and the mapping holds
{
	load "$progs/stall.bpf.o" in_lun_access=1 spin_ms=3000 stall.deadline_ms=250
	wait_for 15 state_is stall ejected
	wait_for_luns 0 1
	assert_match "$(last_exit)" "^stall kind=stall code=250 " "exit record"
	assert_eq "$(grep -o 'hide=[0-9]*' "$policies/stall/verdicts")" hide=0 verdicts
}

entered() # how often the program stall was asked
{
	bpftool -j map dump pinned "$pins/map_stall_bss" | sed -n 's/.*"entered":\([0-9]*\).*/\1/p'
}

test_late_fault_spares_the_next_policy()	# of a program that is inside while it is replaced
{
	local asker records
	load "$progs/stall.bpf.o" opcode=0x25 spin_ms=6000 answer=99 stall.deadline_ms=10000
	records=$(cat "$policies/exits")
	sg_raw -r 8 -o /dev/null "$sg1" 25 00 00 00 00 00 00 00 00 00 2>"$tap_dir/asker.log" &
	asker=$!
	wait_for 5 eval '[ "$(entered)" = 1 ]'
	"$progs/load" -u "$pins/stall" "$progs/stall.bpf.o" opcode=0x25 stall.deadline_ms=10000
	wait "$asker"
	assert_eq "$(cat "$policies/stall/state")" active state
	assert_eq "$(cat "$policies/exits")" "$records" "exit records"
	assert_match "$(cat "$policies/stall/verdicts")" "deny=0" "verdicts before"
	assert_fails_with "Access denied" sg_raw -r 8 -o /dev/null "$sg1" 25 00 00 00 00 00 00 00 00 00
}

test_slow_program_is_no_stall()	# below the deadline
{
	load "$progs/stall.bpf.o" opcode=0x25 spin_ms=300
	assert_fails_with "Access denied" sg_raw -r 8 -o /dev/null "$sg1" 25 00 00 00 00 00 00 00 00 00
	assert_eq "$(cat "$policies/stall/state")" active state
}

test_admin_ejects()	# through sysfs; once
{
	load -m fixed "$progs/fixed_verdict.bpf.o" verdict=2 fixed.scope=3 fixed.scope_name=d1
	wait_for_luns 0
	echo "maintenance window" >"$policies/fixed/eject"
	wait_for_luns 0 1
	state_is fixed ejected
	assert_match "$(last_exit)" "^fixed kind=admin .* text=maintenance window$" "exit record"
	assert_fails_with "already in progress" write_attr "$policies/fixed/eject" again
}

test_hide_on_eject_fails_closed()	# until it is unloaded
{
	load -m fixed "$progs/fixed_verdict.bpf.o" verdict=0 fixed.flags=1 fixed.scope=3 \
		fixed.scope_name=d1
	wait_for 5 grep -q "default=[1-9]" "$policies/fixed/verdicts"
	luns_are 0 1
	echo closed >"$policies/fixed/eject"
	wait_for_luns 0
	unload fixed
	wait_for_luns 0 1
}

test_hide_on_eject_counts_at_once()	# the very verdict that ejects already hides
{
	load -m fixed "$progs/fixed_verdict.bpf.o" verdict=77 fixed.flags=1 fixed.scope=3 \
		fixed.scope_name=d1
	wait_for_luns 0
}

# on_eject=closed, SCST_POLICY_F_CLOSED_ON_EJECT. Below, each hook: open, ejected and closed, and open
# again after an unload or an update.
closed=4

eject() # POLICY
{
	echo "a test says so" >"$policies/$1/eject"
	state_is "$1" ejected
	calls=$(cat "$policies/$1/calls")
}

assert_not_called() # POLICY: since eject()
{
	assert_eq "$(cat "$policies/$1/calls")" "$calls" "calls of $1 since it was ejected"
}

test_closed_lun_access_hides()	# in its scope
{
	load -m fixed "$progs/fixed_verdict.bpf.o" fixed.flags=$closed fixed.scope=3 \
		fixed.scope_name=d1
	wait_for 5 called fixed 1
	luns_are 0 1
	eject fixed
	wait_for_luns 0
	assert_not_called fixed
	unload fixed
	wait_for_luns 0 1
}

test_closed_session_admit_denies()	# and who is in stays in
{
	local prog=$progs/session_verdict.bpf.o
	load "$prog" logins.flags=$closed
	write_attr "$mgmt" "add_session scst_local_tgt early"
	eject logins
	assert_fails_with "Permission denied" write_attr "$mgmt" "add_session scst_local_tgt late"
	assert_not_called logins
	[ -d "$tgt/sessions/early" ]
	write_attr "$mgmt" "del_session scst_local_tgt early"
	"$progs/load" -u "$pins/logins" "$prog"
	write_attr "$mgmt" "add_session scst_local_tgt late"
	write_attr "$mgmt" "del_session scst_local_tgt late"
}

test_closed_session_admit_denies_at_once()	# the login whose verdict is none, too
{
	for verdict in 3 1; do		# outside the enum; a group, but not which
		load "$progs/session_verdict.bpf.o" initiator=late verdict=$verdict \
			logins.flags=$closed
		assert_fails_with "Permission denied" \
			write_attr "$mgmt" "add_session scst_local_tgt late"
		state_is logins ejected
		unload logins
	done
}

test_closed_tmf_hook_stops_nothing()	# it decides nothing: functions are carried out
{
	load "$progs/session_verdict.bpf.o" logins.flags=$closed
	eject logins
	sg_reset -d "$sg1"
	assert_not_called logins
	clear_ua "$sg1"
}

read_capacity() # SG
{
	sg_raw -t 2 -r 8 -o /dev/null "$1" 25 00 00 00 00 00 00 00 00 00
}

test_closed_cmd_admit_is_busy()	# in its scope
{
	local prog=$progs/cmd_verdict.bpf.o
	load -m admit "$prog" admit.flags=$closed admit.scope=3 admit.scope_name=d1
	read_capacity "$sg1"
	eject admit
	assert_fails_with Busy read_capacity "$sg1"
	read_capacity "$sg0"
	assert_not_called admit
	"$progs/load" -u "$pins/admit" -m admit "$prog" admit.flags=$closed admit.scope=3 \
		admit.scope_name=d1
	read_capacity "$sg1"
}

test_closed_cmd_admit_is_busy_at_once()	# the command whose verdict is none, too
{
	for what in verdict=77 verdict=1; do	# outside the enum; a delay, but not how long
		load -m admit "$progs/cmd_verdict.bpf.o" opcode=0x25 "$what" admit.flags=$closed \
			admit.scope=3 admit.scope_name=d1
		assert_fails_with Busy read_capacity "$sg1"
		state_is admit ejected
		assert_eq "$(cat "$policies/admit/calls")" 1 calls
		unload admit
		read_capacity "$sg1"
	done
}

test_closed_pr_hooks_refuse()	# PERSISTENT RESERVE OUT, and what a reservation is about
{
	local prog=$progs/pr_verdict.bpf.o
	load -m out "$prog" out.flags=$closed
	join "$sg0" 0xa
	pr "$sg0" reserve --param-rk=0xa --prout-type=3
	eject out
	assert_conflict pr "$sg0" release --param-rk=0xa --prout-type=3
	assert_not_called out
	can_read "$sg0"
	unload out
	load -m conflict "$prog" conflict.flags=$closed
	can_read "$sg0"
	eject conflict
	assert_conflict read_block "$sg0"
	assert_not_called conflict
	unload conflict
	can_read "$sg0"
	pr "$sg0" clear --param-rk=0xa
}

test_open_is_what_it_was()	# without the flag nothing is refused after an ejection
{
	load -m admit "$progs/cmd_verdict.bpf.o" opcode=0x25 verdict=4 admit.scope=3 \
		admit.scope_name=d1
	assert_fails_with "Access denied" read_capacity "$sg1"
	eject admit
	read_capacity "$sg1"
	assert_not_called admit
}

test_others_keep_their_say()	# one bad policy does not open what another closes
{
	load -m other "$progs/fixed_verdict.bpf.o" other_verdict=2 other.scope=3 other.scope_name=d1
	load -m fixed "$progs/fixed_verdict.bpf.o" verdict=9
	wait_for 5 state_is fixed ejected
	wait_for_luns 0
	state_is other active
}

test_update_brings_an_ejected_policy_back()	# repaired while it runs
{
	load -m fixed "$progs/fixed_verdict.bpf.o" verdict=9
	wait_for 5 state_is fixed ejected
	"$progs/load" -u "$pins/fixed" -m fixed "$progs/fixed_verdict.bpf.o" verdict=2 fixed.scope=3 \
		fixed.scope_name=d1
	wait_for_luns 0
	state_is fixed active
}

test_last_sixteen_records_are_kept()	# newest first
{
	for i in $(seq 18); do
		load -m fixed "$progs/fixed_verdict.bpf.o" fixed.name="p$i" verdict=0
		unload fixed "p$i"
	done
	assert_eq "$(wc -l <"$policies/exits")" 16 "records"
	assert_match "$(head -n 1 "$policies/exits")" "^p18 " "newest"
	assert_match "$(tail -n 1 "$policies/exits")" "^p3 " "oldest"
}

# The file is a page, and a record with a long text some 300 bytes.
test_what_does_not_fit_is_the_oldest()	# and no record is cut
{
	local text nr
	text=$(printf 'x%.0s' {1..127})
	for i in $(seq 16); do
		load "$progs/stall.bpf.o" stall.name="long$i"
		echo "$text" >"$policies/long$i/eject"
		unload stall "long$i"
	done
	nr=$(wc -l <"$policies/exits")
	[ "$nr" -ge 10 ] || fail "only $nr records"
	assert_match "$(head -n 1 "$policies/exits")" "^long16 " "newest"
	assert_match "$(tail -n 1 "$policies/exits")" "^long$((17 - nr)) " "oldest"
	assert_eq "$(nr_lines -E "^long[0-9]+ kind=admin .* text=$text$" "$policies/exits")" "$nr" "whole records"
}

test_admin_ejects_while_it_is_unloaded()	# either wins, nothing hangs
{
	local i
	for i in $(seq 10); do
		load -m fixed "$progs/fixed_verdict.bpf.o" fixed.name="race$i"
		{ echo race >"$policies/race$i/eject"; } 2>/dev/null &
		unload fixed "race$i"
		wait $! || true
		assert_eq "$(nr_lines -E "^race$i kind=(admin|unreg) " "$policies/exits")" 1 "records of race$i"
	done
}

run_tests "$@"
