#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Two thousand devices, LUNs and targets by files: what scstctl needs for one does not grow with how many
# there are, and to see that all is as a file says takes less than it took to make it. Processor time of the
# program, and of the kernel on its behalf, is compared with that of the same boot, and no time with a number;
# what else the host does makes it longer, so that the better of two diffs counts, and bars are wide. What the
# kernel needs for each is kernel/scale.sh's.
#
# shellcheck disable=SC2154	# of iscsi/lib.sh
. "$(dirname "$0")/scstctl_conf_lib.sh"

case_timeout=240
many=1000

setup_file()
{
	load_iscsi
}

teardown_file()
{
	unload_iscsi
}

# Devices, and targets with one LUN each.
write_conf() # FIRST LAST FILE
{
	jq -n --argjson first "$1" --argjson last "$2" --arg iqn iqn.2026-01.org.example '
		{ handlers: [ { name: "vdisk_nullio",
			devices: [ range($first; $last + 1) | { name: "d\(.)", size_mb: 64 } ] } ],
		drivers: [ { name: "iscsi", targets: [ range($first; $last + 1) |
			{ name: "\($iqn):t\(.)", luns: [ { lun: 0, device: "d\(.)" } ] } ] } ] }' >"$3"
}

# Of ended children of this shell: $ticks. A program that has failed fails the test.
count_ticks() # COMMAND...
{
	local before after
	read -r -a before <"/proc/$BASHPID/stat"
	"$@"
	read -r -a after <"/proc/$BASHPID/stat"
	ticks=$((after[15] + after[16] - before[15] - before[16]))
}

quietly()
{
	"$@" >/dev/null
}

# Twice: the better one in $ticks.
count_ticks_of_diff() # FILE
{
	local first
	count_ticks quietly scstctl diff "$1"
	first=$ticks
	count_ticks quietly scstctl diff "$1"
	[ "$ticks" -lt "$first" ] || ticks=$first
}

test_two_thousand_cost_as_much_each_as_one_thousand()	# and a diff takes less than two thirds of it
{
	local first second diff
	write_conf 1 $many "$tap_dir/first"
	write_conf $((many + 1)) $((2 * many)) "$tap_dir/second"
	write_conf 1 $((2 * many)) "$tap_dir/both"
	count_ticks quietly scstctl apply "$tap_dir/first"
	first=$ticks
	count_ticks quietly scstctl apply "$tap_dir/second"
	second=$ticks
	count_ticks_of_diff "$tap_dir/both"
	diff=$ticks
	diag "$many devices, LUNs and targets: $first ticks, another $many: $second, a diff of both: $diff" >&3
	assert_eq "$(find "$iscsi" -maxdepth 1 -name "*:t*" | wc -l)" $((2 * many)) targets
	assert_at_most "$second" $((3 * first)) "ticks of the second thousand"
	assert_at_most $((3 * diff)) $((2 * (first + second))) "three times the ticks of a diff"
}

exec 3>&1	# figures are told of a test that passes, too
run_tests "$@"
