#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# libiscsi's conformance tests, each of them once, against a file disk and a block disk with physical
# blocks of 4 KiB, at the same time. test_cu.expected has those that do not pass, and by which clause
# they need not; it must be no longer and no shorter than what happens.
. "$(dirname "$0")/daemon_lib.sh"

case_timeout=$((case_timeout * 8))
expected=$(dirname "$0")/test_cu.expected

setup_file()
{
	load_iscsi
	modprobe brd rd_nr=1 rd_size=65536
	truncate -s 64M /run/test_cu
	write_attr "$scst/handlers/vdisk_fileio/mgmt" \
		"add_device file filename=/run/test_cu; thin_provisioned=1"
	write_attr "$scst/handlers/vdisk_blockio/mgmt" \
		"add_device block filename=/dev/ram0; thin_provisioned=1"
	# WriteSame16.Unmap writes and reads 65536 blocks at once, whatever page B0h says
	write_attr "$scst/devices/file/max_trans_len" $((32 << 20))
	write_attr "$scst/devices/block/max_trans_len" $((32 << 20))
	add_target "$iqn" file
	add_target "$iqn2" block
	write_attr "$iscsi/enabled" 1
	start_daemon
	suite file "$iqn/0" ALL &
	suite block "$iqn2/0" ALL &
}

teardown_file()
{
	teardown_daemon
	unload_iscsi
	modprobe -r brd
	rm /run/test_cu
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

# Through two portals, for the tests that need two paths.
suite() # LOG IQN/LUN FAMILY
{
	iscsi-test-cu --dataloss --allow-sanitize --test="$3" "iscsi://127.0.0.1/$2" \
		"iscsi://127.0.0.2/$2" >"$tap_dir/$1.log" 2>&1 || true
}

assert_passes() # TEST IQN/LUN [USER%SECRET@]
{
	iscsi-test-cu --dataloss --test="$1" "iscsi://${3:-}127.0.0.1/$2" >"$tap_dir/one.log" 2>&1 || true
	cat "$tap_dir/one.log"
	assert_eq "$(results one)" "${1#*.} passed"
}

# "SUITE.TEST passed|failed|skipped", of what the suite says.
results() # LOG
{
	awk '
		/^Suite: / { suite = $2 }
		/^  Test: / { name = suite "." $2; skipped = 0 }
		/\[SKIPPED\]/ { skipped = 1 }
		/(\.\.\.|^)(passed|FAILED)/ && name {
			print name, /(\.\.\.|^)FAILED/ ? "failed" : skipped ? "skipped" : "passed"
			name = ""
		}' "$tap_dir/$1.log"
}

# Tests whose result depends on timing.
either() # BACK END
{
	awk -v disk="$1" '($1 == disk || $1 == "both") && $3 == "either" { print "^" $2 " " }' "$expected"
}

expected_of() # BACK END
{
	awk -v disk="$1" '($1 == disk || $1 == "both") && $3 != "either" { print $2, $3 }' "$expected"
}

assert_as_expected() # DISK
{
	local log=$tap_dir/$1.log
	wait_for "$case_timeout" grep -q "Tests completed" "$log"
	assert_eq "$(results "$1" | cut -d' ' -f1 | sort)" "$(all_tests)" "what ran"
	results "$1" | grep -v -e ' passed$' -f <(either "$1") | sort >"$log.actual"
	expected_of "$1" | sort >"$log.expected"
	diff -U 0 "$log.expected" "$log.actual" || {
		cat "$log"
		fail "not what $expected says"
	}
}

all_tests()
{
	iscsi-test-cu --list iscsi://x/x/0 2>/dev/null | sed -n 's/^ALL\.\(.*\..*\)/\1/p' | sort
}

test_reasons_are_given()	# each line of the list has one
{
	assert_eq "$(awk '!/^#/ && NF < 5' "$expected")" ""
}

test_file_disk()	# fileio on tmpfs, thin
{
	assert_as_expected file
}

test_block_disk()	# blockio on a RAM disk, thin
{
	assert_as_expected block
}

test_read_only_disk()	# what the suite skips on a disk that can be written
{
	write_attr "$itgt/luns/mgmt" "add block 1 read_only=1"
	assert_passes SCSI.ReadOnly.ReadOnlySBC "$iqn/1"
}

test_removable_disk()	# and on one that cannot be ejected
{
	local test
	for test in PreventAllow.Simple PreventAllow.Logout NoMedia.NoMediaSBC; do
		write_attr "$scst/handlers/vdisk_fileio/mgmt" \
			"add_device removable filename=/run/test_cu; removable=1; thin_provisioned=1"
		write_attr "$itgt/luns/mgmt" "add removable 2"
		assert_passes "SCSI.$test" "$iqn/2"
		write_attr "$scst/handlers/vdisk_fileio/mgmt" "del_device removable"
	done
}

test_sessions_of_their_own()	# what an earlier test of the suite takes the session away from
{
	assert_passes iSCSI.iSCSITMF.LUNResetSimpleAsync "$iqn/0"
	assert_passes iSCSI.iSCSITMF.LogoutDuringIOAsync "$iqn2/0"
}

test_chap()	# lists of algorithms that are none, and one of which libiscsi has only the weakest
{
	iscsi_mgmt add_target_attribute "$iqn" IncomingUser joe 12charsecret
	assert_passes iSCSI.iSCSICHAP.Invalid "$iqn/0" joe%12charsecret@
	stop_daemon
	echo "CHAPAlgorithms MD5" >"$daemon_conf"
	start_daemon
	assert_passes iSCSI.iSCSICHAP.Simple "$iqn/0" joe%12charsecret@
}

test_report_luns()	# the one test that is not in the family ALL
{
	assert_passes SCSI.ReportLUNs.Simple "$iqn2/0"
}

run_tests "$@"
