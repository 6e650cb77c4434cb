# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# What the tests of policies share. The initiator is this host: scst_local's session scst_local_host
# has d0 at LUN 0, which is never touched and through which REPORT LUNS is asked, and d1 at LUN 1,
# which policies hide. With aen_disabled the host is told by a unit attention and rescans nothing.

. "$(dirname "${BASH_SOURCE[0]}")/../lib/tap.sh"

scst=/sys/kernel/scst_tgt
target=$scst/targets/scst_local/scst_local_tgt
policies=$scst/policies
pins=/sys/fs/bpf/scst-selftest
progs=${progs:-.build/selftests/bpf}
bpf=${bpf:-.build/bpf}

start_target()
{
	mountpoint -q /sys/fs/bpf || mount -t bpf bpf /sys/fs/bpf
	modprobe scst_vdisk
	modprobe scst_local
	echo 1 >$target/aen_disabled
	add_disk d0 0
	add_disk d1 1
	host=$(grep -lx scst_local /sys/class/scsi_host/host*/proc_name | head -n 1)
	host=${host%/proc_name}
	rescan
	wait_for 10 eval 'test -e "$(disk 0)" && test -e "$(disk 1)"'
}

stop_target()
{
	unload_all
	modprobe -r scst_local
	modprobe -r scst_vdisk
	wait_for 10 modprobe -r scst
}

add_disk() # NAME LUN
{
	echo "add_device $1 size_mb=64" >$scst/handlers/vdisk_nullio/mgmt
	echo "add $1 $2" >$target/luns/mgmt
}

rescan()
{
	echo "- - -" >"$host/scan"
}

disk() # LUN
{
	echo "/dev/$(ls "$host/device"/target*/*:"$1"/block)"
}

sg() # LUN
{
	echo "/dev/$(ls "$host/device"/target*/*:"$1"/scsi_generic)"
}

# What REPORT LUNS says, as "0 1".
reported_luns()
{
	sg_luns "$(sg 0)" | sed -n 's/^ *\([0-9a-f]\{4\}\)0\{12\}$/0x\1/p' | xargs printf '%d ' | xargs
}

luns_are() # LUN...
{
	[ "$(reported_luns)" = "$*" ]
}

# Judging again is asynchronous: it is done when nobody is at it any more.
wait_for_luns()
{
	wait_for 5 luns_are "$@" || fail "initiator sees LUNs $(reported_luns), expected $*"
}

# load and pin; arguments as for ./load
load()
{
	mkdir -p $pins
	"$progs/load" -p $pins "$@"
}

unload() # LINK: it is gone when its directory is
{
	local name=${2:-$1}
	rm "$pins/$1"
	wait_for 5 test ! -e "$policies/$name"
}

no_policies()
{
	[ -z "$(find $policies -mindepth 1 -maxdepth 1 -type d)" ]
}

unload_all()
{
	rm -rf $pins
	wait_for 5 no_policies
}

state_is() # POLICY STATE
{
	[ "$(head -n 1 "$policies/$1/state")" = "$2" ]
}

last_exit()
{
	tail -n 1 $policies/exits
}

# The initiator's view before a test: both LUNs, and no unit attention left.
setup()
{
	wait_for_luns 0 1
	clear_ua
}

clear_ua()
{
	for lun in 0 1; do
		for _ in 1 2 3; do
			sg_turs "$(sg $lun)" >/dev/null 2>&1 || true
		done
	done
}

teardown()
{
	unload_all
	wait_for_luns 0 1
}
