#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# docs/bpftool.md says what one can do with bpftool alone: its commands are run, block by block, and
# must do what the page says.
#
# Disks go, or are hidden, while the host looks at them:
# expects: disks that go
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/../lib/page.sh"

page=docs/bpftool.md

# The page shows some of what its commands print, which `follow` has compared.
run_block() # N
{
	follow "$page" "$1"
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
	page=$PWD/$page
	run_block 3
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
	run_block 7 >"$tap_dir/buckets"
	assert_match "$(cat "$tap_dir/buckets")" '"iops": 100,' "buckets"
	run_block 8
	wait_for 10 limit_becomes 1000
	assert_eq "$(scstctl policy show qos --json | jq -c .rules)" '["lun=0,iops=1000"]' rules
	run_block 9
	assert_eq "$(bpftool map dump pinned qos_buckets | jq length)" 0 "buckets left"
	assert_eq "$(grep -c '^```$' "$page")" 18 "lines that begin or end a block: all of them are run"
}

test_page_about_hooks_is_true()	# what it shows of a policy that is loaded
{
	scstctl policy load lun_mask mask=scst_local_host@1:hide
	follow docs/policy-hooks.md
}

run_tests "$@"
