# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2154
#
# A guest with the root's own systemd and udev, for files with "# guests: own" in their head: those run on
# the host, and say in_guest what is to be done there. Everything that is written to the guest's root
# outlives a reboot. For setup_file and teardown_file: start_guest, stop_guest.

# In the guest itself there is no need of it.
[ -n "${TAP_ELSEWHERE:-}" ] || . "$(dirname "${BASH_SOURCE[0]}")/../vm/common.sh"

start_guest() # [BOOT OPTION]...
{
	guest=$(mktemp -d "$out/results/.guest-XXXXXX")
	# shellcheck disable=SC2086	# options
	"$vm/boot" ${BOOT_OPTIONS:-} --detect --systemd --state "$guest/state" --kernel "${KERNEL:-6.12}" \
		--timeout $((1800 * PATIENCE)) --console "$out/results/console/$(basename "$0")" "$@" -- \
		"$vm/agent" serve "$guest" >"$guest/output" 2>&1 &
	guest_pid=$!
	mark_when_gone &
	guest_watch=$!
	in_guest true || fail "no guest: $(cat "$guest/output")"
}

mark_when_gone()
{
	while kill -0 "$guest_pid" 2>/dev/null; do
		sleep 0.2
	done
	touch "$guest/gone"
}

# What its kernel complained about is in the exit status of `boot`.
stop_guest()
{
	local status=0
	touch "$guest/quit"
	wait "$guest_pid" || status=$?
	wait "$guest_watch"
	[ "$status" -eq 0 ] || fail "the guest ended with status $status: $(cat "$guest/output")"
	rm -r "$guest"
}

# in_guest COMMAND...: a command, or a function of this file.
in_guest()
{
	elsewhere "$guest" "$@"
}

# The machine shuts down in good order and comes back with what is on its disk.
reboot_guest()
{
	local before
	before=$(boot_id)
	in_guest systemd-run --quiet --on-active=1 systemctl reboot
	wait_for 300 is_another_boot "$before"
}

# One that is going down takes questions and does not answer.
boot_id()
{
	timeout $((10 * PATIENCE)) "$vm/agent" ask "$guest" cat /proc/sys/kernel/random/boot_id
}

is_another_boot() # BOOT ID
{
	local now
	now=$(boot_id) || return 1
	[ "$now" != "$1" ]
}
