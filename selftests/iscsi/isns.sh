#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The iSNS client against open-isns: registration, access control by discovery domains, changes that
# the server tells, a server that goes away. And against one that does what open-isns never does
# (isns_server.py).
#
# Sessions end, and their disks go:
# expects: detected conn error
# expects: disks that go
. "$(dirname "$0")/daemon_lib.sh"
. "$(dirname "$0")/isns_lib.sh"

teardown()
{
	teardown_daemon
	write_attr "$iscsi/iSNSServer" ""
	teardown_isnsd
	stop_strange_server
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
	wait_for 5 assert_login_fails_with "(514)"	# 0x0202
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

strange_log=$tap_dir/strange

start_strange_server() # ITS ARGUMENTS
{
	python3 "$(dirname "$0")/isns_server.py" "$@" >"$strange_log" 2>&1 &
	echo $! >"$strange_log.pid"
	wait_for 20 isns_listens
}

# The next one needs the port.
stop_strange_server()
{
	if [ -e "$strange_log.pid" ]; then
		kill "$(cat "$strange_log.pid")" 2>/dev/null || true
		wait_for 20 nobody_listens
	fi
	[ ! -e "$strange_log" ] || sed 's/^/server: /' "$strange_log"
	rm -f "$strange_log" "$strange_log.pid"
}

test_target_that_is_refused_is_alone_in_that()	# the others are registered, on the same connection
{
	start_strange_server "refuse=$iqn2"
	start_daemon
	write_attr "$iscsi/iSNSServer" 127.0.0.1
	wait_for 20 grep -q "^1 $iqn2 status 3" "$strange_log"
	wait_for 20 grep -q "^1 $iqn status 0" "$strange_log"
	wait_for 20 daemon_says "registration of $iqn2 failed, status 3"
	write_attr "$itgt/alias" other	# is registered anew
	wait_for 20 registered_twice
	assert_eq "$(nr_lines connected "$strange_log")" 1 "connections"
}

registered_twice()
{
	[ "$(nr_lines "^1 $iqn status 0" "$strange_log")" -ge 2 ]
}

test_long_answer_comes_in_pieces()	# five thousand initiators, the last one is ours
{
	start_strange_server initiators=5000 "last=$initiator"
	start_daemon
	write_attr "$iscsi/iSNSServer" "127.0.0.1 AccessControl"
	wait_for 20 assert_logs_in
	initiator=iqn.2026-01.org.example:stranger assert_login_fails_with "(514)"
}

test_caller_that_reads_nothing_is_dropped()	# before its answers take memory
{
	local before
	start_daemon
	before=$(awk '/^VmHWM/ { print $2 }' "/proc/$(daemon_pid)/status")
	start_strange_server call
	write_attr "$iscsi/iSNSServer" 127.0.0.1
	wait_for 40 grep -q "^dropped" "$strange_log"
	assert_at_most "$(($(awk '/^VmHWM/ { print $2 }' "/proc/$(daemon_pid)/status") - before))" \
		4096 "KiB that the daemon has grown by"
	assert_logs_in
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
