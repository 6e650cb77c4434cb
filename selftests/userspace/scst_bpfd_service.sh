#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# scst-bpfd as a service: what it tells its manager, and that its unit promises no less, and allows no
# less, than what it does. No systemd runs here: a socket of ours is the manager, and what the unit
# forbids is compared with what strace sees.
#
# Disks go, or are hidden, while the host looks at them:
# expects: disks that go
. "$(dirname "$0")/lib.sh"

unit=/usr/local/lib/systemd/system/scst-bpfd.service
page=/usr/local/share/man/man8/scst-bpfd.8
told=$tap_dir/told

full_config()
{
	jq -n '{ policies: [{ object: "lun_mask", mask: ["scst_local_host@1:hide"] }],
		tracers: [{ object: "cmdlog" }, { object: "latency" }], events: { group: "disk" },
		metrics: { listen: "127.0.0.1:9478" } }' >"$config"
}

# Somebody who writes down what he is told at a socket.
start_listener() # SOCKET
{
	rm -f "$1"
	python3 -c '
import socket, sys
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.bind(sys.argv[1])
while True:
    print(s.recv(65536).decode(), flush=True)
' "$1" >"$told" &
	echo $! >"$tap_dir/listener"
	wait_for 10 test -S "$1"
}

teardown()
{
	[ ! -e "$tap_dir/listener" ] || kill "$(cat "$tap_dir/listener")"
	rm -f "$tap_dir/listener"
	sg0=$(sg_of 0)
	unload_all
	wait_for_luns 0 1
}

start_manager()
{
	start_listener "$tap_dir/notify"
	export NOTIFY_SOCKET=$tap_dir/notify
}

tell_manager() # TEXT
{
	python3 -c '
import socket, sys
socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM).sendto(sys.argv[2].encode(), sys.argv[1])
' "$NOTIFY_SOCKET" "$1"
}

has_told() # REGEXP [TIMES]
{
	[ "$(nr_lines -E "$1" "$told")" -ge "${2:-1}" ]
}

test_manager_is_told()	# ready when it serves, alive, reloading and ready again, stopping
{
	full_config
	start_manager
	WATCHDOG_USEC=2000000 start_daemon
	wait_for 5 has_told '^READY=1'
	wait_for 10 has_told '^WATCHDOG=1' 3
	reload_daemon
	wait_for 20 has_told '^RELOADING=1'
	wait_for 5 has_told '^MONOTONIC_USEC=[0-9]+'
	wait_for 20 has_told '^READY=1' 2
	kill -STOP "$(cat "$daemon_log.pid")"
	wait_for 5 grep -q '^State:[[:space:]]*T' "/proc/$(cat "$daemon_log.pid")/status"
	tell_manager LAST=1	# behind all that it had told
	wait_for 20 has_told '^LAST=1'
	alive=$(nr_lines '^WATCHDOG=1' "$told")
	sleep 3
	assert_eq "$(nr_lines '^WATCHDOG=1' "$told")" "$alive" "a daemon that hangs is not alive; its messages"
	kill -CONT "$(cat "$daemon_log.pid")"
	stop_daemon
	wait_for 5 has_told '^STOPPING=1'
}

told_between() # FROM TO: lines of the last time
{
	sed -n "/$1/,/$2/p" "$told"
}

test_manager_hears_of_each_object()	# so that many of them are no reason to be aborted half way
{
	local alive
	jq -n '{ policies: ([range(4)] | map({ object: "minimal", name: "p\(.)" })), tracers: [{ object: "cmdlog" }] }' \
		>"$config"
	start_manager
	WATCHDOG_USEC=1000000000 start_daemon
	wait_for 5 has_told '^READY=1'
	alive=$(sed '/^READY=1/q' "$told" | nr_lines '^WATCHDOG=1')
	[ "$alive" -ge 5 ] || fail "alive $alive times while five objects are loaded"
	has_told '^EXTEND_TIMEOUT_USEC=[0-9]{8}'
	reload_daemon
	wait_for 20 has_told '^READY=1' 2
	alive=$(told_between '^RELOADING=1' '^READY=1' | nr_lines '^WATCHDOG=1')
	[ "$alive" -ge 5 ] || fail "alive $alive times while five objects are looked at"
}

test_journal_has_fields()	# of an ejection; a socket of ours is the journal
{
	journal_is_told_of_an_ejection '[{ "object": "sessions" }]'
}

test_journal_needs_no_tracer()	# to have an ejection
{
	journal_is_told_of_an_ejection '[]'
}

journal_is_told_of_an_ejection() # TRACERS
{
	echo "{ \"policies\": [{ \"object\": \"maximal\" }], \"tracers\": $1 }" >"$config"
	mkdir -p /run/systemd/journal
	start_listener /run/systemd/journal/socket
	JOURNAL_STREAM=1:1 start_daemon
	scstctl policy eject maximal "for a test"
	wait_for 10 has_told '^SCST_EVENT=policy_exit$'
	has_told '^SCST_POLICY=maximal$'
	has_told '^SCST_KIND=admin$'
	has_told '^SCST_TEXT=for a test$'
	has_told '^PRIORITY=4$'
	has_told '^MESSAGE=.*"event":"policy_exit"'
	rm /run/systemd/journal/socket
}

test_what_is_wrong_is_in_the_status()	# it is ready all the same; and once it is mended, the status is, too
{
	echo '{ "policies": [{ "object": "nonesuch" }, { "object": "minimal" }] }' >"$config"
	start_manager
	start_daemon
	wait_for 5 has_told '^READY=1'
	has_told '^STATUS=not as configured \(1\): policy nonesuch: cannot read'
	assert_eq "$(scstctl policy list --json | jq -r '.[].name')" minimal "in force"
	echo '{ "policies": [{ "object": "minimal" }] }' >"$config"
	reload_daemon
	wait_for 20 has_told '^STATUS=1 policies, 0 tracers: as configured'
}

test_start_without_the_right_to_load_is_not_ready()
{
	echo '{ "policies": [{ "object": "minimal" }] }' >"$config"
	chmod a+rx "$tap_dir"
	start_manager
	assert_status 5 root setpriv --reuid=65534 --regid=65534 --clear-groups scst-bpfd --config "$config"
	! has_told '^READY=1' || fail "it told that it is ready"
}

# Names of the capabilities in a set of /proc/PID/status, sorted.
caps_of() # SET
{
	capsh --decode="$(awk -v set="$1:" '$1 == set { print $2 }' "/proc/$(cat "$daemon_log.pid")/status")" |
		sed 's/.*=//' | tr ',a-z' '\nA-Z' | sort
}

test_capabilities_are_those_of_the_manual()	# and of the unit, which adds what is given up at once
{
	local table
	full_config
	start_daemon
	table=$(sed -n 's/^\.It Dv \(CAP_[A-Z_]*\) Ta .*/\1/p' "$page" | sort)
	assert_eq "$(caps_of CapBnd)" "$table" "bounding set"
	assert_eq "$(caps_of CapEff)" "" "effective set"
	assert_eq "$(caps_of CapInh)$(caps_of CapAmb)" "" "what children inherit"
	assert_eq "$(comm -23 <(caps_of CapPrm) <(echo "$table"))" "" "permitted beyond the table"
	assert_eq "$(sed -n 's/^CapabilityBoundingSet=//p' "$unit" | tr ' ' '\n' | sort | xargs)" \
		"$(printf '%s\n' "$table" CAP_CHOWN CAP_SETPCAP | sort | xargs)" "set of the unit"
	assert_match "$(cat "/proc/$(cat "$daemon_log.pid")/status")" $'NoNewPrivs:\t1' status
	assert_match "$(cat "$unit")" $'\nNoNewPrivileges=yes\n' unit
	assert_eq "$(stat -c '%a %U %G' "$sock")" "660 root disk" "control socket"
}

test_unit_is_good()	# for systemd, and tight
{
	command -v systemd-analyze || skip "no systemd-analyze"
	assert_eq "$(systemd-analyze verify --man=no "$unit" 2>&1 | lines_with -F scst-bpfd)" "" "systemd-analyze verify"
	systemd-analyze security --no-pager --offline=true --threshold=40 "$unit"
}

setting() # NAME: all its values, a line each
{
	sed -n "s/^$1=//p" "$unit" | tr ' ' '\n'
}

test_unit_comes_before_who_lets_in()	# whoever enables targets or answers logins finds policies in force
{
	local other
	assert_eq "$(setting Before | sort | xargs)" "iscsi-scst.service pacemaker.service scst.service" Before
	for other in $(setting Before); do
		! setting After | has -xF "$other" || fail "it waits for $other, and $other for it"
	done
	assert_match "$(setting Type)" "^notify" "what readiness means"
}

# System calls of the sets and names, one a line.
expand_filter() # SET-OR-NAME...
{
	systemd-analyze syscall-filter | awk -v names="$*" '
		function expand(name,	list, i, n) {
			if (name !~ /^@/) {
				print name
				return
			}
			n = split(members[name], list, " ")
			for (i = 1; i <= n; i++)
				expand(list[i])
		}
		/^@/ { set = $1 }
		/^ +[@a-z_]/ { members[set] = members[set] " " $1 }
		END {
			n = split(names, list, " ")
			for (i = 1; i <= n; i++)
				expand(list[i])
		}' | sort -u
}

test_unit_allows_what_the_daemon_does()	# system calls, families of sockets, memory, as strace sees them
{
	local trace=$tap_dir/trace tracer beyond
	command -v systemd-analyze || skip "no systemd-analyze"
	full_config
	export NOTIFY_SOCKET=$tap_dir/nobody
	mkfifo "$tap_dir/go"
	bash -c 'read -r <"$1"; exec scst-bpfd --config "$2"' - "$tap_dir/go" "$config" 2>>"$daemon_log.err" &
	echo $! >"$daemon_log.pid"
	strace -f -o "$trace" -p $! 2>"$tap_dir/strace" &
	tracer=$!
	wait_for 10 grep -q attached "$tap_dir/strace"
	echo >"$tap_dir/go"
	wait_for 60 daemon_serves
	scstctl events --json --count 2 >/dev/null &
	read_while $!
	scstctl policy apply
	exec 3<>/dev/tcp/127.0.0.1/9478
	printf 'GET /metrics HTTP/1.0\r\n\r\n' >&3
	grep -q '^# EOF' <&3
	stop_daemon
	wait "$tracer"		# it has written all then
	sed -n '/execve("[^"]*scst-bpfd"/,$p' "$trace" | sed '1d' >"$trace.daemon"
	# shellcheck disable=SC2046	# words
	expand_filter $(sed -n 's/^SystemCallFilter=//p' "$unit") >"$tap_dir/allowed"
	beyond=$(grep -oE '^[0-9]+ +[a-z_0-9]+\(' "$trace.daemon" | grep -oE '[a-z_][a-z_0-9]*' | sort -u |
		comm -23 - "$tap_dir/allowed")
	assert_eq "$beyond" "" "system calls that the unit forbids"
	assert_match "$(cat "$trace.daemon")" " bpf\(" "the trace"
	# glibc would ask netlink what addresses this host has, and does without
	assert_eq "$(grep -oE ' socket\(AF_[A-Z0-9]+' "$trace.daemon" | sort -u |
		lines_with -vE 'AF_(UNIX|INET|INET6|NETLINK)$')" "" "families of sockets"
	! grep -E 'PROT_WRITE\|PROT_EXEC' "$trace.daemon" || fail "memory that is written and executed"
}

run_tests "$@"
