# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2034,SC2153,SC2154
#
# What tests of disks whose back end is a program share: the program of the example (ramdisk), one
# that does what it is told, and one on a block device (user_client.c, user_disk.c in selftests/kernel).

ramdisk=.build/userspace/examples/ramdisk
client=.build/selftests/bpf/user_client
fuzz=.build/selftests/bpf/user_fuzz
user_disk=.build/selftests/bpf/user_disk
user_mgmt=$scst/handlers/scst_user/mgmt
memory=/dev/shm/scst-test

load_user()
{
	load_scst
	modprobe scst_user
}

unload_user()
{
	wait_for 10 modprobe -r scst_user
	unload_scst
}

is_serving() # [NAME]
{
	[ "$(cat "$scst/devices/${1:-disk}/state" 2>/dev/null)" = serving ]
}

is_in_state() # STATE
{
	[ "$(cat "$scst/devices/disk/state")" = "$1" ]
}

# The program of device "disk": $program is its process.
start_ramdisk() # [MIB] [QUEUES]
{
	"$ramdisk" disk "${1:-64}" "$memory" "${2:-1}" &
	program=$!
	wait_for 15 is_serving
}

# It may end as it likes.
end_ramdisk() # SIGNAL
{
	kill -"$1" "$program"
	wait "$program" || true
}

has_no_program()
{
	[ "$(cat "$scst/devices/disk/daemon_pid")" = 0 ]
}

# The disk of a program at LUN 0: $disk, $sg.
map_user_disk()
{
	map_lun disk 0
	disk=$(disk_of 0)
	sg=$(sg_of 0)
	clear_unit_attentions "$sg"
}

seconds_of() # COMMAND...
{
	local before=$SECONDS
	"$@" >&2
	echo $((SECONDS - before))
}

# For teardown: whatever a test left.
drop_user_disk()
{
	local name
	! pkill -KILL -x "ramdisk|user_client|user_fuzz|user_disk" || wait_for 10 no_programs
	for name in "$scst"/handlers/scst_user/*/handler; do
		[ ! -e "$name" ] || write_attr "$user_mgmt" "del_device $(basename "$(dirname "$name")")" ||
			[ ! -e "$name" ]	# it went with its program
	done
	wait_for 15 no_sdev 0
	rm -f "$memory" "$memory.token" "$memory.token.new"
}

no_programs()
{
	! pgrep -x "ramdisk|user_client|user_fuzz|user_disk" >/dev/null
}

# One that does what it is told, also from subshells.
start_client()
{
	# shellcheck disable=SC2086	# words of it
	coproc CLIENT { exec $client; }
	client_pid=$CLIENT_PID
	exec {client_in}>&"${CLIENT[1]}" {client_out}<&"${CLIENT[0]}"
	eval "exec ${CLIENT[1]}>&- ${CLIENT[0]}<&-"
}

stop_client()
{
	kill -KILL "$client_pid"
	wait "$client_pid" || true
	exec {client_in}>&- {client_out}<&-
}

told() # COMMAND: what the client says to it
{
	local line
	echo "$*" >&"$client_in"
	read -r -t $((30 * PATIENCE)) line <&"$client_out" || fail "the client says nothing to: $*"
	echo "$line"
}

tell() # ANSWER COMMAND
{
	local answer=$1
	shift
	assert_eq "$(told "$@")" "$answer" "answer to '$*'"
}

# A device "disk" that the client serves with what it has fetched.
client_has_disk() # [FIELD=VALUE]...
{
	tell ok open
	tell ok add disk "$@"
	tell ok map descs
	tell ok map arena rw
	tell ok ring
	tell waits fetch 0 0
	tell ok start
}

# While the host looks at a disk the client answers everything with zeros.
map_user_disk_of_client()
{
	map_lun disk 0
	answer_all_until has_disk 0
	answer_all_until is_quiet
	sg=$(sg_of 0)
}

answer_all_until() # COMMAND...
{
	local end=$((SECONDS + 30 * PATIENCE))
	until "$@"; do
		[ "$SECONDS" -lt "$end" ] || fail "still not: $*"
		answer_one 200 || true
	done
}

# Also those which have waited for the tag.
answer_one() # MILLISECONDS: as long it is waited for
{
	[ "$(told wait "$1")" != none ] || return 1
	while [ "$(told both 0 0)" != waits ]; do
		:
	done
}

is_quiet()
{
	! answer_one 1000
}
