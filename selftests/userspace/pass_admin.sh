#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Real devices in scst.conf: scstadmin adds them by H:C:I:L, writes them down, and takes them away; their
# persistent reservations as text, in pr_state and in what they leave in pr_dump_dir when they are deleted or
# unplugged. The devices are scsi_debug's.
#
# expects: disks that go

. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/../lib/scst.sh"
. "$(dirname "$0")/../lib/pass.sh"
. "$(dirname "$0")/../lib/pr.sh"
. "$(dirname "$0")/../lib/page.sh"

PATH=$PATH:/usr/local/sbin
conf=$tap_dir/scst.conf
dumps=$tap_dir/dumps

setup_file()
{
	load_pass "${pass_modules[@]}"
}

teardown_file()
{
	unload_pass
}

setup()
{
	mkdir -p "$dumps"
	make_scsi_debug
}

teardown()
{
	drop_second_host
	drop_passes
	write_attr "$scst/handlers/dev_disk/pr_dump_dir" ""
	rm -rf "$dumps"
	drop_scsi_debug
}

# It succeeds; what it says is in $said.
admin() # OPTION...
{
	said=$(scstadmin "$@" 2>&1) || fail "scstadmin $* ended with $?: $said"
}

# HANDLER with the one device, at LUN 0 of the local target.
write_conf() # HANDLER
{
	cat >"$conf" <<-EOT
	HANDLER $1 {
		DEVICE $hctl
	}
	TARGET_DRIVER scst_local {
		TARGET scst_local_tgt {
			LUN 0 $hctl
		}
	}
	EOT
}

# ---- the page ----

test_page_gives_a_disk_to_initiators()	# docs/pass-through.md, with the disk and the target that are here
{
	sed "s,2:0:0:0,$hctl,g; s,targets/iscsi/iqn[^/]*,targets/scst_local/scst_local_tgt," \
		docs/pass-through.md >"$tap_dir/page"
	assert_eq "$(grep -c '^```$' "$tap_dir/page")" 2 "lines that begin or end a block: all of them are followed"
	follow "$tap_dir/page"
	assert_eq "$(handler_of "$hctl")" dev_disk handler
	sg_of 0
}

# ---- scst.conf ----

test_device_is_added_and_written_down()	# and the file that is written changes nothing
{
	write_conf dev_disk
	admin -config "$conf"
	assert_match "$said" "Opening device '$hctl' using handler 'dev_disk': done" "what it says"
	assert_eq "$(handler_of "$hctl")" dev_disk handler
	sg=$(sg_of 0)
	clear_unit_attentions "$sg"
	admin -write_config "$conf"
	assert_match "$(tr -s '\n\t ' ' ' <"$conf")" "HANDLER dev_disk \{ DEVICE $hctl \}" "what is written"
	admin -config "$conf"
	assert_match "$said" "Done, 0 change\(s\) made" "what it says of $(cat "$conf"),"
}

test_every_handler_has_devices_in_the_file()	# of its type
{
	local handler type
	drop_scsi_debug
	while read -r handler type; do
		make_scsi_debug ptype="$type"
		write_conf "$handler"
		admin -config "$conf"
		assert_eq "$(handler_of "$hctl")" "$handler" handler
		assert_match "$(cat "$scst/devices/$hctl/type")" "^$type - " "type"
		admin -config "$conf"
		assert_match "$said" "Done, 0 change\(s\) made" "what it says the second time,"
		drop_passes
		drop_scsi_debug
	done <<-END
		dev_disk 0
		dev_disk_perf 0
		dev_tape 1
		dev_tape_perf 1
		dev_processor 3
		dev_cdrom 5
		dev_modisk 7
		dev_modisk_perf 7
		dev_changer 8
		dev_raid 12
	END
}

test_device_is_opened_and_closed()	# by the verbs of scstadmin
{
	admin -open_dev "$hctl" -handler dev_disk
	admin -list_handler dev_disk
	assert_match "$said" "$hctl" "what it lists"
	admin -list_device "$hctl"
	admin -close_dev "$hctl" -handler dev_disk -force -noprompt
	[ ! -e "$scst/devices/$hctl" ] || fail "it is still there"
}

test_configuration_is_cleared()	# devices and all
{
	write_conf dev_disk
	admin -config "$conf"
	admin -clear_config -force -noprompt
	[ ! -e "$scst/devices/$hctl" ] || fail "it is still there"
	wait_for 10 modprobe -r scst_local	# whose target has gone with it
	load_scst
}

test_what_is_not_there_is_an_error()	# which says which device
{
	local status=0
	write_conf dev_disk
	sed -i "s/$hctl/77:0:0:0/" "$conf"
	said=$(scstadmin -config "$conf" 2>&1) || status=$?
	[ "$status" -ne 0 ] || fail "it ends well: $said"
	assert_match "$said" "mgmt: No such device" "what it says"
	[ ! -e "$scst/devices/77:0:0:0" ] || fail "there is one"
}

test_what_is_not_there_is_seen_before()	# anything is done of the file
{
	local status=0
	write_conf dev_disk
	scstctl plan "$conf" >/dev/null 2>&1 || status=$?
	assert_eq "$status" 7 "status of the plan of what is there"
	sed -i "s/$hctl/77:0:0:0/" "$conf"
	assert_fails_with "device 77:0:0:0: /sys/class/scsi_device/77:0:0:0: No such file" scstctl plan "$conf"
	assert_fails_with "nothing was" scstctl apply "$conf"
}

# ---- reservations as text ----

serial_of() # SG
{
	sg_vpd --page=sn "$1" | sed -n 's/.*serial number: //p' | tr -d ' '
}

# Three registrants at two ports, and a reservation.
reserve()
{
	with_pass dev_disk
	with_second_host
	join "$sg" 0xa
	join "$sg2" 0xb
	pr "$sg" reserve --param-rk=0xa --prout-type=5
	state=$(cat "$dev/pr_state")
}

test_deleted_device_leaves_its_reservations()	# in a file called by the disk's serial number
{
	local serial state
	write_attr "$scst/handlers/dev_disk/pr_dump_dir" "$dumps"
	assert_eq "$(cat "$scst/handlers/dev_disk/pr_dump_dir")" "$dumps"$'\n[key]' pr_dump_dir
	reserve
	assert_match "$state" "^version 1"$'\n'"generation 2"$'\n'"reservation 05 00" "pr_state"
	assert_eq "$(grep -c ^registrant <<<"$state")" 2 registrants
	serial=$(serial_of "$raw")
	drop_second_host
	state=$(cat "$dev/pr_state")
	drop_passes
	assert_eq "$(ls -A "$dumps")" "$serial" "files"
	assert_eq "$(cat "$dumps/$serial")" "$state" "what is in it"
}

test_reservations_are_taken_from_that_file()	# by pr_state of the device that is added again
{
	local serial state
	write_attr "$scst/handlers/dev_disk/pr_dump_dir" "$dumps"
	reserve
	serial=$(serial_of "$raw")
	drop_second_host
	state=$(cat "$dev/pr_state")
	drop_passes
	add_pass dev_disk
	assert_eq "$(grep -c ^registrant "$scst/devices/$hctl/pr_state" || true)" 0 "registrants of a new device"
	cp "$dumps/$serial" "$scst/devices/$hctl/pr_state"
	assert_eq "$(cat "$scst/devices/$hctl/pr_state")" "$state" pr_state
	map_lun "$hctl" 0
	sg=$(sg_of 0)
	clear_unit_attentions "$sg"
	assert_fails_with "Device or resource busy" cp "$dumps/$serial" "$scst/devices/$hctl/pr_state"
	assert_eq "$(keys "$sg")" "0xa 0xb" "keys"
	with_second_host
	can_write "$sg" || fail "nor can who holds the reservation"
}

test_unplugged_disk_leaves_its_reservations()	# at once, not only when its device is deleted
{
	local serial state
	write_attr "$scst/handlers/dev_disk/pr_dump_dir" "$dumps"
	reserve
	serial=$(serial_of "$raw")
	write_attr "/sys/bus/scsi/devices/$hctl/delete" 1
	wait_for 10 test -s "$dumps/$serial"
	assert_eq "$(cat "$dumps/$serial")" "$state" "what is in it"
}

test_nothing_is_left_without_a_directory()	# which is the default
{
	local state
	reserve
	drop_passes
	assert_eq "$(ls -A "$dumps")" "" "files"
}

run_tests "$@"
