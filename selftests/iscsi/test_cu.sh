#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# libiscsi's conformance tests, each of them once, against a file disk and a block disk with
# physical blocks of 4 KiB, at the same time; and what those skip against the kind of disk, or of
# login, that it is for. test_cu.expected has every assertion that fails and every skip, and by
# which clause that is right; test_cu.py finds what is more than that, and what is less.
# test_cu_pdus.sh has what the suite cannot judge.
#
# Above a minute: these are 239 tests with 80 000 assertions, of either disk.
. "$(dirname "$0")/daemon_lib.sh"

case_timeout=$((case_timeout * 8))
here=$(dirname "$0")
expected=$here/test_cu.expected
iqn3=iqn.2026-01.org.example:tgt3

add_disk() # NAME HANDLER PARAMETERS
{
	write_attr "$scst/handlers/$2/mgmt" "add_device $1 $3; thin_provisioned=1"
}

# An NAA designator, since the tests of EXTENDED COPY look for one before they send anything.
setup_disks()
{
	modprobe brd rd_nr=1 rd_size=65536
	truncate -s 64M /run/test_cu /run/test_cu.removable
	add_disk file vdisk_fileio filename=/run/test_cu
	add_disk block vdisk_blockio filename=/dev/ram0
	add_disk removable vdisk_fileio "filename=/run/test_cu.removable; removable=1"
	write_attr "$scst/devices/file/naa_id" 0x3000000000000001
	write_attr "$scst/devices/block/naa_id" 0x3000000000000002
	# WriteSame16.Unmap writes and reads 65536 blocks at once, whatever page B0h says
	write_attr "$scst/devices/file/max_trans_len" $((32 << 20))
	write_attr "$scst/devices/block/max_trans_len" $((32 << 20))
}

setup_file()
{
	load_iscsi
	setup_disks
	add_target "$iqn" file
	add_target "$iqn2" block
	add_target "$iqn3" removable
	write_attr "$iscsi/enabled" 1
	start_daemon
	everything >"$tap_dir/everything"
	suite file "$tap_dir/everything" "$iqn/0" &
	suite block "$tap_dir/everything" "$iqn2/0" &
}

teardown_file()
{
	teardown_daemon
	unload_iscsi
	modprobe -r brd
	rm /run/test_cu /run/test_cu.removable
}

# The disks stay.
setup()
{
	:
}

teardown()
{
	:
}

# FAMILY, FAMILY.SUITE and FAMILY.SUITE.TEST. Families repeat each other's: these two have all.
list()
{
	iscsi-test-cu --list iscsi://x/x/0 2>/dev/null | sed -nE 's/^(SCSI|iSCSI)\./&/p'
}

# A suite has a session, but for one whose tests do not give it back.
everything()
{
	list | sed -nE '/^iSCSI\.iSCSITMF\..*/p; /\.iSCSITMF/!s/^[^.]*\.[^.]*$/&/p'
}

all_tests() # SUITE.TEST of both
{
	list | sed -nE 's/^[^.]*\.([^.]*\.[^.]*)$/\1/p'
}

# Through two portals, for the tests that need two paths. Verbose: some skip without a word else.
suite() # DISK TESTS IQN/LUN [USER%SECRET@]
{
	local portals=("iscsi://${4:-}127.0.0.1/$3" "iscsi://${4:-}127.0.0.2/$3")
	iscsi-test-cu --Verbose-scsi --dataloss --allow-sanitize --test="$2" "${portals[@]}" \
		>"$tap_dir/$1.cu" 2>&1 || true
}

assert_as_expected() # DISK TEST...
{
	local log=$tap_dir/$1.cu
	wait_for "$case_timeout" grep -q "^Tests completed" "$log"
	"$here/test_cu.py" check "$expected" "$1" "$log" "${@:2}" || fail "not what $expected says"
}

# shellcheck disable=SC2046	# names of tests
test_file_disk()	# fileio on tmpfs, thin
{
	assert_as_expected file $(all_tests)
}

# shellcheck disable=SC2046	# names of tests
test_block_disk()	# blockio on a RAM disk, thin
{
	assert_as_expected block $(all_tests)
}

test_read_only_disk()	# what the suite skips on a disk that can be written
{
	write_attr "$iscsi/$iqn3/luns/mgmt" "add block 1 read_only=1"
	suite readonly SCSI.ReadOnly "$iqn3/1"
	assert_as_expected readonly ReadOnly.ReadOnlySBC
}

# Each with a session of its own; but for the one that ejects while another session is about to end.
# shellcheck disable=SC2046	# names of tests
test_removable_disk()	# and on one that cannot be ejected
{
	list | sed -nE '/ITNexusLoss/d; /^SCSI\.(PreventAllow|NoMedia|StartStopUnit)\.[^.]*$/p' \
		>"$tap_dir/removable"
	suite removable "$tap_dir/removable" "$iqn3/0"
	assert_as_expected removable $(cut -d. -f2- "$tap_dir/removable")
}

test_chap()	# lists of algorithms that are none, and one of which libiscsi has only the weakest
{
	iscsi_mgmt add_target_attribute "$iqn" IncomingUser joe 12charsecret
	suite chap iSCSI.iSCSICHAP.Invalid "$iqn/0" joe%12charsecret@
	assert_as_expected chap iSCSICHAP.Invalid
	stop_daemon
	echo "CHAPAlgorithms MD5" >"$daemon_conf"
	start_daemon
	suite md5 iSCSI.iSCSICHAP.Simple "$iqn/0" joe%12charsecret@
	assert_as_expected md5 iSCSICHAP.Simple
}

test_skipped_is_run_elsewhere()	# what is skipped for the disk's sake has run on another one
{
	"$here/test_cu.py" homes "$expected" "$tap_dir"/*.cu || fail "not what $expected says"
}

run_tests "$@"
