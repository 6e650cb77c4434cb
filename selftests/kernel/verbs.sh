#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What disks do besides reading and writing, on each back end through scst_local: VERIFY, WRITE AND
# VERIFY, WRITE SAME, COMPARE AND WRITE, ORWRITE, GET LBA STATUS, PRE-FETCH, START STOP UNIT, WRITE
# ATOMIC. What is on the disk afterwards is looked at below the target. Not tested: their limits and
# reserved bits, which selftests/unit has.

. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/../lib/scst.sh"

files=$tap_dir/files
ones=$tap_dir/ones		# 128 KiB of FFh

setup_file()
{
	load_scst
	make_nullb
	mkdir "$files"
	mount -t tmpfs -o size=80m tmpfs "$files"
	truncate -s 64M "$files/disk"
	head -c 128K /dev/zero | tr '\0' '\377' >"$ones"
	handler=vdisk_blockio add_disk "filename=$nullb" blk
	handler=vdisk_fileio add_disk "filename=$files/disk; thin_provisioned=1" file
	add_null null
	map_lun blk 0
	map_lun file 1
	map_lun null 2
	disks=("$(disk_of 0)" "$(disk_of 1)" "$(disk_of 2)")
	sgs=("$(sg_of 0)" "$(sg_of 1)" "$(sg_of 2)")
	stores=("$nullb" "$files/disk")	# what is below
}

teardown()
{
	[ ! -e "$scst/devices/slow" ] || drop_slow_disk
}

teardown_file()
{
	unload_scst
	drop_nullb
	umount "$files"
}

# Runs CHECK with $sg and $store of each back end that keeps data.
on_each() # CHECK
{
	for i in 0 1; do
		sg=${sgs[i]} disk=${disks[i]} store=${stores[i]}
		clear_unit_attentions "$sg"
		# 2 MiB of pattern from MiB 1 on, with 64 KiB of zeros in front of it
		dd if=/dev/zero of="$disk" bs=64k count=16 oflag=direct
		dd if="$ones" of="$disk" bs=64k seek=16 count=2 oflag=direct
		dd if="$ones" of="$disk" bs=64k seek=18 count=2 oflag=direct
		"$1"
	done
}

# A disk at LUN 3 that takes its time for a write: what comes between a comparison and its write shows.
with_slow_disk() # MILLISECONDS [OF A READ]
{
	local dm
	modprobe brd rd_nr=1 rd_size=65536
	dmsetup create slow --noudevsync --table "0 131072 delay /dev/ram0 0 ${2:-0} /dev/ram0 0 $1"
	dm=/dev/$(dmsetup info --columns --noheadings -o blkdevname slow)
	wait_for 5 test -b "$dm"
	handler=vdisk_blockio add_disk "filename=$dm" slow
	map_lun slow 3
	sg=$(sg_of 3) disk=$(disk_of 3) store=/dev/ram0
	clear_unit_attentions "$sg"
}

# The host may have it a moment longer, and the next test would find that one.
drop_slow_disk()
{
	write_attr "$scst/handlers/vdisk_blockio/mgmt" "del_device slow"
	wait_for 10 no_sdev 3
	dmsetup remove --noudevsync --retry slow
	modprobe -r brd
}

# Below the target, past its page cache if it has one.
bytes_at() # LBA [BYTES]
{
	blockdev --flushbufs "$store" 2>/dev/null || true
	dd if="$store" bs=512 skip="$1" count=$((${2:-512} / 512)) | od -An -v -tx1 -w1 | uniq -c |
		awk '{ printf "%s%s*%s", sep, $2, $1; sep = " " }'
}

test_verify_reads_the_medium()	# VERIFY 10, 12, 16 without a comparison; none of nothing
{
	on_each check_verify
	sg=${sgs[2]}
	clear_unit_attentions "$sg"
	check_verify
}

check_verify()
{
	sg_raw "$sg" 2f 00 00 00 08 00 00 00 80 00
	sg_raw "$sg" af 00 00 00 08 00 00 00 00 80 00 00
	sg_raw "$sg" 8f 00 00 00 00 00 00 00 08 00 00 00 00 80 00 00
	sg_raw "$sg" 2f 00 00 00 08 00 00 00 00 00
	assert_fails_with "Logical block address out of range" \
		sg_raw "$sg" 8f 00 00 00 00 01 00 00 00 00 00 00 00 01 00 00
}

test_verify_compares()	# BYTCHK 01b: all blocks; MISCOMPARE says at which byte
{
	on_each check_verify_compare
}

check_verify_compare()
{
	local output
	sg_raw --send=65536 --infile="$ones" "$sg" 2f 02 00 00 08 00 00 00 80 00
	head -c 4096 "$ones" >"$tap_dir/data"
	printf '\1' | dd of="$tap_dir/data" bs=1 seek=1027 conv=notrunc
	output=$(sg_raw --send=4096 --infile="$tap_dir/data" "$sg" 2f 02 00 00 08 00 00 00 08 00 2>&1) &&
		fail "data that differ were found equal"
	assert_match "$output" "Miscompare"
	assert_match "$output" "(Info fld|Information).*(0x)?403"
	assert_match "$(verify_but_for 4096 4095)" "(Info fld|Information).*fff"
	# 64 KiB are read at a time
	assert_match "$(verify_but_for 131072 66563)" "(Info fld|Information).*10403"
	assert_match "$(verify_but_for 131072 131071)" "(Info fld|Information).*1ffff"
}

# VERIFY of so many bytes, all of which are FFh but one, and what it says.
verify_but_for() # SIZE AT
{
	local blocks=$(($1 / 512)) status=0
	head -c "$1" "$ones" >"$tap_dir/data"
	printf '\376' | dd of="$tap_dir/data" bs=1 seek="$2" conv=notrunc 2>/dev/null
	sg_raw --send="$1" --infile="$tap_dir/data" "$sg" 2f 02 00 00 08 00 00 \
		"$(printf %02x $((blocks >> 8)))" "$(printf %02x $((blocks & 255)))" 00 2>&1 || status=$?
	[ $status -ne 0 ] || fail "found equal but for byte $2"
}

test_verify_compares_one_block_with_each()	# BYTCHK 11b
{
	on_each check_verify_same
}

check_verify_same()
{
	sg_raw --send=512 --infile="$ones" "$sg" 2f 06 00 00 08 00 00 01 00 00
	printf '\0' | dd of="$disk" bs=1 seek=$(((2048 + 200) * 512 + 5)) conv=notrunc,fsync
	assert_fails_with "Miscompare" \
		sg_raw --send=512 --infile="$ones" "$sg" 2f 06 00 00 08 00 00 01 00 00
	sg_raw --send=512 --infile="$ones" "$sg" 2f 06 00 00 08 00 00 00 c8 00
	assert_fails_with "Invalid field in cdb" \
		sg_raw --send=512 --infile="$ones" "$sg" 2f 04 00 00 08 00 00 01 00 00
}

test_write_and_verify_writes()	# 10 and 16, with and without BYTCHK
{
	on_each check_write_verify
}

check_write_verify()
{
	sg_raw --send=4096 --infile="$ones" "$sg" 2e 00 00 00 00 10 00 00 08 00
	assert_eq "$(bytes_at 16 4096)" "ff*4096"
	sg_raw --send=4096 --infile="$ones" "$sg" \
		8e 02 00 00 00 00 00 00 00 20 00 00 00 08 00 00
	assert_eq "$(bytes_at 31 5120)" "00*512 ff*4096 00*512"
}

test_less_data_than_it_says_is_refused()	# and nothing is written
{
	on_each check_short_write
}

check_short_write()
{
	assert_fails_with "Invalid field in command information unit" \
		sg_raw --send=512 --infile="$ones" "$sg" 2a 00 00 00 00 10 00 00 02 00
	assert_eq "$(bytes_at 16 1024)" "00*1024"
}

test_write_same_repeats_a_block()	# 10 and 16; nothing beside it
{
	on_each check_write_same
}

check_write_same()
{
	head -c 512 >"$tap_dir/block" < <(yes 1234567)
	sg_raw --send=512 --infile="$tap_dir/block" "$sg" 41 00 00 00 00 11 00 02 01 00
	assert_eq "$(dd if="$disk" bs=512 skip=17 count=513 iflag=direct | md5sum)" \
		"$(head -c $((513 * 512)) < <(yes 1234567) | md5sum)" pattern
	assert_eq "$(bytes_at 16)" "00*512"
	assert_eq "$(bytes_at 530)" "00*512"
	sg_raw --send=512 --infile="$ones" "$sg" 93 00 00 00 00 00 00 00 00 05 00 00 00 01 00 00
	assert_eq "$(bytes_at 4 1536)" "00*512 ff*512 00*512"
	assert_fails_with "Invalid field in cdb" \
		sg_raw --send=512 --infile="$ones" "$sg" 41 00 00 00 00 11 00 00 00 00
}

test_write_same_makes_zeros()	# of a block of zeros, or of none (NDOB)
{
	on_each check_write_same_zero
}

check_write_same_zero()
{
	sg_raw --send=512 --infile=/dev/zero "$sg" 41 00 00 00 08 01 00 00 7e 00
	assert_eq "$(bytes_at 2048 65536)" "ff*512 00*64512 ff*512"
	sg_raw "$sg" 93 01 00 00 00 00 00 00 08 00 00 00 00 80 00 00
	assert_eq "$(bytes_at 2048 66048)" "00*65536 ff*512"
}

test_write_same_gives_space_back()	# UNMAP with zeros; other data are written all the same
{
	on_each check_write_same_unmap
	assert_at_most "$(du -k "$files/disk" | cut -f1)" $((before - 64)) "KiB in the file"
}

check_write_same_unmap()
{
	before=$(du -k "$files/disk" | cut -f1)
	sg_raw "$sg" 93 09 00 00 00 00 00 00 08 00 00 00 00 80 00 00
	assert_eq "$(bytes_at 2048 66048)" "00*65536 ff*512"
	sg_raw --send=512 --infile="$ones" "$sg" 93 08 00 00 00 00 00 00 00 00 00 00 00 01 00 00
	assert_eq "$(bytes_at 0 1024)" "ff*512 00*512"
}

test_write_same_of_a_null_disk()	# takes it, in no time; UNMAP needs a thin disk
{
	clear_unit_attentions "${sgs[2]}"
	sg_raw "${sgs[2]}" 93 01 00 00 00 00 00 00 08 00 00 01 00 00 00 00
	assert_fails_with "Invalid field in cdb" \
		sg_raw "${sgs[2]}" 93 09 00 00 00 00 00 00 08 00 00 00 00 80 00 00
}

test_compare_and_write_writes_if_equal()	# and only then; the offset is told
{
	on_each check_compare_and_write
}

compare_and_write() # FILE LBA(hex byte) BLOCKS(hex byte)
{
	sg_raw --send="$(stat -c %s "$1")" --infile="$1" "$sg" \
		89 00 00 00 00 00 00 00 00 "$2" 00 00 00 "$3" 00 00
}

check_compare_and_write()
{
	local output
	{ head -c 1024 /dev/zero; head -c 1024 "$ones"; } >"$tap_dir/both"
	compare_and_write "$tap_dir/both" 10 02
	assert_eq "$(bytes_at 15 2048)" "00*512 ff*1024 00*512"
	output=$(compare_and_write "$tap_dir/both" 0f 02 2>&1) && fail "written though different"
	assert_match "$output" "Miscompare"
	assert_match "$output" "(Info fld|Information).*(0x)?200"
	assert_fails_with "Invalid field in command" compare_and_write "$tap_dir/both" 0f 03
	assert_eq "$(bytes_at 15 2048)" "00*512 ff*1024 00*512"
	check_long_compare_and_write
}

# As much as there can be: it comes in pieces, and what is written begins within one of them.
check_long_compare_and_write()
{
	local half=$((255 * 512))
	{ head -c $half /dev/zero; head -c $half /dev/urandom; } >"$tap_dir/long"
	compare_and_write "$tap_dir/long" 20 ff
	assert_eq "$(bytes_at 31)" "00*512"
	cmp <(tail -c $half "$tap_dir/long") <(dd if="$store" bs=512 skip=32 count=255)
	assert_eq "$(bytes_at $((32 + 255)))" "00*512"
}

test_compare_and_write_is_atomic()	# two that count together lose no step, however long a write takes
{
	on_each check_counting
	with_slow_disk 200
	check_counting
}

# COUNT times: read the number in block 40h, write the next one if it is still there.
count_up() # COUNT NAME
{
	local n left=$1 f=$tap_dir/count.$2
	while [ "$left" -gt 0 ]; do
		sg_raw --request=512 --outfile="$f" "$sg" 28 00 00 00 00 40 00 00 01 00 2>>"$f.log"
		n=$(od -An -tu4 -N4 "$f")
		head -c 512 "$f" >"$f.both"
		{ printf "%b" "$(printf '\\x%02x\\x%02x\\x%02x\\x%02x' $(((n + 1) & 255)) \
			$(((n + 1) >> 8 & 255)) 0 0)"; head -c 508 /dev/zero; } >>"$f.both"
		compare_and_write "$f.both" 40 01 2>>"$f.log" || continue
		left=$((left - 1))
	done
}

check_counting()
{
	local pids=() who
	for who in 1 2; do
		count_up 8 "$who" &
		pids+=($!)
	done
	# plain writes beside it, which must neither stop nor be stopped
	fio --name=beside --filename="$disk" --offset=8m --size=8m --rw=randwrite --bs=4k \
		--ioengine=libaio --iodepth=8 --direct=1 --time_based --runtime=1 >&2
	wait_all "${pids[@]}"
	assert_eq "$(dd if="$disk" bs=512 skip=64 count=1 iflag=direct | od -An -tu4 -N4 | tr -d ' ')" \
		16 counter
}

test_compare_and_write_waits_for_writes()	# to the same blocks: it compares with what these leave
{
	{ head -c 2048 /dev/zero; head -c 2048 "$ones"; } >"$tap_dir/both"
	head -c 2048 >"$tap_dir/letters" < <(yes 1234567)
	on_each check_overlap
	with_slow_disk $((1000 * PATIENCE))
	check_write_under_way
}

# Writes of zeros, and CAWs of 0 -> 1 beside them: neither stops the other, and no half of one stays.
check_overlap()
{
	local i=0
	fio --name=over --filename="$disk" --offset=32k --size=2k --rw=write --bs=2k \
		--ioengine=libaio --iodepth=4 --direct=1 --time_based --runtime=1 --zero_buffers >&2 &
	while kill -0 $! 2>/dev/null; do
		compare_and_write "$tap_dir/both" 40 04 && i=$((i + 1))
	done 2>/dev/null
	wait $!
	[ "$i" -gt 0 ] || fail "no COMPARE AND WRITE found zeros"
	assert_match "$(bytes_at 64 2048)" '^(00|ff)\*2048$'
}

# The blocks are still zeros when the CAW begins, and are not any more when it may compare.
check_write_under_way()
{
	local writer
	sg_raw --send=2048 --infile="$tap_dir/letters" "$sg" 2a 00 00 00 00 40 00 00 04 00 &
	writer=$!
	wait_for 5 grep -q "lun=3 .* opcode=0x2a step=execute" "$scst/trace_cmds"
	assert_fails_with "Miscompare" compare_and_write "$tap_dir/both" 40 04
	wait "$writer"
	cmp "$tap_dir/letters" <(dd if="$disk" bs=512 skip=64 count=4 iflag=direct)
}

is_writing()
{
	grep -q "opcode=0x2a step=execute" "$scst/trace_cmds"
}

test_compare_and_write_waits_for_a_slow_write()	# and compares with what that has written
{
	modprobe brd rd_nr=1 rd_size=4096
	dmsetup create slow --noudevsync \
		--table "0 8192 delay /dev/ram0 0 0 /dev/ram0 0 $((1000 * PATIENCE))"
	store=/dev/$(dmsetup info --columns --noheadings -o blkdevname slow)
	wait_for 5 test -b "$store"
	handler=vdisk_blockio add_disk "filename=$store" slow
	map_lun slow 3
	sg=$(sg_of 3)
	clear_unit_attentions "$sg"
	{ head -c 512 /dev/zero; head -c 512 /dev/urandom; } >"$tap_dir/both"
	sg_raw --send=512 --infile="$ones" "$sg" 2a 00 00 00 00 40 00 00 01 00 &
	wait_for 5 is_writing
	assert_fails_with "Miscompare" compare_and_write "$tap_dir/both" 40 01
	wait $!
	assert_eq "$(bytes_at 64)" "ff*512"
	drop_slow_disk
}

# The slow disk below has a write: "0 LENGTH delay READS WRITES FLUSHES".
is_writing_below()
{
	dmsetup status slow | awk '{ exit !$5 }'
}

test_read_waits_for_compare_and_write()	# and has all of what that writes; reads of other blocks go on
{
	local caw
	with_slow_disk $((1000 * PATIENCE))
	{ head -c 2048 /dev/zero; head -c 2048 "$ones"; } >"$tap_dir/both"
	compare_and_write "$tap_dir/both" 40 04 &
	caw=$!
	wait_for 5 is_writing_below
	sg_raw --request=2048 --outfile="$tap_dir/beside" "$sg" 28 00 00 00 00 44 00 00 04 00
	is_writing_below || fail "a read of other blocks has waited"
	sg_raw --request=2048 --outfile="$tap_dir/read" "$sg" 28 00 00 00 00 40 00 00 04 00
	wait "$caw"
	cmp "$tap_dir/beside" <(head -c 2048 /dev/zero)
	cmp "$tap_dir/read" <(head -c 2048 "$ones")
}

is_verifying()
{
	grep -q "opcode=0x8f step=execute" "$scst/trace_cmds"
}

# The slow disk is verified, 64 KiB at a time: who waits for a piece of that waits for all of it.
check_verify_without_end() # BYTCHK SENDS
{
	local verify
	sg_raw --timeout=300 ${2:+--send="$2" --infile=/dev/zero} "$sg" \
		8f "$1" 00 00 00 00 00 00 00 00 00 00 10 00 00 00 &
	verify=$!
	wait_for 5 is_verifying
	compare_and_write "$tap_dir/same" 00 01
	sg_raw --request=512 --outfile="$tap_dir/read" "$sg" 28 00 00 00 00 00 00 00 01 00
	is_verifying || fail "they have waited for VERIFY"
	wait "$verify"
}

test_compare_and_write_does_not_wait_for_a_verify_without_end()	# nor a read beside it; BYTCHK 00b and 11b
{
	head -c 1024 /dev/zero >"$tap_dir/same"
	with_slow_disk 0 $((50 * PATIENCE))
	check_verify_without_end 00
	check_verify_without_end 06 512
}

# A comparison is as long as its data. It would be over at once, if the series had not the blocks.
test_verify_that_compares_waits_for_compare_and_write()	# and finds all of what that writes
{
	local caw
	with_slow_disk $((1000 * PATIENCE))
	{ head -c 2048 /dev/zero; head -c 2048 "$ones"; } >"$tap_dir/both"
	compare_and_write "$tap_dir/both" 40 04 &
	caw=$!
	wait_for 5 is_writing_below
	sg_raw --send=2048 --infile="$ones" "$sg" 2f 02 00 00 00 40 00 00 04 00
	wait "$caw"
}

test_or_write_sets_bits()	# what was there stays
{
	on_each check_or_write
}

check_or_write()
{
	head -c 1024 /dev/zero | tr '\0' '\017' >"$tap_dir/low"
	head -c 1024 /dev/zero | tr '\0' '\060' >"$tap_dir/high"
	sg_raw --send=1024 --infile="$tap_dir/low" "$sg" \
		8b 00 00 00 00 00 00 00 00 10 00 00 00 02 00 00
	sg_raw --send=512 --infile="$tap_dir/high" "$sg" \
		8b 08 00 00 00 00 00 00 00 11 00 00 00 01 00 00
	assert_eq "$(bytes_at 15 2048)" "00*512 0f*512 3f*512 00*512"
}

extents() # SG LBA(hex byte)
{
	sg_raw --request=520 --outfile="$tap_dir/extents" "$1" \
		9e 12 00 00 00 00 00 00 "$2" 00 00 00 02 08 00 00 2>/dev/null
	od -An -v -tx1 -w16 -j8 "$tap_dir/extents"
}

test_lba_status_knows_holes()	# of a file; a block device is mapped
{
	sg=${sgs[1]} disk=${disks[1]}
	clear_unit_attentions "$sg"
	fallocate --punch-hole --offset 0 --length 64M "$files/disk"
	dd if="$ones" of="$disk" bs=64k seek=16 count=1 oflag=direct
	assert_eq "$(extents "$sg" 00 | sed -n 1,3p)" \
" 00 00 00 00 00 00 00 00 00 00 08 00 01 00 00 00
 00 00 00 00 00 00 08 00 00 00 00 80 00 00 00 00
 00 00 00 00 00 00 08 80 00 01 f7 80 01 00 00 00"
	clear_unit_attentions "${sgs[0]}"
	assert_eq "$(extents "${sgs[0]}" 01 | sed -n 1p)" \
		" 00 00 00 00 00 00 01 00 00 01 ff 00 00 00 00 00"
	assert_fails_with "Logical block address out of range" \
		sg_raw --request=24 "$sg" 9e 12 00 00 00 00 00 02 00 00 00 00 00 18 00 00
}

test_prefetch_is_taken()	# 10 and 16; to the end of the medium without a length
{
	on_each check_prefetch
}

check_prefetch()
{
	sg_raw "$sg" 34 00 00 00 08 00 00 00 80 00
	sg_raw "$sg" 34 02 00 00 08 00 00 00 00 00
	sg_raw "$sg" 90 02 00 00 00 00 00 00 08 00 00 00 00 80 00 00
	assert_fails_with "Logical block address out of range" \
		sg_raw "$sg" 90 02 00 00 00 00 00 02 00 00 00 00 00 80 00 00
}

test_stopping_flushes()	# and the unit goes on; there is nothing to eject
{
	local flushes
	on_each check_stop
	flushes=$(awk '{ print $16 }' /sys/block/nullb0/stat)
	sg_start --stop "${sgs[0]}"
	[ "$(awk '{ print $16 }' /sys/block/nullb0/stat)" -gt "$flushes" ] || fail "no flush"
}

check_stop()
{
	sg_start --stop "$sg"
	sg_raw "$sg" 00 00 00 00 00 00
	sg_start --start "$sg"
	assert_fails_with "Invalid field in cdb" sg_raw "$sg" 1b 00 00 00 02 00
}

test_write_atomic_needs_a_disk_that_can()	# else the opcode is unknown, and page B0h is silent
{
	for i in 0 1 2; do
		clear_unit_attentions "${sgs[i]}"
		assert_fails_with "Invalid command operation code" \
			sg_raw --send=512 --infile="$ones" "${sgs[i]}" \
			9c 00 00 00 00 00 00 00 00 00 00 00 00 01 00 00
	done
	modprobe scsi_debug dev_size_mb=32 lbprz=1 atomic_wr=1 atomic_wr_max_length=32 \
		atomic_wr_align=8 atomic_wr_gran=8 delay=0
	wait_for 10 test -b "$(echo /sys/bus/pseudo/drivers/scsi_debug/adapter0/host*/target*/*/block/sd* |
		sed 's|.*/|/dev/|')"
	below=$(echo /sys/bus/pseudo/drivers/scsi_debug/adapter0/host*/target*/*/block/sd*)
	below=${below##*/}
	handler=vdisk_blockio add_disk "filename=/dev/$below" atomic
	map_lun atomic 3
	sg=$(sg_of 3) store=/dev/$below
	clear_unit_attentions "$sg"
	check_write_atomic
	write_attr "$scst/handlers/vdisk_blockio/mgmt" "del_device atomic"
	wait_for 10 rmmod scsi_debug
}

check_write_atomic()
{
	sg_vpd --page=bl "$sg" >"$tap_dir/limits"
	grep -q "Maximum atomic transfer length: 0x20" "$tap_dir/limits" || fail "$(cat "$tap_dir/limits")"
	sg_raw --send=4096 --infile="$ones" "$sg" 9c 00 00 00 00 00 00 00 00 08 00 00 00 08 00 00
	assert_eq "$(bytes_at 8 4608)" "ff*4096 00*512"
	assert_fails_with "Invalid field in cdb" \
		sg_raw --send=4096 --infile="$ones" "$sg" 9c 00 00 00 00 00 00 00 00 01 00 00 00 08 00 00
	assert_fails_with "Invalid field in cdb" \
		sg_raw --send=65536 --infile="$ones" "$sg" 9c 00 00 00 00 00 00 00 00 08 00 00 00 80 00 00
}

test_what_is_there_is_reported()	# REPORT SUPPORTED OPERATION CODES and page B0h
{
	sg_opcodes "${sgs[0]}" >"$tap_dir/opcodes"
	for name in "Compare and write" "Write same(16)" "Verify(16)" "Get LBA status" "Pre-fetch(10)" \
		"Start stop unit" "Orwrite(16)" "Write and verify(10)"; do
		grep -qi "$name" "$tap_dir/opcodes" || fail "$name is not listed: $(cat "$tap_dir/opcodes")"
	done
	sg_vpd --page=bl "${sgs[0]}" >"$tap_dir/limits"
	grep -q "Maximum compare and write length: 0xff" "$tap_dir/limits"
	grep -q "Maximum write same length: 0x200000" "$tap_dir/limits"
}

run_tests "$@"
