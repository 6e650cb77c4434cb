# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2030,SC2031
#
# What a test file in shell needs. A test is a function test_BEHAVIOUR whose first line says in a
# comment what is being shown; the file ends with `run_tests "$@"`:
#
#	#!/bin/bash
#	# SPDX-License-Identifier: GPL-2.0-only
#	. "$(dirname "$0")/../lib/tap.sh"
#
#	test_write_to_read_only_lun_is_refused()	# DATA PROTECT reaches the writer
#	{
#		assert_fails_with "Operation not permitted" dd if=/dev/zero of="$disk" bs=4k count=1
#	}
#
#	run_tests "$@"
#
# Each test runs in a subshell with `set -eu`, which command substitutions inherit and pipelines mind,
# and a time-out (case_timeout seconds, which the file may set); whatever it prints is shown only if it
# fails. Any command that fails, fails the test; so does an assertion that fails where nobody looks, and
# what is started in the background: the status of what has ended by the end of the test counts, unless
# the test has waited for it, and what outlives teardown is a failure, too. All seconds are those of an
# idle machine; PATIENCE says how many times slower this one may be. Optional functions of the file:
#
#	setup_file, teardown_file	once, in the file's own shell: variables set here reach the tests
#	setup				before each test, in the test's subshell
#	teardown			after each test, even a failed one, in a subshell of its own
#
# `make check` runs a file in a minute; `make soak` runs the same one with SOAK=1, for as long as it takes.
# How much of something a test does it says with `amount`, which knows.
#
# A file with "# guests: 2" among its first comments runs in the first of two guests that share a
# network, and has on_peer for the second one.
#
# Run alone: FILE.sh [REGEXP of test names]. Output is TAP; exit status 1 if a test failed.

set -o pipefail
shopt -s inherit_errexit

case_timeout=60
PATIENCE=${PATIENCE:-1}
tap_dir=$(mktemp -d)
tap_vm=$(realpath "$(dirname "${BASH_SOURCE[0]}")/../vm")

# shellcheck disable=SC2034	# of the two guests of "# guests: 2"; PEER is where the other one is asked
first_guest=10.73.0.1 second_guest=10.73.0.2

diag()
{
	printf '%s\n' "$@" | sed 's/^/# /'
}

# Whoever calls this in a subshell may be ignored, the mark is not; it is left out where failing is what
# is asked about.
fail()
{
	printf '%s\n' "$*"
	[ -n "${tap_asking:-}" ] || echo "an assertion failed: $*" >>"$tap_dir/failed"
	exit 1
}

# skip REASON: the rest of this test cannot run here.
skip()
{
	printf '%s\n' "$*" >"$tap_dir/skip"
	exit 0
}

assert_eq() # ACTUAL EXPECTED [WHAT]
{
	[ "$1" = "$2" ] || fail "${3:-value} is '$1', expected '$2'"
}

assert_match() # ACTUAL REGEXP [WHAT]
{
	[[ $1 =~ $2 ]] || fail "${3:-value} is '$1', expected to match '$2'"
}

assert_no_match() # ACTUAL REGEXP [WHAT]
{
	[[ ! $1 =~ $2 ]] || fail "${3:-value} is '$1', expected not to match '$2'"
}

assert_at_most() # ACTUAL LIMIT [WHAT]
{
	[ "$1" -le "$2" ] || fail "${3:-value} is $1, expected at most $2"
}

# assert_fails_with TEXT COMMAND...: it must fail, and what it prints must contain TEXT.
assert_fails_with()
{
	local text=$1 output
	shift
	if output=$(tap_asking=1; "$@" 2>&1); then
		fail "succeeded but should fail with '$text': $*"
	fi
	[[ $output == *"$text"* ]] || fail "failed with '$output', expected '$text': $*"
}

# COMMAND | has GREP-OPTION...: does it print that, and succeed? `grep -q` would not read to the end, which
# the command may take for a failure of its own.
has()
{
	grep "$@" | tail -n 1
}

# write_attr FILE TEXT: one write(2), as sysfs wants it; usable with assert_fails_with.
write_attr()
{
	printf '%s\n' "$2" >"$1"
}

# wait_for SECONDS COMMAND...: until the command succeeds; what it sets is lost, and an assert_* that
# fails in it does not end the test.
wait_for()
{
	local end=$((SECONDS + 1 + $1 * PATIENCE))	# the second that runs has begun
	shift
	until (tap_asking=1; "$@") >/dev/null 2>&1; do
		[ "$SECONDS" -lt "$end" ] || fail "still not after the time-out: $*"
		sleep 0.1
	done
}

# lines_with GREP-OPTIONS...: the lines that match, if any.
lines_with()
{
	grep "$@" || [ $? -eq 1 ]
}

# nr_lines GREP-OPTIONS...: how many match; none is an answer, too.
nr_lines()
{
	grep -c "$@" || [ $? -eq 1 ]
}

# wait_all PID...: for each of them; the first status that is not 0 counts.
wait_all()
{
	local pid status=0
	for pid; do
		wait "$pid" || status=$((status ? status : $?))
	done
	return "$status"
}

# amount N [SOAK]: how often a test does something, or how much: N, which fits the file's minute; in
# `make soak` what it takes to show what is to be shown, 20 times as much if it does not say; and in
# proportion less than N where PATIENCE is more than what the check takes for granted.
amount()
{
	local usual=3 n=$1
	if [ -n "${SOAK:-}" ]; then
		n=${2:-$((20 * n))}
	elif [ "$PATIENCE" -gt "$usual" ]; then
		n=$((n * usual / PATIENCE))
		[ "$n" -gt 0 ] || n=1
	fi
	echo "$n"
}

# How many seconds a test may take, of this machine: an hour for a minute if it is to soak.
tap_limit()
{
	local minutes=1
	[ -z "${SOAK:-}" ] || minutes=60
	echo $((case_timeout * PATIENCE * minutes))
}

# elsewhere DIR COMMAND...: a command, or a function of this file, in the guest that is asked at DIR:
# output and exit status are its own, and so are variables. It may take as long as a test.
elsewhere()
{
	local dir=$1
	shift
	"$tap_vm/agent" ask "$dir" env TAP_ELSEWHERE=1 PATIENCE="$PATIENCE" SOAK="${SOAK:-}" \
		timeout --kill-after=5 "$(tap_limit)" \
		bash -euo pipefail -c '. "$0"; "$@"' "$0" "$@"
}

# on_peer COMMAND...: in the second guest.
on_peer()
{
	[ -n "${PEER:-}" ] || fail "no second guest here; one comes with make check TESTS=${0##*selftests/}"
	elsewhere "$PEER" "$@"
}

# The machinery.

tap_has()
{
	declare -F "$1" >/dev/null
}

tap_description()
{
	sed -n "s/^$1()[[:space:]]*#[[:space:]]*//p" "$0"
}

# Processes that the test has started, in order: bash forgets those that have ended, but not their status.
tap_jobs=() tap_last='' tap_asked=''

tap_remember_jobs()
{
	tap_last=${!-}
	trap '[[ ${!-} = "$tap_last" ]] || { tap_last=$!; tap_jobs+=($!); }' DEBUG
}

# Without arguments bash tells nothing of how they ended.
wait() # PID...
{
	[ $# -gt 0 ] || fail "wait: for whom?"
	tap_asked+=" $* "
	builtin wait "$@"
}

# Which of them have ended with a failure of which nobody knows? Those that go on are left to teardown.
tap_background()
{
	local pid status
	trap - DEBUG
	for pid in "${tap_jobs[@]}"; do
		[[ $tap_asked != *" $pid "* ]] && ! kill -0 "$pid" 2>/dev/null || continue
		status=0
		wait "$pid" || status=$?
		case $status in
		0 | 137 | 143) ;;	# or the test has killed it
		-1) ;;	# of one process substitution in some thousands bash itself loses the status
		*) fail "ended with status $status, and nobody asked: process $pid" ;;
		esac
	done
}

# What a test has started goes with it, at the latest in its teardown.
tap_left_behind() # GROUP
{
	local end=$((SECONDS + 5 * PATIENCE))
	while pgrep -g "$1" >/dev/null; do
		if [ "$SECONDS" -ge "$end" ]; then
			echo "left behind:"
			pgrep -ag "$1"
			kill -KILL -- "-$1"
			return 1
		fi
		sleep 0.1
	done >>"$tap_dir/log" 2>&1
}

# A command has failed where errexit minds. That ends the test, or only a subshell of it whose status is
# nobody's: assert_eq "$(cat FILE)" "" would be content without a file. Whoever stops reading early makes
# others fail (141), which is no failure.
tap_noticed() # STATUS LINE
{
	[ "$1" -eq 141 ] || [ -n "${tap_asking:-}" ] ||
		echo "${BASH_SOURCE[1]##*/}:$2: status $1, and nobody asked: $BASH_COMMAND" >>"$tap_dir/failed"
}

# Run functions in a subshell and process group of their own; status 124 if they took too long.
# Never call this where errexit is ignored (after `if`, before `||`): it would be ignored inside, too.
tap_isolated()
{
	local pid timer status=0 limit
	limit=$(tap_limit)
	set -m
	(
		set -EeTuo pipefail +m
		trap 'tap_noticed $? $LINENO' ERR
		tap_remember_jobs
		trap - EXIT TERM INT
		for step; do
			"$step"
		done
	) >>"$tap_dir/log" 2>&1 </dev/null &
	pid=$!
	(sleep "$limit" && touch "$tap_dir/late" && kill -KILL -- "-$pid") >/dev/null 2>&1 &
	timer=$!
	tap_group=$pid
	tap_groups=("-$pid" "-$timer")
	set +m
	wait "$pid" 2>/dev/null || status=$?
	kill -KILL -- "-$timer" 2>/dev/null	# a shell just forked would obey TERM with our EXIT trap
	wait "$timer" 2>/dev/null
	if [ -e "$tap_dir/late" ]; then
		rm "$tap_dir/late"
		echo "timed out after $limit s" >>"$tap_dir/log"
		status=124
	fi
	return "$status"
}

tap_case() # NUMBER FUNCTION
{
	local title status group result=ok steps=("$2" tap_background)
	title="$1 - ${2#test_}: $(tap_description "$2")"
	rm -f "$tap_dir/skip" "$tap_dir/failed"
	: >"$tap_dir/log"
	! tap_has setup || steps=(setup "${steps[@]}")
	tap_isolated "${steps[@]}"
	status=$?
	group=$tap_group
	if tap_has teardown; then
		echo "teardown:" >>"$tap_dir/log"
		tap_isolated teardown
		status=$((status | $?))
	fi
	tap_left_behind "$group" || status=1
	if [ -e "$tap_dir/failed" ]; then
		cat "$tap_dir/failed" >>"$tap_dir/log"
		status=1
	fi
	[ $status -eq 0 ] || result="not ok"
	if [ "$result" = ok ] && [ -e "$tap_dir/skip" ]; then
		title+=" # SKIP $(cat "$tap_dir/skip")"
	fi
	echo "$result $title"
	[ $status -eq 0 ] || diag "$(cat "$tap_dir/log")"
	tap_failed=$((tap_failed + (status != 0)))
}

# Not in subshells: one that is killed young runs the trap it inherited.
tap_cleanup()
{
	[ "$BASHPID" != $$ ] || rm -rf "$tap_dir"
}

# The file is told to end: so is what its test started, which is in a group of its own.
tap_stop()
{
	local started=("${tap_groups[@]}")
	trap '' TERM INT
	# shellcheck disable=SC2046	# and what setup_file started
	kill -TERM -- "${started[@]}" $(jobs -p) 2>/dev/null
	! tap_has teardown || tap_isolated teardown
	sleep 0.5
	kill -KILL -- "${started[@]}" 2>/dev/null
	exit 143
}

# Setting up stops at the first command that fails; that ends the file.
tap_file_hook()
{
	! tap_has "$1" || {
		trap 'diag "$(cat "$tap_dir/log")"; echo "Bail out! '"$1"' failed"; tap_cleanup' EXIT
		set -e
		"$1" >"$tap_dir/log" 2>&1
		set +e
	}
	trap tap_cleanup EXIT
}

run_tests()
{
	local name names number=0
	trap tap_cleanup EXIT
	[ -z "${TAP_ELSEWHERE:-}" ] || return 0
	set +e
	tap_failed=0
	tap_groups=()
	trap tap_stop TERM INT
	mapfile -t names < <(sed -n 's/^\(test_[A-Za-z0-9_]*\)().*/\1/p' "$0" | grep -E "${1:-}")
	echo "TAP version 13"
	echo "1..${#names[@]}"
	tap_file_hook setup_file
	for name in "${names[@]}"; do
		number=$((number + 1))
		tap_case "$number" "$name"
	done
	tap_file_hook teardown_file
	exit $((tap_failed > 0))
}
