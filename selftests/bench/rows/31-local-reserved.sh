# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2034,SC2154
# Ours, reserved by this host, with 63 other registrants: what a reservation costs its holder.

title="  + reserved, 64 registrants"

# shellcheck source=SCRIPTDIR/30-local-null.sh
. rows/30-local-null.sh
title="  + reserved, 64 registrants"

# Before the LUN is mapped: 63 ports of others.
others()
{
	local i
	printf 'version 1\ngeneration 7\n'
	for i in {1..63}; do
		printf 'registrant 1 %016x 0 24 06000000%016x%024x\n' "$i" "$i" 0
	done
}

up()
{
	modprobe -a scst scst_vdisk scst_local
	echo "add_device null size_mb=1024" >$scst/handlers/vdisk_nullio/mgmt
	others >/run/others
	cat /run/others >$scst/devices/null/pr_state	# in one piece
	echo "add null 0" >$scst/targets/scst_local/scst_local_tgt/luns/mgmt
	wait_for_disk SCST_FIO null 1024
	sg_persist -n --out --register-ignore --param-sark=0xa "$disk" >/dev/null
	sg_persist -n --out --reserve --param-rk=0xa --prout-type=1 "$disk" >/dev/null
	sg_persist -n --in --read-keys "$disk" | grep -q 0xa
}
