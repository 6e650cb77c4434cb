#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# A guest as a machine of its own: systemd runs its units, udev names its disks, and what is written
# to it is there after a reboot.
# guests: own
# kernels: stock

. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/../lib/scst.sh"
. "$(dirname "$0")/../lib/guest.sh"

case_timeout=300

setup_file()
{
	start_guest
}

teardown_file()
{
	stop_guest
}

# A unit that leaves the number of its runs.
install_unit()
{
	cat >/etc/systemd/system/counts.service <<-END
	[Service]
	Type=oneshot
	ExecStart=/bin/sh -c 'echo run >>/var/lib/runs'

	[Install]
	WantedBy=multi-user.target
	END
	systemctl daemon-reload
}

test_system_is_up()	# with no unit that failed
{
	in_guest systemctl is-system-running --wait || in_guest systemctl --failed
	assert_eq "$(in_guest cat /proc/1/comm)" systemd
	assert_eq "$(in_guest systemctl --failed --no-legend)" "" "failed units"
}

test_unit_runs()	# one that the test installs
{
	in_guest install_unit
	in_guest systemctl start counts.service
	assert_eq "$(in_guest cat /var/lib/runs)" run
}

named_disk()
{
	load_scst
	add_null disk
	write_attr "$scst/devices/disk/naa_id" 5123456789abcdef
	map_lun disk 0
	disk_of 0
	wait_for 30 test -e /dev/disk/by-id/scsi-35123456789abcdef
}

test_udev_names_disks()	# by what a disk says of itself
{
	local disk
	disk=$(in_guest named_disk)
	assert_eq "$(in_guest realpath /dev/disk/by-id/scsi-35123456789abcdef)" "$disk" \
		"among $(in_guest ls /dev/disk/by-id) it"
}

test_reboot_keeps_what_was_written()	# files and enabled units, and nothing of what was in memory
{
	in_guest systemctl enable counts.service
	in_guest bash -c 'echo kept >/root/file; echo lost >/run/file'
	reboot_guest
	assert_eq "$(in_guest cat /root/file)" kept
	assert_eq "$(in_guest cat /var/lib/runs)" $'run\nrun' "runs of the unit"
	in_guest test ! -e /run/file
	in_guest test ! -e /sys/module/scst
}

run_tests "$@"
