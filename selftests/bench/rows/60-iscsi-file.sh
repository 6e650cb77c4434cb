# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2034,SC2154
# open-iscsi over loopback to vdisk_fileio on tmpfs. Logged in by the tests' own login, which then
# has no part in it.

title="scst iSCSI file"
streams=yes
scst=/sys/kernel/scst_tgt
# shellcheck source=selftests/bench/iscsi.sh
. iscsi.sh

up()
{
	make_file
	modprobe -a scst scst_vdisk iscsi-scst
	echo "add_device iscsi filename=$dir/disk" >$scst/handlers/vdisk_fileio/mgmt
	echo "add_target $iqn" >$scst/targets/iscsi/mgmt
	echo "add iscsi 0" >"$scst/targets/iscsi/$iqn/luns/mgmt"
	echo 1 >"$scst/targets/iscsi/$iqn/enabled"
	echo 1 >$scst/targets/iscsi/enabled
	python3 ../iscsi/iscsi.py &
	login=$!
	until [ "$(cat $scst/targets/iscsi/open_state)" = open ]; do sleep 0.1; done
	sleep 0.5
	log_in
	wait_for_disk SCST_FIO iscsi 64
}

down()
{
	log_out
	kill "$login"
	wait "$login" || true
	unload iscsi-scst scst_vdisk
	drop_file
}
