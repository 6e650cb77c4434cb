# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2034,SC2154
# iSCSI targets, which are enabled, too.

title="iSCSI target, enabled"
objects=yes
scst=/sys/kernel/scst_tgt

up()
{
	modprobe -a scst iscsi-scst
}

make()
{
	echo "add_target iqn.2026-01.org.example:$1" >$scst/targets/iscsi/mgmt
	echo 1 >$scst/targets/iscsi/iqn.2026-01.org.example:"$1"/enabled
}

drop()
{
	echo "del_target iqn.2026-01.org.example:$1" >$scst/targets/iscsi/mgmt
}

down()
{
	unload iscsi-scst scst
}
