#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# A real disk, dev_disk, that does not answer, or goes: aborts and resets as far down as they get, its
# time-outs; unplugged under load it is still a LUN, and it is served again when the same disk, wherever,
# is there again, and no other one. The disk is scsi_debug's. Not tested: adapters that cannot abort.
#
# Commands that hang, disks that go:
# expects: disks that go
# expects: initiator: scsi_
# expects: timing out command
# expects: is waited for without end

. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/../lib/scst.sh"
. "$(dirname "$0")/../lib/pass.sh"
. "$(dirname "$0")/../lib/pr.sh"

setup_file()
{
	load_pass scst_disk
}

teardown_file()
{
	drop_scsi_debug
	unload_pass
}

setup()
{
	make_scsi_debug
	with_pass dev_disk
	disk=$(disk_of 0)
}

# A disk that hangs, that is offline, that is not there, and that another test wants as it was.
teardown()
{
	local path type opcode
	for path in /sys/kernel/debug/scsi_debug/*:*/error; do
		for type in 0 3 4; do
			for opcode in 03 12 1a 28; do
				write_attr "$path" "- $type $opcode" 2>/dev/null || true
			done
		done
	done
	drop_second_host
	drop_passes
	drop_scsi_debug
}

# ---- commands that hang ----

read_10=(28 00 00 00 00 00 00 00 01 00)

executes() # OPCODE
{
	grep -q "opcode=$1 step=execute" "$scst/trace_cmds"
}

none_is_under_way()
{
	[ ! -s "$scst/trace_cmds" ] || ! grep -q opcode=0x28 "$scst/trace_cmds"
}

# A command that never ends, by that node; its process is in $reader.
command_hangs() # SG SECONDS LENGTH CDB-BYTE...
{
	inject 0 1 "$4"
	(tap_asking=1; quietly sg_raw --timeout="$2" --request="$3" "$1" "${@:4}" || true) &
	reader=$!
	wait_for 10 executes "0x$4"
}

read_hangs() # SG SECONDS
{
	command_hangs "$1" "$2" 512 "${read_10[@]}"
}

is_over() # PID
{
	! kill -0 "$1" 2>/dev/null
}

test_hung_command_is_aborted()	# long before the disk's own time is up
{
	read_hangs "$sg" 2
	wait_for 12 is_over "$reader"
	wait_for 5 none_is_under_way
	inject_nothing 0 28
	assert_eq "$(told "$sg" 512 "${read_10[@]}")" "00 none" "the next one"
}

test_hung_question_is_aborted()	# one of which the answer is told otherwise: whole pages, and what else
{
	local what
	write_attr "$dev/timeout_short" 300
	write_attr "$dev/timeout_regular" 300
	for what in "1a 00 3f 00 fc 00" "12 00 00 00 60 00" "03 00 00 00 60 00"; do
		# shellcheck disable=SC2086	# a CDB
		command_hangs "$sg" 2 252 $what
		wait_for 12 is_over "$reader"
		inject_nothing 0 "${what%% *}"
		assert_eq "$(told "$sg" 512 "${read_10[@]}")" "00 none" "the next one"
	done
}

test_other_commands_go_on_beside_a_hung_one()	# of the same disk
{
	read_hangs "$sg" $((20 * PATIENCE))
	with_second_host
	assert_eq "$(tur "$sg2")" "00 none" "of another initiator"
	assert_eq "$(told "$sg" 512 88 00 00 00 00 00 00 00 00 00 00 00 00 01 00 00)" "00 none" "of its own"
	inject_nothing 0 28
	sg_reset --no-esc --device "$sg2"
	wait_for 10 is_over "$reader"
}

test_reset_by_another_ends_it()	# with the unit attention for all
{
	with_second_host
	read_hangs "$sg" $((30 * PATIENCE))
	inject_nothing 0 28
	sg_reset --no-esc --device "$sg2"
	wait_for 5 none_is_under_way
	attentions_of "$sg2" | has "6/29/0" || fail "who reset it was not told"
	wait_for 10 is_over "$reader"	# sent again by its host
}

test_disk_that_cannot_abort_is_reset()	# by its own host; all are told, and it goes on
{
	with_second_host
	inject 3 1 28
	read_hangs "$sg" 2
	inject_nothing 0 28
	wait_for 25 is_over "$reader"
	wait_for 10 none_is_under_way
	inject_nothing 3 28
	attentions_of "$sg2" | has "6/29/0" || fail "the other one was not told"
	attentions_of "$sg" | has "6/29/0" || fail "nor was the one whose command it was"
	assert_eq "$(told "$sg" 512 "${read_10[@]}")" "00 none" "the next one"
}

test_time_is_limited()	# by timeout_regular, in seconds; what was not in time is ABORTED COMMAND, 2Eh/02h
{
	write_attr "$dev/timeout_regular" 2
	assert_eq "$(cat "$dev/timeout_regular")" $'2\n[key]' timeout_regular
	inject 0 1 28
	assert_eq "$(told "$sg" 512 "${read_10[@]}")" "02 b/2e/02" "what hangs"
	inject_nothing 0 28
	assert_eq "$(told "$sg" 512 "${read_10[@]}")" "00 none" "the next one"
}

test_timeouts_are_seconds()	# not none, and no more than fits
{
	local name
	for name in timeout_short timeout_regular timeout_long; do
		assert_match "$(head -n 1 "$dev/$name")" "^[0-9]+$" "$name"
		assert_fails_with "Invalid argument" write_attr "$dev/$name" 0
		assert_fails_with "Invalid argument" write_attr "$dev/$name" -1
		assert_fails_with "Invalid argument" write_attr "$dev/$name" 4294967296
	done
	[ "$(head -n 1 "$dev/timeout_regular")" -ge 30 ] || fail "shorter than any disk's"
}

test_device_goes_while_a_command_hangs()	# the verb ends when the disk has let go
{
	local remover
	write_attr "$dev/timeout_regular" 3
	read_hangs "$sg" $((40 * PATIENCE))
	write_attr "$(pass_mgmt dev_disk)" "del_device $hctl" &
	remover=$!
	wait_for 20 is_over "$remover"
	wait "$remover"
	[ ! -e "$dev" ] || fail "it is still there"
	wait_for 10 is_over "$reader"
}

test_session_goes_while_its_command_hangs()
{
	local remover
	write_attr "$dev/timeout_regular" 3
	with_second_host
	read_hangs "$sg2" $((40 * PATIENCE))
	drop_second_host &
	remover=$!
	wait_for 20 is_over "$remover"
	wait_for 10 is_over "$reader"
	inject_nothing 0 28
	assert_eq "$(told "$sg" 512 "${read_10[@]}")" "00 none" "the other one's"
}

# ---- disks that go ----

unplug()
{
	write_attr "/sys/bus/scsi/devices/$hctl/delete" 1
}

plug()
{
	write_attr "/sys/class/scsi_host/host${hctl%%:*}/scan" "- - -"
}

is_gone()
{
	[ "$(head -n 1 "$dev/state")" = gone ] && [ "$(tur "$sg")" = "02 2/04/00" ]
}

is_ready()
{
	[ "$(tur "$sg")" = "00 none" ]
}

# What the generic node of the disk now is; the device keeps its name.
which_disk()
{
	basename "$(readlink -f "$dev/scsi_device")"
}

test_unplugged_disk_is_a_lun_that_is_not_ready()	# NOT READY 04h/00h; what is not the disk's is answered
{
	unplug
	wait_for 5 is_gone
	assert_eq "$(told "$sg" 512 "${read_10[@]}")" "02 2/04/00" READ
	assert_eq "$(told "$sg" -512 2a 00 00 00 00 00 00 00 01 00)" "02 2/04/00" WRITE
	assert_eq "$(told "$sg" 512 c1 00 00 00 00 00 00 00 00 00)" "02 2/04/00" "what is unknown"
	sg_raw --request=96 --outfile="$tap_dir/inquiry" "$sg" 12 00 00 00 60 00
	assert_eq "$(od -An -tx1 -N1 "$tap_dir/inquiry" | tr -d ' ')" 20 "first byte of INQUIRY: the qualifier"
	assert_eq "$(told "$sg" 252 03 00 00 00 fc 00)" "00 none" "REQUEST SENSE"
	sg_luns "$sg" | has "0000000000000000"
	join "$sg" 0xa
	assert_eq "$(keys "$sg")" 0xa "keys"
	[ -e "$tgt/luns/0" ] || fail "the LUN is gone"
}

test_unplugged_under_load_fails_what_is_under_way()	# and it comes back by itself
{
	start_load "$disk" 30
	unplug
	load_ended
	wait_for 5 is_gone
	plug
	wait_for 10 eval '[ "$(head -n 1 "$dev/state")" != gone ]'
	attentions_of "$sg" | has "6/29/00" || fail "nobody was told"
	is_ready
	noise plugged 65536 >"$tap_dir/noise"
	sg_raw --send=65536 --infile="$tap_dir/noise" "$sg" 2a 00 00 00 7f 00 00 00 80 00
	sg_raw --request=65536 --outfile="$tap_dir/data" "$sg" 28 00 00 00 7f 00 00 00 80 00
	cmp "$tap_dir/data" "$tap_dir/noise"
}

# Sends READs without a pause until it is to end, and prints each answer that is another one than before.
keep_reading() # SG
{
	python3 -B - "$(dirname "$0")" "$1" "$tap_dir/enough" <<-EOT
	import os, sys
	sys.path.insert(0, sys.argv[1])
	from sg_io import send
	seen = set()
	while not os.path.exists(sys.argv[3]):
	    status, sense, _, _ = send(sys.argv[2], 512, *"28 00 00 00 00 00 00 00 01 00".split())
	    fixed = sense[:2] in ("70", "f0")
	    codes = (sense[5:6], sense[24:26], sense[26:28]) if fixed else (sense[3:4], sense[4:6], sense[6:8])
	    seen.add(status + " " + ("none" if sense == "-" else "/".join(codes)))
	print("\n".join(sorted(seen)))
	EOT
}

test_disk_that_is_going_is_not_broken()	# whenever a command meets it: never HARDWARE ERROR
{
	local i readers=()
	rm -f "$tap_dir/enough"
	for i in 1 2; do
		keep_reading "$sg" >"$tap_dir/seen.$i" &
		readers+=($!)
	done
	for ((i = 0; i < $(amount 6); i++)); do
		unplug
		wait_for 5 eval '[ "$(head -n 1 "$dev/state")" = gone ]'
		plug
		wait_for 10 eval '[ "$(head -n 1 "$dev/state")" != gone ]'
	done
	touch "$tap_dir/enough"
	wait "${readers[@]}"
	sort -u "$tap_dir"/seen.* | has "02 2/04/00" || fail "nobody has met it: $(sort -u "$tap_dir"/seen.*)"
	assert_eq "$(sort -u "$tap_dir"/seen.* | grep -vE '^(00 none|02 2/04/00|02 6/29/0.|40 none)$' || true)" "" "answers"
}

test_nothing_reaches_it_before_a_reset_is_told()	# of a disk that is back, and takes its time to say what it is
{
	local said="02 2/04/00" end=$((SECONDS + 15 * PATIENCE))
	unplug
	wait_for 5 is_gone
	set_debug ndelay 300000000
	plug &
	while [ "$said" = "02 2/04/00" ] && [ "$SECONDS" -lt "$end" ]; do
		said=$(told "$sg" -512 2a 00 00 00 00 00 00 00 01 00)
	done
	wait_for 10 set_debug delay 0
	assert_eq "$said" "02 6/29/00" "first answer to a WRITE"
}

test_reservations_outlive_the_disk()	# that goes and comes: they are kept here
{
	join "$sg" 0xa
	pr "$sg" reserve --param-rk=0xa --prout-type=3
	with_second_host
	unplug
	wait_for 5 is_gone
	plug
	wait_for 10 eval '[ "$(head -n 1 "$dev/state")" != gone ]'
	attentions_of "$sg" >/dev/null
	attentions_of "$sg2" >/dev/null
	assert_eq "$(keys "$sg")" 0xa "keys"
	assert_conflict write_block "$sg2"
	can_write "$sg" || fail "nor can who reserved it"
}

# Opens the disk for itself as soon as it is there, as LVM would, for some seconds; who then has it.
rival()
{
	python3 - "/sys/bus/scsi/devices/$hctl/block" "$dev/state" $((3 * PATIENCE)) <<-EOT
	import errno, os, sys, time
	block, state, seconds = sys.argv[1], sys.argv[2], int(sys.argv[3])
	def serves():
	    return not open(state).read().startswith("gone")
	def grab():
	    try:
	        return os.open("/dev/" + os.listdir(block)[0], os.O_RDONLY | os.O_EXCL)
	    except OSError as e:
	        if e.errno == errno.EBUSY and serves():
	            sys.exit(print("target"))
	    except IndexError:
	        pass
	end, held = time.monotonic() + 3 * seconds, None
	while held is None and time.monotonic() < end:
	    held = grab()
	if held is None:
	    sys.exit(print("nobody"))
	end, served = time.monotonic() + seconds, [serves()]
	while time.monotonic() < end:
	    served.append(serves())
	print("both" if served[-1] else "host, after a while" if any(served) else "host")
	EOT
}

test_disk_that_is_back_is_its_host_s_or_the_initiators()	# never both's
{
	unplug
	wait_for 5 is_gone
	rival >"$tap_dir/who" &
	plug
	wait $!
	assert_match "$(cat "$tap_dir/who")" "^(host|target)$" "who has it"
}

test_disk_that_its_host_takes_later_is_let_go()	# of one that was added when it had no driver
{
	drop_passes
	write_attr /sys/bus/scsi/drivers/sd/unbind "$hctl"
	add_pass dev_disk
	map_lun "$hctl" 0
	rival >"$tap_dir/who" &
	write_attr /sys/bus/scsi/drivers/sd/bind "$hctl"
	wait $!
	assert_match "$(cat "$tap_dir/who")" "^(host|host, after a while|target)$" "who has it"
}

test_same_disk_elsewhere_is_served_again()	# by what it says it is, not by its place; under its old name
{
	local before=$hctl
	drop_passes
	drop_scsi_debug
	make_scsi_debug vpd_use_hostno=0	# the same identity at every host
	with_pass dev_disk
	noise elsewhere 4096 >"$tap_dir/noise"
	sg_raw --send=4096 --infile="$tap_dir/noise" "$sg" 2a 00 00 00 00 07 00 00 08 00
	set_debug add_host -1
	wait_for 10 is_gone
	set_debug add_host 1
	wait_for 10 eval '[ "$(head -n 1 "$dev/state")" != gone ]'
	[ "$(which_disk)" != "$hctl" ] || fail "it is where it was"
	assert_eq "$(which_disk)" "$(debug_devices)" "the disk that is served"
	attentions_of "$sg" | has "6/29/00" || fail "nobody was told"
	sg_raw --request=4096 --outfile="$tap_dir/data" "$sg" 28 00 00 00 00 07 00 00 08 00
	cmp "$tap_dir/data" "$tap_dir/noise"
	[ -e "$scst/devices/$hctl" ] || fail "it has another name, before $before"
}

test_other_disk_in_its_place_is_not_served()	# the same H:C:I:L, another identity
{
	unplug
	wait_for 5 is_gone
	set_debug vpd_use_hostno 0
	plug
	wait_for 10 has_debug_device
	assert_eq "$(debug_devices)" "$hctl" "where the other disk is"
	sleep 1
	is_gone || fail "it is served: $(cat "$dev/state"), $(tur "$sg")"
	assert_eq "$(told "$sg" 512 "${read_10[@]}")" "02 2/04/00" READ
	drop_passes
	with_pass dev_disk
	assert_eq "$(told "$sg" 512 "${read_10[@]}")" "00 none" "when it has been added"
}

test_gone_device_can_be_deleted()	# and its name be used again
{
	unplug
	wait_for 5 is_gone
	drop_passes
	[ ! -e "$dev" ] || fail "it is still there"
	plug
	wait_for 10 has_debug_device
	with_pass dev_disk
	is_ready
}

test_driver_can_go_when_a_gone_device_is_deleted()	# not before
{
	set_debug add_host -1
	wait_for 10 is_gone
	! (tap_asking=1; rmmod scsi_debug 2>/dev/null) || fail "its driver is gone"
	drop_passes
	drop_scsi_debug
}

test_disk_that_is_offline_is_not_ready()	# until its administrator says it is running
{
	write_attr "/sys/bus/scsi/devices/$hctl/state" offline
	assert_eq "$(told "$sg" 512 "${read_10[@]}")" "02 2/04/00" "offline"
	write_attr "/sys/bus/scsi/devices/$hctl/state" running
	attentions_of "$sg" >/dev/null
	assert_eq "$(told "$sg" 512 "${read_10[@]}")" "00 none" "running"
}

test_queue_of_one()	# the disk takes one command at a time; nothing is lost, nothing fails
{
	write_attr "/sys/bus/scsi/devices/$hctl/queue_depth" 1
	set_debug ndelay 100000
	verify_fio --bs=4k --size=2m
	set_debug delay 0
}

test_deleted_under_load()	# the load ends, and the disk is the host's again
{
	start_load "$disk" 30
	drop_passes
	load_ended
	assert_eq "$(told "$raw" 512 "${read_10[@]}")" "00 none" "the disk by itself"
	! (tap_asking=1; executes 0x28) || fail "$(cat "$scst/trace_cmds")"
}

test_added_and_deleted_again_and_again()	# with a command each time; while others look at the tree
{
	local i looker
	drop_passes
	(while :; do cat "$scst"/devices/*/* "$scst"/handlers/dev_disk/* >/dev/null 2>&1 || true; done) &
	looker=$!
	for i in $(seq "$(amount 10 1000)"); do
		add_pass dev_disk
		map_lun "$hctl" 0
		[ $((i % 3)) != 0 ] || tur "$(sg_of 0)"
		write_attr "$(pass_mgmt dev_disk)" "del_device $hctl"
	done
	kill "$looker"
}

run_tests "$@"
