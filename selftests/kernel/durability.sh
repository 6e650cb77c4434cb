#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Every command that writes, with every cache that a disk may have, on every back end: what the disk
# below has on its medium when the answer is GOOD. With FUA, without a cache (write_through, or WCE is
# 0) all of it; with nv_cache nobody flushes; else it may be lost, and nobody pays for a flush. What a
# cache had is on the medium when an initiator has switched it off. The disk is scsi_debug, which has a
# cache, FUA, provisioning and atomic writes. Not tested: that a flush does what it says (powercut.sh,
# ../vm/forgetful.sh).

. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/../lib/scst.sh"

here=$(dirname "$0")
mnt=$tap_dir/ext4
write_back=/proc/sys/vm/dirty_writeback_centisecs

# Columns: the byte of the CDB that has FUA, or "-"; whether there is one more reason to flush; data; CDB.
# Each has blocks of its own. COMPARE AND WRITE finds the zeros that it writes.
zeros="00 00 00 00"
commands()
{
	cat <<-END
	write_6		- lazy	 ff*512	 0a 00 10 00 01 00
	write_10	1 lazy	 ff*512	 2a 00 00 00 10 10 00 00 01 00
	write_12	1 lazy	 ff*512	 aa 00 00 00 10 20 00 00 00 01 00 00
	write_16	1 lazy	 ff*512	 8a 00 $zeros 00 00 10 30 00 00 00 01 00 00
	write_32	10 lazy	 ff*512	 7f 00 $zeros 00 18 00 0b 00 00 $zeros 00 00 10 38 $zeros $zeros 00 00 00 01
	long_write_16	1 lazy	 ff*98304 8a 00 $zeros 00 00 20 00 00 00 00 c0 00 00
	write_verify_10	- always ff*512	 2e 00 00 00 10 40 00 00 01 00
	write_verify_12	- always ff*512	 ae 00 00 00 10 50 00 00 00 01 00 00
	write_verify_16	- always ff*512	 8e 00 $zeros 00 00 10 60 00 00 00 01 00 00
	write_same_10	- lazy	 ff*512	 41 00 00 00 10 70 00 00 08 00
	write_same_16	- lazy	 ff*512	 93 00 $zeros 00 00 10 80 00 00 00 08 00 00
	zeros_16	- lazy	 00*512	 93 00 $zeros 00 00 10 90 00 00 00 08 00 00
	zeros_ndob_16	- lazy	 -	 93 01 $zeros 00 00 10 a0 00 00 00 08 00 00
	zeros_unmap_16	- lazy	 -	 93 09 $zeros 00 00 10 b0 00 00 00 08 00 00
	unmap		- lazy	 001600100000000000000000000010c00000000800000000 42 00 $zeros 00 00 18 00
	compare_write	1 lazy	 00*1024 89 00 $zeros 00 00 10 d0 00 00 00 01 00 00
	or_write	1 lazy	 ff*512	 8b 00 $zeros 00 00 10 e0 00 00 00 01 00 00
	write_atomic	1 lazy	 ff*512	 9c 00 $zeros 00 00 10 f0 00 00 00 01 00 00
	END
}

# Those that the disk has.
known_commands()
{
	if sg_vpd --page=bl "$sg" | has -E "Maximum atomic transfer length: 0(x0)?( |$)" >/dev/null; then
		commands | grep -v ^write_atomic
	else
		commands
	fi
}

# NAME DATA CDB of all, then of those that have FUA with it; for durability.py.
plain_and_fua()
{
	known_commands | sed -E 's/^(\S+)\s+\S+\s+\S+/\1/'
	known_commands | awk '$2 != "-" {
		at = $2 + 5	# of the first byte of the CDB: column 5
		$at = "08"
		name = $1 "_fua"
		$1 = $2 = $3 = ""
		print name, $0
	}'
}

# ---- disks ----

scsi_debug_disk()
{
	echo /sys/bus/pseudo/drivers/scsi_debug/adapter0/host*/target*/*/block/sd* | sed 's|.*/|/dev/|'
}

has_partitions()
{
	[ -b "$(scsi_debug_disk)2" ]
}

setup_file()
{
	write_back_was=$(cat $write_back)
	echo 360000 >$write_back	# nothing is written because time goes by
	load_scst
	modprobe scsi_debug dev_size_mb=128 num_parts=2 delay=0 lbpu=1 lbpws=1 lbprz=1 \
		atomic_wr=1 atomic_wr_align=1 atomic_wr_gran=1
	wait_for 10 has_partitions
	below=$(scsi_debug_disk)
	echo none >"/sys/block/${below##*/}/queue/scheduler"
	assert_eq "$(cat "/sys/block/${below##*/}/queue/write_cache")" "write back" "cache of the disk below"
	assert_eq "$(cat "/sys/block/${below##*/}/queue/fua")" 1 "FUA of the disk below"
	mkfs.ext4 -q -E lazy_itable_init=0,lazy_journal_init=0 "${below}1"
	mkdir "$mnt"
	mount -o commit=3600 "${below}1" "$mnt"
}

teardown_file()
{
	umount "$mnt"
	unload_scst
	wait_for 10 rmmod scsi_debug
	echo "$write_back_was" >$write_back
}

setup()
{
	head -c 8M /dev/zero >"$mnt/disk"
	sync
}

teardown()
{
	[ ! -e "$scst/devices/disk" ] || write_attr "$scst/devices/disk/handler/mgmt" "del_device disk"
	wait_for 10 no_sdev 0
}

# ---- what has to be ----

# Lines of durability.py: of a command where it has to be on the medium, or where it does not matter.
judge_line() # NAME WHAT EXPECTED
{
	case $3 in
	durable) [ "$2" = durable ] ;;
	lazy) [ "$2" = cached ] || [ "$2" = untouched ] ;;
	esac || echo "$1 is $2, expected $3"
}

# What is expected of a command: SETTING is cache, none or nv_cache.
expected() # NAME SETTING
{
	local name=${1%_fua}
	case $2 in
	none) echo durable ;;
	nv_cache) echo lazy ;;
	cache)
		if [ "$name" != "$1" ] || [[ $always == *" $name "* ]]; then
			echo durable
		else
			echo lazy
		fi
		;;
	esac
}

judge() # SETTING <OUTPUT
{
	local name what rest always
	always=" $(commands | awk '$3 == "always" { print $1 }' | paste -sd' ') "
	while IFS=' :' read -r name what rest; do
		judge_line "$name" "$what" "$(expected "$name" "$1")"
	done
}

check_commands() # SETTING
{
	local wrong
	plain_and_fua >"$tap_dir/commands"
	"$here/durability.py" "$sg" "$below" <"$tap_dir/commands" >"$tap_dir/requests"
	echo "== $1"
	cat "$tap_dir/requests"
	assert_eq "$(wc -l <"$tap_dir/requests")" "$(wc -l <"$tap_dir/commands")" "commands carried out"
	wrong=$(judge "$1" <"$tap_dir/requests")
	[ -z "$wrong" ] || fail "$wrong"
}

# An initiator switches the cache off, which empties it.
switch_cache_off()
{
	assert_match "$(nullb=$below requests_of sdparm --clear=WCE "$sg")" FF "requests of MODE SELECT"
}

# shellcheck disable=SC2034	# $handler is for with_disk
check_back_end() # HANDLER PARAMETERS
{
	handler=$1
	with_disk "$2; nv_cache=1"
	check_commands nv_cache
	drop_disk
	with_disk "$2"
	check_commands cache
	switch_cache_off
	check_commands none
	drop_disk
	with_disk "$2; write_through=1"
	check_commands none
	drop_disk
}

test_block_device()	# blockio
{
	check_back_end vdisk_blockio "filename=${below}2"
}

test_file()	# through the page cache, on ext4
{
	check_back_end vdisk_fileio "filename=$mnt/disk; thin_provisioned=1"
}

test_file_past_the_page_cache()	# O_DIRECT
{
	check_back_end vdisk_fileio "filename=$mnt/disk; thin_provisioned=1; o_direct=1"
}

test_file_asynchronously()	# the same, and the file system finishes by itself
{
	check_back_end vdisk_fileio "filename=$mnt/disk; thin_provisioned=1; o_direct=1; async=1"
}

test_disk_asynchronously()	# a block device, of which the page cache is passed by
{
	check_back_end vdisk_fileio "filename=${below}2; thin_provisioned=1; o_direct=1; async=1"
}

run_tests "$@"
