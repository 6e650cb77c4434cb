#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Real devices as LUNs of iSCSI: a disk of scsi_debug and a tape drive of tgt. By open-iscsi: data, and the
# same answers as the device's own to some thousand commands; by an initiator that says what no other does
# (pass.py has each of these tests under the same name): data before sense, residuals, lengths that
# contradict the CDB.
#
# expects: disks that go
# expects: detected conn error

. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/../lib/pass.sh"
. "$(dirname "$0")/stock.sh"
. "$(dirname "$0")/../lib/tgt.sh"

compare=$here/../kernel/pass_compare.py

setup_file()
{
	load_pass scst_disk scst_tape
	modprobe iscsi-scst
	make_scsi_debug lbpu=1
	disk_hctl=$hctl
	start_stock_initiator
	start_tgt
}

teardown_file()
{
	stop_tgt
	kill "$login"
	wait "$login" || true
	drop_scsi_debug
	wait_for 10 modprobe -r iscsi-scst
	unload_pass
}

setup()
{
	hctl=$disk_hctl
	add_pass dev_disk "$disk_hctl"
	add_pass dev_tape "$drive"
	add_node "$disk_hctl"
	write_attr "$itgt/luns/mgmt" "add $drive 1"
}

teardown()
{
	set_debug every_nth 0
	set_debug opts 0
	set_debug dsense 0
	delete_node
	drop_passes
}

# H:C:I:L of a LUN of the target, as open-iscsi has it.
device_of_session() # LUN
{
	local session dir
	session=$(grep -lx "$iqn" /sys/class/iscsi_session/session*/targetname)
	dir=$(echo "${session%/targetname}"/device/target*/*:0:0:"$1")
	[ -d "$dir" ] && basename "$dir"
}

logged_in()
{
	iscsiadm -m node -T "$iqn" -p "$portal" --login
	wait_for 20 device_of_session 0
	wait_for 20 device_of_session 1
	sg=$(raw_of "$(device_of_session 0)")
	sg_tape=$(raw_of "$(device_of_session 1)")
	attentions_of "$sg" >/dev/null
	attentions_of "$sg_tape" >/dev/null
}

test_data_is_what_was_written()	# fio, in sizes of all kinds; the disk has the same
{
	local disk
	logged_in
	wait_for 10 node_of "$(device_of_session 0)" block
	disk=$(node_of "$(device_of_session 0)" block)
	verify_fio --bsrange=512-256k --blockalign=512
	cmp <(dd if="$disk" bs=1M count=1 iflag=direct) <(content_of "$(raw_of "$disk_hctl")" 0 2048)
}

test_answers_are_the_disks_own()	# to the last byte and residual
{
	logged_in
	python3 "$compare" disk "$(raw_of "$disk_hctl")" "$sg"
}

test_answers_are_the_drives_own()	# data beside sense: blocks of another length, filemarks
{
	logged_in
	python3 "$compare" tape "$(raw_of "$drive")" "$sg_tape"
}

judged() # CASE
{
	python3 "$here/pass.py" "$iqn" "$disk_hctl" "$1"
}

test_recovered_errors_come_with_their_data()	# Data-In without status, then sense and no residual
{
	judged recovered_errors_come_with_their_data
}

test_what_is_missing_is_told()	# underflow of the disk, overflow of the CDB
{
	judged what_is_missing_is_told
}

test_sense_is_the_disks()	# in either format, its length as well
{
	judged sense_is_the_disks
}

test_unknown_commands_of_any_length()	# up to 16 MiB they reach the disk; longer ones are refused
{
	judged unknown_commands_of_any_length
}

test_lengths_that_contradict_the_cdb()	# and directions: an answer each, and nothing is written
{
	judged lengths_that_contradict_the_cdb
}

test_commands_longer_than_the_disk_takes()	# up to 260 bytes
{
	judged commands_longer_than_the_disk_takes
}

run_tests "$@"
