#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Real devices by themselves, and as LUNs: more than a thousand commands each, and the same answers to the
# last byte (pass_compare.py, which says what may differ). Here are those of scsi_debug, of all types that
# have a handler, with sense data of both formats. A drive of CD that is better than these has a file of its
# own.
#
# expects: disks that go

. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/../lib/scst.sh"
. "$(dirname "$0")/../lib/pass.sh"

setup_file()
{
	load_pass "${pass_modules[@]}"
}

teardown_file()
{
	unload_pass
}

teardown()
{
	drop_passes
	drop_scsi_debug
}

compare() # KIND HANDLER PARAMETERS OF SCSI_DEBUG
{
	make_scsi_debug "${@:3}"
	with_pass "$2"
	python3 "$(dirname "$0")/pass_compare.py" "$1" "$raw" "$sg"
}

test_disk()	# sense of fixed format; thin, so that there is something to unmap
{
	compare disk dev_disk lbpu=1 lbpws=1 lbpws10=1 dev_size_mb=64
}

test_disk_with_descriptors()	# sense of descriptor format; it minds reserved bits
{
	compare disk dev_disk dsense=1 strict=1 lbpu=1
}

test_disk_of_4096()	# bytes in a block; of 16 byte CDBs
{
	compare disk dev_disk sector_size=4096 cdb_len=16 lbpu=1 dev_size_mb=32
}

test_removable_disk()
{
	compare disk dev_disk removable=1 lbpu=1
}

test_magneto_optical_disk()
{
	compare mo dev_modisk ptype=7 removable=1 lbpu=1
}

test_processor()
{
	compare processor dev_processor ptype=3
}

test_raid_controller()
{
	compare raid dev_raid ptype=12
}

test_changer_that_knows_little()
{
	compare changer dev_changer ptype=8
}

test_drive_for_cds_that_knows_little()
{
	compare cd dev_cdrom ptype=5 removable=1 sector_size=2048
}

test_tape_that_knows_little()
{
	compare tape dev_tape ptype=1 removable=1
}

run_tests "$@"
