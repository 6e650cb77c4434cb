#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Who a disk says it is: what is made up for it, what an administrator chooses, and what initiators
# get of it. Ten seconds.
#
# expects: disks that go

. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/../lib/scst.sh"

files=$tap_dir/files
attrs=$scst/devices/disk

setup_file()
{
	load_scst
	mkdir "$files"
	mount -t tmpfs -o size=40m tmpfs "$files"
}

teardown_file()
{
	unload_scst
	umount "$files"
}

setup()
{
	handler=vdisk_fileio
	truncate -s 4M "$files/one"
}

teardown()
{
	drop_disk_if_any
	[ ! -e "$scst/devices/other" ] || del_null other
	rm -f "$files"/*
}

test_identity_can_be_chosen()	# each name and number, in INQUIRY data and page 83h; told to initiators
{
	with_disk "filename=$files/one"
	write_attr "$attrs/t10_vend_id" ACME
	assert_fails_with "Inquiry data has changed" sg_raw "$sg" 00 00 00 00 00 00
	write_attr "$attrs/prod_id" "rocket skates"
	write_attr "$attrs/prod_rev_lvl" 2b
	write_attr "$attrs/usn" SN-0815
	write_attr "$attrs/vend_specific_id" "skates 7"
	write_attr "$attrs/scsi_device_name" iqn.2026-01.test:skates
	write_attr "$attrs/naa_id" 0x6001405cafe000000000000000000001
	write_attr "$attrs/eui64_id" 0014050102030405
	write_attr "$attrs/inq_vend_specific" 0x68656c6c6f
	clear_unit_attentions "$sg"
	sg_inq "$sg" >"$tap_dir/inq"
	says inq "Vendor identification: ACME"
	says inq "Product identification: rocket skates"
	says inq "Product revision level: 2b"
	sg_vpd --page=sn "$sg" >"$tap_dir/sn"
	says sn SN-0815
	sg_raw --request=96 --outfile="$tap_dir/raw" "$sg" 12 00 00 00 60 00
	assert_eq "$(dd if="$tap_dir/raw" bs=1 skip=36 count=5)" hello
	sg_vpd --page=di "$sg" >"$tap_dir/di"
	says di "vendor specific: skates 7"
	says di "iqn.2026-01.test:skates"
	says di "6001405cafe000000000000000000001"
	says di "14050102030405"
	assert_eq "$(cat "$attrs/naa_id")" "0x6001405cafe000000000000000000001
[key]"
	assert_eq "$(cat "$attrs/prod_id")" "rocket skates
[key]"
}

test_generated_identity_is_not_saved()	# only what somebody chose has the mark
{
	with_disk "filename=$files/one"
	for name in t10_dev_id t10_vend_id prod_id prod_rev_lvl usn vend_specific_id naa_id eui64_id \
		inq_vend_specific scsi_device_name max_trans_len opt_trans_len lb_per_pb_exp active; do
		assert_no_match "$(cat "$attrs/$name")" key "$name"
	done
	drop_disk
	with_disk "filename=$files/one; t10_dev_id=mine"
	assert_eq "$(cat "$attrs/t10_dev_id")" "mine
[key]"
}

# Of the name with its end, CRC-32C: computed apart from this, as are the numbers of the EUI-64.
test_generated_identity_is_that_of_scst()	# vendor, serial number, EUI-64; setup_id in front
{
	local loop
	with_disk "filename=$files/one"
	assert_eq "$(disk_attr t10_vend_id)$(disk_attr prod_rev_lvl)" SCST_FIO3110
	assert_eq "$(disk_attr usn)" efc6b68 usn
	assert_eq "$(disk_attr t10_dev_id)" efc6b68-disk t10_dev_id
	assert_eq "$(disk_attr vend_specific_id)" efc6b68-disk vend_specific_id
	sg_vpd --page=di "$sg" >"$tap_dir/di"
	says di "vendor specific: efc6b68-disk"
	says di "656663366236382d"
	drop_disk
	write_attr "$scst/setup_id" 0x12
	with_disk "filename=$files/one"
	write_attr "$scst/setup_id" 0
	assert_eq "$(disk_attr usn)" 120efc6b68 "usn with a setup_id"
	drop_disk
	modprobe loop
	loop=$(losetup --find --show "$files/one")
	handler=vdisk_blockio
	with_disk "filename=$loop"
	assert_eq "$(disk_attr t10_vend_id)" SCST_BIO
	drop_disk
	handler=vdisk_fileio
	losetup -d "$loop"
}

test_serial_number_is_of_one_disk()	# chosen, or of a disk that is added
{
	with_disk "filename=$files/one"
	write_attr "$scst/handlers/vdisk_nullio/mgmt" "add_device other size_mb=64"
	assert_fails_with "File exists" write_attr "$scst/devices/other/usn" efc6b68
	write_attr "$scst/devices/other/usn" unlike
	assert_fails_with "File exists" write_attr "$attrs/usn" unlike
	write_attr "$scst/handlers/vdisk_nullio/mgmt" "del_device other"
	drop_disk
	write_attr "$scst/handlers/vdisk_nullio/mgmt" "add_device other size_mb=64"
	write_attr "$scst/devices/other/usn" efc6b68
	assert_fails_with "File exists" add_disk "filename=$files/one"
	write_attr "$scst/handlers/vdisk_nullio/mgmt" "del_device other"
}

refused() # NAME VALUE
{
	local before
	before=$(cat "$attrs/$1")
	assert_fails_with "Invalid argument" write_attr "$attrs/$1" "$2"
	assert_eq "$(cat "$attrs/$1")" "$before" "$1"
}

test_bad_identity_is_refused()	# too long, no text, no number of the right length; nothing changes
{
	with_disk "filename=$files/one"
	refused t10_vend_id toolongname
	refused t10_vend_id ""
	refused prod_id 12345678901234567
	refused prod_rev_lvl 12345
	refused usn 123456789012345678901
	refused usn $'tab\tbed'
	refused t10_dev_id 12345678901234567890123456
	refused naa_id 0x1001405cafe000000000000000000001
	refused naa_id 0x6001405cafe00000
	refused naa_id 0x60
	refused naa_id nothex
	refused eui64_id 0x001405010203040
	refused eui64_id 0x00140501020304
	refused inq_vend_specific "0x$(printf '%0322d' 0)"
	refused opt_trans_len 1000
	refused max_trans_len 65535
	refused max_trans_len 65537
	refused max_trans_len $((64 << 20 | 512))
	refused max_trans_len 0
	refused lb_per_pb_exp 2
}

run_tests "$@"
