#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Something is taken away from a command while it waits: there is another device at its LUN, no LUN,
# no device, or no session; at each step where a command can wait, with the scripted transport and back
# end (module/) and, for the step "admit", a policy. Nothing hangs, the command gets one answer,
# which the table below says, and no memory stays in use. Not tested: two of these at once, which is
# for storms (removal.sh, sysfs_life.sh).

. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/../lib/script.sh"

tmf_no_lun=2
progs=${progs:-.build/selftests/bpf}
pins=/sys/fs/bpf/scst-selftest
other=$scst/devices/other

# Where command 1 of session a waits; what happens then; whether that ends by itself, or waits until
# the command goes on; which back end carries it out, if any does; and how it is answered.
cells()
{
	cat <<-END
	# lookup: the device is blocked. It has not begun, so it goes where its LUN leads
	lookup       replace              ends   -      cmd 1 02 6/3f/03
	lookup       replace_no_ua        ends   other  cmd 1 00
	lookup       unmap                ends   -      cmd 1 02 5/25/00
	lookup       del_device           ends   -      cmd 1 02 5/25/00
	lookup       del_session          ends   -      gone 1
	lookup       replace_no_ua+abort  ends   other  gone 1
	lookup       unmap+abort          ends   -      cmd 1 02 5/25/00
	# admit: a policy delays it, there as here
	admit        replace              ends   -      cmd 1 02 6/3f/03
	admit        replace_no_ua        ends   other  cmd 1 00
	admit        unmap                waits  unit   cmd 1 00
	admit        del_device           waits  unit   cmd 1 00
	admit        del_session          ends   -      gone 1
	admit        replace_no_ua+abort  ends   -      gone 1
	admit        unmap+abort          waits  unit   gone 1
	# receive: data-out is to come, and does
	receive      replace              waits  -      cmd 1 02 6/3f/03
	receive      replace_no_ua        waits  other  cmd 1 00
	receive      unmap                waits  unit   cmd 1 00
	receive      del_device           waits  unit   cmd 1 00
	receive      del_session          waits  -      gone 1
	receive      replace_no_ua+abort  waits  -      gone 1
	receive      unmap+abort          waits  -      gone 1
	# receive_bad: or does not
	receive_bad  replace              waits  -      cmd 1 02 b/4b/00
	receive_bad  replace_no_ua        waits  -      cmd 1 02 b/4b/00
	receive_bad  unmap                waits  -      cmd 1 02 b/4b/00
	receive_bad  del_device           waits  -      cmd 1 02 b/4b/00
	receive_bad  del_session          waits  -      gone 1
	receive_bad  replace_no_ua+abort  waits  -      gone 1
	receive_bad  unmap+abort          waits  -      gone 1
	# order: command 2 is ORDERED, and older
	order        replace              waits  -      cmd 1 02 6/3f/03
	order        replace_no_ua        waits  other  cmd 1 00
	order        unmap                waits  unit   cmd 1 00
	order        del_device           waits  unit   cmd 1 00
	order        del_session          waits  -      gone 1
	order        replace_no_ua+abort  waits  -      gone 1
	order        unmap+abort          waits  -      gone 1
	# execute: the back end has it
	execute      replace              waits  unit   cmd 1 00
	execute      replace_no_ua        waits  unit   cmd 1 00
	execute      unmap                waits  unit   cmd 1 00
	execute      del_device           waits  unit   cmd 1 00
	execute      del_session          waits  unit   gone 1
	execute      replace_no_ua+abort  waits  unit   gone 1
	execute      unmap+abort          waits  unit   gone 1
	# execute_bad: and fails
	execute_bad  replace              waits  unit   cmd 1 02 3/11/00
	execute_bad  replace_no_ua        waits  unit   cmd 1 02 3/11/00
	execute_bad  unmap                waits  unit   cmd 1 02 3/11/00
	execute_bad  del_device           waits  unit   cmd 1 02 3/11/00
	execute_bad  del_session          waits  unit   gone 1
	execute_bad  replace_no_ua+abort  waits  unit   gone 1
	execute_bad  unmap+abort          waits  unit   gone 1
	# send: it is over, but its initiator does not know yet
	send         replace              waits  -      cmd 1 00
	send         replace_no_ua        waits  -      cmd 1 00
	send         unmap                waits  -      cmd 1 00
	send         del_device           waits  -      cmd 1 00
	send         del_session          waits  -      gone 1
	send         replace_no_ua+abort  waits  -      gone 1
	send         unmap+abort          waits  -      gone 1
	END
}

setup_file()
{
	mountpoint -q /sys/fs/bpf || mount -t bpf bpf /sys/fs/bpf
	load_script
}

teardown()
{
	no_policy
	drop_all
}

teardown_file()
{
	unload_script
}

no_policy()
{
	rm -rf "$pins"
	wait_for 5 test ! -e "$scst/policies/admit"
}

# Whatever is left, also of a cell that failed.
drop_all()
{
	if [ -d "$unit" ]; then
		[ "$(cut -c1 "$unit/block")" = 0 ] || echo 0 >"$unit/block"
		echo all >"$unit/release"
	fi
	if [ -d "$other" ]; then
		echo 0 >"$other/hold"
		echo all >"$other/release"
	fi
	drop_unit
	[ ! -d "$script_tgt" ] || write_attr "$script/mgmt" "del_target t"
	[ ! -d "$other" ] || write_attr "$scst/handlers/scst_script/mgmt" "del_device other"
}

# Command 1 comes to the step, where it waits.

write_cmd() # TAG
{
	run a "cmd $1 s 0 w512 2a 00 00 00 00 00 00 00 01 00"
}

enter_lookup()
{
	echo 1 >"$unit/block"
	read_cmd a 1 s
}

enter_admit()	# for less than the 10 s that a policy has at most
{
	mkdir "$pins"
	"$progs/load" -p "$pins" -m admit "$progs/cmd_verdict.bpf.o" opcode=0x28 verdict=1 \
		delay_ns=9000000000 admit.deadline_ms=10000
	read_cmd a 1 s
}

enter_receive()
{
	echo 1 >"$ses_a/slow_data"
	write_cmd 1
}

enter_receive_bad()
{
	enter_receive
}

enter_order()
{
	read_cmd a 2 o
	wait_for 5 is_held 2
	read_cmd a 1 s
}

enter_execute()
{
	write_cmd 1
}

enter_execute_bad()
{
	read_cmd a 1 s
}

enter_send()
{
	echo 0 >"$unit/hold"
	echo 1 >"$ses_a/slow_send"
	read_cmd a 1 s
}

# What kept it there ends. A session that is being deleted takes what belongs to it elsewhere.

transport_says() # LINE
{
	if [ -d "$ses_a" ]; then
		run a "$1"
	else
		write_attr "$script/lost" "$1"
	fi
}

leave_lookup()
{
	[ ! -d "$unit" ] || echo 0 >"$unit/block"
}

leave_admit()
{
	no_policy
}

leave_receive()
{
	transport_says "data 1"
}

leave_receive_bad()
{
	transport_says "data 1 fail"
}

leave_order()
{
	release 2
}

leave_execute()
{
	:	# it is released where it is found, there and in all other cases
}

leave_execute_bad()
{
	:
}

leave_send()
{
	transport_says "send 1"
}

# What happens, and when it can be said to have happened: its second half waits for commands.

begin_replace()
{
	write_attr "$script_tgt/luns/mgmt" "replace other 0"
}

begin_replace_no_ua()
{
	write_attr "$script_tgt/luns/mgmt" "replace_no_ua other 0"
}

begin_unmap()
{
	write_attr "$script_tgt/luns/mgmt" "del 0"
}

begin_del_device()
{
	write_attr "$scst/handlers/scst_script/mgmt" "del_device unit"
}

begin_del_session()
{
	write_attr "$script/mgmt" "del_session t a"
}

leads_to_other()
{
	[ "$(basename "$(readlink "$script_tgt/luns/0/device")")" = other ]
}

has_begun() # EVENT
{
	case $1 in
	replace*) wait_for 5 leads_to_other ;;
	del_session) wait_for 5 has -x aborted "$script/lost" ;;
	*) wait_for 5 test ! -e "$script_tgt/luns/0" ;;
	esac
	cat "$scst/trace_cmds" >/dev/null	# takes the locks under which it begins
}

waits_at() # STEP
{
	has "^a .* tag=1 .* step=$1$" "$scst/trace_cmds"
}

# What session a was told, wherever that can be read.
answers()
{
	log_of a 2>/dev/null || cat "$script/lost"
}

nr_answers() # TAG
{
	answers | nr_lines -E "^(cmd|gone) $1( |\$)"
}

# The command is carried out, and answered. $where: by whom.
carried_out() # STEP
{
	local device end=$((SECONDS + 10 * PATIENCE)) how=''
	where=-
	[ "$1" != execute_bad ] || how=" fail"
	while [ "$(nr_answers 1)" -eq 0 ]; do
		for device in unit other; do
			write_attr "$scst/devices/$device/release" "1$how" 2>/dev/null || continue
			where=$device
		done
		[ "$SECONDS" -lt "$end" ] || fail "no answer: $(cat "$scst/trace_cmds")"
		sleep 0.02
	done
}

no_page_is_in_use()
{
	has "^Inactive/active pages *[0-9]*/0$" "$scst/sgv/global_stats"
}

the_abort_is_answered()
{
	if has_line a "gone 1$"; then
		has_line a "tmf 7 $tmf_complete "
	else
		has_line a "tmf 7 [$tmf_no_task$tmf_no_lun] "
	fi
}

is_aborted_or_over()
{
	[ "$(nr_answers 1)" -gt 0 ] || has "^a .* tag=1 .* aborted$" "$scst/trace_cmds"
}

is_held_by() # DEVICE
{
	[ "$(cat "$scst/devices/$1/held")" = 1 ]
}

# ABORT TASK, when it has come where it is carried out, if it is. It may be too late.
abort_it() # WHERE
{
	[ "$1" = - ] || wait_for 5 is_held_by "$1"
	run a "tmf 7 $tmf_abort_task 0 1"
	wait_for 5 is_aborted_or_over
}

run_cell() # STEP EVENT REMOVAL WHERE ANSWER
{
	local step=$1 event=${2%+abort} removal=$3 pid where
	new_unit
	write_attr "$scst/handlers/scst_script/mgmt" "add_device other"
	echo 1 >"$other/hold"
	"enter_$step"
	wait_for 5 waits_at "${step%_bad}"
	"begin_$event" &
	pid=$!
	has_begun "$event"
	[ "$removal" = waits ] || wait "$pid"
	[ "$event" = "$2" ] || abort_it "$4"
	[ "$removal" = ends ] || kill -0 "$pid" || fail "it did not wait"
	"leave_$step"
	carried_out "$step"
	[ "$removal" = ends ] || wait "$pid"
	assert_eq "$where $(answers | lines_with -E '^(cmd|gone) 1( |$)')" "$4 $5"
	[ "$step" != order ] || assert_eq "$(nr_answers 2)" 1 "answers to the older one"
	[ "$event" = "$2" ] || wait_for 5 the_abort_is_answered
	assert_eq "$(cat "$scst/trace_cmds")" "" "what is still under way"
	wait_for 5 no_page_is_in_use
	no_policy
	drop_all
}

# Each cell of a step.
all_cells() # STEP
{
	local step event removal where answer nr=0
	while read -r step event removal where answer; do
		[ "$step" = "$1" ] || continue
		echo "== $step, $event"
		run_cell "$step" "$event" "$removal" "$where" "$answer"
		nr=$((nr + 1))
	done < <(cells)
	[ "$nr" -gt 0 ] || fail "no cells of $1"
}

test_command_that_is_held_on_its_arrival()	# lookup
{
	all_cells lookup
}

test_command_that_a_policy_delays()	# admit
{
	all_cells admit
}

test_command_whose_data_are_to_come()	# receive
{
	all_cells receive
}

test_command_whose_data_do_not_come()	# receive, and DATA PHASE ERROR
{
	all_cells receive_bad
}

test_command_that_waits_for_its_turn()	# order
{
	all_cells order
}

test_command_that_the_back_end_has()	# execute
{
	all_cells execute
}

test_command_that_the_back_end_fails()	# execute, and a medium error
{
	all_cells execute_bad
}

test_command_whose_answer_is_not_sent()	# send
{
	all_cells send
}

run_tests "$@"
