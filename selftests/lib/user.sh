# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2034,SC2153,SC2154
#
# What tests of devices whose back end is a program share: the programs of the examples (ramdisk, tape),
# one that does what it is told, and one on a block device (user_client.c, user_disk.c in selftests/kernel).

ramdisk=.build/userspace/examples/ramdisk
tape=.build/userspace/examples/tape
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

# A file that needs more than that has its own.
setup_file()
{
	load_user
}

teardown_file()
{
	unload_user
}

teardown()
{
	drop_user_disk
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

# This host has a command under way.
is_asking()
{
	! idle "$host_session"
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
	local path name
	! pkill -KILL -x "ramdisk|tape|user_client|user_fuzz|user_disk" || wait_for 10 no_programs
	for path in "$scst"/handlers/scst_user{,_cdb}/*/handler; do
		[ -e "$path" ] || continue
		name=${path%/handler}
		write_attr "${name%/*}/mgmt" "del_device ${name##*/}" ||
			[ ! -e "$path" ]	# it went with its program
	done
	wait_for 15 no_sdev 0
	rm -f "$memory" "$memory.token" "$memory.token.new"
}

no_programs()
{
	! pgrep -x "ramdisk|tape|user_client|user_fuzz|user_disk" >/dev/null
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
	answer_until answer_one "$@"
}

# What comes meanwhile the client answers by HOW.
answer_until() # HOW COMMAND...
{
	local how=$1 end=$((SECONDS + 30 * PATIENCE))
	shift
	until "$@"; do
		[ "$SECONDS" -lt "$end" ] || fail "still not: $*"
		"$how" 200 || true
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

# ---- CDB mode ----

# A processor device "disk" that the client serves, at LUN 0: $sg.
client_has_processor() # [FIELD=VALUE]...
{
	client_has_disk flags=0x10 type=3 ops=0 nblocks=0 block_size=0 "$@"
	map_lun disk 0
	answer_until answer_cdb has_sg 0
	sg=$(sg_of 0)
	answer_until answer_cdb is_ready_to_be_asked
}

# The core tells unit attentions itself; what comes behind them the client answers.
is_ready_to_be_asked()
{
	local asker
	sg_raw --timeout=100 "$sg" 00 00 00 00 00 00 >/dev/null 2>&1 &
	asker=$!
	while kill -0 "$asker" 2>/dev/null; do
		answer_cdb 200 || true
	done
	wait "$asker"
}

# What a host asks when it finds a device: INQUIRY is answered, the rest is GOOD.
answer_cdb() # MILLISECONDS: as long it is waited for
{
	[ "$(told wait "$1")" != none ] || return 1
	until [ "$(answer_this_cdb)" = waits ]; do
		:
	done
}

answer_this_cdb()
{
	case $(told cdb 0 0) in
	1200*)
		tell ok bytes 0 0 030004021f000000534353545f42504650524f474a414d
		told both 0 0 moved=36
		;;
	*) told both 0 0 ;;
	esac
}

# ---- the tape of the example, device "tape" at LUN 0: $program, $node, $sg ----

start_tape() # [MIB]
{
	"$tape" tape "${1:-64}" "$memory" &
	program=$!
	wait_for 15 is_serving tape
}

has_tape_node()
{
	local st
	st=$(echo "$(sdev_dir 0)"/scsi_tape/st?)
	[ -c "/dev/n${st##*/}" ]
}

map_tape() # [PARAMETERS]
{
	map_lun tape 0 "${1:-}"
	wait_for 15 has_tape_node
	node=$(echo "$(sdev_dir 0)"/scsi_tape/st?)
	node=/dev/n${node##*/}
	sg=$(sg_of 0)
	clear_unit_attentions "$sg"
}

is_quiet()
{
	! answer_one 1000
}
