# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# What the rows with an iSCSI path share: open-iscsi over the loopback interface, with
# "sessions" sessions (1).

iqn=iqn.2026-01.org.example:bench
portal=127.0.0.1:3260

log_in()
{
	modprobe iscsi_tcp
	pidof iscsid >/dev/null || iscsid
	ip link set lo up
	iscsiadm -m node -o new -T "$iqn" -p "$portal" >/dev/null
	iscsiadm -m node -T "$iqn" -p "$portal" -n node.session.cmds_max -v 64 -o update
	iscsiadm -m node -T "$iqn" -p "$portal" -n node.session.nr_sessions -v "${sessions:-1}" -o update
	iscsiadm -m node -T "$iqn" -p "$portal" --login >/dev/null
}

log_out()
{
	iscsiadm -m node -T "$iqn" -p "$portal" --logout >/dev/null
	iscsiadm -m node -T "$iqn" -p "$portal" -o delete
}
