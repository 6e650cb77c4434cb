# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2154
#
# What a disk tells of the pool that it is of: $sg is its generic device. Sourced behind scst.sh.

threshold="Thin provisioning soft threshold reached"

is_told() # SG
{
	local said
	said=$(sg_raw "$1" 00 00 00 00 00 00 2>&1) && return 1
	assert_match "$said" "$threshold"
}

says() # TEXT: of the disk
{
	local said
	said=$(sg_raw "$sg" 00 00 00 00 00 00 2>&1) || true
	[[ $said == *"$1"* ]]
}

# Four bytes of a page, as a number.
log_word() # OFFSET
{
	sg_raw --request=64 --outfile="$tap_dir/log" "$sg" 4d 00 4c 00 00 00 00 00 40 00 2>/dev/null
	printf '%d\n' "0x$(od -An -v -tx1 -j"$1" -N4 "$tap_dir/log" | tr -d ' \n')"
}

available()
{
	log_word 8
}

has_left() # MIB
{
	[ "$(available)" = "$1" ]
}

# The second disk, at LUN 1. In teardown.
drop_other_if_any()
{
	[ ! -e "$scst/devices/other" ] || write_attr "$scst/devices/other/handler/mgmt" "del_device other"
	wait_for 10 no_sdev 1	# or the next test finds it
}
