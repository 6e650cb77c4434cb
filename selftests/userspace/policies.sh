#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The policies of bpf/policies, as an administrator uses them: loaded with rules, under load, changed
# while they run. Not tested here: the hooks themselves (bpf/), lun_mask (scstctl_policy.sh).
#
# Disks that are hidden cannot be read, and who is told TASK SET FULL for too long gives up:
# expects: timing out command
# expects: disks that go
. "$(dirname "$0")/lib.sh"

mgmt=$scst/targets/scst_local/mgmt

teardown()
{
	local session
	if [ -e "$scst/targets/scst_script" ]; then
		. "$(dirname "$0")/../lib/script.sh"
		end_script
	fi
	for session in "$tgt"/sessions/*; do
		[ "${session##*/}" = scst_local_host ] ||
			write_attr "$mgmt" "del_session scst_local_tgt ${session##*/}"
	done
	sg0=$(sg_of 0)
	unload_all
	wait_for_luns 0 1
}

verdicts() # POLICY VERDICT: how often
{
	grep -o "$2=[0-9]*" "$policies/$1/verdicts" | cut -d= -f2
}

read_capacity()
{
	sg_raw -t "${sg_timeout:-20}" -r 8 -o /dev/null "$sg1" 25 00 00 00 00 00 00 00 00 00
}

# Commands a second of a short load of random reads.
iops_of() # DISK [SECONDS]
{
	fio --name=iops --filename="$1" --rw=randread --bs=4k --size=16m --ioengine=libaio \
		--iodepth=8 --direct=1 --time_based --runtime="${2:-2}" --allow_file_create=0 \
		--output-format=json >"$tap_dir/iops"
	jq -e '.jobs[0] | if .error == 0 and .read.total_ios > 0 then .read.iops | floor else error end' \
		"$tap_dir/iops"
}

test_lun_mask_patterns()	# under load: behind exact rules; by prefix and device
{
	start_load "$disk0" 30
	scstctl policy load lun_mask mask=scst_local_host@0:default \
		rule='initiator=scst_local*,access=hide'
	wait_for_luns 0
	scstctl policy update lun_mask rule='initiator=somebody*,access=hide' \
		rule=device=d1,access=read_only
	wait_for_luns 0 1
	writes_are_refused
	write_block "$sg0"
	end_load
}

test_qos_limits_commands_and_follows_changes()	# IOPS; another limit while it runs; none
{
	scstctl policy load qos rule=initiator=scst_local_host,lun=1,iops=100
	local delayed
	iops=$(iops_of "$disk1" 3)
	[ "$iops" -ge 10 ] && [ "$iops" -le 120 ] || fail "$iops IOPS with a limit of 100"
	delayed=$(verdicts qos delay)
	[ "$delayed" -gt 0 ] || fail "nothing was delayed"
	iops_of "$disk0" 1
	assert_eq "$(verdicts qos delay)" "$delayed" "commands delayed, after those of the other LUN"
	scstctl policy update qos rule=initiator=scst_local_host,lun=1,iops=50
	iops=$(iops_of "$disk1" 3)
	[ "$iops" -le 62 ] || fail "$iops IOPS with a limit of 50"
	assert_eq "$(cat "$policies/qos/state")" active state
}

test_qos_limits_bytes()	# 400 KiB/s are 100 reads of 4 KiB; of the device, or of one who uses it
{
	scstctl policy load qos rule=lun=1,bps=409600
	iops=$(iops_of "$disk1" 3)
	[ "$iops" -ge 10 ] && [ "$iops" -le 120 ] || fail "$iops IOPS with a limit of 400 KiB/s"
	scstctl policy update qos rule=device=d1,shared_bps=204800
	iops=$(iops_of "$disk1" 3)
	[ "$iops" -ge 5 ] && [ "$iops" -le 62 ] || fail "$iops IOPS with 200 KiB/s for the device"
}

test_qos_refuses_what_would_wait_too_long()	# TASK SET FULL, and the initiator comes back
{
	scstctl policy load qos max_delay_ms=20 rule=lun=1,iops=40
	iops=$(iops_of "$disk1" 3)
	[ "$iops" -le 55 ] || fail "$iops IOPS with a limit of 40"
	[ "$(verdicts qos task_set_full)" -gt 0 ] || fail "nothing was refused"
}

# A read, and a large one right behind it. It may be too late for that, on a slow machine.
large_read_is_refused()
{
	scstctl policy load qos max_delay_ms=1 rule=initiator=a,iops=1,bps=16384
	read_cmd a 1 s
	run a "cmd 2 s 0 r1048576 28 00 00 00 00 00 00 08 00 00"
	wait_log a "cmd 2 "
	has_line a "cmd 2 28"
}

test_qos_charges_nothing_for_what_it_refuses()	# one command too many; its bytes would be a minute's
{
	with_script
	echo 0 >"$unit/hold"
	for _ in 1 2 3 4 5; do
		! large_read_is_refused || break
		scstctl policy unload qos
		echo >"$ses_a/log"
	done
	sleep 2		# a second, and the next command
	read_cmd a 3 s
	wait_log a "cmd 3 "
	assert_eq "$(log_of a)" "cmd 1 00
cmd 2 28
cmd 3 00" "a's log"
	end_script
}

# Commands a second of one disk while another is busy all the time.
iops_beside() # DISK OTHER
{
	start_load "$2" 60
	iops_of "$1" 3
	end_load >&2
}

test_qos_saves_up_and_shares()	# a burst; a device's limit divided by weight, or one's alone
{
	local guest host
	scstctl policy load qos rule=lun=1,iops=10,burst_ms=3000
	dd if="$disk1" of=/dev/null bs=4k count=25 iflag=direct
	assert_eq "$(verdicts qos delay)" 0 "commands delayed, of 25 with 30 saved up"
	iops=$(iops_of "$disk1" 3)
	[ "$iops" -le 22 ] || fail "$iops commands a second for three, of 10, with at most 30 saved up"
	[ "$(verdicts qos delay)" -gt 0 ] || fail "nothing was delayed"
	write_attr "$mgmt" "add_session scst_local_tgt guest"
	guest=$(disk_of 1 "$tgt/sessions/guest")
	scstctl policy update qos rule=initiator=guest,lun=1,shared_iops=80,weight=300 \
		rule=lun=1,shared_iops=80
	host=$(iops_beside "$disk1" "$guest")
	iops=$(iops_beside "$guest" "$disk1")
	[ $((host + iops)) -ge 8 ] && [ $((host + iops)) -le 100 ] || fail "$host and $iops IOPS of 80"
	[ $((2 * iops)) -ge $((3 * host)) ] || fail "$iops IOPS with weight 300, $host with 100"
	iops=$(iops_of "$disk1" 3)
	[ "$iops" -gt 25 ] && [ "$iops" -le 95 ] || fail "$iops IOPS alone, of 80; its part is 20"
	write_attr "$mgmt" "del_session scst_local_tgt guest"
}

test_qos_next_to_nothing_is_a_limit()	# a part that rounds to none is one command a second
{
	local guest
	write_attr "$mgmt" "add_session scst_local_tgt guest"
	guest=$(disk_of 1 "$tgt/sessions/guest")
	scstctl policy load qos rule=initiator=guest,lun=1,shared_iops=50,weight=10000 \
		rule=lun=1,shared_iops=50,weight=1
	start_load "$guest" 30
	iops=$(iops_of "$disk1" 3)
	end_load
	[ "$iops" -le 25 ] || fail "$iops IOPS with a ten thousandth of 50"
}

test_session_acl_chooses_a_group()	# of the target, while others are at work; then deny
{
	local group=$tgt/ini_groups/club
	start_load "$disk0" 20
	write_attr "$tgt/ini_groups/mgmt" "create club"
	write_attr "$group/luns/mgmt" "add d1 0"
	scstctl policy load session_acl rule='initiator=gu*,action=group,to_group=club'
	write_attr "$mgmt" "add_session scst_local_tgt guest"
	assert_eq "$(realpath "$tgt/sessions/guest/luns")" "$(realpath "$group/luns")" "LUNs of the session"
	guest_loses_its_lun_by_group
	write_attr "$mgmt" "del_session scst_local_tgt guest"
	scstctl policy update session_acl rule='initiator=gu*,action=deny'
	assert_fails_with "Permission denied" write_attr "$mgmt" "add_session scst_local_tgt guest"
	end_load
	write_attr "$tgt/ini_groups/mgmt" "del club"
}

guest_loses_its_lun_by_group()
{
	local guest
	guest=$(sg_of 0 "$tgt/sessions/guest")
	clear_ua "$guest"
	scstctl policy load lun_mask rule=group=club,access=hide
	luns_are 0 1
	wait_for 5 is_not_there "$guest"
	scstctl policy unload lun_mask
	clear_ua "$guest"
}

is_not_there() # SG
{
	assert_fails_with "Logical unit not supported" tur "$1"
}

test_session_acl_by_name_and_prefix()	# under load: the first rule that matches; the default
{
	start_load "$disk0" 30
	scstctl policy load session_acl default_deny=true \
		rule=initiator=web-bad,action=deny rule='initiator=web-*,action=allow'
	write_attr "$mgmt" "add_session scst_local_tgt web-1"
	write_attr "$mgmt" "del_session scst_local_tgt web-1"
	assert_fails_with "Permission denied" write_attr "$mgmt" "add_session scst_local_tgt web-bad"
	assert_fails_with "Permission denied" write_attr "$mgmt" "add_session scst_local_tgt db-1"
	assert_eq "$(cat "$policies/session_acl/verdicts")" \
		"session_admit default=1 group=0 deny=2" verdicts
	end_load
}

test_session_acl_group_without_a_name_denies()	# and the list stays in force for everybody else
{
	local rule
	assert_status 2 "action=group and to_group=NAME go together" \
		scstctl policy load session_acl rule='initiator=x*,action=group'
	nothing_is_left
	scstctl policy load session_acl rule='initiator=gu*,action=group,to_group=club' rule=initiator=bad,action=deny
	# what bpftool can write: zeros for the 64 bytes of to_group
	rule=$(bpftool -j map lookup pinned "$pins/policies/session_acl/session_acl_list" key 0 0 0 0 |
		jq -r '.value | .[476:540] = [range(64) | 0] | join(" ")')
	# shellcheck disable=SC2086	# words
	bpftool map update pinned "$pins/policies/session_acl/session_acl_list" key 0 0 0 0 value $rule
	assert_fails_with "Permission denied" write_attr "$mgmt" "add_session scst_local_tgt guest"
	assert_eq "$(cat "$policies/session_acl/state")" active state
	assert_fails_with "Permission denied" write_attr "$mgmt" "add_session scst_local_tgt bad"
}

test_case_of_a_name_does_not_matter()	# to lists and masks, as little as to groups
{
	local name guest
	scstctl policy load session_acl rule='initiator=GU*,action=deny'
	for name in guest GUEST Guest; do
		assert_fails_with "Permission denied" write_attr "$mgmt" "add_session scst_local_tgt $name"
	done
	scstctl policy unload session_acl
	write_attr "$mgmt" "add_session scst_local_tgt GUEST"
	guest=$(sg_of 1 "$tgt/sessions/GUEST")
	clear_ua "$guest"
	scstctl policy load lun_mask mask=Guest@1:hide
	wait_for 5 is_not_there "$guest"
	scstctl policy unload lun_mask
	write_attr "$mgmt" "del_session scst_local_tgt GUEST"
}

# Of web-1, web-12 and db-1 those that a rule for this pattern keeps out.
kept_out() # PATTERN
{
	local name
	scstctl policy load session_acl "rule=initiator=$1,action=deny"
	for name in web-1 web-12 db-1; do
		if write_attr "$mgmt" "add_session scst_local_tgt $name" 2>/dev/null; then
			write_attr "$mgmt" "del_session scst_local_tgt $name"
		else
			echo "$name"
		fi
	done | xargs
	scstctl policy unload session_acl
}

test_patterns_are_those_of_groups()	# behind a '*' something may follow, '?' is one, '!' is not
{
	assert_eq "$(kept_out 'we*')" "web-1 web-12" 'we*'
	assert_eq "$(kept_out '*b-1')" "web-1 db-1" '*b-1'
	assert_eq "$(kept_out '*e*-*2')" "web-12" '*e*-*2'
	assert_eq "$(kept_out 'w*-?')" "web-1" 'w*-?'
	assert_eq "$(kept_out 'web*-')" "" 'web*-'
	assert_eq "$(kept_out '!web-*')" "db-1" '!web-*'
}

test_session_acl_hours()	# now, not now, over midnight; on other days, today
{
	local minute from to today
	minute=$((10#$(date -u +%H) * 60 + 10#$(date -u +%M)))
	from=$(((minute + 60) % 1440))
	to=$(((minute + 120) % 1440))
	scstctl policy load session_acl default_deny=true \
		"rule=initiator=guest,from_minute=$from,to_minute=$to,action=allow"
	assert_fails_with "Permission denied" write_attr "$mgmt" "add_session scst_local_tgt guest"
	from=$(((minute + 1440 - 60) % 1440))
	to=$(((minute + 60) % 1440))
	scstctl policy update session_acl default_deny=true \
		"rule=initiator=guest,from_minute=$from,to_minute=$to,action=allow"
	write_attr "$mgmt" "add_session scst_local_tgt guest"
	write_attr "$mgmt" "del_session scst_local_tgt guest"
	today=$((1 << $(date -u +%w) | 1 << ($(date -u +%w) + 1) % 7))	# or tomorrow, soon
	scstctl policy update session_acl rule=initiator=guest,days=$((127 - today)),action=deny
	write_attr "$mgmt" "add_session scst_local_tgt guest"
	write_attr "$mgmt" "del_session scst_local_tgt guest"
	scstctl policy update session_acl rule=initiator=guest,days="$today",action=deny
	assert_fails_with "Permission denied" write_attr "$mgmt" "add_session scst_local_tgt guest"
}

# MAINTENANCE IN
report_opcodes() # SERVICE-ACTION
{
	sg_raw -r 16 -o /dev/null "$sg1" a3 "$1" 00 00 00 00 00 00 00 10 00 00
}

test_cmd_filter_by_opcode()	# under load: refused, another reason, and what is never refused
{
	start_load "$disk1" 20
	scstctl policy load cmd_filter rule=initiator=scst_local_host,lun=1,opcode=0x25,action=deny \
		rule=lun=1,opcode=0x35,action=CMD_FILTER_DENY_ACCESS rule=opcode=0x12,action=deny \
		rule=opcode=0xa3,service_action=0x0c,action=deny
	assert_fails_with "Invalid command operation code" read_capacity
	assert_fails_with "Access denied" sg_raw "$sg1" 35 00 00 00 00 00 00 00 00 00
	assert_fails_with "Invalid command operation code" report_opcodes 0c
	report_opcodes 0d
	sg_raw -r 36 -o /dev/null "$sg1" 12 00 00 00 24 00
	sg_raw -r 8 -o /dev/null "$sg0" 25 00 00 00 00 00 00 00 00 00
	read_block "$sg1"
	end_load
}

test_read_only_window_freezes_writes()	# under load: BUSY until it is over; reads go on
{
	scstctl policy load read_only_window
	start_load "$disk1" 8
	scstctl policy update read_only_window rule=device=d1,until=4000000000
	sg_timeout=2 assert_fails_with "Busy" write_block "$sg1"
	read_block "$sg1"
	write_block "$sg0"
	scstctl policy update read_only_window rule=device=d1,until=1000000000
	write_block "$sg1"
	end_load
	scstctl policy update read_only_window deny=true rule=device=d1
	assert_fails_with "Write protected" write_block "$sg1"
}

set_tai_offset() # SECONDS
{
	python3 -c '
import ctypes, sys
class Timex(ctypes.Structure):
    _fields_ = [("modes", ctypes.c_uint), ("offset", ctypes.c_long), ("freq", ctypes.c_long),
                ("maxerror", ctypes.c_long), ("esterror", ctypes.c_long), ("status", ctypes.c_int),
                ("constant", ctypes.c_long), ("rest", ctypes.c_char * 256)]
libc = ctypes.CDLL(None, use_errno=True)
assert libc.adjtimex(ctypes.byref(Timex(modes=0x80, constant=int(sys.argv[1])))) >= 0
' "$1"
}

writes_go_on()
{
	write_block "$sg1"
}

test_read_only_window_ends_when_it_says()	# though the kernel knows how far TAI is ahead, from now on or since
{
	set_tai_offset 37
	scstctl policy load read_only_window rule=device=d1,until=+$((20 * PATIENCE))s
	sg_timeout=2 assert_fails_with "Busy" write_block "$sg1"
	scstctl policy update read_only_window "rule=device=d1,until=$(($(date +%s) + 20 * PATIENCE))"
	sg_timeout=2 assert_fails_with "Busy" write_block "$sg1"
	scstctl policy update read_only_window rule=device=d1,until=+1s
	wait_for 10 writes_go_on
	scstctl policy unload read_only_window
	jq -n '{ policies: [{ object: "read_only_window", rules: ["device=d1,until=+'$((25 * PATIENCE))'s"] }] }' >"$config"
	start_daemon
	set_tai_offset 0
	wait_for 5 clock_of_window_is 0
	set_tai_offset 37
	wait_for 5 clock_of_window_is 37
	sg_timeout=2 assert_fails_with "Busy" write_block "$sg1"
	set_tai_offset 0
}

clock_of_window_is() # SECONDS
{
	[ "$(bpftool -j map dump pinned "$pins/policies/read_only_window/data_clock" |
		jq '.[0].formatted.value[".data.clock"][0].tai_offset')" = "$1" ]
}

# As if as many comparisons were under way on each CPU as there is room for.
take_all_room() # POLICY
{
	local map=$pins/policies/$1/match_subject size i
	size=$(bpftool -j map show pinned "$map" | jq .bytes_value)
	for i in 0 1 2 3 4 5 6 7; do
		# shellcheck disable=SC2046	# words
		bpftool map update pinned "$map" key "$i" 0 0 0 value \
			$(jq -rn "[range($size) | if . == 456 then 1 else 0 end] | join(\" \")")
	done
}

test_what_cannot_be_compared_does_not_pass()	# it comes again
{
	scstctl policy load cmd_filter rule=initiator=nobody,opcode=0x25,action=deny
	read_capacity
	take_all_room cmd_filter
	sg_timeout=2 assert_fails_with "Busy" read_capacity
	scstctl policy unload cmd_filter
	scstctl policy load read_only_window rule=initiator=nobody
	write_block "$sg1"
	take_all_room read_only_window
	sg_timeout=2 assert_fails_with "Busy" write_block "$sg1"
	read_block "$sg1"
}

test_ransom_guard_alarms_on_overwriting()	# read and written in place; not for writes alone
{
	# half of what is written in the window is overwriting, when the disk was overwritten once
	jq -n '{ policies: [{ object: "ransom_guard", options:
		{ min_overwrites: 60, percent: 40, throttle_ms: 1, window_s: 60 } }] }' >"$config"
	start_daemon --print-events
	dd if=/dev/zero of="$disk1" bs=64k count=100 oflag=direct 2>/dev/null
	assert_eq "$(verdicts ransom_guard delay)" 0 "delays of plain writing"
	for _ in 1 2; do
		dd if="$disk1" of=/dev/null bs=64k count=100 iflag=direct 2>/dev/null
		dd if=/dev/zero of="$disk1" bs=64k count=100 oflag=direct 2>/dev/null
	done
	[ "$(verdicts ransom_guard delay)" -gt 0 ] || fail "no alarm: $(cat "$policies/ransom_guard/verdicts")"
	wait_for 10 grep -q '"event":"ransom_alarm".*"initiator":"scst_local_host","device":"d1","lun":1,.*"throttled":true' \
		"$daemon_log.out"
	daemon_says '"event":"ransom_alarm"'
}

test_bad_rules_are_refused_and_named()	# and nothing is loaded
{
	assert_status 2 'rule "iops=many": iops' scstctl policy load qos rule=iops=many
	assert_status 2 'a rule has no "colour"' scstctl policy load qos rule=colour=red
	assert_status 2 'is not member=value' scstctl policy load qos rule=lun
	assert_status 2 'there is no value "maybe"' scstctl policy load session_acl rule=action=maybe
	assert_status 2 'takes no list of rules' scstctl policy load maximal rule=lun=1
	nothing_is_left
}

test_delays_beyond_the_deadline_are_refused()	# they would eject the policy under load
{
	assert_status 2 "option max_delay_ms: 5000 is above deadline_ms (2000)" \
		scstctl policy load qos max_delay_ms=5000
	assert_status 2 "option max_delay_ms: 900 is above deadline_ms (500)" \
		scstctl policy load qos deadline_ms=500
	assert_status 2 "option throttle_ms: 2001 is above" scstctl policy load ransom_guard throttle_ms=2001
	nothing_is_left
	scstctl policy load qos max_delay_ms=1500 rule=lun=1,iops=2
	iops_of "$disk1" 3 >/dev/null
	assert_eq "$(cat "$policies/qos/state")" active state
	[ "$(verdicts qos delay)" -gt 0 ] || fail "nothing was delayed"
	scstctl policy update qos max_delay_ms=5000 deadline_ms=6000
}

test_rules_are_shown()	# as they were given
{
	scstctl policy load qos rule=initiator=a*,lun=3,iops=7 rule=bps=9
	assert_eq "$(scstctl policy show qos --json | jq -c .rules)" \
		'["lun=3,initiator=a*,iops=7","bps=9"]' rules
	assert_match "$(scstctl policy show qos)" "rule +lun=3,initiator=a\*,iops=7" "rules"
}

test_policy_of_another_loader_can_be_shown_and_ejected()	# its name may have a dot
{
	mkdir -p /sys/fs/bpf/other
	"$progs/load" -p /sys/fs/bpf/other "$bpf/minimal.bpf.o" minimal.name=a.b
	scstctl policy show a.b | has "state *active"
	scstctl policy eject a.b "not ours"
	assert_eq "$(head -n 1 "$policies/a.b/state")" ejected state
	assert_status 2 "bad name" scstctl policy show ../a
	assert_status 2 "bad name" scstctl policy eject .
	rm -r /sys/fs/bpf/other
	wait_for 5 no_policies
}

test_eject_and_log()	# by the administrator; an update brings it back
{
	scstctl policy load maximal
	scstctl policy eject maximal "not today"
	assert_eq "$(head -n 1 "$policies/maximal/state")" ejected state
	assert_eq "$(scstctl policy log --json | jq -c '.[-1] | [.policy, .kind, .text]')" \
		'["maximal","admin","not today"]' "exit record"
	assert_status 6 "is ejected already" scstctl policy eject maximal
	assert_status 3 "not loaded" scstctl policy eject nobody
	scstctl policy update maximal
	assert_eq "$(cat "$policies/maximal/state")" active state
}

run_tests "$@"
