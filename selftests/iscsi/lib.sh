# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2034
#
# What the tests of the iSCSI target share.

. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/../lib/scst.sh"

iscsi=$scst/targets/iscsi
iqn=iqn.2026-01.org.example:tgt
itgt=$iscsi/$iqn

load_iscsi()
{
	modprobe scst
	modprobe scst_vdisk
	modprobe iscsi-scst
}

unload_iscsi()
{
	modprobe -r iscsi-scst
	modprobe -r scst_vdisk
	wait_for 10 modprobe -r scst
}

iscsi_mgmt() # VERB AND ARGUMENTS
{
	write_attr "$iscsi/mgmt" "$*"
}

add_file_disk() # NAME FILE
{
	write_attr "$scst/handlers/vdisk_fileio/mgmt" "add_device $1 filename=$2"
}

no_sessions()
{
	[ -z "$(ls "$itgt/sessions")" ]
}
