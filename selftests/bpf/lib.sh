# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# What the tests of policies share. The initiator is this host: scst_local's session scst_local_host
# has d0 at LUN 0, which is never touched and through which REPORT LUNS is asked, and d1 at LUN 1,
# which policies hide. With aen_disabled the host is told by a unit attention and rescans nothing.
# Objects are loaded, attached and pinned by ./load.

. "$(dirname "${BASH_SOURCE[0]}")/../lib/tap.sh"
. "$(dirname "${BASH_SOURCE[0]}")/../lib/scst.sh"

policies=$scst/policies
pins=/sys/fs/bpf/scst-selftest
progs=${progs:-.build/selftests/bpf}
bpf=${bpf:-.build/bpf}

setup_file()
{
	mountpoint -q /sys/fs/bpf || mount -t bpf bpf /sys/fs/bpf
	load_scst
	add_null d0
	add_null d1
	map_lun d0 0
	map_lun d1 1
	wait_for 15 has_disk 0
	wait_for 15 has_disk 1
	write_attr "$tgt/aen_disabled" 1
}

teardown_file()
{
	unload_all
	unload_scst
}

# shellcheck disable=SC2034	# disks are for the tests
# Before a test the initiator sees both LUNs and has no unit attention left.
setup()
{
	sg0=$(sg_of 0)
	sg1=$(sg_of 1)
	disk0=$(disk_of 0)
	disk1=$(disk_of 1)
	wait_for_luns 0 1
	clear_ua "$sg0"
	clear_ua "$sg1"
}

teardown()
{
	sg0=$(sg_of 0)
	unload_all
	wait_for_luns 0 1
}

# TEST UNIT READY; sg_turs of sg3-utils 1.48 sends nothing and is content
tur() # SG
{
	sg_raw "$1" 00 00 00 00 00 00
}

clear_ua() # SG
{
	wait_for 5 tur "$1"
}

# What REPORT LUNS says, as "0 1".
reported_luns()
{
	sg_luns "$sg0" | sed -n 's/^ *\([0-9a-f]\{4\}\)0\{12\}$/0x\1/p' | xargs printf '%d ' | xargs
}

luns_are() # LUN...
{
	[ "$(reported_luns)" = "$*" ]
}

# Everybody is judged again in the background.
wait_for_luns() # LUN...
{
	wait_for 5 luns_are "$@"
}

load() # as ./load
{
	mkdir -p "$pins"
	"$progs/load" -p "$pins" "$@"
}

# A link ends some time after its last pin and descriptor, and with it the policy's directory.
unload() # LINK [POLICY]
{
	rm "$pins/$1"
	wait_for 5 test ! -e "$policies/${2:-$1}"
}

no_policies()
{
	[ -z "$(find "$policies" -mindepth 1 -maxdepth 1 -type d)" ]
}

unload_all()
{
	rm -rf "$pins"
	wait_for 5 no_policies
}

called() # POLICY TIMES
{
	[ "$(cat "$policies/$1/calls")" -ge "$2" ]
}

# Everybody has been judged once more, from here on. One turn that had begun before may end meanwhile, and
# a turn is over when the next one asks.
judged_again() # POLICY [LUNS ABOUT WHICH IT IS ASKED]
{
	local calls
	for _ in 1 2 3; do
		calls=$(cat "$policies/$1/calls")
		echo 1 >"$policies/$1/revalidate"
		wait_for 5 called "$1" $((calls + ${2:-2}))
	done
}

state_is() # POLICY STATE
{
	[ "$(head -n 1 "$policies/$1/state")" = "$2" ]
}

last_exit()
{
	head -n 1 "$policies/exits"
}

# WRITE(10) and READ(10) of one block. The host repeats what is BUSY until the time-out: who expects
# that sets sg_timeout, in seconds.
write_block() # SG [LBA]
{
	sg_raw -t "${sg_timeout:-20}" -s 512 -i /dev/zero "$1" 2a 00 00 00 00 "$(printf %02x "${2:-0}")" 00 00 01 00
}

read_block() # SG [LBA]
{
	sg_raw -r 512 -o /dev/null "$1" 28 00 00 00 00 "$(printf %02x "${2:-0}")" 00 00 01 00
}

# The scripted transport (lib/script.sh): its session a, and a unit that answers when it is told. Its
# run() and tur() take the place of ours, until the test ends.
with_script()
{
	. "$(dirname "${BASH_SOURCE[0]}")/../lib/script.sh"
	load_script
	new_unit
}

end_script()
{
	drop_unit
	unload_all
	modprobe -r scst_script
}

writes_are_refused()	# on LUN 1; a unit attention would come first
{
	clear_ua "$sg1"
	assert_fails_with "Write protected" write_block "$sg1"
}
