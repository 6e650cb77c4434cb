#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Two guests of one file: they reach each other, and what is done in the second one comes back.
# guests: 2

. "$(dirname "$0")/../lib/tap.sh"

where=here

whoami_here()
{
	echo "$(hostname) $where"
}

fails_there()
{
	echo "some output"
	echo "a reason" >&2
	return 3
}

test_guests_reach_each_other()	# both ways, by the addresses that both know
{
	busybox ping -c 3 -w 20 "$second_guest"
	on_peer busybox ping -c 3 -w 20 "$first_guest"
}

test_data_arrive_whole()	# a megabyte is the same at the other end
{
	on_peer mkdir /tmp/served
	on_peer dd if=/dev/urandom of=/tmp/served/data bs=1M count=1
	on_peer busybox httpd -p 5000 -h /tmp/served
	busybox wget -q -O "$tap_dir/data" "http://$second_guest:5000/data"
	on_peer pkill -x busybox
	assert_eq "$(md5sum <"$tap_dir/data")" "$(on_peer cat /tmp/served/data | md5sum)"
}

test_it_is_another_machine()	# with a kernel of its own, in the same checkout
{
	assert_eq "$(hostname)" guest1
	assert_eq "$(on_peer hostname)" guest2
	[ "$(on_peer cat /proc/sys/kernel/random/boot_id)" != "$(cat /proc/sys/kernel/random/boot_id)" ]
	assert_eq "$(on_peer pwd)" "$(pwd)"
}

test_functions_of_the_file_are_known_there()	# with the variables that it sets at its beginning
{
	where=there
	assert_eq "$(on_peer whoami_here)" "guest2 here"
}

test_output_and_status_come_back()	# each its own way, arguments as they are
{
	local status=0
	on_peer fails_there >"$tap_dir/out" 2>"$tap_dir/err" || status=$?
	assert_eq "$status" 3 "status"
	assert_eq "$(cat "$tap_dir/out")" "some output"
	assert_eq "$(cat "$tap_dir/err")" "a reason"
	assert_eq "$(on_peer printf '%s,' 'a  b' '$x' '' "it's")" "a  b,\$x,,it's,"
}

test_failure_there_fails_the_test_here()	# as any command that fails
{
	assert_fails_with "a reason" on_peer fails_there
	assert_fails_with "expected '2'" on_peer assert_eq 1 2
}

test_commands_there_run_side_by_side()	# one that waits for the other
{
	on_peer wait_for 30 test -e /tmp/second &
	on_peer touch /tmp/second
	wait $!
}

run_tests "$@"
