#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# A real disk, of scsi_debug, as a LUN of iSCSI: what is seen only of a transport whose memory is the
# target's, and whose data come when the initiator pleases. pass.py has each of these tests under the same
# name.
#
# expects: disks that go

. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/../lib/scst.sh"
. "$(dirname "$0")/../lib/pass.sh"

setup_file()
{
	load_pass scst_disk
	modprobe iscsi-scst
	make_scsi_debug
	iscsi_mgmt add_target "$iqn"
	write_attr "$itgt/enabled" 1
	write_attr "$iscsi/enabled" 1
}

teardown_file()
{
	iscsi_mgmt del_target "$iqn"
	wait_for 10 modprobe -r iscsi-scst
	drop_scsi_debug
	unload_pass
}

setup()
{
	add_pass dev_disk
	write_attr "$itgt/luns/mgmt" "add $hctl 0"
}

teardown()
{
	wait_for 30 no_sessions
	drop_passes
}

run_case() # CASE
{
	python3 -B "$(dirname "$0")/pass.py" "$iqn" "$1" "$hctl"
}

test_a_read_that_fails_brings_nothing()	# of what another initiator had in that memory; nor is it said to
{
	run_case a_read_that_fails_brings_nothing
}

test_what_waited_for_its_data_is_not_for_a_disk_that_is_back()	# it is over when the disk is
{
	run_case what_waited_for_its_data_is_not_for_a_disk_that_is_back
}

run_tests "$@"
