#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What kernel/replace.sh shows, for open-iscsi over loopback: the LUN leads to another device with the
# same data, again and again under verified load, and nobody notices but by the unit attentions that are
# promised. Logins are answered by iscsi.py.
#
# 60 seconds; `make soak` does each a thousand times.
# boot: --parallel

. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/stock.sh"
. "$(dirname "$0")/../lib/replace.sh"

case_timeout=120

setup_file()
{
	load_iscsi
	add_twins
	start_stock_initiator
	add_node twin0
	add_group "$itgt"
	write_attr "$itgt/aen_disabled" 1
	log_in
	who=$(ls "$itgt/sessions")	# run_tests has a name of its own
}

teardown_file()
{
	delete_node
	stop_stock_initiator
	unload_iscsi
	rm "$twin_file"
}

test_replace_no_ua_is_invisible()	# no status but GOOD
{
	replaced_under_load "$itgt" replace_no_ua
	assert_eq "$(bad_answers)" "" "answers that were not GOOD"
}

test_replace_tells_what_it_promises()	# INQUIRY DATA HAS CHANGED, REPORTED LUNS DATA HAS CHANGED
{
	replaced_under_load "$itgt" replace
	only_attentions 3f/03 3f/0e
}

test_change_of_group_tells_the_same()	# to one that has the other device, and back
{
	moved_under_load "$itgt" "$who"
	only_attentions 3f/03 3f/0e
}

test_blocked_device_is_replaced()	# what was held goes on with the other one
{
	blocked_under_load "$itgt"
	assert_eq "$(bad_answers)" "" "answers that were not GOOD"
}

run_tests "$@"
