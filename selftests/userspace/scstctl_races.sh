#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# scstctl is killed in the middle of an apply, and two of them run at once, on the real modules: what is there
# then is safe, and is completed; the second sees what the first did. What is planned of what, and who sees what
# behind each step, has unit tests (selftests/unit/scstctl).
#
# shellcheck disable=SC2154	# of iscsi/lib.sh
. "$(dirname "$0")/scstctl_conf_lib.sh"

# Ends an apply of $conf as soon as $1 is there.
kill_apply_at() # DIRECTORY
{
	local pid
	scstctl apply --prune "$conf" >/dev/null 2>&1 &
	pid=$!
	while [ ! -d "$1" ] && kill -0 "$pid" 2>/dev/null; do :; done
	kill -KILL "$pid" 2>/dev/null || true
	wait "$pid" 2>/dev/null || true
}

# 200 devices and LUNs of a target that has, or has not, a user; LUN 0 is $1.
write_many() # DEVICE USERS
{
	jq -n --arg name "$iqn" --arg first "$1" --argjson users "$2" '
		{ handlers: [ { name: "vdisk_nullio",
			devices: [ range(200) | { name: "d\(.)", size_mb: 8 } ] } ],
		drivers: [ { name: "iscsi", targets: [ { name: $name, enabled: true, IncomingUser: $users,
			luns: ([ { lun: 0, device: $first } ] +
				[ range(1; 200) | { lun: ., device: "d\(.)" } ]) } ] } ] }' >"$conf"
}

# How many of them.
nr_there()
{
	compgen -G "$scst/devices/d*" | wc -l || true
}

test_apply_that_was_killed_is_completed()	# and nothing is enabled before it is all there
{
	local at cut=0
	write_many d0 '[]'
	for at in "$scst/devices/d20" "$scst/devices/d120" "$itgt/luns/20" "$itgt/luns/120"; do
		kill_apply_at "$at"
		[ "$(nr_there)" = 200 ] && [ -d "$itgt/luns/199" ] || cut=$((cut + 1))
		[ ! -e "$itgt/enabled" ] || [ "$(cat "$itgt/enabled")" = 0 ] || [ -d "$itgt/luns/199" ] ||
			fail "it is enabled, and not all there"
	done
	[ "$cut" -ge 2 ] || fail "only $cut of the kills came in the middle"
	scstctl apply "$conf" >/dev/null
	ends_with 0 scstctl diff "$conf"
}

test_a_running_target_is_never_more_open()	# than before or afterwards, wherever it is killed
{
	local at cut=0
	write_many d0 '[ "joe secret123456" ]'
	scstctl apply "$conf" >/dev/null
	jq '.drivers[0].targets[0] |= (.IncomingUser = [] | .luns[0].device = "d1" |
		.luns |= [ .[] | .lun += 200 ] + [ { lun: 0, device: "d1" } ])' "$conf" >"$tap_dir/new"
	mv "$tap_dir/new" "$conf"
	for at in 210 250 300 350; do
		kill_apply_at "$itgt/luns/$at"
		[ -d "$itgt/luns/399" ] || cut=$((cut + 1))
		[ -e "$itgt/IncomingUser" ] || [[ $(readlink "$itgt/luns/0/device") == */d1 ]] ||
			fail "anybody sees the old disk"
	done
	[ "$cut" -ge 1 ] || fail "no kill came in the middle"
	scstctl apply --prune "$conf" >/dev/null
	ends_with 0 scstctl diff "$conf"
	[ ! -e "$itgt/IncomingUser" ] || fail "the user is still there"
}

nr_luns()
{
	compgen -G "$itgt/luns/*/device" | wc -l || true
}

# d with 200 LUNs that no file lists behind this; $conf makes it again. It may be there, as that made it.
begin_with_luns()
{
	jq -n --arg name "$iqn" '{ handlers: [ { name: "vdisk_nullio",
			devices: [ { name: "d", size_mb: 8, blocksize: 512 } ] } ],
		drivers: [ { name: "iscsi", targets: [ { name: $name,
			luns: [ range(200) | { lun: ., device: "d", read_only: true } ] } ] } ] }' >"$conf"
	scstctl apply "$conf" >/dev/null
	echo '{ "handlers": [ { "name": "vdisk_nullio", "devices": [ { "name": "d", "blocksize": 4096 } ] } ] }' >"$conf"
}

# An apply of $conf gets $1 while LUNs are away; $status.
signal_while_away() # SIGNAL
{
	local pid
	scstctl apply "$conf" >/dev/null 2>&1 &
	pid=$!
	while [ -d "$itgt/luns/199" ] && kill -0 "$pid" 2>/dev/null; do :; done
	kill -"$1" "$pid" || true
	status=0
	wait "$pid" 2>/dev/null || status=$?
}

cut_off()
{
	begin_with_luns
	signal_while_away KILL
	[ "$(nr_luns)" -lt 200 ] || fail "it was not killed in the middle"
}

is_all_there()
{
	assert_eq "$(nr_luns)" 200 LUNs
	assert_eq "$(cat "$itgt/luns/199/read_only" "$scst/devices/d/blocksize" | grep -v key | xargs)" "1 4096" \
		"what was set"
	assert_eq "$(compgen -G "/run/scst.aside*" | xargs || true)" "" "files that are left"
}

test_what_was_taken_away_comes_back()	# a device that is made again has 200 LUNs that no file lists
{
	cut_off
	[ "$(stat -c '%a %U' /run/scst.aside)" = "600 root" ] || fail "nothing was put aside for root"
	head -n1 /sys/kernel/scst_tgt/threads | jq '{ threads: . }' >"$conf"
	ends_with 7 scstctl plan "$conf"	# there is nothing else to do
	assert_match "$said" "an apply is under way, or was cut off" "what plan says"
	ends_with 0 scstctl apply "$conf"
	assert_match "$said" "it comes back: LUN 199 .d. of iscsi/$iqn" "what apply says"
	is_all_there
}

test_everybody_finishes_what_was_cut_off()	# who takes the lock
{
	local saved=$tap_dir/saved.json
	cut_off
	scstctl save "$saved" 2>/dev/null
	is_all_there
	assert_eq "$(jq '[ .drivers[].targets[].luns[] ] | length' "$saved")" 200 "LUNs that were saved"
	cut_off
	echo '{ "threads": 4 }' >"$conf"
	scstctl restore "$conf" 2>/dev/null
	is_all_there
	cut_off
	scstadmin -set_scst_attr -attributes threads=4 -noprompt >/dev/null 2>&1
	is_all_there
	cut_off
	iscsi-scst-adm --op new --user --params IncomingUser=joe,Password=secret123456 2>/dev/null
	is_all_there
	iscsi-scst-adm --op delete --user --params IncomingUser=joe
}

test_what_is_removed_meanwhile_stays_away()	# though an apply was cut off in it
{
	cut_off
	ends_with 0 scstctl device del d --force
	assert_eq "$(nr_luns)" 0 LUNs
	echo '{ "threads": 4 }' >"$conf"
	ends_with 0 scstctl apply "$conf"
	[ ! -d "$scst/devices/d" ] || fail "it came back"
}

test_what_would_end_it_waits()	# until nothing is away: who reads no more, and who wants it to end
{
	begin_with_luns
	scstctl apply "$conf" 2>/dev/null | true || true
	is_all_there
	begin_with_luns
	signal_while_away TERM
	is_all_there
	assert_eq "$status" 143 "status of who was asked to end"
}

# Both, while nobody can have the lock yet; $statuses.
at_once() # COMMAND, COMMAND (a string each)
{
	local first second one=0 two=0
	flock /run/lock/scst.lock sleep 1 &
	local holder=$!
	bash -c "$1" >"$tap_dir/one" 2>&1 &
	first=$!
	bash -c "$2" >"$tap_dir/two" 2>&1 &
	second=$!
	wait "$holder"
	wait "$first" || one=$?
	wait "$second" || two=$?
	statuses=$(printf '%s\n' "$one" "$two" | sort | xargs)
}

test_two_at_once()	# the second sees what the first did
{
	at_once "scstctl device add d vdisk_nullio size_mb=8" "scstctl device add d vdisk_nullio size_mb=16"
	assert_eq "$statuses" "0 6" "statuses of two that make one device"
	at_once "scstctl target add $iqn IncomingUser='joe secret123456'" "scstctl target add $iqn enabled=yes"
	assert_eq "$statuses" "0 6" "statuses of two that make one target"
	at_once "scstctl target set $iqn alias=x" "scstctl target del $iqn"
	assert_match "$statuses" "^0 [03]$" "statuses of one that changes and one that removes a target"
	[ ! -d "$itgt" ] || fail "the target was made again"
}

test_two_exports_at_once()	# both are saved
{
	local i
	start_daemon
	for i in 1 2 3; do
		at_once "scstctl export $tap_dir/a$i.img --size 1M --open --target $iqn.a$i" \
			"scstctl export $tap_dir/b$i.img --size 1M --open --target $iqn.b$i"
		assert_eq "$statuses" "0 0" "statuses of two exports, which say $(cat "$tap_dir/one" "$tap_dir/two"),"
		assert_eq "$(jq "[.drivers[] | select(.name == \"iscsi\").targets[].name |
			select(test(\"[.][ab]$i\$\"))] | length" "$json")" 2 "targets that were saved"
	done
}

run_tests "$@"
