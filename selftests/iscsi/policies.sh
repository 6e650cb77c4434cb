#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What policies know of iSCSI initiators and no other: the address from which they come. And what these
# are told while policies are not in force that are required.
#
# Sessions end, and their disks go:
# expects: detected conn error
# expects: disks that go
. "$(dirname "$0")/daemon_lib.sh"

PATH=$PATH:/usr/local/sbin
required=$scst/policies/required_policies

setup_file()
{
	add_addresses
	load_iscsi
}

setup()
{
	setup_targets
	start_daemon
}

teardown()
{
	local path
	write_attr "$required" ""
	for path in /sys/fs/bpf/scst/policies/*; do
		[ ! -e "$path" ] || scstctl policy unload "${path##*/}"
	done
	teardown_daemon
	teardown_targets
}

test_session_acl_by_address()	# exact and prefix, IPv4 and IPv6; others come in
{
	scstctl policy load session_acl rule="address=$addr1,action=deny" \
		rule='address=2001:db8:*,action=deny'
	assert_login_fails_with "Status: Authorization failure(514)" "$addr1"
	assert_login_fails_with "Status: Authorization failure(514)" "[$addr6]"
	assert_logs_in "$addr2"
	assert_match "$(cat "$scst/policies/session_acl/verdicts")" " deny=2$" verdicts
}

test_lun_mask_by_address()	# the same initiator sees the LUN from elsewhere
{
	scstctl policy load lun_mask rule="address=$addr1,access=hide"
	assert_login_fails_with LOGICAL_UNIT_NOT_SUPPORTED "$addr1"
	assert_logs_in "$addr2"
}

# A session that stays until &3 is closed.
hold_session()
{
	mkfifo "$tap_dir/held"
	python3 "$(dirname "$0")/initiator.py" <"$tap_dir/held" >"$tap_dir/heard" &
	holder=$!
	exec 3>"$tap_dir/held"
	echo "87 InitiatorName=$initiator TargetName=$iqn" >&3
	wait_for 20 has_session
}

connection()	# a number that no other one has
{
	stat -c %i "$itgt/sessions/$initiator"/*/ip
}

test_required_policies_keep_initiators_out()	# 0301, which means later; discovery shows nothing
{
	write_attr "$required" session_acl
	assert_login_fails_with "(769)"		# 0x0301
	daemon_says "required policies are not in force"
	assert_eq "$(discover)" "" "what discovery shows"
	scstctl policy load session_acl
	assert_logs_in
	assert_match "$(discover)" "$iqn" "what discovery shows"
	scstctl policy eject session_acl
	assert_login_fails_with "(769)"
	assert_eq "$(discover)" "" "what discovery shows"
	scstctl policy update session_acl
	assert_logs_in
}

test_a_login_that_is_refused_ends_no_session()	# that it would have taken the place of
{
	local before
	hold_session
	before=$(connection)
	write_attr "$required" session_acl
	assert_eq "$(printf '%s\n' "87 InitiatorName=$initiator TargetName=$iqn" |
		python3 "$(dirname "$0")/initiator.py" | cut -d' ' -f2)" 0301 "status of a login with the same ISID"
	has_session
	write_attr "$required" ""
	assert_eq "$(connection)" "$before" "its connection"
	exec 3>&-
	wait "$holder"
}

run_tests "$@"
