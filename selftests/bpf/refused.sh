#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Programs that the verifier must not let in: progs/*_fail.bpf.c, each of which says in its head what
# the verifier says, in one kernel or another. And that those it must let in are let in, in every scope.
#
# Disks go, or are hidden, while the host looks at them:
# expects: disks that go
. "$(dirname "$0")/lib.sh"

setup_file()
{
	mountpoint -q /sys/fs/bpf || mount -t bpf bpf /sys/fs/bpf
	modprobe scst
}

teardown_file()
{
	wait_for 30 modprobe -r scst	# maps and programs go after grace periods
}

setup() { :; }
teardown() { :; }

test_policies_are_available()	# scst.ko has BTF, and BPF took its types
{
	assert_eq "$(cat "$scst/policy_available")" 1 policy_available
}

refused() # NAME
{
	local output says
	says=$(sed -n 's/^ \* Says: //p' "selftests/bpf/progs/$1_fail.bpf.c")
	[ -n "$says" ]
	! output=$("$progs/load" "$progs/$1_fail.bpf.o" 2>&1) || fail "$1 was loaded"
	grep -qF "$says" <<<"$output" || fail "$1 failed with '$output', not '$says'"
}

test_verifier_refuses_writing_to_a_session()	# what a hook gets is read only
{
	refused write_session
}

test_verifier_refuses_error_text_from_memory()	# only string constants
{
	refused error_text
}

test_verifier_refuses_other_licenses()	# struct_ops are GPL
{
	refused not_gpl
}

test_verifier_refuses_policy_kfuncs_in_tracers()	# a tracer has no policy to eject
{
	refused tracer_error
}

test_verifier_refuses_writing_to_a_command()	# a tracer only looks
{
	refused tracer_write
}

test_verifier_refuses_choosing_a_group_in_lun_access()	# kfuncs belong to hooks
{
	refused group_in_lun_access
}

test_verifier_refuses_sleeping_in_cmd_admit()	# any context
{
	refused sleeping_admit
}

test_verifier_refuses_pointers_that_no_hook_gave()	# trusted arguments only
{
	refused untrusted_session
}

test_verifier_refuses_writing_to_a_cdb()	# it is what the initiator sent
{
	refused cdb_write
}

test_verifier_refuses_the_storage_of_others()	# by the size that was asked for
{
	refused storage_overrun
}

test_verifier_refuses_registrants_without_rcu()	# they are replaced meanwhile
{
	refused registrants_unlocked
}

test_verifier_refuses_iterating_without_rcu()	# where it could sleep
{
	refused iterate_unlocked
}

test_everything_else_loads()	# all policies and tracers, without attaching them
{
	for object in "$bpf"/*.bpf.o; do
		"$progs/load" "$object"
	done
}

test_verifier_has_little_to_do()	# instructions looked at, of the million that it allows
{
	for object in "$bpf"/*.bpf.o; do
		name=${object##*/}
		"$progs/load" -v "$object" | sed "s/^/${name%.bpf.o} /"
	done | tee .build/results/verifier.txt
	awk '$3 > 250000 { print "too many: " $0; bad = 1 } END { exit bad || NR < 20 }' \
		.build/results/verifier.txt
}

run_tests "$@"
