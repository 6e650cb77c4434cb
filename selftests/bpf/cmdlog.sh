#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# bpf/tracers/cmdlog and the tracepoints under it.
#
# Disks go, or are hidden, while the host looks at them:
# expects: disks that go
. "$(dirname "$0")/lib.sh"

# field=value words of the records there are, one a line
records()
{
	"$progs/ring" "$pins/map_cmdlog_events"
}

test_tracer_records_a_command()	# with everything that the initiator sent and got
{
	load "$bpf/cmdlog.bpf.o" filter_lun=1
	read_block "$sg1" 0x23
	records >/tmp/records
	assert_match "$(grep 'opcode=0x28' /tmp/records)" \
		"initiator=scst_local_host target=scst_local_tgt device=d1 lun=1 opcode=0x28 lba=35 len=512 status=0x00 sense=0/00/00 latency_ns=[1-9]" record
	assert_eq "$(nr_lines 'lun=0 ' /tmp/records)" 0 "records of other LUNs"
}

test_tracer_records_sense()	# of a command that failed
{
	load "$bpf/cmdlog.bpf.o" only_failed=1 filter_initiator=scst_local_host
	read_block "$sg1" 1
	sg_raw "$sg1" 28 00 7f ff ff ff 00 00 01 00 || true
	records >/tmp/records
	assert_eq "$(wc -l </tmp/records)" 1 "number of records"
	assert_match "$(cat /tmp/records)" "opcode=0x28 lba=2147483647 .*status=0x02 sense=5/21/00" record
}

test_tracer_filters()	# opcode, initiator, latency
{
	load "$bpf/cmdlog.bpf.o" filter_opcode=0x28 filter_initiator=somebody_else
	read_block "$sg1" 1
	assert_eq "$(records | wc -l)" 0 "records of another initiator"
	rm -rf "$pins"
	load "$bpf/cmdlog.bpf.o" filter_opcode=0x28 min_latency_ns=10000000000
	read_block "$sg1" 1
	assert_eq "$(records | wc -l)" 0 "records of slow commands"
	rm -rf "$pins"
	load "$bpf/cmdlog.bpf.o" filter_opcode=0x28
	tur "$sg1"
	read_block "$sg1" 1
	assert_eq "$(records | wc -l)" 1 "records of READ(10)"
}

test_tracer_counts_what_it_lost()	# and the initiator does not notice a full ring
{
	load "$bpf/cmdlog.bpf.o"
	dd if="$disk1" of=/dev/null bs=4k count=4000 iflag=direct
	drops=$(bpftool -j map dump pinned "$pins/map_cmdlog_drops" | jq '[.[].formatted.values[].value] | add')
	[ "$drops" -gt 0 ] || fail "no drops counted"
}

test_tracepoints_without_bpf()	# for perf and trace-cmd: submit, execute, done of one command
{
	t=/sys/kernel/tracing
	mountpoint -q "$t" || mount -t tracefs tracefs "$t"
	echo >"$t/trace"
	echo 1 >"$t/events/scst/enable"
	read_block "$sg1" 5
	echo 0 >"$t/events/scst/enable"
	trace=$(grep -v '^#' "$t/trace")
	assert_match "$trace" "scst_cmd_submit: initiator=scst_local_host target=scst_local_tgt lun=1 .* cdb=28 00 00 00 00 05 00 00 01" submit
	assert_match "$trace" "scst_cmd_execute: initiator=scst_local_host device=d1 lun=1 .* opcode=0x28 lba=5 len=512" execute
	assert_match "$trace" "scst_cmd_done: initiator=scst_local_host device=d1 lun=1 .* opcode=0x28 lba=5 len=512 status=0x00 sense=0/00/00 latency_ns=[1-9]" "done"
}

run_tests "$@"
