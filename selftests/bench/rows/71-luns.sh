# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2034,SC2154
# LUNs of a target that nobody is logged in to, each of a device of its own.

title="LUN"
objects=yes
scst=/sys/kernel/scst_tgt

up()
{
	local i
	modprobe -a scst scst_vdisk iscsi-scst
	echo "add_target iqn.2026-01.org.example:t" >$scst/targets/iscsi/mgmt
	for ((i = 0; i < 2 * each; i++)); do
		echo "add_device d$i size_mb=64" >$scst/handlers/vdisk_nullio/mgmt
	done
}

make()
{
	echo "add d$1 $1" >$scst/targets/iscsi/iqn.2026-01.org.example:t/luns/mgmt
}

drop()
{
	echo "del $1" >$scst/targets/iscsi/iqn.2026-01.org.example:t/luns/mgmt
}

down()
{
	unload iscsi-scst scst_vdisk scst
}
