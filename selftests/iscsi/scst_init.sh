#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# /etc/init.d/scst: on a host without systemd /etc/scst.conf is restored with the modules that it needs
# and the daemon, applied once more while an initiator is logged in, and ended by nobody. That systemd
# does the same has a machine of its own (selftests/vm/scst_service.sh).
#
# Disks go while the host looks at them, and a session that the target ends:
# expects: disks that go
# expects: detected conn error
. "$(dirname "$0")/daemon_lib.sh"

PATH=$PATH:/usr/local/sbin
conf=/etc/scst.conf
disk=$tap_dir/disk.img
lost=$tap_dir/lost.img

setup_file()
{
	truncate -s 8M "$disk"
	start_open_iscsi
}

teardown_file()
{
	stop_open_iscsi
	rm -f "$disk"
}

setup()
{
	write_conf
}

teardown()
{
	iscsiadm -m node --logout >/dev/null 2>&1 || true
	[ ! -e "$scst" ] || scstadmin -force -noprompt -clear_config
	service iscsi-scst stop
	start-stop-daemon --stop --oknodo --quiet --exec /usr/local/sbin/scst-thind
	unload_iscsi
	rm -f "$conf" "$lost"
}

write_conf() # [LINE OF THE TARGET]
{
	cat >"$conf" <<-EOT
	HANDLER vdisk_fileio {
		DEVICE one {
			filename $disk
		}
	}
	HANDLER vdisk_nullio {
		DEVICE two {
			size 67108864
		}
	}
	TARGET_DRIVER iscsi {
		enabled 1
		TARGET $iqn {
			enabled 1
			LUN 0 one
			${1:-}
		}
	}
	EOT
}

test_start_restores_what_the_file_says()	# modules and daemon included; once more it does no harm
{
	assert_fails_with "not loaded" service scst status
	service scst start
	service scst status
	assert_eq "$(cat "$itgt/enabled")" 1
	assert_logs_in
	service scst start
	service scst restart
	service scst try-restart
	assert_logs_in
}

watchers()
{
	ps -C scst-thind -o pid= | wc -l
}

test_thin_pools_are_watched()	# by one scst-thind, however often it is started
{
	service scst start
	service scst start
	sleep 1
	assert_eq "$(watchers)" 1 "running scst-thind"
}

test_reload_and_stop_end_no_session()	# what is new in the file is there, under who is logged in
{
	local sid
	service scst start
	iscsiadm -m node -T "$iqn" -p 127.0.0.1 -o new >/dev/null
	iscsiadm -m node -T "$iqn" -p 127.0.0.1 --login
	sid=$(cat "$itgt"/sessions/*/sid)
	write_conf "LUN 1 two"
	service scst reload
	[ -d "$itgt/luns/1" ] || fail "no LUN 1"
	service scst stop
	assert_eq "$(cat "$itgt"/sessions/*/sid)" "$sid" session
	assert_eq "$(cat "$itgt/enabled")" 1
}

test_disk_that_is_missing_stops_nothing_else()	# and the script fails
{
	sed -i "s|DEVICE one {|DEVICE lost {\nfilename $lost\n}\n&|" "$conf"
	assert_fails_with "device lost of vdisk_fileio: No such file" service scst start
	assert_logs_in
}

test_no_file_is_no_failure()	# but there is nothing to reload; other words are refused
{
	rm "$conf"
	service scst start | has "there is no $conf"
	[ ! -e "$scst" ] || fail "modules were loaded"
	service scst try-restart
	assert_status 6 service scst reload
	assert_status 2 service scst begin
	assert_status 3 service scst status
}

assert_status() # STATUS COMMAND...
{
	local status=0
	"${@:2}" || status=$?
	assert_eq "$status" "$1" "exit status of ${*:2}"
}

run_tests "$@"
