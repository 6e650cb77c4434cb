#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# A shared disk on a machine with systemd and udev: its links lead to the LUN, what fstab mounts by UUID is mounted
# at the next boots, from the LUN, and whom a reservation keeps out is kept out; and after unshare all is as before.
# Not tested: LVM, which the root of the guest has not.
# guests: own
# kernels: stock

. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/../lib/scst.sh"
. "$(dirname "$0")/../lib/guest.sh"
. "$(dirname "$0")/../lib/pr.sh"

case_timeout=300
wwn=5000c50015ea71ad
link=/dev/disk/by-id/wwn-0x$wwn
share_tgt=$scst/targets/scst_local/scst_share_tgt
mnt=/srv/shared

setup_file()
{
	start_guest --virtio-scsi "256M,serial=shared1,wwn=0x$wwn"
	in_guest wait_for 60 test -b "$link"
}

teardown_file()
{
	stop_guest
}

# ---- in the guest -------------------------------------------------------------------------------

PATH=$PATH:/usr/local/sbin

has_booted()
{
	local state
	state=$(systemctl is-system-running || true)
	[ "$state" = running ] || [ "$state" = degraded ]
}

host_of() # DISK
{
	local path
	path=$(readlink -f "/sys/block/$(basename "$(readlink -f "$1")")")
	path=${path#*/host}
	cat "/sys/class/scsi_host/host${path%%/*}/proc_name"
}

# H:C:I:L of the raw disk, whether it has a driver or not.
raw_address()
{
	local dir
	for dir in /sys/bus/scsi/devices/*:*:*:*; do
		[ "$(cat "/sys/class/scsi_host/host$(basename "${dir%%:*}")/proc_name")" != scst_local ] || continue
		[ "$(cat "$dir/type")" != 0 ] || ! grep -q "$wwn" <(od -An -tx1 "$dir/vpd_pg83" | tr -d ' \n') ||
			basename "$dir"
	done
}

links()
{
	udevadm settle
	find /dev/disk -regex '/dev/disk/by-\(id\|uuid\|label\)/.*' -lname "*/$(basename "$(readlink -f "$link")")" | sort
}

make_file_system()
{
	mkfs.ext4 -q -L shared "$link"
	udevadm trigger --settle "$(readlink -f "$link")"
	mkdir -p "$mnt"
	echo "UUID=$(blkid -p -s UUID -o value "$link") $mnt ext4 defaults,x-systemd.device-timeout=10min 0 2" >>/etc/fstab
	systemctl daemon-reload
}

is_mounted_from() # PROC_NAME
{
	mountpoint -q "$mnt" || { systemctl status srv-shared.mount scst-share; return 1; }
	host_of "$(findmnt -no SOURCE "$mnt")" | grep -qx "$1"
}

mode_of_raw_nodes()
{
	local dir
	dir=/sys/bus/scsi/devices/$(raw_address)
	stat -c %a "/dev/$(ls "$dir/scsi_generic")" "/dev/bsg/$(ls "$dir/bsg")"
}

open_raw_node()
{
	: <"/dev/$(ls "/sys/bus/scsi/devices/$(raw_address)/scsi_generic")"
}

lun_sg()
{
	sg_of 0 "$share_tgt/sessions/scst_share_host"
}

# This host for itself alone, over power loss.
reserve()
{
	local sg
	sg=$(lun_sg)
	clear_unit_attentions "$sg"
	join "$sg" 0xa --param-aptpl
	pr "$sg" reserve --param-rk=0xa --prout-type=3
}

release()
{
	pr "$(lun_sg)" clear --param-rk=0xa
}

# Another initiator of the same disk, for as long as it takes: it is kept out, then it keeps this host out. It
# is of this machine, so the link may lead to its disk meanwhile.
compete()
{
	local sg disk
	disk=$(disk_of 0 "$share_tgt/sessions/scst_share_host")
	write_attr "$scst/targets/scst_local/mgmt" "add_target other"
	write_attr "$scst/targets/scst_local/mgmt" "add_session other guest"
	write_attr "$scst/targets/scst_local/other/luns/mgmt" "add $(raw_address) 0"
	sg=$(sg_of 0 "$scst/targets/scst_local/other/sessions/guest")
	clear_unit_attentions "$sg"
	assert_conflict write_block "$sg"
	release
	clear_unit_attentions "$sg"
	join "$sg" 0xb
	pr "$sg" reserve --param-rk=0xb --prout-type=3
	assert_fails_with "Invalid exchange" dd if=/dev/zero of="$disk" bs=4k seek=1000 count=1 oflag=direct
	pr "$sg" clear --param-rk=0xb
	write_attr "$scst/targets/scst_local/mgmt" "del_target other"
}

# Links of the raw disk when it is to be shared and is not yet, as at boot; all are there again behind it.
links_before_sharing()
{
	local raw
	raw=$(readlink -f "$link")
	mkdir -p /etc/scst
	echo "{ \"disks\": [ { \"identity\": \"naa.$wwn\", \"lun\": 0 } ] }" >/etc/scst/share.json
	udevadm trigger --settle "$raw"
	find /dev/disk -lname "*/${raw##*/}"
	rm /etc/scst/share.json
	udevadm trigger --settle "$raw"
}

# ---- tests --------------------------------------------------------------------------------------

test_raw_disk_has_no_links_before()	# by rules of sg3_utils neither
{
	local before
	in_guest test -e /usr/lib/udev/rules.d/58-scsi-sg3_symlink.rules
	before=$(in_guest links)
	[ -n "$before" ] || fail "nor has it any without it"
	assert_eq "$(in_guest links_before_sharing)" "" "links"
	assert_eq "$(in_guest links)" "$before" "links afterwards"
}

test_links_lead_to_the_lun()	# all that led to the raw disk
{
	local before
	in_guest make_file_system
	before=$(in_guest links)
	assert_match "$before" "by-uuid" "links"
	in_guest scstctl share "$(in_guest raw_address)"
	assert_eq "$(in_guest host_of "$link")" scst_local "who the disk is of"
	assert_eq "$(in_guest links)" "$before" "links"
	assert_eq "$(in_guest mode_of_raw_nodes)" $'0\n0' "modes of the raw nodes"
	assert_fails_with "Operation not permitted" in_guest open_raw_node
	in_guest mount "$mnt"
	in_guest bash -c "echo kept >$mnt/file"
	in_guest umount "$mnt"
	in_guest reserve
}

test_fstab_finds_it_at_the_next_boot()	# before anything else would mount it; and once more
{
	local i
	for i in 1 2; do
		reboot_guest
		in_guest wait_for 120 has_booted
		in_guest is_mounted_from scst_local
		assert_eq "$(in_guest cat "$mnt/file")" kept
		assert_eq "$(in_guest systemctl --failed --no-legend)" "" "failed units at boot $i"
		assert_eq "$(in_guest mode_of_raw_nodes)" $'0\n0' "modes of the raw nodes"
		assert_fails_with "Operation not permitted" in_guest open_raw_node
		assert_match "$(in_guest scstctl share --list --noheadings)" " shared +naa.$wwn" "the list"
		assert_eq "$(in_guest keys "$(in_guest lun_sg)")" 0xa "keys, which outlive it,"
	done
}

test_host_is_one_initiator_among_others()	# what it has reserved is kept over the boots; and it can be fenced
{
	in_guest bash -c "! mountpoint -q $mnt || umount $mnt"
	in_guest compete
	in_guest mount "$mnt"
	in_guest umount "$mnt"
}

test_unshare_gives_it_back_for_good()	# to the same fstab
{
	in_guest scstctl unshare "$(in_guest raw_address)"
	in_guest wait_for 30 test -b "$link"
	assert_eq "$(in_guest host_of "$link")" virtio_scsi "who the disk is of"
	assert_eq "$(in_guest systemctl is-enabled scst-share || true)" disabled "the unit"
	reboot_guest
	in_guest wait_for 120 has_booted
	in_guest test ! -e /sys/module/scst
	in_guest is_mounted_from virtio_scsi
	assert_eq "$(in_guest cat "$mnt/file")" kept
}

run_tests "$@"
