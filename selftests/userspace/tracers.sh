#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The counting tracers and what shows them: scstctl latency, top, errors; the metrics of scst-bpfd.
# Not tested here: cmdlog (bpf/cmdlog.sh), events (scst_bpfd.sh).
#
# Disks go, or are hidden, while the host looks at them:
# expects: disks that go
. "$(dirname "$0")/lib.sh"

load_reads() # DISK COUNT
{
	dd if="$1" of=/dev/null bs=4k count="$2" iflag=direct 2>/dev/null
}

test_latency_histogram_has_every_command()	# by initiator, LUN and direction
{
	scstctl tracer load latency
	load_reads "$disk1" 50
	row=$(scstctl latency --json | jq -c '.[] | select(.device == "d1" and .direction == "read")')
	assert_eq "$(jq -r .initiator <<<"$row")" scst_local_host initiator
	[ "$(jq .commands <<<"$row")" -ge 50 ] || fail "commands: $row"
	[ "$(jq .bytes <<<"$row")" -ge 204800 ] || fail "bytes: $row"
	assert_eq "$(jq '[.buckets[].commands] | add' <<<"$row")" "$(jq .commands <<<"$row")" buckets
	assert_match "$(scstctl latency)" "scst_local_host LUN 1 \(d1\) read: [0-9]+ commands.*us +[0-9]+ #" text
}

# It logs in, reads, and goes.
visit() # INITIATOR
{
	write_attr "$scst/targets/scst_local/mgmt" "add_session scst_local_tgt $1"
	load_reads "$(disk_of 1 "$tgt/sessions/$1")" 10
	write_attr "$scst/targets/scst_local/mgmt" "del_session scst_local_tgt $1"
}

of_guest='select(.initiator == "guest" and .device == "d1" and .lun == 1)'

test_counts_go_on_when_an_initiator_comes_back()	# in one row; and nothing of what went stays behind
{
	scstctl tracer load latency
	scstctl tracer load errors
	scstctl tracer load top
	visit guest
	before=$(scstctl latency --json | jq "[.[] | $of_guest | .commands] | add")
	visit guest
	visit guest
	rows=$(scstctl latency --json | jq -c "[.[] | $of_guest]")
	assert_eq "$(jq 'length == (map(.direction) | unique | length)' <<<"$rows")" true "one row a direction: $rows"
	[ "$(jq 'map(select(.direction == "read").commands) | add' <<<"$rows")" -ge 30 ] || fail "$rows"
	[ "$(jq 'map(.commands) | add' <<<"$rows")" -ge $((3 * before / 2)) ] || fail "$before, then $rows"
	assert_eq "$(jq '[.[].buckets[].commands] | add' <<<"$rows")" "$(jq 'map(.commands) | add' <<<"$rows")" buckets
	for map in latency/nexus_names top/nexus_names; do
		assert_eq "$(bpftool map dump pinned "$pins/tracers/$map" | nr_lines guest)" 0 "names left in $map"
	done
	rows=$(scstctl errors --json | jq -c "[.[] | $of_guest | [.opcode, .status, .sense_key, .asc, .ascq, .aborted]]")
	assert_eq "$(jq 'length == (unique | length)' <<<"$rows")" true "one row an error: $rows"
}

test_tracers_count_whom_they_are_told()	# one LUN, one initiator
{
	scstctl tracer load latency filter_lun=0
	scstctl tracer load errors filter_initiator=somebody
	scstctl tracer load top filter_initiator=scst_local_host filter_lun=1
	load_reads "$disk0" 5
	load_reads "$disk1" 5
	! read_block_beyond_the_end || fail "it is there"
	assert_eq "$(scstctl latency --json | jq -c '[.[].device] | unique')" '["d0"]' latency
	assert_eq "$(scstctl errors --json)" "[]" errors
	start_load "$disk1" 30
	scstctl top --count 2 --json >"$tap_dir/top" &
	while kill -0 $! 2>/dev/null; do
		load_reads "$disk0" 5
	done
	end_load
	assert_eq "$(tail -n 1 "$tap_dir/top" | jq -c '[.[].device] | unique')" '["d1"]' top
	assert_status 2 "unknown option filter" scstctl tracer load slow filter=d1
	assert_status 3 "cannot read the BPF object" scstctl tracer load nonesuch
	nothing_is_left_of slow
}

nothing_is_left_of() # TRACER
{
	[ ! -e "$pins/tracers/$1" ]
}

test_top_makes_rates()	# of those that were busy
{
	scstctl tracer load top
	start_load "$disk1" 30
	line=$(scstctl top --count 2 --json | tail -n 1)
	end_load
	assert_match "$(jq -c '[.[] | .device] | unique' <<<"$line")" '"d1"' devices
	[ "$(jq '[.[].commands] | add' <<<"$line")" -gt 10 ] || fail "$line"
}

# Until it is killed.
read_on() # DISK
{
	while :; do
		load_reads "$1" 5
	done
}

devices_are() # LIST OPTION...: in what top says of a second
{
	local list=$1
	shift
	[ "$(scstctl top --json --by device "$@" | jq -c 'map(.device)')" = "$list" ]
}

test_top_sums_up_and_sorts()	# by device or initiator; by name or number of commands
{
	scstctl tracer load top
	start_load "$disk1" 30
	read_on "$disk0" &
	wait_for 20 devices_are '["d0","d1"]' --sort name
	wait_for 20 devices_are '["d1","d0"]' --sort commands
	assert_eq "$(scstctl top --json --by initiator | jq -c 'map([.initiator, .device, .lun])')" \
		'[["scst_local_host",null,null]]' "by initiator"
	kill $!
	assert_status 2 '--by: "colour" is none of lun, initiator, device' scstctl top --by colour
	end_load
}

test_top_is_a_screen()	# on a terminal: drawn, sorted by a key, left by another
{
	scstctl tracer load top
	local screen
	start_load "$disk1" 60
	mkfifo "$tap_dir/keys"
	TERM=xterm LINES=24 COLUMNS=100 script -qec "scstctl top" /dev/null <"$tap_dir/keys" \
		>"$tap_dir/screen" &
	screen=$!
	exec 3>"$tap_dir/keys"
	wait_for 20 is_drawn
	printf b >&3
	wait_for 20 is_larger_than "$(stat -c %s "$tap_dir/screen")"
	printf q >&3
	wait "$screen"
	exec 3>&-
	end_load
}

is_drawn()
{
	[[ $(tr -d '\0' <"$tap_dir/screen") =~ INITIATOR.*scst_local_host.*d1 ]]
}

# Only what has changed is drawn.
is_larger_than() # BYTES
{
	[ "$(stat -c %s "$tap_dir/screen")" -gt "$1" ]
}

test_errors_count_sense()	# nothing for what is GOOD
{
	scstctl tracer load errors
	load_reads "$disk1" 5
	for _ in 1 2 3; do
		! read_block_beyond_the_end || fail "it is there"
	done
	assert_eq "$(scstctl errors --json | jq -c '.[] | select(.opcode == 40) | [.lun, .count, .status, .sense_key, .asc]')" \
		"[1,3,2,5,33]" errors
}

test_errors_count_full_sets_and_aborts()	# TASK SET FULL; a command of which its initiator hears nothing
{
	with_script
	scstctl tracer load errors filter_initiator=a
	echo 1 >"$unit/max_tgt_dev_commands"
	read_cmd a 1 s
	assert_held "1"
	read_cmd a 2 s
	wait_log a "cmd 2 28"
	run a "tmf 1 $tmf_abort_task 0 1"
	release_when_aborted 1
	wait_log a "gone 1"
	assert_eq "$(scstctl errors --json | jq -c 'map([.opcode, .status, .aborted, .count]) | sort')" \
		'[[40,40,false,1],[40,64,true,1]]' errors
	end_script
}

read_block_beyond_the_end()
{
	sg_raw -r 512 -o /dev/null "$sg1" 28 00 7f ff ff ff 00 00 01 00
}

test_without_the_tracer_it_says_so()	# and how to get it
{
	assert_status 3 "tracer latency is not loaded: scstctl tracer load latency" scstctl latency
	assert_status 3 "tracer top is not loaded" scstctl top --count 1
}

# A record says that PART took at least MS milliseconds, and that it waited for nothing else.
took() # RECORD PART MS
{
	jq -e ".$2_ns >= $3 * 1e6" <<<"$1" >/dev/null || fail "not $3 ms of $2: $1"
	jq -e "del(.$2_ns) | [.unblock_ns, .policy_ns, .data_ns, .turn_ns] | (add // 0) == 0" \
		<<<"$1" >/dev/null || fail "more than $2: $1"
	jq -e '([to_entries[] | select(.key | endswith("_ns")) | .value] | add) == 2 * .latency_ns' \
		<<<"$1" >/dev/null || fail "the parts are not the whole: $1"
}

test_slow_tells_where_time_went()	# held by a policy, by its blocked device, in the back end
{
	scstctl tracer load slow min_latency_us=100000 filter_lun=1
	scstctl policy load qos rule=lun=1,iops=5
	load_reads "$disk1" 3
	record=$(scstctl slow --count 1 --json)
	assert_eq "$(jq -c '[.event, .device, .opcode]' <<<"$record")" '["slow","d1",40]' record
	took "$record" policy 100
	scstctl policy unload qos
	scstctl tracer unload slow
	scstctl tracer load slow min_latency_us=100000 filter_lun=1
	write_attr "$scst/devices/d1/delay_ms" 150
	read_block "$sg1"
	write_attr "$scst/devices/d1/delay_ms" 0
	took "$(scstctl slow --count 1 --json)" execution 140
	write_attr "$scst/devices/d1/block" 1
	read_block "$sg1" &
	wait_for 5 grep -q "lun=1 .* step=lookup" "$scst/trace_cmds"
	sleep 0.2
	write_attr "$scst/devices/d1/block" 0
	wait $!
	record=$(scstctl slow --count 1)
	assert_match "$record" " 0x28 .* d1 unblock=[0-9]{6,}\.[0-9]" "text"
}

test_slow_tells_of_a_transport()	# waiting for data-out, for its turn behind others
{
	with_script
	scstctl tracer load slow min_latency_us=100000 filter_initiator=a
	write_attr "$ses_a/slow_data" 1
	run a "cmd 1 s 0 w512 2a 00 00 00 00 00 00 00 01 00"
	sleep 0.2
	run a "data 1"
	assert_held "1"
	release 1
	took "$(scstctl slow --count 1 --json)" data 180
	read_cmd a 2 s
	assert_held "2"
	read_cmd a 3 o
	sleep 0.3
	release 2
	assert_held "3"
	release 3
	scstctl slow --count 2 --json >"$tap_dir/slow"
	took "$(head -n 1 "$tap_dir/slow")" execution 250
	took "$(tail -n 1 "$tap_dir/slow")" turn 250
	end_script
}

test_events_of_unit_attentions()	# with their sense
{
	echo '{ "tracers": [ { "object": "sessions" } ] }' >"$config"
	start_daemon --print-events
	scstctl policy load lun_mask mask=scst_local_host@1:hide
	wait_for 10 grep -q '"event":"unit_attention".*"initiator":"scst_local_host".*"sense":"6/3f/0e"' "$daemon_log.out"
}

test_events_of_sessions_and_policies()	# logins, task management, ejections; no unit attentions, as told
{
	echo '{ "policies": [ { "object": "maximal" } ], "tracers": [ { "object": "sessions",
		"options": { "unit_attentions": false } } ] }' >"$config"
	start_daemon --print-events
	write_attr "$scst/targets/scst_local/mgmt" "add_session scst_local_tgt guest"
	write_attr "$scst/targets/scst_local/mgmt" "del_session scst_local_tgt guest"
	sg_reset --device "$sg1"
	scstctl policy eject maximal "for a test"
	wait_for 10 grep -q '"event":"policy_exit".*"policy":"maximal","kind":"admin".*"text":"for a test"' "$daemon_log.out"
	grep -q '"event":"login".*"initiator":"guest"' "$daemon_log.out"
	grep -q '"event":"logout".*"initiator":"guest"' "$daemon_log.out"
	grep -q '"event":"tmf".*"lun":1' "$daemon_log.out"
	assert_eq "$(nr_lines '"event":"unit_attention"' "$daemon_log.out")" 0 "unit attentions"
	daemon_says '"event":"policy_exit"'
}

judge() # SCRAPE [FILE]...
{
	python3 "$(dirname "$0")/openmetrics.py" "$@"
}

test_metrics_are_openmetrics()	# with every family; docs/monitoring speaks of what is there
{
	cat >"$config" <<-END
	{ "policies": [ { "object": "qos", "rules": [ "lun=1,iops=50" ] } ],
	  "tracers": [ { "object": "latency" }, { "object": "errors" } ],
	  "metrics": { "listen": "127.0.0.1:9478" } }
	END
	start_daemon
	load_reads "$disk1" 20
	! read_block_beyond_the_end || fail "it is there"
	visit guest
	visit guest
	scrape=$tap_dir/scrape
	metrics >"$scrape.http"
	sed '1,/^\r$/d' "$scrape.http" >"$scrape"
	head=$(sed '/^\r$/q' "$scrape.http")
	assert_match "$head" "200 OK" answer
	assert_match "$head" "Content-Type: application/openmetrics-text; version=1.0.0" "content type"
	judge "$scrape" docs/monitoring/{alerts.yml,grafana.json,README.md}
	text=$(cat "$scrape")
	assert_match "$text" 'scst_sessions\{driver="scst_local",target="scst_local_tgt"\} 1' sessions
	assert_match "$text" 'scst_policy_verdicts_total\{policy="qos",hook="cmd_admit",verdict="pass"\} [1-9]' verdicts
	assert_match "$text" 'scst_policy_ejected\{policy="qos"\} 0' ejections
	assert_match "$text" 'scst_policy_in_force\{policy="qos"\} 1' "in force"
	assert_match "$text" 'scst_command_duration_seconds_bucket\{initiator="scst_local_host",target="scst_local_tgt",device="d1",lun="1",direction="read",le="\+Inf"\} [1-9]' histogram
	assert_match "$text" 'scst_command_errors_total\{initiator="scst_local_host",target="scst_local_tgt",device="d1",lun="1",opcode="0x28",status="0x02",sense="5/21/00",aborted="0"\} 1' errors
	assert_match "$text" 'scst_command_duration_seconds_count\{initiator="guest",target="scst_local_tgt",device="d1",lun="1",direction="read"\} ([2-9][0-9]|[0-9]{3,})' "who came back"
	assert_match "$(metrics /)" "404 Not Found" "another page"
}

test_wrong_metrics_are_seen()	# by what judges them
{
	judge --self-test
}

test_apply_changes_limits_while_it_runs()	# the daemon compares, and updates what differs
{
	echo '{ "policies": [ { "object": "qos", "rules": [ "lun=1,iops=50" ] } ] }' >"$config"
	start_daemon
	echo '{ "policies": [ { "object": "qos", "rules": [ "lun=1,iops=70" ] } ] }' >"$config"
	scstctl policy apply
	daemon_says "updated policy qos"
	assert_eq "$(scstctl policy show qos --json | jq -c .rules)" '["lun=1,iops=70"]' rules
	echo '{ "policies": [ { "object": "qos", "rules": [ "lun=x" ] } ] }' >"$config"
	assert_status 1 "could not be applied" scstctl policy apply
	assert_eq "$(scstctl policy show qos --json | jq -c .rules)" '["lun=1,iops=70"]' rules
}

test_config_errors_are_named()	# line and key
{
	printf '{\n"metrics": { "listen": "nowhere" } }' >"$config"
	assert_status 2 "bpfd.json:2: metrics.listen: must be ADDRESS:PORT" scst-bpfd --config "$config" --check-config
	printf '{ "policies": [ { "object": "qos",\n"deadline_ms": 20000 } ] }' >"$config"
	assert_status 2 "bpfd.json:2: policies[0].deadline_ms" scst-bpfd --config "$config" --check-config
}

run_tests "$@"
