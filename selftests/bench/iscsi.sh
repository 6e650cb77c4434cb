# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# What the rows with an iSCSI path share: a file of 64 MiB on tmpfs, open-iscsi over the loopback
# interface.

iqn=iqn.2026-01.org.example:bench
portal=127.0.0.1:3260

make_file()
{
	mkdir -p /run/bench
	mountpoint -q /run/bench || mount -t tmpfs tmpfs /run/bench
	dd if=/dev/urandom of=/run/bench/disk bs=1M count=64 status=none
}

log_in()
{
	modprobe iscsi_tcp
	pidof iscsid >/dev/null || iscsid
	ip link set lo up
	iscsiadm -m node -o new -T "$iqn" -p "$portal" >/dev/null
	iscsiadm -m node -T "$iqn" -p "$portal" -n node.session.cmds_max -v 64 -o update
	iscsiadm -m node -T "$iqn" -p "$portal" --login >/dev/null
}

log_out()
{
	iscsiadm -m node -T "$iqn" -p "$portal" --logout >/dev/null
	iscsiadm -m node -T "$iqn" -p "$portal" -o delete
}

drop_file()
{
	umount /run/bench
}
