#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# vdisk_blockio over RAM disks, null_blk and device-mapper: the data are right and outlive the device,
# the device's properties are told on, flush, FUA and discard reach it, and its errors become sense.
# Not tested: devices with integrity data.
#
# Disks go, or are hidden, while the host looks at them:
# expects: disks that go

. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/../lib/scst.sh"

handler=vdisk_blockio

setup_file()
{
	load_scst
	modprobe brd rd_nr=2 rd_size=65536
	make_nullb
}

teardown_file()
{
	unload_scst
	drop_nullb
	modprobe -r brd
}

# The node of the device-mapper disk that make_dm made.
dm_disk()
{
	dmsetup info --columns --noheadings -o blkdevname broken 2>/dev/null
}

make_dm() # TABLE
{
	dmsetup create broken --noudevsync --table "$1"
	wait_for 5 test -b "/dev/$(dm_disk)"
}

teardown()
{
	local dir=/sys/kernel/config/nullb/nullb1
	[ -z "$(dm_disk)" ] || dmsetup resume --noudevsync broken
	drop_disk_if_any
	if [ -n "$(dm_disk)" ]; then
		dmsetup remove --noudevsync --retry broken
	fi
	[ ! -d "$dir" ] || rmdir "$dir"
	[ ! -d /sys/module/scsi_debug ] || drop_scsi_debug
}

# Field N of the statistics of nullb0: 1 reads, 5 writes, 12 discards, 16 flushes.
stat_of()
{
	awk "{ print \$$1 }" /sys/block/nullb0/stat
}

# A disk whose driver takes requests in the caller's context; that of null_blk does not, if it has
# memory.
make_scsi_debug()
{
	modprobe scsi_debug dev_size_mb=64 delay=0
	wait_for 10 has_scsi_debug
	below=$(scsi_debug_disk)
	echo none >"/sys/block/${below##*/}/queue/scheduler"
}

scsi_debug_disk()
{
	echo /sys/bus/pseudo/drivers/scsi_debug/adapter0/host*/target*/*/block/sd* | sed 's|.*/|/dev/|'
}

has_scsi_debug()
{
	[ -b "$(scsi_debug_disk)" ]
}

drop_scsi_debug()
{
	wait_for 10 rmmod scsi_debug
}

test_data_are_right_over_requests()	# in the caller's context
{
	make_scsi_debug
	with_disk "filename=$below"
	verify_fio --bsrange=512-256k --numjobs=2 --offset_increment=8m
	drop_disk
	drop_scsi_debug
}

test_data_are_right_over_null_requests()	# in a thread, since null_blk may sleep
{
	with_disk "filename=$nullb"
	verify_fio --bsrange=512-256k --numjobs=2 --offset_increment=8m
}

test_data_are_right_over_bios()	# a RAM disk has no requests: a thread, and several bios
{
	with_disk "filename=/dev/ram0"
	verify_fio --bsrange=4k-1m
}

test_data_are_right_past_a_scheduler()	# with one, requests do not pass it by
{
	echo mq-deadline >/sys/block/nullb0/queue/scheduler
	with_disk "filename=$nullb"
	verify_fio --bs=4k
	echo none >/sys/block/nullb0/queue/scheduler
}

test_data_are_right_on_a_partition()	# and nothing outside of it is written, by bios and by requests
{
	check_partition "$nullb" "${nullb}p1"
	make_scsi_debug
	check_partition "$below" "${below}1"
	drop_scsi_debug
}

check_partition() # DISK PARTITION
{
	local below=$1
	dd if=/dev/zero of="$below" bs=1M count=64 oflag=direct
	# MBR: type 83h, 32768 sectors from 2048
	printf '\0\0\0\0\x83\0\0\0\0\x08\0\0\0\x80\0\0' |
		dd of="$below" bs=1 seek=446 conv=notrunc
	printf '\x55\xaa' | dd of="$below" bs=1 seek=510 conv=notrunc
	blockdev --rereadpt "$below"
	wait_for 5 test -b "$2"
	with_disk "filename=$2"
	assert_eq "$(blockdev --getsize64 "$disk")" $((16 << 20)) size
	verify_fio --bs=64k
	dd if=/dev/zero of="$disk" bs=1M count=8 oflag=direct
	printf first | dd of="$disk" bs=512 conv=sync oflag=direct
	drop_disk
	blockdev --flushbufs "$below"
	assert_eq "$(dd if="$below" bs=1 skip=$((1 << 20)) count=5)" first "where the partition begins"
	cmp --ignore-initial=512 --bytes=$(((1 << 20) - 512)) "$below" /dev/zero
	cmp --ignore-initial=$((17 << 20)) --bytes=$((40 << 20)) "$below" /dev/zero
	dd if=/dev/zero of="$below" bs=512 count=1 oflag=direct
	blockdev --rereadpt "$below"
}

# Two blocks from places in memory that do not meet, in one command: how many requests of $disk's
# nullb1 that makes.
requests_for_a_gap()
{
	local before
	before=$(awk '{ print $5 }' /sys/block/nullb1/stat)
	python3 -c '
import mmap, os, sys
memory = memoryview(mmap.mmap(-1, 16384))
fd = os.open(sys.argv[1], os.O_RDWR | os.O_DIRECT)
os.pwritev(fd, [memory[512:1024], memory[9216:9728]], 0)' "$disk"
	echo $(($(awk '{ print $5 }' /sys/block/nullb1/stat) - before))
}

test_gaps_are_not_given_to_devices_that_take_none()	# NVMe moves other memory than was meant
{
	local dir=/sys/kernel/config/nullb/nullb1 boundary
	for boundary in 0 1; do
		mkdir "$dir"
		echo 64 >"$dir/size"
		echo "$boundary" >"$dir/virt_boundary"
		echo 1 >"$dir/power"
		echo none >/sys/block/nullb1/queue/scheduler
		with_disk "filename=/dev/nullb1"
		assert_eq "$(requests_for_a_gap)" $((1 + boundary)) "requests with virt_boundary=$boundary"
		drop_disk
		rmdir "$dir"
	done
}

test_data_outlive_the_device()	# what was written is there after delete and add
{
	with_disk "filename=/dev/ram0"
	dd if=/dev/urandom of="$tap_dir/data" bs=1M count=4
	dd if="$tap_dir/data" of="$disk" bs=1M oflag=direct
	drop_disk
	cmp --bytes=$((4 << 20)) "$tap_dir/data" /dev/ram0
	with_disk "filename=/dev/ram0"
	cmp --bytes=$((4 << 20)) "$tap_dir/data" "$disk"
}

test_properties_of_the_device_are_told()	# cache, discard, rotation, size
{
	with_disk "filename=$nullb"
	assert_eq "$(cat "/sys/block/${disk##*/}/queue/write_cache")" "write back" cache
	assert_eq "$(cat "/sys/block/${disk##*/}/queue/rotational")" 0 rotational
	assert_eq "$(disk_attr thin_provisioned)" 1 thin_provisioned
	assert_eq "$(disk_attr filename)" "$nullb" filename
	assert_eq "$(disk_attr size_mb)" 64 size_mb
	sg_readcap --16 "$sg" | has "lbpme=1"
}

test_flush_reaches_the_device()	# SYNCHRONIZE CACHE
{
	local flushes
	with_disk "filename=$nullb"
	flushes=$(stat_of 16)
	sg_sync "$sg"
	[ "$(stat_of 16)" -gt "$flushes" ] || fail "SYNCHRONIZE CACHE flushed nothing"
}

test_eject_reaches_the_device()	# what was written is on the medium that is taken out
{
	local flushes
	with_disk "filename=$nullb; removable=1"
	flushes=$(stat_of 16)
	sg_start --eject "$sg"
	[ "$(stat_of 16)" -gt "$flushes" ] || fail "an eject flushed nothing"
}

test_fua_reaches_the_device()	# and a write without it has none
{
	with_disk "filename=$nullb"
	assert_eq "$(requests_of sg_dd if=/dev/zero of="$sg" bs=512 count=1 oflag=fua,sgio)" WFS fua
	assert_eq "$(requests_of sg_dd if=/dev/zero of="$sg" bs=512 count=1 oflag=sgio)" WS plain
}

test_fua_is_a_flush_where_the_device_has_none()	# behind the write
{
	local nullb=/dev/nullb1 dir=/sys/kernel/config/nullb/nullb1
	mkdir "$dir"
	echo 64 >"$dir/size"
	echo 1 >"$dir/memory_backed"
	echo 64 >"$dir/cache_size"
	echo 0 >"$dir/fua"
	echo 1 >"$dir/power"
	with_disk "filename=$nullb"
	assert_eq "$(cat "/sys/block/nullb1/queue/fua")" 0 "FUA of the device"
	assert_eq "$(requests_of sg_dd if=/dev/zero of="$sg" bs=512 count=1 oflag=fua,sgio)" $'WS\nFF' fua
	assert_eq "$(requests_of sg_dd if=/dev/zero of="$sg" bs=512 count=1 oflag=sgio)" WS plain
	drop_disk
	rmdir "$dir"
}

# dm-log-writes keeps what is durable, and when. What was not flushed is lost indeed, or this would
# show nothing.
test_power_cut_loses_nothing_acknowledged()	# after SYNCHRONIZE CACHE, and with FUA
{
	local data=$tap_dir/data after=$tap_dir/after
	make_dm "0 131072 log-writes $nullb /dev/ram1"
	with_disk "filename=/dev/$(dm_disk)"
	dd if=/dev/urandom of="$data" bs=64k count=1
	dd if="$data" of="$disk" bs=64k seek=1 oflag=direct
	sg_sync "$sg"
	dd if="$data" of="$disk" bs=64k seek=32 oflag=direct
	sg_dd if="$data" of="$sg" bs=512 bpt=128 count=128 seek=8192 oflag=fua,sgio
	truncate -s 64M "$after"
	"$(dirname "$0")/replay.py" /dev/ram1 "$after"
	cmp "$data" <(dd if="$after" bs=64k skip=1 count=1)
	cmp "$data" <(dd if="$after" bs=64k skip=64 count=1)
	cmp <(head -c 64k /dev/zero) <(dd if="$after" bs=64k skip=32 count=1)
}

# One block, by each command that brings data: on the medium when it is answered.
every_write_is_durable()
{
	local cdb size zeros="00 00 00 00" one="00 00 00 01"
	assert_eq "$(requests_of dd if=/dev/zero of="$disk" bs=4k count=1 oflag=direct)" WFS write
	while read -r size cdb; do
		# shellcheck disable=SC2086  # its bytes
		assert_match "$(requests_of sg_raw --send="$size" --infile="$tap_dir/block" "$sg" $cdb |
			grep -v ^R | tail -1)" "^(WFS|FF)$" "$cdb"
	done <<-CDBS
		512 2a 00 $zeros 00 00 01 00
		512 2e 00 $zeros 00 00 01 00
		512 41 00 $zeros 00 00 01 00
		512 8a 00 $zeros $zeros $one 00 00
		512 8b 00 $zeros $zeros $one 00 00
		512 8e 00 $zeros $zeros $one 00 00
		512 93 00 $zeros $zeros $one 00 00
		512 aa 00 $zeros $one 00 00
		1024 89 00 $zeros $zeros $one 00 00
	CDBS
}

test_write_without_a_cache_is_durable()	# WCE 0, by an initiator
{
	with_disk "filename=$nullb"
	head -c 1024 /dev/urandom >"$tap_dir/block"
	sdparm --clear=WCE "$sg"
	every_write_is_durable
}

# MODE SELECT(6): the caching page without WCE.
cache_off()
{
	printf '\0\0\0\0\x08\x12\0\0\xff\xff\0\0\xff\xff\xff\xff' >"$tap_dir/off"
	truncate -s 24 "$tap_dir/off"
	sg_raw --send=24 --infile="$tap_dir/off" "$sg" 15 10 00 00 18 00
}

test_cache_is_flushed_for_whoever_asks_again()	# when the first to switch it off was aborted
{
	local write change
	make_dm "0 131072 linear $nullb 0"
	with_disk "filename=/dev/$(dm_disk)"
	dmsetup suspend --nolockfs --noflush broken
	sg_raw --send=512 --infile=/dev/zero "$sg" 2a 00 00 00 00 00 00 00 01 00 &
	write=$!
	wait_for 10 grep -q "opcode=0x2a step=execute" "$scst/trace_cmds"
	{ cache_off || true; } &
	change=$!
	wait_for 10 grep -q "opcode=0x15 step=execute" "$scst/trace_cmds"
	sg_reset --device "$sg" &
	wait_for 10 grep -q "opcode=0x2a .*aborted" "$scst/trace_cmds"
	dmsetup resume --noudevsync broken
	wait $!
	wait "$write" || true
	wait "$change"
	clear_unit_attentions "$sg"
	sdparm --get=WCE "$sg" | has "WCE *0"
	assert_match "$(requests_of cache_off)" FF "requests of the second"
}

test_write_through_has_no_cache()	# every write is on the medium
{
	with_disk "filename=$nullb; write_through=1"
	assert_eq "$(cat "/sys/block/${disk##*/}/queue/write_cache")" "write through" cache
	head -c 1024 /dev/urandom >"$tap_dir/block"
	every_write_is_durable
	assert_eq "$(requests_of sg_unmap --force --lba=0 --num=2048 "$sg")" "DS
FF" "unmapped blocks"
}

test_nv_cache_needs_no_flush()	# the administrator vouches for the cache
{
	local flushes
	with_disk "filename=$nullb; nv_cache=1"
	flushes=$(stat_of 16)
	sg_sync "$sg"
	assert_eq "$(stat_of 16)" "$flushes" flushes
}

test_large_requests_take_several_bios()	# a bio has room for 256 pages
{
	with_disk "filename=$nullb"
	echo 4096 >"/sys/block/${disk##*/}/queue/max_sectors_kb"
	head -c 8M /dev/urandom >"$tap_dir/random"
	dd if="$tap_dir/random" of="$disk" bs=4M iflag=fullblock oflag=direct
	dd if="$disk" of="$tap_dir/back" bs=4M count=2 iflag=direct
	cmp "$tap_dir/random" "$tap_dir/back"
	cmp --bytes=$((8 << 20)) "$tap_dir/random" "$nullb"
}

test_no_block_is_cut_in_two()	# by a bio that is full: the device takes whole ones
{
	local dir=/sys/kernel/config/nullb/nullb4k skew size sum
	mkdir "$dir"
	echo 64 >"$dir/size"
	echo 1 >"$dir/memory_backed"
	echo 4096 >"$dir/blocksize"
	echo 1 >"$dir/power"
	with_disk "filename=/dev/nullb4k"
	for skew in 0 2560; do
		for size in 131072 307200; do
			sum=$("${0%/*}/sg_pieces.py" "$disk" $skew $(((size - skew) / 512)))
			assert_eq "$(dd if=/dev/nullb4k bs=4096 count=$((size / 4096)) iflag=direct |
				sha256sum)" "$sum  -" "$size bytes"
		done
	done
	drop_disk
	rmdir "$dir"
}

test_unmap_discards()	# blocks read as zeros afterwards, others do not
{
	local discards
	with_disk "filename=$nullb"
	discards=$(stat_of 12)
	head -c 2M /dev/zero | tr '\0' '\377' | dd of="$disk" bs=1M iflag=fullblock oflag=direct
	sg_unmap --force --lba=0 --num=2048 "$sg"
	[ "$(stat_of 12)" -gt "$discards" ] || fail "nothing was discarded"
	cmp --bytes=$((1 << 20)) "$disk" /dev/zero
	[ "$(dd if="$disk" bs=1 skip=$((1 << 20)) count=1 | od -An -tx1)" = " ff" ]
}

test_data_are_right_with_trims()	# four jobs
{
	with_disk "filename=$nullb; thin_provisioned=1"
	verify_fio_trims
}

test_unmap_is_unknown_without_provisioning()	# what is not said is not done
{
	with_disk "filename=$nullb; thin_provisioned=0"
	assert_fails_with "Invalid command operation code" \
		sg_raw --send=24 --infile=/dev/zero "$sg" 42 00 00 00 00 00 00 00 18 00
}

test_read_only_device_is_a_read_only_disk()	# without being told
{
	blockdev --setro /dev/ram1
	with_disk "filename=/dev/ram1"
	blockdev --setrw /dev/ram1
	assert_eq "$(disk_attr read_only)" 1 read_only
	assert_eq "$(blockdev --getro "$disk")" 1 "read-only flag"
	assert_fails_with "Data Protect" \
		sg_raw --send=512 --infile=/dev/zero "$sg" 2a 00 00 00 00 00 00 00 01 00
}

test_errors_of_the_device_become_sense()	# medium error, read and written
{
	make_dm "0 2048 linear /dev/ram1 0
2048 2048 error"
	with_disk "filename=/dev/$(dm_disk)"
	sg_raw --request=512 "$sg" 28 00 00 00 00 00 00 00 01 00
	assert_fails_with "Unrecovered read error" \
		sg_raw --request=512 "$sg" 28 00 00 00 08 00 00 00 01 00
	assert_fails_with "Peripheral device write fault" \
		sg_raw --send=512 --infile=/dev/zero "$sg" 2a 00 00 00 08 00 00 00 01 00
}

test_resize_is_seen()	# resync_size after the device grew
{
	make_dm "0 2048 linear /dev/ram1 0"
	with_disk "filename=/dev/$(dm_disk)"
	dmsetup suspend broken
	dmsetup load broken --table "0 4096 linear /dev/ram1 0"
	dmsetup resume --noudevsync broken
	write_attr "$scst"/devices/disk/resync_size 1
	assert_eq "$(disk_attr size)" $((4096 * 512)) size
	wait_for 10 has_size "$disk" $((4096 * 512))
}

test_size_can_be_less_than_the_device()	# and all of it again; only then it is saved
{
	local file=$scst/devices/disk/size
	make_dm "0 4096 linear /dev/ram1 0"
	with_disk "filename=/dev/$(dm_disk)"
	assert_eq "$(cat "$file")" $((4096 * 512)) "size that nobody set"
	assert_fails_with "Invalid argument" write_attr "$file" $((4097 * 512))
	assert_fails_with "Invalid argument" write_attr "$file" 511
	write_attr "$file" $((1024 * 512))
	assert_eq "$(cat "$file")" $((1024 * 512))$'\n[key]' "size that was set"
	wait_for 10 has_size "$disk" $((1024 * 512))
	write_attr "$scst"/devices/disk/resync_size 1
	write_attr "$scst"/devices/disk/active 0
	write_attr "$scst"/devices/disk/active 1
	assert_eq "$(disk_attr size)" $((1024 * 512)) "size after it was opened again"
	clear_unit_attentions "$sg"
	assert_fails_with "Logical block address out of range" \
		sg_raw --request=512 "$sg" 28 00 00 00 04 00 00 00 01 00
	write_attr "$scst"/devices/disk/size_mb 2
	assert_eq "$(cat "$file")" $((4096 * 512)) "size of all there is"
}

test_what_the_device_says_is_not_saved()	# [key] only for what add_device said
{
	local name
	with_disk "filename=$nullb"
	for name in blocksize read_only rotational size thin_provisioned; do
		assert_no_match "$(cat "$scst/devices/disk/$name")" key "$name"
	done
	drop_disk
	with_disk "filename=$nullb; rotational=0; thin_provisioned=1; read_only=1"
	for name in read_only rotational thin_provisioned; do
		assert_match "$(cat "$scst/devices/disk/$name")" key "$name"
	done
}

test_bind_alua_state_keeps_its_value()	# 1, which SCST passes to add_device; the disk serves with either
{
	local state=$scst/devices/disk/bind_alua_state
	with_disk "filename=$nullb; bind_alua_state=1"
	assert_eq "$(cat "$state")" 1
	write_attr "$state" 0
	assert_eq "$(cat "$state")" $'0\n[key]'
	drop_disk
	with_disk "filename=$nullb; bind_alua_state=0"
	assert_eq "$(cat "$state")" $'0\n[key]' "as a parameter"
	dd if="$disk" of=/dev/null bs=4k count=1 iflag=direct
}

test_thin_without_discard_is_there_all_the_same()	# as in SCST: not thin, and a line in the log
{
	local dir=/sys/kernel/config/nullb/nodiscard
	mkdir "$dir"
	echo 64 >"$dir/size"
	echo 1 >"$dir/power"
	with_disk "filename=/dev/nodiscard; thin_provisioned=1"
	assert_eq "$(disk_attr thin_provisioned)" 0 thin_provisioned
	drop_disk
	echo 0 >"$dir/power"
	rmdir "$dir"
}

test_bad_devices_are_refused()	# with an errno that says why, and nothing is left
{
	assert_fails_with "No such file" add_disk "filename=/dev/nothere"
	assert_fails_with "Invalid argument" add_disk "read_only=1"
	assert_fails_with "Invalid argument" add_disk "filename=ram0"
	assert_fails_with "Invalid argument" add_disk "filename=/dev/ram0; o_direct=1"
	assert_fails_with "Block device required" add_disk "filename=/dev/zero"
	assert_fails_with "Block device required" add_disk "filename=/etc/passwd"
	[ ! -e "$scst"/devices/disk ]
}

test_zoned_devices_are_refused()	# they are written from front to back only
{
	local dir=/sys/kernel/config/nullb/nullb1
	mkdir "$dir"
	echo 64 >"$dir/size"
	echo 1 >"$dir/memory_backed"
	echo 1 >"$dir/zoned"
	echo 4 >"$dir/zone_size"
	if ! write_attr "$dir/power" 1; then
		rmdir "$dir"
		skip "this kernel has no zoned devices"
	fi
	mark_log
	assert_fails_with "Invalid argument" add_disk "filename=/dev/nullb1"
	log_since_mark | has "zoned devices are not supported"
	[ ! -e "$scst"/devices/disk ]
	rmdir "$dir"
}

test_device_belongs_to_one()	# a second user is told that it is busy, either way
{
	with_disk "filename=/dev/ram0"
	assert_fails_with "Device or resource busy" add_disk "filename=/dev/ram0" bad
	[ ! -e "$scst"/devices/bad ]
	drop_disk
	mkfs.ext4 -q /dev/ram0
	mkdir -p "$tap_dir/mnt"
	mount /dev/ram0 "$tap_dir/mnt"
	assert_fails_with "Device or resource busy" add_disk "filename=/dev/ram0" bad
	umount "$tap_dir/mnt"
}

test_device_can_be_shared()	# by two disks, with shared=1; the default stays as it is
{
	with_disk "filename=/dev/ram0; shared=1"
	assert_eq "$(cat "$scst/devices/disk/shared")" $'1\n[key]'
	add_disk "filename=/dev/ram0; shared=1" other
	assert_eq "$(sed -n 2p "$scst/devices/other/shared")" "[key]"
	mkfs.ext4 -q -F /dev/ram0
	map_lun other 1
	clear_unit_attentions "$(sg_of 1)"
	head -c 4096 /dev/urandom >"$tap_dir/shared"
	dd if="$tap_dir/shared" of="$disk" bs=4096 count=1 oflag=direct
	cmp "$tap_dir/shared" <(dd if="$(disk_of 1)" bs=4096 count=1 iflag=direct)
	write_attr "$scst/handlers/$handler/mgmt" "del_device other"
	drop_disk
	with_disk "filename=/dev/ram0"
	assert_eq "$(cat "$scst/devices/disk/shared")" 0
	sg_raw --request=512 "$sg" 28 00 00 00 00 00 00 00 01 00
}

test_usage_names_what_is_taken()	# from the same rows as the parser
{
	local name
	for name in filename nv_cache read_only write_through; do
		grep -qw "$name" "$scst/handlers/$handler/mgmt" || fail "no $name"
	done
	assert_no_match "$(cat "$scst/handlers/$handler/mgmt")" "dummy|o_direct"
}

test_file_system_lives_on_it()	# ext4: made, filled, trimmed, clean
{
	with_disk "filename=$nullb"
	live_on_disk "mkfs.ext4 -q" "fsck.ext4 -fn"
}

test_device_is_deleted_under_load()	# what is under way ends, nothing is left
{
	with_disk "filename=$nullb"
	start_load "$disk" 20
	drop_disk
	load_ended
}

run_tests "$@"
