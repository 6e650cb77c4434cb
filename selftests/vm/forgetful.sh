#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# A guest loses power, and its disks what they had in their caches: they are served by forgetful.py,
# which keeps apart what no flush and no FUA has covered. It is killed FORGETFUL_KILLS times while ours
# stand on them and are written by every command that can. Nothing is missing that was answered GOOD
# with FUA, without a cache (WCE is 0, or write_through), or before a good SYNCHRONIZE CACHE; and disks
# with a cache have forgotten something, else this would show nothing. guest-forget and stamps.py are
# the guest's half of this. Not tested: writes that are under way side by side; what a file system
# below a file does (kernel/powercut.sh).
# guests: own

. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/common.sh"
. "$(dirname "$0")/../lib/power.sh"

kills=${FORGETFUL_KILLS:-$(amount 2 100)}
case_timeout=$((60 + 60 * kills))
dir=$out/results/forgetful
exec 3>&1	# figures are told of a test that passes, too

# Serial number, whether ours has a cache, commands (see stamps.py), handler, parameters. With `blk` in
# its name it is a virtio-blk disk, which has no FUA, so that it is flushed; with `scsi`, a SCSI disk
# with FUA (which QEMU makes of a flush).
disks()
{
	cat <<-END
	blkblockcache	cache	all	vdisk_blockio
	scsiblockcache	cache	all	vdisk_blockio
	blkblock	none	all	vdisk_blockio
	scsiseries	none	series	vdisk_blockio
	scsifile	none	all	vdisk_fileio ; write_through=1; thin_provisioned=1
	scsiasync	cache	all	vdisk_fileio ; o_direct=1; async=1; thin_provisioned=1
	END
}

names()
{
	disks | cut -f 1
}

# Where nobody needs it after the test; a socket's path is short.
setup_file()
{
	need_host python3=python3
	rm -rf "$dir"
	mkdir -p "$dir"
	disks >"$dir/disks"
	for name in $(names); do
		truncate -s 1M "$tap_dir/$name"
	done
	"$vm/forgetful.py" "$tap_dir" &
	server=$!
	wait_for 10 test -S "$tap_dir/socket"
}

teardown_file()
{
	kill "$server"
	[ "$tap_failed" -gt 0 ] || rm -rf "$dir"
}

teardown()
{
	cut_power_if_on
}

boot_options()
{
	local name url
	for name in $(names); do
		url=nbd:unix:$tap_dir/socket:exportname=$name,serial=$name
		case $name in
		blk*) echo --virtio-blk "$url" ;;
		scsi*) echo --virtio-scsi "$url,dpofua=on" ;;
		esac
	done
}

# Every disk has come so far that something on it is durable, and has been written a while.
all_write()
{
	local name
	for name in $(names); do
		[ "$(nr_lines ^i "$dir/$name.log")" -gt 150 ] || return 1
	done
}

start_writing()
{
	local options
	rm -f "$dir"/*.log
	read -ra options < <(boot_options | paste -sd' ')
	power_on "${options[@]}" -- selftests/vm/guest-forget "${dir#"$src"/}"
	wait_for 60 all_write
	find_emulator
	sleep "0.$(printf %03d $((RANDOM % 1000)))"
}

# The server has noticed: it says so once for each disk.
power_is_off() # ROUND
{
	local name
	for name in $(names); do
		[ "$(wc -l <"$tap_dir/$name.lost")" -ge "$1" ] || return 1
	done
}

check_disks()
{
	local name figures
	for name in $(names); do
		figures=$("$vm/stamps.py" check "$tap_dir/$name" "$dir/$name.log") ||
			fail "$name: $figures"$'\n'"$(tail -n 3 "$dir/$name.log")"
		echo "$name: $figures, $(tail -n 1 "$tap_dir/$name.lost") forgotten"
	done
}

test_nothing_durable_is_forgotten()	# after FUA, without a cache, and before a good SYNCHRONIZE CACHE
{
	local round name
	for ((round = 1; round <= kills; round++)); do
		start_writing
		cut_power
		wait_for 10 power_is_off "$round"
		diag "$(check_disks)" >&3
	done
	for name in $(disks | awk '$2 == "cache" { print $1 }'); do
		cat "$tap_dir/$name.lost"
	done | has -v '^0$' || fail "nothing was forgotten: this shows nothing"
}

run_tests "$@"
