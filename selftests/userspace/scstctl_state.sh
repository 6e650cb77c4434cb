#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# scstctl state: what a device remembers, in SCST's files. The kernel, which understands those, is the
# judge. What they consist of has unit tests (selftests/unit/userspace/test_scst_files.c).
#
# Disks go while the host looks at them:
# expects: disks that go
. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/../lib/scst.sh"
. "$(dirname "$0")/../lib/pr.sh"

PATH=$PATH:/usr/local/sbin
state=/var/lib/scst
to=$tap_dir/export

setup_file()
{
	load_scst
	rm -rf "$state"
}

teardown_file()
{
	unload_scst
}

setup()
{
	plug
}

teardown()
{
	unplug
	rm -rf "$state" "$to"
}

plug()
{
	add_null disk size_mb=64
	map_lun disk 0
	sg=$(sg_of 0)
	clear_unit_attentions "$sg"
}

unplug()
{
	[ ! -e "$scst/devices/disk" ] || del_null disk
	wait_for 10 no_sdev 0
}

pr_state()
{
	sed /^generation/d "$scst/devices/disk/pr_state"
}

test_reservations_come_back_from_scsts_file()	# key for key, with their holder
{
	local before
	join "$sg" 0xa --param-aptpl
	pr "$sg" reserve --param-rk=0xa --prout-type=5
	before=$(pr_state)
	assert_match "$before" "reservation 05 00"
	assert_eq "$(scstctl state export "$to")" "$to/pr/disk"
	unplug
	assert_eq "$(od -An -tx8 -N8 "$to/pr/disk")" " bbeeeeaaeebbdd77"
	cp "$to/pr/disk" "$state/pr/disk"
	plug
	assert_eq "$(pr_state)" "$before"
	[ -e "$state/pr/disk.scst~" ] || fail "it was not taken for SCST's"
}

test_reservations_that_do_not_survive_are_left_out()	# those without APTPL, and those that are gone
{
	join "$sg" 0xa
	assert_eq "$(scstctl state export "$to")" ""
	rm -r "$to"
	pr "$sg" register --param-rk=0xa --param-sark=0xa --param-aptpl
	pr "$sg" clear --param-rk=0xa
	assert_eq "$(scstctl state export "$to")" ""
	assert_eq "$(ls "$to/pr")" ""
}

# TAS, in the control mode page, saved.
save_tas()
{
	sdparm --quiet --page=co --set=TAS=1 --save "$sg" || fail "sdparm"
}

test_mode_parameters_are_lines()	# behind the name of the device
{
	save_tas
	assert_eq "$(scstctl state export "$to")" "$to/vdev_mode_pages/disk"
	cmp "$to/vdev_mode_pages/disk" <(printf 'disk\nTAS=1\n')
}

# TAS, as it was saved.
saved_tas()
{
	sg_raw --request=252 --outfile="$tap_dir/page" "$sg" 5a 08 ca 00 00 00 00 00 fc 00 2>/dev/null
	od -An -tx1 -j13 -N1 "$tap_dir/page"
}

test_mode_parameters_come_back_from_scsts_file()	# as they were saved
{
	save_tas
	scstctl state export "$to"
	unplug
	cp "$to/vdev_mode_pages/disk" "$state/vdev_mode_pages/disk"
	plug
	assert_eq "$(saved_tas)" " 40"
	[ -e "$state/vdev_mode_pages/disk.scst~" ] || fail "it was not taken for SCST's"
}

test_files_of_scst_are_exported_as_they_are()	# of devices that nobody has added since
{
	mkdir -p "$state"/pr "$state"/vdev_mode_pages
	printf 'other\nSWP=1\n' >"$state/vdev_mode_pages/other"
	printf '\167\335\273\356\252\356\356\273 and more' >"$state/pr/other"
	printf 'else\nSWP=1\n' >"$state/vdev_mode_pages/third"
	assert_fails_with "third: not a whole file of this target" scstctl state export "$to"
	cmp "$to/vdev_mode_pages/other" "$state/vdev_mode_pages/other"
	cmp "$to/pr/other" "$state/pr/other"
	[ ! -e "$to/vdev_mode_pages/third" ] || fail "the file of another device was exported"
}

test_what_scst_left_is_not_exported()	# its backup, which is whole, and what was put aside
{
	save_tas
	printf 'disk\nSWP=1\n' >"$state/vdev_mode_pages/disk1"
	printf 'disk\nSWP=1\n' >"$state/vdev_mode_pages/disk.scst~"
	mkdir -p "$state/pr"
	printf '\167\335\273\356\252\356\356\273' | tee "$state/pr/disk.scst~" >"$state/pr/disk.1"
	assert_eq "$(scstctl state export "$to")" "$to/vdev_mode_pages/disk"
}

# With its reservations in that file.
replug_with_file() # FILE
{
	unmap_lun 0
	wait_for 10 no_sdev 0
	write_attr "$scst/devices/disk/pr_file_name" "$1"
	map_lun disk 0
	sg=$(sg_of 0)
	clear_unit_attentions "$sg"
}

test_file_elsewhere_is_found()	# where pr_file_name says
{
	replug_with_file "$tap_dir/elsewhere"
	join "$sg" 0xa --param-aptpl
	assert_eq "$(scstctl state export "$to")" "$to/pr/disk"
}

test_file_beside_the_usual_one_is_found()	# by the device that has it, and not by its own name
{
	join "$sg" 0xa --param-aptpl
	replug_with_file "$state/pr/another"
	join "$sg" 0xb --param-aptpl
	scstctl state export "$to"
	assert_match "$(od -An -tx1 "$to/pr/disk" | tr -d ' \n')" "000000000000000b"
	assert_no_match "$(od -An -tx1 "$to/pr/disk" | tr -d ' \n')" "000000000000000a"
}

test_device_may_be_called_like_a_file_put_aside()	# .1 is what SCST's backup ends with
{
	local name
	join "$sg" 0xa --param-aptpl
	unplug
	for name in a.1 a.lost a.scst "b.lost~" "b.scst~"; do
		cp "$state/pr/disk" "$state/pr/$name"
	done
	printf x >"$state/pr/b.1"
	plug
	assert_eq "$(scstctl state export "$to" | xargs -n 1 basename | sort | xargs)" \
		"a.1 a.lost a.scst disk"
}

test_without_modules_the_files_are_enough()	# and what is damaged stops nothing else
{
	join "$sg" 0xa --param-aptpl
	unplug
	unload_scst
	cp "$state/pr/disk" "$state/pr/other"
	printf x >"$state/pr/damaged"
	assert_fails_with "pr/damaged: not a whole file of this target" scstctl state export "$to"
	cmp "$to/pr/disk" "$to/pr/other"
	[ ! -e "$to/pr/damaged" ] || fail "something was made of it"
	load_scst
	plug
}

test_directory_has_to_be_new()	# what is in one is somebody's
{
	mkdir "$to"
	assert_fails_with "File exists" scstctl state export "$to"
	assert_eq "$(ls "$to")" ""
}

run_tests "$@"
