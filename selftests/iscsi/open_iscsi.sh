#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# A stock initiator, open-iscsi over loopback: data with and without digests and in odd sizes, and
# what happens to it while sessions, LUNs and targets are changed under load. Logins are answered by
# iscsi.py, so this is about the kernel.
#
# Sessions that the target ends:
# expects: detected conn error
# expects: disks that go

. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/stock.sh"

session=$itgt/sessions

setup_file()
{
	load_iscsi
	truncate -s 64M /tmp/disk0 /tmp/disk1
	add_file_disk disk0 /tmp/disk0
	add_file_disk disk1 /tmp/disk1
	start_stock_initiator
}

teardown_file()
{
	stop_stock_initiator
	unload_iscsi
	rm /tmp/disk0 /tmp/disk1
}

setup()
{
	add_node disk0
}

teardown()
{
	delete_node
}

verify() # DISK [FIO OPTIONS]
{
	local disk=$1
	shift
	fio --name=verify --filename="$disk" --rw=randwrite --bsrange=512-256k --size=16m \
		--ioengine=libaio --iodepth=16 --direct=1 --verify=crc32c --verify_fatal=1 \
		--allow_file_create=0 "$@"
}

test_data_is_what_was_written()	# without digests
{
	log_in
	verify "$disk"
	assert_eq "$(cat "$session"/*/HeaderDigest)" None
	assert_eq "$(cat "$session"/*/*/state)" established
}

test_registrant_is_the_initiator_port()	# by name and ISID, which is what a cluster compares
{
	local isid name
	log_in
	name=$(sed -n 's/^InitiatorName=//p' /etc/iscsi/initiatorname.iscsi)
	sg_persist -n --out --register --param-sark=0xa "$disk" >/dev/null
	isid=$(sg_persist -n --in --read-full-status "$disk" |
		sed -n "s/.*$name,i,0x\([0-9a-f]\{12\}\)\$/\1/p")
	assert_eq "${isid:0:8}" 00023d00	# of open-iscsi: its own qualifier follows
	assert_match "$(cat "$scst/devices/disk0/pr_state")" "registrant 1 000000000000000a 0 [0-9]* 45"
	sg_persist -n --out --register --param-rk=0xa "$disk" >/dev/null
}

test_data_is_what_was_written_with_digests()	# CRC32C over headers and data
{
	write_attr "$itgt/HeaderDigest" CRC32C,None
	write_attr "$itgt/DataDigest" CRC32C,None
	set_node node.conn[0].iscsi.HeaderDigest CRC32C
	set_node node.conn[0].iscsi.DataDigest CRC32C
	log_in
	assert_eq "$(cat "$session"/*/DataDigest)" CRC32C
	verify "$disk" --size=4m
}

# How many buffers of the core the reads of a megabyte take, which are right.
buffers_of_reads()
{
	write_attr "$scst/sgv/sgv/stats" ""
	cmp <(dd if="$disk" bs=64k count=16 iflag=direct status=none) /run/cached >&2
	awk '$1 == "sgv-64K" { print $3 }' "$scst/sgv/sgv/stats"
}

test_cached_reads_are_sent_as_they_are()	# copied only for a data digest, which has to stay right
{
	head -c 1M /dev/urandom >/run/cached	# a file system whose pages are in the page cache
	add_file_disk cached /run/cached
	write_attr "$itgt/luns/mgmt" "replace_no_ua cached 0"
	log_in
	assert_eq "$(buffers_of_reads)" 0 "buffers"
	cmp <(dd if="$disk" bs=1M iflag=direct status=none) /run/cached	# in more pieces than a list has
	iscsiadm -m node -T "$iqn" -p "$portal" --logout
	write_attr "$itgt/DataDigest" CRC32C,None
	set_node node.conn[0].iscsi.DataDigest CRC32C
	log_in
	assert_eq "$(buffers_of_reads)" 16 "buffers"
	write_attr "$scst/handlers/vdisk_fileio/mgmt" "del_device cached"
	rm /run/cached
}

test_data_comes_in_small_segments()	# 512 bytes each way, R2T for everything
{
	write_attr "$itgt/MaxRecvDataSegmentLength" 512
	write_attr "$itgt/MaxXmitDataSegmentLength" 512
	write_attr "$itgt/MaxBurstLength" 4096
	write_attr "$itgt/FirstBurstLength" 512
	write_attr "$itgt/InitialR2T" Yes
	write_attr "$itgt/ImmediateData" No
	log_in
	verify "$disk" --size=2m
}

cpus_of() # PID
{
	sed -n 's/^Cpus_allowed_list:[[:space:]]*//p' "/proc/$1/status"
}

test_connection_is_on_the_cpus_of_its_group()	# cpu_mask: from the login on, and changed under load
{
	local pid cpu
	write_attr "$itgt/cpu_mask" 2
	log_in
	pid=$(cat "$session"/*/thread_pid)
	assert_match "$(cat "/proc/$pid/comm")" "^iscsi/iqn\."
	assert_eq "$(cpus_of "$pid")" 1 "CPUs"
	start_load "$disk" 3
	for cpu in 0 1 0; do
		write_attr "$itgt/cpu_mask" $((1 << cpu))
		assert_eq "$(cpus_of "$pid")" "$cpu" "CPUs"
	done
	wait "$load" || fail "$(cat "$tap_dir/fio.log")"
	write_attr "$itgt/cpu_mask" 3
	assert_match "$(cpus_of "$pid")" "^[01]$"
}

test_session_survives_being_closed()	# force_close again and again under verify: it logs in again
{
	local i file
	log_in
	verify "$disk" >"$tap_dir/verify.log" 2>&1 &
	for i in 1 2 3; do
		sleep 1
		for file in "$session"/*/force_close; do
			[ ! -e "$file" ] || write_attr "$file" 1
		done
	done
	wait $! || fail "$(cat "$tap_dir/verify.log")"
}

has_data() # FILE
{
	! cmp -n $((16 << 20)) "$1" /dev/zero
}

calls_itself() # DEVICE
{
	sg_inq "$disk" | has "Product identification: $1 *\$"
}

test_lun_is_replaced_under_load()	# the initiator goes on with the other device, and is told
{
	local before
	log_in
	start_load "$disk" 60
	write_attr "$itgt/luns/mgmt" "replace_no_ua disk1 0"
	wait_for 10 has_data /tmp/disk1
	write_attr "$itgt/luns/mgmt" "replace_no_ua disk0 0"
	before=$(md5sum </tmp/disk1)
	wait_for 10 io_flows "$disk" "$(cat "/sys/block/${disk##*/}/stat")"
	kill -0 "$load" || fail "the load ended: $(cat "$tap_dir/fio.log")"
	end_load
	assert_eq "$(md5sum </tmp/disk1)" "$before" "sum of a disk that is not the LUN's any more"
	write_attr "$itgt/luns/mgmt" "replace disk1 0"
	wait_for 10 calls_itself disk1
}

test_disabled_target_keeps_its_sessions()	# and their I/O; who comes meanwhile gets in when it is enabled
{
	log_in
	start_load "$disk" 10
	write_attr "$itgt/enabled" 0
	wait_for 10 io_flows "$disk" "$(cat "/sys/block/${disk##*/}/stat")"
	echo 1 >"$itgt/sessions/$(ls "$itgt/sessions")/force_close"
	wait_for 10 no_sessions
	sleep 1
	no_sessions
	write_attr "$itgt/enabled" 1
	wait "$load" || fail "fio lost its disk: $(cat "$tap_dir/fio.log")"
}

test_target_is_deleted_under_load()	# sessions and all
{
	log_in
	start_load "$disk" 60
	iscsi_mgmt del_target "$iqn"
	[ ! -e "$itgt" ]
	iscsiadm -m node -T "$iqn" -p "$portal" --logout
	load_ended
	iscsi_mgmt add_target "$iqn"
}

run_tests "$@"
