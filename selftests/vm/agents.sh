#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# ClusterLabs' cluster agents iSCSITarget and iSCSILogicalUnit, as Debian's resource-agents has them,
# with implementation=scst: they are told what to do by variables OCF_*, as Pacemaker tells them, and
# open-iscsi with multipath is who notices. Not tested: Pacemaker itself, and two machines; a LUN fails
# over from one target to another of the same one. It boots a machine and waits for sessions that end,
# which takes minutes.
# guests: own
# kernels: stock
# expects: disks that go
# expects: detected conn error

. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/../lib/scst.sh"
. "$(dirname "$0")/../lib/guest.sh"

case_timeout=300
agents=/usr/lib/ocf/resource.d/heartbeat
iscsi=$scst/targets/iscsi
one=iqn.2026-01.org.example:one
two=iqn.2026-01.org.example:two
not_running=7

setup_file()
{
	start_guest
	in_guest prepare_machine
}

teardown_file()
{
	stop_guest
}

teardown()
{
	in_guest clean_up
}

# ---- in the guest -------------------------------------------------------------------------------

# Two disks in memory; names of maps are those of their LUNs, and their path selector the one that each
# kernel with multipath has.
prepare_machine()
{
	systemctl start iscsi-scst
	modprobe -a scst_vdisk iscsi_tcp dm_multipath
	modprobe brd rd_nr=2 rd_size=65536
	mkdir -p /run/resource-agents
	cat >/etc/multipath.conf <<-END
	defaults {
		find_multipaths no
		user_friendly_names no
		polling_interval 1
		no_path_retry queue
		path_selector "round-robin 0"
	}
	blacklist {
		devnode "^(vd|loop|ram)"
	}
	END
	systemctl start iscsid
	multipathd
}

clean_up()
{
	iscsiadm -m node --logout || true
	multipath -F || true
	set_chap
	rm -rf /etc/iscsi/nodes /etc/iscsi/send_targets
	scstadmin -force -noprompt -clear_config >/dev/null
}

# agent iSCSITarget|iSCSILogicalUnit INSTANCE ACTION [PARAMETER=VALUE]...
agent()
{
	local name=$1 instance=$2 action=$3
	shift 3
	env OCF_ROOT=/usr/lib/ocf OCF_RESOURCE_INSTANCE="$instance" OCF_RESOURCE_TYPE="$name" \
		OCF_RESKEY_CRM_meta_timeout=60000 OCF_RESKEY_implementation=scst "${@/#/OCF_RESKEY_}" \
		"$agents/$name" "$action"
}

target() # IQN ACTION [PARAMETER=VALUE]...
{
	agent iSCSITarget "${1##*:}" "$2" iqn="$1" "${@:3}"
}

lun() # IQN ACTION [PARAMETER=VALUE]...
{
	agent iSCSILogicalUnit volume "$2" target_iqn="$1" lun=1 path=/dev/ram0 \
		vendor_id=LINSTOR product_id="volume-1" "${@:3}"
}

agent_says() # STATUS COMMAND...
{
	local expected=$1 status=0
	shift
	"$@" || status=$?
	assert_eq "$status" "$expected" "status of $*"
}

# CHAP of the initiator that iscsiadm is.
set_chap() # USER PASSWORD
{
	sed -i '/^node.session.auth/d' /etc/iscsi/iscsid.conf
	[ -z "${1:-}" ] || printf 'node.session.auth.%s = %s\n' authmethod CHAP username "$1" \
		password "$2" >>/etc/iscsi/iscsid.conf
}

log_in() # IQN
{
	iscsiadm -m node -o new -T "$1" -p 127.0.0.1 >/dev/null
	iscsiadm -m node -T "$1" -p 127.0.0.1 -n node.session.initial_login_retry_max -v 1 -o update
	iscsiadm -m node -T "$1" -p 127.0.0.1 --login
}

log_out() # IQN
{
	iscsiadm -m node -T "$1" -p 127.0.0.1 --logout
}

by_path() # IQN
{
	echo "/dev/disk/by-path/ip-127.0.0.1:3260-iscsi-$1-lun-1"
}

# ---- a target -----------------------------------------------------------------------------------

start_and_stop()
{
	agent_says 0 target "$one" validate-all
	agent_says "$not_running" target "$one" monitor
	agent_says 0 target "$one" start
	agent_says 0 target "$one" monitor
	agent_says 0 target "$one" start	# over what is there
	agent_says 0 target "$one" monitor
	echo 0 >"$iscsi/$one/enabled"
	agent_says "$not_running" target "$one" monitor
	echo 1 >"$iscsi/$one/enabled"
	agent_says 0 target "$one" stop
	[ ! -e "$iscsi/$one" ] || fail "the target is there"
	agent_says "$not_running" target "$one" monitor
	agent_says 0 target "$one" stop
}

test_target_starts_and_stops()	# each twice; one that is disabled does not run
{
	in_guest start_and_stop
}

portals_are_limits()
{
	ip addr replace 192.0.2.1/32 dev lo
	agent_says 0 target "$one" start
	assert_eq "$(head -n 1 "$iscsi/$one/allowed_portal")" 0.0.0.0
	log_in "$one"
	log_out "$one"
	agent_says 0 target "$one" stop
	agent_says 0 target "$one" start portals=192.0.2.1:3260
	assert_fails_with "iscsiadm" log_in "$one"
	iscsiadm -m node -o new -T "$one" -p 192.0.2.1 >/dev/null
	iscsiadm -m node -T "$one" -p 192.0.2.1 --login
	agent_says 0 target "$one" stop
	ip addr del 192.0.2.1/32 dev lo
}

test_portals_are_limits()	# and without any, 0.0.0.0 is every address
{
	in_guest portals_are_limits
}

chap_is_on()
{
	agent_says 0 target "$one" start incoming_username=joe incoming_password=secret123456
	set_chap
	assert_fails_with "authorization failure" log_in "$one"
	iscsiadm -m node -o delete -T "$one"
	set_chap joe wrongwrong99
	assert_fails_with "authorization failure" log_in "$one"
	iscsiadm -m node -o delete -T "$one"
	set_chap joe secret123456
	log_in "$one"
	log_out "$one"
	agent_says 0 target "$one" stop
}

test_chap_is_on()	# no user, a wrong secret, the right one
{
	in_guest chap_is_on
}

# ---- a LUN --------------------------------------------------------------------------------------

lun_starts_and_stops()
{
	agent_says 0 target "$one" start allowed_initiators=iqn.2026-01.org.example:host
	agent_says 0 lun "$one" validate-all
	agent_says "$not_running" lun "$one" monitor
	agent_says 0 lun "$one" start
	agent_says 0 lun "$one" monitor
	agent_says 0 lun "$one" start
	[ -d "$iscsi/$one/ini_groups/allowed/luns/1" ] || fail "no LUN in the group"
	assert_eq "$(head -n 1 "$scst/devices/volume/t10_vend_id")" LINSTOR
	assert_eq "$(head -n 1 "$scst/devices/volume/t10_dev_id")" volume-1
	assert_eq "$(head -n 1 "$scst/devices/volume/usn")" "$(echo -n volume | md5sum | cut -c1-8)"
	agent_says 0 lun "$one" stop
	[ ! -e "$scst/devices/volume" ] || fail "the device is there"
	[ ! -e "$iscsi/$one/ini_groups/allowed/luns/1" ] || fail "the LUN of the group is there"
	agent_says "$not_running" lun "$one" monitor
	agent_says 0 lun "$one" stop
	agent_says 0 target "$one" stop
}

test_lun_starts_and_stops()	# each twice, in the default group and in the agent's own
{
	in_guest lun_starts_and_stops
}

stop_under_load()
{
	local disk before
	agent_says 0 target "$one" start
	agent_says 0 lun "$one" start
	log_in "$one"
	wait_for 30 test -b "$(by_path "$one")"
	disk=$(readlink -f "$(by_path "$one")")
	before=$(nr_writes "$disk")
	fio --name=load --filename="$disk" --rw=randrw --bs=4k --size=16m \
		--direct=1 --ioengine=libaio --iodepth=16 --time_based --runtime=600 \
		--allow_file_create=0 >/run/load 2>&1 &
	wait_for 30 has_written "$disk" "$before"
	agent_says 0 target "$one" stop
	[ ! -e "$iscsi/$one" ] || fail "the target is there"
	agent_says 0 lun "$one" stop
	kill "$!" || true
	wait "$!" || true
}

test_stop_ends_sessions()	# that are busy
{
	in_guest stop_under_load
}

# ---- failover -----------------------------------------------------------------------------------

map_of() # IQN: of multipath
{
	local disk
	disk=$(readlink -f "$(by_path "$1")")
	echo "/dev/mapper/$(lsblk -nro NAME,TYPE "$disk" | awk '$2 == "mpath" { print $1; exit }')"
}

has_map() # IQN
{
	[ -b "$(map_of "$1")" ]
}

# The LUN moves, and the initiator looks again: nobody but the cluster knows where it is now.
move() # FROM TO
{
	agent_says 0 lun "$1" stop
	agent_says "$not_running" lun "$1" monitor
	agent_says 0 lun "$2" start
	iscsiadm -m session --rescan >/dev/null
}

fail_over()
{
	local map
	agent_says 0 target "$one" start
	agent_says 0 target "$two" start
	agent_says 0 lun "$one" start
	log_in "$one"
	log_in "$two"
	wait_for 30 has_map "$one"
	map=$(map_of "$one")
	fio --name=verify --filename="$map" --rw=randwrite --bs=4k --size=32m --io_size=24m --rate=1m \
		--direct=1 --ioengine=libaio --iodepth=8 --verify=crc32c --verify_fatal=1 \
		--allow_file_create=0 >/run/verify 2>&1 &
	sleep 3
	move "$one" "$two"
	wait_for 30 has_map "$two"
	assert_eq "$(map_of "$two")" "$map" "the map of the LUN at its new place"
	sleep 3
	move "$two" "$one"
	wait_for 60 path_works "$map" "$one"
	wait "$!" || fail "$(cat /run/verify)"
	grep -q "err= 0" /run/verify || fail "$(cat /run/verify)"
	[ "$(grep -c 'io.*MiB' /run/verify)" -gt 0 ] || fail "fio did nothing: $(cat /run/verify)"
}

path_works() # MAP IQN
{
	local disk
	disk=$(basename "$(readlink -f "$(by_path "$2")")")
	multipathd show paths format "%d %t %o" | has "^$disk  *active  *running"
}

test_lun_fails_over()	# to another target and back, under verified writes of multipath: no error
{
	in_guest fail_over
}

run_tests "$@"
