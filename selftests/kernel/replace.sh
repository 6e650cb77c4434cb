#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# A LUN that leads to another device with the same data, again and again under verified load: by replace,
# and because its session changes its group. Nobody notices but by the unit attention that `replace` is
# for. All answers are counted, also those that the initiator hides by trying again. iSCSI has the same
# in iscsi/replace.sh; one command at each step where it may wait is in steps.sh.
#
# 60 seconds; `make soak` does each a thousand times.
# boot: --parallel

. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/../lib/scst.sh"
. "$(dirname "$0")/../lib/replace.sh"

case_timeout=120

setup_file()
{
	load_scst
	add_twins
	map_lun twin0 0
	add_group "$tgt"
	write_attr "$tgt/aen_disabled" 1	# or the host looks at its LUNs whenever it is told
	disk=$(disk_of 0)
}

teardown_file()
{
	unload_scst
	rm "$twin_file"
}

test_replace_no_ua_is_invisible()	# no status but GOOD
{
	replaced_under_load "$tgt" replace_no_ua
	assert_eq "$(bad_answers)" "" "answers that were not GOOD"
}

test_replace_tells_what_it_promises()	# INQUIRY DATA HAS CHANGED, REPORTED LUNS DATA HAS CHANGED
{
	replaced_under_load "$tgt" replace
	only_attentions 3f/03 3f/0e
}

test_change_of_group_tells_the_same()	# to one that has the other device, and back
{
	moved_under_load "$tgt" scst_local_host
	only_attentions 3f/03 3f/0e
}

test_blocked_device_is_replaced()	# what was held goes on with the other one
{
	blocked_under_load "$tgt"
	assert_eq "$(bad_answers)" "" "answers that were not GOOD"
}

run_tests "$@"
