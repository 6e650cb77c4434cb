#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What administrators of SCST say to iSCSI besides scstadmin: initiators.deny and initiators.allow,
# iscsi-scst-adm, the name of the iSNS entity. What lines of those files mean, and all that
# iscsi-scst-adm does, have unit tests (selftests/unit/iscsi/test_hosts.c,
# selftests/unit/scstadmin/test_adm.c).
#
# Sessions end, and their disks go:
# expects: detected conn error
# expects: disks that go
. "$(dirname "$0")/daemon_lib.sh"
. "$(dirname "$0")/isns_lib.sh"

PATH=$PATH:/usr/local/sbin

teardown()
{
	rm -f /etc/initiators.deny /etc/initiators.allow
	teardown_daemon
	write_attr "$iscsi/iSNSServer" ""
	write_attr "$iscsi/isns_entity_name" ""
	teardown_isnsd
	teardown_targets
	delete_users
}

test_denied_host_neither_logs_in_nor_is_shown()	# unless it is allowed: from the next login on
{
	start_daemon
	assert_logs_in
	echo "$iqn ALL" >/etc/initiators.deny
	assert_login_fails_with "Target not found"
	daemon_says "its host may not log in"
	assert_logs_in 127.0.0.1 "" "$iqn2"
	assert_no_match "$(discover)" "$iqn "
	assert_match "$(discover)" "$iqn2 "
	echo "ALL 192.0.2.0/24, 127.0.0.0/8" >/etc/initiators.allow
	assert_logs_in
	assert_match "$(discover)" "$iqn "
}

test_file_that_cannot_be_read_closes_all()	# by the user that the daemon is
{
	start_daemon
	echo "$iqn 192.0.2.77" >/etc/initiators.deny
	assert_logs_in
	chmod 600 /etc/initiators.deny
	assert_login_fails_with "(768)"	# 0x0300
	daemon_says "cannot read which hosts may log in: Permission denied"
	assert_eq "$(discover)" ""
}

test_daemon_reads_them_in_its_sandbox()	# no system call is missing
{
	mark_log
	start_daemon
	echo "ALL 192.0.2.77" >/etc/initiators.deny
	echo "ALL 192.0.2.77" >/etc/initiators.allow
	assert_logs_in
	assert_no_match "$(log_since_mark)" "type=1326"
}

test_targets_have_numbers()	# iscsi-scst-adm makes one, gives it a user, and takes it away
{
	local tid
	start_daemon
	tid=$(iscsi-scst-adm --op new --params "Name=$iqn"3 | sed -n 's/^tid=//p')
	assert_eq "$(cat "$iscsi/$iqn"3/tid)" "$tid" tid
	iscsi-scst-adm --op new --tid "$tid" --user --params IncomingUser=joe,Password=secret123456
	iscsi-scst-adm --op update --tid "$tid" --params MaxBurstLength=65536,NopInInterval=0
	assert_eq "$(sed -n 1p "$iscsi/$iqn"3/IncomingUser)" "joe secret123456"
	assert_match "$(iscsi-scst-adm --op show --tid "$tid" --sid 0)" "MaxBurstLength=65536"
	write_attr "$iscsi/$iqn"3/luns/mgmt "add n1 0"
	write_attr "$iscsi/$iqn"3/enabled 1
	assert_login_fails_with "uthenticat" 127.0.0.1 "" "$iqn"3
	assert_logs_in 127.0.0.1 "joe%secret123456@" "$iqn"3
	wait_for 20 no_sessions_of "$iqn"3
	iscsi-scst-adm --op delete --tid "$tid"
	[ ! -e "$iscsi/$iqn"3 ] || fail "the target is there"
	assert_status 3 "no target has tid $tid" iscsi-scst-adm --op delete --tid "$tid"
}

no_sessions_of() # IQN
{
	[ -z "$(ls "$iscsi/$1/sessions")" ]
}

# assert_status STATUS TEXT COMMAND...: it ends with that status, and says TEXT.
assert_status()
{
	local expected=$1 text=$2 status=0 output
	shift 2
	output=$("$@" 2>&1) || status=$?
	assert_eq "$status" "$expected" "exit status of $*, which says '$output',"
	[[ $output == *"$text"* ]] || fail "'$*' says '$output', expected '$text'"
}

test_session_is_closed_by_its_number()	# which sysfs has
{
	local sid tid
	tid=$(cat "$iscsi/$iqn/tid")
	start_daemon
	iscsiadm -m discovery -t sendtargets -p 127.0.0.1 >/dev/null
	iscsiadm -m node -T "$iqn" -p 127.0.0.1 --login
	wait_for 20 has_session
	sid=0x$(cat "$iscsi/$iqn"/sessions/*/sid)
	assert_match "$(iscsi-scst-adm --op show --tid "$tid" --sid "$sid")" "InitialR2T=No"
	assert_status 6 "has sessions" iscsi-scst-adm --op delete --tid "$tid"
	iscsi-scst-adm --op delete --tid "$tid" --sid "$sid" --cid 0
	wait_for 20 session_is_another "$sid"
	iscsiadm -m node -T "$iqn" -p 127.0.0.1 --logout
}

# The initiator comes again.
session_is_another() # SID
{
	local now
	now=$(cat "$iscsi/$iqn"/sessions/*/sid)
	[ "0x$now" != "$1" ]
}

test_entity_has_its_name()	# isns_entity_name, and a new one while targets are registered
{
	start_isnsd
	write_attr "$iscsi/isns_entity_name" array-1.example.org
	start_daemon
	write_attr "$iscsi/iSNSServer" 127.0.0.1
	wait_for 20 server_knows nodes "$iqn"
	server_knows entities array-1.example.org
	write_attr "$iscsi/isns_entity_name" array-2.example.org
	wait_for 20 server_knows entities array-2.example.org
	wait_for 20 server_forgot entities array-1.example.org
	server_knows nodes "$iqn"
}

run_tests "$@"
