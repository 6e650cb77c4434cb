#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What an initiator can set and ask of a logical unit, as sg3-utils do it: mode pages and what is
# saved of them. Two sessions look at the same null disk. Not tested here: what every bit of every
# page means (selftests/unit), and commands that move blocks.
#
# A file that cannot be written:
# expects: cannot save

. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/../lib/scst.sh"

saved_dir=/var/lib/scst/vdev_mode_pages

setup_file()
{
	rm -rf "$saved_dir"
	load_scst
	write_attr "$scst"/targets/scst_local/mgmt "add_session scst_local_tgt second_host"
	second=$tgt/sessions/second_host
	add_disk
}

teardown_file()
{
	unload_scst
	rm -rf "$saved_dir"
}

add_disk()
{
	add_null spc0 size_mb=64
	map_lun spc0 0
	sg=$(sg_of 0)
	sg2=$(sg_of 0 "$second")
	clear_unit_attentions "$sg"
	clear_unit_attentions "$sg2"
}

# The device goes and comes back, as after a reboot; the tests' sg and sg2 are new ones.
restart_disk()
{
	del_null spc0
	wait_for 10 no_sdev 0
	wait_for 10 no_sdev 0 "$second"
	add_disk
}

turs() # SG
{
	sg_raw "$1" 00 00 00 00 00 00
}

# mode_page PC PAGE: the bytes of MODE SENSE(10) without block descriptor; the page begins at the
# ninth. PC 0 current, 1 changeable, 2 default, 3 saved.
mode_page()
{
	rm -f "$tap_dir/page"
	sg_raw --request=252 --outfile="$tap_dir/page" "$sg" \
		5a 08 "$(printf %02x $(($1 << 6 | $2)))" 00 00 00 00 00 fc 00 2>/dev/null
	od -An -v -tx1 -w252 "$tap_dir/page"
}

mode_byte() # PC PAGE BYTE
{
	local bytes
	read -ra bytes < <(mode_page "$1" "$2")
	echo "${bytes[8 + $3]}"
}

# control BYTE MASK VALUE [1]: MODE SELECT(10) of the control mode page, which now has VALUE in the
# bits of MASK; with SP. (sg_wr_mode of sg3-utils 1.48 refuses all contents.)
control()
{
	local bytes
	read -ra bytes < <(mode_page 0 0x0a)
	bytes[0]=00 bytes[1]=00 bytes[8]=0a
	bytes[8 + $1]=$(printf %02x $((0x${bytes[8 + $1]} & ~0x$2 | 0x$3)))
	printf %b "$(printf '\\x%s' "${bytes[@]:0:20}")" >"$tap_dir/select"
	sg_raw --send=20 --infile="$tap_dir/select" "$sg" 55 "1${4:-0}" 00 00 00 00 00 00 14 00
}

# set_tas 0|1 [1]: TASK ABORTED STATUS.
set_tas()
{
	control 5 40 "$(($1 * 40))" "${@:2}"
}

test_mode_select_is_seen_by_mode_sense()	# current changes, default and saved do not
{
	set_tas 1
	assert_eq "$(mode_byte 0 0x0a 5)" 40 current
	assert_eq "$(mode_byte 2 0x0a 5)" 00 default
	assert_eq "$(mode_byte 3 0x0a 5)" 00 saved
	set_tas 0
}

test_others_are_told_of_changed_mode_parameters()	# and who changed them is not
{
	clear_unit_attentions "$sg2"
	set_tas 1
	turs "$sg"
	assert_fails_with "Mode parameters changed" turs "$sg2"
	turs "$sg2"
	set_tas 1
	turs "$sg2"
	set_tas 0
	clear_unit_attentions "$sg2"
}

test_reset_restores_saved_mode_parameters()	# what was set and not saved is forgotten
{
	set_tas 1
	assert_eq "$(mode_byte 0 0x0a 5)" 40 "current before the reset"
	sg_reset --no-esc --device "$sg"
	clear_unit_attentions "$sg"
	clear_unit_attentions "$sg2"
	assert_eq "$(mode_byte 0 0x0a 5)" 00 "current after the reset"
}

test_fixed_bit_of_a_mode_page_is_refused()	# TST is a parameter of add_device
{
	assert_fails_with "Invalid field in parameter list" control 2 20 0
	assert_eq "$(mode_byte 0 0x0a 2)" 22 "byte with TST"
}

test_commands_take_turns_under_load()	# QUEUE ALGORITHM MODIFIER 0: each waits for the older
{
	control 3 f0 00
	clear_unit_attentions "$sg2"
	start_load "$(disk_of 0)" 3
	wait "$load" || fail "fio: $(cat "$tap_dir/fio.log")"
	control 3 f0 10
	clear_unit_attentions "$sg2"
}

write_block()
{
	sg_raw --send=512 --infile=/dev/zero "$sg" 2a 00 00 00 00 00 00 00 01 00
}

test_software_write_protect_refuses_writes()	# until it is taken back
{
	control 4 08 08
	assert_fails_with "software write protected" write_block
	control 4 08 00
	write_block
	clear_unit_attentions "$sg2"
}

test_d_sense_changes_the_format_of_sense_data()	# fixed, then descriptor
{
	control 2 04 04
	assert_fails_with "Descriptor format" sg_raw "$sg" ff 00 00 00 00 00
	control 2 04 00
	assert_fails_with "Fixed format" sg_raw "$sg" ff 00 00 00 00 00
	clear_unit_attentions "$sg2"
}

test_saved_page_survives_the_device()	# and the directory is made on the way
{
	set_tas 1 1
	assert_eq "$(mode_byte 3 0x0a 5)" 40 saved
	restart_disk
	assert_eq "$(mode_byte 0 0x0a 5)" 40 "current after a restart"
	assert_eq "$(mode_byte 3 0x0a 5)" 40 "saved after a restart"
	assert_eq "$(mode_byte 2 0x0a 5)" 00 "default after a restart"
}

test_unsaved_change_does_not_survive()	# it was for as long as the device lived
{
	set_tas 0
	restart_disk
	assert_eq "$(mode_byte 0 0x0a 5)" 40 current
}

test_torn_write_leaves_what_was_saved_before()	# the second slot, cut short
{
	set_tas 0 1
	set_tas 1 1
	printf 'torn' | dd of="$saved_dir"/spc0 bs=1 seek=16 conv=notrunc
	restart_disk
	assert_eq "$(mode_byte 0 0x0a 5)" 00 "current, from the other slot"
	set_tas 1 1
	restart_disk
	assert_eq "$(mode_byte 0 0x0a 5)" 40 "saved over the torn slot"
}

test_failed_save_fails_the_command_and_changes_nothing()	# a read-only file system
{
	mount --bind "$saved_dir" "$saved_dir"
	mount -o remount,ro,bind "$saved_dir"
	assert_fails_with "Internal target failure" set_tas 0 1
	assert_eq "$(mode_byte 0 0x0a 5)" 40 current
	assert_eq "$(mode_byte 3 0x0a 5)" 40 saved
	restart_disk
	umount "$saved_dir"
	assert_eq "$(mode_byte 0 0x0a 5)" 40 "read from a read-only file system"
}

test_foreign_file_is_neither_used_nor_overwritten()	# the device works with its defaults
{
	echo "not ours" >"$saved_dir"/spc0
	restart_disk
	assert_eq "$(mode_byte 0 0x0a 5)" 00 current
	assert_fails_with "Error in Command: byte 1 bit 0" set_tas 1 1
	set_tas 1
	assert_eq "$(cat "$saved_dir"/spc0)" "not ours" "the file"
	rm "$saved_dir"/spc0
	restart_disk
	set_tas 0 1
}

# Writes lines as SCST does behind the name of the device, which says that they are whole.
scst_saved() # FILE LINE...
{
	mkdir -p "$saved_dir"
	printf 'spc0\n' >"$1"
	printf '%s\n' "${@:2}" >>"$1"
}

test_file_of_scst_is_taken_over()	# and kept beside ours
{
	local file=$saved_dir/spc0
	scst_saved "$file" TAS=1 SWP=1
	cp "$file" "$tap_dir/scst"
	restart_disk
	assert_eq "$(mode_byte 0 0x0a 5)" 40 "current, with TAS"
	assert_eq "$(mode_byte 3 0x0a 5)" 40 "saved"
	assert_eq "$(mode_byte 2 0x0a 5)" 00 "default"
	assert_fails_with "software write protected" write_block
	cmp "$file.scst~" "$tap_dir/scst"
	restart_disk
	assert_eq "$(mode_byte 3 0x0a 5)" 40 "saved, from our file"
	control 4 08 00 1
	restart_disk
	write_block
}

test_backup_of_scst_is_taken_over()	# as SCST was interrupted while it wrote
{
	local file=$saved_dir/spc0
	scst_saved "${file}1" TAS=1
	: >"$file"
	restart_disk
	assert_eq "$(mode_byte 3 0x0a 5)" 40 "saved, from the backup of an empty file"
	rm "$file"
	restart_disk
	assert_eq "$(mode_byte 3 0x0a 5)" 00 "saved, when there are no files"
	scst_saved "${file}1" TAS=1
	restart_disk
	assert_eq "$(mode_byte 3 0x0a 5)" 40 "saved, from the backup of no file"
	rm "$file"
	restart_disk
}

test_backup_of_scst_does_not_outlive_the_take_over()	# nothing comes back that was changed since
{
	local file=$saved_dir/spc0 slot
	scst_saved "$file" TAS=1
	cp "$file" "${file}1"
	restart_disk
	assert_eq "$(mode_byte 3 0x0a 5)" 40 "saved, from SCST's file"
	set_tas 0 1
	set_tas 0 1	# in both slots
	for slot in 0 4096; do
		printf 'torn' | dd of="$file" bs=1 seek=$((slot + 12)) conv=notrunc status=none
	done
	restart_disk
	assert_eq "$(mode_byte 0 0x0a 5)" 00 "current"
	assert_fails_with "Error in Command: byte 1 bit 0" set_tas 1 1
	rm "$file"
	restart_disk
}

test_file_of_a_device_that_is_called_like_a_backup_stays()	# spc01 is not spc0's
{
	local file=$saved_dir/spc0
	scst_saved "$file" TAS=1
	printf 'spc01\nTAS=1\n' | tee "$tap_dir/other" >"${file}1"
	restart_disk
	assert_eq "$(mode_byte 3 0x0a 5)" 40 "saved, from SCST's file"
	cmp "${file}1" "$tap_dir/other"
	rm "$file" "${file}1"
	restart_disk
}

test_file_of_scst_that_is_not_whole_is_left_alone()	# or is another device's
{
	local file=$saved_dir/spc0
	scst_saved "$file" TAS=1 SWP=
	restart_disk
	assert_eq "$(mode_byte 0 0x0a 5)" 00 current
	assert_fails_with "Error in Command: byte 1 bit 0" set_tas 1 1
	assert_eq "$(tail -n 1 "$file")" "SWP=" "the file"
	printf 'spc01\nTAS=1\n' >"$file"
	restart_disk
	assert_eq "$(mode_byte 0 0x0a 5)" 00 "current, with the file of another device"
	scst_saved "$file" TAS=1 QERR=2 COLOUR=1
	mark_log
	restart_disk
	log_since_mark | has "spc0: 2 of the parameters"
	assert_eq "$(mode_byte 0 0x0a 5)" 40 "current, with what does not fit left out"
	rm "$file"
	restart_disk
}

# long_read SERVICE_ACTION BYTE_20: a CDB of 32 bytes, for the last block of the disk.
long_read()
{
	sg_raw --request=512 "$sg" 7f 00 00 00 00 00 00 18 00 "$1" 00 00 \
		00 00 00 00 00 01 ff ff "$2" 00 00 00 00 00 00 00 00 00 00 01
}

test_commands_of_32_bytes_are_taken_whole()	# READ(32): its length is in the last bytes
{
	long_read 09 00 2>&1 | has "Received 512 bytes"
	assert_fails_with "byte 20 bit 7" long_read 09 80
	assert_fails_with "Error in Command: byte 8" long_read 77 00
	sg_opcodes "$sg" | has "Read(32)"
}

test_identifying_information_survives_the_device()	# and the others are told
{
	printf 'shelf 3' | sg_ident --set "$sg"
	assert_fails_with "Device identifier changed" turs "$sg2"
	restart_disk
	assert_eq "$(sg_ident --ascii "$sg" 2>/dev/null)" "shelf 3"
	sg_ident --clear "$sg"
	clear_unit_attentions "$sg2"
}

test_timestamp_is_the_clock_until_it_is_set()	# origin 3, then 2
{
	local now said
	now=$(date +%s)
	said=$(sg_timestamp "$sg")
	now=$((said / 1000 - now))
	[ "${now#-}" -lt 5 ] || fail "the unit is $now s off the clock: $said ms"
	assert_eq "$(sg_timestamp -ooN "$sg")" 3 origin
	sg_timestamp --milliseconds=1000000 "$sg"
	assert_fails_with "Timestamp changed" turs "$sg2"
	said=$(sg_timestamp "$sg")
	[ "$said" -ge 1000000 ] && [ "$said" -lt 1060000 ] || fail "set to 1000000 ms, says $said"
	assert_eq "$(sg_timestamp -ooN "$sg")" 2 origin
}

# echo_buffer write|read SG FILE: 512 bytes by way of the echo buffer.
echo_buffer()
{
	case $1 in
	write) sg_write_buffer --mode=0xa --length=512 --in="$3" "$2" ;;
	read) sg_read_buffer --mode=0xa --length=512 --raw "$2" >"$3" ;;
	esac
}

test_echo_buffer_is_the_initiators_own()	# two sessions write, each reads its own
{
	head -c 512 /dev/urandom >"$tap_dir/one"
	head -c 512 /dev/urandom >"$tap_dir/two"
	assert_fails_with "Illegal request" echo_buffer read "$sg" "$tap_dir/none"
	echo_buffer write "$sg" "$tap_dir/one"
	echo_buffer write "$sg2" "$tap_dir/two"
	echo_buffer read "$sg" "$tap_dir/out"
	cmp "$tap_dir/one" "$tap_dir/out"
	echo_buffer read "$sg2" "$tap_dir/out"
	cmp "$tap_dir/two" "$tap_dir/out"
	sg_read_buffer --mode=desc "$sg" | has -i "capacity: 4096"
}

test_self_test_and_diagnostic_pages()	# the default self-test, and a list of one page; others are taken
{
	sg_senddiag --test "$sg"
	sg_senddiag --list "$sg" | has -i "supported diagnostic pages"
	sg_senddiag --selftest=1 "$sg"
	sg_senddiag --selftest=4 "$sg"		# none is under way, and there is none to abort
	sg_senddiag --pf --raw=02,00,00,00 "$sg"
	assert_fails_with "Illegal request" sg_senddiag --selftest=3 "$sg"
}

# log_counter OFFSET: eight bytes of the general access statistics page.
log_counter()
{
	sg_raw --request=252 --outfile="$tap_dir/log" "$sg" 4d 00 59 00 00 00 00 00 fc 00 2>/dev/null
	printf '%d\n' "0x$(od -An -v -tx1 -j"$((8 + $1))" -N8 "$tap_dir/log" | tr -d ' \n')"
}

test_statistics_count_what_moves_blocks_and_can_be_reset()	# by LOG SELECT; the others are told
{
	local i reads blocks
	reads=$(log_counter 0)
	blocks=$(log_counter 24)
	for i in 1 2 3; do
		sg_raw --request=1024 "$sg" 28 00 00 00 00 00 00 00 02 00 2>/dev/null
	done
	assert_eq "$(log_counter 0)" $((reads + 3)) "read commands"
	assert_eq "$(log_counter 24)" $((blocks + 6)) "blocks read"
	sg_logs --select --reset "$sg"
	assert_fails_with "Log parameters changed" turs "$sg2"
	assert_eq "$(log_counter 0)" 0 "read commands after the reset"
}

run_tests "$@"
