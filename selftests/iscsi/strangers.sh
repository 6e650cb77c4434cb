#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Those who connect and never become a session (strangers.py): whatever they do, and however many
# they are, a login from elsewhere gets through within two seconds, and the daemon takes no more
# than 64 KiB for each of them and 64 MiB for all. Times are asserted at ten times the bound; what was
# measured is printed.
#
# Sessions end, and their disks go:
# expects: detected conn error
# expects: disks that go
. "$(dirname "$0")/daemon_lib.sh"

exec 7>&1	# past what hides the output of a test

case_timeout=120
sources=(198.51.100.1 198.51.100.2 198.51.100.3 198.51.100.4 198.51.100.5)
attack_log=$tap_dir/attack

setup()
{
	local source
	setup_targets
	for source in "${sources[@]}"; do
		ip addr replace "$source/32" dev lo
	done
	ulimit -n 8192
}

teardown()
{
	local target source
	stop_attack
	for source in "${sources[@]}"; do
		ip addr del "$source/32" dev lo
	done
	[ ! -e "$tap_dir/says" ] || sed 's/^/known.py: /' "$tap_dir/says"
	for target in "$iscsi"/iqn*:crowd*; do
		[ ! -e "$target" ] || iscsi_mgmt del_target "${target##*/}"
	done
	teardown_daemon
	teardown_targets
}

# Several of different programs may go on at once.
attack() # NUMBER PROGRAM [SOURCES]
{
	python3 "$(dirname "$0")/strangers.py" "$addr1" "$1" "$2" "${sources[@]:0:${3:-5}}" \
		>"$attack_log.$2" 2>&1 &
	echo $! >>"$attack_log"
	wait_for 40 grep -q ready "$attack_log.$2"
}

stop_attack()
{
	[ -e "$attack_log" ] || return 0
	xargs kill <"$attack_log" || true
	sed 's/^/attack: /' "$attack_log".*
	rm "$attack_log" "$attack_log".*
}

measured()
{
	diag "$*" >&7
}

memory() # NAME IN /proc/PID/status: KiB
{
	awk "/^$1:/ { print \$2 }" "/proc/$(daemon_pid)/status"
}

# All that the daemon has taken since it was $before KiB large.
assert_memory_at_most() # KiB
{
	local grown=$(($(memory VmHWM) - before))
	measured "the daemon has grown by $grown KiB, $1 are allowed"
	assert_at_most "$grown" "$1" "KiB that the daemon has grown by"
}

took() # MILLISECONDS WHAT
{
	measured "$2 took $1 ms"
	assert_at_most "$1" $((20000 * PATIENCE)) "ms that $2 took"
}

ms()
{
	echo $(($(date +%s%N) / 1000000))
}

# A login and a discovery session from an address that takes no part.
assert_others_get_through()
{
	local i start
	for i in 1 2; do
		start=$(ms)
		assert_logs_in
		took $(($(ms) - start)) "a login"
		start=$(ms)
		assert_match "$(discover)" "(^|[[:space:]])$iqn "
		took $(($(ms) - start)) "a discovery session"
	done
	xargs kill -0 <"$attack_log" || fail "the attack is over: $(cat "$attack_log".*)"
	kill -0 "$(daemon_pid)" || fail "the daemon is gone"
}

start_measured_daemon()
{
	local start
	start_daemon
	discover >/dev/null
	start=$(ms)
	assert_logs_in
	measured "a login takes $(($(ms) - start)) ms when nobody else comes"
	before=$(memory VmRSS)
}

test_silent_connections_keep_nobody_out()	# more than there are places, from five addresses
{
	start_measured_daemon
	attack 220 silent
	assert_others_get_through
	assert_memory_at_most 65536
}

test_logins_without_end_keep_nobody_out()	# each does something every second
{
	start_measured_daemon
	attack 220 polite
	assert_others_get_through
	assert_memory_at_most 65536
}

test_text_takes_a_limited_amount()	# a thousand times all that a login may say, and no answer is read
{
	start_measured_daemon
	attack 200 greedy
	sleep 2
	assert_others_get_through
	assert_memory_at_most $((1000 * 64))
}

test_discovery_sessions_are_a_few()	# with a NOP-Out a second; each was a login before
{
	start_measured_daemon
	attack 100 nops
	assert_others_get_through
	assert_memory_at_most $((500 * 64))
}

test_exchange_without_end_keeps_nothing()	# questions with F=0, a hundred unknown keys and all targets each
{
	local i
	for i in $(seq 50); do
		add_target "iqn.2026-01.org.example:crowd$i" n1
	done
	start_measured_daemon
	attack 40 chain
	sleep 2
	assert_others_get_through
	assert_memory_at_most $((200 * 64))
}

test_all_strangers_together_take_64_mib()	# every place of either kind is taken, each with all it may have
{
	start_measured_daemon
	attack 60 chain
	attack 200 greedy
	sleep 2
	assert_others_get_through
	assert_memory_at_most 65536
}

socket_pages()
{
	sed -n 's/^TCP:.* mem //p' /proc/net/sockstat
}

test_deaf_peers_do_not_fill_the_kernel()	# they send and do not read: socket buffers stay small
{
	local pages
	start_measured_daemon
	pages=$(socket_pages)
	attack 30 deaf
	sleep 2
	assert_others_get_through
	pages=$(($(socket_pages) - pages))
	measured "$pages pages in sockets"
	assert_memory_at_most $((150 * 64))
	# theirs and ours: 150 connections
	assert_at_most $((pages * 4)) $((150 * 512)) "KiB in sockets"
}

test_daemon_without_memory_goes_on()	# RLIMIT_DATA, as its unit sets it: some are refused, none ends it
{
	start_measured_daemon
	prlimit --pid "$(daemon_pid)" --data=$((($(memory VmData) + 8192) * 1024))
	attack 100 greedy
	wait_for 20 daemon_says "out of memory"
	stop_attack
	wait_for 20 assert_logs_in
}

test_hosts_with_sessions_come_first()	# also for a daemon that was not there when they logged in
{
	echo "MaxLogins 2" >"$daemon_conf"
	start_daemon
	cat >"$tap_dir/known.py" <<-END
		import os, socket, sys
		sys.path.insert(0, "$(dirname "$0")")
		from initiator import Login
		def connect(source):
		    return socket.create_connection(("$addr1", 3260), 30, (source, 0))
		session = Login("$addr1", source="${sources[0]}")
		assert session.request(0x87, "InitiatorName=$initiator", "TargetName=$iqn")[1] == 0
		print("session", flush=True)
		sys.stdin.readline()
		known = connect("${sources[0]}")
		first = connect("${sources[1]}")
		second = connect("${sources[2]}")
		assert first.recv(1) == b""
		known.settimeout(0.2)
		try:
		    assert False, known.recv(1)
		except TimeoutError:
		    print("known", flush=True)
	END
	mkfifo "$tap_dir/go"
	python3 "$tap_dir/known.py" <"$tap_dir/go" >"$tap_dir/says" 2>&1 &
	exec 3>"$tap_dir/go"
	wait_for 20 grep -q session "$tap_dir/says"
	stop_daemon KILL
	start_daemon
	echo >&3
	wait_for 40 grep -q known "$tap_dir/says"
	exec 3>&-
}

test_session_has_free_buffers()	# what a stranger may not, a session may
{
	local peer
	start_daemon
	cat >"$tap_dir/session.py" <<-END
		import sys
		sys.path.insert(0, "$(dirname "$0")")
		from initiator import Login
		login = Login("$addr1")
		assert login.request(0x87, "InitiatorName=$initiator", "TargetName=$iqn")[1] == 0
		print(login.sock.getsockname()[1], flush=True)
		sys.stdin.read()
	END
	mkfifo "$tap_dir/hold"
	python3 "$tap_dir/session.py" <"$tap_dir/hold" >"$tap_dir/port" &
	exec 3>"$tap_dir/hold"
	peer=$!
	wait_for 20 test -s "$tap_dir/port"
	ss -Htmn "dport = $(cat "$tap_dir/port")" >"$tap_dir/ss"
	exec 3>&-
	cat "$tap_dir/ss"
	assert_match "$(cat "$tap_dir/ss")" "rb131072"
	wait "$peer"
}

run_tests "$@"
