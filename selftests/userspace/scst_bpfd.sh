#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# scst-bpfd: loading, adopting, reloading, events, privileges. As a service: scst_bpfd_service.sh. Not
# tested: systemd itself.
#
# Disks go, or are hidden, while the host looks at them:
# expects: disks that go
. "$(dirname "$0")/lib.sh"

config_with() # POLICIES [TRACERS] [EVENTS]
{
	jq -n "{ policies: ${1:-[]}, tracers: ${2:-[]}, events: ${3:-{\}} }" >"$config"
}

mask() # RULE...
{
	printf '%s\n' "$@" | jq -R . | jq -sc '[{ object: "lun_mask", mask: . }]'
}

cmdlog='[{ object: "cmdlog" }]'

test_configured_policy_is_in_force()	# and is pinned where scstctl finds it
{
	config_with "$(mask scst_local_host@1:hide)"
	start_daemon
	wait_for_luns 0
	assert_eq "$(scstctl policy list --json | jq -c '.[] | [.name, .pinned]')" '["lun_mask",true]'
	stop_daemon
	wait_for_luns 0		# leaving changes nothing
	[ ! -e "$sock" ]
}

test_killed_daemon_drops_nothing()	# kill -9 under load: the verdict holds, the next daemon adopts
{
	local before
	config_with "$(mask scst_local_host@1:hide)" "$cmdlog"
	start_daemon
	wait_for_luns 0
	start_load "$disk0" 25
	before=$(cat "$policies/lun_mask/calls")
	stop_daemon KILL
	luns_are 0
	start_daemon
	daemon_says "adopted policy lun_mask"
	daemon_says "adopted tracer cmdlog"
	luns_are 0
	assert_eq "$(cat "$policies/lun_mask/calls")" "$before" "calls: the policy was not attached again; it"
	wait "$load"
}

test_adopted_policy_is_left_as_it_is()	# a changed file alone changes nothing; a reload does
{
	config_with "$(mask scst_local_host@1:hide)"
	start_daemon
	wait_for_luns 0
	stop_daemon
	config_with "$(mask scst_local_host@1:default)"
	start_daemon
	daemon_says "not as configured"
	luns_are 0
	reload_daemon
	wait_for_luns 0 1
}

test_what_is_out_of_force_is_told_and_comes_back()	# ejected: by a reload; detached: at the start
{
	config_with "$(mask scst_local_host@1:hide)"
	start_daemon
	wait_for_luns 0
	stop_daemon
	scstctl policy eject lun_mask
	start_daemon
	daemon_says "policy lun_mask is ejected: reload"
	assert_eq "$(head -n 1 "$policies/lun_mask/state")" ejected state
	reload_daemon
	wait_for 20 grep -qx active "$policies/lun_mask/state"
	wait_for_luns 0
	stop_daemon
	bpftool link detach pinned "$pins/policies/lun_mask/link"
	wait_for_luns 0 1
	start_daemon
	wait_for_luns 0
}

test_reload_takes_another_build()	# of a policy and of a tracer
{
	mkdir "$tap_dir/bpf"
	cp /usr/local/lib/scst/bpf/{lun_mask,cmdlog}.bpf.o "$tap_dir/bpf"
	export SCST_BPF_DIR=$tap_dir/bpf
	config_with "$(mask scst_local_host@1:hide)" "$cmdlog"
	start_daemon
	scstctl policy apply
	! daemon_says updated || fail "the same build is another one"
	printf x >>"$tap_dir/bpf/lun_mask.bpf.o"	# as if they were others
	printf x >>"$tap_dir/bpf/cmdlog.bpf.o"
	reload_daemon
	wait_for 30 daemon_says "updated tracer cmdlog"
	daemon_says "updated policy lun_mask"
	wait_for_luns 0
}

test_reload_changes_rules_in_place()	# the policy stays attached
{
	local exits
	config_with "$(mask scst_local_host@1:hide)"
	start_daemon
	wait_for_luns 0
	exits=$(cat "$policies/exits")
	config_with "$(mask other@0:hide)"
	reload_daemon
	wait_for_luns 0 1
	assert_eq "$(scstctl policy show lun_mask --json | jq -c .mask)" '["other@0:hide"]'
	assert_eq "$(cat "$policies/exits")" "$exits" "exit records"
}

test_reload_replaces_options_without_a_gap()	# under load of REPORT LUNS, LUN 1 is never seen
{
	local seen=0 i
	config_with '[{ object: "lun_mask", options: { default_access: 0 }, mask: ["scst_local_host@1:hide"] }]'
	start_daemon
	wait_for_luns 0
	config_with '[{ object: "lun_mask", options: { default_access: 1 }, priority: 9,
		mask: ["scst_local_host@1:hide"] }]'
	reload_daemon
	for ((i = 0; i < 200; i++)); do
		luns_are 0 || seen=1
		! daemon_says "updated policy lun_mask" || break
	done
	assert_eq "$seen" 0 "LUN 1 seen"
	wait_for 30 daemon_says "updated policy lun_mask"
	assert_eq "$(cat "$policies/lun_mask/priority")" 9
	assert_eq "$(scstctl policy show lun_mask --json | jq -r .options.default_access)" 1
	assert_eq "$(ls "$pins/policies")" lun_mask
}

test_reload_unloads_what_is_gone()	# but nothing that it did not load
{
	config_with "$(mask scst_local_host@1:hide)" "$cmdlog"
	start_daemon
	scstctl policy load minimal
	config_with
	reload_daemon
	wait_for_luns 0 1
	wait_for 10 test ! -e "$pins/tracers/cmdlog"
	assert_eq "$(scstctl policy list --json | jq -r '.[].name')" minimal
}

test_reload_that_fails_unloads_nothing()	# the one that fails may be the old one's successor
{
	config_with "$(mask scst_local_host@1:hide)"
	start_daemon
	wait_for_luns 0
	config_with '[{ object: "lun_mask", name: "other", options: { bogus: 1 }, mask: ["scst_local_host@1:hide"] }]'
	assert_status 1 "could not be applied" scstctl policy apply
	daemon_says "policy lun_mask is not configured, and stays"
	luns_are 0
	config_with '[{ object: "lun_mask", name: "other", mask: ["scst_local_host@1:hide"] }]'
	scstctl policy apply
	luns_are 0
	assert_eq "$(in_force)" other "policies in force"
}

test_what_is_no_longer_configured_is_told_and_goes()	# though another daemon loaded it
{
	config_with "$(mask scst_local_host@1:hide)" "$cmdlog"
	start_daemon
	wait_for_luns 0
	stop_daemon
	scstctl policy load minimal
	scstctl policy update --force lun_mask mask=scst_local_host@1:hide	# it is the daemon's all the same
	config_with
	start_daemon
	daemon_says "policy lun_mask is in force and not configured: reload"
	daemon_says "tracer cmdlog is in force and not configured: reload"
	! daemon_says "policy minimal" || fail "it speaks of what it has not loaded"
	luns_are 0
	reload_daemon
	wait_for_luns 0 1
	wait_for 10 test ! -e "$pins/tracers/cmdlog"
	assert_eq "$(in_force)" minimal "policies in force"
}

test_broken_configuration_changes_nothing()	# named with line and key
{
	config_with "$(mask scst_local_host@1:hide)"
	start_daemon
	wait_for_luns 0
	printf '{\n"policies": [],\n"color": 1 }\n' >"$config"
	reload_daemon
	wait_for 10 daemon_says "$config:3: color: unknown key"
	luns_are 0
	kill -0 "$(cat "$daemon_log.pid")"
	assert_status 2 "$config:3: color: unknown key" scst-bpfd --config "$config" --check-config
}

in_force()
{
	scstctl policy list --json | jq -r '.[].name' | xargs
}

# A policy before and behind each thing that is wrong.
config_with_faults()
{
	jq -n '{ policies: [{ object: "lun_mask", name: "first", mask: ["scst_local_host@1:hide"] },
			{ object: "qos", options: { bogus: 1 } }, { object: "nonesuch" },
			{ object: "cmd_filter", rules: ["opcode=many"] }, { object: "minimal" },
			{ object: "maximal", priority: -1 }, { object: "minimal", name: "last" }],
		tracers: [{ object: "latency", options: { bogus: 1 } }, { object: "cmdlog" }],
		events: { group: "no-such-group" }, metrics: { listen: "127.0.0.1:9478" } }' >"$config"
}

take_metrics_port()
{
	python3 -c '
import socket, time
s = socket.socket()
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.bind(("127.0.0.1", 9478))
s.listen()
time.sleep(1000)' &
	wait_for 10 bash -c '</dev/tcp/127.0.0.1/9478'
}

gets_metrics()
{
	exec 3<>/dev/tcp/127.0.0.1/9478
	printf 'GET /metrics HTTP/1.0\r\n\r\n' >&3
	timeout 5 cat <&3 | has '^scst_policy_in_force'
}

test_one_fault_takes_nothing_else_along()	# nor do a port that is taken and a group that is not there
{
	local said port
	config_with_faults
	take_metrics_port
	port=$!
	start_daemon
	wait_for_luns 0
	assert_eq "$(in_force)" "first last minimal" "policies in force"
	[ -e "$pins/tracers/cmdlog" ]
	for said in "policy qos: unknown option bogus" "nonesuch" 'policy cmd_filter: rule "opcode=many": opcode' \
		"policies[5].priority" "tracer latency: unknown option bogus" "there is no group no-such-group" \
		"metrics: cannot listen on 127.0.0.1:9478"; do
		daemon_says "$said" || fail "it does not say '$said'"
	done
	assert_eq "$(stat -c '%a %G' "$sock")" "660 root" "control socket"
	! gets_metrics || fail "somebody else's port answers"
	kill "$port"
	wait_for 20 gets_metrics
	config_with "$(mask scst_local_host@0:hide)"
	scstctl policy apply
	wait_for_luns 1
	assert_eq "$(in_force)" lun_mask "policies in force"
}

test_check_config_says_all_that_is_wrong()	# of objects, options and rules, too; without a module or root
{
	local said status=0
	config_with_faults
	said=$(setpriv --reuid=65534 --regid=65534 --clear-groups --inh-caps=-all \
		scst-bpfd --check-config --config /dev/stdin <"$config" 2>&1) || status=$?
	assert_eq "$status" 2 "exit status"
	assert_eq "$(wc -l <<<"$said")" 5 "lines of '$said'"
	assert_match "$said" "policies\[5\].priority.*policy qos: unknown option bogus.*nonesuch.*opcode=many.*tracer latency" said
	config_with '[{ object: "lun_mask", options: { bogus: 1 } }]'
	assert_status 2 "policy lun_mask: unknown option bogus" scst-bpfd --config "$config" --check-config
	config_with '[{ object: "nonesuch" }]'
	assert_status 3 "nonesuch" scst-bpfd --config "$config" --check-config
	config_with "$(mask x@1:hide)" "$cmdlog"
	scst-bpfd --config "$config" --check-config
	nothing_is_left
}

test_status_tells_what_is_wrong()	# for a health check: by its exit status, too
{
	assert_match "$(scstctl status)" "^policies are in force as they should be; scst-bpfd does not answer" status
	config_with "$(mask scst_local_host@1:hide)"
	start_daemon
	assert_eq "$(scstctl status --json | jq -c .)" '{"ok":true,"daemon":true,"faults":[]}' status
	scstctl policy load minimal
	scstctl policy load minimal name=gone
	scstctl policy eject minimal "for a test"
	bpftool link detach pinned "$pins/policies/gone/link"
	config_with '[{ object: "nonesuch" }]'
	scstctl policy apply 2>/dev/null || true
	scstctl status >"$tap_dir/status" 2>/dev/null && fail "all is well: $(cat "$tap_dir/status")"
	grep -q "^policy minimal is ejected (for a test): " "$tap_dir/status"
	grep -q "^policy gone is pinned and not attached: " "$tap_dir/status"
	grep -q "^scst-bpfd: policy nonesuch: cannot read the BPF object" "$tap_dir/status"
	grep -q "^scst-bpfd: policy lun_mask is not configured, and stays" "$tap_dir/status"
	assert_eq "$(wc -l <"$tap_dir/status")" 4 "lines of status"
	assert_status 1 "4 things are not as they should be" scstctl status
}

test_second_daemon_is_refused()		# status 6
{
	config_with
	start_daemon
	assert_status 6 "another scst-bpfd" scst-bpfd --config "$config"
	assert_eq "$(stat -c %a "$sock")" 660
}

test_only_root_may_have_it_reloaded()	# its group may watch
{
	config_with '[]' '[]' '{ group: "disk" }'
	start_daemon
	config_with "$(mask scst_local_host@1:hide)" '[]' '{ group: "disk" }'
	as_group_disk python3 -c '
import json, socket, sys
s = socket.socket(socket.AF_UNIX)
s.connect(sys.argv[1])
s.sendall(b"{\"cmd\":\"status\"}\n")
assert json.loads(s.makefile().readline())["faults"] == []
' "$sock"
	assert_status 1 "only root may have it reloaded" as_group_disk scstctl policy apply
	luns_are 0 1
	scstctl policy apply
	wait_for_luns 0
}

as_group_disk()
{
	setpriv --reuid=65534 --regid=disk --clear-groups "$@"
}

test_no_capability_is_in_force()	# what is left is in the permitted set only
{
	local status
	config_with "$(mask scst_local_host@1:hide)" "$cmdlog"
	start_daemon
	status=/proc/$(cat "$daemon_log.pid")/status
	assert_eq "$(awk '/^CapEff/ { print $2 }' "$status")" 0000000000000000 "effective set"
	# no bit but CAP_BPF 39, CAP_PERFMON 38, CAP_SYS_ADMIN 21
	assert_match "$(awk '/^CapPrm/ { print $2 }' "$status")" '^000000c000[02]00000$' "permitted set"
	assert_match "$(awk '/^CapBnd/ { print $2 }' "$status")" '^000000c000200000$' "bounding set"
	assert_eq "$(awk '/^NoNewPrivs/ { print $2 }' "$status")" 1 "no_new_privs"
}

test_events_arrive()			# at a subscriber and on stdout, as JSON
{
	config_with '[]' "$cmdlog"
	start_daemon --print-events
	scstctl events --json --count 3 >"$tap_dir/events" &
	read_while $!
	wait $!
	assert_eq "$(jq -sc 'map(select(.event == "cmd" and .initiator == "scst_local_host")) | length' \
		"$tap_dir/events")" 3
	jq -e 'select(.event == "cmd") | .latency_ns > 0' "$daemon_log.out" >/dev/null
	scstctl events --count 1 >"$tap_dir/events" &
	read_while $!
	wait $!
	assert_match "$(cat "$tap_dir/events")" "scst_local_host lun=0"
}

test_events_resume_after_a_crash()	# what was answered meanwhile waited in the ring
{
	config_with '[]' '[{ object: "cmdlog", options: { filter_opcode: 40 } }]'
	start_daemon
	stop_daemon KILL
	dd if="$disk0" of=/dev/null bs=4k count=5 iflag=direct
	start_daemon --print-events
	wait_for 10 has_events 5
}

has_event() # REGEXP
{
	grep -q "$1" "$daemon_log.out"
}

test_events_follow_what_is_loaded()	# by whomever, whenever: a new ring is read, the old one to its end
{
	config_with '[]' "$cmdlog"
	start_daemon --print-events
	read_block "$sg0"
	wait_for 10 has_event '"event":"cmd".*"opcode":40,'
	kill -STOP "$(cat "$daemon_log.pid")"
	sg_raw -r 8 -o /dev/null "$sg0" 25 00 00 00 00 00 00 00 00 00
	scstctl tracer unload cmdlog
	scstctl tracer load cmdlog
	scstctl tracer load sessions
	sg_raw -r 16 -o /dev/null "$sg0" 9e 10 00 00 00 00 00 00 00 00 00 00 00 10 00 00
	kill -CONT "$(cat "$daemon_log.pid")"
	wait_for 10 has_event '"event":"cmd".*"opcode":37,'
	wait_for 10 has_event '"event":"cmd".*"opcode":158,'
	write_attr "$scst/targets/scst_local/mgmt" "add_session scst_local_tgt guest"
	write_attr "$scst/targets/scst_local/mgmt" "del_session scst_local_tgt guest"
	wait_for 10 has_event '"event":"login".*"initiator":"guest"'
}

test_ring_has_one_reader()	# who comes second is told; the first goes on
{
	local first
	config_with '[]' '[{ object: "slow", options: { min_latency_us: 0, filter_lun: 0 } }]'
	start_daemon --print-events
	assert_status 6 "has a reader; if that is scst-bpfd: scstctl events" scstctl slow --count 1
	read_block "$sg0"
	wait_for 10 has_event '"event":"slow"'
	stop_daemon
	scstctl slow --json >"$tap_dir/slow" &
	first=$!
	wait_for 10 slow_events_reach "$tap_dir/slow"	# before anybody else asks, who might be the first
	assert_status 6 "has a reader" scstctl slow --count 1
	start_daemon --print-events
	daemon_says "the ring of slow has a reader"
	sg_raw -r 8 -o /dev/null "$sg0" 25 00 00 00 00 00 00 00 00 00
	wait_for 10 grep -q '"event":"slow".*"opcode":37,' "$tap_dir/slow"
	kill "$first"
	wait "$first" || true
	wait_for 20 slow_events_reach "$daemon_log.out"
}

slow_events_reach() # FILE
{
	read_block "$sg0"
	grep -q '"event":"slow"' "$1"
}

# More events than its 1 MiB hold.
overflow_ring()
{
	fio --name=more --filename="$disk0" --rw=randread --bs=4k --ioengine=libaio --iodepth=16 --direct=1 \
		--number_ios=2500 --allow_file_create=0
}

exits_told() # HOW MANY
{
	[ "$(nr_lines '"event":"policy_exit"' "$daemon_log.out")" -eq "$1" ]
}

# What is lost is told once a second, and behind it which policies went.
losses_are_told()
{
	local told
	told=$(nr_lines '"event":"policy_exit"' "$daemon_log.out")
	scstctl policy load minimal
	scstctl policy unload minimal
	wait_for 20 exits_told $((told + 1))
}

test_losses_without_a_daemon_are_counted()	# by the next one; kill -9 under load, the verdict holds
{
	config_with "$(mask scst_local_host@1:hide)" "$cmdlog"
	start_daemon
	wait_for_luns 0
	start_load "$disk0" 3
	stop_daemon KILL
	luns_are 0
	wait "$load"
	overflow_ring
	start_daemon --print-events
	wait_for 20 grep -q '"where":"ring","count":[1-9]' "$daemon_log.out"
	losses_are_told
	lost=$(nr_lines '"event":"lost"' "$daemon_log.out")
	scstctl policy apply
	losses_are_told
	assert_eq "$(nr_lines '"event":"lost"' "$daemon_log.out")" "$lost" "losses that are told after a reload, too:"
}

has_events() # NR
{
	[ "$(nr_lines '"event":"cmd"' "$daemon_log.out")" -ge "$1" ]
}

test_slow_subscriber_is_told_its_losses()	# and holds up nobody
{
	local slow quick
	config_with '[]' "$cmdlog" '{ queue_kb: 64 }'
	start_daemon
	scstctl events --json >"$tap_dir/slow" &
	slow=$!
	wait_for 20 event_reaches "$tap_dir/slow"
	kill -STOP "$slow"
	scstctl events --json --count 1000 >"$tap_dir/quick" &
	quick=$!
	start_load "$disk0" 6
	wait "$quick"
	wait "$load"
	kill -CONT "$slow"
	wait_for 20 grep -q '"where":"subscriber","count":[1-9]' "$tap_dir/slow"
	kill "$slow"
	kill -0 "$(cat "$daemon_log.pid")"
}

event_reaches() # FILE
{
	dd if="$disk0" of=/dev/null bs=4k count=1 iflag=direct 2>/dev/null
	grep -q cmd "$1"
}

test_ring_losses_are_told()		# a daemon that stands still costs events, not commands
{
	config_with '[]' "$cmdlog"
	start_daemon --print-events
	kill -STOP "$(cat "$daemon_log.pid")"
	start_load "$disk0" 5
	wait "$load"
	kill -CONT "$(cat "$daemon_log.pid")"
	wait_for 20 grep -q '"where":"ring"' "$daemon_log.out"
	wait_for 20 daemon_says "the ring was full"
}

run_tests "$@"
