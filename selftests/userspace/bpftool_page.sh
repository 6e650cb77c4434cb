#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# docs/bpftool.md says what one can do with bpftool alone: its commands are run, block by block, and
# must do what the page says.
#
# Disks go, or are hidden, while the host looks at them:
# expects: disks that go
. "$(dirname "$0")/lib.sh"

page=docs/bpftool.md

# The lines of the page's Nth block.
block() # N
{
	awk -v n="$1" '/^```$/ { inside = !inside; blocks += inside; next } inside && blocks == n' "$page"
}

# Commands stand behind "# ", and go on in the next line after a backslash or a pipe.
commands() # N
{
	block "$1" | awk '/^# / { sub(/^# /, ""); print; more = /[\\|]$/; next } more { print; more = /[\\|]$/ }'
}

run_block() # N
{
	local commands
	commands=$(commands "$1")
	[ -n "$commands" ] || fail "$page has no block $1"
	eval "$commands"
}

limit_is() # IOPS
{
	bpftool map dump pinned "$pins/policies/qos/qos_buckets" | has "\"iops\": $1,"
}

# A command now and then: a bucket looks at its rule when it is used.
limit_becomes() # IOPS
{
	read_block "$sg0" && limit_is "$1"
}

test_page_about_bpftool_is_true()	# a rule of the mask and a limit: shown, changed, added, deleted
{
	run_block 1
	wait_for_luns 0
	run_block 2 >"$tap_dir/shown"
	assert_match "$(cat "$tap_dir/shown")" "struct_ops .*name lun_mask_access.*struct_ops.*name lun_mask_rules" objects
	assert_eq "$(run_block 3)" "$(block 3 | grep -v '^# ')" "what the page shows of the mask"
	cd "$pins/policies/lun_mask"
	page=$OLDPWD/$page
	run_block 4
	wait_for_luns 0 1
	clear_ua "$sg1"
	wait_for 5 writes_are_refused
	assert_eq "$(scstctl policy show lun_mask --json | jq -c .mask)" '["scst_local_host@1:read_only"]'
	run_block 5
	wait_for_luns 1
	run_block 6 >"$tap_dir/hits"
	wait_for_luns 0 1
	assert_match "$(cat "$tap_dir/hits")" '"value": [1-9]' "hits of exact rules"
	clear_ua "$sg0"
	read_block "$sg0"
	assert_match "$(run_block 7)" '"iops": 100,' "buckets"
	cd "$pins/policies/qos"
	run_block 8
	wait_for 10 limit_becomes 1000
	assert_eq "$(scstctl policy show qos --json | jq -c .rules)" '["lun=0,iops=1000"]' rules
	run_block 9
	assert_eq "$(bpftool map dump pinned qos_buckets | jq length)" 0 "buckets left"
	assert_eq "$(block 10)" "" "a block that is not run"
}

run_tests "$@"
