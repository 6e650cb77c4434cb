#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# scstctl and scst-bpfd where no policy can be: without scst.ko, and with one that has no BTF, which
# serves disks all the same.
#
# Disks go, or are hidden, while the host looks at them:
# expects: disks that go
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
	assert_status 4 "modprobe scst" scstctl policy require
	assert_status 4 "modprobe scst" scstctl policy require minimal
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

# As a build without a vmlinux beside the kernel headers makes it.
load_scst_without_btf()
{
	local needed
	for needed in $(modinfo -F depends scst | tr , ' '); do
		modprobe "$needed"
	done
	objcopy -R .BTF -R .BTF.base "$(modinfo -n scst)" "$tap_dir/scst.ko"
	insmod "$tap_dir/scst.ko"
	load_scst
}

test_without_btf_disks_work_and_policies_are_refused_with_the_reason()
{
	local disk
	load_scst_without_btf
	assert_match "$(cat "$scst/policy_available")" "has no BTF"
	add_null plain "size_mb=64; read_zero=1"
	map_lun plain 0
	disk=$(disk_of 0)
	dd if="$disk" bs=4k count=16 iflag=direct status=none | cmp -n 65536 - /dev/zero
	assert_status 4 "has no BTF" scstctl policy load minimal
	scstctl show | has plain
	unmap_lun 0
	del_null plain
	unload_scst
}

# What is required can never be in force: the daemon goes, and nobody gets in.
test_without_btf_what_is_required_keeps_everybody_out()	# until somebody drops it
{
	load_scst_without_btf
	echo '{ "required_policies": [ "minimal" ], "policies": [ { "object": "minimal" } ] }' >"$config"
	assert_status 4 "has no BTF" scst-bpfd --config "$config"
	assert_eq "$(cat "$scst/policies/waiting_for")" "minimal not_loaded" "what is waited for"
	add_null plain "size_mb=64; read_zero=1"
	map_lun plain 0
	no_sdev 0
	scstctl policy require --drop minimal
	wait_for 20 has_disk 0
	unmap_lun 0
	del_null plain
	unload_scst
}

run_tests "$@"
