#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The files of targets/iscsi that hold the configuration: formats, [key] lines, refusals. No daemon
# and no session: what they mean is tested where they are used.

. "$(dirname "$0")/lib.sh"

setup_file()
{
	load_iscsi
}

teardown_file()
{
	unload_iscsi
}

setup()
{
	iscsi_mgmt add_target "$iqn"
}

teardown()
{
	local file
	iscsi_mgmt del_target "$iqn"
	for file in "$iscsi"/*User*; do
		[ ! -e "$file" ] || iscsi_mgmt del_attribute "${file##*/}" "$(sed -n 's/ .*//p' "$file")"
	done
}

# assert_attr FILE LINE [KEY]: what it shows, with the [key] line or without.
assert_attr()
{
	local expected=$2
	[ $# -lt 3 ] || expected+=$'\n[key]'
	assert_eq "$(cat "$1")" "$expected" "${1##*/}"
}

# assert_refused ERROR FILE TEXT: and the file shows what it did.
assert_refused()
{
	local before
	before=$(cat "$2")
	assert_fails_with "$1" write_attr "$2" "$3"
	assert_eq "$(cat "$2")" "$before" "${2##*/} after a refused write"
}

test_new_target_has_the_defaults()	# every negotiated key and setting, unmarked
{
	local row
	while read -r row; do
		assert_attr "$itgt/${row% *}" "${row#* }"
	done <<-END
		DataDigest None
		FirstBurstLength 65536
		HeaderDigest None
		ImmediateData Yes
		InitialR2T No
		MaxBurstLength 1048576
		MaxOutstandingR2T 32
		MaxRecvDataSegmentLength 1048576
		MaxSessions 0
		MaxXmitDataSegmentLength 1048576
		NopInInterval 30
		NopInTimeout 30
		QueuedCommands 32
		RspTimeout 90
		enabled 0
		per_portal_acl 0
	END
	assert_attr "$itgt/alias" ""
	assert_attr "$itgt/redirect" ""
}

test_key_is_marked_when_changed()	# and :default: takes the mark away
{
	write_attr "$itgt/MaxBurstLength" 131072
	assert_attr "$itgt/MaxBurstLength" 131072 key
	write_attr "$itgt/MaxBurstLength" :default:
	assert_attr "$itgt/MaxBurstLength" 1048576
	write_attr "$itgt/InitialR2T" yes
	assert_attr "$itgt/InitialR2T" Yes key
	write_attr "$itgt/HeaderDigest" "None, CRC32C"
	assert_attr "$itgt/HeaderDigest" CRC32C,None key
	write_attr "$itgt/DataDigest" crc32c
	assert_attr "$itgt/DataDigest" CRC32C key
	write_attr "$itgt/QueuedCommands" 8
	assert_attr "$itgt/QueuedCommands" 8 key
}

test_values_out_of_range_are_refused()	# one below and one above, and what is no value
{
	local inval="Invalid argument"
	assert_refused "$inval" "$itgt/MaxRecvDataSegmentLength" 511
	assert_refused "$inval" "$itgt/MaxRecvDataSegmentLength" 1048577
	assert_refused "$inval" "$itgt/MaxBurstLength" 16777216
	assert_refused "$inval" "$itgt/MaxOutstandingR2T" 0
	assert_refused "$inval" "$itgt/QueuedCommands" 2049
	assert_refused "$inval" "$itgt/RspTimeout" 1
	assert_refused "$inval" "$itgt/InitialR2T" 1
	assert_refused "$inval" "$itgt/HeaderDigest" ""
	assert_refused "$inval" "$itgt/HeaderDigest" CRC32C,MD5
	assert_refused "$inval" "$itgt/per_portal_acl" maybe
	assert_refused "$inval" "$itgt/redirect" "10.0.0.1 sometimes"
}

test_target_texts_are_kept()	# alias, redirect
{
	write_attr "$itgt/alias" "the disk of them all"
	assert_attr "$itgt/alias" "the disk of them all" key
	write_attr "$itgt/redirect" "10.0.0.1:3261 temp"
	assert_attr "$itgt/redirect" "10.0.0.1:3261 temp" key
	write_attr "$itgt/redirect" ""
	assert_attr "$itgt/redirect" ""
	assert_refused "Argument list too long" "$itgt/alias" "$(printf '%0300d' 1)"
}

test_user_files_come_and_go()	# numbered as asked, or the lowest that is free
{
	iscsi_mgmt "add_target_attribute $iqn IncomingUser1 joe2 12charsecret2"
	iscsi_mgmt "add_target_attribute $iqn IncomingUser joe 12charsecret"
	iscsi_mgmt "add_target_attribute $iqn IncomingUser bob 12charsecret3"
	iscsi_mgmt "add_target_attribute $iqn OutgoingUser jim1 12charpasswd"
	assert_attr "$itgt/IncomingUser1" "joe2 12charsecret2" key
	assert_attr "$itgt/IncomingUser" "joe 12charsecret" key
	assert_attr "$itgt/IncomingUser2" "bob 12charsecret3" key
	assert_eq "$(stat -c %a "$itgt/IncomingUser" "$itgt/OutgoingUser")" "600"$'\n'"600"
	iscsi_mgmt "del_target_attribute $iqn IncomingUser joe"
	[ ! -e "$itgt/IncomingUser" ]
	iscsi_mgmt "add_target_attribute $iqn IncomingUser eve 12charsecret4"
	assert_attr "$itgt/IncomingUser" "eve 12charsecret4" key
}

test_user_is_changed_in_its_file()	# but not into one that is there already
{
	iscsi_mgmt "add_attribute IncomingUser joe 12charsecret"
	iscsi_mgmt "add_attribute IncomingUser bob 12charsecret"
	write_attr "$iscsi/IncomingUser" "joe anothersecret"
	assert_attr "$iscsi/IncomingUser" "joe anothersecret" key
	assert_refused "File exists" "$iscsi/IncomingUser" "bob anothersecret"
	assert_refused "Invalid argument" "$iscsi/IncomingUser" "joe short"
}

test_bad_users_are_refused()	# and what was written as a secret is not in the log
{
	assert_fails_with "Invalid argument" iscsi_mgmt "add_attribute IncomingUser joe tooshortsec"
	assert_fails_with "Invalid argument" iscsi_mgmt "add_attribute IncomingUser joe"
	assert_fails_with "Invalid argument" iscsi_mgmt "add_attribute Incoming joe 12charsecret"
	assert_fails_with "Invalid argument" iscsi_mgmt "add_attribute IncomingUserX joe 12charsecret"
	assert_fails_with "Invalid argument" iscsi_mgmt "add_attribute allowed_portal 10.0.0.1"
	iscsi_mgmt "add_attribute IncomingUser joe 12charsecret"
	assert_fails_with "File exists" iscsi_mgmt "add_attribute IncomingUser joe 12charsecret2"
	iscsi_mgmt "add_attribute OutgoingUser joe 12charsecret"
	assert_fails_with "File exists" iscsi_mgmt "add_attribute OutgoingUser bob 12charsecret2"
	assert_fails_with "Invalid argument" iscsi_mgmt "del_attribute IncomingUser bob"
	assert_fails_with "Invalid argument" iscsi_mgmt "add_target_attribute nobody IncomingUser a 12charsecret"
	assert_eq "$(dmesg | nr_lines -e tooshortsec -e 12charsecret)" 0 "secrets in the log"
}

test_words_are_those_of_scst()	# = is a blank; a word behind the value is none
{
	iscsi_mgmt "add_target_attribute $iqn IncomingUser=joe 12charsecret"
	assert_attr "$itgt/IncomingUser" "joe 12charsecret" key
	iscsi_mgmt "del_target_attribute $iqn IncomingUser=joe"
	iscsi_mgmt "add_target_attribute $iqn IncomingUser joe=12=charsecret 1"
	assert_attr "$itgt/IncomingUser" "joe 12=charsecret" key
	iscsi_mgmt "del_target_attribute $iqn IncomingUser joe 12=charsecret 1"
	iscsi_mgmt "add_attribute IncomingUser = joe 12charsecret"
	assert_attr "$iscsi/IncomingUser" "joe 12charsecret" key
	iscsi_mgmt "add_target_attribute $iqn allowed_portal=10.0.0.1 1"
	assert_attr "$itgt/allowed_portal" "10.0.0.1" key
	iscsi_mgmt "del_target_attribute $iqn allowed_portal=10.0.0.1"
	[ ! -e "$itgt/allowed_portal" ]
}

test_allowed_portals_are_patterns()	# several, with and without !
{
	iscsi_mgmt "add_target_attribute $iqn allowed_portal 10.0.0.*"
	iscsi_mgmt "add_target_attribute $iqn allowed_portal !10.0.0.7"
	assert_attr "$itgt/allowed_portal" "10.0.0.*" key
	assert_attr "$itgt/allowed_portal1" "!10.0.0.7" key
	iscsi_mgmt "del_target_attribute $iqn allowed_portal !10.0.0.7"
	[ ! -e "$itgt/allowed_portal1" ]
	assert_fails_with "Invalid argument" iscsi_mgmt "add_target_attribute $iqn allowed_portal !"
}

# portal_refused PATTERN LOG: and the target has none.
portal_refused()
{
	mark_log
	assert_fails_with "Invalid argument" iscsi_mgmt "add_target_attribute $iqn allowed_portal $1"
	[ ! -e "$itgt/allowed_portal" ]
	[ -z "$2" ] || log_since_mark | has -F -- "$2"
}

test_portals_that_no_address_fits_are_refused()	# when written; the log says what is meant
{
	local pattern
	portal_refused "10.0.0.0/8" "10.*, not 10.0.0.0/8"
	portal_refused "192.168.[12].*" "brackets go around the whole"
	portal_refused "[::1" "brackets go around the whole"
	portal_refused "[]" "no pattern of one address"
	portal_refused "host*" "an address is digits"
	portal_refused $'10.\xe9*' "10.?*"
	portal_refused "10.0.0" "no address"
	portal_refused "*:1.*" "dots or colons"
	for pattern in "!10.0.0.0/8" "fe80::*%eth0" "256.0.0.1" "1::2::3" "10.0.0.1:3260"; do	# the log is full for now
		portal_refused "$pattern" ""
	done
	for pattern in "10.0.0.1" "[::1]" "FE80::*" "[fe80::*]" "!2001:DB8::1" "*" "?.*"; do
		iscsi_mgmt "add_target_attribute $iqn allowed_portal $pattern"
		iscsi_mgmt "del_target_attribute $iqn allowed_portal $pattern"
	done
	iscsi_mgmt "add_target_attribute $iqn allowed_portal 10.0.0.1"
	assert_refused "Invalid argument" "$itgt/allowed_portal" "10.0.0.0/8"
}

test_names_are_those_of_iscsi()	# each byte of 255, in a target's name
{
	local LC_ALL=C byte name taken class='^iqn\.x[A-Za-z0-9_.:-]y$'
	for ((byte = 1; byte < 256; byte++)); do
		[ "$byte" -ne 10 ] || continue	# a shell writes what is before it by itself
		printf -v name '\\x%02x' "$byte"
		printf -v name %b "iqn.x${name}y"
		taken=no
		! iscsi_mgmt add_target "$name" 2>/dev/null || taken=yes
		[ $taken = no ] || iscsi_mgmt del_target "$name"
		[[ $name =~ $class ]] && [ $taken = yes ] || [[ ! $name =~ $class && $taken = no ]] ||
			fail "byte $byte: taken: $taken"
	done
}

test_groups_keep_what_scst_says_of_threads()	# per_sess_dedicated_tgt_threads; the default group has it not
{
	local threads=$itgt/ini_groups/g/per_sess_dedicated_tgt_threads
	write_attr "$itgt/ini_groups/mgmt" "create g"
	assert_attr "$threads" 0
	write_attr "$threads" 1
	assert_attr "$threads" 1 key
	assert_refused "Invalid argument" "$threads" 2
	write_attr "$threads" 0
	assert_attr "$threads" 0
	[ ! -e "$itgt/per_sess_dedicated_tgt_threads" ] || fail "the target has it, too"
}

test_driver_settings()	# iSNS, portals, switches
{
	assert_attr "$iscsi/enabled" 0
	write_attr "$iscsi/enabled" 1
	assert_attr "$iscsi/enabled" 1
	write_attr "$iscsi/iSNSServer" "192.168.1.16 AccessControl"
	assert_attr "$iscsi/iSNSServer" "192.168.1.16 AccessControl" key
	write_attr "$iscsi/iSNSServer" "192.168.1.16 accesscontrol no"
	assert_attr "$iscsi/iSNSServer" "192.168.1.16" key
	write_attr "$iscsi/iSNSServer" ""
	assert_attr "$iscsi/iSNSServer" ""
	assert_refused "Invalid argument" "$iscsi/iSNSServer" "192.168.1.16 Sometimes"
	write_attr "$iscsi/internal_portal" "10.0.0.1 10.0.0.2"
	assert_attr "$iscsi/internal_portal" "10.0.0.1 10.0.0.2" key
	write_attr "$iscsi/link_local" 1
	assert_attr "$iscsi/link_local" 1 key
	assert_attr "$iscsi/open_state" closed
	assert_attr "$iscsi/version" "$(head -n 1 "$scst/version")"
}

test_daemon_opens_the_device_once()	# open_state follows; a second open is EBUSY
{
	exec 9<>/dev/iscsi-scst-ctl
	assert_attr "$iscsi/open_state" open
	assert_fails_with "busy" bash -c 'exec 8<>/dev/iscsi-scst-ctl'
	exec 9>&-
	assert_attr "$iscsi/open_state" closed
}

# Asks as a daemon that speaks NUMBER: errno, and which number it is told.
ask_interface() # NUMBER
{
	python3 - "$1" <<-'END'
	import fcntl, os, struct, sys
	driver = struct.Struct("=I4BQ512s512s512s")
	fd = os.open("/dev/iscsi-scst-ctl", os.O_RDWR)
	arg = bytearray(driver.pack(int(sys.argv[1]), 1, 1, 1, 0, 7, b"x", b"x", b"x"))
	try:
	    error = fcntl.ioctl(fd, 3 << 30 | driver.size << 16 | ord("I") << 8 | 0x80, arg)
	except OSError as failed:
	    error = failed.errno
	print(error, driver.unpack(arg)[0])
	END
}

test_daemon_of_another_time_is_told_whose_module_it_is()	# EPROTO, and the module's number
{
	assert_eq "$(ask_interface 1)" "0 1"
	assert_eq "$(ask_interface 0)" "71 1"
	assert_eq "$(ask_interface 2)" "71 1"
}

test_target_ids_are_not_used_twice()	# nor are names too long for the wire
{
	iscsi_mgmt add_target "$iqn"2
	iscsi_mgmt del_target "$iqn"2
	iscsi_mgmt add_target "$iqn"2
	assert_eq "$(cat "$iscsi/$iqn"2/tid)" $(($(cat "$itgt/tid") + 2)) tid
	assert_fails_with "File name too long" iscsi_mgmt add_target "iqn.$(printf '%0220d' 1)"
	assert_fails_with "Invalid argument" iscsi_mgmt add_target "$iqn"3 "color=red"
	assert_fails_with "Invalid argument" iscsi_mgmt frobnicate "$iqn"
}

run_tests "$@"
