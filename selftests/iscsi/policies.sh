#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What policies know of iSCSI initiators and no other: the address from which they come.
#
# Sessions end, and their disks go:
# expects: detected conn error
# expects: disks that go
. "$(dirname "$0")/daemon_lib.sh"

PATH=$PATH:/usr/local/sbin

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

run_tests "$@"
