#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Power goes at any moment while an initiator registers key after key, with APTPL, from when there is no
# state file yet: the file system is on a disk that logs what became durable, and when (dm-log-writes).
# Each beginning of that log is what a power cut would have left. A device that finds it has never less
# than was answered GOOD by then, never more than was asked for, and never a half of anything.
#
# Other than in vm/crash.sh, where a guest is killed and its host keeps all that it wrote, what nobody
# flushed is lost here. What saved mode parameters go through is the same (kernel/core/store).

. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/../lib/scst.sh"
. "$(dirname "$0")/../lib/pr.sh"

case_timeout=120
pr_dir=/var/lib/scst/pr
state=$scst/devices/disk/pr_state

setup_file()
{
	load_scst
	modprobe brd rd_nr=3 rd_size=16384
	mkdir -p $pr_dir
}

teardown()
{
	! mountpoint -q $pr_dir || umount $pr_dir
	[ ! -e "$scst/devices/disk" ] || del_null disk
	if dmsetup info logged 2>/dev/null; then
		dmsetup remove --noudevsync --retry logged
	fi
}

teardown_file()
{
	unload_scst
	modprobe -r brd
}

# The directory of state files on ext4 on the logged disk; $tap_dir/image is as it was before.
mount_logged()
{
	local dm
	mkfs.ext4 -q /dev/ram0
	dd if=/dev/ram0 of="$tap_dir/image" bs=1M
	dmsetup create logged --noudevsync --table "0 32768 log-writes /dev/ram0 /dev/ram1"
	dm=/dev/$(dmsetup info --columns --noheadings -o blkdevname logged)
	wait_for 5 test -b "$dm"
	mount "$dm" $pr_dir
}

mark() # TEXT
{
	dmsetup message logged 0 mark "$1"
}

# Keys 1, 2, 3 ...: each is asked for, answered, and so in the log.
register() # HOW MANY
{
	local sg n
	add_null disk
	map_lun disk 0
	sg=$(sg_of 0)
	clear_unit_attentions "$sg"
	for ((n = 1; n <= $1; n++)); do
		mark "asked.$n"
		sg_persist -n --out --register-ignore --param-sark="0x$(printf %x "$n")" --param-aptpl "$sg" >/dev/null
		mark "answered.$n"
	done
	del_null disk
	wait_for 10 no_sdev 0
}

# What was the last of that kind in so many entries of the log?
last_mark() # KIND ENTRIES
{
	awk -F '[ .]' -v kind="$1" -v at="$2" '$2 == kind && $1 < at { n = $3 } END { print n + 0 }' \
		"$tap_dir/marks"
}

# Of a device that starts now.
key_found()
{
	dd if="$tap_dir/image" of=/dev/ram2 bs=1M
	mount /dev/ram2 $pr_dir
	add_null disk
	cat "$state" >"$tap_dir/state"
	del_null disk
	umount $pr_dir
	echo $((16#$(sed -n 's/^registrant 1 \([0-9a-f]*\) 0 24 .*/\1/p' "$tap_dir/state" | grep . || echo 0)))
}

check_cut() # ENTRIES
{
	local key answered asked
	answered=$(last_mark answered "$1")
	asked=$(last_mark asked "$1")
	key=$(key_found 2>/dev/null)
	[ "$key" -ge "$answered" ] || fail "after $1 entries: $key is there, $answered was answered: $(cat "$tap_dir/state")"
	[ "$key" -le "$asked" ] || fail "after $1 entries: $key is there, $asked was the last"
	assert_eq "$(sed -n 's/^generation //p' "$tap_dir/state")" "$key" "generation after $1 entries"
}

test_no_moment_loses_what_was_answered()	# from the first registration on, file and directory
{
	local at=0 nr keys cuts=0 seen=''
	keys=$(amount 6 60)
	mount_logged
	register "$keys"
	umount $pr_dir
	dmsetup remove --noudevsync --retry logged	# all is in the log when it has gone
	"$(dirname "$0")/replay.py" /dev/ram1 >"$tap_dir/marks"
	nr=$(sed -n "s/ answered\.$keys\$//p" "$tap_dir/marks")
	nr=$((nr + 1))
	for ((; at < nr; at++)); do
		"$(dirname "$0")/replay.py" /dev/ram1 "$tap_dir/image" "$at" $((at + 1))
		check_cut $((at + 1))
		cuts=$((cuts + 1))
		seen+=" $(sed -n 's/^generation //p' "$tap_dir/state")"
	done
	echo "$cuts moments, keys found:$seen"
	[ "$cuts" -ge $((4 * keys)) ] || fail "only $cuts moments: is anything flushed?"
	assert_match "$seen" " 0 .* $keys\$" "from the first to the last"
}

run_tests "$@"
