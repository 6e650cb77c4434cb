#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# A library at the target: its arm by dev_changer, its drive by dev_tape, two LUNs. Cartridges are listed,
# loaded, unloaded and moved; an archive is longer than a cartridge; two initiators share it. Both are
# tgt's, behind this host's open-iscsi. Not tested: doors, and elements for import and export.
#
# expects: disks that go
# expects: detected conn error

. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/../lib/pass.sh"
. "$(dirname "$0")/../lib/tgt.sh"
. "$(dirname "$0")/../lib/pr.sh"

setup_file()
{
	load_pass scst_changer scst_tape
	start_tgt
}

teardown_file()
{
	stop_tgt
	unload_pass
}

# The arm is LUN 0 ($sg, $raw), the drive LUN 1 ($tape).
setup()
{
	hctl=$library
	with_pass dev_changer
	add_pass dev_tape "$drive"
	map_lun "$drive" 1
	wait_for 10 has_tape
	tape=$(echo "$(sdev_dir 1)"/scsi_tape/nst?)
	tape=/dev/${tape##*/}
	clear_unit_attentions "$(sg_of 1)"
}

teardown()
{
	local sg loaded
	drop_second_host
	drop_passes
	sg=$(raw_of "$library")
	loaded=$(slot_in_drive)
	[ -z "$loaded" ] || mtx unload "$loaded" 0
}

has_tape()
{
	[ -c "/dev/$(basename "$(echo "$(sdev_dir 1)"/scsi_tape/nst?)")" ]
}

mtx()
{
	command mtx -f "$sg" "$@"
}

# From which slot what is in the drive has come.
slot_in_drive()
{
	mtx status | sed -n 's/.*Data Transfer Element 0:Full (Storage Element \([0-9]*\) Loaded).*/\1/p'
}

has_at() # SLOT BARCODE
{
	mtx status | has "Storage Element $1:Full.*VolumeTag=$2" || fail "no $2 at $1: $(mtx status)"
}

test_answers_are_the_librarys_own()	# hundreds of commands: elements of all kinds, moves that cannot be
{
	python3 "$(dirname "$0")/pass_compare.py" changer "$raw" "$sg"
}

test_library_is_what_it_says()	# its type, and what is in it
{
	assert_match "$(cat "$dev/type")" "^8 - " type
	has -F 'echo "add_device H:C:I:L"' <"$(pass_mgmt dev_changer)"
	mtx status | has "1 Drives, 4 Slots"
	assert_eq "$(mtx status | sed 1d)" "$(command mtx -f "$raw" status | sed 1d)" "inventory"
	has_at 1 A0000001
	has_at 3 A0000003
}

test_cartridge_is_loaded_written_and_unloaded()	# what is written to it, is there the next time
{
	mtx load 1 0
	assert_eq "$(slot_in_drive)" 1 "slot of what is loaded"
	mt-st -f "$tape" rewind
	noise one 30720 | dd of="$tape" bs=10240 iflag=fullblock
	mtx unload 1 0
	has_at 1 A0000001
	mtx load 2 0
	mt-st -f "$tape" rewind
	! cmp -s <(noise one 30720) <(dd if="$tape" bs=10240 2>/dev/null) || fail "another cartridge has the same"
	mtx unload 2 0
	mtx load 1 0
	mt-st -f "$tape" rewind
	cmp <(noise one 30720) <(dd if="$tape" bs=10240)
	mtx unload 1 0
}

test_cartridge_is_moved()	# from slot to slot; what cannot be moved is told, in the library's own words
{
	mtx transfer 3 4
	has_at 4 A0000003
	! (tap_asking=1; mtx transfer 3 4 2>"$tap_dir/said") || fail "an empty slot is moved"
	grep -qiE "empty|illegal|Sense" "$tap_dir/said"
	mtx transfer 4 3
	has_at 3 A0000003
}

test_inventory_is_taken_anew()	# INITIALIZE ELEMENT STATUS
{
	mtx inventory
	has_at 2 A0000002
}

# The script that tar calls at the end of a volume: the next cartridge.
next_volume_script()
{
	cat >"$tap_dir/next" <<-EOT
	#!/bin/bash
	mt-st -f $tape rewind
	mtx -f $sg unload \$((TAR_VOLUME - 1)) 0 >&2
	mtx -f $sg load \$TAR_VOLUME 0 >&2
	mt-st -f $tape rewind
	EOT
	chmod +x "$tap_dir/next"
}

test_archive_of_three_cartridges()	# tar and mtx, through the target alone
{
	next_volume_script
	noise volumes 900000 >"$tap_dir/long"
	mtx load 1 0
	mt-st -f "$tape" rewind
	tar -cMf "$tape" -L 400 -F "$tap_dir/next" -C "$tap_dir" long
	assert_eq "$(slot_in_drive)" 3 "the last cartridge"
	mtx unload 3 0
	mtx load 1 0
	mt-st -f "$tape" rewind
	mkdir "$tap_dir/back"
	tar -xMf "$tape" -F "$tap_dir/next" -C "$tap_dir/back"
	cmp "$tap_dir/long" "$tap_dir/back/long"
	rm -r "$tap_dir/back"
}

test_reserved_library_is_one_initiators()	# nobody else moves a thing; who may looks at it all the same
{
	with_second_host
	join "$sg" 0xa
	pr "$sg" reserve --param-rk=0xa --prout-type=3
	assert_conflict sg_raw "$sg2" a5 00 00 10 04 00 00 01 00 00 00 00
	assert_conflict sg_raw --request=1024 "$sg2" b8 10 00 00 00 ff 00 00 04 00 00 00
	sg_raw --request=1024 --outfile=/dev/null "$sg2" b8 10 00 00 00 ff 02 00 04 00 00 00	# CURDATA
	mtx load 1 0
	mtx unload 1 0
	pr "$sg" clear --param-rk=0xa
	attentions_of "$sg2" >/dev/null
	sg_raw "$sg2" a5 00 00 10 04 00 04 03 00 00 00 00
	sg_raw "$sg2" a5 00 00 10 04 03 04 00 00 00 00 00
}

test_read_only_lun_moves_nothing()	# it is listed, and that is all
{
	drop_passes
	with_pass dev_changer read_only=1
	add_pass dev_tape "$drive"
	map_lun "$drive" 1
	mtx status | has "4 Slots"
	assert_eq "$(told "$sg" 0 a5 00 00 10 04 00 04 03 00 00 00 00)" "02 7/27/00" "MOVE MEDIUM"
	assert_eq "$(told "$sg" 0 a6 00 00 10 04 00 04 03 04 00 00 00)" "02 7/27/00" "EXCHANGE MEDIUM"
	assert_eq "$(told "$sg" 0 07 00 00 00 00 00)" "02 7/27/00" "INITIALIZE ELEMENT STATUS"
	has_at 1 A0000001
}

run_tests "$@"
