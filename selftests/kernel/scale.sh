#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Two thousand of everything: what one more costs does not grow with how many there are. Processor time
# of the second thousand is compared with that of the first in the same boot, and no time with a
# number: each figure is the median of ten batches, so that what else the host does meanwhile does not
# count. And what was found by walking is still found: names, numbers, LUNs.
#
# Not here: sessions that see thousands of LUNs, and what user space needs (userspace/scstctl_scale.sh).

. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/../lib/scst.sh"

case_timeout=240
iscsi=$scst/targets/iscsi
iqn=iqn.2026-01.org.example:scale
batch=100 batches=20 many=2000

setup_file()
{
	load_scst
	modprobe iscsi-scst
}

teardown_file()
{
	modprobe -r iscsi-scst
	unload_scst
}

# What this shell and the kernel on its behalf have used until now: $ticks.
read_ticks()
{
	local stat
	read -r -a stat <"/proc/$BASHPID/stat"
	ticks=$((stat[13] + stat[14]))
}

# Calls it with every number, and keeps what each batch took: $costs.
measure() # FUNCTION
{
	local i j start
	costs=()
	for ((i = 0; i < batches; i++)); do
		read_ticks
		start=$ticks
		for ((j = i * batch; j < (i + 1) * batch; j++)); do
			"$1" "$j"
		done
		read_ticks
		costs+=($((ticks - start)))
	done
}

median() # NUMBER...
{
	printf '%s\n' "$@" | sort -n | sed -n "$((($# + 1) / 2))p"
}

# A tick more or less is how the kernel rounds.
assert_flat() # WHAT
{
	local half=$((batches / 2)) first second
	first=$(median "${costs[@]:0:half}")
	second=$(median "${costs[@]:half}")
	diag "$1: a hundred take $first ticks, and $second after a thousand: ${costs[*]}" >&3
	assert_at_most "$second" $((2 * first + 1)) "ticks for a hundred of $1, after a thousand"
}

add_target()
{
	write_attr "$iscsi/mgmt" "add_target $iqn.$1"
}

del_target()
{
	write_attr "$iscsi/mgmt" "del_target $iqn.$1"
}

enable_target()
{
	write_attr "$iscsi/$iqn.$1/enabled" 1
}

nr_targets()
{
	find "$iscsi" -mindepth 1 -maxdepth 1 -name "$iqn.*" | nr_lines .
}

# What the daemon asks: every target, one after the other. One line for each.
list_targets()
{
	PYTHONPATH=$(dirname "$0")/../iscsi python3 -c \
		'import iscsi; print(*iscsi.Ctl().targets(), sep="\n")'
}

test_targets_cost_the_same_however_many_there_are()	# made, enabled, listed, removed
{
	measure add_target
	assert_flat "targets made"
	measure enable_target
	assert_flat "targets enabled"
	assert_eq "$(nr_targets)" $many targets
	assert_eq "$(cat "$iscsi/$iqn".*/rel_tgt_id | grep -v key | sort -u | nr_lines .)" $many \
		"different identifiers"
	assert_eq "$(list_targets | sort -u | nr_lines .)" $many "targets that the daemon sees"
	measure del_target
	assert_flat "targets removed"
	assert_eq "$(nr_targets)" 0 targets
}

test_devices_and_luns_cost_the_same_however_many_there_are()	# made and removed
{
	add_device() { add_null "d$1"; }
	add_lun() { map_lun "d$1" "$1"; }
	del_lun() { unmap_lun "$1"; }
	del_device() { del_null "d$1"; }

	write_attr "$scst/targets/scst_local/mgmt" "del_session scst_local_tgt scst_local_host"
	measure add_device
	assert_flat "devices made"
	measure add_lun
	assert_flat "LUNs made"
	assert_eq "$(readlink "$tgt"/luns/1999/device)" ../../../../../devices/d1999 "where a LUN leads"
	assert_fails_with "File exists" map_lun d0 1999
	assert_fails_with "File exists" add_null d1234
	measure del_lun
	assert_flat "LUNs removed"
	measure del_device
	assert_flat "devices removed"
	write_attr "$scst/targets/scst_local/mgmt" "add_session scst_local_tgt scst_local_host"
}

test_devices_that_are_mapped_go_with_their_luns()	# from every target, and no other LUN goes
{
	local i
	add_null kept
	for ((i = 0; i < batch; i++)); do
		add_target "$i"
		add_null "d$i"
	done
	for ((i = 0; i < batch; i++)); do
		write_attr "$iscsi/$iqn.$i/luns/mgmt" "add d0 0"
		write_attr "$iscsi/$iqn.$i/luns/mgmt" "add kept 1"
		write_attr "$iscsi/$iqn.$i/luns/mgmt" "add d0 2"
	done
	del_null d0
	! compgen -G "$iscsi/$iqn.*/luns/[02]" || fail "LUNs of d0 are left"
	assert_eq "$(find "$iscsi/$iqn".*/luns/1 -maxdepth 0 | nr_lines .)" $batch "LUNs of the other"
	for ((i = 0; i < batch; i++)); do
		del_target "$i"
		[ "$i" -eq 0 ] || del_null "d$i"
	done
	del_null kept
}

exec 3>&1	# figures are told of a test that passes, too
run_tests "$@"
