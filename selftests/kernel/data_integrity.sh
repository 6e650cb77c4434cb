#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Data are what was written, end to end: every back end that keeps data, over what lies below it in
# practice, in blocks of 512 and 4096 bytes, through scst_local and iSCSI with and without digests.
# What is below the target is compared with what the initiator wrote, and nothing beside it is
# touched. Then one disk of each kind while something happens to it: resets, another disk in its
# place, closed and opened, its session taken over. Takes more than a minute: forty-five disks have
# to be found by the host.
#
# Disks go, or are hidden, while the host looks at them:
# expects: disks that go
# expects: detected conn error

. "$(dirname "$0")/../iscsi/lib.sh"

case_timeout=90
here=$(dirname "$0")
initiator=iqn.2026-01.org.example:host
iqn_plain=iqn.2026-01.org.example:plain
iqn_digest=iqn.2026-01.org.example:digest
portal=127.0.0.1:3260
daemon_conf=/run/iscsi-scstd.matrix	# where it may look without privileges
ext4=$tap_dir/ext4
xfs=$tap_dir/xfs
mb=8			# of each disk

# Name, block size of the LUN, handler, where its data are, parameters. The LUN is the line's number.
disks()
{
	local fs size options
	echo "null512_512 512 vdisk_blockio /dev/nullb0"
	echo "null512_4096 4096 vdisk_blockio /dev/nullb1 blocksize=4096"
	echo "null4096_4096 4096 vdisk_blockio /dev/nullb2 blocksize=4096"
	for fs in ext4 xfs; do
		for size in 512 4096; do
			for options in cached direct async; do
				echo "${fs}_${options}_$size $size vdisk_fileio ${!fs}/${options}_$size" \
					"blocksize=$size$(options_of $options)"
			done
		done
	done
}

options_of() # HOW
{
	case $1 in
	direct) echo "; o_direct=1" ;;
	async) echo "; o_direct=1; async=1" ;;
	esac
}

# for_disks COMMAND...: with LUN, name, block size, handler, place and parameters behind it.
for_disks()
{
	local lun=0 name size handler place parameters
	while read -r name size handler place parameters; do
		"$@" "$lun" "$name" "$size" "$handler" "$place" "$parameters"
		lun=$((lun + 1))
	done < <(disks)
}

make_null() # NAME BLOCKSIZE
{
	local dir=/sys/kernel/config/nullb/$1
	mkdir "$dir"
	echo $mb >"$dir/size"
	echo 1 >"$dir/memory_backed"
	echo "$2" >"$dir/blocksize"
	echo 1 >"$dir/power"
}

# A file system over a loop device over tmpfs.
make_fs() # MKFS SIZE DIRECTORY
{
	mkdir "$3"
	truncate -s "$2" "$tap_dir/store/${3##*/}"
	$1 "$tap_dir/store/${3##*/}"
	mount -o loop "$tap_dir/store/${3##*/}" "$3"
}

add_matrix_disk() # LUN NAME BLOCKSIZE HANDLER PLACE PARAMETERS
{
	[ -b "$5" ] || truncate -s ${mb}M "$5"
	write_attr "$scst/handlers/$4/mgmt" "add_device $2 filename=$5${6:+; $6}"
	map_lun "$2" "$1"
	write_attr "$iscsi/$iqn_plain/luns/mgmt" "add $2 $1"
	write_attr "$iscsi/$iqn_digest/luns/mgmt" "add $2 $1"
}

del_matrix_disk() # LUN NAME BLOCKSIZE HANDLER...
{
	write_attr "$scst/handlers/$4/mgmt" "del_device $2"
}

setup_file()
{
	load_scst
	load_iscsi
	modprobe null_blk nr_devices=0
	modprobe loop
	mountpoint -q /sys/kernel/config || mount -t configfs configfs /sys/kernel/config
	make_null nullb0 512
	make_null nullb1 512
	make_null nullb2 4096
	mkdir "$tap_dir/store"
	mount -t tmpfs -o size=300m tmpfs "$tap_dir/store"
	make_fs "mkfs.ext4 -q" 100M "$ext4"
	make_fs "mkfs.xfs -q" 320M "$xfs"
	iscsi_mgmt add_target $iqn_plain
	iscsi_mgmt add_target $iqn_digest
	for_disks add_matrix_disk
	write_attr "$iscsi/$iqn_digest/HeaderDigest" CRC32C
	write_attr "$iscsi/$iqn_digest/DataDigest" CRC32C
	write_attr "$iscsi/$iqn_plain/enabled" 1
	write_attr "$iscsi/$iqn_digest/enabled" 1
	write_attr "$iscsi/enabled" 1
	start_daemons
}

is_open() # STATE
{
	[ "$(cat "$iscsi/open_state")" = "$1" ]
}

start_daemons()
{
	: >$daemon_conf
	iscsi-scstd --foreground --config $daemon_conf 2>"$tap_dir/daemon.log" &
	daemon=$!
	wait_for 10 is_open open
	modprobe iscsi_tcp
	echo "InitiatorName=$initiator" >/etc/iscsi/initiatorname.iscsi
	iscsid
}

stop_daemons()
{
	iscsiadm -k 0
	kill "$daemon"
	wait "$daemon" || fail "iscsi-scstd: $(cat "$tap_dir/daemon.log")"
	wait_for 10 modprobe -r iscsi_tcp
	rm $daemon_conf
}

teardown_file()
{
	stop_daemons
	write_attr "$iscsi/enabled" 0
	iscsi_mgmt del_target $iqn_plain
	iscsi_mgmt del_target $iqn_digest
	for_disks del_matrix_disk
	umount "$ext4" "$xfs"
	umount "$tap_dir/store"
	rmdir /sys/kernel/config/nullb/nullb?
	modprobe -r null_blk
	modprobe -r iscsi-scst
	unload_scst
}

# iscsid does nothing for a session that it is about to log in again.
logged_out()
{
	! iscsiadm -m session || { iscsiadm -m session --logout; false; }
}

teardown()
{
	touch "$tap_dir/stop"		# the writer of a test that has failed
	wait_for 30 logged_out
	[ ! -e "$scst/devices/other" ] || del_other
	[ ! -e "$second" ] ||
		write_attr "$scst/targets/scst_local/mgmt" "del_session scst_local_tgt second"
	rm -rf /etc/iscsi/nodes
}

second=$tgt/sessions/second

log_in_to() # IQN DIGEST
{
	iscsiadm -m node -o new -T "$1" -p $portal >/dev/null
	iscsiadm -m node -T "$1" -n node.conn[0].iscsi.HeaderDigest -v "$2" -o update
	iscsiadm -m node -T "$1" -n node.conn[0].iscsi.DataDigest -v "$2" -o update
	iscsiadm -m node -T "$1" -p $portal --login
}

# The directory of a LUN as the initiator has it, if it is there.
iscsi_sdev() # IQN LUN
{
	local session dir
	for session in /sys/class/iscsi_session/session*; do
		[ "$(cat "$session/targetname")" = "$1" ] || continue
		dir=$(echo "$session"/device/target*/*:"$2")
		[ ! -d "$dir" ] || echo "$dir"
	done
}

# Prints the node in /dev: of the host of scst_local, or of a session with a target.
local_node() # LUN
{
	disk_of "$1"
}

iscsi_node() # LUN
{
	local block
	wait_for 30 iscsi_has_disk "$1"
	block=$(echo "$(iscsi_sdev "$over" "$1")"/block/sd*)
	echo "/dev/${block##*/}"
}

iscsi_has_disk() # LUN
{
	local block
	block=$(echo "$(iscsi_sdev "$over" "$1")"/block/sd*)
	[ -b "/dev/${block##*/}" ]
}

iscsi_sg() # IQN LUN
{
	local sg
	sg=$(echo "$(iscsi_sdev "$1" "$2")"/scsi_generic/sg*)
	[ -c "/dev/${sg##*/}" ] && echo "/dev/${sg##*/}"
}

# One job for each disk; both files are the same but for what is written to.
add_jobs() # NODE-FUNCTION LUN NAME BLOCKSIZE HANDLER PLACE...
{
	local node
	node=$("$1" "$2")
	printf '[%s]\nfilename=%s\nbsrange=%s-64k\n' "$3" "$node" "$4" >>"$tap_dir/above"
	printf '[%s]\nfilename=%s\nbsrange=%s-64k\n' "$3" "$6" "$4" >>"$tap_dir/below"
}

# Zeros before and behind what is written.
untouched() # LUN NAME BLOCKSIZE HANDLER PLACE...
{
	cmp --bytes=$((2 << 20)) "$5" /dev/zero
	cmp --bytes=$(((mb - 2 - written) << 20)) --ignore-initial=$(((2 + written) << 20)):0 \
		"$5" /dev/zero
}

# Blocks are written once, in an order of this transport's own, read and compared through the
# target; then the same is expected below it. fio's headers say which block of which run each is.
matrix() # NODE-FUNCTION SEED
{
	local written
	written=$(amount 1 4)
	printf '%s\n' "[global]" rw=randwrite offset=2m "size=${written}m" ioengine=libaio iodepth=8 \
		direct=1 verify=crc32c verify_fatal=1 allow_file_create=0 "randseed=$2" \
		>"$tap_dir/above"
	cp "$tap_dir/above" "$tap_dir/below"
	echo end_fsync=1 >>"$tap_dir/above"
	for_disks add_jobs "$1"
	fio "$tap_dir/above"
	fio --verify_only "$tap_dir/below"
	echo 1 >/proc/sys/vm/drop_caches	# what null_blk has, not what was read of it before
	for_disks untouched
}

test_data_are_right_through_scst_local()	# above and below, on fifteen disks at once
{
	matrix local_node 1001
}

test_data_are_right_through_iscsi()	# without digests
{
	over=$iqn_plain
	log_in_to $iqn_plain None
	assert_eq "$(cat "$iscsi/$iqn_plain"/sessions/*/DataDigest)" None
	matrix iscsi_node 2002
}

test_data_are_right_through_iscsi_with_digests()	# CRC32C over headers and data
{
	over=$iqn_digest
	log_in_to $iqn_digest CRC32C
	assert_eq "$(cat "$iscsi/$iqn_digest"/sessions/*/DataDigest)" CRC32C
	matrix iscsi_node 3003
}

# Numbered blocks to a disk in the background, until end_writing, which compares. Returns when some
# have been written.
start_writing() # SG FILE...
{
	rm -f "$tap_dir/stop" "$tap_dir/progress"
	"$here/data_integrity.py" write "$1" $((mb << 20 >> 12)) "$tap_dir" "${@:2}" >"$tap_dir/writer" 2>&1 &
	writer=$!
	wait_for 30 has_counted 1 1
}

has_counted() # FIELD NUMBER
{
	[ "$(cut -d " " -f "$1" "$tap_dir/progress")" -ge "$2" ]
}

# Until so many more writes have been acknowledged, or attempts have failed.
await_more() # writes|failures NUMBER
{
	local field=1 now
	[ "$1" = writes ] || field=2
	now=$(cut -d " " -f $field "$tap_dir/progress")
	wait_for 30 has_counted $field $((now + $2))
}

# What it says: writes, failed attempts, blocks in each file.
end_writing()
{
	touch "$tap_dir/stop"
	wait "$writer" || fail "$(cat "$tap_dir/writer")"
	read -r writes failed in_one in_other <"$tap_dir/writer"
	echo "$writes writes, $failed failed, $in_one blocks here, ${in_other:-none} there"
}

lun_of() # NAME
{
	disks | awk -v name="$1" '$1 == name { print NR - 1 }'
}

# TASK ABORTED STATUS: whose commands another initiator's reset ends is told.
set_tas() # SG
{
	local page=$tap_dir/page
	sg_raw --request=20 --outfile="$page" "$1" 5a 08 0a 00 00 00 00 00 14 00
	printf '\0\0' | dd of="$page" bs=1 conv=notrunc status=none
	printf '\x0a' | dd of="$page" bs=1 seek=8 conv=notrunc status=none
	printf '\x40' | dd of="$page" bs=1 seek=13 conv=notrunc status=none
	sg_raw --send=20 --infile="$page" "$1" 55 10 00 00 00 00 00 00 14 00
}

test_resets_lose_nothing_acknowledged()	# another initiator's, while blocks are written
{
	local lun sg sg2 i resets
	resets=$(amount 40)
	lun=$(lun_of ext4_async_512)
	write_attr "$scst/targets/scst_local/mgmt" "add_session scst_local_tgt second"
	sg=$(sg_of "$lun")
	sg2=$(sg_of "$lun" "$second")
	clear_unit_attentions "$sg"
	set_tas "$sg"
	start_writing "$sg" "$ext4/async_512"
	for ((i = 0; i < resets; i++)); do
		sg_reset --device "$sg2"
		await_more writes 8
	done
	end_writing
	[ "$failed" -ge $((resets / 2)) ] || fail "$failed writes met $resets resets"
}

del_other()
{
	write_attr "$scst/handlers/vdisk_fileio/mgmt" "del_device other"
	rm -f "$xfs/other"
}

test_replaced_lun_has_what_was_acknowledged()	# each on the disk that was there, and on no other
{
	local lun sg i
	lun=$(lun_of xfs_direct_4096)
	truncate -s ${mb}M "$xfs/other"
	write_attr "$scst/handlers/vdisk_fileio/mgmt" \
		"add_device other filename=$xfs/other; blocksize=4096; o_direct=1"
	sg=$(sg_of "$lun")
	clear_unit_attentions "$sg"
	start_writing "$sg" "$xfs/direct_4096" "$xfs/other"
	for ((i = 0; i < $(amount 6); i++)); do
		write_attr "$tgt/luns/mgmt" "replace other $lun"
		await_more writes 40
		write_attr "$tgt/luns/mgmt" "replace xfs_direct_4096 $lun"
		await_more writes 40
	done
	end_writing
	[ "$in_one" -gt 0 ] && [ "$in_other" -gt 0 ] || fail "$in_one and $in_other blocks"
}

test_closed_disk_has_what_was_acknowledged()	# closed and opened while blocks are written
{
	local lun sg i
	lun=$(lun_of null512_512)
	sg=$(sg_of "$lun")
	clear_unit_attentions "$sg"
	start_writing "$sg" /dev/nullb0
	for ((i = 0; i < $(amount 6); i++)); do
		write_attr "$scst/devices/null512_512/active" 0
		await_more failures 1
		write_attr "$scst/devices/null512_512/active" 1
		await_more writes 40
	done
	end_writing
}

# The session's directory is another one: the initiator has logged in again.
is_new_session() # INODE
{
	local now
	now=$(stat -c %i "$iscsi/$iqn_digest"/sessions/*)
	[ "$now" != "$1" ] && [ -n "$now" ]
}

# As registrations have it: of the open-iscsi session there is.
isid_of() # SG
{
	sg_persist -n --out --register --param-sark=0xa "$1" >/dev/null
	sg_persist -n --in --read-full-status "$1" | sed -n 's/.*,i,0x\([0-9a-f]\{12\}\)$/\1/p'
	sg_persist -n --out --register --param-rk=0xa "$1" >/dev/null
}

test_reinstated_session_has_what_was_acknowledged()	# by another login as the same port
{
	local lun sg isid i before
	lun=$(lun_of ext4_cached_4096)
	log_in_to $iqn_digest CRC32C
	wait_for 30 iscsi_sg $iqn_digest "$lun"
	sg=$(iscsi_sg $iqn_digest "$lun")
	clear_unit_attentions "$sg"
	isid=$(isid_of "$sg")
	start_writing "$sg" "$ext4/cached_4096"
	for ((i = 0; i < $(amount 3); i++)); do
		before=$(stat -c %i "$iscsi/$iqn_digest"/sessions/*)
		assert_eq "$("$here/data_integrity.py" reinstate "$isid" "$initiator" $iqn_digest)" 0000 login
		wait_for 20 is_new_session "$before"
		await_more writes 40
	done
	end_writing
}

run_tests "$@"
