# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2034,SC2154
#
# What tests of scstctl's configurations share: the modules, open-iscsi, and that all is gone behind each.

. "$(dirname "${BASH_SOURCE[0]}")/../iscsi/daemon_lib.sh"

PATH=$PATH:/usr/local/sbin
json=/etc/scst/scst.json
conf=$tap_dir/conf.json
first=$tap_dir/first.img

setup_file()
{
	load_iscsi
	start_open_iscsi
	truncate -s 8M "$first"
}

teardown_file()
{
	stop_open_iscsi
	unload_iscsi
}

setup()
{
	:
}

teardown()
{
	iscsiadm -m node --logout >/dev/null 2>&1 || true
	rm -rf /etc/iscsi/nodes /etc/iscsi/send_targets "$json"
	teardown_daemon
	echo '{ "drivers": [ { "name": "iscsi", "enabled": false } ] }' >"$tap_dir/nothing"
	scstctl apply --prune --force "$tap_dir/nothing" >/dev/null
	[ ! -d "$itgt" ] || fail "$iqn is still there"
	[ -z "$(ls "$scst/devices")" ] || fail "devices are still there: $(ls "$scst/devices")"
}

# It ends with that status; what it says is in $said.
ends_with() # STATUS COMMAND...
{
	local expected=$1 status=0
	shift
	said=$("$@" 2>&1) || status=$?
	assert_eq "$status" "$expected" "status of $*, which says '$said',"
}
