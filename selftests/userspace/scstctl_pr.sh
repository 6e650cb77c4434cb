#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# scstctl pr: persistent reservations of a device as a table and as JSON, into a file and back. d0 is
# registered at by this host; what reservations do is for kernel/reservations.sh.
#
# Disks go, or are hidden, while the host looks at them:
# expects: disks that go
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/../lib/pr.sh"

file=$tap_dir/reservations

teardown()
{
	[ -e "$tgt/luns/0" ] || map_lun d0 0
	sg0=$(sg_of 0)
	clear_ua "$sg0"
	pr "$sg0" register-ignore --param-sark=0xdead
	pr "$sg0" clear --param-rk=0xdead
	unload_all
}

test_show_has_registrants_and_holder()	# as a table and as JSON
{
	local json
	join "$sg0" 0xabc
	pr "$sg0" reserve --param-rk=0xabc --prout-type=5
	assert_match "$(scstctl pr show d0)" \
		$'^generation [0-9]+\nreservation: write exclusive, registrants only\n\\* port 1 +key 0x0000000000000abc  SAS 06[0-9a-f]+$'
	json=$(scstctl pr show d0 --json)
	assert_eq "$(jq -c '[.device, .reservation, (.registrants | length)]' <<<"$json")" \
		'["d0","write exclusive, registrants only",1]'
	assert_eq "$(jq -c '.registrants[0] | [.port, .key, .holder, (.transport_id | length)]' <<<"$json")" \
		'[1,"0x0000000000000abc",true,48]'
	pr "$sg0" clear --param-rk=0xabc
	assert_eq "$(scstctl pr show d0 --json | jq -c '[.reservation, .registrants]')" '[null,[]]'
}

test_save_and_load_give_back_what_was()	# to an unmapped device, all of it
{
	join "$sg0" 0xabc
	pr "$sg0" reserve --param-rk=0xabc --prout-type=3
	scstctl pr save d0 "$file"
	cmp "$file" "$scst/devices/d0/pr_state"
	pr "$sg0" clear --param-rk=0xabc
	assert_status 6 "a LUN maps it" scstctl pr load d0 "$file"
	unmap_lun 0
	scstctl pr load d0 "$file"
	cmp "$file" "$scst/devices/d0/pr_state"
	map_lun d0 0
	sg0=$(sg_of 0)
	clear_ua "$sg0"
	assert_eq "$(keys "$sg0")" 0xabc
}

test_names_of_iscsi_are_readable()	# of what another target saved
{
	unmap_lun 0
	printf '%s\n' 'version 1' 'generation 3' \
		'registrant 2 0000000000000005 0 24 050000146971612e323032362d30312e6f72670000000000' >"$file"
	scstctl pr load d0 "$file"
	assert_match "$(scstctl pr show d0)" "  port 2 +key 0x0000000000000005  iqa.2026-01.org$"
	map_lun d0 0
	wait_for 10 sdev_dir 0
}

test_what_is_no_state_changes_nothing()	# nor what cannot be read or written
{
	join "$sg0" 0xabc
	unmap_lun 0
	cp "$scst/devices/d0/pr_state" "$tap_dir/before"
	echo "version 2" >"$file"
	assert_status 2 "not a state" scstctl pr load d0 "$file"
	assert_status 3 "$tap_dir/nothing: No such file" scstctl pr load d0 "$tap_dir/nothing"
	cmp "$scst/devices/d0/pr_state" "$tap_dir/before"
	assert_status 3 "device nobody" scstctl pr show nobody
	assert_status 2 "not the name of a device" scstctl pr show ../devices/d0
	assert_status 3 "/nowhere/file: cannot write" scstctl pr save d0 /nowhere/file
	assert_status 2 "usage: scstctl pr load DEVICE FILE" scstctl pr load d0
}

run_tests "$@"
