#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# A real disk at the target, dev_disk: how it comes, is called and goes; its data; which commands reach it,
# which never do, and which none may by a LUN that is read-only; dev_disk_perf, which has its disk do
# nothing. The disk is scsi_debug's. That its answers are the disk's own is for pass_compare.sh, errors for
# pass_errors.sh, what is longer than the disk takes for pass_limits.sh.
#
# Disks go, or are hidden, while the host looks at them:
# expects: disks that go

. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/../lib/scst.sh"
. "$(dirname "$0")/../lib/pass.sh"
. "$(dirname "$0")/../lib/pr.sh"

setup_file()
{
	load_pass scst_disk scst_modisk
}

# A test may have had another one.
setup()
{
	[ -d /sys/module/scsi_debug ] || make_scsi_debug lbpu=1 lbpws=1
	hctl=$(debug_devices | head -n 1)
}

teardown_file()
{
	drop_scsi_debug
	unload_pass
}

teardown()
{
	drop_second_host
	drop_passes
	! mountpoint -q "$tap_dir/mnt" || umount "$tap_dir/mnt"
	[ ! -e "$tap_dir/other" ] || drop_scsi_debug
	rm -f "$tap_dir/other"
}

with_other_disk() # PARAMETER...
{
	touch "$tap_dir/other"
	drop_scsi_debug
	make_scsi_debug "$@"
}

# ---- how it comes and goes ----

test_help_says_how_a_device_is_added()	# in the words that scstadmin looks for
{
	local handler
	for handler in dev_disk dev_disk_perf; do
		has -F 'echo "add_device H:C:I:L [parameters]"' <"$(pass_mgmt $handler)"
		assert_match "$(cat "$scst/handlers/$handler/type")" "^0 - " "type of $handler"
	done
}

test_directory_is_as_scsts()	# type, handler, exported, and which SCSI device it is
{
	with_pass dev_disk
	assert_match "$(cat "$dev/type")" "^0 - " type
	assert_eq "$(basename "$(readlink "$dev/handler")")" dev_disk handler
	assert_eq "$(readlink -f "$dev/scsi_device")" "$(readlink -f "/sys/class/scsi_device/$hctl")" scsi_device
	assert_eq "$(readlink -f "$scst/handlers/dev_disk/$hctl")" "$(readlink -f "$dev")" "link of the handler"
	assert_eq "$(readlink -f "$dev/exported/export0")" "$(readlink -f "$tgt/luns/0")" export0
}

test_device_is_added_once()	# not twice, nor by another handler; the first one stays
{
	with_pass dev_disk
	! (tap_asking=1; add_pass dev_disk) || fail "it is added twice"
	! (tap_asking=1; add_pass dev_disk_perf) || fail "it has two handlers"
	assert_eq "$(handler_of "$hctl")" dev_disk handler
	assert_eq "$(tur "$sg")" "00 none" "a command that follows"
}

test_deleted_device_is_the_hosts_again()	# and can be added again; its LUN goes with it
{
	for _ in 1 2 3; do
		with_pass dev_disk
		drop_passes
		[ ! -e "$dev" ] || fail "$dev is still there"
		[ ! -e "$tgt/luns/0" ] || fail "its LUN is still there"
		[ ! -e "$scst/handlers/dev_disk/$hctl" ] || fail "its link is still there"
		assert_eq "$(tur "$(raw_of "$hctl")")" "00 none" "the disk by itself"
	done
}

test_driver_of_an_assigned_device_stays()	# until it is deleted
{
	with_pass dev_disk
	! (tap_asking=1; rmmod scsi_debug 2>/dev/null) || fail "its driver is gone"
	assert_eq "$(tur "$sg")" "00 none" "a command"
	drop_passes
	drop_scsi_debug
}

test_a_mounted_disk_is_not_taken()	# nor does one that is assigned get mounted beside it
{
	local disk
	disk=$(node_of "$hctl" block)
	mkfs.ext4 -q "$disk"
	mkdir -p "$tap_dir/mnt"
	mount "$disk" "$tap_dir/mnt"
	assert_fails_with "busy" add_pass dev_disk
	umount "$tap_dir/mnt"
	add_pass dev_disk
	! (tap_asking=1; mount "$disk" "$tap_dir/mnt" 2>/dev/null) || fail "it is mounted"
}

# ---- data ----

test_data_is_what_was_written()	# fio over the LUN, several sizes; and the disk has the same
{
	local disk
	with_pass dev_disk
	disk=$(disk_of 0)
	verify_fio --bsrange=512-256k --blockalign=512
	noise data 1048576 >"$tap_dir/noise"
	dd if="$tap_dir/noise" of="$disk" bs=64k seek=16 oflag=direct conv=fsync
	cmp "$tap_dir/noise" <(content_of "$raw" 2048 2048)
	cmp <(dd if="$disk" bs=1M skip=1 count=1 iflag=direct) <(content_of "$raw" 2048 2048)
}

test_data_of_blocks_of_4096()	# as the disk says
{
	local disk
	with_other_disk sector_size=4096
	with_pass dev_disk
	disk=$(disk_of 0)
	assert_eq "$(blockdev --getss "$disk")" 4096 "block size"
	assert_eq "$(blockdev --getsize64 "$disk")" $((16 << 20)) size
	verify_fio --bsrange=4k-256k --blockalign=4k
}

test_memory_in_pieces()	# of 512 bytes that lie apart, and of which the first is longer
{
	local disk
	with_pass dev_disk
	disk=$(disk_of 0)
	"$(dirname "$0")/sg_pieces.py" "$disk" 0 64
	"$(dirname "$0")/sg_pieces.py" "$disk" 512 255
}

test_discarded_blocks_are_gone()	# UNMAP is the disk's own
{
	local disk
	with_pass dev_disk
	disk=$(disk_of 0)
	dd if=/dev/urandom of="$disk" bs=64k count=1 oflag=direct
	watch_device "$hctl"
	blkdiscard --length 65536 "$disk"
	cdbs_seen | has "^\(42\|93\) " || fail "the disk was not told"
	cmp -n 65536 <(content_of "$raw" 0 128) /dev/zero
}

# ---- what reaches the disk ----

test_unknown_commands_are_passed()	# whatever they are, as long and in the direction that is expected
{
	local said
	with_pass dev_disk
	inject 2 1 c1 0 0 2 9 80 01
	said=$(cdbs_of eval 'told "$sg" 0 c1 22 33 44 55 66 77 88 99 00; told "$sg" 512 c1 00 00 00 00 00 00 00 00 00;
		told "$sg" -4096 c1 00 00 00 00 00 00 00 00 00; told "$sg" 0 c1 01 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e 00')
	assert_eq "$said" "c1 22 33 44 55 66 77 88 99 00
c1 00 00 00 00 00 00 00 00 00
c1 00 00 00 00 00 00 00 00 00
c1 01 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e 00" "what the disk saw"
	assert_eq "$(told "$sg" 512 c1 00 00 00 00 00 00 00 00 00)" "02 9/80/01" "its answer"
	inject_nothing 2 c1
	assert_eq "$(told "$sg" 512 c1 00 00 00 00 00 00 00 00 00)" "02 5/20/00" "its other answer"
}

test_data_of_an_unknown_command_is_passed()	# as much as is expected: half a megabyte, an odd number
{
	local length
	with_pass dev_disk
	watch_device "$hctl"
	for length in 1 13 511 4097 524288; do
		told "$sg" "$length" c1 00 00 00 00 00 00 00 00 00
		told "$sg" "-$length" c1 00 00 00 00 00 00 00 00 00
	done
	echo 0 >$tracing/events/scsi/scsi_dispatch_cmd_start/enable
	assert_eq "$(nr_lines "data_sgl=[1-9].*raw=c1" $tracing/trace)" 10 "commands with data that the disk saw"
}

test_commands_of_32_bytes_are_passed()	# READ(32) to a disk that has them
{
	with_pass dev_disk
	noise long 512 >"$tap_dir/noise"
	sg_raw --send=512 --infile="$tap_dir/noise" "$raw" 2a 00 00 00 00 09 00 00 01 00
	cdbs_of sg_raw --request=512 --outfile="$tap_dir/data" "$sg" 7f 00 00 00 00 00 00 18 00 09 00 00 \
		00 00 00 00 00 00 00 09 00 00 00 09 00 00 00 00 00 00 00 01 | has "^7f " || fail "the disk saw none"
	cmp "$tap_dir/data" "$tap_dir/noise"
}

# They act for whoever sends them, and that would be this host.
never_passed="83 84 86 87 a0 5e 5f 16 17 18 39 3a 56 57"

test_what_speaks_for_this_host_is_never_passed()	# copies, access controls, reservations, lists of LUNs
{
	local opcode cdb seen
	with_pass dev_disk
	watch_device "$hctl"
	for opcode in $never_passed; do
		case $opcode in
		1?) cdb="00 00 00 00 00" ;;
		[35]?) cdb="00 00 00 00 00 00 00 18 00" ;;
		a0) cdb="00 00 00 00 00 00 00 02 00 00 00" ;;
		*) cdb="00 00 00 00 00 00 00 00 00 00 00 00 18 00 00" ;;
		esac
		# shellcheck disable=SC2086	# a list
		told "$sg" "$([[ $opcode == 5f || $opcode == 8[37] ]] && echo -24 || echo 512)" $opcode $cdb
	done
	told "$sg" 24 5e 1f 00 00 00 00 00 00 18 00
	told "$sg" -24 5f 1f 00 00 00 00 00 00 18 00
	told "$sg" -24 a4 0b 00 00 00 00 00 00 00 18 00 00	# CHANGE ALIASES
	told "$sg" -24 a4 0e 00 00 00 00 00 00 00 18 00 00	# SET PRIORITY
	seen=$(cdbs_seen)
	for opcode in $never_passed a4; do
		lines_with "^$opcode " <<<"$seen"
	done >"$tap_dir/passed"
	assert_eq "$(cat "$tap_dir/passed")" "" "what was passed"
}

test_naca_stays_here()	# the disk, which nobody could have clear the condition, is not told of it
{
	with_pass dev_disk
	assert_eq "$(cdbs_of sg_raw --request=512 "$sg" 28 00 00 00 00 00 00 00 01 04)" \
		"28 00 00 00 00 00 00 00 01 00" "what the disk saw"
	assert_eq "$(cdbs_of told "$sg" 0 02 00 00 00 00 04)" "02 00 00 00 00 00" "what it saw of a command nobody knows"
}

test_protection_information_is_refused()	# and not told of, though the disk has it
{
	with_other_disk dif=1
	with_pass dev_disk
	sg_inq "$raw" | has "Protect=1" || fail "the disk has none"
	sg_inq "$sg" | has "Protect=0"
	sg_vpd --page=ei "$sg" | has "GRD_CHK=0"
	sg_readcap --16 "$sg" | has "prot_en=0"
	assert_match "$(told "$sg" 512 28 20 00 00 00 00 00 00 01 00)" "^02 5/2[04]/00" "RDPROTECT"
	assert_match "$(told "$sg" -512 2a 20 00 00 00 00 00 00 01 00)" "^02 5/2[04]/00" "WRPROTECT"
	assert_eq "$(told "$sg" 512 28 00 00 00 00 00 00 00 01 00)" "00 none" "without"
}

# ---- a LUN that is read-only ----

# Length and CDB of all that can write, to the medium or past it.
can_write="
-512 0a 00 00 00 01 00
-512 2a 00 00 00 00 00 00 00 01 00
-512 aa 00 00 00 00 00 00 00 00 01 00 00
-512 8a 00 00 00 00 00 00 00 00 00 00 00 00 01 00 00
-512 7f 00 00 00 00 00 00 18 00 0b 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 01
-512 2e 00 00 00 00 00 00 00 01 00
-512 ae 00 00 00 00 00 00 00 00 01 00 00
-512 8e 00 00 00 00 00 00 00 00 00 00 00 00 01 00 00
-512 41 00 00 00 00 00 00 00 01 00
-512 93 00 00 00 00 00 00 00 00 00 00 00 00 01 00 00
-512 7f 00 00 00 00 00 00 18 00 0d 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 01
-24 42 00 00 00 00 00 00 00 18 00
-1024 89 00 00 00 00 00 00 00 00 00 00 00 00 01 00 00
-512 8b 00 00 00 00 00 00 00 00 00 00 00 00 01 00 00
-512 9c 00 00 00 00 00 00 00 00 00 00 00 00 01 00 00
-512 3f 00 00 00 00 00 00 02 00 00
-512 9f 11 00 00 00 00 00 00 00 00 00 00 02 00 00 00
-512 9f 12 00 00 00 00 00 00 00 00 00 00 00 01 00 00
0 04 00 00 00 00 00
-8 07 00 00 00 00 00
0 48 01 00 00 00 00 00 00 00 00
-512 85 0a 00 00 00 00 01 00 00 00 00 00 00 00 35 00
-512 a1 0a 00 00 01 00 00 00 00 35 00 00
512 85 08 0e 00 00 00 01 00 00 00 00 00 00 00 ec 00
-512 3b 02 00 00 00 00 00 02 00 00
-512 b5 00 00 00 00 00 00 00 02 00 00 00
0 94 03 00 00 00 00 00 00 00 00 00 00 00 00 00 00
0 c1 00 00 00 00 00 00 00 00 00
512 c2 00 00 00 00 00 00 00 00 00
-512 ea 00 00 00 00 00 00 00 00 00
"

test_read_only_lun_lets_nothing_write()	# not what is unknown, firmware or ATA commands either
{
	local length cdb wrong=
	with_pass dev_disk read_only=1
	watch_device "$hctl"
	while read -r length cdb; do
		[ -n "$length" ] || continue
		# shellcheck disable=SC2086	# a list
		said=$(told "$sg" "$length" $cdb)
		[ "$said" = "02 7/27/00" ] || wrong+="$cdb: $said"$'\n'
	done <<<"$can_write"
	cdbs_seen | lines_with -E "^($(awk 'NF { print $2 }' <<<"$can_write" | sort -u | paste -sd'|')) " >"$tap_dir/seen"
	assert_eq "$wrong" "" "those that were told something else than DATA PROTECT"
	assert_eq "$(cat "$tap_dir/seen")" "" "what the disk saw"
}

test_read_only_lun_reads()	# and says what it is; another LUN of the same device is not
{
	with_pass dev_disk read_only=1
	sg_modes "$sg" --page=0x0a | has "WP=1"
	sg_modes "$sg" --six --page=0x0a | has "WP=1"
	assert_eq "$(blockdev --getro "$(disk_of 0)")" 1 "read-only flag"
	assert_eq "$(told "$sg" 512 28 00 00 00 00 00 00 00 01 00)" "00 none" READ
	assert_eq "$(told "$sg" 512 12 00 00 00 60 00 | cut -c1-2)" 00 INQUIRY
	assert_eq "$(told "$sg" 32 9e 10 00 00 00 00 00 00 00 00 00 00 00 20 00 00)" "00 none" "READ CAPACITY"
	assert_eq "$(told "$sg" 0 2f 00 00 00 00 00 00 00 01 00)" "00 none" VERIFY
	map_lun "$hctl" 1
	clear_unit_attentions "$(sg_of 1)"
	sg_modes "$(sg_of 1)" --page=0x0a | has "WP=0"
	assert_eq "$(told "$(sg_of 1)" -512 2a 00 00 00 00 00 00 00 01 00)" "00 none" "WRITE by the other LUN"
}

# ---- dev_disk_perf ----

# Zeros, and all of them.
reads_zeros() # CDB-BYTE...
{
	assert_eq "$(answer_of "$sg" 512 "$@")" "00 - 0 512" "$*"
	sg_raw --request=512 --outfile="$tap_dir/zeros" "$sg" "$@"
	cmp -n 512 "$tap_dir/zeros" /dev/zero
}

test_perf_leaves_its_disk_alone()	# READ and WRITE of any form are GOOD, and nothing is read or written
{
	noise before 32768 >"$tap_dir/before"
	sg_raw --send=32768 --infile="$tap_dir/before" "$(raw_of "$hctl")" 2a 00 00 00 00 00 00 00 40 00
	with_pass dev_disk_perf
	noise perf 32768 >"$tap_dir/noise"
	watch_device "$hctl"
	sg_raw --send=32768 --infile="$tap_dir/noise" "$sg" 2a 00 00 00 00 00 00 00 40 00
	assert_eq "$(told "$sg" -512 0a 00 00 00 01 00)" "00 none" "WRITE(6)"
	assert_eq "$(told "$sg" -512 aa 00 00 00 00 00 00 00 00 01 00 00)" "00 none" "WRITE(12)"
	assert_eq "$(told "$sg" -512 8a 00 00 00 00 00 00 00 00 00 00 00 00 01 00 00)" "00 none" "WRITE(16)"
	assert_eq "$(told "$sg" -512 2e 00 00 00 00 00 00 00 01 00)" "00 none" "WRITE AND VERIFY(10)"
	reads_zeros 08 00 00 00 01 00
	reads_zeros 28 00 00 00 00 00 00 00 01 00
	reads_zeros a8 00 00 00 00 00 00 00 00 01 00 00
	reads_zeros 88 00 00 00 00 00 00 00 00 00 00 00 00 01 00 00
	cdbs_seen | lines_with -E "^(08|28|a8|88|0a|2a|aa|8a|2e|ae|8e) " >"$tap_dir/seen"
	assert_eq "$(cat "$tap_dir/seen")" "" "what the disk saw"
	cmp "$tap_dir/before" <(content_of "$raw" 0 64)
}

test_perf_of_magneto_optical_disks()	# dev_modisk_perf does the same, and takes no other type
{
	with_other_disk ptype=7
	! (tap_asking=1; add_pass dev_disk_perf 2>/dev/null) || fail "dev_disk_perf takes it"
	with_pass dev_modisk_perf
	watch_device "$hctl"
	assert_eq "$(told "$sg" -512 2a 00 00 00 00 00 00 00 01 00)" "00 none" "WRITE(10)"
	reads_zeros 28 00 00 00 00 00 00 00 01 00
	assert_eq "$(cdbs_seen | lines_with -E "^(28|2a) ")" "" "what the disk saw"
}

test_perf_passes_the_rest()	# its identity, its capacity, what is wrong
{
	with_pass dev_disk_perf
	assert_eq "$(sg_inq --id "$sg" | head -n 1)" "$(sg_inq --id "$raw" | head -n 1)" identity
	assert_eq "$(sg_readcap --raw "$sg" | md5sum)" "$(sg_readcap --raw "$raw" | md5sum)" capacity
	cdbs_of told "$sg" 0 2f 00 00 00 00 00 00 00 01 00 | has "^2f" || fail "VERIFY was not passed"
	assert_match "$(told "$sg" -512 3b 1e 00 00 00 00 00 02 00 00)" "^0[02]" "WRITE BUFFER"
}

run_tests "$@"
