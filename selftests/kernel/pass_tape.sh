#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# A tape drive at the target, dev_tape: blocks of one length and of any, filemarks, what a read of another
# length says, archives, two initiators at one drive, dev_tape_perf. The drive is tgt's, behind this host's
# open-iscsi. Not tested: more than one partition, WORM, positions, which tgt does not have.
#
# expects: disks that go
# expects: detected conn error

. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/../lib/pass.sh"
. "$(dirname "$0")/../lib/tgt.sh"
. "$(dirname "$0")/../lib/pr.sh"

setup_file()
{
	load_pass scst_tape
	start_tgt
	hctl=$drive
}

teardown_file()
{
	stop_tgt
	unload_pass
}

setup()
{
	with_pass dev_tape
	wait_for 10 tape_of 0
	tape=$(tape_of 0)
}

teardown()
{
	drop_second_host
	drop_passes
}

# The node of the upper driver that does not rewind.
tape_of() # LUN [SESSION DIRECTORY]
{
	local node
	node=/dev/$(basename "$(echo "$(sdev_dir "$@")"/scsi_tape/nst?)")
	[ -c "$node" ] && echo "$node"
}

mt()
{
	mt-st -f "$tape" "$@"
}

rewound()
{
	mt rewind
	mt setblk "${1:-0}"
}

# ---- what it is ----

test_answers_are_the_drives_own()	# hundreds of commands: blocks of any length, filemarks, ILI
{
	python3 "$(dirname "$0")/pass_compare.py" tape "$raw" "$sg"
}

test_drive_is_what_it_says()	# its type, name and serial number
{
	assert_match "$(cat "$dev/type")" "^1 - " type
	assert_eq "$(cat "$(sdev_dir 0)/vendor")" "LAB     " vendor
	assert_eq "$(sg_vpd --raw --page=sn "$sg" | md5sum)" "$(sg_vpd --raw --page=sn "$raw" | md5sum)" "serial number"
	has -F 'echo "add_device H:C:I:L"' <"$(pass_mgmt dev_tape)"
}

test_block_limits_are_told()	# READ BLOCK LIMITS
{
	assert_eq "$(sg_raw --request=6 "$sg" 05 00 00 00 00 00 2>&1 | grep '^ 00')" \
		"$(sg_raw --request=6 "$raw" 05 00 00 00 00 00 2>&1 | grep '^ 00')" "limits"
}

# ---- blocks ----

any_lengths="1000 4 10240 65536 77777 262144"

test_blocks_of_any_length()	# each is read as it was written; no powers of two, up to a quarter of a megabyte
{
	local length
	rewound
	for length in $any_lengths; do
		noise "$length" "$length" | dd bs="$length" iflag=fullblock
	done >"$tape"
	mt rewind
	for length in $any_lengths; do
		dd bs=300000 count=1 of="$tap_dir/block.$length"
	done <"$tape"
	for length in $any_lengths; do
		cmp <(noise "$length" "$length") "$tap_dir/block.$length"
	done
}

test_blocks_of_one_length()	# 512, 10240, 1028: many in one command
{
	local size
	for size in 512 10240 1028; do
		rewound "$size"
		mt status | has "Tape block size $size bytes"
		noise "$size" $((size * 24)) | dd of="$tape" bs=$((size * 8)) iflag=fullblock
		mt rewind
		cmp <(noise "$size" $((size * 24))) <(dd if="$tape" bs=$((size * 6)))
	done
	mt setblk 0
}

# The drive's block size is changed behind us, so what was learnt of it is wrong.
test_block_size_may_change_behind_us()	# by the drive's own host
{
	rewound 512
	noise changed 10280 >"$tap_dir/noise"
	sg_raw --send=12 --infile=<(printf '\0\0\020\010\0\0\0\0\0\0\004\004') "$raw" 15 10 00 00 0c 00	# 1028
	sg_raw --send=10280 --infile="$tap_dir/noise" "$sg" 0a 01 00 00 0a 00
	sg_raw "$sg" 10 00 00 00 01 00
	sg_raw "$sg" 01 00 00 00 00 00
	sg_raw --request=10280 --outfile="$tap_dir/data" "$sg" 08 01 00 00 0a 00
	cmp "$tap_dir/data" "$tap_dir/noise"
	mt setblk 0
}

# Written is a block of 1000 bytes.
test_other_lengths_are_told()	# ILI with the difference, and what has been read; SILI keeps it quiet
{
	rewound
	noise block 1000 >"$tap_dir/noise"
	dd if="$tap_dir/noise" of="$tape" bs=1000
	mt rewind
	assert_match "$(sense_of "$sg" 500 08 00 00 01 f4 00)" "^02 f00020fffffe0c" "of a block that is longer"
	mt rewind
	assert_match "$(sense_of "$sg" 4096 08 00 00 10 00 00)" "^02 f0002000000c18" "of a block that is shorter"
	mt rewind
	assert_eq "$(sense_of "$sg" 4096 08 02 00 10 00 00)" "$(mt rewind && sense_of "$raw" 4096 08 02 00 10 00 00)" \
		"with SILI"
	mt rewind
	sg_raw --request=4096 --outfile="$tap_dir/data" "$sg" 08 00 00 10 00 00 || true
	cmp -n 1000 "$tap_dir/data" "$tap_dir/noise"
}

# st writes one when it is closed, and goes back over the one that ended its read.
test_filemarks_end_a_read()	# and are counted; behind the last is no data
{
	rewound
	noise one 4096 | dd of="$tape" bs=4096
	noise two 4096 | dd of="$tape" bs=4096
	mt weof 1
	mt rewind
	cmp <(noise one 4096) <(dd if="$tape" bs=4096)
	mt fsf 1
	cmp <(noise two 4096) <(dd if="$tape" bs=4096)
	mt rewind
	mt fsf 1
	cmp <(noise two 4096) <(dd if="$tape" bs=4096 count=1)
	mt bsf 1
	cmp <(noise one 0) <(dd if="$tape" bs=4096)
	mt eod
	assert_match "$(sense_of "$sg" 4096 08 00 00 10 00 00)" "^02 7000[45]8" "behind the end: BLANK CHECK"
}

test_lengths_that_no_buffer_has_are_survived()	# never more is moved than there is room for
{
	rewound 512
	noise many 65536 | dd of="$tape" bs=65536 iflag=fullblock
	mt rewind
	assert_match "$(told "$sg" 512 08 01 ff ff ff 00)" "^0[02]" "2^24 blocks into 512 bytes"
	mt rewind
	assert_match "$(told "$sg" 512 08 00 ff ff ff 00)" "^0[02]" "a block of 2^24 bytes into 512"
	mt eod
	assert_match "$(told "$sg" -512 0a 01 ff ff ff 00)" "^0[02]" "2^24 blocks of 512 bytes"
	assert_match "$(told "$sg" -512 0a 00 ff ff ff 00)" "^0[02]" "a block of 2^24 bytes in 512"
	assert_match "$(told "$sg" 0 0a 01 ff ff ff 00)" "^02 " "2^24 blocks of nothing"
	mt rewind
	assert_eq "$(tur "$sg")" "00 none" "a command that follows"
	mt setblk 0
}

# ---- archives ----

test_archive_comes_back()	# tar: in blocks of 10240 bytes, then of 20 * 512
{
	mkdir -p "$tap_dir/files/deeper"
	noise a 300000 >"$tap_dir/files/a"
	noise b 12345 >"$tap_dir/files/deeper/b"
	rewound
	tar -cf "$tape" -C "$tap_dir" files
	mt rewind
	tar -df "$tape" -C "$tap_dir"
	mt rewind
	tar -b 99 -cf "$tape" -C "$tap_dir" files		# 50688 bytes
	mt rewind
	tar -b 99 -tf "$tape" | has "files/deeper/b"
	rm -r "$tap_dir/files"
}

test_archives_stand_one_behind_the_other()	# each found by its filemark
{
	local i
	rewound
	for i in 1 2 3; do
		noise "$i" 30000 >"$tap_dir/archived"
		tar -cf "$tape" -C "$tap_dir" archived
	done
	for i in 3 1 2; do
		mt rewind
		mt fsf $((i - 1))
		tar -xOf "$tape" archived | cmp - <(noise "$i" 30000)
	done
}

# ---- two initiators ----

test_reserved_drive_is_one_initiators()	# RESERVE of 6 bytes, as st does it; and a persistent one
{
	with_second_host
	sg_raw "$sg" 16 00 00 00 00 00
	assert_conflict sg_raw --request=4096 "$sg2" 08 00 00 10 00 00
	assert_conflict sg_raw "$sg2" 01 00 00 00 00 00
	assert_conflict sg_raw "$sg2" 1b 00 00 00 00 00
	mt rewind
	sg_raw "$sg" 17 00 00 00 00 00
	sg_raw "$sg2" 01 00 00 00 00 00
	join "$sg2" 0xb
	pr "$sg2" reserve --param-rk=0xb --prout-type=3
	assert_conflict sg_raw "$sg" 01 00 00 00 00 00
	assert_conflict sg_raw --send=512 --infile=/dev/zero "$sg" 0a 00 00 02 00 00
	sg_raw "$sg2" 01 00 00 00 00 00
	pr "$sg2" clear --param-rk=0xb
}

test_what_one_does_to_the_tape_others_hear()	# another block size: 2Ah/01h; a load: 28h/00h
{
	with_second_host
	attentions_of "$sg2" >/dev/null
	mt setblk 1024
	attentions_of "$sg2" | has "6/2a/01" || fail "nothing of the block size"
	mt setblk 0
	attentions_of "$sg2" >/dev/null
	sg_raw "$sg" 1b 00 00 00 01 00
	attentions_of "$sg2" | has "6/28/00" || fail "nothing of the load"
	assert_eq "$(attentions_of "$sg")" "" "what the one who did it hears"
}

# ---- read-only, perf, what goes ----

test_read_only_lun_does_not_write()	# nor erase, nor filemarks; it reads and winds
{
	local cdb
	rewound
	noise kept 4096 | dd of="$tape" bs=4096
	drop_passes
	with_pass dev_tape read_only=1
	sg_raw "$sg" 01 00 00 00 00 00
	for cdb in "10 00 00 00 01 00" "19 01 00 00 00 00" "04 00 00 00 00 00" \
		"82 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00"; do
		# shellcheck disable=SC2086	# a list
		assert_eq "$(told "$sg" 0 $cdb)" "02 7/27/00" "$cdb"
	done
	assert_eq "$(told "$sg" -512 0a 00 00 02 00 00)" "02 7/27/00" WRITE
	sg_raw --request=4096 --outfile="$tap_dir/data" "$sg" 08 00 00 10 00 00
	cmp "$tap_dir/data" <(noise kept 4096)
}

test_perf_moves_no_tape()	# READ and WRITE are GOOD, and the drive hears nothing of them
{
	rewound
	drop_passes
	with_pass dev_tape_perf
	watch_device "$hctl"
	assert_eq "$(told "$sg" -10240 0a 00 00 28 00 00)" "00 none" WRITE
	sg_raw --request=10240 --outfile="$tap_dir/data" "$sg" 08 00 00 28 00 00
	sg_raw "$sg" 01 00 00 00 00 00
	assert_eq "$(cdbs_seen | grep -E "^(08|0a|01) ")" "01 00 00 00 00 00" "what the drive saw"
	cmp "$tap_dir/data" <(head -c 10240 /dev/zero)
}

test_drive_that_goes_is_not_ready()	# and comes back when it is there again
{
	rewound
	noise before 4096 | dd of="$tape" bs=4096
	write_attr "/sys/bus/scsi/devices/$hctl/delete" 1
	wait_for 10 eval '[ "$(tur "$sg")" = "02 2/04/00" ]'
	write_attr "/sys/class/scsi_host/host${hctl%%:*}/scan" "- - -"
	wait_for 20 eval 'attentions_of "$sg" >/dev/null && [ "$(tur "$sg")" = "00 none" ]'
	sg_raw "$sg" 01 00 00 00 00 00
	sg_raw --request=4096 --outfile="$tap_dir/data" "$sg" 08 00 00 10 00 00
	cmp "$tap_dir/data" <(noise before 4096)
}

run_tests "$@"
