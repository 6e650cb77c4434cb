# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2034,SC2154
# Devices of vdisk_nullio, with the LUN that each has at the copy manager.

title="device"
objects=yes
scst=/sys/kernel/scst_tgt

up()
{
	modprobe -a scst scst_vdisk
}

make()
{
	echo "add_device d$1 size_mb=64" >$scst/handlers/vdisk_nullio/mgmt
}

drop()
{
	echo "del_device d$1" >$scst/handlers/vdisk_nullio/mgmt
}

down()
{
	unload scst_vdisk scst
}
