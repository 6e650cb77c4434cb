# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# What the tests of scstctl and scst-bpfd share. Disks and initiator are those of bpf/lib.sh; policies
# are loaded with scstctl. The installed programs and BPF objects are tested.

. "$(dirname "${BASH_SOURCE[0]}")/../bpf/lib.sh"

PATH=$PATH:/usr/local/sbin
pins=/sys/fs/bpf/scst
sock=/run/scst/bpfd.sock
config=$tap_dir/bpfd.json
daemon_log=$tap_dir/daemon

unload_all()
{
	local path
	stop_daemon KILL
	rm -f "$sock"	# which a daemon that was killed leaves to the next one
	for path in "$pins"/policies/*; do
		[ ! -e "$path" ] || scstctl policy unload "${path##*/}"
	done
	for path in "$pins"/tracers/*; do
		[ ! -e "$path" ] || scstctl tracer unload "${path##*/}"
	done
	wait_for 5 no_policies
}

# assert_status STATUS TEXT COMMAND...: it ends with that status, and one line says TEXT.
assert_status()
{
	local expected=$1 text=$2 status=0 output
	shift 2
	output=$("$@" 2>&1 >/dev/null) || status=$?
	assert_eq "$status" "$expected" "exit status of $*, which says '$output',"
	[[ $output == *"$text"* ]] || fail "'$*' says '$output', expected '$text'"
	assert_eq "$(wc -l <<<"$output")" 1 "number of lines of '$output'"
}

nothing_is_left()
{
	no_policies || fail "policies: $(ls "$policies")"
	assert_eq "$(find "$pins" -mindepth 2 2>/dev/null)" "" "what is pinned"
}

# Reads of one block from LUN 0 until the process of that id ends.
read_while()
{
	while kill -0 "$1" 2>/dev/null; do
		dd if="$disk0" of=/dev/null bs=4k count=1 iflag=direct 2>/dev/null
	done
}

# The daemon.

# shellcheck disable=SC2120
start_daemon() # [OPTION]...
{
	scst-bpfd --config "$config" "$@" >"$daemon_log.out" 2>>"$daemon_log.err" &
	echo $! >"$daemon_log.pid"
	wait_for 60 daemon_serves
}

daemon_serves()
{
	[ -S "$sock" ] && grep -q "serving events" <(tail -n +"$(($(daemon_starts) + 1))" "$daemon_log.err")
}

# Lines of the log that belong to daemons before this one.
daemon_starts()
{
	cat "$daemon_log.before" 2>/dev/null || echo 0
}

stop_daemon() # [SIGNAL]
{
	local pid
	[ -e "$daemon_log.pid" ] || return 0
	pid=$(cat "$daemon_log.pid")
	rm "$daemon_log.pid"
	kill -"${1:-TERM}" "$pid" 2>/dev/null || true
	wait_for 10 not_running "$pid"
	wc -l <"$daemon_log.err" >"$daemon_log.before"
}

not_running()
{
	! kill -0 "$1" 2>/dev/null
}

daemon_says() # TEXT
{
	tail -n +"$(($(daemon_starts) + 1))" "$daemon_log.err" | has -F -- "$1"
}

reload_daemon()
{
	kill -HUP "$(cat "$daemon_log.pid")"
}

# Of a daemon whose configuration has metrics listen at 127.0.0.1:9478.
metrics() # [PATH]
{
	exec 3<>/dev/tcp/127.0.0.1/9478 || return
	printf 'GET %s HTTP/1.0\r\n\r\n' "${1:-/metrics}" >&3
	cat <&3
	exec 3>&-
}
