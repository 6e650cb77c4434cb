#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# scstctl policy and show, without the daemon.
#
# Disks go, or are hidden, while the host looks at them:
# expects: disks that go
. "$(dirname "$0")/lib.sh"

test_hidden_lun_vanishes_and_comes_back()	# REPORT LUNS and access follow load and unload, with I/O running
{
	start_load "$disk0" 20
	scstctl policy load lun_mask mask=scst_local_host@1:hide
	wait_for_luns 0
	assert_fails_with "Logical unit not supported" clear_then_tur "$sg1"
	scstctl policy unload lun_mask
	wait_for_luns 0 1
	clear_ua "$sg1"
	wait "$load"
}

clear_then_tur() # SG: what it says after unit attentions
{
	tur "$1" >/dev/null 2>&1
	tur "$1"
}

test_read_only_rule_protects()	# writes are refused with DATA PROTECT, reads go on
{
	scstctl policy load lun_mask mask=scst_local_host@1:read_only
	wait_for 5 writes_are_refused
	read_block "$sg1"
}

test_wildcards_and_default()	# an allow list: default hide, one LUN excepted
{
	scstctl policy load lun_mask default_access=2 'mask=scst_local_host@0:default'
	wait_for_luns 0
	scstctl policy unload lun_mask
	wait_for_luns 0 1
	scstctl policy load lun_mask 'mask=*@1:hide'
	wait_for_luns 0
}

test_scope_and_name()		# the same object twice, each with its own say
{
	scstctl policy load lun_mask name=elsewhere scope=target:nobody 'mask=*@*:hide'
	scstctl policy load lun_mask name=here scope=device:d1 priority=3 'mask=*@*:hide'
	wait_for_luns 0
	assert_eq "$(cat "$policies/here/scope")" "device d1"
	assert_eq "$(cat "$policies/here/priority")" 3
	scstctl policy unload here elsewhere
	nothing_is_left
}

test_list_and_show()		# as text and as JSON
{
	local json
	scstctl policy load lun_mask flags=hide_on_eject default_access=0 mask=scst_local_host@1:hide
	wait_for_luns 0
	assert_match "$(scstctl policy list)" "lun_mask +active"
	assert_eq "$(scstctl policy list --noheadings -o state,name)" "active lun_mask" "columns of a table"
	assert_eq "$(scstctl policy list --json | jq -c '.[] | [.name, .state, .pinned]')" \
		'["lun_mask","active",true]'
	json=$(scstctl policy show lun_mask --json)
	assert_eq "$(jq -r .options.default_access <<<"$json")" 0
	assert_eq "$(jq -c .mask <<<"$json")" '["scst_local_host@1:hide"]'
	assert_eq "$(jq -c .hooks <<<"$json")" '["lun_access"]'
	assert_match "$(jq .verdicts.lun_access.hide <<<"$json")" '^[1-9]'
	bpftool map dump pinned "$(jq -r .pins.lun_mask_rules <<<"$json")" | has scst_local_host
	assert_match "$(scstctl policy show lun_mask)" "mask +scst_local_host@1:hide"
}

test_ejected_policy_shows_why()	# the exit record; unload cleans up
{
	local json
	scstctl policy load minimal
	write_attr "$policies/minimal/eject" "for the test"
	json=$(scstctl policy show minimal --json)
	assert_eq "$(jq -r .state <<<"$json")" ejected
	assert_eq "$(jq -r '.exits[-1] | .kind + ": " + .text' <<<"$json")" "admin: for the test"
	scstctl policy unload minimal
	assert_status 3 "it left" scstctl policy show minimal
}

test_mask_that_is_ejected_hides()	# what is in its scope, unless it was loaded with no flags
{
	scstctl policy load lun_mask scope=device:d1 mask=scst_local_host@1:read_only
	wait_for 5 writes_are_refused
	scstctl policy eject lun_mask
	wait_for_luns 0
	scstctl policy update lun_mask scope=device:d1 flags= mask=scst_local_host@1:read_only
	wait_for_luns 0 1
	scstctl policy eject lun_mask
	wait_for 5 write_block "$sg1"
	luns_are 0 1
}

test_on_eject_says_what_is_left()	# open takes an object's own flag away; key and option
{
	scstctl policy load lun_mask scope=device:d1 on_eject=open mask=scst_local_host@1:read_only
	wait_for 5 writes_are_refused
	assert_eq "$(cat "$policies/lun_mask/flags")" 0x0 "flags, open"
	scstctl policy eject lun_mask
	wait_for 5 write_block "$sg1"
	luns_are 0 1
	scstctl policy update lun_mask scope=device:d1 --on-eject closed
	assert_eq "$(cat "$policies/lun_mask/flags")" 0x4 "flags, closed"
	scstctl policy eject lun_mask
	wait_for_luns 0
}

test_bad_options_leave_nothing()	# refused with the option named
{
	assert_status 2 "unknown option bogus (there are: default_access)" scstctl policy load lun_mask bogus=1
	assert_status 2 "default_access" scstctl policy load lun_mask default_access=99999999999
	assert_status 2 "scope" scstctl policy load lun_mask scope=everywhere
	assert_status 2 "priority" scstctl policy load lun_mask priority=-1
	assert_status 2 "unknown flag" scstctl policy load lun_mask flags=nice
	assert_status 2 "neither open nor closed" scstctl policy load lun_mask on_eject=ajar
	assert_status 2 "neither open nor closed" scstctl policy load lun_mask --on-eject=ajar
	assert_status 2 "unknown access" scstctl policy load lun_mask mask=x@1:deny
	assert_status 2 "takes no mask rules" scstctl policy load minimal mask=x@1:hide
	assert_status 2 "bad name" scstctl policy load ../lun_mask
	assert_status 2 "bad name" scstctl policy load lun_mask name=a.b
	assert_status 2 "is no policy" scstctl policy load cmdlog
	nothing_is_left
}

test_wrong_usage_is_status_2()		# and names what is possible
{
	assert_status 2 "unknown command" scstctl polici
	assert_status 2 "list|load|unload|show" scstctl policy
	assert_status 2 "usage: scstctl policy show NAME" scstctl policy show
	assert_status 2 "no such option" scstctl show --nonsense
	assert_status 2 "needs a value" scstctl trace --count
	assert_status 2 "not a positive number" scstctl trace --count 0
	scstctl policy load --help | has hide_on_eject
	scstctl --help | has "Exit status"
}

test_not_found_and_exists()		# statuses 3 and 6
{
	assert_status 3 "cannot read the BPF object" scstctl policy load nonesuch
	assert_status 3 "not loaded" scstctl policy unload minimal
	assert_status 3 "not loaded" scstctl policy show minimal
	scstctl policy load minimal
	assert_status 6 "already loaded" scstctl policy load minimal
}

test_unprivileged_user_is_refused()	# status 5; looking at sysfs is allowed
{
	scstctl policy load minimal
	assert_status 5 "root" as_nobody scstctl policy load lun_mask
	assert_status 5 "root" as_nobody scstctl policy unload minimal
	assert_status 5 "root" as_nobody scstctl trace --count 1
	assert_status 5 "root" as_nobody scstctl tracer list
	assert_eq "$(as_nobody scstctl policy list --json | jq -c '.[] | [.name, .pinned]')" '["minimal",null]'
	as_nobody scstctl policy show minimal | has active
	as_nobody scstctl show >/dev/null
}

as_nobody()
{
	setpriv --reuid=65534 --regid=65534 --clear-groups "$@"
}

test_directory_of_a_stranger_is_not_used()	# bpffs may be writable for all
{
	find "$pins" -depth -type d -exec rmdir {} +
	chmod 1777 /sys/fs/bpf
	as_nobody mkdir "$pins"
	assert_status 5 "not a directory of root alone" scstctl policy load minimal
	no_policies
	rmdir "$pins"
}

# What a load does to the kernel, and to files there, is these calls.
load_steps=bpf,mkdir,rename,renameat2,unlink,unlinkat,rmdir

load_mask() # LOG STRACE-OPTION...
{
	strace --quiet=all -o "$tap_dir/$1" "${@:2}" scstctl policy load lun_mask mask=scst_local_host@1:hide
}

# strace counts each kind of call by itself: "bpf:signal=KILL:when=7" for the Nth line of the log.
killed_at() # N
{
	local call
	call=$(sed -n "$1s/(.*//p" "$tap_dir/calls")
	echo "$call:signal=KILL:when=$(head -n "$1" "$tap_dir/calls" | grep -c "^$call(")"
}

test_killed_load_leaves_nothing_that_lasts()	# at any of its last steps; the next one clears up
{
	local nr i
	load_mask calls -e trace="$load_steps"
	nr=$(grep -c '^[a-z0-9]*(' "$tap_dir/calls")
	scstctl policy unload lun_mask
	for ((i = 0; i < $(amount 6 12); i++)); do
		! load_mask killed -e trace="$load_steps" -e inject="$(killed_at $((nr - i)))" ||
			fail "it was not killed at step $((nr - i)) of $nr"
		[ ! -e "$pins/policies/lun_mask" ] || scstctl policy unload lun_mask
		scstctl policy load minimal
		assert_eq "$(ls "$pins/policies")" minimal
		wait_for_luns 0 1
		scstctl policy unload minimal
	done
}

# Of the program in force: another one has another number.
program()
{
	bpftool -j prog show name lun_mask_access | jq -s 'flatten | .[0].id'
}

# It is freed some time after the last call.
is_gone() # PROGRAM
{
	! bpftool prog show id "$1" &>/dev/null
}

test_update_takes_another_build()	# and leaves the same one alone, unless it is told not to
{
	local before
	mkdir "$tap_dir/bpf"
	cp /usr/local/lib/scst/bpf/lun_mask.bpf.o "$tap_dir/bpf"
	export SCST_BPF_DIR=$tap_dir/bpf
	scstctl policy load lun_mask mask=scst_local_host@1:hide
	before=$(program)
	scstctl policy update lun_mask mask=scst_local_host@1:hide
	assert_eq "$(program)" "$before" program
	printf x >>"$tap_dir/bpf/lun_mask.bpf.o"	# as if it were another
	scstctl policy update lun_mask mask=scst_local_host@1:hide
	wait_for 5 is_gone "$before"
	before=$(program)
	scstctl policy update --force lun_mask mask=scst_local_host@1:hide
	wait_for 5 is_gone "$before"
	wait_for_luns 0
}

test_detached_policy_is_loaded_again()	# by load, and by update
{
	scstctl policy load lun_mask mask=scst_local_host@1:hide
	wait_for_luns 0
	bpftool link detach pinned "$pins/policies/lun_mask/link"
	wait_for_luns 0 1
	scstctl policy load lun_mask mask=scst_local_host@1:hide
	wait_for_luns 0
	bpftool link detach pinned "$pins/policies/lun_mask/link"
	scstctl policy update lun_mask mask=scst_local_host@0:hide
	wait_for_luns 1
	rm "$pins/policies/lun_mask/link"		# as an unload that was cut short
	wait_for_luns 0 1
	scstctl policy load lun_mask mask=scst_local_host@1:hide
	wait_for_luns 0
}

test_update_that_was_cut_short_is_finished()	# the maps that are in force are those that are shown
{
	scstctl policy load lun_mask mask=scst_local_host@1:hide
	# what an update leaves that is killed before its last step
	mv "$pins/policies/lun_mask" "$pins/policies/lun_mask~"
	mkdir -m 700 "$pins/policies/lun_mask"
	bpftool link pin pinned "$pins/policies/lun_mask~/link" "$pins/policies/lun_mask/link"
	scstctl policy load minimal
	assert_eq "$(ls "$pins/policies")" $'lun_mask\nminimal' pins
	scstctl policy update lun_mask mask=scst_local_host@0:hide
	wait_for_luns 1
	assert_eq "$(scstctl policy show lun_mask --json | jq -c .mask)" '["scst_local_host@0:hide"]' mask
}

test_parallel_loads_exclude_each_other()	# all succeed, one after the other
{
	local i pids=()
	for i in 1 2 3 4; do
		scstctl policy load minimal "name=p$i" &
		pids+=($!)
	done
	for i in "${pids[@]}"; do
		wait "$i"
	done
	assert_eq "$(scstctl policy list --json | jq length)" 4
	scstctl policy unload p1 p2 p3 p4
	nothing_is_left
}

test_show_json_has_the_tree()	# what was configured, from driver to device
{
	local json
	json=$(scstctl show --json)
	assert_eq "$(jq -r '.drivers[] | select(.name == "scst_local") | .targets[] |
		select(.name == "scst_local_tgt") | .luns[] | .name + " " + .links.device' <<<"$json")" \
		$'0 devices/d0\n1 devices/d1'
	assert_eq "$(jq -r '.devices[] | select(.name == "d0") | .attributes.size_mb' <<<"$json")" 64
	assert_match "$(scstctl show)" "session scst_local_host"
}

test_trace_prints_commands_and_leaves_nothing()	# with filters, as text and as JSON
{
	local json progs_before
	progs_before=$(bpftool prog show | nr_lines cmdlog || true)
	scstctl trace --json --count 3 --lun 0 --opcode 0x28 --initiator scst_local_host >"$tap_dir/trace" &
	read_while $!
	wait $!
	json=$(jq -sc 'map([.event, .lun, .opcode, .device, .bytes]) | unique' "$tap_dir/trace")
	assert_eq "$json" '[["cmd",0,40,"d0",4096]]'
	scstctl trace --count 2 >"$tap_dir/trace" &
	read_while $!
	wait $!
	assert_eq "$(wc -l <"$tap_dir/trace")" 3 "heading and two lines"
	wait_for 5 cmdlogs_are "$progs_before"
	nothing_is_left
}

cmdlogs_are()
{
	[ "$(bpftool prog show | nr_lines cmdlog)" = "$1" ]
}

is_traced()
{
	read_block "$sg0"
	[ -s "$tap_dir/trace" ]
}

test_trace_ends_cleanly_at_sigterm()	# status 0
{
	scstctl trace --json >"$tap_dir/trace" &
	wait_for 20 is_traced
	kill -TERM $!
	wait $!
}

test_events_without_daemon()		# status 4, and what to do
{
	assert_status 4 "systemctl start scst-bpfd" scstctl events
}

run_tests "$@"
