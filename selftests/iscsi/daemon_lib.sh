# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2034,SC2154
#
# What tests of iscsi-scstd share: the daemon in the foreground with its log in $daemon_log, a target
# with one null device, libiscsi's tools and open-iscsi as initiators. All on the loopback interface,
# which has three more addresses. Hooks that a file does not need otherwise are at the end.

. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

iqn2=iqn.2026-01.org.example:tgt2
itgt2=$iscsi/$iqn2
initiator=iqn.2026-01.org.example:host
daemon_log=$tap_dir/daemon.log
daemon_conf=/run/iscsi-scstd.test	# where it may look without privileges
addr1=192.0.2.1
addr2=192.0.2.2
addr6=2001:db8::1

add_addresses()
{
	ip addr replace "$addr1/32" dev lo
	ip addr replace "$addr2/32" dev lo
	modprobe -q ipv6 || true	# where it is a module
	ip -6 addr replace "$addr6/128" dev lo nodad
}

is_open() # STATE
{
	[ "$(cat "$iscsi/open_state")" = "$1" ]
}

start_daemon() # OPTION...
{
	: >>"$daemon_conf"
	# it may outlive the test that starts it once more
	setsid iscsi-scstd --foreground --debug 1 --config "$daemon_conf" "$@" 2>>"$daemon_log" &
	echo $! >"$daemon_log.pid"
	wait_for 10 is_open open
}

daemon_pid()
{
	cat "$daemon_log.pid"
}

# Its sockets are closed when it has ended; /dev/iscsi-scst-ctl may be so before.
has_ended() # PID
{
	! grep -q '^State:[[:space:]]*[^ZX]' "/proc/$1/status"
}

stop_daemon() # [SIGNAL]
{
	local pid
	pid=$(daemon_pid)
	kill "-${1:-TERM}" "$pid"
	wait_for 10 is_open closed
	wait_for 10 has_ended "$pid"
}

daemon_says() # TEXT
{
	grep -qF -- "$1" "$daemon_log"
}

# Wherever the test ended.
teardown_daemon()
{
	! is_open open || stop_daemon
	[ ! -e "$daemon_log" ] || sed 's/^/daemon: /' "$daemon_log"
	rm -f "$daemon_log" "$daemon_conf"
}

add_target() # IQN DEVICE
{
	iscsi_mgmt add_target "$1"
	write_attr "$iscsi/$1/luns/mgmt" "add $2 0"
	write_attr "$iscsi/$1/enabled" 1
}

del_target() # IQN
{
	[ ! -e "$iscsi/$1" ] || iscsi_mgmt del_target "$1"
}

# Two targets that serve.
setup_targets()
{
	add_null n1
	add_null n2
	add_target "$iqn" n1
	add_target "$iqn2" n2
	write_attr "$iscsi/enabled" 1
}

teardown_targets()
{
	write_attr "$iscsi/enabled" 0
	del_target "$iqn"
	del_target "$iqn2"
	del_null n1
	del_null n2
}

# INQUIRY through a session of its own, by libiscsi. The URL's part before the host: user%secret@
inquire() # [HOST [USER% [IQN]]]
{
	iscsi-inq -i "$initiator" "iscsi://${2:-}${1:-127.0.0.1}/${3:-$iqn}/0" 2>&1
}

has_session()
{
	! no_sessions
}

assert_logs_in()
{
	local output
	output=$(inquire "$@") || fail "login failed: $output"
	assert_match "$output" SCST_FIO
}

assert_login_fails_with() # TEXT [ARGUMENTS OF inquire]
{
	local output
	! output=$(inquire "${@:2}") || fail "login to ${*:2} succeeded, expected: $1"
	[[ $output == *"$1"* ]] || fail "login to ${*:2} failed with '$output', expected '$1'"
}

assert_refuses_connections() # HOST [PORT]
{
	assert_fails_with "Connection refused" bash -c "exec 3<>/dev/tcp/$1/${2:-3260}"
}

# "IQN PORTAL" lines as SendTargets shows them to HOST.
discover() # [HOST [USER%]]
{
	iscsi-ls -i "$initiator" "iscsi://${2:-}${1:-127.0.0.1}/" 2>&1 |
		sed 's/^Target:\(.*\) Portal:\(.*\)$/\1 \2/'
}

start_open_iscsi()
{
	modprobe iscsi_tcp
	echo "InitiatorName=$initiator" >/etc/iscsi/initiatorname.iscsi
	iscsid
}

stop_open_iscsi()
{
	iscsiadm -k 0
	wait_for 10 modprobe -r iscsi_tcp
}

delete_users()
{
	local file
	for file in "$iscsi"/*User*; do
		[ ! -e "$file" ] || iscsi_mgmt del_attribute "${file##*/}" "$(sed -n '1s/ .*//p' "$file")"
	done
}

setup_file()
{
	add_addresses
	load_iscsi
	start_open_iscsi
}

teardown_file()
{
	stop_open_iscsi
	unload_iscsi
}

setup()
{
	setup_targets
}

teardown()
{
	teardown_daemon
	write_attr "$iscsi/internal_portal" ""
	write_attr "$iscsi/iSNSServer" ""
	teardown_targets
	delete_users
	rm -rf /etc/iscsi/nodes /etc/iscsi/send_targets
}
