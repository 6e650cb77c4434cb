#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What programs of others write to sysfs, to the letter and in their order: SCST's cluster agents
# SCSTTarget and SCSTLun, and Cockpit's file sharing. What they call scstadmin with has unit tests
# (selftests/unit/scstadmin/test_callers.c); ClusterLabs' agents run in a machine of their own
# (selftests/vm/agents.sh).
. "$(dirname "$0")/../iscsi/lib.sh"

PATH=$PATH:/usr/local/sbin
file=$tap_dir/disk.img
device=disk1
hosts=$itgt/ini_groups/hosts

setup_file()
{
	load_iscsi
	truncate -s 8M "$file"
}

teardown_file()
{
	unload_iscsi
}

teardown()
{
	scstadmin -force -noprompt -clear_config
	[ ! -e "$itgt" ] || fail "$iqn is still there"
}

first_line() # FILE
{
	sed -n 1p "$1"
}

# SCSTTarget start: users of discovery and of the target, a portal; then the driver is enabled.
start_scst_target()
{
	echo "add_attribute IncomingUser joe secret123456" >"$iscsi/mgmt"
	echo "add_target $iqn" >"$iscsi/mgmt"
	echo "add_target_attribute $iqn allowed_portal 127.0.0.1" >"$iscsi/mgmt"
	echo "add_target_attribute $iqn IncomingUser joe secret123456" >"$iscsi/mgmt"
	echo 1 >"$iscsi/enabled"
}

# SCSTLun start, with additional_parameters "nv_cache=1 read_only=0": blanks become semicolons.
start_scst_lun()
{
	echo 0 >"$itgt/enabled"
	echo "add_device $device filename=$file;nv_cache=1;read_only=0" >"$scst/handlers/vdisk_fileio/mgmt"
	echo abcd1234 >"$scst/devices/$device/usn"
	echo abcd1234-7 >"$scst/devices/$device/t10_dev_id"
	echo "add $device 0" >"$itgt/luns/mgmt"
	echo 1 >"$itgt/enabled"
}

test_scst_target_and_lun_start()	# as SCST's agents do it
{
	start_scst_target
	start_scst_lun
	assert_eq "$(first_line "$itgt/enabled")" 1
	assert_eq "$(first_line "$itgt/IncomingUser")" "joe secret123456"
	assert_eq "$(first_line "$itgt/allowed_portal")" 127.0.0.1
	assert_eq "$(first_line "$scst/devices/$device/usn")" abcd1234
	assert_eq "$(first_line "$scst/devices/$device/t10_dev_id")" abcd1234-7
	# and how they know that it runs
	[ -e "$scst/handlers/vdisk_fileio/$device" ] || fail "no device below its handler"
	[ -e "$itgt/luns/0" ] || fail "no LUN"
}

test_scst_lun_and_target_stop()	# LUN, device, target
{
	start_scst_target
	start_scst_lun
	echo 0 >"$itgt/enabled"
	echo "del 0" >"$itgt/luns/mgmt"
	echo "del_device $device" >"$scst/handlers/vdisk_fileio/mgmt"
	echo 1 >"$itgt/enabled"
	assert_eq "$(find "$itgt/luns" -mindepth 1 -maxdepth 1 -type d)" ""
	echo 0 >"$itgt/enabled"
	echo "del_target $iqn" >"$iscsi/mgmt"
	[ ! -e "$itgt" ] || fail "the target is there"
}

test_cockpit_makes_a_target()	# name=value in the text, mgmt by way of the target's own directory
{
	echo "add_device $device filename=$file;blocksize=4096" >"$scst/handlers/vdisk_fileio/mgmt"
	echo "add_target $iqn" >"$iscsi/mgmt"
	echo 1 >"$iscsi/enabled"
	echo 1 >"$itgt/enabled"
	echo "add_target_attribute $iqn allowed_portal=127.0.0.1" >"$itgt/../mgmt"
	echo "create hosts" >"$itgt/ini_groups/mgmt"
	echo "add iqn.2026-01.org.example:host" >"$hosts/initiators/mgmt"
	echo "add $device 0" >"$hosts/luns/mgmt"
	echo "add_target_attribute $iqn IncomingUser=joe secret123456" >"$itgt/../mgmt"
	assert_eq "$(first_line "$itgt/IncomingUser")" "joe secret123456"
	assert_eq "$(find "$itgt" -name 'allowed_portal*' -printf '%f ')" "allowed_portal "
	assert_eq "$(find "$iscsi" -mindepth 1 -maxdepth 1 \( -type d -o -type l \) -printf '%f ')" "$iqn "
	assert_eq "$(find "$scst/handlers/vdisk_fileio" -mindepth 1 -maxdepth 1 -type l -printf '%f ')" \
		"$device "
	assert_match "$(cat "$scst/devices/$device/blocksize")" "^4096"
}

test_cockpit_takes_it_apart()	# users by their names alone
{
	test_cockpit_makes_a_target
	echo "del_target_attribute $iqn IncomingUser=joe" >"$itgt/../mgmt"
	echo "del_target_attribute $iqn allowed_portal=127.0.0.1" >"$itgt/../mgmt"
	[ ! -e "$itgt/IncomingUser" ] || fail "the user is there"
	[ ! -e "$itgt/allowed_portal" ] || fail "the portal is there"
	echo "del 0" >"$hosts/luns/mgmt"
	echo "del iqn.2026-01.org.example:host" >"$hosts/initiators/mgmt"
	echo "del hosts" >"$hosts/../mgmt"
	echo "del_target $iqn" >"$iscsi/mgmt"
	echo "del_device $device" >"$scst/handlers/vdisk_fileio/mgmt"
	[ ! -e "$scst/devices/$device" ] || fail "the device is there"
}

run_tests "$@"
