# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2034
# Ours: scst_local to vdisk_blockio on null_blk.

title="scst local block"
scst=/sys/kernel/scst_tgt

up()
{
	modprobe null_blk irqmode=0 gb=1
	quiet_backend nullb0
	modprobe -a scst scst_vdisk scst_local
	echo "add_device block filename=/dev/nullb0" >$scst/handlers/vdisk_blockio/mgmt
	echo "add block 0" >$scst/targets/scst_local/scst_local_tgt/luns/mgmt
	wait_for_disk SCST_BIO block 1024
}

down()
{
	echo "del 0" >$scst/targets/scst_local/scst_local_tgt/luns/mgmt
	echo "del_device block" >$scst/handlers/vdisk_blockio/mgmt
	unload scst_local scst_vdisk scst
	modprobe -r null_blk
}
