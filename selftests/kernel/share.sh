#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The memory for data of commands, when there is little of it: 8 MiB for all, so that above 4 MiB no
# session gets more than 2. With the scripted transport, which brings none, and a back end that keeps it.

. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/../lib/script.sh"

setup_file()
{
	modprobe scst scst_max_cmd_mem=8 scst_max_dev_cmd_mem=8
	load_script
	new_unit
}

teardown_file()
{
	drop_unit
	unload_script
}

read_mib() # SESSION TAG
{
	run "$1" "cmd $2 s 0 r1048576 28 00 00 00 00 00 00 08 00 00"
}

test_session_leaves_memory_to_others()	# what it asks for beyond its share is refused, others are served
{
	local tag
	for tag in 1 2 3 4 5; do
		read_mib a "$tag"
	done
	assert_held_set "1 2 3 4 5"
	read_mib a 6
	wait_log a "cmd 6 28"		# task set full: it has others to wait for
	read_mib b 7
	assert_held_set "1 2 3 4 5 7"
	release all
	wait_for 5 idle "$ses_a"
	wait_for 5 idle "$ses_b"
}

test_share_is_given_back()	# with the last command; what is only kept for others is not short
{
	local tag
	for tag in 11 12 13 14 15; do
		read_mib a "$tag"
	done
	assert_held_set "11 12 13 14 15"
	release all
	wait_log a "cmd 15 00"
	wait_for 5 idle "$ses_a"
	for tag in 21 22 23 24 25; do
		read_mib b "$tag"
	done
	assert_held_set "21 22 23 24 25"
	read_mib a 26			# there is little left, and it has none
	assert_held_set "21 22 23 24 25 26"
	release all
	wait_for 5 idle "$ses_a"
	wait_for 5 idle "$ses_b"
}

# Pages that are kept for the next command, and no command has.
kept_pages()
{
	sed -n 's/^Inactive\/active pages *\([0-9]*\)\/.*/\1/p' "$scst/sgv/global_stats"
}

nothing_is_kept()
{
	[ "$(kept_pages)" = 0 ]
}

keep_some()
{
	read_mib a 31
	assert_held_set "31"
	release all
	wait_for 5 idle "$ses_a"
	[ "$(kept_pages)" -ge 256 ] || fail "$(kept_pages) pages are kept"
}

test_what_is_kept_makes_room()	# for commands, when nothing else is left: nobody is refused
{
	local tag
	echo 2 >/proc/sys/vm/drop_caches
	wait_for 5 nothing_is_kept
	for tag in 1 2 3 4 5 6 7; do
		run a "cmd $tag s 0 r524288 28 00 00 00 00 00 00 04 00 00"
	done
	assert_held_set "1 2 3 4 5 6 7"
	release all
	wait_for 5 idle "$ses_a"
	assert_eq "$(kept_pages)" 896 "pages that are kept"
	echo >"$scst/sgv/global_stats"
	for tag in 11 12 13 14 15; do
		read_mib a "$tag"
	done
	assert_held_set "11 12 13 14 15"
	grep -q "releases/failures *[1-9][0-9]*/0$" "$scst/sgv/global_stats" ||
		fail "$(cat "$scst/sgv/global_stats")"
	release all
	wait_for 5 idle "$ses_a"
}

test_what_is_kept_is_given_back()	# when others need it, and when nobody has needed it for a while
{
	keep_some
	echo 2 >/proc/sys/vm/drop_caches
	wait_for 5 nothing_is_kept
	keep_some
	wait_for 30 nothing_is_kept
}

run_tests "$@"
