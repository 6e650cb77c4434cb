#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The iSNS client against open-isns: registration, access control by discovery domains, changes that
# the server tells, a server that goes away.
. "$(dirname "$0")/daemon_lib.sh"
. "$(dirname "$0")/isns_lib.sh"

teardown()
{
	teardown_daemon
	write_attr "$iscsi/iSNSServer" ""
	teardown_isnsd
	sed -i '/ isns\.example\.org$/d' /etc/hosts
	teardown_targets
}

test_targets_are_registered()	# with their portals; what goes is taken back
{
	start_isnsd
	start_daemon
	write_attr "$iscsi/iSNSServer" 127.0.0.1
	wait_for 20 server_knows nodes "$iqn"
	wait_for 20 server_knows nodes "$iqn2"
	server_knows portals "= $addr1"
	server_knows portals "= $addr6"
	write_attr "$itgt2/enabled" 0
	wait_for 20 server_forgot nodes "$iqn2"
	server_knows nodes "$iqn"
	stop_daemon
	wait_for 20 server_forgot nodes "$iqn"
}

test_server_is_found_by_its_name()	# while others log in
{
	echo "127.0.0.1 isns.example.org" >>/etc/hosts
	start_isnsd
	start_daemon
	write_attr "$iscsi/iSNSServer" isns.example.org
	assert_logs_in
	wait_for 20 server_knows nodes "$iqn"
}

test_access_control_asks_the_server()	# an initiator that it does not know stays out, until it does
{
	start_isnsd
	start_daemon
	write_attr "$iscsi/iSNSServer" "127.0.0.1 AccessControl"
	wait_for 20 server_knows nodes "$iqn"
	assert_login_fails_with "(514)"	# 0x0202
	assert_eq "$(discover)" ""
	admin --register "entity=host" "initiator=$initiator"
	wait_for 30 all_are_allowed 127.0.0.1 2
	assert_logs_in
	write_attr "$iscsi/iSNSServer" 127.0.0.1
	wait_for 20 assert_logs_in
}

test_server_that_is_not_there_is_no_permission()	# and no delay for anybody
{
	start_daemon
	write_attr "$iscsi/iSNSServer" "192.0.2.77 AccessControl"
	sleep 0.3
	assert_login_fails_with "(514)"	# 0x0202
	write_attr "$iscsi/iSNSServer" "192.0.2.77"
	wait_for 2 assert_logs_in
}

test_server_that_goes_is_found_again()	# what it said last holds meanwhile; then all is registered anew
{
	start_isnsd
	start_daemon
	write_attr "$iscsi/iSNSServer" "127.0.0.1 AccessControl"
	wait_for 20 server_knows nodes "$iqn"
	admin --register "entity=host" "initiator=$initiator"
	wait_for 30 assert_logs_in
	stop_isnsd
	wait_for 20 daemon_says "trying again"
	assert_logs_in
	rm -rf "$isns_dir/db"
	start_isnsd
	wait_for 20 server_knows nodes "$iqn"
}

test_strange_answers_are_not_believed()	# a server that talks HTTP
{
	local server
	start_daemon
	python3 - <<-'END' &
		import socket
		server = socket.create_server(("127.0.0.1", 3205))
		peer, _ = server.accept()
		peer.recv(4096)
		peer.sendall(b"HTTP/1.0 400 Bad Request\r\n\r\n")
		peer.recv(4096)
	END
	server=$!
	wait_for 20 isns_listens
	write_attr "$iscsi/iSNSServer" 127.0.0.1
	wait_for 20 daemon_says "this is no iSNS"
	assert_logs_in
	wait "$server"
}

run_tests "$@"
