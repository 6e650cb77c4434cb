#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Data through networks that lose, delay and cut up what is sent, in the largest bursts there are, and
# over two paths of which one breaks. The initiator is open-iscsi, each time under fio verify.
#
# Networks that break, until the host gives the disk up:
# expects: ping timeout
# expects: detected conn error
# expects: disks that go
. "$(dirname "$0")/daemon_lib.sh"

setup_file()
{
	add_addresses
	load_iscsi
	modprobe -a sch_netem dm_multipath dm_round_robin
	start_open_iscsi
}

teardown_file()
{
	stop_open_iscsi
	modprobe -r sch_netem dm_round_robin dm_multipath
	unload_iscsi
}

setup()
{
	truncate -s 64M /run/disk
	add_file_disk disk /run/disk
	add_target "$iqn" disk
	write_attr "$iscsi/enabled" 1
	start_daemon
}

teardown()
{
	tc qdisc del dev lo root 2>/dev/null || true
	ip link set lo mtu 65536 gso_max_segs 65535
	add_addresses
	! dmsetup info paths >/dev/null 2>&1 || dmsetup remove --retry paths
	iscsiadm -m node --logout || true
	rm -rf /etc/iscsi/nodes
	wait_for 20 no_sessions
	teardown_daemon
	write_attr "$iscsi/enabled" 0
	del_target "$iqn"
	write_attr "$scst/handlers/vdisk_fileio/mgmt" "del_device disk"
	rm /run/disk
}

set_node() # PORTAL NAME VALUE
{
	iscsiadm -m node -T "$iqn" -p "$1" -n "$2" -v "$3" -o update
}

# The disks that open-iscsi has, in the order of its sessions: 10 comes after 9, and not in a pattern.
disks()
{
	local block
	printf '%s\n' /sys/class/iscsi_session/session*/device/target*/*:0:0:0/block/sd* | sort -V |
		while read -r block; do
			[ ! -b "/dev/${block##*/}" ] || echo "/dev/${block##*/}"
		done
}

has_disks() # COUNT
{
	[ "$(disks | wc -l)" = "$1" ]
}

log_in() # PORTAL NAME VALUE...
{
	local portal=$1
	shift
	iscsiadm -m node -o new -T "$iqn" -p "$portal"
	while [ $# -gt 0 ]; do
		set_node "$portal" "$1" "$2"
		shift 2
	done
	iscsiadm -m node -T "$iqn" -p "$portal" --login
}

verify() # DISK FIO-OPTION...
{
	fio --name=verify --filename="$1" --rw=randwrite --bsrange=512-256k --size=8m \
		--ioengine=libaio --iodepth=16 --direct=1 --verify=crc32c --verify_fatal=1 \
		--allow_file_create=0 "${@:2}"
}

# Packets that netem has lost.
nr_lost()
{
	tc -s qdisc show dev lo | sed -n 's/.*(dropped \([0-9]*\),.*/\1/p'
}

# Of the session, which has another one after another login.
sid()
{
	cat "$itgt"/sessions/*/sid
}

test_packets_are_lost_and_late()	# 1% lost, 2 ms to 8 ms late and out of order; the session stays
{
	local before
	log_in "$addr1"
	wait_for 20 has_disks 1
	before=$(sid)
	tc qdisc add dev lo root netem delay 5ms 3ms loss 1%
	verify "$(disks)" --size=2m
	until [ "$(nr_lost)" -gt 0 ]; do	# a hundred packets may have luck
		verify "$(disks)" --size=2m
	done
	assert_eq "$(cat "$itgt"/sessions/*/initiator_name)" "$initiator"
	assert_eq "$(sid)" "$before" "sid"
}

test_connection_hangs_for_a_while()	# all is lost for two seconds, longer than it takes to resend
{
	local disk before io
	log_in "$addr1"
	wait_for 20 has_disks 1
	before=$(sid)
	disk=$(disks)
	io=$(cat "/sys/block/${disk##*/}/stat")
	verify "$disk" --rate=2m >"$tap_dir/verify.log" 2>&1 &
	wait_for 20 io_flows "$disk" "$io"
	tc qdisc add dev lo root netem loss 100%
	sleep 2
	[ "$(nr_lost)" -gt 0 ] || fail "nothing was lost"
	tc qdisc del dev lo root
	wait $! || fail "$(cat "$tap_dir/verify.log")"
	assert_eq "$(sid)" "$before" "sid"
}

# Bytes that the packets from here on have on average, with their 14 bytes of Ethernet.
count_packets()
{
	read -r packets </sys/class/net/lo/statistics/tx_packets
	read -r bytes </sys/class/net/lo/statistics/tx_bytes
}

average_packet()
{
	local packets_before=$packets bytes_before=$bytes
	count_packets
	echo $(((bytes - bytes_before) / (packets - packets_before)))
}

test_segments_of_odd_size()	# an MTU that cuts headers and blocks anywhere, and not only on paper
{
	local packets bytes
	ip link set lo mtu 1283 gso_max_segs 1
	log_in "$addr1"
	wait_for 20 has_disks 1
	count_packets
	verify "$(disks)" --size=4m
	assert_at_most "$(average_packet)" 1297 "bytes of a packet, on average"
}

test_bursts_of_16_mib()	# the longest there are, all of it unasked for
{
	write_attr "$itgt/MaxBurstLength" 16777212
	write_attr "$itgt/FirstBurstLength" 16777212
	log_in "$addr1" node.session.iscsi.FirstBurstLength 16777212 \
		node.session.iscsi.MaxBurstLength 16777212
	assert_eq "$(head -1 "$itgt"/sessions/*/FirstBurstLength)" 16777212
	wait_for 20 has_disks 1
	verify "$(disks)" --bsrange=512k-4m --size=32m --iodepth=4
}

# Both disks below one, which goes on with what is left and waits if nothing is. $paths: MAJ:MIN.
join_paths()
{
	local disk size
	paths=()
	for disk in "${both[@]}"; do
		paths+=("$(lsblk -dno MAJ:MIN "$disk" | tr -d ' ')")
	done
	size=$(blockdev --getsz "${both[0]}")
	dmsetup create paths --table "0 $size multipath 1 queue_if_no_path 0 1 1 round-robin 0 2 1 \
		${paths[0]} 1 ${paths[1]} 1"
	dmsetup mknodes paths
}

path_failed() # NUMBER
{
	dmsetup status paths | has "${paths[$1]} F"
}

# What multipathd would do when its checker finds the disk well.
path_is_back() # NUMBER
{
	dd if="${both[$1]}" of=/dev/null bs=4k count=1 iflag=direct &&
		dmsetup message paths 0 reinstate_path "${paths[$1]}"
}

break_path() # NUMBER PORTAL
{
	verify /dev/mapper/paths --size=16m --rate=3m >"$tap_dir/verify.log" 2>&1 &
	sleep 1
	ip addr del "$2/32" dev lo
	wait_for 20 path_failed "$1"
	add_addresses
	wait $! || fail "$(cat "$tap_dir/verify.log")"
	wait_for 40 path_is_back "$1"
}

test_one_of_two_paths_breaks()	# I/O goes on over the other; when it is back, the other may break
{
	local portal both paths
	for portal in "$addr1" "$addr2"; do
		log_in "$portal" node.session.timeo.replacement_timeout 1 \
			"node.conn[0].timeo.noop_out_interval" 1 "node.conn[0].timeo.noop_out_timeout" 1
	done
	wait_for 20 has_disks 2
	mapfile -t both < <(disks)
	join_paths
	break_path 0 "$addr1"
	break_path 1 "$addr2"
}

run_tests "$@"
