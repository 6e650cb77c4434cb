# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2034,SC2154
#
# What is measured with fio. A run counts only if fio ended well, none of its jobs met an error, and it
# moved as much as the slowest row moves in a tenth of a second: a disk that is stuck has a figure, too.
# What a path needs to get going (caches, compiled programs) is over before the figures begin.

fio_dir=/run/fio
fio_json=$fio_dir/json
enough_kib=4000

# How long the processor had nothing to do, in nanoseconds.
idle_ns()
{
	awk -F: '/sleeptime/ { ns += $2 } END { printf "%d", ns }' "$@"
}

# In its own directory: fio writes what its commands say into files there, and notes about that before
# the JSON.
run_fio() # OPTION...
{
	mkdir -p "$fio_dir"
	(cd "$fio_dir" && fio --size=32m --ioengine=io_uring --direct=1 --time_based --runtime="$runtime" \
		--ramp_time=200ms --output-format=json "$@") | sed -n '/^{/,$p' >"$fio_json"
	[ "$(jq "[.jobs[].error] | length > 0 and all(. == 0)" "$fio_json")" = true ] || {
		echo "fio met errors: $(jq -c '[.jobs[].error]' "$fio_json")" >&2
		return 1
	}
}

# fio_figure READ|WRITE EXPRESSION: of the first job's reads or writes.
fio_figure()
{
	jq -er ".jobs[0].$1 | if .io_bytes < $enough_kib * 1024 then error(\"\\(.io_bytes) bytes\") else . end |
		$2 | round" "$fio_json"
}

# Time in which nothing runs is not the path's, but under -icount it counts, and jumps to the next timer.
# Only as long as the jobs run: fio itself has pauses before and behind them.
watch_idle=(--exec_prerun="grep sleeptime /proc/timer_list" --exec_postrun="grep sleeptime /proc/timer_list")

mind_idle() # READ|WRITE
{
	local idle
	idle=$(($(idle_ns "$fio_dir/bench.postrun.txt") - $(idle_ns "$fio_dir/bench.prerun.txt")))
	jq -e --argjson idle $idle ".jobs[0].$1.runtime * 1000000 >= 100 * \$idle" "$fio_json" >/dev/null || {
		echo "more than 1 % of it was idle: $idle ns" >&2
		return 1
	}
}

# A clock of idle time that stands would let everything pass.
idle_is_seen()
{
	local before
	before=$(idle_ns /proc/timer_list)
	sleep 0.1
	[ $(($(idle_ns /proc/timer_list) - before)) -ge 50000000 ] || {
		echo "the kernel does not count idle time" >&2
		return 1
	}
}
