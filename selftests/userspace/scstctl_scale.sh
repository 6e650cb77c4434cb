#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Two thousand devices, LUNs and targets by files: what scstctl needs for one does not grow with how many
# there are, and to see that all is as a file says takes less than it took to make it. Processor time of the
# program, and of the kernel on its behalf, is compared with that of the same boot, and no time with a number;
# what else the host does makes it longer, so that the better of two diffs counts, and bars are wide. Narrow
# ones are those of `make bench`, which counts instructions (rows 73 to 76), and of how many files are opened,
# which is the same whatever else happens. What the kernel needs for each is kernel/scale.sh's.
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

setup()
{
	echo '{ "drivers": [ { "name": "iscsi", "enabled": false } ] }' >"$tap_dir/nothing"
	scstctl apply --prune --force "$tap_dir/nothing" >/dev/null
}

# Devices, and enabled targets with one LUN each.
write_conf() # FIRST LAST FILE
{
	jq -n --argjson first "$1" --argjson last "$2" --arg iqn iqn.2026-01.org.example '
		{ handlers: [ { name: "vdisk_nullio",
			devices: [ range($first; $last + 1) | { name: "d\(.)", size_mb: 64 } ] } ],
		drivers: [ { name: "iscsi", targets: [ range($first; $last + 1) |
			{ name: "\($iqn):t\(.)", enabled: true, luns: [ { lun: 0, device: "d\(.)" } ] } ] } ] }' >"$3"
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

# That it finds nothing of so many, and how many files and directories it opened: $opens.
count_opens_of_diff() # NUMBER
{
	write_conf 1 "$1" "$tap_dir/some"
	scstctl apply "$tap_dir/some" >/dev/null
	strace --quiet=all -e trace=openat -o "$tap_dir/trace" scstctl diff "$tap_dir/some"
	opens=$(nr_lines openat <"$tap_dir/trace")
}

test_diff_opens_four_files_for_each()	# size_mb; the target, for users and portals; luns; enabled
{
	local few
	count_opens_of_diff 50
	few=$opens
	count_opens_of_diff 150
	assert_eq $((opens - few)) 400 "files opened for a hundred more"
}

test_two_thousand_cost_as_much_each_as_one_thousand()	# and a diff takes less than half of it
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
	assert_at_most $((2 * diff)) $((first + second)) "twice the ticks of a diff"
}

exec 3>&1	# figures are told of a test that passes, too
run_tests "$@"
