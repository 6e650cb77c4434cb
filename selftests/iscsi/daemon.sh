#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# iscsi-scstd as a process: its privileges, its configuration, its coming and going while sessions
# run. Not tested: systemd itself (that it restarts, the watchdog, the unit's sandbox).
#
# Sessions end, and their disks go:
# expects: detected conn error
# expects: disks that go
. "$(dirname "$0")/daemon_lib.sh"

test_daemon_has_no_privilege()	# another user, no groups, no capabilities, few system calls
{
	local status name
	start_daemon
	status=/proc/$(daemon_pid)/status
	assert_eq "$(awk '/^Uid/ { print $2, $3, $4, $5 }' "$status")" "65534 65534 65534 65534"
	assert_eq "$(awk '/^Gid/ { print $2, $3, $4, $5 }' "$status")" "65534 65534 65534 65534"
	assert_eq "$(awk '/^Groups/ { print $2 }' "$status")" "" groups
	for name in CapInh CapPrm CapEff CapBnd CapAmb; do
		assert_eq "$(awk "/^$name/ { print \$2 }" "$status")" 0000000000000000 "$name"
	done
	assert_eq "$(awk '/^NoNewPrivs/ { print $2 }' "$status")" 1 NoNewPrivs
	assert_eq "$(awk '/^Seccomp:/ { print $2 }' "$status")" 2 "Seccomp (a filter)"
}

test_user_and_group_can_be_chosen()	# by name and by number; one that does not exist is refused
{
	start_daemon --uid daemon --gid 12
	assert_eq "$(awk '/^[UG]id/ { print $2 }' "/proc/$(daemon_pid)/status" | paste -sd' ')" "1 12"
	stop_daemon
	assert_fails_with "there is no user nonesuch" iscsi-scstd -f -u nonesuch
	assert_fails_with "there is no group nonesuch" iscsi-scstd -f -g nonesuch
}

test_second_daemon_is_refused()	# and the first goes on
{
	start_daemon
	assert_fails_with "another iscsi-scstd has it" iscsi-scstd -f
	assert_logs_in
}

# What the daemon says is one more than it is.
make_newer_daemon()
{
	gcc -shared -fPIC -o "$tap_dir/newer.so" -x c - <<-'END'
	#define _GNU_SOURCE
	#include <stdarg.h>
	#include <sys/ioctl.h>
	#include <sys/syscall.h>
	#include <unistd.h>
	int ioctl(int fd, unsigned long request, ...)
	{
		va_list ap;
		unsigned int *arg;
		va_start(ap, request);
		arg = va_arg(ap, unsigned int *);
		va_end(ap);
		if (_IOC_TYPE(request) == 'I' && _IOC_NR(request) == 0x80)
			++*arg;
		return syscall(SYS_ioctl, fd, request, arg);
	}
	END
}

test_module_of_another_time_is_told()	# and systemd does not try again: status 4
{
	local status=0 said
	make_newer_daemon
	said=$(LD_PRELOAD=$tap_dir/newer.so iscsi-scstd -f 2>&1) || status=$?
	assert_match "$said" "iscsi-scst.ko speaks version 1 of the interface"
	assert_eq "$status" 4 status
	start_daemon
	assert_logs_in
}

test_disabled_driver_says_that_it_is()	# 03/01, after which initiators try again; it goes on listening
{
	start_daemon
	assert_logs_in
	write_attr "$iscsi/enabled" 0
	assert_login_fails_with "Service unavailable"
	daemon_says "$iqn is disabled"
	assert_fails_with "Address already in use" python3 -c \
		'import socket; socket.socket().bind(("127.0.0.1", 3260))'
	write_attr "$iscsi/enabled" 1
	assert_logs_in
}

test_wrong_options_are_refused()	# with the option named; status 2
{
	local status
	assert_fails_with "--port: \"0\" is no number" iscsi-scstd -p 0
	assert_fails_with "nowhere: no address" iscsi-scstd -f -a nowhere
	assert_fails_with "-z: no such option" iscsi-scstd -z
	assert_fails_with "takes no arguments" iscsi-scstd more
	assert_fails_with "/nonexistent: No such file" iscsi-scstd -f -c /nonexistent
	status=0
	iscsi-scstd --bogus 2>/dev/null || status=$?
	assert_eq "$status" 2 "exit status"
	iscsi-scstd --help | has "Takes iSCSI logins"
}

refusals()
{
	nr_lines ": MaxLogins$" "$daemon_log"
}

# With one that does nothing: whoever comes takes its place.
newcomer_is_one_too_many() # AFTER HOW MANY
{
	local newcomer
	exec {newcomer}<>/dev/tcp/127.0.0.1/3260
	[ "$(refusals)" -gt "$1" ] || return 1
	exec {newcomer}>&-
}

assert_takes_one_login()
{
	local held
	exec {held}<>/dev/tcp/127.0.0.1/3260
	wait_for 20 newcomer_is_one_too_many "$(refusals)"
	exec {held}>&-
}

test_reload_changes_the_settings()	# a broken file changes none of them, and is named with its line
{
	start_daemon
	echo "MaxLogins 1" >"$daemon_conf"
	kill -HUP "$(daemon_pid)"
	assert_takes_one_login
	printf 'MaxLogins 2\nColour red\n' >"$daemon_conf"
	kill -HUP "$(daemon_pid)"
	wait_for 20 daemon_says "$daemon_conf:2: Colour: no such setting"
	assert_takes_one_login
	assert_logs_in
}

iscsi_disk()
{
	local block
	block=$(echo /sys/class/iscsi_session/session*/device/target*/*:0:0:0/block/sd*)
	[ -b "/dev/${block##*/}" ] && echo "/dev/${block##*/}"
}

test_killed_daemon_ends_no_session()	# kill -9 under load; the next one takes logins again
{
	local disk
	start_daemon
	iscsiadm -m discovery -t st -p 127.0.0.1
	iscsiadm -m node -T "$iqn" -p 127.0.0.1 --login
	wait_for 10 iscsi_disk
	disk=$(iscsi_disk)
	start_load "$disk" 60
	stop_daemon KILL
	assert_refuses_connections 127.0.0.1
	wait_for 10 io_flows "$disk" "$(cat "/sys/block/${disk##*/}/stat")"
	start_daemon
	assert_logs_in
	wait_for 10 io_flows "$disk" "$(cat "/sys/block/${disk##*/}/stat")"
	kill "$load"
	wait "$load" || true
	assert_eq "$(nr_lines 'err= *0' "$tap_dir/fio.log")" 2 "jobs without error"
	stop_daemon
	iscsiadm -m node -T "$iqn" -p 127.0.0.1 --logout
	wait_for 10 no_sessions
	iscsiadm -m node -T "$iqn" -o delete
}

test_unit_is_what_systemd_understands()	# as far as it can tell without running it
{
	local unit
	unit=$(find /usr/lib/systemd /usr/local/lib/systemd -name iscsi-scst.service 2>/dev/null)
	assert_eq "$(systemd-analyze verify --man=no "$unit" 2>&1 | grep -F iscsi-scst || true)" ""
}

# A socket as systemd has it, which prints what it is told.
test_systemd_is_told()	# ready, alive, reloading and going, by a socket of before the sandbox
{
	local listener
	cat >"$tap_dir/systemd.py" <<-'END'
		import socket
		sock = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
		sock.bind("\0systemd-of-the-test")
		while True:
		    print(sock.recv(4096).decode(), flush=True)
	END
	python3 "$tap_dir/systemd.py" >"$tap_dir/told" &
	listener=$!
	wait_for 20 grep -q @systemd-of-the-test /proc/net/unix
	NOTIFY_SOCKET=@systemd-of-the-test WATCHDOG_USEC=200000 start_daemon
	wait_for 20 grep -q READY=1 "$tap_dir/told"
	wait_for 20 grep -q WATCHDOG=1 "$tap_dir/told"
	kill -HUP "$(daemon_pid)"
	wait_for 20 grep -q MONOTONIC_USEC "$tap_dir/told"
	stop_daemon
	wait_for 20 grep -q STOPPING=1 "$tap_dir/told"
	kill "$listener"
}

test_syslog_is_told()	# by a daemon in the background; one that was restarted, too
{
	local listener
	cat >"$tap_dir/syslog.py" <<-'END'
		import os, socket
		sock = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
		if os.path.exists("/dev/log"):
		    os.unlink("/dev/log")
		sock.bind("/dev/log")
		os.chmod("/dev/log", 0o666)
		while True:
		    print(sock.recv(4096).decode(), flush=True)
	END
	python3 "$tap_dir/syslog.py" >"$tap_dir/first" &
	listener=$!
	wait_for 20 test -S /dev/log
	: >"$daemon_conf"
	iscsi-scstd --config "$daemon_conf" --debug 1
	cp /run/iscsi-scstd.pid "$daemon_log.pid"
	wait_for 20 grep -q "^<30>.* iscsi-scstd\[$(daemon_pid)\]: serving as user" "$tap_dir/first"
	kill "$listener"
	wait "$listener" || true
	python3 "$tap_dir/syslog.py" >"$tap_dir/second" &
	listener=$!
	wait_for 20 another_login_is_in "$tap_dir/second"
	stop_daemon
	kill "$listener"
	rm -f /dev/log
}

another_login_is_in() # FILE
{
	assert_logs_in
	grep -q "session of $initiator with $iqn" "$1"
}

test_init_script_starts_and_stops()	# for hosts without systemd
{
	service iscsi-scst start
	service iscsi-scst status
	service iscsi-scst start	# once is enough
	assert_logs_in
	service iscsi-scst reload
	service iscsi-scst stop
	is_open closed
	assert_fails_with "does not run" service iscsi-scst status
}

run_tests "$@"
