#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Configuration with the 1st, 2nd, 3rd ... allocation failing, until it works untouched. Whatever
# fails has changed nothing, and nothing is left behind (the debug kernel looks for leaks).
# Needs fault injection: the debug kernel. Not tested: allocations of other tasks, such as a scan.

. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/../lib/scst.sh"

failslab=/sys/kernel/debug/failslab

setup_file()
{
	load_scst
	[ -w /proc/self/fail-nth ] || return 0
	echo N >"$failslab"/ignore-gfp-wait
	echo 0 >"$failslab"/verbose
}

teardown_file()
{
	unload_scst
}

setup()
{
	[ -w /proc/self/fail-nth ] || skip "this kernel injects no faults"
}

# One write with the Nth allocation failing. Return: 0 it worked and no fault was left over to hit
# it, 1 it was refused, 2 it worked in spite of a fault.
write_with_fault() # N FILE TEXT
{
	(
		exec 3>"$2" 4>/dev/null
		echo "$1" >/proc/self/fail-nth
		status=0
		printf '%s\n' "$3" >&3 2>&4 || status=1
		# a fault that is still to come hits this open instead
		{ read -r left </proc/self/fail-nth; } 2>&4 || left=1
		echo 0 >/proc/self/fail-nth
		[ "$status" -eq 0 ] || exit 1
		[ "$left" != 0 ] || exit 2
	)
}

# The write succeeds in the end, and each refused one leaves PATH as it was: absent.
all_or_nothing() # FILE TEXT PATH UNDO [STRIDE]
{
	local n status refused=0
	for ((n = 1; n < 2000; n += ${5:-1})); do
		status=0
		write_with_fault "$n" "$1" "$2" || status=$?
		case $status in
		0)	[ -e "$3" ] || fail "$2: said to have worked, but there is no $3"
			[ "$refused" -gt 0 ] || fail "$2: no allocation ever failed"
			return ;;
		1)	[ ! -e "$3" ] || fail "$2: refused at fault $n, but $3 is there"
			refused=$((refused + 1)) ;;
		2)	write_attr "$1" "$4" ;;
		esac
	done
	fail "$2: still not without a fault after $n allocations"
}

test_device_is_added_whole_or_not_at_all()	# object, directory, links
{
	all_or_nothing "$null_mgmt" "add_device faulty size_mb=16" "$scst"/devices/faulty \
		"del_device faulty"
	del_null faulty
}

test_lun_is_mapped_whole_or_not_at_all()	# mapping, nexus of the session, links both ways
{
	add_null disk0
	all_or_nothing "$tgt/luns/mgmt" "add disk0 5" "$tgt"/luns/5 "del 5"
	del_null disk0
}

test_lun_is_replaced_whole_or_not_at_all()	# the old device stays until the new one is there
{
	local n status refused=0
	add_null old
	add_null new
	map_lun old 6
	for ((n = 1; n < 2000; n++)); do
		status=0
		write_with_fault "$n" "$tgt/luns/mgmt" "replace new 6" || status=$?
		[ "$status" -ne 0 ] || break
		if [ "$status" -eq 1 ]; then
			refused=$((refused + 1))
			assert_eq "$(basename "$(readlink "$tgt"/luns/6/device)")" old "after fault $n"
			[ "$(ls "$scst"/devices/new/exported)" = "" ] || fail "fault $n: new is exported"
		else
			write_attr "$tgt/luns/mgmt" "replace old 6"
		fi
	done
	assert_eq "$(basename "$(readlink "$tgt"/luns/6/device)")" new "in the end"
	[ "$refused" -gt 0 ] || fail "no fault was injected"
	del_null old
	del_null new
}

test_target_is_added_whole_or_not_at_all()	# with all its directories
{
	all_or_nothing "$scst"/targets/scst_local/mgmt "add_target faulty" \
		"$scst"/targets/scst_local/faulty "del_target faulty"
	write_attr "$scst"/targets/scst_local/mgmt "del_target faulty"
}

# A SCSI host has allocations by the hundred, so not each of them.
test_session_is_added_whole_or_not_at_all()	# nexuses, slots, and the SCSI host
{
	add_null disk0
	map_lun disk0 0
	all_or_nothing "$scst"/targets/scst_local/mgmt "add_session scst_local_tgt faulty" \
		"$tgt/sessions/faulty" "del_session scst_local_tgt faulty" 13
	write_attr "$scst"/targets/scst_local/mgmt "del_session scst_local_tgt faulty"
	del_null disk0
}

run_tests "$@"
