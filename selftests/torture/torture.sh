#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# A minute of `make torture`, from a new seed each time (README.md): initiators, administrators and disks
# that do to each other whatever comes. What failed once is shown again by what it prints.
#
# Above a minute: that is how long the actors play, and it takes half a minute to make what they find, and to
# see that nothing is left of it. `make soak` has an hour. Until that has passed without a false alarm, the check
# has the judge's own stories alone.
#
# Disks hang, fail and go, and hosts try what they can:
# expects: disks that go
# expects: initiator: scsi_|timing out command|Device offlined
# expects: is waited for without end
# expects: scst.*: no memory|cannot save
# boot: --parallel

. "$(dirname "$0")/../lib/tap.sh"

here=$(dirname "$0")
seconds=$(amount 60 3600)
case_timeout=$((seconds + 300))

test_judge_sees_what_cannot_be()	# stories of a few events, with and without something wrong
{
	python3 -B "$here/judge_test.py"
}

test_actors_do_nothing_that_cannot_be()	# all of the cast
{
	local seed=${SEED:-$RANDOM$RANDOM}
	[ -n "${SOAK:-}" ] || skip "make torture, make soak: not judged rightly for long enough yet"
	echo "make torture SECONDS=$seconds SEED=$seed; all events are in .build/results/torture.log"
	python3 -B "$here/torture.py" --log .build/results/torture.log "$seconds" "$seed"
}

run_tests "$@"
