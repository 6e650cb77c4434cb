#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Reservations in files: those that survive (APTPL), with every way in which a state file can be
# unfit; pr_state as text; what a device leaves behind in pr_dump_dir. A crash between two writes is
# the matter of vm/crash.sh; which damage is noticed, that of the unit tests.
#
# Files that cannot be written or are damaged, and disks that refuse everything then:
# expects: cannot (save|dump)
# expects: are lost
# expects: disks that go

. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/../lib/scst.sh"
. "$(dirname "$0")/../lib/pr.sh"

dir=/var/lib/scst/pr
file=$dir/disk
state=$scst/devices/disk/pr_state

setup_file()
{
	load_scst
	mkdir -p "$dir"
}

setup()
{
	rm -rf "${dir:?}"/* "$tap_dir/dump"
	plug
}

teardown()
{
	thaw_if_any "$dir"
	drop_second_host
	unplug
	umount "$dir" 2>/dev/null || true
	write_attr "$scst/handlers/vdisk_nullio/pr_dump_dir" ""
}

teardown_file()
{
	unload_scst
}

# The device comes, as after power loss, and $sg with it.
plug()
{
	add_null disk size_mb=64
	write_attr "$scst/devices/disk/usn" SN:1:a
	map_lun disk 0
	sg=$(sg_of 0)
	clear_unit_attentions "$sg"
}

unplug()
{
	[ ! -e "$scst"/devices/disk ] || del_null disk
	wait_for 10 no_sdev 0
}

again()
{
	unplug
	plug
}

test_registrations_survive_with_aptpl()	# and the reservation, key for key
{
	local before
	join "$sg" 0xa --param-aptpl
	pr "$sg" reserve --param-rk=0xa --prout-type=3
	before=$(cat "$state")
	again
	assert_eq "$(cat "$state")" "$before"
	assert_match "$(sg_persist -n --in --report-capabilities "$sg")" "\(PTPL_A\): 1"
	pr "$sg" register --param-rk=0xa
	again
	assert_eq "$(keys "$sg")" ""
}

test_registrations_survive_the_modules()	# with aptpl, of course
{
	local before
	join "$sg" 0xa --param-aptpl
	pr "$sg" reserve --param-rk=0xa --prout-type=6
	before=$(cat "$state")
	unplug
	unload_scst
	load_scst
	plug
	assert_eq "$(cat "$state")" "$before"
}

test_files_of_other_devices_are_left_alone()	# whatever they are called
{
	local name
	for name in disk.new disk~ .disk.new disk.tmp; do
		echo "of $name" >"$dir/$name"
	done
	join "$sg" 0xa --param-aptpl
	for name in disk.new disk~ .disk.new disk.tmp; do
		assert_eq "$(cat "$dir/$name")" "of $name"
	done
	assert_eq "$(find "$dir" -name '* *')" ""
}

test_registrations_do_not_survive_without()	# and there is no file
{
	join "$sg" 0xa
	again
	assert_eq "$(keys "$sg")" ""
	[ ! -e "$file" ] || fail "it wrote $file"
}

test_aptpl_that_is_withdrawn_is_forgotten()	# a later registration without it ends it for all
{
	join "$sg" 0xa --param-aptpl
	pr "$sg" register --param-rk=0xa --param-sark=0xb
	again
	assert_eq "$(keys "$sg")" ""
}

# What cannot be saved is refused, and was never said.
assert_cannot_save()
{
	local before
	before=$(cat "$state")
	assert_fails_with "Sense key: Hardware Error" \
		sg_persist -vn --out --register-ignore --param-sark=0xb --param-aptpl "$sg"
	assert_eq "$(cat "$state")" "$before"
}

test_read_only_directory_refuses()	# HARDWARE ERROR, and nothing changed
{
	join "$sg" 0xa
	mount -t tmpfs -o ro none "$dir"
	assert_cannot_save
	pr "$sg" register --param-rk=0xa --param-sark=0xc
}

is_saving()	# somebody
{
	grep -ls scst_pr_save /proc/[0-9]*/stack
}

# What is being saved does not hold yet; but a RESERVE could not be released in what comes then.
test_reserve_waits_until_a_registration_is_saved()	# and is a conflict then
{
	local second sg2 joiner reserver status=0
	with_second_host
	mount_image "$dir"
	fsfreeze --freeze "$dir"
	join "$sg" 0xa --param-aptpl &
	joiner=$!
	wait_for 10 is_saving
	sg_raw "$sg2" 16 00 00 00 00 00 &	# the host repeats what is BUSY
	reserver=$!
	sleep "$PATIENCE"
	fsfreeze --unfreeze "$dir"
	wait "$joiner"
	wait "$reserver" || status=$?
	assert_eq "$status" 24 "exit status of the RESERVE"
	pr "$sg" register --param-rk=0xa
	sg_raw "$sg2" 16 00 00 00 00 00
	assert_conflict pr "$sg" register --param-sark=0xa
	sg_raw "$sg2" 17 00 00 00 00 00
	join "$sg" 0xb
	drop_second_host
}

test_full_disk_refuses()	# at the first write, and at the second slot
{
	mount -t tmpfs -o size=8k none "$dir"
	head -c 8192 /dev/zero >"$dir/ballast"
	join "$sg" 0xa
	assert_cannot_save
	truncate -s 4096 "$dir/ballast"
	pr "$sg" register --param-rk=0xa --param-sark=0xc --param-aptpl
	assert_cannot_save
	again
	assert_eq "$(keys "$sg")" "0xc"
}

test_torn_write_leaves_the_state_before()	# the newer slot is damaged
{
	join "$sg" 0xa --param-aptpl
	pr "$sg" register --param-rk=0xa --param-sark=0xb --param-aptpl
	unplug
	printf 'torn' | dd of="$file" bs=1 seek=$((4096 + 50)) conv=notrunc status=none
	plug
	assert_eq "$(keys "$sg")" "0xa"
	pr "$sg" register --param-rk=0xa --param-sark=0xc --param-aptpl
	again
	assert_eq "$(keys "$sg")" "0xc"
}

test_damaged_file_is_a_lost_reservation()	# until an initiator replaces it; the file is kept
{
	join "$sg" 0xa --param-aptpl
	unplug
	printf 'torn' | dd of="$file" bs=1 seek=50 conv=notrunc status=none
	cp "$file" "$tap_dir/damaged"
	plug
	assert_fails_with "Persistent reservation information lost" read_block "$sg"
	if sg_persist -n --in --read-keys "$sg"; then fail "it knows keys"; fi
	sg_persist -n --in --report-capabilities "$sg"
	replace_lost 1
	read_block "$sg" >/dev/null
	cmp "$file.lost~" "$tap_dir/damaged"
	again
	assert_eq "$(keys "$sg")" "0x5"
}

# Key 5, type 1, by one who has not registered.
replace_lost() # APTPL
{
	printf '\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\005\0\0\0\0%b\0\0\0' "\\0$1" |
		sg_raw --send=24 "$sg" 5f 08 01 00 00 00 00 00 18 00
}

test_lost_reservation_is_replaced_for_good()	# also by one that need not survive
{
	join "$sg" 0xa --param-aptpl
	unplug
	printf 'torn' | dd of="$file" bs=1 seek=50 conv=notrunc status=none
	plug
	replace_lost 0
	assert_eq "$(keys "$sg")" "0x5"
	again
	read_block "$sg" >/dev/null
	assert_eq "$(keys "$sg")" ""
}

test_lost_reservation_can_be_replaced_when_its_file_is_gone()	# it was in the administrator's way
{
	unplug
	echo "not ours" >"$file"
	plug
	rm "$file"
	replace_lost 1
	again
	assert_eq "$(keys "$sg")" "0x5"
}

test_foreign_file_is_left_alone()	# it is somebody else's
{
	unplug
	echo "root:x:0:0" >"$file"
	plug
	assert_fails_with "Persistent reservation information lost" read_block "$sg"
	assert_eq "$(cat "$file")" "root:x:0:0"
}

assert_not_read() # WHAT IT IS STAYS
{
	plug
	assert_fails_with "Persistent reservation information lost" read_block "$sg"
	[ "$@" ] || fail "it is not [ $* ] any more"
	unplug
	rm "$file"
}

test_what_is_no_state_file_is_not_read()	# a FIFO, whose other end nobody has, and a file without end
{
	unplug
	mkfifo "$file"
	assert_not_read -p "$file"
	truncate -s 1T "$file"
	assert_not_read -s "$file"
	plug
}

# A file of SCST: write exclusive, held by FC port 5001020304050607 with key abcd through port 1.
scst_file()
{
	printf '\167\335\273\356\252\356\356\273\001\0\0\0\0\0\0\0\001\001\001\0'
	printf '\001\0\0\0\0\0\0\0\0\120\001\002\003\004\005\006\007\0\0\0\0\0\0\0\0'
	printf '\0\0\0\0\0\0\253\315\001\0'
}

test_file_of_scst_is_taken_over()	# and kept beside ours
{
	unplug
	scst_file >"$file"
	plug
	assert_eq "$(keys "$sg")" "0xabcd"
	assert_conflict write_block "$sg"
	cmp "$file.scst~" <(scst_file)
	again
	assert_eq "$(keys "$sg")" "0xabcd"
}

test_take_over_leaves_files_of_other_devices_alone()	# whatever they are called
{
	local name
	unplug
	for name in disk.scst disk.lost disk.1; do
		echo "of $name" >"$dir/$name"
	done
	scst_file >"$file"
	plug
	assert_eq "$(keys "$sg")" "0xabcd"
	for name in disk.scst disk.lost disk.1; do
		assert_eq "$(cat "$dir/$name")" "of $name"
	done
}

test_backup_of_scst_is_taken_over()	# as SCST was interrupted while it wrote
{
	unplug
	scst_file >"$file.1"
	{ printf '\0\0\0\0\0\0\0\0'; scst_file | tail -c +9; } >"$file"
	cp "$file" "$tap_dir/torn"
	plug
	assert_eq "$(keys "$sg")" "0xabcd"
	cmp "$file.lost~" "$tap_dir/torn"
	cmp "$file.scst~" <(scst_file)
}

test_backup_of_scst_is_enough()	# SCST removes a file that it could not write
{
	unplug
	scst_file >"$file.1"
	plug
	assert_eq "$(keys "$sg")" "0xabcd"
	assert_conflict write_block "$sg"
	[ ! -e "$file.1" ] || fail "it is still there"
	unplug
	rm "$file"
	plug
	assert_eq "$(keys "$sg")" "" "keys, when the administrator has removed the file"
}

test_damaged_backup_of_scst_is_a_lost_reservation()	# there was one, and nobody knows which
{
	unplug
	head -c 50 <(scst_file) >"$file.1"
	plug
	assert_fails_with "Persistent reservation information lost" read_block "$sg"
}

test_file_of_scst_without_sense_is_a_lost_reservation()	# it was written to the end: its copy is what was before
{
	unplug
	scst_file >"$file.1"
	{ head -c 8 <(scst_file); printf '\002'; scst_file | tail -c +10; } >"$file"	# of version 2
	plug
	assert_fails_with "Persistent reservation information lost" read_block "$sg"
	cmp "$file.1" <(scst_file)
}

test_file_of_another_device_is_no_backup()	# and stays: a device may be called disk.1
{
	unplug
	echo "not SCST's" >"$file.1"
	plug
	read_block "$sg" >/dev/null
	assert_eq "$(keys "$sg")" ""
	assert_eq "$(cat "$file.1")" "not SCST's"
}

# SCST copies a file before it writes it again: the copy of disk and the file of disk.1 have one name.
add_called_like_a_copy()
{
	local sg
	add_null disk.1 size_mb=64
	map_lun disk.1 1
	sg=$(sg_ready 1)
	keys "$sg"
	del_null disk.1
	wait_for 10 no_sdev 1
}

test_device_called_like_a_copy_keeps_its_file()	# beside one that has none, and came first
{
	unplug
	scst_file | tee "$file.1" >"$file.1.1"
	plug
	assert_eq "$(keys "$sg")" "" "keys of another device"
	write_block "$sg"
	cmp "$file.1" <(scst_file)
	assert_eq "$(add_called_like_a_copy)" "0xabcd" "its own keys"
}

test_device_called_like_a_copy_keeps_its_file_beside_another()	# which is taken over, with no copy
{
	unplug
	scst_file | tee "$file" "$file.1" >"$file.1.1"
	plug
	assert_eq "$(keys "$sg")" "0xabcd"
	cmp "$file.scst~" <(scst_file)
	cmp "$file.1" <(scst_file)
	assert_eq "$(add_called_like_a_copy)" "0xabcd" "its own keys"
}

# Who was preempted since would be a registrant again, who joined since none.
test_backup_of_scst_does_not_outlive_the_take_over()	# ours is lost when it is damaged
{
	local slot
	unplug
	scst_file | tee "$file.1" >"$file"
	plug
	assert_eq "$(keys "$sg")" "0xabcd"
	join "$sg" 0xa --param-aptpl
	unplug
	for slot in 0 4096; do
		printf 'torn' | dd of="$file" bs=1 seek=$((slot + 40)) conv=notrunc status=none
	done
	plug
	assert_fails_with "Persistent reservation information lost" read_block "$sg"
}

test_pr_file_name_moves_the_file()	# one for each device, and not while it is exported
{
	local name=$scst/devices/disk/pr_file_name
	assert_eq "$(cat "$name")" "$file"
	assert_fails_with "busy" write_attr "$name" "$dir/elsewhere"
	unmap_lun 0
	wait_for 10 no_sdev 0
	assert_fails_with "Invalid argument" write_attr "$name" elsewhere
	write_attr "$name" "$dir/elsewhere"
	assert_eq "$(cat "$name")" "$dir/elsewhere"$'\n[key]'
	add_null other
	assert_fails_with "File exists" write_attr "$scst/devices/other/pr_file_name" "$dir/elsewhere"
	del_null other
	map_lun disk 0
	sg=$(sg_of 0)
	clear_unit_attentions "$sg"
	join "$sg" 0xa --param-aptpl
	[ -s "$dir/elsewhere" ] || fail "nothing there"
	[ ! -e "$file" ] || fail "and it wrote $file"
	cp "$dir/elsewhere" "$tap_dir/before"
	assert_fails_with "File exists" add_null elsewhere	# it would be its default
	cmp "$dir/elsewhere" "$tap_dir/before"
}

test_pr_file_name_that_another_device_has_got_is_refused()	# though it is the default
{
	unmap_lun 0
	wait_for 10 no_sdev 0
	write_attr "$scst/devices/disk/pr_file_name" "$dir/elsewhere"
	add_null other
	write_attr "$scst/devices/other/pr_file_name" "$file"
	assert_fails_with "File exists" write_attr "$scst/devices/disk/pr_file_name" ""
	assert_eq "$(head -n 1 "$scst/devices/disk/pr_file_name")" "$dir/elsewhere"
	write_attr "$scst/devices/other/pr_file_name" ""
	write_attr "$scst/devices/disk/pr_file_name" ""
	assert_eq "$(cat "$scst/devices/disk/pr_file_name")" "$file"
	del_null other
}

# A state of $1 registrants, the first of which holds.
make_state()
{
	local i
	printf 'version 1\ngeneration 7\nreservation 05 00\n'
	for i in $(seq "$1"); do
		printf 'registrant 1 %016x %d 24 06000000%016x%024x\n' "$i" $((i == 1)) "$i" 0
	done
}

test_pr_state_is_of_any_length()	# 500 registrants, written, read, and by an initiator
{
	unmap_lun 0
	wait_for 10 no_sdev 0
	make_state 500 >"$tap_dir/state"
	cat "$tap_dir/state" >"$state"
	cmp "$state" "$tap_dir/state"
	map_lun disk 0
	sg=$(sg_of 0)
	assert_eq "$(sg_persist -n --in --read-keys "$sg" | nr_lines '^    0x')" 500
	assert_conflict write_block "$sg"
	assert_fails_with "busy" cp "$tap_dir/state" "$state"
}

test_pr_state_is_all_or_nothing()	# a wrong line changes nothing and is named in the log
{
	unmap_lun 0
	wait_for 10 no_sdev 0
	make_state 3 >"$tap_dir/right"
	cat "$tap_dir/right" >"$state"
	make_state 200 | sed '150s/registrant/registrar/' >"$tap_dir/wrong"
	mark_log
	assert_fails_with "Invalid argument" cp "$tap_dir/wrong" "$state"
	cmp "$state" "$tap_dir/right"
	log_since_mark | has "disk: pr_state: line 150 is wrong" || fail "the log does not say which"
}

test_dump_prs_prints_to_the_log()
{
	join "$sg" 0xabc
	mark_log
	write_attr "$scst/devices/disk/dump_prs" 1
	log_since_mark | has "disk: registrant 1 0000000000000abc 0 24 06" || fail "$(log_since_mark)"
}

test_device_that_goes_leaves_its_state()	# in a file named by its serial number, which is no path
{
	local before
	mkdir -p "$tap_dir/dump"
	write_attr "$scst/handlers/vdisk_nullio/pr_dump_dir" "$tap_dir/dump"
	join "$sg" 0xa
	before=$(cat "$state")
	unplug
	assert_eq "$(ls -A "$tap_dir/dump")" "SN_1_a"
	assert_eq "$(cat "$tap_dir/dump/SN_1_a")" "$before"
	plug
	write_attr "$scst/handlers/vdisk_nullio/pr_dump_dir" /nowhere
	mark_log
	unplug
	log_since_mark | has "cannot dump persistent reservations to /nowhere/SN_1_a" ||
		fail "nobody was told"
}

# What is dumped by a disk that goes, if that is anything.
dump_of() # DIRECTORY SERIAL
{
	cat "$1/$2" 2>/dev/null || true
}

test_dump_waits_for_the_last_command()	# a read is under way when the device goes
{
	local reader remover dump=$tap_dir/dump/SN_1_a
	mkdir -p "$tap_dir/dump"
	write_attr "$scst/handlers/vdisk_nullio/pr_dump_dir" "$tap_dir/dump"
	join "$sg" 0xa
	write_attr "$scst/devices/disk/delay_ms" $((3000 * PATIENCE))
	(tap_asking=1; quietly read_block "$sg") &
	reader=$!
	wait_for 5 grep -q "lun=0 .* opcode=0x28 step=execute" "$scst/trace_cmds"
	del_null disk &
	remover=$!
	wait_for 15 test -s "$dump"
	assert_no_match "$(cat "$scst/trace_cmds")" "opcode=0x28" "commands under way when it was dumped"
	wait "$reader" || true
	wait "$remover"
	assert_match "$(cat "$dump")" "registrant 1 000000000000000a 0" "dump"
}

# A device of each kind that this machine can have, registered at, and gone: in $dumps.
register_and_go() # HANDLER PARAMETERS
{
	write_attr "$scst/handlers/$1/mgmt" "add_device of-$1 $2"
	write_attr "$scst/devices/of-$1/usn" "$1"
	map_lun "of-$1" 1
	join "$(sg_ready 1)" 0xa
	write_attr "$scst/handlers/$1/mgmt" "del_device of-$1"
	wait_for 10 no_sdev 1
	assert_match "$(dump_of "$dumps" "$1")" "registrant 1 000000000000000a 0" "dump of $1"
}

# A CD-ROM drive without a disc is not ready, and takes reservations.
sg_ready() # LUN
{
	local sg
	sg=$(sg_of "$1")
	for _ in 1 2 3; do
		quietly sg_raw "$sg" 00 00 00 00 00 00 || true
	done
	echo "$sg"
}

test_every_kind_of_device_leaves_its_state()	# where the module parameter says, without an attribute
{
	dumps=$tap_dir/dump
	mkdir -p "$dumps"
	unplug
	unload_scst
	modprobe scst pr_dump_dir="$dumps"
	load_scst
	assert_eq "$(head -n 1 "$scst/handlers/vdisk_nullio/pr_dump_dir")" "$dumps"
	truncate -s 1M "$tap_dir/backing"
	make_nullb
	register_and_go vdisk_nullio size_mb=1
	register_and_go vdisk_fileio "filename=$tap_dir/backing"
	register_and_go vdisk_blockio "filename=$nullb"
	register_and_go vcdrom ""
	write_attr "$scst/handlers/vdisk_fileio/pr_dump_dir" ""
	assert_eq "$(head -n 1 "$scst/handlers/vcdrom/pr_dump_dir")" "$dumps"
	drop_nullb
	unload_scst
	load_scst
	assert_eq "$(head -n 1 "$scst/handlers/vcdrom/pr_dump_dir")" ""
}

run_tests "$@"
