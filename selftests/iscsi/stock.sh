# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2034,SC2154
#
# open-iscsi with target $iqn over loopback; its logins are answered by iscsi.py.

here=$(dirname "$0")
portal=127.0.0.1:3260

start_stock_initiator()
{
	modprobe iscsi_tcp
	pidof iscsid >/dev/null || iscsid
	rm -rf /etc/iscsi/nodes/"$iqn"
	python3 "$here/iscsi.py" >"$tap_dir/login.log" 2>&1 &
	login=$!
	wait_for 20 daemon_is_open
}

stop_stock_initiator()
{
	kill "$login"
	wait "$login" || true
	iscsiadm -k 0
}

daemon_is_open()
{
	[ "$(cat "$iscsi/open_state")" = open ]
}

# The target, with a device at LUN 0, and what the initiator knows of it.
add_node() # DEVICE
{
	iscsi_mgmt add_target "$iqn"
	write_attr "$itgt/luns/mgmt" "add $1 0"
	write_attr "$itgt/enabled" 1
	write_attr "$iscsi/enabled" 1
	iscsiadm -m node -o new -T "$iqn" -p "$portal"
	set_node node.session.timeo.replacement_timeout 20
	set_node node.session.initial_login_retry_max 2
}

delete_node()
{
	iscsiadm -m node -T "$iqn" -p "$portal" --logout || true
	iscsiadm -m node -T "$iqn" -p "$portal" -o delete
	iscsi_mgmt del_target "$iqn"
}

set_node() # NAME VALUE
{
	iscsiadm -m node -T "$iqn" -p "$portal" -n "$1" -v "$2" -o update
}

log_in()
{
	iscsiadm -m node -T "$iqn" -p "$portal" --login
	wait_for 20 has_iscsi_disk
	disk=$(iscsi_disk)
}

# The disk of the one session there is.
iscsi_disk()
{
	local block
	block=$(echo /sys/class/iscsi_session/session*/device/target*/*:0/block/sd*)
	[ -b "/dev/${block##*/}" ] && echo "/dev/${block##*/}"
}

has_iscsi_disk()
{
	iscsi_disk
}
