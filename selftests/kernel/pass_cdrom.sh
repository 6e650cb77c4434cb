#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# A real drive for CDs at the target, dev_cdrom: what is on the disc, what the drive says of it, eject and
# load by one of two initiators, and locks of both. The drive is QEMU's, behind virtio-scsi. Not tested:
# discs that can be written, sound.
#
# boot: --cdrom 8M,serial=drive1
# expects: disks that go

. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/../lib/scst.sh"
. "$(dirname "$0")/../lib/pass.sh"

setup_file()
{
	modprobe -a virtio_scsi sr_mod
	load_pass scst_cdrom
	hctl=$(drive)
}

teardown_file()
{
	unload_pass
	wait_for 10 modprobe -r sr_mod
}

setup()
{
	with_pass dev_cdrom
}

# Its tray is closed, and nobody locks it.
teardown()
{
	local raw
	drop_second_host
	drop_passes
	raw=$(raw_of "$hctl")
	quietly_start "$raw"
	[ "$(tur "$raw")" = "00 none" ] || quietly_start "$raw"
}

quietly_start() # SG
{
	sg_raw "$1" 1e 00 00 00 00 00 >/dev/null 2>&1 || true
	sg_raw "$1" 1b 00 00 00 03 00 >/dev/null 2>&1 || true
	attentions_of "$1" >/dev/null
}

# The one that `boot` made, by its type.
drive()
{
	local type
	for type in /sys/bus/scsi/devices/*:*/type; do
		[ "$(cat "$type")" != 5 ] || basename "$(dirname "$type")"
	done | grep . || fail "no drive here: make check TESTS=kernel/pass_cdrom, or boot --for $0"
}

has_sr()
{
	[ -b "/dev/$(basename "$(echo "$(sdev_dir 0)"/block/sr*)")" ]
}

# The drive as the host sees the LUN.
sr_of_lun()
{
	wait_for 10 has_sr
	echo "/dev/$(basename "$(echo "$(sdev_dir 0)"/block/sr*)")"
}

test_answers_are_the_drives_own()	# hundreds of commands: TOC, features, events, structure of the disc
{
	python3 "$(dirname "$0")/pass_compare.py" cd "$raw" "$sg"
}

test_drive_is_what_it_says()	# its type, its help
{
	assert_match "$(cat "$dev/type")" "^5 - " type
	has -F 'echo "add_device H:C:I:L [parameters]"' <"$(pass_mgmt dev_cdrom)"
	sg_inq "$sg" | has "QEMU"
}

test_disc_is_read()	# all of it, as the drive itself reads it; and not written
{
	local sr
	sr=$(sr_of_lun)
	assert_eq "$(blockdev --getsize64 "$sr")" $((8 << 20)) size
	assert_eq "$(dd if="$sr" bs=64k iflag=direct | sha256sum)" \
		"$(sg_dd if="$raw" of=- bs=2048 bpt=16 iflag=sgio 2>/dev/null | sha256sum)" "sum of what is read"
	! (tap_asking=1; dd if=/dev/zero of="$sr" bs=2048 count=1 oflag=direct 2>/dev/null) || fail "it is written"
}

test_ejected_by_one_is_gone_for_both()	# and loaded; the other one hears 28h/00h each time
{
	with_second_host
	sg_raw "$sg" 1b 00 00 00 02 00
	attentions_of "$sg2" | has "6/28/00" || fail "nothing of the eject"
	assert_match "$(tur "$sg2")" "^02 2/3a/0" "what it is told then"
	assert_match "$(told "$sg" 2048 28 00 00 00 00 00 00 00 01 00)" "^02 2/3a/0" "a read"
	sg_raw "$sg" 1b 00 00 00 03 00
	attentions_of "$sg" >/dev/null
	attentions_of "$sg2" | has "6/28/00" || fail "nothing of the load"
	assert_eq "$(told "$sg2" 2048 28 00 00 00 00 00 00 00 01 00)" "00 none" "a read then"
}

test_locked_by_both_is_ejected_when_both_let_go()	# the lock of one does not go with that of the other
{
	with_second_host
	sg_prevent --prevent=1 "$sg"
	sg_prevent --prevent=1 "$sg2"
	sg_prevent --allow "$sg"
	assert_eq "$(told "$sg" 0 1b 00 00 00 02 00)" "02 5/53/02" "while one locks it"
	drop_second_host
	wait_for 5 eval '[ "$(told "$sg" 0 1b 00 00 00 02 00)" = "00 none" ]'
}

test_lun_may_be_read_only()	# which makes no difference to reading
{
	drop_passes
	with_pass dev_cdrom read_only=1
	assert_eq "$(told "$sg" 2048 28 00 00 00 00 00 00 00 01 00)" "00 none" "a read"
	assert_eq "$(told "$sg" -2048 2a 00 00 00 00 00 00 00 01 00)" "02 7/27/00" "a write"
}

run_tests "$@"
