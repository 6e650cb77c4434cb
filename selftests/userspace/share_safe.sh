#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# scstctl share and unshare never take a disk from under somebody, nor give it to this host twice: what the
# kernel itself has open is seen, more paths of the disk, and what was left half done. The rest: share.sh.
#
# expects: disks that go

. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/../lib/scst.sh"
. "$(dirname "$0")/../lib/pass.sh"
. "$(dirname "$0")/../lib/pr.sh"
. "$(dirname "$0")/../lib/share.sh"

# ---- what the kernel has open ----

# COMMAND, while there is a virtual disk of NODE that claims nothing.
with_vdisk_of() # NODE COMMAND...
{
	local mgmt=$scst/handlers/vdisk_fileio/mgmt
	write_attr "$mgmt" "add_device other filename=$1"
	("${@:2}") || { write_attr "$mgmt" "del_device other"; fail "see above"; }
	write_attr "$mgmt" "del_device other"
}

test_vdisk_keeps_its_disk()	# or its partition: a raw one, and the LUN of a shared one
{
	with_vdisk_of "$(raw_disk)" refused "$(raw_disk) is what device other is made of"
	partition "$(raw_disk)"
	wait_for 10 test -b "$(raw_disk)1"
	with_vdisk_of "$(raw_disk)1" refused "$(raw_disk)1 is what device other is made of"
	with_shared
	with_vdisk_of "$disk" assert_fails_with "$disk is what device other is made of" scstctl unshare "$hctl"
	ctl unshare "$hctl"
}

# ---- whose LUN it is ----

# Another path than the shared one is found first: there is no order in sysfs.
with_more_paths()
{
	local -i n
	for n in {1..16}; do
		write_attr "$debug_root/add_host" 1
		wait_for 10 raw_disk "$(debug_devices | tail -n 1)"
		[ "$(find /sys/bus/scsi/devices/ -name '*:*' | first_path)" = "$hctl" ] || return 0
	done
	fail "sysfs has $hctl first of all"
}

# Of these, the first that is a disk of scsi_debug.
first_path()
{
	sed 's,.*/,,' | grep -m 1 -xF "$(debug_devices)"
}

test_more_paths_hide_no_lun()	# the shared one is given back, or nothing is
{
	drop_scsi_debug
	make_scsi_debug vpd_use_hostno=0
	wait_for 10 raw_disk
	with_shared
	with_more_paths
	ctl share --list --noheadings
	assert_match "$said" "^$hctl +${disk#/dev/} +shared " "the list"
	map_lun "$hctl" 3
	assert_fails_with "initiators have it as scst_local/scst_local_tgt/luns/3" scstctl unshare "$hctl"
	unmap_lun 3
	ctl unshare "$hctl"
	wait_for 10 raw_disk
	untouched
}

test_lun_of_another_is_left_alone()	# and the disk is not forgotten
{
	with_shared
	write_attr "$share_tgt/luns/mgmt" "del 0"
	wait_for 10 no_sdev 0 "$share_host"
	add_null other
	write_attr "$share_tgt/luns/mgmt" "add other 0"
	assert_fails_with "LUN 0 of scst_share_tgt is other, which is another disk" scstctl unshare "$hctl"
	assert_eq "$(jq '.disks | length' "$file")" 1 "disks in the file"
	write_attr "$share_tgt/luns/mgmt" "del 0"
	ctl unshare "$hctl"
	wait_for 10 raw_disk
	untouched
}

# ---- half done ----

test_target_of_another_stays()	# empty as it is, when the disk cannot be shared by it
{
	write_attr "$scst/targets/scst_local/mgmt" "add_target scst_share_tgt"
	write_attr "$scst/targets/scst_local/mgmt" "add_target has_its_port"
	write_attr "$scst/targets/scst_local/has_its_port/rel_tgt_id" 65535
	(assert_fails_with "no target scst_share_tgt" scstctl share "$hctl")
	write_attr "$scst/targets/scst_local/mgmt" "del_target has_its_port"
	[ -e "$share_tgt" ] || fail "the target has gone"
	write_attr "$scst/targets/scst_local/mgmt" "del_target scst_share_tgt"
	wait_for 10 raw_disk
	untouched
}

test_disk_is_no_second_lun()	# whatever was left of it: it would be two disks of this host
{
	with_shared
	write_attr "$share_tgt/luns/mgmt" "add $hctl 1"
	write_attr "$share_tgt/luns/mgmt" "del 0"
	wait_for 10 no_sdev 0 "$share_host"
	rm "$file"
	ctl share "$hctl"
	assert_match "$said" "$hctl is $(disk_of 1 "$share_host")" "what is said"
	[ ! -e "$share_tgt/luns/0" ] || fail "it is LUN 0 as well"
	assert_eq "$(jq '.disks[0].lun' "$file")" 1 "LUN in the file"
	write_attr "$share_tgt/luns/mgmt" "add $hctl 0"
	assert_fails_with "it is LUN 0 of scst_share_tgt already" scstctl share "$hctl"
	assert_fails_with "it is LUN 0 of scst_share_tgt already" scstctl share --restore
	assert_fails_with "have it as scst_local/scst_share_tgt/luns/0" scstctl unshare "$hctl"
	write_attr "$share_tgt/luns/mgmt" "del 0"
	ctl unshare "$hctl"
	wait_for 10 raw_disk
	untouched
}

holds_signals() # PID
{
	grep -q "^SigBlk:.*5003$" "/proc/$1/status"
}

test_signal_waits_for_the_end()	# nothing is left half way
{
	local holder pid
	hold "$(raw_disk)" 600 &
	holder=$!
	scstctl share "$hctl" &
	pid=$!
	wait_for 10 holds_signals "$pid"
	kill -TERM "$pid"
	kill "$holder"
	wait "$pid" || fail "share ended with $?"
	ctl share --list --noheadings
	assert_match "$said" " shared " "the list"
}

# Another one when the disk has been away.
life_of_disk()
{
	stat -L -c %i "/sys/bus/scsi/devices/$hctl/block/"*
}

test_disk_comes_after_its_line_in_the_file()	# so nobody uses one that goes since there is no room for that
{
	local life
	life=$(life_of_disk)
	mkdir -p /etc/scst/.share.json.new
	assert_fails_with "cannot write $file" scstctl share "$hctl"
	assert_eq "$(life_of_disk)" "$life" "the raw disk"
	untouched
}

# ---- generic nodes ----

# What share waits for: somebody opens the raw node meanwhile, as root.
with_curious_udev() # NODE
{
	[ ! -e /run/udev/control ] || skip "udev runs"
	mkdir -p "$tap_dir/bin" /run/udev
	cat >"$tap_dir/bin/udevadm" <<-END
	#!/bin/sh
	: >"$tap_dir/asked_udev"
	[ "\$1" != settle ] || { : <"$1" && : >"$tap_dir/opened"; }
	END
	chmod +x "$tap_dir/bin/udevadm"
	: >/run/udev/control
}

test_raw_node_is_closed_before_the_disk_is_there()	# to root: not only when all is done
{
	with_lsm
	with_curious_udev "$(raw_of "$hctl")"
	(PATH=$tap_dir/bin:$PATH ctl share "$hctl") || { rm /run/udev/control; fail "see above"; }
	rm /run/udev/control
	[ -e "$tap_dir/asked_udev" ] || fail "nobody waited for udev"
	[ ! -e "$tap_dir/opened" ] || fail "it was opened"
}

test_raw_node_is_opened_again_if_it_fails()	# with what was shared before, or alone
{
	local node
	with_lsm
	node=$(raw_of "$hctl")
	write_attr "$scst/targets/scst_local/mgmt" "add_target scst_share_tgt"
	add_null other
	write_attr "$share_tgt/luns/mgmt" "add other 0"
	assert_fails_with "LUN 0 of scst_share_tgt is other" scstctl share "$hctl"
	[ ! -e "$guard" ] || fail "the program is still loaded"
	assert_eq "$(stat -c %a "$node")" 600 "mode of $node"
	opens "$node"
}

run_tests "$@"
