#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# docs/troubleshooting.md has a table: a cause, and how it shows to the initiator, in the log, in the
# metrics and to the administrator. Here are the causes of which no other test looks at all sides; the
# table names those that look at one. The metrics are those of scst-bpfd, as Prometheus gets them.
#
# Disks go while the host looks at them; and a policy is ejected, which is told:
# expects: disks that go
# expects: policy minimal: ejected
. "$(dirname "$0")/lib.sh"

files=$tap_dir/files

setup_file()
{
	mountpoint -q /sys/fs/bpf || mount -t bpf bpf /sys/fs/bpf
	load_scst
	modprobe brd rd_nr=1 rd_size=8192
}

teardown_file()
{
	unload_scst
	modprobe -r brd
}

# A daemon that counts what fails.
setup()
{
	cat >"$config" <<-END
	{ "policies": [ { "object": "minimal" } ], "tracers": [ { "object": "errors" } ],
	  "metrics": { "listen": "127.0.0.1:9478" } }
	END
	start_daemon
	mark_log
}

teardown()
{
	drop_disk_if_any
	unload_all
	! dmsetup info broken >/dev/null 2>&1 || dmsetup remove --noudevsync --retry broken
	! mountpoint -q "$files" || umount "$files"
}

write_block() # LBA / 256, HEX
{
	sg_raw --send=512 --infile=/dev/zero "$sg" 2a 00 00 00 "$1" 00 00 00 01 00
}

read_block_at() # LBA / 256, HEX
{
	sg_raw --request=512 --outfile=/dev/null "$sg" 28 00 00 00 "$1" 00 00 00 01 00
}

# How many commands with that sense: in the metrics, and by scstctl.
assert_counted() # KEY/ASC/ASCQ COUNT
{
	assert_match "$(metrics)" "scst_command_errors_total\{[^}]*device=\"disk\"[^}]*sense=\"$1\",aborted=\"0\"\} $2" metrics
	assert_match "$(scstctl errors)" " +$2 +scst_local_host +0 +disk .* $1" "scstctl errors"
}

assert_log_says_nothing()
{
	assert_eq "$(log_since_mark | lines_with -E '(scst|scst_vdisk): ')" "" "the log"
}

test_medium_error()	# its sense; nothing in the log; counted
{
	# not where a host looks for partitions
	dmsetup create broken --noudevsync --table "0 4096 linear /dev/ram0 0
4096 8 error
4104 12280 linear /dev/ram0 4104"
	wait_for 5 dmsetup info broken
	with_disk "filename=/dev/$(dmsetup info --columns --noheadings -o blkdevname broken)"
	mark_log
	read_block_at 00
	assert_fails_with "Unrecovered read error" read_block_at 10
	assert_fails_with "Peripheral device write fault" write_block 10
	assert_log_says_nothing
	assert_counted 3/11/00 1
	assert_counted 3/03/00 1
}

# All of a file system: what is left behind large pieces goes to small ones.
fill() # FILE
{
	local size
	for size in 64k 4k; do
		! dd if=/dev/zero of="$1" bs="$size" oflag=append conv=notrunc 2>/dev/null || fail "it is not full"
		sync -f "$1"
	done
}

# 64 KiB at some places, until one of these writes fails.
write_places()
{
	local place
	for place in 1 2 3 4 5 6 7 8; do
		sg_raw --send=65536 --infile=/dev/zero "$sg" 2a 00 00 00 "$place" 00 00 00 80 00 || return
	done
}

test_full()	# a file system; once there is room again writes are taken
{
	handler=vdisk_fileio
	mount_image "$files"
	truncate -s 32M "$files/disk"
	with_disk "filename=$files/disk"
	mark_log
	fill "$files/ballast"
	assert_fails_with "Space allocation failed write protect" write_places
	read_block_at 10
	assert_log_says_nothing
	assert_counted 7/27/07 1
	rm "$files/ballast"
	wait_for 10 write_places
}

hangs()
{
	grep -q '^scst_local_host lun=0 .* opcode=0x28 step=execute$' "$scst/trace_cmds"
}

test_hung()	# the command is shown at the step where it is; other LUNs answer
{
	handler=vdisk_nullio
	with_disk size_mb=64
	echo 20000 >"$scst/devices/disk/delay_ms"
	sg_raw --timeout=600 --request=512 --outfile=/dev/null "$sg" 28 00 00 00 00 00 00 00 01 00 &
	wait_for 20 hangs
	add_null other
	map_lun other 1
	sg_raw --request=512 --outfile=/dev/null "$(sg_of 1)" 12 00 00 02 00 00
	write_attr "$null_mgmt" "del_device other"
	wait $!
}

status_says() # TEXT
{
	{ scstctl status || true; } | has -F -- "$1"
}

test_ejected()	# the log has the reason, a health check fails, both metrics say so
{
	status_says "policies are in force as they should be"
	scstctl policy eject minimal "for a test"
	assert_match "$(log_since_mark)" 'scst: policy minimal: ejected \(admin, code [0-9-]+\): for a test' "the log"
	assert_fails_with "policy minimal is ejected (for a test)" scstctl status
	assert_match "$(scstctl policy log)" "for a test" "the exit record"
	assert_match "$(metrics)" 'scst_policy_ejected\{policy="minimal"\} 1' metrics
	assert_match "$(metrics)" 'scst_policy_in_force\{policy="minimal"\} 0' metrics
}

test_daemon_gone()	# nothing to initiators: policies stay; metrics are not answered
{
	stop_daemon KILL
	assert_eq "$(cat "$policies/minimal/state")" active "the policy"
	status_says "scst-bpfd does not answer"
	assert_fails_with "refused" metrics
}

handler=vdisk_blockio
run_tests "$@"
