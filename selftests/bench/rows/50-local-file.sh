# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2034,SC2154
# Ours: scst_local to vdisk_fileio, a file on tmpfs.

title="scst local file"
scst=/sys/kernel/scst_tgt

up()
{
	make_file
	modprobe -a scst scst_vdisk scst_local
	echo "add_device file filename=$dir/disk" >$scst/handlers/vdisk_fileio/mgmt
	echo "add file 0" >$scst/targets/scst_local/scst_local_tgt/luns/mgmt
	wait_for_disk SCST_FIO file 64
}

down()
{
	echo "del 0" >$scst/targets/scst_local/scst_local_tgt/luns/mgmt
	echo "del_device file" >$scst/handlers/vdisk_fileio/mgmt
	unload scst_local scst_vdisk scst
	drop_file
}
