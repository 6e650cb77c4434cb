#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# /dev/scst_event: what programs are told that were built for SCST's ABI. The reader is events.c, which
# knows that ABI by numbers. Not here: explicit ALUA, which raises nothing yet.
#
# A reader that takes nothing, the answers to test events:
# expects: scst: a reader of events takes none

. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/../lib/script.sh"

events=${events:-.build/selftests/bpf/events}
core=SCST+core

setup_file()
{
	load_script
	new_unit
}

teardown_file()
{
	drop_unit
	unload_script
	[ ! -e /dev/scst_event ] || fail "the device is still there"
}

setup()
{
	echo >"$ses_a/log"
	coproc READER { exec "$events" nonblock; }
	heard open
}

teardown()
{
	stop_reader
}

stop_reader()
{
	local pid=${READER_PID:-}
	[ -n "$pid" ] || return 0
	eval "exec ${READER[1]}>&-"
	wait "$pid"
}

tell() # COMMAND
{
	echo "$*" >&"${READER[1]}"
}

heard() # TEXT
{
	local line
	read -r -t $((20 * PATIENCE)) line <&"${READER[0]}" || fail "the reader says nothing, not '$1'"
	assert_eq "$line" "$1"
}

# The one event that is there, or what the reader says instead.
assert_event() # TEXT
{
	tell next
	heard "$1"
}

assert_says() # COMMAND ANSWER
{
	tell "$1"
	heard "$2"
}

allow() # CODE
{
	assert_says "allow $1 $core" ok
}

test_lun_not_found_is_told()	# by every command for it; INQUIRY is answered all the same
{
	allow 1
	assert_event EAGAIN
	tur a 1 9
	wait_log a "cmd 1 02 5/25/00"
	run a "cmd 2 s 10 r36 12 00 00 00 24 00"
	wait_log a "cmd 2 00"
	assert_event "code=1 id=0 issuer=SCST core len=520 lun=9 initiator=a target=t"
	assert_event "code=1 id=0 issuer=SCST core len=520 lun=10 initiator=a target=t"
	assert_event EAGAIN
}

test_end_of_a_block_is_told()	# with the text
{
	allow 3
	read_cmd a 1 s
	assert_held "1"
	write_attr "$unit/block" "11 snapshot 7"
	assert_event EAGAIN
	release 1
	assert_says "poll $((10000 * PATIENCE))" ready
	assert_event "code=3 id=0 issuer=SCST core len=270 device=unit text=snapshot 7"
	echo 0 >"$unit/block"
}

test_task_management_is_told()	# with the command that is to be aborted; queries are not
{
	allow 4
	read_cmd a 5 s
	assert_held "5"
	run a "tmf 1 $tmf_query_task_set 0"
	wait_log a "tmf 1 $tmf_succeeded"
	run a "tmf 2 $tmf_abort_task 0 5"
	assert_says "poll $((10000 * PATIENCE))" ready
	assert_event "code=4 id=0 issuer=SCST core len=1064 fn=0 lun=0 device=unit initiator=a target=t session=a tag=5 cdb=28"
	release 5
	wait_log a "tmf 2 $tmf_complete"
	run a "tmf 3 $tmf_lun_reset 7"
	wait_log a "tmf 3"
	assert_event "code=4 id=0 issuer=SCST core len=1064 fn=4 lun=7 device= initiator=a target=t session=a tag=0 cdb=00"
	assert_event EAGAIN
}

test_new_device_is_told()	# by its name
{
	allow 6
	write_attr "$scst/handlers/scst_script/mgmt" "add_device fresh"
	write_attr "$scst/handlers/scst_script/mgmt" "del_device fresh"
	assert_event "code=6 id=0 issuer=SCST core len=60 device=fresh"
	assert_event EAGAIN
}

test_reader_gets_what_it_wants()	# by code, issuer and payload; 0, * and none are any
{
	local name
	assert_says "allow 6 somebody" ok
	tur a 1 9
	assert_event EAGAIN
	name=$(printf 'wanted' | od -An -tx1 -v | tr -d ' \n')
	assert_says "allow 6 * $name$(printf '%0108d' 0)" ok
	write_attr "$scst/handlers/scst_script/mgmt" "add_device other"
	write_attr "$scst/handlers/scst_script/mgmt" "add_device wanted"
	assert_event "code=6 id=0 issuer=SCST core len=60 device=wanted"
	assert_event EAGAIN
	assert_says "disallow 6 *" ok
	assert_says "disallow 6 *" ENOENT
	assert_says "allow 0 *" ok
	assert_says "allow 0 *" EEXIST
	write_attr "$scst/handlers/scst_script/mgmt" "del_device other"
	write_attr "$scst/handlers/scst_script/mgmt" "del_device wanted"
	tur a 2 9
	assert_event "code=1 id=0 issuer=SCST core len=520 lun=9 initiator=a target=t"
}

test_event_stays_until_there_is_room()	# and memory to put it into
{
	allow 1
	tur a 1 9
	assert_says "next 100" "ENOSPC 584"
	assert_says "next 0" "ENOSPC 584"
	assert_says "next -1" "ENOSPC 584"
	assert_says "wild 0xc0447503" EFAULT
	assert_says "next 584" "code=1 id=0 issuer=SCST core len=520 lun=9 initiator=a target=t"
}

test_answer_is_brought_back()	# to whoever asked; once
{
	local line id
	assert_fails_with "No such file" write_attr /sys/kernel/event_wait_test 1
	assert_says "allow 0x12345 $core" ok
	mark_log
	echo 1 >/sys/kernel/event_wait_test
	tell next
	read -r line <&"${READER[0]}"
	assert_match "$line" "^code=74565 id=[1-9][0-9]* issuer=SCST core len=0$"
	id=${line#*id=}
	id=${id%% *}
	assert_says "done $((id + 1)) 0" ENOENT
	assert_says "done $id -5" ok
	assert_says "done $id 0" ENOENT
	log_since_mark | has "the test event was answered with -5"
}

answered_with() # STATUS
{
	log_since_mark | has "the test event was answered with $1"
}

test_no_answer_is_one_too()	# the reader goes, or the ten seconds do
{
	assert_says "allow 0x12345 *" ok
	mark_log
	echo 1 >/sys/kernel/event_wait_test
	wait_for 100 answered_with -110
	assert_event EAGAIN
	mark_log
	echo 1 >/sys/kernel/event_wait_test
	echo 1 >/sys/kernel/event_wait_test
	tell next
	read -r -u "${READER[0]}" _
	stop_reader
	assert_eq "$(log_since_mark | nr_lines "answered with -14")" 2 "events that went without an answer"
}

test_queue_has_a_limit()	# events and what is wanted; the youngest are lost
{
	local i
	assert_says "many 2049" 2048
	assert_says "allow 1 $core" EMFILE
	assert_says "disallow 77 x" ok
	allow 1
	for i in {1..2049}; do
		run a "cmd 1 s 9 n 00 00 00 00 00 00"
	done
	for i in {1..2048}; do
		tell next
	done
	for i in {1..2048}; do
		read -r -u "${READER[0]}" line
		assert_match "$line" "code=1"
	done
	assert_event EAGAIN
}

test_hostile_arguments_are_refused()	# and nobody but root opens it
{
	assert_says "raw 0x40407501 ffffffff" EINVAL		# a payload of -1
	assert_says "raw 0x40407501 010c0000" EINVAL		# ... of 3073 bytes
	assert_says "raw 0x40407502 00000080" EINVAL
	assert_says "wild 0x40407501" EFAULT
	assert_says "wild 0x40407502" EFAULT
	assert_says "wild 0x40087504" EFAULT
	assert_says "raw 0x40407505 00" EINVAL
	assert_says "raw 0x40087501 00" EINVAL
	assert_says "done 1 0" ENOENT
	assert_says "allow 1 $(printf 'x%.0s' {1..60})" ok	# an issuer without an end
	assert_eq "$(setpriv --reuid=65534 --regid=65534 --clear-groups "$events" || true)" EACCES
	assert_eq "$(stat -c '%a %U' /dev/scst_event)" "600 root"
}

test_module_stays_while_somebody_reads()	# and readers that go in the middle do no harm
{
	local i
	assert_fails_with "in use" modprobe -r scst
	allow 0
	for i in 1 2 3; do
		tur a "$i" 9
	done
	stop_reader
	tur a 4 9
	wait_log a "cmd 4 02 5/25/00"
}

run_tests "$@"
