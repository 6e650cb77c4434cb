#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# vdisk_blockio on a device that cannot be opened yet: DRBD's says EMEDIUMTYPE where its node is secondary.
# As SCST's configuration is applied on both nodes, the disk has to be there on both. The device is one of
# a module for tests; DRBD itself is not tested.

. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/../lib/scst.sh"

handler=vdisk_blockio
attrs=$scst/devices/disk
primary=/sys/module/scst_secondary/parameters/primary

setup_file()
{
	load_scst
	modprobe scst_secondary
	wait_for 5 test -b /dev/scst_secondary
}

teardown()
{
	drop_disk_if_any
	echo 0 >"$primary"
}

teardown_file()
{
	unload_scst
	modprobe -r scst_secondary
}

test_disk_is_there_while_its_device_is_secondary()	# not active; and it becomes so when somebody says
{
	add_disk "filename=/dev/scst_secondary"
	assert_eq "$(cat "$attrs/active")" $'0\n[key]'
	assert_eq "$(cat "$attrs/read_only")" 0
	map_lun disk 0
	sg=$(sg_of 0)
	clear_unit_attentions "$sg"
	assert_fails_with "Medium not present" \
		sg_raw --request=512 "$sg" 28 00 00 00 00 00 00 00 01 00
	assert_fails_with "Wrong medium type" write_attr "$attrs/active" 1
	assert_eq "$(head -1 "$attrs/active")" 0
	echo 1 >"$primary"
	write_attr "$attrs/active" 1
	assert_eq "$(cat "$attrs/active")" 1
	assert_eq "$(cat "$attrs/size")" $((32 << 20))
	clear_unit_attentions "$sg"
	sg_raw --request=512 "$sg" 28 00 00 00 00 00 00 00 01 00
}

test_other_errors_are_refused_as_before()
{
	assert_fails_with "No such file" add_disk "filename=/dev/scst_tertiary"
	[ ! -e "$attrs" ]
}

run_tests "$@"
