# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# A target of LIO, made by rtslib, which is targetcli's; that program itself needs a D-Bus.

load_lio()
{
	modprobe -a configfs target_core_mod target_core_file iscsi_target_mod
	mountpoint -q /sys/kernel/config || mount -t configfs configfs /sys/kernel/config
	mkdir -p /etc/target /var/target/pr
}

# A file of 8 MiB at LUN 0, for one initiator, at one address.
add_lio_target() # FILE IQN INITIATOR ADDRESS
{
	load_lio
	python3 - "$@" <<-EOT
	import sys
	from rtslib_fb import FabricModule, FileIOStorageObject, LUN, MappedLUN, NetworkPortal, NodeACL, Target, TPG
	disk, iqn, initiator, address = sys.argv[1:]
	storage = FileIOStorageObject("disk", disk, 8 << 20)
	tpg = TPG(Target(FabricModule("iscsi"), iqn), 1)
	lun = LUN(tpg, 0, storage)
	NetworkPortal(tpg, address, 3260)
	MappedLUN(NodeACL(tpg, initiator), 0, lun)
	tpg.set_attribute("authentication", "0")
	tpg.enable = True
	EOT
}

save_lio() # FILE
{
	python3 -c 'import sys; from rtslib_fb import RTSRoot; RTSRoot().save_to_file(sys.argv[1])' "$1"
}

clear_lio()
{
	python3 -c 'from rtslib_fb import RTSRoot; RTSRoot().clear_existing(confirm=True)'
	unload_lio
}

unload_lio()
{
	[ ! -d /sys/kernel/config/target/iscsi ] || wait_for 10 rmdir /sys/kernel/config/target/iscsi
	wait_for 10 modprobe -r iscsi_target_mod target_core_file	# a session may be on its way out
}
