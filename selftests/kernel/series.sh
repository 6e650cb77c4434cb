#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# One COMPARE AND WRITE after the other, without a pause, and what others get at the same block
# meanwhile. What a single one does is for verbs.sh.

. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/../lib/scst.sh"

handler=vdisk_blockio
late=/sys/kernel/debug/scst/tags/in_thread	# what goes on in a thread does so some ms later

setup_file()
{
	load_scst
	make_nullb
	with_disk "filename=$nullb"
	[ ! -e "$late" ] || echo 1 >"$late"
}

teardown_file()
{
	[ ! -e "$late" ] || echo 0 >"$late"
	drop_disk
	unload_scst
	drop_nullb
}

# Its turn comes with the first series that is over: one of hundreds.
has_its_turn() # OPCODE
{
	local seconds=$((4 * PATIENCE)) series turns slowest
	read -r series turns slowest < <("${0%/*}"/series.py "$sg" $seconds "$1")
	[ "$series" -gt 100 ] || fail "there were $series series"
	assert_at_most "$slowest" $((seconds * 1000 / 2)) "ms of the slowest of $turns"
}

test_a_read_has_its_turn_between_series()	# however many of them there are
{
	has_its_turn 28
}

test_a_write_has_its_turn_between_series()	# likewise
{
	has_its_turn 2a
}

run_tests "$@"
