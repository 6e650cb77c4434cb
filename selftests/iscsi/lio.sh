#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Another opinion of what a target says: the conversation of wire.sh with the kernel's own target
# (LIO). wire.expected is what ours says; lio.expected has each difference with the reason for it, and
# for the side that is right, by the section of RFC 7143. A difference that is not in there is a
# failure: either of them has changed, and somebody has to look at which. `lio.sh record` in a guest
# prints the differences, for lines "= VERDICT: REASON" (differences.py) behind each. Three quarters
# of a minute, of which LIO is silent for half.

. "$(dirname "$0")/lib.sh"

here=$(dirname "$0")
config=/sys/kernel/config/target
store=$config/core/fileio_0/file
tpg=$config/iscsi/$iqn/tpgt_1
acl=$tpg/acls/iqn.2026-01.org.example:ini
portal=$tpg/np/127.0.0.1:3260
silence=$((5 * PATIENCE))

# A disk with what the one of wire.sh has, for an initiator that needs no secret.
setup_file()
{
	modprobe -a configfs target_core_mod target_core_file iscsi_target_mod
	mountpoint -q /sys/kernel/config || mount -t configfs configfs /sys/kernel/config
	ip link set lo up
	head -c 1M >/run/lio < <(seq 1000000)
	mkdir -p "$store"
	echo "fd_dev_name=/run/lio,fd_dev_size=1048576,fd_buffered_io=1" >"$store/control"
	echo 1 >"$store/enable"
	mkdir -p "$config/iscsi" "$tpg/lun/lun_0" "$portal"
	ln -s "$store" "$tpg/lun/lun_0/file"
	echo 0 >"$tpg/attrib/authentication"
	echo No >"$tpg/param/InitialR2T"
	echo 2 >"$tpg/param/MaxOutstandingR2T"
	mkdir "$acl" "$acl/lun_0"
	ln -s "$tpg/lun/lun_0" "$acl/lun_0/lun"
	echo 32 >"$acl/cmdsn_depth"
	echo 0 >"$acl/attrib/nopin_timeout"
	echo 2 >"$acl/attrib/dataout_timeout"
	echo 1 >"$tpg/enable"
}

teardown_file()
{
	echo 0 >"$tpg/enable"
	rm "$acl/lun_0/lun" "$tpg/lun/lun_0/file"
	rmdir "$acl/lun_0" "$acl" "$portal" "$tpg/lun/lun_0" "$tpg" "${tpg%/*}" "$config/iscsi"
	rmdir "$store" "${store%/*}"
	wait_for 10 modprobe -r iscsi_target_mod
	rm /run/lio
}

converse()
{
	python3 "$here/lio.py" "$iqn" None None "$silence" >"$tap_dir/said"
	python3 "$here/differences.py" "$here/wire.expected" "$tap_dir/said"
}

test_differences_are_known()	# and each has its verdict
{
	python3 "$here/differences.py" --explained "$here/lio.expected"
	converse >"$tap_dir/differences"
	sed '/^[#=]/d' "$here/lio.expected" | diff - "$tap_dir/differences"
}

if [ "${1:-}" = record ]; then
	setup_file
	converse
	teardown_file
	exit
fi
run_tests "$@"
