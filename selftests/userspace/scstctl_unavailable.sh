#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# scstctl and scst-bpfd without scst.ko: status 4, and what to do. Not tested: a kernel without BTF.
. "$(dirname "$0")/lib.sh"

setup_file()
{
	unload_scst
	echo '{ "policies": [ { "object": "minimal" } ] }' >"$config"
}

setup() { :; }
teardown() { :; }
teardown_file() { :; }

test_scstctl_names_the_module()	# for what reads and for what loads
{
	assert_status 4 "modprobe scst" scstctl show
	assert_status 4 "modprobe scst" scstctl policy list
	assert_status 4 "modprobe scst" scstctl policy load minimal
	assert_status 4 "modprobe scst" scstctl trace
}

test_daemon_names_the_module()	# and does not stay
{
	assert_status 4 "modprobe scst" scst-bpfd --config "$config"
	[ ! -e "$sock" ]
}

test_daemon_without_work_needs_no_module()	# an empty configuration is one
{
	echo '{}' >"$config"
	start_daemon --verbose
	stop_daemon
}

run_tests "$@"
