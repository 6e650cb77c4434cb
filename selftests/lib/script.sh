# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2034,SC2154
#
# The scripted transport and back end of selftests/kernel/module: target t with sessions a and b,
# and a unit at LUN 0 whose reads and writes last until they are released.

. "$(dirname "$0")/../lib/scst.sh"

script=$scst/targets/scst_script
script_tgt=$script/t
unit=$scst/devices/unit
ses_a=$script_tgt/sessions/a
ses_b=$script_tgt/sessions/b

# enum scst_tmf_fn, scst_tmf_result
tmf_abort_task=0 tmf_abort_task_set=1 tmf_clear_aca=2 tmf_clear_task_set=3 tmf_lun_reset=4
tmf_target_reset=5 tmf_nexus_reset=6 tmf_query_task=7 tmf_query_task_set=8 tmf_query_event=9
tmf_complete=0 tmf_no_task=1 tmf_rejected=4 tmf_succeeded=6 tmf_dropped=7

load_script()
{
	modprobe scst
	modprobe scst_script
}

unload_script()
{
	wait_for 10 modprobe -r scst_script
	wait_for 10 modprobe -r scst
}

# A fresh unit, without unit attentions, that holds. new_unit [MODE=VALUE]...
new_unit()
{
	local mode
	drop_unit
	write_attr "$scst/handlers/scst_script/mgmt" "add_device unit"
	for mode; do
		write_attr "$unit/mode" "${mode/=/ }"
	done
	write_attr "$script/mgmt" "add_target t"
	write_attr "$script_tgt/luns/mgmt" "add unit 0"
	write_attr "$script/mgmt" "add_session t a"
	write_attr "$script/mgmt" "add_session t b"
	tur a 63
	tur b 63
	wait_log a "cmd 63 02 6/29/00"
	wait_log b "cmd 63 02 6/29/00"
	echo >"$ses_a/log"
	echo >"$ses_b/log"
	echo 1 >"$unit/hold"
}

drop_unit()
{
	local session
	[ -d "$unit" ] || return 0
	echo 0 >"$unit/hold"
	echo all >"$unit/release"
	if [ -d "$script_tgt" ]; then
		for session in "$script_tgt"/sessions/*; do
			[ ! -e "$session/slow_send" ] || echo 0 >"$session/slow_send"
		done
		write_attr "$script/mgmt" "del_target t" &
		# what was waiting behind others comes to the back end only now
		while kill -0 $! 2>/dev/null; do
			echo all >"$unit/release"
			sleep 0.05
		done
		wait $!
	fi
	write_attr "$scst/handlers/scst_script/mgmt" "del_device unit"
}

run() # SESSION LINE
{
	write_attr "$script_tgt/sessions/$1/run" "$2"
}

read_cmd() # SESSION TAG ATTRIBUTE
{
	run "$1" "cmd $2 $3 0 r512 28 00 00 00 00 00 00 00 01 00"
}

tur() # SESSION TAG [LUN]
{
	run "$1" "cmd $2 s ${3:-0} n 00 00 00 00 00 00"
}

# PERSISTENT RESERVE OUT; keys of two hexadecimal digits.
pr_out() # SESSION TAG ACTION TYPE KEY ACTION-KEY
{
	write_attr "$script_tgt/sessions/$1/data_out" "00000000000000${5}00000000000000${6}0000000000000000"
	run "$1" "cmd $2 s 0 w24 5f $3 $4 00 00 00 00 00 18 00"
}

# A read with NACA that the back end fails.
naca_fails() # SESSION TAG
{
	run "$1" "cmd $2 h 0 r512 28 00 00 00 00 00 00 00 01 04"
	wait_for 5 write_attr "$unit/release" "$2 fail"
	wait_log "$1" "cmd $2 02 3/11/00"
}

log_of() # SESSION
{
	cat "$script_tgt/sessions/$1/log"
}

has_line() # SESSION TEXT
{
	log_of "$1" | has "^$2"
}

wait_log() # SESSION START-OF-LINE
{
	local end=$((SECONDS + 10 * PATIENCE))
	until has_line "$@"; do
		[ "$SECONDS" -lt "$end" ] || fail "session $1 never saw '$2' but: $(log_of "$1")"
		sleep 0.02
	done
}

# GOOD to each of them.
assert_answered() # SESSION TAG...
{
	local tag
	for tag in "${@:2}"; do
		wait_log "$1" "cmd $tag 00"
	done
}

is_held() # TAGS
{
	[ "$(cat "$unit/held")" = "$1" ]
}

assert_held() # TAGS, in the order of execution
{
	local end=$((SECONDS + 5 * PATIENCE))
	sleep 0.05
	until is_held "$1"; do
		[ "$SECONDS" -lt "$end" ] || fail "executed is '$(cat "$unit/held")', expected '$1'"
		sleep 0.05
	done
	sleep 0.05
	is_held "$1" || fail "executed is '$(cat "$unit/held")', a moment ago it was '$1'"
}

all_are_held() # HOW MANY
{
	[ "$(wc -w <"$unit/held")" = "$1" ]
}

assert_held_set() # TAGS, in any order
{
	wait_for 5 eval "[ \"\$(tr ' ' '\\n' <'$unit/held' | sort -n | xargs)\" = '$1' ]"
}

release() # TAG or all
{
	write_attr "$unit/release" "$1"
}

# What the core says of a command that is under way: where it waits, and whether it is aborted.
under_way() # TAG TEXT
{
	grep -q " tag=$1 .*$2" "$scst/trace_cmds"
}

# It stands where it stood: whoever wakes a command takes it out of its step before anything else.
assert_waits() # TAG STEP
{
	under_way "$1" "step=$2\$" || fail "$1 does not wait at $2: $(cat "$scst/trace_cmds")"
}

release_when_aborted() # TAG
{
	wait_for 5 under_way "$1" aborted
	release "$1"
}
