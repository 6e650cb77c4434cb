# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2034
# Ours: scst_local to a program that does nothing, by scst_user's rings.

title="scst local user null"
scst=/sys/kernel/scst_tgt

up()
{
	modprobe -a scst scst_user scst_local
	../../.build/userspace/examples/null null 1024 &
	program=$!
	until [ "$(cat $scst/devices/null/state 2>/dev/null)" = serving ]; do
		sleep 0.1
	done
	echo "add null 0" >$scst/targets/scst_local/scst_local_tgt/luns/mgmt
	wait_for_disk SCST_USR null 1024
}

down()
{
	echo "del 0" >$scst/targets/scst_local/scst_local_tgt/luns/mgmt
	kill "$program"
	wait "$program"
	unload scst_local scst_user scst
}
