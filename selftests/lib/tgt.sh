# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2034,SC2154
#
# A tape drive and a library with three cartridges, which Debian's tgt has, and this host by open-iscsi over
# loopback. $drive and $library are their H:C:I:L. For files that have lib/pass.sh.

tgt_iqn=iqn.2026-01.org.example:library
tgt_portal=127.0.0.1:3261
tgt_files=$tap_dir/tgt

start_tgt()
{
	modprobe -a st ch iscsi_tcp
	mkdir -p "$tgt_files/media"
	tgtd --foreground --iscsi portal="$tgt_portal" >"$tap_dir/tgtd.log" 2>&1 &
	tgtd=$!
	wait_for 10 tgt_answers
	tgt target new -T "$tgt_iqn"
	add_drive
	add_library
	tgt target bind -I ALL
	log_in_to_tgt
}

stop_tgt()
{
	iscsiadm -m node -T "$tgt_iqn" -p "$tgt_portal" --logout || true
	iscsiadm -m node -T "$tgt_iqn" -p "$tgt_portal" -o delete || true
	iscsiadm -k 0
	kill "$tgtd"
	wait "$tgtd" || true
	wait_for 10 modprobe -r -a st ch
}

tgt() # MODE OPERATION [OPTION]...
{
	tgtadm --lld iscsi --mode "$1" --op "$2" --tid 1 "${@:3}"
}

tgt_answers()
{
	tgtadm --lld iscsi --mode target --op show
}

new_cartridge() # BARCODE
{
	tgtimg --op new --device-type tape --barcode "$1" --size 64 --type data --file "$tgt_files/media/$1"
}

# LUN 1, with a cartridge that is in no slot.
add_drive()
{
	new_cartridge S0000001
	tgt logicalunit new --lun 1 -b "$tgt_files/media/S0000001" --device-type tape
	tgt logicalunit update --lun 1 --params scsi_sn=DRIVE1,vendor_id=LAB,product_id=TAPE,removable=1
}

library_has() # PARAMETERS
{
	tgt logicalunit update --lun 2 --params "$1"
}

# LUN 2: the drive, an arm, four slots, cartridges in three of them.
add_library()
{
	local i
	truncate -s 1M "$tgt_files/library"
	tgt logicalunit new --lun 2 -b "$tgt_files/library" --device-type changer
	library_has scsi_sn=LIBRARY1
	library_has element_type=4,start_address=1,quantity=1
	library_has element_type=4,address=1,tid=1,lun=1
	library_has element_type=1,start_address=16,quantity=1
	library_has media_home="$tgt_files/media"
	library_has element_type=2,start_address=1024,quantity=4
	for i in 1 2 3; do
		new_cartridge A000000$i
		library_has element_type=2,address=$((1023 + i)),barcode=A000000$i,sides=1
	done
}

log_in_to_tgt()
{
	pidof iscsid >/dev/null || iscsid
	rm -rf /etc/iscsi/nodes/"$tgt_iqn"
	iscsiadm -m node -o new -T "$tgt_iqn" -p "$tgt_portal"
	iscsiadm -m node -T "$tgt_iqn" -p "$tgt_portal" --login
	wait_for 20 tgt_device 1
	wait_for 20 tgt_device 2
	drive=$(tgt_device 1)
	library=$(tgt_device 2)
}

# H:C:I:L of a LUN of tgt's, if this host has it.
tgt_device() # LUN
{
	local session dir
	session=$(grep -lx "$tgt_iqn" /sys/class/iscsi_session/session*/targetname)
	dir=$(echo "${session%/targetname}"/device/target*/*:0:0:"$1")
	[ -d "$dir" ] && basename "$dir"
}
