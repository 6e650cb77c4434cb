#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# A guest whose initiator changes persistent reservations with APTPL all the time, on an ext4 of its
# disk, loses power: it is killed CRASH_KILLS times, and before each kill its disk is copied
# CRASH_COPIES times while it stands still, which is what a kill at that moment would have left. The
# next guest says what it finds: never less than what was answered GOOD, never more than what was
# asked for, and never a half of anything. guest-crash is the other half of this.
# guests: own

. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/common.sh"
. "$(dirname "$0")/../lib/power.sh"

kills=${CRASH_KILLS:-$(amount 2 50)}
copies=${CRASH_COPIES:-4}
case_timeout=$((120 + 90 * kills))
dir=$out/results/crash
exec 3>&1	# figures are told of a test that passes, too

setup_file()
{
	rm -rf "$dir"
	mkdir -p "$dir/logs"
	truncate -s 16M "$dir/disk"
	: >"$dir/log"
}

# A guest that failed is to be looked at.
teardown_file()
{
	[ "$tap_failed" -gt 0 ] || rm -rf "$dir"
}

# Until the log is longer than that: the guest has told what it found, and writes again.
wait_for_log() # LINES
{
	local end=$((SECONDS + case_timeout * PATIENCE / 2))
	until [ "$(wc -l <"$dir/log")" -gt "$1" ]; do
		if [ "$SECONDS" -gt "$end" ] || ! kill -0 "$boot" 2>/dev/null; then
			tail -n 20 "$dir/console" "$dir/output"
			fail "the guest does not write: $(ls "$dir")"
		fi
		sleep 0.2
	done
}

nap()
{
	sleep "0.$(printf %03d $((RANDOM % 700)))"
}

stands_still()
{
	! grep -h '^State' /proc/"$qemu"/task/*/status | grep -qv 'T (stopped)'
}

# copy NAME: disk and log of this moment.
copy()
{
	kill -STOP "$qemu"
	wait_for 5 stands_still
	cp --sparse=always "$dir/disk" "$dir/$1.img"
	cp "$dir/log" "$dir/logs/$1"
	kill -CONT "$qemu"
}

# A guest that has looked at what the one before it left.
start_and_check() # ROUND
{
	local lines
	lines=$(wc -l <"$dir/log")
	power_on --cpus 1 --disk "$dir/disk" -- selftests/vm/guest-crash
	wait_for_log $((lines + 4))
	find_emulator
	check_found $(($1 - 1))
	rm -f "$dir"/*.img "$dir"/*.state
}

take_copies()
{
	local i
	for ((i = 1; i <= copies; i++)); do
		nap
		copy "copy-$i"
	done
	nap
}

kill_guest()
{
	cut_power
	cp "$dir/log" "$dir/logs/killed"
}

# The log of that moment against what the guest after it found: @1 is a state, @2 the log.
check_one()
{
	local acked asked key
	acked=$(sed -n 's/^a //p' "$2" | tail -1)
	asked=$(sed -n 's/^i //p' "$2" | tail -1)
	key=$(sed -n 's/^registrant 1 \(0[0-9a-f]*\) 0 24 .*/\1/p' "$1")
	[ -n "$key" ] || fail "$1: no registration, $acked was acknowledged: $(head -3 "$1")"
	key=$((16#$key))
	[ "$key" -ge "$acked" ] || fail "$1: $key is there, $acked was acknowledged"
	[ "$key" -le "$asked" ] || fail "$1: $key is there, $asked was the last"
	assert_eq "$(sed -n 's/^generation //p' "$1")" "$key" "generation of $1"
	assert_eq "$(grep -c '^registrant 1 ffff' "$1")" 100 "other registrants of $1"
	assert_eq "$(wc -l <"$1")" 103 "lines of $1"
}

check_found() # ROUND that was killed; 0: none
{
	local state name
	[ "$1" -gt 0 ] || return 0
	assert_eq "$(find "$dir" -name '*.state' | wc -l)" $((copies + 1)) "states found"
	for state in "$dir"/*.state; do
		name=$(basename "$state" .state)
		check_one "$state" "$dir/logs/$name"
		moments=$((moments + 1))
	done
}

teardown()
{
	cut_power_if_on
}

test_killed_guest_keeps_its_reservations()	# what was acknowledged, and nothing half
{
	local round moments=0
	for ((round = 1; round <= kills; round++)); do
		start_and_check "$round"
		take_copies
		kill_guest
	done
	start_and_check "$round"
	kill_guest
	assert_eq "$moments" $((kills * (copies + 1))) "moments compared"
	diag "$moments moments compared, $(grep -c ^a "$dir/log") requests answered" >&3
}

run_tests "$@"
