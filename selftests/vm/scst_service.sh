#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# scst.service on a machine that boots: /etc/scst.conf, or scst.json, is restored with one of its disks missing, behind
# the file systems that its disks are on and behind the policies that are required; it is applied once
# more while initiators are logged in; and nothing of it ends a session. What is done of a file that
# cannot be done as a whole has unit tests (selftests/unit/scstadmin/test_restore.c). It boots a machine
# twice, which takes its minutes.
# guests: own
# kernels: stock

. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/../lib/scst.sh"
. "$(dirname "$0")/../lib/guest.sh"

case_timeout=300
iscsi=$scst/targets/iscsi
users=iqn.2026-01.org.example:users
open=iqn.2026-01.org.example:open
conf=/etc/scst.conf

setup_file()
{
	start_guest
	in_guest prepare_machine
	reboot_guest
	wait_for 120 in_guest has_booted
}

teardown_file()
{
	in_guest log_out_all
	stop_guest
}

# ---- in the guest -------------------------------------------------------------------------------

# What it printed is on its way to the journal for a moment.
log_of_scst()
{
	journalctl --sync
	journalctl -b -u scst
}

write_conf() # [LUN OF THE OPEN TARGET]
{
	cat >"$conf" <<-EOT
	HANDLER vdisk_fileio {
		DEVICE one {
			filename /srv/disks/one
		}
		DEVICE lost {
			filename /srv/disks/lost
		}
		DEVICE two {
			filename /srv/disks/two
		}
	}
	TARGET_DRIVER copy_manager {
		TARGET copy_manager_tgt {
		}
	}
	TARGET_DRIVER iscsi {
		enabled 1
		TARGET $users {
			enabled 1
			IncomingUser "joe secret123456"
			LUN 0 one
			LUN 1 lost
		}
		TARGET $open {
			enabled 1
			LUN 0 two
			${1:-}
		}
	}
	EOT
}

# The disks are on a file system of their own. Only scst and scst-bpfd are enabled.
prepare_machine()
{
	truncate -s 64M /var/image
	mkfs.ext4 -q /var/image
	mkdir -p /srv/disks
	mount -o loop /var/image /srv/disks
	truncate -s 8M /srv/disks/one /srv/disks/two
	umount /srv/disks
	echo "/var/image /srv/disks ext4 loop 0 0" >>/etc/fstab
	echo '{ "required_policies": ["minimal"], "policies": [{ "object": "minimal" }] }' \
		>/etc/scst/bpfd.json
	write_conf
	systemctl enable scst scst-bpfd
	[ "$(systemctl is-enabled iscsi-scst || true)" = disabled ]
	sync
}

has_booted()
{
	local state
	state=$(systemctl is-system-running || true)
	[ "$state" = running ] || [ "$state" = degraded ]
}

# When a unit was up, or its main process began, in microseconds of this boot.
moment() # UNIT PROPERTY
{
	systemctl show --value -p "$2TimestampMonotonic" "$1"
}

log_out_all()
{
	iscsiadm -m node --logout || true
}

inquire() # USER%PASSWORD@ IQN
{
	iscsi-inq -i iqn.2026-01.org.example:host "iscsi://${1}127.0.0.1/$2/0" 2>&1
}

log_in()
{
	iscsiadm -m discovery -t sendtargets -p 127.0.0.1
	iscsiadm -m node -T "$open" -p 127.0.0.1 --login
	wait_for 30 compgen -G "$iscsi/$open/sessions/*"
	wait_for 60 compgen -G "/dev/disk/by-path/*$open-lun-0"
}

nr_reads() # DISK
{
	awk '{ print $1 }' "/sys/block/${1#/dev/}/stat"
}

has_read() # DISK BEFORE
{
	[ "$(nr_reads "$1")" -gt "$2" ]
}

# Reads until it is told to end; its last words are the number of its errors.
start_reading() # FILE FOR ITS REPORT
{
	local disk before
	disk=$(readlink -f /dev/disk/by-path/*"$open"-lun-0)
	before=$(nr_reads "$disk")
	fio --name=read --filename="$disk" --rw=randread --bs=4k --size=8m --direct=1 --time_based \
		--runtime=600 --rate_iops=50 --allow_file_create=0 >"$1" 2>&1 &
	echo $! >"$1.pid"
	wait_for 60 has_read "$disk" "$before"
}

session_id()
{
	cat "$iscsi/$open"/sessions/*/sid
}

reads_without_error() # FILE
{
	kill "$(cat "$1.pid")"
	wait "$(cat "$1.pid")" || true
	grep -q "err= 0" "$1" || fail "$(cat "$1")"
}

# ---- tests --------------------------------------------------------------------------------------

test_boot_restores_what_there_is()	# a device that is missing is named, and stops nothing else
{
	assert_match "$(in_guest log_of_scst)" \
		"device lost of vdisk_fileio: No such file or directory" "the log"
	assert_eq "$(in_guest systemctl is-active scst || true)" failed "the unit"
	assert_eq "$(in_guest cat "$iscsi/$users/enabled")" 1
	assert_eq "$(in_guest cat "$iscsi/$open/enabled")" 1
	in_guest test -d "$iscsi/$users/luns/0"
	in_guest test ! -d "$iscsi/$users/luns/1"
	in_guest test -d "$scst/devices/two"
}

thin_pool_is_told()
{
	[ -n "$(cat "$scst/devices/thin/thin_pool")" ]
}

watch_a_pool()
{
	modprobe brd rd_nr=1 rd_size=32768
	make_thin_pool /dev/ram0 49152 128
	make_thin_disk thin 0 65536
	handler=vdisk_blockio add_disk "filename=$(mapped_node thin)" thin
	wait_for 30 thin_pool_is_told
	write_attr "$scst/handlers/vdisk_blockio/mgmt" "del_device thin"
	dm_remove_any thin pool data meta
	modprobe -r brd
}

test_pools_are_watched()	# by scst-thind, which nobody enabled, from when there can be disks
{
	assert_eq "$(in_guest systemctl is-active scst-thind)" active
	in_guest watch_a_pool
	assert_eq "$(in_guest journalctl -b -o cat -t scst-thind)" "" "complaints"
}

test_boot_has_its_order()	# file systems and required policies before; who may use the disks behind
{
	local begun unit
	begun=$(in_guest moment scst ExecMainStart)
	[ "$begun" -gt 0 ] || fail "scst.service has not run"
	for unit in srv-disks.mount scst-bpfd.service iscsi-scst.service; do
		assert_at_most "$(in_guest moment "$unit" ActiveEnter)" "$begun" "start of $unit"
	done
	assert_eq "$(in_guest scstctl policy require --json | jq -r '.[].state')" active
	assert_match " $(in_guest systemctl show --value -p After iscsid.service) " " scst.service "
	assert_match " $(in_guest systemctl show --value -p After remote-fs-pre.target) " " scst.service "
}

test_login_is_as_the_file_says()	# the daemon runs, though only scst.service is enabled
{
	assert_eq "$(in_guest systemctl is-active iscsi-scst)" active
	in_guest inquire '' "$open" >"$tap_dir/out" || fail "$(cat "$tap_dir/out")"
	in_guest inquire 'joe%secret123456@' "$users" >"$tap_dir/out" || fail "$(cat "$tap_dir/out")"
	assert_fails_with "uthenticat" in_guest inquire '' "$users"
	assert_fails_with "uthenticat" in_guest inquire 'joe%wrong1234567@' "$users"
}

start_again_with_the_disk()
{
	truncate -s 8M /srv/disks/lost
	systemctl start scst
}

test_disk_that_came_is_taken()	# by starting what failed, under a session that goes on
{
	local before
	in_guest log_in
	before=$(in_guest session_id)
	in_guest start_again_with_the_disk
	assert_eq "$(in_guest systemctl is-active scst)" active
	in_guest test -d "$iscsi/$users/luns/1"
	assert_eq "$(in_guest session_id)" "$before" "session"
}

reload_under_reads()
{
	local before
	before=$(session_id)
	start_reading /run/reads
	write_conf "LUN 1 one"
	systemctl reload scst
	[ -d "$iscsi/$open/luns/1" ] || fail "no LUN 1"
	sleep 1
	assert_eq "$(session_id)" "$before" session
	reads_without_error /run/reads
}

test_reload_applies()	# what is new in the file, under sessions that read
{
	in_guest reload_under_reads
	assert_eq "$(in_guest systemctl is-active scst)" active
}

stop_under_reads()
{
	local before
	before=$(session_id)
	start_reading /run/reads
	systemctl stop scst
	sleep 1
	[ "$(cat "$iscsi/$open/enabled")" = 1 ] || fail "the target was disabled"
	systemctl start scst
	assert_eq "$(session_id)" "$before" session
	reads_without_error /run/reads
}

test_stop_ends_no_session()	# nor does starting it
{
	in_guest stop_under_reads
}

reload_bad_file()
{
	printf 'TARGET_DRIVER iscsi {\n\tTARGET %s {\n\t\tIncomingUser jim secret654321\n\t}\n}\n' \
		"$open" >"$conf"
	! systemctl reload scst || fail "it was taken"
	log_of_scst | has "scst.conf:3: more than one value of IncomingUser" >/dev/null
	[ "$(cat "$iscsi/$open/enabled")" = 1 ]
	compgen -G "$iscsi/$open/IncomingUser" && fail "half of it was taken"
	write_conf "LUN 1 one"
	systemctl reload scst
}

test_file_with_a_mistake_changes_nothing()	# a secret without quotes; the log has its line
{
	in_guest reload_bad_file
	assert_eq "$(in_guest systemctl is-active scst)" active
}

start_without_file()
{
	systemctl stop scst
	mv "$conf" "$conf.away"
	systemctl start scst
	mv "$conf.away" "$conf"
}

test_no_file_is_no_failure()	# of a machine that has nothing to restore
{
	in_guest start_without_file
	assert_eq "$(in_guest systemctl is-failed scst || true)" inactive
	in_guest systemctl start scst
}

# The same as JSON, with a LUN more.
start_with_json()
{
	scstctl save
	jq --arg name "$open" '(.drivers[].targets[]? | select(.name == $name).luns) += [ { "lun": 5, "device": "one" } ]' \
		/etc/scst/scst.json >/run/more
	mv /run/more /etc/scst/scst.json
	systemctl stop scst
	mv "$conf" "$conf.away"
	systemctl start scst
	mv "$conf.away" "$conf"
	[ -d "$iscsi/$open/luns/5" ] || fail "no LUN 5"
	systemctl reload scst
	log_of_scst | has "does not count while there is /etc/scst.conf" >/dev/null
	rm /etc/scst/scst.json
}

test_json_counts_without_scst_conf()	# and does not while that is there, which is told
{
	in_guest start_with_json
	assert_eq "$(in_guest systemctl is-active scst)" active
}

run_tests "$@"
