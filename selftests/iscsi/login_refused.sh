#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Logins that are refused, and what the initiator is told; what strangers may do to the daemon, and
# how many of them. CHAP has its own file.
#
# Sessions end, and their disks go:
# expects: detected conn error
# expects: disks that go
. "$(dirname "$0")/daemon_lib.sh"

who="InitiatorName=$initiator TargetName=$iqn"

# Lines of initiator.py's language, and what it hears.
say()
{
	printf '%s\n' "$@" | python3 "$(dirname "$0")/initiator.py"
}

test_login_leads_to_a_session()	# with what was negotiated, in the target's tree
{
	start_daemon
	write_attr "$itgt/MaxBurstLength" 131072
	assert_eq "$(say "87 $who MaxBurstLength=262144 FirstBurstLength=4096 HeaderDigest=CRC32C,None" |
		cut -d' ' -f1,2)" "87 0000"
	wait_for 20 no_sessions
	assert_match "$(say "87 $who MaxBurstLength=262144")" " MaxBurstLength=131072"
}

test_status_says_why()	# no target, disabled, no name, unknown type, version, not a login
{
	start_daemon
	assert_login_fails_with "Target not found" 127.0.0.1 "" iqn.nonesuch
	write_attr "$itgt/enabled" 0
	assert_login_fails_with "Service unavailable"
	daemon_says "$iqn is disabled"
	assert_match "$(say "87 $who")" "^04 0301"
	assert_match "$(say "87 TargetName=$iqn2")" "^04 0207"
	assert_match "$(say "87 $who SessionType=Boot")" "^04 0209"
	assert_match "$(say "8b $who")" "^08 0200"
	assert_eq "$(say "87 $who SessionType=Boot" wait | tail -n 1)" closed "connection"
	assert_match "$(say "raw 01$(printf '0%.0s' {1..94})" wait)" "^23.{70}020b"
}

# A session that is there until end_session.
hold_session() # LOGIN
{
	rm -f "$tap_dir/held"
	mkfifo "$tap_dir/held"
	python3 -u "$(dirname "$0")/initiator.py" <"$tap_dir/held" >"$tap_dir/heard" &
	exec 3>"$tap_dir/held"
	echo "$1" >&3
	wait_for 20 has_session
}

end_session()
{
	exec 3>&-
	wait_for 20 no_sessions
}

test_logins_can_be_suspended()	# SIGUSR1, SIGUSR2: sessions go on, who comes is told to try again
{
	start_daemon
	hold_session "87 $who"
	kill -USR1 "$(daemon_pid)"
	wait_for 20 daemon_says "logins are suspended"
	assert_match "$(say "87 $who")" "^04 0301"
	has_session
	kill -USR2 "$(daemon_pid)"
	wait_for 20 daemon_says "logins are taken again"
	assert_match "$(say "87 InitiatorName=$initiator:other TargetName=$iqn")" "^87 0000"
	end_session
}

# TEST UNIT READY with this tag and CmdSN; "wait" brings the answer.
ready_pdu() # NUMBER
{
	printf 'raw 0181%028d%08x%08x%08x%08x%032d\n' 0 "$1" 0 "$1" $(($1 + 1)) 0
}

# The session that is held sends a command, and gets its answer, whichever it is.
held_session_is_served() # NUMBER OF THE COMMAND
{
	ready_pdu "$1" >&3
	echo wait >&3
	wait_for 20 eval "[ \"\$(nr_lines '^21' '$tap_dir/heard')\" = $1 ]"
}

test_sessions_outlive_the_driver_being_disabled()	# and are served; who comes is told to try again
{
	start_daemon
	hold_session "87 $who"
	held_session_is_served 1
	write_attr "$iscsi/enabled" 0
	assert_match "$(say "87 InitiatorName=$initiator:other TargetName=$iqn")" "^04 0301"
	has_session
	held_session_is_served 2
	write_attr "$iscsi/enabled" 1
	assert_match "$(say "87 InitiatorName=$initiator:other TargetName=$iqn")" "^87 0000"
	held_session_is_served 3
	end_session
}

test_names_are_folded_or_refused()	# RFC 3722: one initiator has one name, and it is harmless
{
	local name
	start_daemon
	hold_session "87 InitiatorName=IQN.2026-01.Org.Example:HOST TargetName=$iqn"
	assert_eq "$(ls "$itgt/sessions")" "$initiator" "sessions"
	end_session
	assert_match "$(say "87 InitiatorName=$initiator TargetName=${iqn^^}")" "^87 0000"
	wait_for 20 no_sessions
	for name in 'iqn.x#192.168.1.1' 'iqn.*' 'iqn.a_b' 'iqn.$(id)' "iqn.'x" $'iqn.\xc3\xa9' $'iqn.\xc2\x9b2J'; do
		assert_match "$(say "87 InitiatorName=$name TargetName=$iqn")" "^04 0200"
	done
	daemon_says 'InitiatorName is no iSCSI name: iqn.\xc3\xa9'
	assert_no_match "$(LC_ALL=C nr_lines '[^ -~]' "$daemon_log")" "[1-9]" "lines with other bytes in the log"
}

test_max_sessions_is_a_limit()	# 0206; one that ends makes room
{
	local first
	start_daemon
	write_attr "$itgt/MaxSessions" 1
	mkfifo "$tap_dir/first"
	python3 "$(dirname "$0")/initiator.py" <"$tap_dir/first" &
	first=$!
	exec 3>"$tap_dir/first"
	echo "87 $who" >&3
	wait_for 20 has_session
	assert_login_fails_with "(518)"		# 0x0206
	exec 3>&-
	wait "$first"
	wait_for 20 no_sessions
	assert_logs_in
}

test_redirect_sends_elsewhere()	# temporarily or for good; whoever is there comes in
{
	add_addresses
	start_daemon
	write_attr "$itgt/redirect" "$addr1 temp"
	assert_match "$(say "87 $who")" "^04 0101 TargetAddress=$addr1\$"
	write_attr "$itgt/redirect" "$addr1:3260 perm"
	assert_match "$(say "87 $who")" "^04 0102 TargetAddress=$addr1:3260\$"
	assert_logs_in "$addr1"
	ip addr flush dev lo scope global
}

test_garbage_ends_the_connection_only()	# random bytes, half a header, too much data
{
	local i
	start_daemon
	for i in 1 2 3 4 5; do
		say "raw $(head -c 300 /dev/urandom | od -An -tx1 | tr -d ' \n')" >/dev/null
	done
	say "raw 43870000" >/dev/null
	assert_match "$(say "raw 438700000000ffff$(printf '0%.0s' {1..80})" wait)" "^23.{70}0200"
	assert_logs_in
}

test_slow_login_is_cut_off()	# LoginTimeout, from the first byte to the last
{
	echo "LoginTimeout 1" >"$daemon_conf"
	start_daemon
	assert_eq "$(say "raw 43" wait)" closed
	assert_eq "$(say "04 $who" wait | tail -1)" closed
	wait_for 20 daemon_says "the login took too long"
}

test_one_address_does_not_take_all()	# MaxLoginsPerAddress: one more costs it its oldest
{
	echo "MaxLoginsPerAddress 3" >"$daemon_conf"
	start_daemon
	cat >"$tap_dir/many.py" <<-'END'
		import socket
		socks = [socket.create_connection(("127.0.0.1", 3260), 30) for _ in range(3)]
		for oldest in range(3):
		    more = socket.create_connection(("127.0.0.1", 3260), 30)
		    assert socks[oldest].recv(1) == b"", "four are taken"
		    for sock in socks[oldest + 1:] + [more]:
		        sock.settimeout(0.1)
		        try:
		            assert False, sock.recv(1)
		        except TimeoutError:
		            sock.settimeout(30)
		    socks.append(more)
	END
	python3 "$tap_dir/many.py"
	wait_for 20 daemon_says "MaxLoginsPerAddress"
	assert_logs_in
}

test_newcomer_takes_the_place_of_the_oldest()	# MaxLogins: nobody waits for those who do not go on
{
	printf 'MaxLogins 2\nLoginTimeout 3600\n' >"$daemon_conf"
	start_daemon
	cat >"$tap_dir/many.py" <<-'END'
		import socket, subprocess, sys
		socks = [socket.create_connection(("127.0.0.1", 3260), 30) for _ in range(2)]
		subprocess.run(sys.argv[1:], check=True)
		assert socks[0].recv(1) == b"", "the oldest is still there"
	END
	python3 "$tap_dir/many.py" iscsi-inq -i "$initiator" "iscsi://127.0.0.1/$iqn/0"
	wait_for 20 daemon_says "MaxLogins"
}

test_storm_of_logins()	# 500 of them, 20 at a time; each is a session and none is left
{
	start_daemon
	cat >"$tap_dir/storm.py" <<-END
		import sys
		sys.path.insert(0, "$(dirname "$0")")
		from initiator import Login
		for turn in range(25):
		    logins = [Login(isid=turn * 20 + i) for i in range(20)]
		    for login in logins:
		        login.send(0x87, ("InitiatorName=$initiator", "TargetName=$iqn"))
		    for login in logins:
		        flags, status, _ = login.receive()
		        assert (flags, status) == (0x87, 0), (flags, hex(status))
		    for login in logins:
		        login.sock.close()
	END
	python3 "$tap_dir/storm.py"
	wait_for 10 no_sessions
	wait_for 10 daemon_has_sockets 2
	assert_logs_in
}

daemon_has_sockets() # HOW MANY
{
	[ "$(find "/proc/$(daemon_pid)/fd" -lname 'socket:*' | wc -l)" = "$1" ]
}

run_tests "$@"
