# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# What pdus.sh and peers.sh share: a target with a disk and no daemon, for cases in Python (cases.py)
# that hand sockets to the kernel themselves.

. "$(dirname "$0")/lib.sh"

here=$(dirname "$0")
cached=/tmp/cached

setup_file()
{
	make_target
}

# A new disk whose pages can be lent. A guest's root may be an overlay, where files have a cache that is
# not theirs.
cached_disk()
{
	write_attr "$itgt/luns/mgmt" "del 0"
	write_attr "$scst/handlers/vdisk_fileio/mgmt" "del_device disk0"
	mkdir -p "$cached"
	mountpoint -q "$cached" || mount -t tmpfs cached "$cached"
	dd if=/dev/zero of="$cached/disk" bs=1M count=64 status=none
	add_file_disk disk0 "$cached/disk; tst=0"
	write_attr "$itgt/luns/mgmt" "add disk0 0"
}

make_target()
{
	load_iscsi
	truncate -s 64M /tmp/disk
	add_file_disk disk0 "/tmp/disk; tst=0"	# one task set: others can clear it
	iscsi_mgmt add_target "$iqn"
	write_attr "$itgt/luns/mgmt" "add disk0 0"
	write_attr "$itgt/enabled" 1
	write_attr "$iscsi/enabled" 1
}

teardown_file()
{
	unload_iscsi
	rm /tmp/disk
	! mountpoint -q "$cached" || umount "$cached"
}

# Nothing of a test is left.
teardown()
{
	wait_for 10 no_sessions
	[ ! -e "$scst/devices/held" ] ||
		write_attr "$scst/handlers/vdisk_nullio/mgmt" "del_device held"
	rm -f /var/lib/scst/pr/held*
	write_attr "$itgt/QueuedCommands" :default:
	write_attr "$itgt/RspTimeout" :default:
	write_attr "$itgt/NopInInterval" :default:
	write_attr "$itgt/NopInTimeout" :default:
	write_attr "$itgt/aen_disabled" 0
	write_attr /sys/module/iscsi_scst/parameters/thread_nice -10
	write_attr "$itgt/per_portal_acl" 0
	ip addr del fd00:1111:2222:3333:4444:5555:6666:7777/128 dev lo 2>/dev/null || true
}

# Of the file in Python that is called as the test file is.
run_case() # CASE
{
	python3 -B "$here/$(basename "$0" .sh).py" "$iqn" "$1"
}
