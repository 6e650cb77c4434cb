#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What SendTargets shows to whom, and at which addresses a target can be had. IPv4 and IPv6.
#
# Sessions that the target ends:
# expects: detected conn error
# expects: disks that go
. "$(dirname "$0")/daemon_lib.sh"

allow_portal() # PATTERN
{
	iscsi_mgmt add_target_attribute "$iqn" allowed_portal "$1"
}

portals_of() # IQN [HOST]
{
	discover "${2:-$addr1}" | sed -n "s/^$1 //p" | sort | paste -sd' '
}

all="$addr1:3260,1 $addr2:3260,1 [$addr6]:3260,1"

test_targets_are_shown_with_all_portals()	# not with those that lead nowhere
{
	start_daemon
	assert_eq "$(portals_of "$iqn")" "$all"
	assert_eq "$(portals_of "$iqn2" "[$addr6]")" "$all"
	assert_eq "$(discover 127.0.0.1 | sort)" \
		"$(printf '%s 127.0.0.1:3260,1\n' "$iqn" "$iqn2")"
}

test_open_iscsi_discovers_and_logs_in()	# over IPv6
{
	start_daemon
	iscsiadm -m discovery -t st -p "[$addr6]" | has -F "[$addr6]:3260,1 $iqn"
	iscsiadm -m node -T "$iqn" -p "[$addr6]" --login
	assert_eq "$(cat "$itgt/sessions/$initiator"/*/ip)" "$addr6" ip
	iscsiadm -m node -T "$iqn" -p "[$addr6]" --logout
}

test_open_iscsi_follows_a_redirect()	# to the portal that the target names
{
	start_daemon
	write_attr "$itgt/redirect" "$addr2 temp"
	iscsiadm -m node -T "$iqn" -p "$addr1" -o new >/dev/null
	iscsiadm -m node -T "$iqn" -p "$addr1" --login
	daemon_says "redirected to $addr2"
	assert_eq "$(cat "$itgt/sessions/$initiator"/*/target_ip)" "$addr2" target_ip
	iscsiadm -m node -T "$iqn" -p "$addr1" --logout
	wait_for 10 no_sessions
}

test_hidden_targets_are_not_shown()	# disabled, or without a LUN for who asks
{
	start_daemon
	write_attr "$itgt/enabled" 0
	write_attr "$itgt2/luns/mgmt" clear
	assert_eq "$(discover)" ""
	write_attr "$itgt/enabled" 1
	assert_eq "$(discover)" "$iqn 127.0.0.1:3260,1"
}

has_line() # FILE LINE
{
	grep -qxF -- "$2" "$1"
}

test_target_without_luns_is_told()	# to readers of events: who asked, and by which target
{
	local events=.build/selftests/bpf/events said=$tap_dir/event reader
	start_daemon
	printf '%s\n' "allow 2 SCST+core" next >"$tap_dir/ask"
	timeout "$((60 * PATIENCE))" "$events" <"$tap_dir/ask" >"$said" &
	reader=$!
	wait_for 10 has_line "$said" ok
	assert_eq "$(discover | nr_lines "$iqn2")" 1 "targets with a LUN"
	write_attr "$itgt2/luns/mgmt" clear
	discover
	wait "$reader" || fail "nothing was told: $(cat "$said")"
	assert_eq "$(tail -n 1 "$said")" \
		"code=2 id=0 issuer=SCST core len=512 initiator=$initiator target=$iqn2"
}

test_allowed_portal_limits_a_target()	# wildcards and exclusion, in discovery and at login
{
	start_daemon
	allow_portal "192.0.2.*"
	assert_eq "$(portals_of "$iqn")" "$addr1:3260,1 $addr2:3260,1"
	assert_logs_in "$addr1"
	assert_login_fails_with "Target not found" "[$addr6]"
	allow_portal "!*.2"
	assert_eq "$(portals_of "$iqn")" "$addr1:3260,1"
	assert_login_fails_with "Target not found" "$addr2"
	assert_eq "$(portals_of "$iqn2")" "$all"
}

test_internal_portal_is_not_shown()	# and still serves
{
	start_daemon
	write_attr "$iscsi/internal_portal" "$addr2 $addr6"
	assert_eq "$(portals_of "$iqn")" "$addr1:3260,1"
	assert_logs_in "$addr2"
}

test_per_portal_acl_names_the_portal()	# an initiator sees by one portal what it does not by another
{
	[ -w "$itgt/ini_groups/mgmt" ] || skip "no ini_groups in this scst.ko"
	start_daemon
	write_attr "$itgt/per_portal_acl" 1
	write_attr "$itgt/luns/mgmt" clear
	write_attr "$itgt/ini_groups/mgmt" "create first"
	write_attr "$itgt/ini_groups/first/luns/mgmt" "add n1 0"
	write_attr "$itgt/ini_groups/first/initiators/mgmt" "add $initiator#$addr1"
	assert_eq "$(portals_of "$iqn")" "$addr1:3260,1"
	assert_logs_in "$addr1"
}

test_addresses_and_port_can_be_chosen()	# --address, --port: no other is bound
{
	start_daemon --port 3261 --address "$addr1,[$addr6]" --address "$addr2:3262"
	assert_eq "$(portals_of "$iqn" "$addr1:3261")" "$addr1:3261,1 $addr2:3262,1 [$addr6]:3261,1"
	assert_logs_in "$addr2:3262"
	assert_refuses_connections 127.0.0.1 3261
	assert_refuses_connections "$addr1" 3260
}

link_local_is() # 0 (closed) or open
{
	[ "$(python3 "$tap_dir/connect.py")" = "$1" ]
}

test_link_local_is_closed_by_default()	# link_local opens it
{
	modprobe dummy numdummies=0
	ip link add d0 type dummy
	ip -6 addr add fe80::1/64 dev d0 nodad
	ip link set d0 up
	start_daemon
	cat >"$tap_dir/connect.py" <<-'END'
		import socket
		sock = socket.socket(socket.AF_INET6)
		sock.settimeout(5)
		sock.connect(("fe80::1", 3260, 0, socket.if_nametoindex("d0")))
		sock.settimeout(1)
		try:
		    print(len(sock.recv(1)))
		except TimeoutError:
		    print("open")
	END
	link_local_is 0
	daemon_says "link_local is 0"
	write_attr "$iscsi/link_local" 1
	wait_for 20 link_local_is open
	write_attr "$iscsi/link_local" 0
	ip link del d0
}

run_tests "$@"
