# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# What tests of persistent reservations say to a disk. SG is a generic device.

pr() # SG ACTION [sg_persist ARGUMENTS]
{
	local sg=$1 action=$2
	shift 2
	sg_persist -n --out "--$action" "$@" "$sg" >/dev/null
}

join() # SG KEY [sg_persist ARGUMENTS]
{
	pr "$1" register --param-sark="$2" "${@:3}"
}

# The registered keys, in order.
keys() # SG
{
	local said
	said=$(sg_persist -n --in --read-keys "$1")
	assert_match "$said" "PR generation=0x"
	sed -n 's/^    \(0x[0-9a-f]*\)$/\1/p' <<<"$said" | sort | paste -sd' '
}

read_block() # SG
{
	sg_raw --request=512 "$1" 28 00 00 00 00 00 00 00 01 00
}

write_block() # SG
{
	head -c 512 /dev/zero | sg_raw --send=512 "$1" 2a 00 00 00 00 00 00 00 01 00
}

can_read() # SG
{
	read_block "$1" >/dev/null 2>&1
}

can_write() # SG
{
	write_block "$1" >/dev/null 2>&1
}

assert_conflict() # COMMAND...
{
	local output status=0
	output=$("$@" 2>&1) || status=$?
	[ $status = 24 ] || fail "exit status $status, expected that of a reservation conflict, of: $*: $output"
}

quietly() # COMMAND...
{
	"$@" >/dev/null 2>&1
}
