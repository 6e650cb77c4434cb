# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2034
# Ours: scst_local to vdisk_nullio.

title="scst local null"
scst=/sys/kernel/scst_tgt

up()
{
	modprobe -a scst scst_vdisk scst_local
	echo "add_device null size_mb=1024" >$scst/handlers/vdisk_nullio/mgmt
	echo "add null 0" >$scst/targets/scst_local/scst_local_tgt/luns/mgmt
	wait_for_disk SCST_FIO null 1024
}

down()
{
	echo "del 0" >$scst/targets/scst_local/scst_local_tgt/luns/mgmt
	echo "del_device null" >$scst/handlers/vdisk_nullio/mgmt
	unload scst_local scst_vdisk scst
}
