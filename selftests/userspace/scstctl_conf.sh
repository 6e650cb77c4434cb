#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# scstctl plan, diff, apply, save, import, export and the verbs of single objects, on the real modules
# and with real initiators: what is planned is done, what is saved is the same again, who uses
# something keeps it, and a target of LIO moves. What is planned of what has unit tests
# (selftests/unit/scstctl). That scst.service restores a file is vm/scst_service.sh's; what comes of a
# program that is killed, or of two at once, scstctl_races.sh's.
#
# Disks go under an initiator that was told so, and sessions are closed:
# expects: disks that go
# expects: detected conn error
# shellcheck disable=SC2154	# of iscsi/lib.sh
. "$(dirname "$0")/scstctl_conf_lib.sh"
. "$(dirname "$0")/../lib/lio.sh"

write_conf() # [MORE KEYS OF THE TARGET]
{
	cat >"$conf" <<-EOT
	{
		"handlers": [
			{ "name": "vdisk_fileio", "devices": [
				{ "name": "first", "filename": "$first", "usn": "4711" } ] },
			{ "name": "vdisk_nullio", "devices": [
				{ "name": "null", "size_mb": 64 } ] }
		],
		"drivers": [
			{ "name": "iscsi", "enabled": true, "targets": [
				{ "name": "$iqn", "enabled": true, ${1:-}
				  "luns": [ { "lun": 0, "device": "first" } ],
				  "groups": [
					{ "name": "zebra", "initiators": [ "iqn.z*" ],
					  "luns": [ { "lun": 3, "device": "null", "read_only": true } ] },
					{ "name": "ant", "initiators": [ "iqn.a" ] } ] } ] }
		]
	}
	EOT
}

test_plan_is_done_and_then_nothing()	# 7: there is something to do; 0: no more
{
	write_conf '"IncomingUser": [ "joe secret123456" ],'
	ends_with 7 scstctl plan "$conf"
	assert_match "$said" "[+] target iscsi/$iqn" plan
	assert_no_match "$said" secret plan
	[ ! -d "$itgt" ] || fail "the plan was done"
	scstctl plan --json "$conf" >"$tap_dir/plan" || true
	scstctl apply "$conf" >"$tap_dir/steps"
	assert_eq "$(jq -r '.steps[].what' "$tap_dir/plan")" "$(cut -c 3- "$tap_dir/steps")" "what was done"
	assert_eq "$(head -n 1 "$itgt/IncomingUser")" "joe secret123456" user
	assert_eq "$(cat "$itgt/enabled")" 1 enabled
	ends_with 0 scstctl plan --prune "$conf"
	ends_with 0 scstctl diff "$conf"
	assert_eq "$said" "" diff
}

test_what_is_saved_is_the_same_again()	# for root only; and the table has every attribute
{
	write_conf '"IncomingUser": [ "joe secret123456" ], "alias": "of a test",'
	scstctl apply "$conf" >/dev/null
	scstctl save
	assert_eq "$(stat -c %a "$json")" 600 "mode of the file"
	ends_with 0 scstctl diff
	assert_eq "$(jq '[.. | objects | select(has("attributes"))] | length' "$json")" 0 \
		"objects with an attribute that no key is for, in $(cat "$json"),"
	assert_no_match "$(scstctl save - 2>/dev/null)" secret "what is saved to standard output"
	assert_eq "$(jq -r '.drivers[] | select(.name == "iscsi").targets[0].groups[].name' "$json" |
		xargs)" "zebra ant" groups
}

test_nothing_of_a_file_with_faults_is_done()	# each is told with its line
{
	write_conf '"alias": 5, "nonsense": true, "QueuedCommands": 0,'
	ends_with 2 scstctl apply "$conf"
	assert_match "$said" "$conf:10: driver iscsi: target $iqn: alias: must be a string" faults
	assert_match "$said" "$conf:10: driver iscsi: target $iqn: nonsense: unknown key" faults
	assert_match "$said" "QueuedCommands: must be a number from 1 to 2048" faults
	[ ! -d "$itgt" ] && [ ! -d "$scst/devices/first" ] || fail "some of it was done"
	sed -i "s|$first|/nowhere/x|; s/\"alias.*: 0,//" "$conf"
	ends_with 2 scstctl apply "$conf"
	assert_match "$said" "device first: filename: /nowhere/x: No such file" "what is not there"
	[ ! -d "$scst/devices/null" ] || fail "some of it was done"
}

test_what_is_not_listed_stays_and_may_go()	# --prune
{
	write_conf
	scstctl apply "$conf" >/dev/null
	scstctl device add extra vdisk_nullio size_mb=1
	scstctl lun add "$iqn" 7 extra
	ends_with 0 scstctl plan "$conf"
	assert_match "$said" "not in the file and stay" plan
	ends_with 7 scstctl diff "$conf"
	assert_match "$said" "- LUN 7 \(extra\)" diff
	scstctl apply --prune "$conf" >/dev/null
	[ ! -d "$scst/devices/extra" ] && [ ! -d "$itgt/luns/7" ] || fail "extra is still there"
	[ -d "$itgt/luns/0" ] || fail "LUN 0 is gone"
}

test_what_no_file_can_say_is_not_saved()	# and the old file stays
{
	write_conf
	scstctl apply "$conf" >/dev/null
	scstctl save
	cp "$json" "$tap_dir/before"
	write_attr "$itgt/ini_groups/zebra/initiators/mgmt" "add iqn.a"
	ends_with 2 scstctl save
	assert_match "$said" "initiator iqn.a: is in another group of this target" "what it says"
	cmp "$json" "$tap_dir/before" || fail "the file was written"
	write_attr "$itgt/ini_groups/zebra/initiators/mgmt" "del iqn.a"
	printf 'B\374ro' >"$itgt/alias"
	ends_with 2 scstctl save
	cmp "$json" "$tap_dir/before" || fail "the file was written"
	write_attr "$itgt/alias" ""
	scstctl save
	scstctl restore
}

test_what_the_kernel_refuses_is_refused_before()	# the old one stays, and nobody gets in
{
	local value
	write_conf '"IncomingUser": [ "joe secret123456" ], "allowed_portal": [ "127.0.0.1" ],'
	scstctl apply "$conf" >/dev/null
	for value in "allowed_portal 10.0.0.0/8" "allowed_portal eth0" "IncomingUser a=b secret123456"; do
		ends_with 2 scstctl target set "$iqn" "${value/ /=}"
		assert_fails_with "Invalid argument" write_attr "$iscsi/mgmt" "add_target_attribute $iqn $value"
	done
	assert_eq "$(head -n 1 "$itgt/IncomingUser")" "joe secret123456" user
	assert_eq "$(head -n 1 "$itgt/allowed_portal")" 127.0.0.1 portal
	ends_with 2 scstctl target add "iscsi/iqn.x+y"
	assert_fails_with "Invalid argument" write_attr "$iscsi/mgmt" "add_target iqn.x+y"
}

test_groups_have_an_order()	# which the kernel has, and apply does not pretend to have
{
	write_conf
	scstctl apply "$conf" >/dev/null
	sed -i 's/"groups": \[/"groups": [ { "name": "blocked", "initiators": [ "iqn.zz", "iqn.b" ] },/' "$conf"
	ends_with 2 scstctl apply "$conf"
	assert_match "$said" "group blocked of iscsi/$iqn cannot come before group zebra" refusal
	ends_with 7 scstctl diff "$conf"
	scstctl group del "$iqn" zebra >/dev/null
	scstctl apply "$conf" >/dev/null
	ends_with 0 scstctl diff "$conf"
}

test_a_device_that_is_made_again_keeps_its_luns()	# also those that nobody lists
{
	write_conf
	scstctl apply "$conf" >/dev/null
	scstctl device set null blocksize=4096 >/dev/null
	assert_eq "$(head -n 1 "$scst/devices/null/blocksize")" 4096 blocksize
	assert_eq "$(sed -n 2p "$itgt/ini_groups/zebra/luns/3/read_only")" "[key]" "read_only is kept"
	ends_with 1 scstctl device set first blocksize=4096 read_only=yes filename=/etc
	assert_eq "$(head -n 1 "$scst/devices/first/filename")" "$first" "filename of one that cannot be made"
	assert_eq "$(head -n 1 "$scst/devices/first/usn")" 4711 "its usn"
	[ -d "$itgt/luns/0" ] || fail "its LUN is gone"
}

test_what_cannot_be_had_differs()	# 7, and why
{
	echo '{ "drivers": [ { "name": "qla2x00t", "targets": [ { "name": "x" } ] } ] }' >"$conf"
	ends_with 7 scstctl diff "$conf"
	assert_match "$said" "driver qla2x00t|module" "what it says"
}

log_in()
{
	iscsiadm -m node -T "$iqn" -p 127.0.0.1 -o new >/dev/null
	iscsiadm -m node -T "$iqn" -p 127.0.0.1 --login >/dev/null
	wait_for 10 has_session
}

test_who_uses_something_keeps_it()	# 6, unless it is forced; and sessions can be closed
{
	write_conf
	scstctl apply "$conf" >/dev/null
	start_daemon
	log_in
	ends_with 6 scstctl device del first
	assert_match "$said" "device first of vdisk_fileio: $initiator sees it as LUN 0" refusal
	ends_with 6 scstctl target del "$iqn"
	ends_with 6 scstctl lun replace "$iqn" 0 null
	ends_with 6 scstctl lun del "$iqn" 0
	sed -i 's/"usn": "4711"/"usn": "4711", "blocksize": 4096/' "$conf"
	ends_with 6 scstctl apply "$conf"
	[ -d "$itgt/luns/0" ] && [ "$(head -n 1 "$scst/devices/first/blocksize")" = 512 ] ||
		fail "it was changed"
	assert_match "$(scstctl session --noheadings -o target,initiator | lines_with "$iqn")" "^$iqn +$initiator$" session
	iscsiadm -m node -T "$iqn" -p 127.0.0.1 --logout >/dev/null
	wait_for 10 no_sessions
	scstctl apply "$conf" >/dev/null
	assert_eq "$(head -n 1 "$scst/devices/first/blocksize")" 4096 blocksize
	assert_eq "$(head -n 1 "$scst/devices/first/usn")" 4711 "usn, which was not lost with it,"
}

test_session_is_closed()
{
	write_conf
	scstctl apply "$conf" >/dev/null
	start_daemon
	log_in
	ends_with 3 scstctl session close "$iqn" iqn.nobody
	# or the initiator would be back before anybody sees that it is gone
	scstctl target set "$iqn" enabled=no >/dev/null
	scstctl session close "$iqn" "$initiator"
	no_sessions || fail "it is still there"
}

test_secret_changes_without_a_gap()	# and the old one is none any more
{
	write_conf '"IncomingUser": [ "joe secret123456" ],'
	scstctl apply "$conf" >/dev/null
	start_daemon
	assert_logs_in 127.0.0.1 joe%secret123456@
	echo "joe another123456" >"$tap_dir/user"
	scstctl target set "$iqn" IncomingUser=@"$tap_dir/user" >"$tap_dir/steps"
	assert_eq "$(cat "$tap_dir/steps")" "~ IncomingUser of iscsi/$iqn: joe" steps
	assert_logs_in 127.0.0.1 joe%another123456@
	assert_login_fails_with "Authentication failure" 127.0.0.1 joe%secret123456@
}

test_single_objects()	# added, changed, refused, removed
{
	scstctl device add d1 vdisk_nullio size_mb=8
	scstctl device add d2 vdisk_nullio size_mb=8 read_only=yes
	ends_with 6 scstctl device add d1 vdisk_nullio
	ends_with 2 scstctl device add d3 vdisk_nullio blocksize=513
	ends_with 2 scstctl device add d3 vdisk_nullio filename=/x
	ends_with 3 scstctl device set d9 usn=5
	scstctl device set d1 usn=5
	assert_eq "$(head -n 1 "$scst/devices/d1/usn")" 5 usn
	scstctl target add "$iqn" alias="a b"
	ends_with 2 scstctl target add nobody
	scstctl group add "$iqn" hosts iqn.a "iqn.b*"
	scstctl lun add "$iqn" 0 d1 --group hosts read_only=true
	ends_with 6 scstctl lun add "$iqn" 0 d2 --group hosts
	scstctl lun replace "$iqn" 0 d2 --group hosts
	assert_match "$(readlink "$itgt/ini_groups/hosts/luns/0/device")" "/d2$" device
	assert_eq "$(sed -n 2p "$itgt/ini_groups/hosts/luns/0/read_only")" "[key]" "read_only is kept"
	assert_match "$(scstctl group)" "hosts +1 +2 +$iqn" group
	scstctl group del "$iqn" hosts iqn.a
	assert_eq "$(ls "$itgt/ini_groups/hosts/initiators")" "$(printf 'iqn.b*\nmgmt')" initiators
	scstctl group del "$iqn" hosts
	scstctl target del "$iqn"
	scstctl device del d1
	scstctl device del d2
}

test_tables()	# columns, headings, JSON
{
	scstctl device add d1 vdisk_nullio size_mb=8
	assert_eq "$(scstctl device --noheadings -o size_mb,device)" "8 d1" columns
	assert_eq "$(scstctl device -o DEVICE,SIZE_MB --json | jq -c .devices)" '[{"device":"d1","size_mb":8}]' JSON
	ends_with 2 scstctl device -o nonsense
	assert_match "$said" "there is no column nonsense, but DEVICE, HANDLER" refusal
}

# A session of scst_local is there as soon as its target is.
test_a_session_sees_its_group_only()	# of a target that is made with it, and the host looks there by itself
{
	local session=$scst/targets/scst_local/own/sessions/own_host
	mark_log
	cat >"$conf" <<-EOT
	{ "handlers": [ { "name": "vdisk_nullio", "devices": [
		{ "name": "others", "size_mb": 8 }, { "name": "ours", "size_mb": 16 } ] } ],
	  "drivers": [ { "name": "scst_local", "targets": [ { "name": "own", "session_name": [ "own_host" ],
		"luns": [ { "lun": 0, "device": "others" }, { "lun": 1, "device": "others" } ],
		"groups": [ { "name": "g", "initiators": [ "own_host" ],
			"luns": [ { "lun": 0, "device": "ours" } ] } ] } ] } ] }
	EOT
	scstctl apply "$conf" >/dev/null
	has_size "$(disk_of 0 "$session")" $((16 << 20)) || fail "it sees another disk"
	no_sdev 1 "$session" || fail "it sees what is for others"
	! log_since_mark | grep -F "8.39 MB" || fail "it has seen what is for others"
	scstctl target del scst_local/own --force >/dev/null
	wait_for 10 modprobe -r scst_local
}

# It can log in, but there is nothing.
assert_sees_no_lun()
{
	assert_login_fails_with LOGICAL_UNIT_NOT_SUPPORTED 127.0.0.1 ""
}

test_export()	# one command, then a login; nobody else gets in; it is closed by default
{
	local disk=$tap_dir/new.img
	start_daemon
	ends_with 2 scstctl export "$disk" --size 4M
	assert_match "$said" "who may log in" refusal
	[ ! -e "$disk" ] || fail "the file was made"
	scstctl export "$disk" --size 4M --initiator "$initiator" --target "$iqn" >"$tap_dir/out" 2>&1
	assert_match "$(cat "$tap_dir/out")" "iscsiadm -m node -T $iqn" "what it says"
	assert_eq "$(stat -c %s "$disk")" 4194304 "size of the file"
	assert_logs_in
	initiator=iqn.other assert_sees_no_lun
	ends_with 0 scstctl diff "$json"
	# once more, and of another file by that name
	scstctl export "$disk" --initiator "$initiator" --target "$iqn" >/dev/null 2>&1
	mkdir "$tap_dir/other"
	ends_with 6 scstctl export "$tap_dir/other/new.img" --size 4M --open
	[ ! -e "$tap_dir/other/new.img" ] || fail "the file was made"
	ends_with 2 scstctl export "$tap_dir/other/new.img" --size "4 " --open
	ends_with 2 scstctl export new.img --open
}

test_export_lets_in_nobody_who_was_not_named()	# though an export before did
{
	start_daemon
	scstctl export "$first" --open --target "$iqn" >/dev/null 2>&1
	ends_with 6 scstctl export "$first" --initiator "$initiator" --target "$iqn"
	assert_match "$said" "target $iqn has a LUN that all see who log in" refusal
	scstctl target del "$iqn" >/dev/null
	scstctl export "$first" --initiator iqn.other --target "$iqn" >/dev/null 2>&1
	ends_with 6 scstctl export "$first" --initiator "$initiator" --target "$iqn"
	assert_match "$said" "is there already, with iqn.other" refusal
	assert_sees_no_lun
}

test_export_with_chap()	# by a file that nobody else reads
{
	echo "joe secret123456" >"$tap_dir/chap"
	chmod 644 "$tap_dir/chap"
	start_daemon
	ends_with 5 scstctl export "$first" --chap "$tap_dir/chap" --target "$iqn"
	chmod 600 "$tap_dir/chap"
	scstctl export "$first" --chap "$tap_dir/chap" --target "$iqn" >/dev/null 2>&1
	assert_logs_in 127.0.0.1 joe%secret123456@
	assert_login_fails_with "Authentication failure" 127.0.0.1 ""
}

has_wwid()
{
	compgen -G "/sys/class/iscsi_session/session*/device/target*/*:0:0:0/wwid" >/dev/null
}

# What the host knows the disk at LUN 0 by: $wwid.
look_at_wwid()
{
	iscsiadm -m node -T "$iqn" -p 127.0.0.1 -o new >/dev/null
	iscsiadm -m node -T "$iqn" -p 127.0.0.1 --login >/dev/null
	wait_for 30 has_wwid
	wwid=$(cat /sys/class/iscsi_session/session*/device/target*/*:0:0:0/wwid)
	iscsiadm -m node -T "$iqn" -p 127.0.0.1 --logout >/dev/null
}

test_a_target_of_lio_moves()	# and its disk is the same to multipath
{
	local before
	add_lio_target "$first" "$iqn" "$initiator" 127.0.0.1
	save_lio "$tap_dir/saveconfig.json"
	look_at_wwid
	before=$wwid
	clear_lio
	assert_match "$before" "^naa.6001405" "identifier at LIO"
	scstctl import "$tap_dir/saveconfig.json" "$tap_dir/of_lio.json" 2>"$tap_dir/told"
	scstctl apply "$tap_dir/of_lio.json" >/dev/null
	start_daemon
	look_at_wwid
	assert_eq "$wwid" "$before" "identifier; told was: $(cat "$tap_dir/told"); it"
	initiator=iqn.other assert_sees_no_lun
}

test_a_file_of_scst_becomes_json()	# and is the same configuration
{
	write_conf '"IncomingUser": [ "joe secret123456" ],'
	scstctl apply "$conf" >/dev/null
	scstadmin -write_config "$tap_dir/scst.conf" >/dev/null
	ends_with 0 scstctl diff "$tap_dir/scst.conf"
	scstctl import "$tap_dir/scst.conf" "$tap_dir/imported"
	ends_with 0 scstctl diff "$tap_dir/imported"
	ends_with 6 scstctl import "$tap_dir/scst.conf" "$tap_dir/imported"
}

test_json_is_restored_if_there_is_no_scst_conf()
{
	write_conf
	cp "$conf" "$json"
	scstctl restore
	ends_with 0 scstctl diff "$json"
	echo "threads 0" >/etc/scst.conf
	ends_with 1 scstctl restore
	rm /etc/scst.conf
	assert_match "$said" "$json does not count while there is /etc/scst.conf" "what it says"
}

run_tests "$@"
