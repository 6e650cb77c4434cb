#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The sysfs tree as an administrator reads it: names, links both ways, usage texts, values, the [key]
# line, counters. Not tested here: what is refused (sysfs_mgmt.sh), what happens while things go away
# (sysfs_life.sh).
#
# Commands that are made to fail:
# expects: disks that go

. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/../lib/scst.sh"

setup_file()
{
	load_scst
	add_null disk0
	map_lun disk0 0
	sg=$(sg_of 0)
	disk=$(disk_of 0)
}

teardown_file()
{
	unload_scst
}

# What is in a directory, in one line.
names()
{
	find "$1" -mindepth 1 -maxdepth 1 -printf '%f\n' | LC_ALL=C sort | paste -sd ' '
}

# First line of an attribute, and whether scstadmin would save it.
value()
{
	head -n 1 "$1"
}

has_key()
{
	[ "$(sed -n 2p "$1")" = "[key]" ]
}

no_key()
{
	[ "$(wc -l <"$1")" -eq 1 ]
}

test_root_has_the_directories_of_scst()	# and nothing but what docs/sysfs.md lists
{
	local expected="async_lun_replace device_groups devices force_global_sgv_pool handlers "
	expected+="last_sysfs_mgmt_res max_tasklet_cmd "
	expected+="measure_latency policies policy_available poll_us setup_id sgv suspend targets threads "
	expected+="trace_cmds trace_level trace_mcmds version"
	assert_eq "$(names "$scst")" "$expected" "root"
}

test_target_has_what_is_documented()	# names and modes
{
	local expected="addr_method aen_disabled bidi_cmd_count bidi_io_count_kb "
	expected+="bidi_unaligned_cmd_count black_hole comment cpu_mask ini_groups io_grouping_type luns "
	expected+="none_cmd_count phys_transport_version read_cmd_count read_io_count_kb "
	expected+="read_unaligned_cmd_count rel_tgt_id scsi_transport_version "
	expected+="sessions sg_tablesize unknown_cmd_count write_cmd_count write_io_count_kb write_unaligned_cmd_count"
	assert_eq "$(names "$tgt")" "$expected" "target"
	assert_eq "$(stat -c %a "$tgt"/rel_tgt_id)" 644 "mode of rel_tgt_id"
	assert_eq "$(stat -c %a "$tgt"/read_cmd_count)" 444 "mode of read_cmd_count"
	assert_eq "$(stat -c %a "$tgt"/sg_tablesize)" 444 "mode of sg_tablesize"
	assert_eq "$(cat "$tgt"/sg_tablesize)" 65535 "of a target without a limit"
	assert_eq "$(stat -c %a "$host_session"/read_cmd_count)" 644 "mode of the session's"
	[ ! -e "$host_session"/force_close ]
}

test_session_has_the_port_of_scst()	# its SAS address, by which saved reservations know it
{
	assert_eq "$(cat "$host_session"/transport_id)" \
		060000005feede401fade050000000000000000000000000
}

test_versions_of_transports_are_in_inquiry()	# two descriptors; [key] if they were set
{
	assert_eq "$(cat "$tgt"/scsi_transport_version)" 0xbe0
	write_attr "$tgt"/scsi_transport_version 0x0960
	write_attr "$tgt"/phys_transport_version 0x0f80
	has_key "$tgt"/scsi_transport_version
	has_key "$tgt"/phys_transport_version
	assert_match "$(sg_raw --request=96 --outfile=- "$sg" 12 00 00 00 60 00 | od -An -tx1 -v | tr -d ' \n')" \
		"00c00f800960"
	write_attr "$tgt"/scsi_transport_version 0xbe0
	write_attr "$tgt"/phys_transport_version 0
	no_key "$tgt"/scsi_transport_version
	no_key "$tgt"/phys_transport_version
}

test_links_lead_both_ways()	# LUN, device, handler, session; relative as in SCST
{
	assert_eq "$(readlink "$tgt"/luns/0/device)" ../../../../../devices/disk0 "device of the LUN"
	assert_eq "$(readlink "$scst"/devices/disk0/exported/export0)" \
		../../../targets/scst_local/scst_local_tgt/luns/0 "export of the device"
	assert_eq "$(readlink "$scst"/devices/disk0/handler)" ../../handlers/vdisk_nullio "handler"
	assert_eq "$(readlink "$scst"/handlers/vdisk_nullio/disk0)" ../../devices/disk0 "device"
	assert_eq "$(readlink "$host_session"/luns)" ../../luns "LUNs of the session"
}

test_exports_are_numbered_as_they_come()	# and a number is not used twice
{
	map_lun disk0 7
	assert_eq "$(names "$scst"/devices/disk0/exported)" "export0 export1"
	unmap_lun 7
	map_lun disk0 8
	assert_eq "$(names "$scst"/devices/disk0/exported)" "export0 export2"
	unmap_lun 8
	assert_eq "$(names "$scst"/devices/disk0/exported)" "export0"
}

test_replace_moves_the_links()	# the LUN's directory stays
{
	local inode
	add_null other
	map_lun disk0 9
	inode=$(stat -c %i "$tgt"/luns/9)
	write_attr "$tgt"/luns/mgmt "replace other 9 read_only=1"
	assert_eq "$(stat -c %i "$tgt"/luns/9)" "$inode" "inode of luns/9"
	assert_eq "$(readlink -f "$tgt"/luns/9/device)" "$scst"/devices/other
	assert_eq "$(names "$scst"/devices/disk0/exported)" export0
	assert_eq "$(names "$scst"/devices/other/exported)" export0
	assert_eq "$(value "$tgt"/luns/9/read_only)" 1 read_only
	write_attr "$tgt"/luns/mgmt "replace_no_ua disk0 9"
	assert_eq "$(readlink -f "$tgt"/luns/9/device)" "$scst"/devices/disk0
	assert_eq "$(value "$tgt"/luns/9/read_only)" 0 read_only
	[ -z "$(ls "$scst"/devices/other/exported)" ]
	unmap_lun 9
	del_null other
}

write_block() # LUN
{
	sg_raw --send=512 --infile=/dev/zero "$(sg_of "$1")" 2a 00 00 00 00 00 00 00 01 00
}

test_read_only_is_what_initiators_get()	# of the device or of the LUN; only the LUN's is saved
{
	local lun
	add_null ro "read_only=1"
	map_lun ro 1
	map_lun disk0 2 read_only=1
	assert_eq "$(value "$tgt"/luns/1/read_only)" 1 "of the read-only device"
	no_key "$tgt"/luns/1/read_only
	assert_eq "$(value "$tgt"/luns/2/read_only)" 1 "of the read-only LUN"
	has_key "$tgt"/luns/2/read_only
	assert_eq "$(value "$tgt"/luns/0/read_only)" 0 "of neither"
	no_key "$tgt"/luns/0/read_only
	for lun in 0 1 2; do
		clear_unit_attentions "$(sg_of "$lun")"
	done
	write_block 0
	assert_fails_with "Data Protect" write_block 1
	assert_fails_with "Data Protect" write_block 2
	unmap_lun 1
	unmap_lun 2
	del_null ro
}

test_usage_names_verbs_and_parameters()	# scstadmin reads the parameters from these sentences
{
	local available="The following parameters available: "
	grep -q '^Usage: echo "add_device device_name \[parameters\]" >mgmt$' "$null_mgmt"
	grep -q 'echo "del_device device_name" >mgmt$' "$null_mgmt"
	grep -q "^${available}blocksize, .*size_mb" "$null_mgmt"
	grep -q '^Usage: echo "add_target target_name \[parameters\]" >mgmt$' "$tgt"/../mgmt
	grep -q 'echo "add_session target_name session_name" >mgmt$' "$tgt"/../mgmt
	grep -q "^${available}session_name$" "$tgt"/../mgmt
	grep -q "^${available}read_only$" "$tgt"/luns/mgmt
	for verb in add del replace replace_no_ua clear; do
		grep -qE "echo \"${verb}[ \"]" "$tgt"/luns/mgmt
	done
}

test_any_handler_of_virtual_disks_deletes_them()	# as in SCST; two at a time: one does, and nothing is left
{
	local first second
	add_null other
	write_attr "$scst/handlers/vcdrom/mgmt" "del_device other"
	[ ! -e "$scst/devices/other" ] || fail "the null disk is still there"
	assert_fails_with "Invalid argument" write_attr "$scst/handlers/vcdrom/mgmt" "del_device other"
	for _ in {1..20}; do
		add_null other
		(tap_asking=1; write_attr "$scst/handlers/vdisk_fileio/mgmt" "del_device other" 2>/dev/null) &
		first=0 second=0
		(write_attr "$scst/handlers/vdisk_nullio/mgmt" "del_device other" 2>/dev/null) || second=1
		wait $! || first=1
		assert_eq $((first + second)) 1 "writers that deleted nothing"
		[ ! -e "$scst/devices/other" ] || fail "both say that they deleted it, or neither: it is there"
	done
}

test_type_is_number_and_name()	# of handler and device
{
	assert_match "$(cat "$scst"/handlers/vdisk_nullio/type)" "^0 - "
	assert_match "$(cat "$scst"/devices/disk0/type)" "^0 - "
}

test_version_tells_module_and_kernel()	# the version itself on the first line
{
	# scstadmin takes the first three numbers in it, and nothing below 2.0.0
	assert_match "$(value "$scst"/version)" "^[3-9]\.[0-9]+\.[0-9]+"
	assert_eq "$(value "$tgt"/../version)" "$(value "$scst"/version)" "version of scst_local"
	grep -q "^kernel: $(uname -r) " "$scst"/version
}

test_values_that_are_not_the_default_have_a_key()	# what scstadmin saves
{
	local file
	no_key "$tgt"/addr_method
	no_key "$tgt"/aen_disabled
	no_key "$tgt"/comment
	no_key "$scst"/setup_id
	no_key "$scst"/threads
	assert_eq "$(value "$scst"/threads)" "$(nproc)" "threads that nobody limits"
	has_key "$tgt"/rel_tgt_id
	write_attr "$tgt"/addr_method flat
	write_attr "$tgt"/aen_disabled 1
	write_attr "$tgt"/comment "  the loop back  "
	write_attr "$scst"/setup_id 0xCafe
	write_attr "$scst"/threads 3
	write_attr "$scst"/max_tasklet_cmd 20
	write_attr "$scst"/poll_us 100
	assert_eq "$(value "$tgt"/addr_method)" FLAT
	assert_eq "$(value "$tgt"/comment)" "the loop back"
	assert_eq "$(value "$scst"/setup_id)" 0xcafe
	assert_eq "$(value "$scst"/threads)" 3
	assert_eq "$(value "$scst"/max_tasklet_cmd)$(value "$scst"/poll_us)" 20100
	for file in $tgt/{addr_method,aen_disabled,comment} \
		$scst/{setup_id,threads,max_tasklet_cmd,poll_us}; do
		has_key "$file"
	done
	write_attr "$tgt"/addr_method PERIPHERAL
	write_attr "$tgt"/aen_disabled 0
	write_attr "$tgt"/comment ""
	write_attr "$scst"/setup_id 0
	write_attr "$scst"/threads :default:
	write_attr "$scst"/max_tasklet_cmd 10
	write_attr "$scst"/poll_us 0
	for file in $tgt/{addr_method,aen_disabled,comment} \
		$scst/{setup_id,threads,max_tasklet_cmd,poll_us}; do
		no_key "$file"
	done
}

test_setup_id_has_the_base_of_its_prefix()	# ten, sixteen, eight
{
	local text
	for text in 10:0xa 0x10:0x10 010:0x8; do
		write_attr "$scst"/setup_id "${text%:*}"
		assert_eq "$(value "$scst"/setup_id)" "${text#*:}" "setup_id after ${text%:*}"
	done
	write_attr "$scst"/setup_id 0
}

test_addr_method_reaches_report_luns()	# flat addressing: 40h in the first byte
{
	assert_match "$(sg_luns --raw "$sg" | od -An -tx1 -v | tr -d ' \n')" "0000000000000000$"
	write_attr "$tgt"/addr_method FLAT
	assert_match "$(sg_luns --raw "$sg" | od -An -tx1 -v | tr -d ' \n')" "4000000000000000$"
	write_attr "$tgt"/addr_method PERIPHERAL
}

test_setup_id_changes_generated_identifiers()	# of devices that come after it
{
	local first second
	add_null twin
	first=$(value "$scst"/devices/twin/t10_dev_id)
	del_null twin
	write_attr "$scst"/setup_id 1234
	add_null twin
	second=$(value "$scst"/devices/twin/t10_dev_id)
	del_null twin
	write_attr "$scst"/setup_id 0
	[ "$first" != "$second" ]
}

test_counters_move_with_io()	# reads, writes, neither; in the session and in the target
{
	local object
	for object in none read write; do
		write_attr "$host_session"/"${object}"_cmd_count 0
	done
	dd if="$disk" of=/dev/null bs=64k count=16 iflag=direct
	dd if=/dev/zero of="$disk" bs=64k count=32 oflag=direct
	for _ in {1..10}; do
		sg_raw "$sg" 00 00 00 00 00 00	# sg_turs of Debian 13 sends nothing
	done
	for object in $host_session $tgt; do
		assert_eq "$(cat "$object"/write_io_count_kb)" 2048 "$object/write_io_count_kb"
		assert_eq "$(cat "$object"/write_cmd_count)" 32 "$object/write_cmd_count"
		[ "$(cat "$object"/read_io_count_kb)" -ge 1024 ]
		[ "$(cat "$object"/read_cmd_count)" -ge 16 ]
		[ "$(cat "$object"/none_cmd_count)" -ge 10 ]
		assert_eq "$(cat "$object"/bidi_cmd_count)" 0 "$object/bidi_cmd_count"
	done
}

test_writing_a_counter_resets_its_direction()	# and no other
{
	dd if=/dev/zero of="$disk" bs=64k count=4 oflag=direct
	dd if="$disk" of=/dev/null bs=64k count=4 iflag=direct
	write_attr "$host_session"/write_io_count_kb 0
	assert_eq "$(cat "$host_session"/write_io_count_kb)" 0 write_io_count_kb
	assert_eq "$(cat "$host_session"/write_cmd_count)" 0 write_cmd_count
	[ "$(cat "$host_session"/read_cmd_count)" -ge 4 ]
}

test_unknown_commands_are_counted()	# an opcode that no standard has
{
	local before
	before=$(cat "$host_session"/unknown_cmd_count)
	sg_raw "$sg" ff 00 00 00 00 00 || true
	assert_eq "$(cat "$host_session"/unknown_cmd_count)" $((before + 1)) unknown_cmd_count
	write_attr "$host_session"/unknown_cmd_count 0
	assert_eq "$(cat "$host_session"/unknown_cmd_count)" 0 "after the reset"
}

test_active_commands_are_those_under_way()	# a read that lasts
{
	assert_eq "$(cat "$host_session"/active_commands)" 0 "idle"
	write_attr "$scst"/devices/disk0/delay_ms 10000
	dd if="$disk" of=/dev/null bs=4k count=1 iflag=direct &
	wait_for 8 grep -qx 1 "$host_session"/active_commands
	assert_eq "$(cat "$host_session"/commands)" 1 commands
	write_attr "$scst"/devices/disk0/delay_ms 0
	wait $!
	assert_eq "$(cat "$host_session"/active_commands)" 0 "idle again"
}

test_sessions_of_one_initiator_are_told_apart()	# two targets, one name: no suffix is needed
{
	write_attr "$tgt"/../mgmt "add_target second session_name=scst_local_host"
	assert_eq "$(value "$tgt"/../second/sessions/scst_local_host/initiator_name)" scst_local_host
	write_attr "$tgt"/../mgmt "del_target second"
	[ ! -e "$tgt"/../second ]
}

test_trace_level_turns_tracepoints_on_and_off()	# ftrace sees the same
{
	local events=/sys/kernel/tracing/events/scst
	mount -t tracefs nodev /sys/kernel/tracing 2>/dev/null || true
	assert_eq "$(value "$scst"/trace_level)" ""
	write_attr "$scst"/trace_level "add scst_cmd_done"
	assert_eq "$(value "$scst"/trace_level)" scst_cmd_done
	assert_eq "$(cat "$events"/scst_cmd_done/enable)" 1
	write_attr "$scst"/trace_level all
	assert_match "$(value "$scst"/trace_level)" \
		" \| scsi \| .*scst_cmd_submit \| scst_cmd_execute \| scst_cmd_done \| scst_cmd_waited$"
	write_attr "$scst"/trace_level "SET scst_cmd_submit"
	assert_eq "$(value "$scst"/trace_level)" scst_cmd_submit
	write_attr "$scst"/trace_level "del scsi"
	assert_eq "$(value "$scst"/trace_level)" ""
	assert_eq "$(cat "$events"/enable)" 0
	write_attr "$scst"/trace_level "add scsi"
	assert_eq "$(cat "$events"/scst_cmd_done/enable)" 1
	write_attr "$scst"/trace_level none
}

test_trace_level_knows_the_tokens_of_scst()	# kept and shown; and their numbers
{
	local tokens="out_of_mem minor sg mem buff entryexit pid line function debug special scsi mgmt "
	local token
	tokens+="mgmt_dbg flow_control pr block retry scsi_serializing data_send data_received"
	for token in $tokens; do
		write_attr "$scst"/trace_level "set $token"
		assert_match "$(value "$scst"/trace_level)" "^$token( \| scst_cmd_|$)"
		# what scstadmin finds: between brackets, with commas
		assert_match "$(sed -n '4,$p' "$scst"/trace_level | tr -d '\n' | sed 's/.*\[\(.*\)\].*/, \1,/')" \
			", $token,"
	done
	write_attr "$scst"/trace_level "value 0xa00"
	assert_eq "$(value "$scst"/trace_level)" "minor | mgmt_dbg"
	write_attr "$scst"/trace_level "add pr"
	write_attr "$scst"/trace_level "del minor"
	assert_eq "$(value "$scst"/trace_level)" "mgmt_dbg | pr"
	write_attr "$scst"/trace_level default
	assert_eq "$(value "$scst"/trace_level)" ""
}

run_tests "$@"
