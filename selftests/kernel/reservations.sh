#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Reservations between real initiators: hosts a and b at one target port, host c at another one, of
# one null disk.
#
#	a (scst_local_host) --+-- scst_local_tgt, port 1 --+
#	b ------------------- +                            +-- disk
#	c ----------------------- port2, port 2 -----------+
#
# What requests do to each other in every order is for the unit tests; state files are in
# reservations_file.sh.

. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/../lib/scst.sh"
. "$(dirname "$0")/../lib/pr.sh"

case_timeout=90

setup_file()
{
	load_scst
	add_null disk
	map_lun disk 0
	local_mgmt=$scst/targets/scst_local/mgmt
	write_attr "$local_mgmt" "add_session scst_local_tgt b"
	write_attr "$local_mgmt" "add_target port2 session_name=c"
	write_attr "$scst/targets/scst_local/port2/luns/mgmt" "add disk 0"
	b_session=$tgt/sessions/b
	c_session=$scst/targets/scst_local/port2/sessions/c
	a=$(sg_of 0)
	b=$(sg_of 0 "$b_session")
	c=$(sg_of 0 "$c_session")
	delay=$scst/devices/disk/delay_ms
}

setup()
{
	clear_unit_attentions "$a"
	clear_unit_attentions "$b"
	clear_unit_attentions "$c"
}

teardown()
{
	write_attr "$delay" 0
	b=$(sg_of 0 "$b_session")
	for sg in "$a" "$b" "$c"; do
		clear_unit_attentions "$sg"
		# a conflict, of whom is not registered while others are
		quietly sg_raw "$sg" 57 00 00 00 00 00 00 00 00 00 || true
	done
	pr "$a" register-ignore --param-sark=0xdead
	pr "$a" clear --param-rk=0xdead
}

teardown_file()
{
	unload_scst
}

test_keys_are_registered_and_read()	# by each nexus its own
{
	join "$a" 0xa
	join "$b" 0xb
	join "$c" 0xc
	assert_eq "$(keys "$b")" "0xa 0xb 0xc"
	assert_conflict pr "$a" register --param-sark=0xaa
	pr "$a" register --param-rk=0xa
	assert_eq "$(keys "$c")" "0xb 0xc"
}

test_full_status_names_ports_and_initiators()	# the relative port, and a TransportID of SAS
{
	join "$a" 0xa
	join "$c" 0xc
	pr "$c" reserve --param-rk=0xc --prout-type=5
	local status
	status=$(sg_persist -n --in --read-full-status "$a")
	assert_match "$status" "Key=0xc.*Relative port address: 0x2.*<< Reservation holder >>"
	assert_match "$status" "Key=0xa.*Relative port address: 0x1"
}

# Does it do that, or is it a reservation conflict? Anything else is neither.
may() # COMMAND...
{
	local output status=0
	output=$("$@" 2>&1) || status=$?
	case $status in
	0) return 0 ;;
	24) return 1 ;;
	esac
	fail "exit status $status of: $*: $output"
}

# Which of the hosts may read and write: "rw r -".
access()
{
	local sg word words=
	for sg in "$a" "$b" "$c"; do
		word=
		! may read_block "$sg" || word=r
		! may write_block "$sg" || word+=w
		words+=" ${word:--}"
	done
	echo "${words# }"
}

test_types_admit_whom_they_say()	# a holds, b is registered, c is not
{
	join "$a" 0xa
	join "$b" 0xb
	local type expect
	while read -r type expect; do
		pr "$a" reserve --param-rk=0xa --prout-type="$type"
		assert_eq "$(access)" "$expect" "type $type"
		pr "$a" release --param-rk=0xa --prout-type="$type"
		clear_unit_attentions "$b"
	done <<-END
		1 rw r r
		3 rw - -
		5 rw rw r
		6 rw rw -
		7 rw rw r
		8 rw rw -
	END
	assert_eq "$(access)" "rw rw rw"
}

test_refused_write_is_a_reservation_conflict()	# and not a broken disk
{
	join "$a" 0xa
	pr "$a" reserve --param-rk=0xa --prout-type=1
	assert_conflict write_block "$b"
}

test_release_tells_the_others()	# types for registrants only
{
	join "$a" 0xa
	join "$b" 0xb
	pr "$a" reserve --param-rk=0xa --prout-type=5
	pr "$a" release --param-rk=0xa --prout-type=5
	assert_fails_with "Reservations released" sg_raw "$b" 00 00 00 00 00 00
	quietly sg_raw "$b" 00 00 00 00 00 00
	quietly sg_raw "$a" 00 00 00 00 00 00
}

test_preempt_takes_over()	# the victim is told, loses its key and its access
{
	join "$a" 0xa
	join "$b" 0xb
	pr "$a" reserve --param-rk=0xa --prout-type=5
	pr "$b" preempt --param-rk=0xb --param-sark=0xa --prout-type=5
	assert_fails_with "Registrations preempted" sg_raw "$a" 00 00 00 00 00 00
	assert_conflict write_block "$a"
	can_write "$b" || fail "the new holder cannot write"
	assert_eq "$(keys "$a")" "0xb"
}

test_clear_tells_all()
{
	join "$a" 0xa
	join "$c" 0xc
	pr "$c" clear --param-rk=0xc
	assert_fails_with "Reservations preempted" sg_raw "$a" 00 00 00 00 00 00
	assert_eq "$(keys "$a")" ""
}

test_all_tg_pt_registers_at_both_ports()	# b, which is known at port 1 only
{
	sg_persist -n --out --register --param-sark=0xb --param-alltgpt "$b" >/dev/null
	assert_eq "$(keys "$b")" "0xb 0xb"
	assert_match "$(cat "$scst/devices/disk/pr_state")" "registrant 2 000000000000000b 0 24 06"
}

test_move_to_a_port_that_is_not_is_refused()	# INVALID FIELD IN PARAMETER LIST
{
	join "$a" 0xa
	pr "$a" reserve --param-rk=0xa --prout-type=1
	assert_fails_with "Invalid field in parameter list" \
		sg_persist -n --out --register-move --param-rk=0xa --param-sark=0xb \
		--relative-target-port=999 --transport-id=sas,5000000000000001 "$a"
	sg_persist -n --out --register-move --param-rk=0xa --param-sark=0xbb \
		--relative-target-port=2 --transport-id=sas,5000000000000001 "$a"
	assert_conflict write_block "$a"
	pr "$a" register-ignore --param-sark=0
	assert_eq "$(keys "$a")" "0xbb"
}

test_preempt_and_abort_answers_after_the_commands_left()	# a read of a minute, and not this one
{
	local start=$SECONDS reader
	join "$a" 0xa
	join "$b" 0xb
	pr "$b" reserve --param-rk=0xb --prout-type=1
	write_attr "$delay" 60000
	sg_raw --timeout=100 --request=512 "$b" 28 00 00 00 00 00 00 00 01 00 &
	reader=$!
	wait_for 5 busy "$b_session"
	write_attr "$delay" 0
	pr "$a" preempt-abort --param-rk=0xa --param-sark=0xb --prout-type=1
	idle "$b_session" || fail "answered while the command was there"
	if wait "$reader"; then fail "the read ended well"; fi
	assert_at_most $((SECONDS - start)) 40 "seconds"
	assert_fails_with "Registrations preempted" sg_raw "$b" 00 00 00 00 00 00
}

test_preempt_without_abort_leaves_commands_alone()
{
	local reader
	join "$a" 0xa
	join "$b" 0xb
	write_attr "$delay" 2000
	sg_raw --request=512 "$b" 28 00 00 00 00 00 00 00 01 00 >/dev/null 2>&1 &
	reader=$!
	wait_for 5 busy "$b_session"
	pr "$a" preempt --param-rk=0xa --param-sark=0xb
	wait "$reader"
}

test_preempt_and_abort_under_load()	# the load of the victim ends in conflicts, that of the other goes on
{
	local i victim other
	victim=$(disk_of 0 "$b_session")
	other=$(disk_of 0)
	join "$a" 0xa
	start_load "$other" 6
	local other_load=$load
	for i in 1 2; do
		pr "$b" register-ignore --param-sark=0xb
		start_load "$victim" 20
		pr "$a" preempt-abort --param-rk=0xa --param-sark=0xb --prout-type=1
		pr "$a" reserve --param-rk=0xa --prout-type=1
		if wait "$load"; then fail "round $i: the victim still writes"; fi
		grep -q "error=Invalid exchange" "$tap_dir/fio.log" ||	# EBADE, of a conflict
			fail "round $i: the victim ended otherwise: $(grep error "$tap_dir/fio.log")"
		wait_for 10 idle "$b_session"
		pr "$a" release --param-rk=0xa --prout-type=1
		clear_unit_attentions "$b"
	done
	wait "$other_load" || fail "fio of the preemptor: $(cat "$tap_dir/fio.log")"
}

test_registration_outlives_the_session()	# it is the initiator port's
{
	join "$b" 0xb
	pr "$b" reserve --param-rk=0xb --prout-type=3
	write_attr "$local_mgmt" "del_session scst_local_tgt b"
	assert_conflict read_block "$a"
	write_attr "$local_mgmt" "add_session scst_local_tgt b"
	b=$(sg_of 0 "$b_session")
	clear_unit_attentions "$b"
	can_write "$b" || fail "it is not known any more"
	assert_conflict read_block "$a"
}

test_reserve_of_spc2_is_for_one()	# reads conflict too; RELEASE by others does nothing
{
	quietly sg_raw "$a" 16 00 00 00 00 00
	assert_conflict read_block "$b"
	assert_conflict sg_raw "$b" 56 00 00 00 00 00 00 00 00 00
	quietly sg_raw "$b" 17 00 00 00 00 00
	assert_conflict read_block "$b"
	quietly sg_raw "$b" 00 00 00 00 00 00
	can_write "$a" || fail "the owner cannot write"
	quietly sg_raw "$a" 57 00 00 00 00 00 00 00 00 00
	can_write "$b" || fail "it is still reserved"
}

# docs/decisions.md: so multipathd does not take a reserved unit for a dead path.
test_test_unit_ready_passes_a_reservation()	# of SPC-2; READ does not
{
	quietly sg_raw "$a" 16 00 00 00 00 00
	assert_conflict read_block "$b"
	sg_raw "$b" 00 00 00 00 00 00
	sg_raw "$c" 00 00 00 00 00 00
}

test_reserve_of_spc2_ends_with_reset_and_session()
{
	quietly sg_raw "$b" 16 00 00 00 00 00
	sg_reset --device "$a"
	clear_unit_attentions "$a"
	can_write "$a" || fail "a reset left it reserved"
	clear_unit_attentions "$b"
	quietly sg_raw "$b" 16 00 00 00 00 00
	assert_conflict read_block "$a"
	write_attr "$local_mgmt" "del_session scst_local_tgt b"
	can_write "$a" || fail "the lost session left it reserved"
	write_attr "$local_mgmt" "add_session scst_local_tgt b"
}

# A session of the target of a and b whose initiator port is the one that $port names.
add_channel() # NAME
{
	write_attr "$local_mgmt" "add_session scst_local_tgt $1"
	write_attr "$tgt/sessions/$1/transport_id" "$port"
	clear_unit_attentions "$(sg_of 0 "$tgt/sessions/$1")"
}

test_sessions_of_one_port_share_its_reservations() # SPC-2 and persistent; they end with the last
{
	local port d e
	port=060000005001020304050607000000000000000000000000
	add_channel d
	add_channel e
	assert_eq "$(cat "$tgt/sessions/d/transport_id")" "$port"$'\n[key]'
	d=$(sg_of 0 "$tgt/sessions/d")
	e=$(sg_of 0 "$tgt/sessions/e")
	quietly sg_raw "$d" 16 00 00 00 00 00
	can_write "$e" || fail "another channel of the port cannot write"
	quietly sg_raw "$e" 16 00 00 00 00 00
	assert_conflict read_block "$a"
	write_attr "$local_mgmt" "del_session scst_local_tgt d"
	assert_conflict read_block "$a"
	can_write "$e" || fail "the reservation did not stay with the channel that is left"
	write_attr "$local_mgmt" "del_session scst_local_tgt e"
	can_write "$a" || fail "it is still reserved"

	add_channel d
	add_channel e
	d=$(sg_of 0 "$tgt/sessions/d")
	e=$(sg_of 0 "$tgt/sessions/e")
	pr "$d" register --param-sark=0xd
	pr "$e" reserve --param-rk=0xd --prout-type=3
	can_write "$d" || fail "the port that holds the reservation cannot write"
	assert_conflict read_block "$a"
	pr "$e" clear --param-rk=0xd
	write_attr "$local_mgmt" "del_session scst_local_tgt d"
	write_attr "$local_mgmt" "del_session scst_local_tgt e"
}

test_transport_id_takes_one_transport_id()	# and nothing else; a refusal changes nothing
{
	local file=$tgt/sessions/b/transport_id before bad
	before=$(cat "$file")
	for bad in 06 zz 060000005001020304050607000000000000000000000000ff 0 "" \
		0f0000005001020304050607000000000000000000000000; do
		if (echo "$bad" >"$file") 2>/dev/null; then
			fail "took '$bad'"
		fi
	done
	assert_eq "$(cat "$file")" "$before"
}

test_spc2_and_persistent_exclude_each_other()	# but for holders: CRH
{
	quietly sg_raw "$a" 16 00 00 00 00 00
	assert_conflict pr "$a" register --param-sark=0xa
	assert_conflict sg_persist -n --in --read-keys "$b"
	quietly sg_raw "$a" 17 00 00 00 00 00
	join "$a" 0xa
	assert_conflict sg_raw "$a" 16 00 00 00 00 00
	pr "$a" reserve --param-rk=0xa --prout-type=1
	quietly sg_raw "$a" 16 00 00 00 00 00
	quietly sg_raw "$a" 17 00 00 00 00 00
	assert_conflict sg_raw "$b" 16 00 00 00 00 00
	can_write "$a" || fail "the holder cannot write"
}

test_lun_reset_keeps_persistent_reservations()
{
	join "$a" 0xa
	pr "$a" reserve --param-rk=0xa --prout-type=1
	sg_reset --device "$b"
	clear_unit_attentions "$b"
	assert_conflict write_block "$b"
}

# Others may be faster, and tell it so by RESERVATION CONFLICT (24) or a unit attention (6); the mid-layer
# gives up a command that was aborted under it (11, 35), or it has a reservation of another type by now, which
# cannot be released like that (5). What ends well is counted.
contend() # WHAT COMMAND...
{
	local what=$1 status=0 said
	shift
	said=$("$@" 2>&1) || status=$?
	case $status in
	0) echo >>"$tap_dir/good.$what" ;;
	5 | 6 | 11 | 24 | 35) ;;
	*) fail "status $status of $*: $said" ;;
	esac
}

# One host of a race: it takes, uses and gives back.
racer() # ROUNDS SG KEY VICTIM-KEY
{
	local i
	for ((i = 0; i < $1; i++)); do
		contend register pr "$2" register-ignore --param-sark="$3"
		contend reserve pr "$2" reserve --param-rk="$3" --prout-type=5
		contend preempt pr "$2" preempt-abort --param-rk="$3" --param-sark="$4" --prout-type=6
		contend write write_block "$2"
		contend release pr "$2" release --param-rk="$3" --prout-type=6
		contend status sg_persist -n --in --read-full-status "$2"
	done
}

# What one of the hosts sees is what the file says.
assert_state_is_seen() # STATE
{
	local said
	clear_unit_attentions "$a"
	said=$(sg_persist -n --in --read-full-status "$a")
	assert_eq "$(nr_lines 'Key=0x' <<<"$said")" "$(nr_lines '^registrant' "$1")" registrants
	assert_eq "$(nr_lines 'Reservation holder' <<<"$said")" "$(nr_lines '^reservation' "$1")" \
		"holders that are seen"
}

test_races_leave_a_possible_state()	# three hosts preempt each other; nothing hangs, the state reads back
{
	local rounds state=$scst/devices/disk/pr_state pids=() what
	rounds=$(amount 15)
	racer "$rounds" "$a" 0xa 0xb & pids+=($!)
	racer "$rounds" "$b" 0xb 0xc & pids+=($!)
	racer "$rounds" "$c" 0xc 0xa & pids+=($!)
	wait_all "${pids[@]}"
	for what in register reserve preempt write release status; do
		[ -e "$tap_dir/good.$what" ] || fail "no $what ever ended well"
	done
	assert_match "$(cat "$state")" "^version 1"
	assert_at_most "$(nr_lines ' 1 24 ' "$state")" 1 "holders"
	assert_eq "$(nr_lines ' 1 24 ' "$state")" "$(nr_lines '^reservation' "$state")" "holders"
	assert_state_is_seen "$state"
}

run_tests "$@"
