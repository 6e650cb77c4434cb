#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What should never come to a real device at the target, and does: names that are none, devices that must
# not be taken, commands that contradict themselves, memory that lies anywhere, drivers and disks that go at
# the wrong moment. What iSCSI can say besides is in iscsi/pass.sh. Not tested: devices that lie about
# themselves, which is for the unit tests.
#
# expects: disks that go
# expects: initiator: scsi_
# expects: timing out command

. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/../lib/scst.sh"
. "$(dirname "$0")/../lib/pass.sh"

setup_file()
{
	load_pass "${pass_modules[@]}"
	make_scsi_debug
}

teardown_file()
{
	drop_scsi_debug
	unload_pass
}

teardown()
{
	write_attr "/sys/kernel/debug/scsi_debug/$hctl/error" "- 0 28" 2>/dev/null || true
	drop_second_host
	drop_passes
}

# ---- names ----

nothing_was_added()
{
	local found
	found=$(find "$scst/devices" -mindepth 1 -maxdepth 1 -name '*:*')
	[ -z "$found" ] || fail "there is $found"
}

# Told as a word of mgmt, it is refused, and nothing is there.
refused() # HANDLER WORDS
{
	! (tap_asking=1; write_attr "$(pass_mgmt "$1")" "$2" 2>"$tap_dir/said") || fail "'$2' is taken"
	nothing_was_added
}

test_names_that_are_none_are_refused()	# too few numbers, too many, not numbers, numbers too large
{
	local h=${hctl%%:*} name
	for name in "" "$h" "$h:0" "$h:0:0" "$h:0:0:" ":0:0:0" "$h:0:0:0:0" "$h:0:0:0:" "-$h:0:0:0" "$h:-0:0:0" \
		"+$h:0:0:0" "0x$h:0:0:0" "$h:0:0:0x0" "$h.0.0.0" "$h 0 0 0" "$h:0: 0:0" "a:b:c:d" "$h:0:0:0a" "$h:0:0:*" \
		"4294967296:0:0:0" "$((4294967296 + h)):0:0:0" "$h:4294967296:0:0" "$h:0:4294967296:0" \
		"$h:0:0:18446744073709551616" "$h:0:0:99999999999999999999999999" "../$hctl" "$hctl/x" "sda" "/dev/sda"; do
		refused dev_disk "add_device $name"
	done
	refused dev_disk "add_device $hctl size=5"
	refused dev_disk "add_device $hctl $hctl"
	refused dev_disk "del_device $hctl"
	refused dev_disk "replace_device $hctl"
	refused dev_disk "$hctl"
}

test_a_number_is_written_in_one_way()	# with zeros before it, it is refused or is the same name
{
	local name=0$hctl
	! (tap_asking=1; add_pass dev_disk "$name" 2>/dev/null) || [ -e "$scst/devices/$hctl" ] ||
		fail "it is called $(ls "$scst/devices")"
	[ ! -e "$scst/devices/$name" ] || fail "it is called $name"
}

test_what_is_not_there_is_refused()	# hosts, targets and LUNs
{
	local h=${hctl%%:*}
	refused dev_disk "add_device 9999:0:0:0"
	refused dev_disk "add_device 4294967295:0:0:0"
	refused dev_disk "add_device $h:1:0:0"
	refused dev_disk "add_device $h:0:77:0"
	refused dev_disk "add_device $h:0:0:77"
	refused dev_disk "add_device $h:0:0:18446744073709551615"
}

test_devices_of_another_type_are_refused()	# by each handler
{
	local handler
	for handler in dev_tape dev_tape_perf dev_modisk dev_modisk_perf dev_cdrom dev_changer dev_processor dev_raid; do
		refused "$handler" "add_device $hctl"
	done
}

test_own_luns_are_refused()	# a disk that this target serves to its own host would be served through itself
{
	add_null under
	map_lun under 5
	wait_for 15 has_disk 5
	refused dev_disk "add_device $(basename "$(sdev_dir 5)")"
	del_null under
	wait_for 10 no_sdev 5
}

test_a_device_that_is_offline_or_gone_is_refused()
{
	write_attr "/sys/bus/scsi/devices/$hctl/state" offline
	refused dev_disk "add_device $hctl"
	write_attr "/sys/bus/scsi/devices/$hctl/state" running
	write_attr "/sys/bus/scsi/devices/$hctl/delete" 1
	refused dev_disk "add_device $hctl"
	write_attr "/sys/class/scsi_host/host${hctl%%:*}/scan" "- - -"
	wait_for 10 has_debug_device
	add_pass dev_disk
}

test_devices_come_and_go_while_they_are_added()	# at the same time; what is there at the end works
{
	local looper
	(tap_asking=1
	for _ in $(seq "$(amount 15 500)"); do
		write_attr "/sys/bus/scsi/devices/$hctl/delete" 1 || true
		write_attr "/sys/class/scsi_host/host${hctl%%:*}/scan" "- - -"
	done 2>/dev/null) &
	looper=$!
	while kill -0 $looper 2>/dev/null; do
		(tap_asking=1
		add_pass dev_disk || true
		map_lun "$hctl" 0 || true
		write_attr "$(pass_mgmt dev_disk)" "del_device $hctl" || true) 2>/dev/null
	done
	wait $looper
	wait_for 10 has_debug_device
	[ ! -e "$scst/devices/$hctl" ] || drop_passes
	with_pass dev_disk
	assert_eq "$(told "$sg" 512 28 00 00 00 00 00 00 00 01 00)" "00 none" "a read"
}

# ---- commands ----

# The device still does what it should.
still_works()
{
	attentions_of "$sg" >/dev/null
	assert_eq "$(told "$sg" 512 28 00 00 00 00 00 00 00 01 00)" "00 none" "a read that follows"
}

test_direction_that_contradicts_the_command_is_refused()	# and nothing is read or written
{
	with_pass dev_disk
	noise direction 512 >"$tap_dir/noise"
	sg_raw --send=512 --infile="$tap_dir/noise" "$sg" 2a 00 00 00 00 00 00 00 01 00
	assert_match "$(told "$sg" -512 28 00 00 00 00 00 00 00 01 00)" "^02 5/(24/00|0e/03)" "READ that sends"
	assert_match "$(told "$sg" 512 2a 00 00 00 00 00 00 00 01 00)" "^02 5/(24/00|0e/03)" "WRITE that receives"
	assert_match "$(told "$sg" 0 2a 00 00 00 00 00 00 00 01 00)" "^02 5/(24/00|0e/03)" "WRITE of nothing"
	assert_match "$(told "$sg" -256 2a 00 00 00 00 00 00 00 01 00)" "^02 5/(24/00|0e/03)" "WRITE of half a block"
	assert_match "$(told "$sg" -512 15 10 00 00 ff 00)" "^0" "MODE SELECT of less than it sends"
	cmp "$tap_dir/noise" <(content_of "$raw" 0 1)
	still_works
}

test_lengths_of_any_size_are_survived()	# in the CDB, against what there is room for
{
	local cdb
	with_pass dev_disk
	while read -r cdb; do
		# shellcheck disable=SC2086	# a list
		assert_match "$(told "$sg" 512 $cdb)" "^0[02]" "$cdb"
	done <<-END
		28 00 00 00 00 00 00 ff ff 00
		88 00 00 00 00 00 00 00 00 00 ff ff ff ff 00 00
		88 00 ff ff ff ff ff ff ff ff 00 00 00 01 00 00
		88 00 ff ff ff ff ff ff ff ff ff ff ff ff 00 00
		a8 00 00 00 00 00 ff ff ff ff 00 00
		a3 0c 00 00 00 00 ff ff ff ff 00 00
		9e 10 00 00 00 00 00 00 00 00 ff ff ff ff 00 00
		9e 12 00 00 00 00 00 00 00 00 ff ff ff ff 00 00
		12 01 83 ff ff 00
		5a 00 3f 00 00 00 00 ff ff 00
		4d 00 40 00 00 00 00 ff ff 00
		3c 02 00 00 00 00 ff ff ff 00
		a2 00 00 00 00 00 ff ff ff ff 00 00
		85 08 0e 00 ff 00 ff 00 ff 00 ff 00 ff 40 25 00
		85 06 20 00 00 00 00 00 00 00 00 00 00 40 e5 00
		85 ff ff ff ff ff ff ff ff ff ff ff ff ff ff ff
		a1 08 0e ff ff ff ff ff ff ec 00 00
		07 03 00 00 00 00
		37 00 1f 00 00 00 00 ff ff 00
		b7 1f 00 00 00 00 ff ff ff ff 00 00
	END
	still_works
}

test_random_commands_are_survived()	# of all lengths, directions and opcodes; the disk answers afterwards
{
	with_pass dev_disk
	python3 - "$sg" "$(amount 3000 100000)" <<-EOT
	import ctypes, fcntl, os, random, struct, sys
	seed = int(os.environ.get("SEED", random.randrange(1 << 32)))
	random.seed(seed)
	print("SEED", seed, flush=True)
	fd = os.open(sys.argv[1], os.O_RDWR)
	data, sense = ctypes.create_string_buffer(1 << 16), ctypes.create_string_buffer(255)
	for _ in range(int(sys.argv[2])):
	    cdb = bytearray(random.randbytes(random.choice((6, 7, 9, 10, 11, 12, 13, 15, 16, 20, 24, 32))))
	    for at in range(1, len(cdb)):
	        cdb[at] = random.choice((0, 0, 0, 1, 0xff, cdb[at]))
	    for at in {5, 9, 11, 15, len(cdb) - 1}:	# NACA, wherever it is: one that fails would keep all others out
	        if at < len(cdb):
	            cdb[at] &= ~4
	    # It would stop, or take its time; a WRITE SCATTERED without memory has a status of no standard.
	    if cdb[0] in (0x1b, 0x04, 0x48, 0x9f):
	        continue
	    length = random.choice((0, 1, 8, 255, 512, 513, 4096, 65536))
	    direction = random.choice((-2, -3)) if length else -1
	    buf = ctypes.create_string_buffer(bytes(cdb), len(cdb))
	    hdr = bytearray(struct.pack("iiBBHIPPPIIiPBBBBHHiII4x", ord("S"), direction, len(cdb), 255, 0, length,
	                                ctypes.addressof(data), ctypes.addressof(buf), ctypes.addressof(sense),
	                                20000, *[0] * 12))
	    try:
	        fcntl.ioctl(fd, 0x2285, hdr)
	    except OSError as e:
	        print(cdb.hex(" "), length, direction, e)
	    status, _, _, _, host, _, resid = struct.unpack_from("BBBBHHi", hdr, 64)
	    if not 0 <= resid <= length or host or status not in (0, 2, 4, 0x18):
	        sys.exit(f"{cdb.hex(' ')}, {length} bytes, direction {direction}: status {status:x}, host {host:x}, "
	                 f"residual {resid}")
	EOT
	sg_raw "$sg" 17 00 00 00 00 00 || true
	still_works
}

test_short_commands_are_survived()	# of one byte to five, which only the disk's own node sends
{
	local disk
	with_pass dev_disk
	disk=$(disk_of 0)
	for cdb in "28" "28 00" "2a 00 00" "12 00 00 00" "12 00 00 00 60" "c1" "7f" "7f 00 00 00 00 00 00 ff" "83 00 00"; do
		# shellcheck disable=SC2086	# a list
		told "$disk" 512 $cdb || true
	done
	still_works
}

test_memory_that_lies_anywhere()	# pieces of a page and more that begin in the middle of a block
{
	local disk skew
	with_pass dev_disk
	disk=$(disk_of 0)
	for skew in 0 512 1024 3584; do
		"$(dirname "$0")/sg_pieces.py" "$disk" "$skew" 33
	done
	still_works
}

test_link_and_naca_do_no_harm()	# bits of CONTROL that nobody has used for long
{
	local control
	with_pass dev_disk
	for control in 01 02 03 04 05 40 c0 ff; do
		assert_match "$(told "$sg" 0 00 00 00 00 00 "$control")" "^0[02]" "CONTROL $control"
	done
	drop_passes	# with what ACA may be left
	with_pass dev_disk
	still_works
}

# ---- drivers and disks ----

test_driver_stays_under_load()	# who wants to unload it is refused, and no I/O fails
{
	local disk load
	with_pass dev_disk
	disk=$(disk_of 0)
	start_load "$disk" 3
	for _ in 1 2 3 4 5; do
		! (tap_asking=1; rmmod scsi_debug 2>/dev/null) || fail "the driver is gone"
		! (tap_asking=1; modprobe -r scst_disk 2>/dev/null) || fail "our module is gone"
	done
	wait "$load" || fail "$(cat "$tap_dir/fio.log")"
}

test_disk_goes_offline_under_load()	# what is under way ends; running again, it serves
{
	local disk
	with_pass dev_disk
	disk=$(disk_of 0)
	start_load "$disk" 30
	write_attr "/sys/bus/scsi/devices/$hctl/state" offline
	load_ended
	write_attr "/sys/bus/scsi/devices/$hctl/state" running
	still_works
}

test_error_handler_runs_meanwhile()	# a command of the disk's own host hangs, and ours come through
{
	local hung
	with_pass dev_disk
	inject 0 -1 28
	(tap_asking=1; sg_raw --timeout=2 --request=512 "$raw" 28 00 00 00 00 00 00 00 01 00 >/dev/null 2>&1) &
	hung=$!
	sleep 0.5
	assert_eq "$(told "$sg" 512 88 00 00 00 00 00 00 00 00 00 00 00 00 01 00 00)" "00 none" "a read meanwhile"
	wait "$hung" || true
	still_works
}

run_tests "$@"
