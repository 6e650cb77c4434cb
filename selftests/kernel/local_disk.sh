#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# A null disk as the local host sees it: it appears, it says what it is, it reads and writes, and it
# goes. Not tested here: what its data are worth, since it has none.
#
# Disks go, or are hidden, while the host looks at them:
# expects: disks that go

. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/../lib/scst.sh"

setup_file()
{
	load_scst
	add_null disk0 "size_mb=64; t10_dev_id=cafe-disk0; rotational=0"
	add_null zero1 "size_mb=64; read_zero=1; blocksize=4096"
	add_null ro2 "size_mb=64; read_only=1"
	map_lun disk0 0
	map_lun zero1 1
	map_lun ro2 2
	map_lun disk0 300
	disk=$(disk_of 0)
	zero=$(disk_of 1)
	ro=$(disk_of 2)
	sg=$(sg_of 0)
}

teardown_file()
{
	unload_scst
}

test_disk_appears_by_itself_when_a_lun_is_added()	# hot scan by way of the AEN
{
	[ -b "$disk" ]
	assert_eq "$(cat "$(sdev_dir 0)/vendor")" "SCST_FIO" vendor
	assert_eq "$(cat "$(sdev_dir 0)/model")" "disk0           " model
}

test_disk_keeps_to_the_limit_by_itself()	# 64 commands, which no host can be asked to exceed: nobody counts
{
	local depth
	depth=$(sdev_dir 0)/queue_depth
	assert_eq "$(cat "$scst/devices/disk0/max_tgt_dev_commands")" 64 max_tgt_dev_commands
	assert_eq "$(cat "$depth")" 64 "queue_depth"
	write_attr "$depth" 128
	assert_eq "$(cat "$depth")" 64 "queue_depth that was asked for more"
	write_attr "$depth" 16
	assert_eq "$(cat "$depth")" 16 "queue_depth that was asked for less"
	write_attr "$depth" 64
}

test_flat_addressed_lun_appears()	# LUN 300 needs more than peripheral addressing
{
	local lun=$((0x4000 | 300))
	wait_for 15 has_disk "$lun"
}

test_inquiry_carries_the_identity()	# standard data, serial number, designators
{
	sg_inq "$sg" | has "Vendor identification: SCST_FIO"
	sg_vpd --page=sn "$sg" | has "serial number: $(head -1 "$scst"/devices/disk0/usn)"
	sg_vpd --page=di "$sg" | has "vendor specific: cafe-disk0"
}

test_unsupported_vpd_page_is_refused()	# a page that page 00h does not list
{
	assert_fails_with "Illegal request" sg_inq --vpd --page=0xc5 "$sg"
}

test_capacity_is_the_size_asked_for()	# READ CAPACITY 10 and 16, both block sizes
{
	assert_eq "$(blockdev --getsize64 "$disk")" $((64 << 20)) "size of disk0"
	sg_readcap "$sg" | has "Last LBA=131071 "
	sg_readcap --16 "$zero" | has "Logical block length=4096 bytes"
	assert_eq "$(blockdev --getss "$zero")" 4096 "block size of zero1"
}

test_report_luns_lists_what_is_mapped()	# and nothing else, ascending
{
	local expected="0000002000000000"
	expected+="000000000000000000010000000000000002000000000000412c000000000000"
	assert_eq "$(sg_luns --raw "$sg" | od -An -tx1 -v | tr -d ' \n')" "$expected" "REPORT LUNS"
}

test_unit_is_ready()	# TEST UNIT READY once its unit attentions are told
{
	clear_unit_attentions "$sg"
	local i
	for i in 1 2 3 4 5; do
		sg_raw "$sg" 00 00 00 00 00 00
	done
}

test_read_zero_reads_zeros()	# over what the buffer held before
{
	dd if="$zero" of="$tap_dir/zeros" bs=64k count=16 iflag=direct
	cmp -n 1048576 "$tap_dir/zeros" /dev/zero
}

test_write_reaches_the_disk()	# dd writes and is told so
{
	dd if=/dev/zero of="$disk" bs=1M count=8 oflag=direct conv=fsync
}

test_read_only_device_refuses_writes()	# DATA PROTECT, and the host knows beforehand
{
	assert_eq "$(blockdev --getro "$ro")" 1 "read-only flag"
	assert_fails_with "Data Protect" sg_write_zeros_raw
}

# WRITE(10) of one block, past the block layer.
sg_write_zeros_raw()
{
	sg_raw --send=512 --infile=/dev/zero "$(sg_of 2)" 2a 00 00 00 00 00 00 00 01 00
}

test_lba_out_of_range_is_refused()	# one block behind the last
{
	assert_fails_with "Logical block address out of range" \
		sg_raw --request=512 "$sg" 28 00 00 02 00 00 00 00 01 00
}

test_reserved_bit_in_cdb_is_refused_with_its_place()	# field pointer: byte 6, bit 7
{
	local said
	said=$(sg_raw --request=512 "$sg" 28 00 00 00 00 00 80 00 01 00 2>&1) && fail "it is taken"
	assert_match "$said" "Invalid field in cdb.*Error in Command: byte 6 bit 7" "sense"
}

test_unknown_opcode_is_refused()	# not in the table
{
	assert_fails_with "Invalid command operation code" sg_raw "$sg" ff 00 00 00 00 00
}

test_supported_opcodes_are_reported()	# some names; opcodes.sh asks for each of them
{
	sg_opcodes "$sg" >"$tap_dir/opcodes"
	grep -q "Read(10)" "$tap_dir/opcodes"
	grep -q "Report luns" "$tap_dir/opcodes"
	grep -q "Persistent reserve in" "$tap_dir/opcodes"
	assert_no_match "$(cat "$tap_dir/opcodes")" "Extended copy"
}

test_log_pages_are_listed_and_readable()	# and one that is not there is refused
{
	sg_logs "$sg" >"$tap_dir/pages"
	grep -q "0x0d.*Temperature" "$tap_dir/pages"
	sg_logs --page=0x2f "$sg"
	assert_fails_with "Illegal request" sg_logs --raw --page=0x18 "$sg"
}

test_mixed_load_runs_clean()	# fio, several jobs, sizes and depths
{
	fio --name=mixed --filename="$disk" --rw=randrw --bsrange=512-256k --size=32m \
		--ioengine=io_uring --iodepth=32 --direct=1 --time_based --runtime=4 --numjobs=4 \
		--error_dump=1
}

test_counters_count()	# commands and kilobytes of the session
{
	local before after
	clear_unit_attentions "$sg"
	before=$(cat "$host_session/read_io_count_kb")
	dd if="$disk" of=/dev/null bs=1M count=4 iflag=direct
	after=$(cat "$host_session/read_io_count_kb")
	[ $((after - before)) -ge 4096 ] || fail "read_io_count_kb went from $before to $after"
}

has_size() # DISK BYTES
{
	[ "$(blockdev --getsize64 "$1")" = "$2" ]
}

test_resize_is_seen_by_the_host()	# capacity changed, by AEN
{
	write_attr "$scst"/devices/zero1/size_mb 96
	wait_for 10 has_size "$zero" $((96 << 20))
}

test_disk_disappears_when_its_lun_is_deleted()	# and only that one
{
	unmap_lun 2
	wait_for 10 no_sdev 2
	has_disk 0
}

run_tests "$@"
