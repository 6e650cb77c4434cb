#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The hooks of persistent reservations, pr_conflict and pr_out: each verdict, alone and together, and
# the registrants that they see. d0 is what is reserved; the host is $sg0, a second initiator, guest,
# is $guest.
#
# A program that says what it may not:
# expects: policy .*: ejected
# expects: disks that go
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/../lib/pr.sh"

prog=$progs/pr_verdict.bpf.o
mgmt=$scst/targets/scst_local/mgmt
read_10=0x28
write_10=0x2a

setup_file()
{
	mountpoint -q /sys/fs/bpf || mount -t bpf bpf /sys/fs/bpf
	load_scst
	add_null d0
	map_lun d0 0
	write_attr "$mgmt" "add_session scst_local_tgt guest"
	sg0=$(sg_of 0)
	guest=$(sg_of 0 "$tgt/sessions/guest")
}

setup()
{
	clear_ua "$sg0"
	clear_ua "$guest"
}

teardown()
{
	unload_all
	clear_ua "$sg0"
	pr "$sg0" register-ignore --param-sark=0xdead
	pr "$sg0" clear --param-rk=0xdead
}

var() # NAME: a variable of the program
{
	for map in data bss; do
		bpftool -j map dump pinned "$pins/map_pr_verdi_$map" | tr , '\n' |
			sed -n "s/.*\"$1\":\([-0-9a-z]*\).*/\1/p"
	done
}

# Exclusive access of sg0.
reserve()
{
	join "$sg0" 0xa
	pr "$sg0" reserve --param-rk=0xa --prout-type=3
}

ejected() # POLICY
{
	state_is "$1" ejected
}

test_conflict_default_is_what_spc_says()	# and it is told type, conflict and registrants
{
	reserve
	load -m conflict "$prog" opcode="$read_10"
	assert_conflict read_block "$guest"
	assert_eq "$(var asked) $(var conflicts) $(var last_type)" "1 1 3"
	assert_eq "$(var registrants) $(var key_sum) $(var holders)" "1 10 1"
	read_block "$sg0" >/dev/null
	assert_eq "$(var asked) $(var conflicts)" "2 1"
}

test_conflict_is_not_asked_without_a_reservation()	# nor about commands that none can refuse
{
	join "$sg0" 0xa
	load -m conflict "$prog"
	can_write "$guest"
	assert_eq "$(cat "$policies/conflict/calls")" 0 calls
	pr "$sg0" reserve --param-rk=0xa --prout-type=3
	sg_raw --request=36 "$guest" 12 00 00 00 24 00 >/dev/null 2>&1
	assert_eq "$(cat "$policies/conflict/calls")" 0 calls
}

test_conflict_allow_lets_read()	# with the flag
{
	reserve
	load -m conflict "$prog" verdict=1 opcode="$read_10" conflict.flags=2
	read_block "$guest" >/dev/null
	assert_conflict write_block "$guest"
	assert_match "$(cat "$policies/conflict/verdicts")" "allow=1 " verdicts
	unload conflict
	assert_conflict read_block "$guest"
}

test_conflict_allow_without_the_flag_ejects()	# and the read is refused
{
	reserve
	load -m conflict "$prog" verdict=1 opcode="$read_10"
	assert_conflict read_block "$guest"
	ejected conflict
	assert_match "$(last_exit)" "conflict kind=bad_verdict code=1 .*may not allow this"
}

test_conflict_allow_of_a_write_ejects()	# whatever the flags are
{
	reserve
	load -m conflict "$prog" verdict=1 opcode="$write_10" conflict.flags=2
	assert_conflict write_block "$guest"
	ejected conflict
}

test_conflict_refuse_is_for_the_holder_too()	# RESERVATION CONFLICT
{
	reserve
	load -m conflict "$prog" verdict=2 opcode="$read_10"
	assert_conflict read_block "$sg0"
	can_write "$sg0"
	unload conflict
	read_block "$sg0" >/dev/null
}

test_conflict_refuse_goes_before_allow()	# in either order
{
	reserve
	load -m conflict "$prog" verdict=1 opcode="$read_10" conflict.flags=2
	load -m second "$prog" second_verdict=2 opcode="$read_10"
	assert_conflict read_block "$guest"
	unload second
	read_block "$guest" >/dev/null
}

test_conflict_fail_ejects()	# a verdict that is none; SPC's rules hold
{
	reserve
	load -m conflict "$prog" verdict=7
	assert_conflict read_block "$guest"
	ejected conflict
	can_read "$sg0"
}

test_out_pass()	# it is told action and keys, and sees who is registered
{
	load -m out "$prog"
	join "$sg0" 0xa
	join "$guest" 0xb
	pr "$sg0" register --param-rk=0xa --param-sark=0xc
	assert_eq "$(var last_action) $(var last_key) $(var last_sa_key)" "0 10 12"
	assert_eq "$(var registrants) $(var key_sum) $(var holders)" "2 21 0"
	assert_match "$(cat "$policies/out/verdicts")" "pr_out pass=3 refuse=0" verdicts
	assert_eq "$(keys "$sg0")" "0xb 0xc"
}

test_out_refuse()	# RESERVATION CONFLICT, and nothing changed
{
	load -m out "$prog" verdict=1
	assert_conflict pr "$sg0" register --param-sark=0xa
	assert_eq "$(keys "$sg0")" ""
	unload out
	join "$sg0" 0xa
}

test_out_fail_ejects()	# and the command passes
{
	load -m out "$prog" verdict=7
	join "$sg0" 0xa
	ejected out
	assert_eq "$(keys "$sg0")" "0xa"
}

run_tests "$@"
