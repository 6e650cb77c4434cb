#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# scstctl share and unshare: a raw disk comes back to this host as a LUN, the same to whoever asks it, and this
# host is fenced like any initiator; a disk in use is left alone; what fails half way is undone; and it is so
# again wherever the disk is after a boot. The disks are scsi_debug's. Not tested here: udev, fstab, LVM and a
# boot, for which there is vm/share_boot.sh.
#
# expects: disks that go

. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/../lib/scst.sh"
. "$(dirname "$0")/../lib/pass.sh"
. "$(dirname "$0")/../lib/pr.sh"
. "$(dirname "$0")/../lib/share.sh"

# ---- it comes back ----

test_disk_comes_back_as_the_same()	# to whoever asks it who it is; and the raw one is gone
{
	local before after
	before=$(identity_of "$hctl")
	noise share 4096 | dd of="$(raw_disk)" bs=4k oflag=direct
	with_shared
	no_raw_disk || fail "the raw disk is still there"
	after=$(identity_of "$(lun_address)")
	assert_eq "$after" "$before" "what the LUN says of itself"
	assert_match "$said" "$hctl is $disk" "what is said"
	cmp -n 4096 "$disk" <(noise share 4096)
	assert_eq "$(stat -c %a "$raw")" 0 "mode of the raw generic node"
	ctl share --list --noheadings
	assert_match "$said" "^$hctl +${disk#/dev/} +shared +naa\.[0-9a-f]{16}$" "the list"
}

test_file_system_lives_on_it()	# and on the raw disk behind it
{
	drop_scsi_debug
	make_scsi_debug lbpu=1
	wait_for 10 raw_disk
	with_shared
	live_on_disk mkfs.ext4 "fsck.ext4 -fn"
	verify_fio
	mkfs.ext4 -q -F -L kept "$disk"
	ctl unshare "$hctl"
	wait_for 10 raw_disk
	assert_eq "$(blkid -p -s LABEL -o value "$(raw_disk)")" kept label
}

test_sharing_twice_is_harmless()	# also after half of it has been taken away
{
	with_shared
	ctl share "$hctl"
	assert_match "$said" "$hctl is $disk" "what is said"
	write_attr "$share_tgt/luns/mgmt" "del 0"
	wait_for 10 no_sdev 0 "$share_host"
	ctl share --list --noheadings
	assert_match "$said" "not shared" "the list"
	ctl share "$hctl"
	disk_of 0 "$share_host"
	assert_eq "$(jq '.disks | length' "$file")" 1 "disks in the file"
}

test_result_is_json_for_programs()	# of one disk, and of the list
{
	local json
	json=$(scstctl share "$hctl" --json)
	assert_eq "$(jq -r '.device' <<<"$json")" "$hctl" device
	[ -b "/dev/$(jq -r '.disk' <<<"$json")" ] || fail "no disk in $json"
	assert_eq "$(scstctl share --list --json | jq -r '.shared[0].state')" shared state
}

# ---- it is fenced ----

# Another initiator has the disk as well: $sg2.
with_other_initiator()
{
	map_lun "$hctl" 0
	sg2=$(sg_of 0)
	clear_unit_attentions "$sg2"
	clear_unit_attentions "$sg"
}

write_disk()
{
	dd if=/dev/zero of="$disk" bs=4k count=1 oflag=direct
}

test_host_is_fenced()	# while another initiator has exclusive access
{
	with_shared
	with_other_initiator
	write_disk
	join "$sg2" 0xb
	pr "$sg2" reserve --param-rk=0xb --prout-type=3
	assert_conflict write_block "$sg"
	assert_fails_with "Invalid exchange" write_disk
	assert_fails_with "Invalid exchange" dd if="$disk" of=/dev/null bs=4k count=1 iflag=direct
	! fio --name=fenced --filename="$disk" --rw=randwrite --bs=4k --size=4m --direct=1 --ioengine=libaio \
		--iodepth=8 --output="$tap_dir/fio.fenced" || fail "fio wrote: $(cat "$tap_dir/fio.fenced")"
	grep -q "error=Invalid exchange" "$tap_dir/fio.fenced" || fail "$(cat "$tap_dir/fio.fenced")"
	can_write "$sg2" || fail "nor can who reserved it"
	pr "$sg2" release --param-rk=0xb --prout-type=3
	clear_unit_attentions "$sg"
	write_disk
}

test_host_fences_others()	# as registrant of its own, who is the same at each boot
{
	with_shared
	with_other_initiator
	join "$sg" 0xa
	pr "$sg" reserve --param-rk=0xa --prout-type=3
	assert_conflict write_block "$sg2"
	write_disk
	assert_match "$(cat "$scst/devices/$hctl/pr_state")" \
		"registrant 65535 0+a 1 24 060000005feede400fade051" pr_state
	pr "$sg" register --param-rk=0xa --param-sark=0
}

test_host_hears_of_others()	# by unit attentions
{
	with_shared
	with_other_initiator
	sg_reset --device "$sg2" >&2
	assert_match "$(tur "$sg")" "^02 6/29/" "what the host is told"
}

# ---- a disk in use ----

test_mounted_disk_is_refused()	# or its partition; and what is mounted where nobody sees it
{
	local pid
	mkfs.ext4 -q "$(raw_disk)"
	mount "$(raw_disk)" "$mnt"
	refused "$(raw_disk) is mounted at $mnt"
	umount "$mnt"
	unshare --mount bash -c 'mount "$1" "$2" && : >"$3" && sleep 600' - "$(raw_disk)" "$mnt" "$tap_dir/mounted" &
	pid=$!
	wait_for 10 test -e "$tap_dir/mounted"
	refused "$hctl: somebody claims the disk"
	kill "$pid"
	wait "$pid" || true
	partition "$(raw_disk)"
	wait_for 10 test -b "$(raw_disk)1"
	mkfs.ext4 -q "$(raw_disk)1"
	mount "$(raw_disk)1" "$mnt"
	refused "$(raw_disk)1 is mounted at $mnt"
}

test_swap_is_refused()	# until it is off
{
	mkswap -q "$(raw_disk)"
	swapon "$(raw_disk)"
	(refused "this machine swaps to $(raw_disk)") || { swapoff "$(raw_disk)"; fail "see above"; }
	swapoff "$(raw_disk)"
}

test_part_of_a_volume_is_refused()	# by its name, and one that a loop device is made of
{
	local loop
	echo "0 8192 linear $(raw_disk) 0" | dmsetup create held --noudevsync
	(refused "$(raw_disk) is a part of held") || { dmsetup remove --noudevsync held; fail "see above"; }
	dmsetup remove --noudevsync held
	loop=$(losetup --find --show "$(raw_disk)")
	(refused "$(raw_disk) is what $loop is made of") || { losetup -d "$loop"; fail "see above"; }
	losetup -d "$loop"
}

test_open_disk_is_refused()	# also by its generic node, and one that is open for a moment is waited for
{
	local node pid
	for node in "$(raw_disk)" "$(raw_of "$hctl")" "/dev/bsg/$hctl"; do
		hold "$node" 600 &
		pid=$!
		refused "$node is open by sleep ($pid)"
		kill "$pid"
		wait "$pid" || true
	done
	hold "$(raw_disk)" 1 &
	ctl share "$hctl"
}

# While that is the last line of fstab.
boots_by() # SOURCE
{
	cp /etc/fstab "$tap_dir/fstab" 2>/dev/null || : >"$tap_dir/fstab"
	echo "$1 /boot/efi vfat noauto 0 0" >>/etc/fstab
	(refused "$(raw_disk) is /boot/efi, which this machine needs to boot") ||
		{ cp "$tap_dir/fstab" /etc/fstab; fail "see above"; }
	cp "$tap_dir/fstab" /etc/fstab
}

test_what_boots_is_refused()	# by fstab, though nothing of it is mounted
{
	local link='/dev/disk/by-partlabel/EFI\x20System'
	boots_by "$(raw_disk)"
	mkdir -p "${link%/*}"
	ln -s "$(raw_disk)" "$link"
	(boots_by 'PARTLABEL=EFI\040System') || { rm "$link"; fail "see above"; }
	rm "$link"
}

# ---- what is no disk to be shared ----

test_what_cannot_be_shared_is_refused()	# with the reason
{
	assert_fails_with '"sdb" is no address' scstctl share sdb
	assert_fails_with "there is no SCSI device 77:0:0:0" scstctl share 77:0:0:0
	assert_fails_with "usage" scstctl share
	assert_fails_with "usage" scstctl share "$hctl" --list
	add_pass dev_disk
	map_lun "$hctl" 0
	sg_of 0
	assert_fails_with "is a LUN of this target" scstctl share "$(basename "$(sdev_dir 0)")"
	assert_fails_with "it is a device of the target already" scstctl share "$hctl"
	drop_passes
	untouched
	drop_scsi_debug
	make_scsi_debug ptype=1
	assert_fails_with "$hctl is no disk" scstctl share "$hctl"
}

test_disk_with_two_paths_is_refused()	# it could not be told which one to take at the next boot
{
	drop_scsi_debug
	make_scsi_debug add_host=2 vpd_use_hostno=0
	wait_for 10 raw_disk "$(debug_devices | tail -n 1)"
	refused "they are the same disk"
}

# ---- half way ----

test_failure_is_undone()	# at each step: no LUN, no file
{
	write_attr "$scst/targets/scst_local/mgmt" "add_target scst_share_tgt"
	add_null other
	write_attr "$share_tgt/luns/mgmt" "add other 0"
	assert_fails_with "LUN 0 of scst_share_tgt is other" scstctl share "$hctl"
	wait_for 10 raw_disk
	[ ! -e "$scst/devices/$hctl" ] || fail "it is a device of the target"
	[ -e "$share_tgt/luns/0" ] || fail "another's LUN has gone"
	write_attr "$scst/targets/scst_local/mgmt" "del_target scst_share_tgt"
	mkdir -p /etc/scst/.share.json.new
	assert_fails_with "cannot write $file" scstctl share "$hctl"
	wait_for 10 raw_disk
	untouched
	rmdir /etc/scst/.share.json.new
	ctl share "$hctl"
}

# ---- the way back ----

test_unshare_gives_the_disk_back()	# to its own driver, and nothing is left
{
	with_shared
	ctl unshare "$hctl"
	wait_for 10 raw_disk
	untouched
	assert_eq "$(stat -c %a "$(raw_of "$hctl")")" 600 "mode of the raw generic node"
	assert_fails_with "$hctl is not shared" scstctl unshare "$hctl"
	ctl share --list --noheadings
	assert_eq "$said" "" "the list"
}

test_unshare_takes_nothing_away()	# from a mount, from whoever has it open, from an initiator
{
	local pid
	with_shared
	mkfs.ext4 -q "$disk"
	mount "$disk" "$mnt"
	assert_fails_with "$disk is mounted at $mnt" scstctl unshare "$hctl"
	umount "$mnt"
	hold "$sg" 600 &
	pid=$!
	assert_fails_with "$sg is open by sleep ($pid)" scstctl unshare "$hctl"
	kill "$pid"
	wait "$pid" || true
	map_lun "$hctl" 3
	assert_fails_with "initiators have it as scst_local/scst_local_tgt/luns/3" scstctl unshare "$hctl"
	unmap_lun 3
	ctl share --list --noheadings
	assert_match "$said" " shared " "the list"
	ctl unshare "$hctl"
}

test_unshare_waits_for_load_to_end()	# which goes on without an error
{
	with_shared
	start_load "$disk" 60
	assert_fails_with "is open by fio" scstctl unshare "$hctl"
	end_load
	ctl unshare "$hctl"
	wait_for 10 raw_disk
}

# ---- the next boot ----

test_restore_shares_it_wherever_it_is()	# as the same LUN, by the same initiator port
{
	local before=$hctl id tid
	drop_scsi_debug
	make_scsi_debug vpd_use_hostno=0
	wait_for 10 raw_disk
	with_shared
	id=$(identity_of "$(lun_address)")
	tid=$(cat "$share_host/transport_id")
	drop_shared
	drop_scsi_debug
	write_attr "$scst/targets/scst_local/mgmt" "add_session scst_local_tgt second"	# a host in its place
	make_scsi_debug vpd_use_hostno=0
	[ "$hctl" != "$before" ] || fail "it is at its old address"
	wait_for 10 raw_disk
	ctl share --restore
	no_raw_disk || fail "the raw disk is still there"
	assert_eq "$(identity_of "$(lun_address)")" "$id" "what the LUN says of itself"
	assert_eq "$(cat "$share_host/transport_id")" "$tid" transport_id
	assert_match "$(cat "$share_tgt/rel_tgt_id")" "^65535"
	ctl share --restore
}

# As if the disks had changed places: each has the other one's name.
test_disks_that_change_places_are_not_taken_for_each_other()	# their initiators get none, and that is told
{
	local two
	echo 1 >"$debug_root/add_host"
	wait_for 10 raw_disk "$(debug_devices | tail -n 1)"
	two=$(debug_devices | tail -n 1)
	ctl share "$hctl"
	ctl share "$two"
	assert_eq "$(jq -r '.disks[].device' "$file" | paste -sd ' ')" "$hctl $two" "names in the file"
	drop_shared
	jq '.disks[0].device = "'"$two"'" | .disks[1].device = "'"$hctl"'"' "$file" >"$tap_dir/new"
	cp "$tap_dir/new" "$file"
	wait_for 10 raw_disk "$two"
	assert_fails_with "initiators know another shared disk" scstctl share --restore
	raw_disk >/dev/null || fail "the one is a device of the target"
	raw_disk "$two" >/dev/null || fail "the other one is a device of the target"
}

test_missing_disk_keeps_no_other_away()	# it is told, and comes when it can
{
	with_shared
	drop_shared
	jq '.disks |= [{ "identity": "naa.5000000000000bad", "lun": 7 }] + .' "$file" >"$tap_dir/new"
	cp "$tap_dir/new" "$file"
	assert_fails_with "disk naa.5000000000000bad is not there" scstctl share --restore --wait 1
	disk_of 0 "$share_host"
	ctl share --list --noheadings
	assert_match "$said" "- +- +missing +naa.5000000000000bad" "the list"
	ctl unshare naa.5000000000000bad
	assert_eq "$(jq '.disks | length' "$file")" 1 "disks in the file"
}

test_disk_that_has_gone_is_forgotten_by_identity()	# with its LUN
{
	local id
	with_shared
	id=$(jq -r '.disks[0].identity' "$file")
	write_attr "/sys/bus/scsi/devices/$hctl/delete" 1
	wait_for 10 grep -q gone "$scst/devices/$hctl/state"
	ctl unshare "$id"
	[ ! -e "$scst/devices/$hctl" ] || fail "it is still a device"
	[ ! -e "$share_tgt" ] || fail "there is a target"
	[ ! -e "$file" ] || fail "it stands in $file"
}

test_wrong_file_is_refused()	# as a whole
{
	mkdir -p /etc/scst
	echo '{ "disks": [ { "identity": "naa.1" } ] }' >"$file"
	assert_fails_with "a disk has an identity and a lun" scstctl share --restore
	assert_fails_with "a disk has an identity and a lun" scstctl share "$hctl"
	raw_disk
}

test_udev_is_told_what_is_raw()	# and shared: its nodes, and not those of the LUN, nor of another disk
{
	local raw_path
	with_shared
	raw_path=$(realpath "/sys/bus/scsi/devices/$hctl")
	ctl share --match "$raw_path/scsi_generic/sg9"
	ctl share --match "${raw_path#/sys}/block/sdx/sdx1"
	assert_fails_with "no raw disk that is shared" scstctl share --match "$(realpath "/sys/block/${disk#/dev/}")"
	assert_fails_with "no raw disk that is shared" scstctl share --match /sys/block/loop0
	rm "$file"
	assert_fails_with "no raw disk that is shared" scstctl share --match "$raw_path"
}

# ---- generic nodes ----

test_root_opens_no_raw_node()	# whatever it is called; but those of other disks, and all of them afterwards
{
	local other
	with_lsm
	echo 1 >"$debug_root/add_host"
	wait_for 10 raw_disk "$(debug_devices | tail -n 1)"
	other=$(raw_of "$(debug_devices | tail -n 1)")
	with_shared
	assert_no_match "$said" "can still open" "what is said"
	assert_fails_with "Operation not permitted" opens "$raw"
	assert_fails_with "Operation not permitted" opens "/dev/bsg/$hctl"
	mknod "$tap_dir/alias" c "$(stat -c %Hr "$raw")" "$(stat -c %Lr "$raw")"
	assert_fails_with "Operation not permitted" opens "$tap_dir/alias"
	opens "$other"
	opens "$sg"
	ctl unshare "$hctl"
	[ ! -e "$guard" ] || fail "the program is still loaded"
	wait_for 10 opens "$raw"	# the kernel takes it off a moment later
	opens "$tap_dir/alias"
}

guarded_nodes()
{
	bpftool map dump pinned "$guard/raw_guard_nodes" --json | jq length
}

test_guards_of_udev_take_turns()	# or one that has seen less takes away what another one has put there
{
	local first
	exec 9>>/run/lock/scst-raw-guard
	flock 9
	scstctl share --guard 9>&- &
	first=$!
	sleep 1
	kill -0 "$first" || fail "it did not wait"
	exec 9>&-
	wait "$first" || fail "it ended with $?"
}

test_numbers_of_nodes_that_have_gone_are_free()	# another disk may get them
{
	with_lsm
	with_shared
	assert_eq "$(guarded_nodes)" 2 "nodes that are kept"
	write_attr "/sys/bus/scsi/devices/$hctl/delete" 1
	wait_for 10 grep -q gone "$scst/devices/$hctl/state"
	ctl share --guard
	assert_eq "$(guarded_nodes)" 0 "nodes that are kept"
	drop_shared
	rm "$file"
	ctl share --guard
}

test_missing_lsm_is_told()	# and keeps nothing from being shared
{
	with_shared
	assert_match "$said" "root can still open generic nodes of raw disks.*no BPF LSM in force" "what is said"
	[ ! -e "$guard" ] || fail "the program is loaded"
}

test_save_leaves_it_out()	# but not what others have of it
{
	with_shared
	map_lun "$hctl" 3
	ctl save -
	assert_no_match "$said" "scst_share_tgt" "what is saved"
	assert_eq "$(grep -c "$hctl" <<<"$said")" 1 "mentions of it in $said"
	assert_match "$said" '"device": "'"$hctl"'"' "what is saved"
}

run_tests "$@"
