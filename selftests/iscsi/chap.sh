#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# CHAP with stock initiators: one way, both ways, for discovery, several users, each algorithm.
#
# Sessions that the target ends:
# expects: detected conn error
# expects: disks that go
. "$(dirname "$0")/daemon_lib.sh"

user() # ATTRIBUTE NAME SECRET
{
	iscsi_mgmt add_target_attribute "$iqn" "$@"
}

test_user_has_to_know_the_secret()	# the right one comes in, nobody else does
{
	user IncomingUser joe 12charsecret
	start_daemon
	assert_logs_in 127.0.0.1 joe%12charsecret@
	assert_login_fails_with "Authentication failure" 127.0.0.1 joe%12charsecrex@
	assert_login_fails_with "Authentication failure" 127.0.0.1 jim%12charsecret@
	assert_login_fails_with "Authentication failure"
	assert_logs_in 127.0.0.1 "" "$iqn2"	# which asks for none
	daemon_says "CHAP: wrong user or secret"
	! grep -q 12chars "$daemon_log" || fail "a secret is in the log"
}

test_several_users_may_come()	# each with his own secret only; one that is deleted is out
{
	user IncomingUser joe 12charsecret
	user IncomingUser1 joe2 12charsecret2
	start_daemon
	assert_logs_in 127.0.0.1 joe%12charsecret@
	assert_logs_in 127.0.0.1 joe2%12charsecret2@
	assert_login_fails_with "Authentication failure" 127.0.0.1 joe2%12charsecret@
	iscsi_mgmt del_target_attribute "$iqn" IncomingUser1 joe2
	assert_login_fails_with "Authentication failure" 127.0.0.1 joe2%12charsecret2@
}

test_every_algorithm_is_spoken()	# and of those offered the strongest, whatever their order
{
	user IncomingUser joe 12charsecret
	start_daemon
	cat >"$tap_dir/chap.py" <<-END
		import sys
		sys.path.insert(0, "$(dirname "$0")")
		from initiator import Login
		names = ("InitiatorName=$initiator", "TargetName=$iqn")
		for offer, chosen in (("5", "5"), ("6", "6"), ("7", "7"), ("8", "8"), ("5,6,7,8", "8"),
		                      ("5,7,6", "7")):
		    status, keys = Login().chap(names, offer, "joe", "12charsecret")
		    assert (status, keys["CHAP_A"]) == (0, chosen), (offer, hex(status), keys)
		    status, _ = Login().chap(names, offer, "joe", "12charsecrex")
		    assert status == 0x201, hex(status)
		status, _ = Login().chap(names, "99", "joe", "12charsecret")
		assert status == 0x201, hex(status)
	END
	python3 "$tap_dir/chap.py"
}

test_md5_can_be_forbidden()	# CHAPAlgorithms
{
	user IncomingUser joe 12charsecret
	echo "CHAPAlgorithms SHA3-256,SHA256" >"$daemon_conf"
	start_daemon
	cat >"$tap_dir/chap.py" <<-END
		import sys
		sys.path.insert(0, "$(dirname "$0")")
		from initiator import Login
		names = ("InitiatorName=$initiator", "TargetName=$iqn")
		status, _ = Login().chap(names, "5,6", "joe", "12charsecret")
		assert status == 0x201, hex(status)
		status, _ = Login().chap(names, "5,7", "joe", "12charsecret")
		assert status == 0, hex(status)
	END
	python3 "$tap_dir/chap.py"
	daemon_says "no common CHAP algorithm"
}

# open-iscsi: node settings as NAME VALUE pairs, then log in and out.
log_in_and_out() # NAME VALUE...
{
	iscsiadm -m node -T "$iqn" -p 127.0.0.1 -o new >/dev/null
	while [ $# -gt 0 ]; do
		iscsiadm -m node -T "$iqn" -p 127.0.0.1 -o update -n "node.session.$1" -v "$2"
		shift 2
	done
	iscsiadm -m node -T "$iqn" -p 127.0.0.1 --login
	assert_eq "$(ls "$itgt/sessions")" "$initiator" "sessions"
	iscsiadm -m node -T "$iqn" -p 127.0.0.1 --logout
	wait_for 10 no_sessions
}

test_tab_between_name_and_secret_is_a_blank()	# and no part of either
{
	user IncomingUser $'joe\t12charsecret'
	user OutgoingUser $'jack\t12charsecret1'
	start_daemon
	log_in_and_out auth.authmethod CHAP auth.username joe auth.password 12charsecret \
		auth.username_in jack auth.password_in 12charsecret1
	assert_login_fails_with "Authentication failure" 127.0.0.1 joe%@
	! grep -q 12chars "$daemon_log" || fail "a secret is in the log"
}

test_both_prove_who_they_are()	# open-iscsi, mutual; a target with another secret is not believed
{
	local half="auth.authmethod CHAP auth.username joe auth.password 12charsecret auth.username_in jack"
	user IncomingUser joe 12charsecret
	user OutgoingUser jack 12charsecret1
	start_daemon
	# shellcheck disable=SC2086  # pairs
	log_in_and_out $half auth.password_in 12charsecret1
	# shellcheck disable=SC2086
	assert_fails_with "login failure" log_in_and_out $half auth.password_in 12charsecret2
	wait_for 10 no_sessions
}

test_same_secret_for_both_is_refused()	# it would prove nothing
{
	user IncomingUser joe 12charsecret
	user OutgoingUser jack 12charsecret
	start_daemon
	assert_fails_with "authorization failure" log_in_and_out auth.authmethod CHAP \
		auth.username joe auth.password 12charsecret \
		auth.username_in jack auth.password_in 12charsecret
	daemon_says "have the same secret"
}

test_discovery_has_its_own_users()	# the targets' are not asked, and the other way round
{
	iscsi_mgmt add_attribute IncomingUser joeD 12charsecretD
	user IncomingUser joe 12charsecret
	start_daemon
	assert_match "$(discover || true)" "Authentication failure"
	assert_match "$(discover 127.0.0.1 joe%12charsecret@ || true)" "Authentication failure"
	assert_match "$(discover 127.0.0.1 joeD%12charsecretD@)" "(^|[[:space:]])$iqn "
	assert_login_fails_with "Authentication failure" 127.0.0.1 joeD%12charsecretD@
	assert_logs_in 127.0.0.1 joe%12charsecret@
}

run_tests "$@"
