#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# A power cut at every flush: dm-log-writes keeps below a back end what became durable, and when, and
# marks say what had been acknowledged by then. What is left at any of these moments has all of that:
# data after SYNCHRONIZE CACHE, with FUA and with write_through, in a file on ext4 and on a block
# device; the files of reservations and mode parameters. What had not been acknowledged may be lost,
# and is: else this would show nothing. Not tested: blocks that become durable in another order than
# that in which they were written between two flushes.

. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/../lib/scst.sh"
. "$(dirname "$0")/../lib/pr.sh"

here=$(dirname "$0")
mb=16				# of the disk below, and of what is replayed
log=$tap_dir/log
image=$tap_dir/image
left=$tap_dir/left		# what a cut leaves, for somebody to look at and change
mnt=$tap_dir/mnt		# the file system, while there is power
after=$tap_dir/after		# and afterwards
acked=$tap_dir/acked
modes=/var/lib/scst/vdev_mode_pages
unsynced=200			# a block that nobody flushes

setup_file()
{
	load_scst
	modprobe loop
	modprobe brd rd_nr=1 rd_size=65536
	make_nullb
	mkdir "$mnt" "$after"
	sysctl -qw vm.dirty_writeback_centisecs=0	# nothing is written because time goes by
}

teardown_file()
{
	sysctl -qw vm.dirty_writeback_centisecs=500
	unload_scst
	drop_nullb
	modprobe -r brd
}

setup()
{
	dd if=/dev/zero of=/dev/ram0 bs=4k count=1 oflag=direct	# the log of the last one
	dmsetup create cut --noudevsync --table "0 $((mb * 2048)) log-writes $nullb /dev/ram0"
	below=/dev/$(dmsetup info --columns --noheadings -o blkdevname cut)
	wait_for 5 test -b "$below"
	truncate -s ${mb}M "$image"
	: >"$acked"
}

drop_disk_of() # HANDLER: as with_disk made it
{
	[ ! -e "$scst/handlers/$1/disk" ] || write_attr "$scst/handlers/$1/mgmt" "del_device disk"
}

teardown()
{
	[ ! -e "$scst"/devices/again ] || del_null again
	drop_disk_of vdisk_blockio
	drop_disk_of vdisk_fileio
	drop_disk_of vdisk_nullio
	wait_for 10 no_sdev 0
	for dir in "$after" "$modes" "$mnt"; do
		! mountpoint -q "$dir" || umount "$dir"
	done
	dmsetup remove --noudevsync --retry cut
	dd if=/dev/zero of="$nullb" bs=1M count=$mb oflag=direct
	rm -f "$image" "$left" "$log"
}

# Nothing of the file system becomes durable but what somebody waits for.
with_ext4()
{
	mkfs.ext4 -q -E lazy_itable_init=0,lazy_journal_init=0 "$below"
	mount -o commit=300 "$below" "$mnt"
}

mark() # TEXT: it is acknowledged, from here on
{
	dmsetup message cut 0 mark "$1"
}

# What is in the log by now. The one who writes it may be a little behind.
copy_log()
{
	dd if=/dev/ram0 of="$log" bs=1M iflag=direct
	"$here/replay.py" "$log" | has -x "[0-9]* mark end"
}

cut_power()
{
	mark end
	wait_for 20 copy_log
}

# For each moment since mark 0: COMMAND MARK, with what is left then, and the last mark before it.
at_each_cut() # COMMAND
{
	local to kind text last='' done=0 cuts=0
	while read -r to kind text; do
		[ "$kind" != mark ] || last=$text
		case $last in '' | end) continue ;; esac
		echo "== $to $kind, acknowledged: $last"
		"$here/replay.py" "$log" "$image" "$done" "$to"
		done=$to
		cp --sparse=always "$image" "$left"
		"$1" "$last"
		cuts=$((cuts + 1))
	done < <("$here/replay.py" "$log")
	[ "$cuts" -ge 10 ] || fail "only $cuts moments"
}

# ---- data ----

letter() # N
{
	printf %b "\\x$(printf %x $((96 + $1)))"
}

# The Nth write: 4 KiB to a block of its own, and to block 100, which all others write, too.
write_nth() # N [FUA FLAG]
{
	local at
	head -c 4096 /dev/zero | tr '\0' "$(letter "$1")" >"$tap_dir/block"
	for at in $(($1 - 1)) 100; do
		sg_dd if="$tap_dir/block" of="$sg" bs=512 bpt=8 count=8 seek=$((at * 8)) \
			oflag="${2:-}sgio"
	done
	cat "$tap_dir/block" >>"$acked"
}

# As many as there are words. How each came to be durable: sync, fua, or nothing but write_through.
write_all() # HOW...
{
	local n=0 how
	mark 0
	for how; do
		n=$((n + 1))
		case $how in
		sync) write_nth $n; sg_sync "$sg" ;;
		fua) write_nth $n fua, ;;
		through) write_nth $n ;;
		esac
		mark $n
	done
}

write_and_forget()
{
	dd if=/dev/urandom of="$disk" bs=4k count=1 seek="$unsynced" oflag=direct
}

# The blocks of all that was acknowledged are there, and block 100 is of the last, or of who came after.
assert_durable() # FILE MARK
{
	local nr
	cmp --bytes=$(($2 * 4096)) "$1" "$acked" || fail "what was acknowledged is not there"
	nr=$(dd if="$1" bs=4k skip=100 count=1 | tr -d "$(letter "$2")$(letter $(($2 + 1)))" | wc -c)
	[ "$2" = 0 ] || assert_eq "$nr" 0 "bytes of block 100 that are older"
}

assert_lost() # FILE
{
	cmp --bytes=4096 <(dd if="$1" bs=4k skip="$unsynced" count=1) /dev/zero ||
		fail "a block that nobody flushed is there: this shows nothing"
}

look_at_device() # MARK
{
	assert_durable "$left" "$1"
}

look_at_file() # MARK
{
	mount -o loop "$left" "$after"
	assert_durable "$after/disk" "$1"
	umount "$after"
}

# shellcheck disable=SC2034	# $handler is for with_disk
handler_disk() # HANDLER PARAMETERS
{
	handler=$1
	with_disk "$2"
}

# A file on ext4, of which nothing is allocated yet.
file_disk() # PARAMETERS
{
	with_ext4
	truncate -s 4M "$mnt/disk"
	sync -f "$mnt"
	handler_disk vdisk_fileio "filename=$mnt/disk$1"
}

test_block_device()	# SYNCHRONIZE CACHE, and FUA
{
	handler_disk vdisk_blockio "filename=$below"
	write_all sync fua sync sync fua fua sync fua
	write_and_forget
	cut_power
	at_each_cut look_at_device
	assert_lost "$image"
}

test_block_device_without_a_cache()	# write_through
{
	handler_disk vdisk_blockio "filename=$below; write_through=1"
	write_all through through through through through through through through
	cut_power
	at_each_cut look_at_device
}

test_file()	# SYNCHRONIZE CACHE, and FUA
{
	file_disk ""
	write_all sync fua sync sync fua fua
	write_and_forget
	cut_power
	at_each_cut look_at_file
	mount -o loop "$left" "$after"
	assert_lost "$after/disk"
}

test_file_past_the_page_cache()	# O_DIRECT: blocks are allocated, so the journal counts as well
{
	file_disk "; o_direct=1"
	write_all sync fua fua sync
	cut_power
	at_each_cut look_at_file
}

test_file_without_a_cache()	# write_through
{
	file_disk "; write_through=1"
	write_all through through through through
	cut_power
	at_each_cut look_at_file
}

# ---- state files ----

# A state file that is there has a good slot, with what was acknowledged, or with what came next.
assert_state() # FILE NAME MARK
{
	local n
	if [ ! -e "$1" ]; then
		assert_eq "$3" 0 "no file of $2, but acknowledged"
		return
	fi
	"$here/slots.py" "$1" "$tap_dir/data" || fail "$2: both slots are bad"
	for n in "$3" $(($3 + 1)); do
		! cmp -s "$tap_dir/data" "$tap_dir/$2.$n" || return 0
	done
	fail "$2: what was acknowledged is not there: $(od -An -tx1 "$tap_dir/data")"
}

look_at_state() # MARK
{
	mount -o loop "$left" "$after"
	assert_state "$after/modes/disk" modes "$1"
	assert_state "$after/pr" pr "$1"
	umount "$after"
}

# The Nth change of both, and what their files say then.
change_state() # N
{
	pr "$sg" register-ignore --param-sark=0xabc"$1" --param-aptpl
	"$here/slots.py" "$mnt/pr" "$tap_dir/pr.$1"
	# control mode page, with SP: TAS
	printf '\0\0\0\0\0\0\0\0\x0a\x0a\x02\0\0\0\0\0\0\0\0\0' >"$tap_dir/select"
	rm -f "$tap_dir/page"
	sg_raw --request=252 --outfile="$tap_dir/page" "$sg" 5a 08 0a 00 00 00 00 00 fc 00
	dd if="$tap_dir/page" of="$tap_dir/select" bs=1 skip=10 seek=10 count=10 conv=notrunc
	printf %b "\\x$(printf %x $((($1 % 2) * 64)))" |
		dd of="$tap_dir/select" bs=1 seek=13 conv=notrunc
	sg_raw --send=20 --infile="$tap_dir/select" "$sg" 55 11 00 00 00 00 00 00 14 00
	"$here/slots.py" "$mnt/modes/disk" "$tap_dir/modes.$1"
	mark "$1"
}

test_state_files()	# reservations with APTPL, saved mode parameters: never both slots bad, never old
{
	local n
	with_ext4
	mkdir -p "$modes" "$mnt/modes"
	mount --bind "$mnt/modes" "$modes"
	sync -f "$mnt"
	add_null disk size_mb=16
	write_attr "$scst/devices/disk/pr_file_name" "$mnt/pr"
	map_lun disk 0
	sg=$(sg_of 0)
	clear_unit_attentions "$sg"
	mark 0
	for n in 1 2 3 4; do
		change_state $n
	done
	cut_power
	at_each_cut look_at_state
	# and the kernel makes of the last one what it was
	mount -o loop "$left" "$after"
	add_null again
	write_attr "$scst/devices/again/pr_file_name" "$after/pr"
	assert_eq "$(cat "$scst/devices/again/pr_state")" "$(cat "$scst/devices/disk/pr_state")"
}

run_tests "$@"
