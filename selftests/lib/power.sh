# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2154
#
# Guests that lose power: their emulator is killed. For files with "# guests: own" in their head, which
# set $dir, where console and output go, and $case_timeout.

# In a process group of its own, the emulator is what `timeout` runs.
power_on() # BOOT OPTION... -- COMMAND...
{
	# shellcheck disable=SC2086	# options
	"$vm/boot" ${BOOT_OPTIONS:-} --detect --kernel "${KERNEL:-6.12}" --console "$dir/console" \
		--timeout $((case_timeout * PATIENCE / 2)) "$@" >"$dir/output" 2>&1 &
	boot=$!
}

find_emulator()
{
	local runner
	runner=$(pgrep -P "$boot" -x timeout)
	qemu=$(pgrep -P "$runner")
	echo "$qemu" >"$tap_dir/qemu"
}

cut_power()
{
	kill -KILL "$qemu"
	wait "$boot" || true
	"$vm/splat" "$dir/console"
	rm "$tap_dir/qemu"
}

# For teardown.
cut_power_if_on()
{
	[ ! -e "$tap_dir/qemu" ] || kill -KILL "$(cat "$tap_dir/qemu")" 2>/dev/null || true
}
