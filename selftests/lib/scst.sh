# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2154
#
# What tests of the real modules share: the tree, devices, LUNs and the disks that appear for them.

scst=/sys/kernel/scst_tgt
tgt=$scst/targets/scst_local/scst_local_tgt
host_session=$tgt/sessions/scst_local_host
null_mgmt=$scst/handlers/vdisk_nullio/mgmt

load_scst()
{
	modprobe scst
	modprobe scst_vdisk
	modprobe scst_local
}

# Nothing of ours is in the kernel any more. A host that looks at its disks once more, and a policy,
# hold their modules a moment longer.
unload_scst()
{
	wait_for 10 modprobe -r scst_local
	wait_for 10 modprobe -r scst_vdisk
	wait_for 10 modprobe -r scst
}

add_null() # NAME [PARAMETERS]
{
	write_attr "$null_mgmt" "add_device $1 ${2:-size_mb=64}"
}

del_null() # NAME
{
	write_attr "$null_mgmt" "del_device $1"
}

map_lun() # NAME LUN [PARAMETERS]
{
	write_attr "$tgt/luns/mgmt" "add $1 $2 ${3:-}"
}

unmap_lun() # LUN
{
	write_attr "$tgt/luns/mgmt" "del $1"
}

# The SCSI device directory of LUN of a session (default: the default one), if the host has it.
sdev_dir() # LUN [SESSION DIRECTORY]
{
	local dir
	dir=$(echo "${2:-$host_session}"/host/device/target*/*:0:0:"$1")
	[ -d "$dir" ] && echo "$dir"
}

has_disk() # LUN [SESSION DIRECTORY]
{
	local block
	block=$(echo "$(sdev_dir "$@")"/block/sd*)
	[ -b "/dev/${block##*/}" ]
}

no_sdev() # LUN [SESSION DIRECTORY]
{
	! sdev_dir "$@"
}

disk_of() # LUN [SESSION DIRECTORY]
{
	local block
	wait_for 15 has_disk "$@"
	block=$(echo "$(sdev_dir "$@")"/block/sd*)
	echo "/dev/${block##*/}"
}

has_sg() # LUN [SESSION DIRECTORY]
{
	local sg
	sg=$(echo "$(sdev_dir "$@")"/scsi_generic/sg*)
	[ -c "/dev/${sg##*/}" ]
}

# The device is there a moment before its node.
sg_of() # LUN [SESSION DIRECTORY]
{
	local sg
	wait_for 15 has_sg "$@"
	sg=$(echo "$(sdev_dir "$@")"/scsi_generic/sg*)
	echo "/dev/${sg##*/}"
}

# Commands as they come: no unit attention of the power-on kind is left.
clear_unit_attentions() # SG
{
	local i
	for i in 1 2 3 4 5; do
		sg_raw "$1" 00 00 00 00 00 00 >/dev/null 2>&1 && return
	done
	fail "$1 is not ready: $i unit attentions"
}

# A second initiator at the same target, with its disk at LUN 0: $second, $sg2.
with_second_host()
{
	# shellcheck disable=SC2034	# for who calls
	second=$tgt/sessions/second
	write_attr "$scst/targets/scst_local/mgmt" "add_session scst_local_tgt second"
	sg2=$(sg_of 0 "$second")
	clear_unit_attentions "$sg2"
}

drop_second_host()
{
	[ ! -e "$tgt/sessions/second" ] ||
		write_attr "$scst/targets/scst_local/mgmt" "del_session scst_local_tgt second"
}

idle() # SESSION DIRECTORY
{
	[ "$(cat "$1/active_commands")" = 0 ]
}

busy() # SESSION DIRECTORY
{
	! idle "$1"
}

# Has the disk done I/O since its statistics were $1?
io_flows() # DISK BEFORE
{
	[ "$(cat "/sys/block/${1##*/}/stat")" != "$2" ]
}

# Nobody but a load of ours writes: who looks for partitions reads.
nr_writes() # DISK
{
	awk '{ print $5 }' "/sys/block/${1#/dev/}/stat"
}

has_written() # DISK BEFORE
{
	[ "$(nr_writes "$1")" -gt "$2" ]
}

# What tests of one handler share: $handler is its name, device "disk" of it stands at LUN 0.
add_disk() # PARAMETERS [NAME]
{
	write_attr "$scst/handlers/$handler/mgmt" "add_device ${2:-disk} $1"
}

# The disk and its LUN: $disk, $sg.
with_disk() # PARAMETERS
{
	add_disk "$1"
	map_lun disk 0
	disk=$(disk_of 0)
	sg=$(sg_of 0)
	clear_unit_attentions "$sg"
}

drop_disk()
{
	write_attr "$scst/handlers/$handler/mgmt" "del_device disk"
	wait_for 10 no_sdev 0
}

# For teardown: if a test left it, of whatever handler.
drop_disk_if_any()
{
	local handler
	[ -e "$scst"/devices/disk ] || return 0
	handler=$(basename "$(readlink "$scst"/devices/disk/handler)")
	drop_disk
}

# The first line of a file of the disk.
disk_attr() # NAME
{
	head -1 "$scst/devices/disk/$1"
}

# A file of tap_dir, where a command's output is.
says() # FILE TEXT
{
	grep -q "$2" "$tap_dir/$1" || fail "no '$2' in $(cat "$tap_dir/$1")"
}

has_size() # DISK BYTES
{
	[ "$(blockdev --getsize64 "$1")" = "$2" ]
}

# Random writes to $disk, each read back and compared.
verify_fio() # FIO ARGUMENTS
{
	fio --name=verify --filename="$disk" --direct=1 --ioengine=libaio --iodepth=16 --size=8m \
		--rw=randwrite --verify=crc32c --verify_fatal=1 "$@"
}

# Four jobs of mixed sizes that trim what they are about to write.
verify_fio_trims()
{
	local job
	verify_fio --rw=randtrimwrite --numjobs=4 --offset_increment=8m --bsrange=4k-64k --output="$tap_dir/fio.json" --output-format=json
	for job in 0 1 2 3; do
		[ "$(sed -n '/^{/,$p' "$tap_dir/fio.json" | jq ".jobs[$job].trim.total_ios")" -gt 0 ]
	done
}

# A file system is made on $disk, filled, trimmed and checked.
live_on_disk() # MKFS FSCK
{
	$1 "$disk"
	mkdir -p "$tap_dir/mnt"
	mount "$disk" "$tap_dir/mnt"
	cp -r /usr/lib/modprobe.d /usr/bin/fio "$tap_dir/mnt/"
	sync
	fstrim "$tap_dir/mnt"
	umount "$tap_dir/mnt"
	$2 "$disk"
	mount "$disk" "$tap_dir/mnt"
	cmp /usr/bin/fio "$tap_dir/mnt/fio"
	umount "$tap_dir/mnt"
}

# Load that ends by itself when the disk goes; bounded all the same. Returns when I/O flows.
start_load() # DISK SECONDS
{
	local before
	before=$(nr_writes "$1")
	fio --name=load --filename="$1" --rw=randrw --bs=4k --size=16m --ioengine=libaio \
		--iodepth=16 --direct=1 --time_based --runtime="$2" --numjobs=2 \
		--allow_file_create=0 --continue_on_error=none >"$tap_dir/fio.log" 2>&1 &
	load=$!
	wait_for 40 has_written "$1" "$before"
	kill -0 $load || fail "fio did not start: $(cat "$tap_dir/fio.log")"
}

# What the kernel says from here on, and what it has said since.
mark_log()
{
	log_mark="mark $BASHPID.$RANDOM"
	echo "$log_mark" >/dev/kmsg
}

log_since_mark()
{
	dmesg | sed "1,/$log_mark/d"
}

# No I/O of the load failed; it may be over by now.
end_load()
{
	kill -INT "$load" 2>/dev/null || true
	wait "$load" || true
	if ! grep -q "err= *0" "$tap_dir/fio.log" || grep -q "err= *[1-9]" "$tap_dir/fio.log"; then
		fail "$(cat "$tap_dir/fio.log")"
	fi
}

# The load may only have ended because its disk went away.
load_ended()
{
	! wait "$load" || fail "fio ended well though its disk went away"
	grep -qE 'error=(Input/output error|No such device|Remote I/O error|No space left)' "$tap_dir/fio.log" ||
		fail "fio ended otherwise: $(grep error "$tap_dir/fio.log")"
}

# A null_blk of 64 MiB with memory, a volatile cache and discard, without a scheduler: $nullb.
# shellcheck disable=SC2034  # for the tests
nullb=/dev/nullb0

make_nullb() # [NAME]
{
	local dir=/sys/kernel/config/nullb/${1:-nullb0}
	modprobe null_blk nr_devices=0
	mountpoint -q /sys/kernel/config || mount -t configfs configfs /sys/kernel/config
	mkdir "$dir"
	echo 64 >"$dir/size"
	echo 1 >"$dir/memory_backed"
	echo 64 >"$dir/cache_size"
	echo 1 >"$dir/discard"
	echo 0 >"$dir/irqmode"
	echo 1 >"$dir/power"
	echo none >"/sys/block/${1:-nullb0}/queue/scheduler"
}

drop_nullb()
{
	rmdir /sys/kernel/config/nullb/nullb0
	modprobe -r null_blk
}

mapped_node() # NAME
{
	local node
	node=/dev/$(dmsetup info --columns --noheadings -o blkdevname "$1")
	wait_for 5 test -b "$node"
	echo "$node"
}

dm_create() # NAME TABLE
{
	dmsetup create "$1" --noudevsync --table "$2"
	mapped_node "$1" >/dev/null
}

# For teardown, in this order: those that are there.
dm_remove_any() # NAME...
{
	local name
	for name; do
		! dmsetup info "$name" >/dev/null 2>&1 || dmsetup remove --noudevsync --retry "$name"
	done
}

# Thin disks are made of it. Besides the data there are 8192 sectors of metadata on DISK. In teardown:
# dm_remove_any [THIN DISK]... pool data meta
make_thin_pool() # DISK SECTORS SECTORS-OF-A-BLOCK
{
	modprobe dm-thin-pool
	dd if=/dev/zero of="$1" bs=64k count=1
	dm_create meta "0 8192 linear $1 0"
	dm_create data "0 $2 linear $1 8192"
	dm_create pool "0 $2 thin-pool $(mapped_node meta) $(mapped_node data) $3 0"
}

make_thin_disk() # NAME NUMBER SECTORS
{
	dmsetup message pool 0 "create_thin $2"
	dm_create "$1" "0 $3 thin $(mapped_node pool) $2"
}

# A file system of its own at DIR, to be frozen: who writes there waits until it is thawed.
mount_image() # DIR
{
	modprobe loop
	truncate -s 16M "$tap_dir/image"
	mkfs.ext4 -q "$tap_dir/image"
	mkdir -p "$1"
	mount -o loop "$tap_dir/image" "$1"
}

# For teardown: whatever is mounted there, frozen or not.
thaw_if_any() # DIR
{
	! mountpoint -q "$1" || fsfreeze --unfreeze "$1" 2>/dev/null || true
}

# What COMMAND made null_blk do: flags of the requests it was given.
requests_of() # COMMAND...
{
	local tracing=/sys/kernel/tracing
	mountpoint -q "$tracing" || mount -t tracefs tracefs "$tracing"
	echo >"$tracing"/trace
	echo "dev == $(($(stat -c '(0x%t << 20) | 0x%T' "$nullb")))" \
		>"$tracing"/events/block/block_rq_issue/filter
	echo 1 >"$tracing"/events/block/block_rq_issue/enable
	"$@" >&2
	echo 0 >"$tracing"/events/block/block_rq_issue/enable
	grep -o 'block_rq_issue: [0-9,]* [A-Z]*' "$tracing"/trace | sed 's/.* //'
}

# Lines with the serial number of each disk that has one, and its node.
serials()
{
	local dir file
	for dir in /sys/block/*; do
		for file in "$dir"/serial "$dir"/device/serial "$dir"/device/vpd_pg80; do
			[ ! -e "$file" ] || echo "$(tr -cd '[:alnum:]' <"$file") /dev/${dir##*/}"
		done
	done
}

# The node of a disk that `boot` made with that serial number.
disk_named() # SERIAL
{
	local node
	node=$(serials | awk -v serial="$1" '$1 == serial { print $2 }')
	[ -b "$node" ] || fail "no disk $1 here: make check TESTS=${0##*selftests/}, or boot --for $0"
	echo "$node"
}
