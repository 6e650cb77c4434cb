#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# I/O while something below or within the target fails: a disk with bad places, one that is away for
# a while, memory that runs out, and on the debug kernel every kind of allocation of our modules.
# Through scst_local and iSCSI, with fio: a command that is told GOOD was carried out, others are told
# BUSY or an error; nothing hangs, and when it is over no memory is in use and the modules can go.
# Not tested: a file system on a disk that fails below a file, which ends all use of it; what one may
# say is said by odd_fs.py.
#
# Errors are what this is about:
# expects: I/O error
# expects: disks that go
# expects: detected conn error
# expects: ping timeout
# expects: closed: no memory

. "$(dirname "$0")/../iscsi/lib.sh"

here=$(dirname "$0")
portal=127.0.0.1:3260
progs=${progs:-.build/selftests/bpf}
pins=/sys/fs/bpf/scst-selftest
store=$tap_dir/store
odd=$tap_dir/odd

setup_file()
{
	modprobe brd rd_nr=1 rd_size=32768
	modprobe iscsi_tcp
	pidof iscsid >/dev/null || iscsid
	mkdir "$store"
	mount -t tmpfs -o size=32m tmpfs "$store"
}

teardown_file()
{
	umount "$store"
	iscsiadm -k 0
	wait_for 10 modprobe -r iscsi_tcp
	modprobe -r brd
}

setup()
{
	modprobe iscsi-scst
	load_scst
	truncate -s 16M "$store/disk"
	empty_again
}

empty_again()
{
	dd if=/dev/zero of=/dev/ram0 bs=1M count=16 oflag=direct
	dd if=/dev/zero of="$store/disk" bs=1M count=16 conv=notrunc
}

# That the modules can go says that nothing of them is in use.
teardown()
{
	rm -rf "$pins"
	leave_iscsi
	[ ! -d "$scst/devices/disk" ] || write_attr "$scst/devices/disk/handler/mgmt" "del_device disk"
	modprobe -r iscsi-scst
	unload_scst
	[ ! -d /sys/module/scsi_debug ] || drop_scsi_debug
	! mountpoint -q "$odd" || umount "$odd"
	[ -z "$(dm_node)" ] || dmsetup remove --noudevsync --retry faulty
	rm -f "$store/disk"
}

# ---- the disk below ----

dm_node()
{
	dmsetup info --columns --noheadings -o blkdevname faulty 2>/dev/null
}

# 16 MiB, of each of which the last 32 KiB are bad.
bad_places()
{
	local mb
	for ((mb = 0; mb < 16; mb++)); do
		echo "$((mb * 2048)) 1984 linear /dev/ram0 $((mb * 2048))"
		echo "$((mb * 2048 + 1984)) 64 error"
	done
}

all_good()
{
	echo "0 32768 linear /dev/ram0 0"
}

all_bad()
{
	echo "0 32768 error"
}

make_faulty() # TABLE
{
	dmsetup create faulty --noudevsync --table "$1"
	faulty=/dev/$(dm_node)
	wait_for 5 test -b "$faulty"
}

# What comes takes its time.
slow()
{
	echo "0 32768 delay /dev/ram0 0 50"
}

# What is under way at that moment may fail as well.
becomes() # TABLE
{
	dmsetup suspend --nolockfs --noflush faulty
	dmsetup load faulty --table "$1"
	dmsetup resume --noudevsync faulty
}

# ---- what is above ----

# $disk, through scst_local.
# shellcheck disable=SC2034	# $handler is for with_disk
local_disk() # HANDLER PARAMETERS
{
	handler=$1
	with_disk "$2"
}

iscsi_disk()
{
	local block
	block=$(echo /sys/class/iscsi_session/session*/device/target*/*:0/block/sd*)
	[ -b "/dev/${block##*/}" ] && echo "/dev/${block##*/}"
}

daemon_is_open()
{
	[ "$(cat "$iscsi/open_state")" = open ]
}

# The same through iSCSI.
iscsi_too() # HANDLER PARAMETERS
{
	write_attr "$scst/handlers/$1/mgmt" "add_device disk $2"
	iscsi_mgmt add_target "$iqn"
	write_attr "$itgt/luns/mgmt" "add disk 0"
	write_attr "$itgt/enabled" 1
	write_attr "$iscsi/enabled" 1
	python3 "$here/../iscsi/iscsi.py" >"$tap_dir/login.log" 2>&1 &
	echo $! >"$tap_dir/login"
	wait_for 20 daemon_is_open
	iscsiadm -m node -o new -T "$iqn" -p "$portal"
	iscsiadm -m node -T "$iqn" -p "$portal" --login
	wait_for 20 iscsi_disk
	disk=$(iscsi_disk)
}

leave_iscsi()
{
	[ -d "$itgt" ] || return 0
	iscsiadm -m node -T "$iqn" -p "$portal" --logout || true
	iscsiadm -m node -T "$iqn" -p "$portal" -o delete || true
	kill "$(cat "$tap_dir/login")"
	iscsi_mgmt del_target "$iqn"
}

said() # JQ EXPRESSION: what fio did, after what it warned of
{
	sed -n '/^{/,$p' "$tap_dir/fio.json" | jq ".jobs[0]$1"
}

# fio's writes and reads, of which some may fail. What it was told has been written it reads again,
# and compares: that fails if it is not there. (Its headers have the offset and a checksum; their
# random numbers get out of step when a write fails, so disks are empty before.) $errors: how many.
io() # FIO ARGUMENTS
{
	local ignored=EIO:ENOMEM:61:121		# and ENODATA, EREMOTEIO
	fio --name=io --filename="$disk" --allow_file_create=0 --direct=1 --ioengine=libaio \
		--iodepth=8 --rw=randwrite --bsrange=4k-64k --size=8m --verify=crc32c \
		--verify_header_seed=0 --verify_fatal=1 \
		--continue_on_error=io --ignore_error=$ignored,$ignored \
		--output="$tap_dir/fio.json" --output-format=json "$@"
	errors=$(said .total_err)
	assert_match "$(said .write.total_ios)" "^[1-9]" writes
}

some_failed()
{
	[ "$errors" -gt 0 ] || fail "no I/O failed"
}

none_failed()
{
	assert_eq "$errors" 0 errors
}

no_page_is_in_use()
{
	has "^Inactive/active pages *[0-9]*/0$" "$scst/sgv/global_stats"
}

nothing_stays()
{
	wait_for 10 no_page_is_in_use
	assert_eq "$(cat "$scst/trace_cmds")" "" "commands under way"
}

# ---- bad places ----

test_bad_places_of_a_block_device()	# scst_local
{
	make_faulty "$(bad_places)"
	local_disk vdisk_blockio "filename=$faulty"
	io
	some_failed
	nothing_stays
}

test_bad_places_of_a_block_device_over_iscsi()	# the same
{
	make_faulty "$(bad_places)"
	iscsi_too vdisk_blockio "filename=$faulty"
	io
	some_failed
	nothing_stays
}

test_bad_places_below_fileio()	# past the page cache
{
	make_faulty "$(bad_places)"
	local_disk vdisk_fileio "filename=$faulty; o_direct=1"
	io
	some_failed
	nothing_stays
}

test_bad_places_below_asynchronous_fileio_over_iscsi()	# past the page cache
{
	make_faulty "$(bad_places)"
	iscsi_too vdisk_fileio "filename=$faulty; o_direct=1; async=1"
	io
	some_failed
	nothing_stays
}

# ---- what a disk says of itself ----

scsi_debug_lun()
{
	echo /sys/bus/pseudo/drivers/scsi_debug/adapter0/host*/target*/*:0
}

scsi_debug_disk()
{
	echo "$(scsi_debug_lun)"/block/sd* | sed 's|.*/|/dev/|'
}

has_scsi_debug()
{
	[ -b "$(scsi_debug_disk)" ]
}

drop_scsi_debug()
{
	wait_for 10 rmmod scsi_debug
}

# To the next command with that opcode, and to no other.
disk_says() # OPCODE HOST-BYTE STATUS KEY ASC ASCQ
{
	local lun
	lun=$(scsi_debug_lun)
	echo "2 -1 $1 $2 0 ${*:3}" >"/sys/kernel/debug/scsi_debug/${lun##*/}/error"
}

use_block() # read|write
{
	case $1 in
	read) sg_raw --request=512 "$sg" 28 00 00 00 00 00 00 00 01 00 ;;
	write) sg_raw --send=512 --infile=/dev/zero "$sg" 2a 00 00 00 00 00 00 00 01 00 ;;
	esac
}

test_what_a_disk_says_becomes_sense()	# each once: the medium, no space, a path that broke, a refusal
{
	local how what expected
	modprobe scsi_debug dev_size_mb=32 delay=0
	wait_for 10 has_scsi_debug
	local_disk vdisk_blockio "filename=$(scsi_debug_disk)"
	while IFS=: read -r how what expected; do
		# shellcheck disable=SC2086	# words
		disk_says $what
		assert_fails_with "$expected" use_block "$how"
		use_block "$how"
	done <<-END
		read:0x28 0 2 3 0x11 0:Unrecovered read error
		write:0x2a 0 2 7 0x27 7:Space allocation failed write protect
		read:0x28 0x0f 0 0 0 0:Logical unit not ready
		read:0x28 0 2 5 0x24 0:Internal target failure
		write:0x2a 0 2 4 0x44 0:Internal target failure
	END
	nothing_stays
	drop_disk
	drop_scsi_debug
}

asked_again() # ERRNO
{
	[ "$(nr_lines -x "$1" "$tap_dir/asked")" -gt 1 ]
}

test_what_a_file_system_says_becomes_sense()	# each once; and BUSY where it has no memory, until it has
{
	local how what expected server writer
	[ -c /dev/fuse ] || skip "this kernel has no FUSE"
	mkdir "$odd"
	: >"$tap_dir/errno"
	"$here/odd_fs.py" "$odd" "$tap_dir/errno" >"$tap_dir/asked" &
	server=$!
	wait_for 10 test -f "$odd/disk"
	local_disk vdisk_fileio "filename=$odd/disk"
	while IFS=: read -r how what expected; do
		echo "$what" >"$tap_dir/errno"
		assert_fails_with "$expected" use_block "$how"
		: >"$tap_dir/errno"
		use_block "$how"
	done <<-END
		read:ENODEV:Logical unit not ready
		write:ENOLINK:Logical unit not ready
		write:EREMOTEIO:Internal target failure
		write:EOPNOTSUPP:Internal target failure
		write:EDQUOT:Space allocation failed write protect
		read:ENODATA:Unrecovered read error
		write:EIO:Peripheral device write fault
	END
	echo ENOMEM >"$tap_dir/errno"
	use_block write &
	writer=$!
	wait_for 10 asked_again ENOMEM		# by the host, which repeats what is BUSY
	: >"$tap_dir/errno"
	wait "$writer"
	nothing_stays
	drop_disk
	umount "$odd"
	wait "$server"
}

# ---- a disk that is away ----

# Three times while it is written, and back when what was written is read.
goes_away() # FIO ARGUMENTS
{
	local fio
	io --rate=,3m &
	fio=$!
	for _ in 1 2 3; do
		sleep 0.3
		becomes "$(all_bad)"
		sleep 0.2
		becomes "$(all_good)"
	done
	wait $fio
}

test_block_device_goes_away()	# scst_local
{
	make_faulty "$(all_good)"
	local_disk vdisk_blockio "filename=$faulty"
	goes_away
	nothing_stays
	empty_again
	io
	none_failed
}

test_file_goes_away_over_iscsi()	# past the page cache, asynchronously
{
	make_faulty "$(all_good)"
	iscsi_too vdisk_fileio "filename=$faulty; o_direct=1; async=1"
	goes_away
	nothing_stays
	empty_again
	io
	none_failed
}

# ---- memory ----

# What the module has for data of commands is not enough for them: they are told BUSY, or TASK SET
# FULL, and come again.
short_of_memory()
{
	modprobe -r iscsi-scst
	unload_scst
	modprobe scst scst_max_cmd_mem=4
	modprobe iscsi-scst
	load_scst
}

nr_busy()
{
	nr_lines -E "scst_cmd_done:.* status=0x(08|28)" /sys/kernel/tracing/trace
}

test_memory_for_data_runs_out()	# iSCSI; scst_local brings its own
{
	short_of_memory
	make_faulty "$(slow)"
	iscsi_too vdisk_blockio "filename=$faulty"
	mountpoint -q /sys/kernel/tracing || mount -t tracefs tracefs /sys/kernel/tracing
	echo >/sys/kernel/tracing/trace
	echo "set scst_cmd_done" >"$scst/trace_level"
	io --bsrange=256k-512k --iodepth=16
	echo none >"$scst/trace_level"
	none_failed
	[ "$(nr_busy)" -gt 0 ] || fail "nobody was told BUSY"
	nothing_stays
}

# ---- allocations ----

needs_injection()
{
	[ -w /proc/self/fail-nth ] || skip "this kernel injects no faults"
}

# Where the text of a module begins and ends, as signed numbers, which the loader reads.
text_of() # MODULE
{
	local range
	range=$(awk -v module="[$1]" '
		$4 == module && $3 !~ /^__pfx_/ && tolower($2) == "t" {
			if (!begin || $1 < begin)
				begin = $1
			if ($1 > end)
				end = $1
		}
		END { print "0x" begin, "0x" end }' /proc/kallsyms)
	echo $((${range% *})) $((${range#* }))
}

# From now on, one in so many slab objects and pages that these modules allocate.
make_fail() # SLAB PAGE MODULE...
{
	local options=("slab_one_in=$1" "page_one_in=$2") module begin end n=0
	for module in "${@:3}"; do
		read -r begin end < <(text_of "$module")
		options+=("begin_$n=$begin" "end_$n=$end")
		n=$((n + 1))
	done
	mountpoint -q /sys/fs/bpf || mount -t bpf bpf /sys/fs/bpf
	mkdir "$pins"
	"$progs/load" -p "$pins" "$progs/alloc_fails.bpf.o" "${options[@]}"
}

# How many have: slabs_failed, pages_failed.
failed() # NAME
{
	bpftool -j map dump pinned "$pins/map_alloc_fa_bss" | tr , '\n' |
		sed -n "s/.*\"$1\":\([0-9]*\).*/\1/p"
}

# fio while slab objects and pages fail, and once more when they do not.
io_without_memory() # MODULE...
{
	local slabs pages
	make_fail 20 20 "$@"
	io --bsrange=4k-256k
	slabs=$(failed slabs_failed)
	pages=$(failed pages_failed)
	rm -r "$pins"
	empty_again
	echo "$slabs objects and $pages pages failed"
	[ $((slabs + pages)) -gt 0 ] || fail "none failed"
	nothing_stays
	io
	none_failed
}

# scst_local has memory from the initiator, and what a command needs is in its slot: so only here.
test_allocations_fail_below_asynchronous_fileio()	# scst_local: the core, and fileio
{
	needs_injection
	local_disk vdisk_fileio "filename=/dev/ram0; o_direct=1; async=1"
	io_without_memory scst scst_vdisk scst_local
}

test_allocations_fail_over_iscsi_to_a_file()	# the core, and iSCSI
{
	needs_injection
	iscsi_too vdisk_fileio "filename=$store/disk"
	io_without_memory scst scst_vdisk iscsi_scst
}

test_allocations_fail_over_iscsi_to_a_block_device()	# buffers in small pieces, and bios for them
{
	needs_injection
	iscsi_too vdisk_blockio "filename=/dev/ram0"
	io_without_memory scst scst_vdisk iscsi_scst
}

# All that a command needs, on its way through the initiator and to the disk below.
each_allocation_fails() # HANDLER PARAMETERS
{
	local hits knob
	for knob in failslab fail_page_alloc; do
		echo N >/sys/kernel/debug/$knob/ignore-gfp-wait
		echo 0 >/sys/kernel/debug/$knob/verbose
	done
	echo 0 >/sys/kernel/debug/fail_page_alloc/min-order
	local_disk "$@"
	hits=$("$here/fail_nth.py" "$sg")
	assert_match "$hits" "^[1-9][0-9]* [1-9]" "writes and reads that met a fault"
	nothing_stays
}

test_each_allocation_of_a_command_fails_once()	# a file
{
	needs_injection
	each_allocation_fails vdisk_fileio "filename=$store/disk"
}

test_each_allocation_of_a_command_for_a_block_device_fails_once()	# and a block device
{
	needs_injection
	each_allocation_fails vdisk_blockio "filename=/dev/ram0"
}

run_tests "$@"
